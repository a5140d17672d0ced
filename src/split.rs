//! The result of a run over several states as one result per state, for what is told state by state. Pure.
//!
//! Nothing gets lost: a finding of no state goes to the states that hold the resource of its address, and whatever
//! belongs to none of them goes to the first state.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, Severity, Unchecked};
use crate::result::{CheckResult, Counts, Outcome};

/// What a run has to say about one state.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// The state, as it was given; empty where the run was about none.
    pub state: String,
    pub result: CheckResult,
    /// Whether something that belongs to no state could not be checked, and is told with another state: that nothing
    /// was found here does not prove that nothing is wrong.
    pub unsettled: bool,
}

/// One share per state, in the order in which they were given; never none.
pub fn by_state(result: &CheckResult) -> Vec<Share> {
    let states = states(result);
    let holders = Holders::of(result, &states);
    if states.len() < 2 {
        return vec![Share {
            state: states.first().map(|state| (*state).to_owned()).unwrap_or_default(),
            result: result.clone(),
            unsettled: false,
        }];
    }
    let mut shares: Vec<Share> = states
        .iter()
        .map(|state| Share {
            state: (*state).to_owned(),
            result: empty(result, state),
            unsettled: false,
        })
        .collect();
    deal(&mut shares, result, &holders);
    settle(&mut shares, result, &holders);
    shares
}

/// Every state that the run knows of.
fn states(result: &CheckResult) -> Vec<&str> {
    let given = result.run.states.iter().map(String::as_str);
    let held = result.resources.iter().map(|resource| resource.state.as_str());
    let found = result.findings.iter().filter_map(|one| one.finding.state.as_deref());
    let mut known = BTreeSet::new();
    given
        .chain(held)
        .chain(found)
        .filter(|state| known.insert(*state))
        .collect()
}

/// Which states, by their number, hold the resource of an address.
struct Holders<'a> {
    numbers: BTreeMap<&'a str, usize>,
    all: BTreeMap<&'a str, BTreeSet<usize>>,
    /// Those in which it could not be compared in full.
    unchecked: BTreeMap<&'a str, BTreeSet<usize>>,
}

impl<'a> Holders<'a> {
    fn of(result: &'a CheckResult, states: &[&'a str]) -> Holders<'a> {
        let numbers: BTreeMap<&str, usize> = states.iter().enumerate().map(|(at, state)| (*state, at)).collect();
        let mut all = BTreeMap::<&str, BTreeSet<usize>>::new();
        let mut unchecked = all.clone();
        for resource in &result.resources {
            let Some(number) = numbers.get(resource.state.as_str()) else {
                continue;
            };
            all.entry(&resource.address).or_default().insert(*number);
            if !resource.checked {
                unchecked.entry(&resource.address).or_default().insert(*number);
            }
        }
        Holders {
            numbers,
            all,
            unchecked,
        }
    }

    fn of_finding(&self, finding: &Finding) -> BTreeSet<usize> {
        let named = finding.state.as_deref().and_then(|state| self.numbers.get(state));
        match named {
            Some(number) => BTreeSet::from([*number]),
            None => self.of_address(finding.address.as_deref().unwrap_or_default()),
        }
    }

    fn of_address(&self, address: &str) -> BTreeSet<usize> {
        self.all.get(address).cloned().unwrap_or_else(|| BTreeSet::from([0]))
    }

    fn of_unchecked(&self, unchecked: &Unchecked) -> BTreeSet<usize> {
        let found = self.unchecked.get(unchecked.address.as_str());
        found.cloned().unwrap_or_else(|| self.of_address(&unchecked.address))
    }

    fn holds(&self, address: &str) -> bool {
        self.all.contains_key(address)
    }
}

/// The result without anything that was found.
fn empty(result: &CheckResult, state: &str) -> CheckResult {
    let mut run = result.run.clone();
    run.states = vec![state.to_owned()];
    CheckResult {
        run,
        outcome: Outcome::Clean,
        complete: true,
        counts: Counts::default(),
        findings: Vec::new(),
        resolved: Vec::new(),
        resources: Vec::new(),
        ignored: Vec::new(),
        unchecked: Vec::new(),
        not_covered: BTreeMap::new(),
        hosts: Vec::new(),
        doubts: Vec::new(),
        remarks: Vec::new(),
        // Earlier runs were over all states.
        past: Vec::new(),
        stats: result.stats.clone(),
    }
}

fn deal(shares: &mut [Share], result: &CheckResult, holders: &Holders<'_>) {
    let mut give = |numbers: BTreeSet<usize>, to: &mut dyn FnMut(&mut CheckResult)| {
        for number in numbers {
            if let Some(share) = shares.get_mut(number) {
                to(&mut share.result);
            }
        }
    };
    let mut hosts: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for judged in &result.findings {
        let numbers = holders.of_finding(&judged.finding);
        for host in &judged.finding.impact {
            hosts.entry(host).or_default().extend(&numbers);
        }
        give(numbers, &mut |share| share.findings.push(judged.clone()));
    }
    for resolved in &result.resolved {
        give(holders.of_address(&resolved.subject), &mut |share| {
            share.resolved.push(resolved.clone());
        });
    }
    for resource in &result.resources {
        let number = holders.numbers.get(resource.state.as_str()).copied();
        give(number.into_iter().collect(), &mut |share| {
            share.resources.push(resource.clone())
        });
    }
    for ignored in &result.ignored {
        give(holders.of_address(&ignored.address), &mut |share| {
            share.ignored.push(ignored.clone())
        });
    }
    for unchecked in &result.unchecked {
        give(holders.of_unchecked(unchecked), &mut |share| {
            share.unchecked.push(unchecked.clone())
        });
    }
    for host in &result.hosts {
        let numbers = hosts.get(host.host.as_str()).cloned();
        give(numbers.unwrap_or_else(|| BTreeSet::from([0])), &mut |share| {
            share.hosts.push(host.clone());
        });
    }
    give(BTreeSet::from([0]), &mut |share| {
        share.not_covered.clone_from(&result.not_covered);
        share.doubts.clone_from(&result.doubts);
        share.remarks.clone_from(&result.remarks);
        share.counts.not_covered = result.counts.not_covered;
        share.counts.other = result.counts.other;
        share.counts.deposed = result.counts.deposed;
    });
}

/// Counts and verdict of each share.
fn settle(shares: &mut [Share], result: &CheckResult, holders: &Holders<'_>) {
    let level = result.run.fail_on.unwrap_or(Severity::Low);
    for share in shares.iter_mut() {
        let counts = &mut share.result.counts;
        counts.resources = share.result.resources.len();
        counts.checked = share.result.resources.iter().filter(|one| one.checked).count();
        counts.unchecked = counts.resources - counts.checked;
        share.result.complete = share.result.unchecked.is_empty() && counts.unchecked == 0;
    }
    // What makes the run incomplete is in no share: it may be about any of them.
    if !result.complete && shares.iter().all(|share| share.result.complete) {
        for share in shares.iter_mut() {
            share.result.complete = false;
        }
    }
    let homeless = result.unchecked.iter().any(|one| !holders.holds(&one.address));
    for share in shares {
        let drift = share.result.findings.iter().any(|judged| judged.fails(level));
        share.result.outcome = match (drift, share.result.complete) {
            (true, _) => Outcome::Drift,
            (false, false) => Outcome::Incomplete,
            (false, true) => Outcome::Clean,
        };
        share.unsettled = homeless && share.result.complete;
    }
}

#[cfg(test)]
mod tests;
