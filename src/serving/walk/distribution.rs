//! The distribution that answers, and whether it can.

use std::collections::BTreeSet;

use crate::finding::Severity;
use crate::inventory::{Distribution, Inventory};
use crate::plan::Read;
use crate::rules;
use crate::serving::certificate_names::AliasMatch;
use crate::serving::dns::{RecordType, Target};
use crate::serving::trace::{Side, Station, Touched, Visitor};

use super::owner::{Known, Owner};
use super::records::{Ways, pending};
use super::step::{Draft, broken, touched};
use super::{Asked, Walker, account_of};

pub(super) const DISTRIBUTION: &str = "aws_cloudfront_distribution";

impl<'a> Walker<'a> {
    /// What visitors get whom the records send to CloudFront.
    pub(super) fn cloudfront(&mut self, ways: &Ways) -> Visitor {
        let (known, alias, matched) = match self.owner() {
            Owner::Pending => return pending(),
            Owner::Unknown(why) => {
                let draft = Draft::new(Station::Distribution, format!("distribution of {}", self.host));
                self.doubt(draft, format!("the distributions could not be listed: {why}"));
                return Visitor::Unknown { why };
            }
            Owner::Nobody => return self.nobody(ways),
            Owner::Held { known, alias, matched } => (known, alias, matched),
        };
        let answer = Inventory::look_up(&self.inventory.distribution, known.id);
        let draft =
            Draft::new(Station::Distribution, format!("{} {}", known.id, known.domain)).touches(DISTRIBUTION, known.id);
        let draft = draft.evidence(match matched {
            AliasMatch::Exact => format!("has the alias {alias}"),
            AliasMatch::Wildcard { .. } => format!("has the alias {alias}, the longest that covers {}", self.host),
        });
        let full: &'a Distribution = match self.ask(answer, || Read::Distribution(known.id.to_owned())) {
            Asked::Found(full) => full,
            Asked::Pending => return pending(),
            Asked::Absent | Asked::Undeclared => {
                let why = format!("{} is listed, and its configuration is not there", known.id);
                self.doubt(draft, why.clone());
                return Visitor::Unknown { why };
            }
            Asked::Failed(why) => {
                self.doubt(draft, format!("its configuration could not be read: {why}"));
                return Visitor::Unknown { why };
            }
        };
        self.distribution = Some(full.id.clone());
        let config = &full.config;
        if !config.enabled {
            let title = format!("distribution {} is disabled", full.id);
            let detail = format!("It holds the alias of {} and answers nobody. Enable it.", self.host);
            let at = touched(DISTRIBUTION, full.id.clone());
            self.fault(
                draft,
                broken(rules::DISTRIBUTION_DISABLED, Severity::Critical, at, title, detail),
            );
            return Visitor::NoAnswer {
                why: "the distribution is disabled".to_owned(),
            };
        }
        if config.connection_mode.as_deref() == Some("tenant-only") {
            let why = "aliases, certificates and parameters live in distribution tenants, which are not read";
            self.doubt(draft, why);
            return Visitor::Unknown { why: why.to_owned() };
        }
        if let Some(stop) = self.targets(ways, &known) {
            return stop;
        }
        self.settled(draft, full);
        if let Some(stop) = self.certificate(full) {
            return stop;
        }
        self.behaviour(full)
    }

    /// The step of a distribution that answers.
    fn settled(&mut self, mut draft: Draft, full: &'a Distribution) {
        let config = &full.config;
        if full.status == "InProgress" {
            let since = full.last_modified.as_deref().unwrap_or("an unknown time");
            draft = draft.evidence(format!("a change made at {since} is still being rolled out"));
        }
        if let Some(acl) = &config.web_acl_id {
            draft = draft.evidence(format!(
                "web ACL {acl} decides over every request; its rules are not read"
            ));
        }
        let geo = &config.geo_restriction;
        // A set: state and live each have an order of their own.
        let places: Vec<&str> = geo
            .locations
            .iter()
            .map(String::as_str)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        match geo.restriction_type.as_str() {
            "whitelist" => draft = draft.evidence(format!("only for visitors in {}", places.join(", "))),
            "blacklist" => draft = draft.evidence(format!("403 for visitors in {}", places.join(", "))),
            _ => {}
        }
        self.good(draft);
        // A staging distribution only echoes the id of the policy that sends it requests.
        if let Some(policy) = config
            .continuous_deployment_policy_id
            .as_deref()
            .filter(|_| !config.staging)
        {
            self.continuous_deployment(full, policy);
        }
    }

    /// Whether the records lead to the distribution that holds the alias. CloudFront goes by the alias, but only where
    /// the name that the record points to exists at all.
    fn targets(&mut self, ways: &Ways, owner: &Known<'a>) -> Option<Visitor> {
        let distributions = &self.ground().distributions;
        let mut stop = None;
        for (domain, record) in ways.cloudfront() {
            if domain == owner.domain || owner.domain.is_empty() || domain == self.host {
                continue;
            }
            let draft = Draft::new(Station::Distribution, format!("the record points to {domain}"))
                .touches(record.terraform_type, record.id.clone());
            let Some(other) = distributions.named(domain) else {
                if !self.is_live() {
                    self.remark(draft, "the state declares no distribution of that name");
                    continue;
                }
                if self.pending_listing() {
                    return Some(pending());
                }
                let (fault, gone) = self.dangling(domain, record, Some(owner));
                self.fault(draft, fault);
                if gone {
                    stop = Some(Visitor::NoAnswer {
                        why: format!("{domain} is gone"),
                    });
                }
                continue;
            };
            if other.staging {
                let title = format!("{} points at the staging distribution {}", self.host, other.id);
                let detail = format!(
                    "A staging distribution answers no name; only its primary sends requests to it. Point the record at {}.",
                    owner.domain
                );
                let fault = broken(
                    rules::STAGING_DISTRIBUTION_ADDRESSED,
                    Severity::Critical,
                    record.clone(),
                    title,
                    detail,
                );
                self.fault(draft, fault);
                continue;
            }
            let title = format!(
                "the record of {} points to {}, its alias is on {}",
                self.host, other.id, owner.id
            );
            let detail = format!(
                "CloudFront goes by the alias, so visitors get {} and no sign of a mistake, until {} changes or goes. Point the record at {}.",
                owner.id, other.id, owner.domain
            );
            self.fault(
                draft,
                broken(
                    rules::RECORD_POINTS_ELSEWHERE,
                    Severity::Medium,
                    record.clone(),
                    title,
                    detail,
                ),
            );
        }
        stop
    }

    /// Whether the listing of all distributions is still to be read.
    fn pending_listing(&mut self) -> bool {
        let inventory = self.inventory;
        matches!(
            self.ask(&inventory.distributions, || Read::Distributions),
            Asked::Pending
        )
    }

    /// A record that points to a CloudFront name which is no distribution of the account. The flag says whether that
    /// distribution is known to be gone.
    fn dangling(
        &self,
        domain: &str,
        record: &Touched,
        owner: Option<&Known<'_>>,
    ) -> (crate::serving::trace::Break, bool) {
        let declared = self.sides.ground(Side::State).distributions.named(domain);
        let gone = declared.is_some_and(|one| account_of(one.arn).is_none_or(|account| !self.is_foreign(account)));
        let severity = if gone { Severity::Critical } else { Severity::High };
        let title = format!(
            "{} points to {domain}, which is no distribution {}",
            self.host,
            self.of_account()
        );
        let mut detail = match gone {
            true => {
                format!("The state says that {domain} was ours: the distribution is gone and visitors get no answer.")
            }
            false => "Whether visitors are answered is up to whoever owns that name.".to_owned(),
        };
        if let Some(owner) = owner {
            detail.push_str(&format!(
                " The alias is on {}: point the record at {}.",
                owner.id, owner.domain
            ));
        } else {
            detail.push_str(" Point the record at the distribution that is to serve the host, or remove it.");
        }
        (
            broken(rules::ALIAS_DANGLING, severity, record.clone(), title, detail),
            gone,
        )
    }

    /// No distribution has the host as an alias.
    fn nobody(&mut self, ways: &Ways) -> Visitor {
        let distributions = &self.ground().distributions;
        let declared = self.sides.ground(Side::State).distributions.holder(&self.host);
        let title = format!("no distribution has the alias {}", self.host);
        let elsewhere =
            declared.is_some_and(|(one, ..)| account_of(one.arn).is_some_and(|account| self.is_foreign(account)));
        let declared_target = ways
            .cloudfront()
            .any(|(domain, _)| distributions.named(domain).is_some());
        if !self.is_live() && !declared_target {
            self.remark(
                Draft::new(Station::Distribution, title),
                "the state declares no distribution with this alias",
            );
            return Visitor::Unknown {
                why: "not declared".to_owned(),
            };
        }
        if self.is_live() && elsewhere {
            let why = "its distribution lives in an account that these credentials are not of";
            self.doubt(Draft::new(Station::Distribution, title), why);
            return Visitor::Unknown { why: why.to_owned() };
        }
        if let Some((domain, record)) = ways.cloudfront().next() {
            let draft = Draft::new(Station::Distribution, title.clone());
            if let Some(target) = distributions.named(domain) {
                let draft = draft.touches(DISTRIBUTION, target.id);
                if target.staging {
                    let title = format!("{} points at the staging distribution {}", self.host, target.id);
                    let detail = "A staging distribution answers no name. Point the record at its primary.";
                    let fault = broken(
                        rules::STAGING_DISTRIBUTION_ADDRESSED,
                        Severity::Critical,
                        record.clone(),
                        title,
                        detail,
                    );
                    self.fault(draft, fault);
                } else {
                    let draft = draft.evidence(format!("its aliases: {}", target.aliases.join(", ")));
                    let title = format!("{} is no alias of {}, where its record points", self.host, target.id);
                    let detail = format!(
                        "No other distribution {} has the alias either: visitors get a TLS error or 403. Add the alias to {}, or point the record at the distribution that is to serve the host.",
                        self.of_account(),
                        target.id
                    );
                    let at = touched(DISTRIBUTION, target.id);
                    self.fault(
                        draft,
                        broken(rules::HOST_NOT_ALIASED, Severity::Critical, at, title, detail),
                    );
                }
                return Visitor::Error {
                    status: 403,
                    why: format!("{} is an alias of no distribution", self.host),
                };
            }
            let (fault, gone) = self.dangling(domain, record, None);
            if gone {
                self.fault(draft, fault);
                return Visitor::NoAnswer {
                    why: format!("{domain} is gone"),
                };
            }
            if self.declared_elsewhere(domain) {
                let draft = draft.touches(record.terraform_type, record.id.clone());
                let title = format!("{} points to {domain}, the state says otherwise", self.host);
                let detail = format!(
                    "{domain} is no distribution {}, so it cannot be told what visitors get; it is not what is declared. Apply to put the record back.",
                    self.of_account()
                );
                let fault = broken(
                    rules::RECORD_POINTS_ELSEWHERE,
                    Severity::Critical,
                    record.clone(),
                    title,
                    detail,
                );
                self.fault(draft, fault);
                return Visitor::Unknown {
                    why: format!("{domain} is not in this account"),
                };
            }
            let why = format!(
                "{domain} is no distribution {}; it may be another account's",
                self.of_account()
            );
            self.doubt(draft, why.clone());
            return Visitor::Unknown { why };
        }
        let why = "neither its records nor an alias tell where it is served";
        self.doubt(Draft::new(Station::Distribution, title), why);
        Visitor::Unknown { why: why.to_owned() }
    }

    /// Whether the state's record of the host leads to another CloudFront or S3 name.
    fn declared_elsewhere(&self, domain: &str) -> bool {
        let resolutions = [RecordType::A, RecordType::Aaaa].map(|query| self.declared_resolution(query));
        let mut targets = resolutions.iter().flat_map(|one| one.targets());
        targets.any(|target| match target {
            Target::CloudFront { domain: declared } => declared != domain,
            Target::S3Website { .. } | Target::S3Rest { .. } => true,
            _ => false,
        })
    }

    /// What visitors get whom the records send to neither CloudFront nor S3.
    pub(super) fn elsewhere(&mut self, ways: &Ways) -> Vec<Visitor> {
        let mut visitors = Vec::new();
        for (target, record) in &ways.targets {
            if !matches!(target, Target::Addresses { .. } | Target::Other { .. }) {
                continue;
            }
            let draft = Draft::new(
                Station::Record,
                format!("{} is served outside CloudFront and S3", self.host),
            )
            .touches(record.terraform_type, record.id.clone())
            .evidence(format!("leads to {target}"));
            if self.is_live() && self.declared_elsewhere("") {
                let title = format!("{} leads to {target}, not to the site", self.host);
                let detail = "The state's record leads to CloudFront or S3. Visitors get something else than is declared: apply to put the record back.";
                let fault = broken(
                    rules::RECORD_POINTS_ELSEWHERE,
                    Severity::Critical,
                    record.clone(),
                    title,
                    detail,
                );
                self.fault(draft, fault);
            } else {
                self.remark(draft, "not followed");
            }
            visitors.push(Visitor::Unknown {
                why: format!("{target} is outside CloudFront and S3"),
            });
        }
        visitors
    }
}
