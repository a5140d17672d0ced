//! The whole check as a pure function: drift, serving paths and deployments out of values, judged.
//!
//! Serving paths and deployments find out what they need while they are followed: [`Case::needs`] follows them and
//! nothing else, and the caller reads what they lack until nothing more is needed or can be had. [`Case::examine`] then
//! puts everything together.

mod attributes;
#[cfg(test)]
mod rounds;
#[cfg(test)]
mod tests;
mod things;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::accounts::{Accounts, Routes};
use crate::against::Baseline;
use crate::compare::{self, Comparison};
use crate::config::Unmanaged;
use crate::deploy::{self, DeployResult, Deployment, OwnedPath, Phase, Served};
use crate::estate::Estate;
use crate::expected::State;
use crate::finding::{self, Category, Finding, Severity, Unchecked};
use crate::inventory::Inventory;
use crate::language::Diagnostics;
use crate::ownership::Ownership;
use crate::plan::{Plans, Read, ReadPlan};
use crate::policy::explain::FindingExplained;
use crate::policy::{self, Circumstances, Policy};
use crate::result::{Age, CheckResult, Doubt, HostState, Ignored, PathStep, Standing, Stats};
use crate::rules;
use crate::serving::trace::{Side, Step, Trace, Verdict};
use crate::serving::{self, Addresses, Pair, Sides, declared};
use crate::since::Ages;
use crate::site::Site;

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
    /// Who else than Terraform owns attributes.
    pub ownership: Ownership,
    /// An earlier snapshot that live is compared with, besides the states or in their place.
    pub against: Option<Baseline>,
    /// What is reported that no state holds.
    pub unmanaged: Unmanaged,
    pub judgement: Judgement,
}

/// What findings are judged by.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    pub policy: Arc<Policy>,
    /// The configured sites.
    pub sites: Vec<Site>,
    /// Since when things are found.
    pub ages: Ages,
    /// Whether only what is new fails the run.
    pub fail_on_new: bool,
}

impl Question {
    /// What this run does not look for.
    fn not_looked_for(&self) -> Vec<Category> {
        let mut not = Vec::new();
        if !self.serving {
            not.push(Category::Serving);
        }
        // Deployments are held against what is served.
        if !self.serving || self.deployments.is_empty() {
            not.push(Category::Deploy);
        }
        if self.ownership.configurations.is_empty() {
            not.push(Category::Configuration);
        }
        not
    }

    /// The rules that this run has nothing to hold against, whatever the account is like.
    fn without_object(&self) -> Vec<&'static str> {
        let absent = |name: &&str| match *name {
            rules::CHANGED_SINCE_SNAPSHOT | rules::GONE_SINCE_SNAPSHOT | rules::NEW_SINCE_SNAPSHOT => {
                self.against.is_none()
            }
            rules::RESOURCE_WITHOUT_BLOCK | rules::BLOCK_WITHOUT_RESOURCE => self.ownership.configurations.is_empty(),
            rules::UNMANAGED_RECORD | rules::UNMANAGED_RECORD_OF_SERVICE => !self.unmanaged.records,
            rules::SITE_NOT_AS_PINNED => self.judgement.sites.is_empty(),
            name => rules::category(name) == Some(Category::Unmanaged) && !self.unmanaged.bucket_settings,
        };
        rules::ALL.iter().copied().filter(absent).collect()
    }
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Examination {
    pub result: CheckResult,
    /// Reads that were needed and not done.
    pub needs: ReadPlan,
}

/// Examines states and inventory.
///
/// # Errors
/// Conditions of the policy that cannot be evaluated.
pub fn examine(states: &[State], inventory: &Inventory, question: &Question) -> Result<Examination, Diagnostics> {
    let accounts = Accounts::of(inventory);
    Case::new(states, &accounts, question).examine(inventory)
}

/// What a run examines, with what follows from the states alone: made once, however often AWS is asked.
pub struct Case<'a> {
    accounts: &'a Accounts,
    /// The states, which know the Terraform addresses.
    named: Estate<'a>,
    /// What live should be in the place of states, where none was given: an earlier snapshot.
    stand_in: Option<Estate<'a>>,
    /// What live should be, as an inventory.
    declared: Inventory,
    question: &'a Question,
    not_looked_for: Vec<Category>,
}

/// The hosts whose live path asked for nothing more, and what the states say of every host: kept between two rounds of
/// reading, so that a round follows only what its answers can lead on.
#[derive(Debug, Default)]
pub struct Settled {
    live: BTreeMap<String, Trace>,
    state: BTreeMap<String, Trace>,
}

impl<'a> Case<'a> {
    /// `accounts` are those that are read, as far as they are known before the first round.
    pub fn new(states: &'a [State], accounts: &'a Accounts, question: &'a Question) -> Case<'a> {
        let named = Estate::across(states, accounts);
        let snapshot = question.against.as_ref().filter(|_| states.is_empty());
        let declared = match (snapshot, question.serving) {
            (_, false) => Inventory::default(),
            (Some(baseline), true) => baseline.inventory().whole().into_owned(),
            (None, true) => declared::inventory(&named),
        };
        Case {
            accounts,
            named,
            stand_in: snapshot.map(|baseline| Estate::across(baseline.states(), accounts)),
            declared,
            question,
            not_looked_for: question.not_looked_for(),
        }
    }

    /// What live should be: the states, or the snapshot in their place.
    fn estate(&self) -> &Estate<'a> {
        self.stand_in.as_ref().unwrap_or(&self.named)
    }

    /// The reads that comparing takes, known before the first answer.
    pub fn plans(&self) -> Plans {
        let mut plans = compare::plans(&self.named, self.accounts);
        if let Some(baseline) = &self.question.against {
            baseline.plan(self.accounts, &mut plans);
        }
        plans
    }

    /// Which account is to answer what following brings up.
    pub fn routes(&self) -> Routes<'a> {
        Routes::new(self.estate(), self.accounts)
    }

    /// Drift from the states, without what others own, and what changed since the snapshot.
    fn compare(&self, inventory: &Inventory) -> (Comparison, Vec<Ignored>) {
        let mut comparison = compare::compare(&self.named, inventory);
        let unmanaged = self.question.unmanaged;
        comparison.findings.retain(|finding| match finding.category {
            Category::Unmanaged if finding.resource.terraform_type == "aws_route53_record" => unmanaged.records,
            Category::Unmanaged => unmanaged.bucket_settings,
            _ => true,
        });
        let ignored = self.question.ownership.apply(&mut comparison, &self.named);
        if let Some(baseline) = &self.question.against {
            let since = baseline.compare(&self.named, inventory);
            comparison.findings.extend(since.findings);
            comparison.unchecked.extend(since.unchecked);
            if self.named.states().is_empty() {
                comparison.counts = since.counts;
            }
        }
        (comparison, ignored)
    }

    /// Which reads following hosts and deployments, and assertions, take beside those that `inventory` holds. None are
    /// left where the paths end, or where what they lack could not be had.
    pub fn needs(&self, inventory: &Inventory, settled: &mut Settled) -> ReadPlan {
        let inventory = &*inventory.whole();
        let mut needs = self.followed(inventory, settled);
        if !self.question.judgement.policy.asserts.is_empty() {
            let reads = serving::facts::reads(inventory).into_iter();
            needs.extend(reads.filter(|read| !inventory.holds(read)));
        }
        needs
    }

    fn followed(&self, inventory: &Inventory, settled: &mut Settled) -> ReadPlan {
        if !self.question.serving {
            return ReadPlan::default();
        }
        let reused = !settled.live.is_empty();
        let open = self.open(inventory, settled);
        if !open.is_empty() || !reused {
            return open;
        }
        // A settled path may rest on evidence that was not there yet, so that before the last word all are followed.
        settled.live.clear();
        self.open(inventory, settled)
    }

    fn open(&self, inventory: &Inventory, settled: &mut Settled) -> ReadPlan {
        let sides = self.sides(inventory);
        let mut needs = ReadPlan::default();
        let mut unsettled = Vec::new();
        for host in serving::hosts(self.estate(), inventory) {
            if settled.live.contains_key(&host) {
                continue;
            }
            let trace = serving::walk(&host, "/", Side::Live, &sides);
            needs.extend(trace.needs.iter().cloned());
            match trace.needs.is_empty() {
                true => _ = settled.live.insert(host, trace),
                false => unsettled.push(trace),
            }
        }
        let owned = self.question.ownership.owned_paths(&self.named, inventory);
        if !self.question.deployments.is_empty() || !owned.is_empty() {
            let live = settled.live.values().chain(&unsettled);
            for host in live.clone().map(|trace| &trace.host) {
                if !settled.state.contains_key(host) {
                    let declared = serving::walk(host, "/", Side::State, &sides);
                    settled.state.insert(host.clone(), declared);
                }
            }
            needs.extend(self.deployments(&sides, &owned, live, settled.state.values()).needs);
        }
        needs.iter().filter(|read| !inventory.holds(read)).cloned().collect()
    }

    /// Examines everything by what the account answered.
    ///
    /// # Errors
    /// Conditions of the policy that cannot be evaluated.
    pub fn examine(&self, inventory: &Inventory) -> Result<Examination, Diagnostics> {
        let (estate, question) = (self.estate(), self.question);
        let (mut comparison, ignored) = self.compare(inventory);
        // Hosts and deployments lead from one account into another.
        let inventory = &*inventory.whole();
        let owned = question.ownership.owned_paths(&self.named, inventory);
        let mut needs = ReadPlan::default();
        let (mut hosts, mut doubts, mut remarks) = (Vec::new(), Vec::new(), Vec::new());
        let mut followed = Vec::new();
        if question.serving {
            let sides = self.sides(inventory);
            let pairs = self.pairs(&sides);
            needs.extend(pairs.iter().flat_map(|pair| pair.live.needs.iter().cloned()));
            let addresses = declared::addresses(&self.named);
            let (mut found, doubted) = serving::findings(&pairs, estate, &addresses, inventory, &self.declared);
            serving::impact(&mut comparison.findings, &pairs, &addresses);
            comparison.unchecked.extend(unread(&pairs, inventory));
            if !question.deployments.is_empty() || !owned.is_empty() {
                let live = pairs.iter().map(|pair| &pair.live);
                let deployed = self.deployments(&sides, &owned, live, pairs.iter().map(|pair| &pair.state));
                needs.extend(deployed.needs.iter().cloned());
                comparison.unchecked.extend(unread_of(&deployed, inventory));
                // A fact that a deployment's finding tells is told once.
                found.retain(|finding| !deployed.takes_over(&finding.rule, &finding.resource.id));
                found.extend(deployed.findings.into_iter().map(|one| self.managed(one, &addresses)));
                remarks = deployed.doubts;
            }
            found.extend(serving::pins::findings(&question.judgement.sites, &pairs));
            comparison.findings.extend(found);
            hosts.extend(pairs.iter().map(host_state));
            doubts.extend(doubted.into_iter().map(|doubt| Doubt {
                host: doubt.host,
                station: doubt.station.name().to_owned(),
                why: doubt.why,
            }));
            followed = pairs;
        }
        let judgement = &question.judgement;
        let attributes = attributes::Attributes::new(&self.named, inventory);
        if !judgement.policy.asserts.is_empty() {
            let things = things::things(
                &self.named,
                inventory,
                &attributes,
                question.serving.then_some(&followed),
            );
            let asserts = policy::asserts::check(&judgement.policy, &things, &question.now, question.phase)?;
            comparison.findings.extend(asserts.findings);
            comparison.unchecked.extend(asserts.unchecked);
            remarks.extend(asserts.doubts);
        }
        question.ownership.locate(&mut comparison.findings, &self.named);
        let ages = |finding: &Finding| judgement.ages.of(finding);
        let circumstances = self.circumstances(&attributes, &ages);
        finding::tell_apart(comparison.findings.iter_mut().collect());
        let mut result = policy::judge(comparison, &circumstances, Stats::default())?;
        result.run.started_at = question.now.clone();
        result.run.account = estate.account().map(str::to_owned);
        if self.accounts.are_several() {
            let read = self.accounts.callers().iter();
            result.run.accounts = read.map(|caller| caller.account.clone()).collect();
        }
        result.run.states = self.named.states().iter().map(|state| state.source.clone()).collect();
        result.run.not_looked_for.clone_from(&self.not_looked_for);
        result.run.against = question.against.as_ref().map(|baseline| baseline.name().to_owned());
        result.ignored = ignored;
        result.hosts = hosts;
        result.doubts = doubts;
        result.remarks = remarks;
        result.remarks.extend(question.ownership.remarks(&self.named));
        Ok(Examination { result, needs })
    }

    /// Why a finding was judged as it was.
    ///
    /// # Errors
    /// Conditions of the policy that cannot be evaluated.
    pub fn explain(&self, inventory: &Inventory, finding: &Finding) -> Result<FindingExplained, Diagnostics> {
        let inventory = &*inventory.whole();
        let attributes = attributes::Attributes::new(&self.named, inventory);
        let ages = |finding: &Finding| self.question.judgement.ages.of(finding);
        policy::explain::finding(finding, &self.circumstances(&attributes, &ages))
    }

    fn circumstances<'s>(
        &'s self,
        attributes: &'s attributes::Attributes<'s>,
        ages: &'s dyn Fn(&Finding) -> Option<Age>,
    ) -> Circumstances<'s> {
        let (question, judgement) = (self.question, &self.question.judgement);
        Circumstances {
            policy: &judgement.policy,
            now: &question.now,
            phase: question.phase,
            sites: &judgement.sites,
            resources: attributes,
            ages,
            fail_on: question.fail_on,
            fail_on_new: judgement.fail_on_new,
            not_looked_for: &self.not_looked_for,
            without_object: question.without_object(),
        }
    }

    fn sides<'s>(&'s self, inventory: &'s Inventory) -> Sides<'s> {
        Sides::new(&self.declared, inventory, &self.question.now)
    }

    /// Every host of the estate, followed on both sides.
    fn pairs(&self, sides: &Sides) -> Vec<Pair> {
        let follow = |host: &str, side| serving::walk(host, "/", side, sides);
        serving::hosts(self.estate(), sides.live())
            .into_iter()
            .map(|host| Pair {
                state: follow(&host, Side::State),
                live: follow(&host, Side::Live),
            })
            .collect()
    }

    /// The deployments, held against what both sides serve.
    fn deployments<'t>(
        &self,
        sides: &Sides,
        owned: &[OwnedPath],
        live: impl IntoIterator<Item = &'t Trace>,
        state: impl IntoIterator<Item = &'t Trace>,
    ) -> DeployResult {
        let live = Served::new(Side::Live, sides.live(), live);
        let state = Served::new(Side::State, sides.state(), state);
        let question = self.question;
        deploy::check(
            &question.deployments,
            owned,
            &live,
            &state,
            sides.live(),
            question.phase,
        )
    }

    /// A deployment's finding about a thing that some state manages, with its Terraform address.
    fn managed(&self, mut finding: Finding, addresses: &Addresses) -> Finding {
        let thing = &mut finding.resource;
        let Some(address) = addresses.of(&thing.terraform_type, &thing.id) else {
            return finding;
        };
        finding.address = Some(address.to_owned());
        let account = self.estate().account_of_thing(&thing.terraform_type, &thing.id);
        thing.account = account.map(str::to_owned);
        thing.region = match thing.terraform_type.as_str() {
            "aws_s3_bucket" => self.estate().bucket_region(&thing.id).map(str::to_owned),
            _ => None,
        };
        finding
    }
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
        for read in pair.live.unread() {
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

/// The same of the deployments: where they lead is not fully known.
fn unread_of(deployed: &DeployResult, inventory: &Inventory) -> Vec<Unchecked> {
    let reads = deployed.failed.iter().chain(&deployed.needs);
    reads
        .filter_map(|read| {
            let failure = inventory.failure_of(read)?;
            Some(Unchecked::new(format!("deployments ({})", subject(read)), &failure))
        })
        .collect()
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
        Read::OriginRequestPolicy(id) => format!("origin request policy {id}"),
        Read::ContinuousDeploymentPolicy(id) => format!("continuous deployment policy {id}"),
        Read::HealthCheck(id) => format!("health check {id}"),
        Read::Zones => "the account's hosted zones".to_owned(),
        Read::Zone(id) | Read::ZoneTags(id) | Read::RecordSets(id) => format!("zone {id}"),
    }
}
