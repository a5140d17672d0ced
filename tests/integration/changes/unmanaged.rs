//! What is live and in no given state: records of a managed zone, settings of a managed bucket. What AWS itself sets on
//! every bucket never is one of these.

use aws_sdk_route53::types::{ChangeAction, ResourceRecord, ResourceRecordSet, RrType};
use aws_sdk_s3::types::{
    BucketAccelerateStatus, BucketLoggingStatus, BucketVersioningStatus, Destination, ExpirationStatus,
    LifecycleExpiration, LifecycleRule, LifecycleRuleFilter, LoggingEnabled, ObjectOwnership, Payer, Permission,
    ReplicationConfiguration, ReplicationRule, ReplicationRuleFilter, ReplicationRuleStatus, ServerSideEncryption,
};
use serde_json::{Value, json};

use super::buckets::{ALL_USERS, cors_rule, grant};
use crate::support::world::{World, finding};

const ZONE: &str = "aws_route53_zone.main";
/// A bucket of `inline-forms` that is nothing but a name.
const BARE: &str = "aws_s3_bucket.bare";
/// A bucket of `two-sites` with a public access block and a website resource, nothing more.
const OLD: &str = "aws_s3_bucket.old_host";
const STAGE: &str = "module.site[\"stage\"].aws_s3_bucket.site";
const PROD: &str = "module.site[\"prod\"].aws_s3_bucket.site";

/// A bucket with what belongs to it, and its recorded name.
fn home(address: &str) -> (World, &'static str) {
    let site = |site: &str| World::part("two-sites", &[&format!("module.site[\"{site}\"].aws_s3_")]);
    match address {
        BARE => (World::part("inline-forms", &[BARE]), "inline-forms-bare"),
        OLD => (World::load("two-sites"), "old.example.com"),
        STAGE => (site("stage"), "example-com-stage"),
        PROD => (site("prod"), "example-com-prod"),
        other => panic!("where is {other}?"),
    }
}

// Records

fn record(world: &World, name: &str, kind: RrType, value: &str, id: Option<(&str, i64)>) {
    let value = ResourceRecord::builder().value(value).build().expect("a value");
    let set = ResourceRecordSet::builder()
        .name(world.own(name))
        .r#type(kind)
        .ttl(60)
        .resource_records(value)
        .set_set_identifier(id.map(|(id, _)| id.to_owned()))
        .set_weight(id.map(|(_, weight)| weight));
    world.change_record(ZONE, ChangeAction::Create, set.build().expect("a record set"));
}

/// Adds a record to the zone of `two-sites` and expects it under this id (without the zone's own).
#[track_caller]
fn added(name: &str, kind: RrType, value: &str, id: &str) -> Vec<Value> {
    let world = World::load("two-sites");
    record(&world, name, kind, value, None);
    let place = format!("aws_route53_record {}_{id}", world.attribute(ZONE, "id"));
    world.expect(&[finding("unmanaged-record", &place, &[])])
}

#[test]
fn a_record_in_a_managed_zone() {
    let findings = added(
        "shop.example.com",
        RrType::Cname,
        "shop.example.org",
        "shop.example.com_CNAME",
    );
    for finding in findings {
        assert_eq!(
            (&finding["category"], &finding["address"], &finding["severity"]),
            (&json!("unmanaged"), &Value::Null, &json!("low"))
        );
        assert!(
            finding["detail"]
                .as_str()
                .is_some_and(|detail| detail.contains("shop.example.org")),
            "{finding}"
        );
    }
}

#[test]
fn a_wildcard_in_a_managed_zone() {
    added("*.example.com", RrType::A, "192.0.2.66", "*.example.com_A");
}

#[test]
fn a_name_that_has_to_be_escaped_in_a_managed_zone() {
    added("a/b.example.com", RrType::Txt, "\"x\"", "a/b.example.com_TXT");
}

#[test]
fn another_type_at_the_apex_of_a_managed_zone() {
    added("example.com", RrType::Mx, "10 mail.example.org", "example.com_MX");
}

#[test]
fn name_servers_of_a_part_of_a_managed_zone() {
    added("dev.example.com", RrType::Ns, "ns.example.org.", "dev.example.com_NS");
}

#[test]
fn a_weighted_record_beside_managed_ones() {
    let world = World::part("every-attribute", &["aws_route53_"]);
    let mut set = world
        .records(
            "aws_route53_zone.public",
            "weighted.every-attribute.example.com",
            "CNAME",
        )
        .remove(0);
    set.set_identifier = Some("fourth_one".into());
    world.change_record("aws_route53_zone.public", ChangeAction::Create, set);
    let zone = world.attribute("aws_route53_zone.public", "id");
    let place = format!("aws_route53_record {zone}_weighted.every-attribute.example.com_CNAME_fourth_one");
    world.expect(&[finding("unmanaged-record", &place, &[])]);
}

#[test]
fn a_record_in_a_private_zone() {
    let world = World::part("every-attribute", &["aws_route53_"]);
    let mut set = world
        .records("aws_route53_zone.private", "db.every-attribute.example.com", "A")
        .remove(0);
    set.name = world.own("replica.every-attribute.example.com");
    world.change_record("aws_route53_zone.private", ChangeAction::Create, set);
    let zone = world.attribute("aws_route53_zone.private", "id");
    let place = format!("aws_route53_record {zone}_replica.every-attribute.example.com_A");
    world.expect(&[finding("unmanaged-record", &place, &[])]);
}

/// Records that a second state holds are managed.
#[test]
fn a_record_of_another_given_state_is_managed() {
    let world = World::load("two-sites");
    let text = std::fs::read_to_string(world.state("terraform.tfstate")).expect("the state is there");
    let whole: Value = serde_json::from_str(&text).expect("a state is JSON");
    for (file, stage) in [("stage.tfstate", true), ("rest.tfstate", false)] {
        let mut part = whole.clone();
        part["lineage"] = json!(file);
        part["resources"].as_array_mut().expect("resources").retain(|resource| {
            resource["module"]
                .as_str()
                .is_some_and(|module| module.contains("stage"))
                == stage
        });
        std::fs::write(world.directory().join(file), part.to_string()).expect("a state is written");
    }
    world.snapshot();
    let both = world
        .driftgate([
            "check",
            "--state",
            "rest.tfstate",
            "--state",
            "stage.tfstate",
            "--live",
            "live.json",
            "--no-serving",
        ])
        .run();
    assert_eq!(both.code, 0, "{}{}", both.stdout, both.stderr);
    let rest = world
        .driftgate([
            "check",
            "--state",
            "rest.tfstate",
            "--live",
            "live.json",
            "--no-serving",
            "--format",
            "json",
        ])
        .run();
    let ids: Vec<String> = rest.json()["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .map(|finding| finding["resource"]["id"].as_str().unwrap_or_default().to_owned())
        .collect();
    let zone = world.attribute(ZONE, "id");
    let own = |kind: &str| world.own(&format!("{zone}_stage.example.com_{kind}"));
    assert_eq!((ids, rest.code), (vec![own("A"), own("AAAA")], 2));
}

// Settings of buckets

/// Changes something about a bucket and expects one finding: rule, type that would own it, attribute.
#[track_caller]
fn unowned(address: &str, rule: &str, owner: &str, attribute: &str, change: impl FnOnce(&World, String)) {
    let (world, bucket) = home(address);
    change(&world, world.bucket(address));
    let findings = world.expect(&[finding(rule, &format!("{owner} {bucket}"), &[attribute])]);
    for finding in findings {
        assert_eq!(
            (&finding["category"], &finding["changes"][0]["expected"]),
            (&json!("unmanaged"), &Value::Null)
        );
        assert_eq!(finding["resource"]["region"], "eu-west-2");
    }
}

#[test]
fn a_policy_on_a_bucket_without() {
    unowned(
        OLD,
        "unmanaged-bucket-policy",
        "aws_s3_bucket_policy",
        "policy",
        |world, _| {
            world.put_policy(OLD, &json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999999999999:root"}, "Action": "s3:*", "Resource": "arn:aws:s3:::old.example.com/*"}]}));
        },
    );
}

#[test]
fn a_policy_on_a_bucket_of_the_old_style() {
    unowned(
        BARE,
        "unmanaged-bucket-policy",
        "aws_s3_bucket_policy",
        "policy",
        |world, _| {
            world.put_policy(BARE, &json!({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::inline-forms-bare/*"}]}));
        },
    );
}

#[test]
fn a_website_on_a_bucket_without() {
    let owner = "aws_s3_bucket_website_configuration";
    unowned(STAGE, "unmanaged-bucket-website", owner, "website", |world, _| {
        world.edit_website(STAGE, |_| {})
    });
}

#[test]
fn a_public_grant_on_a_bucket_without() {
    unowned(
        BARE,
        "unmanaged-bucket-acl",
        "aws_s3_bucket_acl",
        "grant",
        |world, _| {
            world.edit_grants(BARE, |grants| grants.push(grant(Permission::Read, ALL_USERS)));
        },
    );
}

#[test]
fn cors_rules_on_a_bucket_without() {
    let owner = "aws_s3_bucket_cors_configuration";
    unowned(STAGE, "unmanaged-bucket-cors", owner, "cors_rule", |world, _| {
        world.edit_cors(STAGE, |rules| rules.push(cors_rule("GET", "*")));
    });
}

#[test]
fn a_lifecycle_on_a_bucket_without() {
    let owner = "aws_s3_bucket_lifecycle_configuration";
    unowned(
        STAGE,
        "unmanaged-bucket-lifecycle",
        owner,
        "lifecycle_rule",
        |world, _| {
            let rule = LifecycleRule::builder()
                .id("all")
                .status(ExpirationStatus::Enabled)
                .filter(LifecycleRuleFilter::builder().prefix("").build())
                .expiration(LifecycleExpiration::builder().days(1).build());
            world.edit_lifecycle(STAGE, |rules| rules.push(rule.build().expect("a rule")));
        },
    );
}

#[test]
fn logging_on_a_bucket_without() {
    unowned(
        STAGE,
        "unmanaged-bucket-logging",
        "aws_s3_bucket_logging",
        "logging",
        |world, bucket| {
            let logging = LoggingEnabled::builder()
                .target_bucket(world.own("old.example.com"))
                .target_prefix("")
                .build()
                .expect("logging");
            let status = BucketLoggingStatus::builder().logging_enabled(logging).build();
            world.console(|aws| async move {
                let put = aws.s3.put_bucket_logging().bucket(bucket).bucket_logging_status(status);
                put.send().await.expect("the logging is taken");
            });
        },
    );
}

#[test]
fn an_encryption_with_a_key_on_a_bucket_without() {
    let (rule, owner) = (
        "unmanaged-bucket-encryption",
        "aws_s3_bucket_server_side_encryption_configuration",
    );
    unowned(
        STAGE,
        rule,
        owner,
        "server_side_encryption_configuration",
        |world, _| {
            let key = "arn:aws:kms:eu-west-2:000000000000:key/11111111-2222-3333-4444-555555555555";
            world.put_encryption(STAGE, ServerSideEncryption::AwsKms, Some(key), false);
        },
    );
}

#[test]
fn a_replication_on_a_bucket_without() {
    let owner = "aws_s3_bucket_replication_configuration";
    unowned(
        PROD,
        "unmanaged-bucket-replication",
        owner,
        "replication_configuration",
        |world, bucket| {
            // Replication wants versions on both ends.
            world.put_versioning_by_name(&world.own("copy-of-example-com-prod"));
            let destination = Destination::builder().bucket(world.own("arn:aws:s3:::copy-of-example-com-prod"));
            let rule = ReplicationRule::builder()
                .id("copy")
                .priority(1)
                .status(ReplicationRuleStatus::Enabled)
                .filter(ReplicationRuleFilter::builder().prefix("").build())
                .destination(destination.build().expect("a destination"));
            let replication = ReplicationConfiguration::builder()
                .role("arn:aws:iam::999999999999:role/copy")
                .rules(rule.build().expect("a rule"))
                .build()
                .expect("a replication");
            world.console(|aws| async move {
                let put = aws
                    .s3
                    .put_bucket_replication()
                    .bucket(bucket)
                    .replication_configuration(replication);
                put.send().await.expect("the replication is taken");
            });
        },
    );
}

impl World {
    /// A new bucket of this account that no state knows, with versions.
    fn put_versioning_by_name(&self, bucket: &str) {
        use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration, VersioningConfiguration};
        let place = CreateBucketConfiguration::builder()
            .location_constraint(BucketLocationConstraint::EuWest2)
            .build();
        let versioning = VersioningConfiguration::builder()
            .status(BucketVersioningStatus::Enabled)
            .build();
        self.console(|aws| async move {
            let create = aws.s3.create_bucket().bucket(bucket).create_bucket_configuration(place);
            create.send().await.expect("the bucket is made");
            let put = aws
                .s3
                .put_bucket_versioning()
                .bucket(bucket)
                .versioning_configuration(versioning);
            put.send().await.expect("the versioning is taken");
        });
    }
}

#[test]
fn versioning_on_a_bucket_without() {
    let owner = "aws_s3_bucket_versioning";
    unowned(STAGE, "unmanaged-bucket-versioning", owner, "versioning", |world, _| {
        world.put_versioning(STAGE, BucketVersioningStatus::Enabled);
    });
}

#[test]
fn acceleration_on_a_bucket_without() {
    let owner = "aws_s3_bucket_accelerate_configuration";
    unowned(
        STAGE,
        "unmanaged-bucket-acceleration",
        owner,
        "acceleration_status",
        |world, bucket| {
            let on = aws_sdk_s3::types::AccelerateConfiguration::builder()
                .status(BucketAccelerateStatus::Enabled)
                .build();
            world.console(|aws| async move {
                let put = aws
                    .s3
                    .put_bucket_accelerate_configuration()
                    .bucket(bucket)
                    .accelerate_configuration(on);
                put.send().await.expect("the status is taken");
            });
        },
    );
}

#[test]
fn a_requester_who_pays_on_a_bucket_without() {
    let owner = "aws_s3_bucket_request_payment_configuration";
    unowned(
        STAGE,
        "unmanaged-bucket-request-payment",
        owner,
        "request_payer",
        |world, bucket| {
            let payer = aws_sdk_s3::types::RequestPaymentConfiguration::builder()
                .payer(Payer::Requester)
                .build()
                .expect("a payer");
            world.console(|aws| async move {
                let put = aws
                    .s3
                    .put_bucket_request_payment()
                    .bucket(bucket)
                    .request_payment_configuration(payer);
                put.send().await.expect("the payer is taken");
            });
        },
    );
}

#[test]
fn an_object_lock_on_a_bucket_without() {
    use aws_sdk_s3::types::{ObjectLockConfiguration, ObjectLockEnabled};
    let owner = "aws_s3_bucket_object_lock_configuration";
    unowned(
        PROD,
        "unmanaged-bucket-object-lock",
        owner,
        "object_lock_configuration",
        |world, bucket| {
            let lock = ObjectLockConfiguration::builder()
                .object_lock_enabled(ObjectLockEnabled::Enabled)
                .build();
            world.console(|aws| async move {
                let put = aws
                    .s3
                    .put_object_lock_configuration()
                    .bucket(bucket)
                    .object_lock_configuration(lock);
                put.send().await.expect("the lock is taken");
            });
        },
    );
}

/// A bucket that no state knows, and all that is on it: whole-account scans come later.
#[test]
fn a_bucket_of_nobody_is_no_finding() {
    let world = World::load("two-sites");
    world.put_versioning_by_name(&world.own("nobodys-example-com"));
    world.expect_nothing();
}

// What AWS sets by itself

#[test]
fn what_every_new_bucket_has_is_no_finding() {
    let world = World::load("inline-forms");
    world.put_public_access_block(BARE, [true; 4]);
    world.put_ownership(BARE, ObjectOwnership::BucketOwnerEnforced);
    world.put_encryption(BARE, ServerSideEncryption::Aes256, None, false);
    world.expect_nothing();
}

/// The user that writes CloudFront's standard logs.
const CLOUDFRONT_LOGS: &str = "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0";

/// CloudFront gives it full control of a bucket that a distribution is told to log to.
#[test]
fn the_grant_that_cloudfront_adds_for_its_logs_is_no_finding() {
    let world = World::load("inline-forms");
    world.edit_grants(BARE, |grants| {
        grants.push(grant(Permission::FullControl, CLOUDFRONT_LOGS))
    });
    world.expect_nothing();
}

/// With any other grant beside it, only that one is told.
#[test]
fn a_public_grant_beside_that_of_cloudfronts_logs() {
    unowned(
        BARE,
        "unmanaged-bucket-acl",
        "aws_s3_bucket_acl",
        "grant",
        |world, _| {
            world.edit_grants(BARE, |grants| {
                grants.push(grant(Permission::FullControl, CLOUDFRONT_LOGS));
                grants.push(grant(Permission::Read, ALL_USERS));
            });
        },
    );
}
