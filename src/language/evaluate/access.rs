//! Attributes, elements and splats.

use std::borrow::Cow;
use std::sync::Arc;

use super::{Evaluator, Fault, Outcome};
use crate::language::number::Number;
use crate::language::tree::{Span, Step, StepKind};
use crate::language::types::{Type, convert};
use crate::language::value::Value;

impl<'a> Evaluator<'a> {
    /// What `steps` reach from `base`. Marks of what is passed on the way stay on the result.
    pub(super) fn access(&mut self, base: Cow<'a, Value>, steps: &'a [Step]) -> Outcome<'a> {
        let mut value = base;
        let mut sensitive = false;
        for step in steps {
            if matches!(*value, Value::Sensitive(_)) {
                sensitive = true;
                value = map(value, |value| Some(value.unmarked().0)).unwrap_or(Cow::Owned(Value::Unknown));
            }
            if let (Value::Unknown, StepKind::Attribute(_) | StepKind::Index(_)) = (&*value, &step.kind) {
                continue;
            }
            value = match &step.kind {
                StepKind::Attribute(name) => {
                    attribute(value, name, step.span).map_err(|fault| fault.hushed(sensitive))?
                }
                StepKind::Index(index) => {
                    let index = self.value(index)?;
                    let (index, marked) = index.unmarked();
                    sensitive |= marked;
                    element(value, index, step.span).map_err(|fault| fault.hushed(sensitive))?
                }
                StepKind::Splat(each) => Cow::Owned(self.splat(&value, each, step.span)?),
            };
        }
        Ok(if sensitive {
            Cow::Owned(value.into_owned().sensitive())
        } else {
            value
        })
    }

    fn splat(&mut self, value: &Value, each: &'a [Step], span: Span) -> Result<Value, Fault> {
        let items = match value {
            Value::Unknown => return Ok(Value::Unknown),
            Value::Null => return Ok(Value::tuple([])),
            Value::List(items) | Value::Tuple(items) | Value::Set(items) => items.to_vec(),
            single => vec![single.clone()],
        };
        let mut results = Vec::with_capacity(items.len());
        for item in items {
            self.burn(1, span)?;
            results.push(self.access(Cow::Owned(item), each)?.into_owned());
        }
        let tuple = Value::tuple(results);
        Ok(match value {
            // Elements of one type usually give results of one type.
            Value::List(_) | Value::Set(_) => convert(&tuple, &Type::list(Type::Any)).unwrap_or(tuple),
            _ => tuple,
        })
    }
}

/// A part of a value: borrowed where the value is, else cloned.
fn map<'a>(value: Cow<'a, Value>, part: impl for<'v> Fn(&'v Value) -> Option<&'v Value>) -> Option<Cow<'a, Value>> {
    match value {
        Cow::Borrowed(value) => part(value).map(Cow::Borrowed),
        Cow::Owned(value) => part(&value).cloned().map(Cow::Owned),
    }
}

fn attribute<'a>(value: Cow<'a, Value>, name: &Arc<str>, span: Span) -> Outcome<'a> {
    match &*value {
        Value::Map(members) | Value::Object(members) => match members.get(&**name) {
            Some(_) => {
                let member = map(value, |value| value.as_members()?.get(&**name));
                Ok(member.unwrap_or_else(|| unreachable!("the member was found a line above")))
            }
            None => Err(Fault::no_member(members, name, span)),
        },
        Value::Null => Err(Fault::new(span, format!("null has no attribute \"{name}\""))),
        other => {
            let message = format!("a value of type {} has no attributes", other.kind());
            let hint = matches!(other, Value::List(_) | Value::Tuple(_) | Value::Set(_))
                .then(|| format!("use [*].{name} for those of its elements"));
            Err(Fault::new(span, message).with_hint(hint))
        }
    }
}

/// The element of `value` at `index`.
pub(in crate::language) fn element<'a>(value: Cow<'a, Value>, index: &Value, span: Span) -> Outcome<'a> {
    if matches!(*value, Value::Unknown) {
        return Ok(value);
    }
    match index {
        Value::Unknown => return Ok(Cow::Owned(Value::Unknown)),
        Value::Null => return Err(Fault::new(span, "an index cannot be null")),
        _ => {}
    }
    match &*value {
        Value::Map(members) | Value::Object(members) => {
            let Ok(Value::String(name)) = convert(index, &Type::String) else {
                let message = format!("a key has to be a string, and this is of type {}", index.kind());
                return Err(Fault::new(span, message));
            };
            if !members.contains_key(&*name) {
                return Err(Fault::no_member(members, &name, span));
            }
            Ok(map(value, |value| value.as_members()?.get(&*name)).unwrap_or(Cow::Owned(Value::Unknown)))
        }
        Value::List(items) | Value::Tuple(items) => {
            let Ok(Value::Number(number)) = convert(index, &Type::Number) else {
                let message = format!("an index has to be a number, and this is of type {}", index.kind());
                return Err(Fault::new(span, message));
            };
            let position = match number {
                Number::Integer(integer) => usize::try_from(integer).ok(),
                Number::Fraction(_) => None,
            };
            match position.filter(|at| *at < items.len()) {
                Some(at) => Ok(map(value, |value| value.as_elements()?.get(at)).unwrap_or(Cow::Owned(Value::Unknown))),
                None => {
                    let message = match items.len() {
                        0 => format!("no element {number}: the list is empty"),
                        1 => format!("no element {number}: the list has only element 0"),
                        count => format!("no element {number}: the list has elements 0 to {}", count - 1),
                    };
                    Err(Fault::new(span, message))
                }
            }
        }
        Value::Set(_) => {
            let hint = "convert it with tolist, or use one".to_owned();
            Err(Fault::new(span, "the elements of a set have no index").with_hint(Some(hint)))
        }
        Value::Null => Err(Fault::new(span, "null has no elements")),
        other => Err(Fault::new(
            span,
            format!("a value of type {} has no elements", other.kind()),
        )),
    }
}
