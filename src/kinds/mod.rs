//! The Terraform resource types that driftgate compares, one file each.
//!
//! A kind's file holds everything about its type: the reads it needs, how state attributes and live answers become
//! one canonical value, which attributes are sets and what identifies an element. To add a type: write its file, add
//! its `mod` line and its line in [`ALL`].

mod bucket;
mod bucket_settings;
mod cloudfront_distribution;
mod cloudfront_origin_access_control;
mod cloudfront_origin_access_identity;
mod route53_record;
mod route53_zone;
mod s3_bucket;
mod s3_bucket_ownership_controls;
mod s3_bucket_policy;
mod s3_bucket_public_access_block;
mod s3_bucket_versioning;
mod s3_bucket_website_configuration;
mod tags;

pub use cloudfront_distribution::differing;
use serde_json::{Map, Value};

use crate::canon::{Block, Difference, NamePath};
use crate::estate::Estate;
use crate::expected::Instance;
use crate::finding::Finding;
use crate::inventory::{Failure, Inventory, RecordSet};
use crate::plan::Read;

/// Every covered type.
pub static ALL: &[&dyn Kind] = &[
    &s3_bucket::S3Bucket,
    &s3_bucket_ownership_controls::S3BucketOwnershipControls,
    &s3_bucket_policy::S3BucketPolicy,
    &s3_bucket_public_access_block::S3BucketPublicAccessBlock,
    &s3_bucket_versioning::S3BucketVersioning,
    &s3_bucket_website_configuration::S3BucketWebsiteConfiguration,
    &cloudfront_distribution::CloudfrontDistribution,
    &cloudfront_origin_access_control::CloudfrontOriginAccessControl,
    &cloudfront_origin_access_identity::CloudfrontOriginAccessIdentity,
    &route53_record::Route53Record,
    &route53_zone::Route53Zone,
];

/// The kind of a Terraform type, if driftgate covers it.
pub fn of(terraform_type: &str) -> Option<&'static dyn Kind> {
    ALL.iter().copied().find(|kind| kind.terraform_type() == terraform_type)
}

/// Whether a type belongs to the services that driftgate looks after: one that is not covered is then named in the
/// result, while types of other services are only counted.
pub fn in_scope(terraform_type: &str) -> bool {
    [
        "aws_s3_",
        "aws_s3control_",
        "aws_cloudfront_",
        "aws_cloudfrontkeyvaluestore_",
        "aws_route53_",
    ]
    .iter()
    .any(|prefix| terraform_type.starts_with(prefix))
}

/// Which live thing an instance stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Terraform's import id.
    pub id: String,
    /// Where the thing has a region.
    pub region: Option<String>,
}

/// A top-level attribute whose live value could not be read, with the reason.
pub type UnknownPart = (&'static str, Failure);

/// The live side of one instance.
#[derive(Clone, Debug, PartialEq)]
pub enum Live {
    /// Proven not to exist; the text says what is gone.
    Gone(String),
    /// Nothing is known.
    Unknown(Failure),
    /// What the provider's Read would have stored, complete for every attribute that could be read.
    Found {
        attributes: Map<String, Value>,
        unknown: Vec<UnknownPart>,
    },
}

impl Live {
    /// A live value of which everything could be read.
    pub fn found(attributes: Value) -> Live {
        match attributes {
            Value::Object(attributes) => Live::Found {
                attributes,
                unknown: Vec::new(),
            },
            _ => Live::Unknown(Failure::not_read()),
        }
    }
}

/// One resource type.
pub trait Kind: Sync {
    /// `aws_s3_bucket`.
    fn terraform_type(&self) -> &'static str;

    /// The newest schema version of the type that this code knows (provider 6.47).
    fn schema_version(&self) -> u64 {
        0
    }

    /// Which live thing the instance stands for; an error where its state does not tell.
    fn identity(&self, instance: &Instance, estate: &Estate) -> Result<Identity, Failure>;

    /// The reads that comparing this instance takes.
    fn reads(&self, instance: &Instance, estate: &Estate) -> Vec<Read>;

    /// The comparable attributes.
    fn shape(&self) -> Block;

    /// The state's attributes, prepared for the shape.
    fn expected(&self, instance: &Instance, _estate: &Estate, _inventory: &Inventory) -> Map<String, Value> {
        instance.attributes.clone()
    }

    /// The live side, written down as the provider's Read would.
    fn live(&self, instance: &Instance, estate: &Estate, inventory: &Inventory) -> Live;

    /// Takes out of both sides what cannot be compared given what the other side says.
    fn reconcile(&self, _expected: &mut Map<String, Value>, _live: &mut Map<String, Value>) {}

    /// A last look at the differences, for types in which some mean less than they seem to.
    fn refine(&self, _instance: &Instance, _differences: &mut Vec<Difference>) {}

    /// Attributes whose values are never printed, whatever the state says.
    fn secrets(&self) -> Vec<NamePath> {
        Vec::new()
    }

    /// Attributes of newer providers that this version cannot compare: set in the state, they make the resource
    /// "not fully checked".
    fn beyond(&self) -> &'static [&'static str] {
        &[]
    }

    /// The reads that finding unmanaged things of this type takes, beyond those of the instances.
    fn unmanaged_reads(&self, _estate: &Estate) -> Vec<Read> {
        Vec::new()
    }

    /// Live things of this type that no given state holds.
    fn unmanaged(&self, _estate: &Estate, _inventory: &Inventory) -> Vec<Finding> {
        Vec::new()
    }
}

/// Terraform's import id of a live record set.
pub fn record_id(zone: &str, set: &RecordSet) -> String {
    route53_record::import_id(zone, set)
}

/// A text attribute of an instance; empty where it is missing, null or not text.
fn text<'a>(instance: &'a Instance, name: &str) -> &'a str {
    instance.attributes.get(name).and_then(Value::as_str).unwrap_or("")
}

/// A text attribute that identifies the instance.
fn required<'a>(instance: &'a Instance, name: &str) -> Result<&'a str, Failure> {
    match text(instance, name) {
        "" => Err(Failure::new(
            crate::inventory::Reason::Unreadable,
            "",
            format!("the state has no `{name}` for this resource; run `terraform apply -refresh-only`"),
        )),
        value => Ok(value),
    }
}

/// The id of an instance whose live thing is named by `id` alone, without region.
fn global_id(instance: &Instance) -> Result<Identity, Failure> {
    Ok(Identity {
        id: required(instance, "id")?.to_owned(),
        region: None,
    })
}
