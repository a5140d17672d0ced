//! The AWS side against recorded and documented exchanges: an HTTP connector that answers by request, below the whole
//! SDK, so that signing, retries, paging and XML are the real ones. No host is ever opened.
//!
//! The documents are those of the API reference's examples (S3's bare `<Error>`, the others' `<ErrorResponse>`).

#![cfg(test)]

mod account;
mod cloudfront;
mod connecting;
mod history;
mod objects;
mod rounds;
mod route53;
mod s3;
mod s3_documents;
mod trouble;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;
use driftgate::live::aws::{Aws, ConnectError, Settings};
use driftgate::live::{Observation, Quiet};
use driftgate::plan::{BucketAspect, Read};

/// The endpoint that the requests name; it resolves to nothing.
const ENDPOINT: &str = "https://aws.example.org";

/// One request as the server would see it.
#[derive(Clone, Debug)]
struct Asked {
    /// `GET /site?policy`, the SDK's own `x-id` left out.
    line: String,
    /// The region it was signed for.
    region: String,
    /// The service it was signed for.
    service: String,
    /// The account that `x-amz-account-id` names.
    account: String,
    body: String,
}

/// What comes back.
enum Reply {
    Answer(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// The connection broke.
    Broken,
    /// Nothing came in time.
    Silence,
}

fn ok(body: impl Into<String>) -> Reply {
    Reply::Answer(200, vec![], body.into().into_bytes())
}

/// S3's error document.
fn s3_error(status: u16, code: &str) -> Reply {
    let body = format!(
        "<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>said by S3</Message><RequestId>R</RequestId></Error>"
    );
    Reply::Answer(status, vec![("x-amz-request-id", "REQ1".to_owned())], body.into_bytes())
}

/// The error document of CloudFront, Route 53 and STS.
fn error(status: u16, code: &str) -> Reply {
    let body = format!(
        "<?xml version=\"1.0\"?><ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>said by AWS</Message></Error>\
         <RequestId>R</RequestId></ErrorResponse>"
    );
    Reply::Answer(status, vec![("x-amzn-requestid", "REQ2".to_owned())], body.into_bytes())
}

/// ACM's error document.
fn json_error(status: u16, code: &str) -> Reply {
    let body = format!("{{\"__type\":\"{code}\",\"message\":\"said by ACM\"}}");
    Reply::Answer(status, vec![("x-amzn-requestid", "REQ3".to_owned())], body.into_bytes())
}

fn head(status: u16, region: Option<&str>) -> Reply {
    Reply::Answer(
        status,
        region
            .map(|region| ("x-amz-bucket-region", region.to_owned()))
            .into_iter()
            .collect(),
        vec![],
    )
}

const CALLER: &str = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
    <Arn>arn:aws:iam::111122223333:role/reader</Arn><UserId>AROAEXAMPLE</UserId><Account>111122223333</Account>\
    </GetCallerIdentityResult></GetCallerIdentityResponse>";

/// A server in the shape of a function, with a log of what it was asked.
struct Server<F> {
    answer: F,
    log: Log,
}

#[derive(Clone, Debug, Default)]
struct Log(Arc<Mutex<Vec<Asked>>>);

impl Log {
    /// The requests so far, without the one that asks who the caller is.
    fn lines(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap()
            .iter()
            .filter(|asked| !asks_who(asked))
            .map(|asked| asked.line.clone())
            .collect()
    }

    fn all(&self) -> Vec<Asked> {
        self.0.lock().unwrap().clone()
    }
}

fn asks_who(asked: &Asked) -> bool {
    asked.body.contains("Action=GetCallerIdentity")
}

impl<F> std::fmt::Debug for Server<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Server")
    }
}

impl<F: Fn(&Asked) -> Reply + Send + Sync> HttpConnector for Server<F> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let asked = Asked {
            line: line(&request),
            region: scope(&request, 2),
            service: scope(&request, 3),
            account: request.headers().get("x-amz-account-id").unwrap_or_default().to_owned(),
            body: request
                .body()
                .bytes()
                .map(|bytes| String::from_utf8_lossy(bytes).into_owned())
                .unwrap_or_default(),
        };
        self.log.0.lock().unwrap().push(asked.clone());
        HttpConnectorFuture::ready(match (self.answer)(&asked) {
            Reply::Answer(status, headers, body) => {
                // The answer to a `HEAD` has no body.
                let body = if request.method() == "HEAD" { vec![] } else { body };
                let mut response = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body));
                for (name, value) in headers {
                    response.headers_mut().insert(name, value);
                }
                Ok(response)
            }
            Reply::Broken => Err(ConnectorError::io("connection refused".into())),
            Reply::Silence => Err(ConnectorError::timeout("no answer".into())),
        })
    }
}

/// `METHOD /path?query`, without the `x-id` that the SDK adds for logs and the slash it puts behind a bucket.
fn line(request: &HttpRequest) -> String {
    let path = request.uri().strip_prefix(ENDPOINT).unwrap_or(request.uri());
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let path = if path.len() > 1 {
        path.trim_end_matches('/')
    } else {
        path
    };
    let query: Vec<&str> = query
        .split('&')
        .filter(|part| !part.is_empty() && !part.starts_with("x-id="))
        .collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{} {path}{mark}{}", request.method(), query.join("&"))
}

/// One part of the signature's scope: `Credential=KEY/20260101/eu-west-1/s3/aws4_request`.
fn scope(request: &HttpRequest, part: usize) -> String {
    let authorization = request.headers().get("authorization").unwrap_or_default();
    authorization.split('/').nth(part).unwrap_or_default().to_owned()
}

/// A connection whose every request, the first included, is answered by `answer`.
fn try_connect(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> (Result<Aws, ConnectError>, Log) {
    let log = Log::default();
    let connector = SharedHttpConnector::new(Server {
        answer,
        log: log.clone(),
    });
    let settings = Settings {
        region: Some("eu-west-2".to_owned()),
        endpoint_url: Some(ENDPOINT.to_owned()),
        credentials: Some(Credentials::new("AKIDEXAMPLE", "secret", None, None, "tests")),
        http_client: Some(http_client_fn(move |_, _| connector.clone())),
        retry_base: Some(Duration::from_millis(1)),
        ..Settings::default()
    };
    (Aws::connect(settings), log)
}

/// A connection to an account where the caller is known and `answer` has the rest.
fn connect(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> (Aws, Log) {
    let (aws, log) = try_connect(move |asked| if asks_who(asked) { ok(CALLER) } else { answer(asked) });
    (aws.expect("the caller is known"), log)
}

/// Does these reads against `answer`.
fn observe(
    reads: impl IntoIterator<Item = Read>,
    answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static,
) -> (Observation, Log) {
    let (aws, log) = connect(answer);
    (aws.observe(&reads.into_iter().collect(), &Quiet), log)
}

fn object(bucket: &str, key: &str) -> Read {
    Read::Object {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
    }
}

fn prefix(bucket: &str, prefix: &str) -> Read {
    Read::Prefix {
        bucket: bucket.to_owned(),
        prefix: prefix.to_owned(),
    }
}

fn aspect(bucket: &str, aspect: BucketAspect) -> Read {
    Read::Bucket {
        bucket: bucket.to_owned(),
        aspect,
    }
}

/// A `ListBuckets` page.
fn listing(buckets: &[(&str, Option<&str>)], token: Option<&str>) -> Reply {
    let mut body =
        "<?xml version=\"1.0\"?><ListAllMyBucketsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Buckets>"
            .to_owned();
    for (name, region) in buckets {
        let region = region
            .map(|region| format!("<BucketRegion>{region}</BucketRegion>"))
            .unwrap_or_default();
        body.push_str(&format!(
            "<Bucket><Name>{name}</Name><CreationDate>2026-01-02T03:04:05.000Z</CreationDate>{region}</Bucket>"
        ));
    }
    let token = token
        .map(|token| format!("<ContinuationToken>{token}</ContinuationToken>"))
        .unwrap_or_default();
    ok(format!(
        "{body}</Buckets><Owner><ID>owner</ID></Owner>{token}</ListAllMyBucketsResult>"
    ))
}

/// A `ListObjectsV2` page.
fn keys(keys: &[&str], next: Option<&str>) -> Reply {
    let contents: String = keys
        .iter()
        .map(|key| format!("<Contents><Key>{key}</Key><Size>1</Size></Contents>"))
        .collect();
    let token = next
        .map(|token| format!("<NextContinuationToken>{token}</NextContinuationToken>"))
        .unwrap_or_default();
    ok(format!(
        "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>site</Name>\
         <KeyCount>{}</KeyCount><MaxKeys>1</MaxKeys><IsTruncated>{}</IsTruncated>{contents}{token}</ListBucketResult>",
        keys.len(),
        next.is_some()
    ))
}

/// What `HeadObject` answers of an object, with these headers beside those that every object has.
fn stored(headers: &[(&'static str, &str)]) -> Reply {
    let always = [
        ("etag", "\"d41d8cd98f00b204e9800998ecf8427e\""),
        ("last-modified", "Fri, 02 Jan 2026 03:04:05 GMT"),
    ];
    let headers = always.iter().chain(headers);
    Reply::Answer(
        200,
        headers.map(|(name, value)| (*name, (*value).to_owned())).collect(),
        vec![],
    )
}
