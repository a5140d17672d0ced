//! Settings that old providers kept within `aws_s3_bucket`, changed where no split resource owns them.
//!
//! Left out: replication (no bucket of the world has it inline; the emulator can set it, see `unmanaged`), MFA delete.

use aws_sdk_s3::types::{
    BucketAccelerateStatus, BucketLoggingStatus, BucketVersioningStatus, DefaultRetention, ExpirationStatus,
    LoggingEnabled, ObjectLockConfiguration, ObjectLockEnabled, ObjectLockRetentionMode, ObjectLockRule, Payer,
    Permission, ServerSideEncryption,
};
use serde_json::{Value, json};

use crate::changes::buckets::{ALL_USERS, cors_rule, grant, index, redirect_to, statement};
use crate::support::world::{World, changed, finding};

const SITE: &str = "aws_s3_bucket.site";
const REDIRECT: &str = "aws_s3_bucket.redirect";
const GRANTED: &str = "aws_s3_bucket.granted";
const ENCRYPTED: &str = "aws_s3_bucket.encrypted";
const LOCKED: &str = "aws_s3_bucket.locked";
const KEY: &str = "arn:aws:kms:eu-west-2:000000000000:key/11111111-2222-3333-4444-555555555555";

/// Changes something about one bucket and expects these paths at its address.
#[track_caller]
fn inline(address: &str, paths: &[&str], change: impl FnOnce(&World)) -> Vec<Value> {
    let world = World::part("inline-forms", &[address]);
    change(&world);
    world.expect(&[changed(address, paths)])
}

/// In the whole world, where no other bucket is named.
#[test]
fn an_inline_tag_changed() {
    let world = World::load("inline-forms");
    world.edit_tags(SITE, |tags| _ = tags.insert("Style".into(), "split".into()));
    world.expect(&[changed(SITE, &["tags[\"Style\"]"])]);
}

#[test]
fn an_inline_policy_action_added() {
    inline(SITE, &["policy.Statement[PublicRead].Action"], |world| {
        world.edit_policy(SITE, |policy| {
            statement(policy, 0)["Action"] = json!(["s3:GetObject", "s3:DeleteObject"])
        });
    });
}

/// Everybody is not quite everybody with an AWS account (nobody says whether AWS's services count), and S3 keeps either
/// as it was put: it is an edit.
#[test]
fn an_inline_policy_for_everybody_put_in_the_other_spelling() {
    inline(SITE, &["policy.Statement[PublicRead].Principal"], |world| {
        world.edit_policy(SITE, |policy| statement(policy, 0)["Principal"] = json!({"AWS": "*"}));
    });
}

#[test]
fn an_inline_policy_deleted() {
    let findings = inline(SITE, &["policy"], |world| world.delete_policy(SITE));
    assert_eq!(findings[0]["changes"][0]["live"], Value::Null);
}

#[test]
fn an_inline_website_index_changed() {
    inline(SITE, &["website.index_document"], |world| {
        world.edit_website(SITE, |site| site.index_document = Some(index("home.html")));
    });
}

#[test]
fn an_inline_website_error_page_removed() {
    inline(SITE, &["website.error_document"], |world| {
        world.edit_website(SITE, |site| site.error_document = None)
    });
}

#[test]
fn inline_website_routing_rules_changed() {
    inline(SITE, &["website.routing_rules"], |world| {
        world.edit_website(SITE, |site| {
            site.routing_rules = Some(vec![redirect_to("old/", "www.example.org")])
        });
    });
}

#[test]
fn an_inline_website_redirect_sent_elsewhere() {
    let findings = inline(REDIRECT, &["website.redirect_all_requests_to"], |world| {
        world.edit_website(REDIRECT, |site| {
            let redirect = site.redirect_all_requests_to.as_mut().expect("a redirect");
            redirect.host_name = "www.example.net".into();
        });
    });
    assert_eq!(findings[0]["changes"][0]["live"], "https://www.example.net");
}

#[test]
fn an_inline_website_deleted() {
    inline(SITE, &["website"], |world| world.delete_website(SITE));
}

#[test]
fn an_inline_cors_origin_widened() {
    inline(SITE, &["cors_rule[0].allowed_origins"], |world| {
        world.edit_cors(SITE, |rules| rules[0].allowed_origins = vec!["*".into()]);
    });
}

#[test]
fn inline_cors_attributes_changed() {
    let paths = [
        "cors_rule[0].allowed_headers",
        "cors_rule[0].expose_headers",
        "cors_rule[0].max_age_seconds",
        "cors_rule[1].allowed_methods",
    ];
    inline(SITE, &paths, |world| {
        world.edit_cors(SITE, |rules| {
            (
                rules[0].allowed_headers,
                rules[0].expose_headers,
                rules[0].max_age_seconds,
            ) = (None, None, Some(1));
            rules[1].allowed_methods.push("DELETE".into());
        });
    });
}

/// The first rule that fits decides.
#[test]
fn an_inline_cors_rule_put_before_the_others() {
    inline(SITE, &["cors_rule"], |world| {
        world.edit_cors(SITE, |rules| rules.insert(0, cors_rule("GET", "*")))
    });
}

#[test]
fn inline_cors_rules_deleted() {
    inline(SITE, &["cors_rule"], |world| {
        world.edit_cors(SITE, |rules| rules.clear())
    });
}

#[test]
fn inline_versioning_suspended() {
    inline(SITE, &["versioning"], |world| {
        world.put_versioning(SITE, BucketVersioningStatus::Suspended)
    });
}

impl World {
    fn put_logging(&self, address: &str, to: Option<(&str, &str)>) {
        let bucket = self.bucket(address);
        let on = to.map(|(target, prefix)| {
            let logging = LoggingEnabled::builder()
                .target_bucket(self.own(target))
                .target_prefix(prefix);
            logging.build().expect("logging")
        });
        let status = BucketLoggingStatus::builder().set_logging_enabled(on).build();
        self.console(|aws| async move {
            let put = aws.s3.put_bucket_logging().bucket(bucket).bucket_logging_status(status);
            put.send().await.expect("the logging is taken");
        });
    }
}

#[test]
fn inline_logs_sent_elsewhere() {
    inline(SITE, &["logging.target_bucket", "logging.target_prefix"], |world| {
        world.put_logging(SITE, Some(("inline-forms-bare", "elsewhere/")));
    });
}

#[test]
fn inline_logging_switched_off() {
    inline(SITE, &["logging"], |world| world.put_logging(SITE, None));
}

#[test]
fn an_inline_expiration_shortened() {
    inline(SITE, &["lifecycle_rule[\"releases\"].expiration.days"], |world| {
        world.edit_lifecycle(SITE, |rules| {
            rules[0].expiration.as_mut().expect("an expiration").days = Some(1)
        });
    });
}

#[test]
fn an_inline_lifecycle_rule_switched_on() {
    inline(SITE, &["lifecycle_rule[\"tagged\"].enabled"], |world| {
        world.edit_lifecycle(SITE, |rules| rules[1].status = ExpirationStatus::Enabled);
    });
}

#[test]
fn an_inline_lifecycle_prefix_removed() {
    inline(SITE, &["lifecycle_rule[\"releases\"].prefix"], |world| {
        world.edit_lifecycle(SITE, |rules| {
            rules[0].filter.as_mut().expect("a filter").prefix = Some(String::new())
        });
    });
}

#[test]
fn inline_lifecycle_days_changed() {
    let paths = [
        "lifecycle_rule[\"releases\"].noncurrent_version_expiration.days",
        "lifecycle_rule[\"releases\"].transition[\"STANDARD_IA\"].days",
        "lifecycle_rule[\"tagged\"].abort_incomplete_multipart_upload_days",
    ];
    inline(SITE, &paths, |world| {
        world.edit_lifecycle(SITE, |rules| {
            rules[0].transitions.as_mut().expect("transitions")[0].days = Some(60);
            rules[0]
                .noncurrent_version_expiration
                .as_mut()
                .expect("an expiration")
                .noncurrent_days = Some(1);
            rules[1]
                .abort_incomplete_multipart_upload
                .as_mut()
                .expect("a rule")
                .days_after_initiation = Some(1);
        });
    });
}

#[test]
fn an_inline_lifecycle_rule_removed() {
    inline(SITE, &["lifecycle_rule[\"tagged\"]"], |world| {
        world.edit_lifecycle(SITE, |rules| drop(rules.remove(1)))
    });
}

#[test]
fn an_inline_lifecycle_rule_added() {
    inline(SITE, &["lifecycle_rule[\"everything\"]"], |world| {
        world.edit_lifecycle(SITE, |rules| {
            let mut rule = rules[0].clone();
            rule.id = Some("everything".into());
            rules.push(rule);
        });
    });
}

#[test]
fn inline_lifecycle_rules_deleted() {
    inline("aws_s3_bucket.logs", &["lifecycle_rule[\"\"]"], |world| {
        world.edit_lifecycle("aws_s3_bucket.logs", |rules| rules.clear());
    });
}

#[test]
fn an_inline_encryption_key_swapped() {
    inline(
        ENCRYPTED,
        &["server_side_encryption_configuration.kms_master_key_id"],
        |world| {
            world.put_encryption(
                ENCRYPTED,
                ServerSideEncryption::AwsKms,
                Some(&KEY.replace("1111", "9999")),
                true,
            );
        },
    );
}

#[test]
fn an_inline_bucket_key_switched_off() {
    inline(
        ENCRYPTED,
        &["server_side_encryption_configuration.bucket_key_enabled"],
        |world| {
            world.put_encryption(ENCRYPTED, ServerSideEncryption::AwsKms, Some(KEY), false);
        },
    );
}

#[test]
fn an_inline_encryption_set_back_to_that_of_aws() {
    inline(ENCRYPTED, &["server_side_encryption_configuration"], |world| {
        world.put_encryption(ENCRYPTED, ServerSideEncryption::Aes256, None, false);
    });
}

/// AES256 is recorded of every bucket and says nothing: what came is unmanaged, not changed.
#[test]
fn an_inline_encryption_turned_into_one_with_a_key() {
    let world = World::part("inline-forms", &[SITE]);
    world.put_encryption(SITE, ServerSideEncryption::AwsKms, Some(KEY), false);
    let place = "aws_s3_bucket_server_side_encryption_configuration inline-forms-site";
    world.expect(&[finding(
        "unmanaged-bucket-encryption",
        place,
        &["server_side_encryption_configuration"],
    )]);
}

#[test]
fn an_inline_grant_added() {
    inline(GRANTED, &["grant"], |world| {
        world.edit_grants(GRANTED, |grants| grants.push(grant(Permission::Read, ALL_USERS)));
    });
}

#[test]
fn an_inline_grant_removed() {
    inline(GRANTED, &["grant"], |world| {
        world.edit_grants(GRANTED, |grants| {
            grants.retain(|one| one.permission != Some(Permission::Write))
        });
    });
}

/// The bucket says `acl = "public-read"`, which the provider never reads back.
#[test]
fn the_grant_of_a_canned_acl_removed() {
    inline(SITE, &["grant"], |world| {
        world.edit_grants(SITE, |grants| {
            grants.retain(|one| one.permission == Some(Permission::FullControl))
        });
    });
}

#[test]
fn a_grant_to_write_added_to_a_canned_acl() {
    inline(SITE, &["grant"], |world| {
        world.edit_grants(SITE, |grants| grants.push(grant(Permission::Write, ALL_USERS)));
    });
}

#[test]
fn inline_acceleration_suspended() {
    inline(SITE, &["acceleration_status"], |world| {
        let bucket = world.bucket(SITE);
        world.console(|aws| async move {
            let status =
                aws_sdk_s3::types::AccelerateConfiguration::builder().status(BucketAccelerateStatus::Suspended);
            let put = aws.s3.put_bucket_accelerate_configuration().bucket(bucket);
            put.accelerate_configuration(status.build())
                .send()
                .await
                .expect("the status is taken");
        });
    });
}

#[test]
fn the_inline_payer_changed() {
    inline(SITE, &["request_payer"], |world| {
        let bucket = world.bucket(SITE);
        world.console(|aws| async move {
            let payer = aws_sdk_s3::types::RequestPaymentConfiguration::builder().payer(Payer::BucketOwner);
            let put = aws.s3.put_bucket_request_payment().bucket(bucket);
            put.request_payment_configuration(payer.build().expect("a payer"))
                .send()
                .await
                .expect("the payer is taken");
        });
    });
}

impl World {
    fn put_lock(&self, address: &str, retention: Option<DefaultRetention>) {
        let bucket = self.bucket(address);
        let rule = retention.map(|retention| ObjectLockRule::builder().default_retention(retention).build());
        let lock = ObjectLockConfiguration::builder()
            .object_lock_enabled(ObjectLockEnabled::Enabled)
            .set_rule(rule)
            .build();
        self.console(|aws| async move {
            let put = aws
                .s3
                .put_object_lock_configuration()
                .bucket(bucket)
                .object_lock_configuration(lock);
            put.send().await.expect("the lock is taken");
        });
    }
}

#[test]
fn an_inline_object_lock_made_longer_and_stricter() {
    let paths = ["object_lock_configuration.days", "object_lock_configuration.mode"];
    inline(LOCKED, &paths, |world| {
        let retention = DefaultRetention::builder()
            .mode(ObjectLockRetentionMode::Compliance)
            .days(3650);
        world.put_lock(LOCKED, Some(retention.build()));
    });
}

#[test]
fn the_retention_of_an_inline_object_lock_removed() {
    let paths = ["object_lock_configuration.days", "object_lock_configuration.mode"];
    inline(LOCKED, &paths, |world| world.put_lock(LOCKED, None));
}
