//! The result in Prometheus' text exposition format 0.0.4, for a textfile collector or a push gateway.
//!
//! Everything is a gauge, as each file describes one run. What is not known has no sample rather than a made-up value:
//! a host that cannot be told has `driftgate_host_served_known` 0 and no `driftgate_host_served`, so that neither an
//! alert on 0 nor an average over the hosts takes it for something that it may not be. Invisible characters in label
//! values are replaced by their `\u` escape.

mod exposition;

use std::io::{self, Write};

use jiff::Timestamp;

use super::Options;
use crate::finding::Severity;
use crate::result::{CheckResult, Judged, Outcome};
use exposition::{Exposition, Family};

/// Writes all metrics of the run.
pub(super) fn render(result: &CheckResult, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Exposition::default();
    run(&mut page, result);
    findings(&mut page, result);
    coverage(&mut page, result);
    hosts(&mut page, result);
    out.write_all(page.into_text().as_bytes())
}

/// What it was, how it ended, when, and what it cost.
fn run(page: &mut Exposition, result: &CheckResult) {
    page.family(
        "driftgate_info",
        "The version of driftgate, the account and the states of the run; always 1.",
        |family| {
            let states = result.run.states.join(",");
            let several = result.run.accounts.join(",");
            let account = match several.as_str() {
                "" => result.run.account.as_deref().unwrap_or_default(),
                several => several,
            };
            let labels = [
                ("version", env!("CARGO_PKG_VERSION")),
                ("account", account),
                ("states", &states),
            ];
            family.set(&labels, 1.0);
        },
    );
    page.family(
        "driftgate_outcome",
        "The verdict of the run: 1 for the one that it is, 0 for the others.",
        |family| {
            for one in [Outcome::Clean, Outcome::Drift, Outcome::Incomplete] {
                family.set(&[("outcome", one.name())], flag(one == result.outcome));
            }
        },
    );
    page.single(
        "driftgate_complete",
        "Whether everything in scope was compared.",
        Some(flag(result.complete)),
    );
    page.single(
        "driftgate_last_run_timestamp_seconds",
        "When the run started, in seconds since the epoch.",
        time(&result.run.started_at).map(seconds),
    );
    page.single(
        "driftgate_last_clean_run_timestamp_seconds",
        "When the last clean run started, this one included, in seconds since the epoch; absent if none is known.",
        last_clean(result).map(seconds),
    );
    page.single(
        "driftgate_run_duration_seconds",
        "How long the run took.",
        Some(result.stats.duration.as_secs_f64()),
    );
    page.family(
        "driftgate_run_api_calls",
        "API calls of the run, retries included; none for a recorded account.",
        |family| {
            for (operation, count) in &result.stats.calls {
                family.add(&[("operation", operation)], *count as f64);
            }
        },
    );
}

fn findings(page: &mut Exposition, result: &CheckResult) {
    let (allowed, open): (Vec<&Judged>, Vec<&Judged>) = result.findings.iter().partition(|judged| judged.is_allowed());
    page.family(
        "driftgate_findings",
        "Findings that no policy allows; no sample where there is none.",
        |family| count(family, &open),
    );
    page.family(
        "driftgate_findings_allowed",
        "Findings that a policy allows; no sample where there is none.",
        |family| count(family, &allowed),
    );
    page.family(
        "driftgate_findings_by_severity",
        "Findings that no policy allows, by severity; all five are there.",
        |family| {
            for severity in Severity::WORST_FIRST {
                family.set(&[("severity", severity.name())], result.by_severity(severity) as f64);
            }
        },
    );
    page.single(
        "driftgate_oldest_drift_age_seconds",
        "How long before the run the oldest finding that no policy allows was first seen; absent if that is not known.",
        oldest(result, &open),
    );
}

fn count(family: &mut Family, findings: &[&Judged]) {
    for judged in findings {
        let finding = &judged.finding;
        let labels = [
            ("category", finding.category.name()),
            ("severity", judged.severity.name()),
            ("rule", &finding.rule),
        ];
        family.add(&labels, 1.0);
    }
}

fn coverage(page: &mut Exposition, result: &CheckResult) {
    page.single(
        "driftgate_unchecked",
        "Resources, and parts of them, that could not be checked.",
        Some(result.unchecked.len() as f64),
    );
    page.family(
        "driftgate_resources",
        "Managed resource instances of the states, by what became of them.",
        |family| {
            let counts = &result.counts;
            for (status, count) in [
                ("checked", counts.checked),
                ("unchecked", counts.unchecked),
                ("not_covered", counts.not_covered),
                ("other", counts.other),
                ("deposed", counts.deposed),
            ] {
                family.set(&[("status", status)], count as f64);
            }
        },
    );
}

fn hosts(page: &mut Exposition, result: &CheckResult) {
    page.family(
        "driftgate_host_served_known",
        "Whether it can be told what visitors of the host get.",
        |family| {
            for host in &result.hosts {
                family.set(&[("host", &host.host)], flag(host.served.is_some()));
            }
        },
    );
    page.family(
        "driftgate_host_served",
        "Whether visitors of the host get what they should; no sample where that cannot be told.",
        |family| {
            for host in &result.hosts {
                if let Some(served) = host.served {
                    family.set(&[("host", &host.host)], flag(served));
                }
            }
        },
    );
}

fn flag(on: bool) -> f64 {
    if on { 1.0 } else { 0.0 }
}

/// A time of a result, which a saved one may hold damaged.
fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

fn seconds(time: Timestamp) -> f64 {
    time.as_second() as f64
}

fn last_clean(result: &CheckResult) -> Option<Timestamp> {
    let past = result.past.iter().map(|run| (run.outcome, run.at.as_str()));
    past.chain([(result.outcome, result.run.started_at.as_str())])
        .filter(|(outcome, _)| *outcome == Outcome::Clean)
        .filter_map(|(_, at)| time(at))
        .max()
}

/// Seconds from the first sight of the oldest finding to the start of the run.
fn oldest(result: &CheckResult, open: &[&Judged]) -> Option<f64> {
    let ages = open.iter().filter_map(|judged| judged.age.as_ref());
    let first = ages.filter_map(|age| time(&age.first_seen)).min()?;
    let started = time(&result.run.started_at)?;
    Some(seconds(started) - seconds(first)).map(|age| age.max(0.0))
}

#[cfg(test)]
mod tests;
