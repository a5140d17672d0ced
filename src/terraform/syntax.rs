//! Blocks and attributes as both syntaxes of Terraform write them, reduced to what can be known without evaluating.

use serde_json::{Map, Value};

use crate::expected::Step;

/// A block with its labels.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Block {
    /// `resource`, `lifecycle`.
    pub(super) kind: String,
    pub(super) labels: Vec<String>,
    /// Counted from 1.
    pub(super) line: usize,
    pub(super) body: Body,
}

/// What stands between the braces of a block.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Body {
    pub(super) attributes: Vec<Attribute>,
    pub(super) blocks: Vec<Block>,
}

/// `name = value`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) value: Item,
}

/// An expression with its line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item {
    pub(super) line: usize,
    pub(super) value: Expression,
}

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    Null,
    Bool(bool),
    Number(f64),
    /// A string without interpolation.
    Text(String),
    List(Vec<Item>),
    /// Members in order; a key that has to be evaluated is none.
    Object(Vec<(Option<String>, Item)>),
    /// `tags["x"]`, `module.site`, `all`. An index that has to be evaluated is none.
    Reference(Vec<Option<Step>>),
    /// A function without `...`.
    Call(String, Vec<Item>),
    /// Anything that has to be evaluated.
    Other,
}

impl Expression {
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Expression::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The value, where it needs no evaluation; a set is an array.
    pub(super) fn literal(&self) -> Option<Value> {
        match self {
            Expression::Null => Some(Value::Null),
            Expression::Bool(truth) => Some(Value::Bool(*truth)),
            Expression::Number(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
                Some(Value::from(*number as i64))
            }
            Expression::Number(number) => serde_json::Number::from_f64(*number).map(Value::Number),
            Expression::Text(text) => Some(Value::from(text.as_str())),
            Expression::List(items) => {
                let all: Option<Vec<Value>> = items.iter().map(|item| item.value.literal()).collect();
                all.map(Value::Array)
            }
            Expression::Object(members) => members
                .iter()
                .map(|(key, item)| Some((key.clone()?, item.value.literal()?)))
                .collect::<Option<Map<_, _>>>()
                .map(Value::Object),
            Expression::Call(function, arguments) => match (function.as_str(), arguments.as_slice()) {
                ("toset" | "tolist" | "tomap", [only]) => only.value.literal(),
                _ => None,
            },
            Expression::Reference(_) | Expression::Other => None,
        }
    }

    /// The steps of a reference, also of one that an older Terraform, or JSON, keeps in quotes. None where it is no
    /// reference or has to be evaluated.
    pub(super) fn static_reference(&self) -> Option<Vec<Step>> {
        match self {
            Expression::Reference(steps) => steps.iter().cloned().collect(),
            Expression::Text(text) => match super::native::expression(text)? {
                quoted @ Expression::Reference(_) => quoted.static_reference(),
                _ => None,
            },
            _ => None,
        }
    }
}

impl Body {
    pub(super) fn attribute(&self, name: &str) -> Option<&Item> {
        let mut all = self.attributes.iter().filter(|attribute| attribute.name == name);
        all.next().map(|attribute| &attribute.value)
    }

    pub(super) fn blocks<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }

    /// Merges the body of an override file into this one: an attribute replaces that of its name, and blocks replace
    /// all those of their kind.
    pub(super) fn merge(&mut self, over: Body) {
        for attribute in over.attributes {
            self.attributes.retain(|present| present.name != attribute.name);
            self.attributes.push(attribute);
        }
        self.blocks
            .retain(|present| !over.blocks.iter().any(|block| block.kind == present.kind));
        self.blocks.extend(over.blocks);
    }
}

/// Where the lines of a text begin.
pub(super) struct Lines(Vec<usize>);

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at + 1).collect())
    }

    /// The line of a byte, counted from 1.
    pub(super) fn at(&self, offset: usize) -> usize {
        1 + self.0.partition_point(|start| *start <= offset)
    }
}
