//! The command line as a contract: exit codes, formats, reports, help.

use std::fs;

use serde_json::json;

use crate::support::binary::Driftgate;
use crate::support::repository;

const LIVE: &str = "fixtures/drifted/live.json";
const STATE: &str = "fixtures/drifted/terraform.tfstate";

fn check(more: &[&str]) -> Driftgate {
    let given = ["check", "--state", STATE, "--live", LIVE];
    Driftgate::new(given.iter().chain(more).copied()).within(&repository(""))
}

#[test]
fn the_demo_needs_nothing_and_walks_every_step() {
    let run = Driftgate::new(["demo"]).run();
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert_eq!(run.stderr, "");
    assert!(!run.stdout.contains('\u{1b}'), "no colours where there is no terminal");
    for step in crate::incident::STEPS {
        assert!(
            run.stdout.contains(&format!("── {} ─", step.name)),
            "{} is walked",
            step.name
        );
    }
    let verdicts = |word: &str| run.stdout.lines().filter(|line| line.starts_with(word)).count();
    assert_eq!((verdicts("CLEAN: "), verdicts("DRIFT: ")), (2, 6));
}

/// Without the wrapping of a terminal: only the story is broken into lines.
#[test]
fn the_demo_looks_like_this() {
    let run = Driftgate::new(["demo"]).run();
    insta::with_settings!({ filters => vec![(r"in [0-9.]+ m?s", "in TIME")] }, {
        insta::assert_snapshot!("demo", run.stdout);
    });
}

#[test]
fn the_demo_shows_one_step_by_name_or_number() {
    let show = |step: &str| Driftgate::new(["demo", "--step", step]).run();
    for (step, code) in [("0", 0), ("00-healthy", 0), ("04", 2), ("6", 0), ("variant", 2)] {
        let run = show(step);
        assert_eq!(run.code, code, "{step}: {}", run.stderr);
        assert_eq!(run.stdout.matches("driftgate says").count(), 1, "{step}");
    }
    let unknown = show("9");
    assert!(
        unknown.failed().contains("04-secrets-name-another-bucket"),
        "{}",
        unknown.stderr
    );
    let quiet = Driftgate::new(["demo", "--step", "variant", "--fail-on", "critical"]).run();
    assert_eq!(quiet.code, 2, "the worst of it is critical");
}

#[test]
fn a_document_of_the_demo_is_that_of_the_outage() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("demo.json");
    let to_file = format!("json={}", file.display());
    for arguments in [&["demo", "--format", "json"][..], &["demo", "--report", &to_file]] {
        let run = Driftgate::new(arguments.iter().copied()).run();
        assert_eq!(run.code, 2, "{arguments:?}");
        assert!(
            run.stderr.contains("05-origin-path-never-built"),
            "{arguments:?}: {}",
            run.stderr
        );
    }
    let text = fs::read_to_string(file).expect("the report is there");
    let document: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
    let rules: Vec<&str> = document["findings"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|finding| finding["rule"].as_str())
        .collect();
    assert!(rules.contains(&"origin-path-never-built"), "{rules:?}");
    let chosen = Driftgate::new(["demo", "--format", "json", "--step", "6"]).run();
    assert_eq!((chosen.code, chosen.stderr.as_str()), (0, ""));
    assert_eq!(chosen.json()["findings"], json!([]));
}

#[test]
fn the_exit_code_follows_the_failing_level() {
    for (level, code) in [("info", 2), ("low", 2), ("medium", 2), ("high", 2), ("critical", 0)] {
        let run = check(&["--no-serving", "--fail-on", level]).run();
        assert_eq!(run.code, code, "--fail-on {level}");
    }
}

#[test]
fn the_format_never_changes_the_exit_code() {
    for format in ["human", "json"] {
        assert_eq!(check(&["--format", format]).run().code, 2, "{format}");
        assert_eq!(
            check(&["--no-serving", "--format", format, "--fail-on", "critical"])
                .run()
                .code,
            0,
            "{format}"
        );
    }
}

#[test]
fn colours_follow_the_flag_and_no_color() {
    assert!(check(&["--color", "always"]).run().stdout.contains('\u{1b}'));
    assert!(!check(&["--color", "never"]).run().stdout.contains('\u{1b}'));
    assert!(!check(&[]).env("NO_COLOR", "1").run().stdout.contains('\u{1b}'));
}

#[test]
fn further_reports_are_written_in_the_same_run() {
    let directory = tempfile::tempdir().expect("a directory");
    let (json, human) = (directory.path().join("a.json"), directory.path().join("b.txt"));
    let (to_json, to_human) = (format!("json={}", json.display()), format!("human={}", human.display()));
    let run = check(&["--report", &to_json, "--report", &to_human]).run();
    assert_eq!(run.code, 2);
    let written: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(json).expect("the report is there")).expect("it is JSON");
    assert_eq!(written["schema"], json!("driftgate/v1"));
    assert!(
        fs::read_to_string(human)
            .expect("the report is there")
            .contains("DRIFT: ")
    );
}

#[test]
fn results_are_valid_against_the_published_schema() {
    let text = fs::read_to_string(repository("docs/result.schema.json")).expect("the schema is there");
    let schema: serde_json::Value = serde_json::from_str(&text).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    let result = check(&["--format", "json"]).run().json();
    let errors: Vec<String> = validator.iter_errors(&result).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
    assert!(
        !validator.is_valid(&json!({ "schema": "driftgate/v1" })),
        "the schema refuses what is no result"
    );
}

#[test]
fn the_same_input_gives_the_same_ids() {
    let ids = || -> Vec<String> {
        let result = check(&["--format", "json"]).run().json();
        result["findings"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|finding| finding["id"].to_string())
            .collect()
    };
    let (first, second) = (ids(), ids());
    assert_eq!(first, second);
    let distinct: std::collections::BTreeSet<&String> = first.iter().collect();
    assert_eq!(
        distinct.len(),
        first.len(),
        "every finding has an id of its own: {first:?}"
    );
}

#[test]
fn help_and_version_are_no_failures() {
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["check", "--help"],
        &["snapshot", "--help"],
        &["demo", "--help"],
    ] {
        let run = Driftgate::new(arguments.iter().copied()).run();
        assert_eq!(run.code, 0, "{arguments:?}");
        assert!(!run.stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn wrong_usage_exits_with_1_and_says_what_is_known() {
    for (arguments, says) in [
        (
            &["check", "--fail-on", "urgent"][..],
            "info, low, medium, high and critical",
        ),
        (&["check", "--format", "yaml"], "human"),
        (&["check", "--report", "json"], "FORMAT=FILE"),
        (&["check", "--report", "json="], "missing after"),
        (&["check", "--no-such-flag"], "--no-such-flag"),
        (&["chekc"], "chekc"),
        (&[], "Usage"),
        (&["snapshot"], "--output"),
    ] {
        let run = Driftgate::new(arguments.iter().copied()).run();
        assert_eq!(run.code, 1, "{arguments:?}");
        assert_eq!(run.stdout, "", "{arguments:?}");
        assert!(run.stderr.contains(says), "{arguments:?}: {}", run.stderr);
    }
}

#[test]
fn a_closed_pipe_leaves_the_exit_code() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_driftgate"))
        .args(["demo", "--format", "json"])
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the binary ends");
    assert_eq!(
        output.status.code(),
        Some(2),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn nothing_to_check_is_incomplete() {
    let empty = r#"{"version":4,"terraform_version":"1.11.4","serial":1,"lineage":"a","outputs":{},"resources":[],"check_results":null}"#;
    let run = Driftgate::new(["check", "--state", "-"]).stdin(empty).run();
    assert_eq!(run.code, 3, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("nothing to check"), "{}", run.stdout);
}

#[cfg(not(feature = "live"))]
#[test]
fn without_the_network_nothing_is_published() {
    let run = Driftgate::new(["publish", "issue", "--result", "drift.json"]).run();
    assert!(
        run.failed()
            .contains("built without the feature `live` and cannot publish")
    );
}
