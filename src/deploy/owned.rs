//! Attributes that a deployment sets itself: their values are no drift, and the deploy rules answer for them.

use std::collections::BTreeSet;

use crate::workflows::{OriginSelector, Text, Tri};

use super::deployment::{Deployment, Touch, What};
use super::served::{Served, ServedOrigin, View};

/// An origin path that some deployment sets.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OwnedPath {
    /// Id of the distribution.
    pub distribution: String,
    /// Id of the origin.
    pub origin: String,
    /// The deployments that set it, by name.
    pub by: BTreeSet<String>,
    /// Whether it is certain: the deployment's distribution id is known and its origin selector is understood.
    pub certain: bool,
}

/// The origin paths that deployments are known to set, among the distributions of `served`. Where a deployment's
/// distribution is not known, every distribution that it could be counts, as not certain.
pub fn owned_attributes(deployments: &[Deployment], served: &Served) -> Vec<OwnedPath> {
    let mut owned: Vec<OwnedPath> = Vec::new();
    for view in served.distributions.values() {
        for (index, origin) in view.origins.iter().enumerate() {
            let (mut by, mut certain) = (BTreeSet::new(), false);
            for deployment in deployments {
                match deployment
                    .touches
                    .iter()
                    .map(|touch| sets_path(touch, view, index))
                    .max_by_key(rank)
                {
                    None | Some(Tri::No) => continue,
                    Some(Tri::Yes) => certain = true,
                    Some(Tri::CannotTell) => {}
                }
                by.insert(deployment.name());
            }
            if !by.is_empty() {
                let (distribution, origin) = (view.id.clone(), origin.id.clone());
                owned.push(OwnedPath {
                    distribution,
                    origin,
                    by,
                    certain,
                });
            }
        }
    }
    owned
}

fn rank(tri: &Tri) -> u8 {
    match tri {
        Tri::No => 0,
        Tri::CannotTell => 1,
        Tri::Yes => 2,
    }
}

/// Whether a touch sets the path of the distribution's origin at this position.
pub(super) fn sets_path(touch: &Touch, view: &View, index: usize) -> Tri {
    let What::OriginPath { origins, .. } = &touch.what else {
        return Tri::No;
    };
    let Some(origin) = view.origins.get(index) else {
        return Tri::No;
    };
    match (touch.names(&view.id), selects(origins, origin, index)) {
        (Tri::No, _) | (_, Tri::No) => Tri::No,
        (Tri::Yes, Tri::Yes) => Tri::Yes,
        _ => Tri::CannotTell,
    }
}

/// Whether a selector reaches the origin.
pub(super) fn selects(selector: &OriginSelector, origin: &ServedOrigin, index: usize) -> Tri {
    let contains = |part: &Text, whole: &str| match part.resolved() {
        Some(part) if whole.contains(&part) => Tri::Yes,
        Some(_) => Tri::No,
        None => Tri::CannotTell,
    };
    match selector {
        OriginSelector::All => Tri::Yes,
        OriginSelector::IdContains(part) => contains(part, &origin.id),
        OriginSelector::IdIs(id) => id.matches(&origin.id),
        OriginSelector::DomainContains(part) => contains(part, &origin.domain),
        OriginSelector::DomainIs(domain) => domain.matches(&origin.domain),
        OriginSelector::Index(wanted) if *wanted == index => Tri::Yes,
        OriginSelector::Index(_) => Tri::No,
        OriginSelector::NotUnderstood => Tri::CannotTell,
    }
}
