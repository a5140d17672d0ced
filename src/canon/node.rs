//! The canonical value itself.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A canonical value. Equality is on the canonical part; the spelling kept beside it is for people.
#[derive(Clone, Debug)]
pub enum Node {
    /// Null, "", [] or missing where the API means the same by them.
    Absent,
    Scalar {
        canonical: String,
        shown: Value,
    },
    /// Canonical member -> how to show it.
    Set(BTreeMap<String, Value>),
    Map(BTreeMap<String, String>),
    /// Only the attributes that the source has: a key missing from a state is not compared.
    Block(BTreeMap<&'static str, Node>),
    /// Elements by identity, in the source's order.
    Elements {
        elements: Vec<(String, Node)>,
        ordered: bool,
    },
    List(Vec<Node>),
    /// The text of a policy document, not empty.
    Policy(String),
}

impl Node {
    pub fn scalar(canonical: impl Into<String>, shown: Value) -> Node {
        Node::Scalar {
            canonical: canonical.into(),
            shown,
        }
    }

    pub fn is_absent(&self) -> bool {
        matches!(self, Node::Absent)
    }

    /// The value as reports show it.
    pub fn shown(&self) -> Value {
        match self {
            Node::Absent => Value::Null,
            Node::Scalar { shown, .. } => shown.clone(),
            Node::Set(members) => Value::Array(members.values().cloned().collect()),
            Node::Map(map) => map
                .iter()
                .map(|(k, v)| (k.clone(), Value::String(v.clone())))
                .collect::<Map<_, _>>()
                .into(),
            Node::Block(attributes) => attributes
                .iter()
                .filter(|(_, node)| !node.is_absent())
                .map(|(name, node)| ((*name).to_owned(), node.shown()))
                .collect::<Map<_, _>>()
                .into(),
            Node::Elements { elements, .. } => elements.iter().map(|(_, node)| node.shown()).collect(),
            Node::List(items) => items.iter().map(Node::shown).collect(),
            Node::Policy(text) => serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.clone())),
        }
    }
}

/// Canonical equality, as used for positions in a list and by tests; policies by text.
impl PartialEq for Node {
    fn eq(&self, other: &Node) -> bool {
        match (self, other) {
            (Node::Absent, Node::Absent) => true,
            (Node::Scalar { canonical: a, .. }, Node::Scalar { canonical: b, .. }) => a == b,
            (Node::Set(a), Node::Set(b)) => a.keys().eq(b.keys()),
            (Node::Map(a), Node::Map(b)) => a == b,
            (Node::Block(a), Node::Block(b)) => a == b,
            (Node::Elements { elements: a, ordered }, Node::Elements { elements: b, .. }) => {
                if *ordered {
                    a == b
                } else {
                    let sorted = |elements: &[(String, Node)]| -> Vec<(String, Node)> {
                        let mut all = elements.to_vec();
                        all.sort_by(|x, y| x.0.cmp(&y.0));
                        all
                    };
                    sorted(a) == sorted(b)
                }
            }
            (Node::List(a), Node::List(b)) => a == b,
            (Node::Policy(a), Node::Policy(b)) => a == b,
            _ => false,
        }
    }
}
