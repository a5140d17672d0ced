//! What people read when something is wrong.

use super::{compile, evaluate, values, vocabulary};

fn complaints(text: &str) -> String {
    match compile(text) {
        Ok(_) => "nothing".to_owned(),
        Err(errors) => errors.to_string(),
    }
}

fn failure(text: &str) -> String {
    match evaluate(text) {
        Ok(value) => format!("{value:?}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn everything_wrong_is_found_before_anything_is_evaluated() {
    insta::assert_snapshot!(complaints(
        r#"findng.rule == "x" && glbo("a", finding.adress) || finding["path"] && upper("a", "b")"#
    ));
}

#[test]
fn names_are_looked_up_where_they_stand() {
    let all = [
        "[for v in [1] : w]",
        "[for v in [1] : v] == v",
        "{ a.b = 1 }",
        "provider::aws::arn_parse(\"x\")",
        "try()",
        "can(1, 2)",
        "can([1]...)",
        "substr(\"a\", 1)",
        "merge()",
        "glob(\"a\")",
        "regex(\"(\", finding.rule)",
        "true ? 1 : []",
        "finding.rule.a.b == xyz.a",
        "\"${nope}%{ for x in [1] }${x}${y}%{ endfor }\"",
        "[substr(\"a\", [1, 2]...), substr(\"a\", 1, 2, 3, [1]...)]",
    ];
    let text = all.map(|text| format!("{}\n", complaints(text))).join("");
    insta::assert_snapshot!(text);
}

#[test]
fn failures_point_at_the_sub_expression() {
    let all = [
        "resource.tags.tema == \"x\"",
        "resource.origin[2].id",
        "resource.origin.id",
        "resource[\"tgas\"]",
        "resource.empty.a",
        "upper(resource.tags)",
        "upper(resource.empty)",
        "resource.type + 1",
        "resource.type && true",
        "resource.empty ? 1 : 2",
        "1 + 2 * (3 / (resource.origin[0].port - 80))",
        "\"a ${resource.tags} b\"",
        "\"a ${resource.empty} b\"",
        "[for o in resource.origin : o.host]",
        "{ for o in resource.origin : resource.type => o }",
        "[for x in resource.type : x]",
        "join(\",\", resource.origin[*].id, [resource.empty])",
        "env(\"NOPE\")",
        "try(resource.a, resource.b)",
        "true ? resource.tags : \"x\"",
        "regex(\"^x\", resource.type)",
        "toset(resource.origin)[0]",
        "max(resource.origin[*].id...)",
        "substr([1, 2]...)",
        "{ (resource.tags) = 1 }",
    ];
    let text = all.map(|text| format!("{}\n", failure(text))).join("");
    insta::assert_snapshot!(text);
}

#[test]
fn a_condition_has_to_be_true_or_false() {
    let scope = values(&vocabulary());
    let error = compile("resource.tags").unwrap().is_true(&scope).unwrap_err();
    assert_eq!(error.message(), "a bool is required, and this is an object");
    assert_eq!(compile("\"true\"").unwrap().is_true(&scope), Ok(Some(true)));
    assert_eq!(
        compile("finding.severity == \"high\"").unwrap().is_true(&scope),
        Ok(None)
    );
}
