//! `aws_cloudfront_distribution` and the identities that it reads its origins with, as the API would answer.
//!
//! Attribute names follow the provider's schema from 2.70 to 6.47. Members that the provider sends of itself stand
//! here too: an origin without any `…_config` block is an S3 origin without identity.

use std::collections::BTreeMap;

use super::attributes::Attributes;
use crate::estate::Estate;
use crate::expected::Instance;
use crate::inventory::{
    Answer, CacheBehavior, ContinuousDeploymentPolicy, CustomErrorResponse, CustomHeader, CustomOrigin, Distribution,
    DistributionConfig, DistributionLogging, DistributionSummary, Failure, ForwardedValues, FunctionAssociation,
    GeoRestriction, Inventory, LambdaFunctionAssociation, Origin, OriginAccessControl, OriginAccessIdentity,
    OriginGroup, OriginRequestPolicy, Reason, S3Origin, ViewerCertificate, VpcOrigin,
};

pub(super) fn fill(estate: &Estate, inventory: &mut Inventory) {
    let mut summaries = Vec::new();
    for instance in estate.of_type("aws_cloudfront_distribution") {
        let attributes = Attributes::of(instance);
        let Some(id) = attributes.text("id") else { continue };
        if inventory.distribution.contains_key(&id) {
            continue;
        }
        let declared = distribution(&id, attributes);
        summaries.push(summary(&declared));
        if let Some(tags) = attributes.tags()
            && !declared.arn.is_empty()
        {
            inventory
                .distribution_tags
                .insert(declared.arn.clone(), Answer::Found(tags));
        }
        let answer = match unordered(instance) {
            Some(failure) => Answer::Failed(failure),
            None => Answer::Found(declared),
        };
        inventory.distribution.insert(id, answer);
    }
    inventory.distributions = Answer::Found(summaries);
    for instance in estate.of_type("aws_cloudfront_origin_access_control") {
        let control = origin_access_control(Attributes::of(instance));
        inventory
            .origin_access_control
            .insert(control.id.clone(), Answer::Found(control));
    }
    for instance in estate.of_type("aws_cloudfront_origin_access_identity") {
        let identity = origin_access_identity(Attributes::of(instance));
        inventory
            .origin_access_identity
            .insert(identity.id.clone(), Answer::Found(identity));
    }
    for instance in estate.of_type("aws_cloudfront_continuous_deployment_policy") {
        let policy = continuous_deployment_policy(Attributes::of(instance));
        inventory
            .continuous_deployment_policy
            .insert(policy.id.clone(), Answer::Found(policy));
    }
    for instance in estate.of_type("aws_cloudfront_origin_request_policy") {
        let policy = origin_request_policy(Attributes::of(instance));
        inventory
            .origin_request_policy
            .insert(policy.id.clone(), Answer::Found(policy));
    }
}

/// Providers before 3.0 could keep behaviours in a set, `cache_behavior`, without the order that decides which of them
/// serves a path.
fn unordered(instance: &Instance) -> Option<Failure> {
    let attributes = Attributes::of(instance);
    let lost = attributes.block("cache_behavior").is_some() && attributes.block("ordered_cache_behavior").is_none();
    lost.then(|| {
        let detail = format!(
            "{} keeps its behaviours in `cache_behavior`, which has no order; run `terraform apply -refresh-only` \
             with a provider of version 3 or later",
            instance.address
        );
        Failure::new(Reason::Unreadable, "", detail)
    })
}

fn summary(declared: &Distribution) -> DistributionSummary {
    DistributionSummary {
        id: declared.id.clone(),
        arn: declared.arn.clone(),
        domain_name: declared.domain_name.clone(),
        aliases: declared.config.aliases.clone(),
        enabled: declared.config.enabled,
        staging: declared.config.staging,
        origin_domains: declared
            .config
            .origins
            .iter()
            .map(|origin| origin.domain_name.clone())
            .collect(),
        comment: declared.config.comment.clone(),
    }
}

/// What a state declares is deployed: a recorded `InProgress` tells only that Terraform did not wait.
fn distribution(id: &str, attributes: Attributes) -> Distribution {
    Distribution {
        id: id.to_owned(),
        arn: attributes.text_or_empty("arn"),
        domain_name: attributes.text_or_empty("domain_name"),
        status: "Deployed".to_owned(),
        last_modified: None,
        active_keys: BTreeMap::new(),
        config: config(attributes),
    }
}

fn config(attributes: Attributes) -> DistributionConfig {
    DistributionConfig {
        aliases: attributes.texts("aliases"),
        anycast_ip_list_id: attributes.text("anycast_ip_list_id"),
        comment: attributes.text("comment"),
        connection_mode: None,
        continuous_deployment_policy_id: attributes.text("continuous_deployment_policy_id"),
        custom_error_responses: attributes.blocks("custom_error_response").map(error_response).collect(),
        default_cache_behavior: attributes
            .block("default_cache_behavior")
            .map(behaviour)
            .unwrap_or_default(),
        default_root_object: attributes.text("default_root_object"),
        enabled: attributes.flag("enabled"),
        http_version: attributes.text("http_version"),
        is_ipv6_enabled: attributes.flag("is_ipv6_enabled"),
        logging: attributes.block("logging_config").map(logging).unwrap_or_default(),
        cache_behaviors: attributes.blocks("ordered_cache_behavior").map(behaviour).collect(),
        origins: attributes.blocks("origin").map(origin).collect(),
        origin_groups: attributes.blocks("origin_group").map(origin_group).collect(),
        price_class: attributes.text("price_class"),
        geo_restriction: geo_restriction(attributes),
        staging: attributes.flag("staging"),
        viewer_certificate: attributes
            .block("viewer_certificate")
            .map(viewer_certificate)
            .unwrap_or_default(),
        web_acl_id: attributes.text("web_acl_id"),
    }
}

/// The response code is a number in the state, with 0 for none, and text in the API.
fn error_response(block: Attributes) -> CustomErrorResponse {
    CustomErrorResponse {
        error_code: block.number("error_code").unwrap_or_default(),
        error_caching_min_ttl: block.number("error_caching_min_ttl"),
        response_code: block.text("response_code").filter(|code| code != "0"),
        response_page_path: block.text("response_page_path"),
    }
}

fn behaviour(block: Attributes) -> CacheBehavior {
    let cache_policy_id = block.text("cache_policy_id");
    // Under a cache policy the provider stores zeros that mean nothing, and the API leaves the members out.
    let ttl = |name: &str| block.number(name).filter(|_| cache_policy_id.is_none());
    CacheBehavior {
        path_pattern: block.text("path_pattern"),
        target_origin_id: block.text_or_empty("target_origin_id"),
        viewer_protocol_policy: block.text_or_empty("viewer_protocol_policy"),
        allowed_methods: block.texts("allowed_methods"),
        cached_methods: block.texts("cached_methods"),
        origin_request_policy_id: block.text("origin_request_policy_id"),
        response_headers_policy_id: block.text("response_headers_policy_id"),
        field_level_encryption_id: block.text("field_level_encryption_id"),
        realtime_log_config_arn: block.text("realtime_log_config_arn"),
        compress: block.flag("compress"),
        smooth_streaming: block.flag("smooth_streaming"),
        min_ttl: ttl("min_ttl"),
        default_ttl: ttl("default_ttl"),
        max_ttl: ttl("max_ttl"),
        forwarded_values: block.block("forwarded_values").map(forwarded_values),
        lambda_function_associations: block.blocks("lambda_function_association").map(lambda).collect(),
        function_associations: block.blocks("function_association").map(function).collect(),
        trusted_key_groups: block.texts("trusted_key_groups"),
        trusted_signers: block.texts("trusted_signers"),
        grpc_enabled: block.block("grpc_config").is_some_and(|grpc| grpc.flag("enabled")),
        cache_policy_id,
    }
}

fn lambda(block: Attributes) -> LambdaFunctionAssociation {
    LambdaFunctionAssociation {
        event_type: block.text_or_empty("event_type"),
        lambda_arn: block.text_or_empty("lambda_arn"),
        include_body: block.flag("include_body"),
    }
}

fn function(block: Attributes) -> FunctionAssociation {
    FunctionAssociation {
        event_type: block.text_or_empty("event_type"),
        function_arn: block.text_or_empty("function_arn"),
    }
}

fn forwarded_values(block: Attributes) -> ForwardedValues {
    let cookies = block.block("cookies");
    ForwardedValues {
        query_string: block.flag("query_string"),
        query_string_cache_keys: block.texts("query_string_cache_keys"),
        headers: block.texts("headers"),
        cookies_forward: cookies
            .and_then(|c| c.text("forward"))
            .unwrap_or_else(|| "none".to_owned()),
        cookies_whitelisted_names: cookies.map(|c| c.texts("whitelisted_names")).unwrap_or_default(),
    }
}

/// Legacy logging is on if and only if there is a bucket (provider 6.20; before that a block without one could not be).
fn logging(block: Attributes) -> DistributionLogging {
    let bucket = block.text("bucket");
    DistributionLogging {
        enabled: bucket.is_some(),
        include_cookies: block.flag("include_cookies"),
        prefix: block.text("prefix").filter(|_| bucket.is_some()),
        bucket,
    }
}

fn origin(block: Attributes) -> Origin {
    let custom_origin = block.block("custom_origin_config").map(custom_origin);
    let vpc_origin = block.block("vpc_origin_config").map(vpc_origin);
    let s3_origin = match block.block("s3_origin_config") {
        Some(s3) => Some(S3Origin {
            origin_access_identity: s3.text("origin_access_identity"),
        }),
        None => (custom_origin.is_none() && vpc_origin.is_none()).then(S3Origin::default),
    };
    let shield = block.block("origin_shield").filter(|shield| shield.flag("enabled"));
    Origin {
        id: block.text_or_empty("origin_id"),
        domain_name: block.text_or_empty("domain_name"),
        origin_path: block.text("origin_path"),
        connection_attempts: block.number("connection_attempts"),
        connection_timeout: block.number("connection_timeout"),
        response_completion_timeout: block
            .number("response_completion_timeout")
            .filter(|seconds| *seconds != 0),
        origin_access_control_id: block.text("origin_access_control_id"),
        custom_headers: block.blocks("custom_header").map(header).collect(),
        custom_origin,
        s3_origin,
        vpc_origin,
        origin_shield_enabled: shield.is_some(),
        origin_shield_region: shield.and_then(|shield| shield.text("origin_shield_region")),
    }
}

fn header(block: Attributes) -> CustomHeader {
    CustomHeader {
        name: block.text_or_empty("name"),
        value: block.text_or_empty("value"),
    }
}

fn custom_origin(block: Attributes) -> CustomOrigin {
    CustomOrigin {
        http_port: block.number("http_port").unwrap_or_default(),
        https_port: block.number("https_port").unwrap_or_default(),
        origin_protocol_policy: block.text_or_empty("origin_protocol_policy"),
        origin_ssl_protocols: block.texts("origin_ssl_protocols"),
        origin_keepalive_timeout: block.number("origin_keepalive_timeout"),
        origin_read_timeout: block.number("origin_read_timeout"),
        ip_address_type: block.text("ip_address_type"),
    }
}

fn vpc_origin(block: Attributes) -> VpcOrigin {
    VpcOrigin {
        vpc_origin_id: block.text_or_empty("vpc_origin_id"),
        origin_keepalive_timeout: block.number("origin_keepalive_timeout"),
        origin_read_timeout: block.number("origin_read_timeout"),
        owner_account_id: block.text("owner_account_id"),
    }
}

fn origin_group(block: Attributes) -> OriginGroup {
    OriginGroup {
        id: block.text_or_empty("origin_id"),
        status_codes: block
            .block("failover_criteria")
            .map(|c| c.numbers("status_codes"))
            .unwrap_or_default(),
        members: block
            .blocks("member")
            .map(|member| member.text_or_empty("origin_id"))
            .collect(),
    }
}

fn geo_restriction(attributes: Attributes) -> GeoRestriction {
    let block = attributes
        .block("restrictions")
        .and_then(|r| r.block("geo_restriction"));
    GeoRestriction {
        restriction_type: block
            .and_then(|b| b.text("restriction_type"))
            .unwrap_or_else(|| "none".to_owned()),
        locations: block.map(|b| b.texts("locations")).unwrap_or_default(),
    }
}

fn viewer_certificate(block: Attributes) -> ViewerCertificate {
    ViewerCertificate {
        cloudfront_default_certificate: block.flag("cloudfront_default_certificate"),
        acm_certificate_arn: block.text("acm_certificate_arn"),
        iam_certificate_id: block.text("iam_certificate_id"),
        ssl_support_method: block.text("ssl_support_method"),
        minimum_protocol_version: block.text("minimum_protocol_version"),
    }
}

fn origin_access_control(attributes: Attributes) -> OriginAccessControl {
    OriginAccessControl {
        id: attributes.text_or_empty("id"),
        name: attributes.text_or_empty("name"),
        description: attributes.text("description"),
        origin_type: attributes.text_or_empty("origin_access_control_origin_type"),
        signing_behavior: attributes.text_or_empty("signing_behavior"),
        signing_protocol: attributes.text_or_empty("signing_protocol"),
    }
}

fn continuous_deployment_policy(attributes: Attributes) -> ContinuousDeploymentPolicy {
    let traffic = attributes.block("traffic_config");
    let names = attributes.block("staging_distribution_dns_names");
    let weight = traffic.and_then(|traffic| traffic.block("single_weight_config"));
    let header = traffic.and_then(|traffic| traffic.block("single_header_config"));
    ContinuousDeploymentPolicy {
        id: attributes.text_or_empty("id"),
        enabled: attributes.flag("enabled"),
        staging_domains: names.map(|names| names.texts("items")).unwrap_or_default(),
        weight: weight.and_then(|weight| weight.text("weight")?.parse().ok()),
        header: header.and_then(|header| header.text("header")),
    }
}

fn origin_request_policy(attributes: Attributes) -> OriginRequestPolicy {
    let headers = attributes.block("headers_config");
    let listed = headers.and_then(|config| config.block("headers"));
    OriginRequestPolicy {
        id: attributes.text_or_empty("id"),
        name: attributes.text_or_empty("name"),
        header_behavior: headers
            .and_then(|config| config.text("header_behavior"))
            .unwrap_or_default(),
        headers: listed.map(|headers| headers.texts("items")).unwrap_or_default(),
    }
}

fn origin_access_identity(attributes: Attributes) -> OriginAccessIdentity {
    OriginAccessIdentity {
        id: attributes.text_or_empty("id"),
        comment: attributes.text("comment"),
        s3_canonical_user_id: attributes.text_or_empty("s3_canonical_user_id"),
    }
}
