//! Policies: what fails a run, what is allowed, and why.
//!
//! ```text
//! policies/*.hcl (compiled in) -> RULES: every rule's default severity
//! driftgate.hcl, --policy      -> PolicyReader -> Policy { rules, asserts }
//!
//! live things -> asserts::check -> findings ┐
//! Comparison ------------------- findings --┴-> judge (Circumstances) -> CheckResult
//!                                                \-> explain: why one finding was judged so
//!                                                \-> baseline: a file that allows what was found
//! ```
//!
//! `vocabulary` is the one table of what conditions may name; `docs/policies.md` is held against it by a test. Pure: time,
//! attributes and ages come as arguments.

pub mod asserts;
pub mod baseline;
mod built_in;
mod circumstances;
mod dates;
pub mod explain;
mod index;
mod judge;
mod literals;
mod read;
mod scope;
#[cfg(test)]
mod tests;
mod unused;
mod verdict;
mod vocabulary;

use jiff::civil::Date;

pub use built_in::{BuiltIn, RULES};
pub use circumstances::{Circumstances, NoResources, Resources};
pub use judge::judge;
pub use read::PolicyReader;
pub use verdict::{sort, verdict};
pub use vocabulary::{ASSERT_TERMS, WHEN_TERMS};

use crate::finding::Severity;
use crate::language::{Diagnostic, Expression};
use crate::place::Place;
use crate::result::{Action, DecidedBy};

/// What a user decides. The default decides nothing.
#[derive(Debug, Default)]
pub struct Policy {
    /// In their order: the first that matches decides.
    pub rules: Vec<Rule>,
    pub asserts: Vec<Assert>,
    /// What is no error, and yet somebody should mend.
    pub warnings: Vec<Diagnostic>,
}

/// A rule of a user's policy.
#[derive(Debug)]
pub struct Rule {
    pub name: String,
    pub place: Place,
    /// What it is about.
    pub when: Expression,
    /// `None`: as it is without the rule.
    pub severity: Option<Severity>,
    pub action: Action,
    pub reason: Option<String>,
    pub owner: Option<String>,
    /// The last day on which it holds.
    pub until: Option<Date>,
    /// The rules that its condition names, sorted.
    pub mentions: Vec<String>,
}

impl Rule {
    /// Whether the rule no longer holds on a day. Where the day is not known, nothing that ends holds.
    pub fn is_over(&self, today: Option<Date>) -> bool {
        self.until.is_some_and(|until| today.is_none_or(|today| today > until))
    }

    /// As results name it.
    pub fn decided_by(&self) -> DecidedBy {
        DecidedBy {
            rule: self.name.clone(),
            place: self.place.clone(),
            reason: self.reason.clone(),
            owner: self.owner.clone(),
            until: self.until.map(|day| day.to_string()),
        }
    }

    /// `allowance "handover" at driftgate.hcl:12`.
    fn described(&self) -> String {
        let what = match self.action {
            Action::Allow => "allowance",
            Action::Warn | Action::Fail => "rule",
        };
        format!("{what} \"{}\" at {}", self.name, self.place)
    }
}

/// An invariant of the live account.
#[derive(Debug)]
pub struct Assert {
    pub name: String,
    pub place: Place,
    /// Which things it is about.
    pub over: Expression,
    /// What has to be true of each.
    pub that: Expression,
    /// What to say where it is not.
    pub message: Expression,
    pub severity: Severity,
    /// What it means and what to do about it.
    pub help: Option<String>,
}

impl Policy {
    /// The severity of findings under a rule, or of a broken assertion, where nobody decides otherwise.
    fn severity_of(&self, rule: &str) -> Severity {
        let asserted = || self.asserts.iter().find(|one| one.name == rule);
        // A rule without an entry cannot be: a test compares the lists. Should one slip through, it fails the run rather
        // than passing in silence.
        RULES
            .get(rule)
            .map(|rule| rule.severity)
            .or_else(|| asserted().map(|one| one.severity))
            .unwrap_or(Severity::High)
    }
}
