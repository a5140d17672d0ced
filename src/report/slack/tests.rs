use serde_json::Value;

use super::*;
use crate::report::{Format, samples};

fn rendered(result: &CheckResult) -> String {
    samples::written(Format::Slack, result)
}

/// A rule of Block Kit's reference: kind of object, member, and what must hold of it. Lengths are in UTF-16 units,
/// since nobody says which characters are counted.
struct Rule {
    of: &'static str,
    member: &'static str,
    holds: fn(&Value) -> bool,
}

fn length(value: &Value) -> usize {
    value.as_str().map_or(usize::MAX, |text| text.encode_utf16().count())
}

fn items(value: &Value) -> usize {
    value.as_array().map_or(usize::MAX, Vec::len)
}

fn between(number: usize, least: usize, most: usize) -> bool {
    (least..=most).contains(&number)
}

fn is_markup_up_to(value: &Value, most: usize) -> bool {
    value["type"] == "mrkdwn" && between(length(&value["text"]), 1, most)
}

const RULES: &[Rule] = &[
    Rule {
        of: "message",
        member: "text",
        holds: |v| between(length(v), 1, 40_000),
    },
    Rule {
        of: "message",
        member: "blocks",
        holds: |v| between(items(v), 1, 50),
    },
    Rule {
        of: "header",
        member: "text",
        holds: |v| v["type"] == "plain_text" && between(length(&v["text"]), 1, 150),
    },
    Rule {
        of: "section",
        member: "text",
        holds: |v| v.is_null() || is_markup_up_to(v, 3_000),
    },
    Rule {
        of: "section",
        member: "fields",
        holds: |v| {
            v.is_null()
                || (between(items(v), 1, 10)
                    && v.as_array()
                        .is_some_and(|all| all.iter().all(|one| is_markup_up_to(one, 2_000))))
        },
    },
    Rule {
        of: "context",
        member: "elements",
        holds: |v| {
            between(items(v), 1, 10)
                && v.as_array()
                    .is_some_and(|all| all.iter().all(|one| is_markup_up_to(one, 3_000)))
        },
    },
    Rule {
        of: "plain_text",
        member: "emoji",
        holds: |v| v == false,
    },
    Rule {
        of: "mrkdwn",
        member: "verbatim",
        holds: |v| v == true,
    },
];

const MEMBERS: &[(&str, &[&str])] = &[
    ("message", &["text", "blocks"]),
    ("header", &["type", "text"]),
    ("section", &["type", "text", "fields"]),
    ("context", &["type", "elements"]),
    ("plain_text", &["type", "text", "emoji"]),
    ("mrkdwn", &["type", "text", "verbatim"]),
];

/// Holds every object of the message against the rules of its kind.
fn check(value: &Value, kind: Option<&str>) {
    match value {
        Value::Object(members) => {
            let kind = kind.or_else(|| value["type"].as_str()).expect("an object has a type");
            let (_, known) = MEMBERS
                .iter()
                .find(|(name, _)| *name == kind)
                .expect("a kind that is known");
            for (name, member) in members {
                assert!(known.contains(&name.as_str()), "{kind} has no member {name}");
                check(member, None);
            }
            for rule in RULES.iter().filter(|rule| rule.of == kind) {
                assert!((rule.holds)(&value[rule.member]), "{kind}.{}: {value:#}", rule.member);
            }
            if kind == "section" {
                assert!(
                    !value["text"].is_null() || !value["fields"].is_null(),
                    "an empty section"
                );
            }
        }
        Value::Array(items) => items.iter().for_each(|item| check(item, None)),
        _ => {}
    }
}

fn checked(result: &CheckResult) -> Value {
    let message: Value = serde_json::from_str(&rendered(result)).unwrap();
    check(&message, Some("message"));
    message
}

/// Every text of the message, whether it has markup, what it says.
fn texts(value: &Value, into: &mut Vec<(bool, String)>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(text)) = members.get("text") {
                into.push((value["type"] != "plain_text", text.clone()));
            }
            members.values().for_each(|member| texts(member, into));
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, into)),
        _ => {}
    }
}

fn all_texts(message: &Value) -> Vec<(bool, String)> {
    let mut all = Vec::new();
    texts(message, &mut all);
    all
}

#[test]
fn clean() {
    insta::assert_snapshot!(rendered(&samples::clean()));
}

#[test]
fn drifted() {
    insta::assert_snapshot!(rendered(&samples::drifted()));
}

#[test]
fn incomplete() {
    insta::assert_snapshot!(rendered(&samples::incomplete()));
}

#[test]
fn outage() {
    insta::assert_snapshot!(rendered(&samples::outage()));
}

#[test]
fn resolved() {
    insta::assert_snapshot!(rendered(&samples::recovered()));
}

#[test]
fn every_message_keeps_to_block_kit() {
    for (_, result) in samples::all() {
        checked(&result);
    }
    for result in [
        samples::recovered(),
        samples::many(5_000),
        samples::filled_with(""),
        samples::filled_with(&"x".repeat(20_000)),
        samples::filled_with(&"<".repeat(20_000)),
        samples::filled_with(&"🙂 ".repeat(10_000)),
        samples::filled_with(&"a b ".repeat(10_000)),
    ] {
        checked(&result);
    }
}

#[test]
fn only_what_fails_alarms() {
    let mut result = samples::outage();
    result.run.fail_on = Some(Severity::Critical);
    let message = checked(&result);
    let said = all_texts(&message)
        .into_iter()
        .map(|(_, text)| text)
        .collect::<String>();
    assert!(
        said.contains("bucket-denies-cloudfront") && !said.contains("resource-missing"),
        "{said}"
    );
    let quiet = rendered(&samples::clean_with_remarks());
    assert!(!quiet.contains("resource-changed"), "{quiet}");
}

#[test]
fn all_failing_findings_are_shown_or_counted() {
    let message = checked(&samples::many(5_000));
    let said: Vec<String> = all_texts(&message).into_iter().map(|(_, text)| text).collect();
    let shown = said
        .iter()
        .filter(|text| text.contains("aws_s3_bucket_policy.this"))
        .count();
    assert_eq!(shown, MOST_FINDINGS);
    let rest = said.iter().find(|text| text.contains("more findings fail")).unwrap();
    assert!(rest.starts_with("4992 more findings fail:"), "{rest}");
    let counted: usize = rest
        .lines()
        .skip(1)
        .filter_map(|line| line.split(' ').next()?.parse::<usize>().ok())
        .sum();
    assert_eq!(shown + counted, 5_000);
}

#[test]
fn nothing_foreign_is_markup() {
    for enemy in [
        "<!channel>",
        "<!here|x>",
        "<@U012AB3CD>",
        "<#C012AB3CD>",
        "<https://evil.example|click>",
        "@here @channel @everyone",
        "*bold* _it_ ~no~",
        "`code` ``` block ```",
        ":rotating_light:",
        "> quote",
        "a & b &lt;!channel&gt;",
        "https://evil.example",
        "line\nbreak\u{2028}x",
        "\u{202e}gpj",
    ] {
        let message = checked(&samples::filled_with(enemy));
        for (markup, text) in all_texts(&message) {
            assert!(!text.contains(['<', '>']), "{enemy}: {text}");
            samples::assert_visible(&text);
            for (at, _) in text.match_indices('&') {
                let entity = ["&amp;", "&lt;", "&gt;"].iter().any(|one| text[at..].starts_with(one));
                assert!(entity, "{enemy}: {text}");
            }
            if !markup {
                continue;
            }
            // Code opens and closes on its line, and outside of it there is nothing but words and labels of ours.
            for line in text.lines() {
                let parts: Vec<&str> = line.split('`').collect();
                assert!(parts.len() % 2 == 1, "{enemy}: {line}");
                let outside: String = parts.iter().step_by(2).copied().collect();
                let ours = outside
                    .starts_with('*')
                    .then(|| outside.trim_start_matches('*').replacen('*', "", 1));
                let outside = ours.unwrap_or(outside);
                assert!(
                    !outside.contains(['*', '_', '~', '@', '#', '/', '&', '|']),
                    "{enemy}: {line}"
                );
            }
        }
    }
}

#[test]
fn sensitive_values_never_appear() {
    let mut result = samples::outage();
    for judged in &mut result.findings {
        judged.finding.impact = vec!["example.com".to_owned()];
    }
    let text = rendered(&result);
    assert!(
        text.contains("(sensitive)") && !text.contains(samples::SECRET),
        "{text}"
    );
}

#[test]
fn a_command_that_a_backtick_would_change_is_left_out() {
    let mut result = samples::outage();
    result.findings[0].finding.address = Some("aws_s3_bucket.b[\"`x`\"]".to_owned());
    assert!(!rendered(&result).contains("terraform apply '-target=aws_s3_bucket.b["));
}
