//! Deployment targets held against what is served: does the next deployment land where the site serves from?
//!
//! ```text
//! workflows::Found ─┐
//! Declared ─────────┴─► Deployment ─┐
//! Inventory, Trace ───► Served ─────┴─► check ─► findings, needs
//! ```
//!
//! A deployment is coupled with a distribution only by evidence: the same job invalidates or updates it, it is
//! declared with it, or one side serves from the bucket. What the files leave open is compared as a pattern: where the
//! pattern could match, nothing is claimed. Everything here is pure; what is not yet read is asked for in
//! [`DeployResult::needs`], and the caller reads and checks again.

mod checks;
pub mod declared;
pub mod deployment;
pub mod owned;
mod pattern;
pub mod served;

#[cfg(test)]
mod bench;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::finding::Finding;
use crate::inventory::Inventory;
use crate::plan::Read;

pub use declared::{Declared, DeclaredError};
pub use deployment::Deployment;
pub use owned::{OwnedPath, owned_attributes};
pub use served::Served;

/// Which side of a deployment the check runs on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Phase {
    /// Before it: what is served now must be there.
    #[default]
    Pre,
    /// After it: the origin path that is set now must hold the root object.
    Post,
}

impl Phase {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Pre => "pre",
            Phase::Post => "post",
        }
    }

    /// The phase of that name, if there is one.
    pub fn parse(name: &str) -> Option<Phase> {
        [Phase::Pre, Phase::Post].into_iter().find(|phase| phase.name() == name)
    }
}

/// What checking the deployments brought.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeployResult {
    pub findings: Vec<Finding>,
    /// Reads that the check met as not done. While there are any, the findings are not final.
    pub needs: Vec<Read>,
    /// Reads on which all checks rest and that failed.
    pub failed: Vec<Read>,
    /// Other reads that could not be done, in words: what depends on them is not known.
    pub doubts: Vec<String>,
    /// Findings of the serving path that say what a finding here says: rule and distribution id.
    takes_over: BTreeSet<(&'static str, String)>,
}

impl DeployResult {
    /// Whether a finding here already says what the serving rule says of the distribution. The serving finding is then
    /// left out: one fact, one finding.
    pub fn takes_over(&self, rule: &str, distribution: &str) -> bool {
        self.takes_over
            .iter()
            .any(|(theirs, id)| *theirs == rule && id == distribution)
    }
}

/// Holds every deployment against what is served, live and by the state. `owned` are the origin paths that a deployment
/// is said to set, whether or not one is known that does.
pub fn check(
    deployments: &[Deployment],
    owned: &[OwnedPath],
    live: &Served,
    state: &Served,
    inventory: &Inventory,
    phase: Phase,
) -> DeployResult {
    checks::run(deployments, owned, live, state, inventory, phase)
}
