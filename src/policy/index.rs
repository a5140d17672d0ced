//! Which rules may match at all: most conditions begin with `finding.rule == "…"` or the like, and need no evaluation
//! where that does not hold.

use std::collections::HashMap;
use std::sync::Arc;

use super::Rule;
use super::vocabulary::WHEN;
use crate::language::{Equality, Scope, Slot, Value};

/// The terms that tell most, best first. Any other is as good as the last.
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

/// The rules that demand a text, by it.
type ByText = HashMap<Arc<str>, Vec<usize>>;

/// Rules by what has to be equal for them to match.
pub(super) struct Index {
    /// Rules that have to be evaluated whatever they are about.
    always: Vec<usize>,
    keyed: Vec<(Slot, ByText)>,
}

impl Index {
    pub(super) fn new(rules: &[Rule]) -> Index {
        let ranks: Vec<Option<Slot>> = TELLING.iter().map(|path| WHEN.slot(path)).collect();
        let rank = |equality: &Equality| ranks.iter().position(|slot| *slot == Some(equality.slot));
        let mut index = Index {
            always: Vec::new(),
            keyed: Vec::new(),
        };
        for (at, rule) in rules.iter().enumerate() {
            let equalities = rule.when.required_equalities().into_iter();
            match equalities.min_by_key(|equality| rank(equality).unwrap_or(TELLING.len())) {
                Some(equality) => index.insert(equality, at),
                None => index.always.push(at),
            }
        }
        index
    }

    fn insert(&mut self, equality: Equality, rule: usize) {
        let at = self.keyed.iter().position(|(slot, _)| *slot == equality.slot);
        let at = at.unwrap_or_else(|| {
            self.keyed.push((equality.slot, HashMap::new()));
            self.keyed.len() - 1
        });
        self.keyed[at].1.entry(equality.text).or_default().push(rule);
    }

    /// The rules that may match, in their order. All others are false and cannot fail.
    pub(super) fn candidates(&self, scope: &dyn Scope, into: &mut Vec<usize>) {
        into.clear();
        into.extend_from_slice(&self.always);
        for (slot, rules) in &self.keyed {
            match scope.value(*slot) {
                Value::String(text) => into.extend(rules.get(&**text).into_iter().flatten()),
                // They may match, or are not known to match; either has to be said.
                Value::Unknown | Value::Sensitive(_) => into.extend(rules.values().flatten()),
                _ => {}
            }
        }
        if into.len() > self.always.len() {
            into.sort_unstable();
        }
    }
}
