//! Breaks of records and zones (N rows of the catalogue).

use super::*;
use crate::inventory::{AliasTarget, GeoLocation, HealthCheck, RecordSets, ZoneDetail, ZoneSummary};
use crate::rules;

const CLOUDFRONT: &str = "Z2FDTNDATAQYW2";

fn alias(name: &str, kind: &str, target: &str, zone: &str) -> RecordSet {
    RecordSet {
        name: name.to_owned(),
        kind: kind.to_owned(),
        alias: Some(AliasTarget {
            dns_name: target.to_owned(),
            hosted_zone_id: zone.to_owned(),
            evaluate_target_health: false,
        }),
        ..RecordSet::default()
    }
}

fn prod_domain(live: &mut Inventory) -> String {
    distribution(live, PROD).domain_name.clone()
}

fn point(live: &mut Inventory, name: &str, target: &str) {
    for set in records(live).iter_mut().filter(|set| set.name == name) {
        if let Some(alias) = &mut set.alias {
            alias.dns_name = target.to_owned();
        }
    }
}

#[test]
fn n1_a_declared_host_without_any_record() {
    let world = World::with(|live| without_record(live, "stage.example.com."));
    let finding = world.says(rules::HOST_DOES_NOT_RESOLVE, Severity::Critical, &["stage.example.com"]);
    assert_eq!(
        finding.address.as_deref(),
        Some("module.site[\"stage\"].aws_route53_record.host[\"stage.example.com A\"]")
    );
    let live = world.live_trace("stage.example.com");
    assert!(matches!(live.visitor, Visitor::NoAnswer { .. }));
}

#[test]
fn n1_an_alias_that_no_record_was_ever_declared_for() {
    let mut world = World::with(|live| {
        distribution(live, PROD)
            .config
            .aliases
            .push("shop.example.com".to_owned())
    });
    let address = "module.site[\"prod\"].aws_cloudfront_distribution.site";
    world = world.declare(address, |attributes| {
        attributes["aliases"]
            .as_array_mut()
            .unwrap()
            .push("shop.example.com".into());
    });
    let finding = world.says(rules::ALIAS_WITHOUT_RECORD, Severity::Low, &["shop.example.com"]);
    assert_eq!(finding.address.as_deref(), Some(address));
}

#[test]
fn n2_the_name_exists_with_another_type_only() {
    let world = World::with(|live| {
        for set in records(live).iter_mut().filter(|set| set.name == "stage.example.com.") {
            set.kind = "TXT".to_owned();
            set.alias = None;
            set.values = vec!["\"x\"".to_owned()];
        }
    });
    let finding = world.says(rules::HOST_DOES_NOT_RESOLVE, Severity::Critical, &["stage.example.com"]);
    assert!(finding.detail.contains("has no A or AAAA record"), "{}", finding.detail);
}

#[test]
fn n3_the_aaaa_record_is_gone() {
    let world = World::with(|live| records(live).retain(|set| set.name != "stage.example.com." || set.kind != "AAAA"));
    let finding = world.says(rules::IPV6_RECORD_MISSING, Severity::Low, &["stage.example.com"]);
    assert!(finding.address.unwrap().contains("AAAA"));
}

#[test]
fn n3_without_a_declared_aaaa_record_it_is_a_remark() {
    let mut world =
        World::with(|live| records(live).retain(|set| set.name != "stage.example.com." || set.kind != "AAAA"));
    for state in &mut world.states {
        state
            .instances
            .retain(|one| !one.address.contains("stage.example.com AAAA"));
    }
    assert_eq!(world.run().0, []);
}

#[test]
fn n3_the_a_record_is_gone() {
    let world = World::with(|live| records(live).retain(|set| set.name != "stage.example.com." || set.kind != "A"));
    world.says(rules::HOST_DOES_NOT_RESOLVE, Severity::Critical, &["stage.example.com"]);
}

fn cut(servers: &[&str]) -> RecordSet {
    RecordSet {
        name: "stage.example.com.".to_owned(),
        kind: "NS".to_owned(),
        values: servers.iter().map(|server| (*server).to_owned()).collect(),
        ..RecordSet::default()
    }
}

#[test]
fn n4_a_record_below_a_delegation_is_never_seen() {
    let world = World::with(|live| {
        records(live).push(cut(&["ns-9.awsdns-9.com."]));
        let Answer::Found(zones) = &mut live.zones else {
            unreachable!()
        };
        zones.push(ZoneSummary {
            id: "ZSUB".to_owned(),
            name: "stage.example.com.".to_owned(),
            ..ZoneSummary::default()
        });
        let detail = ZoneDetail {
            name_servers: vec!["ns-9.awsdns-9.com".to_owned()],
            ..ZoneDetail::default()
        };
        live.zone.insert("ZSUB".to_owned(), Answer::Found(detail));
        let target = distribution(live, STAGE).domain_name.clone();
        let sets = ["A", "AAAA"]
            .map(|kind| alias("stage.example.com.", kind, &target, CLOUDFRONT))
            .to_vec();
        live.record_sets.insert("ZSUB".to_owned(), Answer::Found(sets.into()));
    });
    let (found, doubts) = world.run();
    assert_eq!(doubts, []);
    assert!(
        !found.is_empty() && found.iter().all(|one| one.rule == rules::RECORD_SHADOWED_BY_DELEGATION),
        "{found:#?}"
    );
    assert!(
        found
            .iter()
            .all(|one| one.impact == ["stage.example.com"] && one.at_least == Some(Severity::High))
    );
}

#[test]
fn n5_the_records_of_a_zone_that_is_not_delegated_have_no_effect() {
    // The managed zone of the host turns out to lie below another one, which hands the name to somebody else.
    const SERVER: &str = "ns-1.awsdns-1.com";
    let delegated = |servers: &[&str]| {
        World::with(|live| {
            let detail = ZoneDetail {
                name_servers: vec![SERVER.to_owned()],
                ..ZoneDetail::default()
            };
            live.zone.insert(ZONE.to_owned(), Answer::Found(detail));
            let Answer::Found(zones) = &mut live.zones else {
                unreachable!()
            };
            zones.push(ZoneSummary {
                id: "ZTOP".to_owned(),
                name: "com.".to_owned(),
                ..ZoneSummary::default()
            });
            let mut set = cut(servers);
            set.name = "example.com.".to_owned();
            live.record_sets
                .insert("ZTOP".to_owned(), Answer::Found(vec![set].into()));
        })
    };
    let (found, _) = delegated(&["ns.elsewhere.net."]).run();
    let rules: Vec<&str> = found.iter().map(|one| &*one.rule).collect();
    assert_eq!(rules, [rules::ZONE_NOT_DELEGATED]);
    assert_eq!(found[0].address.as_deref(), Some("aws_route53_zone.main"));
    // The zone above hands the name to the servers of the managed one.
    assert_eq!(delegated(&[SERVER]).run(), (vec![], vec![]));
}

#[test]
fn a_delegation_of_another_name_shadows_nothing() {
    let world = World::with(|live| {
        let mut other = cut(&["ns-9.awsdns-9.com."]);
        other.name = "shop.example.com.".to_owned();
        records(live).push(other);
    });
    assert_eq!(world.run(), (vec![], vec![]));
}

#[test]
fn n6_a_delegation_to_somebody_else_is_a_doubt() {
    let world = World::with(|live| records(live).push(cut(&["ns.elsewhere.net."])));
    let (found, doubts) = world.run();
    assert!(
        found.iter().all(|one| one.rule == rules::RECORD_SHADOWED_BY_DELEGATION),
        "{found:#?}"
    );
    assert!(doubts.iter().any(|one| one.host == "stage.example.com"), "{doubts:#?}");
}

#[test]
fn a_wildcard_beside_the_record_answers_for_nobody_else() {
    let world = World::with(|live| {
        let target = distribution(live, STAGE).domain_name.clone();
        for kind in ["A", "AAAA"] {
            records(live).push(alias("\\052.example.com.", kind, &target, CLOUDFRONT));
        }
    });
    let (found, _) = world.run();
    assert!(
        found.iter().all(|one| one.rule != rules::WILDCARD_ANSWERS_FOR_HOST),
        "{found:#?}"
    );
}

#[test]
fn n7_a_wildcard_answers_for_a_record_that_is_gone() {
    let world = World::with(|live| {
        let target = distribution(live, STAGE).domain_name.clone();
        without_record(live, "stage.example.com.");
        for kind in ["A", "AAAA"] {
            records(live).push(alias("\\052.example.com.", kind, &target, CLOUDFRONT));
        }
    });
    let (found, doubts) = world.run();
    assert_eq!(doubts, []);
    assert!(
        !found.is_empty() && found.iter().all(|one| one.rule == rules::WILDCARD_ANSWERS_FOR_HOST),
        "{found:#?}"
    );
}

#[test]
fn n8_an_empty_non_terminal_switches_a_wildcard_off() {
    let mut world = World::with(|live| {
        let target = distribution(live, STAGE).domain_name.clone();
        without_record(live, "stage.example.com.");
        for kind in ["A", "AAAA"] {
            records(live).push(alias("\\052.example.com.", kind, &target, CLOUDFRONT));
        }
        records(live).push(RecordSet {
            name: "a.stage.example.com.".to_owned(),
            kind: "TXT".to_owned(),
            values: vec!["\"x\"".to_owned()],
            ..RecordSet::default()
        });
    });
    for state in &mut world.states {
        state
            .instances
            .retain(|one| !one.address.contains("aws_route53_record.host[\"stage"));
    }
    let finding = world.says(rules::ALIAS_WITHOUT_RECORD, Severity::Low, &["stage.example.com"]);
    assert!(
        finding.detail.contains("stage.example.com has no A or AAAA record"),
        "{}",
        finding.detail
    );
    let steps = world.live_trace("stage.example.com").steps;
    assert!(
        steps
            .iter()
            .any(|step| step.title.contains("wildcard") || step.title.contains('*')),
        "{steps:#?}"
    );
}

#[test]
fn n9_the_distribution_behind_the_record_is_gone() {
    let world = World::with(|live| {
        live.distribution.insert(STAGE.to_owned(), Answer::Absent);
    });
    let finding = world.says(rules::ALIAS_DANGLING, Severity::Critical, &["stage.example.com"]);
    assert!(finding.detail.contains("is gone"), "{}", finding.detail);
}

#[test]
fn n9_a_name_that_is_none_of_ours_although_the_alias_is() {
    let world = World::with(|live| point(live, "stage.example.com.", "d0000000000000.cloudfront.net."));
    let finding = world.says(rules::ALIAS_DANGLING, Severity::High, &["stage.example.com"]);
    assert!(finding.detail.contains(STAGE), "{}", finding.detail);
}

#[test]
fn n9_a_declared_name_of_another_account_is_a_doubt() {
    let mut world = World::with(|live| {
        records(live).push(alias(
            "cdn.example.com.",
            "A",
            "d0000000000000.cloudfront.net.",
            CLOUDFRONT,
        ));
    });
    let mut record = world.states[0]
        .instances
        .iter()
        .find(|one| one.address.contains("stage.example.com A"))
        .unwrap()
        .clone();
    record.address = "aws_route53_record.cdn".to_owned();
    record.attributes.insert("name".to_owned(), "cdn.example.com".into());
    record.attributes.insert("fqdn".to_owned(), "cdn.example.com".into());
    record.attributes["alias"][0]["name"] = "d0000000000000.cloudfront.net".into();
    world.states[0].instances.push(record);
    let (found, doubts) = world.run();
    assert_eq!(found, []);
    assert_eq!(doubts.len(), 1);
    assert!(doubts[0].why.contains("another account"), "{doubts:?}");
}

#[test]
fn n9_a_record_that_leads_to_nothing_in_its_own_zone() {
    let world = World::with(|live| {
        without_record(live, "stage.example.com.");
        records(live).push(alias("stage.example.com.", "A", "gone.example.com.", ZONE));
    });
    let finding = world.says(rules::ALIAS_DANGLING, Severity::Critical, &["stage.example.com"]);
    assert!(finding.title.contains("gone.example.com"), "{}", finding.title);
}

#[test]
fn a_record_that_leads_out_of_aws() {
    let world = World::with(|live| {
        without_record(live, "stage.example.com.");
        records(live).push(RecordSet {
            name: "stage.example.com.".to_owned(),
            kind: "A".to_owned(),
            ttl: Some(60),
            values: vec!["192.0.2.1".to_owned()],
            ..RecordSet::default()
        });
    });
    let (found, _) = world.run();
    let rules: Vec<_> = found.iter().map(|one| (&*one.rule, one.at_least)).collect();
    assert!(
        rules.contains(&(rules::RECORD_POINTS_ELSEWHERE, Some(Severity::Critical))),
        "{rules:?}"
    );
    assert!(
        rules
            .iter()
            .all(|(rule, _)| [rules::RECORD_POINTS_ELSEWHERE, rules::IPV6_RECORD_MISSING].contains(rule))
    );
}

#[test]
fn n10_and_n12_no_bucket_of_the_hosts_name() {
    let world = World::with(|live| {
        buckets(live).retain(|one| one.name != "old.example.com");
        *bucket(live, "old.example.com") = BucketAnswers {
            head: Answer::Absent,
            ..BucketAnswers::default()
        };
    });
    let finding = world.says(rules::TAKEOVER_POSSIBLE, Severity::Critical, &["old.example.com"]);
    assert_eq!(finding.address.as_deref(), Some("aws_route53_record.old_host"));
    assert!(finding.detail.contains("its name must be the host's"));
}

#[test]
fn n11_the_bucket_of_the_hosts_name_is_somebody_elses() {
    let world = World::with(|live| {
        buckets(live).retain(|one| one.name != "old.example.com");
        *bucket(live, "old.example.com") = BucketAnswers {
            head: Answer::Found(Default::default()),
            ..BucketAnswers::default()
        };
    });
    world.says(
        rules::HOST_SERVED_FROM_FOREIGN_BUCKET,
        Severity::Critical,
        &["old.example.com"],
    );
}

pub(super) fn members(live: &mut Inventory, edit: impl Fn(&mut RecordSet, &mut RecordSet)) {
    let other = prod_domain(live);
    let sets = records(live);
    let mut all = Vec::new();
    for set in std::mem::take(sets) {
        if set.name != "stage.example.com." {
            all.push(set);
            continue;
        }
        let (mut one, mut two) = (set.clone(), set);
        one.set_identifier = Some("one".to_owned());
        two.set_identifier = Some("two".to_owned());
        if let Some(alias) = &mut two.alias {
            alias.dns_name = other.clone();
        }
        edit(&mut one, &mut two);
        all.extend([one, two]);
    }
    *records(live) = all;
}

#[test]
fn n13_a_weighted_member_with_the_wrong_target() {
    let world = World::with(|live| {
        members(live, |one, two| {
            one.weight = Some(90);
            two.weight = Some(10);
        });
    });
    let finding = world.says(rules::RECORD_POINTS_ELSEWHERE, Severity::Medium, &["stage.example.com"]);
    assert!(finding.resource.id.ends_with("_two"), "{}", finding.resource.id);
}

#[test]
fn n13_a_member_without_weight_counts_for_nobody() {
    let world = World::with(|live| {
        members(live, |one, two| {
            one.weight = Some(1);
            two.weight = Some(0);
        });
    });
    assert_eq!(world.run().0, []);
}

#[test]
fn n14_and_n15_a_failover_between_two_distributions() {
    let world = World::with(|live| {
        members(live, |one, two| {
            one.failover = Some("PRIMARY".to_owned());
            one.health_check_id = Some("hc".to_owned());
            two.failover = Some("SECONDARY".to_owned());
        });
        let check = HealthCheck {
            kind: "HTTPS".to_owned(),
            fully_qualified_domain_name: Some("stage.example.com".to_owned()),
            ..HealthCheck::default()
        };
        live.health_check.insert("hc".to_owned(), Answer::Found(check));
    });
    let (found, _) = world.run();
    let rules: Vec<&str> = found.iter().map(|one| &*one.rule).collect();
    assert!(rules.contains(&rules::FAILOVER_BETWEEN_DISTRIBUTIONS), "{rules:?}");
    assert!(!rules.contains(&rules::FAILOVER_CANNOT_FAIL_OVER), "{rules:?}");
}

#[test]
fn n14_a_primary_that_never_gives_way() {
    let world = World::with(|live| {
        members(live, |one, two| {
            one.failover = Some("PRIMARY".to_owned());
            two.failover = Some("SECONDARY".to_owned());
            two.alias = None;
            two.ttl = Some(60);
            two.values = vec![if two.kind == "A" {
                "192.0.2.1".to_owned()
            } else {
                "2001:db8::1".to_owned()
            }];
        });
    });
    let (found, _) = world.run();
    let rules: Vec<&str> = found.iter().map(|one| &*one.rule).collect();
    assert!(rules.contains(&rules::FAILOVER_CANNOT_FAIL_OVER), "{rules:?}");
    assert!(!rules.contains(&rules::FAILOVER_BETWEEN_DISTRIBUTIONS), "{rules:?}");
}

#[test]
fn n16_geolocation_without_a_default() {
    let world = World::with(|live| {
        for set in records(live).iter_mut().filter(|set| set.name == "stage.example.com.") {
            set.set_identifier = Some("eu".to_owned());
            set.geolocation = Some(GeoLocation {
                continent: Some("EU".to_owned()),
                ..GeoLocation::default()
            });
        }
    });
    let (found, doubts) = world.run();
    assert_eq!(doubts, []);
    assert!(
        !found.is_empty() && found.iter().all(|one| one.rule == rules::GEOLOCATION_WITHOUT_DEFAULT),
        "{found:#?}"
    );
    // With a record for everybody else there is an answer for everybody.
    let world = World::with(|live| {
        members(live, |one, two| {
            two.alias.clone_from(&one.alias);
            let place = |continent: Option<&str>, country: Option<&str>| GeoLocation {
                continent: continent.map(str::to_owned),
                country: country.map(str::to_owned),
                ..GeoLocation::default()
            };
            one.geolocation = Some(place(Some("EU"), None));
            two.geolocation = Some(place(None, Some("*")));
        });
    });
    assert_eq!(world.run(), (vec![], vec![]));
}

#[test]
fn n18_and_n19_are_remarks() {
    let world = World::with(|live| {
        let Answer::Found(zones) = &mut live.zones else {
            unreachable!()
        };
        zones.push(ZoneSummary {
            id: "ZPRIVATE".to_owned(),
            name: "example.com.".to_owned(),
            private: true,
            ..ZoneSummary::default()
        });
        live.record_sets
            .insert("ZPRIVATE".to_owned(), Answer::Found(RecordSets::default()));
        for set in records(live).iter_mut().filter(|set| set.name == "stage.example.com.") {
            set.traffic_policy_instance_id = Some("instance".to_owned());
        }
    });
    assert_eq!(world.run(), (Vec::new(), Vec::new()));
    let steps = world.live_trace("stage.example.com").steps;
    let remarks: Vec<&str> = steps
        .iter()
        .filter_map(|step| match &step.verdict {
            crate::serving::trace::Verdict::Remark(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    assert!(remarks.iter().any(|text| text.contains("private")), "{remarks:#?}");
    assert!(
        remarks.iter().any(|text| text.contains("traffic policy")),
        "{remarks:#?}"
    );
}

#[test]
fn a_host_without_a_zone_here_is_a_doubt_and_still_followed() {
    let world = World::with(|live| live.zones = Answer::Found(Vec::new()));
    let (found, doubts) = world.run();
    assert_eq!(found, []);
    assert!(
        doubts
            .iter()
            .any(|one| one.host == "www.example.com" && one.why.contains("no zone")),
        "{doubts:?}"
    );
    let live = world.live_trace("www.example.com");
    assert!(
        matches!(live.visitor, Visitor::Page { status: 200, .. }),
        "{:?}",
        live.visitor
    );
}

#[test]
fn a_zone_that_was_not_read_is_asked_for() {
    let world = World::with(|live| {
        live.record_sets.remove(ZONE);
    });
    assert_eq!(
        world.live_trace("www.example.com").needs,
        [Read::RecordSets(ZONE.to_owned())]
    );
}
