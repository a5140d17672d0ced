//! `.tf.json` files: the same blocks in JSON.
//!
//! JSON that is valid is read a second time here, because `serde_json` gives no lines and lets the last of several
//! members of one name win, where Terraform takes all of them.

use serde_json::Value;

use super::error::SyntaxError;
use super::module::KINDS;
use super::syntax::{Attribute, Block, Body, Expression, Item};

/// Nested blocks, and how many labels each has; what is not named here is an attribute.
const NESTED: &[(&str, usize)] = &[
    ("backend", 1),
    ("cloud", 0),
    ("default_tags", 0),
    ("ignore_tags", 0),
    ("lifecycle", 0),
    ("required_providers", 0),
    ("workspaces", 0),
];

/// A member by this name is a comment.
const COMMENT: &str = "//";

/// The top-level blocks of a file that matter here.
///
/// # Errors
/// Text that is not JSON, or nested deeper than the parser goes (128 levels).
pub(super) fn parse(file: &str, text: &str) -> Result<Vec<Block>, SyntaxError> {
    serde_json::from_str::<Value>(text).map_err(|error| {
        let line = text.split_inclusive('\n').take(error.line().saturating_sub(1));
        let offset = line.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
        let message = error.to_string();
        // The place is said already.
        let message = message
            .rsplit_once(" at line ")
            .map_or(message.as_str(), |(what, _)| what);
        SyntaxError::at(file, text, offset, message)
    })?;
    let root = Reader { text, at: 0, line: 1 }.value();
    let mut blocks = Vec::new();
    for members in objects(&root) {
        for (name, value) in members {
            if let Some((kind, labels)) = KINDS.iter().find(|(kind, _)| kind == name) {
                peel(kind, *labels, &mut Vec::new(), value, &mut blocks);
            }
        }
    }
    Ok(blocks)
}

/// A JSON value with its line.
struct Json {
    line: usize,
    value: Kind,
}

enum Kind {
    Scalar(Value),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

/// The members of an object, or of every object in a list.
fn objects(json: &Json) -> Vec<&[(String, Json)]> {
    match &json.value {
        Kind::Object(members) => vec![members],
        Kind::List(items) => items.iter().flat_map(objects).collect(),
        Kind::Scalar(_) => Vec::new(),
    }
}

/// Takes `depth` labels off, then makes a block of each object below.
fn peel(kind: &str, depth: usize, labels: &mut Vec<String>, json: &Json, into: &mut Vec<Block>) {
    if let Kind::List(items) = &json.value {
        for item in items {
            peel(kind, depth, labels, item, into);
        }
        return;
    }
    let Kind::Object(members) = &json.value else { return };
    if depth == 0 {
        into.push(Block {
            kind: kind.to_owned(),
            labels: labels.clone(),
            line: json.line,
            body: body(members),
        });
        return;
    }
    for (label, value) in members.iter().filter(|(label, _)| label != COMMENT) {
        labels.push(label.clone());
        peel(kind, depth - 1, labels, value, into);
        labels.pop();
    }
}

fn body(members: &[(String, Json)]) -> Body {
    let mut body = Body::default();
    for (name, value) in members.iter().filter(|(name, _)| name != COMMENT) {
        match NESTED.iter().find(|(kind, _)| kind == name) {
            Some((kind, depth)) => peel(kind, *depth, &mut Vec::new(), value, &mut body.blocks),
            None => body.attributes.push(Attribute {
                name: name.clone(),
                value: item(value),
            }),
        }
    }
    body
}

fn item(json: &Json) -> Item {
    let value = match &json.value {
        Kind::Scalar(Value::Bool(truth)) => Expression::Bool(*truth),
        Kind::Scalar(Value::Number(number)) => number.as_f64().map_or(Expression::Other, Expression::Number),
        Kind::Scalar(Value::String(text)) => template(text),
        Kind::Scalar(_) => Expression::Null,
        Kind::List(items) => Expression::List(items.iter().map(item).collect()),
        Kind::Object(members) => Expression::Object(
            members
                .iter()
                .map(|(name, value)| match template(name) {
                    Expression::Text(name) => (Some(name), item(value)),
                    _ => (None, item(value)),
                })
                .collect(),
        ),
    };
    Item { line: json.line, value }
}

/// A JSON string is a template.
fn template(text: &str) -> Expression {
    if !text.contains("${") && !text.contains("%{") {
        return Expression::Text(text.to_owned());
    }
    let whole = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    whole.and_then(super::native::expression).unwrap_or(Expression::Other)
}

/// Reads JSON that is known to be valid, so that no case of damage has to be told apart: what should not be there ends
/// the value.
struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: usize,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        while let Some(byte) = self.text.as_bytes().get(self.at).copied() {
            match byte {
                b'\n' => self.line += 1,
                b' ' | b'\t' | b'\r' | b',' | b':' => {}
                _ => return Some(byte),
            }
            self.at += 1;
        }
        None
    }

    fn value(&mut self) -> Json {
        let first = self.peek();
        let line = self.line;
        let value = match first {
            Some(b'{') => {
                self.at += 1;
                let mut members = Vec::new();
                while let Some(b'"') = self.peek() {
                    let line = self.line;
                    let name = self.scalar().as_str().unwrap_or_default().to_owned();
                    let mut member = self.value();
                    // A block begins where its name stands.
                    member.line = line;
                    members.push((name, member));
                }
                self.at += 1;
                Kind::Object(members)
            }
            Some(b'[') => {
                self.at += 1;
                let mut items = Vec::new();
                while self.peek().is_some_and(|byte| byte != b']') {
                    items.push(self.value());
                }
                self.at += 1;
                Kind::List(items)
            }
            _ => Kind::Scalar(self.scalar()),
        };
        Json { line, value }
    }

    fn scalar(&mut self) -> Value {
        let mut values = serde_json::Deserializer::from_str(self.rest()).into_iter::<Value>();
        let value = values.next().and_then(Result::ok).unwrap_or(Value::Null);
        // Goes on in any case, whatever stands here.
        let read = values.byte_offset().max(1);
        self.at = self.text.len().min(self.at + read);
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_through_lists_and_repeated_members() {
        let text = r#"{
  "//": "generated",
  "resource": [
    {"aws_s3_bucket": {
      "a": {"count": "${1}", "bucket": "x,:y"},
      "//": "not a bucket"
    }},
    {"aws_s3_bucket": {"b": [{"lifecycle": [{"ignore_changes": ["tags", "website[0].index_document"]}]}]}}
  ],
  "resource": {"aws_route53_zone": {"c": {}}},
  "moved": {"from": "aws_s3_bucket.q", "to": "aws_s3_bucket.a"},
  "locals": {"lifecycle": {}}
}"#;
        let blocks = parse("main.tf.json", text).unwrap();
        let seen: Vec<_> = blocks
            .iter()
            .map(|block| (block.kind.as_str(), block.labels.join("."), block.line))
            .collect();
        assert_eq!(
            seen,
            [
                ("resource", "aws_s3_bucket.a".to_owned(), 5),
                ("resource", "aws_s3_bucket.b".to_owned(), 8),
                ("resource", "aws_route53_zone.c".to_owned(), 10),
                ("moved", String::new(), 11),
            ]
        );
        assert_eq!(
            blocks[0].body.attribute("count").unwrap().value,
            Expression::Number(1.0)
        );
        assert_eq!(blocks[0].body.attribute("bucket").unwrap().value.text(), Some("x,:y"));
        let lifecycle = blocks[1].body.blocks("lifecycle").next().unwrap();
        assert!(matches!(
            &lifecycle.body.attribute("ignore_changes").unwrap().value,
            Expression::List(items) if items.len() == 2
        ));
    }

    #[test]
    fn strings_are_templates() {
        assert_eq!(template("plain"), Expression::Text("plain".to_owned()));
        assert_eq!(template("${true}"), Expression::Bool(true));
        assert_eq!(template("${a}-${b}"), Expression::Other);
        assert_eq!(template("x%{ if a }y%{ endif }"), Expression::Other);
    }

    #[test]
    fn an_error_says_where() {
        let error = parse("a.tf.json", "{\n  \"resource\": nope\n}").unwrap_err();
        assert_eq!((error.place.line, error.line.as_str()), (2, "  \"resource\": nope"));
        assert!(!error.message.contains("line"), "{}", error.message);
        let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
        assert!(parse("a.tf.json", &deep).is_err());
    }
}
