//! The order of findings, and the verdict over them.

use crate::finding::{Finding, Severity};
use crate::result::{Judged, Outcome};

/// What a run comes to. `complete` says whether everything in scope was checked.
pub fn verdict(findings: &[Judged], complete: bool, fail_on: Severity) -> Outcome {
    let fails = findings.iter().any(|judged| judged.fails(fail_on));
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
