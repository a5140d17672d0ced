//! Breaks of continuous deployment (F7 of the catalogue).

use super::*;
use crate::inventory::{ContinuousDeploymentPolicy, DistributionConfig, Failure, Reason};
use crate::rules;

const POLICY: &str = "3c7e5a51-8f1c-4d0e-9d0b-0a4f6b1d2c33";

fn by_weight(weight: f64) -> ContinuousDeploymentPolicy {
    ContinuousDeploymentPolicy {
        id: POLICY.to_owned(),
        enabled: true,
        staging_domains: vec!["dstaging.cloudfront.net".to_owned()],
        weight: Some(weight),
        header: None,
    }
}

/// The stage distribution with a staging distribution of its own configuration, edited.
fn deploying(policy: Answer<ContinuousDeploymentPolicy>, edit: impl FnOnce(&mut DistributionConfig)) -> World {
    World::with(|live| {
        let primary = distribution(live, STAGE);
        primary.config.continuous_deployment_policy_id = Some(POLICY.to_owned());
        let mut staging = primary.clone();
        staging.id = "ESTAGING".to_owned();
        staging.arn = staging.arn.replace(STAGE, "ESTAGING");
        staging.domain_name = "dstaging.cloudfront.net".to_owned();
        staging.config.staging = true;
        staging.config.aliases.clear();
        staging.config.comment = Some("the next release".to_owned());
        edit(&mut staging.config);
        live.distribution.insert(staging.id.clone(), Answer::Found(staging));
        live.continuous_deployment_policy.insert(POLICY.to_owned(), policy);
    })
}

fn next_release(config: &mut DistributionConfig) {
    config.origins[0].origin_path = Some("/releases/1.6.0".to_owned());
}

const HOST: [&str; 1] = ["stage.example.com"];

#[test]
fn f7_a_part_of_the_visitors_gets_the_staging_configuration() {
    let world = deploying(Answer::Found(by_weight(0.15)), next_release);
    let finding = world.says(rules::CONTINUOUS_DEPLOYMENT_LEFT_ON, Severity::Medium, &HOST);
    assert_eq!(
        finding.address.as_deref(),
        Some("module.site[\"stage\"].aws_cloudfront_distribution.site")
    );
    assert!(finding.title.contains("15.0 % of all requests"), "{}", finding.title);
    assert!(
        finding.detail.contains("origin[\"website\"].origin_path"),
        "{}",
        finding.detail
    );
}

#[test]
fn f7_by_header_only_testers_get_it() {
    let policy = ContinuousDeploymentPolicy {
        weight: None,
        header: Some("aws-cf-cd-next".to_owned()),
        ..by_weight(0.0)
    };
    deploying(Answer::Found(policy), next_release).says(rules::CONTINUOUS_DEPLOYMENT_LEFT_ON, Severity::Low, &HOST);
}

#[test]
fn f7_nobody_notices_a_policy_that_is_off_or_a_staging_distribution_that_serves_the_same() {
    let off = ContinuousDeploymentPolicy {
        enabled: false,
        ..by_weight(0.15)
    };
    for world in [
        deploying(Answer::Found(off), next_release),
        deploying(Answer::Found(by_weight(0.0)), next_release),
        deploying(Answer::Found(by_weight(0.15)), |_| {}),
        deploying(Answer::Found(by_weight(0.15)), |staging| {
            staging.default_cache_behavior.allowed_methods.reverse();
            staging.price_class = Some("PriceClass_All".to_owned());
        }),
    ] {
        assert_eq!(world.run(), (vec![], vec![]));
    }
}

#[test]
fn f7_what_cannot_be_read_is_a_doubt_and_nothing_else() {
    let denied = || {
        Failure::new(
            Reason::AccessDenied,
            "cloudfront:GetContinuousDeploymentPolicy",
            "AccessDenied",
        )
    };
    for answer in [Answer::Failed(denied()), Answer::NotRead] {
        let world = deploying(answer.clone(), next_release);
        let trace = world.live_trace("stage.example.com");
        assert_eq!(trace.unread().next(), None, "{answer:?}");
        let (found, doubts) = world.judged(&world.pairs());
        assert_eq!(found, [], "{answer:?}");
        let [doubt] = doubts.as_slice() else {
            panic!("{doubts:?}")
        };
        assert!(doubt.why.contains("the policy could not be read"), "{}", doubt.why);
    }
    let mut foreign = deploying(Answer::Found(by_weight(0.15)), next_release);
    foreign.live.distribution.remove("ESTAGING");
    let (found, doubts) = foreign.run();
    assert_eq!(found, []);
    let [doubt] = doubts.as_slice() else {
        panic!("{doubts:?}")
    };
    assert!(doubt.why.contains("no distribution of account"), "{}", doubt.why);
}

#[test]
fn f7_the_policy_is_asked_for_and_then_the_staging_distribution() {
    let mut world = deploying(Answer::NotRead, next_release);
    let needs = |world: &World| world.live_trace("stage.example.com").needs;
    assert_eq!(needs(&world), [Read::ContinuousDeploymentPolicy(POLICY.to_owned())]);
    world
        .live
        .continuous_deployment_policy
        .insert(POLICY.to_owned(), Answer::Found(by_weight(0.1)));
    world.live.distribution.insert("ESTAGING".to_owned(), Answer::NotRead);
    let listed = crate::inventory::DistributionSummary {
        id: "ESTAGING".to_owned(),
        domain_name: "dstaging.cloudfront.net".to_owned(),
        staging: true,
        ..Default::default()
    };
    match &mut world.live.distributions {
        Answer::Found(all) => all.push(listed),
        _ => panic!("the distributions are in the fixture"),
    }
    assert_eq!(needs(&world), [Read::Distribution("ESTAGING".to_owned())]);
}
