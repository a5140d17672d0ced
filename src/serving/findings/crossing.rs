//! One environment served from, or open to, another: only where both labels come from evidence, and only where the
//! state says otherwise. What is declared to be shared is meant to be.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::Severity;
use crate::iam::access::{BucketFacts, Policy};
use crate::iam::request::{Action, Caller, Request, Scope, Signing};
use crate::iam::verdict::Outcome;
use crate::iam::{Document, can_read};
use crate::inventory::{Distribution, Inventory, Tags};
use crate::rules;
use crate::serving::labels::{Crossing, Environment, Label, Named, crossing, label};
use crate::serving::origin_domain::OriginDomain;
use crate::serving::trace::{Break, Touched};

use super::{Found, Pair, zone_of};

const DISTRIBUTION: &str = "aws_cloudfront_distribution";

/// Whether a host is served from another environment than its own (X1, X2, X5).
pub(super) fn of(pair: &Pair, live: &Inventory, state: &Inventory) -> Option<Found> {
    let host = &pair.live.host;
    let expected = own(pair, state, live)?;
    let (bucket, _) = pair.live.served_from.first()?;
    let of_bucket = of_bucket(bucket, live, state);
    let declared = pair.state.served_from.iter().any(|(name, _)| name == bucket);
    let crosses = |found: &Option<Label>| {
        found
            .as_ref()
            .is_some_and(|one| crossing(expected.environment, one.environment) != Crossing::None)
    };
    let id = pair.live.distribution.as_ref();
    let at = |id: &String| Touched {
        terraform_type: DISTRIBUTION,
        id: id.clone(),
    };
    let severity = match expected.environment {
        Environment::Production => Severity::Critical,
        _ => Severity::High,
    };
    let (title, found, at) = if !declared && crosses(&of_bucket) {
        let title = format!("{host} is served from bucket {bucket} of another environment");
        let record = Touched {
            terraform_type: "aws_s3_bucket",
            id: bucket.clone(),
        };
        (title, of_bucket?, id.map_or(record, at))
    } else {
        let id = id.filter(|id| pair.state.distribution.as_ref().is_some_and(|declared| declared != *id))?;
        let of_distribution = of_distribution(Inventory::look_up(&live.distribution, id).found()?, live);
        if !crosses(&of_distribution) {
            return None;
        }
        (
            format!("{host} is an alias of distribution {id} of another environment"),
            of_distribution?,
            at(id),
        )
    };
    let detail = format!(
        "The host belongs to {} ({}), what it serves to {} ({}). Visitors see the wrong environment.",
        expected.environment, expected.evidence, found.environment, found.evidence
    );
    let fault = Break {
        rule: rules::ENVIRONMENT_CROSSED,
        severity,
        title,
        detail,
        at: Some(at),
    };
    Some(Found {
        fault,
        hosts: vec![host.clone()],
        as_declared: false,
    })
}

/// The environment that a host belongs to: by its name, else by what the state serves it from.
fn own(pair: &Pair, state: &Inventory, live: &Inventory) -> Option<Label> {
    let host = &pair.live.host;
    let zone = zone_of(host, live).or_else(|| zone_of(host, state));
    let by_name = label(
        &Tags::new(),
        &[Named {
            what: "host",
            name: host,
            zone,
        }],
    );
    let by_bucket = || {
        pair.state
            .served_from
            .first()
            .and_then(|(bucket, _)| of_bucket(bucket, state, live))
    };
    let by_distribution = || {
        let id = pair.state.distribution.as_ref()?;
        of_distribution(Inventory::look_up(&state.distribution, id).found()?, state)
            .or_else(|| of_distribution(Inventory::look_up(&live.distribution, id).found()?, live))
    };
    by_name.or_else(by_distribution).or_else(by_bucket)
}

fn of_bucket(bucket: &str, first: &Inventory, second: &Inventory) -> Option<Label> {
    let tags = [first, second]
        .iter()
        .find_map(|inventory| inventory.bucket(bucket).tags.found());
    let none = Tags::new();
    label(
        tags.unwrap_or(&none),
        &[Named {
            what: "bucket",
            name: bucket,
            zone: None,
        }],
    )
}

fn of_distribution(distribution: &Distribution, inventory: &Inventory) -> Option<Label> {
    let tags = Inventory::look_up(&inventory.distribution_tags, &distribution.arn).found()?;
    label(tags, &[])
}

/// What two environments or distributions share although the state keeps them apart (X3, X4, X6).
pub(super) fn shared(pairs: &[Pair], live: &Inventory, state: &Inventory) -> Vec<Found> {
    let hosts = |id: &str| {
        let on = pairs
            .iter()
            .filter(|pair| pair.live.distribution.as_deref() == Some(id));
        on.map(|pair| pair.live.host.clone()).collect::<Vec<_>>()
    };
    let mut found = contents(live, state, &hosts);
    found.extend(identities(live, state, &hosts));
    let buckets: BTreeSet<&String> = pairs
        .iter()
        .flat_map(|pair| &pair.live.served_from)
        .map(|(name, _)| name)
        .collect();
    let labelled = labelled(live);
    for bucket in buckets {
        found.extend(admitted(bucket, &labelled, live, state, pairs));
    }
    found
}

fn all(inventory: &Inventory) -> impl Iterator<Item = &Distribution> {
    inventory.distribution.values().filter_map(|answer| answer.found())
}

/// Which distributions serve from a bucket and path.
fn by_place(inventory: &Inventory) -> BTreeMap<(String, String), BTreeSet<String>> {
    let mut places: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for distribution in all(inventory).filter(|one| one.config.enabled && !one.config.staging) {
        for origin in &distribution.config.origins {
            let domain = OriginDomain::parse(&origin.domain_name);
            if let Some(bucket) = domain.bucket() {
                let path = origin
                    .origin_path
                    .as_deref()
                    .unwrap_or_default()
                    .trim_matches('/')
                    .to_owned();
                places
                    .entry((bucket.to_owned(), path))
                    .or_default()
                    .insert(distribution.id.clone());
            }
        }
    }
    places
}

fn contents(live: &Inventory, state: &Inventory, hosts: &dyn Fn(&str) -> Vec<String>) -> Vec<Found> {
    let declared = by_place(state);
    let known: BTreeSet<&String> = declared.values().flatten().collect();
    let mut found = Vec::new();
    for ((bucket, path), ids) in by_place(live) {
        let before = declared.get(&(bucket.clone(), path.clone()));
        let new: Vec<&String> = ids
            .iter()
            .filter(|id| known.contains(id) && !before.is_some_and(|before| before.contains(*id)))
            .collect();
        let (Some(id), true) = (new.first(), ids.len() > 1) else {
            continue;
        };
        let names: Vec<&str> = ids.iter().map(String::as_str).collect();
        let fault = Break {
            rule: rules::CONTENT_SHARED_BY_DISTRIBUTIONS,
            severity: Severity::Medium,
            title: format!(
                "distributions {} serve the same s3://{bucket}/{path}",
                names.join(" and ")
            ),
            detail: "The state keeps them apart: one deployment now changes both sites. Apply to put the origin back."
                .to_owned(),
            at: Some(Touched {
                terraform_type: DISTRIBUTION,
                id: (*id).clone(),
            }),
        };
        let on = ids.iter().flat_map(|id| hosts(id)).collect();
        found.push(Found {
            fault,
            hosts: on,
            as_declared: false,
        });
    }
    found
}

/// Which origin access identities distributions use, with their environment.
fn by_identity(inventory: &Inventory) -> BTreeMap<String, Vec<(String, Label)>> {
    let mut identities: BTreeMap<String, Vec<(String, Label)>> = BTreeMap::new();
    for distribution in all(inventory) {
        let Some(label) = of_distribution(distribution, inventory) else {
            continue;
        };
        for origin in &distribution.config.origins {
            let path = origin
                .s3_origin
                .as_ref()
                .and_then(|s3| s3.origin_access_identity.as_deref());
            if let Some(id) = path
                .and_then(|path| path.rsplit('/').next())
                .filter(|id| !id.is_empty())
            {
                identities
                    .entry(id.to_owned())
                    .or_default()
                    .push((distribution.id.clone(), label.clone()));
            }
        }
    }
    identities
}

fn identities(live: &Inventory, state: &Inventory, hosts: &dyn Fn(&str) -> Vec<String>) -> Vec<Found> {
    let uses = |id: &str| {
        let declared = all(state).filter(move |one| {
            let mut origins = one.config.origins.iter().filter_map(|origin| origin.s3_origin.as_ref());
            origins.any(|s3| {
                s3.origin_access_identity
                    .as_deref()
                    .is_some_and(|path| path.ends_with(id))
            })
        });
        declared.map(|one| one.id.clone()).collect::<BTreeSet<_>>()
    };
    let mut found = Vec::new();
    for (identity, users) in by_identity(live) {
        let declared = uses(&identity);
        let crossed = users.iter().enumerate().find_map(|(i, (one, first))| {
            let other = users
                .iter()
                .skip(i + 1)
                .find(|(_, second)| crossing(first.environment, second.environment) != Crossing::None)?;
            Some((one.clone(), other.0.clone()))
        });
        let Some((one, other)) = crossed else { continue };
        let new = if declared.contains(&one) { &other } else { &one };
        if declared.contains(new) {
            continue;
        }
        let fault = Break {
            rule: rules::IDENTITY_SHARED_ACROSS_ENVIRONMENTS,
            severity: Severity::Medium,
            title: format!("distributions {one} and {other} of different environments use origin access identity {identity}"),
            detail: "Each can read whatever bucket admits the identity. The state gives them different ones: apply to put that back.".to_owned(),
            at: Some(Touched { terraform_type: DISTRIBUTION, id: new.clone() }),
        };
        found.push(Found {
            fault,
            hosts: [hosts(&one), hosts(&other)].concat(),
            as_declared: false,
        });
    }
    found
}

/// A live distribution whose environment is known.
struct Labelled<'a> {
    distribution: &'a Distribution,
    label: Label,
    /// The buckets of its origins.
    buckets: BTreeSet<String>,
}

fn labelled(live: &Inventory) -> Vec<Labelled<'_>> {
    let one = |distribution: &'_ Distribution| -> Option<(Label, BTreeSet<String>)> {
        let origins = distribution.config.origins.iter();
        let buckets = origins.filter_map(|origin| OriginDomain::parse(&origin.domain_name).bucket().map(str::to_owned));
        Some((of_distribution(distribution, live)?, buckets.collect()))
    };
    all(live)
        .filter_map(|distribution| {
            let (label, buckets) = one(distribution)?;
            Some(Labelled {
                distribution,
                label,
                buckets,
            })
        })
        .collect()
}

/// Distributions of another environment that a bucket's policy lets in.
fn admitted(
    bucket: &str,
    labelled: &[Labelled<'_>],
    live: &Inventory,
    state: &Inventory,
    pairs: &[Pair],
) -> Option<Found> {
    let before = state.bucket(bucket).policy.found()?;
    let own = of_bucket(bucket, live, state)?;
    let now = live.bucket(bucket).policy.found()?;
    if now == before {
        return None;
    }
    let partition = labelled.first()?.distribution.arn.split(':').nth(1).unwrap_or("aws");
    let (before, now) = (facts(bucket, partition, before), facts(bucket, partition, now)?);
    let stranger = labelled
        .iter()
        .filter(|one| crossing(own.environment, one.label.environment) != Crossing::None)
        .filter(|one| !one.buckets.contains(bucket))
        .map(|one| one.distribution)
        .find(|one| admits(&now, &one.arn) && !before.as_ref().is_some_and(|before| admits(before, &one.arn)))?;
    // A policy for everybody is another rule's matter.
    if admits(&now, "arn:aws:cloudfront::anybody:distribution/ANYBODY") {
        return None;
    }
    let fault = Break {
        rule: rules::POLICY_ADMITS_OTHER_ENVIRONMENT,
        severity: Severity::Medium,
        title: format!(
            "the policy of bucket {bucket} lets in distribution {} of another environment",
            stranger.id
        ),
        detail: format!(
            "The bucket belongs to {} ({}). The state's policy does not let it in: apply to put that back.",
            own.environment, own.evidence
        ),
        at: Some(Touched {
            terraform_type: "aws_s3_bucket_policy",
            id: bucket.to_owned(),
        }),
    };
    let from = |pair: &&Pair| pair.live.served_from.iter().any(|(name, _)| name == bucket);
    Some(Found {
        fault,
        hosts: pairs.iter().filter(from).map(|pair| pair.live.host.clone()).collect(),
        as_declared: false,
    })
}

/// A bucket with this policy; nothing where the text is no policy.
fn facts(bucket: &str, partition: &str, policy: &str) -> Option<BucketFacts> {
    let document = Document::parse(policy).ok()?;
    Some(BucketFacts::new(bucket, partition, Policy::Document(document)))
}

fn admits(facts: &BucketFacts, distribution: &str) -> bool {
    let request = Request::new(Action::GetObject, Scope::Under(String::new()));
    can_read(&Caller::oac(distribution, Signing::Always), facts, &request).outcome == Outcome::Allowed
}
