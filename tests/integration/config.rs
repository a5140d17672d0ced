//! `driftgate config show|check` and `driftgate init`, through the binary.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::support::binary::{Driftgate, Run};
use crate::support::repository;

const CONFIGURATION: &str = r#"state "prod" {
  source = "terraform/prod.tfstate"
}

deploy {
  variables = {
    "secrets.BUCKET" = env("PROD_BUCKET")
  }
}

settings {
  fail_on = "high"
}
"#;

fn directory_with(text: &str) -> tempfile::TempDir {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("driftgate.hcl"), text).expect("the configuration is written");
    directory
}

fn config(arguments: &[&str], directory: &Path) -> Run {
    Driftgate::new(["config"].iter().chain(arguments).copied())
        .env("PROD_BUCKET", "hunter2")
        .within(directory)
        .run()
}

#[test]
fn what_holds_is_shown_with_where_it_came_from() {
    let directory = directory_with(CONFIGURATION);
    let run = config(&["show"], directory.path());
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(run.stdout);
    let run = config(&["show", "--fail-on", "critical", "--state", "-"], directory.path());
    assert!(run.stdout.contains("\"critical\""), "{}", run.stdout);
    assert!(run.stdout.contains("# --fail-on"), "{}", run.stdout);
    assert!(!run.stdout.contains("prod.tfstate"), "{}", run.stdout);
}

#[test]
fn machines_get_the_same() {
    let directory = directory_with(CONFIGURATION);
    let run = config(&["show", "--format", "json"], directory.path());
    assert!(!run.stdout.contains("hunter2"));
    let document = run.json();
    assert_eq!(document["file"], "driftgate.hcl");
    let value = |name: &str| {
        let values = document["values"].as_array().into_iter().flatten();
        values.clone().find(|value| value["name"] == name).cloned().expect(name)
    };
    assert_eq!(
        value("settings.fail_on"),
        json!({
            "name": "settings.fail_on",
            "value": "high",
            "sensitive": false,
            "origin": { "kind": "file", "file": "driftgate.hcl", "line": 12 },
        })
    );
    let secret = value("variables[\"secrets.BUCKET\"]");
    assert_eq!((&secret["value"], &secret["sensitive"]), (&json!(null), &json!(true)));
    assert_eq!(secret["origin"]["variable"], "PROD_BUCKET");
    assert_eq!(value("settings.phase")["origin"]["kind"], "default");
}

#[test]
fn the_file_is_found_above_and_named() {
    let directory = directory_with(CONFIGURATION);
    let below = directory.path().join("a/b");
    fs::create_dir_all(&below).expect("a directory below");
    let run = config(&["check"], &below);
    assert_eq!(
        run.stdout, "../../driftgate.hcl: valid: 1 state, 1 workflow value\n",
        "{}",
        run.stderr
    );
    let run = config(&["check", "--config", "../driftgate.hcl"], &directory.path().join("a"));
    assert_eq!(
        run.stdout, "../driftgate.hcl: valid: 1 state, 1 workflow value\n",
        "{}",
        run.stderr
    );
    let shown = config(&["show"], &below).stdout;
    assert!(shown.contains("\"../../terraform/prod.tfstate\""), "{shown}");

    fs::create_dir(below.join(".git")).expect("a repository of its own");
    assert!(
        config(&["check"], &below)
            .failed()
            .contains("no driftgate.hcl here or above")
    );
    let run = config(&["check", "--config", "absent.hcl"], &below);
    assert!(run.failed().contains("absent.hcl: there is no such"), "{}", run.stderr);
    let run = config(&["show"], &below);
    assert_eq!(run.code, 0, "without a file the defaults hold: {}", run.stderr);
}

#[test]
fn everything_wrong_is_told_at_once() {
    let directory = directory_with("state \"a\" {\n  sauce = 1\n}\nsettings {\n  fail_on = env(\"NOPE\")\n}\n");
    for arguments in [&["check"][..], &["show"]] {
        let run = config(arguments, directory.path());
        assert_eq!((run.code, run.stdout.as_str()), (1, ""));
        insta::allow_duplicates! { insta::assert_snapshot!(run.stderr); }
    }
}

#[test]
fn what_is_no_text_of_a_configuration_is_refused() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("driftgate.hcl");
    for (bytes, says) in [
        (&b"\xff\xfe"[..], "not UTF-8"),
        (b"{\"state\": 1}", "driftgate.hcl:1:1: syntax error"),
        (&b"a {\n".repeat(1000), "nested too deeply"),
    ] {
        fs::write(&file, bytes).expect("the file is written");
        let run = config(&["check"], directory.path());
        assert_eq!(run.code, 1);
        assert!(run.stderr.contains(says), "{says}: {}", run.stderr);
    }
    let line = "# nothing at all\n";
    fs::write(&file, line.repeat((10 << 20) / line.len())).expect("the file is written");
    let run = config(&["check"], directory.path());
    assert_eq!(
        run.stdout, "driftgate.hcl: valid: nothing but settings\n",
        "{}",
        run.stderr
    );
}

#[test]
fn a_first_configuration_is_written_once_and_is_valid() {
    let directory = tempfile::tempdir().expect("a directory");
    let at = |path: &str| directory.path().join(path);
    fs::create_dir_all(at("infra/stage")).expect("directories");
    fs::create_dir_all(at(".github/workflows")).expect("directories");
    fs::copy(
        repository("fixtures/drifted/terraform.tfstate"),
        at("infra/terraform.tfstate"),
    )
    .expect("a state");
    fs::write(at("infra/main.tf"), "resource \"aws_s3_bucket\" \"b\" {}\n").expect("a configuration");
    let backend = "terraform {\n  backend \"s3\" {\n    bucket = \"states\"\n    key    = \"stage.tfstate\"\n    region = \"eu-west-2\"\n  }\n}\n";
    fs::write(at("infra/stage/main.tf"), backend).expect("a configuration");
    let workflow = "on: push\njobs:\n  deploy:\n    runs-on: ubuntu-latest\n    environment: prod\n    steps:\n      - run: aws s3 sync dist s3://${{ secrets.BUCKET }}/${{ vars.PREFIX }}\n";
    fs::write(at(".github/workflows/deploy.yml"), workflow).expect("a workflow");

    let run = Driftgate::new(["init"]).within(directory.path()).run();
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    insta::assert_snapshot!(run.stdout);
    let text = fs::read_to_string(at("driftgate.hcl")).expect("the configuration is there");
    insta::assert_snapshot!(text);
    let check = config(&["check"], directory.path());
    assert_eq!(check.code, 0, "{}", check.stderr);

    let again = Driftgate::new(["init"]).within(directory.path()).run();
    assert!(
        again.failed().contains("driftgate.hcl: this file exists already"),
        "{}",
        again.stderr
    );
    assert_eq!(
        fs::read_to_string(at("driftgate.hcl")).expect("it is still there"),
        text
    );
}

#[test]
fn rules_are_checked_with_the_rest() {
    let directory =
        directory_with("rule \"x\" {\n  when   = findng.rule == \"resource-changed\"\n  action = \"allow\"\n}\n");
    let run = config(&["check"], directory.path());
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert!(run.stderr.contains("driftgate.hcl:2:12"), "{}", run.stderr);
    assert!(run.stderr.contains("findng"), "{}", run.stderr);
}

/// A check of a recorded account whose production distribution was changed by hand, in a directory of its own.
fn check_in(directory: &Path, more: &[&str]) -> serde_json::Value {
    let step = repository("fixtures/incident/03-production-console-changes");
    let (state, live) = (step.join("terraform.tfstate"), step.join("live.json"));
    let (state, live) = (state.to_string_lossy(), live.to_string_lossy());
    let arguments = [
        "check",
        "--format",
        "json",
        "--no-serving",
        "--state",
        &state,
        "--live",
        &live,
    ];
    let run = Driftgate::new(arguments.iter().chain(more).copied())
        .within(directory)
        .run();
    assert!(matches!(run.code, 0 | 2), "{}", run.stderr);
    run.json()
}

/// The changed attributes of the production distribution that still fail, and those that somebody else owns.
fn of_distribution(result: &serde_json::Value) -> (Vec<String>, Vec<String>) {
    let address = "aws_cloudfront_distribution.site[\"prod\"]";
    let list = |name: &str| result[name].as_array().cloned().unwrap_or_default();
    let path = |value: &serde_json::Value| value["path"].as_str().unwrap_or_default().to_owned();
    let of = |value: &serde_json::Value| value["address"] == address;
    let failing = list("findings")
        .iter()
        .filter(|one| of(one) && one["suppressed"].is_null())
        .flat_map(|one| {
            let changes = one["changes"].as_array().cloned().unwrap_or_default();
            let decisions = one["decisions"].as_array().cloned().unwrap_or_default();
            let both = changes.into_iter().zip(decisions);
            both.filter(|(_, decision)| decision["action"] == "fail")
                .map(|(change, _)| path(&change))
                .collect::<Vec<_>>()
        })
        .collect();
    let ignored = list("ignored").iter().filter(|one| of(one)).map(path).collect();
    (failing, ignored)
}

#[test]
fn what_others_own_and_what_is_allowed_does_not_fail() {
    let domain = "origin[\"website-prod\"].domain_name".to_owned();
    let aliases = "aliases".to_owned();
    let plain = tempfile::tempdir().expect("a directory");
    let before = of_distribution(&check_in(plain.path(), &[]));
    assert_eq!(before, (vec![aliases.clone(), domain.clone()], Vec::new()));

    let owned = directory_with(
        "owner \"deploy\" {\n  attribute {\n    address = \"aws_cloudfront_distribution.*\"\n    path    = \"origin[*].domain_name\"\n  }\n}\n",
    );
    let result = check_in(owned.path(), &[]);
    assert_eq!(of_distribution(&result), (vec![aliases.clone()], vec![domain.clone()]));

    let allowed = directory_with(
        "rule \"aliases\" {\n  when   = finding.rule == \"resource-changed\" && change.path == \"aliases\"\n  action = \"allow\"\n  reason = \"moved on purpose\"\n}\n",
    );
    let result = check_in(allowed.path(), &[]);
    assert_eq!(of_distribution(&result), (vec![domain.clone()], Vec::new()));

    let configured = tempfile::tempdir().expect("a directory");
    fs::write(
        configured.path().join("main.tf"),
        "resource \"aws_cloudfront_distribution\" \"site\" {\n  for_each = var.sites\n  lifecycle {\n    ignore_changes = [origin, aliases]\n  }\n}\n",
    )
    .expect("the configuration is written");
    let result = check_in(configured.path(), &["--terraform-dir", "."]);
    assert_eq!(of_distribution(&result), (Vec::new(), vec![aliases, domain]));
}
