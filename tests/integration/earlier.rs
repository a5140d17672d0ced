//! What there was before: an earlier snapshot, an earlier result, a baseline; and why something is judged as it is.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::incident::STEPS;
use crate::support::desk::{CHANGED, Desk, HEALTHY, STATE, named};

/// What the console changed, as drift from the state.
const DRIFT: [&str; 4] = [
    "resource-changed aws_cloudfront_distribution.site[\"prod\"]",
    "resource-changed aws_cloudfront_distribution.site[\"stage\"]",
    "resource-changed aws_route53_record.host[\"live-a\"]",
    "resource-changed aws_route53_record.host[\"live-aaaa\"]",
];

fn ids(result: &Value) -> Vec<String> {
    let all = result["findings"].as_array().expect("findings are a list").iter();
    all.map(|finding| finding["id"].as_str().expect("an id").to_owned())
        .collect()
}

fn id_of(result: &Value, address: &str) -> String {
    let findings = result["findings"].as_array().expect("findings are a list");
    let found = findings.iter().find(|finding| finding["address"] == address);
    found.expect(address)["id"].as_str().expect("an id").to_owned()
}

#[test]
fn an_earlier_snapshot_alone_says_what_changed_since() {
    let desk = Desk::new();
    let same = desk.check(HEALTHY, &["--against", HEALTHY]);
    assert_eq!(
        (same.code, &same.json()["findings"]),
        (0, &json!([])),
        "{}",
        same.stderr
    );

    let run = desk.check(CHANGED, &["--against", HEALTHY]);
    let result = run.json();
    assert_eq!(
        (run.code, &result["run"]["against"]),
        (2, &json!(HEALTHY)),
        "{}",
        run.stderr
    );
    let mut found = named(&result["findings"]);
    found.sort();
    assert_eq!(
        found,
        [
            "changed-since-snapshot aws_cloudfront_distribution EJULIDU2R7F134",
            "changed-since-snapshot aws_cloudfront_distribution EXGJTTIZU22BJ1",
            "changed-since-snapshot aws_route53_record ZFM6OLK62X34ZV_live.example.com_A",
            "changed-since-snapshot aws_route53_record ZFM6OLK62X34ZV_live.example.com_AAAA",
            "new-since-snapshot aws_s3_bucket live.example.com",
            "new-since-snapshot aws_s3_bucket stage.example.com",
        ]
    );
    let back = desk.check(HEALTHY, &["--against", CHANGED]).json();
    assert!(
        named(&back["findings"]).contains(&"gone-since-snapshot aws_s3_bucket live.example.com".to_owned()),
        "{:#}",
        back["findings"]
    );

    let shown = desk.run(&["check", "--live", CHANGED, "--against", HEALTHY, "--no-workflows"]);
    assert!(
        shown.stdout.starts_with("- snapshot   + live AWS\n"),
        "{}",
        shown.stdout
    );
}

#[test]
fn a_snapshot_beside_the_state_tells_both_under_the_same_address() {
    let desk = Desk::new();
    let run = desk.check(CHANGED, &["--state", STATE, "--against", HEALTHY]);
    let result = run.json();
    let mut expected: BTreeSet<String> = DRIFT.into_iter().map(str::to_owned).collect();
    expected.extend(DRIFT.map(|one| one.replace("resource-changed", "changed-since-snapshot")));
    expected.extend(["live", "stage"].map(|name| format!("new-since-snapshot aws_s3_bucket {name}.example.com")));
    assert_eq!(
        named(&result["findings"]).into_iter().collect::<BTreeSet<_>>(),
        expected
    );
    assert_eq!(run.code, 2);
}

#[test]
fn no_two_findings_of_a_run_share_an_id() {
    let desk = Desk::new();
    // A label without effect differs from the state and from the snapshot.
    desk.edited(CHANGED, CHANGED, "AllowCloudFront", "AllowTheEdge");
    let result = desk.check(CHANGED, &["--state", STATE, "--against", HEALTHY]).json();
    let rules = named(&result["findings"]);
    for rule in ["cosmetic-change", "cosmetic-since-snapshot"] {
        assert!(rules.iter().any(|one| one.starts_with(rule)), "{rule}: {rules:?}");
    }
    let mut results = vec![result];
    for step in &STEPS {
        let directory = step.directory();
        let at = |file: &str| directory.join(file).to_string_lossy().into_owned();
        let healthy = desk.path(HEALTHY).to_string_lossy().into_owned();
        let (state, live) = (at("terraform.tfstate"), at("live.json"));
        let arguments = [
            "check",
            "--state",
            &state,
            "--live",
            &live,
            "--against",
            &healthy,
            "--format",
            "json",
        ];
        results.push(desk.run(&arguments).json());
    }
    for result in results {
        let ids = ids(&result);
        let once: BTreeSet<&String> = ids.iter().collect();
        assert_eq!(once.len(), ids.len(), "{:#}", result["findings"]);
    }
}

#[test]
fn a_result_tells_what_is_new_what_persists_and_what_is_resolved() {
    let desk = Desk::new();
    desk.edited_json(CHANGED, "later.json", |live| {
        live["taken_at"] = json!("2027-01-02T03:04:05Z")
    });
    let first = desk.check(CHANGED, &["--state", STATE, "--report", "json=first.json"]);
    assert_eq!(first.code, 2, "{}", first.stderr);
    let seen = first.json()["run"]["started_at"].clone();

    let persisting = desk.check(
        "later.json",
        &[
            "--state",
            STATE,
            "--since",
            "first.json",
            "--fail-on-new",
            "--report",
            "json=second.json",
        ],
    );
    let result = persisting.json();
    assert_eq!(
        (persisting.code, &result["outcome"]),
        (0, &json!("clean")),
        "nothing is new"
    );
    assert_eq!(named(&result["findings"]), DRIFT);
    for finding in result["findings"].as_array().expect("findings") {
        assert_eq!(finding["age"], json!({ "new": false, "first_seen": seen }));
    }

    let resolved = desk.check(
        HEALTHY,
        &[
            "--state",
            STATE,
            "--since",
            "second.json",
            "--report",
            "json=clean.json",
        ],
    );
    let result = resolved.json();
    assert_eq!((resolved.code, &result["findings"]), (0, &json!([])));
    let gone = result["resolved"].as_array().expect("what is resolved");
    let subjects: Vec<String> = gone
        .iter()
        .map(|one| {
            format!(
                "{} {}",
                one["rule"].as_str().unwrap_or_default(),
                one["subject"].as_str().unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(subjects, DRIFT);
    assert!(gone.iter().all(|one| one["first_seen"] == seen), "{gone:?}");

    let new = desk.check(
        "later.json",
        &["--state", STATE, "--since", "clean.json", "--fail-on-new"],
    );
    let result = new.json();
    assert_eq!(new.code, 2);
    for finding in result["findings"].as_array().expect("findings") {
        assert_eq!(
            finding["age"],
            json!({ "new": true, "first_seen": "2027-01-02T03:04:05Z" })
        );
    }
    let without = desk.check(CHANGED, &["--state", STATE, "--fail-on-new"]);
    assert!(without.failed().contains("--since RESULT"), "{}", without.stderr);
}

/// What one run does not look for is neither resolved by it nor new after it.
#[test]
fn what_a_run_did_not_look_for_is_not_called_resolved() {
    let desk = Desk::new();
    let serving = |since: &str, to: &str| {
        let report = format!("json={to}");
        let all = [
            "check",
            "--state",
            STATE,
            "--live",
            CHANGED,
            "--no-workflows",
            "--format",
            "json",
        ];
        let more = ["--since", since, "--report", &report];
        desk.run(&[&all[..], if since.is_empty() { &more[2..] } else { &more }].concat())
            .json()
    };
    let full = serving("", "full.json");
    let unseen = full["findings"].as_array().expect("findings").iter();
    let unseen = unseen.filter(|finding| finding["category"] == "serving").count();
    assert!(unseen > 1, "{:#}", full["findings"]);

    let drift = desk.check(
        CHANGED,
        &["--state", STATE, "--since", "full.json", "--report", "json=drift.json"],
    );
    let result = drift.json();
    assert_eq!(result["resolved"], json!([]));
    assert_eq!(
        result["run"]["not_looked_for"],
        json!(["serving", "deploy", "configuration"])
    );
    assert_eq!(
        result["remarks"],
        json!([format!(
            "{unseen} earlier findings could not be looked at again and were not called resolved"
        )])
    );

    let again = desk.run(&["report", "full.json", "drift.json", "--format", "json"]);
    assert_eq!(again.json()["resolved"], json!([]), "{}", again.stderr);

    let other_state = desk
        .check(HEALTHY, &["--against", HEALTHY, "--since", "full.json"])
        .json();
    assert_eq!(other_state["resolved"], json!([]), "the state was not looked at");
}

#[test]
fn runs_over_another_account_are_not_compared_with() {
    let desk = Desk::new();
    desk.check(CHANGED, &["--state", STATE, "--report", "json=first.json"]);
    desk.edited_json("first.json", "other.json", |result| {
        result["run"]["account"] = json!("111122223333");
    });
    let run = desk.check(CHANGED, &["--state", STATE, "--since", "other.json", "--fail-on-new"]);
    let result = run.json();
    assert_eq!(run.code, 2, "what nobody knows to be old is new");
    assert_eq!(
        result["remarks"],
        json!(["1 earlier run was over another account and is not compared with"])
    );
    assert_eq!(result["findings"][0]["age"], Value::Null);
    assert_eq!((&result["resolved"], &result["past"]), (&json!([]), &json!([])));
}

/// The file that a run reads is the one that it writes, as in a scheduled job.
#[test]
fn a_result_may_take_the_place_of_the_one_before_it() {
    let desk = Desk::new();
    let check = |live: &str, more: &[&str]| {
        let rolling = ["--state", STATE, "--report", "json=last.json"];
        desk.check(live, &[&rolling[..], more].concat())
    };
    check(CHANGED, &[]);
    let long = desk.read("last.json").len();
    let run = check(CHANGED, &["--since", "last.json"]);
    assert_eq!(run.json()["findings"][0]["age"]["new"], false, "{}", run.stderr);
    let run = check(HEALTHY, &["--since", "last.json"]);
    assert_eq!(
        run.json()["resolved"].as_array().map(Vec::len),
        Some(4),
        "{}",
        run.stderr
    );
    let last = desk.read("last.json");
    assert!(last.len() < long, "nothing of the longer result is left");
    assert_eq!(
        serde_json::from_str::<Value>(&last).expect("JSON")["findings"],
        json!([])
    );

    let failed = check("absent.json", &["--since", "last.json"]);
    assert!(failed.failed().contains("absent.json"), "{}", failed.stderr);
    assert_eq!(desk.read("last.json"), last, "a run that fails leaves it alone");
}

#[test]
fn a_finding_is_explained_by_the_rule_that_decided() {
    let desk = Desk::new();
    let policy = "# Who changes what.\nrule \"moved\" {\n  when   = finding.rule == \"resource-changed\" && change.path == \"aliases\"\n  action = \"allow\"\n  reason = \"the host moves\"\n  owner  = \"web\"\n  until  = \"2099-01-31\"\n}\n";
    desk.write("p.hcl", policy);
    let with = ["--state", STATE, "--live", CHANGED, "--no-serving", "--policy", "p.hcl"];
    let explain = |subject: &str| desk.run(&[&["explain", subject], &with[..]].concat());
    let result = desk.check(CHANGED, &["--state", STATE, "--policy", "p.hcl"]).json();
    let id = id_of(&result, "aws_cloudfront_distribution.site[\"prod\"]");
    for subject in [id.as_str(), &id[..6]] {
        let run = explain(subject);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{subject}");
        let text = &run.stdout;
        let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
        assert!(
            lines[0].starts_with("aws_cloudfront_distribution.site[\"prod\"]") && lines[0].ends_with(&id),
            "{text}"
        );
        for line in [
            "aliases: allow, medium, by \"moved\" at p.hcl:2 (the host moves; owner web; until 2099-01-31)",
            "\"moved\" at p.hcl:2: matched, and decides",
            "without it: fail, medium",
            "origin[\"website-prod\"].domain_name: fail, medium",
            "no rule of the policy decides: medium by default",
        ] {
            assert!(lines.contains(&line), "{line:?} is not in\n{text}");
        }
    }

    let rule = explain("resource-changed");
    assert!(
        rule.stdout.contains("severity medium by default")
            && rule
                .stdout
                .contains("\"moved\" at p.hcl:2: allow (the host moves; until 2099-01-31)"),
        "{}",
        rule.stdout
    );
    let own = explain("moved");
    assert!(
        own.stdout.starts_with("moved  rule of the policy, p.hcl:2\n"),
        "{}",
        own.stdout
    );

    for (subject, says) in [
        ("resource-chnaged", "did you mean `resource-changed`?"),
        ("nothing-like-it", "docs/policies.md"),
        ("0123456789abcdef", "reports in JSON show the ids"),
        ("ab", "at least 4 digits"),
    ] {
        let run = explain(subject);
        assert!(run.failed().contains(says), "{subject}: {}", run.stderr);
    }
}

#[test]
fn a_baseline_allows_what_is_there_and_nothing_else() {
    let desk = Desk::new();
    let step = STEPS.iter().find(|step| step.name.starts_with("01")).expect("a step");
    let before = step.directory().join("live.json").to_string_lossy().into_owned();
    let of = |live: &str| {
        let arguments = [
            "baseline",
            "-o",
            "allowed.hcl",
            "--state",
            STATE,
            "--live",
            live,
            "--no-serving",
        ];
        desk.run(&arguments)
    };
    let none = of(HEALTHY);
    assert_eq!(none.code, 0);
    assert_eq!(
        none.stderr,
        "driftgate: allowed.hcl: not written: nothing fails that could be allowed\n"
    );
    assert!(!desk.path("allowed.hcl").exists());

    let run = of(&before);
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (
            0,
            "driftgate: allowed.hcl: 1 finding allowed; give it a reason, and name the file with --policy\n"
        )
    );
    let passes = desk.check(&before, &["--state", STATE, "--policy", "allowed.hcl"]);
    assert_eq!(passes.code, 0, "{}", passes.stderr);
    assert!(
        passes.stderr.contains("the reason is still to be filled in"),
        "{}",
        passes.stderr
    );
    let decision = &passes.json()["findings"][0]["decisions"][0];
    assert_eq!(
        (&decision["action"], &decision["by"]["place"]["file"]),
        (&json!("allow"), &json!("allowed.hcl"))
    );

    let more = desk.check(CHANGED, &["--state", STATE, "--policy", "allowed.hcl"]);
    let result = more.json();
    let failing = result["findings"].as_array().expect("findings").iter();
    let failing: Vec<Value> = failing
        .filter(|finding| finding["suppressed"].is_null())
        .cloned()
        .collect();
    assert_eq!(more.code, 2);
    assert_eq!(named(&json!(failing)), [DRIFT[0], DRIFT[2], DRIFT[3]]);

    let again = of(CHANGED);
    assert!(
        again.failed().contains("allowed.hcl: this file exists already"),
        "{}",
        again.stderr
    );
    desk.edited(
        "allowed.hcl",
        "filled.hcl",
        "to be filled in: why is this allowed, and until what happens?",
        "known",
    );
    let filled = desk.check(&before, &["--state", STATE, "--policy", "filled.hcl"]);
    assert_eq!((filled.code, filled.stderr.as_str()), (0, ""));
}

#[test]
fn what_is_no_earlier_snapshot_or_result_is_said_in_one_line() {
    let desk = Desk::new();
    desk.check(HEALTHY, &["--state", STATE, "--report", "json=result.json"]);
    desk.write("empty.json", "");
    desk.write("cut.json", &desk.read("result.json")[..200]);
    desk.edited("result.json", "newer.json", "driftgate/v1", "driftgate/v9");
    for (flag, file, says) in [
        ("--against", "absent.json", "absent.json: No such file"),
        ("--against", "empty.json", "empty.json: is empty"),
        ("--against", "result.json", "result.json: not a snapshot"),
        ("--against", STATE, "terraform.tfstate: not a snapshot"),
        ("--since", "absent.json", "absent.json: the file cannot be read"),
        ("--since", "empty.json", "empty.json: not a driftgate result"),
        ("--since", "cut.json", "cut.json: not a driftgate result"),
        ("--since", "newer.json", "newer.json: "),
        ("--since", HEALTHY, "healthy.json: not a driftgate result"),
    ] {
        let run = desk.check(CHANGED, &["--state", STATE, flag, file]);
        let line = run.failed();
        assert!(
            line.starts_with(&format!("driftgate: error: {says}")),
            "{flag} {file}: {line}"
        );
    }
    desk.edited(HEALTHY, "other.json", "\"000000000000\"", "\"111122223333\"");
    let other = desk.check(CHANGED, &["--state", STATE, "--against", "other.json"]);
    assert!(
        other
            .failed()
            .contains("other.json is a snapshot of account 111122223333, and the account at hand is 000000000000"),
        "{}",
        other.stderr
    );
}

#[cfg(feature = "live")]
#[test]
fn an_hour_of_console_work_is_told_from_before_it() {
    use crate::support::binary::NOWHERE;
    use crate::support::world::World;

    let distribution = "module.site[\"prod\"].aws_cloudfront_distribution.site";
    let world = World::part("two-sites", &[distribution]);
    let snapshot = ["snapshot", "--state", STATE, "-o", "before.json"];
    let run = world.driftgate(snapshot).run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    let check = |more: &[&str]| {
        let fixed = ["check", "--against", "before.json", "--no-serving", "--format", "json"];
        world.driftgate(fixed.into_iter().chain(more.iter().copied())).run()
    };
    let before = check(&[]);
    assert_eq!(
        (before.code, &before.json()["findings"]),
        (0, &json!([])),
        "{}",
        before.stderr
    );

    world.edit_distribution(distribution, |config| config.comment = "by hand".to_owned());
    let id = world.attribute(distribution, "id");
    let alone = check(&[]);
    assert_eq!(alone.code, 2);
    assert_eq!(
        named(&alone.json()["findings"]),
        [format!("changed-since-snapshot aws_cloudfront_distribution {id}")]
    );
    let both = check(&["--state", STATE]).json();
    assert_eq!(
        named(&both["findings"]),
        [
            format!("changed-since-snapshot {distribution}"),
            format!("resource-changed {distribution}")
        ]
    );

    let kept = std::fs::read(world.state("before.json")).expect("the snapshot is there");
    let failed = world.driftgate(snapshot).env("AWS_ENDPOINT_URL", NOWHERE).run();
    assert!(failed.failed().contains("cannot be reached"), "{}", failed.stderr);
    let left = std::fs::read(world.state("before.json")).expect("the snapshot is there");
    assert!(
        left == kept,
        "a snapshot that cannot be taken leaves the earlier one alone"
    );
}
