//! What all types around one bucket share: its name, its region, whether it is there.

use serde_json::{Map, Value};

use super::{Identity, Live, required, text};
use crate::estate::Estate;
use crate::expected::Instance;
use crate::inventory::{Answer, Failure, Inventory, Reason};
use crate::plan::{BucketAspect, Read};

/// The bucket that an instance belongs to.
pub(super) fn name(instance: &Instance) -> &str {
    match text(instance, "bucket") {
        // Ids of split resources are `bucket` or `bucket,owner`.
        "" => text(instance, "id").split(',').next().unwrap_or(""),
        bucket => bucket,
    }
}

/// The identity of a resource that there is once per bucket. The id is kept as Terraform has it.
pub(super) fn identity(instance: &Instance, estate: &Estate) -> Result<Identity, Failure> {
    let id = if name(instance).is_empty() {
        required(instance, "bucket")?
    } else {
        text(instance, "id")
    };
    let id = if id.is_empty() { name(instance) } else { id };
    Ok(Identity {
        id: id.to_owned(),
        region: estate.bucket_region(name(instance)).map(str::to_owned),
    })
}

/// Whether the bucket exists: `Ok(false)` only on proof.
pub(super) fn exists(inventory: &Inventory, bucket: &str) -> Result<bool, Failure> {
    if inventory
        .buckets
        .found()
        .is_some_and(|all| all.iter().any(|b| b.name == bucket))
    {
        return Ok(true);
    }
    match &inventory.bucket(bucket).head {
        Answer::Found(_) => Ok(true),
        Answer::Absent => Ok(false),
        // The account's own listing is there and lacks the bucket: whoever denies it is somebody else.
        Answer::Failed(failure) if failure.reason == Reason::AccessDenied && inventory.buckets.found().is_some() => {
            Err(Failure {
                reason: Reason::OtherAccount,
                ..failure.clone()
            })
        }
        Answer::Failed(failure) => Err(failure.clone()),
        Answer::NotRead => match &inventory.buckets {
            Answer::Failed(failure) => Err(failure.clone()),
            _ => Err(Failure::not_read()),
        },
    }
}

/// The live side of a resource that is one sub-resource of a bucket: gone with its bucket or its configuration.
pub(super) fn sub_resource<T>(
    inventory: &Inventory,
    bucket: &str,
    answer: &Answer<T>,
    what: &str,
    attributes: impl FnOnce(&T) -> Value,
) -> Live {
    match answer.known() {
        Ok(Some(value)) => Live::found(attributes(value)),
        Ok(None) if matches!(exists(inventory, bucket), Ok(false)) => {
            Live::Gone(format!("the bucket {bucket} does not exist"))
        }
        Ok(None) => Live::Gone(format!("the bucket {bucket} has no {what}")),
        Err(failure) => Live::Unknown(failure),
    }
}

/// An empty list for nothing, a list of one block for something: how Terraform's state holds a single block.
pub(super) fn block(inner: Option<Value>) -> Value {
    Value::Array(inner.into_iter().collect())
}

/// The attributes named, as the state has them.
pub(super) fn only(instance: &Instance, names: &[&str]) -> Map<String, Value> {
    names
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), instance.attributes.get(*name)?.clone())))
        .collect()
}

/// The reads of a resource that is one sub-resource of a bucket. The listing says whether the bucket is there and
/// where it lives.
pub(super) fn reads(instance: &Instance, aspect: BucketAspect) -> Vec<Read> {
    vec![
        Read::Buckets,
        Read::Bucket {
            bucket: name(instance).to_owned(),
            aspect,
        },
    ]
}

/// The region that AWS says the bucket lives in, where some answer told.
pub(super) fn live_region<'a>(inventory: &'a Inventory, bucket: &str) -> Option<&'a str> {
    let listed = inventory
        .buckets
        .found()
        .and_then(|all| all.iter().find(|b| b.name == bucket)?.region.as_deref());
    listed.or_else(|| inventory.bucket(bucket).head.found()?.region.as_deref())
}
