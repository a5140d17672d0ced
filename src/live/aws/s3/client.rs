//! One S3 client per region, and how buckets are addressed.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use aws_config::{Region, SdkConfig};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::endpoint::{DefaultResolver, EndpointFuture, Params, ResolveEndpoint};

use crate::live::aws::calls::Calls;

/// Clients by region, made when first needed. They share the connection pool and the credentials.
#[derive(Debug)]
pub(in crate::live::aws) struct Clients {
    shared: SdkConfig,
    calls: Calls,
    home: String,
    by_region: Mutex<BTreeMap<String, Client>>,
}

impl Clients {
    /// `home` is the configured region, where the account's listing is asked.
    pub(in crate::live::aws) fn new(shared: &SdkConfig, calls: &Calls, home: &str) -> Self {
        Self {
            shared: shared.clone(),
            calls: calls.clone(),
            home: home.to_owned(),
            by_region: Mutex::default(),
        }
    }

    pub(super) fn home_region(&self) -> &str {
        &self.home
    }

    pub(super) fn home(&self) -> Client {
        self.of(&self.home)
    }

    pub(super) fn of(&self, region: &str) -> Client {
        let mut clients = self.by_region.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(region) {
            return client.clone();
        }
        let config = aws_sdk_s3::config::Builder::from(&self.shared)
            .region(Region::new(region.to_owned()))
            .endpoint_resolver(Addressing(DefaultResolver::new()))
            .interceptor(self.calls.clone())
            .build();
        let client = Client::from_conf(config);
        clients.insert(region.to_owned(), client.clone());
        client
    }
}

/// AWS's own rules, except that an endpoint of the user's own (`AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_S3`, the
/// profile's `services`) gets the bucket in the path: `bucket.localhost` names no host.
#[derive(Debug)]
struct Addressing(DefaultResolver);

impl ResolveEndpoint for Addressing {
    fn resolve_endpoint<'a>(&'a self, params: &'a Params) -> EndpointFuture<'a> {
        if params.endpoint().is_none() || params.force_path_style() == Some(true) {
            return self.0.resolve_endpoint(params);
        }
        let by_path = Params::builder()
            .set_bucket(params.bucket().map(str::to_owned))
            .set_region(params.region().map(str::to_owned))
            .set_use_fips(params.use_fips())
            .set_use_dual_stack(params.use_dual_stack())
            .set_endpoint(params.endpoint().map(str::to_owned))
            .force_path_style(true)
            .set_accelerate(params.accelerate())
            .set_use_global_endpoint(params.use_global_endpoint())
            .set_use_object_lambda_endpoint(params.use_object_lambda_endpoint())
            .set_key(params.key().map(str::to_owned))
            .set_prefix(params.prefix().map(str::to_owned))
            .set_copy_source(params.copy_source().map(str::to_owned))
            .set_disable_access_points(params.disable_access_points())
            .set_disable_multi_region_access_points(params.disable_multi_region_access_points())
            .set_use_arn_region(params.use_arn_region())
            .set_use_s3_express_control_endpoint(params.use_s3_express_control_endpoint())
            .set_disable_s3_express_session_auth(params.disable_s3_express_session_auth())
            .build();
        EndpointFuture::new(async move { self.0.resolve_endpoint(&by_path?).await })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn address(endpoint: Option<&str>) -> String {
        let params = Params::builder()
            .bucket("site")
            .region("eu-west-2")
            .set_endpoint(endpoint.map(str::to_owned))
            .build()
            .unwrap();
        let resolver = Addressing(DefaultResolver::new());
        let endpoint = resolver.resolve_endpoint(&params).await.unwrap();
        endpoint.url().to_owned()
    }

    #[tokio::test]
    async fn buckets_stand_in_the_host_on_aws_and_in_the_path_elsewhere() {
        assert_eq!(address(None).await, "https://site.s3.eu-west-2.amazonaws.com");
        assert_eq!(
            address(Some("http://localhost:4566")).await,
            "http://localhost:4566/site"
        );
        assert_eq!(
            address(Some("https://s3.example.com")).await,
            "https://s3.example.com/site"
        );
    }
}
