//! Why something is allowed, in one line.

use crate::result::DecidedBy;

/// `tags are being handed over ("handover" at driftgate.hcl:12, owner web team, until 2026-06-30)`. Foreign text, to
/// be escaped.
pub(super) fn of(by: &DecidedBy) -> String {
    let mut source = by.to_string();
    for (label, value) in [("owner", &by.owner), ("until", &by.until)] {
        if let Some(value) = value {
            source.push_str(&format!(", {label} {value}"));
        }
    }
    let reason = by.reason.as_deref().unwrap_or("no reason given");
    format!("{reason} ({source})")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Place;

    #[test]
    fn says_what_is_known() {
        let mut by = DecidedBy {
            rule: "handover".to_owned(),
            place: Place::new("driftgate.hcl", 12),
            reason: None,
            owner: None,
            until: None,
        };
        assert_eq!(of(&by), r#"no reason given ("handover" at driftgate.hcl:12)"#);
        by.reason = Some("tags move".to_owned());
        by.owner = Some("web team".to_owned());
        by.until = Some("2026-06-30".to_owned());
        assert_eq!(
            of(&by),
            r#"tags move ("handover" at driftgate.hcl:12, owner web team, until 2026-06-30)"#
        );
    }
}
