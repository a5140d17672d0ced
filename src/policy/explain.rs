//! Why a finding was judged as it was, and what is known of a rule.

use super::circumstances::Circumstances;
pub use super::judge::Answer;
use super::judge::{answer, decision, parts};
use super::scope::FindingScope;
use super::{RULES, Rule};
use crate::finding::{Finding, Severity};
use crate::language::Diagnostics;
use crate::place::Place;
use crate::result::{Action, Decision};

/// One rule that was considered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Considered {
    pub rule: String,
    pub place: Place,
    pub answer: Answer,
    /// The rule's last day.
    pub until: Option<String>,
}

/// How one changed attribute, or a finding without changes, was judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The attribute; `None` where the finding has no changes.
    pub path: Option<String>,
    /// The severity without a user's policy.
    pub default: Severity,
    /// The rules before the one that decided, and that one, in their order; all of them where none decided.
    pub considered: Vec<Considered>,
    pub decision: Decision,
    /// What would have been decided without the rule that decided; `None` where no rule did.
    pub without: Option<Decision>,
}

/// A finding explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingExplained {
    pub id: String,
    pub rule: String,
    /// The Terraform address, or type and id.
    pub subject: String,
    pub title: String,
    /// What the rule means and what to do about it.
    pub help: Option<String>,
    pub parts: Vec<Part>,
}

/// Where a user's rule speaks of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    pub rule: String,
    pub place: Place,
    pub action: Action,
    pub severity: Option<Severity>,
    pub reason: Option<String>,
    pub until: Option<String>,
}

/// A rule explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleExplained {
    pub name: String,
    pub kind: RuleKind,
    pub place: Place,
    /// What it gives by default; for a rule of a user's policy, what it sets.
    pub severity: Option<Severity>,
    pub help: Option<String>,
    /// The user's rules whose conditions name it.
    pub mentions: Vec<Mention>,
}

/// Whose a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleKind {
    BuiltIn,
    /// An assertion of the policy.
    Assert,
    /// A rule of the policy, which decides about findings of others.
    User,
}

/// Explains how a finding is judged.
///
/// # Errors
/// Conditions that cannot be evaluated.
pub fn finding(finding: &Finding, circumstances: &Circumstances) -> Result<FindingExplained, Diagnostics> {
    let scope = FindingScope::new(finding, circumstances);
    let today = circumstances.today();
    let rules = &circumstances.policy.rules;
    let mut explained = Vec::new();
    for part in parts(finding) {
        let values = scope.of(part);
        let default = circumstances.severity_of_part(finding, part);
        let mut considered = Vec::new();
        let mut matched: Vec<&Rule> = Vec::new();
        for rule in rules {
            let said = answer(rule, &values, today)?;
            if matched.is_empty() {
                considered.push(Considered {
                    rule: rule.name.clone(),
                    place: rule.place.clone(),
                    answer: said,
                    until: rule.until.map(|day| day.to_string()),
                });
            }
            if said == Answer::Matched {
                matched.push(rule);
            }
            if matched.len() == 2 {
                break;
            }
        }
        explained.push(Part {
            path: part.map(|change| change.path.clone()),
            default,
            considered,
            decision: decision(matched.first().copied(), default),
            without: (!matched.is_empty()).then(|| decision(matched.get(1).copied(), default)),
        });
    }
    let resource = &finding.resource;
    let by_type = || format!("{} {}", resource.terraform_type, resource.id);
    Ok(FindingExplained {
        id: finding.id(),
        rule: finding.rule.to_string(),
        subject: finding.address.clone().unwrap_or_else(by_type),
        title: finding.title.clone(),
        help: rule(&finding.rule, circumstances.policy).and_then(|rule| rule.help),
        parts: explained,
    })
}

/// The names of all rules that can be explained.
pub fn names(policy: &super::Policy) -> impl Iterator<Item = &str> {
    let asserts = policy.asserts.iter().map(|assert| assert.name.as_str());
    let rules = policy.rules.iter().map(|rule| rule.name.as_str());
    RULES.keys().map(String::as_str).chain(asserts).chain(rules)
}

/// Explains a rule by name; `None` where there is none of it.
pub fn rule(name: &str, policy: &super::Policy) -> Option<RuleExplained> {
    let mentions = || {
        let naming = policy
            .rules
            .iter()
            .filter(|rule| rule.mentions.iter().any(|one| one == name));
        naming.map(mention).collect()
    };
    if let Some(built_in) = RULES.get(name) {
        return Some(RuleExplained {
            name: name.to_owned(),
            kind: RuleKind::BuiltIn,
            place: built_in.place.clone(),
            severity: Some(built_in.severity),
            help: Some(built_in.help.clone()),
            mentions: mentions(),
        });
    }
    if let Some(assert) = policy.asserts.iter().find(|one| one.name == name) {
        return Some(RuleExplained {
            name: name.to_owned(),
            kind: RuleKind::Assert,
            place: assert.place.clone(),
            severity: Some(assert.severity),
            help: assert.help.clone(),
            mentions: mentions(),
        });
    }
    let user = policy.rules.iter().find(|rule| rule.name == name)?;
    Some(RuleExplained {
        name: name.to_owned(),
        kind: RuleKind::User,
        place: user.place.clone(),
        severity: user.severity,
        help: user.reason.clone(),
        mentions: Vec::new(),
    })
}

fn mention(rule: &Rule) -> Mention {
    Mention {
        rule: rule.name.clone(),
        place: rule.place.clone(),
        action: rule.action,
        severity: rule.severity,
        reason: rule.reason.clone(),
        until: rule.until.map(|day| day.to_string()),
    }
}
