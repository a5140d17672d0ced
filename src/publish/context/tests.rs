use std::io;

use super::*;

const SHA: &str = "0123456789abcdef0123456789abcdef01234567";
const HEAD: &str = "89abcdef0123456789abcdef0123456789abcdef";

/// A run with these variables, whose event is this text.
fn within<T>(variables: &[(&str, &str)], event: Option<&str>, ask: impl FnOnce(&Context<'_>) -> T) -> T {
    ask(&Context {
        variable: &|name| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        },
        read: &|_| {
            event
                .map(ToOwned::to_owned)
                .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
        },
    })
}

#[test]
fn what_is_given_wins_over_the_environment() {
    let variables = [
        ("GITHUB_REPOSITORY", "example/site"),
        ("GITHUB_SHA", SHA),
        ("GITHUB_REF", "refs/pull/7/merge"),
    ];
    within(&variables, None, |context| {
        assert_eq!(context.repository(None).expect("set").to_string(), "example/site");
        assert_eq!(context.repository(Some("a/b")).expect("given").to_string(), "a/b");
        assert_eq!(context.sha(None).expect("set"), SHA);
        assert_eq!(context.sha(Some(HEAD)).expect("given"), HEAD);
        assert_eq!(context.pull_request(None).expect("set"), 7);
        assert_eq!(context.pull_request(Some(8)).expect("given"), 8);
        assert_eq!(context.api_url(), GITHUB);
    });
}

#[test]
fn what_is_missing_names_the_flag_or_the_variable() {
    for variables in [
        &[][..],
        &[("GITHUB_REPOSITORY", ""), ("GITHUB_SHA", " "), ("GITHUB_TOKEN", "")][..],
    ] {
        within(variables, None, |context| {
            let errors = [
                (
                    context.repository(None).expect_err("unset").to_string(),
                    "--repository OWNER/NAME",
                ),
                (context.sha(None).expect_err("unset").to_string(), "--sha SHA"),
                (
                    context.pull_request(None).expect_err("unset").to_string(),
                    "--pull-request NUMBER",
                ),
                (
                    context.token().expect_err("unset").to_string(),
                    "`env: GITHUB_TOKEN: ${{ github.token }}`",
                ),
                (
                    context.slack_webhook().expect_err("unset").to_string(),
                    "DRIFTGATE_SLACK_WEBHOOK",
                ),
            ];
            for (error, names) in errors {
                assert!(error.contains(names), "{error}");
            }
            assert_eq!(context.run_url(), None);
        });
    }
}

#[test]
fn wrong_values_are_said_with_their_source() {
    within(
        &[("GITHUB_REPOSITORY", "site"), ("GITHUB_SHA", "main")],
        None,
        |context| {
            let error = context.repository(None).expect_err("no owner").to_string();
            assert!(error.starts_with("GITHUB_REPOSITORY: "), "{error}");
            let error = context.repository(Some("x")).expect_err("no owner").to_string();
            assert!(error.starts_with("--repository: "), "{error}");
            assert!(
                context
                    .sha(None)
                    .expect_err("a branch")
                    .to_string()
                    .contains("\"main\"")
            );
        },
    );
    within(&[("GITHUB_REF", "refs/heads/main")], None, |context| {
        let error = context.pull_request(None).expect_err("a branch").to_string();
        assert!(error.contains("refs/heads/main"), "{error}");
    });
}

#[test]
fn the_event_tells_the_pull_request_and_its_head() {
    let variables = [
        ("GITHUB_REF", "refs/heads/main"),
        ("GITHUB_SHA", SHA),
        ("GITHUB_EVENT_PATH", "/event.json"),
    ];
    let cases = [
        (
            format!("{{\"pull_request\":{{\"number\":9,\"head\":{{\"sha\":\"{HEAD}\"}}}}}}"),
            Some(9),
            HEAD,
        ),
        (
            "{\"issue\":{\"number\":4,\"pull_request\":{\"url\":\"x\"}}}".to_owned(),
            Some(4),
            SHA,
        ),
        ("{\"issue\":{\"number\":4}}".to_owned(), None, SHA),
        (format!("{{\"workflow_run\":{{\"head_sha\":\"{HEAD}\"}}}}"), None, HEAD),
        ("[1]".to_owned(), None, SHA),
    ];
    for (event, number, sha) in cases {
        within(&variables, Some(&event), |context| {
            assert_eq!(context.pull_request(None).ok(), number, "{event}");
            assert_eq!(context.sha(None).expect("a commit"), sha, "{event}");
        });
    }
}

#[test]
fn an_event_that_cannot_be_read_is_never_passed_over() {
    let variables = [("GITHUB_SHA", SHA), ("GITHUB_EVENT_PATH", "/event.json")];
    for event in [None, Some("{"), Some("")] {
        within(&variables, event, |context| {
            let error = context.sha(None).expect_err("no event").to_string();
            assert!(error.starts_with("/event.json: ") && error.contains("--sha"), "{error}");
            let error = context.pull_request(None).expect_err("no event").to_string();
            assert!(error.contains("--pull-request"), "{error}");
            assert_eq!(context.sha(Some(HEAD)).expect("given"), HEAD);
        });
    }
}

#[test]
fn references_other_than_pull_requests_hold_no_number() {
    for (reference, number) in [
        ("refs/pull/12/merge", Some(12)),
        ("refs/pull/12/head", Some(12)),
        ("refs/pull/x/merge", None),
        ("refs/pull/12", None),
        ("refs/heads/pull/12/merge", None),
        ("refs/tags/v1", None),
    ] {
        assert_eq!(number_in(reference), number, "{reference}");
    }
}

#[test]
fn the_run_has_a_page() {
    let mut variables = vec![
        ("GITHUB_SERVER_URL", "https://github.com"),
        ("GITHUB_REPOSITORY", "example/site"),
        ("GITHUB_RUN_ID", "42"),
        ("GITHUB_RUN_ATTEMPT", "1"),
    ];
    let page = "https://github.com/example/site/actions/runs/42";
    within(&variables, None, |context| {
        assert_eq!(context.run_url().as_deref(), Some(page))
    });
    variables[3].1 = "2";
    within(&variables, None, |context| {
        assert_eq!(context.run_url(), Some(format!("{page}/attempts/2")));
    });
}
