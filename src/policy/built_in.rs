//! The rules that driftgate itself knows: the files under `policies/`, compiled in. A test demands exactly one entry per
//! rule that the code can emit.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use hcl::edit::structure::Block;

use crate::finding::Severity;
use crate::language::{Diagnostic, Source};
use crate::place::Place;

/// One policy file: its name and its text.
const BUILT_IN: &[(&str, &str)] = &[
    (
        "policies/configuration.hcl",
        include_str!("../../policies/configuration.hcl"),
    ),
    ("policies/deploy.hcl", include_str!("../../policies/deploy.hcl")),
    ("policies/drift.hcl", include_str!("../../policies/drift.hcl")),
    ("policies/policy.hcl", include_str!("../../policies/policy.hcl")),
    ("policies/serving.hcl", include_str!("../../policies/serving.hcl")),
];

/// A built-in rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BuiltIn {
    pub severity: Severity,
    /// What the rule means and what to do about it.
    pub help: String,
    /// Where it is written: `policies/drift.hcl:4`.
    pub place: Place,
}

/// The built-in rules by name.
pub static RULES: LazyLock<BTreeMap<String, BuiltIn>> = LazyLock::new(|| {
    let mut rules = BTreeMap::new();
    for (file, text) in BUILT_IN {
        match parse(&Source::new(*file, *text)) {
            Ok(more) => rules.extend(more),
            // A unit test parses every built-in file, so a release cannot hold one that fails.
            Err(error) => unreachable!("a built-in policy file is broken: {error}"),
        }
    }
    rules
});

/// The rules of one file, each a `rule "name" { severity = "…" help = "…" }`.
fn parse(source: &Source) -> Result<BTreeMap<String, BuiltIn>, Diagnostic> {
    use hcl::edit::Span as _;
    let mut rules = BTreeMap::new();
    for structure in &source.parse()? {
        let span = structure.span().unwrap_or_default();
        let complaint = |what: &str| source.diagnostic(span.clone(), what);
        let block = structure
            .as_block()
            .ok_or_else(|| complaint("only rule blocks are known here"))?;
        let [label] = block.labels.as_slice() else {
            return Err(complaint("a rule has one label, its name"));
        };
        let severity = text(block, "severity").ok_or_else(|| complaint("a rule needs a text `severity`"))?;
        let rule = BuiltIn {
            severity: Severity::parse(severity).ok_or_else(|| complaint("this severity is none"))?,
            help: text(block, "help")
                .ok_or_else(|| complaint("a rule needs a text `help`"))?
                .to_owned(),
            place: source.place(span.start),
        };
        if rules.insert(label.as_str().to_owned(), rule).is_some() {
            return Err(complaint("a second rule of this name"));
        }
    }
    Ok(rules)
}

fn text<'a>(block: &'a Block, attribute: &str) -> Option<&'a str> {
    block.body.get_attribute(attribute)?.value.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_file_parses_and_no_rule_stands_twice() {
        let mut seen = BTreeMap::new();
        for (file, text) in BUILT_IN {
            for name in parse(&Source::new(*file, *text)).unwrap().into_keys() {
                assert_eq!(seen.insert(name.clone(), *file), None, "{name} stands twice");
            }
        }
    }

    #[test]
    fn every_rule_has_an_entry_and_every_entry_a_rule() {
        let mut rules: Vec<&str> = crate::rules::ALL.to_vec();
        rules.sort_unstable();
        assert_eq!(RULES.keys().map(String::as_str).collect::<Vec<_>>(), rules);
    }

    #[test]
    fn every_policy_file_is_compiled_in() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
        let mut present: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| format!("policies/{}", entry.unwrap().file_name().to_string_lossy()))
            // These are read with a user's policy.
            .filter(|file| file != "policies/asserts.hcl")
            .collect();
        present.sort();
        let mut built_in: Vec<String> = BUILT_IN.iter().map(|(file, _)| (*file).to_owned()).collect();
        built_in.sort();
        assert_eq!(present, built_in);
    }
}
