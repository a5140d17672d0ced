//! What is wrong with a policy, all at once.

use super::*;
use crate::policy::baseline::PLACEHOLDER;

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let problems = read(
        r#"
rule "typo" {
  wen      = finding.rule == "resource-changed"
  severity = "hi"
  action   = "ignore"
}

rule "names" {
  when  = finding.rule == "resource-chnaged" || finding.category != "nope" || contains(["high", "hihg"], finding.severity) || glob("deply-*", finding.rule) || "prod" == phase
  until = "2027-02-30"
}

rule "names" {
  when   = glob("", finding.address)
  action = "allow"
}

rule "resource-changed" {
  when  = changes.path == "x"
  until = "next week"
}

rule {
  when = finding.rulee == "x" && nope(1)
}

rule "constant" {
  when     = 1 < 2
  severity = 3
  reason   = finding.rule
}

rule "text" {
  when   = "no"
  action = "allow"
  reason = " "
  nested {}
}

assert "resource-missing" {
  for = resource.type == "aws_s3_bucket"
  that = true
  message = "${finding.rule}"
}

assert "half" "two" {
  for = resource.serving.public
}

allow "x" {}
fail_on = "low"
"#,
    )
    .unwrap_err();
    insta::assert_snapshot!(problems.to_string());
}

#[test]
fn a_syntax_error_says_where() {
    for text in [
        "rule \"x\" {",
        "rule \"x\" { when = }",
        "\u{feff}rule \"x\" {\r\n  when = =\r\n}",
    ] {
        let problems = read(text).unwrap_err().to_string();
        assert!(problems.starts_with("x.hcl:"), "{problems}");
    }
}

#[test]
fn what_several_files_say_is_read_together() {
    let mut reader = PolicyReader::new();
    reader.source(&Source::new(
        "a.hcl",
        "rule \"about\" {\n  when = finding.rule == \"mine\"\n  severity = \"low\"\n}\n",
    ));
    reader.source(&Source::new(
        "b.hcl",
        "\u{feff}assert \"mine\" {\r\n  for = resource.type == \"aws_s3_bucket\"\r\n  that = resource.name == \"x\"\r\n  message = \"m\"\r\n}\r\n",
    ));
    let policy = reader.finish().unwrap();
    assert_eq!(policy.rules[0].mentions, ["mine"]);
    assert_eq!(policy.asserts[0].severity, Severity::Medium);
    assert_eq!(policy.asserts[0].place.to_string(), "b.hcl:1");
}

#[test]
fn the_starter_assertions_are_read_without_complaint() {
    let mut reader = PolicyReader::new();
    reader.starter_asserts();
    let policy = reader.finish().unwrap();
    assert_eq!(policy.asserts.len(), 6);
    assert!(policy.asserts.iter().all(|one| one.help.is_some()));
}

#[test]
fn a_reason_that_nobody_filled_in_is_warned_of() {
    let policy = policy(&format!(
        "rule \"x\" {{\n  when = finding.rule == \"resource-changed\"\n  action = \"allow\"\n  reason = \"{PLACEHOLDER}\"\n}}\n"
    ));
    assert_eq!(policy.warnings.len(), 1);
    assert_eq!(policy.warnings[0].place().to_string(), "x.hcl:4");
}

#[test]
fn a_pattern_of_names_means_all_that_it_matches() {
    let policy = policy("rule \"x\" {\n  when = glob(\"unmanaged-bucket-c*\", finding.rule)\n}\n");
    assert_eq!(policy.rules[0].mentions, [rules::UNMANAGED_BUCKET_CORS]);
}
