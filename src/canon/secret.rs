//! Values that no output may print.

use serde_json::Value;

/// Where a secret stands, by attribute names alone: `["origin", "custom_header", "value"]`. Indices and keys are left
/// out, since a set's elements have none: one sensitive element withholds its siblings too.
pub type NamePath = Vec<String>;

/// What stands in the place of a withheld value.
pub(super) const WITHHELD: &str = "(sensitive)";

/// Withholds the parts of a value at `names` that some path in `secrets` covers. True if all of it is withheld.
pub fn withhold(names: &[String], secrets: &[NamePath], value: &mut Value) -> bool {
    for secret in secrets {
        if names.starts_with(secret.as_slice()) {
            return true;
        }
        if secret.starts_with(names) {
            blank(&secret[names.len()..], value);
        }
    }
    false
}

fn blank(rest: &[String], value: &mut Value) {
    match (rest.split_first(), value) {
        (None, Value::Null) => {}
        (None, value) => *value = Value::String(WITHHELD.to_owned()),
        (Some(_), Value::Array(items)) => items.iter_mut().for_each(|item| blank(rest, item)),
        (Some((name, rest)), Value::Object(map)) => {
            if let Some(inner) = map.get_mut(name) {
                blank(rest, inner);
            }
        }
        _ => {}
    }
}
