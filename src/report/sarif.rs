//! The result as a SARIF 2.1.0 log with one run, made for GitHub code scanning.
//!
//! What GitHub makes of such a file, and what follows from it here:
//!
//! - One result without a file rejects the whole upload. Where no line of the repository is known, the state's name
//!   stands for it ([`uri::of_state`]).
//! - Alerts are told apart by rule, file and `primaryLocationLineHash` alone. Left to the upload, that is a hash of the
//!   source line, and what is found on two instances of one block would become one alert. So it is the finding's id.
//!   The upload action then warns that it would have calculated another.
//! - An alert's severity is its rule's. A rule is as severe as the worst that it found in this run; each result's own
//!   severity is its level, and `severity` among its properties.
//! - Only rules tagged `security` show a severity at all.
//! - Suppressions are not looked at: what a policy allows is an open alert until somebody dismisses it there.
//! - 25,000 results per run, or 10 MB compressed, are the most that is accepted; the worst 5,000 are shown. Nothing is
//!   left out here on that account.

mod log;
mod places;
mod rules;
mod uri;

use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

use super::{Options, delta, escape, json, reason};
use crate::finding::{Finding, Severity};
use crate::result::{CheckResult, Judged, Outcome};
use log::{BaselineState, Level, Message};
use places::Places;
use rules::Rules;

/// Where the schema of the standard stands.
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Changed attributes that a message names.
const MOST_CHANGES: usize = 20;
/// Characters of a value in a message.
const LONGEST_VALUE: usize = 160;

/// Writes the log, indented, with a line break at its end.
pub(super) fn render(result: &CheckResult, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    json::write(&log(result), out)
}

fn log(result: &CheckResult) -> log::Log {
    let rules = Rules::of(result);
    let results = results(result, &rules);
    log::Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [log::Run {
            tool: log::Tool {
                driver: log::Driver {
                    name: env!("CARGO_PKG_NAME"),
                    version: env!("CARGO_PKG_VERSION"),
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: rules.descriptors(),
                },
            },
            invocations: [invocation(result)],
            original_uri_base_ids: BTreeMap::from([(
                uri::ROOT,
                log::ArtifactLocation {
                    description: Some(Message::new("The root of the repository.")),
                    ..log::ArtifactLocation::default()
                },
            )]),
            results,
            properties: log::RunProperties {
                outcome: result.outcome.name(),
                complete: result.complete,
                account: result.run.account.clone(),
                states: result.run.states.clone(),
                resources: result.counts.resources,
                unchecked: result.unchecked.len(),
            },
        }],
    }
}

fn results(result: &CheckResult, rules: &Rules<'_>) -> Vec<log::Result> {
    let places = Places::of(result);
    // The standard wants the state in all results or in none.
    let compared = result.findings.iter().all(|judged| judged.age.is_some());
    let mut seen: HashMap<String, usize> = HashMap::new();
    let all = result.findings.iter().map(|judged| {
        let finding = &judged.finding;
        let id = finding.id();
        let nth = seen.entry(id.clone()).or_default();
        *nth += 1;
        log::Result {
            rule_id: finding.rule.to_string(),
            rule_index: rules.index(&finding.rule),
            level: level(judged.severity),
            message: Message::new(message(judged)),
            locations: [places.location(finding)],
            partial_fingerprints: log::Fingerprints {
                line: format!("{id}:{nth}"),
                finding: id,
            },
            suppressions: suppressions(judged),
            baseline_state: judged.age.as_ref().filter(|_| compared).map(|age| match age.new {
                true => BaselineState::New,
                false => BaselineState::Unchanged,
            }),
            properties: properties(judged),
        }
    });
    all.collect()
}

fn level(severity: Severity) -> Level {
    match severity {
        Severity::Critical | Severity::High => Level::Error,
        Severity::Medium => Level::Warning,
        Severity::Low | Severity::Info => Level::Note,
    }
}

/// Foreign text as part of a message. `[text](target)` is a link in every message of the standard; a blank in its
/// midst ends that.
fn plain(raw: &str) -> String {
    escape::text(raw).replace("](", "] (")
}

/// Title, detail, hosts, changes and notes, a line each.
fn message(judged: &Judged) -> String {
    let finding = &judged.finding;
    let mut lines = vec![plain(&finding.title)];
    if !finding.detail.is_empty() {
        lines.push(plain(&finding.detail));
    }
    if !finding.impact.is_empty() {
        lines.push(format!("On the path of {}.", plain(&finding.impact.join(", "))));
    }
    let changes = finding.changes.iter().take(MOST_CHANGES);
    lines.extend(changes.map(|change| plain(&delta::line(change, LONGEST_VALUE))));
    if let Some(more) = finding.changes.len().checked_sub(MOST_CHANGES).filter(|more| *more > 0) {
        lines.push(format!("... and {more} more; the JSON report holds all"));
    }
    lines.extend(judged.notes.iter().map(|note| plain(note)));
    lines.join("\n")
}

/// Why a finding is allowed. Empty where it is not: the standard wants the list in all results or in none.
fn suppressions(judged: &Judged) -> Vec<log::Suppression> {
    if !judged.is_allowed() {
        return Vec::new();
    }
    let suppression = |justification| log::Suppression {
        kind: "external",
        status: "accepted",
        justification,
    };
    let by = judged.decided_by();
    if by.is_empty() {
        return vec![suppression(None)];
    }
    by.into_iter()
        .map(|by| suppression(Some(plain(&reason::of(by)))))
        .collect()
}

fn properties(judged: &Judged) -> log::ResultProperties {
    let Finding {
        category,
        address,
        state,
        resource,
        impact,
        ..
    } = &judged.finding;
    log::ResultProperties {
        category: category.name(),
        severity: judged.severity.name(),
        action: judged.action.name(),
        address: address.clone(),
        state: state.clone(),
        resource_type: resource.terraform_type.clone(),
        resource_id: resource.id.clone(),
        account: resource.account.clone(),
        region: resource.region.clone(),
        hosts: impact.clone(),
        first_seen: judged.age.as_ref().map(|age| age.first_seen.clone()),
    }
}

fn invocation(result: &CheckResult) -> log::Invocation {
    // Times of a run whose start is no time, or lies before the epoch, are left out.
    let start = result.run.started_at.parse::<jiff::Timestamp>().ok();
    let start = start.filter(|start| start.as_second() >= 0);
    let end = start.and_then(|start| start.checked_add(result.stats.duration).ok());
    log::Invocation {
        execution_successful: result.complete && result.outcome != Outcome::Incomplete,
        exit_code: result.outcome.exit_code(),
        exit_code_description: result.outcome.name(),
        start_time_utc: start.map(|start| start.to_string()),
        end_time_utc: end.map(|end| end.to_string()),
        tool_execution_notifications: notifications(result),
    }
}

/// What could not be checked as errors; what else should be known about the run below them.
fn notifications(result: &CheckResult) -> Vec<log::Notification> {
    let notification = |level, id: &str, text: String| log::Notification {
        level,
        message: Message::new(plain(&text)),
        descriptor: log::Descriptor { id: id.to_owned() },
    };
    let mut all: Vec<log::Notification> = result
        .unchecked
        .iter()
        .map(|one| {
            let text = format!("could not check {}: {}", one.address, one.detail);
            notification(Level::Error, one.reason.name(), text)
        })
        .collect();
    if result.outcome == Outcome::Incomplete && all.is_empty() {
        let text = "there was nothing to check".to_owned();
        all.push(notification(Level::Error, "nothing-to-check", text));
    }
    all.extend(result.doubts.iter().map(|doubt| {
        let text = format!("cannot be told: {}: {}: {}", doubt.host, doubt.station, doubt.why);
        notification(Level::Warning, "not-provable", text)
    }));
    all.extend(result.not_covered.iter().map(|(terraform_type, count)| {
        let text = format!("not covered: {count} of type {terraform_type}");
        notification(Level::Note, "not-covered", text)
    }));
    let remarks = result.remarks.iter();
    all.extend(remarks.map(|remark| notification(Level::Note, "remark", remark.clone())));
    all
}

#[cfg(test)]
mod tests;
