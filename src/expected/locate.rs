//! From the arguments of a run to the places to read.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use super::error::InputError;
use super::source::{S3Object, Source};

/// Finds what every argument names: a file, a directory, a glob, `-` or `s3://BUCKET/KEY`.
///
/// A directory stands for the `*.tfstate` files in it or, if there are none, for those below it; hidden directories
/// and backups are left out. A file that several arguments name comes once. Relative paths start at `cwd`.
///
/// # Errors
/// An argument that names nothing, or something that cannot be listed.
pub fn locate(args: &[String], cwd: &Path) -> Result<Vec<Source>, InputError> {
    let mut found = Found {
        cwd,
        sources: Vec::new(),
        seen: BTreeSet::new(),
    };
    for arg in args {
        found.argument(arg)?;
    }
    Ok(found.sources)
}

struct Found<'a> {
    cwd: &'a Path,
    sources: Vec<Source>,
    seen: BTreeSet<PathBuf>,
}

impl Found<'_> {
    fn argument(&mut self, arg: &str) -> Result<(), InputError> {
        if arg == "-" {
            if self.sources.contains(&Source::Stdin) {
                return Err(InputError::StdinTwice);
            }
            self.sources.push(Source::Stdin);
            return Ok(());
        }
        if arg.starts_with("s3://") {
            let object = Source::S3(S3Object::parse(arg)?);
            if !self.sources.contains(&object) {
                self.sources.push(object);
            }
            return Ok(());
        }
        let path = self.cwd.join(arg);
        match fs::metadata(&path) {
            Ok(metadata) if metadata.is_dir() => self.directory(&path, arg),
            Ok(_) => {
                self.file(path);
                Ok(())
            }
            Err(error) if is_absent(&error) && arg.contains("://") => {
                Err(InputError::UnknownScheme { state: arg.to_owned() })
            }
            Err(error) if is_absent(&error) && arg.contains(['*', '?', '[']) => self.matches(arg),
            Err(error) if is_absent(&error) => Err(InputError::Missing { state: arg.to_owned() }),
            Err(error) => Err(unreadable(arg, &error)),
        }
    }

    fn file(&mut self, path: PathBuf) {
        let identity = fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
        if self.seen.insert(identity) {
            self.sources.push(Source::file(path, self.cwd));
        }
    }

    fn directory(&mut self, path: &Path, shown: &str) -> Result<(), InputError> {
        let path = plain(path);
        let mut states = states_in(&path, shown)?;
        if states.is_empty() {
            states_below(&path, shown, &mut states)?;
        }
        if states.is_empty() {
            return Err(InputError::NoStateInDirectory {
                state: shown.to_owned(),
            });
        }
        for state in states {
            self.file(state);
        }
        Ok(())
    }

    fn matches(&mut self, pattern: &str) -> Result<(), InputError> {
        let bad = |position: usize, cause: &str| InputError::BadGlob {
            state: pattern.to_owned(),
            position: position + 1,
            cause: cause.to_owned(),
        };
        // Judged alone first, so that positions count in what was given.
        glob::Pattern::new(pattern).map_err(|error| bad(error.pos, error.msg))?;
        let absolute = if Path::new(pattern).is_absolute() {
            pattern.to_owned()
        } else {
            format!("{}/{pattern}", glob::Pattern::escape(&self.cwd.to_string_lossy()))
        };
        let options = glob::MatchOptions {
            case_sensitive: true,
            require_literal_separator: true,
            require_literal_leading_dot: true,
        };
        let mut empty = true;
        for path in glob::glob_with(&absolute, options).map_err(|error| bad(error.pos, error.msg))? {
            let path = path.map_err(|error| unreadable(&self.shown(error.path()), error.error()))?;
            if path.is_dir() {
                self.directory(&path, &self.shown(&path))?;
            } else if is_other_than_state(&path) {
                continue;
            } else {
                self.file(path);
            }
            empty = false;
        }
        if empty {
            Err(InputError::GlobWithoutMatch {
                state: pattern.to_owned(),
            })
        } else {
            Ok(())
        }
    }

    fn shown(&self, path: &Path) -> String {
        path.strip_prefix(self.cwd).unwrap_or(path).display().to_string()
    }
}

/// The path without `.` components, so that names derived from it read well.
fn plain(path: &Path) -> PathBuf {
    path.components()
        .filter(|component| *component != Component::CurDir)
        .collect()
}

/// The `*.tfstate` files directly in a directory, by name.
fn states_in(directory: &Path, shown: &str) -> Result<Vec<PathBuf>, InputError> {
    let mut states = Vec::new();
    for path in entries(directory, shown)? {
        if path.extension() == Some(OsStr::new("tfstate")) && path.is_file() && !is_other_than_state(&path) {
            states.push(path);
        }
    }
    Ok(states)
}

fn states_below(directory: &Path, shown: &str, states: &mut Vec<PathBuf>) -> Result<(), InputError> {
    for path in entries(directory, shown)? {
        // Links are not followed: they may lead round in a circle.
        if is_hidden(&path) || !fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_dir()) {
            continue;
        }
        let shown = Path::new(shown)
            .join(path.file_name().unwrap_or_default())
            .display()
            .to_string();
        states.extend(states_in(&path, &shown)?);
        states_below(&path, &shown, states)?;
    }
    Ok(())
}

fn entries(directory: &Path, shown: &str) -> Result<Vec<PathBuf>, InputError> {
    let read = || -> io::Result<Vec<PathBuf>> {
        let mut paths = fs::read_dir(directory)?
            .map(|entry| Ok(entry?.path()))
            .collect::<io::Result<Vec<_>>>()?;
        paths.sort();
        Ok(paths)
    };
    read().map_err(|error| unreadable(shown, &error))
}

/// What lies where states lie and is none: backups, locks, and the pointer to a backend.
fn is_other_than_state(path: &Path) -> bool {
    let name = path.file_name().map(OsStr::to_string_lossy).unwrap_or_default();
    let in_data_directory = path.parent().and_then(Path::file_name) == Some(OsStr::new(".terraform"));
    in_data_directory
        || is_hidden(path)
        || name.ends_with(".backup")
        || name.ends_with(".lock.info")
        || name.ends_with(".tflock")
}

fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

pub(super) fn unreadable(shown: &str, error: &io::Error) -> InputError {
    InputError::Unreadable {
        state: shown.to_owned(),
        cause: error.to_string(),
    }
}
