//! May this caller read these keys? Part A2 of the semantics reference.

use super::context::Context;
use super::document::{Document, Effect};
use super::evaluate::{self, Match};
use super::findings;
use super::public::public_statement;
use super::request::{Action, Caller, Request, Signing};
use super::tri::Tri;
use super::verdict::{Caveat, Dependence, Outcome, Reason, StatementRef, Verdict};

/// The policy of a bucket.
#[derive(Debug, Clone)]
pub enum Policy {
    /// There is none (`NoSuchBucketPolicy`).
    Missing,
    /// This one.
    Document(Document),
    /// It could not be read, which is not the same as none.
    Unread,
}

/// The effective public access block of a bucket: its own settings or those of the account or
/// organization. No configuration is all off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicAccessBlock {
    /// New public ACLs are refused.
    pub block_public_acls: Tri,
    /// Public ACLs are void.
    pub ignore_public_acls: Tri,
    /// A public policy is refused when put; one that is there keeps working.
    pub block_public_policy: Tri,
    /// A public policy serves service principals and the own account only.
    pub restrict_public_buckets: Tri,
}

impl PublicAccessBlock {
    /// Nothing is blocked (`NoSuchPublicAccessBlockConfiguration`).
    pub const OFF: Self = Self::all(Tri::False);
    /// Everything is blocked: the default of buckets made since April 2023.
    pub const ON: Self = Self::all(Tri::True);
    /// The settings could not be read.
    pub const UNREAD: Self = Self::all(Tri::Unknown);

    const fn all(value: Tri) -> Self {
        Self {
            block_public_acls: value,
            ignore_public_acls: value,
            block_public_policy: value,
            restrict_public_buckets: value,
        }
    }

    /// Both levels together: each setting holds if either has it on.
    pub fn or(self, other: Self) -> Self {
        Self {
            block_public_acls: self.block_public_acls.or(other.block_public_acls),
            ignore_public_acls: self.ignore_public_acls.or(other.ignore_public_acls),
            block_public_policy: self.block_public_policy.or(other.block_public_policy),
            restrict_public_buckets: self.restrict_public_buckets.or(other.restrict_public_buckets),
        }
    }
}

/// Who owns the objects of a bucket. A bucket without ownership controls is an old one and
/// behaves as `ObjectWriter`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ownership {
    /// ACLs are off, the owner owns everything.
    BucketOwnerEnforced,
    /// ACLs are in force.
    BucketOwnerPreferred,
    /// ACLs are in force.
    ObjectWriter,
    /// Could not be read.
    Unread,
}

/// The KMS key of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KmsKey {
    /// The key `aws/s3`, whose policy nobody can change.
    AwsManaged,
    /// A key whose policy lets cloudfront.amazonaws.com decrypt for this distribution.
    Grants,
    /// A key whose policy does not, or a disabled key.
    Refuses,
    /// A key whose policy was not read.
    Unread,
}

/// The encryption of what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encryption {
    /// None or SSE-S3.
    Plain,
    /// The object itself is known to be encrypted by KMS (HeadObject).
    Kms(KmsKey),
    /// The default of the bucket is KMS, the objects were not asked: older ones may be plain.
    KmsByDefault(KmsKey),
    /// Could not be read.
    Unread,
}

/// What is known of a bucket.
#[derive(Debug, Clone)]
pub struct BucketFacts {
    /// Name.
    pub name: String,
    /// `aws`, `aws-cn`, `aws-us-gov` …
    pub partition: String,
    /// Account of the owner, if known.
    pub account: Option<String>,
    /// The bucket policy.
    pub policy: Policy,
    /// The public access block in effect.
    pub public_access_block: PublicAccessBlock,
    /// Object ownership.
    pub ownership: Ownership,
    /// Encryption of the objects asked for.
    pub encryption: Encryption,
    /// Whether the requester pays.
    pub requester_pays: bool,
    /// Whether the object asked for is in an archive class and not restored.
    pub archived: bool,
}

impl BucketFacts {
    /// A bucket as S3 makes them today: owner enforced, SSE-S3, everything blocked.
    pub fn new(name: &str, partition: &str, policy: Policy) -> Self {
        Self {
            name: name.to_owned(),
            partition: partition.to_owned(),
            account: None,
            policy,
            public_access_block: PublicAccessBlock::ON,
            ownership: Ownership::BucketOwnerEnforced,
            encryption: Encryption::Plain,
            requester_pays: false,
            archived: false,
        }
    }
}

/// Decides whether the caller may do what the request asks, and says on what that rests.
pub fn can_read(caller: &Caller, bucket: &BucketFacts, request: &Request) -> Verdict {
    let context = Context {
        caller: caller.effective(),
        bucket,
        request,
    };
    let empty = Document::empty();
    let document = match &bucket.policy {
        Policy::Document(document) => document,
        Policy::Missing | Policy::Unread => &empty,
    };
    let (outcome, reason) = if request.website && *context.caller != Caller::Anonymous {
        (Outcome::Denied, Reason::WebsiteTakesAnonymousOnly)
    } else if matches!(bucket.policy, Policy::Unread) {
        (Outcome::CannotTell, Reason::PolicyUnread)
    } else {
        decide(document, context)
    };
    Verdict {
        caveats: caveats(document, context, outcome, &reason),
        findings: findings::of(document, context),
        outcome,
        reason,
    }
}

/// Steps 6 to 11 of part A2.4.
fn decide(document: &Document, context: Context<'_>) -> (Outcome, Reason) {
    let judged: Vec<_> = document
        .statements
        .iter()
        .map(|statement| {
            let place = StatementRef::of(statement);
            let found = evaluate::statement(statement, document.language, context);
            (statement, place, found)
        })
        .collect();
    let with = |effect: Effect, applies: Tri| {
        let these = judged.iter();
        these.filter(move |(statement, _, found)| statement.effect == effect && found.applies == applies)
    };
    if let Some((_, place, _)) = with(Effect::Deny, Tri::True).next() {
        return (Outcome::Denied, Reason::ExplicitDeny(place.clone()));
    }
    let public = public_statement(document).map(StatementRef::of);
    let restrict = context.bucket.public_access_block.restrict_public_buckets;
    // Service principals are spared by RestrictPublicBuckets.
    let restricted = public.filter(|_| !context.caller.is_oac() && restrict != Tri::False);
    if restrict == Tri::True
        && let Some(place) = restricted
    {
        let outcome = match context.caller {
            Caller::Anonymous => Outcome::Denied,
            _ => Outcome::CannotTell,
        };
        return (outcome, Reason::RestrictPublicBuckets(place));
    }
    let dependences = |effect: Effect| -> Vec<Dependence> {
        let these = with(effect, Tri::Unknown);
        these.map(|(_, place, found)| dependence(place, found)).collect()
    };
    let allows: Vec<_> = with(Effect::Allow, Tri::True).collect();
    let possible_allows = dependences(Effect::Allow);
    if allows.is_empty() && possible_allows.is_empty() {
        return match acl_may_grant(context) {
            true => (Outcome::CannotTell, Reason::ObjectAcl),
            false => (Outcome::Denied, Reason::NothingAllows),
        };
    }
    if let Some(place) = restricted {
        return (Outcome::CannotTell, Reason::PublicAccessBlockUnread(place));
    }
    let possible_denies = dependences(Effect::Deny);
    if !possible_denies.is_empty() {
        return (Outcome::CannotTell, Reason::DenyMayApply(possible_denies));
    }
    // The allow that rests on documented keys alone is the better witness.
    let rests_on_account = |statement: &super::document::Statement| {
        let mut conditions = statement.conditions.iter();
        conditions.any(|conjunct| conjunct.key == "aws:sourceaccount")
    };
    let best = allows.iter().min_by_key(|(statement, ..)| rests_on_account(statement));
    let Some((_, place, _)) = best else {
        return (Outcome::CannotTell, Reason::AllowDepends(possible_allows));
    };
    beyond_the_policy(context).unwrap_or((Outcome::Allowed, Reason::Allowed(place.clone())))
}

fn dependence(place: &StatementRef, found: &Match) -> Dependence {
    Dependence {
        statement: place.clone(),
        unknowns: found.unknowns.clone(),
    }
}

/// Whether an ACL, which is never read, could let the caller in.
fn acl_may_grant(context: Context<'_>) -> bool {
    let acls_in_force = context.bucket.ownership != Ownership::BucketOwnerEnforced;
    let ignored = context.bucket.public_access_block.ignore_public_acls == Tri::True;
    match context.caller {
        Caller::Oac { .. } => false,
        Caller::Oai { .. } => acls_in_force,
        Caller::Anonymous => acls_in_force && !ignored,
    }
}

/// What stands between an allow and the bytes.
fn beyond_the_policy(context: Context<'_>) -> Option<(Outcome, Reason)> {
    if context.request.action == Action::GetObject {
        let is_oac = context.caller.is_oac();
        let refused = match context.bucket.encryption {
            Encryption::Plain => None,
            Encryption::Unread => Some((Outcome::CannotTell, Reason::EncryptionUnread)),
            Encryption::Kms(_) if !is_oac => Some((Outcome::Denied, Reason::KmsNotForCaller)),
            Encryption::Kms(KmsKey::AwsManaged) => Some((Outcome::Denied, Reason::KmsManagedKey)),
            Encryption::Kms(KmsKey::Refuses) => Some((Outcome::Denied, Reason::KmsKeyRefuses)),
            Encryption::Kms(KmsKey::Unread) => Some((Outcome::CannotTell, Reason::KmsKeyUnread)),
            Encryption::KmsByDefault(KmsKey::Grants) | Encryption::Kms(KmsKey::Grants) if is_oac => None,
            _ => Some((Outcome::CannotTell, Reason::KmsByDefault)),
        };
        if refused.is_some() {
            return refused;
        }
        if context.bucket.archived {
            return Some((Outcome::Denied, Reason::Archived));
        }
    }
    let pays = context.bucket.requester_pays && *context.caller == Caller::Anonymous;
    pays.then_some((Outcome::Denied, Reason::RequesterPays))
}

fn caveats(document: &Document, context: Context<'_>, outcome: Outcome, reason: &Reason) -> Vec<Caveat> {
    let mut caveats = Vec::new();
    let on_objects = !context.request.action.is_on_bucket();
    let enforced = context.bucket.ownership == Ownership::BucketOwnerEnforced;
    if outcome == Outcome::Allowed && on_objects && !enforced {
        caveats.push(Caveat::OwnedObjectsOnly);
    }
    let deciding = match reason {
        Reason::Allowed(place) | Reason::ExplicitDeny(place) => Some(place),
        _ => None,
    };
    for statement in &document.statements {
        let place = StatementRef::of(statement);
        let has = |key: &str| {
            let mut conditions = statement.conditions.iter();
            conditions.any(|conjunct| conjunct.key == key)
        };
        let concerned = evaluate::principals(&statement.principals, context)
            .and(evaluate::action(&statement.actions, context.request.action));
        if concerned != Tri::False && (has("aws:currenttime") || has("aws:epochtime")) {
            caveats.push(Caveat::DependsOnTime {
                statement: place.clone(),
            });
        }
        if deciding == Some(&place) {
            match context.caller {
                Caller::Oac { .. } if has("aws:sourceaccount") => {
                    caveats.push(Caveat::SourceAccountUndocumented { statement: place });
                }
                Caller::Oai { .. } if has("aws:principalisawsservice") => {
                    caveats.push(Caveat::InferredNoService { statement: place });
                }
                _ => {}
            }
        }
    }
    let signing = Signing::NoOverride;
    if matches!(context.caller, Caller::Oac { signing: own, .. } if *own == signing) {
        caveats.push(Caveat::ViewerMaySign);
    }
    caveats
}
