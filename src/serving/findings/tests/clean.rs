//! What must not be found.

use super::*;
use crate::inventory::Answer::Failed;
use crate::inventory::{Failure, Reason};

#[test]
fn nothing_is_found_where_every_host_serves() {
    let world = World::two_sites();
    let hosts: Vec<String> = hosts(&world.estate(), &world.live).into_iter().collect();
    assert_eq!(
        hosts,
        ["example.com", "old.example.com", "stage.example.com", "www.example.com"]
    );
    let (found, doubts) = world.run();
    assert_eq!(found, []);
    assert_eq!(doubts, []);
    for (host, bucket, key) in [
        ("www.example.com", PROD_BUCKET, "releases/1.4.2/index.html"),
        ("stage.example.com", STAGE_BUCKET, "releases/1.5.0-rc.1/index.html"),
    ] {
        let page = Visitor::Page {
            status: 200,
            bucket: bucket.to_owned(),
            key: key.to_owned(),
        };
        let pair = world.pair(host, "/");
        assert_eq!((pair.state.visitor, pair.live.visitor), (page.clone(), page));
        assert_eq!(pair.live.distribution, pair.state.distribution);
    }
    let to = "https://www.example.com/".to_owned();
    let redirect = Visitor::Redirect { status: 301, to };
    let pair = world.pair("old.example.com", "/");
    assert_eq!((pair.state.visitor, pair.live.visitor), (redirect.clone(), redirect));
}

/// What a snapshot taken for the comparison alone holds: the walk then says what it wants, and accuses nobody.
#[test]
fn nothing_is_found_in_an_inventory_that_lacks_what_serving_needs() {
    let world = World::with(|live| {
        live.objects.clear();
        live.prefixes.clear();
        live.certificate.clear();
        live.distributions = Answer::NotRead;
        live.account_public_access_block = Answer::NotRead;
    });
    let pairs = world.pairs();
    let (found, _) = world.judged(&pairs);
    assert_eq!(found, []);
    let www = world.live_trace("www.example.com");
    let object = Read::Object {
        bucket: PROD_BUCKET.to_owned(),
        key: format!("{PROD_PATH}/index.html"),
    };
    assert!(www.needs.contains(&object), "{:?}", www.needs);
    assert!(
        !www.needs.contains(&Read::Distributions),
        "an exact alias needs no listing"
    );
    assert!(
        pairs.iter().all(|pair| pair.state.needs.is_empty()),
        "the state is asked for nothing"
    );
}

#[test]
fn nothing_is_found_where_nothing_could_be_read() {
    let world = World::with(|live| {
        let denied = || Failure::new(Reason::AccessDenied, "", "denied");
        live.zones = Failed(denied());
        live.buckets = Failed(denied());
        live.distributions = Failed(denied());
        for answer in live.distribution.values_mut() {
            *answer = Failed(denied());
        }
        for answer in live.record_sets.values_mut() {
            *answer = Failed(denied());
        }
        live.bucket.clear();
    });
    let pairs = world.pairs();
    let (found, doubts) = world.judged(&pairs);
    assert_eq!(found, []);
    for pair in &pairs {
        assert!(
            doubts.iter().any(|doubt| doubt.host == pair.live.host),
            "{}",
            pair.live.host
        );
        assert!(
            matches!(pair.live.visitor, Visitor::Unknown { .. }),
            "{:?}",
            pair.live.visitor
        );
    }
}

#[test]
fn a_title_speaks_of_all_hosts() {
    let hosts: Vec<String> = ["a", "b", "c", "d"]
        .iter()
        .map(|one| format!("{one}.example.com"))
        .collect();
    let said = |title: &str, hosts: &[String]| super::super::said_of_all(title, "b.example.com", hosts);
    assert_eq!(said("b.example.com is down", &hosts[1..2]), "b.example.com is down");
    assert_eq!(
        said("b.example.com is down", &hosts[..3]),
        "b.example.com is down; the same holds for a.example.com, c.example.com"
    );
    let many: Vec<String> = hosts.iter().cloned().chain(["e.example.com".to_owned()]).collect();
    assert_eq!(
        said("b.example.com is down", &many),
        "b.example.com is down; the same holds for 4 more hosts"
    );
    // Titles about something else than a host, and names that only contain the host's.
    for title in ["the bucket is gone", "www.b.example.com.s3.amazonaws.com is gone"] {
        assert_eq!(said(title, &hosts), title);
    }
}
