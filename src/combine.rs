//! Several saved results as one: runs of the same states are a history of which the newest counts, results of different
//! states stand side by side. Pure.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding;
use crate::policy;
use crate::result::{CheckResult, HostState, Judged, Outcome, Run};
use crate::since;

/// Combines results in any order; `None` where there is none.
pub fn combine(results: Vec<CheckResult>) -> Option<CheckResult> {
    let mut by_states: BTreeMap<Vec<String>, Vec<CheckResult>> = BTreeMap::new();
    for result in results {
        let mut states = result.run.states.clone();
        states.sort();
        by_states.entry(states).or_default().push(result);
    }
    by_states.into_values().filter_map(newest).reduce(beside)
}

/// The newest of several runs over the same states, with the earlier ones as its past. What it knows of earlier runs
/// itself is kept.
fn newest(mut runs: Vec<CheckResult>) -> Option<CheckResult> {
    runs.sort_by(|a, b| a.run.started_at.cmp(&b.run.started_at));
    let mut last = runs.pop()?;
    if !runs.is_empty() {
        since::mark(&mut last, &runs);
    }
    Some(last)
}

/// All accounts of two runs, where it is more than one.
fn accounts(one: &Run, other: &Run) -> Vec<String> {
    let named = |run: &Run| run.account.iter().chain(&run.accounts).cloned().collect::<Vec<_>>();
    let all: BTreeSet<String> = named(one).into_iter().chain(named(other)).collect();
    match all.len() {
        0 | 1 => Vec::new(),
        _ => all.into_iter().collect(),
    }
}

fn beside(mut one: CheckResult, other: CheckResult) -> CheckResult {
    one.run.accounts = accounts(&one.run, &other.run);
    one.run.states.extend(other.run.states);
    one.run.account = one
        .run
        .account
        .filter(|account| Some(account) == other.run.account.as_ref());
    one.run.started_at = one.run.started_at.max(other.run.started_at);
    one.run.fail_on = one.run.fail_on.min(other.run.fail_on);
    one.run.against = one.run.against.or(other.run.against);
    one.run
        .not_looked_for
        .retain(|category| other.run.not_looked_for.contains(category));
    one.outcome = worse(one.outcome, other.outcome);
    one.complete &= other.complete;
    one.counts += other.counts;
    // What two runs tell of the same thing is told once; of two states it is two things, whatever the address.
    let key = |judged: &Judged| (judged.finding.id(), judged.finding.state.clone());
    let known: BTreeSet<_> = one.findings.iter().map(key).collect();
    let more = other.findings.into_iter();
    one.findings.extend(more.filter(|judged| !known.contains(&key(judged))));
    finding::tell_apart(one.findings.iter_mut().map(|judged| &mut judged.finding).collect());
    policy::sort(&mut one.findings);
    one.resolved.extend(other.resolved);
    one.resources.extend(other.resources);
    one.ignored.extend(other.ignored);
    one.unchecked.extend(other.unchecked);
    one.unchecked.sort();
    one.unchecked.dedup();
    for (terraform_type, count) in other.not_covered {
        *one.not_covered.entry(terraform_type).or_default() += count;
    }
    one.hosts = hosts(one.hosts, other.hosts);
    one.doubts.extend(other.doubts);
    one.doubts.sort();
    one.doubts.dedup();
    let told: BTreeSet<String> = one.remarks.iter().cloned().collect();
    one.remarks
        .extend(other.remarks.into_iter().filter(|remark| !told.contains(remark)));
    // Runs over different states are no common history.
    one.past.clear();
    for (operation, calls) in other.stats.calls {
        *one.stats.calls.entry(operation).or_default() += calls;
    }
    one.stats.duration += other.stats.duration;
    one
}

/// What fails outweighs what could not be checked.
pub fn worse(a: Outcome, b: Outcome) -> Outcome {
    let weight = |outcome: Outcome| match outcome {
        Outcome::Clean => 0,
        Outcome::Incomplete => 1,
        Outcome::Drift => 2,
    };
    if weight(b) > weight(a) { b } else { a }
}

/// Every host once; where two runs saw it differently, as the one saw it that served it worse.
fn hosts(one: Vec<HostState>, other: Vec<HostState>) -> Vec<HostState> {
    let weight = |host: &HostState| match host.served {
        Some(true) => 0,
        None => 1,
        Some(false) => 2,
    };
    let mut by_name: BTreeMap<String, HostState> = BTreeMap::new();
    for host in one.into_iter().chain(other) {
        match by_name.get(&host.host) {
            Some(known) if weight(known) >= weight(&host) => {}
            _ => _ = by_name.insert(host.host.clone(), host),
        }
    }
    by_name.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Severity;
    use crate::report::samples;

    #[test]
    fn nothing_combines_to_nothing() {
        assert_eq!(combine(Vec::new()), None);
    }

    #[test]
    fn one_result_stays_what_it_is() {
        assert_eq!(combine(vec![samples::outage()]), Some(samples::outage()));
    }

    #[test]
    fn runs_of_the_same_states_are_a_history() {
        let mut later = samples::drifted();
        later.run.started_at = "2026-03-15T02:30:00Z".to_owned();
        let combined = combine(vec![later.clone(), samples::clean()]).unwrap();
        assert_eq!(combined.outcome, Outcome::Drift);
        assert_eq!(combined.past.len(), 1);
        assert!(
            combined
                .findings
                .iter()
                .all(|judged| judged.age.as_ref().is_some_and(|age| age.new))
        );
        assert_eq!(combined.counts, later.counts);
    }

    #[test]
    fn results_of_different_states_stand_side_by_side() {
        let mut other = samples::incomplete();
        other.run.states = vec!["dns.tfstate".to_owned()];
        let (a, b) = (samples::drifted(), other.clone());
        let combined = combine(vec![a.clone(), other]).unwrap();
        assert_eq!(combined.outcome, Outcome::Drift);
        assert!(!combined.complete);
        assert_eq!(combined.counts.resources, a.counts.resources + b.counts.resources);
        assert_eq!(combined.findings.len(), a.findings.len());
        assert_eq!(combined.unchecked.len(), a.unchecked.len() + b.unchecked.len());
        assert_eq!(combined.run.states.len(), 2);
        let severities: Vec<Severity> = combined.findings.iter().map(|judged| judged.severity).collect();
        assert!(severities.is_sorted_by(|a, b| a >= b), "{severities:?}");
    }

    #[test]
    fn a_host_is_as_the_worse_run_saw_it() {
        let mut other = samples::outage();
        other.run.states = vec!["other.tfstate".to_owned()];
        for host in &mut other.hosts {
            host.served = Some(true);
        }
        let combined = combine(vec![other, samples::outage()]).unwrap();
        assert_eq!(combined.hosts, samples::outage().hosts);
    }
}
