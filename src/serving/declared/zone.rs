//! Hosted zones and their record sets, as Route 53 would answer.
//!
//! A zone that only records name (its resource is in a state that was not given, or a data source looked it up) is
//! listed too, so that those records can be reached. Its name is what completes a relative record name, or else the
//! longest name above all its records.

use std::collections::{BTreeMap, BTreeSet};

use super::attributes::Attributes;
use super::records::{self, api_name};
use crate::canon::dns;
use crate::estate::{Estate, bare_zone_id};
use crate::expected::Instance;
use crate::inventory::{Answer, Failure, Inventory, Reason, RecordSet, RecordSets, ZoneDetail, ZoneSummary};

/// Route 53's own lifetimes of the sets that it makes with every zone, in seconds.
const NS_TTL: i64 = 172_800;
const SOA_TTL: i64 = 900;
/// What follows the name server in the SOA that Route 53 makes.
const SOA_REST: &str = "awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400";

/// What the states hold of one zone.
#[derive(Default)]
struct Zone<'a> {
    resource: Option<&'a Instance>,
    records: Vec<&'a Instance>,
    /// VPCs that `aws_route53_zone_association` resources bring.
    associated: Vec<String>,
    /// `aws_route53_records_exclusive`, which holds a whole zone's record sets in a form of its own.
    exclusive: Option<&'a Instance>,
}

fn zones<'a>(estate: &Estate<'a>) -> BTreeMap<String, Zone<'a>> {
    let mut zones: BTreeMap<String, Zone<'a>> = BTreeMap::new();
    for instance in estate.of_type("aws_route53_zone") {
        if let Some(id) = instance.text("id").or(instance.text("zone_id")) {
            zones
                .entry(bare_zone_id(id).to_owned())
                .or_default()
                .resource
                .get_or_insert(instance);
        }
    }
    let zone_id = |instance: &'a Instance| instance.text("zone_id").map(|id| bare_zone_id(id).to_owned());
    for instance in estate.of_type("aws_route53_record") {
        if let Some(id) = zone_id(instance)
            && instance.text("type").is_some()
        {
            zones.entry(id).or_default().records.push(instance);
        }
    }
    for instance in estate.of_type("aws_route53_zone_association") {
        if let (Some(id), Some(vpc)) = (zone_id(instance), instance.text("vpc_id"))
            && let Some(zone) = zones.get_mut(&id)
        {
            zone.associated.push(vpc.to_owned());
        }
    }
    for instance in estate.of_type("aws_route53_records_exclusive") {
        if let Some(id) = zone_id(instance) {
            zones.entry(id).or_default().exclusive = Some(instance);
        }
    }
    zones
}

/// The zones, by id, of which the states hold records but not the zone itself: other record sets than the declared ones
/// are to be expected in them, and their names may be deeper than the real ones.
pub(super) fn partial(estate: &Estate) -> BTreeSet<String> {
    zones(estate)
        .into_iter()
        .filter(|(_, zone)| zone.resource.is_none())
        .map(|(id, _)| id)
        .collect()
}

pub(super) fn fill(estate: &Estate, inventory: &mut Inventory) {
    let mut summaries = Vec::new();
    for (id, zone) in zones(estate) {
        let name = name(&zone);
        if let Some(name) = &name {
            summaries.push(summary(&id, name, &zone));
        }
        if let Some(resource) = zone.resource {
            inventory
                .zone
                .insert(id.clone(), Answer::Found(detail(resource, &zone)));
            if let Some(tags) = Attributes::of(resource).tags() {
                inventory.zone_tags.insert(id.clone(), Answer::Found(tags));
            }
        }
        inventory.record_sets.insert(id, record_sets(&zone, name.as_deref()));
    }
    inventory.zones = Answer::Found(summaries);
}

/// The canonical names of all zones, by id.
pub(super) fn names(estate: &Estate) -> BTreeMap<String, String> {
    zones(estate)
        .into_iter()
        .filter_map(|(id, zone)| Some((id, name(&zone)?)))
        .collect()
}

fn name(zone: &Zone) -> Option<String> {
    let declared = zone.resource.and_then(|resource| resource.text("name")).map(dns::name);
    declared
        .or_else(|| zone.records.iter().find_map(|record| completed(record)))
        .or_else(|| above(&zone.records))
}

/// What the provider put behind a relative name to make it full.
fn completed(record: &Instance) -> Option<String> {
    let full = dns::name(record.text("fqdn")?);
    let zone = match dns::name(record.text("name").unwrap_or_default()).as_str() {
        "" => full.as_str(),
        relative => full.strip_prefix(relative)?.strip_prefix('.')?,
    };
    (!zone.is_empty()).then(|| zone.to_owned())
}

/// The longest name that all records are at or under. Labels that no site has its zone at are left out: a wildcard, and
/// those that begin with an underscore. One label alone is no zone that anybody can have.
fn above(records: &[&Instance]) -> Option<String> {
    let mut names = records.iter().map(|record| records::full_name(record, None));
    let first = names.next()?;
    let mut common: Vec<&str> = first.rsplit('.').collect();
    for name in names {
        let shared = common
            .iter()
            .zip(name.rsplit('.'))
            .take_while(|(a, b)| **a == *b)
            .count();
        common.truncate(shared);
    }
    while common
        .last()
        .is_some_and(|label| label.starts_with('_') || *label == "*")
    {
        common.pop();
    }
    common.reverse();
    (common.len() > 1).then(|| common.join("."))
}

fn summary(id: &str, name: &str, zone: &Zone) -> ZoneSummary {
    let comment = match zone.resource {
        Some(resource) => resource.text("comment").map(str::to_owned),
        None => Some("named after its records: the zone itself is in no given state".to_owned()),
    };
    ZoneSummary {
        id: id.to_owned(),
        name: api_name(name),
        comment,
        private: is_private(zone),
        linked_service: None,
    }
}

fn is_private(zone: &Zone) -> bool {
    let own = zone
        .resource
        .is_some_and(|resource| Attributes::of(resource).block("vpc").is_some());
    own || !zone.associated.is_empty()
}

fn detail(resource: &Instance, zone: &Zone) -> ZoneDetail {
    let attributes = Attributes::of(resource);
    let own = attributes.blocks("vpc").filter_map(|vpc| vpc.text("vpc_id"));
    let mut vpcs: Vec<String> = Vec::new();
    for vpc in own.chain(zone.associated.iter().cloned()) {
        if !vpcs.contains(&vpc) {
            vpcs.push(vpc);
        }
    }
    // A private zone has no delegation; what its state calls name servers comes from its NS record.
    let name_servers = if vpcs.is_empty() {
        name_servers(attributes)
    } else {
        Vec::new()
    };
    ZoneDetail {
        vpcs,
        name_servers,
        delegation_set: attributes.text("delegation_set_id"),
    }
}

fn name_servers(attributes: Attributes) -> Vec<String> {
    attributes
        .texts("name_servers")
        .iter()
        .map(|server| dns::name(server))
        .collect()
}

/// The declared sets in Route 53's order (labels from the right, then type), with the NS and SOA that every zone has.
fn record_sets(zone: &Zone, name: Option<&str>) -> Answer<RecordSets> {
    if let Some(exclusive) = zone.exclusive {
        let detail = format!(
            "{} declares this zone's records, in a form that is not read yet",
            exclusive.address
        );
        return Answer::Failed(Failure::new(Reason::NotSupported, "", detail));
    }
    let apex = match (zone.resource, name) {
        (Some(resource), Some(name)) => apex(&api_name(name), Attributes::of(resource)),
        _ => Vec::new(),
    };
    let mut sets: BTreeMap<(Vec<String>, String, Option<String>), RecordSet> = BTreeMap::new();
    for set in zone
        .records
        .iter()
        .map(|record| records::record_set(record, name))
        .chain(apex)
    {
        let labels = set.name.trim_end_matches('.').rsplit('.').map(str::to_owned).collect();
        sets.entry((labels, set.kind.clone(), set.set_identifier.clone()))
            .or_insert(set);
    }
    Answer::Found(sets.into_values().collect())
}

fn apex(name: &str, zone: Attributes) -> Vec<RecordSet> {
    let servers: Vec<String> = name_servers(zone).iter().map(|server| api_name(server)).collect();
    let primary = zone
        .text("primary_name_server")
        .map(|server| api_name(&server))
        .or_else(|| servers.first().cloned());
    let set = |kind: &str, ttl: i64, values: Vec<String>| RecordSet {
        name: name.to_owned(),
        kind: kind.to_owned(),
        ttl: Some(ttl),
        values,
        ..RecordSet::default()
    };
    let mut sets = Vec::new();
    if !servers.is_empty() {
        sets.push(set("NS", NS_TTL, servers));
    }
    let primary = primary.unwrap_or_else(|| ".".to_owned());
    sets.push(set("SOA", SOA_TTL, vec![format!("{primary} {SOA_REST}")]));
    sets
}
