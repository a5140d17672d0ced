//! Where two canonical values differ.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::node::Node;
use crate::iam::document::Document;
use crate::iam::equality::{Class, compare};
use crate::iam::principal::Identities;

/// How much a difference means. Ordered: the last one is a difference like any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// Names and labels without effect: a policy's `Sid`, how a TXT value is cut into strings.
    Cosmetic,
    /// The text was edited, its effect is the same.
    Reworded,
    /// Depends on an identity that could not be resolved.
    Unresolved,
    /// Anything else.
    Different,
}

/// One attribute that differs, with nothing withheld yet.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Terraform path, elements by identity: `origin["website"].origin_path`.
    pub path: String,
    /// The attribute names and map keys along the path, without the identities of elements and indices.
    pub names: Vec<String>,
    pub expected: Value,
    pub live: Value,
    pub note: Option<String>,
    pub meaning: Meaning,
}

/// All differences between two canonical values. What only one side has as a key is not compared: an attribute that
/// an old state lacks was never recorded, and one that live lacks could not be read.
pub fn diff(expected: &Node, live: &Node, identities: &Identities) -> Vec<Difference> {
    let mut walk = Walk {
        identities,
        found: Vec::new(),
    };
    walk.nodes(&Place::default(), expected, live);
    walk.found
}

#[derive(Clone, Default)]
struct Place {
    path: String,
    names: Vec<String>,
}

impl Place {
    fn attribute(&self, name: &str) -> Place {
        let path = if self.path.is_empty() {
            name.to_owned()
        } else {
            format!("{}.{name}", self.path)
        };
        let mut names = self.names.clone();
        names.push(name.to_owned());
        Place { path, names }
    }

    fn key(&self, key: &str) -> Place {
        Place {
            path: format!("{}[{}]", self.path, Value::from(key)),
            names: self.names.clone(),
        }
    }

    /// A member of a map, whose key is a name as far as secrets go.
    fn member(&self, key: &str) -> Place {
        let mut place = self.key(key);
        place.names.push(key.to_owned());
        place
    }

    fn index(&self, index: usize) -> Place {
        Place {
            path: format!("{}[{index}]", self.path),
            names: self.names.clone(),
        }
    }
}

struct Walk<'a> {
    identities: &'a Identities,
    found: Vec<Difference>,
}

impl Walk<'_> {
    fn report(&mut self, place: &Place, expected: Value, live: Value, note: Option<String>, meaning: Meaning) {
        self.found.push(Difference {
            path: place.path.clone(),
            names: place.names.clone(),
            expected,
            live,
            note,
            meaning,
        });
    }

    fn nodes(&mut self, place: &Place, expected: &Node, live: &Node) {
        match (expected, live) {
            (Node::Block(a), Node::Block(b)) => {
                for (name, node) in a {
                    if let Some(other) = b.get(name) {
                        self.nodes(&place.attribute(name), node, other);
                    }
                }
            }
            (Node::Elements { elements: a, ordered }, Node::Elements { elements: b, .. }) => {
                self.elements(place, a, b, *ordered);
            }
            (Node::Elements { elements, ordered }, Node::Absent) => self.elements(place, elements, &[], *ordered),
            (Node::Absent, Node::Elements { elements, ordered }) => self.elements(place, &[], elements, *ordered),
            (Node::List(a), Node::List(b)) if a.len() == b.len() => {
                for (index, (x, y)) in a.iter().zip(b).enumerate() {
                    self.nodes(&place.index(index), x, y);
                }
            }
            (Node::Map(a), Node::Map(b)) => self.maps(place, a, b),
            (Node::Map(a), Node::Absent) => self.maps(place, a, &BTreeMap::new()),
            (Node::Absent, Node::Map(b)) => self.maps(place, &BTreeMap::new(), b),
            (Node::Policy(a), Node::Policy(b)) => self.policies(place, a, b),
            (a, b) if a == b => {}
            (a, b) => self.report(place, a.shown(), b.shown(), None, Meaning::Different),
        }
    }

    fn elements(&mut self, place: &Place, a: &[(String, Node)], b: &[(String, Node)], ordered: bool) {
        let other = |key: &str, side: &[(String, Node)]| side.iter().find(|(k, _)| k == key).map(|(_, n)| n.clone());
        for (key, node) in a {
            match other(key, b) {
                Some(live) => self.nodes(&place.key(key), node, &live),
                None => self.report(&place.key(key), node.shown(), Value::Null, None, Meaning::Different),
            }
        }
        for (key, node) in b {
            if other(key, a).is_none() {
                self.report(&place.key(key), Value::Null, node.shown(), None, Meaning::Different);
            }
        }
        if ordered {
            let keys = |side: &[(String, Node)], of: &BTreeSet<&str>| -> Vec<String> {
                side.iter()
                    .map(|(k, _)| k.clone())
                    .filter(|k| of.contains(k.as_str()))
                    .collect()
            };
            let on_a: BTreeSet<&str> = a.iter().map(|(k, _)| k.as_str()).collect();
            let common: BTreeSet<&str> = b.iter().map(|(k, _)| k.as_str()).filter(|k| on_a.contains(k)).collect();
            let (order_a, order_b) = (keys(a, &common), keys(b, &common));
            if order_a != order_b {
                let note = "the order decides: the first one that matches wins".to_owned();
                self.report(place, order_a.into(), order_b.into(), Some(note), Meaning::Different);
            }
        }
    }

    fn maps(&mut self, place: &Place, a: &BTreeMap<String, String>, b: &BTreeMap<String, String>) {
        let keys: BTreeSet<&String> = a.keys().chain(b.keys()).collect();
        for key in keys {
            if a.get(key) != b.get(key) {
                let value = |side: &BTreeMap<String, String>| side.get(key).cloned().map_or(Value::Null, Value::String);
                self.report(&place.member(key), value(a), value(b), None, Meaning::Different);
            }
        }
    }

    fn policies(&mut self, place: &Place, a: &str, b: &str) {
        let (expected, live) = match (Document::parse(a), Document::parse(b)) {
            (Ok(expected), Ok(live)) => (expected, live),
            (expected, _) => {
                if a != b {
                    let side = if expected.is_err() { "the state's" } else { "the live" };
                    let note = format!("{side} document is not a policy that can be parsed; compared as text");
                    self.report(place, Value::from(a), Value::from(b), Some(note), Meaning::Different);
                }
                return;
            }
        };
        let comparison = compare(&expected, &live, self.identities);
        let meaning = match comparison.class {
            Class::Same => return,
            Class::Cosmetic => Meaning::Cosmetic,
            Class::SameMeaning => Meaning::Reworded,
            Class::CannotTell => Meaning::Unresolved,
            Class::Different => Meaning::Different,
        };
        for difference in comparison.differences {
            let within = Place {
                path: format!("{}.{}", place.path, difference.path),
                names: place.names.clone(),
            };
            self.report(&within, difference.expected, difference.live, difference.note, meaning);
        }
    }
}
