//! Steps: conditions, environment, scripts, and what one step leaves to the next.

use std::rc::Rc;

use super::Walk;
use crate::place::Place;
use crate::workflows::choice::{Assumptions, Decision};
use crate::workflows::expressions::{evaluate, unclosed};
use crate::workflows::journal::Here;
use crate::workflows::scope::{Scope, Variables};
use crate::workflows::shell::fallback::Dialect;
use crate::workflows::shell::run::{Shell, mentions_deployment};
use crate::workflows::shell::script::{Lines, Script};
use crate::workflows::shell::state::State;
use crate::workflows::targets;
use crate::workflows::template::{Part, parts};
use crate::workflows::text::{Source, Text};
use crate::workflows::value::Value;
use crate::workflows::workflow::{Defaults, Step};
use crate::workflows::yaml::{Node, scalar_line};

/// How far a job has come.
#[derive(Debug, Clone)]
pub(super) struct Progress<'a> {
    pub(super) scope: Scope<'a>,
    pub(super) here: Here,
    /// Files that earlier steps wrote.
    pub(super) files: Variables,
    pub(super) assumed: Assumptions,
    /// Whether something that is not understood may have set variables.
    pub(super) set_elsewhere: bool,
    pub(super) windows: bool,
    pub(super) defaults: Defaults,
    /// Composite actions around the steps.
    pub(super) depth: usize,
}

/// What a step leaves behind.
#[derive(Debug, Clone, Default)]
pub(super) struct Left {
    pub(super) outputs: Vec<(String, Value)>,
    /// Why outputs that are not listed are open.
    pub(super) others: &'static str,
}

/// The shells that a step can ask for.
enum Language {
    Posix,
    Lines(Dialect),
    Other(String),
}

impl<'a> Walk<'a> {
    /// Runs steps one after the other.
    pub(super) fn steps(&mut self, file: &str, steps: &[Step], progress: &mut Progress<'a>) {
        for step in steps {
            if !self.journal.spend() {
                return;
            }
            if progress.depth == 0 {
                progress.here.step = targets::Step {
                    number: step.number,
                    name: step.name.clone(),
                };
            }
            self.step(file, step, progress);
        }
    }

    fn step(&mut self, file: &str, step: &Step, progress: &mut Progress<'a>) {
        let mut scope = progress.scope.clone();
        self.add_env(file, &step.env, &mut scope);
        let decision = self
            .condition(file, step.condition.as_ref(), &scope)
            .under(&progress.assumed);
        let runs = decision
            .branches(&progress.assumed)
            .into_iter()
            .find(|(branch, _)| *branch == 0);
        let Some((_, assumed)) = runs else {
            if let Some(id) = &step.id {
                set_outputs(&mut progress.scope, id, Value::Object(Vec::new()));
            }
            return;
        };
        let before = (progress.scope.env.clone(), progress.files.clone());
        let outer = std::mem::replace(&mut progress.assumed, assumed);
        let left = match (&step.run, &step.uses) {
            (Some(run), _) => self.run_step(file, step, run, scope, progress),
            (None, Some(uses)) => self.uses_step(file, step, uses, scope, progress),
            (None, None) => Left::default(),
        };
        progress.assumed = outer;
        let mut outputs = left.outputs;
        outputs.push(("*".to_string(), Value::open("output", Source::Output, left.others)));
        let outputs = Value::Object(outputs);
        if decision == Decision::Go(0) {
            if let Some(id) = &step.id {
                set_outputs(&mut progress.scope, id, outputs);
            }
            return;
        }
        progress.scope.env = either(&decision, &progress.scope.env, &before.0);
        progress.files = either(&decision, &progress.files, &before.1);
        if let Some(id) = &step.id {
            let joined = Value::joined(&decision, &|branch| {
                Some(if branch == 0 {
                    outputs.clone()
                } else {
                    Value::Object(Vec::new())
                })
            });
            set_outputs(&mut progress.scope, id, joined.unwrap_or(Value::Null));
        }
    }

    fn run_step(&mut self, file: &str, step: &Step, run: &Node, scope: Scope<'a>, progress: &mut Progress<'a>) -> Left {
        let others = "no command that is understood writes it";
        let Some(text) = run.text() else {
            return Left {
                outputs: Vec::new(),
                others,
            };
        };
        let directory = step
            .working_directory
            .as_ref()
            .or(progress.defaults.working_directory.as_ref())
            .map(|node| self.rendered(file, node, &scope));
        let shell_name = step.shell.clone().or_else(|| progress.defaults.shell.clone());
        let language = language(shell_name.as_deref(), progress.windows);
        let source = self.source(file);
        let mut state = State::new(scope.env.clone());
        state.files = std::mem::take(&mut progress.files);
        state.assumed = progress.assumed.clone();
        state.set_elsewhere = progress.set_elsewhere;
        let place = Place::new(file, run.line);
        let mut shell = Shell {
            repository: self.repository,
            mapping: self.mapping,
            journal: &mut self.journal,
            here: progress.here.clone(),
            job: scope.job.clone(),
            state,
            depth: 0,
            knows_arguments: true,
        };
        if let Some(directory) = directory {
            shell.state.directory = shell.repository_path(&directory.to_text());
        }
        match language {
            Language::Posix => {
                let lines = Lines::Scalar {
                    source,
                    node: Rc::new(run.clone()),
                };
                let mut errors = Vec::new();
                if let Some(Part::Unclosed(range)) = parts(&text).pop() {
                    unclosed(&text[range], &place, &mut errors);
                }
                let script = Script::parse(&text, file, lines, &mut |inner| {
                    evaluate(inner, &scope, &place, &mut errors)
                });
                shell.journal.errors.extend(errors);
                match script {
                    Some(script) => {
                        shell.run_script(&script);
                    }
                    None => shell
                        .journal
                        .list(place, "the script of this step is too long to be parsed"),
                }
            }
            Language::Lines(dialect) => {
                let mut errors = Vec::new();
                let value = crate::workflows::expressions::render(&text, &scope, &place, &mut errors);
                shell.journal.errors.extend(errors);
                let rows: Vec<usize> = row_offsets(&text);
                let line = |row: usize| {
                    let offset = rows.get(row).copied().unwrap_or(0);
                    scalar_line(&source, run, &text, offset)
                };
                shell.run_lines(&value.to_text(), dialect, file, &line);
            }
            Language::Other(name) => {
                if mentions_deployment(&text) || text.contains("OriginPath") {
                    shell.journal.list(place, format!("a script for {name} is not read"));
                }
                shell.state.set_elsewhere = true;
            }
        }
        let state = shell.state;
        progress.files = state.files;
        progress.set_elsewhere = state.set_elsewhere;
        progress.scope.env.extend(state.env_writes);
        Left {
            outputs: state.outputs.into_iter().collect(),
            others,
        }
    }
}

fn language(name: Option<&str>, windows: bool) -> Language {
    let program = name.map(|name| match name.starts_with("${{") {
        true => name.to_string(),
        false => name.split_whitespace().next().unwrap_or("").to_string(),
    });
    match program.as_deref() {
        None if windows => Language::Lines(Dialect::PowerShell),
        None | Some("bash" | "sh" | "zsh" | "") => Language::Posix,
        Some("pwsh" | "powershell") => Language::Lines(Dialect::PowerShell),
        Some("cmd") => Language::Lines(Dialect::Cmd),
        Some(other) if other.ends_with("/bash") || other.ends_with("/sh") => Language::Posix,
        Some(other) => Language::Other(other.to_string()),
    }
}

fn row_offsets(text: &str) -> Vec<usize> {
    std::iter::once(0)
        .chain(text.match_indices('\n').map(|(at, _)| at + 1))
        .collect()
}

/// The variables after a step that may have run.
fn either(decision: &Decision, ran: &Variables, skipped: &Variables) -> Variables {
    let mut names: Vec<&String> = ran.keys().chain(skipped.keys()).collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .filter_map(|name| {
            let of = |branch: usize| {
                let from = if branch == 0 { ran } else { skipped };
                Some(from.get(name).cloned().unwrap_or(Value::Text(Text::new())))
            };
            Some((name.clone(), Value::joined(decision, &of)?))
        })
        .collect()
}

fn set_outputs(scope: &mut Scope<'_>, id: &str, outputs: Value) {
    let Value::Object(steps) = &mut scope.steps else {
        return;
    };
    steps.retain(|(known, _)| !known.eq_ignore_ascii_case(id));
    let known = |name: &str| {
        (
            name.to_string(),
            Value::open(
                format!("steps.{id}.{name}"),
                Source::Run,
                "it is known when the workflow runs",
            ),
        )
    };
    steps.push((
        id.to_string(),
        Value::Object(vec![
            ("outputs".to_string(), outputs),
            known("outcome"),
            known("conclusion"),
        ]),
    ));
}
