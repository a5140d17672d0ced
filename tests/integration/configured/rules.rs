//! `rule` blocks: what a user allows, for how long, and what they make worse or better.

use std::fs;

use serde_json::{Value, json};

use super::*;

const COMMENT: &str = "resource-changed prod comment";

/// A rule about comments with these attributes beside its condition.
fn comments(attributes: &str) -> String {
    format!(
        "rule \"tickets\" {{\n  when   = finding.rule == \"resource-changed\" && change.path == \"comment\"\n  {attributes}\n}}\n"
    )
}

fn allowed(until: &str) -> String {
    comments(&format!(
        "action = \"allow\"\n  reason = \"support writes ticket numbers\"\n  until  = \"{until}\""
    ))
}

fn site_with_a_ticket() -> Site {
    let site = Site::load();
    site.world
        .edit_distribution(PROD, |distribution| distribution.comment = "ticket 4711".to_owned());
    site
}

#[test]
fn what_is_allowed_is_shown_and_fails_nothing_until_its_last_day() {
    let site = site_with_a_ticket();
    let decided = |action: &str| format!("{action} medium {COMMENT}");
    site.check().says(2, &[&decided("fail")]);

    site.configure(&comments(
        "action = \"allow\"\n  reason = \"support writes ticket numbers\"",
    ));
    let told = site.check();
    told.says(0, &[&decided("allow")]);
    assert_eq!(told.result["outcome"], "clean");
    assert_eq!(
        told.finding("resource-changed")["suppressed"],
        json!({ "by": "\"tickets\" at driftgate.hcl:1", "reason": "support writes ticket numbers" })
    );
    let page = site.read(&[]);
    assert!(
        page.contains("1 finding allowed: support writes ticket numbers (\"tickets\" at driftgate.hcl:1)"),
        "{page}"
    );

    // By the clock of this machine.
    site.configure(&allowed("2020-01-01"));
    let told = site.check();
    told.says(2, &[&decided("fail")]);
    let finding = told.finding("resource-changed");
    assert_eq!(finding["suppressed"], Value::Null);
    let over = "the allowance \"tickets\" at driftgate.hcl:1 expired on 2020-01-01";
    assert_eq!(finding["notes"], json!([over]));
    let page = site.read(&[]);
    assert!(page.contains(over), "{page}");
    site.configure(&allowed("9999-12-31"));
    site.check().says(0, &[&decided("allow")]);

    // By a clock of the test's choice: a recorded account is judged by the time it was recorded at.
    site.configure(&allowed("2027-01-31"));
    site.world.snapshot();
    let file = site.world.directory().join("live.json");
    for (now, code, action) in [
        ("2027-01-31T23:59:59Z", 0, "allow"),
        ("2027-02-01T00:00:00Z", 2, "fail"),
    ] {
        let mut snapshot: Value =
            serde_json::from_slice(&fs::read(&file).expect("it was taken")).expect("a snapshot is JSON");
        assert!(snapshot["taken_at"].is_string(), "a snapshot says when it was taken");
        snapshot["taken_at"] = json!(now);
        fs::write(&file, snapshot.to_string()).expect("it is written");
        site.check_with(&["--live", "live.json"])
            .says(code, &[&decided(action)]);
    }
}

#[test]
fn rules_weigh_each_changed_attribute_and_the_first_that_matches_decides() {
    let site = site_with_a_ticket();
    let weighed = |attributes: &str, code: i32, decided: &str| {
        site.configure(&comments(attributes));
        site.check().says(code, &[&format!("{decided} {COMMENT}")]);
    };
    weighed("severity = \"critical\"", 2, "fail critical");
    weighed("severity = \"info\"", 0, "fail info");
    weighed("action = \"warn\"", 0, "warn medium");
    weighed("action = \"warn\"\n  severity = \"high\"", 0, "warn high");

    let page = site.read(&[]);
    assert!(page.contains("only warned of"), "{page}");
    site.configure(&format!(
        "{}settings {{\n  fail_on = \"info\"\n}}\n",
        comments("severity = \"info\"")
    ));
    site.check().says(2, &[&format!("fail info {COMMENT}")]);

    // The allowance is for one attribute, and another has changed as well.
    site.world.edit_distribution(PROD, |distribution| {
        distribution.price_class = Some(aws_sdk_cloudfront::types::PriceClass::PriceClass100);
    });
    let allowance = comments("action = \"allow\"\n  reason = \"support\"");
    let both = [
        "allow medium resource-changed prod comment",
        "fail medium resource-changed prod price_class",
    ];
    site.configure(&allowance);
    let told = site.check();
    told.says(2, &both);
    assert_eq!(told.finding("resource-changed")["suppressed"], Value::Null);

    let stricter =
        "rule \"strict\" {\n  when     = finding.type == \"aws_cloudfront_distribution\"\n  severity = \"high\"\n}\n";
    site.configure(&format!("{allowance}{stricter}"));
    site.check()
        .says(2, &[both[0], "fail high resource-changed prod price_class"]);
    // The other way round nothing is left to the allowance, which is told.
    site.configure(&format!("{stricter}{allowance}"));
    site.check().says(
        2,
        &[
            "fail high resource-changed prod comment",
            "fail high resource-changed prod price_class",
            "fail info allowance-unused",
        ],
    );

    // What `--policy` names goes before what the configuration says.
    fs::write(site.world.directory().join("release.hcl"), stricter).expect("it is written");
    site.configure(&comments("severity = \"low\""));
    site.check_with(&["--policy", "release.hcl"]).says(
        2,
        &[
            "fail high resource-changed prod comment",
            "fail high resource-changed prod price_class",
        ],
    );
}

#[test]
fn an_allowance_that_nothing_is_left_to_is_told_where_everything_was_checked() {
    let site = Site::load();
    site.check().says(0, &[]);
    site.configure(&comments("action = \"allow\"\n  reason = \"support\""));
    let told = site.check();
    told.says(0, &["fail info allowance-unused"]);
    let finding = told.finding("allowance-unused");
    assert_eq!(
        (&finding["title"], &finding["place"]),
        (
            &json!("the allowance \"tickets\" decides nothing"),
            &json!({ "file": "driftgate.hcl", "line": 1 })
        )
    );
    // Neither a rule that allows nothing nor an allowance for what was not looked for is of no use.
    site.configure(&comments("severity = \"low\""));
    site.check().says(0, &[]);
    site.configure(
        "rule \"later\" {\n  when   = finding.rule == \"deploy-without-invalidation\"\n  action = \"allow\"\n  reason = \"known\"\n}\n",
    );
    site.check().says(0, &[]);
    site.configure(
        "rule \"since\" {\n  when   = finding.rule == \"changed-since-snapshot\"\n  action = \"allow\"\n  reason = \"known\"\n}\n",
    );
    site.check().says(0, &[]);

    // Where something could not be read, what it allows may be there all the same.
    site.configure(&comments("action = \"allow\"\n  reason = \"support\""));
    let id = site.world.attribute(PROD, "id");
    let fault = json!({
        "match": format!("/distribution/{id}"), "status": 403, "code": "AccessDenied", "message": "no", "times": null,
    });
    site.world.emulator.faults(&site.world.account, &[fault]);
    let told = site.check_with(&["--no-serving"]);
    assert_eq!(told.decided(), Vec::<String>::new());
    assert_eq!((told.run.code, &told.result["complete"]), (3, &json!(false)));
}

#[test]
fn a_baseline_allows_what_is_found_today_and_nothing_later() {
    let site = site_with_a_ticket();
    let baseline = |file: &str| site.world.driftgate(["baseline", "-o", file]).run();
    let run = baseline("known.hcl");
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert_eq!(
        run.stderr,
        "driftgate: known.hcl: 1 finding allowed; give it a reason, and name the file with --policy\n"
    );
    let told = site.check_with(&["--policy", "known.hcl"]);
    told.says(0, &[&format!("allow medium {COMMENT}")]);
    assert!(
        told.run.stderr.contains("the reason is still to be filled in"),
        "{}",
        told.run.stderr
    );
    let again = baseline("known.hcl");
    assert!(again.failed().contains("known.hcl"), "{}", again.stderr);

    site.serve("releases/9.9.9");
    let told = site.check_with(&["--policy", "known.hcl"]);
    let decided = told.decided();
    assert_eq!((told.run.code, decided.len()), (2, 3), "{decided:?}");
    assert_eq!(decided[0], format!("allow medium {COMMENT}"));
    assert!(
        decided[1..].iter().all(|line| line.starts_with("fail critical ")),
        "{decided:?}"
    );

    let run = Site::load().world.driftgate(["baseline", "-o", "none.hcl"]).run();
    assert_eq!(
        run.stderr,
        "driftgate: none.hcl: not written: nothing fails that could be allowed\n"
    );

    // What could not be read is not allowed unseen, and that is said.
    let denied = Site::load();
    let fault =
        json!({"match": "/tagging?Resource=", "status": 403, "code": "AccessDenied", "message": "no", "times": null});
    denied.world.emulator.faults(&denied.world.account, &[fault]);
    let run = denied.world.driftgate(["baseline", "-o", "part.hcl"]).run();
    assert!(run.stderr.contains("could not be checked"), "{}", run.stderr);
}
