//! What cannot be read is said: never "missing", never "clean".
//!
//! Left out: an answer that does not come within the time limits (it would take minutes; the connector of `sdk_answers`
//! does it at once), and a connection that breaks.

mod faults;
mod permissions;
mod places;

use crate::support::world::World;

const PROD: &str = "module.site[\"prod\"].aws_s3_bucket.site";
const PROD_VERSIONING: &str = "module.site[\"prod\"].aws_s3_bucket_versioning.site[0]";
const PROD_SITE: &str = "module.site[\"prod\"].aws_cloudfront_distribution.site";
const STAGE: &str = "module.site[\"stage\"].aws_s3_bucket.site";
const STAGE_POLICY: &str = "module.site[\"stage\"].aws_s3_bucket_policy.site";
const STAGE_BLOCK: &str = "module.site[\"stage\"].aws_s3_bucket_public_access_block.site";
const STAGE_OWNERSHIP: &str = "module.site[\"stage\"].aws_s3_bucket_ownership_controls.site";
const STAGE_SITE: &str = "module.site[\"stage\"].aws_cloudfront_distribution.site";
const STAGE_CONTROL: &str = "module.site[\"stage\"].aws_cloudfront_origin_access_control.site";
const OLD: &str = "aws_s3_bucket.old_host";
const OLD_WEBSITE: &str = "aws_s3_bucket_website_configuration.old_host";
const ZONE: &str = "aws_route53_zone.main";
const RECORDS: [&str; 7] = [
    "aws_route53_record.old_host",
    "module.site[\"prod\"].aws_route53_record.host[\"example.com A\"]",
    "module.site[\"prod\"].aws_route53_record.host[\"example.com AAAA\"]",
    "module.site[\"prod\"].aws_route53_record.host[\"www.example.com A\"]",
    "module.site[\"prod\"].aws_route53_record.host[\"www.example.com AAAA\"]",
    "module.site[\"stage\"].aws_route53_record.host[\"stage.example.com A\"]",
    "module.site[\"stage\"].aws_route53_record.host[\"stage.example.com AAAA\"]",
];

fn sites() -> World {
    World::load("two-sites")
}
