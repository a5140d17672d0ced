//! The subcommands: each reads its inputs, hands them to the pure middle, and writes what comes out.

mod about;
#[cfg(feature = "live")]
mod accounts;
pub mod baseline;
pub mod check;
pub mod config;
mod connection;
pub mod demo;
mod earlier;
pub mod explain;
pub mod init;
#[cfg(feature = "live")]
pub mod publish;
pub mod report;
mod settings;
pub mod snapshot;
pub mod targets;
mod terraform;
pub mod trace;
pub mod watch;

mod inputs;
mod output;
mod policies;
mod workflows;

use std::io::{Read, Write};
use std::path::PathBuf;

/// What a run may touch of the outside: the only way from here to the terminal, the clock and the working directory.
pub struct World<'a> {
    pub stdin: &'a mut dyn Read,
    pub stdout: &'a mut dyn Write,
    /// Warnings and progress.
    pub stderr: &'a mut dyn Write,
    pub directory: PathBuf,
    pub stdout_is_terminal: bool,
    pub stderr_is_terminal: bool,
    /// Columns of the terminal at standard output.
    pub width: Option<usize>,
    /// `NO_COLOR` is set and not empty.
    pub no_colour: bool,
    /// Now, RFC 3339 in UTC.
    pub now: String,
    /// An environment variable.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
}

impl World<'_> {
    /// One line of warning. A standard error that cannot be written is no reason to fail.
    fn warn(&mut self, text: &str) {
        _ = writeln!(self.stderr, "driftgate: warning: {text}");
    }
}

/// Now, RFC 3339 in UTC to the millisecond: `2026-03-14T02:30:00.000Z`.
pub fn now() -> String {
    format!("{:.3}", jiff::Timestamp::now())
}
