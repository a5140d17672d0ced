//! GitHub's comparisons, over values that may be open.

use github_actions_expressions::Evaluation;

use super::choice::Choice;
use super::text::{Text, Tri};
use super::value::{Value, lift};

/// What a question is asked about, for telling equal questions from different ones.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asking<'a> {
    /// The job in which the question is asked.
    pub(crate) job: &'a str,
}

impl Asking<'_> {
    /// A yes or no that the run decides.
    pub(crate) fn unknown(self, question: &str) -> Value {
        Value::split(self.choice(question), vec![Value::Bool(true), Value::Bool(false)])
    }

    /// The choice behind an open yes or no.
    pub(crate) fn choice(self, question: &str) -> Choice {
        Choice::yes_no(&self.id(question), question)
    }

    /// The `github` context and a workflow's inputs are the same in every job of a run; everything
    /// else belongs to one job.
    fn id(self, subject: &str) -> String {
        if subject.contains("steps.")
            || subject.contains("env.")
            || subject.contains('$')
            || !(subject.contains("github.") || subject.contains("inputs."))
        {
            return format!("{} in {}", subject, self.job);
        }
        subject.to_string()
    }

    /// `left == right` by GitHub's rules: text without regard to case, other types as numbers.
    pub(crate) fn equals(self, left: &Value, right: &Value) -> Value {
        lift(&[left.clone(), right.clone()], &mut |plain| match plain {
            [left, right] => self.plain_equals(left, right),
            _ => Value::Null,
        })
    }

    fn plain_equals(self, left: &Value, right: &Value) -> Value {
        if let (Some(a), Some(b)) = (evaluation(left), evaluation(right)) {
            return Value::Bool(a.sema() == b.sema());
        }
        let (Some(a), Some(b)) = (scalar_text(left), scalar_text(right)) else {
            return Value::Bool(false);
        };
        if a == b {
            return Value::Bool(true);
        }
        let (open, known) = if a.is_open() { (a, b) } else { (b, a) };
        let Some(value) = known.resolved() else {
            return self.unknown(&format!("{} == {}", open.display(), known.display()));
        };
        if lowered(&open).matches(&value.to_lowercase()) == Tri::No {
            return Value::Bool(false);
        }
        let shown = known.display();
        let question = format!("{} == '{shown}'", open.display());
        let (subject, value) = branch_name(&open.display(), &shown);
        let choice = Choice::equality(&self.id(&subject), &value.to_lowercase(), &question);
        Value::split(choice, vec![Value::Bool(true), Value::Bool(false)])
    }

    /// `<`, `<=`, `>`, `>=`: the answer, or an open one.
    pub(crate) fn ordered(
        self,
        left: &Value,
        right: &Value,
        question: &str,
        accept: fn(std::cmp::Ordering) -> bool,
    ) -> Value {
        lift(&[left.clone(), right.clone()], &mut |plain| {
            let [left, right] = plain else {
                return Value::Null;
            };
            match (evaluation(left), evaluation(right)) {
                (Some(a), Some(b)) => Value::Bool(a.sema().partial_cmp(&b.sema()).is_some_and(accept)),
                _ => self.unknown(question),
            }
        })
    }

    /// The truth of a value as a value: true, false, or a split.
    pub(crate) fn negated(self, value: &Value) -> Value {
        lift(std::slice::from_ref(value), &mut |plain| {
            let Some(one) = plain.first() else {
                return Value::Null;
            };
            match one.truth() {
                Some(truth) => Value::Bool(!truth),
                None => Value::split(
                    self.choice(&one.to_text().display()),
                    vec![Value::Bool(false), Value::Bool(true)],
                ),
            }
        })
    }
}

/// `github.ref` and `github.ref_name` ask the same about a branch.
fn branch_name(subject: &str, value: &str) -> (String, String) {
    match (subject, value.strip_prefix("refs/heads/")) {
        ("github.ref", Some(branch)) => ("github.ref_name".to_string(), branch.to_string()),
        _ => (subject.to_string(), value.to_string()),
    }
}

fn lowered(text: &Text) -> Text {
    let flat = text.flatten().to_lowercase();
    text.unflatten(&flat)
}

fn scalar_text(value: &Value) -> Option<Text> {
    match value {
        Value::Array(_) | Value::Object(_) | Value::Split(_) => None,
        other => Some(other.to_text()),
    }
}

/// A known scalar in the form in which the expressions crate compares.
pub(crate) fn evaluation(value: &Value) -> Option<Evaluation> {
    match value {
        Value::Null => Some(Evaluation::Null),
        Value::Bool(value) => Some(Evaluation::Boolean(*value)),
        Value::Number(value) => Some(Evaluation::Number(*value)),
        Value::Text(text) => text.resolved().map(Evaluation::String),
        _ => None,
    }
}
