//! An inventory in a file: what `driftgate snapshot` writes and `--live FILE` reads.
//!
//! A snapshot holds live configuration in clear, custom header values of origins included: keep it where the state is
//! kept.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::inventory::Inventory;

/// The version of the file's form that this code writes and reads.
pub const SCHEMA: &str = "driftgate-snapshot/v1";
const FAMILY: &str = "driftgate-snapshot/v";

/// A recorded inventory.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    pub schema: String,
    /// When it was taken, RFC 3339 in UTC.
    pub taken_at: String,
    pub inventory: Inventory,
}

/// A file that is no snapshot this version can use. Each text names the file and what to do.
#[derive(Debug, Error)]
pub enum SnapshotError {
    #[error("{file}: {cause}; a snapshot is a file that `driftgate snapshot -o FILE` wrote")]
    Unreadable { file: String, cause: std::io::Error },
    #[error("{file}: is empty; take the snapshot again with `driftgate snapshot -o {file}`")]
    Empty { file: String },
    #[error("{file}:{line}:{column}: not a snapshot: {cause}; take it again with `driftgate snapshot -o {file}`")]
    Malformed {
        file: String,
        line: usize,
        column: usize,
        cause: String,
    },
    #[error(
        "{file}: not a snapshot: it has no `schema` that begins with \"{FAMILY}\"; snapshots are what `driftgate snapshot -o FILE` writes"
    )]
    Foreign { file: String },
    #[error(
        "{file}: a snapshot of schema {found}, newer than this driftgate's {SCHEMA}; upgrade driftgate, or take the snapshot again"
    )]
    TooNew { file: String, found: String },
    #[error(
        "{file}: a snapshot of schema {found}, which this driftgate ({SCHEMA}) no longer reads; take the snapshot again"
    )]
    TooOld { file: String, found: String },
}

impl Snapshot {
    pub fn new(inventory: Inventory, taken_at: String) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            taken_at,
            inventory,
        }
    }

    /// Reads a snapshot's text; `file` is only for messages.
    ///
    /// # Errors
    /// [`SnapshotError`], with the place where the text stops being a snapshot.
    pub fn parse(file: &str, text: &str) -> Result<Self, SnapshotError> {
        let file = file.to_owned();
        if text.trim().is_empty() {
            return Err(SnapshotError::Empty { file });
        }
        let malformed = |file: String, error: &serde_json::Error| SnapshotError::Malformed {
            file,
            line: error.line(),
            column: error.column(),
            cause: plain(error),
        };
        #[derive(Deserialize)]
        struct Head {
            schema: Option<String>,
        }
        let head: Head = match serde_json::from_str(text) {
            Ok(head) => head,
            Err(error) if error.is_data() => return Err(SnapshotError::Foreign { file }),
            Err(error) => return Err(malformed(file, &error)),
        };
        let Some(found) = head.schema.filter(|schema| schema.starts_with(FAMILY)) else {
            return Err(SnapshotError::Foreign { file });
        };
        if found != SCHEMA {
            let number = |schema: &str| schema[FAMILY.len()..].parse::<u64>().unwrap_or(u64::MAX);
            return Err(if number(&found) > number(SCHEMA) {
                SnapshotError::TooNew { file, found }
            } else {
                SnapshotError::TooOld { file, found }
            });
        }
        serde_json::from_str(text).map_err(|error| malformed(file, &error))
    }

    /// The file's text.
    pub fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).unwrap_or_else(|error| {
            unreachable!("an inventory has text keys and no foreign types, so it can always be written: {error}")
        });
        text.push('\n');
        text
    }
}

/// serde's message without its own "at line … column …", which stands before it here.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Snapshot::parse("live.json", text).unwrap_err().to_string()
    }

    #[test]
    fn what_is_written_can_be_read() {
        let snapshot = Snapshot::new(Inventory::default(), "2026-01-01T00:00:00Z".to_owned());
        assert_eq!(Snapshot::parse("x", &snapshot.to_text()).unwrap(), snapshot);
    }

    #[test]
    fn every_other_file_is_told_apart() {
        assert!(error("").contains("is empty"));
        assert!(
            error("{").starts_with("live.json:1:1: not a snapshot"),
            "{}",
            error("{")
        );
        assert!(error("[]").contains("has no `schema`"));
        assert!(error("{\"version\": 4}").contains("has no `schema`"));
        assert!(error("{\"schema\": \"driftgate-snapshot/v2\"}").contains("newer than this driftgate"));
        assert!(error("{\"schema\": \"driftgate-snapshot/v0\"}").contains("no longer reads"));
        assert!(error("{\"schema\": \"driftgate-snapshot/v1\"}").contains("missing field"));
    }
}
