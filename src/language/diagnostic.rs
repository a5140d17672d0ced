//! Complaints about a place in a file, with the line shown.

use std::fmt;
use std::ops::Range;

use super::source::Source;
use crate::place::Place;
use crate::report::escape;

/// Characters of a source line that are shown at most.
const WIDTH: usize = 100;

/// Characters before the complaint that stay in sight when a line is clipped.
const BEFORE: usize = 40;

/// What is wrong, where, and what to do. Shown as
///
/// ```text
/// driftgate.hcl:12:22: no attribute "tema"; there are env, team
///    12 |   when = resource.tags.tema == "x"
///       |                       ^^^^^
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub struct Diagnostic(Box<Content>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Content {
    place: Place,
    column: usize,
    message: String,
    hint: Option<String>,
    /// The source line as it is shown; not all of it, since it may be as long as the file.
    line: String,
    /// What stands below it.
    carets: String,
}

impl Diagnostic {
    /// A complaint about `span` of `source`. What lies beyond the first line is not underlined.
    pub(super) fn new(source: &Source, span: Range<usize>, message: impl Into<String>) -> Self {
        let start = source.position(span.start);
        let end = source.position(span.end.max(span.start));
        let line = source.line(start.line);
        let length = line.chars().count();
        let last = if end.line == start.line { end.column } else { length + 1 };
        let width = last.saturating_sub(start.column).max(1);
        let (line, carets) = excerpt(line, start.column - 1, width);
        Self(Box::new(Content {
            place: Place::new(source.name(), start.line),
            column: start.column,
            message: message.into(),
            hint: None,
            line,
            carets,
        }))
    }

    /// The same with advice, shown behind the message.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// File and line.
    pub fn place(&self) -> &Place {
        &self.0.place
    }

    /// Column in characters, from 1.
    pub fn column(&self) -> usize {
        self.0.column
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Content {
            place,
            column,
            message,
            hint,
            line,
            carets,
        } = &*self.0;
        let file = escape::text(&place.file);
        write!(f, "{file}:{}:{column}: {}", place.line, escape::text(message))?;
        if let Some(hint) = hint {
            write!(f, "; {}", escape::text(hint))?;
        }
        let number = format!("{:>5}", place.line);
        write!(f, "\n{number} | {line}\n{:>1$} | {carets}", "", number.len())
    }
}

/// A source line made fit to print, and the line of carets to stand below it.
fn excerpt(line: &str, from: usize, width: usize) -> (String, String) {
    let characters: Vec<char> = line.chars().collect();
    let start = if characters.len() > WIDTH {
        from.saturating_sub(BEFORE).min(characters.len() - WIDTH)
    } else {
        0
    };
    let end = characters.len().min(start + WIDTH);
    let mut shown = String::new();
    let mut carets = String::new();
    if start > 0 {
        shown.push('…');
        carets.push(' ');
    }
    for at in start..end {
        let mut piece = String::new();
        match characters[at] {
            '\t' => piece.push('\t'),
            c if escape::is_invisible(c) || is_log_command(&characters[at..]) => {
                escape::unicode_escape(&mut piece, c);
            }
            c => piece.push(c),
        }
        if at < from {
            // A tab is as wide below as above only where it is a tab there too.
            carets.extend(piece.chars().map(|c| if c == '\t' { '\t' } else { ' ' }));
        } else if at < from + width {
            carets.extend(piece.chars().map(|_| '^'));
        }
        shown.push_str(&piece);
    }
    if end < characters.len() {
        shown.push('…');
    }
    if from >= end {
        carets.push('^');
    }
    (shown, carets)
}

/// Whether Azure Pipelines would take a command from here on.
fn is_log_command(rest: &[char]) -> bool {
    rest.starts_with(&['#', '#', '[']) || rest.starts_with(&['#', '#', 'v', 's', 'o', '['])
}

/// Complaints, in the order of their places. As an error there is at least one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No complaint yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.extend([diagnostic]);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// All of them, by place.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// `value` if nothing was complained about.
    ///
    /// # Errors
    /// These complaints, if there are any.
    pub fn into_result<T>(self, value: T) -> Result<T, Self> {
        if self.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl From<Diagnostic> for Diagnostics {
    fn from(diagnostic: Diagnostic) -> Self {
        Self(vec![diagnostic])
    }
}

impl Extend<Diagnostic> for Diagnostics {
    fn extend<I: IntoIterator<Item = Diagnostic>>(&mut self, more: I) {
        self.0.extend(more);
        // By place and, within a line, by column: the order of the fields.
        self.0.sort();
        self.0.dedup();
    }
}

impl FromIterator<Diagnostic> for Diagnostics {
    fn from_iter<I: IntoIterator<Item = Diagnostic>>(all: I) -> Self {
        let mut diagnostics = Self::new();
        diagnostics.extend(all);
        diagnostics
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, diagnostic) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            diagnostic.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_shown_with_a_caret_below() {
        let source = Source::new("driftgate.hcl", "\n\twhen = resource.tags.tema == \"x\"\n");
        let start = source.text().find("tema").unwrap();
        let diagnostic = source
            .diagnostic(start..start + 4, "no attribute \"tema\"")
            .with_hint("there are env, team");
        insta::assert_snapshot!(diagnostic.to_string(), @r#"
        driftgate.hcl:2:23: no attribute "tema"; there are env, team
            2 | 	when = resource.tags.tema == "x"
              | 	                     ^^^^
        "#);
    }

    #[test]
    fn long_lines_are_clipped_and_control_characters_shown() {
        let text = format!(
            "a = \"\u{1b}[31m\u{202e}{}\" == oops{}",
            "x".repeat(300),
            "y".repeat(300)
        );
        let source = Source::new("a\u{7}.hcl", text);
        let start = source.text().find("oops").unwrap();
        let shown = source.diagnostic(start..start + 4, "what\nis \u{1b} this").to_string();
        insta::assert_snapshot!(shown, @r#"
        a\u0007.hcl:1:317: what\nis \u001b this
            1 | …xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" == oopsyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy…
              |                                          ^^^^
        "#);
        insta::assert_snapshot!(source.diagnostic(5..10, "odd").to_string(), @r#"
        a\u0007.hcl:1:6: odd
            1 | a = "\u001b[31m\u202exxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…
              |      ^^^^^^^^^^
        "#);
    }

    #[test]
    fn what_ends_on_another_line_is_underlined_to_the_end_of_its_own() {
        let source = Source::new("x.hcl", "a = [\n1]\n");
        insta::assert_snapshot!(source.diagnostic(4..8, "odd").to_string(), @r"
        x.hcl:1:5: odd
            1 | a = [
              |     ^
        ");
        insta::assert_snapshot!(source.diagnostic(99..99, "cut off").to_string(), @r"
        x.hcl:3:1: cut off
            3 | 
              | ^
        ");
    }

    #[test]
    fn several_come_in_the_order_of_their_places() {
        let source = Source::new("x.hcl", "a = b\nc = d\n");
        let mut all = Diagnostics::new();
        all.push(source.diagnostic(10..11, "second"));
        all.push(source.diagnostic(4..5, "first"));
        all.push(source.diagnostic(4..5, "first"));
        let messages: Vec<_> = all.iter().map(Diagnostic::message).collect();
        assert_eq!(messages, ["first", "second"]);
        assert!(all.into_result(()).is_err());
    }
}
