//! The bucket itself: that it is there, where it is, its tags.

use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use serde_json::Value;

use super::{OLD, OLD_WEBSITE, PROD, STAGE, STAGE_BLOCK, STAGE_OWNERSHIP, STAGE_POLICY, TAGGED, mixed, sites};
use crate::support::world::{changed, missing};

#[test]
fn a_deleted_bucket_is_missing_with_all_that_belongs_to_it() {
    let world = sites();
    world.delete_bucket(STAGE);
    world.expect(&[
        missing(STAGE),
        missing(STAGE_POLICY),
        missing(STAGE_BLOCK),
        missing(STAGE_OWNERSHIP),
    ]);
}

#[test]
fn a_deleted_website_bucket_is_missing_with_its_website() {
    let world = sites();
    world.delete_bucket(OLD);
    world.expect(&[
        missing(OLD),
        missing(OLD_WEBSITE),
        missing("aws_s3_bucket_public_access_block.old_host"),
    ]);
}

/// The new one has AWS's public access block and ownership, which are those of the state.
#[test]
fn a_bucket_made_again_in_another_region_has_lost_policy_and_tags() {
    let world = sites();
    world.delete_bucket(STAGE);
    let bucket = world.bucket(STAGE);
    world.console_in("eu-central-1", |aws| async move {
        let place = CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::EuCentral1);
        let create = aws
            .s3
            .create_bucket()
            .bucket(bucket)
            .create_bucket_configuration(place.build());
        create.send().await.expect("the bucket is made");
    });
    world.expect(&[
        changed(STAGE, &["region", "tags[\"Environment\"]", "tags[\"Team\"]"]),
        missing(STAGE_POLICY),
    ]);
}

#[test]
fn a_tag_added() {
    let world = sites();
    world.edit_tags(PROD, |tags| _ = tags.insert("Owner".into(), "somebody".into()));
    world.expect(&[changed(PROD, &["tags[\"Owner\"]"])]);
}

#[test]
fn a_tag_changed_in_case_only() {
    let world = sites();
    world.edit_tags(PROD, |tags| _ = tags.insert("Team".into(), "Web".into()));
    let findings = world.expect(&[changed(PROD, &["tags[\"Team\"]"])]);
    assert_eq!(findings[0]["changes"][0]["expected"], "web");
    assert_eq!(findings[0]["changes"][0]["live"], "Web");
}

#[test]
fn a_tag_removed() {
    let world = sites();
    world.edit_tags(PROD, |tags| _ = tags.remove("Team"));
    world.expect(&[changed(PROD, &["tags[\"Team\"]"])]);
}

#[test]
fn all_tags_removed() {
    let world = sites();
    world.edit_tags(OLD, |tags| tags.clear());
    world.expect(&[changed(OLD, &["tags[\"Purpose\"]"])]);
}

/// A default tag of the provider stands in `tags_all` alone.
#[test]
fn a_default_tag_of_the_provider_removed_and_a_sensitive_one_changed() {
    let world = mixed();
    world.edit_tags(TAGGED, |tags| {
        tags.remove("ManagedBy");
        tags.insert("Sensitive-id".into(), "printed-by-accident".into());
    });
    let findings = world.expect(&[changed(TAGGED, &["tags[\"ManagedBy\"]", "tags[\"Sensitive-id\"]"])]);
    assert!(
        !Value::from(findings).to_string().contains("printed-by-accident"),
        "a sensitive value is printed"
    );
}
