//! The output of `terraform show -json` for a state.

use serde_json::Value;

use super::address::{self, InstanceKey};
use super::collect::Collector;
use super::error::InputError;
use super::fields::Fields;
use super::path::{AttributePath, Step};
use super::{Deposed, Form, Instance, State};

pub(super) fn read(source: &str, mut top: Fields<'_>) -> Result<State, InputError> {
    let mut collector = Collector::new(source, Form::Show);
    collector.describe(None, None, top.text("terraform_version")?);
    // A state without resources has no `values` at all.
    if let Some(values) = top.take("values") {
        let mut values = Fields::of(source, "values", values)?;
        if let Some(root) = values.take("root_module") {
            module(source, Fields::of(source, "values.root_module", root)?, &mut collector)?;
        }
    }
    Ok(collector.finish())
}

fn module(source: &str, mut fields: Fields<'_>, collector: &mut Collector) -> Result<(), InputError> {
    let module_address = fields.text("address")?.unwrap_or_default();
    let place = fields.place().to_owned();
    for (position, value) in fields.array("resources")?.unwrap_or_default().into_iter().enumerate() {
        let fields = Fields::of(source, format!("{place}.resources[{position}]"), value)?;
        resource(source, &module_address, fields, collector)?;
    }
    for (position, value) in fields
        .array("child_modules")?
        .unwrap_or_default()
        .into_iter()
        .enumerate()
    {
        module(
            source,
            Fields::of(source, format!("{place}.child_modules[{position}]"), value)?,
            collector,
        )?;
    }
    Ok(())
}

fn resource(source: &str, module: &str, mut fields: Fields<'_>, collector: &mut Collector) -> Result<(), InputError> {
    let terraform_type = fields.required_text("type")?;
    let address = address_of(module, &terraform_type, &mut fields)?;
    fields.at(address.clone());
    let provider = provider(fields.text("provider_name")?.as_deref());
    match fields.required_text("mode")?.as_str() {
        "managed" => {}
        "data" => {
            let values = fields.get("values").and_then(Value::as_object);
            collector.data(&terraform_type, &provider, values);
            return Ok(());
        }
        mode => return Err(fields.malformed(format!("`mode` must be \"managed\" or \"data\", not {mode:?}"))),
    }

    let attributes = fields.object("values")?;
    if let Some(key) = fields.text("deposed_key")?.filter(|key| !key.is_empty()) {
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
    let schema_version = fields.unsigned("schema_version")?.unwrap_or(0);
    let tainted = fields.flag("tainted")?;
    let Some(attributes) = attributes else {
        return Err(InputError::NoAttributes {
            state: source.to_owned(),
            address,
        });
    };
    let mut sensitive = Vec::new();
    if let Some(marks) = fields.take("sensitive_values") {
        leaves(&marks, &mut Vec::new(), &mut sensitive);
    }
    collector.instance(Instance {
        address,
        terraform_type,
        provider,
        schema_version,
        attributes,
        sensitive,
        tainted,
        flat: false,
        state: source.to_owned(),
    })
}

/// The address as given, except that early versions gave it without module path and instance key.
fn address_of(module: &str, terraform_type: &str, fields: &mut Fields<'_>) -> Result<String, InputError> {
    let given = fields.text("address")?.filter(|address| !address.is_empty());
    let name = fields.required_text("name")?;
    let key = match fields.take("index") {
        None => None,
        Some(Value::String(name)) => Some(InstanceKey::Name(name)),
        Some(value) => match value.as_u64() {
            Some(index) => Some(InstanceKey::Index(index)),
            None => return Err(fields.wrong("index", "a string or a whole number from 0", &value)),
        },
    };
    let data = fields.get("mode").and_then(Value::as_str) == Some("data");
    let bare = address::resource("", data, terraform_type, &name);
    match given {
        Some(given) if given != bare && given.starts_with(module) => Ok(given),
        _ => Ok(address::instance(
            &address::resource(module, data, terraform_type, &name),
            key.as_ref(),
        )),
    }
}

/// The provider in the notation of states. Terraform 0.12 knew bare names only.
fn provider(name: Option<&str>) -> String {
    match name {
        None | Some("") => String::new(),
        Some(name) if name.contains('/') => format!("provider[\"{name}\"]"),
        Some(name) => format!("provider.{name}"),
    }
}

/// Every `true` in a document of the shape of the values marks a sensitive place.
fn leaves(marks: &Value, here: &mut Vec<Step>, found: &mut Vec<AttributePath>) {
    match marks {
        Value::Bool(true) => found.push(AttributePath(here.clone())),
        Value::Array(elements) => {
            for (index, element) in (0u64..).zip(elements) {
                here.push(Step::Index(index));
                leaves(element, here, found);
                here.pop();
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                here.push(Step::Attribute(name.clone()));
                leaves(member, here, found);
                here.pop();
            }
        }
        _ => {}
    }
}
