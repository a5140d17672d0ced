//! What is stored in a bucket: `HeadObject`, and the listing for one key where it is refused.

use driftgate::inventory::{Answer, BucketHead, Failure, Object, Reason};
use driftgate::plan::{BucketAspect, Read};

use super::{Asked, Reply, aspect, head, keys, listing, object, observe, ok, prefix, s3_error, stored};

const INDEX: &str = "GET /site?list-type=2&max-keys=1&prefix=v1%2Findex.html";

fn lists(asked: &Asked) -> bool {
    asked.line.starts_with("GET /?")
}

/// An account that has `site` in eu-west-1.
fn ours(asked: &Asked, rest: impl Fn(&Asked) -> Reply) -> Reply {
    if lists(asked) {
        listing(&[("site", Some("eu-west-1"))], None)
    } else {
        assert_eq!(asked.region, "eu-west-1", "{}", asked.line);
        rest(asked)
    }
}

fn failure<T: std::fmt::Debug>(answer: &Answer<T>) -> &Failure {
    match answer {
        Answer::Failed(failure) => failure,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_object_is_asked_with_one_call_in_its_region() {
    let reads = [
        Read::Buckets,
        object("site", "v1/index.html"),
        object("site", "a b+c/ü"),
    ];
    let (seen, log) = observe(reads, |asked| {
        ours(asked, |asked| match asked.line.as_str() {
            "HEAD /site/v1/index.html" => stored(&[
                ("x-amz-server-side-encryption", "aws:kms"),
                (
                    "x-amz-server-side-encryption-aws-kms-key-id",
                    "arn:aws:kms:eu-west-1:111122223333:key/k",
                ),
                ("x-amz-storage-class", "GLACIER"),
                ("x-amz-website-redirect-location", "/new"),
            ]),
            "HEAD /site/a%20b%2Bc/%C3%BC" => stored(&[]),
            other => panic!("{other}"),
        })
    });
    assert_eq!(
        seen.inventory.object("site", "v1/index.html"),
        &Answer::Found(Object {
            listed_only: false,
            server_side_encryption: Some("aws:kms".to_owned()),
            kms_key_id: Some("arn:aws:kms:eu-west-1:111122223333:key/k".to_owned()),
            storage_class: Some("GLACIER".to_owned()),
            redirect_location: Some("/new".to_owned()),
        })
    );
    assert_eq!(
        seen.inventory.object("site", "a b+c/ü"),
        &Answer::Found(Object::default())
    );
    assert!(
        !seen.inventory.bucket.contains_key("site"),
        "nothing was asked of the bucket itself"
    );
    assert_eq!(log.lines().len(), 3);
    assert_eq!(seen.calls["s3:HeadObject"], 2);
}

#[test]
fn a_missing_object_and_a_delete_marker_are_absent() {
    for headers in [vec![], vec![("x-amz-delete-marker", "true".to_owned())]] {
        let (seen, log) = observe([Read::Buckets, object("site", "index.html")], move |asked| {
            ours(asked, |_| Reply::Answer(404, headers.clone(), vec![]))
        });
        assert_eq!(seen.inventory.object("site", "index.html"), &Answer::Absent);
        assert_eq!(seen.inventory.bucket("site").head, Answer::NotRead);
        assert_eq!(log.lines().len(), 2);
    }
}

#[test]
fn where_the_object_is_denied_a_listing_for_one_key_tells() {
    let see = |first: &'static [&'static str]| {
        observe([Read::Buckets, object("site", "v1/index.html")], move |asked| {
            ours(asked, |asked| match asked.line.as_str() {
                "HEAD /site/v1/index.html" => head(403, None),
                INDEX => keys(first, None),
                other => panic!("{other}"),
            })
        })
    };
    let (seen, log) = see(&["v1/index.html"]);
    assert_eq!(
        seen.inventory.object("site", "v1/index.html"),
        &Answer::Found(Object {
            listed_only: true,
            ..Object::default()
        })
    );
    assert_eq!(
        log.lines(),
        ["GET /?max-buckets=10000", "HEAD /site/v1/index.html", INDEX]
    );
    assert_eq!(seen.calls["s3:ListObjectsV2"], 1);
    let (seen, _) = see(&["v1/index.html.bak"]);
    assert_eq!(seen.inventory.object("site", "v1/index.html"), &Answer::Absent);
    let (seen, _) = see(&[]);
    assert_eq!(seen.inventory.object("site", "v1/index.html"), &Answer::Absent);
}

#[test]
fn where_the_listing_is_denied_too_nothing_is_known() {
    let (seen, log) = observe([Read::Buckets, object("site", "v1/index.html")], |asked| {
        ours(asked, |asked| {
            if asked.line.starts_with("HEAD") {
                head(403, None)
            } else {
                s3_error(403, "AccessDenied")
            }
        })
    });
    let failure = failure(seen.inventory.object("site", "v1/index.html"));
    assert_eq!(failure.reason, Reason::AccessDenied);
    assert_eq!(failure.operation, "s3:GetObject");
    assert_eq!(
        failure.detail,
        "HeadObject was refused (HTTP status 403 without an error code), and so was the listing that would tell whether \
         the key exists (s3:ListBucket: AccessDenied: said by S3 (request REQ1))"
    );
    assert_eq!(log.lines().len(), 3);
}

#[test]
fn a_refusal_without_a_word_is_explained_by_the_listing() {
    let (seen, _) = observe([Read::Buckets, object("site", "v1/index.html")], |asked| {
        ours(asked, |asked| {
            if asked.line.starts_with("HEAD") {
                head(400, None)
            } else {
                s3_error(400, "ExpiredToken")
            }
        })
    });
    let failure = failure(seen.inventory.object("site", "v1/index.html"));
    assert_eq!(failure.reason, Reason::ExpiredCredentials);
    assert_eq!(failure.operation, "s3:ListBucket");

    // An object encrypted with a key that only the customer has.
    let (seen, _) = observe([Read::Buckets, object("site", "v1/index.html")], |asked| {
        ours(asked, |asked| {
            if asked.line.starts_with("HEAD") {
                head(400, None)
            } else {
                keys(&["v1/index.html"], None)
            }
        })
    });
    let found = seen.inventory.object("site", "v1/index.html").found();
    assert!(found.is_some_and(|object| object.listed_only), "{found:?}");
}

#[test]
fn a_success_without_an_object_is_a_bad_answer() {
    let (seen, _) = observe([Read::Buckets, object("site", "index.html")], |asked| {
        ours(asked, |_| ok("<html>sign in</html>"))
    });
    assert_eq!(
        failure(seen.inventory.object("site", "index.html")).reason,
        Reason::BadAnswer
    );
}

#[test]
fn the_first_key_under_a_prefix_proves_that_something_is_there() {
    let reads = [Read::Buckets, prefix("site", "v1/"), prefix("site", "v2/")];
    let (seen, log) = observe(reads, |asked| {
        ours(asked, |asked| match asked.line.as_str() {
            "GET /site?list-type=2&max-keys=1&prefix=v1%2F" => keys(&["v1/404.html"], Some("more")),
            "GET /site?list-type=2&max-keys=1&prefix=v2%2F" => keys(&[], None),
            other => panic!("{other}"),
        })
    });
    assert_eq!(seen.inventory.prefix("site", "v1/"), Answer::Found("v1/404.html"));
    assert_eq!(seen.inventory.prefix("site", "v2/"), Answer::Absent);
    assert_eq!(log.lines().len(), 3);

    let (seen, _) = observe([Read::Buckets, prefix("site", "v1/")], |asked| {
        ours(asked, |_| s3_error(403, "AccessDenied"))
    });
    let answer = seen.inventory.prefix("site", "v1/");
    let failure = failure(&answer);
    assert_eq!(
        (failure.reason, failure.operation.as_str()),
        (Reason::AccessDenied, "s3:ListBucket")
    );
}

#[test]
fn an_empty_page_is_not_the_end_of_a_listing() {
    let see = |answer: fn(&str) -> Reply| {
        observe([Read::Buckets, prefix("site", "v1/")], move |asked| {
            ours(asked, |asked| answer(&asked.line))
        })
    };
    let (seen, log) = see(|line| match line {
        line if line.contains("continuation-token=b") => keys(&["v1/a"], None),
        line if line.contains("continuation-token=a") => keys(&[], Some("b")),
        _ => keys(&[], Some("a")),
    });
    assert_eq!(seen.inventory.prefix("site", "v1/"), Answer::Found("v1/a"));
    assert_eq!(log.lines().len(), 4);

    let (seen, log) = see(|_| keys(&[], Some("again")));
    assert_eq!(failure(&seen.inventory.prefix("site", "v1/")).reason, Reason::BadAnswer);
    assert_eq!(log.lines().len(), 3);

    let (seen, log) = see(|line| keys(&[], Some(&format!("{}", line.len()))));
    assert_eq!(
        failure(&seen.inventory.prefix("site", "v1/")).reason,
        Reason::BadAnswer,
        "a part of the listing does not pass for all"
    );
    assert!(log.lines().len() <= 11, "{:?}", log.lines());

    for answer in [
        |_: &str| keys(&["elsewhere"], None),
        |_: &str| ok(""),
        |_: &str| ok("<ListBucketResult></ListBucketResult>"),
    ] {
        let (seen, _) = see(answer);
        assert_eq!(failure(&seen.inventory.prefix("site", "v1/")).reason, Reason::BadAnswer);
    }
}

#[test]
fn nothing_is_stored_in_a_bucket_that_is_gone() {
    let reads = [
        Read::Buckets,
        object("site", "index.html"),
        object("site", "404.html"),
        prefix("site", "v1/"),
    ];
    let (seen, log) = observe(reads, |asked| {
        if lists(asked) {
            listing(&[], None)
        } else {
            head(404, None)
        }
    });
    assert_eq!(seen.inventory.bucket("site").head, Answer::Absent);
    assert_eq!(seen.inventory.object("site", "index.html"), &Answer::Absent);
    assert_eq!(seen.inventory.object("site", "404.html"), &Answer::Absent);
    assert_eq!(seen.inventory.prefix("site", "v1/"), Answer::Absent);
    assert_eq!(log.lines(), ["GET /?max-buckets=10000", "HEAD /site"]);
}

#[test]
fn an_object_in_a_foreign_bucket_may_be_open_to_all_but_is_not_listed() {
    let reads = [
        Read::Buckets,
        aspect("theirs", BucketAspect::Policy),
        object("theirs", "index.html"),
        object("theirs", "secret.html"),
        prefix("theirs", "v1/"),
    ];
    let (seen, log) = observe(reads, |asked| match asked.line.as_str() {
        line if line.starts_with("GET /?") => listing(&[], None),
        "HEAD /theirs" => head(403, Some("us-west-2")),
        "HEAD /theirs/index.html" if asked.region == "us-west-2" => stored(&[]),
        "HEAD /theirs/secret.html" if asked.region == "us-west-2" => head(403, None),
        other => panic!("{other} in {}", asked.region),
    });
    let inventory = &seen.inventory;
    assert_eq!(failure(&inventory.bucket("theirs").head).reason, Reason::AccessDenied);
    assert_eq!(failure(&inventory.bucket("theirs").policy).reason, Reason::OtherAccount);
    assert_eq!(failure(&inventory.prefix("theirs", "v1/")).reason, Reason::OtherAccount);
    assert_eq!(
        inventory.object("theirs", "index.html"),
        &Answer::Found(Object::default())
    );
    let denied = failure(inventory.object("theirs", "secret.html"));
    assert_eq!(
        (denied.reason, denied.operation.as_str()),
        (Reason::OtherAccount, "s3:GetObject")
    );
    assert_eq!(log.lines().len(), 4, "{:?}", log.lines());
}

#[test]
fn an_object_in_another_region_is_followed_there_once() {
    for refusal in [301, 400] {
        let reads = [object("far", "a.html"), object("far", "b.html"), prefix("far", "v1/")];
        let (seen, log) = observe(reads, move |asked| match asked.line.as_str() {
            _ if asked.region != "eu-west-1" => head(refusal, Some("eu-west-1")),
            "GET /far?list-type=2&max-keys=1&prefix=v1%2F" => keys(&["v1/a"], None),
            line if line.starts_with("HEAD /far/") => stored(&[]),
            other => panic!("{other}"),
        });
        assert!(seen.inventory.object("far", "a.html").found().is_some());
        assert!(seen.inventory.object("far", "b.html").found().is_some());
        assert!(seen.inventory.prefix("far", "v1/").found().is_some());
        assert_eq!(
            seen.inventory.bucket("far").head,
            Answer::Found(BucketHead {
                region: Some("eu-west-1".to_owned())
            }),
            "without a listing, what was found proves the bucket"
        );
        assert_eq!(log.lines().len(), 4, "three reads and one to learn the region");
    }
}

#[test]
fn without_a_listing_a_missing_object_raises_the_question_of_its_bucket() {
    let reads = || [object("site", "a.html"), object("site", "b.html")];
    let (seen, log) = observe(reads(), |_| head(404, None));
    assert_eq!(seen.inventory.bucket("site").head, Answer::Absent);
    assert_eq!(seen.inventory.object("site", "a.html"), &Answer::Absent);
    assert_eq!(seen.inventory.object("site", "b.html"), &Answer::Absent);
    assert_eq!(log.lines(), ["HEAD /site/a.html", "HEAD /site"]);

    let (seen, log) = observe(reads(), |asked| match asked.line.as_str() {
        "HEAD /site" => head(200, Some("eu-west-2")),
        _ => head(404, None),
    });
    assert!(seen.inventory.bucket("site").head.found().is_some());
    assert_eq!(seen.inventory.object("site", "b.html"), &Answer::Absent);
    assert_eq!(log.lines(), ["HEAD /site/a.html", "HEAD /site", "HEAD /site/b.html"]);

    let (seen, log) = observe(reads(), |asked| match asked.line.as_str() {
        "HEAD /site" => head(403, None),
        _ => head(404, None),
    });
    assert_eq!(
        seen.inventory.bucket("site").head,
        Answer::NotRead,
        "without a listing a denial proves nothing"
    );
    assert_eq!(
        log.lines().len(),
        3,
        "the bucket is asked about once: {:?}",
        log.lines()
    );

    let (seen, log) = observe([prefix("site", "v1/"), object("site", "a.html")], |_| {
        s3_error(404, "NoSuchBucket")
    });
    assert_eq!(seen.inventory.bucket("site").head, Answer::Absent);
    assert_eq!(seen.inventory.prefix("site", "v1/"), Answer::Absent);
    assert_eq!(seen.inventory.object("site", "a.html"), &Answer::Absent);
    assert_eq!(
        log.lines().len(),
        2,
        "the listing, which has words for it, comes first and is asked twice: {:?}",
        log.lines()
    );
}
