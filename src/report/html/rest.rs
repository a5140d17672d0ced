//! Everything that is no finding: what could not be checked, what is ignored, resolved, doubted, not covered, and what
//! the run cost.

use std::collections::HashMap;

use super::writer::Html;
use super::{section, time};
use crate::finding::Unchecked;
use crate::report::human::{self, count};
use crate::result::CheckResult;

/// Lists up to this long are unfolded from the start.
const SHORT: usize = 12;

pub(super) fn write(html: &mut Html, result: &CheckResult) {
    unchecked(html, result);
    resolved(html, result);
    doubts(html, result);
    remarks(html, result);
    ignored(html, result);
    not_covered(html, result);
    cost(html, result);
}

/// A list that folds, unfolded where it is short.
fn list<T>(html: &mut Html, all: &[T], label: &str, item: impl Fn(&mut Html, &T)) {
    let attributes = [("class", "list"), ("open", "")];
    let shown = if all.len() <= SHORT {
        &attributes
    } else {
        &attributes[..1]
    };
    html.element("details", shown, |html| {
        html.leaf("summary", &[], label);
        html.element("ul", &[], |html| {
            for one in all {
                html.element("li", &[], |html| item(html, one));
            }
        });
    });
}

/// What shares a cause stands together, with the cause above it.
fn unchecked(html: &mut Html, result: &CheckResult) {
    if result.unchecked.is_empty() {
        return;
    }
    let mut places = HashMap::new();
    let mut causes: Vec<Vec<&Unchecked>> = Vec::new();
    for unchecked in &result.unchecked {
        let cause = (unchecked.reason, unchecked.detail.as_str());
        let place = *places.entry(cause).or_insert(causes.len());
        match causes.get_mut(place) {
            Some(same) => same.push(unchecked),
            None => causes.push(vec![unchecked]),
        }
    }
    section(html, "unchecked", "Could not be checked", |html| {
        html.leaf(
            "p",
            &[],
            "Nothing is known about these: they are neither clean nor drifted.",
        );
        for same in causes {
            let Some(first) = same.first() else { continue };
            html.element("div", &[("class", "cause")], |html| {
                html.element("p", &[], |html| {
                    html.leaf("b", &[], first.reason.name());
                    html.text(" ");
                    html.text(&first.detail);
                });
                let label = count(same.len(), "thing");
                list(html, &same, &format!("{label} not checked"), |html, one| {
                    html.leaf("code", &[], &one.address);
                });
            });
        }
    });
}

fn resolved(html: &mut Html, result: &CheckResult) {
    if result.resolved.is_empty() {
        return;
    }
    section(html, "resolved", "Resolved", |html| {
        let label = format!(
            "{} of an earlier run {} gone",
            count(result.resolved.len(), "finding"),
            if result.resolved.len() == 1 { "is" } else { "are" }
        );
        list(html, &result.resolved, &label, |html, one| {
            let severity = one.severity.name();
            html.leaf("span", &[("class", &format!("severity {severity}"))], severity);
            html.text(" ");
            html.text(&one.title);
            html.element("p", &[], |html| {
                html.leaf("code", &[], &one.subject);
                html.text(" · ");
                html.leaf("code", &[], &one.rule);
                html.text(" · was found since ");
                time::write(html, &one.first_seen);
            });
        });
    });
}

fn doubts(html: &mut Html, result: &CheckResult) {
    if result.doubts.is_empty() {
        return;
    }
    section(html, "doubts", "Not provable", |html| {
        let label = count(result.doubts.len(), "thing") + " about hosts that nobody can tell from what AWS answers";
        list(html, &result.doubts, &label, |html, one| {
            html.leaf("b", &[], &one.host);
            html.text(&format!(", {}: {}", one.station, one.why));
        });
    });
}

fn remarks(html: &mut Html, result: &CheckResult) {
    if result.remarks.is_empty() {
        return;
    }
    section(html, "remarks", "Remarks", |html| {
        let label = count(result.remarks.len(), "remark");
        list(html, &result.remarks, &label, |html, one| html.text(one));
    });
}

fn ignored(html: &mut Html, result: &CheckResult) {
    if result.ignored.is_empty() {
        return;
    }
    section(html, "ignored", "Left to somebody else", |html| {
        let label = count(result.ignored.len(), "difference") + ", none of them drift";
        list(html, &result.ignored, &label, |html, one| {
            html.leaf("code", &[], &one.address);
            html.text(" ");
            html.leaf("code", &[], &one.path);
            html.text(" ");
            html.leaf("span", &[("class", "by")], &one.by);
        });
    });
}

fn not_covered(html: &mut Html, result: &CheckResult) {
    let counts = &result.counts;
    if result.not_covered.is_empty() && counts.deposed == 0 && counts.other == 0 {
        return;
    }
    section(html, "not-covered", "Not covered", |html| {
        if !result.not_covered.is_empty() {
            let types: Vec<(&String, &usize)> = result.not_covered.iter().collect();
            let label = count(types.len(), "type") + " of S3, CloudFront and Route 53 not looked at";
            list(html, &types, &label, |html, (name, number)| {
                html.leaf("code", &[], name);
                html.text(&format!(" {number}"));
            });
        }
        if counts.other > 0 {
            let others = count(counts.other, "resource") + " of other services and providers";
            html.leaf("p", &[], &others);
        }
        if counts.deposed > 0 {
            let deposed = count(counts.deposed, "deposed object") + ", left for Terraform to delete";
            html.leaf("p", &[], &deposed);
        }
    });
}

fn cost(html: &mut Html, result: &CheckResult) {
    let (stats, counts) = (&result.stats, &result.counts);
    section(html, "cost", "What was read", |html| {
        let checked = format!("{} of {} checked", counts.checked, count(counts.resources, "resource"));
        html.leaf("p", &[], &format!("{checked}, with {}.", human::cost(stats)));
        if !stats.calls.is_empty() {
            let calls: Vec<(&String, &u64)> = stats.calls.iter().collect();
            html.element("details", &[("class", "list")], |html| {
                html.leaf("summary", &[], "API calls by operation");
                html.element("table", &[("class", "numbers")], |html| {
                    html.element("thead", &[], |html| {
                        html.element("tr", &[], |html| {
                            html.leaf("th", &[("scope", "col")], "operation");
                            html.leaf("th", &[("scope", "col")], "calls");
                        });
                    });
                    html.element("tbody", &[], |html| {
                        for (operation, number) in calls {
                            html.element("tr", &[], |html| {
                                html.element("th", &[("scope", "row")], |html| {
                                    html.leaf("code", &[], operation);
                                });
                                html.leaf("td", &[], &number.to_string());
                            });
                        }
                    });
                });
            });
        }
    });
}
