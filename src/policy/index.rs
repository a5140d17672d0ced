//! Which rules may match at all: most conditions begin with `finding.rule == "…"`, `glob("…", finding.address)` or the
//! like, and need no evaluation where that does not hold.

use std::collections::HashMap;
use std::sync::Arc;

use super::Rule;
use super::vocabulary::WHEN;
use crate::language::{Demand, Requirement, Scope, Slot, Value};

/// The terms that tell most, best first. Any other is as good as the last. All of them are texts or null, so that a
/// `glob` over them cannot fail.
const TELLING: [&str; 8] = [
    "finding.id",
    "finding.address",
    "resource.address",
    "resource.id",
    "finding.resource_id",
    "change.path",
    "finding.rule",
    "resource.type",
];

/// The length of the pieces of texts by which patterns are found, in bytes; shorter literals are their own piece.
const PIECE: usize = 3;

/// How many whole pieces one counts as that is so much shorter.
const SHORT: [usize; PIECE] = [1, 8, 64];

/// Rules by what has to hold for them to match.
pub(super) struct Index {
    /// Rules that have to be evaluated whatever they are about.
    always: Vec<usize>,
    equal: Vec<(Slot, ByText)>,
    holding: Vec<(Slot, ByPiece)>,
}

/// The rules that demand a text, by it.
type ByText = HashMap<Arc<str>, Vec<usize>>;

/// The rules that demand a text which matches a pattern, by a piece of the pattern.
#[derive(Default)]
struct ByPiece {
    /// How long the pieces are.
    lengths: Vec<usize>,
    rules: HashMap<Box<[u8]>, Vec<usize>>,
}

impl Index {
    pub(super) fn new(rules: &[Rule]) -> Index {
        let telling: Vec<Option<Slot>> = TELLING.iter().map(|path| WHEN.slot(path)).collect();
        let (mut always, mut equal, mut patterns) = (Vec::new(), Vec::new(), Vec::new());
        for (at, rule) in rules.iter().enumerate() {
            match best(rule, &telling).map(|one| (one.slot, one.demand)) {
                Some((slot, Demand::Equal(text))) => {
                    let by_text: &mut ByText = of_slot(&mut equal, slot);
                    by_text.entry(text).or_default().push(at);
                }
                Some((slot, Demand::Holding(literals))) => {
                    let those: &mut Vec<(usize, Vec<String>)> = of_slot(&mut patterns, slot);
                    those.push((at, literals));
                }
                None => always.push(at),
            }
        }
        let holding = patterns
            .into_iter()
            .map(|(slot, patterns)| (slot, ByPiece::new(&patterns)));
        Index {
            always,
            equal,
            holding: holding.collect(),
        }
    }

    /// The rules that may match, in their order. All others are false and cannot fail.
    pub(super) fn candidates(&self, scope: &dyn Scope, into: &mut Vec<usize>) {
        into.clear();
        into.extend_from_slice(&self.always);
        for (slot, rules) in &self.equal {
            match scope.value(*slot) {
                Value::String(text) => into.extend(rules.get(&**text).into_iter().flatten()),
                // They may match, or are not known to match; either has to be said.
                Value::Unknown | Value::Sensitive(_) => into.extend(rules.values().flatten()),
                _ => {}
            }
        }
        for (slot, patterns) in &self.holding {
            match scope.value(*slot) {
                Value::String(text) => patterns.candidates(text.as_bytes(), into),
                Value::Null => {}
                _ => into.extend(patterns.rules.values().flatten()),
            }
        }
        if into.len() > self.always.len() {
            into.sort_unstable();
            into.dedup();
        }
    }
}

/// The requirement of a rule that tells most: an equality before a pattern of the same term.
fn best(rule: &Rule, telling: &[Option<Slot>]) -> Option<Requirement> {
    let rank = |one: &Requirement| {
        let place = telling.iter().position(|slot| *slot == Some(one.slot));
        (place.unwrap_or(TELLING.len()), matches!(one.demand, Demand::Holding(_)))
    };
    let cannot_fail = |one: &Requirement| match one.demand {
        Demand::Equal(_) => true,
        Demand::Holding(_) => telling.contains(&Some(one.slot)),
    };
    let tells = |one: &Requirement| match &one.demand {
        Demand::Equal(_) => true,
        Demand::Holding(literals) => !literals.is_empty(),
    };
    let all = rule.when.requirements().into_iter().take_while(cannot_fail);
    all.filter(tells).min_by_key(rank)
}

/// What is kept of a slot.
fn of_slot<T: Default>(all: &mut Vec<(Slot, T)>, slot: Slot) -> &mut T {
    let at = all.iter().position(|(known, _)| *known == slot).unwrap_or_else(|| {
        all.push((slot, T::default()));
        all.len() - 1
    });
    &mut all[at].1
}

impl ByPiece {
    /// Each rule by that of its pieces which the fewest others have, and of those the last: patterns end in what is
    /// particular. A short piece counts as several, since more texts hold it.
    fn new(patterns: &[(usize, Vec<String>)]) -> ByPiece {
        let mut counts: HashMap<&[u8], usize> = HashMap::new();
        for piece in patterns.iter().flat_map(|(_, literals)| pieces(literals)) {
            *counts.entry(piece).or_default() += 1;
        }
        let mut index = ByPiece::default();
        for (rule, literals) in patterns {
            let rarity = |piece: &&[u8]| counts.get(piece).map(|count| count * SHORT[PIECE - piece.len()]);
            // Patterns without a literal are not found by one.
            let Some(piece) = pieces(literals).rev().min_by_key(rarity) else {
                continue;
            };
            if !index.lengths.contains(&piece.len()) {
                index.lengths.push(piece.len());
            }
            index.rules.entry(piece.into()).or_default().push(*rule);
        }
        index
    }

    fn candidates(&self, text: &[u8], into: &mut Vec<usize>) {
        for length in &self.lengths {
            for piece in text.windows(*length) {
                into.extend(self.rules.get(piece).into_iter().flatten());
            }
        }
    }
}

fn pieces(literals: &[String]) -> impl DoubleEndedIterator<Item = &[u8]> {
    literals
        .iter()
        .flat_map(|literal| literal.as_bytes().windows(literal.len().clamp(1, PIECE)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::language::{Source, Values};
    use crate::policy::{Policy, PolicyReader};

    fn policy(conditions: &[String]) -> Policy {
        let mut reader = PolicyReader::new();
        for (at, condition) in conditions.iter().enumerate() {
            let text = format!("rule \"r{at}\" {{\n  when = {condition}\n  action = \"warn\"\n}}\n");
            reader.source(&Source::new("x.hcl", text));
        }
        reader.finish().unwrap_or_else(|problems| panic!("{problems}"))
    }

    /// The rules that are to be evaluated, where `address` is the finding's.
    fn candidates(policy: &Policy, address: Value) -> Vec<usize> {
        let mut values = Values::new(&WHEN);
        values.set(WHEN.slot("finding.address").unwrap(), address);
        let mut found = Vec::new();
        Index::new(&policy.rules).candidates(&values, &mut found);
        found
    }

    #[test]
    fn rules_are_found_by_a_piece_of_their_pattern() {
        let globs = ["*", "aws_*.site-17*", "*.site-18[*]", "*a*b*", "?"];
        let conditions = globs.map(|glob| format!("glob(\"{glob}\", finding.address)"));
        let policy = policy(&conditions);
        let of = |address: &str| candidates(&policy, Value::from(address));
        assert_eq!(of("aws_s3_bucket.site-17"), [0, 1, 3, 4]);
        assert_eq!(of("aws_s3_bucket.site-18[0]"), [0, 2, 3, 4]);
        assert_eq!(of(""), [0, 4]);
        assert_eq!(candidates(&policy, Value::Null), [0, 4]);
        assert_eq!(candidates(&policy, Value::Unknown), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn what_may_fail_is_not_passed_over() {
        let behind_a_list = "glob(\"x\", hosts) && finding.address == \"a\"".to_owned();
        let behind_a_text = "glob(\"x\", finding.address) && finding.address == \"a\"".to_owned();
        let policy = policy(&[behind_a_list, behind_a_text]);
        assert_eq!(candidates(&policy, Value::from("b")), [0]);
    }

    proptest! {
        #[test]
        fn nothing_that_matches_is_passed_over(
            globs in prop::collection::vec("[ab?*é]{1,8}", 1..6),
            address in "[abé]{0,10}",
        ) {
            let conditions: Vec<String> =
                globs.iter().map(|glob| format!("glob(\"{glob}\", finding.address)")).collect();
            let found = candidates(&policy(&conditions), Value::from(address.as_str()));
            prop_assert!(found.is_sorted_by(|a, b| a < b), "{:?}", found);
            for (at, glob) in globs.iter().enumerate() {
                if crate::language::glob(glob, &address) {
                    prop_assert!(found.contains(&at), "{glob} on {address}: {found:?}");
                }
            }
        }
    }
}
