//! Typed access to the members of a JSON object that can say where a wrong one stands.

use serde_json::{Map, Value};

use super::error::InputError;

/// The members of one object, taken out one by one. A null member counts as absent.
pub(super) struct Fields<'a> {
    state: &'a str,
    place: String,
    members: Map<String, Value>,
}

impl<'a> Fields<'a> {
    /// The members of `value`, which stands at `place` in the state.
    pub(super) fn of(state: &'a str, place: impl Into<String>, value: Value) -> Result<Self, InputError> {
        let place = place.into();
        match value {
            Value::Object(members) => Ok(Self { state, place, members }),
            other => Err(malformed(
                state,
                &place,
                format!("must be an object, not {}", kind(&other)),
            )),
        }
    }

    /// Names the place better, once enough is read to know the address.
    pub(super) fn at(&mut self, place: impl Into<String>) {
        self.place = place.into();
    }

    pub(super) fn place(&self) -> &str {
        &self.place
    }

    pub(super) fn contains(&self, key: &str) -> bool {
        self.members.contains_key(key)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(String::as_str)
    }

    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.members.get(key).filter(|value| !value.is_null())
    }

    pub(super) fn take(&mut self, key: &str) -> Option<Value> {
        self.members.remove(key).filter(|value| !value.is_null())
    }

    pub(super) fn text(&mut self, key: &str) -> Result<Option<String>, InputError> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(self.wrong(key, "a string", &other)),
        }
    }

    pub(super) fn required_text(&mut self, key: &str) -> Result<String, InputError> {
        match self.text(key)? {
            Some(text) if !text.is_empty() => Ok(text),
            _ => Err(self.malformed(format!("`{key}` is missing"))),
        }
    }

    pub(super) fn unsigned(&mut self, key: &str) -> Result<Option<u64>, InputError> {
        match self.take(key) {
            None => Ok(None),
            Some(value) => match value.as_u64() {
                Some(number) => Ok(Some(number)),
                None => Err(self.wrong(key, "a whole number from 0", &value)),
            },
        }
    }

    pub(super) fn flag(&mut self, key: &str) -> Result<bool, InputError> {
        match self.take(key) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(flag),
            Some(other) => Err(self.wrong(key, "true or false", &other)),
        }
    }

    pub(super) fn array(&mut self, key: &str) -> Result<Option<Vec<Value>>, InputError> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::Array(elements)) => Ok(Some(elements)),
            Some(other) => Err(self.wrong(key, "an array", &other)),
        }
    }

    pub(super) fn required_array(&mut self, key: &str) -> Result<Vec<Value>, InputError> {
        self.array(key)?
            .ok_or_else(|| self.malformed(format!("`{key}` is missing")))
    }

    pub(super) fn object(&mut self, key: &str) -> Result<Option<Map<String, Value>>, InputError> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::Object(members)) => Ok(Some(members)),
            Some(other) => Err(self.wrong(key, "an object", &other)),
        }
    }

    pub(super) fn wrong(&self, key: &str, wanted: &str, found: &Value) -> InputError {
        self.malformed(format!("`{key}` must be {wanted}, not {}", kind(found)))
    }

    pub(super) fn malformed(&self, problem: impl Into<String>) -> InputError {
        malformed(self.state, &self.place, problem)
    }
}

fn malformed(state: &str, place: &str, problem: impl Into<String>) -> InputError {
    InputError::Malformed {
        state: state.to_owned(),
        place: place.to_owned(),
        problem: problem.into(),
    }
}

/// What a JSON value is, in words.
pub(super) fn kind(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(_) => "a string".to_owned(),
        Value::Array(_) => "an array".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}
