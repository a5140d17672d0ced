use serde_json::{Value, json};

use super::super::samples;
use super::*;
use crate::finding::{Category, Change, Finding, ResourceRef};
use crate::rules;

fn written(result: &CheckResult, options: Options) -> String {
    let mut out = Vec::new();
    render(result, &options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// As on a terminal of 80 columns without colours.
fn plain(result: &CheckResult) -> String {
    written(
        result,
        Options {
            width: Some(80),
            ..Options::default()
        },
    )
}

/// With each ANSI style as `<1;31>` and each reset as `</>`.
fn coloured(result: &CheckResult) -> String {
    let text = written(
        result,
        Options {
            width: Some(80),
            colour: true,
            ..Options::default()
        },
    );
    let mut out = String::new();
    let mut parts = text.split("\u{1b}[");
    out.push_str(parts.next().unwrap());
    for part in parts {
        let (codes, rest) = part.split_once('m').unwrap();
        out.push_str(&if codes == "0" {
            "</>".to_owned()
        } else {
            format!("<{codes}>")
        });
        out.push_str(rest);
    }
    out
}

/// A drifted result of one change.
fn of_change(expected: Value, live: Value) -> CheckResult {
    let mut result = samples::drifted();
    result.findings.truncate(1);
    result.unchecked.clear();
    result.not_covered.clear();
    result.counts = crate::result::Counts {
        resources: 1,
        checked: 1,
        ..Default::default()
    };
    result.findings[0].finding.changes = vec![Change {
        path: "policy".to_owned(),
        expected,
        live,
        sensitive: false,
        note: None,
        at_least: None,
    }];
    result
}

#[test]
fn clean() {
    insta::assert_snapshot!(plain(&samples::clean()));
}

#[test]
fn clean_with_remarks() {
    insta::assert_snapshot!(plain(&samples::clean_with_remarks()));
}

#[test]
fn drifted() {
    insta::assert_snapshot!(plain(&samples::drifted()));
}

#[test]
fn drifted_in_colours() {
    insta::assert_snapshot!(coloured(&samples::drifted()));
}

#[test]
fn clean_with_remarks_in_colours() {
    insta::assert_snapshot!(coloured(&samples::clean_with_remarks()));
}

#[test]
fn hostile() {
    insta::assert_snapshot!(plain(&samples::hostile()));
}

#[test]
fn incomplete() {
    insta::assert_snapshot!(plain(&samples::incomplete()));
}

#[test]
fn outage() {
    insta::assert_snapshot!(plain(&samples::outage()));
}

#[test]
fn outage_in_colours() {
    insta::assert_snapshot!(coloured(&samples::outage()));
}

#[test]
fn recovered() {
    insta::assert_snapshot!(plain(&samples::recovered()));
}

#[test]
fn commands_are_never_broken() {
    let narrow = Options {
        width: Some(40),
        ..Options::default()
    };
    let text = written(&samples::outage(), narrow);
    let command = "terraform apply '-target=module.site[\"prod\"].aws_s3_bucket_policy.this'";
    assert!(text.lines().any(|line| line.trim_start() == command), "{text}");
}

#[test]
fn what_is_ignored_is_counted_and_listed_on_demand() {
    let result = samples::outage();
    assert!(plain(&result).contains("1 difference ignored by configuration; --verbose lists them\n"));
    let verbose = Options {
        verbose: true,
        ..Options::default()
    };
    let ignored = "origin[\"website\"].origin_path: ignore_changes at infra/site/main.tf:80\n";
    assert!(written(&result, verbose).contains(ignored));
}

#[test]
fn nothing_to_check() {
    insta::assert_snapshot!(plain(&samples::nothing_to_check()));
}

#[test]
fn a_change_deep_in_a_long_policy_says_where_it_is() {
    let statement = |at: usize, action: &str| {
        samples::statement(
            &format!("S{at}"),
            json!({ "AWS": "111122223333" }),
            json!([action]),
            "www.example.com",
        )
    };
    let expected: Vec<_> = (0..6).map(|at| statement(at, "s3:GetObject")).collect();
    let mut live = expected.clone();
    live[1] = statement(1, "s3:GetObjectVersion");
    live[4]["Effect"] = json!("Deny");
    insta::assert_snapshot!(plain(&of_change(samples::policy(&expected), samples::policy(&live))));
}

#[test]
fn a_statement_that_went_is_named() {
    let statement = |at: usize| {
        let name = format!("S{at}");
        samples::statement(
            &name,
            json!({ "AWS": "111122223333" }),
            json!(["s3:GetObject"]),
            &format!("{name}.example.com"),
        )
    };
    let expected: Vec<_> = (0..4).map(statement).collect();
    let live = [expected[0].clone(), expected[1].clone(), expected[3].clone()];
    insta::assert_snapshot!(plain(&of_change(samples::policy(&expected), samples::policy(&live))));
}

#[test]
fn very_long_values_are_cut_unless_all_is_asked_for() {
    let result = of_change(Value::Null, (0..500).map(|at| format!("element {at}")).collect());
    let (cut, all) = (
        plain(&result),
        written(
            &result,
            Options {
                verbose: true,
                ..Options::default()
            },
        ),
    );
    assert!(
        cut.contains("\n        ... 383 more lines; the JSON report holds all\n"),
        "{cut}"
    );
    assert!(
        cut.contains("\"element 110\"") && !cut.contains("\"element 499\""),
        "{cut}"
    );
    assert!(all.contains("\"element 499\"") && !all.contains("more lines"), "{all}");
}

#[test]
fn sensitive_values_never_appear() {
    for verbose in [false, true] {
        let text = written(
            &samples::drifted(),
            Options {
                verbose,
                ..Options::default()
            },
        );
        assert!(text.contains("      - (sensitive)\n      + (sensitive)\n"), "{text}");
        assert!(!text.contains(samples::SECRET), "{text}");
    }
}

#[test]
fn nothing_foreign_reaches_the_terminal_as_it_is() {
    for width in [None, Some(1), Some(40), Some(80)] {
        let text = written(
            &samples::hostile(),
            Options {
                width,
                verbose: true,
                ..Options::default()
            },
        );
        samples::assert_visible(&text);
        for line in text.lines() {
            assert!(!line.trim_start().starts_with("::"), "a workflow command: {line}");
            assert!(!line.trim_start().starts_with("CLEAN:"), "a forged verdict: {line}");
        }
    }
}

#[test]
fn without_colours_there_is_no_escape_code_and_with_them_all_are_closed() {
    for result in [
        samples::drifted(),
        samples::hostile(),
        samples::incomplete(),
        samples::clean_with_remarks(),
    ] {
        let plain = plain(&result);
        assert!(!plain.contains('\u{1b}'), "{plain}");
        let coloured = written(
            &result,
            Options {
                width: Some(80),
                colour: true,
                ..Options::default()
            },
        );
        for line in coloured.lines() {
            let last = line.rsplit_once("\u{1b}[").map_or("0m", |(_, code)| code);
            assert!(last.starts_with("0m"), "a style runs over the line's end: {line}");
        }
        let stripped: String = coloured
            .split("\u{1b}[")
            .enumerate()
            .map(
                |(at, part)| {
                    if at == 0 { part } else { part.split_once('m').unwrap().1 }
                },
            )
            .collect();
        assert_eq!(stripped, plain);
    }
}

#[test]
fn findings_of_one_resource_stand_together_under_the_worst() {
    let finding = |address: &str, title: &str, severity| {
        let resource = ResourceRef {
            terraform_type: "aws_s3_bucket".to_owned(),
            id: "b".to_owned(),
            account: None,
            region: None,
        };
        let mut finding = Finding::new(Category::Drift, rules::RESOURCE_CHANGED, resource, title);
        finding.address = Some(address.to_owned());
        samples::judged(severity, finding)
    };
    let result = CheckResult {
        findings: vec![
            finding("aws_s3_bucket.a", "first", Severity::Low),
            finding("aws_s3_bucket.b", "second", Severity::Medium),
            finding("aws_s3_bucket.a", "third", Severity::High),
        ],
        ..samples::clean()
    };
    insta::assert_snapshot!(plain(&result));
}

#[test]
fn a_thousand_findings_are_all_there() {
    let text = plain(&samples::many(1_000));
    assert!(text.contains("\nhigh  module.site[\"n999\"].aws_s3_bucket_policy.this\n"));
    assert_eq!(text.matches("aws_s3_bucket_policy.this\n").count(), 1_000 + 1);
}
