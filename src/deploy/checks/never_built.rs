//! `origin-path-never-built`: an origin path that a deployment sets, under which the served bucket holds nothing.
//!
//! The path that is set live needs no mapping of secrets at all: the deployment only has to be known as the one that
//! sets it, by its selector, whatever its distribution id is. Paths that no deployment sets are the serving rule
//! `origin-path-empty`'s.

use std::collections::BTreeSet;

use crate::deploy::Phase;
use crate::deploy::deployment::{Deployment, What};
use crate::deploy::owned::{OwnedPath, owned_attributes, selects};
use crate::deploy::served::{ServedOrigin, View};
use crate::finding::{Category, Finding, ResourceRef, Severity};
use crate::inventory::Answer;
use crate::plan::Read;
use crate::rules;
use crate::workflows::Tri;

use super::{Draft, Run, is_possible, list, places};

pub(super) fn check(run: &mut Run<'_>) {
    let live = run.live;
    for owned in with_said(owned_attributes(run.deployments, live), run.owned) {
        let Some(view) = live.distributions.get(&owned.distribution) else {
            continue;
        };
        if !view.detailed {
            run.need(Read::Distribution(view.id.clone()));
            continue;
        }
        let Some(origin) = view.origins.iter().find(|origin| origin.id == owned.origin) else {
            continue;
        };
        now(run, view, origin, &owned.by);
    }
    let deployments = run.deployments;
    for deployment in deployments {
        next(run, deployment);
    }
}

/// What deployments are known to set, with what they are said to set.
fn with_said(mut owned: Vec<OwnedPath>, said: &[OwnedPath]) -> Vec<OwnedPath> {
    for one in said {
        let same = |known: &&mut OwnedPath| known.distribution == one.distribution && known.origin == one.origin;
        match owned.iter_mut().find(same) {
            Some(known) => known.certain = true,
            None => owned.push(one.clone()),
        }
    }
    owned
}

/// The path that is set live.
fn now(run: &mut Run<'_>, view: &View, origin: &ServedOrigin, by: &BTreeSet<String>) {
    let Some(bucket) = origin.bucket() else { return };
    let there = run.live.buckets.as_ref().is_none_or(|all| all.contains(bucket));
    if !origin.used || !view.enabled || !there || view.origin_may_change {
        return;
    }
    let root = view
        .root_object
        .as_deref()
        .map(|root| root.trim_matches('/'))
        .filter(|root| !root.is_empty());
    let below = if origin.path.is_empty() {
        String::new()
    } else {
        format!("{}/", origin.path)
    };
    let key = root.filter(|_| origin.default).map(|root| format!("{below}{root}"));
    let object = key.as_ref().map(|key| run.inventory.object(bucket, key));
    if matches!(object, Some(Answer::Found(_))) {
        return;
    }
    let wants_root = run.phase == Phase::Post;
    let wants_any = !below.is_empty() && run.inventory.prefix(bucket, &below) == Answer::NotRead;
    let missing = match (&key, object) {
        // An object that is there answers for the path above it too, and a host's walk asks for the same one.
        (Some(key), Some(Answer::NotRead)) if wants_root || wants_any => {
            run.need(Read::Object {
                bucket: bucket.to_owned(),
                key: key.clone(),
            });
            return;
        }
        (Some(key), Some(Answer::Failed(failure))) if wants_root => {
            run.result
                .doubts
                .push(format!("whether bucket {bucket} holds {key}: {failure}"));
            return;
        }
        (Some(key), Some(Answer::Absent)) if wants_root => Some(format!("holds no {key}")),
        _ if below.is_empty() => None,
        _ => match run.inventory.prefix(bucket, &below) {
            Answer::Absent => Some(format!("holds nothing under {below}")),
            Answer::NotRead => {
                run.need(Read::Prefix {
                    bucket: bucket.to_owned(),
                    prefix: below,
                });
                return;
            }
            Answer::Failed(failure) => {
                run.result.doubts.push(format!(
                    "whether bucket {bucket} holds anything under {below}: {failure}"
                ));
                None
            }
            Answer::Found(_) => None,
        },
    };
    let Some(missing) = missing else { return };
    for rule in [rules::ORIGIN_PATH_EMPTY, rules::ROOT_OBJECT_MISSING] {
        run.result.takes_over.insert((rule, view.id.clone()));
    }
    let title = format!(
        "{} serves /{}, which was never built in its bucket",
        view.name(),
        origin.path
    );
    let detail = format!(
        "Bucket {bucket} {missing}. The origin path is set by {}: either its upload goes to another bucket or prefix, or \
         it did not happen. Deploy to the bucket that is served, or set the origin path back.",
        list(by)
    );
    run.result.findings.push(Finding {
        category: Category::Deploy,
        rule: rules::ORIGIN_PATH_NEVER_BUILT.into(),
        address: None,
        state: None,
        place: None,
        resource: ResourceRef {
            terraform_type: "aws_cloudfront_distribution".to_owned(),
            id: view.id.clone(),
            account: None,
            region: None,
        },
        aspect: (view.origins.len() > 1).then(|| origin.id.clone()),
        title,
        detail,
        changes: Vec::new(),
        impact: view.hosts.iter().cloned().collect(),
        at_least: origin.default.then_some(Severity::Critical),
    });
}

/// A path that a deployment would set and that nobody uploads: a roll-back, or a job that only switches.
fn next(run: &mut Run<'_>, deployment: &Deployment) {
    if run.phase == Phase::Post {
        return;
    }
    for touch in &deployment.touches {
        let What::OriginPath { path, origins } = &touch.what else {
            continue;
        };
        let (Some(id), Some(value)) = (touch.distribution.resolved(), path.resolved()) else {
            continue;
        };
        let Some(view) = run.live.distributions.get(&id).filter(|view| view.detailed) else {
            continue;
        };
        let uploads = |one: &&Deployment| !one.uploads.is_empty() && one.workflow() == deployment.workflow();
        if value.is_empty() || run.deployments.iter().any(|one| uploads(&one)) {
            continue;
        }
        let selected = view
            .origins
            .iter()
            .enumerate()
            .filter(|(index, origin)| is_possible(selects(origins, origin, *index)) && origin.used);
        let selected: Vec<_> = selected.collect();
        let certain = selected
            .iter()
            .all(|(index, origin)| selects(origins, origin, *index) == Tri::Yes);
        let [(_, origin)] = selected.as_slice() else { continue };
        let Some(bucket) = origin.bucket().filter(|_| certain) else {
            continue;
        };
        let below = format!("{value}/");
        match run.inventory.prefix(bucket, &below) {
            Answer::NotRead => run.need(Read::Prefix {
                bucket: bucket.to_owned(),
                prefix: below,
            }),
            Answer::Absent => {
                let shown = path.display();
                let title = format!(
                    "{} sets the origin path to /{shown}, which was never built",
                    deployment.name()
                );
                let detail = format!(
                    "At {}. Bucket {bucket} holds nothing there and no job of the workflow uploads it.",
                    places([touch.at.as_ref()])
                );
                let draft = Draft::of(rules::ORIGIN_PATH_NEVER_BUILT, deployment, &shown, title, detail);
                run.say(draft.impact(view.hosts.clone()));
            }
            Answer::Failed(failure) => run.result.doubts.push(format!(
                "whether bucket {bucket} holds anything under {below}: {failure}"
            )),
            Answer::Found(_) => {}
        }
    }
}
