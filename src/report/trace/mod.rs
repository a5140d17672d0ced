//! The report of `driftgate trace`: one path, state and live side by side.
//!
//! Like the reports of a check it decides nothing. What a step means has been settled by [`crate::serving`]; here the
//! two sides are laid beside each other and written down.

mod align;
mod json;
mod mermaid;
mod paragraph;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
mod tree;

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

pub use json::schema;

use super::{Options, escape};
use crate::serving::trace::{Break, Side, Step, Trace, Verdict, Visitor};

/// A path as it is reported: what was asked for, and what following it brought.
#[derive(Clone, Copy, Debug)]
pub struct TraceDocument<'a> {
    /// The host name that was asked for.
    pub host: &'a str,
    /// The path that was asked for; begins with `/`.
    pub path: &'a str,
    /// What the state says. `None` where no state was given, or none knows the host.
    pub state: Option<&'a Trace>,
    /// What AWS answers.
    pub live: &'a Trace,
    /// API calls that the whole run took; 0 for a recorded account.
    pub calls: u64,
}

impl<'a> TraceDocument<'a> {
    /// Whether visitors get what the site means to give them, live; `None` where that cannot be proven.
    pub fn served(&self) -> Option<bool> {
        match self.live.visitor {
            Visitor::Unknown { .. } => None,
            ref visitor => Some(visitor.is_served()),
        }
    }

    /// The first broken step, of the live side, which is what visitors meet; of the state only where nothing is
    /// broken live.
    pub fn first_broken(&self) -> Option<FirstBroken<'a>> {
        let first = |trace: &'a Trace, side| {
            let mut steps = trace.steps.iter().enumerate();
            steps.find_map(|(index, step)| match &step.verdict {
                Verdict::Broken(broken) => Some(FirstBroken {
                    side,
                    index,
                    step,
                    broken,
                }),
                _ => None,
            })
        };
        first(self.live, Side::Live).or_else(|| self.state.and_then(|state| first(state, Side::State)))
    }
}

/// The step at which a path breaks first.
#[derive(Clone, Copy, Debug)]
pub struct FirstBroken<'a> {
    pub side: Side,
    /// Its place among the steps of its side, from 0.
    pub index: usize,
    pub step: &'a Step,
    pub broken: &'a Break,
}

/// A format that a path is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TraceFormat {
    /// For people: a tree.
    Human,
    /// For other tools; its schema is [`schema`].
    Json,
    /// A flowchart for pages that render Mermaid.
    Mermaid,
}

impl TraceFormat {
    /// Every format, in the order of the documentation.
    pub const ALL: &'static [TraceFormat] = &[TraceFormat::Human, TraceFormat::Json, TraceFormat::Mermaid];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            TraceFormat::Human => "human",
            TraceFormat::Json => "json",
            TraceFormat::Mermaid => "mermaid",
        }
    }
}

impl fmt::Display for TraceFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A format that is none of [`TraceFormat::ALL`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a format of a trace; use one of {known}", name = escape::text(.0), known = known_formats())]
pub struct UnknownTraceFormat(pub String);

fn known_formats() -> String {
    TraceFormat::ALL
        .iter()
        .map(|format| format.name())
        .collect::<Vec<_>>()
        .join(", ")
}

impl FromStr for TraceFormat {
    type Err = UnknownTraceFormat;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|format| format.name() == name)
            .ok_or_else(|| UnknownTraceFormat(name.to_owned()))
    }
}

/// Writes `document` in `format`. The formats for machines ignore `options`.
///
/// # Errors
/// Only what `out` answers: every path can be written in every format.
pub fn render(
    document: &TraceDocument<'_>,
    format: TraceFormat,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let text = match format {
        TraceFormat::Human => tree::text(document, *options),
        TraceFormat::Json => json::text(document)?,
        TraceFormat::Mermaid => mermaid::text(document),
    };
    out.write_all(text.as_bytes())
}
