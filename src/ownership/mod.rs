//! Whose attributes they are. What the configuration's `ignore_changes` names, what a provider's `ignore_tags` names,
//! and what an `owner` block gives to the pipeline differs from the state by intent: it is taken out of drift and
//! counted, not hidden. The serving and deploy checks see the live account as it is all the same.
//!
//! The same pass gives findings and resources their place in the configuration, and says which resources have no block
//! and which blocks no resource. Pure.

mod blocks;

use std::collections::BTreeMap;

use crate::compare::Comparison;
use crate::deploy::OwnedPath;
use crate::estate::Estate;
use crate::expected::Instance;
use crate::finding::{Change, Finding};
use crate::inventory::Inventory;
use crate::language::Glob;
use crate::place::Place;
use crate::result::Ignored;
use crate::rules;
use crate::terraform::{Configuration, Standing};

/// An `owner` block: attributes that somebody else than Terraform sets.
#[derive(Clone, Debug)]
pub struct Owner {
    /// The block's label: `deploy`.
    pub name: String,
    /// Terraform addresses, `*` for any characters and `?` for one; brackets stand for themselves.
    pub address: Glob,
    /// Attribute paths as findings spell them, likewise: `origin[*].origin_path`.
    pub path: Glob,
    pub place: Place,
}

/// A Terraform configuration and the state that it is applied to.
#[derive(Clone, Debug)]
pub struct Configured {
    /// [`crate::expected::State::source`].
    pub state: String,
    pub configuration: Configuration,
}

/// Everything that takes attributes away from Terraform.
#[derive(Clone, Debug, Default)]
pub struct Ownership {
    pub configurations: Vec<Configured>,
    pub owners: Vec<Owner>,
}

impl Ownership {
    /// Takes out of the comparison what somebody else owns, and adds what only the configuration tells.
    pub fn apply(&self, comparison: &mut Comparison, estate: &Estate) -> Vec<Ignored> {
        let mut ignored = Vec::new();
        for finding in &mut comparison.findings {
            let Some(instance) = subject(finding, estate) else {
                continue;
            };
            finding.place = self.place(instance);
            let before = finding.changes.len();
            finding.changes.retain(|change| match self.owner_of(change, instance) {
                Some(by) => {
                    ignored.push(Ignored {
                        address: instance.address.clone(),
                        path: change.path.clone(),
                        by,
                    });
                    false
                }
                None => true,
            });
            if finding.changes.len() != before {
                finding.entitle();
            }
        }
        comparison.findings.retain(|finding| {
            finding.rule == rules::RESOURCE_MISSING || !finding.changes.is_empty() || finding.state.is_none()
        });
        for resource in &mut comparison.resources {
            let configuration = self.configuration(&resource.state);
            let block = configuration.and_then(|configuration| configuration.resource(&resource.address));
            resource.place = block.map(|block| block.place.clone());
        }
        for configured in &self.configurations {
            let alone = self.configurations.len() == 1;
            comparison.findings.extend(blocks::findings(configured, alone, estate));
        }
        ignored.sort();
        ignored
    }

    /// The origin paths of distributions that a deployment is said to own, by an `owner` block or `ignore_changes`. A
    /// path that nothing differs in is owned as well: the next deployment sets it.
    pub fn owned_paths(&self, estate: &Estate, inventory: &Inventory) -> Vec<OwnedPath> {
        let mut owned = Vec::new();
        for instance in estate.of_type("aws_cloudfront_distribution") {
            let Some(id) = instance.text("id") else { continue };
            let Some(distribution) = Inventory::look_up(&inventory.distribution, id).found() else {
                continue;
            };
            for origin in &distribution.config.origins {
                let quoted = serde_json::Value::from(origin.id.as_str());
                let change = Change {
                    path: format!("origin[{quoted}].origin_path"),
                    expected: serde_json::Value::Null,
                    live: serde_json::Value::Null,
                    sensitive: false,
                    note: None,
                    at_least: None,
                };
                if let Some(by) = self.owner_of(&change, instance) {
                    owned.push(OwnedPath {
                        distribution: id.to_owned(),
                        origin: origin.id.clone(),
                        by: [format!("the deployment ({by})")].into(),
                        certain: true,
                    });
                }
            }
        }
        owned
    }

    /// Says of every finding about a resource where its block stands, unless it points at something else already. What
    /// several states hold under one address is placed only where they agree.
    pub fn locate(&self, findings: &mut [Finding], estate: &Estate) {
        if self.configurations.is_empty() {
            return;
        }
        let mut blocks: BTreeMap<&str, Vec<(&str, Option<Place>)>> = BTreeMap::new();
        for instance in estate.instances() {
            let holders = blocks.entry(&instance.address).or_default();
            holders.push((&instance.state, self.place(instance)));
        }
        for finding in findings.iter_mut().filter(|finding| finding.place.is_none()) {
            let holders = finding.address.as_deref().and_then(|address| blocks.get(address));
            let state = finding.state.as_deref();
            let mut places = holders
                .into_iter()
                .flatten()
                .filter(|(holder, _)| state.is_none_or(|state| state == *holder))
                .map(|(_, place)| place);
            let first = places.next().cloned().flatten();
            finding.place = first.filter(|first| places.all(|other| other.as_ref() == Some(first)));
        }
    }

    /// What the configurations hold that has no effect or was not followed, and which owners own nothing, a line each.
    pub fn remarks(&self, estate: &Estate) -> Vec<String> {
        let mut remarks = Vec::new();
        let idle = |owner: &&Owner| {
            !estate
                .instances()
                .any(|instance| owner.address.matches(&instance.address))
        };
        let states = !estate.states().is_empty();
        for owner in self.owners.iter().filter(|_| states).filter(idle) {
            remarks.push(format!(
                "{}: owner \"{}\" owns nothing: no resource has an address like {}",
                owner.place, owner.name, owner.address
            ));
        }
        for Configured { configuration, .. } in &self.configurations {
            for gap in configuration.incomplete() {
                remarks.push(format!("{}: {}", gap.place, gap.problem));
            }
            for remark in configuration.remarks() {
                remarks.push(format!("{}: {}", remark.place, remark.problem));
            }
        }
        remarks
    }

    fn configuration(&self, state: &str) -> Option<&Configuration> {
        let of_state = |configured: &&Configured| configured.state == state;
        self.configurations
            .iter()
            .find(of_state)
            .map(|configured| &configured.configuration)
    }

    fn place(&self, instance: &Instance) -> Option<Place> {
        match self.configuration(&instance.state)?.standing(&instance.address) {
            Standing::Declared(block) => Some(block.place.clone()),
            Standing::Forgotten(place) | Standing::Removed(place) => Some(place.clone()),
            Standing::Absent | Standing::NotKnown => None,
        }
    }

    /// Who owns a changed attribute, if it is not Terraform.
    fn owner_of(&self, change: &Change, instance: &Instance) -> Option<String> {
        let configuration = self.configuration(&instance.state);
        if let Some(block) = configuration.and_then(|configuration| configuration.resource(&instance.address))
            && block.ignores(change, instance)
        {
            return Some(format!("ignore_changes at {}", block.place));
        }
        if let Some(configuration) = configuration
            && ignored_tag(change, instance, configuration)
        {
            return Some("ignore_tags of the provider".to_owned());
        }
        let owner = self
            .owners
            .iter()
            .find(|owner| owner.address.matches(&instance.address) && owner.path.matches(&change.path))?;
        Some(format!("owner \"{}\" at {}", owner.name, owner.place))
    }
}

/// The instance that a drift finding is about.
fn subject<'a>(finding: &Finding, estate: &Estate<'a>) -> Option<&'a Instance> {
    let (address, state) = (finding.address.as_deref()?, finding.state.as_deref()?);
    let mut instances = estate.of_type(&finding.resource.terraform_type);
    instances.find(|instance| instance.address == address && instance.state == state)
}

/// A live tag that the state does not hold, which the provider is told to overlook.
fn ignored_tag(change: &Change, instance: &Instance, configuration: &Configuration) -> bool {
    let Some(quoted) = change
        .path
        .strip_prefix("tags[")
        .and_then(|rest| rest.strip_suffix(']'))
    else {
        return false;
    };
    let Ok(key) = serde_json::from_str::<String>(quoted) else {
        return false;
    };
    change.expected.is_null()
        && configuration
            .ignored_tags(&instance.provider)
            .is_ok_and(|ignored| ignored.covers(&key))
}

#[cfg(test)]
mod tests;
