//! One question about one bucket: asked in the bucket's region, and what the answer says about the bucket itself.

use std::error::Error;
use std::sync::PoisonError;

use aws_sdk_s3::Client;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use super::S3;
use crate::inventory::{Answer, Reason};
use crate::live::aws::classify::{CallError, hollow};

/// What answers say about whether the bucket exists, the weightier ones last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Presence {
    /// Nothing.
    Open,
    /// There is no such object, or no such bucket: a `HEAD` does not tell which.
    Either,
    /// As before, and the bucket's own `HEAD` did not tell either.
    Untold,
    Proven,
    Disproven,
}

impl S3 {
    /// One answer about a bucket. `NoSuchBucket` is asked for a second time, since S3 may answer it for a bucket just made.
    pub(super) async fn ask<T, O, E, F>(
        &self,
        bucket: &str,
        operation: &str,
        not_configured: &[&str],
        call: impl Fn(Client) -> F,
        map: fn(O) -> Option<Answer<T>>,
    ) -> (Presence, Answer<T>)
    where
        E: ProvideErrorMetadata + Error + 'static,
        F: Future<Output = Result<O, SdkError<E, HttpResponse>>> + Send,
    {
        let mut result = self.call(bucket, &call).await;
        if result.as_ref().is_err_and(|error| error.says_no_bucket(false)) {
            tokio::time::sleep(self.pause).await;
            result = self.call(bucket, &call).await;
        }
        match result {
            Ok(found) => match map(found) {
                Some(answer) => (Presence::Proven, answer),
                None => (Presence::Open, hollow(operation)),
            },
            Err(error) if error.says_no_bucket(false) => (Presence::Disproven, Answer::Absent),
            Err(error) if error.is(not_configured) => (Presence::Proven, Answer::Absent),
            Err(error) => (Presence::Open, Answer::Failed(error.failure(operation))),
        }
    }

    /// One call in the bucket's region, a second one where the answer says that it lives in another.
    pub(super) async fn call<O, E, F>(&self, bucket: &str, call: impl Fn(Client) -> F) -> Result<O, CallError>
    where
        E: ProvideErrorMetadata + Error + 'static,
        F: Future<Output = Result<O, SdkError<E, HttpResponse>>> + Send,
    {
        // The semaphore is never closed; without a permit the call would merely be unpaced.
        let _permit = self.permits.acquire().await;
        let asked = self
            .region(bucket)
            .unwrap_or_else(|| self.clients.home_region().to_owned());
        let error = match Box::pin(call(self.clients.of(&asked))).await {
            Ok(found) => return Ok(found),
            Err(error) => CallError::new(&error),
        };
        if error.reason("") != Reason::WrongRegion {
            return Err(error);
        }
        let Some(region) = error
            .region()
            .map(str::to_owned)
            .or_else(|| self.region(bucket))
            .filter(|region| *region != asked)
        else {
            return Err(error);
        };
        self.learn(bucket, &region);
        Box::pin(call(self.clients.of(&region)))
            .await
            .map_err(|error| CallError::new(&error))
    }

    pub(super) fn region(&self, bucket: &str) -> Option<String> {
        self.regions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(bucket)
            .cloned()
    }

    pub(super) fn learn(&self, bucket: &str, region: &str) {
        self.regions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(bucket.to_owned(), region.to_owned());
    }
}
