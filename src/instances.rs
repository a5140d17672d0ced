//! What an inventory holds, as instances: just enough attributes that a kind finds the thing's answers, and
//! that hosts are found.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::expected::{Form, Instance, State};
use crate::inventory::{Answer, BucketAnswers, Inventory};
use crate::kinds;

/// The provider that such instances name, with the account after it.
const PROVIDER: &str = "provider[\"registry.terraform.io/hashicorp/aws\"]";

/// Everything that the inventory was asked about by name; of one account, or of several as one.
pub fn state(source: &str, inventory: &Inventory) -> State {
    let provider = match inventory.caller.found() {
        // ARNs tell the account of their own instances' only.
        Some(caller) => format!("{PROVIDER}.account_{}", caller.account),
        None => PROVIDER.to_owned(),
    };
    let mut all = Instances {
        source,
        provider,
        instances: Vec::new(),
    };
    for (name, answers) in &inventory.bucket {
        all.bucket(name, answers);
    }
    for (id, answer) in &inventory.distribution {
        if let Answer::Found(distribution) = answer {
            let mut attributes = json!({
                "id": id,
                "arn": distribution.arn,
                "aliases": distribution.config.aliases,
            });
            if inventory.distribution_tags.contains_key(&distribution.arn) {
                attributes["tags_all"] = json!({});
            }
            all.add("aws_cloudfront_distribution", id, attributes);
        }
    }
    for (terraform_type, ids) in [
        (
            "aws_cloudfront_origin_access_control",
            found(&inventory.origin_access_control),
        ),
        (
            "aws_cloudfront_origin_access_identity",
            found(&inventory.origin_access_identity),
        ),
    ] {
        for id in ids {
            all.add(terraform_type, id, json!({ "id": id }));
        }
    }
    all.zones(inventory);
    State {
        source: source.to_owned(),
        form: Form::Raw,
        lineage: None,
        serial: None,
        terraform_version: None,
        instances: all.instances,
        deposed: Vec::new(),
        data_instances: 0,
        hints: Vec::new(),
    }
}

fn found<T>(answers: &BTreeMap<String, Answer<T>>) -> Vec<&str> {
    let found = answers.iter().filter(|(_, answer)| answer.found().is_some());
    found.map(|(id, _)| id.as_str()).collect()
}

struct Instances<'a> {
    source: &'a str,
    provider: String,
    instances: Vec<Instance>,
}

impl Instances<'_> {
    fn add(&mut self, terraform_type: &str, id: &str, attributes: Value) {
        let attributes = match attributes {
            Value::Object(attributes) => attributes,
            _ => Map::new(),
        };
        self.instances.push(Instance {
            address: format!("{terraform_type} {id}"),
            terraform_type: terraform_type.to_owned(),
            provider: self.provider.clone(),
            schema_version: 0,
            attributes,
            sensitive: Vec::new(),
            tainted: false,
            flat: false,
            state: self.source.to_owned(),
        });
    }

    /// A bucket and those of its settings that were asked for and have a type of their own; the others are compared
    /// as the bucket's own.
    fn bucket(&mut self, name: &str, answers: &BucketAnswers) {
        let mut attributes = json!({ "id": name, "bucket": name });
        if answers.tags != Answer::NotRead {
            attributes["tags_all"] = json!({});
        }
        self.add("aws_s3_bucket", name, attributes);
        let asked = [
            ("aws_s3_bucket_policy", answers.policy != Answer::NotRead),
            (
                "aws_s3_bucket_public_access_block",
                answers.public_access_block != Answer::NotRead,
            ),
            ("aws_s3_bucket_ownership_controls", answers.ownership != Answer::NotRead),
            (
                "aws_s3_bucket_website_configuration",
                answers.website != Answer::NotRead,
            ),
            ("aws_s3_bucket_versioning", answers.versioning != Answer::NotRead),
        ];
        for (terraform_type, asked) in asked {
            if asked {
                self.add(terraform_type, name, json!({ "id": name, "bucket": name }));
            }
        }
    }

    /// The zones of which more was asked than their name, and the record sets that were listed.
    fn zones(&mut self, inventory: &Inventory) {
        for zone in inventory.zones.found().into_iter().flatten() {
            let tagged = inventory.zone_tags.contains_key(&zone.id);
            if !tagged && !inventory.record_sets.contains_key(&zone.id) {
                continue;
            }
            let mut attributes = json!({ "id": zone.id, "name": zone.name });
            if tagged {
                attributes["tags_all"] = json!({});
            }
            if let Some(detail) = inventory.zone.get(&zone.id).and_then(Answer::found) {
                attributes["vpc"] = detail.vpcs.iter().map(|vpc| json!({ "vpc_id": vpc })).collect();
            }
            self.add("aws_route53_zone", &zone.id, attributes);
        }
        for (zone, answer) in &inventory.record_sets {
            for set in answer.found().into_iter().flatten() {
                let attributes = json!({
                    "zone_id": zone,
                    "name": set.name,
                    "fqdn": set.name,
                    "type": set.kind,
                    "set_identifier": set.set_identifier,
                    "records": set.values,
                    "alias": set.alias.iter().map(|alias| json!({ "name": alias.dns_name })).collect::<Value>(),
                });
                self.add("aws_route53_record", &kinds::record_id(zone, set), attributes);
            }
        }
    }
}

/// Something that AWS lists whole, so that what is new shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Listing {
    Buckets,
    Distributions,
    Zones,
    /// Of one zone.
    RecordSets(String),
}

impl Listing {
    pub(crate) fn terraform_type(&self) -> &'static str {
        match self {
            Listing::Buckets => "aws_s3_bucket",
            Listing::Distributions => "aws_cloudfront_distribution",
            Listing::Zones => "aws_route53_zone",
            Listing::RecordSets(_) => "aws_route53_record",
        }
    }
}

/// The ids in every listing that was read.
pub(crate) fn things(inventory: &Inventory) -> BTreeMap<Listing, BTreeSet<String>> {
    let mut things = BTreeMap::new();
    if let Some(buckets) = inventory.buckets.found() {
        things.insert(Listing::Buckets, buckets.iter().map(|one| one.name.clone()).collect());
    }
    if let Some(distributions) = inventory.distributions.found() {
        let ids = distributions.iter().map(|one| one.id.clone());
        things.insert(Listing::Distributions, ids.collect());
    }
    if let Some(zones) = inventory.zones.found() {
        things.insert(Listing::Zones, zones.iter().map(|one| one.id.clone()).collect());
    }
    for (zone, answer) in &inventory.record_sets {
        if let Some(sets) = answer.found() {
            let ids = sets.iter().map(|set| kinds::record_id(zone, set));
            things.insert(Listing::RecordSets(zone.clone()), ids.collect());
        }
    }
    things
}
