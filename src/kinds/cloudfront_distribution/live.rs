//! A live distribution as the provider's Read would store it.

use serde_json::{Map, Value, json};

use crate::inventory::{CacheBehavior, CustomOrigin, DistributionConfig, DistributionLogging, ForwardedValues, Origin};
use crate::kinds::bucket::block;

/// Every attribute but the tags. `separate_v1_flag`: the state comes from provider 6.20 or later, which keeps a logging
/// block for cookies alone.
pub(super) fn attributes(config: &DistributionConfig, separate_v1_flag: bool) -> Map<String, Value> {
    let whole = json!({
        "aliases": config.aliases,
        "anycast_ip_list_id": config.anycast_ip_list_id,
        "comment": config.comment,
        "connection_mode": config.connection_mode,
        "continuous_deployment_policy_id": config.continuous_deployment_policy_id,
        "custom_error_response": config.custom_error_responses.iter().map(|response| json!({
            "error_code": response.error_code,
            "error_caching_min_ttl": response.error_caching_min_ttl,
            "response_code": response.response_code,
            "response_page_path": response.response_page_path,
        })).collect::<Value>(),
        "default_cache_behavior": [behaviour(&config.default_cache_behavior)],
        "default_root_object": config.default_root_object,
        "enabled": config.enabled,
        "http_version": config.http_version,
        "is_ipv6_enabled": config.is_ipv6_enabled,
        "logging_config": logging(&config.logging, separate_v1_flag),
        "ordered_cache_behavior": config.cache_behaviors.iter().map(behaviour).collect::<Value>(),
        "origin": config.origins.iter().map(origin).collect::<Value>(),
        "origin_group": config.origin_groups.iter().map(|group| json!({
            "origin_id": group.id,
            "failover_criteria": [{ "status_codes": group.status_codes }],
            "member": group.members.iter().map(|id| json!({ "origin_id": id })).collect::<Value>(),
        })).collect::<Value>(),
        "price_class": config.price_class,
        "restrictions": [{ "geo_restriction": [{
            "restriction_type": config.geo_restriction.restriction_type,
            "locations": config.geo_restriction.locations,
        }] }],
        "staging": config.staging,
        "viewer_certificate": [{
            "acm_certificate_arn": config.viewer_certificate.acm_certificate_arn,
            "cloudfront_default_certificate": config.viewer_certificate.cloudfront_default_certificate,
            "iam_certificate_id": config.viewer_certificate.iam_certificate_id,
            "minimum_protocol_version": config.viewer_certificate.minimum_protocol_version,
            "ssl_support_method": config.viewer_certificate.ssl_support_method,
        }],
        "web_acl_id": config.web_acl_id,
    });
    match whole {
        Value::Object(attributes) => attributes,
        _ => Map::new(),
    }
}

fn behaviour(behaviour: &CacheBehavior) -> Value {
    json!({
        "path_pattern": behaviour.path_pattern,
        "allowed_methods": behaviour.allowed_methods,
        "cached_methods": behaviour.cached_methods,
        "cache_policy_id": behaviour.cache_policy_id,
        "origin_request_policy_id": behaviour.origin_request_policy_id,
        "response_headers_policy_id": behaviour.response_headers_policy_id,
        "field_level_encryption_id": behaviour.field_level_encryption_id,
        "realtime_log_config_arn": behaviour.realtime_log_config_arn,
        "compress": behaviour.compress,
        "smooth_streaming": behaviour.smooth_streaming,
        "target_origin_id": behaviour.target_origin_id,
        "viewer_protocol_policy": behaviour.viewer_protocol_policy,
        "min_ttl": behaviour.min_ttl,
        "default_ttl": behaviour.default_ttl,
        "max_ttl": behaviour.max_ttl,
        "forwarded_values": block(behaviour.forwarded_values.as_ref().map(forwarded_values)),
        "lambda_function_association": behaviour.lambda_function_associations.iter().map(|association| json!({
            "event_type": association.event_type,
            "lambda_arn": association.lambda_arn,
            "include_body": association.include_body,
        })).collect::<Value>(),
        "function_association": behaviour.function_associations.iter().map(|association| json!({
            "event_type": association.event_type,
            "function_arn": association.function_arn,
        })).collect::<Value>(),
        "trusted_key_groups": behaviour.trusted_key_groups,
        "trusted_signers": behaviour.trusted_signers,
        "grpc_config": [{ "enabled": behaviour.grpc_enabled }],
    })
}

fn forwarded_values(values: &ForwardedValues) -> Value {
    json!({
        "query_string": values.query_string,
        "query_string_cache_keys": values.query_string_cache_keys,
        "headers": values.headers,
        "cookies": [{
            "forward": values.cookies_forward,
            "whitelisted_names": values.cookies_whitelisted_names,
        }],
    })
}

/// Legacy standard logging. Switched off, the service wipes bucket and prefix but may keep the cookie flag, which
/// providers before 6.20 do not store.
fn logging(logging: &DistributionLogging, separate_v1_flag: bool) -> Value {
    let bucket = logging.bucket.as_ref().filter(|_| logging.enabled);
    let prefix = logging.prefix.as_ref().filter(|_| logging.enabled);
    let kept = logging.enabled || (separate_v1_flag && logging.include_cookies);
    block(kept.then(|| json!({ "bucket": bucket, "include_cookies": logging.include_cookies, "prefix": prefix })))
}

fn origin(origin: &Origin) -> Value {
    json!({
        "origin_id": origin.id,
        "domain_name": origin.domain_name,
        "origin_path": origin.origin_path,
        "connection_attempts": origin.connection_attempts,
        "connection_timeout": origin.connection_timeout,
        "response_completion_timeout": origin.response_completion_timeout,
        "origin_access_control_id": origin.origin_access_control_id,
        "custom_header": origin.custom_headers.iter().map(|header| json!({
            "name": header.name,
            "value": header.value,
        })).collect::<Value>(),
        "custom_origin_config": block(origin.custom_origin.as_ref().map(custom_origin)),
        "s3_origin_config": block(origin.s3_origin.as_ref().map(|s3| json!({
            "origin_access_identity": s3.origin_access_identity,
        }))),
        "vpc_origin_config": block(origin.vpc_origin.as_ref().map(|vpc| json!({
            "vpc_origin_id": vpc.vpc_origin_id,
            "origin_keepalive_timeout": vpc.origin_keepalive_timeout,
            "origin_read_timeout": vpc.origin_read_timeout,
            "owner_account_id": vpc.owner_account_id,
        }))),
        "origin_shield": block(origin.origin_shield_enabled.then(|| json!({
            "enabled": true,
            "origin_shield_region": origin.origin_shield_region,
        }))),
    })
}

fn custom_origin(custom: &CustomOrigin) -> Value {
    json!({
        "http_port": custom.http_port,
        "https_port": custom.https_port,
        "origin_protocol_policy": custom.origin_protocol_policy,
        "origin_ssl_protocols": custom.origin_ssl_protocols,
        "origin_keepalive_timeout": custom.origin_keepalive_timeout,
        "origin_read_timeout": custom.origin_read_timeout,
        "ip_address_type": custom.ip_address_type,
    })
}
