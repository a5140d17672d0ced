//! What a call that did not succeed means, told from error codes and HTTP statuses alone, never from message texts.
//!
//! Two questions are kept apart. *Is the thing absent?* is answered by the not-found codes of each operation, in
//! the tables below, and by nothing else. *Why could it not be read?* is answered for everything else: a 403, a
//! throttle, a wrong region or a time-out is never an absence.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;

use crate::inventory::{Answer, Failure, Reason};

/// Codes that say "there is no such thing" per operation. Sources: the API reference's error list of each operation,
/// and the codes that terraform-provider-aws 5.46 takes for "gone" or "not configured" in its Read functions.
pub(super) mod absent {
    /// Any bucket operation: the bucket itself is not there. `NotFound` is what `HeadBucket` has, being without a body.
    pub(in crate::live::aws) const BUCKET: &[&str] = &["NoSuchBucket", "NotFound"];
    pub(in crate::live::aws) const TAGS: &[&str] = &["NoSuchTagSet", "NoSuchTagSetError"];
    pub(in crate::live::aws) const POLICY: &[&str] = &["NoSuchBucketPolicy"];
    pub(in crate::live::aws) const PUBLIC_ACCESS_BLOCK: &[&str] = &["NoSuchPublicAccessBlockConfiguration"];
    pub(in crate::live::aws) const OWNERSHIP: &[&str] = &["OwnershipControlsNotFoundError"];
    pub(in crate::live::aws) const WEBSITE: &[&str] = &["NoSuchWebsiteConfiguration"];
    pub(in crate::live::aws) const CORS: &[&str] = &["NoSuchCORSConfiguration"];
    pub(in crate::live::aws) const LIFECYCLE: &[&str] = &["NoSuchLifecycleConfiguration"];
    pub(in crate::live::aws) const ENCRYPTION: &[&str] = &["ServerSideEncryptionConfigurationNotFoundError"];
    pub(in crate::live::aws) const REPLICATION: &[&str] = &["ReplicationConfigurationNotFoundError"];
    pub(in crate::live::aws) const OBJECT_LOCK: &[&str] = &["ObjectLockConfigurationNotFoundError"];
    /// ACL, versioning, logging, acceleration and request payment exist for every bucket.
    pub(in crate::live::aws) const NEVER: &[&str] = &[];

    pub(in crate::live::aws) const DISTRIBUTION: &[&str] = &["NoSuchDistribution"];
    pub(in crate::live::aws) const DISTRIBUTION_TAGS: &[&str] = &["NoSuchResource", "NoSuchDistribution"];
    pub(in crate::live::aws) const ORIGIN_ACCESS_CONTROL: &[&str] = &["NoSuchOriginAccessControl"];
    pub(in crate::live::aws) const ORIGIN_ACCESS_IDENTITY: &[&str] = &["NoSuchCloudFrontOriginAccessIdentity"];
    pub(in crate::live::aws) const CONTINUOUS_DEPLOYMENT_POLICY: &[&str] = &["NoSuchContinuousDeploymentPolicy"];
    pub(in crate::live::aws) const ORIGIN_REQUEST_POLICY: &[&str] = &["NoSuchOriginRequestPolicy"];

    pub(in crate::live::aws) const ZONE: &[&str] = &["NoSuchHostedZone"];
    pub(in crate::live::aws) const HEALTH_CHECK: &[&str] = &["NoSuchHealthCheck"];

    pub(in crate::live::aws) const CERTIFICATE: &[&str] = &["ResourceNotFoundException"];
}

/// S3 error responses, "List of error codes"; CloudFront and Route 53 common errors.
const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AllAccessDisabled",
    "AccountProblem",
    "Forbidden",
    "InvalidPayer",
    "NotAuthorized",
    "NotSignedUp",
    "OptInRequired",
    "UnauthorizedAccess",
    "UnauthorizedOperation",
];
const THROTTLED: &[&str] = &[
    "BandwidthLimitExceeded",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequests",
    "TooManyRequestsException",
];
/// Credentials that AWS does not (or no longer) accept.
const CREDENTIALS: &[&str] = &[
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSecurity",
    "InvalidToken",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
    "UnrecognizedClientException",
];
const WRONG_REGION: &[&str] = &[
    "AuthorizationHeaderMalformed",
    "IllegalLocationConstraint",
    "IllegalLocationConstraintException",
    "PermanentRedirect",
    "Redirect",
    "TemporaryRedirect",
];
/// Also what third-party S3 says of sub-resources it lacks. terraform-provider-aws takes these for "not configured"
/// in the inline reads of `aws_s3_bucket`; here they stay "could not be read", and the comparison of those inline
/// attributes may decide otherwise.
const NOT_SUPPORTED: &[&str] = &[
    "MethodNotAllowed",
    "NotImplemented",
    "UnknownOperationException",
    "UnsupportedArgument",
    "UnsupportedOperation",
    "XNotImplemented",
];
const TIMED_OUT: &[&str] = &["RequestTimeout", "RequestTimeoutException"];

/// A call without success, reduced to what decisions may rest on.
#[derive(Clone, Debug)]
pub(super) struct CallError {
    kind: Kind,
    code: Option<String>,
    message: Option<String>,
    status: Option<u16>,
    request_id: Option<String>,
    /// The region that the answer says the bucket is in.
    region: Option<String>,
    /// The chain of causes, for what never became an answer.
    cause: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// AWS answered with an error.
    Refused,
    /// No answer in time.
    TimedOut,
    /// The request could not be delivered.
    Undelivered,
    /// An answer that cannot be read.
    Garbled,
    /// The request could not be made: no credentials, an argument that fits no URL.
    Unmade,
}

impl CallError {
    pub(super) fn new<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let raw = error.raw_response();
        let status = raw.map(|raw| raw.status().as_u16());
        let header = |name: &str| raw.and_then(|raw| raw.headers().get(name)).map(str::to_owned);
        let kind = match error {
            SdkError::TimeoutError(_) => Kind::TimedOut,
            SdkError::DispatchFailure(failure) if failure.is_timeout() => Kind::TimedOut,
            SdkError::DispatchFailure(failure) if failure.is_user() => Kind::Unmade,
            SdkError::DispatchFailure(_) => Kind::Undelivered,
            SdkError::ResponseError(_) => Kind::Garbled,
            // An error status whose body is not AWS's error document: a proxy, a load balancer.
            SdkError::ServiceError(_)
                if status.is_some_and(|status| (200..300).contains(&status)) && error.code().is_none() =>
            {
                Kind::Garbled
            }
            SdkError::ServiceError(_) => Kind::Refused,
            _ => Kind::Unmade,
        };
        Self {
            kind,
            code: error.code().map(str::to_owned),
            message: error.message().map(str::to_owned),
            status,
            request_id: header("x-amz-request-id").or_else(|| header("x-amzn-requestid")),
            region: header("x-amz-bucket-region")
                .or_else(|| raw.and_then(|raw| raw.body().bytes()).and_then(region_element))
                .filter(|region| is_region(region)),
            cause: match error {
                // The outer messages of these print the whole request.
                SdkError::DispatchFailure(failure) if failure.is_other() || failure.is_user() => last_cause(error),
                // The SDK's own two levels say "dispatch failure: io error" and nothing else.
                SdkError::DispatchFailure(_) => error
                    .source()
                    .and_then(Error::source)
                    .map_or_else(|| causes(error), causes),
                _ => causes(error),
            },
        }
    }

    /// AWS answered with one of these codes.
    pub(super) fn is(&self, codes: &[&str]) -> bool {
        self.kind == Kind::Refused && self.code.as_deref().is_some_and(|code| codes.contains(&code))
    }

    /// The bucket does not exist. A `HEAD` answer has no code but the status.
    pub(super) fn says_no_bucket(&self, head: bool) -> bool {
        self.is(absent::BUCKET) || (head && self.kind == Kind::Refused && self.status == Some(404))
    }

    /// `HeadObject` finds nothing under the key: no object, a delete marker, or no bucket. The answer has no code to
    /// tell which.
    pub(super) fn says_no_object(&self) -> bool {
        self.kind == Kind::Refused && self.status == Some(404)
    }

    /// A bare 400 to a `HEAD`: expired credentials, an object encrypted with a key of the customer's, or something
    /// else again. Only an operation whose answers have a body tells.
    pub(super) fn is_unexplained(&self) -> bool {
        self.kind == Kind::Refused && self.status == Some(400) && self.code.is_none() && self.region.is_none()
    }

    /// AWS's code, where it gave one.
    pub(super) fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Where the bucket is, if the answer tells (`x-amz-bucket-region`, or `<Region>` of AuthorizationHeaderMalformed).
    pub(super) fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// Why nothing is known. `operation` is the IAM action.
    pub(super) fn reason(&self, operation: &str) -> Reason {
        match self.kind {
            Kind::TimedOut => return Reason::Timeout,
            Kind::Undelivered => return Reason::Unreachable,
            Kind::Unmade => return Reason::BadAnswer,
            Kind::Garbled if self.status.is_some_and(|status| (200..300).contains(&status)) => {
                return Reason::BadAnswer;
            }
            Kind::Garbled | Kind::Refused => {}
        }
        // "MethodNotAllowed" is how S3 refuses the bucket's policy to a principal of another account.
        if operation == "s3:GetBucketPolicy" && (self.is(&["MethodNotAllowed"]) || self.status == Some(405)) {
            return Reason::AccessDenied;
        }
        let by_code = [
            (DENIED, Reason::AccessDenied),
            (THROTTLED, Reason::Throttled),
            (CREDENTIALS, Reason::ExpiredCredentials),
            (WRONG_REGION, Reason::WrongRegion),
            (NOT_SUPPORTED, Reason::NotSupported),
            (TIMED_OUT, Reason::Timeout),
        ];
        if let Some((_, reason)) = by_code.into_iter().find(|(codes, _)| self.is(codes)) {
            return reason;
        }
        match self.status.unwrap_or_default() {
            301 | 307 | 308 => Reason::WrongRegion,
            401 | 403 => Reason::AccessDenied,
            405 | 501 => Reason::NotSupported,
            408 | 504 => Reason::Timeout,
            429 => Reason::Throttled,
            // A HEAD with the wrong signing region is a bare 400 that names the right one.
            400 if self.region.is_some() => Reason::WrongRegion,
            500.. => Reason::ServerError,
            _ => Reason::BadAnswer,
        }
    }

    pub(super) fn failure(&self, operation: &str) -> Failure {
        Failure::new(self.reason(operation), operation, self.detail())
    }

    /// `Absent` for one of `codes`, a failure otherwise.
    pub(super) fn answer<T>(&self, operation: &str, codes: &[&str]) -> Answer<T> {
        if self.is(codes) {
            Answer::Absent
        } else {
            Answer::Failed(self.failure(operation))
        }
    }

    /// AWS's code and message with the request id; the causes where there was no answer. Never headers or bodies.
    pub(super) fn detail(&self) -> String {
        let mut text = match (&self.code, &self.message) {
            (Some(code), Some(message)) if !message.is_empty() => format!("{code}: {message}"),
            (Some(code), _) => code.clone(),
            (None, _) => match (self.kind, self.status) {
                (Kind::Refused, Some(status)) => format!("HTTP status {status} without an error code"),
                (_, Some(status)) => {
                    format!("HTTP status {status}, but the body is not the document that was asked for")
                }
                (_, None) => self.cause.clone(),
            },
        };
        if let Some(id) = &self.request_id {
            text.push_str(&format!(" (request {id})"));
        }
        text
    }
}

/// A successful answer without the document it should carry: nothing is known, least of all an absence.
pub(super) fn hollow<T>(operation: &str) -> Answer<T> {
    Answer::Failed(Failure::new(
        Reason::BadAnswer,
        operation,
        "the answer says success and holds nothing",
    ))
}

/// A listing of several pages that leads nowhere.
pub(super) fn stuck<T>(operation: &str) -> Answer<T> {
    Answer::Failed(Failure::new(
        Reason::BadAnswer,
        operation,
        "the listing does not advance: it says there is more, and not from where",
    ))
}

/// A page that lacks its size, which the API always states after the items and the SDK corrects to 0: the body ended
/// early, and what it lists is not all.
pub(super) fn cut_off<T>(operation: &str) -> Answer<T> {
    Answer::Failed(Failure::new(
        Reason::BadAnswer,
        operation,
        "the answer was cut off before its end",
    ))
}

/// The messages of an error and its sources, outermost first, without repetitions.
pub(super) fn causes(error: &dyn Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let text = error.to_string();
        if !text.is_empty() && parts.last() != Some(&text) {
            parts.push(text);
        }
        next = error.source();
    }
    parts.join(": ")
}

fn last_cause(error: &dyn Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

/// `<Region>eu-west-1</Region>` in S3's error document.
fn region_element(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let (_, rest) = text.split_once("<Region>")?;
    let (region, _) = rest.split_once("</Region>")?;
    Some(region.trim().to_owned())
}

/// A region name goes into a host name: only what can be one is taken from an answer or an ARN.
pub(super) fn is_region(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 32
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use aws_smithy_runtime_api::client::result::ConnectorError;
    use aws_smithy_runtime_api::http::StatusCode;
    use aws_smithy_types::body::SdkBody;
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;

    fn refused(status: u16, code: Option<&str>) -> CallError {
        refused_with(status, code, "", &[])
    }

    fn refused_with(
        status: u16,
        code: Option<&str>,
        body: &str,
        headers: &[(&'static str, &'static str)],
    ) -> CallError {
        let mut raw = HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body));
        for (name, value) in headers {
            raw.headers_mut().insert(*name, *value);
        }
        let mut meta = ErrorMetadata::builder();
        if let Some(code) = code {
            meta = meta.code(code).message("as AWS says it");
        }
        CallError::new(&SdkError::service_error(meta.build(), raw))
    }

    fn reason(status: u16, code: &str) -> Reason {
        refused(status, Some(code)).reason("s3:GetBucketTagging")
    }

    #[test]
    fn only_the_documented_code_of_the_operation_is_an_absence() {
        let error = refused(404, Some("NoSuchBucketPolicy"));
        assert_eq!(error.answer::<()>("s3:GetBucketPolicy", absent::POLICY), Answer::Absent);
        assert!(matches!(
            error.answer::<()>("s3:GetBucketWebsite", absent::WEBSITE),
            Answer::Failed(_)
        ));
        // The same code with another status is the same code; a bare 404 is none.
        assert!(matches!(
            refused(404, None).answer::<()>("s3:GetBucketPolicy", absent::POLICY),
            Answer::Failed(_)
        ));
        assert!(refused(404, None).says_no_bucket(true));
        assert!(!refused(404, None).says_no_bucket(false));
        assert!(!refused(403, None).says_no_bucket(true));
    }

    #[test]
    fn codes_decide_before_statuses() {
        assert_eq!(reason(403, "AccessDenied"), Reason::AccessDenied);
        assert_eq!(reason(503, "SlowDown"), Reason::Throttled);
        assert_eq!(reason(400, "Throttling"), Reason::Throttled);
        assert_eq!(reason(400, "PriorRequestNotComplete"), Reason::Throttled);
        assert_eq!(reason(403, "RequestThrottled"), Reason::Throttled);
        assert_eq!(reason(403, "InvalidAccessKeyId"), Reason::ExpiredCredentials);
        assert_eq!(reason(400, "ExpiredToken"), Reason::ExpiredCredentials);
        assert_eq!(reason(403, "SignatureDoesNotMatch"), Reason::ExpiredCredentials);
        assert_eq!(reason(301, "PermanentRedirect"), Reason::WrongRegion);
        assert_eq!(reason(400, "AuthorizationHeaderMalformed"), Reason::WrongRegion);
        assert_eq!(reason(405, "MethodNotAllowed"), Reason::NotSupported);
        assert_eq!(reason(400, "UnsupportedArgument"), Reason::NotSupported);
        assert_eq!(reason(501, "NotImplemented"), Reason::NotSupported);
        assert_eq!(reason(500, "InternalError"), Reason::ServerError);
        assert_eq!(reason(503, "ServiceUnavailable"), Reason::ServerError);
        assert_eq!(reason(400, "RequestTimeout"), Reason::Timeout);
        assert_eq!(reason(400, "InvalidArgument"), Reason::BadAnswer);
    }

    #[test]
    fn statuses_decide_where_there_is_no_code() {
        let bare = |status| refused(status, None).reason("s3:ListBucket");
        assert_eq!(bare(301), Reason::WrongRegion);
        assert_eq!(bare(400), Reason::BadAnswer);
        assert_eq!(bare(403), Reason::AccessDenied);
        assert_eq!(bare(429), Reason::Throttled);
        assert_eq!(bare(500), Reason::ServerError);
        assert_eq!(bare(501), Reason::NotSupported);
        assert_eq!(bare(504), Reason::Timeout);
    }

    #[test]
    fn a_policy_kept_from_another_account_is_a_denial() {
        assert_eq!(
            refused(405, Some("MethodNotAllowed")).reason("s3:GetBucketPolicy"),
            Reason::AccessDenied
        );
    }

    #[test]
    fn what_never_became_an_answer_is_told_apart() {
        let of = |error: SdkError<ErrorMetadata, HttpResponse>| CallError::new(&error).reason("s3:GetBucketAcl");
        assert_eq!(of(SdkError::timeout_error("slow")), Reason::Timeout);
        assert_eq!(
            of(SdkError::dispatch_failure(ConnectorError::timeout("slow".into()))),
            Reason::Timeout
        );
        assert_eq!(
            of(SdkError::dispatch_failure(ConnectorError::io("refused".into()))),
            Reason::Unreachable
        );
        let raw = |status| HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from("<html>"));
        assert_eq!(of(SdkError::response_error("not XML", raw(200))), Reason::BadAnswer);
        assert_eq!(of(SdkError::response_error("not XML", raw(502))), Reason::ServerError);
        assert_eq!(of(SdkError::response_error("not XML", raw(403))), Reason::AccessDenied);
    }

    #[test]
    fn the_region_comes_from_the_header_or_the_element_and_must_look_like_one() {
        let header = refused_with(301, None, "", &[("x-amz-bucket-region", "eu-west-1")]);
        assert_eq!(header.region(), Some("eu-west-1"));
        let element = refused_with(
            400,
            Some("AuthorizationHeaderMalformed"),
            "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-central-1</Region></Error>",
            &[],
        );
        assert_eq!(element.region(), Some("eu-central-1"));
        let nonsense = refused_with(301, None, "", &[("x-amz-bucket-region", "evil.example.com/")]);
        assert_eq!(nonsense.region(), None);
        assert_eq!(
            refused_with(400, None, "", &[("x-amz-bucket-region", "eu-west-1")]).reason("s3:ListBucket"),
            Reason::WrongRegion
        );
    }

    #[test]
    fn the_detail_is_aws_s_own_words_with_the_request_and_nothing_else() {
        let error = refused_with(
            403,
            Some("AccessDenied"),
            "<Error>body</Error>",
            &[("x-amz-request-id", "R1"), ("x-amz-id-2", "secret")],
        );
        assert_eq!(
            error.failure("s3:GetBucketPolicy").to_string(),
            "s3:GetBucketPolicy: AccessDenied: as AWS says it (request R1)"
        );
        assert_eq!(refused(403, None).detail(), "HTTP status 403 without an error code");
        let lost = CallError::new(&SdkError::<ErrorMetadata, HttpResponse>::dispatch_failure(
            ConnectorError::io("connection refused".into()),
        ));
        assert_eq!(lost.detail(), "connection refused");
    }
}
