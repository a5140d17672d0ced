//! `aws_s3_bucket_versioning`. A bucket that was never versioned answers nothing, which the provider stores as
//! `Disabled`; `Suspended` is something else, since old versions stay.

use serde_json::{Value, json};

use super::{Identity, Kind, Live, bucket};
use crate::canon::{Block, Shape};
use crate::estate::Estate;
use crate::expected::Instance;
use crate::inventory::{Answer, Failure, Inventory, Versioning};
use crate::plan::{BucketAspect, Read};

pub(super) struct S3BucketVersioning;

impl Kind for S3BucketVersioning {
    fn terraform_type(&self) -> &'static str {
        "aws_s3_bucket_versioning"
    }

    fn identity(&self, instance: &Instance, estate: &Estate) -> Result<Identity, Failure> {
        bucket::identity(instance, estate)
    }

    fn reads(&self, instance: &Instance, _estate: &Estate) -> Vec<Read> {
        bucket::reads(instance, BucketAspect::Versioning)
    }

    fn shape(&self) -> Block {
        Block::new([(
            "versioning_configuration",
            Shape::Single(Block::new([
                ("status", Shape::text_or("Disabled")),
                ("mfa_delete", Shape::text_or("Disabled")),
            ])),
        )])
    }

    fn live(&self, instance: &Instance, _estate: &Estate, inventory: &Inventory) -> Live {
        let name = bucket::name(instance);
        match (&inventory.bucket(name).versioning, bucket::exists(inventory, name)) {
            (_, Ok(false)) => Live::Gone(format!("the bucket {name} does not exist")),
            // There is no "not configured" for versioning: an answer without status is one.
            (Answer::Absent, _) => attributes(&Versioning::default()),
            (answer, _) => match answer.known() {
                Ok(Some(versioning)) => attributes(versioning),
                Ok(None) => Live::Unknown(Failure::not_read()),
                Err(failure) => Live::Unknown(failure),
            },
        }
    }
}

fn attributes(versioning: &Versioning) -> Live {
    let text = |value: &Option<String>| value.clone().map_or(Value::Null, Value::String);
    Live::found(json!({
        "versioning_configuration": [{ "status": text(&versioning.status), "mfa_delete": text(&versioning.mfa_delete) }]
    }))
}
