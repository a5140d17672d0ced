//! What assertions may ask about serving: aliases and certificates, origins and how they are read, environments, and who
//! can read a bucket. Whatever the answers of AWS leave open is unknown.

use std::collections::BTreeSet;

use super::certificate_names::covering;
use super::findings::{Pair, zone_of};
use super::labels::{Environment, Label, Named, label};
use super::origin_domain::OriginDomain;
use crate::iam::Document;
use crate::iam::public::is_public;
use crate::inventory::{Acl, Answer, Distribution, Failure, Inventory, Origin, PublicAccessBlock, Tags};
use crate::language::Value;
use crate::plan::{BucketAspect, Read};

/// Grantees that are everybody, or everybody with an AWS account.
const ANYBODY: [&str; 2] = [
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
];

/// Facts about one thing.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Null for a thing of another type than a distribution or a bucket.
    pub value: Value,
    /// Reads that brought nothing and that some unknown part rests on.
    pub failures: Vec<Failure>,
}

/// The reads that the facts about everything in an inventory rest on.
pub fn reads(inventory: &Inventory) -> Vec<Read> {
    let mut reads = vec![Read::Distributions, Read::AccountPublicAccessBlock];
    let mut buckets: BTreeSet<&str> = inventory.bucket.keys().map(String::as_str).collect();
    let mut domains = Vec::new();
    for distribution in inventory.distribution.values().filter_map(Answer::found) {
        reads.push(Read::DistributionTags(distribution.arn.clone()));
        let certificate = distribution.config.viewer_certificate.acm_certificate_arn.iter();
        reads.extend(certificate.cloned().map(Read::Certificate));
        let origins = distribution.config.origins.iter();
        domains.extend(origins.map(|origin| OriginDomain::parse(&origin.domain_name)));
    }
    buckets.extend(domains.iter().filter_map(OriginDomain::bucket));
    for bucket in buckets {
        // Those of other accounts cannot be asked.
        let listed = inventory.buckets.found().into_iter().flatten();
        if !listed.into_iter().any(|one| one.name == bucket) {
            continue;
        }
        for aspect in [
            BucketAspect::Policy,
            BucketAspect::PublicAccessBlock,
            BucketAspect::Acl,
            BucketAspect::Ownership,
        ] {
            reads.push(Read::Bucket {
                bucket: bucket.to_owned(),
                aspect,
            });
        }
    }
    reads
}

/// Tells them from what was read.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    inventory: &'a Inventory,
    /// The followed hosts; `None` where none was followed.
    pairs: Option<&'a [Pair]>,
}

/// An answer, or that nobody knows.
type Known<T> = Option<T>;

impl<'a> Facts<'a> {
    pub fn new(inventory: &'a Inventory, pairs: Option<&'a [Pair]>) -> Facts<'a> {
        Facts { inventory, pairs }
    }

    /// The facts about a thing.
    pub fn of(&self, terraform_type: &str, id: &str) -> Fact {
        let mut failures = Vec::new();
        let value = match terraform_type {
            "aws_cloudfront_distribution" => match Inventory::look_up(&self.inventory.distribution, id).found() {
                Some(distribution) => self.distribution(distribution, &mut failures),
                None => Value::Unknown,
            },
            "aws_s3_bucket" => self.bucket(id, &mut failures),
            _ => Value::Null,
        };
        Fact { value, failures }
    }

    fn distribution(&self, distribution: &Distribution, failures: &mut Vec<Failure>) -> Value {
        let config = &distribution.config;
        let names = self.certificate_names(distribution, failures);
        let aliases = config.aliases.iter().map(|alias| {
            let covered = names.as_ref().map(|names| covering(names, alias).is_some());
            Value::object([("name", Value::from(alias.as_str())), ("covered", of(covered))])
        });
        let origins: Vec<Value> = config
            .origins
            .iter()
            .map(|origin| self.origin(origin, failures))
            .collect();
        let environment = match self.tags(distribution, failures) {
            Some(tags) => label(&tags, &[]).map_or(Value::Null, named),
            None => Value::Unknown,
        };
        let labels = config.aliases.iter().filter_map(|alias| self.label_of_host(alias));
        let hosts = match self.pairs {
            Some(pairs) => {
                let id = Some(distribution.id.as_str());
                let answered = pairs.iter().filter(|pair| pair.live.distribution.as_deref() == id);
                Value::list(answered.map(|pair| Value::from(pair.live.host.as_str())))
            }
            None => Value::Unknown,
        };
        Value::object([
            ("aliases", Value::tuple(aliases)),
            ("origins", Value::tuple(origins)),
            ("environment", environment),
            ("environments", environments(labels)),
            ("hosts", hosts),
        ])
    }

    /// The names that a distribution's certificate covers.
    fn certificate_names(&self, distribution: &Distribution, failures: &mut Vec<Failure>) -> Known<Vec<String>> {
        let certificate = &distribution.config.viewer_certificate;
        if certificate.cloudfront_default_certificate {
            return Some(vec!["*.cloudfront.net".to_owned()]);
        }
        let arn = certificate.acm_certificate_arn.as_ref()?;
        let answer = Inventory::look_up(&self.inventory.certificate, arn);
        known(answer, failures)?.map(|certificate| certificate.names.clone())
    }

    fn origin(&self, origin: &Origin, failures: &mut Vec<Failure>) -> Value {
        let domain = OriginDomain::parse(&origin.domain_name);
        let identity = origin
            .s3_origin
            .as_ref()
            .and_then(|s3| s3.origin_access_identity.as_deref());
        let identity = match (&origin.origin_access_control_id, identity) {
            (Some(_), _) => Value::from("origin access control"),
            (None, Some(path)) if !path.is_empty() => Value::from("origin access identity"),
            _ if domain.is_s3() => Value::from("anonymous"),
            _ => Value::Null,
        };
        let (bucket, public) = match domain.bucket() {
            Some(bucket) => (Value::from(bucket), of(self.public(bucket, failures))),
            None => (Value::Null, Value::Null),
        };
        Value::object([
            ("id", Value::from(origin.id.as_str())),
            ("bucket", bucket),
            ("identity", identity),
            ("bucket_public", public),
        ])
    }

    fn bucket(&self, bucket: &str, failures: &mut Vec<Failure>) -> Value {
        let listed = known(&self.inventory.distributions, failures).flatten();
        let serves = |domains: &[String]| {
            let mut domains = domains.iter();
            domains.any(|domain| OriginDomain::parse(domain).bucket() == Some(bucket))
        };
        let serving: Known<Vec<&_>> = listed.map(|all| all.iter().filter(|one| serves(&one.origin_domains)).collect());
        let ids = serving
            .as_ref()
            .map(|all| Value::list(all.iter().map(|one| Value::from(one.id.as_str()))));
        let environments = serving.as_ref().and_then(|all| {
            let mut labels = Vec::new();
            for summary in all {
                let distribution = Inventory::look_up(&self.inventory.distribution, &summary.id);
                let tags = match distribution.found() {
                    Some(distribution) => self.tags(distribution, failures)?,
                    None => known(distribution, failures).and(None)?,
                };
                let by_hosts = || summary.aliases.iter().filter_map(|alias| self.label_of_host(alias));
                match label(&tags, &[]) {
                    Some(label) => labels.push(label),
                    None => labels.extend(by_hosts()),
                }
            }
            Some(environments(labels.into_iter()))
        });
        Value::object([
            ("distributions", ids.unwrap_or(Value::Unknown)),
            ("environments", environments.unwrap_or(Value::Unknown)),
            ("public", of(self.public(bucket, failures))),
        ])
    }

    fn tags(&self, distribution: &Distribution, failures: &mut Vec<Failure>) -> Known<Tags> {
        let answer = Inventory::look_up(&self.inventory.distribution_tags, &distribution.arn);
        known(answer, failures).map(|tags| tags.cloned().unwrap_or_default())
    }

    fn label_of_host(&self, host: &str) -> Option<Label> {
        let name = Named {
            what: "host",
            name: host,
            zone: zone_of(host, self.inventory),
        };
        label(&Tags::new(), &[name])
    }

    /// Whether everybody can read something in a bucket: by its policy, or by its access control list, as far as public
    /// access is not blocked.
    fn public(&self, bucket: &str, failures: &mut Vec<Failure>) -> Known<bool> {
        let policy = self.public_policy(bucket, failures);
        let acl = self.public_acl(bucket, failures);
        either(policy, acl)
    }

    fn public_policy(&self, bucket: &str, failures: &mut Vec<Failure>) -> Known<bool> {
        let answers = self.inventory.bucket(bucket);
        let open = match known(&answers.policy, failures)? {
            Some(text) => is_public(&Document::parse(text).ok()?),
            None => false,
        };
        if !open {
            return Some(false);
        }
        self.blocked(bucket, |block| block.restrict_public_buckets, failures)
            .map(|blocked| !blocked)
    }

    fn public_acl(&self, bucket: &str, failures: &mut Vec<Failure>) -> Known<bool> {
        let answers = self.inventory.bucket(bucket);
        if answers
            .ownership
            .found()
            .is_some_and(|mode| mode == "BucketOwnerEnforced")
        {
            return Some(false);
        }
        let open = known(&answers.acl, failures)?.is_some_and(is_open);
        if !open {
            return Some(false);
        }
        known(&answers.ownership, failures)?;
        self.blocked(bucket, |block| block.ignore_public_acls, failures)
            .map(|blocked| !blocked)
    }

    /// Whether a switch of the bucket's or the account's public access block is on.
    fn blocked(
        &self,
        bucket: &str,
        switch: fn(&PublicAccessBlock) -> bool,
        failures: &mut Vec<Failure>,
    ) -> Known<bool> {
        let mut on = |answer| known(answer, failures).map(|block| block.is_some_and(switch));
        let own = on(&self.inventory.bucket(bucket).public_access_block);
        either(own, on(self.inventory.public_access_block_over(bucket)))
    }
}

fn is_open(acl: &Acl) -> bool {
    let mut grants = acl.grants.iter();
    grants.any(|grant| grant.uri.as_deref().is_some_and(|uri| ANYBODY.contains(&uri)))
}

/// True if one is, false if both are.
fn either(one: Known<bool>, other: Known<bool>) -> Known<bool> {
    match (one, other) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

/// What was answered; a failure is kept.
fn known<'v, T>(answer: &'v Answer<T>, failures: &mut Vec<Failure>) -> Known<Option<&'v T>> {
    answer.known().map_err(|failure| failures.push(failure)).ok()
}

fn of(known: Known<bool>) -> Value {
    known.map_or(Value::Unknown, Value::from)
}

fn named(label: Label) -> Value {
    Value::from(label.environment.name())
}

/// The environments of several labels that are certainly different ones.
fn environments(labels: impl Iterator<Item = Label>) -> Value {
    let mut all: BTreeSet<Environment> = labels.map(|label| label.environment).collect();
    // "Anything but production" may be the same as a stage before it.
    let stages = all
        .iter()
        .any(|one| !matches!(one, Environment::Production | Environment::NonProduction));
    if stages {
        all.remove(&Environment::NonProduction);
    }
    Value::list(all.into_iter().map(|environment| Value::from(environment.name())))
}
