//! What can be wrong with the states given to a run, each said in one line: which file, where in it, what to do.

use std::fmt;

/// Why a state could not be taken in. The run cannot be done (exit code 1).
///
/// In every variant `state` is the source as shown to people: the path as given, `-`, or the S3 URL.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// Nothing lies at this path.
    #[error("{}: no such file or directory; name a state file, a directory, a glob, `-` or s3://BUCKET/KEY", Line(.state))]
    Missing { state: String },

    /// The operating system refuses to read it.
    #[error("{}: cannot be read: {}; check its type and permissions", Line(.state), Line(.cause))]
    Unreadable { state: String, cause: String },

    /// Not one byte, or white space only.
    #[error(
        "{}: is empty; if the state was moved to another backend, pipe `terraform state pull` into `--state -`",
        Line(.state)
    )]
    Empty { state: String },

    /// The gzip magic number.
    #[error("{}: is compressed with gzip; decompress it first (`gunzip --stdout FILE | driftgate … --state -`)", Line(.state))]
    Gzip { state: String },

    /// The zip magic number: what `terraform plan -out` writes.
    #[error(
        "{}: is a saved plan or another zip archive, not a state; pipe `terraform state pull` into `--state -`",
        Line(.state)
    )]
    SavedPlan { state: String },

    /// The JSON stops before its end.
    #[error("{}:{line}:{column}: ends in the middle of the JSON; it was cut off, fetch it again (`terraform state pull`)", Line(.state))]
    CutOff { state: String, line: usize, column: usize },

    /// Not JSON. Lines and columns count from 1, columns in bytes.
    #[error(
        "{}:{line}:{column}: not JSON: {}; give the output of `terraform state pull` or `terraform show -json`",
        Line(.state), Line(.cause)
    )]
    NotJson {
        state: String,
        line: usize,
        column: usize,
        cause: String,
    },

    /// JSON of another kind.
    #[error(
        "{}: JSON, but not a Terraform state: {}; give the output of `terraform state pull` or `terraform show -json`",
        Line(.state), Line(.found)
    )]
    NotAState { state: String, found: String },

    /// The output of `terraform show -json PLANFILE`.
    #[error(
        "{}: is the JSON of a plan, not of a state; give the output of `terraform state pull`, or of `terraform show -json` without a plan file",
        Line(.state)
    )]
    PlanJson { state: String },

    /// `.terraform/terraform.tfstate`, where Terraform remembers the configured backend.
    #[error(
        "{}: only says that the state lies in the backend {}; {}pipe `terraform state pull` into `--state -`",
        Line(.state), Line(.backend), Instead(.object.as_deref())
    )]
    BackendPointer {
        state: String,
        /// The backend's type, such as `s3`.
        backend: String,
        /// The S3 URL of the default workspace's state, where the backend is S3.
        object: Option<String>,
    },

    /// `.terraform.tfstate.lock.info` or an S3 lock object.
    #[error("{}: is the lock of a running Terraform operation, not a state; name the state beside it", Line(.state))]
    LockInfo { state: String },

    /// OpenTofu's state encryption.
    #[error("{}: is an encrypted OpenTofu state; pipe `tofu state pull` into `--state -`", Line(.state))]
    Encrypted { state: String },

    /// State version 1 to 3.
    #[error(
        "{}: has state version {version}, of Terraform 0.11 and earlier, and driftgate reads version 4; pipe `terraform state pull` of a newer Terraform, which upgrades it, into `--state -`",
        Line(.state)
    )]
    OldVersion { state: String, version: u64 },

    /// State version 5 or later.
    #[error(
        "{}: has state version {version}, which is newer than this driftgate knows (4); update driftgate, or give the output of `terraform show -json`",
        Line(.state)
    )]
    NewVersion { state: String, version: u64 },

    /// A `show -json` document of another major version.
    #[error(
        "{}: has format_version {}, and this driftgate knows 0.x and 1.x of `terraform show -json`; give the output of `terraform state pull`",
        Line(.state), Line(.version)
    )]
    ShowVersion { state: String, version: String },

    /// A directory that holds no state at any depth.
    #[error(
        "{}: holds no *.tfstate file, nor does a directory below it (hidden ones and backups are left out); name the state, or pipe `terraform state pull` into `--state -`",
        Line(.state)
    )]
    NoStateInDirectory { state: String },

    /// A glob that matches nothing, or only backups and lock files.
    #[error("{}: matches no state file; check the pattern, and quote it so that the shell leaves it alone", Line(.state))]
    GlobWithoutMatch { state: String },

    /// A glob that cannot be understood. The position counts characters from 1.
    #[error("{}: not a valid glob: {} at character {position}; correct it", Line(.state), Line(.cause))]
    BadGlob {
        state: String,
        position: usize,
        cause: String,
    },

    /// A URL of a kind that driftgate does not read.
    #[error(
        "{}: driftgate reads files, `-` and s3://BUCKET/KEY only; pipe `terraform state pull` into `--state -`",
        Line(.state)
    )]
    UnknownScheme { state: String },

    /// An S3 URL that does not name one object.
    #[error("{}: {}; write s3://BUCKET/KEY, with ?region=REGION and &profile=PROFILE where needed", Line(.state), Line(.problem))]
    BadS3Url { state: String, problem: String },

    /// S3 would not hand the object out; the cause says why and what to do.
    #[error("{}: {}", Line(.state), Line(.cause))]
    S3 { state: String, cause: String },

    /// `-` more than once.
    #[error("-: given more than once; standard input holds one state")]
    StdinTwice,

    /// A field of the wrong JSON type or with an impossible value.
    #[error(
        "{}: {}: {}; the file is damaged or was edited by hand, fetch it again (`terraform state pull`)",
        Line(.state), Line(.place), Line(.problem)
    )]
    Malformed {
        state: String,
        /// A resource address, or where there is none yet a path in the JSON.
        place: String,
        problem: String,
    },

    /// An instance with neither `attributes` nor `attributes_flat`.
    #[error(
        "{}: {}: has no attributes; run `terraform apply -refresh-only` to record them again",
        Line(.state), Line(.address)
    )]
    NoAttributes { state: String, address: String },

    /// Two current objects at one address.
    #[error(
        "{}: {}: is in this state twice; the file was merged or edited by hand, fetch it again (`terraform state pull`)",
        Line(.state), Line(.address)
    )]
    DuplicateAddress { state: String, address: String },

    /// Two files claim to be the same write of the same state and differ.
    #[error(
        "{}: has the lineage and the serial ({serial}) of {}, but other content; give only the one that is right",
        Line(.state), Line(.other)
    )]
    Forked { state: String, other: String, serial: u64 },

    /// Attributes of a schema that is newer than the comparison knows.
    #[error(
        "{}: {}: schema version {found} of {} is newer than this driftgate knows ({known}); update driftgate",
        Line(.state), Line(.address), Line(.terraform_type)
    )]
    SchemaTooNew {
        state: String,
        address: String,
        terraform_type: String,
        found: u64,
        known: u64,
    },
}

/// Text from outside on one line: control characters escaped, so that neither a file name nor a damaged state can
/// break the line or colour the terminal.
struct Line<'a>(&'a str);

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
                write!(f, "{}", c.escape_default())?;
            } else {
                fmt::Write::write_char(f, c)?;
            }
        }
        Ok(())
    }
}

/// The offer to name the backend's object.
struct Instead<'a>(Option<&'a str>);

impl fmt::Display for Instead<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(object) => write!(f, "give {} for the default workspace, or ", Line(object)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_schema_is_named_with_what_is_known() {
        let error = InputError::SchemaTooNew {
            state: "prod.tfstate".to_owned(),
            address: "module.a.aws_route53_record.www".to_owned(),
            terraform_type: "aws_route53_record".to_owned(),
            found: 9,
            known: 2,
        };
        assert_eq!(
            error.to_string(),
            "prod.tfstate: module.a.aws_route53_record.www: schema version 9 of aws_route53_record is newer than this \
             driftgate knows (2); update driftgate"
        );
    }

    #[test]
    fn control_characters_stay_on_the_line() {
        let error = InputError::NoAttributes {
            state: "a\nb".to_owned(),
            address: "x\u{1b}[31m\u{2028}y".to_owned(),
        };
        assert_eq!(
            error.to_string(),
            "a\\nb: x\\u{1b}[31m\\u{2028}y: has no attributes; run `terraform apply -refresh-only` to record them again"
        );
    }
}
