//! The resolved tree that an expression is compiled to.

use std::ops::Range;
use std::sync::Arc;

use super::functions::Function;
use super::functions::patterns::{Glob, Search};
use super::number::Number;
use super::types::Type;
use super::value::Value;
use super::vocabulary::Slot;

/// Byte offsets into the text of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self {
            start: range.start,
            end: range.end,
        }
    }
}

impl From<Span> for Range<usize> {
    fn from(span: Span) -> Self {
        span.start..span.end
    }
}

/// An expression within an expression.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    Constant(Value),
    Slot(Slot),
    /// A variable of known members, taken as a whole.
    Whole(Vec<(Arc<str>, Slot)>),
    /// A variable of a `for`, by its position on the stack of them.
    Local(usize),
    Tuple(Vec<Node>),
    Object(Vec<(Node, Node)>),
    /// Texts to be joined.
    Template(Vec<Node>),
    Conditional(Box<Conditional>),
    /// `&&`
    All(Vec<Node>),
    /// `||`
    Any(Vec<Node>),
    Not(Box<Node>),
    Negate(Box<Node>),
    /// Comparison with a literal string, by far the most frequent operation in policies.
    EqualsText {
        operand: Box<Node>,
        text: Arc<str>,
        wanted: bool,
    },
    Equals {
        sides: Box<[Node; 2]>,
        wanted: bool,
    },
    Compare(Comparison, Box<[Node; 2]>),
    Arithmetic(Operation, Box<[Node; 2]>),
    Access {
        base: Box<Node>,
        steps: Vec<Step>,
    },
    Call(Box<Call>),
    Try(Vec<Node>),
    Can(Box<Node>),
    /// `glob` with a literal pattern.
    Glob(Glob, Box<Node>),
    /// `regex` and `regexall` with a literal pattern.
    Search(Box<Search>, Box<Node>),
    For(Box<For>),
    /// `%{ for }`: what the loop makes, joined.
    Join(Box<For>),
}

#[derive(Debug)]
pub(super) struct Conditional {
    pub(super) condition: Node,
    /// What it is if true, and if false.
    pub(super) results: [Node; 2],
    /// Their types, where they are known without evaluating them.
    pub(super) types: [Option<Type>; 2],
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Comparison {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Operation {
    Plus,
    Minus,
    Times,
    Over,
    Modulo,
}

impl Operation {
    pub(super) fn apply(self, a: Number, b: Number) -> Option<Number> {
        match self {
            Self::Plus => a.plus(b),
            Self::Minus => a.minus(b),
            Self::Times => a.times(b),
            Self::Over => a.over(b),
            Self::Modulo => a.modulo(b),
        }
    }
}

/// One step of `a.b[c].*.d`.
#[derive(Debug)]
pub(super) struct Step {
    pub(super) span: Span,
    pub(super) kind: StepKind,
}

#[derive(Debug)]
pub(super) enum StepKind {
    Attribute(Arc<str>),
    Index(Node),
    /// The steps that are taken from each element.
    Splat(Vec<Step>),
}

#[derive(Debug)]
pub(super) struct Call {
    pub(super) function: Arc<Function>,
    pub(super) arguments: Vec<Node>,
    /// Whether the last argument is a list of arguments.
    pub(super) expand: bool,
}

#[derive(Debug)]
pub(super) struct For {
    pub(super) collection: Node,
    /// Whether there are two variables, the first of them the key.
    pub(super) keyed: bool,
    /// The key of an object's member; a tuple is made where there is none.
    pub(super) key: Option<Node>,
    pub(super) result: Node,
    pub(super) condition: Option<Node>,
    /// `...`: values of one key are collected.
    pub(super) grouped: bool,
}

impl Node {
    pub(super) fn new(span: Span, kind: Kind) -> Self {
        Self { span, kind }
    }

    pub(super) fn constant(span: Span, value: impl Into<Value>) -> Self {
        Self::new(span, Kind::Constant(value.into()))
    }

    pub(super) fn as_constant(&self) -> Option<&Value> {
        match &self.kind {
            Kind::Constant(value) => Some(value),
            _ => None,
        }
    }

    /// The type it has whatever it is evaluated with, as far as that is plain to see.
    pub(super) fn static_type(&self) -> Option<Type> {
        match &self.kind {
            Kind::Constant(value) => Some(Type::of(value)),
            Kind::Template(_) | Kind::Join(_) => Some(Type::String),
            Kind::All(_)
            | Kind::Any(_)
            | Kind::Not(_)
            | Kind::EqualsText { .. }
            | Kind::Equals { .. }
            | Kind::Compare(..)
            | Kind::Can(_)
            | Kind::Glob(..) => Some(Type::Bool),
            Kind::Negate(_) | Kind::Arithmetic(..) => Some(Type::Number),
            Kind::Tuple(items) => Some(Type::Tuple(items.iter().map(Node::static_type).collect::<Option<_>>()?)),
            Kind::Conditional(conditional) => match &conditional.types {
                [Some(a), Some(b)] => Type::in_common(&[a.clone(), b.clone()]),
                _ => None,
            },
            _ => None,
        }
    }
}
