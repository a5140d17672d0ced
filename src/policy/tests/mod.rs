//! Policies from text to verdict.

mod asserting;
mod baselines;
mod documented;
mod explaining;
mod judging;
mod reading;

use serde_json::json;

use super::{Circumstances, NoResources, Policy, PolicyReader, Resources, judge};
use crate::compare::Comparison;
use crate::deploy::Phase;
use crate::finding::{Category, Change, Finding, ResourceRef, Severity, Unchecked};
use crate::inventory::{Failure, Reason};
use crate::language::{Diagnostics, Source};
use crate::result::{Action, CheckResult, Counts, Stats};
use crate::rules;
use crate::site::Site;

const NOW: &str = "2026-03-14T02:30:00Z";

fn read(text: &str) -> Result<Policy, Diagnostics> {
    let mut reader = PolicyReader::new();
    reader.source(&Source::new("x.hcl", text));
    reader.finish()
}

fn policy(text: &str) -> Policy {
    read(text).unwrap_or_else(|problems| panic!("{problems}"))
}

fn circumstances(policy: &Policy) -> Circumstances<'_> {
    Circumstances {
        policy,
        now: NOW,
        phase: Phase::Pre,
        sites: &[],
        resources: &NoResources,
        ages: &|_| None,
        fail_on: Severity::Low,
        fail_on_new: false,
        not_looked_for: &[],
        without_object: Vec::new(),
    }
}

fn change(path: &str) -> Change {
    Change {
        path: path.to_owned(),
        expected: json!("a"),
        live: json!("b"),
        sensitive: false,
        note: None,
        at_least: None,
    }
}

fn finding(rule: &'static str, address: Option<&str>, paths: &[&str]) -> Finding {
    let resource = ResourceRef {
        terraform_type: "aws_s3_bucket".to_owned(),
        id: address.unwrap_or("site").to_owned(),
        account: Some("111122223333".to_owned()),
        region: Some("eu-west-2".to_owned()),
    };
    let mut finding = Finding::new(Category::Drift, rule, resource, "differs");
    finding.address = address.map(str::to_owned);
    finding.state = address.map(|_| "terraform.tfstate".to_owned());
    finding.changes = paths.iter().map(|path| change(path)).collect();
    finding
}

/// A bucket of which two attributes differ.
fn changed() -> Finding {
    finding(
        rules::RESOURCE_CHANGED,
        Some("module.site[\"prod\"].aws_s3_bucket.this[0]"),
        &["tags[\"owner\"]", "region"],
    )
}

fn comparison(findings: Vec<Finding>) -> Comparison {
    Comparison {
        findings,
        counts: Counts {
            resources: 1,
            checked: 1,
            ..Counts::default()
        },
        ..Comparison::default()
    }
}

fn run(findings: Vec<Finding>, circumstances: &Circumstances) -> CheckResult {
    judge(comparison(findings), circumstances, Stats::default()).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The result of a policy alone.
fn judged(text: &str, findings: Vec<Finding>) -> CheckResult {
    let policy = policy(text);
    run(findings, &circumstances(&policy))
}
