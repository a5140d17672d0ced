//! Reading what holds for the account as a whole: its public access block, which S3 Control has.

use aws_config::SdkConfig;
use aws_sdk_s3control::Client;
use aws_sdk_s3control::config::endpoint::{DefaultResolver, EndpointFuture, Params, ResolveEndpoint};
use aws_sdk_s3control::operation::get_public_access_block::GetPublicAccessBlockOutput;

use super::calls::Calls;
use super::classify::{CallError, absent, hollow};
use crate::inventory::{Answer, Inventory, PublicAccessBlock};
use crate::live::{Progress, actions};
use crate::plan::{Read, ReadPlan};

pub(super) struct Account {
    client: Client,
    id: String,
}

impl Account {
    /// `id` is the account of the credentials; S3 Control answers about no other.
    pub(super) fn new(shared: &SdkConfig, calls: &Calls, id: &str) -> Self {
        let config = aws_sdk_s3control::config::Builder::from(shared)
            .endpoint_resolver(Addressing(DefaultResolver::new()))
            .interceptor(calls.clone())
            .build();
        Self {
            client: Client::from_conf(config),
            id: id.to_owned(),
        }
    }

    /// Does all reads of the plan that concern the account itself.
    pub(super) async fn read(&self, plan: &ReadPlan, progress: &dyn Progress) -> Inventory {
        let mut inventory = Inventory::default();
        if plan.iter().any(|read| *read == Read::AccountPublicAccessBlock) {
            inventory.account_public_access_block = self.public_access_block().await;
            progress.finished(1);
        }
        inventory
    }

    async fn public_access_block(&self) -> Answer<PublicAccessBlock> {
        let operation = actions::GET_ACCOUNT_PUBLIC_ACCESS_BLOCK;
        let call = self.client.get_public_access_block().account_id(&self.id);
        match Box::pin(call.send()).await {
            Ok(out) => block(out).map_or_else(|| hollow(operation), Answer::Found),
            Err(error) => CallError::new(&error).answer(operation, absent::PUBLIC_ACCESS_BLOCK),
        }
    }
}

/// `None` without the document. A setting that the document leaves out is off.
fn block(out: GetPublicAccessBlockOutput) -> Option<PublicAccessBlock> {
    let block = out.public_access_block_configuration?;
    Some(PublicAccessBlock {
        block_public_acls: block.block_public_acls.unwrap_or_default(),
        block_public_policy: block.block_public_policy.unwrap_or_default(),
        ignore_public_acls: block.ignore_public_acls.unwrap_or_default(),
        restrict_public_buckets: block.restrict_public_buckets.unwrap_or_default(),
    })
}

/// AWS's own rules, except that an endpoint of the user's own does not get the account id before its host name:
/// `111122223333.127.0.0.1` names no host. The account stands in a header (`x-amz-account-id`) all the same.
#[derive(Debug)]
struct Addressing(DefaultResolver);

impl ResolveEndpoint for Addressing {
    fn resolve_endpoint<'a>(&'a self, params: &'a Params) -> EndpointFuture<'a> {
        if params.endpoint().is_none_or(of_aws) {
            return self.0.resolve_endpoint(params);
        }
        let by_header = Params::builder()
            .set_region(params.region().map(str::to_owned))
            .set_use_fips(params.use_fips())
            .set_use_dual_stack(params.use_dual_stack())
            .set_endpoint(params.endpoint().map(str::to_owned))
            .requires_account_id(false)
            .set_use_arn_region(params.use_arn_region())
            .build();
        EndpointFuture::new(async move { self.0.resolve_endpoint(&by_header?).await })
    }
}

/// An address of AWS itself, such as a VPC endpoint's, where the account id does stand in the host name.
fn of_aws(url: &str) -> bool {
    let host = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = host.split(['/', '?', ':']).next().unwrap_or_default();
    host.ends_with(".amazonaws.com") || host.ends_with(".amazonaws.com.cn")
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn address(endpoint: Option<&str>) -> String {
        let params = Params::builder()
            .region("eu-west-2")
            .account_id("111122223333")
            .requires_account_id(true)
            .set_endpoint(endpoint.map(str::to_owned))
            .build()
            .unwrap();
        let resolver = Addressing(DefaultResolver::new());
        resolver.resolve_endpoint(&params).await.unwrap().url().to_owned()
    }

    #[tokio::test]
    async fn the_account_stands_in_the_host_on_aws_and_only_there() {
        assert_eq!(
            address(None).await,
            "https://111122223333.s3-control.eu-west-2.amazonaws.com"
        );
        assert_eq!(
            address(Some("https://control.vpce-1.s3.eu-west-2.vpce.amazonaws.com")).await,
            "https://111122223333.control.vpce-1.s3.eu-west-2.vpce.amazonaws.com"
        );
        assert_eq!(
            address(Some("http://127.0.0.1:4566")).await.trim_end_matches('/'),
            "http://127.0.0.1:4566"
        );
        assert_eq!(
            address(Some("http://localhost:4566")).await.trim_end_matches('/'),
            "http://localhost:4566"
        );
    }
}
