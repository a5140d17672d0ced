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

/// What there is of earlier runs.
#[derive(Default)]
pub(super) struct Earlier {
    /// Oldest first.
    runs: Vec<CheckResult>,
    /// How many runs were left out since they were over another account.
    elsewhere: usize,
    history: Option<History>,
    /// The history could not be read, and that has been said.
    unread: bool,
}

impl Earlier {
    /// Reads them, before the long work. What cannot be read is warned of, since the verdict does not hang on it; unless
    /// it does: `needed` says that only what is new fails.
    ///
    /// # Errors
    /// A result or a history that cannot be read and is needed.
    pub(super) fn open(settings: &EffectiveSettings, needed: bool, world: &mut World) -> Result<Earlier, Error> {
        let mut earlier = Earlier::default();
        if let Some(place) = &settings.history {
            let read = earlier.read_history(&place.value, world);
            earlier.unread = read.is_err();
            without(read, needed, world)?;
        }
        if let Some(since) = &settings.since {
            let file = &since.value;
            let read = saved(&world.directory.join(file), file).map(|run| earlier.runs.push(run));
            without(read, needed, world)?;
        }
        Ok(earlier)
    }

    fn read_history(&mut self, place: &Location, world: &mut World) -> Result<(), Error> {
        let history = self.history.insert(open(place, world)?);
        let loaded = history.load(LOOK_BACK)?;
        for warning in &loaded.warnings {
            world.warn(&warning.to_string());
        }
        for entry in loaded.entries {
            match v1::parse(&entry.text) {
                Ok(document) => self.runs.push(CheckResult::from(document)),
                Err(error) => world.warn(&format!("{}: {error}; this entry is passed over", entry.name)),
            }
        }
        Ok(())
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

    /// Keeps this run for later ones. It is no part of the verdict: what goes wrong is warned of, once.
    pub(super) fn keep(&self, result: &CheckResult, world: &mut World) {
        let Some(history) = &self.history else { return };
        let mut kept = result.clone();
        // Every run holds its own past; a run within a run within a run helps nobody.
        kept.past.clear();
        let text = serde_json::to_string(&v1::Document::from(&kept))
            .unwrap_or_else(|error| unreachable!("a result has text keys and no foreign types: {error}"));
        let told = match history.append(&world.now, &text) {
            Err(error) => Some(format!("this run is not kept: {error}")),
            Ok(_) => history
                .prune(KEEP, Some(KEEP_DAYS), &world.now)
                .err()
                .map(|error| format!("this run is kept, and older ones stay: {error}")),
        };
        if let Some(text) = told.filter(|_| !self.unread) {
            world.warn(&text);
        }
    }
}

/// Goes on without an earlier run that cannot be read, unless it is needed.
fn without(read: Result<(), Error>, needed: bool, world: &mut World) -> Result<(), Error> {
    match read {
        Err(error) if !needed => {
            world.warn(&format!("nothing earlier is compared with: {error}"));
            Ok(())
        }
        read => read,
    }
}

fn open(place: &Location, world: &World) -> Result<History, Error> {
    match place.clone() {
        Location::Directory(directory) => Ok(History::new(Directory::new(world.directory.join(directory)))),
        Location::S3(place) => inputs::history_bucket(place),
    }
}
