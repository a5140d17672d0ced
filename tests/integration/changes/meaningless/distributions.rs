//! Distributions: order, case, defaults left out or written out.

use aws_sdk_cloudfront::types::{DistributionConfig, Method, MinimumProtocolVersion, OriginShield, SslSupportMethod};
use serde_json::json;

use super::PROD_SITE;
use crate::support::world::World;

const FULL: &str = "aws_cloudfront_distribution.full";

/// Edits the distribution with everything without changing its meaning.
#[track_caller]
fn full(edit: impl FnOnce(&mut DistributionConfig)) {
    let world = World::part("every-attribute", &["aws_cloudfront_"]);
    world.edit_distribution(FULL, edit);
    world.expect_nothing();
}

#[test]
fn a_distribution_saved_as_it_is() {
    full(|_| {});
}

#[test]
fn aliases_in_another_order_and_case() {
    full(|d| {
        let aliases = d.aliases.as_mut().and_then(|a| a.items.as_mut()).expect("aliases");
        aliases.reverse();
        aliases.iter_mut().for_each(|alias| alias.make_ascii_uppercase());
    });
}

#[test]
fn origins_and_their_headers_in_another_order_and_case() {
    full(|d| {
        let origins = &mut d.origins.as_mut().expect("origins").items;
        origins.reverse();
        for origin in origins {
            origin.domain_name.make_ascii_uppercase();
            if let Some(headers) = origin.custom_headers.as_mut().and_then(|h| h.items.as_mut()) {
                headers.reverse();
                headers
                    .iter_mut()
                    .for_each(|header| header.header_name.make_ascii_lowercase());
            }
            if let Some(protocols) = origin
                .custom_origin_config
                .as_mut()
                .and_then(|c| c.origin_ssl_protocols.as_mut())
            {
                protocols.items.reverse();
            }
        }
    });
}

#[test]
fn methods_functions_and_error_responses_in_another_order() {
    full(|d| {
        let behaviour = d.default_cache_behavior.as_mut().expect("a behaviour");
        let methods = behaviour.allowed_methods.as_mut().expect("methods");
        methods.items = vec![Method::Options, Method::Head, Method::Get];
        methods.cached_methods.as_mut().expect("methods").items.reverse();
        behaviour
            .function_associations
            .as_mut()
            .and_then(|f| f.items.as_mut())
            .expect("functions")
            .reverse();
        d.custom_error_responses
            .as_mut()
            .and_then(|r| r.items.as_mut())
            .expect("responses")
            .reverse();
    });
}

#[test]
fn countries_and_status_codes_in_another_order() {
    full(|d| {
        let geo = d
            .restrictions
            .as_mut()
            .and_then(|r| r.geo_restriction.as_mut())
            .expect("a restriction");
        geo.items.as_mut().expect("countries").reverse();
        let group = &mut d.origin_groups.as_mut().and_then(|g| g.items.as_mut()).expect("groups")[0];
        group
            .failover_criteria
            .as_mut()
            .and_then(|c| c.status_codes.as_mut())
            .expect("codes")
            .items
            .reverse();
    });
}

#[test]
#[expect(deprecated, reason = "the API and Terraform still have them")]
fn forwarded_names_in_another_order_and_case() {
    full(|d| {
        let behaviours = d
            .cache_behaviors
            .as_mut()
            .and_then(|b| b.items.as_mut())
            .expect("behaviours");
        let values = behaviours[0].forwarded_values.as_mut().expect("forwarding");
        let headers = values.headers.as_mut().and_then(|h| h.items.as_mut()).expect("headers");
        headers.reverse();
        headers.iter_mut().for_each(|header| header.make_ascii_lowercase());
        values
            .query_string_cache_keys
            .as_mut()
            .and_then(|k| k.items.as_mut())
            .expect("keys")
            .reverse();
        let cookies = values
            .cookies
            .as_mut()
            .and_then(|c| c.whitelisted_names.as_mut())
            .expect("cookies");
        cookies.items.as_mut().expect("cookies").reverse();
    });
}

/// The account's own id comes back as `self`.
#[test]
fn a_trusted_signer_by_its_account_id() {
    let world = World::part("every-attribute", &["aws_cloudfront_"]);
    let account = world.account.clone();
    world.edit_distribution(FULL, |d| {
        let behaviours = d
            .cache_behaviors
            .as_mut()
            .and_then(|b| b.items.as_mut())
            .expect("behaviours");
        let legacy = behaviours
            .iter_mut()
            .find(|one| one.path_pattern == "/legacy/*")
            .expect("the behaviour");
        legacy.trusted_signers.as_mut().expect("signers").items = Some(vec![account]);
    });
    world.expect_nothing();
}

/// What the API leaves out or answers with a default where the state has nothing.
#[test]
fn defaults_left_out_and_written_out() {
    let world = World::part("every-attribute", &["aws_cloudfront_"]);
    world.edit_distribution("aws_cloudfront_distribution.least", |d| {
        let origin = &mut d.origins.as_mut().expect("origins").items[0];
        origin.origin_shield = OriginShield::builder().enabled(false).build().ok();
        (
            origin.origin_path,
            origin.connection_attempts,
            origin.connection_timeout,
        ) = (None, None, None);
        (d.default_root_object, d.http_version, d.price_class, d.web_acl_id) = (None, None, None, None);
        // The service forces its own two with its own certificate, whatever was sent.
        let certificate = d.viewer_certificate.as_mut().expect("a certificate");
        certificate.minimum_protocol_version = Some(MinimumProtocolVersion::TlSv122021);
        certificate.ssl_support_method = Some(SslSupportMethod::SniOnly);
    });
    world.expect_nothing();
}

/// Standard logging that is off may keep its cookie flag, which providers before 6.20 do not store.
#[test]
fn the_cookie_flag_of_logging_that_is_off() {
    let world = World::load("two-sites");
    world.edit_distribution(PROD_SITE, |d| {
        d.logging.as_mut().expect("logging").include_cookies = true
    });
    world.expect_nothing();
}

/// The TTLs of a behaviour with a cache policy are not its own.
#[test]
fn ttls_beside_a_cache_policy() {
    let world = World::load("two-sites");
    world.snapshot();
    let id = world.attribute(PROD_SITE, "id");
    world.edit_snapshot(|live| {
        let behaviour = &mut live["distribution"][&id]["found"]["config"]["default_cache_behavior"];
        assert!(behaviour["cache_policy_id"].is_string(), "{behaviour}");
        (behaviour["min_ttl"], behaviour["default_ttl"], behaviour["max_ttl"]) =
            (json!(0), json!(86400), json!(31536000));
    });
    world.expect_of_snapshot(&[]);
}

/// Provider 5.100 knew nothing of Anycast lists: what its states do not hold is not compared.
#[test]
fn an_attribute_that_the_states_provider_did_not_know() {
    let world = World::load("two-sites");
    world.snapshot();
    let id = world.attribute(PROD_SITE, "id");
    world.edit_snapshot(|live| {
        live["distribution"][&id]["found"]["config"]["anycast_ip_list_id"] = json!("aip_EXAMPLE")
    });
    world.expect_of_snapshot(&[]);
}
