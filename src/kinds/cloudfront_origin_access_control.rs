//! `aws_cloudfront_origin_access_control`: how a distribution signs its requests to S3.

use serde_json::json;

use super::{Identity, Kind, Live, global_id, text};
use crate::canon::{Block, Shape};
use crate::estate::Estate;
use crate::expected::Instance;
use crate::inventory::{Failure, Inventory};
use crate::plan::Read;

pub(super) struct CloudfrontOriginAccessControl;

impl Kind for CloudfrontOriginAccessControl {
    fn terraform_type(&self) -> &'static str {
        "aws_cloudfront_origin_access_control"
    }

    fn identity(&self, instance: &Instance, _estate: &Estate) -> Result<Identity, Failure> {
        global_id(instance)
    }

    fn reads(&self, instance: &Instance, _estate: &Estate) -> Vec<Read> {
        vec![Read::OriginAccessControl(text(instance, "id").to_owned())]
    }

    fn shape(&self) -> Block {
        Block::new([
            ("name", Shape::text()),
            ("description", Shape::text()),
            ("origin_access_control_origin_type", Shape::text()),
            ("signing_behavior", Shape::text()),
            ("signing_protocol", Shape::text()),
        ])
    }

    fn live(&self, instance: &Instance, _estate: &Estate, inventory: &Inventory) -> Live {
        let id = text(instance, "id");
        match Inventory::look_up(&inventory.origin_access_control, id).known() {
            Ok(Some(control)) => Live::found(json!({
                "name": control.name,
                "description": control.description,
                "origin_access_control_origin_type": control.origin_type,
                "signing_behavior": control.signing_behavior,
                "signing_protocol": control.signing_protocol,
            })),
            Ok(None) => Live::Gone(format!("the origin access control {id} does not exist")),
            Err(failure) => Live::Unknown(failure),
        }
    }
}
