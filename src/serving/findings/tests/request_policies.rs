//! The host header on its way to S3 (F23 and F24 of the catalogue).

use super::*;
use crate::inventory::{Failure, OriginRequestPolicy, Reason};
use crate::rules;

#[test]
fn f23_the_host_header_goes_to_s3() {
    let world = World::with(|live| {
        distribution(live, STAGE)
            .config
            .default_cache_behavior
            .origin_request_policy_id = Some("216adef6-5c7f-47e4-b989-5492eafa07d3".to_owned());
    });
    world.says(rules::HOST_HEADER_FORWARDED, Severity::Critical, &["stage.example.com"]);
}

/// UseOriginCacheControlHeaders and its sister with query strings, and Amplify's: they are known without being read.
#[test]
fn f23_a_managed_cache_policy_has_host_in_its_key() {
    for (policy, forwards) in [
        ("83da9c7e-98b4-4e11-a168-04f0df8e2c65", true),
        ("4cc15a8a-d715-48a4-82b8-cc0b614638fe", true),
        ("2e54312d-136d-493c-8eb9-b001f22f67d2", true),
        ("4135ea2d-6df8-44a3-9df3-4b5a84be39ad", false),
    ] {
        let world = World::with(|live| {
            let behaviour = &mut distribution(live, STAGE).config.default_cache_behavior;
            behaviour.cache_policy_id = Some(policy.to_owned());
        });
        match forwards {
            true => drop(world.says(rules::HOST_HEADER_FORWARDED, Severity::Critical, &["stage.example.com"])),
            false => assert_eq!(world.run(), (vec![], vec![]), "{policy}"),
        }
    }
}

/// The default behaviour of the stage distribution with an origin request policy of the account's own.
fn with_request_policy(live: &mut Inventory, answer: Answer<OriginRequestPolicy>) {
    let behaviour = &mut distribution(live, STAGE).config.default_cache_behavior;
    behaviour.origin_request_policy_id = Some(REQUEST_POLICY.to_owned());
    live.origin_request_policy.insert(REQUEST_POLICY.to_owned(), answer);
}

const REQUEST_POLICY: &str = "7c3a1f52-0d6e-4b6e-9a3c-2f1f5a8d9e01";

fn request_policy(header_behavior: &str, headers: &[&str]) -> Answer<OriginRequestPolicy> {
    Answer::Found(OriginRequestPolicy {
        id: REQUEST_POLICY.to_owned(),
        name: "site".to_owned(),
        header_behavior: header_behavior.to_owned(),
        headers: headers.iter().map(|header| (*header).to_owned()).collect(),
    })
}

#[test]
fn f23_a_policy_of_the_account_forwards_the_host_header() {
    for (behavior, headers) in [("allViewer", &[][..]), ("whitelist", &["Origin", "host"])] {
        let world = World::with(|live| with_request_policy(live, request_policy(behavior, headers)));
        world.says(rules::HOST_HEADER_FORWARDED, Severity::Critical, &["stage.example.com"]);
    }
}

#[test]
fn f23_a_policy_without_the_host_header_is_no_matter() {
    for (behavior, headers) in [("none", &[][..]), ("whitelist", &["Origin"]), ("allExcept", &["Host"])] {
        let world = World::with(|live| with_request_policy(live, request_policy(behavior, headers)));
        assert_eq!(world.run(), (vec![], vec![]), "{behavior}");
    }
}

#[test]
fn f23_a_policy_is_asked_for_once_and_only_where_s3_is_behind_it() {
    let world = World::with(|live| with_request_policy(live, Answer::NotRead));
    let read = Read::OriginRequestPolicy(REQUEST_POLICY.to_owned());
    assert_eq!(world.live_trace("stage.example.com").needs, [read]);
    let elsewhere = World::with(|live| {
        with_request_policy(live, Answer::NotRead);
        distribution(live, STAGE).config.origins[0].domain_name = "app.example.net".to_owned();
    });
    assert_eq!(elsewhere.live_trace("stage.example.com").needs, []);
}

#[test]
fn f23_a_policy_that_cannot_be_read_is_a_doubt_and_nothing_else() {
    let denied = || {
        Failure::new(
            Reason::AccessDenied,
            "cloudfront:GetOriginRequestPolicy",
            "AccessDenied",
        )
    };
    for answer in [Answer::Failed(denied()), Answer::NotRead] {
        let world = World::with(|live| with_request_policy(live, answer.clone()));
        let trace = world.live_trace("stage.example.com");
        assert_eq!(trace.unread().next(), None, "{answer:?}");
        assert_eq!(trace.served(), Some(true), "{answer:?}");
        let (found, doubts) = world.judged(&world.pairs());
        assert_eq!(found, [], "{answer:?}");
        let [doubt] = doubts.as_slice() else {
            panic!("{doubts:?}")
        };
        assert!(doubt.why.contains("Host header cannot be told"), "{}", doubt.why);
    }
}

#[test]
fn f23_what_the_state_declares_it_says_so() {
    let forwards = |attributes: &mut serde_json::Map<String, serde_json::Value>| {
        attributes["default_cache_behavior"][0]["origin_request_policy_id"] = REQUEST_POLICY.into();
    };
    let world = World::with(|live| with_request_policy(live, request_policy("allViewer", &[])))
        .declare("module.site[\"stage\"].aws_cloudfront_distribution.site", forwards);
    let finding = world.says(rules::HOST_HEADER_FORWARDED, Severity::Critical, &["stage.example.com"]);
    assert!(
        finding.detail.contains("The state declares it so"),
        "{}",
        finding.detail
    );
}
