//! The live side as a value: what AWS answered to every planned read, and nothing else.
//!
//! An [`Inventory`] is the only product of `live` and the only thing the comparison knows about AWS, whether it
//! was read a second ago or comes out of a snapshot file. It keeps failures beside answers, since "could not be
//! read" must never turn into "is not there".

mod accounts;
mod acm;
mod cloudfront;

mod failure;
mod record_sets;
mod rounds;
mod route53;
mod s3;

use std::collections::BTreeMap;
use std::ops::Bound;

use serde::{Deserialize, Serialize};

pub use acm::*;
pub use cloudfront::*;
pub use failure::{Failure, Reason};
pub use record_sets::RecordSets;
pub use route53::*;
pub use s3::*;

/// Tags as AWS answers them, `aws:` keys included.
pub type Tags = BTreeMap<String, String>;

/// What one read brought.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer<T> {
    /// AWS answered with this.
    Found(T),
    /// AWS says that the thing does not exist or is not configured (a documented not-found code, never a 403).
    Absent,
    /// The read could not be done; nothing is known.
    Failed(Failure),
    /// Nobody asked: the plan did not hold this read, or the snapshot was taken for another state.
    #[default]
    NotRead,
}

impl<T> Answer<T> {
    /// The value, if AWS gave one.
    pub fn found(&self) -> Option<&T> {
        match self {
            Answer::Found(value) => Some(value),
            _ => None,
        }
    }

    /// The same, borrowed. A failure is copied: it is small, and rare.
    pub fn as_ref(&self) -> Answer<&T> {
        match self {
            Answer::Found(value) => Answer::Found(value),
            Answer::Absent => Answer::Absent,
            Answer::Failed(failure) => Answer::Failed(failure.clone()),
            Answer::NotRead => Answer::NotRead,
        }
    }

    /// `Ok(Some)` for a value, `Ok(None)` for a proven absence, `Err` where nothing is known.
    pub fn known(&self) -> Result<Option<&T>, Failure> {
        match self {
            Answer::Found(value) => Ok(Some(value)),
            Answer::Absent => Ok(None),
            Answer::Failed(failure) => Err(failure.clone()),
            Answer::NotRead => Err(Failure::not_read()),
        }
    }
}

/// Who the credentials are (`sts:GetCallerIdentity`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// The 12-digit account id.
    pub account: String,
    /// The caller's ARN; its second field is the partition.
    pub arn: String,
}

impl Caller {
    /// The partition (`aws`, `aws-cn`, `aws-us-gov` …) that the caller's ARN names.
    pub fn partition(&self) -> &str {
        self.arn.split(':').nth(1).filter(|p| !p.is_empty()).unwrap_or("aws")
    }
}

/// All answers of one account, and those of the other accounts of the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Inventory {
    pub caller: Answer<Caller>,
    /// The account's own buckets (`s3:ListBuckets`).
    pub buckets: Answer<Vec<BucketSummary>>,
    /// Per bucket name, what its sub-resources answered.
    pub bucket: BTreeMap<String, BucketAnswers>,
    /// The account's own public access block (`s3control:GetPublicAccessBlock`).
    pub account_public_access_block: Answer<PublicAccessBlock>,
    /// Per bucket and key (`s3:HeadObject`).
    pub objects: BTreeMap<String, BTreeMap<String, Answer<Object>>>,
    /// Per bucket and prefix, the first key under it (`s3:ListObjectsV2`); absent where there is none.
    pub prefixes: BTreeMap<String, BTreeMap<String, Answer<String>>>,
    /// Per ARN (`acm:DescribeCertificate`).
    pub certificate: BTreeMap<String, Answer<Certificate>>,
    /// The account's distributions (`cloudfront:ListDistributions`).
    pub distributions: Answer<Vec<DistributionSummary>>,
    /// Per distribution id (`cloudfront:GetDistribution`).
    pub distribution: BTreeMap<String, Answer<Distribution>>,
    /// Per distribution ARN (`cloudfront:ListTagsForResource`).
    pub distribution_tags: BTreeMap<String, Answer<Tags>>,
    /// Per id (`cloudfront:GetOriginAccessControl`).
    pub origin_access_control: BTreeMap<String, Answer<OriginAccessControl>>,
    /// Per id (`cloudfront:GetCloudFrontOriginAccessIdentity`).
    pub origin_access_identity: BTreeMap<String, Answer<OriginAccessIdentity>>,
    /// Per id, for policies that AWS does not manage (`cloudfront:GetOriginRequestPolicy`).
    pub origin_request_policy: BTreeMap<String, Answer<OriginRequestPolicy>>,
    /// Per id (`cloudfront:GetContinuousDeploymentPolicy`).
    pub continuous_deployment_policy: BTreeMap<String, Answer<ContinuousDeploymentPolicy>>,
    /// The account's hosted zones (`route53:ListHostedZones`).
    pub zones: Answer<Vec<ZoneSummary>>,
    /// Per zone id, for what the listing does not say (`route53:GetHostedZone`).
    pub zone: BTreeMap<String, Answer<ZoneDetail>>,
    /// Per zone id (`route53:ListTagsForResources`).
    pub zone_tags: BTreeMap<String, Answer<Tags>>,
    /// Per zone id, every record set (`route53:ListResourceRecordSets`).
    pub record_sets: BTreeMap<String, Answer<RecordSets>>,
    /// Per id (`route53:GetHealthCheck`).
    pub health_check: BTreeMap<String, Answer<HealthCheck>>,
    /// By account id, what the run's other accounts answered, or why one could not be read.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts: BTreeMap<String, Answer<Inventory>>,
    /// The account of a bucket, where that may be another than the caller's. Follows from the listings ([`Inventory::whole`]).
    #[serde(skip)]
    pub bucket_accounts: BTreeMap<String, String>,
}

impl Inventory {
    /// The answers about one bucket; all "not read" where the bucket was not asked about.
    pub fn bucket(&self, name: &str) -> &BucketAnswers {
        const NOTHING: &BucketAnswers = &BucketAnswers::NOT_READ;
        self.bucket.get(name).unwrap_or(NOTHING)
    }

    /// What is known of one object.
    pub fn object(&self, bucket: &str, key: &str) -> &Answer<Object> {
        self.objects
            .get(bucket)
            .and_then(|keys| keys.get(key))
            .unwrap_or(&Answer::NotRead)
    }

    /// What is known of a prefix: a key under it, the first where that was asked. An object that was read for its own
    /// sake answers too, so that nobody lists what is known to hold something.
    pub fn prefix(&self, bucket: &str, prefix: &str) -> Answer<&str> {
        let listed = self.prefixes.get(bucket).and_then(|prefixes| prefixes.get(prefix));
        match (listed, self.object_under(bucket, prefix)) {
            (Some(Answer::Found(key)), _) => Answer::Found(key),
            (_, Some(key)) => Answer::Found(key),
            (Some(Answer::Absent), None) => Answer::Absent,
            (Some(Answer::Failed(failure)), None) => Answer::Failed(failure.clone()),
            (None | Some(Answer::NotRead), None) => Answer::NotRead,
        }
    }

    /// The first key under the prefix of which the object itself was found.
    fn object_under(&self, bucket: &str, prefix: &str) -> Option<&str> {
        let from = (Bound::Included(prefix), Bound::Unbounded);
        let mut keys = self.objects.get(bucket)?.range::<str, _>(from);
        keys.by_ref()
            .take_while(|(key, _)| key.starts_with(prefix))
            .find(|(_, answer)| answer.found().is_some())
            .map(|(key, _)| key.as_str())
    }

    /// The answer under `key`, or "not read".
    pub fn look_up<'a, T>(answers: &'a BTreeMap<String, Answer<T>>, key: &str) -> &'a Answer<T> {
        answers.get(key).unwrap_or(&Answer::NotRead)
    }
}
