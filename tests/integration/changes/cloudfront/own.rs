//! A distribution's own attributes, its tags, and whether it is there.

use aws_sdk_cloudfront::types::{
    CustomErrorResponse, DistributionConfig, GeoRestrictionType, HttpVersion, MinimumProtocolVersion, PriceClass, Tag,
    TagKeys, Tags, ViewerCertificate,
};
use serde_json::{Value, json};

use super::{DISABLED, FULL, LEAST, STAGE, edge, edited, full};
use crate::support::world::{World, changed, missing};

fn responses(d: &mut DistributionConfig) -> &mut Vec<CustomErrorResponse> {
    d.custom_error_responses
        .as_mut()
        .expect("responses")
        .items
        .as_mut()
        .expect("responses")
}

fn certificate(d: &mut DistributionConfig) -> &mut ViewerCertificate {
    d.viewer_certificate.as_mut().expect("a certificate")
}

#[test]
fn a_comment_changed() {
    full(&["comment"], |d| d.comment = "Edited by hand".into());
}

/// The provider's own refresh keeps the old comment here and misses this.
#[test]
fn a_comment_cleared() {
    full(&["comment"], |d| d.comment = String::new());
}

#[test]
fn a_comment_added() {
    edited(LEAST, &["comment"], |d| d.comment = "Has one now".into());
}

#[test]
fn an_alias_added() {
    let world = edge();
    let host = world.own("new.every-attribute.example.com");
    world.edit_distribution(FULL, |d| {
        d.aliases
            .as_mut()
            .expect("aliases")
            .items
            .as_mut()
            .expect("aliases")
            .push(host)
    });
    world.expect(&[changed(FULL, &["aliases"])]);
}

#[test]
fn an_alias_removed() {
    full(&["aliases"], |d| {
        drop(
            d.aliases
                .as_mut()
                .expect("aliases")
                .items
                .as_mut()
                .expect("aliases")
                .remove(0),
        )
    });
}

#[test]
fn all_aliases_removed() {
    full(&["aliases"], |d| d.aliases.as_mut().expect("aliases").items = None);
}

#[test]
fn the_default_root_object_changed() {
    full(&["default_root_object"], |d| {
        d.default_root_object = Some("home.html".into())
    });
}

#[test]
fn the_default_root_object_removed() {
    full(&["default_root_object"], |d| {
        d.default_root_object = Some(String::new())
    });
}

#[test]
fn a_distribution_disabled() {
    full(&["enabled"], |d| d.enabled = false);
}

#[test]
fn a_distribution_enabled() {
    edited(DISABLED, &["enabled"], |d| d.enabled = true);
}

#[test]
fn the_http_version_changed() {
    full(&["http_version"], |d| d.http_version = Some(HttpVersion::Http2));
}

#[test]
fn the_price_class_changed() {
    full(&["price_class"], |d| d.price_class = Some(PriceClass::PriceClass100));
}

#[test]
fn ipv6_switched_off() {
    full(&["is_ipv6_enabled"], |d| d.is_ipv6_enabled = Some(false));
}

#[test]
fn a_web_acl_attached() {
    let acl = "arn:aws:wafv2:us-east-1:999999999999:global/webacl/somebody/11111111-2222-3333-4444-555555555555";
    full(&["web_acl_id"], |d| d.web_acl_id = Some(acl.into()));
}

// Error responses, logging, restrictions, certificate

#[test]
fn an_error_page_changed() {
    full(&["custom_error_response[\"404\"].response_page_path"], |d| {
        responses(d)
            .iter_mut()
            .find(|one| one.error_code == 404)
            .expect("a response")
            .response_page_path = Some("/404.html".into());
    });
}

#[test]
fn the_code_of_an_error_page_changed() {
    full(&["custom_error_response[\"404\"].response_code"], |d| {
        responses(d)
            .iter_mut()
            .find(|one| one.error_code == 404)
            .expect("a response")
            .response_code = Some("404".into());
    });
}

#[test]
fn the_caching_of_an_error_changed() {
    full(&["custom_error_response[\"503\"].error_caching_min_ttl"], |d| {
        responses(d)
            .iter_mut()
            .find(|one| one.error_code == 503)
            .expect("a response")
            .error_caching_min_ttl = Some(600);
    });
}

#[test]
fn an_error_response_removed() {
    full(&["custom_error_response[\"500\"]"], |d| {
        responses(d).retain(|one| one.error_code != 500)
    });
}

#[test]
fn an_error_response_added() {
    full(&["custom_error_response[\"403\"]"], |d| {
        responses(d).push(
            CustomErrorResponse::builder()
                .error_code(403)
                .error_caching_min_ttl(1)
                .build()
                .expect("a response"),
        );
    });
}

#[test]
fn logging_switched_off() {
    full(&["logging_config"], |d| {
        let logging = d.logging.as_mut().expect("logging");
        (logging.enabled, logging.include_cookies) = (false, false);
        (logging.bucket, logging.prefix) = (String::new(), String::new());
    });
}

#[test]
fn logging_switched_on() {
    edited(LEAST, &["logging_config"], |d| {
        let logging = d.logging.as_mut().expect("logging");
        (logging.enabled, logging.bucket) = (true, "somebody.s3.amazonaws.com".into());
    });
}

#[test]
fn logs_sent_to_another_bucket_without_cookies() {
    full(
        &[
            "logging_config.bucket",
            "logging_config.include_cookies",
            "logging_config.prefix",
        ],
        |d| {
            let logging = d.logging.as_mut().expect("logging");
            logging.include_cookies = false;
            (logging.bucket, logging.prefix) = ("somebody.s3.amazonaws.com".into(), String::new());
        },
    );
}

#[test]
fn a_country_added_to_the_restriction() {
    full(&["restrictions.geo_restriction.locations"], |d| {
        let geo = d
            .restrictions
            .as_mut()
            .and_then(|r| r.geo_restriction.as_mut())
            .expect("a restriction");
        geo.items.as_mut().expect("countries").push("US".into());
    });
}

#[test]
fn a_restriction_turned_round() {
    full(&["restrictions.geo_restriction.restriction_type"], |d| {
        let geo = d
            .restrictions
            .as_mut()
            .and_then(|r| r.geo_restriction.as_mut())
            .expect("a restriction");
        geo.restriction_type = GeoRestrictionType::Blacklist;
    });
}

#[test]
fn a_restriction_lifted() {
    let paths = [
        "restrictions.geo_restriction.locations",
        "restrictions.geo_restriction.restriction_type",
    ];
    full(&paths, |d| {
        let geo = d
            .restrictions
            .as_mut()
            .and_then(|r| r.geo_restriction.as_mut())
            .expect("a restriction");
        (geo.restriction_type, geo.items) = (GeoRestrictionType::None, None);
    });
}

#[test]
fn an_old_tls_version_allowed_for_viewers() {
    full(&["viewer_certificate.minimum_protocol_version"], |d| {
        certificate(d).minimum_protocol_version = Some(MinimumProtocolVersion::TlSv1);
    });
}

#[test]
#[expect(deprecated, reason = "the API still answers the certificate under its old name, too")]
fn a_certificate_swapped() {
    full(&["viewer_certificate.acm_certificate_arn"], |d| {
        let certificate = certificate(d);
        let other = "arn:aws:acm:us-east-1:999999999999:certificate/11111111-2222-3333-4444-555555555555";
        certificate.acm_certificate_arn = Some(other.into());
        (certificate.certificate, certificate.certificate_source) = (None, None);
    });
}

#[test]
fn the_certificate_replaced_by_that_of_cloudfront() {
    let paths = [
        "aliases",
        "viewer_certificate.acm_certificate_arn",
        "viewer_certificate.cloudfront_default_certificate",
    ];
    full(&paths, |d| {
        d.aliases.as_mut().expect("aliases").items = None;
        d.viewer_certificate = Some(
            ViewerCertificate::builder()
                .cloud_front_default_certificate(true)
                .build(),
        );
    });
}

// Tags and existence

impl World {
    fn tag_distribution(&self, address: &str, key: &str, value: &str) {
        let arn = self.attribute(address, "arn");
        let tag = Tag::builder().key(key).value(value).build().expect("a tag");
        self.console(|aws| async move {
            let call = aws
                .cloudfront
                .tag_resource()
                .resource(arn)
                .tags(Tags::builder().items(tag).build());
            call.send().await.expect("the tag is taken");
        });
    }
}

#[test]
fn a_distribution_tag_added() {
    let world = edge();
    world.tag_distribution(LEAST, "Owner", "somebody");
    world.expect(&[changed(LEAST, &["tags[\"Owner\"]"])]);
}

#[test]
fn an_empty_distribution_tag_filled() {
    let world = edge();
    world.tag_distribution(FULL, "Empty", "no more");
    world.expect(&[changed(FULL, &["tags[\"Empty\"]"])]);
}

#[test]
fn a_distribution_tag_removed() {
    let world = World::load("two-sites");
    let arn = world.attribute(STAGE, "arn");
    world.console(|aws| async move {
        let call = aws
            .cloudfront
            .untag_resource()
            .resource(arn)
            .tag_keys(TagKeys::builder().items("Team").build());
        call.send().await.expect("the tag is removed");
    });
    world.expect(&[changed(STAGE, &["tags[\"Team\"]"])]);
}

/// Its records stay and point to nothing; what they say is what the state says.
#[test]
fn a_deleted_distribution_is_missing() {
    let world = World::load("two-sites");
    world.delete_distribution(STAGE);
    world.expect(&[missing(STAGE)]);
}

// What the emulator cannot do

/// Edits the live configuration of a distribution in the snapshot and expects these paths at its address.
#[track_caller]
fn recorded(address: &str, paths: &[&str], edit: impl FnOnce(&mut Value)) {
    let world = edge();
    world.snapshot();
    let id = world.attribute(address, "id");
    world.edit_snapshot(|live| edit(&mut live["distribution"][&id]["found"]["config"]));
    world.expect_of_snapshot(&[changed(address, paths)]);
}

#[test]
fn a_distribution_given_to_tenants() {
    recorded(LEAST, &["connection_mode"], |config| {
        config["connection_mode"] = json!("tenant-only")
    });
}

#[test]
fn a_continuous_deployment_policy_attached() {
    recorded(FULL, &["continuous_deployment_policy_id"], |config| {
        config["continuous_deployment_policy_id"] = json!("11111111-2222-3333-4444-555555555555");
    });
}

#[test]
fn an_origin_moved_into_a_private_network() {
    let paths = [
        "origin[\"only\"].custom_origin_config",
        "origin[\"only\"].vpc_origin_config",
    ];
    recorded(LEAST, &paths, |config| {
        let origin = config["origins"][0].as_object_mut().expect("an origin");
        origin.remove("custom_origin").expect("a custom origin");
        origin.insert("vpc_origin".into(), json!({"vpc_origin_id": "vo_EXAMPLE"}));
    });
}
