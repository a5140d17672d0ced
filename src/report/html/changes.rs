//! Changed attributes side by side: what the state says at the left, what AWS answers at the right.

use similar::{ChangeTag, DiffOp, DiffTag, InlineChangeMode, InlineChangeOptions, TextDiff};

use super::finding::in_words;
use super::writer::Html;
use crate::finding::Change;
use crate::report::human::value::{self, Line};
use crate::report::human::{count, diff};
use crate::report::{json, prose};
use crate::result::{Action, DecidedBy, Decision, Judged};

/// Rows of one change; the JSON report holds the rest.
const MOST_ROWS: usize = 400;
/// Longer lines are not searched for what differs within them.
const LONGEST_REFINED: usize = 1000;

/// A line whose marked parts are what differs within it.
type Parts = Vec<(bool, String)>;

enum Row {
    /// Lines were left out; the next stand inside of this.
    Inside(String),
    Same(String),
    Differs(Option<Parts>, Option<Parts>),
}

/// Writes all changes of a finding as one table. `whole`: the rule that decided about all of them at once.
pub(super) fn write(html: &mut Html, judged: &Judged, whole: Option<&DecidedBy>) {
    let changes = &judged.finding.changes;
    if changes.is_empty() {
        return;
    }
    let expected = match prose::expectation([&judged.finding]) {
        Some("snapshot") => "Snapshot",
        _ => "Terraform state",
    };
    html.element("table", &[("class", "diff")], |html| {
        html.element("thead", &[], |html| {
            html.element("tr", &[], |html| {
                html.leaf("th", &[("scope", "col")], expected);
                html.leaf("th", &[("scope", "col")], "Live AWS");
            });
        });
        for (at, change) in changes.iter().enumerate() {
            let decision = judged
                .decisions
                .get(at)
                .filter(|decision| whole.is_none() && deserves_words(judged, decision));
            html.element("tbody", &[], |html| self::change(html, change, decision));
        }
    });
}

/// Whether a decision is something else than what the finding's own head says.
fn deserves_words(judged: &Judged, decision: &Decision) -> bool {
    decision.by.is_some() || decision.severity != judged.severity || decision.action != judged.action
}

fn change(html: &mut Html, change: &Change, decision: Option<&Decision>) {
    html.element("tr", &[], |html| {
        html.element("th", &[("colspan", "2"), ("scope", "rowgroup")], |html| {
            html.leaf("code", &[], &change.path);
            if let Some(decision) = decision {
                html.leaf("span", &[("class", "decision")], &decided(decision));
            }
        });
    });
    let mut rows = rows(change);
    let left_out = rows.len().saturating_sub(MOST_ROWS);
    rows.truncate(MOST_ROWS);
    for row in &rows {
        self::row(html, row);
    }
    if left_out > 0 {
        wide(html, "at", |html| {
            html.text(&format!(
                "{} here; the JSON report holds all",
                count(left_out, "more line")
            ));
        });
    }
    if let Some(note) = &change.note {
        wide(html, "remark", |html| {
            html.leaf("b", &[], "Note: ");
            html.text(note);
        });
    }
}

/// `low, allowed by "release" at driftgate.hcl:30: …`.
fn decided(decision: &Decision) -> String {
    let action = match decision.action {
        Action::Fail => "",
        Action::Warn => ", a warning",
        Action::Allow => ", allowed",
    };
    match &decision.by {
        Some(by) => format!("{}{action} by {}", decision.severity, in_words(by)),
        None => format!("{}{action}", decision.severity),
    }
}

fn rows(change: &Change) -> Vec<Row> {
    let whole = |text: &str| Some(vec![(false, text.to_owned())]);
    if change.sensitive {
        let withheld = || whole(json::v1::SENSITIVE);
        return vec![Row::Differs(withheld(), withheld())];
    }
    let (expected, live) = value::both(&change.expected, &change.live);
    if expected == live {
        // Told apart by something that is not shown.
        let mut rows: Vec<Row> = Vec::new();
        rows.extend(
            expected
                .iter()
                .map(|line| Row::Differs(whole(&line.text), whole(&line.text))),
        );
        return rows;
    }
    differing(&expected, &live)
}

/// The lines that differ with a few around them.
fn differing(expected: &[Line], live: &[Line]) -> Vec<Row> {
    let old: Vec<&str> = expected.iter().map(|line| line.text.as_str()).collect();
    let new: Vec<&str> = live.iter().map(|line| line.text.as_str()).collect();
    let diff = diff::compare(&old, &new);
    let mut rows = Vec::new();
    for hunk in diff::hunks(&diff, &old, &new) {
        let first = hunk
            .first()
            .map_or((0, 0), |op| (op.old_range().start, op.new_range().start));
        if first != (0, 0) {
            let inside = hunk
                .iter()
                .find(|op| op.tag() != DiffTag::Equal)
                .and_then(|op| match op.tag() {
                    DiffTag::Delete => expected.get(op.old_range().start),
                    _ => live.get(op.new_range().start),
                });
            rows.push(Row::Inside(
                inside.map_or_else(String::new, |line| line.inside.to_string()),
            ));
        }
        for op in &hunk {
            if op.tag() == DiffTag::Equal {
                rows.extend(old[op.old_range()].iter().map(|line| Row::Same((*line).to_owned())));
            } else {
                changed(&diff, op, &mut rows);
            }
        }
    }
    rows
}

/// Lines that came, went or became others, beside each other.
fn changed(diff: &TextDiff<'_, '_, str>, op: &DiffOp, rows: &mut Vec<Row>) {
    let (mut left, mut right): (Vec<Parts>, Vec<Parts>) = (Vec::new(), Vec::new());
    let mut put = |tag, parts| match tag {
        ChangeTag::Delete => left.push(parts),
        ChangeTag::Insert => right.push(parts),
        ChangeTag::Equal => {}
    };
    let refined = op.tag() == DiffTag::Replace
        && diff
            .iter_changes(op)
            .all(|change| change.value().len() <= LONGEST_REFINED);
    if refined {
        let mut inline = InlineChangeOptions::new();
        inline
            .mode(InlineChangeMode::Chars)
            .semantic_cleanup(true)
            .min_ratio(0.6);
        for change in diff.iter_inline_changes_with_options(op, inline) {
            let parts = change.values().iter();
            put(
                change.tag(),
                parts.map(|(marked, part)| (*marked, (*part).to_owned())).collect(),
            );
        }
    } else {
        for change in diff.iter_changes(op) {
            put(change.tag(), vec![(false, change.value().to_owned())]);
        }
    }
    let (mut left, mut right) = (left.into_iter(), right.into_iter());
    loop {
        match (left.next(), right.next()) {
            (None, None) => break,
            (old, new) => rows.push(Row::Differs(old, new)),
        }
    }
}

fn wide(html: &mut Html, class: &'static str, inside: impl FnOnce(&mut Html)) {
    html.element("tr", &[("class", class)], |html| {
        html.element("td", &[("colspan", "2")], inside);
    });
}

fn row(html: &mut Html, row: &Row) {
    match row {
        Row::Inside(inside) => wide(html, "at", |html| {
            html.text("… ");
            html.visible(inside);
        }),
        Row::Same(line) => html.element("tr", &[("class", "same")], |html| {
            for _ in 0..2 {
                html.element("td", &[], |html| html.visible(line));
            }
        }),
        Row::Differs(old, new) => html.element("tr", &[], |html| {
            for (name, side) in [("del", old), ("ins", new)] {
                html.element("td", &[], |html| {
                    if let Some(parts) = side {
                        html.element(name, &[], |html| self::parts(html, parts));
                    }
                });
            }
        }),
    }
}

fn parts(html: &mut Html, parts: &Parts) {
    for run in parts.chunk_by(|(a, _), (b, _)| a == b) {
        let text = run.iter().map(|(_, part)| part.as_str()).collect::<String>();
        if run[0].0 {
            html.element("b", &[], |html| html.visible(&text));
        } else {
            html.visible(&text);
        }
    }
}
