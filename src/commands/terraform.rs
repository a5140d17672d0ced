//! The Terraform configuration of a run: where it is looked for, and which state it belongs to.

use std::path::{Path, PathBuf};

use super::World;
use crate::error::Error;
use crate::expected::State;
use crate::ownership::Configured;
use crate::terraform::{Configuration, StateLocation};

/// The configuration in a directory; `None` where it holds no Terraform files and nobody said that it does.
///
/// # Errors
/// Files that cannot be read or are not HCL.
pub(super) fn read(directory: Option<&Path>, world: &World) -> Result<Option<Configuration>, Error> {
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

/// Where the configuration keeps its state, as a `--state` argument.
///
/// # Errors
/// A backend that driftgate does not read: the message says what to pipe in instead.
pub(super) fn state_source(configuration: &Configuration, world: &World) -> Result<String, Error> {
    let workspace = (world.variable)("TF_WORKSPACE").filter(|name| !name.is_empty());
    match configuration.state_location(workspace.as_deref()) {
        StateLocation::Local(path) => Ok(path.display().to_string()),
        StateLocation::S3(state) => {
            let mut source = format!("s3://{}/{}", state.bucket, state.key);
            let options = [("region", &state.region), ("profile", &state.profile)];
            let given = options.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
            for (at, (name, value)) in given.enumerate() {
                source.push_str(&format!("{}{name}={value}", if at == 0 { '?' } else { '&' }));
            }
            if state.role_arn.is_some() {
                return Err(Error::BackendRole { source_url: source });
            }
            Ok(source)
        }
        StateLocation::Unsupported { place, kind, instead } => Err(Error::Backend {
            place,
            what: format!("the backend \"{kind}\" is not read"),
            instead,
        }),
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

/// The configuration with the state that it belongs to: the only one there is.
///
/// # Errors
/// Several states, of which nobody said which one the configuration describes.
pub(super) fn configured(configuration: Configuration, states: &[State]) -> Result<Vec<Configured>, Error> {
    match states {
        [] => Ok(Vec::new()),
        [state] => Ok(vec![Configured {
            state: state.source.clone(),
            configuration,
        }]),
        several => Err(Error::WhichState { states: several.len() }),
    }
}
