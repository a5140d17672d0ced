//! The sentences of a resolution, for trees and findings.

use std::fmt;

use super::answer::{Basis, End, Hop, Link, Note, Outcome, Place, Policy, RecordRef, Step, Unknown, ZoneRef};
use super::target::Target;

impl fmt::Display for ZoneRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "zone {} ({})", self.name, self.id)
    }
}

impl fmt::Display for RecordRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.name)?;
        if let Some(set) = &self.set_identifier {
            write!(f, " \"{set}\"")?;
        }
        write!(f, " in {}", self.zone)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {}", self.name, self.zone)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::CloudFront { domain } | Target::CloudFrontChina { domain } => write!(f, "CloudFront {domain}"),
            Target::S3Website { endpoint, .. } => write!(f, "S3 website endpoint {endpoint}"),
            Target::S3Rest { endpoint, .. } => write!(f, "S3 endpoint {endpoint}"),
            Target::Addresses { values } => f.write_str(&values.join(", ")),
            Target::Other { name, .. } => f.write_str(name),
        }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Policy::Simple => f.write_str("simple"),
            Policy::Weighted { weight, share } => write!(f, "weight {weight} ({:.1} %)", share * 100.0),
            Policy::Failover { role } => write!(f, "failover, {role}"),
            Policy::Latency { region } => write!(f, "latency, {region}"),
            Policy::Geolocation { location } => {
                let parts = [&location.continent, &location.country, &location.subdivision];
                let parts: Vec<&str> = parts.into_iter().filter_map(|part| part.as_deref()).collect();
                write!(f, "location {}", parts.join("/"))
            }
            Policy::Geoproximity { .. } => f.write_str("geoproximity"),
            Policy::Cidr { routing } => write!(f, "addresses of {}", routing.location_name),
            Policy::Multivalue => f.write_str("multivalue"),
        }
    }
}

impl fmt::Display for Hop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.record)?;
        match &self.link {
            Link::Values => {}
            Link::Cname { to } => write!(f, " -> {to}")?,
            Link::Alias { to, .. } => write!(f, " -> alias {to}")?,
        }
        match &self.policy {
            Policy::Simple => Ok(()),
            policy => write!(f, " [{policy}]"),
        }
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unknown::SeveralZones { name, candidates } => {
                write!(
                    f,
                    "{} public zones are called {name} and nothing says which is asked: ",
                    candidates.len()
                )?;
                list(f, candidates)
            }
            Unknown::DelegatedOutside {
                cut,
                name_servers,
                owned,
            } => {
                write!(f, "delegated outside: {cut}")?;
                if !name_servers.is_empty() {
                    write!(f, " (to {})", name_servers.join(", "))?;
                }
                if !owned.is_empty() {
                    f.write_str("; not asked: ")?;
                    list(f, owned)?;
                }
                Ok(())
            }
            Unknown::NameServersUnknown { cut, candidates } => {
                write!(f, "{cut} is delegated, and the name servers could not be read of ")?;
                list(f, candidates)
            }
            Unknown::ZoneUnread { zone, why } => write!(f, "the records of {zone} could not be read: {why}"),
            Unknown::ZonePartlyKnown { zone, name } => {
                write!(f, "{name} is not among the known records of {zone}, which are not all")
            }
            Unknown::RecordUnreadable { record } => write!(f, "{record} holds no value that can be followed"),
            Unknown::TooManyHops { at } => write!(f, "too many CNAMEs or aliases in a row, at {at}"),
            Unknown::TooManyMembers { at } => write!(f, "too many members in nested routing policies, at {at}"),
        }
    }
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            End::Target(target) => target.fmt(f),
            End::NoData(at) => write!(f, "no record of this type: {at}"),
            End::NxDomain(at) => write!(f, "does not exist: {at}"),
            End::Loop(names) => write!(f, "leads back to itself: {}", names.join(" -> ")),
            End::CannotTell(why) => why.fmt(f),
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Answer { members } => {
                for (i, member) in members.iter().enumerate() {
                    write!(f, "{}{}", if i == 0 { "" } else { "; " }, member.end)?;
                }
                Ok(())
            }
            Outcome::NoData { at, .. } => End::NoData(at.clone()).fmt(f),
            Outcome::NxDomain { at, .. } => End::NxDomain(at.clone()).fmt(f),
            Outcome::Loop { names, .. } => End::Loop(names.clone()).fmt(f),
            Outcome::CannotTell { why, .. } => why.fmt(f),
            Outcome::NotOurs => f.write_str("no public zone at hand covers the host"),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Top { zone, basis, .. } => match basis {
                Basis::Assumed => write!(f, "{zone}, taken to be live as the only one of its name"),
                Basis::DelegationSet => write!(f, "{zone}, whose name servers the registrar names"),
                Basis::ApexRecord => write!(f, "{zone}, whose own NS record the registrar repeats"),
            },
            Step::Delegated {
                from,
                cut,
                to,
                basis: Basis::Assumed,
                ..
            } => {
                write!(
                    f,
                    "{from}, not all records of which are known, is taken to delegate {cut}: {to}"
                )
            }
            Step::Delegated {
                from,
                cut,
                name_servers,
                to,
                ..
            } => {
                write!(f, "{from} delegates {cut} to {}: {to}", name_servers.join(", "))
            }
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::ShadowedByDelegation { record, cut } => {
                write!(f, "{record} is never asked for: {cut} is delegated away")
            }
            Note::ZoneNotReached { zone, records } => {
                write!(f, "{zone} is not delegated to")?;
                holding(f, records, "what it holds has no effect")
            }
            Note::PartlyDelegated { cut, zone, foreign } => {
                write!(
                    f,
                    "{cut} is delegated to {zone} and to name servers that are not its own: {}",
                    foreign.join(", ")
                )
            }
            Note::PrivateZone { zone, records } => {
                write!(f, "inside its VPCs the private {zone} answers instead")?;
                holding(f, records, "with")
            }
            Note::WildcardSwitchedOff { name, wildcard, by } => {
                write!(f, "{wildcard} does not answer: {by} makes {name} exist")
            }
            Note::PartlyKnown { zone } => write!(f, "not all records of {zone} are known; others may take precedence"),
            Note::WeightZero { record } => write!(f, "{record} has weight 0 and never answers"),
            Note::AllWeightsZero { at, kind } => {
                write!(f, "all weights of {kind} {at} are 0, which counts as all equal")
            }
            Note::NoDefaultLocation { at, kind } => {
                write!(
                    f,
                    "{kind} {at} has no default location: visitors from elsewhere get no answer"
                )
            }
            Note::NeverFailsOver { record } => {
                write!(
                    f,
                    "{record} is a failover primary without a health check, so it never gives way"
                )
            }
            Note::FailoverIncomplete { at, kind, missing } => {
                write!(f, "the failover of {kind} {at} has no {missing} member")
            }
            Note::FailoverBetweenDistributions { at, primary, secondary } => write!(
                f,
                "{at} fails over from {} to {}, and only one distribution can hold the host as an alias",
                primary.join(", "),
                secondary.join(", ")
            ),
            Note::TrafficPolicyInstance { record, instance } => {
                write!(
                    f,
                    "{record} belongs to traffic policy instance {instance}, which undoes edits"
                )
            }
        }
    }
}

fn holding(f: &mut fmt::Formatter<'_>, records: &[RecordRef], what: &str) -> fmt::Result {
    if records.is_empty() {
        return Ok(());
    }
    write!(f, "; {what}: ")?;
    list(f, records)
}

fn list<T: fmt::Display>(f: &mut fmt::Formatter<'_>, items: &[T]) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        write!(f, "{}{item}", if i == 0 { "" } else { ", " })?;
    }
    Ok(())
}
