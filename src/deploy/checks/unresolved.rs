//! `deploy-target-unresolved`: a bucket or distribution that stays open, with what would settle it.

use std::collections::BTreeSet;

use crate::deploy::deployment::Deployment;
use crate::deploy::served::Served;
use crate::finding::Severity;
use crate::inventory::{Answer, Inventory};
use crate::plan::Read;
use crate::rules;
use crate::workflows::{Open, Source, Text};

use super::{Draft, Run, places};

pub(super) fn check(run: &mut Run<'_>) {
    let deployments = run.deployments;
    for deployment in deployments {
        let uploads = deployment
            .uploads
            .iter()
            .filter(|upload| upload.is_amazon())
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
            let wanted: BTreeSet<Settle> = parts.iter().map(|open| Settle::of(open, environment)).collect();
            let title = format!(
                "{}: where it deploys is not known: {}",
                deployment.name(),
                super::list(&names)
            );
            let detail = format!(
                "At {}. Not held against what is served. {}",
                places(open.iter().map(|(_, at)| *at)),
                told(&wanted)
            );
            run.say(Draft::of(
                rules::DEPLOY_TARGET_UNRESOLVED,
                deployment,
                "open",
                title,
                detail,
            ));
        }
        unknown_host(run, deployment);
        elsewhere(run, deployment);
    }
}

/// A declared host of which nothing is known: a typing error, or a host of another account.
fn unknown_host(run: &mut Run<'_>, deployment: &Deployment) {
    let Some(host) = &deployment.host else { return };
    let traced = |served: &Served| {
        served
            .hosts
            .get(host)
            .is_some_and(|answering| !answering.from.is_empty())
    };
    if run.answering(host).is_some() || traced(run.live) || traced(run.state) {
        return;
    }
    let title = format!("{}: nothing known answers for {host}", deployment.name());
    let detail = "No distribution has it as an alias and no record of the account leads to a bucket. Whether the \
                  deployment reaches its visitors was not checked."
        .to_owned();
    let draft = Draft::of(rules::DEPLOY_TARGET_UNRESOLVED, deployment, host, title, detail);
    // Whoever declares a host wants it checked.
    run.say(draft.at_least(Some(Severity::Medium)));
}

/// A distribution that is known by name and is not this account's: the deployment may be to another account.
fn elsewhere(run: &mut Run<'_>, deployment: &Deployment) {
    for touch in &deployment.touches {
        let Some(id) = touch.distribution.resolved() else {
            continue;
        };
        if run.live.distributions.contains_key(&id) {
            continue;
        }
        let shown = touch.distribution.display();
        if !run.live.complete {
            match Inventory::look_up(&run.inventory.distribution, &id) {
                Answer::NotRead => run.need(Read::Distribution(id)),
                Answer::Failed(failure) => run.result.doubts.push(format!("distribution {shown}: {failure}")),
                Answer::Found(_) | Answer::Absent => {}
            }
            continue;
        }
        // The declared one has a finding of its own.
        if run.state.distributions.contains_key(&id) || touch.at.is_none() {
            continue;
        }
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Settle {
    /// A `--var` argument.
    Map(String),
    /// Nothing but a declaration: the sentence says why.
    Declare(String),
}

impl Settle {
    fn of(open: &Open, environment: Option<&str>) -> Settle {
        let expression = &open.expression;
        let front = environment
            .map(|environment| format!("{environment}:"))
            .unwrap_or_default();
        let plain = expression
            .split_once('.')
            .is_some_and(|(_, name)| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'));
        match open.source {
            Source::Secret if plain => Settle::Map(format!("--var {front}{expression}=env:VARIABLE")),
            Source::Variable if plain => Settle::Map(format!("--var {front}{expression}=VALUE")),
            _ => Settle::Declare(format!(
                "{expression} is not known: {}; declare the target with `--deploy`.",
                open.why
            )),
        }
    }
}

/// In sentences, the arguments together.
fn told(wanted: &BTreeSet<Settle>) -> String {
    let arguments: Vec<&str> = wanted
        .iter()
        .filter_map(|one| match one {
            Settle::Map(argument) => Some(argument.as_str()),
            Settle::Declare(_) => None,
        })
        .collect();
    let mapped = (!arguments.is_empty()).then(|| format!("Map it with `{}`.", arguments.join(" ")));
    let declared = wanted.iter().filter_map(|one| match one {
        Settle::Declare(sentence) => Some(sentence.clone()),
        Settle::Map(_) => None,
    });
    mapped.into_iter().chain(declared).collect::<Vec<_>>().join(" ")
}
