//! What an operations team says of an outage, and what to do about a finding: the facts in their order, for the
//! formats that people are alarmed by. No format of its own, and nothing here is escaped.
//!
//! An incident is a run with critical serving findings that fail it. It is over when a later run is clean.

mod advice;

use std::collections::{BTreeSet, HashMap};

use super::json::v1::SENSITIVE;
use crate::finding::{Category, Change, Severity};
use crate::result::{CheckResult, Judged, Outcome, Resolved};
use crate::rules;

pub(super) use advice::{Advice, Purpose, advice, next_step};

/// What is to be told.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Incident<'a> {
    Open(Open<'a>),
    Over(Over<'a>),
}

/// An outage that this run has found.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Open<'a> {
    /// The hosts that do not serve what they should, sorted.
    pub(super) degraded: Vec<&'a str>,
    /// The first run that found any of it, RFC 3339; `None` where no earlier run is known.
    pub(super) from: Option<&'a str>,
    /// What visitors of each of those hosts get; `None` where the host was not followed.
    pub(super) impact: Vec<(&'a str, Option<&'a str>)>,
    /// The hosts that are served all the same.
    pub(super) working: Vec<&'a str>,
    /// The hosts about which it cannot be told.
    pub(super) unknown: Vec<&'a str>,
    /// The findings that make the incident, worst first.
    pub(super) findings: Vec<&'a Judged>,
    /// Drift on the paths of the degraded hosts, allowed or not: an outage does not care what a policy agrees to.
    pub(super) changed: Vec<&'a Judged>,
}

impl Open<'_> {
    /// What to do, each thing once: look where the path breaks, then put back what changed.
    pub(super) fn next_steps(&self) -> Vec<Advice> {
        let findings = self.findings.iter().flat_map(|judged| advice(judged));
        let changed = self.changed.iter().flat_map(|judged| advice(judged));
        let mending = changed.filter(|advice| advice.purpose == Purpose::Mend);
        let mut steps: Vec<Advice> = Vec::new();
        let mut seen = BTreeSet::new();
        for advice in findings.chain(mending) {
            if seen.insert((advice.say.clone(), advice.command.clone())) {
                steps.push(advice);
            }
        }
        steps
    }
}

/// An outage that an earlier run has found and that is over.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Over<'a> {
    /// The first clean run, RFC 3339; empty where its time is not known.
    pub(super) at: &'a str,
    /// The first run that found any of it, RFC 3339.
    pub(super) from: Option<&'a str>,
    /// What was found then.
    pub(super) findings: Vec<&'a Resolved>,
}

/// The incident that a result tells of, if any.
pub(super) fn of(result: &CheckResult) -> Option<Incident<'_>> {
    open(result)
        .map(Incident::Open)
        .or_else(|| over(result).map(Incident::Over))
}

fn open(result: &CheckResult) -> Option<Open<'_>> {
    let findings: Vec<&Judged> = failing(result)
        .into_iter()
        .filter(|judged| judged.finding.category == Category::Serving && judged.severity == Severity::Critical)
        .collect();
    if findings.is_empty() {
        return None;
    }
    let hosts = findings.iter().flat_map(|judged| &judged.finding.impact);
    let mut degraded: BTreeSet<&str> = hosts.map(String::as_str).collect();
    if degraded.is_empty() {
        let broken = result.hosts.iter().filter(|host| host.served == Some(false));
        degraded.extend(broken.map(|host| host.host.as_str()));
    }
    let others = |served: Option<bool>| -> Vec<&str> {
        let hosts = result.hosts.iter().filter(|host| host.served == served);
        let names = hosts.map(|host| host.host.as_str());
        names.filter(|host| !degraded.contains(host)).collect()
    };
    let followed = result.hosts.iter();
    let visitors: HashMap<&str, &str> = followed
        .map(|host| (host.host.as_str(), host.visitor.as_str()))
        .collect();
    let changed = result.findings.iter().filter(|judged| {
        let finding = &judged.finding;
        finding.category == Category::Drift && finding.impact.iter().any(|host| degraded.contains(host.as_str()))
    });
    Some(Open {
        from: findings
            .iter()
            .filter_map(|judged| judged.age.as_ref())
            .map(|age| age.first_seen.as_str())
            .min(),
        impact: degraded
            .iter()
            .map(|host| (*host, visitors.get(host).copied()))
            .collect(),
        working: others(Some(true)),
        unknown: others(None),
        changed: changed.collect(),
        degraded: degraded.into_iter().collect(),
        findings,
    })
}

fn over(result: &CheckResult) -> Option<Over<'_>> {
    if result.outcome != Outcome::Clean {
        return None;
    }
    let findings: Vec<&Resolved> = result
        .resolved
        .iter()
        .filter(|one| one.severity == Severity::Critical && rules::category(&one.rule) == Some(Category::Serving))
        .collect();
    if findings.is_empty() {
        return None;
    }
    // It may be a while since the run that this one is compared with; others may have been clean in between.
    let clean = result
        .past
        .iter()
        .rev()
        .take_while(|run| run.outcome == Outcome::Clean)
        .last();
    Some(Over {
        at: clean.map_or(&result.run.started_at, |run| &run.at),
        from: findings.iter().map(|one| one.first_seen.as_str()).min(),
        findings,
    })
}

/// The findings that fail the run, worst first. A result that does not say on what it failed is read by the default
/// of `--fail-on`.
pub(super) fn failing(result: &CheckResult) -> Vec<&Judged> {
    let level = result.run.fail_on.unwrap_or(Severity::Low);
    let mut failing: Vec<&Judged> = result.findings.iter().filter(|judged| judged.fails(level)).collect();
    failing.sort_by_key(|judged| std::cmp::Reverse(judged.severity));
    failing
}

/// What a finding is about: its Terraform address, or the type and id of what no state holds.
pub(super) fn subject(judged: &Judged) -> String {
    let finding = &judged.finding;
    match &finding.address {
        Some(address) => address.clone(),
        None => format!("{} {}", finding.resource.terraform_type, finding.resource.id),
    }
}

/// Both values of a change as JSON on one line, expected and live; `None` where one of them is longer than `most`
/// bytes and only a diff can tell them apart.
pub(super) fn values(change: &Change, most: usize) -> Option<(String, String)> {
    if change.sensitive {
        return Some((SENSITIVE.to_owned(), SENSITIVE.to_owned()));
    }
    let spelled = |value: &serde_json::Value| match value {
        serde_json::Value::Null => "(none)".to_owned(),
        value => value.to_string(),
    };
    let (expected, live) = (spelled(&change.expected), spelled(&change.live));
    (expected.len() <= most && live.len() <= most).then_some((expected, live))
}

#[cfg(test)]
mod tests;
