//! A result beside earlier ones: what is new, what persists and since when, what is resolved. Pure.
//!
//! Nothing is called resolved that this run could not look at again, and nothing new that an earlier run could not
//! look at: what was seen before a blind run and is seen after it was there all the time.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, Severity};
use crate::result::{Age, CheckResult, Judged, PastRun, Resolved};

/// Marks the findings of `result` by what earlier runs (oldest first) found, lists what is resolved since the last of
/// them, and keeps them as its past.
pub fn mark(result: &mut CheckResult, earlier: &[CheckResult]) {
    result.past = earlier.iter().map(past).collect();
    let Some(last) = earlier.last() else { return };
    let ages = Ages::new(earlier, &result.run.started_at);
    for judged in &mut result.findings {
        judged.age = ages.of(&judged.finding);
    }
    let (resolved, open) = gone(result, last, &ages.seen);
    result.resolved = resolved;
    if open > 0 {
        let (noun, verb) = if open == 1 {
            ("finding", "was")
        } else {
            ("findings", "were")
        };
        result.remarks.push(format!(
            "{open} earlier {noun} could not be looked at again and {verb} not called resolved"
        ));
    }
}

/// A run as trends show it.
pub fn past(result: &CheckResult) -> PastRun {
    PastRun {
        at: result.run.started_at.clone(),
        outcome: result.outcome,
        findings: Severity::WORST_FIRST.map(|severity| result.by_severity(severity)),
        unchecked: result.unchecked.len(),
    }
}

/// The ages that findings of a run have, known before they are judged.
#[derive(Clone, Debug, Default)]
pub struct Ages {
    seen: Seen,
    /// When the run began, RFC 3339; nothing where no earlier run is known.
    now: Option<String>,
}

impl Ages {
    /// By what earlier runs (oldest first) found, for a run that began `now`.
    pub fn new(earlier: &[CheckResult], now: &str) -> Ages {
        Ages {
            seen: Seen::over(earlier),
            now: (!earlier.is_empty()).then(|| now.to_owned()),
        }
    }

    /// Since when something is found; `None` where no earlier run is known.
    pub fn of(&self, finding: &Finding) -> Option<Age> {
        let now = self.now.as_ref()?;
        Some(match self.seen.before(finding) {
            Some(first_seen) => Age { new: false, first_seen },
            None => Age {
                new: true,
                first_seen: now.clone(),
            },
        })
    }
}

/// What earlier runs say of every finding: since when it is found without a run that saw it gone.
#[derive(Clone, Debug, Default)]
struct Seen {
    since: BTreeMap<String, String>,
}

impl Seen {
    fn over(earlier: &[CheckResult]) -> Seen {
        let mut since: BTreeMap<String, String> = BTreeMap::new();
        for run in earlier {
            let found: BTreeMap<String, &Judged> = run
                .findings
                .iter()
                .map(|judged| (judged.finding.id(), judged))
                .collect();
            let blind = Blind::of(run);
            // A run that could look and found nothing ends what was before it. Without the finding itself only a
            // complete run can say so.
            since.retain(|id, _| found.contains_key(id) || blind.any());
            for (id, judged) in found {
                let first = match &judged.age {
                    Some(age) => age.first_seen.clone(),
                    None => run.run.started_at.clone(),
                };
                since.entry(id).or_insert(first);
            }
        }
        Seen { since }
    }

    fn before(&self, finding: &Finding) -> Option<String> {
        self.since.get(&finding.id()).cloned()
    }
}

/// What a run could not look at.
struct Blind<'a> {
    addresses: BTreeSet<&'a str>,
    complete: bool,
}

impl<'a> Blind<'a> {
    fn of(run: &'a CheckResult) -> Blind<'a> {
        Blind {
            addresses: run.unchecked.iter().map(|one| one.address.as_str()).collect(),
            complete: run.complete,
        }
    }

    fn any(&self) -> bool {
        !self.complete || !self.addresses.is_empty()
    }

    /// Whether the run was able to find this again. Things that no state holds, and what hosts serve, are only seen in
    /// full by a complete run.
    fn could_see(&self, finding: &Finding) -> bool {
        use crate::finding::Category;
        match (&finding.address, finding.category) {
            (Some(address), Category::Drift) => !self.addresses.contains(address.as_str()),
            _ => !self.any(),
        }
    }
}

/// What the last run found and this one does not, and how much of that this run could not look at.
fn gone(result: &CheckResult, last: &CheckResult, seen: &Seen) -> (Vec<Resolved>, usize) {
    let here: BTreeSet<String> = result.findings.iter().map(|judged| judged.finding.id()).collect();
    let blind = Blind::of(result);
    let (mut resolved, mut open) = (Vec::new(), 0);
    for judged in &last.findings {
        let id = judged.finding.id();
        if here.contains(&id) {
            continue;
        }
        if !blind.could_see(&judged.finding) {
            open += 1;
            continue;
        }
        resolved.push(Resolved {
            first_seen: seen.since.get(&id).cloned().unwrap_or_default(),
            id,
            rule: judged.finding.rule.to_string(),
            severity: judged.severity,
            subject: subject(&judged.finding),
            title: judged.finding.title.clone(),
        });
    }
    (resolved, open)
}

fn subject(finding: &Finding) -> String {
    match &finding.address {
        Some(address) => address.clone(),
        None => format!("{} {}", finding.resource.terraform_type, finding.resource.id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Category, ResourceRef, Unchecked};
    use crate::inventory::{Failure, Reason};
    use crate::result::{Action, Decision, Outcome, Run};
    use crate::rules;

    fn finding(address: &str) -> Judged {
        let resource = ResourceRef {
            terraform_type: "aws_s3_bucket".to_owned(),
            id: address.to_owned(),
            account: None,
            region: None,
        };
        let mut finding = Finding::new(Category::Drift, rules::RESOURCE_CHANGED, resource, "differs");
        finding.address = Some(address.to_owned());
        let decision = Decision {
            severity: Severity::Medium,
            action: Action::Fail,
            by: None,
        };
        Judged::whole(finding, decision)
    }

    fn run(day: u8, addresses: &[&str]) -> CheckResult {
        CheckResult {
            run: Run {
                started_at: at(day),
                ..Run::default()
            },
            outcome: Outcome::Drift,
            complete: true,
            counts: Default::default(),
            findings: addresses.iter().map(|address| finding(address)).collect(),
            resolved: Vec::new(),
            resources: Vec::new(),
            ignored: Vec::new(),
            unchecked: Vec::new(),
            not_covered: Default::default(),
            hosts: Vec::new(),
            doubts: Vec::new(),
            remarks: Vec::new(),
            past: Vec::new(),
            stats: Default::default(),
        }
    }

    fn blind(mut run: CheckResult, address: &str) -> CheckResult {
        let denied = Failure::new(Reason::AccessDenied, "", "denied");
        run.unchecked.push(Unchecked::new(address, &denied));
        run.complete = false;
        run
    }

    fn at(day: u8) -> String {
        format!("2026-03-{day:02}T00:00:00Z")
    }

    fn ages(result: &CheckResult) -> Vec<(bool, String)> {
        let ages = result.findings.iter().filter_map(|judged| judged.age.clone());
        ages.map(|age| (age.new, age.first_seen)).collect()
    }

    #[test]
    fn without_earlier_runs_nothing_has_an_age() {
        let mut now = run(2, &["a"]);
        mark(&mut now, &[]);
        assert_eq!(now, run(2, &["a"]));
    }

    #[test]
    fn new_persisting_and_resolved_are_told_apart() {
        let mut now = run(3, &["a", "b"]);
        mark(&mut now, &[run(1, &["a"]), run(2, &["a", "c"])]);
        assert_eq!(ages(&now), [(false, at(1)), (true, at(3))]);
        let resolved: Vec<_> = now
            .resolved
            .iter()
            .map(|one| (one.subject.as_str(), one.first_seen.as_str()))
            .collect();
        assert_eq!(resolved, [("c", at(2).as_str())]);
        assert_eq!(now.past.len(), 2);
    }

    #[test]
    fn what_was_gone_for_a_run_is_new_again() {
        let mut now = run(3, &["a"]);
        mark(&mut now, &[run(1, &["a"]), run(2, &[])]);
        assert_eq!(ages(&now), [(true, at(3))]);
    }

    #[test]
    fn a_blind_run_makes_nothing_new() {
        let mut now = run(3, &["a"]);
        mark(&mut now, &[run(1, &["a"]), blind(run(2, &[]), "a")]);
        assert_eq!(ages(&now), [(false, at(1))]);
    }

    #[test]
    fn what_cannot_be_looked_at_again_is_not_resolved() {
        let mut now = blind(run(2, &[]), "a");
        mark(&mut now, &[run(1, &["a", "b"])]);
        let resolved: Vec<_> = now.resolved.iter().map(|one| one.subject.as_str()).collect();
        assert_eq!(resolved, ["b"]);
        assert_eq!(
            now.remarks,
            ["1 earlier finding could not be looked at again and was not called resolved"]
        );
    }

    #[test]
    fn the_age_that_an_earlier_run_knew_is_kept() {
        let mut before = run(2, &["a"]);
        mark(&mut before, &[run(1, &["a"])]);
        let mut now = run(3, &["a"]);
        mark(&mut now, &[before]);
        assert_eq!(ages(&now), [(false, at(1))]);
    }
}
