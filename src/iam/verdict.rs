//! The answer to "may this caller read", with its grounds.

use std::fmt;

use serde::Serialize;

use super::document::Statement;

/// May the caller do it?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Nothing that can be read forbids it, and something allows it. Resource control policies of
    /// the organization, access points, WAF and edge functions are never seen.
    Allowed,
    /// S3 answers 403.
    Denied,
    /// Depends on what the reason names.
    CannotTell,
}

/// A statement by its place and Sid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatementRef {
    /// From 0.
    pub index: usize,
    /// The Sid, if there is one.
    pub sid: Option<String>,
}

impl StatementRef {
    pub(super) fn of(statement: &Statement) -> Self {
        Self {
            index: statement.index,
            sid: statement.sid.clone(),
        }
    }
}

impl fmt::Display for StatementRef {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.sid {
            Some(sid) => write!(formatter, "Statement[{sid}]"),
            None => write!(formatter, "Statement[{}]", self.index),
        }
    }
}

/// What an unknown answer of a statement depends on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "on")]
pub enum Unknown {
    /// Whether these principals take the caller in.
    Principal {
        /// As written.
        members: Vec<String>,
    },
    /// The resources take only part of the keys that were asked for.
    PartOfKeys {
        /// The resource patterns that do.
        patterns: Vec<String>,
        /// They stand under NotResource.
        excluded: bool,
    },
    /// A `${variable}` in a resource.
    Variable {
        /// Its key, in lower case.
        key: String,
    },
    /// A condition.
    Condition {
        /// The operator as written.
        operator: String,
        /// The key as written.
        key: String,
    },
}

impl fmt::Display for Unknown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Principal { members } if members.is_empty() => formatter.write_str("the missing principal"),
            Self::Principal { members } => write!(formatter, "principal {}", members.join(", ")),
            Self::PartOfKeys { patterns, excluded } => {
                let verb = if *excluded { "leaves out" } else { "covers" };
                write!(formatter, "{verb} only part of the keys: {}", patterns.join(", "))
            }
            Self::Variable { key } => write!(formatter, "variable ${{{key}}}"),
            Self::Condition { operator, key } => write!(formatter, "condition {operator} {key}"),
        }
    }
}

/// A statement whose answer is unknown, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dependence {
    /// The statement.
    pub statement: StatementRef,
    /// What its answer depends on; never empty.
    pub unknowns: Vec<Unknown>,
}

impl fmt::Display for Dependence {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unknowns: Vec<String> = self.unknowns.iter().map(Unknown::to_string).collect();
        write!(formatter, "{} ({})", self.statement, unknowns.join("; "))
    }
}

/// Why the outcome is what it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// This statement allows it, and nothing denies it.
    Allowed(StatementRef),
    /// This statement denies it.
    ExplicitDeny(StatementRef),
    /// No statement, and no ACL that could, allows it.
    NothingAllows,
    /// A website endpoint takes anonymous requests only.
    WebsiteTakesAnonymousOnly,
    /// This statement makes the policy public, and RestrictPublicBuckets is on. Denied for
    /// anonymous callers; not documented for an origin access identity.
    RestrictPublicBuckets(StatementRef),
    /// This statement makes the policy public, and whether RestrictPublicBuckets is on was not
    /// read.
    PublicAccessBlockUnread(StatementRef),
    /// The policy could not be read.
    PolicyUnread,
    /// ACLs are in force (or that was not read), and an ACL may grant it.
    ObjectAcl,
    /// These Deny statements may apply.
    DenyMayApply(Vec<Dependence>),
    /// Only these Allow statements could allow it.
    AllowDepends(Vec<Dependence>),
    /// The object is encrypted by KMS, which this caller cannot use.
    KmsNotForCaller,
    /// The object is encrypted with the key `aws/s3`, which serves its own account only.
    KmsManagedKey,
    /// The policy of the KMS key does not let CloudFront decrypt, or the key is disabled.
    KmsKeyRefuses,
    /// The policy of the KMS key was not read.
    KmsKeyUnread,
    /// The default encryption of the bucket is KMS in a way that the caller cannot read (or that
    /// was not read): objects uploaded since that was set are concerned, older ones are not.
    KmsByDefault,
    /// The encryption was not read.
    EncryptionUnread,
    /// The bucket makes the requester pay; anonymous requests get 403.
    RequesterPays,
    /// The object is in an archive class.
    Archived,
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |these: &[Dependence]| {
            let texts: Vec<String> = these.iter().map(Dependence::to_string).collect();
            texts.join(", ")
        };
        match self {
            Self::Allowed(statement) => write!(formatter, "{statement} allows it"),
            Self::ExplicitDeny(statement) => write!(formatter, "{statement} denies it"),
            Self::NothingAllows => formatter.write_str("no statement allows it"),
            Self::WebsiteTakesAnonymousOnly => formatter.write_str("a website endpoint takes anonymous requests only"),
            Self::RestrictPublicBuckets(statement) => write!(
                formatter,
                "{statement} makes the policy public, and the public access block has \
                 RestrictPublicBuckets on"
            ),
            Self::PublicAccessBlockUnread(statement) => write!(
                formatter,
                "{statement} makes the policy public, and the public access block was not read"
            ),
            Self::PolicyUnread => formatter.write_str("the bucket policy could not be read"),
            Self::ObjectAcl => formatter.write_str("no statement allows it, but an ACL may"),
            Self::DenyMayApply(these) => write!(formatter, "a deny may apply: {}", list(these)),
            Self::AllowDepends(these) => write!(formatter, "the grant depends: {}", list(these)),
            Self::KmsNotForCaller => {
                formatter.write_str("the object is encrypted by KMS, which this caller cannot use")
            }
            Self::KmsManagedKey => {
                formatter.write_str("the object is encrypted with the key aws/s3, which serves its own account only")
            }
            Self::KmsKeyRefuses => {
                formatter.write_str("the KMS key does not let cloudfront.amazonaws.com decrypt the object")
            }
            Self::KmsKeyUnread => formatter.write_str("the policy of the KMS key was not read"),
            Self::KmsByDefault => {
                formatter.write_str("objects uploaded since the default encryption became KMS may be unreadable")
            }
            Self::EncryptionUnread => formatter.write_str("the encryption was not read"),
            Self::RequesterPays => formatter.write_str("the requester pays, and an anonymous one cannot"),
            Self::Archived => formatter.write_str("the object is in an archive class"),
        }
    }
}

/// Something worth saying whatever the outcome (list after part A2.7 of the semantics reference).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "finding")]
pub enum Finding {
    /// CloudFront is let in without naming a distribution or account: the distribution of any
    /// AWS customer can read (confused deputy).
    AnyDistribution {
        /// The statement.
        statement: StatementRef,
    },
    /// Every distribution of the account can read.
    AnyDistributionOfAccount {
        /// The statement.
        statement: StatementRef,
    },
    /// The source ARN has a wildcard, so more than one distribution fits.
    WildcardSourceArn {
        /// The statement.
        statement: StatementRef,
        /// The value with the wildcard.
        value: String,
    },
    /// The origin has an identity of its own, yet a statement is open to anyone.
    PublicBesideIdentity {
        /// The statement.
        statement: StatementRef,
    },
    /// The caller may write. It matters where the behaviour forwards the methods.
    WriteGrant {
        /// The statement.
        statement: StatementRef,
        /// `s3:PutObject`, `s3:DeleteObject`.
        actions: Vec<&'static str>,
    },
    /// A statement for anyone is guarded by a condition that is true when its key is missing.
    AccidentallyPublic {
        /// The statement.
        statement: StatementRef,
        /// The operator as written.
        operator: String,
        /// The key as written.
        key: String,
    },
    /// A statement for anyone is guarded only by a header that anyone can send.
    SpoofableGuard {
        /// The statement.
        statement: StatementRef,
        /// The key as written.
        key: String,
    },
    /// The caller may list the bucket. Without a default root object (and origin path) the root
    /// of the site shows the listing.
    ListBucketOpen {
        /// The statement.
        statement: StatementRef,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AnyDistribution { statement } => write!(
                formatter,
                "{statement} lets in the CloudFront distributions of every AWS customer: add a \
                 condition on aws:SourceArn"
            ),
            Self::AnyDistributionOfAccount { statement } => write!(
                formatter,
                "{statement} lets in every distribution of the account: name one in aws:SourceArn"
            ),
            Self::WildcardSourceArn { statement, value } => {
                write!(formatter, "{statement} lets in every distribution that fits {value}")
            }
            Self::PublicBesideIdentity { statement } => write!(
                formatter,
                "{statement} is open to anyone, although the origin has an identity of its own"
            ),
            Self::WriteGrant { statement, actions } => {
                write!(formatter, "{statement} lets the caller do {}", actions.join(" and "))
            }
            Self::AccidentallyPublic {
                statement,
                operator,
                key,
            } => write!(
                formatter,
                "{statement} is open to anyone whose request carries no {key}: {operator} is true \
                 without it"
            ),
            Self::SpoofableGuard { statement, key } => {
                write!(formatter, "{statement} is guarded by {key}, which anyone can send")
            }
            Self::ListBucketOpen { statement } => {
                write!(formatter, "{statement} lets the caller list the bucket")
            }
        }
    }
}

/// A limit of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "caveat")]
pub enum Caveat {
    /// Holds for objects that the bucket owner owns; ownership is not enforced, or was not read.
    OwnedObjectsOnly,
    /// Rests on the time of the request.
    DependsOnTime {
        /// The statement.
        statement: StatementRef,
    },
    /// Rests on CloudFront sending aws:SourceAccount, which its pages do not show.
    SourceAccountUndocumented {
        /// The statement.
        statement: StatementRef,
    },
    /// Rests on an origin access identity counting as no AWS service, which is inferred.
    InferredNoService {
        /// The statement.
        statement: StatementRef,
    },
    /// A viewer that sends an Authorization header is judged by its own signature.
    ViewerMaySign,
}

impl fmt::Display for Caveat {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OwnedObjectsOnly => formatter.write_str("holds for objects that the bucket owner owns"),
            Self::DependsOnTime { statement } => {
                write!(formatter, "{statement} depends on the time")
            }
            Self::SourceAccountUndocumented { statement } => write!(
                formatter,
                "{statement} rests on aws:SourceAccount, which CloudFront is not documented to send"
            ),
            Self::InferredNoService { statement } => write!(
                formatter,
                "{statement} rests on an origin access identity not being an AWS service, which \
                 is not documented"
            ),
            Self::ViewerMaySign => {
                formatter.write_str("a viewer that sends an Authorization header is judged by its own signature")
            }
        }
    }
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// May it?
    pub outcome: Outcome,
    /// Why.
    pub reason: Reason,
    /// What is worth saying besides; in the order of the statements.
    pub findings: Vec<Finding>,
    /// Limits of the answer.
    pub caveats: Vec<Caveat>,
}
