//! `deploy-environment-crossed`: a job of one environment that writes to another environment's bucket.
//!
//! Two kinds of evidence. Where the bucket is known: it is served, and its tags, name or distribution say another
//! environment than the job's. Where it is not: the job uses a secret or variable named after another environment,
//! which a job of that environment uses too.

use crate::deploy::deployment::{Deployment, Upload, What};
use crate::deploy::pattern::{Relation, relation};
use crate::deploy::served::Served;
use crate::finding::Severity;
use crate::inventory::Tags;
use crate::rules;
use crate::serving::labels::{self, Crossing, Environment, Label, Named};
use crate::workflows::{Piece, Source, Text};

use super::{Draft, Run, list, places};

pub(super) fn check(run: &mut Run<'_>) {
    let deployments = run.deployments;
    for (number, deployment) in deployments.iter().enumerate() {
        let Some(own) = environment(deployment) else { continue };
        let uploads: Vec<(usize, &Upload)> = run.site_uploads(deployment).collect();
        for (index, upload) in uploads {
            let crossed = match upload.bucket.resolved() {
                Some(name) => known(run, deployment, upload, &own, &name),
                None => by_name(run, deployment, upload, &own),
            };
            if crossed {
                run.spoken.insert((number, index));
            }
        }
    }
}

/// The environment that a deployment is for, as its GitHub environment says.
pub(super) fn environment(deployment: &Deployment) -> Option<Label> {
    let name = deployment.environment.as_ref()?.resolved()?;
    labels::label(
        &Tags::new(),
        &[Named {
            what: "environment",
            name: &name,
            zone: None,
        }],
    )
}

/// The label of a bucket where both sides agree, as far as they say something.
fn label_of<'a>(run: &Run<'a>, bucket: &str) -> Option<&'a Label> {
    match (run.live.label_of(bucket), run.state.label_of(bucket)) {
        (Some(live), Some(state)) if live.environment != state.environment => None,
        (live, state) => live.or(state),
    }
}

fn known(run: &mut Run<'_>, deployment: &Deployment, upload: &Upload, own: &Label, name: &str) -> bool {
    let Some(theirs) = label_of(run, name) else {
        return false;
    };
    let crossing = labels::crossing(own.environment, theirs.environment);
    let serving: Vec<&Served> = [run.live, run.state]
        .into_iter()
        .filter(|served| !served.hosts_of(name).is_empty() || served.distributions_of(name).next().is_some())
        .collect();
    if serving.is_empty() || inside(&serving, deployment, upload, name, own) {
        return false;
    }
    let severity = match crossing {
        Crossing::None => return false,
        // What is not production is served to production's visitors.
        Crossing::Production if theirs.environment == Environment::Production => Some(Severity::Critical),
        Crossing::Production => Some(Severity::High),
        // Environments before production often share: it is a mistake only where another job keeps them apart.
        Crossing::Other if kept_apart(run, name, theirs.environment) => None,
        Crossing::Other => return false,
    };
    let hosts = serving.first().map(|served| served.hosts_of(name)).unwrap_or_default();
    let bucket = upload.bucket.display();
    let title = format!(
        "{} ({}) uploads to {bucket}, a bucket of {}",
        deployment.name(),
        own.environment,
        theirs.environment
    );
    let of = if hosts.is_empty() {
        String::new()
    } else {
        format!(" for {}", list(&hosts))
    };
    // The name may have come from a secret: it is the evidence, and still not told.
    let evidence = match &theirs.evidence {
        labels::Evidence::Tag { .. } => format!("{}", theirs.evidence),
        labels::Evidence::Name { what, .. } => format!("the word \"{}\" in its {what}", theirs.text),
    };
    let sets_path = deployment
        .touches
        .iter()
        .any(|touch| matches!(touch.what, What::OriginPath { .. }));
    let dark = if sets_path {
        " The job also sets an origin path, to a version that only this bucket gets."
    } else {
        ""
    };
    let detail = format!(
        "At {}. The bucket is served{of} and belongs to {} ({evidence}); the job runs in the environment {}.{dark}",
        places([upload.at.as_ref()]),
        theirs.environment,
        deployment.environment.as_ref().map(Text::display).unwrap_or_default(),
    );
    let draft = Draft::of(rules::DEPLOY_ENVIRONMENT_CROSSED, deployment, &bucket, title, detail);
    run.say(draft.impact(hosts).at_least(severity));
    true
}

/// Whether the upload goes to a part of the bucket that is set aside for it: previews below production's site, say.
fn inside(serving: &[&Served], deployment: &Deployment, upload: &Upload, name: &str, own: &Label) -> bool {
    let named = upload.prefix.resolved().and_then(|prefix| {
        labels::label(
            &Tags::new(),
            &[Named {
                what: "prefix",
                name: &format!("{prefix}/"),
                zone: None,
            }],
        )
    });
    if named.is_some_and(|label| label.environment == own.environment) {
        return true;
    }
    // A job that sets an origin path uploads a version, not a part.
    let versions = deployment
        .touches
        .iter()
        .any(|touch| matches!(touch.what, What::OriginPath { .. }));
    let origins = || {
        let views = serving.iter().flat_map(|served| served.distributions_of(name));
        views
            .flat_map(|view| &view.origins)
            .filter(|origin| origin.bucket() == Some(name))
    };
    let root = || Text::literal("");
    let part = |path: &Text| {
        matches!(
            relation(&upload.prefix, path),
            Relation::Below | Relation::Apart | Relation::Maybe
        )
    };
    !versions && part(&root()) && origins().all(|origin| part(&Text::literal(&origin.path)))
}

/// Whether a job of the other environment uploads to the bucket.
fn kept_apart(run: &Run<'_>, name: &str, theirs: Environment) -> bool {
    run.deployments.iter().any(|other| {
        environment(other).is_some_and(|label| label.environment == theirs)
            && other
                .uploads
                .iter()
                .any(|upload| upload.bucket.resolved().as_deref() == Some(name))
    })
}

fn by_name(run: &mut Run<'_>, deployment: &Deployment, upload: &Upload, own: &Label) -> bool {
    let crossing = upload.bucket.open_parts().find_map(|open| {
        if !matches!(open.source, Source::Secret | Source::Variable) {
            return None;
        }
        let label = labels::label(
            &Tags::new(),
            &[Named {
                what: "name",
                name: &word(&open.expression),
                zone: None,
            }],
        )?;
        let crosses = labels::crossing(own.environment, label.environment) != Crossing::None;
        (crosses && used_by(run, &open.expression, label.environment))
            .then(|| (open.expression.clone(), label.environment))
    });
    let Some((expression, theirs)) = crossing else {
        return false;
    };
    let title = format!(
        "{} ({}) uploads to {}",
        deployment.name(),
        own.environment,
        upload.target()
    );
    let detail = format!(
        "At {}. {expression} is also what a job of {theirs} uploads to, and is named so; the job runs in the environment \
         {}. Its value is not known here, so this is not certain: map it with `--var`.",
        places([upload.at.as_ref()]),
        deployment.environment.as_ref().map(Text::display).unwrap_or_default(),
    );
    run.say(Draft::of(
        rules::DEPLOY_ENVIRONMENT_CROSSED,
        deployment,
        &upload.bucket.display(),
        title,
        detail,
    ));
    true
}

/// `secrets.AWS_S3_BUCKET_STAGE` without the context, in a form in which a dot is no host name's.
fn word(expression: &str) -> String {
    expression
        .split_once('.')
        .map_or(expression, |(_, name)| name)
        .replace('.', "_")
}

/// Whether a job of the environment that the name speaks of uploads to the same secret or variable.
fn used_by(run: &Run<'_>, expression: &str, environment_named: Environment) -> bool {
    run.deployments.iter().any(|other| {
        let of_it = environment(other).is_some_and(|label| label.environment == environment_named);
        of_it
            && other
                .uploads
                .iter()
                .flat_map(|upload| upload.bucket.pieces())
                .any(|piece| match piece {
                    Piece::Open(open) => open.expression == expression,
                    Piece::Secret { expression: theirs, .. } => theirs == expression,
                    Piece::Literal(_) => false,
                })
    })
}
