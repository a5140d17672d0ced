//! Buckets: objects, tags of AWS, order and spelling of settings.

use aws_sdk_s3::types::{Delete, LifecycleRuleAndOperator, LifecycleRuleFilter, ObjectIdentifier};
use serde_json::json;

use super::{PROD, PROD_SITE};
use crate::support::world::World;

#[test]
fn objects_that_come_and_go() {
    let world = World::load("two-sites");
    let bucket = world.bucket(PROD);
    world.console(|aws| async move {
        let body = b"new".to_vec().into();
        aws.s3
            .put_object()
            .bucket(&bucket)
            .key("new.html")
            .body(body)
            .send()
            .await
            .expect("an object is put");
        let gone = ObjectIdentifier::builder()
            .key("releases/1.4.2/assets/app.js")
            .build()
            .expect("a key");
        let delete = Delete::builder().objects(gone).build().expect("keys");
        aws.s3
            .delete_objects()
            .bucket(&bucket)
            .delete(delete)
            .send()
            .await
            .expect("an object is deleted");
    });
    world.expect_nothing();
}

/// Only AWS itself can set such tags: CloudFormation and others do.
#[test]
fn tags_of_aws() {
    let world = World::load("two-sites");
    world.snapshot();
    let bucket = world.bucket(PROD);
    let (arn, zone) = (
        world.attribute(PROD_SITE, "arn"),
        world.attribute("aws_route53_zone.main", "id"),
    );
    world.edit_snapshot(|live| {
        let tags = [
            &["bucket", &bucket, "tags"][..],
            &["distribution_tags", &arn],
            &["zone_tags", &zone],
        ];
        for place in tags {
            let tags = place.iter().fold(&mut *live, |value, step| &mut value[*step]);
            assert!(tags["found"].is_object(), "{tags}");
            tags["found"]["aws:cloudformation:stack-name"] = json!("stack");
        }
    });
    world.expect_of_snapshot(&[]);
}

#[test]
fn a_website_that_redirects_to_the_same_host_in_upper_case() {
    let world = World::load("two-sites");
    world.edit_website("aws_s3_bucket.old_host", |site| {
        let redirect = site.redirect_all_requests_to.as_mut().expect("a redirect");
        redirect.host_name.make_ascii_uppercase();
    });
    world.expect_nothing();
}

#[test]
fn inline_lists_in_another_order() {
    let world = World::load("inline-forms");
    world.edit_cors("aws_s3_bucket.site", |rules| {
        rules[0].allowed_methods.reverse();
        rules[0].allowed_origins.reverse();
    });
    world.edit_lifecycle("aws_s3_bucket.site", |rules| rules.reverse());
    world.edit_grants("aws_s3_bucket.granted", |grants| grants.reverse());
    world.expect_nothing();
}

#[test]
fn a_lifecycle_filter_in_another_spelling() {
    let world = World::load("inline-forms");
    world.edit_lifecycle("aws_s3_bucket.site", |rules| {
        let and = LifecycleRuleAndOperator::builder().prefix("releases/").build();
        rules[0].filter = Some(LifecycleRuleFilter::builder().and(and).build());
    });
    world.expect_nothing();
}
