//! The findings: by the hosts they affect, then by resource; at the end what a policy allows.

use std::cell::Cell;

use super::entries::{Entries, OfHosts, OfResource};
use super::writer::Html;
use super::{filter, finding, section};

/// Findings that are unfolded from the start.
const MOST_OPEN: usize = 20;

pub(super) fn write(html: &mut Html, entries: &Entries<'_>) {
    if entries.all.is_empty() {
        return;
    }
    let budget = Cell::new(MOST_OPEN);
    section(html, "findings", "Findings", |html| {
        filter::write(html, entries);
        html.element("div", &[("id", "list")], |html| {
            for group in entries.groups() {
                of_hosts(html, entries, &group, &budget);
            }
            allowed(html, entries);
        });
    });
}

fn of_hosts(html: &mut Html, entries: &Entries<'_>, group: &OfHosts<'_, '_>, budget: &Cell<usize>) {
    html.element("section", &[("class", "group")], |html| {
        if group.hosts.is_empty() {
            let heading = if entries.hosts.is_empty() {
                "By resource"
            } else {
                "On no host's path"
            };
            html.leaf("h3", &[], heading);
        } else {
            html.element("h3", &[], |html| {
                html.leaf("span", &[], "Affects ");
                html.text(&group.hosts.join(", "));
            });
        }
        for resource in &group.resources {
            of_resource(html, entries, resource, budget);
        }
    });
}

fn allowed(html: &mut Html, entries: &Entries<'_>) {
    let allowed = entries.allowed();
    if allowed.is_empty() {
        return;
    }
    html.element("section", &[("class", "group"), ("id", "allowed")], |html| {
        html.leaf("h3", &[], "Allowed by a policy");
        for resource in &allowed {
            of_resource(html, entries, resource, &Cell::new(0));
        }
    });
}

fn of_resource(html: &mut Html, entries: &Entries<'_>, group: &OfResource<'_, '_>, budget: &Cell<usize>) {
    let Some(first) = group.entries.first() else {
        return;
    };
    let finding = &first.judged.finding;
    let resource = &finding.resource;
    html.element("article", &[("class", "resource")], |html| {
        html.element("header", &[], |html| {
            let mut facts: Vec<String> = Vec::new();
            match &finding.address {
                Some(address) => {
                    html.leaf("h4", &[], address);
                    facts.push(resource.id.clone());
                }
                None => html.leaf("h4", &[], &format!("{} {}", resource.terraform_type, resource.id)),
            }
            facts.extend(resource.account.iter().map(|account| format!("account {account}")));
            facts.extend(resource.region.clone());
            facts.extend(finding.state.iter().map(|state| format!("in {state}")));
            facts.retain(|fact| !fact.is_empty());
            if !facts.is_empty() {
                html.leaf("p", &[], &facts.join(" · "));
            }
        });
        for entry in &group.entries {
            let open = budget.get() > 0;
            budget.set(budget.get().saturating_sub(1));
            finding::write(html, entries, entry, open);
        }
    });
}
