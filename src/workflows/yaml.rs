//! YAML as a tree in which every node knows its line.
//!
//! A workflow is read leniently: a key that is not known must not spoil the rest of the file, so the
//! tree is generic and the model on top of it picks what it understands.

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{MessageFormatter, Spanned, UserMessageFormatter};

use super::error::ReadError;
use crate::place::{Place, line_of};

/// A YAML node.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    /// Line of the value, counted from 1; for a block scalar its first content line.
    pub(crate) line: usize,
    /// Byte offset of the value in the file, when the parser knows it.
    pub(crate) offset: Option<usize>,
    pub(crate) kind: Kind,
}

/// The types of YAML's core schema, which GitHub reads workflows with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key of a mapping and its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) line: usize,
    pub(crate) value: Node,
}

impl Node {
    /// The value of a key, without regard to case as GitHub reads inputs and contexts.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.entries()
            .iter()
            .find(|entry| entry.key.eq_ignore_ascii_case(key))
            .map(|entry| &entry.value)
    }

    /// The entries of a mapping; nothing for any other node.
    pub(crate) fn entries(&self) -> &[Entry] {
        match &self.kind {
            Kind::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The elements of a sequence; nothing for any other node.
    pub(crate) fn items(&self) -> &[Node] {
        match &self.kind {
            Kind::List(items) => items,
            _ => &[],
        }
    }

    /// A scalar as the text GitHub makes of it.
    pub(crate) fn text(&self) -> Option<String> {
        match &self.kind {
            Kind::Text(text) => Some(text.clone()),
            Kind::Bool(value) => Some(value.to_string()),
            Kind::Number(value) => Some(super::value::number_text(*value)),
            Kind::Null | Kind::List(_) | Kind::Map(_) => None,
        }
    }

    /// A scalar that was written as text.
    pub(crate) fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// One text or a list of texts.
    pub(crate) fn texts(&self) -> Vec<String> {
        match &self.kind {
            Kind::List(items) => items.iter().filter_map(Node::text).collect(),
            _ => self.text().into_iter().collect(),
        }
    }
}

/// Reads one YAML document.
///
/// # Errors
/// [`ReadError::NotYaml`] with the line at which the parser gave up, also for a document that was
/// made to exhaust its reader (deep nesting, alias bombs).
pub(crate) fn parse(file: &str, source: &str) -> Result<Node, ReadError> {
    let source = source.strip_prefix('\u{feff}').unwrap_or(source);
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            // Workflows nest some ten deep; every level takes stack, of which a thread may have 2 MiB.
            max_depth: 32,
            max_nodes: 100_000,
            max_events: 400_000,
            max_aliases: 2_000,
        },
        strict_booleans: true,
        with_snippet: false,
    };
    serde_saphyr::from_str_with_options::<Node>(source, options).map_err(|error| {
        let line = error
            .location()
            .map_or(0, |location| usize::try_from(location.line()).unwrap_or(0));
        ReadError::NotYaml {
            place: Place::new(file, line),
            problem: told(&error),
        }
    })
}

/// What the parser met, for people: the line is told apart, and its own settings are nobody's business.
fn told(error: &serde_saphyr::Error) -> String {
    use serde_saphyr::Error;
    match error {
        Error::AliasError { error, .. } | Error::WithSnippet { error, .. } => told(error),
        Error::Budget { .. }
        | Error::AliasReplayCounterOverflow { .. }
        | Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => "it is too large or too deeply nested".to_owned(),
        other => {
            let message = UserMessageFormatter.format_message(other);
            message.lines().next().unwrap_or_default().trim().to_owned()
        }
    }
}

/// Finds the line on which a piece of a multi-line scalar stands.
///
/// In a literal block (`|`) and in a plain scalar of one line rows correspond to lines. Folded and quoted scalars lose their line
/// ends, so their source lines are looked up one after the other in the value.
pub(crate) fn scalar_line(source: &str, node: &Node, value: &str, offset: usize) -> usize {
    let row = line_of(value, offset) - 1;
    let Some(start) = node.offset.filter(|start| source.get(*start..).is_some()) else {
        return node.line + row;
    };
    let from_content = source.lines().skip(node.line.saturating_sub(1));
    let literal_block = header_of(source, start, node.line) == Some('|');
    if literal_block {
        // Empty lines before the content are part of the value; the node starts after them.
        let empty = value.len() - value.trim_start_matches('\n').len();
        return node.line + row.saturating_sub(empty);
    }
    let mut best = node.line;
    let mut position = 0;
    for (index, line) in from_content.enumerate() {
        let content = line.trim().trim_start_matches(['"', '\'']);
        if content.is_empty() {
            continue;
        }
        let content = if index == 0 && node.line == line_of(source, start) {
            tail_of_line(source, start).trim_start_matches(['"', '\''])
        } else {
            content
        };
        let key = content.trim_end_matches(['"', '\'']);
        match value.get(position..).and_then(|rest| rest.find(key)) {
            Some(at) if position + at <= offset => {
                best = node.line + index;
                position += at + key.len();
            }
            _ => break,
        }
    }
    best
}

/// The block indicator of a scalar: it ends the nearest line above the content that is not blank, or
/// the line at which the node starts.
fn header_of(source: &str, start: usize, line: usize) -> Option<char> {
    let rest = source.get(start..)?;
    let here = rest.chars().next();
    if let Some('|' | '>') = here {
        return here;
    }
    let above = source
        .lines()
        .take(line.saturating_sub(1))
        .filter(|l| !l.trim().is_empty())
        .last()?;
    let code = above.split(" #").next().unwrap_or(above).trim_end();
    let code = code.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-' || c == '+');
    if line_of(source, start) == line
        && source
            .lines()
            .nth(line - 1)
            .is_some_and(|own| own.trim_start().len() == rest.lines().next().unwrap_or("").trim_start().len())
    {
        return code.chars().last().filter(|c| matches!(c, '|' | '>'));
    }
    None
}

fn tail_of_line(source: &str, start: usize) -> &str {
    source
        .get(start..)
        .and_then(|rest| rest.lines().next())
        .unwrap_or("")
        .trim()
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Kind>::deserialize(deserializer)?;
        let at = spanned.defined;
        Ok(Self {
            line: usize::try_from(at.line()).unwrap_or(0),
            offset: at.span().byte_offset().and_then(|offset| usize::try_from(offset).ok()),
            kind: spanned.value,
        })
    }
}

impl<'de> Deserialize<'de> for Kind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KindVisitor)
    }
}

struct KindVisitor;

impl<'de> Visitor<'de> for KindVisitor {
    type Value = Kind;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Kind, E> {
        Ok(Kind::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Kind, D::Error> {
        Kind::deserialize(deserializer)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Kind, E> {
        Ok(Kind::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Kind, E> {
        Ok(Kind::Number(value as f64))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Kind, E> {
        Ok(Kind::Number(value as f64))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Kind, E> {
        Ok(Kind::Number(value))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Kind, E> {
        Ok(Kind::Text(value.to_string()))
    }

    fn visit_bytes<E: de::Error>(self, value: &[u8]) -> Result<Kind, E> {
        Ok(Kind::Text(String::from_utf8_lossy(value).into_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Kind, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element::<Node>()? {
            all.push(item);
        }
        Ok(Kind::List(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Kind, A::Error> {
        let mut all = Vec::new();
        while let Some(key) = entries.next_key::<Node>()? {
            let value = entries.next_value::<Node>()?;
            all.push(Entry {
                line: key.line,
                key: key.text().unwrap_or_default(),
                value,
            });
        }
        Ok(Kind::Map(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> Node {
        parse("w.yml", source).expect("YAML")
    }

    #[test]
    fn lines_and_types_are_githubs() {
        let node =
            read("on:\n  push:\nenv:\n  VERSION: 1.10\n  ACCOUNT: 123456789012\n  ANSWER: no\n  QUOTED: '1.10'\n");
        assert!(node.get("on").is_some());
        let env = node.get("env").expect("env");
        assert_eq!(env.entries()[0].line, 4);
        let texts: Vec<_> = env.entries().iter().map(|e| e.value.text()).collect();
        assert_eq!(
            texts,
            ["1.1", "123456789012", "no", "1.10"].map(|t| Some(t.to_string()))
        );
    }

    #[test]
    fn the_line_of_a_command_is_found_in_every_kind_of_scalar() {
        let cases = [
            ("run: |\n  one\n\n  aws s3 sync\n", 4),
            ("run: |\n\n  one\n  aws s3 sync\n", 4),
            ("run: >\n  one &&\n  two &&\n  aws s3 sync\n", 4),
            ("run: >-\n  one\n\n  aws s3 sync\n", 4),
            ("run: one &&\n  aws s3 sync\n", 2),
            ("run: aws s3 sync\n", 1),
            ("run: \"one &&\n  aws s3 sync\"\n", 2),
            ("a: 1\nrun:\n  aws s3 sync\n", 3),
            ("run: | # why\n  one\n  aws s3 sync\n", 3),
        ];
        for (source, expected) in cases {
            let node = read(source);
            let run = node.get("run").expect("run");
            let value = run.text().expect("text");
            let offset = value.find("aws").expect("aws");
            assert_eq!(scalar_line(source, run, &value, offset), expected, "{source}");
        }
    }

    #[test]
    fn anchors_and_merge_keys_are_followed() {
        let node = read("a: &x {b: 1}\nc: *x\nd:\n  <<: *x\n  e: 2\n");
        assert_eq!(
            node.get("c").and_then(|c| c.get("b")).and_then(Node::text),
            Some("1".into())
        );
        assert_eq!(
            node.get("d").and_then(|d| d.get("b")).and_then(Node::text),
            Some("1".into())
        );
    }

    #[test]
    fn what_is_not_yaml_is_an_error_with_its_line() {
        let error = parse("w.yml", "a: 1\nb: [1, 2\nc: }\n").expect_err("not YAML");
        assert!(error.place().line >= 2, "{error}");
        assert!(error.to_string().starts_with("w.yml:"), "{error}");
    }

    /// The messages are for whoever wrote the workflow, not for whoever calls the parser.
    #[test]
    fn what_is_wrong_is_told_in_plain_words() {
        let nested = format!("a: {}{}", "[".repeat(100), "]".repeat(100));
        let bomb = format!("a: &a [x,x,x,x,x,x,x,x,x]\nb: [{}]\n", vec!["*a"; 20_000].join(","));
        for (source, says) in [
            (
                "a: 1\na: 2\n",
                "w.yml:2: this is not YAML that can be read: duplicate mapping key `a` is not allowed here",
            ),
            (
                "a: 1\nb: *x\n",
                "w.yml:2: this is not YAML that can be read: reference to unknown value",
            ),
            (
                &bomb,
                "w.yml:2: this is not YAML that can be read: it is too large or too deeply nested",
            ),
            (
                &nested,
                "w.yml:1: this is not YAML that can be read: it is too large or too deeply nested",
            ),
        ] {
            assert_eq!(parse("w.yml", source).expect_err(source).to_string(), says);
        }
    }

    #[test]
    fn an_alias_bomb_ends_as_an_error() {
        let mut source = String::from("a: &a [x,x,x,x,x,x,x,x,x]\n");
        for (name, previous) in [("b", "a"), ("c", "b"), ("d", "c"), ("e", "d"), ("f", "e"), ("g", "f")] {
            let list = vec![format!("*{previous}"); 9].join(",");
            source.push_str(&format!("{name}: &{name} [{list}]\n"));
        }
        assert!(parse("w.yml", &source).is_err());
        let deep = format!("a: {}{}", "[".repeat(5000), "]".repeat(5000));
        assert!(parse("w.yml", &deep).is_err());
    }
}
