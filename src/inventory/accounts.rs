//! The accounts of one run: each by itself, and all as if they were one.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::rounds::Rule;
use super::{Answer, Caller, Failure, Inventory, PublicAccessBlock};

impl Inventory {
    /// What the run's first account answered, then what the others did.
    pub fn each(&self) -> impl Iterator<Item = &Inventory> {
        std::iter::once(self).chain(self.others())
    }

    /// What the other accounts answered.
    pub fn others(&self) -> impl Iterator<Item = &Inventory> {
        self.accounts.values().filter_map(Answer::found)
    }

    /// The accounts that were to be read and could not be, and why.
    pub fn unread(&self) -> impl Iterator<Item = (&str, &Failure)> {
        self.accounts.iter().filter_map(|(account, answer)| match answer {
            Answer::Failed(failure) => Some((account.as_str(), failure)),
            _ => None,
        })
    }

    /// What one account answered.
    pub fn of(&self, account: &str) -> Option<&Inventory> {
        let is_first = self.caller.found().is_some_and(|caller| caller.account == account);
        match is_first {
            true => Some(self),
            false => self.accounts.get(account)?.found(),
        }
    }

    /// The same, to add to it.
    pub fn of_mut(&mut self, account: &str) -> Option<&mut Inventory> {
        if self.caller.found().is_some_and(|caller| caller.account == account) {
            return Some(self);
        }
        match self.accounts.get_mut(account)? {
            Answer::Found(inventory) => Some(inventory),
            _ => None,
        }
    }

    /// The accounts that were read, the run's first one first.
    pub fn read_accounts(&self) -> impl Iterator<Item = &str> {
        self.each()
            .filter_map(|one| one.caller.found())
            .map(|caller| caller.account.as_str())
    }

    /// Nothing yet, of an account that is about to be read.
    pub fn begun(caller: &Caller) -> Inventory {
        Inventory {
            caller: Answer::Found(caller.clone()),
            ..Inventory::default()
        }
    }

    /// All accounts as if they were one, for whatever leads from one into another. Ids are unique in the world, so that
    /// answers about single things stand side by side; of two answers to one question, one of an account that turned out not
    /// to have the thing, the surer one holds. A listing is whole if every account that was asked for it answered.
    ///
    /// What belongs to an account and not to a thing stays with it: its caller and its public access block
    /// ([`Inventory::public_access_block_over`]).
    pub fn whole(&self) -> Cow<'_, Inventory> {
        if self.others().next().is_none() {
            return Cow::Borrowed(self);
        }
        let mut whole = Inventory::default();
        for (account, one) in self.each().filter_map(|one| Some((one.caller.found()?, one))) {
            let listed = one.buckets.found().into_iter().flatten();
            whole
                .bucket_accounts
                .extend(listed.map(|bucket| (bucket.name.clone(), account.account.clone())));
        }
        for one in self.each() {
            let account = one.caller.found().map(|caller| caller.account.as_str());
            let homes = &whole.bucket_accounts;
            let own = |bucket: &String| homes.get(bucket).is_none_or(|home| Some(home.as_str()) == account);
            let mut part = Inventory {
                accounts: BTreeMap::new(),
                ..one.shallow()
            };
            // What others were told of a bucket is not what its owner is told.
            part.bucket.retain(|bucket, _| own(bucket));
            part.objects.retain(|bucket, _| own(bucket));
            part.prefixes.retain(|bucket, _| own(bucket));
            whole.merge(part, Rule::Surer);
        }
        whole.caller = self.caller.clone();
        whole.account_public_access_block = self.account_public_access_block.clone();
        whole.buckets = united(self.each().map(|one| &one.buckets));
        whole.distributions = united(self.each().map(|one| &one.distributions));
        whole.zones = united(self.each().map(|one| &one.zones));
        whole.accounts = self
            .accounts
            .iter()
            .map(|(id, one)| (id.clone(), of_account(one)))
            .collect();
        Cow::Owned(whole)
    }

    /// A copy without the other accounts.
    fn shallow(&self) -> Inventory {
        Inventory {
            caller: self.caller.clone(),
            buckets: self.buckets.clone(),
            bucket: self.bucket.clone(),
            account_public_access_block: self.account_public_access_block.clone(),
            objects: self.objects.clone(),
            prefixes: self.prefixes.clone(),
            certificate: self.certificate.clone(),
            distributions: self.distributions.clone(),
            distribution: self.distribution.clone(),
            distribution_tags: self.distribution_tags.clone(),
            origin_access_control: self.origin_access_control.clone(),
            origin_access_identity: self.origin_access_identity.clone(),
            origin_request_policy: self.origin_request_policy.clone(),
            continuous_deployment_policy: self.continuous_deployment_policy.clone(),
            zones: self.zones.clone(),
            zone: self.zone.clone(),
            zone_tags: self.zone_tags.clone(),
            record_sets: self.record_sets.clone(),
            health_check: self.health_check.clone(),
            accounts: BTreeMap::new(),
            bucket_accounts: BTreeMap::new(),
        }
    }

    /// The account of a bucket, as far as it is known: the run's own unless something tells another.
    pub fn account_of_bucket(&self, bucket: &str) -> Option<&str> {
        let own = || self.caller.found().map(|caller| caller.account.as_str());
        self.bucket_accounts.get(bucket).map(String::as_str).or_else(own)
    }

    /// The account's public access block that a bucket lies under.
    pub fn public_access_block_over(&self, bucket: &str) -> &Answer<PublicAccessBlock> {
        const NOT_READ: &Answer<PublicAccessBlock> = &Answer::NotRead;
        let own = self.caller.found().map(|caller| caller.account.as_str());
        match self.bucket_accounts.get(bucket).map(String::as_str) {
            Some(account) if Some(account) != own => match self.accounts.get(account).and_then(Answer::found) {
                Some(inventory) => &inventory.account_public_access_block,
                None => NOT_READ,
            },
            _ => &self.account_public_access_block,
        }
    }
}

/// What is kept of another account beside what all accounts are told as one.
fn of_account(answer: &Answer<Inventory>) -> Answer<Inventory> {
    match answer {
        Answer::Found(one) => Answer::Found(Inventory {
            caller: one.caller.clone(),
            buckets: one.buckets.clone(),
            account_public_access_block: one.account_public_access_block.clone(),
            ..Inventory::default()
        }),
        Answer::Absent => Answer::Absent,
        Answer::Failed(failure) => Answer::Failed(failure.clone()),
        Answer::NotRead => Answer::NotRead,
    }
}

/// The listings of several accounts as one. A part would pass for all, so one that failed spoils the whole; an account
/// that was not asked has nothing of the kind.
fn united<'a, T: Clone + 'a>(listings: impl Iterator<Item = &'a Answer<Vec<T>>>) -> Answer<Vec<T>> {
    let mut all: Option<Vec<T>> = None;
    for listing in listings {
        match listing {
            Answer::Failed(failure) => return Answer::Failed(failure.clone()),
            Answer::Found(part) => all.get_or_insert_default().extend(part.iter().cloned()),
            Answer::Absent => _ = all.get_or_insert_default(),
            Answer::NotRead => {}
        }
    }
    all.map_or(Answer::NotRead, Answer::Found)
}
