//! Which statement of one document became which of the other.

use std::collections::BTreeSet;

use super::canonical::Canonical;
use super::document::Statement;
use super::operator::Operator;
use super::principal::Polarity;

/// Below this the two are taken for a statement that went and another one that came. An equal
/// Sid alone is enough; so are two that agree of principal, action and resource.
const LIKENESS_NEEDED: f64 = 6.0;

/// What likeness is judged by, gathered once per statement.
struct Profile<'a> {
    sid: Option<&'a str>,
    is_log_delivery: bool,
    says: &'a Canonical,
    /// Operators and keys of the conditions, without values.
    tests: BTreeSet<(&'a Operator, &'a str)>,
}

impl<'a> Profile<'a> {
    fn of((statement, canonical): &(&'a Statement, &'a Canonical)) -> Self {
        let conditions = canonical.conditions.iter();
        Self {
            sid: statement.sid.as_deref(),
            is_log_delivery: statement.is_log_delivery(),
            says: canonical,
            tests: conditions
                .map(|conjunct| (&conjunct.operator, conjunct.key.as_str()))
                .collect(),
        }
    }

    fn likeness(&self, other: &Self) -> f64 {
        let same_sid = self.sid.is_some() && self.sid == other.sid;
        // A statement that AWS adds replaces none of ours.
        if !same_sid && self.is_log_delivery != other.is_log_delivery {
            return 0.0;
        }
        let (left, right) = (self.says, other.says);
        let if_so = |holds: bool, weight: f64| if holds { weight } else { 0.0 };
        if_so(same_sid, LIKENESS_NEEDED)
            + if_so(left.effect == right.effect, 1.0)
            + 3.0 * clause_overlap(&left.principals, &right.principals)
            + 3.0 * clause_overlap(&left.actions, &right.actions)
            + 3.0 * clause_overlap(&left.resources, &right.resources)
            + 0.5 * overlap(&left.conditions, &right.conditions)
            + 0.5 * overlap(&self.tests, &other.tests)
    }
}

/// Pairs (left, right) of indexes by best likeness; each statement is in one pair at most.
pub(super) fn pair(left: &[(&Statement, &Canonical)], right: &[(&Statement, &Canonical)]) -> Vec<(usize, usize)> {
    let left: Vec<Profile<'_>> = left.iter().map(Profile::of).collect();
    let right: Vec<Profile<'_>> = right.iter().map(Profile::of).collect();
    let mut candidates = Vec::new();
    for (i, ours) in left.iter().enumerate() {
        for (j, theirs) in right.iter().enumerate() {
            let likeness = ours.likeness(theirs);
            if likeness >= LIKENESS_NEEDED {
                candidates.push((likeness, i, j));
            }
        }
    }
    // Of equal likeness the pair in the order of the documents comes first.
    candidates.sort_by(|a, b| {
        let distance = |pair: &(f64, usize, usize)| pair.1.abs_diff(pair.2);
        b.0.total_cmp(&a.0)
            .then_with(|| distance(a).cmp(&distance(b)))
            .then_with(|| (a.1, a.2).cmp(&(b.1, b.2)))
    });
    let mut taken = (vec![false; left.len()], vec![false; right.len()]);
    let mut pairs = Vec::new();
    for (_, i, j) in candidates {
        if !taken.0[i] && !taken.1[j] {
            taken.0[i] = true;
            taken.1[j] = true;
            pairs.push((i, j));
        }
    }
    pairs
}

/// Sets listed under one name and under its negation have nothing in common.
fn clause_overlap<T: Ord>(left: &(Polarity, BTreeSet<T>), right: &(Polarity, BTreeSet<T>)) -> f64 {
    if left.0 == right.0 {
        overlap(&left.1, &right.1)
    } else {
        0.0
    }
}

/// Shared members by all members, from 0 to 1; two empty sets are alike.
fn overlap<T: Ord>(left: &BTreeSet<T>, right: &BTreeSet<T>) -> f64 {
    let all = left.union(right).count();
    if all == 0 {
        return 1.0;
    }
    let ratio = |count: usize| u32::try_from(count).map_or(f64::MAX, f64::from);
    ratio(left.intersection(right).count()) / ratio(all)
}

#[cfg(test)]
mod tests {
    use super::super::{Document, Identities};
    use super::*;

    fn pairs(left: &str, right: &str) -> Vec<(usize, usize)> {
        let parse = |statements: &str| Document::parse(&format!(r#"{{"Statement":[{statements}]}}"#)).unwrap();
        let (left, right) = (parse(left), parse(right));
        let ids = Identities::default();
        let (ours, theirs) = (Canonical::all(&left, &ids), Canonical::all(&right, &ids));
        let ours: Vec<_> = left.statements.iter().zip(&ours).collect();
        let theirs: Vec<_> = right.statements.iter().zip(&theirs).collect();
        pair(&ours, &theirs)
    }

    fn statement(sid: &str, effect: &str, action: &str, resource: &str) -> String {
        format!(r#"{{"Sid":"{sid}","Effect":"{effect}","Principal":"*","Action":"{action}","Resource":"{resource}"}}"#)
    }

    #[test]
    fn by_sid_then_by_content_and_never_on_the_principal_alone() {
        let read = statement("", "Allow", "s3:GetObject", "a");
        let list = statement("", "Allow", "s3:ListBucket", "b");
        assert_eq!(pairs(&read, &list), []);
        assert_eq!(pairs(&read, &statement("", "Allow", "s3:GetObject", "c")), [(0, 0)]);
        let named = statement("X", "Allow", "s3:GetObject", "a");
        let same_name = statement("X", "Deny", "s3:ListBucket", "b");
        assert_eq!(pairs(&named, &same_name), [(0, 0)]);
        // The Sid wins over likeness, and the rest pairs among itself.
        let left = format!("{named},{}", statement("Y", "Deny", "s3:ListBucket", "c"));
        let right = format!("{same_name},{}", statement("Z", "Allow", "s3:GetObject", "d"));
        let mut found = pairs(&left, &right);
        found.sort_unstable();
        assert_eq!(found, [(0, 0)]);
    }

    #[test]
    fn equal_likeness_goes_by_order() {
        let of = |resources: [&str; 3]| {
            resources
                .map(|name| statement("", "Allow", "s3:GetObject", name))
                .join(",")
        };
        let mut found = pairs(&of(["a", "b", "c"]), &of(["x", "y", "z"]));
        found.sort_unstable();
        assert_eq!(found, [(0, 0), (1, 1), (2, 2)]);
    }
}
