//! What expressions are made of and evaluate to.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use super::number::Number;

/// A value, with Terraform's types. Clones are cheap: what is large is shared.
///
/// Two things are not told apart: a null has no type, and an empty list has no type of elements.
#[derive(Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// True or false.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text.
    String(Arc<str>),
    /// Elements of one type, in order.
    List(Elements),
    /// Elements of any types, in order: what `[…]` makes.
    Tuple(Elements),
    /// Distinct elements of one type, sorted.
    Set(Elements),
    /// Elements of one type by key.
    Map(Members),
    /// Attributes of any types by name: what `{…}` makes.
    Object(Members),
    /// A value that nobody knows yet.
    Unknown,
    /// A value that is never shown, and whatever was made of it. Holds no other sensitive value directly.
    Sensitive(Arc<Value>),
}

/// What stands somewhere in a value, itself included.
#[derive(Clone, Copy, Default, PartialEq)]
struct Contents {
    sensitive: bool,
    unknown: bool,
}

impl Contents {
    fn of<'a>(values: impl Iterator<Item = &'a Value>) -> Self {
        values.map(Value::contents).fold(Self::default(), |all, one| Self {
            sensitive: all.sensitive || one.sensitive,
            unknown: all.unknown || one.unknown,
        })
    }
}

/// The elements of a list, tuple or set.
#[derive(Clone, PartialEq)]
pub struct Elements(Arc<(Vec<Value>, Contents)>);

impl Elements {
    /// These elements, in this order.
    pub fn new(values: Vec<Value>) -> Self {
        let contents = Contents::of(values.iter());
        Self(Arc::new((values, contents)))
    }
}

impl Deref for Elements {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.0.0
    }
}

impl FromIterator<Value> for Elements {
    fn from_iter<I: IntoIterator<Item = Value>>(values: I) -> Self {
        Self::new(values.into_iter().collect())
    }
}

/// The members of a map or object, sorted by key.
#[derive(Clone, PartialEq)]
pub struct Members(Arc<(BTreeMap<Arc<str>, Value>, Contents)>);

impl Members {
    /// These members.
    pub fn new(values: BTreeMap<Arc<str>, Value>) -> Self {
        let contents = Contents::of(values.values());
        Self(Arc::new((values, contents)))
    }
}

impl Deref for Members {
    type Target = BTreeMap<Arc<str>, Value>;

    fn deref(&self) -> &Self::Target {
        &self.0.0
    }
}

impl<K: Into<Arc<str>>> FromIterator<(K, Value)> for Members {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(values: I) -> Self {
        Self::new(values.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }
}

impl Value {
    /// A tuple of these elements.
    pub fn tuple(values: impl IntoIterator<Item = Value>) -> Self {
        Self::Tuple(values.into_iter().collect())
    }

    /// A list of these elements, which have to be of one type.
    pub fn list(values: impl IntoIterator<Item = Value>) -> Self {
        Self::List(values.into_iter().collect())
    }

    /// A set of these elements, which have to be of one type. Unknown where one of them is, since it may equal another.
    pub fn set(values: impl IntoIterator<Item = Value>) -> Self {
        let mut values: Vec<Value> = values.into_iter().collect();
        let contents = Contents::of(values.iter());
        if contents.unknown {
            return Self::Unknown.sensitive_if(contents.sensitive);
        }
        if contents.sensitive {
            values = values.iter().map(Value::revealed).collect();
        }
        values.sort_by(super::order::order);
        values.dedup();
        Self::Set(Elements::new(values)).sensitive_if(contents.sensitive)
    }

    /// An object of these attributes.
    pub fn object<K: Into<Arc<str>>>(members: impl IntoIterator<Item = (K, Value)>) -> Self {
        Self::Object(members.into_iter().collect())
    }

    /// A number, null for infinities and what is no number.
    pub fn number(float: f64) -> Self {
        Number::from_f64(float).map_or(Self::Null, Self::Number)
    }

    /// The same, marked so that it is never shown.
    #[must_use]
    pub fn sensitive(self) -> Self {
        match self {
            Self::Sensitive(_) => self,
            plain => Self::Sensitive(Arc::new(plain)),
        }
    }

    /// The same, marked if `mark` says so.
    #[must_use]
    pub fn sensitive_if(self, mark: bool) -> Self {
        if mark { self.sensitive() } else { self }
    }

    /// The value without the mark on itself, and whether there was one. Marks on what it contains stay.
    pub fn unmarked(&self) -> (&Value, bool) {
        match self {
            Self::Sensitive(inner) => (inner, true),
            plain => (plain, false),
        }
    }

    /// The value without any mark, on itself and on what it contains. Whoever calls this answers for the mark.
    #[must_use]
    pub fn revealed(&self) -> Value {
        if !self.contains_sensitive() {
            return self.clone();
        }
        match self {
            Self::Sensitive(inner) => inner.revealed(),
            Self::List(items) => Self::List(items.iter().map(Value::revealed).collect()),
            Self::Tuple(items) => Self::Tuple(items.iter().map(Value::revealed).collect()),
            Self::Set(items) => Self::Set(items.iter().map(Value::revealed).collect()),
            Self::Map(members) => Self::Map(members.iter().map(|(k, v)| (k.clone(), v.revealed())).collect()),
            Self::Object(members) => Self::Object(members.iter().map(|(k, v)| (k.clone(), v.revealed())).collect()),
            plain => plain.clone(),
        }
    }

    /// Whether it or anything in it is marked.
    pub fn contains_sensitive(&self) -> bool {
        self.contents().sensitive
    }

    /// Whether it or anything in it is unknown.
    pub fn contains_unknown(&self) -> bool {
        self.contents().unknown
    }

    fn contents(&self) -> Contents {
        match self {
            Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) => Contents::default(),
            Self::List(items) | Self::Tuple(items) | Self::Set(items) => items.0.1,
            Self::Map(members) | Self::Object(members) => members.0.1,
            Self::Unknown => Contents {
                unknown: true,
                ..Contents::default()
            },
            Self::Sensitive(inner) => Contents {
                sensitive: true,
                unknown: inner.contains_unknown(),
            },
        }
    }

    /// Whether it is null, marked or not.
    pub fn is_null(&self) -> bool {
        matches!(self.unmarked().0, Self::Null)
    }

    /// Whether it is unknown, marked or not.
    pub fn is_unknown(&self) -> bool {
        matches!(self.unmarked().0, Self::Unknown)
    }

    /// Its text, if it is an unmarked string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// True or false, if it is an unmarked bool.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(bool) => Some(*bool),
            _ => None,
        }
    }

    /// Its number, if it is an unmarked number.
    pub fn as_number(&self) -> Option<Number> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    /// Its elements, if it is an unmarked list, tuple or set.
    pub fn as_elements(&self) -> Option<&Elements> {
        match self {
            Self::List(items) | Self::Tuple(items) | Self::Set(items) => Some(items),
            _ => None,
        }
    }

    /// Its members, if it is an unmarked map or object.
    pub fn as_members(&self) -> Option<&Members> {
        match self {
            Self::Map(members) | Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// What it is called in messages.
    pub fn kind(&self) -> &'static str {
        match self.unmarked().0 {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::List(_) => "list",
            Self::Tuple(_) => "tuple",
            Self::Set(_) => "set",
            Self::Map(_) => "map",
            Self::Object(_) => "object",
            _ => "unknown value",
        }
    }
}

impl From<bool> for Value {
    fn from(bool: bool) -> Self {
        Self::Bool(bool)
    }
}

impl From<i64> for Value {
    fn from(integer: i64) -> Self {
        Self::Number(Number::Integer(integer))
    }
}

impl From<Number> for Value {
    fn from(number: Number) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text.into())
    }
}

impl From<Arc<str>> for Value {
    fn from(text: Arc<str>) -> Self {
        Self::String(text)
    }
}

/// For people and for tests: as JSON, but with what must not be seen hidden.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(bool) => write!(f, "{bool}"),
            Self::Number(number) => write!(f, "{number}"),
            Self::String(text) => write!(f, "{:?}", Borrow::<str>::borrow(text)),
            Self::List(items) | Self::Tuple(items) | Self::Set(items) => f.debug_list().entries(items.iter()).finish(),
            Self::Map(members) | Self::Object(members) => f.debug_map().entries(members.iter()).finish(),
            Self::Unknown => f.write_str("(unknown)"),
            Self::Sensitive(_) => f.write_str("(sensitive)"),
        }
    }
}

impl fmt::Debug for Elements {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl fmt::Debug for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_seen_from_outside_and_taken_off_at_any_depth() {
        let secret = Value::from("hunter2").sensitive();
        let nested = Value::object([("a", Value::tuple([Value::from(1), secret.clone()]))]);
        assert!(nested.contains_sensitive());
        assert!(!format!("{nested:?}").contains("hunter2"));
        assert!(!nested.revealed().contains_sensitive());
        assert!(format!("{:?}", nested.revealed()).contains("hunter2"));
        assert_eq!(secret.clone().sensitive(), secret);
        assert!(Value::set([secret, Value::from("a")]).unmarked().1);
    }

    #[test]
    fn sets_are_sorted_and_distinct() {
        let set = Value::set(["b", "a", "b"].map(Value::from));
        assert_eq!(format!("{set:?}"), r#"["a", "b"]"#);
        assert!(Value::set([Value::Unknown, Value::from("a")]).is_unknown());
    }
}
