//! `bucket-not-served` and `bucket-not-deployed`: what is written and served by nobody, and the other way round.

use std::collections::{BTreeMap, BTreeSet};

use crate::deploy::deployment::{Deployment, Upload};
use crate::finding::{Category, Finding, ResourceRef, Severity};
use crate::rules;
use crate::workflows::Tri;

use super::{Draft, Run, is_possible, list, places};

pub(super) fn check(run: &mut Run<'_>) {
    not_served(run);
    not_deployed(run);
}

/// A bucket of the account or the states that a deployment writes and nothing serves from.
fn not_served(run: &mut Run<'_>) {
    let deployments = run.deployments;
    for (number, deployment) in deployments.iter().enumerate() {
        let mut unserved: BTreeMap<String, Vec<&Upload>> = BTreeMap::new();
        let uploads: Vec<(usize, &Upload)> = run.site_uploads(deployment).collect();
        for (index, upload) in uploads {
            let Some(name) = upload.bucket.resolved() else { continue };
            let known = [run.live, run.state]
                .iter()
                .any(|side| side.buckets.as_ref().is_some_and(|all| all.contains(&name)));
            let served = run.live.names(&name) || run.state.names(&name);
            let made = deployment
                .creates
                .iter()
                .any(|bucket| is_possible(bucket.matches(&name)));
            if known && run.live.complete && !served && !made && !run.spoken.contains(&(number, index)) {
                unserved.entry(upload.bucket.display()).or_default().push(upload);
            }
        }
        for (bucket, uploads) in unserved {
            let Some(name) = uploads[0].bucket.resolved() else {
                continue;
            };
            say(run, deployment, &bucket, &name, &uploads);
        }
    }
}

fn say(run: &mut Run<'_>, deployment: &Deployment, bucket: &str, name: &str, uploads: &[&Upload]) {
    // A distribution whose id is not known: whichever of this account's it is, it does not serve from the bucket.
    let open = deployment
        .touches
        .iter()
        .any(|touch| touch.distribution.is_open() && uploads.iter().any(|upload| touch.when.accompanies(&upload.when)));
    let certain = !run.live.may_serve(name) && !run.state.may_serve(name);
    let meant = [run.live, run.state]
        .iter()
        .any(|side| side.meant_to_serve.contains(name) || side.hosts.contains_key(name))
        || [run.live, run.state]
            .iter()
            .flat_map(|side| side.distributions.values())
            .any(|view| view.hosts.contains(name));
    // A job with several uploads may well keep other things in other buckets.
    let alone = deployment
        .uploads
        .iter()
        .all(|upload| upload.bucket.resolved().as_deref() == Some(name));
    let severity = match () {
        () if open && certain && alone => Some(Severity::Medium),
        () if meant => Some(Severity::Low),
        () => None,
    };
    let title = format!("{} uploads to {bucket}, which nothing serves from", deployment.name());
    let why = match severity {
        Some(Severity::Medium) => {
            " The same job changes a distribution, and none of this account serves from the bucket."
        }
        Some(_) => " It is set up to be served, or named like a host.",
        None => "",
    };
    let detail = format!(
        "At {}. No distribution and no record leads to the bucket, live or in the state.{why}",
        places(uploads.iter().map(|upload| upload.at.as_ref()))
    );
    run.say(Draft::of(rules::BUCKET_NOT_SERVED, deployment, bucket, title, detail).at_least(severity));
}

/// A bucket that is served and that no deployment writes; only where all deployments are known in full and at least one
/// of them goes to what this account serves.
fn not_deployed(run: &mut Run<'_>) {
    let uploads = || run.deployments.iter().flat_map(|deployment| &deployment.uploads);
    let open = run.deployments.iter().any(|deployment| {
        deployment.uploads.iter().any(|upload| upload.bucket.is_open())
            || deployment.touches.iter().any(|touch| touch.distribution.is_open())
    });
    let written: BTreeSet<String> = uploads().filter_map(|upload| upload.bucket.resolved()).collect();
    let here = written.iter().any(|name| run.live.names(name));
    if open || !here {
        return;
    }
    // A bucket behind several distributions is one finding.
    let mut found: BTreeMap<String, (BTreeSet<String>, bool)> = BTreeMap::new();
    for view in run
        .live
        .distributions
        .values()
        .filter(|view| view.enabled && view.detailed)
    {
        let Some(declared) = run.state.distributions.get(&view.id) else {
            continue;
        };
        let touching = run
            .deployments
            .iter()
            .enumerate()
            .filter(|(_, one)| one.touches.iter().any(|touch| is_possible(touch.names(&view.id))));
        let touching: Vec<usize> = touching.map(|(number, _)| number).collect();
        let touched = !touching.is_empty();
        // What such a deployment does wrong has been said.
        if touching
            .iter()
            .any(|number| run.spoken.iter().any(|(spoken, _)| spoken == number))
        {
            continue;
        }
        // Another repository may deploy to what this one does not name.
        let written_by_this = written
            .iter()
            .any(|name| run.live.serves_from(view, &crate::workflows::Text::literal(name)) != Tri::No);
        if written_by_this {
            continue;
        }
        for origin in view.origins.iter().filter(|origin| origin.default) {
            let Some(bucket) = origin.bucket() else { continue };
            let managed = run.state.buckets.as_ref().is_some_and(|all| all.contains(bucket));
            let by_terraform = run.state.with_objects.contains(bucket);
            let redirects = run.live.redirects.contains(bucket) || run.state.redirects.contains(bucket);
            if managed && !redirects && !by_terraform && declared.buckets().contains(bucket) {
                let (hosts, so_far) = found.entry(bucket.to_owned()).or_default();
                hosts.extend(view.hosts.iter().cloned());
                *so_far |= touched;
            }
        }
    }
    for (bucket, (hosts, touched)) in found {
        let title = format!("no workflow uploads to bucket {bucket}, which is served");
        let of = if hosts.is_empty() {
            String::new()
        } else {
            format!(" for {}", list(&hosts))
        };
        let why = if touched {
            " The workflows do change or invalidate its distribution."
        } else {
            ""
        };
        run.result.findings.push(Finding {
            category: Category::Deploy,
            rule: rules::BUCKET_NOT_DEPLOYED.into(),
            address: None,
            state: None,
            place: None,
            resource: ResourceRef {
                terraform_type: "aws_s3_bucket".to_owned(),
                id: bucket,
                account: None,
                region: None,
            },
            aspect: None,
            title,
            detail: format!("It is served{of}, and none of the deployments found or declared writes to it.{why}"),
            changes: Vec::new(),
            impact: hosts.into_iter().collect(),
            at_least: touched.then_some(Severity::Low),
        });
    }
}
