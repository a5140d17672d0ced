//! Two sides of one thing, whichever they are: a state and live, or an earlier snapshot and live.

use serde_json::{Map, Value};

use crate::canon::{Difference, Meaning, NamePath, canonical, diff, withhold};
use crate::estate::Estate;
use crate::expected::Instance;
use crate::finding::{Change, Unchecked};
use crate::inventory::Failure;
use crate::kinds::{Kind, UnknownPart};

/// All meanings, worst first: the order of a thing's findings.
const MEANINGS: [Meaning; 4] = [
    Meaning::Different,
    Meaning::Unresolved,
    Meaning::Reworded,
    Meaning::Cosmetic,
];

/// A thing whose sides are compared.
#[derive(Clone, Copy)]
pub(crate) struct Thing<'a> {
    pub(crate) kind: &'a dyn Kind,
    pub(crate) instance: &'a Instance,
    pub(crate) estate: &'a Estate<'a>,
}

impl Thing<'_> {
    /// What differs, secrets withheld, by the rule that `rule_of` gives each meaning. Rules under which nothing differs
    /// are left out.
    pub(crate) fn changes(
        &self,
        mut expected: Map<String, Value>,
        mut live: Map<String, Value>,
        rule_of: fn(Meaning) -> &'static str,
    ) -> Vec<(&'static str, Vec<Change>)> {
        let Thing { kind, instance, estate } = self;
        kind.reconcile(&mut expected, &mut live);
        let shape = kind.shape();
        let mut differences = diff(
            &canonical(&shape, &expected),
            &canonical(&shape, &live),
            estate.identities(),
        );
        kind.refine(instance, &mut differences);
        let secrets = secrets(*kind, instance);
        let mut rules = MEANINGS.map(rule_of).to_vec();
        rules.dedup();
        let under = |rule: &'static str| {
            let differences = differences.iter().filter(|one| rule_of(one.meaning) == rule);
            (rule, differences.map(|one| change(one, &secrets)).collect::<Vec<_>>())
        };
        let all = rules.into_iter().map(under);
        all.filter(|(_, changes)| !changes.is_empty()).collect()
    }
}

/// The paths whose values are withheld: by the kind, and by what the state marks.
pub(crate) fn secrets(kind: &dyn Kind, instance: &Instance) -> Vec<NamePath> {
    let recorded = instance
        .sensitive
        .iter()
        .map(|path| path.names().map(str::to_owned).collect());
    kind.secrets().into_iter().chain(recorded).collect()
}

/// An attribute of the thing at an address that could not be read.
pub(crate) fn unread(address: &str, (attribute, failure): &UnknownPart) -> Unchecked {
    let detail = format!("`{attribute}` could not be read: {}", failure.detail);
    let failure = Failure {
        detail,
        ..failure.clone()
    };
    Unchecked::new(address, &failure)
}

/// A difference with its secrets withheld.
fn change(difference: &Difference, secrets: &[NamePath]) -> Change {
    let (mut expected, mut live) = (difference.expected.clone(), difference.live.clone());
    let withheld = withhold(&difference.names, secrets, &mut expected);
    withhold(&difference.names, secrets, &mut live);
    Change {
        path: difference.path.clone(),
        expected,
        live,
        sensitive: withheld,
        note: difference.note.clone(),
        at_least: None,
    }
}
