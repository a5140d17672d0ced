//! Words of the shell: quoting, expansions and splitting.

use std::ops::Range;
use std::rc::Rc;

use tree_sitter::Node;

use super::run::Shell;
use super::script::{Fill, Script};
use crate::workflows::text::{Source, Text};
use crate::workflows::value::{Value, lift};

/// One argument of a command before it is split.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) value: Value,
    /// Whether the shell splits the value at white space.
    pub(crate) splits: bool,
}

impl Field {
    pub(crate) fn whole(value: Value) -> Self {
        Self { value, splits: false }
    }
}

impl Shell<'_> {
    /// The fields that a word of a command comes to.
    pub(crate) fn fields(&mut self, script: &Rc<Script>, node: Node<'_>) -> Vec<Field> {
        if let Some(items) = self.array_fields(script, node) {
            return items;
        }
        let splits = splits(script, node);
        let value = self.word(script, node);
        if !splits {
            return vec![Field::whole(value)];
        }
        match &value {
            Value::Text(text) => text
                .fields()
                .into_iter()
                .map(|text| Field {
                    value: Value::Text(text),
                    splits,
                })
                .collect(),
            _ => vec![Field { value, splits }],
        }
    }

    /// `"${list[@]}"` and `$@` are as many fields as the list has elements.
    fn array_fields(&mut self, script: &Rc<Script>, node: Node<'_>) -> Option<Vec<Field>> {
        let text = script.text(node).trim_matches('"');
        let inner = text
            .strip_prefix("${")
            .and_then(|t| t.strip_suffix('}'))
            .or_else(|| text.strip_prefix('$'))?;
        let items = match inner {
            "@" | "*" => self.state.positional.clone(),
            _ => {
                let name = inner.strip_suffix("[@]").or_else(|| inner.strip_suffix("[*]"))?;
                match self.state.variables.get(name)? {
                    Value::Array(items) => items.clone(),
                    other => vec![other.clone()],
                }
            }
        };
        Some(items.into_iter().map(Field::whole).collect())
    }

    /// The value of a word, without splitting.
    pub(crate) fn word(&mut self, script: &Rc<Script>, node: Node<'_>) -> Value {
        if self.is_too_deep(script, node) {
            return Value::open(script.shown(node), Source::NotUnderstood, "it is nested too deeply");
        }
        self.depth += 1;
        let value = self.word_value(script, node);
        self.depth -= 1;
        value
    }

    fn word_value(&mut self, script: &Rc<Script>, node: Node<'_>) -> Value {
        match node.kind() {
            "word" | "number" | "extglob_pattern" | "regex" | "test_operator" | "brace_expression" => {
                self.literal(script, node.byte_range(), &|t| unescape_word(t))
            }
            "string" => {
                let range = node.start_byte() + 1..node.end_byte().saturating_sub(1).max(node.start_byte() + 1);
                self.mixed(script, node, range, &|t| unescape_double(t))
            }
            "translated_string" | "string_expansion" => match node.named_child(0) {
                Some(inner) => self.word(script, inner),
                None => Value::Text(Text::new()),
            },
            "raw_string" => {
                let end = node.end_byte().saturating_sub(1).max(node.start_byte() + 1);
                self.literal(script, node.start_byte() + 1..end, &str::to_string)
            }
            "ansi_c_string" => {
                let end = node.end_byte().saturating_sub(1).max(node.start_byte() + 2);
                self.literal(script, node.start_byte() + 2..end, &|t| unescape_escapes(t))
            }
            "concatenation" => self.mixed(script, node, node.byte_range(), &|t| unescape_word(t)),
            "simple_expansion" => {
                let name = script.text(node).trim_start_matches('$').to_string();
                self.parameter(&name)
            }
            "expansion" => self.expansion(script, node),
            "command_substitution" => self.substitution(script, node),
            "command_name" => match node.named_child(0) {
                Some(inner) => self.word(script, inner),
                None => Value::Text(Text::new()),
            },
            "array" => {
                let mut items = Vec::new();
                let mut cursor = node.walk();
                let children: Vec<Node<'_>> = node.named_children(&mut cursor).collect();
                for child in children {
                    items.extend(self.fields(script, child).into_iter().map(|f| f.value));
                }
                Value::Array(items)
            }
            "arithmetic_expansion" => Value::open(
                script.shown(node),
                Source::Command,
                "it is computed when the workflow runs",
            ),
            "process_substitution" => {
                self.statements(script, node);
                Value::open(script.shown(node), Source::Command, "it is what a command prints")
            }
            _ => self.literal(script, node.byte_range(), &str::to_string),
        }
    }

    /// Text of a range in which the expansions below `node` are evaluated and all else is literal.
    pub(crate) fn mixed(
        &mut self,
        script: &Rc<Script>,
        node: Node<'_>,
        range: Range<usize>,
        unescape: &dyn Fn(&str) -> String,
    ) -> Value {
        let mut parts = Vec::new();
        let mut at = range.start;
        let mut cursor = node.walk();
        let children: Vec<Node<'_>> = node.named_children(&mut cursor).collect();
        for child in children {
            let outside = child.start_byte() < at || child.end_byte() > range.end;
            if outside
                || matches!(
                    child.kind(),
                    "string_content" | "heredoc_content" | "word" | "number" | "variable_name" | "regex"
                )
            {
                continue;
            }
            if at < child.start_byte() {
                parts.push(self.literal(script, at..child.start_byte(), unescape));
            }
            parts.push(self.word(script, child));
            at = child.end_byte();
        }
        if at < range.end {
            parts.push(self.literal(script, at..range.end, unescape));
        }
        Value::concat(&parts)
    }

    /// The characters of a range, with the expressions and variables in it put in.
    pub(crate) fn literal(&mut self, script: &Script, range: Range<usize>, unescape: &dyn Fn(&str) -> String) -> Value {
        script.literal(range, unescape, self)
    }

    /// The value of `$name`.
    pub(crate) fn parameter(&self, name: &str) -> Value {
        if let Ok(position) = name.parse::<usize>() {
            if position == 0 {
                let own = self.state.variables.get("0").cloned();
                return own.unwrap_or_else(|| Value::open("$0", Source::Run, "it is the name of the script"));
            }
            return match (position, self.state.positional.get(position - 1)) {
                (_, Some(value)) => value.clone(),
                (_, None) if self.knows_arguments => Value::Text(Text::new()),
                (_, None) => Value::open(
                    format!("${position}"),
                    Source::Environment,
                    "the script's arguments are not known",
                ),
            };
        }
        match name {
            "@" | "*" => {
                let mut parts = Vec::new();
                for (index, value) in self.state.positional.iter().enumerate() {
                    if index > 0 {
                        parts.push(Value::literal(" "));
                    }
                    parts.push(value.clone());
                }
                Value::concat(&parts)
            }
            "#" => Value::literal(self.state.positional.len().to_string()),
            "?" | "$" | "!" | "-" | "_" => {
                Value::open(format!("${name}"), Source::Run, "it is known when the workflow runs")
            }
            _ => match self.state.variable(name) {
                Value::Array(items) => items.first().cloned().unwrap_or(Value::Null),
                value => value,
            },
        }
    }

    /// What the commands below a node print.
    fn substitution(&mut self, script: &Rc<Script>, node: Node<'_>) -> Value {
        let before = self.state.clone();
        let printed = self.statements(script, node);
        let after = std::mem::replace(&mut self.state, before);
        self.state.env_writes = after.env_writes;
        self.state.outputs = after.outputs;
        self.state.files = after.files;
        if let Value::Config(_) = printed {
            return printed;
        }
        lift(std::slice::from_ref(&printed), &mut |plain| {
            let Some(one) = plain.first() else {
                return Value::Null;
            };
            if let Value::Config(_) = one {
                return one.clone();
            }
            let text = one.to_text();
            Value::Text(text.unflatten(text.flatten().trim_end_matches('\n')))
        })
    }
}

impl Fill for Shell<'_> {
    fn variable(&mut self, name: &str) -> Value {
        self.parameter(name)
    }

    fn command(&mut self, script: &Rc<Script>) -> Value {
        if self.is_too_deep(script, script.root()) {
            return Value::open(
                script.shown(script.root()),
                Source::NotUnderstood,
                "it is nested too deeply",
            );
        }
        self.depth += 1;
        let printed = self.substitution(script, script.root());
        self.depth -= 1;
        printed
    }
}

/// Whether the shell splits the word's value: it holds an expansion outside quotes.
fn splits(script: &Script, node: Node<'_>) -> bool {
    match node.kind() {
        "simple_expansion" | "expansion" | "command_substitution" => true,
        "word" | "command_name" if script.has_hole(&node.byte_range()) => true,
        // Quoted neighbours of an expansion hold white space that must not split the word.
        "concatenation" | "command_name" => {
            let mut cursor = node.walk();
            let children: Vec<Node<'_>> = node.named_children(&mut cursor).collect();
            let quoted = |n: &Node<'_>| matches!(n.kind(), "string" | "raw_string" | "ansi_c_string");
            !children.iter().any(quoted) && children.iter().any(|child| splits(script, *child))
        }
        _ => false,
    }
}

fn unescape_word(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('\n') | None => {}
            Some(next) => out.push(next),
        }
    }
    out
}

pub(crate) fn unescape_double(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, chars.peek()) {
            ('\\', Some('"' | '\\' | '$' | '`')) => out.extend(chars.next()),
            ('\\', Some('\n')) => {
                chars.next();
            }
            _ => out.push(c),
        }
    }
    out
}

/// `\n` and the like, as `echo -e`, `printf` and `$'…'` read them.
pub(crate) fn unescape_escapes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some('r') => out.push('\r'),
            Some(other @ ('\\' | '\'' | '"')) => out.push(other),
            Some(other) => {
                out.push('\\');
                out.push(other);
            }
            None => out.push('\\'),
        }
    }
    out
}
