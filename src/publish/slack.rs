//! A message to a Slack webhook. Its address is the secret: errors name the host alone.

use std::fmt;
use std::sync::Arc;

use reqwest::{Method, StatusCode, Url};
use serde_json::Value;

use super::clock::{Clock, SystemClock};
use super::error::{PublishError, Refusal};
use super::http::{self, Failure, Redirects, Transport};
use super::secret::Secret;
use super::text::one_line;

/// The variable that holds the webhook.
pub const VARIABLE: &str = "DRIFTGATE_SLACK_WEBHOOK";
const FAILED: &str = "the Slack message could not be sent";

/// An incoming webhook.
pub struct Webhook {
    transport: Transport,
    url: Url,
    secret: Secret,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhook")
            .field("host", &self.host())
            .finish_non_exhaustive()
    }
}

impl Webhook {
    /// # Errors
    /// An address that is none, or not https.
    pub fn new(address: &Secret) -> Result<Webhook, PublishError> {
        Webhook::with_clock(address, Arc::new(SystemClock))
    }

    /// [`Webhook::new`] with a clock in place of the machine's.
    ///
    /// # Errors
    /// As [`Webhook::new`].
    pub fn with_clock(address: &Secret, clock: Arc<dyn Clock>) -> Result<Webhook, PublishError> {
        let wrong = || {
            PublishError::Setting(format!(
                "the Slack webhook is no https address; {VARIABLE} takes it as Slack shows it"
            ))
        };
        let url: Url = address.expose().parse().map_err(|_| wrong())?;
        if url.scheme() != "https" && !(url.scheme() == "http" && http::is_loopback(&url)) {
            return Err(wrong());
        }
        Ok(Webhook {
            transport: Transport::new(&url, Redirects::Never, clock)?,
            secret: address.clone(),
            url,
        })
    }

    fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// What the other side said, without the address, should it have repeated it.
    fn clean(&self, text: &str) -> String {
        one_line(&self.secret.hide_in(text).replace(self.url.path(), "/…"))
    }
}

/// Sends a message (`{"blocks": […]}`). After a failure in between it may arrive twice: better than never.
///
/// # Errors
/// [`PublishError`].
pub async fn publish_slack(webhook: &Webhook, message: &Value) -> Result<(), PublishError> {
    let request = format!("POST to {}", webhook.host());
    let built = webhook
        .transport
        .request(Method::POST, webhook.url.clone())
        .json(message)
        .build()
        .map_err(|error| PublishError::Setting(format!("{FAILED}: {}", error.without_url())))?;
    match webhook.transport.send(built).await {
        Ok(answer) if answer.status.is_success() => Ok(()),
        Ok(answer) => Err(PublishError::Refused(Box::new(Refusal {
            failed: FAILED,
            request,
            status: answer.status.as_u16(),
            message: webhook.clean(&String::from_utf8_lossy(&answer.body)),
            errors: Vec::new(),
            advice: advice(answer.status),
        }))),
        Err(Failure::Unreachable { tries, detail }) => Err(PublishError::Unreachable {
            failed: FAILED,
            request,
            tries,
            detail: webhook.clean(&detail),
            setting: VARIABLE,
        }),
        Err(Failure::Limited { answer, wait }) => Err(PublishError::Limited {
            failed: FAILED,
            request,
            status: answer.status.as_u16(),
            message: webhook.clean(&String::from_utf8_lossy(&answer.body)),
            wait,
        }),
    }
}

fn advice(status: StatusCode) -> String {
    match status {
        StatusCode::BAD_REQUEST => "Slack does not take this message".to_owned(),
        StatusCode::FORBIDDEN | StatusCode::NOT_FOUND | StatusCode::GONE => {
            format!("the webhook was revoked or its channel is gone: make a new one and put it into {VARIABLE}")
        }
        status if status.is_server_error() => "Slack is in trouble: try again later".to_owned(),
        _ => format!("check {VARIABLE}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_shows_its_host_alone() {
        let webhook =
            Webhook::new(&Secret::new("https://hooks.example.com/services/T0/B0/hunter2")).expect("a webhook");
        assert_eq!(format!("{webhook:?}"), "Webhook { host: \"hooks.example.com\", .. }");
        for wrong in [
            "",
            "hooks.example.com/hunter2",
            "http://hooks.example.com/hunter2",
            "file:///hunter2",
        ] {
            let error = Webhook::new(&Secret::new(wrong)).expect_err(wrong).to_string();
            assert!(error.contains(VARIABLE) && !error.contains("hunter2"), "{error}");
        }
    }
}
