//! `aws_s3_bucket_policy`: the bucket's policy document, compared by meaning.

use serde_json::json;

use super::{Identity, Kind, Live, bucket};
use crate::canon::{Block, Shape};
use crate::estate::Estate;
use crate::expected::Instance;
use crate::inventory::{Failure, Inventory};
use crate::plan::{BucketAspect, Read};

pub(super) struct S3BucketPolicy;

impl Kind for S3BucketPolicy {
    fn terraform_type(&self) -> &'static str {
        "aws_s3_bucket_policy"
    }

    fn identity(&self, instance: &Instance, estate: &Estate) -> Result<Identity, Failure> {
        bucket::identity(instance, estate)
    }

    fn reads(&self, instance: &Instance, _estate: &Estate) -> Vec<Read> {
        bucket::reads(instance, BucketAspect::Policy)
    }

    fn shape(&self) -> Block {
        Block::new([("policy", Shape::Policy)])
    }

    fn live(&self, instance: &Instance, _estate: &Estate, inventory: &Inventory) -> Live {
        let name = bucket::name(instance);
        bucket::sub_resource(
            inventory,
            name,
            &inventory.bucket(name).policy,
            "policy",
            |text| json!({ "policy": text }),
        )
    }
}
