//! May whoever asks read the key: bucket policy, public access block, ownership, encryption, payment.

use jiff::Timestamp;

use crate::finding::Severity;
use crate::iam::access::{BucketFacts, Encryption, KmsKey, Ownership, Policy, PublicAccessBlock};
use crate::iam::request::{Action, Caller, Header, Request, Scope, Signing};
use crate::iam::verdict::{self, Outcome, Reason};
use crate::iam::{Document, Tri, can_read, is_public};
use crate::inventory::{self, BucketAnswers, CacheBehavior, Object, Origin};
use crate::plan::{BucketAspect, Read};
use crate::rules;
use crate::serving::trace::{Break, Station, Touched};

use super::step::{Draft, broken, touched};
use super::{Asked, Walker};

/// Who asks a bucket for what.
pub(super) struct Question<'q> {
    pub(super) bucket: &'q str,
    pub(super) partition: &'q str,
    pub(super) caller: &'q Caller,
    pub(super) website: bool,
    /// The behaviour and origin that the request came through; none for a website endpoint asked directly.
    pub(super) through: Option<(&'q CacheBehavior, &'q Origin)>,
}

/// What is known of a bucket's gates.
pub(super) struct Gates {
    facts: BucketFacts,
    /// The policy's text could not be understood.
    unread: Option<String>,
}

/// The answer of the gates.
pub(super) enum Access {
    Allowed,
    Denied(String),
    Open(String),
    Undeclared,
    Pending,
}

impl Question<'_> {
    fn request(&self, action: Action, scope: Scope, now: &str) -> Request {
        let mut request = Request::new(action, scope);
        request.website = self.website;
        request.now = now.parse::<Timestamp>().ok().map(|now| now.as_second());
        if let Some((behaviour, origin)) = self.through {
            request.tls = match behaviour.viewer_protocol_policy.as_str() {
                "https-only" | "redirect-to-https" => Tri::True,
                _ => Tri::Unknown,
            };
            request.referer = header("Referer", behaviour, origin);
            request.user_agent = header("User-Agent", behaviour, origin);
        } else {
            request.referer = Header::Forwarded;
            request.user_agent = Header::Forwarded;
        }
        request
    }

    fn is_signed(&self) -> bool {
        matches!(self.caller, Caller::Oac { signing, .. } if *signing != Signing::Never)
    }
}

fn header(name: &str, behaviour: &CacheBehavior, origin: &Origin) -> Header {
    if let Some(own) = origin
        .custom_headers
        .iter()
        .find(|one| one.name.eq_ignore_ascii_case(name))
    {
        return Header::Fixed(own.value.clone());
    }
    let values = behaviour.forwarded_values.as_ref();
    let listed = values.is_some_and(|v| v.headers.iter().any(|one| one == "*" || one.eq_ignore_ascii_case(name)));
    // A policy that is not read may forward it.
    if listed || behaviour.origin_request_policy_id.is_some() {
        Header::Forwarded
    } else {
        Header::Default
    }
}

impl<'a> Walker<'a> {
    /// Reads what deciding takes, or asks for it. `None` while something is asked for.
    pub(super) fn gates(&mut self, question: &Question<'_>) -> Option<Result<Gates, Access>> {
        let bucket = question.bucket;
        let answers: &'a BucketAnswers = self.inventory.bucket(bucket);
        let read = |aspect| {
            move || Read::Bucket {
                bucket: bucket.to_owned(),
                aspect,
            }
        };
        let mut unread = None;
        let policy = match self.ask(&answers.policy, read(BucketAspect::Policy)) {
            Asked::Pending => return None,
            Asked::Undeclared => return Some(Err(Access::Undeclared)),
            Asked::Absent => Policy::Missing,
            Asked::Failed(why) => {
                unread = Some(why);
                Policy::Unread
            }
            Asked::Found(text) => match Document::parse(text) {
                Ok(document) => Policy::Document(document),
                Err(error) => {
                    unread = Some(error.to_string());
                    Policy::Unread
                }
            },
        };
        let mut facts = BucketFacts::new(bucket, question.partition, policy);
        facts.account = self.account_of_bucket(bucket).map(str::to_owned);
        let public = matches!(&facts.policy, Policy::Document(document) if is_public(document));
        if public && !question.is_signed() {
            facts.public_access_block = self.public_access_block(bucket, |block| block.restrict_public_buckets)?;
        }
        if *question.caller == Caller::Anonymous {
            facts.requester_pays = match self.ask(&answers.request_payer, read(BucketAspect::RequestPayer)) {
                Asked::Found(payer) => payer == "Requester",
                Asked::Pending => return None,
                _ => false,
            };
        }
        let probe = question.request(Action::GetObject, Scope::Under(String::new()), self.sides.now());
        let nothing = matches!(can_read(question.caller, &facts, &probe).reason, Reason::NothingAllows);
        if nothing && !question.is_signed() {
            // An ACL may grant what no statement does, where ACLs are in force.
            facts.ownership = match self.ask(&answers.ownership, read(BucketAspect::Ownership)) {
                Asked::Found(text) => ownership(text),
                Asked::Absent => Ownership::ObjectWriter,
                Asked::Pending => return None,
                Asked::Undeclared | Asked::Failed(_) => Ownership::Unread,
            };
            let acls = facts.ownership != Ownership::BucketOwnerEnforced;
            if acls && *question.caller == Caller::Anonymous {
                facts.public_access_block = self.public_access_block(bucket, |block| block.ignore_public_acls)?;
            }
        } else if let inventory::Answer::Found(text) = &answers.ownership {
            facts.ownership = ownership(text);
        }
        Some(Ok(Gates { facts, unread }))
    }

    /// The block in effect, of the bucket or else of the account; the account is asked only where the bucket's own does
    /// not settle what matters. `None` while one is asked for.
    fn public_access_block(
        &mut self,
        bucket: &str,
        matters: impl Fn(&PublicAccessBlock) -> Tri,
    ) -> Option<PublicAccessBlock> {
        let inventory = self.inventory;
        let own = &inventory.bucket(bucket).public_access_block;
        let read = || Read::Bucket {
            bucket: bucket.to_owned(),
            aspect: BucketAspect::PublicAccessBlock,
        };
        let own = block(self.ask(own, read))?;
        if matters(&own) == Tri::True {
            return Some(own);
        }
        let account = self.ask(inventory.public_access_block_over(bucket), || {
            Read::AccountPublicAccessBlock
        });
        Some(own.or(block(account)?))
    }

    /// Decides over one key, or every key under a prefix, before the object itself is looked at.
    pub(super) fn access(&mut self, question: &Question<'_>, scope: Scope) -> (Access, Option<Gates>) {
        let gates = match self.gates(question) {
            None => return (Access::Pending, None),
            Some(Err(access)) => return (access, None),
            Some(Ok(gates)) => gates,
        };
        let what = match &scope {
            Scope::Key(key) => format!("s3://{}/{key}", question.bucket),
            Scope::Under(prefix) => format!("s3://{}/{prefix}*", question.bucket),
        };
        let request = question.request(Action::GetObject, scope, self.sides.now());
        let verdict = can_read(question.caller, &gates.facts, &request);
        let mut draft = Draft::new(
            Station::Access,
            format!("GetObject {what} by {}", named(question.caller)),
        )
        .touches("aws_s3_bucket_policy", question.bucket)
        .touches("aws_s3_bucket_public_access_block", question.bucket)
        .touches("aws_s3_bucket_ownership_controls", question.bucket);
        let reason = match &gates.unread {
            Some(why) => format!("the bucket policy could not be read: {why}"),
            None => verdict.reason.to_string(),
        };
        draft = draft
            .evidence(reason.clone())
            .lines(verdict.caveats.iter().map(ToString::to_string));
        let access = match verdict.outcome {
            Outcome::Allowed => {
                self.said(draft, &verdict.findings, question.bucket);
                Access::Allowed
            }
            Outcome::CannotTell => {
                self.doubt(draft, reason.clone());
                Access::Open(reason)
            }
            Outcome::Denied => {
                let fault = denied(question, &verdict.reason, &what);
                self.fault(draft, fault);
                Access::Denied(reason)
            }
        };
        (access, Some(gates))
    }

    /// What is worth saying although the caller may read.
    fn said(&mut self, draft: Draft, findings: &[verdict::Finding], bucket: &str) {
        let text = |finding: &verdict::Finding| format!("bucket {bucket}: {finding}");
        self.good(draft.lines(findings.iter().map(ToString::to_string)));
        for finding in findings {
            let (rule, what) = match finding {
                verdict::Finding::AnyDistribution { .. } => (
                    rules::BUCKET_OPEN_TO_ANY_DISTRIBUTION,
                    "any AWS customer's distribution can serve its content",
                ),
                verdict::Finding::AccidentallyPublic { .. } => {
                    (rules::BUCKET_OPEN_BY_ACCIDENT, "anyone can read it past CloudFront")
                }
                _ => continue,
            };
            let at = touched("aws_s3_bucket_policy", bucket);
            let title = format!("the policy of bucket {bucket} is wider than it looks: {what}");
            let fault = broken(rule, Severity::High, at, title, format!("{}.", text(finding)));
            self.also(Station::Access, &format!("policy of {bucket}"), fault);
        }
    }

    /// Whether the caller may list the bucket, which decides between 404 and 403 for a key that is not there.
    pub(super) fn may_list(&self, question: &Question<'_>, gates: &Gates) -> Outcome {
        let request = question.request(Action::ListBucket, Scope::Under(String::new()), self.sides.now());
        can_read(question.caller, &gates.facts, &request).outcome
    }

    /// Decides again with what is known of the object: encryption and storage class.
    pub(super) fn readable(
        &mut self,
        question: &Question<'_>,
        mut gates: Gates,
        key: &str,
        object: &Object,
    ) -> Option<(Draft, Break, String)> {
        gates.facts.archived = matches!(object.storage_class.as_deref(), Some("GLACIER" | "DEEP_ARCHIVE"));
        gates.facts.encryption = match object.server_side_encryption.as_deref() {
            Some("aws:kms" | "aws:kms:dsse") => Encryption::Kms(KmsKey::Unread),
            _ => Encryption::Plain,
        };
        let request = question.request(Action::GetObject, Scope::Key(key.to_owned()), self.sides.now());
        let verdict = can_read(question.caller, &gates.facts, &request);
        let what = format!("s3://{}/{key}", question.bucket);
        let draft = Draft::new(
            Station::Access,
            format!("{what} as it is stored, for {}", named(question.caller)),
        );
        match verdict.outcome {
            Outcome::Denied if is_of_object(&verdict.reason) => Some((
                draft,
                denied(question, &verdict.reason, &what),
                verdict.reason.to_string(),
            )),
            Outcome::CannotTell if is_of_object(&verdict.reason) => {
                self.doubt(draft, verdict.reason.to_string());
                None
            }
            _ => None,
        }
    }
}

fn is_of_object(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::Archived
            | Reason::KmsNotForCaller
            | Reason::KmsManagedKey
            | Reason::KmsKeyRefuses
            | Reason::KmsKeyUnread
            | Reason::KmsByDefault
    )
}

/// `None` while the answer is asked for.
fn block(asked: Asked<'_, inventory::PublicAccessBlock>) -> Option<PublicAccessBlock> {
    Some(match asked {
        Asked::Pending => return None,
        Asked::Absent | Asked::Undeclared => PublicAccessBlock::OFF,
        Asked::Failed(_) => PublicAccessBlock::UNREAD,
        Asked::Found(own) => PublicAccessBlock {
            block_public_acls: tri(own.block_public_acls),
            ignore_public_acls: tri(own.ignore_public_acls),
            block_public_policy: tri(own.block_public_policy),
            restrict_public_buckets: tri(own.restrict_public_buckets),
        },
    })
}

fn tri(value: bool) -> Tri {
    if value { Tri::True } else { Tri::False }
}

fn ownership(text: &str) -> Ownership {
    match text {
        "BucketOwnerEnforced" => Ownership::BucketOwnerEnforced,
        "BucketOwnerPreferred" => Ownership::BucketOwnerPreferred,
        _ => Ownership::ObjectWriter,
    }
}

fn named(caller: &Caller) -> String {
    match caller {
        Caller::Oac {
            signing: Signing::Never,
            ..
        }
        | Caller::Anonymous => "anonymous requests".to_owned(),
        Caller::Oac {
            distribution_arn: Some(arn),
            ..
        } => {
            format!("CloudFront for {}", arn.rsplit('/').next().unwrap_or(arn))
        }
        Caller::Oac { .. } => "CloudFront".to_owned(),
        Caller::Oai { id, .. } => format!("origin access identity {id}"),
    }
}

fn denied(question: &Question<'_>, reason: &Reason, what: &str) -> Break {
    let bucket = question.bucket;
    let who = named(question.caller);
    let policy: Touched = touched("aws_s3_bucket_policy", bucket);
    let (rule, at, advice) = match reason {
        Reason::RestrictPublicBuckets(_) => (
            rules::PUBLIC_ACCESS_BLOCKED,
            touched("aws_s3_bucket_public_access_block", bucket),
            "Serve through CloudFront with an origin access control, or turn RestrictPublicBuckets off for the bucket and the account.",
        ),
        Reason::KmsNotForCaller | Reason::KmsManagedKey | Reason::KmsKeyRefuses => (
            rules::OBJECT_CANNOT_BE_DECRYPTED,
            touched("aws_s3_bucket_server_side_encryption_configuration", bucket),
            "Upload with SSE-S3, or use an origin access control and a key whose policy lets cloudfront.amazonaws.com decrypt.",
        ),
        Reason::RequesterPays => (
            rules::REQUESTER_PAYS,
            touched("aws_s3_bucket_request_payment_configuration", bucket),
            "Set the payer to the bucket owner.",
        ),
        Reason::Archived => (
            rules::OBJECT_ARCHIVED,
            touched(super::bucket::BUCKET, bucket),
            "Restore the object or upload it again.",
        ),
        _ => (
            rules::BUCKET_DENIES_CLOUDFRONT,
            policy,
            "Put a statement into the bucket policy that lets this caller do s3:GetObject.",
        ),
    };
    let title = match rule {
        rules::BUCKET_DENIES_CLOUDFRONT => format!("bucket {bucket} refuses {who}"),
        rules::PUBLIC_ACCESS_BLOCKED => format!("bucket {bucket} blocks public access, and {who} have no other way in"),
        rules::REQUESTER_PAYS => format!("bucket {bucket} makes the requester pay, and {who} cannot"),
        rules::OBJECT_ARCHIVED => format!("{what} is archived"),
        _ => format!("{who} cannot decrypt {what}"),
    };
    broken(
        rule,
        Severity::Critical,
        at,
        title,
        format!("{reason}: visitors get 403 for {what}. {advice}"),
    )
}
