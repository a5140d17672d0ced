//! Why something could not be published: what failed, where, what the other side said, what to do.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

use super::context::ContextError;

/// A publication that did not happen, or not to its end. One line each; no secret in any of them.
#[derive(Debug, Error)]
pub enum PublishError {
    #[error(transparent)]
    Context(#[from] ContextError),
    /// What was given cannot be used: an address that is none, a token with a line break inside.
    #[error("{0}")]
    Setting(String),
    #[error("the thread that talks to the network could not be started: {0}")]
    Runtime(std::io::Error),
    #[error(
        "the HTTPS client cannot be set up ({detail}); are the system's CA certificates installed (package ca-certificates)?"
    )]
    Setup { detail: String },
    #[error("{failed}: {request}: no answer after {tries} tries ({detail}); check the network, proxies and {setting}")]
    Unreachable {
        failed: &'static str,
        request: String,
        tries: u32,
        detail: String,
        /// Where the address came from.
        setting: &'static str,
    },
    #[error(
        "{failed}: {request}: {status}{}; this rate limit holds for another {} s: try again after that",
        said(message), .wait.as_secs()
    )]
    Limited {
        failed: &'static str,
        request: String,
        status: u16,
        message: String,
        wait: Duration,
    },
    #[error(transparent)]
    Refused(Box<Refusal>),
    #[error("{failed}: {request}: the answer is not what the API documents ({detail}); check {setting}")]
    Answer {
        failed: &'static str,
        request: String,
        detail: String,
        setting: &'static str,
    },
}

/// An answer that says no.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{failed}: {request}: {status}{}{}; {advice}", said(message), listed(errors))]
pub struct Refusal {
    pub failed: &'static str,
    /// Method and address, without secrets.
    pub request: String,
    pub status: u16,
    /// The other side's own words.
    pub message: String,
    /// What GitHub says about single fields.
    pub errors: Vec<FieldError>,
    /// What to do.
    pub advice: String,
}

/// One entry of GitHub's `errors`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldError {
    pub resource: String,
    pub field: String,
    pub code: String,
    pub message: String,
}

impl fmt::Display for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place: Vec<&str> = [self.resource.as_str(), self.field.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect();
        let what = if self.message.is_empty() {
            &self.code
        } else {
            &self.message
        };
        match place.as_slice() {
            [] => f.write_str(what),
            place => write!(f, "{}: {what}", place.join(".")),
        }
    }
}

fn said(message: &str) -> String {
    if message.is_empty() {
        String::new()
    } else {
        format!(" {message}")
    }
}

fn listed(errors: &[FieldError]) -> String {
    if errors.is_empty() {
        return String::new();
    }
    let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
    format!(" ({})", errors.join("; "))
}
