//! What a condition compares with literals: names that nothing has are found while the file is read.

use std::collections::BTreeSet;
use std::ops::Range;

use hcl::edit::Span as _;
use hcl::edit::expr::{BinaryOp, BinaryOperator, Expression as Hcl, FuncCall, TraversalOperator};
use hcl::edit::visit::{Visit, visit_binary_op, visit_expr, visit_func_call};

use super::vocabulary::WHEN_TERMS;
use crate::deploy::Phase;
use crate::finding::{Category, Severity};
use crate::language::{Diagnostic, Source, advice, glob};

/// What a condition says about the terms whose values are known beforehand.
#[derive(Default)]
pub(super) struct Literals {
    pub(super) problems: Vec<Diagnostic>,
    /// Rules that it names: whether they exist is known when everything was read.
    pub(super) rules: Vec<RuleName>,
    /// Whether it looks at anything at all.
    pub(super) looks: bool,
}

/// The name of a rule, or a pattern of names, in a condition.
pub(super) struct RuleName {
    pub(super) text: String,
    pub(super) is_pattern: bool,
    source: Source,
    span: Range<usize>,
}

impl RuleName {
    /// The names among `known` that it means.
    pub(super) fn meant<'k>(&self, known: &BTreeSet<&'k str>) -> Vec<&'k str> {
        let means = |name: &&&str| match self.is_pattern {
            true => glob(&self.text, name),
            false => **name == self.text,
        };
        known.iter().filter(means).copied().collect()
    }

    /// That it means none.
    pub(super) fn complaint(&self, known: &BTreeSet<&str>) -> Diagnostic {
        let message = match self.is_pattern {
            true => format!("no rule's name matches \"{}\"", self.text),
            false => format!("there is no rule \"{}\"", self.text),
        };
        let diagnostic = self.source.diagnostic(self.span.clone(), message);
        let near = advice(&self.text, known.iter().copied()).filter(|hint| hint.starts_with("did you mean"));
        match near.filter(|_| !self.is_pattern) {
            Some(hint) => diagnostic.with_hint(hint),
            None => diagnostic,
        }
    }
}

/// Looks through one condition.
pub(super) fn look(condition: &Hcl, source: &Source) -> Literals {
    let mut looking = Looking {
        source,
        found: Literals::default(),
    };
    looking.visit_expr(condition);
    looking.found
}

struct Looking<'a> {
    source: &'a Source,
    found: Literals,
}

impl Visit for Looking<'_> {
    fn visit_expr(&mut self, expression: &Hcl) {
        if let Hcl::Variable(name) = expression {
            let is_root = |term: &&str| *term == name.as_str() || term.starts_with(&format!("{}.", name.as_str()));
            self.found.looks |= WHEN_TERMS.iter().any(|(term, _)| is_root(term));
        }
        visit_expr(self, expression);
    }

    fn visit_binary_op(&mut self, operation: &BinaryOp) {
        if matches!(operation.operator.value(), BinaryOperator::Eq | BinaryOperator::NotEq) {
            for (term, literal) in [
                (&operation.lhs_expr, &operation.rhs_expr),
                (&operation.rhs_expr, &operation.lhs_expr),
            ] {
                if let (Some(term), Some((text, span))) = (path(term), literal_of(literal)) {
                    self.compared(&term, text, span, false);
                }
            }
        }
        visit_binary_op(self, operation);
    }

    fn visit_func_call(&mut self, call: &FuncCall) {
        let arguments: Vec<&Hcl> = call.args.iter().collect();
        match (call.name.name.value().as_str(), arguments.as_slice()) {
            ("glob", [pattern, text]) => {
                if let Some((pattern, span)) = literal_of(pattern) {
                    if pattern.is_empty() {
                        let problem = self
                            .source
                            .diagnostic(span.clone(), "an empty pattern matches nothing but an empty text")
                            .with_hint("`*` stands for any text");
                        self.found.problems.push(problem);
                    } else if let Some(term) = path(text) {
                        self.compared(&term, pattern, span, true);
                    }
                }
            }
            ("contains", [Hcl::Array(items), text]) => {
                if let Some(term) = path(text) {
                    for (item, span) in items.iter().filter_map(literal_of) {
                        self.compared(&term, item, span, false);
                    }
                }
            }
            _ => {}
        }
        visit_func_call(self, call);
    }
}

impl Looking<'_> {
    /// A term is held against a literal or a pattern.
    fn compared(&mut self, term: &str, text: &str, span: Range<usize>, is_pattern: bool) {
        let (what, known): (&str, Vec<&str>) = match term {
            "finding.rule" => {
                self.found.rules.push(RuleName {
                    text: text.to_owned(),
                    is_pattern,
                    source: self.source.clone(),
                    span,
                });
                return;
            }
            "finding.category" => ("category", Category::ALL.map(Category::name).to_vec()),
            "finding.severity" => ("severity", Severity::WORST_FIRST.map(Severity::name).to_vec()),
            "phase" => ("phase", [Phase::Pre, Phase::Post].map(Phase::name).to_vec()),
            _ => return,
        };
        let fits = |name: &&str| match is_pattern {
            true => glob(text, name),
            false => *name == text,
        };
        if !known.iter().any(fits) {
            let message = match is_pattern {
                true => format!("no {what} matches \"{text}\""),
                false => format!("\"{text}\" is no {what}"),
            };
            let problem = self.source.diagnostic(span, message);
            let hint = advice(text, known.into_iter());
            self.found.problems.push(match hint {
                Some(hint) => problem.with_hint(hint),
                None => problem,
            });
        }
    }
}

/// `finding.rule` or `finding["rule"]`, or a variable alone, as it is written in the first form.
fn path(expression: &Hcl) -> Option<String> {
    match expression {
        Hcl::Parenthesis(inner) => path(inner.inner()),
        Hcl::Variable(name) => Some(name.as_str().to_owned()),
        Hcl::Traversal(traversal) => {
            let Hcl::Variable(root) = &traversal.expr else {
                return None;
            };
            let [operator] = traversal.operators.as_slice() else {
                return None;
            };
            match operator.value() {
                TraversalOperator::GetAttr(member) => Some(format!("{}.{}", root.as_str(), member.as_str())),
                TraversalOperator::Index(Hcl::String(member)) => {
                    Some(format!("{}.{}", root.as_str(), member.value().as_str()))
                }
                _ => None,
            }
        }
        _ => None,
    }
}

fn literal_of(expression: &Hcl) -> Option<(&str, Range<usize>)> {
    match expression {
        Hcl::Parenthesis(inner) => literal_of(inner.inner()),
        Hcl::String(text) => Some((text.value().as_str(), expression.span().unwrap_or_default())),
        _ => None,
    }
}
