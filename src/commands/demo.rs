//! `driftgate demo`: the incident that driftgate exists for, walked step by step. All of it is compiled in.

mod page;
mod steps;

use super::{World, check, output};
use crate::cli::{DemoArgs, OutputArgs};
use crate::combine::worse;
use crate::config::Unmanaged;
use crate::deploy::Phase;
use crate::error::Error;
use crate::examine::{Judgement, Question};
use crate::finding::Severity;
use crate::ownership::Ownership;
use crate::report::{Format, Options};
use crate::result::Outcome;
use page::Page;
use steps::{OUTAGE, STEPS, Step};

/// Walks all steps, or shows one.
///
/// # Errors
/// A step that there is not, and what writing the reports brings.
pub fn run(args: &DemoArgs, world: &mut World) -> Result<Outcome, Error> {
    let output = &args.output;
    let render = &output.render;
    // Story and reports are wrapped alike, in a pipe too.
    world.width.get_or_insert(page::WIDTH);
    let step = match &args.step {
        Some(text) => Some(Step::named(text).ok_or_else(|| Error::NoSuchStep {
            text: text.clone(),
            known: page::known_steps(),
        })?),
        // A document, or a file, holds one result.
        None if render.format.unwrap_or_default() != Format::Human || !render.reports.is_empty() => {
            world.warn(&format!(
                "one step is shown, {}; choose another with --step",
                STEPS[OUTAGE].name
            ));
            Some(OUTAGE)
        }
        None => None,
    };
    match step {
        Some(at) if render.format.unwrap_or_default() != Format::Human => examined(&STEPS[at], output, world),
        Some(at) => shown(&STEPS[at], output, world),
        None => walk(output, world),
    }
}

/// All steps, each with its report, between an opening and an end.
fn walk(args: &OutputArgs, world: &mut World) -> Result<Outcome, Error> {
    let page = Page::new(&options(args, world));
    tell(&page.opening(), world)?;
    let mut worst = Outcome::Clean;
    for step in &STEPS {
        tell("\n", world)?;
        worst = worse(worst, shown(step, args, world)?);
    }
    tell(&format!("\n{}", page.closing()), world)?;
    Ok(worst)
}

/// The story of a step and its report.
fn shown(step: &Step, args: &OutputArgs, world: &mut World) -> Result<Outcome, Error> {
    let page = Page::new(&options(args, world));
    tell(&page.heading(step), world)?;
    examined(step, args, world)
}

/// The check of a step.
fn examined(step: &Step, args: &OutputArgs, world: &mut World) -> Result<Outcome, Error> {
    let recorded = step.recorded()?;
    let question = Question {
        fail_on: args.fail_on.unwrap_or(Severity::Low),
        now: recorded.snapshot.taken_at.clone(),
        serving: true,
        deployments: recorded.deployments,
        phase: Phase::Pre,
        unmanaged: Unmanaged::ALL,
        ownership: Ownership::default(),
        against: None,
        judgement: Judgement::default(),
    };
    Ok(check::report(&[recorded.state], &recorded.snapshot.inventory, &question, args, world)?.outcome)
}

fn options(args: &OutputArgs, world: &World) -> Options {
    Options {
        colour: output::coloured(args.render.color, world),
        width: world.width,
        verbose: args.render.verbose,
    }
}

fn tell(text: &str, world: &mut World) -> Result<(), Error> {
    let written = world.stdout.write_all(text.as_bytes());
    output::written(written, world)
}
