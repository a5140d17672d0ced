//! Leaving the script: functions, other scripts, npm scripts.

use std::rc::Rc;

use super::builtins::WORKSPACE;
use super::invoke::Call;
use super::run::Shell;
use super::script::{Lines, Script};
use super::state::{Flow, Function, State};
use crate::workflows::commands::names_a_deployment;
use crate::workflows::repository::{join, parent};
use crate::workflows::targets::Via;
use crate::workflows::text::{Source, Text};
use crate::workflows::value::Value;

/// Calls from script to script that are followed.
const MAX_CALLS: usize = 12;

impl Shell<'_> {
    /// Runs a function of the shell.
    pub(crate) fn function(&mut self, call: &Call, function: &Function) -> Value {
        let root = function.script.root();
        let Some(body) = root.named_descendant_for_byte_range(function.body.start, function.body.end) else {
            return Value::Text(Text::new());
        };
        let arguments = call.fields[1..].iter().map(|f| f.value.clone()).collect();
        let before = std::mem::replace(&mut self.state.positional, arguments);
        let knew = std::mem::replace(&mut self.knows_arguments, true);
        let printed = self.run(&function.script, body, &call.input);
        self.knows_arguments = knew;
        self.state.positional = before;
        if self.state.flow == Flow::Returned {
            self.state.flow = Flow::On;
        }
        printed
    }

    /// Runs shell that was composed by the script itself.
    pub(crate) fn composed(&mut self, call: &Call, text: &Text) -> Value {
        match Script::composed(text, &call.at.file, call.at.line) {
            Some(script) => self.run_script(&script),
            None => {
                self.journal
                    .list(call.at.clone(), "the shell run here is too long to be parsed");
                Value::Text(Text::new())
            }
        }
    }

    /// Runs something in a process of its own: it sees exported variables only, and its variables are
    /// gone afterwards. Its arguments are the words from `from` on.
    pub(crate) fn child(&mut self, call: &Call, from: usize, body: impl FnOnce(&mut Self, &Call) -> Value) -> Value {
        let mut inner = State::new(self.state.environment());
        inner.files = self.state.files.clone();
        inner.env_writes = self.state.env_writes.clone();
        inner.outputs = self.state.outputs.clone();
        inner.directory = self.state.directory.clone();
        inner.assumed = self.state.assumed.clone();
        inner.doubt = self.state.doubt.clone();
        inner.set_elsewhere = self.state.set_elsewhere;
        inner.positional = call
            .fields
            .get(from..)
            .unwrap_or_default()
            .iter()
            .map(|f| f.value.clone())
            .collect();
        let outer = std::mem::replace(&mut self.state, inner);
        let knew = std::mem::replace(&mut self.knows_arguments, true);
        let printed = body(self, call);
        self.knows_arguments = knew;
        let inner = std::mem::replace(&mut self.state, outer);
        self.state.files = inner.files;
        self.state.env_writes = inner.env_writes;
        self.state.outputs = inner.outputs;
        self.state.set_elsewhere |= inner.set_elsewhere;
        printed
    }

    /// Runs a script file of the repository; the first word of `call` is its path.
    pub(crate) fn script_file(&mut self, call: &Call, path: &Text, by_shell: bool) -> Value {
        let inside = self.repository_path(path);
        let found = inside.as_deref().and_then(|inside| self.repository.text(inside));
        let (Some(inside), Some(text)) = (inside.clone(), found) else {
            let shown = path.display();
            if by_shell || shown.ends_with(".sh") || call.literals().iter().any(|w| names_a_deployment(w)) {
                self.journal.list(
                    call.at.clone(),
                    format!("the script {shown} that is called here is not in the repository"),
                );
            }
            return call.unknown_output();
        };
        let first = text.lines().next().unwrap_or("");
        let foreign = first.starts_with("#!") && !first.contains("sh");
        if foreign && !by_shell {
            self.journal.list(
                call.at.clone(),
                format!("{inside} is no shell script ({first}), and is not read"),
            );
            return call.unknown_output();
        }
        let text = text.replace("\r\n", "\n");
        let script = Script::parse(&text, &inside, Lines::From(1), &mut |_| {
            Value::open("${{ … }}", Source::NotUnderstood, "a script has no expressions")
        });
        let Some(script) = script else {
            self.journal
                .list(call.at.clone(), format!("{inside} is too long to be parsed"));
            return call.unknown_output();
        };
        self.through(call, &inside, |shell| {
            shell.child(call, 1, |shell, _| {
                let own = Value::literal(format!("{WORKSPACE}/{inside}"));
                shell.state.assign("0", own.clone());
                shell.state.assign("BASH_SOURCE", Value::Array(vec![own]));
                shell.run_script(&script)
            })
        })
    }

    /// `source file`: runs in the same shell.
    pub(crate) fn source(&mut self, call: &Call, path: &Text) -> Value {
        let inside = self.repository_path(path);
        let found = inside.as_deref().and_then(|inside| self.repository.text(inside));
        let (Some(inside), Some(text)) = (inside.clone(), found) else {
            let written = self.file_content(&Value::Text(path.clone())).to_text();
            if !written.is_open() {
                return self.composed(call, &written);
            }
            self.state.set_elsewhere = true;
            return Value::Text(Text::new());
        };
        let text = text.replace("\r\n", "\n");
        let script = Script::parse(&text, &inside, Lines::From(1), &mut |_| Value::Null);
        let Some(script) = script else {
            return Value::Text(Text::new());
        };
        let printed = self.through(call, &inside, |shell| shell.run_script(&script));
        if self.state.flow == Flow::Returned {
            self.state.flow = Flow::On;
        }
        printed
    }

    /// Runs a body with one more hop on the way to it.
    pub(crate) fn through(&mut self, call: &Call, calls: &str, body: impl FnOnce(&mut Self) -> Value) -> Value {
        let again = self.here.via.iter().filter(|v| v.calls == calls).count();
        if again > 1 || self.here.via.len() >= MAX_CALLS {
            self.journal.list(
                call.at.clone(),
                format!("{calls} calls itself, or is called too deeply to be followed"),
            );
            return call.unknown_output();
        }
        self.here.via.push(Via {
            at: call.at.clone(),
            calls: calls.to_string(),
        });
        let printed = body(self);
        self.here.via.pop();
        printed
    }

    /// Commands that call other files of the repository; `None` when the command is none of them.
    pub(crate) fn called(&mut self, name: &str, base: &str, call: &Call) -> Option<Value> {
        if matches!(base, "npm" | "yarn" | "pnpm" | "bun") {
            return self.package_manager(base, call);
        }
        if matches!(base, "make" | "gmake") {
            return Some(self.make(call));
        }
        let path = call.fields[0].value.to_text();
        let is_path = name.contains('/') && !matches!(name.split('/').nth(1), Some("bin" | "usr" | "opt"));
        if is_path && (!name.starts_with('/') || name.starts_with(WORKSPACE)) {
            if name.contains("node_modules/.bin/") {
                let mut inner = call.clone();
                inner.fields[0].value = Value::literal(base);
                return Some(self.invoke(&inner));
            }
            return Some(self.script_file(call, &path, false));
        }
        None
    }

    fn package_manager(&mut self, name: &str, call: &Call) -> Option<Value> {
        let mut directory = self.state.directory.clone();
        let mut words: Vec<usize> = Vec::new();
        let mut at = 1;
        while at < call.fields.len() {
            let word = call.literal(at).unwrap_or("");
            let (option, glued) = match word.split_once('=') {
                Some((option, value)) if word.starts_with("--") => (option, Some(value.to_string())),
                _ => (word, None),
            };
            match option {
                "--" => {
                    at += 1;
                    break;
                }
                "--prefix" | "--cwd" | "--dir" | "-C" => {
                    let value = glued.or_else(|| {
                        at += 1;
                        call.literal(at).map(str::to_string)
                    });
                    directory = directory.and_then(|d| join(&d, &value?));
                }
                "--workspace" | "-w" | "--filter" | "-F" | "workspace" => {
                    let value = glued.or_else(|| {
                        at += 1;
                        call.literal(at).map(str::to_string)
                    });
                    directory = value.and_then(|v| self.workspace(&v));
                }
                _ if option.starts_with('-') && words.is_empty() => {}
                _ if words.len() >= 2 => break,
                _ => words.push(at),
            }
            at += 1;
        }
        let literal = |index: usize| words.get(index).and_then(|w| call.literal(*w));
        let (script, rest) = match (literal(0)?, literal(1)) {
            ("run" | "run-script", Some(script)) => (script.to_string(), at),
            ("exec" | "dlx" | "x", Some(_)) => {
                return Some(self.invoke(&call.without(words[1])));
            }
            ("start" | "test", _) => (literal(0)?.to_string(), words[0] + 1),
            (own, _) if name == "npm" || is_own_command(own) => return None,
            (script, _) => (script.to_string(), words[0] + 1),
        };
        let package = directory.as_deref().and_then(|d| join(d, "package.json"));
        let text = package.as_deref().and_then(|p| self.repository.text(p));
        let (Some(package), Some(text)) = (package.clone(), text) else {
            if names_a_deployment(&script) {
                self.journal.list(
                    call.at.clone(),
                    format!("the npm script `{script}` is called, and its package.json is not in the repository"),
                );
            }
            return Some(call.unknown_output());
        };
        let scripts = serde_json::from_str::<serde_json::Value>(text)
            .ok()
            .and_then(|json| json.get("scripts").cloned());
        let body = |name: &str| {
            let body = scripts.as_ref()?.get(name)?.as_str()?;
            Some((body.to_string(), script_line(text, name)))
        };
        if body(&script).is_none() {
            if name != "npm" {
                // yarn and pnpm run programs of the project by their names.
                return Some(self.invoke(&call.without(words[usize::from(literal(0) == Some("run"))])));
            }
            self.journal
                .list(call.at.clone(), format!("{package} has no script `{script}`"));
            return Some(call.unknown_output());
        }
        let mut extra = Text::new();
        for field in call.fields.get(rest..).unwrap_or_default() {
            extra.extend(&Text::literal(" "));
            extra.extend(&field.value.to_text());
        }
        let mut printed = Value::Text(Text::new());
        for stage in [format!("pre{script}"), script.clone(), format!("post{script}")] {
            let Some((text, line)) = body(&stage) else {
                continue;
            };
            let mut text = Text::literal(text);
            if stage == script {
                text.extend(&extra);
            }
            let at = directory.clone();
            printed = self.through(call, &format!("{package} script {stage}"), |shell| {
                shell.child(call, call.fields.len(), |shell, _| {
                    shell.state.directory = at;
                    shell.package_variables();
                    shell.package_script(&text, &package, line)
                })
            });
        }
        Some(printed)
    }

    /// The variables that npm sets for a script.
    fn package_variables(&mut self) {
        for member in ["name", "version"] {
            if let Some(value) = self.package_member(member) {
                let name = format!("npm_package_{member}");
                self.state.assign(&name, Value::literal(value));
                self.state.exported.insert(name);
            }
        }
    }

    fn package_script(&mut self, text: &Text, package: &str, line: usize) -> Value {
        let script: Option<Rc<Script>> = Script::composed(text, package, line);
        match script {
            Some(script) => self.run_script(&script),
            None => Value::Text(Text::new()),
        }
    }

    /// The directory of the workspace package with this name or path.
    fn workspace(&self, name: &str) -> Option<String> {
        let by_path = join("", name)?;
        if self.repository.text(&format!("{by_path}/package.json")).is_some() {
            return Some(by_path);
        }
        self.repository
            .files
            .iter()
            .filter(|(path, _)| path.ends_with("package.json"))
            .find(|(_, text)| {
                serde_json::from_str::<serde_json::Value>(text)
                    .ok()
                    .and_then(|json| json.get("name")?.as_str().map(|n| n == name))
                    .unwrap_or(false)
            })
            .map(|(path, _)| parent(path).to_string())
    }
}

/// Commands of yarn, pnpm and bun themselves.
fn is_own_command(name: &str) -> bool {
    matches!(
        name,
        "install"
            | "i"
            | "ci"
            | "add"
            | "remove"
            | "config"
            | "cache"
            | "set"
            | "global"
            | "version"
            | "publish"
            | "link"
            | "audit"
            | "why"
            | "info"
            | "pack"
            | "upgrade"
            | "up"
            | "init"
            | "create"
            | "import"
            | "store"
            | "node"
            | "self-update"
            | "setup"
            | "run"
            | "fetch"
    )
}

/// The line of a script in a `package.json`.
fn script_line(text: &str, name: &str) -> usize {
    let from = text.find("\"scripts\"").unwrap_or(0);
    let key = format!("\"{name}\"");
    let at = text[from..].find(&key).map_or(from, |at| from + at);
    crate::place::line_of(text, at)
}
