//! Public access block, ownership controls, versioning.

use aws_sdk_s3::types::{BucketVersioningStatus, ObjectOwnership};
use serde_json::json;

use super::{PROD, PROD_BLOCK, PROD_OWNERSHIP, PROD_VERSIONING, TAGGED, mixed, pages, prod};
use crate::support::world::{World, changed, missing};

#[test]
fn the_block_of_new_public_acls_switched_off() {
    let world = prod();
    world.put_public_access_block(PROD, [false, true, true, true]);
    world.expect(&[changed(PROD_BLOCK, &["block_public_acls"])]);
}

#[test]
fn the_ignoring_of_public_acls_switched_off() {
    let world = prod();
    world.put_public_access_block(PROD, [true, false, true, true]);
    world.expect(&[changed(PROD_BLOCK, &["ignore_public_acls"])]);
}

#[test]
fn the_block_of_public_policies_switched_off() {
    let world = prod();
    world.put_public_access_block(PROD, [true, true, false, true]);
    world.expect(&[changed(PROD_BLOCK, &["block_public_policy"])]);
}

#[test]
fn the_restriction_of_public_buckets_switched_off() {
    let world = prod();
    world.put_public_access_block(PROD, [true, true, true, false]);
    world.expect(&[changed(PROD_BLOCK, &["restrict_public_buckets"])]);
}

/// The state has all four off: switching them on is a change as well.
#[test]
fn a_public_access_block_of_defaults_switched_on() {
    let world = World::part(
        "every-attribute",
        &["aws_s3_bucket.locked", "aws_s3_bucket_public_access_block.defaults"],
    );
    world.put_public_access_block("aws_s3_bucket.locked", [true; 4]);
    world.expect(&[changed(
        "aws_s3_bucket_public_access_block.defaults",
        &[
            "block_public_acls",
            "block_public_policy",
            "ignore_public_acls",
            "restrict_public_buckets",
        ],
    )]);
}

#[test]
fn a_public_access_block_deleted() {
    let world = prod();
    let bucket = world.bucket(PROD);
    world.console(|aws| async move {
        aws.s3
            .delete_public_access_block()
            .bucket(bucket)
            .send()
            .await
            .expect("the block is deleted");
    });
    world.expect(&[missing(PROD_BLOCK)]);
}

#[test]
fn ownership_given_to_the_writer() {
    let world = prod();
    world.put_ownership(PROD, ObjectOwnership::ObjectWriter);
    world.expect(&[changed(PROD_OWNERSHIP, &["rule.object_ownership"])]);
}

#[test]
fn ownership_controls_deleted() {
    let world = prod();
    let bucket = world.bucket(PROD);
    world.console(|aws| async move {
        aws.s3
            .delete_bucket_ownership_controls()
            .bucket(bucket)
            .send()
            .await
            .expect("the controls are deleted");
    });
    world.expect(&[missing(PROD_OWNERSHIP)]);
}

// Versioning

#[test]
fn versioning_suspended() {
    let world = prod();
    world.put_versioning(PROD, BucketVersioningStatus::Suspended);
    world.expect(&[changed(PROD_VERSIONING, &["versioning_configuration.status"])]);
}

#[test]
fn suspended_versioning_enabled() {
    let world = mixed();
    world.put_versioning(TAGGED, BucketVersioningStatus::Enabled);
    world.expect(&[changed(
        "aws_s3_bucket_versioning.tagged",
        &["versioning_configuration.status"],
    )]);
}

/// Old versions stay from now on, which "never versioned" does not mean.
#[test]
fn versioning_suspended_on_a_bucket_that_never_had_it() {
    let world = pages();
    world.put_versioning("aws_s3_bucket.counted[0]", BucketVersioningStatus::Suspended);
    world.expect(&[changed(
        "aws_s3_bucket_versioning.counted",
        &["versioning_configuration.status"],
    )]);
}

#[test]
fn mfa_delete_switched_on() {
    let world = prod();
    world.snapshot();
    let bucket = world.bucket(PROD);
    world.edit_snapshot(|live| live["bucket"][&bucket]["versioning"]["found"]["mfa_delete"] = json!("Enabled"));
    world.expect_of_snapshot(&[changed(PROD_VERSIONING, &["versioning_configuration.mfa_delete"])]);
}

/// The whole of a large world: one change, and no other of its hundred resources is named.
#[test]
fn one_bucket_of_many_changed_in_a_module_within_a_module() {
    let world = World::load("every-attribute");
    let address = "module.outer.module.inner[\"right side\"].aws_s3_bucket.this[0]";
    world.edit_tags(address, |tags| _ = tags.insert("Owner".into(), "somebody".into()));
    world.expect(&[changed(address, &["tags[\"Owner\"]"])]);
}
