//! Origin or origin group, the endpoint behind it, and the identity it is asked with.

use std::collections::BTreeSet;

use crate::finding::Severity;
use crate::iam::request::{Caller, Signing};
use crate::inventory::{Inventory, Origin};
use crate::plan::Read;
use crate::rules;
use crate::serving::origin_domain::{Form, OriginDomain};
use crate::serving::trace::{Station, Verdict};

use super::behaviour::Request;
use super::distribution::DISTRIBUTION;
use super::step::{Draft, broken, touched};
use super::{Asked, Reply, Walker};

/// A bucket as an origin, and how it is asked.
pub(super) struct Place<'r, 'a> {
    pub(super) request: &'r Request<'a>,
    pub(super) origin: &'a Origin,
    pub(super) domain: OriginDomain,
    pub(super) bucket: String,
    pub(super) caller: Caller,
    /// The origin path without slashes at its ends.
    pub(super) prefix: String,
}

impl<'a> Walker<'a> {
    /// Asks the origin, or the origins of a group in their order.
    pub(super) fn target(&mut self, request: &Request<'a>) -> Reply {
        let config = &request.distribution.config;
        let id = &request.behaviour.target_origin_id;
        if let Some(group) = config.origin_groups.iter().find(|group| group.id == *id) {
            return self.group(request, &group.members, &group.status_codes, id);
        }
        self.origin_by_id(request, id)
    }

    fn origin_by_id(&mut self, request: &Request<'a>, id: &str) -> Reply {
        match request
            .distribution
            .config
            .origins
            .iter()
            .find(|origin| origin.id == id)
        {
            Some(origin) => self.origin(request, origin),
            None => {
                let why = format!("the distribution has no origin {id}");
                self.doubt(Draft::new(Station::Origin, format!("origin {id}")), why.clone());
                Reply::Unknown { why }
            }
        }
    }

    fn group(&mut self, request: &Request<'a>, members: &[String], codes: &[i64], id: &str) -> Reply {
        // A set: state and live each have an order of their own.
        let codes_text: BTreeSet<String> = codes.iter().map(ToString::to_string).collect();
        let codes_text: Vec<String> = codes_text.into_iter().collect();
        let draft = Draft::new(
            Station::Origin,
            format!("origin group {id}: {}", members.join(", then ")),
        )
        .touches(DISTRIBUTION, request.distribution.id.clone())
        .evidence(format!("gives way on {}", codes_text.join(", ")));
        self.good(draft);
        let mut members = members.iter();
        let Some(primary) = members.next() else {
            return Reply::Unknown {
                why: format!("origin group {id} is empty"),
            };
        };
        self.depth += 1;
        let start = self.steps.len();
        let mut reply = self.origin_by_id(request, primary);
        let middle = self.steps.len();
        if let Reply::Status { code, .. } = &reply
            && codes.contains(&i64::from(*code))
            && let Some(secondary) = members.next()
        {
            let code = *code;
            let second = self.origin_by_id(request, secondary);
            if matches!(second, Reply::Object { .. } | Reply::Redirect { .. }) {
                self.served_by_secondary(request, start..middle, primary, secondary, code);
            }
            reply = second;
        }
        self.depth -= 1;
        reply
    }

    /// The secondary serves: what is broken at the primary is one finding of lesser weight.
    fn served_by_secondary(
        &mut self,
        request: &Request<'a>,
        steps: std::ops::Range<usize>,
        primary: &str,
        secondary: &str,
        code: u16,
    ) {
        let mut causes = Vec::new();
        for step in self.steps.iter_mut().take(steps.end).skip(steps.start) {
            if let Verdict::Broken(fault) = &step.verdict {
                causes.push(fault.title.clone());
                step.verdict = Verdict::Remark(fault.title.clone());
            }
        }
        let at = touched(DISTRIBUTION, request.distribution.id.clone());
        let title = format!(
            "origin {primary} of distribution {} fails, {secondary} serves in its place",
            request.distribution.id
        );
        let detail = format!(
            "It answers {code}: {}. Visitors get the secondary's content until it is repaired.",
            causes.join("; ")
        );
        let draft = Draft::new(Station::Origin, format!("served by the secondary {secondary}"));
        self.fault(
            draft,
            broken(rules::PRIMARY_ORIGIN_BROKEN, Severity::Medium, at, title, detail),
        );
    }

    fn origin(&mut self, request: &Request<'a>, origin: &'a Origin) -> Reply {
        let domain = OriginDomain::parse(&origin.domain_name);
        let path = origin.origin_path.as_deref().unwrap_or_default();
        let mut draft = Draft::new(
            Station::Origin,
            format!("origin {}: {}{path}", origin.id, domain.domain),
        )
        .touches(DISTRIBUTION, request.distribution.id.clone());
        let outside = |what: &str| format!("{} is {what}; what it answers is not followed", domain.domain);
        let open = match domain.form {
            _ if origin.vpc_origin.is_some() => Some(outside("in a VPC")),
            Form::Custom | Form::AwsOther => Some(outside("outside S3")),
            Form::CloudFront => Some(format!(
                "{} is another distribution: one behind another can answer 403",
                domain.domain
            )),
            Form::AccessPointAlias | Form::AccessPoint | Form::MultiRegionAccessPoint | Form::DirectoryBucket => {
                Some(outside("an access point or directory bucket, whose own policy decides"))
            }
            _ => None,
        };
        if let Some(why) = open {
            self.doubt(draft, why.clone());
            return Reply::Unknown { why };
        }
        let Some(bucket) = domain
            .bucket()
            .map(str::to_owned)
            .filter(|_| !domain.form.is_unusable_origin())
        else {
            return self.unusable(
                draft,
                request,
                &domain.domain,
                "CloudFront cannot ask S3 by this endpoint",
            );
        };
        let website = domain.form.is_website();
        let https = origin
            .custom_origin
            .as_ref()
            .is_some_and(|custom| custom.origin_protocol_policy != "http-only");
        if website && https {
            return self.unusable(
                draft,
                request,
                &domain.domain,
                "a website endpoint speaks HTTP only, and the origin is asked by HTTPS",
            );
        }
        let rest_https = origin
            .custom_origin
            .as_ref()
            .is_some_and(|custom| custom.origin_protocol_policy == "https-only");
        if !website && rest_https && bucket.contains('.') {
            return self.unusable(
                draft,
                request,
                &domain.domain,
                "the certificate of S3 does not cover a bucket name with dots",
            );
        }
        let caller = match self.identity(&mut draft, request, origin) {
            Ok(caller) => caller,
            Err(reply) => return reply,
        };
        self.good(draft);
        if let Some(reply) = self.host_header(request, website, &origin.id) {
            return reply;
        }
        let prefix = path.trim_matches('/').to_owned();
        self.bucket(Place {
            request,
            origin,
            domain,
            bucket,
            caller,
            prefix,
        })
    }

    fn unusable(&mut self, draft: Draft, request: &Request<'a>, domain: &str, why: &str) -> Reply {
        let title = format!(
            "distribution {} cannot get anything from {domain}",
            request.distribution.id
        );
        let detail = format!(
            "{}: visitors get an error. Use the bucket's regional endpoint (BUCKET.s3.REGION.amazonaws.com), or http-only for a website endpoint.",
            capital(why)
        );
        let at = touched(DISTRIBUTION, request.distribution.id.clone());
        self.fault(
            draft,
            broken(rules::ORIGIN_ENDPOINT_UNUSABLE, Severity::Critical, at, title, detail),
        );
        Reply::Status {
            code: 502,
            why: why.to_owned(),
        }
    }

    /// The identity that reaches S3 (A2.1 of the CloudFront page "Restrict access to an Amazon S3 origin").
    fn identity(&mut self, draft: &mut Draft, request: &Request<'a>, origin: &'a Origin) -> Result<Caller, Reply> {
        let take = |draft: &mut Draft| std::mem::replace(draft, Draft::new(Station::Origin, ""));
        let add = |draft: &mut Draft, line: String| *draft = take(draft).evidence(line);
        if origin.custom_origin.is_some() {
            add(draft, "asked without an identity".to_owned());
            return Ok(Caller::Anonymous);
        }
        if let Some(id) = &origin.origin_access_control_id {
            *draft = take(draft).touches("aws_cloudfront_origin_access_control", id.clone());
            let answer = Inventory::look_up(&self.inventory.origin_access_control, id);
            let control = match self.ask(answer, || Read::OriginAccessControl(id.clone())) {
                Asked::Found(control) => control,
                Asked::Pending => return Err(Reply::Pending),
                Asked::Absent => {
                    return Err(self.no_identity(
                        take(draft),
                        request,
                        origin,
                        &format!("origin access control {id} does not exist"),
                    ));
                }
                Asked::Undeclared => {
                    return Ok(Caller::oac(&request.distribution.arn, Signing::Always));
                }
                Asked::Failed(why) => {
                    self.doubt(
                        take(draft),
                        format!("the origin access control could not be read: {why}"),
                    );
                    return Err(Reply::Unknown { why });
                }
            };
            if control.origin_type != "s3" && !control.origin_type.is_empty() {
                let what = format!("origin access control {id} is for {}, not for S3", control.origin_type);
                return Err(self.no_identity(take(draft), request, origin, &what));
            }
            let signing = match control.signing_behavior.as_str() {
                "never" => Signing::Never,
                "no-override" => Signing::NoOverride,
                _ => Signing::Always,
            };
            add(
                draft,
                format!("origin access control {id}, signs {}", control.signing_behavior),
            );
            return Ok(Caller::oac(&request.distribution.arn, signing));
        }
        let identity = origin
            .s3_origin
            .as_ref()
            .and_then(|s3| s3.origin_access_identity.as_deref());
        let Some(id) = identity
            .map(|path| path.rsplit('/').next().unwrap_or(path))
            .filter(|id| !id.is_empty())
        else {
            add(draft, "asked without an identity".to_owned());
            return Ok(Caller::Anonymous);
        };
        *draft = take(draft).touches("aws_cloudfront_origin_access_identity", id);
        add(draft, format!("origin access identity {id}"));
        let answer = Inventory::look_up(&self.inventory.origin_access_identity, id);
        let canonical = match self.ask(answer, || Read::OriginAccessIdentity(id.to_owned())) {
            Asked::Found(identity) => Some(identity.s3_canonical_user_id.clone()),
            Asked::Pending => return Err(Reply::Pending),
            Asked::Absent => {
                return Err(self.no_identity(
                    take(draft),
                    request,
                    origin,
                    &format!("origin access identity {id} does not exist"),
                ));
            }
            Asked::Undeclared | Asked::Failed(_) => None,
        };
        Ok(Caller::Oai {
            id: id.to_owned(),
            canonical,
        })
    }

    fn no_identity(&mut self, draft: Draft, request: &Request<'a>, origin: &Origin, what: &str) -> Reply {
        let title = format!(
            "distribution {} has no identity to read its bucket with: {what}",
            request.distribution.id
        );
        let detail = format!(
            "S3 refuses its requests and visitors get 403. Give origin {} an origin access control that the bucket policy admits.",
            origin.id
        );
        let at = touched(DISTRIBUTION, request.distribution.id.clone());
        self.fault(
            draft,
            broken(rules::ORIGIN_IDENTITY_MISSING, Severity::Critical, at, title, detail),
        );
        Reply::Status {
            code: 403,
            why: what.to_owned(),
        }
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
