//! What the members of one routing policy say together (Route 53 developer guide, "Choosing a routing policy").

use std::collections::BTreeSet;

use crate::canon::dns;
use crate::inventory::RecordSet;

use super::answer::{End, Member, Note, Place, Policy, RecordType, Role};
use super::look_up::{Found, look_up, record_ref};
use super::target::{Target, zone_id};
use super::zone::{Indexed, lies_in};

/// The policy of each record set of a group, in order.
pub(super) fn policies(sets: &[&RecordSet]) -> Vec<Policy> {
    let positive = |weight: i64| f64::from(u32::try_from(weight.max(0)).unwrap_or(u32::MAX));
    let weights: Vec<f64> = sets.iter().filter_map(|set| set.weight).map(positive).collect();
    let sum: f64 = weights.iter().sum();
    // All zero counts as all equal.
    let equal = weights.iter().map(|_| 1.0).sum::<f64>().recip();
    let share = |weight: i64| if sum > 0.0 { positive(weight) / sum } else { equal };
    sets.iter()
        .map(|set| {
            if let Some(weight) = set.weight {
                Policy::Weighted {
                    weight,
                    share: share(weight),
                }
            } else if let Some(role) = role(set) {
                Policy::Failover { role }
            } else if let Some(region) = &set.region {
                Policy::Latency { region: region.clone() }
            } else if let Some(location) = &set.geolocation {
                Policy::Geolocation {
                    location: location.clone(),
                }
            } else if let Some(proximity) = &set.geoproximity {
                Policy::Geoproximity {
                    proximity: proximity.clone(),
                }
            } else if let Some(routing) = &set.cidr {
                Policy::Cidr {
                    routing: routing.clone(),
                }
            } else if set.multivalue_answer == Some(true) {
                Policy::Multivalue
            } else {
                Policy::Simple
            }
        })
        .collect()
}

/// What is wrong, or worth a word, in a group of record sets of one name and type.
pub(super) fn notes(zone: &Indexed, name: &str, kind: &str, sets: &[&RecordSet], query: RecordType) -> Vec<Note> {
    let mut notes = Vec::new();
    let at = || Place {
        zone: zone.zone.clone(),
        name: name.to_owned(),
    };
    let weighted: Vec<(&RecordSet, i64)> = sets.iter().filter_map(|set| Some((*set, set.weight?))).collect();
    if !weighted.is_empty() && weighted.iter().all(|(_, weight)| *weight <= 0) {
        notes.push(Note::AllWeightsZero {
            at: at(),
            kind: kind.to_owned(),
        });
    } else {
        let never = weighted.iter().filter(|(_, weight)| *weight <= 0);
        notes.extend(never.map(|(set, _)| Note::WeightZero {
            record: record_ref(zone, set),
        }));
    }
    let locations: Vec<Option<&str>> = sets
        .iter()
        .filter_map(|set| Some(set.geolocation.as_ref()?.country.as_deref()))
        .collect();
    if !locations.is_empty() && !locations.contains(&Some("*")) {
        notes.push(Note::NoDefaultLocation {
            at: at(),
            kind: kind.to_owned(),
        });
    }
    let roles: Vec<(&RecordSet, Role)> = sets.iter().filter_map(|set| Some((*set, role(set)?))).collect();
    if !roles.is_empty() {
        for missing in [Role::Primary, Role::Secondary] {
            if !roles.iter().any(|(_, role)| *role == missing) {
                notes.push(Note::FailoverIncomplete {
                    at: at(),
                    kind: kind.to_owned(),
                    missing,
                });
            }
        }
        for (set, _) in roles.iter().filter(|(_, role)| *role == Role::Primary) {
            if !has_health_signal(zone, set, query, &mut BTreeSet::new()) {
                notes.push(Note::NeverFailsOver {
                    record: record_ref(zone, set),
                });
            }
        }
    }
    for set in sets {
        if let Some(instance) = &set.traffic_policy_instance_id {
            let instance = instance.clone();
            notes.push(Note::TrafficPolicyInstance {
                record: record_ref(zone, set),
                instance,
            });
        }
    }
    notes
}

/// Failover from one distribution to another: the host can be an alias of one of them only. `depth` is the place of
/// the group's record sets on the members' paths.
pub(super) fn between_distributions(zone: &Indexed, name: &str, members: &[Member], depth: usize) -> Option<Note> {
    let domains = |wanted: Role| {
        let domains: BTreeSet<&str> = members
            .iter()
            .filter(|member| {
                member
                    .path
                    .get(depth)
                    .is_some_and(|hop| hop.policy == Policy::Failover { role: wanted })
            })
            .filter_map(|member| match &member.end {
                End::Target(Target::CloudFront { domain }) => Some(domain.as_str()),
                _ => None,
            })
            .collect();
        domains
    };
    let (primary, secondary) = (domains(Role::Primary), domains(Role::Secondary));
    let differ = !primary.is_empty() && !secondary.is_empty() && primary.is_disjoint(&secondary);
    let owned = |domains: BTreeSet<&str>| domains.into_iter().map(str::to_owned).collect();
    differ.then(|| Note::FailoverBetweenDistributions {
        at: Place {
            zone: zone.zone.clone(),
            name: name.to_owned(),
        },
        primary: owned(primary),
        secondary: owned(secondary),
    })
}

/// The zone's own name that an alias leads to. A state may hold no zone id; then the name decides.
pub(super) fn own_name(zone: &Indexed, set: &RecordSet) -> Option<String> {
    let alias = set.alias.as_ref()?;
    let (id, name) = (zone_id(&alias.hosted_zone_id), dns::name(&alias.dns_name));
    ((id.is_empty() || id == zone.zone.id) && lies_in(&name, &zone.zone.name)).then_some(name)
}

/// Whether Route 53 can find a record set unhealthy at all: a health check of its own, or an alias whose target's
/// health is evaluated and has one. CloudFront's health is never evaluated and S3's says nothing (developer guide,
/// "Evaluate target health").
fn has_health_signal(zone: &Indexed, set: &RecordSet, query: RecordType, seen: &mut BTreeSet<String>) -> bool {
    if set.health_check_id.is_some() {
        return true;
    }
    let Some(alias) = set.alias.as_ref().filter(|alias| alias.evaluate_target_health) else {
        return false;
    };
    let Some(name) = own_name(zone, set) else {
        return matches!(Target::of_alias(alias), Target::Other { .. });
    };
    if !seen.insert(name.clone()) {
        return false;
    }
    match look_up(zone, &name, query) {
        Found::Sets { sets, .. } => sets.into_iter().any(|set| has_health_signal(zone, set, query, seen)),
        Found::NoData | Found::NxDomain => false,
    }
}

fn role(set: &RecordSet) -> Option<Role> {
    match set.failover.as_deref() {
        Some(text) if text.eq_ignore_ascii_case("PRIMARY") => Some(Role::Primary),
        Some(text) if text.eq_ignore_ascii_case("SECONDARY") => Some(Role::Secondary),
        _ => None,
    }
}
