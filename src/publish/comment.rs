//! One comment on a pull request, written once and then kept up to date, never a second one.
//!
//! As with issues, whoever writes it looks again afterwards: the oldest stays, the others are deleted.

use std::collections::BTreeMap;

use reqwest::Method;
use serde::Deserialize;
use serde_json::json;

use super::author::{self, User};
use super::error::PublishError;
use super::github::{Client, Purpose};
use super::marker::{Kind, Marker};
use super::text;

/// What to say on a pull request.
#[derive(Clone, Debug)]
pub struct CommentRequest {
    /// Tells several comments on one pull request apart: the state's name, the phase. May be empty.
    pub key: String,
    /// The pull request's number.
    pub pull_request: u64,
    /// Markdown. Cut, saying so, where it is longer than GitHub takes.
    pub body: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommentAction {
    Created,
    Updated,
    /// The comment already says all of it.
    Unchanged,
}

/// What became of the comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentOutcome {
    pub action: CommentAction,
    pub id: u64,
    /// Where it stands on the pull request's page.
    pub url: String,
}

const fn purpose(failed: &'static str) -> Purpose {
    Purpose {
        failed,
        permission: "pull-requests: write",
        subject: Some("pull request"),
        only: None,
    }
}

const LIST: Purpose = purpose("the pull request's comments could not be listed");
const CREATE: Purpose = purpose("the pull request's comment could not be written");
const UPDATE: Purpose = purpose("the pull request's comment could not be updated");
const DELETE: Purpose = purpose("a second comment on the pull request could not be deleted");

#[derive(Clone, Debug, Deserialize)]
struct Comment {
    id: u64,
    html_url: String,
    body: Option<String>,
    user: Option<User>,
    author_association: Option<String>,
}

/// Writes the comment, or brings it up to date.
///
/// # Errors
/// [`PublishError`].
pub async fn publish_comment(client: &Client, request: &CommentRequest) -> Result<CommentOutcome, PublishError> {
    let marker = Marker::new(Kind::Comment, &request.key);
    let body = text::fit(&marker.above(&request.body), text::BODY).into_owned();
    let number = request.pull_request.to_string();
    let path = ["issues", number.as_str(), "comments"];

    let present = one_of(client, comments(client, &path, &marker, None).await?).await?;
    let (comment, action) = match present {
        Some(comment) => (comment, CommentAction::Updated),
        None => {
            let created: Comment = client
                .json(CREATE, Method::POST, &path, &json!({ "body": body }))
                .await?;
            let id = created.id;
            let me = created.user.as_ref().map(|user| user.id);
            let mut all = comments(client, &path, &marker, me).await?;
            all.entry(id).or_insert(created);
            match one_of(client, all).await? {
                Some(kept) if kept.id != id => (kept, CommentAction::Updated),
                Some(kept) => (kept, CommentAction::Created),
                None => unreachable!("the comment that was just written is among them"),
            }
        }
    };
    let same = comment.body.as_deref().map(|text| text.replace("\r\n", "\n")) == Some(body.replace("\r\n", "\n"));
    if !same {
        let path = ["issues", "comments", &comment.id.to_string()];
        client
            .send(UPDATE, Method::PATCH, &path, Some(&json!({ "body": body })))
            .await?;
    }
    Ok(CommentOutcome {
        action: match action {
            CommentAction::Updated if same => CommentAction::Unchanged,
            action => action,
        },
        id: comment.id,
        url: comment.html_url,
    })
}

/// All comments with the marker, oldest first: those of trusted authors, and of `me` once that is known.
async fn comments(
    client: &Client,
    path: &[&str],
    marker: &Marker,
    me: Option<u64>,
) -> Result<BTreeMap<u64, Comment>, PublishError> {
    let mut found = BTreeMap::new();
    let mut pages = client.pages(LIST, path, &[]);
    while let Some(page) = pages.next::<Comment>().await? {
        let ours = page.into_iter().filter(|comment| {
            let user = comment.user.as_ref();
            let mine = me.is_some() && user.map(|user| user.id) == me;
            (mine || author::is_trusted(user, comment.author_association.as_deref()))
                && comment.body.as_deref().is_some_and(|body| marker.is_of(body))
        });
        found.extend(ours.map(|comment| (comment.id, comment)));
    }
    Ok(found)
}

/// Keeps the oldest and deletes the others.
async fn one_of(client: &Client, mut all: BTreeMap<u64, Comment>) -> Result<Option<Comment>, PublishError> {
    let Some((_, keep)) = all.pop_first() else {
        return Ok(None);
    };
    for (id, _) in all {
        let path = ["issues", "comments", &id.to_string()];
        match client.send(DELETE, Method::DELETE, &path, None).await {
            // The other run was quicker.
            Err(PublishError::Refused(refusal)) if refusal.status == 404 => {}
            other => other?,
        }
    }
    Ok(Some(keep))
}
