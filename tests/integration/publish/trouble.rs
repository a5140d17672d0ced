//! What GitHub says when it says no, or nothing at all.

use std::sync::Arc;

use driftgate::publish::{IssueAction, IssueOutcome, IssueRequest, PublishError, block_on, publish_issue};
use serde_json::json;

use super::github::{GitHub, READ_ONLY, STRANGER, TOKEN};
use super::wire::Reply;
use super::{START, Waits, client_with, dirty, tell};

const LIST: &str = "GET /repos/example/site/issues";
const OPEN: &str = "POST /repos/example/site/issues";

fn tell_as(
    github: &GitHub,
    token: &str,
    clock: &Arc<Waits>,
    request: &IssueRequest,
) -> Result<IssueOutcome, PublishError> {
    let client = client_with(github, token, Arc::clone(clock));
    block_on(publish_issue(&client, request))
}

fn secondary() -> Reply {
    Reply::new(
        403,
        json!({ "message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again." }),
    )
}

#[test]
fn refusals_say_what_to_do_and_are_not_repeated() {
    let cases = [
        (
            "ghs_hunter2",
            "the issues could not be listed: GET {}/repos/example/site/issues: 401 Bad credentials; GitHub does not \
             accept the token: check GITHUB_TOKEN (has it expired, is it of another server?)",
        ),
        (
            STRANGER,
            "the issues could not be listed: GET {}/repos/example/site/issues: 404 Not Found; there is no such \
             repository, or the token cannot see it: check --repository and the token's access (`issues: write`)",
        ),
        (
            READ_ONLY,
            "a label could not be created: POST {}/repos/example/site/labels: 403 Resource not accessible by \
             integration; the token may not do that: it needs `issues: write` (in a workflow under `permissions:`; \
             runs for pull requests from forks never get it)",
        ),
    ];
    for (token, text) in cases {
        let github = GitHub::start();
        let clock = Arc::default();
        let error = tell_as(&github, token, &clock, &dirty("One finding.")).expect_err(text);
        assert_eq!(error.to_string(), text.replace("{}", &github.url));
        assert!(!format!("{error:?}").contains(token), "{error:?}");
        assert_eq!(clock.seconds(), Vec::<u64>::new());
        assert_eq!(github.repository().issues.len(), 0);
    }
}

#[test]
fn githubs_own_list_of_errors_is_shown() {
    let github = GitHub::start();
    let request = IssueRequest {
        assignees: vec!["nobody".to_owned()],
        ..dirty("One finding.")
    };
    let error = tell(&github, &request).expect_err("nobody may be assigned");
    assert_eq!(
        error.to_string(),
        format!(
            "the issue could not be opened: POST {}/repos/example/site/issues: 422 Validation Failed (Issue.assignees: \
             invalid); GitHub does not take what was sent: correct what it names",
            github.url
        )
    );
    github.repository().issues_enabled = false;
    let error = tell(&github, &dirty("One finding.")).expect_err("no issues");
    assert!(
        error
            .to_string()
            .contains("410 Issues are disabled for this repo; this is switched off"),
        "{error}"
    );
}

#[test]
fn limits_are_waited_out_with_what_github_says() {
    let github = GitHub::start();
    github.befall(LIST, secondary().with("Retry-After", 45));
    github.befall(OPEN, secondary());
    github.befall(
        OPEN,
        Reply::new(429, json!({ "message": "API rate limit exceeded" }))
            .with("x-ratelimit-remaining", 0)
            .with("x-ratelimit-reset", START + 45 + 60 + 12),
    );
    let clock = Arc::default();
    let outcome = tell_as(&github, TOKEN, &clock, &dirty("One finding.")).expect("opened");
    assert_eq!(outcome.action, IssueAction::Opened);
    assert_eq!(clock.seconds(), [45, 60, 12]);
    assert_eq!(github.repository().issues.len(), 1);
}

#[test]
fn patience_ends_for_all_requests_together() {
    let github = GitHub::start();
    github.befall(LIST, secondary().with("Retry-After", 90));
    github.befall(OPEN, secondary().with("Retry-After", 90));
    let clock = Arc::default();
    let error = tell_as(&github, TOKEN, &clock, &dirty("One finding.")).expect_err("too long");
    assert_eq!(
        error.to_string(),
        format!(
            "the issue could not be opened: POST {}/repos/example/site/issues: 403 You have exceeded a secondary rate \
             limit. Please wait a few minutes before you try again.; this rate limit holds for another 90 s: try again \
             after that",
            github.url
        )
    );
    assert_eq!(clock.seconds(), [90]);
}

#[test]
fn outages_are_tried_again_a_few_times() {
    let github = GitHub::start();
    github.befall(LIST, Reply::new(502, "<html>"));
    github.befall(LIST, Reply::Hangup);
    let clock = Arc::default();
    tell_as(&github, TOKEN, &clock, &dirty("One finding.")).expect("opened");
    assert_eq!(clock.seconds(), [1, 2]);

    for _ in 0..5 {
        github.befall(LIST, Reply::new(503, "\u{1b}[31mno\nserver\nis available"));
    }
    let clock = Arc::default();
    let error = tell_as(&github, TOKEN, &clock, &dirty("One finding.")).expect_err("an outage");
    assert!(
        error
            .to_string()
            .ends_with("/issues: 503; GitHub is in trouble: try again later"),
        "{error}"
    );
    assert_eq!(clock.seconds(), [1, 2, 4, 8]);
}

#[test]
fn an_answer_that_got_lost_leaves_no_second_issue() {
    let github = GitHub::start();
    github.lose_answer(OPEN);
    let outcome = tell(&github, &dirty("One finding.")).expect("opened");
    assert_eq!((outcome.action, outcome.number), (IssueAction::Joined, Some(1)));
    assert_eq!(github.repository().issues.len(), 2, "it was sent twice");
    assert_eq!(github.repository().open(), [1]);
}

#[test]
fn nobody_listening_is_told_with_the_cause() {
    let mut github = GitHub::start();
    "http://127.0.0.1:9".clone_into(&mut github.url);
    let error = tell(&github, &dirty("One finding."))
        .expect_err("nobody listens")
        .to_string();
    assert!(
        error.contains("no answer after 5 tries (") && error.contains("GITHUB_API_URL"),
        "{error}"
    );
    assert!(error.to_lowercase().contains("connection refused"), "{error}");
}

#[test]
fn answers_that_are_none_of_githubs_are_errors() {
    let next = |url: &str| Reply::new(200, "[]").with("Link", format!("<{url}>; rel=\"next\""));
    let cases = [
        (
            Reply::new(200, "<html>a login page</html>"),
            "the answer is not what the API documents (expected value",
        ),
        (Reply::new(200, "{}"), "(invalid type: map, expected a sequence"),
        (
            Reply::new(200, "[{\"number\":\"x\"}]"),
            "(invalid type: string \"x\", expected u64",
        ),
        (
            next("https://evil.example.com/?page=2"),
            "(the next page is on another server)",
        ),
        (next("/page/2"), "(the next page has no address)"),
        (Reply::new(404, "not JSON"), "404; there is no such repository"),
        (
            Reply::new(301, "").with("Location", "https://evil.example.com/"),
            "301; it has moved",
        ),
        (
            Reply::new(418, "{\"message\":\"a\\nb \\u001b[2J ghs_all-permissions\"}"),
            "418 a b [2J (secret); check",
        ),
    ];
    for (reply, says) in cases {
        let github = GitHub::start();
        github.befall(LIST, reply);
        let error = tell(&github, &dirty("One finding.")).expect_err(says).to_string();
        assert!(error.contains(says), "{error}");
        assert!(!error.contains('\n'), "{error}");
        assert_eq!(github.repository().issues.len(), 0, "half a list is no list: {says}");
    }
}

#[test]
fn a_renamed_repository_is_followed_on_the_same_server() {
    let github = GitHub::start();
    let there = format!("{}/repos/example/site/issues?state=open", github.url);
    github.befall(LIST, Reply::new(301, "").with("Location", there));
    tell(&github, &dirty("One finding.")).expect("opened");
    assert_eq!(github.repository().open(), [1]);
}

#[test]
fn requests_carry_what_github_asks_for() {
    let github = GitHub::start();
    tell(&github, &dirty("One finding.")).expect("opened");
    let requests = github.requests();
    assert!(requests.len() >= 4);
    for request in requests {
        assert_eq!(request.header("accept"), Some("application/vnd.github+json"));
        assert_eq!(request.header("x-github-api-version"), Some("2022-11-28"));
        assert_eq!(
            request.header("user-agent"),
            Some(concat!("driftgate/", env!("CARGO_PKG_VERSION")))
        );
        assert!(!request.query.contains(TOKEN) && !request.path.contains(TOKEN));
    }
}
