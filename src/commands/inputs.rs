//! The inputs of a run: states, and the live side to compare them with.

use std::collections::BTreeMap;
use std::path::Path;

use super::World;
use crate::cli::{ConnectionArgs, StateArgs};
use crate::compare;
use crate::error::Error;
use crate::estate::Estate;
use crate::expected::{self, State};
use crate::inventory::Inventory;
#[cfg(feature = "live")]
use crate::live::aws::Aws;
use crate::plan::ReadPlan;
use crate::snapshot::{Snapshot, SnapshotError};

/// Reads all given states.
pub(super) fn states(args: &StateArgs, connection: &ConnectionArgs, world: &mut World) -> Result<Vec<State>, Error> {
    let here = [".".to_owned()];
    let given: &[String] = if args.states.is_empty() { &here } else { &args.states };
    let sources = expected::locate(given, &world.directory)?;
    let loaded = expected::load(&sources, world.stdin, &mut |object| fetch(object, connection))?;
    for warning in &loaded.warnings {
        world.warn(warning);
    }
    compare::validate(&Estate::new(&loaded.states, None))?;
    Ok(loaded.states)
}

/// A recorded account out of a file.
pub(super) fn recorded(file: &Path) -> Result<Snapshot, Error> {
    let shown = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|cause| SnapshotError::Unreadable {
        file: shown.clone(),
        cause,
    })?;
    Ok(Snapshot::parse(&shown, &text)?)
}

/// Whether the working directory holds a state that is read where none is named.
pub(super) fn has_state(world: &World) -> bool {
    expected::locate(&[".".to_owned()], &world.directory).is_ok()
}

/// What a run still needs to read, given what is known.
pub(super) type Needs<'a> = dyn Fn(&Inventory) -> ReadPlan + 'a;

/// The live answers to everything that comparing `states` and following `needs` asks, with the API calls by operation.
#[cfg(feature = "live")]
pub(super) fn observed(
    states: &[State],
    connection: &ConnectionArgs,
    needs: &Needs,
    world: &mut World,
) -> Result<(Inventory, BTreeMap<String, u64>), Error> {
    if compare::plan(&Estate::new(states, None)).is_empty() {
        return Ok(Default::default());
    }
    let aws = Aws::connect(settings(connection.region.clone(), connection.profile.clone()))?;
    let caller = aws.caller().clone();
    Ok(rounds(
        &aws,
        compare::plan(&Estate::new(states, Some(&caller))),
        needs,
        world,
    ))
}

/// The live answers to everything that following `needs` asks, from nothing.
#[cfg(feature = "live")]
pub(super) fn followed(
    connection: &ConnectionArgs,
    needs: &Needs,
    world: &mut World,
) -> Result<(Inventory, BTreeMap<String, u64>), Error> {
    let aws = Aws::connect(settings(connection.region.clone(), connection.profile.clone()))?;
    Ok(rounds(&aws, ReadPlan::default(), needs, world))
}

/// Reads in rounds, since an answer may bring up the next question. A path has some twelve stations, each of which can
/// ask once, and redirects may chain; a question that stays open after that many rounds is a fault of the walk, and
/// what it would have told stays unchecked.
#[cfg(feature = "live")]
fn rounds(aws: &Aws, plan: ReadPlan, needs: &Needs, world: &World) -> (Inventory, BTreeMap<String, u64>) {
    const ROUNDS: usize = 64;
    let bar = super::output::Bar::new(world.stderr_is_terminal);
    let mut inventory = Inventory::default();
    aws.observe_more(&plan, &mut inventory, &bar);
    for _ in 0..ROUNDS {
        let open: ReadPlan = needs(&inventory)
            .iter()
            .filter(|read| !inventory.holds(read))
            .cloned()
            .collect();
        if open.is_empty() {
            break;
        }
        aws.observe_more(&open, &mut inventory, &bar);
    }
    bar.clear();
    (inventory, aws.calls())
}

#[cfg(not(feature = "live"))]
pub(super) fn observed(
    states: &[State],
    _connection: &ConnectionArgs,
    _needs: &Needs,
    _world: &mut World,
) -> Result<(Inventory, BTreeMap<String, u64>), Error> {
    match compare::plan(&Estate::new(states, None)).is_empty() {
        true => Ok(Default::default()),
        false => Err(Error::WithoutLive),
    }
}

#[cfg(not(feature = "live"))]
pub(super) fn followed(
    _connection: &ConnectionArgs,
    _needs: &Needs,
    _world: &mut World,
) -> Result<(Inventory, BTreeMap<String, u64>), Error> {
    Err(Error::WithoutLive)
}

#[cfg(feature = "live")]
fn settings(region: Option<String>, profile: Option<String>) -> crate::live::aws::Settings {
    crate::live::aws::Settings {
        region,
        profile,
        ..Default::default()
    }
}

/// A state out of an S3 backend. It may live under another profile than the account that is checked.
#[cfg(feature = "live")]
fn fetch(object: &expected::S3Object, connection: &ConnectionArgs) -> Result<Vec<u8>, String> {
    let profile = object.profile.clone().or_else(|| connection.profile.clone());
    let region = object.region.clone().or_else(|| connection.region.clone());
    let aws = Aws::connect(settings(region.clone(), profile)).map_err(|error| error.to_string())?;
    aws.object(&object.bucket, &object.key, region.as_deref())
        .map_err(|error| error.to_string())
}

#[cfg(not(feature = "live"))]
fn fetch(_object: &expected::S3Object, _connection: &ConnectionArgs) -> Result<Vec<u8>, String> {
    Err(Error::WithoutLive.to_string())
}
