//! Functions: what a signature is, and the standard ones.

mod collections;
mod encoding;
mod format;
mod numbers;
pub(super) mod patterns;
mod sets;
mod strings;
mod time;
mod types;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, LazyLock};

use super::types::Type;
use super::value::Value;

/// A parameter of a function: its name in messages, and the type that arguments are converted to.
#[derive(Debug, Clone)]
pub struct Parameter {
    name: &'static str,
    kind: Type,
    nullable: bool,
}

impl Parameter {
    /// A parameter that cannot be null.
    pub fn new(name: &'static str, kind: Type) -> Self {
        Self {
            name,
            kind,
            nullable: false,
        }
    }

    /// The same, but null is an argument like others.
    #[must_use]
    pub fn nullable(mut self) -> Self {
        self.nullable = true;
        self
    }

    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn kind(&self) -> &Type {
        &self.kind
    }

    pub(super) fn is_nullable(&self) -> bool {
        self.nullable
    }
}

/// Why a function refuses its arguments.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FunctionError {
    /// What is wrong, as a part of a sentence.
    pub message: String,
    /// The argument that is to be pointed at, counted from 0; the whole call if there is none.
    pub argument: Option<usize>,
}

impl FunctionError {
    /// Something wrong with the argument at this position, counted from 0.
    pub fn at(argument: usize, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            argument: Some(argument),
        }
    }
}

impl From<String> for FunctionError {
    fn from(message: String) -> Self {
        Self {
            message,
            argument: None,
        }
    }
}

impl From<&str> for FunctionError {
    fn from(message: &str) -> Self {
        message.to_owned().into()
    }
}

/// What a function does about arguments that are unknown. By default it is not called, and its result is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unknowns {
    /// Not even within an argument.
    Refused,
    /// Within an argument, but not as one.
    Inside,
    /// Anywhere.
    Welcome,
}

type Body = dyn Fn(&[Value]) -> Result<Value, FunctionError> + Send + Sync;

/// A function that expressions may call.
///
/// Its body gets arguments in the number and of the types that it asked for, without marks and without unknown values;
/// the result is marked if an argument was. It is called every time, in the order of evaluation, so it may have a state.
#[derive(Clone)]
pub struct Function {
    name: &'static str,
    parameters: Vec<Parameter>,
    required: usize,
    rest: Option<Parameter>,
    unknowns: Unknowns,
    sees_marks: bool,
    /// Whether the same arguments always give the same result, so that constant calls are made once and for all.
    foldable: bool,
    body: Arc<Body>,
}

impl Function {
    /// A function of this name, without parameters.
    pub fn new(
        name: &'static str,
        body: impl Fn(&[Value]) -> Result<Value, FunctionError> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name,
            parameters: Vec::new(),
            required: 0,
            rest: None,
            unknowns: Unknowns::Refused,
            sees_marks: false,
            foldable: false,
            body: Arc::new(body),
        }
    }

    /// Adds a parameter.
    #[must_use]
    pub fn parameter(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self.required = self.parameters.len();
        self
    }

    /// Adds a parameter that may be left out, after all others.
    #[must_use]
    pub fn optional(mut self, parameter: Parameter) -> Self {
        self.parameters.push(parameter);
        self
    }

    /// Lets any number of further arguments follow.
    #[must_use]
    pub fn rest(mut self, parameter: Parameter) -> Self {
        self.rest = Some(parameter);
        self
    }

    fn unknown(mut self, unknowns: Unknowns) -> Self {
        self.unknowns = unknowns;
        self
    }

    fn marked(mut self) -> Self {
        self.sees_marks = true;
        self
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.name
    }

    /// How it is called, such as `substr(string, offset, length)`.
    pub fn usage(&self) -> String {
        let mut text = format!("{}(", self.name);
        for (at, parameter) in self.parameters.iter().enumerate() {
            let optional = at >= self.required;
            let separator = if at > 0 { ", " } else { "" };
            let (open, close) = if optional { ("[", "]") } else { ("", "") };
            text.push_str(&format!("{open}{separator}{}{close}", parameter.name));
        }
        if let Some(rest) = &self.rest {
            let separator = if self.parameters.is_empty() { "" } else { ", " };
            text.push_str(&format!("{separator}{}...", rest.name));
        }
        text.push(')');
        text
    }

    /// How many arguments it takes at least.
    pub(super) fn least(&self) -> usize {
        self.required
    }

    /// How many arguments it takes at most, if there is a limit.
    pub(super) fn most(&self) -> Option<usize> {
        self.rest.is_none().then_some(self.parameters.len())
    }

    pub(super) fn parameter_at(&self, at: usize) -> Option<&Parameter> {
        self.parameters.get(at).or(self.rest.as_ref())
    }

    pub(super) fn unknowns(&self) -> Unknowns {
        self.unknowns
    }

    pub(super) fn sees_marks(&self) -> bool {
        self.sees_marks
    }

    pub(super) fn is_foldable(&self) -> bool {
        self.foldable
    }

    pub(super) fn apply(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        (self.body)(arguments)
    }
}

impl fmt::Debug for Function {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.usage())
    }
}

/// The functions that every vocabulary has.
pub(super) fn standard() -> &'static BTreeMap<Arc<str>, Arc<Function>> {
    static STANDARD: LazyLock<BTreeMap<Arc<str>, Arc<Function>>> = LazyLock::new(|| {
        let all = [
            collections::functions(),
            encoding::functions(),
            format::functions(),
            numbers::functions(),
            patterns::functions(),
            sets::functions(),
            strings::functions(),
            time::functions(),
            types::functions(),
        ];
        let foldable = |mut function: Function| {
            function.foldable = true;
            (function.name.into(), Arc::new(function))
        };
        all.into_iter().flatten().map(foldable).collect()
    });
    &STANDARD
}

/// Whether a text matches the pattern of a `glob`.
pub(crate) fn glob(pattern: &str, text: &str) -> bool {
    patterns::Glob::new(pattern).matches(text)
}

fn any(name: &'static str) -> Parameter {
    Parameter::new(name, Type::Any)
}

fn text(name: &'static str) -> Parameter {
    Parameter::new(name, Type::String)
}

fn number(name: &'static str) -> Parameter {
    Parameter::new(name, Type::Number)
}

/// A list of one type of elements, whatever that is.
fn list(name: &'static str) -> Parameter {
    Parameter::new(name, Type::list(Type::Any))
}

fn texts(name: &'static str) -> Parameter {
    Parameter::new(name, Type::list(Type::String))
}

/// The text of an argument whose parameter is a string.
fn str_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The elements of an argument whose parameter is a list or set.
fn items_of(value: &Value) -> &[Value] {
    value.as_elements().map_or(&[], |items| items)
}

/// The whole number of an argument whose parameter is a number.
fn integer_of(arguments: &[Value], at: usize) -> Result<i64, FunctionError> {
    let number = arguments.get(at).and_then(Value::as_number);
    number
        .and_then(super::number::Number::as_integer)
        .ok_or_else(|| FunctionError::at(at, "a whole number is required"))
}

/// An argument that has to be a list, tuple or set of any types.
fn elements_at(arguments: &[Value], at: usize) -> Result<&[Value], FunctionError> {
    let value = &arguments[at];
    value.as_elements().map(|items| &**items).ok_or_else(|| {
        FunctionError::at(
            at,
            format!("a list or set is required, and this is of type {}", value.kind()),
        )
    })
}
