//! Which rule decides, and what follows.

use std::cell::Cell;

use super::*;
use crate::language::Value;
use crate::result::{Age, Outcome};

const ALLOW_TAGS: &str = r#"
rule "tags" {
  when   = glob("tags*", change.path)
  action = "allow"
  reason = "handed over"
  owner  = "web"
  until  = "2026-03-14"
}
"#;

#[test]
fn each_changed_attribute_is_decided_by_the_first_rule_that_matches() {
    let text = format!(
        "{ALLOW_TAGS}\nrule \"all\" {{\n  when = finding.rule == \"resource-changed\"\n  severity = \"critical\"\n}}\n"
    );
    let result = judged(&text, vec![changed()]);
    let one = &result.findings[0];
    let by: Vec<String> = one.decided_by().iter().map(ToString::to_string).collect();
    assert_eq!(by, ["\"tags\" at x.hcl:2", "\"all\" at x.hcl:10"]);
    assert_eq!((one.severity, one.action), (Severity::Critical, Action::Fail));
    assert_eq!(one.decisions[0].action, Action::Allow);
    let tags = one.decisions[0].by.as_ref().unwrap();
    assert_eq!(
        (tags.reason.as_deref(), tags.owner.as_deref(), tags.until.as_deref()),
        (Some("handed over"), Some("web"), Some("2026-03-14"))
    );
}

#[test]
fn an_allowance_holds_through_its_last_day_and_says_when_it_is_over() {
    let policy = policy(ALLOW_TAGS);
    let on = |now: &str| {
        let circumstances = Circumstances {
            now,
            ..circumstances(&policy)
        };
        let one = finding(rules::RESOURCE_CHANGED, Some("a.b"), &["tags"]);
        let result = run(vec![one], &circumstances);
        (result.outcome, result.findings[0].notes.clone())
    };
    assert_eq!(on("2026-03-14T23:59:59Z"), (Outcome::Clean, Vec::new()));
    let expired = vec!["the allowance \"tags\" at x.hcl:2 expired on 2026-03-14".to_owned()];
    assert_eq!(on("2026-03-15T00:00:00Z"), (Outcome::Drift, expired.clone()));
    assert_eq!(on("no time at all"), (Outcome::Drift, expired));
}

#[test]
fn what_is_not_known_is_no_match_and_is_said() {
    let result = judged(
        "rule \"x\" {\n  when = resource.live.comment == \"x\"\n  action = \"allow\"\n  reason = \"r\"\n}\n",
        vec![changed()],
    );
    assert_eq!(result.outcome, Outcome::Drift);
    assert_eq!(
        result.findings[0].notes,
        ["whether the allowance \"x\" at x.hcl:1 applies cannot be told: its condition rests on what is not known"]
    );
    assert_eq!(
        result.findings.len(),
        1,
        "an allowance that may match is not called unused"
    );
}

#[test]
fn a_condition_that_fails_ends_the_run() {
    let policy = policy("rule \"x\" {\n  when = finding.title + 1 == 2\n}\nrule \"y\" {\n  when = finding.title\n}\n");
    let error = judge(
        comparison(vec![changed(), changed()]),
        &circumstances(&policy),
        Stats::default(),
    )
    .unwrap_err();
    assert_eq!(error.len(), 1, "{error}");
    assert_eq!(error.iter().next().unwrap().place().to_string(), "x.hcl:2");
    let policy = super::policy("rule \"y\" {\n  when = finding.title\n}\n");
    let error = judge(comparison(vec![changed()]), &circumstances(&policy), Stats::default()).unwrap_err();
    assert!(error.to_string().contains("bool"), "{error}");
}

#[test]
fn null_members_are_just_not_equal() {
    let missing = finding(rules::RESOURCE_MISSING, Some("aws_s3_bucket.site"), &[]);
    let unmanaged = finding(rules::UNMANAGED_BUCKET_CORS, None, &["cors_rule"]);
    let result = judged(
        r#"
rule "a" {
  when = change.path == "comment" || glob("aws_*", change.path) || glob("module.*", finding.address) || site.name == "x" || host == "x"
}
"#,
        vec![missing, unmanaged],
    );
    assert!(
        result
            .findings
            .iter()
            .all(|one| one.decided_by().is_empty() && one.notes.is_empty())
    );
}

/// Counts how often it is asked.
struct Counting(Cell<u32>);

impl Resources for Counting {
    fn expected(&self, _: &Finding) -> Value {
        self.0.set(self.0.get() + 1);
        Value::from(&json!({ "tags_all": { "env": "prod" } }))
    }

    fn live(&self, _: &Finding) -> Value {
        self.0.set(self.0.get() + 1);
        Value::from(&json!({ "comment": "x" }))
    }
}

#[test]
fn attributes_are_looked_up_once_and_only_where_a_rule_asks() {
    let count = |text: &str| {
        let policy = policy(text);
        let resources = Counting(Cell::new(0));
        let circumstances = Circumstances {
            resources: &resources,
            ..circumstances(&policy)
        };
        let result = run(vec![changed()], &circumstances);
        (resources.0.get(), result.findings[0].action)
    };
    let rule = |when: &str| format!("rule \"x\" {{\n  when = {when}\n  action = \"warn\"\n}}\n");
    assert_eq!(
        count(&rule(
            "finding.rule == \"resource-missing\" && resource.live.comment == \"x\""
        )),
        (0, Action::Fail)
    );
    assert_eq!(count(&rule("resource.live.comment == \"x\"")), (1, Action::Warn));
    assert_eq!(count(&rule("resource.tags.env == \"prod\"")), (2, Action::Warn));
}

#[test]
fn every_term_has_the_value_that_it_says() {
    let mut one = changed();
    one.impact = vec!["www.example.com".to_owned()];
    one.place = Some(crate::place::Place::new("main.tf", 12));
    let site = Site {
        name: "shop".to_owned(),
        hosts: vec!["example.com".to_owned(), "www.example.com".to_owned()],
        environment: Some("prod".to_owned()),
        bucket: Some("shop".to_owned()),
        ..Site::default()
    };
    let id = one.id();
    for (term, expected) in [
        ("finding.id", format!("{id:?}")),
        ("finding.category", "\"drift\"".to_owned()),
        ("finding.severity", "\"medium\"".to_owned()),
        ("finding.state", "\"terraform.tfstate\"".to_owned()),
        ("finding.type", "\"aws_s3_bucket\"".to_owned()),
        ("finding.title", "\"differs\"".to_owned()),
        ("finding.detail", "\"\"".to_owned()),
        ("finding.hosts", "hosts".to_owned()),
        ("finding.file", "\"main.tf\"".to_owned()),
        ("finding.line", "12".to_owned()),
        ("finding.new", "true".to_owned()),
        ("finding.first_seen", "\"2026-03-01T00:00:00Z\"".to_owned()),
        ("finding.resource_id", "resource.id".to_owned()),
        ("finding.address", "resource.address".to_owned()),
        ("resource.name", "\"this\"".to_owned()),
        ("resource.module", "\"module.site[\\\"prod\\\"]\"".to_owned()),
        ("resource.tags.env", "\"prod\"".to_owned()),
        ("resource.expected.tags_all.env", "\"prod\"".to_owned()),
        ("resource.live.comment", "\"x\"".to_owned()),
        ("site.name", "\"shop\"".to_owned()),
        ("site.hosts[0]", "\"example.com\"".to_owned()),
        ("site.environment", "\"prod\"".to_owned()),
        ("site.bucket", "\"shop\"".to_owned()),
        ("site.distribution", "null".to_owned()),
        ("host", "\"www.example.com\"".to_owned()),
        ("account", "\"111122223333\"".to_owned()),
        ("region", "\"eu-west-2\"".to_owned()),
        ("phase", "\"pre\"".to_owned()),
        ("now", format!("{NOW:?}")),
        ("change.expected", "\"a\"".to_owned()),
        ("change.live", "\"b\"".to_owned()),
        ("change.sensitive", "false".to_owned()),
        ("change.note", "null".to_owned()),
    ] {
        let text = format!("rule \"x\" {{\n  when = {term} == {expected}\n  severity = \"info\"\n}}\n");
        let policy = policy(&text);
        let resources = Counting(Cell::new(0));
        let circumstances = Circumstances {
            resources: &resources,
            sites: std::slice::from_ref(&site),
            ages: &|_| {
                Some(Age {
                    new: true,
                    first_seen: "2026-03-01T00:00:00Z".to_owned(),
                })
            },
            ..circumstances(&policy)
        };
        let result = run(vec![one.clone()], &circumstances);
        assert_eq!(result.findings[0].severity, Severity::Info, "{term} is not {expected}");
    }
}

#[test]
fn an_allowance_of_no_use_is_reported_where_everything_was_checked() {
    let text = r#"
rule "gone" {
  when   = finding.address == "aws_s3_bucket.gone"
  action = "allow"
  reason = "r"
}
rule "deploy" {
  when   = finding.category == "deploy"
  action = "allow"
  reason = "r"
}
rule "louder" {
  when     = finding.address == "aws_s3_bucket.gone"
  severity = "high"
}
"#;
    let policy = policy(text);
    let names = |circumstances: &Circumstances, comparison: Comparison| -> Vec<String> {
        let result = judge(comparison, circumstances, Stats::default()).unwrap();
        let found = result.findings.iter();
        let unused = found.filter(|one| one.finding.rule == rules::ALLOWANCE_UNUSED);
        unused
            .map(|one| {
                assert_eq!(one.severity, Severity::Info);
                assert_eq!(one.finding.category, Category::Configuration);
                format!("{} {}", one.finding.resource.id, one.finding.place.as_ref().unwrap())
            })
            .collect()
    };
    let all = circumstances(&policy);
    assert_eq!(names(&all, comparison(Vec::new())), ["deploy x.hcl:7", "gone x.hcl:2"]);
    let without_deployments = Circumstances {
        not_looked_for: &[Category::Deploy],
        ..circumstances(&policy)
    };
    assert_eq!(
        names(&without_deployments, comparison(Vec::new())),
        Vec::<String>::new(),
        "an address alone may be that of a deployment's finding too"
    );
    let mut incomplete = comparison(Vec::new());
    let denied = Failure::new(Reason::AccessDenied, "", "denied");
    incomplete.unchecked.push(Unchecked::new("aws_s3_bucket.gone", &denied));
    assert_eq!(names(&all, incomplete), Vec::<String>::new());
}

#[test]
fn an_allowance_for_what_nothing_is_held_against_waits_for_it() {
    let allowance = |name: &str, when: &str| {
        format!("rule \"{name}\" {{\n  when   = {when}\n  action = \"allow\"\n  reason = \"r\"\n}}\n")
    };
    let text = [
        allowance("since", "finding.rule == \"changed-since-snapshot\""),
        allowance("any", "finding.address == \"aws_s3_bucket.gone\""),
        allowance(
            "both",
            "contains([\"changed-since-snapshot\", \"resource-changed\"], finding.rule)",
        ),
        allowance("never", "finding.rule == \"resource-changed\""),
    ];
    let policy = policy(&text.concat());
    let unused = |without_object: Vec<&'static str>| -> Vec<String> {
        let circumstances = Circumstances {
            without_object,
            ..circumstances(&policy)
        };
        let found = run(Vec::new(), &circumstances).findings;
        let mut names: Vec<String> = found.into_iter().map(|one| one.finding.resource.id).collect();
        names.sort();
        names
    };
    assert_eq!(unused(Vec::new()), ["any", "both", "never", "since"]);
    assert_eq!(unused(vec![rules::CHANGED_SINCE_SNAPSHOT]), ["any", "both", "never"]);
}

#[test]
fn an_allowance_for_unused_allowances_is_judged_like_any_other() {
    let result = judged(
        r#"
rule "gone" {
  when   = finding.address == "aws_s3_bucket.gone"
  action = "allow"
  reason = "r"
}
rule "quiet" {
  when   = finding.rule == "allowance-unused"
  action = "allow"
  reason = "r"
}
"#,
        Vec::new(),
    );
    let about: Vec<(&str, Action)> = result
        .findings
        .iter()
        .map(|one| (one.finding.resource.id.as_str(), one.action))
        .collect();
    assert_eq!(about, [("gone", Action::Allow)]);
}

#[test]
fn only_what_is_new_fails_where_that_is_asked() {
    let policy = policy("");
    let with = |age: Option<bool>, fail_on_new: bool| {
        let circumstances = Circumstances {
            fail_on_new,
            ages: &|_| {
                age.map(|new| Age {
                    new,
                    first_seen: NOW.to_owned(),
                })
            },
            ..circumstances(&policy)
        };
        run(vec![changed()], &circumstances).outcome
    };
    assert_eq!(with(Some(false), true), Outcome::Clean);
    assert_eq!(with(Some(false), false), Outcome::Drift);
    assert_eq!(with(Some(true), true), Outcome::Drift);
    assert_eq!(with(None, true), Outcome::Drift, "what nobody knows to be old is new");
}

#[test]
fn what_is_only_warned_of_makes_nothing_else_fail() {
    let policy =
        policy("rule \"x\" {\n  when = change.path == \"region\"\n  severity = \"critical\"\n  action = \"warn\"\n}\n");
    let circumstances = Circumstances {
        fail_on: Severity::High,
        ..circumstances(&policy)
    };
    let result = run(vec![changed()], &circumstances);
    assert_eq!(result.findings[0].severity, Severity::Critical);
    assert_eq!(result.outcome, Outcome::Clean);
}
