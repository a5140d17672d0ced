//! Functions of lists, maps and objects.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{
    Function, FunctionError, Unknowns, any, elements_at, integer_of, items_of, list, number, str_of, text, texts,
};
use crate::language::number::Number;
use crate::language::order::equal;
use crate::language::types::{Type, convert};
use crate::language::value::{Members, Value};

/// Numbers that `range` makes at most, as in Terraform.
const RANGE: usize = 1024;

/// Elements that `flatten` makes at most.
const FLAT: usize = 1_000_000;

pub(super) fn functions() -> Vec<Function> {
    let bools = || super::Parameter::new("list", Type::list(Type::Bool));
    vec![
        Function::new("alltrue", |arguments| Ok(decided(items_of(&arguments[0]), false)))
            .parameter(bools())
            .unknown(Unknowns::Inside),
        Function::new("anytrue", |arguments| Ok(decided(items_of(&arguments[0]), true)))
            .parameter(bools())
            .unknown(Unknowns::Inside),
        inside("chunklist", chunklist)
            .parameter(list("list"))
            .parameter(number("size")),
        Function::new("coalesce", coalesce).rest(any("values").nullable()),
        Function::new("coalescelist", coalescelist).rest(any("lists")),
        Function::new("compact", |arguments| {
            let kept = items_of(&arguments[0])
                .iter()
                .filter(|item| item.as_str().is_some_and(|s| !s.is_empty()));
            Ok(Value::list(kept.cloned()))
        })
        .parameter(texts("list")),
        inside("concat", concat).rest(any("lists")),
        Function::new("contains", |arguments| {
            let found = elements_at(arguments, 0)?
                .iter()
                .any(|item| equal(item, &arguments[1]) == Some(true));
            Ok(Value::Bool(found))
        })
        .parameter(any("list"))
        .parameter(any("value")),
        Function::new("distinct", |arguments| {
            let mut kept: Vec<Value> = Vec::new();
            for item in items_of(&arguments[0]) {
                if !kept.iter().any(|known| equal(known, item) == Some(true)) {
                    kept.push(item.clone());
                }
            }
            Ok(Value::list(kept))
        })
        .parameter(list("list")),
        inside("element", element)
            .parameter(any("list"))
            .parameter(number("index")),
        Function::new("flatten", |arguments| {
            elements_at(arguments, 0)?;
            let mut flat = Vec::new();
            flatten(&arguments[0], &mut flat)?;
            Ok(Value::tuple(flat))
        })
        .parameter(any("list")),
        Function::new("index", |arguments| {
            let position = elements_at(arguments, 0)?
                .iter()
                .position(|item| equal(item, &arguments[1]) == Some(true));
            let position = position.and_then(|at| i64::try_from(at).ok());
            position
                .map(Value::from)
                .ok_or_else(|| FunctionError::at(1, "the list has no such element"))
        })
        .parameter(any("list"))
        .parameter(any("value")),
        inside("keys", |arguments| {
            let keys = members_at(arguments, 0)?
                .keys()
                .map(|key| Value::String(Arc::clone(key)));
            Ok(same_kind(&arguments[0], keys.collect()))
        })
        .parameter(any("map")),
        inside("length", length).parameter(any("value")),
        inside("lookup", lookup)
            .parameter(any("map"))
            .parameter(text("key"))
            .optional(any("default").nullable()),
        Function::new("matchkeys", matchkeys)
            .parameter(list("values"))
            .parameter(list("keys"))
            .parameter(list("searchset")),
        inside("merge", merge).rest(any("maps").nullable()),
        inside("one", |arguments| match elements_at(arguments, 0)? {
            [] => Ok(Value::Null),
            [only] => Ok(only.clone()),
            many => Err(FunctionError::at(
                0,
                format!("at most one element is allowed, and there are {}", many.len()),
            )),
        })
        .parameter(any("list")),
        Function::new("range", range)
            .parameter(number("start_or_limit"))
            .optional(number("limit"))
            .optional(number("step")),
        inside("reverse", |arguments| {
            let reversed = elements_at(arguments, 0)?.iter().rev().cloned().collect();
            Ok(match &arguments[0] {
                Value::Tuple(_) => Value::Tuple(reversed),
                _ => Value::List(reversed),
            })
        })
        .parameter(any("list")),
        inside("slice", slice)
            .parameter(any("list"))
            .parameter(number("start"))
            .parameter(number("end")),
        Function::new("sum", sum).parameter(any("list")),
        Function::new("transpose", transpose)
            .parameter(super::Parameter::new("map", Type::map(Type::list(Type::String)))),
        inside("values", |arguments| {
            let values = members_at(arguments, 0)?.values().cloned();
            Ok(same_kind(&arguments[0], values.collect()))
        })
        .parameter(any("map")),
        inside("zipmap", zipmap)
            .parameter(texts("keys"))
            .parameter(any("values")),
    ]
}

/// A function that does not care whether elements are known.
fn inside(
    name: &'static str,
    body: impl Fn(&[Value]) -> Result<Value, FunctionError> + Send + Sync + 'static,
) -> Function {
    Function::new(name, body).unknown(Unknowns::Inside)
}

fn members_at(arguments: &[Value], at: usize) -> Result<&Members, FunctionError> {
    let value = &arguments[at];
    value.as_members().ok_or_else(|| {
        FunctionError::at(
            at,
            format!("a map or object is required, and this is of type {}", value.kind()),
        )
    })
}

/// A list of what was in a map, a tuple of what was in an object.
fn same_kind(of: &Value, values: Vec<Value>) -> Value {
    match of {
        Value::Map(_) => Value::list(values),
        _ => Value::tuple(values),
    }
}

/// Whether one of `items` is `decisive`, or else what the others say.
fn decided(items: &[Value], decisive: bool) -> Value {
    let mut unknown = false;
    for item in items {
        match item {
            Value::Bool(bool) if *bool == decisive => return Value::Bool(decisive),
            Value::Null if !decisive => return Value::Bool(false),
            Value::Unknown => unknown = true,
            _ => {}
        }
    }
    if unknown {
        Value::Unknown
    } else {
        Value::Bool(!decisive)
    }
}

fn chunklist(arguments: &[Value]) -> Result<Value, FunctionError> {
    let items = items_of(&arguments[0]);
    let size = integer_of(arguments, 1)?;
    let size = usize::try_from(size).map_err(|_| FunctionError::at(1, "the size cannot be negative"))?;
    let size = if size == 0 { items.len().max(1) } else { size };
    Ok(Value::list(
        items.chunks(size).map(|chunk| Value::list(chunk.iter().cloned())),
    ))
}

/// The first that is neither null nor an empty string, of the type that all have in common.
fn coalesce(arguments: &[Value]) -> Result<Value, FunctionError> {
    let types: Vec<Type> = arguments.iter().map(Type::of).collect();
    let common = Type::in_common(&types).ok_or("all arguments have to be of one type")?;
    for argument in arguments {
        if !matches!(argument, Value::Null) && argument.as_str() != Some("") {
            return Ok(convert(argument, &common)?);
        }
    }
    Err("all arguments are null or empty strings".into())
}

fn coalescelist(arguments: &[Value]) -> Result<Value, FunctionError> {
    for (at, argument) in arguments.iter().enumerate() {
        if !elements_at(arguments, at)?.is_empty() {
            return Ok(argument.clone());
        }
    }
    Err("all lists are empty".into())
}

fn concat(arguments: &[Value]) -> Result<Value, FunctionError> {
    if arguments.is_empty() {
        return Err("at least one list is required".into());
    }
    let mut all = Vec::new();
    for at in 0..arguments.len() {
        all.extend_from_slice(elements_at(arguments, at)?);
    }
    let tuple = Value::tuple(all);
    let lists = arguments
        .iter()
        .all(|argument| matches!(argument, Value::List(_) | Value::Set(_)));
    if lists && let Ok(list) = convert(&tuple, &Type::list(Type::Any)) {
        return Ok(list);
    }
    Ok(tuple)
}

/// The element at an index that starts over behind the end.
fn element(arguments: &[Value]) -> Result<Value, FunctionError> {
    if matches!(arguments[0], Value::Set(_)) {
        return Err(FunctionError::at(0, "the elements of a set have no index"));
    }
    let items = elements_at(arguments, 0)?;
    let index = integer_of(arguments, 1)?;
    let index = usize::try_from(index).map_err(|_| FunctionError::at(1, "the index cannot be negative"))?;
    let at = index
        .checked_rem(items.len())
        .ok_or_else(|| FunctionError::at(0, "the list is empty"))?;
    Ok(items[at].clone())
}

fn flatten(value: &Value, into: &mut Vec<Value>) -> Result<(), FunctionError> {
    if into.len() > FLAT {
        return Err("the result is too large".into());
    }
    match value.as_elements() {
        Some(items) => items.iter().try_for_each(|item| flatten(item, into)),
        None => {
            into.push(value.clone());
            Ok(())
        }
    }
}

fn length(arguments: &[Value]) -> Result<Value, FunctionError> {
    let count = match &arguments[0] {
        Value::String(text) => text.chars().count(),
        value => match (value.as_elements(), value.as_members()) {
            (Some(items), _) => items.len(),
            (_, Some(members)) => members.len(),
            _ => {
                let message = format!(
                    "a collection or a string is required, and this is of type {}",
                    value.kind()
                );
                return Err(FunctionError::at(0, message));
            }
        },
    };
    Ok(Value::from(i64::try_from(count).unwrap_or(i64::MAX)))
}

fn lookup(arguments: &[Value]) -> Result<Value, FunctionError> {
    let members = members_at(arguments, 0)?;
    let key = str_of(&arguments[1]);
    match (members.get(key), arguments.get(2)) {
        (Some(value), _) => Ok(value.clone()),
        (None, Some(default)) => match &arguments[0] {
            Value::Map(_) => {
                let element = members
                    .values()
                    .map(Type::of)
                    .find(|one| *one != Type::Any)
                    .unwrap_or(Type::Any);
                convert(default, &element).map_err(|message| FunctionError::at(2, message))
            }
            _ => Ok(default.clone()),
        },
        (None, None) => Err(FunctionError::at(
            1,
            format!("there is no key \"{key}\", and no default was given"),
        )),
    }
}

fn matchkeys(arguments: &[Value]) -> Result<Value, FunctionError> {
    let [values, keys, wanted] = [0, 1, 2].map(|at| items_of(&arguments[at]));
    if values.len() != keys.len() {
        return Err(FunctionError::at(1, "there have to be as many keys as values"));
    }
    let is_wanted = |key: &Value| wanted.iter().any(|one| equal(one, key) == Some(true));
    let kept = values.iter().zip(keys).filter(|(_, key)| is_wanted(key));
    Ok(Value::list(kept.map(|(value, _)| value.clone())))
}

fn merge(arguments: &[Value]) -> Result<Value, FunctionError> {
    let mut merged = BTreeMap::new();
    for (at, argument) in arguments.iter().enumerate() {
        if !argument.is_null() {
            let members = members_at(arguments, at)?;
            merged.extend(members.iter().map(|(key, value)| (Arc::clone(key), value.clone())));
        }
    }
    let object = Value::Object(Members::new(merged));
    let maps = !arguments.is_empty() && arguments.iter().all(|argument| matches!(argument, Value::Map(_)));
    if maps && let Ok(map) = convert(&object, &Type::map(Type::Any)) {
        return Ok(map);
    }
    Ok(object)
}

fn range(arguments: &[Value]) -> Result<Value, FunctionError> {
    let zero = Number::Integer(0);
    let at = |at: usize| arguments.get(at).and_then(Value::as_number);
    let first = at(0).unwrap_or(zero);
    let (start, limit) = at(1).map_or((zero, first), |limit| (first, limit));
    let upwards = start.compare(limit).is_le();
    let step = at(2).unwrap_or(Number::Integer(if upwards { 1 } else { -1 }));
    let rises = step.compare(zero);
    if rises.is_eq() {
        return Err(FunctionError::at(2, "the step cannot be zero"));
    }
    if start.compare(limit).is_ne() && rises.is_gt() != upwards {
        return Err(FunctionError::at(2, "the step leads away from the limit"));
    }
    let mut numbers = Vec::new();
    let mut number = start;
    while if rises.is_gt() {
        number.compare(limit).is_lt()
    } else {
        number.compare(limit).is_gt()
    } {
        if numbers.len() >= RANGE {
            return Err(FunctionError::from(format!("more than {RANGE} numbers")));
        }
        numbers.push(Value::Number(number));
        number = number.plus(step).ok_or("the numbers become too large")?;
    }
    Ok(Value::list(numbers))
}

fn slice(arguments: &[Value]) -> Result<Value, FunctionError> {
    if matches!(arguments[0], Value::Set(_)) {
        return Err(FunctionError::at(0, "the elements of a set have no order"));
    }
    let items = elements_at(arguments, 0)?;
    let bound = |at: usize| {
        let bound = usize::try_from(integer_of(arguments, at)?)
            .ok()
            .filter(|bound| *bound <= items.len());
        bound.ok_or_else(|| FunctionError::at(at, format!("this has to be between 0 and {}", items.len())))
    };
    let (start, end) = (bound(1)?, bound(2)?);
    let Some(part) = items.get(start..end) else {
        return Err(FunctionError::at(1, "the start cannot lie behind the end"));
    };
    Ok(match &arguments[0] {
        Value::List(_) => Value::list(part.iter().cloned()),
        _ => Value::tuple(part.iter().cloned()),
    })
}

fn sum(arguments: &[Value]) -> Result<Value, FunctionError> {
    let items = elements_at(arguments, 0)?;
    let mut sum: Option<Number> = None;
    for item in items {
        let Ok(Value::Number(number)) = convert(item, &Type::Number) else {
            return Err(FunctionError::at(0, "all elements have to be numbers"));
        };
        let total = sum.map_or(Some(number), |sum| sum.plus(number));
        sum = Some(total.ok_or("the sum is too large")?);
    }
    sum.map(Value::Number)
        .ok_or_else(|| FunctionError::at(0, "the list is empty"))
}

fn transpose(arguments: &[Value]) -> Result<Value, FunctionError> {
    let mut turned: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
    for (key, values) in members_at(arguments, 0)?.iter() {
        for value in items_of(values) {
            let Value::String(name) = value else {
                return Err(FunctionError::at(0, "a null cannot become a key"));
            };
            turned
                .entry(Arc::clone(name))
                .or_default()
                .push(Value::String(Arc::clone(key)));
        }
    }
    Ok(Value::Map(
        turned
            .into_iter()
            .map(|(key, values)| (key, Value::list(values)))
            .collect(),
    ))
}

fn zipmap(arguments: &[Value]) -> Result<Value, FunctionError> {
    let (keys, values) = (items_of(&arguments[0]), elements_at(arguments, 1)?);
    if keys.len() != values.len() {
        let message = format!("there are {} keys and {} values", keys.len(), values.len());
        return Err(FunctionError::at(1, message));
    }
    let mut members = BTreeMap::new();
    for (key, value) in keys.iter().zip(values) {
        match key {
            Value::String(key) => members.insert(Arc::clone(key), value.clone()),
            Value::Unknown => return Ok(Value::Unknown),
            _ => return Err(FunctionError::at(0, "a key cannot be null")),
        };
    }
    let members = Members::new(members);
    Ok(match &arguments[1] {
        Value::List(_) => Value::Map(members),
        _ => Value::Object(members),
    })
}
