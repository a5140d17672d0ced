//! Host to zone to record sets, every member of a routing policy.

use std::collections::BTreeSet;

use crate::canon::dns;
use crate::finding::Severity;
use crate::inventory::{Inventory, ZoneSummary};
use crate::plan::Read;
use crate::rules;
use crate::serving::declared;
use crate::serving::dns::{
    Basis, End, Member, Note, Outcome, RecordRef, RecordType, Records, Resolution, Step, Target, Unknown, Zone, ZoneRef,
    Zones, resolve,
};
use crate::serving::trace::{Side, Station, Touched, Verdict, Visitor};

use super::step::{Draft, broken, touched};
use super::{PROBE_LABEL, Walker};

/// Where the records send visitors.
pub(super) enum Reach {
    Stop(Visitor),
    Ways(Ways),
}

/// The ends of a host's records, each once.
#[derive(Default)]
pub(super) struct Ways {
    /// Targets with a record that leads there.
    pub(super) targets: Vec<(Target, Touched)>,
    /// The records are not known: the host may lead anywhere.
    pub(super) unknown: bool,
}

impl Ways {
    pub(super) fn leads_to_cloudfront(&self) -> bool {
        self.unknown || self.cloudfront().next().is_some()
    }

    /// The CloudFront names that records point to.
    pub(super) fn cloudfront(&self) -> impl Iterator<Item = (&str, &Touched)> {
        self.targets.iter().filter_map(|(target, record)| match target {
            Target::CloudFront { domain } | Target::CloudFrontChina { domain } => Some((domain.as_str(), record)),
            _ => None,
        })
    }
}

/// Terraform's import id of a record set.
pub(super) fn record_id(record: &RecordRef) -> Touched {
    let id = declared::record_id(&record.zone.id, &record.name, &record.kind, record.set_identifier.as_deref());
    touched("aws_route53_record", id)
}

/// The zones of one side as the resolver takes them.
fn zones(side: Side, inventory: &Inventory, listed: &[ZoneSummary]) -> Zones {
    let zone = |summary: &ZoneSummary| {
        let records = match (Inventory::look_up(&inventory.record_sets, &summary.id).known(), side) {
            (Ok(Some(sets)), Side::Live) => Records::Complete(sets.clone()),
            (Ok(Some(sets)), Side::State) => Records::Partial(sets.clone()),
            (Ok(None), Side::Live) => Records::Unread("the zone is gone".to_owned()),
            (_, Side::State) => Records::Partial(Vec::new()),
            (Err(failure), Side::Live) => Records::Unread(failure.to_string()),
        };
        Zone::new(summary, Inventory::look_up(&inventory.zone, &summary.id).found(), records)
    };
    Zones::new(listed.iter().map(zone))
}

impl Walker<'_> {
    /// The host's records on the other side than this one: what the state says of a host that is walked live.
    pub(super) fn declared_resolution(&self, query: RecordType) -> Resolution {
        let listed = self.sides.state.zones.found().map(Vec::as_slice).unwrap_or_default();
        resolve(&self.host, query, &zones(Side::State, self.sides.state, listed))
    }

    /// Whether the state holds a record set of the host's own name that visitors would ask for.
    fn is_declared(&self) -> bool {
        self.declared_kind().is_some()
    }

    /// The type of that record set.
    fn declared_kind(&self) -> Option<&str> {
        let sets = self.sides.state.record_sets.values().filter_map(|answer| answer.found()).flatten();
        let kinds = sets.filter(|set| dns::name(&set.name) == self.host).map(|set| set.kind.as_str());
        kinds.filter(|kind| ["A", "AAAA", "CNAME"].contains(kind)).min()
    }

    pub(super) fn records(&mut self) -> Reach {
        if self.host.ends_with(".cloudfront.net") {
            let record = touched("aws_cloudfront_distribution", self.host.clone());
            let target = Target::CloudFront { domain: self.host.clone() };
            return Reach::Ways(Ways { targets: vec![(target, record)], unknown: false });
        }
        let inventory = self.inventory;
        let listed: &[ZoneSummary] = match self.ask(&inventory.zones, || Read::Zones) {
            super::Asked::Found(zones) => zones,
            super::Asked::Pending => return Reach::Stop(pending()),
            super::Asked::Failed(why) => {
                let draft = Draft::new(Station::Zone, format!("zone of {}", self.host));
                self.doubt(draft, format!("the zones could not be listed: {why}"));
                return Reach::Ways(Ways { unknown: true, ..Ways::default() });
            }
            super::Asked::Absent | super::Asked::Undeclared => &[],
        };
        let zones = zones(self.side, inventory, listed);
        let answers = [RecordType::A, RecordType::Aaaa].map(|query| resolve(&self.host, query, &zones));
        if self.is_live() && self.ask_for_zones(&answers) {
            return Reach::Stop(pending());
        }
        self.zone_step(&answers);
        let mut ways = Ways::default();
        let mut seen = BTreeSet::new();
        for answer in &answers {
            self.notes(answer);
            for member in answer.members() {
                self.member(member, answer.query, &mut ways, &mut seen);
            }
            if let Outcome::CannotTell { why, .. } = &answer.outcome
                && answer.query == RecordType::A
            {
                self.unknown(why);
                ways.unknown = true;
            }
        }
        ways.unknown |= answers.iter().all(|answer| matches!(answer.outcome, Outcome::NotOurs));
        if !ways.unknown && ways.targets.is_empty() && !answers.iter().any(|answer| answer.members().iter().any(open)) {
            return self.no_answer(&answers);
        }
        let [a, aaaa] = &answers;
        self.one_family(a, aaaa, &ways);
        Reach::Ways(ways)
    }

    /// Asks for the records, or the name servers, without which the zones cannot be followed.
    fn ask_for_zones(&mut self, answers: &[Resolution]) -> bool {
        let before = self.needs.len();
        let whys = answers.iter().flat_map(|answer| {
            let of_members = answer.members().iter().filter_map(|member| match &member.end {
                End::CannotTell(why) => Some(why),
                _ => None,
            });
            let own = match &answer.outcome {
                Outcome::CannotTell { why, .. } => Some(why),
                _ => None,
            };
            of_members.chain(own).collect::<Vec<_>>()
        });
        for why in whys {
            match why {
                Unknown::ZoneUnread { zone, .. } => {
                    let answer = Inventory::look_up(&self.inventory.record_sets, &zone.id);
                    self.ask(answer, || Read::RecordSets(zone.id.clone()));
                }
                Unknown::NameServersUnknown { candidates, .. } => {
                    for zone in candidates {
                        let answer = Inventory::look_up(&self.inventory.zone, &zone.id);
                        self.ask(answer, || Read::Zone(zone.id.clone()));
                    }
                }
                _ => {}
            }
        }
        self.needs.len() > before
    }

    fn zone_step(&mut self, answers: &[Resolution]) {
        let steps = answers.first().map(|answer| answer.steps.as_slice()).unwrap_or_default();
        let Some(last) = steps.last() else {
            if matches!(answers.first().map(|answer| &answer.outcome), Some(Outcome::NotOurs)) {
                let draft = Draft::new(Station::Zone, format!("zone of {}", self.host));
                let why = match self.side {
                    Side::Live => format!("not checked: no zone {} covers the host", self.of_account()),
                    Side::State => "the state declares no zone of the host".to_owned(),
                };
                self.doubt(draft, why);
            }
            return;
        };
        let zone = match last {
            Step::Top { zone, .. } => zone,
            Step::Delegated { to, .. } => to,
        };
        let mut draft = Draft::new(Station::Zone, zone.to_string()).touches("aws_route53_zone", zone.id.clone());
        for step in steps {
            draft = draft.evidence(step.to_string());
        }
        if self.host.starts_with(&format!("{PROBE_LABEL}.")) {
            draft = draft.evidence(format!("{} stands for every name under its wildcard", self.host));
        }
        if matches!(last, Step::Top { basis: Basis::Assumed, .. }) {
            draft = draft.evidence("nothing at hand says what the registrar delegates to; taken for the zone in use");
        }
        self.good(draft);
    }

    /// One way that a request may go.
    fn member(&mut self, member: &Member, query: RecordType, ways: &mut Ways, seen: &mut BTreeSet<String>) {
        let Some(last) = member.last() else { return };
        let title: Vec<String> = member.path.iter().map(ToString::to_string).collect();
        let title = title.join("; ");
        if !seen.insert(format!("{} {title}", query.name())) || !seen.insert(title.clone()) {
            return;
        }
        let mut draft = Draft::new(Station::Record, title);
        for hop in &member.path {
            let id = record_id(&hop.record);
            draft = draft.touches(id.terraform_type, id.id);
            if hop.wildcard {
                draft = draft.evidence(format!("the wildcard answers for {}", hop.asked));
            }
            if let Some(check) = &hop.health_check {
                draft = draft.evidence(format!("health check {check}"));
            }
        }
        if let Some(share) = member.share {
            draft = draft.evidence(format!("{:.1} % of all answers", share * 100.0));
        }
        let at = record_id(&last.record);
        let nobody = member.share == Some(0.0);
        match &member.end {
            End::Target(target) => {
                draft = draft.evidence(format!("leads to {target}"));
                let shadowed = self.is_live() && member.by_wildcard() && self.is_declared();
                if shadowed {
                    let detail = format!(
                        "The state declares a record of {} itself; it is gone, and {} answers instead. Apply to put the record back.",
                        self.host, last.record
                    );
                    let title = format!("{} is answered by a wildcard record, not by its own", self.host);
                    self.fault(draft, broken(rules::WILDCARD_ANSWERS_FOR_HOST, Severity::High, at.clone(), title, detail));
                } else {
                    self.good(draft);
                }
                if !nobody && !ways.targets.iter().any(|(known, _)| known == target) {
                    ways.targets.push((target.clone(), at));
                }
            }
            End::NxDomain(place) | End::NoData(place) => {
                let title = format!("a record of {} leads to {}, which does not exist", self.host, place.name);
                let detail = format!(
                    "Visitors who get this record get no address. Create the record at {place} or point {} elsewhere.",
                    last.record
                );
                self.fault(draft, broken(rules::ALIAS_DANGLING, Severity::Critical, at, title, detail));
            }
            End::Loop(names) => {
                let title = format!("the records of {} lead in a circle", self.host);
                let detail = format!("{}: resolvers answer with an error. Break the circle.", names.join(" -> "));
                self.fault(draft, broken(rules::HOST_DOES_NOT_RESOLVE, Severity::Critical, at, title, detail));
            }
            End::CannotTell(why) => self.doubt(draft, why.to_string()),
        }
    }

    fn notes(&mut self, answer: &Resolution) {
        for note in &answer.notes {
            let text = note.to_string();
            if self.steps.iter().any(|step| step.title == text) {
                continue;
            }
            let draft = Draft::new(Station::Record, text.clone());
            match note {
                Note::ShadowedByDelegation { record, cut } if self.is_ours(&record.zone) => {
                    let at = record_id(record);
                    let detail = format!(
                        "Resolvers ask the name servers of {cut} and never see this record. Move it to the zone of {cut}, or remove the delegation."
                    );
                    let title = format!("{record} has no effect: {cut} is delegated elsewhere");
                    let fault = broken(rules::RECORD_SHADOWED_BY_DELEGATION, Severity::High, at, title, detail);
                    self.fault(draft, fault);
                }
                Note::ZoneNotReached { zone, records } if !records.is_empty() && self.is_ours(zone) => {
                    self.not_delegated(draft, zone);
                }
                Note::NoDefaultLocation { at, kind } => {
                    let record = touched("aws_route53_record", format!("{}_{}_{kind}", at.zone.id, at.name));
                    let title = format!("{kind} {}: visitors from places that no record names get no answer", at.name);
                    let detail = "Add a record with the default location (`*`).";
                    self.fault(draft, broken(rules::GEOLOCATION_WITHOUT_DEFAULT, Severity::Medium, record, title, detail));
                }
                Note::NeverFailsOver { record } => {
                    let title = format!("{record} never gives way to its secondary");
                    let detail = "The primary has no health check and no target whose health is known. Give it a health check.";
                    let at = record_id(record);
                    self.fault(draft, broken(rules::FAILOVER_CANNOT_FAIL_OVER, Severity::Medium, at, title, detail));
                }
                Note::FailoverIncomplete { at, kind, missing } => {
                    let record = touched("aws_route53_record", format!("{}_{}_{kind}", at.zone.id, at.name));
                    let title = format!("{kind} {}: the failover group has no {missing} record", at.name);
                    let detail = "Nothing can take over, or nothing is there to take over from. Add the record.";
                    self.fault(draft, broken(rules::FAILOVER_CANNOT_FAIL_OVER, Severity::Medium, record, title, detail));
                }
                Note::FailoverBetweenDistributions { at, primary, secondary } => {
                    let record = touched("aws_route53_record", format!("{}_{}_A", at.zone.id, at.name));
                    let title = format!("{}: failover between two distributions ends in 403", at.name);
                    let detail = format!(
                        "An alias lives on one distribution only, so {} and {} cannot both serve the host. Use an origin group in one distribution.",
                        primary.join(", "),
                        secondary.join(", ")
                    );
                    let fault = broken(rules::FAILOVER_BETWEEN_DISTRIBUTIONS, Severity::High, record, title, detail);
                    self.fault(draft, fault);
                }
                _ => self.remark(draft, text),
            }
        }
    }

    fn not_delegated(&mut self, draft: Draft, zone: &ZoneRef) {
        let title = format!("{zone} is not the zone that answers for {}", self.host);
        let detail = "Its records of the host have no effect: the delegation above it names other name servers. Correct the NS record of the parent zone (or the registrar), or move the records.";
        let at = touched("aws_route53_zone", zone.id.clone());
        self.fault(draft, broken(rules::ZONE_NOT_DELEGATED, Severity::High, at, title, detail));
    }

    /// Whether some state manages the zone: a leftover that nobody manages is nobody's fault.
    fn is_ours(&self, zone: &ZoneRef) -> bool {
        let declared = self.sides.state.zones.found();
        declared.is_some_and(|zones| zones.iter().any(|one| one.id == zone.id))
    }

    fn unknown(&mut self, why: &Unknown) {
        let draft = Draft::new(Station::Zone, format!("zone of {}", self.host));
        if let Unknown::DelegatedOutside { cut, owned, .. } = why {
            let named = owned.iter().find(|zone| zone.name == *cut && self.is_ours(zone) && self.is_declared());
            if let Some(zone) = named {
                return self.not_delegated(draft, &zone.clone());
            }
        }
        self.doubt(draft, why.to_string());
    }

    /// Neither address type is answered.
    fn no_answer(&mut self, answers: &[Resolution]) -> Reach {
        let at = |answer: &Resolution| match &answer.outcome {
            Outcome::NoData { at, via } => Some((at.clone(), via.clone(), "has no A or AAAA record")),
            Outcome::NxDomain { at, via } => Some((at.clone(), via.clone(), "does not exist")),
            _ => None,
        };
        let found = answers.iter().find_map(at);
        let why = match &found {
            Some((place, _, what)) => format!("{} {what} in {}", place.name, place.zone),
            None => "its records lead in a circle".to_owned(),
        };
        let Some((place, via, _)) = found else {
            let names = answers.iter().find_map(|answer| match &answer.outcome {
                Outcome::Loop { names, via } => Some((names.join(" -> "), via.first().map(|hop| record_id(&hop.record)))),
                _ => None,
            });
            let (names, record) = names.unwrap_or_default();
            let title = format!("the records of {} lead in a circle", self.host);
            let detail = format!("{names}: resolvers answer with an error. Break the circle.");
            let mut fault = broken(rules::HOST_DOES_NOT_RESOLVE, Severity::Critical, touched("", ""), title, detail);
            fault.at = record;
            self.fault(Draft::new(Station::Record, why.clone()), fault);
            return Reach::Stop(Visitor::NoAnswer { why });
        };
        let mut draft = Draft::new(Station::Record, format!("no address for {}", self.host)).evidence(why.clone());
        for hop in &via {
            let id = record_id(&hop.record);
            draft = draft.evidence(hop.to_string()).touches(id.terraform_type, id.id);
        }
        if let Some(last) = via.last() {
            let title = format!("{} leads to {}, which does not resolve", self.host, place.name);
            let detail = format!("Visitors get no address. Create {} or point {} elsewhere.", place.name, last.record);
            let fault = broken(rules::ALIAS_DANGLING, Severity::Critical, record_id(&last.record), title, detail);
            self.fault(draft, fault);
        } else if !self.is_live() {
            self.remark(draft, "the state declares no record of the host");
            return Reach::Ways(Ways { unknown: true, ..Ways::default() });
        } else if self.is_declared() {
            let title = format!("{} does not resolve", self.host);
            let detail = format!("{why}, although the state declares its record: nobody reaches the site under this name. Apply to put the record back.");
            let kind = self.declared_kind().unwrap_or("A");
            let id = touched("aws_route53_record", declared::record_id(&place.zone.id, &self.host, kind, None));
            self.fault(draft, broken(rules::HOST_DOES_NOT_RESOLVE, Severity::Critical, id, title, detail));
        } else if let Some(owner) = self.alias_holder() {
            let title = format!("{} is an alias of a distribution, and no record leads there", self.host);
            let detail = format!("{why}. Add a record for the host, or take the alias off the distribution.");
            let at = touched("aws_cloudfront_distribution", owner);
            self.fault(draft, broken(rules::ALIAS_WITHOUT_RECORD, Severity::Low, at, title, detail));
        } else {
            self.remark(draft, why.clone());
        }
        Reach::Stop(Visitor::NoAnswer { why })
    }

    /// One address type is answered, the other is not.
    fn one_family(&mut self, a: &Resolution, aaaa: &Resolution, ways: &Ways) {
        let missing = |answer: &Resolution| matches!(answer.outcome, Outcome::NoData { .. } | Outcome::NxDomain { .. });
        if missing(a) && !aaaa.members().is_empty() {
            let Some(hop) = aaaa.members().first().and_then(Member::first) else { return };
            let title = format!("{} has an AAAA record and no A record", self.host);
            let detail = "Everybody without IPv6 gets no address. Add the A record.";
            let draft = Draft::new(Station::Record, format!("no A record for {}", self.host));
            let at = record_id(&hop.record);
            self.fault(draft, broken(rules::HOST_DOES_NOT_RESOLVE, Severity::Critical, at, title, detail));
        }
        if !missing(aaaa) || a.members().is_empty() || ways.cloudfront().next().is_none() {
            return;
        }
        let draft = Draft::new(Station::Record, format!("no AAAA record for {}", self.host));
        let ipv6 = self.alias_holder().is_some_and(|id| {
            let full = Inventory::look_up(&self.inventory.distribution, &id).found();
            full.is_some_and(|distribution| distribution.config.is_ipv6_enabled)
        });
        if !ipv6 {
            return;
        }
        let declared = self.is_live() && !self.declared_resolution(RecordType::Aaaa).members().is_empty();
        let Some(hop) = a.members().first().and_then(Member::first) else { return };
        if declared {
            let title = format!("{} has lost its AAAA record", self.host);
            let detail = "Visitors with IPv6 alone get no address. Apply to put the record back.";
            let at = touched("aws_route53_record", format!("{}_{}_AAAA", hop.record.zone.id, hop.record.name));
            self.fault(draft, broken(rules::IPV6_RECORD_MISSING, Severity::Low, at, title, detail));
        } else {
            self.push(draft, Verdict::Remark("the distribution speaks IPv6, and the host has no AAAA record".to_owned()));
        }
    }
}

fn open(member: &Member) -> bool {
    matches!(member.end, End::CannotTell(_))
}

/// What a visitor gets as long as a read is to be done.
pub(super) fn pending() -> Visitor {
    Visitor::Unknown { why: "not read yet".to_owned() }
}
