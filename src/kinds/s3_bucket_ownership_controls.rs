//! `aws_s3_bucket_ownership_controls`: whether ACLs count and who owns uploaded objects.

use serde_json::json;

use super::{Identity, Kind, Live, bucket};
use crate::canon::{Block, Shape};
use crate::estate::Estate;
use crate::expected::Instance;
use crate::inventory::{Failure, Inventory};
use crate::plan::{BucketAspect, Read};

pub(super) struct S3BucketOwnershipControls;

impl Kind for S3BucketOwnershipControls {
    fn terraform_type(&self) -> &'static str {
        "aws_s3_bucket_ownership_controls"
    }

    fn identity(&self, instance: &Instance, estate: &Estate) -> Result<Identity, Failure> {
        bucket::identity(instance, estate)
    }

    fn reads(&self, instance: &Instance, _estate: &Estate) -> Vec<Read> {
        bucket::reads(instance, BucketAspect::Ownership)
    }

    fn shape(&self) -> Block {
        Block::new([("rule", Shape::Single(Block::new([("object_ownership", Shape::text())])))])
    }

    fn live(&self, instance: &Instance, _estate: &Estate, inventory: &Inventory) -> Live {
        let name = bucket::name(instance);
        let answer = &inventory.bucket(name).ownership;
        bucket::sub_resource(
            inventory,
            name,
            answer,
            "ownership controls",
            |ownership| json!({ "rule": [{ "object_ownership": ownership }] }),
        )
    }
}
