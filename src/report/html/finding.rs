//! One finding: what was found, what was decided about it, and what it means.

use super::changes;
use super::entries::{Entries, Entry, Standing};
use super::time;
use super::writer::Html;
use crate::policy::RULES;
use crate::report::incident::{Advice, advice};
use crate::result::{Age, DecidedBy, Judged};

pub(super) fn write(html: &mut Html, entries: &Entries<'_>, entry: &Entry<'_>, open: bool) {
    let judged = entry.judged;
    let finding = &judged.finding;
    let severity = judged.severity.name();
    let class = format!("finding {severity}");
    let hosts: Vec<String> = finding
        .impact
        .iter()
        .filter_map(|host| entries.hosts.get(host.as_str()))
        .map(ToString::to_string)
        .collect();
    let (status, hosts) = (status(entry), hosts.join(" "));
    let attributes = [
        ("class", class.as_str()),
        ("id", entry.anchor.as_str()),
        ("data-severity", severity),
        ("data-category", finding.category.name()),
        ("data-status", status.as_str()),
        ("data-hosts", hosts.as_str()),
        ("open", ""),
    ];
    let shown = if open { &attributes[..] } else { &attributes[..6] };
    html.element("details", shown, |html| {
        html.element("summary", &[], |html| summary(html, entry));
        html.element("div", &[("class", "inside")], |html| {
            if !finding.detail.is_empty() {
                html.leaf("p", &[("class", "detail")], &finding.detail);
            }
            for note in &judged.notes {
                html.element("p", &[("class", "note")], |html| {
                    html.leaf("b", &[], "Note: ");
                    html.text(note);
                });
            }
            changes::write(html, judged, uniform(judged));
            facts(html, entries, entry);
        });
    });
}

/// The words by which the filter finds it.
fn status(entry: &Entry<'_>) -> String {
    let age = match &entry.judged.age {
        None => "",
        Some(Age { new: true, .. }) => " new",
        Some(_) => " known",
    };
    format!("{}{age}", entry.standing.name())
}

fn summary(html: &mut Html, entry: &Entry<'_>) {
    let judged = entry.judged;
    let severity = judged.severity.name();
    html.leaf("span", &[("class", &format!("severity {severity}"))], severity);
    html.leaf("h5", &[], &judged.finding.title);
    html.element("span", &[("class", "tags")], |html| {
        if judged.is_new() {
            html.leaf("b", &[("class", "tag new")], "new");
        }
        match entry.standing {
            Standing::Failing => {}
            Standing::Passing => html.leaf("b", &[("class", "tag")], "does not fail"),
            Standing::Allowed => html.leaf("b", &[("class", "tag")], "allowed"),
        }
    });
}

/// The rule that decided about the whole of it, where one did and the changes need not say it one by one.
fn uniform(judged: &Judged) -> Option<&DecidedBy> {
    let first = judged.decisions.first()?;
    judged
        .decisions
        .iter()
        .all(|decision| decision == first)
        .then_some(first.by.as_ref())
        .flatten()
}

fn facts(html: &mut Html, entries: &Entries<'_>, entry: &Entry<'_>) {
    let judged = entry.judged;
    let finding = &judged.finding;
    html.element("dl", &[("class", "facts")], |html| {
        if let Some(by) = uniform(judged) {
            let name = if judged.is_allowed() {
                "Allowed by"
            } else {
                "Decided by"
            };
            fact(html, "wide", name, |html| html.text(&in_words(by)));
        }
        if let Some(rule) = RULES.get(&*finding.rule) {
            fact(html, "wide", "What it means", |html| html.text(&rule.help));
        }
        let steps = advice(judged);
        if !steps.is_empty() {
            fact(html, "wide", "What to do", |html| {
                html.element("ul", &[("class", "steps")], |html| {
                    for step in &steps {
                        html.element("li", &[], |html| self::step(html, step));
                    }
                });
            });
        }
        if entry.standing == Standing::Allowed && !finding.impact.is_empty() {
            fact(html, "short", "On the path of", |html| {
                html.text(&finding.impact.join(", "))
            });
        }
        fact(html, "short", "Rule", |html| {
            html.leaf("code", &[], &finding.rule);
            html.text(&format!(" ({})", finding.category.name()));
        });
        if let Some(place) = &finding.place {
            fact(html, "short", "Written at", |html| {
                html.leaf("code", &[], &place.to_string())
            });
        }
        if let Some(age) = &judged.age {
            fact(html, "short", "Found since", |html| {
                time::write(html, &age.first_seen);
                if let Some(length) = time::between(&age.first_seen, entries.started_at) {
                    html.text(&format!(", for {length}"));
                }
            });
        }
        fact(html, "short", "Id", |html| {
            let target = format!("#{}", entry.anchor);
            html.element("a", &[("href", &target)], |html| html.leaf("code", &[], &finding.id()));
        });
    });
}

fn step(html: &mut Html, step: &Advice) {
    html.text(&step.say);
    match &step.command {
        Some(command) => {
            html.text(": ");
            html.leaf("code", &[], command);
        }
        None => html.text("."),
    }
}

fn fact(html: &mut Html, class: &'static str, name: &str, value: impl FnOnce(&mut Html)) {
    html.element("div", &[("class", class)], |html| {
        html.leaf("dt", &[], name);
        html.element("dd", &[], value);
    });
}

/// `"release" at driftgate.hcl:30: the release train sets it (web team, until 2026-06-30)`.
pub(super) fn in_words(by: &DecidedBy) -> String {
    let mut text = by.to_string();
    if let Some(reason) = &by.reason {
        text.push_str(": ");
        text.push_str(reason);
    }
    let until = by.until.as_ref().map(|until| format!("until {until}"));
    let more: Vec<&str> = by.owner.as_deref().into_iter().chain(until.as_deref()).collect();
    if !more.is_empty() {
        text.push_str(&format!(" ({})", more.join(", ")));
    }
    text
}
