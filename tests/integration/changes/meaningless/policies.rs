//! Policies: order, spelling, lists of one.

use serde_json::{Value, json};

use super::PROD;
use crate::changes::buckets::statement;
use crate::support::world::World;

const TAGGED: &str = "aws_s3_bucket.tagged";

/// Edits the prod bucket's policy without changing its meaning.
#[track_caller]
fn policy(edit: impl FnOnce(&mut Value)) {
    let world = World::load("two-sites");
    world.edit_policy(PROD, edit);
    world.expect_nothing();
}

/// As `policy`, of the policy with several statements, principals and conditions.
#[track_caller]
fn mixed(edit: impl FnOnce(&mut Value)) {
    let kept = [
        "aws_s3_bucket.tagged",
        "aws_s3_bucket_policy.tagged",
        "aws_s3_bucket_versioning.tagged",
        "aws_s3_bucket_ownership_controls.tagged",
    ];
    let world = World::part("every-attribute", &kept);
    world.edit_policy(TAGGED, edit);
    world.expect_nothing();
}

/// Every list in the value the other way round.
fn reverse(value: &mut Value) {
    match value {
        Value::Array(items) => {
            items.reverse();
            items.iter_mut().for_each(reverse);
        }
        Value::Object(members) => members.values_mut().for_each(reverse),
        _ => {}
    }
}

#[test]
fn a_policy_with_all_its_lists_the_other_way_round() {
    mixed(reverse);
}

#[test]
fn a_policy_with_lists_of_one_in_place_of_scalars() {
    policy(|policy| {
        let statement = statement(policy, 0);
        for member in ["Action", "Resource"] {
            statement[member] = json!([statement[member]]);
        }
        let condition = &mut statement["Condition"]["StringEquals"]["AWS:SourceArn"];
        *condition = json!([condition.take()]);
        statement["Principal"]["Service"] = json!(["cloudfront.amazonaws.com"]);
    });
}

#[test]
fn a_policy_with_its_only_statement_outside_a_list() {
    policy(|policy| policy["Statement"] = policy["Statement"][0].take());
}

#[test]
fn a_policy_with_its_actions_in_another_case() {
    policy(|policy| statement(policy, 0)["Action"] = json!("S3:getobject"));
}

#[test]
fn a_policy_with_its_condition_key_in_another_case() {
    policy(|policy| {
        let arn = statement(policy, 0)["Condition"]["StringEquals"]["AWS:SourceArn"].take();
        statement(policy, 0)["Condition"] = json!({"StringEquals": {"aws:sourcearn": arn}});
    });
}

#[test]
fn a_policy_with_members_written_twice() {
    policy(|policy| {
        let resource = statement(policy, 0)["Resource"].clone();
        statement(policy, 0)["Action"] = json!(["s3:GetObject", "s3:GetObject"]);
        statement(policy, 0)["Resource"] = json!([resource, resource]);
    });
}

/// S3 answers an account id as the ARN of its root.
#[test]
fn a_policy_with_the_root_of_an_account_in_place_of_its_id() {
    mixed(|policy| {
        for principal in statement(policy, 0)["Principal"]["AWS"]
            .as_array_mut()
            .expect("principals")
        {
            let text = principal.as_str().expect("text").to_owned();
            *principal = match text
                .strip_prefix("arn:aws:iam::")
                .and_then(|rest| rest.strip_suffix(":root"))
            {
                Some(id) => json!(id),
                None => json!(format!("arn:aws:iam::{text}:root")),
            };
        }
    });
}

#[test]
fn a_policy_with_a_condition_as_a_boolean() {
    mixed(|policy| statement(policy, 0)["Condition"]["Bool"]["aws:SecureTransport"] = json!(true));
}

/// S3 answers an access identity as its canonical user, its ARN, or for seconds its unique id.
#[test]
fn a_policy_for_an_access_identity_in_the_other_spelling() {
    let kept = [
        "aws_s3_bucket.plain",
        "aws_s3_bucket_policy.oac",
        "aws_s3_bucket_versioning.plain",
        "aws_s3_bucket_ownership_controls.plain",
        "aws_s3_bucket_cors_configuration",
        "aws_s3_bucket_logging",
        "aws_cloudfront_origin_access_identity",
    ];
    let world = World::part("every-attribute", &kept);
    let canonical = world.attribute("aws_cloudfront_origin_access_identity.main", "s3_canonical_user_id");
    world.edit_policy("aws_s3_bucket.plain", |policy| {
        let all = policy["Statement"].as_array_mut().expect("statements");
        let statement = all
            .iter_mut()
            .find(|one| one["Sid"] == "Identity")
            .expect("the statement");
        statement["Principal"] = json!({"CanonicalUser": canonical});
    });
    world.expect_nothing();
}
