//! `aws_route53_record`, every routing kind, and the record sets of managed zones that no state holds.
//!
//! A record set is zone, name, type and set identifier; the Terraform id is not used as a key, since it keeps the name
//! as the user wrote it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::bucket::block;
use super::{Identity, Kind, Live, required, text};
use crate::canon::{Block, Difference, Meaning, Shape, dns};
use crate::estate::{Estate, bare_zone_id};
use crate::expected::Instance;
use crate::finding::{Category, Finding, ResourceRef};
use crate::inventory::{Failure, Inventory, RecordSet};
use crate::plan::Read;
use crate::rules;

pub(super) struct Route53Record;

/// What makes a record set one: zone id, full name, type, set identifier.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct RecordKey {
    zone: String,
    name: String,
    kind: String,
    set_identifier: String,
}

impl RecordKey {
    /// The key of a state's instance. The zone's name completes a relative one; without it, `fqdn` is all there is.
    fn of_instance(instance: &Instance, zone_name: Option<&str>) -> Option<RecordKey> {
        let zone = bare_zone_id(text(instance, "zone_id"));
        let kind = text(instance, "type");
        if zone.is_empty() || kind.is_empty() {
            return None;
        }
        let name = match zone_name {
            Some(zone_name) => dns::fqdn(text(instance, "name"), zone_name),
            None => dns::name(match text(instance, "fqdn") {
                "" => text(instance, "name"),
                fqdn => fqdn,
            }),
        };
        Some(RecordKey {
            zone: zone.to_owned(),
            name,
            kind: kind.to_ascii_uppercase(),
            set_identifier: text(instance, "set_identifier").to_owned(),
        })
    }

    fn of_live(zone: &str, set: &RecordSet) -> RecordKey {
        RecordKey {
            zone: zone.to_owned(),
            name: dns::name(&set.name),
            kind: set.kind.to_ascii_uppercase(),
            set_identifier: set.set_identifier.clone().unwrap_or_default(),
        }
    }

    /// Terraform's import id.
    fn import_id(&self) -> String {
        let mut id = format!("{}_{}_{}", self.zone, self.name, self.kind);
        if !self.set_identifier.is_empty() {
            id.push('_');
            id.push_str(&self.set_identifier);
        }
        id
    }
}

/// Terraform's import id of a live record set.
pub(super) fn import_id(zone: &str, set: &RecordSet) -> String {
    RecordKey::of_live(zone, set).import_id()
}

/// The zone's name, from the state's zone resource or from the live apex SOA, which every zone has.
fn zone_name(zone: &str, estate: &Estate, inventory: Option<&Inventory>) -> Option<String> {
    if let Some(name) = estate.zone_name(zone) {
        return Some(name.to_owned());
    }
    let inventory = inventory?;
    let listed = || {
        inventory
            .zones
            .found()?
            .iter()
            .find(|z| z.id == zone)
            .map(|z| dns::name(&z.name))
    };
    let apex = || {
        let sets = Inventory::look_up(&inventory.record_sets, zone).found()?;
        sets.iter()
            .find(|set| set.kind == "SOA")
            .map(|set| dns::name(&set.name))
    };
    listed().or_else(apex)
}

impl Kind for Route53Record {
    fn terraform_type(&self) -> &'static str {
        "aws_route53_record"
    }

    fn schema_version(&self) -> u64 {
        2
    }

    fn identity(&self, instance: &Instance, estate: &Estate) -> Result<Identity, Failure> {
        required(instance, "zone_id")?;
        required(instance, "type")?;
        let id = match text(instance, "id") {
            "" => RecordKey::of_instance(instance, estate.zone_name(bare_zone_id(text(instance, "zone_id"))))
                .map(|key| key.import_id())
                .unwrap_or_default(),
            id => id.to_owned(),
        };
        Ok(Identity { id, region: None })
    }

    fn reads(&self, instance: &Instance, _estate: &Estate) -> Vec<Read> {
        vec![Read::RecordSets(bare_zone_id(text(instance, "zone_id")).to_owned())]
    }

    fn shape(&self) -> Block {
        let text_block = |names: &[&'static str]| {
            let mut inner = Block::default();
            for name in names {
                inner = inner.with(name, Shape::text());
            }
            Shape::Single(inner)
        };
        let coordinates = Block::new([
            ("latitude", Shape::folded(decimal)),
            ("longitude", Shape::folded(decimal)),
        ]);
        let geoproximity = Block::new([
            ("aws_region", Shape::text()),
            ("bias", Shape::number()),
            ("local_zone_group", Shape::text()),
            ("coordinates", Shape::Single(coordinates)),
        ]);
        let alias = Block::new([
            ("name", Shape::folded(dns::name)),
            ("zone_id", Shape::folded(|id| bare_zone_id(id).to_owned())),
            ("evaluate_target_health", Shape::Bool),
        ]);
        Block::new([
            ("ttl", Shape::number()),
            ("records", Shape::set(Shape::text())),
            ("alias", Shape::Single(alias)),
            ("health_check_id", Shape::text()),
            // Presence means something, and 0 is a weight: not `Shape::Number`, whose 0 is nothing.
            ("weighted_routing_policy", text_block(&["weight"])),
            ("latency_routing_policy", text_block(&["region"])),
            ("failover_routing_policy", text_block(&["type"])),
            (
                "geolocation_routing_policy",
                text_block(&["continent", "country", "subdivision"]),
            ),
            ("geoproximity_routing_policy", Shape::Single(geoproximity)),
            ("cidr_routing_policy", text_block(&["collection_id", "location_name"])),
            ("multivalue_answer_routing_policy", Shape::Bool),
        ])
    }

    fn expected(&self, instance: &Instance, _estate: &Estate, _inventory: &Inventory) -> Map<String, Value> {
        let mut attributes = instance.attributes.clone();
        let kind = text(instance, "type").to_ascii_uppercase();
        if let Some(Value::Array(records)) = attributes.get_mut("records") {
            for record in records {
                if let Value::String(value) = record {
                    *value = dns::record_value(&kind, value);
                }
            }
        }
        attributes
    }

    fn live(&self, instance: &Instance, estate: &Estate, inventory: &Inventory) -> Live {
        let zone = bare_zone_id(text(instance, "zone_id"));
        let sets = match Inventory::look_up(&inventory.record_sets, zone).known() {
            Ok(Some(sets)) => sets,
            Ok(None) => return Live::Gone(format!("the hosted zone {zone} does not exist")),
            Err(failure) => return Live::Unknown(failure),
        };
        let name = zone_name(zone, estate, Some(inventory));
        let Some(key) = RecordKey::of_instance(instance, name.as_deref()) else {
            return Live::Unknown(Failure::not_read());
        };
        match sets.named(&key.name).find(|set| RecordKey::of_live(zone, set) == key) {
            Some(set) => Live::found(attributes(set)),
            None => {
                let other = sets.named(&key.name).any(|set| set.kind == key.kind);
                let more = if other { "; others of its name and type do" } else { "" };
                Live::Gone(format!(
                    "no {} record set {} exists in zone {zone}{more}",
                    key.kind, key.name
                ))
            }
        }
    }

    fn refine(&self, instance: &Instance, differences: &mut Vec<Difference>) {
        if !matches!(text(instance, "type"), "TXT" | "SPF") {
            return;
        }
        let contents = |value: &Value| -> Option<BTreeSet<Vec<u8>>> {
            value
                .as_array()?
                .iter()
                .map(|v| v.as_str().map(dns::text_content))
                .collect()
        };
        for difference in differences.iter_mut().filter(|d| d.path == "records") {
            let (expected, live) = (contents(&difference.expected), contents(&difference.live));
            if expected.is_some() && expected == live {
                difference.meaning = Meaning::Cosmetic;
                difference.note = Some("the same text, cut into other strings".to_owned());
            }
        }
    }

    fn unmanaged_reads(&self, estate: &Estate) -> Vec<Read> {
        estate
            .managed_zones()
            .map(|zone| Read::RecordSets(zone.to_owned()))
            .collect()
    }

    fn unmanaged(&self, estate: &Estate, inventory: &Inventory) -> Vec<Finding> {
        let mut found = Vec::new();
        for zone in estate.managed_zones() {
            let Some(sets) = Inventory::look_up(&inventory.record_sets, zone).found() else {
                continue;
            };
            // Such a resource claims the whole zone; what it holds is not compared yet, so nothing is alarmed about.
            if estate
                .of_type("aws_route53_records_exclusive")
                .any(|r| bare_zone_id(text(r, "zone_id")) == zone)
            {
                continue;
            }
            let name = zone_name(zone, estate, Some(inventory));
            let claimed: BTreeSet<RecordKey> = estate
                .claims("aws_route53_record")
                .filter_map(|instance| RecordKey::of_instance(&instance, name.as_deref()))
                .collect();
            for set in sets {
                let key = RecordKey::of_live(zone, set);
                let apex = Some(&key.name) == name.as_ref() && matches!(key.kind.as_str(), "NS" | "SOA");
                if !apex && !claimed.contains(&key) {
                    found.push(unmanaged(estate, set, &key));
                }
            }
        }
        found
    }
}

fn unmanaged(estate: &Estate, set: &RecordSet, key: &RecordKey) -> Finding {
    let shown: Vec<&str> = match &set.alias {
        Some(alias) => vec![alias.dns_name.as_str()],
        None => set.values.iter().map(String::as_str).collect(),
    };
    let (rule, owner) = match &set.traffic_policy_instance_id {
        Some(instance) => (
            rules::UNMANAGED_RECORD_OF_SERVICE,
            format!("; the traffic policy instance {instance} keeps it"),
        ),
        None => (rules::UNMANAGED_RECORD, String::new()),
    };
    let resource = ResourceRef {
        terraform_type: "aws_route53_record".to_owned(),
        id: key.import_id(),
        account: estate.account().map(str::to_owned),
        region: None,
    };
    let title = format!("{} record {} is in no given state", key.kind, key.name);
    Finding {
        detail: format!("It answers with {}{owner}.", shown.join(", ")),
        ..Finding::new(Category::Unmanaged, rule, resource, title)
    }
}

/// A live record set as the provider's Read would store it.
fn attributes(set: &RecordSet) -> Value {
    let kind = set.kind.to_ascii_uppercase();
    json!({
        "ttl": set.ttl,
        "records": set.values.iter().map(|value| dns::record_value(&kind, value)).collect::<Vec<_>>(),
        "alias": block(set.alias.as_ref().map(|alias| json!({
            "name": dns::name(&alias.dns_name),
            "zone_id": alias.hosted_zone_id,
            "evaluate_target_health": alias.evaluate_target_health,
        }))),
        "health_check_id": set.health_check_id,
        "weighted_routing_policy": block(set.weight.map(|weight| json!({ "weight": weight }))),
        "latency_routing_policy": block(set.region.as_ref().map(|region| json!({ "region": region }))),
        "failover_routing_policy": block(set.failover.as_ref().map(|role| json!({ "type": role }))),
        "geolocation_routing_policy": block(set.geolocation.as_ref().map(|geo| json!({
            "continent": geo.continent,
            "country": geo.country,
            "subdivision": geo.subdivision,
        }))),
        "geoproximity_routing_policy": block(set.geoproximity.as_ref().map(|geo| json!({
            "aws_region": geo.aws_region,
            "bias": geo.bias,
            "local_zone_group": geo.local_zone_group,
            "coordinates": block(geo.coordinates.as_ref().map(|(latitude, longitude)| {
                json!({ "latitude": latitude, "longitude": longitude })
            })),
        }))),
        "cidr_routing_policy": block(set.cidr.as_ref().map(|cidr| json!({
            "collection_id": cidr.collection_id,
            "location_name": cidr.location_name,
        }))),
        "multivalue_answer_routing_policy": set.multivalue_answer.unwrap_or(false),
    })
}

/// Coordinates are decimal text, which AWS may write differently: 52.5 and 52.50 are one place.
fn decimal(text: &str) -> String {
    text.trim()
        .parse::<f64>()
        .map_or_else(|_| text.to_owned(), |n| n.to_string())
}
