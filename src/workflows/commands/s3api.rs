//! `aws s3api`: the operations that write.
//! <https://docs.aws.amazon.com/cli/latest/reference/s3api/>

use super::Finding;
use super::arguments::Arguments;
use super::aws::Context;
use super::uri::{Location, prefix};
use crate::workflows::targets::Kind;
use crate::workflows::text::Text;

pub(super) fn understand(operation: &str, arguments: &Arguments, context: &Context<'_>) -> Finding {
    let reads = ["get-", "list-", "head-", "wait", "select-", "help"];
    if reads.iter().any(|r| operation.starts_with(r)) {
        return Finding::nothing();
    }
    let Some(bucket) = arguments.value("--bucket").cloned() else {
        return Finding::listed(format!("`aws s3api {operation}` without --bucket"));
    };
    let key = arguments.value("--key").cloned().unwrap_or_default();
    match operation {
        "put-object"
        | "copy-object"
        | "create-multipart-upload"
        | "upload-part"
        | "upload-part-copy"
        | "complete-multipart-upload" => {
            let flat = key.flatten();
            let location = Location {
                bucket: bucket.clone(),
                path: prefix(&key),
                is_folder: flat.is_empty() || flat.ends_with('/'),
            };
            let (prefix, object) = location.split_key();
            context.found(Kind::Upload {
                bucket,
                prefix,
                object,
                delete: false,
            })
        }
        "delete-object" | "delete-objects" => context.found(Kind::Delete {
            bucket,
            prefix: prefix(&key),
        }),
        "create-bucket" => context.found(Kind::CreateBucket { bucket }),
        "put-object-acl"
        | "put-object-tagging"
        | "delete-object-tagging"
        | "restore-object"
        | "abort-multipart-upload"
        | "put-object-retention"
        | "put-object-legal-hold" => Finding::nothing(),
        _ if operation.starts_with("put-") || operation.starts_with("delete-") => context.found(Kind::BucketSetting {
            bucket,
            setting: operation.to_string(),
        }),
        other => Finding::listed(format!(
            "`aws s3api {other}` on {} is not known to this reader",
            Text::display(&bucket)
        )),
    }
}
