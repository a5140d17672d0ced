//! What a shell knows at one point: variables, files it wrote, where it stands.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;

use super::script::Script;
use crate::workflows::choice::{Assumptions, Decision};
use crate::workflows::scope::{Variables, descend};
use crate::workflows::text::{Source, Text};
use crate::workflows::value::{Value, lift};

/// The name under which the shell knows the file behind `$GITHUB_ENV`.
pub(crate) const ENV_FILE: &str = "(GITHUB_ENV)";
/// The name under which the shell knows the file behind `$GITHUB_OUTPUT`.
pub(crate) const OUTPUT_FILE: &str = "(GITHUB_OUTPUT)";

/// How a sequence of commands goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    /// With the next command.
    On,
    /// Not in this function or sourced file.
    Returned,
    /// Not in this shell.
    Exited,
}

/// A shell function: the script that holds it, and its body.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub(crate) script: Rc<Script>,
    pub(crate) body: Range<usize>,
}

/// The state of one shell.
#[derive(Debug, Clone)]
pub(crate) struct State {
    pub(crate) variables: Variables,
    pub(crate) exported: BTreeSet<String>,
    /// Files by the name under which they were written.
    pub(crate) files: Variables,
    /// What was appended to `$GITHUB_ENV`, for later steps.
    pub(crate) env_writes: Variables,
    /// What was appended to `$GITHUB_OUTPUT`.
    pub(crate) outputs: Variables,
    /// Directory inside the repository; `None` when it is not known.
    pub(crate) directory: Option<String>,
    pub(crate) functions: BTreeMap<String, Function>,
    /// `$1`, `$2` and so on.
    pub(crate) positional: Vec<Value>,
    pub(crate) assumed: Assumptions,
    pub(crate) flow: Flow,
    /// Why what is found here is to be trusted less.
    pub(crate) doubt: Option<String>,
    /// Whether something that is not understood may have set variables.
    pub(crate) set_elsewhere: bool,
}

impl State {
    /// A shell with these environment variables.
    pub(crate) fn new(environment: Variables) -> Self {
        let mut state = Self {
            exported: environment.keys().cloned().collect(),
            variables: environment,
            files: Variables::new(),
            env_writes: Variables::new(),
            outputs: Variables::new(),
            directory: Some(String::new()),
            functions: BTreeMap::new(),
            positional: Vec::new(),
            assumed: Assumptions::default(),
            flow: Flow::On,
            doubt: None,
            set_elsewhere: false,
        };
        state.set_special("GITHUB_ENV", ENV_FILE);
        state.set_special("GITHUB_OUTPUT", OUTPUT_FILE);
        state
    }

    fn set_special(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_string(), Value::literal(value));
        self.exported.insert(name.to_string());
    }

    /// The variables that a child process sees.
    pub(crate) fn environment(&self) -> Variables {
        self.variables
            .iter()
            .filter(|(name, _)| self.exported.contains(*name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// The value of a variable; one that nothing sets is open.
    pub(crate) fn variable(&self, name: &str) -> Value {
        if let Some(value) = self.variables.get(name) {
            return value.clone();
        }
        if let Some(expression) = github_variable(name) {
            return Value::open(expression, Source::Run, "it is known when the workflow runs");
        }
        Value::open(
            format!("${name}"),
            Source::Environment,
            "nothing in the files sets it before this place",
        )
    }

    /// Whether nothing can have given the variable a value: then `${X:-y}` is `y`.
    pub(crate) fn is_surely_unset(&self, name: &str) -> bool {
        let from_outside = ["GITHUB_", "RUNNER_", "AWS_", "ACTIONS_", "INPUT_"];
        !self.variables.contains_key(name)
            && !self.set_elsewhere
            && !from_outside.iter().any(|prefix| name.starts_with(prefix))
            && !matches!(name, "CI" | "HOME" | "PATH" | "USER" | "PWD" | "HOSTNAME" | "SHELL")
    }

    pub(crate) fn assign(&mut self, name: &str, value: Value) {
        self.variables.insert(name.to_string(), value);
    }

    /// Writes to a file, or to one of GitHub's command files.
    pub(crate) fn write(&mut self, file: &str, content: &Value, append: bool) {
        match file {
            ENV_FILE => self.write_assignments(content, true),
            OUTPUT_FILE => self.write_assignments(content, false),
            "/dev/null" | "/dev/stderr" | "/dev/stdout" => {}
            _ => {
                let file = file.trim_start_matches("./");
                let before = self.files.get(file).filter(|_| append);
                let content = match before {
                    Some(before) => Value::concat(&[before.clone(), content.clone()]),
                    None => content.clone(),
                };
                self.files.insert(file.to_string(), content);
            }
        }
    }

    fn write_assignments(&mut self, content: &Value, env: bool) {
        let (assigned, complete) = assignments(content);
        if !complete {
            self.set_elsewhere = true;
        }
        for (name, value) in assigned {
            let target = if env { &mut self.env_writes } else { &mut self.outputs };
            target.insert(name, value);
        }
    }

    /// Joins the states in which the branches of a decision ended.
    pub(crate) fn joined(base: &State, decision: &Decision, ends: &[(usize, State)]) -> State {
        let live: Vec<&(usize, State)> = ends.iter().filter(|(_, s)| s.flow == Flow::On).collect();
        match live.as_slice() {
            [] => {
                let mut state = ends.first().map_or_else(|| base.clone(), |(_, s)| s.clone());
                let all_returned = ends.iter().all(|(_, s)| s.flow == Flow::Returned);
                if !all_returned {
                    state.flow = Flow::Exited;
                }
                state
            }
            [(_, only)] => only.clone(),
            [(_, first), ..] => {
                let mut state = first.clone();
                state.assumed = base.assumed.clone();
                let map = |select: &dyn Fn(&State) -> &Variables| join_maps(decision, &live, select);
                state.variables = map(&|s| &s.variables);
                state.files = map(&|s| &s.files);
                state.env_writes = map(&|s| &s.env_writes);
                state.outputs = map(&|s| &s.outputs);
                for (_, other) in &live[1..] {
                    state.exported.extend(other.exported.iter().cloned());
                    for (name, function) in &other.functions {
                        state.functions.entry(name.clone()).or_insert_with(|| function.clone());
                    }
                    if other.directory != state.directory {
                        state.directory = None;
                    }
                    state.doubt = state.doubt.or_else(|| other.doubt.clone());
                    state.set_elsewhere |= other.set_elsewhere;
                }
                state
            }
        }
    }
}

fn join_maps(decision: &Decision, ends: &[&(usize, State)], select: &dyn Fn(&State) -> &Variables) -> Variables {
    let names: BTreeSet<&String> = ends.iter().flat_map(|(_, s)| select(s).keys()).collect();
    let mut joined = Variables::new();
    for name in names {
        let of = |branch: usize| {
            let (_, state) = ends.iter().find(|(b, _)| *b == branch)?;
            let value = select(state).get(name).cloned();
            Some(value.unwrap_or_else(|| Value::Text(Text::new())))
        };
        if let Some(value) = Value::joined(decision, &of) {
            joined.insert(name.clone(), value);
        }
    }
    joined
}

/// The `NAME=VALUE` and `NAME<<END` entries of a command file, and whether every line was one.
///
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands>
fn assignments(content: &Value) -> (Vec<(String, Value)>, bool) {
    let mut complete = true;
    let parsed = lift(std::slice::from_ref(content), &mut |plain| {
        let text = plain.first().map(Value::to_text).unwrap_or_default();
        let (entries, whole) = entries(&text);
        complete &= whole;
        Value::Object(entries)
    });
    let mut names = BTreeSet::new();
    collect_names(&parsed, &mut names);
    let found = names
        .into_iter()
        .map(|name| {
            let value = descend(&parsed, std::slice::from_ref(&name), &name, Source::Environment);
            (name, value.to_text_value())
        })
        .collect();
    (found, complete)
}

fn collect_names(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(entries) => names.extend(entries.iter().map(|(name, _)| name.clone())),
        Value::Split(split) => {
            for alternative in &split.alternatives {
                collect_names(alternative, names);
            }
        }
        _ => {}
    }
}

fn entries(text: &Text) -> (Vec<(String, Value)>, bool) {
    let flat = text.flatten();
    let mut found = Vec::new();
    let mut whole = true;
    let mut lines = flat.lines();
    while let Some(line) = lines.next() {
        if line.trim().is_empty() {
            continue;
        }
        let equals = line.find('=');
        let heredoc = line.find("<<");
        match (equals, heredoc) {
            (_, Some(at)) if equals.is_none_or(|e| at < e) => {
                let end = line[at + 2..].trim();
                let body: Vec<&str> = lines.by_ref().take_while(|l| l.trim() != end).collect();
                found.push((
                    text.unflatten(line[..at].trim()).display(),
                    Value::Text(text.unflatten(&body.join("\n"))),
                ));
            }
            (Some(at), _) => found.push((
                text.unflatten(line[..at].trim()).display(),
                Value::Text(text.unflatten(&line[at + 1..])),
            )),
            _ => whole = false,
        }
    }
    (found, whole)
}

/// The default variables that repeat the `github` context.
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/variables>
fn github_variable(name: &str) -> Option<String> {
    let known = [
        "ACTION",
        "ACTOR",
        "BASE_REF",
        "EVENT_NAME",
        "HEAD_REF",
        "JOB",
        "REF",
        "REF_NAME",
        "REF_TYPE",
        "REPOSITORY",
        "REPOSITORY_OWNER",
        "RUN_ATTEMPT",
        "RUN_ID",
        "RUN_NUMBER",
        "SHA",
        "WORKFLOW",
        "WORKSPACE",
    ];
    let short = name.strip_prefix("GITHUB_")?;
    known
        .contains(&short)
        .then(|| format!("github.{}", short.to_lowercase()))
}
