//! Reading the attributes of a state: null, "" and a missing key are one (the provider's SDK cannot tell them apart),
//! and what Terraform 0.11 kept as text counts as the number or boolean it spells.

use serde_json::{Map, Value};

use crate::expected::Instance;
use crate::inventory::Tags;

/// The attributes of a resource, or of one nested block.
#[derive(Clone, Copy)]
pub(super) struct Attributes<'a>(Option<&'a Map<String, Value>>);

impl<'a> Attributes<'a> {
    pub(super) fn of(instance: &'a Instance) -> Self {
        Self(Some(&instance.attributes))
    }

    fn get(self, name: &str) -> Option<&'a Value> {
        self.0?.get(name)
    }

    /// Text that is not empty. A number is its digits.
    pub(super) fn text(self, name: &str) -> Option<String> {
        match self.get(name)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// Text that has no meaning of its own when it is missing.
    pub(super) fn text_or_empty(self, name: &str) -> String {
        self.text(name).unwrap_or_default()
    }

    pub(super) fn flag(self, name: &str) -> bool {
        match self.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => text == "true" || text == "1",
            _ => false,
        }
    }

    pub(super) fn number(self, name: &str) -> Option<i64> {
        whole(self.get(name)?)
    }

    /// The texts of a list or set.
    pub(super) fn texts(self, name: &str) -> Vec<String> {
        self.items(name)
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect()
    }

    /// The numbers of a list or set.
    pub(super) fn numbers(self, name: &str) -> Vec<i64> {
        self.items(name).filter_map(whole).collect()
    }

    /// The first of the nested blocks of a name: those that occur at most once are lists too.
    pub(super) fn block(self, name: &str) -> Option<Attributes<'a>> {
        self.blocks(name).next()
    }

    /// The nested blocks of a name. A null among them is a block with nothing in it.
    pub(super) fn blocks(self, name: &str) -> impl Iterator<Item = Attributes<'a>> + use<'a> {
        self.items(name).filter_map(|item| match item {
            Value::Object(attributes) => Some(Attributes(Some(attributes))),
            Value::Null => Some(Attributes(None)),
            _ => None,
        })
    }

    fn items(self, name: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
        let items = match self.get(name) {
            Some(Value::Array(items)) => items.as_slice(),
            _ => &[],
        };
        items.iter()
    }

    /// `tags_all`, or `tags` where the provider was older than 3.38. Nothing where the state has neither.
    pub(super) fn tags(self) -> Option<Tags> {
        let recorded = match self.get("tags_all") {
            Some(Value::Null) | None => self.get("tags").or(self.get("tags_all"))?,
            Some(all) => all,
        };
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Some(match recorded {
            Value::Object(tags) => tags.iter().map(|(key, value)| (key.clone(), text(value))).collect(),
            _ => Tags::new(),
        })
    }
}

fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number
            .as_i64()
            .or_else(|| number.as_f64().filter(|n| n.fract() == 0.0).map(|n| n as i64)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}
