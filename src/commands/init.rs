//! `driftgate init`: looks around and writes a first configuration.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::{World, output};
use crate::cli::InitArgs;
use crate::config::{self, FoundSite, FoundState, FoundVariable, Surroundings};
use crate::error::Error;
use crate::expected::{self, Instance, State};
use crate::result::Outcome;
use crate::serving::host::Host;
use crate::terraform::{Configuration, S3State, StateLocation};
use crate::workflows::{self, Found, Kind, Mapping, Repository, Text};

/// Directories deeper than this are not searched for Terraform configurations.
const DEPTH: usize = 6;

/// Writes a configuration of what is found beside it.
///
/// # Errors
/// A file that is there already, or cannot be written. What cannot be looked at is named in the file.
pub fn run(args: &InitArgs, world: &mut World) -> Result<Outcome, Error> {
    let path = world.directory.join(&args.config);
    let failed = |cause: io::Error| match cause.kind() {
        ErrorKind::AlreadyExists => Error::ConfigExists {
            file: args.config.clone(),
        },
        _ => Error::Write {
            file: args.config.clone(),
            cause,
        },
    };
    // Before the search: it may take a while, and a link that leads nowhere counts as a file.
    let mut file = File::create_new(&path).map_err(failed)?;
    let found = look_around(path.parent().unwrap_or(&world.directory), world);
    file.write_all(config::starter(&found).as_bytes()).map_err(failed)?;
    let written = writeln!(
        world.stdout,
        "{}: written with {}, {} and {}; read it, then run `driftgate config check`",
        args.config.display(),
        counted(found.states.len(), "state"),
        counted(found.sites.len(), "site"),
        counted(found.variables.len(), "open workflow value"),
    );
    output::written(written, world)?;
    Ok(Outcome::Clean)
}

fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

fn look_around(directory: &Path, world: &World) -> Surroundings {
    let mut found = Surroundings::default();
    let mut roots = Vec::new();
    directories(directory, Path::new(""), 0, &mut roots);
    let chosen = (world.variable)("TF_WORKSPACE");
    let local = local_states(directory, &mut found.remarks);
    let mut owners: Vec<(PathBuf, String)> = Vec::new();
    for root in &roots {
        configuration(directory, root, chosen.as_deref(), &mut owners, &mut found);
    }
    let mut states = Vec::new();
    for (path, shown) in local {
        let owner = owners.iter().find(|(state, _)| *state == path);
        found.states.push(FoundState {
            name: name_of(&shown),
            source: shown.clone(),
            region: None,
            profile: None,
            terraform_dir: owner.map(|(_, directory)| directory.clone()),
        });
        let source = expected::Source::File { path, shown };
        match expected::load(&[source], &mut io::empty(), &mut |_| Err(String::new())) {
            Ok(loaded) => states.extend(loaded.states),
            Err(error) => found.remarks.push(error.to_string()),
        }
    }
    found.accounts = accounts(&states);
    found.sites = sites(&states);
    if directory.join(".github/workflows").is_dir() {
        found.workflows = true;
        match Repository::collect(directory) {
            Ok(repository) => found.variables = variables(&workflows::find(&repository, &Mapping::new())),
            Err(error) => found.remarks.push(format!("the workflows: {error}")),
        }
    }
    found
}

/// The state files that driftgate would read here without being told.
fn local_states(directory: &Path, remarks: &mut Vec<String>) -> Vec<(PathBuf, String)> {
    match expected::locate(&[".".to_owned()], directory) {
        Ok(sources) => sources
            .into_iter()
            .filter_map(|source| match source {
                expected::Source::File { path, shown } => Some((path, shown)),
                _ => None,
            })
            .collect(),
        Err(expected::InputError::NoStateInDirectory { .. }) => Vec::new(),
        Err(error) => {
            remarks.push(error.to_string());
            Vec::new()
        }
    }
}

/// The directories with Terraform configuration at and below `directory`, relative to where the search began. Links are
/// not followed: they may lead round in a circle.
fn directories(directory: &Path, shown: &Path, depth: usize, into: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    let mut inner = Vec::new();
    let mut holds_configuration = false;
    for entry in entries.flatten() {
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_file() {
            holds_configuration |= [".tf", ".tf.json", ".tofu"].iter().any(|end| name.ends_with(end));
        } else if kind.is_dir() && !name.starts_with('.') && !matches!(name.as_str(), "node_modules" | "target") {
            inner.push(name);
        }
    }
    if holds_configuration {
        into.push(shown.to_owned());
    }
    inner.sort();
    if depth < DEPTH {
        for name in inner {
            directories(&directory.join(&name), &shown.join(&name), depth + 1, into);
        }
    }
}

/// Where a configuration keeps its state. `owners` takes the local ones, with the configuration's directory.
fn configuration(
    directory: &Path,
    shown: &Path,
    chosen: Option<&str>,
    owners: &mut Vec<(PathBuf, String)>,
    found: &mut Surroundings,
) {
    let name = match shown.display().to_string() {
        empty if empty.is_empty() => ".".to_owned(),
        name => name,
    };
    let read = match Configuration::read(&directory.join(shown), &name) {
        Ok(read) => read,
        Err(error) => {
            found.remarks.push(error.to_string());
            return;
        }
    };
    match read.state_location(chosen) {
        StateLocation::Local(path) => owners.push((path, name)),
        StateLocation::S3(state) => found.states.extend(in_bucket(&state, name, &mut found.remarks)),
        // A module without a backend has a local state; only a root module says something else.
        StateLocation::Unsupported { kind, instead, .. } => {
            let remark =
                format!("{name} keeps its state in a backend that driftgate does not read ({kind}); {instead}");
            found.remarks.push(remark);
        }
        StateLocation::NotKnown { problem, instead, .. } => found.remarks.push(format!("{name}: {problem}; {instead}")),
    }
}

fn in_bucket(state: &S3State, directory: String, remarks: &mut Vec<String>) -> Option<FoundState> {
    let url = format!("s3://{}/{}", state.bucket, state.key);
    match expected::S3Object::parse(&url) {
        // A `?` in the key would begin parameters.
        Ok(object) if object.key == state.key => {}
        _ => {
            remarks.push(format!("the state of {directory}: no S3 URL can name {url}"));
            return None;
        }
    }
    if let Some(role) = &state.role_arn {
        remarks.push(format!(
            "the state {url} is read through the role {role}: give a profile that assumes it"
        ));
    }
    Some(FoundState {
        name: name_of(&state.key),
        source: url,
        region: state.region.clone(),
        profile: state.profile.clone(),
        terraform_dir: Some(directory),
    })
}

/// A name for a state: its file's, or its directory's where the file has Terraform's own name.
fn name_of(source: &str) -> String {
    let mut parts = source.rsplit('/').filter(|part| !matches!(*part, "" | "."));
    let file = parts.next().unwrap_or_default();
    let stem = file.strip_suffix(".tfstate").unwrap_or(file);
    match stem {
        "terraform" => parts.next().unwrap_or(stem).to_owned(),
        stem => stem.to_owned(),
    }
}

fn accounts(states: &[State]) -> Vec<String> {
    let hints = states.iter().flat_map(|state| &state.hints);
    let all: BTreeSet<&str> = hints.filter_map(|hint| hint.account.as_deref()).collect();
    let is_account = |id: &&str| id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit());
    all.into_iter().filter(is_account).map(str::to_owned).collect()
}

/// A site for every distribution with aliases, then one for every other host that a record leads to CloudFront or a
/// bucket's website.
fn sites(states: &[State]) -> Vec<FoundSite> {
    let mut taken = BTreeSet::new();
    let mut sites = Vec::new();
    let of_type = |wanted: &'static str| {
        let instances = states.iter().flat_map(|state| &state.instances);
        instances.filter(move |instance| instance.is_aws() && instance.terraform_type == wanted)
    };
    for instance in of_type("aws_cloudfront_distribution") {
        let aliases = instance.attributes.get("aliases").and_then(Value::as_array);
        let names = aliases.into_iter().flatten().filter_map(Value::as_str);
        sites.extend(site(
            names,
            instance,
            &mut taken,
            instance.text("id").map(str::to_owned),
        ));
    }
    for instance in of_type("aws_route53_record") {
        let target = instance
            .attributes
            .get("alias")
            .and_then(|alias| alias.get(0)?.get("name")?.as_str());
        let serves = target.is_some_and(|name| name.contains("cloudfront.net") || name.contains("s3-website"));
        if serves && matches!(instance.text("type"), Some("A" | "AAAA")) {
            sites.extend(site(instance.text("fqdn").into_iter(), instance, &mut taken, None));
        }
    }
    sites
}

fn site<'a>(
    names: impl Iterator<Item = &'a str>,
    instance: &Instance,
    taken: &mut BTreeSet<String>,
    distribution: Option<String>,
) -> Option<FoundSite> {
    let hosts: Vec<String> = names
        .filter_map(|name| Some(Host::parse(name).ok()?.as_str().to_owned()))
        .filter(|host| taken.insert(host.clone()))
        .collect();
    (!hosts.is_empty()).then(|| FoundSite {
        hosts,
        bucket: None,
        distribution,
        address: instance.address.clone(),
    })
}

/// The secrets and variables that deployments rest on and nobody knows.
fn variables(found: &Found) -> Vec<FoundVariable> {
    let mut all = BTreeSet::new();
    for target in &found.targets {
        let environment = target
            .environment
            .as_ref()
            .and_then(Text::as_literal)
            .filter(|name| !name.is_empty());
        let mut texts = vec![target.kind.bucket(), target.kind.prefix(), target.kind.distribution()];
        if let Kind::OriginPathUpdate { origin_path, .. } = &target.kind {
            texts.push(Some(origin_path));
        }
        for open in texts.into_iter().flatten().flat_map(Text::open_parts) {
            if is_value(&open.expression) {
                all.insert(FoundVariable {
                    environment: environment.map(str::to_owned),
                    path: open.expression.clone(),
                });
            }
        }
    }
    all.into_iter().collect()
}

/// Whether an expression is `vars.NAME` or `secrets.NAME`.
fn is_value(expression: &str) -> bool {
    let name = expression
        .strip_prefix("vars.")
        .or_else(|| expression.strip_prefix("secrets."));
    name.is_some_and(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_named_after_what_tells_them_apart() {
        for (source, name) in [
            ("terraform.tfstate", "terraform"),
            ("prod/terraform.tfstate", "prod"),
            ("terraform.tfstate.d/stage/terraform.tfstate", "stage"),
            ("states/site.tfstate", "site"),
            ("env:/prod/site", "site"),
        ] {
            assert_eq!(name_of(source), name);
        }
    }

    #[test]
    fn only_whole_values_of_workflows_are_proposed() {
        assert!(is_value("secrets.AWS_S3_BUCKET_PROD") && is_value("vars.REGION"));
        assert!(!is_value("secrets.A || 'x'") && !is_value("vars.") && !is_value("github.sha"));
    }
}
