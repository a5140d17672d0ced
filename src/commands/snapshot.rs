//! `driftgate snapshot`: the live side of a check, kept in a file.

use std::fs::File;
use std::io::Write;

use super::inputs::Live;
use super::{World, inputs, workflows};
use crate::cli::SnapshotArgs;
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
    let failed = |cause| Error::Write {
        file: args.output.clone(),
        cause,
    };
    let mut file = File::create(&args.output).map_err(failed)?;
    let states = inputs::states(&args.states.states, &args.connection, world)?;
    let question = Question {
        fail_on: Severity::Low,
        now: world.now.clone(),
        serving: true,
        deployments: workflows::deployments(&args.deploy, world)?.deployments,
        phase: args.deploy.phase,
        ownership: Ownership::default(),
        against: None,
        judgement: Judgement::default(),
    };
    let live = Live::of(&states, &args.connection)?;
    let case = Case::new(&states, live.caller(), &question);
    let mut settled = Settled::default();
    let mut needs = |inventory: &Inventory| case.needs(inventory, &mut settled);
    let (inventory, calls) = live.observe(&case.plan(), &mut needs, world);
    let snapshot = Snapshot::new(inventory.into_owned(), world.now.clone());
    file.write_all(snapshot.to_text().as_bytes()).map_err(failed)?;
    let total: u64 = calls.values().sum();
    _ = writeln!(
        world.stderr,
        "driftgate: {} written after {total} API calls",
        args.output.display()
    );
    Ok(Outcome::Clean)
}
