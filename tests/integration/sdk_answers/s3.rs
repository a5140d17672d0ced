//! Buckets: the listing, regions, and proofs of absence.

use driftgate::inventory::{Answer, BucketHead, Reason};
use driftgate::live::aws::ObjectError;
use driftgate::plan::{BucketAspect, Read};

use super::{Asked, Reply, aspect, connect, head, listing, observe, ok, s3_error};

const VERSIONED: &str = "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Status>Enabled</Status></VersioningConfiguration>";

fn lists(asked: &Asked) -> bool {
    asked.line.starts_with("GET /?")
}

#[test]
fn a_listing_of_several_pages_sends_each_bucket_to_its_region() {
    let reads = [
        Read::Buckets,
        aspect("first", BucketAspect::Versioning),
        aspect("second", BucketAspect::Versioning),
    ];
    let (seen, log) = observe(reads, |asked| match asked.line.as_str() {
        "GET /?max-buckets=10000" => listing(&[("first", Some("eu-central-1"))], Some("more")),
        "GET /?max-buckets=10000&continuation-token=more" => listing(&[("second", Some("us-west-2"))], None),
        "GET /first?versioning" if asked.region == "eu-central-1" => ok(VERSIONED),
        "GET /second?versioning" if asked.region == "us-west-2" => ok(VERSIONED),
        _ => s3_error(500, "InternalError"),
    });
    let listed = seen.inventory.buckets.found().expect("a listing");
    assert_eq!(
        listed.iter().map(|bucket| bucket.name.as_str()).collect::<Vec<_>>(),
        ["first", "second"]
    );
    assert_eq!(listed[0].region.as_deref(), Some("eu-central-1"));
    assert_eq!(listed[0].created.as_deref(), Some("2026-01-02T03:04:05Z"));
    for bucket in ["first", "second"] {
        let versioning = seen.inventory.bucket(bucket).versioning.found().expect("an answer");
        assert_eq!(versioning.status.as_deref(), Some("Enabled"));
        assert_eq!(
            seen.inventory.bucket(bucket).head,
            Answer::NotRead,
            "the listing has proven it"
        );
    }
    assert_eq!(log.lines().len(), 4);
    assert_eq!(seen.calls["s3:ListBuckets"], 2);
    assert_eq!(seen.calls["s3:GetBucketVersioning"], 2);
    assert_eq!(seen.total_calls(), 5);
}

#[test]
fn a_listing_that_breaks_off_or_turns_in_circles_is_no_listing() {
    let (seen, _) = observe([Read::Buckets], |asked| {
        if asked.line.contains("token") {
            s3_error(403, "AccessDenied")
        } else {
            listing(&[("first", None)], Some("more"))
        }
    });
    assert!(matches!(&seen.inventory.buckets, Answer::Failed(failure) if failure.reason == Reason::AccessDenied));
    let (seen, log) = observe([Read::Buckets], |_| listing(&[("first", None)], Some("again")));
    assert!(matches!(&seen.inventory.buckets, Answer::Failed(failure) if failure.reason == Reason::BadAnswer));
    assert_eq!(log.lines().len(), 2);
}

/// Answers for a bucket of eu-west-1 that the listing gives no region for.
fn elsewhere(asked: &Asked, refusal: fn() -> Reply) -> Reply {
    match asked.line.as_str() {
        line if line.starts_with("GET /?") => listing(&[("far", None)], None),
        _ if asked.region != "eu-west-1" => refusal(),
        "GET /far?versioning" => ok(VERSIONED),
        "GET /far?policy" => s3_error(404, "NoSuchBucketPolicy"),
        _ => s3_error(404, "NoSuchTagSet"),
    }
}

#[test]
fn a_bucket_of_another_region_is_followed_once_and_remembered() {
    let moved: [fn() -> Reply; 3] = [
        || {
            let Reply::Answer(status, mut headers, body) = s3_error(301, "PermanentRedirect") else {
                unreachable!("an answer")
            };
            headers.push(("x-amz-bucket-region", "eu-west-1".to_owned()));
            Reply::Answer(status, headers, body)
        },
        || {
            let body = "<Error><Code>AuthorizationHeaderMalformed</Code><Message>m</Message><Region>eu-west-1</Region></Error>";
            Reply::Answer(400, vec![], body.as_bytes().to_vec())
        },
        || {
            let body = "<Error><Code>IllegalLocationConstraintException</Code><Message>m</Message></Error>";
            Reply::Answer(
                400,
                vec![("x-amz-bucket-region", "eu-west-1".to_owned())],
                body.as_bytes().to_vec(),
            )
        },
    ];
    for refusal in moved {
        let aspects = [BucketAspect::Tags, BucketAspect::Policy, BucketAspect::Versioning];
        let reads = aspects
            .map(|each| aspect("far", each))
            .into_iter()
            .chain([Read::Buckets]);
        let (seen, log) = observe(reads, move |asked| elsewhere(asked, refusal));
        let bucket = seen.inventory.bucket("far");
        assert_eq!(bucket.tags, Answer::Absent);
        assert_eq!(bucket.policy, Answer::Absent);
        assert!(bucket.versioning.found().is_some());
        assert_eq!(
            log.lines().len(),
            5,
            "the listing, three reads, and one more to learn the region: {:?}",
            log.lines()
        );
    }
}

#[test]
fn a_region_that_is_not_told_or_wrong_again_is_a_failure() {
    let reads = || [Read::Buckets, aspect("far", BucketAspect::Versioning)];
    let (seen, _) = observe(reads(), |asked| {
        if lists(asked) {
            listing(&[("far", None)], None)
        } else {
            s3_error(301, "PermanentRedirect")
        }
    });
    let answer = &seen.inventory.bucket("far").versioning;
    assert!(
        matches!(answer, Answer::Failed(failure) if failure.reason == Reason::WrongRegion),
        "{answer:?}"
    );

    let (seen, log) = observe(reads(), |asked| {
        if lists(asked) {
            return listing(&[("far", None)], None);
        }
        let next = if asked.region == "eu-west-1" {
            "eu-west-2"
        } else {
            "eu-west-1"
        };
        Reply::Answer(301, vec![("x-amz-bucket-region", next.to_owned())], vec![])
    });
    assert!(
        matches!(&seen.inventory.bucket("far").versioning, Answer::Failed(failure) if failure.reason == Reason::WrongRegion)
    );
    assert_eq!(log.lines().len(), 3, "no third region is tried");
}

#[test]
fn a_bucket_that_the_listing_lacks_costs_one_call() {
    let reads = || {
        [
            Read::Buckets,
            aspect("site", BucketAspect::Policy),
            aspect("site", BucketAspect::Tags),
        ]
    };
    let (seen, log) = observe(reads(), |asked| {
        if lists(asked) {
            listing(&[], None)
        } else {
            head(404, None)
        }
    });
    let bucket = seen.inventory.bucket("site");
    assert_eq!(
        (&bucket.head, &bucket.policy, &bucket.tags),
        (&Answer::Absent, &Answer::Absent, &Answer::Absent)
    );
    assert_eq!(log.lines(), ["GET /?max-buckets=10000", "HEAD /site"]);

    let (seen, log) = observe(reads(), |asked| {
        if lists(asked) {
            listing(&[], None)
        } else {
            head(403, Some("eu-west-1"))
        }
    });
    let bucket = seen.inventory.bucket("site");
    assert!(
        matches!(&bucket.head, Answer::Failed(failure) if failure.reason == Reason::AccessDenied && failure.operation == "s3:ListBucket")
    );
    assert!(matches!(&bucket.policy, Answer::Failed(failure) if failure.reason == Reason::OtherAccount));
    assert!(matches!(&bucket.tags, Answer::Failed(failure) if failure.reason == Reason::OtherAccount));
    assert_eq!(log.lines().len(), 2);

    let (seen, log) = observe(reads(), |asked| match asked.line.as_str() {
        "HEAD /site" if asked.region == "eu-west-2" => head(301, Some("eu-west-1")),
        "HEAD /site" => head(200, Some("eu-west-1")),
        "GET /site?policy" => s3_error(405, "MethodNotAllowed"),
        "GET /site?tagging" => s3_error(404, "NoSuchTagSet"),
        _ => listing(&[], None),
    });
    let bucket = seen.inventory.bucket("site");
    assert_eq!(
        bucket.head,
        Answer::Found(BucketHead {
            region: Some("eu-west-1".to_owned())
        })
    );
    assert!(matches!(&bucket.policy, Answer::Failed(failure) if failure.reason == Reason::AccessDenied));
    assert_eq!(bucket.tags, Answer::Absent);
    assert_eq!(log.all().iter().filter(|asked| asked.region == "eu-west-1").count(), 3);
}

#[test]
fn an_uncertain_head_leaves_everything_unread() {
    let reads = [Read::Buckets, aspect("site", BucketAspect::Policy)];
    let (seen, _) = observe(reads, |asked| {
        if lists(asked) {
            listing(&[], None)
        } else {
            head(503, None)
        }
    });
    let bucket = seen.inventory.bucket("site");
    assert!(matches!(&bucket.head, Answer::Failed(failure) if failure.reason == Reason::ServerError));
    assert!(matches!(&bucket.policy, Answer::Failed(failure) if failure.reason == Reason::ServerError));
}

#[test]
fn without_a_listing_the_sub_resources_themselves_tell() {
    let reads = || {
        [
            Read::Buckets,
            aspect("site", BucketAspect::Policy),
            aspect("site", BucketAspect::Tags),
        ]
    };
    let denied = |code: &'static str| {
        move |asked: &Asked| {
            if lists(asked) {
                s3_error(403, "AccessDenied")
            } else {
                s3_error(if code == "AccessDenied" { 403 } else { 404 }, code)
            }
        }
    };
    let (seen, log) = observe(reads(), denied("NoSuchBucket"));
    let bucket = seen.inventory.bucket("site");
    assert_eq!(
        (&bucket.head, &bucket.policy, &bucket.tags),
        (&Answer::Absent, &Answer::Absent, &Answer::Absent)
    );
    assert_eq!(
        log.lines().len(),
        3,
        "the first sub-resource is asked twice, the second not at all: {:?}",
        log.lines()
    );

    let (seen, _) = observe(reads(), denied("AccessDenied"));
    assert_eq!(
        seen.inventory.bucket("site").head,
        Answer::NotRead,
        "a denial proves nothing"
    );

    let (seen, _) = observe(reads(), |asked| match asked.line.as_str() {
        "GET /site?policy" => s3_error(403, "AccessDenied"),
        "GET /site?tagging" => s3_error(404, "NoSuchTagSet"),
        _ => s3_error(403, "AccessDenied"),
    });
    assert!(
        seen.inventory.bucket("site").head.found().is_some(),
        "a documented not-configured code does"
    );
}

#[test]
fn a_bucket_not_yet_visible_is_asked_a_second_time() {
    let tries = std::sync::atomic::AtomicU32::new(0);
    let (seen, _) = observe([Read::Buckets, aspect("new", BucketAspect::Versioning)], move |asked| {
        if lists(asked) {
            listing(&[("new", Some("eu-west-2"))], None)
        } else if tries.fetch_add(1, std::sync::atomic::Ordering::SeqCst) == 0 {
            s3_error(404, "NoSuchBucket")
        } else {
            ok(VERSIONED)
        }
    });
    assert!(seen.inventory.bucket("new").versioning.found().is_some());
    assert_eq!(seen.inventory.bucket("new").head, Answer::NotRead);
}

#[test]
fn a_bucket_deleted_since_the_listing_is_absent() {
    let (seen, _) = observe([Read::Buckets, aspect("old", BucketAspect::Versioning)], |asked| {
        if lists(asked) {
            listing(&[("old", Some("eu-west-2"))], None)
        } else {
            s3_error(404, "NoSuchBucket")
        }
    });
    assert_eq!(seen.inventory.bucket("old").head, Answer::Absent);
    assert_eq!(seen.inventory.bucket("old").versioning, Answer::Absent);
}

#[test]
fn an_object_is_followed_to_its_region_and_its_refusals_are_told_apart() {
    let (aws, log) = connect(|asked| match asked.line.as_str() {
        "GET /states/site/terraform.tfstate" if asked.region == "eu-west-1" => ok("{\"version\":4}"),
        "GET /states/site/terraform.tfstate" => {
            Reply::Answer(301, vec![("x-amz-bucket-region", "eu-west-1".to_owned())], vec![])
        }
        "GET /states/missing" => s3_error(404, "NoSuchKey"),
        "GET /gone/key" => s3_error(404, "NoSuchBucket"),
        "GET /states/denied" => s3_error(403, "AccessDenied"),
        "GET /states/locked" => s3_error(400, "KMS.DisabledException"),
        "GET /states/cold" => s3_error(403, "InvalidObjectState"),
        "GET /states/expired" => s3_error(400, "ExpiredToken"),
        _ => s3_error(500, "InternalError"),
    });
    assert_eq!(
        aws.object("states", "site/terraform.tfstate", None).as_deref(),
        Ok(b"{\"version\":4}".as_slice())
    );
    assert_eq!(
        aws.object("states", "site/terraform.tfstate", Some("eu-west-1"))
            .as_deref(),
        Ok(b"{\"version\":4}".as_slice())
    );
    assert_eq!(log.lines().len(), 3);
    let refusal = |bucket: &str, key: &str| aws.object(bucket, key, None).expect_err("a refusal");
    assert!(matches!(refusal("states", "missing"), ObjectError::NoSuchKey { .. }));
    assert!(matches!(refusal("gone", "key"), ObjectError::NoSuchBucket { .. }));
    assert!(matches!(refusal("states", "denied"), ObjectError::AccessDenied { .. }));
    assert!(matches!(refusal("states", "locked"), ObjectError::Kms { .. }));
    assert!(matches!(refusal("states", "cold"), ObjectError::Archived { .. }));
    assert!(
        matches!(refusal("states", "expired"), ObjectError::Failed { failure, .. } if failure.reason == Reason::ExpiredCredentials)
    );
    assert_eq!(
        refusal("states", "missing").to_string(),
        "s3://states/missing: there is no such object; check the key (workspaces keep theirs under env:/NAME/)"
    );
}
