//! From the user's surroundings to working credentials: settings, the credential chain, and the first call.

use std::error::Error;
use std::path::PathBuf;
use std::time::Duration;

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::identity::IdentityCache;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use thiserror::Error;

use super::calls::Calls;
use super::classify::{self, CallError};
use super::http::Network;
use super::{credentials, http};
use crate::inventory::{Caller, Reason};

/// Used where neither the settings, the environment nor the profile name a region.
pub const DEFAULT_REGION: &str = "us-east-1";
/// The operation that tells who the credentials are. Needs no permission.
const WHO: &str = "sts:GetCallerIdentity";

/// How to reach AWS. The default takes everything from the environment and the shared configuration files, as the
/// AWS CLI does.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// In place of `AWS_REGION` and the profile's region.
    pub region: Option<String>,
    /// In place of `AWS_PROFILE`. As with the AWS CLI, naming a profile also overrides credentials in the environment.
    pub profile: Option<String>,
    /// A role to assume with the credentials found, and the external id that it asks for.
    pub role: Option<(String, Option<String>)>,
    /// Requests to Route 53 per second, at most; the service's own limit unless set.
    pub route53_per_second: Option<u32>,
    /// In place of `AWS_ENDPOINT_URL` and its service-specific forms.
    pub endpoint_url: Option<String>,
    /// In place of the credential chain.
    pub credentials: Option<Credentials>,
    /// Proxies and trusted certificates.
    pub network: Network,
    /// In place of an HTTPS client of the connection's own.
    pub http_client: Option<SharedHttpClient>,
    /// The first pause between two tries of one call, doubled for each further one. One second unless set.
    pub retry_base: Option<Duration>,
}

/// Why there is no connection. Each text says what to do.
#[derive(Debug, Error)]
pub enum ConnectError {
    #[error(
        "no AWS credentials found. Looked at: the environment (AWS_ACCESS_KEY_ID), {}, web identity \
         (AWS_WEB_IDENTITY_TOKEN_FILE), the container's and the instance's metadata. Set AWS_PROFILE, run `aws sso \
         login`, or in GitHub Actions put aws-actions/configure-aws-credentials before this step (it needs \
         `permissions: id-token: write`)",
        profile_words(profile)
    )]
    NoCredentials { profile: Option<String> },
    #[error(
        "the AWS credentials could not be loaded ({detail}). If the profile uses SSO, run `aws sso login`; \
         otherwise check AWS_PROFILE and what the profile points to (`aws sts get-caller-identity` shows the same \
         error)"
    )]
    Credentials { detail: String },
    #[error(
        "AWS does not accept these credentials ({detail}). They may have expired or belong to another endpoint: \
         sign in again (`aws sso login`, or a new session), or check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and \
         AWS_SESSION_TOKEN"
    )]
    Rejected { detail: String },
    #[error(
        "{url} cannot be reached ({detail}). Check the network, proxies (HTTPS_PROXY, NO_PROXY), AWS_CA_BUNDLE and \
         AWS_ENDPOINT_URL"
    )]
    Unreachable { url: String, detail: String },
    #[error("AWS could not be asked who these credentials are: {WHO}: {detail}. Check AWS_ENDPOINT_URL and the region")]
    Other { detail: String },
    #[error("AWS_CA_BUNDLE names {}, which cannot be used: {detail}. Put PEM certificates there, or unset it", path.display())]
    CaBundle { path: PathBuf, detail: String },
    #[error("the threads that talk to AWS could not be started: {0}")]
    Runtime(#[from] std::io::Error),
}

impl ConnectError {
    /// What stands in reports for what could not be read for this.
    pub fn reason(&self) -> Reason {
        match self {
            ConnectError::Rejected { .. } => Reason::ExpiredCredentials,
            ConnectError::Unreachable { .. } => Reason::Unreachable,
            ConnectError::NoCredentials { .. } | ConnectError::Credentials { .. } => Reason::AccessDenied,
            ConnectError::CaBundle { .. } => Reason::Unreachable,
            ConnectError::Other { .. } | ConnectError::Runtime(_) => Reason::BadAnswer,
        }
    }
}

fn profile_words(profile: &Option<String>) -> String {
    match profile {
        Some(profile) => {
            format!("the profile {profile:?} (from AWS_PROFILE, --profile or its account block) in ~/.aws")
        }
        None => "the default profile in ~/.aws (AWS_PROFILE is not set)".to_owned(),
    }
}

/// Loads the configuration: region, credentials, endpoint, retries, time limits.
///
/// # Errors
/// Certificates that cannot be used.
pub(super) async fn load(settings: &Settings) -> Result<SdkConfig, ConnectError> {
    let (http, local) = match &settings.http_client {
        Some(client) => (client.clone(), client.clone()),
        None => (settings.network.client()?, http::direct()),
    };
    let region = region(settings).await;
    let mut retry = RetryConfig::standard().with_max_attempts(5);
    if let Some(base) = settings.retry_base {
        retry = retry.with_initial_backoff(base);
    }
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .region(region.clone())
        .http_client(http.clone())
        .retry_config(retry)
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(3))
                .read_timeout(Duration::from_secs(20))
                .operation_attempt_timeout(Duration::from_secs(30))
                .operation_timeout(Duration::from_secs(120))
                .build(),
        )
        .stalled_stream_protection(
            StalledStreamProtectionConfig::enabled()
                .grace_period(Duration::from_secs(20))
                .build(),
        )
        // A credential process may ask a person or an identity provider: the default of 5 s is too short for that.
        .identity_cache(IdentityCache::lazy().load_timeout(Duration::from_secs(60)).build())
        .credentials_provider(match &settings.credentials {
            Some(credentials) => SharedCredentialsProvider::new(credentials.clone()),
            None => credentials::chain(settings.profile.as_deref(), http, local, region),
        });
    if let Some(profile) = &settings.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(url) = &settings.endpoint_url {
        loader = loader.endpoint_url(url);
    }
    let config = loader.load().await;
    Ok(match &settings.role {
        Some((arn, external_id)) => assuming(config, arn, external_id.as_deref()).await,
        None => config,
    })
}

/// The same, in a role.
async fn assuming(config: SdkConfig, arn: &str, external_id: Option<&str>) -> SdkConfig {
    let mut role = AssumeRoleProvider::builder(arn)
        .session_name("driftgate")
        .configure(&config);
    if let Some(external_id) = external_id {
        role = role.external_id(external_id);
    }
    let provider = SharedCredentialsProvider::new(role.build().await);
    config.into_builder().credentials_provider(provider).build()
}

/// The configured region, or [`DEFAULT_REGION`]. Instance metadata is not asked: off EC2 that only costs time.
async fn region(settings: &Settings) -> Region {
    let mut profile = ProfileFileRegionProvider::builder();
    if let Some(name) = &settings.profile {
        profile = profile.profile_name(name);
    }
    RegionProviderChain::first_try(settings.region.clone().map(Region::new))
        .or_else(EnvironmentVariableRegionProvider::new())
        .or_else(profile.build())
        .region()
        .await
        .unwrap_or(Region::from_static(DEFAULT_REGION))
}

/// Asks who the credentials are.
pub(super) async fn identify(
    config: &SdkConfig,
    calls: &Calls,
    profile: Option<String>,
) -> Result<Caller, ConnectError> {
    // Somebody waits for this one call, so it gives up sooner than the others.
    let mut sts = aws_sdk_sts::config::Builder::from(config).interceptor(calls.clone());
    if let Some(retry) = config.retry_config() {
        let base = retry.initial_backoff().min(Duration::from_millis(250));
        sts = sts.retry_config(retry.clone().with_max_attempts(3).with_initial_backoff(base));
    }
    let sts = aws_sdk_sts::Client::from_conf(sts.build());
    match sts.get_caller_identity().send().await {
        Ok(who) => match (who.account, who.arn) {
            (Some(account), Some(arn)) => Ok(Caller { account, arn }),
            _ => Err(ConnectError::Other {
                detail: "the answer names no account".to_owned(),
            }),
        },
        Err(error) => Err(refusal(&error, calls.last_address(), profile)),
    }
}

fn refusal<E>(error: &SdkError<E, HttpResponse>, address: Option<String>, profile: Option<String>) -> ConnectError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match credentials_error(error) {
        Some(CredentialsError::CredentialsNotLoaded(_)) => return ConnectError::NoCredentials { profile },
        Some(cause) => {
            return ConnectError::Credentials {
                detail: innermost(cause),
            };
        }
        None => {}
    }
    let error = CallError::new(error);
    let detail = error.detail();
    match (error.reason(WHO), address) {
        (Reason::ExpiredCredentials, _) => ConnectError::Rejected { detail },
        (Reason::Unreachable | Reason::Timeout, Some(url)) => ConnectError::Unreachable { url, detail },
        _ => ConnectError::Other { detail },
    }
}

/// The credential chain's own error, wherever the SDK wrapped it.
fn credentials_error<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a CredentialsError> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<CredentialsError>() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The causes of a credentials error, without its own general words where there are more particular ones.
fn innermost(error: &CredentialsError) -> String {
    error.source().map_or_else(|| error.to_string(), classify::causes)
}

#[cfg(test)]
mod tests {
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;

    fn refused(cause: CredentialsError) -> ConnectError {
        refusal(
            &SdkError::<ErrorMetadata, HttpResponse>::construction_failure(cause),
            None,
            Some("site".to_owned()),
        )
    }

    #[test]
    fn no_credentials_and_unusable_ones_are_told_apart_by_type() {
        let none = refused(CredentialsError::not_loaded("nothing in the environment"));
        assert!(matches!(none, ConnectError::NoCredentials { .. }));
        let text = none.to_string();
        for part in [
            "environment",
            "\"site\"",
            "web identity",
            "aws sso login",
            "configure-aws-credentials",
        ] {
            assert!(text.contains(part), "{part} is not in: {text}");
        }
        let stale = refused(CredentialsError::provider_error("the SSO token has expired"));
        assert!(
            matches!(&stale, ConnectError::Credentials { detail } if detail.ends_with("the SSO token has expired")),
            "{stale:?}"
        );
        let odd = refused(CredentialsError::invalid_configuration(
            "profile `site` refers to itself",
        ));
        assert!(matches!(odd, ConnectError::Credentials { .. }));
    }

    #[test]
    fn without_a_profile_the_default_one_is_named() {
        let text = ConnectError::NoCredentials { profile: None }.to_string();
        assert!(text.contains("AWS_PROFILE is not set"), "{text}");
    }
}
