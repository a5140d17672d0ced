//! Are two documents equal in meaning? Part A1 of the semantics reference.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::atoms::{Grantee, Grants, grants};
use super::canonical::Canonical;
use super::difference::{self, Difference, LOG_DELIVERY_NOTE};
use super::document::Document;
use super::principal::{Identities, PrincipalId};

/// How far two documents agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Nothing differs but spelling.
    Same,
    /// Only Sid, Id, or a Version that changes nothing differs.
    Cosmetic,
    /// The text was edited (statements split, merged, made redundant), its effect was not.
    SameMeaning,
    /// The only difference is a principal whose identity could not be resolved, or a condition
    /// key written twice. Never to be taken for [`Class::Same`].
    CannotTell,
    /// Anything else.
    Different,
}

/// The answer of [`compare`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// How far the documents agree.
    pub class: Class,
    /// What differs, statement by statement; empty if and only if the class is Same.
    pub differences: Vec<Difference>,
}

impl Comparison {
    /// Whether all that differs are statements that AWS added for vended log delivery.
    pub fn is_only_log_delivery(&self) -> bool {
        let added = |difference: &Difference| difference.note.as_deref() == Some(LOG_DELIVERY_NOTE);
        !self.differences.is_empty() && self.differences.iter().all(added)
    }
}

/// Compares the declared with the live document.
///
/// The class does not depend on which side is which. Documents beyond 2,000 (principal, action,
/// resource) combinations are not taken apart: an edit without effect then counts as Different.
pub fn compare(expected: &Document, live: &Document, ids: &Identities) -> Comparison {
    if expected.source == live.source {
        return Comparison {
            class: Class::Same,
            differences: Vec::new(),
        };
    }
    let left = Canonical::all(expected, ids);
    let right = Canonical::all(live, ids);
    let class = classify(expected, live, &left, &right, ids);
    let differences = match class {
        Class::Same => Vec::new(),
        Class::Cosmetic => difference::cosmetic((expected, &left), (live, &right)),
        _ => difference::between((expected, &left), (live, &right), ids),
    };
    Comparison { class, differences }
}

fn classify(expected: &Document, live: &Document, left: &[Canonical], right: &[Canonical], ids: &Identities) -> Class {
    if languages_differ(expected, live) || expected.unknown != live.unknown {
        return Class::Different;
    }
    if left.iter().collect::<BTreeSet<_>>() == right.iter().collect() {
        let same =
            sids(expected, left) == sids(live, right) && expected.id == live.id && expected.language == live.language;
        return if same { Class::Same } else { Class::Cosmetic };
    }
    // With the same variables on both sides, or none, either language takes atoms apart alike.
    let language = expected.language.max(live.language);
    if let (Some(left), Some(right)) = (grants(left, language), grants(right, language)) {
        if left == right {
            return Class::SameMeaning;
        }
        if agree_but_for_unresolved(&left, &right) {
            return Class::CannotTell;
        }
    }
    let masked_left = Canonical::all_masked(expected, ids);
    let masked_right = Canonical::all_masked(live, ids);
    if masked_left.is_some() || masked_right.is_some() {
        let left = masked_left.unwrap_or_else(|| left.to_vec());
        let right = masked_right.unwrap_or_else(|| right.to_vec());
        if let (Some(left), Some(right)) = (grants(&left, language), grants(&right, language))
            && agree_but_for_unresolved(&left, &right)
        {
            return Class::CannotTell;
        }
    }
    Class::Different
}

/// Whether the two read `${…}` differently, and there is one to read.
pub(super) fn languages_differ(expected: &Document, live: &Document) -> bool {
    expected.language != live.language && (expected.has_variables() || live.has_variables())
}

/// Which statement goes by which Sid; statements repeated under one Sid count once.
fn sids<'a>(document: &'a Document, canonical: &'a [Canonical]) -> BTreeSet<(&'a Canonical, Option<&'a str>)> {
    let sids = document.statements.iter().map(|statement| statement.sid.as_deref());
    canonical.iter().zip(sids).collect()
}

/// Whether the grants are equal once every grantee that only one side has is paired with one of
/// the other side that it may turn out to be.
fn agree_but_for_unresolved(left: &BTreeMap<Grantee, Grants<'_>>, right: &BTreeMap<Grantee, Grants<'_>>) -> bool {
    let mut left_only = Vec::new();
    for (grantee, grants) in left {
        if right.get(grantee) != Some(grants) {
            left_only.push((grantee, grants));
        }
    }
    let mut right_only = Vec::new();
    for (grantee, grants) in right {
        if left.get(grantee) != Some(grants) {
            right_only.push((grantee, grants));
        }
    }
    perfect_matching(&left_only, &right_only, |(ours, our_grants), (theirs, their_grants)| {
        our_grants == their_grants && may_be(ours, theirs)
    })
}

fn may_be(left: &Grantee, right: &Grantee) -> bool {
    match (left, right) {
        (Grantee::One(left), Grantee::One(right)) => left.may_be(right),
        (Grantee::AllBut(left), Grantee::AllBut(right)) => {
            let left_only: Vec<_> = left.difference(right).collect();
            let right_only: Vec<_> = right.difference(left).collect();
            perfect_matching(&left_only, &right_only, |left, right| PrincipalId::may_be(left, right))
        }
        _ => false,
    }
}

/// Whether all of both sides can be paired off (augmenting paths).
fn perfect_matching<T>(left: &[T], right: &[T], fits: impl Fn(&T, &T) -> bool) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let fitting: Vec<Vec<usize>> = left
        .iter()
        .map(|ours| (0..right.len()).filter(|at| fits(ours, &right[*at])).collect())
        .collect();
    let mut partner_of: Vec<Option<usize>> = vec![None; right.len()];
    (0..left.len()).all(|start| {
        let mut tried = vec![false; right.len()];
        augment(start, &fitting, &mut partner_of, &mut tried)
    })
}

fn augment(from: usize, fitting: &[Vec<usize>], partner_of: &mut [Option<usize>], tried: &mut [bool]) -> bool {
    for &at in &fitting[from] {
        if std::mem::replace(&mut tried[at], true) {
            continue;
        }
        let free = match partner_of[at] {
            None => true,
            Some(other) => augment(other, fitting, partner_of, tried),
        };
        if free {
            partner_of[at] = Some(from);
            return true;
        }
    }
    false
}
