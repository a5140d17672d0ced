//! A result beside earlier ones: what is new, what persists and since when, what is resolved. Pure.
//!
//! Nothing is called resolved that this run could not look at again, and nothing new that an earlier run could not
//! look at: what was seen before a blind run and is seen after it was there all the time.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Category, Finding, Severity};
use crate::result::{Age, CheckResult, Judged, PastRun, Resolved};
use crate::rules;

/// Marks the findings of `result`, which was judged by itself, by what earlier runs (oldest first) found; and
/// [`conclude`]s.
pub fn mark(result: &mut CheckResult, earlier: &[CheckResult]) {
    let ages = Ages::new(earlier, &result.run.started_at);
    for judged in &mut result.findings {
        judged.age = ages.of(&judged.finding);
    }
    conclude(result, earlier, &ages);
}

/// Lists what is resolved since the last of the earlier runs (oldest first), and keeps them as the result's past. `ages`
/// are made of the same runs.
pub fn conclude(result: &mut CheckResult, earlier: &[CheckResult], ages: &Ages) {
    result.past = earlier.iter().map(past).collect();
    let Some(last) = earlier.last() else { return };
    let (resolved, open) = gone(result, last, ages);
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
    /// By id: since when it is found without a run that saw it gone.
    since: BTreeMap<String, String>,
    /// When the run began, RFC 3339; nothing where no earlier run is known.
    now: Option<String>,
}

impl Ages {
    /// By what earlier runs (oldest first) found, for a run that began `now`.
    pub fn new(earlier: &[CheckResult], now: &str) -> Ages {
        let mut seen: BTreeMap<String, (&Finding, String)> = BTreeMap::new();
        for run in earlier {
            let found: BTreeMap<String, &Judged> = run
                .findings
                .iter()
                .map(|judged| (judged.finding.id(), judged))
                .collect();
            let sight = Sight::of(run);
            // A run that could look and found nothing ends what was before it.
            seen.retain(|id, (finding, _)| found.contains_key(id) || !sight.covers(finding));
            for (id, judged) in found {
                let first = match &judged.age {
                    Some(age) => age.first_seen.clone(),
                    None => run.run.started_at.clone(),
                };
                seen.entry(id).or_insert((&judged.finding, first));
            }
        }
        Ages {
            since: seen.into_iter().map(|(id, (_, since))| (id, since)).collect(),
            now: (!earlier.is_empty()).then(|| now.to_owned()),
        }
    }

    /// Since when something is found; `None` where no earlier run is known.
    pub fn of(&self, finding: &Finding) -> Option<Age> {
        let now = self.now.as_ref()?;
        Some(match self.since.get(&finding.id()) {
            Some(first_seen) => Age {
                new: false,
                first_seen: first_seen.clone(),
            },
            None => Age {
                new: true,
                first_seen: now.clone(),
            },
        })
    }
}

/// What a run was able to see.
struct Sight<'a> {
    run: &'a CheckResult,
    /// The addresses that it could not check.
    unchecked: BTreeSet<&'a str>,
}

impl<'a> Sight<'a> {
    fn of(run: &'a CheckResult) -> Sight<'a> {
        Sight {
            run,
            unchecked: run.unchecked.iter().map(|one| one.address.as_str()).collect(),
        }
    }

    /// Whether the run would have found this. Things that no state holds, and what hosts serve, are only seen in full by
    /// a complete run.
    fn covers(&self, finding: &Finding) -> bool {
        let run = &self.run.run;
        let of_snapshot = rules::SINCE_SNAPSHOT.contains(&&*finding.rule);
        // An allowance of no use is a matter of the policy, whether or not a configuration was read.
        let not_looked_for = run.not_looked_for.contains(&finding.category) && finding.rule != rules::ALLOWANCE_UNUSED;
        if not_looked_for
            || finding.state.as_ref().is_some_and(|state| !run.states.contains(state))
            || (of_snapshot && run.against.is_none())
        {
            return false;
        }
        match (&finding.address, finding.category) {
            (Some(address), Category::Drift) => !self.unchecked.contains(address.as_str()),
            _ => self.run.complete && self.unchecked.is_empty(),
        }
    }
}

/// What the last run found and this one does not, and how much of that this run could not look at.
fn gone(result: &CheckResult, last: &CheckResult, ages: &Ages) -> (Vec<Resolved>, usize) {
    let here: BTreeSet<String> = result.findings.iter().map(|judged| judged.finding.id()).collect();
    let sight = Sight::of(result);
    let (mut resolved, mut open) = (Vec::new(), 0);
    for judged in &last.findings {
        let id = judged.finding.id();
        if here.contains(&id) {
            continue;
        }
        if !sight.covers(&judged.finding) {
            open += 1;
            continue;
        }
        resolved.push(Resolved {
            first_seen: ages.since.get(&id).cloned().unwrap_or_default(),
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
    use crate::finding::{ResourceRef, Unchecked};
    use crate::inventory::{Failure, Reason};
    use crate::result::{Action, Decision, Outcome, Run};

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
    fn what_this_run_did_not_look_for_is_not_resolved() {
        let mut before = run(1, &["a", "b", "c", "d"]);
        before.run.states = vec!["prod".to_owned(), "stage".to_owned()];
        before.run.against = Some("before.json".to_owned());
        before.findings[0].finding.category = Category::Serving;
        before.findings[1].finding.state = Some("stage".to_owned());
        before.findings[2].finding.rule = rules::NEW_SINCE_SNAPSHOT.into();
        before.findings[3].finding.state = Some("prod".to_owned());
        let mut now = run(2, &[]);
        now.run.states = vec!["prod".to_owned()];
        now.run.not_looked_for = vec![Category::Serving, Category::Deploy];
        mark(&mut now, std::slice::from_ref(&before));
        let resolved: Vec<_> = now.resolved.iter().map(|one| one.subject.as_str()).collect();
        assert_eq!(resolved, ["d"]);
        assert_eq!(
            now.remarks,
            ["3 earlier findings could not be looked at again and were not called resolved"]
        );

        let mut again = before.clone();
        again.run.started_at = at(3);
        mark(&mut again, &[before, now]);
        let new = again.findings.iter().map(|judged| judged.age.as_ref().unwrap().new);
        assert_eq!(new.collect::<Vec<_>>(), [false, false, false, true]);
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
