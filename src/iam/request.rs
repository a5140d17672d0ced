//! Who asks for what, and what is known of the request.

use std::collections::BTreeMap;

use serde::Serialize;

use super::tri::Tri;

/// How an origin access control signs the requests to the origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signing {
    /// `always`: every request is signed by CloudFront and goes over HTTPS.
    Always,
    /// `no-override`: unless the viewer sent an Authorization header.
    NoOverride,
    /// `never`: the origin sees an anonymous caller.
    Never,
}

/// The identity that reaches S3, by the settings of the origin (part A2.1 of the semantics
/// reference).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// An S3 origin with an origin access control.
    Oac {
        /// ARN of the distribution; None if it could not be read.
        distribution_arn: Option<String>,
        /// Account of the distribution; None to take it from the ARN.
        account: Option<String>,
        /// The signing behaviour of the origin access control.
        signing: Signing,
    },
    /// An S3 origin with an origin access identity.
    Oai {
        /// Id of the origin access identity (`E…`).
        id: String,
        /// Its `S3CanonicalUserId`; None if it could not be read.
        canonical: Option<String>,
    },
    /// A website endpoint, another custom origin, or an S3 origin with neither.
    Anonymous,
}

impl Caller {
    /// The identity of a distribution with an origin access control.
    pub fn oac(distribution_arn: &str, signing: Signing) -> Self {
        Self::Oac {
            distribution_arn: Some(distribution_arn.to_owned()),
            account: None,
            signing,
        }
    }

    /// As S3 sees it: an origin access control that never signs is nobody.
    pub(super) fn effective(&self) -> &Self {
        match self {
            Self::Oac {
                signing: Signing::Never,
                ..
            } => &Self::Anonymous,
            other => other,
        }
    }

    pub(super) fn is_oac(&self) -> bool {
        matches!(self, Self::Oac { .. })
    }
}

/// What is asked of S3. HeadObject needs the same permission as GetObject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Action {
    /// `s3:GetObject`, on objects.
    GetObject,
    /// `s3:ListBucket`, on the bucket; with it a missing key answers 404, without it 403.
    ListBucket,
    /// `s3:PutObject`, on objects.
    PutObject,
    /// `s3:DeleteObject`, on objects.
    DeleteObject,
}

impl Action {
    /// The name in policies.
    pub fn name(self) -> &'static str {
        match self {
            Self::GetObject => "s3:GetObject",
            Self::ListBucket => "s3:ListBucket",
            Self::PutObject => "s3:PutObject",
            Self::DeleteObject => "s3:DeleteObject",
        }
    }

    pub(super) fn is_on_bucket(self) -> bool {
        self == Self::ListBucket
    }
}

/// Which keys are asked for. Of no importance for an action on the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// One key, without leading slash.
    Key(String),
    /// Every key longer than this prefix that begins with it; `""` for the whole bucket,
    /// `"prod/"` for the origin path `/prod`.
    Under(String),
}

/// A request header as it reaches the origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Header {
    /// Not sent by anyone: CloudFront removes Referer, and sends `Amazon CloudFront` for the
    /// user agent.
    Default,
    /// A custom header of the origin.
    Fixed(String),
    /// Taken over from the viewer, so anything.
    Forwarded,
}

/// What is known of a condition key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContextValue {
    /// The request carries these values; more than one only for multi-valued keys.
    Known(Vec<String>),
    /// The request carries no such key.
    Absent,
    /// Not known.
    Unknown,
}

impl ContextValue {
    pub(super) fn one(text: impl Into<String>) -> Self {
        Self::Known(vec![text.into()])
    }
}

/// One question to S3.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The permission.
    pub action: Action,
    /// The keys.
    pub scope: Scope,
    /// Whether the website endpoint is asked (HTTP only, anonymous only).
    pub website: bool,
    /// Whether the request comes over TLS. Ignored where the caller or endpoint settles it: an
    /// origin access control that always signs uses TLS, a website endpoint never has it.
    /// Otherwise the protocol of the viewer: true for `https-only` and `redirect-to-https`,
    /// unknown for `allow-all`.
    pub tls: Tri,
    /// The Referer.
    pub referer: Header,
    /// The User-Agent.
    pub user_agent: Header,
    /// Time of the request, in seconds since 1970; None leaves conditions on time open.
    pub now: Option<i64>,
    /// Further condition keys, in lower case. They win over what is derived.
    pub context: BTreeMap<String, ContextValue>,
}

impl Request {
    /// A request to the REST endpoint of which nothing more is known.
    pub fn new(action: Action, scope: Scope) -> Self {
        Self {
            action,
            scope,
            website: false,
            tls: Tri::Unknown,
            referer: Header::Default,
            user_agent: Header::Default,
            now: None,
            context: BTreeMap::new(),
        }
    }
}
