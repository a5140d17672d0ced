//! What a person does to a bucket in the console.

use std::collections::BTreeMap;

use aws_sdk_s3::types::{BucketLifecycleConfiguration, BucketVersioningStatus, ObjectOwnership};
use aws_sdk_s3::types::{
    Condition, CorsConfiguration, CorsRule, Grant, Grantee, IndexDocument, LifecycleRule, OwnershipControls,
    OwnershipControlsRule, Permission, PublicAccessBlockConfiguration, Redirect, RoutingRule,
    ServerSideEncryptionConfiguration, Tag, Tagging, Type, VersioningConfiguration, WebsiteConfiguration,
};
use aws_sdk_s3::types::{ServerSideEncryption, ServerSideEncryptionByDefault, ServerSideEncryptionRule};
use serde_json::Value;

use crate::support::world::World;

/// Everybody, in an ACL.
pub(super) const ALL_USERS: &str = "http://acs.amazonaws.com/groups/global/AllUsers";

impl World {
    /// The name of a managed bucket.
    pub(super) fn bucket(&self, address: &str) -> String {
        self.attribute(address, "bucket")
    }

    /// Deletes a bucket with all that is in it.
    pub(super) fn delete_bucket(&self, address: &str) {
        let bucket = self.bucket(address);
        self.console(|aws| async move {
            let listed = aws
                .s3
                .list_object_versions()
                .bucket(&bucket)
                .send()
                .await
                .expect("the bucket is listed");
            for version in listed.versions() {
                let delete = aws.s3.delete_object().bucket(&bucket).set_key(version.key.clone());
                delete
                    .set_version_id(version.version_id.clone())
                    .send()
                    .await
                    .expect("an object is deleted");
            }
            aws.s3
                .delete_bucket()
                .bucket(&bucket)
                .send()
                .await
                .expect("the bucket is deleted");
        });
    }

    /// Edits a bucket's policy.
    pub(super) fn edit_policy(&self, address: &str, edit: impl FnOnce(&mut Value)) {
        let bucket = self.bucket(address);
        self.console(|aws| async move {
            let found = aws
                .s3
                .get_bucket_policy()
                .bucket(&bucket)
                .send()
                .await
                .expect("the bucket has a policy");
            let mut policy = serde_json::from_str(found.policy().expect("a document")).expect("a policy is JSON");
            edit(&mut policy);
            let put = aws.s3.put_bucket_policy().bucket(&bucket).policy(policy.to_string());
            put.send().await.expect("the policy is taken");
        });
    }

    pub(super) fn put_policy(&self, address: &str, policy: &Value) {
        let (bucket, policy) = (self.bucket(address), self.own(&policy.to_string()));
        self.console(|aws| async move {
            aws.s3
                .put_bucket_policy()
                .bucket(bucket)
                .policy(policy)
                .send()
                .await
                .expect("the policy is taken");
        });
    }

    pub(super) fn delete_policy(&self, address: &str) {
        let bucket = self.bucket(address);
        self.console(|aws| async move {
            aws.s3
                .delete_bucket_policy()
                .bucket(bucket)
                .send()
                .await
                .expect("the policy is deleted");
        });
    }

    /// Edits a bucket's tags; without any left the whole set goes.
    pub(crate) fn edit_tags(&self, address: &str, edit: impl FnOnce(&mut BTreeMap<String, String>)) {
        let bucket = self.bucket(address);
        self.console(|aws| async move {
            let found = aws.s3.get_bucket_tagging().bucket(&bucket).send().await;
            let found = found.map(|found| found.tag_set).unwrap_or_default();
            let mut tags = found.into_iter().map(|tag| (tag.key, tag.value)).collect();
            edit(&mut tags);
            if tags.is_empty() {
                aws.s3
                    .delete_bucket_tagging()
                    .bucket(&bucket)
                    .send()
                    .await
                    .expect("the tags are deleted");
                return;
            }
            let tags = tags
                .into_iter()
                .map(|(key, value)| Tag::builder().key(key).value(value).build().expect("a tag"));
            let tagging = Tagging::builder()
                .set_tag_set(Some(tags.collect()))
                .build()
                .expect("tags");
            aws.s3
                .put_bucket_tagging()
                .bucket(&bucket)
                .tagging(tagging)
                .send()
                .await
                .expect("the tags are taken");
        });
    }

    /// The four switches, in the order of the console: ACLs (new, any), policies (new, any).
    pub(super) fn put_public_access_block(&self, address: &str, [acls, ignore, policies, restrict]: [bool; 4]) {
        let bucket = self.bucket(address);
        let block = PublicAccessBlockConfiguration::builder()
            .block_public_acls(acls)
            .ignore_public_acls(ignore)
            .block_public_policy(policies)
            .restrict_public_buckets(restrict)
            .build();
        self.console(|aws| async move {
            let put = aws
                .s3
                .put_public_access_block()
                .bucket(bucket)
                .public_access_block_configuration(block);
            put.send().await.expect("the block is taken");
        });
    }

    pub(super) fn put_ownership(&self, address: &str, ownership: ObjectOwnership) {
        let bucket = self.bucket(address);
        let rule = OwnershipControlsRule::builder()
            .object_ownership(ownership)
            .build()
            .expect("a rule");
        let controls = OwnershipControls::builder().rules(rule).build().expect("controls");
        self.console(|aws| async move {
            let put = aws
                .s3
                .put_bucket_ownership_controls()
                .bucket(bucket)
                .ownership_controls(controls);
            put.send().await.expect("the controls are taken");
        });
    }

    /// Edits a bucket's website configuration; one without any is begun with an index document.
    pub(super) fn edit_website(&self, address: &str, edit: impl FnOnce(&mut WebsiteConfiguration)) {
        let bucket = self.bucket(address);
        self.console(|aws| async move {
            let mut website = match aws.s3.get_bucket_website().bucket(&bucket).send().await {
                Ok(found) => WebsiteConfiguration::builder()
                    .set_index_document(found.index_document)
                    .set_error_document(found.error_document)
                    .set_redirect_all_requests_to(found.redirect_all_requests_to)
                    .set_routing_rules(found.routing_rules)
                    .build(),
                Err(_) => WebsiteConfiguration::builder()
                    .index_document(index("index.html"))
                    .build(),
            };
            edit(&mut website);
            let put = aws
                .s3
                .put_bucket_website()
                .bucket(&bucket)
                .website_configuration(website);
            put.send().await.expect("the website is taken");
        });
    }

    pub(super) fn delete_website(&self, address: &str) {
        let bucket = self.bucket(address);
        self.console(|aws| async move {
            aws.s3
                .delete_bucket_website()
                .bucket(bucket)
                .send()
                .await
                .expect("the website is deleted");
        });
    }

    pub(super) fn put_versioning(&self, address: &str, status: BucketVersioningStatus) {
        let bucket = self.bucket(address);
        let versioning = VersioningConfiguration::builder().status(status).build();
        self.console(|aws| async move {
            let put = aws
                .s3
                .put_bucket_versioning()
                .bucket(bucket)
                .versioning_configuration(versioning);
            put.send().await.expect("the versioning is taken");
        });
    }

    /// Edits the CORS rules; without any left the configuration goes.
    pub(super) fn edit_cors(&self, address: &str, edit: impl FnOnce(&mut Vec<CorsRule>)) {
        let bucket = self.bucket(address);
        self.console(|aws| async move {
            let found = aws.s3.get_bucket_cors().bucket(&bucket).send().await;
            let mut rules = found.ok().and_then(|found| found.cors_rules).unwrap_or_default();
            edit(&mut rules);
            if rules.is_empty() {
                aws.s3
                    .delete_bucket_cors()
                    .bucket(&bucket)
                    .send()
                    .await
                    .expect("the rules are deleted");
                return;
            }
            let cors = CorsConfiguration::builder()
                .set_cors_rules(Some(rules))
                .build()
                .expect("rules");
            aws.s3
                .put_bucket_cors()
                .bucket(&bucket)
                .cors_configuration(cors)
                .send()
                .await
                .expect("the rules are taken");
        });
    }

    /// Edits the lifecycle rules; without any left the configuration goes.
    pub(super) fn edit_lifecycle(&self, address: &str, edit: impl FnOnce(&mut Vec<LifecycleRule>)) {
        let bucket = self.bucket(address);
        self.console(|aws| async move {
            let found = aws.s3.get_bucket_lifecycle_configuration().bucket(&bucket).send().await;
            let mut rules = found.ok().and_then(|found| found.rules).unwrap_or_default();
            edit(&mut rules);
            if rules.is_empty() {
                aws.s3
                    .delete_bucket_lifecycle()
                    .bucket(&bucket)
                    .send()
                    .await
                    .expect("the rules are deleted");
                return;
            }
            let lifecycle = BucketLifecycleConfiguration::builder()
                .set_rules(Some(rules))
                .build()
                .expect("rules");
            let put = aws
                .s3
                .put_bucket_lifecycle_configuration()
                .bucket(&bucket)
                .lifecycle_configuration(lifecycle);
            put.send().await.expect("the rules are taken");
        });
    }

    pub(super) fn put_encryption(
        &self,
        address: &str,
        algorithm: ServerSideEncryption,
        key: Option<&str>,
        bucket_key: bool,
    ) {
        let bucket = self.bucket(address);
        let by_default = ServerSideEncryptionByDefault::builder()
            .sse_algorithm(algorithm)
            .set_kms_master_key_id(key.map(|key| self.own(key)))
            .build()
            .expect("an encryption");
        let rule = ServerSideEncryptionRule::builder().apply_server_side_encryption_by_default(by_default);
        let rule = rule.bucket_key_enabled(bucket_key).build();
        let encryption = ServerSideEncryptionConfiguration::builder()
            .rules(rule)
            .build()
            .expect("an encryption");
        self.console(|aws| async move {
            let put = aws
                .s3
                .put_bucket_encryption()
                .bucket(bucket)
                .server_side_encryption_configuration(encryption);
            put.send().await.expect("the encryption is taken");
        });
    }

    /// Edits the grants of a bucket's ACL.
    pub(super) fn edit_grants(&self, address: &str, edit: impl FnOnce(&mut Vec<Grant>)) {
        let bucket = self.bucket(address);
        self.console(|aws| async move {
            let found = aws
                .s3
                .get_bucket_acl()
                .bucket(&bucket)
                .send()
                .await
                .expect("a bucket has an ACL");
            let mut grants = found.grants.unwrap_or_default();
            edit(&mut grants);
            let acl = aws_sdk_s3::types::AccessControlPolicy::builder()
                .set_owner(found.owner)
                .set_grants(Some(grants));
            let put = aws
                .s3
                .put_bucket_acl()
                .bucket(&bucket)
                .access_control_policy(acl.build());
            put.send().await.expect("the ACL is taken");
        });
    }
}

/// Only statement `n` of a policy.
pub(super) fn statement(policy: &mut Value, n: usize) -> &mut Value {
    // S3 takes a lone statement without its list.
    if policy["Statement"].is_array() {
        &mut policy["Statement"][n]
    } else {
        &mut policy["Statement"]
    }
}

pub(super) fn index(suffix: &str) -> IndexDocument {
    IndexDocument::builder()
        .suffix(suffix)
        .build()
        .expect("an index document")
}

/// What begins with `prefix` is answered by another host.
pub(super) fn redirect_to(prefix: &str, host: &str) -> RoutingRule {
    let condition = Condition::builder().key_prefix_equals(prefix).build();
    RoutingRule::builder()
        .condition(condition)
        .redirect(Redirect::builder().host_name(host).build())
        .build()
}

pub(super) fn cors_rule(method: &str, origin: &str) -> CorsRule {
    CorsRule::builder()
        .allowed_methods(method)
        .allowed_origins(origin)
        .build()
        .expect("a rule")
}

/// A grant to a group (by URI) or to a canonical user (by id).
pub(super) fn grant(permission: Permission, grantee: &str) -> Grant {
    let grantee = if grantee.contains("://") {
        Grantee::builder().r#type(Type::Group).uri(grantee).build()
    } else {
        Grantee::builder().r#type(Type::CanonicalUser).id(grantee).build()
    };
    Grant::builder()
        .permission(permission)
        .grantee(grantee.expect("a grantee"))
        .build()
}
