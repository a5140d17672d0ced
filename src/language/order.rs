//! When values are equal, and how the elements of a set are sorted.

use std::cmp::Ordering;

use super::value::Value;

/// Whether two values are equal: of one type, and the same. `None` where an unknown decides. Marks are looked through.
pub(super) fn equal(a: &Value, b: &Value) -> Option<bool> {
    use Value::{Bool, List, Map, Null, Number, Object, Sensitive, Set, String, Tuple, Unknown};
    match (a, b) {
        (Sensitive(a), b) => equal(a, b),
        (a, Sensitive(b)) => equal(a, b),
        (Unknown, _) | (_, Unknown) => None,
        (Null, Null) => Some(true),
        (Bool(a), Bool(b)) => Some(a == b),
        (Number(a), Number(b)) => Some(a == b),
        (String(a), String(b)) => Some(a == b),
        (List(a), List(b)) | (Tuple(a), Tuple(b)) | (Set(a), Set(b)) => {
            if a.len() != b.len() {
                return Some(false);
            }
            all(a.iter().zip(b.iter()).map(|(a, b)| equal(a, b)))
        }
        (Map(a), Map(b)) | (Object(a), Object(b)) => {
            if !a.keys().eq(b.keys()) {
                return Some(false);
            }
            all(a.values().zip(b.values()).map(|(a, b)| equal(a, b)))
        }
        _ => Some(false),
    }
}

/// Whether all of them hold: a false one decides even where others are unknown.
fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = true;
    for part in parts {
        match part {
            Some(false) => return Some(false),
            Some(true) => {}
            None => known = false,
        }
    }
    known.then_some(true)
}

/// The order of a set's elements: strings by their bytes, numbers by value, nulls last.
pub(super) fn order(a: &Value, b: &Value) -> Ordering {
    match (a.unmarked().0, b.unmarked().0) {
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Number(a), Value::Number(b)) => a.compare(*b),
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (a, b) => match (a.as_elements(), b.as_elements()) {
            (Some(a), Some(b)) => lexical(a.iter().zip(b.iter()), a.len().cmp(&b.len())),
            _ => match (a.as_members(), b.as_members()) {
                (Some(a), Some(b)) => a
                    .keys()
                    .cmp(b.keys())
                    .then_with(|| lexical(a.values().zip(b.values()), Ordering::Equal)),
                _ => rank(a).cmp(&rank(b)),
            },
        },
    }
}

fn lexical<'a>(mut pairs: impl Iterator<Item = (&'a Value, &'a Value)>, rest: Ordering) -> Ordering {
    pairs
        .find_map(|(a, b)| Some(order(a, b)).filter(|order| order.is_ne()))
        .unwrap_or(rest)
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Bool(_) => 0,
        Value::Number(_) => 1,
        Value::String(_) => 2,
        Value::List(_) | Value::Tuple(_) | Value::Set(_) => 3,
        Value::Map(_) | Value::Object(_) => 4,
        Value::Null | Value::Unknown | Value::Sensitive(_) => 5,
    }
}
