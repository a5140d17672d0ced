//! What only shows when the live path is held against the declared one.

use crate::finding::Severity;
use crate::inventory::{CacheBehavior, Distribution, Inventory};
use crate::rules;
use crate::serving::trace::{Break, Touched};

use super::{Found, Pair};

pub(super) fn of(pair: &Pair, live: &Inventory, state: &Inventory) -> Vec<Found> {
    let (Some(id), Some(declared)) = (&pair.live.distribution, &pair.state.distribution) else {
        return Vec::new();
    };
    let hosts = || vec![pair.live.host.clone()];
    let at = || {
        Some(Touched {
            terraform_type: "aws_cloudfront_distribution",
            id: id.clone(),
        })
    };
    if id != declared {
        let fault = Break {
            rule: rules::SERVED_BY_ANOTHER_DISTRIBUTION,
            severity: Severity::High,
            title: format!(
                "{} is answered by distribution {id}, the state says {declared}",
                pair.live.host
            ),
            detail: format!(
                "CloudFront goes by the alias that fits the host best. Visitors get what {id} serves. Put the alias back on {declared}, or apply."
            ),
            at: at(),
        };
        return vec![Found {
            fault,
            hosts: hosts(),
            as_declared: false,
        }];
    }
    let now = Inventory::look_up(&live.distribution, id).found();
    let then = Inventory::look_up(&state.distribution, id).found();
    let (Some(now), Some(then)) = (now, then) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (behaviour, before) in paired(now, then) {
        let name = behaviour.path_pattern.as_deref().unwrap_or("the default behaviour");
        let fault = match (is_private(before), is_private(behaviour)) {
            (false, true) => Break {
                rule: rules::SITE_CLOSED_TO_VISITORS,
                severity: Severity::Critical,
                title: format!("distribution {id} demands signed URLs for {name}, the state does not"),
                detail: "Visitors without a signature get 403 MissingKey. Apply to take the key groups or signers off."
                    .to_owned(),
                at: at(),
            },
            (true, false) => Break {
                rule: rules::PRIVATE_CONTENT_OPEN,
                severity: Severity::High,
                title: format!("distribution {id} serves {name} to everybody, the state demands signed URLs"),
                detail: "What was to be private is open. Apply to put the key groups or signers back.".to_owned(),
                at: at(),
            },
            _ => continue,
        };
        found.push(Found {
            fault,
            hosts: hosts(),
            as_declared: false,
        });
    }
    found
}

fn is_private(behaviour: &CacheBehavior) -> bool {
    !behaviour.trusted_key_groups.is_empty() || !behaviour.trusted_signers.is_empty()
}

/// The behaviours that both configurations have, by path pattern.
fn paired<'a>(now: &'a Distribution, then: &'a Distribution) -> Vec<(&'a CacheBehavior, &'a CacheBehavior)> {
    let (now, then) = (&now.config, &then.config);
    let mut pairs = vec![(&now.default_cache_behavior, &then.default_cache_behavior)];
    for behaviour in &now.cache_behaviors {
        let before = then
            .cache_behaviors
            .iter()
            .find(|one| one.path_pattern == behaviour.path_pattern);
        pairs.extend(before.map(|before| (behaviour, before)));
    }
    pairs
}
