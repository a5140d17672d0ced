//! What is found while the workflows are read.

use std::collections::BTreeMap;

use super::choice::Assumptions;
use super::commands::{Effect, Finding};
use super::error::ReadError;
use super::targets::{Confidence, NotUnderstood, Step, Target, Via};
use super::text::Text;
use super::value::{Value, variants};
use crate::place::Place;

/// Statements and steps that are followed in one workflow, before reading it ends with a note.
const MAX_STATEMENTS: usize = 50_000;
/// Targets that are kept for one command.
const MAX_TARGETS_PER_PLACE: usize = 512;

/// Collects targets, features that are not understood, and errors.
#[derive(Debug)]
pub(crate) struct Journal {
    pub(crate) targets: Vec<Target>,
    pub(crate) not_understood: Vec<NotUnderstood>,
    pub(crate) errors: Vec<ReadError>,
    /// Targets by the line of their command.
    by_place: BTreeMap<Place, Vec<usize>>,
    left: usize,
    workflow: String,
}

/// Where in a workflow something runs.
#[derive(Debug, Clone)]
pub(crate) struct Here {
    pub(crate) workflow: String,
    pub(crate) job: String,
    pub(crate) step: Step,
    pub(crate) environment: Value,
    pub(crate) via: Vec<Via>,
    pub(crate) matrix: BTreeMap<String, String>,
}

/// A command or an action with its arguments.
pub(crate) struct Occurrence<'a> {
    pub(crate) here: &'a Here,
    pub(crate) at: Place,
    pub(crate) assumed: &'a Assumptions,
    pub(crate) doubt: Option<&'a str>,
}

impl Journal {
    pub(crate) fn new() -> Self {
        Self {
            targets: Vec::new(),
            not_understood: Vec::new(),
            errors: Vec::new(),
            by_place: BTreeMap::new(),
            left: MAX_STATEMENTS,
            workflow: String::new(),
        }
    }

    /// Starts with another workflow, which has a limit of its own.
    pub(crate) fn begin(&mut self, workflow: &str) {
        self.workflow = workflow.to_string();
        self.left = MAX_STATEMENTS;
    }

    /// Takes one step; false when the limit is reached.
    pub(crate) fn spend(&mut self) -> bool {
        if self.left == 0 {
            return false;
        }
        self.left -= 1;
        if self.left == 0 {
            let place = Place::new(self.workflow.clone(), 0);
            self.list(
                place,
                "the workflow runs more commands than are followed; reading ended early",
            );
        }
        true
    }

    /// Takes several steps at once.
    pub(crate) fn spend_many(&mut self, count: usize) {
        let kept = self.left.min(1);
        self.left = self.left.saturating_sub(count).max(kept);
    }

    /// Lists something that is not understood, once.
    pub(crate) fn list(&mut self, at: Place, what: impl Into<String>) {
        let entry = NotUnderstood { at, what: what.into() };
        if !self.not_understood.contains(&entry) {
            self.not_understood.push(entry);
        }
    }

    /// Records what a command does, in each way in which its arguments can come out.
    ///
    /// `understand` gets the arguments of one way; the job's environment varies along with them.
    pub(crate) fn record(
        &mut self,
        occurrence: &Occurrence<'_>,
        arguments: &[Value],
        understand: &dyn Fn(&[Value]) -> Finding,
    ) {
        let mut all = vec![occurrence.here.environment.clone()];
        all.extend_from_slice(arguments);
        for variant in variants(&all, occurrence.assumed) {
            let Some((environment, arguments)) = variant.values.split_first() else {
                continue;
            };
            let finding = understand(arguments);
            for what in finding.listed {
                self.list(occurrence.at.clone(), what);
            }
            for effect in finding.effects {
                let environment = match environment {
                    Value::Null => None,
                    other => Some(other.to_text()).filter(|t| !t.is_empty()),
                };
                self.add(occurrence, effect, environment, &variant.assumed);
            }
        }
    }

    fn add(&mut self, occurrence: &Occurrence<'_>, effect: Effect, environment: Option<Text>, assumed: &Assumptions) {
        let bucket_missing = effect.kind.bucket().is_some_and(Text::is_empty);
        let distribution_missing = effect.kind.distribution().is_some_and(Text::is_empty);
        if bucket_missing || distribution_missing {
            // With a variable that is empty in this case the command fails before it writes.
            return;
        }
        let here = occurrence.here;
        let confidence = match effect.doubt.as_deref().or(occurrence.doubt) {
            Some(why) => Confidence::Low(why.to_string()),
            None => Confidence::Full,
        };
        let target = Target {
            at: occurrence.at.clone(),
            workflow: here.workflow.clone(),
            job: here.job.clone(),
            step: here.step.clone(),
            environment,
            via: here.via.clone(),
            kind: effect.kind,
            region: effect.region,
            endpoint: effect.endpoint,
            tool: effect.tool,
            confidence,
            conditions: assumed.describe(),
            matrix: (!here.matrix.is_empty()).then(|| here.matrix.clone()),
        };
        let known = self.by_place.entry(target.at.clone()).or_default();
        if known.len() >= MAX_TARGETS_PER_PLACE {
            let at = target.at.clone();
            self.list(at, "the command writes to more targets than are kept");
            return;
        }
        let same = known.iter().copied().find(|index| {
            let other = &self.targets[*index];
            other.matrix == target.matrix && other.is_same_write(&target)
        });
        match same {
            Some(index) => self.targets[index]
                .conditions
                .retain(|condition| target.conditions.contains(condition)),
            None => {
                known.push(self.targets.len());
                self.targets.push(target);
            }
        }
    }

    /// Joins targets that differ in their matrix combination only: the matrix does not matter to them.
    pub(crate) fn merge_matrix(&mut self) {
        let mut merged: Vec<Target> = Vec::new();
        let mut by_place: BTreeMap<Place, Vec<usize>> = BTreeMap::new();
        for target in self.targets.drain(..) {
            let known = by_place.entry(target.at.clone()).or_default();
            let twin = known
                .iter()
                .copied()
                .find(|index| merged[*index].is_same_write(&target));
            let twin = twin.and_then(|index| merged.get_mut(index));
            match twin {
                Some(known) => {
                    known.matrix = None;
                    known
                        .conditions
                        .retain(|condition| target.conditions.contains(condition));
                }
                None => {
                    known.push(merged.len());
                    merged.push(target);
                }
            }
        }
        self.targets = merged;
    }
}
