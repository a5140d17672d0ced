//! A GitHub of one repository, in memory. It keeps issues, comments, labels and check runs, and answers as the
//! documentation of the REST API says; it knows nothing of driftgate.

mod check_runs;
mod comments;
mod issues;
mod reply;

use std::collections::VecDeque;
use std::sync::{Arc, Barrier, Mutex, MutexGuard};

use serde_json::{Value, json};

pub(crate) use check_runs::CheckRun;
pub(crate) use comments::Comment;
pub(crate) use issues::Issue;

use super::wire::{self, Reply, Request};

pub(crate) const REPOSITORY: &str = "example/site";
/// The commit that exists.
pub(crate) const SHA: &str = "0123456789abcdef0123456789abcdef01234567";
/// A token with every permission, of a workflow.
pub(crate) const TOKEN: &str = "ghs_all-permissions";
/// A token that may read only.
pub(crate) const READ_ONLY: &str = "ghs_read-only";
/// A token of somebody who cannot see the repository.
pub(crate) const STRANGER: &str = "ghp_stranger";

/// Everything that the repository holds.
#[derive(Debug)]
pub(crate) struct Repository {
    pub(crate) issues: Vec<Issue>,
    pub(crate) comments: Vec<Comment>,
    pub(crate) labels: Vec<Value>,
    pub(crate) check_runs: Vec<CheckRun>,
    pub(crate) collaborators: Vec<&'static str>,
    pub(crate) issues_enabled: bool,
    /// Issues and pull requests share one sequence of numbers.
    next_number: u64,
    next_id: u64,
}

impl Repository {
    fn id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    pub(crate) fn issue(&self, number: u64) -> &Issue {
        self.issues
            .iter()
            .find(|issue| issue.number == number)
            .unwrap_or_else(|| panic!("no issue {number}"))
    }

    pub(crate) fn open(&self) -> Vec<u64> {
        let open = self.issues.iter().filter(|issue| issue.open);
        open.map(|issue| issue.number).collect()
    }

    /// The texts of the comments on an issue, oldest first.
    pub(crate) fn comments_on(&self, number: u64) -> Vec<&str> {
        let comments = self.comments.iter().filter(|comment| comment.issue == number);
        comments.map(|comment| comment.body.as_str()).collect()
    }
}

/// A point at which several requests wait for each other.
pub(crate) struct Meeting {
    /// `POST /repos/example/site/issues`.
    line: &'static str,
    barrier: Barrier,
    /// How many are still to come; later ones pass.
    left: Mutex<usize>,
}

/// The server.
pub(crate) struct GitHub {
    pub(crate) url: String,
    inside: Arc<Inside>,
}

struct Inside {
    repository: Mutex<Repository>,
    requests: Mutex<Vec<Request>>,
    /// What befalls the next requests, before anything is done.
    troubles: Mutex<VecDeque<(String, Reply)>>,
    /// Requests of this line are carried out, and then the connection breaks.
    losses: Mutex<VecDeque<String>>,
    meetings: Vec<Meeting>,
}

impl GitHub {
    pub(crate) fn start() -> GitHub {
        GitHub::start_with(Vec::new())
    }

    /// With points at which `count` requests are each carried out and then answered together.
    pub(crate) fn start_with(meetings: Vec<(&'static str, usize)>) -> GitHub {
        let inside = Arc::new(Inside {
            repository: Mutex::new(Repository {
                issues: Vec::new(),
                comments: Vec::new(),
                labels: Vec::new(),
                check_runs: Vec::new(),
                collaborators: vec!["alex", "sam"],
                issues_enabled: true,
                next_number: 1,
                next_id: 1000,
            }),
            requests: Mutex::default(),
            troubles: Mutex::default(),
            losses: Mutex::default(),
            meetings: meetings
                .into_iter()
                .map(|(line, count)| Meeting {
                    line,
                    barrier: Barrier::new(count),
                    left: Mutex::new(count),
                })
                .collect(),
        });
        let served = Arc::clone(&inside);
        let url = wire::serve(move |request| served.answer(&request));
        GitHub { url, inside }
    }

    pub(crate) fn repository(&self) -> MutexGuard<'_, Repository> {
        self.inside.repository.lock().expect("no request panicked")
    }

    /// The next request of this line gets this answer instead of being carried out.
    pub(crate) fn befall(&self, line: &str, reply: Reply) {
        let mut troubles = self.inside.troubles.lock().expect("no request panicked");
        troubles.push_back((line.to_owned(), reply));
    }

    /// The next request of this line is carried out, but its answer gets lost.
    pub(crate) fn lose_answer(&self, line: &str) {
        let mut losses = self.inside.losses.lock().expect("no request panicked");
        losses.push_back(line.to_owned());
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.inside.requests.lock().expect("no request panicked").clone()
    }

    /// `METHOD /path` of all requests since the last time, the repository's own address left out.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut requests = self.inside.requests.lock().expect("no request panicked");
        requests
            .drain(..)
            .map(|request| request.line().replace("/repos/example/site", ""))
            .collect()
    }
}

impl Inside {
    fn answer(&self, request: &Request) -> Reply {
        self.requests.lock().expect("no request panicked").push(request.clone());
        let line = request.line();
        if let Some(trouble) = take(&self.troubles, |(of, _)| *of == line) {
            return trouble.1;
        }
        let reply = self.carried_out(request);
        for meeting in &self.meetings {
            if meeting.line == line && meeting.expects() {
                meeting.barrier.wait();
            }
        }
        match take(&self.losses, |of| *of == line) {
            Some(_) => Reply::Hangup,
            None => reply,
        }
    }

    fn carried_out(&self, request: &Request) -> Reply {
        if request.header("user-agent").is_none_or(str::is_empty) {
            return reply::message(
                403,
                "Request forbidden by administrative rules. Please make sure your request has a User-Agent header",
            );
        }
        let token = request
            .header("authorization")
            .and_then(|value| value.strip_prefix("Bearer "));
        match token {
            Some(TOKEN | READ_ONLY | STRANGER) => {}
            None => return reply::message(401, "Requires authentication"),
            Some(_) => return reply::message(401, "Bad credentials"),
        }
        let Some(path) = request.path.strip_prefix("/repos/example/site/") else {
            return reply::not_found();
        };
        if token == Some(STRANGER) {
            return reply::not_found();
        }
        if token == Some(READ_ONLY) && request.method != "GET" {
            return reply::message(403, "Resource not accessible by integration");
        }
        let body: Value = match request.body.as_str() {
            "" => json!({}),
            text => match serde_json::from_str(text) {
                Ok(body) => body,
                Err(_) => return reply::message(400, "Problems parsing JSON"),
            },
        };
        let mut repository = self.repository.lock().expect("no request panicked");
        let path: Vec<&str> = path.split('/').collect();
        let asked = Asked { request, body: &body };
        match (request.method.as_str(), path.as_slice()) {
            ("POST", ["labels"]) => issues::create_label(&mut repository, &body),
            (_, ["issues", ..]) if !repository.issues_enabled => {
                reply::message(410, "Issues are disabled for this repo")
            }
            ("GET", ["issues"]) => issues::list(&repository, &asked),
            ("POST", ["issues"]) => issues::create(&mut repository, &asked),
            ("PATCH", ["issues", number]) => issues::update(&mut repository, number, &asked),
            ("POST", ["issues", number, "labels"]) => issues::add_labels(&mut repository, number, &asked),
            ("POST", ["issues", number, "assignees"]) => issues::add_assignees(&mut repository, number, &asked),
            ("GET", ["issues", number, "comments"]) => comments::list(&repository, number, &asked),
            ("POST", ["issues", number, "comments"]) => comments::create(&mut repository, number, &asked),
            ("PATCH", ["issues", "comments", id]) => comments::update(&mut repository, id, &asked),
            ("DELETE", ["issues", "comments", id]) => comments::delete(&mut repository, id),
            ("POST", ["check-runs"]) => check_runs::create(&mut repository, &body),
            ("PATCH", ["check-runs", id]) => check_runs::update(&mut repository, id, &body),
            _ => reply::not_found(),
        }
    }
}

impl Meeting {
    fn expects(&self) -> bool {
        let mut left = self.left.lock().expect("no request panicked");
        let expects = *left > 0;
        *left = left.saturating_sub(1);
        expects
    }
}

/// A request with its body read.
struct Asked<'a> {
    request: &'a Request,
    body: &'a Value,
}

impl Asked<'_> {
    /// The address of this server, as the client wrote it.
    fn origin(&self) -> String {
        format!("http://{}", self.request.header("host").unwrap_or_default())
    }

    fn query(&self, name: &str) -> Option<String> {
        self.request
            .query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.replace("%2C", ","))
    }
}

fn take<T>(queue: &Mutex<VecDeque<T>>, wanted: impl Fn(&T) -> bool) -> Option<T> {
    let mut queue = queue.lock().expect("no request panicked");
    let at = queue.iter().position(wanted)?;
    queue.remove(at)
}
