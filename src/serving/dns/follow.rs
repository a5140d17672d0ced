//! From a name to the targets behind it: aliases, CNAMEs and every member of every routing policy on the way.

use crate::canon::dns;
use crate::inventory::RecordSet;

use super::answer::{End, Hop, Link, Member, Note, Outcome, Place, Policy, RecordType, Resolution, Unknown};
use super::look_up::{Found, look_up, record_ref, switched_off};
use super::routing::{between_distributions, notes, own_name, policies};
use super::target::Target;
use super::walk::{Stop, Trail, reach};
use super::zone::{Coverage, Indexed, Zones};

/// CNAMEs and aliases in a row. Common resolvers give up between 8 and 16.
const MAX_HOPS: usize = 16;
/// Ways through nested routing policies. A group has at most 100 members (Route 53 quotas).
const MAX_MEMBERS: usize = 1000;

/// Resolves a host as visitors' resolvers do. The host may be spelled in any way that [`dns::name`] folds.
pub fn resolve(host: &str, query: RecordType, zones: &Zones) -> Resolution {
    let host = dns::name(host);
    let mut follower = Follower {
        zones,
        query,
        trail: Trail::default(),
        path: Vec::new(),
        members: Vec::new(),
    };
    let outcome = match reach(zones, &host, query, &mut follower.trail) {
        Err(Stop::NotOurs) => Outcome::NotOurs,
        Err(Stop::Unknown(why)) => Outcome::CannotTell { why, via: Vec::new() },
        Ok(zone) => {
            follower.name(zone, &host, None);
            outcome(follower.members)
        }
    };
    Resolution {
        host,
        query,
        outcome,
        steps: follower.trail.steps,
        notes: follower.trail.notes,
    }
}

/// An answer if any member leads to a target; else the one reason, and what cannot be told before what is missing.
fn outcome(members: Vec<Member>) -> Outcome {
    if members.iter().any(|member| matches!(member.end, End::Target(_))) {
        return Outcome::Answer { members };
    }
    let unknown = members
        .iter()
        .position(|member| matches!(member.end, End::CannotTell(_)));
    let Some(member) = members.into_iter().nth(unknown.unwrap_or(0)) else {
        return Outcome::NotOurs;
    };
    let via = member.path;
    match member.end {
        End::NoData(at) => Outcome::NoData { at, via },
        End::NxDomain(at) => Outcome::NxDomain { at, via },
        End::Loop(names) => Outcome::Loop { names, via },
        End::CannotTell(why) => Outcome::CannotTell { why, via },
        end @ End::Target(_) => Outcome::Answer {
            members: vec![Member {
                path: via,
                end,
                share: member.share,
            }],
        },
    }
}

struct Follower<'a> {
    zones: &'a Zones,
    query: RecordType,
    trail: Trail,
    /// The record sets passed so far.
    path: Vec<Hop>,
    members: Vec<Member>,
}

impl<'a> Follower<'a> {
    /// Follows a name of this zone.
    fn name(&mut self, zone: &'a Indexed, name: &str, share: Option<f64>) {
        let seen = self
            .path
            .iter()
            .position(|hop| hop.asked == name && hop.record.zone == zone.zone);
        if let Some(start) = seen {
            let names = self.path[start..]
                .iter()
                .map(|hop| hop.asked.clone())
                .chain([name.to_owned()])
                .collect();
            return self.end(End::Loop(names), share);
        }
        if self.path.len() >= MAX_HOPS {
            return self.end(End::CannotTell(Unknown::TooManyHops { at: name.to_owned() }), share);
        }
        let at = || Place {
            zone: zone.zone.clone(),
            name: name.to_owned(),
        };
        match look_up(zone, name, self.query) {
            Found::Sets {
                name: found,
                wildcard,
                kind,
                sets,
            } => {
                self.group(zone, name, (&found, wildcard, kind), &sets, share);
            }
            Found::NoData | Found::NxDomain if zone.coverage != Coverage::Complete => {
                let (zone, name) = (zone.zone.clone(), name.to_owned());
                self.end(End::CannotTell(Unknown::ZonePartlyKnown { zone, name }), share);
            }
            nothing => {
                if let Some(note) = switched_off(zone, name, self.query) {
                    self.trail.note(note);
                }
                let end = if nothing == Found::NxDomain {
                    End::NxDomain(at())
                } else {
                    End::NoData(at())
                };
                self.end(end, share);
            }
        }
    }

    /// Follows every record set of one name and type.
    fn group(
        &mut self,
        zone: &'a Indexed,
        asked: &str,
        (found, wildcard, kind): (&str, bool, &str),
        sets: &[&'a RecordSet],
        share: Option<f64>,
    ) {
        let policies = policies(sets);
        if zone.coverage == Coverage::Partial && (wildcard || policies.iter().any(|policy| *policy != Policy::Simple)) {
            self.trail.note(Note::PartlyKnown {
                zone: zone.zone.clone(),
            });
        }
        for note in notes(zone, found, kind, sets, self.query) {
            self.trail.note(note);
        }
        let (depth, first) = (self.path.len(), self.members.len());
        for (set, policy) in sets.iter().zip(policies) {
            if self.members.len() >= MAX_MEMBERS {
                let last = self.members.last().map(|member| &member.end);
                if !matches!(last, Some(End::CannotTell(Unknown::TooManyMembers { .. }))) {
                    self.end(End::CannotTell(Unknown::TooManyMembers { at: found.to_owned() }), None);
                }
                break;
            }
            let share = match policy {
                Policy::Weighted { share: part, .. } => Some(share.unwrap_or(1.0) * part),
                _ => share,
            };
            self.path.push(Hop {
                asked: asked.to_owned(),
                record: record_ref(zone, set),
                wildcard,
                link: link(set),
                policy,
                health_check: set.health_check_id.clone(),
                ttl: set.ttl,
            });
            self.record(zone, set, share);
            self.path.pop();
        }
        let new = self.members.get(first..).unwrap_or_default();
        if let Some(note) = between_distributions(zone, found, new, depth) {
            self.trail.note(note);
        }
    }

    /// Follows one record set; its hop is already on the path.
    fn record(&mut self, zone: &'a Indexed, set: &RecordSet, share: Option<f64>) {
        if let Some(alias) = &set.alias {
            match own_name(zone, set) {
                Some(name) => self.name(zone, &name, share),
                None => self.end(End::Target(Target::of_alias(alias)), share),
            }
            return;
        }
        match (set.kind.as_str(), set.values.as_slice()) {
            ("CNAME", [to]) => self.cname(&dns::name(to), share),
            ("CNAME", _) | (_, []) => {
                let record = record_ref(zone, set);
                self.end(End::CannotTell(Unknown::RecordUnreadable { record }), share);
            }
            (kind, values) => {
                let values = values.iter().map(|value| dns::record_value(kind, value)).collect();
                self.end(End::Target(Target::Addresses { values }), share);
            }
        }
    }

    fn cname(&mut self, to: &str, share: Option<f64>) {
        if let Some(target) = Target::of_name(to) {
            return self.end(End::Target(target), share);
        }
        match reach(self.zones, to, self.query, &mut self.trail) {
            Ok(zone) => self.name(zone, to, share),
            Err(Stop::NotOurs) => {
                self.end(
                    End::Target(Target::Other {
                        name: to.to_owned(),
                        hosted_zone_id: None,
                    }),
                    share,
                );
            }
            Err(Stop::Unknown(why)) => self.end(End::CannotTell(why), share),
        }
    }

    fn end(&mut self, end: End, share: Option<f64>) {
        self.members.push(Member {
            path: self.path.clone(),
            end,
            share,
        });
    }
}

fn link(set: &RecordSet) -> Link {
    match (&set.alias, set.kind.as_str(), set.values.first()) {
        (Some(alias), ..) => Link::Alias {
            to: dns::name(&alias.dns_name),
            hosted_zone_id: alias.hosted_zone_id.clone(),
            evaluate_target_health: alias.evaluate_target_health,
        },
        (None, "CNAME", Some(to)) => Link::Cname { to: dns::name(to) },
        _ => Link::Values,
    }
}
