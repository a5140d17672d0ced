//! Records: order and spelling of values and targets.

use aws_sdk_route53::types::{Coordinates, ResourceRecord, ResourceRecordSet};

use crate::support::world::World;

const ZONE: &str = "aws_route53_zone.public";

/// Edits a record set of the zone of `every-attribute` without changing its meaning.
#[track_caller]
fn record(label: &str, kind: &str, edit: impl FnOnce(&mut ResourceRecordSet)) {
    let world = World::part("every-attribute", &["aws_route53_"]);
    let dot = if label.is_empty() { "" } else { "." };
    world.edit_record(ZONE, &format!("{label}{dot}every-attribute.example.com"), kind, edit);
    world.expect_nothing();
}

fn values(values: &[&str]) -> Option<Vec<ResourceRecord>> {
    Some(
        values
            .iter()
            .map(|value| ResourceRecord::builder().value(*value).build().expect("a value"))
            .collect(),
    )
}

#[test]
fn record_values_in_another_order() {
    record("a", "A", |set| set.resource_records.as_mut().expect("values").reverse());
}

#[test]
fn ipv6_addresses_in_another_spelling() {
    record("a", "AAAA", |set| {
        set.resource_records = values(&["2001:DB8:0::1", "2001:db8::2"])
    });
}

#[test]
fn a_canonical_name_in_upper_case_with_a_dot() {
    record("docs", "CNAME", |set| {
        set.resource_records = values(&["PAGES.example.ORG."])
    });
}

#[test]
fn mail_exchangers_in_upper_case_with_and_without_a_dot() {
    record("", "MX", |set| {
        set.resource_records = values(&["20  MAIL2.example.org", "010 mail1.example.org."])
    });
}

#[test]
fn a_text_with_its_characters_escaped() {
    record("_dmarc", "TXT", |set| {
        set.resource_records = values(&["\"v=DMARC1\\073\\040p=none\""])
    });
}

#[test]
fn a_long_text_with_a_blank_between_its_strings() {
    record("selector1._domainkey", "TXT", |set| {
        let value = &mut set.resource_records.as_mut().expect("values")[0].value;
        let (with, without) = ("\" \"", "\"\"");
        *value = if value.contains(with) {
            value.replace(with, without)
        } else {
            value.replace(without, with)
        };
    });
}

#[test]
fn an_authority_in_another_spelling() {
    record("", "CAA", |set| {
        for value in set.resource_records.as_mut().expect("values") {
            value.value = value
                .value
                .replace("0 issue", "00 Issue")
                .replace("0 iodef", "0  IODEF");
        }
    });
}

#[test]
fn service_parameters_numbers_and_digests_in_another_spelling() {
    let world = World::part("every-attribute", &["aws_route53_"]);
    let domain = "every-attribute.example.com";
    world.edit_record(ZONE, &format!("_sip._tcp.{domain}"), "SRV", |set| {
        set.resource_records = values(&["010 060 05060 SIP.example.org."]);
    });
    world.edit_record(ZONE, &format!("delegated.{domain}"), "DS", |set| {
        let value = &mut set.resource_records.as_mut().expect("values")[0].value;
        value.make_ascii_lowercase();
    });
    world.edit_record(ZONE, &format!("_dns.svc.{domain}"), "SVCB", |set| {
        set.resource_records = values(&["1 DNS.example.org alpn=\"dot\""]);
    });
    world.expect_nothing();
}

#[test]
fn an_alias_target_in_upper_case_with_a_dot() {
    record("www", "A", |set| {
        let target = set.alias_target.as_mut().expect("an alias");
        target.dns_name = format!("{}.", target.dns_name.trim_end_matches('.').to_uppercase());
    });
}

#[test]
fn a_point_written_with_more_digits() {
    let world = World::part("every-attribute", &["aws_route53_"]);
    let sets = world.records(ZONE, "near.every-attribute.example.com", "A");
    let mut set = sets
        .into_iter()
        .find(|set| set.set_identifier.as_deref() == Some("point"))
        .expect("the point");
    let point = Coordinates::builder()
        .latitude("52.5200")
        .longitude("13.4")
        .build()
        .expect("a point");
    set.geo_proximity_location.as_mut().expect("a location").coordinates = Some(point);
    world.change_record(ZONE, aws_sdk_route53::types::ChangeAction::Upsert, set);
    world.expect_nothing();
}

/// AWS makes both with the zone; no state holds them.
#[test]
fn the_apex_records_of_a_zone_that_nobody_manages() {
    let world = World::load("two-sites");
    world.edit_record("aws_route53_zone.main", "example.com", "NS", |set| set.ttl = Some(60));
    world.edit_record("aws_route53_zone.main", "example.com", "SOA", |set| set.ttl = Some(60));
    world.expect_nothing();
}
