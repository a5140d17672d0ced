//! The attributes of the things that findings are about, in the language's values.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::canon::NamePath;
use crate::compare::secrets;
use crate::estate::Estate;
use crate::expected::{Instance, State};
use crate::finding::Finding;
use crate::instances;
use crate::inventory::{Failure, Inventory};
use crate::kinds::{self, Kind, Live};
use crate::language::Value;
use crate::policy::Resources;

/// Looks attributes up where a condition asks for them.
pub(super) struct Attributes<'a> {
    estate: &'a Estate<'a>,
    inventory: &'a Inventory,
    by_address: OnceCell<BTreeMap<&'a str, Vec<&'a Instance>>>,
    /// What the inventory holds, as a state of its own, for what no given state holds.
    read: OnceCell<[State; 1]>,
}

impl<'a> Attributes<'a> {
    pub(super) fn new(estate: &'a Estate<'a>, inventory: &'a Inventory) -> Attributes<'a> {
        Attributes {
            estate,
            inventory,
            by_address: OnceCell::new(),
            read: OnceCell::new(),
        }
    }

    /// Everything that was read by name.
    pub(super) fn read(&self) -> &[State] {
        self.read.get_or_init(|| [instances::state("live", self.inventory)])
    }

    /// The instance that a state holds at an address. Where several states know the address, the one in `state`, or the
    /// one that stands for the live thing `id`.
    pub(super) fn instance(&self, address: &str, state: Option<&str>, id: &str) -> Option<&'a Instance> {
        let by_address = self.by_address.get_or_init(|| {
            let mut known: BTreeMap<&str, Vec<&Instance>> = BTreeMap::new();
            for instance in self.estate.instances() {
                known.entry(&instance.address).or_default().push(instance);
            }
            known
        });
        let all = by_address.get(address)?;
        let stands_for = |instance: &&&Instance| {
            let kind = kinds::of(&instance.terraform_type);
            kind.and_then(|kind| kind.identity(instance, self.estate).ok())
                .is_some_and(|identity| identity.id == id)
        };
        let of_state = state.and_then(|state| all.iter().find(|instance| instance.state == state));
        of_state
            .or_else(|| all.iter().find(stands_for))
            .or_else(|| all.first())
            .copied()
    }

    fn of(&self, finding: &Finding) -> Option<&'a Instance> {
        self.instance(
            finding.address.as_deref()?,
            finding.state.as_deref(),
            &finding.resource.id,
        )
    }
}

impl Resources for Attributes<'_> {
    fn expected(&self, finding: &Finding) -> Value {
        self.of(finding).map_or(Value::Null, expected)
    }

    fn live(&self, finding: &Finding) -> Value {
        let resource = &finding.resource;
        let Some(kind) = kinds::of(&resource.terraform_type) else {
            return Value::Unknown;
        };
        // A finding may be about a setting of the bucket whose address it carries.
        if let Some(instance) = self
            .of(finding)
            .filter(|one| one.terraform_type == resource.terraform_type)
        {
            return live(kind, instance, self.estate, self.inventory).0;
        }
        let estate = self.estate.over(self.read());
        let found = estate.of_type(&resource.terraform_type).find(|instance| {
            let identity = kind.identity(instance, &estate);
            identity.is_ok_and(|identity| identity.id == resource.id)
        });
        found.map_or(Value::Unknown, |instance| {
            live(kind, instance, &estate, self.inventory).0
        })
    }
}

/// What a state says, with what it or the type marks as sensitive marked.
pub(super) fn expected(instance: &Instance) -> Value {
    let secrets = match kinds::of(&instance.terraform_type) {
        Some(kind) => secrets(kind, instance),
        None => recorded(instance),
    };
    marked(&instance.attributes, &secrets)
}

fn recorded(instance: &Instance) -> Vec<NamePath> {
    let paths = instance.sensitive.iter();
    paths.map(|path| path.names().map(str::to_owned).collect()).collect()
}

/// What is live, marked alike, and why parts of it are unknown.
pub(super) fn live<'a>(
    kind: &dyn Kind,
    instance: &'a Instance,
    estate: &Estate<'a>,
    inventory: &Inventory,
) -> (Value, Vec<Failure>) {
    if !estate.is_ours(instance) {
        return (Value::Unknown, Vec::new());
    }
    match kind.live(instance, estate, inventory) {
        Live::Gone(_) => (Value::Null, Vec::new()),
        Live::Unknown(failure) => (Value::Unknown, vec![failure]),
        Live::Found { attributes, unknown } => {
            let mut failures = Vec::new();
            let known = marked(&attributes, &secrets(kind, instance));
            let mut members: BTreeMap<std::sync::Arc<str>, Value> = known
                .as_members()
                .map(|members| (**members).clone())
                .unwrap_or_default();
            for (attribute, failure) in unknown {
                members.insert(attribute.into(), Value::Unknown);
                failures.push(failure);
            }
            (Value::object(members), failures)
        }
    }
}

/// Attributes as a value, what lies at or below a secret path marked.
fn marked(attributes: &Map<String, Json>, secrets: &[NamePath]) -> Value {
    let paths: Vec<&[String]> = secrets.iter().map(Vec::as_slice).collect();
    members(attributes, &paths)
}

fn members(attributes: &Map<String, Json>, secrets: &[&[String]]) -> Value {
    Value::object(attributes.iter().map(|(name, json)| {
        let below: Vec<&[String]> = secrets
            .iter()
            .filter_map(|path| path.split_first().filter(|(first, _)| *first == name))
            .map(|(_, rest)| rest)
            .collect();
        (name.as_str(), value(json, &below))
    }))
}

fn value(json: &Json, secrets: &[&[String]]) -> Value {
    if secrets.iter().any(|path| path.is_empty()) {
        return Value::from(json).sensitive();
    }
    match json {
        _ if secrets.is_empty() => Value::from(json),
        Json::Object(attributes) => members(attributes, secrets),
        Json::Array(items) => Value::tuple(items.iter().map(|item| value(item, secrets))),
        plain => Value::from(plain),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_lies_below_a_secret_path_is_marked_in_every_element() {
        let attributes = json!({
            "comment": "x",
            "origin": [{ "origin_id": "a", "custom_header": [{ "name": "n", "value": "hunter2" }] }],
        });
        let path: NamePath = ["origin", "custom_header", "value"].map(str::to_owned).to_vec();
        let value = marked(attributes.as_object().unwrap(), &[path]);
        assert_eq!(
            format!("{value:?}"),
            r#"{"comment": "x", "origin": [{"custom_header": [{"name": "n", "value": (sensitive)}], "origin_id": "a"}]}"#
        );
    }
}
