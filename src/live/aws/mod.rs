//! AWS itself, as a blocking façade: the asynchronous runtime lives and ends in here, the rest of the program is
//! plain functions.
//!
//! All reads of a plan run under one schedule: buckets, distributions, certificates and zones side by side, each service
//! with its own limit of calls in flight. Retries (five tries, standard back-off) and time limits are the SDK's.

mod account;
mod acm;
mod calls;
mod classify;
mod cloudfront;
mod connect;
mod credentials;
mod distribution;
mod http;
mod pace;
mod route53;
mod s3;
mod wire;

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::runtime::Runtime;

use crate::inventory::{Answer, Caller, Inventory};
use crate::live::{Observation, Progress};
use crate::plan::ReadPlan;

use account::Account;
use acm::Acm;
use calls::Calls;
use cloudfront::CloudFront;
pub use connect::{ConnectError, DEFAULT_REGION, Settings};
pub use http::Network;
use route53::Route53;
use s3::S3;
pub use s3::{HistoryBucket, ObjectError};

/// A connection to one account, with the credentials it was made with.
///
/// Its methods block; call them outside of any asynchronous runtime.
pub struct Aws {
    runtime: Runtime,
    caller: Caller,
    region: String,
    calls: Calls,
    account: Account,
    acm: Acm,
    s3: S3,
    cloudfront: CloudFront,
    route53: Route53,
}

impl Aws {
    /// Finds credentials and asks AWS who they are (one call, `sts:GetCallerIdentity`).
    ///
    /// # Errors
    /// [`ConnectError`], with what to do about it in its text.
    pub fn connect(settings: Settings) -> Result<Self, ConnectError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()?;
        let calls = Calls::default();
        let (config, caller) = runtime.block_on(async {
            let config = connect::load(&settings).await?;
            let profile = settings.profile.clone().or_else(|| std::env::var("AWS_PROFILE").ok());
            let caller = connect::identify(&config, &calls, profile).await?;
            Ok::<_, ConnectError>((config, caller))
        })?;
        let region = config
            .region()
            .map_or(DEFAULT_REGION, |region| region.as_ref())
            .to_owned();
        let pause = settings.retry_base.unwrap_or(Duration::from_secs(1));
        Ok(Self {
            account: Account::new(&config, &calls, &caller.account),
            acm: Acm::new(&config, &calls, &caller.account),
            s3: S3::new(s3::Clients::new(&config, &calls, &region), pause),
            cloudfront: CloudFront::new(&config, &calls),
            route53: Route53::new(&config, &calls, settings.route53_per_second),
            runtime,
            caller,
            region,
            calls,
        })
    }

    /// Who the credentials are.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// The configured region, where buckets of unknown region are asked first.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Does all reads of the plan. What could not be read stands in the inventory as such; nothing stops the rest.
    pub fn observe(&self, plan: &ReadPlan, progress: &dyn Progress) -> Observation {
        let mut inventory = Inventory::default();
        self.observe_more(plan, &mut inventory, progress);
        Observation {
            inventory,
            calls: self.calls(),
        }
    }

    /// A further round: does the reads of the plan that `inventory` has no answer to, and adds what they bring. What
    /// earlier rounds found out is used (which buckets the account has, where they are, which are gone) and nothing is
    /// asked twice, a read that failed included.
    pub fn observe_more(&self, plan: &ReadPlan, inventory: &mut Inventory, progress: &dyn Progress) {
        let plan: ReadPlan = plan.iter().filter(|read| !inventory.holds(read)).cloned().collect();
        progress.planned(plan.len() as u64);
        let known = &*inventory;
        let (account, certificates, buckets, distributions, zones) = self.runtime.block_on(async {
            futures::join!(
                self.account.read(&plan, progress),
                self.acm.read(&plan, progress),
                self.s3.read(&plan, known, progress),
                self.cloudfront.read(&plan, progress),
                self.route53.read(&plan, progress)
            )
        });
        inventory.caller = Answer::Found(self.caller.clone());
        for found in [account, certificates, buckets, distributions, zones] {
            inventory.absorb(found);
        }
    }

    /// API calls since the connection was made, as in [`Observation::calls`].
    pub fn calls(&self) -> BTreeMap<String, u64> {
        self.calls.by_operation()
    }

    /// One object's bytes, for a state in an S3 backend. `region` is where the bucket is said to be; it is followed to
    /// where it is.
    ///
    /// # Errors
    /// [`ObjectError`], naming the object.
    pub fn object(&self, bucket: &str, key: &str, region: Option<&str>) -> Result<Vec<u8>, ObjectError> {
        self.runtime.block_on(self.s3.object(bucket, key, region))
    }
}
