//! `deploy-bucket-not-served` and `deploy-distribution-mismatch`.

use crate::deploy::bench::*;
use crate::plan::Read;
use crate::serving::trace::Side;

const NONE: [&str; 0] = [];
const INVALIDATE: &str = "aws cloudfront create-invalidation --distribution-id E1 --paths '/*'";

fn one_site() -> Bench {
    Bench::new()
        .site("E1", "www.example.com", "www-site", "", None)
        .bucket("other", None)
}

#[test]
fn an_upload_to_the_served_bucket_is_fine() {
    assert_eq!(
        one_site()
            .runs(None, &["aws s3 sync out s3://www-site --delete", INVALIDATE])
            .says(),
        NONE
    );
}

#[test]
fn an_upload_beside_an_invalidation_must_land_where_the_distribution_serves_from() {
    let bench = one_site().runs(None, &["aws s3 sync out s3://other", INVALIDATE]);
    assert_eq!(bench.says(), ["deploy-bucket-not-served high"]);
    let finding = &bench.check().findings[0];
    assert_eq!(finding.impact, ["www.example.com"]);
    assert_eq!(
        finding.title,
        "job deploy of deploy.yml uploads to other, which distribution E1 (www.example.com) does not serve from"
    );
    assert_eq!(
        finding.detail,
        "At .github/workflows/deploy.yml:6, .github/workflows/deploy.yml:7. Live and in the state it serves from www-site. \
         Visitors will not get what is uploaded."
    );
}

#[test]
fn a_bucket_that_only_one_side_serves_from_is_told_with_the_side() {
    let moved = |bench: Bench| {
        bench.live_config("E1", |config| {
            config.origins[0].domain_name = "other.s3.eu-west-2.amazonaws.com".to_owned()
        })
    };
    let bench = moved(one_site()).runs(None, &["aws s3 sync out s3://www-site", INVALIDATE]);
    assert_eq!(bench.says(), ["deploy-bucket-not-served high"]);
    assert!(
        bench.check().findings[0]
            .detail
            .contains(" Live it serves from other. ")
    );
    let bench = moved(one_site()).runs(None, &["aws s3 sync out s3://other", INVALIDATE]);
    assert_eq!(bench.says(), ["deploy-bucket-not-served high"]);
    assert!(
        bench.check().findings[0]
            .detail
            .contains(" In the state it serves from www-site. ")
    );
    // Without an invalidation the state still couples the bucket with the distribution.
    let bench = moved(one_site()).runs(None, &["aws s3 sync out s3://www-site"]);
    assert_eq!(bench.says(), ["deploy-bucket-not-served high"]);
}

#[test]
fn a_pattern_that_cannot_be_the_bucket_is_a_finding_and_one_that_can_is_not() {
    let upload = |target: &str| {
        one_site()
            .runs(None, &[&format!("aws s3 sync out s3://{target}"), INVALIDATE])
            .says()
    };
    assert_eq!(upload("${{ secrets.BUCKET }}"), NONE);
    assert_eq!(upload("${{ vars.NAME }}-site"), NONE);
    assert_eq!(upload("${{ vars.NAME }}-assets"), ["deploy-bucket-not-served high"]);
}

#[test]
fn artifacts_beside_the_site_are_nobodys_business() {
    let lines = [
        "aws s3 sync out s3://www-site",
        "aws s3 sync reports s3://other/reports",
        INVALIDATE,
    ];
    assert_eq!(one_site().runs(None, &lines).says(), ["bucket-not-served info"]);
    let lines = ["aws s3 cp release.zip s3://other/release.zip", INVALIDATE];
    assert_eq!(one_site().runs(None, &lines).says(), NONE);
    let lines = [
        "aws s3 sync out s3://other --endpoint-url https://r2.example.com",
        INVALIDATE,
    ];
    assert_eq!(one_site().runs(None, &lines).says(), NONE);
}

#[test]
fn two_sites_in_one_job_are_kept_apart() {
    let bench = || one_site().site("E2", "docs.example.com", "docs-site", "", None);
    let second = "aws cloudfront create-invalidation --distribution-id E2 --paths '/*'";
    let lines = [
        "aws s3 sync a s3://www-site",
        "aws s3 sync b s3://docs-site",
        INVALIDATE,
        second,
    ];
    assert_eq!(bench().runs(None, &lines).says(), NONE);
    let lines = [
        "aws s3 sync a s3://www-site",
        "aws s3 sync b s3://other",
        INVALIDATE,
        second,
    ];
    assert_eq!(bench().runs(None, &lines).says(), ["deploy-bucket-not-served high"]);
}

#[test]
fn branches_are_paired_with_their_own_distribution() {
    let bench = || one_site().site("E2", "docs.example.com", "docs-site", "", None);
    let job = |main: &str, other: &str| {
        format!(
            "  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          if [ \"$GITHUB_REF\" = refs/heads/main ]; then\n            B={main}; D=E1\n          else\n            B={other}; D=E2\n          fi\n          aws s3 sync out s3://$B\n          aws cloudfront create-invalidation --distribution-id $D --paths '/*'\n"
        )
    };
    assert_eq!(bench().workflow("deploy", &job("www-site", "docs-site")).says(), NONE);
    let crossed = bench().workflow("deploy", &job("docs-site", "www-site")).says();
    assert_eq!(crossed, ["deploy-distribution-mismatch high"; 2]);
}

#[test]
fn a_bucket_that_another_distribution_serves_makes_the_distribution_the_odd_one() {
    let bench = one_site().site("E2", "docs.example.com", "docs-site", "", None);
    let bench = bench.runs(None, &["aws s3 sync out s3://docs-site", INVALIDATE]);
    assert_eq!(bench.says(), ["deploy-distribution-mismatch high"]);
}

#[test]
fn what_the_origin_may_be_is_not_told() {
    let upload = ["aws s3 sync out s3://other", INVALIDATE];
    let origin = |domain: &str| {
        let mut bench = one_site();
        for side in [&mut bench.live, &mut bench.state] {
            add_distribution(
                side,
                distribution("E1", "www.example.com", &[(&format!("domain:{domain}"), "")]),
            );
        }
        bench.runs(None, &upload).says()
    };
    // A name outside AWS, an access point, another distribution: a bucket may stand behind each.
    assert_eq!(origin("origin.example.net"), ["bucket-not-served info"]);
    assert_eq!(origin("d1.cloudfront.net"), ["bucket-not-served info"]);
    // An edge function that may send requests elsewhere.
    let function = |bench: Bench| {
        bench.live_config("E1", |config| {
            let function = crate::inventory::LambdaFunctionAssociation {
                event_type: "origin-request".to_owned(),
                ..Default::default()
            };
            config
                .default_cache_behavior
                .lambda_function_associations
                .push(function);
        })
    };
    let mut bench = function(one_site()).runs(None, &upload);
    bench.state = bench.live.clone();
    assert_eq!(bench.says(), ["bucket-not-served info"]);
}

#[test]
fn a_bucket_that_is_copied_to_the_served_one_is_served() {
    let replicated = |bench: Bench| {
        bench.live(|live| {
            let rule = crate::inventory::ReplicationRule {
                destination_bucket: "arn:aws:s3:::www-site".to_owned(),
                ..Default::default()
            };
            let replication = crate::inventory::Replication {
                role: String::new(),
                rules: vec![rule],
            };
            live.bucket.get_mut("other").unwrap().replication = crate::inventory::Answer::Found(replication);
        })
    };
    let mut bench = replicated(one_site()).runs(None, &["aws s3 sync out s3://other", INVALIDATE]);
    bench.state = bench.live.clone();
    assert_eq!(bench.says(), NONE);
}

#[test]
fn a_distribution_known_by_name_only_is_read_first() {
    let mut bench = one_site().runs(None, &["aws s3 sync out s3://other", INVALIDATE]);
    let details = std::mem::take(&mut bench.live.distribution);
    bench.state.distribution.clear();
    bench.state.distributions = crate::inventory::Answer::Found(Vec::new());
    let result = bench.check();
    assert_eq!(result.needs, [Read::Distribution("E1".to_owned())]);
    bench.live.distribution = details;
    assert_eq!(bench.says(), ["deploy-bucket-not-served high"]);
    assert_eq!(bench.check().needs, []);
}

#[test]
fn a_distribution_of_another_account_is_told_and_not_judged() {
    let bench = one_site().runs(
        None,
        &["aws s3 sync out s3://elsewhere", &INVALIDATE.replace("E1", "E9")],
    );
    assert_eq!(bench.says(), NONE);
    let finding = &bench.check().findings[0];
    assert_eq!(
        (&*finding.rule, finding.title.as_str()),
        (
            "deploy-target-unresolved",
            "job deploy of deploy.yml: distribution E9 is none of this account",
        )
    );
}

#[test]
fn a_declared_target_is_held_against_the_host() {
    let declared = |text: &str| {
        let bench = one_site().site("E2", "docs.example.com", "docs-site", "", None);
        let bench = bench.traced(Side::Live, "www.example.com", Some("E1"), &[("www-site", "")]);
        bench.declare(text).warns()
    };
    assert_eq!(declared("host=www.example.com,bucket=www-site,distribution=E1"), NONE);
    assert_eq!(declared("host=www.example.com,bucket=www-site"), NONE);
    assert_eq!(
        declared("host=www.example.com,bucket=other"),
        ["deploy-bucket-not-served high"]
    );
    assert_eq!(
        declared("host=www.example.com,distribution=E2"),
        ["deploy-distribution-mismatch high"]
    );
    assert_eq!(declared("distribution=E9"), ["deploy-distribution-mismatch high"]);
    assert_eq!(
        declared("bucket=other,distribution=E1"),
        ["deploy-bucket-not-served high"]
    );
    assert_eq!(
        declared("bucket=docs-site,distribution=E1"),
        ["deploy-distribution-mismatch high"]
    );
    assert_eq!(declared("bucket=www-site"), NONE);
}

#[test]
fn a_declared_host_of_which_nothing_is_known_is_said_aloud() {
    let bench = one_site().declare("host=ww.example.com,bucket=www-site");
    let result = bench.check();
    assert_eq!(said(&result), ["deploy-target-unresolved medium"]);
    assert_eq!(
        result.findings[0].title,
        "declared deployment 1: nothing known answers for ww.example.com"
    );
}

#[test]
fn what_could_not_be_read_is_a_doubt_and_no_finding() {
    let failed = || {
        crate::inventory::Failure::new(
            crate::inventory::Reason::AccessDenied,
            "cloudfront:GetDistribution",
            "no",
        )
    };
    let mut bench = one_site().runs(None, &["aws s3 sync out s3://other", INVALIDATE]);
    bench.live.distributions = crate::inventory::Answer::NotRead;
    bench.live.distribution.clear();
    let needs = bench.check().needs;
    assert_eq!(needs, [Read::Distributions, Read::Distribution("E1".to_owned())]);
    bench.live.distributions = crate::inventory::Answer::Failed(failed());
    bench
        .live
        .distribution
        .insert("E1".to_owned(), crate::inventory::Answer::Failed(failed()));
    let result = bench.check();
    assert_eq!(
        (result.needs.len(), result.doubts.as_slice()),
        (0, &["distribution E1: cloudfront:GetDistribution: no".to_owned()][..])
    );
    // The state still says where the distribution serves from.
    assert_eq!(said(&result), ["deploy-bucket-not-served high"]);
}

#[test]
fn a_host_without_cloudfront_is_held_against_its_bucket() {
    let declared = |text: &str| {
        let bench = Bench::new().bucket("www.example.com", None).bucket("other", None);
        let from = [("www.example.com", "")];
        let bench = bench.traced(Side::Live, "www.example.com", None, &from);
        bench
            .traced(Side::State, "www.example.com", None, &from)
            .declare(text)
            .says()
    };
    assert_eq!(declared("host=www.example.com,bucket=www.example.com"), NONE);
    assert_eq!(
        declared("host=www.example.com,bucket=other"),
        ["deploy-bucket-not-served high"]
    );
}
