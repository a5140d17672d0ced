//! Zones and their records, indexed for look-ups by name.

use std::collections::BTreeMap;

use crate::canon::dns;
use crate::inventory::{RecordSet, ZoneDetail, ZoneSummary};

use super::answer::ZoneRef;

/// A hosted zone as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Bare id (`Z…`).
    pub id: String,
    /// Folded: lower case, no trailing dot.
    pub name: String,
    pub private: bool,
    /// The name servers of its delegation set, where read (`GetHostedZone`) or declared. Without them the NS record
    /// set at the apex stands in.
    pub name_servers: Option<Vec<String>>,
    pub records: Records,
}

/// How much of a zone's content is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Records {
    /// Every record set: a name that is not there does not exist.
    Complete(Vec<RecordSet>),
    /// Some of them, as a state holds them: what is missing may exist all the same.
    Partial(Vec<RecordSet>),
    /// None, for this reason.
    Unread(String),
}

impl Zone {
    /// A zone from what Route 53 answered about it.
    pub fn new(summary: &ZoneSummary, detail: Option<&ZoneDetail>, records: Records) -> Zone {
        let name_servers = detail.filter(|detail| !detail.name_servers.is_empty());
        Zone {
            id: summary.id.clone(),
            name: dns::name(&summary.name),
            private: summary.private,
            name_servers: name_servers.map(|detail| detail.name_servers.clone()),
            records,
        }
    }
}

/// All zones of one side, with what is known of the registrar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Zones {
    zones: Vec<Indexed>,
    registrar: BTreeMap<String, Vec<String>>,
}

/// A zone with its records by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Indexed {
    pub(super) zone: ZoneRef,
    pub(super) private: bool,
    pub(super) coverage: Coverage,
    delegation_set: Option<Vec<String>>,
    /// Key: labels from the right, so that a name's children follow it.
    records: BTreeMap<String, Vec<RecordSet>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Coverage {
    Complete,
    Partial,
    Unread(String),
}

impl Zones {
    pub fn new(zones: impl IntoIterator<Item = Zone>) -> Zones {
        Zones {
            zones: zones.into_iter().map(Indexed::new).collect(),
            registrar: BTreeMap::new(),
        }
    }

    /// Adds what the registrar, or the parent zone, says of a domain's name servers. Without it a single zone of the
    /// shortest name is taken for the live one, and several of one name cannot be told apart.
    #[must_use]
    pub fn with_registrar(mut self, domain: &str, name_servers: &[String]) -> Zones {
        self.registrar.insert(
            dns::name(domain),
            name_servers.iter().map(|server| dns::name(server)).collect(),
        );
        self
    }

    pub fn is_empty(&self) -> bool {
        self.zones.is_empty()
    }

    /// The deepest public zone that holds a name, by its name alone, and the record sets of exactly this name in it.
    pub fn at(&self, name: &str) -> Option<(&ZoneRef, &[RecordSet])> {
        let public = self.covering(name).filter(|zone| !zone.private);
        let deepest = public.max_by_key(|zone| zone.zone.name.len())?;
        Some((&deepest.zone, deepest.at(name)))
    }

    pub(super) fn registrar(&self, domain: &str) -> Option<&[String]> {
        self.registrar.get(domain).map(Vec::as_slice)
    }

    /// Zones whose name is the host's or a parent's, on a label boundary.
    pub(super) fn covering<'a>(&'a self, host: &str) -> impl Iterator<Item = &'a Indexed> {
        self.zones.iter().filter(move |zone| lies_in(host, &zone.zone.name))
    }
}

impl Indexed {
    fn new(zone: Zone) -> Indexed {
        let (coverage, sets) = match zone.records {
            Records::Complete(sets) => (Coverage::Complete, sets),
            Records::Partial(sets) => (Coverage::Partial, sets),
            Records::Unread(why) => (Coverage::Unread(why), Vec::new()),
        };
        let name = dns::name(&zone.name);
        let mut records: BTreeMap<String, Vec<RecordSet>> = BTreeMap::new();
        for mut set in sets {
            set.name = dns::name(&set.name);
            if lies_in(&set.name, &name) {
                records.entry(key(&set.name)).or_default().push(set);
            }
        }
        let fold = |servers: Vec<String>| servers.iter().map(|server| dns::name(server)).collect();
        Indexed {
            zone: ZoneRef { id: zone.id, name },
            private: zone.private,
            coverage,
            delegation_set: zone.name_servers.map(fold),
            records,
        }
    }

    /// The record sets of exactly this name.
    pub(super) fn at(&self, name: &str) -> &[RecordSet] {
        self.records.get(&key(name)).map_or(&[], Vec::as_slice)
    }

    /// The first name that lies below this one, if any does.
    pub(super) fn below(&self, name: &str) -> Option<&str> {
        let prefix = format!("{}.", key(name));
        let (next, sets) = self.records.range(prefix.clone()..).next()?;
        next.starts_with(&prefix)
            .then(|| sets.first().map(|set| set.name.as_str()))?
    }

    /// Whether the name has records or is the parent of some: an empty non-terminal exists too (RFC 4592, 2.2.2).
    pub(super) fn exists(&self, name: &str) -> bool {
        name == self.zone.name || !self.at(name).is_empty() || self.below(name).is_some()
    }

    pub(super) fn delegation_set(&self) -> Option<&[String]> {
        self.delegation_set.as_deref()
    }

    /// The name servers that the zone names itself, at its apex or at a cut.
    pub(super) fn name_servers_at(&self, name: &str) -> Option<Vec<String>> {
        let set = self.at(name).iter().find(|set| set.kind == "NS")?;
        Some(set.values.iter().map(|server| dns::name(server)).collect())
    }
}

/// Whether `name` is `parent` or lies below it.
pub(super) fn lies_in(name: &str, parent: &str) -> bool {
    name == parent || name.strip_suffix(parent).is_some_and(|rest| rest.ends_with('.'))
}

/// The names from `name` up to, but without, `top`: the name itself first.
pub(super) fn ancestors<'a>(name: &'a str, top: &'a str) -> impl Iterator<Item = &'a str> {
    std::iter::successors(Some(name), |name| name.split_once('.').map(|(_, parent)| parent))
        .take_while(move |name| *name != top && lies_in(name, top))
}

pub(super) fn parent(name: &str) -> Option<&str> {
    name.split_once('.').map(|(_, parent)| parent)
}

fn key(name: &str) -> String {
    let mut labels: Vec<&str> = name.split('.').collect();
    labels.reverse();
    labels.join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(names: &[&str]) -> Indexed {
        let sets = names
            .iter()
            .map(|name| RecordSet {
                name: (*name).to_owned(),
                ..RecordSet::default()
            })
            .collect();
        Indexed::new(Zone {
            id: "Z1".to_owned(),
            name: "Example.com.".to_owned(),
            private: false,
            name_servers: None,
            records: Records::Complete(sets),
        })
    }

    #[test]
    fn names_exist_by_themselves_or_by_their_children() {
        let zone = zone(&[
            "A.b.example.com.",
            "a-b.example.com.",
            "x\\056y.example.com.",
            "notexample.com.",
        ]);
        for (name, exists) in [
            ("example.com", true),
            ("b.example.com", true),
            ("a.b.example.com", true),
            ("c.b.example.com", false),
            ("a.example.com", false),
            ("y.example.com", false),
            ("notexample.com", false),
        ] {
            assert_eq!(zone.exists(name), exists, "{name}");
        }
        assert_eq!(zone.below("b.example.com"), Some("a.b.example.com"));
        assert_eq!(zone.below("a.b.example.com"), None);
    }

    #[test]
    fn a_parent_is_one_on_a_label_boundary() {
        assert!(lies_in("a.example.com", "example.com") && lies_in("example.com", "example.com"));
        assert!(!lies_in("notexample.com", "example.com") && !lies_in("com", "example.com"));
        assert_eq!(
            ancestors("a.b.example.com", "example.com").collect::<Vec<_>>(),
            ["a.b.example.com", "b.example.com"]
        );
    }
}
