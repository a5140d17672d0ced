//! Values of condition keys in one request: known, absent or unknown (part A2.2 of the semantics
//! reference). What is not listed is unknown, never absent.

use super::access::BucketFacts;
use super::pattern::Binding;
use super::request::{Caller, ContextValue, Header, Request};
use super::tri::Tri;

/// The service principal behind every origin access control (China was not checked).
pub(super) const CLOUDFRONT: &str = "cloudfront.amazonaws.com";

/// Everything a statement is evaluated against.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    /// The caller as S3 sees it.
    pub(super) caller: &'a Caller,
    pub(super) bucket: &'a BucketFacts,
    pub(super) request: &'a Request,
}

impl Context<'_> {
    /// The value of a condition key given in lower case.
    pub(super) fn value(&self, key: &str) -> ContextValue {
        if let Some(value) = self.request.context.get(key) {
            return value.clone();
        }
        match key {
            "aws:sourcearn" | "aws:sourceaccount" | "aws:sourceorgid" | "aws:sourceorgpaths" => self.source(key),
            "aws:securetransport" => match self.tls() {
                Tri::True => ContextValue::one("true"),
                Tri::False => ContextValue::one("false"),
                Tri::Unknown => ContextValue::Unknown,
            },
            "aws:referer" => header(&self.request.referer, ContextValue::Absent),
            "aws:useragent" => {
                let default = ContextValue::one("Amazon CloudFront");
                header(&self.request.user_agent, default)
            }
            "aws:viaawsservice" => ContextValue::one("false"),
            "aws:sourcevpc" | "aws:sourcevpce" | "aws:vpcsourceip" => ContextValue::Absent,
            "aws:currenttime" | "aws:epochtime" => match self.request.now {
                Some(seconds) => ContextValue::one(seconds.to_string()),
                None => ContextValue::Unknown,
            },
            "aws:resourceaccount" => match &self.bucket.account {
                Some(account) => ContextValue::one(account),
                None => ContextValue::Unknown,
            },
            "s3:prefix" | "s3:delimiter" | "s3:versionid" if !self.request.action.is_on_bucket() => {
                ContextValue::Absent
            }
            _ => self.principal(key),
        }
    }

    /// What a `${variable}` stands for. A key with several values cannot be one.
    pub(super) fn binding(&self, key: &str) -> Binding {
        match self.value(key) {
            ContextValue::Known(values) => match <[String; 1]>::try_from(values) {
                Ok([text]) => Binding::Text(text),
                Err(_) => Binding::Unknown,
            },
            ContextValue::Absent => Binding::Absent,
            ContextValue::Unknown => Binding::Unknown,
        }
    }

    fn tls(&self) -> Tri {
        use super::request::Signing::Always;
        match self.caller {
            _ if self.request.website => Tri::False,
            Caller::Oac { signing: Always, .. } => Tri::True,
            _ => self.request.tls,
        }
    }

    /// Keys about the service a call is made for: only an origin access control has them.
    fn source(&self, key: &str) -> ContextValue {
        let Caller::Oac {
            distribution_arn,
            account,
            ..
        } = self.caller
        else {
            return ContextValue::Absent;
        };
        let from_arn = || distribution_arn.as_deref()?.split(':').nth(4);
        let known = match key {
            "aws:sourcearn" => distribution_arn.as_deref(),
            "aws:sourceaccount" => account.as_deref().or_else(from_arn),
            _ => None,
        };
        known.map_or(ContextValue::Unknown, ContextValue::one)
    }

    /// Keys about the caller.
    fn principal(&self, key: &str) -> ContextValue {
        use ContextValue::{Absent, Unknown};
        match (key, self.caller) {
            ("aws:principalisawsservice", Caller::Oac { .. }) => ContextValue::one("true"),
            // Inferred: no page of AWS says what an origin access identity is here.
            ("aws:principalisawsservice", Caller::Oai { .. }) => ContextValue::one("false"),
            ("aws:principalisawsservice", Caller::Anonymous) => Absent,
            ("aws:principalservicename" | "aws:principalservicenameslist", Caller::Oac { .. }) => {
                ContextValue::one(CLOUDFRONT)
            }
            ("aws:principalservicename" | "aws:principalservicenameslist", _) => Absent,
            ("aws:principalarn", Caller::Oai { id, .. }) => ContextValue::one(format!(
                "arn:{}:iam::cloudfront:user/CloudFront Origin Access Identity {id}",
                self.bucket.partition
            )),
            ("aws:principalarn", Caller::Anonymous) => Absent,
            ("aws:principalaccount", Caller::Anonymous) => ContextValue::one("anonymous"),
            (
                "aws:principalorgid"
                | "aws:principalorgpaths"
                | "aws:multifactorauthpresent"
                | "aws:multifactorauthage",
                _,
            ) => Absent,
            ("aws:username", Caller::Oac { .. } | Caller::Anonymous) => Absent,
            _ => Unknown,
        }
    }
}

fn header(header: &Header, default: ContextValue) -> ContextValue {
    match header {
        Header::Default => default,
        Header::Fixed(text) => ContextValue::one(text),
        Header::Forwarded => ContextValue::Unknown,
    }
}
