//! What is wrong with a host's records: no address, no effect, no way out.

use crate::finding::Severity;
use crate::inventory::Inventory;
use crate::rules;
use crate::serving::declared;
use crate::serving::dns::{Member, Note, Outcome, RecordType, Resolution, Unknown, ZoneRef};
use crate::serving::trace::{Side, Station, Verdict, Visitor};

use super::Walker;
use super::records::{Reach, Ways, record_id};
use super::step::{Draft, broken, touched};

impl Walker<'_> {
    pub(super) fn notes(&mut self, answer: &Resolution) {
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
                    let title = format!(
                        "{kind} {}: visitors from places that no record names get no answer",
                        at.name
                    );
                    let detail = "Add a record with the default location (`*`).";
                    self.fault(
                        draft,
                        broken(
                            rules::GEOLOCATION_WITHOUT_DEFAULT,
                            Severity::Medium,
                            record,
                            title,
                            detail,
                        ),
                    );
                }
                Note::NeverFailsOver { record } => {
                    let title = format!("{record} never gives way to its secondary");
                    let detail =
                        "The primary has no health check and no target whose health is known. Give it a health check.";
                    let at = record_id(record);
                    self.fault(
                        draft,
                        broken(rules::FAILOVER_CANNOT_FAIL_OVER, Severity::Medium, at, title, detail),
                    );
                }
                Note::FailoverIncomplete { at, kind, missing } => {
                    let record = touched("aws_route53_record", format!("{}_{}_{kind}", at.zone.id, at.name));
                    let title = format!("{kind} {}: the failover group has no {missing} record", at.name);
                    let detail = "Nothing can take over, or nothing is there to take over from. Add the record.";
                    self.fault(
                        draft,
                        broken(
                            rules::FAILOVER_CANNOT_FAIL_OVER,
                            Severity::Medium,
                            record,
                            title,
                            detail,
                        ),
                    );
                }
                Note::FailoverBetweenDistributions { at, primary, secondary } => {
                    let record = touched("aws_route53_record", format!("{}_{}_A", at.zone.id, at.name));
                    let title = format!("{}: failover between two distributions ends in 403", at.name);
                    let detail = format!(
                        "An alias lives on one distribution only, so {} and {} cannot both serve the host. Use an origin group in one distribution.",
                        primary.join(", "),
                        secondary.join(", ")
                    );
                    let fault = broken(
                        rules::FAILOVER_BETWEEN_DISTRIBUTIONS,
                        Severity::High,
                        record,
                        title,
                        detail,
                    );
                    self.fault(draft, fault);
                }
                // A state never declares all of a zone, so there it says nothing.
                Note::PartlyKnown { .. } if !self.is_live() => {}
                _ => self.remark(draft, text),
            }
        }
    }

    fn not_delegated(&mut self, draft: Draft, zone: &ZoneRef) {
        let title = format!("{zone} is not the zone that answers for {}", self.host);
        let detail = "Its records of the host have no effect: the delegation above it names other name servers. Correct the NS record of the parent zone (or the registrar), or move the records.";
        let at = touched("aws_route53_zone", zone.id.clone());
        self.fault(
            draft,
            broken(rules::ZONE_NOT_DELEGATED, Severity::High, at, title, detail),
        );
    }

    /// Whether some state manages the zone: a leftover that nobody manages is nobody's fault.
    fn is_ours(&self, zone: &ZoneRef) -> bool {
        let declared = self.sides.state().zones.found();
        declared.is_some_and(|zones| zones.iter().any(|one| one.id == zone.id))
    }

    pub(super) fn unknown(&mut self, why: &Unknown) {
        let draft = Draft::new(Station::Zone, format!("zone of {}", self.host));
        if let Unknown::DelegatedOutside { cut, owned, .. } = why {
            let named = owned
                .iter()
                .find(|zone| zone.name == *cut && self.is_ours(zone) && self.is_declared());
            if let Some(zone) = named {
                return self.not_delegated(draft, &zone.clone());
            }
        }
        self.doubt(draft, why.to_string());
    }

    /// Neither address type is answered.
    pub(super) fn no_answer(&mut self, answers: &[Resolution]) -> Reach {
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
                Outcome::Loop { names, via } => {
                    Some((names.join(" -> "), via.first().map(|hop| record_id(&hop.record))))
                }
                _ => None,
            });
            let (names, record) = names.unwrap_or_default();
            let title = format!("the records of {} lead in a circle", self.host);
            let detail = format!("{names}: resolvers answer with an error. Break the circle.");
            let mut fault = broken(
                rules::HOST_DOES_NOT_RESOLVE,
                Severity::Critical,
                touched("", ""),
                title,
                detail,
            );
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
            let detail = format!(
                "Visitors get no address. Create {} or point {} elsewhere.",
                place.name, last.record
            );
            let fault = broken(
                rules::ALIAS_DANGLING,
                Severity::Critical,
                record_id(&last.record),
                title,
                detail,
            );
            self.fault(draft, fault);
        } else if !self.is_live() {
            self.remark(draft, "the state declares no record of the host");
            return Reach::Ways(Ways {
                unknown: true,
                ..Ways::default()
            });
        } else if self.is_declared() {
            let title = format!("{} does not resolve", self.host);
            let detail = format!(
                "{why}, although the state declares its record: nobody reaches the site under this name. Apply to put the record back."
            );
            let kind = self.declared_kind().unwrap_or("A");
            let id = touched(
                "aws_route53_record",
                declared::record_id(&place.zone.id, &self.host, kind, None),
            );
            self.fault(
                draft,
                broken(rules::HOST_DOES_NOT_RESOLVE, Severity::Critical, id, title, detail),
            );
        } else if let Some(owner) = self.alias_holder() {
            let title = format!("{} is an alias of a distribution, and no record leads there", self.host);
            let detail = format!("{why}. Add a record for the host, or take the alias off the distribution.");
            let at = touched("aws_cloudfront_distribution", owner);
            self.fault(
                draft,
                broken(rules::ALIAS_WITHOUT_RECORD, Severity::Low, at, title, detail),
            );
        } else if self.visited.is_empty() && !self.is_covered() {
            let title = format!("{} does not resolve", self.host);
            let detail = format!("{why}, and no state declares a record of it. Add the record, or check the name.");
            let zone = touched("aws_route53_zone", place.zone.id.clone());
            self.fault(
                draft,
                broken(rules::HOST_DOES_NOT_RESOLVE, Severity::Critical, zone, title, detail),
            );
        } else {
            // Whoever redirects there is at fault, or what the state declares is gone: that is said there.
            self.remark(draft, why.clone());
        }
        Reach::Stop(Visitor::NoAnswer { why })
    }

    /// Whether the state has an alias of the host, or a wildcard record that covers it.
    fn is_covered(&self) -> bool {
        let has_alias = self
            .sides
            .ground(Side::State)
            .distributions
            .holder(&self.host)
            .is_some();
        has_alias || !self.declared_resolution(RecordType::A).members().is_empty()
    }

    /// One address type is answered, the other is not.
    pub(super) fn one_family(&mut self, a: &Resolution, aaaa: &Resolution, ways: &Ways) {
        let missing = |answer: &Resolution| matches!(answer.outcome, Outcome::NoData { .. } | Outcome::NxDomain { .. });
        if missing(a) && !aaaa.members().is_empty() {
            let Some(hop) = aaaa.members().first().and_then(Member::first) else {
                return;
            };
            let title = format!("{} has an AAAA record and no A record", self.host);
            let detail = "Everybody without IPv6 gets no address. Add the A record.";
            let draft = Draft::new(Station::Record, format!("no A record for {}", self.host));
            let at = record_id(&hop.record);
            self.fault(
                draft,
                broken(rules::HOST_DOES_NOT_RESOLVE, Severity::Critical, at, title, detail),
            );
        }
        if !missing(aaaa) || a.members().is_empty() || ways.cloudfront().next().is_none() {
            return;
        }
        let draft = Draft::new(Station::Record, format!("no AAAA record for {}", self.host));
        let ipv6 = self.alias_holder().is_some_and(|id| {
            let full = Inventory::look_up(&self.inventory.distribution, id).found();
            full.is_some_and(|distribution| distribution.config.is_ipv6_enabled)
        });
        if !ipv6 {
            return;
        }
        let declared = self.is_live() && !self.declared_resolution(RecordType::Aaaa).members().is_empty();
        let Some(hop) = a.members().first().and_then(Member::first) else {
            return;
        };
        if declared {
            let title = format!("{} has lost its AAAA record", self.host);
            let detail = "Visitors with IPv6 alone get no address. Apply to put the record back.";
            let at = touched(
                "aws_route53_record",
                format!("{}_{}_AAAA", hop.record.zone.id, hop.record.name),
            );
            self.fault(
                draft,
                broken(rules::IPV6_RECORD_MISSING, Severity::Low, at, title, detail),
            );
        } else {
            self.push(
                draft,
                Verdict::Remark("the distribution speaks IPv6, and the host has no AAAA record".to_owned()),
            );
        }
    }
}
