//! The HTTPS client: proxies and further certificates, as the AWS CLI takes them from the environment.

use std::path::{Path, PathBuf};

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore, rustls_provider::CryptoMode};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use super::connect::ConnectError;

/// How the network is reached. The default goes straight to every host and trusts what the machine trusts.
#[derive(Clone, Debug, Default)]
pub struct Network {
    /// Whether `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` are honoured (and their lower-case forms).
    pub proxies: bool,
    /// A file of PEM certificates that are trusted beside the machine's own.
    pub ca_bundle: Option<PathBuf>,
}

impl Network {
    /// What the environment says: the proxies, and `AWS_CA_BUNDLE`.
    pub fn of_environment() -> Network {
        Network {
            proxies: true,
            ca_bundle: std::env::var_os("AWS_CA_BUNDLE")
                .filter(|path| !path.is_empty())
                .map(PathBuf::from),
        }
    }

    /// A client for AWS.
    ///
    /// # Errors
    /// A bundle that cannot be read or holds no certificate.
    pub(super) fn client(&self) -> Result<SharedHttpClient, ConnectError> {
        let proxy = match self.proxies {
            true => ProxyConfig::from_env(),
            false => ProxyConfig::disabled(),
        };
        let trusted = match &self.ca_bundle {
            Some(path) => TrustStore::default().with_pem_certificate(certificates(path)?),
            None => TrustStore::default(),
        };
        Ok(client(proxy, trusted))
    }
}

/// A client that goes straight to the host: for metadata services, which answer on the machine's own link only.
pub(super) fn direct() -> SharedHttpClient {
    client(ProxyConfig::disabled(), TrustStore::default())
}

fn client(proxy: ProxyConfig, trusted: TrustStore) -> SharedHttpClient {
    // `Builder` itself takes no proxies.
    Builder::new().build_with_connector_fn(move |settings, components| {
        let tls = TlsContext::builder().with_trust_store(trusted.clone()).build();
        let mut connector = Connector::builder()
            .proxy_config(proxy.clone())
            .tls_provider(Provider::Rustls(CryptoMode::AwsLc))
            .tls_context(tls.unwrap_or_default());
        if let Some(settings) = settings {
            connector = connector.connector_settings(settings.clone());
        }
        if let Some(components) = components {
            connector.set_sleep_impl(components.sleep_impl());
        }
        connector.build()
    })
}

/// The bytes of a bundle whose every certificate can be trusted: the client would panic at one that cannot be parsed.
fn certificates(path: &Path) -> Result<Vec<u8>, ConnectError> {
    let unusable = |detail: String| ConnectError::CaBundle {
        path: path.to_owned(),
        detail,
    };
    let bytes = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
    let mut trusted = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&bytes) {
        let certificate = certificate.map_err(|error| unusable(error.to_string()))?;
        trusted.add(certificate).map_err(|error| unusable(error.to_string()))?;
    }
    match trusted.is_empty() {
        true => Err(unusable("it holds no PEM certificate".to_owned())),
        false => Ok(bytes),
    }
}
