//! Routing policies.

use crate::inventory::GeoLocation;

use super::*;

#[test]
fn weights_become_shares_through_nested_policies() {
    let weight = |id: &str, name: &str, to: &str, weight: i64| {
        member(
            id,
            alias(name, "A", to, if to.ends_with(".net") { "" } else { "Z1" }),
            |set| set.weight = Some(weight),
        )
    };
    let records = |c: i64| {
        vec![
            weight("old", "www.example.com", "d1.cloudfront.net", 75),
            weight("new", "www.example.com", "pool.example.com", 25),
            weight("off", "www.example.com", "d9.cloudfront.net", 0),
            weight("b", "pool.example.com", "d2.cloudfront.net", 1),
            weight("c", "pool.example.com", "d3.cloudfront.net", c),
        ]
    };
    let found = in_one_zone("www.example.com", records(1));
    let shares: Vec<(String, Option<f64>)> = found
        .members()
        .iter()
        .map(|member| (member.end.to_string(), member.share))
        .collect();
    let expected = [("d1", 0.75), ("d2", 0.125), ("d3", 0.125), ("d9", 0.0)]
        .map(|(domain, share)| (format!("CloudFront {domain}.cloudfront.net"), Some(share)));
    assert_eq!(shares, expected);
    assert_eq!(found.targets().count(), 3);
    assert_eq!(
        notes(&found),
        ["A www.example.com \"off\" in zone example.com (Z1) has weight 0 and never answers"]
    );
    assert_eq!(
        found.members()[0].path[0].to_string(),
        "A www.example.com \"old\" in zone example.com (Z1) -> alias d1.cloudfront.net [weight 75 (75.0 %)]"
    );
    let all_zero = vec![
        weight("a", "www.example.com", "d1.cloudfront.net", 0),
        weight("b", "www.example.com", "none.example.com", 0),
    ];
    let found = in_one_zone("www.example.com", all_zero);
    assert_eq!(
        found.members().iter().map(|member| member.share).collect::<Vec<_>>(),
        [Some(0.5), Some(0.5)]
    );
    assert_eq!(
        ends(&found)[1],
        "does not exist: none.example.com in zone example.com (Z1)"
    );
    assert_eq!(
        notes(&found),
        ["all weights of A www.example.com in zone example.com (Z1) are 0, which counts as all equal"]
    );
}

#[test]
fn failover_needs_a_signal_two_members_and_one_alias_holder() {
    let role = |role: &str, of: RecordSet, change: fn(&mut RecordSet)| {
        member(role, of, |set| {
            set.failover = Some(role.to_owned());
            change(set);
        })
    };
    let evaluates: fn(&mut RecordSet) = |set| {
        if let Some(alias) = &mut set.alias {
            alias.evaluate_target_health = true;
        }
    };
    let checked: fn(&mut RecordSet) = |set| set.health_check_id = Some("h1".to_owned());
    let host = "www.example.com";
    let website = || alias(host, "A", "s3-website.eu-central-1.amazonaws.com", "Z21DNDUVLTQW6Q");
    let balancer = || alias(host, "A", "x.elb.amazonaws.com", "Z32O12XQLNTSW2");
    let inner = || alias(host, "A", "in.example.com", "Z1");
    let secondary = || role("SECONDARY", website(), |_| {});
    let never = format!(
        "A {host} \"PRIMARY\" in zone example.com (Z1) is a failover primary without a health check, so it never \
         gives way"
    );
    let plain = set("in.example.com", "A", &["192.0.2.1"]);
    let mut with_check = plain.clone();
    checked(&mut with_check);
    for (primary, extra, quiet) in [
        (
            role("PRIMARY", cloudfront(host, "d1.cloudfront.net"), |_| {}),
            None,
            false,
        ),
        (
            role("PRIMARY", cloudfront(host, "d1.cloudfront.net"), checked),
            None,
            true,
        ),
        (role("PRIMARY", website(), evaluates), None, false),
        (role("PRIMARY", balancer(), evaluates), None, true),
        (role("PRIMARY", balancer(), |_| {}), None, false),
        (role("PRIMARY", inner(), evaluates), Some(plain.clone()), false),
        (role("PRIMARY", inner(), evaluates), Some(with_check), true),
        (role("PRIMARY", set(host, "A", &["192.0.2.1"]), |_| {}), None, false),
    ] {
        let found = in_one_zone(host, [primary, secondary()].into_iter().chain(extra).collect());
        assert_eq!(
            notes(&found),
            if quiet { Vec::new() } else { vec![never.clone()] },
            "{found:#?}"
        );
    }
    let found = in_one_zone(host, vec![role("PRIMARY", website(), checked)]);
    assert_eq!(
        notes(&found),
        ["the failover of A www.example.com in zone example.com (Z1) has no secondary member"]
    );
    let found = in_one_zone(
        host,
        vec![
            role("PRIMARY", cloudfront(host, "d1.cloudfront.net"), checked),
            role("SECONDARY", cloudfront(host, "d2.cloudfront.net"), |_| {}),
        ],
    );
    assert_eq!(
        notes(&found),
        [
            "www.example.com in zone example.com (Z1) fails over from d1.cloudfront.net to d2.cloudfront.net, and only \
          one distribution can hold the host as an alias"
        ]
    );
}

#[test]
fn locations_need_a_default() {
    let located = |id: &str, country: Option<&str>, continent: Option<&str>| {
        member(id, cloudfront("www.example.com", "d1.cloudfront.net"), |set| {
            set.geolocation = Some(GeoLocation {
                continent: continent.map(str::to_owned),
                country: country.map(str::to_owned),
                subdivision: None,
            });
        })
    };
    let some = vec![located("de", Some("DE"), None), located("na", None, Some("NA"))];
    let found = in_one_zone("www.example.com", some.clone());
    assert_eq!(
        notes(&found),
        ["A www.example.com in zone example.com (Z1) has no default location: visitors from elsewhere get no answer"]
    );
    assert_eq!(found.members()[0].path[0].policy.to_string(), "location DE");
    let all = some.into_iter().chain([located("any", Some("*"), None)]).collect();
    assert_eq!(in_one_zone("www.example.com", all).notes, Vec::new());
}

#[test]
fn nested_groups_are_cut_off_and_say_so() {
    let group = |level: usize| {
        (0..60).map(move |i| {
            let name = format!("g{level}.example.com");
            let to = format!("g{}.example.com", level + 1);
            member(&i.to_string(), alias(&name, "A", &to, "Z1"), |set| set.weight = Some(1))
        })
    };
    let records = group(0)
        .chain(group(1))
        .chain([set("g2.example.com", "A", &["192.0.2.1"])])
        .collect();
    let found = in_one_zone("g0.example.com", records);
    let cut_off = found
        .members()
        .iter()
        .filter(|member| matches!(member.end, End::CannotTell(_)))
        .count();
    assert_eq!((found.members().len(), cut_off), (1001, 1));
}

#[test]
fn a_circle_of_aliases_gives_no_health_signal() {
    let evaluating = |id: &str, name: &str, to: &str| {
        member(id, alias(name, "A", to, "Z1"), |set| {
            set.failover = Some(id.to_owned());
            if let Some(alias) = &mut set.alias {
                alias.evaluate_target_health = true;
            }
        })
    };
    let found = in_one_zone(
        "a.example.com",
        vec![
            evaluating("PRIMARY", "a.example.com", "b.example.com"),
            evaluating("PRIMARY", "b.example.com", "a.example.com"),
        ],
    );
    assert!(matches!(found.outcome, Outcome::Loop { .. }));
    let never = found
        .notes
        .iter()
        .filter(|note| matches!(note, Note::NeverFailsOver { .. }))
        .count();
    assert_eq!(never, 2);
}
