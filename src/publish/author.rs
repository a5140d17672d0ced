//! Who wrote a comment. On a public repository anybody may comment and put driftgate's marker in: such a comment is
//! never taken for driftgate's own, or its author could rewrite the report afterwards.

use serde::Deserialize;

/// The account of an author.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct User {
    pub(super) id: u64,
    #[serde(rename = "type", default)]
    kind: String,
}

/// Whether an author is one that publishes here: a workflow or app, or somebody with a standing in the repository.
pub(super) fn is_trusted(user: Option<&User>, association: Option<&str>) -> bool {
    user.is_some_and(|user| user.kind == "Bot") || matches!(association, Some("OWNER" | "MEMBER" | "COLLABORATOR"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passers_by_are_not_trusted() {
        let user = |kind: &str| User {
            id: 1,
            kind: kind.to_owned(),
        };
        assert!(is_trusted(Some(&user("Bot")), Some("NONE")));
        assert!(is_trusted(Some(&user("User")), Some("MEMBER")));
        for association in [None, Some("NONE"), Some("CONTRIBUTOR"), Some("FIRST_TIMER")] {
            assert!(!is_trusted(Some(&user("User")), association));
            assert!(!is_trusted(None, association));
        }
    }
}
