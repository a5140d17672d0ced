use super::super::equality::{Class, Comparison, compare};
use super::*;
use serde_json::json;

fn statement() -> Value {
    json!({
        "Sid": "AllowCloudFront",
        "Effect": "Allow",
        "Principal": { "Service": "cloudfront.amazonaws.com" },
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::site/*",
        "Condition": { "StringEquals": { "aws:SourceArn": "arn:aws:cloudfront::1:distribution/E1" } },
    })
}

fn against(expected: &[Value], live: &[Value], ids: &Identities) -> Comparison {
    let parse = |statements: &[Value]| {
        let policy = json!({ "Version": "2012-10-17", "Statement": statements });
        Document::parse(&policy.to_string()).unwrap()
    };
    compare(&parse(expected), &parse(live), ids)
}

/// What is said when one statement becomes another: path, expected, live.
fn said(expected: &Value, live: &Value) -> Vec<(String, Value, Value)> {
    let comparison = against(
        std::slice::from_ref(expected),
        std::slice::from_ref(live),
        &Identities::default(),
    );
    let differences = comparison.differences.into_iter();
    differences
        .map(|difference| (difference.path, difference.expected, difference.live))
        .collect()
}

fn changed_at(name: &str, value: Value) -> Vec<(String, Value, Value)> {
    let mut live = statement();
    live[name] = value;
    said(&statement(), &live)
}

fn one(path: &str, expected: Value, live: Value) -> Vec<(String, Value, Value)> {
    vec![(path.to_owned(), expected, live)]
}

#[test]
fn a_condition_value() {
    let condition = json!({ "StringEquals": { "AWS:SourceArn": ["arn:aws:cloudfront::1:distribution/E2"] } });
    assert_eq!(
        changed_at("Condition", condition),
        one(
            "Statement[AllowCloudFront].Condition.StringEquals.aws:SourceArn",
            json!("arn:aws:cloudfront::1:distribution/E1"),
            json!("arn:aws:cloudfront::1:distribution/E2"),
        )
    );
}

#[test]
fn a_condition_that_went_and_an_operator_that_changed() {
    let path = "Statement[AllowCloudFront].Condition.StringEquals.aws:SourceArn";
    let arn = json!("arn:aws:cloudfront::1:distribution/E1");
    assert_eq!(changed_at("Condition", json!({})), one(path, arn.clone(), Value::Null));
    assert_eq!(
        changed_at("Condition", json!({ "ArnLike": { "aws:SourceArn": arn } })),
        vec![
            (path.to_owned(), arn.clone(), Value::Null),
            (
                "Statement[AllowCloudFront].Condition.ArnLike.aws:SourceArn".to_owned(),
                Value::Null,
                arn
            ),
        ]
    );
}

#[test]
fn only_members_that_came_or_went() {
    let mut expected = statement();
    expected["Action"] = json!(["s3:GetObject", "s3:ListBucket", "s3:GetObjectTagging"]);
    let mut live = expected.clone();
    live["Action"] = json!(["S3:getobject", "s3:GetObjectTagging", "s3:PutObject", "s3:DeleteObject"]);
    let comparison = against(&[expected], &[live], &Identities::default());
    assert_eq!(
        comparison.differences,
        [Difference {
            path: "Statement[AllowCloudFront].Action".to_owned(),
            expected: json!("s3:ListBucket"),
            live: json!(["s3:DeleteObject", "s3:PutObject"]),
            note: Some("2 more are the same on both sides".to_owned()),
        }]
    );
}

#[test]
fn the_effect_and_the_principal() {
    assert_eq!(
        changed_at("Effect", json!("Deny")),
        one("Statement[AllowCloudFront].Effect", json!("Allow"), json!("Deny"))
    );
    assert_eq!(
        changed_at("Principal", json!("*")),
        one(
            "Statement[AllowCloudFront].Principal",
            json!({ "Service": "cloudfront.amazonaws.com" }),
            json!("*"),
        )
    );
    assert_eq!(
        changed_at(
            "Principal",
            json!({ "Service": ["cloudfront.amazonaws.com", "logs.amazonaws.com"] })
        ),
        one(
            "Statement[AllowCloudFront].Principal.Service",
            Value::Null,
            json!("logs.amazonaws.com"),
        )
    );
}

#[test]
fn a_principal_that_is_missing_or_negated() {
    let mut live = statement();
    live.as_object_mut().unwrap().remove("Principal");
    let path = "Statement[AllowCloudFront].Principal";
    let service = json!({ "Service": "cloudfront.amazonaws.com" });
    assert_eq!(said(&statement(), &live), one(path, service.clone(), Value::Null));
    live["NotPrincipal"] = service.clone();
    assert_eq!(
        said(&statement(), &live),
        vec![
            (path.to_owned(), service.clone(), Value::Null),
            (
                "Statement[AllowCloudFront].NotPrincipal".to_owned(),
                Value::Null,
                service
            ),
        ]
    );
    // An empty list of principals is not the same as none at all, and is shown.
    let mut empty = statement();
    empty["Principal"] = json!({ "AWS": [] });
    assert!(!said(&statement(), &empty).is_empty());
    empty["Sid"] = json!("x");
    assert!(!said(&empty, &live).is_empty());
}

#[test]
fn an_action_list_that_was_negated() {
    let mut live = statement();
    live.as_object_mut().unwrap().remove("Action");
    live["NotAction"] = json!("s3:PutObject");
    assert_eq!(
        said(&statement(), &live),
        vec![
            (
                "Statement[AllowCloudFront].Action".to_owned(),
                json!(["s3:GetObject"]),
                Value::Null
            ),
            (
                "Statement[AllowCloudFront].NotAction".to_owned(),
                Value::Null,
                json!(["s3:PutObject"])
            ),
        ]
    );
}

#[test]
fn statements_that_came_and_went() {
    let mut public = statement();
    for name in ["Sid", "Condition"] {
        public.as_object_mut().unwrap().remove(name);
    }
    public["Principal"] = json!("*");
    public["Resource"] = json!("arn:aws:s3:::site/open/*");
    let came = against(&[statement()], &[statement(), public.clone()], &Identities::default());
    assert_eq!(came.class, Class::Different);
    assert_eq!(
        came.differences,
        [Difference {
            path: "Statement[1]".to_owned(),
            expected: Value::Null,
            live: public.clone(),
            note: None,
        }]
    );
    let went = against(&[statement(), public.clone()], &[], &Identities::default());
    let paths: Vec<_> = went.differences.iter().map(|difference| &difference.path).collect();
    assert_eq!(paths, ["Statement[AllowCloudFront]", "Statement[1]"]);
    assert_eq!(went.differences[1].expected, public);
}

#[test]
fn log_delivery_is_named_and_pairs_with_nothing() {
    let mut own = statement();
    own["Principal"] = json!({ "Service": "delivery.logs.amazonaws.com" });
    own["Action"] = json!("s3:PutObject");
    own["Effect"] = json!("Deny");
    let mut added = own.clone();
    added["Effect"] = json!("Allow");
    added["Sid"] = json!("AWSLogDeliveryWrite1");
    let comparison = against(&[statement()], &[statement(), added.clone()], &Identities::default());
    assert_eq!(comparison.class, Class::Different);
    assert!(comparison.is_only_log_delivery());
    let comparison = against(&[own], &[added], &Identities::default());
    assert_eq!(comparison.differences.len(), 2);
    assert!(!comparison.is_only_log_delivery());
}

#[test]
fn a_dangling_principal_is_explained() {
    let arn = "arn:aws:iam::123456789012:role/ci";
    let with = |member: &str| {
        let mut statement = statement();
        statement["Principal"] = json!({ "AWS": member });
        statement
    };
    let compare = |ids: &Identities| against(&[with(arn)], &[with("AROADEADROLE00000009")], ids);
    let comparison = compare(&Identities::default());
    assert_eq!(comparison.class, Class::CannotTell);
    let difference = &comparison.differences[0];
    assert_eq!(difference.path, "Statement[AllowCloudFront].Principal.AWS");
    assert_eq!(
        (&difference.expected, &difference.live),
        (&json!(arn), &json!("AROADEADROLE00000009"))
    );
    let note = difference.note.as_deref().unwrap();
    assert!(note.contains("deleted or re-created"), "{note}");

    let mut ids = Identities::default();
    ids.add_arn(arn, "AROALIVEROLE00000001");
    let comparison = compare(&ids);
    assert_eq!(comparison.class, Class::CannotTell);
    assert_eq!(
        comparison.differences[0].note.as_deref(),
        Some(
            "arn:aws:iam::123456789012:role/ci was re-created and is now AROALIVEROLE00000001: \
             AROADEADROLE00000009 names an identity that is gone"
        )
    );
    // Of two that may have died nobody can say which one it was.
    let mut both = statement();
    both["Principal"] = json!({ "AWS": [arn, "arn:aws:iam::123456789012:role/cd"] });
    ids.add_arn("arn:aws:iam::123456789012:role/cd", "AROALIVEROLE00000002");
    let comparison = against(&[both], &[with("AROADEADROLE00000009")], &ids);
    assert_eq!(comparison.class, Class::Different);
    let note = comparison.differences[0].note.as_deref().unwrap();
    assert!(note.contains("deleted or re-created"), "{note}");

    ids.add_arn(arn, "AROADEADROLE00000009");
    assert_eq!(compare(&ids).class, Class::Same);
}

#[test]
fn an_unresolved_principal_beside_another_change_is_different() {
    let mut expected = statement();
    expected["Principal"] = json!({ "AWS": ["arn:aws:iam::1:role/a", "arn:aws:iam::1:role/b"] });
    let mut live = statement();
    live["Principal"] = json!({ "AWS": ["AROADEADROLE00000009", "arn:aws:iam::1:role/b"] });
    let class = |live: &Value| {
        against(
            std::slice::from_ref(&expected),
            std::slice::from_ref(live),
            &Identities::default(),
        )
        .class
    };
    assert_eq!(class(&live), Class::CannotTell);
    live["Principal"]["AWS"] = json!(["AROADEADROLE00000009", "AROADEADROLE00000008", "arn:aws:iam::1:role/b"]);
    assert_eq!(class(&live), Class::Different);
    live["Principal"]["AWS"] = json!(["AROADEADROLE00000009", "arn:aws:iam::1:role/c"]);
    assert_eq!(class(&live), Class::Different);
    live["Principal"]["AWS"] = json!(["AIDADEADROLE00000009", "arn:aws:iam::1:role/b"]);
    assert_eq!(class(&live), Class::Different);
}

#[test]
fn keys_written_twice_are_never_called_equal() {
    let with = |condition: Value| {
        let mut statement = statement();
        statement["Condition"] = condition;
        against(
            &[statement],
            &[{
                let mut other = self::statement();
                other["Condition"] = json!({ "StringEquals": { "aws:SourceArn": "x", "AWS:SourceArn": "y" } });
                other
            }],
            &Identities::default(),
        )
    };
    let twice = json!({ "StringEquals": { "aws:SourceArn": "y", "AWS:SourceArn": "x" } });
    assert_eq!(with(twice).class, Class::CannotTell);
    let once = json!({ "StringEquals": { "aws:SourceArn": "x" } });
    assert_eq!(with(once).class, Class::Different);
}

#[test]
fn cosmetic_changes_name_what_was_renamed() {
    let mut renamed = statement();
    renamed["Sid"] = json!("Other");
    let comparison = against(&[statement()], &[renamed], &Identities::default());
    assert_eq!(comparison.class, Class::Cosmetic);
    assert_eq!(
        comparison.differences,
        [Difference {
            path: "Statement[AllowCloudFront].Sid".to_owned(),
            expected: json!("AllowCloudFront"),
            live: json!("Other"),
            note: None,
        }]
    );
}

#[test]
fn a_version_that_changes_the_reading_is_shown_with_the_reason() {
    let parse = |version: &str| {
        let mut statement = statement();
        statement["Resource"] = json!("arn:aws:s3:::site/${aws:username}/*");
        let policy = json!({ "Version": version, "Statement": statement });
        Document::parse(&policy.to_string()).unwrap()
    };
    let comparison = compare(&parse("2012-10-17"), &parse("2008-10-17"), &Identities::default());
    assert_eq!(comparison.class, Class::Different);
    assert_eq!(comparison.differences[0].path, "Version");
    assert!(comparison.differences[0].note.is_some());
}

#[test]
fn members_outside_the_grammar_count() {
    let parse = |text: &str| Document::parse(text).unwrap();
    let ids = Identities::default();
    let comparison = compare(&parse(r#"{"Foo":1}"#), &parse(r#"{"Foo":2}"#), &ids);
    assert_eq!(comparison.class, Class::Different);
    assert_eq!(comparison.differences[0].path, "Foo");
    let mut odd = statement();
    odd["Foo"] = json!("x");
    assert_eq!(
        said(&statement(), &odd),
        one("Statement[AllowCloudFront].Foo", Value::Null, json!("x"))
    );
}

#[test]
fn a_statement_for_nobody_is_not_a_missing_one() {
    let mut nobody = statement();
    nobody["Principal"] = json!({ "AWS": [] });
    let comparison = against(&[nobody], &[], &Identities::default());
    assert_eq!(comparison.class, Class::Different);
}

#[test]
fn two_spellings_of_one_pattern_do_not_swallow_each_other() {
    let with = |resources: Value| {
        let mut statement = statement();
        statement["Resource"] = resources;
        statement
    };
    let both = with(json!(["arn:aws:s3:::site/${$}*", "arn:aws:s3:::site/$*"]));
    let single = with(json!("arn:aws:s3:::site/$*"));
    let comparison = against(std::slice::from_ref(&both), &[single], &Identities::default());
    assert_eq!(comparison.class, Class::SameMeaning);
    let none = with(json!([]));
    assert_eq!(
        against(&[both], &[none], &Identities::default()).class,
        Class::Different
    );
}
