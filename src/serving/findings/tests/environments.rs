//! One environment in the place of another (X rows of the catalogue).

use super::*;
use crate::inventory::{OriginAccessIdentity, S3Origin};
use crate::rules;

/// Distribution `id` serves from the bucket of the other environment, which lets it in.
fn served_from(live: &mut Inventory, id: &str, other: &str, bucket_name: &str) {
    let origin = distribution(live, other).config.origins[0].clone();
    let own = &mut distribution(live, id).config.origins[0];
    own.domain_name = origin.domain_name;
    own.origin_path = origin.origin_path;
    let answer = &mut bucket(live, bucket_name).policy;
    let arn = |id: &str| format!("\"arn:aws:cloudfront::000000000000:distribution/{id}\"");
    let text = answer
        .found()
        .unwrap()
        .replace(&arn(other), &format!("[{},{}]", arn(other), arn(id)));
    *answer = Answer::Found(text);
}

fn rules_of(found: &[Finding]) -> Vec<(&str, Option<Severity>)> {
    found.iter().map(|one| (&*one.rule, one.at_least)).collect()
}

#[test]
fn x2_and_x3_production_serves_the_stage_bucket() {
    let world = World::with(|live| served_from(live, PROD, STAGE, STAGE_BUCKET));
    let (found, doubts) = world.run();
    assert_eq!(doubts, []);
    let expected = [
        (rules::CONTENT_SHARED_BY_DISTRIBUTIONS, Some(Severity::Medium)),
        (rules::ENVIRONMENT_CROSSED, Some(Severity::Critical)),
    ];
    assert_eq!(rules_of(&found), expected);
    assert_eq!(found[1].impact, ["example.com", "www.example.com"]);
}

#[test]
fn x3_two_distributions_share_a_bucket_and_a_path() {
    let world = World::with(|live| {
        let mut origin = distribution(live, PROD).config.origins[0].clone();
        origin.id = "shared".to_owned();
        let config = &mut distribution(live, STAGE).config;
        config.origins.push(origin);
        let mut behaviour = config.cache_behaviors[0].clone();
        behaviour.path_pattern = Some("/shared/*".to_owned());
        behaviour.target_origin_id = "shared".to_owned();
        config.cache_behaviors.push(behaviour);
    });
    let finding = world.only();
    assert_eq!(
        (&*finding.rule, finding.at_least),
        (rules::CONTENT_SHARED_BY_DISTRIBUTIONS, Some(Severity::Medium))
    );
}

#[test]
fn x1_stage_serves_the_production_bucket() {
    let world = World::with(|live| served_from(live, STAGE, PROD, PROD_BUCKET));
    let (found, _) = world.run();
    assert!(
        rules_of(&found).contains(&(rules::ENVIRONMENT_CROSSED, Some(Severity::High))),
        "{found:#?}"
    );
}

#[test]
fn x1_is_not_said_where_the_state_says_the_same() {
    let mut world = World::with(|live| served_from(live, STAGE, PROD, PROD_BUCKET));
    let declared = distribution(&mut world.live, PROD).config.origins[0].clone();
    world = world.declare(
        "module.site[\"stage\"].aws_cloudfront_distribution.site",
        |attributes| {
            attributes["origin"][0]["domain_name"] = declared.domain_name.clone().into();
            attributes["origin"][0]["origin_path"] = declared.origin_path.clone().into();
        },
    );
    assert_eq!(world.run(), (Vec::new(), Vec::new()));
}

#[test]
fn x1_needs_labels_on_both_sides() {
    let mut world = World::with(|live| {
        served_from(live, STAGE, PROD, PROD_BUCKET);
        // The name says it as well.
        bucket(live, PROD_BUCKET).tags = Answer::Found([("Environment".to_owned(), "blue".to_owned())].into());
    });
    let tags = serde_json::json!({ "Environment": "blue" });
    world = world.declare("module.site[\"prod\"].aws_s3_bucket.site", |attributes| {
        attributes["tags"] = tags.clone();
        attributes["tags_all"] = tags.clone();
    });
    let (found, _) = world.run();
    assert!(
        !rules_of(&found)
            .iter()
            .any(|(rule, _)| *rule == rules::ENVIRONMENT_CROSSED),
        "{found:#?}"
    );
}

#[test]
fn x5_the_alias_moves_to_the_other_environment() {
    let world = World::with(|live| {
        distribution(live, STAGE).config.aliases.clear();
        distribution(live, PROD)
            .config
            .aliases
            .push("stage.example.com".to_owned());
        let domain = distribution(live, PROD).domain_name.clone();
        for set in records(live).iter_mut().filter(|set| set.name == "stage.example.com.") {
            set.alias.as_mut().unwrap().dns_name = domain.clone();
        }
    });
    let (found, doubts) = world.run();
    assert_eq!(doubts, []);
    let expected = [
        (rules::ENVIRONMENT_CROSSED, Some(Severity::High)),
        (rules::SERVED_BY_ANOTHER_DISTRIBUTION, Some(Severity::High)),
    ];
    assert_eq!(rules_of(&found), expected);
}

#[test]
fn x4_the_production_bucket_admits_the_stage_distribution() {
    let world = World::with(|live| {
        let answer = &mut bucket(live, PROD_BUCKET).policy;
        let arn = |id: &str| format!("\"arn:aws:cloudfront::000000000000:distribution/{id}\"");
        let text = answer
            .found()
            .unwrap()
            .replace(&arn(PROD), &format!("[{},{}]", arn(PROD), arn(STAGE)));
        *answer = Answer::Found(text);
    });
    let finding = world.says(
        rules::POLICY_ADMITS_OTHER_ENVIRONMENT,
        Severity::Medium,
        &["example.com", "www.example.com"],
    );
    assert_eq!(
        finding.address.as_deref(),
        Some("module.site[\"prod\"].aws_s3_bucket_policy.site")
    );
}

#[test]
fn x6_one_identity_for_two_environments() {
    // Each environment reads with the identity of this id.
    let with = |prod: &str, stage: &str| {
        World::with(|live| {
            for (id, bucket_name, identity) in [(PROD, PROD_BUCKET, prod), (STAGE, STAGE_BUCKET, stage)] {
                let answer = OriginAccessIdentity {
                    id: identity.to_owned(),
                    s3_canonical_user_id: identity.to_lowercase().repeat(32),
                    ..OriginAccessIdentity::default()
                };
                live.origin_access_identity
                    .insert(identity.to_owned(), Answer::Found(answer));
                let origin = &mut distribution(live, id).config.origins[0];
                origin.origin_access_control_id = None;
                origin.s3_origin = Some(S3Origin {
                    origin_access_identity: Some(format!("origin-access-identity/cloudfront/{identity}")),
                });
                bucket(live, bucket_name).policy = Answer::Found(format!(
                    r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity {identity}"}},"Action":"s3:GetObject","Resource":"arn:aws:s3:::{bucket_name}/*"}}]}}"#
                ));
            }
        })
    };
    let finding = with("E1", "E1").only();
    assert_eq!(
        (&*finding.rule, finding.at_least),
        (rules::IDENTITY_SHARED_ACROSS_ENVIRONMENTS, Some(Severity::Medium))
    );
    assert_eq!(with("E1", "E2").run(), (vec![], vec![]));
}
