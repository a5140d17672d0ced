//! Whether an origin in S3 is asked with the viewer's Host header, which it cannot be.

use crate::finding::Severity;
use crate::inventory::{CacheBehavior, OriginRequestPolicy};
use crate::plan::Read;
use crate::rules;
use crate::serving::trace::Station;

use super::behaviour::Request;
use super::distribution::DISTRIBUTION;
use super::step::{Draft, broken, touched};
use super::{Asked, Reply, Walker};

/// Managed origin request policies that forward the viewer's Host header (CloudFront developer guide, "Use managed
/// origin request policies": AllViewer, AllViewerAndCloudFrontHeaders-2022-06).
const FORWARDS_HOST: [&str; 2] = [
    "216adef6-5c7f-47e4-b989-5492eafa07d3",
    "33f36d7e-f396-46d9-90e0-52428a34d9dc",
];
/// Managed ones that do not (CORS-S3Origin, CORS-CustomOrigin, UserAgentRefererHeaders, AllViewerExceptHostHeader,
/// Elemental-MediaTailor-PersonalizedManifests).
const KEEPS_HOST: [&str; 5] = [
    "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
    "59781a5b-3903-41f3-afcb-af62929ccde1",
    "acba4595-bd28-49b8-b9fe-13317c0390fa",
    "b689b0a8-53d0-40ab-baf2-68738e2966ac",
    "775133bc-15f2-49f9-abea-afb2e0bf67d2",
];

/// Managed cache policies that have Host in the cache key, and so send it to the origin (CloudFront developer guide, "Use
/// managed cache policies": Amplify, UseOriginCacheControlHeaders, UseOriginCacheControlHeaders-QueryStrings).
const KEYED_BY_HOST: [&str; 3] = [
    "2e54312d-136d-493c-8eb9-b001f22f67d2",
    "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
    "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
];

fn is_host(header: &str) -> bool {
    header.eq_ignore_ascii_case("host")
}

/// Whether a policy lets the viewer's Host header through (CloudFront API, OriginRequestPolicyHeadersConfig); the
/// behaviour itself where it is one that this program does not know.
fn lets_host_through(policy: &OriginRequestPolicy) -> Result<bool, &str> {
    match policy.header_behavior.as_str() {
        "none" => Ok(false),
        "whitelist" => Ok(policy.headers.iter().any(|header| is_host(header))),
        "allViewer" | "allViewerAndWhitelistCloudFront" => Ok(true),
        "allExcept" => Ok(!policy.headers.iter().any(|header| is_host(header))),
        unknown => Err(unknown),
    }
}

impl<'a> Walker<'a> {
    /// An S3 origin does not know the viewer's host.
    pub(super) fn host_header(&mut self, request: &Request<'a>, website: bool, origin: &str) -> Option<Reply> {
        let draft = Draft::new(Station::Behaviour, format!("headers to origin {origin}"));
        match self.forwards_host(request.behaviour) {
            Ok(false) => return None,
            Ok(true) => {}
            Err(why) => {
                self.doubt(
                    draft,
                    format!("whether S3 is asked with the viewer's Host header cannot be told: {why}"),
                );
                return None;
            }
        }
        let what = match website {
            true => "404 NoSuchBucket, or another bucket that is named like the host",
            false => "403 SignatureDoesNotMatch",
        };
        let title = format!(
            "distribution {} forwards the Host header to S3",
            request.distribution.id
        );
        let detail = format!(
            "S3 takes the bucket from Host, so visitors get {what}. Use a cache policy without Host (CachingOptimized, CachingDisabled) and an origin request policy without it (AllViewerExceptHostHeader)."
        );
        let at = touched(DISTRIBUTION, request.distribution.id.clone());
        self.fault(
            draft,
            broken(rules::HOST_HEADER_FORWARDED, Severity::Critical, at, title, detail),
        );
        Some(Reply::Status {
            code: 403,
            why: "S3 is asked with the viewer's Host header".to_owned(),
        })
    }

    /// Whether the origin sees the viewer's Host header, or why that cannot be told.
    fn forwards_host(&mut self, behaviour: &CacheBehavior) -> Result<bool, String> {
        let legacy = behaviour.forwarded_values.as_ref();
        if legacy.is_some_and(|values| values.headers.iter().any(|header| header == "*" || is_host(header))) {
            return Ok(true);
        }
        if behaviour
            .cache_policy_id
            .as_deref()
            .is_some_and(|id| KEYED_BY_HOST.contains(&id))
        {
            return Ok(true);
        }
        let Some(id) = behaviour.origin_request_policy_id.as_deref() else {
            return Ok(false);
        };
        if FORWARDS_HOST.contains(&id) || KEEPS_HOST.contains(&id) {
            return Ok(FORWARDS_HOST.contains(&id));
        }
        let answer = self.meant(|inventory| &inventory.origin_request_policy, id);
        match self.ask_beside(answer, || Read::OriginRequestPolicy(id.to_owned())) {
            Asked::Found(policy) => lets_host_through(policy)
                .map_err(|unknown| format!("origin request policy {id} has the header behaviour {unknown:?}")),
            Asked::Absent => Err(format!("origin request policy {id} does not exist")),
            Asked::Undeclared | Asked::Pending => Err(format!("origin request policy {id} is not declared")),
            Asked::Failed(why) => Err(format!("origin request policy {id} could not be read: {why}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_header_passes_by_the_policy() {
        for (behavior, headers, passes) in [
            ("none", &[][..], Ok(false)),
            ("whitelist", &["Origin"], Ok(false)),
            ("whitelist", &["Origin", "HOST"], Ok(true)),
            ("allViewer", &[], Ok(true)),
            (
                "allViewerAndWhitelistCloudFront",
                &["CloudFront-Viewer-Country"],
                Ok(true),
            ),
            ("allExcept", &["host"], Ok(false)),
            ("allExcept", &["Accept"], Ok(true)),
            ("some", &[], Err("some")),
        ] {
            let policy = OriginRequestPolicy {
                header_behavior: behavior.to_owned(),
                headers: headers.iter().map(|header| (*header).to_owned()).collect(),
                ..OriginRequestPolicy::default()
            };
            assert_eq!(lets_host_through(&policy), passes, "{behavior} {headers:?}");
        }
    }
}
