//! What drift does to hosts.

use super::*;
use crate::compare;
use crate::inventory::FunctionAssociation;
use crate::rules;

/// The drift findings of a world, with their impact.
fn drift(edit: impl FnOnce(&mut Inventory)) -> Vec<Finding> {
    let world = World::with(edit);
    let estate = world.estate();
    let mut found = compare::compare(&estate, &world.live).findings;
    impact(&mut found, &world.pairs(), &declared::addresses(&estate));
    found
}

#[track_caller]
fn one(found: Vec<Finding>) -> Finding {
    assert_eq!(found.len(), 1, "{found:#?}");
    found.into_iter().next().unwrap()
}

const PROD_SITE: [&str; 2] = ["example.com", "www.example.com"];

#[test]
fn nothing_drifts_in_the_clean_world() {
    assert_eq!(drift(|_| {}), []);
}

#[test]
fn cosmetic_drift_touches_no_host() {
    let finding = one(drift(|live| {
        let config = &mut distribution(live, PROD).config;
        config.comment = Some("moved by hand".to_owned());
        config.price_class = Some("PriceClass_100".to_owned());
    }));
    assert_eq!((finding.impact, finding.at_least), (Vec::new(), None));
    let finding = one(drift(|live| {
        bucket(live, PROD_BUCKET).tags = Answer::Found(Default::default())
    }));
    assert_eq!((finding.impact, finding.at_least), (Vec::new(), None));
}

#[test]
fn a_policy_that_shuts_visitors_out_is_critical() {
    let finding = one(drift(|live| {
        let answer = &mut bucket(live, PROD_BUCKET).policy;
        *answer = Answer::Found(answer.found().unwrap().replace(PROD, "EOTHER"));
    }));
    assert_eq!(&*finding.rule, rules::RESOURCE_CHANGED);
    assert_eq!(finding.at_least, Some(Severity::Critical));
    assert!(
        PROD_SITE
            .iter()
            .all(|host| finding.impact.iter().any(|one| one == host)),
        "{:?}",
        finding.impact
    );
}

#[test]
fn a_policy_that_lets_somebody_else_in_hurts_no_host() {
    let finding = one(drift(|live| {
        let answer = &mut bucket(live, PROD_BUCKET).policy;
        let mut document: serde_json::Value = serde_json::from_str(answer.found().unwrap()).unwrap();
        document["Statement"].as_array_mut().unwrap().push(serde_json::json!({
            "Effect": "Allow",
            "Principal": { "AWS": "arn:aws:iam::444455556666:root" },
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::example-com-prod/*",
        }));
        *answer = Answer::Found(document.to_string());
    }));
    assert_eq!(finding.at_least, None);
    assert!(!finding.impact.is_empty());
}

#[test]
fn s16_another_release_is_high() {
    let finding = one(drift(|live| {
        distribution(live, PROD).config.origins[0].origin_path = Some("/releases/1.4.3".to_owned());
        for page in ["index.html", "404.html"] {
            store(
                live,
                PROD_BUCKET,
                &format!("releases/1.4.3/{page}"),
                Answer::Found(Object::default()),
            );
        }
    }));
    // The host that redirects there rests on it too.
    assert_eq!(
        (finding.impact.as_slice(), finding.at_least),
        (&PROD_HOSTS.map(str::to_owned)[..], Some(Severity::High))
    );
}

#[test]
fn an_origin_path_that_was_never_built_is_critical() {
    let finding = one(drift(|live| {
        distribution(live, PROD).config.origins[0].origin_path = Some("/releases/9".to_owned());
        for page in ["index.html", "404.html"] {
            store(live, PROD_BUCKET, &format!("releases/9/{page}"), Answer::Absent);
        }
        prefix(live, PROD_BUCKET, "releases/9/", Answer::Absent);
    }));
    assert_eq!(finding.at_least, Some(Severity::Critical));
}

#[test]
fn an_origin_in_another_bucket_is_as_bad_as_what_it_does() {
    let finding = one(drift(|live| {
        distribution(live, PROD).config.origins[0].domain_name = format!("{STAGE_BUCKET}.s3.eu-west-2.amazonaws.com");
    }));
    assert_eq!(finding.at_least, Some(Severity::Critical));
}

#[test]
fn f11_f12_f17_f18_f22_gates_that_the_path_does_not_show_are_high() {
    for edit in [
        (|live: &mut Inventory| {
            distribution(live, PROD).config.geo_restriction.restriction_type = "whitelist".to_owned();
            distribution(live, PROD).config.geo_restriction.locations = vec!["GB".to_owned()];
        }) as fn(&mut Inventory),
        |live| {
            distribution(live, PROD).config.web_acl_id =
                Some("arn:aws:wafv2:us-east-1:000000000000:global/webacl/w/1".to_owned())
        },
        |live| {
            distribution(live, PROD)
                .config
                .default_cache_behavior
                .function_associations = vec![FunctionAssociation {
                event_type: "viewer-request".to_owned(),
                function_arn: "arn:aws:cloudfront::000000000000:function/f".to_owned(),
            }];
        },
        |live| {
            distribution(live, PROD)
                .config
                .default_cache_behavior
                .viewer_protocol_policy = "allow-all".to_owned()
        },
    ] {
        let finding = one(drift(edit));
        assert_eq!(finding.at_least, Some(Severity::High), "{finding:#?}");
        assert!(
            PROD_SITE
                .iter()
                .all(|host| finding.impact.iter().any(|one| one == host)),
            "{:?}",
            finding.impact
        );
    }
}

#[test]
fn f10_and_f26_drift_that_stays_what_it_is() {
    for edit in [
        (|live: &mut Inventory| {
            distribution(live, PROD)
                .config
                .viewer_certificate
                .minimum_protocol_version = Some("TLSv1".to_owned());
        }) as fn(&mut Inventory),
        |live| {
            distribution(live, PROD).config.default_cache_behavior.cache_policy_id =
                Some("4135ea2d-6df8-44a3-9df3-4b5a84be39ad".to_owned());
        },
    ] {
        let finding = one(drift(edit));
        assert_eq!(finding.at_least, None, "{finding:#?}");
        assert!(!finding.impact.is_empty());
    }
}

#[test]
fn f21_a_maintenance_page_left_on_is_high() {
    let finding = one(drift(|live| {
        distribution(live, PROD).config.default_root_object = Some("maintenance.html".to_owned());
        store(
            live,
            PROD_BUCKET,
            "releases/1.4.2/maintenance.html",
            Answer::Found(Object::default()),
        );
    }));
    assert_eq!(finding.at_least, Some(Severity::High));
}

#[test]
fn a_record_that_is_gone_is_as_bad_as_the_host_is_down() {
    let found = drift(|live| without_record(live, "www.example.com."));
    assert_eq!(found.len(), 2, "{found:#?}");
    for finding in found {
        assert_eq!(
            (&*finding.rule, finding.at_least),
            (rules::RESOURCE_MISSING, Some(Severity::Critical))
        );
        assert!(
            finding.impact.contains(&"www.example.com".to_owned()),
            "{:?}",
            finding.impact
        );
    }
}

#[test]
fn s27_cors_rules_that_nobody_declared() {
    let finding = one(drift(|live| {
        let rule = crate::inventory::CorsRule {
            allowed_methods: vec!["GET".to_owned()],
            allowed_origins: vec!["*".to_owned()],
            ..Default::default()
        };
        bucket(live, STAGE_BUCKET).cors = Answer::Found(vec![rule]);
    }));
    assert_eq!((&*finding.rule, finding.at_least), (rules::UNMANAGED_BUCKET_CORS, None));
}

#[test]
fn s25_a_redirect_to_another_host_is_high() {
    let finding = one(drift(|live| {
        let Answer::Found(website) = &mut bucket(live, "old.example.com").website else {
            unreachable!()
        };
        website.redirect_all_requests_to.as_mut().unwrap().host_name = "stage.example.com".to_owned();
    }));
    assert_eq!(
        (finding.impact.as_slice(), finding.at_least),
        (&["old.example.com".to_owned()][..], Some(Severity::High))
    );
}
