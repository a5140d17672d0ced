//! What Route 53 answers, in the API's own terms. Ids are bare (`Z…`, without `/hostedzone/`).

use serde::{Deserialize, Serialize};

/// One line of `ListHostedZones`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ZoneSummary {
    pub id: String,
    /// As answered: lower case, `\ooo` escapes, trailing dot.
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    pub private: bool,
    /// The service that owns the zone (AWS Cloud Map …), if one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linked_service: Option<String>,
}

/// What only `GetHostedZone` tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ZoneDetail {
    /// VPC ids of a private zone.
    pub vpcs: Vec<String>,
    pub name_servers: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delegation_set: Option<String>,
}

/// `GetHealthCheck`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HealthCheck {
    pub id: String,
    /// `HTTP`, `HTTPS`, `HTTP_STR_MATCH`, `HTTPS_STR_MATCH` or `TCP` for one that asks an endpoint; `CALCULATED`,
    /// `CLOUDWATCH_METRIC`, `RECOVERY_CONTROL`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The endpoint's address. Without one Route 53 looks the name up; beside one the name is the `Host` header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fully_qualified_domain_name: Option<String>,
    /// Nothing is asked; Route 53 takes the check for passed.
    pub disabled: bool,
    /// What fails counts as passed, and the other way round.
    pub inverted: bool,
}

/// One record set as `ListResourceRecordSets` gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecordSet {
    /// As answered: lower case, `\ooo` escapes, trailing dot.
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alias: Option<AliasTarget>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set_identifier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<i64>,
    /// Latency routing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// `PRIMARY` or `SECONDARY`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failover: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub geolocation: Option<GeoLocation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub geoproximity: Option<GeoProximity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cidr: Option<CidrRouting>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub multivalue_answer: Option<bool>,
    /// Set where a traffic policy instance owns the record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub traffic_policy_instance_id: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AliasTarget {
    pub dns_name: String,
    pub hosted_zone_id: String,
    pub evaluate_target_health: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GeoLocation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub continent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subdivision: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GeoProximity {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aws_region: Option<String>,
    pub bias: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_zone_group: Option<String>,
    /// Latitude and longitude, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coordinates: Option<(String, String)>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CidrRouting {
    pub collection_id: String,
    pub location_name: String,
}
