//! What narrows the findings down. It works by the script alone, and is hidden until that has woken it.

use super::entries::{Entries, Standing};
use super::writer::Html;
use crate::finding::{Category, Severity};

/// Below this many findings there is nothing to narrow down.
const FEWEST: usize = 2;

pub(super) fn write(html: &mut Html, entries: &Entries<'_>) {
    if entries.all.len() < FEWEST {
        return;
    }
    let attributes = [
        ("id", "filter"),
        ("role", "search"),
        ("aria-label", "Findings"),
        ("hidden", ""),
    ];
    html.element("div", &attributes, |html| {
        html.element("p", &[("class", "field search")], |html| {
            html.leaf("label", &[("for", "text")], "Search");
            html.void(
                "input",
                &[
                    ("type", "search"),
                    ("id", "text"),
                    ("autocomplete", "off"),
                    ("spellcheck", "false"),
                    ("placeholder", "address, attribute, value …"),
                ],
            );
        });
        severities(html, entries);
        let categories = Category::ALL
            .into_iter()
            .filter(|category| {
                entries
                    .all
                    .iter()
                    .any(|entry| entry.judged.finding.category == *category)
            })
            .map(|category| (category.name().to_owned(), category.name()));
        choice(html, "category", "Category", 2, categories);
        let hosts = entries.hosts.iter().map(|(host, number)| (number.to_string(), *host));
        choice(html, "host", "Host", 1, hosts);
        choice(html, "status", "Status", 2, statuses(entries));
        html.element("p", &[("class", "actions")], |html| {
            for (id, label) in [("unfold", "Unfold all"), ("fold", "Fold all"), ("reset", "Reset")] {
                html.leaf("button", &[("type", "button"), ("id", id)], label);
            }
            let all = entries.all.len().to_string();
            html.leaf("output", &[("id", "shown"), ("data-all", &all)], "");
        });
    });
}

fn severities(html: &mut Html, entries: &Entries<'_>) {
    html.element("fieldset", &[], |html| {
        html.leaf("legend", &[], "Severity");
        for severity in Severity::WORST_FIRST {
            let number = entries
                .all
                .iter()
                .filter(|entry| entry.judged.severity == severity)
                .count();
            if number == 0 {
                continue;
            }
            html.element("label", &[], |html| {
                html.void(
                    "input",
                    &[
                        ("type", "checkbox"),
                        ("name", "severity"),
                        ("value", severity.name()),
                        ("checked", ""),
                    ],
                );
                html.leaf("span", &[], &format!("{severity} {number}"));
            });
        }
    });
}

fn statuses<'a>(entries: &Entries<'_>) -> impl Iterator<Item = (String, &'a str)> {
    let standings = [
        (Standing::Failing, "failing the run"),
        (Standing::Passing, "not failing"),
        (Standing::Allowed, "allowed"),
    ];
    let of_standing: Vec<_> = standings
        .into_iter()
        .filter(|(standing, _)| entries.count(*standing) > 0)
        .map(|(standing, label)| (standing.name().to_owned(), label))
        .collect();
    let of_age = [("new", "new"), ("known", "found before")]
        .into_iter()
        .filter(|_| entries.have_ages())
        .map(|(name, label)| (name.to_owned(), label));
    let of_age: Vec<_> = of_age.collect();
    of_standing.into_iter().chain(of_age)
}

/// A list to choose one of; left out where there are fewer than `least` to choose from.
fn choice<'a>(
    html: &mut Html,
    id: &'static str,
    label: &'static str,
    least: usize,
    options: impl Iterator<Item = (String, &'a str)>,
) {
    let options: Vec<_> = options.collect();
    if options.len() < least {
        return;
    }
    html.element("p", &[("class", "field")], |html| {
        html.leaf("label", &[("for", id)], label);
        html.element("select", &[("id", id)], |html| {
            html.leaf("option", &[("value", "")], "all");
            for (value, label) in &options {
                html.leaf("option", &[("value", value)], label);
            }
        });
    });
}
