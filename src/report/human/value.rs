//! A value as lines of text that can be compared line by line.

use std::borrow::Cow;
use std::rc::Rc;

use serde_json::{Map, Value};

use crate::report::escape;

/// Lists and objects up to this many columns stay on one line.
const COMPACT: usize = 60;

/// One line of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::report) struct Line {
    /// Indented and escaped.
    pub(in crate::report) text: String,
    /// Inside of what the line stands (`Statement["AllowCloudFront"].Condition`); empty at the outermost level.
    pub(in crate::report) inside: Rc<str>,
}

/// Both sides of a change as lines. They differ wherever the values do.
pub(in crate::report) fn both(expected: &Value, live: &Value) -> (Vec<Line>, Vec<Line>) {
    let (expected_read, live_read) = (read(expected), read(live));
    let sides = match (compact(&expected_read), compact(&live_read)) {
        (Some(expected), Some(live)) => (vec![outermost(expected)], vec![outermost(live)]),
        _ => (lines(&expected_read), lines(&live_read)),
    };
    if sides.0 == sides.1 {
        // JSON texts that differ in spelling alone: show the spelling.
        return (vec![outermost(spelled(expected))], vec![outermost(spelled(live))]);
    }
    sides
}

fn outermost(text: String) -> Line {
    Line {
        text,
        inside: Rc::from(""),
    }
}

/// A string that holds a JSON list or object (a policy, most often) is read as that.
fn read(value: &Value) -> Cow<'_, Value> {
    match value {
        Value::String(text) if text.trim_start().starts_with(['{', '[']) => match serde_json::from_str(text) {
            Ok(inner @ (Value::Object(_) | Value::Array(_))) => Cow::Owned(inner),
            _ => Cow::Borrowed(value),
        },
        _ => Cow::Borrowed(value),
    }
}

/// A scalar, or a short list or object, on one line; `None` if it deserves more.
fn compact(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some("(none)".to_owned()),
        Value::String(text) if is_multi_line(text) => None,
        Value::Array(_) | Value::Object(_) => {
            let mut text = String::new();
            spell(&mut text, value, COMPACT * 4)?;
            (text.chars().count() <= COMPACT).then_some(text)
        }
        scalar => Some(spelled(scalar)),
    }
}

fn is_multi_line(text: &str) -> bool {
    text.trim_end_matches('\n').contains('\n')
}

/// The value as JSON on one line.
fn spelled(value: &Value) -> String {
    let mut text = String::new();
    // Without a limit it is always complete.
    let _ = spell(&mut text, value, usize::MAX);
    text
}

/// Appends the value as JSON on one line; `None`, and something unfinished, once `out` is longer than `limit` bytes.
fn spell(out: &mut String, value: &Value, limit: usize) -> Option<()> {
    match value {
        Value::String(text) => out.push_str(&escape::quoted(text)),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                spell(out, item, limit)?;
            }
            out.push(']');
        }
        Value::Object(members) if members.is_empty() => out.push_str("{}"),
        Value::Object(members) => {
            out.push_str("{ ");
            for (at, (name, member)) in in_reading_order(members).into_iter().enumerate() {
                out.push_str(if at > 0 { ", " } else { "" });
                out.push_str(&escape::quoted(name));
                out.push_str(": ");
                spell(out, member, limit)?;
            }
            out.push_str(" }");
        }
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&number.to_string()),
    }
    (out.len() <= limit).then_some(())
}

fn lines(value: &Value) -> Vec<Line> {
    match value {
        Value::Null => vec![outermost("(none)".to_owned())],
        // One quoted string per line of text, so that each shows its line break or the lack of it.
        Value::String(text) if is_multi_line(text) => text
            .split_inclusive('\n')
            .map(|line| outermost(escape::quoted(line)))
            .collect(),
        _ => {
            let mut writer = Writer {
                lines: Vec::new(),
                inside: Rc::from(""),
            };
            writer.value(0, "", value, "");
            writer.lines
        }
    }
}

/// Writes JSON with a comma after every element, so that an element more does not touch the line before it.
struct Writer {
    lines: Vec<Line>,
    inside: Rc<str>,
}

impl Writer {
    fn line(&mut self, depth: usize, text: &str) {
        self.lines.push(Line {
            text: format!("{:1$}{text}", "", depth * 2),
            inside: self.inside.clone(),
        });
    }

    fn value(&mut self, depth: usize, label: &str, value: &Value, after: &str) {
        match value {
            Value::Array(items) if !items.is_empty() => {
                self.line(depth, &format!("{label}["));
                for (at, item) in items.iter().enumerate() {
                    let name = match identity(item) {
                        Some(identity) => format!("[{}]", escape::quoted(identity)),
                        None => format!("[{at}]"),
                    };
                    self.within(item, &name, |writer| writer.value(depth + 1, "", item, ","));
                }
                self.line(depth, &format!("]{after}"));
            }
            Value::Object(members) if !members.is_empty() => {
                self.line(depth, &format!("{label}{{"));
                for (name, member) in in_reading_order(members) {
                    let dot = if self.inside.is_empty() { "" } else { "." };
                    let step = format!("{dot}{}", escape::text(name));
                    let label = format!("{}: ", escape::quoted(name));
                    self.within(member, &step, |writer| writer.value(depth + 1, &label, member, ","));
                }
                self.line(depth, &format!("}}{after}"));
            }
            flat => self.line(depth, &format!("{label}{}{after}", spelled(flat))),
        }
    }

    /// Writes with the way to `value` made longer by `step`, if `value` is something that lines can be inside of.
    fn within(&mut self, value: &Value, step: &str, write: impl FnOnce(&mut Self)) {
        if !matches!(value, Value::Array(_) | Value::Object(_)) {
            return write(self);
        }
        let longer = Rc::from(format!("{}{step}", self.inside));
        let before = std::mem::replace(&mut self.inside, longer);
        write(self);
        self.inside = before;
    }
}

/// Names by which people know an element of a list.
const IDENTITIES: [&str; 7] = ["Sid", "Id", "id", "origin_id", "path_pattern", "name", "key"];

/// The order in which policies are written. Other members follow by name.
const POLICY_ORDER: [&str; 9] = [
    "Version",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
];

/// Members as a person would write them: what names the object first.
fn in_reading_order(members: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let rank = |name: &str| IDENTITIES.iter().chain(&POLICY_ORDER).position(|known| *known == name);
    let mut members: Vec<_> = members.iter().collect();
    members.sort_by_cached_key(|(name, _)| (rank(name).unwrap_or(usize::MAX), name.as_str().to_owned()));
    members
}

/// The member by which people know an element of a list.
fn identity(element: &Value) -> Option<&str> {
    IDENTITIES
        .into_iter()
        .find_map(|name| element.get(name).and_then(Value::as_str))
        .filter(|identity| !identity.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn texts(lines: &[Line]) -> Vec<&str> {
        lines.iter().map(|line| line.text.as_str()).collect()
    }

    #[test]
    fn scalars_and_short_lists_take_one_line() {
        let (expected, live) = both(&json!(["GET", "HEAD"]), &Value::Null);
        assert_eq!(texts(&expected), [r#"["GET", "HEAD"]"#]);
        assert_eq!(texts(&live), ["(none)"]);
        let (expected, live) = both(&json!("1"), &json!(1));
        assert_eq!((texts(&expected), texts(&live)), (vec![r#""1""#], vec!["1"]));
    }

    #[test]
    fn policies_in_strings_are_read() {
        let long = "x".repeat(COMPACT);
        let (expected, live) = both(&json!(format!(r#"{{"a":["{long}"]}}"#)), &json!({ "a": [] }));
        assert_eq!(
            texts(&expected),
            ["{", "  \"a\": [", &format!("    \"{long}\","), "  ],", "}"]
        );
        assert_eq!(texts(&live), ["{", "  \"a\": [],", "}"]);
    }

    #[test]
    fn lines_know_what_they_are_inside_of() {
        let (expected, _) = both(
            &json!({ "Statement": [{ "Sid": "A", "Condition": { "Bool": "x".repeat(COMPACT) } }, { "Effect": "Deny" }] }),
            &Value::Null,
        );
        let places: Vec<_> = expected.iter().map(|line| &*line.inside).collect();
        let (first, second) = ("Statement[\"A\"]", "Statement[1]");
        let condition = "Statement[\"A\"].Condition";
        assert_eq!(
            places,
            [
                "",
                "Statement",
                first,
                first,
                condition,
                condition,
                condition,
                first,
                second,
                second,
                second,
                "Statement",
                ""
            ]
        );
    }

    #[test]
    fn a_text_shows_each_line_break() {
        let (expected, live) = both(&json!("a\nb\n"), &json!("a\r\nb"));
        assert_eq!(texts(&expected), [r#""a\n""#, r#""b\n""#]);
        assert_eq!(texts(&live), [r#""a\r\n""#, r#""b""#]);
    }

    #[test]
    fn json_that_differs_in_spelling_alone_shows_the_spelling() {
        let (expected, live) = both(&json!("{\"a\":1}"), &json!("{ \"a\": 1 }"));
        assert_eq!(texts(&expected), [r#""{\"a\":1}""#]);
        assert_eq!(texts(&live), [r#""{ \"a\": 1 }""#]);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            "[\\[{][ -~\n]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn values_that_differ_never_look_the_same(a in any_json(), b in any_json()) {
            let (expected, live) = both(&a, &b);
            prop_assert!(!expected.is_empty() && !live.is_empty());
            prop_assert_eq!(texts(&expected) == texts(&live), a == b);
            prop_assert!(!expected.iter().chain(&live).any(|line| line.text.chars().any(escape::is_invisible)));
        }
    }
}
