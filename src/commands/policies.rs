//! The policies that `--policy` names.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::language::Source;

/// The texts of the policy files; of directories every `*.hcl` in the order of their names.
///
/// # Errors
/// What cannot be read.
pub(super) fn sources(paths: &[PathBuf]) -> Result<Vec<Source>, Error> {
    let mut sources = Vec::new();
    for path in paths {
        match path.is_dir() {
            true => {
                for file in files(path)? {
                    sources.push(source(&file)?);
                }
            }
            false => sources.push(source(path)?),
        }
    }
    Ok(sources)
}

fn source(path: &Path) -> Result<Source, Error> {
    let text = std::fs::read_to_string(path).map_err(|cause| failed(path, cause))?;
    Ok(Source::new(path.display().to_string().replace('\\', "/"), text))
}

/// The policy files in a directory; an error where there is none, since somebody meant some.
fn files(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = std::fs::read_dir(directory).map_err(|cause| failed(directory, cause))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|cause| failed(directory, cause))?.path();
        if path.extension().is_some_and(|extension| extension == "hcl") && !path.is_dir() {
            files.push(path);
        }
    }
    if files.is_empty() {
        let cause = std::io::Error::new(std::io::ErrorKind::NotFound, "it holds no *.hcl");
        return Err(failed(directory, cause));
    }
    files.sort();
    Ok(files)
}

fn failed(path: &Path, cause: std::io::Error) -> Error {
    Error::PolicyFile {
        path: path.to_owned(),
        cause,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{Policy, PolicyReader};

    fn read(paths: &[PathBuf]) -> Result<Policy, Error> {
        let mut reader = PolicyReader::new();
        for source in sources(paths)? {
            reader.source(&source);
        }
        Ok(reader.finish()?)
    }

    #[test]
    fn a_directory_is_read_in_the_order_of_names_and_must_hold_something() {
        let directory = tempfile::tempdir().unwrap();
        let at = |name: &str| directory.path().join(name);
        assert!(matches!(
            read(&[directory.path().to_owned()]),
            Err(Error::PolicyFile { .. })
        ));
        assert!(matches!(read(&[at("none.hcl")]), Err(Error::PolicyFile { .. })));
        let rule = |name: &str| format!("rule \"{name}\" {{\n  when = finding.rule == \"resource-changed\"\n}}\n");
        for name in ["b", "a"] {
            std::fs::write(at(&format!("{name}.hcl")), rule(name)).unwrap();
        }
        std::fs::write(at("notes.txt"), "no policy").unwrap();
        std::fs::write(at("single"), rule("single")).unwrap();
        let policy = read(&[at("single"), directory.path().to_owned()]).unwrap();
        let names: Vec<&str> = policy.rules.iter().map(|rule| rule.name.as_str()).collect();
        assert_eq!(names, ["single", "a", "b"]);
        std::fs::write(at("c.hcl"), rule("a")).unwrap();
        assert!(matches!(read(&[directory.path().to_owned()]), Err(Error::Policy(_))));
    }
}
