use serde_json::json;

use super::*;
use crate::report::samples;
use crate::result::{Action, PastRun};

fn opened(result: &CheckResult) -> Open<'_> {
    match of(result) {
        Some(Incident::Open(open)) => open,
        other => panic!("no open incident: {other:?}"),
    }
}

fn past(at: &str, outcome: Outcome) -> PastRun {
    PastRun {
        at: at.to_owned(),
        outcome,
        findings: [usize::from(outcome == Outcome::Drift), 0, 0, 0, 0],
        unchecked: 0,
    }
}

#[test]
fn a_critical_serving_finding_is_an_incident_with_all_its_facts() {
    let result = samples::outage();
    let open = opened(&result);
    assert_eq!(open.degraded, ["example.com", "www.example.com"]);
    assert_eq!(open.from, Some("2026-03-14T02:30:00Z"));
    assert_eq!(
        open.impact,
        [
            ("example.com", Some("403, AccessDenied of bucket www.example.com")),
            ("www.example.com", None)
        ]
    );
    assert_eq!(open.working, ["stage.example.com"]);
    assert_eq!(open.unknown, ["preview.example.com"]);
    let changed: Vec<_> = open.changed.iter().map(|judged| subject(judged)).collect();
    assert_eq!(changed, ["module.site[\"prod\"].aws_s3_bucket_policy.this"]);
    assert_eq!(open.findings.len(), 1);
}

#[test]
fn an_incident_is_looked_at_and_mended_and_not_allowed() {
    let mut result = samples::outage();
    result.findings[0].severity = Severity::Medium;
    let again = result.findings[1].clone();
    result.findings.push(again);
    let commands: Vec<_> = opened(&result)
        .next_steps()
        .into_iter()
        .map(|advice| advice.command.unwrap_or_default())
        .collect();
    let apply = "terraform apply '-target=module.site[\"prod\"].aws_s3_bucket_policy.this'";
    assert_eq!(commands, ["driftgate trace example.com", apply]);
}

#[test]
fn drift_that_a_policy_allows_still_counts_as_what_changed() {
    let mut result = samples::outage();
    result.findings[0].action = Action::Allow;
    assert_eq!(opened(&result).changed.len(), 1);
}

#[test]
fn what_is_not_critical_or_not_serving_or_does_not_fail_is_no_incident() {
    assert_eq!(of(&samples::drifted()), None);
    assert_eq!(of(&samples::clean()), None);
    assert_eq!(of(&samples::incomplete()), None);
    for action in [Action::Warn, Action::Allow] {
        let mut result = samples::outage();
        result.findings[1].action = action;
        result.findings[1].decisions[0].action = action;
        assert_eq!(of(&result), None);
    }
    let mut high = samples::outage();
    high.findings[1].severity = Severity::High;
    assert_eq!(of(&high), None);
}

#[test]
fn a_finding_without_hosts_degrades_those_that_are_not_served() {
    let mut result = samples::outage();
    result.findings[1].finding.impact.clear();
    assert_eq!(opened(&result).degraded, ["example.com"]);
}

#[test]
fn a_clean_run_after_an_outage_ends_it() {
    let result = samples::recovered();
    let Some(Incident::Over(over)) = of(&result) else {
        panic!("the incident is not over");
    };
    assert_eq!(over.at, "2026-03-14T02:30:00Z");
    assert_eq!(over.from, Some("2026-03-13T02:30:00Z"));
    assert_eq!(over.findings.len(), 1);
}

#[test]
fn an_outage_ended_with_the_first_clean_run() {
    let mut result = samples::recovered();
    result.past = vec![
        past("2026-03-12T02:30:00Z", Outcome::Clean),
        past("2026-03-13T02:30:00Z", Outcome::Drift),
        past("2026-03-13T14:30:00Z", Outcome::Clean),
        past("2026-03-13T20:30:00Z", Outcome::Clean),
    ];
    let Some(Incident::Over(over)) = of(&result) else {
        panic!("the incident is not over");
    };
    assert_eq!(over.at, "2026-03-13T14:30:00Z");
}

#[test]
fn nothing_is_over_unless_the_run_is_clean_and_an_outage_was_there() {
    for outcome in [Outcome::Incomplete, Outcome::Drift] {
        assert_eq!(
            of(&CheckResult {
                outcome,
                ..samples::recovered()
            }),
            None,
            "{outcome:?}"
        );
    }
    let mut lesser = samples::recovered();
    lesser.resolved[0].severity = Severity::High;
    assert_eq!(of(&lesser), None);
    let mut drift = samples::recovered();
    drift.resolved[0].rule = rules::RESOURCE_CHANGED.to_owned();
    assert_eq!(of(&drift), None);
}

#[test]
fn values_are_short_or_left_to_the_diff() {
    let mut change = samples::drifted().findings[1].finding.changes[0].clone();
    assert_eq!(
        values(&change, 20),
        Some(("\"/0.78.1\"".to_owned(), "\"/0.78.2\"".to_owned()))
    );
    change.live = json!("x".repeat(20));
    assert_eq!(values(&change, 20), None);
    change.sensitive = true;
    assert_eq!(values(&change, 20), Some((SENSITIVE.to_owned(), SENSITIVE.to_owned())));
}
