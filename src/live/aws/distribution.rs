//! CloudFront's `Distribution` as the inventory spells it: without the `Quantity` wrappers, and with what is not set
//! told in one way.

use std::collections::BTreeMap;

use aws_sdk_cloudfront::types;

use super::wire::{instant, text};
use crate::inventory::{
    CacheBehavior, CustomErrorResponse, CustomHeader, CustomOrigin, Distribution, DistributionConfig,
    DistributionLogging, DistributionSummary, ForwardedValues, FunctionAssociation, GeoRestriction,
    LambdaFunctionAssociation, Origin, OriginGroup, S3Origin, ViewerCertificate, VpcOrigin,
};

/// `None` without a configuration, which no distribution lacks.
pub(super) fn distribution(found: types::Distribution) -> Option<Distribution> {
    let active_keys = active_keys(found.active_trusted_key_groups, found.active_trusted_signers);
    Some(Distribution {
        active_keys,
        id: found.id,
        arn: found.arn,
        domain_name: found.domain_name,
        status: found.status,
        last_modified: instant(&found.last_modified_time),
        config: config(found.distribution_config?),
    })
}

/// How many keys each trusted key group and signer has.
fn active_keys(
    groups: Option<types::ActiveTrustedKeyGroups>,
    signers: Option<types::ActiveTrustedSigners>,
) -> BTreeMap<String, usize> {
    let count = |keys: Option<types::KeyPairIds>| keys.and_then(|keys| keys.items).unwrap_or_default().len();
    let groups = groups.and_then(|groups| groups.items).unwrap_or_default();
    let signers = signers.and_then(|signers| signers.items).unwrap_or_default();
    let groups = groups
        .into_iter()
        .filter_map(|group| Some((group.key_group_id?, count(group.key_pair_ids))));
    let signers = signers
        .into_iter()
        .filter_map(|signer| Some((signer.aws_account_number?, count(signer.key_pair_ids))));
    groups.chain(signers).collect()
}

/// One line of the listing.
pub(super) fn summary(found: types::DistributionSummary) -> DistributionSummary {
    DistributionSummary {
        id: found.id,
        arn: found.arn,
        domain_name: found.domain_name,
        aliases: found.aliases.and_then(|aliases| aliases.items).unwrap_or_default(),
        enabled: found.enabled,
        staging: found.staging,
        origin_domains: found
            .origins
            .map(|origins| origins.items)
            .unwrap_or_default()
            .into_iter()
            .map(|origin| origin.domain_name)
            .collect(),
        comment: text(Some(found.comment)),
    }
}

fn config(config: types::DistributionConfig) -> DistributionConfig {
    DistributionConfig {
        aliases: config.aliases.and_then(|aliases| aliases.items).unwrap_or_default(),
        anycast_ip_list_id: text(config.anycast_ip_list_id),
        comment: text(Some(config.comment)),
        connection_mode: text(config.connection_mode.map(|mode| mode.as_str().to_owned())),
        continuous_deployment_policy_id: text(config.continuous_deployment_policy_id),
        custom_error_responses: config
            .custom_error_responses
            .and_then(|responses| responses.items)
            .unwrap_or_default()
            .into_iter()
            .map(error_response)
            .collect(),
        default_cache_behavior: config.default_cache_behavior.map(default_behavior).unwrap_or_default(),
        default_root_object: text(config.default_root_object),
        enabled: config.enabled,
        http_version: text(config.http_version.map(|version| version.as_str().to_owned())),
        is_ipv6_enabled: config.is_ipv6_enabled.unwrap_or_default(),
        logging: config.logging.map(logging).unwrap_or_default(),
        cache_behaviors: config
            .cache_behaviors
            .and_then(|behaviors| behaviors.items)
            .unwrap_or_default()
            .into_iter()
            .map(ordered_behavior)
            .collect(),
        origins: config
            .origins
            .map(|origins| origins.items)
            .unwrap_or_default()
            .into_iter()
            .map(origin)
            .collect(),
        origin_groups: config
            .origin_groups
            .and_then(|groups| groups.items)
            .unwrap_or_default()
            .into_iter()
            .map(origin_group)
            .collect(),
        price_class: text(config.price_class.map(|class| class.as_str().to_owned())),
        geo_restriction: config
            .restrictions
            .and_then(|r| r.geo_restriction)
            .map(geo_restriction)
            .unwrap_or_default(),
        staging: config.staging.unwrap_or_default(),
        viewer_certificate: config.viewer_certificate.map(viewer_certificate).unwrap_or_default(),
        web_acl_id: text(config.web_acl_id),
    }
}

fn error_response(response: types::CustomErrorResponse) -> CustomErrorResponse {
    CustomErrorResponse {
        error_code: response.error_code.into(),
        error_caching_min_ttl: response.error_caching_min_ttl,
        response_code: text(response.response_code),
        response_page_path: text(response.response_page_path),
    }
}

/// `DefaultCacheBehavior` and `CacheBehavior` are two types of the API with the same members but one.
macro_rules! behavior {
    ($behavior:expr, $path_pattern:expr) => {{
        let behavior = $behavior;
        let (allowed_methods, cached_methods) = methods(behavior.allowed_methods);
        CacheBehavior {
            path_pattern: $path_pattern,
            target_origin_id: behavior.target_origin_id,
            viewer_protocol_policy: behavior.viewer_protocol_policy.as_str().to_owned(),
            allowed_methods,
            cached_methods,
            cache_policy_id: text(behavior.cache_policy_id),
            origin_request_policy_id: text(behavior.origin_request_policy_id),
            response_headers_policy_id: text(behavior.response_headers_policy_id),
            field_level_encryption_id: text(behavior.field_level_encryption_id),
            realtime_log_config_arn: text(behavior.realtime_log_config_arn),
            compress: behavior.compress.unwrap_or_default(),
            smooth_streaming: behavior.smooth_streaming.unwrap_or_default(),
            min_ttl: behavior.min_ttl,
            default_ttl: behavior.default_ttl,
            max_ttl: behavior.max_ttl,
            forwarded_values: behavior.forwarded_values.map(forwarded_values),
            lambda_function_associations: behavior
                .lambda_function_associations
                .and_then(|associations| associations.items)
                .unwrap_or_default()
                .into_iter()
                .map(|association| LambdaFunctionAssociation {
                    event_type: association.event_type.as_str().to_owned(),
                    lambda_arn: association.lambda_function_arn,
                    include_body: association.include_body.unwrap_or_default(),
                })
                .collect(),
            function_associations: behavior
                .function_associations
                .and_then(|associations| associations.items)
                .unwrap_or_default()
                .into_iter()
                .map(|association| FunctionAssociation {
                    event_type: association.event_type.as_str().to_owned(),
                    function_arn: association.function_arn,
                })
                .collect(),
            trusted_key_groups: behavior
                .trusted_key_groups
                .filter(|groups| groups.enabled)
                .and_then(|groups| groups.items)
                .unwrap_or_default(),
            trusted_signers: behavior
                .trusted_signers
                .filter(|signers| signers.enabled)
                .and_then(|signers| signers.items)
                .unwrap_or_default(),
            grpc_enabled: behavior.grpc_config.is_some_and(|grpc| grpc.enabled),
        }
    }};
}

#[expect(deprecated, reason = "behaviours without a cache policy still carry these members")]
fn default_behavior(behavior: types::DefaultCacheBehavior) -> CacheBehavior {
    behavior!(behavior, None)
}

#[expect(deprecated, reason = "behaviours without a cache policy still carry these members")]
fn ordered_behavior(behavior: types::CacheBehavior) -> CacheBehavior {
    let path_pattern = Some(behavior.path_pattern.clone());
    behavior!(behavior, path_pattern)
}

fn methods(allowed: Option<types::AllowedMethods>) -> (Vec<String>, Vec<String>) {
    let names = |methods: Vec<types::Method>| methods.iter().map(|method| method.as_str().to_owned()).collect();
    allowed
        .map(|allowed| {
            (
                names(allowed.items),
                allowed.cached_methods.map(|c| names(c.items)).unwrap_or_default(),
            )
        })
        .unwrap_or_default()
}

fn forwarded_values(values: types::ForwardedValues) -> ForwardedValues {
    let (forward, names) = values
        .cookies
        .map(|cookies| {
            (
                cookies.forward.as_str().to_owned(),
                cookies
                    .whitelisted_names
                    .and_then(|names| names.items)
                    .unwrap_or_default(),
            )
        })
        .unwrap_or_default();
    ForwardedValues {
        query_string: values.query_string,
        query_string_cache_keys: values
            .query_string_cache_keys
            .and_then(|keys| keys.items)
            .unwrap_or_default(),
        headers: values.headers.and_then(|headers| headers.items).unwrap_or_default(),
        cookies_forward: forward,
        cookies_whitelisted_names: names,
    }
}

fn logging(logging: types::LoggingConfig) -> DistributionLogging {
    DistributionLogging {
        enabled: logging.enabled,
        include_cookies: logging.include_cookies,
        bucket: text(Some(logging.bucket)),
        prefix: text(Some(logging.prefix)),
    }
}

fn origin(origin: types::Origin) -> Origin {
    let shield = origin.origin_shield;
    Origin {
        id: origin.id,
        domain_name: origin.domain_name,
        origin_path: text(origin.origin_path),
        connection_attempts: origin.connection_attempts.map(i64::from),
        connection_timeout: origin.connection_timeout.map(i64::from),
        response_completion_timeout: origin.response_completion_timeout.map(i64::from),
        origin_access_control_id: text(origin.origin_access_control_id),
        custom_headers: origin
            .custom_headers
            .and_then(|headers| headers.items)
            .unwrap_or_default()
            .into_iter()
            .map(|header| CustomHeader {
                name: header.header_name,
                value: header.header_value,
            })
            .collect(),
        custom_origin: origin.custom_origin_config.map(custom_origin),
        s3_origin: origin.s3_origin_config.map(|s3| S3Origin {
            origin_access_identity: text(Some(s3.origin_access_identity)),
        }),
        vpc_origin: origin.vpc_origin_config.map(|vpc| VpcOrigin {
            vpc_origin_id: vpc.vpc_origin_id,
            origin_keepalive_timeout: vpc.origin_keepalive_timeout.map(i64::from),
            origin_read_timeout: vpc.origin_read_timeout.map(i64::from),
            owner_account_id: text(vpc.owner_account_id),
        }),
        origin_shield_enabled: shield.as_ref().is_some_and(|shield| shield.enabled),
        origin_shield_region: shield.and_then(|shield| text(shield.origin_shield_region)),
    }
}

fn custom_origin(custom: types::CustomOriginConfig) -> CustomOrigin {
    CustomOrigin {
        http_port: custom.http_port.into(),
        https_port: custom.https_port.into(),
        origin_protocol_policy: custom.origin_protocol_policy.as_str().to_owned(),
        origin_ssl_protocols: custom
            .origin_ssl_protocols
            .map(|protocols| protocols.items)
            .unwrap_or_default()
            .iter()
            .map(|protocol| protocol.as_str().to_owned())
            .collect(),
        origin_keepalive_timeout: custom.origin_keepalive_timeout.map(i64::from),
        origin_read_timeout: custom.origin_read_timeout.map(i64::from),
        ip_address_type: text(custom.ip_address_type.map(|kind| kind.as_str().to_owned())),
    }
}

fn origin_group(group: types::OriginGroup) -> OriginGroup {
    OriginGroup {
        id: group.id,
        status_codes: group
            .failover_criteria
            .and_then(|criteria| criteria.status_codes)
            .map(|codes| codes.items)
            .unwrap_or_default()
            .into_iter()
            .map(i64::from)
            .collect(),
        members: group
            .members
            .map(|members| members.items)
            .unwrap_or_default()
            .into_iter()
            .map(|member| member.origin_id)
            .collect(),
    }
}

fn geo_restriction(geo: types::GeoRestriction) -> GeoRestriction {
    GeoRestriction {
        restriction_type: geo.restriction_type.as_str().to_owned(),
        locations: geo.items.unwrap_or_default(),
    }
}

fn viewer_certificate(certificate: types::ViewerCertificate) -> ViewerCertificate {
    ViewerCertificate {
        cloudfront_default_certificate: certificate.cloud_front_default_certificate.unwrap_or_default(),
        acm_certificate_arn: text(certificate.acm_certificate_arn),
        iam_certificate_id: text(certificate.iam_certificate_id),
        ssl_support_method: text(certificate.ssl_support_method.map(|method| method.as_str().to_owned())),
        minimum_protocol_version: text(
            certificate
                .minimum_protocol_version
                .map(|version| version.as_str().to_owned()),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switched_off_signers_and_empty_texts_are_nothing() {
        let behavior = types::DefaultCacheBehavior::builder()
            .target_origin_id("site")
            .viewer_protocol_policy(types::ViewerProtocolPolicy::RedirectToHttps)
            .field_level_encryption_id("")
            .trusted_signers(
                types::TrustedSigners::builder()
                    .enabled(false)
                    .quantity(1)
                    .items("123456789012")
                    .build()
                    .unwrap(),
            )
            .trusted_key_groups(
                types::TrustedKeyGroups::builder()
                    .enabled(true)
                    .quantity(1)
                    .items("k")
                    .build()
                    .unwrap(),
            )
            .build()
            .unwrap();
        let mapped = default_behavior(behavior);
        assert_eq!(mapped.viewer_protocol_policy, "redirect-to-https");
        assert_eq!(mapped.field_level_encryption_id, None);
        assert!(mapped.trusted_signers.is_empty());
        assert_eq!(mapped.trusted_key_groups, ["k"]);
        assert_eq!(mapped.path_pattern, None);
    }
}
