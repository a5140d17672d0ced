//! The text of one file, and where things stand in it.

use std::ops::Range;
use std::sync::Arc;

use hcl::edit::structure::Body;

use super::diagnostic::Diagnostic;
use crate::place::Place;

/// Texts longer than this are refused: nobody writes them, and the parser holds several copies.
const LARGEST: usize = 64 << 20;

/// The name and the text of one file. Clones share both.
///
/// A byte order mark is left out of [`Source::text`], and every offset counts from behind it, as the parser's do;
/// [`Source::file_offset`] gives the place in the file itself.
#[derive(Debug, Clone)]
pub struct Source(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: String,
    text: String,
    marked: bool,
    /// Offset of the first byte of each line.
    lines: Vec<usize>,
}

/// A position as people count: both from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Character within the line, from 1.
    pub column: usize,
}

impl Source {
    /// A file called `name`, as shown to people, that holds `text`.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        let mut text = text.into();
        let marked = text.starts_with('\u{feff}');
        if marked {
            text.drain(..'\u{feff}'.len_utf8());
        }
        let starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(starts.map(|(at, _)| at + 1)).collect();
        Self(Arc::new(Inner {
            name: name.into(),
            text,
            marked,
            lines,
        }))
    }

    /// The name shown to people.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The text, without its byte order mark.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// The offset in the file itself, byte order mark included, of an offset into [`Source::text`].
    pub fn file_offset(&self, offset: usize) -> usize {
        offset + if self.0.marked { '\u{feff}'.len_utf8() } else { 0 }
    }

    /// Line and column of the byte at `offset`; of the end for an offset beyond it.
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.boundary(offset);
        let line = self.line_number(offset);
        let start = self.0.lines[line - 1];
        Position {
            line,
            column: 1 + self.0.text[start..offset].chars().count(),
        }
    }

    /// The line of the byte at `offset`, for people to click on.
    pub fn place(&self, offset: usize) -> Place {
        Place::new(self.name(), self.line_number(offset))
    }

    /// The line of the byte at `offset`, from 1; the last one for an offset beyond the end.
    fn line_number(&self, offset: usize) -> usize {
        let offset = offset.min(self.0.text.len());
        self.0.lines.partition_point(|start| *start <= offset)
    }

    /// The text of a line, counted from 1, without its line break; nothing for a line that is not there.
    pub fn line(&self, line: usize) -> &str {
        let Some(start) = line.checked_sub(1).and_then(|at| self.0.lines.get(at)) else {
            return "";
        };
        let end = self.0.lines.get(line).copied().unwrap_or(self.0.text.len());
        let text = self.0.text[*start..end].trim_end_matches('\n');
        text.strip_suffix('\r').unwrap_or(text)
    }

    /// The text between two offsets; nothing where they do not lie in it.
    pub fn slice(&self, span: Range<usize>) -> &str {
        self.0.text.get(span).unwrap_or_default()
    }

    /// A complaint about the text at `span`.
    pub fn diagnostic(&self, span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self, span, message)
    }

    /// The file as blocks and attributes with their positions. The parser bounds how deep it nests, so walking the
    /// result recursively is safe.
    ///
    /// # Errors
    /// The first syntax error; there is no recovery, so it is the only one. An attribute that is set twice in one
    /// block counts as one.
    pub fn parse(&self) -> Result<Body, Diagnostic> {
        if self.text().len() > LARGEST {
            let message = format!("the file is larger than {} MiB", LARGEST >> 20);
            return Err(self.diagnostic(0..0, message));
        }
        self.text().parse::<Body>().map_err(|error| {
            let offset = error.location().offset();
            self.diagnostic(offset..offset, syntax_message(error.message()))
        })
    }

    /// The nearest offset at or before `offset` that lies between two characters.
    fn boundary(&self, offset: usize) -> usize {
        let mut offset = offset.min(self.0.text.len());
        while !self.0.text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    }
}

/// The parser's message in words for people.
fn syntax_message(message: &str) -> String {
    if message.contains("unique attribute key") {
        "this attribute is already set in the same block".to_owned()
    } else if message.contains("unique object key") {
        "this key is already set in the same object".to_owned()
    } else if message.contains("nesting depth") {
        "nested too deeply: at most 64 levels".to_owned()
    } else if message.contains("chained binary operators") {
        "too many operators in one expression: at most 128".to_owned()
    } else {
        format!("syntax error: {message}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters_and_lines_end_either_way() {
        let source = Source::new("x.hcl", "a = 1\r\nü = \"é\"\nz");
        assert_eq!(source.position(0), Position { line: 1, column: 1 });
        let quote = source.text().find('"').unwrap();
        assert_eq!(source.position(quote), Position { line: 2, column: 5 });
        assert_eq!(source.position(quote + 2), Position { line: 2, column: 6 });
        assert_eq!(source.position(1000), Position { line: 3, column: 2 });
        assert_eq!(
            [0, 1, 2, 3, 4].map(|line| source.line(line)),
            ["", "a = 1", "ü = \"é\"", "z", ""]
        );
    }

    #[test]
    fn a_byte_order_mark_is_no_syntax_error_and_moves_nothing() {
        let source = Source::new("x.hcl", "\u{feff}a = 1\r\nb = 2\r\n");
        let body = source.parse().unwrap();
        assert!(body.has_attribute("a") && body.has_attribute("b"));
        assert_eq!(source.position(0), Position { line: 1, column: 1 });
        assert_eq!(source.file_offset(0), 3);
        assert_eq!(Source::new("x.hcl", "a").file_offset(0), 0);
    }

    #[test]
    fn what_cannot_be_parsed_says_where() {
        for (text, expected) in [
            ("a = 1\na = 2\n", "x.hcl:2:1: this attribute is already set"),
            ("a = {\n  b = 1\n  b = 2\n}\n", "x.hcl:3:3: this key is already set"),
            ("rule \"x\" {\n  when = \n}\n", "x.hcl:2:"),
            ("a {\n", "x.hcl:1:4: syntax error"),
            ("a = \"\\q\"", "x.hcl:1:8: syntax error"),
        ] {
            let error = Source::new("x.hcl", text).parse().unwrap_err().to_string();
            assert!(error.starts_with(expected), "{text:?}: {error}");
        }
    }

    #[test]
    fn nesting_without_end_is_an_error() {
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("{a=", "}"),
            ("!", ""),
            ("- ", ""),
            ("f(", ")"),
            ("x[", "]"),
            ("true ? 1 : ", ""),
            ("\"${", "}\""),
            ("[for x in ", ": x]"),
        ] {
            let text = format!("a = {}1{}\n", open.repeat(1000), close.repeat(1000));
            let error = Source::new("x.hcl", text).parse().unwrap_err();
            assert!(error.message().contains("at most 64 levels"), "{open}: {error}");
        }
        let blocks = format!("{}{}", "a {\n".repeat(1000), "}\n".repeat(1000));
        assert!(Source::new("x.hcl", blocks).parse().is_err());
        let operators = format!("a = 1{}\n", " + 1".repeat(1000));
        let error = Source::new("x.hcl", operators).parse().unwrap_err();
        assert!(error.message().contains("at most 128"), "{error}");
    }
}
