//! Bucket policies, statement by statement.

use serde_json::{Value, json};

use super::{PROD, PROD_POLICY, STAGE, STAGE_POLICY, TAGGED, TAGGED_POLICY, mixed, prod, sites};
use crate::changes::buckets::statement;
use crate::support::world::{changed, finding, missing};

/// Edits the prod bucket's policy and expects these paths within it.
#[track_caller]
fn policy(edit: impl FnOnce(&mut Value), paths: &[&str]) {
    let world = prod();
    world.edit_policy(PROD, edit);
    let paths: Vec<String> = paths.iter().map(|path| format!("policy.{path}")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    world.expect(&[changed(PROD_POLICY, &paths)]);
}

#[test]
fn a_policy_statement_added() {
    let more = json!({"Sid": "Partner", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999999999999:root"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::example-com-prod/*"});
    let world = prod();
    let more: Value = serde_json::from_str(&world.own(&more.to_string())).expect("JSON");
    world.edit_policy(PROD, |policy| {
        policy["Statement"].as_array_mut().expect("statements").push(more)
    });
    world.expect(&[changed(PROD_POLICY, &["policy.Statement[Partner]"])]);
}

#[test]
fn a_policy_statement_removed() {
    let world = mixed();
    world.edit_policy(TAGGED, |policy| {
        drop(policy["Statement"].as_array_mut().expect("statements").remove(1))
    });
    world.expect(&[changed(TAGGED_POLICY, &["policy.Statement[NotForms]"])]);
}

#[test]
fn a_policy_action_added() {
    policy(
        |policy| statement(policy, 0)["Action"] = json!(["s3:GetObject", "s3:PutObject"]),
        &["Statement[AllowCloudFront].Action"],
    );
}

#[test]
fn a_policy_action_replaced() {
    policy(
        |policy| statement(policy, 0)["Action"] = json!("s3:PutObject"),
        &["Statement[AllowCloudFront].Action"],
    );
}

#[test]
fn a_policy_principal_widened_to_everybody() {
    policy(
        |policy| statement(policy, 0)["Principal"] = json!("*"),
        &["Statement[AllowCloudFront].Principal"],
    );
}

#[test]
fn a_policy_condition_value_changed() {
    policy(
        |policy| {
            statement(policy, 0)["Condition"]["StringEquals"]["AWS:SourceArn"] =
                json!("arn:aws:cloudfront::999999999999:distribution/EOTHER")
        },
        &["Statement[AllowCloudFront].Condition.StringEquals.AWS:SourceArn"],
    );
}

#[test]
fn a_policy_condition_removed() {
    policy(
        |policy| {
            _ = statement(policy, 0)
                .as_object_mut()
                .expect("a statement")
                .remove("Condition")
        },
        &["Statement[AllowCloudFront].Condition.StringEquals.AWS:SourceArn"],
    );
}

#[test]
fn a_policy_effect_turned_round() {
    policy(
        |policy| statement(policy, 0)["Effect"] = json!("Deny"),
        &["Statement[AllowCloudFront].Effect"],
    );
}

#[test]
fn a_policy_resource_narrowed_to_another_release() {
    policy(
        |policy| {
            let all = statement(policy, 0)["Resource"]
                .as_str()
                .expect("a resource")
                .to_owned();
            statement(policy, 0)["Resource"] = json!(all.replace("/*", "/releases/1.4.1/*"));
        },
        &["Statement[AllowCloudFront].Resource"],
    );
}

#[test]
fn a_policy_condition_member_added_in_a_statement_of_many() {
    let world = mixed();
    world.edit_policy(TAGGED, |policy| {
        let addresses = &mut statement(policy, 0)["Condition"]["IpAddress"]["aws:SourceIp"];
        addresses
            .as_array_mut()
            .expect("addresses")
            .push(json!("203.0.113.0/24"));
    });
    world.expect(&[changed(
        TAGGED_POLICY,
        &["policy.Statement[OneOfEach].Condition.IpAddress.aws:SourceIp"],
    )]);
}

#[test]
fn a_policy_deleted() {
    let world = sites();
    world.delete_policy(STAGE);
    world.expect(&[missing(STAGE_POLICY)]);
}

/// A label without effect: reported, and no reason to fail.
#[test]
fn a_policy_sid_renamed_is_cosmetic() {
    let world = prod();
    world.edit_policy(PROD, |policy| statement(policy, 0)["Sid"] = json!("Renamed"));
    world.expect(&[finding(
        "cosmetic-change",
        PROD_POLICY,
        &["policy.Statement[AllowCloudFront].Sid"],
    )]);
}
