//! Evaluating a compiled expression.

mod access;
mod call;
mod fault;
mod loops;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) use fault::Fault;

use super::functions::patterns::Glob;
use super::json::LONGEST;
use super::number::Number;
use super::order::equal;
use super::tree::{Comparison, Conditional, Kind, Node, Operation, Span};
use super::types::{Type, convert};
use super::value::{Members, Value};
use super::vocabulary::Scope;

/// Steps that one evaluation may take in its loops; a policy of a size people write takes some hundred.
const FUEL: u64 = 5_000_000;

/// A value that is borrowed from the scope or the expression where it stands there.
type Outcome<'a> = Result<Cow<'a, Value>, Fault>;

/// What a condition came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Truth {
    /// True, false, or not known.
    pub(super) value: Option<bool>,
    /// Whether a marked value took part.
    pub(super) sensitive: bool,
}

impl Truth {
    fn new(value: Option<bool>, sensitive: bool) -> Self {
        Self { value, sensitive }
    }

    fn into_value(self) -> Value {
        self.value
            .map_or(Value::Unknown, Value::Bool)
            .sensitive_if(self.sensitive)
    }
}

/// One evaluation.
pub(super) struct Evaluator<'a> {
    scope: &'a dyn Scope,
    /// The variables of the loops around.
    locals: Vec<Value>,
    fuel: u64,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(scope: &'a dyn Scope) -> Self {
        Self {
            scope,
            locals: Vec::new(),
            fuel: FUEL,
        }
    }

    pub(super) fn value(&mut self, node: &'a Node) -> Outcome<'a> {
        Ok(match &node.kind {
            Kind::Constant(value) => Cow::Borrowed(value),
            Kind::Slot(slot) => Cow::Borrowed(self.scope.value(*slot)),
            Kind::Whole(members) => {
                let members = members
                    .iter()
                    .map(|(name, slot)| (Arc::clone(name), self.scope.value(*slot).clone()));
                Cow::Owned(Value::object(members))
            }
            // The compiler gave out positions on this very stack.
            Kind::Local(at) => Cow::Owned(self.locals.get(*at).cloned().unwrap_or(Value::Unknown)),
            Kind::Tuple(items) => {
                let items: Result<Vec<Value>, Fault> = items.iter().map(|item| self.owned(item)).collect();
                Cow::Owned(Value::tuple(items?))
            }
            Kind::Object(members) => Cow::Owned(self.object(members)?),
            Kind::Template(parts) => Cow::Owned(self.template(parts)?),
            Kind::Conditional(conditional) => return self.conditional(node.span, conditional),
            Kind::All(_)
            | Kind::Any(_)
            | Kind::Not(_)
            | Kind::EqualsText { .. }
            | Kind::Equals { .. }
            | Kind::Compare(..)
            | Kind::Can(_)
            | Kind::Glob(..) => Cow::Owned(self.truth(node)?.into_value()),
            Kind::Negate(operand) => {
                let (number, sensitive) = self.operand(operand, "a number")?;
                Cow::Owned(
                    number
                        .map_or(Value::Unknown, |n| Value::Number(n.negated()))
                        .sensitive_if(sensitive),
                )
            }
            Kind::Arithmetic(operation, sides) => Cow::Owned(self.arithmetic(node.span, *operation, sides)?),
            Kind::Access { base, steps } => {
                let base_value = self.value(base)?;
                return self.access(base_value, steps);
            }
            Kind::Call(call) => Cow::Owned(self.call(node.span, call)?),
            Kind::Try(choices) => return self.attempt(node.span, choices),
            Kind::Search(search, text) => Cow::Owned(self.search(search, text)?),
            Kind::For(looped) => Cow::Owned(self.for_expression(looped)?),
            Kind::Join(looped) => Cow::Owned(self.join(looped)?),
        })
    }

    /// The value of a node that only has to be looked up: the short way for what policies do most.
    #[inline]
    fn peek(&self, node: &'a Node) -> Option<&'a Value> {
        match &node.kind {
            Kind::Slot(slot) => Some(self.scope.value(*slot)),
            _ => None,
        }
    }

    fn owned(&mut self, node: &'a Node) -> Result<Value, Fault> {
        self.value(node).map(Cow::into_owned)
    }

    /// The node as a condition.
    pub(super) fn truth(&mut self, node: &'a Node) -> Result<Truth, Fault> {
        match &node.kind {
            Kind::All(operands) => self.chain(operands, false),
            Kind::Any(operands) => self.chain(operands, true),
            Kind::Not(operand) => {
                let truth = self.truth(operand)?;
                Ok(Truth::new(truth.value.map(|value| !value), truth.sensitive))
            }
            Kind::EqualsText { operand, text, wanted } => {
                if let Some(Value::String(other)) = self.peek(operand) {
                    return Ok(Truth::new(Some((**other == **text) == *wanted), false));
                }
                let value = self.value(operand)?;
                let (value, sensitive) = value.unmarked();
                let equal = match value {
                    Value::String(other) => Some(**other == **text),
                    Value::Unknown => None,
                    _ => Some(false),
                };
                Ok(Truth::new(equal.map(|equal| equal == *wanted), sensitive))
            }
            Kind::Equals { sides, wanted } => {
                let [left, right] = [self.value(&sides[0])?, self.value(&sides[1])?];
                let sensitive = left.contains_sensitive() || right.contains_sensitive();
                Ok(Truth::new(
                    equal(&left, &right).map(|equal| equal == *wanted),
                    sensitive,
                ))
            }
            Kind::Compare(comparison, sides) => {
                let (left, left_marked) = self.operand(&sides[0], "a number")?;
                let (right, right_marked) = self.operand(&sides[1], "a number")?;
                let result = left.zip(right).map(|(left, right)| {
                    let order = left.compare(right);
                    match comparison {
                        Comparison::Less => order.is_lt(),
                        Comparison::LessOrEqual => order.is_le(),
                        Comparison::Greater => order.is_gt(),
                        Comparison::GreaterOrEqual => order.is_ge(),
                    }
                });
                Ok(Truth::new(result, left_marked || right_marked))
            }
            Kind::Can(operand) => Ok(match self.value(operand) {
                Ok(value) if value.is_unknown() => Truth::new(None, false),
                Ok(_) => Truth::new(Some(true), false),
                Err(_) => Truth::new(Some(false), false),
            }),
            Kind::Glob(glob, text) => self.matched(glob, text),
            _ => {
                let value = self.value(node)?;
                truth_of(&value, node.span)
            }
        }
    }

    /// A chain of `&&`, which `false` decides, or of `||`, which `true` does. What comes behind the deciding one is not
    /// evaluated; an unknown one leaves the others to decide.
    fn chain(&mut self, operands: &'a [Node], decisive: bool) -> Result<Truth, Fault> {
        let mut result = Some(!decisive);
        let mut sensitive = false;
        for operand in operands {
            let truth = self.truth(operand)?;
            sensitive |= truth.sensitive;
            match truth.value {
                Some(value) if value == decisive => return Ok(Truth::new(Some(decisive), sensitive)),
                Some(_) => {}
                None => result = None,
            }
        }
        Ok(Truth::new(result, sensitive))
    }

    /// Whether a pattern matches the text of a node; nothing matches null.
    fn matched(&mut self, glob: &Glob, node: &'a Node) -> Result<Truth, Fault> {
        if let Some(Value::String(text)) = self.peek(node) {
            return Ok(Truth::new(Some(glob.matches(text)), false));
        }
        let value = self.value(node)?;
        let (plain, sensitive) = value.unmarked();
        let result = match plain {
            Value::String(text) => Some(glob.matches(text)),
            Value::Unknown => None,
            Value::Null => Some(false),
            other => {
                let text = convert(other, &Type::String).map_err(|message| Fault::new(node.span, message))?;
                text.as_str().map(|text| glob.matches(text))
            }
        };
        Ok(Truth::new(result, sensitive))
    }

    /// A number that an operator works on; `None` if it is unknown.
    fn operand(&mut self, node: &'a Node, what: &str) -> Result<(Option<Number>, bool), Fault> {
        let value = self.value(node)?;
        let (plain, sensitive) = value.unmarked();
        let number = match plain {
            Value::Number(number) => Some(*number),
            Value::Unknown => None,
            Value::Null => return Err(Fault::new(node.span, format!("{what} is required, and this is null"))),
            other => {
                let number = convert(other, &Type::Number).map_err(|message| Fault::new(node.span, message))?;
                number.as_number()
            }
        };
        Ok((number, sensitive))
    }

    fn arithmetic(&mut self, span: Span, operation: Operation, sides: &'a [Node; 2]) -> Result<Value, Fault> {
        let (left, left_marked) = self.operand(&sides[0], "a number")?;
        let (right, right_marked) = self.operand(&sides[1], "a number")?;
        let sensitive = left_marked || right_marked;
        let Some((left, right)) = left.zip(right) else {
            return Ok(Value::Unknown.sensitive_if(sensitive));
        };
        if matches!(operation, Operation::Over) && right == Number::Integer(0) {
            return Err(Fault::new(sides[1].span, "division by zero"));
        }
        match operation.apply(left, right) {
            Some(number) => Ok(Value::Number(number).sensitive_if(sensitive)),
            None => Err(Fault::new(span, "the result is too large")),
        }
    }

    fn object(&mut self, members: &'a [(Node, Node)]) -> Result<Value, Fault> {
        let mut result = BTreeMap::new();
        let mut sensitive = false;
        let mut unknown = false;
        for (key, value) in members {
            let name = self.key(key)?;
            sensitive |= name.1;
            let value = self.owned(value)?;
            match name.0 {
                Some(name) => {
                    result.insert(name, value);
                }
                None => unknown = true,
            }
        }
        let object = if unknown {
            Value::Unknown
        } else {
            Value::Object(Members::new(result))
        };
        Ok(object.sensitive_if(sensitive))
    }

    /// The key of a member; `None` if it is unknown.
    fn key(&mut self, node: &'a Node) -> Result<(Option<Arc<str>>, bool), Fault> {
        let value = self.value(node)?;
        let (plain, sensitive) = value.unmarked();
        let key = match plain {
            Value::String(text) => Some(Arc::clone(text)),
            Value::Unknown => None,
            Value::Null => return Err(Fault::new(node.span, "a key cannot be null")),
            other => match convert(other, &Type::String) {
                Ok(Value::String(text)) => Some(text),
                _ => {
                    let message = format!("a key has to be a string, and this is of type {}", other.kind());
                    return Err(Fault::new(node.span, message));
                }
            },
        };
        Ok((key, sensitive))
    }

    fn template(&mut self, parts: &'a [Node]) -> Result<Value, Fault> {
        let mut text = String::new();
        let mut sensitive = false;
        let mut unknown = false;
        for part in parts {
            let value = self.value(part)?;
            sensitive |= value.contains_sensitive();
            match value.unmarked().0 {
                Value::Unknown => unknown = true,
                value => self.append(&mut text, value, part.span)?,
            }
        }
        let result = if unknown { Value::Unknown } else { Value::from(text) };
        Ok(result.sensitive_if(sensitive))
    }

    /// Adds a value to the text of a template.
    fn append(&mut self, text: &mut String, value: &Value, span: Span) -> Result<(), Fault> {
        match value {
            Value::String(part) => text.push_str(part),
            Value::Null => return Err(Fault::new(span, "a null value cannot be part of a template")),
            other => match convert(other, &Type::String) {
                Ok(Value::String(part)) => text.push_str(&part),
                _ => {
                    let message = format!("a template takes strings, and this is of type {}", other.kind());
                    let hint = "use jsonencode or join".to_owned();
                    return Err(Fault::new(span, message).with_hint(Some(hint)));
                }
            },
        }
        if text.len() > LONGEST {
            return Err(Fault::new(span, "the text is too long"));
        }
        self.burn(1 + text.len() as u64 / 4096, span)
    }

    /// Only the chosen result is evaluated. Where the type of the other is plain to see, the result is converted to what
    /// they have in common, as Terraform does.
    fn conditional(&mut self, span: Span, conditional: &'a Conditional) -> Outcome<'a> {
        let truth = self.truth(&conditional.condition)?;
        let Some(chosen) = truth.value else {
            return Ok(Cow::Owned(Value::Unknown.sensitive_if(truth.sensitive)));
        };
        let (chosen, other) = if chosen { (0, 1) } else { (1, 0) };
        let mut value = self.value(&conditional.results[chosen])?;
        if let Some(other) = &conditional.types[other]
            && !agrees(&value, other)
        {
            let common = Type::in_common(&[Type::of(&value), other.clone()]);
            let converted = common.map(|common| convert(&value, &common));
            value = Cow::Owned(match converted {
                Some(Ok(value)) => value,
                _ => {
                    return Err(Fault::new(span, two_types(value.kind(), other.kind())));
                }
            });
        }
        Ok(if truth.sensitive {
            Cow::Owned(value.into_owned().sensitive())
        } else {
            value
        })
    }

    fn attempt(&mut self, span: Span, choices: &'a [Node]) -> Outcome<'a> {
        let depth = self.locals.len();
        let mut last = None;
        for choice in choices {
            match self.value(choice) {
                Ok(value) => return Ok(value),
                Err(fault) => last = Some(fault),
            }
            self.locals.truncate(depth);
        }
        let reason = last.map(|fault| fault.message().to_owned());
        Err(Fault::new(span, "nothing that `try` was given could be evaluated").with_hint(reason))
    }

    /// Counts work that loops do.
    fn burn(&mut self, steps: u64, span: Span) -> Result<(), Fault> {
        match self.fuel.checked_sub(steps) {
            Some(left) => {
                self.fuel = left;
                Ok(())
            }
            None => Err(Fault::new(span, "this takes too long to evaluate")),
        }
    }
}

/// Whether a value needs no conversion to go with a result of type `other`.
fn agrees(value: &Value, other: &Type) -> bool {
    matches!(
        (value.unmarked().0, other),
        (_, Type::Any)
            | (Value::Null | Value::Unknown, _)
            | (Value::Bool(_), Type::Bool)
            | (Value::Number(_), Type::Number)
            | (Value::String(_), Type::String | Type::Bool | Type::Number)
    )
}

/// A value as a condition.
fn truth_of(value: &Value, span: Span) -> Result<Truth, Fault> {
    let (plain, sensitive) = value.unmarked();
    let truth = match plain {
        Value::Bool(bool) => Some(*bool),
        Value::Unknown => None,
        Value::Null => return Err(Fault::new(span, "true or false is required, and this is null")),
        other => convert(other, &Type::Bool)
            .map_err(|message| Fault::new(span, message))?
            .as_bool(),
    };
    Ok(Truth::new(truth, sensitive))
}

/// What is wrong with a conditional whose results do not go together.
pub(super) fn two_types(a: &str, b: &str) -> String {
    let and = if a == b {
        format!("two of type {a} that do not agree")
    } else {
        format!("of types {a} and {b}")
    };
    format!("the two results have to be of one type, and these are {and}")
}
