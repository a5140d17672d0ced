//! The root module and the modules below it, put together.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::address::{Move, block};
use super::error::ConfigurationError;
use super::module::{Call, Module};
use super::{Forgotten, Incomplete, ResourceBlock, Tree};
use crate::place::Place;

/// Gives modules by directory.
pub(super) trait Directories {
    /// The module in a directory; `shown` is the directory for people.
    fn module(&mut self, directory: &Path, shown: &str) -> Result<Loaded, Unread>;
}

/// A module that was read.
#[derive(Clone, Debug)]
pub(super) struct Loaded {
    /// The directory, the same however it was reached.
    pub(super) identity: PathBuf,
    pub(super) module: Rc<Module>,
}

/// Why a module was not read.
#[derive(Clone, Debug)]
pub(super) enum Unread {
    /// Its files contradict Terraform's rules.
    Refused(ConfigurationError),
    /// There is nothing to read, or it cannot be read.
    Missing(String),
}

/// What `terraform init` noted in `.terraform/modules/modules.json`, by module path (`site.bucket`).
pub(super) type Manifest = BTreeMap<String, Installed>;

/// A module that `terraform init` put somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Installed {
    pub(super) source: String,
    /// From the root module's directory.
    pub(super) directory: String,
}

/// More modules than any configuration has: two calls each in a chain of directories make 2^n.
const MOST_MODULES: usize = 10_000;

/// A module that is still to be read.
struct Waiting {
    names: Vec<String>,
    directory: PathBuf,
    shown: String,
    /// The directories that lead here.
    above: Vec<PathBuf>,
    may_be_empty: bool,
    /// None for the root module.
    call: Option<Place>,
    /// Fetched from elsewhere, so nobody here can mend it.
    fetched: bool,
}

/// Reads the root module and all that it calls.
///
/// # Errors
/// What is wrong with the root module or a local one. What is missing makes the configuration incomplete only.
pub(super) fn assemble(
    directories: &mut dyn Directories,
    root: &Path,
    shown: &str,
    manifest: &Manifest,
) -> Result<Tree, ConfigurationError> {
    let mut tree = Tree::default();
    let mut waiting = VecDeque::from([Waiting {
        names: Vec::new(),
        directory: root.to_owned(),
        shown: shown.to_owned(),
        above: Vec::new(),
        may_be_empty: false,
        call: None,
        fetched: false,
    }]);
    let mut count = 0;
    while let Some(next) = waiting.pop_front() {
        count += 1;
        let loaded = if count > MOST_MODULES {
            Err(Unread::Missing(format!("there are more than {MOST_MODULES} modules")))
        } else {
            directories.module(&next.directory, &next.shown)
        };
        let loaded = match (loaded, &next.call) {
            (Ok(loaded), Some(call)) if next.above.contains(&loaded.identity) => {
                tree.unread(call, &next.names, "the module calls itself".to_owned());
                continue;
            }
            (Ok(loaded), _) => loaded,
            (Err(Unread::Refused(error)), Some(call)) if next.fetched || is_no_module(&error) => {
                tree.unread(call, &next.names, error.to_string());
                continue;
            }
            (Err(Unread::Refused(error)), _) => return Err(error),
            (Err(Unread::Missing(problem)), Some(call)) => {
                tree.unread(call, &next.names, problem);
                continue;
            }
            (Err(Unread::Missing(problem)), None) => {
                let file = if shown.is_empty() { "." } else { shown }.to_owned();
                let why = problem.strip_prefix(&format!("{file}: ")).unwrap_or(&problem);
                return Err(ConfigurationError::Unreadable {
                    problem: format!("{why}; name the directory of the Terraform configuration"),
                    file,
                });
            }
        };
        for call in &loaded.module.calls {
            match find(call, &next, (root, shown), manifest) {
                Ok((directory, shown, fetched)) => waiting.push_back(Waiting {
                    names: below(&next.names, &call.name),
                    directory,
                    shown,
                    above: next.above.iter().chain([&loaded.identity]).cloned().collect(),
                    may_be_empty: next.may_be_empty || call.repetition.may_be_empty(),
                    call: Some(call.place.clone()),
                    fetched,
                }),
                Err(problem) => tree.unread(&call.place, &below(&next.names, &call.name), problem),
            }
        }
        tree.add(&next, &loaded.module);
    }
    let imported = std::mem::take(&mut tree.imports);
    for (address, block) in &mut tree.blocks {
        block.imported = imported.contains(address);
    }
    tree.remarks.sort();
    tree.remarks.dedup();
    Ok(tree)
}

impl Tree {
    fn unread(&mut self, call: &Place, names: &[String], problem: String) {
        self.incomplete.push(Incomplete {
            place: call.clone(),
            module: path(names),
            problem,
        });
    }

    fn add(&mut self, at: &Waiting, module: &Module) {
        let path = path(&at.names);
        for resource in &module.resources {
            self.blocks.insert(
                block(&path, &resource.terraform_type, &resource.name),
                ResourceBlock {
                    place: resource.place.clone(),
                    module: path.clone(),
                    terraform_type: resource.terraform_type.clone(),
                    name: resource.name.clone(),
                    ignore_changes: resource.ignore_changes.clone(),
                    may_be_empty: at.may_be_empty || resource.repetition.may_be_empty(),
                    imported: false,
                },
            );
        }
        self.moves.extend(module.moves.iter().map(|(from, to)| Move {
            module: at.names.clone(),
            from: from.clone(),
            to: to.clone(),
        }));
        self.removals.extend(module.removals.iter().map(|removal| Forgotten {
            place: removal.place.clone(),
            address: removal.from.within(&at.names).block(),
            destroy: removal.destroy,
        }));
        let imports = module.imports.iter().map(|to| to.within(&at.names).block());
        self.imports.extend(imports.collect::<BTreeSet<_>>());
        self.providers
            .extend(module.providers.iter().map(|provider| (path.clone(), provider.clone())));
        self.remarks.extend(module.remarks.iter().cloned());
        if at.names.is_empty() {
            self.backend = module.backend.clone();
        }
    }
}

/// Whether there is nothing in the directory, as opposed to something wrong.
fn is_no_module(error: &ConfigurationError) -> bool {
    matches!(error, ConfigurationError::NoFiles { .. })
}

/// `module.a.module.b`.
fn path(names: &[String]) -> String {
    let all: Vec<String> = names.iter().map(|name| format!("module.{name}")).collect();
    all.join(".")
}

fn below(names: &[String], name: &str) -> Vec<String> {
    names.iter().cloned().chain([name.to_owned()]).collect()
}

/// Where a called module is, how that is shown, and whether it was fetched from elsewhere.
fn find(
    call: &Call,
    caller: &Waiting,
    (root, shown): (&Path, &str),
    manifest: &Manifest,
) -> Result<(PathBuf, String, bool), String> {
    let source = call.source.as_deref();
    if let Some(local) = source.filter(|source| is_local(source)) {
        return Ok((
            caller.directory.join(local),
            joined(&caller.shown, local),
            caller.fetched,
        ));
    }
    let name = source.map_or("its source has to be evaluated".to_owned(), |source| {
        format!("its source is {source}")
    });
    let Some(installed) = manifest.get(&below(&caller.names, &call.name).join(".")) else {
        return Err(format!(
            "{name}, and it is not installed; run `terraform init` before the check"
        ));
    };
    if let Some(source) = source
        && is_other(source, &installed.source)
    {
        return Err(format!(
            "{name}, but {} is installed; run `terraform init` before the check",
            installed.source
        ));
    }
    let directory = installed.directory.as_str();
    Ok((root.join(directory), joined(shown, directory), true))
}

fn is_local(source: &str) -> bool {
    ["./", "../", ".\\", "..\\"]
        .iter()
        .any(|start| source.starts_with(start))
}

/// Whether what is installed is something else than what is called: another module of a registry, another version of
/// a repository. Other spellings of one source are not told apart.
fn is_other(source: &str, installed: &str) -> bool {
    let package = source.split("//").next().unwrap_or_default();
    let segments = package.split('/').count();
    let registry = (3..=4).contains(&segments)
        && !source.contains([':', '@', '?'])
        && !source.starts_with("github.com/")
        && !source.starts_with("bitbucket.org/");
    if registry {
        let hosts = ["", "registry.terraform.io/", "registry.opentofu.org/"];
        return !hosts.iter().any(|host| installed == format!("{host}{source}"));
    }
    let query = |text: &str| text.split_once('?').map(|(_, query)| query.to_owned());
    query(source) != query(installed)
}

/// A relative path from a directory, as people would write it.
pub(super) fn joined(directory: &str, relative: &str) -> String {
    if relative.starts_with('/') {
        return relative.to_owned();
    }
    let absolute = directory.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in directory.split('/').chain(relative.split(['/', '\\'])) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("{}{}", if absolute { "/" } else { "" }, parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_shown_short() {
        let cases = [
            ("", "./modules/site", "modules/site"),
            ("infra", "main.tf", "infra/main.tf"),
            ("envs/prod", "../../modules/site", "modules/site"),
            (".", "../site", "../site"),
            ("..", "../site", "../../site"),
            ("/srv/infra", "./site", "/srv/infra/site"),
            ("infra", "/opt/modules/x", "/opt/modules/x"),
        ];
        for (directory, relative, expected) in cases {
            assert_eq!(joined(directory, relative), expected, "{directory} {relative}");
        }
    }

    #[test]
    fn what_is_installed_has_to_be_what_is_called() {
        let same = [
            (
                "terraform-aws-modules/s3-bucket/aws",
                "registry.terraform.io/terraform-aws-modules/s3-bucket/aws",
            ),
            ("a/b/aws//modules/x", "registry.opentofu.org/a/b/aws//modules/x"),
            ("app.example.com/a/b/aws", "app.example.com/a/b/aws"),
            (
                "github.com/example/site?ref=v1",
                "git::https://github.com/example/site.git?ref=v1",
            ),
        ];
        for (source, installed) in same {
            assert!(!is_other(source, installed), "{source}");
        }
        let other = [
            (
                "terraform-aws-modules/s3-bucket/aws",
                "registry.terraform.io/terraform-aws-modules/s3/aws",
            ),
            (
                "github.com/example/site?ref=v2",
                "git::https://github.com/example/site.git?ref=v1",
            ),
        ];
        for (source, installed) in other {
            assert!(is_other(source, installed), "{source}");
        }
    }
}
