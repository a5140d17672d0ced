//! The comparison: states and inventory in, findings out. Pure.

mod headline;
mod sides;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeMap;

use serde_json::Value;

use crate::accounts::Accounts;
use crate::canon::Meaning;
use crate::estate::Estate;
use crate::expected::{InputError, Instance};
use crate::finding::{Category, Change, Finding, ResourceRef, Unchecked};
use crate::inventory::{Failure, Inventory, Reason};
use crate::kinds::{self, Identity, Kind, Live};
use crate::plan::{Plans, Read, ReadPlan};
use crate::result::{Counts, Resource};
use crate::rules;

pub(crate) use sides::{Thing, secrets, unread};

/// What comparing brought, before anybody judged it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    pub findings: Vec<Finding>,
    pub unchecked: Vec<Unchecked>,
    pub counts: Counts,
    /// Every instance of a covered type.
    pub resources: Vec<Resource>,
    /// Types of the covered services that driftgate does not compare, with the number of instances.
    pub not_covered: BTreeMap<String, usize>,
}

/// Refuses states whose instances follow a newer schema than this code knows.
pub fn validate(estate: &Estate) -> Result<(), InputError> {
    for (instance, kind) in covered(estate) {
        if instance.schema_version > kind.schema_version() {
            return Err(InputError::SchemaTooNew {
                state: instance.state.clone(),
                address: instance.address.clone(),
                terraform_type: instance.terraform_type.clone(),
                found: instance.schema_version,
                known: kind.schema_version(),
            });
        }
    }
    Ok(())
}

/// Every read that comparing these states takes.
pub fn plan(estate: &Estate) -> ReadPlan {
    let mut plan = ReadPlan::default();
    for (instance, kind) in covered(estate) {
        if kind.identity(instance, estate).is_ok() && estate.is_ours(instance) {
            plan.extend(kind.reads(instance, estate));
        }
    }
    for kind in kinds::ALL {
        plan.extend(kind.unmanaged_reads(estate));
    }
    plan
}

/// Every read that comparing takes, by the account that has what it asks about. What may be in any account is asked of
/// all.
pub fn plans(estate: &Estate, accounts: &Accounts) -> Plans {
    let mut plans = Plans::default();
    match accounts.callers() {
        [caller] => plans.extend(&caller.account, plan(estate).iter().cloned()),
        several => {
            for caller in several {
                plans.extend(&caller.account, plan(&estate.within(caller)).iter().cloned());
            }
        }
    }
    plans
}

/// One account: what of the states is its own, and what it answered.
struct Part<'a, 'i> {
    estate: Cow<'i, Estate<'a>>,
    inventory: &'i Inventory,
}

fn parts<'i, 'a: 'i>(estate: &'i Estate<'a>, inventory: &'i Inventory) -> Vec<Part<'i, 'i>> {
    let several: Vec<Part> = inventory
        .each()
        .filter_map(|one| {
            Some(Part {
                estate: Cow::Owned(estate.within(one.caller.found()?)),
                inventory: one,
            })
        })
        .collect();
    match several.len() {
        0 | 1 => vec![Part {
            estate: Cow::Borrowed(estate),
            inventory,
        }],
        _ => several,
    }
}

/// Compares every covered instance with its live side, each in its own account, and looks for what no state holds.
pub fn compare(estate: &Estate, inventory: &Inventory) -> Comparison {
    let parts = parts(estate, inventory);
    let presence = Presence::default();
    let mut comparison = Comparison::default();
    for state in estate.states() {
        comparison.counts.deposed += state.deposed.len();
        for instance in &state.instances {
            if !instance.is_aws() || !kinds::in_scope(&instance.terraform_type) {
                comparison.counts.other += 1;
            } else if kinds::of(&instance.terraform_type).is_none() {
                comparison.counts.not_covered += 1;
                *comparison
                    .not_covered
                    .entry(instance.terraform_type.clone())
                    .or_default() += 1;
            }
        }
    }
    for (instance, kind) in covered(estate) {
        comparison.counts.resources += 1;
        let before = comparison.unchecked.len();
        one(kind, instance, estate, &parts, &presence, &mut comparison);
        let checked = comparison.unchecked.len() == before;
        if checked {
            comparison.counts.checked += 1;
        } else {
            comparison.counts.unchecked += 1;
        }
        comparison.resources.push(Resource {
            address: instance.address.clone(),
            state: instance.state.clone(),
            place: None,
            checked,
        });
    }
    for kind in kinds::ALL {
        for part in &parts {
            comparison.findings.extend(kind.unmanaged(&part.estate, part.inventory));
        }
    }
    for part in &parts {
        let spots = blind_spots(&part.estate, part.inventory, &comparison.unchecked);
        comparison.unchecked.extend(spots);
    }
    comparison
}

fn covered<'a>(estate: &Estate<'a>) -> impl Iterator<Item = (&'a Instance, &'static dyn Kind)> {
    estate
        .instances()
        .filter_map(|instance| Some((instance, kinds::of(&instance.terraform_type)?)))
}

/// Managed zones whose records could not be listed while no instance of the state needed the list: what is unmanaged
/// in them is not known.
fn blind_spots(estate: &Estate, inventory: &Inventory, told: &[Unchecked]) -> Vec<Unchecked> {
    let mut spots = Vec::new();
    for read in kinds::ALL.iter().flat_map(|kind| kind.unmanaged_reads(estate)) {
        if let Read::RecordSets(zone) = &read
            && let Err(failure) = Inventory::look_up(&inventory.record_sets, zone).known()
            && !told
                .iter()
                .any(|one| one.detail.contains(zone.as_str()) || one.address.contains("aws_route53_record"))
        {
            let failure = Failure {
                detail: format!("records of zone {zone}: {}", failure.detail),
                ..failure
            };
            spots.push(Unchecked::new(
                format!("aws_route53_record (unmanaged ones in {zone})"),
                &failure,
            ));
        }
    }
    spots
}

/// The providers, by state, of which something is there: what else they made is looked for in the right account, even
/// where no ARN names it. A state of another account's hosted zones would seem to be gone as a whole.
#[derive(Default)]
struct Presence<'i> {
    providers: RefCell<BTreeMap<(&'i str, &'i str), bool>>,
}

impl<'i> Presence<'i> {
    /// Whether an instance that no account has is gone for sure.
    fn proves(&self, kind: &dyn Kind, instance: &'i Instance, estate: &Estate<'i>, parts: &[Part<'i, 'i>]) -> bool {
        // A bucket's name is one in the world: what is not there is nowhere.
        if kind.terraform_type().starts_with("aws_s3_") {
            return true;
        }
        let provider = provider_of(instance);
        let known = self.providers.borrow().get(&provider).copied();
        known.unwrap_or_else(|| {
            let mut others = covered(estate).filter(|(one, _)| provider_of(one) == provider);
            let is_there = others.any(|(one, kind)| {
                let mut own = parts.iter().filter(|part| part.estate.is_ours(one));
                own.any(|part| matches!(kind.live(one, &part.estate, part.inventory), Live::Found { .. }))
            });
            self.providers.borrow_mut().insert(provider, is_there);
            is_there
        })
    }
}

fn provider_of(instance: &Instance) -> (&str, &str) {
    (&instance.state, &instance.provider)
}

/// The live side of an instance in the account that has it. Where nothing tells which that is, what some account has is
/// it; it is gone only where every account says so, and none is left that was not asked.
fn live_side<'p, 'i>(
    kind: &dyn Kind,
    instance: &'i Instance,
    estate: &Estate<'i>,
    parts: &'p [Part<'i, 'i>],
    presence: &Presence<'i>,
) -> Result<(&'p Part<'i, 'i>, Live), Failure> {
    let certainty = |live: &Live| match live {
        Live::Found { .. } => 2,
        Live::Unknown(_) => 1,
        Live::Gone(_) => 0,
    };
    let mut surest: Option<(&Part, Live)> = None;
    for part in parts.iter().filter(|part| part.estate.is_ours(instance)) {
        let live = kind.live(instance, &part.estate, part.inventory);
        if surest
            .as_ref()
            .is_none_or(|(_, known)| certainty(known) < certainty(&live))
        {
            surest = Some((part, live));
        }
    }
    match surest {
        None => Err(estate.elsewhere(instance).unwrap_or_else(Failure::not_read)),
        Some((part, Live::Gone(detail))) if estate.is_unplaced(instance) => {
            let is_sure = presence.proves(kind, instance, estate, parts);
            match estate.perhaps_elsewhere() {
                Some(failure) if !(is_sure && estate.tells_providers_apart(instance)) => Err(failure),
                None if !is_sure => Err(estate.nowhere()),
                _ => Ok((part, Live::Gone(detail))),
            }
        }
        Some(found) => Ok(found),
    }
}

fn one<'a>(
    kind: &dyn Kind,
    instance: &'a Instance,
    whole: &Estate<'a>,
    parts: &[Part<'a, 'a>],
    presence: &Presence<'a>,
    into: &mut Comparison,
) {
    let mut unchecked = |failure: &Failure| into.unchecked.push(Unchecked::new(&instance.address, failure));
    let identity = match kind.identity(instance, whole) {
        Ok(identity) => identity,
        Err(failure) => return unchecked(&failure),
    };
    let (part, live) = match live_side(kind, instance, whole, parts, presence) {
        Ok(found) => found,
        Err(failure) => return unchecked(&failure),
    };
    let (estate, inventory) = (&*part.estate, part.inventory);
    let resource = resource_ref(kind, &identity, estate);
    let (live, unknown) = match live {
        Live::Unknown(failure) => return unchecked(&failure),
        Live::Gone(detail) => return into.findings.push(missing(instance, resource, detail)),
        Live::Found { attributes, unknown } => (attributes, unknown),
    };
    for attribute in kind.beyond() {
        if instance
            .attributes
            .get(*attribute)
            .is_some_and(|value| !is_blank(value))
        {
            let detail = format!("`{attribute}` is set, and this version of driftgate does not compare it");
            unchecked(&Failure::new(Reason::NotSupported, "", detail));
        }
    }
    let parts = unknown.iter().map(|part| unread(&instance.address, part));
    into.unchecked.extend(parts);
    let thing = Thing { kind, instance, estate };
    let changes = thing.changes(kind.expected(instance, estate, inventory), live, rule_of);
    let found = changes
        .into_iter()
        .map(|(rule, changes)| changed(instance, resource.clone(), rule, changes));
    into.findings.extend(found);
}

/// Under which rule a difference from the state is reported.
fn rule_of(meaning: Meaning) -> &'static str {
    match meaning {
        Meaning::Different => rules::RESOURCE_CHANGED,
        Meaning::Unresolved => rules::PRINCIPAL_UNRESOLVED,
        Meaning::Reworded => rules::POLICY_REWORDED,
        Meaning::Cosmetic => rules::COSMETIC_CHANGE,
    }
}

fn resource_ref(kind: &dyn Kind, identity: &Identity, estate: &Estate) -> ResourceRef {
    ResourceRef {
        terraform_type: kind.terraform_type().to_owned(),
        id: identity.id.clone(),
        account: estate.account().map(str::to_owned),
        region: identity.region.clone(),
    }
}

fn missing(instance: &Instance, resource: ResourceRef, detail: String) -> Finding {
    let tainted = if instance.tainted {
        " It is tainted: Terraform was about to replace it."
    } else {
        ""
    };
    Finding {
        address: Some(instance.address.clone()),
        state: Some(instance.state.clone()),
        detail: format!("{}.{tainted}", capitalised(&detail)),
        ..Finding::new(
            Category::Drift,
            rules::RESOURCE_MISSING,
            resource,
            "in the state, gone from AWS",
        )
    }
}

fn changed(instance: &Instance, resource: ResourceRef, rule: &'static str, changes: Vec<Change>) -> Finding {
    let tainted = if instance.tainted {
        "It is tainted: Terraform will replace it at the next apply."
    } else {
        ""
    };
    let finding = Finding {
        address: Some(instance.address.clone()),
        state: Some(instance.state.clone()),
        detail: tainted.to_owned(),
        changes,
        ..Finding::new(Category::Drift, rule, resource, "")
    };
    finding.entitled()
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests;
