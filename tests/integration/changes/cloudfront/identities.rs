//! What a distribution reads private buckets with.

use aws_sdk_cloudfront::types::{
    CloudFrontOriginAccessIdentityConfig, OriginAccessControlConfig, OriginAccessControlSigningBehaviors,
};

use super::edge;
use crate::support::world::{changed, missing};

/// Edits an access control and expects these paths at its address.
#[track_caller]
fn control(address: &str, paths: &[&str], edit: impl FnOnce(&mut OriginAccessControlConfig)) {
    let world = edge();
    let id = world.attribute(address, "id");
    world.console(|aws| async move {
        let found = aws
            .cloudfront
            .get_origin_access_control()
            .id(&id)
            .send()
            .await
            .expect("the control is there");
        let mut config = found
            .origin_access_control
            .and_then(|c| c.origin_access_control_config)
            .expect("a configuration");
        edit(&mut config);
        let update = aws
            .cloudfront
            .update_origin_access_control()
            .id(&id)
            .origin_access_control_config(config);
        update
            .set_if_match(found.e_tag)
            .send()
            .await
            .expect("the update is taken");
    });
    world.expect(&[changed(address, paths)]);
}

#[test]
fn the_signing_of_an_access_control_switched_off() {
    control(
        "aws_cloudfront_origin_access_control.s3",
        &["signing_behavior"],
        |config| {
            config.signing_behavior = OriginAccessControlSigningBehaviors::Never;
        },
    );
}

#[test]
fn an_access_control_renamed() {
    control("aws_cloudfront_origin_access_control.lambda", &["name"], |config| {
        config.name = "renamed".into()
    });
}

#[test]
fn an_access_control_described_otherwise() {
    control(
        "aws_cloudfront_origin_access_control.mediastore",
        &["description"],
        |config| {
            config.description = Some("Signs at times".into());
        },
    );
}

#[test]
fn the_description_of_an_access_control_cleared() {
    control("aws_cloudfront_origin_access_control.s3", &["description"], |config| {
        config.description = Some(String::new())
    });
}

#[test]
fn a_deleted_access_control_is_missing() {
    let world = edge();
    let address = "aws_cloudfront_origin_access_control.lambda";
    let id = world.attribute(address, "id");
    world.console(|aws| async move {
        let found = aws
            .cloudfront
            .get_origin_access_control()
            .id(&id)
            .send()
            .await
            .expect("the control is there");
        let delete = aws
            .cloudfront
            .delete_origin_access_control()
            .id(&id)
            .set_if_match(found.e_tag);
        delete.send().await.expect("the control is deleted");
    });
    world.expect(&[missing(address)]);
}

#[test]
fn the_comment_of_an_access_identity_changed() {
    let world = edge();
    let address = "aws_cloudfront_origin_access_identity.main";
    let id = world.attribute(address, "id");
    world.console(|aws| async move {
        let found = aws
            .cloudfront
            .get_cloud_front_origin_access_identity()
            .id(&id)
            .send()
            .await
            .expect("the identity is there");
        let config = found
            .cloud_front_origin_access_identity
            .and_then(|i| i.cloud_front_origin_access_identity_config);
        let config = CloudFrontOriginAccessIdentityConfig::builder()
            .caller_reference(config.expect("a configuration").caller_reference)
            .comment("Edited by hand");
        let update = aws.cloudfront.update_cloud_front_origin_access_identity().id(&id);
        let update = update.cloud_front_origin_access_identity_config(config.build().expect("a configuration"));
        update
            .set_if_match(found.e_tag)
            .send()
            .await
            .expect("the update is taken");
    });
    world.expect(&[changed(address, &["comment"])]);
}

#[test]
fn a_deleted_access_identity_is_missing() {
    let world = edge();
    let address = "aws_cloudfront_origin_access_identity.silent";
    let id = world.attribute(address, "id");
    world.console(|aws| async move {
        let found = aws
            .cloudfront
            .get_cloud_front_origin_access_identity()
            .id(&id)
            .send()
            .await
            .expect("the identity is there");
        let delete = aws
            .cloudfront
            .delete_cloud_front_origin_access_identity()
            .id(&id)
            .set_if_match(found.e_tag);
        delete.send().await.expect("the identity is deleted");
    });
    world.expect(&[missing(address)]);
}
