//! The round trip: what a state declares, compared with that state, differs in nothing; and a changed state does.

use std::collections::BTreeSet;

use serde_json::Value;

use super::world;
use crate::compare::compare;
use crate::estate::Estate;
use crate::expected::{Instance, State};
use crate::finding::Unchecked;
use crate::inventory::Caller;
use crate::kinds;
use crate::serving::declared::{addresses, inventory};

const WORLDS: [&str; 8] = [
    "worlds/two-sites/terraform.tfstate",
    "worlds/two-sites/terraform.refreshed.tfstate",
    "worlds/every-attribute/terraform.tfstate",
    "worlds/every-attribute/terraform.refreshed.tfstate",
    "worlds/inline-forms/terraform.tfstate",
    "worlds/inline-forms/terraform.refreshed.tfstate",
    "incident/00-healthy/terraform.tfstate",
    "incident/06-fixed/terraform.tfstate",
];

/// The settings of a bucket that no step of the path asks about.
const NOT_FILLED: [&str; 7] = [
    "acceleration_status",
    "cors_rule",
    "grant",
    "lifecycle_rule",
    "logging",
    "object_lock_configuration",
    "replication_configuration",
];

fn is_not_filled(unchecked: &Unchecked) -> bool {
    let part = unchecked
        .detail
        .strip_prefix('`')
        .and_then(|rest| rest.split('`').next());
    unchecked.address.contains("aws_s3_bucket.") && part.is_some_and(|part| NOT_FILLED.contains(&part))
}

/// What no state can say more exactly, by type: attributes that are derived or only Terraform's own, identities (which
/// make another thing of it), and what another attribute of the same resource says as well.
const SAY_NOTHING: [(&str, &[&str]); 9] = [
    (
        "aws_cloudfront_distribution",
        &[
            "arn",
            "caller_reference",
            "domain_name",
            "etag",
            "hosted_zone_id",
            "in_progress_validation_batches",
            "last_modified_time",
            "retain_on_delete",
            "status",
            "tags",
            "trusted_key_groups",
            "trusted_signers",
            "wait_for_deployment",
        ],
    ),
    ("aws_cloudfront_origin_access_control", &["arn", "etag"]),
    (
        "aws_cloudfront_origin_access_identity",
        &[
            "arn",
            "caller_reference",
            "cloudfront_access_identity_path",
            "etag",
            "iam_arn",
        ],
    ),
    ("aws_route53_record", &["allow_overwrite", "fqdn", "id"]),
    (
        "aws_route53_zone",
        &[
            "arn",
            "delegation_set_id",
            "force_destroy",
            "name_servers",
            "primary_name_server",
            "tags",
            "zone_id",
        ],
    ),
    (
        "aws_s3_bucket",
        &[
            "acl",
            "arn",
            "bucket_domain_name",
            "bucket_prefix",
            "bucket_regional_domain_name",
            "force_destroy",
            "hosted_zone_id",
            "id",
            "object_lock_enabled",
            "tags",
            "website_domain",
            "website_endpoint",
        ],
    ),
    ("aws_s3_bucket_policy", &["bucket", "id"]),
    ("aws_s3_bucket_versioning", &["bucket", "expected_bucket_owner", "id"]),
    (
        "aws_s3_bucket_website_configuration",
        &[
            "bucket",
            "expected_bucket_owner",
            "id",
            "routing_rule",
            "website_domain",
            "website_endpoint",
        ],
    ),
];

/// Leaves that say nothing in some of their places: TTLs under a cache policy, the TTL of an alias, what CloudFront's
/// own certificate forces, the region of a VPC (which is not part of its identity), the id of a resource that has its
/// bucket's name beside it.
const SAY_NOTHING_HERE: [&str; 12] = [
    "aws_cloudfront_distribution.default_cache_behavior.default_ttl",
    "aws_cloudfront_distribution.default_cache_behavior.max_ttl",
    "aws_cloudfront_distribution.default_cache_behavior.min_ttl",
    "aws_cloudfront_distribution.ordered_cache_behavior.default_ttl",
    "aws_cloudfront_distribution.ordered_cache_behavior.max_ttl",
    "aws_cloudfront_distribution.ordered_cache_behavior.min_ttl",
    "aws_cloudfront_distribution.viewer_certificate.minimum_protocol_version",
    "aws_cloudfront_distribution.viewer_certificate.ssl_support_method",
    "aws_route53_record.ttl",
    "aws_route53_zone.vpc.vpc_region",
    "aws_s3_bucket_ownership_controls.id",
    "aws_s3_bucket_public_access_block.id",
];

fn says_something(kind: &str, path: &str) -> bool {
    let attribute = path.split('.').next().unwrap_or_default();
    let not_filled = kind == "aws_s3_bucket" && NOT_FILLED.contains(&attribute);
    let nothing = SAY_NOTHING
        .iter()
        .any(|(of, names)| *of == kind && names.contains(&attribute));
    !(nothing || not_filled)
}

#[test]
fn a_state_is_what_it_declares() {
    for name in WORLDS {
        let states = [world(name)];
        let caller = Caller {
            account: "000000000000".to_owned(),
            arn: "arn:aws:iam::000000000000:root".to_owned(),
        };
        for caller in [None, Some(&caller)] {
            let estate = Estate::new(&states, caller);
            let comparison = compare(&estate, &inventory(&estate));
            assert_eq!(comparison.findings, [], "{name}");
            let unchecked: Vec<&Unchecked> = comparison.unchecked.iter().filter(|u| !is_not_filled(u)).collect();
            assert_eq!(unchecked, Vec::<&Unchecked>::new(), "{name}");
            assert!(comparison.counts.resources > 0, "{name}");
        }
    }
}

/// Every leaf of a value with its path of names, lists without their positions.
fn leaves(value: &Value, path: &str, pointer: &str, into: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            for (name, inner) in map {
                let path = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                leaves(inner, &path, &format!("{pointer}/{}", name.replace('/', "~1")), into);
            }
        }
        Value::Array(items) => {
            for (i, inner) in items.iter().enumerate() {
                leaves(inner, path, &format!("{pointer}/{i}"), into);
            }
        }
        Value::Null => {}
        _ => into.push((path.to_owned(), pointer.to_owned())),
    }
}

/// Another value of the same type. Texts stay what they are: JSON stays JSON, a number in a text stays a number.
fn altered(value: &Value) -> Value {
    match value {
        Value::Bool(flag) => Value::Bool(!flag),
        Value::Number(n) => Value::from(n.as_i64().unwrap_or(0) + 7),
        Value::String(text) if text.contains("\"Statement\"") => Value::from(text.replace("Allow", "Deny")),
        Value::String(text) if text.starts_with('[') => Value::from(text.replace("\":\"", "\":\"x")),
        Value::String(text) if text == "true" => Value::from("false"),
        Value::String(text) => match text.parse::<i64>() {
            Ok(n) => Value::from((n + 7).to_string()),
            Err(_) => Value::from(format!("x{text}")),
        },
        other => other.clone(),
    }
}

fn differs(state: &State, original: &Estate) -> bool {
    let changed = [state.clone()];
    let declared = inventory(&Estate::new(&changed, None));
    let comparison = compare(original, &declared);
    !comparison.findings.is_empty() || !comparison.unchecked.iter().all(is_not_filled)
}

/// The state with nothing but one instance and, as the others refer to them, every bucket and zone.
fn around(state: &State, instance: &Instance) -> State {
    let mut kept = state.clone();
    kept.instances.retain(|other| {
        other.address == instance.address
            || (matches!(other.terraform_type.as_str(), "aws_s3_bucket" | "aws_route53_zone")
                && ["bucket", "zone_id"]
                    .iter()
                    .any(|name| other.text(name).is_some_and(|id| instance.text(name) == Some(id))))
    });
    kept
}

#[test]
fn whatever_is_altered_in_a_state_is_altered_in_what_it_declares() {
    let mut unseen = BTreeSet::new();
    let mut tried = 0;
    for name in [
        "worlds/every-attribute/terraform.refreshed.tfstate",
        "worlds/inline-forms/terraform.refreshed.tfstate",
    ] {
        let state = world(name);
        for instance in state
            .instances
            .iter()
            .filter(|i| kinds::of(&i.terraform_type).is_some())
        {
            let before = [around(&state, instance)];
            let original = Estate::new(&before, None);
            let attributes = Value::Object(instance.attributes.clone());
            let mut paths = Vec::new();
            leaves(&attributes, "", "", &mut paths);
            for (path, pointer) in paths {
                let mut changed = attributes.clone();
                let leaf = changed.pointer_mut(&pointer).unwrap();
                *leaf = altered(leaf);
                let Value::Object(changed) = changed else {
                    unreachable!("attributes are an object")
                };
                let mut after = before[0].clone();
                let own = after
                    .instances
                    .iter_mut()
                    .find(|other| other.address == instance.address)
                    .unwrap();
                own.attributes = changed;
                tried += 1;
                let kind = instance.terraform_type.as_str();
                if !differs(&after, &original) && says_something(kind, &path) {
                    unseen.insert(format!("{kind}.{path}"));
                }
            }
        }
    }
    assert!(tried > 1000, "only {tried} leaves");
    let expected: BTreeSet<String> = SAY_NOTHING_HERE.map(str::to_owned).into();
    assert_eq!(unseen, expected);
}

#[test]
fn every_covered_instance_is_found_by_the_id_that_findings_carry() {
    for name in WORLDS {
        let states = [world(name)];
        let estate = Estate::new(&states, None);
        let addresses = addresses(&estate);
        for instance in estate.instances() {
            let Some(kind) = kinds::of(&instance.terraform_type) else {
                continue;
            };
            let id = kind.identity(instance, &estate).unwrap().id;
            let known = addresses.all(&instance.terraform_type, &id);
            assert_eq!(known, std::slice::from_ref(&instance.address), "{name}");
        }
    }
}
