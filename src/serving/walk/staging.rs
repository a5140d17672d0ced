//! Continuous deployment: the staging distribution that gets a part of a distribution's requests.

use crate::finding::Severity;
use crate::inventory::{ContinuousDeploymentPolicy, Distribution, Inventory};
use crate::kinds;
use crate::plan::Read;
use crate::rules;
use crate::serving::trace::Station;

use super::distribution::DISTRIBUTION;
use super::step::{Draft, broken, touched};
use super::{Asked, Walker};

/// The attributes that decide over what visitors get. Aliases, comment and the like differ between a distribution and
/// its staging distribution by nature.
const SERVED: [&str; 8] = [
    "custom_error_response",
    "default_cache_behavior",
    "default_root_object",
    "ordered_cache_behavior",
    "origin",
    "origin_group",
    "restrictions",
    "web_acl_id",
];

/// Whom a policy sends to the staging distribution, if anybody.
fn sent(policy: &ContinuousDeploymentPolicy) -> Option<(String, Severity)> {
    if !policy.enabled {
        return None;
    }
    match (policy.weight, &policy.header) {
        (Some(weight), _) if weight <= 0.0 => None,
        (Some(weight), _) => Some((format!("{:.1} % of all requests", weight * 100.0), Severity::Medium)),
        (None, Some(header)) => Some((format!("requests with the header {header}"), Severity::Low)),
        (None, None) => Some(("a part of all requests".to_owned(), Severity::Medium)),
    }
}

impl<'a> Walker<'a> {
    /// What a distribution's continuous deployment policy does to its visitors.
    pub(super) fn continuous_deployment(&mut self, primary: &'a Distribution, id: &str) {
        let draft = Draft::new(Station::Distribution, format!("continuous deployment policy {id}"));
        let answer = self.meant(|inventory| &inventory.continuous_deployment_policy, id);
        let policy = match self.ask_beside(answer, || Read::ContinuousDeploymentPolicy(id.to_owned())) {
            Asked::Found(policy) => policy,
            Asked::Absent => return self.remark(draft, "it does not exist: no request goes to a staging distribution"),
            Asked::Undeclared | Asked::Pending => return self.remark(draft, "it is not declared"),
            Asked::Failed(why) => {
                let why = format!(
                    "up to 15 % of all requests may go to a staging distribution: the policy could not be read: {why}"
                );
                return self.doubt(draft, why);
            }
        };
        let Some((who, severity)) = sent(policy) else {
            return self.good(draft.evidence("sends no request to a staging distribution"));
        };
        let mut draft = draft.evidence(format!("sends {who} to {}", policy.staging_domains.join(", ")));
        for domain in &policy.staging_domains {
            let staging = match self.staging_distribution(domain) {
                Ok(Some(staging)) => staging,
                Ok(None) => return self.remark(draft, format!("{domain} is not declared")),
                Err(why) => {
                    let why = format!("{who} go to the staging distribution {domain}, and {why}");
                    return self.doubt(draft, why);
                }
            };
            draft = draft.touches(DISTRIBUTION, staging.id.clone());
            let differing = served_differently(primary, staging);
            if !differing.is_empty() {
                let title = format!(
                    "staging distribution {} gets {who} of {} and serves otherwise",
                    staging.id, primary.id
                );
                let detail = format!(
                    "They differ in {}. Promote the staging configuration, or disable policy {id}.",
                    differing.join(", ")
                );
                let at = touched(DISTRIBUTION, primary.id.clone());
                let fault = broken(rules::CONTINUOUS_DEPLOYMENT_LEFT_ON, severity, at, title, detail);
                return self.fault(draft, fault);
            }
            draft = draft.evidence(format!("{} is configured to serve the same", staging.id));
        }
        self.good(draft);
    }

    /// The staging distribution of this name; nothing where the state does not declare it.
    fn staging_distribution(&mut self, domain: &str) -> Result<Option<&'a Distribution>, String> {
        let inventory = self.inventory;
        let Some(known) = self.ground().distributions.named(domain) else {
            return match self.ask_beside(&inventory.distributions, || Read::Distributions) {
                Asked::Failed(why) => Err(format!("the distributions could not be listed: {why}")),
                _ if self.is_live() => Err(format!("it is no distribution {}", self.of_account())),
                _ => Ok(None),
            };
        };
        let answer = Inventory::look_up(&inventory.distribution, known.id);
        match self.ask_beside(answer, || Read::Distribution(known.id.to_owned())) {
            Asked::Found(full) => Ok(Some(full)),
            Asked::Undeclared => Ok(None),
            Asked::Failed(why) => Err(format!("its configuration could not be read: {why}")),
            Asked::Absent | Asked::Pending => Err("its configuration is not there".to_owned()),
        }
    }
}

/// The attributes by which two distributions may serve different things.
fn served_differently(primary: &Distribution, staging: &Distribution) -> Vec<String> {
    let mut paths = kinds::differing(&primary.config, &staging.config);
    paths.retain(|path| {
        let end = path.find(['.', '[']).unwrap_or(path.len());
        SERVED.contains(&&path[..end])
    });
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_sends_somebody_by_weight_or_by_header() {
        let policy = |enabled, weight, header: Option<&str>| ContinuousDeploymentPolicy {
            enabled,
            weight,
            header: header.map(str::to_owned),
            ..ContinuousDeploymentPolicy::default()
        };
        let told = |policy: &ContinuousDeploymentPolicy| sent(policy);
        assert_eq!(told(&policy(false, Some(0.1), None)), None);
        assert_eq!(told(&policy(true, Some(0.0), None)), None);
        assert_eq!(
            told(&policy(true, Some(0.05), None)),
            Some(("5.0 % of all requests".to_owned(), Severity::Medium))
        );
        assert_eq!(
            told(&policy(true, None, Some("aws-cf-cd-next"))),
            Some(("requests with the header aws-cf-cd-next".to_owned(), Severity::Low))
        );
    }
}
