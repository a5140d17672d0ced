//! Real permissions, enforced: users of IAM and bucket policies that deny.

use std::fs;
use std::path::Path;

use driftgate::live::actions;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::support::binary::Driftgate;
use crate::support::emulator::STRICT;
use crate::support::repository;
use crate::support::user;
use crate::support::world::{Expected, STATES, changed};

/// A copy of `two-sites` with a user who may do nothing but these things, and the key of that user.
struct Limited {
    world: World,
    key: &'static str,
    _directory: TempDir,
}

impl Limited {
    /// `key` is one that no other test uses: an access key names its account.
    fn new(key: &'static str, allowed: &[&str]) -> Limited {
        let directory = tempfile::tempdir().expect("a temporary directory");
        copy(&repository("fixtures/worlds/two-sites"), directory.path());
        user::save(directory.path(), key, allowed, &json!("*"));
        let world = World::load_from(directory.path(), &STRICT);
        Limited {
            world,
            key,
            _directory: directory,
        }
    }

    /// The comparison alone, with the user's key.
    fn check(&self, state: &str) -> Driftgate {
        let check = ["check", "--state", state, "--no-serving", "--format", "json"];
        self.signed(self.world.driftgate(check))
    }

    fn signed(&self, run: Driftgate) -> Driftgate {
        run.env("AWS_ACCESS_KEY_ID", self.key)
            .env("AWS_SECRET_ACCESS_KEY", user::SECRET)
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory is made");
    for entry in fs::read_dir(from).expect("a directory is read") {
        let entry = entry.expect("a directory is read");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("an entry has a type").is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a file is copied");
        }
    }
}

/// Reason and address of all that is unchecked.
fn unchecked(result: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = result["unchecked"].as_array().expect("a list").iter();
    let mut all: Vec<(String, String)> = all.map(|one| (text(&one["reason"]), text(&one["address"]))).collect();
    all.dedup();
    all
}

/// The actions that the documentation asks for are enough, what is served included.
#[test]
fn the_documented_permissions_suffice() {
    let all = [actions::S3, actions::CLOUDFRONT, actions::ACM, actions::ROUTE53].concat();
    let limited = Limited::new("AKIAEXAMPLESUFFICES", &all);
    for state in STATES {
        let check = limited.world.driftgate(["check", "--state", state, "--format", "json"]);
        let run = limited.signed(check).run();
        let result = run.json();
        let brought = (run.code, &result["findings"], &result["unchecked"]);
        assert_eq!(brought, (0, &json!([]), &json!([])), "{state}");
    }
}

#[test]
fn a_user_who_may_read_buckets_alone() {
    let limited = Limited::new("AKIAEXAMPLEBUCKETS", actions::S3);
    let run = limited.check(STATES[0]).run();
    let result = run.json();
    let unchecked = unchecked(&result);
    assert!(
        unchecked.iter().all(|(reason, _)| reason == "access-denied"),
        "{unchecked:?}"
    );
    // Two distributions, two access controls, the zone and seven records.
    assert_eq!((unchecked.len(), &result["findings"], run.code), (12, &json!([]), 3));
    assert_eq!(result["summary"]["checked"], json!(12));
}

/// A denial that only some buckets' settings are under is told where it counts, with the action that is missing.
#[test]
fn a_user_who_may_not_read_websites() {
    let all = [actions::S3, actions::CLOUDFRONT, actions::ROUTE53].concat();
    let allowed: Vec<&str> = all
        .into_iter()
        .filter(|action| *action != "s3:GetBucketWebsite")
        .collect();
    let limited = Limited::new("AKIAEXAMPLEWEBSITES", &allowed);
    let run = limited.check(STATES[1]).run();
    let result = run.json();
    let denied = |address: &str| ("access-denied".to_owned(), address.to_owned());
    assert_eq!(unchecked(&result), [denied(OLD_WEBSITE), denied(PROD), denied(STAGE)]);
    assert_eq!((run.code, &result["findings"]), (3, &json!([])));
    assert!(
        result["unchecked"].to_string().contains("s3:GetBucketWebsite"),
        "{}",
        result["unchecked"]
    );
}

/// A user who may do nothing learns who they are, and no more.
#[test]
fn a_user_who_may_do_nothing() {
    let limited = Limited::new("AKIAEXAMPLENOTHING", &["s3:ListTagsForResource"]);
    let run = limited.check(STATES[0]).run();
    let result = run.json();
    assert_eq!(
        (run.code, &result["summary"]["checked"], &result["findings"]),
        (3, &json!(0), &json!([]))
    );
    assert_eq!(unchecked(&result).len(), 24);
}

/// A user who may do everything, but for a statement of the stage bucket's own policy. (The emulator asks no policy
/// about the account's root.)
#[track_caller]
fn denied_by_policy(key: &'static str, action: &str, address: &str, found: &[Expected]) {
    let all = [actions::S3, actions::CLOUDFRONT, actions::ROUTE53].concat();
    let limited = Limited::new(key, &all);
    let bucket = limited.world.own("arn:aws:s3:::example-com-stage");
    let deny = json!({"Sid": "Secretive", "Effect": "Deny", "Principal": "*", "Action": action, "Resource": bucket});
    limited.world.edit_policy(STAGE, |policy| {
        policy["Statement"].as_array_mut().expect("statements").push(deny)
    });
    for state in STATES {
        limited
            .world
            .assert_blind(&limited.check(state).run(), state, "access-denied", &[address], found);
    }
}

/// The statement is both: a finding, and the reason why the tags are not known.
#[test]
fn a_bucket_policy_that_denies() {
    let found = [changed(STAGE_POLICY, &["policy.Statement[Secretive]"])];
    denied_by_policy("AKIAEXAMPLETAGS", "s3:GetBucketTagging", STAGE, &found);
}

/// One that denies reading itself hides what it says, and nothing else.
#[test]
fn a_bucket_policy_that_denies_reading_itself() {
    denied_by_policy("AKIAEXAMPLEPOLICY", "s3:GetBucketPolicy", STAGE_POLICY, &[]);
}
