//! One HTTP client: time limits, tries, waits. Knows neither GitHub nor Slack.

use std::error::Error;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Request, StatusCode, Url, redirect};

use super::clock::Clock;
use super::error::PublishError;
use super::retry::{self, Next, Try};

const USER_AGENT: &str = concat!("driftgate/", env!("CARGO_PKG_VERSION"));
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// For one try, from connecting to the last byte.
const TRY_TIMEOUT: Duration = Duration::from_secs(30);
/// More than GitHub sends for a page of a hundred of the longest issues.
const LONGEST_BODY: usize = 64 << 20;
const MOST_REDIRECTS: usize = 5;

/// An answer, whatever its status.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// No answer that could be used.
#[derive(Debug)]
pub(super) enum Failure {
    Unreachable { tries: u32, detail: String },
    Limited { answer: Answer, wait: Duration },
}

/// Whether to follow an answer that points elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Redirects {
    /// On the same server only: what is sent is not for others. GitHub answers so for a renamed repository.
    SameServer,
    Never,
}

/// Sends requests, patiently within bounds.
#[derive(Debug)]
pub(super) struct Transport {
    client: reqwest::Client,
    clock: Arc<dyn Clock>,
    /// Time spent on waiting by all requests together.
    waited: Mutex<Duration>,
}

impl Transport {
    /// A client for the server of `address`. The machine's own addresses are never asked through a proxy.
    pub(super) fn new(address: &Url, redirects: Redirects, clock: Arc<dyn Clock>) -> Result<Transport, PublishError> {
        // The provider that the AWS SDK uses. An error means that one is installed already, which is as good.
        _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(TRY_TIMEOUT)
            .redirect(match redirects {
                Redirects::SameServer => redirect::Policy::custom(same_server),
                Redirects::Never => redirect::Policy::none(),
            });
        if is_loopback(address) {
            builder = builder.no_proxy();
        }
        let client = builder
            .build()
            .map_err(|error| PublishError::Setup { detail: cause(error) })?;
        Ok(Transport {
            client,
            clock,
            waited: Mutex::new(Duration::ZERO),
        })
    }

    pub(super) fn request(&self, method: reqwest::Method, url: Url) -> reqwest::RequestBuilder {
        self.client.request(method, url)
    }

    /// Sends a request until it is answered for good or nothing is gained by trying on.
    pub(super) async fn send(&self, request: Request) -> Result<Answer, Failure> {
        let mut tries = 0;
        loop {
            tries += 1;
            let outcome = match request.try_clone() {
                Some(request) => self.try_once(request).await,
                None => Err("the request cannot be sent again".to_owned()),
            };
            let tried = match &outcome {
                Ok(answer) => Try::Answered {
                    status: answer.status,
                    headers: &answer.headers,
                    body: &answer.body,
                },
                Err(_) => Try::Broken,
            };
            let waited = *self.waited.lock().unwrap_or_else(PoisonError::into_inner);
            match (retry::next(tried, tries, waited, self.clock.now()), outcome) {
                (Next::Again(wait), _) => {
                    *self.waited.lock().unwrap_or_else(PoisonError::into_inner) += wait;
                    self.clock.sleep(wait).await;
                }
                (Next::TooLong(wait), Ok(answer)) => return Err(Failure::Limited { answer, wait }),
                (_, Ok(answer)) => return Ok(answer),
                (_, Err(detail)) => return Err(Failure::Unreachable { tries, detail }),
            }
        }
    }

    async fn try_once(&self, request: Request) -> Result<Answer, String> {
        let mut response = self.client.execute(request).await.map_err(cause)?;
        let mut answer = Answer {
            status: response.status(),
            headers: std::mem::take(response.headers_mut()),
            body: Vec::new(),
        };
        while let Some(chunk) = response.chunk().await.map_err(cause)? {
            if answer.body.len() + chunk.len() > LONGEST_BODY {
                return Err("the answer does not end".to_owned());
            }
            answer.body.extend_from_slice(&chunk);
        }
        Ok(answer)
    }
}

/// Whether the address is this machine's own.
pub(super) fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        host == "localhost"
            || host
                .trim_matches(['[', ']'])
                .parse::<IpAddr>()
                .is_ok_and(|ip| ip.is_loopback())
    })
}

fn same_server(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let from = attempt.previous().first().map(Url::origin);
    if from == Some(attempt.url().origin()) && attempt.previous().len() <= MOST_REDIRECTS {
        attempt.follow()
    } else {
        attempt.stop()
    }
}

/// The innermost cause, which names the trouble. Never the address: for Slack that is the secret.
fn cause(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut innermost: &dyn Error = &error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    super::text::one_line(&innermost.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known() {
        for (url, own) in [
            ("http://127.0.0.1:80/", true),
            ("http://[::1]/", true),
            ("http://localhost:3000/api", true),
            ("https://api.example.com/", false),
            ("https://localhost.example.com/", false),
            ("https://10.0.0.1/", false),
        ] {
            assert_eq!(is_loopback(&url.parse().expect(url)), own, "{url}");
        }
    }
}
