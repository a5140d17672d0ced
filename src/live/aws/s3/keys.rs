//! What is stored under a key or a prefix. Bodies are never read.

use aws_sdk_s3::Client;
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;

use super::S3;
use super::ask::Presence;
use crate::inventory::{Answer, Failure, Object, Reason};
use crate::live::actions;
use crate::live::aws::classify::{CallError, absent, hollow, stuck};
use crate::live::aws::wire::text;

/// Pages without a key that are passed over. S3 answers such ones where a prefix holds many delete markers.
const EMPTY_PAGES: usize = 10;

/// One page of a listing.
struct Page {
    first: Option<String>,
    truncated: bool,
    next: Option<String>,
}

impl S3 {
    /// `HeadObject`; where that is refused, a listing for one key, if `may_list`.
    ///
    /// Without `s3:ListBucket` S3 says "forbidden" of missing objects too ("Permissions" of `HeadObject`), so a denial
    /// alone tells nothing.
    pub(super) async fn head_object(&self, bucket: &str, key: &str, may_list: bool) -> (Presence, Answer<Object>) {
        let operation = actions::GET_OBJECT;
        let call = |client: Client| {
            let call = client.head_object().bucket(bucket).key(key);
            async move { call.send().await }
        };
        let error = match self.call(bucket, call).await {
            Ok(found) => {
                return match object(found) {
                    Some(object) => (Presence::Proven, Answer::Found(object)),
                    None => (Presence::Open, hollow(operation)),
                };
            }
            Err(error) => error,
        };
        let denied = error.reason(operation) == Reason::AccessDenied;
        if error.says_no_object() {
            (Presence::Either, Answer::Absent)
        } else if may_list && (denied || error.is_unexplained()) {
            self.listed_object(bucket, key, &error).await
        } else if denied {
            let detail = format!(
                "the bucket is not in this account's listing, and these credentials may neither list it nor read the \
                 object ({})",
                error.detail()
            );
            (
                Presence::Open,
                Answer::Failed(Failure::new(Reason::OtherAccount, operation, detail)),
            )
        } else {
            (Presence::Open, Answer::Failed(error.failure(operation)))
        }
    }

    /// Whether a key exists whose object is kept from these credentials.
    async fn listed_object(&self, bucket: &str, key: &str, refusal: &CallError) -> (Presence, Answer<Object>) {
        // Keys are listed in order, and no key that begins with this one comes before it.
        let (presence, first) = self.first_key(bucket, key).await;
        let answer = match first {
            Answer::Found(first) if first == key => Answer::Found(Object {
                listed_only: true,
                ..Object::default()
            }),
            Answer::Found(_) | Answer::Absent => Answer::Absent,
            Answer::Failed(listing) if listing.reason == Reason::AccessDenied => Answer::Failed(Failure::new(
                Reason::AccessDenied,
                actions::GET_OBJECT,
                format!(
                    "HeadObject was refused ({}), and so was the listing that would tell whether the key exists ({}: {})",
                    refusal.detail(),
                    listing.operation,
                    listing.detail
                ),
            )),
            Answer::Failed(listing) => Answer::Failed(Failure::new(
                listing.reason,
                listing.operation,
                format!("{}; HeadObject was refused ({})", listing.detail, refusal.detail()),
            )),
            Answer::NotRead => Answer::NotRead,
        };
        (presence, answer)
    }

    /// The first key under a prefix, by a listing for one key.
    pub(super) async fn first_key(&self, bucket: &str, prefix: &str) -> (Presence, Answer<String>) {
        let operation = actions::LIST_OBJECTS;
        let mut token: Option<String> = None;
        for _ in 0..EMPTY_PAGES {
            let call = |client: Client| {
                let call = client
                    .list_objects_v2()
                    .bucket(bucket)
                    .prefix(prefix)
                    .max_keys(1)
                    .set_continuation_token(token.clone());
                async move { call.send().await }
            };
            let (presence, answer) = self.ask(bucket, operation, absent::NEVER, call, page).await;
            let page = match answer {
                Answer::Found(page) => page,
                Answer::Absent => return (presence, Answer::Absent),
                Answer::Failed(failure) => return (presence, Answer::Failed(failure)),
                Answer::NotRead => return (presence, Answer::NotRead),
            };
            match page.first {
                Some(first) if first.starts_with(prefix) => return (presence, Answer::Found(first)),
                Some(first) => {
                    let detail = format!("the listing of {prefix:?} holds {first:?}, which does not begin with it");
                    return (
                        presence,
                        Answer::Failed(Failure::new(Reason::BadAnswer, operation, detail)),
                    );
                }
                None if !page.truncated => return (presence, Answer::Absent),
                None if page.next.is_none() || page.next == token => return (presence, stuck(operation)),
                None => token = page.next,
            }
        }
        let detail = format!("{EMPTY_PAGES} pages of the listing of {prefix:?} hold no key, and there are more");
        (
            Presence::Proven,
            Answer::Failed(Failure::new(Reason::BadAnswer, operation, detail)),
        )
    }
}

/// `None` for an answer without what every object has: it is not S3's.
fn object(out: HeadObjectOutput) -> Option<Object> {
    if out.e_tag.is_none() && out.last_modified.is_none() {
        return None;
    }
    Some(Object {
        listed_only: false,
        server_side_encryption: text(out.server_side_encryption.map(|sse| sse.as_str().to_owned())),
        kms_key_id: text(out.ssekms_key_id),
        storage_class: text(out.storage_class.map(|class| class.as_str().to_owned())),
        redirect_location: text(out.website_redirect_location),
    })
}

/// `None` for an answer that does not say whether it is all.
fn page(out: ListObjectsV2Output) -> Option<Answer<Page>> {
    let truncated = out.is_truncated?;
    Some(Answer::Found(Page {
        first: out
            .contents
            .unwrap_or_default()
            .into_iter()
            .find_map(|object| object.key),
        truncated,
        next: text(out.next_continuation_token),
    }))
}
