//! The result of one run: what every report renders and what the exit code is made of.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::finding::{Finding, Severity, Unchecked};

/// The verdict of a run that could be done at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything was checked and nothing fails.
    Clean,
    /// Something was found at or above the failing level, whether or not all could be checked.
    Drift,
    /// Nothing fails, but part could not be checked, or there was nothing to check.
    Incomplete,
}

impl Outcome {
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Clean => "clean",
            Outcome::Drift => "drift",
            Outcome::Incomplete => "incomplete",
        }
    }

    /// The process's exit code: 0, 2, 3 (1 is for runs that could not be done).
    pub fn exit_code(self) -> u8 {
        match self {
            Outcome::Clean => 0,
            Outcome::Drift => 2,
            Outcome::Incomplete => 3,
        }
    }
}

/// Why a finding does not fail the run although its severity would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    /// The policy rule that decided, with its place.
    pub by: String,
    pub reason: String,
}

/// A finding with its severity.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    pub finding: Finding,
    pub severity: Severity,
    pub suppressed: Option<Suppression>,
}

/// How many resources of the states fall where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Managed resource instances of covered types.
    pub resources: usize,
    /// Of those, compared in full.
    pub checked: usize,
    /// Of those, not or not fully compared.
    pub unchecked: usize,
    /// Instances of S3, CloudFront and Route 53 types that driftgate does not cover.
    pub not_covered: usize,
    /// Managed instances of other services and providers.
    pub other: usize,
    /// Deposed objects, waiting for Terraform to delete them.
    pub deposed: usize,
}

/// What the run cost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// API calls by operation (`s3:GetBucketPolicy`), retries included; empty for a recorded inventory.
    pub calls: BTreeMap<String, u64>,
    pub duration: Duration,
}

impl Stats {
    pub fn api_calls(&self) -> u64 {
        self.calls.values().sum()
    }
}

/// What visitors of one host get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostState {
    pub host: String,
    /// `None` where it cannot be told.
    pub served: Option<bool>,
    /// In words: `200, index.html of bucket example-com`.
    pub visitor: String,
}

/// Something about a host that nobody can tell from what AWS answers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Doubt {
    pub host: String,
    /// Where on the path: `behaviour`, `access` …
    pub station: String,
    pub why: String,
}

/// Everything a report may show.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckResult {
    pub outcome: Outcome,
    /// Whether everything in scope was compared.
    pub complete: bool,
    pub counts: Counts,
    /// Worst first, then by address.
    pub findings: Vec<Judged>,
    pub unchecked: Vec<Unchecked>,
    /// Type and number of instances, by type.
    pub not_covered: BTreeMap<String, usize>,
    /// The hosts that were followed to what they serve, by name.
    pub hosts: Vec<HostState>,
    /// What could not be proven about them.
    pub doubts: Vec<Doubt>,
    /// What else should be known about the run, a line each: workflows that were not understood.
    pub remarks: Vec<String>,
    pub stats: Stats,
}

impl CheckResult {
    /// Findings that nobody suppressed, per severity.
    pub fn by_severity(&self, severity: Severity) -> usize {
        self.findings
            .iter()
            .filter(|j| j.suppressed.is_none() && j.severity == severity)
            .count()
    }
}
