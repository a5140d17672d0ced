//! Types: of values, in common, and converting from one to another.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::number::Number;
use super::value::Value;

/// A type, as Terraform has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// Any type; within a collection, whatever its elements have in common.
    Any,
    /// True or false.
    Bool,
    /// A number.
    Number,
    /// Text.
    String,
    /// A list of one type.
    List(Box<Type>),
    /// A set of one type.
    Set(Box<Type>),
    /// A map of one type.
    Map(Box<Type>),
    /// Elements of given types.
    Tuple(Vec<Type>),
    /// Attributes of given types.
    Object(BTreeMap<Arc<str>, Type>),
}

impl Type {
    /// `list(element)`
    pub fn list(element: Type) -> Self {
        Self::List(Box::new(element))
    }

    /// `set(element)`
    pub fn set(element: Type) -> Self {
        Self::Set(Box::new(element))
    }

    /// `map(element)`
    pub fn map(element: Type) -> Self {
        Self::Map(Box::new(element))
    }

    /// The type of a value; [`Type::Any`] for nulls and unknown values, and for the elements of an empty collection.
    pub fn of(value: &Value) -> Self {
        let element = |values: &mut dyn Iterator<Item = &Value>| {
            Box::new(values.map(Type::of).find(|one| *one != Type::Any).unwrap_or(Type::Any))
        };
        match value {
            Value::Null | Value::Unknown => Self::Any,
            Value::Bool(_) => Self::Bool,
            Value::Number(_) => Self::Number,
            Value::String(_) => Self::String,
            Value::List(items) => Self::List(element(&mut items.iter())),
            Value::Set(items) => Self::Set(element(&mut items.iter())),
            Value::Tuple(items) => Self::Tuple(items.iter().map(Type::of).collect()),
            Value::Map(members) => Self::Map(element(&mut members.values())),
            Value::Object(members) => Self::Object(members.iter().map(|(k, v)| (k.clone(), Type::of(v))).collect()),
            Value::Sensitive(inner) => Self::of(inner),
        }
    }

    /// What it is called where the types of elements do not matter.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Bool => "bool",
            Self::Number => "number",
            Self::String => "string",
            Self::List(_) => "list",
            Self::Set(_) => "set",
            Self::Map(_) => "map",
            Self::Tuple(_) => "tuple",
            Self::Object(_) => "object",
        }
    }

    fn is_primitive(&self) -> bool {
        matches!(self, Self::Bool | Self::Number | Self::String)
    }

    /// The type that all of `types` convert to; `None` if there is none. [`Type::Any`] goes with everything.
    pub fn in_common(types: &[Type]) -> Option<Self> {
        let known: Vec<&Type> = types.iter().filter(|one| **one != Type::Any).collect();
        let Some(first) = known.first() else {
            return Some(Self::Any);
        };
        if known.iter().all(|one| one == first) {
            return Some((*first).clone());
        }
        if known.iter().all(|one| one.is_primitive()) {
            return known.contains(&&Type::String).then_some(Self::String);
        }
        Self::members_in_common(&known).or_else(|| Self::elements_in_common(&known))
    }

    /// What objects and maps have in common: the object with the same attributes, else a map.
    fn members_in_common(known: &[&Type]) -> Option<Self> {
        let mut attributes: Vec<&BTreeMap<Arc<str>, Type>> = Vec::new();
        let mut inner = Vec::new();
        for one in known {
            match one {
                Self::Object(members) => {
                    attributes.push(members);
                    inner.extend(members.values().cloned());
                }
                Self::Map(element) => inner.push((**element).clone()),
                _ => return None,
            }
        }
        let names = attributes.first()?.keys();
        if attributes.len() == known.len() && attributes.iter().all(|one| one.keys().eq(names.clone())) {
            let of = |name: &Arc<str>| {
                let types: Vec<Type> = attributes.iter().filter_map(|one| one.get(name).cloned()).collect();
                Some((name.clone(), Self::in_common(&types)?))
            };
            return Some(Self::Object(names.map(of).collect::<Option<_>>()?));
        }
        Some(Self::map(Self::in_common(&inner)?))
    }

    /// What tuples, lists and sets have in common: the tuple of the same length, else a list.
    fn elements_in_common(known: &[&Type]) -> Option<Self> {
        let mut tuples: Vec<&[Type]> = Vec::new();
        let mut inner = Vec::new();
        for one in known {
            match one {
                Self::Tuple(items) => {
                    tuples.push(items);
                    inner.extend(items.iter().cloned());
                }
                Self::List(element) | Self::Set(element) => inner.push((**element).clone()),
                _ => return None,
            }
        }
        let length = tuples.first().map_or(0, |one| one.len());
        if tuples.len() == known.len() && tuples.iter().all(|one| one.len() == length) {
            let at = |at: usize| Self::in_common(&tuples.iter().map(|one| one[at].clone()).collect::<Vec<_>>());
            return Some(Self::Tuple((0..length).map(at).collect::<Option<_>>()?));
        }
        let element = Self::in_common(&inner)?;
        let sets = known.iter().filter(|one| matches!(one, Self::Set(_))).count();
        Some(if sets > 0 && sets + tuples.len() == known.len() {
            Self::set(element)
        } else {
            Self::list(element)
        })
    }
}

/// As a type constraint is written.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::Bool => f.write_str("bool"),
            Self::Number => f.write_str("number"),
            Self::String => f.write_str("string"),
            Self::List(element) => write!(f, "list({element})"),
            Self::Set(element) => write!(f, "set({element})"),
            Self::Map(element) => write!(f, "map({element})"),
            Self::Tuple(items) => {
                f.write_str("tuple([")?;
                for (at, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if at > 0 { ", " } else { "" })?;
                }
                f.write_str("])")
            }
            Self::Object(members) => {
                f.write_str("object({")?;
                for (at, (name, member)) in members.iter().enumerate() {
                    write!(f, "{}{name} = {member}", if at > 0 { ", " } else { "" })?;
                }
                f.write_str("})")
            }
        }
    }
}

/// Converts `value` to `wanted`, as an argument is. Nulls and unknown values stay as they are, marks are kept.
///
/// # Errors
/// What was wanted, and what was found.
pub fn convert(value: &Value, wanted: &Type) -> Result<Value, String> {
    match (value, wanted) {
        (_, Type::Any)
        | (Value::Null | Value::Unknown, _)
        | (Value::Bool(_), Type::Bool)
        | (Value::Number(_), Type::Number)
        | (Value::String(_), Type::String) => Ok(value.clone()),
        (Value::Sensitive(inner), _) => Ok(convert(inner, wanted)?.sensitive()),
        (Value::Bool(bool), Type::String) => Ok(Value::from(if *bool { "true" } else { "false" })),
        (Value::Number(number), Type::String) => Ok(Value::from(number.to_string())),
        (Value::String(text), Type::Bool) => match &**text {
            "true" | "1" => Ok(Value::Bool(true)),
            "false" | "0" => Ok(Value::Bool(false)),
            _ => Err("a bool is required, and this string is neither \"true\" nor \"false\"".to_owned()),
        },
        (Value::String(text), Type::Number) => Number::parse(text)
            .map(Value::Number)
            .ok_or_else(|| "a number is required, and this string spells none".to_owned()),
        (Value::List(items) | Value::Tuple(items) | Value::Set(items), Type::List(element)) => {
            Ok(Value::list(convert_all(items.iter(), element)?))
        }
        (Value::List(items) | Value::Tuple(items) | Value::Set(items), Type::Set(element)) => {
            Ok(Value::set(convert_all(items.iter(), element)?))
        }
        (Value::Tuple(items) | Value::List(items), Type::Tuple(types)) if items.len() == types.len() => {
            let converted: Result<Vec<_>, _> = items.iter().zip(types).map(|(item, one)| convert(item, one)).collect();
            Ok(Value::tuple(converted?))
        }
        (Value::Map(members) | Value::Object(members), Type::Map(element)) => {
            let values = convert_all(members.values(), element)?;
            Ok(Value::Map(members.keys().cloned().zip(values).collect()))
        }
        (Value::Map(members) | Value::Object(members), Type::Object(types)) => {
            let mut attributes = Vec::with_capacity(types.len());
            for (name, one) in types {
                let Some(member) = members.get(name) else {
                    return Err(format!("the attribute \"{name}\" is required"));
                };
                attributes.push((name.clone(), convert(member, one)?));
            }
            Ok(Value::object(attributes))
        }
        _ => Err(format!("{} is required, and this is {}", article(wanted), found(value))),
    }
}

/// Converts all of `values` to `element`, or to what they have in common for [`Type::Any`].
fn convert_all<'a>(values: impl Iterator<Item = &'a Value> + Clone, element: &Type) -> Result<Vec<Value>, String> {
    if *element != Type::Any {
        return values.map(|value| convert(value, element)).collect();
    }
    let types: Vec<Type> = values.clone().map(Type::of).collect();
    let Some(common) = Type::in_common(&types) else {
        return Err("all elements have to be of one type".to_owned());
    };
    values.map(|value| convert(value, &common)).collect()
}

fn article(wanted: &Type) -> String {
    match wanted {
        Type::Object(_) => "an object of certain attributes".to_owned(),
        Type::Tuple(items) => format!("a list of {} elements", items.len()),
        Type::List(_) => "a list".to_owned(),
        Type::Set(_) => "a set".to_owned(),
        Type::Map(_) => "a map".to_owned(),
        plain => format!("a {plain}"),
    }
}

fn found(value: &Value) -> String {
    match value.kind() {
        "object" => "an object".to_owned(),
        kind => format!("a {kind}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_have_what_terraform_finds_in_common() {
        let tuple = |types: &[Type]| Type::Tuple(types.to_vec());
        let object = |name: &str, one: Type| Type::Object([(Arc::from(name), one)].into());
        for (types, expected) in [
            (vec![Type::Number, Type::String], Some(Type::String)),
            (vec![Type::Number, Type::Bool], None),
            (vec![Type::Any, Type::Bool], Some(Type::Bool)),
            (vec![tuple(&[Type::Number]), tuple(&[])], Some(Type::list(Type::Number))),
            (
                vec![tuple(&[Type::Number]), tuple(&[Type::String])],
                Some(tuple(&[Type::String])),
            ),
            (
                vec![tuple(&[Type::Number]), Type::list(Type::String)],
                Some(Type::list(Type::String)),
            ),
            (
                vec![object("a", Type::Number), object("b", Type::String)],
                Some(Type::map(Type::String)),
            ),
            (
                vec![object("a", Type::Number), object("a", Type::String)],
                Some(object("a", Type::String)),
            ),
            (vec![tuple(&[]), object("a", Type::Number)], None),
            (vec![Type::String, tuple(&[])], None),
        ] {
            assert_eq!(Type::in_common(&types), expected, "{types:?}");
        }
    }

    #[test]
    fn types_are_written_as_constraints() {
        let value = Value::object([
            ("a", Value::tuple([Value::from(1), Value::Null])),
            ("b", Value::list([Value::from("x")])),
        ]);
        assert_eq!(
            Type::of(&value).to_string(),
            "object({a = tuple([number, any]), b = list(string)})"
        );
    }
}
