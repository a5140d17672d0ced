//! Does the bucket exist, is it ours, and is it where the origin looks for it?

use crate::finding::Severity;
use crate::plan::{BucketAspect, Read};
use crate::rules;
use crate::serving::origin_domain::{Form, global_endpoint_reaches};
use crate::serving::trace::{Side, Station, Touched};

use super::distribution::DISTRIBUTION;
use super::origin::Place;
use super::step::{Draft, broken, touched};
use super::{Asked, Reply, Walker, walk};

pub(super) const BUCKET: &str = "aws_s3_bucket";

/// What stands between a name and the bucket of that name.
pub(super) enum Standing {
    /// One of the account's own, in this region where that is known.
    Ours(Option<String>),
    /// It exists and belongs to somebody else.
    Foreign(Option<String>),
    Missing,
    /// The state does not say.
    Undeclared,
    Pending,
    Unknown(String),
}

impl<'a> Walker<'a> {
    pub(super) fn standing(&mut self, bucket: &str) -> Standing {
        let inventory = self.inventory;
        let listing = self.ask(&inventory.buckets, || Read::Buckets);
        let listed = match &listing {
            Asked::Found(buckets) => buckets.iter().find(|one| one.name == bucket),
            _ => None,
        };
        if let Some(own) = listed {
            // A listing that is older than the answer about the bucket itself does not bring it back.
            if matches!(inventory.bucket(bucket).head, crate::inventory::Answer::Absent) {
                return Standing::Missing;
            }
            return Standing::Ours(own.region.clone());
        }
        match listing {
            Asked::Pending => return Standing::Pending,
            Asked::Undeclared | Asked::Absent => return Standing::Undeclared,
            Asked::Found(_) if self.side == Side::State => return Standing::Undeclared,
            _ => {}
        }
        // `head` is asked by the way where the listing lacks the name.
        let answers = inventory.bucket(bucket);
        let policy = || Read::Bucket {
            bucket: bucket.to_owned(),
            aspect: BucketAspect::Policy,
        };
        match self.ask(&answers.head, policy) {
            Asked::Found(head) => match listing {
                Asked::Failed(_) => Standing::Ours(head.region.clone()),
                _ => Standing::Foreign(head.region.clone()),
            },
            Asked::Absent => Standing::Missing,
            Asked::Pending => Standing::Pending,
            Asked::Undeclared => Standing::Undeclared,
            Asked::Failed(why) => match (&answers.head, listing) {
                (crate::inventory::Answer::Failed(failure), Asked::Found(_))
                    if failure.reason == crate::inventory::Reason::AccessDenied =>
                {
                    Standing::Foreign(None)
                }
                _ => Standing::Unknown(why),
            },
        }
    }

    pub(super) fn bucket(&mut self, place: Place<'_, 'a>) -> Reply {
        let bucket = place.bucket.clone();
        let at = touched(DISTRIBUTION, place.request.distribution.id.clone());
        let draft = Draft::new(Station::Bucket, format!("bucket {bucket}")).touches(BUCKET, bucket.clone());
        self.served_from.insert((bucket.clone(), place.prefix.clone()));
        let region = match self.standing(&bucket) {
            Standing::Ours(region) => region,
            Standing::Pending => return Reply::Pending,
            Standing::Undeclared => {
                self.good(draft.evidence("not declared"));
                return self.contents(place);
            }
            Standing::Unknown(why) => {
                self.doubt(draft, format!("whether it exists could not be read: {why}"));
                return Reply::Unknown { why };
            }
            Standing::Missing => return self.missing(draft, &bucket, at),
            Standing::Foreign(region) => {
                self.foreign(draft, &bucket, &place.prefix, at);
                return match self.wrong_region(&place, region.as_deref()) {
                    Some(reply) => reply,
                    None => self.contents(place),
                };
            }
        };
        let draft = match &region {
            Some(region) => draft.evidence(format!("{} in {region}", self.of_its_account(&bucket))),
            None => draft.evidence(self.of_its_account(&bucket)),
        };
        let draft = match self.created_later(&bucket, place.request.distribution.last_modified.as_deref()) {
            Some(line) => draft.evidence(line),
            None => draft,
        };
        self.good(draft);
        if let Some(reply) = self.wrong_region(&place, region.as_deref()) {
            return reply;
        }
        self.contents(place)
    }

    pub(super) fn missing(&mut self, draft: Draft, bucket: &str, at: Touched) -> Reply {
        let title = format!("origin bucket {bucket} does not exist");
        let detail = "Visitors get 404 NoSuchBucket, and whoever creates a bucket of this name serves under the host's name and certificate. Create the bucket, or point the origin at the right one.";
        self.fault(
            draft,
            broken(rules::ORIGIN_BUCKET_MISSING, Severity::Critical, at, title, detail),
        );
        Reply::Status {
            code: 404,
            why: "NoSuchBucket".to_owned(),
        }
    }

    /// A bucket of another account is broken where the state says something else, or has it in an account that is read; a
    /// declared foreign bucket is not ours to judge.
    fn foreign(&mut self, draft: Draft, bucket: &str, prefix: &str, at: Touched) {
        let declared = walk(&self.host, &self.path, Side::State, self.sides);
        let place = (bucket.to_owned(), prefix.to_owned());
        let same = declared.served_from.iter().any(|(name, _)| *name == place.0);
        let ours = self
            .sides
            .state()
            .buckets
            .found()
            .is_some_and(|list| list.iter().any(|one| one.name == bucket) && !self.is_declared_elsewhere(bucket));
        if declared.served_from.is_empty() || (same && !ours) {
            let why = format!(
                "the bucket exists and is not {}: what it holds is not ours to read",
                self.of_account()
            );
            return self.doubt(draft, why);
        }
        let title = format!(
            "distribution {} serves from {bucket}, a bucket of another account",
            at.id
        );
        let detail = match declared.served_from.first() {
            Some((name, _)) if !same => format!("The state says {name}. Visitors get what somebody else puts there. Apply to put the origin back."),
            _ => "The state says that the bucket is ours; it was created again by somebody else. Point the origin at a bucket that is ours.".to_owned(),
        };
        let fault = broken(
            rules::HOST_SERVED_FROM_FOREIGN_BUCKET,
            Severity::Critical,
            at,
            title,
            detail,
        );
        self.fault(draft, fault);
    }

    fn wrong_region(&mut self, place: &Place<'_, 'a>, region: Option<&str>) -> Option<Reply> {
        let region = region?;
        let id = &place.request.distribution.id;
        let at = touched(DISTRIBUTION, id.clone());
        let draft = Draft::new(Station::Bucket, format!("region of {}", place.bucket));
        let (title, why) = match &place.domain.region {
            Some(named) if named != region => (
                format!(
                    "distribution {id} looks for bucket {} in {named}, it is in {region}",
                    place.bucket
                ),
                "S3 answers 301 or 400",
            ),
            None if place.domain.form == Form::RestGlobal && !global_endpoint_reaches(region) => (
                format!(
                    "distribution {id} asks the global endpoint for bucket {}, which is in {region}",
                    place.bucket
                ),
                "the global endpoint does not reach regions launched after March 2019 and answers 400 or 307",
            ),
            _ => return None,
        };
        let detail = format!(
            "{why}. Use {}.s3.{region}.amazonaws.com as the origin's domain.",
            place.bucket
        );
        self.fault(
            draft,
            broken(rules::ORIGIN_REGION_WRONG, Severity::High, at, title, detail),
        );
        Some(Reply::Status {
            code: 400,
            why: "the origin names another region than the bucket's".to_owned(),
        })
    }

    /// A bucket that is younger than the distribution's configuration may have been created again in another region,
    /// which no answer tells; CloudFront then asks the old one until the distribution is saved again.
    fn created_later(&self, bucket: &str, last_modified: Option<&str>) -> Option<String> {
        let listed = self.inventory.buckets.found()?.iter().find(|one| one.name == bucket)?;
        let created = listed.created.as_deref()?;
        let time = |text: &str| text.parse::<jiff::Timestamp>().ok();
        (time(created)? > time(last_modified?)?)
            .then(|| format!("created {created}, after the distribution was last changed: if it was in another region before, save the distribution again"))
    }
}
