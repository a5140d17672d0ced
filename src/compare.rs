//! The comparison: states and inventory in, findings out. Pure.

mod headline;
mod sides;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::canon::Meaning;
use crate::estate::Estate;
use crate::expected::{InputError, Instance};
use crate::finding::{Category, Change, Finding, ResourceRef, Unchecked};
use crate::inventory::{Failure, Inventory, Reason};
use crate::kinds::{self, Identity, Kind, Live};
use crate::plan::{Read, ReadPlan};
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

/// Compares every covered instance with its live side and looks for what no state holds.
pub fn compare(estate: &Estate, inventory: &Inventory) -> Comparison {
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
        one(kind, instance, estate, inventory, &mut comparison);
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
        comparison.findings.extend(kind.unmanaged(estate, inventory));
    }
    comparison
        .unchecked
        .extend(blind_spots(estate, inventory, &comparison.unchecked));
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

fn one<'a>(kind: &dyn Kind, instance: &'a Instance, estate: &Estate<'a>, inventory: &Inventory, into: &mut Comparison) {
    let mut unchecked = |failure: &Failure| into.unchecked.push(Unchecked::new(&instance.address, failure));
    let identity = match kind.identity(instance, estate) {
        Ok(identity) => identity,
        Err(failure) => return unchecked(&failure),
    };
    if let Some(failure) = elsewhere(instance, estate) {
        return unchecked(&failure);
    }
    let resource = resource_ref(kind, &identity, estate);
    let (live, unknown) = match kind.live(instance, estate, inventory) {
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

/// The failure of an instance that lives in an account which these credentials are not of.
fn elsewhere<'a>(instance: &'a Instance, estate: &Estate<'a>) -> Option<Failure> {
    if estate.is_ours(instance) {
        return None;
    }
    let (theirs, ours) = (estate.account_of(instance)?, estate.account()?);
    let detail = format!("it lives in account {theirs}, the credentials are of account {ours}");
    Some(Failure::new(Reason::OtherAccount, "", detail))
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
