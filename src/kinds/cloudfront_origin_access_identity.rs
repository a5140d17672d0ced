//! `aws_cloudfront_origin_access_identity`: the older way for a distribution to read a private bucket.

use serde_json::json;

use super::{Identity, Kind, Live, global_id, text};
use crate::canon::{Block, Shape};
use crate::estate::Estate;
use crate::expected::Instance;
use crate::inventory::{Failure, Inventory};
use crate::plan::Read;

pub(super) struct CloudfrontOriginAccessIdentity;

impl Kind for CloudfrontOriginAccessIdentity {
    fn terraform_type(&self) -> &'static str {
        "aws_cloudfront_origin_access_identity"
    }

    fn identity(&self, instance: &Instance, _estate: &Estate) -> Result<Identity, Failure> {
        global_id(instance)
    }

    fn reads(&self, instance: &Instance, _estate: &Estate) -> Vec<Read> {
        vec![Read::OriginAccessIdentity(text(instance, "id").to_owned())]
    }

    fn shape(&self) -> Block {
        // The canonical user id never changes for an id; a difference is another identity under the same name.
        Block::new([("comment", Shape::text()), ("s3_canonical_user_id", Shape::text())])
    }

    fn live(&self, instance: &Instance, _estate: &Estate, inventory: &Inventory) -> Live {
        let id = text(instance, "id");
        match Inventory::look_up(&inventory.origin_access_identity, id).known() {
            Ok(Some(identity)) => Live::found(json!({
                "comment": identity.comment,
                "s3_canonical_user_id": identity.s3_canonical_user_id,
            })),
            Ok(None) => Live::Gone(format!("the origin access identity {id} does not exist")),
            Err(failure) => Live::Unknown(failure),
        }
    }
}
