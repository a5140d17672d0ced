//! What a watch knows of the account, and what one more look at it adds. Pure.
//!
//! A look may fail in part: credentials expire, a service does not answer. What cannot be seen stays known as it was
//! last seen, so that nothing is called resolved for not being looked at, and what changes meanwhile is told as soon as
//! it can be seen again.

use std::collections::{BTreeMap, BTreeSet};

use crate::accounts::Accounts;
use crate::against::Baseline;
use crate::estate::Estate;
use crate::expected::State;
use crate::finding::{Category, Finding, Unchecked};
use crate::inventory::{Inventory, Reason};
use crate::result::{CheckResult, HostState, Judged};
use crate::snapshot::Snapshot;

/// The account and its judgement as they were last seen.
#[derive(Debug)]
pub struct Known {
    inventory: Inventory,
    /// RFC 3339 in UTC.
    at: String,
    /// By [`Finding::id`].
    findings: BTreeMap<String, Seen>,
    /// By name.
    hosts: BTreeMap<String, Host>,
    blind: Blind,
}

/// What one look shows beside what was known.
#[derive(Debug, Default, PartialEq)]
pub struct Moved {
    /// Differences between the accounts ([`Baseline::compare`]).
    pub changed: Vec<Finding>,
    /// Hosts whose visitors get something else, by name.
    pub hosts: Vec<HostMoved>,
    pub came: Vec<Judged>,
    pub resolved: Vec<Judged>,
    /// What cannot be looked at any more.
    pub blind: Vec<Unchecked>,
    /// What can be looked at again, in the words of [`Unchecked::address`].
    pub sighted: Vec<String>,
}

/// A host of which visitors get something else.
#[derive(Debug, PartialEq)]
pub struct HostMoved {
    pub host: String,
    /// `None` where it was no host of the estate.
    pub was: Option<HostState>,
    /// What its visitors got when that could last be told, where it could not be told meanwhile.
    pub last_told: Option<HostState>,
    /// `None` where it is no host of the estate any more.
    pub is: Option<HostState>,
}

/// A finding, and what could not be looked at when it was last seen.
#[derive(Debug)]
struct Seen {
    judged: Judged,
    blind: Blind,
}

#[derive(Debug)]
struct Host {
    last: HostState,
    /// The last state that could be told.
    told: Option<HostState>,
}

/// What could not be looked at, and why. The wording of a failure is no part of it: AWS puts the request's id there.
type Blind = BTreeSet<(String, Reason)>;

impl Known {
    /// By the first look, taken `at` (RFC 3339).
    pub fn new(inventory: Inventory, result: &CheckResult, at: &str) -> Known {
        let blind = blind(result);
        let mut known = Known {
            inventory,
            at: at.to_owned(),
            findings: BTreeMap::new(),
            hosts: BTreeMap::new(),
            blind: blind.clone(),
        };
        known.see(result, &blind);
        known
    }

    /// Takes one more look in. The states tell the Terraform addresses of things.
    pub fn look(&mut self, states: &[State], mut inventory: Inventory, result: &CheckResult, at: &str) -> Moved {
        let before = std::mem::take(&mut self.inventory);
        let baseline = Baseline::new("the last look", Snapshot::new(before.clone(), self.at.clone()));
        let accounts = Accounts::of(&inventory);
        let estate = Estate::across(states, &accounts);
        let changed = baseline.compare(&estate, &inventory).findings;
        let now = blind(result);
        let moved = Moved {
            changed,
            hosts: self.hosts_moved(result, &now),
            came: self.came(result),
            resolved: self.resolve(result, &now),
            blind: newly_blind(result, &self.blind),
            sighted: sighted(&self.blind, &now),
        };
        inventory.recall(before);
        self.inventory = inventory;
        at.clone_into(&mut self.at);
        self.see(result, &now);
        self.blind = now;
        moved
    }

    fn see(&mut self, result: &CheckResult, blind: &Blind) {
        for judged in &result.findings {
            let seen = Seen {
                judged: judged.clone(),
                blind: blind.clone(),
            };
            self.findings.insert(judged.finding.id(), seen);
        }
        let mut before = std::mem::take(&mut self.hosts);
        for state in &result.hosts {
            let earlier = before.remove(&state.host).and_then(|host| host.told);
            let host = Host {
                last: state.clone(),
                told: state.served.is_some().then(|| state.clone()).or(earlier),
            };
            self.hosts.insert(state.host.clone(), host);
        }
    }

    fn came(&self, result: &CheckResult) -> Vec<Judged> {
        let new = result.findings.iter();
        new.filter(|judged| !self.findings.contains_key(&judged.finding.id()))
            .cloned()
            .collect()
    }

    /// Forgets the findings that are over: those that could have been found again, and were not.
    fn resolve(&mut self, result: &CheckResult, now: &Blind) -> Vec<Judged> {
        let here: BTreeSet<String> = result.findings.iter().map(|judged| judged.finding.id()).collect();
        let over = |id: &String, seen: &mut Seen| !here.contains(id) && seen.could_be_found(now);
        self.findings
            .extract_if(.., over)
            .map(|(_, seen)| seen.judged)
            .collect()
    }

    fn hosts_moved(&self, result: &CheckResult, blind: &Blind) -> Vec<HostMoved> {
        let now: BTreeMap<&str, &HostState> = result.hosts.iter().map(|state| (&*state.host, state)).collect();
        let names: BTreeSet<&str> = self
            .hosts
            .keys()
            .map(String::as_str)
            .chain(now.keys().copied())
            .collect();
        let mut moved = Vec::new();
        for name in names {
            let (was, is) = (self.hosts.get(name), now.get(name).copied());
            let same = match (was.map(|host| &host.last), is) {
                // The reason may be worded anew at every look.
                (Some(was), Some(is)) if !blind.is_empty() && is.served.is_none() => was.served.is_none(),
                (Some(was), Some(is)) => (was.served, &was.visitor) == (is.served, &is.visitor),
                (was, is) => was.is_none() && is.is_none(),
            };
            if !same {
                moved.push(HostMoved {
                    host: name.to_owned(),
                    was: was.map(|host| host.last.clone()),
                    last_told: was
                        .filter(|host| host.last.served.is_none())
                        .and_then(|host| host.told.clone()),
                    is: is.cloned(),
                });
            }
        }
        moved
    }
}

impl Seen {
    /// Whether a look that cannot look at `now` would find it again: it can look at all that it takes, as far as that
    /// could be looked at when the finding was seen. What is in no state, and what hosts serve, may take anything.
    fn could_be_found(&self, now: &Blind) -> bool {
        let mut new = now.difference(&self.blind);
        match (&self.judged.finding.address, self.judged.finding.category) {
            (Some(address), Category::Drift) => !new.any(|(other, _)| other == address),
            _ => new.next().is_none(),
        }
    }
}

fn blind(result: &CheckResult) -> Blind {
    let unchecked = result.unchecked.iter();
    unchecked.map(|one| (one.address.clone(), one.reason)).collect()
}

fn newly_blind(result: &CheckResult, before: &Blind) -> Vec<Unchecked> {
    let unchecked = result.unchecked.iter();
    unchecked
        .filter(|one| !before.contains(&(one.address.clone(), one.reason)))
        .cloned()
        .collect()
}

fn sighted(before: &Blind, now: &Blind) -> Vec<String> {
    let addresses = |blind: &Blind| -> BTreeSet<String> { blind.iter().map(|(address, _)| address.clone()).collect() };
    addresses(before).difference(&addresses(now)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Answer, Failure};
    use crate::report::samples;
    use crate::result::Outcome;

    const AT: &str = "2026-11-24T02:03:04Z";

    /// A look that finds nothing and follows no host.
    fn nothing() -> CheckResult {
        let mut result = samples::clean();
        result.findings.clear();
        result.unchecked.clear();
        result.hosts.clear();
        result
    }

    fn with(judged: &[&Judged]) -> CheckResult {
        CheckResult {
            findings: judged.iter().map(|judged| (*judged).clone()).collect(),
            outcome: Outcome::Drift,
            ..nothing()
        }
    }

    fn without(mut result: CheckResult, address: &str, detail: &str) -> CheckResult {
        let failure = Failure::new(Reason::ExpiredCredentials, "", detail);
        result.unchecked.push(Unchecked::new(address, &failure));
        result
    }

    fn host(mut result: CheckResult, served: Option<bool>, visitor: &str) -> CheckResult {
        result.hosts.push(HostState {
            host: "example.com".to_owned(),
            served,
            visitor: visitor.to_owned(),
            path: Vec::new(),
        });
        result
    }

    fn known(result: &CheckResult) -> Known {
        Known::new(Inventory::default(), result, AT)
    }

    fn look(known: &mut Known, result: &CheckResult) -> Moved {
        known.look(&[], Inventory::default(), result, AT)
    }

    fn drift() -> Judged {
        let drifted = samples::drifted().findings;
        let of_state =
            |judged: &&Judged| judged.finding.address.is_some() && judged.finding.category == Category::Drift;
        drifted.iter().find(of_state).cloned().unwrap()
    }

    #[test]
    fn nothing_moves_where_all_is_as_it_was() {
        let result = host(with(&[&drift()]), Some(true), "200");
        assert_eq!(look(&mut known(&result), &result), Moved::default());
    }

    #[test]
    fn findings_come_and_go() {
        let mut known = known(&nothing());
        assert_eq!(look(&mut known, &with(&[&drift()])).came, [drift()]);
        assert_eq!(look(&mut known, &with(&[&drift()])), Moved::default());
        assert_eq!(look(&mut known, &nothing()).resolved, [drift()]);
        assert_eq!(look(&mut known, &nothing()), Moved::default());
    }

    #[test]
    fn what_cannot_be_looked_at_is_not_resolved_and_comes_not_twice() {
        let address = drift().finding.address.unwrap();
        let mut known = known(&with(&[&drift()]));
        let moved = look(&mut known, &without(nothing(), &address, "request 1"));
        assert_eq!((moved.resolved, moved.blind.len()), (vec![], 1));
        // Worded anew, and still the same.
        assert_eq!(
            look(&mut known, &without(nothing(), &address, "request 2")),
            Moved::default()
        );
        let moved = look(&mut known, &with(&[&drift()]));
        assert_eq!((moved.came, moved.sighted), (vec![], vec![address.clone()]));
        look(&mut known, &without(nothing(), &address, "request 3"));
        assert_eq!(look(&mut known, &nothing()).resolved, [drift()]);
    }

    #[test]
    fn what_could_never_be_looked_at_hides_nothing() {
        let mut serving = drift();
        serving.finding.category = Category::Serving;
        for judged in [drift(), serving] {
            let mut known = known(&without(with(&[&judged]), "another", ""));
            let moved = look(&mut known, &without(nothing(), "another", ""));
            assert_eq!(moved.resolved, [judged]);
        }
    }

    #[test]
    fn what_hosts_serve_may_take_anything() {
        let mut serving = drift();
        serving.finding.category = Category::Serving;
        let mut known = known(&with(&[&serving]));
        assert_eq!(look(&mut known, &without(nothing(), "another", "")).resolved, []);
        assert_eq!(look(&mut known, &nothing()).resolved, [serving]);
    }

    #[test]
    fn a_host_that_cannot_be_told_for_a_while_is_held_against_what_was_told() {
        let mut known = known(&host(nothing(), Some(true), "200"));
        let cannot = |detail: &str| host(without(nothing(), "zones", detail), None, detail);
        assert_eq!(look(&mut known, &cannot("request 1")).hosts.len(), 1);
        assert_eq!(look(&mut known, &cannot("request 2")).hosts, []);
        let moved = look(&mut known, &host(nothing(), Some(false), "404")).hosts;
        let last_told = moved[0].last_told.as_ref().map(|state| state.visitor.as_str());
        assert_eq!(last_told, Some("200"));
        let moved = look(&mut known, &nothing()).hosts;
        assert_eq!((moved.len(), &moved[0].is, &moved[0].last_told), (1, &None, &None));
    }

    #[test]
    fn what_changes_while_nobody_can_look_is_told_afterwards() {
        let zones = |zones| Inventory {
            zones,
            ..Inventory::default()
        };
        let zone = crate::inventory::ZoneSummary {
            id: "Z1".to_owned(),
            name: "example.com.".to_owned(),
            ..Default::default()
        };
        let mut known = Known::new(zones(Answer::Found(vec![])), &nothing(), AT);
        let failed = zones(Answer::Failed(Failure::new(Reason::Timeout, "", "")));
        assert_eq!(known.look(&[], failed, &nothing(), AT).changed, []);
        let moved = known.look(&[], zones(Answer::Found(vec![zone])), &nothing(), AT);
        assert_eq!(moved.changed.len(), 1, "{:?}", moved.changed);
        assert_eq!(moved.changed[0].rule, crate::rules::NEW_SINCE_SNAPSHOT);
    }
}
