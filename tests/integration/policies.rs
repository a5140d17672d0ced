//! `check --policy`, with the real binary on a recorded account.

use std::fs;
use std::path::Path;

use crate::support::binary::{Driftgate, Run};
use crate::support::repository;

fn check(directory: &Path, more: &[&str]) -> Run {
    let state = repository("fixtures/drifted/terraform.tfstate");
    let live = repository("fixtures/drifted/live.json");
    let (state, live) = (state.to_string_lossy(), live.to_string_lossy());
    let arguments = [
        "check",
        "--state",
        &state,
        "--live",
        &live,
        "--format",
        "json",
        "--no-workflows",
    ];
    Driftgate::new(arguments.into_iter().chain(more.iter().copied()))
        .within(directory)
        .run()
}

fn with(text: &str) -> Run {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("p.hcl"), text).expect("the policy is written");
    check(directory.path(), &["--policy", "p.hcl"])
}

#[test]
fn what_a_policy_allows_does_not_fail() {
    let plain = check(Path::new("."), &[]);
    assert_eq!(plain.code, 2);
    let allowed =
        with("rule \"all\" {\n  when = glob(\"*\", finding.rule)\n  action = \"allow\"\n  reason = \"known\"\n}\n");
    assert!([0, 3].contains(&allowed.code), "{}", allowed.stderr);
    let findings = |run: &Run| run.json()["findings"].as_array().map_or(0, Vec::len);
    assert_eq!(
        findings(&allowed),
        findings(&plain),
        "what is allowed is shown all the same"
    );
    assert_eq!(
        allowed.json()["findings"][0]["decisions"][0]["by"]["place"]["file"],
        "p.hcl"
    );
}

#[test]
fn an_allowance_that_is_over_fails_again_and_says_so() {
    let run = with(
        "rule \"all\" {\n  when = glob(\"*\", finding.rule)\n  action = \"allow\"\n  reason = \"known\"\n  until = \"2026-11-20\"\n}\n",
    );
    assert_eq!(run.code, 2);
    assert_eq!(
        run.json()["findings"][0]["notes"][0],
        "the allowance \"all\" at p.hcl:1 expired on 2026-11-20"
    );
}

#[test]
fn a_policy_that_is_none_is_no_run() {
    for (text, expected) in [
        ("rule \"x\" {", "p.hcl:1:"),
        (
            "rule \"x\" {\n  when = finding.rule == \"nope\"\n}\n",
            "p.hcl:2:26: there is no rule \"nope\"",
        ),
        ("rule \"x\" {\n  when = finding.title + 1 == 2\n}\n", "p.hcl:2:10: "),
        (
            "rule \"x\" {\n  when = finding.rule == \"resource-changed\"\n  action = \"allow\"\n}\n",
            "p.hcl:1:1: this allowance has no `reason`",
        ),
    ] {
        let run = with(text);
        assert_eq!((run.code, run.stdout.as_str()), (1, ""), "{}", run.stderr);
        let lines: Vec<&str> = run.stderr.lines().collect();
        assert!(
            lines[0].starts_with(&format!("driftgate: error: {expected}")),
            "{}",
            run.stderr
        );
        assert!(lines.last().is_some_and(|line| line.contains('^')), "{}", run.stderr);
    }
}

#[test]
fn a_policy_that_is_not_there_is_said() {
    let directory = tempfile::tempdir().expect("a directory");
    for path in ["none.hcl", "."] {
        let run = check(directory.path(), &["--policy", path]);
        assert!(run.failed().contains("--policy takes a file"), "{}", run.stderr);
    }
}
