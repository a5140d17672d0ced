//! `aws cloudfront`: invalidations and changes of distributions.
//! <https://docs.aws.amazon.com/cli/latest/reference/cloudfront/>

use super::Finding;
use super::arguments::Arguments;
use super::aws::Context;
use crate::workflows::targets::Kind;
use crate::workflows::text::{Open, Source, Text};

pub(super) fn understand(operation: &str, arguments: &Arguments, context: &Context<'_>) -> Finding {
    let reads = ["get-", "list-", "describe-", "wait", "help", "test-", "sign"];
    if reads.iter().any(|r| operation.starts_with(r)) {
        return Finding::nothing();
    }
    let id = |name: &str| arguments.value(name).cloned().or_else(|| whole_request(arguments));
    match operation {
        "create-invalidation" => match id("--distribution-id") {
            Some(distribution) => context.found(Kind::Invalidate {
                distribution,
                paths: paths(arguments),
            }),
            None => missing(operation, "--distribution-id"),
        },
        "update-distribution" => match id("--id") {
            Some(distribution) => context.found(update(distribution, arguments, context)),
            None => missing(operation, "--id"),
        },
        "update-distribution-with-staging-config"
        | "delete-distribution"
        | "associate-alias"
        | "associate-distribution-web-acl"
        | "disassociate-distribution-web-acl" => {
            let distribution = id("--id").or_else(|| id("--target-distribution-id"));
            match distribution {
                Some(distribution) => context.found(Kind::UpdateDistribution {
                    distribution,
                    default_root_object: None,
                }),
                None => missing(operation, "--id"),
            }
        }
        other => Finding::listed(format!(
            "`aws cloudfront {other}` changes CloudFront in a way this reader does not follow"
        )),
    }
}

fn missing(operation: &str, option: &str) -> Finding {
    Finding::listed(format!("`aws cloudfront {operation}` without {option}"))
}

/// All arguments in one JSON document: the distribution is in there, unseen.
fn whole_request(arguments: &Arguments) -> Option<Text> {
    let document = arguments.value("--cli-input-json")?;
    Some(Text::open(Open::new(
        format!("distribution in {}", document.display()),
        Source::NotUnderstood,
        "the command takes all its arguments from one document",
    )))
}

fn paths(arguments: &Arguments) -> Vec<Text> {
    if let Some(paths) = arguments.values("--paths") {
        // One quoted word may hold several paths; the CLI would take it as one, and so would CloudFront.
        return paths.to_vec();
    }
    let Some(batch) = arguments.value("--invalidation-batch") else {
        return Vec::new();
    };
    let flat = batch.flatten();
    let Ok(document) = serde_json::from_str::<serde_json::Value>(&flat) else {
        let shown = batch.display();
        return vec![Text::open(Open::new(
            format!("paths of {shown}"),
            Source::NotUnderstood,
            "the batch is no JSON that is visible here",
        ))];
    };
    let items = document.pointer("/Paths/Items");
    let items = items.and_then(serde_json::Value::as_array);
    items
        .into_iter()
        .flatten()
        .filter_map(serde_json::Value::as_str)
        .map(|path| batch.unflatten(path))
        .collect()
}

fn update(distribution: Text, arguments: &Arguments, context: &Context<'_>) -> Kind {
    if let Some(root) = arguments.value("--default-root-object") {
        return Kind::UpdateDistribution {
            distribution,
            default_root_object: Some(root.clone()),
        };
    }
    let Some(config) = &context.around.config else {
        return Kind::UpdateDistribution {
            distribution,
            default_root_object: None,
        };
    };
    match &config.origin_path {
        Some(origin_path) => Kind::OriginPathUpdate {
            distribution,
            origin_path: origin_path.clone(),
            origins: config.origins.clone(),
        },
        None => Kind::UpdateDistribution {
            distribution,
            default_root_object: config.default_root_object.clone(),
        },
    }
}
