//! The files of a repository that can say where a deployment goes.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use crate::place::Place;

/// Files larger than this are not read: no script or workflow made by people is.
const MAX_BYTES: u64 = 1 << 20;
/// Data files larger than this are not read, nor more of them than come to the second number together.
const MAX_DATA_BYTES: u64 = 16 << 10;
const MAX_DATA_TOTAL: u64 = 8 << 20;
/// Directories deeper than this below the root are not entered.
const MAX_DEPTH: usize = 12;
/// A repository with more files than this is read in part, and that is said.
const MAX_FILES: usize = 50_000;

/// A repository as a set of text files, by path with `/` between its parts.
#[derive(Debug, Clone, Default)]
pub struct Repository {
    /// Path inside the repository to the file's text.
    pub files: BTreeMap<String, String>,
    /// Files and directories that were left out although they could matter, and why.
    pub left_out: Vec<(String, String)>,
    /// Workflows that are no text, with the line of the first byte that is none.
    pub not_text: Vec<Place>,
    /// Bytes of data files read so far.
    data: u64,
}

impl Repository {
    /// A repository of the given files.
    pub fn new<P: Into<String>, T: Into<String>>(files: impl IntoIterator<Item = (P, T)>) -> Self {
        Self {
            files: files
                .into_iter()
                .map(|(path, text)| (path.into(), text.into()))
                .collect(),
            left_out: Vec::new(),
            not_text: Vec::new(),
            data: 0,
        }
    }

    /// Reads the files of a checkout that matter: workflows, actions, `package.json`, make files, shell
    /// scripts, version files and small files of settings. Symbolic links are not followed.
    ///
    /// # Errors
    /// When the root itself cannot be read.
    pub fn collect(root: &Path) -> io::Result<Self> {
        let mut repository = Self::default();
        let mut seen = 0;
        let top: Vec<_> = fs::read_dir(root)?.collect();
        repository.walk(top, "", 0, &mut seen);
        Ok(repository)
    }

    /// The text of a file.
    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// The workflow files, in order of their names.
    pub(crate) fn workflows(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files
            .iter()
            .filter(|(path, _)| is_workflow(path))
            .map(|(path, text)| (path.as_str(), text.as_str()))
    }

    fn walk(&mut self, entries: Vec<io::Result<fs::DirEntry>>, prefix: &str, depth: usize, seen: &mut usize) {
        for entry in entries {
            let Ok(entry) = entry else {
                self.leave_out(prefix, "one of its entries cannot be read");
                continue;
            };
            *seen += 1;
            if *seen == MAX_FILES {
                self.leave_out(prefix, "the repository has too many files to look at");
            }
            if *seen >= MAX_FILES {
                return;
            }
            let Ok(name) = entry.file_name().into_string() else {
                continue;
            };
            let path = if prefix.is_empty() {
                name.clone()
            } else {
                format!("{prefix}/{name}")
            };
            let Ok(kind) = entry.file_type() else {
                self.leave_out(&path, "its type cannot be read");
                continue;
            };
            if kind.is_dir() {
                let skipped = matches!(
                    name.as_str(),
                    ".git" | "node_modules" | "target" | "vendor" | ".terraform" | "dist"
                );
                if skipped || depth >= MAX_DEPTH {
                    continue;
                }
                match fs::read_dir(entry.path()) {
                    Ok(inner) => self.walk(inner.collect(), &path, depth + 1, seen),
                    Err(problem) => self.leave_out(&path, &problem.to_string()),
                }
            } else if kind.is_file() && matters(&path, &name) {
                self.read(&path, &entry);
            }
        }
    }

    fn read(&mut self, path: &str, entry: &fs::DirEntry) {
        let size = entry.metadata().map_or(0, |m| m.len());
        if size > MAX_BYTES {
            self.leave_out(path, "it is larger than one mebibyte");
            return;
        }
        if is_data_file(path) {
            // Names of buckets are kept in such files at times; without one, a value stays open.
            self.data += size;
            if size > MAX_DATA_BYTES || self.data > MAX_DATA_TOTAL {
                return;
            }
        }
        match fs::read(entry.path()) {
            Ok(bytes) => match String::from_utf8(bytes) {
                Ok(text) => {
                    let extensionless = !path.rsplit('/').next().unwrap_or(path).contains('.');
                    let named = is_make_file(path) || is_version_file(path);
                    if extensionless && !named && !text.starts_with("#!") {
                        return;
                    }
                    self.files.insert(path.to_string(), text);
                }
                Err(problem) if is_workflow(path) => {
                    let text = &problem.as_bytes()[..problem.utf8_error().valid_up_to()];
                    let line = 1 + text.iter().filter(|byte| **byte == b'\n').count();
                    self.not_text.push(Place::new(path, line));
                }
                Err(_) => {}
            },
            Err(problem) => self.leave_out(path, &problem.to_string()),
        }
    }

    fn leave_out(&mut self, path: &str, why: &str) {
        self.left_out.push((path.to_string(), why.to_string()));
    }
}

fn is_workflow(path: &str) -> bool {
    path.strip_prefix(".github/workflows/")
        .is_some_and(|name| !name.contains('/') && (name.ends_with(".yml") || name.ends_with(".yaml")))
}

fn matters(path: &str, name: &str) -> bool {
    is_workflow(path)
        || matches!(name, "action.yml" | "action.yaml" | "package.json")
        || name.ends_with(".sh")
        || name.ends_with(".bash")
        || is_make_file(path)
        || is_version_file(path)
        || is_data_file(path)
        || !name.contains('.')
}

/// Settings that scripts read with `source` or `jq`.
fn is_data_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let json = name.ends_with(".json") && !name.starts_with("package") && !name.contains("lock");
    json || name == ".env" || name.starts_with(".env.") || name.ends_with(".env")
}

fn is_make_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, "Makefile" | "makefile" | "GNUmakefile") || name.ends_with(".mk")
}

fn is_version_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    matches!(name.as_str(), "version" | ".version" | "version.txt")
}

/// Joins a path of the repository and a relative one, resolving `.` and `..`; `None` when the result
/// leaves the repository.
pub(crate) fn join(directory: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    let base = if relative.starts_with('/') { "" } else { directory };
    for part in base.split('/').chain(relative.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            other => parts.push(other),
        }
    }
    Some(parts.join("/"))
}

/// The directory of a file's path.
pub(crate) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(directory, _)| directory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside_the_repository() {
        assert_eq!(join("web", "./scripts/../deploy.sh").as_deref(), Some("web/deploy.sh"));
        assert_eq!(join("", ".").as_deref(), Some(""));
        assert_eq!(join("a", "../../b"), None);
        assert_eq!(parent("a/b.sh"), "a");
    }

    #[test]
    fn only_files_that_matter_are_workflows() {
        assert!(is_workflow(".github/workflows/deploy.yml"));
        assert!(!is_workflow(".github/workflows/old/deploy.yml"));
        assert!(!is_workflow("docs/.github/workflows/deploy.yml"));
    }
}
