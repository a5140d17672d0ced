//! `s3cmd`. <https://s3tools.org/usage>

use super::arguments::{Arguments, Arity};
use super::uri::{is_s3, s3_location};
use super::{Effect, Finding, Surroundings};
use crate::workflows::targets::Kind;
use crate::workflows::text::{Open, Source, Text};

/// Options with a value of their own; all others are flags.
const VALUED: &[&str] = &[
    "-c",
    "--config",
    "--access_key",
    "--secret_key",
    "--access_token",
    "--host",
    "--host-bucket",
    "--region",
    "--bucket-location",
    "--exclude",
    "--exclude-from",
    "--rexclude",
    "--rexclude-from",
    "--include",
    "--include-from",
    "--rinclude",
    "--rinclude-from",
    "--files-from",
    "--add-header",
    "--remove-header",
    "--mime-type",
    "-m",
    "--default-mime-type",
    "--encoding",
    "--storage-class",
    "--acl-grant",
    "--acl-revoke",
    "--max-delete",
    "--limit-rate",
    "--multipart-chunk-size-mb",
    "--cf-default-root-object",
    "--ws-index",
    "--ws-error",
    "--cache-file",
    "--content-type",
    "--ca-certs",
    "--expiry-days",
    "-D",
    "--restore-days",
];

pub(super) fn understand(words: &[Text], around: &Surroundings) -> Finding {
    let arguments = Arguments::parse(words, &|name| {
        if VALUED.contains(&name) {
            Arity::One
        } else {
            Arity::Flag
        }
    });
    let Some((command, operands)) = arguments.operands.split_first() else {
        return Finding::nothing();
    };
    if arguments.has("--dry-run") || arguments.has("-n") {
        return Finding::nothing();
    }
    let effect = |kind: Kind| Effect {
        region: arguments.value("--region").cloned().or_else(|| around.region.clone()),
        endpoint: arguments
            .value("--host")
            .filter(|host| host.as_literal().is_none_or(|h| !h.ends_with("amazonaws.com")))
            .cloned(),
        tool: "s3cmd".to_string(),
        doubt: None,
        kind,
    };
    let command = command.display();
    match command.as_str() {
        "put" | "sync" | "cp" | "mv" | "modify" => {
            let Some(last) = operands.last() else {
                return Finding::listed(format!("`s3cmd {command}` without a destination"));
            };
            let Some(location) = s3_location(last) else {
                return Finding::nothing();
            };
            let whole = command == "sync" || arguments.has("--recursive") || arguments.has("-r");
            let (prefix, object) = if whole {
                (location.path.clone(), None)
            } else {
                location.split_key()
            };
            let mut effects = vec![effect(Kind::Upload {
                bucket: location.bucket.clone(),
                prefix,
                object,
                delete: arguments.has("--delete-removed"),
            })];
            if arguments.has("--cf-invalidate") || arguments.has("--cf-inval") {
                effects.push(effect(Kind::Invalidate {
                    distribution: Text::open(Open::new(
                        format!("the distribution of {}", location.bucket.display()),
                        Source::AwsQuery,
                        "s3cmd looks it up by the bucket",
                    )),
                    paths: Vec::new(),
                }));
            }
            if command == "mv"
                && let Some(first) = operands.first().filter(|t| is_s3(t))
                && let Some(from) = s3_location(first)
            {
                effects.push(effect(Kind::Delete {
                    bucket: from.bucket,
                    prefix: from.path,
                }));
            }
            Finding {
                effects,
                listed: Vec::new(),
            }
        }
        "del" | "rm" => Finding {
            effects: operands
                .iter()
                .filter_map(s3_location)
                .map(|location| {
                    effect(Kind::Delete {
                        bucket: location.bucket,
                        prefix: location.path,
                    })
                })
                .collect(),
            listed: Vec::new(),
        },
        "mb" => Finding {
            effects: operands
                .iter()
                .filter_map(s3_location)
                .map(|location| {
                    effect(Kind::CreateBucket {
                        bucket: location.bucket,
                    })
                })
                .collect(),
            listed: Vec::new(),
        },
        "ls" | "la" | "du" | "info" | "get" | "signurl" | "fixbucket" | "cflist" | "cfinfo" | "setacl"
        | "cfinvalinfo" => Finding::nothing(),
        other => Finding::listed(format!("`s3cmd {other}` is not known to this reader")),
    }
}
