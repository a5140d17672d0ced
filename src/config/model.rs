//! What a configuration says, as plain values.

use std::collections::BTreeMap;
use std::path::PathBuf;

use hcl::edit::structure::Block;

use crate::cli::ReportTo;
use crate::deploy::{Declared, Phase};
use crate::finding::Severity;
use crate::history::Location;
use crate::language::Source;
use crate::place::Place;
use crate::report::Format;
use crate::site::Site;
use crate::workflows::{Hidden, Mapping, MappingError};

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag of the command line, such as `--fail-on`.
    Flag(&'static str),
    /// The configuration file.
    File(Place),
    /// An environment variable that the configuration file asks for.
    Environment {
        /// Its name.
        variable: String,
        /// Where the file asks.
        place: Place,
    },
    /// Nobody said anything.
    Default,
}

/// A value and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sourced<T> {
    pub value: T,
    pub origin: Origin,
}

impl<T> Sourced<T> {
    /// What holds where nobody said anything.
    pub fn default(value: T) -> Self {
        Self {
            value,
            origin: Origin::Default,
        }
    }

    /// What a flag of the command line says.
    pub fn flag(name: &'static str, value: T) -> Self {
        Self {
            value,
            origin: Origin::Flag(name),
        }
    }
}

/// What a configuration file says. Paths in it are relative to the file; here they are relative to the working
/// directory, or absolute.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The file, as shown to people.
    pub file: String,
    pub states: Vec<StateSetting>,
    pub accounts: Vec<Account>,
    pub sites: Vec<Site>,
    pub deployments: Vec<DeclaredTarget>,
    pub workflows: Option<Workflows>,
    pub owners: Vec<Owner>,
    pub settings: Settings,
    /// The `rule` and `assert` blocks, unread, in the order of the file.
    pub policy: Vec<PolicyBlock>,
}

/// A state to compare with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateSetting {
    /// Its name in the configuration; the source itself for a state of the command line.
    pub name: String,
    /// A path, a glob or an S3 URL, as [`crate::expected::locate`] takes it; `-` only from the command line.
    pub source: Sourced<String>,
    /// Region of the bucket that an S3 URL names. The URL names no other one.
    pub region: Option<Sourced<String>>,
    /// Profile that an S3 URL is read with. The URL names no other one.
    pub profile: Option<Sourced<String>>,
    /// Directory of the Terraform configuration that made it.
    pub terraform_dir: Option<Sourced<PathBuf>>,
}

/// How to reach an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// 12 digits.
    pub id: String,
    /// Where its block stands.
    pub place: Place,
    pub credentials: Sourced<Credentials>,
    /// Regions to read in it; empty where the states decide.
    pub regions: Sourced<Vec<String>>,
}

/// Which credentials an account is read with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// Those of the environment.
    AtHand,
    /// Those of a profile of the shared AWS configuration.
    Profile(String),
    /// Those of a role, assumed with the ones at hand.
    Role { arn: String, external_id: Option<String> },
}

/// A deployment target that somebody states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredTarget {
    /// The label of its block, where it has one.
    pub name: Option<String>,
    pub target: Declared,
    pub origin: Origin,
}

/// Which workflows are read, and what is known about their values.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Workflows {
    /// The repository that holds them; without it the working directory, if that holds some.
    pub repository: Option<Sourced<PathBuf>>,
    pub variables: Vec<Variable>,
}

/// A value that workflows use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// The GitHub environment in which it holds; all that have no value of their own without it.
    pub environment: Option<String>,
    pub name: String,
    pub value: VariableValue,
    pub origin: Origin,
}

/// The value of a [`Variable`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VariableValue {
    /// `vars.NAME`
    Plain(String),
    /// `secrets.NAME`, whose value is never shown.
    Secret(Hidden),
}

impl Variable {
    /// `vars.NAME` or `secrets.NAME`, with `ENVIRONMENT:` in front where it has one: the left side of `--var`.
    pub fn path(&self) -> String {
        let environment = self.environment.as_ref().map(|name| format!("{name}:"));
        let context = match self.value {
            VariableValue::Plain(_) => "vars",
            VariableValue::Secret(_) => "secrets",
        };
        format!("{}{context}.{}", environment.unwrap_or_default(), self.name)
    }

    /// Reads one `--var` argument; `variable` looks a variable of the process up.
    ///
    /// # Errors
    /// As [`Mapping::parse_argument`].
    pub fn parse(argument: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, MappingError> {
        let mut mapping = Mapping::new();
        mapping.parse_argument(argument, variable)?;
        let left = argument.split('=').next().unwrap_or_default();
        let (environment, path) = match left.rsplit_once(':') {
            Some((environment, path)) => (Some(environment), path),
            None => (None, left),
        };
        let name = path.split_once('.').map_or(path, |(_, name)| name);
        let value = match mapping.secret(environment, name) {
            Some(secret) => Some(VariableValue::Secret(secret.clone())),
            None => mapping
                .variable(environment, name)
                .map(|value| VariableValue::Plain(value.to_owned())),
        };
        Ok(Self {
            environment: environment.map(str::to_owned),
            name: name.to_owned(),
            value: value.ok_or_else(|| MappingError::Form {
                argument: left.to_owned(),
            })?,
            origin: Origin::Flag("--var"),
        })
    }

    /// Makes `mapping` know it.
    pub fn set(&self, mapping: &mut Mapping) {
        let environment = self.environment.as_deref();
        match &self.value {
            VariableValue::Plain(value) => mapping.set_variable(environment, &self.name, value.as_str()),
            VariableValue::Secret(value) => mapping.set_secret(environment, &self.name, value.reveal()),
        }
    }

    /// Whether `other` sets the same: GitHub compares names without regard to case.
    pub fn is_same(&self, other: &Variable) -> bool {
        self.path().to_lowercase() == other.path().to_lowercase()
    }
}

/// Attributes that somebody else than Terraform owns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Who, such as `deploy`.
    pub name: String,
    /// A pattern over addresses: `*` stands for any characters, `?` for one, everything else for itself.
    pub address: String,
    /// A path in the resource, in which `[*]` stands for any index or key.
    pub path: String,
    pub place: Place,
}

/// What the `settings` block says; nothing where it is silent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    pub fail_on: Option<Sourced<Severity>>,
    pub unmanaged: Option<Sourced<Unmanaged>>,
    pub format: Option<Sourced<Format>>,
    pub reports: Option<Sourced<Vec<ReportTo>>>,
    pub pace: Option<Sourced<Pace>>,
    pub history: Option<Sourced<Location>>,
    pub since: Option<Sourced<PathBuf>>,
    pub starter_asserts: Option<Sourced<bool>>,
    pub phase: Option<Sourced<Phase>>,
}

/// What is reported when no state holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unmanaged {
    /// Record sets of managed zones.
    pub records: bool,
    /// Settings of managed buckets.
    pub bucket_settings: bool,
}

impl Unmanaged {
    /// Everything.
    pub const ALL: Unmanaged = Unmanaged {
        records: true,
        bucket_settings: true,
    };
    /// Nothing.
    pub const NONE: Unmanaged = Unmanaged {
        records: false,
        bucket_settings: false,
    };
}

/// Requests per second, at most; a service that is not named has the pace that AWS allows.
pub type Pace = BTreeMap<Service, u32>;

/// A service whose pace can be set: the one that limits a whole account to a few requests a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    Route53,
}

impl Service {
    /// All of them, in the order of the documentation.
    pub const ALL: [Service; 1] = [Service::Route53];

    /// The name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Service::Route53 => "route53",
        }
    }
}

/// A `rule` or `assert` block and the file it stands in.
#[derive(Clone, Debug)]
pub struct PolicyBlock {
    pub block: Block,
    pub source: Source,
}
