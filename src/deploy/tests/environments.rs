//! `deploy-environment-crossed` and `deploy-prefix-shared`.

use crate::deploy::bench::*;

const NONE: [&str; 0] = [];

fn two() -> Bench {
    Bench::new()
        .site("E1", "www.example.com", "site-a", "", Some("prod"))
        .site("E2", "stage.example.com", "site-b", "", Some("stage"))
        .bucket("plain", Some("stage"))
}

fn deploy(environment: &str, bucket: &str, distribution: &str) -> Vec<String> {
    let invalidate = format!("aws cloudfront create-invalidation --distribution-id {distribution} --paths '/*'");
    two()
        .runs(
            Some(environment),
            &[&format!("aws s3 sync out s3://{bucket}"), &invalidate],
        )
        .warns()
}

#[test]
fn a_job_writes_to_its_own_environment() {
    assert_eq!(deploy("production", "site-a", "E1"), NONE);
    assert_eq!(deploy("staging", "site-b", "E2"), NONE);
    // An environment that tells nothing.
    assert_eq!(deploy("blue", "site-a", "E1"), NONE);
}

#[test]
fn a_job_that_writes_to_another_environment_is_told_once() {
    assert_eq!(
        deploy("production", "site-b", "E1"),
        ["deploy-environment-crossed high"]
    );
    assert_eq!(
        deploy("production", "site-b", "E2"),
        ["deploy-environment-crossed high"]
    );
    assert_eq!(
        deploy("staging", "site-a", "E1"),
        ["deploy-environment-crossed critical"]
    );
}

#[test]
fn a_bucket_that_nothing_serves_is_no_crossing() {
    let bench = two().runs(Some("production"), &["aws s3 sync reports s3://plain"]);
    assert_eq!(bench.says(), ["bucket-not-served info"]);
}

#[test]
fn a_part_set_aside_for_previews_is_no_crossing() {
    for prefix in ["preview/${{ github.event.number }}", "pr-7", "staging"] {
        let line = format!("aws s3 sync out s3://site-a/{prefix}");
        let invalidate = "aws cloudfront create-invalidation --distribution-id E1 --paths '/*'";
        assert_eq!(
            two().runs(Some("staging"), &[&line, invalidate]).warns(),
            NONE,
            "{prefix}"
        );
    }
}

#[test]
fn environments_before_production_may_share_unless_another_job_keeps_them_apart() {
    let qa = job(
        "qa",
        Some("qa"),
        &[
            "aws s3 sync out s3://site-b",
            "aws cloudfront create-invalidation --distribution-id E2 --paths '/*'",
        ],
    );
    assert_eq!(two().workflow("qa", &qa).warns(), NONE);
    let stage = job(
        "stage",
        Some("stage"),
        &[
            "aws s3 sync out s3://site-b",
            "aws cloudfront create-invalidation --distribution-id E2 --paths '/*'",
        ],
    );
    assert_eq!(
        two().workflow("qa", &qa).workflow("stage", &stage).warns(),
        ["deploy-environment-crossed medium"]
    );
}

#[test]
fn the_name_of_another_environments_secret_is_weak_evidence_and_needs_that_environments_job() {
    let prod = job(
        "prod",
        Some("prod"),
        &["aws s3 sync out s3://${{ secrets.BUCKET_STAGE }}"],
    );
    let stage = job(
        "stage",
        Some("stage"),
        &["aws s3 sync out s3://${{ secrets.BUCKET_STAGE }}"],
    );
    assert_eq!(two().workflow("deploy", &prod).says(), NONE);
    let both = format!("{prod}{stage}");
    assert_eq!(
        two().workflow("deploy", &both).says(),
        ["deploy-environment-crossed medium"]
    );
    // Mapped, it is certain, and the value is not told.
    let mapped = two()
        .workflow("deploy", &both)
        .secret("prod", "BUCKET_STAGE", "site-b")
        .secret("stage", "BUCKET_STAGE", "site-b");
    let findings = mapped.check().findings;
    assert_eq!(
        findings
            .iter()
            .filter(|one| one.rule == "deploy-environment-crossed")
            .count(),
        1
    );
    assert!(
        findings
            .iter()
            .all(|one| !format!("{}{}{}", one.title, one.detail, one.resource.id).contains("site-b"))
    );
    // Or harmless: the value is production's.
    let fine = two()
        .workflow("deploy", &both)
        .secret("prod", "BUCKET_STAGE", "site-a")
        .secret("stage", "BUCKET_STAGE", "site-b");
    assert!(
        fine.says()
            .iter()
            .all(|line| line.starts_with("deploy-without-invalidation")),
        "{:?}",
        fine.says()
    );
}

#[test]
fn two_environments_do_not_write_to_one_prefix() {
    let deploys = |first: &str, second: &str| {
        let one = job("one", Some("dev"), &[first]);
        let other = job("other", Some("prod"), &[second]);
        two().workflow("deploy", &format!("{one}{other}")).says()
    };
    let plain = ["bucket-not-served info", "bucket-not-served info"];
    let with = |rule: &'static str| [vec![rule], plain.to_vec()].concat();
    assert_eq!(
        deploys("aws s3 sync out s3://plain", "aws s3 sync out s3://plain"),
        with("deploy-prefix-shared medium")
    );
    assert_eq!(
        deploys("aws s3 sync out s3://plain --delete", "aws s3 sync out s3://plain"),
        with("deploy-prefix-shared high")
    );
    assert_eq!(
        deploys("aws s3 sync out s3://plain/dev", "aws s3 sync out s3://plain"),
        plain
    );
    assert_eq!(
        deploys(
            "aws s3 cp a.html s3://plain/a.html",
            "aws s3 cp b.html s3://plain/b.html"
        ),
        plain
    );
}

#[test]
fn two_ways_to_deploy_one_environment_share_a_prefix() {
    let invalidate = "aws cloudfront create-invalidation --distribution-id E1 --paths '/*'";
    let lines = ["aws s3 sync out s3://site-a --delete", invalidate];
    let bench = two().workflow("push", &job("deploy", Some("prod"), &lines));
    assert_eq!(
        bench.workflow("manual", &job("deploy", Some("prod"), &lines)).warns(),
        NONE
    );
}
