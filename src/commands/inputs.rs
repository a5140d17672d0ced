//! The inputs of a run: states, and the live side to compare them with.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::Path;

use super::World;
use super::connection::Connection;
use crate::compare;
use crate::config::{Effective, Sourced, StateSetting};
use crate::error::Error;
use crate::estate::Estate;
use crate::expected::{self, State};
use crate::history::{History, S3Place};
use crate::inventory::{Caller, Inventory};
#[cfg(feature = "live")]
use crate::live::aws::{Aws, HistoryBucket, Network};
use crate::plan::ReadPlan;
use crate::snapshot::{Snapshot, SnapshotError};

/// Reads all given states, or the working directory's where none is given.
pub(super) fn states(given: &[String], connection: &Connection, world: &mut World) -> Result<Vec<State>, Error> {
    let here = [".".to_owned()];
    let given: &[String] = if given.is_empty() { &here } else { given };
    let sources = expected::locate(given, &world.directory)?;
    let loaded = expected::load(&sources, world.stdin, &mut |object| fetch(object, connection))?;
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
    let connection = Connection {
        region: or(&setting.region, &connection.region),
        profile: or(&setting.profile, &connection.profile),
        ..connection.clone()
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
    Account(Box<Aws>),
    /// Nowhere, since nothing is to be asked.
    Nothing,
}

impl Live {
    /// The account of the credentials at hand.
    ///
    /// # Errors
    /// No credentials, or none that AWS knows; and a build that cannot ask AWS.
    #[cfg(feature = "live")]
    pub(super) fn connect(connection: &Connection) -> Result<Live, Error> {
        let aws = Aws::connect(settings(connection))?;
        if let Some(wanted) = connection
            .account
            .as_ref()
            .filter(|wanted| **wanted != aws.caller().account)
        {
            return Err(Error::NotTheAccount {
                wanted: wanted.clone(),
                found: aws.caller().account.clone(),
            });
        }
        Ok(Live::Account(Box::new(aws)))
    }

    #[cfg(not(feature = "live"))]
    pub(super) fn connect(_connection: &Connection) -> Result<Live, Error> {
        Err(Error::WithoutLive)
    }

    /// The same, unless the states hold nothing that AWS could be asked about.
    pub(super) fn of(states: &[State], connection: &Connection) -> Result<Live, Error> {
        match compare::plan(&Estate::new(states, None)).is_empty() {
            true => Ok(Live::Nothing),
            false => Live::connect(connection),
        }
    }

    /// Who reads, or read, the account.
    pub(super) fn caller(&self) -> Option<&Caller> {
        match self {
            Live::Recorded(inventory) => inventory.caller.found(),
            #[cfg(feature = "live")]
            Live::Account(aws) => Some(aws.caller()),
            Live::Nothing => None,
        }
    }

    /// Whether a look takes calls to AWS.
    pub(super) fn asks_aws(&self) -> bool {
        !matches!(self, Live::Recorded(_) | Live::Nothing)
    }

    /// The answers to `plan`, and to everything that following `needs` asks. A recorded account has no more to say.
    #[cfg(feature = "live")]
    pub(super) fn observe(&self, plan: &ReadPlan, needs: &mut Needs, world: &World) -> (Cow<'_, Inventory>, Calls) {
        match self {
            Live::Account(aws) => {
                let (inventory, calls) = rounds(aws, plan, needs, world);
                (Cow::Owned(inventory), calls)
            }
            Live::Recorded(_) | Live::Nothing => self.known(),
        }
    }

    #[cfg(not(feature = "live"))]
    pub(super) fn observe(&self, _plan: &ReadPlan, _needs: &mut Needs, _world: &World) -> (Cow<'_, Inventory>, Calls) {
        self.known()
    }

    /// What is known without asking.
    fn known(&self) -> (Cow<'_, Inventory>, Calls) {
        match self {
            Live::Recorded(inventory) => (Cow::Borrowed(inventory), Calls::new()),
            _ => Default::default(),
        }
    }
}

/// Reads in rounds, since an answer may bring up the next question. A path has some twelve stations, each of which can
/// ask once, and redirects may chain; a question that stays open after that many rounds is a fault of the walk, and
/// what it would have told stays unchecked.
#[cfg(feature = "live")]
fn rounds(aws: &Aws, plan: &ReadPlan, needs: &mut Needs, world: &World) -> (Inventory, Calls) {
    const ROUNDS: usize = 64;
    let bar = super::output::Bar::new(world.stderr_is_terminal);
    let mut inventory = Inventory::default();
    aws.observe_more(plan, &mut inventory, &bar);
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

#[cfg(feature = "live")]
fn settings(connection: &Connection) -> crate::live::aws::Settings {
    crate::live::aws::Settings {
        region: connection.region.clone(),
        profile: connection.profile.clone(),
        role: connection.role.clone(),
        route53_per_second: connection.route53_per_second,
        network: Network::of_environment(),
        ..Default::default()
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
