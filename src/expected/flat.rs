//! Flat maps: how Terraform 0.11 and earlier kept attributes, and how a state keeps the instances that no later
//! version has touched since.
//!
//! Every value is a string. `name.%` counts the entries of a map, `name.#` the elements of a list or set; the
//! elements of a list go by position, those of a set by a hash. (Terraform SDK, `hcl2shim/flatmap.go`.)

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::fields::kind;

/// Blocks do not nest deeper in any schema; more is a damaged file.
const MAX_DEPTH: usize = 32;
/// A list of blocks that hold only nulls has a count and no entries. More of them than this is a damaged file.
const MAX_ABSENT: usize = 1000;

/// Turns a flat map into nested attributes. Sets become arrays in the order of their hashes.
///
/// # Errors
/// What is wrong with the flat map, in words.
pub(super) fn unflatten(entries: &Map<String, Value>) -> Result<Map<String, Value>, String> {
    let mut flat = BTreeMap::new();
    for (key, value) in entries {
        let text = match value {
            Value::String(text) => text.as_str(),
            Value::Null => "",
            other => return Err(format!("`{key}` must be a string, not {}", kind(other))),
        };
        flat.insert(key.as_str(), text);
    }
    let flat = Flat(flat);
    let mut attributes = Map::new();
    for name in flat.names("") {
        attributes.insert(name.to_owned(), flat.value(name, 0)?);
    }
    Ok(attributes)
}

struct Flat<'a>(BTreeMap<&'a str, &'a str>);

impl<'a> Flat<'a> {
    fn value(&self, path: &str, depth: usize) -> Result<Value, String> {
        if depth > MAX_DEPTH {
            return Err(format!("`{path}` is nested too deeply"));
        }
        let prefix = format!("{path}.");
        if self.0.contains_key(format!("{path}.%").as_str()) {
            // A map holds plain values only, so the dots in what is left belong to the key.
            let members = self.below(&prefix).filter(|(key, _)| *key != "%");
            return Ok(members.map(|(key, text)| (key.to_owned(), Value::from(text))).collect());
        }
        if let Some(count) = self.0.get(format!("{path}.#").as_str()) {
            let count = count
                .parse()
                .map_err(|_| format!("`{path}.#` must be a count, not {count:?}"))?;
            return self.elements(path, &prefix, count, depth);
        }
        if let Some(text) = self.0.get(path) {
            return Ok(Value::from(*text));
        }
        let mut members = Map::new();
        for name in self.names(&prefix) {
            members.insert(name.to_owned(), self.value(&format!("{prefix}{name}"), depth + 1)?);
        }
        Ok(Value::Object(members))
    }

    fn elements(&self, path: &str, prefix: &str, count: usize, depth: usize) -> Result<Value, String> {
        let tokens: BTreeSet<Token<'_>> = self
            .names(prefix)
            .into_iter()
            .filter(|name| *name != "#")
            .map(Token::of)
            .collect();
        let absent = count.saturating_sub(tokens.len());
        if absent > MAX_ABSENT {
            return Err(format!("`{path}.#` says {count}, but {} are there", tokens.len()));
        }
        let mut elements = Vec::with_capacity(tokens.len() + absent);
        let is_list = tokens
            .iter()
            .all(|token| matches!(token, Token::Number(number, _) if *number < count));
        for token in &tokens {
            if let Token::Number(position, _) = token
                && is_list
            {
                elements.resize(elements.len().max(*position), Value::Null);
            }
            elements.push(self.value(&format!("{prefix}{}", token.text()), depth + 1)?);
        }
        elements.resize(elements.len().max(count), Value::Null);
        Ok(Value::Array(elements))
    }

    /// The distinct first segments of the keys below a prefix.
    fn names(&self, prefix: &str) -> BTreeSet<&'a str> {
        self.below(prefix)
            .map(|(rest, _)| rest.split_once('.').map_or(rest, |(name, _)| name))
            .collect()
    }

    fn below(&self, prefix: &str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let entries = self
            .0
            .range::<str, _>((std::ops::Bound::Included(prefix), std::ops::Bound::Unbounded));
        entries.map_while(move |(key, text)| Some((key.strip_prefix(prefix)?, *text)))
    }
}

/// What stands for an element: its position or its hash.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Token<'a> {
    Number(usize, &'a str),
    Other(&'a str),
}

impl<'a> Token<'a> {
    fn of(text: &'a str) -> Self {
        text.parse()
            .map_or(Token::Other(text), |number| Token::Number(number, text))
    }

    fn text(&self) -> &'a str {
        match self {
            Token::Number(_, text) | Token::Other(text) => text,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn nested(flat: Value) -> Result<Value, String> {
        let Value::Object(entries) = flat else {
            panic!("a flat map is an object")
        };
        unflatten(&entries).map(Value::Object)
    }

    #[test]
    fn plain_values_stay_strings() {
        assert_eq!(
            nested(json!({"id": "E1", "enabled": "true", "ttl": "300", "comment": null})),
            Ok(json!({"id": "E1", "enabled": "true", "ttl": "300", "comment": ""}))
        );
    }

    #[test]
    fn maps_keep_the_dots_of_their_keys() {
        assert_eq!(
            nested(json!({"tags.%": "2", "tags.Name": "site", "tags.example.com/owner.team": "web"})),
            Ok(json!({"tags": {"Name": "site", "example.com/owner.team": "web"}}))
        );
        assert_eq!(nested(json!({"tags.%": "0"})), Ok(json!({"tags": {}})));
    }

    #[test]
    fn lists_go_by_position() {
        let mut flat = json!({"records.#": "12"});
        for position in 0..12 {
            flat[format!("records.{position}")] = json!(format!("192.0.2.{position}"));
        }
        let records: Vec<String> = (0..12).map(|position| format!("192.0.2.{position}")).collect();
        assert_eq!(nested(flat), Ok(json!({"records": records})));
        assert_eq!(nested(json!({"records.#": "0"})), Ok(json!({"records": []})));
    }

    #[test]
    fn sets_go_by_hash_and_blocks_nest() {
        assert_eq!(
            nested(json!({
                "origin.#": "2",
                "origin.3202312906.domain_name": "b.example.com",
                "origin.3202312906.custom_header.#": "0",
                "origin.3202312906.s3_origin_config.#": "1",
                "origin.3202312906.s3_origin_config.0.origin_access_identity": "",
                "origin.77.domain_name": "a.example.com",
                "origin.77.custom_header.#": "1",
                "origin.77.custom_header.99.name": "X-From",
                "origin.77.custom_header.99.value": "cdn",
                "origin.77.s3_origin_config.#": "0",
                "aliases.#": "2",
                "aliases.3012547832": "www.example.com",
                "aliases.1276539813": "example.com",
            })),
            Ok(json!({
                "aliases": ["example.com", "www.example.com"],
                "origin": [
                    {
                        "domain_name": "a.example.com",
                        "custom_header": [{"name": "X-From", "value": "cdn"}],
                        "s3_origin_config": [],
                    },
                    {
                        "domain_name": "b.example.com",
                        "custom_header": [],
                        "s3_origin_config": [{"origin_access_identity": ""}],
                    },
                ],
            }))
        );
    }

    #[test]
    fn blocks_of_nulls_have_a_count_only() {
        assert_eq!(nested(json!({"website.#": "1"})), Ok(json!({"website": [null]})));
        assert_eq!(
            nested(json!({"rule.#": "3", "rule.1.id": "a"})),
            Ok(json!({"rule": [null, {"id": "a"}, null]}))
        );
    }

    #[test]
    fn what_cannot_be_is_said() {
        let cases = [
            (json!({"a": 5}), "`a` must be a string, not the number 5"),
            (json!({"a.#": "many"}), "`a.#` must be a count, not \"many\""),
            (json!({"a.#": "-1"}), "`a.#` must be a count, not \"-1\""),
            (
                json!({"a.#": "4000000000", "a.0": "x"}),
                "`a.#` says 4000000000, but 1 are there",
            ),
        ];
        for (flat, problem) in cases {
            assert_eq!(nested(flat), Err(problem.to_owned()));
        }
        let deep = "a.".repeat(100_000);
        assert!(
            nested(json!({ deep: "x" }))
                .unwrap_err()
                .ends_with("is nested too deeply")
        );
    }

    #[test]
    fn odd_keys_do_no_harm() {
        assert_eq!(
            nested(json!({"": "a", "b.": "c", "%": "1"})),
            Ok(json!({"": "a", "b": {"": "c"}, "%": "1"}))
        );
    }
}
