//! `driftgate check`.

use std::collections::BTreeMap;
use std::time::Instant;

use super::{World, inputs, output};
use crate::cli::{CheckArgs, OutputArgs};
use crate::compare;
use crate::error::Error;
use crate::estate::Estate;
use crate::expected::State;
use crate::finding::Severity;
use crate::inventory::Inventory;
use crate::policy;
use crate::result::{CheckResult, Outcome, Stats};

/// Reads, compares, reports.
///
/// # Errors
/// Whatever kept the run from being done; findings are no error.
pub fn run(args: &CheckArgs, world: &mut World) -> Result<Outcome, Error> {
    let started = Instant::now();
    let reports = output::Reports::open(&args.output)?;
    let states = inputs::states(&args.states, &args.connection, world)?;
    let (inventory, calls) = match &args.live {
        Some(file) => (inputs::recorded(file)?, BTreeMap::new()),
        None => inputs::observed(&states, &args.connection, world)?,
    };
    let mut result = check(&states, &inventory, args.output.fail_on);
    result.stats = Stats {
        calls,
        duration: started.elapsed(),
    };
    reports.write(&result, &args.output, world)?;
    Ok(result.outcome)
}

/// The whole check as a pure function.
pub fn check(states: &[State], inventory: &Inventory, fail_on: Severity) -> CheckResult {
    let estate = Estate::new(states, inventory.caller.found());
    policy::judge(compare::compare(&estate, inventory), fail_on, Stats::default())
}

/// Checks what is already in memory and reports on it.
pub(super) fn report(
    states: &[State],
    inventory: &Inventory,
    args: &OutputArgs,
    world: &mut World,
) -> Result<Outcome, Error> {
    let started = Instant::now();
    let reports = output::Reports::open(args)?;
    let mut result = check(states, inventory, args.fail_on);
    result.stats.duration = started.elapsed();
    reports.write(&result, args, world)?;
    Ok(result.outcome)
}
