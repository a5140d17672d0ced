//! Two runs at the same moment. The server holds their requests until both are in, so that each decides without having
//! seen the other.

use std::thread;

use driftgate::publish::{
    CommentAction, CommentRequest, IssueAction, IssueRequest, block_on, publish_comment, publish_issue,
};

use super::github::GitHub;
use super::{clean, client, dirty, tell};

const LIST: &str = "GET /repos/example/site/issues";
const OPEN: &str = "POST /repos/example/site/issues";
const COMMENTS: &str = "GET /repos/example/site/issues/1/comments";
const COMMENT: &str = "POST /repos/example/site/issues/1/comments";

/// Runs the request on as many threads; what each did, in no order.
fn at_once(github: &GitHub, count: usize, request: &IssueRequest) -> Vec<(IssueAction, Option<u64>)> {
    thread::scope(|scope| {
        let runs: Vec<_> = (0..count)
            .map(|_| scope.spawn(|| block_on(publish_issue(&client(github), request)).expect("published")))
            .collect();
        let outcomes = runs.into_iter().map(|run| run.join().expect("a run ends"));
        outcomes.map(|outcome| (outcome.action, outcome.number)).collect()
    })
}

/// The state that matters: one open issue, and every run says that it is this one.
fn assert_one(github: &GitHub, outcomes: &[(IssueAction, Option<u64>)]) {
    let open = github.repository().open();
    let [kept] = open.as_slice() else {
        panic!("open: {open:?}, {outcomes:?}");
    };
    for (action, number) in outcomes {
        assert!(
            number == &Some(*kept) || *action == IssueAction::Opened,
            "{outcomes:?}, open is {kept}"
        );
    }
}

#[test]
fn both_look_before_either_opens() {
    let github = GitHub::start_with(vec![(LIST, 2)]);
    let outcomes = at_once(&github, 2, &dirty("One finding."));
    assert_one(&github, &outcomes);
    assert_eq!(github.repository().issues.len(), 2, "both opened one");
    assert_eq!(
        tell(&github, &dirty("One finding.")).expect("looked at").number,
        Some(1)
    );
}

#[test]
fn both_open_before_either_looks_again() {
    let github = GitHub::start_with(vec![(LIST, 2), (OPEN, 2)]);
    let outcomes = at_once(&github, 2, &dirty("One finding."));
    assert_one(&github, &outcomes);
    let mut actions: Vec<_> = outcomes.iter().map(|(action, _)| *action).collect();
    actions.sort_by_key(|action| *action == IssueAction::Joined);
    assert_eq!(actions, [IssueAction::Opened, IssueAction::Joined]);
    let repository = github.repository();
    assert_eq!(repository.open(), [1]);
    assert_eq!(repository.issue(2).state_reason.as_deref(), Some("not_planned"));
}

#[test]
fn many_at_once_leave_one() {
    let github = GitHub::start_with(vec![(LIST, 6)]);
    at_once(&github, 6, &dirty("One finding."));
    assert_eq!(github.repository().open(), [1]);
    assert_eq!(tell(&github, &clean()).expect("closed").number, Some(1));
    assert_eq!(github.repository().open(), Vec::<u64>::new());
    at_once(&github, 4, &dirty("One finding, again."));
    assert_eq!(
        github.repository().open(),
        [1],
        "the first is opened again, and none beside it"
    );
}

#[test]
fn one_comment_stays() {
    for meetings in [vec![(COMMENTS, 2)], vec![(COMMENTS, 2), (COMMENT, 2)]] {
        let github = GitHub::start_with(meetings);
        github.repository().make("A change", "", None, true);
        let request = CommentRequest {
            key: String::new(),
            pull_request: 1,
            body: "One finding.".to_owned(),
        };
        let outcomes: Vec<_> = thread::scope(|scope| {
            let runs: Vec<_> = (0..2)
                .map(|_| scope.spawn(|| block_on(publish_comment(&client(&github), &request)).expect("published")))
                .collect();
            runs.into_iter().map(|run| run.join().expect("a run ends")).collect()
        });
        let repository = github.repository();
        let [kept] = repository.comments.as_slice() else {
            panic!("{:?}", repository.comments);
        };
        assert_eq!(kept.body, "<!-- driftgate:comment= -->\nOne finding.");
        for outcome in outcomes {
            assert!(
                outcome.id == kept.id || outcome.action == CommentAction::Created,
                "{outcome:?}"
            );
        }
    }
}
