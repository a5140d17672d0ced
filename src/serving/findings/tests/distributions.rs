//! Breaks of distributions, certificates and behaviours (F rows of the catalogue).

use super::*;
use crate::inventory::{Certificate, CustomErrorResponse, FunctionAssociation, OriginGroup};
use crate::rules;

fn certificate(live: &mut Inventory) -> &mut Certificate {
    match live.certificate.values_mut().next() {
        Some(Answer::Found(found)) => found,
        _ => panic!("the certificate is in the fixture"),
    }
}

fn not_near_the_host(live: &mut Inventory) {
    // Names of every other host, so that only one of them is uncovered.
    certificate(live).names = vec![
        "example.com".to_owned(),
        "www.example.com".to_owned(),
        "old.example.com".to_owned(),
    ];
}

#[test]
fn f1_the_host_is_no_alias() {
    let world = World::with(|live| distribution(live, STAGE).config.aliases.clear());
    let finding = world.says(rules::HOST_NOT_ALIASED, Severity::Critical, &["stage.example.com"]);
    assert_eq!(
        finding.address.as_deref(),
        Some("module.site[\"stage\"].aws_cloudfront_distribution.site")
    );
}

#[test]
fn f1_an_alias_in_another_account_is_a_doubt() {
    let mut world = World::with(|live| distribution(live, STAGE).config.aliases.clear());
    world = world.declare(
        "module.site[\"stage\"].aws_cloudfront_distribution.site",
        |attributes| {
            attributes["arn"] = "arn:aws:cloudfront::999999999999:distribution/ED5MXHD764X98K".into();
        },
    );
    let (found, doubts) = world.run();
    assert!(
        found.iter().all(|one| one.rule != rules::HOST_NOT_ALIASED),
        "{found:#?}"
    );
    assert!(!world.pair("stage.example.com", "/").live.visitor.is_served());
    assert!(
        doubts.iter().any(|one| one.host == "stage.example.com") || found.is_empty(),
        "{doubts:?}"
    );
}

#[test]
fn f2_the_record_points_to_another_distribution_than_the_alias() {
    let world = World::with(|live| {
        let domain = distribution(live, PROD).domain_name.clone();
        for set in records(live).iter_mut().filter(|set| set.name == "stage.example.com.") {
            set.alias.as_mut().unwrap().dns_name = domain.clone();
        }
    });
    world.says(rules::RECORD_POINTS_ELSEWHERE, Severity::Medium, &["stage.example.com"]);
}

#[test]
fn f3_a_wildcard_alias_of_another_distribution_catches_the_host() {
    let world = World::with(|live| {
        distribution(live, STAGE).config.aliases.clear();
        distribution(live, PROD).config.aliases.push("*.example.com".to_owned());
    });
    let (found, doubts) = world.run();
    assert_eq!(doubts, []);
    let rules: Vec<&str> = found.iter().map(|one| &*one.rule).collect();
    for rule in [
        rules::SERVED_BY_ANOTHER_DISTRIBUTION,
        rules::ENVIRONMENT_CROSSED,
        rules::RECORD_POINTS_ELSEWHERE,
    ] {
        assert!(rules.contains(&rule), "{rules:?}");
    }
}

#[test]
fn f5_the_distribution_is_disabled() {
    let world = World::with(|live| distribution(live, STAGE).config.enabled = false);
    world.says(rules::DISTRIBUTION_DISABLED, Severity::Critical, &["stage.example.com"]);
}

#[test]
fn a_disabled_target_of_a_redirect_is_one_finding_for_both_hosts() {
    let world = World::with(|live| distribution(live, PROD).config.enabled = false);
    world.says(rules::DISTRIBUTION_DISABLED, Severity::Critical, &PROD_HOSTS);
}

#[test]
fn f6_the_record_points_at_a_staging_distribution() {
    let world = World::with(|live| {
        let mut staging = distribution(live, STAGE).clone();
        staging.id = "ESTAGING".to_owned();
        staging.domain_name = "dstaging.cloudfront.net".to_owned();
        staging.config.aliases.clear();
        staging.config.staging = true;
        live.distribution.insert(staging.id.clone(), Answer::Found(staging));
        for set in records(live).iter_mut().filter(|set| set.name == "stage.example.com.") {
            set.alias.as_mut().unwrap().dns_name = "dstaging.cloudfront.net.".to_owned();
        }
    });
    world.says(
        rules::STAGING_DISTRIBUTION_ADDRESSED,
        Severity::Critical,
        &["stage.example.com"],
    );
}

#[test]
fn f29_tenants_cannot_be_told() {
    let world = World::with(|live| distribution(live, STAGE).config.connection_mode = Some("tenant-only".to_owned()));
    let (found, doubts) = world.run();
    assert_eq!(found, []);
    assert_eq!(doubts.len(), 1, "{doubts:?}");
}

#[test]
fn f8_the_certificate_does_not_cover_the_host() {
    let world = World::with(not_near_the_host);
    let finding = world.says(
        rules::CERTIFICATE_DOES_NOT_COVER,
        Severity::Critical,
        &["stage.example.com"],
    );
    assert_eq!(finding.address.as_deref(), Some("aws_acm_certificate.main"));
}

#[test]
fn f8_cloudfronts_own_certificate_covers_no_host() {
    let world = World::with(|live| {
        let viewer = &mut distribution(live, STAGE).config.viewer_certificate;
        viewer.acm_certificate_arn = None;
        viewer.cloudfront_default_certificate = true;
    });
    world.says(
        rules::CERTIFICATE_DOES_NOT_COVER,
        Severity::Critical,
        &["stage.example.com"],
    );
}

#[test]
fn f9_the_certificate_expired() {
    let mut world = World::two_sites();
    world.now = "2027-11-21T21:33:09Z";
    world.says(
        rules::CERTIFICATE_UNUSABLE,
        Severity::Critical,
        &["example.com", "old.example.com", "stage.example.com", "www.example.com"],
    );
    world.now = "2026-11-01T00:00:00Z";
    world.says(
        rules::CERTIFICATE_UNUSABLE,
        Severity::Critical,
        &["example.com", "old.example.com", "stage.example.com", "www.example.com"],
    );
}

#[test]
fn f9_the_certificate_was_revoked() {
    let world = World::with(|live| certificate(live).status = "REVOKED".to_owned());
    assert_eq!(world.only().rule, rules::CERTIFICATE_UNUSABLE);
}

#[test]
fn f9_an_imported_certificate_near_its_end() {
    let mut world = World::with(|live| {
        certificate(live).imported = true;
        certificate(live).validation_records.clear();
    });
    assert_eq!(world.run().0, []);
    world.now = "2027-11-01T00:00:00Z";
    world.says(
        rules::CERTIFICATE_EXPIRES_SOON,
        Severity::High,
        &["example.com", "stage.example.com", "www.example.com"],
    );
}

#[test]
fn n20_the_validation_record_is_missing_near_the_end() {
    let mut world = World::two_sites();
    world.now = "2027-11-01T00:00:00Z";
    let finding = world.only();
    assert_eq!(
        (&*finding.rule, finding.at_least),
        (rules::CERTIFICATE_EXPIRES_SOON, Some(Severity::High))
    );
    records(&mut world.live).push(validation());
    assert_eq!(world.run().0, []);
}

/// The record that lets ACM renew.
fn validation() -> RecordSet {
    RecordSet {
        name: "_acme-challenge.example.com.".to_owned(),
        kind: "CNAME".to_owned(),
        ttl: Some(300),
        values: vec!["fake-validation-a379a6f6.acm.amazonaws.com".to_owned()],
        ..RecordSet::default()
    }
}

#[test]
fn n20_a_caa_record_keeps_amazon_from_renewing() {
    let caa = |name: &str, values: &[&str]| RecordSet {
        name: format!("{name}."),
        kind: "CAA".to_owned(),
        ttl: Some(300),
        values: values.iter().map(|value| (*value).to_owned()).collect(),
        ..RecordSet::default()
    };
    let with = |values: &[&str]| {
        let mut world = World::with(|live| records(live).push(validation()));
        world.now = "2027-11-01T00:00:00Z";
        records(&mut world.live).push(caa("example.com", values));
        world
    };
    for shut in [
        &["0 issue \"letsencrypt.org\""][..],
        &["0 issue \";\""],
        &["0 issue \"amazon.com\"", "0 issuewild \"other.example\""],
    ] {
        let finding = with(shut).only();
        assert_eq!(
            (&*finding.rule, finding.at_least),
            (rules::CERTIFICATE_EXPIRES_SOON, Some(Severity::High))
        );
        assert!(
            finding.detail.contains("CAA record of example.com"),
            "{}",
            finding.detail
        );
    }
    for open in [
        &["0 issue \"letsencrypt.org\"", "0 issue \"Amazon.com; policy=x\""][..],
        &["0 iodef \"mailto:security@example.com\""],
        &["0 issue \"amazontrust.com\""],
    ] {
        assert_eq!(with(open).run().0, [], "{open:?}");
    }
}

#[test]
fn f4_a_leftover_exact_alias_wins_over_the_declared_wildcard() {
    let aliases = |aliases: &[&str]| serde_json::json!(aliases);
    let world = World::with(|live| distribution(live, PROD).config.aliases.push("*.example.com".to_owned()))
        .declare(
            "module.site[\"stage\"].aws_cloudfront_distribution.site",
            |attributes| {
                attributes["aliases"] = aliases(&[]);
            },
        )
        .declare("module.site[\"prod\"].aws_cloudfront_distribution.site", |attributes| {
            attributes["aliases"] = aliases(&["www.example.com", "example.com", "*.example.com"]);
        });
    let (found, _) = world.run();
    let finding = found
        .iter()
        .find(|one| one.rule == rules::SERVED_BY_ANOTHER_DISTRIBUTION);
    let finding = finding.expect("the leftover alias is told");
    assert_eq!(
        (finding.resource.id.as_str(), &finding.impact),
        (STAGE, &vec!["stage.example.com".to_owned()])
    );
}

#[test]
fn f28_a_change_under_way_is_a_remark() {
    let world = World::with(|live| distribution(live, STAGE).status = "InProgress".to_owned());
    assert_eq!(world.run(), (Vec::new(), Vec::new()));
    let trace = world.live_trace("stage.example.com");
    let told = |step: &crate::serving::trace::Step| step.evidence.iter().any(|line| line.contains("rolled out"));
    assert!(trace.steps.iter().any(told), "{:#?}", trace.steps);
}

#[test]
fn f15_no_key_is_active() {
    let keys = |active: &[(&str, usize)]| {
        let active = active.iter().map(|(name, keys)| ((*name).to_owned(), *keys)).collect();
        World::with(|live| {
            let distribution = distribution(live, STAGE);
            let config = &mut distribution.config;
            for behaviour in [&mut config.default_cache_behavior, &mut config.cache_behaviors[0]] {
                behaviour.trusted_key_groups = vec!["one".to_owned(), "two".to_owned()];
            }
            distribution.active_keys = active;
        })
        .declare(
            "module.site[\"stage\"].aws_cloudfront_distribution.site",
            |attributes| {
                for behaviour in ["default_cache_behavior", "ordered_cache_behavior"] {
                    attributes[behaviour][0]["trusted_key_groups"] = serde_json::json!(["one", "two"]);
                }
            },
        )
    };
    keys(&[("one", 0), ("two", 0)]).says(rules::SIGNING_KEYS_MISSING, Severity::Critical, &["stage.example.com"]);
    for enough in [&[("one", 0), ("two", 1)][..], &[("one", 0)], &[]] {
        let world = keys(enough);
        assert_eq!(world.run(), (Vec::new(), Vec::new()), "{enough:?}");
        assert_eq!(world.live_trace("stage.example.com").visitor, Visitor::Private);
    }
}

#[test]
fn f13_a_public_behaviour_demands_signatures() {
    let world = World::with(|live| {
        distribution(live, STAGE)
            .config
            .default_cache_behavior
            .trusted_key_groups = vec!["group".to_owned()];
    });
    let finding = world.run().0;
    assert_eq!(finding.len(), 1, "{finding:#?}");
    assert_eq!(
        (&*finding[0].rule, finding[0].at_least),
        (rules::SITE_CLOSED_TO_VISITORS, Some(Severity::Critical))
    );
    assert_eq!(world.live_trace("stage.example.com").visitor, Visitor::Private);
}

#[test]
fn f14_private_content_is_open() {
    let world = World::two_sites().declare(
        "module.site[\"stage\"].aws_cloudfront_distribution.site",
        |attributes| {
            let behaviour = &mut attributes["ordered_cache_behavior"][1];
            behaviour["trusted_key_groups"] = serde_json::json!(["group"]);
        },
    );
    let finding = world.says(rules::PRIVATE_CONTENT_OPEN, Severity::High, &["stage.example.com"]);
    assert!(finding.title.contains("/assets/*"), "{}", finding.title);
}

#[test]
fn f16_the_default_root_object_is_gone() {
    let world = World::with(|live| distribution(live, STAGE).config.default_root_object = None);
    let finding = world.says(rules::ROOT_OBJECT_MISSING, Severity::Critical, &["stage.example.com"]);
    assert!(finding.detail.contains("index.html"), "{}", finding.detail);
}

#[test]
fn f16_no_default_root_object_as_declared_is_a_remark() {
    let mut world = World::with(|live| distribution(live, STAGE).config.default_root_object = None);
    world = world.declare(
        "module.site[\"stage\"].aws_cloudfront_distribution.site",
        |attributes| {
            attributes["default_root_object"] = "".into();
        },
    );
    assert_eq!(world.run().0, []);
}

#[test]
fn f19_an_error_page_that_is_not_there() {
    let world = World::with(|live| store(live, STAGE_BUCKET, "releases/1.5.0-rc.1/404.html", Answer::Absent));
    world.says(rules::ERROR_PAGE_MISSING, Severity::Medium, &["stage.example.com"]);
}

#[test]
fn f20_an_error_response_hides_a_failing_origin() {
    let hiding = |page: Answer<Object>| {
        World::with(|live| {
            for response in &mut distribution(live, STAGE).config.custom_error_responses {
                response.response_code = Some("200".to_owned());
            }
            store(live, STAGE_BUCKET, "releases/1.5.0-rc.1/index.html", page);
        })
    };
    let world = hiding(Answer::Absent);
    let (found, _) = world.run();
    let rules: Vec<&str> = found.iter().map(|one| &*one.rule).collect();
    assert_eq!(
        rules,
        [rules::FAILURE_HIDDEN_BY_ERROR_RESPONSE, rules::ROOT_OBJECT_MISSING]
    );
    assert!(matches!(
        world.live_trace("stage.example.com").visitor,
        Visitor::Page { status: 200, .. }
    ));
    assert_eq!(
        hiding(Answer::Found(Object::default())).run(),
        (vec![], vec![]),
        "nothing fails"
    );
}

#[test]
fn an_error_response_of_its_own_status_is_what_visitors_get() {
    let world = World::with(|live| {
        distribution(live, STAGE).config.custom_error_responses = vec![CustomErrorResponse {
            error_code: 403,
            response_code: Some("503".to_owned()),
            response_page_path: Some("/404.html".to_owned()),
            ..CustomErrorResponse::default()
        }];
        store(live, STAGE_BUCKET, "releases/1.5.0-rc.1/index.html", Answer::Absent);
    });
    assert_eq!(world.only().rule, rules::ROOT_OBJECT_MISSING);
    assert!(matches!(
        world.live_trace("stage.example.com").visitor,
        Visitor::Page { status: 503, .. }
    ));
}

#[test]
fn f22_an_edge_function_makes_the_key_a_doubt() {
    let world = World::with(|live| {
        distribution(live, STAGE)
            .config
            .default_cache_behavior
            .function_associations = vec![FunctionAssociation {
            event_type: "viewer-request".to_owned(),
            function_arn: "arn:aws:cloudfront::000000000000:function/index".to_owned(),
        }];
    });
    let (found, doubts) = world.run();
    assert_eq!(found, []);
    assert_eq!(doubts.len(), 1, "{doubts:?}");
    assert!(doubts[0].why.contains("function/index"));
}

#[test]
fn what_is_broken_behind_a_function_is_proven_where_the_state_would_serve() {
    let function = |live: &mut Inventory| {
        distribution(live, STAGE)
            .config
            .default_cache_behavior
            .function_associations = vec![FunctionAssociation {
            event_type: "viewer-request".to_owned(),
            function_arn: "arn:aws:cloudfront::000000000000:function/index".to_owned(),
        }];
    };
    let world = World::with(|live| {
        function(live);
        bucket(live, STAGE_BUCKET).policy = Answer::Absent;
    });
    let (found, _) = world.run();
    assert_eq!(
        found.iter().map(|one| &*one.rule).collect::<Vec<_>>(),
        [rules::BUCKET_DENIES_CLOUDFRONT]
    );
    // A function that redirects everything needs no content.
    let world = World::with(|live| {
        function(live);
        live.objects.remove(STAGE_BUCKET);
        prefix(live, STAGE_BUCKET, "releases/1.5.0-rc.1/", Answer::Absent);
    });
    let (found, doubts) = world.run();
    assert_eq!(found, []);
    assert!(
        doubts
            .iter()
            .any(|one| one.why.contains("may answer without the origin")),
        "{doubts:?}"
    );
}

#[test]
fn f25_a_group_serves_from_its_secondary() {
    let group = |primary: Answer<Object>| {
        World::with(|live| {
            let prod = distribution(live, PROD).config.origins[0].clone();
            let config = &mut distribution(live, STAGE).config;
            let mut spare = prod;
            spare.id = "spare".to_owned();
            config.origins.push(spare);
            config.origin_groups.push(OriginGroup {
                id: "group".to_owned(),
                status_codes: vec![403, 404],
                members: vec!["website".to_owned(), "spare".to_owned()],
            });
            config.default_cache_behavior.target_origin_id = "group".to_owned();
            store(live, STAGE_BUCKET, "releases/1.5.0-rc.1/index.html", primary);
            let text = bucket(live, PROD_BUCKET).policy.found().unwrap().replace(PROD, STAGE);
            bucket(live, STAGE_BUCKET).policy.found().unwrap();
            let both = format!(
                "[\"arn:aws:cloudfront::000000000000:distribution/{PROD}\", \"arn:aws:cloudfront::000000000000:distribution/{STAGE}\"]"
            );
            let one = format!("\"arn:aws:cloudfront::000000000000:distribution/{STAGE}\"");
            bucket(live, PROD_BUCKET).policy = Answer::Found(text.replace(&one, &both));
        })
    };
    let world = group(Answer::Absent);
    let (found, _) = world.run();
    let rules: Vec<&str> = found.iter().map(|one| &*one.rule).collect();
    assert!(
        rules.contains(&rules::PRIMARY_ORIGIN_BROKEN) && !rules.contains(&rules::ROOT_OBJECT_MISSING),
        "{rules:?}"
    );
    assert!(matches!(
        world.live_trace("stage.example.com").visitor,
        Visitor::Page { status: 200, .. }
    ));
    let (found, _) = group(Answer::Found(Object::default())).run();
    assert!(
        found.iter().all(|one| one.rule != rules::PRIMARY_ORIGIN_BROKEN),
        "{found:#?}"
    );
}

#[test]
fn f27_one_distribution_behind_another_is_a_doubt() {
    let world = World::with(|live| {
        let domain = distribution(live, PROD).domain_name.clone();
        distribution(live, STAGE).config.origins[0].domain_name = domain;
    });
    let (found, doubts) = world.run();
    assert_eq!(found, []);
    assert_eq!(doubts.len(), 1, "{doubts:?}");
}

#[test]
fn a_distribution_is_found_by_its_own_name() {
    let mut world = World::two_sites();
    let domain = distribution(&mut world.live, PROD).domain_name.clone();
    let trace = world.live_trace(&domain);
    assert_eq!(trace.needs, []);
    assert!(matches!(trace.visitor, Visitor::Page { status: 200, .. }), "{trace:#?}");
}
