//! Edits without meaning: another order, another spelling, a default written out. None may be reported.

mod buckets;
mod distributions;
mod policies;
mod records;

const PROD: &str = "module.site[\"prod\"].aws_s3_bucket.site";
const PROD_SITE: &str = "module.site[\"prod\"].aws_cloudfront_distribution.site";
