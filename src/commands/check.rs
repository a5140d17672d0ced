//! `driftgate check`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::about::About;
use super::connection::Connection;
use super::earlier::Earlier;
use super::inputs::Live;
use super::{World, inputs, output, settings, terraform, workflows};
use crate::accounts::Accounts;
use crate::against::Baseline;
use crate::cli::{CheckArgs, OutputArgs};
use crate::config::Effective;
use crate::error::Error;
use crate::examine::{Case, Judgement, Question, Settled, examine};
use crate::expected::State;
use crate::inventory::Inventory;
use crate::ownership::Ownership;
use crate::policy::Policy;
use crate::result::{CheckResult, Outcome, Stats};

/// Reads, compares, follows, reports.
///
/// # Errors
/// Whatever kept the run from being done; findings are no error.
pub fn run(args: &CheckArgs, world: &mut World) -> Result<Outcome, Error> {
    let started = Instant::now();
    let effective = settings::of_check(args, world)?;
    let (format, wanted) = (effective.settings.format.value, &effective.settings.reports.value);
    if args.earlier.fail_on_new && effective.settings.since.is_none() && effective.settings.history.is_none() {
        return Err(Error::NothingEarlier);
    }
    let mut earlier = Earlier::open(&effective.settings, args.earlier.fail_on_new, world)?;
    let since = effective.settings.since.as_ref().map(|since| since.value.as_path());
    let reports = output::Reports::open(wanted, since, world);
    let prepared = Prepared::new(args, &effective, &mut earlier, world)?;
    prepared.announce(&effective, world);
    let (_, mut result) = prepared.look(world)?;
    earlier.conclude(&mut result, &prepared.question.judgement.ages);
    // In whole milliseconds, as the saved result has it: rendered from there, a report is the same.
    result.stats.duration = Duration::from_millis(u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX));
    let written = reports.write(&result, format, &args.output.render, world);
    earlier.keep(&result, world);
    written?;
    Ok(result.outcome)
}

/// Everything that a look at the account takes, read once.
pub(super) struct Prepared {
    pub(super) states: Vec<State>,
    pub(super) question: Question,
    live: Live,
    /// Whether there were workflows to read.
    workflows: bool,
    /// What the workflows do that was not understood.
    remarks: Vec<String>,
}

impl Prepared {
    /// # Errors
    /// Inputs that cannot be read, or do not belong together.
    pub(super) fn new(
        args: &CheckArgs,
        effective: &Effective,
        earlier: &mut Earlier,
        world: &mut World,
    ) -> Result<Prepared, Error> {
        let policy = settings::policy(effective, &args.policies)?;
        Prepared::with(policy, args, effective, earlier, world)
    }

    /// With a policy that was read before.
    ///
    /// # Errors
    /// As [`Prepared::new`].
    pub(super) fn with(
        policy: Policy,
        args: &CheckArgs,
        effective: &Effective,
        earlier: &mut Earlier,
        world: &mut World,
    ) -> Result<Prepared, Error> {
        let connection = Connection::of(effective);
        for warning in &policy.warnings {
            world.warn(&warning.to_string());
        }
        let against = args.against.as_deref().map(|file| baseline(file, world)).transpose()?;
        let declared = terraform::declared(args, effective, against.is_some(), &connection, world)?;
        let deployments = workflows::deployments(effective, world)?;
        let recorded = args
            .live
            .as_deref()
            .map(|file| inputs::recorded(file, world))
            .transpose()?;
        let states = declared.states;
        // A recorded account is judged by the day it was recorded on: its certificates do not age in the file.
        let now = recorded
            .as_ref()
            .map_or_else(|| world.now.clone(), |recorded| recorded.taken_at.clone());
        let live = match recorded {
            Some(recorded) => Live::Recorded(Box::new(recorded.inventory)),
            None if against.is_some() => Live::connect(&connection, &states, against.as_ref())?,
            None => Live::of(&states, &connection)?,
        };
        let accounts = live.accounts();
        same_account(against.as_ref(), &accounts)?;
        let account = accounts.first().map(|caller| caller.account.as_str());
        let question = Question {
            fail_on: effective.settings.fail_on.value,
            serving: !args.no_serving,
            deployments: deployments.deployments,
            phase: effective.settings.phase.value,
            unmanaged: effective.settings.unmanaged.value,
            judgement: Judgement {
                policy: Arc::new(policy),
                sites: effective.sites.clone(),
                ages: earlier.ages(account, &now),
                fail_on_new: args.earlier.fail_on_new,
            },
            ownership: Ownership {
                configurations: declared.configurations,
                owners: settings::owners(effective),
            },
            against,
            now,
        };
        Ok(Prepared {
            states,
            question,
            live,
            workflows: deployments.looked,
            remarks: deployments.remarks,
        })
    }

    /// Tells whoever waits at a terminal what is about to be read.
    pub(super) fn announce(&self, effective: &Effective, world: &mut World) {
        if !world.stderr_is_terminal {
            return;
        }
        let accounts = self.live.accounts();
        let planned = || self.case(&accounts).plans().iter().map(|(_, plan)| plan.len()).sum();
        let about = About {
            file: effective.file.as_deref(),
            states: &self.states,
            configurations: &self.question.ownership.configurations,
            workflows: self.workflows.then_some(&*self.question.deployments),
            not_understood: self.remarks.len(),
            callers: accounts.callers(),
            reads: self.live.asks_aws().then(planned),
        };
        for line in about.lines() {
            _ = writeln!(world.stderr, "{line}");
        }
        _ = writeln!(world.stderr);
    }

    /// What is examined of these accounts.
    pub(super) fn case<'s>(&'s self, accounts: &'s Accounts) -> Case<'s> {
        Case::new(&self.states, accounts, &self.question)
    }

    /// Looks at the account as it is now.
    ///
    /// # Errors
    /// Whatever keeps the look from being judged.
    pub(super) fn look(&self, world: &mut World) -> Result<(Inventory, CheckResult), Error> {
        let begun = self.live.begin(&self.states);
        let accounts = Accounts::of(&begun);
        let case = self.case(&accounts);
        let mut settled = Settled::default();
        let mut needs = |inventory: &Inventory| case.needs(inventory, &mut settled);
        let (inventory, calls) = self
            .live
            .observe(begun, &case.plans(), &case.routes(), &mut needs, world);
        let mut result = case.examine(&inventory)?.result;
        result.stats.calls = calls;
        result.remarks.extend(self.remarks.iter().cloned());
        Ok((inventory.into_owned(), result))
    }
}

/// An earlier snapshot to compare with.
fn baseline(file: &std::path::Path, world: &World) -> Result<Baseline, Error> {
    let snapshot = inputs::recorded(file, world)?;
    Ok(Baseline::new(&file.display().to_string(), snapshot))
}

/// A snapshot of another account has nothing to say about this one.
fn same_account(against: Option<&Baseline>, accounts: &Accounts) -> Result<(), Error> {
    let Some(baseline) = against else { return Ok(()) };
    match (baseline.account(), accounts.first()) {
        (Some(theirs), Some(ours)) if !baseline.accounts().any(|one| accounts.has(one)) => Err(Error::OtherAccount {
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
    let reports = output::Reports::open(&args.render.reports, None, world);
    let mut result = examine(states, inventory, question)?.result;
    result.stats = Stats {
        duration: started.elapsed(),
        ..Stats::default()
    };
    reports.write(&result, args.render.format.unwrap_or_default(), &args.render, world)?;
    Ok(result)
}
