//! The settings of a bucket that `aws_s3_bucket` records inline: where they stand in the state, which split type owns
//! them since provider 4, and how recorded and live value become one.
//!
//! What AWS puts on every new bucket (AES256, `BucketOwner` pays, the owner's own grant) is the same as nothing.

use serde_json::{Map, Value, json};

use super::bucket::block;
use super::s3_bucket_website_configuration::{prune, rule_json};
use super::text;
use crate::canon::{Block, Shape};
use crate::expected::Instance;
use crate::inventory::{Acl, BucketAnswers, Failure, Grant, LifecycleRule, Transition, Website};
use crate::plan::BucketAspect;
use crate::rules;

/// One inline setting.
pub(super) struct Setting {
    /// The attribute of `aws_s3_bucket`.
    pub(super) attribute: &'static str,
    /// The split type that owns the setting where the state has one for the bucket.
    pub(super) owner: &'static str,
    pub(super) aspect: BucketAspect,
    /// The rule under which a live setting that no state holds is reported.
    pub(super) rule: &'static str,
    /// What it is, for people.
    pub(super) what: &'static str,
    pub(super) shape: fn() -> Shape,
    /// The recorded value, prepared for the shape; none where the state lacks the attribute.
    pub(super) recorded: fn(&Instance, &BucketAnswers) -> Option<Value>,
    pub(super) live: fn(&BucketAnswers) -> Result<Value, Failure>,
}

pub(super) static SETTINGS: &[Setting] = &[
    Setting {
        attribute: "policy",
        owner: "aws_s3_bucket_policy",
        aspect: BucketAspect::Policy,
        rule: rules::UNMANAGED_BUCKET_POLICY,
        what: "a bucket policy",
        shape: || Shape::Policy,
        recorded: |bucket, _| bucket.attributes.get("policy").cloned(),
        live: |answers| Ok(answers.policy.known()?.map_or(Value::Null, |text| json!(text))),
    },
    Setting {
        attribute: "grant",
        owner: "aws_s3_bucket_acl",
        aspect: BucketAspect::Acl,
        rule: rules::UNMANAGED_BUCKET_ACL,
        what: "an ACL grant",
        shape: || Shape::set(Shape::text()),
        recorded: recorded_grants,
        live: |answers| Ok(answers.acl.known()?.map_or(Value::Null, live_grants)),
    },
    Setting {
        attribute: "website",
        owner: "aws_s3_bucket_website_configuration",
        aspect: BucketAspect::Website,
        rule: rules::UNMANAGED_BUCKET_WEBSITE,
        what: "a website configuration",
        shape: website,
        recorded: |bucket, _| bucket.attributes.get("website").cloned(),
        live: |answers| Ok(block(answers.website.known()?.map(live_website))),
    },
    Setting {
        attribute: "versioning",
        owner: "aws_s3_bucket_versioning",
        aspect: BucketAspect::Versioning,
        rule: rules::UNMANAGED_BUCKET_VERSIONING,
        what: "versioning",
        shape: || Shape::Vanishing(Block::new([("enabled", Shape::Bool), ("mfa_delete", Shape::Bool)])),
        recorded: |bucket, _| bucket.attributes.get("versioning").cloned(),
        live: |answers| {
            Ok(block(answers.versioning.known()?.map(|versioning| {
                json!({
                    "enabled": versioning.status.as_deref() == Some("Enabled"),
                    "mfa_delete": versioning.mfa_delete.as_deref() == Some("Enabled"),
                })
            })))
        },
    },
    Setting {
        attribute: "cors_rule",
        owner: "aws_s3_bucket_cors_configuration",
        aspect: BucketAspect::Cors,
        rule: rules::UNMANAGED_BUCKET_CORS,
        what: "a CORS configuration",
        shape: cors,
        recorded: |bucket, _| bucket.attributes.get("cors_rule").cloned(),
        live: |answers| {
            Ok(answers.cors.known()?.map_or(Value::Null, |rules| {
                rules
                    .iter()
                    .map(|rule| {
                        json!({
                            "allowed_headers": rule.allowed_headers,
                            "allowed_methods": rule.allowed_methods,
                            "allowed_origins": rule.allowed_origins,
                            "expose_headers": rule.expose_headers,
                            "max_age_seconds": rule.max_age_seconds,
                        })
                    })
                    .collect()
            }))
        },
    },
    Setting {
        attribute: "logging",
        owner: "aws_s3_bucket_logging",
        aspect: BucketAspect::Logging,
        rule: rules::UNMANAGED_BUCKET_LOGGING,
        what: "access logging",
        shape: || {
            Shape::Single(Block::new([
                ("target_bucket", Shape::text()),
                ("target_prefix", Shape::text()),
            ]))
        },
        recorded: |bucket, _| bucket.attributes.get("logging").cloned(),
        live: |answers| {
            Ok(block(answers.logging.known()?.map(
                |logging| json!({ "target_bucket": logging.target_bucket, "target_prefix": logging.target_prefix }),
            )))
        },
    },
    Setting {
        attribute: "lifecycle_rule",
        owner: "aws_s3_bucket_lifecycle_configuration",
        aspect: BucketAspect::Lifecycle,
        rule: rules::UNMANAGED_BUCKET_LIFECYCLE,
        what: "a lifecycle configuration",
        shape: lifecycle,
        recorded: |bucket, _| bucket.attributes.get("lifecycle_rule").cloned(),
        live: |answers| {
            Ok(answers
                .lifecycle
                .known()?
                .map_or(Value::Null, |rules| rules.iter().map(live_lifecycle_rule).collect()))
        },
    },
    Setting {
        attribute: "server_side_encryption_configuration",
        owner: "aws_s3_bucket_server_side_encryption_configuration",
        aspect: BucketAspect::Encryption,
        rule: rules::UNMANAGED_BUCKET_ENCRYPTION,
        what: "a default encryption other than AWS's own",
        shape: encryption,
        recorded: recorded_encryption,
        live: |answers| {
            let rule = answers.encryption.known()?.and_then(|rules| rules.first());
            Ok(rule.map_or(Value::Null, |rule| {
                encryption_value(
                    &rule.sse_algorithm,
                    rule.kms_master_key_id.as_deref(),
                    rule.bucket_key_enabled,
                )
            }))
        },
    },
    Setting {
        attribute: "replication_configuration",
        owner: "aws_s3_bucket_replication_configuration",
        aspect: BucketAspect::Replication,
        rule: rules::UNMANAGED_BUCKET_REPLICATION,
        what: "a replication configuration",
        shape: replication,
        recorded: |bucket, _| Some(flat_replication(bucket.attributes.get("replication_configuration")?)),
        live: |answers| {
            Ok(block(answers.replication.known()?.map(|replication| {
                json!({
                    "role": replication.role,
                    "rules": replication.rules.iter().map(|rule| json!({
                        "id": rule.id,
                        "status": rule.status,
                        "priority": rule.priority,
                        "prefix": rule.prefix,
                        "bucket": rule.destination_bucket,
                        "storage_class": rule.destination_storage_class,
                    })).collect::<Value>(),
                })
            })))
        },
    },
    Setting {
        attribute: "acceleration_status",
        owner: "aws_s3_bucket_accelerate_configuration",
        aspect: BucketAspect::Acceleration,
        rule: rules::UNMANAGED_BUCKET_ACCELERATION,
        what: "transfer acceleration",
        // Suspended and never enabled are the same in effect.
        shape: || {
            Shape::folded(|status| {
                if status == "Suspended" {
                    String::new()
                } else {
                    status.to_owned()
                }
            })
        },
        recorded: |bucket, _| bucket.attributes.get("acceleration_status").cloned(),
        live: |answers| unsupported_is_unset(answers.acceleration.known()),
    },
    Setting {
        attribute: "request_payer",
        owner: "aws_s3_bucket_request_payment_configuration",
        aspect: BucketAspect::RequestPayer,
        rule: rules::UNMANAGED_BUCKET_REQUEST_PAYMENT,
        what: "requester pays",
        shape: || {
            Shape::folded(|payer| {
                if payer == "BucketOwner" {
                    String::new()
                } else {
                    payer.to_owned()
                }
            })
        },
        recorded: |bucket, _| bucket.attributes.get("request_payer").cloned(),
        live: |answers| unsupported_is_unset(answers.request_payer.known()),
    },
    Setting {
        attribute: "object_lock_configuration",
        owner: "aws_s3_bucket_object_lock_configuration",
        aspect: BucketAspect::ObjectLock,
        rule: rules::UNMANAGED_BUCKET_OBJECT_LOCK,
        what: "object lock",
        shape: object_lock,
        recorded: recorded_object_lock,
        live: |answers| {
            Ok(answers.object_lock.known()?.map_or(Value::Null, |lock| {
                let enabled = if lock.enabled { "Enabled" } else { "" };
                json!([{
                    "object_lock_enabled": enabled, "mode": lock.mode, "days": lock.days, "years": lock.years,
                }])
            }))
        },
    },
];

/// Regions and partitions without the feature answer that it is not supported: it is not set there.
fn unsupported_is_unset(answer: Result<Option<&String>, Failure>) -> Result<Value, Failure> {
    match answer {
        Ok(value) => Ok(value.map_or(Value::Null, |text| json!(text))),
        Err(failure) if failure.reason == crate::inventory::Reason::NotSupported => Ok(Value::Null),
        Err(failure) => Err(failure),
    }
}

const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";
const AUTHENTICATED_USERS: &str = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers";
const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";

/// Who writes CloudFront's standard logs, in China and elsewhere. CloudFront itself gives this user full control of a
/// bucket that a distribution is told to log to (CloudFront guide, "Permissions required to configure standard
/// logging"), as a rule after Terraform recorded the bucket.
const CLOUDFRONT_LOGS: [&str; 2] = [
    "a52cb28745c0c06e84ec548334e44bfa7fc2a85c54af20cd59e4969344b7af56",
    "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0",
];

/// Whether the grant is one that AWS makes by itself: the owner's, or that of CloudFront's logs.
fn made_by_aws(grant: &Grant, owner: &str) -> bool {
    let made = |id: &str| id == owner || CLOUDFRONT_LOGS.contains(&id);
    grant.permission == "FULL_CONTROL" && grant.id.as_deref().is_some_and(made)
}

/// The recorded grants as `PERMISSION grantee`, without the owner's own (providers before 4 hide that one, later ones
/// store it) and without that of CloudFront's logs, unless the bucket has lost it. A canned ACL (which Read never
/// checks) stands for the grants it makes.
fn recorded_grants(bucket: &Instance, answers: &BucketAnswers) -> Option<Value> {
    let live = answers.acl.found();
    let by_itself = |permission: &str, grantee: &str| {
        let owned = |acl: &Acl| permission == "FULL_CONTROL" && grantee == acl.owner;
        let same = |grant: &Grant| grant.permission == permission && grant.id.as_deref() == Some(grantee);
        live.is_some_and(|acl| {
            owned(acl)
                || acl
                    .grants
                    .iter()
                    .any(|grant| same(grant) && made_by_aws(grant, &acl.owner))
        })
    };
    let recorded = bucket.attributes.get("grant");
    let mut grants: Vec<Value> = Vec::new();
    for grant in recorded.and_then(Value::as_array).into_iter().flatten() {
        let text = |name: &str| grant.get(name).and_then(Value::as_str).filter(|t| !t.is_empty());
        let grantee = text("uri").or(text("id")).unwrap_or("");
        for permission in grant.get("permissions").and_then(Value::as_array).into_iter().flatten() {
            let permission = permission.as_str().unwrap_or("");
            if !by_itself(permission, grantee) {
                grants.push(json!(format!("{permission} {grantee}")));
            }
        }
    }
    if !grants.is_empty() {
        return Some(Value::Array(grants));
    }
    let canned = text(bucket, "acl");
    if recorded.is_none() && canned.is_empty() {
        return None;
    }
    let made: &[(&str, &str)] = match canned {
        "public-read" => &[("READ", ALL_USERS)],
        "public-read-write" => &[("READ", ALL_USERS), ("WRITE", ALL_USERS)],
        "authenticated-read" => &[("READ", AUTHENTICATED_USERS)],
        "log-delivery-write" => &[("WRITE", LOG_DELIVERY), ("READ_ACP", LOG_DELIVERY)],
        _ => &[],
    };
    Some(
        made.iter()
            .map(|(permission, grantee)| json!(format!("{permission} {grantee}")))
            .collect(),
    )
}

fn live_grants(acl: &Acl) -> Value {
    acl.grants
        .iter()
        .filter(|grant| !made_by_aws(grant, &acl.owner))
        .map(|grant| {
            let grantee = grant.uri.as_deref().or(grant.id.as_deref()).unwrap_or("");
            json!(format!("{} {grantee}", grant.permission))
        })
        .collect()
}

fn website() -> Shape {
    Shape::Vanishing(Block::new([
        ("index_document", Shape::text()),
        ("error_document", Shape::text()),
        ("redirect_all_requests_to", Shape::text()),
        ("routing_rules", Shape::Json),
    ]))
}

fn live_website(website: &Website) -> Value {
    let redirect = website
        .redirect_all_requests_to
        .as_ref()
        .map(|redirect| match &redirect.protocol {
            Some(protocol) => format!("{protocol}://{}", redirect.host_name),
            None => redirect.host_name.clone(),
        });
    let rules: Vec<Value> = website
        .routing_rules
        .iter()
        .map(|rule| prune(&rule_json(rule), true))
        .collect();
    json!({
        "index_document": website.index_document,
        "error_document": website.error_document,
        "redirect_all_requests_to": redirect,
        "routing_rules": if rules.is_empty() { String::new() } else { Value::Array(rules).to_string() },
    })
}

fn cors() -> Shape {
    let texts = || Shape::set(Shape::text());
    Shape::list(Shape::Object(Block::new([
        ("allowed_headers", texts()),
        ("allowed_methods", texts()),
        ("allowed_origins", texts()),
        ("expose_headers", texts()),
        ("max_age_seconds", Shape::number()),
    ])))
}

fn lifecycle() -> Shape {
    let transitions = |names: [&'static str; 2]| Shape::Keyed {
        key: &["storage_class"],
        of: Block::new([(names[0], Shape::number()), ("storage_class", Shape::text())]).with(names[1], Shape::text()),
    };
    Shape::Keyed {
        key: &["id"],
        of: Block::new([
            ("id", Shape::text()),
            ("enabled", Shape::Bool),
            ("prefix", Shape::text()),
            ("tags", Shape::Map),
            ("abort_incomplete_multipart_upload_days", Shape::number()),
            (
                "expiration",
                Shape::Vanishing(Block::new([
                    ("days", Shape::number()),
                    ("date", Shape::text()),
                    ("expired_object_delete_marker", Shape::Bool),
                ])),
            ),
            (
                "noncurrent_version_expiration",
                Shape::Vanishing(Block::new([("days", Shape::number())])),
            ),
            ("transition", transitions(["days", "date"])),
            ("noncurrent_version_transition", transitions(["days", "date"])),
        ]),
    }
}

fn live_lifecycle_rule(rule: &LifecycleRule) -> Value {
    let transitions = |all: &[Transition]| -> Value {
        all.iter()
            .map(|t| json!({ "days": t.days, "date": t.date, "storage_class": t.storage_class }))
            .collect()
    };
    json!({
        "id": rule.id,
        "enabled": rule.enabled,
        "prefix": rule.prefix,
        "tags": super::tags::live(&rule.tags),
        "abort_incomplete_multipart_upload_days": rule.abort_incomplete_multipart_upload_days,
        "expiration": [{
            "days": rule.expiration_days,
            "date": rule.expiration_date,
            "expired_object_delete_marker": rule.expired_object_delete_marker,
        }],
        "noncurrent_version_expiration": [{ "days": rule.noncurrent_expiration_days }],
        "transition": transitions(&rule.transitions),
        "noncurrent_version_transition": transitions(&rule.noncurrent_transitions),
    })
}

/// Algorithm and key flattened; AES256 without a key is what every bucket has since January 2023.
fn encryption() -> Shape {
    Shape::Vanishing(Block::new([
        (
            "sse_algorithm",
            Shape::folded(|name| {
                if name == "AES256" {
                    String::new()
                } else {
                    name.to_owned()
                }
            }),
        ),
        ("kms_master_key_id", Shape::text()),
        ("bucket_key_enabled", Shape::Bool),
    ]))
}

fn encryption_value(algorithm: &str, key: Option<&str>, bucket_key: bool) -> Value {
    json!([{ "sse_algorithm": algorithm, "kms_master_key_id": key, "bucket_key_enabled": bucket_key }])
}

fn recorded_encryption(bucket: &Instance, _: &BucketAnswers) -> Option<Value> {
    let recorded = bucket.attributes.get("server_side_encryption_configuration")?;
    let Some(rule) = first(recorded).and_then(|configuration| first(configuration.get("rule")?)) else {
        return Some(Value::Null);
    };
    let default = rule.get("apply_server_side_encryption_by_default").and_then(first);
    let member = |name: &str| default.and_then(|d| d.get(name)).and_then(Value::as_str);
    let bucket_key = rule.get("bucket_key_enabled").and_then(Value::as_bool).unwrap_or(false);
    Some(encryption_value(
        member("sse_algorithm").unwrap_or(""),
        member("kms_master_key_id"),
        bucket_key,
    ))
}

fn replication() -> Shape {
    Shape::Single(Block::new([
        ("role", Shape::text()),
        (
            "rules",
            Shape::Keyed {
                key: &["id"],
                of: Block::new([
                    ("id", Shape::text()),
                    ("status", Shape::text()),
                    ("priority", Shape::number()),
                    ("prefix", Shape::text()),
                    ("bucket", Shape::text()),
                    ("storage_class", Shape::text()),
                ]),
            },
        ),
    ]))
}

/// The recorded configuration with each rule's filter and destination pulled up beside its id.
fn flat_replication(recorded: &Value) -> Value {
    block(first(recorded).map(|configuration| {
        let rules = configuration
            .get("rules")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        json!({
            "role": configuration.get("role"),
            "rules": rules.iter().map(|rule| {
                let filter = rule.get("filter").and_then(first);
                let destination = rule.get("destination").and_then(first);
                let prefix = filter.and_then(|f| f.get("prefix")).filter(|p| p.as_str() != Some(""));
                json!({
                    "id": rule.get("id"),
                    "status": rule.get("status"),
                    "priority": rule.get("priority"),
                    "prefix": prefix.or(rule.get("prefix")),
                    "bucket": destination.and_then(|d| d.get("bucket")),
                    "storage_class": destination.and_then(|d| d.get("storage_class")),
                })
            }).collect::<Value>(),
        })
    }))
}

fn object_lock() -> Shape {
    Shape::Vanishing(Block::new([
        ("object_lock_enabled", Shape::text()),
        ("mode", Shape::text()),
        ("days", Shape::number()),
        ("years", Shape::number()),
    ]))
}

/// The recorded block with its retention pulled up. A bucket made with the flag alone has a live configuration too.
fn recorded_object_lock(bucket: &Instance, _: &BucketAnswers) -> Option<Value> {
    let recorded = bucket.attributes.get("object_lock_configuration").and_then(first);
    let flag = bucket.attributes.get("object_lock_enabled") == Some(&Value::Bool(true));
    let enabled =
        recorded.is_some_and(|lock| lock.get("object_lock_enabled").and_then(Value::as_str) == Some("Enabled"));
    let retention = recorded
        .and_then(|lock| first(lock.get("rule")?))
        .and_then(|rule| first(rule.get("default_retention")?));
    let member = |name: &str| retention.and_then(|r| r.get(name)).cloned();
    let lock: Map<String, Value> = [
        (
            "object_lock_enabled".to_owned(),
            json!(if flag || enabled { "Enabled" } else { "" }),
        ),
        ("mode".to_owned(), member("mode").unwrap_or_default()),
        ("days".to_owned(), member("days").unwrap_or_default()),
        ("years".to_owned(), member("years").unwrap_or_default()),
    ]
    .into_iter()
    .collect();
    (recorded.is_some() || bucket.attributes.contains_key("object_lock_enabled")).then(|| json!([lock]))
}

fn first(list: &Value) -> Option<&Value> {
    match list {
        Value::Array(items) => items.first(),
        object @ Value::Object(_) => Some(object),
        _ => None,
    }
}
