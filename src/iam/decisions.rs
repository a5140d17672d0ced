//! Decisions beyond the vector file: unread facts, time, several values, findings on writes.

use super::access::{BucketFacts, Encryption, KmsKey, Ownership, Policy, PublicAccessBlock, can_read};
use super::document::Document;
use super::request::{Action, Caller, ContextValue, Header, Request, Scope, Signing};
use super::tri::Tri;
use super::verdict::{Caveat, Finding, Outcome, Reason, StatementRef, Unknown, Verdict};

const OWN: &str = "arn:aws:cloudfront::111122223333:distribution/E1";
const GRANT: &str = r#"{"Sid":"Site","Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},
    "Action":"s3:GetObject","Resource":"arn:aws:s3:::site/*",
    "Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"}}}"#;
const PUBLIC: &str = r#"{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::site/*"}"#;

fn bucket(statements: &[&str]) -> BucketFacts {
    let text = format!(r#"{{"Version":"2012-10-17","Statement":[{}]}}"#, statements.join(","));
    let mut bucket = BucketFacts::new("site", "aws", Policy::Document(Document::parse(&text).unwrap()));
    bucket.public_access_block = PublicAccessBlock::OFF;
    bucket
}

fn index() -> Request {
    Request::new(Action::GetObject, Scope::Key("index.html".to_owned()))
}

fn oac() -> Caller {
    Caller::oac(OWN, Signing::Always)
}

/// Asks with one more condition on an otherwise unconditional grant to everyone.
fn guarded(condition: &str, request: &Request) -> Verdict {
    let statement = PUBLIC.replace("\"*\",", &format!("\"*\",\"Condition\":{condition},"));
    can_read(&Caller::Anonymous, &bucket(&[&statement]), request)
}

#[test]
fn what_was_not_read_is_said() {
    let mut unread = bucket(&[]);
    unread.policy = Policy::Unread;
    let verdict = can_read(&oac(), &unread, &index());
    assert_eq!(
        (verdict.outcome, verdict.reason),
        (Outcome::CannotTell, Reason::PolicyUnread)
    );

    let mut open = bucket(&[PUBLIC]);
    open.public_access_block = PublicAccessBlock::UNREAD;
    let verdict = can_read(&Caller::Anonymous, &open, &index());
    assert_eq!(verdict.outcome, Outcome::CannotTell);
    assert!(matches!(verdict.reason, Reason::PublicAccessBlockUnread(_)));
    // It does not matter to a service principal, nor where nothing is granted anyway.
    assert_eq!(can_read(&oac(), &open, &index()).outcome, Outcome::Allowed);
    let listing = Request::new(Action::ListBucket, Scope::Under(String::new()));
    let verdict = can_read(&Caller::Anonymous, &open, &listing);
    assert_eq!(verdict.reason, Reason::NothingAllows);

    let mut bare = bucket(&[]);
    bare.policy = Policy::Missing;
    bare.ownership = Ownership::Unread;
    assert_eq!(can_read(&Caller::Anonymous, &bare, &index()).reason, Reason::ObjectAcl);

    let mut sealed = bucket(&[GRANT]);
    sealed.encryption = Encryption::Unread;
    assert_eq!(can_read(&oac(), &sealed, &index()).reason, Reason::EncryptionUnread);

    let nameless = Caller::Oac {
        distribution_arn: None,
        account: None,
        signing: Signing::Always,
    };
    let verdict = can_read(&nameless, &bucket(&[GRANT]), &index());
    let Reason::AllowDepends(dependences) = &verdict.reason else {
        panic!("{}", verdict.reason);
    };
    assert_eq!(dependences[0].statement.to_string(), "Statement[Site]");
    assert_eq!(
        dependences[0].unknowns[0].to_string(),
        "condition StringEquals AWS:SourceArn"
    );
}

#[test]
fn default_encryption_says_nothing_about_older_objects() {
    let mut site = bucket(&[GRANT]);
    for (key, expected) in [
        (KmsKey::Grants, Outcome::Allowed),
        (KmsKey::Refuses, Outcome::CannotTell),
        (KmsKey::AwsManaged, Outcome::CannotTell),
        (KmsKey::Unread, Outcome::CannotTell),
    ] {
        site.encryption = Encryption::KmsByDefault(key);
        assert_eq!(can_read(&oac(), &site, &index()).outcome, expected, "{key:?}");
    }
    let mut public = bucket(&[PUBLIC]);
    public.encryption = Encryption::KmsByDefault(KmsKey::Grants);
    assert_eq!(
        can_read(&Caller::Anonymous, &public, &index()).reason,
        Reason::KmsByDefault
    );
}

#[test]
fn payment_and_archive() {
    let mut public = bucket(&[PUBLIC]);
    public.requester_pays = true;
    assert_eq!(
        can_read(&Caller::Anonymous, &public, &index()).reason,
        Reason::RequesterPays
    );
    assert_eq!(can_read(&oac(), &public, &index()).outcome, Outcome::Allowed);
    public.archived = true;
    assert_eq!(can_read(&oac(), &public, &index()).reason, Reason::Archived);
}

#[test]
fn never_signing_is_anonymous_and_no_override_warns() {
    let site = bucket(&[GRANT]);
    let never = Caller::oac(OWN, Signing::Never);
    assert_eq!(can_read(&never, &site, &index()).reason, Reason::NothingAllows);
    let verdict = can_read(&Caller::oac(OWN, Signing::NoOverride), &site, &index());
    assert_eq!(verdict.outcome, Outcome::Allowed);
    assert_eq!(verdict.caveats, [Caveat::ViewerMaySign]);
}

#[test]
fn time_is_compared_and_confessed() {
    let mut request = index();
    let until = r#"{"DateLessThan":{"aws:CurrentTime":"2030-01-01T00:00:00Z"}}"#;
    assert_eq!(guarded(until, &request).outcome, Outcome::CannotTell);
    request.now = Some(1_800_000_000);
    let verdict = guarded(until, &request);
    assert_eq!(verdict.outcome, Outcome::Allowed);
    let statement = StatementRef { index: 0, sid: None };
    assert_eq!(verdict.caveats, [Caveat::DependsOnTime { statement }]);
    request.now = Some(1_900_000_000);
    assert_eq!(guarded(until, &request).outcome, Outcome::Denied);
    let epoch = r#"{"NumericGreaterThan":{"aws:EpochTime":"1850000000"}}"#;
    assert_eq!(guarded(epoch, &request).outcome, Outcome::Allowed);
}

#[test]
fn operators_on_known_values() {
    let mut request = index();
    let many = ContextValue::Known(vec!["a".to_owned(), "b".to_owned()]);
    request.context.insert("k:many".to_owned(), many);
    for (key, value) in [("k:ip", "203.0.113.9"), ("k:text", "Abc"), ("k:number", "7")] {
        let value = ContextValue::Known(vec![value.to_owned()]);
        request.context.insert(key.to_owned(), value);
    }
    for (condition, expected) in [
        (r#"{"ForAllValues:StringEquals":{"k:many":["a","b","c"]}}"#, true),
        (r#"{"ForAllValues:StringEquals":{"k:many":["a"]}}"#, false),
        (r#"{"ForAnyValue:StringEquals":{"k:many":["a"]}}"#, true),
        (r#"{"ForAnyValue:StringNotEquals":{"k:many":["a"]}}"#, true),
        (r#"{"ForAllValues:StringNotEquals":{"k:many":["a"]}}"#, false),
        (r#"{"StringNotEquals":{"k:many":["a"]}}"#, false),
        (r#"{"IpAddress":{"k:ip":"203.0.113.0/24"}}"#, true),
        (r#"{"NotIpAddress":{"k:ip":"203.0.113.0/24"}}"#, false),
        (r#"{"StringEqualsIgnoreCase":{"k:text":"aBC"}}"#, true),
        (r#"{"StringEquals":{"k:text":"abc"}}"#, false),
        (r#"{"StringLike":{"K:TEXT":"A?c"}}"#, true),
        (r#"{"StringNotLike":{"k:text":"A*"}}"#, false),
        (r#"{"StringEquals":{"k:text":"${k:text}"}}"#, true),
        (r#"{"NumericLessThanEquals":{"k:number":"7.0"}}"#, true),
        (r#"{"NumericGreaterThan":{"k:number":7}}"#, false),
        (r#"{"Null":{"k:text":"false"}}"#, true),
        (r#"{"Null":{"aws:SourceVpce":"true"}}"#, true),
        (r#"{"ForAnyValue:StringEquals":{"aws:SourceVpce":"x"}}"#, false),
        (r#"{"StringLike":{"k:text":[]}}"#, false),
    ] {
        let expected = if expected { Outcome::Allowed } else { Outcome::Denied };
        assert_eq!(guarded(condition, &request).outcome, expected, "{condition}");
    }
    for condition in [
        r#"{"Fuzzy":{"k:text":"Abc"}}"#,
        r#"{"StringEquals":{"k:text":"Abc","K:text":"Abc"}}"#,
        r#"{"Null":{"k:unheard":"true"}}"#,
        r#"{"StringEquals":{"k:text":"${k:unheard}"}}"#,
        r#"{"IpAddress":{"k:text":"203.0.113.0/24"}}"#,
    ] {
        assert_eq!(guarded(condition, &request).outcome, Outcome::CannotTell, "{condition}");
    }
}

#[test]
fn the_user_agent_may_come_from_the_viewer() {
    let guard = r#"{"StringLike":{"aws:UserAgent":"Amazon CloudFront*"}}"#;
    let mut request = index();
    assert_eq!(guarded(guard, &request).outcome, Outcome::Allowed);
    request.user_agent = Header::Forwarded;
    assert_eq!(guarded(guard, &request).outcome, Outcome::CannotTell);
    request.user_agent = Header::Fixed("other".to_owned());
    assert_eq!(guarded(guard, &request).outcome, Outcome::Denied);
}

#[test]
fn the_denied_part_of_the_keys_is_listed() {
    let deny = r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":
        ["arn:aws:s3:::site/private/*","arn:aws:s3:::site/*.bak","arn:aws:s3:::other/*"]}"#;
    let request = Request::new(Action::GetObject, Scope::Under(String::new()));
    let verdict = can_read(&oac(), &bucket(&[GRANT, deny]), &request);
    let Reason::DenyMayApply(dependences) = verdict.reason else {
        panic!("{}", verdict.reason);
    };
    assert_eq!(dependences[0].statement.index, 1);
    assert_eq!(
        dependences[0].unknowns,
        [Unknown::PartOfKeys {
            patterns: vec![
                "arn:aws:s3:::site/*.bak".to_owned(),
                "arn:aws:s3:::site/private/*".to_owned(),
            ],
            excluded: false,
        }]
    );
}

#[test]
fn other_partitions() {
    let mut site = bucket(&[&GRANT.replace("arn:aws:s3", "arn:aws-us-gov:s3")]);
    assert_eq!(can_read(&oac(), &site, &index()).outcome, Outcome::Denied);
    site.partition = "aws-us-gov".to_owned();
    assert_eq!(can_read(&oac(), &site, &index()).outcome, Outcome::Allowed);

    let china = GRANT
        .replace("amazonaws.com", "amazonaws.com.cn")
        .replace("arn:aws:s3", "arn:aws-cn:s3");
    let mut site = bucket(&[&china]);
    site.partition = "aws-cn".to_owned();
    assert_eq!(can_read(&oac(), &site, &index()).outcome, Outcome::CannotTell);
}

#[test]
fn writes_are_found_unless_a_condition_is_open() {
    let write = r#"{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},
        "Action":"s3:*Object","Resource":"arn:aws:s3:::site/up/*",
        "Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::111122223333:distribution/E1"}}}"#;
    let request = Request::new(Action::GetObject, Scope::Under(String::new()));
    let verdict = can_read(&oac(), &bucket(&[GRANT, write]), &request);
    let statement = StatementRef { index: 1, sid: None };
    let actions = vec!["s3:PutObject", "s3:DeleteObject"];
    assert_eq!(verdict.findings, [Finding::WriteGrant { statement, actions }]);
    assert_eq!(verdict.outcome, Outcome::Allowed);

    // A variable without a value matches nothing, so nothing is open here.
    let own_folder = write.replace("site/up/*", "site/${aws:username}/*");
    let verdict = can_read(&oac(), &bucket(&[GRANT, &own_folder]), &request);
    assert!(verdict.findings.is_empty(), "{:?}", verdict.findings);

    let office = r#"{"Effect":"Allow","Principal":"*","Action":"s3:PutObject","Resource":"*",
        "Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}"#;
    let verdict = can_read(&oac(), &bucket(&[GRANT, office]), &request);
    assert!(verdict.findings.is_empty(), "{:?}", verdict.findings);
}

#[test]
fn one_exact_source_arn_beside_a_wildcard_is_enough() {
    let both = GRANT.replace(
        "\"Condition\":{",
        "\"Condition\":{\"ArnLike\":{\"aws:SourceArn\":\"arn:aws:cloudfront::111122223333:distribution/*\"},",
    );
    assert!(can_read(&oac(), &bucket(&[&both]), &index()).findings.is_empty());
}

#[test]
fn reasons_and_findings_are_sentences_with_a_place() {
    let open = GRANT.split(",\n    \"Condition\"").next().unwrap().to_owned() + "}";
    let verdict = can_read(&oac(), &bucket(&[&open]), &index());
    assert_eq!(verdict.reason.to_string(), "Statement[Site] allows it");
    assert_eq!(
        verdict.findings[0].to_string(),
        "Statement[Site] lets in the CloudFront distributions of every AWS customer: add a \
         condition on aws:SourceArn"
    );
    let deny = r#"{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}"#;
    let refused = can_read(&oac(), &bucket(&[GRANT, deny]), &index());
    assert_eq!(refused.reason.to_string(), "Statement[1] denies it");
    let deny = r#"{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"*","Resource":"*",
        "Condition":{"Bool":{"k:unheard":"true"}}}"#;
    let open = can_read(&oac(), &bucket(&[GRANT, deny]), &index());
    assert_eq!(
        open.reason.to_string(),
        "a deny may apply: Statement[1] (principal *; condition Bool k:unheard)"
    );
    let json = serde_json::to_value(&verdict).unwrap();
    assert_eq!(json["outcome"], "allowed");
    assert_eq!(json["findings"][0]["finding"], "any-distribution");
}

#[test]
fn either_level_of_the_public_access_block_counts() {
    let both = PublicAccessBlock::OFF.or(PublicAccessBlock {
        restrict_public_buckets: Tri::True,
        ..PublicAccessBlock::OFF
    });
    let mut public = bucket(&[PUBLIC]);
    public.public_access_block = both;
    assert_eq!(can_read(&Caller::Anonymous, &public, &index()).outcome, Outcome::Denied);
}

#[test]
fn a_website_endpoint_never_has_tls_and_an_always_signing_origin_always() {
    let https_only = r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*",
        "Condition":{"Bool":{"aws:SecureTransport":"false"}}}"#;
    let mut request = index();
    request.tls = Tri::True;
    request.website = true;
    let site = bucket(&[PUBLIC, https_only]);
    let verdict = can_read(&Caller::Anonymous, &site, &request);
    assert!(matches!(verdict.reason, Reason::ExplicitDeny(_)), "{}", verdict.reason);
    request.website = false;
    assert_eq!(can_read(&Caller::Anonymous, &site, &request).outcome, Outcome::Allowed);
    request.tls = Tri::False;
    assert_eq!(can_read(&oac(), &site, &request).outcome, Outcome::Allowed);
}
