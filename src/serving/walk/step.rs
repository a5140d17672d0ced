//! Writing steps down.

use crate::finding::Severity;
use crate::serving::trace::{Break, Station, Step, Touched, Verdict};

use super::Walker;

/// A step in the making.
pub(super) struct Draft {
    station: Station,
    title: String,
    evidence: Vec<String>,
    touched: Vec<Touched>,
}

impl Draft {
    pub(super) fn new(station: Station, title: impl Into<String>) -> Draft {
        Draft {
            station,
            title: title.into(),
            evidence: Vec::new(),
            touched: Vec::new(),
        }
    }

    pub(super) fn evidence(mut self, line: impl Into<String>) -> Draft {
        self.evidence.push(line.into());
        self
    }

    pub(super) fn lines(mut self, lines: impl IntoIterator<Item = String>) -> Draft {
        self.evidence.extend(lines);
        self
    }

    pub(super) fn touches(mut self, terraform_type: &'static str, id: impl Into<String>) -> Draft {
        self.touched.push(touched(terraform_type, id));
        self
    }
}

pub(super) fn touched(terraform_type: &'static str, id: impl Into<String>) -> Touched {
    Touched {
        terraform_type,
        id: id.into(),
    }
}

/// What is broken, in the terms of a [`Break`].
pub(super) fn broken(
    rule: &'static str,
    severity: Severity,
    at: Touched,
    title: impl Into<String>,
    detail: impl Into<String>,
) -> Break {
    Break {
        rule,
        severity,
        title: title.into(),
        detail: detail.into(),
        at: Some(at),
    }
}

impl Walker<'_> {
    pub(super) fn push(&mut self, draft: Draft, verdict: Verdict) {
        self.steps.push(Step {
            station: draft.station,
            title: draft.title,
            evidence: draft.evidence,
            verdict,
            touched: draft.touched,
            depth: self.depth,
        });
    }

    pub(super) fn good(&mut self, draft: Draft) {
        self.push(draft, Verdict::Good);
    }

    pub(super) fn remark(&mut self, draft: Draft, text: impl Into<String>) {
        self.push(draft, Verdict::Remark(text.into()));
    }

    /// A doubt on the live side; on the state's side the state simply does not say.
    pub(super) fn doubt(&mut self, draft: Draft, why: impl Into<String>) {
        let why = why.into();
        let verdict = if self.is_live() {
            Verdict::CannotTell(why)
        } else {
            Verdict::Remark(why)
        };
        self.push(draft, verdict);
    }

    pub(super) fn fault(&mut self, draft: Draft, fault: Break) {
        self.push(draft, Verdict::Broken(fault));
    }

    /// Says more about the step just written, unless that one is broken already.
    pub(super) fn also(&mut self, station: Station, title: &str, fault: Break) {
        let draft = Draft::new(station, title);
        self.fault(draft, fault);
    }
}
