//! The two inventories that walks go over, with what every walk looks up in them indexed once: a walk then costs what
//! it looks at, not what the account holds.

use std::collections::BTreeMap;

use crate::canon::dns;
use crate::inventory::{Inventory, ZoneSummary};
use crate::serving::dns::{Records, Zone, Zones};
use crate::serving::trace::Side;

use super::owner::Distributions;

/// Both sides, and when. Making one takes a pass over both inventories, so make one for all hosts.
pub struct Sides<'a> {
    state: Ground<'a>,
    live: Ground<'a>,
    now: &'a str,
    /// Names of the state with the least address type (or `CNAME`) of their record sets, in whichever zone.
    declared_kinds: BTreeMap<String, &'a str>,
}

/// One inventory with its indexes.
pub(super) struct Ground<'a> {
    pub(super) inventory: &'a Inventory,
    /// The listed zones with their records; none where the listing is not there.
    pub(super) zones: Zones,
    pub(super) distributions: Distributions<'a>,
}

impl<'a> Sides<'a> {
    /// `state` is what the states declare (`declared::inventory`), `live` what AWS answered; `now` (RFC 3339) is what
    /// certificates and conditions on time are judged by.
    pub fn new(state: &'a Inventory, live: &'a Inventory, now: &'a str) -> Sides<'a> {
        Sides {
            state: Ground::new(Side::State, state),
            live: Ground::new(Side::Live, live),
            now,
            declared_kinds: address_kinds(state),
        }
    }

    /// What the states declare.
    pub fn state(&self) -> &'a Inventory {
        self.state.inventory
    }

    /// What AWS answered.
    pub fn live(&self) -> &'a Inventory {
        self.live.inventory
    }

    pub(super) fn now(&self) -> &'a str {
        self.now
    }

    pub(super) fn ground(&self, side: Side) -> &Ground<'a> {
        match side {
            Side::State => &self.state,
            Side::Live => &self.live,
        }
    }

    /// The type of the state's record set of exactly this name that visitors would ask for.
    pub(super) fn declared_kind(&self, host: &str) -> Option<&'a str> {
        self.declared_kinds.get(host).copied()
    }
}

impl<'a> Ground<'a> {
    fn new(side: Side, inventory: &'a Inventory) -> Ground<'a> {
        let listed = inventory.zones.found().map(Vec::as_slice).unwrap_or_default();
        Ground {
            inventory,
            zones: Zones::new(listed.iter().map(|summary| zone(side, inventory, summary))),
            distributions: Distributions::of(inventory),
        }
    }
}

/// A zone of one side as the resolver takes it.
fn zone(side: Side, inventory: &Inventory, summary: &ZoneSummary) -> Zone {
    let records = match (Inventory::look_up(&inventory.record_sets, &summary.id).known(), side) {
        (Ok(Some(sets)), Side::Live) => Records::Complete(sets.to_vec()),
        (Ok(Some(sets)), Side::State) => Records::Partial(sets.to_vec()),
        (Ok(None), Side::Live) => Records::Unread("the zone is gone".to_owned()),
        (_, Side::State) => Records::Partial(Vec::new()),
        (Err(failure), Side::Live) => Records::Unread(failure.to_string()),
    };
    Zone::new(
        summary,
        Inventory::look_up(&inventory.zone, &summary.id).found(),
        records,
    )
}

fn address_kinds(inventory: &Inventory) -> BTreeMap<String, &str> {
    let sets = inventory
        .record_sets
        .values()
        .filter_map(|answer| answer.found())
        .flatten();
    let mut kinds: BTreeMap<String, &str> = BTreeMap::new();
    for set in sets.filter(|set| ["A", "AAAA", "CNAME"].contains(&set.kind.as_str())) {
        let least = kinds.entry(dns::name(&set.name)).or_insert(&set.kind);
        *least = (*least).min(&set.kind);
    }
    kinds
}
