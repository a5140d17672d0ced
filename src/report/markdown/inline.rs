//! Foreign text in Markdown: as code, which no part of GitHub's rendering looks into (see
//! [`prose`](crate::report::prose)), fenced by more backticks than it holds.

use crate::report::prose::{Piece, escaped, pieces};
use crate::result::DecidedBy;

/// `1 finding`, `2 findings`.
pub(super) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// A foreign sentence of at most `most` bytes before it is marked up.
pub(super) fn prose(raw: &str, most: usize) -> String {
    pieces(&escaped(raw, most))
        .map(|piece| match piece {
            Piece::Plain(text) => text.to_owned(),
            Piece::Literal(text) => span(text),
        })
        .collect()
}

/// A foreign name or value of at most `most` bytes before it is marked up.
pub(super) fn code(raw: &str, most: usize) -> String {
    span(&escaped(raw, most))
}

/// Several names, the first `most` of them, the others counted.
pub(super) fn codes<'a>(all: impl IntoIterator<Item = &'a str>, most: usize) -> String {
    let mut all = all.into_iter();
    let named: Vec<String> = all.by_ref().take(most).map(|one| code(one, SHORT_NAME)).collect();
    match all.count() {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

const SHORT_NAME: usize = 200;

/// A foreign sentence within HTML, where Markdown means nothing.
pub(super) fn html(raw: &str, most: usize) -> String {
    pieces(&escaped(raw, most))
        .map(|piece| match piece {
            Piece::Plain(text) => entities(text),
            Piece::Literal(text) => format!("<code>{}</code>", entities(text)),
        })
        .collect()
}

/// A foreign name within HTML.
pub(super) fn html_code(raw: &str, most: usize) -> String {
    format!("<code>{}</code>", entities(&escaped(raw, most)))
}

fn entities(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// A block of code: the marker of its language, and lines that are escaped already.
pub(super) fn fenced(language: &str, lines: &[String]) -> String {
    let longest = lines.iter().map(|line| longest_run(line)).max().unwrap_or(0);
    let fence = "`".repeat(3.max(longest + 1));
    format!("{fence}{language}\n{}\n{fence}", lines.join("\n"))
}

/// The rule of a policy that decided, with its reason.
pub(super) fn decided(by: &DecidedBy) -> String {
    let mut said = format!("rule {} at {}", code(&by.rule, 200), code(&by.place.to_string(), 200));
    if let Some(reason) = &by.reason {
        said.push_str(&format!(": {}", prose(reason, 500)));
    }
    let owner = by.owner.as_ref().map(|owner| format!("owner {}", prose(owner, 200)));
    let until = by.until.as_ref().map(|until| format!("until {}", prose(until, 40)));
    let terms: Vec<String> = owner.into_iter().chain(until).collect();
    if !terms.is_empty() {
        said.push_str(&format!(" ({})", terms.join(", ")));
    }
    said
}

/// A code span around text that is escaped already.
fn span(text: &str) -> String {
    if text.trim().is_empty() {
        return "(empty)".to_owned();
    }
    let ticks = "`".repeat(longest_run(text) + 1);
    // A reader takes one blank off each side if both are blanks.
    let blank = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) {
        " "
    } else {
        ""
    };
    format!("{ticks}{blank}{text}{blank}{ticks}")
}

/// The most backticks in a row.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_longer_than_what_they_hold() {
        assert_eq!(code("a", 9), "`a`");
        assert_eq!(code("a`b``c", 9), "```a`b``c```");
        assert_eq!(code("`a", 9), "`` `a ``");
        assert_eq!(code(" a ", 9), "`  a  `");
        assert_eq!(code("", 9), "(empty)");
        assert_eq!(code("a\nb", 9), r"`a\nb`");
    }

    #[test]
    fn fences_are_longer_than_what_they_hold() {
        assert_eq!(fenced("diff", &["+ a".to_owned()]), "```diff\n+ a\n```");
        assert_eq!(
            fenced("", &["````".to_owned(), "x".to_owned()]),
            "`````\n````\nx\n`````"
        );
    }

    #[test]
    fn html_has_entities_and_code() {
        assert_eq!(
            html("the <b> of a&b", 99),
            "the <code>&lt;b&gt;</code> of <code>a&amp;b</code>"
        );
        assert_eq!(html_code("\"x\"", 99), "<code>&quot;x&quot;</code>");
    }

    #[test]
    fn long_lists_are_counted() {
        assert_eq!(codes(["a", "b", "c"], 2), "`a`, `b` and 1 more");
        assert_eq!(codes(["a", "b"], 2), "`a`, `b`");
    }
}
