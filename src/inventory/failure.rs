//! Why a read brought nothing.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A read that could not be done. Never evidence for anything but itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub reason: Reason,
    /// The API operation with its service, as IAM names it: `s3:GetBucketPolicy`. Empty where none was tried.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub operation: String,
    /// AWS's error code and message, or what else is known.
    pub detail: String,
}

impl Failure {
    pub fn new(reason: Reason, operation: impl Into<String>, detail: impl Into<String>) -> Self {
        Self {
            reason,
            operation: operation.into(),
            detail: detail.into(),
        }
    }

    /// The plan or the snapshot did not hold this read.
    pub fn not_read() -> Self {
        Self::new(
            Reason::NotInSnapshot,
            "",
            "the snapshot does not hold this; take it again with `driftgate snapshot`",
        )
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.operation.is_empty() {
            f.write_str(&self.detail)
        } else {
            write!(f, "{}: {}", self.operation, self.detail)
        }
    }
}

/// The kinds of failure that a reader of the report can act on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// 403: the credentials lack the permission, or a policy denies it.
    AccessDenied,
    /// Throttled, and still throttled after the retries.
    Throttled,
    /// The credentials expired while reading.
    ExpiredCredentials,
    /// The endpoint could not be reached, or the connection broke.
    Unreachable,
    /// No answer in time.
    Timeout,
    /// AWS answered with a server error (5xx) to every try.
    ServerError,
    /// The service or region does not offer this operation.
    NotSupported,
    /// An answer that could not be understood.
    BadAnswer,
    /// The bucket lives in a region that could not be found out or reached.
    WrongRegion,
    /// The resource belongs to an account that these credentials are not of.
    OtherAccount,
    /// The state holds a value that cannot be compared as it stands.
    Unreadable,
    /// A read that the snapshot in use does not hold.
    NotInSnapshot,
}

impl Reason {
    const ALL: [Reason; 12] = [
        Reason::AccessDenied,
        Reason::Throttled,
        Reason::ExpiredCredentials,
        Reason::Unreachable,
        Reason::Timeout,
        Reason::ServerError,
        Reason::NotSupported,
        Reason::BadAnswer,
        Reason::WrongRegion,
        Reason::OtherAccount,
        Reason::Unreadable,
        Reason::NotInSnapshot,
    ];

    /// The reason of that name, if there is one.
    pub fn parse(name: &str) -> Option<Reason> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }

    /// The name used in reports (`access-denied`, …).
    pub fn name(self) -> &'static str {
        match self {
            Reason::AccessDenied => "access-denied",
            Reason::Throttled => "throttled",
            Reason::ExpiredCredentials => "expired-credentials",
            Reason::Unreachable => "unreachable",
            Reason::Timeout => "timeout",
            Reason::ServerError => "server-error",
            Reason::NotSupported => "not-supported",
            Reason::BadAnswer => "bad-answer",
            Reason::WrongRegion => "wrong-region",
            Reason::OtherAccount => "other-account",
            Reason::Unreadable => "unreadable",
            Reason::NotInSnapshot => "not-in-snapshot",
        }
    }
}
