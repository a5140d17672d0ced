//! What visitors get, host by host: those that are down first.

use super::entries::{Entries, Entry};
use super::path;
use super::section;
use super::writer::Html;
use crate::report::human::count;
use crate::result::{CheckResult, HostState};

/// Findings named beside a host; all of them stand below.
const MOST_NAMED: usize = 8;
/// Hosts that are shown in full from the start.
const MOST_OPEN: usize = 12;

pub(super) fn write(html: &mut Html, result: &CheckResult, entries: &Entries<'_>) {
    if result.hosts.is_empty() {
        return;
    }
    let mut hosts: Vec<&HostState> = result.hosts.iter().collect();
    hosts.sort_by_key(|host| urgency(host.served));
    let by_host = entries.by_host();
    section(html, "hosts", "What visitors get", |html| {
        for (at, host) in hosts.iter().enumerate() {
            let about = by_host.get(host.host.as_str()).map_or(&[][..], Vec::as_slice);
            self::host(html, at, host, about);
        }
        if hosts.iter().any(|host| !host.path.is_empty()) {
            path::legend(html);
        }
    });
}

fn urgency(served: Option<bool>) -> usize {
    match served {
        Some(false) => 0,
        None => 1,
        Some(true) => 2,
    }
}

fn host(html: &mut Html, at: usize, host: &HostState, about: &[&Entry<'_>]) {
    let (class, words) = match host.served {
        Some(false) => ("host down", "does not serve"),
        None => ("host unknown", "cannot be told"),
        Some(true) => ("host serves", "serves"),
    };
    let bare = host.path.is_empty() && about.is_empty();
    let open = host.served != Some(true) && at < MOST_OPEN;
    let head = |html: &mut Html| {
        html.leaf("h3", &[], &host.host);
        html.leaf("span", &[("class", "state")], words);
        if host.visitor != words {
            html.leaf("span", &[("class", "visitor")], &host.visitor);
        }
    };
    if bare {
        html.element("div", &[("class", class)], |html| {
            html.element("div", &[("class", "head")], head);
        });
        return;
    }
    let attributes = [("class", class), ("open", "")];
    html.element("details", if open { &attributes } else { &attributes[..1] }, |html| {
        html.element("summary", &[("class", "head")], head);
        html.element("div", &[("class", "inside")], |html| {
            if !host.path.is_empty() {
                path::draw(html, at, host);
            }
            if !about.is_empty() {
                named(html, about);
            }
        });
    });
}

/// The findings that affect a host, as links.
fn named(html: &mut Html, about: &[&Entry<'_>]) {
    html.element("div", &[("class", "named")], |html| {
        html.leaf("h4", &[], "Found on its path");
        html.element("ul", &[], |html| {
            for entry in about.iter().take(MOST_NAMED) {
                html.element("li", &[], |html| {
                    let severity = entry.judged.severity.name();
                    let finding = &entry.judged.finding;
                    html.leaf("span", &[("class", &format!("severity {severity}"))], severity);
                    html.element("div", &[], |html| {
                        html.leaf("a", &[("href", &format!("#{}", entry.anchor))], &finding.title);
                        if let Some(address) = &finding.address {
                            html.element("p", &[], |html| html.leaf("code", &[], address));
                        }
                        if !finding.detail.is_empty() {
                            html.leaf("p", &[], &finding.detail);
                        }
                    });
                });
            }
        });
        if let Some(more) = about.len().checked_sub(MOST_NAMED).filter(|more| *more > 0) {
            html.leaf("p", &[], &format!("and {} below", count(more, "further finding")));
        }
    });
}
