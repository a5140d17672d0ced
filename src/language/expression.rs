//! Expressions that are ready to be evaluated.

use std::ops::Range;
use std::sync::Arc;

use hcl::edit::expr::Expression as Hcl;

use super::compile::compile;
use super::diagnostic::{Diagnostic, Diagnostics};
use super::evaluate::{Evaluator, Fault};
use super::source::Source;
use super::tree::{Kind, Node};
use super::value::Value;
use super::vocabulary::{Scope, Slot, Vocabulary};
use crate::place::Place;

/// A compiled expression. It is evaluated with the slots of the vocabulary that it was compiled with.
#[derive(Debug)]
pub struct Expression {
    root: Node,
    source: Source,
    span: Range<usize>,
}

/// What a slot has to hold for an expression to be true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// The slot.
    pub slot: Slot,
    /// The slot as it is written, such as `finding.rule`.
    pub path: String,
    pub demand: Demand,
}

/// What is asked of a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Demand {
    /// It is this text.
    Equal(Arc<str>),
    /// It matches a pattern, so that these texts, none of them empty, all stand in it.
    Holding(Vec<String>),
}

impl Expression {
    /// Compiles an expression of `source`, which may use what `vocabulary` has.
    ///
    /// # Errors
    /// All references to nothing, unknown functions, wrong numbers of arguments, literal patterns that are none, and
    /// conditionals whose two results can never go together.
    pub fn compile(expression: &Hcl, source: &Source, vocabulary: &Vocabulary) -> Result<Self, Diagnostics> {
        use hcl::edit::Span as _;
        let root = compile(expression, source, vocabulary)?;
        Ok(Self {
            span: expression.span().unwrap_or(root.span.into()),
            root,
            source: source.clone(),
        })
    }

    /// Evaluates it.
    ///
    /// # Errors
    /// What failed, pointing at the sub-expression: a missing attribute, a null where a value is needed, a value that
    /// does not convert, a function that refuses its argument.
    pub fn evaluate(&self, scope: &dyn Scope) -> Result<Value, Diagnostic> {
        match Evaluator::new(scope).value(&self.root) {
            Ok(value) => Ok(value.into_owned()),
            Err(fault) => Err(self.diagnostic(fault)),
        }
    }

    /// Evaluates it as a condition, without making values on the way where it can: whether it is true, or `None` if that
    /// is not known. Does not say whether a sensitive value took part.
    ///
    /// # Errors
    /// As [`Expression::evaluate`]; also a value that is neither true nor false.
    pub fn is_true(&self, scope: &dyn Scope) -> Result<Option<bool>, Diagnostic> {
        match Evaluator::new(scope).truth(&self.root) {
            Ok(truth) => Ok(truth.value),
            Err(fault) => Err(self.diagnostic(fault)),
        }
    }

    /// Its value, if that does not depend on any variable.
    pub fn constant(&self) -> Option<&Value> {
        self.root.as_constant()
    }

    /// What the expression needs to be true: for each of these slots, a value that is unknown, sensitive or as demanded.
    /// While one of them has another value the expression is false, so an index may pass it over.
    ///
    /// These are the conjuncts `variable == "text"` and `glob("pattern", variable)` of the top-level `&&`, in their order
    /// and before the first conjunct of another form, which might fail. An equality cannot fail, and a `glob` only where
    /// the value is neither text nor null.
    pub fn requirements(&self) -> Vec<Requirement> {
        let conjuncts = match &self.root.kind {
            Kind::All(conjuncts) => conjuncts.as_slice(),
            _ => std::slice::from_ref(&self.root),
        };
        conjuncts
            .iter()
            .map_while(|conjunct| self.requirement(conjunct))
            .collect()
    }

    fn requirement(&self, conjunct: &Node) -> Option<Requirement> {
        let (operand, demand) = match &conjunct.kind {
            Kind::EqualsText {
                operand,
                text,
                wanted: true,
            } => (operand, Demand::Equal(Arc::clone(text))),
            Kind::Glob(glob, operand) => (operand, Demand::Holding(glob.literals().map(str::to_owned).collect())),
            _ => return None,
        };
        let Kind::Slot(slot) = operand.kind else {
            return None;
        };
        Some(Requirement {
            slot,
            path: self.source.slice(operand.span.into()).to_owned(),
            demand,
        })
    }

    /// The file it stands in.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Where it stands in [`Source::text`], in bytes.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// File and line.
    pub fn place(&self) -> Place {
        self.source.place(self.span.start)
    }

    /// It as it is written.
    pub fn text(&self) -> &str {
        self.source.slice(self.span())
    }

    /// A complaint about it as a whole.
    pub fn complaint(&self, message: impl Into<String>) -> Diagnostic {
        self.source.diagnostic(self.span(), message)
    }

    fn diagnostic(&self, fault: Fault) -> Diagnostic {
        let diagnostic = self.source.diagnostic(fault.span().into(), fault.message());
        match fault.hint() {
            Some(hint) => diagnostic.with_hint(hint),
            None => diagnostic,
        }
    }
}
