//! Where deployments go: what is declared on the command line, and what the repository's workflows do.

use std::path::PathBuf;

use super::World;
use crate::cli::{DeployArgs, WorkflowArgs};
use crate::deploy::Deployment;
use crate::error::Error;
use crate::workflows::{Found, Mapping, Repository, find};

/// The deployments of a run.
#[derive(Default)]
pub(super) struct Deployments {
    pub(super) deployments: Vec<Deployment>,
    /// What the workflows do that was not understood, a line each.
    pub(super) remarks: Vec<String>,
}

/// Declared and found deployments.
pub(super) fn deployments(args: &DeployArgs, world: &World) -> Result<Deployments, Error> {
    let found = found(&args.workflows, world)?.unwrap_or_default();
    if let Some(error) = found.errors.first() {
        return Err(Error::Workflow(error.clone()));
    }
    let remarks = found
        .not_understood
        .iter()
        .map(|one| format!("{}: not understood: {}", one.at, one.what))
        .collect();
    Ok(Deployments {
        deployments: Deployment::group(&found, &args.declared),
        remarks,
    })
}

/// What the workflows of the repository do; none where there is no repository to look at.
pub(super) fn found(args: &WorkflowArgs, world: &World) -> Result<Option<Found>, Error> {
    let mut mapping = Mapping::new();
    for variable in &args.variables {
        mapping.parse_argument(variable, world.variable)?;
    }
    let Some(root) = root(args, world) else { return Ok(None) };
    let repository = Repository::collect(&root).map_err(|cause| Error::Repository {
        directory: root.clone(),
        cause,
    })?;
    Ok(Some(find(&repository, &mapping)))
}

fn root(args: &WorkflowArgs, world: &World) -> Option<PathBuf> {
    if args.no_workflows {
        return None;
    }
    match &args.repository {
        Some(directory) => Some(world.directory.join(directory)),
        None => Some(world.directory.clone()).filter(|here| here.join(".github/workflows").is_dir()),
    }
}
