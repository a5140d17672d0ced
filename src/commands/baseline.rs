//! `driftgate baseline`: today's findings as allowances, for somebody to give reasons to.

use std::fs::File;
use std::io::{ErrorKind, Write};

use super::check::Prepared;
use super::earlier::Earlier;
use super::{World, settings};
use crate::cli::BaselineArgs;
use crate::error::Error;
use crate::policy::baseline;
use crate::result::{Judged, Outcome};

/// Checks, and writes a policy file that allows what was found and fails the run. Where nothing fails, none is written.
///
/// # Errors
/// A file that is there already or cannot be written, and whatever keeps the check from being done.
pub fn run(args: &BaselineArgs, world: &mut World) -> Result<Outcome, Error> {
    let (name, path) = (args.output.clone(), world.directory.join(&args.output));
    let failed = |cause: std::io::Error| match cause.kind() {
        ErrorKind::AlreadyExists => Error::BaselineExists { file: name.clone() },
        _ => Error::Write {
            file: name.clone(),
            cause,
        },
    };
    let mut file = File::create_new(&path).map_err(failed)?;
    let found = failing(args, world);
    if !matches!(&found, Ok(found) if !found.findings.is_empty()) {
        // The empty file that was made to see whether it can be is of no use.
        _ = std::fs::remove_file(&path);
    }
    let found = found?;
    let mut say = |text: String| _ = writeln!(world.stderr, "driftgate: {}: {text}", args.output.display());
    match found.findings.len() {
        0 => say("not written: nothing fails that could be allowed".to_owned()),
        1 => say("1 finding allowed; give it a reason, and name the file with --policy".to_owned()),
        n => say(format!(
            "{n} findings allowed; give each a reason, and name the file with --policy"
        )),
    }
    match found.unchecked {
        0 => {}
        1 => say("1 thing could not be checked: what is wrong with it is not in the file".to_owned()),
        n => say(format!(
            "{n} things could not be checked: what is wrong with them is not in the file"
        )),
    }
    if !found.findings.is_empty() {
        file.write_all(found.text.as_bytes()).map_err(failed)?;
    }
    Ok(Outcome::Clean)
}

/// What a baseline is made of.
struct Found {
    /// What fails the run.
    findings: Vec<Judged>,
    /// The policy file.
    text: String,
    /// How much could not be checked.
    unchecked: usize,
}

fn failing(args: &BaselineArgs, world: &mut World) -> Result<Found, Error> {
    let effective = settings::of_check(&args.check, world)?;
    let mut earlier = Earlier::open(&effective.settings, args.check.earlier.fail_on_new, world)?;
    let prepared = Prepared::new(&args.check, &effective, &mut earlier, world)?;
    let (_, result) = prepared.look(world)?;
    let unchecked = result.unchecked.len();
    let findings: Vec<Judged> = result
        .findings
        .into_iter()
        .filter(|judged| judged.fails(effective.settings.fail_on.value))
        .collect();
    let today = world
        .now
        .parse::<jiff::Timestamp>()
        .map(|now| now.to_zoned(jiff::tz::TimeZone::UTC).date())
        .unwrap_or_else(|error| unreachable!("the clock writes RFC 3339: {error}"));
    let text = baseline::text(&findings, today);
    Ok(Found {
        findings,
        text,
        unchecked,
    })
}
