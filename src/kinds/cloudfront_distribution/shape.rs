//! How each attribute of a distribution compares. Defaults are those that the API fills in (provider 5.100, section
//! B.1 of the provider's schema; API reference of `DistributionConfig`).

use crate::canon::{Block, Shape};

pub(super) fn distribution() -> Block {
    Block::new([
        ("aliases", Shape::set(Shape::caseless())),
        ("anycast_ip_list_id", Shape::text()),
        ("comment", Shape::text()),
        ("connection_mode", Shape::text_or("direct")),
        ("continuous_deployment_policy_id", Shape::text()),
        (
            "custom_error_response",
            Shape::Keyed {
                key: &["error_code"],
                of: custom_error_response(),
            },
        ),
        ("default_cache_behavior", Shape::Single(behaviour())),
        ("default_root_object", Shape::text()),
        ("enabled", Shape::Bool),
        ("http_version", Shape::caseless_or("http2")),
        ("is_ipv6_enabled", Shape::Bool),
        ("logging_config", Shape::Vanishing(logging())),
        (
            "ordered_cache_behavior",
            Shape::Ordered {
                key: "path_pattern",
                of: behaviour().with("path_pattern", Shape::text()),
            },
        ),
        (
            "origin",
            Shape::Keyed {
                key: &["origin_id"],
                of: origin(),
            },
        ),
        (
            "origin_group",
            Shape::Keyed {
                key: &["origin_id"],
                of: origin_group(),
            },
        ),
        ("price_class", Shape::text_or("PriceClass_All")),
        ("restrictions", Shape::Single(restrictions())),
        ("staging", Shape::Bool),
        ("tags", Shape::Map),
        ("viewer_certificate", Shape::Single(viewer_certificate())),
        ("web_acl_id", Shape::text()),
    ])
}

fn custom_error_response() -> Block {
    Block::new([
        ("error_code", Shape::number()),
        ("error_caching_min_ttl", Shape::number()),
        ("response_code", Shape::number()),
        ("response_page_path", Shape::text()),
    ])
}

fn behaviour() -> Block {
    let methods = || Shape::set(Shape::text());
    Block::new([
        ("allowed_methods", methods()),
        ("cached_methods", methods()),
        ("cache_policy_id", Shape::text()),
        ("origin_request_policy_id", Shape::text()),
        ("response_headers_policy_id", Shape::text()),
        ("field_level_encryption_id", Shape::text()),
        ("realtime_log_config_arn", Shape::text()),
        ("compress", Shape::Bool),
        ("smooth_streaming", Shape::Bool),
        ("target_origin_id", Shape::text()),
        ("viewer_protocol_policy", Shape::text()),
        ("min_ttl", Shape::number()),
        ("default_ttl", Shape::number()),
        ("max_ttl", Shape::number()),
        ("forwarded_values", Shape::Single(forwarded_values())),
        (
            "lambda_function_association",
            Shape::Keyed {
                key: &["event_type"],
                of: lambda_function_association(),
            },
        ),
        (
            "function_association",
            Shape::Keyed {
                key: &["event_type"],
                of: function_association(),
            },
        ),
        ("trusted_key_groups", Shape::set(Shape::text())),
        ("trusted_signers", Shape::set(Shape::text())),
        ("grpc_config", Shape::Vanishing(Block::new([("enabled", Shape::Bool)]))),
    ])
}

fn forwarded_values() -> Block {
    let cookies = Block::new([
        ("forward", Shape::text_or("none")),
        ("whitelisted_names", Shape::set(Shape::text())),
    ]);
    Block::new([
        ("query_string", Shape::Bool),
        ("query_string_cache_keys", Shape::set(Shape::text())),
        ("headers", Shape::set(Shape::caseless())),
        ("cookies", Shape::Single(cookies)),
    ])
}

fn lambda_function_association() -> Block {
    Block::new([
        ("event_type", Shape::text()),
        ("lambda_arn", Shape::text()),
        ("include_body", Shape::Bool),
    ])
}

fn function_association() -> Block {
    Block::new([("event_type", Shape::text()), ("function_arn", Shape::text())])
}

fn logging() -> Block {
    Block::new([
        ("bucket", Shape::caseless()),
        ("include_cookies", Shape::Bool),
        ("prefix", Shape::text()),
    ])
}

fn origin() -> Block {
    Block::new([
        ("origin_id", Shape::text()),
        ("domain_name", Shape::caseless()),
        ("origin_path", Shape::text()),
        ("connection_attempts", Shape::number_or(3)),
        ("connection_timeout", Shape::number_or(10)),
        ("response_completion_timeout", Shape::number()),
        ("origin_access_control_id", Shape::text()),
        (
            "custom_header",
            Shape::Keyed {
                key: &["name"],
                of: Block::new([("name", Shape::caseless()), ("value", Shape::text())]),
            },
        ),
        ("custom_origin_config", Shape::Single(custom_origin())),
        (
            "s3_origin_config",
            Shape::Vanishing(Block::new([("origin_access_identity", Shape::text())])),
        ),
        ("vpc_origin_config", Shape::Single(vpc_origin())),
        (
            "origin_shield",
            Shape::Single(Block::new([
                ("enabled", Shape::Bool),
                ("origin_shield_region", Shape::text()),
            ])),
        ),
    ])
}

fn custom_origin() -> Block {
    Block::new([
        ("http_port", Shape::number()),
        ("https_port", Shape::number()),
        ("origin_protocol_policy", Shape::text()),
        ("origin_ssl_protocols", Shape::set(Shape::text())),
        ("origin_keepalive_timeout", Shape::number_or(5)),
        ("origin_read_timeout", Shape::number_or(30)),
        ("ip_address_type", Shape::text_or("ipv4")),
    ])
}

fn vpc_origin() -> Block {
    Block::new([
        ("vpc_origin_id", Shape::text()),
        ("origin_keepalive_timeout", Shape::number_or(5)),
        ("origin_read_timeout", Shape::number_or(30)),
        ("owner_account_id", Shape::text()),
    ])
}

fn origin_group() -> Block {
    Block::new([
        ("origin_id", Shape::text()),
        (
            "failover_criteria",
            Shape::Single(Block::new([("status_codes", Shape::set(Shape::number()))])),
        ),
        (
            "member",
            Shape::list(Shape::Object(Block::new([("origin_id", Shape::text())]))),
        ),
    ])
}

fn restrictions() -> Block {
    let geo = Block::new([
        ("restriction_type", Shape::text_or("none")),
        ("locations", Shape::set(Shape::text())),
    ]);
    Block::new([("geo_restriction", Shape::Single(geo))])
}

fn viewer_certificate() -> Block {
    Block::new([
        ("acm_certificate_arn", Shape::text()),
        ("cloudfront_default_certificate", Shape::Bool),
        ("iam_certificate_id", Shape::text()),
        ("minimum_protocol_version", Shape::text_or("TLSv1")),
        ("ssl_support_method", Shape::text()),
    ])
}
