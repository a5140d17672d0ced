//! The smaller rules.

use crate::deploy::bench::*;
use crate::inventory::{Answer, Object, Website};

const NONE: [&str; 0] = [];
const INVALIDATE: &str = "aws cloudfront create-invalidation --distribution-id E1 --paths '/*'";

fn site() -> Bench {
    Bench::new().site("E1", "www.example.com", "www-site", "", None)
}

#[test]
fn an_upload_over_what_is_cached_wants_an_invalidation() {
    let bench = site().runs(None, &["aws s3 sync out s3://www-site --delete"]);
    assert_eq!(bench.says(), ["deploy-without-invalidation low"]);
    assert!(
        bench.check().findings[0]
            .detail
            .contains("Old pages that are still cached")
    );
}

#[test]
fn an_invalidation_counts_wherever_the_workflow_makes_it() {
    let jobs = format!(
        "{}{}",
        job("a", None, &["aws s3 sync out s3://www-site"]),
        job("b", None, &[INVALIDATE])
    );
    assert_eq!(site().workflow("deploy", &jobs).says(), NONE);
    let open = "aws cloudfront create-invalidation --distribution-id ${{ secrets.D }} --paths '/*'";
    assert_eq!(site().runs(None, &["aws s3 sync out s3://www-site", open]).says(), NONE);
}

#[test]
fn versions_and_uncached_sites_need_no_invalidation() {
    let versions = [
        "aws s3 sync out s3://www-site/v1.2",
        "aws s3 sync out s3://www-site/${{ github.sha }}",
    ];
    assert_eq!(site().runs(None, &versions).says(), NONE);
    let uncached = site().live_config("E1", |config| {
        config.default_cache_behavior.cache_policy_id = Some("4135ea2d-6df8-44a3-9df3-4b5a84be39ad".to_owned());
    });
    assert_eq!(uncached.runs(None, &["aws s3 sync out s3://www-site"]).says(), NONE);
}

#[test]
fn a_declared_upload_is_not_asked_for_its_invalidation() {
    assert_eq!(site().declare("bucket=www-site").says(), NONE);
}

#[test]
fn the_region_counts_for_tools_that_do_not_look_for_the_bucket() {
    let action = |region: &str| {
        let steps = format!(
            "  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: reggionick/s3-deploy@v4\n        with:\n          folder: out\n          bucket: www-site\n          bucket-region: {region}\n          dist-id: E1\n          invalidation: /\n"
        );
        site().workflow("deploy", &steps).says()
    };
    assert_eq!(action("eu-west-2"), NONE);
    assert_eq!(action("us-east-1"), ["deploy-region-mismatch low"]);
    assert_eq!(action("${{ secrets.REGION }}"), NONE);
    let cli = site().runs(None, &["aws s3 sync out s3://www-site --region us-east-1", INVALIDATE]);
    assert_eq!(cli.says(), NONE);
}

#[test]
fn a_written_bucket_that_nothing_serves_is_told_by_what_it_looks_like() {
    let plain = || site().bucket("plain", None);
    let line = ["aws s3 sync out s3://plain"];
    assert_eq!(plain().runs(None, &line).says(), ["bucket-not-served info"]);
    let website =
        plain().live(|live| live.bucket.get_mut("plain").unwrap().website = Answer::Found(Website::default()));
    assert_eq!(website.runs(None, &line).says(), ["bucket-not-served low"]);
    let open = "aws cloudfront create-invalidation --distribution-id ${{ secrets.D }} --paths '/*'";
    assert_eq!(
        plain().runs(None, &[line[0], open]).says(),
        ["bucket-not-served medium"]
    );
    // Not of this account: nothing is known of it.
    assert_eq!(site().runs(None, &line).says(), NONE);
    // Not every distribution is known.
    let unlisted = plain().live(|live| live.distributions = Answer::NotRead);
    assert_eq!(unlisted.runs(None, &line).says(), NONE);
}

#[test]
fn a_bucket_that_the_workflow_makes_is_its_own_affair() {
    let bench = site()
        .bucket("pr-site", None)
        .runs(None, &["aws s3 mb s3://pr-site", "aws s3 sync out s3://pr-site"]);
    assert_eq!(bench.says(), NONE);
}

#[test]
fn a_served_bucket_that_no_workflow_writes_is_told_where_all_else_is_known() {
    let both = || site().site("E2", "docs.example.com", "docs-site", "", None);
    let lines = ["aws s3 sync out s3://www-site", INVALIDATE];
    assert_eq!(both().runs(None, &lines).says(), ["bucket-not-deployed info"]);
    // A second distribution of the same bucket makes no second finding.
    let thrice = both().site("E3", "manual.example.com", "docs-site", "", None);
    assert_eq!(thrice.runs(None, &lines).says(), ["bucket-not-deployed info"]);
    let purge = job(
        "purge",
        None,
        &["aws cloudfront create-invalidation --distribution-id E2 --paths '/*'"],
    );
    assert_eq!(
        both().runs(None, &lines).workflow("purge", &purge).says(),
        ["bucket-not-deployed low"]
    );
    let open = job("other", None, &["aws s3 sync out s3://${{ secrets.B }}"]);
    assert_eq!(both().runs(None, &lines).workflow("other", &open).says(), NONE);
    let mut by_terraform = both().runs(None, &lines);
    let object = [("index.html".to_owned(), Answer::Found(Object::default()))].into();
    by_terraform.state.objects.insert("docs-site".to_owned(), object);
    assert_eq!(by_terraform.says(), NONE);
    assert_eq!(both().says(), NONE);
}
