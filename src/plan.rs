//! Which reads a comparison needs, each once, planned before the first call goes out.

use std::collections::{BTreeMap, BTreeSet};

/// One thing to ask AWS. Its own identity is what de-duplicates: two resources that need the same answer name the
/// same read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Read {
    /// `s3:ListBuckets`, all pages.
    Buckets,
    /// One sub-resource of one bucket.
    Bucket { bucket: String, aspect: BucketAspect },
    /// `s3:HeadObject`, or, where that is forbidden, `s3:ListObjectsV2` for one key.
    Object { bucket: String, key: String },
    /// Whether anything is stored under a prefix: `s3:ListObjectsV2` for one key.
    Prefix { bucket: String, prefix: String },
    /// `s3control:GetPublicAccessBlock` of the account.
    AccountPublicAccessBlock,
    /// `acm:DescribeCertificate` by ARN.
    Certificate(String),
    /// `cloudfront:ListDistributions`, all pages.
    Distributions,
    /// `cloudfront:GetDistribution` by id.
    Distribution(String),
    /// `cloudfront:ListTagsForResource` by distribution ARN.
    DistributionTags(String),
    /// `cloudfront:GetOriginAccessControl` by id.
    OriginAccessControl(String),
    /// `cloudfront:GetCloudFrontOriginAccessIdentity` by id.
    OriginAccessIdentity(String),
    /// `cloudfront:GetOriginRequestPolicy` by id; only for what AWS does not manage.
    OriginRequestPolicy(String),
    /// `cloudfront:GetContinuousDeploymentPolicy` by id.
    ContinuousDeploymentPolicy(String),
    /// `route53:ListHostedZones`, all pages.
    Zones,
    /// `route53:GetHostedZone` by id; only for what the listing does not tell.
    Zone(String),
    /// Tags of a zone by id; the reader asks for ten at a time (`route53:ListTagsForResources`).
    ZoneTags(String),
    /// `route53:ListResourceRecordSets` by zone id, all pages.
    RecordSets(String),
    /// `route53:GetHealthCheck` by id.
    HealthCheck(String),
}

impl Read {
    /// Whether a host's path goes on without the answer, which only bears on how one of its steps is judged: then a
    /// doubt tells that it is lacking, and the path still counts as followed.
    pub fn is_beside_the_path(&self) -> bool {
        matches!(
            self,
            Read::OriginRequestPolicy(_) | Read::ContinuousDeploymentPolicy(_) | Read::HealthCheck(_)
        )
    }
}

/// The sub-resources of a bucket, each one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BucketAspect {
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
}

impl BucketAspect {
    /// The IAM action (and API operation) that reads it.
    pub fn action(self) -> &'static str {
        match self {
            BucketAspect::Tags => "s3:GetBucketTagging",
            BucketAspect::Policy => "s3:GetBucketPolicy",
            BucketAspect::PublicAccessBlock => "s3:GetBucketPublicAccessBlock",
            BucketAspect::Ownership => "s3:GetBucketOwnershipControls",
            BucketAspect::Acl => "s3:GetBucketAcl",
            BucketAspect::Website => "s3:GetBucketWebsite",
            BucketAspect::Versioning => "s3:GetBucketVersioning",
            BucketAspect::Cors => "s3:GetBucketCORS",
            BucketAspect::Lifecycle => "s3:GetLifecycleConfiguration",
            BucketAspect::Logging => "s3:GetBucketLogging",
            BucketAspect::Encryption => "s3:GetEncryptionConfiguration",
            BucketAspect::Replication => "s3:GetReplicationConfiguration",
            BucketAspect::Acceleration => "s3:GetAccelerateConfiguration",
            BucketAspect::RequestPayer => "s3:GetBucketRequestPayment",
            BucketAspect::ObjectLock => "s3:GetBucketObjectLockConfiguration",
        }
    }
}

/// The reads of one run, de-duplicated and in a stable order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadPlan {
    reads: BTreeSet<Read>,
}

impl ReadPlan {
    pub fn add(&mut self, read: Read) {
        self.reads.insert(read);
    }

    pub fn iter(&self) -> impl Iterator<Item = &Read> {
        self.reads.iter()
    }

    pub fn len(&self) -> usize {
        self.reads.len()
    }

    pub fn is_empty(&self) -> bool {
        self.reads.is_empty()
    }
}

impl Extend<Read> for ReadPlan {
    fn extend<I: IntoIterator<Item = Read>>(&mut self, reads: I) {
        self.reads.extend(reads);
    }
}

impl FromIterator<Read> for ReadPlan {
    fn from_iter<I: IntoIterator<Item = Read>>(reads: I) -> Self {
        Self {
            reads: reads.into_iter().collect(),
        }
    }
}

/// Reads by the account (12 digits) that is to answer them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plans {
    by_account: BTreeMap<String, ReadPlan>,
}

impl Plans {
    pub fn add(&mut self, account: &str, read: Read) {
        self.extend(account, [read]);
    }

    pub fn extend(&mut self, account: &str, reads: impl IntoIterator<Item = Read>) {
        let mut reads = reads.into_iter().peekable();
        if reads.peek().is_some() {
            self.by_account.entry(account.to_owned()).or_default().extend(reads);
        }
    }

    /// What one account is to be asked.
    pub fn of(&self, account: &str) -> Option<&ReadPlan> {
        self.by_account.get(account)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &ReadPlan)> {
        self.by_account.iter().map(|(account, plan)| (account.as_str(), plan))
    }

    pub fn is_empty(&self) -> bool {
        self.by_account.is_empty()
    }
}
