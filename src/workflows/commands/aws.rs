//! The AWS command line: global options, and the services that matter here.
//! <https://docs.aws.amazon.com/cli/latest/reference/>

use super::arguments::{Arguments, Arity};
use super::{Effect, Finding, Surroundings, cloudfront, s3, s3api};
use crate::workflows::targets::Kind;
use crate::workflows::text::Text;

/// Options that take no value, of the CLI itself and of its `s3` commands.
const FLAGS: &[&str] = &[
    "--debug",
    "--no-verify-ssl",
    "--no-paginate",
    "--no-sign-request",
    "--no-cli-pager",
    "--cli-auto-prompt",
    "--no-cli-auto-prompt",
    "--version",
    "--delete",
    "--dryrun",
    "--recursive",
    "--quiet",
    "--only-show-errors",
    "--no-progress",
    "--progress",
    "--size-only",
    "--exact-timestamps",
    "--follow-symlinks",
    "--no-follow-symlinks",
    "--no-guess-mime-type",
    "--guess-mime-type",
    "--force-glacier-transfer",
    "--ignore-glacier-warnings",
    "--human-readable",
    "--summarize",
    "--force",
    "--dry-run",
    "--no-overwrite",
    "--bypass-governance-retention",
    "--no-bypass-governance-retention",
    "--remove-self-bucket-access",
    "--staging",
    "--no-staging",
    "--bucket-key-enabled",
];

/// Options that take every word up to the next option.
const MANY: &[&str] = &["--paths", "--grants", "--metadata", "--aliases"];

/// Reads `aws …`.
pub(super) fn understand(words: &[Text], around: &Surroundings) -> Finding {
    let arguments = Arguments::parse(words, &arity);
    let Some((service, rest)) = arguments.operands.split_first() else {
        return Finding::nothing();
    };
    let Some((operation, operands)) = rest.split_first() else {
        return Finding::nothing();
    };
    let context = Context {
        region: arguments.value("--region").cloned().or_else(|| around.region.clone()),
        endpoint: arguments
            .value("--endpoint-url")
            .cloned()
            .or_else(|| around.endpoint.clone()),
        around,
    };
    let (Some(service), Some(operation)) = (service.as_literal(), operation.as_literal()) else {
        return Finding::listed(format!(
            "the service or the operation of `aws {} {}` is not known",
            service.display(),
            operation.display()
        ));
    };
    match service {
        "s3" => s3::understand(operation, operands, &arguments, &context),
        "s3api" => s3api::understand(operation, &arguments, &context),
        "cloudfront" => cloudfront::understand(operation, &arguments, &context),
        "amplify" if matches!(operation, "start-deployment" | "start-job") => Finding::listed(format!(
            "`aws amplify {operation}` deploys through Amplify, which this reader does not follow"
        )),
        _ => Finding::nothing(),
    }
}

fn arity(name: &str) -> Arity {
    if FLAGS.contains(&name) {
        Arity::Flag
    } else if MANY.contains(&name) {
        Arity::Many
    } else if matches!(name, "--sse" | "--sse-c" | "--request-payer") {
        // Their value is optional; the common use is without one.
        Arity::Flag
    } else if name.starts_with("--") {
        Arity::One
    } else {
        Arity::Flag
    }
}

/// What an `aws` command was given besides its operands.
pub(super) struct Context<'a> {
    pub(super) region: Option<Text>,
    pub(super) endpoint: Option<Text>,
    pub(super) around: &'a Surroundings,
}

impl Context<'_> {
    /// A write with this command's region and endpoint.
    pub(super) fn effect(&self, kind: Kind) -> Effect {
        let s3 = kind.bucket().is_some();
        Effect {
            kind,
            region: self.region.clone(),
            endpoint: self.endpoint.clone().filter(|_| s3),
            tool: "aws".to_string(),
            doubt: None,
        }
    }

    pub(super) fn found(&self, kind: Kind) -> Finding {
        Finding {
            effects: vec![self.effect(kind)],
            listed: Vec::new(),
        }
    }
}
