//! `aws_s3_bucket_website_configuration`.
//!
//! The state holds the routing rules twice, as blocks and as JSON, both made of one answer. The JSON form is compared
//! where there is one, since only it can express an empty `ReplaceKeyPrefixWith` (which removes the prefix).

use serde_json::{Map, Value, json};

use super::{Identity, Kind, Live, bucket, text};
use crate::canon::{Block, Shape};
use crate::estate::Estate;
use crate::expected::Instance;
use crate::inventory::{Failure, Inventory, RoutingRule, Website};
use crate::plan::{BucketAspect, Read};

pub(super) struct S3BucketWebsiteConfiguration;

impl Kind for S3BucketWebsiteConfiguration {
    fn terraform_type(&self) -> &'static str {
        "aws_s3_bucket_website_configuration"
    }

    fn identity(&self, instance: &Instance, estate: &Estate) -> Result<Identity, Failure> {
        bucket::identity(instance, estate)
    }

    fn reads(&self, instance: &Instance, _estate: &Estate) -> Vec<Read> {
        bucket::reads(instance, BucketAspect::Website)
    }

    fn shape(&self) -> Block {
        Block::new([
            (
                "index_document",
                Shape::Vanishing(Block::new([("suffix", Shape::text())])),
            ),
            ("error_document", Shape::Vanishing(Block::new([("key", Shape::text())]))),
            (
                "redirect_all_requests_to",
                Shape::Vanishing(Block::new([
                    ("host_name", Shape::caseless()),
                    ("protocol", Shape::text()),
                ])),
            ),
            ("routing_rule", Shape::list(Shape::Json)),
        ])
    }

    fn expected(&self, instance: &Instance, _estate: &Estate, _inventory: &Inventory) -> Map<String, Value> {
        let mut attributes = bucket::only(
            instance,
            &["index_document", "error_document", "redirect_all_requests_to"],
        );
        if let Some(rules) = json_rules(instance) {
            attributes.insert("routing_rule".to_owned(), rules);
        } else if let Some(Value::Array(blocks)) = instance.attributes.get("routing_rule") {
            attributes.insert("routing_rule".to_owned(), blocks.iter().map(from_block).collect());
        } else if instance.attributes.contains_key("routing_rule") {
            attributes.insert("routing_rule".to_owned(), Value::Null);
        }
        attributes
    }

    fn live(&self, instance: &Instance, _estate: &Estate, inventory: &Inventory) -> Live {
        let name = bucket::name(instance);
        let keep_empty = json_rules(instance).is_some();
        bucket::sub_resource(
            inventory,
            name,
            &inventory.bucket(name).website,
            "website configuration",
            |website| attributes(website, keep_empty),
        )
    }
}

/// The state's JSON form of the rules, without nulls and empty protocols as the provider writes it.
fn json_rules(instance: &Instance) -> Option<Value> {
    let parsed: Value = serde_json::from_str(text(instance, "routing_rules")).ok()?;
    let rules: Vec<Value> = parsed.as_array()?.iter().map(|rule| prune(rule, true)).collect();
    (!rules.is_empty()).then_some(Value::Array(rules))
}

fn attributes(website: &Website, keep_empty: bool) -> Value {
    let rules: Vec<Value> = website
        .routing_rules
        .iter()
        .map(|rule| prune(&rule_json(rule), keep_empty))
        .collect();
    json!({
        "index_document": bucket::block(website.index_document.as_ref().map(|suffix| json!({ "suffix": suffix }))),
        "error_document": bucket::block(website.error_document.as_ref().map(|key| json!({ "key": key }))),
        "redirect_all_requests_to": bucket::block(website.redirect_all_requests_to.as_ref().map(|redirect| {
            json!({ "host_name": redirect.host_name, "protocol": redirect.protocol })
        })),
        "routing_rule": rules,
    })
}

/// One rule in the API's JSON, as `routing_rules` holds it.
pub(super) fn rule_json(rule: &RoutingRule) -> Value {
    json!({
        "Condition": {
            "HttpErrorCodeReturnedEquals": rule.http_error_code_returned_equals,
            "KeyPrefixEquals": rule.key_prefix_equals,
        },
        "Redirect": {
            "HostName": rule.host_name,
            "HttpRedirectCode": rule.http_redirect_code,
            "Protocol": rule.protocol,
            "ReplaceKeyPrefixWith": rule.replace_key_prefix_with,
            "ReplaceKeyWith": rule.replace_key_with,
        },
    })
}

/// A rule block of the state in the same form; a block cannot hold a meaningful empty string.
fn from_block(block: &Value) -> Value {
    let inner = |name: &str, member: &str| {
        block
            .get(name)
            .and_then(|list| list.get(0))
            .and_then(|b| b.get(member))
            .cloned()
    };
    prune(
        &json!({
            "Condition": {
                "HttpErrorCodeReturnedEquals": inner("condition", "http_error_code_returned_equals"),
                "KeyPrefixEquals": inner("condition", "key_prefix_equals"),
            },
            "Redirect": {
                "HostName": inner("redirect", "host_name"),
                "HttpRedirectCode": inner("redirect", "http_redirect_code"),
                "Protocol": inner("redirect", "protocol"),
                "ReplaceKeyPrefixWith": inner("redirect", "replace_key_prefix_with"),
                "ReplaceKeyWith": inner("redirect", "replace_key_with"),
            },
        }),
        false,
    )
}

/// Drops nulls, empty objects, empty protocols and, unless they are to be kept, empty strings.
pub(super) fn prune(value: &Value, keep_empty: bool) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(name, inner)| (name.clone(), prune(inner, keep_empty && name != "Protocol")))
            .filter(|(_, inner)| match inner {
                Value::Null => false,
                Value::Object(map) => !map.is_empty(),
                Value::String(text) => !text.is_empty() || keep_empty,
                _ => true,
            })
            .filter(|(name, inner)| !(name == "Protocol" && inner.as_str() == Some("")))
            .collect::<Map<_, _>>()
            .into(),
        other => other.clone(),
    }
}
