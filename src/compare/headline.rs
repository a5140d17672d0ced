//! The headlines of findings that list changed attributes.

use crate::finding::Finding;
use crate::rules;

/// What a finding under a rule says of so many changes; `None` for rules that say something else.
fn headline(rule: &str, changes: usize) -> Option<String> {
    let counted = |one: &str, several: &str| match changes {
        1 => format!("1 attribute {one}"),
        n => format!("{n} attributes {several}"),
    };
    Some(match rule {
        rules::RESOURCE_CHANGED => counted("differs from the state", "differ from the state"),
        rules::PRINCIPAL_UNRESOLVED => "differs in a principal that could not be resolved".to_owned(),
        rules::POLICY_REWORDED => "the policy's text was edited, its effect is the same".to_owned(),
        rules::COSMETIC_CHANGE => "differs in labels without effect".to_owned(),
        rules::CHANGED_SINCE_SNAPSHOT => counted("changed since the snapshot", "changed since the snapshot"),
        rules::COSMETIC_SINCE_SNAPSHOT => "labels without effect changed since the snapshot".to_owned(),
        _ => return None,
    })
}

impl Finding {
    /// With the title that fits its rule and the changes that it has, or is left with. Other findings keep theirs.
    #[must_use]
    pub(crate) fn entitled(mut self) -> Finding {
        self.entitle();
        self
    }

    /// As [`Finding::entitled`].
    pub(crate) fn entitle(&mut self) {
        if let Some(title) = headline(&self.rule, self.changes.len()) {
            self.title = title;
        }
    }
}
