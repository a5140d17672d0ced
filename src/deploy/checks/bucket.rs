//! `deploy-bucket-not-served` and `deploy-distribution-mismatch`: the bucket that is uploaded to, against the buckets
//! that the named distribution serves from.

use std::collections::{BTreeMap, BTreeSet};

use crate::deploy::deployment::{Deployment, Touch, Upload, What};
use crate::deploy::served::Served;
use crate::finding::Severity;
use crate::rules;
use crate::serving::trace::Side;
use crate::workflows::Tri;

use super::{Draft, Run, is_possible, list, places};

pub(super) fn check(run: &mut Run<'_>) {
    let deployments = run.deployments;
    for (number, deployment) in deployments.iter().enumerate() {
        host(run, deployment);
        for (id, touches) in run.named(deployment) {
            coupled(run, number, deployment, &id, &touches);
        }
        website(run, number, deployment);
        uncoupled(run, number, deployment);
    }
}

/// A declared distribution that does not answer for the declared host, or does not exist.
fn host(run: &mut Run<'_>, deployment: &Deployment) {
    for touch in deployment.touches.iter().filter(|touch| touch.what == What::Declared) {
        let Some(id) = touch.distribution.resolved() else {
            continue;
        };
        let answering = deployment
            .host
            .as_deref()
            .and_then(|host| Some((host, run.answering(host)?)));
        let (title, detail) = match answering {
            Some((_, other)) if other == id => continue,
            Some((host, other)) => (
                format!("distribution {id} is not the one that answers for {host}"),
                format!("{other} answers for {host}; what {id} serves does not reach its visitors."),
            ),
            None if run.live.complete && !run.live.distributions.contains_key(&id) => (
                format!("there is no distribution {id} in this account"),
                "The declared id is wrong, or the distribution is gone.".to_owned(),
            ),
            None => continue,
        };
        let draft = Draft::of(rules::DEPLOY_DISTRIBUTION_MISMATCH, deployment, &id, title, detail);
        run.say(draft.impact(deployment.host.clone()));
    }
}

/// A deployment that names a distribution: some upload must land in a bucket that it serves from.
fn coupled<'a>(run: &mut Run<'a>, number: usize, deployment: &'a Deployment, id: &str, touches: &[&'a Touch]) {
    let together =
        |upload: &Upload| touches.is_empty() || touches.iter().any(|touch| !upload.when.excludes(&touch.when));
    let certainly = |upload: &Upload| {
        touches.is_empty()
            || touches
                .iter()
                .any(|t| upload.when.accompanies(&t.when) || t.when.accompanies(&upload.when))
    };
    let pool: Vec<(usize, &Upload)> = run
        .site_uploads(deployment)
        .filter(|(_, upload)| together(upload))
        .collect();
    let changes_origins = touches
        .iter()
        .any(|touch| matches!(&touch.what, What::Update { root_object: None }));
    if pool.is_empty() || changes_origins {
        return;
    }
    let missing: Vec<(&Served, BTreeSet<&str>)> = run
        .sides(id)
        .into_iter()
        .filter(|(served, view)| {
            pool.iter()
                .all(|(_, upload)| served.serves_from(view, &upload.bucket) == Tri::No)
        })
        .map(|(served, view)| (served, view.buckets()))
        .collect();
    if missing.is_empty() {
        return;
    }
    let mut blamed: BTreeMap<String, Vec<(usize, &Upload)>> = BTreeMap::new();
    for (index, upload) in pool {
        let belongs_elsewhere = others(run, deployment, upload, id);
        if certainly(upload) && !belongs_elsewhere && !run.spoken.contains(&(number, index)) {
            blamed.entry(upload.bucket.display()).or_default().push((index, upload));
        }
    }
    let sets_path = touches
        .iter()
        .any(|touch| matches!(touch.what, What::OriginPath { .. }));
    for (bucket, uploads) in blamed {
        run.spoken.extend(uploads.iter().map(|(index, _)| (number, *index)));
        let serving = uploads[0]
            .1
            .bucket
            .resolved()
            .map(|name| run.live.hosts_of(&name))
            .unwrap_or_default();
        let by_other = uploads[0]
            .1
            .bucket
            .resolved()
            .is_some_and(|name| run.live.distributions_of(&name).any(|view| view.id != id));
        let named = touches
            .first()
            .map_or_else(|| run.name_of(id), |touch| shown(run, touch, id));
        let at = places(
            uploads
                .iter()
                .map(|(_, upload)| upload.at.as_ref())
                .chain(touches.iter().map(|touch| touch.at.as_ref())),
        );
        let sides = sides(&missing);
        let (rule, title, detail) = if by_other {
            let of = if serving.is_empty() {
                String::new()
            } else {
                format!(" of {}", list(&serving))
            };
            let title = format!("{} uploads to {bucket} but names {named}", deployment.name());
            let detail = format!(
                "At {at}. The bucket is served by another distribution{of}. {sides} Name the distribution that serves the \
                 bucket, or upload to the bucket that it serves from."
            );
            (rules::DEPLOY_DISTRIBUTION_MISMATCH, title, detail)
        } else {
            let title = format!(
                "{} uploads to {bucket}, which {named} does not serve from",
                deployment.name()
            );
            let dark = if sets_path {
                " The same job sets the origin path, so the next deployment takes the site down."
            } else {
                ""
            };
            let detail = format!("At {at}. {sides} Visitors will not get what is uploaded.{dark}");
            (rules::DEPLOY_BUCKET_NOT_SERVED, title, detail)
        };
        let severity = sets_path.then_some(Severity::Critical);
        let draft = Draft::of(rule, deployment, &bucket, title, detail);
        run.say(draft.impact(run.hosts_of(id)).at_least(severity));
    }
}

/// Whether the upload belongs to another distribution that the same deployment names.
fn others(run: &Run<'_>, deployment: &Deployment, upload: &Upload, id: &str) -> bool {
    deployment
        .touches
        .iter()
        .filter(|touch| !is_possible(touch.names(id)) || touch.distribution.is_open())
        .any(|touch| {
            if touch.when.excludes(&upload.when) {
                return false;
            }
            let candidates = [run.live, run.state].into_iter().flat_map(|served| {
                let named = served
                    .distributions
                    .values()
                    .filter(|view| view.id != id && is_possible(touch.names(&view.id)));
                named.map(move |view| (served, view))
            });
            candidates
                .into_iter()
                .any(|(served, view)| is_possible(served.serves_from(view, &upload.bucket)))
        })
}

/// How a finding calls the distribution of a touch: as the files name it, and by its hosts. An id that came from a
/// secret is not told.
fn shown(run: &Run<'_>, touch: &Touch, id: &str) -> String {
    let hosts = run.hosts_of(id);
    let name = touch.distribution.display();
    if hosts.is_empty() {
        format!("distribution {name}")
    } else {
        format!("distribution {name} ({})", list(&hosts))
    }
}

/// What each side serves from, in a sentence.
fn sides(missing: &[(&Served, BTreeSet<&str>)]) -> String {
    let both = missing.len() == 2 && missing[0].1 == missing[1].1;
    let sentences: Vec<String> = missing
        .iter()
        .take(if both { 1 } else { 2 })
        .map(|(served, buckets)| {
            let whose = match (both, served.side) {
                (true, _) => "Live and in the state",
                (_, Side::Live) => "Live",
                (_, Side::State) => "In the state",
            };
            format!("{whose} it serves from {}.", list(buckets))
        })
        .collect();
    sentences.join(" ")
}

/// A declared host that is served from a bucket without CloudFront.
fn website(run: &mut Run<'_>, number: usize, deployment: &Deployment) {
    let Some(host) = &deployment.host else { return };
    for served in [run.live, run.state] {
        let Some(answering) = served
            .hosts
            .get(host)
            .filter(|one| one.distribution.is_none() && !one.from.is_empty())
        else {
            continue;
        };
        let from: BTreeSet<&str> = answering.from.iter().map(|(bucket, _)| bucket.as_str()).collect();
        for (index, upload) in deployment.uploads.iter().enumerate() {
            let lands = from.iter().any(|name| is_possible(upload.bucket.matches(name)));
            if lands || !run.spoken.insert((number, index)) {
                continue;
            }
            let bucket = upload.bucket.display();
            let title = format!(
                "{} uploads to {bucket}, which {host} is not served from",
                deployment.name()
            );
            let detail = format!(
                "{host} is served from {}. Visitors will not get what is uploaded.",
                list(&from)
            );
            let draft = Draft::of(rules::DEPLOY_BUCKET_NOT_SERVED, deployment, &bucket, title, detail);
            run.say(draft.impact([host.clone()]));
        }
    }
}

/// A bucket that one side serves from and the other does not, though both know the distribution.
fn uncoupled(run: &mut Run<'_>, number: usize, deployment: &Deployment) {
    if !deployment.touches.is_empty() || deployment.host.is_some() {
        return;
    }
    let uploads: Vec<(usize, &Upload)> = run.site_uploads(deployment).collect();
    for (index, upload) in uploads {
        let Some(name) = upload.bucket.resolved() else { continue };
        for (one, other, verb) in [(run.state, run.live, "live"), (run.live, run.state, "in the state")] {
            let moved = one.distributions_of(&name).find_map(|view| {
                let now = other
                    .distributions
                    .get(&view.id)
                    .filter(|now| now.detailed && now.enabled)?;
                (other.serves_from(now, &upload.bucket) == Tri::No && !other.names(&name)).then_some(now)
            });
            let Some(now) = moved.filter(|_| !run.spoken.contains(&(number, index))) else {
                continue;
            };
            run.spoken.insert((number, index));
            let bucket = upload.bucket.display();
            let says = if other.side == Side::Live {
                "By the state"
            } else {
                "Live"
            };
            let title = format!(
                "{} uploads to {bucket}, which nothing serves from {verb}",
                deployment.name()
            );
            let detail = format!(
                "At {}. {says} {} serves from it; {verb} it serves from {}.",
                places([upload.at.as_ref()]),
                now.name(),
                list(now.buckets())
            );
            let draft = Draft::of(rules::DEPLOY_BUCKET_NOT_SERVED, deployment, &bucket, title, detail);
            run.say(draft.impact(now.hosts.clone()));
        }
    }
}
