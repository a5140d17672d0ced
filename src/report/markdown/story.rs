//! What is read first: the incident, and what visitors of the hosts get.

use super::inline::{code, codes, prose};
use super::page::Page;
use super::{Rung, SHORT};
use crate::report::incident::{self, Advice, Incident, Open, Over, subject, values};
use crate::result::{CheckResult, Judged};

/// Entries of each list of an incident.
const MOST: usize = 12;
/// The same on the last rung, which has room for little.
const FEW: usize = 3;
/// Rows of the table of hosts, where lists are short.
const MOST_HOSTS: usize = 30;

/// The fields that an operations team posts.
pub(super) fn incident(page: &mut Page, result: &CheckResult, rung: Rung) {
    let most = if rung == Rung::Groups { FEW } else { MOST };
    match incident::of(result) {
        Some(Incident::Open(open)) => show_open(page, &open, most),
        Some(Incident::Over(over)) => show_over(page, &over, most),
        None => {}
    }
}

fn show_open(page: &mut Page, open: &Open<'_>, most: usize) {
    page.heading("Incident");
    if !open.degraded.is_empty() {
        page.line(&format!(
            "- **Degraded service:** {}",
            codes(open.degraded.iter().copied(), most)
        ));
    }
    let from = open
        .from
        .map_or_else(|| "not known".to_owned(), |from| code(from, SHORT));
    page.line(&format!("- **From:** {from}"));

    page.line("- **User impact:**");
    list(page, open.impact.iter(), most, |impact| match impact {
        (host, Some(visitor)) => format!("{}: {}", code(host, SHORT), prose(visitor, SHORT)),
        (host, None) => format!("{}: not followed", code(host, SHORT)),
    });
    if !open.working.is_empty() {
        page.line(&format!(
            "  - still served: {}",
            codes(open.working.iter().copied(), most)
        ));
    }
    if !open.unknown.is_empty() {
        page.line(&format!(
            "  - cannot be told: {}",
            codes(open.unknown.iter().copied(), most)
        ));
    }

    page.line("- **What changed:**");
    let changes = changes(&open.changed);
    list(page, changes.iter(), most, |line| (*line).clone());
    if changes.is_empty() {
        page.line("  - nothing that differs from the state lies on the path of these hosts");
    }

    page.line("- **Suggested next step:**");
    list(page, open.next_steps().into_iter(), most, |advice| step(&advice));
}

fn show_over(page: &mut Page, over: &Over<'_>, most: usize) {
    page.heading("Incident resolved");
    let at = if over.at.is_empty() {
        "not known".to_owned()
    } else {
        code(over.at, SHORT)
    };
    page.line(&format!("- **Resolved at:** {at}"));
    if let Some(from) = over.from {
        page.line(&format!("- **From:** {}", code(from, SHORT)));
    }
    page.line("- **What it was:**");
    list(page, over.findings.iter(), most, |one| {
        format!("{}: {}", code(&one.subject, SHORT), prose(&one.title, SHORT))
    });
}

/// The first `most` entries of a nested list, and how many there are besides.
fn list<T>(page: &mut Page, items: impl ExactSizeIterator<Item = T>, most: usize, line: impl Fn(T) -> String) {
    let more = items.len().saturating_sub(most);
    for item in items.take(most) {
        page.line(&format!("  - {}", line(item)));
    }
    if more > 0 {
        page.line(&format!("  - and {more} more"));
    }
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
            lines.push(match values(change, 120) {
                Some((expected, live)) => {
                    format!(
                        "{subject} {path}: {} → {}{allowed}",
                        code(&expected, SHORT),
                        code(&live, SHORT)
                    )
                }
                None => format!("{subject} {path}: {}{allowed}", prose(&judged.finding.title, SHORT)),
            });
        }
    }
    lines
}

/// What to do.
pub(super) fn step(advice: &Advice) -> String {
    match &advice.command {
        // A command that is cut would do something else.
        Some(command) if command.len() <= SHORT => format!("{}: {}", prose(&advice.say, SHORT), code(command, SHORT)),
        _ => prose(&advice.say, SHORT),
    }
}

/// What visitors of each host get; silent where every host is served.
pub(super) fn hosts(page: &mut Page, result: &CheckResult, rung: Rung) {
    let mut hosts: Vec<_> = result.hosts.iter().collect();
    if hosts.iter().all(|host| host.served == Some(true)) {
        return;
    }
    // Broken first, then what cannot be told.
    hosts.sort_by_key(|host| match host.served {
        Some(false) => 0,
        None => 1,
        Some(true) => 2,
    });
    page.heading("What visitors get");
    if rung == Rung::Groups {
        let of = |served: Option<bool>| hosts.iter().filter(move |host| host.served == served);
        for (name, served) in [
            ("broken", Some(false)),
            ("cannot be told", None),
            ("served", Some(true)),
        ] {
            let named = codes(of(served).map(|host| host.host.as_str()), 2 * FEW);
            if !named.is_empty() {
                page.line(&format!("- {name} ({}): {named}", of(served).count()));
            }
        }
        return;
    }
    page.table(&["Host", "Served", "Visitors get"]);
    let most = if rung == Rung::Everything {
        usize::MAX
    } else {
        MOST_HOSTS
    };
    for host in hosts.iter().take(most) {
        let served = match host.served {
            Some(true) => "yes",
            Some(false) => "**no**",
            None => "cannot be told",
        };
        page.row(&[code(&host.host, SHORT), served.to_owned(), prose(&host.visitor, SHORT)]);
    }
    if hosts.len() > most {
        page.paragraph(&format!("and {} more hosts", hosts.len() - most));
    }
}
