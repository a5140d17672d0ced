//! Breaks of website endpoints and redirects.

use super::*;
use crate::inventory::{CustomOrigin, OriginRequestPolicy, RedirectAll, RoutingRule, Website};
use crate::rules;

const OLD: [&str; 1] = ["old.example.com"];

fn redirect(live: &mut Inventory, to: &str) {
    bucket(live, "old.example.com").website = Answer::Found(Website {
        redirect_all_requests_to: Some(RedirectAll {
            host_name: to.to_owned(),
            protocol: Some("https".to_owned()),
        }),
        ..Website::default()
    });
}

/// A website of its own instead of a redirect.
fn pages(live: &mut Inventory) {
    let answers = bucket(live, "old.example.com");
    answers.website = Answer::Found(Website {
        index_document: Some("index.html".to_owned()),
        ..Website::default()
    });
    answers.policy = Answer::Found(
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::old.example.com/*"}]}"#.to_owned(),
    );
    answers.public_access_block = Answer::Found(PublicAccessBlock::default());
    store(live, "old.example.com", "index.html", Answer::Found(Object::default()));
}

#[test]
fn s6_the_website_configuration_is_gone() {
    let world = World::with(|live| bucket(live, "old.example.com").website = Answer::Absent);
    let finding = world.says(rules::WEBSITE_NOT_CONFIGURED, Severity::Critical, &OLD);
    assert_eq!(
        finding.address.as_deref(),
        Some("aws_s3_bucket_website_configuration.old_host")
    );
}

#[test]
fn a_website_serves_its_index_document() {
    let world = World::with(pages);
    assert_eq!(world.run().0, []);
    let page = Visitor::Page {
        status: 200,
        bucket: "old.example.com".to_owned(),
        key: "index.html".to_owned(),
    };
    assert_eq!(world.live_trace("old.example.com").visitor, page);
}

#[test]
fn s12_a_website_behind_a_public_access_block() {
    let world = World::with(|live| {
        pages(live);
        let block = PublicAccessBlock {
            restrict_public_buckets: true,
            ..PublicAccessBlock::default()
        };
        bucket(live, "old.example.com").public_access_block = Answer::Found(block);
    });
    world.says(rules::PUBLIC_ACCESS_BLOCKED, Severity::Critical, &OLD);
}

#[test]
fn a_website_without_content() {
    let world = World::with(|live| {
        pages(live);
        store(live, "old.example.com", "index.html", Answer::Absent);
        prefix(live, "old.example.com", "", Answer::Absent);
    });
    world.says(rules::ORIGIN_PATH_EMPTY, Severity::Critical, &OLD);
    let world = World::with(|live| {
        pages(live);
        store(live, "old.example.com", "index.html", Answer::Absent);
        prefix(live, "old.example.com", "", Answer::Found("other.html".to_owned()));
    });
    world.says(rules::ROOT_OBJECT_MISSING, Severity::Critical, &OLD);
}

#[test]
fn s23_a_redirect_to_itself_or_in_a_circle() {
    let world = World::with(|live| redirect(live, "old.example.com"));
    let finding = world.says(rules::REDIRECT_LOOP, Severity::Critical, &OLD);
    assert_eq!(
        finding.address.as_deref(),
        Some("aws_s3_bucket_website_configuration.old_host")
    );
    // Two hosts that send visitors to each other.
    let world = World::with(|live| {
        let config = &mut distribution(live, STAGE).config;
        config.origins[0].domain_name = format!("{STAGE_BUCKET}.s3-website.eu-west-2.amazonaws.com");
        config.origins[0].origin_access_control_id = None;
        config.origins[0].origin_path = None;
        config.origins[0].s3_origin = None;
        config.origins[0].custom_origin = Some(CustomOrigin {
            origin_protocol_policy: "http-only".to_owned(),
            ..CustomOrigin::default()
        });
        config.default_root_object = None;
        config.custom_error_responses.clear();
        bucket(live, STAGE_BUCKET).website = Answer::Found(Website {
            redirect_all_requests_to: Some(RedirectAll {
                host_name: "old.example.com".to_owned(),
                protocol: None,
            }),
            ..Website::default()
        });
        redirect(live, "stage.example.com");
    });
    let (found, doubts) = world.run();
    assert_eq!(doubts, []);
    assert!(
        !found.is_empty() && found.iter().all(|one| one.rule == rules::REDIRECT_LOOP),
        "{found:#?}"
    );
    assert!(
        found
            .iter()
            .flat_map(|one| &one.impact)
            .any(|host| host == "stage.example.com")
    );
}

#[test]
fn s24_a_redirect_bucket_behind_the_rest_endpoint() {
    let world = World::with(|live| {
        bucket(live, STAGE_BUCKET).website = Answer::Found(Website {
            redirect_all_requests_to: Some(RedirectAll {
                host_name: "www.example.com".to_owned(),
                protocol: None,
            }),
            ..Website::default()
        });
    });
    world.says(rules::REDIRECT_BUCKET_VIA_REST, Severity::High, &["stage.example.com"]);
}

#[test]
fn s25_a_redirect_to_a_host_that_is_none() {
    let world = World::with(|live| redirect(live, "gone.example.com"));
    let finding = world.says(rules::REDIRECT_TARGET_DEAD, Severity::Critical, &OLD);
    assert!(finding.title.contains("gone.example.com"), "{}", finding.title);
}

#[test]
fn a_redirect_to_a_host_outside_is_not_followed() {
    let world = World::with(|live| redirect(live, "www.example.net"));
    assert_eq!(world.run(), (Vec::new(), Vec::new()));
}

#[test]
fn routing_rules_and_object_redirects_send_visitors_on() {
    let world = World::with(|live| {
        pages(live);
        let Answer::Found(website) = &mut bucket(live, "old.example.com").website else {
            unreachable!()
        };
        website.routing_rules = vec![RoutingRule {
            key_prefix_equals: Some("docs/".to_owned()),
            host_name: Some("www.example.com".to_owned()),
            protocol: Some("https".to_owned()),
            replace_key_prefix_with: Some("assets/".to_owned()),
            http_redirect_code: Some("302".to_owned()),
            ..RoutingRule::default()
        }];
        let moved = Object {
            redirect_location: Some("https://www.example.com/".to_owned()),
            ..Object::default()
        };
        store(live, "old.example.com", "moved", Answer::Found(moved));
    });
    let to = |path: &str| world.pair("old.example.com", path).live.visitor;
    let app = Visitor::Redirect {
        status: 302,
        to: "https://www.example.com/assets/app.js".to_owned(),
    };
    assert_eq!(to("/docs/app.js"), app);
    assert_eq!(
        to("/moved"),
        Visitor::Redirect {
            status: 301,
            to: "https://www.example.com/".to_owned()
        }
    );
}

/// A distribution in front of a website endpoint, with this origin request policy.
fn website_behind(live: &mut Inventory, policy: &str) {
    pages(live);
    let config = &mut distribution(live, STAGE).config;
    config.origins[0].domain_name = "old.example.com.s3-website.eu-west-2.amazonaws.com".to_owned();
    config.origins[0].origin_access_control_id = None;
    config.origins[0].s3_origin = None;
    config.origins[0].custom_origin = Some(CustomOrigin {
        origin_protocol_policy: "http-only".to_owned(),
        ..CustomOrigin::default()
    });
    config.default_cache_behavior.origin_request_policy_id = Some(policy.to_owned());
    config.custom_error_responses.clear();
}

#[test]
fn f24_a_policy_of_the_account_forwards_the_host_header_to_a_website_endpoint() {
    let behind = |header: &str| {
        World::with(|live| {
            website_behind(live, "own");
            let policy = OriginRequestPolicy {
                header_behavior: "whitelist".to_owned(),
                headers: vec![header.to_owned()],
                ..OriginRequestPolicy::default()
            };
            live.origin_request_policy
                .insert("own".to_owned(), Answer::Found(policy));
        })
    };
    behind("Host").says(rules::HOST_HEADER_FORWARDED, Severity::Critical, &["stage.example.com"]);
    let trace = behind("Origin").live_trace("stage.example.com");
    assert_eq!(trace.breaks().count(), 0, "{trace:#?}");
    assert!(
        matches!(trace.needs.as_slice(), [Read::Object { .. }]),
        "{:?}",
        trace.needs
    );
}

#[test]
fn f24_the_host_header_goes_to_a_website_endpoint() {
    let world = World::with(|live| website_behind(live, "33f36d7e-f396-46d9-90e0-52428a34d9dc"));
    let finding = world.says(rules::HOST_HEADER_FORWARDED, Severity::Critical, &["stage.example.com"]);
    assert!(finding.detail.contains("named like the host"), "{}", finding.detail);
}
