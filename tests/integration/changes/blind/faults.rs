//! Answers that are none: denials, throttles, server errors, documents that are not what was asked for.

use std::fs;
use std::time::Duration;

use aws_credential_types::Credentials;
use driftgate::compare;
use driftgate::estate::Estate;
use driftgate::live::Quiet;
use driftgate::live::aws::{Aws, Settings};
use driftgate::snapshot::Snapshot;
use serde_json::{Value, json};

use super::*;
use crate::support::world::{STATES, changed, finding, missing};

impl World {
    /// Puts one fault in force, for good.
    fn fault(&self, fault: &Value) {
        let mut fault = fault.clone();
        fault["times"] = Value::Null;
        self.emulator.faults(&self.account, &[fault]);
    }

    /// The path of a bucket's sub-resource.
    fn aspect(&self, address: &str, aspect: &str) -> String {
        format!("/{}/?{aspect}", self.bucket(address))
    }

    /// A snapshot taken in this process, with hardly a pause between the tries of one call: the binary would wait for
    /// seconds before it gives a throttled call up.
    fn impatient_snapshot(&self) {
        let settings = Settings {
            region: Some("eu-west-2".to_owned()),
            endpoint_url: Some(self.emulator.url()),
            credentials: Some(Credentials::new(&self.account, "test", None, None, "tests")),
            retry_base: Some(Duration::from_millis(1)),
            ..Settings::default()
        };
        let aws = Aws::connect(settings).expect("the emulator knows the account");
        let text = fs::read(self.state(STATES[0])).expect("the state is there");
        let states = [driftgate::expected::parse_state("state", &text).expect("the state is one")];
        let plan = compare::plan(&Estate::new(&states, Some(aws.caller())));
        let inventory = aws.observe(&plan, &Quiet).inventory;
        let snapshot = Snapshot::new(inventory, "2026-01-01T00:00:00Z".to_owned());
        fs::write(self.directory().join("live.json"), snapshot.to_text()).expect("the snapshot is written");
    }
}

/// Denies one read and expects that these resources are unchecked for it.
#[track_caller]
fn denied(call: impl FnOnce(&World) -> String, addresses: &[&str]) {
    let world = sites();
    let call = call(&world);
    world.fault(&json!({"match": call, "status": 403, "code": "AccessDenied", "message": "no"}));
    world.expect_blind("access-denied", addresses, &[]);
}

#[test]
fn denied_bucket_tags() {
    denied(|world| world.aspect(STAGE, "tagging"), &[STAGE]);
}

#[test]
fn denied_policy() {
    denied(|world| world.aspect(STAGE, "policy"), &[STAGE_POLICY]);
}

#[test]
fn denied_public_access_block() {
    denied(|world| world.aspect(STAGE, "publicAccessBlock"), &[STAGE_BLOCK]);
}

#[test]
fn denied_ownership() {
    denied(|world| world.aspect(STAGE, "ownershipControls"), &[STAGE_OWNERSHIP]);
}

#[test]
fn denied_website() {
    denied(|world| world.aspect(OLD, "website"), &[OLD_WEBSITE]);
}

#[test]
fn denied_versioning() {
    denied(|world| world.aspect(PROD, "versioning"), &[PROD_VERSIONING]);
}

/// What no resource of its own holds belongs to the bucket; each setting is told by its attribute.
#[test]
fn denied_inline_settings() {
    let world = sites();
    let settings = [
        ("acl", "grant"),
        ("cors", "cors_rule"),
        ("lifecycle", "lifecycle_rule"),
        ("logging", "logging"),
        ("encryption", "server_side_encryption_configuration"),
        ("replication", "replication_configuration"),
        ("accelerate", "acceleration_status"),
        ("requestPayment", "request_payer"),
        ("object-lock", "object_lock_configuration"),
    ];
    let deny = |aspect: &str| json!({"match": world.aspect(STAGE, aspect), "status": 403, "code": "AccessDenied", "times": null});
    let faults: Vec<Value> = settings.iter().map(|(aspect, _)| deny(aspect)).collect();
    world.emulator.faults(&world.account, &faults);
    world.snapshot();
    world.expect_blind_snapshot("access-denied", &[STAGE], &[]);
    let result = world.check_snapshot(STATES[0]).json();
    let told = result["unchecked"].as_array().expect("a list");
    for (_, attribute) in settings {
        let words = format!("`{attribute}` could not be read");
        assert!(
            told.iter().any(|one| one["detail"].to_string().contains(&words)),
            "{words}: {told:#?}"
        );
    }
    assert_eq!(told.len(), settings.len());
}

#[test]
fn denied_distribution() {
    denied(
        |world| format!("/distribution/{}", world.attribute(STAGE_SITE, "id")),
        &[STAGE_SITE],
    );
}

#[test]
fn denied_distribution_tags() {
    denied(|_| "/tagging?Resource=".to_owned(), &[PROD_SITE, STAGE_SITE]);
}

#[test]
fn denied_origin_access_control() {
    denied(
        |world| format!("/origin-access-control/{}", world.attribute(STAGE_CONTROL, "id")),
        &[STAGE_CONTROL],
    );
}

#[test]
fn denied_zone_listing() {
    denied(|_| "/hostedzone?".to_owned(), &[ZONE]);
}

#[test]
fn denied_zone_tags() {
    denied(|_| "/tags/hostedzone".to_owned(), &[ZONE]);
}

#[test]
fn denied_records() {
    denied(|_| "/rrset".to_owned(), &RECORDS);
}

#[test]
fn denied_identities() {
    let world = World::part("every-attribute", &["aws_cloudfront_origin_access_identity"]);
    world.fault(&json!({"match": "/origin-access-identity/", "status": 403, "code": "AccessDenied"}));
    let identities = [
        "aws_cloudfront_origin_access_identity.main",
        "aws_cloudfront_origin_access_identity.silent",
    ];
    world.expect_blind("access-denied", &identities, &[]);
}

#[test]
fn denied_networks_of_a_private_zone() {
    let world = World::part("every-attribute", &["aws_route53_"]);
    let zone = format!("/hostedzone/{}", world.attribute("aws_route53_zone.private", "id"));
    world.emulator.faults(
        &world.account,
        &[
            // Its records go through: the first fault that fits counts, and this one is none.
            json!({"match": format!("{zone}/rrset"), "times": null}),
            json!({"match": zone, "status": 403, "code": "AccessDenied", "times": null}),
        ],
    );
    world.expect_blind("access-denied", &["aws_route53_zone.private"], &[]);
}

/// Everything that the listing would tell, the buckets themselves tell as well.
#[test]
fn a_denied_bucket_listing_keeps_nothing_back() {
    let world = sites();
    world.fault(&json!({"match": "GET /?", "service": "s3", "status": 403, "code": "AccessDenied"}));
    world.edit_tags(PROD, |tags| tags.clear());
    world.delete_bucket(OLD);
    world.expect(&[
        changed(PROD, &["tags[\"Environment\"]", "tags[\"Team\"]"]),
        missing(OLD),
        missing(OLD_WEBSITE),
        missing("aws_s3_bucket_public_access_block.old_host"),
    ]);
}

/// Other findings stand beside what is unchecked: exit 2, incomplete.
#[test]
fn a_denial_hides_no_other_finding() {
    let world = sites();
    world.edit_tags(STAGE, |tags| tags.clear());
    world.delete_policy(STAGE);
    world.fault(&json!({"match": world.aspect(STAGE, "acl"), "status": 403, "code": "AccessDenied"}));
    let found = [
        changed(STAGE, &["tags[\"Environment\"]", "tags[\"Team\"]"]),
        missing(STAGE_POLICY),
    ];
    world.expect_blind("access-denied", &[STAGE], &found);
}

/// What is unmanaged in a zone is not known when its records cannot be listed, even if no record of the state is there.
#[test]
fn the_records_of_a_zone_without_any_in_the_state() {
    let world = World::part("two-sites", &["aws_route53_zone"]);
    world.fault(&json!({"match": "/rrset", "status": 403, "code": "AccessDenied"}));
    let place = format!("aws_route53_record (unmanaged ones in {})", world.attribute(ZONE, "id"));
    let result = world.check_drift(STATES[0]).json();
    assert_eq!(result["unchecked"][0]["address"], place, "{result:#}");
    assert_eq!(result["complete"], false);
}

// What is tried again, and fails every time

/// A fault on one read kind, for good; after all tries these resources are unchecked for this reason.
#[track_caller]
fn failing(fault: Value, reason: &str, addresses: &[&str]) {
    let world = sites();
    world.fault(&fault);
    world.impatient_snapshot();
    let tries = world.emulator.calls(&world.account);
    let call = fault["match"].as_str().expect("a text");
    let tries = tries.iter().filter(|one| one.contains(call)).count();
    assert!(tries >= 5, "tried {tries} times");
    world.expect_blind_snapshot(reason, addresses, &[]);
}

#[test]
fn s3_that_throttles() {
    failing(
        json!({"match": "?tagging", "status": 503, "code": "SlowDown"}),
        "throttled",
        &[PROD, STAGE, OLD],
    );
}

#[test]
fn cloudfront_that_throttles() {
    let fault = json!({"match": "/tagging?Resource=", "status": 400, "code": "Throttling"});
    failing(fault, "throttled", &[PROD_SITE, STAGE_SITE]);
}

#[test]
fn route53_that_throttles() {
    failing(
        json!({"match": "/rrset", "status": 400, "code": "Throttling"}),
        "throttled",
        &RECORDS,
    );
}

#[test]
fn route53_that_is_busy_with_a_change() {
    failing(
        json!({"match": "/rrset", "status": 400, "code": "PriorRequestNotComplete"}),
        "throttled",
        &RECORDS,
    );
}

#[test]
fn s3_that_breaks_down() {
    failing(
        json!({"match": "?website", "status": 500, "code": "InternalError"}),
        "server-error",
        &[OLD_WEBSITE, PROD, STAGE],
    );
}

#[test]
fn cloudfront_that_is_unavailable() {
    let fault = json!({"match": "/origin-access-control/", "status": 503, "code": "ServiceUnavailable"});
    let prod = "module.site[\"prod\"].aws_cloudfront_origin_access_control.site";
    failing(fault, "server-error", &[prod, STAGE_CONTROL]);
}

#[test]
fn route53_that_breaks_down() {
    failing(
        json!({"match": "/hostedzone?", "status": 500, "code": "InternalFailure"}),
        "server-error",
        &[ZONE],
    );
}

#[test]
fn a_gateway_that_waits_in_vain() {
    let fault = json!({"match": "/tagging?Resource=", "status": 504, "body": "<html>Gateway Timeout</html>"});
    failing(fault, "timeout", &[PROD_SITE, STAGE_SITE]);
}

#[test]
fn s3_that_waits_in_vain() {
    failing(
        json!({"match": "?publicAccessBlock", "status": 400, "code": "RequestTimeout"}),
        "timeout",
        &[
            "module.site[\"prod\"].aws_s3_bucket_public_access_block.site",
            STAGE_BLOCK,
            "aws_s3_bucket_public_access_block.old_host",
        ],
    );
}

/// Four throttles are no reason to give up; nothing of them is left in the result.
#[test]
fn a_throttle_that_passes() {
    let world = sites();
    world.emulator.faults(
        &world.account,
        &[
            json!({"match": world.aspect(STAGE, "tagging"), "status": 503, "code": "SlowDown", "times": 4}),
            json!({"match": "/hostedzone?", "status": 400, "code": "Throttling", "times": 4}),
            json!({"match": "/rrset", "status": 500, "code": "InternalFailure", "times": 2}),
        ],
    );
    world.impatient_snapshot();
    world.expect_of_snapshot(&[]);
}

// Answers that cannot be what they seem

/// An answer to one read, for good; these resources are unchecked for this reason, at once or after some tries.
#[track_caller]
fn answered(fault: Value, reason: &str, addresses: &[&str]) {
    let world = sites();
    world.fault(&fault);
    world.impatient_snapshot();
    world.expect_blind_snapshot(reason, addresses, &[]);
}

/// What an emulator or a gateway answers that does not know the sub-resource: the bucket's listing.
#[test]
fn a_listing_in_place_of_tags() {
    let listing =
        "<?xml version=\"1.0\"?><ListBucketResult><Name>b</Name><IsTruncated>false</IsTruncated></ListBucketResult>";
    answered(
        json!({"match": "?tagging", "body": listing}),
        "bad-answer",
        &[PROD, STAGE, OLD],
    );
}

#[test]
fn a_web_page_in_place_of_a_policy() {
    let prod = "module.site[\"prod\"].aws_s3_bucket_policy.site";
    answered(
        json!({"match": "?policy", "body": "<html>Sign in</html>"}),
        "bad-answer",
        &[prod, STAGE_POLICY, OLD],
    );
}

#[test]
fn a_web_page_in_place_of_records() {
    answered(
        json!({"match": "/rrset", "body": "<html>Sign in</html>"}),
        "bad-answer",
        &RECORDS,
    );
}

#[test]
fn nothing_in_place_of_a_distribution() {
    answered(
        json!({"match": "/distribution/", "body": ""}),
        "bad-answer",
        &[PROD_SITE, STAGE_SITE],
    );
}

#[test]
fn a_bare_not_found_in_place_of_a_distribution() {
    answered(
        json!({"match": "/distribution/", "status": 404, "body": "<html>Not found</html>"}),
        "bad-answer",
        &[PROD_SITE, STAGE_SITE],
    );
}

/// Another operation's not-found code is no proof for this one.
#[test]
fn the_not_found_of_something_else() {
    let controls = [
        "module.site[\"prod\"].aws_cloudfront_origin_access_control.site",
        STAGE_CONTROL,
    ];
    let fault = json!({"match": "/origin-access-control/", "status": 404, "code": "NoSuchDistribution"});
    answered(fault, "bad-answer", &controls);
}

#[test]
fn credentials_that_expire_while_reading() {
    answered(
        json!({"match": "/rrset", "status": 403, "code": "ExpiredToken"}),
        "expired-credentials",
        &RECORDS,
    );
}

/// A setting that the region does not have is not set there.
#[test]
fn acceleration_where_there_is_none() {
    let world = sites();
    world.fault(&json!({"match": "?accelerate", "status": 405, "code": "MethodNotAllowed"}));
    world.impatient_snapshot();
    world.expect_of_snapshot(&[]);
}

/// The documented not-found codes are the only proof; each makes its own resource missing and no other.
#[test]
fn the_proofs_that_something_is_gone() {
    let world = sites();
    let gone = |call: &str, code: &str| json!({"match": call, "status": 404, "code": code, "times": null});
    let (site, control) = (world.attribute(STAGE_SITE, "id"), world.attribute(STAGE_CONTROL, "id"));
    world.emulator.faults(
        &world.account,
        &[
            gone(&format!("/distribution/{site}"), "NoSuchDistribution"),
            gone(
                &format!("/origin-access-control/{control}"),
                "NoSuchOriginAccessControl",
            ),
            gone(&world.aspect(STAGE, "policy"), "NoSuchBucketPolicy"),
            gone(&world.aspect(OLD, "website"), "NoSuchWebsiteConfiguration"),
            gone(&world.aspect(PROD, "tagging"), "NoSuchTagSet"),
        ],
    );
    world.impatient_snapshot();
    world.expect_of_snapshot(&[
        missing(STAGE_SITE),
        missing(STAGE_CONTROL),
        missing(STAGE_POLICY),
        missing(OLD_WEBSITE),
        finding("resource-changed", PROD, &["tags[\"Environment\"]", "tags[\"Team\"]"]),
    ]);
}
