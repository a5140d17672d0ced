//! The whole check as a pure function: drift, serving paths and deployments out of values, judged.
//!
//! Serving paths and deployments find out what they need while they are followed. So an examination also says which
//! reads it met as not done; the caller reads them and examines again, until nothing more is needed or can be had.

use crate::compare;
use crate::deploy::{self, Deployment, Phase, Served};
use crate::estate::Estate;
use crate::expected::State;
use crate::finding::{Category, Finding, Severity, Unchecked};
use crate::inventory::Inventory;
use crate::plan::{Read, ReadPlan};
use crate::policy;
use crate::result::{CheckResult, Doubt, HostState, PathStep, Standing, Stats};
use crate::serving::trace::{Side, Step, Trace, Verdict};
use crate::serving::{self, Pair, Sides, declared};

/// What a run is asked to examine, beside states and inventory.
#[derive(Clone, Debug)]
pub struct Question {
    pub fail_on: Severity,
    /// RFC 3339 in UTC: certificates are judged by it.
    pub now: String,
    /// Whether hosts are followed to what they serve.
    pub serving: bool,
    /// Where deployments go; none where nobody knows.
    pub deployments: Vec<Deployment>,
    pub phase: Phase,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Examination {
    pub result: CheckResult,
    /// Reads that were needed and not done.
    pub needs: ReadPlan,
}

/// Examines states and inventory.
pub fn examine(states: &[State], inventory: &Inventory, question: &Question) -> Examination {
    let estate = Estate::new(states, inventory.caller.found());
    let mut comparison = compare::compare(&estate, inventory);
    let mut needs = ReadPlan::default();
    let (mut hosts, mut doubts, mut remarks) = (Vec::new(), Vec::new(), Vec::new());
    if question.serving {
        let state = declared::inventory(&estate);
        let sides = Sides {
            state: &state,
            live: inventory,
            now: &question.now,
        };
        let pairs = pairs(&estate, &sides);
        needs.extend(pairs.iter().flat_map(|pair| pair.live.needs.iter().cloned()));
        let (found, doubted) = serving::findings(&pairs, &estate, inventory, &state);
        serving::impact(&mut comparison.findings, &pairs, &estate);
        let (found, remarked) = deployments(question, &pairs, &sides, found, &mut needs);
        comparison.findings.extend(found);
        remarks = remarked;
        hosts.extend(pairs.iter().map(host_state));
        comparison.unchecked.extend(unread(&pairs, inventory));
        doubts.extend(doubted.into_iter().map(|doubt| Doubt {
            host: doubt.host,
            station: doubt.station.name().to_owned(),
            why: doubt.why,
        }));
    }
    let mut result = policy::judge(comparison, question.fail_on, Stats::default());
    result.run.started_at = question.now.clone();
    result.run.account = estate.account().map(str::to_owned);
    result.run.states = states.iter().map(|state| state.source.clone()).collect();
    result.hosts = hosts;
    result.doubts = doubts;
    result.remarks = remarks;
    Examination { result, needs }
}

/// Every host of the estate, followed on both sides.
fn pairs(estate: &Estate, sides: &Sides) -> Vec<Pair> {
    let follow = |host: &str, side| serving::walk(host, "/", side, sides);
    serving::hosts(estate, sides.live)
        .into_iter()
        .map(|host| Pair {
            state: follow(&host, Side::State),
            live: follow(&host, Side::Live),
        })
        .collect()
}

/// The serving findings with those of the deployments (a fact that a deployment's finding tells is told once), and what
/// about the deployments could not be told.
fn deployments(
    question: &Question,
    pairs: &[Pair],
    sides: &Sides,
    mut found: Vec<Finding>,
    needs: &mut ReadPlan,
) -> (Vec<Finding>, Vec<String>) {
    if question.deployments.is_empty() {
        return (found, Vec::new());
    }
    let traces = |side: Side| -> Vec<Trace> {
        let of = |pair: &Pair| {
            if side == Side::Live {
                pair.live.clone()
            } else {
                pair.state.clone()
            }
        };
        pairs.iter().map(of).collect()
    };
    let live = Served::new(Side::Live, sides.live, &traces(Side::Live));
    let state = Served::new(Side::State, sides.state, &traces(Side::State));
    let result = deploy::check(&question.deployments, &live, &state, sides.live, question.phase);
    needs.extend(result.needs.iter().cloned());
    found.retain(|finding| {
        finding.category != Category::Serving || !result.takes_over(&finding.rule, &finding.resource.id)
    });
    found.extend(result.findings);
    (found, result.doubts)
}

fn host_state(pair: &Pair) -> HostState {
    HostState {
        host: pair.live.host.clone(),
        served: pair.live.served(),
        visitor: pair.live.visitor.to_string(),
        path: pair.live.steps.iter().map(path_step).collect(),
    }
}

fn path_step(step: &Step) -> PathStep {
    let (standing, why) = match &step.verdict {
        Verdict::Good => (Standing::Good, String::new()),
        Verdict::Remark(text) => (Standing::Remark, text.clone()),
        Verdict::Broken(broken) => (Standing::Broken, broken.title.clone()),
        Verdict::CannotTell(why) => (Standing::Unknown, why.clone()),
    };
    PathStep {
        station: step.station.name().to_owned(),
        title: step.title.clone(),
        depth: step.depth,
        standing,
        why,
    }
}

/// The reads on some host's path that failed, or that a snapshot lacks: what the hosts serve is not fully known.
fn unread(pairs: &[Pair], inventory: &Inventory) -> Vec<Unchecked> {
    let mut unchecked = Vec::new();
    for pair in pairs {
        for read in pair.live.failed.iter().chain(&pair.live.needs) {
            let Some(failure) = inventory.failure_of(read) else {
                continue;
            };
            unchecked.push(Unchecked::new(
                format!("serving path of {} ({})", pair.live.host, subject(read)),
                &failure,
            ));
        }
    }
    unchecked
}

/// What a read is about, in a few words.
fn subject(read: &Read) -> String {
    match read {
        Read::Buckets => "the account's buckets".to_owned(),
        Read::Bucket { bucket, .. } => format!("bucket {bucket}"),
        Read::Object { bucket, key } => format!("object {key} of bucket {bucket}"),
        Read::Prefix { bucket, prefix } => format!("objects under {prefix} of bucket {bucket}"),
        Read::AccountPublicAccessBlock => "the account's public access block".to_owned(),
        Read::Certificate(arn) => format!("certificate {arn}"),
        Read::Distributions => "the account's distributions".to_owned(),
        Read::Distribution(id) | Read::DistributionTags(id) => format!("distribution {id}"),
        Read::OriginAccessControl(id) => format!("origin access control {id}"),
        Read::OriginAccessIdentity(id) => format!("origin access identity {id}"),
        Read::Zones => "the account's hosted zones".to_owned(),
        Read::Zone(id) | Read::ZoneTags(id) | Read::RecordSets(id) => format!("zone {id}"),
    }
}
