//! What is asked about one bucket, and what it answered.

use std::collections::BTreeMap;

use crate::inventory::{Answer, BucketAnswers, Failure, Inventory, Object};
use crate::live::Progress;
use crate::plan::BucketAspect;

/// One thing to ask about a bucket. The order is that of asking: answers that name what is missing come before the
/// `HEAD` of an object, which does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part<'a> {
    Aspect(BucketAspect),
    Prefix(&'a str),
    Object(&'a str),
}

/// The answers about one bucket.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) bucket: BucketAnswers,
    pub(super) prefixes: BTreeMap<String, Answer<String>>,
    pub(super) objects: BTreeMap<String, Answer<Object>>,
}

/// Puts one answer into its place.
pub(super) type Fill = Box<dyn FnOnce(&mut Told) + Send>;

/// What holds for all that was to be asked about a bucket alike.
pub(super) enum Verdict {
    Absent,
    Failed(Failure),
}

impl Verdict {
    fn answer<T>(&self) -> Answer<T> {
        match self {
            Verdict::Absent => Answer::Absent,
            Verdict::Failed(failure) => Answer::Failed(failure.clone()),
        }
    }
}

impl Told {
    /// Answers these parts without asking.
    pub(super) fn blank(&mut self, parts: &[Part<'_>], progress: &dyn Progress, verdict: &Verdict) {
        for part in parts {
            match *part {
                Part::Aspect(aspect) => blank(&mut self.bucket, aspect, verdict),
                Part::Prefix(prefix) => drop(self.prefixes.insert(prefix.to_owned(), verdict.answer())),
                Part::Object(key) => drop(self.objects.insert(key.to_owned(), verdict.answer())),
            }
        }
        progress.finished(parts.len() as u64);
    }

    /// Hands the answers over.
    pub(super) fn enter(self, bucket: String, inventory: &mut Inventory) {
        if !self.prefixes.is_empty() {
            inventory.prefixes.insert(bucket.clone(), self.prefixes);
        }
        if !self.objects.is_empty() {
            inventory.objects.insert(bucket.clone(), self.objects);
        }
        if self.bucket != BucketAnswers::NOT_READ {
            inventory.bucket.insert(bucket, self.bucket);
        }
    }
}

fn blank(answers: &mut BucketAnswers, aspect: BucketAspect, verdict: &Verdict) {
    match aspect {
        BucketAspect::Tags => answers.tags = verdict.answer(),
        BucketAspect::Policy => answers.policy = verdict.answer(),
        BucketAspect::PublicAccessBlock => answers.public_access_block = verdict.answer(),
        BucketAspect::Ownership => answers.ownership = verdict.answer(),
        BucketAspect::Acl => answers.acl = verdict.answer(),
        BucketAspect::Website => answers.website = verdict.answer(),
        BucketAspect::Versioning => answers.versioning = verdict.answer(),
        BucketAspect::Cors => answers.cors = verdict.answer(),
        BucketAspect::Lifecycle => answers.lifecycle = verdict.answer(),
        BucketAspect::Logging => answers.logging = verdict.answer(),
        BucketAspect::Encryption => answers.encryption = verdict.answer(),
        BucketAspect::Replication => answers.replication = verdict.answer(),
        BucketAspect::Acceleration => answers.acceleration = verdict.answer(),
        BucketAspect::RequestPayer => answers.request_payer = verdict.answer(),
        BucketAspect::ObjectLock => answers.object_lock = verdict.answer(),
    }
}
