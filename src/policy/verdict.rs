//! The order of findings, and the verdict over them.

use crate::finding::{Finding, Severity};
use crate::result::{Judged, Outcome};

/// What a run comes to. `complete` says whether everything in scope was checked, `fail_on_new` that only what is new
/// fails. What nobody knows to be old is new.
pub fn verdict(findings: &[Judged], complete: bool, fail_on: Severity, fail_on_new: bool) -> Outcome {
    let counts = |judged: &Judged| !(fail_on_new && judged.is_old());
    let fails = findings.iter().any(|judged| counts(judged) && judged.fails(fail_on));
    match (fails, complete) {
        (true, _) => Outcome::Drift,
        (false, true) => Outcome::Clean,
        (false, false) => Outcome::Incomplete,
    }
}

/// Worst first, then by address.
pub fn sort(findings: &mut [Judged]) {
    findings.sort_by(|a, b| {
        b.severity
            .cmp(&a.severity)
            .then_with(|| place(&a.finding).cmp(&place(&b.finding)))
    });
}

fn place(finding: &Finding) -> (bool, Option<&str>, &str, &str, &str) {
    let resource = &finding.resource;
    (
        finding.address.is_none(),
        finding.address.as_deref(),
        &resource.terraform_type,
        &resource.id,
        &finding.rule,
    )
}
