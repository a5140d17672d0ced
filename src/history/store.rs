//! What a place has to be able to do to keep a history: four things, with names and bytes.

use std::fmt;

use thiserror::Error;

/// A flat set of files or objects. The calls may come from several processes at once.
pub trait Store {
    /// The names of all that is kept here, in any order, without what is only on its way in.
    ///
    /// # Errors
    /// A listing that is not complete is an error. A place that nobody has written to yet is empty.
    fn list(&self) -> Result<Vec<String>, StoreError>;

    /// What is kept under a name.
    ///
    /// # Errors
    /// What stops every other read as well.
    fn read(&self, name: &str) -> Result<Stored, StoreError>;

    /// Keeps these bytes under a name that is not taken: all of them or none, for good once this returns.
    ///
    /// # Errors
    /// Whatever kept the bytes from being kept.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<Written, StoreError>;

    /// Removes what is kept under a name. Something that is gone already is removed.
    ///
    /// # Errors
    /// Whatever kept it in its place.
    fn remove(&self, name: &str) -> Result<(), StoreError>;

    /// What is kept under a name as shown to people: a path or a URL, on one line.
    fn shown(&self, name: &str) -> String;
}

/// What [`Store::read`] brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stored {
    Bytes(Vec<u8>),
    /// It has been removed since it was listed.
    Gone,
    /// This one alone is not handed out, for this reason.
    Unreadable(String),
}

/// What [`Store::write`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    Done,
    /// Something else has the name; it was not touched.
    Taken,
}

/// What was to be done with a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    List,
    Read,
    Write,
    Remove,
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Action::List => "listed",
            Action::Read => "read",
            Action::Write => "written",
            Action::Remove => "pruned",
        })
    }
}

/// What keeps a history from being used: where, what, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{place}: the history cannot be {action}: {cause}; {advice}")]
pub struct StoreError {
    /// The directory, or the prefix as an S3 URL.
    pub place: String,
    pub action: Action,
    pub cause: String,
    pub advice: String,
}

/// A path or a URL with what would break or forge a line written out.
pub(crate) fn one_line(place: &str) -> String {
    let mut line = String::with_capacity(place.len());
    for c in place.chars() {
        if c.is_control() {
            line.extend(c.escape_default());
        } else {
            line.push(c);
        }
    }
    line
}
