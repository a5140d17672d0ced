//! Reading distributions, their tags, and what their origins sign with. What is compared is read by id: the summaries of
//! `ListDistributions` lack logging, the default root object and more, and only tell which distributions there are.

use std::collections::BTreeSet;

use aws_config::SdkConfig;
use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::types;
use futures::stream::{self, StreamExt};

use super::calls::Calls;
use super::classify::{CallError, absent, hollow, stuck};
use super::distribution;
use super::wire::text;
use crate::inventory::{
    Answer, ContinuousDeploymentPolicy, DistributionSummary, Inventory, OriginAccessControl, OriginAccessIdentity,
    OriginRequestPolicy, Tags,
};
use crate::live::{Progress, actions};
use crate::plan::{Read, ReadPlan};

/// Calls in flight at once.
const IN_FLIGHT: usize = 8;
/// The largest page of `ListDistributions`.
const PAGE: i32 = 100;

pub(super) struct CloudFront {
    client: Client,
}

/// One answer with the place where it belongs.
enum Brought {
    Listing(Answer<Vec<DistributionSummary>>),
    Distribution(String, Box<Answer<crate::inventory::Distribution>>),
    Tags(String, Answer<Tags>),
    Control(String, Answer<OriginAccessControl>),
    Identity(String, Answer<OriginAccessIdentity>),
    RequestPolicy(String, Answer<OriginRequestPolicy>),
    Continuous(String, Answer<ContinuousDeploymentPolicy>),
}

impl CloudFront {
    pub(super) fn new(shared: &SdkConfig, calls: &Calls) -> Self {
        let config = aws_sdk_cloudfront::config::Builder::from(shared)
            .interceptor(calls.clone())
            .build();
        Self {
            client: Client::from_conf(config),
        }
    }

    /// Does all CloudFront reads of the plan.
    pub(super) async fn read(&self, plan: &ReadPlan, progress: &dyn Progress) -> Inventory {
        let mut inventory = Inventory::default();
        let mut calls = stream::iter(plan.iter())
            .map(|read| self.one(read))
            .buffer_unordered(IN_FLIGHT);
        while let Some(brought) = calls.next().await {
            match brought {
                None => continue,
                Some(Brought::Listing(answer)) => inventory.distributions = answer,
                Some(Brought::Distribution(id, answer)) => drop(inventory.distribution.insert(id, *answer)),
                Some(Brought::Tags(arn, answer)) => drop(inventory.distribution_tags.insert(arn, answer)),
                Some(Brought::Control(id, answer)) => drop(inventory.origin_access_control.insert(id, answer)),
                Some(Brought::Identity(id, answer)) => drop(inventory.origin_access_identity.insert(id, answer)),
                Some(Brought::Continuous(id, answer)) => {
                    drop(inventory.continuous_deployment_policy.insert(id, answer))
                }
                Some(Brought::RequestPolicy(id, answer)) => drop(inventory.origin_request_policy.insert(id, answer)),
            }
            progress.finished(1);
        }
        drop(calls);
        inventory
    }

    async fn one(&self, read: &Read) -> Option<Brought> {
        match read {
            Read::Distributions => Some(Brought::Listing(self.list().await)),
            Read::Distribution(id) => Some(Brought::Distribution(id.clone(), Box::new(self.distribution(id).await))),
            Read::DistributionTags(arn) => Some(Brought::Tags(arn.clone(), self.tags(arn).await)),
            Read::OriginAccessControl(id) => Some(Brought::Control(id.clone(), self.control(id).await)),
            Read::OriginAccessIdentity(id) => Some(Brought::Identity(id.clone(), self.identity(id).await)),
            Read::ContinuousDeploymentPolicy(id) => Some(Brought::Continuous(id.clone(), self.continuous(id).await)),
            Read::OriginRequestPolicy(id) => Some(Brought::RequestPolicy(id.clone(), self.request_policy(id).await)),
            _ => None,
        }
    }

    /// Every page of `ListDistributions`; a page that fails spoils the whole, for a part would pass for all.
    async fn list(&self) -> Answer<Vec<DistributionSummary>> {
        let mut all = Vec::new();
        let mut marker: Option<String> = None;
        let mut seen = BTreeSet::new();
        loop {
            let call = self
                .client
                .list_distributions()
                .max_items(PAGE)
                .set_marker(marker.clone());
            let page = match Box::pin(call.send()).await {
                Ok(out) => match out.distribution_list {
                    Some(page) => page,
                    None => return hollow(actions::LIST_DISTRIBUTIONS),
                },
                Err(error) => return Answer::Failed(CallError::new(&error).failure(actions::LIST_DISTRIBUTIONS)),
            };
            all.extend(page.items.unwrap_or_default().into_iter().map(distribution::summary));
            if !page.is_truncated {
                return Answer::Found(all);
            }
            marker = text(page.next_marker);
            if marker.as_ref().is_none_or(|marker| !seen.insert(marker.clone())) {
                return stuck(actions::LIST_DISTRIBUTIONS);
            }
        }
    }

    async fn distribution(&self, id: &str) -> Answer<crate::inventory::Distribution> {
        match Box::pin(self.client.get_distribution().id(id).send()).await {
            Ok(out) => out
                .distribution
                .and_then(distribution::distribution)
                .map_or_else(|| hollow(actions::GET_DISTRIBUTION), Answer::Found),
            Err(error) => CallError::new(&error).answer(actions::GET_DISTRIBUTION, absent::DISTRIBUTION),
        }
    }

    async fn tags(&self, arn: &str) -> Answer<Tags> {
        match Box::pin(self.client.list_tags_for_resource().resource(arn).send()).await {
            Ok(out) => match out.tags {
                Some(tags) => {
                    let items = tags.items.unwrap_or_default().into_iter();
                    Answer::Found(items.map(|tag| (tag.key, tag.value.unwrap_or_default())).collect())
                }
                None => hollow(actions::LIST_DISTRIBUTION_TAGS),
            },
            Err(error) => CallError::new(&error).answer(actions::LIST_DISTRIBUTION_TAGS, absent::DISTRIBUTION_TAGS),
        }
    }

    async fn control(&self, id: &str) -> Answer<OriginAccessControl> {
        match Box::pin(self.client.get_origin_access_control().id(id).send()).await {
            Ok(out) => out
                .origin_access_control
                .and_then(control)
                .map_or_else(|| hollow(actions::GET_ORIGIN_ACCESS_CONTROL), Answer::Found),
            Err(error) => {
                CallError::new(&error).answer(actions::GET_ORIGIN_ACCESS_CONTROL, absent::ORIGIN_ACCESS_CONTROL)
            }
        }
    }

    async fn identity(&self, id: &str) -> Answer<OriginAccessIdentity> {
        match Box::pin(self.client.get_cloud_front_origin_access_identity().id(id).send()).await {
            Ok(out) => out
                .cloud_front_origin_access_identity
                .and_then(identity)
                .map_or_else(|| hollow(actions::GET_ORIGIN_ACCESS_IDENTITY), Answer::Found),
            Err(error) => {
                CallError::new(&error).answer(actions::GET_ORIGIN_ACCESS_IDENTITY, absent::ORIGIN_ACCESS_IDENTITY)
            }
        }
    }

    async fn continuous(&self, id: &str) -> Answer<ContinuousDeploymentPolicy> {
        match Box::pin(self.client.get_continuous_deployment_policy().id(id).send()).await {
            Ok(out) => out
                .continuous_deployment_policy
                .and_then(continuous)
                .map_or_else(|| hollow(actions::GET_CONTINUOUS_DEPLOYMENT_POLICY), Answer::Found),
            Err(error) => CallError::new(&error).answer(
                actions::GET_CONTINUOUS_DEPLOYMENT_POLICY,
                absent::CONTINUOUS_DEPLOYMENT_POLICY,
            ),
        }
    }

    async fn request_policy(&self, id: &str) -> Answer<OriginRequestPolicy> {
        match Box::pin(self.client.get_origin_request_policy().id(id).send()).await {
            Ok(out) => out
                .origin_request_policy
                .and_then(request_policy)
                .map_or_else(|| hollow(actions::GET_ORIGIN_REQUEST_POLICY), Answer::Found),
            Err(error) => {
                CallError::new(&error).answer(actions::GET_ORIGIN_REQUEST_POLICY, absent::ORIGIN_REQUEST_POLICY)
            }
        }
    }
}

/// `None` without a configuration, like the next ones.
fn control(found: types::OriginAccessControl) -> Option<OriginAccessControl> {
    let config = found.origin_access_control_config?;
    Some(OriginAccessControl {
        id: found.id,
        name: config.name,
        description: text(config.description),
        origin_type: config.origin_access_control_origin_type.as_str().to_owned(),
        signing_behavior: config.signing_behavior.as_str().to_owned(),
        signing_protocol: config.signing_protocol.as_str().to_owned(),
    })
}

fn identity(found: types::CloudFrontOriginAccessIdentity) -> Option<OriginAccessIdentity> {
    let config = found.cloud_front_origin_access_identity_config?;
    Some(OriginAccessIdentity {
        id: found.id,
        comment: text(Some(config.comment)),
        s3_canonical_user_id: found.s3_canonical_user_id,
    })
}

fn continuous(found: types::ContinuousDeploymentPolicy) -> Option<ContinuousDeploymentPolicy> {
    let config = found.continuous_deployment_policy_config?;
    let names = config.staging_distribution_dns_names.and_then(|names| names.items);
    let (weight, header) = match config.traffic_config {
        Some(traffic) => (traffic.single_weight_config, traffic.single_header_config),
        None => (None, None),
    };
    Some(ContinuousDeploymentPolicy {
        id: found.id,
        enabled: config.enabled,
        staging_domains: names.unwrap_or_default(),
        weight: weight.map(|config| f64::from(config.weight)),
        header: header.map(|config| config.header),
    })
}

fn request_policy(found: types::OriginRequestPolicy) -> Option<OriginRequestPolicy> {
    let config = found.origin_request_policy_config?;
    let headers = config.headers_config?;
    Some(OriginRequestPolicy {
        id: found.id,
        name: config.name,
        header_behavior: headers.header_behavior.as_str().to_owned(),
        headers: headers.headers.and_then(|headers| headers.items).unwrap_or_default(),
    })
}
