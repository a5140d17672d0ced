//! `aws s3`: sync, cp, mv, rm and the rest.
//! <https://docs.aws.amazon.com/cli/latest/reference/s3/>

use super::arguments::Arguments;
use super::aws::Context;
use super::uri::{Location, is_s3, may_be_s3, s3_location};
use super::{Effect, Finding};
use crate::workflows::targets::Kind;
use crate::workflows::text::Text;

pub(super) fn understand(operation: &str, operands: &[Text], arguments: &Arguments, context: &Context<'_>) -> Finding {
    if arguments.has("--dryrun") {
        return Finding::nothing();
    }
    match operation {
        "sync" => transfer(operation, operands, context, |location| Kind::Upload {
            bucket: location.bucket.clone(),
            prefix: location.path.clone(),
            object: None,
            delete: arguments.has("--delete"),
        }),
        "cp" | "mv" => {
            let recursive = arguments.has("--recursive");
            transfer(operation, operands, context, |location| {
                let (prefix, object) = if recursive {
                    (location.path.clone(), None)
                } else {
                    location.split_key()
                };
                Kind::Upload {
                    bucket: location.bucket.clone(),
                    prefix,
                    object,
                    delete: false,
                }
            })
        }
        "rm" => match operands.iter().find_map(s3_location) {
            Some(location) => context.found(Kind::Delete {
                bucket: location.bucket,
                prefix: location.path,
            }),
            None => missing(operation),
        },
        "mb" => match operands.iter().find_map(s3_location) {
            Some(location) => context.found(Kind::CreateBucket {
                bucket: location.bucket,
            }),
            None => missing(operation),
        },
        "rb" | "website" => match operands.iter().find_map(s3_location) {
            Some(location) => context.found(Kind::BucketSetting {
                bucket: location.bucket,
                setting: operation.to_string(),
            }),
            None => missing(operation),
        },
        "ls" | "presign" | "help" => Finding::nothing(),
        other => Finding::listed(format!("`aws s3 {other}` is not known to this reader")),
    }
}

fn missing(operation: &str) -> Finding {
    Finding::listed(format!("`aws s3 {operation}` without an s3:// address"))
}

/// A copy from one place to another; only one into S3 is a write.
fn transfer(operation: &str, operands: &[Text], context: &Context<'_>, kind: impl Fn(&Location) -> Kind) -> Finding {
    let (source, destination) = match operands {
        [source, destination] => (source, destination),
        [source, middle @ .., last] => {
            let named = middle.iter().chain([last]).rev().find(|t| is_s3(t));
            (source, named.unwrap_or(last))
        }
        _ => {
            let shown: Vec<String> = operands.iter().map(Text::display).collect();
            return Finding::listed(format!(
                "`aws s3 {operation} {}` needs a source and a destination, and only these are visible",
                shown.join(" ")
            ));
        }
    };
    let mut effects: Vec<Effect> = Vec::new();
    if let Some(location) = s3_location(destination) {
        let mut effect = context.effect(kind(&location));
        if !is_s3(destination) && may_be_s3(source) {
            effect.doubt = Some(format!(
                "whether {} is a bucket or a local path is not known",
                destination.display()
            ));
        }
        effects.push(effect);
    }
    if operation == "mv"
        && is_s3(source)
        && let Some(location) = s3_location(source)
    {
        effects.push(context.effect(Kind::Delete {
            bucket: location.bucket,
            prefix: location.path,
        }));
    }
    Finding {
        effects,
        listed: Vec::new(),
    }
}
