//! Reading shell: which commands a script runs, and with which arguments.
//!
//! The shell is followed the way it runs, branch by branch, with values that may be open. It never
//! guesses: what it does not follow is listed, and what it cannot know stays open.

mod builtins;
mod calls;
mod conditions;
mod control;
mod expansion;
pub(crate) mod fallback;
mod filters;
mod invoke;
mod make;
mod mask;
mod redirects;
pub(crate) mod run;
pub(crate) mod script;
pub(crate) mod state;
mod words;
mod wrappers;

pub(crate) use builtins::WORKSPACE;
