//! The one comment on a pull request.

use driftgate::publish::{CommentAction, CommentOutcome, CommentRequest, PublishError, block_on, publish_comment};

use super::client;
use super::github::GitHub;

const MARKER: &str = "<!-- driftgate:comment=prod -->\n";

fn request(body: &str) -> CommentRequest {
    CommentRequest {
        key: "prod".to_owned(),
        pull_request: 1,
        body: body.to_owned(),
    }
}

fn say(github: &GitHub, request: &CommentRequest) -> Result<CommentOutcome, PublishError> {
    block_on(publish_comment(&client(github), request))
}

fn with_pull_request() -> GitHub {
    let github = GitHub::start();
    github.repository().make("A change", "", None, true);
    github
}

#[test]
fn it_is_written_once_and_kept_up_to_date() {
    let github = with_pull_request();
    github.repository().say(1, "sam", "Nice.");
    let created = say(&github, &request("One finding.")).expect("written");
    assert_eq!(created.action, CommentAction::Created);
    for _ in 0..150 {
        github.repository().say(1, "sam", "And another thing.");
    }
    let again = say(&github, &request("One finding.")).expect("looked at");
    assert_eq!((again.action, again.id), (CommentAction::Unchanged, created.id));
    let updated = say(&github, &request("Clean.")).expect("updated");
    assert_eq!((updated.action, updated.id), (CommentAction::Updated, created.id));
    assert_eq!(
        updated.url,
        format!("https://github.com/example/site/issues/1#issuecomment-{}", created.id)
    );
    let other = CommentRequest {
        key: "stage".to_owned(),
        ..request("Clean.")
    };
    assert_eq!(say(&github, &other).expect("written").action, CommentAction::Created);
    let repository = github.repository();
    let ours = repository
        .comments_on(1)
        .into_iter()
        .filter(|body| body.contains("driftgate:"));
    assert_eq!(
        ours.collect::<Vec<_>>(),
        [
            format!("{MARKER}Clean."),
            "<!-- driftgate:comment=stage -->\nClean.".to_owned()
        ]
    );
}

#[test]
fn a_comment_that_a_passer_by_planted_is_not_taken_over() {
    let github = with_pull_request();
    let planted = github.repository().say(1, "passer-by", MARKER);
    let outcome = say(&github, &request("One finding.")).expect("written");
    assert_eq!(outcome.action, CommentAction::Created);
    assert_ne!(outcome.id, planted);
    assert_eq!(
        github.repository().comments_on(1),
        [MARKER.to_owned(), format!("{MARKER}One finding.")]
    );
}

#[test]
fn several_become_one() {
    let github = with_pull_request();
    for _ in 0..3 {
        github.repository().say(1, "github-actions[bot]", MARKER);
    }
    say(&github, &request("One finding.")).expect("updated");
    assert_eq!(github.repository().comments_on(1), [format!("{MARKER}One finding.")]);
}

#[test]
fn a_pull_request_that_is_not_there_is_named() {
    let github = GitHub::start();
    let error = say(&github, &request("One finding.")).expect_err("no pull request");
    assert_eq!(
        error.to_string(),
        format!(
            "the pull request's comments could not be listed: GET {}/repos/example/site/issues/1/comments: 404 Not \
             Found; there is no such repository or pull request, or the token cannot see it: check --repository, \
             --pull-request and the token's access (`pull-requests: write`)",
            github.url
        )
    );
}
