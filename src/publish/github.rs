//! The client of GitHub's REST API: one repository, one token, JSON, pages.

use std::fmt;
use std::sync::Arc;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderValue};
use reqwest::{Method, StatusCode, Url};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::clock::{Clock, SystemClock};
use super::error::{FieldError, PublishError, Refusal};
use super::http::{self, Answer, Failure, Redirects, Transport};
use super::link;
use super::repository::Repository;
use super::secret::Secret;
use super::text::one_line;

const MEDIA_TYPE: &str = "application/vnd.github+json";
const API_VERSION: &str = "2022-11-28";
/// Entries of a page; GitHub gives no more.
const PER_PAGE: &str = "100";
/// Pages of one list. Whoever has more would be told nothing new by a further one.
const MOST_PAGES: usize = 200;
/// Where the API's address comes from.
const SETTING: &str = "GITHUB_API_URL";

/// Where to publish, and as whom.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The API's address: `https://api.github.com`, or `https://HOST/api/v3` of an Enterprise Server.
    pub api_url: String,
    pub repository: Repository,
    pub token: Secret,
}

/// A client for one repository.
pub struct Client {
    transport: Transport,
    /// `…/repos/OWNER/NAME`.
    base: Url,
    token: Secret,
    authorization: HeaderValue,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base", &self.base.as_str())
            .finish_non_exhaustive()
    }
}

/// What a request is for: the words of its errors.
#[derive(Clone, Copy, Debug)]
pub(super) struct Purpose {
    /// `the issues could not be listed`.
    pub(super) failed: &'static str,
    /// The permission that it needs, as a workflow writes it: `issues: write`.
    pub(super) permission: &'static str,
    /// What else may not be there on a 404: `pull request`.
    pub(super) subject: Option<&'static str>,
    /// What kind of token alone may do it.
    pub(super) only: Option<&'static str>,
}

impl Client {
    /// # Errors
    /// An address that is none or would send the token in clear, no token, no certificates.
    pub fn new(settings: &Settings) -> Result<Client, PublishError> {
        Client::with_clock(settings, Arc::new(SystemClock))
    }

    /// [`Client::new`] with a clock in place of the machine's.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn with_clock(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Client, PublishError> {
        let base = base(&settings.api_url, &settings.repository)?;
        if settings.token.is_empty() {
            return Err(PublishError::Setting("the token is empty; set GITHUB_TOKEN".to_owned()));
        }
        let mut authorization =
            HeaderValue::from_str(&format!("Bearer {}", settings.token.expose())).map_err(|_| {
                PublishError::Setting(
                    "the token holds characters that no token has (a line break?); check GITHUB_TOKEN".to_owned(),
                )
            })?;
        authorization.set_sensitive(true);
        Ok(Client {
            transport: Transport::new(&base, Redirects::SameServer, clock)?,
            base,
            token: settings.token.clone(),
            authorization,
        })
    }

    /// The address of `path` in the repository, each element escaped.
    fn address(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.extend(path);
        }
        url
    }

    /// One request whose answer is JSON.
    pub(super) async fn json<T: DeserializeOwned>(
        &self,
        purpose: Purpose,
        method: Method,
        path: &[&str],
        body: &Value,
    ) -> Result<T, PublishError> {
        let url = self.address(path);
        let request = shown(&method, &url);
        let answer = self.call(purpose, method, url, Some(body)).await?;
        decoded(purpose, request, &answer)
    }

    /// One request whose answer does not matter beyond its status.
    pub(super) async fn send(
        &self,
        purpose: Purpose,
        method: Method,
        path: &[&str],
        body: Option<&Value>,
    ) -> Result<(), PublishError> {
        self.call(purpose, method, self.address(path), body).await.map(drop)
    }

    /// A list, page by page.
    pub(super) fn pages(&self, purpose: Purpose, path: &[&str], query: &[(&str, &str)]) -> Pages<'_> {
        let mut url = self.address(path);
        url.query_pairs_mut()
            .extend_pairs(query)
            .append_pair("per_page", PER_PAGE);
        Pages {
            client: self,
            purpose,
            next: Some(url),
            read: 0,
        }
    }

    async fn call(
        &self,
        purpose: Purpose,
        method: Method,
        url: Url,
        body: Option<&Value>,
    ) -> Result<Answer, PublishError> {
        let request = shown(&method, &url);
        let mut builder = self
            .transport
            .request(method, url)
            .header(ACCEPT, MEDIA_TYPE)
            .header("X-GitHub-Api-Version", API_VERSION)
            .header(AUTHORIZATION, self.authorization.clone());
        if let Some(body) = body {
            builder = builder.json(body);
        }
        let built = builder
            .build()
            .map_err(|error| PublishError::Setting(format!("{request}: {}", error.without_url())))?;
        match self.transport.send(built).await {
            Ok(answer) if answer.status.is_success() => Ok(answer),
            Ok(answer) => Err(PublishError::Refused(Box::new(self.refusal(purpose, request, &answer)))),
            Err(Failure::Unreachable { tries, detail }) => Err(PublishError::Unreachable {
                failed: purpose.failed,
                request,
                tries,
                detail: self.token.hide_in(&detail),
                setting: SETTING,
            }),
            Err(Failure::Limited { answer, wait }) => Err(PublishError::Limited {
                failed: purpose.failed,
                request,
                status: answer.status.as_u16(),
                message: self.words(&answer).0,
                wait,
            }),
        }
    }

    fn refusal(&self, purpose: Purpose, request: String, answer: &Answer) -> Refusal {
        let (message, errors) = self.words(answer);
        Refusal {
            failed: purpose.failed,
            request,
            status: answer.status.as_u16(),
            message,
            errors,
            advice: advice(answer.status, purpose),
        }
    }

    /// What GitHub says in words. Whatever the body is, it becomes a short line.
    fn words(&self, answer: &Answer) -> (String, Vec<FieldError>) {
        let clean = |text: &str| one_line(&self.token.hide_in(text));
        let Ok(body) = serde_json::from_slice::<Value>(&answer.body) else {
            return (String::new(), Vec::new());
        };
        let message = body["message"].as_str().map(clean).unwrap_or_default();
        let errors = match &body["errors"] {
            Value::Array(errors) => errors.as_slice(),
            Value::Null => &[],
            one => std::slice::from_ref(one),
        };
        let errors = errors.iter().map(|error| match error {
            Value::Object(_) => FieldError {
                resource: error["resource"].as_str().map(clean).unwrap_or_default(),
                field: error["field"].as_str().map(clean).unwrap_or_default(),
                code: error["code"].as_str().map(clean).unwrap_or_default(),
                message: error["message"].as_str().map(clean).unwrap_or_default(),
            },
            Value::String(text) => FieldError {
                message: clean(text),
                ..FieldError::default()
            },
            other => FieldError {
                message: clean(&other.to_string()),
                ..FieldError::default()
            },
        });
        (message, errors.collect())
    }
}

/// A list that is read page by page. Pages are taken from the `Link` header, as GitHub asks for: their addresses are
/// not for clients to make up.
pub(super) struct Pages<'a> {
    client: &'a Client,
    purpose: Purpose,
    next: Option<Url>,
    read: usize,
}

impl Pages<'_> {
    /// The next page's entries; none after the last page.
    pub(super) async fn next<T: DeserializeOwned>(&mut self) -> Result<Option<Vec<T>>, PublishError> {
        let Some(url) = self.next.take() else { return Ok(None) };
        let request = shown(&Method::GET, &url);
        let strange = |detail: &str| PublishError::Answer {
            failed: self.purpose.failed,
            request: request.clone(),
            detail: detail.to_owned(),
            setting: SETTING,
        };
        self.read += 1;
        if self.read > MOST_PAGES {
            return Err(strange("the list does not end"));
        }
        let answer = self.client.call(self.purpose, Method::GET, url.clone(), None).await?;
        if let Some(next) = link::next(&answer.headers) {
            let next: Url = next.parse().map_err(|_| strange("the next page has no address"))?;
            // The token goes along, so the page has to be on the same server.
            if next.origin() != self.client.base.origin() {
                return Err(strange("the next page is on another server"));
            }
            if next == url {
                return Err(strange("the next page is the same again"));
            }
            self.next = Some(next);
        }
        decoded(self.purpose, request, &answer).map(Some)
    }
}

/// A request as errors show it: no query, no user, no secret.
fn shown(method: &Method, url: &Url) -> String {
    format!("{method} {}{}", url.origin().ascii_serialization(), url.path())
}

fn decoded<T: DeserializeOwned>(purpose: Purpose, request: String, answer: &Answer) -> Result<T, PublishError> {
    serde_json::from_slice(&answer.body).map_err(|error| PublishError::Answer {
        failed: purpose.failed,
        request,
        detail: error.to_string(),
        setting: SETTING,
    })
}

fn advice(status: StatusCode, purpose: Purpose) -> String {
    match status {
        StatusCode::UNAUTHORIZED => "GitHub does not accept the token: check GITHUB_TOKEN (has it expired, is it of \
                                     another server?)"
            .to_owned(),
        StatusCode::FORBIDDEN => {
            let only = purpose
                .only
                .map(|kind| format!("; it takes {kind}"))
                .unwrap_or_default();
            format!(
                "the token may not do that: it needs `{}` (in a workflow under `permissions:`; runs for pull requests \
                 from forks never get it){only}",
                purpose.permission
            )
        }
        StatusCode::NOT_FOUND => format!(
            "there is no such {}, or the token cannot see it: check {} and the token's access (`{}`)",
            purpose
                .subject
                .map_or_else(|| "repository".to_owned(), |subject| format!("repository or {subject}")),
            match purpose.subject {
                Some("pull request") => "--repository, --pull-request",
                _ => "--repository",
            },
            purpose.permission
        ),
        StatusCode::GONE => {
            "this is switched off in the repository, or was deleted: are its issues enabled?".to_owned()
        }
        StatusCode::UNPROCESSABLE_ENTITY => "GitHub does not take what was sent: correct what it names".to_owned(),
        status if status.is_redirection() => {
            "it has moved: was the repository renamed? Check --repository and GITHUB_API_URL".to_owned()
        }
        status if status.is_server_error() => "GitHub is in trouble: try again later".to_owned(),
        _ => "check --repository and GITHUB_API_URL".to_owned(),
    }
}

/// The repository's address below the API's.
fn base(api_url: &str, repository: &Repository) -> Result<Url, PublishError> {
    let wrong =
        |why: &str| PublishError::Setting(format!("GITHUB_API_URL {why}; https://api.github.com is GitHub's own"));
    let mut url: Url = api_url.trim().parse().map_err(|_| wrong("is no address"))?;
    match url.scheme() {
        "https" => {}
        "http" if http::is_loopback(&url) => {}
        "http" => return Err(wrong("is not https, so the token would travel in clear")),
        _ => return Err(wrong("is no https address")),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("holds a user or a password, which belong into GITHUB_TOKEN"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("holds a query or a fragment"));
    }
    {
        let Ok(mut segments) = url.path_segments_mut() else {
            return Err(wrong("is no https address"));
        };
        segments
            .pop_if_empty()
            .extend(["repos", repository.owner(), repository.name()]);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Repository {
        "example/site".parse().expect("a repository")
    }

    #[test]
    fn the_repository_stands_below_the_given_address() {
        for (given, base_url) in [
            ("https://api.github.com", "https://api.github.com/repos/example/site"),
            ("https://api.github.com/\n", "https://api.github.com/repos/example/site"),
            (
                "https://git.example.com/api/v3/",
                "https://git.example.com/api/v3/repos/example/site",
            ),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/repos/example/site"),
        ] {
            assert_eq!(base(given, &site()).expect(given).as_str(), base_url);
        }
    }

    #[test]
    fn addresses_that_would_give_the_token_away_are_refused_without_being_shown() {
        for (given, why) in [
            ("", "is no address"),
            ("api.github.com", "is no address"),
            ("http://git.example.com/api/v3", "in clear"),
            ("ftp://git.example.com", "no https address"),
            ("https://bot:hunter2@git.example.com", "GITHUB_TOKEN"),
            ("https://git.example.com/?token=hunter2", "query"),
        ] {
            let error = base(given, &site()).expect_err(given).to_string();
            assert!(error.contains(why) && !error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn a_token_is_shown_nowhere() {
        let mut settings = Settings {
            api_url: "https://api.github.com".to_owned(),
            repository: site(),
            token: Secret::new("ghs_hunter2"),
        };
        let client = Client::new(&settings).expect("a client");
        assert_eq!(
            format!("{client:?}"),
            "Client { base: \"https://api.github.com/repos/example/site\", .. }"
        );
        assert!(!format!("{settings:?}").contains("hunter2"));
        settings.token = Secret::new("ghs_\nhunter2");
        let error = Client::new(&settings).expect_err("a line break").to_string();
        assert!(error.contains("GITHUB_TOKEN") && !error.contains("hunter2"), "{error}");
        settings.token = Secret::new(" ");
        assert!(
            Client::new(&settings)
                .expect_err("nothing")
                .to_string()
                .contains("empty")
        );
    }
}
