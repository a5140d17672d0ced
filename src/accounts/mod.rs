//! Several accounts in one run: which were read, what they hold, and who is to answer a read. Pure.
//!
//! What one account answered never speaks for another: `docs/architecture.md` tells how that is kept.

mod routes;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::estate::bare_zone_id;
use crate::inventory::{Caller, Failure, Inventory};

pub use routes::{Routes, Service};

/// The accounts of a run, as far as their answers have come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Accounts {
    /// Who reads them; the first is the run's own. None where nothing is read.
    callers: Vec<Caller>,
    /// Which account a thing was seen in; only told where several were read.
    buckets: BTreeMap<String, String>,
    distributions: BTreeMap<String, String>,
    zones: BTreeMap<String, String>,
    /// Accounts that were to be read and could not be, and why.
    unread: BTreeMap<String, Failure>,
}

impl Accounts {
    /// What an inventory tells of its accounts.
    pub fn of(inventory: &Inventory) -> Accounts {
        let each = || inventory.each().filter_map(|one| Some((one.caller.found()?, one)));
        let mut accounts = Accounts {
            callers: each().map(|(caller, _)| caller.clone()).collect(),
            unread: inventory
                .unread()
                .map(|(account, failure)| (account.to_owned(), failure.clone()))
                .collect(),
            ..Accounts::default()
        };
        if accounts.are_several() {
            for (caller, one) in each() {
                accounts.locate(&caller.account, one);
            }
        }
        accounts
    }

    fn locate(&mut self, account: &str, inventory: &Inventory) {
        let to = |id: &str| (id.to_owned(), account.to_owned());
        let buckets = inventory.buckets.found().into_iter().flatten();
        self.buckets.extend(buckets.map(|one| to(&one.name)));
        let distributions = inventory.distributions.found().into_iter().flatten();
        self.distributions.extend(distributions.map(|one| to(&one.id)));
        let zones = inventory.zones.found().into_iter().flatten();
        self.zones.extend(zones.map(|one| to(bare_zone_id(&one.id))));
    }

    /// Who reads the run's own account.
    pub fn first(&self) -> Option<&Caller> {
        self.callers.first()
    }

    /// Who reads each account, the run's own first.
    pub fn callers(&self) -> &[Caller] {
        &self.callers
    }

    pub fn are_several(&self) -> bool {
        self.callers.len() > 1
    }

    /// Whether the account is read.
    pub fn has(&self, account: &str) -> bool {
        self.callers.iter().any(|caller| caller.account == account)
    }

    /// The accounts that were to be read and could not be, and why.
    pub fn unread(&self) -> &BTreeMap<String, Failure> {
        &self.unread
    }

    /// The account whose listing has the bucket.
    pub fn of_bucket(&self, bucket: &str) -> Option<&str> {
        self.buckets.get(bucket).map(String::as_str)
    }

    /// The account whose listing has the distribution.
    pub fn of_distribution(&self, id: &str) -> Option<&str> {
        self.distributions.get(id).map(String::as_str)
    }

    /// The account whose listing has the zone.
    pub fn of_zone(&self, id: &str) -> Option<&str> {
        self.zones.get(bare_zone_id(id)).map(String::as_str)
    }

    /// The account that a thing was seen in, by its Terraform type and import id.
    pub fn of_thing(&self, terraform_type: &str, id: &str) -> Option<&str> {
        match terraform_type {
            "aws_cloudfront_distribution" => self.of_distribution(id),
            "aws_route53_zone" => self.of_zone(id),
            "aws_route53_record" => self.of_zone(id.split('_').next().unwrap_or(id)),
            // Ids of split resources are `bucket` or `bucket,owner`.
            kind if kind.starts_with("aws_s3_bucket") => self.of_bucket(id.split(',').next().unwrap_or(id)),
            _ => None,
        }
    }
}
