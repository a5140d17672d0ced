//! Resources without a block, and blocks without a resource: what the next apply destroys or makes.

use std::collections::BTreeSet;

use super::Configured;
use crate::estate::Estate;
use crate::finding::{Category, Finding, ResourceRef};
use crate::kinds;
use crate::place::Place;
use crate::rules;
use crate::terraform::Standing;

/// Only types of the services that driftgate looks after; a module that could not be read hides its own resources.
/// `alone`: there is no other configuration, in which the same address would be another resource.
pub(super) fn findings(configured: &Configured, alone: bool, estate: &Estate) -> Vec<Finding> {
    let Configured { state, configuration } = configured;
    let mut found = Vec::new();
    let mut declared = BTreeSet::new();
    let instances = estate.instances().filter(|instance| instance.state == *state);
    for instance in instances.filter(|instance| kinds::in_scope(&instance.terraform_type)) {
        let mut orphan = |place: Option<&Place>, detail: &str| {
            let id = instance.text("id").unwrap_or_default();
            let resource = resource(&instance.terraform_type, id, estate);
            let title = "in the state, and not in the configuration: an apply would destroy it";
            found.push(Finding {
                address: Some(instance.address.clone()),
                state: Some(state.clone()),
                place: place.cloned(),
                detail: detail.to_owned(),
                ..Finding::new(Category::Configuration, rules::RESOURCE_WITHOUT_BLOCK, resource, title)
            });
        };
        match configuration.standing(&instance.address) {
            Standing::Declared(block) => _ = declared.insert(block.address()),
            Standing::Absent => orphan(None, "No resource block has its address. Put the block back, or apply."),
            Standing::Removed(place) => orphan(Some(place), "A removed block says so. Apply when the time has come."),
            Standing::Forgotten(_) | Standing::NotKnown => {}
        }
    }
    for block in configuration.resources() {
        if declared.contains(&block.address())
            || block.may_be_empty
            || block.imported
            || !kinds::in_scope(&block.terraform_type)
        {
            continue;
        }
        let title = "in the configuration, and not in the state: an apply would create it";
        found.push(Finding {
            address: Some(block.address()),
            state: Some(state.clone()),
            place: Some(block.place.clone()),
            aspect: (!alone).then(|| state.clone()),
            detail: "Apply, or import what is there already.".to_owned(),
            ..Finding::new(
                Category::Configuration,
                rules::BLOCK_WITHOUT_RESOURCE,
                resource(&block.terraform_type, "", estate),
                title,
            )
        });
    }
    found
}

fn resource(terraform_type: &str, id: &str, estate: &Estate) -> ResourceRef {
    ResourceRef {
        terraform_type: terraform_type.to_owned(),
        id: id.to_owned(),
        account: estate.account().map(str::to_owned),
        region: None,
    }
}
