//! Counts every request that goes out, by operation.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

/// The count of calls, shared by all clients of one connection. An attempt that was never sent (no credentials, no
/// endpoint) is not a call; each retry is one.
#[derive(Clone, Debug, Default)]
pub(super) struct Calls(Arc<Mutex<Log>>);

#[derive(Debug, Default)]
struct Log {
    by_operation: BTreeMap<String, u64>,
    last_address: Option<String>,
}

impl Calls {
    /// So far, by `service:Operation`.
    pub(super) fn by_operation(&self) -> BTreeMap<String, u64> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .by_operation
            .clone()
    }

    /// Scheme and host of the last request, for the message when it could not be delivered.
    pub(super) fn last_address(&self) -> Option<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .last_address
            .clone()
    }
}

impl Intercept for Calls {
    fn name(&self) -> &'static str {
        "driftgate call count"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.last_address = address(context.request().uri());
        if let Some(call) = config.load::<Metadata>() {
            let service = call.service().to_ascii_lowercase().replace(' ', "");
            *log.by_operation
                .entry(format!("{service}:{}", call.name()))
                .or_default() += 1;
        }
        Ok(())
    }
}

fn address(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once("://")?;
    let host = rest.split(['/', '?']).next()?;
    Some(format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_scheme_and_host() {
        assert_eq!(
            address("http://127.0.0.1:4566/b?policy=").as_deref(),
            Some("http://127.0.0.1:4566")
        );
        assert_eq!(
            address("https://sts.eu-west-2.amazonaws.com/").as_deref(),
            Some("https://sts.eu-west-2.amazonaws.com")
        );
        assert_eq!(address("/b"), None);
    }
}
