//! The vector files, as tests.

use serde_json::Value;

use super::access::{BucketFacts, Encryption, KmsKey, Ownership, Policy, PublicAccessBlock, can_read};
use super::document::Document;
use super::equality::{Class, compare};
use super::principal::Identities;
use super::request::{Action, Caller, ContextValue, Header, Request, Scope, Signing};
use super::tri::Tri;
use super::verdict::{Finding, Outcome, Reason, Unknown, Verdict};

fn cases(text: &str) -> Vec<Value> {
    serde_json::from_str(text).unwrap()
}

fn text<'a>(case: &'a Value, name: &str) -> &'a str {
    case[name].as_str().unwrap()
}

/// What the cases presuppose as known; the ids of E33 and E37 are not in it.
fn known_identities() -> Identities {
    let mut ids = Identities::default();
    ids.add_oai("E1", &"a".repeat(64));
    ids.add_account("123456789012", &"b".repeat(64));
    ids.add_arn("arn:aws:iam::123456789012:role/ci", "AROALIVEROLE00000001");
    ids
}

#[test]
fn equality_cases() {
    let ids = known_identities();
    let cases = cases(include_str!("../../fixtures/vectors/equality_cases.json"));
    assert_eq!(cases.len(), 56);
    let mut failing = Vec::new();
    for case in &cases {
        let expected = match text(case, "ours") {
            "SAME" => Class::Same,
            "COSMETIC" => Class::Cosmetic,
            "SAME MEANING" => Class::SameMeaning,
            "CANNOT TELL" => Class::CannotTell,
            "DIFFERENT" => Class::Different,
            other => panic!("unknown class {other}"),
        };
        let side = |name: &str| Document::parse(&case[name].to_string()).unwrap();
        let (a, b) = (side("a"), side("b"));
        for (one, other) in [(&a, &b), (&b, &a)] {
            let found = compare(one, other, &ids);
            if found.class != expected {
                failing.push(format!("{}: {:?}, not {expected:?}", text(case, "id"), found.class));
            }
            if found.differences.is_empty() != (expected == Class::Same) {
                failing.push(format!("{}: {:?}", text(case, "id"), found.differences));
            }
        }
    }
    assert!(failing.is_empty(), "{}", failing.join("\n"));
}

/// Reads one policy case. Members of a case that are not given have the defaults of the
/// reference: owner enforced, nothing blocked, no KMS, protocol of the viewer unknown.
fn ask(case: &Value) -> Verdict {
    let asked = &case["request"];
    for name in asked.as_object().unwrap().keys() {
        let known = [
            "identity",
            "bucket",
            "action",
            "key",
            "prefix",
            "secure",
            "website",
            "referer",
            "ctx",
            "restrict_public",
            "ignore_public_acls",
            "ownership",
            "kms",
        ];
        assert!(known.contains(&name.as_str()), "unknown member {name}");
    }
    let identity = &asked["identity"];
    let secure = asked["secure"].as_bool();
    let caller = match text(identity, "kind") {
        "oac" => {
            let (account, id) = (text(identity, "account"), text(identity, "dist"));
            let arn = format!("arn:aws:cloudfront::{account}:distribution/{id}");
            let signing = match secure {
                Some(true) => Signing::Always,
                _ => Signing::NoOverride,
            };
            Caller::oac(&arn, signing)
        }
        "oai" => Caller::Oai {
            id: text(identity, "id").to_owned(),
            canonical: identity["canonical"].as_str().map(str::to_owned),
        },
        "anon" => Caller::Anonymous,
        other => panic!("unknown identity {other}"),
    };
    let policy = match &case["policy"] {
        Value::Null => Policy::Missing,
        policy => Policy::Document(Document::parse(&policy.to_string()).unwrap()),
    };
    let flag = |name: &str| Tri::from(asked[name].as_bool().unwrap_or(false));
    let mut bucket = BucketFacts::new(text(&asked["bucket"], "name"), "aws", policy);
    bucket.account = asked["bucket"]["account"].as_str().map(str::to_owned);
    bucket.public_access_block = PublicAccessBlock {
        restrict_public_buckets: flag("restrict_public"),
        ignore_public_acls: flag("ignore_public_acls"),
        ..PublicAccessBlock::OFF
    };
    bucket.ownership = match asked["ownership"].as_str() {
        None => Ownership::BucketOwnerEnforced,
        Some("ObjectWriter") => Ownership::ObjectWriter,
        Some(other) => panic!("unknown ownership {other}"),
    };
    bucket.encryption = match asked["kms"].as_str() {
        None => Encryption::Plain,
        Some("grant") => Encryption::Kms(KmsKey::Grants),
        Some("nogrant") => Encryption::Kms(KmsKey::Refuses),
        Some("aws-managed") => Encryption::Kms(KmsKey::AwsManaged),
        Some("unknown") => Encryption::Kms(KmsKey::Unread),
        Some(other) => panic!("unknown kms {other}"),
    };
    let action = match text(asked, "action") {
        "s3:GetObject" => Action::GetObject,
        "s3:ListBucket" => Action::ListBucket,
        other => panic!("unknown action {other}"),
    };
    let scope = match asked["prefix"].as_str() {
        Some(prefix) => Scope::Under(prefix.to_owned()),
        None => Scope::Key(text(asked, "key").to_owned()),
    };
    let mut request = Request::new(action, scope);
    request.website = asked["website"].as_bool().unwrap_or(false);
    request.tls = Tri::from(secure);
    if let Some(referer) = asked["referer"].as_str() {
        request.referer = Header::Fixed(referer.to_owned());
    }
    for (key, value) in asked["ctx"].as_object().into_iter().flatten() {
        let value = match value.as_str().unwrap() {
            "UNKNOWN" => ContextValue::Unknown,
            "ABSENT" => ContextValue::Absent,
            other => panic!("unknown context value {other}"),
        };
        request.context.insert(key.to_lowercase(), value);
    }
    can_read(&caller, &bucket, &request)
}

fn policy_cases() -> Vec<Value> {
    let cases = cases(include_str!("../../fixtures/vectors/policy_cases.json"));
    assert_eq!(cases.len(), 78);
    cases
}

#[test]
fn policy_outcomes() {
    let mut failing = Vec::new();
    for case in &policy_cases() {
        let expected = match text(case, "expected") {
            "ALLOWED" => Outcome::Allowed,
            "DENIED" => Outcome::Denied,
            "CANNOT_TELL" => Outcome::CannotTell,
            other => panic!("unknown outcome {other}"),
        };
        let verdict = ask(case);
        if verdict.outcome != expected {
            let id = text(case, "id");
            let Verdict { outcome, reason, .. } = verdict;
            failing.push(format!("{id}: {outcome:?}, not {expected:?}: {reason}"));
        }
    }
    assert!(failing.is_empty(), "{}", failing.join("\n"));
}

/// What the cases say about why: the words of the reference, and the reasons that fit them.
#[test]
fn policy_reasons() {
    let mut failing = Vec::new();
    for case in &policy_cases() {
        let said = text(case, "reference_reason");
        let verdict = ask(case);
        let condition = |wanted: &str| {
            let dependences = match &verdict.reason {
                Reason::DenyMayApply(these) | Reason::AllowDepends(these) => these,
                _ => return false,
            };
            dependences
                .iter()
                .flat_map(|these| &these.unknowns)
                .any(|unknown| match unknown {
                    Unknown::Principal { .. } => wanted == "principal",
                    Unknown::PartOfKeys { .. } | Unknown::Variable { .. } => {
                        wanted.starts_with("resource covers only part")
                    }
                    Unknown::Condition { operator, key } => wanted == format!("{operator} {key}"),
                })
        };
        let fits = match (said, &verdict.reason) {
            ("allow statement" | "allow statement, for objects the bucket owner owns", reason) => {
                matches!(reason, Reason::Allowed(_))
            }
            ("explicit deny", reason) => matches!(reason, Reason::ExplicitDeny(_)),
            ("no statement allows it", reason) => *reason == Reason::NothingAllows,
            ("no policy grant; an object ACL may grant", reason) => *reason == Reason::ObjectAcl,
            ("website endpoint takes anonymous requests only", reason) => *reason == Reason::WebsiteTakesAnonymousOnly,
            ("KMS key policy gives no kms:Decrypt", reason) => *reason == Reason::KmsKeyRefuses,
            ("KMS key policy not read", reason) => *reason == Reason::KmsKeyUnread,
            ("SSE-KMS object, caller cannot use the key", reason) => *reason == Reason::KmsNotForCaller,
            ("key aws/s3 cannot be used by a service principal", reason) => *reason == Reason::KmsManagedKey,
            (said, Reason::RestrictPublicBuckets(_)) => said.starts_with("RestrictPublicBuckets"),
            (said, Reason::DenyMayApply(_)) => said.strip_prefix("a deny may apply: ").is_some_and(condition),
            (said, Reason::AllowDepends(_)) => said.strip_prefix("the allow depends on: ").is_some_and(condition),
            _ => false,
        };
        if !fits {
            failing.push(format!("{}: {said:?} but {}", text(case, "id"), verdict.reason));
        }
    }
    assert!(failing.is_empty(), "{}", failing.join("\n"));
}

/// The findings and caveats that the table of the reference names in words.
#[test]
fn policy_findings() {
    let cases = policy_cases();
    let names = |id: &str| -> Vec<&'static str> {
        let case = cases.iter().find(|case| text(case, "id") == id).unwrap();
        let verdict = ask(case);
        let named = |finding: &Finding| match finding {
            Finding::AnyDistribution { .. } => "any-distribution",
            Finding::AnyDistributionOfAccount { .. } => "any-of-account",
            Finding::WildcardSourceArn { .. } => "wildcard",
            Finding::PublicBesideIdentity { .. } => "public",
            Finding::WriteGrant { .. } => "write",
            Finding::AccidentallyPublic { .. } => "accident",
            Finding::SpoofableGuard { .. } => "spoofable",
            Finding::ListBucketOpen { .. } => "list",
        };
        verdict.findings.iter().map(named).collect()
    };
    let mut failing = Vec::new();
    for (id, expected) in [
        ("P1", &[][..]),
        ("P4", &["wildcard"]),
        ("P5", &[]),
        ("P6", &["wildcard"]),
        ("P8", &["any-of-account"]),
        ("P10", &["any-distribution"]),
        ("P20", &["list"]),
        ("P22", &["public"]),
        ("P34", &[]),
        ("P36", &["public"]),
        ("P39", &["spoofable"]),
        ("P45", &["spoofable"]),
        ("P46", &[]),
        ("P63", &["accident"]),
        ("P65", &["accident"]),
    ] {
        let found = names(id);
        if found != expected {
            failing.push(format!("{id}: {found:?}, not {expected:?}"));
        }
    }
    assert!(failing.is_empty(), "{}", failing.join("\n"));
}
