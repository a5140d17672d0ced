//! Reading the members of JSON objects by the IAM grammar, and saying where they do not fit it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::condition::{Conjunct, mark_ambiguous};
use super::document::{Clause, ParseError};
use super::pattern::Language;
use super::principal::{Member, Polarity, PrincipalId, Principals};

/// The members of one object by their canonical names. Names are matched without case, as the
/// provider's library does.
pub(super) struct Members<'a> {
    path: &'a str,
    known: BTreeMap<&'static str, &'a Value>,
    unknown: BTreeMap<String, Value>,
}

impl<'a> Members<'a> {
    pub(super) fn read(
        object: &'a Map<String, Value>,
        path: &'a str,
        names: &[&'static str],
    ) -> Result<Self, ParseError> {
        let mut known = BTreeMap::new();
        let mut unknown = BTreeMap::new();
        for (written, value) in object {
            let name = names.iter().find(|name| name.eq_ignore_ascii_case(written));
            match name {
                Some(name) => {
                    if known.insert(*name, value).is_some() {
                        return Err(shape(path, &format!("{name} stands twice")));
                    }
                }
                None => {
                    unknown.insert(written.clone(), value.clone());
                }
            }
        }
        Ok(Self { path, known, unknown })
    }

    /// The members that no name fitted.
    pub(super) fn into_unknown(self) -> BTreeMap<String, Value> {
        self.unknown
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Value> {
        self.known.get(name).copied()
    }

    fn at(&self, name: &str) -> String {
        if self.path.starts_with("Statement") {
            format!("{}.{name}", self.path)
        } else {
            name.to_owned()
        }
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<String>, ParseError> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(other) => Err(wrong_type(&self.at(name), "a string", other)),
        }
    }

    /// The positive or the negated form of a clause; both at once is malformed.
    fn either(&self, positive: &str, negated: &str) -> Result<(Polarity, Option<&'a Value>, String), ParseError> {
        match (self.get(positive), self.get(negated)) {
            (Some(_), Some(_)) => {
                let problem = format!("has both {positive} and {negated}");
                Err(shape(self.path, &problem))
            }
            (Some(value), None) => Ok((Polarity::Listed, Some(value), self.at(positive))),
            (None, Some(value)) => Ok((Polarity::AllBut, Some(value), self.at(negated))),
            (None, None) => Ok((Polarity::Missing, None, String::new())),
        }
    }

    pub(super) fn clause(
        &self,
        positive: &str,
        negated: &str,
        canonical: impl Fn(&str) -> String,
    ) -> Result<Clause, ParseError> {
        let (polarity, value, path) = self.either(positive, negated)?;
        let mut members = BTreeMap::new();
        for written in value.map_or(Ok(Vec::new()), |value| texts(value, &path))? {
            members.entry(canonical(&written)).or_insert(written);
        }
        Ok(Clause { polarity, members })
    }

    pub(super) fn principals(&self) -> Result<Principals, ParseError> {
        let (polarity, value, path) = self.either("Principal", "NotPrincipal")?;
        let members = match value {
            None => Vec::new(),
            Some(Value::String(text)) => {
                let id = match text.as_str() {
                    "*" => PrincipalId::Everyone,
                    _ => PrincipalId::Text(text.clone()),
                };
                vec![Member {
                    id,
                    kind: String::new(),
                    written: text.clone(),
                }]
            }
            Some(Value::Object(kinds)) => {
                let mut members = Vec::new();
                for (kind, value) in kinds {
                    for written in texts(value, &format!("{path}.{kind}"))? {
                        members.push(Member {
                            id: PrincipalId::parse(kind, &written),
                            kind: kind.clone(),
                            written,
                        });
                    }
                }
                members
            }
            Some(other) => return Err(wrong_type(&path, "\"*\" or an object", other)),
        };
        Ok(Principals { polarity, members })
    }

    pub(super) fn conditions(&self, language: Language) -> Result<Vec<Conjunct>, ParseError> {
        let path = self.at("Condition");
        let operators = match self.get("Condition") {
            None | Some(Value::Null) => return Ok(Vec::new()),
            Some(Value::Object(operators)) => operators,
            Some(other) => return Err(wrong_type(&path, "an object", other)),
        };
        let mut conjuncts = Vec::new();
        for (operator, keys) in operators {
            let path = format!("{path}.{operator}");
            let Value::Object(keys) = keys else {
                return Err(wrong_type(&path, "an object", keys));
            };
            for (key, value) in keys {
                let values = texts(value, &format!("{path}.{key}"))?;
                conjuncts.push(Conjunct::new(operator, key, &values, language));
            }
        }
        mark_ambiguous(&mut conjuncts);
        Ok(conjuncts)
    }
}

/// A scalar or a list of scalars as texts: quotes around numbers and booleans are optional.
fn texts(value: &Value, path: &str) -> Result<Vec<String>, ParseError> {
    let scalar = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        other => Err(wrong_type(path, "a string or a list of strings", other)),
    };
    match value {
        Value::Array(items) => items.iter().map(scalar).collect(),
        single => Ok(vec![scalar(single)?]),
    }
}

pub(super) fn shape(path: &str, problem: &str) -> ParseError {
    ParseError::Shape {
        path: path.to_owned(),
        problem: problem.to_owned(),
    }
}

pub(super) fn wrong_type(path: &str, expected: &str, found: &Value) -> ParseError {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    shape(path, &format!("expected {expected}, found {found}"))
}
