//! One issue per state: opened, updated, closed by the clean run, opened again, and never a second one.
//!
//! There is no lock to take at GitHub. Whoever opens an issue looks again afterwards: of several with the same marker
//! the one with the lowest number stays and the others are closed as its duplicates. Every run does that wherever it
//! finds several, so that a run which was cut off in between is made good by the next.

use std::collections::BTreeMap;

use reqwest::Method;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use super::error::PublishError;
use super::github::{Client, Purpose};
use super::marker::{Kind, Marker};
use super::text;

/// The label by which issues are found. Only people with a standing in the repository may set labels, so that a marker
/// which a passer-by puts into an issue is not taken for driftgate's.
pub const LABEL: &str = "driftgate";
const LABEL_COLOUR: &str = "b60205";
const LABEL_MEANING: &str = "Reported by driftgate";
const CLEAN: &str = "The latest run found nothing left to report.";

/// What to say about one state.
#[derive(Clone, Debug)]
pub struct IssueRequest {
    /// Identifies the state: its address or name. Two keys are two issues.
    pub key: String,
    pub title: String,
    /// Markdown. Cut, saying so, where it is longer than GitHub takes.
    pub body: String,
    /// What is new or resolved since the last run, as a comment of its own; `None` where nothing is. It is also the
    /// closing comment of a clean run.
    pub summary_of_change: Option<String>,
    /// Whether nothing is left to report.
    pub clean: bool,
    /// Labels beside [`LABEL`]; given when the issue is opened or opened again, and then left to people.
    pub labels: Vec<String>,
    /// Login names; as with `labels`.
    pub assignees: Vec<String>,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssueAction {
    Opened,
    Updated,
    /// The issue already says all of it.
    Unchanged,
    Closed,
    Reopened,
    /// Another run opened one at the same moment; that one stays.
    Joined,
    /// Nothing to report and no issue open.
    Nothing,
}

/// What became of the issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssueOutcome {
    pub action: IssueAction,
    /// `None` for [`IssueAction::Nothing`] alone.
    pub number: Option<u64>,
    /// The issue's page.
    pub url: Option<String>,
}

const fn purpose(failed: &'static str) -> Purpose {
    Purpose {
        failed,
        permission: "issues: write",
        subject: None,
        only: None,
    }
}

const LIST: Purpose = purpose("the issues could not be listed");
const LABELS: Purpose = purpose("a label could not be created");
const OPEN: Purpose = purpose("the issue could not be opened");
const UPDATE: Purpose = purpose("the issue could not be updated");
const CLOSE: Purpose = purpose("the issue could not be closed");
const REOPEN: Purpose = purpose("the issue could not be opened again");
const COMMENT: Purpose = purpose("the comment on the issue could not be written");
const DUPLICATE: Purpose = purpose("a duplicate of the issue could not be closed");

#[derive(Clone, Debug, Deserialize)]
struct Issue {
    number: u64,
    html_url: String,
    #[serde(default)]
    title: String,
    body: Option<String>,
    /// GitHub lists pull requests among issues.
    pull_request: Option<IgnoredAny>,
}

impl Issue {
    fn is_ours(&self, marker: &Marker) -> bool {
        self.pull_request.is_none() && self.body.as_deref().is_some_and(|body| marker.is_of(body))
    }

    fn outcome(&self, action: IssueAction) -> IssueOutcome {
        IssueOutcome {
            action,
            number: Some(self.number),
            url: Some(self.html_url.clone()),
        }
    }
}

/// Brings the state's issue up to date.
///
/// # Errors
/// [`PublishError`]. What was done until then stays done; the next run goes on from there.
pub async fn publish_issue(client: &Client, request: &IssueRequest) -> Result<IssueOutcome, PublishError> {
    let desk = Desk {
        client,
        request,
        marker: Marker::new(Kind::State, &request.key),
    };
    let open = desk.one_of(desk.open_ones().await?).await?;
    match open {
        Some(issue) if request.clean => desk.close(&issue).await,
        Some(issue) => desk.update(&issue).await,
        None if request.clean => Ok(IssueOutcome {
            action: IssueAction::Nothing,
            number: None,
            url: None,
        }),
        None => match desk.newest_closed().await? {
            Some(issue) => desk.reopen(&issue).await,
            None => desk.open().await,
        },
    }
}

/// One request at work.
struct Desk<'a> {
    client: &'a Client,
    request: &'a IssueRequest,
    marker: Marker,
}

impl Desk<'_> {
    fn title(&self) -> String {
        text::fit_line(self.request.title.trim(), text::TITLE).into_owned()
    }

    fn body(&self) -> String {
        text::fit(&self.marker.above(&self.request.body), text::BODY).into_owned()
    }

    /// [`LABEL`] and the others, each once; GitHub compares labels without case.
    fn labels(&self) -> Vec<&str> {
        let mut labels = vec![LABEL];
        for label in &self.request.labels {
            let label = label.trim();
            if !label.is_empty() && !labels.iter().any(|known| known.eq_ignore_ascii_case(label)) {
                labels.push(label);
            }
        }
        labels
    }

    /// All open issues with our marker, by number.
    async fn open_ones(&self) -> Result<BTreeMap<u64, Issue>, PublishError> {
        let mut ours = BTreeMap::new();
        let query = [
            ("state", "open"),
            ("labels", LABEL),
            ("sort", "created"),
            ("direction", "asc"),
        ];
        let mut pages = self.client.pages(LIST, &["issues"], &query);
        while let Some(page) = pages.next::<Issue>().await? {
            let page = page.into_iter().filter(|issue| issue.is_ours(&self.marker));
            ours.extend(page.map(|issue| (issue.number, issue)));
        }
        Ok(ours)
    }

    async fn newest_closed(&self) -> Result<Option<Issue>, PublishError> {
        let query = [
            ("state", "closed"),
            ("labels", LABEL),
            ("sort", "created"),
            ("direction", "desc"),
        ];
        let mut pages = self.client.pages(LIST, &["issues"], &query);
        while let Some(page) = pages.next::<Issue>().await? {
            if let Some(issue) = page.into_iter().find(|issue| issue.is_ours(&self.marker)) {
                return Ok(Some(issue));
            }
        }
        Ok(None)
    }

    /// Keeps the lowest number and closes the others as its duplicates.
    async fn one_of(&self, mut open: BTreeMap<u64, Issue>) -> Result<Option<Issue>, PublishError> {
        let Some((_, keep)) = open.pop_first() else {
            return Ok(None);
        };
        for (number, _) in open {
            // Without the marker it is never taken for the state's issue again. `not_planned` is older than the reason
            // `duplicate`, and understood by every Enterprise Server too.
            let body = json!({
                "state": "closed",
                "state_reason": "not_planned",
                "body": format!("Opened at the same moment as #{}, which stays. Duplicate of #{0}", keep.number),
            });
            self.patch(DUPLICATE, number, &body).await?;
        }
        Ok(Some(keep))
    }

    async fn open(&self) -> Result<IssueOutcome, PublishError> {
        self.create_labels().await?;
        let body = json!({
            "title": self.title(),
            "body": self.body(),
            "labels": self.labels(),
            "assignees": self.request.assignees,
        });
        let opened: Issue = self.client.json(OPEN, Method::POST, &["issues"], &body).await?;
        let number = opened.number;
        let mut open = self.open_ones().await?;
        open.entry(number).or_insert(opened);
        match self.one_of(open).await? {
            Some(kept) if kept.number != number => Ok(kept.outcome(IssueAction::Joined)),
            Some(kept) => Ok(kept.outcome(IssueAction::Opened)),
            None => unreachable!("the issue that was just opened is among them"),
        }
    }

    async fn update(&self, issue: &Issue) -> Result<IssueOutcome, PublishError> {
        let (title, body) = (self.title(), self.body());
        // GitHub gives line breaks back as it got them, its own editor as CR LF.
        let same = issue.title == title && issue.body.as_deref().map(lines) == Some(lines(&body));
        if !same {
            self.patch(UPDATE, issue.number, &json!({ "title": title, "body": body }))
                .await?;
        }
        if let Some(summary) = &self.request.summary_of_change {
            self.comment(issue.number, summary).await?;
        } else if same {
            return Ok(issue.outcome(IssueAction::Unchanged));
        }
        Ok(issue.outcome(IssueAction::Updated))
    }

    /// Closes first and comments then: should the comment fail, the issue is right all the same.
    async fn close(&self, issue: &Issue) -> Result<IssueOutcome, PublishError> {
        let body = json!({
            "title": self.title(),
            "body": self.body(),
            "state": "closed",
            "state_reason": "completed",
        });
        self.patch(CLOSE, issue.number, &body).await?;
        self.comment(issue.number, self.request.summary_of_change.as_deref().unwrap_or(CLEAN))
            .await?;
        Ok(issue.outcome(IssueAction::Closed))
    }

    async fn reopen(&self, issue: &Issue) -> Result<IssueOutcome, PublishError> {
        self.create_labels().await?;
        let number = issue.number.to_string();
        let body = json!({
            "title": self.title(),
            "body": self.body(),
            "state": "open",
            "state_reason": "reopened",
        });
        self.patch(REOPEN, issue.number, &body).await?;
        let labels = json!({ "labels": self.labels() });
        self.client
            .send(REOPEN, Method::POST, &["issues", &number, "labels"], Some(&labels))
            .await?;
        if !self.request.assignees.is_empty() {
            let assignees = json!({ "assignees": self.request.assignees });
            self.client
                .send(
                    REOPEN,
                    Method::POST,
                    &["issues", &number, "assignees"],
                    Some(&assignees),
                )
                .await?;
        }
        if let Some(summary) = &self.request.summary_of_change {
            self.comment(issue.number, summary).await?;
        }
        let mut open = self.open_ones().await?;
        open.entry(issue.number).or_insert_with(|| issue.clone());
        match self.one_of(open).await? {
            Some(kept) if kept.number != issue.number => Ok(kept.outcome(IssueAction::Joined)),
            _ => Ok(issue.outcome(IssueAction::Reopened)),
        }
    }

    async fn create_labels(&self) -> Result<(), PublishError> {
        for label in self.labels() {
            let body = if label == LABEL {
                json!({ "name": label, "color": LABEL_COLOUR, "description": LABEL_MEANING })
            } else {
                json!({ "name": label })
            };
            match self.client.send(LABELS, Method::POST, &["labels"], Some(&body)).await {
                Err(PublishError::Refused(refusal))
                    if refusal.errors.iter().any(|error| error.code == "already_exists") => {}
                other => other?,
            }
        }
        Ok(())
    }

    async fn patch(&self, purpose: Purpose, number: u64, body: &Value) -> Result<(), PublishError> {
        self.client
            .send(purpose, Method::PATCH, &["issues", &number.to_string()], Some(body))
            .await
    }

    async fn comment(&self, number: u64, text: &str) -> Result<(), PublishError> {
        let body = json!({ "body": text::fit(text, text::BODY) });
        self.client
            .send(
                COMMENT,
                Method::POST,
                &["issues", &number.to_string(), "comments"],
                Some(&body),
            )
            .await
    }
}

fn lines(text: &str) -> String {
    text.replace("\r\n", "\n").trim_end().to_owned()
}
