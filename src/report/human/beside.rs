//! What is no reason to act: what a policy allows, what somebody else owns, what is over.

use super::page::{Page, style};
use super::{day, verdict};
use crate::report::{escape, reason};
use crate::result::CheckResult;

/// One paragraph: how many a policy allows, and the reasons given.
pub(super) fn allowed(page: &mut Page, result: &CheckResult) {
    let allowed: Vec<_> = result.findings.iter().filter(|judged| judged.is_allowed()).collect();
    if allowed.is_empty() {
        return;
    }
    let mut reasons: Vec<String> = Vec::new();
    for by in allowed.iter().flat_map(|judged| judged.decided_by()) {
        let reason = escape::text(&reason::of(by));
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    page.blank();
    let count = verdict::count(allowed.len(), "finding");
    page.wrapped(0, style::DIM, &format!("{count} allowed: {}", reasons.join("; ")));
    for note in allowed.iter().flat_map(|judged| &judged.notes) {
        page.wrapped(2, style::DIM, &format!("note: {}", escape::text(note)));
    }
}

/// How many differences are somebody else's; which, where all is asked for.
pub(super) fn ignored(page: &mut Page, result: &CheckResult) {
    if result.ignored.is_empty() {
        return;
    }
    page.blank();
    let count = verdict::count(result.ignored.len(), "difference");
    let hint = if page.verbose() { "" } else { "; --verbose lists them" };
    page.wrapped(0, style::DIM, &format!("{count} ignored by configuration{hint}"));
    if page.verbose() {
        for one in &result.ignored {
            let text = format!("{} {}: {}", one.address, one.path, one.by);
            page.wrapped(2, style::DIM, &escape::text(&text));
        }
    }
}

/// What an earlier run found and this one does not.
pub(super) fn resolved(page: &mut Page, result: &CheckResult) {
    if result.resolved.is_empty() {
        return;
    }
    page.blank();
    page.styled(0, style::GOOD, "Resolved since the last run");
    for one in &result.resolved {
        page.line(2, &escape::text(&one.subject));
        let remark = format!("[{}] since {}", escape::text(&one.rule), day(&one.first_seen));
        page.sentence(
            4,
            None,
            (style::DIM, &escape::text(&one.title)),
            Some((style::DIM, remark)),
        );
    }
}
