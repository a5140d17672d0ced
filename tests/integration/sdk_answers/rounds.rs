//! A second round of reads on the same connection: it adds answers, and asks nothing twice.

use std::sync::Mutex;

use driftgate::inventory::{Answer, Inventory, Reason};
use driftgate::live::{Progress, Quiet};
use driftgate::plan::{BucketAspect, Read, ReadPlan};

use super::{aspect, connect, error, head, keys, listing, object, ok, prefix, s3_error, stored};

const VERSIONED: &str = "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Status>Enabled</Status></VersioningConfiguration>";

fn plan(reads: impl IntoIterator<Item = Read>) -> ReadPlan {
    reads.into_iter().collect()
}

#[derive(Default)]
struct Told(Mutex<Vec<u64>>, Mutex<u64>);

impl Progress for Told {
    fn planned(&self, total: u64) {
        self.0.lock().unwrap().push(total);
    }
    fn finished(&self, n: u64) {
        *self.1.lock().unwrap() += n;
    }
}

#[test]
fn the_listing_and_the_regions_of_the_first_round_serve_the_second() {
    let (aws, log) = connect(|asked| match asked.line.as_str() {
        line if line.starts_with("GET /?") => listing(&[("site", Some("eu-west-1")), ("far", None)], None),
        "HEAD /site/index.html" if asked.region == "eu-west-1" => stored(&[]),
        _ if asked.line.contains("/far") && asked.region != "us-west-2" => head(301, Some("us-west-2")),
        "GET /far?versioning" => ok(VERSIONED),
        "GET /far?list-type=2&max-keys=1&prefix=v1%2F" => keys(&["v1/a"], None),
        "HEAD /gone" => head(404, None),
        other => panic!("{other} in {}", asked.region),
    });
    let told = Told::default();
    let first = plan([
        Read::Buckets,
        aspect("far", BucketAspect::Versioning),
        aspect("gone", BucketAspect::Policy),
    ]);
    let mut inventory = aws.observe(&first, &told).inventory;
    assert_eq!(log.lines().len(), 4);
    let before = inventory.clone();

    let second = plan([
        Read::Buckets,
        aspect("far", BucketAspect::Versioning),
        prefix("far", "v1/"),
        object("site", "index.html"),
        object("gone", "index.html"),
    ]);
    aws.observe_more(&second, &mut inventory, &told);
    assert_eq!(
        log.lines()[4..].iter().collect::<std::collections::BTreeSet<_>>(),
        [
            "GET /far?list-type=2&max-keys=1&prefix=v1%2F".to_owned(),
            "HEAD /site/index.html".to_owned(),
        ]
        .iter()
        .collect(),
        "no listing, no region, and no bucket is asked for again"
    );
    assert_eq!(log.lines().len(), 6);
    assert!(inventory.object("site", "index.html").found().is_some());
    assert!(inventory.prefix("far", "v1/").found().is_some());
    assert_eq!(inventory.object("gone", "index.html"), &Answer::Absent);
    assert_eq!(inventory.buckets, before.buckets);
    assert_eq!(inventory.bucket, before.bucket);
    assert_eq!(*told.0.lock().unwrap(), [3, 3]);
    assert_eq!(*told.1.lock().unwrap(), 6);
    let calls = aws.calls();
    assert_eq!((calls["s3:ListBuckets"], calls["s3:HeadObject"]), (1, 1));
    assert_eq!(calls.values().sum::<u64>(), 7, "{calls:?}");
}

#[test]
fn what_was_found_out_about_a_foreign_bucket_holds() {
    let (aws, log) = connect(|asked| match asked.line.as_str() {
        line if line.starts_with("GET /?") => listing(&[], None),
        "HEAD /theirs" => head(403, Some("us-west-2")),
        "HEAD /theirs/index.html" if asked.region == "us-west-2" => stored(&[]),
        "HEAD /open" => head(200, Some("eu-west-1")),
        "HEAD /open/index.html" if asked.region == "eu-west-1" => head(404, None),
        _ => s3_error(403, "AccessDenied"),
    });
    let first = plan([
        Read::Buckets,
        aspect("theirs", BucketAspect::Policy),
        aspect("open", BucketAspect::Policy),
    ]);
    let mut inventory = aws.observe(&first, &Quiet).inventory;
    let asked = log.lines().len();
    aws.observe_more(
        &plan([object("theirs", "index.html"), object("open", "index.html")]),
        &mut inventory,
        &Quiet,
    );
    assert_eq!(log.lines().len() - asked, 2, "{:?}", log.lines());
    assert!(inventory.object("theirs", "index.html").found().is_some());
    assert!(
        matches!(&inventory.bucket("theirs").head, Answer::Failed(failure) if failure.reason == Reason::AccessDenied)
    );
    assert_eq!(inventory.object("open", "index.html"), &Answer::Absent);
    assert!(inventory.bucket("open").head.found().is_some());
}

#[test]
fn a_read_that_failed_is_not_asked_again() {
    let (aws, log) = connect(|_| error(403, "AccessDenied"));
    let reads = plan([
        Read::Distributions,
        Read::AccountPublicAccessBlock,
        Read::Zones,
        object("site", "index.html"),
    ]);
    let mut inventory = Inventory::default();
    aws.observe_more(&reads, &mut inventory, &Quiet);
    assert_eq!(inventory.caller, Answer::Found(aws.caller().clone()));
    let (asked, before) = (log.lines().len(), inventory.clone());
    aws.observe_more(&reads, &mut inventory, &Quiet);
    assert_eq!(log.lines().len(), asked);
    assert_eq!(inventory, before);
}
