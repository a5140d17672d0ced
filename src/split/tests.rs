use super::*;
use crate::report::samples;

fn of<'a>(shares: &'a [Share], state: &str) -> &'a Share {
    shares.iter().find(|share| share.state == state).expect("a share")
}

#[test]
fn one_state_is_told_as_it_is() {
    let result = samples::drifted();
    let shares = by_state(&result);
    assert_eq!(shares.len(), 1);
    assert_eq!(
        (&shares[0].state[..], &shares[0].result),
        ("terraform.tfstate", &result)
    );
}

#[test]
fn a_run_about_no_state_has_one_share() {
    let mut result = samples::clean();
    result.run.states.clear();
    let shares = by_state(&result);
    assert_eq!((shares.len(), &shares[0].state[..]), (1, ""));
}

#[test]
fn every_state_gets_what_is_its_own_and_the_first_the_rest() {
    let mut result = samples::outage();
    let mut zone = result.findings[0].clone();
    zone.finding.state = None;
    zone.finding.address = Some("aws_route53_zone.main".to_owned());
    result.findings.push(zone);
    let shares = by_state(&result);
    assert_eq!(shares.len(), 2);
    let (site, dns) = (of(&shares, "terraform.tfstate"), of(&shares, "dns.tfstate"));
    assert_eq!(site.result.findings, result.findings[..result.findings.len() - 1]);
    assert_eq!(dns.result.findings, result.findings[result.findings.len() - 1..]);
    assert_eq!((site.result.counts.resources, site.result.counts.unchecked), (2, 1));
    assert_eq!((dns.result.counts.resources, dns.result.counts.checked), (1, 1));
    assert_eq!(site.result.unchecked, result.unchecked);
    assert!(!site.result.complete && dns.result.complete && !dns.unsettled);
    assert_eq!((site.result.resolved.len(), dns.result.resolved.len()), (1, 0));
    assert_eq!(dns.result.outcome, Outcome::Drift);
}

#[test]
fn what_could_not_be_checked_and_is_nobodys_leaves_the_others_unsettled() {
    let mut result = samples::outage();
    result.unchecked[0].address = "records of zone Z0123456789ABCDEFGHIJ".to_owned();
    result.resources[1].checked = true;
    let shares = by_state(&result);
    let (site, dns) = (of(&shares, "terraform.tfstate"), of(&shares, "dns.tfstate"));
    assert!(!site.unsettled && !site.result.complete);
    assert!(dns.unsettled);
    assert_eq!(dns.result.outcome, Outcome::Clean);
}

#[test]
fn an_incomplete_run_is_never_split_into_clean_ones() {
    let mut result = samples::outage();
    result.findings.clear();
    result.unchecked.clear();
    result.resources[1].checked = true;
    result.complete = false;
    for share in by_state(&result) {
        assert_eq!(share.result.outcome, Outcome::Incomplete, "{}", share.state);
    }
}

#[test]
fn an_address_in_two_states_is_told_with_the_one_that_was_not_checked() {
    let mut result = samples::outage();
    let mut twin = result.resources[1].clone();
    (twin.state, twin.checked) = ("dns.tfstate".to_owned(), true);
    result.resources.push(twin);
    let shares = by_state(&result);
    assert_eq!(of(&shares, "terraform.tfstate").result.unchecked.len(), 1);
    assert!(of(&shares, "dns.tfstate").result.unchecked.is_empty());
}
