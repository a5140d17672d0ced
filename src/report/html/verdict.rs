//! The banner: the verdict, to be read from three metres, and the numbers behind it.

use super::entries::{Entries, Standing};
use super::writer::Html;
use super::{time, trend};
use crate::finding::Severity;
use crate::report::human;
use crate::result::{CheckResult, Outcome};

/// The verdict for the window's title: `Drift: 2 hosts do not serve`.
pub(super) fn title(result: &CheckResult) -> String {
    let lead = lead(result);
    format!("{}: {}", word(result.outcome), lead.trim_end_matches('.'))
}

pub(super) fn write(html: &mut Html, result: &CheckResult, entries: &Entries<'_>) {
    html.element("header", &[("class", tone(result))], |html| {
        html.element("div", &[("class", "bar")], |html| {
            html.leaf("p", &[("class", "brand")], "driftgate");
            html.leaf(
                "button",
                &[("type", "button"), ("id", "theme"), ("hidden", "")],
                "Colours: automatic",
            );
        });
        html.element("div", &[("class", "verdict")], |html| {
            mark(html, result.outcome);
            html.element("div", &[("class", "words")], |html| {
                html.leaf("h1", &[], word(result.outcome));
                html.leaf("p", &[("class", "lead")], &lead(result));
            });
        });
        html.element("div", &[("class", "run")], |html| {
            html.element("div", &[], |html| {
                html.leaf("p", &[("class", "sentence")], sentence(&human::headline(result)));
                tally(html, result, entries);
                about(html, result);
            });
            trend::write(html, result);
        });
    });
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Clean => "Clean",
        Outcome::Drift => "Drift",
        Outcome::Incomplete => "Incomplete",
    }
}

/// The banner's class: how loud it is.
fn tone(result: &CheckResult) -> &'static str {
    let down = result.hosts.iter().any(|host| host.served == Some(false));
    match result.outcome {
        Outcome::Clean => "banner clean",
        Outcome::Incomplete => "banner incomplete",
        Outcome::Drift if down || result.worst() == Some(Severity::Critical) => "banner alarm",
        Outcome::Drift => "banner drift",
    }
}

/// The one thing to know. Hosts that are down come before anything else; what is unknown is never passed over.
fn lead(result: &CheckResult) -> String {
    let hosts = |served| result.hosts.iter().filter(|host| host.served == served).count();
    let (down, unknown) = (hosts(Some(false)), hosts(None));
    let mut parts = Vec::new();
    match down {
        0 => {}
        1 => parts.push("1 host does not serve".to_owned()),
        more => parts.push(format!("{more} hosts do not serve")),
    }
    if unknown > 0 {
        parts.push(format!("{unknown} cannot be told"));
    }
    if down > 0 {
        return format!("{}.", parts.join(", "));
    }
    let told = if unknown > 0 {
        format!(" What {} cannot be told.", of_hosts_serve(unknown))
    } else {
        String::new()
    };
    match result.outcome {
        Outcome::Drift => match result.worst() {
            Some(worst) => format!("The worst of what was found is {worst}.{told}"),
            None => format!("Something fails the run.{told}"),
        },
        Outcome::Clean if result.findings.is_empty() => {
            format!("Everything that was checked is as Terraform says.{told}")
        }
        Outcome::Clean => format!("Nothing fails the run.{told}"),
        Outcome::Incomplete if result.counts.resources == 0 && result.unchecked.is_empty() => {
            "There was nothing to check.".to_owned()
        }
        Outcome::Incomplete => format!("Not everything could be checked.{told}"),
    }
}

fn of_hosts_serve(unknown: usize) -> String {
    if unknown == 1 {
        "1 host serves".to_owned()
    } else {
        format!("{unknown} hosts serve")
    }
}

/// The headline without its first word, which stands above it in large letters.
fn sentence(headline: &str) -> &str {
    headline.split_once(": ").map_or(headline, |(_, sentence)| sentence)
}

/// The verdict's sign: its shape says what the colour says.
fn mark(html: &mut Html, outcome: Outcome) {
    let attributes = [
        ("class", "mark"),
        ("viewBox", "0 0 48 48"),
        ("width", "96"),
        ("height", "96"),
        ("aria-hidden", "true"),
    ];
    html.element("svg", &attributes, |html| {
        let (outline, sign) = match outcome {
            Outcome::Clean => ("M24 2a22 22 0 1 1 0 44a22 22 0 1 1 0-44z", "M14 25l7 7l14-15"),
            Outcome::Drift => ("M15 2h18l13 13v18l-13 13h-18l-13-13v-18z", "M16 16l16 16M32 16l-16 16"),
            Outcome::Incomplete => ("M24 1l23 23l-23 23l-23-23z", "M19 19c0-6 10-6 10 0c0 4-5 4-5 8M24 32v1"),
        };
        html.leaf("path", &[("class", "outline"), ("d", outline)], "");
        html.leaf("path", &[("class", "sign"), ("d", sign)], "");
    });
}

/// The numbers, each a link to what it counts.
fn tally(html: &mut Html, result: &CheckResult, entries: &Entries<'_>) {
    let hosts = |served| result.hosts.iter().filter(|host| host.served == served).count();
    let new = entries
        .all
        .iter()
        .filter(|entry| entry.standing != Standing::Allowed && entry.judged.is_new())
        .count();
    let plural = |number: usize, one: &str, more: &str| (if number == 1 { one } else { more }).to_owned();
    let broken = hosts(Some(false));
    let mut tiles = vec![
        (broken, "#hosts", plural(broken, "host down", "hosts down")),
        (hosts(None), "#hosts", "cannot be told".to_owned()),
        (
            hosts(Some(true)),
            "#hosts",
            plural(hosts(Some(true)), "host serves", "hosts serve"),
        ),
    ];
    for severity in Severity::WORST_FIRST {
        tiles.push((result.by_severity(severity), "#findings", severity.name().to_owned()));
    }
    tiles.extend([
        (new, "#findings", "new".to_owned()),
        (result.unchecked.len(), "#unchecked", "not checked".to_owned()),
        (entries.count(Standing::Allowed), "#allowed", "allowed".to_owned()),
        (result.resolved.len(), "#resolved", "resolved".to_owned()),
    ]);
    tiles.retain(|(number, ..)| *number > 0);
    if tiles.is_empty() {
        return;
    }
    html.element("ul", &[("class", "tally")], |html| {
        for (number, target, label) in &tiles {
            html.element("li", &[], |html| {
                html.element("a", &[("href", target)], |html| {
                    html.leaf("b", &[], &number.to_string());
                    html.text(&format!(" {label}"));
                });
            });
        }
    });
}

/// What the run was about.
fn about(html: &mut Html, result: &CheckResult) {
    let run = &result.run;
    html.element("dl", &[("class", "about")], |html| {
        let mut fact = |name: &str, write: &dyn Fn(&mut Html)| {
            html.element("div", &[], |html| {
                html.leaf("dt", &[], name);
                html.element("dd", &[], |html| write(html));
            });
        };
        if !run.started_at.is_empty() {
            fact("Checked", &|html| time::write(html, &run.started_at));
        }
        match (run.accounts.as_slice(), &run.account) {
            ([], Some(account)) => fact("Account", &|html| html.leaf("code", &[], account)),
            ([], None) => {}
            (several, _) => fact("Accounts", &|html| html.leaf("code", &[], &several.join(", "))),
        }
        match run.states.as_slice() {
            [] => {}
            [one] => fact("State", &|html| html.leaf("code", &[], one)),
            several => fact("States", &|html| {
                for (at, state) in several.iter().enumerate() {
                    html.text(if at > 0 { ", " } else { "" });
                    html.leaf("code", &[], state);
                }
            }),
        }
        if let Some(against) = &run.against {
            fact("Compared with", &|html| html.leaf("code", &[], against));
        }
        if let Some(level) = run.fail_on {
            fact("Fails on", &|html| {
                html.text(match level {
                    Severity::Critical => "critical",
                    Severity::High => "high and worse",
                    Severity::Medium => "medium and worse",
                    Severity::Low => "low and worse",
                    Severity::Info => "everything",
                });
            });
        }
    });
}
