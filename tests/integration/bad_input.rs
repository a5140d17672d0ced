//! Bad input of every kind: one clear line that names the file, the place and what to do; exit 1.

use std::fs;

use crate::support::binary::Driftgate;
use crate::support::repository;

/// Runs `check` on a state of the given bytes and returns the one line it fails with.
#[track_caller]
fn state_fails(bytes: impl AsRef<[u8]>) -> String {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("bad.tfstate"), bytes).expect("the state is written");
    let run = Driftgate::new(["check", "--state", "bad.tfstate"])
        .within(directory.path())
        .run();
    let line = run.failed().to_owned();
    assert!(
        line.starts_with("driftgate: error: bad.tfstate"),
        "the line names the file: {line}"
    );
    line
}

#[track_caller]
fn says(line: &str, parts: &[&str]) {
    for part in parts {
        assert!(line.contains(part), "{part:?} is missing in: {line}");
    }
}

/// The drifted account's state with one text replaced.
fn edited(old: &str, new: &str) -> String {
    let text = fs::read_to_string(repository("fixtures/drifted/terraform.tfstate")).expect("the state is there");
    assert!(text.contains(old), "{old:?} is in the state");
    text.replacen(old, new, 1)
}

#[test]
fn a_missing_file() {
    let run = Driftgate::new(["check", "--state", "no/such.tfstate"]).run();
    says(run.failed(), &["no/such.tfstate", "no such file"]);
}

#[test]
fn an_empty_file() {
    says(&state_fails(""), &["empty"]);
}

#[test]
fn not_json() {
    says(
        &state_fails("resource \"aws_s3_bucket\" \"b\" {}"),
        &["bad.tfstate:1:1", "JSON"],
    );
    says(&state_fails("{\n  \"version\": 4,,\n}"), &["bad.tfstate:2:", "JSON"]);
}

#[test]
fn other_state_versions() {
    says(
        &state_fails(edited("\"version\": 4", "\"version\": 3")),
        &["version 3", "terraform"],
    );
    says(
        &state_fails(edited("\"version\": 4", "\"version\": 5")),
        &["version 5", "newer"],
    );
}

#[test]
fn an_encrypted_state() {
    let text = r#"{"serial":1,"lineage":"x","meta":{"key_provider.pbkdf2.k":"e30="},"encrypted_data":"AAAA","encryption_version":"v0"}"#;
    says(&state_fails(text), &["encrypted", "tofu state pull"]);
}

#[test]
fn a_directory_without_state() {
    let directory = tempfile::tempdir().expect("a directory");
    let run = Driftgate::new(["check", "--state", "."]).within(directory.path()).run();
    says(run.failed(), &["state"]);
    let run = Driftgate::new(["check"]).within(directory.path()).run();
    says(run.failed(), &["state"]);
}

#[test]
fn a_resource_without_attributes() {
    let text = edited("\"attributes\": {", "\"no_attributes\": {");
    says(&state_fails(text), &["aws_", "attributes"]);
}

#[test]
fn a_newer_schema_version() {
    let mut state: serde_json::Value = serde_json::from_str(&edited("\"version\": 4", "\"version\": 4")).expect("JSON");
    let resources = state["resources"].as_array_mut().expect("resources");
    let record = resources
        .iter_mut()
        .find(|r| r["type"] == "aws_route53_record")
        .expect("a record");
    record["instances"][0]["schema_version"] = 9.into();
    says(
        &state_fails(state.to_string()),
        &["aws_route53_record", "9", "2", "driftgate"],
    );
}

#[test]
fn duplicate_addresses() {
    let mut state: serde_json::Value = serde_json::from_str(&edited("\"version\": 4", "\"version\": 4")).expect("JSON");
    let resources = state["resources"].as_array_mut().expect("resources");
    let copy = resources
        .iter()
        .find(|r| r["type"] == "aws_route53_zone")
        .expect("a zone")
        .clone();
    resources.push(copy);
    says(&state_fails(state.to_string()), &["aws_route53_zone.main", "twice"]);
}

#[cfg(feature = "live")]
#[test]
fn an_unreachable_endpoint() {
    let state = repository("fixtures/drifted/terraform.tfstate");
    let run = Driftgate::new(["check", "--state", &state.to_string_lossy()]).run();
    says(run.failed(), &["127.0.0.1:9", "cannot be reached"]);
}

#[cfg(feature = "live")]
#[test]
fn absent_credentials() {
    let state = repository("fixtures/drifted/terraform.tfstate");
    let run = Driftgate::new(["check", "--state", &state.to_string_lossy()])
        .without("AWS_ACCESS_KEY_ID")
        .without("AWS_SECRET_ACCESS_KEY")
        .run();
    says(run.failed(), &["no AWS credentials", "AWS_PROFILE"]);
}

#[cfg(feature = "live")]
#[test]
fn expired_credentials() {
    use crate::support::world::World;
    let world = World::load("two-sites");
    let expired = serde_json::json!({
        "match": "POST /", "service": "sts", "times": null, "status": 403, "code": "ExpiredToken", "message": "expired",
    });
    world.emulator.faults(&world.account, &[expired]);
    says(
        world.check("terraform.tfstate").failed(),
        &["does not accept these credentials", "expired"],
    );
}

#[test]
fn snapshots_that_are_none() {
    let directory = tempfile::tempdir().expect("a directory");
    let state = repository("fixtures/drifted/terraform.tfstate");
    for (text, part) in [
        ("{\"schema\":\"driftgate-snapshot/v7\"}", "newer"),
        ("{\"schema\":\"driftgate-snapshot/v0\"}", "no longer reads"),
        ("{\"version\":4}", "schema"),
        ("", "empty"),
        ("{", "live.json:1:1"),
    ] {
        fs::write(directory.path().join("live.json"), text).expect("the snapshot is written");
        let arguments = ["check", "--state", &state.to_string_lossy(), "--live", "live.json"];
        let run = Driftgate::new(arguments).within(directory.path()).run();
        says(run.failed(), &["live.json", part]);
    }
    let arguments = ["check", "--state", &state.to_string_lossy(), "--live", "absent.json"];
    says(Driftgate::new(arguments).run().failed(), &["absent.json"]);
}
