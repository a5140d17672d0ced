//! A history under a prefix in a bucket: one object an entry. The only code that changes anything in AWS, and only
//! there.

use std::collections::BTreeSet;

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::primitives::ByteStream;

use super::S3;
use super::object::ObjectError;
use crate::history::{Action, S3Place, Store, StoreError, Stored, Written, one_line};
use crate::inventory::{Failure, Reason};
use crate::live::actions;
use crate::live::aws::Aws;
use crate::live::aws::classify::CallError;
use crate::live::aws::wire::text;

/// The objects of one history, with a connection of its own: it may lie in another account than the one that is
/// checked.
///
/// As with [`Aws`], its methods block; call them outside of any asynchronous runtime.
pub struct HistoryBucket {
    aws: Aws,
    place: S3Place,
}

/// Why a call brought nothing.
enum Refusal {
    NoBucket(String),
    Failed(Failure),
}

impl HistoryBucket {
    /// `aws` has to be connected with the place's profile, if it names one; its region is followed from here.
    pub fn new(aws: Aws, place: S3Place) -> Self {
        if let Some(region) = &place.region {
            aws.s3.learn(&place.bucket, region);
        }
        Self { aws, place }
    }

    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.place.prefix)
    }

    fn error(&self, action: Action, refusal: Refusal) -> StoreError {
        let bucket = &self.place.bucket;
        let (cause, advice) = match refusal {
            Refusal::NoBucket(detail) => (
                format!("there is no bucket {bucket} ({detail})"),
                "make it, or check its name and that these are the right account's credentials".to_owned(),
            ),
            Refusal::Failed(failure) => {
                let advice = advice(&failure, &self.place);
                (failure.to_string(), advice)
            }
        };
        StoreError {
            place: one_line(&self.place.to_string()),
            action,
            cause: one_line(&cause),
            advice,
        }
    }
}

impl Store for HistoryBucket {
    fn list(&self) -> Result<Vec<String>, StoreError> {
        let listing = self.aws.s3.names(&self.place.bucket, &self.place.prefix);
        self.aws
            .runtime
            .block_on(listing)
            .map_err(|refusal| self.error(Action::List, refusal))
    }

    fn read(&self, name: &str) -> Result<Stored, StoreError> {
        let refusal = match self.aws.object(&self.place.bucket, &self.key(name), None) {
            Ok(bytes) => return Ok(Stored::Bytes(bytes)),
            Err(ObjectError::NoSuchKey { .. }) => return Ok(Stored::Gone),
            Err(ObjectError::Archived { detail, .. } | ObjectError::Kms { detail, .. }) => {
                return Ok(Stored::Unreadable(detail));
            }
            Err(ObjectError::NoSuchBucket { .. }) => Refusal::NoBucket("NoSuchBucket".to_owned()),
            Err(ObjectError::AccessDenied { detail, .. }) => {
                Refusal::Failed(Failure::new(Reason::AccessDenied, actions::GET_OBJECT, detail))
            }
            Err(ObjectError::Failed { failure, .. }) => Refusal::Failed(failure),
        };
        Err(self.error(Action::Read, refusal))
    }

    /// A try whose answer was lost is made again under the same name with the same bytes, which is why the name is not
    /// asked to be free: the second try would take the first one's object for somebody else's.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<Written, StoreError> {
        let (bucket, key) = (&self.place.bucket, self.key(name));
        self.aws
            .runtime
            .block_on(self.aws.s3.put(bucket, &key, bytes))
            .map(|()| Written::Done)
            .map_err(|refusal| self.error(Action::Write, refusal))
    }

    fn remove(&self, name: &str) -> Result<(), StoreError> {
        let (bucket, key) = (&self.place.bucket, self.key(name));
        self.aws
            .runtime
            .block_on(self.aws.s3.delete(bucket, &key))
            .map_err(|refusal| self.error(Action::Remove, refusal))
    }

    fn shown(&self, name: &str) -> String {
        one_line(&format!("{}{name}", self.place))
    }
}

impl S3 {
    /// What the keys directly under a prefix have behind it, by every page of `ListObjectsV2`.
    async fn names(&self, bucket: &str, prefix: &str) -> Result<Vec<String>, Refusal> {
        let operation = actions::LIST_OBJECTS;
        let bad = |detail: String| Refusal::Failed(Failure::new(Reason::BadAnswer, operation, detail));
        let mut names = Vec::new();
        let mut token: Option<String> = None;
        let mut seen = BTreeSet::new();
        loop {
            let call = |client: Client| {
                let call = client
                    .list_objects_v2()
                    .bucket(bucket)
                    .set_prefix(text(Some(prefix.to_owned())))
                    .delimiter("/")
                    .set_continuation_token(token.clone());
                async move { call.send().await }
            };
            let page: ListObjectsV2Output = self
                .call(bucket, call)
                .await
                .map_err(|error| refusal(&error, operation))?;
            let Some(truncated) = page.is_truncated else {
                return Err(bad("the answer says success and not whether it is all".to_owned()));
            };
            for key in page
                .contents
                .unwrap_or_default()
                .into_iter()
                .filter_map(|object| object.key)
            {
                match key.strip_prefix(prefix) {
                    // The prefix itself is what the console makes where a "folder" is created.
                    Some("") => {}
                    Some(name) => names.push(name.to_owned()),
                    None => {
                        return Err(bad(format!(
                            "the listing of {prefix:?} holds {key:?}, which does not begin with it"
                        )));
                    }
                }
            }
            if !truncated {
                return Ok(names);
            }
            token = text(page.next_continuation_token);
            if !token.as_ref().is_some_and(|token| seen.insert(token.clone())) {
                return Err(bad(
                    "the listing does not advance: it says there is more, and not from where".to_owned(),
                ));
            }
        }
    }

    async fn put(&self, bucket: &str, key: &str, bytes: &[u8]) -> Result<(), Refusal> {
        let operation = actions::PUT_OBJECT;
        let call = |client: Client| {
            let call = client
                .put_object()
                .bucket(bucket)
                .key(key)
                .content_type("application/gzip")
                .body(ByteStream::from(bytes.to_vec()));
            async move { call.send().await }
        };
        let put = self
            .call(bucket, call)
            .await
            .map_err(|error| refusal(&error, operation))?;
        // Every object has one: without it the answer is not S3's, and nobody knows whether anything is kept.
        if text(put.e_tag).is_none() {
            let detail = "the answer says success and holds nothing";
            return Err(Refusal::Failed(Failure::new(Reason::BadAnswer, operation, detail)));
        }
        Ok(())
    }

    /// S3 answers the same whether there was such an object or not; others may say that there was none.
    async fn delete(&self, bucket: &str, key: &str) -> Result<(), Refusal> {
        let call = |client: Client| {
            let call = client.delete_object().bucket(bucket).key(key);
            async move { call.send().await }
        };
        match self.call(bucket, call).await {
            Ok(_) => Ok(()),
            Err(error) if error.is(&["NoSuchKey"]) => Ok(()),
            Err(error) => Err(refusal(&error, actions::DELETE_OBJECT)),
        }
    }
}

fn refusal(error: &CallError, operation: &str) -> Refusal {
    if error.says_no_bucket(false) {
        Refusal::NoBucket(error.detail())
    } else {
        Refusal::Failed(error.failure(operation))
    }
}

/// What to do about a failure.
fn advice(failure: &Failure, place: &S3Place) -> String {
    let operation = &failure.operation;
    match failure.reason {
        Reason::AccessDenied => {
            let on = match operation.as_str() {
                actions::LIST_OBJECTS => format!("the bucket {}", place.bucket),
                _ => one_line(&format!("{place}*")),
            };
            format!(
                "allow {operation} on {on} (docs/permissions.md, \"History in S3\"), and check that these are the right \
                 account's credentials"
            )
        }
        Reason::ExpiredCredentials => "sign in again (`aws sso login`, or a new session)".to_owned(),
        Reason::Unreachable | Reason::Timeout => "check the network and AWS_ENDPOINT_URL".to_owned(),
        Reason::Throttled | Reason::ServerError => "try again later".to_owned(),
        Reason::WrongRegion => format!(
            "name the bucket's region: {}?region=REGION",
            one_line(&place.to_string())
        ),
        _ => "check the bucket, AWS_ENDPOINT_URL and what answers there".to_owned(),
    }
}
