//! Which zone is asked, and what is said of the others.

use super::*;

const SERVERS: [&str; 2] = ["ns-1.example.net", "NS-2.example.net."];

fn cut(name: &str, servers: &[&str]) -> RecordSet {
    set(name, "NS", servers)
}

#[test]
fn delegation_is_kept_as_evidence_and_shadowed_records_are_named() {
    let parent = zone(
        "Z1",
        "example.com",
        &["n1"],
        vec![
            cut("sub.example.com", &SERVERS),
            cloudfront("www.sub.example.com", "dold.cloudfront.net"),
        ],
    );
    let child = zone(
        "Z2",
        "sub.example.com",
        &["ns-1.example.net", "ns-2.example.net"],
        vec![cloudfront("www.sub.example.com", "dnew.cloudfront.net")],
    );
    let found = ask("www.sub.example.com", vec![child, parent]);
    assert_eq!(ends(&found), ["CloudFront dnew.cloudfront.net"]);
    assert_eq!(
        found.steps.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "zone example.com (Z1), taken to be live as the only one of its name",
            "zone example.com (Z1) delegates sub.example.com to ns-1.example.net, ns-2.example.net: \
             zone sub.example.com (Z2)",
        ]
    );
    assert_eq!(
        notes(&found),
        ["A www.sub.example.com in zone example.com (Z1) is never asked for: sub.example.com is delegated away"]
    );
    assert!(found.rests_on_assumption());
}

#[test]
fn a_delegation_past_the_owned_zone_names_it() {
    let parent = |servers: &[&str]| zone("Z1", "example.com", &["n1"], vec![cut("sub.example.com", servers)]);
    let child = zone(
        "Z2",
        "sub.example.com",
        &["ns-7.example.net"],
        vec![cloudfront("sub.example.com", "d1.x")],
    );
    let found = ask("sub.example.com", vec![parent(&["ns-1.example.net"]), child.clone()]);
    assert_eq!(
        unknown(&found),
        "delegated outside: sub.example.com (to ns-1.example.net); not asked: zone sub.example.com (Z2)"
    );
    // One name server of two is the zone's: it answers half of the time.
    let found = ask(
        "sub.example.com",
        vec![parent(&["ns-1.example.net", "ns-7.example.net"]), child],
    );
    assert_eq!(
        found.notes,
        [Note::PartlyDelegated {
            cut: "sub.example.com".to_owned(),
            zone: zone_ref("Z2", "sub.example.com"),
            foreign: vec!["ns-1.example.net".to_owned()],
        }]
    );
}

#[test]
fn without_a_delegation_set_the_apex_record_stands_in() {
    let parent = zone("Z1", "example.com", &["n1"], vec![cut("sub.example.com", &["s1"])]);
    let answer = cloudfront("sub.example.com", "d1.cloudfront.net");
    let child = |apex: &[&str]| {
        zone(
            "Z2",
            "sub.example.com",
            &[],
            vec![cut("sub.example.com", apex), answer.clone()],
        )
    };
    let found = ask("sub.example.com", vec![parent.clone(), child(&["s1"])]);
    assert!(matches!(
        found.steps[..],
        [
            _,
            Step::Delegated {
                basis: Basis::ApexRecord,
                ..
            }
        ]
    ));
    let found = ask("sub.example.com", vec![parent.clone(), child(&["s2"])]);
    assert!(unknown(&found).starts_with("delegated outside"));
    let bare = zone("Z2", "sub.example.com", &[], vec![answer]);
    let found = ask("sub.example.com", vec![parent, bare]);
    assert_eq!(
        unknown(&found),
        "sub.example.com is delegated, and the name servers could not be read of zone sub.example.com (Z2)"
    );
}

#[test]
fn the_registrar_tells_two_zones_of_one_name_apart() {
    let of = |id: &str, server: &str, domain: &str| {
        zone(
            id,
            "example.com",
            &[server],
            vec![cloudfront("www.example.com", domain)],
        )
    };
    let zones = Zones::new([of("Z1", "n1", "d1.cloudfront.net"), of("Z2", "n2", "d2.cloudfront.net")]);
    let found = resolve("www.example.com", RecordType::A, &zones);
    assert_eq!(
        unknown(&found),
        "2 public zones are called example.com and nothing says which is asked: zone example.com (Z1), \
         zone example.com (Z2)"
    );
    let known = zones.clone().with_registrar("Example.com.", &["N2.".to_owned()]);
    let found = resolve("www.example.com", RecordType::A, &known);
    assert_eq!(ends(&found), ["CloudFront d2.cloudfront.net"]);
    assert!(!found.rests_on_assumption());
    assert_eq!(
        notes(&found),
        [
            "zone example.com (Z1) is not delegated to; what it holds has no effect: A www.example.com in zone \
          example.com (Z1)"
        ]
    );
    let elsewhere = zones.with_registrar("example.com", &["n9".to_owned()]);
    let found = resolve("www.example.com", RecordType::A, &elsewhere);
    assert!(
        unknown(&found).starts_with("delegated outside: example.com (to n9)"),
        "{found:?}"
    );
}

#[test]
fn zones_that_are_unread_or_partly_known_prove_no_absence() {
    let mut unread = zone("Z1", "example.com", &["n1"], Vec::new());
    unread.records = Records::Unread("AccessDenied".to_owned());
    assert_eq!(
        unknown(&ask("www.example.com", vec![unread])),
        "the records of zone example.com (Z1) could not be read: AccessDenied"
    );
    let mut partly = zone("Z1", "example.com", &["n1"], Vec::new());
    partly.records = Records::Partial(vec![
        cloudfront("www.example.com", "d1.cloudfront.net"),
        cloudfront("*.p.example.com", "d2.cloudfront.net"),
    ]);
    let zones = Zones::new([partly]);
    let found = resolve("www.example.com", RecordType::A, &zones);
    assert_eq!(
        (ends(&found), notes(&found)),
        (vec!["CloudFront d1.cloudfront.net".to_owned()], Vec::new())
    );
    for (host, query) in [
        ("shop.example.com", RecordType::A),
        ("www.example.com", RecordType::Aaaa),
    ] {
        let found = resolve(host, query, &zones);
        let expected = format!("{host} is not among the known records of zone example.com (Z1), which are not all");
        assert_eq!(unknown(&found), expected);
    }
    let found = resolve("x.p.example.com", RecordType::A, &zones);
    assert_eq!(
        found.notes,
        [Note::PartlyKnown {
            zone: zone_ref("Z1", "example.com")
        }]
    );
}

#[test]
fn a_private_zone_is_a_note_and_never_an_answer() {
    let mut private = zone(
        "Z9",
        "www.example.com",
        &[],
        vec![set("www.example.com", "A", &["10.0.0.1"])],
    );
    private.private = true;
    let found = ask("www.example.com", vec![private.clone()]);
    assert_eq!(found.outcome, Outcome::NotOurs);
    let public = zone(
        "Z1",
        "example.com",
        &["n1"],
        vec![cloudfront("www.example.com", "d1.cloudfront.net")],
    );
    let found = ask("www.example.com", vec![private, public]);
    assert_eq!(ends(&found), ["CloudFront d1.cloudfront.net"]);
    assert_eq!(
        notes(&found),
        [
            "inside its VPCs the private zone www.example.com (Z9) answers instead; with: A www.example.com in zone \
          www.example.com (Z9)"
        ]
    );
}

#[test]
fn a_partly_known_parent_is_taken_to_delegate() {
    let mut parent = zone("Z1", "example.com", &[], Vec::new());
    parent.records = Records::Partial(vec![cloudfront("*.example.com", "d1.cloudfront.net")]);
    let child = zone(
        "Z2",
        "sub.example.com",
        &[],
        vec![cloudfront("www.sub.example.com", "d2.cloudfront.net")],
    );
    let found = ask("www.sub.example.com", vec![parent.clone(), child.clone()]);
    assert_eq!(
        (ends(&found), notes(&found)),
        (vec!["CloudFront d2.cloudfront.net".to_owned()], Vec::new())
    );
    assert_eq!(
        found.steps[1].to_string(),
        "zone example.com (Z1), not all records of which are known, is taken to delegate sub.example.com: \
         zone sub.example.com (Z2)"
    );
    let twin = Zone {
        id: "Z3".to_owned(),
        ..child.clone()
    };
    let found = ask("www.sub.example.com", vec![parent, child.clone(), twin]);
    assert!(unknown(&found).starts_with("2 public zones are called sub.example.com"));
    // A parent that is fully known and holds no delegation does not delegate.
    let parent = zone(
        "Z1",
        "example.com",
        &[],
        vec![cloudfront("*.example.com", "d1.cloudfront.net")],
    );
    assert_eq!(
        ends(&ask("www.sub.example.com", vec![parent, child])),
        ["CloudFront d1.cloudfront.net"]
    );
}

#[test]
fn of_two_delegations_the_one_nearest_to_the_apex_counts() {
    let parent = zone(
        "Z1",
        "example.com",
        &["n1"],
        vec![cut("a.b.example.com", &["s2"]), cut("b.example.com", &["s1"])],
    );
    let answer = |domain: &str| vec![cloudfront("www.a.b.example.com", domain)];
    let child = zone("Z2", "b.example.com", &["s1"], answer("d1.cloudfront.net"));
    let grandchild = zone("Z3", "a.b.example.com", &["s2"], answer("d2.cloudfront.net"));
    let found = ask("www.a.b.example.com", vec![grandchild, child, parent]);
    assert_eq!(ends(&found), ["CloudFront d1.cloudfront.net"]);
    assert!(matches!(&found.notes[..], [Note::ZoneNotReached { zone, .. }] if zone.id == "Z3"));
}
