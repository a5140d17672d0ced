//! Writing values as HCL.

use std::fmt::Write as _;

use serde_json::Value;

use crate::report::escape;

/// A string literal: nothing in it is evaluated, ends the line or is invisible.
pub(super) fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' | '\\' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            // `${` and `%{` would begin an expression.
            '$' | '%' if characters.peek() == Some(&'{') => {
                out.push(c);
                out.push(c);
            }
            c if escape::is_invisible(c) => {
                // Writing to a String cannot fail.
                let _ = match u32::from(c) {
                    code @ 0..=0xffff => write!(out, "\\u{code:04x}"),
                    code => write!(out, "\\U{code:08x}"),
                };
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A value in one line.
pub(super) fn value(value: &Value) -> String {
    match value {
        Value::String(text) => string(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(self::value).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) if members.is_empty() => "{}".to_owned(),
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(key, member)| format!("{} = {}", name(key), self::value(member)))
                .collect();
            format!("{{ {} }}", members.join(", "))
        }
        plain => plain.to_string(),
    }
}

/// A key as it is, or in quotes where HCL takes it for something else.
pub(super) fn name(text: &str) -> String {
    if is_identifier(text) {
        text.to_owned()
    } else {
        string(text)
    }
}

/// What reaches the member `name` of something: `.name` or `["name"]`.
pub(super) fn step(name: &str) -> String {
    let plain = name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if plain {
        format!(".{name}")
    } else {
        format!("[{}]", string(name))
    }
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        && !matches!(text, "null" | "true" | "false" | "for")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::language::{Expression, Source, Values, Vocabulary};

    proptest! {
        #[test]
        fn a_string_comes_back_as_it_went_in(text in "[a-z\"\\\\$%{}\\n\\r\\t\u{0}\u{202e}\u{e0041}é🙂/#]{0,24}") {
            let source = Source::new("x.hcl", format!("a = {}\n", string(&text)));
            let body = source.parse().unwrap();
            let vocabulary = Vocabulary::new();
            let value = &body.get_attribute("a").unwrap().value;
            let expression = Expression::compile(value, &source, &vocabulary).unwrap();
            let value = expression.evaluate(&Values::new(&vocabulary)).unwrap();
            prop_assert_eq!(value.as_str(), Some(&*text));
            prop_assert_eq!(source.text().lines().count(), 1);
        }
    }

    #[test]
    fn values_take_one_line() {
        let json = serde_json::json!({ "a": ["x", 1, true, null], "b c": {} });
        assert_eq!(value(&json), r#"{ a = ["x", 1, true, null], "b c" = {} }"#);
        assert_eq!(
            (step("prod"), step("a b")),
            (".prod".to_owned(), "[\"a b\"]".to_owned())
        );
    }
}
