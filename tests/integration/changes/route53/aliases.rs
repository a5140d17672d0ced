//! Aliases, and records that turn into one or cease to be one.

use super::{distribution, edited, values};
use crate::support::world::{World, missing};

#[test]
fn an_alias_sent_to_another_distribution() {
    edited(
        "www",
        "AAAA",
        "aws_route53_record.alias_distribution[\"AAAA\"]",
        &["alias.name"],
        |set| {
            set.alias_target = distribution("dother.cloudfront.net");
        },
    );
}

#[test]
fn an_alias_that_no_longer_asks_for_health() {
    edited(
        "app",
        "A",
        "aws_route53_record.alias_balancer",
        &["alias.evaluate_target_health"],
        |set| {
            set.alias_target.as_mut().expect("an alias").evaluate_target_health = false;
        },
    );
}

#[test]
fn an_alias_given_to_a_website_of_another_region() {
    edited(
        "app",
        "A",
        "aws_route53_record.alias_balancer",
        &["alias.name", "alias.zone_id"],
        |set| {
            let target = set.alias_target.as_mut().expect("an alias");
            target.dns_name = "s3-website.eu-central-1.amazonaws.com".into();
            target.hosted_zone_id = "Z21DNDUVLTQW6Q".into();
        },
    );
}

/// The provider's own refresh keeps the alias of the old state here and misses this.
#[test]
fn an_alias_turned_into_plain_addresses() {
    edited(
        "",
        "A",
        "aws_route53_record.alias_apex",
        &["alias", "records", "ttl"],
        |set| {
            set.alias_target = None;
            set.ttl = Some(300);
            set.resource_records = values(&["192.0.2.66"]);
        },
    );
}

#[test]
fn plain_addresses_turned_into_an_alias() {
    edited(
        "a",
        "A",
        "aws_route53_record.simple[\"A\"]",
        &["alias", "records", "ttl"],
        |set| {
            set.ttl = None;
            set.resource_records = None;
            set.alias_target = distribution("dother.cloudfront.net");
        },
    );
}

#[test]
fn an_alias_deleted() {
    let world = World::load("two-sites");
    world.delete_record("aws_route53_zone.main", "www.example.com", "AAAA");
    world.expect(&[missing(
        "module.site[\"prod\"].aws_route53_record.host[\"www.example.com AAAA\"]",
    )]);
}
