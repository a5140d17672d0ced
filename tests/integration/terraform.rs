//! Terraform itself as the judge: whatever `terraform plan -refresh-only` calls drift, driftgate reports too.
//!
//! Needs `terraform` and its AWS provider. Where they are missing the test says so and ends, unless
//! `DRIFTGATE_TESTS_NEED_TERRAFORM` is set, as it is in CI: then it fails.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use aws_sdk_route53::types::ResourceRecord;
use serde_json::Value;

use crate::support::repository;
use crate::support::world::{STATES, World};

/// Attributes that Terraform refreshes although nobody's change is in them: copies that `aws_s3_bucket` keeps of what
/// split resources own, and what moves with every write.
const NOISE: &[(&str, &[&str])] = &[
    ("aws_s3_bucket", &["policy", "grant", "versioning", "website"]),
    ("aws_cloudfront_distribution", &["etag", "last_modified_time"]),
];

/// An attribute that only went from null to empty, or that the list above names.
fn is_noise(drift: &Value) -> bool {
    let text = |name: &str| drift[name].as_str().unwrap_or_default();
    let blank = |value: &Value| match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    };
    if blank(&drift["before"]) && blank(&drift["after"]) {
        return true;
    }
    let kind = text("address")
        .split(&['.', '['])
        .rfind(|part| part.starts_with("aws_"))
        .unwrap_or_default();
    NOISE
        .iter()
        .any(|(noisy, paths)| *noisy == kind && paths.iter().any(|path| text("path").starts_with(path)))
}

fn terraform_is_there() -> bool {
    Command::new("terraform")
        .arg("version")
        .output()
        .is_ok_and(|output| output.status.success())
}

#[test]
fn whatever_a_refresh_finds_is_found() {
    if !terraform_is_there() {
        assert!(
            std::env::var_os("DRIFTGATE_TESTS_NEED_TERRAFORM").is_none(),
            "terraform is not in PATH"
        );
        println!("skipped: terraform is not in PATH, so nothing was compared with it");
        return;
    }
    let world = World::load_as_recorded("two-sites");
    let prod = "module.site[\"prod\"].aws_cloudfront_distribution.site";
    world.edit_distribution(prod, |config| {
        config.comment = "edited".to_owned();
        let origins = config.origins.as_mut().expect("origins");
        origins.items[0].origin_path = Some("/elsewhere".to_owned());
    });
    world.edit_record("aws_route53_zone.main", "stage.example.com", "A", |set| {
        set.alias_target = None;
        set.ttl = Some(60);
        set.resource_records = Some(vec![
            ResourceRecord::builder().value("192.0.2.1").build().expect("a value"),
        ]);
    });
    world.delete_record("aws_route53_zone.main", "www.example.com", "AAAA");
    let bucket = world.attribute("module.site[\"stage\"].aws_s3_bucket.site", "bucket");
    let old_host = world.attribute("aws_s3_bucket.old_host", "bucket");
    world.console(|aws| async move {
        aws.s3
            .delete_bucket_policy()
            .bucket(&bucket)
            .send()
            .await
            .expect("the policy goes");
        aws.s3
            .delete_bucket_tagging()
            .bucket(&bucket)
            .send()
            .await
            .expect("the tags go");
        aws.s3
            .delete_public_access_block()
            .bucket(&bucket)
            .send()
            .await
            .expect("the block goes");
        aws.s3
            .delete_bucket_website()
            .bucket(&old_host)
            .send()
            .await
            .expect("the website goes");
    });

    let mut drifted: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in refresh(&world).lines() {
        let drift: Value = serde_json::from_str(line).expect("a line of JSON");
        if !is_noise(&drift) {
            let text = |name: &str| drift[name].as_str().unwrap_or_default().to_owned();
            drifted.entry(text("address")).or_default().insert(text("path"));
        }
    }
    assert!(
        drifted.len() >= 6,
        "Terraform finds the changes that were made: {drifted:#?}"
    );

    let result = world.check(STATES[1]).json();
    let found: BTreeSet<&str> = result["findings"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|finding| finding["address"].as_str())
        .collect();
    let missed: Vec<_> = drifted
        .iter()
        .filter(|(address, _)| !found.contains(address.as_str()))
        .collect();
    assert!(missed.is_empty(), "Terraform reports, driftgate does not: {missed:#?}");
    // And one that Terraform's Read never sees: the record lost its alias.
    assert!(
        found.contains("module.site[\"stage\"].aws_route53_record.host[\"stage.example.com A\"]"),
        "{found:#?}"
    );
}

/// `terraform plan -refresh-only` on the refreshed state, as one JSON object a line.
fn refresh(world: &World) -> String {
    let output = Command::new("python3")
        .arg(repository("tests/emulator/world.py"))
        .arg("refresh")
        .arg(repository("fixtures/worlds/two-sites"))
        .arg(world.emulator.url())
        .arg(&world.account)
        .arg(world.state(STATES[1]))
        .output()
        .expect("python3 starts");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}
