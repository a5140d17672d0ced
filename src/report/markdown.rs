//! Markdown for GitHub: the summary of a job, a comment on a pull request, the body of an issue.
//!
//! GitHub refuses a comment of more than 65,536 characters and a summary of more than 1 MiB. A report that is too long
//! gives up detail, never a finding, rung by rung until it fits:
//!
//! 1. [`Rung::Everything`].
//! 2. [`Rung::ShortLists`]: what is beside the findings (could not be checked, allowed, ignored, resolved, not
//!    provable, remarks) is grouped and counted, and long lists of hosts end with a number.
//! 3. [`Rung::NoDiffs`]: changed attributes keep their names and short values.
//! 4. [`Rung::NoDetails`]: the table of findings alone.
//! 5. [`Rung::Lines`]: a line per finding, with severity, resource and rule.
//! 6. [`Rung::Groups`]: findings counted by severity and rule, with the resources they are about; instances of one
//!    resource are folded (`aws_s3_bucket.site[*]`).
//!
//! What was given up stands at the top, with where to find it. Lengths are counted in bytes of UTF-8, which are never
//! fewer than the characters that GitHub counts.

mod beside;
mod details;
mod findings;
mod fold;
mod inline;
pub(super) mod news;
mod page;
mod story;

use std::io::{self, Write};

use super::Options;
use super::human::headline;
use crate::result::{CheckResult, Outcome};
use inline::{count, prose};
use page::Page;

/// Bytes of a report that GitHub takes as a comment or an issue: 65,536 characters, less some room for a marker.
pub const COMMENT: usize = 65_000;
/// Bytes of a report that GitHub takes as the summary of a step: 1 MiB, less some room for what else is written there.
pub const SUMMARY: usize = 1_000_000;

/// Bytes of a foreign text that has a line of its own.
const LONG: usize = 2_000;
/// Bytes of a foreign text among others.
const SHORT: usize = 300;

/// How much a report tells, most first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rung {
    Everything,
    ShortLists,
    NoDiffs,
    NoDetails,
    Lines,
    Groups,
}

impl Rung {
    const ALL: [Rung; 6] = [
        Rung::Everything,
        Rung::ShortLists,
        Rung::NoDiffs,
        Rung::NoDetails,
        Rung::Lines,
        Rung::Groups,
    ];

    /// What is left out, as the end of a sentence.
    fn left_out(self) -> Option<&'static str> {
        match self {
            Rung::Everything => None,
            Rung::ShortLists => Some("long lists beside the findings are counted"),
            Rung::NoDiffs => Some("diffs are left out, and long lists beside the findings are counted"),
            Rung::NoDetails => Some("only the table of findings is shown, and other lists are counted"),
            Rung::Lines => Some("findings have one line each, and other lists are counted"),
            Rung::Groups => Some("findings are only counted, by severity and rule"),
        }
    }
}

/// Writes the report so that it fits into a comment.
pub(super) fn render(result: &CheckResult, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(within(result, COMMENT).as_bytes())
}

/// The report in at most `limit` bytes: [`COMMENT`] or [`SUMMARY`]. Limits too small for the counts, a few thousand
/// bytes, get the verdict alone.
pub fn within(result: &CheckResult, limit: usize) -> String {
    Rung::ALL
        .into_iter()
        .find_map(|rung| written(result, rung, limit))
        .unwrap_or_else(|| format!("{}\n", prose(&headline(result), LONG)))
}

/// The report with as much as `rung` tells; `None` where that is too long.
fn written(result: &CheckResult, rung: Rung, limit: usize) -> Option<String> {
    let mut page = Page::new(limit);
    head(&mut page, result, rung);
    story::incident(&mut page, result, rung);
    story::hosts(&mut page, result, rung);
    findings::write(&mut page, result, rung);
    beside::unchecked(&mut page, result, rung);
    beside::allowed(&mut page, result, rung);
    beside::ignored(&mut page, result, rung);
    beside::resolved(&mut page, result, rung);
    beside::doubts(&mut page, result, rung);
    beside::remarks(&mut page, result, rung);
    beside::not_covered(&mut page, result, rung);
    beside::run(&mut page, result, rung);
    page.into_text()
}

fn head(page: &mut Page, result: &CheckResult, rung: Rung) {
    let word = match result.outcome {
        Outcome::Clean => "clean",
        Outcome::Drift => "drift",
        Outcome::Incomplete => "incomplete",
    };
    page.line(&format!("## driftgate: {word}"));
    page.paragraph(&prose(&headline(result), LONG));
    if let Some(left_out) = rung.left_out() {
        let all = count(result.findings.len(), "finding");
        page.paragraph(&format!(
            "> This report is shortened to what GitHub takes: {left_out}. {all} in all; the JSON and HTML reports \
             hold everything."
        ));
    }
}

#[cfg(test)]
mod tests;
