//! The rules that speak in a result, as a log describes them.

use std::collections::HashMap;

use super::level;
use super::log::{Configuration, Message, Rule, RuleProperties};
use crate::finding::{Category, Severity};
use crate::policy::RULES;
use crate::result::CheckResult;

/// Each rule once, in the order of the findings.
pub(super) struct Rules<'a> {
    list: Vec<Spoken<'a>>,
    index: HashMap<&'a str, usize>,
}

struct Spoken<'a> {
    name: &'a str,
    category: Category,
    /// Of what it found and no policy allows; of everything, where all is allowed.
    worst: Severity,
    allowed: bool,
}

impl<'a> Rules<'a> {
    pub(super) fn of(result: &'a CheckResult) -> Self {
        let mut rules = Self {
            list: Vec::new(),
            index: HashMap::new(),
        };
        for judged in &result.findings {
            let name: &str = &judged.finding.rule;
            let spoken = Spoken {
                name,
                category: judged.finding.category,
                worst: judged.severity,
                allowed: judged.is_allowed(),
            };
            let at = *rules.index.entry(name).or_insert(rules.list.len());
            match rules.list.get_mut(at) {
                Some(known) if known.allowed == spoken.allowed => known.worst = known.worst.max(spoken.worst),
                Some(known) if known.allowed => *known = spoken,
                Some(_) => {}
                None => rules.list.push(spoken),
            }
        }
        rules
    }

    /// The place among the descriptors; `None` for a rule that found nothing.
    pub(super) fn index(&self, rule: &str) -> Option<usize> {
        self.index.get(rule).copied()
    }

    pub(super) fn descriptors(&self) -> Vec<Rule> {
        self.list.iter().map(descriptor).collect()
    }
}

fn descriptor(spoken: &Spoken<'_>) -> Rule {
    let (short, help, default) = match RULES.get(spoken.name) {
        Some(rule) => (first_sentence(&rule.help), rule.help.as_str(), rule.severity),
        None => {
            let (short, help) = of_no_built_in_rule(spoken.category);
            (short, help, spoken.worst)
        }
    };
    Rule {
        id: spoken.name.to_owned(),
        short_description: Message::new(short),
        full_description: Message::new(help),
        help: Message {
            text: help.to_owned(),
            markdown: Some(format!(
                "{help}\n\nCategory: {}. Severity by default: {default}.",
                spoken.category.name()
            )),
        },
        default_configuration: Configuration { level: level(default) },
        properties: RuleProperties {
            tags: vec!["security", "terraform", "aws", spoken.category.name()],
            security_severity: score(spoken.worst),
        },
    }
}

/// What can be said of a rule that only a user's policy, or a later version, knows. The name itself stays out of it:
/// it is foreign text.
fn of_no_built_in_rule(category: Category) -> (&'static str, &'static str) {
    match category {
        Category::Assert => (
            "An assertion of a policy does not hold",
            "A policy of the run demands this of the live account; each result says what does not hold. Change what is \
             live, or the assertion of this name in the policy.",
        ),
        _ => (
            "A rule without a description",
            "This version of driftgate has no description of the rule; each result says what was found.",
        ),
    }
}

fn first_sentence(text: &str) -> &str {
    text.split_once(". ")
        .map_or(text, |(first, _)| first)
        .trim_end_matches('.')
}

/// In the middle of what GitHub takes for this severity: critical from 9, high from 7, medium from 4, low above 0.
fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.5",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GitHub shows 1,024 characters of a description.
    #[test]
    fn every_built_in_help_fits_and_begins_with_a_sentence() {
        for (name, rule) in RULES.iter() {
            assert!(rule.help.chars().count() <= 1024, "{name}");
            let short = first_sentence(&rule.help);
            assert!(!short.is_empty() && !short.ends_with('.'), "{name}: {short}");
        }
    }

    /// The help becomes Markdown as it is.
    #[test]
    fn no_built_in_help_holds_markup() {
        for (name, rule) in RULES.iter() {
            assert!(!rule.help.contains(['<', '*', '[', '\n', '|']), "{name}: {}", rule.help);
        }
    }
}
