//! `driftgate demo`: the check on an account that somebody changed in the console, recorded and compiled in.

use super::{World, check};
use crate::cli::OutputArgs;
use crate::deploy::Phase;
use crate::error::Error;
use crate::examine::Question;
use crate::expected;
use crate::result::Outcome;
use crate::snapshot::Snapshot;

const STATE: &str = include_str!("../../fixtures/demo/terraform.tfstate");
const LIVE: &str = include_str!("../../fixtures/demo/live.json");

/// Runs the check on the recorded account.
///
/// # Errors
/// Only what writing the report brings.
pub fn run(args: &OutputArgs, world: &mut World) -> Result<Outcome, Error> {
    let state = expected::parse_state("demo/terraform.tfstate", STATE.as_bytes())?;
    let snapshot = Snapshot::parse("demo/live.json", LIVE)?;
    let question = Question {
        fail_on: args.fail_on,
        now: snapshot.taken_at.clone(),
        serving: true,
        deployments: Vec::new(),
        phase: Phase::Pre,
    };
    Ok(check::report(&[state], &snapshot.inventory, &question, args, world)?.outcome)
}
