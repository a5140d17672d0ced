//! Whether the health checks by which Route 53 chooses among a name's records ask what they are meant to. What a check
//! finds is no configuration and not read.

use std::net::IpAddr;

use crate::canon::dns;
use crate::finding::Severity;
use crate::inventory::{HealthCheck, Inventory};
use crate::plan::Read;
use crate::rules;
use crate::serving::dns::{End, Hop, Member, Policy, RecordType, Target, resolve};
use crate::serving::origin_domain::OriginDomain;
use crate::serving::trace::Station;

use super::step::{Draft, broken, touched};
use super::{Asked, Walker};

const HEALTH_CHECK: &str = "aws_route53_health_check";

/// What is to be said of a check.
#[derive(Debug, PartialEq)]
enum Judged {
    Good,
    /// Odd, and declared so, or not ours to judge.
    Remark(String),
    /// What is wrong, and what it does.
    Misleads(&'static str, String),
    Doubt(String),
}

impl Walker<'_> {
    /// The checks on one way that a request may go. Only a check of a record that Route 53 chooses among others
    /// decides anything: a single record is answered whatever its check says (Route 53 developer guide, "How Amazon
    /// Route 53 chooses records when health checking is configured").
    pub(super) fn health_checks(&mut self, member: &Member) {
        if !self.is_live() {
            return;
        }
        for (place, hop) in member.path.iter().enumerate() {
            let chosen = || {
                member
                    .path
                    .iter()
                    .take(place + 1)
                    .any(|hop| hop.policy != Policy::Simple)
            };
            if let Some(id) = hop.health_check.as_deref().filter(|_| chosen()) {
                self.health_check(id, hop, member);
            }
        }
    }

    fn health_check(&mut self, id: &str, hop: &Hop, member: &Member) {
        // The records of both address types share their check as a rule: it is judged once.
        let title = match &hop.record.set_identifier {
            Some(member) => format!("health check {id} of {} ({member})", hop.record.name),
            None => format!("health check {id} of {}", hop.record.name),
        };
        if self.steps.iter().any(|step| step.title == title) {
            return;
        }
        let draft = Draft::new(Station::Record, title.clone()).touches(HEALTH_CHECK, id);
        let declared = Inventory::look_up(&self.sides.state().health_check, id).found();
        let answer = Inventory::look_up(&self.inventory.health_check, id);
        let judged = match self.ask_beside(answer, || Read::HealthCheck(id.to_owned())) {
            Asked::Found(check) => self.judged(check, declared, hop, member),
            Asked::Absent if declared.is_some() => {
                let effect = "Route 53 does not say whether it takes the record for healthy from then on";
                Judged::Misleads("does not exist", effect.to_owned())
            }
            Asked::Absent => Judged::Doubt(format!("it is no health check {}", self.of_account())),
            Asked::Failed(why) => Judged::Doubt(format!("what it asks could not be read: {why}")),
            Asked::Undeclared | Asked::Pending => return,
        };
        match judged {
            Judged::Good => self.good(draft),
            Judged::Remark(text) => self.remark(draft, text),
            Judged::Doubt(why) => {
                let why = format!("whether {title} finds out when its target is broken cannot be told: {why}");
                self.doubt(draft, why);
            }
            Judged::Misleads(what, effect) => {
                let detail = match declared {
                    Some(_) => format!("{effect}. The state declares it otherwise: apply to put it right."),
                    None => format!("{effect}. Put it right, or take it off the record."),
                };
                let fault = broken(
                    rules::HEALTH_CHECK_MISLEADS,
                    Severity::Medium,
                    touched(HEALTH_CHECK, id),
                    format!("{title} {what}"),
                    detail,
                );
                self.fault(draft, fault);
            }
        }
    }

    fn judged(&self, check: &HealthCheck, declared: Option<&HealthCheck>, hop: &Hop, member: &Member) -> Judged {
        if check.disabled {
            if declared.is_some_and(|one| one.disabled) {
                return Judged::Remark("it is disabled, as declared".to_owned());
            }
            // A disabled check passes, and an inverted one that passes fails (API, HealthCheckConfig).
            let taken = if check.inverted { "broken" } else { "healthy" };
            let effect = format!(
                "Nothing is asked, and Route 53 takes {} for {taken} whatever happens",
                hop.record
            );
            return Judged::Misleads("is disabled", effect);
        }
        if check.inverted && !declared.is_some_and(|one| one.inverted) {
            // Which way round the alarm or the other checks are that it stands on, is not known.
            if declared.is_none() && !asks_endpoint(check) {
                return Judged::Remark("it is inverted".to_owned());
            }
            let effect = format!("Route 53 takes {} for broken while its target answers", hop.record);
            return Judged::Misleads("is inverted", effect);
        }
        let odd = check
            .inverted
            .then(|| Judged::Remark("it is inverted, as declared".to_owned()));
        let asked = endpoint(check);
        if asked.is_empty() || self.is_of_record(check, hop, member) {
            return odd.unwrap_or(Judged::Good);
        }
        match declared {
            Some(one) if endpoint(one) == asked => {
                odd.unwrap_or_else(|| Judged::Remark(format!("it asks {asked}, as declared")))
            }
            Some(_) => {
                let effect = format!("It asks {asked}, which is not where {} leads", hop.record);
                Judged::Misleads("asks another host", effect)
            }
            None => Judged::Doubt(format!("it asks {asked}, and no state declares it")),
        }
    }

    /// Whether the check asks what the record leads to, under whichever of its names.
    fn is_of_record(&self, check: &HealthCheck, hop: &Hop, member: &Member) -> bool {
        let End::Target(target) = &member.end else {
            return true;
        };
        if let (Some(address), Target::Addresses { values }) = (&check.ip_address, target) {
            return values.iter().any(|value| same_address(value, address));
        }
        let Some(name) = check.fully_qualified_domain_name.as_deref().map(dns::name) else {
            return false;
        };
        let under_wildcard = hop
            .record
            .name
            .strip_prefix('*')
            .is_some_and(|parent| name.ends_with(parent));
        let passed = member
            .path
            .iter()
            .any(|hop| name == hop.asked || name == hop.record.name);
        if passed || under_wildcard || self.leads_to(&name, target, hop) {
            return true;
        }
        let zones = &self.ground().zones;
        let families = [RecordType::A, RecordType::Aaaa].map(|query| resolve(&name, query, zones));
        families.iter().any(|answer| answer.targets().any(|one| one == target))
    }

    /// Whether the name is one of the target's own.
    fn leads_to(&self, name: &str, target: &Target, hop: &Hop) -> bool {
        match target {
            Target::CloudFront { domain } | Target::CloudFrontChina { domain } => {
                let distributions = &self.ground().distributions;
                let known = distributions.named(domain);
                let full = known.and_then(|known| Inventory::look_up(&self.inventory.distribution, known.id).found());
                let mut origins = full.iter().flat_map(|full| &full.config.origins);
                let holder = distributions.holder(name).map(|(holder, ..)| holder.id);
                name == domain
                    || (holder.is_some() && holder == known.map(|known| known.id))
                    || origins.any(|origin| dns::name(&origin.domain_name) == name)
            }
            Target::S3Website { endpoint, .. } | Target::S3Rest { endpoint, .. } => {
                name == endpoint || OriginDomain::parse(name).bucket() == Some(hop.asked.as_str())
            }
            Target::Other { name: other, .. } => name == other,
            Target::Addresses { .. } => false,
        }
    }
}

/// Whether it is the check itself that asks, and not an alarm or other checks.
fn asks_endpoint(check: &HealthCheck) -> bool {
    !["CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL"].contains(&check.kind.as_str())
}

/// The host that a check asks; empty for one that asks none.
fn endpoint(check: &HealthCheck) -> String {
    if !asks_endpoint(check) {
        return String::new();
    }
    let name = check.fully_qualified_domain_name.as_deref().map(dns::name);
    match (name, &check.ip_address) {
        (Some(name), Some(address)) => format!("{address} for {name}"),
        (Some(name), None) => name,
        (None, Some(address)) => address.clone(),
        (None, None) => String::new(),
    }
}

fn same_address(one: &str, other: &str) -> bool {
    let parsed = |text: &str| text.trim().parse::<IpAddr>().ok();
    parsed(one).is_some_and(|one| parsed(other) == Some(one))
}
