//! What a run has to say: findings, and what could not be checked.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::inventory::{Failure, Reason};
use crate::place::Place;

/// The question that a finding answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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

impl Category {
    pub fn name(self) -> &'static str {
        match self {
            Category::Drift => "drift",
            Category::Unmanaged => "unmanaged",
            Category::Serving => "serving",
            Category::Deploy => "deploy",
            Category::Assert => "assert",
            Category::Configuration => "configuration",
        }
    }

    /// All of them, in the order of reports.
    pub const ALL: [Category; 6] = [
        Category::Drift,
        Category::Unmanaged,
        Category::Serving,
        Category::Deploy,
        Category::Assert,
        Category::Configuration,
    ];
}

/// How much a finding matters. The order is the order of `--fail-on`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    /// All of them, worst first.
    pub const WORST_FIRST: [Severity; 5] = [
        Severity::Critical,
        Severity::High,
        Severity::Medium,
        Severity::Low,
        Severity::Info,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }

    /// The severity of that name, if there is one.
    pub fn parse(name: &str) -> Option<Severity> {
        Self::WORST_FIRST.into_iter().find(|s| s.name() == name)
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The thing a finding is about, named as Terraform would.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ResourceRef {
    /// `aws_s3_bucket_policy`; for an unowned aspect, the type that would own it.
    pub terraform_type: String,
    /// Terraform's import id.
    pub id: String,
    pub account: Option<String>,
    pub region: Option<String>,
}

/// One attribute that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Terraform path with elements named by their identity: `origin["website"].origin_path`.
    pub path: String,
    /// `Null` where the state has nothing.
    pub expected: Value,
    /// `Null` where live has nothing.
    pub live: Value,
    /// Both values are withheld in every output.
    pub sensitive: bool,
    /// What the reader should know about this difference.
    pub note: Option<String>,
    /// What the difference does to some host is at least this bad.
    pub at_least: Option<Severity>,
}

/// One thing found, before anybody judged it.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub category: Category,
    /// Kebab-case and for ever: users' configurations name it. One of [`crate::rules`], or the name of an assertion.
    pub rule: Cow<'static, str>,
    /// The Terraform address; none for what no state holds.
    pub address: Option<String>,
    /// The state that holds the resource; none where no state, or no single one, does.
    pub state: Option<String>,
    /// Where it is written down: the resource's block in the configuration, or the step of a workflow.
    pub place: Option<Place>,
    pub resource: ResourceRef,
    /// What of the resource it is about, where its rule speaks of several such things: an origin, a site, a state.
    pub aspect: Option<String>,
    pub title: String,
    pub detail: String,
    pub changes: Vec<Change>,
    /// The hosts on whose serving path this lies, sorted.
    pub impact: Vec<String>,
    /// What the finding does to those hosts is at least this bad, whatever its rule's own severity is.
    pub at_least: Option<Severity>,
}

impl Finding {
    /// A finding with what every finding has.
    pub fn new(
        category: Category,
        rule: impl Into<Cow<'static, str>>,
        resource: ResourceRef,
        title: impl Into<String>,
    ) -> Finding {
        Finding {
            category,
            rule: rule.into(),
            address: None,
            state: None,
            place: None,
            resource,
            aspect: None,
            title: title.into(),
            detail: String::new(),
            changes: Vec::new(),
            impact: Vec::new(),
            at_least: None,
        }
    }

    /// A fingerprint that stays the same from run to run as long as the same rule speaks of the same thing, whatever
    /// the values are: 16 hex digits.
    pub fn id(&self) -> String {
        let mut hash = Sha256::new();
        let parts = [
            self.category.name(),
            &self.rule,
            self.address.as_deref().unwrap_or(""),
            &self.resource.terraform_type,
            &self.resource.id,
        ];
        for part in parts.into_iter().chain(self.aspect.as_deref()) {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        hash.finalize()
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// Gives findings that share a fingerprint an aspect each, so that no two of a run do: the state, if that tells them
/// apart, else what they say, else their number. Where the code knows what a rule has several of, the findings have an
/// aspect before.
pub fn tell_apart(findings: Vec<&mut Finding>) {
    let mut by_id: BTreeMap<String, Vec<&mut Finding>> = BTreeMap::new();
    for finding in findings {
        by_id.entry(finding.id()).or_default().push(finding);
    }
    for mut alike in by_id.into_values().filter(|alike| alike.len() > 1) {
        let by: [fn(&Finding) -> Option<String>; 2] =
            [|finding| finding.state.clone(), |finding| Some(finding.title.clone())];
        let telling = by.into_iter().find_map(|what| {
            let told: Vec<String> = alike.iter().filter_map(|finding| what(finding)).collect();
            let distinct = told.iter().collect::<BTreeSet<_>>().len();
            (distinct == alike.len()).then_some(told)
        });
        let telling = telling.unwrap_or_else(|| (1..=alike.len()).map(|number| number.to_string()).collect());
        for (finding, more) in alike.iter_mut().zip(telling) {
            finding.aspect = Some(match finding.aspect.take() {
                Some(known) => format!("{known}, {more}"),
                None => more,
            });
        }
    }
}

/// A resource, or a part of one, about which nothing can be said.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unchecked {
    /// The Terraform address, or what was to be looked at where no state names it.
    pub address: String,
    pub reason: Reason,
    pub detail: String,
}

impl Unchecked {
    pub fn new(address: impl Into<String>, failure: &Failure) -> Self {
        Self {
            address: address.into(),
            reason: failure.reason,
            detail: failure.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules;

    fn finding(state: Option<&str>, title: &str) -> Finding {
        let resource = ResourceRef {
            terraform_type: "aws_s3_bucket".to_owned(),
            id: "site".to_owned(),
            account: None,
            region: None,
        };
        let mut finding = Finding::new(Category::Drift, rules::RESOURCE_CHANGED, resource, title);
        finding.state = state.map(str::to_owned);
        finding
    }

    fn aspects(mut findings: Vec<Finding>) -> Vec<Option<String>> {
        tell_apart(findings.iter_mut().collect());
        let ids: BTreeSet<String> = findings.iter().map(Finding::id).collect();
        assert_eq!(ids.len(), findings.len(), "{findings:?}");
        findings.into_iter().map(|finding| finding.aspect).collect()
    }

    #[test]
    fn a_finding_alone_keeps_its_id() {
        let alone = finding(Some("prod"), "differs");
        let mut other = finding(Some("prod"), "differs");
        other.rule = rules::COSMETIC_CHANGE.into();
        assert_eq!(alone.id(), "59b661c2a947114e");
        assert_eq!(aspects(vec![alone, other]), [None, None]);
    }

    #[test]
    fn findings_of_one_rule_on_one_thing_are_told_apart() {
        let some = |text: &str| Some(text.to_owned());
        let by_state = vec![finding(Some("prod"), "differs"), finding(Some("stage"), "differs")];
        assert_eq!(aspects(by_state), [some("prod"), some("stage")]);
        let by_title = vec![finding(Some("prod"), "a"), finding(Some("prod"), "b")];
        assert_eq!(aspects(by_title), [some("a"), some("b")]);
        let same = vec![finding(None, "a"), finding(None, "a"), finding(None, "b")];
        assert_eq!(aspects(same), [some("1"), some("2"), some("3")]);
        let mut origins = vec![finding(None, "a"), finding(None, "a")];
        for origin in &mut origins {
            origin.aspect = some("website");
        }
        assert_eq!(aspects(origins), [some("website, 1"), some("website, 2")]);
    }
}
