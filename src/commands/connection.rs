//! How a run reaches AWS: the command line's and the configuration's say.

use super::World;
use crate::config::{Credentials, Effective, Service};

/// In place of what the environment and the shared configuration files say.
#[derive(Clone, Debug, Default)]
pub(super) struct Connection {
    pub(super) region: Option<String>,
    pub(super) profile: Option<String>,
    /// A role to assume with the credentials at hand, and its external id.
    pub(super) role: Option<(String, Option<String>)>,
    /// The only account that may be read, where the configuration names one.
    pub(super) account: Option<String>,
    /// Requests to Route 53 per second, at most.
    pub(super) route53_per_second: Option<u32>,
}

impl Connection {
    /// What is meant. A run reads one account: a single `account` block says which and with what; of several, those
    /// that the credentials at hand are not of stay unread, and the run says so.
    pub(super) fn of(effective: &Effective, world: &mut World) -> Connection {
        let mut connection = Connection {
            region: effective.region.as_ref().map(|region| region.value.clone()),
            profile: effective.profile.as_ref().map(|profile| profile.value.clone()),
            route53_per_second: effective.settings.pace.value.get(&Service::Route53).copied(),
            ..Connection::default()
        };
        match effective.accounts.as_slice() {
            [] => {}
            [account] => {
                let first = account.regions.value.first().cloned();
                connection.region = connection.region.or(first);
                connection.account = Some(account.id.clone());
                // A profile on the command line is the last word.
                if connection.profile.is_none() {
                    match &account.credentials.value {
                        Credentials::AtHand => {}
                        Credentials::Profile(profile) => connection.profile = Some(profile.clone()),
                        Credentials::Role { arn, external_id } => {
                            connection.role = Some((arn.clone(), external_id.clone()));
                        }
                    }
                }
            }
            several => world.warn(&format!(
                "{} accounts are configured and a run reads one, that of the credentials at hand: resources of the \
                 others stay unchecked; run once per account",
                several.len()
            )),
        }
        connection
    }
}
