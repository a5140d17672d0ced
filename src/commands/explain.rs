//! `driftgate explain`: why something was judged as it was.

use super::check::Prepared;
use super::earlier::Earlier;
use super::{World, output, settings};
use crate::accounts::Accounts;
use crate::cli::ExplainArgs;
use crate::error::Error;
use crate::policy;
use crate::report::{Options, explain};
use crate::result::Outcome;

/// Explains a rule by its name, or a finding by its id: for the latter the check is done again.
///
/// # Errors
/// A subject that is neither, and whatever keeps the check from being done.
pub fn run(args: &ExplainArgs, world: &mut World) -> Result<Outcome, Error> {
    let options = Options {
        colour: output::coloured(args.check.output.render.color, world),
        width: world.width,
        verbose: args.check.output.render.verbose,
    };
    let effective = settings::of_check(&args.check, world)?;
    let policy = settings::policy(&effective, &args.check.policies)?;
    if let Some(explained) = policy::explain::rule(&args.subject, &policy) {
        let written = explain::rule(&explained, &options, world.stdout);
        output::written(written, world)?;
        return Ok(Outcome::Clean);
    }
    let hexadecimal = |text: &str| text.len() >= 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !hexadecimal(&args.subject) {
        return Err(Error::NothingToExplain {
            subject: args.subject.clone(),
        });
    }
    let earlier = Earlier::open(&effective.settings, world)?;
    let prepared = Prepared::new(&args.check, &effective, &earlier, world)?;
    let (inventory, result) = prepared.look(world)?;
    let found = result.findings.iter().map(|judged| &judged.finding);
    let meant: Vec<_> = found
        .filter(|finding| finding.id().starts_with(&args.subject))
        .collect();
    if meant.is_empty() {
        return Err(Error::NothingToExplain {
            subject: args.subject.clone(),
        });
    }
    let accounts = Accounts::of(&inventory);
    let case = prepared.case(&accounts);
    for finding in meant {
        let explained = case.explain(&inventory, finding)?;
        let written = explain::finding(&explained, &options, world.stdout);
        output::written(written, world)?;
    }
    Ok(Outcome::Clean)
}
