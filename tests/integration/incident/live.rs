//! The steps on the emulator: the same findings, and the pages as its data plane serves them.

use std::fs;

use serde_json::{Value, json};

use super::{Mapping, STEPS, Step, assert_prediction, assert_result, mapping};
use crate::support::emulator::{self, Emulator};
use crate::support::http;
use crate::support::world::World;

/// The account that the steps were recorded in.
const RECORDED: &str = "000000000000";

/// A copy of a step in an account and under names of its own.
struct Copy {
    world: World,
    mapping: Mapping,
    visitors: Value,
}

impl Copy {
    fn of(step: &Step) -> Copy {
        let account = Emulator::new_account();
        let token = emulator::token(&account);
        let world = World::load_with(
            &step.directory(),
            &emulator::OPEN,
            account,
            json!({
                "example.com": format!("{token}.example.com"),
                "example.org": format!("{token}.example.org"),
                // The certificate was valid for a year from its recording; the copy's is whenever the tests run.
                "2026-11-21T": "2020-11-21T",
                "2027-11-21T": "2120-11-21T",
            }),
        );
        let workflows = world.directory().join(".github/workflows");
        fs::create_dir_all(&workflows).expect("a directory is made");
        for file in [".github/workflows/deploy.yml", "package.json"] {
            fs::write(world.directory().join(file), world.own(&step.read(file))).expect("a file is written");
        }
        let mapping = mapping(&world.own(&step.read("variables.json")));
        let visitors = serde_json::from_str(&world.own(&step.read("visitors.json"))).expect("visitors.json is JSON");
        Copy {
            world,
            mapping,
            visitors,
        }
    }

    fn own(&self, lines: &[String]) -> Vec<String> {
        let mut lines: Vec<String> = lines.iter().map(|line| self.world.own(line)).collect();
        lines.sort();
        lines
    }

    /// What the emulator's data plane answers, bucket policies enforced.
    fn page(&self, host: &str, path: &str) -> u16 {
        let headers = [
            ("Host", host),
            ("x-t-account", &self.world.account),
            ("x-forwarded-proto", "https"),
        ];
        http::request(self.world.emulator.port, "GET", path, &headers, "").status
    }
}

/// One step: what is found with the mapping and without, what pages are answered with, and that both that status and
/// the recorded one are predicted, by `check` for the hosts and by `trace` for every page.
#[track_caller]
fn replay(name: &str) {
    let step = STEPS.iter().find(|step| step.name == name).expect("a step of the list");
    let copy = Copy::of(step);
    let check = ["check", "--state", "terraform.tfstate", "--format", "json"];
    let mapped = check
        .iter()
        .copied()
        .chain(copy.mapping.arguments.iter().map(String::as_str));
    let run = copy.mapping.give(copy.world.driftgate(mapped)).run();
    assert_result(step, &run, &copy.own(&step.with_mapping()));
    assert_prediction(&copy.visitors, &run.json());
    let run = copy.world.driftgate(check).run();
    assert_result(step, &run, &copy.own(&step.without_mapping()));

    let asked = copy.visitors.as_array().expect("visits are a list").iter();
    for visit in asked.filter(|visit| visit["evidence"] == "asked") {
        let (host, path) = (
            visit["host"].as_str().expect("a host"),
            visit["path"].as_str().expect("a path"),
        );
        let got = copy.page(host, path);
        assert_eq!(json!(got), visit["status"], "{name}: GET {host}{path}");
        let page = format!("{host}{path}");
        let run = copy
            .world
            .driftgate(["trace", &page, "--state", "terraform.tfstate", "--format", "json"])
            .run();
        assert_eq!(
            run.json()["live"]["visitor"]["status"],
            json!(got),
            "{name}: trace {page}\n{}",
            run.stdout
        );
        assert_eq!(run.code, if got < 400 { 0 } else { 2 }, "{name}: trace {page}");
    }
}

#[test]
fn step_00_everything_is_served() {
    replay("00-healthy");
}

#[test]
fn step_01_the_stage_bucket_has_no_policy() {
    replay("01-stage-bucket-by-hand");
}

#[test]
fn step_02_the_origin_bucket_does_not_exist() {
    replay("02-distribution-to-new-bucket");
}

#[test]
fn step_03_records_alias_and_policy_disagree() {
    replay("03-production-console-changes");
}

#[test]
fn step_04_the_next_deployment_will_miss() {
    replay("04-secrets-name-another-bucket");
}

#[test]
fn step_05_the_origin_path_was_never_built() {
    replay("05-origin-path-never-built");
}

#[test]
fn step_06_everything_is_served_again() {
    replay("06-fixed");
}

#[test]
fn variant_the_production_job_writes_to_the_stage_bucket() {
    replay("variant-preprod-bucket-in-prod-job");
}

/// `live.json` of every step is what the account answers: taken again with `BLESS=1`, compared otherwise with a
/// snapshot of a copy under its own names.
#[test]
fn the_recorded_snapshots_are_fresh() {
    for step in &STEPS {
        if std::env::var_os("BLESS").is_some() {
            record(step);
        }
        let copy = Copy::of(step);
        let inventory = snapshot(
            &copy.world,
            &copy.mapping,
            copy.world.directory().join("live.json").as_path(),
        );
        let recorded: Value = serde_json::from_str(&copy.world.own(&step.read("live.json"))).expect("it is JSON");
        let mut differences = Vec::new();
        differ("", &recorded["inventory"], &inventory, &mut differences);
        // The canonical id of an account is no text of it that a copy could replace.
        differences.retain(|one| !one.contains("/acl/found/"));
        assert_eq!(
            differences,
            Vec::<String>::new(),
            "{}: BLESS=1 takes it again",
            step.name
        );
    }
}

/// Where two documents differ, by path.
fn differ(path: &str, a: &Value, b: &Value, found: &mut Vec<String>) {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            let names: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            for name in names {
                let (a, b) = (a.get(name).unwrap_or(&Value::Null), b.get(name).unwrap_or(&Value::Null));
                differ(&format!("{path}/{name}"), a, b, found);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (at, (a, b)) in a.iter().zip(b).enumerate() {
                differ(&format!("{path}/{at}"), a, b, found);
            }
        }
        _ if a == b => {}
        _ => found.push(format!("{path}: {a} was recorded, it is {b}")),
    }
}

/// Takes a snapshot under the recorded names. They are taken by one account at a time, so the step is dropped again.
fn record(step: &Step) {
    let world = World::load_with(&step.directory(), &emulator::OPEN, RECORDED.to_owned(), json!({}));
    for file in [".github/workflows/deploy.yml", "package.json"] {
        let copy = world.directory().join(file);
        fs::create_dir_all(copy.parent().expect("a file is in a directory")).expect("a directory is made");
        fs::write(copy, step.read(file)).expect("a file is written");
    }
    snapshot(
        &world,
        &mapping(&step.read("variables.json")),
        &step.directory().join("live.json"),
    );
    world
        .emulator
        .control("POST", &format!("reset?account={RECORDED}"), &Value::Null);
}

/// The inventory of a snapshot taken into a file.
fn snapshot(world: &World, mapping: &Mapping, file: &std::path::Path) -> Value {
    let file = file.to_string_lossy();
    let given = ["snapshot", "--state", "terraform.tfstate", "-o", &*file];
    let run = mapping
        .give(world.driftgate(given.into_iter().chain(mapping.arguments.iter().map(String::as_str))))
        .run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    let text = fs::read_to_string(&*file).expect("the snapshot is written");
    let mut document: Value = serde_json::from_str(&text).expect("a snapshot is JSON");
    document["inventory"].take()
}

/// The calls of a run by operation, without those of another.
fn more(with: &Value, without: &Value) -> Value {
    let calls = |result: &Value| {
        result["stats"]["api_calls_by_operation"]
            .as_object()
            .cloned()
            .unwrap_or_default()
    };
    let (with, without) = (calls(with), calls(without));
    let number = |value: Option<&Value>| value.and_then(Value::as_u64).unwrap_or_default();
    let more = with.iter().filter_map(|(operation, calls)| {
        let more = number(Some(calls)) - number(without.get(operation));
        (more > 0).then(|| (operation.clone(), json!(more)))
    });
    Value::Object(more.collect())
}

/// Serving and deployment checks add one page of distributions, one call per certificate, the account's public access
/// block, one call per (bucket, key), and for a bucket that is not in the state its policy and public access block.
#[test]
fn serving_adds_no_more_calls_than_its_budget() {
    let world = World::load("two-sites");
    let check = |more: &[&str]| {
        let given = ["check", "--state", "terraform.tfstate", "--format", "json"];
        world.driftgate(given.iter().chain(more).copied()).run().json()
    };
    let without = check(&["--no-serving"]);
    world.emulator.calls(&world.account);
    let with = check(&[]);
    assert_eq!(
        more(&with, &without),
        json!({ "acm:DescribeCertificate": 1, "s3:HeadObject": 4 })
    );
    assert_no_object_twice(&world.emulator.calls(&world.account));

    let step = STEPS
        .iter()
        .find(|step| step.name == "01-stage-bucket-by-hand")
        .expect("a step");
    let copy = Copy::of(step);
    let check = |more: &[&str]| {
        let given = ["check", "--state", "terraform.tfstate", "--format", "json"];
        let run = copy.world.driftgate(given.iter().chain(more).copied());
        copy.mapping.give(run).run().json()
    };
    let arguments: Vec<&str> = copy.mapping.arguments.iter().map(String::as_str).collect();
    let without = check(&["--no-serving", "--no-workflows"]);
    copy.world.emulator.calls(&copy.world.account);
    let with = check(&arguments);
    assert_eq!(
        more(&with, &without),
        json!({
            "acm:DescribeCertificate": 1,
            "cloudfront:ListDistributions": 1,
            // The bucket made by hand is not in the state.
            "s3:GetBucketPolicy": 1,
            // The root objects of both sites: they prove, too, that the origin paths that the jobs set hold something.
            "s3:HeadObject": 2,
        })
    );
    assert_no_object_twice(&copy.world.emulator.calls(&copy.world.account));
}

/// Every object, and every prefix, is asked for once.
#[track_caller]
fn assert_no_object_twice(calls: &[String]) {
    let mut seen = std::collections::BTreeSet::new();
    for call in calls
        .iter()
        .filter(|call| call.starts_with("HEAD ") || call.contains("list-type=2"))
    {
        assert!(seen.insert(call), "{call} was made twice");
    }
}
