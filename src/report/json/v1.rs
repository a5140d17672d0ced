//! `driftgate/v1`: the types of the JSON document, kept apart from the internal ones so that those may change.
//!
//! The doc comments here become the descriptions of the published JSON Schema (`docs/result.schema.json`).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::report::escape;
use crate::result::CheckResult;
use crate::{finding, result};

/// What stands in the place of a value that the state marks as sensitive.
pub const SENSITIVE: &str = "(sensitive)";

const FAMILY: &str = "driftgate/v";
const VERSION: u32 = 1;

/// The result of one driftgate run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "driftgate result")]
pub struct Document {
    /// The version of this document. Members may be added within a version; none is removed or changes its meaning.
    pub schema: Schema,
    /// The verdict; the exit code is made of it: clean 0, drift 2, incomplete 3.
    pub outcome: Outcome,
    /// Whether everything in scope was compared.
    pub complete: bool,
    pub summary: Summary,
    /// What was found, worst first.
    pub findings: Vec<Finding>,
    /// What could not be checked. Nothing is known about these: neither clean nor drifted.
    pub unchecked: Vec<Unchecked>,
    /// Resource types of S3, CloudFront and Route 53 in the states that driftgate does not cover.
    pub not_covered: Vec<NotCovered>,
    /// What visitors of each host get.
    #[serde(default)]
    pub hosts: Vec<Host>,
    /// What could not be proven about the hosts' serving paths. No finding and no failure: nobody could tell.
    #[serde(default)]
    pub doubts: Vec<Doubt>,
    /// What else should be known about the run.
    #[serde(default)]
    pub remarks: Vec<String>,
    pub stats: Stats,
}

/// What visitors of one host get.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Host {
    pub host: String,
    /// Null where it cannot be told.
    pub served: Option<bool>,
    /// In words.
    pub visitor: String,
}

/// Something about a host that cannot be told from what AWS answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Doubt {
    pub host: String,
    /// Where on the path.
    pub station: String,
    pub why: String,
}

/// The version of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Schema {
    #[serde(rename = "driftgate/v1")]
    V1,
}

/// The verdict of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// Everything was checked and nothing fails.
    Clean,
    /// Something was found at or above the failing level.
    Drift,
    /// Nothing fails, but part could not be checked, or there was nothing to check.
    Incomplete,
}

/// Counts over the whole run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// Managed resource instances of covered types in the states.
    pub resources: u64,
    /// Of those, the ones compared in full.
    pub checked: u64,
    /// Of those, the ones not or not fully compared.
    pub unchecked: u64,
    /// Instances of S3, CloudFront and Route 53 types that driftgate does not cover.
    pub not_covered: u64,
    /// Findings that nothing suppresses, by severity.
    pub findings: BySeverity,
}

/// Numbers of findings; always all five.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BySeverity {
    pub critical: u64,
    pub high: u64,
    pub medium: u64,
    pub low: u64,
    pub info: u64,
}

/// One thing found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// A fingerprint that stays the same from run to run as long as the same rule speaks of the same thing.
    pub id: String,
    pub category: Category,
    /// The rule that speaks, in kebab-case: `resource-changed`, `resource-missing`, `unmanaged-record`, …
    pub rule: String,
    pub severity: Severity,
    /// The Terraform address; null for what no state holds.
    pub address: Option<String>,
    pub resource: Resource,
    /// One line.
    pub title: String,
    /// What else there is to know; may be empty.
    pub detail: String,
    /// The attributes that differ.
    pub changes: Vec<Change>,
    /// The hosts on whose serving path this lies.
    #[serde(default)]
    pub impact: Vec<String>,
    /// Why this finding does not fail the run, or null where nothing suppresses it.
    pub suppressed: Option<Suppressed>,
}

/// The question that a finding answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    /// Live differs from the state.
    Drift,
    /// Live, and in no given state.
    Unmanaged,
    /// A host does not serve what it should.
    Serving,
    /// A deployment would land where nothing is served from.
    Deploy,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Critical,
    High,
    Medium,
    Low,
    Info,
}

/// The thing a finding is about, named as Terraform would.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Resource {
    /// The Terraform type; for an aspect that no resource owns, the type that would own it.
    #[serde(rename = "type")]
    pub terraform_type: String,
    /// Terraform's import id.
    pub id: String,
    /// The account id, where known.
    pub account: Option<String>,
    /// The region, where the resource has one that is known.
    pub region: Option<String>,
}

/// One attribute that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// Terraform path with elements named by their identity: `origin["website"].origin_path`.
    pub path: String,
    /// The value by the Terraform state; null where it has none, `(sensitive)` where it is withheld.
    pub expected: Value,
    /// The value in AWS; null where there is none, `(sensitive)` where it is withheld.
    pub live: Value,
    /// What the reader should know about this difference; absent where there is nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub note: Option<String>,
}

/// Why a finding does not fail the run although its severity would.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Suppressed {
    /// The policy rule that decided, with its place.
    pub by: String,
    pub reason: String,
}

/// A resource, or a part of one, about which nothing can be said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unchecked {
    /// The Terraform address, or what was to be looked at where no state names it.
    pub address: String,
    /// The kind of failure in kebab-case: `access-denied`, `throttled`, `timeout`, …
    pub reason: String,
    /// What was tried and what came back.
    pub detail: String,
}

/// A resource type that driftgate does not cover.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotCovered {
    #[serde(rename = "type")]
    pub terraform_type: String,
    /// Instances of it in the states.
    pub count: u64,
}

/// What the run cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Stats {
    /// API calls, retries included; 0 for a recorded account.
    pub api_calls: u64,
    /// The same by operation, as IAM names them: `s3:GetBucketPolicy`.
    pub api_calls_by_operation: BTreeMap<String, u64>,
    pub duration_ms: u64,
}

impl From<&CheckResult> for Document {
    fn from(result: &CheckResult) -> Self {
        let of = |severity| number(result.by_severity(severity));
        Self {
            schema: Schema::V1,
            outcome: result.outcome.into(),
            complete: result.complete,
            summary: Summary {
                resources: number(result.counts.resources),
                checked: number(result.counts.checked),
                unchecked: number(result.counts.unchecked),
                not_covered: number(result.counts.not_covered),
                findings: BySeverity {
                    critical: of(finding::Severity::Critical),
                    high: of(finding::Severity::High),
                    medium: of(finding::Severity::Medium),
                    low: of(finding::Severity::Low),
                    info: of(finding::Severity::Info),
                },
            },
            findings: result.findings.iter().map(Finding::from).collect(),
            unchecked: result.unchecked.iter().map(Unchecked::from).collect(),
            not_covered: result
                .not_covered
                .iter()
                .map(|(terraform_type, count)| NotCovered {
                    terraform_type: terraform_type.clone(),
                    count: number(*count),
                })
                .collect(),
            hosts: result
                .hosts
                .iter()
                .map(|one| Host {
                    host: one.host.clone(),
                    served: one.served,
                    visitor: one.visitor.clone(),
                })
                .collect(),
            doubts: result
                .doubts
                .iter()
                .map(|one| Doubt {
                    host: one.host.clone(),
                    station: one.station.clone(),
                    why: one.why.clone(),
                })
                .collect(),
            remarks: result.remarks.clone(),
            stats: Stats {
                api_calls: result.stats.api_calls(),
                api_calls_by_operation: result.stats.calls.clone(),
                duration_ms: u64::try_from(result.stats.duration.as_millis()).unwrap_or(u64::MAX),
            },
        }
    }
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

impl From<result::Outcome> for Outcome {
    fn from(outcome: result::Outcome) -> Self {
        match outcome {
            result::Outcome::Clean => Outcome::Clean,
            result::Outcome::Drift => Outcome::Drift,
            result::Outcome::Incomplete => Outcome::Incomplete,
        }
    }
}

impl From<finding::Category> for Category {
    fn from(category: finding::Category) -> Self {
        match category {
            finding::Category::Drift => Category::Drift,
            finding::Category::Unmanaged => Category::Unmanaged,
            finding::Category::Serving => Category::Serving,
            finding::Category::Deploy => Category::Deploy,
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

impl From<&result::Judged> for Finding {
    fn from(judged: &result::Judged) -> Self {
        let finding = &judged.finding;
        Self {
            id: finding.id(),
            category: finding.category.into(),
            rule: finding.rule.to_owned(),
            severity: judged.severity.into(),
            address: finding.address.clone(),
            resource: Resource {
                terraform_type: finding.resource.terraform_type.clone(),
                id: finding.resource.id.clone(),
                account: finding.resource.account.clone(),
                region: finding.resource.region.clone(),
            },
            title: finding.title.clone(),
            detail: finding.detail.clone(),
            changes: finding.changes.iter().map(Change::from).collect(),
            impact: finding.impact.clone(),
            suppressed: judged.suppressed.as_ref().map(|suppression| Suppressed {
                by: suppression.by.clone(),
                reason: suppression.reason.clone(),
            }),
        }
    }
}

impl From<&finding::Change> for Change {
    fn from(change: &finding::Change) -> Self {
        // Both sides are withheld, a null too: that a secret is not set is the secret's as well.
        let shown = |value: &Value| {
            if change.sensitive {
                Value::from(SENSITIVE)
            } else {
                value.clone()
            }
        };
        Self {
            path: change.path.clone(),
            expected: shown(&change.expected),
            live: shown(&change.live),
            note: change.note.clone(),
        }
    }
}

impl From<&finding::Unchecked> for Unchecked {
    fn from(unchecked: &finding::Unchecked) -> Self {
        Self {
            address: unchecked.address.clone(),
            reason: unchecked.reason.name().to_owned(),
            detail: unchecked.detail.clone(),
        }
    }
}

/// Why a text is not a saved result that this version reads.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    #[error("not a driftgate result: {0}; write one with `driftgate check --format json`")]
    NotAResult(String),
    #[error(
        "a result of a newer driftgate (schema `{found}`; this one reads `{FAMILY}{VERSION}`); \
         read it with the version that wrote it, or a later one"
    )]
    Newer { found: String },
    #[error(
        "a result of an older driftgate (schema `{found}`; this one reads `{FAMILY}{VERSION}`); run the check again"
    )]
    Older { found: String },
    #[error("a damaged driftgate result: {0}; run the check again")]
    Damaged(#[source] serde_json::Error),
}

/// Reads a saved result. Members that it does not know are passed over: a later minor version may have added them.
///
/// # Errors
/// Tells text that is no result from results of other versions and from a result of this version that misses or
/// mistypes something.
pub fn parse(text: &str) -> Result<Document, ParseError> {
    let value: Value =
        serde_json::from_str(text).map_err(|error| ParseError::NotAResult(format!("not JSON ({error})")))?;
    let found = match value.get("schema") {
        Some(Value::String(found)) => found,
        Some(_) => {
            return Err(ParseError::NotAResult("its `schema` is not a string".to_owned()));
        }
        None => return Err(ParseError::NotAResult("it has no `schema`".to_owned())),
    };
    let shown = escape::text(found);
    match found
        .strip_prefix(FAMILY)
        .and_then(|version| version.parse::<u32>().ok())
    {
        None => return Err(ParseError::NotAResult(format!("its schema is `{shown}`"))),
        Some(version) if version > VERSION => return Err(ParseError::Newer { found: shown }),
        Some(version) if version < VERSION => return Err(ParseError::Older { found: shown }),
        Some(_) => {}
    }
    // From the text and not from the value, for the sake of the line and column in the error.
    serde_json::from_str(text).map_err(ParseError::Damaged)
}

/// The JSON Schema (2020-12) of [`Document`] as written.
pub fn schema() -> schemars::Schema {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<Document>()
}
