//! Steps that use an action: of the repository itself, or of the marketplace.

use super::Walk;
use super::steps::{Left, Progress};
use crate::place::Place;
use crate::workflows::actions::{self, Given};
use crate::workflows::journal::Occurrence;
use crate::workflows::repository::join;
use crate::workflows::scope::Scope;
use crate::workflows::shell::WORKSPACE;
use crate::workflows::shell::run::Shell;
use crate::workflows::shell::script::Script;
use crate::workflows::shell::state::State;
use crate::workflows::targets::Via;
use crate::workflows::text::Text;
use crate::workflows::value::Value;
use crate::workflows::workflow::{Step, read_action};
use crate::workflows::yaml::Node;

/// Composite actions within one another that are followed; GitHub allows ten.
const MAX_DEPTH: usize = 10;

/// A step with an action of another repository.
#[derive(Clone, Copy)]
struct Remote<'s> {
    at: &'s Place,
    name: &'s str,
    with: &'s [(String, Value)],
    /// The variables that the step sets for itself.
    own: &'s [(String, Text)],
}

impl<'a> Walk<'a> {
    pub(super) fn uses_step(
        &mut self,
        file: &str,
        step: &Step,
        uses: &Node,
        scope: Scope<'a>,
        progress: &mut Progress<'a>,
    ) -> Left {
        let at = Place::new(file, uses.line);
        let name = uses.text().unwrap_or_default();
        let with: Vec<(String, Value)> = step
            .with
            .iter()
            .map(|entry| {
                let value = self.rendered(file, &entry.value, &scope);
                (entry.key.clone(), value)
            })
            .collect();
        if name.starts_with("./") || name.starts_with("../") {
            return self.local_action(&at, &name, with, scope, progress);
        }
        if let Some(image) = name.strip_prefix("docker://") {
            self.container_step(&at, image, &with, &scope, progress);
            return Left {
                outputs: Vec::new(),
                others: "a container sets it",
            };
        }
        let own: Vec<(String, Text)> = step
            .env
            .iter()
            .map(|entry| (entry.key.clone(), self.rendered(file, &entry.value, &scope).to_text()))
            .collect();
        let call = Remote {
            at: &at,
            name: &name,
            with: &with,
            own: &own,
        };
        self.marketplace(&call, &scope, progress)
    }

    /// Runs the steps of a composite action of the repository.
    fn local_action(
        &mut self,
        at: &Place,
        name: &str,
        with: Vec<(String, Value)>,
        scope: Scope<'a>,
        progress: &mut Progress<'a>,
    ) -> Left {
        let not_read = Left {
            outputs: Vec::new(),
            others: "the action that sets it is not read",
        };
        let directory = join("", name);
        let found = directory.as_deref().and_then(|directory| {
            ["action.yml", "action.yaml"].iter().find_map(|file| {
                let path = join(directory, file)?;
                let text = self.repository.text(&path)?.to_string();
                Some((path, text))
            })
        });
        let (Some(directory), Some((path, text))) = (directory.clone(), found) else {
            self.journal
                .list(at.clone(), format!("the action {name} is not in the repository"));
            progress.set_elsewhere = true;
            return not_read;
        };
        let action = match read_action(&path, &text, &mut self.journal.not_understood) {
            Ok(action) => action,
            Err(error) => {
                if !self.journal.errors.contains(&error) {
                    self.journal.errors.push(error);
                }
                return not_read;
            }
        };
        let Some(steps) = &action.steps else {
            self.journal.list(
                at.clone(),
                format!("{name} is a {} action, and its program is not read", action.using),
            );
            progress.set_elsewhere = true;
            return not_read;
        };
        if progress.depth >= MAX_DEPTH {
            self.journal
                .list(at.clone(), format!("{name} is used more deeply than GitHub allows"));
            return not_read;
        }
        let mut inner = progress.clone();
        inner.depth += 1;
        inner.scope = scope.clone();
        inner.here.via.push(Via {
            at: at.clone(),
            calls: name.to_string(),
        });
        let inputs = action
            .inputs
            .iter()
            .map(|entry| {
                let given = with.iter().find(|(key, _)| key.eq_ignore_ascii_case(&entry.key));
                let value = match (given, entry.value.get("default")) {
                    (Some((_, value)), _) => value.to_text_value(),
                    (None, Some(default)) => self.rendered(&action.file, default, &scope).to_text_value(),
                    (None, None) => Value::Text(Text::new()),
                };
                (entry.key.clone(), value)
            })
            .collect();
        inner.scope.inputs = Value::Object(inputs);
        inner.scope.steps = Value::Object(Vec::new());
        let own_path = Value::literal(format!("{WORKSPACE}/{directory}"));
        inner.scope.action_path = Some(own_path.clone());
        inner.scope.env.insert("GITHUB_ACTION_PATH".to_string(), own_path);
        inner.defaults = Default::default();
        let before = inner.scope.env.clone();
        self.steps(&action.file, steps, &mut inner);
        let outputs = action
            .outputs
            .iter()
            .filter_map(|entry| {
                let value = entry.value.get("value")?;
                let value = self.rendered(&action.file, value, &inner.scope);
                Some((entry.key.clone(), value.to_text_value()))
            })
            .collect();
        for (name, value) in &inner.scope.env {
            if before.get(name) != Some(value) {
                progress.scope.env.insert(name.clone(), value.clone());
            }
        }
        progress.files = inner.files;
        progress.set_elsewhere |= inner.set_elsewhere;
        Left {
            outputs,
            others: "the action does not declare it",
        }
    }

    /// `docker://…/aws-cli` with the command in `args`.
    fn container_step(
        &mut self,
        at: &Place,
        image: &str,
        with: &[(String, Value)],
        scope: &Scope<'a>,
        progress: &mut Progress<'a>,
    ) {
        let base = image.split([':', '@']).next().unwrap_or(image);
        let arguments = with.iter().find(|(key, _)| key.eq_ignore_ascii_case("args"));
        let entry = with.iter().find(|(key, _)| key.eq_ignore_ascii_case("entrypoint"));
        progress.set_elsewhere = true;
        if !base.ends_with("aws-cli") && entry.is_none() {
            let mentions = arguments.is_some_and(|(_, value)| {
                crate::workflows::shell::run::mentions_deployment(&value.to_text().flatten())
            });
            if mentions {
                self.journal
                    .list(at.clone(), format!("what the container {image} does is not known"));
            }
            return;
        }
        let program = entry.map_or_else(|| Value::literal("aws"), |(_, value)| value.clone());
        let words = arguments.map_or_else(|| Value::literal(""), |(_, value)| value.clone());
        let text = Value::concat(&[program, Value::literal(" "), words]).to_text();
        let Some(script) = Script::composed(&text, &at.file, at.line) else {
            return;
        };
        let mut shell = self.shell(scope, progress);
        shell.run_script(&script);
    }

    fn shell<'s>(&'s mut self, scope: &Scope<'a>, progress: &Progress<'a>) -> Shell<'s> {
        let mut state = State::new(scope.env.clone());
        state.assumed = progress.assumed.clone();
        Shell {
            repository: self.repository,
            mapping: self.mapping,
            journal: &mut self.journal,
            here: progress.here.clone(),
            job: scope.job.clone(),
            state,
            depth: 0,
            knows_arguments: true,
        }
    }

    /// An action of another repository.
    fn marketplace(&mut self, call: &Remote<'_>, scope: &Scope<'a>, progress: &mut Progress<'a>) -> Left {
        let Remote { at, name, with, own } = *call;
        let repository = actions::repository_of(name).unwrap_or_default();
        if repository == "aws-actions/configure-aws-credentials"
            && let Some((_, region)) = with.iter().find(|(key, _)| key == "aws-region")
        {
            for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
                let value = region.to_text_value();
                progress.scope.env.insert(variable.to_string(), value);
            }
        }
        if matches!(repository.as_str(), "nick-fields/retry" | "nick-invision/retry") {
            let command = with.iter().find(|(key, _)| key.eq_ignore_ascii_case("command"));
            let text = command.map(|(_, value)| value.to_text()).unwrap_or_default();
            if let Some(script) = Script::composed(&text, &at.file, at.line) {
                self.shell(scope, progress).run_script(&script);
            }
            return Left {
                outputs: Vec::new(),
                others: "an action of another repository sets it",
            };
        }
        let names = actions::environment_names();
        let mut values: Vec<Value> = with.iter().map(|(_, v)| v.to_text_value()).collect();
        values.extend(names.iter().map(|name| {
            let value = scope.env.get(*name).cloned();
            value.unwrap_or(Value::Null).to_text_value()
        }));
        let keys: Vec<String> = with.iter().map(|(key, _)| key.clone()).collect();
        let understand = |picked: &[Value]| {
            let (inputs, env) = picked.split_at(keys.len());
            let with: Vec<(String, Text)> = keys.iter().cloned().zip(inputs.iter().map(Value::to_text)).collect();
            let env: Vec<(String, Text)> = names
                .iter()
                .map(|name| name.to_string())
                .zip(env.iter().map(Value::to_text))
                .collect();
            let given = Given { with: &with, env: &env };
            actions::understand(name, &given).unwrap_or_default()
        };
        let plain: Vec<(String, Text)> = with.iter().map(|(key, value)| (key.clone(), value.to_text())).collect();
        let given = Given { with: &plain, env: &[] };
        let known = actions::understand(name, &given).is_some();
        if known {
            let occurrence = Occurrence {
                here: &progress.here,
                at: at.clone(),
                assumed: &progress.assumed,
                doubt: None,
            };
            self.journal.record(&occurrence, &values, &understand);
        } else {
            let given = Given { with: &plain, env: own };
            if actions::looks_like_deployment(name, &given) {
                self.journal.list(
                    at.clone(),
                    format!("the action {name} looks like a deployment and is not known to this reader"),
                );
            }
            if !actions::is_harmless(&repository) {
                progress.set_elsewhere = true;
            }
        }
        Left {
            outputs: Vec::new(),
            others: "an action of another repository sets it",
        }
    }
}
