//! The files of a configuration: the only place here that touches the disk.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use serde_json::Value;

use super::backend::Backend;
use super::error::ConfigurationError;
use super::module::{self, File, Role};
use super::tree::{Directories, Installed, Loaded, Manifest, Unread, assemble, joined};
use super::{Configuration, Remark};
use crate::place::Place;

impl Configuration {
    /// Reads the root module in `directory`, the local modules that it calls, and what `terraform init` left in
    /// `.terraform`. `shown` is the directory for people: file names in places begin with it.
    ///
    /// # Errors
    /// A directory without configuration, files that cannot be read, text that does not parse, and blocks that
    /// Terraform refuses. A module that is not there makes the configuration incomplete, see
    /// [`Configuration::incomplete`].
    pub fn read(directory: &Path, shown: &str) -> Result<Self, ConfigurationError> {
        Self::read_with_data(directory, shown, &directory.join(".terraform"))
    }

    /// As [`Configuration::read`], with Terraform's data directory elsewhere (`TF_DATA_DIR`).
    ///
    /// # Errors
    /// As for [`Configuration::read`].
    pub fn read_with_data(directory: &Path, shown: &str, data: &Path) -> Result<Self, ConfigurationError> {
        let shown = joined("", shown);
        let mut remarks = Vec::new();
        let shown_data = match data.strip_prefix(directory) {
            Ok(relative) => joined(&shown, &relative.to_string_lossy()),
            Err(_) => data.display().to_string(),
        };
        let mut left_behind = |name: &str| match fs::read_to_string(data.join(name)) {
            Ok(text) => Some(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => {
                remarks.push(remark(&shown_data, name, &error.to_string()));
                None
            }
        };
        let manifest = left_behind("modules/modules.json");
        let backend = left_behind("terraform.tfstate");
        let workspace = left_behind("environment");
        let manifest = manifest.map_or(Ok(Manifest::new()), |text| read_manifest(&text));
        let backend = backend.map_or(Ok(None), |text| {
            Backend::initialised(&format!("{shown_data}/terraform.tfstate"), &text)
        });
        let mut disk = Disk { read: BTreeMap::new() };
        let manifest = manifest.unwrap_or_else(|problem| {
            remarks.push(remark(&shown_data, "modules/modules.json", &problem));
            Manifest::new()
        });
        let mut tree = assemble(&mut disk, directory, &shown, &manifest)?;
        match backend {
            Ok(None) => {}
            Ok(Some(initialised)) => {
                let declared = tree.backend.as_ref();
                if declared.is_none_or(|declared| declared.kind != initialised.kind) {
                    let declared = declared.map_or("no backend".to_owned(), |backend| format!("`{}`", backend.kind));
                    let problem = format!(
                        "the last `terraform init` was for the backend `{}`, the configuration now has {declared}; run \
                         `terraform init` again",
                        initialised.kind
                    );
                    remarks.push(remark(&shown_data, "terraform.tfstate", &problem));
                }
                tree.backend = Some(initialised);
            }
            Err(problem) => remarks.push(remark(&shown_data, "terraform.tfstate", &problem)),
        }
        tree.remarks.extend(remarks);
        Ok(Self {
            directory: directory.to_owned(),
            shown,
            workspace: workspace
                .map(|name| name.trim().to_owned())
                .filter(|name| !name.is_empty()),
            tree,
        })
    }
}

fn remark(data: &str, name: &str, problem: &str) -> Remark {
    Remark {
        place: Place::new(format!("{data}/{name}"), 0),
        problem: problem.to_owned(),
    }
}

fn read_manifest(text: &str) -> Result<Manifest, String> {
    let root: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let entries = root
        .get("Modules")
        .and_then(Value::as_array)
        .ok_or("it lists no modules")?;
    let text = |entry: &Value, name: &str| Some(entry.get(name)?.as_str()?.to_owned());
    let installed = entries.iter().filter_map(|entry| {
        let installed = Installed {
            source: text(entry, "Source")?,
            directory: text(entry, "Dir")?,
        };
        Some((text(entry, "Key")?, installed))
    });
    Ok(installed.collect())
}

/// The directories read so far.
struct Disk {
    read: BTreeMap<PathBuf, Result<Loaded, Unread>>,
}

impl Directories for Disk {
    fn module(&mut self, directory: &Path, shown: &str) -> Result<Loaded, Unread> {
        let missing = |error: io::Error| Unread::Missing(format!("{}: {error}", named(shown)));
        let identity = fs::canonicalize(directory).map_err(missing)?;
        if let Some(known) = self.read.get(&identity) {
            return known.clone();
        }
        let loaded = files(&identity, shown).and_then(|files| {
            if files.is_empty() {
                return Err(Unread::Refused(ConfigurationError::NoFiles {
                    directory: named(shown).to_owned(),
                }));
            }
            let module = module::read(&files).map_err(Unread::Refused)?;
            Ok(Loaded {
                identity: identity.clone(),
                module: Rc::new(module),
            })
        });
        self.read.insert(identity, loaded.clone());
        loaded
    }
}

fn named(shown: &str) -> &str {
    if shown.is_empty() { "." } else { shown }
}

/// The configuration files of a directory, in the order of their names.
fn files(directory: &Path, shown: &str) -> Result<Vec<File>, Unread> {
    let failed = |name: &str, problem: String| {
        Unread::Refused(ConfigurationError::Unreadable {
            file: joined(shown, name),
            problem,
        })
    };
    let mut names = Vec::new();
    let entries = fs::read_dir(directory).map_err(|error| Unread::Missing(format!("{}: {error}", named(shown))))?;
    for entry in entries {
        let entry = entry.map_err(|error| failed("", error.to_string()))?;
        if let Some(name) = entry.file_name().to_str()
            && let Some(role) = role(name)
        {
            names.push((name.to_owned(), role));
        }
    }
    names.sort_by(|(a, _), (b, _)| a.cmp(b));
    let superseded: Vec<String> = names
        .iter()
        .filter(|(_, role)| role.tofu)
        .map(|(name, _)| name.replace(".tofu", ".tf"))
        .collect();
    names.retain(|(name, _)| !superseded.contains(name));
    let mut files = Vec::new();
    for (name, role) in names {
        let path = directory.join(&name);
        let metadata = fs::metadata(&path).map_err(|error| failed(&name, error.to_string()))?;
        // A directory may be called `x.tf`, and reading a pipe would never end.
        if !metadata.is_file() {
            continue;
        }
        let bytes = fs::read(&path).map_err(|error| failed(&name, error.to_string()))?;
        let text = String::from_utf8(bytes).map_err(|_| failed(&name, "this is not UTF-8 text".to_owned()))?;
        files.push(File {
            shown: joined(shown, &name),
            text: text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text),
            role,
        });
    }
    Ok(files)
}

/// What a file of that name is to Terraform or OpenTofu; none if it is nothing to them. A `.tofu` file stands in for
/// the `.tf` file of the same name.
fn role(name: &str) -> Option<Role> {
    if name.starts_with('.') || name.ends_with('~') || (name.starts_with('#') && name.ends_with('#')) {
        return None;
    }
    let (name, json) = match name.strip_suffix(".json") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let (stem, tofu) = match (name.strip_suffix(".tf"), name.strip_suffix(".tofu")) {
        (Some(stem), _) => (stem, false),
        (None, Some(stem)) => (stem, true),
        (None, None) => return None,
    };
    Some(Role {
        json,
        overriding: stem == "override" || stem.ends_with("_override"),
        tofu,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_decide_what_a_file_is() {
        let plain = Role {
            json: false,
            overriding: false,
            tofu: false,
        };
        let cases = [
            ("main.tf", Some(plain)),
            ("main.tf.json", Some(Role { json: true, ..plain })),
            (
                "override.tf",
                Some(Role {
                    overriding: true,
                    ..plain
                }),
            ),
            (
                "x_override.tofu.json",
                Some(Role {
                    json: true,
                    overriding: true,
                    tofu: true,
                }),
            ),
            ("myoverride.tf", Some(plain)),
            (".main.tf", None),
            ("main.tf~", None),
            ("#main.tf#", None),
            ("terraform.tfvars", None),
            ("site.tftest.hcl", None),
            ("data.json", None),
        ];
        for (name, expected) in cases {
            assert_eq!(role(name), expected, "{name}");
        }
    }
}
