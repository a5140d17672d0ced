//! What must never pass for an absence or for an answer: denials, throttling, expired credentials, garbage.

use std::sync::atomic::{AtomicU64, Ordering};

use driftgate::inventory::{Answer, Failure, Inventory, Reason};
use driftgate::live::Progress;
use driftgate::plan::{BucketAspect, Read};

use super::{Asked, Reply, aspect, connect, error, json_error, listing, object, observe, ok, prefix, s3_error};

/// One read of each kind.
fn one_of_each() -> Vec<Read> {
    vec![
        Read::Buckets,
        aspect("site", BucketAspect::Policy),
        aspect("site", BucketAspect::PublicAccessBlock),
        object("site", "index.html"),
        prefix("site", "v1/"),
        Read::AccountPublicAccessBlock,
        Read::Certificate("arn:aws:acm:us-east-1:111122223333:certificate/1".to_owned()),
        Read::Distributions,
        Read::Distribution("E1".to_owned()),
        Read::DistributionTags("arn:aws:cloudfront::111122223333:distribution/E1".to_owned()),
        Read::OriginAccessControl("E2".to_owned()),
        Read::OriginAccessIdentity("E3".to_owned()),
        Read::OriginRequestPolicy("P1".to_owned()),
        Read::ContinuousDeploymentPolicy("C1".to_owned()),
        Read::Zones,
        Read::Zone("Z1".to_owned()),
        Read::ZoneTags("Z1".to_owned()),
        Read::RecordSets("Z1".to_owned()),
        Read::HealthCheck("H1".to_owned()),
    ]
}

/// A refusal in the words of the service that is asked.
fn refuse(asked: &Asked, status: u16, code: &str) -> Reply {
    match asked.service.as_str() {
        "acm" => json_error(status, code),
        "s3" if asked.account.is_empty() => s3_error(status, code),
        _ => error(status, code),
    }
}

/// The failures of all reads of [`one_of_each`]; a read that did not fail is not among them.
fn failures(inventory: &Inventory) -> Vec<Failure> {
    fn add<T>(to: &mut Vec<Failure>, answer: &Answer<T>) {
        if let Answer::Failed(failure) = answer {
            to.push(failure.clone());
        }
    }
    let mut all = Vec::new();
    add(&mut all, &inventory.buckets);
    add(&mut all, &inventory.bucket("site").policy);
    add(&mut all, &inventory.bucket("site").public_access_block);
    add(&mut all, inventory.object("site", "index.html"));
    add(&mut all, &inventory.prefix("site", "v1/"));
    add(&mut all, &inventory.account_public_access_block);
    inventory.certificate.values().for_each(|answer| add(&mut all, answer));
    add(&mut all, &inventory.distributions);
    inventory.distribution.values().for_each(|answer| add(&mut all, answer));
    inventory
        .distribution_tags
        .values()
        .for_each(|answer| add(&mut all, answer));
    inventory
        .origin_access_control
        .values()
        .for_each(|answer| add(&mut all, answer));
    inventory
        .origin_access_identity
        .values()
        .for_each(|answer| add(&mut all, answer));
    inventory
        .origin_request_policy
        .values()
        .for_each(|answer| add(&mut all, answer));
    inventory
        .continuous_deployment_policy
        .values()
        .for_each(|answer| add(&mut all, answer));
    add(&mut all, &inventory.zones);
    inventory.zone.values().for_each(|answer| add(&mut all, answer));
    inventory.zone_tags.values().for_each(|answer| add(&mut all, answer));
    inventory.record_sets.values().for_each(|answer| add(&mut all, answer));
    inventory.health_check.values().for_each(|answer| add(&mut all, answer));
    all
}

#[test]
fn a_denial_of_every_kind_of_read_names_the_action_it_needs() {
    let (seen, log) = observe(one_of_each(), |asked| refuse(asked, 403, "AccessDenied"));
    let failures = failures(&seen.inventory);
    assert!(
        failures.iter().all(|failure| failure.reason == Reason::AccessDenied),
        "{failures:?}"
    );
    let operations: Vec<&str> = failures.iter().map(|failure| failure.operation.as_str()).collect();
    assert_eq!(
        operations,
        [
            "s3:ListAllMyBuckets",
            "s3:GetBucketPolicy",
            "s3:GetBucketPublicAccessBlock",
            "s3:GetObject",
            "s3:ListBucket",
            "s3:GetAccountPublicAccessBlock",
            "acm:DescribeCertificate",
            "cloudfront:ListDistributions",
            "cloudfront:GetDistribution",
            "cloudfront:ListTagsForResource",
            "cloudfront:GetOriginAccessControl",
            "cloudfront:GetCloudFrontOriginAccessIdentity",
            "cloudfront:GetOriginRequestPolicy",
            "cloudfront:GetContinuousDeploymentPolicy",
            "route53:ListHostedZones",
            "route53:GetHostedZone",
            "route53:ListTagsForResources",
            "route53:ListResourceRecordSets",
            "route53:GetHealthCheck",
        ]
    );
    assert_eq!(failures[1].detail, "AccessDenied: said by S3 (request REQ1)");
    assert_eq!(failures[7].detail, "AccessDenied: said by AWS (request REQ2)");
    assert_eq!(
        log.lines().len(),
        20,
        "a denial is not retried; that of an object is followed by a listing"
    );
}

#[test]
fn credentials_that_expire_while_reading_are_told_as_such() {
    let (seen, _) = observe(one_of_each(), |asked| refuse(asked, 400, "ExpiredToken"));
    let failures = failures(&seen.inventory);
    assert_eq!(failures.len(), 19);
    assert!(
        failures
            .iter()
            .all(|failure| failure.reason == Reason::ExpiredCredentials),
        "{failures:?}"
    );
}

#[test]
fn an_answer_that_is_not_the_document_asked_for_is_a_bad_answer() {
    for garbage in [
        "<html>hello</html>",
        "",
        "<ListBucketResult><Name>site</Name></ListBucketResult>",
        "<<<",
    ] {
        let (seen, _) = observe(one_of_each(), move |asked| {
            // The listing is sound, or there would be no asking for the rest. An empty policy means none, and an empty
            // list of tags looks the same to the SDK as no list.
            match asked.line.as_str() {
                "GET /?max-buckets=10000" => listing(&[("site", Some("eu-west-2"))], None),
                "GET /site?policy" if garbage.is_empty() => s3_error(403, "AccessDenied"),
                line if garbage.is_empty() && line.contains("/tagging") => error(403, "AccessDenied"),
                _ => ok(garbage),
            }
        });
        let failures = failures(&seen.inventory);
        assert_eq!(failures.len(), 18, "{garbage:?}: {:?}", seen.inventory);
        let bad = failures
            .iter()
            .filter(|failure| failure.reason == Reason::BadAnswer)
            .count();
        assert_eq!(
            bad,
            if garbage.is_empty() { 16 } else { 18 },
            "{garbage:?}: {failures:?}"
        );
        assert!(
            failures.iter().all(|failure| !failure.detail.contains('<')),
            "no bodies in reports: {failures:?}"
        );
    }
}

#[test]
fn a_page_of_a_proxy_is_classed_by_its_status() {
    let page = |status| Reply::Answer(status, vec![], b"<html>Bad Gateway</html>".to_vec());
    let reason = |status| {
        let (seen, _) = observe([Read::Distribution("E1".to_owned())], move |_| page(status));
        match &seen.inventory.distribution["E1"] {
            Answer::Failed(failure) => failure.reason,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(reason(502), Reason::ServerError);
    assert_eq!(reason(403), Reason::AccessDenied);
    assert_eq!(reason(404), Reason::BadAnswer, "a bare 404 is no absence");
}

#[test]
fn three_throttles_are_survived_and_counted() {
    for kind in ["s3", "cloudfront", "route53"] {
        let (read, operation) = match kind {
            "s3" => (Read::Buckets, "s3:ListBuckets"),
            "cloudfront" => (
                Read::OriginAccessControl("E2".to_owned()),
                "cloudfront:GetOriginAccessControl",
            ),
            _ => (Read::Zones, "route53:ListHostedZones"),
        };
        let tries = AtomicU64::new(0);
        let (seen, log) = observe([read], move |_| match (kind, tries.fetch_add(1, Ordering::SeqCst)) {
            ("s3", 0..3) => s3_error(503, "SlowDown"),
            ("s3", _) => listing(&[("site", None)], None),
            ("cloudfront", 0..3) => error(400, "Throttling"),
            ("cloudfront", _) => ok(
                "<OriginAccessControl xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"><Id>E2</Id>\
                <OriginAccessControlConfig><Name>n</Name></OriginAccessControlConfig></OriginAccessControl>",
            ),
            (_, 0..3) => error(400, "Throttling"),
            _ => ok(
                "<ListHostedZonesResponse xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><HostedZones/><Marker></Marker>\
                     <IsTruncated>false</IsTruncated><MaxItems>100</MaxItems></ListHostedZonesResponse>",
            ),
        });
        let found = seen.inventory.buckets.found().is_some()
            || seen.inventory.zones.found().is_some()
            || seen
                .inventory
                .origin_access_control
                .get("E2")
                .is_some_and(|answer| answer.found().is_some());
        assert!(found, "{kind}: {:?}", seen.inventory);
        assert_eq!(log.lines().len(), 4);
        assert_eq!(seen.calls[operation], 4);
    }
}

#[test]
fn throttling_without_end_is_throttling() {
    let (seen, log) = observe([Read::Zones], |_| error(400, "Throttling"));
    assert!(matches!(&seen.inventory.zones, Answer::Failed(failure) if failure.reason == Reason::Throttled));
    assert_eq!(log.lines().len(), 5);
}

#[test]
fn a_broken_connection_and_silence_are_told_apart() {
    let reason = |reply: fn() -> Reply| {
        let (seen, _) = observe([Read::Zones], move |_| reply());
        match seen.inventory.zones {
            Answer::Failed(failure) => failure.reason,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(reason(|| Reply::Broken), Reason::Unreachable);
    assert_eq!(reason(|| Reply::Silence), Reason::Timeout);
}

#[test]
fn the_progress_adds_up_whatever_happens() {
    #[derive(Default)]
    struct Count(AtomicU64, AtomicU64);
    impl Progress for Count {
        fn planned(&self, total: u64) {
            self.0.fetch_add(total, Ordering::SeqCst);
        }
        fn finished(&self, n: u64) {
            self.1.fetch_add(n, Ordering::SeqCst);
        }
    }
    let answers: [fn(&Asked) -> Reply; 3] = [
        |asked| refuse(asked, 403, "AccessDenied"),
        |asked| {
            if asked.line.starts_with("GET /?") {
                listing(&[], None)
            } else {
                super::head(404, None)
            }
        },
        |asked| {
            refuse(
                asked,
                404,
                if asked.service == "s3" {
                    "NoSuchBucket"
                } else {
                    "NoSuchHostedZone"
                },
            )
        },
    ];
    for answer in answers {
        let (aws, _) = connect(answer);
        let count = Count::default();
        aws.observe(
            &one_of_each()
                .into_iter()
                .chain((0..12).map(|n| Read::ZoneTags(format!("Y{n}"))))
                .collect(),
            &count,
        );
        assert_eq!(count.0.load(Ordering::SeqCst), 31);
        assert_eq!(count.1.load(Ordering::SeqCst), 31);
    }
}
