use std::path::Path;

use super::*;
use crate::inventory::{Answer, BucketSummary, RecordSet};

fn recorded(step: &str) -> Snapshot {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/incident/{step}/live.json"));
    let text = std::fs::read_to_string(file).unwrap();
    Snapshot::parse("live.json", &text).unwrap()
}

fn healthy() -> Baseline {
    Baseline::new("before.json", recorded("00-healthy"))
}

fn compared(live: &Inventory) -> Comparison {
    healthy().compare(&Estate::new(&[], None), live)
}

fn told(comparison: &Comparison) -> Vec<(&str, &str, Vec<&str>)> {
    comparison
        .findings
        .iter()
        .map(|finding| {
            let paths = finding.changes.iter().map(|change| change.path.as_str()).collect();
            (&*finding.rule, finding.resource.terraform_type.as_str(), paths)
        })
        .collect()
}

#[test]
fn an_account_does_not_differ_from_itself() {
    for step in [
        "00-healthy",
        "01-stage-bucket-by-hand",
        "03-production-console-changes",
        "06-fixed",
    ] {
        let snapshot = recorded(step);
        let live = snapshot.inventory.clone();
        let comparison = Baseline::new("before.json", snapshot).compare(&Estate::new(&[], None), &live);
        assert_eq!(told(&comparison), [], "{step}");
        assert_eq!(comparison.unchecked, [], "{step}");
        assert!(comparison.counts.checked > 10, "{step}: {:?}", comparison.counts);
    }
}

#[test]
fn a_change_in_the_console_is_found_where_it_was_made() {
    let mut live = healthy().inventory().clone();
    let (id, answer) = live.distribution.iter_mut().next().unwrap();
    let Answer::Found(distribution) = answer else {
        panic!("{id} is found")
    };
    distribution.config.comment = Some("moved by hand".to_owned());
    assert_eq!(
        told(&compared(&live)),
        [(
            rules::CHANGED_SINCE_SNAPSHOT,
            "aws_cloudfront_distribution",
            vec!["comment"]
        )]
    );
}

#[test]
fn what_was_made_and_what_went_is_told() {
    let mut live = healthy().inventory().clone();
    let Answer::Found(buckets) = &mut live.buckets else {
        panic!("the buckets are listed")
    };
    buckets.push(BucketSummary {
        name: "example-by-hand".to_owned(),
        region: None,
        created: None,
    });
    let (name, answers) = live
        .bucket
        .iter_mut()
        .find(|(_, one)| one.policy.found().is_some())
        .unwrap();
    answers.policy = Answer::Absent;
    let name = name.clone();
    let Some(Answer::Found(sets)) = live.record_sets.values_mut().next() else {
        panic!("the records are listed")
    };
    sets.push(RecordSet {
        name: "by-hand.example.com.".to_owned(),
        kind: "TXT".to_owned(),
        ttl: Some(60),
        values: vec!["\"x\"".to_owned()],
        ..RecordSet::default()
    });
    let comparison = compared(&live);
    assert_eq!(
        told(&comparison),
        [
            (rules::GONE_SINCE_SNAPSHOT, "aws_s3_bucket_policy", vec![]),
            (rules::NEW_SINCE_SNAPSHOT, "aws_s3_bucket", vec![]),
            (rules::NEW_SINCE_SNAPSHOT, "aws_route53_record", vec![]),
        ]
    );
    assert_eq!(comparison.findings[0].resource.id, name);
}

/// What a listing has lost is gone, whether or not the snapshot had asked for it by name.
#[test]
fn what_is_listed_no_more_is_gone() {
    let mut live = healthy().inventory().clone();
    let Answer::Found(buckets) = &mut live.buckets else {
        panic!("the buckets are listed")
    };
    let lost = buckets.remove(0).name;
    live.bucket.remove(&lost);
    let comparison = compared(&live);
    let gone: Vec<(&str, &str)> = comparison
        .findings
        .iter()
        .map(|finding| (&*finding.rule, finding.resource.id.as_str()))
        .collect();
    assert_eq!(gone, [(rules::GONE_SINCE_SNAPSHOT, lost.as_str())]);
    let bucket = |one: &crate::finding::Unchecked| one.address == format!("aws_s3_bucket {lost}");
    assert!(!comparison.unchecked.iter().any(bucket), "{:?}", comparison.unchecked);

    let mut snapshot = recorded("00-healthy");
    snapshot.inventory.bucket.remove(&lost);
    let comparison = Baseline::new("before.json", snapshot).compare(&Estate::new(&[], None), &live);
    assert_eq!(
        told(&comparison),
        [(rules::GONE_SINCE_SNAPSHOT, "aws_s3_bucket", vec![])]
    );
    assert_eq!(
        comparison.findings[0].detail,
        format!(
            "Now {lost} is listed no more. The snapshot before.json was taken at {}.",
            to_the_second(healthy().taken_at())
        )
    );
}

#[test]
fn what_cannot_be_read_any_more_is_unchecked_and_never_gone() {
    let mut live = healthy().inventory().clone();
    let denied = Failure::new(Reason::AccessDenied, "s3:GetBucketPolicy", "AccessDenied");
    let asked = live
        .bucket
        .values_mut()
        .find(|one| one.policy.found().is_some())
        .unwrap();
    asked.policy = Answer::Failed(denied);
    let comparison = compared(&live);
    assert_eq!(told(&comparison), []);
    assert_eq!(comparison.unchecked.len(), 1);
    assert_eq!(comparison.unchecked[0].reason, Reason::AccessDenied);
}

#[test]
fn what_the_snapshot_could_not_read_is_unchecked() {
    let mut snapshot = recorded("00-healthy");
    let live = snapshot.inventory.clone();
    let denied = Failure::new(Reason::AccessDenied, "s3:GetBucketVersioning", "AccessDenied");
    let asked = snapshot.inventory.bucket.values_mut().next().unwrap();
    asked.versioning = Answer::Failed(denied);
    let comparison = Baseline::new("before.json", snapshot).compare(&Estate::new(&[], None), &live);
    assert_eq!(told(&comparison), []);
    assert!(
        comparison.unchecked[0].detail.contains("before.json does not tell"),
        "{:?}",
        comparison.unchecked
    );
}
