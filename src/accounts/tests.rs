use serde_json::{Value, json};

use super::*;
use crate::compare::{self, Comparison};
use crate::estate::Estate;
use crate::expected::{State, parse_state};
use crate::inventory::{
    Answer, BucketHead, BucketSummary, PublicAccessBlock, Reason, RecordSet, RecordSets, ZoneSummary,
};
use crate::plan::{BucketAspect, Read, ReadPlan};

const SITE: &str = "111122223333";
const DNS: &str = "444455556666";
const THIRD: &str = "777788889999";

fn state(source: &str, resources: &[(&str, Value)]) -> State {
    let resources: Vec<Value> = resources
        .iter()
        .enumerate()
        .map(|(at, (kind, attributes))| {
            json!({
                "mode": "managed", "type": kind, "name": format!("r{at}"),
                "provider": "provider[\"registry.terraform.io/hashicorp/aws\"]",
                "instances": [{ "schema_version": 0, "attributes": attributes }],
            })
        })
        .collect();
    let text =
        json!({ "version": 4, "terraform_version": "1.9.0", "serial": 1, "lineage": source, "resources": resources });
    parse_state(source, text.to_string().as_bytes()).unwrap()
}

/// A state whose resources nothing places: a zone and a record in it.
fn dns() -> State {
    state(
        "dns",
        &[
            (
                "aws_route53_zone",
                json!({ "id": "Z1", "name": "example.com", "arn": "arn:aws:route53:::hostedzone/Z1" }),
            ),
            (
                "aws_route53_record",
                json!({ "id": "Z1_www.example.com_TXT", "zone_id": "Z1", "name": "www.example.com", "type": "TXT",
                        "ttl": 60, "records": ["v"] }),
            ),
        ],
    )
}

/// A bucket that an ARN beside it places in the site's account, and its policy.
fn site() -> State {
    state(
        "site",
        &[
            (
                "aws_s3_bucket",
                json!({ "id": "site", "bucket": "site", "arn": "arn:aws:s3:::site" }),
            ),
            (
                "aws_cloudfront_function",
                json!({ "name": "f", "arn": format!("arn:aws:cloudfront::{SITE}:function/f") }),
            ),
        ],
    )
}

fn caller(account: &str) -> Caller {
    Caller {
        account: account.to_owned(),
        arn: format!("arn:aws:iam::{account}:root"),
    }
}

fn denied() -> Failure {
    Failure::new(Reason::AccessDenied, "sts:AssumeRole", "no")
}

fn with_zone(account: &str) -> Inventory {
    let zone = ZoneSummary {
        id: "Z1".to_owned(),
        name: "example.com.".to_owned(),
        ..ZoneSummary::default()
    };
    let set = |name: &str| RecordSet {
        name: name.to_owned(),
        kind: "TXT".to_owned(),
        ttl: Some(60),
        values: vec!["\"v\"".to_owned()],
        ..RecordSet::default()
    };
    let mut inventory = Inventory::begun(&caller(account));
    inventory.zones = Answer::Found(vec![zone]);
    inventory.record_sets.insert("Z2".to_owned(), Answer::Absent);
    let sets = vec![set("www.example.com."), set("console.example.com.")];
    inventory
        .record_sets
        .insert("Z1".to_owned(), Answer::Found(RecordSets::from(sets)));
    inventory
}

fn without_zone(account: &str) -> Inventory {
    let mut inventory = Inventory::begun(&caller(account));
    inventory.zones = Answer::Found(Vec::new());
    for zone in ["Z1", "Z2"] {
        inventory.record_sets.insert(zone.to_owned(), Answer::Absent);
    }
    inventory
}

fn with_buckets(account: &str, buckets: &[&str]) -> Inventory {
    let mut inventory = Inventory::begun(&caller(account));
    let buckets = buckets.iter().map(|name| BucketSummary {
        name: (*name).to_owned(),
        region: None,
        created: None,
    });
    inventory.buckets = Answer::Found(buckets.collect());
    inventory
}

fn beside(mut first: Inventory, others: impl IntoIterator<Item = (&'static str, Answer<Inventory>)>) -> Inventory {
    first.accounts = others.into_iter().map(|(id, one)| (id.to_owned(), one)).collect();
    first
}

fn compared(states: &[State], inventory: &Inventory) -> Comparison {
    let accounts = Accounts::of(inventory);
    compare::compare(&Estate::across(states, &accounts), inventory)
}

fn found(comparison: &Comparison) -> Vec<(&str, &str, Option<&str>)> {
    let findings = comparison.findings.iter();
    findings
        .map(|one| {
            let place = one.address.as_deref().unwrap_or(&one.resource.id);
            (&*one.rule, place, one.resource.account.as_deref())
        })
        .collect()
}

#[test]
fn what_one_account_lists_is_not_missing_for_another_that_lacks_it() {
    let inventory = beside(without_zone(SITE), [(DNS, Answer::Found(with_zone(DNS)))]);
    let comparison = compared(&[dns(), site()], &inventory);
    // What nobody manages is told once, in its own account.
    let record = ("unmanaged-record", "Z1_console.example.com_TXT", Some(DNS));
    assert_eq!(found(&comparison), [record]);
    let unchecked: Vec<_> = comparison.unchecked.iter().map(|one| one.address.as_str()).collect();
    assert_eq!(unchecked, ["aws_s3_bucket.r0"], "nobody read the site's buckets here");
}

/// The same with a second zone, which nobody has.
fn two_zones() -> State {
    let mut state = dns();
    let mut second = state.instances[0].clone();
    second.address = "aws_route53_zone.second".to_owned();
    second.attributes.insert("id".to_owned(), json!("Z2"));
    state.instances.push(second);
    state
}

#[test]
fn what_every_account_denies_is_missing() {
    let inventory = beside(without_zone(SITE), [(DNS, Answer::Found(with_zone(DNS)))]);
    let comparison = compared(&[two_zones()], &inventory);
    let missing: Vec<_> = found(&comparison)
        .into_iter()
        .filter(|one| one.0 == "resource-missing")
        .collect();
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0].1, "aws_route53_zone.second");
    assert_eq!(comparison.unchecked, []);
    // The same of one account.
    let comparison = compared(&[two_zones()], &with_zone(SITE));
    assert!(found(&comparison).contains(&("resource-missing", "aws_route53_zone.second", Some(SITE))));
}

/// A state of another account's zones, given with one's own credentials: everything seems to be gone.
#[test]
fn where_nothing_of_a_provider_is_there_its_account_is_another_one() {
    for inventory in [
        without_zone(SITE),
        beside(without_zone(SITE), [(DNS, Answer::Found(without_zone(DNS)))]),
    ] {
        let comparison = compared(&[dns(), site()], &inventory);
        assert_eq!(comparison.findings, []);
        let zones: Vec<_> = comparison
            .unchecked
            .iter()
            .filter(|one| one.address.contains("route53"))
            .collect();
        assert_eq!(zones.len(), 2);
        for one in zones {
            assert_eq!(one.reason, Reason::OtherAccount);
            assert!(
                one.detail.contains("nothing of its provider is in account"),
                "{}",
                one.detail
            );
        }
    }
}

/// The name of a bucket is one in the world.
#[test]
fn a_bucket_that_nobody_has_is_missing_wherever_it_was() {
    let state = state(
        "logs",
        &[(
            "aws_s3_bucket",
            json!({ "id": "logs", "bucket": "logs", "arn": "arn:aws:s3:::logs" }),
        )],
    );
    let mut inventory = with_buckets(SITE, &[]);
    inventory.bucket.entry("logs".to_owned()).or_default().head = Answer::Absent;
    assert_eq!(
        found(&compared(&[state], &inventory)),
        [("resource-missing", "aws_s3_bucket.r0", Some(SITE))]
    );
}

#[test]
fn what_may_be_in_an_account_that_was_not_read_is_unchecked() {
    let unread = beside(without_zone(SITE), [(DNS, Answer::Failed(denied()))]);
    let comparison = compared(&[dns()], &unread);
    assert_eq!(comparison.findings, []);
    assert_eq!(comparison.counts.unchecked, 2);
    for one in &comparison.unchecked {
        assert_eq!(one.reason, Reason::AccessDenied);
        assert!(
            one.detail.contains("it may be 444455556666, which could not be read: "),
            "{}",
            one.detail
        );
    }
    // The same where a state names an account that nothing leads to.
    let other = state(
        "other",
        &[(
            "aws_acm_certificate",
            json!({ "id": "c", "arn": format!("arn:aws:acm:us-east-1:{THIRD}:certificate/c") }),
        )],
    );
    let comparison = compared(&[dns(), other], &without_zone(SITE));
    assert_eq!(comparison.findings, []);
    let detail = &comparison.unchecked[0].detail;
    assert!(detail.contains("give an `account \"777788889999\"` block"), "{detail}");
    // What one account has stays checked, whatever was not read; and what is gone beside it is missing.
    let unread = beside(with_zone(SITE), [(DNS, Answer::Failed(denied()))]);
    let comparison = compared(&[two_zones()], &unread);
    assert_eq!(comparison.unchecked, []);
    assert!(found(&comparison).contains(&("resource-missing", "aws_route53_zone.second", Some(SITE))));
}

#[test]
fn a_listing_that_failed_proves_nothing() {
    let mut blind = without_zone(DNS);
    blind.zones = Answer::Failed(denied());
    blind.record_sets.clear();
    let comparison = compared(&[dns()], &beside(without_zone(SITE), [(DNS, Answer::Found(blind))]));
    assert_eq!(comparison.findings, []);
    assert_eq!(comparison.counts.unchecked, 2);
}

#[test]
fn a_zone_whose_records_are_denied_may_be_somebody_elses() {
    let mut alone = without_zone(SITE);
    let denied = Failure::new(Reason::AccessDenied, "route53:ListResourceRecordSets", "no");
    alone.record_sets.insert("Z1".to_owned(), Answer::Failed(denied));
    let comparison = compared(&[dns()], &alone);
    assert_eq!(comparison.findings, []);
    assert_eq!(comparison.unchecked[0].reason, Reason::OtherAccount);
}

#[test]
fn a_bucket_is_missing_only_from_its_own_account() {
    let gone = |mut inventory: Inventory| {
        inventory.bucket.entry("site".to_owned()).or_default().head = Answer::Absent;
        inventory
    };
    // The other account's word does not count, whatever it is.
    let inventory = beside(
        gone(with_buckets(DNS, &[])),
        [(SITE, Answer::Found(with_buckets(SITE, &["site"])))],
    );
    let rules: Vec<String> = compared(&[site()], &inventory)
        .findings
        .iter()
        .map(|one| one.rule.to_string())
        .collect();
    assert!(!rules.contains(&"resource-missing".to_owned()), "{rules:?}");
    let inventory = beside(
        with_buckets(DNS, &[]),
        [(SITE, Answer::Found(gone(with_buckets(SITE, &[]))))],
    );
    assert_eq!(
        found(&compared(&[site()], &inventory)),
        [("resource-missing", "aws_s3_bucket.r0", Some(SITE))]
    );
}

#[test]
fn an_account_that_nothing_leads_to_is_named_with_the_block_to_add() {
    let comparison = compared(&[site()], &with_buckets(DNS, &[]));
    assert_eq!(comparison.findings, []);
    let [one] = comparison.unchecked.as_slice() else {
        panic!("{:?}", comparison.unchecked)
    };
    assert_eq!(one.reason, Reason::OtherAccount);
    assert_eq!(
        one.detail,
        "it lives in account 111122223333, the credentials are of account 444455556666; give an \
         `account \"111122223333\"` block with its profile or role_arn"
    );
    let failed = beside(with_buckets(DNS, &[]), [(SITE, Answer::Failed(denied()))]);
    let comparison = compared(&[site()], &failed);
    assert_eq!(comparison.unchecked[0].reason, Reason::AccessDenied);
    let detail = &comparison.unchecked[0].detail;
    assert_eq!(
        detail,
        "it lives in account 111122223333, which could not be read: sts:AssumeRole: no"
    );
}

fn plan_of(reads: &[Read]) -> ReadPlan {
    reads.iter().cloned().collect()
}

fn asked(states: &[State], inventory: &Inventory, read: Read) -> Vec<String> {
    let accounts = Accounts::of(inventory);
    let routes = Routes::new(&Estate::across(states, &accounts), &accounts);
    routes.of(&read).into_iter().map(str::to_owned).collect()
}

#[test]
fn every_account_is_planned_its_own_reads() {
    let begun = beside(
        Inventory::begun(&caller(SITE)),
        [(DNS, Answer::Found(Inventory::begun(&caller(DNS))))],
    );
    let accounts = Accounts::of(&begun);
    let states = [site(), dns()];
    let plans = compare::plans(&Estate::across(&states, &accounts), &accounts);
    let records = Read::RecordSets("Z1".to_owned());
    let has = |account: &str, read: &Read| plans.of(account).is_some_and(|plan| plan.iter().any(|one| one == read));
    assert!(has(SITE, &Read::Buckets) && !has(DNS, &Read::Buckets));
    // Nothing places the zone yet, so both are asked; once one account lists it, only that.
    assert!(has(SITE, &records) && has(DNS, &records));
    let listed = beside(without_zone(SITE), [(DNS, Answer::Found(with_zone(DNS)))]);
    let accounts = Accounts::of(&listed);
    let plans = compare::plans(&Estate::across(&states, &accounts), &accounts);
    assert!(!plans.of(SITE).unwrap().iter().any(|read| *read == records));
    assert!(plans.of(DNS).unwrap().iter().any(|read| *read == records));
    assert!(!plans.of(DNS).unwrap().iter().any(|read| *read == Read::Buckets));
}

#[test]
fn listings_are_asked_where_the_states_have_something_and_of_several_accounts_alone() {
    let states = [site(), dns()];
    let alone = Inventory::begun(&caller(SITE));
    let accounts = Accounts::of(&alone);
    assert!(
        Routes::new(&Estate::across(&states, &accounts), &accounts)
            .listings()
            .is_empty()
    );
    let begun = beside(alone, [(DNS, Answer::Found(Inventory::begun(&caller(DNS))))]);
    let accounts = Accounts::of(&begun);
    let listings = Routes::new(&Estate::across(&states, &accounts), &accounts).listings();
    assert_eq!(
        listings.of(SITE),
        Some(&plan_of(&[Read::Buckets, Read::Distributions, Read::Zones]))
    );
    assert_eq!(listings.of(DNS), Some(&plan_of(&[Read::Zones])));
}

#[test]
fn a_listing_that_failed_where_nothing_is_after_all_is_forgotten() {
    let mut blind = Inventory::begun(&caller(SITE));
    blind.zones = Answer::Failed(denied());
    let mut inventory = beside(blind, [(DNS, Answer::Found(with_zone(DNS)))]);
    let forget = |inventory: &mut Inventory| {
        let accounts = Accounts::of(inventory);
        Routes::new(&Estate::across(&[dns()], &accounts), &accounts).forget_idle(inventory);
    };
    forget(&mut inventory);
    assert_eq!(inventory.zones, Answer::NotRead);
    assert!(inventory.whole().zones.found().is_some());
    // While nothing tells where the zone is, the failure counts.
    let mut blind = Inventory::begun(&caller(SITE));
    blind.zones = Answer::Failed(denied());
    let mut inventory = beside(blind, [(DNS, Answer::Found(without_zone(DNS)))]);
    forget(&mut inventory);
    assert_eq!(inventory.zones, Answer::Failed(denied()));
    assert!(matches!(inventory.whole().zones, Answer::Failed(_)));
}

#[test]
fn reads_go_to_the_account_that_has_the_thing() {
    let mut second = with_zone(DNS);
    second.buckets = with_buckets(DNS, &["theirs"]).buckets;
    let inventory = beside(with_buckets(SITE, &["site"]), [(DNS, Answer::Found(second))]);
    let states = [site(), dns()];
    let of = |read| asked(&states, &inventory, read);
    let bucket = |name: &str| Read::Bucket {
        bucket: name.to_owned(),
        aspect: BucketAspect::Policy,
    };
    assert_eq!(of(bucket("site")), [SITE]);
    assert_eq!(of(bucket("theirs")), [DNS]);
    assert_eq!(of(bucket("nobodys")), [SITE]);
    assert_eq!(of(Read::RecordSets("Z1".to_owned())), [DNS]);
    assert_eq!(of(Read::RecordSets("Z2".to_owned())), [DNS], "only there are zones");
    let certificate = |account: &str| Read::Certificate(format!("arn:aws:acm:us-east-1:{account}:certificate/c"));
    assert_eq!(of(certificate(DNS)), [DNS]);
    assert_eq!(of(certificate(THIRD)), [SITE]);
    assert_eq!(of(Read::Distributions), [SITE]);
    // Without a state, anything may be anywhere.
    assert_eq!(asked(&[], &inventory, Read::Distributions), [SITE, DNS]);
}

#[test]
fn what_is_held_is_not_asked_again() {
    let inventory = beside(with_buckets(SITE, &["site"]), [(DNS, Answer::Found(with_zone(DNS)))]);
    let accounts = Accounts::of(&inventory);
    let states = [site(), dns()];
    let routes = Routes::new(&Estate::across(&states, &accounts), &accounts);
    let open = plan_of(&[
        Read::Buckets,
        Read::Zones,
        Read::RecordSets("Z1".to_owned()),
        Read::AccountPublicAccessBlock,
    ]);
    let plans = routes.split(&open, &inventory);
    assert_eq!(plans.of(SITE), Some(&plan_of(&[Read::AccountPublicAccessBlock])));
    assert_eq!(plans.of(DNS), None);
}

#[test]
fn all_accounts_as_one_keep_what_is_each_ones_own() {
    let block = |on| PublicAccessBlock {
        block_public_acls: on,
        block_public_policy: on,
        ignore_public_acls: on,
        restrict_public_buckets: on,
    };
    let mut first = with_buckets(SITE, &["site"]);
    first.account_public_access_block = Answer::Found(block(true));
    first.bucket.entry("theirs".to_owned()).or_default().policy = Answer::Failed(denied());
    first.distribution.insert("E1".to_owned(), Answer::Absent);
    let mut second = with_buckets(DNS, &["theirs"]);
    second.account_public_access_block = Answer::Found(block(false));
    second.bucket.entry("theirs".to_owned()).or_default().policy = Answer::Absent;
    second.bucket.entry("site".to_owned()).or_default().head = Answer::Found(BucketHead::default());
    second.distribution.insert("E1".to_owned(), Answer::Failed(denied()));
    let inventory = beside(first, [(DNS, Answer::Found(second)), (THIRD, Answer::Failed(denied()))]);
    let whole = inventory.whole();
    let names: Vec<&str> = whole
        .buckets
        .found()
        .unwrap()
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names, ["site", "theirs"]);
    assert_eq!(whole.bucket("theirs").policy, Answer::Absent, "its owner's word");
    assert_eq!(whole.bucket("site").head, Answer::NotRead, "not the other account's");
    assert_eq!(
        whole.distribution["E1"],
        Answer::Failed(denied()),
        "nobody found it, and one could not look"
    );
    assert_eq!(whole.public_access_block_over("site"), &Answer::Found(block(true)));
    assert_eq!(whole.public_access_block_over("theirs"), &Answer::Found(block(false)));
    assert_eq!(whole.account_of_bucket("theirs"), Some(DNS));
    assert_eq!(whole.account_of_bucket("nobodys"), Some(SITE));
    assert_eq!(whole.read_accounts().collect::<Vec<_>>(), [SITE, DNS]);
    assert_eq!(whole.unread().map(|(account, _)| account).collect::<Vec<_>>(), [THIRD]);
    let mut asked_once = inventory.clone();
    asked_once.of_mut(DNS).unwrap().account_public_access_block = Answer::NotRead;
    assert!(!asked_once.whole().holds(&Read::AccountPublicAccessBlock));
    assert!(
        asked_once.holds(&Read::AccountPublicAccessBlock),
        "of the first account alone"
    );
    assert!(whole.holds(&Read::AccountPublicAccessBlock));
}

#[test]
fn a_snapshot_holds_all_accounts() {
    use crate::snapshot::Snapshot;
    let inventory = beside(
        with_zone(SITE),
        [
            (DNS, Answer::Found(without_zone(DNS))),
            (THIRD, Answer::Failed(denied())),
        ],
    );
    let text = Snapshot::new(inventory.clone(), "2026-01-01T00:00:00Z".to_owned()).to_text();
    assert_eq!(Snapshot::parse("live.json", &text).unwrap().inventory, inventory);
    // One account is written as it always was.
    let alone = Snapshot::new(with_zone(SITE), "2026-01-01T00:00:00Z".to_owned()).to_text();
    assert!(!alone.contains("accounts"), "{alone}");
}
