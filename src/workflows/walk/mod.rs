//! Walking through workflows, jobs and steps in the order in which they run.

mod inputs;
mod jobs;
mod steps;
mod uses;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::Found;
use super::error::ReadError;
use super::journal::Journal;
use super::mapping::Mapping;
use super::repository::Repository;
use super::scope::Secrets;
use super::targets::Via;
use super::value::Value;
use super::workflow::{Workflow, read_workflow};
use crate::place::Place;

/// What a walk carries everywhere.
pub(super) struct Walk<'a> {
    repository: &'a Repository,
    mapping: &'a Mapping,
    workflows: BTreeMap<String, Rc<Workflow>>,
    sources: BTreeMap<String, Rc<str>>,
    journal: Journal,
}

/// Who starts a workflow, and with what.
#[derive(Debug, Clone)]
struct Start {
    inputs: Value,
    secrets: Secrets,
    /// The workflow that the run belongs to.
    workflow: String,
    /// Jobs of calling workflows, outermost first.
    jobs: Vec<String>,
    via: Vec<Via>,
    assumed: super::choice::Assumptions,
}

/// Reads every workflow of the repository.
pub(super) fn repository(repository: &Repository, mapping: &Mapping) -> Found {
    let mut walk = Walk {
        repository,
        mapping,
        workflows: BTreeMap::new(),
        sources: BTreeMap::new(),
        journal: Journal::new(),
    };
    for (path, why) in &repository.left_out {
        walk.journal.list(Place::new(path, 0), format!("not read: {why}"));
    }
    for place in &repository.not_text {
        walk.journal.errors.push(ReadError::NotYaml {
            place: place.clone(),
            problem: "it is not UTF-8 text".to_owned(),
        });
    }
    for (file, source) in repository.workflows() {
        match read_workflow(file, source, &mut walk.journal.not_understood) {
            Ok(workflow) => {
                walk.workflows.insert(file.to_string(), Rc::new(workflow));
            }
            Err(error) => walk.journal.errors.push(error),
        }
    }
    let called = walk.called_workflows();
    let entries: Vec<Rc<Workflow>> = walk
        .workflows
        .values()
        .filter(|workflow| {
            let only_called = workflow.events.iter().all(|e| e == "workflow_call");
            !(only_called && called.contains(&workflow.file))
        })
        .cloned()
        .collect();
    for workflow in entries {
        walk.journal.begin(&workflow.file);
        let start = Start {
            inputs: inputs::of_event(&workflow),
            secrets: if workflow.events.iter().all(|e| e == "workflow_call") {
                Secrets::Unknown
            } else {
                Secrets::Repository
            },
            workflow: workflow.file.clone(),
            jobs: Vec::new(),
            via: Vec::new(),
            assumed: super::choice::Assumptions::default(),
        };
        walk.workflow(&workflow, &start);
    }
    walk.journal.merge_matrix();
    let mut not_understood = walk.journal.not_understood;
    not_understood.sort();
    not_understood.dedup();
    Found {
        targets: walk.journal.targets,
        not_understood,
        errors: walk.journal.errors,
    }
}

impl Walk<'_> {
    /// Workflows that a job of the repository calls.
    fn called_workflows(&self) -> BTreeSet<String> {
        self.workflows
            .values()
            .flat_map(|workflow| workflow.jobs.iter())
            .filter_map(|job| job.uses.as_ref()?.text())
            .filter_map(|uses| uses.strip_prefix("./").map(str::to_string))
            .collect()
    }

    /// The text of a file, shared with the scripts that are parsed from it.
    fn source(&mut self, file: &str) -> Rc<str> {
        if let Some(source) = self.sources.get(file) {
            return Rc::clone(source);
        }
        let text = self.repository.text(file).unwrap_or_default();
        let text: Rc<str> = text.strip_prefix('\u{feff}').unwrap_or(text).into();
        self.sources.insert(file.to_string(), Rc::clone(&text));
        text
    }
}
