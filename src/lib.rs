//! driftgate as a library: the flow, one way.
//!
//! ```text
//! expected (state) -> plan (reads) -> live (AWS or a snapshot) -> inventory
//!                                       \-> compare -> findings -> policy -> report -> exit code
//! ```
//!
//! All I/O stands at the two ends: `expected` and `live` read, `commands` writes, `history` keeps what was written.
//! Everything between is a pure function of values.

pub mod accounts;
pub mod against;
pub mod canon;
pub mod cli;
pub mod combine;
pub mod commands;
pub mod compare;
pub mod config;
pub mod deploy;
pub mod error;
pub mod estate;
pub mod examine;
pub mod expected;
pub mod finding;
pub mod history;
pub mod iam;
pub mod instances;
pub mod inventory;
pub mod kinds;
pub mod language;
pub mod live;
pub mod ownership;
pub mod place;
pub mod plan;
pub mod policy;
#[cfg(feature = "live")]
pub mod publish;
pub mod report;
pub mod result;
pub mod rules;
pub mod serving;
pub mod since;
pub mod site;
pub mod snapshot;
pub mod split;
pub mod terraform;
pub mod watch;
pub mod workflows;
