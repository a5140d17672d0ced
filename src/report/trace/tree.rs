//! The path for people: a tree in which state and live stand side by side.

use std::fmt::Write;

use anstyle::Style;

use super::TraceDocument;
use super::align::{self, Pair, Placed, Row};
use super::paragraph::{Line, Paragraph, columns, paint, style};
use crate::report::{Options, escape};
use crate::serving::trace::{Break, Side, Step, Trace, Verdict, Visitor};

/// From this width on the two sides stand beside each other, below it one above the other.
const WIDE: usize = 120;
/// How far the text of a step stands behind its mark.
const BODY: usize = 4;
const BETWEEN: &str = " │ ";
/// The sign of the step that breaks first, and its style.
const FIRST_BROKEN: (&str, Style) = ("✗", style::BAD);

/// The whole tree, with a line break at its end.
pub(super) fn text(document: &TraceDocument<'_>, options: Options) -> String {
    let rows = align::rows(document.state, document.live);
    let mut tree = Tree {
        text: String::new(),
        options,
        first_broken: document.first_broken().map(|first| (first.side, first.index)),
        compared: document.state.is_some(),
        stations: widest_station(&rows),
    };
    tree.heading(document, &rows);
    tree.rows(&rows, "");
    tree.visitors(document);
    tree.ending(document);
    tree.text
}

struct Tree {
    text: String,
    options: Options,
    /// Side and index of the step that breaks first.
    first_broken: Option<(Side, usize)>,
    /// Whether there is a state to compare with.
    compared: bool,
    /// Columns of the longest station name.
    stations: usize,
}

fn widest_station(rows: &[Row<'_>]) -> usize {
    let row = |row: &Row<'_>| columns(row.pair.leading().step.station.name()).max(widest_station(&row.below));
    rows.iter().map(row).max().unwrap_or(0)
}

fn is_text(text: &str) -> bool {
    !text.trim().is_empty()
}

fn all_agree(rows: &[Row<'_>]) -> bool {
    rows.iter().all(|row| row.pair.agrees() && all_agree(&row.below))
}

impl Tree {
    fn heading(&mut self, document: &TraceDocument<'_>, rows: &[Row<'_>]) {
        let asked = escape::text(&format!("{}{}", document.host, document.path));
        let mut heading = Paragraph::new(0).label(style::BOLD, asked);
        if self.compared && !all_agree(rows) {
            heading = heading
                .label(style::PLAIN, "   ")
                .label(style::REMOVED, "- Terraform state")
                .label(style::PLAIN, "   ")
                .label(style::ADDED, "+ live AWS");
        }
        self.paragraph("", &heading);
    }

    fn rows(&mut self, rows: &[Row<'_>], gutter: &str) {
        for (at, row) in rows.iter().enumerate() {
            let (branch, below) = if at + 1 < rows.len() {
                ("├─ ", "│  ")
            } else {
                ("└─ ", "   ")
            };
            let stem = format!("{gutter}{below}");
            let body = format!("{stem}{}", if row.below.is_empty() { "  " } else { "│ " });
            self.row(row.pair, &format!("{gutter}{branch}"), &body);
            self.rows(&row.below, &stem);
        }
    }

    /// One step. `before` stands left of its first line, `body` left of all others, in place of two columns of their
    /// indent.
    fn row(&mut self, pair: Pair<'_>, before: &str, body: &str) {
        let leading = pair.leading();
        let side = match pair {
            Pair::State(_) => Side::State,
            _ => Side::Live,
        };
        let first = match pair {
            Pair::Both { state, live } => self.is_first(Side::State, state) || self.is_first(Side::Live, live),
            Pair::State(alone) | Pair::Live(alone) => self.is_first(side, alone),
        };
        let (sign, sign_style) = match pair {
            // A tick would read as if live had it.
            Pair::State(alone) if matches!(alone.step.verdict, Verdict::Good | Verdict::Remark(_)) => {
                ("-", style::REMOVED)
            }
            _ if first => FIRST_BROKEN,
            _ => mark(leading.step),
        };
        let name = format!("{:width$}  ", leading.step.station.name(), width = self.stations);
        let head = Paragraph::new(0)
            .label(sign_style, sign)
            .label(style::PLAIN, " ")
            .label(style::PLAIN, name);
        let title = escape::text(&leading.step.title);
        let title_style = if first { style::BOLD } else { style::PLAIN };
        match pair {
            Pair::Both { state, live } if pair.agrees() => {
                self.head(before, body, &head.text(title_style, &title));
                let mut said = self.said(side, live, BODY);
                said.extend(self.evidence_of_both(state, live));
                self.body(body, &said);
            }
            Pair::Live(live) if !self.compared => {
                self.head(before, body, &head.text(title_style, &title));
                let mut said = self.said(side, live, BODY);
                said.extend(self.evidence(side, live, BODY));
                self.body(body, &said);
            }
            Pair::State(alone) | Pair::Live(alone) => {
                let (only, only_style) = match side {
                    Side::State => ("only in the state:", style::REMOVED),
                    Side::Live => ("only live:", style::ADDED),
                };
                self.head(before, body, &head.text(only_style, only).text(title_style, &title));
                let mut said = self.said(side, alone, BODY);
                said.extend(self.evidence(side, alone, BODY));
                self.body(body, &said);
            }
            Pair::Both { state, live } => {
                self.head(before, body, &head.text(style::DIM, "differs"));
                if !self.beside(state, live, body) {
                    let mut stacked = self.side(Side::State, state, Some(("- state: ", style::REMOVED)));
                    stacked.extend(self.side(Side::Live, live, Some(("+ live:  ", style::ADDED))));
                    self.body(body, &stacked);
                }
            }
        }
    }

    /// A differing step on one side: its mark and title, and what is said of it.
    fn side(&self, side: Side, placed: Placed<'_>, label: Option<(&str, Style)>) -> Vec<Paragraph> {
        let first = self.is_first(side, placed);
        let (sign, sign_style) = if first { FIRST_BROKEN } else { mark(placed.step) };
        let (indent, inner) = match label {
            Some((label, _)) => (BODY - 2, BODY - 2 + columns(label) + 2),
            None => (0, 2),
        };
        let mut title = Paragraph::new(indent);
        if let Some((label, label_style)) = label {
            title = title.label(label_style, label);
        }
        let title = title.label(sign_style, sign).label(style::PLAIN, " ").text(
            if first { style::BOLD } else { style::PLAIN },
            &escape::text(&placed.step.title),
        );
        let mut said = vec![title];
        said.extend(self.said(side, placed, inner));
        said.extend(self.evidence(side, placed, inner));
        said
    }

    /// Both sides beside each other, if there is the room; whether there was.
    fn beside(&mut self, state: Placed<'_>, live: Placed<'_>, body: &str) -> bool {
        let Some(room) = self.options.width.filter(|width| *width >= WIDE) else {
            return false;
        };
        let Some(cell) = room.checked_sub(columns(body) + columns(BETWEEN)).map(|both| both / 2) else {
            return false;
        };
        let column = |side, heading: &str, heading_style, placed| {
            let mut lines = Paragraph::new(0).text(heading_style, heading).lines(None);
            let said = self.side(side, placed, None);
            lines.extend(said.iter().flat_map(|paragraph| paragraph.lines(Some(cell))));
            lines
        };
        let left = column(Side::State, "- state", style::REMOVED, state);
        let right = column(Side::Live, "+ live", style::ADDED, live);
        if left.iter().chain(&right).any(|line| line.width() > cell) {
            return false;
        }
        let colour = self.options.colour;
        for at in 0..left.len().max(right.len()) {
            let written = |line: Option<&Line>| {
                line.map_or_else(String::new, |line| {
                    format!("{:indent$}{}", "", line.painted(colour), indent = line.indent)
                })
            };
            let (left, right) = (left.get(at), right.get(at));
            let gap = cell - left.map_or(0, Line::width);
            let right = written(right);
            let between = if right.is_empty() { BETWEEN.trim_end() } else { BETWEEN };
            let between = paint(style::DIM, between, colour);
            self.line(body, &format!("{}{:gap$}{between}{right}", written(left), ""));
        }
        true
    }

    /// What is to be said of a step below its title: the remark, the doubt or the breakage.
    fn said(&self, side: Side, placed: Placed<'_>, indent: usize) -> Vec<Paragraph> {
        match &placed.step.verdict {
            Verdict::Good => Vec::new(),
            // Where a step is nothing but its remark, the title has said it.
            Verdict::Remark(remark) if *remark == placed.step.title => Vec::new(),
            Verdict::Remark(remark) => vec![Paragraph::new(indent).text(style::PLAIN, &escape::text(remark))],
            Verdict::CannotTell(why) => vec![
                Paragraph::new(indent)
                    .text(style::WARNING, "cannot tell:")
                    .text(style::PLAIN, &escape::text(why)),
            ],
            Verdict::Broken(broken) if self.is_first(side, placed) => first_breakage(placed.step, broken, indent),
            Verdict::Broken(broken) => self.later_breakage(placed.step, broken, indent),
        }
    }

    fn later_breakage(&self, step: &Step, broken: &Break, indent: usize) -> Vec<Paragraph> {
        let mut said = vec![
            Paragraph::new(indent)
                .text(style::PLAIN, &format!("{}:", broken.severity))
                .text(style::PLAIN, &escape::text(news(step, broken)))
                .text(style::DIM, &format!("[{}]", escape::text(broken.rule))),
        ];
        if self.options.verbose && is_text(&broken.detail) {
            said.push(Paragraph::new(indent).text(style::PLAIN, &escape::text(&broken.detail)));
        }
        said
    }

    fn shows_evidence(&self, step: &Step) -> bool {
        self.options.verbose || matches!(step.verdict, Verdict::Broken(_))
    }

    /// Whether the breakage, as it is shown, has said this line of evidence.
    fn has_said(&self, side: Side, placed: Placed<'_>, line: &str) -> bool {
        let shows_detail = self.options.verbose || self.is_first(side, placed);
        matches!(&placed.step.verdict, Verdict::Broken(broken) if shows_detail && broken.detail.contains(line))
    }

    fn evidence(&self, side: Side, placed: Placed<'_>, indent: usize) -> Vec<Paragraph> {
        if !self.shows_evidence(placed.step) {
            return Vec::new();
        }
        let shown = |line: &&String| is_text(line) && !self.has_said(side, placed, line);
        let line = |line: &String| Paragraph::new(indent).text(style::DIM, &escape::text(line));
        placed.step.evidence.iter().filter(shown).map(line).collect()
    }

    /// The evidence of a step that both sides agree on, with a word where one side alone has a line.
    fn evidence_of_both(&self, state: Placed<'_>, live: Placed<'_>) -> Vec<Paragraph> {
        if !self.shows_evidence(live.step) {
            return Vec::new();
        }
        let line = |label: Option<(&str, Style)>, line: &String| {
            let paragraph = Paragraph::new(BODY);
            let paragraph = match label {
                Some((label, label_style)) => paragraph.label(label_style, label),
                None => paragraph,
            };
            paragraph.text(style::DIM, &escape::text(line))
        };
        let shown = |text: &&String| is_text(text) && !self.has_said(Side::Live, live, text);
        let (state, live_lines) = (&state.step.evidence, &live.step.evidence);
        let (both, state_alone): (Vec<_>, Vec<_>) =
            state.iter().filter(shown).partition(|text| live_lines.contains(text));
        let live_alone = live_lines.iter().filter(shown).filter(|text| !state.contains(text));
        let mut lines: Vec<_> = both.into_iter().map(|text| line(None, text)).collect();
        let (state_label, live_label) = (("- state: ", style::REMOVED), ("+ live:  ", style::ADDED));
        lines.extend(state_alone.into_iter().map(|text| line(Some(state_label), text)));
        lines.extend(live_alone.map(|text| line(Some(live_label), text)));
        lines
    }

    /// The last lines: what visitors get on either side.
    fn visitors(&mut self, document: &TraceDocument<'_>) {
        self.text.push('\n');
        let live = &document.live.visitor;
        let gets = |paragraph: Paragraph, visitor: &Visitor| {
            paragraph.text(outcome(visitor), &escape::text(&visitor.to_string()))
        };
        let lead = Paragraph::new(0).label(style::BOLD, "Visitors get");
        match document.state {
            Some(state) if state.visitor != *live => {
                self.paragraph("", &lead);
                let line = Paragraph::new(2).label(style::REMOVED, "- state: ");
                self.paragraph("", &gets(line, &state.visitor));
                let line = Paragraph::new(2).label(style::ADDED, "+ live:  ");
                self.paragraph("", &gets(line, live));
            }
            Some(_) => {
                self.paragraph(
                    "",
                    &gets(lead.label(style::PLAIN, " "), live).text(style::DIM, "(state and live)"),
                );
            }
            None => {
                self.paragraph("", &gets(lead.label(style::PLAIN, " "), live));
                let why = "Nothing to compare with: no state was given, or none knows this host.";
                self.paragraph("", &Paragraph::new(0).text(style::DIM, why));
            }
        }
    }

    fn ending(&mut self, document: &TraceDocument<'_>) {
        let unread = |trace: &Trace| trace.needs.len();
        for (side, unread) in [
            ("state", document.state.map_or(0, unread)),
            ("live", unread(document.live)),
        ] {
            let reads = match unread {
                0 => continue,
                1 => "1 read was not done".to_owned(),
                more => format!("{more} reads were not done"),
            };
            let open = Paragraph::new(0)
                .label(style::WARNING, "? ")
                .text(style::PLAIN, &format!("The {side} side is not complete: {reads}."));
            self.paragraph("", &open);
        }
        let calls = match document.calls {
            0 => "No API calls.".to_owned(),
            1 => "1 API call.".to_owned(),
            calls => format!("{calls} API calls."),
        };
        self.paragraph("", &Paragraph::new(0).text(style::DIM, &calls));
    }

    fn is_first(&self, side: Side, placed: Placed<'_>) -> bool {
        self.first_broken == Some((side, placed.index))
    }

    /// The columns right of `gutter`.
    fn room(&self, gutter: &str) -> Option<usize> {
        self.options.width.map(|width| width.saturating_sub(columns(gutter)))
    }

    /// A step's first paragraph.
    fn head(&mut self, before: &str, body: &str, paragraph: &Paragraph) {
        let lines = paragraph.lines(self.room(before));
        for (at, line) in lines.iter().enumerate() {
            match at {
                0 => self.laid(before, line, line.indent),
                _ => self.laid(body, line, line.indent.saturating_sub(2)),
            }
        }
    }

    /// The paragraphs below it. The gutter already takes two columns of their indent.
    fn body(&mut self, gutter: &str, paragraphs: &[Paragraph]) {
        let room = self.room(gutter).map(|room| room + 2);
        for line in paragraphs.iter().flat_map(|paragraph| paragraph.lines(room)) {
            self.laid(gutter, &line, line.indent.saturating_sub(2));
        }
    }

    fn paragraph(&mut self, gutter: &str, paragraph: &Paragraph) {
        for line in paragraph.lines(self.room(gutter)) {
            self.laid(gutter, &line, line.indent);
        }
    }

    fn laid(&mut self, gutter: &str, line: &Line, indent: usize) {
        let text = format!("{:indent$}{}", "", line.painted(self.options.colour));
        self.line(gutter, &text);
    }

    fn line(&mut self, gutter: &str, text: &str) {
        let gutter = if text.is_empty() { gutter.trim_end() } else { gutter };
        let gutter = paint(style::DIM, gutter, self.options.colour);
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{gutter}{text}");
    }
}

/// The title of what is broken, unless the step says the same already.
fn news<'a>(step: &Step, broken: &'a Break) -> &'a str {
    if broken.title == step.title { "" } else { &broken.title }
}

/// The breakage that the whole report is about.
fn first_breakage(step: &Step, broken: &Break, indent: usize) -> Vec<Paragraph> {
    let rule = format!("breaks here: {}", escape::text(broken.rule));
    let rule = Paragraph::new(indent).text(style::BAD, &rule);
    let severity = style::of(broken.severity);
    let mut said = match news(step, broken) {
        "" => vec![rule.text(severity, &format!("({})", broken.severity))],
        title => vec![
            rule,
            Paragraph::new(indent)
                .text(severity, &format!("{}:", broken.severity))
                .text(style::BOLD, &escape::text(title)),
        ],
    };
    if is_text(&broken.detail) {
        said.push(Paragraph::new(indent).text(style::PLAIN, &escape::text(&broken.detail)));
    }
    said
}

/// The sign of a step, and its style.
fn mark(step: &Step) -> (&'static str, Style) {
    match step.verdict {
        Verdict::Good => ("✓", style::PASSED),
        Verdict::Remark(_) => ("•", style::PLAIN),
        Verdict::Broken(_) => ("✗", style::PLAIN),
        Verdict::CannotTell(_) => ("?", style::WARNING),
    }
}

fn outcome(visitor: &Visitor) -> Style {
    match visitor {
        Visitor::Unknown { .. } => style::WARNING,
        served if served.is_served() => style::PASSED,
        _ => style::BAD,
    }
}
