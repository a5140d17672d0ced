//! Commands: finding out which program a command really runs.

use std::rc::Rc;

use tree_sitter::Node;

use super::run::{Shell, shown_command};
use super::script::Script;
use super::words::Field;
use crate::place::Place;
use crate::workflows::commands::{self, ENVIRONMENT, Finding, Surroundings};
use crate::workflows::journal::Occurrence;
use crate::workflows::origin_path::ConfigEdit;
use crate::workflows::text::{Source, Text};
use crate::workflows::value::Value;

/// A command with its words evaluated.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) fields: Vec<Field>,
    pub(crate) input: Value,
    pub(crate) at: Place,
    pub(crate) shown: String,
}

impl Call {
    /// The same command without its first `count` words.
    pub(crate) fn without(&self, count: usize) -> Call {
        Call {
            fields: self.fields.get(count..).unwrap_or_default().to_vec(),
            ..self.clone()
        }
    }

    /// The same command under another program's name.
    pub(crate) fn named(mut self, program: &str) -> Call {
        if let Some(first) = self.fields.first_mut() {
            *first = Field::whole(Value::literal(program));
        }
        self
    }

    /// A word when it is known and no secret.
    pub(crate) fn literal(&self, index: usize) -> Option<&str> {
        self.fields.get(index).and_then(|f| f.value.as_literal())
    }

    /// The known words; unknown ones are empty.
    pub(crate) fn literals(&self) -> Vec<&str> {
        self.fields.iter().map(|f| f.value.as_literal().unwrap_or("")).collect()
    }

    /// What the command prints, when nobody can know.
    pub(crate) fn unknown_output(&self) -> Value {
        Value::open(
            format!("$({})", shown_command(&self.shown)),
            Source::Command,
            "it is what a command prints",
        )
    }
}

impl Shell<'_> {
    /// Runs a `command` node.
    pub(crate) fn command(&mut self, script: &Rc<Script>, node: Node<'_>, input: &Value) -> Value {
        let before = self.state.variables.clone();
        let exported_before = self.state.exported.clone();
        let mut cursor = node.walk();
        let children: Vec<Node<'_>> = node.children(&mut cursor).collect();
        let mut fields = Vec::new();
        let mut input = input.clone();
        let mut outputs = Vec::new();
        let mut assigned = false;
        for child in children {
            match child.kind() {
                "variable_assignment" => {
                    assigned = true;
                    self.assignment(script, child, true);
                }
                "file_redirect" => {
                    if let Some(destination) = child.child_by_field_name("destination") {
                        let append = super::conditions::has_token(child, ">>");
                        if append || super::conditions::has_token(child, ">") {
                            outputs.push((destination, append));
                        }
                    }
                }
                "herestring_redirect" => {
                    let last = child.named_child_count().saturating_sub(1);
                    if let Some(word) = child.named_child(last as _) {
                        input = self.word(script, word);
                    }
                }
                _ if child.is_named() => fields.extend(self.fields(script, child)),
                _ => {}
            }
        }
        let call = Call {
            fields,
            input,
            at: script.place(node),
            shown: script.shown(node),
        };
        let mut printed = self.invoke(&call);
        if assigned {
            self.state.variables = before;
            self.state.exported = exported_before;
        }
        for (word, append) in outputs {
            let file = self.word(script, word);
            self.write_to(&file, &printed, append);
            printed = Value::Text(Text::new());
        }
        printed
    }

    /// Runs a command and returns what it prints.
    pub(crate) fn invoke(&mut self, call: &Call) -> Value {
        let nothing = Value::Text(Text::new());
        let Some(first) = call.fields.first() else {
            return nothing;
        };
        if !self.journal.spend() {
            return nothing;
        }
        let Some(name) = first.value.as_literal().map(str::to_string) else {
            let path = first.value.to_text();
            if self.repository_path(&path).is_some() {
                return self.script_file(call, &path, false);
            }
            return self.unknown_program(call);
        };
        if first.splits && name.contains([';', '|', '&', '\n']) {
            return self.composed(call, &Text::literal(name.as_str()));
        }
        if let Some(function) = self.state.functions.get(&name).cloned() {
            return self.function(call, &function);
        }
        if let Some(printed) = self.builtin(&name, call) {
            return printed;
        }
        if let Some(inner) = self.unwrapped(&name, call) {
            return inner;
        }
        let base = name.rsplit('/').next().unwrap_or(&name).to_string();
        if commands::is_tool(&base) {
            return self.tool(&base, call);
        }
        if let Some(printed) = self.called(&name, &base, call) {
            return printed;
        }
        if let Some(printed) = self.filter(&base, call) {
            return printed;
        }
        // As they are shown: what is open or secret stands under its name.
        let shown: Vec<String> = call
            .fields
            .iter()
            .map(|field| field.value.to_text().display())
            .collect();
        let mut words: Vec<&str> = shown.iter().map(String::as_str).collect();
        if let Some(first) = words.first_mut() {
            *first = &base;
        }
        if let Some(what) = commands::foreign_deployer(&words) {
            self.journal.list(call.at.clone(), what);
        }
        call.unknown_output()
    }

    /// A command whose name is not known is worth saying when its words look like a deployment.
    fn unknown_program(&mut self, call: &Call) -> Value {
        let first = call.fields[0].value.clone();
        if let Value::Split(_) = first {
            let mut outputs = Vec::new();
            for variant in crate::workflows::value::variants(&[first], &self.state.assumed.clone()) {
                let mut alternative = call.clone();
                let picked = variant.values.into_iter().next().unwrap_or(Value::Null);
                let texts = picked.to_text().fields();
                let words = texts.into_iter().map(|t| Field::whole(Value::Text(t)));
                alternative.fields.splice(0..1, words);
                let before = std::mem::replace(&mut self.state.assumed, variant.assumed);
                if alternative.literal(0).is_some() {
                    outputs.push(self.invoke(&alternative));
                }
                self.state.assumed = before;
            }
            return outputs.into_iter().next().unwrap_or(Value::Text(Text::new()));
        }
        let deploys = call.fields.iter().skip(1).any(|field| {
            let text = field.value.to_text();
            let start = text.literal_start();
            start.starts_with("s3") || start == "cloudfront"
        });
        if deploys {
            self.journal.list(
                call.at.clone(),
                format!(
                    "the program that `{}` runs is not known: {}",
                    shown_command(&call.shown),
                    first.to_text().display()
                ),
            );
        }
        call.unknown_output()
    }

    /// Records what one of the deployment tools does.
    fn tool(&mut self, name: &str, call: &Call) -> Value {
        let fields: Vec<Field> = call.fields[1..].to_vec();
        let mut values: Vec<Value> = fields.iter().map(|f| f.value.to_text_value()).collect();
        let environment: Vec<Option<Value>> = ENVIRONMENT
            .iter()
            .map(|name| self.state.variables.get(*name).cloned())
            .collect();
        values.extend(
            environment
                .iter()
                .map(|value| value.clone().unwrap_or(Value::Null).to_text_value()),
        );
        values.push(self.sent_configuration(call).unwrap_or(Value::Null));
        let remotes = self.remotes();
        let understand = |picked: &[Value]| -> Finding {
            let (arguments, around) = picked.split_at(fields.len());
            let mut words = Vec::new();
            let mut vanished = false;
            for (field, value) in fields.iter().zip(arguments) {
                let text = value.to_text();
                if field.splits {
                    vanished |= text.is_empty();
                    words.extend(text.fields());
                } else {
                    words.push(text);
                }
            }
            let setting = |index: usize| {
                let text = around.get(index).map(Value::to_text)?;
                (!text.is_empty()).then_some(text)
            };
            let config = match around.last() {
                Some(Value::Config(config)) => Some(Rc::clone(config)),
                _ => None,
            };
            let around = Surroundings {
                region: setting(0).or_else(|| setting(1)),
                endpoint: setting(2).or_else(|| setting(3)).or_else(|| setting(4)),
                config,
                remotes: remotes.clone(),
            };
            let mut finding = commands::understand(name, &words, &around);
            if vanished {
                // With an argument missing the command fails, and has nothing to be explained.
                finding.listed.clear();
            }
            finding
        };
        let occurrence = Occurrence {
            here: &self.here,
            at: call.at.clone(),
            assumed: &self.state.assumed,
            doubt: self.state.doubt.as_deref(),
        };
        self.journal.record(&occurrence, &values, &understand);
        self.answer(name, call)
    }

    /// What `--distribution-config` refers to.
    fn sent_configuration(&mut self, call: &Call) -> Option<Value> {
        let words = call.literals();
        let at = words
            .iter()
            .position(|w| w.starts_with("--distribution-config") || w.starts_with("--cli-input-json"))?;
        let value = match words[at].split_once('=') {
            Some((_, value)) => Value::literal(value),
            None => call.fields.get(at + 1)?.value.clone(),
        };
        if let Value::Config(_) = value {
            return Some(value);
        }
        let text = value.to_text();
        let Some((_, file)) = text.split_once("file://") else {
            return Some(value);
        };
        Some(self.file_content(&Value::Text(file)))
    }

    /// Types of rclone's remotes, from `RCLONE_CONFIG_<REMOTE>_TYPE`.
    fn remotes(&self) -> Vec<(String, Text)> {
        self.state
            .variables
            .iter()
            .filter_map(|(name, value)| {
                let remote = name.strip_prefix("RCLONE_CONFIG_")?.strip_suffix("_TYPE")?;
                Some((remote.to_string(), value.to_text()))
            })
            .collect()
    }

    /// What a tool prints: a distribution's configuration is followed, everything else is open.
    fn answer(&self, name: &str, call: &Call) -> Value {
        if name != "aws" {
            return call.unknown_output();
        }
        let words = call.literals();
        let query = words
            .iter()
            .position(|w| *w == "--query")
            .and_then(|at| words.get(at + 1));
        let reads = words.contains(&"get-distribution-config") || words.contains(&"get-distribution");
        if reads && query.is_none_or(|q| q.contains("DistributionConfig")) {
            return Value::Config(Rc::new(ConfigEdit::read(shown_command(&call.shown))));
        }
        let prints = words.iter().any(|w| {
            w.starts_with("get-") || w.starts_with("list-") || w.starts_with("describe-") || w.starts_with("create-")
        });
        if prints {
            return Value::open(
                format!("$({})", shown_command(&call.shown)),
                Source::AwsQuery,
                "it is the answer of AWS when the workflow runs",
            );
        }
        call.unknown_output()
    }
}
