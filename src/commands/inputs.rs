//! The inputs of a run: states, and the live side to compare them with.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use super::World;
#[cfg(feature = "live")]
use super::accounts::{Readers, Wanted, settings};
use super::connection::Connection;
use crate::accounts::{Accounts, Routes};
use crate::against::Baseline;
use crate::compare;
use crate::config::{Effective, Sourced, StateSetting};
use crate::error::Error;
use crate::estate::Estate;
use crate::expected::{self, State};
use crate::history::{History, S3Place};
use crate::inventory::Inventory;
#[cfg(feature = "live")]
use crate::live::aws::{Aws, HistoryBucket};
use crate::plan::{Plans, ReadPlan};
use crate::snapshot::{Snapshot, SnapshotError};

/// Reads all given states, or the working directory's where none is given.
pub(super) fn states(given: &[String], connection: &Connection, world: &mut World) -> Result<Vec<State>, Error> {
    let here = [".".to_owned()];
    let given: &[String] = if given.is_empty() { &here } else { given };
    let sources = expected::locate(given, &world.directory)?;
    let connection = connection.of_states();
    let loaded = expected::load(&sources, world.stdin, &mut |object| fetch(object, &connection))?;
    for warning in &loaded.warnings {
        world.warn(warning);
    }
    compare::validate(&Estate::new(&loaded.states, None))?;
    Ok(loaded.states)
}

/// The states that flags or the configuration name, each read as it says, or the working directory's.
pub(super) fn configured_states(
    effective: &Effective,
    connection: &Connection,
    world: &mut World,
) -> Result<Vec<State>, Error> {
    if effective.states.is_empty() {
        return states(&[], connection, world);
    }
    let mut all = Vec::new();
    for setting in &effective.states {
        all.extend(state(setting, connection, world)?);
    }
    let loaded = expected::one_per_lineage(all)?;
    for warning in &loaded.warnings {
        world.warn(warning);
    }
    Ok(loaded.states)
}

/// What one setting names: a glob and a directory may hold several.
pub(super) fn state(setting: &StateSetting, connection: &Connection, world: &mut World) -> Result<Vec<State>, Error> {
    let or = |own: &Option<Sourced<String>>, other: &Option<String>| {
        own.as_ref().map(|own| own.value.clone()).or_else(|| other.clone())
    };
    let connection = connection.of_states();
    let connection = Connection {
        region: or(&setting.region, &connection.region),
        profile: or(&setting.profile, &connection.profile),
        ..connection
    };
    states(std::slice::from_ref(&setting.source.value), &connection, world)
}

/// A recorded account out of a file.
pub(super) fn recorded(file: &Path, world: &World) -> Result<Snapshot, Error> {
    let shown = file.display().to_string();
    let text = std::fs::read_to_string(world.directory.join(file)).map_err(|cause| SnapshotError::Unreadable {
        file: shown.clone(),
        cause,
    })?;
    Ok(Snapshot::parse(&shown, &text)?)
}

/// Whether the working directory holds a state that is read where none is named.
pub(super) fn has_state(world: &World) -> bool {
    expected::locate(&[".".to_owned()], &world.directory).is_ok()
}

/// The API calls of a run, by operation.
pub(super) type Calls = BTreeMap<String, u64>;

/// What a run still needs to read, given what is known.
pub(super) type Needs<'a> = dyn FnMut(&Inventory) -> ReadPlan + 'a;

/// Where the live side of a run comes from.
pub(super) enum Live {
    /// A file.
    Recorded(Box<Inventory>),
    /// AWS itself.
    #[cfg(feature = "live")]
    Accounts(Box<Readers>),
    /// Nowhere, since nothing is to be asked.
    Nothing,
}

impl Live {
    /// The accounts that the states are about, and those of a snapshot to compare with, as far as credentials lead to them.
    ///
    /// # Errors
    /// No credentials, or none that AWS knows; and a build that cannot ask AWS.
    #[cfg(feature = "live")]
    pub(super) fn connect(
        connection: &Connection,
        states: &[State],
        against: Option<&Baseline>,
    ) -> Result<Live, Error> {
        let wanted = Wanted::of(states).and(against.into_iter().flat_map(Baseline::accounts));
        Ok(Live::Accounts(Box::new(Readers::connect(connection, &wanted)?)))
    }

    #[cfg(not(feature = "live"))]
    pub(super) fn connect(_: &Connection, _: &[State], _: Option<&Baseline>) -> Result<Live, Error> {
        Err(Error::WithoutLive)
    }

    /// The same, unless the states hold nothing that AWS could be asked about.
    pub(super) fn of(states: &[State], connection: &Connection) -> Result<Live, Error> {
        match compare::plan(&Estate::new(states, None)).is_empty() {
            true => Ok(Live::Nothing),
            false => Live::connect(connection, states, None),
        }
    }

    /// The accounts that are read, or were, as far as they are known without asking.
    pub(super) fn accounts(&self) -> Accounts {
        match self {
            Live::Recorded(inventory) => Accounts::of(inventory),
            #[cfg(feature = "live")]
            Live::Accounts(readers) => Accounts::of(&readers.nothing_yet()),
            Live::Nothing => Accounts::default(),
        }
    }

    /// Whether a look takes calls to AWS.
    pub(super) fn asks_aws(&self) -> bool {
        !matches!(self, Live::Recorded(_) | Live::Nothing)
    }

    /// What is known before anything is compared: who reads which account, and of several accounts what is where. Of a
    /// recorded account that is everything.
    #[cfg(feature = "live")]
    pub(super) fn begin(&self, states: &[State]) -> Cow<'_, Inventory> {
        match self {
            Live::Accounts(readers) => Cow::Owned(readers.begin(states, &crate::live::Quiet)),
            Live::Recorded(_) | Live::Nothing => self.known(),
        }
    }

    #[cfg(not(feature = "live"))]
    pub(super) fn begin(&self, _: &[State]) -> Cow<'_, Inventory> {
        self.known()
    }

    /// What was begun, with the answers to `plans`, and to everything that following `needs` asks, each by the account
    /// that has it. A recorded account has no more to say.
    #[cfg(feature = "live")]
    pub(super) fn observe<'i>(
        &self,
        begun: Cow<'i, Inventory>,
        plans: &Plans,
        routes: &Routes,
        needs: &mut Needs,
        world: &World,
    ) -> (Cow<'i, Inventory>, Calls) {
        match self {
            Live::Accounts(readers) => {
                let bar = super::output::Bar::new(world.stderr_is_terminal);
                let mut inventory = begun.into_owned();
                readers.observe(plans, &mut inventory, &bar);
                rounds(readers, routes, &mut inventory, needs, &bar);
                bar.clear();
                (Cow::Owned(inventory), readers.calls())
            }
            Live::Recorded(_) | Live::Nothing => (begun, Calls::new()),
        }
    }

    #[cfg(not(feature = "live"))]
    pub(super) fn observe<'i>(
        &self,
        begun: Cow<'i, Inventory>,
        _: &Plans,
        _: &Routes,
        _: &mut Needs,
        _: &World,
    ) -> (Cow<'i, Inventory>, Calls) {
        (begun, Calls::new())
    }

    /// What is known without asking.
    fn known(&self) -> Cow<'_, Inventory> {
        match self {
            Live::Recorded(inventory) => Cow::Borrowed(inventory),
            _ => Cow::default(),
        }
    }
}

/// Reads in rounds, since an answer may bring up the next question. A path has some twelve stations, each of which can
/// ask once, and redirects may chain; a question that stays open after that many rounds is a fault of the walk, and
/// what it would have told stays unchecked.
#[cfg(feature = "live")]
fn rounds(
    readers: &Readers,
    routes: &Routes,
    inventory: &mut Inventory,
    needs: &mut Needs,
    progress: &dyn crate::live::Progress,
) {
    const ROUNDS: usize = 64;
    for _ in 0..ROUNDS {
        let open = routes.split(&needs(inventory), inventory);
        if open.is_empty() {
            break;
        }
        readers.observe(&open, inventory, progress);
    }
}

/// A history in S3, with a connection of its own.
#[cfg(feature = "live")]
pub(super) fn history_bucket(place: S3Place) -> Result<History, Error> {
    let aws = Aws::connect(settings(&Connection {
        region: place.region.clone(),
        profile: place.profile.clone(),
        ..Connection::default()
    }))?;
    Ok(History::new(HistoryBucket::new(aws, place)))
}

#[cfg(not(feature = "live"))]
pub(super) fn history_bucket(_place: S3Place) -> Result<History, Error> {
    Err(Error::WithoutLive)
}

/// A state out of an S3 backend. It may live under another profile than the account that is checked.
#[cfg(feature = "live")]
fn fetch(object: &expected::S3Object, connection: &Connection) -> Result<Vec<u8>, String> {
    let profile = object.profile.clone().or_else(|| connection.profile.clone());
    let region = object.region.clone().or_else(|| connection.region.clone());
    let own = Connection {
        region: region.clone(),
        // Another profile is another identity: the role of the checked account is none of its.
        role: connection.role.clone().filter(|_| object.profile.is_none()),
        profile,
        ..Connection::default()
    };
    let aws = Aws::connect(settings(&own)).map_err(|error| error.to_string())?;
    aws.object(&object.bucket, &object.key, region.as_deref())
        .map_err(|error| error.to_string())
}

#[cfg(not(feature = "live"))]
fn fetch(_object: &expected::S3Object, _connection: &Connection) -> Result<Vec<u8>, String> {
    Err(Error::WithoutLive.to_string())
}
