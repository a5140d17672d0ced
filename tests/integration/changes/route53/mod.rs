//! Zones and record sets.
//!
//! Left out, since the emulator lacks them: CIDR collections that exist (it takes any id), delegation sets, DNSSEC,
//! traffic policy instances (see `a_record_of_a_traffic_policy_instance_is_told_apart` on an edited snapshot).

mod aliases;
mod routing;
mod simple;
mod zones;

use aws_sdk_route53::types::{AliasTarget, ChangeAction, ResourceRecord, ResourceRecordSet};

use crate::support::world::{World, changed};

const PUBLIC: &str = "aws_route53_zone.public";
const PRIVATE: &str = "aws_route53_zone.private";
const REVERSE: &str = "aws_route53_zone.reverse";
const DOMAIN: &str = "every-attribute.example.com";

fn zones() -> World {
    World::part("every-attribute", &["aws_route53_"])
}

fn name(label: &str) -> String {
    if label.is_empty() {
        DOMAIN.to_owned()
    } else {
        format!("{label}.{DOMAIN}")
    }
}

/// Edits the first record set of a name (relative to the domain) and type and expects these paths at its address.
#[track_caller]
fn edited(label: &str, kind: &str, address: &str, paths: &[&str], edit: impl FnOnce(&mut ResourceRecordSet)) {
    let world = zones();
    world.edit_record(PUBLIC, &name(label), kind, edit);
    world.expect(&[changed(address, paths)]);
}

/// As `edited`, the record set being the one with an identifier.
#[track_caller]
fn routed(label: &str, kind: &str, id: &str, address: &str, paths: &[&str], edit: impl FnOnce(&mut ResourceRecordSet)) {
    let world = zones();
    world.upsert(label, kind, id, edit);
    world.expect(&[changed(address, paths)]);
}

impl World {
    fn of_identifier(&self, label: &str, kind: &str, id: &str) -> ResourceRecordSet {
        let sets = self.records(PUBLIC, &name(label), kind);
        let found = sets.into_iter().find(|set| set.set_identifier.as_deref() == Some(id));
        found.unwrap_or_else(|| panic!("{label} has no {kind} record {id}"))
    }

    fn upsert(&self, label: &str, kind: &str, id: &str, edit: impl FnOnce(&mut ResourceRecordSet)) {
        let mut set = self.of_identifier(label, kind, id);
        edit(&mut set);
        self.change_record(PUBLIC, ChangeAction::Upsert, set);
    }
}

fn values(values: &[&str]) -> Option<Vec<ResourceRecord>> {
    Some(
        values
            .iter()
            .map(|value| ResourceRecord::builder().value(*value).build().expect("a value"))
            .collect(),
    )
}

fn distribution(name: &str) -> Option<AliasTarget> {
    let target = AliasTarget::builder()
        .hosted_zone_id("Z2FDTNDATAQYW2")
        .dns_name(name)
        .evaluate_target_health(false);
    Some(target.build().expect("a target"))
}
