//! Rules over traces: what is reported, what is in doubt, and which drift a host suffers from.
//!
//! A break of the live trace becomes one finding per rule and thing at fault, with all hosts that it hits. What only
//! shows when live is held against the state is found here too. What cannot be proven becomes a [`Doubt`].

mod compare;
mod crossing;
mod impact;

use std::collections::{BTreeMap, BTreeSet};

use crate::canon::dns;
use crate::estate::Estate;
use crate::finding::{Category, Finding, ResourceRef};
use crate::inventory::Inventory;

use super::declared::Addresses;
use super::trace::{Break, Station, Touched, Trace};

pub use impact::impact;

/// One host and path on both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    pub state: Trace,
    pub live: Trace,
}

/// Something about a host that cannot be told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Doubt {
    pub host: String,
    pub station: Station,
    pub why: String,
}

/// What visitors of an estate's hosts suffer, and what cannot be told. `live` is the inventory that was walked, and
/// `state` the declared one.
pub fn findings(
    pairs: &[Pair],
    estate: &Estate<'_>,
    addresses: &Addresses,
    live: &Inventory,
    state: &Inventory,
) -> (Vec<Finding>, Vec<Doubt>) {
    let mut found: Vec<Found> = Vec::new();
    for pair in pairs {
        let declared: BTreeSet<&str> = pair.state.breaks().map(|one| one.rule).collect();
        for fault in pair.live.breaks() {
            let as_declared = declared.contains(fault.rule);
            found.push(Found {
                fault: fault.clone(),
                hosts: vec![pair.live.host.clone()],
                as_declared,
            });
        }
        found.extend(compare::of(pair, live, state));
        found.extend(crossing::of(pair, live, state));
    }
    found.extend(crossing::shared(pairs, live, state));
    let doubts: BTreeSet<Doubt> = pairs
        .iter()
        .flat_map(|pair| {
            pair.live.doubts().map(|(station, why)| Doubt {
                host: pair.live.host.clone(),
                station,
                why: why.to_owned(),
            })
        })
        .collect();
    (merged(found, estate, addresses), doubts.into_iter().collect())
}

/// A break with the hosts that it hits.
struct Found {
    fault: Break,
    hosts: Vec<String>,
    /// The state's own path breaks by the same rule.
    as_declared: bool,
}

/// One finding per rule and thing at fault.
fn merged(found: Vec<Found>, estate: &Estate<'_>, addresses: &Addresses) -> Vec<Finding> {
    let mut by_fault: BTreeMap<(&'static str, Option<Touched>), Found> = BTreeMap::new();
    for one in found {
        let key = (one.fault.rule, one.fault.at.clone());
        match by_fault.get_mut(&key) {
            Some(known) => {
                known.hosts.extend(one.hosts);
                known.as_declared &= one.as_declared;
                known.fault.severity = known.fault.severity.max(one.fault.severity);
            }
            None => {
                by_fault.insert(key, one);
            }
        }
    }
    by_fault
        .into_values()
        .map(|one| finding(one, estate, addresses))
        .collect()
}

fn finding(found: Found, estate: &Estate<'_>, addresses: &Addresses) -> Finding {
    let Found {
        fault,
        mut hosts,
        as_declared,
    } = found;
    let first = hosts.first().cloned();
    hosts.sort();
    hosts.dedup();
    let at = fault.at.unwrap_or_else(|| Touched {
        terraform_type: "aws_route53_record",
        id: String::new(),
    });
    let title = match first {
        Some(first) => said_of_all(&fault.title, &first, &hosts),
        None => fault.title,
    };
    let mut detail = fault.detail;
    if as_declared {
        detail.push_str(" The state declares it so: apply does not mend it, the configuration has to change.");
    }
    let region = (at.terraform_type.starts_with("aws_s3_"))
        .then(|| estate.bucket_region(&at.id))
        .flatten();
    Finding {
        category: Category::Serving,
        rule: fault.rule.into(),
        address: addresses.of(at.terraform_type, &at.id).map(str::to_owned),
        state: None,
        place: None,
        resource: ResourceRef {
            terraform_type: at.terraform_type.to_owned(),
            account: estate.account_of_thing(at.terraform_type, &at.id).map(str::to_owned),
            id: at.id,
            region: region.map(str::to_owned),
        },
        aspect: None,
        title,
        detail,
        changes: Vec::new(),
        impact: hosts,
        at_least: Some(fault.severity),
    }
}

/// How many further hosts a title names.
const NAMED: usize = 3;

/// A title that speaks of one host, with those for which the same holds.
fn said_of_all(title: &str, host: &str, hosts: &[String]) -> String {
    let others: Vec<&str> = hosts.iter().map(String::as_str).filter(|one| *one != host).collect();
    if others.is_empty() || !speaks_of(title, host) {
        return title.to_owned();
    }
    match others.len() {
        ..=NAMED => format!("{title}; the same holds for {}", others.join(", ")),
        more => format!("{title}; the same holds for {more} more hosts"),
    }
}

/// Whether a text names the host, and not one whose name contains it.
fn speaks_of(text: &str, host: &str) -> bool {
    let part_of_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.' || c == '/';
    text.match_indices(host).any(|(at, _)| {
        let (before, after) = (&text[..at], &text[at + host.len()..]);
        !before.chars().next_back().is_some_and(part_of_name)
            && !after.trim_start_matches('.').chars().next().is_some_and(part_of_name)
    })
}

/// The labels of a host name that may hold an environment are those left of its zone.
pub(super) fn zone_of<'a>(host: &str, inventory: &'a Inventory) -> Option<&'a str> {
    let zones = inventory.zones.found()?;
    let covering = zones.iter().filter(|zone| {
        let name = dns::name(&zone.name);
        host.strip_suffix(&name)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    });
    covering
        .max_by_key(|zone| zone.name.len())
        .map(|zone| zone.name.as_str())
}

#[cfg(test)]
mod tests;
