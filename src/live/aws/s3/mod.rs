//! Reading buckets: each in its own region, each sub-resource with one call, and what is stored in them by key.

mod ask;
mod aspect;
mod client;
mod history;
mod keys;
mod map;
mod object;
mod told;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::time::Duration;

use aws_sdk_s3::Client;
use futures::stream::{self, StreamExt};
use tokio::sync::Semaphore;

use super::classify::CallError;
use crate::inventory::{Answer, BucketHead, BucketSummary, Failure, Inventory, Reason};
use crate::live::{Progress, actions};
use crate::plan::{Read, ReadPlan};
use ask::Presence;
pub(super) use client::Clients;
pub use history::HistoryBucket;
pub use object::ObjectError;
use told::{Fill, Part, Told, Verdict};

/// Calls in flight at once. S3 has no small per-account limit on these reads; more brings nothing on one link.
const IN_FLIGHT: usize = 16;
/// The largest page of `ListBuckets`.
const PAGE: i32 = 10_000;

/// What is known of a bucket before anything is asked about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// The account's listing has it.
    Listed,
    /// The account's listing lacks it: it is gone, or somebody else's.
    Unlisted,
    /// There is no listing to tell.
    Unknown,
}

pub(super) struct S3 {
    clients: Clients,
    /// Bucket name to region, as far as learnt.
    regions: Mutex<BTreeMap<String, String>>,
    permits: Semaphore,
    /// Before the second try of an answer that eventual consistency may have spoilt.
    pause: Duration,
}

impl S3 {
    pub(super) fn new(clients: Clients, pause: Duration) -> Self {
        Self {
            clients,
            regions: Mutex::default(),
            permits: Semaphore::new(IN_FLIGHT),
            pause,
        }
    }

    /// Does all bucket reads of the plan. `known` is what earlier rounds brought: their listing stands in for one that
    /// the plan does not hold, and what they found out about single buckets is not asked again.
    pub(super) async fn read(&self, plan: &ReadPlan, known: &Inventory, progress: &dyn Progress) -> Inventory {
        let mut found = Inventory::default();
        if plan.iter().any(|read| *read == Read::Buckets) {
            found.buckets = self.list().await;
            progress.finished(1);
        }
        let listing = if found.buckets.is_read() {
            found.buckets.found()
        } else {
            known.buckets.found()
        };
        let listed: Option<BTreeSet<&str>> = listing.map(|all| all.iter().map(|bucket| bucket.name.as_str()).collect());
        for bucket in listing.into_iter().flatten() {
            if let Some(region) = &bucket.region {
                self.learn(&bucket.name, region);
            }
        }
        let told: Vec<(String, Told)> = stream::iter(wanted(plan))
            .map(|(bucket, parts)| {
                let standing = match &listed {
                    Some(listed) if listed.contains(bucket) => Standing::Listed,
                    Some(_) => Standing::Unlisted,
                    None => Standing::Unknown,
                };
                let head = &known.bucket(bucket).head;
                async move {
                    let told = self.bucket(bucket, &parts, standing, head, progress).await;
                    (bucket.to_owned(), told)
                }
            })
            .buffer_unordered(IN_FLIGHT)
            .collect()
            .await;
        for (bucket, told) in told {
            told.enter(bucket, &mut found);
        }
        found
    }

    /// Every page of `ListBuckets`; a page that fails spoils the whole, for a part would pass for all.
    async fn list(&self) -> Answer<Vec<BucketSummary>> {
        let client = self.clients.home();
        let mut all = Vec::new();
        let mut token: Option<String> = None;
        let mut seen = BTreeSet::new();
        loop {
            let call = client
                .list_buckets()
                .max_buckets(PAGE)
                .set_continuation_token(token.clone());
            let page = match call.send().await {
                Ok(page) => page,
                Err(error) => return Answer::Failed(CallError::new(&error).failure(actions::LIST_BUCKETS)),
            };
            all.extend(page.buckets.unwrap_or_default().into_iter().filter_map(map::bucket));
            token = page.continuation_token.filter(|token| !token.is_empty());
            match &token {
                None => return Answer::Found(all),
                Some(token) if !seen.insert(token.clone()) => {
                    return Answer::Failed(Failure::new(
                        Reason::BadAnswer,
                        actions::LIST_BUCKETS,
                        "the listing does not advance: the same continuation token came twice",
                    ));
                }
                Some(_) => {}
            }
        }
    }

    /// All that is wanted of one bucket; `known` is what its `HeadBucket` brought in an earlier round.
    ///
    /// Where it is not certain that the bucket exists, or in which region, the first part is asked alone and the others
    /// use what it brought to light.
    async fn bucket(
        &self,
        bucket: &str,
        parts: &[Part<'_>],
        standing: Standing,
        known: &Answer<BucketHead>,
        progress: &dyn Progress,
    ) -> Told {
        let mut told = Told::default();
        told.bucket.head = match (known, standing) {
            (Answer::NotRead, Standing::Unlisted) => self.head(bucket).await,
            (known, _) => known.clone(),
        };
        let mut parts = parts;
        let mut may_list = true;
        let mut presence = Presence::Open;
        match told.bucket.head.clone() {
            Answer::Absent => {
                told.blank(parts, progress, &Verdict::Absent);
                return told;
            }
            Answer::Failed(failure) if failure.reason == Reason::AccessDenied => {
                // An object may be open to everybody all the same, in a bucket that only its owner may look into.
                let (closed, objects) = parts.split_at(parts.partition_point(|part| !matches!(part, Part::Object(_))));
                let failure = Failure {
                    reason: Reason::OtherAccount,
                    ..failure
                };
                told.blank(closed, progress, &Verdict::Failed(failure));
                parts = objects;
                may_list = false;
            }
            Answer::Failed(failure) => {
                told.blank(parts, progress, &Verdict::Failed(failure));
                return told;
            }
            Answer::Found(head) => {
                if let Some(region) = head.region {
                    self.learn(bucket, &region);
                }
                presence = Presence::Proven;
            }
            Answer::NotRead => {}
        }
        let unsure = standing == Standing::Unknown && presence == Presence::Open;
        let alone = if unsure || self.region(bucket).is_none() { 1 } else { 0 };
        let (first, rest) = parts.split_at(alone.min(parts.len()));
        if let Some(part) = first.first() {
            let (seen, fill) = self.part(bucket, *part, may_list).await;
            fill(&mut told);
            progress.finished(1);
            presence = presence.max(seen);
        }
        if unsure && presence == Presence::Either && !rest.is_empty() {
            presence = self.presence(bucket).await;
        }
        if presence == Presence::Disproven {
            told.bucket.head = Answer::Absent;
            told.blank(rest, progress, &Verdict::Absent);
            return told;
        }
        let mut calls = stream::iter(rest)
            .map(|part| self.part(bucket, *part, may_list))
            .buffer_unordered(IN_FLIGHT);
        while let Some((seen, fill)) = calls.next().await {
            fill(&mut told);
            progress.finished(1);
            presence = presence.max(seen);
        }
        drop(calls);
        if unsure && presence == Presence::Either {
            presence = self.presence(bucket).await;
        }
        match presence {
            Presence::Disproven => told.bucket.head = Answer::Absent,
            Presence::Proven if standing == Standing::Unknown => {
                told.bucket.head = Answer::Found(BucketHead {
                    region: self.region(bucket),
                })
            }
            _ => {}
        }
        told
    }

    async fn part(&self, bucket: &str, part: Part<'_>, may_list: bool) -> (Presence, Fill) {
        match part {
            Part::Aspect(aspect) => self.aspect(bucket, aspect).await,
            Part::Prefix(prefix) => {
                let (presence, answer) = self.first_key(bucket, prefix).await;
                let prefix = prefix.to_owned();
                let fill = move |told: &mut Told| drop(told.prefixes.insert(prefix, answer));
                (presence, Box::new(fill))
            }
            Part::Object(key) => {
                let (presence, answer) = self.head_object(bucket, key, may_list).await;
                let key = key.to_owned();
                let fill = move |told: &mut Told| drop(told.objects.insert(key, answer));
                (presence, Box::new(fill))
            }
        }
    }

    /// Whether the bucket exists, where an object's `HEAD` left that open.
    async fn presence(&self, bucket: &str) -> Presence {
        match self.head(bucket).await {
            Answer::Found(_) => Presence::Proven,
            Answer::Absent => Presence::Disproven,
            Answer::Failed(_) | Answer::NotRead => Presence::Untold,
        }
    }

    async fn head(&self, bucket: &str) -> Answer<BucketHead> {
        let operation = actions::HEAD_BUCKET;
        let call = |client: Client| {
            let call = client.head_bucket().bucket(bucket);
            async move { call.send().await }
        };
        match self.call(bucket, call).await {
            Ok(found) => {
                if let Some(region) = found.bucket_region.filter(|region| !region.is_empty()) {
                    self.learn(bucket, &region);
                }
                Answer::Found(BucketHead {
                    region: self.region(bucket),
                })
            }
            Err(error) if error.says_no_bucket(true) => Answer::Absent,
            Err(error) if error.reason(operation) == Reason::AccessDenied => {
                if let Some(region) = error.region() {
                    self.learn(bucket, region);
                }
                Answer::Failed(Failure::new(
                    Reason::AccessDenied,
                    operation,
                    "the bucket is not in this account's listing and exists, but these credentials may not read it; it \
                     may belong to another account",
                ))
            }
            Err(error) => Answer::Failed(error.failure(operation)),
        }
    }
}

/// Per bucket, what the plan asks about it.
fn wanted(plan: &ReadPlan) -> BTreeMap<&str, Vec<Part<'_>>> {
    let mut wanted: BTreeMap<&str, Vec<Part<'_>>> = BTreeMap::new();
    for read in plan.iter() {
        let (bucket, part) = match read {
            Read::Bucket { bucket, aspect } => (bucket, Part::Aspect(*aspect)),
            Read::Prefix { bucket, prefix } => (bucket, Part::Prefix(prefix)),
            Read::Object { bucket, key } => (bucket, Part::Object(key)),
            _ => continue,
        };
        wanted.entry(bucket).or_default().push(part);
    }
    wanted.values_mut().for_each(|parts| parts.sort_unstable());
    wanted
}
