//! Values of expressions and shell variables: GitHub's types, plus open and alternative ones.

use std::rc::Rc;

use super::choice::{Assumptions, Choice, Decision};
use super::origin_path::ConfigEdit;
use super::text::{Open, Piece, Source, Text};

/// More alternatives than this of one value are not followed.
const MAX_ALTERNATIVES: usize = 64;

/// A value while a workflow is read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Bool(bool),
    Number(f64),
    Text(Text),
    Array(Vec<Value>),
    /// Keys in the order of the file; GitHub looks them up without regard to case.
    Object(Vec<(String, Value)>),
    /// One alternative per outcome of a choice.
    Split(Rc<Split>),
    /// A distribution's configuration on its way through `jq` and files.
    Config(Rc<ConfigEdit>),
}

/// Alternatives of a value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Split {
    pub(crate) choice: Choice,
    pub(crate) alternatives: Vec<Value>,
}

/// One way in which a group of values can come out together.
#[derive(Debug, Clone)]
pub(crate) struct Variant {
    pub(crate) values: Vec<Value>,
    pub(crate) assumed: Assumptions,
}

impl Value {
    pub(crate) fn literal(value: impl Into<String>) -> Self {
        Self::Text(Text::literal(value))
    }

    pub(crate) fn open(expression: impl Into<String>, source: Source, why: &str) -> Self {
        Self::Text(Text::open(Open::new(expression, source, why)))
    }

    /// One alternative per outcome; a single value when all are equal.
    pub(crate) fn split(choice: Choice, alternatives: Vec<Value>) -> Self {
        match alternatives.first() {
            Some(first) if alternatives.iter().all(|a| a == first) => first.clone(),
            Some(_) => Self::Split(Rc::new(Split { choice, alternatives })),
            None => Self::Null,
        }
    }

    /// The value that each branch of a decision left behind.
    pub(crate) fn joined(decision: &Decision, of: &dyn Fn(usize) -> Option<Value>) -> Option<Value> {
        match decision {
            Decision::Go(branch) => of(*branch),
            Decision::Ask(choice, outcomes) => {
                let found: Vec<Option<Value>> = outcomes.iter().map(|o| Self::joined(o, of)).collect();
                let live = found.iter().flatten().next()?.clone();
                let alternatives = found
                    .into_iter()
                    .map(|value| value.unwrap_or_else(|| live.clone()))
                    .enumerate()
                    .map(|(index, value)| value.pick(&choice.id, index))
                    .collect();
                Some(Self::split(choice.clone(), alternatives).bounded())
            }
        }
    }

    /// How many plain values the alternatives come to.
    fn leaves(&self) -> usize {
        match self {
            Self::Split(split) => split.alternatives.iter().map(Value::leaves).sum(),
            Self::Array(items) => items.iter().map(Value::leaves).max().unwrap_or(1),
            Self::Object(entries) => entries.iter().map(|(_, v)| v.leaves()).max().unwrap_or(1),
            _ => 1,
        }
    }

    /// Gives up on a value with too many alternatives.
    fn bounded(self) -> Value {
        if self.leaves() > MAX_ALTERNATIVES {
            return too_many();
        }
        self
    }

    /// Takes one alternative of a choice, wherever it occurs.
    pub(crate) fn pick(&self, id: &str, outcome: usize) -> Value {
        match self {
            Self::Split(split) => {
                if &*split.choice.id == id {
                    return match split.alternatives.get(outcome) {
                        Some(alternative) => alternative.pick(id, outcome),
                        None => too_many(),
                    };
                }
                let alternatives = split.alternatives.iter().map(|a| a.pick(id, outcome)).collect();
                Self::split(split.choice.clone(), alternatives)
            }
            Self::Array(items) => Self::Array(items.iter().map(|v| v.pick(id, outcome)).collect()),
            Self::Object(entries) => {
                Self::Object(entries.iter().map(|(k, v)| (k.clone(), v.pick(id, outcome))).collect())
            }
            other => other.clone(),
        }
    }

    /// The first choice that the value depends on.
    pub(crate) fn first_choice(&self) -> Option<&Choice> {
        match self {
            Self::Split(split) => Some(&split.choice),
            Self::Array(items) => items.iter().find_map(Value::first_choice),
            Self::Object(entries) => entries.iter().find_map(|(_, v)| v.first_choice()),
            _ => None,
        }
    }

    /// The value as text, the way GitHub and the shell write it; alternatives are kept.
    pub(crate) fn to_text_value(&self) -> Value {
        match self {
            Self::Split(split) => Self::split(
                split.choice.clone(),
                split.alternatives.iter().map(Value::to_text_value).collect(),
            ),
            Self::Config(_) => self.clone(),
            other => Self::Text(other.to_text()),
        }
    }

    /// The value as text; alternatives that are still undecided become one open part.
    pub(crate) fn to_text(&self) -> Text {
        match self {
            Self::Null => Text::new(),
            Self::Bool(value) => Text::literal(value.to_string()),
            Self::Number(value) => Text::literal(number_text(*value)),
            Self::Text(text) => text.clone(),
            Self::Array(_) => Text::literal("Array"),
            Self::Object(_) => Text::literal("Object"),
            Self::Split(_) => too_many().to_text(),
            Self::Config(edit) => Text::open(Open::new(
                edit.expression.clone(),
                Source::AwsQuery,
                "it is a distribution's configuration, read when the workflow runs",
            )),
        }
    }

    /// The characters, when they are known, without alternatives and without a secret.
    pub(crate) fn as_literal(&self) -> Option<&str> {
        match self {
            Self::Text(text) => text.as_literal(),
            _ => None,
        }
    }

    /// A property, without regard to case; `None` when the value is no object or lacks it.
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Self::Object(entries) => entries
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(key))
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// Puts values behind one another as text.
    pub(crate) fn concat(parts: &[Value]) -> Value {
        match parts {
            [] => return Value::Text(Text::new()),
            [one] => return one.to_text_value(),
            _ => {}
        }
        lift(parts, &mut |plain| {
            let mut text = Text::new();
            for part in plain {
                text.extend(&part.to_text());
            }
            Value::Text(text)
        })
    }

    /// Applies a function of text to every alternative.
    pub(crate) fn map_text(&self, change: &mut dyn FnMut(&Text) -> Value) -> Value {
        lift(std::slice::from_ref(self), &mut |plain| match plain {
            [Value::Config(_)] => self.clone(),
            [one] => change(&one.to_text()),
            _ => Value::Null,
        })
    }

    /// GitHub's truth of a value; `None` when open parts decide it.
    pub(crate) fn truth(&self) -> Option<bool> {
        match self {
            Self::Null => Some(false),
            Self::Bool(value) => Some(*value),
            Self::Number(value) => Some(*value != 0.0 && !value.is_nan()),
            Self::Text(text) => match text.resolved() {
                Some(value) => Some(!value.is_empty()),
                None => text
                    .pieces()
                    .iter()
                    .any(|p| matches!(p, Piece::Literal(_)))
                    .then_some(true),
            },
            Self::Array(_) | Self::Object(_) | Self::Config(_) => Some(true),
            Self::Split(_) => None,
        }
    }

    /// The truth as a decision: branch 0 is true. `ask` names the question of an open value.
    pub(crate) fn decide(&self, ask: &dyn Fn(&Value) -> Choice) -> Decision {
        match self {
            Self::Split(split) => Decision::Ask(
                split.choice.clone(),
                split.alternatives.iter().map(|a| a.decide(ask)).collect(),
            ),
            other => match other.truth() {
                Some(answer) => Decision::of(answer),
                None => Decision::unknown(ask(other)),
            },
        }
    }
}

/// Applies a function that knows nothing of alternatives to values that may have them.
pub(crate) fn lift(values: &[Value], apply: &mut dyn FnMut(&[Value]) -> Value) -> Value {
    let mut budget = MAX_ALTERNATIVES;
    lifted(values, apply, &mut budget).bounded()
}

fn lifted(values: &[Value], apply: &mut dyn FnMut(&[Value]) -> Value, budget: &mut usize) -> Value {
    let Some(choice) = values.iter().find_map(Value::first_choice).cloned() else {
        return apply(values);
    };
    let mut alternatives = Vec::with_capacity(choice.outcomes.len());
    for outcome in 0..choice.outcomes.len() {
        if *budget == 0 {
            return too_many();
        }
        *budget -= 1;
        let picked: Vec<Value> = values.iter().map(|v| v.pick(&choice.id, outcome)).collect();
        alternatives.push(lifted(&picked, apply, budget));
    }
    Value::split(choice, alternatives)
}

/// All ways in which the values can come out together under the assumptions.
pub(crate) fn variants(values: &[Value], assumed: &Assumptions) -> Vec<Variant> {
    let mut found = Vec::new();
    expand(values.to_vec(), assumed.clone(), &mut found);
    if found.len() > MAX_ALTERNATIVES {
        let values = values
            .iter()
            .map(|v| {
                if v.first_choice().is_some() {
                    too_many()
                } else {
                    v.clone()
                }
            })
            .collect();
        return vec![Variant {
            values,
            assumed: assumed.clone(),
        }];
    }
    found
}

fn expand(values: Vec<Value>, assumed: Assumptions, found: &mut Vec<Variant>) {
    if found.len() > MAX_ALTERNATIVES {
        return;
    }
    let Some(choice) = values.iter().find_map(Value::first_choice).cloned() else {
        found.push(Variant { values, assumed });
        return;
    };
    for outcome in assumed.possible(&choice) {
        let picked = values.iter().map(|v| v.pick(&choice.id, outcome)).collect();
        if let Some(narrower) = assumed.with(&choice, outcome) {
            expand(picked, narrower, found);
        }
    }
}

fn too_many() -> Value {
    Value::open(
        "(many alternatives)",
        Source::TooMany,
        "it has more alternatives than are followed",
    )
}

/// A number as GitHub writes it into text: no exponent, no trailing zeros.
pub(crate) fn number_text(value: f64) -> String {
    if value == 0.0 {
        return "0".to_string();
    }
    value.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn branch() -> Choice {
        Choice::yes_no("main", "main")
    }

    fn split(a: &str, b: &str) -> Value {
        Value::split(branch(), vec![Value::literal(a), Value::literal(b)])
    }

    #[test]
    fn values_that_split_on_one_choice_stay_in_step() {
        let all = variants(
            &[split("bucket-a", "bucket-b"), split("DIST-A", "DIST-B")],
            &Assumptions::default(),
        );
        let pairs: Vec<Vec<String>> = all
            .iter()
            .map(|v| v.values.iter().map(|x| x.to_text().display()).collect())
            .collect();
        assert_eq!(pairs, [["bucket-a", "DIST-A"], ["bucket-b", "DIST-B"]]);
    }

    #[test]
    fn concatenation_keeps_alternatives() {
        let joined = Value::concat(&[Value::literal("s3://"), split("a", "b")]);
        let all = variants(&[joined], &Assumptions::default());
        let texts: Vec<String> = all.iter().map(|v| v.values[0].to_text().display()).collect();
        assert_eq!(texts, ["s3://a", "s3://b"]);
    }

    #[test]
    fn very_many_alternatives_are_given_up_not_followed() {
        let parts: Vec<Value> = (0..40)
            .map(|i| {
                let id = format!("choice {i}");
                Value::split(Choice::yes_no(&id, &id), vec![Value::literal("x"), Value::literal("y")])
            })
            .collect();
        let joined = Value::concat(&parts);
        assert!(joined.leaves() <= MAX_ALTERNATIVES);
        let all = variants(&parts, &Assumptions::default());
        assert_eq!(all.len(), 1);
        assert!(all[0].values[0].to_text().is_open());
    }
}
