//! The `inputs` context, by who starts the workflow.

use crate::workflows::choice::Choice;
use crate::workflows::text::Source;
use crate::workflows::value::Value;
use crate::workflows::workflow::Workflow;
use crate::workflows::yaml::{Entry, Node};

/// Choices with more options than this are left open.
const MAX_OPTIONS: usize = 16;

/// The inputs of a workflow that an event starts: those of `workflow_dispatch`, or those of
/// `workflow_call` when another repository calls it.
pub(super) fn of_event(workflow: &Workflow) -> Value {
    let other_events = workflow
        .events
        .iter()
        .any(|e| e != "workflow_dispatch" && e != "workflow_call");
    let mut inputs: Vec<(String, Value)> = workflow
        .dispatch_inputs
        .iter()
        .map(|entry| (entry.key.clone(), by_person(entry, other_events)))
        .collect();
    for entry in &workflow.call_inputs {
        if inputs.iter().any(|(name, _)| name.eq_ignore_ascii_case(&entry.key)) {
            continue;
        }
        let why = format!("whoever calls the workflow gives it{}", default_note(&entry.value));
        let value = Value::open(format!("inputs.{}", entry.key), Source::Input, &why);
        inputs.push((entry.key.clone(), value));
    }
    Value::Object(inputs)
}

/// An input that a person picks or types; runs that another event starts have none.
fn by_person(entry: &Entry, other_events: bool) -> Value {
    let name = format!("inputs.{}", entry.key);
    let kind = entry.value.get("type").and_then(Node::text);
    match kind.as_deref() {
        Some("choice") => {
            let options = entry.value.get("options").map(Node::texts).unwrap_or_default();
            if options.is_empty() || options.len() > MAX_OPTIONS {
                return Value::open(name, Source::Input, "it is one of many options");
            }
            let mut outcomes: Vec<String> = options.iter().map(|o| format!("{name} is {o}")).collect();
            let mut values: Vec<Value> = options.into_iter().map(Value::literal).collect();
            if other_events {
                outcomes.push(format!("{name} is not given"));
                values.push(Value::literal(""));
            }
            Value::split(Choice::new(&name, outcomes), values)
        }
        Some("boolean") => Value::split(
            Choice::yes_no(&name, &name),
            vec![Value::Bool(true), Value::Bool(false)],
        ),
        _ => {
            let why = format!("whoever starts the workflow types it{}", default_note(&entry.value));
            Value::open(name, Source::Input, &why)
        }
    }
}

fn default_note(declaration: &Node) -> String {
    match declaration.get("default").and_then(Node::text) {
        Some(default) => format!("; its default is {default:?}"),
        None => String::new(),
    }
}
