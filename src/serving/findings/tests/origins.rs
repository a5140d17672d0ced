//! Breaks of origins, buckets and access (S rows of the catalogue).

use super::*;
use crate::inventory::{BucketHead, CustomHeader, CustomOrigin, EncryptionRule, OriginAccessControl, S3Origin};
use crate::rules;

const HOST: [&str; 1] = ["stage.example.com"];

fn origin(live: &mut Inventory) -> &mut crate::inventory::Origin {
    &mut distribution(live, STAGE).config.origins[0]
}

fn control(live: &mut Inventory) -> &mut OriginAccessControl {
    let id = origin(live).origin_access_control_id.clone().unwrap();
    match live.origin_access_control.get_mut(&id) {
        Some(Answer::Found(found)) => found,
        _ => panic!("the origin access control is in the fixture"),
    }
}

fn policy(live: &mut Inventory, edit: impl Fn(String) -> String) {
    let answer = &mut bucket(live, STAGE_BUCKET).policy;
    *answer = Answer::Found(edit(answer.found().unwrap().clone()));
}

/// A public policy and an origin that needs it.
fn public(live: &mut Inventory) {
    bucket(live, STAGE_BUCKET).policy = Answer::Found(format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"Public","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::{STAGE_BUCKET}/*"}}]}}"#
    ));
    bucket(live, STAGE_BUCKET).public_access_block = Answer::Found(PublicAccessBlock::default());
    origin(live).origin_access_control_id = None;
}

#[test]
fn s1_the_bucket_does_not_exist() {
    let world = World::with(|live| {
        buckets(live).retain(|one| one.name != STAGE_BUCKET);
        bucket(live, STAGE_BUCKET).head = Answer::Absent;
    });
    let finding = world.says(rules::ORIGIN_BUCKET_MISSING, Severity::Critical, &HOST);
    assert!(
        finding.detail.contains("whoever creates a bucket of this name"),
        "{}",
        finding.detail
    );
}

#[test]
fn s1_is_asked_for_where_the_listing_lacks_the_name() {
    let world = World::with(|live| {
        buckets(live).retain(|one| one.name != STAGE_BUCKET);
        live.bucket.remove(STAGE_BUCKET);
    });
    let needs = world.live_trace("stage.example.com").needs;
    let read = |need: &Read| matches!(need, Read::Bucket { bucket, .. } if bucket == STAGE_BUCKET);
    assert!(needs.len() == 1 && needs.iter().all(read), "{needs:?}");
}

#[test]
fn s2_the_bucket_is_somebody_elses() {
    for head in [
        Answer::Found(BucketHead::default()),
        Answer::Failed(crate::inventory::Failure::new(
            crate::inventory::Reason::AccessDenied,
            "s3:HeadBucket",
            "403",
        )),
    ] {
        let world = World::with(|live| {
            buckets(live).retain(|one| one.name != STAGE_BUCKET);
            bucket(live, STAGE_BUCKET).head = head;
        });
        world.says(rules::HOST_SERVED_FROM_FOREIGN_BUCKET, Severity::Critical, &HOST);
    }
}

#[test]
fn s2_another_accounts_bucket_as_declared_is_a_doubt() {
    let mut world = World::with(|live| {
        buckets(live).retain(|one| one.name != STAGE_BUCKET);
        bucket(live, STAGE_BUCKET).head = Answer::Found(BucketHead::default());
    });
    for state in &mut world.states {
        state.instances.retain(|one| one.text("bucket") != Some(STAGE_BUCKET));
    }
    let (found, doubts) = world.run();
    assert_eq!(found, []);
    assert!(doubts.iter().any(|one| one.host == "stage.example.com"));
}

#[test]
fn s3_the_origin_names_another_region() {
    let world = World::with(|live| origin(live).domain_name = format!("{STAGE_BUCKET}.s3.eu-west-1.amazonaws.com"));
    let finding = world.says(rules::ORIGIN_REGION_WRONG, Severity::High, &HOST);
    assert!(
        finding
            .detail
            .contains(&format!("{STAGE_BUCKET}.s3.eu-west-2.amazonaws.com"))
    );
}

#[test]
fn s4_the_global_endpoint_for_a_late_region() {
    let world = World::with(|live| {
        origin(live).domain_name = format!("{STAGE_BUCKET}.s3.amazonaws.com");
        for one in buckets(live).iter_mut().filter(|one| one.name == STAGE_BUCKET) {
            one.region = Some("af-south-1".to_owned());
        }
    });
    world.says(rules::ORIGIN_REGION_WRONG, Severity::High, &HOST);
    let world = World::with(|live| origin(live).domain_name = format!("{STAGE_BUCKET}.s3.amazonaws.com"));
    assert_eq!(world.run().0, []);
}

#[test]
fn s5_a_younger_bucket_is_told_in_the_trace() {
    let world = World::with(|live| {
        for one in buckets(live).iter_mut().filter(|one| one.name == STAGE_BUCKET) {
            one.created = Some("2027-01-01T00:00:00Z".to_owned());
        }
    });
    assert_eq!(world.run().0, []);
    let steps = world.live_trace("stage.example.com").steps;
    assert!(
        steps
            .iter()
            .flat_map(|step| &step.evidence)
            .any(|line| line.contains("created 2027-01-01"))
    );
}

fn custom(live: &mut Inventory, domain: &str, protocol: &str) {
    let origin = origin(live);
    origin.domain_name = domain.to_owned();
    origin.s3_origin = None;
    origin.origin_access_control_id = None;
    origin.custom_origin = Some(CustomOrigin {
        http_port: 80,
        https_port: 443,
        origin_protocol_policy: protocol.to_owned(),
        ..CustomOrigin::default()
    });
}

#[test]
fn s7_s21_and_s22_endpoints_that_cannot_be_asked() {
    for (domain, protocol) in [
        (
            format!("{STAGE_BUCKET}.s3-website.eu-west-2.amazonaws.com"),
            "https-only",
        ),
        (
            format!("{STAGE_BUCKET}.s3-website.eu-west-2.amazonaws.com"),
            "match-viewer",
        ),
        ("site.example.com.s3.eu-west-2.amazonaws.com".to_owned(), "https-only"),
        ("s3.eu-west-2.amazonaws.com".to_owned(), "https-only"),
        (format!("{STAGE_BUCKET}.s3-accelerate.amazonaws.com"), "https-only"),
    ] {
        let world = World::with(|live| custom(live, &domain, protocol));
        world.says(rules::ORIGIN_ENDPOINT_UNUSABLE, Severity::Critical, &HOST);
    }
}

#[test]
fn s9_the_origin_access_control_is_gone_or_for_something_else() {
    let world = World::with(|live| {
        let id = origin(live).origin_access_control_id.clone().unwrap();
        live.origin_access_control.insert(id, Answer::Absent);
    });
    world.says(rules::ORIGIN_IDENTITY_MISSING, Severity::Critical, &HOST);
    let world = World::with(|live| control(live).origin_type = "mediastore".to_owned());
    world.says(rules::ORIGIN_IDENTITY_MISSING, Severity::Critical, &HOST);
}

#[test]
fn s9_and_s28_a_control_that_never_signs() {
    let world = World::with(|live| control(live).signing_behavior = "never".to_owned());
    let finding = world.says(rules::BUCKET_DENIES_CLOUDFRONT, Severity::Critical, &HOST);
    assert!(finding.title.contains("anonymous"), "{}", finding.title);
}

#[test]
fn s10_the_origin_access_identity_is_gone() {
    let world = World::with(|live| {
        origin(live).origin_access_control_id = None;
        origin(live).s3_origin = Some(S3Origin {
            origin_access_identity: Some("origin-access-identity/cloudfront/E1".to_owned()),
        });
        live.origin_access_identity.insert("E1".to_owned(), Answer::Absent);
    });
    world.says(rules::ORIGIN_IDENTITY_MISSING, Severity::Critical, &HOST);
}

#[test]
fn s11_no_policy() {
    let world = World::with(|live| bucket(live, STAGE_BUCKET).policy = Answer::Absent);
    let finding = world.says(rules::BUCKET_DENIES_CLOUDFRONT, Severity::Critical, &HOST);
    assert_eq!(
        finding.address.as_deref(),
        Some("module.site[\"stage\"].aws_s3_bucket_policy.site")
    );
    assert_eq!(finding.resource.region.as_deref(), Some("eu-west-2"));
}

#[test]
fn s11_a_policy_for_another_distribution_or_prefix() {
    let world = World::with(|live| policy(live, |text| text.replace(STAGE, "EOTHER")));
    world.says(rules::BUCKET_DENIES_CLOUDFRONT, Severity::Critical, &HOST);
    let world = World::with(|live| policy(live, |text| text.replace("stage/*", "stage/releases/1.4.2/*")));
    world.says(rules::BUCKET_DENIES_CLOUDFRONT, Severity::Critical, &HOST);
}

#[test]
fn s11_a_policy_that_could_not_be_read_is_a_doubt() {
    let failure = crate::inventory::Failure::new(crate::inventory::Reason::AccessDenied, "s3:GetBucketPolicy", "403");
    let world = World::with(|live| bucket(live, STAGE_BUCKET).policy = Answer::Failed(failure));
    let (found, doubts) = world.run();
    assert_eq!(found, []);
    assert!(
        doubts.iter().any(|one| one.why.contains("s3:GetBucketPolicy")),
        "{doubts:?}"
    );
}

#[test]
fn s12_public_access_is_blocked() {
    let open = World::with(public);
    assert_eq!(open.run().0, []);
    let own = World::with(|live| {
        public(live);
        let block = PublicAccessBlock {
            restrict_public_buckets: true,
            ..PublicAccessBlock::default()
        };
        bucket(live, STAGE_BUCKET).public_access_block = Answer::Found(block);
    });
    let finding = own.says(rules::PUBLIC_ACCESS_BLOCKED, Severity::Critical, &HOST);
    assert_eq!(
        finding.address.as_deref(),
        Some("module.site[\"stage\"].aws_s3_bucket_public_access_block.site")
    );
    let account = World::with(|live| {
        public(live);
        let block = PublicAccessBlock {
            restrict_public_buckets: true,
            ..PublicAccessBlock::default()
        };
        live.account_public_access_block = Answer::Found(block);
    });
    account.says(rules::PUBLIC_ACCESS_BLOCKED, Severity::Critical, &HOST);
}

#[test]
fn s13_acls_that_are_off_let_nobody_in_and_acls_that_are_on_are_a_doubt() {
    let anonymous = |ownership: &str| {
        World::with(|live| {
            public(live);
            bucket(live, STAGE_BUCKET).policy = Answer::Absent;
            bucket(live, STAGE_BUCKET).ownership = Answer::Found(ownership.to_owned());
        })
    };
    anonymous("BucketOwnerEnforced").says(rules::BUCKET_DENIES_CLOUDFRONT, Severity::Critical, &HOST);
    let (found, doubts) = anonymous("ObjectWriter").run();
    assert_eq!(found, []);
    assert!(doubts.iter().any(|one| one.why.contains("ACL")), "{doubts:?}");
}

#[test]
fn s15_an_object_that_the_identity_cannot_decrypt() {
    let encrypted = Object {
        server_side_encryption: Some("aws:kms".to_owned()),
        ..Object::default()
    };
    let world = World::with(|live| {
        public(live);
        store(
            live,
            STAGE_BUCKET,
            "releases/1.5.0-rc.1/index.html",
            Answer::Found(encrypted.clone()),
        );
    });
    world.says(rules::OBJECT_CANNOT_BE_DECRYPTED, Severity::Critical, &HOST);
    // For an origin access control the key's policy decides, which is not read.
    let world = World::with(|live| {
        store(
            live,
            STAGE_BUCKET,
            "releases/1.5.0-rc.1/index.html",
            Answer::Found(encrypted),
        )
    });
    let (found, doubts) = world.run();
    assert_eq!(found, []);
    assert!(doubts.iter().any(|one| one.why.contains("KMS")), "{doubts:?}");
}

#[test]
fn a_default_encryption_says_nothing_of_objects_that_say_it_themselves() {
    let world = World::with(|live| {
        let rule = EncryptionRule {
            sse_algorithm: "aws:kms".to_owned(),
            kms_master_key_id: None,
            bucket_key_enabled: false,
        };
        bucket(live, STAGE_BUCKET).encryption = Answer::Found(vec![rule]);
    });
    assert_eq!(world.run(), (Vec::new(), Vec::new()));
}

#[test]
fn s19_the_requester_pays() {
    let world = World::with(|live| {
        public(live);
        bucket(live, STAGE_BUCKET).request_payer = Answer::Found("Requester".to_owned());
    });
    world.says(rules::REQUESTER_PAYS, Severity::Critical, &HOST);
}

#[test]
fn s20_the_secret_header_does_not_fit() {
    let guarded = |sent: &'static str| {
        World::with(move |live| {
            public(live);
            policy(live, |text| {
                text.replace(
                    "\"Resource\"",
                    r#""Condition":{"StringEquals":{"aws:Referer":"s3cret"}},"Resource""#,
                )
            });
            origin(live).custom_headers = vec![CustomHeader {
                name: "Referer".to_owned(),
                value: sent.to_owned(),
            }];
        })
    };
    assert_eq!(guarded("s3cret").run().0, []);
    let finding = guarded("other").says(rules::BUCKET_DENIES_CLOUDFRONT, Severity::Critical, &HOST);
    assert!(!format!("{finding:?}").contains("s3cret"));
}

#[test]
fn a_policy_without_a_condition_is_open_to_any_distribution() {
    let world = World::with(|live| {
        policy(live, |text| {
            let mut document: serde_json::Value = serde_json::from_str(&text).unwrap();
            document["Statement"][0].as_object_mut().unwrap().remove("Condition");
            document.to_string()
        });
    });
    world.says(rules::BUCKET_OPEN_TO_ANY_DISTRIBUTION, Severity::High, &HOST);
}

#[test]
fn a_guard_that_is_true_without_its_key_opens_the_bucket() {
    let world = World::with(|live| {
        policy(live, |text| {
            let mut document: serde_json::Value = serde_json::from_str(&text).unwrap();
            document["Statement"][0]["Principal"] = "*".into();
            document.to_string().replace("StringEquals", "StringEqualsIfExists")
        });
    });
    world.says(rules::BUCKET_OPEN_BY_ACCIDENT, Severity::High, &HOST);
}
