//! PowerShell and cmd, line by line.
//!
//! No parser for them is at hand. Lines that run one of the tools are read with the few rules of
//! quoting and variables that such lines use, and every target found so is marked as less certain.

use super::invoke::Call;
use super::run::{Shell, is_empty, mentions_deployment};
use super::words::Field;
use crate::place::Place;
use crate::workflows::commands;
use crate::workflows::text::{Source, Text};
use crate::workflows::value::Value;

/// The two kinds of shell that are read by lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    PowerShell,
    Cmd,
}

impl Shell<'_> {
    /// Reads a script whose expressions are evaluated already; `line` gives the file's line of a row.
    pub(crate) fn run_lines(&mut self, text: &Text, dialect: Dialect, file: &str, line: &dyn Fn(usize) -> usize) {
        let doubt = self.state.doubt.replace(
            match dialect {
                Dialect::PowerShell => "PowerShell is read line by line only",
                Dialect::Cmd => "cmd is read line by line only",
            }
            .to_string(),
        );
        let flat = text.flatten();
        let continuation = if dialect == Dialect::Cmd { '^' } else { '`' };
        let mut rows = flat.lines().enumerate().peekable();
        while let Some((row, first)) = rows.next() {
            let mut logical = first.trim_end().to_string();
            while logical.ends_with(continuation) {
                logical.pop();
                let Some((_, next)) = rows.next() else { break };
                logical.push_str(next.trim());
                logical = logical.trim_end().to_string();
            }
            let at = Place::new(file, line(row));
            for part in statements(&logical) {
                self.fallback_statement(text, part.trim(), dialect, &at);
            }
        }
        self.state.doubt = doubt;
    }

    fn fallback_statement(&mut self, text: &Text, part: &str, dialect: Dialect, at: &Place) {
        let part = part.trim_start_matches(['{', '}', '&', ' ', '(']);
        if part.is_empty() || part.starts_with('#') || part.starts_with("::") {
            return;
        }
        if let Some((name, value)) = variable_assignment(part, dialect) {
            let value = self.fallback_word(text, value.trim(), dialect);
            let name = name.strip_prefix("env:").unwrap_or(name).to_string();
            self.state.assign(&name, value);
            self.state.exported.insert(name);
            return;
        }
        if let Some((content, file)) = part.split_once(">>") {
            let file = self.fallback_word(text, file.trim(), dialect);
            let content = content.trim();
            let content = content
                .strip_prefix("echo ")
                .or_else(|| content.strip_prefix("Write-Output "))
                .unwrap_or(content);
            let content = self.fallback_word(text, content.trim(), dialect);
            let content = Value::concat(&[content, Value::literal("\n")]);
            self.write_to(&file, &content, true);
            return;
        }
        if let Some((content, target)) = part.split_once("|")
            && let Some((_, file)) = target.split_once("-FilePath")
        {
            let file = file.split_whitespace().next().unwrap_or("");
            let file = self.fallback_word(text, file, dialect);
            let content = content.trim().trim_start_matches("echo ");
            let content = self.fallback_word(text, content.trim(), dialect);
            let content = Value::concat(&[content, Value::literal("\n")]);
            self.write_to(&file, &content, true);
            return;
        }
        let words = split_words(part);
        let name = words.first().map_or("", String::as_str);
        let base = name.trim_end_matches(".exe");
        if !commands::is_tool(base) {
            let runs = ["npm", "yarn", "pnpm", "npx"].contains(&base);
            if !runs && mentions_deployment(part) {
                self.journal.list(
                    at.clone(),
                    "a line of this script mentions a deployment and is not understood",
                );
            }
            if !runs {
                return;
            }
        }
        let mut fields = Vec::new();
        for word in &words {
            let value = self.fallback_word(text, word, dialect);
            if !is_empty(&value) || word.contains(['"', '\'']) {
                fields.push(Field::whole(value));
            }
        }
        if let Some(first) = fields.first_mut() {
            first.value = Value::literal(base);
        }
        let call = Call {
            fields,
            input: Value::Text(Text::new()),
            at: at.clone(),
            shown: text.unflatten(part).display(),
        };
        self.invoke(&call);
    }

    /// A word with its variables: `$env:X`, `$x`, `%X%`.
    fn fallback_word(&mut self, text: &Text, word: &str, dialect: Dialect) -> Value {
        if dialect == Dialect::PowerShell && word.starts_with('\'') {
            return Value::Text(text.unflatten(word.trim_matches('\'')));
        }
        if word.starts_with('$') && word.contains('(') || word.starts_with('(') {
            let shown = text.unflatten(word).display();
            return Value::open(shown, Source::Command, "it is what a command prints");
        }
        let word = word.replace(['"', '\''], "");
        let mut parts = Vec::new();
        let mut rest = word.as_str();
        let sign = if dialect == Dialect::Cmd { '%' } else { '$' };
        while let Some(at) = rest.find(sign) {
            parts.push(Value::Text(text.unflatten(&rest[..at])));
            let tail = &rest[at + 1..];
            let (name, after) = match dialect {
                Dialect::Cmd => match tail.split_once('%') {
                    Some(split) => split,
                    None => ("", tail),
                },
                Dialect::PowerShell => powershell_name(tail),
            };
            if name.is_empty() {
                parts.push(Value::literal(sign.to_string()));
            } else {
                parts.push(self.state.variable(name));
            }
            rest = after;
        }
        parts.push(Value::Text(text.unflatten(rest)));
        Value::concat(&parts)
    }
}

/// The name after `$`, with braces and the `env:` drive taken off, and what follows it.
fn powershell_name(tail: &str) -> (&str, &str) {
    let (inside, after) = match tail.strip_prefix('{') {
        Some(braced) => braced.split_once('}').unwrap_or((braced, "")),
        None => {
            let end = tail
                .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == ':'))
                .unwrap_or(tail.len());
            tail.split_at(end)
        }
    };
    let lower = inside.get(..4).map(str::to_ascii_lowercase);
    match lower.as_deref() {
        Some("env:") => (&inside[4..], after),
        _ => (inside, after),
    }
}

fn variable_assignment(part: &str, dialect: Dialect) -> Option<(&str, &str)> {
    match dialect {
        Dialect::Cmd => part
            .strip_prefix("set ")
            .or_else(|| part.strip_prefix("SET "))
            .and_then(|rest| rest.trim_matches('"').split_once('=')),
        Dialect::PowerShell => {
            let (name, value) = part.strip_prefix('$')?.split_once('=')?;
            let name = name.trim();
            let fits = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':');
            fits.then_some((name, value))
        }
    }
}

/// Splits a line at `;`, and at braces that are no part of a variable's name, outside quotes.
fn statements(line: &str) -> Vec<&str> {
    split_outside(line, |before, c| {
        c == ';' || matches!(c, '{' | '}') && before.is_none_or(|b| b.is_whitespace() || b == ')')
    })
}

fn split_words(part: &str) -> Vec<String> {
    split_outside(part, |_, c| c.is_whitespace())
        .into_iter()
        .filter(|word| !word.is_empty())
        .map(str::to_string)
        .collect()
}

fn split_outside(text: &str, separator: impl Fn(Option<char>, char) -> bool) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut quote = None;
    let mut start = 0;
    let mut before = None;
    for (at, c) in text.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '"' || c == '\'' => quote = Some(c),
            None if separator(before, c) => {
                parts.push(&text[start..at]);
                start = at + c.len_utf8();
            }
            None => {}
        }
        before = Some(c);
    }
    parts.push(&text[start..]);
    parts
}
