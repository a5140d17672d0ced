//! The IAM actions that the calls need: what a policy for driftgate has to allow, no more. All but those of a history
//! in S3 only read.
//!
//! Source: the Service Authorization Reference pages of each service. An action is not always named after its
//! operation: `ListBuckets` needs `s3:ListAllMyBuckets`, `HeadBucket` needs `s3:ListBucket`.

/// Reading buckets, and whether there is an object. Bodies are not read: without `s3:GetObject` the listing
/// (`s3:ListBucket`) tells whether a key exists, but not how it is encrypted.
pub const S3: &[&str] = &[
    "s3:GetAccelerateConfiguration",
    "s3:GetBucketAcl",
    "s3:GetBucketCORS",
    "s3:GetBucketLogging",
    "s3:GetBucketObjectLockConfiguration",
    "s3:GetBucketOwnershipControls",
    "s3:GetBucketPolicy",
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketRequestPayment",
    "s3:GetBucketTagging",
    "s3:GetBucketVersioning",
    "s3:GetBucketWebsite",
    "s3:GetEncryptionConfiguration",
    "s3:GetLifecycleConfiguration",
    "s3:GetReplicationConfiguration",
    GET_ACCOUNT_PUBLIC_ACCESS_BLOCK,
    GET_OBJECT,
    LIST_BUCKETS,
    HEAD_BUCKET,
];

/// Reading a state out of an S3 backend; `kms:Decrypt` where the object is encrypted with a key of the account's own.
pub const S3_STATE: &[&str] = &[GET_OBJECT, "kms:Decrypt"];

/// Keeping a history in S3, on its bucket and prefix: the only calls that change anything, made where a run is told to
/// keep one there.
pub const S3_HISTORY: &[&str] = &[PUT_OBJECT, GET_OBJECT, LIST_OBJECTS, DELETE_OBJECT];

/// Reading distributions and what their origins sign with.
pub const CLOUDFRONT: &[&str] = &[
    GET_ORIGIN_ACCESS_IDENTITY,
    GET_CONTINUOUS_DEPLOYMENT_POLICY,
    GET_DISTRIBUTION,
    GET_ORIGIN_ACCESS_CONTROL,
    GET_ORIGIN_REQUEST_POLICY,
    LIST_DISTRIBUTIONS,
    LIST_DISTRIBUTION_TAGS,
];

/// Reading the certificates that distributions show.
pub const ACM: &[&str] = &[DESCRIBE_CERTIFICATE];

/// Reading hosted zones, their records, and the health checks that choose among them.
pub const ROUTE53: &[&str] = &[GET_HEALTH_CHECK, GET_ZONE, LIST_ZONES, LIST_RECORD_SETS, LIST_ZONE_TAGS];

/// `ListBuckets`.
pub const LIST_BUCKETS: &str = "s3:ListAllMyBuckets";
/// `HeadBucket`.
pub const HEAD_BUCKET: &str = "s3:ListBucket";
/// `ListObjectsV2`, the same action as `HeadBucket`.
pub const LIST_OBJECTS: &str = HEAD_BUCKET;
/// `GetObject` and `HeadObject`.
pub const GET_OBJECT: &str = "s3:GetObject";
/// `PutObject`, of a history's entry.
pub const PUT_OBJECT: &str = "s3:PutObject";
/// `DeleteObject`, of a history's entry that is too old or one too many.
pub const DELETE_OBJECT: &str = "s3:DeleteObject";
/// S3 Control's `GetPublicAccessBlock`.
pub const GET_ACCOUNT_PUBLIC_ACCESS_BLOCK: &str = "s3:GetAccountPublicAccessBlock";
/// `DescribeCertificate`.
pub const DESCRIBE_CERTIFICATE: &str = "acm:DescribeCertificate";
/// `ListDistributions`.
pub const LIST_DISTRIBUTIONS: &str = "cloudfront:ListDistributions";
/// `GetDistribution`.
pub const GET_DISTRIBUTION: &str = "cloudfront:GetDistribution";
/// `ListTagsForResource`.
pub const LIST_DISTRIBUTION_TAGS: &str = "cloudfront:ListTagsForResource";
/// `GetOriginAccessControl`.
pub const GET_ORIGIN_ACCESS_CONTROL: &str = "cloudfront:GetOriginAccessControl";
/// `GetCloudFrontOriginAccessIdentity`.
pub const GET_ORIGIN_ACCESS_IDENTITY: &str = "cloudfront:GetCloudFrontOriginAccessIdentity";
/// `GetOriginRequestPolicy`.
pub const GET_ORIGIN_REQUEST_POLICY: &str = "cloudfront:GetOriginRequestPolicy";
/// `GetContinuousDeploymentPolicy`.
pub const GET_CONTINUOUS_DEPLOYMENT_POLICY: &str = "cloudfront:GetContinuousDeploymentPolicy";
/// `ListHostedZones`.
pub const LIST_ZONES: &str = "route53:ListHostedZones";
/// `GetHealthCheck`.
pub const GET_HEALTH_CHECK: &str = "route53:GetHealthCheck";
/// `GetHostedZone`.
pub const GET_ZONE: &str = "route53:GetHostedZone";
/// `ListTagsForResources`.
pub const LIST_ZONE_TAGS: &str = "route53:ListTagsForResources";
/// `ListResourceRecordSets`.
pub const LIST_RECORD_SETS: &str = "route53:ListResourceRecordSets";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::BucketAspect;

    #[test]
    fn every_sub_resource_of_a_bucket_has_its_action_in_the_list() {
        use BucketAspect::*;
        let aspects = [
            Tags,
            Policy,
            PublicAccessBlock,
            Ownership,
            Acl,
            Website,
            Versioning,
            Cors,
            Lifecycle,
            Logging,
            Encryption,
            Replication,
            Acceleration,
            RequestPayer,
            ObjectLock,
        ];
        for aspect in aspects {
            assert!(S3.contains(&aspect.action()), "{} is missing", aspect.action());
        }
        assert_eq!(S3.len(), aspects.len() + 4);
    }
}
