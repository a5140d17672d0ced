//! `driftgate publish` as a user runs it: the real binary, a result that it wrote itself, and the local GitHub.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::github::{GitHub, READ_ONLY, SHA, TOKEN};
use super::slack::{PATH, slack};
use crate::support::binary::{Driftgate, Run};

/// The result of a step of the recorded outage.
fn result(directory: &Path, step: &str) -> Value {
    let report = format!("json={}", directory.join("drift.json").display());
    let run = Driftgate::new(["demo", "--step", step, "--format", "json", "--report", &report]).run();
    assert!(matches!(run.code, 0 | 2), "{}", run.stderr);
    run.json()
}

fn save(directory: &Path, result: &Value) {
    fs::write(directory.join("drift.json"), result.to_string()).expect("the result is written");
}

/// A run in `directory` with what a workflow's environment tells.
fn publish(github: &GitHub, directory: &Path, arguments: &[&str]) -> Run {
    with_token(github, directory, arguments, TOKEN)
}

fn with_token(github: &GitHub, directory: &Path, arguments: &[&str], token: &str) -> Run {
    let (what, flags) = arguments.split_first().expect("what to publish");
    let all = ["publish", *what, "--result", "drift.json"];
    Driftgate::new(all.into_iter().chain(flags.iter().copied()))
        .within(directory)
        .env("GITHUB_API_URL", &github.url)
        .env("GITHUB_REPOSITORY", "example/site")
        .env("GITHUB_SHA", SHA)
        .env("GITHUB_TOKEN", token)
        .run()
}

#[track_caller]
fn told(run: &Run) -> &str {
    assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{}", run.stdout);
    run.stdout.trim_end()
}

#[test]
fn an_issue_lives_from_the_first_drift_to_the_clean_run_and_again() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let github = GitHub::start();
    let issue = || {
        publish(
            &github,
            directory.path(),
            &["issue", "--label=infrastructure", "--assignee=alex"],
        )
    };

    result(directory.path(), "00-healthy");
    assert!(told(&issue()).ends_with(": clean, and no issue is open"));
    assert!(github.repository().issues.is_empty());

    let found = result(directory.path(), "03-production-console-changes");
    let state = found["run"]["states"][0].as_str().expect("a state").to_owned();
    let page = "https://github.com/example/site/issues/1";
    assert_eq!(
        told(&issue()),
        format!("driftgate: drift in {state}: issue opened: {page}")
    );
    assert!(told(&issue()).contains("says all of it already"));
    {
        let repository = github.repository();
        let issue = repository.issue(1);
        assert_eq!(issue.title, format!("driftgate: drift in {state}"));
        assert_eq!(issue.labels, ["driftgate", "infrastructure"]);
        assert_eq!(issue.assignees, ["alex"]);
        assert!(issue.body.contains("## driftgate: drift"), "{}", issue.body);
        assert!(repository.comments_on(1).is_empty());
    }

    result(directory.path(), "00-healthy");
    assert!(told(&issue()).ends_with(&format!(": clean, issue closed: {page}")));
    assert!(github.repository().open().is_empty());

    result(directory.path(), "03-production-console-changes");
    assert!(told(&issue()).ends_with(&format!(": issue opened again: {page}")));
    assert_eq!(github.repository().open(), [1]);
}

#[test]
fn what_came_and_went_is_a_comment_of_its_own() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let github = GitHub::start();
    let mut found = result(directory.path(), "03-production-console-changes");
    told(&publish(&github, directory.path(), &["issue"]));
    found["findings"][0]["age"] = json!({ "new": true, "first_seen": "2026-03-14T02:30:00Z" });
    found["findings"][1]["age"] = json!({ "new": false, "first_seen": "2026-03-13T02:30:00Z" });
    found["resolved"] = json!([{
        "id": "00112233445566aa", "rule": "unmanaged-record", "severity": "low",
        "subject": "aws_route53_record Z1_old.example.com_A", "title": "A record is in no given state",
        "first_seen": "2026-03-10T02:30:00Z",
    }]);
    save(directory.path(), &found);
    assert!(told(&publish(&github, directory.path(), &["issue"])).contains("issue updated"));
    let repository = github.repository();
    let [comment] = repository.comments_on(1)[..] else {
        panic!("{:?}", repository.comments);
    };
    assert!(comment.contains("### New: 1 finding\n"), "{comment}");
    assert!(comment.contains("### Resolved: 1 finding\n"), "{comment}");
}

#[test]
fn every_state_has_an_issue_of_its_own() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let github = GitHub::start();
    let mut found = result(directory.path(), "03-production-console-changes");
    let states = found["run"]["states"].as_array_mut().expect("states");
    states.extend([json!("dns.tfstate"), json!("quiet.tfstate")]);
    found["findings"][0]["state"] = json!("dns.tfstate");
    save(directory.path(), &found);
    let run = publish(&github, directory.path(), &["issue"]);
    let lines: Vec<&str> = told(&run).lines().collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(
        lines[1].starts_with("driftgate: drift in dns.tfstate: issue opened"),
        "{lines:?}"
    );
    assert!(lines[2].ends_with("clean, and no issue is open"), "{lines:?}");
    assert_eq!(github.repository().open(), [1, 2]);

    // The zone's own issue is clean now, and yet nobody can be sure.
    found["findings"].as_array_mut().expect("findings").remove(0);
    found["complete"] = json!(false);
    found["unchecked"] = json!([{
        "address": "records of zone Z1", "reason": "access-denied", "detail": "route53:ListResourceRecordSets",
    }]);
    save(directory.path(), &found);
    let run = publish(&github, directory.path(), &["issue"]);
    assert_eq!(run.code, 0);
    assert_eq!(run.stderr.matches("is left as it is").count(), 2, "{}", run.stderr);
    assert_eq!(
        github.repository().open(),
        [1, 2],
        "an issue is never closed on a doubt"
    );
}

#[test]
fn a_pull_request_has_one_comment() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let github = GitHub::start();
    github.repository().make("A change", "", None, true);
    result(directory.path(), "03-production-console-changes");
    let comment = || publish(&github, directory.path(), &["comment", "--pull-request", "1"]);
    assert!(told(&comment()).starts_with("comment written: https://"));
    assert!(told(&comment()).starts_with("the comment says all of it already: https://"));
    result(directory.path(), "00-healthy");
    assert!(told(&comment()).starts_with("comment updated: https://"));
    assert_eq!(github.repository().comments_on(1).len(), 1);

    let nobody_knows = publish(&github, directory.path(), &["comment"]);
    assert!(nobody_knows.failed().contains("give --pull-request NUMBER"));
}

#[test]
fn a_check_run_is_red_green_or_neither() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let github = GitHub::start();
    let check = |flags: &[&str]| publish(&github, directory.path(), &[&["check"], flags].concat());

    let mut found = result(directory.path(), "03-production-console-changes");
    found["findings"][0]["place"] = json!({ "file": "infra/main.tf", "line": 12 });
    found["findings"][1]["place"] = json!({ "file": "/srv/elsewhere.tf", "line": 12 });
    save(directory.path(), &found);
    assert!(told(&check(&["--sha", SHA])).starts_with("check run written: https://"));
    let mut known = found.clone();
    known["outcome"] = json!("incomplete");
    save(directory.path(), &known);
    told(&check(&[]));
    result(directory.path(), "00-healthy");
    told(&check(&[]));

    let repository = github.repository();
    let conclusions: Vec<&str> = repository
        .check_runs
        .iter()
        .map(|run| run.conclusion.as_str())
        .collect();
    assert_eq!(conclusions, ["failure", "neutral", "success"]);
    let first = &repository.check_runs[0];
    assert!(first.title.starts_with("DRIFT: "), "{}", first.title);
    assert!(first.summary.starts_with("## driftgate: drift"), "{}", first.summary);
    let [annotation] = first.annotations.as_slice() else {
        panic!("{:?}", first.annotations);
    };
    assert_eq!(annotation["path"], "infra/main.tf");
    assert_eq!(
        (&annotation["start_line"], &annotation["annotation_level"]),
        (&json!(12), &json!("failure"))
    );
    drop(repository);

    assert!(check(&["--sha", "main"]).failed().contains("is no commit"));
}

#[test]
fn slack_is_told_what_somebody_has_to_act_on() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (url, requests) = slack(vec![]);
    let send = |address: Option<&str>| {
        let run = Driftgate::new(["publish", "slack", "--result", "drift.json"]).within(directory.path());
        match address {
            Some(address) => run.env("DRIFTGATE_SLACK_WEBHOOK", address).run(),
            None => run.run(),
        }
    };
    let address = format!("{url}{PATH}");

    result(directory.path(), "00-healthy");
    assert!(send(None).failed().contains("DRIFTGATE_SLACK_WEBHOOK is not set"));
    let quiet = send(Some(&address));
    assert_eq!((quiet.code, quiet.stdout.as_str()), (0, ""));
    assert!(quiet.stderr.contains("nothing is sent to Slack"), "{}", quiet.stderr);
    assert!(requests.lock().expect("no request panicked").is_empty());

    result(directory.path(), "03-production-console-changes");
    assert_eq!(told(&send(Some(&address))), "Slack message sent");
    let requests = requests.lock().expect("no request panicked");
    assert_eq!(requests.len(), 1);
    assert!(requests[0].body.contains("Outage"), "{}", requests[0].body);
}

#[test]
fn what_cannot_be_told_is_one_clear_line() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let github = GitHub::start();
    result(directory.path(), "03-production-console-changes");
    let reader = with_token(&github, directory.path(), &["issue"], READ_ONLY);
    assert!(reader.failed().contains("it needs `issues: write`"));
    assert!(!reader.stderr.contains(READ_ONLY));
    let elsewhere = publish(&github, directory.path(), &["issue", "--repository", "example"]);
    assert!(elsewhere.failed().contains("write OWNER/NAME"));
    save(directory.path(), &json!({ "schema": "something else" }));
    assert!(
        publish(&github, directory.path(), &["issue"])
            .failed()
            .contains("drift.json: ")
    );
    fs::remove_file(directory.path().join("drift.json")).expect("the result goes");
    assert!(
        publish(&github, directory.path(), &["check"])
            .failed()
            .contains("the file cannot be read")
    );
}
