//! The rules, a file per rule or small group.
//!
//! Order matters in two places: a crossing of environments is the more telling name for a bucket that is not the
//! distribution's, so it comes first and the upload is marked; and a bucket is only called unserved where nothing
//! before had something better to say of it.

mod bucket;
mod environment;
mod idle;
mod invalidation;
mod never_built;
mod path;
mod region;
mod shared;
mod unresolved;

use std::collections::BTreeSet;

use crate::finding::{Category, Finding, ResourceRef, Severity};
use crate::inventory::Inventory;
use crate::place::Place;
use crate::plan::Read;
use crate::workflows::Tri;

use super::deployment::{Deployment, Touch, Upload};
use super::served::{Served, View};
use super::{DeployResult, OwnedPath, Phase};

/// The resource type under which a deployment itself is reported.
const DEPLOYMENT: &str = "deployment";

pub(super) fn run(
    deployments: &[Deployment],
    owned: &[OwnedPath],
    live: &Served,
    state: &Served,
    inventory: &Inventory,
    phase: Phase,
) -> DeployResult {
    let mut run = Run {
        deployments,
        owned,
        live,
        state,
        inventory,
        phase,
        result: DeployResult::default(),
        needs: BTreeSet::new(),
        spoken: BTreeSet::new(),
    };
    if !deployments.is_empty() {
        for read in [Read::Distributions, Read::Buckets] {
            if inventory.holds(&read) && inventory.failure_of(&read).is_some() {
                run.result.failed.push(read.clone());
            }
            run.need(read);
        }
    }
    if deployments.is_empty() {
        never_built::check(&mut run);
        run.result.needs = run.needs.into_iter().collect();
        return run.result;
    }
    unresolved::check(&mut run);
    environment::check(&mut run);
    bucket::check(&mut run);
    path::check(&mut run);
    never_built::check(&mut run);
    shared::check(&mut run);
    invalidation::check(&mut run);
    region::check(&mut run);
    idle::check(&mut run);
    run.result.needs = run.needs.into_iter().collect();
    run.result
}

/// A check under way.
struct Run<'a> {
    deployments: &'a [Deployment],
    owned: &'a [OwnedPath],
    live: &'a Served,
    state: &'a Served,
    inventory: &'a Inventory,
    phase: Phase,
    result: DeployResult,
    needs: BTreeSet<Read>,
    /// Uploads, as (deployment, upload), of which a finding already says that they land in the wrong place.
    spoken: BTreeSet<(usize, usize)>,
}

/// A finding in the making.
struct Draft {
    rule: &'static str,
    /// Whom it is about: a deployment and what of it, or a distribution or bucket.
    resource: (&'static str, String),
    title: String,
    detail: String,
    impact: BTreeSet<String>,
    at_least: Option<Severity>,
}

impl Draft {
    /// About a part of a deployment; `subject` is what tells it from the deployment's other parts.
    fn of(rule: &'static str, deployment: &Deployment, subject: &str, title: String, detail: String) -> Draft {
        let id = format!("{} -> {subject}", deployment.id());
        Draft {
            rule,
            resource: (DEPLOYMENT, id),
            title,
            detail,
            impact: BTreeSet::new(),
            at_least: None,
        }
    }

    fn impact(mut self, hosts: impl IntoIterator<Item = String>) -> Draft {
        self.impact.extend(hosts);
        self
    }

    fn at_least(mut self, severity: Option<Severity>) -> Draft {
        self.at_least = severity;
        self
    }
}

impl<'a> Run<'a> {
    fn say(&mut self, draft: Draft) {
        let (terraform_type, id) = draft.resource;
        self.result.findings.push(Finding {
            category: Category::Deploy,
            rule: draft.rule.into(),
            address: None,
            state: None,
            place: None,
            resource: ResourceRef {
                terraform_type: terraform_type.to_owned(),
                id,
                account: None,
                region: None,
            },
            aspect: None,
            title: draft.title,
            detail: draft.detail,
            changes: Vec::new(),
            impact: draft.impact.into_iter().collect(),
            at_least: draft.at_least,
        });
    }

    /// The uploads of a deployment that may be what visitors get, with their positions.
    fn site_uploads(&self, deployment: &'a Deployment) -> impl Iterator<Item = (usize, &'a Upload)> + use<'a> {
        deployment
            .uploads
            .iter()
            .enumerate()
            .filter(|(_, upload)| upload.may_be_site())
    }

    /// The distributions, with details, that a deployment certainly names on either side, each once: id and touches.
    /// Those known by name only are asked for.
    fn named(&mut self, deployment: &'a Deployment) -> Vec<(String, Vec<&'a Touch>)> {
        let mut named: Vec<(String, Vec<&'a Touch>)> = Vec::new();
        for touch in &deployment.touches {
            let Some(id) = touch.distribution.resolved() else {
                continue;
            };
            match named.iter_mut().find(|(known, _)| *known == id) {
                Some((_, touches)) => touches.push(touch),
                None => named.push((id, vec![touch])),
            }
        }
        if deployment.touches.is_empty()
            && let Some(id) = deployment.host.as_ref().and_then(|host| self.answering(host))
        {
            named.push((id, Vec::new()));
        }
        for (id, _) in &named {
            if self.live.distributions.get(id).is_some_and(|view| !view.detailed) {
                self.need(Read::Distribution(id.clone()));
            }
        }
        named.retain(|(id, _)| self.live.distributions.contains_key(id) || self.state.distributions.contains_key(id));
        named
    }

    /// The distribution that answers for a host, live or by the state.
    fn answering(&self, host: &str) -> Option<String> {
        let of = |served: &Served| {
            served
                .hosts
                .get(host)
                .and_then(|answering| answering.distribution.clone())
        };
        let alias = |served: &Served| {
            let view = served
                .distributions
                .values()
                .find(|view| view.enabled && view.hosts.contains(host));
            view.map(|view| view.id.clone())
        };
        of(self.live)
            .or_else(|| of(self.state))
            .or_else(|| alias(self.live))
            .or_else(|| alias(self.state))
    }

    /// A distribution on both sides; only where its details are known.
    fn sides(&self, id: &str) -> Vec<(&'a Served, &'a View)> {
        let view = |served: &'a Served| {
            served
                .distributions
                .get(id)
                .filter(|view| view.detailed)
                .map(|view| (served, view))
        };
        [view(self.live), view(self.state)].into_iter().flatten().collect()
    }

    /// The name of a distribution in reports, live if it is there.
    fn name_of(&self, id: &str) -> String {
        let view = self
            .live
            .distributions
            .get(id)
            .or_else(|| self.state.distributions.get(id));
        view.map_or_else(|| format!("distribution {id}"), View::name)
    }

    fn hosts_of(&self, id: &str) -> BTreeSet<String> {
        let view = self
            .live
            .distributions
            .get(id)
            .or_else(|| self.state.distributions.get(id));
        view.map(|view| view.hosts.clone()).unwrap_or_default()
    }

    fn need(&mut self, read: Read) {
        if !self.inventory.holds(&read) {
            self.needs.insert(read);
        }
    }
}

/// Lines of a detail: where the steps stand.
fn places<'p>(at: impl IntoIterator<Item = Option<&'p Place>>) -> String {
    let all: BTreeSet<String> = at.into_iter().flatten().map(Place::to_string).collect();
    if all.is_empty() {
        "as declared".to_owned()
    } else {
        all.into_iter().collect::<Vec<_>>().join(", ")
    }
}

/// `a`, `a and b`, `a, b and c`.
fn list<T: AsRef<str>>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<T> = items.into_iter().collect();
    match items.as_slice() {
        [] => "none".to_owned(),
        [one] => one.as_ref().to_owned(),
        [most @ .., last] => {
            let most: Vec<&str> = most.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", most.join(", "), last.as_ref())
        }
    }
}

fn is_possible(tri: Tri) -> bool {
    tri != Tri::No
}
