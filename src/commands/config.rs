//! `driftgate config show` and `driftgate config check`.

use super::{World, output};
use crate::cli::{ConfigCheckArgs, ConfigCommand, ConfigFileArgs, ConfigShowArgs, ShowFormat};
use crate::config::{self, Config, ConfigError, Effective, Flags, Variable};
use crate::error::Error;
use crate::policy::PolicyReader;
use crate::result::Outcome;

/// Shows or checks the configuration.
///
/// # Errors
/// A configuration that cannot be used, and an output that cannot be written.
pub fn run(command: &ConfigCommand, world: &mut World) -> Result<Outcome, Error> {
    match command {
        ConfigCommand::Show(args) => show(args, world),
        ConfigCommand::Check(args) => check(args, world),
    }
}

/// The configuration of a run, if there is one.
pub(super) fn read(args: &ConfigFileArgs, world: &World) -> Result<Option<Config>, Error> {
    let located = config::locate(&world.directory, args.config.as_deref())?;
    let config = located.map(|located| config::load(&located, world.variable));
    Ok(config.transpose()?)
}

fn show(args: &ConfigShowArgs, world: &mut World) -> Result<Outcome, Error> {
    let variables = args.workflows.variables.iter();
    let flags = Flags {
        states: args.states.states.clone(),
        region: args.connection.region.clone(),
        profile: args.connection.profile.clone(),
        deployments: args.declared.clone(),
        repository: args.workflows.repository.clone(),
        no_workflows: args.workflows.no_workflows,
        variables: variables
            .map(|argument| Variable::parse(argument, world.variable))
            .collect::<Result<_, _>>()?,
        fail_on: args.fail_on,
        phase: args.phase,
        ..Flags::default()
    };
    let effective = Effective::new(flags, read(&args.config, world)?);
    let text = match args.format {
        ShowFormat::Human => config::human(&effective),
        ShowFormat::Json => config::json(&effective),
    };
    let written = world.stdout.write_all(text.as_bytes());
    output::written(written, world)?;
    Ok(Outcome::Clean)
}

fn check(args: &ConfigCheckArgs, world: &mut World) -> Result<Outcome, Error> {
    let Some(config) = read(&args.config, world)? else {
        let directory = world.directory.clone();
        return Err(ConfigError::NoneFound { directory }.into());
    };
    let mut reader = PolicyReader::new();
    for one in &config.policy {
        reader.block(&one.block, &one.source);
    }
    for warning in &reader.finish()?.warnings {
        world.warn(&warning.to_string());
    }
    let written = writeln!(world.stdout, "{}: valid: {}", config.file, summary(&config));
    output::written(written, world)?;
    Ok(Outcome::Clean)
}

fn summary(config: &Config) -> String {
    let blocks = |name: &str| {
        config
            .policy
            .iter()
            .filter(|policy| policy.block.has_ident(name))
            .count()
    };
    let counts = [
        (config.states.len(), "state"),
        (config.accounts.len(), "account"),
        (config.sites.len(), "site"),
        (config.deployments.len(), "deployment target"),
        (
            config
                .workflows
                .as_ref()
                .map_or(0, |workflows| workflows.variables.len()),
            "workflow value",
        ),
        (config.owners.len(), "owned attribute"),
        (blocks("rule"), "rule"),
        (blocks("assert"), "assert"),
    ];
    let parts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, noun)| format!("{count} {noun}{}", if count == 1 { "" } else { "s" }))
        .collect();
    match parts.is_empty() {
        true => "nothing but settings".to_owned(),
        false => parts.join(", "),
    }
}
