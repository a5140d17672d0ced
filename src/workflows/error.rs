//! What can be wrong with the files themselves.

use crate::place::Place;

/// A workflow, or a part of one, that cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The file is not YAML, or it was made to exhaust its reader.
    #[error("{place}: this is not YAML that can be read: {problem}")]
    NotYaml {
        /// Where the parser gave up.
        place: Place,
        /// What it met there.
        problem: String,
    },
    /// The file is YAML, and not a workflow.
    #[error("{place}: this is not a GitHub Actions workflow: {problem}")]
    NotAWorkflow {
        /// The file, or the line that shows it.
        place: Place,
        /// What is missing or in the way.
        problem: String,
    },
    /// An expression between `${{` and `}}` that GitHub would refuse.
    #[error("{place}: the expression `{expression}` does not parse: {problem}")]
    Expression {
        /// The line of the value that holds it.
        place: Place,
        /// The expression without its braces.
        expression: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl ReadError {
    /// Where the problem is.
    pub fn place(&self) -> &Place {
        match self {
            Self::NotYaml { place, .. } | Self::NotAWorkflow { place, .. } | Self::Expression { place, .. } => place,
        }
    }
}

/// A `--var` argument that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// The argument is not `[ENVIRONMENT:]vars.NAME=VALUE` or `[ENVIRONMENT:]secrets.NAME=env:VARIABLE`.
    #[error(
        "--var {argument}: expected vars.NAME=VALUE or secrets.NAME=env:VARIABLE, with ENVIRONMENT: in front where it differs by environment"
    )]
    Form {
        /// The part before `=`; a value may be private and is not repeated.
        argument: String,
    },
    /// The argument has no `=`, so that nothing of it is known to be fit for repeating.
    #[error(
        "--var: expected vars.NAME=VALUE or secrets.NAME=env:VARIABLE, with ENVIRONMENT: in front where it differs by environment; one has no `=`"
    )]
    NoValue,
    /// A secret's value was written on the command line, where other people can read it.
    #[error(
        "--var {argument}: the value of a secret is not taken from the command line; write {argument}=env:VARIABLE and put it into that environment variable"
    )]
    SecretOnCommandLine {
        /// The part before `=`.
        argument: String,
    },
    /// The environment variable that should hold the value is not set.
    #[error("--var {argument}: the environment variable {variable} is not set")]
    NotSet {
        /// The part before `=`.
        argument: String,
        /// The missing variable.
        variable: String,
    },
}
