//! Deployment targets found in GitHub Actions workflows.
//!
//! [`find`] reads the workflows of a [`Repository`], follows what their steps run, and returns every
//! write to S3 or CloudFront as a [`Target`] with its place in the files. It is a pure function: it
//! reads no disk and asks nobody. Values that come from secrets, variables, inputs or other programs
//! are resolved with a [`Mapping`] where they can be, and stay open where they cannot; nothing is
//! guessed, and what is not understood is listed.
//!
//! The way of a value: `yaml` gives positions, `workflow` the model, `expressions` and `scope` the
//! contexts, `shell` the commands, `commands` and `actions` what they write, `targets` the result.

mod actions;
mod choice;
mod commands;
mod compare;
mod error;
mod expressions;
mod functions;
mod journal;
mod mapping;
mod matrix;
mod origin_path;
mod repository;
mod scope;
mod shell;
mod targets;
mod template;
mod text;
mod value;
mod walk;
mod workflow;
mod yaml;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod styles;

pub use error::{MappingError, ReadError};
pub use mapping::Mapping;
pub use repository::Repository;
pub use targets::{Confidence, Kind, NotUnderstood, OriginSelector, Step, Target, Via};
pub use text::{Hidden, Open, Piece, Source, Text, Tri};

/// What the workflows of a repository do to S3 and CloudFront.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// Every write, in the order of workflow files, jobs and steps.
    pub targets: Vec<Target>,
    /// Features that the reader does not follow, by place.
    pub not_understood: Vec<NotUnderstood>,
    /// Files and expressions that are wrong in themselves.
    pub errors: Vec<ReadError>,
}

/// Reads all workflows of a repository.
pub fn find(repository: &Repository, mapping: &Mapping) -> Found {
    walk::repository(repository, mapping)
}
