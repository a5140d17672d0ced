//! Laws that hold for any document.

use std::ops::Range;

use proptest::prelude::*;
use proptest::sample::{Index, subsequence};
use serde_json::{Map, Value, json};

use super::access::{BucketFacts, Policy, can_read};
use super::document::Document;
use super::equality::{Class, compare};
use super::principal::Identities;
use super::public::is_public;
use super::request::{Action, Caller, Request, Scope, Signing};

/// A text drawn from what policies are made of, so that parsing gets past the first character.
fn policy_like_text() -> impl Strategy<Value = String> {
    let pieces = [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "\"Statement\"",
        "\"Effect\"",
        "\"Allow\"",
        "\"Deny\"",
        "\"Principal\"",
        "\"*\"",
        "\"Action\"",
        "\"Condition\"",
        "\"Bool\"",
        "1e400",
        "-0",
        "null",
        "true",
        " ",
        "\\u0000",
        "é",
        "${",
        "}",
    ];
    let piece = prop::sample::select(pieces.to_vec());
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Any JSON, with the names of the grammar among the member names.
fn any_json() -> impl Strategy<Value = Value> {
    let names = [
        "Version",
        "Id",
        "Statement",
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
        "AWS",
        "Service",
        "StringLike",
        "IpAddress",
        "NumericEquals",
        "statement",
        "x",
    ];
    let texts = [
        "Allow",
        "Deny",
        "*",
        "2012-10-17",
        "2008-10-17",
        "s3:*",
        "arn:aws:s3:::b/*",
        "${aws:x, 'y'}",
        "203.0.113.7/40",
        "1e9",
        "",
        "*?*",
        "arn:aws:iam::1:root",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop::sample::select(texts.to_vec()).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 48, 6, move |inner| {
        let name = prop::sample::select(names.to_vec()).prop_map(str::to_owned);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// Some members of a list, as a list; never none.
fn some_of(members: &[&str]) -> impl Strategy<Value = Value> + use<> {
    let members: Vec<String> = members.iter().map(|member| (*member).to_owned()).collect();
    let count = members.len();
    subsequence(members, 1..=count).prop_map(|members| json!(members))
}

fn statement() -> impl Strategy<Value = Value> {
    let principal = prop_oneof![
        Just(json!("*")),
        some_of(&[
            "*",
            "123456789012",
            "arn:aws:iam::123456789012:role/ci",
            "AROAEXAMPLEEXAMPLE123",
            "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1",
        ])
        .prop_map(|members| json!({ "AWS": members })),
        some_of(&["aa", "bb"]).prop_map(|members| json!({ "CanonicalUser": members })),
        some_of(&["cloudfront.amazonaws.com", "logs.amazonaws.com"]).prop_map(|members| json!({ "Service": members })),
    ];
    let condition = prop_oneof![
        Just(json!({})),
        some_of(&["arn:aws:cloudfront::1:distribution/E1", "x*"])
            .prop_map(|values| json!({ "ArnLike": { "aws:SourceArn": values } })),
        some_of(&["a", "b"]).prop_map(|values| json!({ "StringEquals": { "k": values, "K": ["c"] } })),
        some_of(&["203.0.113.7", "203.0.113.0/24"])
            .prop_map(|values| json!({ "IpAddress": { "aws:SourceIp": values }, "Bool": { "k": ["true"] } })),
    ];
    (
        prop_oneof![Just("Allow"), Just("Deny")],
        prop_oneof![4 => Just("Principal"), 1 => Just("NotPrincipal")],
        principal,
        prop_oneof![4 => Just("Action"), 1 => Just("NotAction")],
        some_of(&["s3:GetObject", "s3:Get*", "s3:*", "s3:PutObject"]),
        some_of(&[
            "arn:aws:s3:::b/*",
            "arn:aws:s3:::b/p/*",
            "arn:aws:s3:::b",
            "arn:aws:s3:::b/${aws:username}",
        ]),
        condition,
    )
        .prop_map(|(effect, who, principal, what, actions, resources, condition)| {
            json!({
                "Effect": effect, who: principal, what: actions, "Resource": resources,
                "Condition": condition,
            })
        })
}

fn policy(size: Range<usize>) -> impl Strategy<Value = Value> {
    let version = prop_oneof![Just("2012-10-17"), Just("2008-10-17")];
    (version, prop::collection::vec(statement(), size))
        .prop_map(|(version, statements)| json!({ "Version": version, "Statement": statements }))
}

/// The same policy in other words: every list rotated and one member of it doubled.
fn reworded(value: &Value, turns: &[Index]) -> Value {
    match value {
        Value::Array(items) if !items.is_empty() => {
            let mut items: Vec<Value> = items.iter().map(|item| reworded(item, turns)).collect();
            for turn in turns {
                let at = turn.index(items.len());
                items.rotate_left(at);
                items.push(items[at].clone());
            }
            Value::Array(items)
        }
        Value::Object(members) => {
            let reword = |(name, member): (&String, &Value)| (name.clone(), reworded(member, turns));
            Value::Object(members.iter().map(reword).collect())
        }
        other => other.clone(),
    }
}

fn parse(policy: &Value) -> Document {
    Document::parse(&policy.to_string()).unwrap()
}

proptest! {
    #[test]
    fn parsing_never_panics(text in prop_oneof![any::<String>(), policy_like_text()]) {
        if let Ok(document) = Document::parse(&text) {
            document.defects();
        }
    }

    #[test]
    fn no_question_panics(value in any_json()) {
        let wrapped = json!({ "Statement": [{
            "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": &value,
        }]});
        for value in [value, wrapped] {
            let Ok(document) = Document::parse(&value.to_string()) else { continue };
            let same = compare(&document, &document, &Identities::default());
            prop_assert_eq!(same.class, Class::Same);
            compare(&document, &Document::empty(), &Identities::default());
            is_public(&document);
            let bucket = BucketFacts::new("b", "aws", Policy::Document(document));
            let request = Request::new(Action::GetObject, Scope::Under("p/".to_owned()));
            can_read(&Caller::oac("arn", Signing::Always), &bucket, &request);
        }
    }

    #[test]
    fn order_and_repetition_change_nothing(
        policy in policy(0..5),
        turns in prop::collection::vec(any::<Index>(), 1..3),
    ) {
        let other = parse(&reworded(&policy, &turns));
        let comparison = compare(&parse(&policy), &other, &Identities::default());
        prop_assert_eq!(comparison.class, Class::Same);
        prop_assert!(comparison.differences.is_empty());
    }

    #[test]
    fn the_class_has_no_sides(left in policy(0..5), right in policy(0..5)) {
        let (left, right) = (parse(&left), parse(&right));
        let ids = Identities::default();
        let there = compare(&left, &right, &ids);
        let back = compare(&right, &left, &ids);
        prop_assert_eq!(there.class, back.class);
        prop_assert_eq!(there.differences.is_empty(), there.class == Class::Same);
    }

    /// A statement that is already there, narrowed to one member of each list, adds nothing.
    #[test]
    fn a_narrower_repetition_keeps_the_meaning(policy in policy(1..5), which in any::<Index>()) {
        let mut longer = policy.clone();
        let statements = longer["Statement"].as_array_mut().unwrap();
        let mut narrower = statements[which.index(statements.len())].clone();
        narrower["Resource"] = narrower["Resource"][0].clone();
        // Of a NotAction a shorter list would be the wider one.
        if narrower.get("Action").is_some() {
            narrower["Action"] = narrower["Action"][0].clone();
        }
        statements.push(narrower);
        let class = compare(&parse(&policy), &parse(&longer), &Identities::default()).class;
        prop_assert!(matches!(class, Class::Same | Class::SameMeaning), "{:?}", class);
    }

    /// An effect turned around is never overlooked.
    #[test]
    fn a_turned_effect_is_different(policy in policy(1..5), which in any::<Index>()) {
        let mut turned = policy.clone();
        let statements = turned["Statement"].as_array_mut().unwrap();
        let at = which.index(statements.len());
        let effect = if statements[at]["Effect"] == "Allow" { "Deny" } else { "Allow" };
        statements[at]["Effect"] = json!(effect);
        let others = policy["Statement"].as_array().unwrap();
        prop_assume!(others.iter().filter(|other| **other == others[at]).count() == 1);
        prop_assume!(!others.contains(&statements[at]));
        let class = compare(&parse(&policy), &parse(&turned), &Identities::default()).class;
        // Only a condition that names one key in two cases may leave it open what the statements mean.
        let open = class == Class::CannotTell && policy.to_string().contains(r#""K":"#);
        prop_assert!(open || matches!(class, Class::Different | Class::SameMeaning), "{:?}", class);
    }
}
