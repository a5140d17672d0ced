//! Issues and labels.

use serde_json::{Value, json};

use super::{Asked, Repository, reply};
use crate::publish::wire::Reply;

#[derive(Clone, Debug)]
pub(crate) struct Issue {
    pub(crate) number: u64,
    pub(crate) title: String,
    pub(crate) body: String,
    pub(crate) open: bool,
    pub(crate) state_reason: Option<String>,
    pub(crate) labels: Vec<String>,
    pub(crate) assignees: Vec<String>,
    pub(crate) is_pull_request: bool,
}

impl Issue {
    fn shown(&self, asked: &Asked<'_>) -> Value {
        let mut shown = json!({
            "id": 90_000 + self.number,
            "number": self.number,
            "url": format!("{}/repos/example/site/issues/{}", asked.origin(), self.number),
            "html_url": format!("https://github.com/example/site/issues/{}", self.number),
            "title": self.title,
            "body": self.body,
            "state": if self.open { "open" } else { "closed" },
            "state_reason": self.state_reason,
            "labels": self.labels.iter().map(|name| json!({ "name": name })).collect::<Vec<_>>(),
            "assignees": self.assignees.iter().map(|login| json!({ "login": login })).collect::<Vec<_>>(),
            "user": { "login": "github-actions[bot]", "id": 41_898_282, "type": "Bot" },
            "author_association": "NONE",
        });
        if self.is_pull_request {
            shown["pull_request"] = json!({ "url": "https://api.github.com/repos/example/site/pulls/1" });
        }
        shown
    }

    fn has(&self, label: &str) -> bool {
        self.labels.iter().any(|known| known.eq_ignore_ascii_case(label))
    }
}

impl Repository {
    /// An issue or pull request that somebody else made.
    pub(crate) fn make(&mut self, title: &str, body: &str, label: Option<&str>, is_pull_request: bool) -> u64 {
        let number = self.next_number;
        self.next_number += 1;
        self.issues.push(Issue {
            number,
            title: title.to_owned(),
            body: body.to_owned(),
            open: true,
            state_reason: None,
            labels: label.into_iter().map(ToOwned::to_owned).collect(),
            assignees: Vec::new(),
            is_pull_request,
        });
        number
    }

    pub(super) fn position(&self, number: &str) -> Option<usize> {
        let number: u64 = number.parse().ok()?;
        self.issues.iter().position(|issue| issue.number == number)
    }

    /// Labels that do not exist are made by being used.
    fn known_labels(&mut self, names: &[String]) {
        for name in names {
            let known = self.labels.iter().any(|label| is_named(label, name));
            if !known {
                self.labels.push(json!({ "name": name, "color": "ededed" }));
            }
        }
    }
}

fn is_named(label: &Value, name: &str) -> bool {
    label["name"]
        .as_str()
        .is_some_and(|known| known.eq_ignore_ascii_case(name))
}

fn strings(value: &Value) -> Vec<String> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect()
}

pub(super) fn list(repository: &Repository, asked: &Asked<'_>) -> Reply {
    let state = asked.query("state").unwrap_or_else(|| "open".to_owned());
    let labels = asked.query("labels").unwrap_or_default();
    let labels: Vec<&str> = labels.split(',').filter(|label| !label.is_empty()).collect();
    let mut found: Vec<&Issue> = repository
        .issues
        .iter()
        .filter(|issue| match state.as_str() {
            "open" => issue.open,
            "closed" => !issue.open,
            _ => true,
        })
        .filter(|issue| labels.iter().all(|label| issue.has(label)))
        .collect();
    if asked.query("direction").as_deref() != Some("asc") {
        found.reverse();
    }
    let found: Vec<Value> = found.into_iter().map(|issue| issue.shown(asked)).collect();
    reply::page(&found, asked)
}

pub(super) fn create(repository: &mut Repository, asked: &Asked<'_>) -> Reply {
    let title = asked.body["title"].as_str().unwrap_or_default();
    if title.trim().is_empty() {
        return reply::invalid(json!([{ "resource": "Issue", "code": "missing_field", "field": "title" }]));
    }
    let body = asked.body["body"].as_str().unwrap_or_default();
    if let Some(refused) = too_long(title, body) {
        return refused;
    }
    let assignees = strings(&asked.body["assignees"]);
    for login in &assignees {
        if !repository.collaborators.contains(&login.as_str()) {
            return reply::invalid(
                json!([{ "value": login, "resource": "Issue", "field": "assignees", "code": "invalid" }]),
            );
        }
    }
    let labels = strings(&asked.body["labels"]);
    repository.known_labels(&labels);
    let number = repository.make(title, body, None, false);
    let issue = repository.issues.last_mut().expect("the issue that was just made");
    (issue.labels, issue.assignees) = (labels, assignees);
    assert_eq!(issue.number, number);
    Reply::new(201, issue.shown(asked))
}

pub(super) fn update(repository: &mut Repository, number: &str, asked: &Asked<'_>) -> Reply {
    let Some(at) = repository.position(number) else {
        return reply::not_found();
    };
    let (title, body) = (&asked.body["title"], &asked.body["body"]);
    if let Some(refused) = too_long(title.as_str().unwrap_or_default(), body.as_str().unwrap_or_default()) {
        return refused;
    }
    let (state, reason) = (asked.body["state"].as_str(), asked.body["state_reason"].as_str());
    if state.is_some_and(|state| !matches!(state, "open" | "closed")) {
        return reply::invalid(json!([{ "resource": "Issue", "field": "state", "code": "invalid" }]));
    }
    if reason.is_some_and(|reason| !matches!(reason, "completed" | "not_planned" | "reopened")) {
        return reply::invalid(json!([{ "resource": "Issue", "field": "state_reason", "code": "invalid" }]));
    }
    let issue = &mut repository.issues[at];
    if let Some(title) = title.as_str() {
        title.clone_into(&mut issue.title);
    }
    if let Some(body) = body.as_str() {
        body.clone_into(&mut issue.body);
    }
    if let Some(state) = state {
        let open = state == "open";
        if open != issue.open {
            let default = if open { "reopened" } else { "completed" };
            issue.state_reason = Some(reason.unwrap_or(default).to_owned());
        }
        issue.open = open;
    }
    Reply::new(200, issue.shown(asked))
}

fn too_long(title: &str, body: &str) -> Option<Reply> {
    if title.chars().count() > 256 {
        return Some(reply::invalid(json!([{
            "resource": "Issue", "code": "custom", "field": "title",
            "message": "title is too long (maximum is 256 characters)",
        }])));
    }
    (body.chars().count() > 65_536).then(|| {
        reply::invalid(json!([{
            "resource": "Issue", "code": "custom", "field": "body",
            "message": "body is too long (maximum is 65536 characters)",
        }]))
    })
}

pub(super) fn create_label(repository: &mut Repository, body: &Value) -> Reply {
    let name = body["name"].as_str().unwrap_or_default();
    if name.is_empty() {
        return reply::invalid(json!([{ "resource": "Label", "code": "missing_field", "field": "name" }]));
    }
    let colour = body["color"].as_str().unwrap_or("ededed");
    if colour.len() != 6 || !colour.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return reply::invalid(json!([{ "resource": "Label", "code": "invalid", "field": "color" }]));
    }
    if repository.labels.iter().any(|label| is_named(label, name)) {
        return reply::invalid(json!([{ "resource": "Label", "code": "already_exists", "field": "name" }]));
    }
    let label = json!({ "name": name, "color": colour, "description": body["description"] });
    repository.labels.push(label.clone());
    Reply::new(201, label)
}

pub(super) fn add_labels(repository: &mut Repository, number: &str, asked: &Asked<'_>) -> Reply {
    let Some(at) = repository.position(number) else {
        return reply::not_found();
    };
    let labels = strings(&asked.body["labels"]);
    repository.known_labels(&labels);
    let issue = &mut repository.issues[at];
    for label in labels {
        if !issue.has(&label) {
            issue.labels.push(label);
        }
    }
    Reply::new(
        200,
        json!(
            issue
                .labels
                .iter()
                .map(|name| json!({ "name": name }))
                .collect::<Vec<_>>()
        ),
    )
}

/// Logins that may not be assigned are passed over without a word.
pub(super) fn add_assignees(repository: &mut Repository, number: &str, asked: &Asked<'_>) -> Reply {
    let Some(at) = repository.position(number) else {
        return reply::not_found();
    };
    for login in strings(&asked.body["assignees"]) {
        let may = repository.collaborators.contains(&login.as_str());
        let issue = &mut repository.issues[at];
        if may && !issue.assignees.contains(&login) {
            issue.assignees.push(login);
        }
    }
    Reply::new(201, repository.issues[at].shown(asked))
}
