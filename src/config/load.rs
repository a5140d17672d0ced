//! Finding and reading the file: the only part of the configuration that touches the disk.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::error::ConfigError;
use super::model::Config;
use super::outside::Outside;
use crate::language::Source;

/// The name of the file that is looked for.
pub const FILE_NAME: &str = "driftgate.hcl";

/// The function `file` reads no larger files, in bytes.
const LARGEST: u64 = 16 << 20;

/// A configuration file that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// What to open.
    pub path: PathBuf,
    /// The same from the working directory: what people read.
    pub shown: PathBuf,
}

impl Located {
    /// The directory that holds it, from the working directory; empty for that one itself.
    pub fn base(&self) -> &Path {
        self.shown.parent().unwrap_or(Path::new(""))
    }
}

/// Finds the configuration file: the one that is named, or the nearest `driftgate.hcl` in `directory` and above, up to
/// the root of the repository. None if there is none and none was named.
///
/// # Errors
/// A named file that is not there, and anything on the way that cannot be looked at.
pub fn locate(directory: &Path, named: Option<&Path>) -> Result<Option<Located>, ConfigError> {
    if let Some(named) = named {
        let path = directory.join(named);
        return match exists(&path, named)? {
            Some(metadata) if metadata.is_dir() => Err(ConfigError::NotAFile { file: named.to_owned() }),
            Some(_) => Ok(Some(Located {
                path,
                shown: named.to_owned(),
            })),
            None => Err(ConfigError::Missing { file: named.to_owned() }),
        };
    }
    let mut up = PathBuf::new();
    for above in directory.ancestors() {
        let path = above.join(FILE_NAME);
        let shown = up.join(FILE_NAME);
        match exists(&path, &shown)? {
            // Reading a pipe that somebody put there would never end.
            Some(metadata) if !metadata.is_file() => return Err(ConfigError::NotAFile { file: shown }),
            Some(_) => return Ok(Some(Located { path, shown })),
            None => {}
        }
        if exists(&above.join(".git"), &up.join(".git"))?.is_some() {
            break;
        }
        up.push("..");
    }
    Ok(None)
}

fn exists(path: &Path, shown: &Path) -> Result<Option<fs::Metadata>, ConfigError> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(cause) => Err(ConfigError::Unreadable {
            file: shown.to_owned(),
            cause,
        }),
    }
}

/// Reads a configuration file; `variable` looks a variable of the environment up.
///
/// # Errors
/// A file that cannot be read, or is no valid configuration.
pub fn load(located: &Located, variable: &dyn Fn(&str) -> Option<String>) -> Result<Config, ConfigError> {
    let bytes = fs::read(&located.path).map_err(|cause| ConfigError::Unreadable {
        file: located.shown.clone(),
        cause,
    })?;
    let text = String::from_utf8(bytes).map_err(|error| ConfigError::NotText {
        file: located.shown.clone(),
        offset: error.utf8_error().valid_up_to(),
    })?;
    let directory = located.path.parent().unwrap_or(Path::new("")).to_owned();
    let file = |path: &str| read_file(&directory.join(path));
    let source = Source::new(located.shown.display().to_string(), text);
    let outside = Outside { variable, file: &file };
    Ok(Config::read(&source, located.base(), outside)?)
}

fn read_file(path: &Path) -> Result<String, String> {
    let metadata = fs::metadata(path).map_err(|error| error.to_string())?;
    if !metadata.is_file() {
        return Err("this is not a file".to_owned());
    }
    if metadata.len() > LARGEST {
        return Err(format!("this is larger than {} MiB", LARGEST >> 20));
    }
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|_| "this is not UTF-8 text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_file_is_found_up_to_the_root_of_the_repository() {
        let outer = tempfile::tempdir().unwrap();
        let deep = outer.path().join("repository/terraform/prod");
        fs::create_dir_all(&deep).unwrap();
        fs::create_dir(outer.path().join("repository/.git")).unwrap();
        fs::write(outer.path().join(FILE_NAME), "").unwrap();
        assert_eq!(
            locate(&deep, None).unwrap(),
            None,
            "the file above belongs to another tree"
        );

        fs::write(outer.path().join("repository").join(FILE_NAME), "").unwrap();
        let found = locate(&deep, None).unwrap().unwrap();
        assert_eq!(found.shown, Path::new("../../driftgate.hcl"));
        assert_eq!(found.base(), Path::new("../.."));

        fs::write(deep.join(FILE_NAME), "").unwrap();
        let found = locate(&deep, None).unwrap().unwrap();
        assert_eq!(
            (found.shown.as_path(), found.base()),
            (Path::new(FILE_NAME), Path::new(""))
        );
    }

    #[test]
    fn what_is_named_has_to_be_there() {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("sub")).unwrap();
        let error = |named: &str| {
            locate(directory.path(), Some(Path::new(named)))
                .unwrap_err()
                .to_string()
        };
        assert!(error("x.hcl").starts_with("x.hcl: there is no such configuration file"));
        assert!(error("sub").contains("is not a file"));
        fs::create_dir(directory.path().join(FILE_NAME)).unwrap();
        assert!(matches!(
            locate(directory.path(), None),
            Err(ConfigError::NotAFile { .. })
        ));
    }

    #[test]
    fn what_is_no_text_says_where() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join(FILE_NAME), b"# \xff\n").unwrap();
        let found = locate(directory.path(), None).unwrap().unwrap();
        let error = load(&found, &|_| None).unwrap_err().to_string();
        assert!(error.contains("offset 2"), "{error}");
    }
}
