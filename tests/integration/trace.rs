//! `driftgate trace`: the path of a host, at every station where it may break, in every format.

use std::fs;

use serde_json::{Value, json};

use crate::incident::STEPS;
use crate::support::binary::{Driftgate, Run};
use crate::support::repository;

/// Follows a host of a recorded step.
fn trace(step: &str, target: &str, more: &[&str]) -> Run {
    let step = STEPS.iter().find(|one| one.name.starts_with(step)).expect("a step");
    let given = ["trace", target, "--state", "terraform.tfstate", "--live", "live.json"];
    Driftgate::new(given.iter().chain(more).copied())
        .within(&step.directory())
        .run()
}

fn document(step: &str, target: &str) -> Value {
    trace(step, target, &["--format", "json"]).json()
}

/// Exit code, what visitors get live, and the first broken station with its rule.
#[track_caller]
fn assert_path(step: &str, target: &str, code: i32, status: Value, broken: Option<(&str, &str)>) {
    let run = trace(step, target, &["--format", "json"]);
    let document = run.json();
    assert_eq!(run.code, code, "{step} {target}: {}", run.stderr);
    assert_eq!(document["live"]["visitor"]["status"], status, "{step} {target}");
    let first = &document["first_broken"];
    let found = first["station"].as_str().zip(first["rule"].as_str());
    assert_eq!(found, broken, "{step} {target}: {first:#}");
    assert_eq!(document["api_calls"], 0, "{step} {target}: nothing is asked of AWS");
}

#[test]
fn a_path_is_whole_or_broken_at_one_station() {
    assert_path("00", "live.example.com", 0, json!(200), None);
    assert_path("00", "https://app.example.org/", 0, json!(200), None);
    assert_path(
        "01",
        "stage.example.com",
        2,
        json!(403),
        Some(("access", "bucket-denies-cloudfront")),
    );
    assert_path("01", "live.example.com", 0, json!(200), None);
    assert_path(
        "02",
        "app.example.org",
        2,
        json!(404),
        Some(("bucket", "origin-bucket-missing")),
    );
    assert_path(
        "03",
        "live.example.com",
        2,
        json!(403),
        Some(("distribution", "host-not-aliased")),
    );
    assert_path(
        "05",
        "live.example.com",
        2,
        json!(403),
        Some(("object", "origin-path-empty")),
    );
    assert_path("06", "live.example.com", 0, json!(200), None);
}

#[test]
fn a_redirect_leads_on_to_its_target() {
    let healthy = document("00", "www.example.org");
    assert_eq!(healthy["live"]["visitor"]["kind"], "redirect");
    assert_eq!(healthy["live"]["visitor"]["to"], "https://live.example.com/");
    assert_path("00", "www.example.org", 0, json!(301), None);
    assert_path(
        "05",
        "www.example.org",
        2,
        json!(301),
        Some(("object", "origin-path-empty")),
    );
}

#[test]
fn state_and_live_stand_side_by_side() {
    let document = document("05", "live.example.com");
    let served_from = |side: &str| document[side]["served_from"][0]["origin_path"].clone();
    assert_eq!(
        (served_from("state"), served_from("live")),
        (json!("0.78.1"), json!("0.78.2"))
    );
    let text = trace("05", "live.example.com", &[]).stdout;
    for part in [
        "- state: ✓ origin website-prod: app.example.org.s3.eu-west-2.amazonaws.com/0.78.1",
        "+ live:  ✓ origin website-prod: app.example.org.s3.eu-west-2.amazonaws.com/0.78.2",
        "breaks here: origin-path-empty",
    ] {
        assert!(text.contains(part), "{part:?} is missing in:\n{text}");
    }
    assert_eq!(text.matches("breaks here").count(), 1, "{text}");
}

#[test]
fn documents_are_valid_against_the_published_schema() {
    let text = fs::read_to_string(repository("docs/trace.schema.json")).expect("the schema is there");
    let schema: Value = serde_json::from_str(&text).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    for step in &STEPS {
        for host in [
            "live.example.com",
            "app.example.org",
            "stage.example.com",
            "www.example.org",
        ] {
            let document = document(step.name, host);
            let errors: Vec<String> = validator
                .iter_errors(&document)
                .map(|error| error.to_string())
                .collect();
            assert_eq!(errors, Vec::<String>::new(), "{} {host}", step.name);
        }
    }
    assert!(
        !validator.is_valid(&json!({ "schema": "driftgate-trace/v1" })),
        "the schema refuses what is no trace"
    );
}

#[test]
fn a_flowchart_marks_what_is_broken() {
    let chart = |step| trace(step, "live.example.com", &["--format", "mermaid"]);
    let (healthy, broken) = (chart("00"), chart("05"));
    assert_eq!((healthy.code, broken.code), (0, 2));
    for chart in [&healthy, &broken] {
        assert!(chart.stdout.starts_with("flowchart TD\n"), "{}", chart.stdout);
    }
    assert!(!healthy.stdout.contains("origin-path-empty"), "{}", healthy.stdout);
    assert!(broken.stdout.contains("origin-path-empty"), "{}", broken.stdout);
}

/// The page of another path was not asked for when the snapshot was taken.
#[test]
fn what_a_snapshot_does_not_hold_cannot_be_told() {
    let run = trace("00", "live.example.com/about.html", &[]);
    assert_eq!(run.code, 3, "{}", run.stdout);
    assert!(run.stdout.contains("The live side is not complete"), "{}", run.stdout);
}

#[test]
fn what_is_no_host_fails_in_one_line() {
    for (target, says) in [
        ("https://", "no host given"),
        ("https:/www.example.com", "two slashes"),
        ("www.example.com:8080", "port 8080"),
        ("https://visitor:hunter2@www.example.com/", "user name or password"),
        ("https://visitor:hunter2/@www.example.com/", "no port number"),
        ("bücher.example.com", "punycode"),
        ("*.example.com", "wildcard"),
        ("192.0.2.1", "IP address"),
        ("two words", "space"),
        ("localhost", "single word"),
        ("ftp://www.example.com", "ftp"),
        ("", "no host given"),
    ] {
        let run = trace("00", target, &[]);
        assert!(run.failed().contains(says), "{target:?}: {}", run.stderr);
        assert!(!run.stderr.contains("hunter2"), "{target:?}: {}", run.stderr);
    }
}

#[cfg(feature = "live")]
mod live {
    use aws_sdk_cloudfront::types::{CustomErrorResponse, CustomErrorResponses, ViewerCertificate};
    use aws_sdk_route53::types::{Change, ChangeAction, ChangeBatch, ResourceRecord, ResourceRecordSet, RrType};
    use serde_json::{Value, json};

    use crate::support::world::World;

    #[test]
    fn a_host_that_nobody_owns_fails_in_one_line() {
        let world = World::load("two-sites");
        let nowhere = tempfile::tempdir().expect("a directory without a state");
        let given = ["trace", "www.nobody.example", "--state", "terraform.tfstate"];
        let without_state = world.driftgate(["trace", "www.nobody.example"]).within(nowhere.path());
        for run in [world.driftgate(given), without_state] {
            let run = run.run();
            let line = run.failed();
            for part in ["www.nobody.example", "no", "zone", "record", "alias", &world.account] {
                assert!(line.contains(part), "{part:?} is missing in: {line}");
            }
        }
    }

    /// A name in one's own zone that has no record is answered for: it does not resolve.
    #[test]
    fn a_name_without_a_record_is_a_broken_path() {
        let world = World::load("two-sites");
        let run = world
            .driftgate([
                "trace",
                &world.own("nothing.example.com"),
                "--state",
                "terraform.tfstate",
            ])
            .run();
        assert_eq!(run.code, 2, "{}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains("does not exist"), "{}", run.stdout);
        assert!(
            run.stdout.contains("breaks here: host-does-not-resolve"),
            "{}",
            run.stdout
        );
    }

    /// What is not known cannot be told, and is not called broken.
    #[test]
    fn a_station_that_may_not_be_read_is_in_doubt() {
        let world = World::load("two-sites");
        let denied =
            json!({ "match": "GET /2013-04-01/hostedzone", "times": null, "status": 403, "code": "AccessDenied" });
        world.emulator.faults(&world.account, &[denied]);
        let run = world.driftgate(["trace", &world.own("www.example.com")]).run();
        assert_eq!(run.code, 3, "{}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains("could not be"), "{}", run.stdout);
    }

    /// Every station asks at most once, the bucket for its place, access and website.
    #[test]
    fn a_trace_asks_once_for_every_step() {
        let world = World::load("two-sites");
        for host in ["www.example.com", "old.example.com"] {
            world.emulator.calls(&world.account);
            let given = [
                "trace",
                &world.own(host),
                "--state",
                "terraform.tfstate",
                "--format",
                "json",
            ];
            let run = world.driftgate(given).run();
            assert_eq!(run.code, 0, "{host}: {}{}", run.stdout, run.stderr);
            let calls = world.emulator.calls(&world.account);
            assert_eq!(run.json()["api_calls"], calls.len(), "{host}");
            // A call with a body shows only its address: the caller's identity and the certificate.
            let shown: Vec<&String> = calls.iter().filter(|call| !call.starts_with("POST")).collect();
            let once: std::collections::BTreeSet<&&String> = shown.iter().collect();
            assert_eq!(once.len(), shown.len(), "{host}: {calls:#?}");
            assert!(calls.len() <= 16, "{host}: {} calls: {calls:#?}", calls.len());
        }
    }

    /// What `trace` says of a host after a change: exit code, station and rule of the first broken step, and the
    /// status that visitors get. The tree for people marks the same step, and no other.
    #[track_caller]
    fn assert_broken(world: &World, host: &str, code: i32, station: &str, rule: &str, status: Value) {
        let host = world.own(host);
        let given = ["trace", &host, "--state", "terraform.tfstate"];
        let run = world.driftgate(given.iter().copied().chain(["--format", "json"])).run();
        assert_eq!(run.code, code, "{}{}", run.stdout, run.stderr);
        let document = run.json();
        let first = &document["first_broken"];
        let side = (&first["side"], &first["station"], &first["rule"]);
        assert_eq!(side, (&json!("live"), &json!(station), &json!(rule)), "{document:#}");
        assert_eq!(document["live"]["visitor"]["status"], status, "{document:#}");
        let text = world.driftgate(given).run().stdout;
        assert_eq!(text.matches("breaks here").count(), 1, "{text}");
        assert!(text.contains(&format!("breaks here: {rule}")), "{text}");
    }

    const STAGE: &str = "module.site[\"stage\"].aws_cloudfront_distribution.site";

    /// The zone above delegates to name servers that are not the managed zone's.
    #[test]
    fn a_path_may_break_at_its_zone() {
        let world = World::load("two-sites");
        let child = world.own("example.com");
        world.console(|aws| async move {
            let zone = aws
                .route53
                .create_hosted_zone()
                .name("example.com")
                .caller_reference(&child);
            let zone = zone.send().await.expect("a zone is made").hosted_zone.expect("a zone");
            let record = ResourceRecord::builder()
                .value("ns.elsewhere.example.")
                .build()
                .expect("a value");
            let set = ResourceRecordSet::builder()
                .name(&child)
                .r#type(RrType::Ns)
                .ttl(300)
                .resource_records(record)
                .build()
                .expect("a record set");
            let change = Change::builder().action(ChangeAction::Create).resource_record_set(set);
            let batch = ChangeBatch::builder()
                .changes(change.build().expect("a change"))
                .build()
                .expect("a batch");
            let sent = aws
                .route53
                .change_resource_record_sets()
                .hosted_zone_id(zone.id)
                .change_batch(batch);
            sent.send().await.expect("the change is taken");
        });
        assert_broken(
            &world,
            "stage.example.com",
            3,
            "zone",
            "zone-not-delegated",
            Value::Null,
        );
    }

    #[test]
    fn a_path_may_break_at_its_certificate() {
        let world = World::load("two-sites");
        world.edit_distribution(STAGE, |distribution| {
            let own = ViewerCertificate::builder()
                .cloud_front_default_certificate(true)
                .build();
            distribution.viewer_certificate = Some(own);
        });
        assert_broken(
            &world,
            "stage.example.com",
            2,
            "certificate",
            "certificate-does-not-cover",
            Value::Null,
        );
    }

    #[test]
    fn a_path_may_break_at_its_behaviour() {
        let world = World::load("two-sites");
        world.edit_distribution(STAGE, |distribution| {
            let behaviour = distribution
                .default_cache_behavior
                .as_mut()
                .expect("a default behaviour");
            behaviour.origin_request_policy_id = Some("216adef6-5c7f-47e4-b989-5492eafa07d3".to_owned());
        });
        assert_broken(
            &world,
            "stage.example.com",
            2,
            "behaviour",
            "host-header-forwarded",
            json!(403),
        );
    }

    /// Visitors read that the site is down for a while; what is down stays marked.
    #[test]
    fn a_maintenance_page_is_what_visitors_get() {
        let world = World::load("two-sites");
        world.edit_distribution(STAGE, |distribution| {
            let page = CustomErrorResponse::builder()
                .error_code(403)
                .response_code("503")
                .response_page_path("/404.html");
            let responses = CustomErrorResponses::builder()
                .quantity(1)
                .items(page.build().expect("a response"));
            distribution.custom_error_responses = Some(responses.build().expect("responses"));
        });
        let bucket = world.own("example-com-stage");
        world.console(|aws| async move {
            let root = aws.s3.delete_object().bucket(bucket);
            let gone = root.key("releases/1.5.0-rc.1/index.html").send();
            gone.await.expect("the page is deleted");
        });
        assert_broken(
            &world,
            "stage.example.com",
            2,
            "object",
            "root-object-missing",
            json!(503),
        );
        let host = world.own("stage.example.com");
        let text = world
            .driftgate(["trace", &host, "--state", "terraform.tfstate"])
            .run()
            .stdout;
        for part in [
            "default behaviour, for error page /404.html",
            "403 -> 503 with /404.html",
        ] {
            assert!(text.contains(part), "{part:?} is missing in:\n{text}");
        }
    }

    /// Signed URLs, a group of origins, error pages and a geographic restriction, on one distribution.
    #[test]
    fn what_lies_on_a_path_is_told() {
        let world = World::load("every-attribute");
        let bucket = world.own("every-attribute-plain");
        world.console(|aws| async move {
            let put = aws.s3.put_object().bucket(bucket).key("site/private/page.html");
            put.body(b"read by few".to_vec().into())
                .send()
                .await
                .expect("a page is stored");
        });
        let host = world.own("www.every-attribute.example.com");
        let trace = |path: &str, code: i32, parts: &[&str]| {
            let target = format!("{host}{path}");
            let given = ["trace", &target, "--state", "terraform.tfstate", "--verbose"];
            let run = world.driftgate(given).run();
            assert_eq!(run.code, code, "{}{}", run.stdout, run.stderr);
            for part in parts {
                assert!(run.stdout.contains(part), "{part:?} is missing in:\n{}", run.stdout);
            }
            // What is nothing but its remark is said once, and a set has one order.
            assert_eq!(run.stdout.matches("answers instead").count(), 1, "{}", run.stdout);
            assert_eq!(
                run.stdout.matches("only for visitors in AT, DE, GB").count(),
                1,
                "{}",
                run.stdout
            );
        };
        trace(
            "/private/page.html",
            0,
            &[
                "behaviour /private/*",
                "only for URLs or cookies signed by K",
                "with 1 active key",
                "403 unless the URL is signed (as intended)",
            ],
        );
        trace(
            "/legacy/page.html",
            2,
            &["only for URLs or cookies signed by self", "breaks here: "],
        );
        trace(
            "/",
            3,
            &[
                "origin group with-failover: s3-oac, then s3-oai",
                "│   gives way on 500, 502, 503, 504",
                "default behaviour, for error page /maintenance.html",
                "decides over the path, and its code is not run",
            ],
        );
    }

    /// The page itself is served; only who meets an error gets a bare one.
    #[test]
    fn a_path_may_break_at_its_error_response() {
        let world = World::load("two-sites");
        let bucket = world.own("example-com-stage");
        world.console(|aws| async move {
            let gone = aws
                .s3
                .delete_object()
                .bucket(bucket)
                .key("releases/1.5.0-rc.1/404.html");
            gone.send().await.expect("the page is deleted");
        });
        assert_broken(
            &world,
            "stage.example.com",
            0,
            "error-response",
            "error-page-missing",
            json!(200),
        );
    }
}
