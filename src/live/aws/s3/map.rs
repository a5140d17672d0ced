//! S3's answers as the inventory spells them. `None` is an answer without the document it should carry, which is no
//! answer.

use aws_sdk_s3::operation::get_bucket_accelerate_configuration::GetBucketAccelerateConfigurationOutput;
use aws_sdk_s3::operation::get_bucket_acl::GetBucketAclOutput;
use aws_sdk_s3::operation::get_bucket_cors::GetBucketCorsOutput;
use aws_sdk_s3::operation::get_bucket_encryption::GetBucketEncryptionOutput;
use aws_sdk_s3::operation::get_bucket_lifecycle_configuration::GetBucketLifecycleConfigurationOutput;
use aws_sdk_s3::operation::get_bucket_logging::GetBucketLoggingOutput;
use aws_sdk_s3::operation::get_bucket_ownership_controls::GetBucketOwnershipControlsOutput;
use aws_sdk_s3::operation::get_bucket_policy::GetBucketPolicyOutput;
use aws_sdk_s3::operation::get_bucket_replication::GetBucketReplicationOutput;
use aws_sdk_s3::operation::get_bucket_request_payment::GetBucketRequestPaymentOutput;
use aws_sdk_s3::operation::get_bucket_tagging::GetBucketTaggingOutput;
use aws_sdk_s3::operation::get_bucket_versioning::GetBucketVersioningOutput;
use aws_sdk_s3::operation::get_bucket_website::GetBucketWebsiteOutput;
use aws_sdk_s3::operation::get_object_lock_configuration::GetObjectLockConfigurationOutput;
use aws_sdk_s3::operation::get_public_access_block::GetPublicAccessBlockOutput;
use aws_sdk_s3::types;

use crate::inventory::{
    Acl, Answer, BucketSummary, CorsRule, EncryptionRule, Grant, LifecycleRule, Logging, ObjectLock, PublicAccessBlock,
    RedirectAll, Replication, ReplicationRule, RoutingRule, Tags, Transition, Versioning, Website,
};
use crate::live::aws::wire::{day, instant, text};

fn found_or_absent<T>(value: Option<T>) -> Answer<T> {
    value.map_or(Answer::Absent, Answer::Found)
}

fn some_or_absent<T>(list: Vec<T>) -> Answer<Vec<T>> {
    if list.is_empty() {
        Answer::Absent
    } else {
        Answer::Found(list)
    }
}

fn pairs(tags: Vec<types::Tag>) -> Tags {
    tags.into_iter().map(|tag| (tag.key, tag.value)).collect()
}

/// `None` for an entry without a name, which names nothing.
pub(super) fn bucket(bucket: types::Bucket) -> Option<BucketSummary> {
    Some(BucketSummary {
        name: text(bucket.name)?,
        region: text(bucket.bucket_region),
        created: bucket.creation_date.as_ref().and_then(instant),
    })
}

pub(super) fn tags(out: GetBucketTaggingOutput) -> Option<Answer<Tags>> {
    Some(Answer::Found(pairs(out.tag_set)))
}

/// The policy is answered as it is, not in XML, so nothing below has looked at it yet. An empty body means "none", as
/// terraform-provider-aws takes it.
pub(super) fn policy(out: GetBucketPolicyOutput) -> Option<Answer<String>> {
    match text(out.policy) {
        None => Some(Answer::Absent),
        Some(policy) => serde_json::from_str::<serde::de::IgnoredAny>(&policy)
            .is_ok()
            .then_some(Answer::Found(policy)),
    }
}

pub(super) fn public_access_block(out: GetPublicAccessBlockOutput) -> Option<Answer<PublicAccessBlock>> {
    let block = out.public_access_block_configuration?;
    Some(Answer::Found(PublicAccessBlock {
        block_public_acls: block.block_public_acls.unwrap_or_default(),
        block_public_policy: block.block_public_policy.unwrap_or_default(),
        ignore_public_acls: block.ignore_public_acls.unwrap_or_default(),
        restrict_public_buckets: block.restrict_public_buckets.unwrap_or_default(),
    }))
}

pub(super) fn ownership(out: GetBucketOwnershipControlsOutput) -> Option<Answer<String>> {
    let rule = out.ownership_controls?.rules.into_iter().next();
    Some(found_or_absent(
        rule.map(|rule| rule.object_ownership.as_str().to_owned()),
    ))
}

pub(super) fn acl(out: GetBucketAclOutput) -> Option<Answer<Acl>> {
    let grant = |grant: types::Grant| {
        let grantee = grant.grantee?;
        Some(Grant {
            permission: grant.permission?.as_str().to_owned(),
            grantee_type: grantee.r#type.as_str().to_owned(),
            id: text(grantee.id),
            uri: text(grantee.uri),
        })
    };
    Some(Answer::Found(Acl {
        owner: out.owner.and_then(|owner| owner.id).unwrap_or_default(),
        grants: out.grants.unwrap_or_default().into_iter().filter_map(grant).collect(),
    }))
}

pub(super) fn website(out: GetBucketWebsiteOutput) -> Option<Answer<Website>> {
    Some(Answer::Found(Website {
        index_document: out.index_document.and_then(|document| text(Some(document.suffix))),
        error_document: out.error_document.and_then(|document| text(Some(document.key))),
        redirect_all_requests_to: out.redirect_all_requests_to.map(|to| RedirectAll {
            host_name: to.host_name,
            protocol: text(to.protocol.map(|protocol| protocol.as_str().to_owned())),
        }),
        routing_rules: out
            .routing_rules
            .unwrap_or_default()
            .into_iter()
            .map(routing_rule)
            .collect(),
    }))
}

/// Replacements keep the empty string, which means "remove"; everywhere else it means "not set".
fn routing_rule(rule: types::RoutingRule) -> RoutingRule {
    let (code, prefix) = rule
        .condition
        .map(|c| (c.http_error_code_returned_equals, c.key_prefix_equals))
        .unwrap_or_default();
    let mut mapped = RoutingRule {
        http_error_code_returned_equals: text(code),
        key_prefix_equals: text(prefix),
        ..RoutingRule::default()
    };
    if let Some(redirect) = rule.redirect {
        mapped.host_name = text(redirect.host_name);
        mapped.http_redirect_code = text(redirect.http_redirect_code);
        mapped.protocol = text(redirect.protocol.map(|protocol| protocol.as_str().to_owned()));
        mapped.replace_key_prefix_with = redirect.replace_key_prefix_with;
        mapped.replace_key_with = redirect.replace_key_with;
    }
    mapped
}

pub(super) fn versioning(out: GetBucketVersioningOutput) -> Option<Answer<Versioning>> {
    Some(Answer::Found(Versioning {
        status: text(out.status.map(|status| status.as_str().to_owned())),
        mfa_delete: text(out.mfa_delete.map(|status| status.as_str().to_owned())),
    }))
}

pub(super) fn cors(out: GetBucketCorsOutput) -> Option<Answer<Vec<CorsRule>>> {
    let rule = |rule: types::CorsRule| CorsRule {
        id: text(rule.id),
        allowed_headers: rule.allowed_headers.unwrap_or_default(),
        allowed_methods: rule.allowed_methods,
        allowed_origins: rule.allowed_origins,
        expose_headers: rule.expose_headers.unwrap_or_default(),
        max_age_seconds: rule.max_age_seconds.map(i64::from),
    };
    Some(some_or_absent(
        out.cors_rules.unwrap_or_default().into_iter().map(rule).collect(),
    ))
}

pub(super) fn lifecycle(out: GetBucketLifecycleConfigurationOutput) -> Option<Answer<Vec<LifecycleRule>>> {
    Some(some_or_absent(
        out.rules.unwrap_or_default().into_iter().map(lifecycle_rule).collect(),
    ))
}

/// A filter is spelled as `Filter.Prefix`, `Filter.Tag`, `Filter.And`, an empty `Filter` or the rule's own old
/// `Prefix`; all of them become one prefix and one set of tags.
fn lifecycle_rule(rule: types::LifecycleRule) -> LifecycleRule {
    let mut prefix = old_lifecycle_prefix(&rule);
    let mut tags = Tags::new();
    if let Some(filter) = rule.filter {
        prefix = text(filter.prefix).or(prefix);
        tags.extend(filter.tag.map(|tag| (tag.key, tag.value)));
        if let Some(and) = filter.and {
            prefix = text(and.prefix).or(prefix);
            tags.extend(pairs(and.tags.unwrap_or_default()));
        }
    }
    let expiration = rule.expiration;
    let transition = |t: types::Transition| Transition {
        days: t.days.map(i64::from),
        date: t.date.as_ref().and_then(day),
        storage_class: t
            .storage_class
            .map(|class| class.as_str().to_owned())
            .unwrap_or_default(),
    };
    let noncurrent = |t: types::NoncurrentVersionTransition| Transition {
        days: t.noncurrent_days.map(i64::from),
        date: None,
        storage_class: t
            .storage_class
            .map(|class| class.as_str().to_owned())
            .unwrap_or_default(),
    };
    LifecycleRule {
        id: rule.id.unwrap_or_default(),
        enabled: rule.status == types::ExpirationStatus::Enabled,
        prefix: prefix.unwrap_or_default(),
        tags,
        abort_incomplete_multipart_upload_days: rule
            .abort_incomplete_multipart_upload
            .and_then(|a| a.days_after_initiation)
            .map(i64::from),
        expiration_days: expiration.as_ref().and_then(|e| e.days).map(i64::from),
        expiration_date: expiration.as_ref().and_then(|e| e.date.as_ref()).and_then(day),
        expired_object_delete_marker: expiration
            .as_ref()
            .and_then(|e| e.expired_object_delete_marker)
            .unwrap_or_default(),
        noncurrent_expiration_days: rule
            .noncurrent_version_expiration
            .and_then(|e| e.noncurrent_days)
            .map(i64::from),
        transitions: rule
            .transitions
            .unwrap_or_default()
            .into_iter()
            .map(transition)
            .collect(),
        noncurrent_transitions: rule
            .noncurrent_version_transitions
            .unwrap_or_default()
            .into_iter()
            .map(noncurrent)
            .collect(),
    }
}

/// The rule's own `Prefix`, from before there were filters.
#[expect(deprecated, reason = "S3 still answers rules written this way")]
fn old_lifecycle_prefix(rule: &types::LifecycleRule) -> Option<String> {
    text(rule.prefix.clone())
}

pub(super) fn logging(out: GetBucketLoggingOutput) -> Option<Answer<Logging>> {
    let logging = out.logging_enabled.map(|on| Logging {
        target_bucket: on.target_bucket,
        target_prefix: on.target_prefix,
    });
    Some(found_or_absent(logging))
}

pub(super) fn encryption(out: GetBucketEncryptionOutput) -> Option<Answer<Vec<EncryptionRule>>> {
    let rule = |rule: types::ServerSideEncryptionRule| {
        let (algorithm, key) = rule
            .apply_server_side_encryption_by_default
            .map(|by_default| {
                (
                    by_default.sse_algorithm.as_str().to_owned(),
                    text(by_default.kms_master_key_id),
                )
            })
            .unwrap_or_default();
        EncryptionRule {
            sse_algorithm: algorithm,
            kms_master_key_id: key,
            bucket_key_enabled: rule.bucket_key_enabled.unwrap_or_default(),
        }
    };
    Some(some_or_absent(
        out.server_side_encryption_configuration?
            .rules
            .into_iter()
            .map(rule)
            .collect(),
    ))
}

pub(super) fn replication(out: GetBucketReplicationOutput) -> Option<Answer<Replication>> {
    let configuration = out.replication_configuration?;
    Some(Answer::Found(Replication {
        role: configuration.role,
        rules: configuration.rules.into_iter().map(replication_rule).collect(),
    }))
}

fn replication_rule(rule: types::ReplicationRule) -> ReplicationRule {
    let mut prefix = old_replication_prefix(&rule);
    if let Some(filter) = rule.filter {
        prefix = text(filter.prefix).or(prefix);
        prefix = filter.and.and_then(|and| text(and.prefix)).or(prefix);
    }
    let destination = rule.destination;
    ReplicationRule {
        id: rule.id.unwrap_or_default(),
        status: rule.status.as_str().to_owned(),
        priority: rule.priority.map(i64::from).unwrap_or_default(),
        prefix: prefix.unwrap_or_default(),
        destination_storage_class: destination
            .as_ref()
            .and_then(|to| to.storage_class.as_ref())
            .and_then(|class| text(Some(class.as_str().to_owned()))),
        destination_bucket: destination.map(|to| to.bucket).unwrap_or_default(),
    }
}

/// `Prefix` of version 1 rules, which S3 still answers and the SDK marks as deprecated.
#[expect(deprecated, reason = "S3 still answers rules written this way")]
fn old_replication_prefix(rule: &types::ReplicationRule) -> Option<String> {
    text(rule.prefix.clone())
}

pub(super) fn acceleration(out: GetBucketAccelerateConfigurationOutput) -> Option<Answer<String>> {
    Some(found_or_absent(text(
        out.status.map(|status| status.as_str().to_owned()),
    )))
}

pub(super) fn request_payer(out: GetBucketRequestPaymentOutput) -> Option<Answer<String>> {
    Some(found_or_absent(text(out.payer.map(|payer| payer.as_str().to_owned()))))
}

pub(super) fn object_lock(out: GetObjectLockConfigurationOutput) -> Option<Answer<ObjectLock>> {
    let lock = out.object_lock_configuration?;
    let retention = lock.rule.and_then(|rule| rule.default_retention);
    Some(Answer::Found(ObjectLock {
        enabled: lock.object_lock_enabled == Some(types::ObjectLockEnabled::Enabled),
        mode: retention
            .as_ref()
            .and_then(|r| r.mode.as_ref())
            .map(|mode| mode.as_str().to_owned()),
        days: retention
            .as_ref()
            .and_then(|r| r.days)
            .map(i64::from)
            .unwrap_or_default(),
        years: retention
            .as_ref()
            .and_then(|r| r.years)
            .map(i64::from)
            .unwrap_or_default(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(
        build: impl FnOnce(types::builders::LifecycleRuleBuilder) -> types::builders::LifecycleRuleBuilder,
    ) -> LifecycleRule {
        lifecycle_rule(
            build(
                types::LifecycleRule::builder()
                    .id("r")
                    .status(types::ExpirationStatus::Enabled),
            )
            .build()
            .unwrap(),
        )
    }

    fn tag(key: &str) -> types::Tag {
        types::Tag::builder().key(key).value("v").build().unwrap()
    }

    #[test]
    #[expect(deprecated, reason = "the old spelling is one of the five")]
    fn the_spellings_of_a_lifecycle_filter_are_one() {
        use types::{LifecycleRuleAndOperator as And, LifecycleRuleFilter as Filter};
        let old = rule(|r| r.prefix("logs/"));
        let new = rule(|r| r.filter(Filter::builder().prefix("logs/").build()));
        let and = rule(|r| r.filter(Filter::builder().and(And::builder().prefix("logs/").build()).build()));
        assert_eq!(old.prefix, "logs/");
        assert_eq!(old, new);
        assert_eq!(old, and);

        let whole = rule(|r| r);
        assert_eq!(whole, rule(|r| r.prefix("")));
        assert_eq!(whole, rule(|r| r.filter(Filter::builder().build())));
        assert_eq!(whole, rule(|r| r.filter(Filter::builder().prefix("").build())));
        assert_eq!(
            whole,
            rule(|r| r.filter(Filter::builder().and(And::builder().build()).build()))
        );

        let one = rule(|r| r.filter(Filter::builder().tag(tag("k")).build()));
        let one_in_and = rule(|r| r.filter(Filter::builder().and(And::builder().tags(tag("k")).build()).build()));
        assert_eq!(one.tags.len(), 1);
        assert_eq!(one, one_in_and);
    }

    #[test]
    fn an_empty_replacement_is_kept_and_an_empty_protocol_is_not() {
        let redirect = types::Redirect::builder()
            .replace_key_prefix_with("")
            .protocol(types::Protocol::from(""))
            .build();
        let mapped = routing_rule(types::RoutingRule::builder().redirect(redirect).build());
        assert_eq!(mapped.replace_key_prefix_with.as_deref(), Some(""));
        assert_eq!(mapped.protocol, None);
        assert_eq!(mapped.key_prefix_equals, None);
    }

    #[test]
    fn never_configured_is_absent_or_empty_as_each_sub_resource_has_it() {
        assert_eq!(logging(GetBucketLoggingOutput::builder().build()), Some(Answer::Absent));
        assert_eq!(
            acceleration(GetBucketAccelerateConfigurationOutput::builder().build()),
            Some(Answer::Absent)
        );
        assert_eq!(
            versioning(GetBucketVersioningOutput::builder().build()),
            Some(Answer::Found(Versioning::default()))
        );
        assert_eq!(
            lifecycle(GetBucketLifecycleConfigurationOutput::builder().build()),
            Some(Answer::Absent)
        );
    }

    #[test]
    fn an_answer_without_its_document_is_none() {
        assert_eq!(public_access_block(GetPublicAccessBlockOutput::builder().build()), None);
        assert_eq!(ownership(GetBucketOwnershipControlsOutput::builder().build()), None);
        assert_eq!(encryption(GetBucketEncryptionOutput::builder().build()), None);
        assert_eq!(replication(GetBucketReplicationOutput::builder().build()), None);
        assert_eq!(object_lock(GetObjectLockConfigurationOutput::builder().build()), None);
        assert_eq!(policy(GetBucketPolicyOutput::builder().policy("<html>").build()), None);
        assert_eq!(
            policy(GetBucketPolicyOutput::builder().policy("").build()),
            Some(Answer::Absent)
        );
    }
}
