//! `deploy-path-not-served` and `origin-path-never-built`.

use std::collections::BTreeMap;

use crate::deploy::bench::*;
use crate::inventory::{Answer, Object};
use crate::plan::Read;

const NONE: [&str; 0] = [];
const INVALIDATE: &str = "aws cloudfront create-invalidation --distribution-id E1 --paths '/*'";

fn versioned() -> Bench {
    Bench::new()
        .site("E1", "www.example.com", "www-site", "/v1", None)
        .live(|live| store(live, "www-site", "v1/index.html"))
}

fn upload(target: &str) -> Vec<String> {
    versioned()
        .runs(None, &[&format!("aws s3 sync out s3://{target}"), INVALIDATE])
        .says()
}

fn switch(selector: &str, path: &str) -> String {
    format!(
        "aws cloudfront get-distribution-config --id E1 > c.json && jq '.DistributionConfig | (.Origins.Items[] | select(.Id | contains(\"{selector}\")) | .OriginPath) = \"{path}\"' c.json > n.json && aws cloudfront update-distribution --id E1 --distribution-config file://n.json"
    )
}

#[test]
fn an_upload_lies_under_the_served_path_or_is_told() {
    assert_eq!(upload("www-site/v1"), NONE);
    assert_eq!(upload("www-site/v1/assets"), NONE);
    assert_eq!(upload("www-site/${{ github.sha }}"), NONE);
    assert_eq!(upload("www-site/v2"), ["deploy-path-not-served high"]);
    assert_eq!(
        upload("www-site/pr-${{ github.event.number }}"),
        ["deploy-path-not-served high"]
    );
    // The source may hold a directory of that name.
    assert_eq!(upload("www-site"), NONE);
}

#[test]
fn one_upload_under_the_path_is_enough() {
    let lines = [
        "aws s3 sync out s3://www-site/v1",
        "aws s3 sync out s3://www-site/archive",
        INVALIDATE,
    ];
    assert_eq!(versioned().runs(None, &lines).says(), NONE);
}

#[test]
fn the_path_that_the_job_sets_is_the_one_that_counts() {
    let lines = |prefix: &str, path: &str| {
        let upload = format!("aws s3 sync out s3://www-site/{prefix}");
        versioned().runs(None, &[&upload, &switch("site", path)]).says()
    };
    assert_eq!(lines("v2", "/v2"), NONE);
    assert_eq!(lines("${{ github.sha }}", "/${{ github.sha }}"), NONE);
    assert_eq!(lines("v2", "/v3"), ["deploy-path-not-served high"]);
    assert_eq!(lines("v1", "/v2"), ["deploy-path-not-served high"]);
}

#[test]
fn a_selector_that_fits_no_origin_is_told() {
    let bench = versioned().runs(None, &["aws s3 sync out s3://www-site/v2", &switch("website", "/v2")]);
    assert_eq!(bench.says(), ["deploy-path-not-served high"]);
    assert_eq!(
        bench.check().findings[0].title,
        "job deploy of deploy.yml sets the origin path of no origin of distribution E1"
    );
}

#[test]
fn another_job_may_set_the_path() {
    let bench = versioned()
        .workflow(
            "upload",
            &job("upload", None, &["aws s3 sync out s3://www-site/v2", INVALIDATE]),
        )
        .workflow(
            "switch",
            &job("switch", None, &[&switch("site", "/${{ inputs.version }}")]),
        );
    assert_eq!(bench.says(), NONE);
}

#[test]
fn the_only_writer_of_a_served_bucket_is_told_without_naming_a_distribution() {
    let alone = versioned().runs(None, &["aws s3 sync out s3://www-site/v2"]);
    assert_eq!(alone.says(), ["deploy-path-not-served medium"]);
    let with_another = versioned()
        .runs(None, &["aws s3 sync out s3://www-site/docs"])
        .workflow(
            "site",
            &job("site", None, &["aws s3 sync out s3://www-site/v1", INVALIDATE]),
        );
    assert_eq!(with_another.says(), NONE);
}

#[test]
fn a_declared_version_becomes_the_origin_path_until_it_was_deployed() {
    let declared = |text: &str| versioned().declare(text);
    assert_eq!(declared("bucket=www-site,prefix=v2,distribution=E1").says(), NONE);
    assert_eq!(
        declared("bucket=www-site,prefix=v2,distribution=E1").after().says(),
        ["deploy-path-not-served high"]
    );
    assert_eq!(
        declared("bucket=www-site,prefix=assets,distribution=E1").says(),
        ["deploy-path-not-served high"]
    );
    assert_eq!(
        declared("bucket=www-site,prefix=v1,distribution=E1").after().says(),
        NONE
    );
}

#[test]
fn the_live_path_of_a_deployment_must_hold_something() {
    let set = |bench: Bench| bench.runs(None, &["aws s3 sync out s3://www-site/v2", &switch("site", "/v2")]);
    let unread = || Bench::new().site("E1", "www.example.com", "www-site", "/v1", None);
    // The object that a host's walk asks for too, and the listing only where that is not there.
    let object = Read::Object {
        bucket: "www-site".to_owned(),
        key: "v1/index.html".to_owned(),
    };
    let prefix = Read::Prefix {
        bucket: "www-site".to_owned(),
        prefix: "v1/".to_owned(),
    };
    assert_eq!(set(unread()).check().needs, [object]);
    let asked = |answer: Answer<Object>| {
        let keys = BTreeMap::from([("v1/index.html".to_owned(), answer)]);
        set(unread().live(|live| _ = live.objects.insert("www-site".to_owned(), keys))).check()
    };
    assert_eq!(asked(Answer::Absent).needs, [prefix]);
    let found = asked(Answer::Found(Object::default()));
    assert_eq!((found.needs, found.findings), (Vec::new(), Vec::new()));
    let never = set(unread().live(|live| empty(live, "www-site", "v1/")));
    assert_eq!(never.says(), ["origin-path-never-built critical"]);
    assert!(never.check().takes_over("origin-path-empty", "E1"));
    assert_eq!(set(versioned()).says(), NONE);
}

#[test]
fn a_path_that_no_deployment_sets_is_left_to_the_serving_rule() {
    let bench = Bench::new().site("E1", "www.example.com", "www-site", "/v1", None);
    let bench = bench.live(|live| empty(live, "www-site", "v1/"));
    let bench = bench.runs(None, &["aws s3 sync out s3://www-site/v1", INVALIDATE]);
    assert_eq!(bench.says(), NONE);
    assert!(!bench.check().takes_over("origin-path-empty", "E1"));
}

#[test]
fn after_a_deployment_the_root_object_must_be_there() {
    let set = |bench: Bench| {
        bench
            .runs(None, &["aws s3 sync out s3://www-site/v1", &switch("site", "/v1")])
            .after()
    };
    let half = || {
        Bench::new()
            .site("E1", "www.example.com", "www-site", "/v1", None)
            .live(|live| store(live, "www-site", "v1/app.js"))
    };
    let root = Read::Object {
        bucket: "www-site".to_owned(),
        key: "v1/index.html".to_owned(),
    };
    assert_eq!(set(half()).check().needs, [root]);
    let missing = half().live(|live| {
        let keys = live.objects.get_mut("www-site").unwrap();
        keys.insert("v1/index.html".to_owned(), crate::inventory::Answer::Absent);
    });
    assert_eq!(set(missing).says(), ["origin-path-never-built critical"]);
    assert_eq!(set(versioned()).says(), NONE);
}

#[test]
fn a_roll_back_to_a_version_that_nobody_built_is_told() {
    let bench = |path: &str| versioned().runs(None, &[&switch("site", path)]);
    let prefix = Read::Prefix {
        bucket: "www-site".to_owned(),
        prefix: "v0/".to_owned(),
    };
    assert_eq!(bench("/v0").check().needs, [prefix]);
    assert_eq!(
        bench("/v0").live(|live| empty(live, "www-site", "v0/")).says(),
        ["origin-path-never-built high"]
    );
    assert_eq!(
        bench("/v0")
            .live(|live| store(live, "www-site", "v0/index.html"))
            .says(),
        NONE
    );
    assert_eq!(bench("/${{ inputs.version }}").check().needs, []);
}
