//! Telling GitHub and Slack: thin clients that take ready texts and say them in one place, once.
//!
//! ```text
//! context (environment) -> Client -> issue | comment | check_run        Webhook -> slack
//!                             \-> github (REST) -> http (tries, waits) <-/
//! ```
//!
//! What is said is rendered elsewhere; nothing here knows a finding. Each subcommand has one entry:
//! [`publish_issue`], [`publish_comment`], [`publish_check_run`] and [`publish_slack`], run to their end by
//! [`block_on`]. What the environment tells about the repository, the commit and the pull request is in [`context`].
//!
//! A token or a webhook's address is a [`Secret`] and shows itself nowhere, errors and `Debug` included.

pub mod check_run;
pub mod clock;
pub mod comment;
pub mod context;
pub mod error;
pub mod github;
pub mod issue;
pub mod repository;
pub mod secret;
pub mod slack;

mod author;
mod http;
mod link;
mod marker;
mod retry;
mod text;

use std::future::Future;

pub use check_run::{Annotation, CheckRunOutcome, CheckRunRequest, Conclusion, Level, publish_check_run};
pub use comment::{CommentAction, CommentOutcome, CommentRequest, publish_comment};
pub use error::{PublishError, Refusal};
pub use github::{Client, Settings};
pub use issue::{IssueAction, IssueOutcome, IssueRequest, publish_issue};
pub use repository::Repository;
pub use secret::Secret;
pub use slack::{Webhook, publish_slack};

/// Runs one publication to its end, for callers that are not asynchronous.
///
/// # Errors
/// Those of the work, and [`PublishError::Runtime`].
pub fn block_on<T>(work: impl Future<Output = Result<T, PublishError>>) -> Result<T, PublishError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(PublishError::Runtime)?;
    runtime.block_on(work)
}
