//! `driftgate/v1`: the types of the JSON document, kept apart from the internal ones so that those may change.
//!
//! `write` makes a document of a result, `read` a result of a document.
//!
//! The doc comments here become the descriptions of the published JSON Schema (`docs/result.schema.json`).

mod read;
mod write;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::report::escape;

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
    /// What the run was about.
    #[serde(default)]
    pub run: Run,
    /// The verdict; the exit code is made of it: clean 0, drift 2, incomplete 3.
    pub outcome: Outcome,
    /// Whether everything in scope was compared.
    pub complete: bool,
    pub summary: Summary,
    /// What was found, worst first.
    pub findings: Vec<Finding>,
    /// What an earlier run found and this one does not.
    #[serde(default)]
    pub resolved: Vec<Resolved>,
    /// Every managed instance of a covered type.
    #[serde(default)]
    pub resources: Vec<StateResource>,
    /// Differences that somebody else than Terraform owns: `ignore_changes`, or a deployment.
    #[serde(default)]
    pub ignored: Vec<Ignored>,
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
    /// Earlier runs, oldest first.
    #[serde(default)]
    pub past: Vec<PastRun>,
    pub stats: Stats,
}

/// What the run was about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Run {
    /// RFC 3339 in UTC; empty where it is not known.
    pub started_at: String,
    /// The account that was read, where known; of several, the run's own.
    pub account: Option<String>,
    /// All accounts that were read, where it is more than one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<String>,
    /// The states, as they were given.
    pub states: Vec<String>,
    /// The lowest severity that fails the run.
    pub fail_on: Option<Severity>,
    /// The recorded account that live was compared with besides the states.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub against: Option<String>,
    /// Categories of findings that the run did not look for: hosts were not to be followed, or no deployment is known.
    /// Nothing of theirs is new or resolved because of this run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_looked_for: Vec<Category>,
}

/// Something that an earlier run found and this one does not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Resolved {
    /// The finding's id.
    pub id: String,
    pub rule: String,
    pub severity: Severity,
    /// The Terraform address, or the resource's type and id where no state holds it.
    pub subject: String,
    pub title: String,
    /// The first run that found it, RFC 3339 in UTC.
    pub first_seen: String,
}

/// One managed instance of a covered type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StateResource {
    pub address: String,
    /// The state that holds it, as it was given.
    pub state: String,
    /// Whether it was compared in full.
    pub checked: bool,
    /// Its block in the configuration; absent where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Place")]
    pub place: Option<Place>,
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Place {
    pub file: String,
    /// Counted from 1; 0 where only the file is known.
    pub line: u64,
}

/// A difference that is no drift.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ignored {
    pub address: String,
    /// The attribute's path, as in changes.
    pub path: String,
    /// Who owns it, and where that is written.
    pub by: String,
}

/// One earlier run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PastRun {
    /// RFC 3339 in UTC.
    pub at: String,
    pub outcome: Outcome,
    /// Findings that nothing suppresses.
    pub findings: BySeverity,
    pub unchecked: u64,
}

/// What visitors of one host get.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Host {
    pub host: String,
    /// Null where it cannot be told.
    pub served: Option<bool>,
    /// In words.
    pub visitor: String,
    /// The live path from DNS to the visitor.
    #[serde(default)]
    pub path: Vec<PathStep>,
}

/// One step of a serving path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PathStep {
    /// `zone`, `record`, `distribution`, `certificate`, `behaviour`, `origin`, `bucket`, `access`, `object`,
    /// `error response` or `visitor`.
    pub station: String,
    pub title: String,
    /// How deep the step lies below the host.
    pub depth: u64,
    pub standing: Standing,
    /// What is wrong or cannot be told; empty where all is well.
    pub why: String,
}

/// How a step went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    Good,
    /// Good, and yet something is to be said.
    Remark,
    Broken,
    /// It cannot be proven either way.
    Unknown,
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
    /// Managed instances of other services and providers.
    #[serde(default)]
    pub other: u64,
    /// Deposed objects, waiting for Terraform to delete them.
    #[serde(default)]
    pub deposed: u64,
    /// Findings that nothing suppresses, by severity.
    pub findings: BySeverity,
}

/// Numbers of findings; always all five.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
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
    /// A fingerprint that stays the same from run to run as long as the same rule speaks of the same thing; no two
    /// findings of a run share one.
    pub id: String,
    pub category: Category,
    /// The rule that speaks, in kebab-case: `resource-changed`, `resource-missing`, `unmanaged-record`, …
    pub rule: String,
    pub severity: Severity,
    /// The Terraform address; null for what no state holds.
    pub address: Option<String>,
    /// The state that holds the resource; null where no state, or no single one, does.
    #[serde(default)]
    pub state: Option<String>,
    /// Where it is written down: the resource's block, or the step of a workflow; absent where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Place")]
    pub place: Option<Place>,
    pub resource: Resource,
    /// What of the resource it is about where its rule speaks of several such things, an origin for example; absent where
    /// the resource tells. It is part of the fingerprint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub aspect: Option<String>,
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
    /// What the policies decided: one entry per change, in their order; one alone where there is no change.
    #[serde(default)]
    pub decisions: Vec<Decision>,
    /// What the reader should know about the judgement, such as an allowance that has expired.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Since when it is found; absent where no earlier run is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Age")]
    pub age: Option<Age>,
}

/// What was decided about one changed attribute, or about a finding that has none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    pub severity: Severity,
    pub action: Action,
    /// The rule of a user's policy that decided; absent where none matched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "DecidedBy")]
    pub by: Option<DecidedBy>,
}

/// What a policy does with what it matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// Fails the run if its severity is high enough.
    Fail,
    /// Shown, and no reason to fail.
    Warn,
    /// Known and agreed.
    Allow,
}

/// A rule of a user's policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DecidedBy {
    pub rule: String,
    pub place: Place,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub owner: Option<String>,
    /// The last day on which the rule holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "String")]
    pub until: Option<String>,
}

/// Since when something is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Age {
    /// Not found by the run that this one is compared with.
    pub new: bool,
    /// The first run that found it, RFC 3339 in UTC.
    pub first_seen: String,
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
    /// An invariant that a policy demands does not hold.
    Assert,
    /// The Terraform configuration and the state disagree, or a policy holds something of no use.
    Configuration,
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
    /// Whether both values are withheld.
    #[serde(default, skip_serializing_if = "is_false")]
    pub sensitive: bool,
}

fn is_false(value: &bool) -> bool {
    !*value
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

/// What tells which version wrote a document, read alone: documents are large.
#[derive(Deserialize)]
struct Head {
    schema: Option<Value>,
}

/// Reads a saved result. Members that it does not know are passed over: a later minor version may have added them.
///
/// # Errors
/// Tells text that is no result from results of other versions and from a result of this version that misses or
/// mistypes something.
pub fn parse(text: &str) -> Result<Document, ParseError> {
    let head: Head = serde_json::from_str(text).map_err(|error| {
        ParseError::NotAResult(if error.is_data() {
            "it has no `schema`".to_owned()
        } else {
            format!("not JSON ({error})")
        })
    })?;
    let found = match &head.schema {
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
    serde_json::from_str(text).map_err(ParseError::Damaged)
}

/// The JSON Schema (2020-12) of [`Document`] as written.
pub fn schema() -> schemars::Schema {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator()
        .into_root_schema_for::<Document>()
}
