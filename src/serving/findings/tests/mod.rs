//! Each test takes an account that Terraform built, whose every host serves, and breaks exactly one thing.

mod clean;
mod continuous;
mod distributions;
mod environments;
mod health_checks;
mod impacts;
mod objects;
mod origins;
mod pins;
mod records;
mod request_policies;
mod websites;

use crate::estate::Estate;
use crate::expected::{self, State};
use crate::finding::{Finding, Severity};
use crate::inventory::{
    Answer, BucketAnswers, BucketSummary, Distribution, Inventory, Object, PublicAccessBlock, RecordSet,
};
use crate::plan::Read;
use crate::serving::trace::{Side, Trace, Visitor};
use crate::serving::{Doubt, Pair, Sides, declared, findings, hosts, impact, walk};
use crate::snapshot::Snapshot;

const NOW: &str = "2026-12-01T12:00:00Z";
const PROD: &str = "E0O9TSKBBE0WBO";
const STAGE: &str = "ED5MXHD764X98K";
const ZONE: &str = "ZR4P2BD0GETFNK";
const PROD_BUCKET: &str = "example-com-prod";
const STAGE_BUCKET: &str = "example-com-stage";
const PROD_PATH: &str = "releases/1.4.2";

/// A site in two environments and a host that redirects to it, state and live alike.
struct World {
    states: Vec<State>,
    live: Inventory,
    now: &'static str,
}

impl World {
    fn two_sites() -> World {
        let state = include_bytes!("../../../../fixtures/worlds/two-sites/terraform.refreshed.tfstate");
        let live = include_str!("../../../../fixtures/serving/two-sites.live.json");
        World {
            states: vec![expected::parse_state("terraform.tfstate", state).unwrap()],
            live: Snapshot::parse("live.json", live).unwrap().inventory,
            now: NOW,
        }
    }

    /// The same with the live side edited.
    fn with(edit: impl FnOnce(&mut Inventory)) -> World {
        let mut world = World::two_sites();
        edit(&mut world.live);
        world
    }

    /// Edits attributes of one resource of the state, by address.
    fn declare(mut self, address: &str, edit: impl Fn(&mut serde_json::Map<String, serde_json::Value>)) -> World {
        let mut instances = self.states.iter_mut().flat_map(|state| &mut state.instances);
        edit(
            &mut instances
                .find(|one| one.address == address)
                .expect("the address is in the state")
                .attributes,
        );
        self
    }

    fn estate(&self) -> Estate<'_> {
        Estate::new(&self.states, self.live.caller.found())
    }

    fn pair(&self, host: &str, path: &str) -> Pair {
        let state = declared::inventory(&self.estate());
        let sides = Sides::new(&state, &self.live, self.now);
        Pair {
            state: walk(host, path, Side::State, &sides),
            live: walk(host, path, Side::Live, &sides),
        }
    }

    fn live_trace(&self, host: &str) -> Trace {
        self.pair(host, "/").live
    }

    fn pairs(&self) -> Vec<Pair> {
        hosts(&self.estate(), &self.live)
            .iter()
            .map(|host| self.pair(host, "/"))
            .collect()
    }

    /// Findings and doubts; the walk must want nothing more.
    fn run(&self) -> (Vec<Finding>, Vec<Doubt>) {
        let pairs = self.pairs();
        let needs: Vec<&Read> = pairs.iter().flat_map(|pair| &pair.live.needs).collect();
        assert_eq!(needs, Vec::<&Read>::new(), "everything is in the inventory");
        self.judged(&pairs)
    }

    fn judged(&self, pairs: &[Pair]) -> (Vec<Finding>, Vec<Doubt>) {
        let estate = self.estate();
        let (addresses, state) = (declared::addresses(&estate), declared::inventory(&estate));
        findings(pairs, &estate, &addresses, &self.live, &state)
    }

    /// The one finding there is, without any doubt beside it.
    #[track_caller]
    fn only(&self) -> Finding {
        let (found, doubts) = self.run();
        assert_eq!(doubts, [], "no doubts");
        let rules: Vec<&str> = found.iter().map(|one| &*one.rule).collect();
        assert_eq!(rules.len(), 1, "one finding, not {rules:?}: {found:#?}");
        found.into_iter().next().unwrap()
    }

    /// Asserts that exactly one thing is found: rule, severity, the hosts.
    #[track_caller]
    fn says(&self, rule: &str, severity: Severity, hosts: &[&str]) -> Finding {
        let finding = self.only();
        assert_eq!(
            (&*finding.rule, finding.at_least),
            (rule, Some(severity)),
            "{finding:#?}"
        );
        assert_eq!(finding.impact, hosts, "{finding:#?}");
        finding
    }
}

const PROD_HOSTS: [&str; 3] = ["example.com", "old.example.com", "www.example.com"];

fn distribution<'a>(live: &'a mut Inventory, id: &str) -> &'a mut Distribution {
    match live.distribution.get_mut(id) {
        Some(Answer::Found(found)) => found,
        _ => panic!("distribution {id} is in the fixture"),
    }
}

fn bucket<'a>(live: &'a mut Inventory, name: &str) -> &'a mut BucketAnswers {
    live.bucket.entry(name.to_owned()).or_default()
}

fn buckets(live: &mut Inventory) -> &mut Vec<BucketSummary> {
    match &mut live.buckets {
        Answer::Found(found) => found,
        _ => panic!("the buckets are in the fixture"),
    }
}

fn records(live: &mut Inventory) -> &mut Vec<RecordSet> {
    match live.record_sets.get_mut(ZONE) {
        Some(Answer::Found(found)) => found,
        _ => panic!("the records are in the fixture"),
    }
}

fn without_record(live: &mut Inventory, name: &str) {
    records(live).retain(|set| set.name != name);
}

fn store(live: &mut Inventory, bucket: &str, key: &str, answer: Answer<Object>) {
    live.objects
        .entry(bucket.to_owned())
        .or_default()
        .insert(key.to_owned(), answer);
}

fn prefix(live: &mut Inventory, bucket: &str, prefix: &str, answer: Answer<String>) {
    live.prefixes
        .entry(bucket.to_owned())
        .or_default()
        .insert(prefix.to_owned(), answer);
}
