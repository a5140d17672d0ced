//! What AWS Certificate Manager answers.

use serde::{Deserialize, Serialize};

/// `DescribeCertificate`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Certificate {
    pub arn: String,
    /// `ISSUED`, `PENDING_VALIDATION`, `EXPIRED`, `REVOKED` …
    pub status: String,
    /// Every name it covers, the main one included; lower case.
    pub names: Vec<String>,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_before: Option<String>,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after: Option<String>,
    /// Imported certificates do not renew by themselves.
    pub imported: bool,
    /// `PENDING_AUTO_RENEWAL`, `PENDING_VALIDATION`, `SUCCESS`, `FAILED`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renewal_status: Option<String>,
    /// CNAME records that DNS validation (and every renewal) needs: name and value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub validation_records: Vec<(String, String)>,
}
