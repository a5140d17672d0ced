//! Tags: which of the state's two maps to compare, and which live ones count.

use serde_json::{Map, Value};

use crate::expected::Instance;
use crate::inventory::Tags;

/// `tags_all` holds the provider's default tags too and is what Read compares; `tags` stands in where the provider
/// was older than 3.38. Nothing where the state has neither.
pub(super) fn expected(instance: &Instance) -> Option<Value> {
    let recorded = |name: &str| instance.attributes.get(name);
    match recorded("tags_all") {
        Some(Value::Null) | None => recorded("tags").or(recorded("tags_all")).cloned(),
        all => all.cloned(),
    }
}

/// Live tags without those that AWS itself sets (keys that begin with `aws:`).
pub(super) fn live(tags: &Tags) -> Value {
    tags.iter()
        .filter(|(key, _)| !key.starts_with("aws:"))
        .map(|(key, value)| (key.clone(), Value::String(value.clone())))
        .collect::<Map<_, _>>()
        .into()
}
