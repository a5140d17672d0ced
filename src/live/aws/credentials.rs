//! Where credentials are looked for: the SDK's default chain, rebuilt for one difference at its end.
//!
//! Instance metadata gets one short try, and whatever it answers other than credentials counts as "none here". On a
//! machine that is no EC2 instance its address leads nowhere, to a proxy, or to another cloud's metadata service (the
//! hosted runners of GitHub Actions), and none of that is a fault in the user's configuration.

use std::time::Duration;

use aws_config::Region;
use aws_config::ecs::EcsCredentialsProvider;
use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::imds;
use aws_config::imds::credentials::ImdsCredentialsProvider;
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::web_identity_token::WebIdentityTokenCredentialsProvider;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// Environment, profile (SSO, assumed roles, processes), web identity, container, instance. With a profile named by
/// the user only that profile, as with the AWS CLI's `--profile`.
///
/// `local` is the client for what answers on the machine's own link: no proxy leads there.
pub(super) fn chain(
    profile: Option<&str>,
    http: SharedHttpClient,
    local: SharedHttpClient,
    region: Region,
) -> SharedCredentialsProvider {
    let config = ProviderConfig::without_region()
        .with_region(Some(region))
        .with_http_client(http);
    let local = config.clone().with_http_client(local);
    let profiles = ProfileFileCredentialsProvider::builder().configure(&config);
    if let Some(profile) = profile {
        return SharedCredentialsProvider::new(profiles.profile_name(profile).build());
    }
    let metadata = imds::Client::builder()
        .configure(&local)
        .connect_timeout(Duration::from_secs(1))
        .read_timeout(Duration::from_secs(1))
        .operation_timeout(Duration::from_secs(2))
        .max_attempts(1)
        .build();
    let instance = Instance(
        ImdsCredentialsProvider::builder()
            .configure(&local)
            .imds_client(metadata)
            .build(),
    );
    SharedCredentialsProvider::new(
        CredentialsProviderChain::first_try("Environment", EnvironmentVariableCredentialsProvider::new())
            .or_else("Profile", profiles.build())
            .or_else(
                "WebIdentityToken",
                WebIdentityTokenCredentialsProvider::builder()
                    .configure(&config)
                    .build(),
            )
            .or_else(
                "EcsContainer",
                EcsCredentialsProvider::builder().configure(&local).build(),
            )
            .or_else("Ec2InstanceMetadata", instance),
    )
}

#[derive(Debug)]
struct Instance(ImdsCredentialsProvider);

impl ProvideCredentials for Instance {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            match self.0.provide_credentials().await {
                Err(error) => Err(CredentialsError::not_loaded(error)),
                found => found,
            }
        })
    }
}
