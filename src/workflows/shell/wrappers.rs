//! Programs that run another program: `sudo`, `env`, `xargs`, `find`, `bash -c`, containers.

use super::invoke::Call;
use super::run::{Shell, mentions_deployment, shown_command};
use super::words::Field;
use crate::workflows::text::{Source, Text};
use crate::workflows::value::Value;

impl Shell<'_> {
    /// Looks through programs that run another program.
    pub(super) fn unwrapped(&mut self, name: &str, call: &Call) -> Option<Value> {
        let skip = |from: usize, valued: &[&str]| {
            let mut at = from;
            while let Some(word) = call.literal(at).filter(|w| w.starts_with('-') && w.len() > 1) {
                at += if valued.contains(&word) { 2 } else { 1 };
            }
            at
        };
        let inner = match name {
            "sudo" => call.without(skip(1, &["-u", "-g", "-h", "-p"])),
            "time" | "nice" | "nohup" | "command" | "exec" | "builtin" | "stdbuf" | "unbuffer" => {
                call.without(skip(1, &["-n", "-f", "-o"]))
            }
            "timeout" => call.without(skip(1, &["-s", "-k"]) + 1),
            "npx" | "pnpx" | "bunx" => call.without(skip(1, &["-p", "--package", "-c"])),
            "npm" | "pnpm" | "yarn" | "bun" if matches!(call.literal(1), Some("exec" | "dlx" | "x")) => {
                call.without(skip(2, &["-p", "--package"]))
            }
            // The AWS CLI as a module and as a package of Python.
            "python" | "python3" if call.literal(1) == Some("-m") && call.literal(2) == Some("awscli") => {
                call.without(2).named("aws")
            }
            "pipx" if call.literal(1) == Some("run") && call.literal(2) == Some("awscli") => {
                call.without(2).named("aws")
            }
            "pipenv" | "poetry" | "uv" | "uvx" if call.literal(1) == Some("run") => call.without(2),
            "op" | "doppler" | "chamber" | "aws-vault" | "dotenv" => {
                let at = call.literals().iter().position(|w| *w == "--")?;
                call.without(at + 1)
            }
            "env" | "cross-env" => {
                let before = (self.state.variables.clone(), self.state.exported.clone());
                let mut at = skip(1, &["-u", "-C"]);
                while let Some(field) = call.fields.get(at) {
                    let text = field.value.to_text();
                    let Some((variable, value)) = text.split_once("=") else {
                        break;
                    };
                    let Some(variable) = variable.as_literal() else {
                        break;
                    };
                    self.state.assign(variable, Value::Text(value));
                    self.state.exported.insert(variable.to_string());
                    at += 1;
                }
                let printed = self.invoke(&call.without(at));
                (self.state.variables, self.state.exported) = before;
                return Some(printed);
            }
            "run-s" | "run-p" | "npm-run-all" => {
                for script in call.literals().into_iter().skip(1).filter(|w| !w.starts_with('-')) {
                    let words = ["npm", "run", script].map(|w| Field::whole(Value::literal(w)));
                    let inner = Call {
                        fields: words.to_vec(),
                        ..call.clone()
                    };
                    self.invoke(&inner);
                }
                return Some(Value::Text(Text::new()));
            }
            "find" => return Some(self.find(call)),
            "xargs" | "parallel" => return Some(self.xargs(call)),
            "docker" | "podman" => return self.container(call),
            "bash" | "sh" | "zsh" | "dash" | "/bin/bash" | "/bin/sh" | "/usr/bin/bash" => {
                return Some(self.shell_program(call));
            }
            _ => return None,
        };
        if inner.fields.is_empty() {
            return Some(Value::Text(Text::new()));
        }
        Some(self.invoke(&inner))
    }

    /// `bash -c '…'`, `bash script.sh`.
    fn shell_program(&mut self, call: &Call) -> Value {
        let mut at = 1;
        while let Some(word) = call.literal(at).filter(|w| w.starts_with(['-', '+'])) {
            if word.starts_with('-') && !word.starts_with("--") && word.contains('c') {
                let Some(text) = call.fields.get(at + 1).map(|f| f.value.to_text()) else {
                    return Value::Text(Text::new());
                };
                return self.child(call, at + 3, |shell, inner| shell.composed(inner, &text));
            }
            at += if matches!(word, "-o" | "+o" | "-O") { 2 } else { 1 };
        }
        let inner = call.without(at);
        match inner.fields.first().map(|f| f.value.to_text()) {
            Some(path) => self.script_file(&inner, &path, true),
            None => {
                // The script comes through standard input.
                let text = call.input.to_text();
                if text.is_empty() {
                    return Value::Text(Text::new());
                }
                self.child(call, call.fields.len(), |shell, inner| shell.composed(inner, &text))
            }
        }
    }

    /// `find … -exec COMMAND {} \\;`: the command runs for each file that is found.
    fn find(&mut self, call: &Call) -> Value {
        let words = call.literals();
        let commands = words
            .iter()
            .enumerate()
            .filter(|(_, word)| matches!(**word, "-exec" | "-execdir" | "-ok"));
        let starts: Vec<usize> = commands.map(|(at, _)| at + 1).collect();
        for start in starts {
            let end = words[start..].iter().position(|word| matches!(*word, ";" | "+"));
            let end = end.map_or(call.fields.len(), |length| start + length);
            let mut inner = call.clone();
            inner.fields = call.fields[start..end].to_vec();
            let each = Value::open("{}", Source::Command, "it is each file that find finds");
            replace_marker(&mut inner.fields, "{}", &each);
            self.invoke(&inner);
        }
        call.unknown_output()
    }

    fn xargs(&mut self, call: &Call) -> Value {
        let mut at = 1;
        let mut marker = None;
        while let Some(word) = call.literal(at).filter(|w| w.starts_with('-')) {
            if let Some(glued) = word.strip_prefix("-I").filter(|g| !g.is_empty()) {
                marker = Some(glued.to_string());
                at += 1;
                continue;
            }
            match word {
                "-I" => marker = call.literal(at + 1).map(str::to_string),
                "-i" => marker = Some("{}".to_string()),
                _ => {}
            }
            at += match word {
                "-I" | "-n" | "-P" | "-L" | "-d" | "-s" | "-a" | "-E" => 2,
                _ => 1,
            };
        }
        let mut inner = call.without(at);
        let one_line = call.input.map_text(&mut |text| {
            let flat = text.flatten();
            let unquoted = flat.replace(['"', '\''], "");
            let words: Vec<&str> = unquoted.split_whitespace().collect();
            Value::Text(text.unflatten(&words.join(" ")))
        });
        if inner.fields.is_empty() {
            return one_line;
        }
        match marker {
            Some(marker) => replace_marker(&mut inner.fields, &marker, &one_line),
            None => inner.fields.push(Field {
                value: one_line,
                splits: true,
            }),
        }
        inner.input = Value::Text(Text::new());
        self.invoke(&inner)
    }

    /// `docker run … amazon/aws-cli s3 sync …`.
    fn container(&mut self, call: &Call) -> Option<Value> {
        if !call.literals().contains(&"run") {
            return None;
        }
        let image = call.fields.iter().position(|field| {
            let text = field.value.to_text();
            let start = text.literal_start();
            let name = start.split(':').next().unwrap_or(start);
            name.ends_with("aws-cli") || name.ends_with("/awscli")
        });
        if let Some(image) = image {
            let mut inner = call.without(image);
            inner.fields[0] = Field::whole(Value::literal("aws"));
            if inner.literal(1) == Some("aws") {
                inner = inner.without(1);
            }
            return Some(self.invoke(&inner));
        }
        if mentions_deployment(&call.shown) {
            self.journal.list(
                call.at.clone(),
                format!(
                    "what the container of `{}` does is not known",
                    shown_command(&call.shown)
                ),
            );
        }
        Some(call.unknown_output())
    }
}

/// Puts a value in the place of a marker such as `{}`.
fn replace_marker(fields: &mut [Field], marker: &str, value: &Value) {
    for field in fields {
        let text = field.value.to_text();
        if let Some((before, after)) = text.split_once(marker) {
            field.value = Value::concat(&[Value::Text(before), value.clone(), Value::Text(after)]);
        }
    }
}
