//! `deploy-without-invalidation`: uploads over what the edge keeps, and nothing in the workflow that makes it let go.

use crate::deploy::deployment::{Deployment, Upload};
use crate::deploy::pattern::{Relation, relation};
use crate::deploy::served::View;
use crate::rules;
use crate::workflows::Text;

use super::{Draft, Run, is_possible, places};

pub(super) fn check(run: &mut Run<'_>) {
    let deployments = run.deployments;
    for (number, deployment) in deployments.iter().enumerate() {
        let Some(workflow) = deployment.workflow() else {
            continue;
        };
        // A touch of any kind: whoever updates the distribution thinks of its cache.
        let touches: Vec<_> = deployments
            .iter()
            .filter(|one| one.workflow() == Some(workflow))
            .flat_map(|one| &one.touches)
            .collect();
        let uploads: Vec<(usize, &Upload)> = run.site_uploads(deployment).collect();
        for (index, upload) in uploads {
            let Some(name) = upload
                .bucket
                .resolved()
                .filter(|_| !run.spoken.contains(&(number, index)))
            else {
                continue;
            };
            let stale: Vec<&View> = run
                .live
                .distributions_of(&name)
                .filter(|view| {
                    view.detailed && view.caches && !touches.iter().any(|touch| is_possible(touch.names(&view.id)))
                })
                .filter(|view| overwrites(view, upload, &name))
                .collect();
            let Some(view) = stale.first() else { continue };
            say(run, deployment, upload, view);
        }
    }
}

/// Whether the upload replaces what is served, rather than adding a version beside it.
fn overwrites(view: &View, upload: &Upload, bucket: &str) -> bool {
    let versioned = |text: &Text| {
        text.is_open()
            || text
                .resolved()
                .is_some_and(|all| all.bytes().any(|b| b.is_ascii_digit()))
    };
    let origins = view
        .origins
        .iter()
        .filter(|origin| origin.used && origin.bucket() == Some(bucket));
    origins
        .into_iter()
        .any(|origin| match relation(&upload.prefix, &Text::literal(&origin.path)) {
            Relation::Equal | Relation::Above => true,
            Relation::Below => !versioned(&upload.prefix),
            Relation::Apart | Relation::Maybe => false,
        })
}

fn say(run: &mut Run<'_>, deployment: &Deployment, upload: &Upload, view: &View) {
    let target = upload.target();
    let title = format!("{} uploads to {target} and invalidates nothing", deployment.name());
    let removed = if upload.delete {
        " Old pages that are still cached may ask for files that the upload removed."
    } else {
        ""
    };
    let whose = if upload.bucket.has_secret() && view.hosts.is_empty() {
        "its distribution".to_owned()
    } else {
        view.name()
    };
    let detail = format!(
        "At {}. Visitors of {whose} may get the old version until the cache lets go of it.{removed} Invalidate what changes, \
         upload it with `--cache-control no-cache`, or upload every version to a path of its own.",
        places([upload.at.as_ref()])
    );
    run.say(
        Draft::of(rules::DEPLOY_WITHOUT_INVALIDATION, deployment, &target, title, detail).impact(view.hosts.clone()),
    );
}
