//! `driftgate report`: saved results, rendered again.

use std::path::Path;

use super::{World, output};
use crate::cli::ReportArgs;
use crate::combine::combine;
use crate::error::Error;
use crate::report::json::v1;
use crate::result::{CheckResult, Outcome};

/// Renders saved results in any format. It succeeds whatever they found: it reports, and checks nothing.
///
/// # Errors
/// A file that is no result of this version, and what writing the report brings.
pub fn run(args: &ReportArgs, world: &mut World) -> Result<Outcome, Error> {
    let results: Vec<CheckResult> = args
        .results
        .iter()
        .map(|file| saved(&world.directory.join(file), file))
        .collect::<Result<_, Error>>()?;
    // Not before all is read: a report may take a result's place.
    let reports = output::Reports::open(&args.output.reports, world);
    if let Some(result) = combine(results) {
        reports.write(&result, args.output.format.unwrap_or_default(), &args.output, world)?;
    }
    Ok(Outcome::Clean)
}

/// A saved result out of a file, which is shown as it was given.
pub(super) fn saved(file: &Path, given: &Path) -> Result<CheckResult, Error> {
    let read = |cause| Error::SavedResult {
        file: given.to_owned(),
        cause,
    };
    let text = std::fs::read_to_string(file).map_err(|cause| Error::Read {
        file: given.to_owned(),
        cause,
    })?;
    Ok(CheckResult::from(v1::parse(&text).map_err(read)?))
}
