//! Workflow commands of GitHub Actions: findings that fail the run as annotations on the lines they are about, then
//! the verdict.
//!
//! GitHub shows ten annotations of a level for a step, so the worst ten are written and the others counted in a line
//! that is no command. The runner takes a line for a command if it begins with `::`, or holds `##[` anywhere;
//! [`escape::text`] leaves neither in what is foreign, and what a command's own syntax needs is encoded as the runner
//! decodes it (`%`, CR and LF in messages, `:` and `,` in properties besides).

use std::io::{self, Write};

use super::human::headline;
use super::incident::{failing, next_step, subject};
use super::prose::escaped;
use super::{Options, escape};
use crate::finding::{Severity, Unchecked};
use crate::place::Place;
use crate::result::{CheckResult, Judged};

/// As many annotations of one level as GitHub shows for a step.
const MOST: usize = 10;
/// Bytes of one text of a message; the runner cuts whole messages at 4,096 characters.
const LONGEST: usize = 700;
/// Addresses named where something could not be checked.
const MOST_NAMED: usize = 10;

/// The levels of annotations, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Error,
    Warning,
    Notice,
}

impl Level {
    const ALL: [Level; 3] = [Level::Error, Level::Warning, Level::Notice];

    fn of(severity: Severity) -> Level {
        match severity {
            Severity::Critical | Severity::High => Level::Error,
            Severity::Medium => Level::Warning,
            Severity::Low | Severity::Info => Level::Notice,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Notice => "notice",
        }
    }
}

/// Writes the commands, a line for each level that has more than GitHub shows, and the verdict.
pub(super) fn render(result: &CheckResult, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    let failing = failing(result);
    let mut text = String::new();
    let mut rest = String::new();
    for level in Level::ALL {
        let mut room = MOST;
        if level == Level::Warning && !result.unchecked.is_empty() {
            text.push_str(&unchecked(&result.unchecked));
            room -= 1;
        }
        let mut all = failing
            .iter()
            .filter(|judged| Level::of(judged.severity) == level)
            .peekable();
        for judged in all.by_ref().take(room) {
            text.push_str(&annotation(level, judged));
        }
        let more = all.count();
        if more > 0 {
            let s = if more == 1 { "" } else { "s" };
            rest.push_str(&format!(
                "{more} more {}{s} without an annotation: GitHub shows {MOST} of a level, the other reports hold all.\n",
                level.name()
            ));
        }
    }
    text.push_str(&rest);
    text.push_str(&escape::text(&headline(result)));
    text.push('\n');
    out.write_all(text.as_bytes())
}

/// A finding on its line.
fn annotation(level: Level, judged: &Judged) -> String {
    let finding = &judged.finding;
    let mut lines = vec![short(&finding.title), short(&subject(judged))];
    if !finding.detail.is_empty() {
        lines.push(short(&finding.detail));
    }
    if !finding.impact.is_empty() {
        lines.push(format!("On the path of {}.", short(&finding.impact.join(", "))));
    }
    lines.extend(next_step(judged).map(|step| short(&step)));
    let title = format!("{}: {}", judged.severity, short(&finding.rule));
    command(level, finding.place.as_ref(), &title, &lines)
}

/// One annotation for all that could not be checked: silence would look like health.
fn unchecked(all: &[Unchecked]) -> String {
    let things = if all.len() == 1 { "thing" } else { "things" };
    let title = format!("{} {things} could not be checked", all.len());
    let mut lines: Vec<String> = all
        .iter()
        .take(MOST_NAMED)
        .map(|one| {
            let (address, detail) = (escaped(&one.address, 150), escaped(&one.detail, 200));
            format!("{address}: {}: {detail}", one.reason.name())
        })
        .collect();
    if all.len() > MOST_NAMED {
        lines.push(format!("and {} more", all.len() - MOST_NAMED));
    }
    command(Level::Warning, None, &title, &lines)
}

fn short(raw: &str) -> String {
    escaped(raw, LONGEST)
}

/// A command with its line break. `title` and `lines` hold nothing invisible any more.
fn command(level: Level, place: Option<&Place>, title: &str, lines: &[String]) -> String {
    let mut properties = Vec::new();
    if let Some(place) = place.filter(|place| !place.file.is_empty()) {
        properties.push(format!("file={}", property(&escape::text(&place.file))));
        if place.line > 0 {
            properties.push(format!("line={}", place.line));
        }
    }
    properties.push(format!("title={}", property(title)));
    let message: Vec<String> = lines.iter().map(|line| data(line)).collect();
    format!("::{} {}::{}\n", level.name(), properties.join(","), message.join("%0A"))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests;
