//! What went wrong while evaluating, and where.

use std::sync::Arc;

use crate::language::suggest;
use crate::language::tree::Span;
use crate::language::value::Members;

/// A failure of a sub-expression. Small enough to be passed up quickly; it becomes a diagnostic at the top.
#[derive(Debug)]
pub(in crate::language) struct Fault(Box<Content>);

#[derive(Debug)]
struct Content {
    span: Span,
    message: String,
    hint: Option<Hint>,
}

#[derive(Debug)]
enum Hint {
    Text(String),
    /// The names there are instead of the one that was asked for. Looked through only if somebody is to read it, since
    /// `try` drops most faults.
    Names(Members, Arc<str>),
}

impl Fault {
    pub(super) fn new(span: Span, message: impl Into<String>) -> Self {
        Self(Box::new(Content {
            span,
            message: message.into(),
            hint: None,
        }))
    }

    /// An attribute or a key that is not there.
    pub(super) fn no_member(members: &Members, name: &Arc<str>, span: Span) -> Self {
        let mut fault = Self::new(span, format!("no attribute \"{name}\""));
        fault.0.hint = Some(Hint::Names(members.clone(), Arc::clone(name)));
        fault
    }

    pub(super) fn with_hint(mut self, hint: Option<String>) -> Self {
        self.0.hint = hint.map(Hint::Text);
        self
    }

    /// The same without anything that may show a part of a marked value, if there was one.
    pub(super) fn hushed(self, sensitive: bool) -> Self {
        if !sensitive {
            return self;
        }
        Self::new(
            self.0.span,
            "this fails for a value that is sensitive, so that more cannot be shown",
        )
    }

    pub(in crate::language) fn span(&self) -> Span {
        self.0.span
    }

    pub(in crate::language) fn message(&self) -> &str {
        &self.0.message
    }

    pub(in crate::language) fn hint(&self) -> Option<String> {
        match self.0.hint.as_ref()? {
            Hint::Text(text) => Some(text.clone()),
            Hint::Names(members, name) => suggest::advice(name, members.keys().map(|name| &**name)),
        }
    }
}
