//! Which findings fail a run: every rule's severity, and the verdict over all of them.
//!
//! The defaults are the files under `policies/`, compiled in; a test demands exactly one entry per rule.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use hcl::edit::Span;
use hcl::edit::structure::Body;
use thiserror::Error;

use crate::compare::Comparison;
use crate::finding::{Finding, Severity};
use crate::result::{Action, CheckResult, Decision, Judged, Outcome, Run, Stats};

/// One policy file: its name and its text.
const BUILT_IN: &[(&str, &str)] = &[
    (
        "policies/configuration.hcl",
        include_str!("../policies/configuration.hcl"),
    ),
    ("policies/deploy.hcl", include_str!("../policies/deploy.hcl")),
    ("policies/drift.hcl", include_str!("../policies/drift.hcl")),
    ("policies/serving.hcl", include_str!("../policies/serving.hcl")),
];

/// A built-in rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub severity: Severity,
    /// What the rule means and what to do about it.
    pub help: String,
}

/// A policy file that is not one.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{file}:{line}: {what}")]
pub struct PolicyError {
    pub file: String,
    pub line: usize,
    pub what: String,
}

/// The built-in rules by name.
pub static RULES: LazyLock<BTreeMap<String, Rule>> = LazyLock::new(|| {
    let mut rules = BTreeMap::new();
    for (file, text) in BUILT_IN {
        match parse(file, text) {
            Ok(more) => rules.extend(more),
            // A unit test parses every built-in file, so a release cannot hold one that fails.
            Err(error) => unreachable!("a built-in policy file is broken: {error}"),
        }
    }
    rules
});

/// The rules of one file, each a `rule "name" { severity = "…" help = "…" }`.
fn parse(file: &str, text: &str) -> Result<BTreeMap<String, Rule>, PolicyError> {
    let error = |line: usize, what: String| PolicyError {
        file: file.to_owned(),
        line,
        what,
    };
    let body: Body = text
        .parse()
        .map_err(|e: hcl::edit::parser::Error| error(e.location().line(), e.message().to_owned()))?;
    let mut rules = BTreeMap::new();
    for structure in &body {
        let line = structure
            .span()
            .map_or(0, |span| text[..span.start].matches('\n').count() + 1);
        let block = structure
            .as_block()
            .ok_or_else(|| error(line, "only rule blocks are known".to_owned()))?;
        let [label] = block.labels.as_slice() else {
            return Err(error(line, "a rule has one label, its name".to_owned()));
        };
        let name = label.as_str().to_owned();
        let value = |attribute: &str| {
            let found = block
                .body
                .get_attribute(attribute)
                .and_then(|a| a.value.as_str().map(str::to_owned));
            found.ok_or_else(|| error(line, format!("rule \"{name}\" needs a text `{attribute}`")))
        };
        let severity = value("severity")?;
        let severity = Severity::parse(&severity)
            .ok_or_else(|| error(line, format!("rule \"{name}\": \"{severity}\" is no severity")))?;
        let rule = Rule {
            severity,
            help: value("help")?,
        };
        if rules.insert(name.clone(), rule).is_some() {
            return Err(error(line, format!("a second rule \"{name}\"")));
        }
    }
    Ok(rules)
}

/// The severity of a finding. A rule without an entry cannot be: a test compares the lists. Should one slip through,
/// it fails the run rather than passing in silence.
fn severity(finding: &Finding) -> Severity {
    let of_rule = RULES.get(&*finding.rule).map_or(Severity::High, |rule| rule.severity);
    finding.at_least.map_or(of_rule, |floor| floor.max(of_rule))
}

/// Judges what the comparison brought: severities, order, verdict.
pub fn judge(comparison: Comparison, fail_on: Severity, stats: Stats) -> CheckResult {
    let mut findings: Vec<Judged> = comparison
        .findings
        .into_iter()
        .map(|finding| {
            let decision = Decision {
                severity: severity(&finding),
                action: Action::Fail,
                by: None,
            };
            Judged::whole(finding, decision)
        })
        .collect();
    sort(&mut findings);
    let mut unchecked = comparison.unchecked;
    unchecked.sort();
    unchecked.dedup();
    let complete = unchecked.is_empty() && comparison.counts.resources > 0;
    let outcome = outcome(findings.iter().any(|judged| judged.fails(fail_on)), complete);
    CheckResult {
        run: Run {
            fail_on: Some(fail_on),
            ..Run::default()
        },
        outcome,
        complete,
        counts: comparison.counts,
        findings,
        resolved: Vec::new(),
        resources: comparison.resources,
        ignored: Vec::new(),
        unchecked,
        not_covered: comparison.not_covered,
        hosts: Vec::new(),
        doubts: Vec::new(),
        remarks: Vec::new(),
        past: Vec::new(),
        stats,
    }
}

/// The verdict over a result, once it is known what is new. With `only_new`, what earlier runs had does not fail it.
pub fn verdict(result: &CheckResult, fail_on: Severity, only_new: bool) -> Outcome {
    let counts = |judged: &&Judged| !only_new || judged.age.as_ref().is_none_or(|age| age.new);
    let mut counted = result.findings.iter().filter(counts);
    outcome(counted.any(|judged| judged.fails(fail_on)), result.complete)
}

fn outcome(fails: bool, complete: bool) -> Outcome {
    match (fails, complete) {
        (true, _) => Outcome::Drift,
        (false, true) => Outcome::Clean,
        (false, false) => Outcome::Incomplete,
    }
}

/// Worst first, then by address.
pub fn sort(findings: &mut [Judged]) {
    findings.sort_by(|a, b| {
        b.severity
            .cmp(&a.severity)
            .then_with(|| place(&a.finding).cmp(&place(&b.finding)))
    });
}

fn place(finding: &Finding) -> (bool, Option<&str>, &str, &str, &str) {
    let resource = &finding.resource;
    (
        finding.address.is_none(),
        finding.address.as_deref(),
        &resource.terraform_type,
        &resource.id,
        &finding.rule,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_file_parses_and_no_rule_stands_twice() {
        let mut seen = BTreeMap::new();
        for (file, text) in BUILT_IN {
            for name in parse(file, text).unwrap().into_keys() {
                assert_eq!(seen.insert(name.clone(), *file), None, "{name} stands twice");
            }
        }
    }

    #[test]
    fn every_rule_has_an_entry_and_every_entry_a_rule() {
        let mut rules: Vec<&str> = crate::rules::ALL.to_vec();
        rules.sort_unstable();
        assert_eq!(RULES.keys().map(String::as_str).collect::<Vec<_>>(), rules);
    }

    #[test]
    fn every_policy_file_is_compiled_in() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
        let mut present: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| format!("policies/{}", entry.unwrap().file_name().to_string_lossy()))
            .collect();
        present.sort();
        let mut built_in: Vec<String> = BUILT_IN.iter().map(|(file, _)| (*file).to_owned()).collect();
        built_in.sort();
        assert_eq!(present, built_in);
    }
}
