//! Under which rule a difference is reported, and that none is where nothing differs: a bucket's policy has all of them.

use serde_json::{Value, json};

use super::*;
use crate::expected::{State, parse_state};
use crate::inventory::{Answer, BucketAnswers};

const IDENTITY: &str = "E1A2B3C4D5E6F7";

/// The canonical user id of the identity.
fn canonical() -> String {
    "4f".repeat(32)
}

/// A statement that lets this principal read.
fn allows(principal: &Value) -> Value {
    json!({
        "Sid": "Read", "Effect": "Allow", "Principal": principal,
        "Action": "s3:GetObject", "Resource": "arn:aws:s3:::site/*",
    })
}

fn document(statements: &[Value]) -> String {
    json!({ "Version": "2012-10-17", "Statement": statements }).to_string()
}

fn managed(terraform_type: &str, name: &str, attributes: &Value) -> Value {
    json!({
        "mode": "managed", "type": terraform_type, "name": name,
        "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
        "instances": [{ "schema_version": 0, "attributes": attributes }],
    })
}

fn state(resources: &[Value]) -> State {
    let text =
        json!({ "version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "l", "resources": resources });
    parse_state("terraform.tfstate", text.to_string().as_bytes()).unwrap()
}

/// A state that holds the policy of a bucket, and more.
fn with_policy(policy: &str, more: &[Value]) -> State {
    let attributes = json!({ "id": "site", "bucket": "site", "policy": policy });
    let mut resources = vec![managed("aws_s3_bucket_policy", "site", &attributes)];
    resources.extend_from_slice(more);
    state(&resources)
}

/// The rules of the findings, and the paths of their changes.
fn told(state: State, live: Answer<String>) -> Vec<(String, Vec<String>)> {
    let mut inventory = Inventory::default();
    let answers = BucketAnswers {
        policy: live,
        ..BucketAnswers::default()
    };
    inventory.bucket.insert("site".to_owned(), answers);
    let states = [state];
    let comparison = compare(&Estate::new(&states, None), &inventory);
    let of_policy = |finding: &&Finding| finding.resource.terraform_type == "aws_s3_bucket_policy";
    let findings = comparison.findings.iter().filter(of_policy);
    findings
        .map(|finding| {
            let paths = finding.changes.iter().map(|change| change.path.clone()).collect();
            (finding.rule.to_string(), paths)
        })
        .collect()
}

fn policies(expected: &[Value], live: &[Value]) -> Vec<(String, Vec<String>)> {
    told(with_policy(&document(expected), &[]), Answer::Found(document(live)))
}

fn one(rule: &str, path: &str) -> Vec<(String, Vec<String>)> {
    vec![(rule.to_owned(), vec![path.to_owned()])]
}

#[test]
fn what_is_the_same_is_not_reported() {
    let statement = allows(&json!({ "Service": "cloudfront.amazonaws.com" }));
    let statements = std::slice::from_ref(&statement);
    assert_eq!(policies(statements, statements), []);
    // Nor is the same in other words that mean nothing: a list of one, the case of an action.
    let mut spelled = statement.clone();
    spelled["Action"] = json!(["S3:getobject"]);
    assert_eq!(policies(&[statement], &[spelled]), []);
}

#[test]
fn a_policy_that_is_gone_and_one_that_changed() {
    let statement = allows(&json!({ "Service": "cloudfront.amazonaws.com" }));
    let gone = told(
        with_policy(&document(std::slice::from_ref(&statement)), &[]),
        Answer::Absent,
    );
    assert_eq!(gone, [(rules::RESOURCE_MISSING.to_owned(), Vec::new())]);
    let mut changed = statement.clone();
    changed["Effect"] = json!("Deny");
    assert_eq!(
        policies(&[statement], &[changed]),
        one(rules::RESOURCE_CHANGED, "policy.Statement[Read].Effect")
    );
}

#[test]
fn a_label_is_cosmetic() {
    let statement = allows(&json!({ "Service": "cloudfront.amazonaws.com" }));
    let mut renamed = statement.clone();
    renamed["Sid"] = json!("Other");
    let found = policies(&[statement], &[renamed]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, rules::COSMETIC_CHANGE);
}

#[test]
fn other_words_for_the_same_are_reworded() {
    let with = |resources: Value| {
        let mut statement = allows(&json!({ "Service": "cloudfront.amazonaws.com" }));
        statement["Resource"] = resources;
        statement
    };
    // The second pattern lies within the first, so the effect is that of the first alone.
    let both = with(json!(["arn:aws:s3:::site/*", "arn:aws:s3:::site/assets/*"]));
    let single = with(json!("arn:aws:s3:::site/*"));
    assert_eq!(
        policies(&[both], std::slice::from_ref(&single)),
        one(rules::POLICY_REWORDED, "policy.Statement[Read].Resource")
    );
    let narrower = with(json!("arn:aws:s3:::site/assets/*"));
    assert_eq!(
        policies(&[single], &[narrower]),
        one(rules::RESOURCE_CHANGED, "policy.Statement[Read].Resource")
    );
}

/// S3 answers an origin access identity by its ARN, whatever the policy was written with. Who a canonical user id is can
/// be told only where something says so.
#[test]
fn a_principal_that_nothing_resolves_is_neither_the_same_nor_another() {
    let written = document(&[allows(&json!({ "CanonicalUser": canonical() }))]);
    let arn = |id: &str| format!("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity {id}");
    let live = |id: &str| Answer::Found(document(&[allows(&json!({ "AWS": arn(id) }))]));
    let found = told(with_policy(&written, &[]), live(IDENTITY));
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].0, rules::PRINCIPAL_UNRESOLVED);

    let identity = |id: &str| {
        let attributes = json!({ "id": id, "s3_canonical_user_id": canonical() });
        managed("aws_cloudfront_origin_access_identity", "site", &attributes)
    };
    let resolved = |id: &str| told(with_policy(&written, &[identity(id)]), live(IDENTITY));
    assert_eq!(resolved(IDENTITY), []);
    let other = resolved("E9Z8Y7X6W5V4U3");
    assert_eq!(other.len(), 1, "{other:?}");
    assert_eq!(other[0].0, rules::RESOURCE_CHANGED);
    // What could not be told from another is told apart where more than the principal differs.
    let mut denied = allows(&json!({ "AWS": arn(IDENTITY) }));
    denied["Effect"] = json!("Deny");
    let found = told(with_policy(&written, &[]), Answer::Found(document(&[denied])));
    assert!(
        found.iter().all(|(rule, _)| rule == rules::RESOURCE_CHANGED),
        "{found:?}"
    );
    assert!(!found.is_empty());
}
