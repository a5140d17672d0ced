//! The life of one issue.

use driftgate::publish::{IssueAction, IssueRequest};

use super::github::GitHub;
use super::{clean, dirty, tell};

const MARKER: &str = "<!-- driftgate:state=site.tfstate -->\n";

#[test]
fn opened_updated_closed_and_opened_again() {
    let github = GitHub::start();
    let outcome = tell(&github, &clean()).expect("nothing to say");
    assert_eq!((outcome.action, outcome.number), (IssueAction::Nothing, None));
    assert_eq!(github.repository().issues.len(), 0);

    let outcome = tell(&github, &dirty("One finding.")).expect("opened");
    assert_eq!((outcome.action, outcome.number), (IssueAction::Opened, Some(1)));
    assert_eq!(outcome.url.as_deref(), Some("https://github.com/example/site/issues/1"));
    {
        let repository = github.repository();
        let issue = repository.issue(1);
        assert_eq!(issue.title, "Drift in site.tfstate");
        assert_eq!(issue.body, format!("{MARKER}One finding."));
        assert_eq!(issue.labels, ["driftgate", "infrastructure"]);
        assert_eq!(issue.assignees, ["alex"]);
    }

    let outcome = tell(&github, &dirty("One finding.")).expect("looked at");
    assert_eq!((outcome.action, outcome.number), (IssueAction::Unchanged, Some(1)));

    let outcome = tell(&github, &dirty("One finding, still.")).expect("updated");
    assert_eq!((outcome.action, outcome.number), (IssueAction::Updated, Some(1)));
    assert_eq!(
        github.repository().issue(1).body,
        format!("{MARKER}One finding, still.")
    );
    assert_eq!(github.repository().comments_on(1), Vec::<&str>::new(), "nothing is new");

    let news = IssueRequest {
        summary_of_change: Some("New: the bucket's policy.".to_owned()),
        ..dirty("Two findings.")
    };
    assert_eq!(tell(&github, &news).expect("updated").action, IssueAction::Updated);
    assert_eq!(github.repository().comments_on(1), ["New: the bucket's policy."]);

    let outcome = tell(&github, &clean()).expect("closed");
    assert_eq!((outcome.action, outcome.number), (IssueAction::Closed, Some(1)));
    {
        let repository = github.repository();
        let issue = repository.issue(1);
        assert!(!issue.open);
        assert_eq!(issue.state_reason.as_deref(), Some("completed"));
        assert_eq!(issue.body, format!("{MARKER}All of it is as the state says."));
        assert_eq!(
            repository.comments_on(1)[1..],
            ["The latest run found nothing left to report."]
        );
    }
    assert_eq!(
        tell(&github, &clean()).expect("nothing to say").action,
        IssueAction::Nothing
    );

    let outcome = tell(&github, &news).expect("opened again");
    assert_eq!((outcome.action, outcome.number), (IssueAction::Reopened, Some(1)));
    {
        let repository = github.repository();
        let issue = repository.issue(1);
        assert!(issue.open);
        assert_eq!(issue.state_reason.as_deref(), Some("reopened"));
        assert_eq!(issue.body, format!("{MARKER}Two findings."));
        assert_eq!(repository.comments_on(1)[2..], ["New: the bucket's policy."]);
        assert_eq!(repository.issues.len(), 1);
    }
}

#[test]
fn what_people_changed_by_hand_is_theirs() {
    let github = GitHub::start();
    tell(&github, &dirty("One finding.")).expect("opened");
    {
        let mut repository = github.repository();
        let issue = &mut repository.issues[0];
        issue.labels = vec!["driftgate".to_owned(), "wontfix".to_owned()];
        issue.assignees = vec!["sam".to_owned()];
        issue.body = format!("Looking into it.\r\n\r\n{}", issue.body.replace('\n', "\r\n"));
    }
    let outcome = tell(&github, &dirty("Two findings.")).expect("updated");
    assert_eq!((outcome.action, outcome.number), (IssueAction::Updated, Some(1)));
    let repository = github.repository();
    assert_eq!(repository.issues.len(), 1);
    assert_eq!(repository.issue(1).labels, ["driftgate", "wontfix"]);
    assert_eq!(repository.issue(1).assignees, ["sam"]);
}

#[test]
fn every_state_has_its_own() {
    let github = GitHub::start();
    for (key, number) in [("stage", 1), ("prod", 2), ("prod-2", 3), ("prod -->", 4)] {
        let request = IssueRequest {
            key: key.to_owned(),
            ..dirty("<!-- driftgate:state=stage --> is quoted in a finding")
        };
        for action in [IssueAction::Opened, IssueAction::Unchanged] {
            let outcome = tell(&github, &request).expect(key);
            assert_eq!((outcome.action, outcome.number), (action, Some(number)), "{key}");
        }
    }
}

#[test]
fn others_issues_and_pull_requests_are_left_alone() {
    let github = GitHub::start();
    {
        let mut repository = github.repository();
        // A passer-by may write the marker; the label is not theirs to give.
        repository.make("Look here", MARKER, None, false);
        repository.make("A change", MARKER, Some("driftgate"), true);
        repository.make("Notes", "What does driftgate do?", Some("driftgate"), false);
    }
    let outcome = tell(&github, &dirty("One finding.")).expect("opened");
    assert_eq!((outcome.action, outcome.number), (IssueAction::Opened, Some(4)));
    tell(&github, &clean()).expect("closed");
    assert_eq!(github.repository().open(), [1, 2, 3]);
}

#[test]
fn the_issue_is_found_behind_hundreds_of_others() {
    let github = GitHub::start();
    for _ in 0..120 {
        github.repository().make("Another state", "x", Some("driftgate"), false);
    }
    tell(&github, &dirty("One finding.")).expect("opened");
    for _ in 0..130 {
        github.repository().make("Another state", "x", Some("driftgate"), false);
    }
    github.lines();
    let outcome = tell(&github, &dirty("Two findings.")).expect("updated");
    assert_eq!((outcome.action, outcome.number), (IssueAction::Updated, Some(121)));
    assert_eq!(
        github.lines(),
        ["GET /issues", "GET /issues", "GET /issues", "PATCH /issues/121"]
    );

    tell(&github, &clean()).expect("closed");
    for issue in &mut github.repository().issues {
        issue.open = false;
    }
    github.lines();
    let outcome = tell(&github, &dirty("Three findings.")).expect("opened again");
    assert_eq!((outcome.action, outcome.number), (IssueAction::Reopened, Some(121)));
    // The newest come first: it stands on the second of the three pages of closed ones, and no further page is read.
    assert_eq!(github.lines()[..3], ["GET /issues", "GET /issues", "GET /issues"]);
}

#[test]
fn duplicates_of_an_earlier_run_that_was_cut_off_are_closed() {
    let github = GitHub::start();
    for _ in 0..3 {
        github.repository().make("Drift", MARKER, Some("driftgate"), false);
    }
    let outcome = tell(&github, &clean()).expect("closed");
    assert_eq!((outcome.action, outcome.number), (IssueAction::Closed, Some(1)));
    {
        let repository = github.repository();
        assert_eq!(repository.open(), Vec::<u64>::new());
        for number in [2, 3] {
            let issue = repository.issue(number);
            assert_eq!(issue.state_reason.as_deref(), Some("not_planned"));
            assert!(
                issue.body.contains("Duplicate of #1") && !issue.body.contains(MARKER),
                "{}",
                issue.body
            );
            assert_eq!(repository.comments_on(number), Vec::<&str>::new());
        }
    }
    let outcome = tell(&github, &dirty("One finding.")).expect("opened again");
    assert_eq!(outcome.number, Some(1), "a duplicate is never opened again");
}

#[test]
fn long_texts_are_cut_to_what_github_takes() {
    let github = GitHub::start();
    let request = IssueRequest {
        title: "t".repeat(300),
        summary_of_change: Some("c".repeat(70_000)),
        ..dirty(&"é".repeat(70_000))
    };
    tell(&github, &request).expect("opened");
    let news = IssueRequest {
        body: "short".to_owned(),
        ..request
    };
    tell(&github, &news).expect("updated");
    let repository = github.repository();
    assert_eq!(repository.issue(1).title.chars().count(), 256);
    assert_eq!(repository.issue(1).body, format!("{MARKER}short"));
    assert!(repository.comments_on(1)[0].ends_with("cut here: GitHub takes no more.\n"));
}
