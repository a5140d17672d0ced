//! What holds in the end: flags win over the file, the file over defaults.

use std::path::PathBuf;

use super::model::{
    Account, Config, DeclaredTarget, Origin, Owner, Pace, PolicyBlock, Settings, Sourced, StateSetting, Unmanaged,
    Variable,
};
use crate::cli::ReportTo;
use crate::deploy::{Declared, Phase};
use crate::finding::Severity;
use crate::history::Location;
use crate::report::Format;
use crate::site::Site;
use crate::workflows::Mapping;

/// What the command line says; nothing where it is silent.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// `--state`
    pub states: Vec<String>,
    /// `--region`
    pub region: Option<String>,
    /// `--profile`
    pub profile: Option<String>,
    /// `--deploy`
    pub deployments: Vec<Declared>,
    /// `--repository`
    pub repository: Option<PathBuf>,
    /// `--no-workflows`
    pub no_workflows: bool,
    /// `--var`, see [`Variable::parse`].
    pub variables: Vec<Variable>,
    /// `--fail-on`
    pub fail_on: Option<Severity>,
    /// `--phase`
    pub phase: Option<Phase>,
    /// `--format`
    pub format: Option<Format>,
    /// `--report`
    pub reports: Vec<ReportTo>,
    /// `--history`
    pub history: Option<Location>,
    /// `--since`
    pub since: Option<PathBuf>,
}

/// What a run goes by. States, targets and reports of the command line replace those of the file; a `--var` replaces
/// the value of the same name and environment.
#[derive(Clone, Debug)]
pub struct Effective {
    /// The configuration file, as shown to people, if there is one.
    pub file: Option<String>,
    /// Empty where neither says anything: then the state of the working directory is meant.
    pub states: Vec<StateSetting>,
    /// Region to start from, in place of the environment's.
    pub region: Option<Sourced<String>>,
    /// Profile to read with, in place of the environment's.
    pub profile: Option<Sourced<String>>,
    pub accounts: Vec<Account>,
    pub sites: Vec<Site>,
    pub deployments: Vec<DeclaredTarget>,
    /// Whose workflows are read.
    pub workflows: Sourced<WorkflowSource>,
    /// What is known about the values that workflows use.
    pub variables: Vec<Variable>,
    pub owners: Vec<Owner>,
    pub settings: EffectiveSettings,
    /// The `rule` and `assert` blocks of the file, unread.
    pub policy: Vec<PolicyBlock>,
}

/// Whose workflows are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkflowSource {
    /// Those of the working directory, if it holds `.github/workflows`.
    Here,
    /// Those of this repository.
    Repository(PathBuf),
    /// None.
    Nowhere,
}

/// The settings, each with the value that holds.
#[derive(Clone, Debug, PartialEq)]
pub struct EffectiveSettings {
    pub fail_on: Sourced<Severity>,
    pub unmanaged: Sourced<Unmanaged>,
    pub format: Sourced<Format>,
    pub reports: Sourced<Vec<ReportTo>>,
    pub pace: Sourced<Pace>,
    pub history: Option<Sourced<Location>>,
    pub since: Option<Sourced<PathBuf>>,
    pub starter_asserts: Sourced<bool>,
    pub phase: Sourced<Phase>,
}

impl Effective {
    /// What holds, given both.
    pub fn new(flags: Flags, config: Option<Config>) -> Self {
        let file = config.as_ref().map(|config| config.file.clone());
        let config = config.unwrap_or_default();
        let of_workflows = config.workflows.unwrap_or_default();
        let states = flags.states.into_iter().map(|source| StateSetting {
            name: source.clone(),
            source: Sourced::flag("--state", source),
            region: None,
            profile: None,
            terraform_dir: None,
        });
        let targets = flags.deployments.into_iter().map(|target| DeclaredTarget {
            name: None,
            target,
            origin: Origin::Flag("--deploy"),
        });
        let workflows = match (flags.no_workflows, flags.repository, of_workflows.repository) {
            (true, _, _) => Sourced::flag("--no-workflows", WorkflowSource::Nowhere),
            (_, Some(directory), _) => Sourced::flag("--repository", WorkflowSource::Repository(directory)),
            (_, None, Some(Sourced { value, origin })) => Sourced {
                value: WorkflowSource::Repository(value),
                origin,
            },
            (_, None, None) => Sourced::default(WorkflowSource::Here),
        };
        let reports = (!flags.reports.is_empty()).then_some(flags.reports);
        let settings = config.settings;
        Self {
            file,
            states: first_unless_empty(states.collect(), config.states),
            region: flags.region.map(|region| Sourced::flag("--region", region)),
            profile: flags.profile.map(|profile| Sourced::flag("--profile", profile)),
            accounts: config.accounts,
            sites: config.sites,
            deployments: first_unless_empty(targets.collect(), config.deployments),
            workflows,
            variables: merged(of_workflows.variables, flags.variables),
            owners: config.owners,
            policy: config.policy,
            settings: EffectiveSettings::new(
                Settings {
                    fail_on: flags.fail_on.map(|value| Sourced::flag("--fail-on", value)),
                    format: flags.format.map(|value| Sourced::flag("--format", value)),
                    reports: reports.map(|value| Sourced::flag("--report", value)),
                    history: flags.history.map(|value| Sourced::flag("--history", value)),
                    since: flags.since.map(|value| Sourced::flag("--since", value)),
                    phase: flags.phase.map(|value| Sourced::flag("--phase", value)),
                    ..Settings::default()
                },
                settings,
            ),
        }
    }

    /// What the workflow reader is to know.
    pub fn mapping(&self) -> Mapping {
        let mut mapping = Mapping::new();
        for variable in &self.variables {
            variable.set(&mut mapping);
        }
        mapping
    }
}

impl EffectiveSettings {
    fn new(flags: Settings, file: Settings) -> Self {
        Self {
            fail_on: flags
                .fail_on
                .or(file.fail_on)
                .unwrap_or(Sourced::default(Severity::Low)),
            unmanaged: flags
                .unmanaged
                .or(file.unmanaged)
                .unwrap_or(Sourced::default(Unmanaged::ALL)),
            format: flags.format.or(file.format).unwrap_or(Sourced::default(Format::Human)),
            reports: flags.reports.or(file.reports).unwrap_or(Sourced::default(Vec::new())),
            pace: flags.pace.or(file.pace).unwrap_or(Sourced::default(Pace::new())),
            history: flags.history.or(file.history),
            since: flags.since.or(file.since),
            starter_asserts: flags
                .starter_asserts
                .or(file.starter_asserts)
                .unwrap_or(Sourced::default(false)),
            phase: flags.phase.or(file.phase).unwrap_or(Sourced::default(Phase::Pre)),
        }
    }
}

fn first_unless_empty<T>(first: Vec<T>, second: Vec<T>) -> Vec<T> {
    if first.is_empty() { second } else { first }
}

/// Both, without those of the file that a flag replaces.
fn merged(file: Vec<Variable>, flags: Vec<Variable>) -> Vec<Variable> {
    let mut all: Vec<Variable> = Vec::new();
    for variable in file.into_iter().chain(flags) {
        all.retain(|other| !other.is_same(&variable));
        all.push(variable);
    }
    all
}
