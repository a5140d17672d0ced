//! Live AWS against an earlier snapshot of it: what an hour of console work changed, whatever Terraform says.
//!
//! The things that the snapshot holds become instances ([`crate::instances`]), so that both accounts are written down by the
//! same [`Kind`](crate::kinds::Kind) code and compared like a state. What the snapshot never asked for is out of scope;
//! what it asked for in vain, or what cannot be read now, is unchecked.

use crate::accounts::Accounts;
use crate::canon::{Difference, Meaning, canonical, diff};
use crate::compare::{self, Comparison};
use crate::estate::Estate;
use crate::expected::{Instance, State};
use crate::finding::{Category, Change, Finding, ResourceRef, Unchecked};
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
        for instance in self.estate.instances() {
            let Some(kind) = kinds::of(&instance.terraform_type) else {
                continue;
            };
            comparison.counts.resources += 1;
            let before = comparison.unchecked.len();
            self.one(kind, instance, &mut comparison);
            match comparison.unchecked.len() == before {
                true => comparison.counts.checked += 1,
                false => comparison.counts.unchecked += 1,
            }
        }
        comparison.findings.extend(self.appeared());
        comparison
    }

    fn one(&self, kind: &dyn Kind, instance: &Instance, into: &mut Comparison) {
        let resource = match kind.identity(instance, self.estate) {
            Ok(identity) => self.resource(kind.terraform_type(), identity.id, identity.region),
            Err(failure) => return into.unchecked.push(Unchecked::new(&instance.address, &failure)),
        };
        let shown = self.address(&resource).unwrap_or_else(|| instance.address.clone());
        let then = kind.live(instance, self.estate, self.then);
        let now = kind.live(instance, self.estate, self.live);
        match (then, now) {
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
                    attributes: mut then,
                    unknown: unknown_then,
                },
                Live::Found {
                    attributes: mut now,
                    unknown: unknown_now,
                },
            ) => {
                // What the snapshot was never asked for is none of the comparison's business.
                let asked = |name: &str| {
                    !unknown_then
                        .iter()
                        .any(|(other, failure)| *other == name && failure.reason == Reason::NotInSnapshot)
                };
                let told_then = unknown_then.iter().filter(|(name, _)| asked(name));
                for (name, failure) in told_then.chain(unknown_now.iter().filter(|(name, _)| asked(name))) {
                    let detail = format!("`{name}` could not be read: {}", failure.detail);
                    let failure = Failure {
                        detail,
                        ..failure.clone()
                    };
                    into.unchecked.push(Unchecked::new(shown.clone(), &failure));
                }
                kind.reconcile(&mut then, &mut now);
                let shape = kind.shape();
                let mut differences = diff(
                    &canonical(&shape, &then),
                    &canonical(&shape, &now),
                    self.estate.identities(),
                );
                kind.refine(instance, &mut differences);
                into.findings
                    .extend(self.changed_since(kind, instance, &resource, &differences));
            }
        }
    }

    /// One finding for what changed, and one for what only looks changed.
    fn changed_since(
        &self,
        kind: &dyn Kind,
        instance: &Instance,
        resource: &ResourceRef,
        differences: &[Difference],
    ) -> Vec<Finding> {
        let secrets = compare::secrets(kind, instance);
        let changes = |labels: bool| -> Vec<Change> {
            differences
                .iter()
                .filter(|one| (one.meaning == Meaning::Cosmetic) == labels)
                .map(|one| compare::change(one, &secrets))
                .collect()
        };
        let finding = |rule: &'static str, changes: Vec<Change>, title: String| Finding {
            changes,
            ..self.finding(rule, resource.clone(), title, "")
        };
        let mut found = Vec::new();
        let (real, labels) = (changes(false), changes(true));
        if !real.is_empty() {
            let title = match real.len() {
                1 => "1 attribute changed since the snapshot".to_owned(),
                n => format!("{n} attributes changed since the snapshot"),
            };
            found.push(finding(rules::CHANGED_SINCE_SNAPSHOT, real, title));
        }
        if !labels.is_empty() {
            let title = "labels without effect changed since the snapshot".to_owned();
            found.push(finding(rules::COSMETIC_CHANGE, labels, title));
        }
        found
    }

    fn new_since(&self, resource: ResourceRef, before: &str) -> Finding {
        let detail = format!("When the snapshot was taken, {before}.");
        self.finding(
            rules::NEW_SINCE_SNAPSHOT,
            resource,
            "made since the snapshot".to_owned(),
            &detail,
        )
    }

    fn gone_since(&self, resource: ResourceRef, now: &str) -> Finding {
        let detail = format!("Now {now}.");
        self.finding(
            rules::GONE_SINCE_SNAPSHOT,
            resource,
            "gone since the snapshot".to_owned(),
            &detail,
        )
    }

    fn finding(&self, rule: &'static str, resource: ResourceRef, title: String, detail: &str) -> Finding {
        let taken = format!(
            "The snapshot {} was taken at {}.",
            self.baseline.name(),
            self.baseline.taken_at()
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

    /// Things that live lists and the snapshot, which listed them too, does not.
    fn appeared(&self) -> Vec<Finding> {
        let now = instances::things(self.live);
        let then = instances::things(self.then);
        let mut found = Vec::new();
        for (listing, ids) in now {
            // A listing that the snapshot lacks says nothing about what is new.
            let Some(before) = then.get(&listing) else { continue };
            for id in ids.difference(before) {
                let resource = self.resource(listing.terraform_type(), id.clone(), None);
                found.push(self.new_since(resource, &format!("{id} was not there")));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests;
