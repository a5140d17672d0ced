//! What is wrong with a file, collected until all of it was looked at.

use std::ops::Range;

use crate::language::{Diagnostic, Diagnostics, Source};

/// More than this nobody reads; a file that is none at all would bring one for each of its lines.
const MOST: usize = 100;

/// The problems of one file.
pub(super) struct Problems<'a> {
    source: &'a Source,
    found: Vec<Diagnostic>,
    untold: usize,
}

impl<'a> Problems<'a> {
    pub(super) fn new(source: &'a Source) -> Self {
        Self {
            source,
            found: Vec::new(),
            untold: 0,
        }
    }

    /// The file.
    pub(super) fn source(&self) -> &'a Source {
        self.source
    }

    /// Something wrong with the text at `span`.
    pub(super) fn complain(&mut self, span: &Range<usize>, message: impl Into<String>) {
        self.add(|source| source.diagnostic(span.clone(), message));
    }

    /// The same, with advice.
    pub(super) fn advise(&mut self, span: &Range<usize>, message: impl Into<String>, hint: Option<String>) {
        self.add(|source| {
            let diagnostic = source.diagnostic(span.clone(), message);
            match hint {
                Some(hint) => diagnostic.with_hint(hint),
                None => diagnostic,
            }
        });
    }

    /// Problems that the language found.
    pub(super) fn extend(&mut self, more: Diagnostics) {
        for diagnostic in more {
            self.add(|_| diagnostic);
        }
    }

    fn add(&mut self, make: impl FnOnce(&Source) -> Diagnostic) {
        if self.found.len() < MOST {
            self.found.push(make(self.source));
        } else {
            self.untold += 1;
        }
    }

    /// All of them, by place.
    pub(super) fn into_diagnostics(mut self) -> Diagnostics {
        if self.untold > 0 {
            let end = self.source.text().len();
            let message = format!("{} more problems are not shown", self.untold);
            self.found.push(self.source.diagnostic(end..end, message));
        }
        self.found.into_iter().collect()
    }
}
