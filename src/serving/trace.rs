//! What following one host name brought: the path step by step, each with its evidence, and what a visitor gets.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;

use crate::finding::Severity;
use crate::plan::Read;

/// One side of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// What Terraform's state says.
    State,
    /// What AWS answers.
    Live,
}

/// A station of the path.
// In the path's order. Documents spell the names with a hyphen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Station {
    Zone,
    Record,
    Distribution,
    Certificate,
    Behaviour,
    Origin,
    Bucket,
    Access,
    Object,
    ErrorResponse,
    Visitor,
}

impl Station {
    /// The word that reports use for it.
    pub fn name(self) -> &'static str {
        match self {
            Station::Zone => "zone",
            Station::Record => "record",
            Station::Distribution => "distribution",
            Station::Certificate => "certificate",
            Station::Behaviour => "behaviour",
            Station::Origin => "origin",
            Station::Bucket => "bucket",
            Station::Access => "access",
            Station::Object => "object",
            Station::ErrorResponse => "error response",
            Station::Visitor => "visitor",
        }
    }
}

/// A thing on the path, named as a resource of the state would be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Touched {
    /// `aws_cloudfront_distribution`, `aws_s3_bucket`, `aws_s3_bucket_policy`, `aws_route53_record` …
    pub terraform_type: &'static str,
    /// Its import id.
    pub id: String,
}

/// One step of the path.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub station: Station,
    /// One line: `A alias www.example.com -> d111.cloudfront.net`.
    pub title: String,
    /// What the step rests on, a line each.
    pub evidence: Vec<String>,
    pub verdict: Verdict,
    pub touched: Vec<Touched>,
    /// How deep the step lies below the host: members of a record group, a secondary origin and an error page branch.
    pub depth: usize,
}

/// How a step went.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    Good,
    /// Good, and yet something is to be said.
    Remark(String),
    /// Something breaks or may break here.
    Broken(Break),
    /// It cannot be proven either way; the text says why.
    CannotTell(String),
}

/// One breakage.
#[derive(Clone, Debug, PartialEq)]
pub struct Break {
    /// A name of [`crate::rules`].
    pub rule: &'static str,
    /// By what visitors see.
    pub severity: Severity,
    pub title: String,
    pub detail: String,
    /// What is at fault.
    pub at: Option<Touched>,
}

/// What a visitor gets in the end.
#[derive(Clone, Debug, PartialEq)]
pub enum Visitor {
    /// An object: status 200, or what an error response answers with.
    Page { status: u16, bucket: String, key: String },
    /// Sent elsewhere.
    Redirect { status: u16, to: String },
    /// An error status of CloudFront or S3.
    Error { status: u16, why: String },
    /// No answer at all: the name does not resolve, or TLS fails.
    NoAnswer { why: String },
    /// The behaviour admits only signed URLs or cookies: 403 for everybody else, as intended.
    Private,
    /// Not provable.
    Unknown { why: String },
}

impl Visitor {
    /// Whether visitors get what the site means to give them.
    pub fn is_served(&self) -> bool {
        matches!(
            self,
            Visitor::Page { status: 200..=399, .. } | Visitor::Redirect { .. } | Visitor::Private
        )
    }
}

/// In words that follow "visitors get". Not escaped.
impl fmt::Display for Visitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Where there is no key, S3 answers with what the bucket holds.
            Visitor::Page { status, bucket, key } if key.is_empty() => {
                write!(f, "{status}, the listing of bucket {bucket}")
            }
            Visitor::Page { status, bucket, key } => write!(f, "{status}, object {key} of bucket {bucket}"),
            Visitor::Redirect { status, to } => write!(f, "{status} to {to}"),
            Visitor::Error { status, why } => write!(f, "{status}: {why}"),
            Visitor::NoAnswer { why } => write!(f, "no answer: {why}"),
            Visitor::Private => f.write_str("403 unless the URL is signed (as intended)"),
            Visitor::Unknown { why } => write!(f, "what cannot be told: {why}"),
        }
    }
}

/// The path of one host (and URL path) on one side.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    pub side: Side,
    pub host: String,
    /// Begins with `/`.
    pub path: String,
    pub steps: Vec<Step>,
    pub visitor: Visitor,
    /// Reads that the walk met as not done. While there are any, the trace is not final.
    pub needs: Vec<Read>,
    /// Reads on the path that failed: what hangs on them is in doubt.
    pub failed: Vec<Read>,
    /// Every (bucket, key) that some visitor would be given.
    pub objects: Vec<(String, String)>,
    /// The distribution that answers, by id.
    pub distribution: Option<String>,
    /// The (bucket, origin path) pairs that the walk ended in, the origin path without slashes at its ends.
    pub served_from: Vec<(String, String)>,
}

impl Trace {
    /// Whether visitors get what the site means to give them; `None` where that cannot be told.
    pub fn served(&self) -> Option<bool> {
        match &self.visitor {
            Visitor::Unknown { .. } => None,
            visitor => Some(visitor.is_served()),
        }
    }

    /// The reads without which the path could not be followed to its end, because they failed or nobody did them.
    pub fn unread(&self) -> impl Iterator<Item = &Read> {
        let undone = self.needs.iter().filter(|read| !read.is_beside_the_path());
        self.failed.iter().chain(undone)
    }

    /// Everything that breaks on the path, in its order.
    pub fn breaks(&self) -> impl Iterator<Item = &Break> {
        self.steps.iter().filter_map(|step| match &step.verdict {
            Verdict::Broken(broken) => Some(broken),
            _ => None,
        })
    }

    /// What could not be told, in the path's order.
    pub fn doubts(&self) -> impl Iterator<Item = (Station, &str)> {
        self.steps.iter().filter_map(|step| match &step.verdict {
            Verdict::CannotTell(why) => Some((step.station, why.as_str())),
            _ => None,
        })
    }

    /// Everything on the path.
    pub fn touched(&self) -> impl Iterator<Item = &Touched> {
        self.steps.iter().flat_map(|step| &step.touched)
    }
}
