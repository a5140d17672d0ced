//! Golden files, and a reader of the format as strict as its description.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Format, samples};
use super::*;

fn rendered(result: &CheckResult) -> String {
    samples::written(Format::Prometheus, result)
}

/// One sample: labels and value.
type Sample = (BTreeMap<String, String>, f64);

/// Reads an exposition, and panics where it breaks a rule of the format: HELP and TYPE once, before the samples, which
/// stand together; names of their alphabet; no series twice; a line feed at the end.
fn read(text: &str) -> BTreeMap<String, Vec<Sample>> {
    assert!(
        text.ends_with('\n') && !text.contains('\r') && !text.contains("\n\n"),
        "{text}"
    );
    let mut families: BTreeMap<String, Vec<Sample>> = BTreeMap::new();
    let (mut helped, mut typed, mut series) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut current = String::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').unwrap();
            assert!(
                is_metric_name(name) && !help.is_empty() && !help.contains('\\'),
                "{line}"
            );
            assert!(helped.insert(name.to_owned()), "a second HELP: {line}");
            current = name.to_owned();
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            assert_eq!(rest, format!("{current} gauge"), "TYPE follows its HELP");
            assert!(typed.insert(current.clone()), "a second TYPE: {line}");
        } else {
            let (name, labels, value) = sample(line);
            assert_eq!(name, current, "a sample outside of its family: {line}");
            assert!(typed.contains(&name), "a sample before its TYPE: {line}");
            assert!(series.insert((name.clone(), labels.clone())), "a series twice: {line}");
            families.entry(name).or_default().push((labels, value));
        }
    }
    assert_eq!(helped, typed);
    assert_eq!(typed, families.keys().cloned().collect());
    families
}

fn is_metric_name(name: &str) -> bool {
    let tail = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':');
    name.starts_with(|c: char| tail(c) && !c.is_ascii_digit()) && name.chars().all(tail)
}

fn is_label_name(name: &str) -> bool {
    is_metric_name(name) && !name.contains(':') && !name.starts_with("__")
}

/// `name{label="value",…} number`, without a timestamp.
fn sample(line: &str) -> (String, BTreeMap<String, String>, f64) {
    let end = line.find(['{', ' ']).unwrap();
    let (name, mut rest) = line.split_at(end);
    assert!(is_metric_name(name), "{line}");
    let mut labels = BTreeMap::new();
    if let Some(inside) = rest.strip_prefix('{') {
        rest = inside;
        loop {
            let (label, after) = rest.split_once("=\"").unwrap();
            assert!(is_label_name(label), "{line}");
            let (value, after) = quoted(after);
            assert!(
                labels.insert(label.to_owned(), value).is_none(),
                "a label twice: {line}"
            );
            if let Some(after) = after.strip_prefix('}') {
                rest = after;
                break;
            }
            rest = after.strip_prefix(',').unwrap();
        }
    }
    let value = rest.strip_prefix(' ').unwrap();
    assert!(
        value.starts_with(|c: char| c.is_ascii_digit()) && !value.contains(' '),
        "{line}"
    );
    (name.to_owned(), labels, value.parse().unwrap())
}

/// A label's value up to its closing quote, and what follows that.
fn quoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &text[at + 1..]),
            '\\' => value.push(match chars.next().unwrap().1 {
                'n' => '\n',
                c @ ('\\' | '"') => c,
                other => panic!("no escape of the format: \\{other}"),
            }),
            c => value.push(c),
        }
    }
    panic!("no closing quote: {text}")
}

/// The value of the sample whose labels include `labels`, which must be one alone.
fn value(result: &CheckResult, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
    let families = read(&rendered(result));
    let found: Vec<f64> = families
        .get(name)
        .into_iter()
        .flatten()
        .filter(|(all, _)| {
            labels
                .iter()
                .all(|(label, value)| all.get(*label).is_some_and(|v| v == value))
        })
        .map(|(_, value)| *value)
        .collect();
    assert!(found.len() <= 1, "{name}: {found:?}");
    found.first().copied()
}

fn golden(result: &CheckResult) -> String {
    let text = rendered(result);
    read(&text);
    text.replace(
        &format!("version=\"{}\"", env!("CARGO_PKG_VERSION")),
        "version=\"[version]\"",
    )
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
fn every_result_keeps_to_the_format() {
    for result in [
        samples::clean_with_remarks(),
        samples::hostile(),
        samples::nothing_to_check(),
        samples::filled_with(""),
        samples::filled_with("a\\b\"c\nd\r\u{1b}[2J\u{202e}} 1\n# TYPE x counter\nx{y=\"z\"} 1"),
    ] {
        read(&rendered(&result));
    }
}

#[test]
fn label_values_are_read_back() {
    let result = samples::filled_with(r#"\052.example.com "quoted", {x="y"}"#);
    assert_eq!(
        value(
            &result,
            "driftgate_host_served",
            &[("host", r#"\052.example.com "quoted", {x="y"}"#)]
        ),
        Some(0.0)
    );
}

#[test]
fn names_that_look_the_same_once_escaped_are_one_series() {
    let mut result = samples::outage();
    result.hosts.truncate(2);
    (result.hosts[0].host, result.hosts[0].served) = ("a\nb".to_owned(), Some(true));
    (result.hosts[1].host, result.hosts[1].served) = (r"a\nb".to_owned(), Some(false));
    assert_eq!(value(&result, "driftgate_host_served", &[]), Some(0.0));
    let calls = [("a\nb".to_owned(), 1), (r"a\nb".to_owned(), 2)];
    result.stats.calls = calls.into();
    assert_eq!(value(&result, "driftgate_run_api_calls", &[]), Some(3.0));
}

#[test]
fn what_is_not_known_has_no_sample() {
    let mut result = samples::outage();
    let unknown = [("host", "preview.example.com")];
    assert_eq!(value(&result, "driftgate_host_served", &unknown), None);
    assert_eq!(value(&result, "driftgate_host_served_known", &unknown), Some(0.0));
    let never_clean = samples::drifted();
    assert_eq!(
        value(&never_clean, "driftgate_last_clean_run_timestamp_seconds", &[]),
        None
    );
    assert_eq!(value(&never_clean, "driftgate_oldest_drift_age_seconds", &[]), None);
    result.run.started_at = "yesterday".to_owned();
    assert_eq!(value(&result, "driftgate_last_run_timestamp_seconds", &[]), None);
    assert_eq!(value(&result, "driftgate_oldest_drift_age_seconds", &[]), None);
    // 2026-03-13T02:30:00Z, of an earlier run.
    assert_eq!(
        value(&result, "driftgate_last_clean_run_timestamp_seconds", &[]),
        Some(1_773_369_000.0)
    );
}

#[test]
fn the_oldest_drift_is_one_that_nothing_allows() {
    let mut result = samples::outage();
    let three_days = Some(259_200.0);
    assert_eq!(value(&result, "driftgate_oldest_drift_age_seconds", &[]), three_days);
    let allowed = result.findings.iter_mut().find(|judged| judged.is_allowed()).unwrap();
    allowed.age = Some(crate::result::Age {
        new: false,
        first_seen: "2020-01-01T00:00:00Z".to_owned(),
    });
    assert_eq!(value(&result, "driftgate_oldest_drift_age_seconds", &[]), three_days);
}

#[test]
fn rules_of_users_are_counted_like_any_other() {
    let result = samples::filled_with("no-public-bucket");
    for (category, severity) in [("assert", "critical"), ("configuration", "info")] {
        let labels = [
            ("category", category),
            ("severity", severity),
            ("rule", "no-public-bucket"),
        ];
        assert_eq!(value(&result, "driftgate_findings", &labels), Some(1.0));
    }
    let labels = [("category", "configuration"), ("severity", "low")];
    assert_eq!(value(&result, "driftgate_findings_allowed", &labels), Some(1.0));
    assert_eq!(value(&result, "driftgate_findings", &labels), None);
}

#[test]
fn five_thousand_findings_are_counted_in_few_lines() {
    let result = samples::many(5_000);
    let text = rendered(&result);
    assert!(text.len() < 8_000, "{}", text.len());
    let counted: f64 = read(&text)["driftgate_findings"].iter().map(|(_, value)| value).sum();
    assert_eq!(counted, 5_000.0);
}
