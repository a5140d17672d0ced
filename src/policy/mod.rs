//! Policies: what fails a run, what is allowed, and why.

mod built_in;
mod judge;
mod verdict;

pub use built_in::{BuiltIn, RULES};
pub use judge::judge;
pub use verdict::{sort, verdict};
