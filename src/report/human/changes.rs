//! One changed attribute as a diff.

use anstyle::Style;
use similar::{ChangeTag, DiffTag, InlineChangeMode, InlineChangeOptions};

use super::diff;
use super::page::{Page, style};
use super::value::{self, Line};
use crate::finding::Change;
use crate::report::{Options, escape, json};

const PATH_INDENT: usize = 4;
pub(super) const VALUE_INDENT: usize = 6;
/// Lines of one diff, unless all are asked for.
const MOST_LINES: usize = 120;
/// Longer lines are not searched for what differs within them.
const LONGEST_REFINED: usize = 1000;

/// How a finding's changes are shown.
#[derive(Clone, Copy)]
pub(super) struct Manner {
    /// Without colours, for what matters little.
    pub(super) dim: bool,
    /// Without saying, attribute by attribute, that the state has nothing: for what no state holds at all.
    pub(super) live_only: bool,
}

/// Writes path, diff and note.
pub(super) fn write(page: &mut Page, change: &Change, manner: Manner) {
    let dim = manner.dim;
    let path = escape::text(&change.path);
    page.styled(PATH_INDENT, if dim { style::DIM } else { Style::new() }, &path);
    for line in lines(page, change, manner) {
        page.line(VALUE_INDENT, &line);
    }
    if let Some(note) = &change.note {
        page.wrapped(VALUE_INDENT, style::DIM, &format!("note: {}", escape::text(note)));
    }
}

/// The lines of the diff alone, escaped, without colours and not indented: `- ` the state, `+ ` live.
pub(in crate::report) fn plain(change: &Change, live_only: bool) -> Vec<String> {
    lines(&Page::new(Options::default()), change, Manner { dim: false, live_only })
}

fn lines(page: &Page, change: &Change, manner: Manner) -> Vec<String> {
    let dim = manner.dim;
    let (expected, live) = if change.sensitive {
        let withheld = || {
            vec![Line {
                text: json::v1::SENSITIVE.to_owned(),
                inside: "".into(),
            }]
        };
        (withheld(), withheld())
    } else {
        value::both(&change.expected, &change.live)
    };
    let mut lines = if manner.live_only && change.expected.is_null() {
        whole(page, &[], &live, dim)
    } else if expected == live {
        // Withheld values, or values told apart by something that is not shown.
        whole(page, &expected, &live, dim)
    } else {
        differing(page, &expected, &live, dim)
    };
    if lines.len() > MOST_LINES && !page.verbose() {
        let left = lines.len() - MOST_LINES;
        lines.truncate(MOST_LINES);
        lines.push(page.paint(
            style::DIM,
            &format!("  ... {left} more lines; the JSON report holds all"),
        ));
    }
    lines
}

fn side(tag: ChangeTag, dim: bool) -> (char, Style) {
    match tag {
        ChangeTag::Delete if !dim => ('-', style::REMOVED),
        ChangeTag::Insert if !dim => ('+', style::ADDED),
        ChangeTag::Delete => ('-', style::DIM),
        ChangeTag::Insert => ('+', style::DIM),
        ChangeTag::Equal => (' ', style::DIM),
    }
}

/// Both sides in full.
fn whole(page: &Page, expected: &[Line], live: &[Line], dim: bool) -> Vec<String> {
    let paint = |tag, line: &Line| {
        let (sign, style) = side(tag, dim);
        page.paint(style, &format!("{sign} {}", line.text))
    };
    let expected = expected.iter().map(|line| paint(ChangeTag::Delete, line));
    expected
        .chain(live.iter().map(|line| paint(ChangeTag::Insert, line)))
        .collect()
}

/// The lines that differ with a few around them.
fn differing(page: &Page, expected: &[Line], live: &[Line], dim: bool) -> Vec<String> {
    let old: Vec<&str> = expected.iter().map(|line| line.text.as_str()).collect();
    let new: Vec<&str> = live.iter().map(|line| line.text.as_str()).collect();
    let refined = page.colour() && old.iter().chain(&new).all(|line| line.len() <= LONGEST_REFINED);
    let diff = diff::compare(&old, &new);
    let mut inline = InlineChangeOptions::new();
    inline
        .mode(InlineChangeMode::Chars)
        .semantic_cleanup(true)
        .min_ratio(0.6);

    let mut out = Vec::new();
    for hunk in diff::hunks(&diff, &old, &new) {
        if let Some(first) = hunk
            .first()
            .filter(|op| op.old_range().start > 0 || op.new_range().start > 0)
        {
            let changed = hunk.iter().find(|op| op.tag() != DiffTag::Equal).unwrap_or(first);
            let line = match changed.tag() {
                DiffTag::Delete => expected.get(changed.old_range().start),
                _ => live.get(changed.new_range().start),
            };
            let inside = line.map_or("", |line| &*line.inside);
            out.push(page.paint(style::DIM, format!("@@ {inside}").trim_end()));
        }
        for op in &hunk {
            if refined {
                for change in diff.iter_inline_changes_with_options(op, inline) {
                    out.push(refined_line(page, change.tag(), change.values(), dim));
                }
            } else {
                for change in diff.iter_changes(op) {
                    out.push(refined_line(page, change.tag(), &[(false, change.value())], dim));
                }
            }
        }
    }
    out
}

/// A line of the diff whose marked parts stand out.
fn refined_line(page: &Page, tag: ChangeTag, parts: &[(bool, &str)], dim: bool) -> String {
    let (sign, style) = side(tag, dim);
    let strong = if dim { style } else { style.bold().underline() };
    // Neighbours of one style are painted as one.
    let mut runs = vec![(false, format!("{sign} "))];
    for (marked, part) in parts {
        match runs.last_mut() {
            Some((same, text)) if same == marked => text.push_str(part),
            _ => runs.push((*marked, (*part).to_owned())),
        }
    }
    runs.iter()
        .map(|(marked, text)| page.paint(if *marked { strong } else { style }, text))
        .collect()
}
