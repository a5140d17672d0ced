//! Reading shell: which commands a script runs, and with which arguments.
//!
//! The shell is followed the way it runs, branch by branch, with values that may be open. It never
//! guesses: what it does not follow is listed, and what it cannot know stays open.

mod builtins;
mod calls;
mod conditions;
mod expansion;
pub(crate) mod fallback;
mod filters;
mod invoke;
mod make;
mod mask;
pub(crate) mod run;
pub(crate) mod script;
pub(crate) mod state;
mod words;

pub(crate) use builtins::WORKSPACE;
