//! Reading hosted zones: their listing, details and tags, and every record set of each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use aws_config::SdkConfig;
use aws_sdk_route53::config::endpoint::{DefaultResolver, EndpointFuture, Params, ResolveEndpoint};
use aws_sdk_route53::{Client, types};
use futures::stream::{self, StreamExt};

use super::calls::Calls;
use super::classify::{CallError, absent, cut_off, hollow, stuck};
use super::pace::Pace;
use super::wire::{bare_id, text};
use crate::inventory::{
    AliasTarget, Answer, CidrRouting, Failure, GeoLocation, GeoProximity, HealthCheck, Inventory, Reason, RecordSet,
    RecordSets, Tags, ZoneDetail, ZoneSummary,
};
use crate::live::{Progress, actions};
use crate::plan::{Read, ReadPlan};

/// Calls in flight at once.
const IN_FLIGHT: usize = 8;
/// Requests a second that Route 53 allows an account.
const PER_SECOND: u32 = 5;
/// The largest page of `ListResourceRecordSets`.
const RECORDS_PAGE: i32 = 300;
/// The largest page of `ListHostedZones`.
const ZONES_PAGE: i32 = 100;
/// Zones that one `ListTagsForResources` may ask about.
const TAGGED_AT_ONCE: usize = 10;

pub(super) struct Route53 {
    client: Client,
}

/// One request to the scheduler: a read of the plan, or several that share a call.
enum Job<'a> {
    Zones,
    Zone(&'a str),
    Tags(Vec<&'a str>),
    Records(&'a str),
    HealthCheck(&'a str),
}

enum Brought {
    Zones(Answer<Vec<ZoneSummary>>),
    Zone(String, Answer<ZoneDetail>),
    Tags(BTreeMap<String, Answer<Tags>>),
    Records(String, Answer<RecordSets>),
    HealthCheck(String, Answer<HealthCheck>),
}

impl Route53 {
    pub(super) fn new(shared: &SdkConfig, calls: &Calls, per_second: Option<u32>) -> Self {
        let per_second = per_second.unwrap_or(PER_SECOND);
        let paced = Paced {
            rules: DefaultResolver::new(),
            pace: Arc::new(Pace::new(per_second, per_second)),
        };
        let config = aws_sdk_route53::config::Builder::from(shared)
            .endpoint_resolver(paced)
            .interceptor(calls.clone())
            .build();
        Self {
            client: Client::from_conf(config),
        }
    }

    /// Does all Route 53 reads of the plan.
    pub(super) async fn read(&self, plan: &ReadPlan, progress: &dyn Progress) -> Inventory {
        let mut inventory = Inventory::default();
        let mut calls = stream::iter(jobs(plan))
            .map(|job| self.one(job))
            .buffer_unordered(IN_FLIGHT);
        while let Some(brought) = calls.next().await {
            let mut reads = 1;
            match brought {
                Brought::Zones(answer) => inventory.zones = answer,
                Brought::Zone(id, answer) => drop(inventory.zone.insert(id, answer)),
                Brought::Tags(answers) => {
                    reads = answers.len() as u64;
                    inventory.zone_tags.extend(answers);
                }
                Brought::Records(id, answer) => drop(inventory.record_sets.insert(id, answer)),
                Brought::HealthCheck(id, answer) => drop(inventory.health_check.insert(id, answer)),
            }
            progress.finished(reads);
        }
        drop(calls);
        inventory
    }

    async fn one(&self, job: Job<'_>) -> Brought {
        match job {
            Job::Zones => Brought::Zones(self.zones().await),
            Job::Zone(id) => Brought::Zone(id.to_owned(), self.zone(id).await),
            Job::Tags(ids) => Brought::Tags(self.tags(&ids).await),
            Job::Records(id) => Brought::Records(id.to_owned(), self.records(id).await),
            Job::HealthCheck(id) => Brought::HealthCheck(id.to_owned(), self.health_check(id).await),
        }
    }

    async fn zones(&self) -> Answer<Vec<ZoneSummary>> {
        let mut all = Vec::new();
        let mut marker: Option<String> = None;
        let mut seen = BTreeSet::new();
        loop {
            let call = self
                .client
                .list_hosted_zones()
                .max_items(ZONES_PAGE)
                .set_marker(marker.clone());
            let page = match Box::pin(call.send()).await {
                Ok(page) => page,
                Err(error) => return Answer::Failed(CallError::new(&error).failure(actions::LIST_ZONES)),
            };
            if page.max_items < 1 {
                return cut_off(actions::LIST_ZONES);
            }
            all.extend(page.hosted_zones.into_iter().map(zone_summary));
            if !page.is_truncated {
                return Answer::Found(all);
            }
            marker = text(page.next_marker);
            if marker.as_ref().is_none_or(|marker| !seen.insert(marker.clone())) {
                return stuck(actions::LIST_ZONES);
            }
        }
    }

    async fn zone(&self, id: &str) -> Answer<ZoneDetail> {
        match Box::pin(self.client.get_hosted_zone().id(bare_id(id)).send()).await {
            Ok(out) => {
                let delegation = out.delegation_set;
                Answer::Found(ZoneDetail {
                    vpcs: out
                        .vpcs
                        .unwrap_or_default()
                        .into_iter()
                        .filter_map(|vpc| text(vpc.vpc_id))
                        .collect(),
                    delegation_set: delegation
                        .as_ref()
                        .and_then(|set| set.id.as_deref())
                        .and_then(|id| text(Some(bare_id(id).to_owned()))),
                    name_servers: delegation.map(|set| set.name_servers).unwrap_or_default(),
                })
            }
            Err(error) => CallError::new(&error).answer(actions::GET_ZONE, absent::ZONE),
        }
    }

    async fn health_check(&self, id: &str) -> Answer<HealthCheck> {
        match Box::pin(self.client.get_health_check().health_check_id(id).send()).await {
            Ok(out) => out
                .health_check
                .and_then(health_check)
                .map_or_else(|| hollow(actions::GET_HEALTH_CHECK), Answer::Found),
            Err(error) => CallError::new(&error).answer(actions::GET_HEALTH_CHECK, absent::HEALTH_CHECK),
        }
    }

    /// Tags of up to ten zones. One zone that is gone spoils the answer for all, so then each is asked alone.
    async fn tags(&self, ids: &[&str]) -> BTreeMap<String, Answer<Tags>> {
        let error = match self.tags_of(ids).await {
            Ok(answers) => return answers,
            Err(error) => error,
        };
        if !error.is(absent::ZONE) || ids.len() == 1 {
            let answer: Answer<Tags> = error.answer(
                actions::LIST_ZONE_TAGS,
                if ids.len() == 1 { absent::ZONE } else { absent::NEVER },
            );
            return ids.iter().map(|id| ((*id).to_owned(), answer.clone())).collect();
        }
        let mut answers = BTreeMap::new();
        for id in ids {
            match self.tags_of(&[id]).await {
                Ok(answer) => answers.extend(answer),
                Err(error) => {
                    drop(answers.insert((*id).to_owned(), error.answer(actions::LIST_ZONE_TAGS, absent::ZONE)))
                }
            }
        }
        answers
    }

    async fn tags_of(&self, ids: &[&str]) -> Result<BTreeMap<String, Answer<Tags>>, CallError> {
        let call = self
            .client
            .list_tags_for_resources()
            .resource_type(types::TagResourceType::Hostedzone)
            .set_resource_ids(Some(ids.iter().map(|id| bare_id(id).to_owned()).collect()));
        let out = Box::pin(call.send()).await.map_err(|error| CallError::new(&error))?;
        let mut sets: BTreeMap<String, Tags> = out
            .resource_tag_sets
            .into_iter()
            .filter_map(|set| {
                let tags = set.tags.unwrap_or_default().into_iter();
                Some((
                    bare_id(&set.resource_id?).to_owned(),
                    tags.filter_map(|tag| Some((tag.key?, tag.value.unwrap_or_default())))
                        .collect(),
                ))
            })
            .collect();
        let answer = |id: &str| match sets.remove(bare_id(id)) {
            Some(tags) => Answer::Found(tags),
            None => Answer::Failed(Failure::new(
                Reason::BadAnswer,
                actions::LIST_ZONE_TAGS,
                "the answer leaves this zone out, though it was asked about",
            )),
        };
        let mut answer = answer;
        Ok(ids.iter().map(|id| ((*id).to_owned(), answer(id))).collect())
    }

    /// Every record set of a zone. The SDK has no paginator for this operation, and servers exist that forget the set
    /// identifier at a page's edge and start the group again, for ever: a marker that came before ends the reading.
    async fn records(&self, zone: &str) -> Answer<RecordSets> {
        let mut all: Vec<RecordSet> = Vec::new();
        let mut place: BTreeMap<(String, String, Option<String>), usize> = BTreeMap::new();
        let mut next: Marker = (None, None, None);
        let mut seen = BTreeSet::new();
        loop {
            let (name, kind, identifier) = next.clone();
            let call = self
                .client
                .list_resource_record_sets()
                .hosted_zone_id(bare_id(zone))
                .max_items(RECORDS_PAGE)
                .set_start_record_name(name)
                .set_start_record_type(kind.as_deref().map(types::RrType::from))
                .set_start_record_identifier(identifier);
            let page = match Box::pin(call.send()).await {
                Ok(page) => page,
                Err(error) => return CallError::new(&error).answer(actions::LIST_RECORD_SETS, absent::ZONE),
            };
            if page.max_items < 1 {
                return cut_off(actions::LIST_RECORD_SETS);
            }
            for record in page.resource_record_sets.into_iter().map(record_set) {
                // A record changed between two pages can come twice; the later answer holds.
                match place.entry((record.name.clone(), record.kind.clone(), record.set_identifier.clone())) {
                    std::collections::btree_map::Entry::Occupied(at) => all[*at.get()] = record,
                    std::collections::btree_map::Entry::Vacant(at) => {
                        at.insert(all.len());
                        all.push(record);
                    }
                }
            }
            if !page.is_truncated {
                return Answer::Found(all.into());
            }
            next = (
                text(page.next_record_name),
                text(page.next_record_type.map(|kind| kind.as_str().to_owned())),
                text(page.next_record_identifier),
            );
            if next.0.is_none() || !seen.insert(next.clone()) {
                return stuck(actions::LIST_RECORD_SETS);
            }
        }
    }
}

/// Name, type and set identifier of the record set that the next page begins with.
type Marker = (Option<String>, Option<String>, Option<String>);

fn jobs(plan: &ReadPlan) -> Vec<Job<'_>> {
    let mut jobs = Vec::new();
    let mut tagged = Vec::new();
    for read in plan.iter() {
        match read {
            Read::Zones => jobs.push(Job::Zones),
            Read::Zone(id) => jobs.push(Job::Zone(id)),
            Read::ZoneTags(id) => tagged.push(id.as_str()),
            Read::RecordSets(id) => jobs.push(Job::Records(id)),
            Read::HealthCheck(id) => jobs.push(Job::HealthCheck(id)),
            _ => {}
        }
    }
    jobs.extend(tagged.chunks(TAGGED_AT_ONCE).map(|ids| Job::Tags(ids.to_vec())));
    jobs
}

/// AWS's own rules, at Route 53's pace. The endpoint is resolved in every attempt, retries included, and it is only
/// here that AWS's own endpoint is told from one that the user set, which is asked as fast as it answers.
#[derive(Debug)]
struct Paced {
    rules: DefaultResolver,
    pace: Arc<Pace>,
}

impl ResolveEndpoint for Paced {
    fn resolve_endpoint<'a>(&'a self, params: &'a Params) -> EndpointFuture<'a> {
        if params.endpoint().is_some() {
            return self.rules.resolve_endpoint(params);
        }
        EndpointFuture::new(async move {
            self.pace.turn().await;
            self.rules.resolve_endpoint(params).await
        })
    }
}

/// `None` without a configuration.
fn health_check(found: types::HealthCheck) -> Option<HealthCheck> {
    let config = found.health_check_config?;
    Some(HealthCheck {
        id: found.id,
        kind: config.r#type.as_str().to_owned(),
        ip_address: text(config.ip_address),
        fully_qualified_domain_name: text(config.fully_qualified_domain_name),
        disabled: config.disabled.unwrap_or_default(),
        inverted: config.inverted.unwrap_or_default(),
    })
}

fn zone_summary(zone: types::HostedZone) -> ZoneSummary {
    let (comment, private) = zone
        .config
        .map(|config| (config.comment, config.private_zone))
        .unwrap_or_default();
    ZoneSummary {
        id: bare_id(&zone.id).to_owned(),
        name: zone.name,
        comment: text(comment),
        private,
        linked_service: zone.linked_service.and_then(|service| text(service.service_principal)),
    }
}

fn record_set(record: types::ResourceRecordSet) -> RecordSet {
    RecordSet {
        name: record.name,
        kind: record.r#type.as_str().to_owned(),
        ttl: record.ttl,
        values: record
            .resource_records
            .unwrap_or_default()
            .into_iter()
            .map(|record| record.value)
            .collect(),
        alias: record.alias_target.map(|alias| AliasTarget {
            dns_name: alias.dns_name,
            hosted_zone_id: bare_id(&alias.hosted_zone_id).to_owned(),
            evaluate_target_health: alias.evaluate_target_health,
        }),
        set_identifier: text(record.set_identifier),
        health_check_id: text(record.health_check_id),
        weight: record.weight,
        region: text(record.region.map(|region| region.as_str().to_owned())),
        failover: text(record.failover.map(|failover| failover.as_str().to_owned())),
        geolocation: record.geo_location.map(|geo| GeoLocation {
            continent: text(geo.continent_code),
            country: text(geo.country_code),
            subdivision: text(geo.subdivision_code),
        }),
        geoproximity: record.geo_proximity_location.map(|geo| GeoProximity {
            aws_region: text(geo.aws_region),
            bias: geo.bias.map(i64::from).unwrap_or_default(),
            local_zone_group: text(geo.local_zone_group),
            coordinates: geo.coordinates.map(|at| (at.latitude, at.longitude)),
        }),
        cidr: record.cidr_routing_config.map(|cidr| CidrRouting {
            collection_id: cidr.collection_id,
            location_name: cidr.location_name,
        }),
        multivalue_answer: record.multi_value_answer,
        traffic_policy_instance_id: text(record.traffic_policy_instance_id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_tagged_ten_at_a_time() {
        let plan: ReadPlan = (0..23)
            .map(|n| Read::ZoneTags(format!("Z{n:02}")))
            .chain([Read::Zones])
            .collect();
        let sizes: Vec<usize> = jobs(&plan)
            .iter()
            .filter_map(|job| {
                if let Job::Tags(ids) = job {
                    Some(ids.len())
                } else {
                    None
                }
            })
            .collect();
        assert_eq!(sizes, [10, 10, 3]);
        assert_eq!(jobs(&plan).len(), 4);
    }

    #[test]
    fn a_record_set_keeps_every_routing_member() {
        let mapped = record_set(
            types::ResourceRecordSet::builder()
                .name("\\052.example.com.")
                .r#type(types::RrType::A)
                .set_identifier("blue")
                .weight(0)
                .multi_value_answer(false)
                .alias_target(
                    types::AliasTarget::builder()
                        .dns_name("d1.cloudfront.net.")
                        .hosted_zone_id("Z2FDTNDATAQYW2")
                        .evaluate_target_health(false)
                        .build()
                        .unwrap(),
                )
                .build()
                .unwrap(),
        );
        assert_eq!(mapped.name, "\\052.example.com.");
        assert_eq!(mapped.weight, Some(0));
        assert_eq!(mapped.multivalue_answer, Some(false));
        assert_eq!(mapped.ttl, None);
        assert!(mapped.values.is_empty());
    }
}
