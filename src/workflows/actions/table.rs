//! The actions, and which inputs or environment variables tell them where to write.
//!
//! Taken from a survey of public workflows that deploy static sites, and from the actions' own
//! descriptions and entry points: `action.yml`, `entrypoint.sh` or `index.js` of each repository. An
//! action that is renamed keeps its old name here, because workflows keep it too.

/// Where an action takes a value from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Argument {
    /// An input of the step.
    With(&'static str),
    /// An environment variable.
    Env(&'static str),
}

use Argument::{Env, With};

/// What an action is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Does {
    /// Uploads, and invalidates when it is given a distribution.
    Upload,
    /// Invalidates only.
    Invalidate,
    /// Sets an origin path.
    OriginPath,
    /// Changes a distribution otherwise.
    Update,
    /// Runs one command of `aws s3` that is spread over its inputs.
    AwsS3,
    /// Makes bucket, distribution and records itself.
    WholeSite,
    /// Prepares a tool for later steps.
    Nothing,
}

/// Whether an upload removes what the source lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delete {
    Never,
    Always,
    /// When this input holds `--delete`.
    Flag(&'static str),
    /// When this input is set and not false.
    Input(&'static str),
}

/// One action.
#[derive(Debug)]
pub(super) struct Known {
    /// `owner/repository`.
    pub(super) name: &'static str,
    pub(super) does: Does,
    pub(super) bucket: &'static [Argument],
    pub(super) prefix: &'static [Argument],
    pub(super) region: &'static [Argument],
    pub(super) default_region: Option<&'static str>,
    pub(super) endpoint: &'static [Argument],
    /// The store is not Amazon's even without an endpoint.
    pub(super) not_amazon: bool,
    pub(super) delete: Delete,
    pub(super) distribution: &'static [Argument],
    pub(super) paths: &'static [Argument],
    /// The paths stand behind `--paths` among command-line arguments.
    pub(super) paths_are_arguments: bool,
    /// What is invalidated when no paths are given.
    pub(super) default_paths: Option<&'static str>,
    pub(super) origin_path: &'static [Argument],
    /// A prefix of `/` becomes a random one.
    pub(super) slash_is_random: bool,
}

impl Known {
    /// All arguments that name something a target needs.
    pub(super) fn arguments(&self) -> impl Iterator<Item = &Argument> {
        self.bucket
            .iter()
            .chain(self.prefix)
            .chain(self.region)
            .chain(self.endpoint)
            .chain(self.distribution)
            .chain(self.paths)
            .chain(self.origin_path)
    }
}

const NOTHING: Known = Known {
    name: "",
    does: Does::Nothing,
    bucket: &[],
    prefix: &[],
    region: &[],
    default_region: None,
    endpoint: &[],
    not_amazon: false,
    delete: Delete::Never,
    distribution: &[],
    paths: &[],
    paths_are_arguments: false,
    default_paths: None,
    origin_path: &[],
    slash_is_random: false,
};

/// Family: environment variables `AWS_S3_BUCKET`, `DEST_DIR`; arguments through `with.args`.
const BY_ENVIRONMENT: Known = Known {
    does: Does::Upload,
    bucket: &[Env("AWS_S3_BUCKET")],
    prefix: &[Env("DEST_DIR")],
    region: &[Env("AWS_REGION")],
    default_region: Some("us-east-1"),
    endpoint: &[Env("AWS_S3_ENDPOINT")],
    delete: Delete::Flag("args"),
    ..NOTHING
};

/// Family: inputs `bucket`, `bucket-region`, `dist-id`, `invalidation`, `delete-removed`.
const BY_DIST_ID: Known = Known {
    does: Does::Upload,
    bucket: &[With("bucket")],
    region: &[With("bucket-region")],
    delete: Delete::Input("delete-removed"),
    distribution: &[With("dist-id")],
    paths: &[With("invalidation")],
    ..NOTHING
};

/// All actions that are known.
pub(super) const KNOWN: &[Known] = &[
    Known {
        name: "jakejarvis/s3-sync-action",
        ..BY_ENVIRONMENT
    },
    Known {
        name: "opn-ooo/opn-s3-action",
        ..BY_ENVIRONMENT
    },
    Known {
        name: "kersvers/s3-sync-with-cloudfront-invalidation",
        distribution: &[Env("DISTRIBUTION_ID")],
        ..BY_ENVIRONMENT
    },
    Known {
        name: "jsjohnstone/s3-site-deploy",
        distribution: &[Env("AWS_CF_ID")],
        ..BY_ENVIRONMENT
    },
    Known {
        name: "ThiagoAnunciacao/s3cmd-sync-action",
        prefix: &[],
        endpoint: &[],
        ..BY_ENVIRONMENT
    },
    Known {
        name: "FugaCloud/s3-sync-action",
        bucket: &[Env("BUCKET")],
        region: &[],
        default_region: None,
        endpoint: &[],
        not_amazon: true,
        ..BY_ENVIRONMENT
    },
    Known {
        name: "Reggionick/s3-deploy",
        ..BY_DIST_ID
    },
    Known {
        name: "lbertenasco/s3-deploy",
        region: &[],
        delete: Delete::Never,
        ..BY_DIST_ID
    },
    Known {
        name: "Exabyte-io/action-s3-deploy",
        ..BY_DIST_ID
    },
    Known {
        name: "COMPEON/deploy-s3",
        does: Does::Upload,
        bucket: &[With("bucket")],
        region: &[With("aws-default-region")],
        distribution: &[With("cloudfront-distribution")],
        paths: &[With("cloudfront-invalidate-paths")],
        ..NOTHING
    },
    Known {
        name: "Travelonux/action-deploy-s3-cloudfront",
        does: Does::Upload,
        bucket: &[With("aws-s3-bucket")],
        region: &[With("aws-s3-region")],
        delete: Delete::Always,
        distribution: &[With("aws-cloudfront-distribution")],
        default_paths: Some("/index.html"),
        ..NOTHING
    },
    Known {
        name: "vladcosorg/action-s3-cloudfront-smart-deploy",
        does: Does::Upload,
        bucket: &[With("target")],
        delete: Delete::Flag("s3args"),
        distribution: &[With("distribution")],
        ..NOTHING
    },
    Known {
        name: "shallwefootball/upload-s3-action",
        does: Does::Upload,
        bucket: &[With("aws_bucket")],
        prefix: &[With("destination_dir")],
        endpoint: &[With("endpoint")],
        slash_is_random: true,
        ..NOTHING
    },
    Known {
        name: "shallwefootball/s3-upload-action",
        does: Does::Upload,
        bucket: &[With("aws_bucket")],
        prefix: &[With("destination_dir")],
        endpoint: &[With("endpoint")],
        slash_is_random: true,
        ..NOTHING
    },
    Known {
        name: "badsyntax/github-action-aws-s3",
        does: Does::Upload,
        bucket: &[With("bucket")],
        prefix: &[With("prefix")],
        region: &[With("aws-region"), With("awsRegion")],
        ..NOTHING
    },
    Known {
        name: "keithweaver/aws-s3-github-action",
        does: Does::AwsS3,
        region: &[With("aws_region")],
        ..NOTHING
    },
    Known {
        name: "chetan/invalidate-cloudfront-action",
        does: Does::Invalidate,
        distribution: &[Env("DISTRIBUTION")],
        paths: &[Env("PATHS")],
        ..NOTHING
    },
    Known {
        name: "awact/cloudfront-action",
        does: Does::Invalidate,
        distribution: &[With("DISTRIBUTION_ID"), Env("DISTRIBUTION_ID")],
        paths: &[With("args")],
        paths_are_arguments: true,
        ..NOTHING
    },
    // Its `origin-prefix` is cut off the invalidated paths; it does not change the origin path.
    Known {
        name: "badsyntax/github-action-aws-cloudfront",
        does: Does::Invalidate,
        distribution: &[With("distribution-id"), With("distributionId")],
        paths: &[With("invalidate-paths"), With("invalidatePaths")],
        ..NOTHING
    },
    Known {
        name: "Cosmic-Chimps/update_cloudfront_distribution_origin_path",
        does: Does::OriginPath,
        distribution: &[With("distribution-id")],
        origin_path: &[With("s3-origin-path")],
        ..NOTHING
    },
    Known {
        name: "chaitanyapotti/cloudfront-update-distribution",
        does: Does::Update,
        distribution: &[With("cloudfront-distribution-id")],
        paths: &[With("cloudfront-invalidation-path")],
        ..NOTHING
    },
    Known {
        name: "onramper/action-deploy-aws-static-site",
        does: Does::WholeSite,
        bucket: &[With("domain")],
        ..NOTHING
    },
    Known {
        name: "cinch-labs/cloudfront-distribution-action",
        does: Does::WholeSite,
        bucket: &[With("s3-bucket-name"), With("cloudformation-stack-name")],
        ..NOTHING
    },
    Known {
        name: "bitovi/github-actions-deploy-static-site-to-aws",
        does: Does::WholeSite,
        bucket: &[With("aws_site_bucket_name"), With("aws_r53_domain_name")],
        ..NOTHING
    },
    Known {
        name: "s3-actions/s3cmd",
        does: Does::Nothing,
        ..NOTHING
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_every_writer_says_where() {
        let mut names: Vec<String> = KNOWN.iter().map(|k| k.name.to_lowercase()).collect();
        names.sort();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
        for known in KNOWN {
            let enough = match known.does {
                Does::Upload | Does::WholeSite => !known.bucket.is_empty(),
                Does::Invalidate | Does::Update => !known.distribution.is_empty(),
                Does::OriginPath => !known.distribution.is_empty() && !known.origin_path.is_empty(),
                Does::AwsS3 | Does::Nothing => true,
            };
            assert!(enough, "{}", known.name);
        }
    }
}
