//! Every reason why a run could not be done, as one type. `main` renders it, in one place, and exits with 1.

use std::path::PathBuf;

use thiserror::Error;

use crate::expected::InputError;
use crate::snapshot::SnapshotError;

/// A run that could not be done. The texts are one line each and say what to do.
#[derive(Debug, Error)]
pub enum Error {
    #[error(transparent)]
    Input(#[from] InputError),
    #[error(transparent)]
    Config(#[from] crate::config::ConfigError),
    #[error("{}: this file exists already and is not touched; name another with --config FILE", .file.display())]
    ConfigExists { file: PathBuf },
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    #[cfg(feature = "live")]
    #[error(transparent)]
    Publish(#[from] crate::publish::PublishError),
    #[cfg(feature = "live")]
    #[error(transparent)]
    Connect(#[from] crate::live::aws::ConnectError),
    /// The text that was given is not repeated as a whole: a password may be in it.
    #[error(transparent)]
    Host(#[from] crate::serving::host::HostError),
    #[error(
        "{host}: nobody's host: neither the states nor {} has a zone, a record or an alias for it; is the name right, and is this the account that serves it?",
        .account.as_ref().map_or_else(|| "the account".to_owned(), |account| format!("account {account}"))
    )]
    NobodysHost { host: String, account: Option<String> },
    #[error("--step {text}: there is no such step; the steps are {known}")]
    NoSuchStep { text: String, known: String },
    /// A policy that is none, or whose conditions cannot be evaluated: everything that is wrong with it.
    #[error("{0}")]
    Policy(#[from] crate::language::Diagnostics),
    #[error("{}: {cause}; --policy takes a file, or a directory that holds *.hcl", .path.display())]
    PolicyFile { path: PathBuf, cause: std::io::Error },
    #[error(transparent)]
    Mapping(#[from] crate::workflows::MappingError),
    #[error("{0}")]
    Workflow(crate::workflows::ReadError),
    #[error("{}: the repository cannot be read: {cause}; name its directory with --repository", .directory.display())]
    Repository { directory: PathBuf, cause: std::io::Error },
    #[error(transparent)]
    Configuration(#[from] crate::terraform::ConfigurationError),
    #[error("{place}: {what}; {instead}")]
    Backend {
        place: crate::place::Place,
        what: String,
        instead: String,
    },
    #[error(
        "the backend assumes a role to read {source_url}; put the role into a profile and give \
         `--state '{source_url}'` with profile=NAME, or pipe `terraform state pull` into `--state -`"
    )]
    BackendRole { source_url: String },
    #[error(
        "--terraform-dir belongs to one state, and {states} are given; say in driftgate.hcl which directory belongs to \
         which state"
    )]
    WhichState { states: usize },
    #[error(
        "{file} is a snapshot of account {theirs}, and the account at hand is {ours}; take a snapshot of this account, \
         or use the other one's credentials"
    )]
    OtherAccount { file: String, theirs: String, ours: String },
    #[error("{subject:?} is neither a rule nor the id of a finding of this check; {hint}")]
    NothingToExplain { subject: String, hint: String },
    #[error("{}: this file exists already and is not touched; name another with -o FILE", .file.display())]
    BaselineExists { file: PathBuf },
    #[error(
        "the configuration is for account {wanted}, and these credentials are of account {found}; sign in to \
         {wanted}, or name its profile in the account block"
    )]
    NotTheAccount { wanted: String, found: String },
    #[error(
        "{place}: the {through} of the block `account \"{account}\"` gives credentials of account {found}; nothing was read. \
         Name the profile or role of {account}, or give the block the id {found}"
    )]
    BlockOfAnotherAccount {
        place: String,
        account: String,
        through: String,
        found: String,
    },
    #[cfg(feature = "live")]
    #[error("{place}: account {account} cannot be read with {through}: {cause}")]
    AccountUnreachable {
        account: String,
        through: String,
        place: String,
        cause: Box<crate::live::aws::ConnectError>,
    },
    #[error("--fail-on-new needs something to be new since: give --since RESULT or --history PLACE")]
    NothingEarlier,
    #[error("{flag} belongs to `driftgate check`: a watch shows what moves, and keeps no result")]
    NotForWatch { flag: &'static str },
    #[error(transparent)]
    History(#[from] crate::history::HistoryError),
    #[error(transparent)]
    HistoryPlace(#[from] crate::history::LocationError),
    #[error("{}: {cause}", .file.display())]
    SavedResult {
        file: PathBuf,
        cause: crate::report::json::v1::ParseError,
    },
    #[error("{}: the file cannot be read: {cause}", .file.display())]
    Read { file: PathBuf, cause: std::io::Error },
    #[error("{}: the file cannot be written: {cause}", .file.display())]
    Write { file: PathBuf, cause: std::io::Error },
    #[error("standard output cannot be written: {0}")]
    Output(std::io::Error),
    #[cfg(not(feature = "live"))]
    #[error(
        "this driftgate was built without the feature `live` and cannot read AWS; give a snapshot with --live FILE"
    )]
    WithoutLive,
    #[cfg(not(feature = "live"))]
    #[error("this driftgate was built without the feature `live` and cannot publish; use one that was built with it")]
    CannotPublish,
}
