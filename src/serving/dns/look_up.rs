//! One name in one zone.

use crate::inventory::RecordSet;

use super::answer::{Note, RecordRef, RecordType};
use super::zone::{Indexed, parent};

/// What a zone holds for a name and type, delegations left aside.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Found<'a> {
    /// The record sets of one name and type: of the type asked, or a CNAME.
    Sets {
        name: String,
        wildcard: bool,
        kind: &'a str,
        sets: Vec<&'a RecordSet>,
    },
    NoData,
    NxDomain,
}

/// Looks a name of the zone up: the name itself if it exists in any way, else the wildcard under its closest existing
/// ancestor (RFC 4592, 3.3.1), which covers any number of labels.
pub(super) fn look_up<'a>(zone: &'a Indexed, name: &str, query: RecordType) -> Found<'a> {
    if zone.exists(name) {
        return of_type(zone, name.to_owned(), false, query);
    }
    let wildcard = format!("*.{}", closest_encloser(zone, name));
    if zone.exists(&wildcard) {
        of_type(zone, wildcard, true, query)
    } else {
        Found::NxDomain
    }
}

/// The records that would answer, for evidence.
pub(super) fn answering(zone: &Indexed, name: &str, query: RecordType) -> Vec<RecordRef> {
    match look_up(zone, name, query) {
        Found::Sets { sets, .. } => sets.into_iter().map(|set| record_ref(zone, set)).collect(),
        Found::NoData | Found::NxDomain => Vec::new(),
    }
}

/// Where a name has no answer only because some name makes one of its ancestors (or itself) exist: the wildcard that
/// would have answered otherwise.
pub(super) fn switched_off(zone: &Indexed, name: &str, query: RecordType) -> Option<Note> {
    let mut empty = if zone.exists(name) {
        name
    } else {
        closest_encloser(zone, name)
    };
    let by = zone
        .at(empty)
        .is_empty()
        .then(|| zone.below(empty))
        .flatten()?
        .to_owned();
    let first = empty.to_owned();
    while zone.at(empty).is_empty() && empty != zone.zone.name {
        empty = parent(empty)?;
        let wildcard = format!("*.{empty}");
        if let Found::Sets { sets, .. } = of_type(zone, wildcard, true, query) {
            let wildcard = record_ref(zone, sets.first()?);
            return Some(Note::WildcardSwitchedOff {
                name: first,
                wildcard,
                by,
            });
        }
    }
    None
}

pub(super) fn record_ref(zone: &Indexed, set: &RecordSet) -> RecordRef {
    RecordRef {
        zone: zone.zone.clone(),
        name: set.name.clone(),
        kind: set.kind.clone(),
        set_identifier: set.set_identifier.clone(),
    }
}

/// The longest existing parent of a name; the apex always exists.
fn closest_encloser<'n>(zone: &'n Indexed, name: &'n str) -> &'n str {
    let parents = std::iter::successors(parent(name), |name| parent(name));
    parents
        .take_while(|name| *name != zone.zone.name)
        .find(|name| zone.exists(name))
        .unwrap_or(&zone.zone.name)
}

fn of_type(zone: &Indexed, name: String, wildcard: bool, query: RecordType) -> Found<'_> {
    for kind in [query.name(), "CNAME"] {
        let sets: Vec<&RecordSet> = zone.at(&name).iter().filter(|set| set.kind == kind).collect();
        if !sets.is_empty() {
            return Found::Sets {
                name,
                wildcard,
                kind,
                sets,
            };
        }
    }
    Found::NoData
}
