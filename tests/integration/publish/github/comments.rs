//! Comments on issues and pull requests.

use serde_json::{Value, json};

use super::{Asked, Repository, reply};
use crate::publish::wire::Reply;

#[derive(Clone, Debug)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) issue: u64,
    pub(crate) body: String,
    /// `github-actions[bot]`, or a passer-by.
    pub(crate) login: String,
}

impl Comment {
    fn shown(&self) -> Value {
        let bot = self.login.ends_with("[bot]");
        json!({
            "id": self.id,
            "html_url": format!("https://github.com/example/site/issues/{}#issuecomment-{}", self.issue, self.id),
            "body": self.body,
            "user": {
                "login": self.login,
                "id": self.login.len(),
                "type": if bot { "Bot" } else { "User" },
            },
            "author_association": "NONE",
        })
    }
}

impl Repository {
    /// A comment that somebody else wrote.
    pub(crate) fn say(&mut self, issue: u64, login: &str, body: &str) -> u64 {
        let id = self.id();
        self.comments.push(Comment {
            id,
            issue,
            body: body.to_owned(),
            login: login.to_owned(),
        });
        id
    }

    fn comment(&self, id: &str) -> Option<usize> {
        let id: u64 = id.parse().ok()?;
        self.comments.iter().position(|comment| comment.id == id)
    }
}

fn refused(body: &Value) -> Option<Reply> {
    let body = body["body"].as_str().unwrap_or_default();
    if body.trim().is_empty() {
        return Some(reply::invalid(
            json!([{ "resource": "IssueComment", "code": "missing_field", "field": "body" }]),
        ));
    }
    (body.chars().count() > 65_536).then(|| {
        reply::invalid(json!([{
            "resource": "IssueComment", "code": "unprocessable", "field": "data",
            "message": "Body is too long (maximum is 65536 characters)",
        }]))
    })
}

pub(super) fn list(repository: &Repository, number: &str, asked: &Asked<'_>) -> Reply {
    let Some(at) = repository.position(number) else {
        return reply::not_found();
    };
    let number = repository.issues[at].number;
    let comments = repository.comments.iter().filter(|comment| comment.issue == number);
    let comments: Vec<Value> = comments.map(Comment::shown).collect();
    reply::page(&comments, asked)
}

pub(super) fn create(repository: &mut Repository, number: &str, asked: &Asked<'_>) -> Reply {
    let Some(at) = repository.position(number) else {
        return reply::not_found();
    };
    if let Some(refused) = refused(asked.body) {
        return refused;
    }
    let number = repository.issues[at].number;
    repository.say(
        number,
        "github-actions[bot]",
        asked.body["body"].as_str().unwrap_or_default(),
    );
    let comment = repository.comments.last().expect("the comment that was just made");
    Reply::new(201, comment.shown())
}

pub(super) fn update(repository: &mut Repository, id: &str, asked: &Asked<'_>) -> Reply {
    let Some(at) = repository.comment(id) else {
        return reply::not_found();
    };
    if let Some(refused) = refused(asked.body) {
        return refused;
    }
    let comment = &mut repository.comments[at];
    asked.body["body"]
        .as_str()
        .unwrap_or_default()
        .clone_into(&mut comment.body);
    Reply::new(200, comment.shown())
}

pub(super) fn delete(repository: &mut Repository, id: &str) -> Reply {
    match repository.comment(id) {
        Some(at) => {
            repository.comments.remove(at);
            Reply::new(204, "")
        }
        None => reply::not_found(),
    }
}
