//! Why there is no configuration to work with.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use crate::language::Diagnostics;

/// A configuration that cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    #[error("{}: there is no such configuration file; `driftgate init` writes one", .file.display())]
    Missing { file: PathBuf },
    #[error(
        "no driftgate.hcl here or above ({}); `driftgate init` writes one, and --config FILE names another", .directory.display()
    )]
    NoneFound { directory: PathBuf },
    #[error("{}: the configuration file cannot be read: {cause}", .file.display())]
    Unreadable { file: PathBuf, cause: io::Error },
    #[error("{}: the configuration file is not a file", .file.display())]
    NotAFile { file: PathBuf },
    #[error("{}: the configuration file is not UTF-8 text: the first odd byte is at offset {offset}", .file.display())]
    NotText { file: PathBuf, offset: usize },
    #[error("the configuration has {}\n{}", counted(.0), .0)]
    Invalid(#[from] Diagnostics),
}

fn counted(problems: &Diagnostics) -> String {
    match problems.len() {
        1 => "one problem".to_owned(),
        n => format!("{n} problems"),
    }
}
