//! `driftgate targets`: what the workflows write to, and how much of it is known.

use super::{World, output, settings, workflows};
use crate::cli::{TargetsArgs, TargetsFormat};
use crate::error::Error;
use crate::report::{Options, targets};
use crate::result::Outcome;

/// Lists the deployment targets of a repository.
///
/// # Errors
/// A repository that cannot be read, a `--var` that makes no sense, an output that cannot be written. Workflows that
/// cannot be read are listed, and fail the run in the end.
pub fn run(args: &TargetsArgs, world: &mut World) -> Result<Outcome, Error> {
    let effective = settings::of_targets(args, world)?;
    let declared = workflows::declared(&effective);
    let found = workflows::found(&effective, world)?.unwrap_or_default();
    let options = Options {
        colour: output::coloured(args.color, world),
        width: world.width,
        verbose: false,
    };
    let listed = match args.format {
        TargetsFormat::Human => targets::human(&found, &declared, &options, world.stdout),
        TargetsFormat::Json => targets::json(&found, &declared, world.stdout),
    };
    output::written(listed, world)?;
    match found.errors.into_iter().next() {
        Some(error) => Err(Error::Workflow(error)),
        None => Ok(Outcome::Clean),
    }
}
