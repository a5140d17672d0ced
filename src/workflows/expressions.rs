//! Evaluating GitHub Actions expressions as far as they can be known.
//!
//! The grammar comes from the `github-actions-expressions` crate; the evaluation is our own, because
//! contexts are known in part: a secret may be mapped or not, a branch decides itself at run time.
//! Rules: <https://docs.github.com/en/actions/reference/workflows-and-actions/expressions>.

use github_actions_expressions::{
    Expr, SpannedExpr,
    context::Context,
    literal::Literal,
    op::{BinExpr, BinOp},
};

use super::choice::Choice;
use super::error::ReadError;
use super::functions;
use super::scope::{Scope, descend};
use super::template::{Part, parts};
use super::text::{Source, Text};
use super::value::{Value, lift};
use crate::place::Place;

/// Deeper nesting than this is left open rather than followed.
const MAX_DEPTH: usize = 48;

/// Evaluates the expressions of a text and puts the results together.
///
/// A text that is one expression keeps the expression's type. Expressions that do not parse are
/// reported to `errors` and stay open.
pub(crate) fn render(text: &str, scope: &Scope<'_>, place: &Place, errors: &mut Vec<ReadError>) -> Value {
    let parts = parts(text);
    if let [Part::Expression { inner, .. }] = parts.as_slice() {
        return evaluate(&text[inner.clone()], scope, place, errors);
    }
    let values: Vec<Value> = parts
        .into_iter()
        .map(|part| match part {
            Part::Literal(range) => Value::literal(&text[range]),
            Part::Expression { inner, .. } => evaluate(&text[inner], scope, place, errors).to_text_value(),
            Part::Unclosed(range) => unclosed(&text[range], place, errors),
        })
        .collect();
    Value::concat(&values)
}

/// Evaluates a condition: `if:` needs no braces around its expression.
pub(crate) fn condition(text: &str, scope: &Scope<'_>, place: &Place, errors: &mut Vec<ReadError>) -> Value {
    if text.contains("${{") {
        return render(text, scope, place, errors);
    }
    evaluate(text, scope, place, errors)
}

/// GitHub refuses a workflow in which an expression is never closed.
pub(crate) fn unclosed(text: &str, place: &Place, errors: &mut Vec<ReadError>) -> Value {
    let line = text.lines().next().unwrap_or_default().trim_end();
    report(place, line, "it is not closed with `}}`", errors);
    Value::open(line, Source::NotUnderstood, "the expression does not parse")
}

fn report(place: &Place, expression: &str, problem: &str, errors: &mut Vec<ReadError>) {
    let error = ReadError::Expression {
        place: place.clone(),
        expression: expression.to_string(),
        problem: problem.to_string(),
    };
    if !errors.contains(&error) {
        errors.push(error);
    }
}

/// Evaluates one expression without its braces.
pub(crate) fn evaluate(source: &str, scope: &Scope<'_>, place: &Place, errors: &mut Vec<ReadError>) -> Value {
    let source = source.trim();
    match Expr::parse(source) {
        Ok(expression) => Evaluator { scope, depth: 0 }.value(&expression),
        Err(problem) => {
            report(place, source, &problem.to_string(), errors);
            Value::open(source, Source::NotUnderstood, "the expression does not parse")
        }
    }
}

pub(crate) struct Evaluator<'a, 's> {
    pub(crate) scope: &'s Scope<'a>,
    depth: usize,
}

impl Evaluator<'_, '_> {
    pub(crate) fn value(&self, expression: &SpannedExpr<'_>) -> Value {
        if self.depth > MAX_DEPTH {
            return Value::open(
                expression.origin.raw,
                Source::NotUnderstood,
                "the expression is nested too deeply",
            );
        }
        let inner = Evaluator {
            scope: self.scope,
            depth: self.depth + 1,
        };
        match &expression.inner {
            Expr::Literal(literal) => literal_value(literal),
            Expr::Context(context) => inner.context(context, expression.origin.raw),
            Expr::BinExpr(operation) => inner.binary(operation, expression.origin.raw),
            Expr::UnExpr { expr, .. } => {
                let value = inner.value(expr);
                inner.scope.asking().negated(&value)
            }
            Expr::Call(call) => functions::call(&inner, call, expression.origin.raw),
            Expr::Identifier(name) => inner.scope.lookup(&[name.as_str().to_string()], expression.origin.raw),
            Expr::Index(index) => inner.value(index),
            Expr::Star => Value::Null,
        }
    }

    /// `a.b['c'].*.d`: names are collected as long as they are known, so that `secrets.X` is looked up
    /// as a whole.
    fn context(&self, context: &Context<'_>, raw: &str) -> Value {
        let raw = squeeze(raw);
        let Some((root, rest)) = context.parts.split_first() else {
            return Value::Null;
        };
        let mut keys: Vec<Value> = Vec::new();
        let mut star = None;
        for (position, part) in rest.iter().enumerate() {
            match &part.inner {
                Expr::Identifier(name) => keys.push(Value::literal(name.as_str())),
                Expr::Star => {
                    star = Some(position + 1);
                    break;
                }
                Expr::Index(index) if matches!(index.inner, Expr::Star) => {
                    star = Some(position + 1);
                    break;
                }
                Expr::Index(index) => keys.push(self.value(index)),
                _ => keys.push(self.value(part)),
            }
        }
        let found = match &root.inner {
            Expr::Identifier(name) => self.by_keys(name.as_str(), &keys, &raw),
            _ => {
                let base = self.value(root);
                self.index(&base, &keys, &raw)
            }
        };
        match star {
            None => found,
            Some(position) => self.every(&found, &rest[position..], &raw),
        }
    }

    fn by_keys(&self, root: &str, keys: &[Value], raw: &str) -> Value {
        lift(keys, &mut |plain| {
            let mut path = vec![root.to_string()];
            for (position, key) in plain.iter().enumerate() {
                match key.to_text().resolved() {
                    Some(name) => path.push(name),
                    None => {
                        let base = self.scope.lookup(&path, raw);
                        return self.index(&base, &plain[position..], raw);
                    }
                }
            }
            self.scope.lookup(&path, raw)
        })
    }

    /// Walks into a value by keys that may be open: an open key of a known object leaves one
    /// alternative per entry.
    fn index(&self, base: &Value, keys: &[Value], raw: &str) -> Value {
        let Some((key, rest)) = keys.split_first() else {
            return base.clone();
        };
        if let Some(name) = key.to_text().resolved() {
            let inner = descend(base, &[name], raw, Source::NotUnderstood);
            return self.index(&inner, rest, raw);
        }
        let Value::Object(entries) = base else {
            return Value::open(raw, Source::NotUnderstood, "its key is not known");
        };
        let mut result = Value::Null;
        for (name, value) in entries.iter().rev() {
            let same = self.scope.asking().equals(key, &Value::literal(name));
            let decision = same.decide(&|_| Choice::yes_no(name, name));
            let chosen = self.index(value, rest, raw);
            let joined = Value::joined(&decision, &|branch| {
                Some(if branch == 0 { chosen.clone() } else { result.clone() })
            });
            result = joined.unwrap_or(Value::Null);
        }
        result
    }

    fn every(&self, base: &Value, rest: &[SpannedExpr<'_>], raw: &str) -> Value {
        let items: Vec<Value> = match base {
            Value::Object(entries) => entries.iter().map(|(_, v)| v.clone()).collect(),
            Value::Array(items) => items.clone(),
            _ => return Value::open(raw, Source::NotUnderstood, "it is not a known list"),
        };
        let mut keys = Vec::new();
        for part in rest {
            match &part.inner {
                Expr::Identifier(name) => keys.push(Value::literal(name.as_str())),
                Expr::Index(index) => keys.push(self.value(index)),
                _ => return Value::open(raw, Source::NotUnderstood, "it is a list of lists"),
            }
        }
        Value::Array(items.iter().map(|v| self.index(v, &keys, raw)).collect())
    }

    fn binary(&self, operation: &BinExpr<'_>, raw: &str) -> Value {
        let asking = self.scope.asking();
        match operation.op {
            BinOp::And => {
                let left = self.value(&operation.lhs);
                self.short_circuit(&left, &operation.rhs, 0)
            }
            BinOp::Or => {
                let left = self.value(&operation.lhs);
                self.short_circuit(&left, &operation.rhs, 1)
            }
            BinOp::Eq | BinOp::Neq => {
                let left = self.value(&operation.lhs);
                let right = self.value(&operation.rhs);
                let same = asking.equals(&left, &right);
                if operation.op == BinOp::Eq {
                    return same;
                }
                asking.negated(&same)
            }
            BinOp::Gt | BinOp::Ge | BinOp::Lt | BinOp::Le => {
                let accept: fn(std::cmp::Ordering) -> bool = match operation.op {
                    BinOp::Gt => std::cmp::Ordering::is_gt,
                    BinOp::Ge => std::cmp::Ordering::is_ge,
                    BinOp::Lt => std::cmp::Ordering::is_lt,
                    _ => std::cmp::Ordering::is_le,
                };
                let left = self.value(&operation.lhs);
                let right = self.value(&operation.rhs);
                asking.ordered(&left, &right, &squeeze(raw), accept)
            }
        }
    }

    /// `a && b` is `b` when `a` is true (branch 0), else `a`; `a || b` is `b` when `a` is false.
    fn short_circuit(&self, left: &Value, right: &SpannedExpr<'_>, go_on: usize) -> Value {
        let asking = self.scope.asking();
        let mut right_value = None;
        lift_once(left, &mut |plain| {
            let decision = plain.decide(&|open| asking.choice(&open.to_text().display()));
            let right_value = right_value.get_or_insert_with(|| self.value(right));
            Value::joined(&decision, &|branch| {
                Some(if branch == go_on {
                    right_value.clone()
                } else if plain.truth().is_none() && branch == 1 {
                    Value::Text(Text::new())
                } else {
                    plain.clone()
                })
            })
            .unwrap_or(Value::Null)
        })
    }
}

/// Applies a function to each alternative of one value.
fn lift_once(value: &Value, apply: &mut dyn FnMut(&Value) -> Value) -> Value {
    match value {
        Value::Split(split) => {
            let alternatives = split
                .alternatives
                .iter()
                .enumerate()
                .map(|(outcome, a)| lift_once(a, apply).pick(&split.choice.id, outcome))
                .collect();
            Value::split(split.choice.clone(), alternatives)
        }
        plain => apply(plain),
    }
}

fn literal_value(literal: &Literal<'_>) -> Value {
    match literal {
        Literal::Number(value) => Value::Number(*value),
        Literal::String(value) => Value::literal(value.as_ref()),
        Literal::Boolean(value) => Value::Bool(*value),
        Literal::Null => Value::Null,
    }
}

/// An expression on one line.
pub(crate) fn squeeze(raw: &str) -> String {
    raw.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflows::choice::Assumptions;
    use crate::workflows::mapping::Mapping;
    use crate::workflows::value::variants;

    fn shown(source: &str) -> Vec<String> {
        let mut mapping = Mapping::new();
        mapping.set_variable(None, "REGION", "eu-west-2");
        mapping.set_secret(Some("prod"), "BUCKET", "live");
        let mut scope = Scope::new(&mapping, "w/job");
        scope.environment = Value::literal("prod");
        scope.matrix = Value::Object(vec![("env".into(), Value::literal("prod"))]);
        scope.env.insert("NAME".into(), Value::literal("site"));
        let mut errors = Vec::new();
        let value = evaluate(source, &scope, &Place::new("w.yml", 1), &mut errors);
        assert!(errors.is_empty(), "{errors:?}");
        variants(&[value], &Assumptions::default())
            .iter()
            .map(|v| v.values[0].to_text().display())
            .collect()
    }

    #[test]
    fn contexts_are_looked_up() {
        assert_eq!(shown("vars.region"), ["eu-west-2"]);
        assert_eq!(shown("secrets.BUCKET"), ["secrets.BUCKET"]);
        assert_eq!(shown("env.NAME"), ["site"]);
        assert_eq!(shown("matrix['env']"), ["prod"]);
        assert_eq!(shown("github.sha"), ["github.sha"]);
        assert_eq!(
            shown("secrets[format('{0}_BUCKET', matrix.env)]"),
            ["secrets.prod_BUCKET"]
        );
    }

    #[test]
    fn operators_follow_github() {
        assert_eq!(shown("'A' == 'a'"), ["true"]);
        assert_eq!(shown("1 == '1'"), ["true"]);
        assert_eq!(shown("matrix.env == 'prod' && 'x' || 'y'"), ["x"]);
        assert_eq!(shown("matrix.env != 'prod' && 'x' || 'y'"), ["y"]);
        assert_eq!(shown("env.NAME && '' || 'fallback'"), ["fallback"]);
        assert_eq!(shown("!''"), ["true"]);
        assert_eq!(shown("2 > 1"), ["true"]);
    }

    #[test]
    fn a_ternary_on_the_run_keeps_both_sides() {
        assert_eq!(
            shown("github.ref == 'refs/heads/main' && 'live' || 'stage'"),
            ["live", "stage"]
        );
        assert_eq!(
            shown(
                "format('{0}-{1}', github.ref_name == 'main' && 'a' || 'b', github.ref != 'refs/heads/main' && 'B' || 'A')"
            ),
            ["a-A", "b-B"],
            "the same question has one answer"
        );
        assert_eq!(shown("secrets.OTHER || 'default'"), ["secrets.OTHER", "default"]);
    }

    #[test]
    fn functions_are_evaluated_where_they_can_be() {
        assert_eq!(shown("format('{{{0}}}-{1}', 'a', env.NAME)"), ["{a}-site"]);
        assert_eq!(shown("contains('Hello', 'ell')"), ["true"]);
        assert_eq!(shown("contains(fromJSON('[\"a\",\"b\"]'), 'B')"), ["true"]);
        assert_eq!(shown("startsWith(github.ref, 'refs/tags/') && 'x' || 'y'"), ["x", "y"]);
        assert_eq!(shown("join(fromJSON('[1,\"b\"]'), '-')"), ["1-b"]);
        assert_eq!(shown("fromJSON('{\"a\":{\"b\":\"c\"}}').a.b"), ["c"]);
        let mut by_branch = shown("fromJSON('{\"main\":\"live\",\"develop\":\"stage\"}')[github.ref_name]");
        by_branch.sort();
        assert_eq!(by_branch, ["", "live", "stage"]);
        assert_eq!(shown("toJSON(fromJSON('[1]'))"), ["[\n  1\n]"]);
        assert_eq!(shown("case(matrix.env == 'prod', 'p', 'd')"), ["p"]);
    }

    #[test]
    fn an_expression_that_does_not_parse_is_reported_with_its_line() {
        let mapping = Mapping::new();
        let scope = Scope::new(&mapping, "w/job");
        let mut errors = Vec::new();
        let value = render("x-${{ a b }}", &scope, &Place::new("w.yml", 7), &mut errors);
        assert!(value.to_text().is_open());
        assert_eq!(errors.len(), 1);
        assert!(errors[0].to_string().starts_with("w.yml:7: the expression `a b`"));
    }
}
