//! `driftgate-targets/v1`: the contract with other tools. The types are kept apart from those of [`crate::workflows`], so
//! that these may change; their doc comments are the descriptions of the published JSON Schema.

use std::collections::BTreeMap;
use std::io::{self, Write};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

use super::pairs;
use crate::deploy::Declared;
use crate::place::Place;
use crate::report::escape;
use crate::workflows::{Confidence, Found, Kind, Source, Target, Text};

/// Writes `driftgate-targets/v1`, indented, with a line break at its end. Invisible characters are escaped.
///
/// # Errors
/// Only what `out` answers.
pub fn json(found: &Found, declared: &[Declared], out: &mut dyn Write) -> io::Result<()> {
    let plain = serde_json::to_string_pretty(&document(found, declared)).map_err(io::Error::from)?;
    let mut text = String::with_capacity(plain.len() + 1);
    for c in plain.chars() {
        if c != '\n' && escape::is_invisible(c) {
            escape::unicode_escape(&mut text, c);
        } else {
            text.push(c);
        }
    }
    text.push('\n');
    out.write_all(text.as_bytes())
}

/// The JSON Schema (2020-12) of what [`json`] writes.
pub fn schema() -> schemars::Schema {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<Document>()
}

/// The deployment targets of a repository.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "driftgate targets")]
struct Document {
    /// The version of this document. Members may be added within a version; none is removed or changes its meaning.
    schema: Schema,
    /// Every write that was found, in the order of workflow files, jobs and steps.
    targets: Vec<FoundTarget>,
    /// The declared targets; members are `host`, `bucket`, `prefix`, `distribution` and `env`, as far as given.
    declared: Vec<BTreeMap<&'static str, String>>,
    /// Features that the reader does not follow.
    not_understood: Vec<Remark>,
    /// Files and expressions that are wrong in themselves.
    errors: Vec<Remark>,
}

/// The version of the document.
#[derive(Serialize, JsonSchema)]
enum Schema {
    #[serde(rename = "driftgate-targets/v1")]
    V1,
}

/// One write to S3 or CloudFront.
#[derive(Serialize, JsonSchema)]
struct FoundTarget {
    /// `upload`, `delete`, `create-bucket`, `bucket-setting`, `origin-path-update`, `update-distribution` or
    /// `invalidate`.
    kind: &'static str,
    file: String,
    /// Counted from 1; 0 when only the file is known.
    line: usize,
    workflow: String,
    job: String,
    /// The GitHub environment of the job; null where it has none.
    environment: Option<Value>,
    /// The tool or action that writes.
    tool: String,
    bucket: Option<Value>,
    /// Without slashes at its ends; null where the kind has none.
    prefix: Option<Value>,
    distribution: Option<Value>,
    /// The origin path that is set; null unless the kind is `origin-path-update`.
    origin_path: Option<Value>,
    region: Option<Value>,
    /// Whether objects that the source lacks are removed.
    delete: bool,
    /// What must hold for the write to happen.
    conditions: Vec<String>,
    /// The matrix combination; empty where the write depends on none.
    matrix: BTreeMap<String, String>,
    /// Whether bucket and distribution are known.
    resolved: bool,
    /// Why the reading is not certain; null where it is.
    doubt: Option<String>,
}

/// A text of a workflow.
#[derive(Serialize, JsonSchema)]
struct Value {
    /// For people: parts that are open or secret stand as their expressions.
    shown: String,
    /// The value; null where a part is open or secret.
    value: Option<String>,
    /// Whether a part came from a secret and is withheld.
    secret: bool,
    /// The parts that are not known.
    open: Vec<OpenPart>,
}

/// A part of a text that is not known.
#[derive(Serialize, JsonSchema)]
struct OpenPart {
    expression: String,
    /// Where its value would come from: `secret`, `variable`, `run`, `input`, `output`, `environment` …
    source: String,
    why: String,
}

/// Something to be said of a line.
#[derive(Serialize, JsonSchema)]
struct Remark {
    file: String,
    /// Counted from 1; 0 when only the file is known.
    line: usize,
    message: String,
}

fn document(found: &Found, declared: &[Declared]) -> Document {
    let remark = |at: &Place, message: String| Remark {
        file: at.file.clone(),
        line: at.line,
        message,
    };
    Document {
        schema: Schema::V1,
        targets: found.targets.iter().map(target).collect(),
        declared: declared.iter().map(|one| pairs(one).collect()).collect(),
        not_understood: found
            .not_understood
            .iter()
            .map(|one| remark(&one.at, one.what.clone()))
            .collect(),
        errors: found
            .errors
            .iter()
            .map(|error| remark(error.place(), error.to_string()))
            .collect(),
    }
}

fn target(target: &Target) -> FoundTarget {
    let kind = &target.kind;
    FoundTarget {
        kind: kind.name(),
        file: target.at.file.clone(),
        line: target.at.line,
        workflow: target.workflow.clone(),
        job: target.job.clone(),
        environment: target.environment.as_ref().map(value),
        tool: target.tool.clone(),
        bucket: kind.bucket().map(value),
        prefix: kind.prefix().map(value),
        distribution: kind.distribution().map(value),
        origin_path: match kind {
            Kind::OriginPathUpdate { origin_path, .. } => Some(value(origin_path)),
            _ => None,
        },
        region: target.region.as_ref().map(value),
        delete: matches!(kind, Kind::Upload { delete: true, .. }),
        conditions: target.conditions.clone(),
        matrix: target.matrix.clone().unwrap_or_default(),
        resolved: !target.is_open(),
        doubt: match &target.confidence {
            Confidence::Full => None,
            Confidence::Low(why) => Some(why.clone()),
        },
    }
}

fn value(text: &Text) -> Value {
    Value {
        shown: text.display(),
        value: text.resolved().filter(|_| !text.has_secret()),
        secret: text.has_secret(),
        open: text
            .open_parts()
            .map(|part| OpenPart {
                expression: part.expression.clone(),
                source: source(part.source).to_owned(),
                why: part.why.clone(),
            })
            .collect(),
    }
}

fn source(source: Source) -> &'static str {
    match source {
        Source::Secret => "secret",
        Source::Variable => "variable",
        Source::Run => "run",
        Source::Input => "input",
        Source::Output => "output",
        Source::Environment => "environment",
        Source::TerraformOutput => "terraform-output",
        Source::AwsQuery => "aws-query",
        Source::Command => "command",
        Source::Matrix => "matrix",
        Source::NotUnderstood => "not-understood",
        Source::TooMany => "too-many",
    }
}
