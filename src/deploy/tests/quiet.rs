//! Whole deployments as people write them, on healthy sites: nothing is said.

use crate::deploy::bench::*;
use crate::deploy::{Deployment, Phase, check};
use crate::finding::Severity;
use crate::serving::trace::Side;
use crate::workflows::{self, Mapping, Repository};

const NONE: [&str; 0] = [];

fn estate() -> Bench {
    Bench::new()
        .site("E1", "www.example.com", "site-prod", "", Some("prod"))
        .site("E2", "stage.example.com", "site-stage", "", Some("stage"))
        .bucket("build-cache", None)
}

#[test]
fn a_matrix_over_environments() {
    let jobs = "  deploy:\n    runs-on: ubuntu-latest\n    environment: ${{ matrix.env }}\n    strategy:\n      matrix:\n        include:\n          - { env: prod, dist: E1 }\n          - { env: stage, dist: E2 }\n    steps:\n      - run: aws s3 sync out s3://site-${{ matrix.env }} --delete\n      - run: aws cloudfront create-invalidation --distribution-id ${{ matrix.dist }} --paths '/*'\n";
    assert_eq!(estate().workflow("deploy", jobs).says(), NONE);
    let crossed = jobs
        .replace("dist: E1", "dist: E3")
        .replace("dist: E2", "dist: E1")
        .replace("E3", "E2");
    let said = estate().workflow("deploy", &crossed).says();
    assert_eq!(said, ["deploy-distribution-mismatch high"; 2]);
}

#[test]
fn a_reusable_workflow_called_once_per_environment() {
    let called = "on:\n  workflow_call:\n    inputs:\n      env: { type: string }\n      dist: { type: string }\njobs:\n  upload:\n    runs-on: ubuntu-latest\n    environment: ${{ inputs.env }}\n    steps:\n      - run: aws s3 sync out s3://site-${{ inputs.env }} --delete\n      - run: aws cloudfront create-invalidation --distribution-id ${{ inputs.dist }} --paths '/*'\n";
    let call = |env: &str, dist: &str| {
        format!("  {env}:\n    uses: ./.github/workflows/site.yml\n    with:\n      env: {env}\n      dist: {dist}\n")
    };
    let both = |prod: &str, stage: &str| {
        let bench = estate().file(".github/workflows/site.yml", called);
        bench
            .workflow("deploy", &format!("{}{}", call("prod", prod), call("stage", stage)))
            .says()
    };
    assert_eq!(both("E1", "E2"), NONE);
    assert_eq!(both("E2", "E2"), ["deploy-distribution-mismatch high"]);
}

#[test]
fn one_secret_name_with_a_value_per_environment() {
    let lines = [
        "aws s3 sync out s3://${{ secrets.BUCKET }} --delete",
        "aws cloudfront create-invalidation --distribution-id ${{ secrets.DIST }} --paths '/*'",
    ];
    let jobs = format!("{}{}", job("a", Some("prod"), &lines), job("b", Some("stage"), &lines));
    let bench = || estate().workflow("deploy", &jobs);
    assert_eq!(bench().says(), NONE);
    let mapped = |bench: Bench, env: &str, bucket: &str, dist: &str| {
        bench.secret(env, "BUCKET", bucket).secret(env, "DIST", dist)
    };
    let good = mapped(mapped(bench(), "prod", "site-prod", "E1"), "stage", "site-stage", "E2");
    assert_eq!(good.says(), NONE);
    let bad = mapped(mapped(bench(), "prod", "site-stage", "E1"), "stage", "site-stage", "E2");
    assert_eq!(bad.says(), ["deploy-environment-crossed high"]);
}

#[test]
fn assets_and_pages_in_two_uploads_and_a_distribution_with_an_api() {
    let mut bench = Bench::new().bucket("pages", None).bucket("media", None);
    for side in [&mut bench.live, &mut bench.state] {
        let origins = [("pages", ""), ("media", "/m"), ("domain:api.example.net", "/v1")];
        add_distribution(side, distribution("E1", "www.example.com", &origins));
    }
    let lines = [
        "aws s3 sync out s3://pages --exclude '*.html' --cache-control max-age=31536000",
        "aws s3 cp out/index.html s3://pages/index.html --cache-control no-cache",
        "aws cloudfront create-invalidation --distribution-id E1 --paths /index.html",
    ];
    assert_eq!(bench.runs(None, &lines).says(), NONE);
}

#[test]
fn a_bucket_with_a_website_and_no_cloudfront() {
    let bench = Bench::new().bucket("www.example.com", None);
    let from = [("www.example.com", "")];
    let bench = bench.traced(Side::Live, "www.example.com", None, &from);
    let bench = bench.traced(Side::State, "www.example.com", None, &from);
    assert_eq!(
        bench
            .runs(None, &["aws s3 sync out s3://www.example.com --delete"])
            .says(),
        NONE
    );
}

#[test]
fn nothing_deploys() {
    assert_eq!(estate().says(), NONE);
    assert_eq!(estate().check().needs, []);
}

#[test]
fn deployments_to_an_account_that_is_not_theirs_raise_no_alarm() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/workflows");
    let mut seen = 0;
    for entry in std::fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if !path.is_dir() {
            continue;
        }
        let repository = Repository::collect(&path).unwrap();
        let deployments = Deployment::group(&workflows::find(&repository, &Mapping::new()), &[]);
        seen += deployments.len();
        let (live, state) = (estate().served(Side::Live), estate().served(Side::State));
        for phase in [Phase::Pre, Phase::Post] {
            let result = check(&deployments, &[], &live, &state, &estate().live, phase);
            let failing: Vec<&str> = result
                .findings
                .iter()
                .filter(|one| severity(one) > Severity::Info)
                .map(|one| one.title.as_str())
                .collect();
            // The jobs of the incident that name the other environment's secret do so in any account.
            let crossed = ["2-second-upload", "3-bad-substitution", "4-wrong-bucket"];
            let crossed = crossed.iter().any(|step| path.ends_with(format!("incident-{step}")));
            assert_eq!(failing.len(), usize::from(crossed), "{}: {failing:?}", path.display());
        }
    }
    assert!(seen > 40, "{seen}");
}
