//! `rclone`. <https://rclone.org/docs/>

use super::arguments::{Arguments, Arity};
use super::uri::bucket_and_path;
use super::{Effect, Finding, Surroundings};
use crate::workflows::targets::Kind;
use crate::workflows::text::Text;

/// Flags without a value; every other long option takes one.
const FLAGS: &[&str] = &[
    "-P",
    "--progress",
    "-v",
    "-vv",
    "--verbose",
    "-q",
    "--quiet",
    "--checksum",
    "-c",
    "--dry-run",
    "-n",
    "--delete-after",
    "--delete-before",
    "--delete-during",
    "--delete-excluded",
    "--fast-list",
    "--ignore-existing",
    "--no-traverse",
    "--size-only",
    "-u",
    "--update",
    "--s3-no-check-bucket",
    "--metadata",
    "-M",
    "--no-check-dest",
    "--no-update-modtime",
    "--stats-one-line",
    "--copy-links",
    "-L",
    "--ignore-times",
    "-I",
    "--track-renames",
    "--s3-env-auth",
    "--use-json-log",
    "--immutable",
    "--interactive",
    "-i",
    "--inplace",
    "--no-check-certificate",
    "--ignore-errors",
    "--ignore-checksum",
    "--create-empty-src-dirs",
    "--s3-acl-public",
];

pub(super) fn understand(words: &[Text], around: &Surroundings) -> Finding {
    let arguments = Arguments::parse(words, &|name| {
        if FLAGS.contains(&name) || !name.starts_with("--") && name.len() > 2 {
            Arity::Flag
        } else {
            Arity::One
        }
    });
    let Some((command, operands)) = arguments.operands.split_first() else {
        return Finding::nothing();
    };
    if ["--dry-run", "-n"].iter().any(|flag| arguments.has(flag)) {
        return Finding::nothing();
    }
    let command = command.display();
    let upload = matches!(
        command.as_str(),
        "sync" | "copy" | "copyto" | "move" | "moveto" | "rcat" | "bisync"
    );
    let delete = matches!(command.as_str(), "delete" | "deletefile" | "purge" | "rmdirs");
    if !upload && !delete {
        return Finding::nothing();
    }
    let Some(target) = operands.last() else {
        return Finding::listed(format!("`rclone {command}` without a destination"));
    };
    let Some((remote, path)) = remote(target) else {
        if target.is_open() {
            return Finding::listed(format!(
                "whether {} in `rclone {command}` is a bucket is not known",
                target.display()
            ));
        }
        return Finding::nothing();
    };
    let doubt = match backend(&remote, around) {
        Backend::S3 => None,
        Backend::Other => return Finding::nothing(),
        Backend::Unknown => Some(format!(
            "whether the rclone remote {} is S3 is not visible in the files",
            remote.display()
        )),
    };
    let location = bucket_and_path(&path);
    let kind = if delete {
        Kind::Delete {
            bucket: location.bucket,
            prefix: location.path,
        }
    } else {
        let single = matches!(command.as_str(), "copyto" | "moveto" | "rcat");
        let (prefix, object) = if single {
            location.split_key()
        } else {
            (location.path.clone(), None)
        };
        Kind::Upload {
            bucket: location.bucket,
            prefix,
            object,
            delete: command == "sync",
        }
    };
    Finding {
        effects: vec![Effect {
            kind,
            region: arguments
                .value("--s3-region")
                .cloned()
                .or_else(|| around.region.clone()),
            endpoint: arguments
                .value("--s3-endpoint")
                .cloned()
                .or_else(|| around.endpoint.clone()),
            tool: "rclone".to_string(),
            doubt,
        }],
        listed: Vec::new(),
    }
}

/// `remote:path`, also `:backend,option=value:path`; `None` for a local path.
fn remote(target: &Text) -> Option<(Text, Text)> {
    let flat = target.flatten();
    let from = usize::from(flat.starts_with(':'));
    let colon = from + flat[from..].find(':')?;
    if flat[..colon].contains('/') {
        return None;
    }
    Some((target.unflatten(&flat[..colon]), target.unflatten(&flat[colon + 1..])))
}

enum Backend {
    S3,
    Other,
    Unknown,
}

fn backend(remote: &Text, around: &Surroundings) -> Backend {
    let Some(name) = remote.as_literal() else {
        return Backend::Unknown;
    };
    let kind = match name.strip_prefix(':') {
        Some(inline) => Some(inline.split(',').next().unwrap_or(inline).to_string()),
        None => around
            .remotes
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .and_then(|(_, kind)| kind.resolved()),
    };
    match kind {
        Some(kind) if kind == "s3" => Backend::S3,
        Some(_) => Backend::Other,
        None => Backend::Unknown,
    }
}
