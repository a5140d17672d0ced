//! The smallest statement-level difference of two documents, for people.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Map, Value};

use super::canonical::Canonical;
use super::condition::Conjunct;
use super::document::{Clause, Document, Statement};
use super::equality::languages_differ;
use super::pairing;
use super::pattern::Language;
use super::principal::{Identities, Member, Polarity, PrincipalId, Principals};

/// The note on a statement that AWS added when vended log delivery was turned on. The next
/// Terraform apply would remove it.
pub const LOG_DELIVERY_NOTE: &str = "added by AWS log delivery";

/// One thing that differs. Of lists only the members that came or went are named.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    /// Where, as `Statement[AllowCloudFront].Condition.StringEquals.aws:SourceArn`. A statement
    /// without Sid goes by its index in the document that has it, the declared one first.
    pub path: String,
    /// What the declared document has there; null if nothing.
    pub expected: Value,
    /// What the live document has there; null if nothing.
    pub live: Value,
    /// What to know about it, if anything.
    pub note: Option<String>,
}

/// Differences of two documents whose statements say the same.
pub(super) fn cosmetic(expected: (&Document, &Vec<Canonical>), live: (&Document, &Vec<Canonical>)) -> Vec<Difference> {
    let mut differences = Vec::new();
    if expected.0.language != live.0.language {
        differences.push(version(expected.0, live.0));
    }
    if expected.0.id != live.0.id {
        let id = |document: &Document| document.id.clone().map_or(Value::Null, Value::String);
        differences.push(Difference {
            path: "Id".to_owned(),
            expected: id(expected.0),
            live: id(live.0),
            note: None,
        });
    }
    let ours = by_meaning(expected.0, expected.1);
    let theirs = by_meaning(live.0, live.1);
    let mut renamed = Vec::new();
    for (canonical, statements) in &ours {
        let sids = |statements: Option<&Vec<&Statement>>| -> BTreeSet<Option<String>> {
            let statements = statements.into_iter().flatten();
            statements.map(|statement| statement.sid.clone()).collect()
        };
        let (left, right) = (sids(Some(statements)), sids(theirs.get(canonical)));
        let only = |these: &BTreeSet<Option<String>>, others: &BTreeSet<Option<String>>| {
            let only = these.difference(others).flatten();
            list(only.cloned())
        };
        if left != right
            && let Some(first) = statements.first()
        {
            let difference = Difference {
                path: format!("{}.Sid", first.label()),
                expected: only(&left, &right),
                live: only(&right, &left),
                note: None,
            };
            renamed.push((first.index, difference));
        }
    }
    renamed.sort_by_key(|(index, _)| *index);
    differences.extend(renamed.into_iter().map(|(_, difference)| difference));
    differences
}

fn by_meaning<'a>(document: &'a Document, canonical: &'a [Canonical]) -> BTreeMap<&'a Canonical, Vec<&'a Statement>> {
    let mut statements: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (canonical, statement) in canonical.iter().zip(&document.statements) {
        statements.entry(canonical).or_default().push(statement);
    }
    statements
}

/// Differences of two documents whose statements do not say the same.
pub(super) fn between(
    expected: (&Document, &Vec<Canonical>),
    live: (&Document, &Vec<Canonical>),
    ids: &Identities,
) -> Vec<Difference> {
    let mut differences = Vec::new();
    if languages_differ(expected.0, live.0) && !expected.0.is_empty() && !live.0.is_empty() {
        differences.push(version(expected.0, live.0));
    }
    unknown_members("", &expected.0.unknown, &live.0.unknown, &mut differences);
    let (ours, theirs) = (unmatched(expected, live.1), unmatched(live, expected.1));
    let pairs = pairing::pair(&ours, &theirs);
    for (at, (statement, _)) in ours.iter().enumerate() {
        match pairs.iter().find(|pair| pair.0 == at) {
            Some((_, partner)) => {
                inside(statement, theirs[*partner].0, ids, &mut differences);
            }
            None => differences.push(Difference {
                path: statement.label(),
                expected: statement.source.clone(),
                live: Value::Null,
                note: identity_note(&statement.principals.members, ids),
            }),
        }
    }
    for (at, (statement, _)) in theirs.iter().enumerate() {
        if pairs.iter().all(|pair| pair.1 != at) {
            let note = match statement.is_log_delivery() {
                true => Some(LOG_DELIVERY_NOTE.to_owned()),
                false => identity_note(&statement.principals.members, ids),
            };
            differences.push(Difference {
                path: statement.label(),
                expected: Value::Null,
                live: statement.source.clone(),
                note,
            });
        }
    }
    differences
}

/// The statements whose meaning the other side does not have, each meaning once.
fn unmatched<'a>(
    (document, canonical): (&'a Document, &'a Vec<Canonical>),
    other: &[Canonical],
) -> Vec<(&'a Statement, &'a Canonical)> {
    let mut seen: BTreeSet<&Canonical> = other.iter().collect();
    let mut result = Vec::new();
    for (statement, canonical) in document.statements.iter().zip(canonical) {
        if seen.insert(canonical) {
            result.push((statement, canonical));
        }
    }
    result
}

fn version(expected: &Document, live: &Document) -> Difference {
    let written = |document: &Document| {
        let language = match document.language {
            Language::Y2008 => "2008-10-17",
            Language::Y2012 => "2012-10-17",
        };
        Value::String(language.to_owned())
    };
    let note = languages_differ(expected, live)
        .then(|| "version 2008-10-17 reads ${…} as plain text, 2012-10-17 as a variable".to_owned());
    Difference {
        path: "Version".to_owned(),
        expected: written(expected),
        live: written(live),
        note,
    }
}

/// What differs inside two statements that are taken for one.
fn inside(ours: &Statement, theirs: &Statement, ids: &Identities, out: &mut Vec<Difference>) {
    let label = ours.label();
    if ours.effect != theirs.effect {
        out.push(Difference {
            path: format!("{label}.Effect"),
            expected: Value::String(format!("{:?}", ours.effect)),
            live: Value::String(format!("{:?}", theirs.effect)),
            note: None,
        });
    }
    principals(&label, &ours.principals, &theirs.principals, ids, out);
    clauses(&label, "Action", &ours.actions, &theirs.actions, out);
    clauses(&label, "Resource", &ours.resources, &theirs.resources, out);
    conditions(&label, &ours.conditions, &theirs.conditions, out);
    unknown_members(&format!("{label}."), &ours.unknown, &theirs.unknown, out);
}

fn principals(label: &str, ours: &Principals, theirs: &Principals, ids: &Identities, out: &mut Vec<Difference>) {
    let (our_ids, their_ids) = (ours.canonical(ids), theirs.canonical(ids));
    if our_ids == their_ids {
        return;
    }
    let note = |members: &[&Member], common| {
        let members: Vec<Member> = members.iter().map(|member| (*member).clone()).collect();
        join([identity_note(&members, ids), common])
    };
    if ours.polarity != theirs.polarity || ours.members.is_empty() || theirs.members.is_empty() {
        for polarity in [Polarity::Listed, Polarity::AllBut] {
            let side = |principals: &Principals| match principals.polarity == polarity {
                true => whole(&principals.members.iter().collect::<Vec<_>>()),
                false => Value::Null,
            };
            out.extend(changed(
                format!("{label}.{}", named("Principal", polarity)),
                side(ours),
                side(theirs),
            ));
        }
        return;
    }
    let only = |these: &'_ Principals, others: &BTreeSet<PrincipalId>| -> Vec<Member> {
        let mut seen = others.clone();
        let mut members = these.members.clone();
        members.retain(|member| seen.insert(ids.resolve(&member.id)));
        members
    };
    let (went, came) = (only(ours, &their_ids.1), only(theirs, &our_ids.1));
    let both: Vec<&Member> = went.iter().chain(&came).collect();
    let path = format!("{label}.{}", named("Principal", ours.polarity));
    let kind = both.first().map_or("", |member| member.kind.as_str());
    let common = in_common(our_ids.1.intersection(&their_ids.1).count());
    let one_kind = !kind.is_empty() && both.iter().all(|member| member.kind == kind);
    let side = |members: &[Member]| match one_kind {
        true => list(members.iter().map(|member| member.written.clone())),
        false => whole(&members.iter().collect::<Vec<_>>()),
    };
    out.push(Difference {
        path: if one_kind { format!("{path}.{kind}") } else { path },
        expected: side(&went),
        live: side(&came),
        note: note(&both, common),
    });
}

/// A Principal block of these members; null for none.
fn whole(members: &[&Member]) -> Value {
    if let Some(text) = members.iter().find(|member| member.kind.is_empty()) {
        return Value::String(text.written.clone());
    }
    let mut kinds: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for member in members {
        kinds.entry(&member.kind).or_default().push(member.written.clone());
    }
    if kinds.is_empty() {
        return Value::Null;
    }
    let kinds = kinds
        .into_iter()
        .map(|(kind, members)| (kind.to_owned(), list(members)));
    Value::Object(kinds.collect::<Map<_, _>>())
}

fn clauses(label: &str, name: &str, ours: &Clause, theirs: &Clause, out: &mut Vec<Difference>) {
    let only = |these: &Clause, others: &Clause| {
        let members = these.members.iter();
        let only = members.filter(|(canonical, _)| !others.members.contains_key(*canonical));
        list(only.map(|(_, written)| written.clone()))
    };
    if ours.polarity == theirs.polarity {
        let keys = ours.members.keys();
        let common = keys.filter(|member| theirs.members.contains_key(*member)).count();
        let path = format!("{label}.{}", named(name, ours.polarity));
        let difference = changed(path, only(ours, theirs), only(theirs, ours));
        out.extend(difference.map(|difference| Difference {
            note: in_common(common),
            ..difference
        }));
        return;
    }
    for polarity in [Polarity::Listed, Polarity::AllBut] {
        let side = |clause: &Clause| match clause.polarity == polarity {
            true => Value::Array(clause.members.values().cloned().map(Value::String).collect()),
            false => Value::Null,
        };
        let path = format!("{label}.{}", named(name, polarity));
        out.extend(changed(path, side(ours), side(theirs)));
    }
}

fn conditions(label: &str, ours: &[Conjunct], theirs: &[Conjunct], out: &mut Vec<Difference>) {
    let left_only: Vec<&Conjunct> = lacking(ours, theirs);
    let mut right_only: Vec<&Conjunct> = lacking(theirs, ours);
    for conjunct in left_only {
        let same_test = |other: &&Conjunct| {
            other.operator == conjunct.operator && other.canonical().key == conjunct.canonical().key
        };
        let partner = right_only.iter().position(same_test);
        let partner = partner.map(|at| right_only.remove(at));
        out.push(condition(label, conjunct, Some(conjunct), partner));
    }
    for conjunct in right_only {
        out.push(condition(label, conjunct, None, Some(conjunct)));
    }
}

fn lacking<'a>(these: &'a [Conjunct], others: &[Conjunct]) -> Vec<&'a Conjunct> {
    let others: BTreeSet<_> = others.iter().map(Conjunct::canonical).collect();
    let lacks = |conjunct: &&Conjunct| !others.contains(&conjunct.canonical());
    these.iter().filter(lacks).collect()
}

fn condition(label: &str, named: &Conjunct, ours: Option<&Conjunct>, theirs: Option<&Conjunct>) -> Difference {
    let values = |these: Option<&Conjunct>, others: Option<&Conjunct>| {
        let values = these.into_iter().flat_map(|conjunct| &conjunct.values);
        let shared = |value: &str| others.is_some_and(|other| other.values.contains_key(value));
        let only = values.filter(|(value, _)| !shared(value));
        match these {
            // A test without values is there all the same.
            Some(these) if these.values.is_empty() => Value::Array(Vec::new()),
            _ => list(only.map(|(_, written)| written.clone())),
        }
    };
    let common = match (ours, theirs) {
        (Some(ours), Some(theirs)) => {
            let keys = ours.values.keys();
            keys.filter(|value| theirs.values.contains_key(*value)).count()
        }
        _ => 0,
    };
    Difference {
        path: format!("{label}.Condition.{}.{}", named.operator_written, named.key_written),
        expected: values(ours, theirs),
        live: values(theirs, ours),
        note: in_common(common),
    }
}

fn unknown_members(
    prefix: &str,
    ours: &BTreeMap<String, Value>,
    theirs: &BTreeMap<String, Value>,
    out: &mut Vec<Difference>,
) {
    let names: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    for name in names {
        let side = |members: &BTreeMap<String, Value>| members.get(name).cloned();
        let (left, right) = (side(ours), side(theirs));
        if left != right {
            out.push(Difference {
                path: format!("{prefix}{name}"),
                expected: left.unwrap_or_default(),
                live: right.unwrap_or_default(),
                note: Some("no member that the policy grammar knows".to_owned()),
            });
        }
    }
}

/// What to say about identities that are only an id: gone, re-created, or not looked up.
fn identity_note(members: &[Member], ids: &Identities) -> Option<String> {
    let mut notes = Vec::new();
    for member in members {
        let note = match ids.resolve(&member.id) {
            PrincipalId::UniqueId(unique) => match reborn(&unique, members, ids) {
                Some((arn, today)) => format!(
                    "{arn} was re-created and is now {today}: {unique} names an identity that is \
                     gone"
                ),
                None => format!(
                    "{unique} stands for an identity that was deleted or re-created: the grant \
                     reaches nobody (right after a change it may also be one that S3 has yet to \
                     resolve)"
                ),
            },
            PrincipalId::Canonical(hex) => {
                format!("canonical user {hex} is no account or origin access identity that was looked up")
            }
            _ => continue,
        };
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    join(notes.into_iter().map(Some))
}

/// The user or role that the dead id must have been, with the id it has now; none if there is
/// more than one to choose from.
fn reborn<'a>(unique: &str, members: &'a [Member], ids: &'a Identities) -> Option<(&'a str, &'a str)> {
    // The first four letters tell users from roles.
    let same_kind = |id: &str| id.get(..4) == unique.get(..4);
    let dead = members.iter().filter(|member| match ids.resolve(&member.id) {
        PrincipalId::UniqueId(id) => same_kind(&id),
        _ => false,
    });
    let mut alive = members.iter().filter_map(|member| {
        let today = ids.unique_id_of(&member.written)?;
        same_kind(today).then_some((member.written.as_str(), today))
    });
    match (dead.count(), alive.next(), alive.next()) {
        (1, found, None) => found,
        _ => None,
    }
}

fn join(notes: impl IntoIterator<Item = Option<String>>) -> Option<String> {
    let notes: Vec<String> = notes.into_iter().flatten().collect();
    (!notes.is_empty()).then(|| notes.join("; "))
}

fn in_common(count: usize) -> Option<String> {
    match count {
        0 => None,
        1 => Some("1 more is the same on both sides".to_owned()),
        more => Some(format!("{more} more are the same on both sides")),
    }
}

fn named(name: &str, polarity: Polarity) -> String {
    match polarity {
        Polarity::AllBut => format!("Not{name}"),
        _ => name.to_owned(),
    }
}

fn changed(path: String, expected: Value, live: Value) -> Option<Difference> {
    (expected != live).then_some(Difference {
        path,
        expected,
        live,
        note: None,
    })
}

/// Null for none, a string for one, a list for more.
fn list(members: impl IntoIterator<Item = String>) -> Value {
    let mut members: Vec<Value> = members.into_iter().map(Value::String).collect();
    match members.len() {
        0 => Value::Null,
        1 => members.remove(0),
        _ => Value::Array(members),
    }
}

#[cfg(test)]
#[path = "difference_tests.rs"]
mod tests;
