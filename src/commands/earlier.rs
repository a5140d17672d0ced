//! The runs before this one: a saved result (`--since`), or a history of them (`--history`).

use super::report::saved;
use super::{World, inputs};
use crate::config::EffectiveSettings;
use crate::error::Error;
use crate::history::{Directory, History, Location};
use crate::report::json::v1;
use crate::result::CheckResult;
use crate::since::{self, Ages};

/// How many earlier runs a report looks back on.
const LOOK_BACK: usize = 90;
/// How many runs a history keeps, and for how many days.
const KEEP: usize = 1_000;
const KEEP_DAYS: u32 = 400;

/// What there is of earlier runs, opened before the long work so that a bad place is known at once.
#[derive(Default)]
pub(super) struct Earlier {
    runs: Vec<CheckResult>,
    history: Option<History>,
}

impl Earlier {
    /// # Errors
    /// A result or a history that cannot be read.
    pub(super) fn open(settings: &EffectiveSettings, world: &mut World) -> Result<Earlier, Error> {
        let mut runs = Vec::new();
        let history = settings
            .history
            .as_ref()
            .map(|place| open(&place.value, world))
            .transpose()?;
        if let Some(history) = &history {
            let loaded = history.load(LOOK_BACK)?;
            for warning in &loaded.warnings {
                world.warn(&warning.to_string());
            }
            for entry in loaded.entries {
                match v1::parse(&entry.text) {
                    Ok(document) => runs.push(CheckResult::from(document)),
                    Err(error) => world.warn(&format!("{}: {error}; this entry is passed over", entry.name)),
                }
            }
        }
        if let Some(file) = settings.since.as_ref().map(|since| &since.value) {
            runs.push(saved(&world.directory.join(file), file)?);
        }
        Ok(Earlier { runs, history })
    }

    /// Since when findings are found, for a run that begins `now`.
    pub(super) fn ages(&self, now: &str) -> Ages {
        Ages::new(&self.runs, now)
    }

    /// Marks what is new, persists and is resolved. Only runs over the same account count.
    pub(super) fn mark(&self, result: &mut CheckResult) {
        let comparable = |run: &&CheckResult| match (&run.run.account, &result.run.account) {
            (Some(theirs), Some(ours)) => theirs == ours,
            _ => true,
        };
        let runs: Vec<CheckResult> = self.runs.iter().filter(comparable).cloned().collect();
        if runs.len() < self.runs.len() {
            let others = self.runs.len() - runs.len();
            result.remarks.push(format!(
                "{others} earlier runs were over another account and are not compared with"
            ));
        }
        since::mark(result, &runs);
    }

    /// Keeps this run for later ones.
    ///
    /// # Errors
    /// A history that cannot be written.
    pub(super) fn keep(&self, result: &CheckResult, world: &mut World) -> Result<(), Error> {
        let Some(history) = &self.history else { return Ok(()) };
        let mut kept = result.clone();
        // Every run holds its own past; a run within a run within a run helps nobody.
        kept.past.clear();
        let text = serde_json::to_string(&v1::Document::from(&kept))
            .unwrap_or_else(|error| unreachable!("a result has text keys and no foreign types: {error}"));
        history.append(&world.now, &text)?;
        history.prune(KEEP, Some(KEEP_DAYS), &world.now)?;
        Ok(())
    }
}

fn open(place: &Location, world: &World) -> Result<History, Error> {
    match place.clone() {
        Location::Directory(directory) => Ok(History::new(Directory::new(world.directory.join(directory)))),
        Location::S3(place) => inputs::history_bucket(place),
    }
}
