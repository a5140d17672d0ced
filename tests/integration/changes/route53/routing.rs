//! Records of which several share a name: every routing policy.

use aws_sdk_route53::types::{ChangeAction, Coordinates, ResourceRecordSetFailover, ResourceRecordSetRegion};
use serde_json::json;

use super::{DOMAIN, PUBLIC, distribution, routed, zones};
use crate::support::world::{finding, missing};

#[test]
fn a_weight_changed() {
    routed(
        "weighted",
        "CNAME",
        "some",
        "aws_route53_record.weighted[\"some\"]",
        &["weighted_routing_policy.weight"],
        |set| {
            set.weight = Some(200);
        },
    );
}

#[test]
fn a_weight_of_nothing_raised() {
    routed(
        "weighted",
        "CNAME",
        "none",
        "aws_route53_record.weighted[\"none\"]",
        &["weighted_routing_policy.weight"],
        |set| {
            set.weight = Some(1);
        },
    );
}

#[test]
fn a_weight_lowered_to_nothing() {
    routed(
        "weighted",
        "CNAME",
        "most",
        "aws_route53_record.weighted[\"most\"]",
        &["weighted_routing_policy.weight"],
        |set| {
            set.weight = Some(0);
        },
    );
}

#[test]
fn one_of_several_weighted_records_deleted() {
    let world = zones();
    world.change_record(
        PUBLIC,
        ChangeAction::Delete,
        world.of_identifier("weighted", "CNAME", "most"),
    );
    world.expect(&[missing("aws_route53_record.weighted[\"most\"]")]);
}

#[test]
fn a_weighted_alias_sent_elsewhere() {
    let id = "it's \"quoted\"";
    routed(
        "weighted-alias",
        "A",
        id,
        "aws_route53_record.weighted_alias[\"it's \\\"quoted\\\"\"]",
        &["alias.name"],
        |set| {
            set.alias_target = distribution("dother.cloudfront.net");
        },
    );
}

/// All of a name's weighted records replaced by one simple one: the provider's own refresh misses the like.
#[test]
fn weighted_records_turned_into_a_simple_one() {
    let world = zones();
    let ids = ["Blue / green", "it's \"quoted\""];
    let sets: Vec<_> = ids
        .iter()
        .map(|id| world.of_identifier("weighted-alias", "A", id))
        .collect();
    let mut simple = sets[0].clone();
    for set in sets {
        world.change_record(PUBLIC, ChangeAction::Delete, set);
    }
    (simple.weight, simple.set_identifier) = (None, None);
    world.change_record(PUBLIC, ChangeAction::Create, simple);
    let id = format!(
        "aws_route53_record {}_weighted-alias.{DOMAIN}_A",
        world.attribute(PUBLIC, "id")
    );
    world.expect(&[
        missing("aws_route53_record.weighted_alias[\"Blue / green\"]"),
        missing("aws_route53_record.weighted_alias[\"it's \\\"quoted\\\"\"]"),
        finding("unmanaged-record", &id, &[]),
    ]);
}

#[test]
fn a_latency_region_changed() {
    routed(
        "latency",
        "A",
        "us-east-1",
        "aws_route53_record.latency[\"us-east-1\"]",
        &["latency_routing_policy.region"],
        |set| {
            set.region = Some(ResourceRecordSetRegion::UsWest2);
        },
    );
}

/// Another kind of routing under the same identifier (the emulator does not mind its sibling).
#[test]
fn latency_routing_turned_into_weights() {
    let paths = ["latency_routing_policy", "weighted_routing_policy"];
    routed(
        "latency",
        "A",
        "us-east-1",
        "aws_route53_record.latency[\"us-east-1\"]",
        &paths,
        |set| {
            (set.region, set.weight) = (None, Some(0));
        },
    );
}

#[test]
fn a_failover_role_changed() {
    routed(
        "failover",
        "A",
        "secondary",
        "aws_route53_record.failover[\"SECONDARY\"]",
        &["failover_routing_policy.type"],
        |set| {
            set.failover = Some(ResourceRecordSetFailover::Primary);
        },
    );
}

#[test]
fn a_failover_record_without_its_health_check() {
    routed(
        "failover",
        "A",
        "primary",
        "aws_route53_record.failover[\"PRIMARY\"]",
        &["health_check_id"],
        |set| {
            set.health_check_id = None;
        },
    );
}

#[test]
fn a_geolocation_country_changed() {
    routed(
        "geo",
        "A",
        "germany",
        "aws_route53_record.geolocation[\"germany\"]",
        &["geolocation_routing_policy.country"],
        |set| {
            set.geo_location.as_mut().expect("a location").country_code = Some("AT".into());
        },
    );
}

#[test]
fn a_geolocation_continent_changed() {
    routed(
        "geo",
        "A",
        "europe",
        "aws_route53_record.geolocation[\"europe\"]",
        &["geolocation_routing_policy.continent"],
        |set| {
            set.geo_location.as_mut().expect("a location").continent_code = Some("AF".into());
        },
    );
}

#[test]
fn a_geolocation_widened_from_a_state_to_its_country() {
    let address = "aws_route53_record.geolocation[\"california\"]";
    routed(
        "geo",
        "A",
        "california",
        address,
        &["geolocation_routing_policy.subdivision"],
        |set| {
            set.geo_location.as_mut().expect("a location").subdivision_code = None;
        },
    );
}

#[test]
fn a_geoproximity_bias_taken_away() {
    routed(
        "near",
        "A",
        "region",
        "aws_route53_record.geoproximity_region",
        &["geoproximity_routing_policy.bias"],
        |set| {
            set.geo_proximity_location.as_mut().expect("a location").bias = None;
        },
    );
}

#[test]
fn a_geoproximity_point_moved() {
    let path = "geoproximity_routing_policy.coordinates.latitude";
    routed(
        "near",
        "A",
        "point",
        "aws_route53_record.geoproximity_point",
        &[path],
        |set| {
            let moved = Coordinates::builder()
                .latitude("48.14")
                .longitude("13.40")
                .build()
                .expect("a point");
            set.geo_proximity_location.as_mut().expect("a location").coordinates = Some(moved);
        },
    );
}

#[test]
fn a_cidr_location_changed() {
    routed(
        "cidr",
        "A",
        "office",
        "aws_route53_record.cidr[\"office\"]",
        &["cidr_routing_policy.location_name"],
        |set| {
            set.cidr_routing_config.as_mut().expect("a location").location_name = "warehouse".into();
        },
    );
}

#[test]
fn a_multivalue_answer_turned_off() {
    let path = "multivalue_answer_routing_policy";
    routed(
        "multi",
        "A",
        "answer-0",
        "aws_route53_record.multivalue[0]",
        &[path, "weighted_routing_policy"],
        |set| {
            (set.multi_value_answer, set.weight) = (None, Some(1));
        },
    );
}

#[test]
fn a_set_identifier_renamed_is_a_missing_and_an_unmanaged_record() {
    let world = zones();
    let mut set = world.of_identifier("multi", "A", "answer-1");
    world.change_record(PUBLIC, ChangeAction::Delete, set.clone());
    set.set_identifier = Some("Answer-1".into());
    world.change_record(PUBLIC, ChangeAction::Create, set);
    let id = format!(
        "aws_route53_record {}_multi.{DOMAIN}_A_Answer-1",
        world.attribute(PUBLIC, "id")
    );
    world.expect(&[
        missing("aws_route53_record.multivalue[1]"),
        finding("unmanaged-record", &id, &[]),
    ]);
}

#[test]
fn a_record_of_a_traffic_policy_instance_is_told_apart() {
    let world = zones();
    world.snapshot();
    let zone = world.attribute(PUBLIC, "id");
    let more = json!({"name": "traffic.example.org.", "type": "A", "ttl": 60, "values": ["192.0.2.1"], "traffic_policy_instance_id": "instance-1"});
    world.edit_snapshot(|live| {
        live["record_sets"][&zone]["found"]
            .as_array_mut()
            .expect("records")
            .push(more);
    });
    let id = format!("aws_route53_record {zone}_traffic.example.org_A");
    world.expect_of_snapshot(&[finding("unmanaged-record-of-service", &id, &[])]);
}
