//! `aws_cloudfront_distribution`, every nested block. `shape` says how each attribute compares, `live` writes a live
//! distribution down as the provider's Read would; here stands what only both sides together decide.

mod live;
mod shape;

use serde_json::{Map, Value};

use super::{Identity, Kind, Live, global_id, tags, text};
use crate::canon::{Block, NamePath, canonical, diff};
use crate::estate::Estate;
use crate::expected::Instance;
use crate::iam::principal::Identities;
use crate::inventory::{Answer, DistributionConfig, Failure, Inventory};
use crate::plan::Read;

pub(super) struct CloudfrontDistribution;

/// The attributes in which two distributions' configurations differ, however they are spelled, as paths
/// (`origin["website"].origin_path`) in which the attribute's own name comes first.
pub fn differing(one: &DistributionConfig, other: &DistributionConfig) -> Vec<String> {
    let shape = shape::distribution();
    let node = |config| canonical(&shape, &live::attributes(config, false));
    let differences = diff(&node(one), &node(other), &Identities::default());
    differences.into_iter().map(|difference| difference.path).collect()
}

impl Kind for CloudfrontDistribution {
    fn terraform_type(&self) -> &'static str {
        "aws_cloudfront_distribution"
    }

    fn schema_version(&self) -> u64 {
        1
    }

    fn identity(&self, instance: &Instance, _estate: &Estate) -> Result<Identity, Failure> {
        global_id(instance)
    }

    fn reads(&self, instance: &Instance, _estate: &Estate) -> Vec<Read> {
        let mut reads = vec![Read::Distribution(text(instance, "id").to_owned())];
        let arn = text(instance, "arn");
        if !arn.is_empty() && tags::expected(instance).is_some() {
            reads.push(Read::DistributionTags(arn.to_owned()));
        }
        reads
    }

    fn shape(&self) -> Block {
        shape::distribution()
    }

    fn expected(&self, instance: &Instance, _estate: &Estate, _inventory: &Inventory) -> Map<String, Value> {
        let mut attributes = instance.attributes.clone();
        // The provider stores these only as the service's own defaults; a live value other than those is a change.
        attributes.insert("connection_mode".to_owned(), Value::Null);
        attributes.remove("tags");
        if let Some(all) = tags::expected(instance) {
            attributes.insert("tags".to_owned(), all);
        }
        attributes
    }

    fn live(&self, instance: &Instance, _estate: &Estate, inventory: &Inventory) -> Live {
        let id = text(instance, "id");
        let distribution = match Inventory::look_up(&inventory.distribution, id).known() {
            Ok(Some(distribution)) => distribution,
            Ok(None) => return Live::Gone(format!("the distribution {id} does not exist")),
            Err(failure) => return Live::Unknown(failure),
        };
        let mut attributes = live::attributes(
            &distribution.config,
            instance.attributes.contains_key("logging_v1_enabled"),
        );
        let mut unknown = Vec::new();
        if tags::expected(instance).is_some() {
            match Inventory::look_up(&inventory.distribution_tags, text(instance, "arn")) {
                Answer::Absent => _ = attributes.insert("tags".to_owned(), Value::Null),
                answer => match answer.known() {
                    Ok(found) => _ = attributes.insert("tags".to_owned(), found.map_or(Value::Null, tags::live)),
                    Err(failure) => unknown.push(("tags", failure)),
                },
            }
        }
        Live::Found { attributes, unknown }
    }

    fn reconcile(&self, expected: &mut Map<String, Value>, live: &mut Map<String, Value>) {
        let account = text_in(expected, "arn").split(':').nth(4).unwrap_or("").to_owned();
        for side in [expected, live] {
            for name in ["default_cache_behavior", "ordered_cache_behavior"] {
                each_block(side, name, |behaviour| settle_behaviour(behaviour, &account));
            }
            each_block(side, "viewer_certificate", settle_certificate);
            each_block(side, "origin", settle_origin);
        }
    }

    fn secrets(&self) -> Vec<NamePath> {
        vec![["origin", "custom_header", "value"].map(str::to_owned).to_vec()]
    }

    fn beyond(&self) -> &'static [&'static str] {
        &[
            "cache_tag_config",
            "connection_function_association",
            "viewer_mtls_config",
        ]
    }
}

fn text_in<'a>(attributes: &'a Map<String, Value>, name: &str) -> &'a str {
    attributes.get(name).and_then(Value::as_str).unwrap_or("")
}

fn each_block(attributes: &mut Map<String, Value>, name: &str, mut settle: impl FnMut(&mut Map<String, Value>)) {
    if let Some(Value::Array(blocks)) = attributes.get_mut(name) {
        for block in blocks {
            if let Value::Object(block) = block {
                settle(block);
            }
        }
    }
}

/// Under a cache policy the TTLs of the behaviour have no effect: the provider stores 0, the API leaves them out. The
/// account's own id among the signers comes back as `self`.
fn settle_behaviour(behaviour: &mut Map<String, Value>, account: &str) {
    if !text_in(behaviour, "cache_policy_id").is_empty() {
        for name in ["min_ttl", "default_ttl", "max_ttl"] {
            behaviour.remove(name);
        }
    }
    if let Some(Value::Array(signers)) = behaviour.get_mut("trusted_signers") {
        for signer in signers {
            if !account.is_empty() && signer.as_str() == Some(account) {
                *signer = Value::from("self");
            }
        }
    }
    each_block(behaviour, "forwarded_values", |forwarded| {
        each_block(forwarded, "cookies", |cookies| {
            if text_in(cookies, "forward") != "whitelist" {
                cookies.insert("whitelisted_names".to_owned(), Value::Null);
            }
        });
    });
}

/// With CloudFront's own certificate the service forces `TLSv1` and `vip`, whatever was sent.
fn settle_certificate(certificate: &mut Map<String, Value>) {
    if certificate.get("cloudfront_default_certificate") == Some(&Value::Bool(true)) {
        certificate.remove("minimum_protocol_version");
        certificate.remove("ssl_support_method");
    }
}

/// A shield that is switched off is no shield, whatever region it names (provider issue 33464).
fn settle_origin(origin: &mut Map<String, Value>) {
    let off = |shield: &Value| shield.get("enabled") != Some(&Value::Bool(true));
    if let Some(Value::Array(shields)) = origin.get_mut("origin_shield") {
        shields.retain(|shield| !off(shield));
    }
}
