//! A check run on a commit: the line among a pull request's checks, with annotations on the lines of its files.
//!
//! Only GitHub Apps may write check runs; the token of a workflow run is one's, a personal access token is not.

use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::error::PublishError;
use super::github::{Client, Purpose};
use super::text;

/// Annotations that GitHub takes at once.
const BATCH: usize = 50;
/// The longest summary, in characters.
const SUMMARY: usize = 65_535;
/// The longest title of an annotation, in characters.
const ANNOTATION_TITLE: usize = 255;
/// GitHub takes 64 KiB; no character is longer than four bytes.
const ANNOTATION_MESSAGE: usize = 16_384;

/// How the run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Conclusion {
    Success,
    Failure,
    /// Nothing fails, but not all is well either: a known state does not paint a pull request red.
    Neutral,
}

/// The look of an annotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    Notice,
    Warning,
    Failure,
}

/// A remark on a line of a file of the commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// From the repository's root, with `/`.
    pub path: String,
    /// From 1.
    pub line: u32,
    pub level: Level,
    pub title: String,
    /// Plain text.
    pub message: String,
}

/// What to say about a commit.
#[derive(Clone, Debug)]
pub struct CheckRunRequest {
    /// The check's name in the list: `driftgate`, or with the state's name.
    pub name: String,
    /// The commit. Of a pull request its head: the merge commit's checks are shown nowhere.
    pub sha: String,
    pub conclusion: Conclusion,
    pub title: String,
    /// Markdown. Cut, saying so, where it is longer than GitHub takes.
    pub summary: String,
    pub annotations: Vec<Annotation>,
    /// Where the whole story stands: the workflow run.
    pub details_url: Option<String>,
}

/// The check run that was written.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CheckRunOutcome {
    pub id: u64,
    #[serde(rename = "html_url")]
    pub url: Option<String>,
}

const fn purpose(failed: &'static str) -> Purpose {
    Purpose {
        failed,
        permission: "checks: write",
        subject: Some("commit"),
        only: Some("a workflow's own token or another GitHub App's, never a personal one"),
    }
}

const CREATE: Purpose = purpose("the check run could not be written");
const ANNOTATE: Purpose = purpose("the check run is written, but not all of its annotations");

/// Writes a check run that is complete at once; annotations beyond the first batch follow.
///
/// # Errors
/// [`PublishError`]. After an error on later annotations the conclusion stands already.
pub async fn publish_check_run(client: &Client, request: &CheckRunRequest) -> Result<CheckRunOutcome, PublishError> {
    let annotations: Vec<_> = request.annotations.iter().map(annotation).collect();
    let mut batches = annotations.chunks(BATCH);
    let title = text::fit_line(&request.title, text::TITLE);
    let summary = text::fit(&request.summary, SUMMARY);
    let output = |batch: &[serde_json::Value]| json!({ "title": title, "summary": summary, "annotations": batch });
    let mut body = json!({
        "name": request.name,
        "head_sha": request.sha,
        "status": "completed",
        "conclusion": request.conclusion,
        "output": output(batches.next().unwrap_or_default()),
    });
    if let Some(url) = &request.details_url {
        body["details_url"] = json!(url);
    }
    let run: CheckRunOutcome = client.json(CREATE, Method::POST, &["check-runs"], &body).await?;
    for batch in batches {
        let path = ["check-runs", &run.id.to_string()];
        let body = json!({ "output": output(batch) });
        client.send(ANNOTATE, Method::PATCH, &path, Some(&body)).await?;
    }
    Ok(run)
}

fn annotation(annotation: &Annotation) -> serde_json::Value {
    let line = annotation.line.max(1);
    json!({
        "path": annotation.path,
        "start_line": line,
        "end_line": line,
        "annotation_level": annotation.level,
        "title": text::fit_line(&annotation.title, ANNOTATION_TITLE),
        "message": text::fit(&annotation.message, ANNOTATION_MESSAGE),
    })
}
