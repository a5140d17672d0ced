//! Deployment targets: what a workflow writes to, and where in the files it says so.

use std::collections::BTreeMap;

use serde::Serialize;

use super::text::Text;
use crate::place::Place;

/// One write to S3 or CloudFront that a workflow makes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Target {
    /// The line of the command, or of the `uses` of an action.
    pub at: Place,
    /// The workflow in which the run starts.
    pub workflow: String,
    /// The job's key; for a called workflow `caller-job/called-job`.
    pub job: String,
    /// The step of that job.
    pub step: Step,
    /// Name of the job's GitHub environment, when it has one.
    pub environment: Option<Text>,
    /// The way from the workflow to `at`, outermost first: called workflows, actions and scripts.
    pub via: Vec<Via>,
    /// What is written.
    pub kind: Kind,
    /// Region that the command or the action uses, when the files name one.
    pub region: Option<Text>,
    /// Address of the S3 service where it is not Amazon's own (R2, MinIO, Spaces and the like).
    pub endpoint: Option<Text>,
    /// The tool: `aws`, `s3cmd`, `rclone`, `s5cmd`, or the action as `owner/repository`.
    pub tool: String,
    /// How far the reading is to be trusted.
    pub confidence: Confidence,
    /// What must hold for this write to happen, in the words of the files.
    pub conditions: Vec<String>,
    /// The matrix combination, when the write depends on it.
    pub matrix: Option<BTreeMap<String, String>>,
}

/// A step of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Position in the job, counted from 1.
    pub number: usize,
    /// Its `name`, when it has one.
    pub name: Option<String>,
}

/// One hop on the way from the workflow to a command.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Via {
    /// Where the hop is made.
    pub at: Place,
    /// What is called there: a workflow, an action, a script, an npm script, a make target.
    pub calls: String,
}

/// How far the reading of a target is to be trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// The files were understood in full.
    Full,
    /// Something around the command was not understood, for this reason.
    Low(String),
}

/// What a target writes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Kind {
    /// Objects are written under a prefix of a bucket.
    Upload {
        /// Name of the bucket.
        bucket: Text,
        /// Keys start with this; no slash at either end; empty for the root of the bucket.
        prefix: Text,
        /// The rest of the key below the prefix, when just one object is written.
        object: Option<Text>,
        /// Whether objects that the source lacks are removed.
        delete: bool,
    },
    /// Objects under a prefix are removed.
    Delete {
        /// Name of the bucket.
        bucket: Text,
        /// Keys start with this, or are this; no slash at either end.
        prefix: Text,
    },
    /// A bucket is made by the workflow itself.
    CreateBucket {
        /// Name of the bucket.
        bucket: Text,
    },
    /// A setting of a bucket is changed: its policy, website, access block and so on.
    BucketSetting {
        /// Name of the bucket.
        bucket: Text,
        /// The subcommand that changes it, such as `put-bucket-policy`.
        setting: String,
    },
    /// A distribution's origin path is set, so that it serves another prefix.
    OriginPathUpdate {
        /// Id of the distribution.
        distribution: Text,
        /// The new origin path, with its leading slash, or empty.
        origin_path: Text,
        /// Which of the distribution's origins get it.
        origins: OriginSelector,
    },
    /// A distribution is changed in another way, or in one that the files do not show.
    UpdateDistribution {
        /// Id of the distribution.
        distribution: Text,
        /// The new default root object, when that is what is set.
        default_root_object: Option<Text>,
    },
    /// Cached content of a distribution is invalidated.
    Invalidate {
        /// Id of the distribution.
        distribution: Text,
        /// The paths, with their leading slash.
        paths: Vec<Text>,
    },
}

impl Kind {
    /// The bucket that is written, for the kinds that write one.
    pub fn bucket(&self) -> Option<&Text> {
        match self {
            Self::Upload { bucket, .. }
            | Self::Delete { bucket, .. }
            | Self::CreateBucket { bucket }
            | Self::BucketSetting { bucket, .. } => Some(bucket),
            _ => None,
        }
    }

    /// The key prefix that is written, for the kinds that have one.
    pub fn prefix(&self) -> Option<&Text> {
        match self {
            Self::Upload { prefix, .. } | Self::Delete { prefix, .. } => Some(prefix),
            _ => None,
        }
    }

    /// The distribution that is changed or invalidated.
    pub fn distribution(&self) -> Option<&Text> {
        match self {
            Self::OriginPathUpdate { distribution, .. }
            | Self::UpdateDistribution { distribution, .. }
            | Self::Invalidate { distribution, .. } => Some(distribution),
            _ => None,
        }
    }

    /// The kind's name in reports and in JSON.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Upload { .. } => "upload",
            Self::Delete { .. } => "delete",
            Self::CreateBucket { .. } => "create-bucket",
            Self::BucketSetting { .. } => "bucket-setting",
            Self::OriginPathUpdate { .. } => "origin-path-update",
            Self::UpdateDistribution { .. } => "update-distribution",
            Self::Invalidate { .. } => "invalidate",
        }
    }
}

/// Which origins of a distribution a change applies to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "by", content = "value", rename_all = "kebab-case")]
pub enum OriginSelector {
    /// Every origin.
    All,
    /// Origins whose id contains this text.
    IdContains(Text),
    /// The origin with this id.
    IdIs(Text),
    /// Origins whose domain name contains this text.
    DomainContains(Text),
    /// The origin with this domain name.
    DomainIs(Text),
    /// The origin at this position, counted from 0.
    Index(usize),
    /// Some selection that the reader does not understand.
    NotUnderstood,
}

impl Target {
    /// Whether two targets are the same write, whatever its conditions and its matrix combination.
    pub(crate) fn is_same_write(&self, other: &Target) -> bool {
        self.at == other.at
            && self.kind == other.kind
            && self.workflow == other.workflow
            && self.job == other.job
            && self.step == other.step
            && self.environment == other.environment
            && self.via == other.via
            && self.region == other.region
            && self.endpoint == other.endpoint
            && self.tool == other.tool
            && self.confidence == other.confidence
    }

    /// The bucket, the distribution and the prefix or path together hold a part that is not known.
    pub fn is_open(&self) -> bool {
        self.kind.bucket().is_some_and(Text::is_open) || self.kind.distribution().is_some_and(Text::is_open)
    }
}

/// A feature of a workflow that the reader does not follow. It is listed so that nothing is skipped in silence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NotUnderstood {
    /// Where it stands.
    pub at: Place,
    /// What it is, as a sentence without its full stop.
    pub what: String,
}
