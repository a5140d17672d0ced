//! Live AWS against an earlier snapshot of it: what an hour of console work changed, whatever Terraform says.
//!
//! The things that the snapshot holds become instances ([`crate::instances`]), so that both accounts are written down by the
//! same [`Kind`](crate::kinds::Kind) code and compared like a state. What the snapshot never asked for is out of scope;
//! what it asked for in vain, or what cannot be read now, is unchecked.

use std::collections::BTreeSet;

use crate::accounts::Accounts;
use crate::canon::Meaning;
use crate::compare::{self, Comparison, Thing};
use crate::estate::Estate;
use crate::expected::{Instance, State};
use crate::finding::{Category, Finding, ResourceRef, Unchecked};
use crate::instances;
use crate::inventory::{Answer, Failure, Inventory, Reason};
use crate::kinds::{self, Kind, Live};
use crate::plan::Plans;
use crate::rules;
use crate::serving::{Addresses, declared};
use crate::snapshot::Snapshot;

/// An earlier snapshot, ready to be compared with.
#[derive(Clone, Debug)]
pub struct Baseline {
    snapshot: Snapshot,
    /// The snapshot's file.
    name: String,
    /// What the snapshot holds, as states that nobody wrote: one of each of its accounts, in the order of
    /// [`Inventory::each`].
    states: Vec<State>,
}

impl Baseline {
    /// `name` is the snapshot's file, as shown to people.
    pub fn new(name: &str, snapshot: Snapshot) -> Baseline {
        let states = snapshot.inventory.each().map(|one| instances::state(name, one));
        Baseline {
            name: name.to_owned(),
            states: states.collect(),
            snapshot,
        }
    }

    /// The file it came from.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When it was taken, RFC 3339 in UTC.
    pub fn taken_at(&self) -> &str {
        &self.snapshot.taken_at
    }

    /// The account as it was.
    pub fn inventory(&self) -> &Inventory {
        &self.snapshot.inventory
    }

    /// The account that it was taken of, where it knows.
    pub fn account(&self) -> Option<&str> {
        self.snapshot
            .inventory
            .caller
            .found()
            .map(|caller| caller.account.as_str())
    }

    /// What it holds, as states.
    pub fn states(&self) -> &[State] {
        &self.states
    }

    /// The accounts that it holds something of, by id.
    pub fn accounts(&self) -> impl Iterator<Item = &str> {
        self.snapshot.inventory.read_accounts()
    }

    /// Every read that comparing live with it takes, by account: what it has read itself there.
    pub fn plan(&self, accounts: &Accounts, plans: &mut Plans) {
        for (then, state) in self.snapshot.inventory.each().zip(&self.states) {
            // A snapshot that does not know its account is compared with the run's own.
            let caller = then.caller.found().or(accounts.first());
            if let Some(account) = caller
                .map(|caller| &caller.account)
                .filter(|account| accounts.has(account))
            {
                let estate = Estate::new(std::slice::from_ref(state), None);
                plans.extend(account, compare::plan(&estate).iter().cloned());
            }
        }
    }

    /// What differs since, every account with itself. `named` knows the Terraform addresses of things.
    pub fn compare(&self, named: &Estate, live: &Inventory) -> Comparison {
        let mut comparison = Comparison::default();
        let addresses = declared::addresses(named);
        for (then, state) in self.snapshot.inventory.each().zip(&self.states) {
            let now = match then.caller.found() {
                Some(caller) if live.caller.found().is_some() => match live.of(&caller.account) {
                    Some(now) => now,
                    None => {
                        comparison.unchecked.push(self.not_read(&caller.account, live));
                        continue;
                    }
                },
                _ => live,
            };
            let estate = Estate::new(std::slice::from_ref(state), now.caller.found());
            let run = Run {
                baseline: self,
                estate: &estate,
                addresses: &addresses,
                then,
                live: now,
            };
            let since = run.compare();
            comparison.findings.extend(since.findings);
            comparison.unchecked.extend(since.unchecked);
            comparison.counts += since.counts;
        }
        comparison
    }

    /// An account of the snapshot that this run did not read.
    fn not_read(&self, account: &str, live: &Inventory) -> Unchecked {
        let failure = match live.accounts.get(account) {
            Some(Answer::Failed(failure)) => failure.clone(),
            _ => {
                let detail = format!(
                    "{} holds account {account}, which this run did not read; give an `account \"{account}\"` block with \
                     its profile or role_arn",
                    self.name()
                );
                Failure::new(Reason::OtherAccount, "", detail)
            }
        };
        Unchecked::new(format!("account {account}"), &failure)
    }
}

/// One comparison under way.
struct Run<'a> {
    baseline: &'a Baseline,
    estate: &'a Estate<'a>,
    addresses: &'a Addresses,
    /// What the account answered when the snapshot was taken.
    then: &'a Inventory,
    live: &'a Inventory,
}

impl Run<'_> {
    fn compare(&self) -> Comparison {
        let mut comparison = Comparison::default();
        let (appeared, mut lost) = self.listed();
        for instance in self.estate.instances() {
            let Some(kind) = kinds::of(&instance.terraform_type) else {
                continue;
            };
            comparison.counts.resources += 1;
            let before = comparison.unchecked.len();
            self.one(kind, instance, &mut lost, &mut comparison);
            match comparison.unchecked.len() == before {
                true => comparison.counts.checked += 1,
                false => comparison.counts.unchecked += 1,
            }
        }
        let thing = |(terraform_type, id): Listed| (self.resource(terraform_type, id.clone(), None), id);
        comparison.findings.extend(appeared.into_iter().map(|one| {
            let (resource, id) = thing(one);
            self.new_since(resource, &format!("{id} was not there"))
        }));
        comparison.findings.extend(lost.into_iter().map(|one| {
            let (resource, id) = thing(one);
            self.gone_since(resource, &format!("{id} is listed no more"))
        }));
        comparison
    }

    /// Takes what it tells of out of `lost`.
    fn one(&self, kind: &dyn Kind, instance: &Instance, lost: &mut BTreeSet<Listed>, into: &mut Comparison) {
        let resource = match kind.identity(instance, self.estate) {
            Ok(identity) => self.resource(kind.terraform_type(), identity.id, identity.region),
            Err(failure) => return into.unchecked.push(Unchecked::new(&instance.address, &failure)),
        };
        let shown = self.address(&resource).unwrap_or_else(|| instance.address.clone());
        let is_lost = lost.remove(&(kind.terraform_type(), resource.id.clone()));
        let then = kind.live(instance, self.estate, self.then);
        let now = kind.live(instance, self.estate, self.live);
        match (then, now) {
            // The listing says what the thing itself, which nobody asked for, does not.
            (_, Live::Unknown(_)) if is_lost => {
                let detail = format!("{} is listed no more", resource.id);
                into.findings.push(self.gone_since(resource, &detail));
            }
            (Live::Unknown(failure), _) => {
                let detail = format!("{} does not tell: {}", self.baseline.name(), failure.detail);
                into.unchecked
                    .push(Unchecked::new(shown, &Failure { detail, ..failure }));
            }
            (_, Live::Unknown(failure)) => into.unchecked.push(Unchecked::new(shown, &failure)),
            (Live::Gone(_), Live::Gone(_)) => {}
            (Live::Gone(detail), Live::Found { .. }) => into.findings.push(self.new_since(resource, &detail)),
            (Live::Found { .. }, Live::Gone(detail)) => into.findings.push(self.gone_since(resource, &detail)),
            (
                Live::Found {
                    attributes: then,
                    unknown: unknown_then,
                },
                Live::Found {
                    attributes: now,
                    unknown: unknown_now,
                },
            ) => {
                // What the snapshot was never asked for is none of the comparison's business.
                let asked = |name: &str| {
                    !unknown_then
                        .iter()
                        .any(|(other, failure)| *other == name && failure.reason == Reason::NotInSnapshot)
                };
                let unknown = unknown_then.iter().chain(&unknown_now).filter(|(name, _)| asked(name));
                into.unchecked.extend(unknown.map(|part| compare::unread(&shown, part)));
                let thing = Thing {
                    kind,
                    instance,
                    estate: self.estate,
                };
                let found = thing.changes(then, now, rule_of).into_iter().map(|(rule, changes)| {
                    let finding = self.finding(rule, resource.clone(), "", "");
                    Finding { changes, ..finding }.entitled()
                });
                into.findings.extend(found);
            }
        }
    }

    fn new_since(&self, resource: ResourceRef, before: &str) -> Finding {
        let detail = format!("When the snapshot was taken, {before}.");
        self.finding(rules::NEW_SINCE_SNAPSHOT, resource, "made since the snapshot", &detail)
    }

    fn gone_since(&self, resource: ResourceRef, now: &str) -> Finding {
        let detail = format!("Now {now}.");
        self.finding(rules::GONE_SINCE_SNAPSHOT, resource, "gone since the snapshot", &detail)
    }

    fn finding(&self, rule: &'static str, resource: ResourceRef, title: &str, detail: &str) -> Finding {
        let taken = format!(
            "The snapshot {} was taken at {}.",
            self.baseline.name(),
            to_the_second(self.baseline.taken_at())
        );
        let detail = match detail {
            "" => taken,
            detail => format!("{detail} {taken}"),
        };
        Finding {
            address: self.address(&resource),
            detail,
            ..Finding::new(Category::Drift, rule, resource, title)
        }
    }

    fn resource(&self, terraform_type: &str, id: String, region: Option<String>) -> ResourceRef {
        ResourceRef {
            terraform_type: terraform_type.to_owned(),
            id,
            account: self.estate.account().map(str::to_owned),
            region,
        }
    }

    /// The address under which Terraform knows the thing.
    fn address(&self, resource: &ResourceRef) -> Option<String> {
        self.addresses
            .of(&resource.terraform_type, &resource.id)
            .map(str::to_owned)
    }

    /// The things that only one of both lists, where both have the listing: those that appeared, and those that are lost.
    /// A listing that one side lacks says nothing.
    fn listed(&self) -> (Vec<Listed>, BTreeSet<Listed>) {
        let now = instances::things(self.live);
        let then = instances::things(self.then);
        let (mut appeared, mut lost) = (Vec::new(), BTreeSet::new());
        for (listing, ids) in now {
            let Some(before) = then.get(&listing) else { continue };
            let of_type = |id: &String| (listing.terraform_type(), id.clone());
            appeared.extend(ids.difference(before).map(of_type));
            lost.extend(before.difference(&ids).map(of_type));
        }
        (appeared, lost)
    }
}

/// Terraform type and import id of something that a listing holds.
type Listed = (&'static str, String);

/// An RFC 3339 time in UTC without fractions of a second.
fn to_the_second(time: &str) -> String {
    match time.split_once('.') {
        Some((seconds, _)) => format!("{seconds}Z"),
        None => time.to_owned(),
    }
}

/// Under which rule a difference from the snapshot is reported.
fn rule_of(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::Different | Meaning::Unresolved | Meaning::Reworded => rules::CHANGED_SINCE_SNAPSHOT,
        Meaning::Cosmetic => rules::COSMETIC_SINCE_SNAPSHOT,
    }
}

#[cfg(test)]
mod tests;
