//! Sites that somebody pinned.

use super::*;
use crate::rules;
use crate::serving::pins;
use crate::site::Site;

fn site(bucket: &str, distribution: Option<&str>) -> Site {
    Site {
        name: "www".to_owned(),
        hosts: vec!["www.example.com".to_owned()],
        bucket: Some(bucket.to_owned()),
        distribution: distribution.map(str::to_owned),
        ..Site::default()
    }
}

#[test]
fn a_site_that_is_served_as_pinned_is_no_finding() {
    let world = World::two_sites();
    let serving = world.live_trace("www.example.com").distribution;
    assert_eq!(
        pins::findings(&[site(PROD_BUCKET, serving.as_deref())], &world.pairs()),
        []
    );
}

#[test]
fn a_site_that_is_served_by_something_else_is_one() {
    let world = World::two_sites();
    let found = pins::findings(&[site(STAGE_BUCKET, Some("E0OTHER"))], &world.pairs());
    let told: Vec<(&str, &[String])> = found.iter().map(|one| (&*one.rule, one.impact.as_slice())).collect();
    let hosts = ["www.example.com".to_owned()];
    assert_eq!(
        told,
        [
            (rules::SITE_NOT_AS_PINNED, hosts.as_slice()),
            (rules::SITE_NOT_AS_PINNED, hosts.as_slice())
        ]
    );
    assert!(found[1].title.contains(PROD_BUCKET), "{}", found[1].title);
}

/// Two sites may pin one bucket, and each is a finding with an id of its own; a site alone keeps the one it had.
#[test]
fn sites_that_pin_the_same_are_told_apart() {
    let world = World::two_sites();
    let one = site(STAGE_BUCKET, None);
    let alone = pins::findings(std::slice::from_ref(&one), &world.pairs());
    assert_eq!(alone[0].aspect, None);
    let other = Site {
        name: "also".to_owned(),
        ..one.clone()
    };
    let found = pins::findings(&[one, other], &world.pairs());
    let aspects: Vec<Option<&str>> = found.iter().map(|finding| finding.aspect.as_deref()).collect();
    assert_eq!(aspects, [Some("www"), Some("also")]);
    assert_ne!(found[0].id(), found[1].id());
}
