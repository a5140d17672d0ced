//! What the states declare, as the [`Inventory`] that an account would give in which exactly that were deployed: so the
//! serving path is walked on the state by the very code that walks it on the live account.
//!
//! Every instance of every state counts, in whichever account it lives. `Absent` is kept for what a state really
//! denies; what no state tells is not read:
//!
//! | part | declared by | without a declaration |
//! |---|---|---|
//! | buckets, distributions, zones | their resources | not listed: the states know only their own |
//! | bucket head | `aws_s3_bucket` | not read |
//! | bucket policy, website | the split resource, or else the bucket's inline form | absent if the bucket is declared |
//! | encryption, request payer | the same | what S3 gives every bucket (AES256, `BucketOwner`) if it is declared |
//! | versioning | the same | never versioned if the bucket is declared |
//! | public access block (bucket, account), ownership | the split resource | not read: S3's defaults depend on the bucket's age |
//! | ACL, CORS, lifecycle, logging, replication, acceleration, object lock | not filled: no step of the path asks | not read |
//! | an object, a prefix | the resource that uploads it | not read: content is not Terraform's |
//! | a health check, a continuous deployment or origin request policy | its resource | not read |
//! | record sets of a declared zone | `aws_route53_record`; NS and SOA of the apex from the zone | not in the list |
//! | record sets of a zone of which only records are declared | the same, without apex; see [`partial_zones`] | not in the list |
//!
//! Two split resources that declare one setting differently make that answer a failure which names both.

mod addresses;
mod attributes;
mod bucket;
mod certificate;
mod distribution;
mod health_check;
mod object;
mod records;
#[cfg(test)]
mod tests;
mod website;
mod zone;

use std::collections::BTreeSet;

pub use addresses::Addresses;

use crate::estate::Estate;
use crate::inventory::{Answer, Caller, Inventory};

/// The states as an account would answer in which they were deployed. Pure.
pub fn inventory(estate: &Estate) -> Inventory {
    let mut inventory = Inventory {
        caller: caller(estate),
        ..Inventory::default()
    };
    bucket::fill(estate, &mut inventory);
    object::fill(estate, &mut inventory);
    certificate::fill(estate, &mut inventory);
    distribution::fill(estate, &mut inventory);
    zone::fill(estate, &mut inventory);
    health_check::fill(estate, &mut inventory);
    inventory
}

/// Which address stands for a live thing, by Terraform type and import id. A record is found under [`record_id`] as
/// well as under the id that its state has, which keeps the name as the user wrote it; an object under `bucket/key`;
/// a split bucket resource under the bucket's name, with or without the owner that its id may carry.
pub fn addresses(estate: &Estate) -> Addresses {
    addresses::addresses(estate)
}

/// The id of a record set in [`addresses`]: zone, full name, type and set identifier, whichever way they are spelled.
pub fn record_id(zone: &str, name: &str, kind: &str, set_identifier: Option<&str>) -> String {
    records::id(zone, name, kind, set_identifier)
}

/// Zones, by id, of which some state holds records while none holds the zone. That a name is missing in such a zone
/// proves nothing, and the zone's name may be deeper than the real one: it is the name above all its records where
/// they are written in full.
pub fn partial_zones(estate: &Estate) -> BTreeSet<String> {
    zone::partial(estate)
}

/// The account of the credentials, or else the one account that all resources name; as its root, since no state tells
/// whose credentials made it.
fn caller(estate: &Estate) -> Answer<Caller> {
    let accounts: BTreeSet<&str> = estate
        .instances()
        .filter_map(|instance| estate.account_of(instance))
        .collect();
    let named = || accounts.first().copied().filter(|_| accounts.len() == 1);
    let Some(account) = estate.account().or_else(named) else {
        return Answer::NotRead;
    };
    let partition = estate
        .instances()
        .filter_map(|instance| instance.text("arn")?.strip_prefix("arn:")?.split(':').next())
        .find(|partition| !partition.is_empty())
        .unwrap_or("aws");
    Answer::Found(Caller {
        account: account.to_owned(),
        arn: format!("arn:{partition}:iam::{account}:root"),
    })
}
