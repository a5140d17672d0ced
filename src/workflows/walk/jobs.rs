//! Jobs: their order, environments, matrices and calls of other workflows.

use std::rc::Rc;

use super::steps::Progress;
use super::{Start, Walk};
use crate::place::Place;
use crate::workflows::choice::{Assumptions, Decision};
use crate::workflows::expressions::{condition, render};
use crate::workflows::journal::Here;
use crate::workflows::matrix::{Combination, as_value, combinations, describe};
use crate::workflows::scope::{Scope, Secrets};
use crate::workflows::targets::{Step, Via};
use crate::workflows::text::{Source, Text};
use crate::workflows::value::Value;
use crate::workflows::workflow::{Job, Workflow};
use crate::workflows::yaml::{Entry, Node};

/// Calls from workflow to workflow that GitHub allows.
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/reusing-workflow-configurations>
const MAX_CALLS: usize = 10;

impl<'a> Walk<'a> {
    /// Runs a workflow and returns its outputs, for the job that called it.
    pub(super) fn workflow(&mut self, workflow: &Rc<Workflow>, start: &Start) -> Value {
        let mut results: Vec<(String, Value)> = Vec::new();
        let mut left: Vec<&Job> = workflow.jobs.iter().collect();
        while !left.is_empty() {
            let ready = left.iter().position(|job| {
                job.needs
                    .iter()
                    .all(|need| !left.iter().any(|other| other.id.eq_ignore_ascii_case(need)))
            });
            let Some(ready) = ready else {
                for job in left {
                    self.journal.list(
                        Place::new(&workflow.file, job.line),
                        format!("job {} needs itself through others; it can never run", job.id),
                    );
                }
                break;
            };
            let job = left.remove(ready);
            let needs: Vec<(String, Value)> = results
                .iter()
                .filter(|(id, _)| job.needs.iter().any(|n| n.eq_ignore_ascii_case(id)))
                .cloned()
                .collect();
            let outputs = self.job(workflow, job, start, Value::Object(needs));
            results.push((job.id.clone(), outputs));
        }
        let mut scope = self.scope(workflow, start, "outputs");
        scope.needs = Value::Object(results);
        let outputs = workflow
            .call_outputs
            .iter()
            .filter_map(|entry| {
                let value = entry.value.get("value")?;
                Some((entry.key.clone(), self.rendered(&workflow.file, value, &scope)))
            })
            .collect();
        Value::Object(outputs)
    }

    /// Evaluates a node that is text with expressions.
    pub(super) fn rendered(&mut self, file: &str, node: &Node, scope: &Scope<'_>) -> Value {
        let errors = &mut self.journal.errors;
        as_value(node, &mut |node| {
            let place = Place::new(file, node.line);
            render(node.as_str().unwrap_or_default(), scope, &place, errors)
        })
    }

    /// Evaluates a condition.
    pub(super) fn condition(&mut self, file: &str, node: Option<&Node>, scope: &Scope<'_>) -> Decision {
        let Some(node) = node else {
            return Decision::Go(0);
        };
        let Some(text) = node.text() else {
            return Decision::Go(0);
        };
        let place = Place::new(file, node.line);
        let value = condition(&text, scope, &place, &mut self.journal.errors);
        let asking = scope.asking();
        value.decide(&|open| asking.choice(&open.to_text().display()))
    }

    /// Adds variables to the `env` of a scope; each is evaluated with those before this group.
    pub(super) fn add_env(&mut self, file: &str, entries: &[Entry], scope: &mut Scope<'_>) {
        let evaluated: Vec<(String, Value)> = entries
            .iter()
            .map(|entry| {
                let value = self.rendered(file, &entry.value, scope).to_text_value();
                (entry.key.clone(), value)
            })
            .collect();
        scope.env.extend(evaluated);
    }

    fn scope(&mut self, workflow: &Workflow, start: &Start, job: &str) -> Scope<'a> {
        let mut path = start.jobs.clone();
        path.push(job.to_string());
        let name = format!("{}/{}", start.workflow, path.join("/"));
        let mut scope = Scope::new(self.mapping, &name);
        scope.secrets = start.secrets.clone();
        scope.inputs = start.inputs.clone();
        self.add_env(&workflow.file, &workflow.env, &mut scope);
        scope
    }

    /// Runs a job in all its combinations and returns `{outputs, result}`.
    fn job(&mut self, workflow: &Rc<Workflow>, job: &Job, start: &Start, needs: Value) -> Value {
        if !self.journal.spend() {
            return result(Value::Object(Vec::new()));
        }
        let mut scope = self.scope(workflow, start, &job.id);
        scope.needs = needs;
        let decision = self
            .condition(&workflow.file, job.condition.as_ref(), &scope)
            .under(&start.assumed);
        let runs = decision
            .branches(&start.assumed)
            .into_iter()
            .find(|(branch, _)| *branch == 0);
        let Some((_, assumed)) = runs else {
            return result(Value::Object(Vec::new()));
        };
        let file = workflow.file.clone();
        let all = combinations(job.strategy.as_ref(), &mut |node| {
            let place = Place::new(&file, node.line);
            let text = node.as_str().unwrap_or_default();
            render(text, &scope, &place, &mut self.journal.errors)
        });
        let several = all.len() > 1;
        let mut outputs: Vec<Value> = Vec::new();
        for (index, combination) in all.iter().enumerate() {
            let mut scope = scope.clone();
            if several {
                scope.job = format!("{} {}", scope.job, index + 1);
            }
            scope.matrix = Value::Object(combination.clone());
            let shown = if several { combination.as_slice() } else { &[] };
            outputs.push(self.combination(workflow, job, start, scope, shown, &assumed));
        }
        let ran = match outputs.as_slice() {
            [first, rest @ ..] if rest.iter().all(|o| o == first) => first.clone(),
            [] => Value::Object(Vec::new()),
            _ => Value::open(
                format!("outputs of {}", job.id),
                Source::Output,
                "they differ by the job's matrix, and the last job to end decides",
            ),
        };
        let skipped = Value::Object(Vec::new());
        let outputs = Value::joined(&decision, &|branch| {
            Some(if branch == 0 { ran.clone() } else { skipped.clone() })
        });
        result(outputs.unwrap_or(skipped))
    }

    fn combination(
        &mut self,
        workflow: &Rc<Workflow>,
        job: &Job,
        start: &Start,
        mut scope: Scope<'a>,
        combination: &[(String, Value)],
        assumed: &Assumptions,
    ) -> Value {
        if let Some(node) = &job.environment {
            scope.environment = self.rendered(&workflow.file, node, &scope).to_text_value();
        }
        self.add_env(&workflow.file, &job.env, &mut scope);
        if let Some(uses) = &job.uses {
            return self.call(workflow, job, uses, start, &scope, assumed);
        }
        let mut path = start.jobs.clone();
        path.push(job.id.clone());
        let here = Here {
            workflow: start.workflow.clone(),
            job: path.join("/"),
            step: Step { number: 0, name: None },
            environment: scope.environment.clone(),
            via: start.via.clone(),
            matrix: describe(&combination.to_vec() as &Combination).into_iter().collect(),
        };
        let mut progress = Progress {
            scope,
            here,
            files: Default::default(),
            assumed: assumed.clone(),
            set_elsewhere: false,
            windows: job.windows,
            defaults: job.defaults.or(&workflow.defaults),
            depth: 0,
        };
        self.steps(&workflow.file, &job.steps, &mut progress);
        let outputs = job
            .outputs
            .iter()
            .map(|entry| {
                let value = self.rendered(&workflow.file, &entry.value, &progress.scope);
                (entry.key.clone(), value.to_text_value())
            })
            .collect();
        Value::Object(outputs)
    }

    /// Runs the workflow that a job calls.
    fn call(
        &mut self,
        workflow: &Rc<Workflow>,
        job: &Job,
        uses: &Node,
        start: &Start,
        scope: &Scope<'a>,
        assumed: &Assumptions,
    ) -> Value {
        let at = Place::new(&workflow.file, uses.line);
        let name = uses.text().unwrap_or_default();
        let unknown = |why: &str| {
            Value::Object(vec![(
                "*".to_string(),
                Value::open(format!("outputs of {}", job.id), Source::Output, why),
            )])
        };
        let Some(path) = name.strip_prefix("./") else {
            self.journal.list(
                at,
                format!("the workflow {name} is in another repository and is not read"),
            );
            return unknown("the workflow it calls is in another repository");
        };
        let Some(called) = self.workflows.get(path).cloned() else {
            self.journal
                .list(at, format!("the workflow {name} is not in the repository"));
            return unknown("the workflow it calls is not in the repository");
        };
        let again = start.via.iter().filter(|v| v.calls == path).count();
        if again > 0 || start.via.len() >= MAX_CALLS || path == workflow.file {
            self.journal.list(
                at,
                format!("{path} calls itself, or is called more deeply than GitHub allows"),
            );
            return unknown("the workflows call each other in a circle");
        }
        let secrets = match &job.secrets {
            Some(node) if node.as_str() == Some("inherit") => start.secrets.clone(),
            Some(node) => Secrets::Passed(
                node.entries()
                    .iter()
                    .map(|entry| {
                        let value = self.rendered(&workflow.file, &entry.value, scope);
                        (entry.key.clone(), value)
                    })
                    .collect(),
            ),
            None => Secrets::Passed(Vec::new()),
        };
        let inputs = called
            .call_inputs
            .iter()
            .map(|entry| {
                let given = job.with.iter().find(|w| w.key.eq_ignore_ascii_case(&entry.key));
                let value = match (given, entry.value.get("default")) {
                    (Some(given), _) => self.rendered(&workflow.file, &given.value, scope),
                    (None, Some(default)) => self.rendered(&called.file, default, scope),
                    (None, None) => Value::Text(Text::new()),
                };
                (entry.key.clone(), value)
            })
            .collect();
        let mut jobs = start.jobs.clone();
        jobs.push(job.id.clone());
        let mut via = start.via.clone();
        via.push(Via {
            at,
            calls: path.to_string(),
        });
        let inner = Start {
            inputs: Value::Object(inputs),
            secrets,
            workflow: start.workflow.clone(),
            jobs,
            via,
            assumed: assumed.clone(),
        };
        self.workflow(&called, &inner)
    }
}

fn result(outputs: Value) -> Value {
    Value::Object(vec![
        ("outputs".to_string(), outputs),
        (
            "result".to_string(),
            Value::open("result of the job", Source::Run, "it is known when the workflow runs"),
        ),
    ])
}
