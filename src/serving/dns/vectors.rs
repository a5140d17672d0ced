//! The look-ups of the vector file.

use serde_json::Value;

use crate::inventory::{AliasTarget, RecordSet, ZoneDetail, ZoneSummary};

use super::*;

fn record(zone: &ZoneSummary, record: &Value) -> RecordSet {
    let values = |value: &Value| match value {
        Value::Array(values) => values.iter().map(|value| value.as_str().unwrap().to_owned()).collect(),
        Value::String(value) => vec![value.clone()],
        _ => Vec::new(),
    };
    let alias = record[2].get("alias").map(|target| {
        let dns_name = target.as_str().unwrap().to_owned();
        // As Route 53 wants it: an alias into the zone itself bears the zone's own id.
        let own = dns_name.trim_end_matches('.').ends_with(&zone.name);
        let hosted_zone_id = if own {
            zone.id.clone()
        } else {
            "Z2FDTNDATAQYW2".to_owned()
        };
        AliasTarget {
            dns_name,
            hosted_zone_id,
            evaluate_target_health: false,
        }
    });
    RecordSet {
        name: record[0].as_str().unwrap().to_owned(),
        kind: record[1].as_str().unwrap().to_owned(),
        values: values(&record[2]),
        alias,
        ..RecordSet::default()
    }
}

fn zone(number: usize, zone: &Value) -> Zone {
    let summary = ZoneSummary {
        id: format!("Z{number}"),
        name: zone["name"].as_str().unwrap().to_owned(),
        private: zone["private"] == true,
        ..ZoneSummary::default()
    };
    let name_servers = zone["ns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|server| server.as_str().unwrap().to_owned())
        .collect();
    let detail = ZoneDetail {
        name_servers,
        ..ZoneDetail::default()
    };
    let records = zone["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|set| record(&summary, set))
        .collect();
    Zone::new(&summary, Some(&detail), Records::Complete(records))
}

/// The words of the vector file for an outcome.
fn told(resolution: &Resolution) -> Value {
    match &resolution.outcome {
        Outcome::Answer { members } => match members.as_slice() {
            [
                Member {
                    end: End::Target(Target::CloudFront { domain }),
                    ..
                },
            ] => serde_json::json!(["TARGET", domain]),
            [
                Member {
                    end: End::Target(Target::Addresses { values }),
                    ..
                },
            ] => serde_json::json!(["ANSWER", [values]]),
            other => panic!("{other:?}"),
        },
        Outcome::NoData { .. } => serde_json::json!(["NODATA", null]),
        Outcome::NxDomain { .. } => serde_json::json!(["NXDOMAIN", null]),
        Outcome::NotOurs => serde_json::json!(["NOT OURS", null]),
        Outcome::CannotTell {
            why: Unknown::DelegatedOutside { cut, .. },
            ..
        } => {
            serde_json::json!(["CANNOT TELL", format!("delegated outside: {cut}")])
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn dns_cases() {
    let file: Value = serde_json::from_str(include_str!("../../../fixtures/vectors/dns_cases.json")).unwrap();
    let zones = Zones::new(
        file["zones"]
            .as_array()
            .unwrap()
            .iter()
            .enumerate()
            .map(|(i, read)| zone(i + 1, read)),
    );
    let cases = file["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 15);
    let mut failing = Vec::new();
    for case in cases {
        let query = match case["type"].as_str().unwrap() {
            "A" => RecordType::A,
            "AAAA" => RecordType::Aaaa,
            other => panic!("{other}"),
        };
        let resolution = resolve(case["q"].as_str().unwrap(), query, &zones);
        let found = told(&resolution);
        if found != case["expect"] {
            failing.push(format!(
                "{}: {found}, not {} ({})",
                case["q"], case["expect"], case["why"]
            ));
        }
    }
    assert!(failing.is_empty(), "{}", failing.join("\n"));
}
