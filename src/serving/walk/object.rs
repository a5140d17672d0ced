//! The key that is asked for, and whether anything is stored under it.

use crate::finding::Severity;
use crate::iam::request::Scope;
use crate::iam::verdict::Outcome;
use crate::inventory::{Answer, Inventory, LifecycleRule, Object};
use crate::plan::Read;
use crate::rules;
use crate::serving::trace::Station;

use super::access::{Access, Gates, Question};
use super::bucket::BUCKET;
use super::distribution::DISTRIBUTION;
use super::origin::Place;
use super::step::{Draft, broken, touched};
use super::{Asked, Reply, Walker};

impl<'a> Walker<'a> {
    /// What a bucket answers as an origin of CloudFront.
    pub(super) fn contents(&mut self, place: Place<'_, 'a>) -> Reply {
        if place.domain.form.is_website() {
            return self.website_origin(&place);
        }
        let answers = self.inventory.bucket(&place.bucket);
        if let Answer::Found(website) = &answers.website
            && let Some(all) = &website.redirect_all_requests_to
        {
            let at = touched(DISTRIBUTION, place.request.distribution.id.clone());
            let title = format!(
                "the redirect of bucket {} has no effect: it is asked through the REST endpoint",
                place.bucket
            );
            let detail = format!(
                "Visitors get 403 or a listing, not the redirect to {}. Use the website endpoint as the origin.",
                all.host_name
            );
            let draft = Draft::new(
                Station::Object,
                format!("bucket {} redirects to {}", place.bucket, all.host_name),
            )
            .touches("aws_s3_bucket_website_configuration", place.bucket.clone());
            self.fault(
                draft,
                broken(rules::REDIRECT_BUCKET_VIA_REST, Severity::High, at, title, detail),
            );
            return Reply::Status {
                code: 403,
                why: "a redirect bucket asked through the REST endpoint".to_owned(),
            };
        }
        let partition = place.domain.partition.unwrap_or(self.partition());
        let question = Question {
            bucket: &place.bucket,
            partition,
            caller: &place.caller,
            website: false,
            through: Some((place.request.behaviour, place.origin)),
        };
        let root = if place.prefix.is_empty() {
            String::new()
        } else {
            format!("{}/", place.prefix)
        };
        if place.request.function || place.request.bare_root {
            return self.below(&place, &question, &root);
        }
        let key = format!("{root}{}", decode(place.request.path.trim_start_matches('/')));
        let (access, gates) = self.access(&question, Scope::Key(key.clone()));
        match (access, gates) {
            (Access::Pending, _) => Reply::Pending,
            (Access::Denied(why), _) => Reply::Status { code: 403, why },
            (Access::Undeclared, _) => self.undeclared(&place, &question, &key),
            (access, gates) => self.key(&place, &question, access, gates, &key, &root),
        }
    }

    /// The state has no policy of the bucket: it says nothing of who may read.
    fn undeclared(&mut self, place: &Place<'_, 'a>, question: &Question<'_>, key: &str) -> Reply {
        self.objects.insert((question.bucket.to_owned(), key.to_owned()));
        let draft = Draft::new(Station::Object, format!("s3://{}/{key}", place.bucket));
        self.good(draft.evidence("the state declares no policy of the bucket"));
        Reply::Object {
            bucket: place.bucket.clone(),
            key: key.to_owned(),
        }
    }

    /// Which key is asked for is not known, or it is none: all that can be said is what holds for every key under the
    /// origin path.
    fn below(&mut self, place: &Place<'_, 'a>, question: &Question<'_>, root: &str) -> Reply {
        let (access, gates) = self.access(question, Scope::Under(root.to_owned()));
        match access {
            Access::Pending => return Reply::Pending,
            Access::Denied(why) => return Reply::Status { code: 403, why },
            Access::Allowed | Access::Open(_) | Access::Undeclared => {}
        }
        let draft =
            Draft::new(Station::Object, format!("s3://{}/{root}", place.bucket)).touches(BUCKET, place.bucket.clone());
        let listing = gates.as_ref().map(|gates| self.may_list(question, gates));
        let missing = if listing == Some(Outcome::Allowed) { 404 } else { 403 };
        let filled = match self.prefix(&place.bucket, root) {
            Asked::Pending => return Reply::Pending,
            Asked::Absent => false,
            Asked::Found(_) | Asked::Undeclared | Asked::Failed(_) => true,
        };
        if !filled {
            return self.empty(draft, place, root, missing);
        }
        if place.request.function {
            self.good(draft.evidence("the function chooses the key"));
            return Reply::Unknown {
                why: "an edge function chooses the key".to_owned(),
            };
        }
        if root.is_empty() && listing == Some(Outcome::Allowed) {
            let at = touched("aws_s3_bucket_policy", place.bucket.clone());
            let title = format!("visitors of {} get a listing of bucket {}", self.host, place.bucket);
            let detail = "The distribution has no default root object and CloudFront may list the bucket, so / shows every key. Set a default root object or take s3:ListBucket away.";
            self.fault(draft, broken(rules::LISTING_OPEN, Severity::High, at, title, detail));
            return Reply::Listing {
                bucket: place.bucket.clone(),
            };
        }
        let declared = Inventory::look_up(&self.sides.state().distribution, &place.request.distribution.id).found();
        let code = missing;
        let why = "no default root object".to_owned();
        match declared
            .and_then(|one| one.config.default_root_object.as_deref())
            .filter(|_| self.is_live())
        {
            Some(declared) => {
                let at = touched(DISTRIBUTION, place.request.distribution.id.clone());
                let title = format!(
                    "distribution {} has lost its default root object",
                    place.request.distribution.id
                );
                let detail = format!(
                    "The state says {declared}; without it https://{}/ answers {code}. Apply to put it back.",
                    self.host
                );
                self.fault(
                    draft,
                    broken(rules::ROOT_OBJECT_MISSING, Severity::Critical, at, title, detail),
                );
            }
            None => self.remark(
                draft,
                format!("the distribution has no default root object: / answers {code}"),
            ),
        }
        Reply::Status { code, why }
    }

    /// One key.
    fn key(
        &mut self,
        place: &Place<'_, 'a>,
        question: &Question<'_>,
        access: Access,
        gates: Option<Gates>,
        key: &str,
        root: &str,
    ) -> Reply {
        let bucket = place.bucket.clone();
        let draft = Draft::new(Station::Object, format!("s3://{bucket}/{key}")).touches(BUCKET, bucket.clone());
        let read = || Read::Object {
            bucket: bucket.clone(),
            key: key.to_owned(),
        };
        let inventory = self.inventory;
        self.objects.insert((bucket.clone(), key.to_owned()));
        let open = match access {
            Access::Open(why) => Some(why),
            _ => None,
        };
        match self.ask(inventory.object(&bucket, key), read) {
            Asked::Pending => Reply::Pending,
            Asked::Undeclared => {
                self.good(draft.evidence("the state declares no such object"));
                Reply::Object {
                    bucket,
                    key: key.to_owned(),
                }
            }
            Asked::Failed(why) => {
                self.doubt(draft, format!("whether the object exists could not be read: {why}"));
                Reply::Unknown { why }
            }
            Asked::Found(object) => self.stored(draft, question, gates, key, object, open),
            Asked::Absent => {
                let listing = gates.as_ref().map(|gates| self.may_list(question, gates));
                let code = if listing == Some(Outcome::Allowed) { 404 } else { 403 };
                self.absent(draft, place, key, root, code)
            }
        }
    }

    fn stored(
        &mut self,
        draft: Draft,
        question: &Question<'_>,
        gates: Option<Gates>,
        key: &str,
        object: &Object,
        open: Option<String>,
    ) -> Reply {
        let bucket = question.bucket.to_owned();
        let draft = match (&object.server_side_encryption, object.listed_only) {
            (_, true) => draft.evidence("listed; the object itself could not be read"),
            (Some(sse), _) => draft.evidence(format!("encrypted with {sse}")),
            (None, _) => draft.evidence("exists"),
        };
        let draft = match self.expiring(&bucket, key) {
            Some((rule, what)) => {
                let at = touched("aws_s3_bucket_lifecycle_configuration", bucket.clone());
                let title = format!(
                    "lifecycle rule {} of bucket {bucket} {what} what is being served",
                    rule.id
                );
                let detail =
                    format!("It covers {key}: the page goes some days after its upload. Narrow the rule's prefix.");
                self.fault(
                    draft,
                    broken(rules::LIFECYCLE_REMOVES_CONTENT, Severity::High, at, title, detail),
                );
                None
            }
            None => Some(draft),
        };
        if let Some(draft) = draft {
            self.good(draft);
        }
        if let Some(gates) = gates
            && !object.listed_only
            && let Some((draft, fault, why)) = self.readable(question, gates, key, object)
        {
            self.fault(draft, fault);
            return Reply::Status { code: 403, why };
        }
        match open {
            Some(why) => Reply::Unknown { why },
            None => Reply::Object {
                bucket,
                key: key.to_owned(),
            },
        }
    }

    /// The key is not there: is anything under the origin path at all?
    fn absent(&mut self, draft: Draft, place: &Place<'_, 'a>, key: &str, root: &str, code: u16) -> Reply {
        let why = format!("s3://{}/{key} does not exist", place.bucket);
        match self.prefix(&place.bucket, root) {
            Asked::Pending => return Reply::Pending,
            Asked::Absent => return self.empty(draft, place, root, code),
            Asked::Found(_) | Asked::Undeclared | Asked::Failed(_) => {}
        }
        let at = touched(DISTRIBUTION, place.request.distribution.id.clone());
        if self.path == "/" {
            let id = &place.request.distribution.id;
            let title = format!(
                "the root object of distribution {id}, {key}, does not exist in bucket {}",
                place.bucket
            );
            let detail = format!(
                "The front page answers {code}. Upload the object, or correct the default root object or the origin path."
            );
            self.fault(
                draft,
                broken(rules::ROOT_OBJECT_MISSING, Severity::Critical, at, title, detail),
            );
        } else {
            let title = format!("{} does not exist in bucket {}", key, place.bucket);
            let detail = format!("https://{}{} answers {code}. Upload the object.", self.host, self.path);
            self.fault(draft, broken(rules::OBJECT_MISSING, Severity::High, at, title, detail));
        }
        Reply::Status { code, why }
    }

    fn empty(&mut self, draft: Draft, place: &Place<'_, 'a>, root: &str, code: u16) -> Reply {
        let id = &place.request.distribution.id;
        let at = touched(DISTRIBUTION, id.clone());
        let (title, advice) = match root {
            "" => (
                format!("bucket {} is empty", place.bucket),
                "Deploy into it, or point the origin at the bucket that holds the site.",
            ),
            _ => (
                format!(
                    "nothing is stored under the origin path /{} in bucket {}",
                    place.prefix, place.bucket
                ),
                "Deploy that version into this bucket, or set the origin path to one that holds the site.",
            ),
        };
        let detail = format!("Distribution {id} serves from there: every page answers {code}. {advice}");
        self.fault(
            draft,
            broken(rules::ORIGIN_PATH_EMPTY, Severity::Critical, at, title, detail),
        );
        Reply::Status {
            code,
            why: format!("nothing under s3://{}/{root}", place.bucket),
        }
    }

    /// Whether anything is stored under the prefix.
    pub(super) fn prefix(&mut self, bucket: &str, prefix: &str) -> Asked<'a, str> {
        let inventory = self.inventory;
        let read = || Read::Prefix {
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
        };
        self.asked(inventory.prefix(bucket, prefix), read)
    }

    /// A lifecycle rule that will expire or archive the key. Only what was read anyway is looked at.
    fn expiring(&self, bucket: &str, key: &str) -> Option<(&'a LifecycleRule, &'static str)> {
        let rules = self.inventory.bucket(bucket).lifecycle.found()?;
        let covers = |rule: &&LifecycleRule| rule.enabled && rule.tags.is_empty() && key.starts_with(&rule.prefix);
        rules.iter().filter(covers).find_map(|rule| {
            let archives = ["GLACIER", "DEEP_ARCHIVE"];
            if rule.expiration_days.is_some() || rule.expiration_date.is_some() {
                return Some((rule, "deletes"));
            }
            let archived = rule
                .transitions
                .iter()
                .any(|one| archives.contains(&one.storage_class.as_str()));
            archived.then_some((rule, "archives"))
        })
    }
}

/// Percent-escapes as S3 decodes them in a path. What is no escape stays.
pub(super) fn decode(path: &str) -> String {
    let bytes = path.as_bytes();
    let (mut out, mut i) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(&byte) = bytes.get(i) {
        let hex = (byte == b'%').then(|| path.get(i + 1..i + 3)).flatten();
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(decoded) => {
                out.push(decoded);
                i += 3;
            }
            None => {
                out.push(byte);
                i += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| path.to_owned())
}
