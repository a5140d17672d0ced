//! What a resolution says.

use std::fmt;

use serde::Serialize;

use crate::inventory::{CidrRouting, GeoLocation, GeoProximity};

use super::target::Target;

/// The address types that a visitor's resolver asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum RecordType {
    A,
    Aaaa,
}

impl RecordType {
    pub fn name(self) -> &'static str {
        match self {
            RecordType::A => "A",
            RecordType::Aaaa => "AAAA",
        }
    }
}

/// A hosted zone, for evidence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ZoneRef {
    pub id: String,
    pub name: String,
}

/// A record set's identity: zone, name, type and, under a routing policy, set identifier.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct RecordRef {
    pub zone: ZoneRef,
    /// Folded; a wildcard's begins with `*.`.
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub set_identifier: Option<String>,
}

/// A name in a zone at which the records end.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Place {
    pub zone: ZoneRef,
    pub name: String,
}

/// Everything found about one host and one type.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Resolution {
    /// Folded.
    pub host: String,
    pub query: RecordType,
    pub outcome: Outcome,
    /// How the zones were found, in order; CNAME targets in owned zones included.
    pub steps: Vec<Step>,
    /// What else is worth a rule's attention.
    pub notes: Vec<Note>,
}

impl Resolution {
    /// The ways that a visitor's request may go; empty unless there is an answer.
    pub fn members(&self) -> &[Member] {
        match &self.outcome {
            Outcome::Answer { members } => members,
            _ => &[],
        }
    }

    /// Every target that some visitor is sent to. Members with a share of zero are left out, since nobody is.
    pub fn targets(&self) -> impl Iterator<Item = &Target> {
        self.members()
            .iter()
            .filter(|member| member.share != Some(0.0))
            .filter_map(|member| match &member.end {
                End::Target(target) => Some(target),
                _ => None,
            })
    }

    /// Whether a zone on the way was taken for the one asked without evidence from its registrar or parent.
    pub fn rests_on_assumption(&self) -> bool {
        self.steps.iter().any(|step| {
            matches!(
                step,
                Step::Top {
                    basis: Basis::Assumed,
                    ..
                } | Step::Delegated {
                    basis: Basis::Assumed,
                    ..
                }
            )
        })
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum Outcome {
    /// At least one member leads somewhere. Others may not: each has its own end.
    Answer {
        members: Vec<Member>,
    },
    /// The name exists, the type does not. `via` is the way there: empty if it is the host itself.
    NoData {
        at: Place,
        via: Vec<Hop>,
    },
    /// The name does not exist.
    NxDomain {
        at: Place,
        via: Vec<Hop>,
    },
    /// CNAMEs or aliases lead back to where they began.
    Loop {
        names: Vec<String>,
        via: Vec<Hop>,
    },
    CannotTell {
        why: Unknown,
        via: Vec<Hop>,
    },
    /// No public zone at hand covers the host.
    NotOurs,
}

/// One of the ways that a request may go: the host's only one, or one of a routing policy's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Member {
    /// The record sets passed, from the host's own to the one that holds the end.
    pub path: Vec<Hop>,
    pub end: End,
    /// The part of all answers that goes this way, 0 to 1, where weights decide and every health check passes.
    /// `None` without weights on the way.
    pub share: Option<f64>,
}

impl Member {
    /// The host's own record set on this way.
    pub fn first(&self) -> Option<&Hop> {
        self.path.first()
    }

    /// The record set that names the end.
    pub fn last(&self) -> Option<&Hop> {
        self.path.last()
    }

    /// Whether a wildcard record answers for the host.
    pub fn by_wildcard(&self) -> bool {
        self.first().is_some_and(|hop| hop.wildcard)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum End {
    Target(Target),
    NoData(Place),
    NxDomain(Place),
    Loop(Vec<String>),
    CannotTell(Unknown),
}

/// One record set on the way, and how it was come by.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hop {
    /// The name that was asked for; differs from the record's where a wildcard answered.
    pub asked: String,
    pub record: RecordRef,
    pub wildcard: bool,
    pub link: Link,
    pub policy: Policy,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ttl: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "link")]
pub enum Link {
    /// The record holds addresses.
    Values,
    Cname {
        to: String,
    },
    Alias {
        to: String,
        hosted_zone_id: String,
        evaluate_target_health: bool,
    },
}

/// A record set's routing policy.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "policy")]
pub enum Policy {
    Simple,
    /// `share`: of the answers of this name and type, 0 to 1, while all members are healthy.
    Weighted {
        weight: i64,
        share: f64,
    },
    Failover {
        role: Role,
    },
    Latency {
        region: String,
    },
    Geolocation {
        location: GeoLocation,
    },
    Geoproximity {
        proximity: GeoProximity,
    },
    Cidr {
        routing: CidrRouting,
    },
    Multivalue,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Role {
    Primary,
    Secondary,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Role::Primary => "primary",
            Role::Secondary => "secondary",
        })
    }
}

/// Why it cannot be told what a name leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "reason")]
pub enum Unknown {
    /// Several public zones have this name, and nothing at hand says which of them is asked.
    SeveralZones { name: String, candidates: Vec<ZoneRef> },
    /// The name servers belong to no zone at hand. `owned` are zones of that name, or below it on the way to the host,
    /// that are not asked: with one of the cut's own name this is a delegation to a deleted or another zone.
    DelegatedOutside {
        cut: String,
        name_servers: Vec<String>,
        owned: Vec<ZoneRef>,
    },
    /// Zones of the cut's name are at hand, but not their name servers.
    NameServersUnknown { cut: String, candidates: Vec<ZoneRef> },
    /// The zone's records could not be read.
    ZoneUnread { zone: ZoneRef, why: String },
    /// The name is not among the zone's known records, and not all are known.
    ZonePartlyKnown { zone: ZoneRef, name: String },
    /// The record set has neither values nor an alias, or more than one CNAME.
    RecordUnreadable { record: RecordRef },
    /// More CNAMEs or aliases in a row than resolvers follow.
    TooManyHops { at: String },
    /// Nested routing policies with more members than are followed.
    TooManyMembers { at: String },
}

/// How a zone was found to be the one asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Basis {
    /// Its delegation set is the one that the registrar or the parent zone names.
    DelegationSet,
    /// Its own NS record set is.
    ApexRecord,
    /// It is the only one of its name, and nothing is known of the registrar; below a partly known zone, nothing of
    /// the delegation.
    Assumed,
}

/// One step from zone to zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "step")]
pub enum Step {
    /// The shortest owned zone over a name.
    Top { host: String, zone: ZoneRef, basis: Basis },
    /// The zone hands a part of itself to another.
    Delegated {
        host: String,
        from: ZoneRef,
        cut: String,
        name_servers: Vec<String>,
        to: ZoneRef,
        basis: Basis,
    },
}

/// Facts beside the answer, each the ground of a rule.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "note")]
pub enum Note {
    /// The record would answer, but its name lies at or below a delegation: it is never asked for (N4).
    ShadowedByDelegation { record: RecordRef, cut: String },
    /// A public zone over the host is never asked: not delegated to, or one of several of its name (N5). `records`
    /// are those in it that would answer.
    ZoneNotReached { zone: ZoneRef, records: Vec<RecordRef> },
    /// A part of a delegation's name servers are not the zone's (N6, in part).
    PartlyDelegated {
        cut: String,
        zone: ZoneRef,
        foreign: Vec<String>,
    },
    /// A private zone covers the host; inside its VPCs it answers instead (N18).
    PrivateZone { zone: ZoneRef, records: Vec<RecordRef> },
    /// The wildcard would answer if no name lay below `name` (N8).
    WildcardSwitchedOff {
        name: String,
        wildcard: RecordRef,
        by: String,
    },
    /// The answer comes out of a zone of which not all records are known: more specific records may exist.
    PartlyKnown { zone: ZoneRef },
    /// Never answers, since other members have a weight (N13).
    WeightZero { record: RecordRef },
    /// All weights are zero: Route 53 then treats them as equal (N13).
    AllWeightsZero { at: Place, kind: String },
    /// Visitors from places that no member names get no answer (N16).
    NoDefaultLocation { at: Place, kind: String },
    /// The primary has neither a health check nor a target whose health is known: it never gives way (N14).
    NeverFailsOver { record: RecordRef },
    /// The group has no member of this role (N14).
    FailoverIncomplete { at: Place, kind: String, missing: Role },
    /// Primary and secondary are different distributions, of which only one can hold the host as an alias (N15).
    FailoverBetweenDistributions {
        at: Place,
        primary: Vec<String>,
        secondary: Vec<String>,
    },
    /// A traffic policy instance owns the record: edits are undone (N19).
    TrafficPolicyInstance { record: RecordRef, instance: String },
}
