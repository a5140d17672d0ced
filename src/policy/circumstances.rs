//! What judging depends on beside the findings themselves.

use super::Policy;
use crate::deploy::Phase;
use crate::finding::{Category, Finding, Severity};
use crate::language::Value;
use crate::result::Age;
use crate::site::Site;

/// The attributes of the things that findings are about, looked up where a condition asks for them.
pub trait Resources {
    /// What the state says; null where no state holds the thing. Sensitive attributes are marked.
    fn expected(&self, finding: &Finding) -> Value;

    /// What is live under Terraform's names: null where the thing is gone, unknown (as a whole or in part) where it could
    /// not be read.
    fn live(&self, finding: &Finding) -> Value;
}

/// Where nobody knows any attributes.
#[derive(Clone, Copy, Debug)]
pub struct NoResources;

impl Resources for NoResources {
    fn expected(&self, _: &Finding) -> Value {
        Value::Unknown
    }

    fn live(&self, _: &Finding) -> Value {
        Value::Unknown
    }
}

/// Everything that decides beside the findings.
pub struct Circumstances<'a> {
    pub policy: &'a Policy,
    /// RFC 3339: by it rules end.
    pub now: &'a str,
    pub phase: Phase,
    pub sites: &'a [Site],
    pub resources: &'a dyn Resources,
    /// Since when something is found; `None` where no earlier run is known.
    pub ages: &'a dyn Fn(&Finding) -> Option<Age>,
    /// The lowest severity that fails.
    pub fail_on: Severity,
    /// Whether only what is new fails.
    pub fail_on_new: bool,
    /// What the run did not look for at all: nothing is said about allowances that may be for it.
    pub not_looked_for: &'a [Category],
    /// Rules that had nothing to be held against, such as those about a snapshot where none is given: nothing is said
    /// about allowances that can be for these alone.
    pub without_object: Vec<&'static str>,
}
