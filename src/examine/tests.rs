//! Policies over a real account: what conditions see of it.

use super::*;
use crate::expected::parse_state;
use crate::language::Source;
use crate::policy::PolicyReader;
use crate::result::{Action, Judged, Outcome};
use crate::snapshot::Snapshot;

fn recorded() -> (State, Snapshot) {
    let state = include_bytes!("../../fixtures/drifted/terraform.tfstate");
    let live = include_str!("../../fixtures/drifted/live.json");
    (
        parse_state("terraform.tfstate", state).unwrap(),
        Snapshot::parse("live.json", live).unwrap(),
    )
}

fn with(text: &str, starter: bool) -> Result<CheckResult, Diagnostics> {
    let (state, snapshot) = recorded();
    let mut reader = PolicyReader::new();
    if starter {
        reader.starter_asserts();
    }
    reader.source(&Source::new("x.hcl", text));
    let question = Question {
        fail_on: Severity::Low,
        now: snapshot.taken_at.clone(),
        serving: true,
        deployments: Vec::new(),
        phase: Phase::Pre,
        judgement: Judgement {
            policy: Arc::new(reader.finish().unwrap_or_else(|problems| panic!("{problems}"))),
            ..Judgement::default()
        },
        ownership: crate::ownership::Ownership::default(),
        against: None,
        unmanaged: crate::config::Unmanaged::ALL,
    };
    Ok(examine(&[state], &snapshot.inventory, &question)?.result)
}

fn allowed_by(when: &str) -> Vec<String> {
    let text = format!("rule \"x\" {{\n  when = {when}\n  action = \"allow\"\n  reason = \"r\"\n}}\n");
    let result = with(&text, false).unwrap_or_else(|problems| panic!("{problems}"));
    let allowed = result.findings.iter().filter(|one| one.action == Action::Allow);
    let mut found: Vec<String> = allowed.map(name).collect();
    found.sort();
    found.dedup();
    found
}

fn name(one: &Judged) -> String {
    let finding = &one.finding;
    match &finding.address {
        Some(address) => format!("{} {address}", finding.rule),
        None => format!("{} {}", finding.rule, finding.resource.id),
    }
}

#[test]
fn conditions_see_the_attributes_of_both_sides() {
    let changed = |more: &str| {
        let when = format!(
            "finding.rule == \"resource-changed\" && resource.type == \"aws_cloudfront_distribution\" && {more}"
        );
        allowed_by(&when)
    };
    let all = changed("true");
    assert!(!all.is_empty());
    assert_eq!(changed("resource.live.enabled && resource.expected.enabled"), all);
    assert_eq!(
        changed("length(resource.live.origin) > 0 && length(resource.expected.origin) > 0"),
        all
    );
    assert_eq!(
        changed("resource.expected.arn != null && account == split(\":\", resource.expected.arn)[4]"),
        all
    );
    assert_eq!(changed("length(resource.live.origin[0].custom_header) >= 0"), all);
}

#[test]
fn live_attributes_are_known_of_what_no_state_holds_too() {
    let all = allowed_by("finding.rule == \"unmanaged-record\"");
    assert!(!all.is_empty());
    assert_eq!(
        allowed_by(
            "finding.rule == \"unmanaged-record\" && (resource.live.ttl != null || length(resource.live.alias) > 0) && resource.expected == null"
        ),
        all
    );
}

#[test]
fn everything_found_can_be_allowed_and_the_run_is_clean_then() {
    let result = with("", false).unwrap();
    assert_eq!(result.outcome, Outcome::Drift);
    let day = jiff::civil::date(2026, 11, 21);
    let text = crate::policy::baseline::text(&result.findings, day);
    let again = with(&text, false).unwrap();
    let open: Vec<String> = again
        .findings
        .iter()
        .filter(|one| !one.is_allowed())
        .map(name)
        .collect();
    assert_eq!(open, Vec::<String>::new());
    assert_ne!(again.outcome, Outcome::Drift);
}

#[test]
fn the_starter_assertions_can_be_held_against_a_real_account() {
    let without = with("", false).unwrap();
    let result = with("", true).unwrap_or_else(|problems| panic!("{problems}"));
    let asserted = result
        .findings
        .iter()
        .filter(|one| one.finding.category == Category::Assert);
    let found: Vec<String> = asserted
        .map(|one| format!("{}: {}", name(one), one.finding.title))
        .collect();
    insta::assert_debug_snapshot!((found, &result.remarks));
    assert_eq!(
        result.unchecked, without.unchecked,
        "what was never asked for is no failed read"
    );
}
