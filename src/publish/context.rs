//! What a workflow's environment tells: repository, commit, pull request, token. Each can be given by hand instead.
//!
//! Source: GitHub's documentation of the default environment variables and of the webhook payloads, of which
//! `GITHUB_EVENT_PATH` holds the one that started the run.

use std::path::{Path, PathBuf};

use serde_json::Value;
use thiserror::Error;

use super::repository::Repository;
use super::secret::Secret;
use super::slack;

/// GitHub's own API.
pub const GITHUB: &str = "https://api.github.com";

/// What neither the command line nor the environment tells. Each text says how to give it.
#[derive(Debug, Error)]
pub enum ContextError {
    #[error("which repository? GITHUB_REPOSITORY is not set; give --repository OWNER/NAME")]
    NoRepository,
    #[error("{source_of}: {why}")]
    Repository { source_of: &'static str, why: String },
    #[error("which commit? GITHUB_SHA is not set; give --sha SHA")]
    NoSha,
    #[error("{text:?} is no commit: a SHA has 40 hexadecimal digits (64 with SHA-256); give --sha SHA")]
    Sha { text: String },
    #[error(
        "which pull request? This run is not for one: GITHUB_REF is {}; give --pull-request NUMBER",
        .reference.as_ref().map_or_else(|| "not set".to_owned(), |reference| format!("{reference:?}"))
    )]
    NoPullRequest { reference: Option<String> },
    #[error("{}: the event of this run cannot be read ({why}); give {flag}", .file.display())]
    Event {
        file: PathBuf,
        why: String,
        flag: &'static str,
    },
    #[error(
        "no token: GITHUB_TOKEN is not set; in a workflow give the step `env: GITHUB_TOKEN: ${{{{ github.token }}}}`"
    )]
    NoToken,
    #[error(
        "no webhook: {} is not set; it takes the address that Slack shows for an incoming webhook",
        slack::VARIABLE
    )]
    NoWebhook,
}

/// The surroundings of a run.
pub struct Context<'a> {
    /// An environment variable.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// A file's text.
    pub read: &'a dyn Fn(&Path) -> std::io::Result<String>,
}

impl Context<'_> {
    /// A variable that is set to something.
    fn get(&self, name: &str) -> Option<String> {
        (self.variable)(name)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    /// The API's address.
    pub fn api_url(&self) -> String {
        self.get("GITHUB_API_URL").unwrap_or_else(|| GITHUB.to_owned())
    }

    /// # Errors
    /// [`ContextError::NoToken`].
    pub fn token(&self) -> Result<Secret, ContextError> {
        self.get("GITHUB_TOKEN").map(Secret::new).ok_or(ContextError::NoToken)
    }

    /// The address of the Slack webhook.
    ///
    /// # Errors
    /// [`ContextError::NoWebhook`].
    pub fn slack_webhook(&self) -> Result<Secret, ContextError> {
        self.get(slack::VARIABLE)
            .map(Secret::new)
            .ok_or(ContextError::NoWebhook)
    }

    /// The repository: as given with `--repository`, or the run's own.
    ///
    /// # Errors
    /// None told, or not OWNER/NAME.
    pub fn repository(&self, given: Option<&str>) -> Result<Repository, ContextError> {
        let (text, source_of) = match given {
            Some(text) => (text.to_owned(), "--repository"),
            None => (
                self.get("GITHUB_REPOSITORY").ok_or(ContextError::NoRepository)?,
                "GITHUB_REPOSITORY",
            ),
        };
        text.parse().map_err(|why| ContextError::Repository { source_of, why })
    }

    /// The pull request: as given with `--pull-request`, or the run's own.
    ///
    /// # Errors
    /// The run is for none, or its event cannot be read.
    pub fn pull_request(&self, given: Option<u64>) -> Result<u64, ContextError> {
        if let Some(number) = given {
            return Ok(number);
        }
        let reference = self.get("GITHUB_REF");
        if let Some(number) = reference.as_deref().and_then(number_in) {
            return Ok(number);
        }
        // Comments and `pull_request_target` run on a branch; their event names the pull request.
        let event = self.event("--pull-request NUMBER")?.unwrap_or_default();
        event["pull_request"]["number"]
            .as_u64()
            .or_else(|| {
                let issue = &event["issue"];
                issue["pull_request"].is_object().then(|| issue["number"].as_u64())?
            })
            .ok_or(ContextError::NoPullRequest { reference })
    }

    /// The commit to report on: as given with `--sha`, or the run's own. For a pull request that is its head:
    /// `GITHUB_SHA` is then the trial merge or the base, whose checks the pull request does not show.
    ///
    /// # Errors
    /// None told, or the event of a pull request cannot be read.
    pub fn sha(&self, given: Option<&str>) -> Result<String, ContextError> {
        let text = match given {
            Some(text) => text.trim().to_owned(),
            None => {
                let event = self.event("--sha SHA")?.unwrap_or_default();
                let head = [
                    &event["pull_request"]["head"]["sha"],
                    &event["workflow_run"]["head_sha"],
                ]
                .into_iter()
                .find_map(Value::as_str)
                .map(ToOwned::to_owned);
                head.or_else(|| self.get("GITHUB_SHA")).ok_or(ContextError::NoSha)?
            }
        };
        if matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            Ok(text)
        } else {
            Err(ContextError::Sha { text })
        }
    }

    /// The page of this workflow run, outside of one none.
    pub fn run_url(&self) -> Option<String> {
        let server = self.get("GITHUB_SERVER_URL")?;
        let repository: Repository = self.get("GITHUB_REPOSITORY")?.parse().ok()?;
        let run: u64 = self.get("GITHUB_RUN_ID")?.parse().ok()?;
        let page = format!("{}/{repository}/actions/runs/{run}", server.trim_end_matches('/'));
        let attempt = self.get("GITHUB_RUN_ATTEMPT").and_then(|text| text.parse::<u64>().ok());
        Some(match attempt {
            Some(attempt) if attempt > 1 => format!("{page}/attempts/{attempt}"),
            _ => page,
        })
    }

    /// What started the run, if that is told.
    fn event(&self, flag: &'static str) -> Result<Option<Value>, ContextError> {
        let Some(file) = self.get("GITHUB_EVENT_PATH").map(PathBuf::from) else {
            return Ok(None);
        };
        let text = (self.read)(&file).map_err(|cause| ContextError::Event {
            file: file.clone(),
            why: cause.to_string(),
            flag,
        })?;
        serde_json::from_str(&text)
            .map(Some)
            .map_err(|cause| ContextError::Event {
                file,
                why: cause.to_string(),
                flag,
            })
    }
}

/// The number in `refs/pull/N/merge` or `refs/pull/N/head`.
fn number_in(reference: &str) -> Option<u64> {
    let (number, kind) = reference.strip_prefix("refs/pull/")?.split_once('/')?;
    matches!(kind, "merge" | "head").then(|| number.parse().ok())?
}

#[cfg(test)]
mod tests;
