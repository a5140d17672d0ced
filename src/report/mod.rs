//! The reports: one result, several renderers, none of which decides anything.
//!
//! A format is a file of its own beside this one and a line in the table that `formats!` below is given.

mod delta;
pub(crate) mod escape;
pub mod explain;
mod github;
mod html;
pub mod human;
mod incident;
pub mod json;
mod junit;
pub mod markdown;
mod prometheus;
mod prose;
mod reason;
#[cfg(test)]
pub(crate) mod samples;
mod sarif;
mod slack;
mod style;
pub mod targets;
pub mod told;
pub mod trace;
pub mod watch;

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

use crate::result::CheckResult;

/// How a report may look. Formats for machines ignore it: their bytes depend on the result alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Whether to write ANSI colours; whether the output is a terminal and what `NO_COLOR` says is the caller's to know.
    pub colour: bool,
    /// Columns of the terminal. `None` where there is none: nothing is wrapped.
    pub width: Option<usize>,
    /// Whether to show all lines of very long values.
    pub verbose: bool,
}

/// Makes [`Format`] out of one line per format: variant, name on the command line, renderer.
macro_rules! formats {
    ($($(#[$doc:meta])* $variant:ident, $name:literal, $render:path;)+) => {
        /// A format that reports are written in.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Format {
            $($(#[$doc])* $variant,)+
        }

        /// For people.
        impl Default for Format {
            fn default() -> Self {
                Format::Human
            }
        }

        impl Format {
            /// Every format, in the order of the documentation.
            pub const ALL: &'static [Format] = &[$(Format::$variant),+];

            /// The name on the command line.
            pub fn name(self) -> &'static str {
                match self {
                    $(Format::$variant => $name,)+
                }
            }
        }

        /// Writes `result` in `format`.
        ///
        /// # Errors
        /// Only what `out` answers: every result can be rendered in every format.
        pub fn render(
            result: &CheckResult,
            format: Format,
            options: &Options,
            out: &mut dyn Write,
        ) -> io::Result<()> {
            match format {
                $(Format::$variant => $render(result, options, out),)+
            }
        }
    };
}

formats! {
    /// For people, on a terminal or in a log.
    Human, "human", human::render;
    /// The contract for other tools: [`json::v1::Document`].
    Json, "json", json::render;
    /// SARIF 2.1.0, for code scanning.
    Sarif, "sarif", sarif::render;
    /// JUnit XML, for the test reports of CI systems: a suite per state, a case per resource.
    Junit, "junit", junit::render;
    /// Prometheus' text exposition format, for dashboards and alerts.
    Prometheus, "prometheus", prometheus::render;
    /// For job summaries and comments on pull requests.
    Markdown, "markdown", markdown::render;
    /// Annotations of a GitHub Actions run.
    Github, "github", github::render;
    /// A message for Slack.
    Slack, "slack", slack::render;
    /// For people, in a browser: one file that needs nothing else.
    Html, "html", html::render;
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A format that is none of [`Format::ALL`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a report format; use one of {known}", name = escape::text(.0), known = known_formats())]
pub struct UnknownFormat(pub String);

fn known_formats() -> String {
    Format::ALL
        .iter()
        .map(|format| format.name())
        .collect::<Vec<_>>()
        .join(", ")
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|format| format.name() == name)
            .ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

#[cfg(test)]
mod tests;
