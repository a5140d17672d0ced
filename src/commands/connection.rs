//! How a run reaches AWS: the command line's and the configuration's say.

use crate::config::{Account, Credentials, Effective, Service};

/// In place of what the environment and the shared configuration files say.
#[derive(Clone, Debug, Default)]
pub(super) struct Connection {
    pub(super) region: Option<String>,
    pub(super) profile: Option<String>,
    /// A role to assume with the credentials at hand, and its external id.
    pub(super) role: Option<(String, Option<String>)>,
    /// Requests to Route 53 per second, at most.
    #[cfg_attr(
        not(feature = "live"),
        expect(dead_code, reason = "without the network nobody connects")
    )]
    pub(super) route53_per_second: Option<u32>,
    /// The accounts that the configuration names, each with how it is reached. Such a connection has none itself.
    pub(super) accounts: Vec<Block>,
}

/// How one account is reached, by its block.
#[cfg_attr(
    not(feature = "live"),
    expect(dead_code, reason = "without the network nobody connects")
)]
#[derive(Clone, Debug)]
pub(super) struct Block {
    pub(super) account: String,
    pub(super) connection: Connection,
    /// Where the credentials come from, for people: `profile "web"`. `None` for the credentials at hand.
    pub(super) through: Option<String>,
    /// Where the block stands.
    pub(super) place: String,
}

impl Connection {
    /// What is meant.
    pub(super) fn of(effective: &Effective) -> Connection {
        let at_hand = Connection {
            region: effective.region.as_ref().map(|region| region.value.clone()),
            profile: effective.profile.as_ref().map(|profile| profile.value.clone()),
            route53_per_second: effective.settings.pace.value.get(&Service::Route53).copied(),
            ..Connection::default()
        };
        let only = effective.accounts.len() == 1;
        let blocks = effective.accounts.iter().map(|account| at_hand.block(account, only));
        Connection {
            accounts: blocks.collect(),
            ..at_hand.clone()
        }
    }

    fn block(&self, account: &Account, only: bool) -> Block {
        let mut connection = self.clone();
        connection.region = connection.region.or_else(|| account.regions.value.first().cloned());
        let mut through = None;
        // A profile on the command line is the last word on the only account there is; of several it says which
        // credentials are at hand.
        let overruled = only && self.profile.is_some();
        match &account.credentials.value {
            Credentials::AtHand => {}
            _ if overruled => {}
            Credentials::Profile(profile) => {
                through = Some(format!("profile {profile:?}"));
                connection.profile = Some(profile.clone());
            }
            Credentials::Role { arn, external_id } => {
                through = Some(format!("role {arn}"));
                connection.role = Some((arn.clone(), external_id.clone()));
            }
        }
        Block {
            account: account.id.clone(),
            connection,
            through,
            place: account.place.to_string(),
        }
    }

    /// What states are read with: the credentials of the only account, or else those at hand.
    pub(super) fn of_states(&self) -> Connection {
        match self.accounts.as_slice() {
            [only] => only.connection.clone(),
            _ => Connection {
                accounts: Vec::new(),
                ..self.clone()
            },
        }
    }
}
