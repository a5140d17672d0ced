//! The sub-resources of a bucket, each one call.

use aws_sdk_s3::Client;

use super::ask::Presence;
use super::told::{Fill, Told};
use super::{S3, map};
use crate::live::aws::classify::absent;
use crate::plan::BucketAspect;

impl S3 {
    pub(super) async fn aspect(&self, b: &str, aspect: BucketAspect) -> (Presence, Fill) {
        // One line per sub-resource: where the answer goes, which codes mean "not configured", the call, the mapping.
        macro_rules! ask {
            ($field:ident, $absent:expr, $operation:ident, $map:path) => {{
                let call = |client: Client| {
                    let call = client.$operation().bucket(b);
                    async move { call.send().await }
                };
                let (presence, answer) = self.ask(b, aspect.action(), $absent, call, $map).await;
                let fill: Fill = Box::new(move |told: &mut Told| told.bucket.$field = answer);
                (presence, fill)
            }};
        }
        match aspect {
            BucketAspect::Tags => ask!(tags, absent::TAGS, get_bucket_tagging, map::tags),
            BucketAspect::Policy => ask!(policy, absent::POLICY, get_bucket_policy, map::policy),
            BucketAspect::PublicAccessBlock => {
                ask!(
                    public_access_block,
                    absent::PUBLIC_ACCESS_BLOCK,
                    get_public_access_block,
                    map::public_access_block
                )
            }
            BucketAspect::Ownership => ask!(
                ownership,
                absent::OWNERSHIP,
                get_bucket_ownership_controls,
                map::ownership
            ),
            BucketAspect::Acl => ask!(acl, absent::NEVER, get_bucket_acl, map::acl),
            BucketAspect::Website => ask!(website, absent::WEBSITE, get_bucket_website, map::website),
            BucketAspect::Versioning => ask!(versioning, absent::NEVER, get_bucket_versioning, map::versioning),
            BucketAspect::Cors => ask!(cors, absent::CORS, get_bucket_cors, map::cors),
            BucketAspect::Lifecycle => ask!(
                lifecycle,
                absent::LIFECYCLE,
                get_bucket_lifecycle_configuration,
                map::lifecycle
            ),
            BucketAspect::Logging => ask!(logging, absent::NEVER, get_bucket_logging, map::logging),
            BucketAspect::Encryption => ask!(encryption, absent::ENCRYPTION, get_bucket_encryption, map::encryption),
            BucketAspect::Replication => ask!(
                replication,
                absent::REPLICATION,
                get_bucket_replication,
                map::replication
            ),
            BucketAspect::Acceleration => ask!(
                acceleration,
                absent::NEVER,
                get_bucket_accelerate_configuration,
                map::acceleration
            ),
            BucketAspect::RequestPayer => ask!(
                request_payer,
                absent::NEVER,
                get_bucket_request_payment,
                map::request_payer
            ),
            BucketAspect::ObjectLock => ask!(
                object_lock,
                absent::OBJECT_LOCK,
                get_object_lock_configuration,
                map::object_lock
            ),
        }
    }
}
