//! `aws_route53_zone`. The listing says all but the VPCs of a private zone; name servers and delegation set belong to
//! the id and cannot change under it.

use serde_json::{Map, Value, json};

use super::{Identity, Kind, Live, global_id, tags, text};
use crate::canon::{Block, Shape, dns};
use crate::estate::{Estate, bare_zone_id};
use crate::expected::Instance;
use crate::inventory::{Answer, Failure, Inventory, Reason};
use crate::plan::Read;

pub(super) struct Route53Zone;

impl Kind for Route53Zone {
    fn terraform_type(&self) -> &'static str {
        "aws_route53_zone"
    }

    fn identity(&self, instance: &Instance, _estate: &Estate) -> Result<Identity, Failure> {
        let identity = global_id(instance)?;
        Ok(Identity {
            id: bare_zone_id(&identity.id).to_owned(),
            ..identity
        })
    }

    fn reads(&self, instance: &Instance, _estate: &Estate) -> Vec<Read> {
        let id = bare_zone_id(text(instance, "id")).to_owned();
        // The records are read for what no state holds: see `route53_record`.
        let mut reads = vec![Read::Zones];
        if is_private(instance) {
            reads.push(Read::Zone(id.clone()));
        }
        if tags::expected(instance).is_some() {
            reads.push(Read::ZoneTags(id));
        }
        reads
    }

    fn shape(&self) -> Block {
        Block::new([
            ("name", Shape::folded(dns::name)),
            ("comment", Shape::text()),
            // The region of a VPC is not part of its identity (provider's hash function).
            (
                "vpc",
                Shape::Keyed {
                    key: &["vpc_id"],
                    of: Block::new([("vpc_id", Shape::text())]),
                },
            ),
            ("tags", Shape::Map),
        ])
    }

    fn expected(&self, instance: &Instance, _estate: &Estate, _inventory: &Inventory) -> Map<String, Value> {
        let mut attributes = instance.attributes.clone();
        attributes.remove("tags");
        if let Some(all) = tags::expected(instance) {
            attributes.insert("tags".to_owned(), all);
        }
        attributes
    }

    fn live(&self, instance: &Instance, estate: &Estate, inventory: &Inventory) -> Live {
        let id = bare_zone_id(text(instance, "id"));
        let zone = match inventory.zones.known() {
            Ok(zones) => zones.and_then(|all| all.iter().find(|zone| zone.id == id)),
            Err(failure) => return Live::Unknown(failure),
        };
        let Some(zone) = zone else {
            // The account's listing is there and lacks the zone: whoever denies its records may be somebody else.
            return match Inventory::look_up(&inventory.record_sets, id) {
                Answer::Failed(failure) if failure.reason == Reason::AccessDenied => Live::Unknown(Failure {
                    reason: Reason::OtherAccount,
                    detail: format!(
                        "this account does not list the zone, and its records: {}",
                        failure.detail
                    ),
                    ..failure.clone()
                }),
                _ => Live::Gone(format!("the hosted zone {id} does not exist in this account")),
            };
        };
        let mut attributes = Map::new();
        let mut unknown = Vec::new();
        attributes.insert("name".to_owned(), Value::from(zone.name.as_str()));
        attributes.insert(
            "comment".to_owned(),
            zone.comment.clone().map_or(Value::Null, Value::String),
        );
        if is_private(instance) {
            match Inventory::look_up(&inventory.zone, id).known() {
                Ok(detail) => {
                    let vpcs = detail.map(|d| d.vpcs.as_slice()).unwrap_or_default();
                    attributes.insert("vpc".to_owned(), own_vpcs(instance, estate, id, vpcs));
                }
                Err(failure) => unknown.push(("vpc", failure)),
            }
        }
        if tags::expected(instance).is_some() {
            match Inventory::look_up(&inventory.zone_tags, id).known() {
                Ok(found) => _ = attributes.insert("tags".to_owned(), found.map_or(Value::Null, tags::live)),
                Err(failure) => unknown.push(("tags", failure)),
            }
        }
        Live::Found { attributes, unknown }
    }
}

fn is_private(instance: &Instance) -> bool {
    instance
        .attributes
        .get("vpc")
        .and_then(Value::as_array)
        .is_some_and(|vpcs| !vpcs.is_empty())
}

/// The live VPCs less those that an `aws_route53_zone_association` of some state brought.
fn own_vpcs(instance: &Instance, estate: &Estate, zone: &str, live: &[String]) -> Value {
    let declared = |vpc: &str| {
        instance
            .attributes
            .get("vpc")
            .and_then(Value::as_array)
            .is_some_and(|vpcs| {
                vpcs.iter()
                    .any(|block| block.get("vpc_id").and_then(Value::as_str) == Some(vpc))
            })
    };
    let associated = |vpc: &str| {
        estate
            .of_type("aws_route53_zone_association")
            .any(|other| bare_zone_id(text(other, "zone_id")) == zone && text(other, "vpc_id") == vpc)
    };
    live.iter()
        .filter(|vpc| declared(vpc) || !associated(vpc))
        .map(|vpc| json!({ "vpc_id": vpc }))
        .collect()
}
