//! Golden files, the official schema, and what GitHub demands beyond it.

use std::collections::BTreeSet;
use std::path::Path;

use jsonschema::Validator;
use serde_json::Value;

use super::super::{Format, samples};
use super::*;
use crate::result::{Age, Resource};

fn rendered(result: &CheckResult) -> String {
    samples::written(Format::Sarif, result)
}

fn parsed(result: &CheckResult) -> Value {
    serde_json::from_str(&rendered(result)).unwrap()
}

/// The schema as OASIS publishes it, formats included.
fn schema() -> Validator {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/schemas/sarif-2.1.0.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    jsonschema::options()
        .with_draft(jsonschema::Draft::Draft7)
        .should_validate_formats(true)
        .build(&schema)
        .unwrap()
}

/// Holds a log against the schema and against GitHub's demands, and gives its only run.
fn checked(validator: &Validator, result: &CheckResult) -> Value {
    let log = parsed(result);
    let errors: Vec<String> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let run = log["runs"][0].clone();
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for rule in rules {
        for text in ["/shortDescription/text", "/fullDescription/text", "/help/text"] {
            assert!(!rule.pointer(text).unwrap().as_str().unwrap().is_empty(), "{rule}");
        }
        let score: f64 = rule["properties"]["security-severity"]
            .as_str()
            .unwrap()
            .parse()
            .unwrap();
        assert!(score > 0.0 && score <= 10.0);
        let tags = rule["properties"]["tags"].as_array().unwrap();
        assert!(tags.len() <= 10 && tags.contains(&"security".into()), "{rule}");
    }
    let mut fingerprints = BTreeSet::new();
    for (one, judged) in run["results"].as_array().unwrap().iter().zip(&result.findings) {
        let index = usize::try_from(one["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], one["ruleId"]);
        let place = &one["locations"][0]["physicalLocation"];
        let uri = place["artifactLocation"]["uri"].as_str().unwrap();
        assert!(
            !uri.is_empty() && (!uri.contains(':') || uri.starts_with("file:///")),
            "{uri}"
        );
        assert!(place["region"]["startLine"].as_u64().unwrap() > 0);
        let prints = &one["partialFingerprints"];
        assert_eq!(prints["driftgateFindingId/v1"], judged.finding.id());
        assert!(
            fingerprints.insert(prints["primaryLocationLineHash"].to_string()),
            "two findings would become one alert: {one}"
        );
        let allowed = !one["suppressions"].as_array().unwrap().is_empty();
        assert_eq!(allowed, judged.is_allowed());
    }
    assert_eq!(fingerprints.len(), result.findings.len(), "a finding is lost");
    run
}

fn golden(result: &CheckResult) -> String {
    let version = format!("ersion\": \"{}\"", env!("CARGO_PKG_VERSION"));
    rendered(result).replace(&version, "ersion\": \"[version]\"")
}

#[test]
fn clean() {
    insta::assert_snapshot!(golden(&samples::clean()));
}

#[test]
fn drifted() {
    insta::assert_snapshot!(golden(&samples::drifted()));
}

#[test]
fn incomplete() {
    insta::assert_snapshot!(golden(&samples::incomplete()));
}

#[test]
fn outage() {
    insta::assert_snapshot!(golden(&samples::outage()));
}

#[test]
fn every_result_keeps_to_the_schema() {
    let validator = schema();
    for (_, result) in samples::all() {
        checked(&validator, &result);
    }
    for result in [
        samples::filled_with(""),
        samples::filled_with("../a b\u{1b}[2J\\%2e%2e/[x](https://example.com) {0} \u{202e}\r\n:#?"),
    ] {
        checked(&validator, &result);
    }
}

#[test]
fn the_schema_refuses_what_is_wrong() {
    let validator = schema();
    let whole = parsed(&samples::outage());
    assert!(validator.is_valid(&whole));
    for (pointer, wrong) in [
        ("/version", Value::from("2.0.0")),
        ("/runs/0/results/0/level", "fatal".into()),
        ("/runs/0/results/0/baselineState", "old".into()),
        ("/runs/0/results/0/message", "text".into()),
        (
            "/runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri",
            "a b".into(),
        ),
        ("/runs/0/invocations/0/startTimeUtc", "yesterday".into()),
        ("/runs/0/invocations/0/exitCode", "2".into()),
        ("/runs/0/results/0/suppressions", "allowed".into()),
    ] {
        let mut log = whole.clone();
        // baselineState is not there where not all findings have an age.
        match log.pointer_mut(pointer) {
            Some(value) => *value = wrong,
            None => {
                let (parent, name) = pointer.rsplit_once('/').unwrap();
                log.pointer_mut(parent).unwrap()[name] = wrong;
            }
        }
        assert!(!validator.is_valid(&log), "{pointer}");
    }
}

#[test]
fn nothing_foreign_becomes_a_link_or_moves_the_cursor() {
    let text = rendered(&samples::filled_with("[click](https://example.com)\u{1b}[2J\u{202e}"));
    samples::assert_visible(&text);
    let log: Value = serde_json::from_str(&text).unwrap();
    let mut messages = Vec::new();
    collect_texts(&log, &mut messages);
    assert!(messages.len() > 10);
    for message in messages {
        assert!(!message.contains("]("), "{message}");
    }
}

/// Everything that is shown as text: members named `text`, `markdown` and `justification`.
fn collect_texts(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if matches!(name.as_str(), "text" | "markdown" | "justification") => {
                        into.push(text.clone());
                    }
                    member => collect_texts(member, into),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_texts(item, into)),
        _ => {}
    }
}

#[test]
fn a_finding_without_a_place_stands_at_its_block_or_else_at_its_state() {
    let validator = schema();
    let mut result = samples::drifted();
    let finding = result.findings[0].finding.clone();
    result.resources = vec![Resource {
        address: finding.address.unwrap(),
        state: finding.state.unwrap(),
        place: Some(crate::place::Place::new("infra/main.tf", 0)),
        checked: true,
    }];
    result.findings[1].finding.state = Some("s3://states/prod.tfstate".to_owned());
    let run = checked(&validator, &result);
    let uri = |at: usize| {
        let location = &run["results"][at]["locations"][0];
        (
            location["physicalLocation"]["artifactLocation"]["uri"]
                .as_str()
                .unwrap()
                .to_owned(),
            location["message"].is_object(),
        )
    };
    assert_eq!(uri(0), ("infra/main.tf".to_owned(), false));
    assert_eq!(uri(1), ("states/prod.tfstate".to_owned(), true));
    // Unmanaged: the first state of the run.
    assert_eq!(uri(3), ("terraform.tfstate".to_owned(), true));
}

#[test]
fn all_results_have_a_baseline_state_or_none_has() {
    let mut result = samples::drifted();
    let states = |result: &CheckResult| -> Vec<Value> {
        let run = parsed(result)["runs"][0].clone();
        let results = run["results"].as_array().unwrap().iter();
        results.map(|one| one["baselineState"].clone()).collect()
    };
    result.findings.truncate(2);
    let age = |new| {
        Some(Age {
            new,
            first_seen: "2026-03-14T02:30:00Z".to_owned(),
        })
    };
    result.findings[0].age = age(true);
    assert_eq!(states(&result), [Value::Null, Value::Null]);
    result.findings[1].age = age(false);
    assert_eq!(states(&result), [Value::from("new"), Value::from("unchanged")]);
}

#[test]
fn a_rule_is_as_severe_as_the_worst_that_nothing_allows() {
    let score = |result: &CheckResult| {
        let run = parsed(result)["runs"][0].clone();
        run["tool"]["driver"]["rules"][0]["properties"]["security-severity"].clone()
    };
    let mut result = samples::clean_with_remarks();
    // Two allowed ones of medium, one of info that nothing allows.
    assert_eq!(score(&result), "0.5");
    result.findings.reverse();
    assert_eq!(score(&result), "0.5");
    result.findings.remove(0);
    assert_eq!(score(&result), "5.5");
    assert_eq!(score(&samples::drifted()), "9.5");
}

#[test]
fn a_run_that_could_not_check_everything_did_not_succeed() {
    let validator = schema();
    for (result, succeeded, notifications) in [
        (samples::clean(), true, 0),
        (samples::incomplete(), false, 4),
        (samples::nothing_to_check(), false, 1),
        (samples::outage(), false, 5),
    ] {
        let invocation = checked(&validator, &result)["invocations"][0].clone();
        assert_eq!(invocation["executionSuccessful"], succeeded);
        assert_eq!(
            invocation["toolExecutionNotifications"].as_array().unwrap().len(),
            notifications
        );
        assert_eq!(invocation["startTimeUtc"], "2026-03-14T02:30:00Z");
    }
}

#[test]
fn times_that_are_none_are_left_out() {
    let mut result = samples::clean();
    for text in ["", "yesterday", "-000044-03-15T12:00:00Z"] {
        result.run.started_at = text.to_owned();
        assert_eq!(
            checked(&schema(), &result)["invocations"][0]["startTimeUtc"],
            Value::Null
        );
    }
}

#[test]
fn five_thousand_findings_are_all_there() {
    let result = samples::many(5_000);
    let text = rendered(&result);
    // GitHub takes 10 MB compressed.
    assert!(text.len() < 20 << 20, "{}", text.len());
    checked(&schema(), &result);
}
