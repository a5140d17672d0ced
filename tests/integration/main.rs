//! End-to-end tests of the real binary, in one test binary.

#![expect(clippy::expect_used, reason = "a test fails by panicking, and says what it skipped")]

mod actions;
mod architecture;
mod bad_input;
mod cli;
mod config;
mod deploys;
mod docs;
mod earlier;
mod formats;
mod html;
mod incident;
mod language;
mod policies;
mod reports;
mod support;
mod terraform_dir;
mod trace;

#[cfg(feature = "live")]
mod accounts;
#[cfg(feature = "live")]
mod changes;
#[cfg(feature = "live")]
mod clean;
#[cfg(feature = "live")]
mod configured;
#[cfg(feature = "live")]
mod history;
#[cfg(feature = "live")]
mod https;
#[cfg(feature = "live")]
mod local;
#[cfg(feature = "live")]
mod publish;
#[cfg(feature = "live")]
mod sdk_answers;
#[cfg(feature = "live")]
mod terraform;
#[cfg(all(unix, feature = "live"))]
mod watch;
