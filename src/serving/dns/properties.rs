//! Properties over zones of any shape: every look-up ends, and spelling never matters.

use proptest::prelude::*;

use crate::inventory::RecordSet;

use super::tests::{alias, set, zone};
use super::*;

fn name() -> impl Strategy<Value = String> {
    "((a|b|\\*|\\\\052|A)\\.){0,3}example.com\\.?"
}

fn record() -> impl Strategy<Value = RecordSet> {
    let value = prop_oneof![
        name(),
        Just("d1.cloudfront.net".to_owned()),
        Just("n1".to_owned()),
        ".{0,8}"
    ];
    let kind = prop_oneof![Just("A"), Just("AAAA"), Just("CNAME"), Just("NS"), Just("TXT")];
    (name(), kind, value, any::<bool>(), proptest::option::of(-1i64..300)).prop_map(
        |(name, kind, value, is_alias, weight)| {
            let mut record = if is_alias {
                alias(&name, kind, &value, "Z1")
            } else {
                set(&name, kind, &[value.as_str()])
            };
            record.weight = weight;
            record
        },
    )
}

fn zones() -> impl Strategy<Value = Vec<Zone>> {
    let one = (
        "(b\\.|a\\.b\\.)?example.com",
        prop::collection::vec(record(), 0..12),
        any::<bool>(),
    );
    prop::collection::vec(one, 0..4).prop_map(|zones| {
        let build = |(i, (name, records, known)): (usize, (String, Vec<RecordSet>, bool))| {
            zone(&format!("Z{i}"), &name, if known { &["n1"] } else { &[] }, records)
        };
        zones.into_iter().enumerate().map(build).collect()
    })
}

proptest! {
    #[test]
    fn every_look_up_ends_in_one_way_per_member(zones in zones(), host in "((a|b|c)\\.){0,3}example.com") {
        let zones = Zones::new(zones);
        let found = resolve(&host, RecordType::A, &zones);
        if let Outcome::Answer { members } = &found.outcome {
            prop_assert!(members.iter().any(|member| matches!(member.end, End::Target(_))));
            prop_assert!(members.iter().all(|member| !member.path.is_empty()));
            // Shares, where all members have one, are parts of one whole.
            let shares: Option<Vec<f64>> = members.iter().map(|member| member.share).collect();
            let whole = shares.map(|shares| shares.iter().sum::<f64>());
            let simple = members.iter().flat_map(|member| &member.path).any(|hop| hop.policy == Policy::Simple);
            prop_assert!(simple || whole.is_none_or(|whole| (whole - 1.0).abs() < 1e-9));
        }
        for text in found.notes.iter().map(ToString::to_string).chain([found.outcome.to_string()]) {
            prop_assert!(!text.is_empty());
        }
    }

    #[test]
    fn spelling_does_not_matter(zones in zones(), host in "((a|b|c)\\.){0,3}example.com") {
        let zones = Zones::new(zones);
        let plain = resolve(&host, RecordType::A, &zones);
        prop_assert_eq!(&plain, &resolve(&format!("{}.", host.to_ascii_uppercase()), RecordType::A, &zones));
    }

    #[test]
    fn the_order_of_zones_does_not_matter(zones in zones(), host in "((a|b|c)\\.){0,3}example.com") {
        let backwards = Zones::new(zones.iter().rev().cloned());
        let (one, other) = (resolve(&host, RecordType::A, &Zones::new(zones)), resolve(&host, RecordType::A, &backwards));
        prop_assert_eq!(one.members(), other.members());
        prop_assert_eq!(one.steps, other.steps);
    }

    #[test]
    fn any_host_gets_an_outcome(host in ".{0,30}") {
        let zones = Zones::new([zone("Z1", "example.com", &[], vec![set("*.example.com", "A", &["192.0.2.1"])])]);
        resolve(&host, RecordType::Aaaa, &zones);
        resolve(&format!("{host}.example.com"), RecordType::A, &zones);
    }
}
