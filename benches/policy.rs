//! How long a policy of 1,000 rules takes over 5,000 findings, by what the rules' conditions look like:
//!
//!     cargo bench --no-default-features --bench policy

use std::io::Write;
use std::time::{Duration, Instant};

use driftgate::compare::Comparison;
use driftgate::deploy::Phase;
use driftgate::finding::{Category, Change, Finding, ResourceRef, Severity};
use driftgate::language::Source;
use driftgate::policy::{Circumstances, NoResources, Policy, PolicyReader, judge};
use driftgate::result::Stats;
use driftgate::rules;

const RULES: usize = 1_000;
const FINDINGS: usize = 5_000;
/// The shortest of so many runs counts.
const RUNS: usize = 5;

/// A form of condition, by the number of the rule.
type Form = (&'static str, fn(usize) -> String);

const FORMS: [Form; 6] = [
    ("finding.address == \"…\"", |n| {
        format!("finding.address == \"module.site[\\\"{n}\\\"].aws_s3_bucket.site\"")
    }),
    ("a rule and a path, of all findings", |n| {
        format!("finding.rule == \"resource-changed\" && change.path == \"tags[\\\"{n}\\\"]\"")
    }),
    ("a type, and a glob over the address", |n| {
        format!("resource.type == \"aws_s3_bucket\" && glob(\"module.site[\\\"{n}\\\"].*\", finding.address)")
    }),
    ("one glob over the address", |n| {
        format!("glob(\"module.site[\\\"{n}\\\"].*\", finding.address)")
    }),
    ("a glob of several stars", |n| {
        format!("glob(\"*site*{n}*bucket*site*\", finding.address)")
    }),
    ("a glob of several stars and letters, no two of them together", |n| {
        let digits: Vec<String> = n.to_string().chars().map(String::from).collect();
        format!("glob(\"*m*?*{}*?*x\", finding.address)", digits.join("*"))
    }),
];

fn policy(condition: fn(usize) -> String) -> Result<Policy, Box<dyn std::error::Error>> {
    let mut reader = PolicyReader::new();
    let text: String = (0..RULES)
        .map(|n| format!("rule \"r{n}\" {{\n  when = {}\n  action = \"warn\"\n}}\n", condition(n)))
        .collect();
    reader.source(&Source::new("benchmark.hcl", text));
    Ok(reader.finish()?)
}

/// No rule is about any of these, so that each is held against all of them.
fn comparison() -> Comparison {
    let findings = (0..FINDINGS).map(|n| {
        let resource = ResourceRef {
            terraform_type: "aws_s3_bucket".to_owned(),
            id: format!("example-{n}"),
            account: None,
            region: None,
        };
        let mut finding = Finding::new(Category::Drift, rules::RESOURCE_CHANGED, resource, "differs");
        finding.address = Some(format!("module.site[\"{}\"].aws_s3_bucket.this", n + RULES));
        finding.changes.push(Change {
            path: "force_destroy".to_owned(),
            expected: false.into(),
            live: true.into(),
            sensitive: false,
            note: None,
            at_least: None,
        });
        finding
    });
    Comparison {
        findings: findings.collect(),
        ..Comparison::default()
    }
}

fn time(policy: &Policy) -> Result<Duration, Box<dyn std::error::Error>> {
    let circumstances = Circumstances {
        policy,
        now: "2026-03-14T02:30:00Z",
        phase: Phase::Pre,
        sites: &[],
        resources: &NoResources,
        ages: &|_| None,
        fail_on: Severity::Low,
        fail_on_new: false,
        not_looked_for: &[],
        without_object: Vec::new(),
    };
    let mut shortest = Duration::MAX;
    for _ in 0..RUNS {
        let findings = comparison();
        let started = Instant::now();
        let result = judge(findings, &circumstances, Stats::default())?;
        shortest = shortest.min(started.elapsed());
        if let Some(one) = result.findings.iter().find(|one| !one.decided_by().is_empty()) {
            return Err(format!("a rule decided about {:?}", one.finding.address).into());
        }
    }
    Ok(shortest)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut out = std::io::stdout();
    writeln!(out, "{RULES} rules over {FINDINGS} findings:")?;
    for (name, condition) in FORMS {
        writeln!(
            out,
            "{:>8.1} ms  {name}",
            time(&policy(condition)?)?.as_secs_f64() * 1e3
        )?;
    }
    Ok(())
}
