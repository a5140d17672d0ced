//! From JSON to a canonical value.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::node::Node;
use super::shape::{Block, Shape};

/// The canonical value of the attributes that `source` has and `block` names.
pub fn canonical(block: &Block, source: &Map<String, Value>) -> Node {
    Node::Block(
        block
            .attributes
            .iter()
            .filter_map(|attribute| {
                let value = source.get(attribute.name)?;
                Some((attribute.name, build(&attribute.shape, value)))
            })
            .collect(),
    )
}

fn build(shape: &Shape, value: &Value) -> Node {
    match shape {
        Shape::Text { default, fold } => text(default, *fold, value),
        Shape::Bool => {
            let truth = match value {
                Value::Bool(b) => *b,
                Value::String(s) => s == "true",
                _ => false,
            };
            Node::scalar(truth.to_string(), Value::Bool(truth))
        }
        Shape::Number { default } => number(*default, value),
        Shape::Set(of) => {
            let members: BTreeMap<String, Value> = items(value)
                .filter_map(|item| match build(of, item) {
                    Node::Scalar { canonical, shown } => Some((canonical, shown)),
                    _ => None,
                })
                .collect();
            if members.is_empty() {
                Node::Absent
            } else {
                Node::Set(members)
            }
        }
        Shape::List(of) => {
            let all: Vec<Node> = items(value).map(|item| build(of, item)).collect();
            if all.is_empty() { Node::Absent } else { Node::List(all) }
        }
        Shape::Keyed { key, of } => elements(key, of, value, false),
        Shape::Ordered { key, of } => elements(&[key], of, value, true),
        Shape::Single(of) => match single(value) {
            Some(map) => canonical(of, &map),
            None => Node::Absent,
        },
        Shape::Vanishing(of) => match single(value) {
            Some(map) => vanish(of, canonical(of, &map)),
            None => Node::Absent,
        },
        Shape::Object(of) => match value {
            Value::Object(map) => canonical(of, map),
            _ => Node::Absent,
        },
        Shape::Map => {
            let map: BTreeMap<String, String> = match value {
                Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), plain(v))).collect(),
                _ => BTreeMap::new(),
            };
            if map.is_empty() { Node::Absent } else { Node::Map(map) }
        }
        Shape::Json => match value {
            Value::Null => Node::Absent,
            Value::String(s) if s.trim().is_empty() => Node::Absent,
            // serde_json's maps are sorted, so the text of the parsed value is canonical.
            Value::String(s) => match serde_json::from_str::<Value>(s) {
                Ok(parsed) => Node::scalar(parsed.to_string(), parsed),
                Err(_) => Node::scalar(s.clone(), value.clone()),
            },
            other => Node::scalar(other.to_string(), other.clone()),
        },
        Shape::Policy => match value {
            Value::String(s) if !matches!(s.trim(), "" | "{}") => Node::Policy(s.clone()),
            _ => Node::Absent,
        },
    }
}

fn text(default: &str, fold: fn(&str) -> String, value: &Value) -> Node {
    let spelled = plain(value);
    let spelled = if spelled.is_empty() {
        default.to_owned()
    } else {
        spelled
    };
    if spelled.is_empty() {
        return Node::Absent;
    }
    let canonical = fold(&spelled);
    if canonical.is_empty() {
        Node::Absent
    } else {
        Node::scalar(canonical, Value::String(spelled))
    }
}

fn number(default: i64, value: &Value) -> Node {
    let spelled = match value {
        Value::Number(n) => n
            .as_i64()
            .or_else(|| n.as_f64().filter(|f| f.fract() == 0.0).map(|f| f as i64)),
        // Old providers keep nullable integers as text.
        Value::String(s) => s.trim().parse().ok(),
        _ => Some(0),
    };
    match spelled {
        Some(0) if default == 0 => Node::Absent,
        Some(0) => Node::scalar(default.to_string(), Value::from(default)),
        Some(n) => Node::scalar(n.to_string(), Value::from(n)),
        None => Node::scalar(value.to_string(), value.clone()),
    }
}

/// The elements of a list or set of blocks; a repeated identity is told apart by `#2`, `#3` …
fn elements(key: &[&str], of: &Block, value: &Value, ordered: bool) -> Node {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut all: Vec<(String, Node)> = Vec::new();
    for item in items(value) {
        let Value::Object(map) = item else { continue };
        let node = canonical(of, map);
        let identity = key
            .iter()
            .filter_map(|name| match &node {
                Node::Block(attributes) => attributes.get(name),
                _ => None,
            })
            .map(|part| match part {
                Node::Scalar { canonical, .. } => canonical.clone(),
                _ => String::new(),
            })
            .collect::<Vec<_>>()
            .join(" ");
        // A set holds an element once.
        if !ordered && all.iter().any(|(_, present)| *present == node) {
            continue;
        }
        let count = seen.entry(identity.clone()).or_insert(0);
        *count += 1;
        let identity = if *count > 1 {
            format!("{identity}#{count}")
        } else {
            identity
        };
        all.push((identity, node));
    }
    if all.is_empty() {
        Node::Absent
    } else {
        Node::Elements { elements: all, ordered }
    }
}

/// `Absent` if every attribute of the block is what an absent block would have.
fn vanish(of: &Block, node: Node) -> Node {
    let Node::Block(attributes) = &node else { return node };
    let blank = of
        .attributes
        .iter()
        .all(|attribute| match attributes.get(attribute.name) {
            Some(present) => *present == build(&attribute.shape, &Value::Null),
            None => true,
        });
    if blank { Node::Absent } else { node }
}

/// The one block of a list of at most one. `[null]` is a block with nothing in it.
fn single(value: &Value) -> Option<Map<String, Value>> {
    match value {
        Value::Array(items) => match items.first() {
            Some(Value::Object(map)) => Some(map.clone()),
            Some(Value::Null) => Some(Map::new()),
            _ => None,
        },
        Value::Object(map) => Some(map.clone()),
        _ => None,
    }
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    let slice: &[Value] = match value {
        Value::Array(items) => items,
        _ => &[],
    };
    slice.iter()
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(s) => s.clone(),
        other => other.to_string(),
    }
}
