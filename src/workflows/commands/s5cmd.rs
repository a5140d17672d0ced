//! `s5cmd`. <https://github.com/peak/s5cmd>

use super::arguments::{Arguments, Arity};
use super::uri::s3_location;
use super::{Effect, Finding, Surroundings};
use crate::workflows::targets::Kind;
use crate::workflows::text::Text;

/// Options with a value of their own; all others are flags.
const VALUED: &[&str] = &[
    "--endpoint-url",
    "--numworkers",
    "--retry-count",
    "-r",
    "--log",
    "--profile",
    "--credentials-file",
    "--concurrency",
    "-c",
    "--part-size",
    "-p",
    "--storage-class",
    "--sse",
    "--sse-kms-key-id",
    "--acl",
    "--cache-control",
    "--expires",
    "--exclude",
    "--include",
    "--content-type",
    "--metadata",
    "--source-region",
    "--destination-region",
    "--content-encoding",
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
    if arguments.has("--dry-run") {
        return Finding::nothing();
    }
    let effect = |kind: Kind| Effect {
        kind,
        region: arguments
            .value("--destination-region")
            .cloned()
            .or_else(|| around.region.clone()),
        endpoint: arguments
            .value("--endpoint-url")
            .cloned()
            .or_else(|| around.endpoint.clone()),
        tool: "s5cmd".to_string(),
        doubt: None,
    };
    let command = command.display();
    let last = operands.last();
    let kinds: Vec<Kind> = match command.as_str() {
        "cp" | "mv" | "sync" | "pipe" => last
            .and_then(s3_location)
            .map(|location| {
                let several = command == "sync"
                    || location.is_folder
                    || operands.first().is_some_and(|t| t.flatten().contains('*'));
                let (prefix, object) = if several {
                    (location.path.clone(), None)
                } else {
                    location.split_key()
                };
                Kind::Upload {
                    bucket: location.bucket,
                    prefix,
                    object,
                    delete: arguments.has("--delete"),
                }
            })
            .into_iter()
            .collect(),
        "rm" => operands
            .iter()
            .filter_map(s3_location)
            .map(|location| {
                let flat = location.path.flatten();
                Kind::Delete {
                    bucket: location.bucket,
                    prefix: location.path.unflatten(flat.trim_end_matches(['*', '/'])),
                }
            })
            .collect(),
        "mb" => operands
            .iter()
            .filter_map(s3_location)
            .map(|location| Kind::CreateBucket {
                bucket: location.bucket,
            })
            .collect(),
        "ls" | "du" | "cat" | "head" | "version" | "select" | "presign" => Vec::new(),
        other => {
            return Finding::listed(format!("`s5cmd {other}` is not known to this reader"));
        }
    };
    Finding {
        effects: kinds.into_iter().map(effect).collect(),
        listed: Vec::new(),
    }
}
