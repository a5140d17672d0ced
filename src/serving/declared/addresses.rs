//! Which Terraform address stands for a live thing.

use std::collections::BTreeMap;

use super::{bucket, object, records, zone};
use crate::estate::{Estate, bare_zone_id};
use crate::expected::Instance;
use crate::kinds;

/// Addresses by Terraform type and live id.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    by_thing: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

impl Addresses {
    /// Every address under which some state manages the thing.
    pub fn all(&self, terraform_type: &str, id: &str) -> &[String] {
        self.by_thing
            .get(terraform_type)
            .and_then(|things| things.get(id))
            .map_or(&[], Vec::as_slice)
    }

    /// The address that a finding about the thing carries: the first; for a setting of a bucket that no resource of its
    /// own declares, the bucket's.
    pub fn of(&self, terraform_type: &str, id: &str) -> Option<&str> {
        let own = self.all(terraform_type, id).first();
        let bucket = || {
            terraform_type
                .starts_with("aws_s3_bucket_")
                .then(|| self.all("aws_s3_bucket", id).first())
                .flatten()
        };
        own.or_else(bucket).map(String::as_str)
    }
}

pub(super) fn addresses(estate: &Estate) -> Addresses {
    let zones = zone::names(estate);
    let mut addresses = Addresses::default();
    for instance in estate.instances() {
        for id in ids(instance, estate, &zones) {
            let things = addresses.by_thing.entry(instance.terraform_type.clone()).or_default();
            let known = things.entry(id).or_default();
            if !known.contains(&instance.address) {
                known.push(instance.address.clone());
            }
        }
    }
    addresses
}

/// Every id under which the live thing may be looked up: the one that findings carry, and the one that a live answer
/// alone can spell (a record's full name, the bucket of a split resource without its owner).
fn ids(instance: &Instance, estate: &Estate, zones: &BTreeMap<String, String>) -> Vec<String> {
    let text = |name: &str| instance.text(name).map(str::to_owned);
    let spelled = match instance.terraform_type.as_str() {
        "aws_route53_record" => text("zone_id").map(|zone| {
            let zone_name = zones.get(bare_zone_id(&zone)).map(String::as_str);
            let name = records::full_name(instance, zone_name);
            records::id(&zone, &name, &records::kind(instance), instance.text("set_identifier"))
        }),
        "aws_s3_object" | "aws_s3_bucket_object" | "aws_s3_object_copy" => {
            object::place(super::attributes::Attributes::of(instance)).map(|(bucket, key)| format!("{bucket}/{key}"))
        }
        "aws_acm_certificate" => text("arn").or_else(|| text("id")),
        kind if kind == "aws_s3_bucket" || kind.starts_with("aws_s3_bucket_") => bucket::name(instance),
        kind if kinds::of(kind).is_some() => None,
        _ => text("id"),
    };
    let identity = kinds::of(&instance.terraform_type).and_then(|kind| kind.identity(instance, estate).ok());
    let mut ids: Vec<String> = identity
        .into_iter()
        .map(|identity| identity.id)
        .chain(spelled)
        .collect();
    ids.dedup();
    ids
}
