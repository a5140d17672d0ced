//! Buckets and the resources that own one of their settings.
//!
//! Left out: MFA delete (the emulator has no devices; see `mfa_delete_switched_on` on an edited snapshot).

mod bucket;
mod inline;
mod policy;
mod settings;
mod website;

use crate::support::world::World;

const PROD: &str = "module.site[\"prod\"].aws_s3_bucket.site";
const PROD_POLICY: &str = "module.site[\"prod\"].aws_s3_bucket_policy.site";
const PROD_BLOCK: &str = "module.site[\"prod\"].aws_s3_bucket_public_access_block.site";
const PROD_OWNERSHIP: &str = "module.site[\"prod\"].aws_s3_bucket_ownership_controls.site";
const PROD_VERSIONING: &str = "module.site[\"prod\"].aws_s3_bucket_versioning.site[0]";
const STAGE: &str = "module.site[\"stage\"].aws_s3_bucket.site";
const STAGE_POLICY: &str = "module.site[\"stage\"].aws_s3_bucket_policy.site";
const STAGE_BLOCK: &str = "module.site[\"stage\"].aws_s3_bucket_public_access_block.site";
const STAGE_OWNERSHIP: &str = "module.site[\"stage\"].aws_s3_bucket_ownership_controls.site";
const OLD: &str = "aws_s3_bucket.old_host";
const OLD_WEBSITE: &str = "aws_s3_bucket_website_configuration.old_host";

/// The whole of two sites and the old host.
fn sites() -> World {
    World::load("two-sites")
}

/// The bucket of one site and what belongs to it.
fn prod() -> World {
    World::part("two-sites", &["module.site[\"prod\"].aws_s3_"])
}

/// The bucket of the old host and what belongs to it.
fn old() -> World {
    World::part(
        "two-sites",
        &[
            "aws_s3_bucket.old_host",
            "aws_s3_bucket_public_access_block.old_host",
            "aws_s3_bucket_website_configuration.old_host",
        ],
    )
}

/// The buckets of `every-attribute` that have a website, and what belongs to them.
fn pages() -> World {
    World::part(
        "every-attribute",
        &[
            "aws_s3_bucket.counted",
            "aws_s3_bucket.keyed",
            "aws_s3_bucket_website_configuration",
            "aws_s3_bucket_versioning.counted",
        ],
    )
}

const PAGES: &str = "aws_s3_bucket.counted[1]";
const PAGES_WEBSITE: &str = "aws_s3_bucket_website_configuration.pages";

/// The bucket of `every-attribute` with a policy of several statements.
fn mixed() -> World {
    World::part(
        "every-attribute",
        &[
            "aws_s3_bucket.tagged",
            "aws_s3_bucket_policy.tagged",
            "aws_s3_bucket_versioning.tagged",
            "aws_s3_bucket_ownership_controls.tagged",
        ],
    )
}

const TAGGED: &str = "aws_s3_bucket.tagged";
const TAGGED_POLICY: &str = "aws_s3_bucket_policy.tagged";
