//! A Slack message in Block Kit JSON, as incoming webhooks and `chat.postMessage` take it.
//!
//! It alarms, so it holds only what somebody has to act on: the incident, the findings that fail the run, and how much
//! could not be checked. Everything else is in the other reports. A clean run says so in a line; the first one after an
//! outage says that it is over, and since when.

mod markup;
mod message;

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::Options;
use super::human::headline;
use super::incident::{self, Advice, Incident, Open, Over, Purpose, advice, failing, subject, values};
use crate::finding::Severity;
use crate::result::{CheckResult, Judged, Outcome};
use markup::{bold, code, codes, plain, prose};
use message::{Block, Message};

/// Findings that are shown one by one; the others are counted by rule.
const MOST_FINDINGS: usize = 8;
/// Hosts, changes and steps that are named.
const MOST_NAMED: usize = 8;
/// Rules that the others are counted by.
const MOST_RULES: usize = 20;
/// Bytes of one foreign text.
const LONG: usize = 400;
const SHORT: usize = 160;

/// Writes the message, indented, with a line break at its end.
pub(super) fn render(result: &CheckResult, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut text = serde_json::to_vec_pretty(&message(result))?;
    text.push(b'\n');
    out.write_all(&text)
}

fn message(result: &CheckResult) -> Message {
    let incident = incident::of(result);
    let title = title(result, incident.as_ref());
    let verdict = prose(&headline(result), LONG);
    let mut message = Message::new(format!("{}: {verdict}", prose(&title, LONG)));
    message.push(Block::header(&plain(&title, message::HEADER)));
    match &incident {
        Some(Incident::Open(open)) => show_open(&mut message, open),
        Some(Incident::Over(over)) => show_over(&mut message, over),
        None => {}
    }
    message.push(Block::section(vec![verdict]));
    findings(&mut message, result);
    unchecked(&mut message, result);
    message.push(Block::context(origin(result)));
    message
}

/// The first thing that is read.
fn title(result: &CheckResult, incident: Option<&Incident<'_>>) -> String {
    match incident {
        Some(Incident::Open(open)) if !open.degraded.is_empty() => {
            let more = match open.degraded.len().saturating_sub(MOST_NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            let named: Vec<&str> = open.degraded.iter().copied().take(MOST_NAMED).collect();
            format!("Outage: {}{more}", named.join(", "))
        }
        Some(Incident::Open(_)) => "Outage".to_owned(),
        Some(Incident::Over(_)) => "Resolved".to_owned(),
        None => match result.outcome {
            Outcome::Clean => "Clean".to_owned(),
            Outcome::Incomplete => "Incomplete: not all could be checked".to_owned(),
            Outcome::Drift => match failing(result).len() {
                1 => "1 finding fails".to_owned(),
                number => format!("{number} findings fail"),
            },
        },
    }
}

fn show_open(message: &mut Message, open: &Open<'_>) {
    let from = open
        .from
        .map_or_else(|| "not known".to_owned(), |from| code(from, SHORT));
    let degraded = if open.degraded.is_empty() {
        "see the findings".to_owned()
    } else {
        codes(&open.degraded, MOST_NAMED)
    };
    message.push(Block::fields(vec![
        format!("{}\n{degraded}", bold("Degraded service")),
        format!("{}\n{from}", bold("From")),
    ]));

    let mut lines = vec![bold("User impact")];
    for host in open.impact.iter().take(MOST_NAMED) {
        lines.push(match host {
            (host, Some(visitor)) => format!("{}: {}", code(host, SHORT), prose(visitor, LONG)),
            (host, None) => format!("{}: not followed", code(host, SHORT)),
        });
    }
    lines.extend(more(open.impact.len(), MOST_NAMED));
    if !open.working.is_empty() {
        lines.push(format!("Still served: {}", codes(&open.working, MOST_NAMED)));
    }
    if !open.unknown.is_empty() {
        lines.push(format!("Cannot be told: {}", codes(&open.unknown, MOST_NAMED)));
    }
    message.push(Block::section(lines));

    let mut lines = vec![bold("What changed")];
    let changes = changes(&open.changed);
    let number = changes.len();
    lines.extend(changes.into_iter().take(MOST_NAMED));
    lines.extend(more(number, MOST_NAMED));
    if lines.len() == 1 {
        lines.push("nothing that differs from the state lies on the path of these hosts".to_owned());
    }
    message.push(Block::section(lines));

    let mut lines = vec![bold("Suggested next step")];
    lines.extend(open.next_steps().into_iter().filter_map(step).take(MOST_NAMED));
    message.push(Block::section(lines));
}

fn show_over(message: &mut Message, over: &Over<'_>) {
    let time = |at: Option<&str>| match at {
        Some(at) if !at.is_empty() => code(at, SHORT),
        _ => "not known".to_owned(),
    };
    message.push(Block::fields(vec![
        format!("{}\n{}", bold("Resolved at"), time(Some(over.at))),
        format!("{}\n{}", bold("From"), time(over.from)),
    ]));
    let mut lines = vec![bold("What it was")];
    for one in over.findings.iter().take(MOST_NAMED) {
        lines.push(format!("{}: {}", code(&one.subject, SHORT), prose(&one.title, LONG)));
    }
    lines.extend(more(over.findings.len(), MOST_NAMED));
    message.push(Block::section(lines));
}

/// A line for every attribute that differs: where, and from what to what.
fn changes(changed: &[&Judged]) -> Vec<String> {
    let mut lines = Vec::new();
    for judged in changed {
        let allowed = if judged.is_allowed() { " (allowed)" } else { "" };
        let subject = code(&subject(judged), SHORT);
        if judged.finding.changes.is_empty() {
            lines.push(format!("{subject}: {}{allowed}", prose(&judged.finding.title, SHORT)));
        }
        for change in &judged.finding.changes {
            let path = code(&change.path, SHORT);
            lines.push(match values(change, SHORT) {
                Some((expected, live)) => format!(
                    "{subject} {path}: {} → {}{allowed}",
                    code(&expected, SHORT),
                    code(&live, SHORT)
                ),
                None => format!("{subject} {path}: {}{allowed}", prose(&judged.finding.title, SHORT)),
            });
        }
    }
    lines
}

/// What to do. A command that cannot be shown as it is, is not shown.
fn step(advice: Advice) -> Option<String> {
    match advice.command {
        Some(command) if command.contains('`') || command.len() > SHORT => None,
        Some(command) => Some(format!("{}: {}", prose(&advice.say, LONG), code(&command, LONG))),
        None => Some(prose(&advice.say, LONG)),
    }
}

fn findings(message: &mut Message, result: &CheckResult) {
    let failing = failing(result);
    for judged in failing.iter().take(MOST_FINDINGS) {
        message.push(Block::section(finding(judged)));
    }
    let others = failing.get(MOST_FINDINGS..).unwrap_or_default();
    if others.is_empty() {
        return;
    }
    let mut counted: BTreeMap<(std::cmp::Reverse<Severity>, &str), usize> = BTreeMap::new();
    for judged in others {
        *counted
            .entry((std::cmp::Reverse(judged.severity), &judged.finding.rule))
            .or_default() += 1;
    }
    let s = if others.len() == 1 { " fails" } else { "s fail" };
    let mut lines = vec![format!("{} more finding{s}:", others.len())];
    for ((severity, rule), number) in counted.iter().take(MOST_RULES) {
        lines.push(format!("{number} {} {}", severity.0, code(rule, SHORT)));
    }
    let left: usize = counted.values().skip(MOST_RULES).sum();
    if left > 0 {
        lines.push(format!("{left} of {} other rules", counted.len() - MOST_RULES));
    }
    message.push(Block::section(lines));
}

fn finding(judged: &Judged) -> Vec<String> {
    let finding = &judged.finding;
    let mut first = format!(
        "{} {} {}",
        bold(judged.severity.name()),
        code(&subject(judged), LONG),
        code(&finding.rule, SHORT)
    );
    if let Some(place) = &finding.place {
        first.push_str(&format!(" at {}", code(&place.to_string(), SHORT)));
    }
    let mut lines = vec![first, prose(&finding.title, LONG)];
    if !finding.detail.is_empty() {
        lines.push(prose(&finding.detail, LONG));
    }
    if !finding.impact.is_empty() {
        let hosts: Vec<&str> = finding.impact.iter().map(String::as_str).collect();
        lines.push(format!("On the path of {}", codes(&hosts, MOST_NAMED)));
    }
    let advice = advice(judged).into_iter();
    let steps = advice.filter(|advice| advice.purpose != Purpose::Allow);
    lines.extend(steps.filter_map(step));
    lines
}

/// How much could not be checked, by cause.
fn unchecked(message: &mut Message, result: &CheckResult) {
    if result.unchecked.is_empty() {
        return;
    }
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for unchecked in &result.unchecked {
        *reasons.entry(unchecked.reason.name()).or_default() += 1;
    }
    let causes: Vec<String> = reasons
        .iter()
        .map(|(reason, number)| format!("{number} {}", code(reason, SHORT)))
        .collect();
    message.push(Block::section(vec![format!(
        "{} {}",
        bold("Could not check:"),
        causes.join(", ")
    )]));
}

/// Which run this is.
fn origin(result: &CheckResult) -> String {
    let run = &result.run;
    let mut parts = Vec::new();
    if !run.started_at.is_empty() {
        parts.push(format!("Run {}", code(&run.started_at, SHORT)));
    }
    match (run.accounts.as_slice(), &run.account) {
        ([], Some(account)) => parts.push(format!("account {}", code(account, SHORT))),
        ([], None) => {}
        (several, _) => {
            let accounts: Vec<&str> = several.iter().map(String::as_str).collect();
            parts.push(format!("accounts {}", codes(&accounts, MOST_NAMED)));
        }
    }
    if !run.states.is_empty() {
        let states: Vec<&str> = run.states.iter().map(String::as_str).collect();
        parts.push(format!("state {}", codes(&states, MOST_NAMED)));
    }
    parts.push("all findings are in the JSON and HTML reports".to_owned());
    parts.join(", ")
}

fn more(all: usize, shown: usize) -> Option<String> {
    (all > shown).then(|| format!("and {} more", all - shown))
}

#[cfg(test)]
mod tests;
