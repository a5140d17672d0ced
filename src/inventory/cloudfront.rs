//! What CloudFront answers, in the API's own terms. Members that AWS leaves out or answers with an empty string
//! are `None`; `Quantity` wrappers are plain lists.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One line of `ListDistributions`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DistributionSummary {
    pub id: String,
    pub arn: String,
    /// `dxxxx.cloudfront.net`.
    pub domain_name: String,
    pub aliases: Vec<String>,
    pub enabled: bool,
    pub staging: bool,
    /// Domain names of the origins.
    pub origin_domains: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

/// `GetDistribution`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Distribution {
    pub id: String,
    pub arn: String,
    /// `dxxxx.cloudfront.net`.
    pub domain_name: String,
    /// `Deployed` or `InProgress`.
    pub status: String,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// Per key group and signer that CloudFront lists as trusted (`ActiveTrustedKeyGroups`, `ActiveTrustedSigners`), how
    /// many keys it can check signatures with. Empty where nothing was told.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub active_keys: BTreeMap<String, usize>,
    pub config: DistributionConfig,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DistributionConfig {
    pub aliases: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub anycast_ip_list_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// `direct` or `tenant-only`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_mode: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continuous_deployment_policy_id: Option<String>,
    pub custom_error_responses: Vec<CustomErrorResponse>,
    pub default_cache_behavior: CacheBehavior,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_root_object: Option<String>,
    pub enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_version: Option<String>,
    pub is_ipv6_enabled: bool,
    pub logging: DistributionLogging,
    /// In precedence order; `path_pattern` is always set.
    pub cache_behaviors: Vec<CacheBehavior>,
    pub origins: Vec<Origin>,
    pub origin_groups: Vec<OriginGroup>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_class: Option<String>,
    pub geo_restriction: GeoRestriction,
    pub staging: bool,
    pub viewer_certificate: ViewerCertificate,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub web_acl_id: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomErrorResponse {
    pub error_code: i64,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_caching_min_ttl: Option<i64>,
    /// Text in the API (`"200"`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_page_path: Option<String>,
}

/// The default cache behaviour, or one of the ordered ones (then with a path pattern).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CacheBehavior {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path_pattern: Option<String>,
    pub target_origin_id: String,
    pub viewer_protocol_policy: String,
    pub allowed_methods: Vec<String>,
    pub cached_methods: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_policy_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_request_policy_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_headers_policy_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field_level_encryption_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub realtime_log_config_arn: Option<String>,
    pub compress: bool,
    pub smooth_streaming: bool,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_ttl: Option<i64>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_ttl: Option<i64>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_ttl: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forwarded_values: Option<ForwardedValues>,
    pub lambda_function_associations: Vec<LambdaFunctionAssociation>,
    pub function_associations: Vec<FunctionAssociation>,
    /// Empty when `TrustedKeyGroups.Enabled` is false.
    pub trusted_key_groups: Vec<String>,
    /// Empty when `TrustedSigners.Enabled` is false.
    pub trusted_signers: Vec<String>,
    pub grpc_enabled: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ForwardedValues {
    pub query_string: bool,
    pub query_string_cache_keys: Vec<String>,
    pub headers: Vec<String>,
    /// `none`, `whitelist` or `all`.
    pub cookies_forward: String,
    pub cookies_whitelisted_names: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LambdaFunctionAssociation {
    pub event_type: String,
    pub lambda_arn: String,
    #[serde(default)]
    pub include_body: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionAssociation {
    pub event_type: String,
    pub function_arn: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DistributionLogging {
    pub enabled: bool,
    pub include_cookies: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Origin {
    pub id: String,
    pub domain_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_path: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_attempts: Option<i64>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_timeout: Option<i64>,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_completion_timeout: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_access_control_id: Option<String>,
    /// Values may be secrets: reports never print them.
    pub custom_headers: Vec<CustomHeader>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_origin: Option<CustomOrigin>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3_origin: Option<S3Origin>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vpc_origin: Option<VpcOrigin>,
    pub origin_shield_enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_shield_region: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomHeader {
    pub name: String,
    pub value: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CustomOrigin {
    pub http_port: i64,
    pub https_port: i64,
    /// `http-only`, `https-only` or `match-viewer`.
    pub origin_protocol_policy: String,
    pub origin_ssl_protocols: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_keepalive_timeout: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_read_timeout: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address_type: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct S3Origin {
    /// `origin-access-identity/cloudfront/ID`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_access_identity: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VpcOrigin {
    pub vpc_origin_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_keepalive_timeout: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_read_timeout: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_account_id: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginGroup {
    pub id: String,
    pub status_codes: Vec<i64>,
    /// Origin ids, the primary first.
    pub members: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GeoRestriction {
    /// `none`, `whitelist` or `blacklist`.
    pub restriction_type: String,
    pub locations: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ViewerCertificate {
    pub cloudfront_default_certificate: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acm_certificate_arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iam_certificate_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ssl_support_method: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum_protocol_version: Option<String>,
}

/// `GetOriginAccessControl`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OriginAccessControl {
    pub id: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `s3`, `mediastore`, `mediapackagev2` or `lambda`.
    pub origin_type: String,
    /// `always`, `never` or `no-override`.
    pub signing_behavior: String,
    pub signing_protocol: String,
}

/// `GetContinuousDeploymentPolicy`. Of a traffic rule by header only the header's name is kept: its value is what lets
/// testers in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ContinuousDeploymentPolicy {
    pub id: String,
    pub enabled: bool,
    /// `dxxxx.cloudfront.net` of the staging distribution; the API takes one.
    pub staging_domains: Vec<String>,
    /// The part of all requests that goes to the staging distribution, 0 to 0.15, under a rule by weight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    /// The header (`aws-cf-cd-…`) that sends a request there, under a rule by header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<String>,
}

/// `GetOriginRequestPolicy`, as far as its headers go.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OriginRequestPolicy {
    pub id: String,
    pub name: String,
    /// `none`, `whitelist`, `allViewer`, `allViewerAndWhitelistCloudFront` or `allExcept`.
    pub header_behavior: String,
    /// What `whitelist` lets through, and `allExcept` does not.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<String>,
}

/// `GetCloudFrontOriginAccessIdentity`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OriginAccessIdentity {
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    pub s3_canonical_user_id: String,
}
