//! What the commands of deployment tools write.
//!
//! Pure functions of arguments: the shell has resolved them as far as it can.

pub(super) mod arguments;
mod aws;
mod cloudfront;
mod rclone;
mod s3;
mod s3api;
mod s3cmd;
mod s5cmd;
pub(super) mod uri;

use std::rc::Rc;

use super::origin_path::ConfigEdit;
use super::targets::Kind;
use super::text::Text;

/// One write that a command or an action makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Effect {
    pub(crate) kind: Kind,
    pub(crate) region: Option<Text>,
    pub(crate) endpoint: Option<Text>,
    pub(crate) tool: String,
    pub(crate) doubt: Option<String>,
}

/// What is to be said about a command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) effects: Vec<Effect>,
    /// Features that are not understood, as sentences.
    pub(crate) listed: Vec<String>,
}

impl Finding {
    pub(crate) fn nothing() -> Self {
        Self::default()
    }

    pub(crate) fn listed(what: impl Into<String>) -> Self {
        Self {
            effects: Vec::new(),
            listed: vec![what.into()],
        }
    }
}

/// What surrounds a command: settings from the environment, and a configuration it sends.
#[derive(Debug, Clone, Default)]
pub(crate) struct Surroundings {
    pub(crate) region: Option<Text>,
    pub(crate) endpoint: Option<Text>,
    /// What `--distribution-config` holds, when the script shows how it was made.
    pub(crate) config: Option<Rc<ConfigEdit>>,
    /// What the remotes of rclone are, by their names, from `RCLONE_CONFIG_<REMOTE>_TYPE`.
    pub(crate) remotes: Vec<(String, Text)>,
}

/// The environment variables that change what the tools write to.
pub(crate) const ENVIRONMENT: &[&str] = &[
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL",
    "S3_ENDPOINT_URL",
];

/// Whether the command is one of the tools read here.
pub(crate) fn is_tool(name: &str) -> bool {
    matches!(name, "aws" | "awslocal" | "s3cmd" | "rclone" | "s5cmd")
}

/// Reads a command of one of the tools; `arguments` does not hold the tool's own name.
pub(crate) fn understand(name: &str, arguments: &[Text], around: &Surroundings) -> Finding {
    match name {
        "aws" | "awslocal" => aws::understand(arguments, around),
        "s3cmd" => s3cmd::understand(arguments, around),
        "rclone" => rclone::understand(arguments, around),
        "s5cmd" => s5cmd::understand(arguments, around),
        _ => Finding::nothing(),
    }
}

/// Programs that run tasks which are defined in files of their own.
const TASK_RUNNERS: &[&str] = &[
    "nx",
    "turbo",
    "lerna",
    "gulp",
    "grunt",
    "rake",
    "just",
    "task",
    "invoke",
    "fab",
    "ansible-playbook",
    "ant",
    "gradle",
    "gradlew",
    "mvn",
    "mvnw",
    "rush",
    "moon",
    "earthly",
    "dagger",
    "mage",
];

/// Names under which people keep deployments, of files and of tasks.
pub(crate) fn names_a_deployment(name: &str) -> bool {
    let name = name.to_lowercase();
    [
        "deploy",
        "publish",
        "release",
        "upload",
        "s3",
        "cloudfront",
        "invalidat",
    ]
    .iter()
    .any(|word| name.contains(word))
}

/// Programs that deploy a site by rules of their own, which this reader does not know.
pub(crate) fn foreign_deployer(words: &[&str]) -> Option<String> {
    let (name, rest) = words.split_first()?;
    let first = rest.iter().find(|w| !w.starts_with('-')).copied();
    let known = match (*name, first) {
        ("hugo", Some("deploy")) => "hugo deploy",
        ("s3deploy", _) => "s3deploy",
        ("s3_website", Some("push")) => "s3_website push",
        ("serverless" | "sls", Some("deploy" | "client")) => "serverless deploy",
        ("sst", Some("deploy")) => "sst deploy",
        ("cdk", Some("deploy")) => "cdk deploy",
        ("amplify", Some("publish" | "push")) => "amplify publish",
        ("gatsby-plugin-s3", _) => "gatsby-plugin-s3",
        ("copilot", Some("deploy" | "svc")) => "copilot deploy",
        ("pulumi", Some("up")) => "pulumi up",
        ("sam", Some("deploy")) => "sam deploy",
        ("mc", Some("cp" | "mirror" | "mv" | "pipe" | "put" | "rm")) => {
            return Some(format!("what `mc` writes to is not read: {}", words.join(" ")));
        }
        _ if TASK_RUNNERS.contains(name) && rest.iter().any(|w| names_a_deployment(w)) => {
            return Some(format!("the task that `{}` runs is not read", words.join(" ")));
        }
        _ if rest
            .iter()
            .any(|w| w.starts_with("s3://") || w.contains("aws s3 ") || w.contains("aws cloudfront ")) =>
        {
            return Some(format!(
                "what `{name}` does with its arguments is not known: {}",
                words.join(" ")
            ));
        }
        _ if ["s3", "cloudfront"]
            .iter()
            .any(|word| name.to_lowercase().contains(word)) =>
        {
            return Some(format!(
                "what the program `{name}` writes to is not known: {}",
                words.join(" ")
            ));
        }
        _ => return None,
    };
    Some(format!(
        "`{known}` writes where its own configuration says, which this reader does not read"
    ))
}
