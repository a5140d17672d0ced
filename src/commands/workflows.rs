//! Where deployments go: what is declared on the command line, and what the repository's workflows do.

use std::path::PathBuf;

use super::World;
use crate::config::{Effective, WorkflowSource};
use crate::deploy::{Declared, Deployment};
use crate::error::Error;
use crate::workflows::{Found, Repository, find};

/// The deployments of a run.
#[derive(Default)]
pub(super) struct Deployments {
    pub(super) deployments: Vec<Deployment>,
    /// Whether there were workflows to read.
    pub(super) looked: bool,
    /// What the workflows do that was not understood, a line each.
    pub(super) remarks: Vec<String>,
}

/// Declared and found deployments.
pub(super) fn deployments(effective: &Effective, world: &World) -> Result<Deployments, Error> {
    let found = found(effective, world)?;
    let looked = found.is_some();
    let found = found.unwrap_or_default();
    if let Some(error) = found.errors.first() {
        return Err(Error::Workflow(error.clone()));
    }
    let remarks = found
        .not_understood
        .iter()
        .map(|one| format!("{}: not understood: {}", one.at, one.what))
        .collect();
    Ok(Deployments {
        deployments: Deployment::group(&found, &declared(effective)),
        looked,
        remarks,
    })
}

/// The targets that somebody states.
pub(super) fn declared(effective: &Effective) -> Vec<Declared> {
    effective.deployments.iter().map(|one| one.target.clone()).collect()
}

/// What the workflows of the repository do; none where there is no repository to look at.
pub(super) fn found(effective: &Effective, world: &World) -> Result<Option<Found>, Error> {
    let Some(root) = root(&effective.workflows.value, world) else {
        return Ok(None);
    };
    let repository = Repository::collect(&root).map_err(|cause| Error::Repository {
        directory: root.clone(),
        cause,
    })?;
    Ok(Some(find(&repository, &effective.mapping())))
}

fn root(source: &WorkflowSource, world: &World) -> Option<PathBuf> {
    match source {
        WorkflowSource::Nowhere => None,
        WorkflowSource::Repository(directory) => Some(world.directory.join(directory)),
        WorkflowSource::Here => Some(world.directory.clone()).filter(|here| here.join(".github/workflows").is_dir()),
    }
}
