use std::path::Path;

use serde_json::{Value, json};

use super::super::{Format, samples};
use super::v1::{self, Document, ParseError};
use super::*;

fn rendered(result: &CheckResult) -> String {
    samples::written(Format::Json, result)
}

#[test]
fn drifted() {
    insta::assert_snapshot!(rendered(&samples::drifted()));
}

#[test]
fn clean() {
    insta::assert_snapshot!(rendered(&samples::clean()));
}

#[test]
fn incomplete() {
    insta::assert_snapshot!(rendered(&samples::incomplete()));
}

#[test]
fn every_sample_keeps_to_the_published_schema() {
    let validator = jsonschema::draft202012::new(v1::schema().as_value()).unwrap();
    for (name, result) in samples::all() {
        let document: Value = serde_json::from_str(&rendered(&result)).unwrap();
        let errors: Vec<_> = validator
            .iter_errors(&document)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
}

#[test]
fn the_schema_refuses_a_document_without_a_promised_member() {
    let validator = jsonschema::draft202012::new(v1::schema().as_value()).unwrap();
    let whole: Value = serde_json::from_str(&rendered(&samples::drifted())).unwrap();
    for parent in [
        "",
        "/summary",
        "/summary/findings",
        "/findings/0",
        "/findings/0/resource",
        "/stats",
    ] {
        for name in whole.pointer(parent).unwrap().as_object().unwrap().keys() {
            let mut document = whole.clone();
            document
                .pointer_mut(parent)
                .unwrap()
                .as_object_mut()
                .unwrap()
                .remove(name);
            assert!(!validator.is_valid(&document), "{parent}/{name} may be left out");
        }
    }
}

#[test]
fn the_published_schema_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/result.schema.json");
    let fresh = format!("{:#}\n", v1::schema().as_value());
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &fresh).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        published == fresh,
        "{} is stale: run the tests once with BLESS=1 set",
        path.display()
    );
}

#[test]
fn what_was_written_is_read_back() {
    for (name, result) in samples::all() {
        assert_eq!(
            v1::parse(&rendered(&result)).unwrap(),
            Document::from(&result),
            "{name}"
        );
    }
}

#[test]
fn members_of_a_later_minor_version_are_passed_over() {
    let mut document: Value = serde_json::from_str(&rendered(&samples::drifted())).unwrap();
    document["history"] = json!({ "runs": 7 });
    document["findings"][0]["owner"] = json!("web");
    assert_eq!(
        v1::parse(&document.to_string()).unwrap(),
        Document::from(&samples::drifted())
    );
}

#[test]
fn invisible_characters_are_escaped_but_the_same() {
    let text = rendered(&samples::hostile());
    samples::assert_visible(&text);
    let title = serde_json::from_str::<Value>(&text).unwrap()["findings"][0]["title"].clone();
    assert_eq!(title, samples::hostile().findings[0].finding.title);
}

#[test]
fn other_texts_are_told_apart() {
    let error = |text: &str| v1::parse(text).unwrap_err();
    let with_schema = |schema: Value| json!({ "schema": schema }).to_string();

    for text in [
        "",
        "{",
        "[]",
        "null",
        "{}",
        &with_schema(json!(1)),
        &with_schema(json!("driftgate/snapshot/v1")),
    ] {
        assert!(matches!(error(text), ParseError::NotAResult(_)), "{text}");
    }
    assert!(matches!(
        error(&with_schema(json!("driftgate/v2"))),
        ParseError::Newer { .. }
    ));
    assert!(matches!(
        error(&with_schema(json!("driftgate/v0"))),
        ParseError::Older { .. }
    ));
    assert!(matches!(
        error(&with_schema(json!("driftgate/v1"))),
        ParseError::Damaged(_)
    ));

    let messages: Vec<_> = [
        with_schema(json!("driftgate/v2")),
        with_schema(json!("driftgate/v0")),
        with_schema(json!("driftgate/v1")),
        with_schema(json!("other\u{1b}")),
        "<html>".to_owned(),
    ]
    .iter()
    .map(|text| error(text).to_string())
    .collect();
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn a_saved_result_can_be_rendered_again() {
    for (_, result) in samples::all() {
        let document = v1::Document::from(&result);
        let text = serde_json::to_string(&document).unwrap();
        let read = CheckResult::from(v1::parse(&text).unwrap());
        assert_eq!(v1::Document::from(&read), document);
    }
}
