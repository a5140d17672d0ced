//! The trend: earlier runs and this one as a chart, and the same as a table.

use super::time;
use super::writer::Html;
use crate::finding::Severity;
use crate::report::human::count;
use crate::result::{CheckResult, Outcome, PastRun};

/// Runs in the chart; older ones are left out, and that is said.
const MOST: usize = 60;
/// As many runs fit on a phone without being made smaller, and can be read with their numbers there.
const FEW: usize = 5;
/// The chart's size in its own units.
const WIDTH: usize = 640;
const BARS: f64 = 96.0;
const TOP: f64 = 18.0;
const MARK: f64 = TOP + BARS + 13.0;

/// Writes nothing where no earlier run is known: one bar is no trend.
pub(super) fn write(html: &mut Html, result: &CheckResult) {
    if result.past.is_empty() {
        return;
    }
    let this = PastRun {
        at: result.run.started_at.clone(),
        outcome: result.outcome,
        findings: Severity::WORST_FIRST.map(|severity| result.by_severity(severity)),
        unchecked: result.unchecked.len(),
    };
    let left_out = (result.past.len() + 1).saturating_sub(MOST);
    let runs: Vec<&PastRun> = result.past.iter().skip(left_out).chain([&this]).collect();
    html.element("figure", &[("class", "trend")], |html| {
        html.element("figcaption", &[], |html| {
            html.leaf("b", &[], "Findings, run by run");
            html.text(&match left_out {
                0 => String::new(),
                some => format!(" (the latest {MOST}; {} left out)", count(some, "earlier run")),
            });
        });
        let class = if runs.len() > FEW { "chart many" } else { "chart" };
        html.element("div", &[("class", class)], |html| {
            chart(html, &runs);
            html.element("p", &[("class", "ends")], |html| {
                html.leaf(
                    "span",
                    &[],
                    &runs.first().map_or(String::new(), |run| time::day(&run.at)),
                );
                html.leaf("span", &[], "this run");
            });
        });
        html.element("details", &[], |html| {
            html.leaf("summary", &[], "The same as a table");
            table(html, &runs);
        });
    });
}

fn total(run: &PastRun) -> usize {
    run.findings.iter().sum()
}

/// `13 March 2026, 02:30 UTC: clean, 1 info`.
fn in_words(run: &PastRun) -> String {
    let mut parts = vec![run.outcome.name().to_owned()];
    for (severity, number) in Severity::WORST_FIRST.into_iter().zip(run.findings) {
        if number > 0 {
            parts.push(format!("{number} {severity}"));
        }
    }
    if run.unchecked > 0 {
        parts.push(format!("{} not checked", run.unchecked));
    }
    format!("{}: {}", time::in_words(&run.at), parts.join(", "))
}

fn chart(html: &mut Html, runs: &[&PastRun]) {
    let highest = runs.iter().map(|run| total(run)).max().unwrap_or(0).max(1);
    let pitch = (WIDTH / runs.len().max(1)).clamp(10, 56);
    let width = pitch * runs.len();
    let view = format!("0 0 {width} {}", MARK + 9.0);
    let (size, height) = (width.to_string(), (MARK + 9.0).to_string());
    let attributes = [
        ("viewBox", view.as_str()),
        ("width", size.as_str()),
        ("height", height.as_str()),
        ("role", "img"),
        ("aria-labelledby", "trend-title trend-desc"),
    ];
    html.element("svg", &attributes, |html| {
        html.leaf(
            "title",
            &[("id", "trend-title")],
            "Findings that nothing allows, run by run",
        );
        let words: Vec<String> = runs.iter().map(|run| in_words(run)).collect();
        html.leaf("desc", &[("id", "trend-desc")], &words.join("; "));
        for (at, run) in runs.iter().enumerate() {
            let left = (at * pitch) as f64;
            html.element("g", &[], |html| {
                html.leaf("title", &[], &in_words(run));
                bar(html, run, left, pitch as f64, highest);
                outcome(html, run.outcome, left + pitch as f64 / 2.0);
            });
        }
    });
}

/// One run: severities on top of each other, the worst at the bottom, and how many there are.
fn bar(html: &mut Html, run: &PastRun, left: f64, pitch: f64, highest: usize) {
    let gap = (pitch / 5.0).min(8.0);
    let (x, width) = (number(left + gap / 2.0), number(pitch - gap));
    let mut top = TOP + BARS;
    for (severity, found) in Severity::WORST_FIRST.into_iter().zip(run.findings) {
        if found == 0 {
            continue;
        }
        let height = found as f64 / highest as f64 * BARS;
        top -= height;
        let (y, height) = (number(top), number(height));
        let attributes = [
            ("class", severity.name()),
            ("x", &*x),
            ("y", &*y),
            ("width", &*width),
            ("height", &*height),
        ];
        html.leaf("rect", &attributes, "");
    }
    if total(run) == 0 {
        let y = number(TOP + BARS - 1.5);
        let attributes = [
            ("class", "none"),
            ("x", &*x),
            ("y", &*y),
            ("width", &*width),
            ("height", "1.5"),
        ];
        html.leaf("rect", &attributes, "");
    }
    if pitch >= 28.0 {
        let (x, y) = (number(left + pitch / 2.0), number(top - 5.0));
        html.leaf("text", &[("x", &*x), ("y", &*y)], &total(run).to_string());
    }
}

/// The verdict of a run as a shape: a tick, a cross, a question mark.
fn outcome(html: &mut Html, outcome: Outcome, middle: f64) {
    let (class, sign) = match outcome {
        Outcome::Clean => ("tick", "m-4 0l3 3l5-6"),
        Outcome::Drift => ("cross", "m-3.5 -3.5l7 7m0-7l-7 7"),
        Outcome::Incomplete => ("question", "m-3 -2.5c0-3.5 6-3.5 6 0c0 2.5-3 2-3 4.5m0 2.5v.5"),
    };
    let path = format!("M{} {}{sign}", number(middle), number(MARK));
    html.leaf("path", &[("class", class), ("d", &path)], "");
}

/// A coordinate, no finer than anybody can see.
fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

fn table(html: &mut Html, runs: &[&PastRun]) {
    html.element("table", &[("class", "numbers")], |html| {
        html.element("thead", &[], |html| {
            html.element("tr", &[], |html| {
                let severities = Severity::WORST_FIRST.map(Severity::name);
                for name in ["run", "verdict"].into_iter().chain(severities).chain(["not checked"]) {
                    html.leaf("th", &[("scope", "col")], name);
                }
            });
        });
        html.element("tbody", &[], |html| {
            for run in runs.iter().rev() {
                html.element("tr", &[], |html| {
                    html.element("th", &[("scope", "row")], |html| time::write(html, &run.at));
                    html.leaf("td", &[], run.outcome.name());
                    for number in run.findings.iter().chain([&run.unchecked]) {
                        html.leaf("td", &[], &number.to_string());
                    }
                });
            }
        });
    });
}
