//! Programs that read text and print text, as far as they are used to compose targets.

use std::rc::Rc;

use super::expansion::{branch_of_ref, changed, derived};
use super::invoke::Call;
use super::run::{Shell, is_empty, mentions_deployment, shown_command};
use crate::workflows::commands::names_a_deployment;
use crate::workflows::functions::json_value;
use crate::workflows::origin_path::{ConfigEdit, sets_something};
use crate::workflows::scope::descend;
use crate::workflows::text::{Source, Text};
use crate::workflows::value::{Value, lift};

impl Shell<'_> {
    /// Runs a filter; `None` when the command is none.
    pub(crate) fn filter(&mut self, name: &str, call: &Call) -> Option<Value> {
        Some(match name {
            "tr" => tr(call),
            "cut" => cut(call),
            "head" | "tail" => line_of_input(call, name == "head"),
            "sed" => self.sed(call),
            "jq" => self.jq(call),
            "npm" => self.npm_query(call)?,
            "node" | "python" | "python3" | "ruby" => self.interpreter(name, call),
            "terraform" | "tofu" | "terragrunt" => self.terraform(call)?,
            _ => return None,
        })
    }

    /// `npm pkg get version` and the like.
    fn npm_query(&mut self, call: &Call) -> Option<Value> {
        let words = call.literals();
        match words.as_slice() {
            [_, "pkg", "get", key] => Some(match self.package_member(key) {
                Some(value) => Value::literal(format!("\"{value}\"\n")),
                None => call.unknown_output(),
            }),
            _ => None,
        }
    }

    /// A text member of the `package.json` in the current directory.
    pub(crate) fn package_member(&self, key: &str) -> Option<String> {
        let content = self.file_content(&Value::literal("package.json"));
        let text = content.as_literal()?.to_string();
        let json: serde_json::Value = serde_json::from_str(&text).ok()?;
        json.get(key)?.as_str().map(str::to_string)
    }

    /// `node -p "require('./package.json').version"`; anything else is a program that is not read.
    fn interpreter(&mut self, name: &str, call: &Call) -> Value {
        let words = call.literals();
        let program = words
            .iter()
            .position(|w| matches!(*w, "-p" | "-pe" | "-e" | "--print" | "--eval" | "-c"))
            .and_then(|at| call.fields.get(at + 1))
            .map(|field| field.value.to_text());
        let inline = program.is_some();
        let text = program.unwrap_or_else(|| call.input.to_text());
        let flat = text.flatten();
        let compact: String = flat.chars().filter(|c| !c.is_whitespace()).collect();
        if name == "node"
            && let Some((_, rest)) = compact.split_once("package.json")
            && let Some(member) = rest.trim_start_matches(['"', '\'', ')', '`']).strip_prefix('.')
        {
            let end = member
                .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
                .unwrap_or(member.len());
            if let Some(value) = self.package_member(&member[..end]) {
                return Value::literal(format!("{value}\n"));
            }
        }
        let file = words.get(1).copied().unwrap_or("");
        let suspicious =
            mentions_deployment(&flat) || flat.contains("OriginPath") || (!inline && names_a_deployment(file));
        if suspicious {
            self.journal.list(
                call.at.clone(),
                format!(
                    "`{}` runs a {name} program, which this reader does not read",
                    shown_command(&call.shown)
                ),
            );
        }
        call.unknown_output()
    }

    /// `terraform output -raw NAME`: stands in the state.
    fn terraform(&mut self, call: &Call) -> Option<Value> {
        let words = call.literals();
        let at = words.iter().position(|w| *w == "output")?;
        let name = words[at + 1..].iter().find(|w| !w.starts_with('-'));
        let raw = words.contains(&"-raw") || words.contains(&"--raw");
        let Some(name) = name.filter(|n| !n.is_empty()) else {
            return Some(Value::open(
                "terraform output",
                Source::TerraformOutput,
                "it is read from the Terraform state when the workflow runs",
            ));
        };
        Some(self.terraform_output(name, !raw))
    }

    fn terraform_output(&self, name: &str, quoted: bool) -> Value {
        match self.mapping.terraform_output(name) {
            Some(value) if quoted => Value::literal(format!("\"{value}\"\n")),
            Some(value) => Value::literal(value),
            None => Value::open(
                format!("terraform output {name}"),
                Source::TerraformOutput,
                "it is read from the Terraform state when the workflow runs",
            ),
        }
    }

    fn jq(&mut self, call: &Call) -> Value {
        let mut arguments: Vec<(String, Value)> = Vec::new();
        let mut operands: Vec<Value> = Vec::new();
        let mut at = 1;
        while at < call.fields.len() {
            match call.literal(at) {
                Some("--arg" | "--argjson") => {
                    let name = call.literal(at + 1).unwrap_or("").to_string();
                    if let Some(field) = call.fields.get(at + 2) {
                        arguments.push((name, field.value.to_text_value()));
                    }
                    at += 3;
                }
                Some("--slurpfile" | "--rawfile") => at += 3,
                Some("--indent" | "-f" | "--from-file") => at += 2,
                Some(option) if option.starts_with('-') && option.len() > 1 => at += 1,
                _ => {
                    operands.push(call.fields[at].value.clone());
                    at += 1;
                }
            }
        }
        let Some((program, files)) = operands.split_first() else {
            return call.unknown_output();
        };
        let input = match files.first() {
            Some(file) => self.file_content(file),
            None => call.input.clone(),
        };
        for (name, value) in &self.state.variables {
            let exported = self.state.exported.contains(name);
            if exported && program.to_text().flatten().contains(&format!("ENV.{name}")) {
                arguments.push((name.clone(), value.to_text_value()));
            }
        }
        let mut values = vec![input, program.to_text_value()];
        values.extend(arguments.iter().map(|(_, value)| value.clone()));
        lift(&values, &mut |plain| {
            let [input, program, rest @ ..] = plain else {
                return Value::Null;
            };
            let program = program.to_text();
            let named: Vec<(String, Text)> = arguments
                .iter()
                .zip(rest)
                .map(|((name, _), value)| (name.clone(), value.to_text()))
                .collect();
            self.apply_jq(input, &program, &named, call)
        })
    }

    fn apply_jq(&self, input: &Value, program: &Text, named: &[(String, Text)], call: &Call) -> Value {
        if let Value::Config(config) = input {
            if sets_something(program, named) {
                return Value::Config(Rc::new(config.edited(program, named)));
            }
            let flat = program.flatten();
            let whole = flat.contains("DistributionConfig") || flat.trim() == ".";
            if whole && !flat.contains("ETag") {
                return input.clone();
            }
            return call.unknown_output();
        }
        if sets_something(program, named) {
            let config = ConfigEdit::read(input.to_text().display());
            return Value::Config(Rc::new(config.edited(program, named)));
        }
        let path: Option<Vec<String>> = program.as_literal().and_then(member_path);
        let text = input.to_text();
        if let (Some(path), Some(open)) = (&path, text.open_parts().next())
            && open.source == Source::TerraformOutput
            && let [name, rest @ ..] = path.as_slice()
            && rest.first().is_none_or(|r| r == "value")
        {
            return self.terraform_output(name, false);
        }
        if let (Some(path), false) = (path, text.has_secret())
            && let Ok(json) = serde_json::from_str::<serde_json::Value>(text.flatten().trim())
        {
            let value = descend(&json_value(&json, &text), &path, &call.shown, Source::Command);
            return Value::concat(&[value, Value::literal("\n")]);
        }
        if text.is_open() {
            return derived(&text, &format!("$({})", shown_command(&call.shown)));
        }
        call.unknown_output()
    }

    fn sed(&mut self, call: &Call) -> Value {
        let mut programs: Vec<Text> = Vec::new();
        let mut files: Vec<Value> = Vec::new();
        let mut in_place = false;
        let mut at = 1;
        while at < call.fields.len() {
            let text = call.fields[at].value.to_text();
            match text.literal_start() {
                "-e" | "--expression" => {
                    programs.extend(call.fields.get(at + 1).map(|f| f.value.to_text()));
                    at += 1;
                }
                "-i" | "--in-place" => {
                    in_place = true;
                    // The BSD form has an empty suffix as a word of its own.
                    if call.literal(at + 1) == Some("") {
                        at += 1;
                    }
                }
                option if option.starts_with('-') && option.len() > 1 => {
                    in_place |= option.starts_with("-i");
                }
                _ if programs.is_empty() => programs.push(text),
                _ => files.push(call.fields[at].value.clone()),
            }
            at += 1;
        }
        let mut data = match files.first() {
            Some(file) => self.file_content(file),
            None => call.input.clone(),
        };
        for program in &programs {
            data = substituted(&data, program, call);
        }
        if !in_place {
            return data;
        }
        for file in &files {
            self.write_to(file, &data, false);
        }
        Value::Text(Text::new())
    }
}

/// `.a.b["c"]` as a list of names.
fn member_path(program: &str) -> Option<Vec<String>> {
    let program = program.trim().trim_matches('"');
    let mut path = Vec::new();
    for part in program.strip_prefix('.')?.split('.') {
        let part = part.trim_matches(['[', ']', '"']);
        let fits = !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        if !fits {
            return None;
        }
        path.push(part.to_string());
    }
    Some(path)
}

/// Applies `s/from/to/` where both sides are plain text; a configuration remembers what was set.
fn substituted(data: &Value, program: &Text, call: &Call) -> Value {
    if let Value::Config(config) = data {
        if sets_something(program, &[]) {
            return Value::Config(Rc::new(config.edited(program, &[])));
        }
        return data.clone();
    }
    if sets_something(program, &[]) {
        let config = ConfigEdit::read(data.to_text().display());
        return Value::Config(Rc::new(config.edited(program, &[])));
    }
    let shown = format!("$({})", shown_command(&call.shown));
    let Some(plain) = program.as_literal().and_then(plain_substitution) else {
        return data.map_text(&mut |text| {
            if text.is_empty() {
                call.unknown_output()
            } else {
                derived(text, &shown)
            }
        });
    };
    let (from, to, every) = plain;
    let line = data.map_text(&mut |text| Value::Text(text.trimmed()));
    if let Some(branch) = branch_of_ref(&line, from.trim_start_matches('^')).filter(|_| to.is_empty()) {
        return branch;
    }
    changed(data, "sed", &shown, &move |text| {
        text.lines()
            .map(|line| match from.strip_prefix('^') {
                Some(start) => match line.strip_prefix(start) {
                    Some(rest) => format!("{to}{rest}"),
                    None => line.to_string(),
                },
                None if every => line.replace(&from, &to),
                None => line.replacen(&from, &to, 1),
            })
            .collect::<Vec<_>>()
            .join("\n")
    })
}

fn plain_substitution(program: &str) -> Option<(String, String, bool)> {
    let rest = program.strip_prefix('s')?;
    let separator = rest.chars().next()?;
    let mut parts = rest[separator.len_utf8()..].split(separator);
    let (from, to, flags) = (parts.next()?, parts.next()?, parts.next()?);
    let plain = !from[usize::from(from.starts_with('^'))..].contains(['*', '[', ']', '\\', '$', '+', '(', '.', '^'])
        && !to.contains(['\\', '&'])
        && !from.is_empty()
        && matches!(flags, "" | "g");
    plain.then(|| (from.to_string(), to.to_string(), flags == "g"))
}

fn tr(call: &Call) -> Value {
    let shown = format!("$({})", shown_command(&call.shown));
    let words: Vec<&str> = call.literals().into_iter().skip(1).collect();
    match words.as_slice() {
        ["-d", set] => {
            let set = super::words::unescape_escapes(&set.replace("[:space:]", " \\n\\t"));
            call.input.map_text(&mut |text| {
                let kept: String = text.flatten().chars().filter(|c| !set.contains(*c)).collect();
                Value::Text(text.unflatten(&kept))
            })
        }
        ["[:upper:]" | "A-Z" | "[A-Z]", "[:lower:]" | "a-z" | "[a-z]"] => {
            changed(&call.input, "lower", &shown, &str::to_lowercase)
        }
        ["[:lower:]" | "a-z" | "[a-z]", "[:upper:]" | "A-Z" | "[A-Z]"] => {
            changed(&call.input, "upper", &shown, &str::to_uppercase)
        }
        [from, to] if from.chars().count() == 1 && to.chars().count() == 1 => {
            let (from, to) = (from.to_string(), to.to_string());
            changed(&call.input, "tr", &shown, &move |t| t.replace(&from, &to))
        }
        _ => call.input.map_text(&mut |text| derived(text, &shown)),
    }
}

fn cut(call: &Call) -> Value {
    let shown = format!("$({})", shown_command(&call.shown));
    let mut delimiter = "\t".to_string();
    let mut field = None;
    let words = call.literals();
    let mut at = 1;
    while at < words.len() {
        let word = words[at];
        let glued = |prefix: &str| word.strip_prefix(prefix).filter(|g| !g.is_empty());
        if let Some(value) = glued("-d") {
            delimiter = value.trim_matches(['"', '\'']).to_string();
        } else if word == "-d" {
            at += 1;
            delimiter = words.get(at).unwrap_or(&"").to_string();
        } else if let Some(value) = glued("-f") {
            field = value.parse::<usize>().ok();
        } else if word == "-f" {
            at += 1;
            field = words.get(at).and_then(|v| v.parse().ok());
        }
        at += 1;
    }
    match field.filter(|f| *f > 0 && !delimiter.is_empty()) {
        Some(field) => changed(&call.input, "cut", &shown, &move |text| {
            text.lines()
                .map(|line| match line.contains(&delimiter) {
                    true => line.split(&delimiter).nth(field - 1).unwrap_or(""),
                    false => line,
                })
                .collect::<Vec<_>>()
                .join("\n")
        }),
        None => call.input.map_text(&mut |text| derived(text, &shown)),
    }
}

fn line_of_input(call: &Call, first: bool) -> Value {
    let words = call.literals();
    let one = words.iter().any(|w| matches!(*w, "-1" | "-n1")) || words.windows(2).any(|w| w == ["-n", "1"]);
    let shown = format!("$({})", shown_command(&call.shown));
    if !one || call.fields.len() > 3 || is_empty(&call.input) {
        return call.unknown_output();
    }
    call.input.map_text(&mut |text| {
        if text.is_open() {
            return derived(text, &shown);
        }
        let flat = text.flatten();
        let line = if first {
            flat.lines().next()
        } else {
            flat.lines().last()
        };
        Value::Text(text.unflatten(line.unwrap_or("")))
    })
}
