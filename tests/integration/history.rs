//! A history under a prefix in S3, against the emulator: the same that the unit tests hold for a directory.

use std::collections::BTreeSet;
use std::fs;
use std::thread;

use aws_credential_types::Credentials;
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use driftgate::history::{History, HistoryError, Location, Problem};
use driftgate::live::actions;
use driftgate::live::aws::{Aws, HistoryBucket, Settings};
use serde_json::json;

use crate::support::binary::Driftgate;
use crate::support::emulator::{self, Emulator, OPEN, STRICT};
use crate::support::repository;
use crate::support::user;
use crate::support::world::World;

/// The region that the bucket is made in, which is not the one that is configured.
const REGION: &str = "eu-central-1";

/// An account with a bucket and a user.
struct Account {
    world: World,
    bucket: String,
    /// The access key of the user.
    key: String,
}

impl Account {
    fn open() -> Account {
        Account::new(&OPEN, &[])
    }

    /// The user may do these things on the bucket and under `site/` in it.
    fn new(emulator: &'static Emulator, allowed: &[&str]) -> Account {
        let id = Emulator::new_account();
        let bucket = format!("{}-results", emulator::token(&id));
        let key = format!("AKIAEXAMPLE{id}");
        let recorded = tempfile::tempdir().expect("a temporary directory");
        let reached = json!([
            format!("arn:aws:s3:::{bucket}"),
            format!("arn:aws:s3:::{bucket}/site/*")
        ]);
        user::save(recorded.path(), &key, allowed, &reached);
        let world = World::load_with(recorded.path(), emulator, id, json!({}));
        world.console_in(REGION, |aws| {
            let place = CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::EuCentral1);
            let create = aws
                .s3
                .create_bucket()
                .bucket(&bucket)
                .create_bucket_configuration(place.build());
            async move { create.send().await.expect("the bucket is made") }
        });
        Account { world, bucket, key }
    }

    /// The history there, as the account's owner.
    fn history(&self, place: &str) -> History {
        self.connect(
            place,
            Credentials::new(&self.world.account, "test", None, None, "tests"),
        )
    }

    /// The history under `site/`, as the user.
    fn of_user(&self) -> History {
        self.connect(
            &format!("s3://{}/site", self.bucket),
            Credentials::new(&self.key, user::SECRET, None, None, "tests"),
        )
    }

    fn connect(&self, place: &str, credentials: Credentials) -> History {
        let Ok(Location::S3(place)) = Location::parse(place) else {
            panic!("{place} is no place in S3");
        };
        let settings = Settings {
            region: Some("eu-west-2".to_owned()),
            endpoint_url: Some(self.world.emulator.url()),
            credentials: Some(credentials),
            ..Settings::default()
        };
        let aws = Aws::connect(settings).expect("the emulator knows the caller");
        History::new(HistoryBucket::new(aws, place))
    }

    fn site(&self) -> History {
        self.history(&format!("s3://{}/site", self.bucket))
    }

    /// A check of the recorded outage that keeps its result at `place`.
    fn check(&self, place: &str) -> Driftgate {
        let step = repository("fixtures/incident/03-production-console-changes");
        for file in ["terraform.tfstate", "live.json"] {
            fs::copy(step.join(file), self.world.directory().join(file)).expect("the step has the file");
        }
        let arguments = ["check", "--live", "live.json", "--format", "json", "--history", place];
        self.world.driftgate(arguments)
    }

    fn put(&self, key: &str, body: Vec<u8>) {
        self.world.console_in(REGION, |aws| {
            let put = aws.s3.put_object().bucket(&self.bucket).key(key).body(body.into());
            async move { put.send().await.expect("the object is put") }
        });
    }

    fn get(&self, key: &str) -> Vec<u8> {
        self.world.console_in(REGION, |aws| {
            let get = aws.s3.get_object().bucket(&self.bucket).key(key);
            async move {
                let got = get.send().await.expect("the object is there");
                got.body.collect().await.expect("the body is whole").to_vec()
            }
        })
    }

    fn keys(&self) -> Vec<String> {
        self.world.console_in(REGION, |aws| {
            let list = aws.s3.list_objects_v2().bucket(&self.bucket);
            async move {
                let listed = list.send().await.expect("the bucket is listed");
                listed
                    .contents()
                    .iter()
                    .filter_map(|object| object.key.clone())
                    .collect()
            }
        })
    }
}

fn day(number: usize) -> String {
    format!("2026-11-{number:02}T02:03:04Z")
}

fn append(history: &History, number: usize) -> String {
    history
        .append(&day(number), &format!("result {number} ü"))
        .expect("the entry is taken")
}

/// The texts of all entries, where nothing was left out.
fn texts(history: &History) -> Vec<String> {
    let loaded = history.load(usize::MAX).expect("the history is read");
    assert_eq!(loaded.warnings, []);
    loaded.entries.into_iter().map(|entry| entry.text).collect()
}

#[test]
fn entries_come_back_in_the_order_of_time_and_are_pruned() {
    let account = Account::open();
    let history = account.site();
    assert_eq!(texts(&history), Vec::<String>::new());
    assert_eq!(history.prune(1, Some(1), &day(20)), Ok(vec![]));
    let names = [3, 1, 2].map(|number| append(&history, number));
    assert_eq!(texts(&history), ["result 1 ü", "result 2 ü", "result 3 ü"]);
    let newest = history.load(1).expect("the history is read").entries;
    assert_eq!(newest[0].at, "2026-11-03T02:03:04.000Z");
    assert_eq!((newest.len(), &newest[0].name), (1, &names[0]));
    assert_eq!(account.keys().len(), 3);
    assert!(account.keys().contains(&format!("site/{}", names[0])));
    assert_eq!(history.prune(2, None, &day(4)), Ok(vec![names[1].clone()]));
    assert_eq!(history.prune(9, Some(0), &day(4)), Ok(vec![names[2].clone()]));
    assert_eq!(history.prune(0, Some(0), &day(30)), Ok(vec![]));
    assert_eq!(texts(&history), ["result 3 ü"]);
}

#[test]
fn a_history_may_have_a_bucket_of_its_own() {
    let account = Account::open();
    let history = account.history(&format!("s3://{}?region={REGION}", account.bucket));
    let name = append(&history, 1);
    assert_eq!(account.keys(), [name]);
    assert_eq!(texts(&history), ["result 1 ü"]);
}

#[test]
fn other_objects_are_left_alone_and_torn_ones_named() {
    let account = Account::open();
    let history = account.site();
    let names = [1, 2, 3].map(|number| append(&history, number));
    let torn = format!("site/{}", names[2]);
    let whole = account.get(&torn);
    account.put(&torn, whole[..whole.len() / 2].to_vec());
    let others = [
        "site/",
        "site/notes.txt",
        "site/below/notes.txt",
        "site-two/notes.txt",
        "a",
    ];
    for key in others {
        account.put(key, b"mine".to_vec());
    }
    let loaded = history.load(2).expect("the history is read");
    let found: Vec<&str> = loaded.entries.iter().map(|entry| entry.text.as_str()).collect();
    assert_eq!(found, ["result 1 ü", "result 2 ü"]);
    let told: Vec<(&str, &Problem)> = loaded
        .warnings
        .iter()
        .map(|warning| (warning.place.as_str(), &warning.problem))
        .collect();
    let bucket = &account.bucket;
    assert_eq!(
        told,
        [
            (format!("s3://{bucket}/{torn}").as_str(), &Problem::CutOff),
            (format!("s3://{bucket}/site/notes.txt").as_str(), &Problem::Foreign),
        ]
    );
    assert_eq!(history.prune(1, None, &day(30)), Ok(names[..2].to_vec()));
    let left: BTreeSet<String> = account.keys().into_iter().collect();
    let expected: BTreeSet<String> = others.into_iter().map(str::to_owned).chain([torn]).collect();
    assert_eq!(left, expected);
}

#[test]
fn concurrent_runs_lose_nothing() {
    const RUNS: usize = 4;
    const ENTRIES: usize = 6;
    let account = Account::open();
    let names: BTreeSet<String> = thread::scope(|scope| {
        let run = || {
            let history = account.site();
            [1; ENTRIES].map(|number| append(&history, number))
        };
        let runs: Vec<_> = (0..RUNS).map(|_| scope.spawn(run)).collect();
        runs.into_iter()
            .flat_map(|run| run.join().expect("the run ends"))
            .collect()
    });
    assert_eq!(names.len(), RUNS * ENTRIES);
    let loaded = account.site().load(usize::MAX).expect("the history is read");
    let found: BTreeSet<String> = loaded.entries.into_iter().map(|entry| entry.name).collect();
    assert_eq!(found, names);
}

#[test]
fn a_missing_bucket_and_one_of_somebody_else() {
    let (account, other) = (Account::open(), Account::open());
    let missing = format!("s3://{}-none/site", account.bucket);
    let error = account.history(&missing).append(&day(1), "{}").unwrap_err().to_string();
    let begin = format!(
        "{missing}/: the history cannot be written: there is no bucket {}-none",
        account.bucket
    );
    assert!(
        error.starts_with(&begin) && error.contains("; make it, or check its name"),
        "{error}"
    );
    let theirs = format!("s3://{}/site", other.bucket);
    let error = account.history(&theirs).append(&day(1), "{}").unwrap_err().to_string();
    let begin = format!("{theirs}/: the history cannot be written: s3:PutObject: AccessDenied");
    assert!(
        error.starts_with(&begin) && error.contains(&format!("; allow s3:PutObject on {theirs}/*")),
        "{error}"
    );
    assert_eq!(other.keys(), Vec::<String>::new());
}

/// What docs/permissions.md asks for is enough, and nothing of it is too much.
#[test]
fn the_documented_permissions_suffice_and_a_missing_one_is_named() {
    let account = Account::new(&STRICT, actions::S3_HISTORY);
    let history = account.of_user();
    let names = [1, 2].map(|number| append(&history, number));
    assert_eq!(texts(&history), ["result 1 ü", "result 2 ü"]);
    assert_eq!(history.prune(1, None, &day(3)), Ok(names[..1].to_vec()));
    for missing in actions::S3_HISTORY {
        let allowed: Vec<&str> = actions::S3_HISTORY
            .iter()
            .copied()
            .filter(|action| action != missing)
            .collect();
        let account = Account::new(&STRICT, &allowed);
        let owner = account.site();
        for number in [1, 2] {
            append(&owner, number);
        }
        let history = account.of_user();
        let attempts: [Result<(), HistoryError>; 3] = [
            history.load(9).map(drop),
            history.append(&day(3), "result 3 ü").map(drop),
            history.prune(1, None, &day(3)).map(drop),
        ];
        let failed = attempts.each_ref().map(Result::is_err);
        let (fails, left) = match *missing {
            actions::GET_OBJECT => ([true, false, false], vec![3]),
            actions::PUT_OBJECT => ([false, true, false], vec![2]),
            actions::DELETE_OBJECT => ([false, false, true], vec![1, 2, 3]),
            actions::LIST_OBJECTS => ([true, false, true], vec![1, 2, 3]),
            other => panic!("nobody says what a run without {other} does"),
        };
        assert_eq!(failed, fails, "{missing}");
        for error in attempts.into_iter().filter_map(Result::err) {
            let text = error.to_string();
            assert!(text.contains(&format!("; allow {missing} on ")), "{missing}: {text}");
        }
        let left: Vec<String> = left.into_iter().map(|number| format!("result {number} ü")).collect();
        assert_eq!(texts(&owner), left, "{missing}");
    }
}

#[test]
fn a_check_keeps_its_result_and_finds_the_earlier_ones() {
    let account = Account::open();
    let place = format!("s3://{}/site", account.bucket);
    for earlier in 0..3 {
        let run = account.check(&place).run();
        assert_eq!((run.code, run.stderr.as_str()), (2, ""));
        assert_eq!(run.json()["past"].as_array().map(Vec::len), Some(earlier));
        assert_eq!(account.keys().len(), earlier + 1);
    }
}

#[test]
fn a_token_without_permission_leaves_the_verdict_and_is_named_once() {
    for missing in [actions::LIST_OBJECTS, actions::PUT_OBJECT, actions::DELETE_OBJECT] {
        let others = actions::S3_HISTORY.iter().copied().filter(|action| *action != missing);
        let account = Account::new(&STRICT, &others.collect::<Vec<_>>());
        // Old enough to be pruned.
        account
            .site()
            .append("2020-01-01T00:00:00Z", "{}")
            .expect("the entry is taken");
        let place = format!("s3://{}/site", account.bucket);
        let user = account.check(&place).env("AWS_ACCESS_KEY_ID", &account.key);
        let run = user.env("AWS_SECRET_ACCESS_KEY", user::SECRET).run();
        assert_eq!(run.code, 2, "{missing}: {}", run.stderr);
        assert_eq!(run.json()["outcome"], "drift");
        let denied: Vec<&str> = run.stderr.lines().filter(|line| line.contains("; allow ")).collect();
        let advice = format!("; allow {missing} on ");
        assert!(
            denied.len() == 1 && denied[0].contains(&advice),
            "{missing}: {}",
            run.stderr
        );
    }
}
