//! Functions of strings.

use super::patterns::compiled;
use super::{Function, FunctionError, integer_of, items_of, number, str_of, text, texts};
use crate::language::json::LONGEST;
use crate::language::types::Type;
use crate::language::value::Value;

pub(super) fn functions() -> Vec<Function> {
    vec![
        map("chomp", |s| s.trim_end_matches(['\n', '\r']).to_owned()),
        map("lower", |s| each(s, |c| single(c.to_lowercase(), c))),
        map("upper", |s| each(s, |c| single(c.to_uppercase(), c))),
        map("title", title),
        map("trimspace", |s| s.trim().to_owned()),
        map("strrev", |s| s.chars().rev().collect()),
        test("endswith", "suffix", |s, suffix| s.ends_with(suffix)),
        test("startswith", "prefix", |s, prefix| s.starts_with(prefix)),
        test("strcontains", "substr", |s, part| s.contains(part)),
        combine("trim", "cutset", |s, set| {
            s.trim_matches(|c| set.contains(c)).to_owned()
        }),
        combine("trimprefix", "prefix", |s, prefix| {
            s.strip_prefix(prefix).unwrap_or(s).to_owned()
        }),
        combine("trimsuffix", "suffix", |s, suffix| {
            s.strip_suffix(suffix).unwrap_or(s).to_owned()
        }),
        Function::new("indent", indent)
            .parameter(number("spaces"))
            .parameter(text("string")),
        Function::new("join", join)
            .parameter(text("separator"))
            .rest(texts("lists")),
        Function::new("replace", replace)
            .parameter(text("string"))
            .parameter(text("substr"))
            .parameter(text("replace")),
        Function::new("split", split)
            .parameter(text("separator"))
            .parameter(text("string")),
        Function::new("substr", substr)
            .parameter(text("string"))
            .parameter(number("offset"))
            .parameter(number("length")),
        Function::new("sort", |arguments| {
            let mut items = items_of(&arguments[0]).to_vec();
            if items.iter().any(Value::is_null) {
                return Err(FunctionError::at(0, "a null cannot be sorted"));
            }
            items.sort_by(crate::language::order::order);
            Ok(Value::list(items))
        })
        .parameter(super::Parameter::new("list", Type::list(Type::String))),
    ]
}

fn map(name: &'static str, f: impl Fn(&str) -> String + Send + Sync + 'static) -> Function {
    Function::new(name, move |arguments| Ok(Value::from(f(str_of(&arguments[0]))))).parameter(text("string"))
}

fn combine(
    name: &'static str,
    second: &'static str,
    f: impl Fn(&str, &str) -> String + Send + Sync + 'static,
) -> Function {
    let body = move |arguments: &[Value]| Ok(Value::from(f(str_of(&arguments[0]), str_of(&arguments[1]))));
    Function::new(name, body)
        .parameter(text("string"))
        .parameter(text(second))
}

fn test(name: &'static str, second: &'static str, f: impl Fn(&str, &str) -> bool + Send + Sync + 'static) -> Function {
    let body = move |arguments: &[Value]| Ok(Value::Bool(f(str_of(&arguments[0]), str_of(&arguments[1]))));
    Function::new(name, body)
        .parameter(text("string"))
        .parameter(text(second))
}

fn each(text: &str, f: impl Fn(char) -> char) -> String {
    text.chars().map(f).collect()
}

/// The one character of `mapped`: Terraform maps each to one, so that `ß` has no capital form.
fn single(mut mapped: impl Iterator<Item = char>, original: char) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(c), None) => c,
        _ => original,
    }
}

/// Capital letters at the starts of words, which end at anything but a letter, a digit or `_`.
fn title(text: &str) -> String {
    let mut before = ' ';
    each(text, |c| c)
        .chars()
        .map(|c| {
            let starts = if before.is_ascii() {
                !before.is_ascii_alphanumeric() && before != '_'
            } else {
                !before.is_alphanumeric() && before.is_whitespace()
            };
            before = c;
            if starts { single(c.to_uppercase(), c) } else { c }
        })
        .collect()
}

fn indent(arguments: &[Value]) -> Result<Value, FunctionError> {
    let spaces = integer_of(arguments, 0)?;
    let Some(spaces) = usize::try_from(spaces).ok().filter(|spaces| *spaces <= 10_000) else {
        return Err(FunctionError::at(0, "between 0 and 10000 spaces are possible"));
    };
    let text = str_of(&arguments[1]);
    let breaks = text.bytes().filter(|byte| *byte == b'\n').count();
    bounded(text.len() + breaks * spaces)?;
    Ok(Value::from(text.replace('\n', &format!("\n{}", " ".repeat(spaces)))))
}

fn join(arguments: &[Value]) -> Result<Value, FunctionError> {
    let separator = str_of(&arguments[0]);
    if arguments.len() < 2 {
        return Err("at least one list is required".into());
    }
    let mut parts: Vec<&str> = Vec::new();
    for (at, list) in arguments.iter().enumerate().skip(1) {
        for item in items_of(list) {
            match item {
                Value::String(text) => parts.push(text),
                _ => return Err(FunctionError::at(at, "a null cannot be joined")),
            }
        }
    }
    bounded(parts.iter().map(|part| part.len() + separator.len()).sum())?;
    Ok(Value::from(parts.join(separator)))
}

/// `/…/` is a regular expression, anything else itself.
fn replace(arguments: &[Value]) -> Result<Value, FunctionError> {
    let [text, from, to] = [0, 1, 2].map(|at| str_of(&arguments[at]));
    let pattern = from.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    if let Some(pattern) = pattern {
        let regex = compiled(pattern).map_err(|message| FunctionError::at(1, message))?;
        let matches = regex.find_iter(text).count();
        // Each group that the replacement names can be as long as the text.
        bounded(text.len() + matches * to.len() + to.matches('$').count() * text.len())?;
        return Ok(Value::from(regex.replace_all(text, to).into_owned()));
    }
    let matches = text.matches(from).count();
    bounded(text.len() + matches * to.len())?;
    Ok(Value::from(text.replace(from, to)))
}

fn split(arguments: &[Value]) -> Result<Value, FunctionError> {
    let (separator, text) = (str_of(&arguments[0]), str_of(&arguments[1]));
    Ok(if separator.is_empty() {
        Value::list(text.chars().map(|c| Value::from(c.to_string())))
    } else {
        Value::list(text.split(separator).map(Value::from))
    })
}

/// An offset below zero counts from the end; a length of -1 means the rest.
fn substr(arguments: &[Value]) -> Result<Value, FunctionError> {
    let text = str_of(&arguments[0]);
    let (offset, length) = (integer_of(arguments, 1)?, integer_of(arguments, 2)?);
    let count = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    let start = if offset < 0 {
        offset.saturating_add(count).max(0)
    } else {
        offset
    };
    let length = if length < 0 { count } else { length };
    let start = usize::try_from(start).unwrap_or(usize::MAX);
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    Ok(Value::from(text.chars().skip(start).take(length).collect::<String>()))
}

/// Refuses to make texts of absurd lengths.
fn bounded(length: usize) -> Result<(), FunctionError> {
    if length > LONGEST {
        return Err("the result is too long".into());
    }
    Ok(())
}
