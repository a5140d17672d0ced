//! Values from JSON and to it.

use std::fmt::Write;

use serde_json::Value as Json;

use super::number::Number;
use super::value::Value;

/// Texts that a function makes are at most this long, in bytes.
pub(super) const LONGEST: usize = 16 << 20;

/// Arrays become tuples, objects objects. Numbers outside the integers of 64 bits become the nearest double.
impl From<&Json> for Value {
    fn from(json: &Json) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(bool) => Self::Bool(*bool),
            Json::Number(number) => number
                .as_i64()
                .map(Number::Integer)
                .or_else(|| number.as_f64().and_then(Number::from_f64))
                .map_or(Self::Null, Self::Number),
            Json::String(text) => Self::from(text.as_str()),
            Json::Array(items) => Self::tuple(items.iter().map(Self::from)),
            Json::Object(members) => Self::object(members.iter().map(|(k, v)| (k.as_str(), Self::from(v)))),
        }
    }
}

/// Why a value cannot be written as JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotJson {
    /// It or something in it is marked.
    #[error("the value is sensitive")]
    Sensitive,
    /// It or something in it is unknown.
    #[error("the value is not known")]
    Unknown,
    /// It would be longer than 16 MiB.
    #[error("the value is too long")]
    TooLong,
}

impl TryFrom<&Value> for Json {
    type Error = NotJson;

    fn try_from(value: &Value) -> Result<Self, NotJson> {
        Ok(match value {
            Value::Null => Self::Null,
            Value::Bool(bool) => Self::Bool(*bool),
            Value::Number(Number::Integer(integer)) => Self::from(*integer),
            Value::Number(Number::Fraction(float)) => Self::from(*float),
            Value::String(text) => Self::from(&**text),
            Value::List(items) | Value::Tuple(items) | Value::Set(items) => {
                Self::Array(items.iter().map(Self::try_from).collect::<Result<_, _>>()?)
            }
            Value::Map(members) | Value::Object(members) => {
                let pair = |(key, value): (&std::sync::Arc<str>, &Value)| Ok((key.to_string(), Self::try_from(value)?));
                Self::Object(members.iter().map(pair).collect::<Result<_, _>>()?)
            }
            Value::Unknown => return Err(NotJson::Unknown),
            Value::Sensitive(_) => return Err(NotJson::Sensitive),
        })
    }
}

/// The text that `jsonencode` makes: no spaces, keys sorted, and `<`, `>`, `&` escaped as Go does.
pub(super) fn encode(value: &Value) -> Result<String, NotJson> {
    let mut out = String::new();
    write_value(&mut out, value)?;
    Ok(out)
}

fn write_value(out: &mut String, value: &Value) -> Result<(), NotJson> {
    if out.len() > LONGEST {
        return Err(NotJson::TooLong);
    }
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(bool) => out.push_str(if *bool { "true" } else { "false" }),
        Value::Number(number) => {
            // Writing to a String cannot fail.
            let _ = write!(out, "{number}");
        }
        Value::String(text) => write_text(out, text),
        Value::List(items) | Value::Tuple(items) | Value::Set(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_value(out, item)?;
            }
            out.push(']');
        }
        Value::Map(members) | Value::Object(members) => {
            out.push('{');
            for (at, (key, member)) in members.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write_text(out, key);
                out.push(':');
                write_value(out, member)?;
            }
            out.push('}');
        }
        Value::Unknown => return Err(NotJson::Unknown),
        Value::Sensitive(_) => return Err(NotJson::Sensitive),
    }
    Ok(())
}

/// A JSON string as Go's encoder writes it.
pub(super) fn write_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\0'..='\u{1f}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn any_json() -> impl Strategy<Value = Json> {
        let leaf = prop_oneof![
            Just(Json::Null),
            any::<bool>().prop_map(Json::from),
            any::<i64>().prop_map(Json::from),
            (-1e15..1e15f64).prop_map(|float| Json::from(float.trunc() as i64)),
            (-1000i32..1000).prop_map(|n| Json::from(f64::from(n) + 0.5)),
            any::<String>().prop_map(Json::from),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Json::from),
                prop::collection::btree_map(any::<String>(), inner, 0..5)
                    .prop_map(|map| Json::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn json_comes_back_as_it_went_in(json in any_json()) {
            let value = Value::from(&json);
            prop_assert_eq!(Json::try_from(&value).unwrap(), json.clone());
            let text = encode(&value).unwrap();
            prop_assert_eq!(Value::from(&serde_json::from_str::<Json>(&text).unwrap()), value);
        }
    }

    #[test]
    fn what_must_not_be_seen_is_not_written() {
        let secret = Value::tuple([Value::from("x").sensitive()]);
        assert_eq!(Json::try_from(&secret), Err(NotJson::Sensitive));
        assert_eq!(encode(&secret), Err(NotJson::Sensitive));
        assert_eq!(Json::try_from(&Value::Unknown), Err(NotJson::Unknown));
        assert_eq!(Value::from(&json!(1.0)), Value::from(1));
    }
}
