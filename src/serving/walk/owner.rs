//! Which distribution a host belongs to: by alias, as CloudFront chooses, never by the DNS target.

use std::collections::BTreeMap;

use crate::canon::dns;
use crate::inventory::{Answer, Distribution, Inventory};
use crate::plan::Read;
use crate::serving::certificate_names::{AliasMatch, aliases_for};
use crate::serving::trace::Side;

use super::{Asked, Walker};

/// What is known of one distribution: from its own configuration where that was read, else from the listing.
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

/// Every distribution of one side, by what a host or a record may name.
pub(super) struct Distributions<'a> {
    by_id: BTreeMap<&'a str, Known<'a>>,
    by_domain: BTreeMap<&'a str, &'a str>,
    /// Folded, with the alias as it is written. CloudFront lets one distribution hold an alias; where two seem to (the
    /// sides of an edit were read together), the first by id counts.
    by_alias: BTreeMap<String, (&'a str, &'a str)>,
}

impl<'a> Distributions<'a> {
    pub(super) fn of(inventory: &'a Inventory) -> Distributions<'a> {
        let by_id = known(inventory);
        let (mut by_domain, mut by_alias) = (BTreeMap::new(), BTreeMap::new());
        for (id, one) in &by_id {
            by_domain.entry(one.domain).or_insert(*id);
            for alias in one.aliases {
                by_alias.entry(dns::name(alias)).or_insert((alias.as_str(), *id));
            }
        }
        Distributions {
            by_id,
            by_domain,
            by_alias,
        }
    }

    /// The distribution of this `cloudfront.net` name.
    pub(super) fn named(&self, domain: &str) -> Option<&Known<'a>> {
        self.by_id.get(self.by_domain.get(domain)?)
    }

    /// The distribution that holds the host by an alias, with the alias and how it takes the host.
    pub(super) fn holder(&self, host: &str) -> Option<(&Known<'a>, &'a str, AliasMatch)> {
        aliases_for(host).find_map(|(name, matched)| {
            let (alias, id) = self.by_alias.get(&name)?;
            Some((self.by_id.get(id)?, *alias, matched))
        })
    }
}

/// What is known of every distribution, by id.
fn known(inventory: &Inventory) -> BTreeMap<&str, Known<'_>> {
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
    known
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
        let distributions = &self.ground().distributions;
        let own = distributions
            .named(&self.host)
            .map(|own| (*own, self.host.clone(), AliasMatch::Exact));
        let by_alias = || {
            let (known, alias, matched) = distributions.holder(&self.host)?;
            Some((*known, alias.to_owned(), matched))
        };
        // An exact alias is unique in the world, so that no listing can name a better one.
        let first = own.or_else(by_alias);
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
    pub(super) fn alias_holder(&self) -> Option<&'a str> {
        let (known, ..) = self.ground().distributions.holder(&self.host)?;
        Some(known.id)
    }
}
