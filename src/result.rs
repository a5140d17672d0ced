//! The result of one run: what every report renders and what the exit code is made of.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::finding::{Category, Finding, Severity, Unchecked};
use crate::place::Place;

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

/// What a policy does with what one of its rules matches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// Shown, and no reason to fail: known and agreed.
    Allow,
    /// Shown, and no reason to fail.
    Warn,
    /// Fails the run if its severity is high enough.
    #[default]
    Fail,
}

impl Action {
    /// The name in policies and reports.
    pub fn name(self) -> &'static str {
        match self {
            Action::Allow => "allow",
            Action::Warn => "warn",
            Action::Fail => "fail",
        }
    }

    /// The action of that name, if there is one.
    pub fn parse(name: &str) -> Option<Action> {
        [Action::Allow, Action::Warn, Action::Fail]
            .into_iter()
            .find(|action| action.name() == name)
    }
}

/// The rule of a user's policy that decided, as its author wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecidedBy {
    pub rule: String,
    pub place: Place,
    pub reason: Option<String>,
    pub owner: Option<String>,
    /// The last day on which the rule holds, `2027-01-31`.
    pub until: Option<String>,
}

/// `"handover" at driftgate.hcl:12`.
impl fmt::Display for DecidedBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{}\" at {}", self.rule, self.place)
    }
}

/// What was decided about one changed attribute, or about a finding that has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub severity: Severity,
    pub action: Action,
    /// `None` where no rule of a user's policy matched.
    pub by: Option<DecidedBy>,
}

/// Since when something is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Age {
    /// Not found by the run that this one is compared with.
    pub new: bool,
    /// The first run that found it, RFC 3339 in UTC.
    pub first_seen: String,
}

/// A finding with what was decided about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    pub finding: Finding,
    /// The worst of what is not allowed; of everything, where all is allowed.
    pub severity: Severity,
    /// The strictest of the decisions.
    pub action: Action,
    /// One per change of the finding, in their order; exactly one where there is no change.
    pub decisions: Vec<Decision>,
    /// What the reader should know about the judgement, such as an allowance that has expired.
    pub notes: Vec<String>,
    /// `None` where no earlier run is known.
    pub age: Option<Age>,
}

impl Judged {
    /// A finding about which one thing was decided as a whole.
    pub fn whole(finding: Finding, decision: Decision) -> Judged {
        let decisions = vec![decision.clone(); finding.changes.len().max(1)];
        Judged {
            finding,
            severity: decision.severity,
            action: decision.action,
            decisions,
            notes: Vec::new(),
            age: None,
        }
    }

    /// Whether it is known that the run which this one is compared with did not find it.
    pub fn is_new(&self) -> bool {
        self.age.as_ref().is_some_and(|age| age.new)
    }

    /// Whether it is known that the run which this one is compared with found it too.
    pub fn is_old(&self) -> bool {
        self.age.as_ref().is_some_and(|age| !age.new)
    }

    /// Whether a policy allows all of it.
    pub fn is_allowed(&self) -> bool {
        self.action == Action::Allow
    }

    /// Whether it fails a run that fails on `level`: some part of it does. What is only warned of does not make another
    /// part worse.
    pub fn fails(&self, level: Severity) -> bool {
        if self.decisions.is_empty() {
            return self.action == Action::Fail && self.severity >= level;
        }
        let mut decisions = self.decisions.iter();
        decisions.any(|one| one.action == Action::Fail && one.severity >= level)
    }

    /// The rules of a policy that decided about some part of it, each once.
    pub fn decided_by(&self) -> Vec<&DecidedBy> {
        let mut all: Vec<&DecidedBy> = Vec::new();
        for by in self.decisions.iter().filter_map(|decision| decision.by.as_ref()) {
            if !all.contains(&by) {
                all.push(by);
            }
        }
        all
    }
}

/// Something that an earlier run found and this one does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// [`Finding::id`].
    pub id: String,
    pub rule: String,
    pub severity: Severity,
    /// The Terraform address, or the resource's type and id where no state holds it.
    pub subject: String,
    pub title: String,
    /// RFC 3339 in UTC.
    pub first_seen: String,
}

/// One earlier run, for trends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastRun {
    /// RFC 3339 in UTC.
    pub at: String,
    pub outcome: Outcome,
    /// Findings that nothing allows, [`Severity::WORST_FIRST`].
    pub findings: [usize; 5],
    pub unchecked: usize,
}

/// One managed instance of a covered type, and whether it could be compared in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// The Terraform address.
    pub address: String,
    /// The state that holds it.
    pub state: String,
    /// Its block in the configuration, where that is known.
    pub place: Option<Place>,
    pub checked: bool,
}

/// A difference that is no drift, since somebody else owns the attribute.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ignored {
    /// The Terraform address.
    pub address: String,
    /// [`crate::finding::Change::path`].
    pub path: String,
    /// Who owns it, and where that is written: ``ignore_changes at main.tf:12``.
    pub by: String,
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

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Counts) {
        self.resources += other.resources;
        self.checked += other.checked;
        self.unchecked += other.unchecked;
        self.not_covered += other.not_covered;
        self.other += other.other;
        self.deposed += other.deposed;
    }
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
    /// The live path from DNS to the visitor; empty where nothing was followed.
    pub path: Vec<PathStep>,
}

/// One step of a host's serving path, as reports draw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathStep {
    /// `record`, `distribution`, `origin` …
    pub station: String,
    /// One line.
    pub title: String,
    /// How deep it lies below the host: members of a record group, a secondary origin and an error page branch.
    pub depth: usize,
    pub standing: Standing,
    /// What is wrong or cannot be told; empty where all is well.
    pub why: String,
}

/// How one step of a serving path went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Good,
    /// Good, and yet something is to be said.
    Remark,
    Broken,
    /// It cannot be proven either way.
    Unknown,
}

/// What the run was about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// RFC 3339 in UTC.
    pub started_at: String,
    /// The account that was read, where known; of several, the run's own.
    pub account: Option<String>,
    /// All accounts that were read, where it is more than one.
    pub accounts: Vec<String>,
    /// The states, as they were given.
    pub states: Vec<String>,
    /// The lowest severity that fails the run.
    pub fail_on: Option<Severity>,
    /// The recorded account that live was compared with besides the states.
    pub against: Option<String>,
    /// What the run did not look for at all: hosts were not to be followed, or no deployment is known.
    pub not_looked_for: Vec<Category>,
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
    pub run: Run,
    pub outcome: Outcome,
    /// Whether everything in scope was compared.
    pub complete: bool,
    pub counts: Counts,
    /// Worst first, then by address.
    pub findings: Vec<Judged>,
    /// What an earlier run found and this one does not.
    pub resolved: Vec<Resolved>,
    /// Every managed instance of a covered type, in the states' order.
    pub resources: Vec<Resource>,
    /// Differences that somebody else than Terraform owns.
    pub ignored: Vec<Ignored>,
    pub unchecked: Vec<Unchecked>,
    /// Type and number of instances, by type.
    pub not_covered: BTreeMap<String, usize>,
    /// The hosts that were followed to what they serve, by name.
    pub hosts: Vec<HostState>,
    /// What could not be proven about them.
    pub doubts: Vec<Doubt>,
    /// What else should be known about the run, a line each: workflows that were not understood.
    pub remarks: Vec<String>,
    /// Earlier runs, oldest first.
    pub past: Vec<PastRun>,
    pub stats: Stats,
}

impl CheckResult {
    /// Findings that no policy allows, per severity.
    pub fn by_severity(&self, severity: Severity) -> usize {
        self.findings
            .iter()
            .filter(|judged| !judged.is_allowed() && judged.severity == severity)
            .count()
    }

    /// The worst severity among the findings that no policy allows.
    pub fn worst(&self) -> Option<Severity> {
        let open = self.findings.iter().filter(|judged| !judged.is_allowed());
        open.map(|judged| judged.severity).max()
    }
}
