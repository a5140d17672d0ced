//! What S3 answers about buckets, in the API's own terms.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Answer, Tags};

/// One line of `ListBuckets`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketSummary {
    pub name: String,
    /// The bucket's region where the listing gives it (`BucketRegion`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
}

/// `HeadBucket` of a name that the account's own listing lacks: the name exists all the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BucketHead {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

/// The answers of one bucket's sub-resources. `Absent` is the documented not-configured code of each
/// (`NoSuchBucketPolicy`, `NoSuchTagSet` …) and, for all of them, `NoSuchBucket`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct BucketAnswers {
    /// Only asked where the listing does not name the bucket.
    #[serde(skip_serializing_if = "not_read")]
    pub head: Answer<BucketHead>,
    #[serde(skip_serializing_if = "not_read")]
    pub tags: Answer<Tags>,
    /// The policy document's text.
    #[serde(skip_serializing_if = "not_read")]
    pub policy: Answer<String>,
    #[serde(skip_serializing_if = "not_read")]
    pub public_access_block: Answer<PublicAccessBlock>,
    /// `Rules[0].ObjectOwnership`.
    #[serde(skip_serializing_if = "not_read")]
    pub ownership: Answer<String>,
    #[serde(skip_serializing_if = "not_read")]
    pub acl: Answer<Acl>,
    #[serde(skip_serializing_if = "not_read")]
    pub website: Answer<Website>,
    #[serde(skip_serializing_if = "not_read")]
    pub versioning: Answer<Versioning>,
    #[serde(skip_serializing_if = "not_read")]
    pub cors: Answer<Vec<CorsRule>>,
    #[serde(skip_serializing_if = "not_read")]
    pub lifecycle: Answer<Vec<LifecycleRule>>,
    /// Absent where `LoggingEnabled` is missing.
    #[serde(skip_serializing_if = "not_read")]
    pub logging: Answer<Logging>,
    #[serde(skip_serializing_if = "not_read")]
    pub encryption: Answer<Vec<EncryptionRule>>,
    #[serde(skip_serializing_if = "not_read")]
    pub replication: Answer<Replication>,
    /// `Enabled` or `Suspended`; absent when never set.
    #[serde(skip_serializing_if = "not_read")]
    pub acceleration: Answer<String>,
    /// `BucketOwner` or `Requester`.
    #[serde(skip_serializing_if = "not_read")]
    pub request_payer: Answer<String>,
    #[serde(skip_serializing_if = "not_read")]
    pub object_lock: Answer<ObjectLock>,
}

impl BucketAnswers {
    /// A bucket nobody asked about.
    pub const NOT_READ: BucketAnswers = BucketAnswers {
        head: Answer::NotRead,
        tags: Answer::NotRead,
        policy: Answer::NotRead,
        public_access_block: Answer::NotRead,
        ownership: Answer::NotRead,
        acl: Answer::NotRead,
        website: Answer::NotRead,
        versioning: Answer::NotRead,
        cors: Answer::NotRead,
        lifecycle: Answer::NotRead,
        logging: Answer::NotRead,
        encryption: Answer::NotRead,
        replication: Answer::NotRead,
        acceleration: Answer::NotRead,
        request_payer: Answer::NotRead,
        object_lock: Answer::NotRead,
    };
}

fn not_read<T>(answer: &Answer<T>) -> bool {
    matches!(answer, Answer::NotRead)
}

/// `HeadObject`. All members but the flag are `None` where only a listing showed that the key exists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Object {
    /// The object itself could not be read (403), but a listing names its key.
    pub listed_only: bool,
    /// `AES256`, `aws:kms`, `aws:kms:dsse`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_side_encryption: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key_id: Option<String>,
    /// `None` means `STANDARD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_class: Option<String>,
    /// `x-amz-website-redirect-location`; works on website endpoints only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_location: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicAccessBlock {
    pub block_public_acls: bool,
    pub block_public_policy: bool,
    pub ignore_public_acls: bool,
    pub restrict_public_buckets: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acl {
    /// The owner's canonical user id.
    pub owner: String,
    pub grants: Vec<Grant>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// `FULL_CONTROL`, `READ`, …
    pub permission: String,
    /// `CanonicalUser` or `Group`.
    pub grantee_type: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Website {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index_document: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_document: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_all_requests_to: Option<RedirectAll>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub routing_rules: Vec<RoutingRule>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedirectAll {
    pub host_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
}

/// One routing rule. `None` and `Some("")` differ: an empty `ReplaceKeyPrefixWith` removes the prefix.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RoutingRule {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_error_code_returned_equals: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_prefix_equals: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub http_redirect_code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub protocol: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replace_key_prefix_with: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replace_key_with: Option<String>,
}

/// Both members are absent on a bucket that was never versioned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Versioning {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mfa_delete: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CorsRule {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub allowed_headers: Vec<String>,
    pub allowed_methods: Vec<String>,
    pub allowed_origins: Vec<String>,
    pub expose_headers: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age_seconds: Option<i64>,
}

/// One lifecycle rule, its five spellings of a filter already folded into prefix, tags and sizes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LifecycleRule {
    pub id: String,
    pub enabled: bool,
    pub prefix: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: Tags,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abort_incomplete_multipart_upload_days: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration_days: Option<i64>,
    /// `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiration_date: Option<String>,
    pub expired_object_delete_marker: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noncurrent_expiration_days: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub transitions: Vec<Transition>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub noncurrent_transitions: Vec<Transition>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Transition {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<i64>,
    /// `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    pub storage_class: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logging {
    pub target_bucket: String,
    pub target_prefix: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EncryptionRule {
    /// `AES256`, `aws:kms`, `aws:kms:dsse`.
    pub sse_algorithm: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_master_key_id: Option<String>,
    #[serde(default)]
    pub bucket_key_enabled: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replication {
    pub role: String,
    pub rules: Vec<ReplicationRule>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReplicationRule {
    pub id: String,
    pub status: String,
    pub priority: i64,
    pub prefix: String,
    /// The destination bucket's ARN.
    pub destination_bucket: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_storage_class: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ObjectLock {
    pub enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    pub days: i64,
    pub years: i64,
}
