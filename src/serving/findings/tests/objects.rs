//! Breaks of what is stored (S16 to S18, S26, and the incident's prefix that was never built).

use super::*;
use crate::inventory::LifecycleRule;
use crate::rules;

const HOST: [&str; 1] = ["stage.example.com"];
const KEY: &str = "releases/1.5.0-rc.1/index.html";
const ROOT: &str = "releases/1.5.0-rc.1/";

#[test]
fn s16_nothing_under_the_origin_path() {
    let world = World::with(|live| {
        distribution(live, STAGE).config.origins[0].origin_path = Some("/releases/9.9.9".to_owned());
        for page in ["index.html", "404.html"] {
            store(live, STAGE_BUCKET, &format!("releases/9.9.9/{page}"), Answer::Absent);
        }
        prefix(live, STAGE_BUCKET, "releases/9.9.9/", Answer::Absent);
    });
    let finding = world.says(rules::ORIGIN_PATH_EMPTY, Severity::Critical, &HOST);
    assert!(
        finding.title.contains("/releases/9.9.9 in bucket example-com-stage"),
        "{}",
        finding.title
    );
    assert_eq!(
        finding.address.as_deref(),
        Some("module.site[\"stage\"].aws_cloudfront_distribution.site")
    );
}

#[test]
fn s16_another_path_that_holds_the_site_is_no_break() {
    let world = World::with(|live| {
        distribution(live, PROD).config.origins[0].origin_path = Some("/releases/1.4.3".to_owned());
        for page in ["index.html", "404.html"] {
            store(
                live,
                PROD_BUCKET,
                &format!("releases/1.4.3/{page}"),
                Answer::Found(Object::default()),
            );
        }
    });
    assert_eq!(world.run(), (Vec::new(), Vec::new()));
}

#[test]
fn s16_asks_for_the_prefix_only_once_the_key_is_missing() {
    let mut world = World::with(|live| live.prefixes.clear());
    assert_eq!(world.run().0, []);
    world.live.objects.remove(STAGE_BUCKET);
    store(&mut world.live, STAGE_BUCKET, KEY, Answer::Absent);
    let needs = world.live_trace("stage.example.com").needs;
    assert_eq!(
        needs,
        [Read::Prefix {
            bucket: STAGE_BUCKET.to_owned(),
            prefix: ROOT.to_owned()
        }]
    );
    // Any other object under it that was read for its own sake answers as well as a listing.
    store(
        &mut world.live,
        STAGE_BUCKET,
        "releases/1.5.0-rc.1/404.html",
        Answer::Found(Object::default()),
    );
    assert_eq!(world.live_trace("stage.example.com").needs, []);
}

#[test]
fn the_root_object_is_missing() {
    let world = World::with(|live| store(live, STAGE_BUCKET, KEY, Answer::Absent));
    world.says(rules::ROOT_OBJECT_MISSING, Severity::Critical, &HOST);
    assert!(matches!(
        world.live_trace("stage.example.com").visitor,
        Visitor::Page { status: 404, .. }
    ));
}

#[test]
fn s17_an_object_that_was_asked_for_is_missing() {
    let world = World::with(|live| {
        store(live, STAGE_BUCKET, "releases/1.5.0-rc.1/assets/app.js", Answer::Absent);
    });
    assert_eq!(world.run().0, []);
    let live = world.pair("stage.example.com", "/assets/app.js").live;
    assert_eq!(
        live.breaks().map(|one| one.rule).collect::<Vec<_>>(),
        [rules::OBJECT_MISSING]
    );
    let there = World::with(|live| {
        let asset = Answer::Found(Object::default());
        store(live, STAGE_BUCKET, "releases/1.5.0-rc.1/assets/app.js", asset);
    });
    let live = there.pair("stage.example.com", "/assets/app.js").live;
    assert_eq!(live.breaks().count(), 0);
}

#[test]
fn s8_a_directory_is_no_object_of_a_rest_endpoint() {
    let world = World::with(|live| store(live, STAGE_BUCKET, "releases/1.5.0-rc.1/docs/", Answer::Absent));
    let live = world.pair("stage.example.com", "/docs/").live;
    assert_eq!(
        live.breaks().map(|one| one.rule).collect::<Vec<_>>(),
        [rules::OBJECT_MISSING]
    );
}

#[test]
fn an_object_that_could_not_be_asked_for_is_a_doubt() {
    let failure = crate::inventory::Failure::new(crate::inventory::Reason::AccessDenied, "s3:HeadObject", "403");
    let world = World::with(|live| store(live, STAGE_BUCKET, KEY, Answer::Failed(failure)));
    let (found, doubts) = world.run();
    assert_eq!(found, []);
    assert_eq!(doubts.len(), 1, "{doubts:?}");
    assert!(matches!(
        world.live_trace("stage.example.com").visitor,
        Visitor::Unknown { .. }
    ));
}

fn rule(prefix: &str) -> LifecycleRule {
    LifecycleRule {
        id: "old".to_owned(),
        enabled: true,
        prefix: prefix.to_owned(),
        expiration_days: Some(30),
        ..LifecycleRule::default()
    }
}

#[test]
fn s18_a_lifecycle_rule_takes_what_is_served() {
    let world = World::with(|live| bucket(live, STAGE_BUCKET).lifecycle = Answer::Found(vec![rule("releases/")]));
    world.says(rules::LIFECYCLE_REMOVES_CONTENT, Severity::High, &HOST);
    let world = World::with(|live| bucket(live, STAGE_BUCKET).lifecycle = Answer::Found(vec![rule("logs/")]));
    assert_eq!(world.run().0, []);
}

#[test]
fn s18_an_archived_object() {
    let archived = Object {
        storage_class: Some("DEEP_ARCHIVE".to_owned()),
        ..Object::default()
    };
    let world = World::with(|live| store(live, STAGE_BUCKET, KEY, Answer::Found(archived)));
    world.says(rules::OBJECT_ARCHIVED, Severity::Critical, &HOST);
}

#[test]
fn s26_the_listing_is_open() {
    let mut world = World::with(|live| {
        let config = &mut distribution(live, STAGE).config;
        config.default_root_object = None;
        config.origins[0].origin_path = None;
        config.custom_error_responses.clear();
        let answer = &mut bucket(live, STAGE_BUCKET).policy;
        let text = answer
            .found()
            .unwrap()
            .replace("\"s3:GetObject\"", "[\"s3:GetObject\",\"s3:ListBucket\"]");
        let both = format!("[\"arn:aws:s3:::{STAGE_BUCKET}\",\"arn:aws:s3:::{STAGE_BUCKET}/*\"]");
        *answer = Answer::Found(text.replace(&format!("\"arn:aws:s3:::{STAGE_BUCKET}/*\""), &both));
        prefix(live, STAGE_BUCKET, "", Answer::Found("index.html".to_owned()));
    });
    world = world.declare(
        "module.site[\"stage\"].aws_cloudfront_distribution.site",
        |attributes| {
            attributes["default_root_object"] = "".into();
        },
    );
    world.says(rules::LISTING_OPEN, Severity::High, &HOST);
}

#[test]
fn a_key_is_decoded_as_s3_does() {
    let world = World::with(|live| {
        store(
            live,
            STAGE_BUCKET,
            "releases/1.5.0-rc.1/a b.html",
            Answer::Found(Object::default()),
        )
    });
    let live = world.pair("stage.example.com", "/a%20b.html").live;
    assert!(matches!(live.visitor, Visitor::Page { status: 200, .. }), "{live:#?}");
}

#[test]
fn the_paths_that_are_served_are_told() {
    let trace = World::two_sites().live_trace("www.example.com");
    assert_eq!(trace.served_from, [(PROD_BUCKET.to_owned(), PROD_PATH.to_owned())]);
    assert!(
        trace
            .objects
            .contains(&(PROD_BUCKET.to_owned(), format!("{PROD_PATH}/index.html")))
    );
    assert_eq!(trace.distribution.as_deref(), Some(PROD));
}
