//! Commands that are part of the shell, and the small programs that print or move text.

use super::invoke::Call;
use super::run::Shell;
use super::state::Flow;
use super::words::unescape_escapes;
use crate::workflows::repository::join;
use crate::workflows::text::{Source, Text};
use crate::workflows::value::{Value, lift};

/// Stands for the directory of the checkout in absolute paths.
pub(crate) const WORKSPACE: &str = "(workspace)";

impl Shell<'_> {
    /// Runs a builtin; `None` when the command is none.
    pub(crate) fn builtin(&mut self, name: &str, call: &Call) -> Option<Value> {
        let nothing = Value::Text(Text::new());
        Some(match name {
            "echo" => self.echo(call),
            "printf" => printf(call),
            "cat" => self.cat(call),
            "tee" => self.tee(call),
            "read" => {
                self.read(call);
                nothing
            }
            "cd" | "pushd" => {
                let target = call.fields.get(1).map(|f| f.value.to_text());
                self.change_directory(target);
                nothing
            }
            "popd" => {
                self.state.directory = None;
                nothing
            }
            "pwd" => match &self.state.directory {
                Some(directory) => Value::literal(format!("{WORKSPACE}/{directory}\n")),
                None => call.unknown_output(),
            },
            "source" | "." => {
                let path = call.fields.get(1).map(|f| f.value.to_text())?;
                self.source(call, &path)
            }
            "eval" => {
                let text = joined(call, 1).to_text();
                self.composed(call, &text)
            }
            "exit" => {
                self.state.flow = Flow::Exited;
                nothing
            }
            "return" => {
                self.state.flow = Flow::Returned;
                nothing
            }
            "shift" => {
                let count = call.literal(1).and_then(|n| n.parse().ok()).unwrap_or(1);
                let count = self.state.positional.len().min(count);
                self.state.positional.drain(..count);
                nothing
            }
            "set" => {
                if call.literal(1) == Some("--") {
                    self.state.positional = call.fields[2..].iter().map(|f| f.value.clone()).collect();
                }
                nothing
            }
            "trap" => {
                let text = call.fields.get(1).map(|f| f.value.to_text()).unwrap_or_default();
                self.composed(call, &text);
                nothing
            }
            ":" | "true" | "false" | "wait" | "sleep" | "shopt" | "hash" | "umask" | "mkdir" | "rm" | "chmod"
            | "touch" | "ls" | "test" | "[" | "which" | "type" => nothing,
            "mv" | "cp" => {
                self.move_file(name, call);
                nothing
            }
            "dirname" => path_part(call, true),
            "basename" => path_part(call, false),
            "realpath" | "readlink" => match call.fields.last() {
                Some(field) => field.value.clone(),
                None => nothing,
            },
            "mapfile" | "readarray" => {
                if let Some(name) = call.fields.last().and_then(|f| f.value.as_literal()) {
                    let value = Value::open(format!("${name}"), Source::Command, "it is what a command prints");
                    self.state.assign(name, value);
                }
                nothing
            }
            "export" | "declare" | "local" | "readonly" | "typeset" => {
                self.assign_words(call, name == "export");
                nothing
            }
            _ => return None,
        })
    }

    /// Declarations that reach here were composed: `eval "export X=y"`, `env`-like wrappers.
    fn assign_words(&mut self, call: &Call, exported: bool) {
        for field in &call.fields[1..] {
            let text = field.value.to_text();
            if let Some((name, value)) = text.split_once("=")
                && let Some(name) = name.as_literal()
            {
                self.state.assign(name, Value::Text(value));
                if exported {
                    self.state.exported.insert(name.to_string());
                }
            }
        }
    }

    fn echo(&mut self, call: &Call) -> Value {
        let mut at = 1;
        let mut newline = true;
        let mut escapes = false;
        while let Some(option) = call
            .literal(at)
            .filter(|w| matches!(*w, "-n" | "-e" | "-E" | "-ne" | "-en"))
        {
            newline &= !option.contains('n');
            escapes |= option.contains('e');
            at += 1;
        }
        let text = joined(call, at);
        if let Value::Config(_) = text {
            return text;
        }
        let text = if escapes {
            text.map_text(&mut |t| Value::Text(t.unflatten(&unescape_escapes(&t.flatten()))))
        } else {
            text
        };
        if self.legacy_command(&text) {
            return Value::Text(Text::new());
        }
        if newline {
            return Value::concat(&[text, Value::literal("\n")]);
        }
        text
    }

    /// `echo "::set-output name=x::value"`, the form before command files.
    fn legacy_command(&mut self, text: &Value) -> bool {
        let Value::Text(text) = text else {
            return false;
        };
        let flat = text.flatten();
        let (env, rest) = match flat.strip_prefix("::set-output name=") {
            Some(rest) => (false, rest),
            None => match flat.strip_prefix("::set-env name=") {
                Some(rest) => (true, rest),
                None => return false,
            },
        };
        let Some((name, value)) = rest.split_once("::") else {
            return false;
        };
        let value = Value::Text(text.unflatten(value));
        let writes = if env {
            &mut self.state.env_writes
        } else {
            &mut self.state.outputs
        };
        writes.insert(name.to_string(), value);
        true
    }

    fn cat(&mut self, call: &Call) -> Value {
        let files: Vec<Value> = call.fields[1..]
            .iter()
            .filter(|f| f.value.as_literal().is_none_or(|w| !w.starts_with('-')))
            .map(|f| f.value.clone())
            .collect();
        if files.is_empty() {
            return call.input.clone();
        }
        let contents: Vec<Value> = files.iter().map(|f| self.file_content(f)).collect();
        match contents.as_slice() {
            [one] => one.clone(),
            _ => Value::concat(&contents),
        }
    }

    fn tee(&mut self, call: &Call) -> Value {
        let words = call.literals();
        let append = words.contains(&"-a") || words.contains(&"--append");
        for field in &call.fields[1..] {
            if field.value.as_literal().is_some_and(|w| w.starts_with('-')) {
                continue;
            }
            self.write_to(&field.value, &call.input, append);
        }
        call.input.clone()
    }

    fn read(&mut self, call: &Call) {
        let names: Vec<String> = call
            .literals()
            .iter()
            .skip(1)
            .filter(|w| !w.is_empty() && !w.starts_with('-'))
            .map(|w| w.to_string())
            .collect();
        let known = !super::run::is_empty(&call.input);
        for name in &names {
            let value = if known && names.len() == 1 {
                call.input.map_text(&mut |text| Value::Text(text.trimmed()))
            } else {
                Value::open(
                    format!("${name}"),
                    Source::Command,
                    "it is read from what a command prints",
                )
            };
            self.state.assign(name, value);
        }
    }

    fn change_directory(&mut self, target: Option<Text>) {
        self.state.directory = target.and_then(|target| self.repository_path(&target));
    }

    /// The path inside the repository that a word names.
    pub(crate) fn repository_path(&self, path: &Text) -> Option<String> {
        let from_root = |rest: &Text| join("", rest.as_literal()?.trim_start_matches('/'));
        if let Some(open) = path.open_parts().next() {
            let root = matches!(open.expression.as_str(), "github.workspace" | "$GITHUB_WORKSPACE");
            if !root || !path.literal_start().is_empty() {
                return None;
            }
            let flat = path.flatten();
            let rest: String = flat.chars().skip(1).collect();
            return from_root(&path.unflatten(&rest));
        }
        let literal = path.as_literal()?;
        if let Some(rest) = literal.strip_prefix(WORKSPACE) {
            return join("", rest.trim_start_matches('/'));
        }
        if literal.starts_with(['/', '~']) {
            return None;
        }
        join(self.state.directory.as_deref()?, literal)
    }

    /// What is in a file that the script wrote, or that the repository holds.
    pub(crate) fn file_content(&self, file: &Value) -> Value {
        let path = file.to_text();
        let shown = path.display();
        let key = shown.trim_start_matches("./");
        if let Some(content) = self.state.files.get(key) {
            return content.clone();
        }
        let inside = self.repository_path(&path);
        match inside.and_then(|p| self.repository.text(&p)) {
            Some(text) => Value::literal(text),
            None => Value::open(
                format!("content of {shown}"),
                Source::Command,
                "the file is not in the repository",
            ),
        }
    }

    fn move_file(&mut self, name: &str, call: &Call) {
        let names: Vec<Value> = call.fields[1..]
            .iter()
            .filter(|f| f.value.as_literal().is_none_or(|w| !w.starts_with('-')))
            .map(|f| f.value.clone())
            .collect();
        let [from, to] = names.as_slice() else {
            return;
        };
        let shown = from.to_text().display();
        let key = shown.trim_start_matches("./").to_string();
        if let Some(content) = self.state.files.get(&key).cloned() {
            if name == "mv" {
                self.state.files.remove(&key);
            }
            self.write_to(to, &content, false);
        }
    }
}

/// The words from `from` on, with spaces between them.
pub(crate) fn joined(call: &Call, from: usize) -> Value {
    let fields = call.fields.get(from..).unwrap_or_default();
    if let [one] = fields {
        return one.value.clone();
    }
    let mut parts = Vec::new();
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            parts.push(Value::literal(" "));
        }
        parts.push(field.value.to_text_value());
    }
    Value::concat(&parts)
}

fn path_part(call: &Call, directory: bool) -> Value {
    let Some(field) = call.fields.get(1) else {
        return Value::Text(Text::new());
    };
    field.value.map_text(&mut |text| {
        let flat = text.flatten();
        let (parent, name) = flat.trim_end_matches('/').rsplit_once('/').unwrap_or((".", &flat));
        Value::Text(text.unflatten(if directory { parent } else { name }))
    })
}

/// `printf FORMAT ARGUMENTS`: `%s` and its relatives; the format is used again while arguments are left.
fn printf(call: &Call) -> Value {
    let mut at = 1;
    if call.literal(at) == Some("-v") {
        at += 2;
    }
    if call.literal(at) == Some("--") {
        at += 1;
    }
    let values: Vec<Value> = call
        .fields
        .get(at..)
        .unwrap_or_default()
        .iter()
        .map(|f| f.value.to_text_value())
        .collect();
    lift(&values, &mut |plain| {
        let Some((format, arguments)) = plain.split_first() else {
            return Value::Text(Text::new());
        };
        let format = format.to_text();
        let flat = unescape_escapes(&format.flatten());
        let mut arguments = arguments.iter();
        let mut result = Text::new();
        loop {
            let before = arguments.len();
            let mut rest = flat.as_str();
            while let Some(at) = rest.find('%') {
                result.extend(&format.unflatten(&rest[..at]));
                let tail = &rest[at + 1..];
                let length = tail
                    .chars()
                    .take_while(|c| !c.is_ascii_alphabetic() && *c != '%')
                    .count();
                match tail.chars().nth(length) {
                    Some('%') => result.extend(&Text::literal("%")),
                    Some(_) => {
                        if let Some(argument) = arguments.next() {
                            result.extend(&argument.to_text());
                        }
                    }
                    None => {}
                }
                rest = tail.get(length + 1..).unwrap_or("");
            }
            result.extend(&format.unflatten(rest));
            if arguments.len() == 0 || arguments.len() == before {
                return Value::Text(result);
            }
        }
    })
}
