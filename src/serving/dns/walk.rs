//! From a host to the zone that is asked for it.

use std::collections::BTreeSet;

use super::answer::{Basis, Note, RecordType, Step, Unknown, ZoneRef};
use super::look_up::{Found, answering, look_up, record_ref};
use super::zone::{Coverage, Indexed, Zones, ancestors, lies_in};

/// Evidence collected on the way.
#[derive(Debug, Default)]
pub(super) struct Trail {
    pub(super) steps: Vec<Step>,
    pub(super) notes: Vec<Note>,
    walked: BTreeSet<String>,
}

impl Trail {
    pub(super) fn note(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

/// Why there is no zone to ask.
pub(super) enum Stop {
    NotOurs,
    Unknown(Unknown),
}

/// The zone that resolvers end in for this host: the shortest public zone over it, then down every delegation.
pub(super) fn reach<'a>(
    zones: &'a Zones,
    host: &str,
    query: RecordType,
    trail: &mut Trail,
) -> Result<&'a Indexed, Stop> {
    // The same CNAME target may be met many times; its evidence is kept once.
    let mut unheard = Trail::default();
    let trail = if trail.walked.insert(host.to_owned()) {
        trail
    } else {
        &mut unheard
    };
    let public = || zones.covering(host).filter(|zone| !zone.private);
    for zone in zones.covering(host).filter(|zone| zone.private) {
        let records = answering(zone, host, query);
        trail.note(Note::PrivateZone {
            zone: zone.zone.clone(),
            records,
        });
    }
    let mut zone = top(zones, host, public().collect(), trail)?;
    let mut visited = vec![zone];
    while let Some(next) = below_cut(zone, host, query, public, trail)? {
        zone = next;
        visited.push(zone);
    }
    for other in public().filter(|other| !visited.iter().any(|zone| zone.zone == other.zone)) {
        let records = answering(other, host, query);
        trail.note(Note::ZoneNotReached {
            zone: other.zone.clone(),
            records,
        });
    }
    Ok(zone)
}

fn top<'a>(zones: &Zones, host: &str, public: Vec<&'a Indexed>, trail: &mut Trail) -> Result<&'a Indexed, Stop> {
    let shortest = public
        .iter()
        .map(|zone| zone.zone.name.as_str())
        .min_by_key(|name| name.len());
    let name = shortest.ok_or(Stop::NotOurs)?;
    let candidates: Vec<&Indexed> = public.iter().copied().filter(|zone| zone.zone.name == name).collect();
    let (zone, basis) = match (zones.registrar(name), candidates.as_slice()) {
        (Some(servers), _) => chosen(name, &candidates, servers, || refs(&public), trail)?,
        (None, [only]) => (*only, Basis::Assumed),
        (None, _) => {
            let why = Unknown::SeveralZones {
                name: name.to_owned(),
                candidates: refs(&candidates),
            };
            return Err(Stop::Unknown(why));
        }
    };
    trail.steps.push(Step::Top {
        host: host.to_owned(),
        zone: zone.zone.clone(),
        basis,
    });
    Ok(zone)
}

/// The zone below the first delegation on the way to the host, if there is one.
fn below_cut<'a, I>(
    zone: &'a Indexed,
    host: &str,
    query: RecordType,
    public: impl Fn() -> I,
    trail: &mut Trail,
) -> Result<Option<&'a Indexed>, Stop>
where
    I: Iterator<Item = &'a Indexed>,
{
    if let Coverage::Unread(why) = &zone.coverage {
        return Err(Stop::Unknown(Unknown::ZoneUnread {
            zone: zone.zone.clone(),
            why: why.clone(),
        }));
    }
    // The cut nearest to the apex hides all others.
    let names: Vec<&str> = ancestors(host, &zone.zone.name).collect();
    let cut = names
        .into_iter()
        .rev()
        .find_map(|name| Some((name, zone.name_servers_at(name)?)));
    let Some((cut, servers)) = cut else {
        return undeclared_cut(zone, host, public, trail);
    };
    if let Found::Sets { name, sets, .. } = look_up(zone, host, query)
        && lies_in(&name, cut)
    {
        for set in sets {
            trail.note(Note::ShadowedByDelegation {
                record: record_ref(zone, set),
                cut: cut.to_owned(),
            });
        }
    }
    let candidates: Vec<&Indexed> = public().filter(|other| other.zone.name == cut).collect();
    let owned = || {
        refs(
            &public()
                .filter(|other| lies_in(&other.zone.name, cut))
                .collect::<Vec<_>>(),
        )
    };
    let (next, basis) = chosen(cut, &candidates, &servers, owned, trail)?;
    trail.steps.push(Step::Delegated {
        host: host.to_owned(),
        from: zone.zone.clone(),
        cut: cut.to_owned(),
        name_servers: servers,
        to: next.zone.clone(),
        basis,
    });
    Ok(Some(next))
}

/// In a zone of which not all records are known, a missing NS record set proves nothing: the next deeper zone over the
/// host is taken to be delegated to, as whoever declared it means it to be.
fn undeclared_cut<'a, I>(
    zone: &Indexed,
    host: &str,
    public: impl Fn() -> I,
    trail: &mut Trail,
) -> Result<Option<&'a Indexed>, Stop>
where
    I: Iterator<Item = &'a Indexed>,
{
    if zone.coverage != Coverage::Partial {
        return Ok(None);
    }
    let deeper = || public().filter(|other| other.zone.name.len() > zone.zone.name.len());
    let Some(cut) = deeper()
        .map(|other| other.zone.name.as_str())
        .min_by_key(|name| name.len())
    else {
        return Ok(None);
    };
    let candidates: Vec<&Indexed> = deeper().filter(|other| other.zone.name == cut).collect();
    let [next] = candidates.as_slice() else {
        let candidates = refs(&candidates);
        return Err(Stop::Unknown(Unknown::SeveralZones {
            name: cut.to_owned(),
            candidates,
        }));
    };
    trail.steps.push(Step::Delegated {
        host: host.to_owned(),
        from: zone.zone.clone(),
        cut: cut.to_owned(),
        name_servers: Vec::new(),
        to: next.zone.clone(),
        basis: Basis::Assumed,
    });
    Ok(Some(next))
}

/// The one of several zones of a name that these name servers answer for. What Route 53 assigned counts before what a
/// zone says of itself, which may have been copied from another zone; the latter covers name servers under names of
/// one's own.
fn chosen<'a>(
    name: &str,
    candidates: &[&'a Indexed],
    servers: &[String],
    owned: impl Fn() -> Vec<ZoneRef>,
    trail: &mut Trail,
) -> Result<(&'a Indexed, Basis), Stop> {
    let shares = |set: Option<&[String]>| set.is_some_and(|set| set.iter().any(|server| servers.contains(server)));
    let apex = |zone: &Indexed| zone.name_servers_at(&zone.zone.name);
    let by_set: Vec<&Indexed> = candidates
        .iter()
        .copied()
        .filter(|zone| shares(zone.delegation_set()))
        .collect();
    let by_apex: Vec<&Indexed> = candidates
        .iter()
        .copied()
        .filter(|zone| shares(apex(zone).as_deref()))
        .collect();
    let (found, basis) = if by_set.is_empty() {
        (by_apex, Basis::ApexRecord)
    } else {
        (by_set, Basis::DelegationSet)
    };
    match found.as_slice() {
        [zone] => {
            let known: Vec<String> = zone
                .delegation_set()
                .unwrap_or_default()
                .iter()
                .cloned()
                .chain(apex(zone).unwrap_or_default())
                .collect();
            let foreign: Vec<String> = servers
                .iter()
                .filter(|server| !known.contains(server))
                .cloned()
                .collect();
            if !foreign.is_empty() {
                trail.note(Note::PartlyDelegated {
                    cut: name.to_owned(),
                    zone: zone.zone.clone(),
                    foreign,
                });
            }
            Ok((zone, basis))
        }
        [] => {
            let unknown = |zone: &&Indexed| zone.delegation_set().is_none() && apex(zone).is_none();
            let unknown: Vec<&Indexed> = candidates.iter().copied().filter(unknown).collect();
            let cut = name.to_owned();
            Err(Stop::Unknown(if unknown.is_empty() {
                Unknown::DelegatedOutside {
                    cut,
                    name_servers: servers.to_vec(),
                    owned: owned(),
                }
            } else {
                Unknown::NameServersUnknown {
                    cut,
                    candidates: refs(&unknown),
                }
            }))
        }
        several => Err(Stop::Unknown(Unknown::SeveralZones {
            name: name.to_owned(),
            candidates: refs(several),
        })),
    }
}

fn refs(zones: &[&Indexed]) -> Vec<ZoneRef> {
    zones.iter().map(|zone| zone.zone.clone()).collect()
}
