//! The live end: the only place that talks to AWS.
//!
//! A [`ReadPlan`](crate::plan::ReadPlan) goes in, an [`Observation`] comes out; nothing here judges what it reads.
//! All of the SDK stays inside [`aws`], behind the feature `live`; what the rest of the program shares with it is
//! in this file and in [`actions`].

pub mod actions;
#[cfg(feature = "live")]
pub mod aws;

use std::collections::BTreeMap;

use crate::inventory::Inventory;

/// Told how the reading gets on. The unit is one planned read, not one API call.
pub trait Progress: Send + Sync {
    /// Further `total` reads are about to be done; each round of reading says so once.
    fn planned(&self, total: u64);
    /// Further `n` reads are done, whatever they brought.
    fn finished(&self, n: u64);
}

/// Progress that nobody watches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Quiet;

impl Progress for Quiet {
    fn planned(&self, _: u64) {}
    fn finished(&self, _: u64) {}
}

/// What a run over a plan brought, and what it cost.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observation {
    pub inventory: Inventory,
    /// API calls since the connection was made, by `service:Operation` as the API names it (`s3:ListBuckets`,
    /// `sts:GetCallerIdentity`). Every try counts, retries as well.
    pub calls: BTreeMap<String, u64>,
}

impl Observation {
    /// All API calls.
    pub fn total_calls(&self) -> u64 {
        self.calls.values().sum()
    }
}
