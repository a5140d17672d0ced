//! Check runs.

use driftgate::publish::{Annotation, CheckRunRequest, Conclusion, Level, block_on, publish_check_run};

use super::github::{GitHub, READ_ONLY, SHA};
use super::{client, client_with};

fn request(annotations: u32) -> CheckRunRequest {
    CheckRunRequest {
        name: "driftgate".to_owned(),
        sha: SHA.to_owned(),
        conclusion: Conclusion::Neutral,
        title: "1 finding below the threshold".to_owned(),
        summary: "| finding |".to_owned(),
        annotations: (0..annotations)
            .map(|n| Annotation {
                path: "main.tf".to_owned(),
                line: n,
                level: Level::Warning,
                title: format!("finding {n}"),
                message: "The bucket has no policy.".to_owned(),
            })
            .collect(),
        details_url: Some("https://github.com/example/site/actions/runs/1".to_owned()),
    }
}

#[test]
fn annotations_come_in_batches_and_in_order() {
    for (count, requests) in [(0, 1), (1, 1), (50, 1), (51, 2), (120, 3)] {
        let github = GitHub::start();
        let outcome = block_on(publish_check_run(&client(&github), &request(count))).expect("written");
        let repository = github.repository();
        let [run] = repository.check_runs.as_slice() else {
            panic!("{} check runs", repository.check_runs.len());
        };
        assert_eq!(
            (run.id, run.name.as_str(), run.conclusion.as_str()),
            (outcome.id, "driftgate", "neutral")
        );
        assert_eq!(
            run.details_url.as_deref(),
            Some("https://github.com/example/site/actions/runs/1")
        );
        let titles: Vec<_> = run.annotations.iter().map(|a| a["title"].clone()).collect();
        let wanted: Vec<_> = (0..count).map(|n| format!("finding {n}")).collect();
        assert_eq!(titles, wanted);
        drop(repository);
        assert_eq!(github.lines().len(), requests, "{count} annotations");
    }
}

#[test]
fn texts_are_cut_to_what_github_takes() {
    let github = GitHub::start();
    let mut request = request(1);
    request.summary = "s".repeat(70_000);
    request.annotations[0].title = "t".repeat(300);
    request.annotations[0].message = "\u{1f6d1}".repeat(30_000);
    block_on(publish_check_run(&client(&github), &request)).expect("written");
    let repository = github.repository();
    assert_eq!(repository.check_runs[0].summary.chars().count(), 65_535);
}

#[test]
fn what_it_takes_stands_in_the_error() {
    let github = GitHub::start();
    let reader = client_with(&github, READ_ONLY, Default::default());
    let error = block_on(publish_check_run(&reader, &request(0))).expect_err("may only read");
    assert_eq!(
        error.to_string(),
        format!(
            "the check run could not be written: POST {}/repos/example/site/check-runs: 403 Resource not accessible by \
             integration; the token may not do that: it needs `checks: write` (in a workflow under `permissions:`; runs \
             for pull requests from forks never get it); it takes a workflow's own token or another GitHub App's, never \
             a personal one",
            github.url
        )
    );
    let gone = CheckRunRequest {
        sha: "f".repeat(40),
        ..request(0)
    };
    let error = block_on(publish_check_run(&client(&github), &gone)).expect_err("no such commit");
    assert!(
        error.to_string().contains("422 No commit found for SHA: ffff"),
        "{error}"
    );
}
