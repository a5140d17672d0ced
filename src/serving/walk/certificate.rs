//! Whether TLS works for the host, now and in the weeks to come.

use std::time::Duration;

use jiff::Timestamp;

use crate::canon::dns;
use crate::finding::Severity;
use crate::inventory::{Certificate, Distribution, Inventory, RecordSet};
use crate::plan::Read;
use crate::rules;
use crate::serving::certificate_names::covering;
use crate::serving::dns::ZoneRef;
use crate::serving::trace::{Station, Visitor};

use super::distribution::DISTRIBUTION;
use super::step::{Draft, broken, touched};
use super::{Asked, Walker};

const CERTIFICATE: &str = "aws_acm_certificate";
/// ACM begins to renew 60 days before the end (ACM user guide, "Managed renewal"); what has not renewed with 30 days to
/// go needs a person.
const SOON: Duration = Duration::from_secs(30 * 24 * 3600);

impl Walker<'_> {
    /// `Some` where no visitor gets past TLS.
    pub(super) fn certificate(&mut self, distribution: &Distribution) -> Option<Visitor> {
        let viewer = &distribution.config.viewer_certificate;
        let at = touched(DISTRIBUTION, distribution.id.clone());
        if self.host == distribution.domain_name {
            self.good(Draft::new(Station::Certificate, "CloudFront's own certificate").evidence("*.cloudfront.net"));
            return None;
        }
        let Some(arn) = &viewer.acm_certificate_arn else {
            if let Some(id) = &viewer.iam_certificate_id {
                let draft = Draft::new(Station::Certificate, format!("IAM server certificate {id}"));
                self.doubt(draft, "server certificates in IAM are not read");
                return None;
            }
            if !viewer.cloudfront_default_certificate && !self.is_live() {
                return None;
            }
            let draft = Draft::new(Station::Certificate, "CloudFront's own certificate");
            if self.declares_own_certificate(&distribution.id) {
                // CloudFront refuses to add an alias without a certificate that covers it (API: InvalidViewerCertificate),
                // so nobody made it so by hand since it was applied.
                let why = "the state declares the alias with CloudFront's own certificate, which CloudFront refuses for a \
                           new alias; whether HTTPS works cannot be told";
                self.doubt(draft, why);
                return None;
            }
            return Some(self.uncovered(draft, distribution, "*.cloudfront.net", at));
        };
        let answer = Inventory::look_up(&self.inventory.certificate, arn);
        let draft = Draft::new(Station::Certificate, arn.clone()).touches(CERTIFICATE, arn.clone());
        let certificate = match self.ask(answer, || Read::Certificate(arn.clone())) {
            Asked::Found(certificate) => certificate,
            // The rest of the path does not depend on it.
            Asked::Pending => return None,
            Asked::Undeclared => return None,
            Asked::Failed(why) => {
                self.doubt(draft, format!("the certificate could not be read: {why}"));
                return None;
            }
            Asked::Absent => {
                let title = format!("the certificate of distribution {} does not exist", distribution.id);
                let detail = format!(
                    "{arn} is gone. Give the distribution a certificate that covers {}.",
                    self.host
                );
                self.fault(
                    draft,
                    broken(rules::CERTIFICATE_UNUSABLE, Severity::Critical, at, title, detail),
                );
                return Some(no_tls());
            }
        };
        let Some(name) = covering(&certificate.names, &self.host) else {
            let names = certificate.names.join(", ");
            return Some(self.uncovered(draft, distribution, &names, touched(CERTIFICATE, arn.clone())));
        };
        let draft = draft.evidence(format!("covers {} by {name}", self.host));
        self.validity(draft, certificate)
    }

    /// Whether the state, too, gives the distribution no certificate of its own.
    fn declares_own_certificate(&self, id: &str) -> bool {
        let declared = Inventory::look_up(&self.sides.state().distribution, id).found();
        declared.is_some_and(|distribution| distribution.config.viewer_certificate.cloudfront_default_certificate)
    }

    fn uncovered(
        &mut self,
        draft: Draft,
        distribution: &Distribution,
        names: &str,
        at: crate::serving::trace::Touched,
    ) -> Visitor {
        let title = format!(
            "the certificate of distribution {} does not cover {}",
            distribution.id, self.host
        );
        let detail = format!(
            "It covers {names}: browsers show a TLS error. Issue a certificate with {} among its names and give it to the distribution.",
            self.host
        );
        self.fault(
            draft,
            broken(rules::CERTIFICATE_DOES_NOT_COVER, Severity::Critical, at, title, detail),
        );
        no_tls()
    }

    fn validity(&mut self, draft: Draft, certificate: &Certificate) -> Option<Visitor> {
        let at = touched(CERTIFICATE, certificate.arn.clone());
        let time = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<Timestamp>().ok());
        let now = self.sides.now().parse::<Timestamp>().ok();
        let (before, after) = (time(&certificate.not_before), time(&certificate.not_after));
        let unusable = if !self.is_live() {
            None
        } else if now.zip(after).is_some_and(|(now, after)| after <= now) {
            Some("expired")
        } else if now.zip(before).is_some_and(|(now, before)| before > now) {
            Some("is not valid yet")
        } else {
            match certificate.status.as_str() {
                "EXPIRED" => Some("expired"),
                "REVOKED" => Some("was revoked"),
                "FAILED" | "VALIDATION_TIMED_OUT" | "INACTIVE" => Some("was never issued"),
                _ => None,
            }
        };
        let until = certificate
            .not_after
            .clone()
            .unwrap_or_else(|| "an unknown time".to_owned());
        let draft = draft.evidence(format!("status {}, valid until {until}", certificate.status));
        if let Some(what) = unusable {
            let title = format!("the certificate of {} {what}", self.host);
            let detail = format!(
                "{} ({}): browsers show a TLS error. Issue a new one.",
                certificate.arn, certificate.status
            );
            self.fault(
                draft,
                broken(rules::CERTIFICATE_UNUSABLE, Severity::Critical, at, title, detail),
            );
            return Some(no_tls());
        }
        let soon = now
            .zip(after)
            .is_some_and(|(now, after)| after.duration_since(now).unsigned_abs() <= SOON);
        let hindrance = self.hindrance(certificate);
        match hindrance {
            Some(why) if self.is_live() && (soon || certificate.renewal_status.as_deref() == Some("FAILED")) => {
                let title = format!("the certificate of {} ends at {until} and will not renew", self.host);
                let detail = format!("{why}. Browsers show a TLS error from then on.");
                self.fault(
                    draft,
                    broken(rules::CERTIFICATE_EXPIRES_SOON, Severity::High, at, title, detail),
                );
            }
            Some(why) => self.good(draft.evidence(why)),
            None => self.good(draft),
        }
        None
    }

    /// Why the certificate will not renew by itself, if anything says so.
    fn hindrance(&self, certificate: &Certificate) -> Option<String> {
        if certificate.imported {
            return Some("it was imported, and ACM does not renew imported certificates".to_owned());
        }
        if certificate.renewal_status.as_deref() == Some("FAILED") {
            return Some("ACM could not renew it".to_owned());
        }
        let missing = certificate
            .validation_records
            .iter()
            .find(|(name, value)| !self.may_validate(name, value));
        if let Some((name, value)) = missing {
            return Some(format!(
                "ACM's validation record {name} CNAME {value} is not in its zone, and without it ACM cannot renew"
            ));
        }
        let forbidden = certificate.names.iter().find_map(|name| self.forbidden(name))?;
        Some(format!(
            "the CAA record of {forbidden} names no authority of Amazon's, and without one ACM cannot renew"
        ))
    }

    /// The name whose CAA records keep Amazon from issuing for `name` (RFC 8659, 3: those closest above it count). What
    /// stands above the zones at hand is not known.
    fn forbidden(&self, name: &str) -> Option<String> {
        let wildcard = name.starts_with("*.");
        let mut at = dns::name(name.trim_start_matches("*."));
        loop {
            let (zone, sets) = self.sets_at(&at)?;
            let here = sets.iter().filter(|set| set.kind == "CAA");
            let values: Vec<&str> = here.flat_map(|set| set.values.iter().map(String::as_str)).collect();
            if !values.is_empty() {
                return (!caa_admits_amazon(&values, wildcard)).then_some(at);
            }
            if at == zone.name {
                return None;
            }
            at = at.split_once('.')?.1.to_owned();
        }
    }

    /// Whether the validation record is there, or cannot be looked for.
    fn may_validate(&self, name: &str, value: &str) -> bool {
        let (name, value) = (dns::name(name), dns::name(value));
        let Some((_, sets)) = self.sets_at(&name) else {
            return true;
        };
        let mut own = sets.iter().filter(|set| set.kind == "CNAME");
        own.any(|set| set.values.iter().any(|one| dns::name(one) == value))
    }

    /// The record sets of a name, with the deepest public zone that holds it; nothing where its records were not read.
    fn sets_at(&self, name: &str) -> Option<(&ZoneRef, &[RecordSet])> {
        let (zone, sets) = self.ground().zones.at(name)?;
        Inventory::look_up(&self.inventory.record_sets, &zone.id).found()?;
        Some((zone, sets))
    }
}

/// The names by which CAA records admit ACM (ACM user guide, "Certification Authority Authorization").
const AMAZON: [&str; 4] = ["amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"];

/// Whether CAA values such as `0 issue "amazon.com"` let Amazon issue. `issuewild` stands in for `issue` where a
/// wildcard is asked for; without either tag everybody may.
fn caa_admits_amazon(values: &[&str], wildcard: bool) -> bool {
    let tagged = |wanted: &str| -> Vec<String> {
        let of = |value: &&str| {
            let mut parts = value.splitn(3, char::is_whitespace);
            let (_, tag, authority) = (parts.next()?, parts.next()?, parts.next()?);
            let authority = authority.trim().trim_matches('"').split(';').next()?.trim();
            tag.eq_ignore_ascii_case(wanted).then(|| authority.to_ascii_lowercase())
        };
        values.iter().filter_map(of).collect()
    };
    let wild = if wildcard { tagged("issuewild") } else { Vec::new() };
    let authorities = if wild.is_empty() { tagged("issue") } else { wild };
    authorities.is_empty() || authorities.iter().any(|one| AMAZON.contains(&one.as_str()))
}

fn no_tls() -> Visitor {
    Visitor::NoAnswer {
        why: "TLS fails".to_owned(),
    }
}
