//! The functions of GitHub Actions expressions.
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/expressions#functions>

use github_actions_expressions::call::{Call, Function};

use super::expressions::{Evaluator, squeeze};
use super::text::{Piece, Source, Text};
use super::value::{Value, lift};

/// Calls a function; what depends on open arguments stays open under the expression's own words.
pub(crate) fn call(evaluator: &Evaluator<'_, '_>, call: &Call<'_>, raw: &str) -> Value {
    let raw = squeeze(raw);
    let asking = evaluator.scope.asking();
    match call.func {
        Function::Success | Function::Always => return Value::Bool(true),
        Function::Failure | Function::Cancelled => {
            return Value::open(raw, Source::Run, "it is known when the workflow runs");
        }
        Function::Case => return case(evaluator, call),
        _ => {}
    }
    let arguments: Vec<Value> = call.args.iter().map(|a| evaluator.value(a)).collect();
    lift(&arguments, &mut |plain| match (call.func, plain) {
        (Function::Contains, [Value::Array(items), item]) => {
            let mut answer = Some(false);
            for candidate in items {
                match asking.equals(candidate, item) {
                    Value::Bool(true) => return Value::Bool(true),
                    Value::Bool(false) => {}
                    _ => answer = None,
                }
            }
            answer.map_or_else(|| asking.unknown(&raw), Value::Bool)
        }
        (Function::Contains, [text, part]) => text_question(text, part, &|text, part| {
            let found = text.to_lowercase().contains(&part.to_lowercase());
            Some(found)
        })
        .map_or_else(|| asking.unknown(&described("contains", plain)), Value::Bool),
        (Function::StartsWith, [text, part]) => {
            starts_with(text, part).map_or_else(|| asking.unknown(&described("startsWith", plain)), Value::Bool)
        }
        (Function::EndsWith, [text, part]) => text_question(text, part, &|text, part| {
            Some(text.to_lowercase().ends_with(&part.to_lowercase()))
        })
        .map_or_else(|| asking.unknown(&described("endsWith", plain)), Value::Bool),
        (Function::Format, [template, rest @ ..]) => format(&template.to_text(), rest),
        (Function::Join, [list, rest @ ..]) => {
            let separator = rest.first().map_or_else(|| Text::literal(","), Value::to_text);
            join(list, &separator)
        }
        (Function::ToJSON, [value]) => match json(value, 0) {
            Some(text) => Value::literal(text),
            None => Value::open(&raw, Source::NotUnderstood, "parts of it are not known"),
        },
        (Function::FromJSON, [text]) => from_json(&text.to_text(), &raw),
        _ => Value::open(&raw, Source::Run, "it is known when the workflow runs"),
    })
}

/// The call with what its arguments came to, so that the same question in two jobs is one question.
fn described(name: &str, arguments: &[Value]) -> String {
    let shown: Vec<String> = arguments
        .iter()
        .map(|argument| {
            let text = argument.to_text();
            if text.is_open() {
                text.display()
            } else {
                format!("'{}'", text.display())
            }
        })
        .collect();
    format!("{name}({})", shown.join(", "))
}

fn case(evaluator: &Evaluator<'_, '_>, call: &Call<'_>) -> Value {
    let asking = evaluator.scope.asking();
    let Some((default, pairs)) = call.args.split_last() else {
        return Value::Null;
    };
    let mut result = evaluator.value(default);
    for pair in pairs.chunks(2).rev() {
        let [question, value] = pair else { continue };
        let decision = evaluator
            .value(question)
            .decide(&|open| asking.choice(&open.to_text().display()));
        let value = evaluator.value(value);
        let joined = Value::joined(&decision, &|branch| {
            Some(if branch == 0 { value.clone() } else { result.clone() })
        });
        result = joined.unwrap_or(Value::Null);
    }
    result
}

fn text_question(text: &Value, part: &Value, answer: &dyn Fn(&str, &str) -> Option<bool>) -> Option<bool> {
    let (text, part) = (text.to_text().resolved()?, part.to_text().resolved()?);
    answer(&text, &part)
}

fn starts_with(text: &Value, part: &Value) -> Option<bool> {
    let (text, part) = (text.to_text(), part.to_text().resolved()?.to_lowercase());
    if let Some(known) = text.resolved() {
        return Some(known.to_lowercase().starts_with(&part));
    }
    let start = text.literal_start().to_lowercase();
    if start.len() >= part.len() {
        return Some(start.starts_with(&part));
    }
    (!part.starts_with(&start)).then_some(false)
}

fn format(template: &Text, arguments: &[Value]) -> Value {
    let mut result = Text::new();
    let flat = template.flatten();
    let mut rest = flat.as_str();
    while let Some(at) = rest.find(['{', '}']) {
        result.extend(&template.unflatten(&rest[..at]));
        let tail = &rest[at..];
        if tail.starts_with("{{") || tail.starts_with("}}") {
            result.push(Piece::Literal(tail[..1].to_string()));
            rest = &tail[2..];
            continue;
        }
        let argument = tail[1..]
            .split_once('}')
            .and_then(|(number, _)| number.parse::<usize>().ok().map(|n| (n, number.len())));
        match argument.and_then(|(n, length)| arguments.get(n).map(|a| (a, length))) {
            Some((argument, length)) if tail.starts_with('{') => {
                result.extend(&argument.to_text());
                rest = &tail[length + 2..];
            }
            _ => {
                result.push(Piece::Literal(tail[..1].to_string()));
                rest = &tail[1..];
            }
        }
    }
    result.extend(&template.unflatten(rest));
    Value::Text(result)
}

fn join(list: &Value, separator: &Text) -> Value {
    let items = match list {
        Value::Array(items) => items.as_slice(),
        other => return Value::Text(other.to_text()),
    };
    let mut result = Text::new();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            result.extend(separator);
        }
        result.extend(&item.to_text());
    }
    Value::Text(result)
}

/// JSON as GitHub prints it: indented by two spaces. Open parts and secrets cannot be printed.
fn json(value: &Value, depth: usize) -> Option<String> {
    let inner = "  ".repeat(depth + 1);
    let outer = "  ".repeat(depth);
    match value {
        Value::Null => Some("null".into()),
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(value) => Some(super::value::number_text(*value)),
        Value::Text(text) => serde_json::to_string(text.as_literal()?).ok(),
        Value::Array(items) if items.is_empty() => Some("[]".into()),
        Value::Array(items) => {
            let items: Option<Vec<String>> = items
                .iter()
                .map(|v| json(v, depth + 1).map(|v| format!("{inner}{v}")))
                .collect();
            Some(format!("[\n{}\n{outer}]", items?.join(",\n")))
        }
        Value::Object(entries) if entries.is_empty() => Some("{}".into()),
        Value::Object(entries) => {
            let entries: Option<Vec<String>> = entries
                .iter()
                .map(|(key, value)| {
                    let key = serde_json::to_string(key).ok()?;
                    json(value, depth + 1).map(|v| format!("{inner}{key}: {v}"))
                })
                .collect();
            Some(format!("{{\n{}\n{outer}}}", entries?.join(",\n")))
        }
        Value::Split(_) | Value::Config(_) => None,
    }
}

fn from_json(text: &Text, raw: &str) -> Value {
    if text.has_secret() || text.is_open() {
        let flat = text.flatten();
        let parsed = serde_json::from_str::<serde_json::Value>(&flat).ok();
        return match parsed {
            Some(parsed) if flat.chars().count() > 1 => json_value(&parsed, text),
            _ => Value::open(raw, Source::NotUnderstood, "its JSON is not known"),
        };
    }
    match serde_json::from_str::<serde_json::Value>(&text.flatten()) {
        Ok(parsed) => json_value(&parsed, text),
        Err(_) => Value::open(raw, Source::NotUnderstood, "its argument is not JSON"),
    }
}

/// JSON as a value; open parts inside its strings stay what they were.
pub(crate) fn json_value(parsed: &serde_json::Value, source: &Text) -> Value {
    match parsed {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(number) => Value::Number(number.as_f64().unwrap_or(f64::NAN)),
        serde_json::Value::String(text) => Value::Text(source.unflatten(text)),
        serde_json::Value::Array(items) => Value::Array(items.iter().map(|v| json_value(v, source)).collect()),
        serde_json::Value::Object(entries) => Value::Object(
            entries
                .iter()
                .map(|(key, value)| (source.unflatten(key).display(), json_value(value, source)))
                .collect(),
        ),
    }
}
