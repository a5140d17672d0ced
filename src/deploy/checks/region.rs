//! `deploy-region-mismatch`: a region that is not the bucket's, with a tool that does not find the right one itself.

use crate::rules;

use super::{Draft, Run, places};

/// Tools that follow S3's redirect to the bucket's region. The AWS CLI does (botocore's region redirector), so what
/// wraps it does too.
fn follows_redirects(tool: &str) -> bool {
    matches!(tool, "aws" | "s3cmd" | "s5cmd" | "--deploy") || tool.contains("s3-sync") || tool.contains("aws-cli")
}

pub(super) fn check(run: &mut Run<'_>) {
    let deployments = run.deployments;
    for deployment in deployments {
        for upload in deployment
            .uploads
            .iter()
            .filter(|upload| upload.is_amazon() && !follows_redirects(&upload.tool))
        {
            let (Some(name), Some(region)) = (upload.bucket.resolved(), &upload.region) else {
                continue;
            };
            let Some(real) = run.live.regions.get(&name).or_else(|| run.state.regions.get(&name)) else {
                continue;
            };
            let Some(given) = region.resolved().filter(|given| given != real && !given.is_empty()) else {
                continue;
            };
            // What is no region's name at all may be an alias of the tool's.
            if !given.bytes().any(|byte| byte == b'-') {
                continue;
            }
            let bucket = upload.bucket.display();
            let title = format!(
                "{} uploads to {bucket} as if it were in {}",
                deployment.name(),
                region.display()
            );
            let detail = format!(
                "At {}. The bucket is in {real}, and {} does not look for it there: S3 answers 301.",
                places([upload.at.as_ref()]),
                upload.tool
            );
            run.say(Draft::of(
                rules::DEPLOY_REGION_MISMATCH,
                deployment,
                &bucket,
                title,
                detail,
            ));
        }
    }
}
