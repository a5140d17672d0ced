//! Reading the located states: the only input of the expected side.

use std::fs;
use std::io::{self, Read};

use super::error::InputError;
use super::locate::unreadable;
use super::source::{S3Object, Source};
use super::{State, parse_state};

/// Fetches the bytes of an S3 object. The error is one line for people: what went wrong and what to do.
pub type S3Fetch<'a> = dyn FnMut(&S3Object) -> Result<Vec<u8>, String> + 'a;

/// The states of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loaded {
    /// One per lineage, in the order given.
    pub states: Vec<State>,
    /// What people should know about the choice, a line each.
    pub warnings: Vec<String>,
}

/// Reads and parses every source and keeps the newest of several copies of one state.
///
/// # Errors
/// The first source that cannot be read or understood.
pub fn load(sources: &[Source], stdin: &mut dyn Read, s3: &mut S3Fetch<'_>) -> Result<Loaded, InputError> {
    let mut states = Vec::with_capacity(sources.len());
    for source in sources {
        let bytes = match source {
            Source::File { path, shown } => fs::read(path).map_err(|error| match error.kind() {
                io::ErrorKind::NotFound => InputError::Missing { state: shown.clone() },
                _ => unreadable(shown, &error),
            })?,
            Source::Stdin => {
                let mut bytes = Vec::new();
                stdin
                    .read_to_end(&mut bytes)
                    .map_err(|error| unreadable(source.shown(), &error))?;
                bytes
            }
            Source::S3(object) => s3(object).map_err(|cause| InputError::S3 {
                state: object.url.clone(),
                cause,
            })?,
        };
        states.push(parse_state(source.shown(), &bytes)?);
    }
    one_per_lineage(states)
}

/// Keeps, of several copies of one state, the one that was written last. Pure.
///
/// # Errors
/// [`InputError::Forked`] if two copies of the same serial differ, since nothing tells which is right.
pub fn one_per_lineage(states: Vec<State>) -> Result<Loaded, InputError> {
    let mut loaded = Loaded::default();
    for state in states {
        let Some(held) = loaded
            .states
            .iter_mut()
            .find(|held| held.lineage.is_some() && held.lineage == state.lineage)
        else {
            loaded.states.push(state);
            continue;
        };
        let (old, new) = (held.serial.unwrap_or(0), state.serial.unwrap_or(0));
        if old == new {
            if !same_content(held, &state) {
                return Err(InputError::Forked {
                    state: state.source,
                    other: held.source.clone(),
                    serial: new,
                });
            }
            loaded.warnings.push(format!(
                "{} and {} are the same state (serial {old}); the first one is used",
                held.source, state.source
            ));
        } else {
            let (newer, older) = if new > old { (&state, &*held) } else { (&*held, &state) };
            loaded.warnings.push(format!(
                "{} (serial {}) is an older copy of {} (serial {}); only the newer one is used",
                older.source,
                old.min(new),
                newer.source,
                old.max(new)
            ));
            if new > old {
                *held = state;
            }
        }
    }
    Ok(loaded)
}

fn same_content(a: &State, b: &State) -> bool {
    let mut b = b.clone();
    b.source.clone_from(&a.source);
    b.instances
        .iter_mut()
        .for_each(|instance| instance.state.clone_from(&a.source));
    b.deposed
        .iter_mut()
        .for_each(|deposed| deposed.state.clone_from(&a.source));
    *a == b
}
