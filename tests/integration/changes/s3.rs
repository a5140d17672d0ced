//! Buckets and the resources that own one of their settings.
//!
//! Left out: MFA delete (the emulator has no devices; see `mfa_delete_switched_on` on an edited snapshot).

use aws_sdk_s3::types::{BucketVersioningStatus, ErrorDocument, ObjectOwnership, Protocol, RedirectAllRequestsTo};
use serde_json::{Value, json};

use super::buckets::{index, redirect_to, statement};
use crate::support::world::{World, changed, finding, missing};

const PROD: &str = "module.site[\"prod\"].aws_s3_bucket.site";
const PROD_POLICY: &str = "module.site[\"prod\"].aws_s3_bucket_policy.site";
const PROD_BLOCK: &str = "module.site[\"prod\"].aws_s3_bucket_public_access_block.site";
const PROD_OWNERSHIP: &str = "module.site[\"prod\"].aws_s3_bucket_ownership_controls.site";
const PROD_VERSIONING: &str = "module.site[\"prod\"].aws_s3_bucket_versioning.site[0]";
const STAGE: &str = "module.site[\"stage\"].aws_s3_bucket.site";
const STAGE_POLICY: &str = "module.site[\"stage\"].aws_s3_bucket_policy.site";
const STAGE_BLOCK: &str = "module.site[\"stage\"].aws_s3_bucket_public_access_block.site";
const STAGE_OWNERSHIP: &str = "module.site[\"stage\"].aws_s3_bucket_ownership_controls.site";
const OLD: &str = "aws_s3_bucket.old_host";
const OLD_WEBSITE: &str = "aws_s3_bucket_website_configuration.old_host";

fn sites() -> World {
    World::load("two-sites")
}

/// The buckets of `every-attribute` that have a website, and what belongs to them.
fn pages() -> World {
    World::part(
        "every-attribute",
        &["aws_s3_bucket.counted", "aws_s3_bucket.keyed", "aws_s3_bucket_website_configuration", "aws_s3_bucket_versioning.counted"],
    )
}

const PAGES: &str = "aws_s3_bucket.counted[1]";
const PAGES_WEBSITE: &str = "aws_s3_bucket_website_configuration.pages";

/// The bucket of `every-attribute` with a policy of several statements.
fn mixed() -> World {
    World::part(
        "every-attribute",
        &["aws_s3_bucket.tagged", "aws_s3_bucket_policy.tagged", "aws_s3_bucket_versioning.tagged", "aws_s3_bucket_ownership_controls.tagged"],
    )
}

const TAGGED: &str = "aws_s3_bucket.tagged";
const TAGGED_POLICY: &str = "aws_s3_bucket_policy.tagged";

// The bucket

#[test]
fn a_deleted_bucket_is_missing_with_all_that_belongs_to_it() {
    let world = sites();
    world.delete_bucket(STAGE);
    world.expect(&[missing(STAGE), missing(STAGE_POLICY), missing(STAGE_BLOCK), missing(STAGE_OWNERSHIP)]);
}

#[test]
fn a_deleted_website_bucket_is_missing_with_its_website() {
    let world = sites();
    world.delete_bucket(OLD);
    world.expect(&[missing(OLD), missing(OLD_WEBSITE), missing("aws_s3_bucket_public_access_block.old_host")]);
}

/// The new one has AWS's public access block and ownership, which are those of the state.
#[test]
fn a_bucket_made_again_in_another_region_has_lost_policy_and_tags() {
    let world = sites();
    world.delete_bucket(STAGE);
    let bucket = world.bucket(STAGE);
    world.console_in("eu-central-1", |aws| async move {
        use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
        let place = CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::EuCentral1);
        let create = aws.s3.create_bucket().bucket(bucket).create_bucket_configuration(place.build());
        create.send().await.expect("the bucket is made");
    });
    world.expect(&[
        changed(STAGE, &["region", "tags[\"Environment\"]", "tags[\"Team\"]"]),
        missing(STAGE_POLICY),
    ]);
}

#[test]
fn a_tag_added() {
    let world = sites();
    world.edit_tags(PROD, |tags| _ = tags.insert("Owner".into(), "somebody".into()));
    world.expect(&[changed(PROD, &["tags[\"Owner\"]"])]);
}

#[test]
fn a_tag_changed_in_case_only() {
    let world = sites();
    world.edit_tags(PROD, |tags| _ = tags.insert("Team".into(), "Web".into()));
    let findings = world.expect(&[changed(PROD, &["tags[\"Team\"]"])]);
    assert_eq!(findings[0]["changes"][0]["expected"], "web");
    assert_eq!(findings[0]["changes"][0]["live"], "Web");
}

#[test]
fn a_tag_removed() {
    let world = sites();
    world.edit_tags(PROD, |tags| _ = tags.remove("Team"));
    world.expect(&[changed(PROD, &["tags[\"Team\"]"])]);
}

#[test]
fn all_tags_removed() {
    let world = sites();
    world.edit_tags(OLD, |tags| tags.clear());
    world.expect(&[changed(OLD, &["tags[\"Purpose\"]"])]);
}

/// A default tag of the provider stands in `tags_all` alone.
#[test]
fn a_default_tag_of_the_provider_removed_and_a_sensitive_one_changed() {
    let world = mixed();
    world.edit_tags(TAGGED, |tags| {
        tags.remove("ManagedBy");
        tags.insert("Sensitive-id".into(), "printed-by-accident".into());
    });
    let findings = world.expect(&[changed(TAGGED, &["tags[\"ManagedBy\"]", "tags[\"Sensitive-id\"]"])]);
    assert!(!Value::from(findings).to_string().contains("printed-by-accident"), "a sensitive value is printed");
}

// The policy

/// Edits the prod bucket's policy and expects these paths within it.
#[track_caller]
fn policy(edit: impl FnOnce(&mut Value), paths: &[&str]) {
    let world = sites();
    world.edit_policy(PROD, edit);
    let paths: Vec<String> = paths.iter().map(|path| format!("policy.{path}")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    world.expect(&[changed(PROD_POLICY, &paths)]);
}

#[test]
fn a_policy_statement_added() {
    let more = json!({"Sid": "Partner", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::999999999999:root"}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::example-com-prod/*"});
    let world = sites();
    let more: Value = serde_json::from_str(&world.own(&more.to_string())).expect("JSON");
    world.edit_policy(PROD, |policy| policy["Statement"].as_array_mut().expect("statements").push(more));
    world.expect(&[changed(PROD_POLICY, &["policy.Statement[Partner]"])]);
}

#[test]
fn a_policy_statement_removed() {
    let world = mixed();
    world.edit_policy(TAGGED, |policy| drop(policy["Statement"].as_array_mut().expect("statements").remove(1)));
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
    policy(|policy| statement(policy, 0)["Action"] = json!("s3:PutObject"), &["Statement[AllowCloudFront].Action"]);
}

#[test]
fn a_policy_principal_widened_to_everybody() {
    policy(|policy| statement(policy, 0)["Principal"] = json!("*"), &["Statement[AllowCloudFront].Principal"]);
}

#[test]
fn a_policy_condition_value_changed() {
    policy(
        |policy| statement(policy, 0)["Condition"]["StringEquals"]["AWS:SourceArn"] = json!("arn:aws:cloudfront::999999999999:distribution/EOTHER"),
        &["Statement[AllowCloudFront].Condition.StringEquals.AWS:SourceArn"],
    );
}

#[test]
fn a_policy_condition_removed() {
    policy(
        |policy| _ = statement(policy, 0).as_object_mut().expect("a statement").remove("Condition"),
        &["Statement[AllowCloudFront].Condition.StringEquals.AWS:SourceArn"],
    );
}

#[test]
fn a_policy_effect_turned_round() {
    policy(|policy| statement(policy, 0)["Effect"] = json!("Deny"), &["Statement[AllowCloudFront].Effect"]);
}

#[test]
fn a_policy_resource_narrowed_to_another_release() {
    policy(
        |policy| {
            let all = statement(policy, 0)["Resource"].as_str().expect("a resource").to_owned();
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
        addresses.as_array_mut().expect("addresses").push(json!("203.0.113.0/24"));
    });
    world.expect(&[changed(TAGGED_POLICY, &["policy.Statement[OneOfEach].Condition.IpAddress.aws:SourceIp"])]);
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
    let world = sites();
    world.edit_policy(PROD, |policy| statement(policy, 0)["Sid"] = json!("Renamed"));
    world.expect(&[finding("cosmetic-change", PROD_POLICY, &["policy.Statement[AllowCloudFront].Sid"])]);
}

// Public access block and ownership

#[test]
fn the_block_of_new_public_acls_switched_off() {
    let world = sites();
    world.put_public_access_block(PROD, [false, true, true, true]);
    world.expect(&[changed(PROD_BLOCK, &["block_public_acls"])]);
}

#[test]
fn the_ignoring_of_public_acls_switched_off() {
    let world = sites();
    world.put_public_access_block(PROD, [true, false, true, true]);
    world.expect(&[changed(PROD_BLOCK, &["ignore_public_acls"])]);
}

#[test]
fn the_block_of_public_policies_switched_off() {
    let world = sites();
    world.put_public_access_block(PROD, [true, true, false, true]);
    world.expect(&[changed(PROD_BLOCK, &["block_public_policy"])]);
}

#[test]
fn the_restriction_of_public_buckets_switched_off() {
    let world = sites();
    world.put_public_access_block(PROD, [true, true, true, false]);
    world.expect(&[changed(PROD_BLOCK, &["restrict_public_buckets"])]);
}

/// The state has all four off: switching them on is a change as well.
#[test]
fn a_public_access_block_of_defaults_switched_on() {
    let world = World::part("every-attribute", &["aws_s3_bucket.locked", "aws_s3_bucket_public_access_block.defaults"]);
    world.put_public_access_block("aws_s3_bucket.locked", [true; 4]);
    world.expect(&[changed(
        "aws_s3_bucket_public_access_block.defaults",
        &["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"],
    )]);
}

#[test]
fn a_public_access_block_deleted() {
    let world = sites();
    let bucket = world.bucket(PROD);
    world.console(|aws| async move {
        aws.s3.delete_public_access_block().bucket(bucket).send().await.expect("the block is deleted");
    });
    world.expect(&[missing(PROD_BLOCK)]);
}

#[test]
fn ownership_given_to_the_writer() {
    let world = sites();
    world.put_ownership(PROD, ObjectOwnership::ObjectWriter);
    world.expect(&[changed(PROD_OWNERSHIP, &["rule.object_ownership"])]);
}

#[test]
fn ownership_controls_deleted() {
    let world = sites();
    let bucket = world.bucket(PROD);
    world.console(|aws| async move {
        aws.s3.delete_bucket_ownership_controls().bucket(bucket).send().await.expect("the controls are deleted");
    });
    world.expect(&[missing(PROD_OWNERSHIP)]);
}

// Website

fn redirect(host: &str, protocol: Option<Protocol>) -> RedirectAllRequestsTo {
    RedirectAllRequestsTo::builder().host_name(host).set_protocol(protocol).build().expect("a redirect")
}

#[test]
fn a_website_redirect_sent_to_another_host() {
    let world = sites();
    world.edit_website(OLD, |site| site.redirect_all_requests_to = Some(redirect("attacker.example.org", Some(Protocol::Https))));
    world.expect(&[changed(OLD_WEBSITE, &["redirect_all_requests_to.host_name"])]);
}

#[test]
fn a_website_redirect_without_its_protocol() {
    let world = sites();
    let host = world.own("www.example.com");
    world.edit_website(OLD, |site| site.redirect_all_requests_to = Some(redirect(&host, None)));
    world.expect(&[changed(OLD_WEBSITE, &["redirect_all_requests_to.protocol"])]);
}

#[test]
fn a_website_redirect_turned_into_pages() {
    let world = sites();
    world.edit_website(OLD, |site| {
        site.redirect_all_requests_to = None;
        site.index_document = Some(index("index.html"));
    });
    world.expect(&[changed(OLD_WEBSITE, &["index_document", "redirect_all_requests_to"])]);
}

#[test]
fn a_website_deleted() {
    let world = sites();
    world.delete_website(OLD);
    world.expect(&[missing(OLD_WEBSITE)]);
}

#[test]
fn a_website_index_changed() {
    let world = pages();
    world.edit_website(PAGES, |site| site.index_document = Some(index("home.html")));
    world.expect(&[changed(PAGES_WEBSITE, &["index_document.suffix"])]);
}

#[test]
fn a_website_error_page_changed() {
    let world = pages();
    let page = ErrorDocument::builder().key("error.html").build().expect("a page");
    world.edit_website(PAGES, |site| site.error_document = Some(page));
    world.expect(&[changed(PAGES_WEBSITE, &["error_document.key"])]);
}

#[test]
fn a_website_error_page_removed() {
    let world = pages();
    world.edit_website(PAGES, |site| site.error_document = None);
    world.expect(&[changed(PAGES_WEBSITE, &["error_document"])]);
}

#[test]
fn a_website_routing_rule_changed() {
    let world = pages();
    world.edit_website(PAGES, |site| {
        let rule = &mut site.routing_rules.as_mut().expect("rules")[0];
        rule.redirect.as_mut().expect("a redirect").host_name = Some("other.example.org".into());
    });
    world.expect(&[changed(PAGES_WEBSITE, &["routing_rule[0]"])]);
}

#[test]
fn a_website_routing_rule_added() {
    let world = pages();
    world.edit_website(PAGES, |site| {
        site.routing_rules.as_mut().expect("rules").push(redirect_to("new/", "www.example.org"));
    });
    world.expect(&[changed(PAGES_WEBSITE, &["routing_rule"])]);
}

#[test]
fn website_routing_rules_reordered() {
    let world = pages();
    world.edit_website(PAGES, |site| site.routing_rules.as_mut().expect("rules").reverse());
    world.expect(&[changed(PAGES_WEBSITE, &["routing_rule[0]", "routing_rule[1]"])]);
}

#[test]
fn website_routing_rules_removed() {
    let world = pages();
    world.edit_website(PAGES, |site| site.routing_rules = None);
    world.expect(&[changed(PAGES_WEBSITE, &["routing_rule"])]);
}

/// An empty replacement removes the prefix; without any the prefix stays.
#[test]
fn a_website_routing_rule_without_its_empty_replacement() {
    let world = pages();
    world.edit_website("aws_s3_bucket.keyed[\"a b\"]", |site| {
        let rule = &mut site.routing_rules.as_mut().expect("rules")[0];
        let redirect = rule.redirect.as_mut().expect("a redirect");
        assert_eq!(redirect.replace_key_prefix_with.take().as_deref(), Some(""));
        redirect.host_name = Some("www.example.org".into());
    });
    world.expect(&[changed("aws_s3_bucket_website_configuration.rules_as_json", &["routing_rule[0]"])]);
}

// Versioning

#[test]
fn versioning_suspended() {
    let world = sites();
    world.put_versioning(PROD, BucketVersioningStatus::Suspended);
    world.expect(&[changed(PROD_VERSIONING, &["versioning_configuration.status"])]);
}

#[test]
fn suspended_versioning_enabled() {
    let world = mixed();
    world.put_versioning(TAGGED, BucketVersioningStatus::Enabled);
    world.expect(&[changed("aws_s3_bucket_versioning.tagged", &["versioning_configuration.status"])]);
}

/// Old versions stay from now on, which "never versioned" does not mean.
#[test]
fn versioning_suspended_on_a_bucket_that_never_had_it() {
    let world = pages();
    world.put_versioning("aws_s3_bucket.counted[0]", BucketVersioningStatus::Suspended);
    world.expect(&[changed("aws_s3_bucket_versioning.counted", &["versioning_configuration.status"])]);
}

#[test]
fn mfa_delete_switched_on() {
    let world = sites();
    world.snapshot();
    let bucket = world.bucket(PROD);
    world.edit_snapshot(|live| live["bucket"][&bucket]["versioning"]["found"]["mfa_delete"] = json!("Enabled"));
    world.expect_of_snapshot(&[changed(PROD_VERSIONING, &["versioning_configuration.mfa_delete"])]);
}

/// The whole of a large world: one change, and no other of its hundred resources is named.
#[test]
fn one_bucket_of_many_changed_in_a_module_within_a_module() {
    let world = World::load("every-attribute");
    let address = "module.outer.module.inner[\"right side\"].aws_s3_bucket.this[0]";
    world.edit_tags(address, |tags| _ = tags.insert("Owner".into(), "somebody".into()));
    world.expect(&[changed(address, &["tags[\"Owner\"]"])]);
}
