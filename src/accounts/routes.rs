//! Which account is to answer a read.

use std::collections::{BTreeMap, BTreeSet};

use super::Accounts;
use crate::estate::{Estate, account_in_arn};
use crate::expected::Instance;
use crate::inventory::Inventory;
use crate::kinds;
use crate::plan::{Plans, Read, ReadPlan};

/// A service that lists what an account has of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    S3,
    CloudFront,
    Route53,
}

impl Service {
    const ALL: [Service; 3] = [Service::S3, Service::CloudFront, Service::Route53];

    fn of_type(terraform_type: &str) -> Option<Service> {
        let begins = |prefix| terraform_type.starts_with(prefix);
        match () {
            () if begins("aws_s3_") => Some(Service::S3),
            () if begins("aws_cloudfront_") => Some(Service::CloudFront),
            () if begins("aws_route53_") => Some(Service::Route53),
            () => None,
        }
    }

    fn listing(self) -> Read {
        match self {
            Service::S3 => Read::Buckets,
            Service::CloudFront => Read::Distributions,
            Service::Route53 => Read::Zones,
        }
    }
}

/// Sends every read to the account that has what it asks about.
pub struct Routes<'a> {
    accounts: &'a Accounts,
    /// The accounts in which the states have something of a service, or may have; never empty while any account is read.
    holders: BTreeMap<Service, Vec<&'a str>>,
    /// By Terraform type and the id that a read names, the account that the state puts it in.
    declared: BTreeMap<(Service, &'a str), &'a str>,
}

impl<'a> Routes<'a> {
    /// `estate` is that of all accounts.
    pub fn new(estate: &Estate<'a>, accounts: &'a Accounts) -> Routes<'a> {
        let all: Vec<&str> = accounts
            .callers()
            .iter()
            .map(|caller| caller.account.as_str())
            .collect();
        let mut holders: BTreeMap<Service, BTreeSet<&str>> = BTreeMap::new();
        let mut declared = BTreeMap::new();
        for instance in estate.instances() {
            let Some(service) = Service::of_type(&instance.terraform_type) else {
                continue;
            };
            let account = estate.account_of(instance);
            if let (Some(id), Some(account)) = (subject(service, instance), account) {
                declared.entry((service, id)).or_insert(account);
            }
            if kinds::of(&instance.terraform_type).is_some() {
                let held = all.iter().filter(|one| account.is_none_or(|account| account == **one));
                holders.entry(service).or_default().extend(held);
            }
        }
        let holders = Service::ALL.into_iter().map(|service| {
            let of_service = match estate.states() {
                // Without a state, anything may be anywhere.
                [] => all.iter().copied().collect(),
                _ => holders.remove(&service).unwrap_or_default(),
            };
            // The run's own account stands in for what no state has anywhere, and is asked first.
            let asked: Vec<&str> = all.iter().copied().filter(|one| of_service.contains(one)).collect();
            let asked = if asked.is_empty() {
                all.iter().copied().take(1).collect()
            } else {
                asked
            };
            (service, asked)
        });
        Routes {
            accounts,
            holders: holders.collect(),
            declared,
        }
    }

    /// What tells where things live: of several accounts, the listings of everything that the states have, or may have,
    /// in them. One account needs none.
    pub fn listings(&self) -> Plans {
        let mut plans = Plans::default();
        if self.accounts.are_several() {
            for service in Service::ALL {
                for account in self.holders(service) {
                    plans.add(account, service.listing());
                }
            }
        }
        plans
    }

    /// Takes back the listings that failed in accounts which turned out to hold nothing of the service: they were only
    /// asked because nothing told where a thing lives, and another account has it.
    pub fn forget_idle(&self, inventory: &mut Inventory) {
        for caller in self.accounts.callers() {
            let account = caller.account.as_str();
            let Some(one) = inventory.of_mut(account) else { continue };
            for service in Service::ALL {
                if !self.holders(service).contains(&account) && one.failure_of(&service.listing()).is_some() {
                    match service {
                        Service::S3 => one.buckets = Default::default(),
                        Service::CloudFront => one.distributions = Default::default(),
                        Service::Route53 => one.zones = Default::default(),
                    }
                }
            }
        }
    }

    /// Every read with the accounts that are to answer it, without those that `inventory` holds already.
    pub fn split(&self, reads: &ReadPlan, inventory: &Inventory) -> Plans {
        let mut plans = Plans::default();
        for read in reads.iter() {
            for account in self.of(read) {
                if inventory.of(account).is_none_or(|one| !one.holds(read)) {
                    plans.add(account, read.clone());
                }
            }
        }
        plans
    }

    /// The accounts that are to answer a read: one, where anything tells which.
    pub fn of(&self, read: &Read) -> Vec<&'a str> {
        let accounts = self.accounts;
        let (service, known) = match read {
            Read::Buckets | Read::AccountPublicAccessBlock => (Service::S3, None),
            Read::Distributions => (Service::CloudFront, None),
            Read::Zones => (Service::Route53, None),
            Read::Bucket { bucket, .. } | Read::Object { bucket, .. } | Read::Prefix { bucket, .. } => {
                let known = accounts
                    .of_bucket(bucket)
                    .or_else(|| self.declared(Service::S3, bucket));
                // Whose it is, if nobody's here, matters little: whoever asks is told that it is gone or somebody else's.
                return known
                    .or_else(|| self.holders(Service::S3).first().copied())
                    .into_iter()
                    .collect();
            }
            // No account answers about certificates and tags of another one.
            Read::Certificate(arn) | Read::DistributionTags(arn) => {
                let own = accounts.callers().iter().map(|caller| caller.account.as_str());
                let named = own.clone().find(|one| account_in_arn(arn) == Some(*one));
                return named.or_else(|| own.clone().next()).into_iter().collect();
            }
            Read::Distribution(id) => (
                Service::CloudFront,
                accounts
                    .of_distribution(id)
                    .or_else(|| self.declared(Service::CloudFront, id)),
            ),
            Read::OriginAccessControl(id)
            | Read::OriginAccessIdentity(id)
            | Read::OriginRequestPolicy(id)
            | Read::ContinuousDeploymentPolicy(id) => (Service::CloudFront, self.declared(Service::CloudFront, id)),
            Read::Zone(id) | Read::ZoneTags(id) | Read::RecordSets(id) => (
                Service::Route53,
                accounts.of_zone(id).or_else(|| self.declared(Service::Route53, id)),
            ),
            Read::HealthCheck(id) => (Service::Route53, self.declared(Service::Route53, id)),
        };
        known.map_or_else(|| self.holders(service).to_vec(), |account| vec![account])
    }

    fn holders(&self, service: Service) -> &[&'a str] {
        self.holders.get(&service).map(Vec::as_slice).unwrap_or_default()
    }

    /// The account that the states put a thing in, if it is read.
    fn declared(&self, service: Service, id: &str) -> Option<&'a str> {
        self.declared
            .get(&(service, id))
            .copied()
            .filter(|account| self.accounts.has(account))
    }
}

/// The id under which a read names the thing that an instance stands for, or belongs to.
fn subject(service: Service, instance: &Instance) -> Option<&str> {
    match service {
        Service::S3 => instance.text("bucket").or_else(|| instance.text("id")),
        Service::CloudFront => instance.text("id"),
        Service::Route53 => match instance.terraform_type.as_str() {
            "aws_route53_record" => instance.text("zone_id").map(crate::estate::bare_zone_id),
            _ => instance.text("id").map(crate::estate::bare_zone_id),
        },
    }
}
