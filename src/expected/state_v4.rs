//! State version 4: `terraform.tfstate`, `terraform state pull`, the object in a backend.

use serde_json::{Map, Value};

use super::address::{self, InstanceKey};
use super::collect::Collector;
use super::error::InputError;
use super::fields::{Fields, kind};
use super::path::{AttributePath, Step};
use super::{Deposed, Form, Instance, State, flat};

pub(super) fn read(source: &str, mut top: Fields<'_>) -> Result<State, InputError> {
    let mut collector = Collector::new(source, Form::Raw);
    collector.describe(
        top.text("lineage")?,
        top.unsigned("serial")?,
        top.text("terraform_version")?,
    );
    for (position, value) in top.required_array("resources")?.into_iter().enumerate() {
        resource(
            source,
            Fields::of(source, format!("resources[{position}]"), value)?,
            &mut collector,
        )?;
    }
    Ok(collector.finish())
}

/// What the instances of one resource have in common.
struct Resource {
    address: String,
    data: bool,
    terraform_type: String,
    provider: Option<String>,
}

fn resource(source: &str, mut fields: Fields<'_>, collector: &mut Collector) -> Result<(), InputError> {
    let module = fields.text("module")?.unwrap_or_default();
    let terraform_type = fields.required_text("type")?;
    let name = fields.required_text("name")?;
    let mode = fields.required_text("mode")?;
    let data = match mode.as_str() {
        "managed" => false,
        "data" => true,
        _ => return Err(fields.malformed(format!("`mode` must be \"managed\" or \"data\", not {mode:?}"))),
    };
    let address = address::resource(&module, data, &terraform_type, &name);
    fields.at(address.clone());
    let provider = fields.text("provider")?;
    let instances = fields.required_array("instances")?;
    let resource = Resource {
        address,
        data,
        terraform_type,
        provider,
    };
    for (position, value) in instances.into_iter().enumerate() {
        let place = format!("{}: instances[{position}]", resource.address);
        instance(source, &resource, Fields::of(source, place, value)?, collector)?;
    }
    Ok(())
}

fn instance(
    source: &str,
    resource: &Resource,
    mut fields: Fields<'_>,
    collector: &mut Collector,
) -> Result<(), InputError> {
    let key = match fields.take("index_key") {
        None => None,
        Some(Value::String(name)) => Some(InstanceKey::Name(name)),
        Some(value) => match value.as_u64() {
            Some(index) => Some(InstanceKey::Index(index)),
            None => return Err(fields.wrong("index_key", "a string or a whole number from 0", &value)),
        },
    };
    let address = address::instance(&resource.address, key.as_ref());
    fields.at(address.clone());
    // OpenTofu names the provider per instance where a resource uses several.
    let provider = fields
        .text("instance_provider")?
        .or_else(|| resource.provider.clone())
        .unwrap_or_default();
    if resource.data {
        let attributes = fields.get("attributes").and_then(Value::as_object);
        collector.data(&resource.terraform_type, &provider, attributes);
        return Ok(());
    }

    let tainted = match fields.text("status")?.as_deref() {
        None | Some("") => false,
        Some("tainted") => true,
        Some(status) => {
            return Err(fields.malformed(format!("`status` must be \"tainted\" or absent, not {status:?}")));
        }
    };
    let deposed = fields.text("deposed")?.filter(|key| !key.is_empty());
    let schema_version = fields.unsigned("schema_version")?.unwrap_or(0);
    let (attributes, flat) = match fields.object("attributes")? {
        Some(attributes) => (Some(attributes), false),
        None => (flat_attributes(&mut fields)?, true),
    };
    let terraform_type = resource.terraform_type.clone();
    if let Some(key) = deposed {
        let attributes = attributes.unwrap_or_default();
        collector.deposed(Deposed {
            address,
            key,
            terraform_type,
            provider,
            attributes,
            state: source.to_owned(),
        });
        return Ok(());
    }
    let Some(attributes) = attributes else {
        return Err(InputError::NoAttributes {
            state: source.to_owned(),
            address,
        });
    };
    let sensitive = sensitive(&mut fields)?;
    collector.instance(Instance {
        address,
        terraform_type,
        provider,
        schema_version,
        attributes,
        sensitive,
        tainted,
        flat,
        state: source.to_owned(),
    })
}

fn flat_attributes(fields: &mut Fields<'_>) -> Result<Option<Map<String, Value>>, InputError> {
    let Some(entries) = fields.object("attributes_flat")? else {
        return Ok(None);
    };
    match flat::unflatten(&entries) {
        Ok(attributes) => Ok(Some(attributes)),
        Err(problem) => Err(fields.malformed(format!("`attributes_flat`: {problem}"))),
    }
}

fn sensitive(fields: &mut Fields<'_>) -> Result<Vec<AttributePath>, InputError> {
    let paths = fields.array("sensitive_attributes")?.unwrap_or_default();
    paths
        .into_iter()
        .map(|path| match path {
            Value::Array(steps) => steps_of(fields, steps),
            other => Err(fields.malformed(format!("`sensitive_attributes` must hold arrays, not {}", kind(&other)))),
        })
        .collect()
}

/// A path ends where a step does not say its place: at the value of a set's element, or at a kind of step that later
/// versions may bring. It then covers more than it says, never less.
fn steps_of(fields: &Fields<'_>, steps: Vec<Value>) -> Result<AttributePath, InputError> {
    let mut path = Vec::with_capacity(steps.len());
    for step in steps {
        let (Some(step_type), Some(value)) = (step.get("type").and_then(Value::as_str), step.get("value")) else {
            return Err(fields.malformed("a step of `sensitive_attributes` lacks its `type` or `value`"));
        };
        let step = match (step_type, value) {
            ("get_attr", Value::String(name)) => Step::Attribute(name.clone()),
            ("get_attr", other) => {
                return Err(fields.malformed(format!(
                    "a step of `sensitive_attributes` must name its attribute by a string, not {}",
                    kind(other)
                )));
            }
            ("index", Value::Object(typed)) => match typed.get("value") {
                Some(Value::String(key)) => Step::Key(key.clone()),
                Some(Value::Number(index)) => match index.as_u64() {
                    Some(index) => Step::Index(index),
                    None => break,
                },
                _ => break,
            },
            _ => break,
        };
        path.push(step);
    }
    Ok(AttributePath(path))
}
