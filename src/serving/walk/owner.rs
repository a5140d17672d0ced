//! Which distribution a host belongs to: by alias, as CloudFront chooses, never by the DNS target.

use std::collections::BTreeMap;

use crate::inventory::{Answer, Distribution, Inventory};
use crate::plan::Read;
use crate::serving::certificate_names::{AliasMatch, best_alias};
use crate::serving::trace::Side;

use super::{Asked, Walker};

/// What is known of one distribution, from its own configuration where that was read, else from the listing.
#[derive(Clone, Copy)]
pub(super) struct Known<'a> {
    pub(super) id: &'a str,
    pub(super) domain: &'a str,
    pub(super) aliases: &'a [String],
    pub(super) staging: bool,
    pub(super) arn: &'a str,
}

/// Who holds the host.
pub(super) enum Owner<'a> {
    Held {
        known: Known<'a>,
        alias: String,
        matched: AliasMatch,
    },
    /// No distribution of the account (or of the state) does.
    Nobody,
    Pending,
    /// The listing failed and no distribution at hand holds the host.
    Unknown(String),
}

/// Every distribution of one side.
pub(super) fn all(inventory: &Inventory) -> Vec<Known<'_>> {
    let mut known: BTreeMap<&str, Known<'_>> = BTreeMap::new();
    for summary in inventory.distributions.found().into_iter().flatten() {
        known.insert(
            &summary.id,
            Known {
                id: &summary.id,
                domain: &summary.domain_name,
                aliases: &summary.aliases,
                staging: summary.staging,
                arn: &summary.arn,
            },
        );
    }
    for (id, answer) in &inventory.distribution {
        match answer {
            Answer::Found(full) => {
                known.insert(id, of(full));
            }
            Answer::Absent => {
                known.remove(id.as_str());
            }
            Answer::Failed(_) | Answer::NotRead => {}
        }
    }
    known.into_values().collect()
}

fn of(full: &Distribution) -> Known<'_> {
    Known {
        id: &full.id,
        domain: &full.domain_name,
        aliases: &full.config.aliases,
        staging: full.config.staging,
        arn: &full.arn,
    }
}

impl<'a> Walker<'a> {
    pub(super) fn owner(&mut self) -> Owner<'a> {
        let inventory = self.inventory;
        let host = self.host.clone();
        let held = |known: Vec<Known<'a>>| {
            if let Some(own) = known.iter().find(|one| one.domain == host) {
                return Some((*own, host.clone(), AliasMatch::Exact));
            }
            let aliases = known
                .iter()
                .flat_map(|one| one.aliases.iter().map(move |alias| (alias.as_str(), *one)));
            let best = best_alias(aliases, &host)?;
            let owner = *best.owners.first()?;
            Some((owner, best.alias.to_owned(), best.matched))
        };
        // An exact alias is unique in the world, so that no listing can name a better one.
        let first = held(all(inventory));
        let settled = first
            .as_ref()
            .is_some_and(|(.., matched)| *matched == AliasMatch::Exact);
        if !settled && self.side == Side::Live {
            match self.ask(&inventory.distributions, || Read::Distributions) {
                Asked::Pending => return Owner::Pending,
                Asked::Failed(why) if first.is_none() => return Owner::Unknown(why),
                _ => {}
            }
        }
        match first {
            Some((known, alias, matched)) => Owner::Held { known, alias, matched },
            None => Owner::Nobody,
        }
    }

    /// The id of the distribution that holds the host on this side, as far as anything at hand tells.
    pub(super) fn alias_holder(&self) -> Option<String> {
        holder(self.inventory, &self.host)
    }
}

/// The id of the distribution that holds the host.
pub(super) fn holder(inventory: &Inventory, host: &str) -> Option<String> {
    let known = all(inventory);
    let aliases = known
        .iter()
        .flat_map(|one| one.aliases.iter().map(move |alias| (alias.as_str(), one.id)));
    best_alias(aliases, host)?.owners.first().map(|id| (*id).to_owned())
}
