//! A document taken apart into what it grants and refuses to each principal, so that split,
//! merged and redundant statements compare equal.

use std::collections::{BTreeMap, BTreeSet};

use super::canonical::{Canonical, CanonicalClause};
use super::condition::CanonicalConjunct;
use super::document::Effect;
use super::pattern::{Language, Pattern};
use super::principal::{Polarity, PrincipalId};

/// Above this a document is not taken apart: pairs of atoms are compared, and a policy of 20 KB
/// (the limit of S3) can be written so that it has millions.
const MAX_ATOMS: usize = 2_000;

/// To whom a statement applies. Sets under NotPrincipal stay whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grantee {
    One(PrincipalId),
    AllBut(BTreeSet<PrincipalId>),
    /// No Principal, or an empty one: never equal to a statement that is not there.
    Nobody(Polarity),
}

/// One action or one resource; sets under NotAction and NotResource stay whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part<'a> {
    One(&'a str),
    AllBut(&'a BTreeSet<String>),
    Nothing(Polarity),
}

/// Where an atom stands beside the action and the resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Frame<'a> {
    effect: Effect,
    conditions: &'a BTreeSet<CanonicalConjunct>,
    unknown: &'a BTreeMap<String, String>,
}

type Atom<'a> = (Part<'a>, Part<'a>);

/// What one grantee may and may not do.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Grants<'a>(BTreeMap<Frame<'a>, BTreeSet<Atom<'a>>>);

/// Every grantee with its atoms, those inside a wider one dropped. None if there are too many.
pub(super) fn grants<'a>(statements: &'a [Canonical], language: Language) -> Option<BTreeMap<Grantee, Grants<'a>>> {
    let mut all: BTreeMap<Grantee, Grants<'a>> = BTreeMap::new();
    let mut count: usize = 0;
    for statement in statements {
        let frame = Frame {
            effect: statement.effect,
            conditions: &statement.conditions,
            unknown: &statement.unknown,
        };
        let actions = parts(&statement.actions);
        let resources = parts(&statement.resources);
        let grantees = grantees(statement);
        count = count.saturating_add(grantees.len() * actions.len() * resources.len());
        if count > MAX_ATOMS {
            return None;
        }
        for grantee in grantees {
            let Grants(frames) = all.entry(grantee).or_default();
            let atoms = frames.entry(frame).or_default();
            for action in &actions {
                atoms.extend(resources.iter().map(|part| (action.clone(), part.clone())));
            }
        }
    }
    for Grants(frames) in all.values_mut() {
        for atoms in frames.values_mut() {
            drop_contained(atoms, language);
        }
    }
    Some(all)
}

fn grantees(statement: &Canonical) -> Vec<Grantee> {
    let (polarity, members) = &statement.principals;
    match polarity {
        Polarity::AllBut => vec![Grantee::AllBut(members.clone())],
        Polarity::Listed if !members.is_empty() => members.iter().cloned().map(Grantee::One).collect(),
        _ => vec![Grantee::Nobody(*polarity)],
    }
}

fn parts((polarity, members): &CanonicalClause) -> Vec<Part<'_>> {
    match polarity {
        Polarity::AllBut => vec![Part::AllBut(members)],
        Polarity::Listed if !members.is_empty() => members.iter().map(|member| Part::One(member)).collect(),
        _ => vec![Part::Nothing(*polarity)],
    }
}

fn drop_contained(atoms: &mut BTreeSet<Atom<'_>>, language: Language) {
    if atoms.len() < 2 {
        return;
    }
    let pattern = |part: &Part<'_>, language| match part {
        Part::One(text) => Some(Pattern::glob(text, language)),
        _ => None,
    };
    let list: Vec<_> = atoms
        .iter()
        .map(|atom| {
            let action = pattern(&atom.0, Language::Y2008);
            (atom, action, pattern(&atom.1, language))
        })
        .collect();
    let is_wide = |pattern: &Option<Pattern>| pattern.as_ref().is_some_and(Pattern::is_open);
    // Only a pattern with a wildcard contains anything but itself.
    let wide: Vec<_> = list
        .iter()
        .filter(|(_, action, resource)| is_wide(action) || is_wide(resource))
        .collect();
    let within = |inner: &(&Atom<'_>, Option<Pattern>, Option<Pattern>),
                  outer: &(&Atom<'_>, Option<Pattern>, Option<Pattern>)| {
        let holds = |inner: (&Part<'_>, &Option<Pattern>), outer: (&Part<'_>, &Option<Pattern>)| {
            inner.0 == outer.0 || matches!((inner.1, outer.1), (Some(inner), Some(outer)) if outer.contains(inner))
        };
        holds((&inner.0.0, &inner.1), (&outer.0.0, &outer.1)) && holds((&inner.0.1, &inner.2), (&outer.0.1, &outer.2))
    };
    let kept = list
        .iter()
        .filter(|atom| {
            !wide.iter().any(|other| {
                // Of two that contain each other the first one stays.
                other.0 != atom.0 && within(atom, other) && (other.0 < atom.0 || !within(other, atom))
            })
        })
        .map(|(atom, _, _)| (*atom).clone())
        .collect();
    *atoms = kept;
}
