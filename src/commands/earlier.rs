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
    /// Oldest first.
    runs: Vec<CheckResult>,
    /// How many runs were left out since they were over another account.
    elsewhere: usize,
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
        Ok(Earlier {
            runs,
            elsewhere: 0,
            history,
        })
    }

    /// Since when findings are found, for a run over `account` that begins `now`. From here on only runs over the same
    /// account count.
    pub(super) fn ages(&mut self, account: Option<&str>, now: &str) -> Ages {
        let all = self.runs.len();
        self.runs.retain(|run| match (run.run.account.as_deref(), account) {
            (Some(theirs), Some(ours)) => theirs == ours,
            _ => true,
        });
        self.elsewhere += all - self.runs.len();
        Ages::new(&self.runs, now)
    }

    /// Says what is resolved since, and what the result was compared with. `ages` are those that it was judged with.
    pub(super) fn conclude(&self, result: &mut CheckResult, ages: &Ages) {
        let (runs, were, are) = match self.elsewhere {
            1 => ("run", "was", "is"),
            _ => ("runs", "were", "are"),
        };
        if self.elsewhere > 0 {
            result.remarks.push(format!(
                "{} earlier {runs} {were} over another account and {are} not compared with",
                self.elsewhere
            ));
        }
        since::conclude(result, &self.runs, ages);
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
