//! Other accounts and other regions.

use std::collections::BTreeSet;

use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use serde_json::{Value, json};

use super::*;
use crate::support::emulator::Emulator;
use crate::support::world::{STATES, changed};

/// Nothing of the state is in the account that is read: nothing is missing, nothing is known.
#[test]
fn the_credentials_of_another_account() {
    let world = sites();
    for state in STATES {
        let check = world.driftgate(["check", "--state", state, "--no-serving", "--format", "json"]);
        let run = check.env("AWS_ACCESS_KEY_ID", &Emulator::new_account()).run();
        let result = run.json();
        let unchecked = result["unchecked"].as_array().expect("a list");
        assert!(
            unchecked.iter().all(|one| one["reason"] == "other-account"),
            "{unchecked:#?}"
        );
        let addresses: BTreeSet<&str> = unchecked.iter().filter_map(|one| one["address"].as_str()).collect();
        assert_eq!((addresses.len(), &result["summary"]["resources"]), (24, &json!(24)));
        assert_eq!(
            (run.code, &result["outcome"], &result["findings"]),
            (3, &json!("incomplete"), &json!([]))
        );
        // Who the credentials are is all that is asked.
        assert_eq!(result["stats"]["api_calls"], 1, "{result:#}");
    }
}

/// The name of a deleted bucket belongs to whoever takes it next.
#[test]
fn a_bucket_that_another_account_took() {
    let world = sites();
    world.delete_bucket(STAGE);
    let taker = World::load("inline-forms");
    let bucket = world.bucket(STAGE);
    taker.console(|aws| async move {
        let place = CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::EuWest2);
        let create = aws
            .s3
            .create_bucket()
            .bucket(bucket)
            .create_bucket_configuration(place.build());
        create.send().await.expect("the name is free");
    });
    world.expect_blind(
        "other-account",
        &[STAGE, STAGE_POLICY, STAGE_BLOCK, STAGE_OWNERSHIP],
        &[],
    );
}

const FRANKFURT: &str = "aws_s3_bucket.frankfurt";
const VIRGINIA: &str = "aws_s3_bucket.virginia";

/// Buckets of three regions.
fn regions() -> World {
    let kept = [
        "aws_s3_bucket.frankfurt",
        "aws_s3_bucket.virginia",
        "aws_s3_bucket_policy.canonical",
        "aws_s3_bucket.generated",
    ];
    World::part("every-attribute", &kept)
}

/// The regions that calls about a bucket were signed for.
fn signed_for(world: &World, bucket: &str) -> BTreeSet<String> {
    let log = world
        .emulator
        .control("GET", &format!("log?account={}&full=1", world.account), &Value::Null);
    let bucket = format!("/{bucket}");
    log.as_array()
        .expect("a log")
        .iter()
        .filter(|call| call["call"].as_str().is_some_and(|text| text.contains(&bucket)))
        .map(|call| call["region"].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn buckets_are_read_where_they_live() {
    let world = regions();
    let own = |region: &str| BTreeSet::from([region.to_owned()]);
    world.emulator.calls(&world.account);
    assert_eq!(world.check_drift(STATES[0]).code, 0);
    assert_eq!(signed_for(&world, &world.bucket(FRANKFURT)), own("eu-central-1"));
    assert_eq!(signed_for(&world, &world.bucket(VIRGINIA)), own("us-east-1"));
    assert_eq!(
        signed_for(&world, &world.bucket("aws_s3_bucket.generated")),
        own("eu-west-2")
    );
}

/// Without the listing nobody says where a bucket is, until it is asked in the wrong place.
#[test]
fn buckets_are_found_where_they_live_without_the_listing() {
    let world = regions();
    world.emulator.faults(
        &world.account,
        &[json!({"match": "GET /?", "service": "s3", "status": 403, "code": "AccessDenied", "times": null})],
    );
    world.emulator.calls(&world.account);
    assert_eq!(world.check_drift(STATES[0]).code, 0);
    let asked = signed_for(&world, &world.bucket(FRANKFURT));
    assert_eq!(
        asked,
        BTreeSet::from(["eu-central-1".to_owned(), "eu-west-2".to_owned()])
    );
}

#[test]
fn a_change_in_another_region_is_seen() {
    let world = regions();
    let bucket = world.bucket(FRANKFURT);
    world.console_in("eu-central-1", |aws| async move {
        aws.s3
            .delete_bucket_tagging()
            .bucket(bucket)
            .send()
            .await
            .expect("the tags are deleted");
    });
    world.expect(&[changed(FRANKFURT, &["tags[\"Region\"]"])]);
}
