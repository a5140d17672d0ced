//! Zones and record sets.
//!
//! Left out, since the emulator lacks them: CIDR collections that exist (it takes any id), delegation sets, DNSSEC,
//! traffic policy instances (see `a_record_of_a_traffic_policy_instance_is_told_apart` on an edited snapshot).

use aws_sdk_route53::types::{
    AliasTarget, ChangeAction, Coordinates, ResourceRecord, ResourceRecordSet, ResourceRecordSetFailover,
    ResourceRecordSetRegion, RrType, Tag, TagResourceType, Vpc, VpcRegion,
};
use serde_json::json;

use crate::support::world::{World, changed, finding, missing};

const PUBLIC: &str = "aws_route53_zone.public";
const PRIVATE: &str = "aws_route53_zone.private";
const REVERSE: &str = "aws_route53_zone.reverse";
const DOMAIN: &str = "every-attribute.example.com";

fn zones() -> World {
    World::part("every-attribute", &["aws_route53_"])
}

fn name(label: &str) -> String {
    if label.is_empty() { DOMAIN.to_owned() } else { format!("{label}.{DOMAIN}") }
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

    fn tag_zone(&self, address: &str, add: &[(&str, &str)], remove: &[&str]) {
        let id = self.attribute(address, "id");
        let tag = |(key, value): &(&str, &str)| Tag::builder().key(*key).value(*value).build();
        let (add, remove): (Vec<Tag>, Vec<String>) =
            (add.iter().map(tag).collect(), remove.iter().map(|key| (*key).to_owned()).collect());
        self.console(|aws| async move {
            let change = aws.route53.change_tags_for_resource().resource_type(TagResourceType::Hostedzone).resource_id(id);
            let change = change.set_add_tags((!add.is_empty()).then_some(add));
            let change = change.set_remove_tag_keys((!remove.is_empty()).then_some(remove));
            change.send().await.expect("the tags are changed");
        });
    }

    fn comment_zone(&self, address: &str, comment: &str) {
        let (id, comment) = (self.attribute(address, "id"), comment.to_owned());
        self.console(|aws| async move {
            let update = aws.route53.update_hosted_zone_comment().id(id).comment(comment);
            update.send().await.expect("the comment is taken");
        });
    }

    fn delete_zone(&self, address: &str) {
        let id = self.attribute(address, "id");
        self.console(|aws| async move {
            aws.route53.delete_hosted_zone().id(id).send().await.expect("the zone is deleted");
        });
    }
}

fn values(values: &[&str]) -> Option<Vec<ResourceRecord>> {
    Some(values.iter().map(|value| ResourceRecord::builder().value(*value).build().expect("a value")).collect())
}

fn distribution(name: &str) -> Option<AliasTarget> {
    let target = AliasTarget::builder().hosted_zone_id("Z2FDTNDATAQYW2").dns_name(name).evaluate_target_health(false);
    Some(target.build().expect("a target"))
}

// Simple records

#[test]
fn a_record_value_changed() {
    edited("a", "A", "aws_route53_record.simple[\"A\"]", &["records"], |set| {
        set.resource_records = values(&["192.0.2.10", "192.0.2.11", "192.0.2.99"]);
    });
}

#[test]
fn a_record_value_added() {
    edited("a", "AAAA", "aws_route53_record.simple[\"AAAA\"]", &["records"], |set| {
        set.resource_records = values(&["2001:db8::1", "2001:db8::2", "2001:db8::3"]);
    });
}

#[test]
fn a_record_value_removed() {
    edited("", "MX", "aws_route53_record.simple[\"MX\"]", &["records"], |set| {
        set.resource_records = values(&["10 mail1.example.org"]);
    });
}

#[test]
fn a_mail_exchanger_given_another_priority() {
    edited("", "MX", "aws_route53_record.simple[\"MX\"]", &["records"], |set| {
        set.resource_records = values(&["10 mail1.example.org", "5 mail2.example.org"]);
    });
}

#[test]
fn a_ttl_changed() {
    edited("docs", "CNAME", "aws_route53_record.simple[\"CNAME\"]", &["ttl"], |set| set.ttl = Some(30));
}

#[test]
fn a_ttl_set_to_nothing() {
    edited("docs", "CNAME", "aws_route53_record.simple[\"CNAME\"]", &["ttl"], |set| set.ttl = Some(0));
}

#[test]
fn a_text_changed_in_case_only() {
    edited("_dmarc", "TXT", "aws_route53_record.simple[\"TXT underscore\"]", &["records"], |set| {
        set.resource_records = values(&["\"v=DMARC1; p=NONE\""]);
    });
}

#[test]
fn a_text_value_added_beside_others() {
    edited("", "TXT", "aws_route53_record.simple[\"TXT\"]", &["records"], |set| {
        set.resource_records.as_mut().expect("values").extend(values(&["\"verification=other\""]).expect("values"));
    });
}

/// The same text for every reader: reported, and no reason to fail.
#[test]
fn a_text_cut_into_other_strings_is_cosmetic() {
    let world = zones();
    world.edit_record(PUBLIC, &name("_dmarc"), "TXT", |set| {
        set.resource_records = values(&["\"v=DMARC1; \" \"p=none\""]);
    });
    world.expect(&[finding("cosmetic-change", "aws_route53_record.simple[\"TXT underscore\"]", &["records"])]);
}

#[test]
fn an_authority_that_may_issue_certificates_changed() {
    edited("", "CAA", "aws_route53_record.simple[\"CAA\"]", &["records"], |set| {
        set.resource_records = values(&["0 issue \"ca.example.net\"", "0 iodef \"mailto:security@example.com\""]);
    });
}

#[test]
fn a_service_sent_to_another_port() {
    edited("_sip._tcp", "SRV", "aws_route53_record.simple[\"SRV\"]", &["records"], |set| {
        set.resource_records = values(&["10 60 5061 sip.example.org"]);
    });
}

#[test]
fn a_wildcard_changed() {
    edited("*.wild", "A", "aws_route53_record.simple[\"wildcard\"]", &["records"], |set| {
        set.resource_records = values(&["192.0.2.200"]);
    });
}

#[test]
fn the_name_servers_of_the_apex_changed() {
    edited("", "NS", "aws_route53_record.apex_ns", &["ttl"], |set| set.ttl = Some(60));
}

#[test]
fn a_record_of_another_type_is_a_missing_and_an_unmanaged_one() {
    let world = zones();
    let mut set = world.records(PUBLIC, &name("docs"), "CNAME").remove(0);
    world.delete_record(PUBLIC, &name("docs"), "CNAME");
    set.r#type = RrType::A;
    set.resource_records = values(&["192.0.2.80"]);
    world.change_record(PUBLIC, ChangeAction::Create, set);
    let id = format!("aws_route53_record {}_docs.{DOMAIN}_A", world.attribute(PUBLIC, "id"));
    world.expect(&[
        missing("aws_route53_record.simple[\"CNAME\"]"),
        finding("unmanaged-record", &id, &[]),
    ]);
}

#[test]
fn a_record_deleted() {
    let world = zones();
    world.delete_record(PUBLIC, &name("a"), "AAAA");
    world.expect(&[missing("aws_route53_record.simple[\"AAAA\"]")]);
}

#[test]
fn a_wildcard_deleted() {
    let world = zones();
    world.delete_record(PUBLIC, &name("*"), "TXT");
    world.expect(&[missing("aws_route53_record.simple[\"apex wildcard\"]")]);
}

#[test]
fn a_private_record_changed_and_its_public_namesakes_not() {
    let world = zones();
    world.edit_record(PRIVATE, &name("db"), "A", |set| set.resource_records = values(&["10.0.0.6"]));
    world.expect(&[changed("aws_route53_record.private", &["records"])]);
}

#[test]
fn a_pointer_changed() {
    let world = zones();
    world.edit_record(REVERSE, "10.2.0.192.in-addr.arpa", "PTR", |set| {
        set.resource_records = values(&["b.example.org"]);
    });
    world.expect(&[changed("aws_route53_record.pointer", &["records"])]);
}

// Aliases

#[test]
fn an_alias_sent_to_another_distribution() {
    edited("www", "AAAA", "aws_route53_record.alias_distribution[\"AAAA\"]", &["alias.name"], |set| {
        set.alias_target = distribution("dother.cloudfront.net");
    });
}

#[test]
fn an_alias_that_no_longer_asks_for_health() {
    edited("app", "A", "aws_route53_record.alias_balancer", &["alias.evaluate_target_health"], |set| {
        set.alias_target.as_mut().expect("an alias").evaluate_target_health = false;
    });
}

#[test]
fn an_alias_given_to_a_website_of_another_region() {
    edited("app", "A", "aws_route53_record.alias_balancer", &["alias.name", "alias.zone_id"], |set| {
        let target = set.alias_target.as_mut().expect("an alias");
        target.dns_name = "s3-website.eu-central-1.amazonaws.com".into();
        target.hosted_zone_id = "Z21DNDUVLTQW6Q".into();
    });
}

/// The provider's own refresh keeps the alias of the old state here and misses this.
#[test]
fn an_alias_turned_into_plain_addresses() {
    edited("", "A", "aws_route53_record.alias_apex", &["alias", "records", "ttl"], |set| {
        set.alias_target = None;
        set.ttl = Some(300);
        set.resource_records = values(&["192.0.2.66"]);
    });
}

#[test]
fn plain_addresses_turned_into_an_alias() {
    edited("a", "A", "aws_route53_record.simple[\"A\"]", &["alias", "records", "ttl"], |set| {
        set.ttl = None;
        set.resource_records = None;
        set.alias_target = distribution("dother.cloudfront.net");
    });
}

#[test]
fn an_alias_deleted() {
    let world = World::load("two-sites");
    world.delete_record("aws_route53_zone.main", "www.example.com", "AAAA");
    world.expect(&[missing("module.site[\"prod\"].aws_route53_record.host[\"www.example.com AAAA\"]")]);
}

// Routing

#[test]
fn a_weight_changed() {
    routed("weighted", "CNAME", "some", "aws_route53_record.weighted[\"some\"]", &["weighted_routing_policy.weight"], |set| {
        set.weight = Some(200);
    });
}

#[test]
fn a_weight_of_nothing_raised() {
    routed("weighted", "CNAME", "none", "aws_route53_record.weighted[\"none\"]", &["weighted_routing_policy.weight"], |set| {
        set.weight = Some(1);
    });
}

#[test]
fn a_weight_lowered_to_nothing() {
    routed("weighted", "CNAME", "most", "aws_route53_record.weighted[\"most\"]", &["weighted_routing_policy.weight"], |set| {
        set.weight = Some(0);
    });
}

#[test]
fn one_of_several_weighted_records_deleted() {
    let world = zones();
    world.change_record(PUBLIC, ChangeAction::Delete, world.of_identifier("weighted", "CNAME", "most"));
    world.expect(&[missing("aws_route53_record.weighted[\"most\"]")]);
}

#[test]
fn a_weighted_alias_sent_elsewhere() {
    let id = "it's \"quoted\"";
    routed("weighted-alias", "A", id, "aws_route53_record.weighted_alias[\"it's \\\"quoted\\\"\"]", &["alias.name"], |set| {
        set.alias_target = distribution("dother.cloudfront.net");
    });
}

/// All of a name's weighted records replaced by one simple one: the provider's own refresh misses the like.
#[test]
fn weighted_records_turned_into_a_simple_one() {
    let world = zones();
    let ids = ["Blue / green", "it's \"quoted\""];
    let sets: Vec<_> = ids.iter().map(|id| world.of_identifier("weighted-alias", "A", id)).collect();
    let mut simple = sets[0].clone();
    for set in sets {
        world.change_record(PUBLIC, ChangeAction::Delete, set);
    }
    (simple.weight, simple.set_identifier) = (None, None);
    world.change_record(PUBLIC, ChangeAction::Create, simple);
    let id = format!("aws_route53_record {}_weighted-alias.{DOMAIN}_A", world.attribute(PUBLIC, "id"));
    world.expect(&[
        missing("aws_route53_record.weighted_alias[\"Blue / green\"]"),
        missing("aws_route53_record.weighted_alias[\"it's \\\"quoted\\\"\"]"),
        finding("unmanaged-record", &id, &[]),
    ]);
}

#[test]
fn a_latency_region_changed() {
    routed("latency", "A", "us-east-1", "aws_route53_record.latency[\"us-east-1\"]", &["latency_routing_policy.region"], |set| {
        set.region = Some(ResourceRecordSetRegion::UsWest2);
    });
}

/// Another kind of routing under the same identifier (the emulator does not mind its sibling).
#[test]
fn latency_routing_turned_into_weights() {
    let paths = ["latency_routing_policy", "weighted_routing_policy"];
    routed("latency", "A", "us-east-1", "aws_route53_record.latency[\"us-east-1\"]", &paths, |set| {
        (set.region, set.weight) = (None, Some(0));
    });
}

#[test]
fn a_failover_role_changed() {
    routed("failover", "A", "secondary", "aws_route53_record.failover[\"SECONDARY\"]", &["failover_routing_policy.type"], |set| {
        set.failover = Some(ResourceRecordSetFailover::Primary);
    });
}

#[test]
fn a_failover_record_without_its_health_check() {
    routed("failover", "A", "primary", "aws_route53_record.failover[\"PRIMARY\"]", &["health_check_id"], |set| {
        set.health_check_id = None;
    });
}

#[test]
fn a_geolocation_country_changed() {
    routed("geo", "A", "germany", "aws_route53_record.geolocation[\"germany\"]", &["geolocation_routing_policy.country"], |set| {
        set.geo_location.as_mut().expect("a location").country_code = Some("AT".into());
    });
}

#[test]
fn a_geolocation_continent_changed() {
    routed("geo", "A", "europe", "aws_route53_record.geolocation[\"europe\"]", &["geolocation_routing_policy.continent"], |set| {
        set.geo_location.as_mut().expect("a location").continent_code = Some("AF".into());
    });
}

#[test]
fn a_geolocation_widened_from_a_state_to_its_country() {
    let address = "aws_route53_record.geolocation[\"california\"]";
    routed("geo", "A", "california", address, &["geolocation_routing_policy.subdivision"], |set| {
        set.geo_location.as_mut().expect("a location").subdivision_code = None;
    });
}

#[test]
fn a_geoproximity_bias_taken_away() {
    routed("near", "A", "region", "aws_route53_record.geoproximity_region", &["geoproximity_routing_policy.bias"], |set| {
        set.geo_proximity_location.as_mut().expect("a location").bias = None;
    });
}

#[test]
fn a_geoproximity_point_moved() {
    let path = "geoproximity_routing_policy.coordinates.latitude";
    routed("near", "A", "point", "aws_route53_record.geoproximity_point", &[path], |set| {
        let moved = Coordinates::builder().latitude("48.14").longitude("13.40").build().expect("a point");
        set.geo_proximity_location.as_mut().expect("a location").coordinates = Some(moved);
    });
}

#[test]
fn a_cidr_location_changed() {
    routed("cidr", "A", "office", "aws_route53_record.cidr[\"office\"]", &["cidr_routing_policy.location_name"], |set| {
        set.cidr_routing_config.as_mut().expect("a location").location_name = "warehouse".into();
    });
}

#[test]
fn a_multivalue_answer_turned_off() {
    let path = "multivalue_answer_routing_policy";
    routed("multi", "A", "answer-0", "aws_route53_record.multivalue[0]", &[path, "weighted_routing_policy"], |set| {
        (set.multi_value_answer, set.weight) = (None, Some(1));
    });
}

#[test]
fn a_set_identifier_renamed_is_a_missing_and_an_unmanaged_record() {
    let world = zones();
    let mut set = world.of_identifier("multi", "A", "answer-1");
    world.change_record(PUBLIC, ChangeAction::Delete, set.clone());
    set.set_identifier = Some("Answer-1".into());
    world.change_record(PUBLIC, ChangeAction::Create, set);
    let id = format!("aws_route53_record {}_multi.{DOMAIN}_A_Answer-1", world.attribute(PUBLIC, "id"));
    world.expect(&[missing("aws_route53_record.multivalue[1]"), finding("unmanaged-record", &id, &[])]);
}

#[test]
fn a_record_of_a_traffic_policy_instance_is_told_apart() {
    let world = zones();
    world.snapshot();
    let zone = world.attribute(PUBLIC, "id");
    let more = json!({"name": "traffic.example.org.", "type": "A", "ttl": 60, "values": ["192.0.2.1"], "traffic_policy_instance_id": "instance-1"});
    world.edit_snapshot(|live| {
        live["record_sets"][&zone]["found"].as_array_mut().expect("records").push(more);
    });
    let id = format!("aws_route53_record {zone}_traffic.example.org_A");
    world.expect_of_snapshot(&[finding("unmanaged-record-of-service", &id, &[])]);
}

// Zones

#[test]
fn a_zone_comment_changed() {
    let world = zones();
    world.comment_zone(PUBLIC, "Edited by hand");
    world.expect(&[changed(PUBLIC, &["comment"])]);
}

#[test]
fn a_zone_comment_cleared() {
    let world = World::load("two-sites");
    world.comment_zone("aws_route53_zone.main", "");
    world.expect(&[changed("aws_route53_zone.main", &["comment"])]);
}

#[test]
fn a_zone_comment_added() {
    let world = zones();
    world.comment_zone(REVERSE, "Has one now");
    world.expect(&[changed(REVERSE, &["comment"])]);
}

#[test]
fn a_zone_tag_added() {
    let world = zones();
    world.tag_zone(REVERSE, &[("Owner", "somebody")], &[]);
    world.expect(&[changed(REVERSE, &["tags[\"Owner\"]"])]);
}

#[test]
fn a_zone_tag_changed() {
    let world = zones();
    world.tag_zone(PUBLIC, &[("Visibility", "private")], &[]);
    world.expect(&[changed(PUBLIC, &["tags[\"Visibility\"]"])]);
}

#[test]
fn a_zone_tag_removed() {
    let world = World::load("two-sites");
    world.tag_zone("aws_route53_zone.main", &[], &["Team"]);
    world.expect(&[changed("aws_route53_zone.main", &["tags[\"Team\"]"])]);
}

#[test]
fn a_deleted_zone_is_missing_with_its_records() {
    let world = zones();
    world.delete_record(REVERSE, "10.2.0.192.in-addr.arpa", "PTR");
    world.delete_zone(REVERSE);
    world.expect(&[missing(REVERSE), missing("aws_route53_record.pointer")]);
}

/// A zone of the same name does not take its place.
#[test]
fn a_zone_made_again_has_another_id() {
    let world = zones();
    world.delete_record(PRIVATE, &name("db"), "A");
    world.delete_zone(PRIVATE);
    let name = world.own(DOMAIN);
    world.console(|aws| async move {
        let create = aws.route53.create_hosted_zone().name(name).caller_reference("again").vpc(vpc("vpc-0123456789abcdef0"));
        create.send().await.expect("the zone is made");
    });
    world.expect(&[missing(PRIVATE), missing("aws_route53_record.private")]);
}

fn vpc(id: &str) -> Vpc {
    Vpc::builder().vpc_id(id).vpc_region(VpcRegion::EuWest2).build()
}

#[test]
fn a_network_associated_with_a_private_zone() {
    let world = zones();
    let zone = world.attribute(PRIVATE, "id");
    world.console(|aws| async move {
        let call = aws.route53.associate_vpc_with_hosted_zone().hosted_zone_id(zone).vpc(vpc("vpc-0123456789abcdef9"));
        call.send().await.expect("the network is associated");
    });
    world.expect(&[changed(PRIVATE, &["vpc[\"vpc-0123456789abcdef9\"]"])]);
}

#[test]
fn a_network_taken_from_a_private_zone() {
    let world = zones();
    let zone = world.attribute(PRIVATE, "id");
    world.console(|aws| async move {
        let call = aws.route53.disassociate_vpc_from_hosted_zone().hosted_zone_id(zone).vpc(vpc("vpc-0123456789abcdef0"));
        call.send().await.expect("the network is taken away");
    });
    world.expect(&[changed(PRIVATE, &["vpc[\"vpc-0123456789abcdef0\"]"])]);
}

/// Every kind of record of a whole account deleted at once, each reported once.
#[test]
fn all_records_of_the_old_host_and_stage_deleted() {
    let world = World::load("two-sites");
    for (name, kind) in [("old.example.com", "A"), ("stage.example.com", "A"), ("stage.example.com", "AAAA")] {
        world.delete_record("aws_route53_zone.main", name, kind);
    }
    world.expect(&[
        missing("aws_route53_record.old_host"),
        missing("module.site[\"stage\"].aws_route53_record.host[\"stage.example.com A\"]"),
        missing("module.site[\"stage\"].aws_route53_record.host[\"stage.example.com AAAA\"]"),
    ]);
}
