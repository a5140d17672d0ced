//! A piece of shell with GitHub expressions in it, parsed.
//!
//! GitHub replaces `${{ … }}` before the shell starts. The parser must not see the braces, and byte
//! offsets must stay those of the file, so each expression is replaced by an identifier of the same
//! length, a hole, whose value is kept beside the text.

use std::ops::{ControlFlow, Range};
use std::rc::Rc;

use tree_sitter::{Node, ParseOptions, Parser, Tree};

use super::mask::{Inner, inside_words};
use crate::place::{Place, line_of};
use crate::workflows::template::{Part, parts};
use crate::workflows::text::{Piece, Source, Text};
use crate::workflows::value::Value;
use crate::workflows::yaml;

/// Longer scripts are not parsed; none written by people comes near.
const MAX_BYTES: usize = 256 * 1024;

/// A parsed script.
#[derive(Debug)]
pub(crate) struct Script {
    /// The text with holes in place of expressions.
    pub(crate) source: String,
    /// The text as it was written.
    original: String,
    holes: Vec<Hole>,
    tree: Tree,
    file: String,
    lines: Lines,
}

#[derive(Debug)]
struct Hole {
    range: Range<usize>,
    content: Content,
}

/// What a hole stands for.
#[derive(Debug)]
enum Content {
    Value(Value),
    /// A variable, whose value depends on when it is asked for.
    Variable(String),
    /// A command in backquotes, whose output depends on it too.
    Command(Rc<Script>),
}

/// Gives the value of what a hole stands for, where that depends on when it is asked for.
pub(crate) trait Fill {
    fn variable(&mut self, name: &str) -> Value;
    fn command(&mut self, script: &Rc<Script>) -> Value;
}

/// How offsets in a script relate to lines of its file.
#[derive(Debug, Clone)]
pub(crate) enum Lines {
    /// The script's first line is this line of the file, the others follow.
    From(usize),
    /// Everything counts as this line: the script was composed.
    All(usize),
    /// The script is a scalar of a YAML file.
    Scalar { source: Rc<str>, node: Rc<yaml::Node> },
}

impl Lines {
    fn line(&self, text: &str, offset: usize) -> usize {
        match self {
            Self::From(first) => first + line_of(text, offset) - 1,
            Self::All(line) => *line,
            Self::Scalar { source, node } => yaml::scalar_line(source, node, text, offset),
        }
    }
}

impl Script {
    /// Parses a script; `evaluate` gives the value of each expression in it. `None` when it is too
    /// long to be parsed.
    pub(crate) fn parse(
        text: &str,
        file: &str,
        lines: Lines,
        evaluate: &mut dyn FnMut(&str) -> Value,
    ) -> Option<Rc<Self>> {
        let mut source = String::with_capacity(text.len());
        let mut holes = Vec::new();
        for part in parts(text) {
            match part {
                // One that is never closed is reported where the workflow is read; a script of its own may hold it.
                Part::Literal(range) | Part::Unclosed(range) => source.push_str(&text[range]),
                Part::Expression { range, inner } => {
                    let value = evaluate(&text[inner]);
                    source.push_str(&stand_in(holes.len(), range.len()));
                    holes.push(Hole {
                        range,
                        content: Content::Value(value),
                    });
                }
            }
        }
        Self::build(source, text.to_string(), holes, file, lines)
    }

    /// Parses a script that the shell itself composed, as `bash -c` and `eval` do.
    pub(crate) fn composed(text: &Text, file: &str, line: usize) -> Option<Rc<Self>> {
        let mut source = String::new();
        let mut original = String::new();
        let mut holes = Vec::new();
        for piece in text.pieces() {
            if let Piece::Literal(value) = piece {
                source.push_str(value);
                original.push_str(value);
                continue;
            }
            let value = Text::from_pieces([piece.clone()]);
            let shown = format!("{{{}}}", value.display());
            let hole = stand_in(holes.len(), shown.len());
            holes.push(Hole {
                range: source.len()..source.len() + hole.len(),
                content: Content::Value(Value::Text(value)),
            });
            source.push_str(&hole);
            original.push_str(&shown);
        }
        Self::build(source, original, holes, file, Lines::All(line))
    }

    fn build(mut source: String, original: String, mut holes: Vec<Hole>, file: &str, lines: Lines) -> Option<Rc<Self>> {
        for (range, inner) in inside_words(&source) {
            let content = match inner {
                Inner::Variable(name) => Content::Variable(name),
                Inner::Command(within) => {
                    let held = |hole: &Hole| range.start <= hole.range.start && hole.range.end <= range.end;
                    let (inside, outside) = holes.into_iter().partition(held);
                    holes = outside;
                    let line = lines.line(&original, within.start);
                    backquoted(&source, &original, within, inside, file, line)
                }
            };
            source.replace_range(range.clone(), &"_".repeat(range.len()));
            holes.push(Hole { range, content });
        }
        holes.sort_by_key(|hole| hole.range.start);
        let tree = parse(&source)?;
        Some(Rc::new(Self {
            source,
            original,
            holes,
            tree,
            file: file.to_string(),
            lines,
        }))
    }

    pub(crate) fn root(&self) -> Node<'_> {
        self.tree.root_node()
    }

    /// Where a node stands.
    pub(crate) fn place(&self, node: Node<'_>) -> Place {
        Place::new(&self.file, self.line(node.start_byte()))
    }

    /// The line of an offset.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.lines.line(&self.original, offset)
    }

    /// The masked text of a node.
    pub(crate) fn text(&self, node: Node<'_>) -> &str {
        self.source.get(node.byte_range()).unwrap_or("")
    }

    /// The text of a node as it was written, on one line and not too long for a message.
    pub(crate) fn shown(&self, node: Node<'_>) -> String {
        let written = self.original.get(node.byte_range()).unwrap_or("");
        let line = written
            .split_whitespace()
            .filter(|word| *word != "\\")
            .collect::<Vec<_>>()
            .join(" ");
        shorten(&line, 100)
    }

    /// True when the text of a range has an expression in it.
    pub(crate) fn has_hole(&self, range: &Range<usize>) -> bool {
        self.holes
            .iter()
            .any(|hole| hole.range.start < range.end && range.start < hole.range.end)
    }

    /// The characters of a range, `unescape` applied to what is no hole; `fill` gives the values of holes.
    pub(crate) fn literal(&self, range: Range<usize>, unescape: &dyn Fn(&str) -> String, fill: &mut dyn Fill) -> Value {
        let mut parts = Vec::new();
        let mut at = range.start;
        for hole in &self.holes {
            if hole.range.end <= range.start || hole.range.start >= range.end {
                continue;
            }
            if at < hole.range.start {
                parts.push(Value::literal(unescape(self.slice(at..hole.range.start))));
            }
            parts.push(match &hole.content {
                Content::Value(value) => value.to_text_value(),
                Content::Variable(name) => fill.variable(name).to_text_value(),
                Content::Command(script) => fill.command(script).to_text_value(),
            });
            at = hole.range.end;
        }
        if at < range.end {
            parts.push(Value::literal(unescape(self.slice(at..range.end))));
        }
        Value::concat(&parts)
    }

    /// A part of the text. Where the parser recovers from an error (a quote that is never closed), the end of a node can
    /// fall inside a character; the character is then left out.
    fn slice(&self, range: std::ops::Range<usize>) -> &str {
        let start = self.source.ceil_char_boundary(range.start);
        let end = self.source.floor_char_boundary(range.end);
        self.source.get(start..end).unwrap_or_default()
    }

    /// The first place at which the text is not shell, if any.
    pub(crate) fn first_error(&self) -> Option<Place> {
        if !self.root().has_error() {
            return None;
        }
        let mut cursor = self.root().walk();
        loop {
            let node = cursor.node();
            if node.is_error() || node.is_missing() {
                return Some(self.place(node));
            }
            if node.has_error() && cursor.goto_first_child() {
                continue;
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return Some(self.place(self.root()));
                }
            }
        }
    }
}

/// A command in backquotes as a script of its own, with the expressions in it. Escapes would shift what it holds, so
/// that one with any is left open.
fn backquoted(
    source: &str,
    original: &str,
    within: Range<usize>,
    mut holes: Vec<Hole>,
    file: &str,
    line: usize,
) -> Content {
    let text = source[within.clone()].to_string();
    let written = original.get(within.clone()).unwrap_or(&text).to_string();
    for hole in &mut holes {
        hole.range = hole.range.start - within.start..hole.range.end - within.start;
    }
    let shown = format!("`{}`", shorten(&written, 60));
    let script = match text.contains('\\') {
        true => None,
        false => Script::build(text, written, holes, file, Lines::All(line)),
    };
    match script {
        Some(script) => Content::Command(script),
        None => Content::Value(Value::open(shown, Source::Command, "it is what a command prints")),
    }
}

/// Shortens a text for a message.
pub(crate) fn shorten(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_string();
    }
    let mut short: String = text.chars().take(limit).collect();
    short.push('…');
    short
}

/// An identifier of the given length; the shortest expression, `${{x}}`, has six characters.
fn stand_in(number: usize, length: usize) -> String {
    let mut name = format!("_g{}", base36(number));
    while name.len() < length {
        name.push('_');
    }
    name.truncate(length);
    name
}

fn base36(mut number: usize) -> String {
    let mut digits = Vec::new();
    loop {
        let digit = b"0123456789abcdefghijklmnopqrstuvwxyz"[number % 36];
        digits.push(char::from(digit));
        number /= 36;
        if number == 0 {
            break;
        }
    }
    digits.iter().rev().collect()
}

fn parse(source: &str) -> Option<Tree> {
    if source.len() > MAX_BYTES {
        return None;
    }
    let mut parser = Parser::new();
    parser.set_language(&tree_sitter_bash::LANGUAGE.into()).ok()?;
    // The parser reports progress in a steady rhythm; text made to be slow is given up.
    let mut rounds = 0usize;
    let limit = 2_000 + source.len();
    let mut progress = |_: &tree_sitter::ParseState| {
        rounds += 1;
        if rounds > limit {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let bytes = source.as_bytes();
    parser.parse_with_options(
        &mut |offset, _| bytes.get(offset..).unwrap_or_default(),
        None,
        Some(options),
    )
}
