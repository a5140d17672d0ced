//! The history: the results of earlier runs, each compressed in a file of its own, in a directory or under a prefix in
//! S3.
//!
//! What is kept is opaque text (the JSON result document). A run only ever adds a file under a name that no other run
//! takes, so that concurrent runs lose nothing and need no lock. What cannot be read is left out of what is loaded,
//! with a warning that names it.

mod directory;
mod location;
mod name;
mod pack;
mod store;
#[cfg(test)]
mod tests;

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

pub use directory::Directory;
pub use location::{Location, LocationError, S3Place};
use name::Name;
pub use pack::Problem;
#[cfg(feature = "live")]
pub(crate) use store::one_line;
pub use store::{Action, Store, StoreError, Stored, Written};

/// Names tried for one entry. The second is needed where two writers draw the same 64 bits in the same millisecond.
const ATTEMPTS: usize = 4;

/// One earlier result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its file's or object's name, without directory or prefix: `20261124T020304.123Z-9f2c51d0a7b36e48.json.gz`.
    pub name: String,
    /// When it was added: RFC 3339 in UTC, to the millisecond.
    pub at: String,
    /// What was added, unchanged.
    pub text: String,
}

/// What [`History::load`] brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// The oldest first.
    pub entries: Vec<Entry>,
    /// What was left out, by name.
    pub warnings: Vec<Warning>,
}

/// A file or object among the history's that is not part of what was loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// As shown to people: its path or S3 URL.
    pub place: String,
    pub problem: Problem,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: left out of the history: {}", self.place, self.problem)
    }
}

/// Why something could not be done with a history. Each text is one line and says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HistoryError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{text:?} is no time for an entry of the history; it has to be RFC 3339, in the years 0 to 9999")]
    Time { text: String },
    #[error("{place}: the history cannot be written: every name that was tried is taken; try again")]
    Taken { place: String },
}

/// The results of earlier runs.
pub struct History {
    store: Box<dyn Store>,
}

impl History {
    /// The history that is kept there.
    pub fn new(store: impl Store + 'static) -> Self {
        Self { store: Box::new(store) }
    }

    /// Adds a result; `at` is when it came about, RFC 3339. Returns the entry's name.
    ///
    /// The entry is there as a whole or not at all, and no other one is touched, however many runs do this at once. Of
    /// entries with the same millisecond nobody can tell which is the later one.
    ///
    /// # Errors
    /// A time that is none, and a store that does not take the entry.
    pub fn append(&self, at: &str, text: &str) -> Result<String, HistoryError> {
        let moment = moment(at)?;
        let packed = pack::pack(text);
        let mut place = String::new();
        for _ in 0..ATTEMPTS {
            let name = Name::new(moment, text, name::salt())
                .ok_or_else(|| HistoryError::Time { text: at.to_owned() })?
                .to_string();
            match self.store.write(&name, &packed)? {
                Written::Done => return Ok(name),
                Written::Taken => place = self.store.shown(&name),
            }
        }
        Err(HistoryError::Taken { place })
    }

    /// The newest entries, at most `limit` of them, the oldest first. An entry that cannot be used makes room for an
    /// older one. A history that nobody has written to yet is empty.
    ///
    /// # Errors
    /// A store that cannot be listed or read.
    pub fn load(&self, limit: usize) -> Result<Loaded, HistoryError> {
        let Names {
            entries: names,
            foreign,
        } = self.names()?;
        let mut entries = Vec::new();
        let mut unusable: Vec<(String, Problem)> = foreign.into_iter().map(|name| (name, Problem::Foreign)).collect();
        for name in names.iter().rev() {
            if entries.len() == limit {
                break;
            }
            let file = name.to_string();
            let unpacked = match self.store.read(&file)? {
                // Another run pruned it after it was listed here.
                Stored::Gone => continue,
                Stored::Unreadable(cause) => Err(Problem::Unreadable(cause)),
                Stored::Bytes(bytes) => pack::unpack(&bytes),
            };
            match unpacked {
                Ok(text) => entries.push(Entry {
                    name: file,
                    at: name.at(),
                    text,
                }),
                Err(problem) => unusable.push((file, problem)),
            }
        }
        entries.reverse();
        unusable.sort_by(|(one, _), (other, _)| one.cmp(other));
        let warnings = unusable
            .into_iter()
            .map(|(name, problem)| Warning {
                place: self.store.shown(&name),
                problem,
            })
            .collect();
        Ok(Loaded { entries, warnings })
    }

    /// Removes all but the newest `keep` entries, and those that were more than `max_age` days old at `now` (RFC 3339).
    /// The newest entry stays in any case, and so does every file that is no entry. Entries count by their names,
    /// whether they can be read or not. Returns the names that went, the oldest first; one that another run removed
    /// meanwhile is among them.
    ///
    /// # Errors
    /// A time that is none, and a store that cannot be listed or does not remove an entry; older ones may be gone then.
    pub fn prune(&self, keep: usize, max_age: Option<u32>, now: &str) -> Result<Vec<String>, HistoryError> {
        let now = moment(now)?;
        // An age that reaches back beyond the calendar is no limit.
        let limit = max_age.and_then(|days| now.checked_sub(SignedDuration::from_hours(24 * i64::from(days))).ok());
        let names = self.names()?.entries;
        let surplus = names.len().saturating_sub(keep);
        let older = names.len().saturating_sub(1);
        let mut removed = Vec::new();
        for (index, name) in names.iter().take(older).enumerate() {
            if index < surplus || limit.is_some_and(|limit| name.moment() < limit) {
                let file = name.to_string();
                self.store.remove(&file)?;
                removed.push(file);
            }
        }
        Ok(removed)
    }

    fn names(&self) -> Result<Names, HistoryError> {
        let mut names = Names::default();
        for file in self.store.list()? {
            match Name::parse(&file) {
                Some(name) => names.entries.push(name),
                None => names.foreign.push(file),
            }
        }
        names.entries.sort_unstable();
        Ok(names)
    }
}

/// What a store lists.
#[derive(Default)]
struct Names {
    /// The oldest first.
    entries: Vec<Name>,
    /// Names that no entry has.
    foreign: Vec<String>,
}

fn moment(text: &str) -> Result<Timestamp, HistoryError> {
    text.parse().map_err(|_| HistoryError::Time { text: text.to_owned() })
}
