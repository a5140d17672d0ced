//! `driftgate check`.

use std::sync::Arc;
use std::time::Instant;

use super::earlier::Earlier;
use super::inputs::Live;
use super::{World, inputs, output, policies, terraform, workflows};
use crate::against::Baseline;
use crate::cli::{CheckArgs, OutputArgs};
use crate::error::Error;
use crate::examine::{Case, Judgement, Question, Settled, examine};
use crate::expected::State;
use crate::inventory::Inventory;
use crate::ownership::Ownership;
use crate::result::{CheckResult, Outcome, Stats};

/// Reads, compares, follows, reports.
///
/// # Errors
/// Whatever kept the run from being done; findings are no error.
pub fn run(args: &CheckArgs, world: &mut World) -> Result<Outcome, Error> {
    let started = Instant::now();
    if args.earlier.fail_on_new && args.earlier.since.is_none() && args.earlier.history.is_none() {
        return Err(Error::NothingEarlier);
    }
    let reports = output::Reports::open(&args.output.render)?;
    let earlier = Earlier::open(&args.earlier, world)?;
    let prepared = Prepared::new(args, &earlier, world)?;
    let (_, mut result) = prepared.look(world)?;
    earlier.mark(&mut result);
    result.stats.duration = started.elapsed();
    let written = reports.write(&result, &args.output.render, world);
    earlier.keep(&result, world)?;
    written?;
    Ok(result.outcome)
}

/// Everything that a look at the account takes, read once.
pub(super) struct Prepared {
    pub(super) states: Vec<State>,
    question: Question,
    live: Live,
    /// What the workflows do that was not understood.
    remarks: Vec<String>,
}

impl Prepared {
    /// # Errors
    /// Inputs that cannot be read, or do not belong together.
    pub(super) fn new(args: &CheckArgs, earlier: &Earlier, world: &mut World) -> Result<Prepared, Error> {
        let against = args.against.as_deref().map(|file| baseline(file, world)).transpose()?;
        let configuration = terraform::read(args.terraform_dir.as_deref(), world)?;
        let states = states(args, configuration.as_ref(), against.is_some(), world)?;
        let deployments = workflows::deployments(&args.deploy, world)?;
        let recorded = args.live.as_deref().map(inputs::recorded).transpose()?;
        let configurations = match configuration {
            // A configuration that happens to lie here says nothing about a state that was named.
            Some(_) if args.terraform_dir.is_none() && !args.states.states.is_empty() => Vec::new(),
            Some(configuration) => terraform::configured(configuration, &states)?,
            None => Vec::new(),
        };
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
                ages: earlier.ages(&world.now),
                fail_on_new: args.earlier.fail_on_new,
                ..Judgement::default()
            },
            ownership: Ownership {
                configurations,
                owners: Vec::new(),
            },
            against,
        };
        let live = match recorded {
            Some(recorded) => Live::Recorded(Box::new(recorded.inventory)),
            None if question.against.is_some() => Live::connect(&args.connection)?,
            None => Live::of(&states, &args.connection)?,
        };
        same_account(question.against.as_ref(), &live)?;
        Ok(Prepared {
            states,
            question,
            live,
            remarks: deployments.remarks,
        })
    }

    /// Looks at the account as it is now.
    ///
    /// # Errors
    /// Whatever keeps the look from being judged.
    pub(super) fn look(&self, world: &mut World) -> Result<(Inventory, CheckResult), Error> {
        let case = Case::new(&self.states, self.live.caller(), &self.question);
        let mut settled = Settled::default();
        let mut needs = |inventory: &Inventory| case.needs(inventory, &mut settled);
        let (inventory, calls) = self.live.observe(&case.plan(), &mut needs, world);
        let mut result = case.examine(&inventory)?.result;
        result.stats.calls = calls;
        result.remarks.extend(self.remarks.iter().cloned());
        Ok((inventory.into_owned(), result))
    }
}

/// The states that are named, or those that the working directory leads to. A snapshot to compare with does without.
fn states(
    args: &CheckArgs,
    configuration: Option<&crate::terraform::Configuration>,
    against: bool,
    world: &mut World,
) -> Result<Vec<State>, Error> {
    if !args.states.states.is_empty() {
        return inputs::states(&args.states.states, &args.connection, world);
    }
    if against && args.terraform_dir.is_none() {
        return Ok(Vec::new());
    }
    match configuration {
        Some(configuration) if args.terraform_dir.is_some() || !inputs::has_state(world) => {
            let source = terraform::state_source(configuration, world)?;
            inputs::states(&[source], &args.connection, world)
        }
        _ => inputs::states(&[], &args.connection, world),
    }
}

/// An earlier snapshot to compare with.
fn baseline(file: &std::path::Path, world: &World) -> Result<Baseline, Error> {
    let snapshot = inputs::recorded(&world.directory.join(file))?;
    Ok(Baseline::new(&file.display().to_string(), snapshot))
}

/// A snapshot of another account has nothing to say about this one.
fn same_account(against: Option<&Baseline>, live: &Live) -> Result<(), Error> {
    let Some(baseline) = against else { return Ok(()) };
    match (baseline.account(), live.caller()) {
        (Some(theirs), Some(ours)) if theirs != ours.account => Err(Error::OtherAccount {
            file: baseline.name().to_owned(),
            theirs: theirs.to_owned(),
            ours: ours.account.clone(),
        }),
        _ => Ok(()),
    }
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
