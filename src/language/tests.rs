//! The parts together: compiling, evaluating, and what both complain about.

mod complaints;
mod hostile;
mod marks;

use super::{
    Demand, Diagnostic, Diagnostics, Expression, Function, FunctionError, Parameter, Source, Type, Value, Values,
    Vocabulary,
};

/// Variables as a policy has them: `finding` and `change` with known members, `resource` and `now` without.
fn vocabulary() -> Vocabulary {
    let mut vocabulary = Vocabulary::new();
    vocabulary.object("finding", ["rule", "address", "severity"]);
    vocabulary.object("change", ["path"]);
    vocabulary.variable("resource");
    vocabulary.variable("now");
    vocabulary.function(
        Function::new("env", |arguments| match (arguments[0].as_str(), arguments.get(1)) {
            (Some("HOME"), _) => Ok(Value::from("/home/me")),
            (_, Some(default)) => Ok(default.clone()),
            (Some(name), None) => Err(FunctionError::at(0, format!("the variable {name} is not set"))),
            (None, None) => Err("a name is required".into()),
        })
        .parameter(Parameter::new("name", Type::String))
        .optional(Parameter::new("default", Type::String).nullable()),
    );
    vocabulary
}

fn values(vocabulary: &Vocabulary) -> Values {
    let mut values = Values::new(vocabulary);
    let mut set = |path: &str, value: Value| values.set(vocabulary.slot(path).expect("a slot"), value);
    set("finding.rule", Value::from("resource-changed"));
    set("finding.address", Value::from("aws_cloudfront_distribution.site[0]"));
    set("change.path", Value::from("comment"));
    set("finding.severity", Value::Unknown);
    let json = serde_json::json!({
        "type": "aws_s3_bucket",
        "tags": {"env": "prod", "team": "web"},
        "origin": [{"id": "a", "port": 80}, {"id": "b", "port": 443}],
        "empty": null,
    });
    set("resource", Value::from(&json));
    set("now", Value::from("2026-11-24T12:00:00Z").sensitive());
    values
}

fn compile(text: &str) -> Result<Expression, Diagnostics> {
    let source = Source::new("policy.hcl", format!("when = {text}\n"));
    let body = source.parse()?;
    let attribute = body.get_attribute("when").expect("the attribute is there");
    Expression::compile(&attribute.value, &source, &vocabulary())
}

fn evaluate(text: &str) -> Result<Value, Diagnostic> {
    let expression = compile(text).unwrap_or_else(|errors| panic!("{errors}"));
    expression.evaluate(&values(&vocabulary()))
}

fn shown(text: &str) -> String {
    match evaluate(text) {
        Ok(value) => format!("{value:?}"),
        Err(error) => format!("error: {}", error.message()),
    }
}

#[test]
fn policies_are_decided() {
    let policy = r#"finding.rule == "resource-changed" && glob("aws_cloudfront_distribution.*", finding.address) && change.path == "comment""#;
    let expression = compile(policy).unwrap();
    assert_eq!(expression.is_true(&values(&vocabulary())), Ok(Some(true)));
    assert_eq!(expression.text(), policy);
    assert_eq!(expression.place().to_string(), "policy.hcl:1");
    for (text, expected) in [
        (r#"finding.rule != "x""#, "true"),
        (r#""resource-changed" == finding["rule"]"#, "true"),
        (r#"resource.type == "zzz" && resource.nope == "x""#, "false"),
        (r#"resource.type == "aws_s3_bucket" || resource.nope == "x""#, "true"),
        (r#"try(resource.tags.tema, "none")"#, r#""none""#),
        ("can(resource.tags.env)", "true"),
        ("resource.origin[*].port", "[80, 443]"),
        (r#"{ for o in resource.origin : o.id => o.port }["b"]"#, "443"),
        (r#"finding == { rule = "resource-changed" }"#, "false"),
        ("keys(finding)", r#"["address", "rule", "severity"]"#),
        (r#"finding[lower("RULE")]"#, r#""resource-changed""#),
        ("length(resource.tags)", "2"),
        ("resource.empty == null", "true"),
        (
            r#"glob(resource.tags.env == "prod" ? "*" : "x", finding.address)"#,
            "true",
        ),
        (r#"regex("site\\[(\\d)\\]", finding.address)[0]"#, r#""0""#),
        (r#"glob("*", resource.empty)"#, "false"),
        (r#"glob(lower("*"), resource.empty)"#, "false"),
        (r#"glob(resource.tags.env, resource.empty)"#, "false"),
        (r#"env("HOME")"#, r#""/home/me""#),
        (r#"env("NOPE", "fallback")"#, r#""fallback""#),
        (r#"env("NOPE", null)"#, "null"),
        (r#"true ? resource.origin[0].port : "none""#, r#""80""#),
        (
            r#"type([1, { a = "x" }])"#,
            r#""tuple([number, object({a = string})])""#,
        ),
        ("{ a = 1, \"a\" = 2 }", r#"{"a": 2}"#),
    ] {
        assert_eq!(shown(text), expected, "{text}");
    }
}

#[test]
fn constants_are_computed_when_they_are_compiled() {
    for (text, constant) in [
        (r#"join(",", [upper("a"), 1 + 1])"#, true),
        (r#""a${1}" == "a1" && !false"#, true),
        ("try(1, 5)", true),
        ("1 / 0", false),
        (r#"env("HOME")"#, false),
        ("finding.rule", false),
    ] {
        assert_eq!(compile(text).unwrap().constant().is_some(), constant, "{text}");
    }
}

#[test]
fn an_index_is_told_what_is_required() {
    let required = |text: &str| -> Vec<String> {
        let all = compile(text).unwrap().requirements();
        all.iter()
            .map(|one| match &one.demand {
                Demand::Equal(text) => format!("{}={text}", one.path),
                Demand::Holding(texts) => format!("{}~{}", one.path, texts.join(" ")),
            })
            .collect()
    };
    assert_eq!(
        required(
            r#"finding.rule == "a" && ("b" == change.path) && glob("x*y?z*", finding.address) && finding.address == "c""#
        ),
        [
            "finding.rule=a",
            "change.path=b",
            "finding.address~x y z",
            "finding.address=c"
        ],
    );
    assert_eq!(
        required(r#"finding.rule == "a" && length(finding.address) > 1 && finding.address == "c""#),
        ["finding.rule=a"],
        "what comes behind something that may fail is not required before it"
    );
    assert_eq!(
        required(r#"(finding.rule == "a" && change.path == "b") && true"#),
        ["finding.rule=a", "change.path=b"]
    );
    assert_eq!(required(r#"finding.rule == "a""#), ["finding.rule=a"]);
    assert_eq!(required(r#"glob("*", finding.rule)"#), ["finding.rule~"]);
    for nothing in [
        r#"finding.rule == "a" || change.path == "b""#,
        r#"resource.tags.env == "a" && finding.rule == "b""#,
        r#"finding.rule != "a""#,
        r#"!glob("a", finding.rule)"#,
    ] {
        assert_eq!(required(nothing), Vec::<String>::new(), "{nothing}");
    }
    let equality = compile(r#"finding.rule == "a""#).unwrap().requirements().remove(0);
    assert_eq!(Some(equality.slot), vocabulary().slot("finding.rule"));
}
