//! The accounts of a run: which are needed, with which credentials, and reading them.

use std::collections::{BTreeMap, BTreeSet};

use super::connection::{Block, Connection};
use super::inputs::Calls;
use crate::accounts::{Accounts, Routes};
use crate::error::Error;
use crate::estate::Estate;
use crate::expected::State;
use crate::inventory::{Answer, Caller, Failure, Inventory};
use crate::kinds;
use crate::live::Progress;
use crate::live::aws::{Aws, ConnectError, Network, Settings};
use crate::plan::Plans;

/// What the inputs of a run tell of the accounts that they are about.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    /// Those in which something is that is compared.
    named: BTreeSet<String>,
    /// Whether something is compared of which nothing tells where it is, or anything may be asked for.
    anywhere: bool,
}

impl Wanted {
    /// Where the states have something; anywhere, if there are none.
    pub(super) fn of(states: &[State]) -> Wanted {
        let estate = Estate::new(states, None);
        let mut wanted = Wanted {
            anywhere: states.is_empty(),
            ..Wanted::default()
        };
        for instance in estate
            .instances()
            .filter(|one| kinds::of(&one.terraform_type).is_some())
        {
            match estate.account_of(instance) {
                Some(account) => _ = wanted.named.insert(account.to_owned()),
                None => wanted.anywhere = true,
            }
        }
        wanted
    }

    /// The same, and these.
    pub(super) fn and<'a>(mut self, accounts: impl IntoIterator<Item = &'a str>) -> Wanted {
        self.named.extend(accounts.into_iter().map(str::to_owned));
        self
    }

    fn has(&self, account: &str) -> bool {
        self.anywhere || self.named.contains(account)
    }
}

/// Connections to every account that is read, the run's own first.
pub(super) struct Readers {
    all: Vec<Aws>,
    /// Accounts that no credentials lead to after all, and why.
    unread: BTreeMap<String, Failure>,
}

impl Readers {
    /// Connects to what is wanted. An account that cannot be reached stays unread as long as another one can.
    ///
    /// # Errors
    /// No account at all can be reached; credentials are of another account than their block says.
    pub(super) fn connect(connection: &Connection, wanted: &Wanted) -> Result<Readers, Error> {
        let mut readers = Readers {
            all: Vec::new(),
            unread: BTreeMap::new(),
        };
        let mut first_error = None;
        let own: Vec<&Block> = connection
            .accounts
            .iter()
            .filter(|block| block.through.is_some())
            .collect();
        let covered = |account: &str| own.iter().any(|block| block.account == account);
        for block in own.iter().filter(|block| wanted.has(&block.account)) {
            match Aws::connect(settings(&block.connection)) {
                Ok(aws) => {
                    is_of_its_block(block, aws.caller())?;
                    readers.all.push(aws);
                }
                Err(error) => {
                    let detail = through(block, &error);
                    readers
                        .unread
                        .insert(block.account.clone(), Failure::new(error.reason(), "", detail));
                    first_error.get_or_insert(Error::AccountUnreachable {
                        account: block.account.clone(),
                        through: block.through.clone().unwrap_or_default(),
                        place: block.place.clone(),
                        cause: Box::new(error),
                    });
                }
            }
        }
        let at_hand: Vec<&Block> = connection
            .accounts
            .iter()
            .filter(|block| block.through.is_none())
            .collect();
        let uncovered = wanted.named.iter().any(|account| !covered(account));
        let by_block = at_hand.iter().any(|block| wanted.has(&block.account));
        if own.is_empty() || uncovered || by_block {
            // The only block that speaks of the credentials at hand tells their region as well.
            let plain = match at_hand.as_slice() {
                [only] => &only.connection,
                _ => connection,
            };
            match Aws::connect(settings(plain)) {
                Ok(aws) => {
                    let account = aws.caller().account.clone();
                    let is_block = at_hand.iter().any(|block| block.account == account);
                    if let Some(block) = at_hand.first().filter(|_| !is_block) {
                        return Err(Error::NotTheAccount {
                            wanted: block.account.clone(),
                            found: account,
                        });
                    }
                    let is_wanted = own.is_empty() || is_block || wanted.named.contains(&account);
                    if (is_wanted && !covered(&account)) || readers.all.is_empty() {
                        readers.all.insert(0, aws);
                    }
                }
                Err(error) if readers.all.is_empty() && first_error.is_none() => return Err(error.into()),
                Err(error) => {
                    for account in wanted.named.iter().filter(|account| !covered(account)) {
                        let detail =
                            format!("no `account` block leads to it, and the credentials at hand do not work: {error}");
                        readers
                            .unread
                            .insert(account.clone(), Failure::new(error.reason(), "", detail));
                    }
                }
            }
        }
        match (readers.all.is_empty(), first_error) {
            (true, Some(error)) => Err(error),
            (true, None) => {
                unreachable!("where no block's credentials are wanted, those at hand are taken or end the run")
            }
            (false, _) => Ok(readers),
        }
    }

    /// Who reads, and nothing that AWS told.
    pub(super) fn nothing_yet(&self) -> Inventory {
        let mut inventory = Inventory::default();
        for (at, aws) in self.all.iter().enumerate() {
            let begun = Inventory::begun(aws.caller());
            match at {
                0 => inventory = begun,
                _ => {
                    _ = inventory
                        .accounts
                        .insert(aws.caller().account.clone(), Answer::Found(begun))
                }
            }
        }
        for (account, failure) in &self.unread {
            inventory
                .accounts
                .insert(account.clone(), Answer::Failed(failure.clone()));
        }
        inventory
    }

    /// The same, and of several accounts what is where: what has to be known before anything else is asked.
    pub(super) fn begin(&self, states: &[State], progress: &dyn Progress) -> Inventory {
        let mut inventory = self.nothing_yet();
        let accounts = Accounts::of(&inventory);
        let listings = Routes::new(&Estate::across(states, &accounts), &accounts).listings();
        self.observe(&listings, &mut inventory, progress);
        let located = Accounts::of(&inventory);
        Routes::new(&Estate::across(states, &located), &located).forget_idle(&mut inventory);
        inventory
    }

    /// Does the reads of every account, all accounts at once, and adds what they bring.
    pub(super) fn observe(&self, plans: &Plans, inventory: &mut Inventory, progress: &dyn Progress) {
        let mut others = std::mem::take(&mut inventory.accounts);
        let mut first = Some(&mut *inventory);
        let mut parts: BTreeMap<&str, &mut Inventory> = BTreeMap::new();
        for (account, answer) in &mut others {
            if let Answer::Found(one) = answer {
                parts.insert(account, one);
            }
        }
        std::thread::scope(|scope| {
            for (at, aws) in self.all.iter().enumerate() {
                let account = aws.caller().account.as_str();
                let part = if at == 0 { first.take() } else { parts.remove(account) };
                if let (Some(plan), Some(part)) = (plans.of(account), part) {
                    scope.spawn(move || aws.observe_more(plan, part, progress));
                }
            }
        });
        inventory.accounts = others;
    }

    /// API calls so far, by operation.
    pub(super) fn calls(&self) -> Calls {
        let mut calls = Calls::new();
        for (operation, number) in self.all.iter().flat_map(Aws::calls) {
            *calls.entry(operation).or_default() += number;
        }
        calls
    }
}

/// Credentials of another account than the block says would answer for the wrong one.
fn is_of_its_block(block: &Block, caller: &Caller) -> Result<(), Error> {
    match caller.account == block.account {
        true => Ok(()),
        false => Err(Error::BlockOfAnotherAccount {
            place: block.place.clone(),
            account: block.account.clone(),
            through: block.through.clone().unwrap_or_default(),
            found: caller.account.clone(),
        }),
    }
}

fn through(block: &Block, error: &ConnectError) -> String {
    format!(
        "{} of its block at {}: {error}",
        block.through.as_deref().unwrap_or_default(),
        block.place
    )
}

/// A connection's settings, as the reader takes them.
pub(super) fn settings(connection: &Connection) -> Settings {
    Settings {
        region: connection.region.clone(),
        profile: connection.profile.clone(),
        role: connection.role.clone(),
        route53_per_second: connection.route53_per_second,
        network: Network::of_environment(),
        ..Default::default()
    }
}
