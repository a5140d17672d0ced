//! `driftgate-trace/v1`: the path as one JSON document, the contract with other tools.
//!
//! The types are kept apart from those of [`crate::serving`], so that these may change; their doc comments are the
//! descriptions of the published JSON Schema (`docs/trace.schema.json`).

use std::io;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use super::{FirstBroken, TraceDocument};
use crate::finding;
use crate::report::escape;
use crate::serving::trace;

/// The document, indented, with a line break at its end. Invisible characters are escaped too, and what a CI system
/// would take for a command, so that `cat` and a log show it as harmlessly as the tree; the values that a JSON reader
/// gets are the same.
pub(super) fn text(document: &TraceDocument<'_>) -> io::Result<String> {
    let plain = serde_json::to_string_pretty(&Document::from(document)).map_err(io::Error::from)?;
    let mut text = String::with_capacity(plain.len() + 1);
    for (at, c) in plain.char_indices() {
        // JSON's own white space is the line break and the space; all else that is escaped stands inside a string.
        let rest = &plain[at..];
        let is_command = rest.starts_with("##[") || rest.starts_with("##vso[");
        if is_command || (c != '\n' && escape::is_invisible(c)) {
            escape::unicode_escape(&mut text, c);
        } else {
            text.push(c);
        }
    }
    text.push('\n');
    Ok(text)
}

/// The JSON Schema (2020-12) of what `driftgate trace --format json` writes.
pub fn schema() -> schemars::Schema {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<Document<'static>>()
}

/// The path of one host from DNS to the object, by the Terraform state and in live AWS.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "driftgate trace")]
struct Document<'a> {
    /// The version of this document. Members may be added within a version; none is removed or changes its meaning.
    schema: Schema,
    /// The host name that was asked for.
    host: &'a str,
    /// The path that was asked for; begins with `/`.
    path: &'a str,
    /// Whether visitors get what the site means to give them, live; null where that cannot be proven.
    served: Option<bool>,
    /// What the state says; null where no state was given, or none knows the host.
    state: Option<Side<'a>>,
    /// What AWS answers.
    live: Side<'a>,
    /// The first broken step, of the live side; of the state only where nothing is broken live. Null where nothing
    /// is broken at all.
    first_broken: Option<Broken<'a>>,
    /// API calls that the run took; 0 for a recorded account.
    api_calls: u64,
}

/// The version of the document.
#[derive(Serialize, JsonSchema)]
enum Schema {
    #[serde(rename = "driftgate-trace/v1")]
    V1,
}

/// The path on one side.
#[derive(Serialize, JsonSchema)]
struct Side<'a> {
    /// The steps in the order of the path; those of a branch follow the step that it leaves.
    steps: Vec<Step<'a>>,
    /// What a visitor gets in the end.
    visitor: Visitor<'a>,
    /// Whether everything that the path depends on was read, or at least tried.
    complete: bool,
    /// The id of the distribution that answers; null where none does.
    distribution: Option<&'a str>,
    /// Where the path ends: the buckets, and the origin paths in them, that are served from.
    served_from: Vec<ServedFrom<'a>>,
    /// Every object that some visitor would be given.
    objects: Vec<Object<'a>>,
}

/// One step of the path.
#[derive(Serialize, JsonSchema)]
struct Step<'a> {
    station: trace::Station,
    /// The step in one line.
    title: &'a str,
    verdict: Verdict,
    /// The rule that is broken; null unless the verdict is `broken`.
    rule: Option<&'a str>,
    /// How much it matters to visitors; null unless the verdict is `broken`.
    severity: Option<Severity>,
    /// What is to be said of the step: the remark, what is broken, or why it cannot be told. Null where it is good.
    reason: Option<&'a str>,
    /// More on what is broken; null unless the verdict is `broken`.
    detail: Option<&'a str>,
    /// What is at fault; null unless the verdict is `broken`, and where nothing single is.
    at: Option<Resource<'a>>,
    /// What the step rests on, a line each.
    evidence: Vec<&'a str>,
    /// What the step touches.
    resources: Vec<Resource<'a>>,
    /// How deep the step lies below the host: 0 on the path itself, more in its branches.
    depth: u64,
}

/// How a step went.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Verdict {
    /// Nothing is to be said.
    Good,
    /// Good, and yet something is to be said.
    Remark,
    /// Something breaks or may break here.
    Broken,
    /// It cannot be proven either way.
    CannotTell,
}

/// How much a breakage matters.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Severity {
    Critical,
    High,
    Medium,
    Low,
    Info,
}

/// A thing on the path, named as Terraform would.
#[derive(Serialize, JsonSchema)]
struct Resource<'a> {
    /// The Terraform type.
    #[serde(rename = "type")]
    terraform_type: &'a str,
    /// Terraform's import id.
    id: &'a str,
}

/// What a visitor gets in the end.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Visitor<'a> {
    /// An object, with status 200 or what an error response answers with.
    Page { status: u16, bucket: &'a str, key: &'a str },
    /// Sent elsewhere.
    Redirect { status: u16, to: &'a str },
    /// An error status of CloudFront or S3.
    Error { status: u16, why: &'a str },
    /// No answer at all.
    NoAnswer { why: &'a str },
    /// 403 for everybody without a signed URL or cookie, as intended.
    Private,
    /// Not provable.
    Unknown { why: &'a str },
}

/// Where a path ends.
#[derive(Serialize, JsonSchema)]
struct ServedFrom<'a> {
    bucket: &'a str,
    /// Without slashes at its ends; empty for the bucket's root.
    origin_path: &'a str,
}

/// An object in a bucket.
#[derive(Serialize, JsonSchema)]
struct Object<'a> {
    bucket: &'a str,
    key: &'a str,
}

/// The first broken step.
#[derive(Serialize, JsonSchema)]
struct Broken<'a> {
    side: SideName,
    /// The step's place in the side's `steps`, from 0.
    step: u64,
    station: trace::Station,
    rule: &'a str,
    severity: Severity,
    /// What is broken, in one line.
    title: &'a str,
    detail: &'a str,
    /// What is at fault; null where nothing single is.
    at: Option<Resource<'a>>,
}

/// A side of the comparison.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum SideName {
    State,
    Live,
}

impl<'a> From<&TraceDocument<'a>> for Document<'a> {
    fn from(document: &TraceDocument<'a>) -> Self {
        Self {
            schema: Schema::V1,
            host: document.host,
            path: document.path,
            served: document.served(),
            state: document.state.map(Side::from),
            live: Side::from(document.live),
            first_broken: document.first_broken().map(Broken::from),
            api_calls: document.calls,
        }
    }
}

impl<'a> From<&'a trace::Trace> for Side<'a> {
    fn from(trace: &'a trace::Trace) -> Self {
        Self {
            steps: trace.steps.iter().map(Step::from).collect(),
            visitor: Visitor::from(&trace.visitor),
            complete: trace.needs.is_empty(),
            distribution: trace.distribution.as_deref(),
            served_from: trace
                .served_from
                .iter()
                .map(|(bucket, origin_path)| ServedFrom { bucket, origin_path })
                .collect(),
            objects: trace
                .objects
                .iter()
                .map(|(bucket, key)| Object { bucket, key })
                .collect(),
        }
    }
}

impl<'a> From<&'a trace::Step> for Step<'a> {
    fn from(step: &'a trace::Step) -> Self {
        let (verdict, reason, broken) = match &step.verdict {
            trace::Verdict::Good => (Verdict::Good, None, None),
            trace::Verdict::Remark(remark) => (Verdict::Remark, Some(remark.as_str()), None),
            trace::Verdict::Broken(broken) => (Verdict::Broken, Some(broken.title.as_str()), Some(broken)),
            trace::Verdict::CannotTell(why) => (Verdict::CannotTell, Some(why.as_str()), None),
        };
        Self {
            station: step.station,
            title: &step.title,
            verdict,
            rule: broken.map(|broken| broken.rule),
            severity: broken.map(|broken| broken.severity.into()),
            reason,
            detail: broken.map(|broken| broken.detail.as_str()),
            at: broken.and_then(|broken| broken.at.as_ref()).map(Resource::from),
            evidence: step.evidence.iter().map(String::as_str).collect(),
            resources: step.touched.iter().map(Resource::from).collect(),
            depth: number(step.depth),
        }
    }
}

impl<'a> From<FirstBroken<'a>> for Broken<'a> {
    fn from(first: FirstBroken<'a>) -> Self {
        Self {
            side: match first.side {
                trace::Side::State => SideName::State,
                trace::Side::Live => SideName::Live,
            },
            step: number(first.index),
            station: first.step.station,
            rule: first.broken.rule,
            severity: first.broken.severity.into(),
            title: &first.broken.title,
            detail: &first.broken.detail,
            at: first.broken.at.as_ref().map(Resource::from),
        }
    }
}

impl<'a> From<&'a trace::Touched> for Resource<'a> {
    fn from(touched: &'a trace::Touched) -> Self {
        Self {
            terraform_type: touched.terraform_type,
            id: &touched.id,
        }
    }
}

impl<'a> From<&'a trace::Visitor> for Visitor<'a> {
    fn from(visitor: &'a trace::Visitor) -> Self {
        match visitor {
            trace::Visitor::Page { status, bucket, key } => Visitor::Page {
                status: *status,
                bucket,
                key,
            },
            trace::Visitor::Redirect { status, to } => Visitor::Redirect { status: *status, to },
            trace::Visitor::Error { status, why } => Visitor::Error { status: *status, why },
            trace::Visitor::NoAnswer { why } => Visitor::NoAnswer { why },
            trace::Visitor::Private => Visitor::Private,
            trace::Visitor::Unknown { why } => Visitor::Unknown { why },
        }
    }
}

impl From<finding::Severity> for Severity {
    fn from(severity: finding::Severity) -> Self {
        match severity {
            finding::Severity::Critical => Severity::Critical,
            finding::Severity::High => Severity::High,
            finding::Severity::Medium => Severity::Medium,
            finding::Severity::Low => Severity::Low,
            finding::Severity::Info => Severity::Info,
        }
    }
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
