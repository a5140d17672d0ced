//! `driftgate snapshot`: the live side of a check, kept in a file.

use std::io::Write;

use super::connection::Connection;
use super::inputs::Live;
use super::{World, inputs, output, settings, workflows};
use crate::accounts::Accounts;
use crate::cli::SnapshotArgs;
use crate::config::Unmanaged;
use crate::error::Error;
use crate::examine::{Case, Judgement, Question, Settled};
use crate::finding::Severity;
use crate::inventory::Inventory;
use crate::ownership::Ownership;
use crate::result::Outcome;
use crate::snapshot::Snapshot;

/// Reads what comparing the given states takes and writes it down.
///
/// # Errors
/// Whatever kept the snapshot from being taken or written.
pub fn run(args: &SnapshotArgs, world: &mut World) -> Result<Outcome, Error> {
    let target = output::Target::open(&args.output, world)?;
    let effective = settings::of_snapshot(args, world)?;
    let connection = Connection::of(&effective);
    let states = inputs::configured_states(&effective, &connection, world)?;
    let question = Question {
        fail_on: Severity::Low,
        now: world.now.clone(),
        serving: true,
        deployments: workflows::deployments(&effective, world)?.deployments,
        phase: effective.settings.phase.value,
        unmanaged: Unmanaged::ALL,
        ownership: Ownership::default(),
        against: None,
        judgement: Judgement::default(),
    };
    let live = Live::of(&states, &connection)?;
    let begun = live.begin(&states);
    let accounts = Accounts::of(&begun);
    let case = Case::new(&states, &accounts, &question);
    let mut settled = Settled::default();
    let mut needs = |inventory: &Inventory| case.needs(inventory, &mut settled);
    let (inventory, calls) = live.observe(begun, &case.plans(), &case.routes(), &mut needs, world);
    let snapshot = Snapshot::new(inventory.into_owned(), world.now.clone());
    target.write(|file| file.write_all(snapshot.to_text().as_bytes()))?;
    let total: u64 = calls.values().sum();
    _ = writeln!(
        world.stderr,
        "driftgate: {} written after {total} API calls",
        args.output.display()
    );
    Ok(Outcome::Clean)
}
