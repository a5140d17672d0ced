//! Every sub-resource of a bucket as S3 documents it, and as the inventory has it.

use driftgate::inventory::Answer;
use driftgate::plan::{BucketAspect, Read};
use serde_json::json;

use super::{Asked, Reply, aspect, listing, observe, ok, s3_error};

const ASPECTS: [BucketAspect; 15] = [
    BucketAspect::Tags,
    BucketAspect::Policy,
    BucketAspect::PublicAccessBlock,
    BucketAspect::Ownership,
    BucketAspect::Acl,
    BucketAspect::Website,
    BucketAspect::Versioning,
    BucketAspect::Cors,
    BucketAspect::Lifecycle,
    BucketAspect::Logging,
    BucketAspect::Encryption,
    BucketAspect::Replication,
    BucketAspect::Acceleration,
    BucketAspect::RequestPayer,
    BucketAspect::ObjectLock,
];

fn reads() -> impl Iterator<Item = Read> {
    ASPECTS
        .into_iter()
        .map(|each| aspect("site", each))
        .chain([Read::Buckets])
}

fn document(root: &str, members: &str) -> Reply {
    ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><{root} xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{members}</{root}>"
    ))
}

fn configured(asked: &Asked) -> Reply {
    match asked.line.strip_prefix("GET /site?").unwrap_or_default() {
        "tagging" => document(
            "Tagging",
            "<TagSet><Tag><Key>team</Key><Value>web</Value></Tag><Tag><Key>aws:x</Key><Value></Value></Tag></TagSet>",
        ),
        "policy" => ok("{\"Version\":\"2012-10-17\",\"Statement\":[]}"),
        "publicAccessBlock" => document(
            "PublicAccessBlockConfiguration",
            "<BlockPublicAcls>true</BlockPublicAcls><RestrictPublicBuckets>true</RestrictPublicBuckets>",
        ),
        "ownershipControls" => document(
            "OwnershipControls",
            "<Rule><ObjectOwnership>BucketOwnerPreferred</ObjectOwnership></Rule>",
        ),
        "acl" => document(
            "AccessControlPolicy",
            "<Owner><ID>me</ID></Owner><AccessControlList><Grant>\
             <Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"><ID>me</ID></Grantee>\
             <Permission>FULL_CONTROL</Permission></Grant><Grant>\
             <Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Group\">\
             <URI>http://acs.amazonaws.com/groups/s3/LogDelivery</URI></Grantee><Permission>WRITE</Permission></Grant></AccessControlList>",
        ),
        "website" => document(
            "WebsiteConfiguration",
            "<IndexDocument><Suffix>index.html</Suffix></IndexDocument><ErrorDocument><Key>404.html</Key></ErrorDocument><RoutingRules>\
             <RoutingRule><Condition><KeyPrefixEquals>docs/</KeyPrefixEquals></Condition><Redirect><ReplaceKeyPrefixWith/>\
             <HttpRedirectCode>301</HttpRedirectCode></Redirect></RoutingRule></RoutingRules>",
        ),
        "versioning" => document(
            "VersioningConfiguration",
            "<Status>Suspended</Status><MfaDelete>Disabled</MfaDelete>",
        ),
        "cors" => document(
            "CORSConfiguration",
            "<CORSRule><AllowedOrigin>https://www.example.com</AllowedOrigin><AllowedMethod>GET</AllowedMethod>\
             <AllowedMethod>HEAD</AllowedMethod><AllowedHeader>*</AllowedHeader><MaxAgeSeconds>3000</MaxAgeSeconds></CORSRule>",
        ),
        "lifecycle" => document(
            "LifecycleConfiguration",
            "<Rule><ID>logs</ID><Filter><And><Prefix>logs/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></And></Filter>\
             <Status>Enabled</Status><Transition><Days>30</Days><StorageClass>GLACIER</StorageClass></Transition>\
             <Expiration><Date>2027-01-01T00:00:00.000Z</Date></Expiration>\
             <NoncurrentVersionExpiration><NoncurrentDays>7</NoncurrentDays></NoncurrentVersionExpiration>\
             <AbortIncompleteMultipartUpload><DaysAfterInitiation>3</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>\
             <Rule><ID>all</ID><Filter/><Status>Disabled</Status><Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker>\
             </Expiration></Rule>",
        ),
        "logging" => document(
            "BucketLoggingStatus",
            "<LoggingEnabled><TargetBucket>logs</TargetBucket><TargetPrefix>site/</TargetPrefix></LoggingEnabled>",
        ),
        "encryption" => document(
            "ServerSideEncryptionConfiguration",
            "<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>alias/site</KMSMasterKeyID>\
             </ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled></Rule>",
        ),
        "replication" => document(
            "ReplicationConfiguration",
            "<Role>arn:aws:iam::111122223333:role/copy</Role><Rule><ID>copy</ID><Priority>1</Priority><Filter/><Status>Enabled</Status>\
             <Destination><Bucket>arn:aws:s3:::copy</Bucket><StorageClass>STANDARD_IA</StorageClass></Destination></Rule>",
        ),
        "accelerate" => document("AccelerateConfiguration", "<Status>Enabled</Status>"),
        "requestPayment" => document("RequestPaymentConfiguration", "<Payer>Requester</Payer>"),
        "object-lock" => document(
            "ObjectLockConfiguration",
            "<ObjectLockEnabled>Enabled</ObjectLockEnabled><Rule><DefaultRetention><Mode>GOVERNANCE</Mode><Days>30</Days>\
             </DefaultRetention></Rule>",
        ),
        _ => listing(&[("site", Some("eu-west-2"))], None),
    }
}

#[test]
fn a_bucket_with_everything_configured() {
    let (seen, log) = observe(reads(), configured);
    assert_eq!(log.lines().len(), 16);
    let expected = json!({
        "tags": {"found": {"aws:x": "", "team": "web"}},
        "policy": {"found": "{\"Version\":\"2012-10-17\",\"Statement\":[]}"},
        "public_access_block": {"found": {
            "block_public_acls": true, "block_public_policy": false, "ignore_public_acls": false, "restrict_public_buckets": true
        }},
        "ownership": {"found": "BucketOwnerPreferred"},
        "acl": {"found": {"owner": "me", "grants": [
            {"permission": "FULL_CONTROL", "grantee_type": "CanonicalUser", "id": "me"},
            {"permission": "WRITE", "grantee_type": "Group", "uri": "http://acs.amazonaws.com/groups/s3/LogDelivery"}
        ]}},
        "website": {"found": {"index_document": "index.html", "error_document": "404.html", "routing_rules": [
            {"key_prefix_equals": "docs/", "http_redirect_code": "301", "replace_key_prefix_with": ""}
        ]}},
        "versioning": {"found": {"status": "Suspended", "mfa_delete": "Disabled"}},
        "cors": {"found": [{
            "allowed_headers": ["*"], "allowed_methods": ["GET", "HEAD"], "allowed_origins": ["https://www.example.com"],
            "expose_headers": [], "max_age_seconds": 3000
        }]},
        "lifecycle": {"found": [
            {"id": "logs", "enabled": true, "prefix": "logs/", "tags": {"k": "v"}, "abort_incomplete_multipart_upload_days": 3,
             "expiration_date": "2027-01-01", "expired_object_delete_marker": false, "noncurrent_expiration_days": 7,
             "transitions": [{"days": 30, "storage_class": "GLACIER"}]},
            {"id": "all", "enabled": false, "prefix": "", "expired_object_delete_marker": true}
        ]},
        "logging": {"found": {"target_bucket": "logs", "target_prefix": "site/"}},
        "encryption": {"found": [{"sse_algorithm": "aws:kms", "kms_master_key_id": "alias/site", "bucket_key_enabled": true}]},
        "replication": {"found": {"role": "arn:aws:iam::111122223333:role/copy", "rules": [
            {"id": "copy", "status": "Enabled", "priority": 1, "prefix": "", "destination_bucket": "arn:aws:s3:::copy",
             "destination_storage_class": "STANDARD_IA"}
        ]}},
        "acceleration": {"found": "Enabled"},
        "request_payer": {"found": "Requester"},
        "object_lock": {"found": {"enabled": true, "mode": "GOVERNANCE", "days": 30, "years": 0}}
    });
    assert_eq!(serde_json::to_value(seen.inventory.bucket("site")).unwrap(), expected);
}

#[test]
fn a_bucket_with_nothing_configured() {
    let (seen, log) = observe(reads(), |asked| {
        match asked.line.strip_prefix("GET /site?").unwrap_or_default() {
            "tagging" => s3_error(404, "NoSuchTagSet"),
            "policy" => s3_error(404, "NoSuchBucketPolicy"),
            "publicAccessBlock" => s3_error(404, "NoSuchPublicAccessBlockConfiguration"),
            "ownershipControls" => s3_error(404, "OwnershipControlsNotFoundError"),
            "acl" => document("AccessControlPolicy", "<Owner><ID>me</ID></Owner><AccessControlList/>"),
            "website" => s3_error(404, "NoSuchWebsiteConfiguration"),
            "versioning" => document("VersioningConfiguration", ""),
            "cors" => s3_error(404, "NoSuchCORSConfiguration"),
            "lifecycle" => s3_error(404, "NoSuchLifecycleConfiguration"),
            "logging" => document("BucketLoggingStatus", ""),
            "encryption" => s3_error(404, "ServerSideEncryptionConfigurationNotFoundError"),
            "replication" => s3_error(404, "ReplicationConfigurationNotFoundError"),
            "accelerate" => document("AccelerateConfiguration", ""),
            "requestPayment" => document("RequestPaymentConfiguration", "<Payer>BucketOwner</Payer>"),
            "object-lock" => s3_error(404, "ObjectLockConfigurationNotFoundError"),
            _ => listing(&[("site", Some("eu-west-2"))], None),
        }
    });
    assert_eq!(log.lines().len(), 16, "no absence is asked twice");
    let absent = json!("absent");
    let expected = json!({
        "tags": absent, "policy": absent, "public_access_block": absent, "ownership": absent, "website": absent, "cors": absent,
        "lifecycle": absent, "logging": absent, "encryption": absent, "replication": absent, "acceleration": absent, "object_lock": absent,
        "acl": {"found": {"owner": "me", "grants": []}},
        "versioning": {"found": {}},
        "request_payer": {"found": "BucketOwner"}
    });
    assert_eq!(serde_json::to_value(seen.inventory.bucket("site")).unwrap(), expected);
    assert_eq!(seen.inventory.bucket("site").head, Answer::NotRead);
}
