//! Why a finding is judged as it is.

use super::*;
use crate::policy::explain;
use crate::report::Options;
use crate::report::explain as report;

const POLICY: &str = r#"
rule "records" {
  when     = finding.rule == "unmanaged-record"
  severity = "info"
}
rule "over" {
  when   = glob("tags*", change.path)
  action = "allow"
  reason = "handed over"
  until  = "2026-03-01"
}
rule "unknown" {
  when = resource.live.comment == "x"
}
rule "tags" {
  when   = finding.rule == "resource-changed" && change.path == "tags[\"owner\"]"
  action = "allow"
  reason = "the owner is renamed\u001b[31m"
  owner  = "web"
  until  = "2026-04-01"
}
rule "all" {
  when     = glob("resource-*", finding.rule)
  severity = "critical"
  action   = "warn"
}
rule "later" {
  when = finding.rule == "resource-missing"
}
"#;

fn explained(text: &str, verbose: bool) -> String {
    let policy = policy(text);
    let explained = explain::finding(&changed(), &circumstances(&policy)).unwrap();
    let mut out = Vec::new();
    let options = Options {
        verbose,
        ..Options::default()
    };
    report::finding(&explained, &options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_finding_is_explained_part_by_part() {
    insta::assert_snapshot!("finding", explained(POLICY, false));
    insta::assert_snapshot!("finding_with_every_rule", explained(POLICY, true));
    insta::assert_snapshot!("finding_without_policy", explained("", false));
}

#[test]
fn what_is_explained_is_what_was_decided() {
    let policy = policy(POLICY);
    let explained = explain::finding(&changed(), &circumstances(&policy)).unwrap();
    let result = run(vec![changed()], &circumstances(&policy));
    let decided: Vec<_> = explained.parts.iter().map(|part| part.decision.clone()).collect();
    let of_changed = result
        .findings
        .iter()
        .find(|one| one.finding.rule == rules::RESOURCE_CHANGED)
        .unwrap();
    assert_eq!(decided, of_changed.decisions);
}

#[test]
fn a_rule_is_explained_with_those_that_name_it() {
    let text = format!(
        "{POLICY}\nassert \"mine\" {{\n  for = resource.type == \"aws_s3_bucket\"\n  that = resource.name == \"x\"\n  message = \"m\"\n  severity = \"low\"\n  help = \"mend it\"\n}}\n"
    );
    let policy = policy(&text);
    let mut shown = String::new();
    for name in ["resource-changed", "distribution-disabled", "mine", "tags", "unknown"] {
        let explained = explain::rule(name, &policy).unwrap();
        let mut out = Vec::new();
        report::rule(&explained, &Options::default(), &mut out).unwrap();
        shown.push_str(&String::from_utf8(out).unwrap());
        shown.push('\n');
    }
    insta::assert_snapshot!("rules", shown);
    assert_eq!(explain::rule("nope", &policy), None);
}
