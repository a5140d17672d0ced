//! `deploy-target-unresolved`: a bucket or distribution that stays open, with what would settle it.

use std::collections::BTreeSet;

use crate::rules;
use crate::workflows::{Open, Source, Text};

use super::{Draft, Run, places};

pub(super) fn check(run: &mut Run<'_>) {
    let deployments = run.deployments;
    for deployment in deployments {
        let uploads = deployment
            .uploads
            .iter()
            .map(|upload| (&upload.bucket, upload.at.as_ref()));
        let touches = deployment
            .touches
            .iter()
            .map(|touch| (&touch.distribution, touch.at.as_ref()));
        let open: Vec<_> = uploads.chain(touches).filter(|(text, _)| text.is_open()).collect();
        if !open.is_empty() {
            let environment = deployment.environment.as_ref().and_then(Text::as_literal);
            let parts: BTreeSet<&Open> = open.iter().flat_map(|(text, _)| text.open_parts()).collect();
            let names: BTreeSet<String> = open.iter().map(|(text, _)| text.display()).collect();
            let wanted: BTreeSet<String> = parts.iter().map(|open| settle(open, environment)).collect();
            let title = format!(
                "{}: where it deploys is not known: {}",
                deployment.name(),
                super::list(&names)
            );
            let detail = format!(
                "At {}. Not held against what is served. {}",
                places(open.iter().map(|(_, at)| *at)),
                wanted.into_iter().collect::<Vec<_>>().join(" ")
            );
            run.say(Draft::of(
                rules::DEPLOY_TARGET_UNRESOLVED,
                deployment,
                "open",
                title,
                detail,
            ));
        }
        elsewhere(run, deployment);
    }
}

/// A distribution that is known by name and is not this account's: the deployment may be to another account.
fn elsewhere<'a>(run: &mut Run<'a>, deployment: &'a crate::deploy::Deployment) {
    if !run.live.complete {
        return;
    }
    for touch in &deployment.touches {
        let Some(id) = touch.distribution.resolved() else {
            continue;
        };
        if run.live.distributions.contains_key(&id) || run.state.distributions.contains_key(&id) || touch.at.is_none() {
            continue;
        }
        let shown = touch.distribution.display();
        let title = format!("{}: distribution {shown} is none of this account", deployment.name());
        let detail = format!(
            "At {}. It is gone, or the job deploys to another account: run the check there too.",
            places([touch.at.as_ref()])
        );
        run.say(Draft::of(
            rules::DEPLOY_TARGET_UNRESOLVED,
            deployment,
            &shown,
            title,
            detail,
        ));
    }
}

/// What would make an open part known.
fn settle(open: &Open, environment: Option<&str>) -> String {
    let expression = &open.expression;
    let front = environment
        .map(|environment| format!("{environment}:"))
        .unwrap_or_default();
    let plain = expression
        .split_once('.')
        .is_some_and(|(_, name)| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
    match open.source {
        Source::Secret if plain => format!("Map it with `--var {front}{expression}=env:VARIABLE`."),
        Source::Variable if plain => format!("Map it with `--var {front}{expression}=VALUE`."),
        _ => format!(
            "{expression} is not known: {}; declare the target with `--deploy`.",
            open.why
        ),
    }
}
