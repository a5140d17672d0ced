//! `driftgate check`.

use std::sync::Arc;
use std::time::Instant;

use super::inputs::Live;
use super::{World, inputs, output, policies, workflows};
use crate::cli::{CheckArgs, OutputArgs};
use crate::error::Error;
use crate::examine::{Case, Judgement, Question, Settled, examine};
use crate::expected::State;
use crate::inventory::Inventory;
use crate::result::{CheckResult, Outcome, Stats};

/// Reads, compares, follows, reports.
///
/// # Errors
/// Whatever kept the run from being done; findings are no error.
pub fn run(args: &CheckArgs, world: &mut World) -> Result<Outcome, Error> {
    let started = Instant::now();
    let reports = output::Reports::open(&args.output.render)?;
    let states = inputs::states(&args.states, &args.connection, world)?;
    let deployments = workflows::deployments(&args.deploy, world)?;
    let recorded = args.live.as_deref().map(inputs::recorded).transpose()?;
    let question = Question {
        fail_on: args.output.fail_on,
        // A recorded account is judged by the day it was recorded on: its certificates do not age in the file.
        now: recorded
            .as_ref()
            .map_or_else(|| world.now.clone(), |recorded| recorded.taken_at.clone()),
        serving: !args.no_serving,
        deployments: deployments.deployments,
        phase: args.deploy.phase,
        judgement: Judgement {
            policy: Arc::new(policies::read(&args.policies)?),
            ..Judgement::default()
        },
    };
    let live = match recorded {
        Some(recorded) => Live::Recorded(Box::new(recorded.inventory)),
        None => Live::of(&states, &args.connection)?,
    };
    let case = Case::new(&states, live.caller(), &question);
    let mut settled = Settled::default();
    let mut needs = |inventory: &Inventory| case.needs(inventory, &mut settled);
    let (inventory, calls) = live.observe(&case.plan(), &mut needs, world);
    let mut result = case.examine(&inventory)?.result;
    result.stats.calls = calls;
    result.remarks.extend(deployments.remarks);
    result.stats.duration = started.elapsed();
    reports.write(&result, &args.output.render, world)?;
    Ok(result.outcome)
}

/// Examines what is already in memory and reports on it.
pub(super) fn report(
    states: &[State],
    inventory: &Inventory,
    question: &Question,
    args: &OutputArgs,
    world: &mut World,
) -> Result<CheckResult, Error> {
    let started = Instant::now();
    let reports = output::Reports::open(&args.render)?;
    let mut result = examine(states, inventory, question)?.result;
    result.stats = Stats {
        duration: started.elapsed(),
        ..Stats::default()
    };
    reports.write(&result, &args.render, world)?;
    Ok(result)
}
