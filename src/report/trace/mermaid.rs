//! The live path as a Mermaid flowchart, with what the state has in another way dashed beside it.
//!
//! Only constructs that every version since 9 reads: quoted labels, arrows, `classDef` and `class`. Renderers read
//! labels as Markdown and refuse what they do not support of it (links and lists, for example), so everything that
//! could mean anything is written as a numeric entity code (`#58;` for a colon).

use std::fmt::Write;

use super::TraceDocument;
use super::align::{self, Pair, Placed, Row};
use crate::report::escape;
use crate::serving::trace::{Side, Station, Step, Verdict};

/// Longer titles are cut: a renderer refuses a chart of more than 50,000 characters.
const LONGEST: usize = 160;

/// The chart, with a line break at its end.
pub(super) fn text(document: &TraceDocument<'_>) -> String {
    let rows = align::rows(document.state, document.live);
    let mut chart = Chart {
        text: "flowchart TD\n".to_owned(),
        first_broken: document
            .first_broken()
            .filter(|first| first.side == Side::Live)
            .map(|first| first.index),
        ..Chart::default()
    };
    chart.node("host", ("(", ")"), &[&format!("{}{}", document.host, document.path)]);
    let last = chart.path(&rows, "host");
    let live = document.live.visitor.to_string();
    chart.node("visitor", ("(", ")"), &["visitors get", &live]);
    chart.edge(&last, "-->", "visitor");
    match document.served() {
        Some(true) => chart.good.push("visitor".to_owned()),
        Some(false) => chart.broken.push("visitor".to_owned()),
        None => chart.doubt.push("visitor".to_owned()),
    }
    if let Some(state) = document.state.filter(|state| state.visitor != document.live.visitor) {
        chart.node(
            "visitor_state",
            ("(", ")"),
            &["by the state visitors get", &state.visitor.to_string()],
        );
        chart.edge("visitor", "-.-", "visitor_state");
        chart.state.push("visitor_state".to_owned());
    }
    chart.finish()
}

/// A chart as it grows.
#[derive(Default)]
struct Chart {
    text: String,
    /// The index of the live step that breaks first.
    first_broken: Option<usize>,
    good: Vec<String>,
    first: Vec<String>,
    broken: Vec<String>,
    doubt: Vec<String>,
    state: Vec<String>,
}

/// Where a path has got to.
struct Last {
    /// The id of the live node.
    live: String,
    /// The id of the state's node, where the state goes another way.
    state: Option<String>,
}

impl Last {
    fn at(id: &str) -> Self {
        Self {
            live: id.to_owned(),
            state: None,
        }
    }
}

impl Chart {
    /// The steps of the path itself, one after the other; the id of the last live one.
    fn path(&mut self, rows: &[Row<'_>], from: &str) -> String {
        let mut last = Last::at(from);
        for row in rows {
            self.row(row, &mut last);
        }
        last.live
    }

    /// The steps below a step: branches that each leave it.
    fn branches(&mut self, rows: &[Row<'_>], from: &str) {
        let mut begins_with: Option<Station> = None;
        let mut last = Last::at(from);
        for row in rows {
            let station = row.pair.leading().step.station;
            // A path never goes back to where it began: whoever stands there again begins the next branch.
            if begins_with.is_none_or(|first| station <= first) {
                begins_with = Some(station);
                last = Last::at(from);
            }
            self.row(row, &mut last);
        }
    }

    /// A step with what lies below it.
    fn row(&mut self, row: &Row<'_>, last: &mut Last) {
        let (state, live) = match row.pair {
            Pair::State(state) => (Some(state), None),
            Pair::Live(live) => (None, Some(live)),
            Pair::Both { live, .. } if row.pair.agrees() => {
                last.state = None;
                (None, Some(live))
            }
            Pair::Both { state, live } => (Some(state), Some(live)),
        };
        if let Some(live) = live {
            let id = format!("live{}", live.index);
            self.step(&id, "", live.step);
            self.edge(&last.live, "-->", &id);
            self.classify(&id, live);
            last.live = id;
        }
        if let Some(state) = state {
            let id = format!("state{}", state.index);
            self.step(&id, "state: ", state.step);
            match (live, &last.state) {
                (None, Some(before)) => self.edge(&before.clone(), "-.->", &id),
                _ => self.edge(&last.live, "-.-", &id),
            }
            self.state.push(id.clone());
            last.state = Some(id);
        }
        let here = match (live, &last.state) {
            (None, Some(state)) => state,
            _ => &last.live,
        };
        self.branches(&row.below, &here.clone());
    }

    fn step(&mut self, id: &str, side: &str, step: &Step) {
        let station = format!("{side}{}", step.station.name());
        match &step.verdict {
            Verdict::Broken(broken) => {
                let rule = format!("{} {}", broken.severity, broken.rule);
                self.node(id, ("[", "]"), &[&station, &step.title, &rule]);
            }
            Verdict::CannotTell(why) => self.node(id, ("[", "]"), &[&station, &step.title, &format!("? {why}")]),
            Verdict::Good | Verdict::Remark(_) => self.node(id, ("[", "]"), &[&station, &step.title]),
        }
    }

    fn classify(&mut self, id: &str, live: Placed<'_>) {
        let class = match &live.step.verdict {
            Verdict::Broken(_) if self.first_broken == Some(live.index) => &mut self.first,
            Verdict::Broken(_) => &mut self.broken,
            Verdict::CannotTell(_) => &mut self.doubt,
            Verdict::Good | Verdict::Remark(_) => return,
        };
        class.push(id.to_owned());
    }

    fn node(&mut self, id: &str, (open, close): (&str, &str), lines: &[&str]) {
        let lines: Vec<_> = lines.iter().map(|line| label(line)).collect();
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "    {id}{open}\"{}\"{close}", lines.join("<br/>"));
    }

    fn edge(&mut self, from: &str, arrow: &str, to: &str) {
        let _ = writeln!(self.text, "    {from} {arrow} {to}");
    }

    fn finish(mut self) -> String {
        for (class, look, ids) in [
            ("good", "stroke:#2e7d32,stroke-width:2px", &self.good),
            (
                "first_broken",
                "fill:#ffcdd2,stroke:#b71c1c,stroke-width:4px,color:#000",
                &self.first,
            ),
            ("broken", "fill:#ffebee,stroke:#b71c1c,color:#000", &self.broken),
            ("doubt", "fill:#fff8e1,stroke:#f9a825,color:#000", &self.doubt),
            ("state", "fill:none,stroke-dasharray:5 5", &self.state),
        ] {
            if !ids.is_empty() {
                let _ = writeln!(self.text, "    classDef {class} {look}");
                let _ = writeln!(self.text, "    class {} {class}", ids.join(","));
            }
        }
        self.text
    }
}

/// One line of a label.
fn label(raw: &str) -> String {
    let shown = escape::text(raw);
    let mut out = String::with_capacity(shown.len());
    let mut before = None;
    let mut chars = shown.trim().chars().peekable();
    for _ in 0..LONGEST {
        let Some(c) = chars.next() else { break };
        let inside_a_word =
            before.is_some_and(char::is_alphanumeric) && chars.peek().is_some_and(|c| c.is_alphanumeric());
        let harmless = match c {
            ' ' => before != Some(' '),
            ',' | '/' => true,
            '-' => inside_a_word,
            // `www.` would become a link.
            '.' => inside_a_word && !out.to_ascii_lowercase().ends_with("www"),
            c => c.is_alphanumeric(),
        };
        if harmless {
            out.push(c);
        } else {
            let _ = write!(out, "#{};", u32::from(c));
        }
        before = Some(c);
    }
    if chars.peek().is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a reader makes of entity codes.
    fn read(label: &str) -> String {
        let mut out = String::new();
        let mut rest = label;
        while let Some((before, after)) = rest.split_once('#') {
            let (code, after) = after.split_once(';').unwrap();
            out.push_str(before);
            out.push(char::from_u32(code.parse().unwrap()).unwrap());
            rest = after;
        }
        out + rest
    }

    #[test]
    fn host_names_and_keys_stay_readable() {
        assert_eq!(
            label("d111111abcdef8.cloudfront.net/0.78.1/index.html"),
            "d111111abcdef8.cloudfront.net/0.78.1/index.html"
        );
        assert_eq!(label("https://www.example.com"), "https#58;//www#46;example.com");
    }

    #[test]
    fn long_titles_are_cut() {
        let long = "a".repeat(LONGEST);
        assert_eq!(label(&long), long);
        assert_eq!(label(&format!("{long}bc")), format!("{long}…"));
    }

    proptest! {
        #[test]
        fn nothing_of_a_label_is_syntax(raw in r#"[ -~\n\t\u{1b}ﬂ°¶ß"`#<>\[\](){}|;:&*_%-]{0,25}"#) {
            let written = label(&raw);
            prop_assert!(written.chars().all(|c| c.is_alphanumeric() || " ,/-.#;…".contains(c)), "{written}");
            let shown = escape::text(&raw);
            prop_assert_eq!(read(&written), shown.trim());
        }
    }
}
