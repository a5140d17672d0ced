use std::path::Path;

use proptest::prelude::*;

use super::*;
use crate::language::{Diagnostics, Source};

mod bad;
mod starter;

fn environment(name: &str) -> Option<String> {
    match name {
        "PROD_BUCKET" => Some("hunter2".to_owned()),
        "STATE" => Some("from-env.tfstate".to_owned()),
        "EMPTY" => Some(String::new()),
        "OFF" => Some("false".to_owned()),
        "JSON" => Some(r#"{"BUCKET":"hunter2","REGION":"eu-west-2"}"#.to_owned()),
        _ => None,
    }
}

fn files(path: &str) -> Result<String, String> {
    match path {
        "hosts.json" => Ok(r#"["www.example.com","example.com"]"#.to_owned()),
        _ => Err("no such file".to_owned()),
    }
}

fn read_in(base: &str, text: &str) -> Result<Config, Diagnostics> {
    let source = Source::new("driftgate.hcl", text);
    let outside = Outside {
        variable: &environment,
        file: &files,
    };
    Config::read(&source, Path::new(base), outside)
}

#[track_caller]
fn read(text: &str) -> Config {
    read_in("", text).unwrap_or_else(|problems| panic!("{problems}"))
}

const EVERYTHING: &str = r#"
state "prod" {
  source        = "s3://states/prod.tfstate"
  region        = "eu-west-2"
  profile       = "ops"
  terraform_dir = "./terraform"
}
state "others" { source = env("STATE") }

account "111122223333" {
  role_arn    = "arn:aws:iam::111122223333:role/driftgate"
  external_id = env("NOT_SET", "web")
  regions     = ["eu-west-2", "us-east-1"]
}
account "444455556666" { profile = "stage" }

site "www" {
  hosts        = jsondecode(file("hosts.json"))
  environment  = "prod"
  bucket       = "example-com-prod"
  distribution = "E1A2B3C4D5E6F7"
}

deploy {
  workflows = "."
  variables = {
    "vars.REGION"    = "eu-west-2"
    "vars.COUNT"     = 3
  }
  environment "prod" {
    variables = {
      "secrets.BUCKET" = env("PROD_BUCKET")
      "vars.STATE"     = env("STATE")
    }
  }
}
deploy "docs" {
  host         = "DOCS.example.com."
  bucket       = "example-com-docs"
  prefix       = "/latest/"
  environment  = "prod"
  distribution = "E1"
}
deploy { distribution = "E2" }

owner "deploy" {
  attribute {
    address = "aws_cloudfront_distribution.*"
    path    = "origin[*].origin_path"
  }
}

settings {
  fail_on         = "high"
  unmanaged       = ["records"]
  format          = "json"
  reports         = ["human=out/drift.txt"]
  pace            = { route53 = 3 }
  history         = "runs"
  since           = null
  starter_asserts = env("OFF")
  phase           = "post"
}

rule "comment" {
  when   = change.path == "comment"
  action = "allow"
}
assert "two words" { that = true }
"#;

#[test]
fn everything_is_read_and_shown_with_where_it_came_from() {
    let config = read(EVERYTHING);
    let effective = Effective::new(Flags::default(), Some(config));
    insta::assert_snapshot!(human(&effective));
    assert!(!human(&effective).contains("hunter2"));
    assert!(!json(&effective).contains("hunter2"));
    assert!(!format!("{effective:?}").contains("hunter2"));
    let mapping = effective.mapping();
    assert_eq!(
        mapping
            .secret(Some("Prod"), "bucket")
            .map(crate::workflows::Hidden::reveal),
        Some("hunter2")
    );
    assert_eq!(mapping.variable(None, "COUNT"), Some("3"));
}

#[test]
fn defaults_are_those_of_the_documentation() {
    let shown = entries(&Effective::new(Flags::default(), None));
    insta::assert_snapshot!(human(&Effective::new(Flags::default(), None)));
    for attribute in table::FILE.block("settings").unwrap().attributes {
        let name = format!("settings.{}", attribute.name);
        let held = shown.iter().find(|entry| entry.name == name);
        let value = held.map(|entry| match &entry.value {
            Shown::Value(value) => quote::value(value),
            other => panic!("{name}: {other:?}"),
        });
        let documented = match attribute.default {
            "" => None,
            "what AWS allows" => Some("{}"),
            default => Some(default),
        };
        assert_eq!(value.as_deref(), documented, "{name}");
    }
}

#[test]
fn flags_win_over_the_file() {
    let flags = Flags {
        states: vec!["-".to_owned()],
        region: Some("us-east-1".to_owned()),
        deployments: vec![crate::deploy::declared::parse("bucket=example-com-test").unwrap()],
        no_workflows: true,
        variables: [
            "vars.region=eu-north-1",
            "prod:secrets.bucket=env:STATE",
            "stage:vars.REGION=x",
        ]
        .map(|argument| Variable::parse(argument, &environment).unwrap())
        .to_vec(),
        fail_on: Some(crate::finding::Severity::Low),
        ..Flags::default()
    };
    let effective = Effective::new(flags, Some(read(EVERYTHING)));
    insta::assert_snapshot!(human(&effective));
    assert_eq!(effective.mapping().variable(None, "REGION"), Some("eu-north-1"));
    assert_eq!(effective.variables.len(), 5, "{:?}", effective.variables);
}

#[test]
fn paths_start_from_the_directory_of_the_file() {
    let config = read_in("../ops", EVERYTHING).unwrap();
    let effective = Effective::new(Flags::default(), Some(config));
    let shown = human(&effective);
    for path in [
        "\"../ops/from-env.tfstate\"",
        "\"../ops/terraform\"",
        "workflows = \"../ops\"",
        "\"human=../ops/out/drift.txt\"",
        "\"../ops/runs\"",
        "\"s3://states/prod.tfstate\"",
    ] {
        let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(squeezed(&shown).contains(&squeezed(path)), "{path}\n{shown}");
    }
}

#[test]
fn policy_blocks_are_handed_over_as_they_are() {
    let config = read(EVERYTHING);
    let names: Vec<&str> = config.policy.iter().map(|policy| policy.block.ident.as_str()).collect();
    assert_eq!(names, ["rule", "assert"]);
    assert_eq!(config.policy[0].source.name(), "driftgate.hcl");
    assert!(config.policy[0].block.body.has_attribute("when"));
}

#[test]
fn every_example_of_the_documentation_holds() {
    fn examples(block: &schema::Block, into: &mut Vec<&'static str>) {
        into.push(block.example);
        block.blocks.iter().for_each(|inner| examples(inner, into));
    }
    let mut all = Vec::new();
    table::FILE.blocks.iter().for_each(|block| examples(block, &mut all));
    for example in all {
        let source = Source::new("example", example);
        let outside = Outside {
            variable: &|_| Some("x".to_owned()),
            file: &files,
        };
        let read = Config::read(&source, Path::new(""), outside);
        assert!(read.is_ok(), "{example}\n{}", read.unwrap_err());
        let mut policies = crate::policy::PolicyReader::new();
        for policy in &read.unwrap().policy {
            policies.block(&policy.block, &policy.source);
        }
        let policies = policies.finish();
        assert!(policies.is_ok(), "{example}\n{}", policies.unwrap_err());
    }
}

#[test]
fn every_attribute_has_an_example_of_its_type() {
    fn attributes(block: &'static schema::Block, within: &str) {
        for attribute in block.attributes {
            let text = format!("x = {}\n", attribute.example);
            let source = Source::new("example", text);
            let body = source.parse().unwrap();
            let mut reader = section::Reader {
                problems: problems::Problems::new(&source),
                evaluator: outside::Evaluator::new(Outside {
                    variable: &environment,
                    file: &files,
                }),
            };
            let value = &body.get_attribute("x").unwrap().value;
            let given = reader.given("it", attribute.kind, value, 0..0);
            let problems = reader.problems.into_diagnostics();
            assert!(
                given.is_some() && problems.is_empty(),
                "{within}.{}: {problems}",
                attribute.name
            );
            assert!(
                attribute.doc.ends_with('.') && !attribute.doc.trim_end_matches('.').contains(". "),
                "{within}.{} is described in one sentence",
                attribute.name
            );
        }
        block.blocks.iter().for_each(|inner| attributes(inner, inner.name));
    }
    attributes(&table::FILE, "file");
}

#[test]
fn the_documentation_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md");
    let fresh = markdown();
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
fn a_mark_at_the_start_and_foreign_line_ends_change_nothing() {
    let foreign = format!("\u{feff}{}", EVERYTHING.replace('\n', "\r\n"));
    let shown = |config| human(&Effective::new(Flags::default(), Some(config)));
    assert_eq!(shown(read(&foreign)), shown(read(EVERYTHING)));
}

const PIECES: &[&str] = &[
    "state",
    "account",
    "site",
    "deploy",
    "owner",
    "settings",
    "rule",
    "environment",
    "attribute",
    " \"a\"",
    " \"\"",
    " \"111122223333\"",
    " {\n",
    "\n}\n",
    "\n",
    "source",
    "hosts",
    "variables",
    "pace",
    "reports",
    "unmanaged",
    " = ",
    "[",
    "]",
    "{",
    "}",
    ", ",
    "\"x\"",
    "\"-\"",
    "\"s3://\"",
    "\"vars.A\"",
    "\"secrets.A\"",
    "env(\"STATE\")",
    "env(\"NOPE\", null)",
    "try(env(\"NOPE\"), 1)",
    "null",
    "1",
    "true",
    "sensitive(\"x\")",
    "file(\"hosts.json\")",
    "jsondecode(env(\"JSON\"))",
    "$",
    "\u{feff}",
    "\r\n",
    "é",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn arbitrary_text_never_panics(text in "\\PC{0,80}") {
        if let Err(problems) = read_in("", &text) {
            prop_assert!(!problems.to_string().is_empty());
        }
    }

    #[test]
    fn pieces_in_any_order_never_panic(picked in prop::collection::vec(prop::sample::select(PIECES), 1..40)) {
        match read_in("", &picked.concat()) {
            Ok(config) => drop(human(&Effective::new(Flags::default(), Some(config)))),
            Err(problems) => prop_assert!(!problems.to_string().is_empty()),
        }
    }

    #[test]
    fn a_damaged_file_never_panics(cut in any::<prop::sample::Index>(), length in 0usize..12, piece in prop::sample::select(PIECES)) {
        let mut characters: Vec<char> = EVERYTHING.chars().collect();
        let start = cut.index(characters.len());
        let end = (start + length).min(characters.len());
        characters.splice(start..end, piece.chars());
        _ = read_in("", &characters.into_iter().collect::<String>()).map_err(|problems| problems.to_string());
    }
}

#[test]
fn much_text_is_no_trouble() {
    let line = "# a comment that says nothing at all\n";
    let much = format!(
        "{}settings {{\n  fail_on = \"high\"\n}}\n",
        line.repeat((10 << 20) / line.len())
    );
    assert_eq!(read(&much).settings.fail_on.unwrap().value.name(), "high");
    let many: String = (0..20_000).map(|at| format!("x{at} = 1\n")).collect();
    let problems = read_in("", &many).unwrap_err();
    assert_eq!(problems.len(), 101);
    assert!(problems.to_string().contains("19900 more problems are not shown"));
    let wide = format!("site \"x\" {{\n  hosts = [{}]\n}}\n", "\"x\", ".repeat(50_000));
    let problems = read_in("", &wide).unwrap_err();
    assert_eq!(problems.len(), 101);
    assert!(problems.to_string().len() < 100_000);
}

#[test]
fn nesting_without_end_is_an_error() {
    for (open, close) in [("[", "]"), ("{ a = ", " }"), ("(", ")")] {
        let text = format!(
            "settings {{\n  pace = {}1{}\n}}\n",
            open.repeat(1000),
            close.repeat(1000)
        );
        let problems = read_in("", &text).unwrap_err().to_string();
        assert!(problems.contains("nested too deeply"), "{problems}");
    }
    let blocks = format!("{}{}", "deploy {\n".repeat(1000), "}\n".repeat(1000));
    assert!(
        read_in("", &blocks)
            .unwrap_err()
            .to_string()
            .contains("nested too deeply")
    );
}
