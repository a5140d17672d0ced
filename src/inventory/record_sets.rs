//! The record sets of one zone, found by name without looking at each: a zone holds up to 10,000 of them.

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use super::RecordSet;
use crate::canon::dns;

/// What `ListResourceRecordSets` answers for a zone, in its order.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecordSets {
    sets: Vec<RecordSet>,
    /// The places of each folded name; made when first asked for, dropped when the sets are changed.
    #[serde(skip)]
    places: OnceLock<HashMap<String, Vec<usize>>>,
}

impl RecordSets {
    /// The sets of a name, which has to be folded as [`dns::name`] does; in the order of the answer.
    pub fn named<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a RecordSet> + use<'a> {
        let places = self.places.get_or_init(|| {
            let mut places: HashMap<String, Vec<usize>> = HashMap::new();
            for (place, set) in self.sets.iter().enumerate() {
                places.entry(dns::name(&set.name)).or_default().push(place);
            }
            places
        });
        let found = places.get(name).map_or(&[][..], Vec::as_slice);
        found.iter().map(|place| &self.sets[*place])
    }
}

impl Deref for RecordSets {
    type Target = Vec<RecordSet>;

    fn deref(&self) -> &Vec<RecordSet> {
        &self.sets
    }
}

impl DerefMut for RecordSets {
    fn deref_mut(&mut self) -> &mut Vec<RecordSet> {
        self.places.take();
        &mut self.sets
    }
}

impl From<Vec<RecordSet>> for RecordSets {
    fn from(sets: Vec<RecordSet>) -> RecordSets {
        RecordSets {
            sets,
            places: OnceLock::new(),
        }
    }
}

impl FromIterator<RecordSet> for RecordSets {
    fn from_iter<I: IntoIterator<Item = RecordSet>>(sets: I) -> RecordSets {
        sets.into_iter().collect::<Vec<_>>().into()
    }
}

impl<'a> IntoIterator for &'a RecordSets {
    type Item = &'a RecordSet;
    type IntoIter = std::slice::Iter<'a, RecordSet>;

    fn into_iter(self) -> Self::IntoIter {
        self.sets.iter()
    }
}

impl Clone for RecordSets {
    fn clone(&self) -> RecordSets {
        self.sets.clone().into()
    }
}

/// The sets alone count: whether anybody asked for a name yet makes no difference.
impl PartialEq for RecordSets {
    fn eq(&self, other: &RecordSets) -> bool {
        self.sets == other.sets
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(name: &str, kind: &str) -> RecordSet {
        RecordSet {
            name: name.to_owned(),
            kind: kind.to_owned(),
            ..RecordSet::default()
        }
    }

    #[test]
    fn the_sets_of_a_name_are_found_in_order_whatever_their_spelling() {
        let sets: RecordSets = [
            set("example.com.", "A"),
            set("\\052.example.com.", "A"),
            set("Example.com", "AAAA"),
        ]
        .into_iter()
        .collect();
        let kinds = |name: &str| sets.named(name).map(|set| set.kind.as_str()).collect::<Vec<_>>();
        assert_eq!(kinds("example.com"), ["A", "AAAA"]);
        assert_eq!(kinds("*.example.com"), ["A"]);
        assert_eq!(kinds("other.example.com"), [""; 0]);
    }

    #[test]
    fn a_change_is_seen_by_the_next_question() {
        let mut sets = RecordSets::from(vec![set("a.example.com.", "A")]);
        assert_eq!(sets.named("b.example.com").count(), 0);
        sets.push(set("b.example.com.", "A"));
        assert_eq!(sets.named("b.example.com").count(), 1);
        sets.retain(|set| set.name != "a.example.com.");
        assert_eq!(sets.named("a.example.com").count(), 0);
    }
}
