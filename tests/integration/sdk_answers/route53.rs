//! Zones and records: paging, markers, and tags by the ten.

use std::collections::BTreeSet;

use driftgate::inventory::{Answer, Reason, RecordSets};
use driftgate::plan::Read;
use serde_json::json;

use super::{Asked, Reply, error, observe, ok};

const XMLNS: &str = "xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"";

fn weighted(identifier: &str, weight: u32) -> String {
    format!(
        "<ResourceRecordSet><Name>www.example.com.</Name><Type>CNAME</Type><SetIdentifier>{identifier}</SetIdentifier>\
         <Weight>{weight}</Weight><TTL>60</TTL><ResourceRecords><ResourceRecord><Value>{identifier}.example.net</Value></ResourceRecord>\
         </ResourceRecords></ResourceRecordSet>"
    )
}

fn page(records: &[String], next: Option<(&str, &str, Option<&str>)>) -> Reply {
    let next = match next {
        None => "<IsTruncated>false</IsTruncated>".to_owned(),
        Some((name, kind, identifier)) => {
            let identifier = identifier
                .map(|id| format!("<NextRecordIdentifier>{id}</NextRecordIdentifier>"))
                .unwrap_or_default();
            format!(
                "<IsTruncated>true</IsTruncated><NextRecordName>{name}</NextRecordName><NextRecordType>{kind}</NextRecordType>{identifier}"
            )
        }
    };
    ok(format!(
        "<?xml version=\"1.0\"?><ListResourceRecordSetsResponse {XMLNS}><ResourceRecordSets>{}</ResourceRecordSets>{next}\
         <MaxItems>300</MaxItems></ListResourceRecordSetsResponse>",
        records.concat()
    ))
}

fn records(zone: &str) -> Read {
    Read::RecordSets(zone.to_owned())
}

fn in_order(answer: &Answer<RecordSets>) -> Vec<&str> {
    answer
        .found()
        .expect("records")
        .iter()
        .map(|record| record.set_identifier.as_deref().unwrap_or_default())
        .collect()
}

#[test]
fn half_a_listing_is_no_listing() {
    let (seen, _) = observe([Read::Zones, records("Z1")], |asked| match asked.line.as_str() {
        "GET /2013-04-01/hostedzone?maxitems=100" => ok(format!(
            "<ListHostedZonesResponse {XMLNS}><HostedZones><HostedZone><Id>/hostedzone/Z1</Id>"
        )),
        _ => ok(format!(
            "<ListResourceRecordSetsResponse {XMLNS}><ResourceRecordSets>{}",
            weighted("a", 0)
        )),
    });
    for reason in [
        seen.inventory.zones.known().expect_err("cut off").reason,
        seen.inventory.record_sets["Z1"].known().expect_err("cut off").reason,
    ] {
        assert_eq!(reason, Reason::BadAnswer);
    }
}

#[test]
fn a_page_may_end_inside_a_weighted_group() {
    let (seen, log) = observe([records("Z1")], |asked| match asked.line.as_str() {
        "GET /2013-04-01/hostedzone/Z1/rrset?maxitems=300" => page(
            &[weighted("a", 0), weighted("b", 10)],
            Some(("www.example.com.", "CNAME", Some("c"))),
        ),
        "GET /2013-04-01/hostedzone/Z1/rrset?name=www.example.com.&type=CNAME&identifier=c&maxitems=300" => page(
            &[weighted("c", 20), weighted("d", 30)],
            Some(("www.example.com.", "CNAME", Some("e"))),
        ),
        "GET /2013-04-01/hostedzone/Z1/rrset?name=www.example.com.&type=CNAME&identifier=e&maxitems=300" => {
            page(&[weighted("e", 40)], None)
        }
        line => panic!("not asked for by the service: {line}"),
    });
    assert_eq!(in_order(&seen.inventory.record_sets["Z1"]), ["a", "b", "c", "d", "e"]);
    assert_eq!(seen.inventory.record_sets["Z1"].found().unwrap()[0].weight, Some(0));
    assert_eq!(log.lines().len(), 3);
    assert_eq!(seen.calls["route53:ListResourceRecordSets"], 3);
}

#[test]
fn a_server_that_does_not_advance_is_stopped_and_its_part_is_not_taken_for_the_whole() {
    // It forgets the identifier and begins the group again, for ever.
    let (seen, log) = observe([records("Z1")], |_| {
        page(
            &[weighted("a", 1), weighted("b", 1)],
            Some(("www.example.com.", "CNAME", Some("c"))),
        )
    });
    let answer = &seen.inventory.record_sets["Z1"];
    assert!(
        matches!(answer, Answer::Failed(failure) if failure.reason == Reason::BadAnswer),
        "{answer:?}"
    );
    assert_eq!(log.lines().len(), 2);

    let (seen, log) = observe([records("Z1")], |_| {
        page(&[weighted("a", 1)], Some(("", "CNAME", None)))
    });
    assert!(
        matches!(&seen.inventory.record_sets["Z1"], Answer::Failed(failure) if failure.reason == Reason::BadAnswer)
    );
    assert_eq!(log.lines().len(), 1);
}

#[test]
fn a_listing_that_fails_half_way_is_a_failure() {
    let (seen, _) = observe([records("Z1")], |asked| {
        if asked.line.contains("name=") {
            error(403, "AccessDenied")
        } else {
            page(&[weighted("a", 1)], Some(("b.example.com.", "A", None)))
        }
    });
    let answer = &seen.inventory.record_sets["Z1"];
    assert!(
        matches!(answer, Answer::Failed(failure) if failure.operation == "route53:ListResourceRecordSets"),
        "{answer:?}"
    );
}

#[test]
fn a_record_that_comes_twice_is_kept_once_as_it_came_last() {
    let (seen, _) = observe([records("Z1")], |asked| {
        if asked.line.contains("name=") {
            page(&[weighted("b", 7), weighted("c", 1)], None)
        } else {
            page(
                &[weighted("a", 1), weighted("b", 1)],
                Some(("www.example.com.", "CNAME", Some("b"))),
            )
        }
    });
    let answer = &seen.inventory.record_sets["Z1"];
    assert_eq!(in_order(answer), ["a", "b", "c"]);
    assert_eq!(answer.found().unwrap()[1].weight, Some(7));
}

#[test]
fn every_routing_member_comes_through() {
    let all = "<ResourceRecordSet><Name>\\052.example.com.</Name><Type>A</Type><SetIdentifier>eu</SetIdentifier><GeoLocation>\
        <ContinentCode>EU</ContinentCode></GeoLocation><AliasTarget><HostedZoneId>Z2FDTNDATAQYW2</HostedZoneId>\
        <DNSName>d111.cloudfront.net.</DNSName><EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget>\
        <HealthCheckId>hc</HealthCheckId></ResourceRecordSet>\
        <ResourceRecordSet><Name>api.example.com.</Name><Type>A</Type><SetIdentifier>p</SetIdentifier><GeoProximityLocation>\
        <Coordinates><Latitude>51.50</Latitude><Longitude>-0.12</Longitude></Coordinates><Bias>-5</Bias></GeoProximityLocation>\
        <TTL>30</TTL><ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>\
        <ResourceRecordSet><Name>cidr.example.com.</Name><Type>A</Type><SetIdentifier>c</SetIdentifier><TTL>30</TTL>\
        <ResourceRecords><ResourceRecord><Value>192.0.2.2</Value></ResourceRecord></ResourceRecords><CidrRoutingConfig>\
        <CollectionId>col</CollectionId><LocationName>*</LocationName></CidrRoutingConfig></ResourceRecordSet>\
        <ResourceRecordSet><Name>f.example.com.</Name><Type>A</Type><SetIdentifier>s</SetIdentifier><Failover>SECONDARY</Failover>\
        <TrafficPolicyInstanceId>tpi</TrafficPolicyInstanceId></ResourceRecordSet>\
        <ResourceRecordSet><Name>l.example.com.</Name><Type>A</Type><SetIdentifier>l</SetIdentifier><Region>eu-west-2</Region>\
        <MultiValueAnswer>true</MultiValueAnswer></ResourceRecordSet>";
    let (seen, _) = observe([records("Z1")], move |_| page(&[all.to_owned()], None));
    let expected = json!([
        {"name": "\\052.example.com.", "type": "A", "set_identifier": "eu", "geolocation": {"continent": "EU"}, "health_check_id": "hc",
         "alias": {"dns_name": "d111.cloudfront.net.", "hosted_zone_id": "Z2FDTNDATAQYW2", "evaluate_target_health": false}},
        {"name": "api.example.com.", "type": "A", "set_identifier": "p", "ttl": 30, "values": ["192.0.2.1"],
         "geoproximity": {"bias": -5, "coordinates": ["51.50", "-0.12"]}},
        {"name": "cidr.example.com.", "type": "A", "set_identifier": "c", "ttl": 30, "values": ["192.0.2.2"],
         "cidr": {"collection_id": "col", "location_name": "*"}},
        {"name": "f.example.com.", "type": "A", "set_identifier": "s", "failover": "SECONDARY", "traffic_policy_instance_id": "tpi"},
        {"name": "l.example.com.", "type": "A", "set_identifier": "l", "region": "eu-west-2", "multivalue_answer": true}
    ]);
    assert_eq!(
        serde_json::to_value(&seen.inventory.record_sets["Z1"]).unwrap()["found"],
        expected
    );
}

#[test]
fn zones_are_listed_to_the_end_and_their_details_asked_singly() {
    let zone = |id: &str, extra: &str| {
        format!(
            "<HostedZone><Id>/hostedzone/{id}</Id><Name>example.com.</Name><CallerReference>r</CallerReference>{extra}</HostedZone>"
        )
    };
    let first = zone(
        "Z1",
        "<Config><Comment>Managed by Terraform</Comment><PrivateZone>false</PrivateZone></Config>",
    );
    let second = zone(
        "Z2",
        "<Config><Comment></Comment><PrivateZone>true</PrivateZone></Config><LinkedService>\
         <ServicePrincipal>servicediscovery.amazonaws.com</ServicePrincipal></LinkedService>",
    );
    let list = |zone: &str, next: &str| {
        ok(format!(
            "<ListHostedZonesResponse {XMLNS}><HostedZones>{zone}</HostedZones><Marker></Marker>{next}<MaxItems>100</MaxItems>\
             </ListHostedZonesResponse>"
        ))
    };
    let (seen, _) = observe([Read::Zones, Read::Zone("Z2".to_owned())], move |asked| {
        match asked.line.as_str() {
            "GET /2013-04-01/hostedzone?maxitems=100" => {
                list(&first, "<IsTruncated>true</IsTruncated><NextMarker>Z2</NextMarker>")
            }
            "GET /2013-04-01/hostedzone?marker=Z2&maxitems=100" => list(&second, "<IsTruncated>false</IsTruncated>"),
            "GET /2013-04-01/hostedzone/Z2" => ok(format!(
                "<GetHostedZoneResponse {XMLNS}>{second}<DelegationSet><Id>/delegationset/N1</Id><NameServers>\
             <NameServer>ns-1.example.org</NameServer></NameServers></DelegationSet><VPCs><VPC><VPCRegion>eu-west-2</VPCRegion>\
             <VPCId>vpc-1</VPCId></VPC></VPCs></GetHostedZoneResponse>"
            )),
            line => panic!("not asked for by the service: {line}"),
        }
    });
    assert_eq!(
        serde_json::to_value(&seen.inventory.zones).unwrap()["found"],
        json!([
            {"id": "Z1", "name": "example.com.", "comment": "Managed by Terraform", "private": false},
            {"id": "Z2", "name": "example.com.", "private": true, "linked_service": "servicediscovery.amazonaws.com"}
        ])
    );
    assert_eq!(
        serde_json::to_value(&seen.inventory.zone["Z2"]).unwrap()["found"],
        json!({"vpcs": ["vpc-1"], "name_servers": ["ns-1.example.org"], "delegation_set": "N1"})
    );
}

/// The zone ids in a `ListTagsForResources` request.
fn asked_for(asked: &Asked) -> Vec<String> {
    asked
        .body
        .split("<ResourceId>")
        .skip(1)
        .filter_map(|rest| rest.split('<').next())
        .map(str::to_owned)
        .collect()
}

fn tag_sets(ids: &[String]) -> Reply {
    let sets: String = ids
        .iter()
        .map(|id| {
            format!(
                "<ResourceTagSet><ResourceType>hostedzone</ResourceType><ResourceId>{id}</ResourceId><Tags><Tag><Key>zone</Key>\
                 <Value>{id}</Value></Tag></Tags></ResourceTagSet>"
            )
        })
        .collect();
    ok(format!(
        "<ListTagsForResourcesResponse {XMLNS}><ResourceTagSets>{sets}</ResourceTagSets></ListTagsForResourcesResponse>"
    ))
}

fn tagged(range: std::ops::Range<u32>) -> impl Iterator<Item = Read> {
    range.map(|n| Read::ZoneTags(format!("Z{n:02}")))
}

#[test]
fn tags_are_asked_for_ten_zones_at_a_time() {
    let (seen, log) = observe(tagged(0..23), |asked| tag_sets(&asked_for(asked)));
    assert_eq!(log.lines(), ["POST /2013-04-01/tags/hostedzone"; 3]);
    let mut sizes: Vec<usize> = log
        .all()
        .iter()
        .map(|asked| asked_for(asked).len())
        .filter(|n| *n > 0)
        .collect();
    sizes.sort_unstable();
    assert_eq!(sizes, [3, 10, 10]);
    assert_eq!(seen.inventory.zone_tags.len(), 23);
    assert_eq!(seen.inventory.zone_tags["Z17"].found().unwrap()["zone"], "Z17");
    assert_eq!(seen.calls["route53:ListTagsForResources"], 3);
}

#[test]
fn a_zone_that_is_gone_does_not_spoil_the_tags_of_the_others() {
    let (seen, log) = observe(tagged(0..4), |asked| {
        let ids = asked_for(asked);
        if ids.contains(&"Z02".to_owned()) {
            error(404, "NoSuchHostedZone")
        } else {
            tag_sets(&ids)
        }
    });
    let absent: BTreeSet<&str> = seen
        .inventory
        .zone_tags
        .iter()
        .filter(|(_, answer)| **answer == Answer::Absent)
        .map(|(id, _)| id.as_str())
        .collect();
    assert_eq!(absent, BTreeSet::from(["Z02"]));
    assert_eq!(
        seen.inventory
            .zone_tags
            .values()
            .filter(|answer| answer.found().is_some())
            .count(),
        3
    );
    assert_eq!(log.lines().len(), 5);
}

#[test]
fn a_zone_that_the_answer_leaves_out_is_unread_and_a_denial_is_for_all() {
    let (seen, _) = observe(tagged(0..2), |asked| tag_sets(&asked_for(asked)[..1]));
    assert!(seen.inventory.zone_tags["Z00"].found().is_some());
    assert!(matches!(&seen.inventory.zone_tags["Z01"], Answer::Failed(failure) if failure.reason == Reason::BadAnswer));

    let (seen, log) = observe(tagged(0..2), |_| error(403, "AccessDenied"));
    assert!(
        seen.inventory
            .zone_tags
            .values()
            .all(|answer| matches!(answer, Answer::Failed(f) if f.reason == Reason::AccessDenied))
    );
    assert_eq!(log.lines().len(), 1);
}

#[test]
fn a_health_check_gives_what_it_asks() {
    let check = |id: &str, config: &str| {
        ok(format!(
            "<?xml version=\"1.0\"?><GetHealthCheckResponse {XMLNS}><HealthCheck><Id>{id}</Id><CallerReference>r</CallerReference>\
             <HealthCheckConfig>{config}</HealthCheckConfig><HealthCheckVersion>1</HealthCheckVersion></HealthCheck></GetHealthCheckResponse>"
        ))
    };
    let reads = ["H1", "H2", "H3"].map(|id| Read::HealthCheck(id.to_owned()));
    let (seen, log) = observe(reads, move |asked| match asked.line.as_str() {
        "GET /2013-04-01/healthcheck/H1" => check(
            "H1",
            "<IPAddress>192.0.2.1</IPAddress><Port>443</Port><Type>HTTPS</Type><ResourcePath>/health</ResourcePath>\
             <FullyQualifiedDomainName>www.example.com</FullyQualifiedDomainName><RequestInterval>30</RequestInterval>\
             <FailureThreshold>3</FailureThreshold><Inverted>true</Inverted><Disabled>true</Disabled><EnableSNI>true</EnableSNI>",
        ),
        "GET /2013-04-01/healthcheck/H2" => check("H2", "<Type>CALCULATED</Type><HealthThreshold>1</HealthThreshold>"),
        _ => error(404, "NoSuchHealthCheck"),
    });
    assert_eq!(log.lines().len(), 3);
    assert_eq!(
        serde_json::to_value(&seen.inventory.health_check).unwrap(),
        json!({
            "H1": {"found": {"id": "H1", "type": "HTTPS", "ip_address": "192.0.2.1", "fully_qualified_domain_name": "www.example.com",
                "disabled": true, "inverted": true}},
            "H2": {"found": {"id": "H2", "type": "CALCULATED", "disabled": false, "inverted": false}},
            "H3": "absent"
        })
    );
    assert_eq!(seen.calls["route53:GetHealthCheck"], 3);
}

#[test]
fn a_zone_that_is_gone_has_no_records_and_no_details() {
    let (seen, _) = observe([records("Z1"), Read::Zone("Z1".to_owned())], |_| {
        error(404, "NoSuchHostedZone")
    });
    assert_eq!(seen.inventory.record_sets["Z1"], Answer::Absent);
    assert_eq!(seen.inventory.zone["Z1"], Answer::Absent);
}
