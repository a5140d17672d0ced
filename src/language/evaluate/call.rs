//! Function calls: what a signature asks of the arguments, and marks and unknown values on their way through.

use super::{Evaluator, Fault};
use crate::language::functions::patterns::Search;
use crate::language::functions::{Function, Unknowns};
use crate::language::json::LONGEST;
use crate::language::tree::{Call, Node, Span};
use crate::language::types::{Type, convert};
use crate::language::value::Value;

/// Elements that a list may have which a function makes.
const MOST: usize = 1_000_000;

impl<'a> Evaluator<'a> {
    pub(super) fn call(&mut self, span: Span, call: &'a Call) -> Result<Value, Fault> {
        let function = &*call.function;
        let mut sensitive = false;
        let mut arguments = Vec::with_capacity(call.arguments.len());
        let mut places = Vec::with_capacity(call.arguments.len());
        for (at, node) in call.arguments.iter().enumerate() {
            let value = self.owned(node)?;
            if call.expand && at + 1 == call.arguments.len() {
                let (value, marked) = value.unmarked();
                sensitive |= marked;
                match value {
                    Value::Unknown => return Ok(Value::Unknown.sensitive_if(sensitive)),
                    Value::List(items) | Value::Tuple(items) | Value::Set(items) => {
                        arguments.extend(items.iter().cloned());
                        places.resize(arguments.len(), node.span);
                    }
                    other => {
                        let message = format!("`...` takes a list, and this is of type {}", other.kind());
                        return Err(Fault::new(node.span, message));
                    }
                }
            } else {
                arguments.push(value);
                places.push(node.span);
            }
        }
        if call.expand
            && (arguments.len() < function.least() || function.most().is_some_and(|most| arguments.len() > most))
        {
            let message = format!("`{}` does not take {} arguments", function.name(), arguments.len());
            return Err(Fault::new(span, message).with_hint(Some(format!("it is {}", function.usage()))));
        }
        if !function.sees_marks() && arguments.iter().any(Value::contains_sensitive) {
            sensitive = true;
            arguments = arguments.iter().map(Value::revealed).collect();
        }
        let mut unknown = false;
        for (at, (argument, place)) in arguments.iter_mut().zip(&places).enumerate() {
            unknown |= fit(function, at, argument, *place).map_err(|fault| fault.hushed(sensitive))?;
        }
        if unknown {
            return Ok(Value::Unknown.sensitive_if(sensitive));
        }
        let result = function.apply(&arguments).map_err(|error| {
            let place = error.argument.and_then(|at| places.get(at)).copied().unwrap_or(span);
            Fault::new(place, format!("{}: {}", function.name(), error.message)).hushed(sensitive)
        })?;
        let too_large = match result.unmarked().0 {
            Value::String(text) => text.len() > LONGEST,
            Value::List(items) | Value::Tuple(items) | Value::Set(items) => items.len() > MOST,
            _ => false,
        };
        if too_large {
            return Err(Fault::new(span, "the result is too large"));
        }
        Ok(result.sensitive_if(sensitive))
    }

    pub(super) fn search(&mut self, search: &Search, text: &'a Node) -> Result<Value, Fault> {
        let value = self.value(text)?;
        let (value, sensitive) = value.unmarked();
        let value = match value {
            Value::Unknown => return Ok(Value::Unknown.sensitive_if(sensitive)),
            Value::Null => return Err(Fault::new(text.span, "a string is required, and this is null")),
            other => convert(other, &Type::String).map_err(|message| Fault::new(text.span, message))?,
        };
        let result = search.run(value.as_str().unwrap_or_default());
        let result = result.map_err(|error| Fault::new(text.span, error.message))?;
        Ok(result.sensitive_if(sensitive))
    }
}

/// Makes an argument what the function asks for. Answers whether the call's result is unknown because of it.
fn fit(function: &Function, at: usize, argument: &mut Value, place: Span) -> Result<bool, Fault> {
    let Some(parameter) = function.parameter_at(at) else {
        return Ok(false);
    };
    if argument.is_null() && !parameter.is_nullable() {
        let message = format!("{}: `{}` cannot be null", function.name(), parameter.name());
        return Err(Fault::new(place, message));
    }
    let unknown = match function.unknowns() {
        Unknowns::Refused => argument.contains_unknown(),
        Unknowns::Inside => argument.is_unknown(),
        Unknowns::Welcome => false,
    };
    if unknown {
        return Ok(true);
    }
    *argument = convert(argument, parameter.kind())
        .map_err(|message| Fault::new(place, format!("{}: `{}`: {message}", function.name(), parameter.name())))?;
    // Converting to a set loses elements that may or may not be the same.
    Ok(function.unknowns() == Unknowns::Refused && argument.contains_unknown())
}
