//! Configurations in directories.

mod hostile;
mod ignoring;
mod modules;
mod states;

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::{Configuration, ConfigurationError};

/// A directory with these files.
fn directory(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), files);
    directory
}

fn write(directory: &Path, files: &[(&str, &str)]) {
    for (name, text) in files {
        let path = directory.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

fn try_read(files: &[(&str, &str)]) -> Result<Configuration, ConfigurationError> {
    Configuration::read(directory(files).path(), "infra")
}

fn read(files: &[(&str, &str)]) -> Configuration {
    try_read(files).unwrap()
}

/// The addresses of all blocks with their places.
fn blocks(configuration: &Configuration) -> Vec<String> {
    configuration
        .resources()
        .map(|block| format!("{} {}", block.address(), block.place))
        .collect()
}
