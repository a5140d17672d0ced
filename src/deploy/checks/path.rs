//! `deploy-path-not-served`: the prefix that is uploaded to, against the origin path that is served, or that the same
//! deployment sets.

use crate::deploy::Phase;
use crate::deploy::deployment::{Deployment, Touch, Upload, What};
use crate::deploy::owned::{selects, sets_path};
use crate::deploy::pattern::{Relation, relation};
use crate::deploy::served::{ServedOrigin, View};
use crate::finding::Severity;
use crate::rules;
use crate::workflows::{Text, Tri};

use super::{Draft, Run, is_possible, list, places};

pub(super) fn check(run: &mut Run<'_>) {
    let deployments = run.deployments;
    for (number, deployment) in deployments.iter().enumerate() {
        let named = run.named(deployment);
        let mut coupled = false;
        for (id, touches) in named {
            let live = run.live;
            let Some(view) = live
                .distributions
                .get(&id)
                .filter(|view| view.detailed && !view.origin_may_change)
            else {
                continue;
            };
            coupled = true;
            let lands = |upload: &Upload| live.serves_from(view, &upload.bucket) == Tri::Yes;
            let together =
                |upload: &Upload| touches.is_empty() || touches.iter().any(|t| !t.when.excludes(&upload.when));
            let pool: Vec<&Upload> = run
                .site_uploads(deployment)
                .filter(|(index, upload)| !run.spoken.contains(&(number, *index)) && lands(upload) && together(upload))
                .map(|(_, upload)| upload)
                .collect();
            let setting: Vec<(&Touch, &Text)> = touches
                .iter()
                .filter_map(|touch| match &touch.what {
                    What::OriginPath { path, .. } => Some((*touch, path)),
                    _ => None,
                })
                .collect();
            for (touch, path) in &setting {
                sets(run, deployment, view, touch, path, &pool);
            }
            if setting.is_empty() {
                stays(run, deployment, view, &pool, Some(Severity::High));
            }
        }
        if !coupled && deployment.touches.is_empty() && deployment.host.is_none() {
            uncoupled(run, number, deployment);
        }
    }
}

/// A deployment that sets the origin path: what it uploads must lie there.
fn sets(run: &mut Run<'_>, deployment: &Deployment, view: &View, touch: &Touch, path: &Text, pool: &[&Upload]) {
    let What::OriginPath { origins, .. } = &touch.what else {
        return;
    };
    let reached = |origin: &ServedOrigin, index: usize| selects(origins, origin, index);
    let origins: Vec<(Tri, &ServedOrigin)> = view
        .origins
        .iter()
        .enumerate()
        .map(|(index, origin)| (reached(origin, index), origin))
        .collect();
    let distribution = touch.distribution.display();
    if origins.iter().all(|(tri, _)| *tri == Tri::No) {
        let ids: Vec<&str> = view.origins.iter().map(|origin| origin.id.as_str()).collect();
        let title = format!(
            "{} sets the origin path of no origin of distribution {distribution}",
            deployment.name()
        );
        let detail = format!(
            "At {}. What selects the origin fits none of them: {}. The update succeeds and changes nothing, and the old \
             version stays.",
            places([touch.at.as_ref()]),
            list(ids)
        );
        let draft = Draft::of(rules::DEPLOY_PATH_NOT_SERVED, deployment, &distribution, title, detail);
        run.say(draft.impact(view.hosts.clone()).at_least(Some(Severity::High)));
        return;
    }
    let together: Vec<&Upload> = pool
        .iter()
        .copied()
        .filter(|upload| !upload.when.excludes(&touch.when))
        .collect();
    let fits = |upload: &Upload, origin: &ServedOrigin| {
        let bucket = origin
            .bucket()
            .is_none_or(|name| is_possible(upload.bucket.matches(name)));
        bucket && relation(&upload.prefix, path) != Relation::Apart
    };
    let possible = origins.iter().filter(|(tri, _)| is_possible(*tri));
    let any = possible.flat_map(|(_, origin)| together.iter().map(move |upload| (upload, origin)));
    if together.is_empty() || any.into_iter().any(|(upload, origin)| fits(upload, origin)) {
        return;
    }
    let targets: Vec<String> = together.iter().map(|upload| upload.target()).collect();
    let title = format!(
        "{} uploads to {} but sets the origin path to /{}",
        deployment.name(),
        list(&targets),
        path.display()
    );
    let detail = format!(
        "At {}. Nothing of what it uploads lies under the origin path that it sets{}.",
        places(
            together
                .iter()
                .map(|upload| upload.at.as_ref())
                .chain([touch.at.as_ref()])
        ),
        if view.hosts.is_empty() {
            String::new()
        } else {
            format!(" for {}", list(&view.hosts))
        }
    );
    let draft = Draft::of(
        rules::DEPLOY_PATH_NOT_SERVED,
        deployment,
        &targets.join(" "),
        title,
        detail,
    );
    run.say(draft.impact(view.hosts.clone()).at_least(Some(Severity::High)));
}

/// A deployment that leaves the origin path as it is: something of what it uploads must lie under it.
fn stays(run: &mut Run<'_>, deployment: &Deployment, view: &View, pool: &[&Upload], severity: Option<Severity>) {
    let set_elsewhere = run.deployments.iter().flat_map(|one| &one.touches).any(|touch| {
        (0..view.origins.len()).any(|index| is_possible(sets_path(touch, view, index)))
            // An update of which nothing is known may set the path as well.
            || matches!(&touch.what, What::Update { root_object: None }) && is_possible(touch.names(&view.id))
    });
    if pool.is_empty() || set_elsewhere || pool.iter().any(|upload| may_land(run, deployment, view, upload)) {
        return;
    }
    for upload in pool {
        let paths: Vec<String> = paths_of(view, upload)
            .map(|origin| format!("/{}", origin.path))
            .collect();
        let target = upload.target();
        let title = format!(
            "{} uploads to {target}, which is not under the path that is served",
            deployment.name()
        );
        let detail = format!(
            "At {}. {} serves that bucket from {}, and no workflow sets another origin path.",
            places([upload.at.as_ref()]),
            capitalised(&served_as(deployment, view)),
            list(paths)
        );
        let draft = Draft::of(rules::DEPLOY_PATH_NOT_SERVED, deployment, &target, title, detail);
        run.say(draft.impact(view.hosts.clone()).at_least(severity));
    }
}

/// An id that came from a secret is not told.
fn served_as(deployment: &Deployment, view: &View) -> String {
    let touch = deployment
        .touches
        .iter()
        .find(|touch| touch.names(&view.id) == Tri::Yes);
    match touch {
        Some(touch) if view.hosts.is_empty() => format!("distribution {}", touch.distribution.display()),
        _ => view.name(),
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters
        .next()
        .map(|first| first.to_uppercase().chain(characters).collect())
        .unwrap_or_default()
}

fn paths_of<'v>(view: &'v View, upload: &Upload) -> impl Iterator<Item = &'v ServedOrigin> {
    let bucket = upload.bucket.clone();
    view.origins
        .iter()
        .filter(move |origin| origin.used && origin.bucket().is_none_or(|name| is_possible(bucket.matches(name))))
}

/// Whether what is uploaded may lie under a path that is served: also above it, where the source may hold the rest.
fn may_land(run: &Run<'_>, deployment: &Deployment, view: &View, upload: &Upload) -> bool {
    let mut origins = paths_of(view, upload).peekable();
    if origins.peek().is_none() {
        // The bucket is served in another way: a copy of it, or behind a name.
        return true;
    }
    let declared = deployment.workflow().is_none();
    origins.any(|origin| {
        let versions = || {
            let prefix = upload.prefix.resolved().unwrap_or_default();
            declared && run.phase == Phase::Pre && are_versions(&prefix, &origin.path)
        };
        relation(&upload.prefix, &Text::literal(&origin.path)) != Relation::Apart || versions()
    })
}

/// Whether two paths look like two versions of one thing: they differ in the last part only, and both have a digit
/// there. Before a deployment the declared one is then taken to become the origin path.
fn are_versions(a: &str, b: &str) -> bool {
    let split = |path: &str| {
        path.rsplit_once('/')
            .map_or((String::new(), path.to_owned()), |(up, last)| (up.into(), last.into()))
    };
    let (a, b) = (split(a), split(b));
    let digit = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
    a.0 == b.0 && digit(&a.1) && digit(&b.1)
}

/// A job that names no distribution, and the only one that writes to a bucket that is served.
fn uncoupled<'a>(run: &mut Run<'a>, number: usize, deployment: &'a Deployment) {
    let uploads: Vec<(usize, &Upload)> = run.site_uploads(deployment).collect();
    for (index, upload) in uploads {
        let Some(name) = upload.bucket.resolved() else { continue };
        let live = run.live;
        let views: Vec<&View> = live
            .distributions_of(&name)
            .filter(|view| view.detailed && !view.origin_may_change)
            .collect();
        let [view] = views.as_slice() else { continue };
        let others = run.deployments.iter().flat_map(|one| &one.uploads);
        let reached = others
            .filter(|other| is_possible(other.bucket.matches(&name)))
            .any(|other| may_land(run, deployment, view, other));
        if !reached && !run.spoken.contains(&(number, index)) {
            stays(run, deployment, view, &[upload], None);
        }
    }
}
