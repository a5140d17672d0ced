//! Cache behaviours, the default one and the others.

use aws_sdk_cloudfront::types::{EventType, ItemSelection, Method, ViewerProtocolPolicy};

use super::{CACHING_DISABLED, DISABLED, FULL, at_behaviour, behaviour, behaviours, edge, edited, full};
use crate::support::world::changed;

#[test]
fn a_behaviour_added() {
    full(&["ordered_cache_behavior[\"/new/*\"]"], |d| {
        let mut new = behaviour(d, "/private/*").clone();
        new.path_pattern = "/new/*".into();
        behaviours(d).push(new);
    });
}

#[test]
fn a_behaviour_removed() {
    full(&["ordered_cache_behavior[\"/private/*\"]"], |d| {
        behaviours(d).retain(|one| one.path_pattern != "/private/*")
    });
}

#[test]
fn behaviours_in_another_order() {
    full(&["ordered_cache_behavior"], |d| behaviours(d).swap(0, 3));
}

#[test]
fn a_path_pattern_changed() {
    let paths = [
        "ordered_cache_behavior[\"/private/*\"]",
        "ordered_cache_behavior[\"/Private/*\"]",
    ];
    full(&paths, |d| {
        behaviour(d, "/private/*").path_pattern = "/Private/*".into()
    });
}

#[test]
fn a_behaviour_sent_to_another_origin() {
    at_behaviour("/private/*", &["target_origin_id"], |behaviour| {
        behaviour.target_origin_id = "s3-oai".into()
    });
}

#[test]
fn plain_http_allowed() {
    at_behaviour("/api/*", &["viewer_protocol_policy"], |behaviour| {
        behaviour.viewer_protocol_policy = ViewerProtocolPolicy::AllowAll;
    });
}

#[test]
fn methods_that_write_allowed() {
    at_behaviour("/private/*", &["allowed_methods"], |behaviour| {
        let methods = behaviour.allowed_methods.as_mut().expect("methods");
        methods.items = vec![
            Method::Get,
            Method::Head,
            Method::Options,
            Method::Put,
            Method::Post,
            Method::Patch,
            Method::Delete,
        ];
        methods.quantity = 7;
    });
}

#[test]
fn the_caching_of_options_switched_off() {
    full(&["default_cache_behavior.cached_methods"], |d| {
        let methods = d
            .default_cache_behavior
            .as_mut()
            .and_then(|b| b.allowed_methods.as_mut())
            .expect("methods");
        let cached = methods.cached_methods.as_mut().expect("methods");
        (cached.items, cached.quantity) = (vec![Method::Get, Method::Head], 2);
    });
}

#[test]
fn a_cache_policy_swapped() {
    full(&["default_cache_behavior.cache_policy_id"], |d| {
        d.default_cache_behavior.as_mut().expect("a behaviour").cache_policy_id = Some(CACHING_DISABLED.into());
    });
}

#[test]
fn an_origin_request_policy_removed() {
    at_behaviour("/private/*", &["origin_request_policy_id"], |behaviour| {
        behaviour.origin_request_policy_id = None
    });
}

#[test]
fn a_response_headers_policy_removed() {
    full(&["default_cache_behavior.response_headers_policy_id"], |d| {
        d.default_cache_behavior
            .as_mut()
            .expect("a behaviour")
            .response_headers_policy_id = None;
    });
}

#[test]
fn compression_switched_off() {
    full(&["default_cache_behavior.compress"], |d| {
        d.default_cache_behavior.as_mut().expect("a behaviour").compress = Some(false);
    });
}

#[test]
fn smooth_streaming_switched_off() {
    at_behaviour("/legacy/*", &["smooth_streaming"], |behaviour| {
        behaviour.smooth_streaming = Some(false)
    });
}

#[test]
fn a_field_level_encryption_attached() {
    at_behaviour("/rpc/*", &["field_level_encryption_id"], |behaviour| {
        behaviour.field_level_encryption_id = Some("CEXAMPLE".into());
    });
}

#[test]
fn a_realtime_log_attached() {
    at_behaviour("/rpc/*", &["realtime_log_config_arn"], |behaviour| {
        behaviour.realtime_log_config_arn = Some("arn:aws:cloudfront::999999999999:realtime-log-config/all".into());
    });
}

#[test]
fn grpc_switched_off() {
    at_behaviour("/rpc/*", &["grpc_config"], |behaviour| {
        behaviour.grpc_config.as_mut().expect("a block").enabled = false
    });
}

/// Whoever has the address may now read what was for signed requests only. Terraform plans nothing here.
#[test]
fn the_trusted_key_groups_emptied() {
    at_behaviour("/private/*", &["trusted_key_groups"], |behaviour| {
        let groups = behaviour.trusted_key_groups.as_mut().expect("groups");
        (groups.enabled, groups.quantity, groups.items) = (false, 0, None);
    });
}

#[test]
fn the_trusted_key_groups_of_a_default_behaviour_emptied() {
    edited(DISABLED, &["default_cache_behavior.trusted_key_groups"], |d| {
        let groups = d
            .default_cache_behavior
            .as_mut()
            .and_then(|b| b.trusted_key_groups.as_mut())
            .expect("groups");
        (groups.enabled, groups.quantity, groups.items) = (false, 0, None);
    });
}

#[test]
fn a_trusted_signer_added() {
    at_behaviour("/legacy/*", &["trusted_signers"], |behaviour| {
        let signers = behaviour.trusted_signers.as_mut().expect("signers");
        signers.items.as_mut().expect("signers").push("999999999999".into());
        signers.quantity += 1;
    });
}

#[test]
fn a_function_swapped() {
    let world = edge();
    let other = world.attribute("aws_cloudfront_function.headers", "arn");
    world.edit_distribution(FULL, |d| {
        let functions = d
            .default_cache_behavior
            .as_mut()
            .and_then(|b| b.function_associations.as_mut())
            .expect("functions");
        let on_request = functions.items.as_mut().expect("functions").iter_mut();
        on_request
            .filter(|one| one.event_type == EventType::ViewerRequest)
            .for_each(|one| one.function_arn = other.clone());
    });
    world.expect(&[changed(
        FULL,
        &["default_cache_behavior.function_association[\"viewer-request\"].function_arn"],
    )]);
}

#[test]
fn a_function_removed() {
    full(
        &["default_cache_behavior.function_association[\"viewer-response\"]"],
        |d| {
            let functions = d
                .default_cache_behavior
                .as_mut()
                .and_then(|b| b.function_associations.as_mut())
                .expect("functions");
            functions
                .items
                .as_mut()
                .expect("functions")
                .retain(|one| one.event_type == EventType::ViewerRequest);
            functions.quantity = 1;
        },
    );
}

#[test]
fn an_edge_function_put_to_another_version() {
    at_behaviour(
        "/api/*",
        &["lambda_function_association[\"origin-request\"].lambda_arn"],
        |behaviour| {
            let functions = behaviour
                .lambda_function_associations
                .as_mut()
                .and_then(|f| f.items.as_mut())
                .expect("functions");
            functions[0].lambda_function_arn = functions[0].lambda_function_arn.replace(":3", ":4");
        },
    );
}

#[test]
fn an_edge_function_kept_from_the_body() {
    at_behaviour(
        "/api/*",
        &["lambda_function_association[\"origin-request\"].include_body"],
        |behaviour| {
            let functions = behaviour
                .lambda_function_associations
                .as_mut()
                .and_then(|f| f.items.as_mut())
                .expect("functions");
            functions[0].include_body = Some(false);
        },
    );
}

#[test]
#[expect(deprecated, reason = "the API and Terraform still have them")]
fn the_ttls_of_a_behaviour_without_policy_changed() {
    at_behaviour("/api/*", &["min_ttl", "default_ttl", "max_ttl"], |behaviour| {
        (behaviour.min_ttl, behaviour.default_ttl, behaviour.max_ttl) = (Some(1), Some(6), Some(60));
    });
}

#[test]
#[expect(deprecated, reason = "the API and Terraform still have them")]
fn the_forwarding_of_query_strings_switched_off() {
    at_behaviour("/api/*", &["forwarded_values.query_string"], |behaviour| {
        behaviour.forwarded_values.as_mut().expect("forwarding").query_string = false;
    });
}

#[test]
#[expect(deprecated, reason = "the API and Terraform still have them")]
fn a_forwarded_header_removed() {
    at_behaviour("/api/*", &["forwarded_values.headers"], |behaviour| {
        let headers = behaviour
            .forwarded_values
            .as_mut()
            .and_then(|f| f.headers.as_mut())
            .expect("headers");
        headers
            .items
            .as_mut()
            .expect("headers")
            .retain(|one| one != "Authorization");
        headers.quantity = 1;
    });
}

#[test]
#[expect(deprecated, reason = "the API and Terraform still have them")]
fn a_query_string_that_makes_a_cache_key_added() {
    at_behaviour("/api/*", &["forwarded_values.query_string_cache_keys"], |behaviour| {
        let keys = behaviour
            .forwarded_values
            .as_mut()
            .and_then(|f| f.query_string_cache_keys.as_mut())
            .expect("keys");
        keys.items.as_mut().expect("keys").push("session".into());
        keys.quantity += 1;
    });
}

#[test]
#[expect(deprecated, reason = "the API and Terraform still have them")]
fn all_cookies_forwarded() {
    let paths = [
        "forwarded_values.cookies.forward",
        "forwarded_values.cookies.whitelisted_names",
    ];
    at_behaviour("/api/*", &paths, |behaviour| {
        let cookies = behaviour
            .forwarded_values
            .as_mut()
            .and_then(|f| f.cookies.as_mut())
            .expect("cookies");
        (cookies.forward, cookies.whitelisted_names) = (ItemSelection::All, None);
    });
}

#[test]
#[expect(deprecated, reason = "the API and Terraform still have them")]
fn forwarding_replaced_by_a_cache_policy() {
    at_behaviour("/legacy/*", &["cache_policy_id", "forwarded_values"], |behaviour| {
        behaviour.forwarded_values = None;
        behaviour.cache_policy_id = Some(CACHING_DISABLED.into());
        (behaviour.min_ttl, behaviour.default_ttl, behaviour.max_ttl) = (None, None, None);
    });
}
