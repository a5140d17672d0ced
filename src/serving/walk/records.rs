//! Host to zone to record sets, every member of a routing policy.

use std::collections::BTreeSet;

use crate::finding::Severity;
use crate::inventory::Inventory;
use crate::plan::Read;
use crate::rules;
use crate::serving::declared;
use crate::serving::dns::{
    Basis, End, Member, Outcome, RecordRef, RecordType, Resolution, Step, Target, Unknown, resolve,
};
use crate::serving::trace::{Side, Station, Touched, Visitor};

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
    let id = declared::record_id(
        &record.zone.id,
        &record.name,
        &record.kind,
        record.set_identifier.as_deref(),
    );
    touched("aws_route53_record", id)
}

impl Walker<'_> {
    /// The host's records on the other side than this one: what the state says of a host that is walked live.
    pub(super) fn declared_resolution(&self, query: RecordType) -> Resolution {
        resolve(&self.host, query, &self.sides.ground(Side::State).zones)
    }

    /// Whether the state holds a record set of the host's own name that visitors would ask for.
    pub(super) fn is_declared(&self) -> bool {
        self.declared_kind().is_some()
    }

    /// The type of that record set.
    pub(super) fn declared_kind(&self) -> Option<&str> {
        self.sides.declared_kind(&self.host)
    }

    pub(super) fn records(&mut self) -> Reach {
        if self.host.ends_with(".cloudfront.net") {
            let record = touched("aws_cloudfront_distribution", self.host.clone());
            let target = Target::CloudFront {
                domain: self.host.clone(),
            };
            return Reach::Ways(Ways {
                targets: vec![(target, record)],
                unknown: false,
            });
        }
        let inventory = self.inventory;
        match self.ask(&inventory.zones, || Read::Zones) {
            super::Asked::Pending => return Reach::Stop(pending()),
            super::Asked::Failed(why) => {
                let draft = Draft::new(Station::Zone, format!("zone of {}", self.host));
                self.doubt(draft, format!("the zones could not be listed: {why}"));
                return Reach::Ways(Ways {
                    unknown: true,
                    ..Ways::default()
                });
            }
            super::Asked::Found(_) | super::Asked::Absent | super::Asked::Undeclared => {}
        }
        let zones = &self.ground().zones;
        let answers = [RecordType::A, RecordType::Aaaa].map(|query| resolve(&self.host, query, zones));
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
        let steps = answers
            .first()
            .map(|answer| answer.steps.as_slice())
            .unwrap_or_default();
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
        if matches!(
            last,
            Step::Top {
                basis: Basis::Assumed,
                ..
            }
        ) {
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
                    self.fault(
                        draft,
                        broken(
                            rules::WILDCARD_ANSWERS_FOR_HOST,
                            Severity::High,
                            at.clone(),
                            title,
                            detail,
                        ),
                    );
                } else {
                    self.good(draft);
                }
                if !nobody && !ways.targets.iter().any(|(known, _)| known == target) {
                    ways.targets.push((target.clone(), at));
                }
            }
            End::NxDomain(place) | End::NoData(place) => {
                let title = format!(
                    "a record of {} leads to {}, which does not exist",
                    self.host, place.name
                );
                let detail = format!(
                    "Visitors who get this record get no address. Create the record at {place} or point {} elsewhere.",
                    last.record
                );
                self.fault(
                    draft,
                    broken(rules::ALIAS_DANGLING, Severity::Critical, at, title, detail),
                );
            }
            End::Loop(names) => {
                let title = format!("the records of {} lead in a circle", self.host);
                let detail = format!(
                    "{}: resolvers answer with an error. Break the circle.",
                    names.join(" -> ")
                );
                self.fault(
                    draft,
                    broken(rules::HOST_DOES_NOT_RESOLVE, Severity::Critical, at, title, detail),
                );
            }
            End::CannotTell(why) => self.doubt(draft, why.to_string()),
        }
        self.health_checks(member);
    }
}

fn open(member: &Member) -> bool {
    matches!(member.end, End::CannotTell(_))
}

/// What a visitor gets as long as a read is to be done.
pub(super) fn pending() -> Visitor {
    Visitor::Unknown {
        why: "it was not read".to_owned(),
    }
}
