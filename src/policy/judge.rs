//! Judging: what every finding is worth, and what the run comes to.

use super::{RULES, sort, verdict};
use crate::compare::Comparison;
use crate::finding::{Finding, Severity};
use crate::result::{Action, CheckResult, Decision, Judged, Run, Stats};

/// The severity of a finding. A rule without an entry cannot be: a test compares the lists. Should one slip through,
/// it fails the run rather than passing in silence.
fn severity(finding: &Finding) -> Severity {
    let of_rule = RULES.get(&*finding.rule).map_or(Severity::High, |rule| rule.severity);
    finding.at_least.map_or(of_rule, |floor| floor.max(of_rule))
}

/// Judges what the comparison brought: severities, order, verdict.
pub fn judge(comparison: Comparison, fail_on: Severity, stats: Stats) -> CheckResult {
    let mut findings: Vec<Judged> = comparison
        .findings
        .into_iter()
        .map(|finding| {
            let decision = Decision {
                severity: severity(&finding),
                action: Action::Fail,
                by: None,
            };
            Judged::whole(finding, decision)
        })
        .collect();
    sort(&mut findings);
    let mut unchecked = comparison.unchecked;
    unchecked.sort();
    unchecked.dedup();
    let complete = unchecked.is_empty() && comparison.counts.resources > 0;
    CheckResult {
        run: Run {
            fail_on: Some(fail_on),
            ..Run::default()
        },
        outcome: verdict(&findings, complete, fail_on),
        complete,
        counts: comparison.counts,
        findings,
        resolved: Vec::new(),
        resources: comparison.resources,
        ignored: Vec::new(),
        unchecked,
        not_covered: comparison.not_covered,
        hosts: Vec::new(),
        doubts: Vec::new(),
        remarks: Vec::new(),
        past: Vec::new(),
        stats,
    }
}
