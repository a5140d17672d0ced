//! A history in S3: what is asked, and what trouble is said to be.

use std::sync::atomic::{AtomicUsize, Ordering};

use driftgate::history::{Action, History, Location, Problem, Store, StoreError, Stored, Written};
use driftgate::live::aws::HistoryBucket;

use super::{Asked, Log, Reply, connect, keys, ok, s3_error};

const NAME: &str = "20261124T020304.123Z-9f2c51d0a7b36e48.json.gz";
const OBJECT: &str = "/results/site/20261124T020304.123Z-9f2c51d0a7b36e48.json.gz";
/// A page that does not say whether it is the last.
const EMPTY: &str =
    "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"></ListBucketResult>";
const LISTING: &str = "GET /results?list-type=2&delimiter=%2F&prefix=site%2F";

/// The history at `s3://results/site`, in a bucket that is where the configuration says.
fn store(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> (HistoryBucket, Log) {
    store_at("s3://results/site", answer)
}

fn store_at(place: &str, answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> (HistoryBucket, Log) {
    let (aws, log) = connect(answer);
    let Ok(Location::S3(place)) = Location::parse(place) else {
        panic!("{place} is no place in S3");
    };
    (HistoryBucket::new(aws, place), log)
}

fn put() -> Reply {
    Reply::Answer(
        200,
        vec![("etag", "\"d41d8cd98f00b204e9800998ecf8427e\"".to_owned())],
        vec![],
    )
}

#[test]
fn an_entry_is_one_call_in_the_region_that_was_named() {
    let (store, log) = store_at("s3://results/site?region=eu-west-1", |_| put());
    assert_eq!(store.write(NAME, b"packed"), Ok(Written::Done));
    assert_eq!(log.lines(), [format!("PUT {OBJECT}")]);
    let asked = log.all().pop().unwrap();
    assert_eq!((asked.region.as_str(), asked.body.as_str()), ("eu-west-1", "packed"));
}

#[test]
fn the_bucket_is_followed_to_its_region_once() {
    let (store, log) = store(|asked| match (asked.region.as_str(), asked.line.split(' ').next()) {
        ("eu-north-1", Some("PUT")) => put(),
        ("eu-north-1", _) => keys(&[], None),
        _ => Reply::Answer(301, vec![("x-amz-bucket-region", "eu-north-1".to_owned())], vec![]),
    });
    assert_eq!(store.write(NAME, b"packed"), Ok(Written::Done));
    assert_eq!(store.list(), Ok(vec![]));
    let regions: Vec<String> = log.all().into_iter().map(|asked| asked.region).collect();
    assert_eq!(regions[1..], ["eu-west-2", "eu-north-1", "eu-north-1"]);
}

/// The first try may have brought the object all the same: the second one must be free to put it again.
#[test]
fn a_try_that_broke_is_made_again_under_the_same_name() {
    let tries = AtomicUsize::new(0);
    let (store, log) = store(move |_| match tries.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::Broken,
        _ => put(),
    });
    assert_eq!(store.write(NAME, b"packed"), Ok(Written::Done));
    assert_eq!(log.lines(), [format!("PUT {OBJECT}"), format!("PUT {OBJECT}")]);
}

#[test]
fn every_page_is_listed() {
    let (store, log) = store(|asked| match asked.line.as_str() {
        LISTING => keys(&["site/", "site/a"], Some("t1")),
        line if line.contains("continuation-token=t1") => keys(&[], Some("t2")),
        line if line.contains("continuation-token=t2") => keys(&["site/b", "site/c"], None),
        other => panic!("{other}"),
    });
    assert_eq!(store.list(), Ok(vec!["a".to_owned(), "b".to_owned(), "c".to_owned()]));
    assert_eq!(log.lines().len(), 3);
}

#[test]
fn a_whole_bucket_is_listed_without_a_prefix() {
    let (store, log) = store_at("s3://results", |_| keys(&["a"], None));
    assert_eq!(store.list(), Ok(vec!["a".to_owned()]));
    assert_eq!(log.lines(), ["GET /results?list-type=2&delimiter=%2F"]);
    assert_eq!(store.shown("a"), "s3://results/a");
}

/// Half a listing would let newer entries pass for the newest, and pruning for done.
#[test]
fn a_listing_that_cannot_be_whole_is_an_error() {
    let cause = |answer: fn(&Asked) -> Reply| {
        let (store, _) = store(answer);
        let StoreError { action, cause, .. } = store.list().unwrap_err();
        assert_eq!(action, Action::List);
        cause
    };
    let stuck = "s3:ListBucket: the listing does not advance: it says there is more, and not from where";
    assert_eq!(cause(|_| keys(&["site/a"], Some("t"))), stuck);
    assert_eq!(
        cause(|asked| keys(
            &["site/a"],
            Some(if asked.line.contains("token=t") { "u" } else { "t" })
        )),
        stuck
    );
    assert_eq!(
        cause(|_| keys(&["other/a"], None)),
        "s3:ListBucket: the listing of \"site/\" holds \"other/a\", which does not begin with it"
    );
    assert_eq!(
        cause(|_| ok(EMPTY)),
        "s3:ListBucket: the answer says success and not whether it is all"
    );
    let second_page = |asked: &Asked| match asked.line.as_str() {
        LISTING => keys(&["site/a"], Some("t")),
        _ => s3_error(403, "AccessDenied"),
    };
    assert!(cause(second_page).starts_with("s3:ListBucket: AccessDenied"));
}

#[test]
fn an_object_is_handed_out_gone_or_kept_back() {
    let read = |reply: fn() -> Reply| store(move |_| reply()).0.read(NAME);
    assert_eq!(read(|| ok("packed")), Ok(Stored::Bytes(b"packed".to_vec())));
    assert_eq!(read(|| s3_error(404, "NoSuchKey")), Ok(Stored::Gone));
    for code in ["InvalidObjectState", "KMS.DisabledException"] {
        let (store, _) = store(move |_| s3_error(403, code));
        let kept = Stored::Unreadable(format!("{code}: said by S3 (request REQ1)"));
        assert_eq!(store.read(NAME), Ok(kept));
    }
}

#[test]
fn an_archived_entry_is_left_out_with_a_warning() {
    let (store, _) = store(|asked| match asked.line.as_str() {
        LISTING => keys(&[&OBJECT["/results/".len()..]], None),
        _ => s3_error(403, "InvalidObjectState"),
    });
    let loaded = History::new(store).load(5).unwrap();
    assert_eq!(loaded.entries, []);
    let [warning] = &loaded.warnings[..] else {
        panic!("{:?}", loaded.warnings);
    };
    assert_eq!(warning.place, format!("s3:/{OBJECT}"));
    assert!(matches!(warning.problem, Problem::Unreadable(_)), "{warning}");
}

#[test]
fn what_is_gone_is_removed() {
    for reply in [|| Reply::Answer(204, vec![], vec![]), || s3_error(404, "NoSuchKey")] {
        let (store, log) = store(move |_| reply());
        assert_eq!(store.remove(NAME), Ok(()));
        assert_eq!(log.lines(), [format!("DELETE {OBJECT}")]);
    }
}

#[test]
fn trouble_says_where_what_and_what_to_do() {
    type Answer = fn() -> Reply;
    let all = |answer: Answer| -> [String; 4] {
        let (store, _) = store(move |_| answer());
        [
            store.list().unwrap_err().to_string(),
            store.read(NAME).unwrap_err().to_string(),
            store.write(NAME, b"packed").unwrap_err().to_string(),
            store.remove(NAME).unwrap_err().to_string(),
        ]
    };
    assert_eq!(
        all(|| s3_error(403, "AccessDenied")),
        [
            ("listed", "s3:ListBucket", "the bucket results"),
            ("read", "s3:GetObject", "s3://results/site/*"),
            ("written", "s3:PutObject", "s3://results/site/*"),
            ("pruned", "s3:DeleteObject", "s3://results/site/*"),
        ]
        .map(|(verb, action, on)| format!(
            "s3://results/site/: the history cannot be {verb}: {action}: AccessDenied: said by S3 (request REQ1); allow \
             {action} on {on} (docs/permissions.md, \"History in S3\"), and check that these are the right account's \
             credentials"
        ))
    );
    for text in all(|| s3_error(404, "NoSuchBucket")) {
        assert!(text.contains(": there is no bucket results (NoSuchBucket"), "{text}");
        assert!(
            text.ends_with("; make it, or check its name and that these are the right account's credentials"),
            "{text}"
        );
    }
    let ends: [(Answer, &str); 5] = [
        (
            || s3_error(400, "ExpiredToken"),
            "; sign in again (`aws sso login`, or a new session)",
        ),
        (|| s3_error(503, "SlowDown"), "; try again later"),
        (|| Reply::Broken, "; check the network and AWS_ENDPOINT_URL"),
        (|| Reply::Silence, "; check the network and AWS_ENDPOINT_URL"),
        (
            || Reply::Answer(301, vec![], vec![]),
            "; name the bucket's region: s3://results/site/?region=REGION",
        ),
    ];
    for (answer, end) in ends {
        for text in all(answer) {
            assert!(text.ends_with(end) && !text.contains('\n'), "{text}");
        }
    }
}

/// A proxy that says 200 to everything has kept nothing.
#[test]
fn a_success_without_an_object_is_none() {
    let (store, _) = store(|_| ok("<html>welcome</html>"));
    let text = store.write(NAME, b"packed").unwrap_err().to_string();
    assert!(
        text.contains("s3:PutObject: the answer says success and holds nothing; check the bucket, AWS_ENDPOINT_URL"),
        "{text}"
    );
}
