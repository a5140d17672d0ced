//! The contexts an expression can refer to.

use std::collections::BTreeMap;

use super::compare::Asking;
use super::mapping::Mapping;
use super::text::{Source, Text};
use super::value::{Value, lift};

/// Environment variables by name.
pub(crate) type Variables = BTreeMap<String, Value>;

/// Which secrets a workflow can see.
#[derive(Debug, Clone)]
pub(crate) enum Secrets {
    /// The repository's own: a workflow that an event starts, or a call with `secrets: inherit`.
    Repository,
    /// Those that the caller of a reusable workflow handed over.
    Passed(Vec<(String, Value)>),
    /// Those of a caller in another repository.
    Unknown,
}

/// Everything an expression can read at one place of a workflow.
#[derive(Debug, Clone)]
pub(crate) struct Scope<'a> {
    pub(crate) mapping: &'a Mapping,
    pub(crate) secrets: Secrets,
    /// Name of the job's GitHub environment; null when it has none.
    pub(crate) environment: Value,
    pub(crate) env: Variables,
    pub(crate) matrix: Value,
    pub(crate) inputs: Value,
    pub(crate) needs: Value,
    pub(crate) steps: Value,
    /// Directory of the composite action whose steps run.
    pub(crate) action_path: Option<Value>,
    /// Workflow and job, for telling questions of different jobs apart.
    pub(crate) job: String,
}

impl<'a> Scope<'a> {
    /// A scope in which only the mapping is known.
    pub(crate) fn new(mapping: &'a Mapping, job: &str) -> Self {
        Self {
            mapping,
            secrets: Secrets::Repository,
            environment: Value::Null,
            env: Variables::new(),
            matrix: Value::Object(Vec::new()),
            inputs: Value::Object(Vec::new()),
            needs: Value::Object(Vec::new()),
            steps: Value::Object(Vec::new()),
            action_path: None,
            job: job.to_string(),
        }
    }

    pub(crate) fn asking(&self) -> Asking<'_> {
        Asking { job: &self.job }
    }

    /// The value at a path of names such as `["needs", "build", "outputs", "bucket"]`; `raw` is how the expression
    /// stands in the file.
    pub(crate) fn lookup(&self, path: &[String], raw: &str) -> Value {
        let Some((root, rest)) = path.split_first() else {
            return Value::Null;
        };
        let shown = path.join(".");
        match (root.to_ascii_lowercase().as_str(), rest) {
            ("secrets", [name]) => self.secret(name),
            ("vars", [name]) => self.variable(name),
            ("env", [name]) => self.environment_variable(name, &shown),
            ("matrix", rest) => descend(&self.matrix, rest, &shown, Source::Matrix),
            ("inputs", rest) => descend(&self.inputs, rest, &shown, Source::Input),
            ("github", [event, inputs, rest @ ..])
                if event.eq_ignore_ascii_case("event") && inputs.eq_ignore_ascii_case("inputs") =>
            {
                descend(&self.inputs, rest, &shown, Source::Input)
            }
            ("github", [name]) if name.eq_ignore_ascii_case("action_path") => {
                let own = self.action_path.clone();
                own.unwrap_or_else(|| Value::open(shown, Source::Run, "it is known when the workflow runs"))
            }
            // `jobs` is to the outputs of a called workflow what `needs` is to a job.
            ("needs" | "jobs", rest) => descend(&self.needs, rest, &shown, Source::Output),
            ("steps", [id, kind, _]) if kind.eq_ignore_ascii_case("outputs") && self.steps.get(id).is_none() => {
                Value::open(
                    shown,
                    Source::Output,
                    &format!("no earlier step of the job has the id {id}"),
                )
            }
            ("steps", rest) => descend(&self.steps, rest, &shown, Source::Output),
            ("github" | "runner" | "strategy" | "job", _) => {
                Value::open(shown, Source::Run, "it is known when the workflow runs")
            }
            _ => Value::open(raw, Source::NotUnderstood, "the reader does not know this context"),
        }
    }

    fn environment_variable(&self, name: &str, shown: &str) -> Value {
        let found = self.env.get(name).or_else(|| {
            self.env
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
                .map(|(_, value)| value)
        });
        found.cloned().unwrap_or_else(|| {
            Value::open(
                shown,
                Source::Environment,
                "nothing in the files sets it before this place",
            )
        })
    }

    fn variable(&self, name: &str) -> Value {
        self.by_environment("vars", name, &|mapping, environment| {
            mapping.variable(environment, name).map(Value::literal)
        })
    }

    fn secret(&self, name: &str) -> Value {
        match &self.secrets {
            Secrets::Passed(passed) => {
                let handed = passed
                    .iter()
                    .find(|(key, _)| key.eq_ignore_ascii_case(name))
                    .map(|(_, value)| value.clone());
                self.environment_secret(name, handed)
            }
            Secrets::Repository | Secrets::Unknown => self.by_environment("secrets", name, &|mapping, environment| {
                mapping
                    .secret(environment, name)
                    .map(|value| Value::Text(Text::secret(format!("secrets.{name}"), value.reveal())))
            }),
        }
    }

    /// In a called workflow a secret of the job's environment wins over one that the caller passed.
    fn environment_secret(&self, name: &str, handed: Option<Value>) -> Value {
        lift(std::slice::from_ref(&self.environment), &mut |plain| {
            let environment = plain.first().and_then(Value::as_literal);
            let own = environment.and_then(|e| self.mapping.environment_secret(e, name));
            match (own, &handed) {
                (Some(value), _) => Value::Text(Text::secret(format!("secrets.{name}"), value.reveal())),
                (None, Some(value)) => value.clone(),
                (None, None) => Value::open(
                    format!("secrets.{name}"),
                    Source::Secret,
                    "the calling workflow does not pass it",
                ),
            }
        })
    }

    fn by_environment(&self, context: &str, name: &str, of: &dyn Fn(&Mapping, Option<&str>) -> Option<Value>) -> Value {
        let source = if context == "vars" {
            Source::Variable
        } else {
            Source::Secret
        };
        let shown = format!("{context}.{name}");
        lift(std::slice::from_ref(&self.environment), &mut |plain| {
            let Some(environment) = plain.first() else {
                return Value::Null;
            };
            let known = match environment {
                Value::Null => of(self.mapping, None),
                Value::Text(text) if text.is_open() => {
                    if self.mapping.differs_by_environment(context, name) {
                        return Value::open(
                            &shown,
                            source,
                            "it differs by environment, and the job's environment is not known",
                        );
                    }
                    of(self.mapping, None)
                }
                other => {
                    let name = other.to_text().resolved();
                    of(self.mapping, name.as_deref().filter(|n| !n.is_empty()))
                }
            };
            known.unwrap_or_else(|| Value::open(&shown, source, &format!("no --var {shown} was given")))
        })
    }
}

/// Walks into objects; what an unknown object holds is unknown too, what a known one lacks is null.
pub(crate) fn descend(value: &Value, path: &[String], shown: &str, source: Source) -> Value {
    let Some((first, rest)) = path.split_first() else {
        return value.clone();
    };
    match value {
        Value::Object(_) => match value.get(first) {
            Some(inner) => descend(inner, rest, shown, source),
            None => match value.get("*") {
                // The entry stands for all that are not listed.
                Some(others) => descend(&open_like(others, shown), rest, shown, source),
                None => Value::Null,
            },
        },
        Value::Array(items) => {
            let item = first.parse::<usize>().ok().and_then(|i| items.get(i));
            item.map_or(Value::Null, |inner| descend(inner, rest, shown, source))
        }
        Value::Split(split) => Value::split(
            split.choice.clone(),
            split
                .alternatives
                .iter()
                .map(|a| descend(a, path, shown, source))
                .collect(),
        ),
        Value::Text(text) if text.is_open() => {
            let why = text
                .open_parts()
                .next()
                .map_or("it is not known", |open| open.why.as_str());
            Value::open(shown, source, why)
        }
        _ => Value::Null,
    }
}

fn open_like(value: &Value, shown: &str) -> Value {
    let text = value.to_text();
    match text.open_parts().next() {
        Some(open) => Value::open(shown, open.source, &open.why),
        None => value.clone(),
    }
}
