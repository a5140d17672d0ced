//! Wildcards, empty non-terminals, chains and damaged records.

use super::*;

#[test]
fn wildcards_end_where_a_name_exists() {
    let records = || {
        vec![
            cloudfront("\\052.example.com.", "d1.cloudfront.net"),
            set("x.a.b.example.com", "TXT", &["\"x\""]),
            set("mail.example.com", "MX", &["10 m"]),
            cloudfront("a*c.example.com", "d2.cloudfront.net"),
            set("y.*.w.example.com", "TXT", &["\"y\""]),
        ]
    };
    let found = in_one_zone("deep.down.example.com", records());
    assert_eq!(ends(&found), ["CloudFront d1.cloudfront.net"]);
    assert!(found.members()[0].by_wildcard());
    assert_eq!(
        found.members()[0].path[0].to_string(),
        "A *.example.com in zone example.com (Z1) -> alias d1.cloudfront.net"
    );
    // Both ancestors exist only because of the TXT record below them.
    let note = "A *.example.com in zone example.com (Z1) does not answer: x.a.b.example.com makes ";
    let found = in_one_zone("a.b.example.com", records());
    assert!(matches!(&found.outcome, Outcome::NoData { at, .. } if at.name == "a.b.example.com"));
    assert_eq!(notes(&found), [format!("{note}a.b.example.com exist")]);
    let found = in_one_zone("z.b.example.com", records());
    assert!(matches!(found.outcome, Outcome::NxDomain { .. }));
    assert_eq!(notes(&found), [format!("{note}b.example.com exist")]);
    // Records of its own, or none at all, are no such case.
    for host in ["mail.example.com", "x.mail.example.com"] {
        assert_eq!(in_one_zone(host, records()).notes, Vec::new(), "{host}");
    }
    // An asterisk inside a label is a letter, and a wildcard that is only a parent has no records.
    assert_eq!(
        ends(&in_one_zone("abc.example.com", records())),
        ["CloudFront d1.cloudfront.net"]
    );
    assert!(matches!(
        in_one_zone("q.w.example.com", records()).outcome,
        Outcome::NoData { .. }
    ));
}

#[test]
fn cnames_and_aliases_are_followed_through_owned_zones() {
    let com = zone(
        "Z1",
        "example.com",
        &["n1"],
        vec![
            set("www.example.com", "CNAME", &["Site.Example.org."]),
            set("gone.example.com", "CNAME", &["none.example.org"]),
            set("away.example.com", "CNAME", &["www.example.net"]),
        ],
    );
    let org = zone(
        "Z2",
        "example.org",
        &["n2"],
        vec![
            alias("site.example.org", "A", "main.example.org.", "Z2"),
            alias(
                "main.example.org",
                "A",
                "s3-website.eu-central-1.amazonaws.com",
                "Z21DNDUVLTQW6Q",
            ),
            alias("lb.example.org", "A", "x.elb.amazonaws.com", "Z32O12XQLNTSW2"),
        ],
    );
    let zones = Zones::new([com, org]);
    let found = resolve("www.example.com", RecordType::A, &zones);
    assert_eq!(
        ends(&found),
        ["S3 website endpoint s3-website.eu-central-1.amazonaws.com"]
    );
    let names: Vec<&str> = found.members()[0].path.iter().map(|hop| hop.asked.as_str()).collect();
    assert_eq!(names, ["www.example.com", "site.example.org", "main.example.org"]);
    assert_eq!(found.steps.len(), 2);
    let found = resolve("gone.example.com", RecordType::A, &zones);
    match &found.outcome {
        Outcome::NxDomain { at, via } => assert_eq!((at.name.as_str(), via.len()), ("none.example.org", 1)),
        other => panic!("{other:?}"),
    }
    let other = |name: &str, id: Option<&str>| Target::Other {
        name: name.to_owned(),
        hosted_zone_id: id.map(str::to_owned),
    };
    let targets = |host| {
        resolve(host, RecordType::A, &zones)
            .targets()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(targets("away.example.com"), [other("www.example.net", None)]);
    assert_eq!(
        targets("lb.example.org"),
        [other("x.elb.amazonaws.com", Some("Z32O12XQLNTSW2"))]
    );
}

#[test]
fn circles_and_long_chains_end() {
    let found = in_one_zone(
        "a.example.com",
        vec![
            set("a.example.com", "CNAME", &["b.example.com"]),
            set("b.example.com", "CNAME", &["c.example.com"]),
            alias("c.example.com", "A", "b.example.com", "Z1"),
        ],
    );
    assert_eq!(
        found.outcome.to_string(),
        "leads back to itself: b.example.com -> c.example.com -> b.example.com"
    );
    let chain = |length: usize| -> Vec<RecordSet> {
        let link = |i: usize| {
            set(
                &format!("h{i}.example.com"),
                "CNAME",
                &[&format!("h{}.example.com", i + 1)],
            )
        };
        let end = set(&format!("h{length}.example.com"), "A", &["192.0.2.1"]);
        (0..length).map(link).chain([end]).collect()
    };
    assert_eq!(ends(&in_one_zone("h0.example.com", chain(15))), ["192.0.2.1"]);
    assert_eq!(
        unknown(&in_one_zone("h0.example.com", chain(16))),
        "too many CNAMEs or aliases in a row, at h16.example.com"
    );
}

#[test]
fn records_that_say_nothing_are_not_guessed_at() {
    for damaged in [
        set("www.example.com", "A", &[]),
        set("www.example.com", "CNAME", &[]),
        set("www.example.com", "CNAME", &["a.example.com", "b.example.com"]),
    ] {
        let kind = damaged.kind.clone();
        assert_eq!(
            unknown(&in_one_zone("www.example.com", vec![damaged])),
            format!("{kind} www.example.com in zone example.com (Z1) holds no value that can be followed")
        );
    }
    let owned = member("t", cloudfront("www.example.com", "d1.cloudfront.net"), |set| {
        set.traffic_policy_instance_id = Some("i-1".to_owned());
    });
    assert!(matches!(
        in_one_zone("www.example.com", vec![owned]).notes[..],
        [Note::TrafficPolicyInstance { .. }]
    ));
}
