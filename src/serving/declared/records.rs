//! `aws_route53_record` as `ListResourceRecordSets` would answer.

use super::attributes::Attributes;
use crate::canon::dns;
use crate::estate::bare_zone_id;
use crate::expected::Instance;
use crate::inventory::{AliasTarget, CidrRouting, GeoLocation, GeoProximity, RecordSet};

/// The schema from which on the routing policies are blocks; before, weight and failover role were attributes.
const POLICIES_ARE_BLOCKS: u64 = 2;

/// The record's full name, canonical as [`dns::name`] has it. The zone's name completes a relative one; without it,
/// `fqdn` is all there is.
pub(super) fn full_name(instance: &Instance, zone_name: Option<&str>) -> String {
    let name = instance.text("name").unwrap_or_default();
    match zone_name {
        Some(zone_name) => dns::fqdn(name, zone_name),
        None => dns::name(instance.text("fqdn").unwrap_or(name)),
    }
}

pub(super) fn kind(instance: &Instance) -> String {
    instance.text("type").unwrap_or_default().to_ascii_uppercase()
}

/// The import id of a record set, whichever way its name is spelled.
pub(super) fn id(zone: &str, name: &str, kind: &str, set_identifier: Option<&str>) -> String {
    let mut id = format!(
        "{}_{}_{}",
        bare_zone_id(zone),
        dns::name(name),
        kind.to_ascii_uppercase()
    );
    if let Some(set_identifier) = set_identifier.filter(|set| !set.is_empty()) {
        id.push('_');
        id.push_str(set_identifier);
    }
    id
}

/// A name as the API answers it: every character but `a-z 0-9 - _ .` as an octal escape, and a dot at the end.
pub(super) fn api_name(name: &str) -> String {
    let mut spelled = String::with_capacity(name.len() + 1);
    for byte in dns::name(name).bytes() {
        match byte {
            // A backslash begins an escape that `dns::name` left.
            b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'\\' => spelled.push(char::from(byte)),
            _ => spelled.push_str(&dns::octal_escape(byte)),
        }
    }
    if !spelled.ends_with('.') {
        spelled.push('.');
    }
    spelled
}

pub(super) fn record_set(instance: &Instance, zone_name: Option<&str>) -> RecordSet {
    let attributes = Attributes::of(instance);
    let kind = kind(instance);
    let alias = attributes.block("alias").map(alias);
    // Alias records have neither, and their state holds `ttl: 0` and `records: []`.
    let (ttl, values) = match alias {
        Some(_) => (None, Vec::new()),
        None => (attributes.number("ttl"), values(&kind, attributes)),
    };
    let old = instance.schema_version < POLICIES_ARE_BLOCKS;
    let old_weight = || attributes.number("weight").filter(|weight| old && *weight >= 0);
    let old_failover = || attributes.text("failover").filter(|_| old);
    let policy = |name: &str| attributes.block(name);
    RecordSet {
        name: api_name(&full_name(instance, zone_name)),
        ttl,
        values,
        alias,
        set_identifier: attributes.text("set_identifier"),
        health_check_id: attributes.text("health_check_id"),
        // Weight 0 is a weight: the block's presence is what counts.
        weight: policy("weighted_routing_policy")
            .map(|p| p.number("weight").unwrap_or_default())
            .or_else(old_weight),
        region: policy("latency_routing_policy").and_then(|p| p.text("region")),
        failover: policy("failover_routing_policy")
            .and_then(|p| p.text("type"))
            .or_else(old_failover),
        geolocation: policy("geolocation_routing_policy").map(geolocation),
        geoproximity: policy("geoproximity_routing_policy").map(geoproximity),
        cidr: policy("cidr_routing_policy").map(cidr),
        multivalue_answer: attributes.flag("multivalue_answer_routing_policy").then_some(true),
        traffic_policy_instance_id: None,
        kind,
    }
}

/// The provider strips the outer quotes of texts and stores every other value as it is.
fn values(kind: &str, attributes: Attributes) -> Vec<String> {
    let mut values = attributes.texts("records");
    if matches!(kind, "TXT" | "SPF") {
        for value in &mut values {
            *value = dns::record_value(kind, value);
        }
    }
    values
}

fn alias(block: Attributes) -> AliasTarget {
    AliasTarget {
        dns_name: api_name(&block.text_or_empty("name")),
        hosted_zone_id: bare_zone_id(&block.text_or_empty("zone_id")).to_owned(),
        evaluate_target_health: block.flag("evaluate_target_health"),
    }
}

fn geolocation(block: Attributes) -> GeoLocation {
    GeoLocation {
        continent: block.text("continent"),
        country: block.text("country"),
        subdivision: block.text("subdivision"),
    }
}

fn geoproximity(block: Attributes) -> GeoProximity {
    GeoProximity {
        aws_region: block.text("aws_region"),
        bias: block.number("bias").unwrap_or_default(),
        local_zone_group: block.text("local_zone_group"),
        coordinates: block
            .block("coordinates")
            .map(|at| (at.text_or_empty("latitude"), at.text_or_empty("longitude"))),
    }
}

fn cidr(block: Attributes) -> CidrRouting {
    CidrRouting {
        collection_id: block.text_or_empty("collection_id"),
        location_name: block.text_or_empty("location_name"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_spelled_as_the_api_spells_them() {
        for (name, spelled) in [
            ("*.Example.com", "\\052.example.com."),
            ("\\052.example.com.", "\\052.example.com."),
            ("0/25.example.com", "0\\05725.example.com."),
            ("\\374.example.com", "\\374.example.com."),
            ("bücher.example.com", "b\\303\\274cher.example.com."),
            (".", "."),
        ] {
            assert_eq!(api_name(name), spelled, "{name}");
        }
    }

    #[test]
    fn an_id_does_not_depend_on_the_spelling() {
        let id = id("/hostedzone/Z1", "\\052.Example.com.", "a", Some("blue"));
        assert_eq!(id, "Z1_*.example.com_A_blue");
    }

    proptest! {
        #[test]
        fn a_spelled_name_is_the_same_name(name in "[a-z0-9*@/ü_-]{1,8}(\\.[a-zA-Z0-9_-]{1,8}){0,3}\\.?") {
            prop_assert_eq!(dns::name(&api_name(&name)), dns::name(&name));
        }
    }
}
