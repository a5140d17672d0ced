//! `aws_s3_bucket_public_access_block`: four switches; a missing configuration means all four are off.

use serde_json::json;

use super::{Identity, Kind, Live, bucket};
use crate::canon::{Block, Shape};
use crate::estate::Estate;
use crate::expected::Instance;
use crate::inventory::{Failure, Inventory};
use crate::plan::{BucketAspect, Read};

pub(super) struct S3BucketPublicAccessBlock;

impl Kind for S3BucketPublicAccessBlock {
    fn terraform_type(&self) -> &'static str {
        "aws_s3_bucket_public_access_block"
    }

    fn identity(&self, instance: &Instance, estate: &Estate) -> Result<Identity, Failure> {
        bucket::identity(instance, estate)
    }

    fn reads(&self, instance: &Instance, _estate: &Estate) -> Vec<Read> {
        bucket::reads(instance, BucketAspect::PublicAccessBlock)
    }

    fn shape(&self) -> Block {
        Block::new([
            ("block_public_acls", Shape::Bool),
            ("block_public_policy", Shape::Bool),
            ("ignore_public_acls", Shape::Bool),
            ("restrict_public_buckets", Shape::Bool),
        ])
    }

    fn live(&self, instance: &Instance, _estate: &Estate, inventory: &Inventory) -> Live {
        let name = bucket::name(instance);
        let answer = &inventory.bucket(name).public_access_block;
        let what = "public access block: all four settings are off";
        bucket::sub_resource(inventory, name, answer, what, |block| {
            json!({
                "block_public_acls": block.block_public_acls,
                "block_public_policy": block.block_public_policy,
                "ignore_public_acls": block.ignore_public_acls,
                "restrict_public_buckets": block.restrict_public_buckets,
            })
        })
    }
}
