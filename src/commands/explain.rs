//! `driftgate explain`: why something was judged as it was.

use super::check::Prepared;
use super::earlier::Earlier;
use super::{World, output, settings};
use crate::accounts::Accounts;
use crate::cli::ExplainArgs;
use crate::error::Error;
use crate::language::suggest;
use crate::policy;
use crate::report::{Options, explain};
use crate::result::Outcome;

/// How much of an id has to be given.
const SHORTEST: usize = 4;
/// Where to look for what can be explained.
const WHERE: &str = "reports in JSON show the ids, and docs/policies.md the rules";

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
    let nothing = |hint: String| Error::NothingToExplain {
        subject: args.subject.clone(),
        hint,
    };
    let is_hexadecimal = args.subject.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hexadecimal {
        let near = suggest::nearest(&args.subject, policy::explain::names(&policy));
        return Err(nothing(near.unwrap_or_else(|| WHERE.to_owned())));
    }
    if args.subject.len() < SHORTEST {
        return Err(nothing(format!("of an id at least {SHORTEST} digits are needed")));
    }
    let mut earlier = Earlier::open(&effective.settings, args.check.earlier.fail_on_new, world)?;
    let prepared = Prepared::with(policy, &args.check, &effective, &mut earlier, world)?;
    let (inventory, result) = prepared.look(world)?;
    let found = result.findings.iter().map(|judged| &judged.finding);
    let meant: Vec<_> = found
        .filter(|finding| finding.id().starts_with(&args.subject))
        .collect();
    if meant.is_empty() {
        return Err(nothing(WHERE.to_owned()));
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
