//! What the vectors do not hold: evidence, routing policies, chains, damaged and partly known zones.

use crate::inventory::{AliasTarget, RecordSet};

use super::*;

mod delegation;
mod names;
mod policies;

pub(super) fn set(name: &str, kind: &str, values: &[&str]) -> RecordSet {
    RecordSet {
        name: name.to_owned(),
        kind: kind.to_owned(),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        ..RecordSet::default()
    }
}

pub(super) fn alias(name: &str, kind: &str, to: &str, zone_id: &str) -> RecordSet {
    let alias = AliasTarget {
        dns_name: to.to_owned(),
        hosted_zone_id: zone_id.to_owned(),
        evaluate_target_health: false,
    };
    RecordSet {
        alias: Some(alias),
        ..set(name, kind, &[])
    }
}

fn cloudfront(name: &str, domain: &str) -> RecordSet {
    alias(name, "A", domain, "Z2FDTNDATAQYW2")
}

fn member(id: &str, mut of: RecordSet, change: impl FnOnce(&mut RecordSet)) -> RecordSet {
    of.set_identifier = Some(id.to_owned());
    change(&mut of);
    of
}

pub(super) fn zone(id: &str, name: &str, servers: &[&str], records: Vec<RecordSet>) -> Zone {
    let name_servers: Vec<String> = servers.iter().map(|server| (*server).to_owned()).collect();
    Zone {
        id: id.to_owned(),
        name: name.to_owned(),
        private: false,
        name_servers: (!name_servers.is_empty()).then_some(name_servers),
        records: Records::Complete(records),
    }
}

fn zone_ref(id: &str, name: &str) -> ZoneRef {
    ZoneRef {
        id: id.to_owned(),
        name: name.to_owned(),
    }
}

fn ask(host: &str, zones: Vec<Zone>) -> Resolution {
    resolve(host, RecordType::A, &Zones::new(zones))
}

fn in_one_zone(host: &str, records: Vec<RecordSet>) -> Resolution {
    ask(host, vec![zone("Z1", "example.com", &["n1"], records)])
}

fn unknown(resolution: &Resolution) -> String {
    match &resolution.outcome {
        Outcome::CannotTell { why, .. } => why.to_string(),
        other => panic!("{other:?}"),
    }
}

fn ends(resolution: &Resolution) -> Vec<String> {
    resolution
        .members()
        .iter()
        .map(|member| member.end.to_string())
        .collect()
}

fn notes(resolution: &Resolution) -> Vec<String> {
    resolution.notes.iter().map(ToString::to_string).collect()
}
