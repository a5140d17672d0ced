//! What a run goes by: the command line over the configuration file over the defaults.

use super::{World, config, policies};
use crate::cli::{
    CheckArgs, ConfigFileArgs, ConnectionArgs, DeployArgs, SnapshotArgs, StateArgs, TargetsArgs, TraceArgs,
    WorkflowArgs,
};
use crate::config::{Effective, Flags, Variable};
use crate::deploy::Declared;
use crate::error::Error;
use crate::history::Location;
use crate::language::Glob;
use crate::ownership::Owner;
use crate::policy::{Policy, PolicyReader};

/// # Errors
/// A configuration that cannot be used, and flags that make no sense.
pub(super) fn of_check(args: &CheckArgs, world: &World) -> Result<Effective, Error> {
    let history = args.earlier.history.as_deref().map(Location::parse).transpose()?;
    let flags = Flags {
        fail_on: args.output.fail_on,
        format: args.output.render.format,
        reports: args.output.render.reports.clone(),
        history,
        since: args.earlier.since.clone(),
        ..deploying(&args.deploy, &args.states, &args.connection, world)?
    };
    over(flags, &args.config, world)
}

/// # Errors
/// As [`of_check`].
pub(super) fn of_snapshot(args: &SnapshotArgs, world: &World) -> Result<Effective, Error> {
    over(
        deploying(&args.deploy, &args.states, &args.connection, world)?,
        &args.config,
        world,
    )
}

/// # Errors
/// As [`of_check`].
pub(super) fn of_trace(args: &TraceArgs, world: &World) -> Result<Effective, Error> {
    over(reading(&args.states, &args.connection), &args.config, world)
}

/// # Errors
/// As [`of_check`].
pub(super) fn of_targets(args: &TargetsArgs, world: &World) -> Result<Effective, Error> {
    let flags = with_workflows(Flags::default(), &args.declared, &args.workflows, world)?;
    over(flags, &args.config, world)
}

fn over(flags: Flags, file: &ConfigFileArgs, world: &World) -> Result<Effective, Error> {
    Ok(Effective::new(flags, config::read(file, world)?))
}

fn reading(states: &StateArgs, connection: &ConnectionArgs) -> Flags {
    Flags {
        states: states.states.clone(),
        region: connection.region.clone(),
        profile: connection.profile.clone(),
        ..Flags::default()
    }
}

fn deploying(
    deploy: &DeployArgs,
    states: &StateArgs,
    connection: &ConnectionArgs,
    world: &World,
) -> Result<Flags, Error> {
    let flags = Flags {
        phase: deploy.phase,
        ..reading(states, connection)
    };
    with_workflows(flags, &deploy.declared, &deploy.workflows, world)
}

fn with_workflows(flags: Flags, declared: &[Declared], args: &WorkflowArgs, world: &World) -> Result<Flags, Error> {
    let variables = args.variables.iter();
    Ok(Flags {
        deployments: declared.to_vec(),
        repository: args.repository.clone(),
        no_workflows: args.no_workflows,
        variables: variables
            .map(|argument| Variable::parse(argument, world.variable))
            .collect::<Result<_, _>>()?,
        ..flags
    })
}

/// The user's policy: the files of `--policy` first, then the configuration's own blocks.
///
/// # Errors
/// Everything that is wrong with any of them.
pub(super) fn policy(effective: &Effective, named: &[std::path::PathBuf]) -> Result<Policy, Error> {
    let mut reader = PolicyReader::new();
    for source in policies::sources(named)? {
        reader.source(&source);
    }
    for one in &effective.policy {
        reader.block(&one.block, &one.source);
    }
    if effective.settings.starter_asserts.value {
        reader.starter_asserts();
    }
    Ok(reader.finish()?)
}

/// Who else than Terraform owns attributes, by the configuration.
pub(super) fn owners(effective: &Effective) -> Vec<Owner> {
    let owners = effective.owners.iter();
    owners
        .map(|owner| Owner {
            name: owner.name.clone(),
            address: Glob::new(&owner.address),
            path: Glob::new(&owner.path),
            place: owner.place.clone(),
        })
        .collect()
}
