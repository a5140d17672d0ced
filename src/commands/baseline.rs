//! `driftgate baseline`: today's findings as allowances, for somebody to give reasons to.

use std::fs::File;
use std::io::Write;

use super::check::Prepared;
use super::earlier::Earlier;
use super::{World, settings};
use crate::cli::BaselineArgs;
use crate::error::Error;
use crate::policy::baseline;
use crate::result::{Judged, Outcome};

/// Checks, and writes a policy file that allows what was found and is not allowed yet.
///
/// # Errors
/// A file that is there already or cannot be written, and whatever keeps the check from being done.
pub fn run(args: &BaselineArgs, world: &mut World) -> Result<Outcome, Error> {
    let failed = |cause| Error::Write {
        file: args.output.clone(),
        cause,
    };
    let mut file = File::create_new(world.directory.join(&args.output)).map_err(failed)?;
    let text = match text(args, world) {
        Ok((text, count)) => {
            _ = writeln!(
                world.stderr,
                "driftgate: {}: {count} findings allowed; give each a reason, and name the file with --policy",
                args.output.display()
            );
            text
        }
        Err(error) => {
            // The empty file that was made to see whether it can be is of no use.
            _ = std::fs::remove_file(world.directory.join(&args.output));
            return Err(error);
        }
    };
    file.write_all(text.as_bytes()).map_err(failed)?;
    Ok(Outcome::Clean)
}

fn text(args: &BaselineArgs, world: &mut World) -> Result<(String, usize), Error> {
    let effective = settings::of_check(&args.check, world)?;
    let earlier = Earlier::open(&effective.settings, args.check.earlier.fail_on_new, world)?;
    let prepared = Prepared::new(&args.check, &effective, &earlier, world)?;
    let (_, result) = prepared.look(world)?;
    let open: Vec<Judged> = result
        .findings
        .into_iter()
        .filter(|judged| judged.fails(effective.settings.fail_on.value))
        .collect();
    let today = world
        .now
        .parse::<jiff::Timestamp>()
        .map(|now| now.to_zoned(jiff::tz::TimeZone::UTC).date())
        .unwrap_or_else(|error| unreachable!("the clock writes RFC 3339: {error}"));
    Ok((baseline::text(&open, today), open.len()))
}
