//! How many calls a check makes, against the bound of what it may take.

use std::collections::BTreeMap;

use aws_sdk_route53::types::{Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType};
use serde_json::{Value, json};

use crate::support::world::{STATES, World};

/// What `aws_s3_bucket` records beside its existence; each is one call.
const RECORDED_OF_A_BUCKET: [&str; 13] = [
    "tags",
    "policy",
    "grant",
    "website",
    "versioning",
    "cors_rule",
    "logging",
    "lifecycle_rule",
    "server_side_encryption_configuration",
    "replication_configuration",
    "acceleration_status",
    "request_payer",
    "object_lock_configuration",
];

/// The attribute of `aws_s3_bucket` that is the same call as a split type's, or the type itself.
fn aspect(split: &str) -> &str {
    match split {
        "aws_s3_bucket_policy" => "policy",
        "aws_s3_bucket_website_configuration" => "website",
        "aws_s3_bucket_versioning" => "versioning",
        other => other,
    }
}

/// The bound: 1 (STS) + ceil(A/10000) + one per bucket and aspect in the state + ceil(D/100) + one GetDistribution per
/// distribution + one ListTagsForResource per distribution with tags + ceil(zones with tags/10) + one per OAC and OAI +
/// ceil(Z/100) + sum over zones of ceil(R/300). The worlds have fewer than 10,000 buckets, 100 distributions or zones
/// and 300 records a zone.
fn bound(state: &Value) -> u64 {
    let mut number: BTreeMap<&str, u64> = BTreeMap::new();
    let mut aspects = std::collections::BTreeSet::new();
    let mut zones = std::collections::BTreeSet::new();
    for resource in state["resources"]
        .as_array()
        .expect("resources")
        .iter()
        .filter(|one| one["mode"] == "managed")
    {
        let kind = resource["type"].as_str().expect("a type");
        for instance in resource["instances"].as_array().expect("instances") {
            let attributes = &instance["attributes"];
            *number.entry(kind).or_default() += 1;
            let bucket = attributes["bucket"].as_str().unwrap_or_default();
            match kind {
                "aws_s3_bucket" => {
                    let recorded = |name: &&&str| attributes.get(**name).is_some();
                    aspects.extend(RECORDED_OF_A_BUCKET.iter().filter(recorded).map(|name| (bucket, *name)));
                }
                "aws_s3_bucket_policy"
                | "aws_s3_bucket_public_access_block"
                | "aws_s3_bucket_ownership_controls"
                | "aws_s3_bucket_website_configuration"
                | "aws_s3_bucket_versioning" => drop(aspects.insert((bucket, aspect(kind)))),
                "aws_route53_zone" | "aws_route53_record" => drop(zones.insert(attributes["zone_id"].as_str())),
                _ => {}
            }
        }
    }
    let number = |kind: &str| number.get(kind).copied().unwrap_or_default();
    let (distributions, managed_zones) = (number("aws_cloudfront_distribution"), number("aws_route53_zone"));
    let buckets = u64::from(number("aws_s3_bucket") > 0);
    let identities = number("aws_cloudfront_origin_access_control") + number("aws_cloudfront_origin_access_identity");
    1 + buckets
        + aspects.len() as u64
        + distributions.div_ceil(100)
        + 2 * distributions
        + identities
        + managed_zones.div_ceil(100)
        + managed_zones.div_ceil(10)
        + zones.len() as u64
}

/// Checks a world live and returns the calls by operation, as told in the result, after comparing their number with what
/// the emulator saw, that no call was made twice, and with the bound.
#[track_caller]
fn counted(world: &World, state: &str) -> Value {
    world.emulator.calls(&world.account);
    let stats = world.check_drift(state).json()["stats"].clone();
    let seen = world.emulator.calls(&world.account);
    assert_eq!(stats["api_calls"], seen.len(), "{state}: {seen:#?}");
    let mut once: BTreeMap<&String, usize> = BTreeMap::new();
    for call in seen.iter().filter(|call| !call.starts_with("POST")) {
        *once.entry(call).or_default() += 1;
    }
    let twice: Vec<_> = once.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "{state}: made more than once: {twice:?}");
    let text = std::fs::read_to_string(world.state(state)).expect("the state is there");
    let bound = bound(&serde_json::from_str(&text).expect("a state is JSON"));
    assert!(
        seen.len() as u64 <= bound,
        "{state}: {} calls, and {bound} are allowed",
        seen.len()
    );
    let by_operation = stats["api_calls_by_operation"].as_object().expect("operations");
    let sum: u64 = by_operation
        .values()
        .map(|number| number.as_u64().expect("a number"))
        .sum();
    assert_eq!(stats["api_calls"], sum, "{state}");
    stats["api_calls_by_operation"].clone()
}

#[test]
fn the_calls_of_two_sites_by_operation() {
    let world = World::load("two-sites");
    for state in STATES {
        // Three buckets, two distributions, two access controls, one zone.
        let wanted = json!({
            "sts:GetCallerIdentity": 1,
            "s3:ListBuckets": 1,
            "s3:GetBucketTagging": 3,
            "s3:GetBucketPolicy": 3,
            "s3:GetBucketAcl": 3,
            "s3:GetBucketWebsite": 3,
            "s3:GetBucketVersioning": 3,
            "s3:GetBucketCors": 3,
            "s3:GetBucketLogging": 3,
            "s3:GetBucketLifecycleConfiguration": 3,
            "s3:GetBucketEncryption": 3,
            "s3:GetBucketReplication": 3,
            "s3:GetBucketAccelerateConfiguration": 3,
            "s3:GetBucketRequestPayment": 3,
            "s3:GetObjectLockConfiguration": 3,
            "s3:GetPublicAccessBlock": 3,
            "s3:GetBucketOwnershipControls": 2,
            "cloudfront:GetDistribution": 2,
            "cloudfront:ListTagsForResource": 2,
            "cloudfront:GetOriginAccessControl": 2,
            "route53:ListHostedZones": 1,
            "route53:ListTagsForResources": 1,
            "route53:ListResourceRecordSets": 1,
        });
        assert_eq!(counted(&world, state), wanted, "{state}");
    }
}

#[test]
fn the_calls_of_every_attribute_stay_within_the_bound() {
    let world = World::load("every-attribute");
    counted(&world, STATES[0]);
}

#[test]
fn the_calls_of_inline_forms_stay_within_the_bound() {
    let world = World::load("inline-forms");
    counted(&world, STATES[1]);
}

/// A deleted distribution, zone, bucket cost no more than those that are there, but for one question about the bucket
/// (is it somebody else's now?).
#[test]
fn what_is_missing_costs_no_more_calls() {
    let world = World::load("two-sites");
    world.delete_bucket("aws_s3_bucket.old_host");
    world.delete_distribution("module.site[\"stage\"].aws_cloudfront_distribution.site");
    let calls = counted(&world, STATES[0]);
    assert_eq!(
        (&calls["s3:HeadBucket"], &calls["s3:GetBucketPolicy"]),
        (&json!(1), &json!(2))
    );
}

/// The listing pages by 300, whatever the number of records that are compared.
#[test]
fn a_zone_of_three_hundred_records_and_more_is_two_pages() {
    let world = World::part("two-sites", &["aws_route53_zone"]);
    let zone = world.attribute("aws_route53_zone.main", "id");
    let create = |number: usize| {
        let value = ResourceRecord::builder().value("192.0.2.1").build().expect("a value");
        let set = ResourceRecordSet::builder()
            .name(world.own(&format!("n{number}.example.com")))
            .r#type(RrType::A)
            .ttl(60);
        let set = set.resource_records(value).build().expect("a record set");
        Change::builder()
            .action(ChangeAction::Create)
            .resource_record_set(set)
            .build()
            .expect("a change")
    };
    let batch = ChangeBatch::builder()
        .set_changes(Some((0..300).map(create).collect()))
        .build()
        .expect("a batch");
    world.console(|aws| async move {
        let change = aws
            .route53
            .change_resource_record_sets()
            .hosted_zone_id(zone)
            .change_batch(batch);
        change.send().await.expect("the records are made");
    });
    world.emulator.calls(&world.account);
    let result = world.check_drift(STATES[0]).json();
    assert_eq!(
        result["stats"]["api_calls_by_operation"]["route53:ListResourceRecordSets"],
        2
    );
    // Those of the hosts of both sites and of the old one are not in this part of the state, either.
    assert_eq!(result["findings"].as_array().expect("findings").len(), 307);
}
