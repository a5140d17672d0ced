//! Allowances that nothing was found for.

use super::Rule;
use super::built_in::RULES;
use super::circumstances::Circumstances;
use super::vocabulary::{WHEN, When};
use crate::finding::{Category, Finding, ResourceRef};
use crate::language::{Scope, Slot, Value};
use crate::result::Action;
use crate::rules;

/// Which rules had something to say.
pub(super) struct Uses(Vec<bool>);

impl Uses {
    pub(super) fn new(rules: usize) -> Uses {
        Uses(vec![false; rules])
    }

    /// The rule matched, or may have.
    pub(super) fn note(&mut self, rule: usize) {
        if let Some(used) = self.0.get_mut(rule) {
            *used = true;
        }
    }

    /// The allowances that decided nothing, unless they may be for what the run did not look for.
    pub(super) fn unused(&self, circumstances: &Circumstances) -> Vec<usize> {
        let rules = circumstances.policy.rules.iter().enumerate();
        rules
            .filter(|(at, rule)| {
                let used = self.0.get(*at).copied().unwrap_or_default();
                let elsewhere = may_be_for_others(rule, circumstances) || is_for_absent(rule, circumstances);
                !used && rule.action == Action::Allow && !elsewhere
            })
            .map(|(at, _)| at)
            .collect()
    }
}

/// The finding about one of them.
pub(super) fn finding(rule: &Rule) -> Finding {
    let resource = ResourceRef {
        terraform_type: "rule".to_owned(),
        id: rule.name.clone(),
        account: None,
        region: None,
    };
    let mut finding = Finding::new(
        Category::Configuration,
        rules::ALLOWANCE_UNUSED,
        resource,
        format!("the allowance \"{}\" decides nothing", rule.name),
    );
    finding.place = Some(rule.place.clone());
    finding.detail =
        "Nothing that was found is left to it: what it allows is gone, or an earlier rule decides about it. Remove it."
            .to_owned();
    finding
}

/// Whether a rule may match a finding of a category that was not looked for: nothing is known of such a finding but its
/// category and its rule.
fn may_be_for_others(rule: &Rule, circumstances: &Circumstances) -> bool {
    let categories = circumstances.not_looked_for.iter();
    categories
        .flat_map(|category| {
            names(*category, circumstances)
                .into_iter()
                .map(|name| (*category, name))
        })
        .any(|(category, name)| may_match(rule, category, name))
}

/// Whether a rule can match nothing but findings of rules that had nothing to be held against.
fn is_for_absent(rule: &Rule, circumstances: &Circumstances) -> bool {
    let absent = |name: &&str| circumstances.without_object.contains(name);
    let may = |name: &&str| rules::category(name).is_some_and(|category| may_match(rule, category, name));
    let mut built_in = rules::ALL.iter().copied();
    let mut asserts = circumstances.policy.asserts.iter();
    circumstances.without_object.iter().any(may)
        && !built_in.any(|name| !absent(&name) && may(&name))
        && !asserts.any(|one| may_match(rule, Category::Assert, &one.name))
}

/// Whether a rule may match a finding of which only category and rule are known.
fn may_match(rule: &Rule, category: Category, name: &str) -> bool {
    let scope = Supposed {
        rule: Value::from(name),
        category: Value::from(category.name()),
    };
    rule.when.is_true(&scope) != Ok(Some(false))
}

/// The rules of a category, as far as they are reported under no other.
fn names<'a>(category: Category, circumstances: &'a Circumstances) -> Vec<&'a str> {
    let in_file = |file: &str| {
        let entries = RULES.iter().filter(|(_, rule)| rule.place.file == file);
        entries.map(|(name, _)| name.as_str()).collect()
    };
    match category {
        Category::Serving => in_file("policies/serving.hcl"),
        Category::Deploy => in_file("policies/deploy.hcl"),
        Category::Assert => {
            let asserts = circumstances.policy.asserts.iter();
            asserts.map(|one| one.name.as_str()).collect()
        }
        Category::Drift | Category::Unmanaged => in_file("policies/drift.hcl"),
        Category::Configuration => in_file("policies/configuration.hcl"),
    }
}

/// A finding of which only rule and category are known.
struct Supposed {
    rule: Value,
    category: Value,
}

impl Scope for Supposed {
    fn value(&self, slot: Slot) -> &Value {
        debug_assert!(slot.index() < WHEN.slots());
        match When::of(slot) {
            Some(When::FindingRule) => &self.rule,
            Some(When::FindingCategory) => &self.category,
            _ => &Value::Unknown,
        }
    }
}
