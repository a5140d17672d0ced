//! The Terraform configuration of a run: where it is looked for, and which state it belongs to.

use std::path::{Path, PathBuf};

use super::connection::Connection;
use super::{World, inputs};
use crate::cli::CheckArgs;
use crate::compare;
use crate::config::Effective;
use crate::error::Error;
use crate::estate::Estate;
use crate::expected::{self, State};
use crate::ownership::Configured;
use crate::terraform::{Configuration, StateLocation};

/// The configuration in a directory; `None` where it holds no Terraform files and nobody said that it does.
///
/// # Errors
/// Files that cannot be read or are not HCL.
fn read(directory: Option<&Path>, world: &World) -> Result<Option<Configuration>, Error> {
    let (path, shown) = match directory {
        Some(directory) => (world.directory.join(directory), directory.display().to_string()),
        None if holds_configuration(&world.directory) => (world.directory.clone(), String::new()),
        None => return Ok(None),
    };
    let data: PathBuf = match (world.variable)("TF_DATA_DIR") {
        Some(data) if !data.is_empty() => path.join(data),
        _ => path.join(".terraform"),
    };
    Ok(Some(Configuration::read_with_data(&path, &shown, &data)?))
}

fn holds_configuration(directory: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        [".tf", ".tf.json", ".tofu", ".tofu.json"]
            .iter()
            .any(|ending| name.ends_with(ending))
    })
}

/// Where the configuration in a directory, or in the working directory, keeps its state, as a `--state` argument; `None`
/// where it is the one that lies in the working directory.
///
/// # Errors
/// A backend that driftgate does not read: the message says what to pipe in instead.
fn state_source(
    configuration: &Configuration,
    directory: Option<&Path>,
    world: &mut World,
) -> Result<Option<String>, Error> {
    // What is named by its directory keeps its state where it says so, and not in what happens to lie here.
    let here = directory.is_none() && inputs::has_state(world);
    let workspace = (world.variable)("TF_WORKSPACE").filter(|name| !name.is_empty());
    match configuration.state_location(workspace.as_deref()) {
        StateLocation::Local(path) => {
            let beside = path.parent() == Some(&world.directory);
            if here && beside && !path.is_file() {
                return Ok(None);
            }
            let within = path.strip_prefix(&world.directory).unwrap_or(&path);
            Ok(Some(within.display().to_string()))
        }
        StateLocation::S3(state) => {
            let mut source = format!("s3://{}/{}", state.bucket, state.key);
            if here {
                left_here(&source, world);
                return Ok(None);
            }
            let options = [("region", &state.region), ("profile", &state.profile)];
            let given = options.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
            for (at, (name, value)) in given.enumerate() {
                source.push_str(&format!("{}{name}={value}", if at == 0 { '?' } else { '&' }));
            }
            if state.role_arn.is_some() {
                return Err(Error::BackendRole { source_url: source });
            }
            Ok(Some(source))
        }
        StateLocation::Unsupported { kind, .. } if here => {
            left_here(&format!("the backend \"{kind}\""), world);
            Ok(None)
        }
        StateLocation::Unsupported { place, kind, instead } => Err(Error::Backend {
            place,
            what: format!("the backend \"{kind}\" is not read"),
            instead: match directory.filter(|directory| *directory != Path::new(".")) {
                None => instead,
                Some(directory) => {
                    let directory = directory.display();
                    format!(
                        "pipe the state in instead: `terraform -chdir={directory} state pull | driftgate check \
                         --terraform-dir {directory} --state -`"
                    )
                }
            },
        }),
        StateLocation::NotKnown { .. } if here => Ok(None),
        StateLocation::NotKnown {
            place,
            problem,
            instead,
        } => Err(Error::Backend {
            place,
            what: problem,
            instead,
        }),
    }
}

/// Says that the state which lies in the working directory is read, although the configuration keeps its state elsewhere.
fn left_here(kept: &str, world: &mut World) {
    world.warn(&format!(
        "the state in this directory is read, although the configuration keeps its state in {kept}; name the one to \
         check with --state"
    ));
}

/// The states of a run, with the configurations that made them.
pub(super) struct Declared {
    pub(super) states: Vec<State>,
    pub(super) configurations: Vec<Configured>,
}

/// The states that flags or the configuration file name, or those that the working directory leads to. A snapshot to
/// compare with does without.
///
/// # Errors
/// States and configurations that cannot be read, or do not belong together.
pub(super) fn declared(
    args: &CheckArgs,
    effective: &Effective,
    against: bool,
    connection: &Connection,
    world: &mut World,
) -> Result<Declared, Error> {
    if args.terraform_dir.is_none() && !effective.states.is_empty() {
        return named(effective, connection, world);
    }
    if args.terraform_dir.is_none() && against {
        return Ok(Declared {
            states: Vec::new(),
            configurations: Vec::new(),
        });
    }
    let configuration = read(args.terraform_dir.as_deref(), world)?;
    let states = match &configuration {
        _ if !effective.states.is_empty() => inputs::configured_states(effective, connection, world)?,
        Some(configuration) => {
            let source = state_source(configuration, args.terraform_dir.as_deref(), world)?;
            let given: Vec<String> = source.into_iter().collect();
            inputs::states(&given, connection, world)?
        }
        None => inputs::states(&[], connection, world)?,
    };
    let configurations = match (configuration, states.as_slice()) {
        (None, _) | (_, []) => Vec::new(),
        (Some(configuration), [state]) => vec![Configured {
            state: state.source.clone(),
            configuration,
        }],
        (Some(_), several) => return Err(Error::WhichState { states: several.len() }),
    };
    Ok(Declared { states, configurations })
}

/// The named states, each with the configuration that it names, if it names one.
fn named(effective: &Effective, connection: &Connection, world: &mut World) -> Result<Declared, Error> {
    let (mut all, mut configurations) = (Vec::new(), Vec::new());
    for setting in &effective.states {
        let states = inputs::state(setting, connection, world)?;
        if let Some(directory) = &setting.terraform_dir {
            let configuration = read(Some(&directory.value), world)?;
            let of_state = |state: &State| Configured {
                state: state.source.clone(),
                configuration: configuration.clone().unwrap_or_else(|| {
                    unreachable!("a directory that is named is read, or the run ends with an error")
                }),
            };
            configurations.extend(states.iter().map(of_state));
        }
        all.extend(states);
    }
    let loaded = expected::one_per_lineage(all)?;
    for warning in &loaded.warnings {
        world.warn(warning);
    }
    compare::validate(&Estate::new(&loaded.states, None))?;
    Ok(Declared {
        states: loaded.states,
        configurations,
    })
}
