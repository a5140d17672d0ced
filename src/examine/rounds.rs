//! Reading in rounds: what is kept between them changes nothing.

use super::*;
use crate::expected;
use crate::inventory::Answer;
use crate::snapshot::Snapshot;
use crate::workflows::{Mapping, Repository, find};

/// A step of the incident: its state, its account, and its deployments without any secret.
fn step(name: &str) -> (State, Snapshot, Vec<Deployment>) {
    let read = |file: &str| {
        let path = format!("{}/fixtures/incident/{name}/{file}", env!("CARGO_MANIFEST_DIR"));
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
    };
    let state = expected::parse_state("terraform.tfstate", read("terraform.tfstate").as_bytes()).unwrap();
    let snapshot = Snapshot::parse("live.json", &read("live.json")).unwrap();
    let files = [".github/workflows/deploy.yml", "package.json"].map(|file| (file, read(file)));
    let found = find(&Repository::new(files), &Mapping::new());
    (state, snapshot, Deployment::group(&found, &[]))
}

/// Gives `to` the answer to one of the reads that only following asks for.
fn answer(read: &Read, from: &Inventory, to: &mut Inventory) {
    match read {
        Read::Object { bucket, key } => {
            let keys = to.objects.entry(bucket.clone()).or_default();
            keys.insert(key.clone(), from.object(bucket, key).clone());
        }
        Read::Prefix { bucket, prefix } => {
            let first = from.prefixes.get(bucket).and_then(|prefixes| prefixes.get(prefix));
            let prefixes = to.prefixes.entry(bucket.clone()).or_default();
            prefixes.insert(prefix.clone(), first.cloned().unwrap_or_default());
        }
        Read::Certificate(arn) => {
            let certificate = Inventory::look_up(&from.certificate, arn).clone();
            to.certificate.insert(arn.clone(), certificate);
        }
        Read::Distributions => to.distributions = from.distributions.clone(),
        Read::AccountPublicAccessBlock => to.account_public_access_block = from.account_public_access_block.clone(),
        other => panic!("{other:?} is left in the inventory"),
    }
}

/// Reads round by round until nothing more is needed; the reads, and what they brought.
fn rounds(needs: &mut dyn FnMut(&Inventory) -> ReadPlan, recorded: &Inventory) -> (Vec<ReadPlan>, Inventory) {
    let mut inventory = Inventory {
        objects: Default::default(),
        prefixes: Default::default(),
        certificate: Default::default(),
        distributions: Answer::NotRead,
        account_public_access_block: Answer::NotRead,
        ..recorded.clone()
    };
    let mut done = Vec::new();
    loop {
        let open = needs(&inventory);
        if open.is_empty() {
            return (done, inventory);
        }
        for read in open.iter() {
            answer(read, recorded, &mut inventory);
            assert!(inventory.holds(read), "{read:?} is in the recorded account");
        }
        done.push(open);
    }
}

/// Leaving settled hosts alone changes neither what is read, nor in which round, nor what is found.
#[test]
fn rounds_that_keep_settled_hosts_read_the_same() {
    let mut longest = 0;
    for name in [
        "00-healthy",
        "01-stage-bucket-by-hand",
        "03-production-console-changes",
        "05-origin-path-never-built",
    ] {
        let (state, snapshot, deployments) = step(name);
        let (states, recorded) = ([state], snapshot.inventory);
        let question = Question {
            fail_on: Severity::Low,
            now: snapshot.taken_at,
            serving: true,
            deployments,
            phase: Phase::Pre,
            judgement: Judgement::default(),
            ownership: Ownership::default(),
            against: None,
            unmanaged: crate::config::Unmanaged::ALL,
        };
        let accounts = Accounts::of(&recorded);
        let case = Case::new(&states, &accounts, &question);
        let mut settled = Settled::default();
        let (kept, inventory) = rounds(&mut |inventory| case.needs(inventory, &mut settled), &recorded);
        let (whole, _) = rounds(
            &mut |inventory| case.needs(inventory, &mut Settled::default()),
            &recorded,
        );
        assert_eq!(kept, whole, "{name}");
        longest = longest.max(kept.len());
        assert!(!settled.live.is_empty(), "{name}");
        let (found, expected) = (case.examine(&inventory).unwrap(), case.examine(&recorded).unwrap());
        assert_eq!(found.needs, expected.needs, "{name}");
        assert_eq!(found.result.findings, expected.result.findings, "{name}");
        assert_eq!(found.result.unchecked, expected.result.unchecked, "{name}");
    }
    assert!(longest > 1, "some step takes several rounds");
}

/// What deployments rest on and could not be read is said.
#[test]
fn a_listing_that_deployments_rest_on_and_that_failed_is_unchecked() {
    let (state, snapshot, deployments) = step("00-healthy");
    let (states, mut recorded) = ([state], snapshot.inventory);
    let denied = crate::inventory::Failure::new(
        crate::inventory::Reason::AccessDenied,
        "cloudfront:ListDistributions",
        "",
    );
    recorded.distributions = Answer::Failed(denied);
    let question = Question {
        fail_on: Severity::Low,
        now: snapshot.taken_at,
        serving: true,
        deployments,
        phase: Phase::Pre,
        judgement: Judgement::default(),
        ownership: Ownership::default(),
        against: None,
        unmanaged: crate::config::Unmanaged::ALL,
    };
    let result = examine(&states, &recorded, &question).unwrap().result;
    let told: Vec<&str> = result.unchecked.iter().map(|one| one.address.as_str()).collect();
    assert_eq!(told, ["deployments (the account's distributions)"]);
}
