//! The file `driftgate.hcl`: what it may hold, what it says, and what holds in the end.
//!
//! ```text
//! load (I/O) -> Source -> section (by the schema) -> assemble -> Config --+
//!                                                   command line -> Flags +-> Effective -> show
//! ```
//!
//! `schema` is one table of blocks and attributes; reading, the page `docs/configuration.md` and the advice in messages
//! come from it. Reading collects every problem of the file before it gives up. Only `load` touches the disk; the
//! functions `env` and `file` of the language ask through [`Outside`].

mod assemble;
mod documentation;
mod effective;
mod error;
mod load;
mod model;
mod outside;
mod problems;
mod quote;
mod schema;
mod section;
mod show;
mod starter;
mod table;
#[cfg(test)]
mod tests;

pub use documentation::markdown;
pub use effective::{Effective, EffectiveSettings, Flags, WorkflowSource};
pub use error::ConfigError;
pub use load::{FILE_NAME, Located, load, locate};
pub use model::{
    Account, Config, Credentials, DeclaredTarget, Origin, Owner, Pace, PolicyBlock, Service, Settings, Sourced,
    StateSetting, Unmanaged, Variable, VariableValue, Workflows,
};
pub use outside::Outside;
pub use show::{Entry, Shown, entries, human, json};
pub use starter::{FoundSite, FoundState, FoundVariable, Surroundings, text as starter};
