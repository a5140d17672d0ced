//! The console: AWS's own SDK, pointed at one account of the emulator, to change things as a person would.

use std::future::Future;

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use aws_sdk_cloudfront::types::DistributionConfig;
use aws_sdk_route53::types::{Change, ChangeAction, ChangeBatch, ResourceRecordSet};
use aws_smithy_http_client::tls;

use super::world::World;

/// Clients of one account.
pub(crate) struct Console {
    pub(crate) s3: aws_sdk_s3::Client,
    pub(crate) cloudfront: aws_sdk_cloudfront::Client,
    pub(crate) route53: aws_sdk_route53::Client,
}

impl World {
    /// Does something in this copy's account, as its owner.
    pub(crate) fn console<F: Future>(&self, work: impl FnOnce(Console) -> F) -> F::Output {
        self.console_in("eu-west-2", work)
    }

    /// As `console`, in another region.
    pub(crate) fn console_in<F: Future>(&self, region: &str, work: impl FnOnce(Console) -> F) -> F::Output {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        runtime.block_on(async {
            let http = aws_smithy_http_client::Builder::new()
                .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc))
                .build_https();
            let config = aws_config::defaults(BehaviorVersion::latest())
                .endpoint_url(self.emulator.url())
                .region(Region::new(region.to_owned()))
                .credentials_provider(Credentials::new(&self.account, "test", None, None, "tests"))
                .http_client(http)
                .load()
                .await;
            let s3 = aws_sdk_s3::config::Builder::from(&config)
                .force_path_style(true)
                .build();
            work(Console {
                s3: aws_sdk_s3::Client::from_conf(s3),
                cloudfront: aws_sdk_cloudfront::Client::new(&config),
                route53: aws_sdk_route53::Client::new(&config),
            })
            .await
        })
    }

    /// Edits a distribution's configuration in place.
    pub(crate) fn edit_distribution(&self, address: &str, edit: impl FnOnce(&mut DistributionConfig)) {
        let id = self.attribute(address, "id");
        self.console(|aws| async move {
            let current = aws
                .cloudfront
                .get_distribution_config()
                .id(&id)
                .send()
                .await
                .expect("the distribution is there");
            let mut config = current.distribution_config.clone().expect("it has a configuration");
            edit(&mut config);
            count(&mut config);
            let update = aws.cloudfront.update_distribution().id(&id).distribution_config(config);
            update
                .set_if_match(current.e_tag)
                .send()
                .await
                .expect("the update is taken");
        });
    }

    /// Disables a distribution and deletes it, as the console does.
    pub(crate) fn delete_distribution(&self, address: &str) {
        self.edit_distribution(address, |distribution| distribution.enabled = false);
        let id = self.attribute(address, "id");
        self.console(|aws| async move {
            let current = aws
                .cloudfront
                .get_distribution_config()
                .id(&id)
                .send()
                .await
                .expect("the distribution is there");
            let delete = aws.cloudfront.delete_distribution().id(&id).set_if_match(current.e_tag);
            delete.send().await.expect("the distribution is deleted");
        });
    }

    /// One change to the record sets of a zone.
    pub(crate) fn change_record(&self, zone: &str, action: ChangeAction, set: ResourceRecordSet) {
        let zone = self.attribute(zone, "id");
        self.console(|aws| async move {
            let change = Change::builder()
                .action(action)
                .resource_record_set(set)
                .build()
                .expect("a change");
            let batch = ChangeBatch::builder().changes(change).build().expect("a batch");
            let sent = aws
                .route53
                .change_resource_record_sets()
                .hosted_zone_id(zone)
                .change_batch(batch)
                .send()
                .await;
            sent.expect("the change is taken");
        });
    }

    /// The record sets of a zone whose name (without the trailing dot) and type are these.
    pub(crate) fn records(&self, zone: &str, name: &str, kind: &str) -> Vec<ResourceRecordSet> {
        let (zone, name) = (self.attribute(zone, "id"), self.own(name));
        let sets = self.console(|aws| async move {
            let listed = aws
                .route53
                .list_resource_record_sets()
                .hosted_zone_id(zone)
                .max_items(300)
                .send()
                .await;
            listed.expect("the zone is there").resource_record_sets
        });
        let wanted =
            |set: &ResourceRecordSet| driftgate::canon::dns::name(&set.name) == name && set.r#type.as_str() == kind;
        let found: Vec<ResourceRecordSet> = sets.into_iter().filter(wanted).collect();
        assert!(!found.is_empty(), "no {kind} record {name}");
        found
    }

    /// Edits the first record set of that name and type.
    pub(crate) fn edit_record(&self, zone: &str, name: &str, kind: &str, edit: impl FnOnce(&mut ResourceRecordSet)) {
        let mut set = self.records(zone, name, kind).remove(0);
        edit(&mut set);
        self.change_record(zone, ChangeAction::Upsert, set);
    }

    /// Deletes the first record set of that name and type.
    pub(crate) fn delete_record(&self, zone: &str, name: &str, kind: &str) {
        let set = self.records(zone, name, kind).remove(0);
        self.change_record(zone, ChangeAction::Delete, set);
    }
}

/// Sets the quantity of every list that tests edit: the API wants it to be right.
fn count(config: &mut DistributionConfig) {
    let length = |length: usize| i32::try_from(length).expect("a list that fits");
    if let Some(aliases) = &mut config.aliases {
        aliases.quantity = length(aliases.items().len());
    }
    if let Some(origins) = &mut config.origins {
        origins.quantity = length(origins.items.len());
        for headers in origins
            .items
            .iter_mut()
            .filter_map(|origin| origin.custom_headers.as_mut())
        {
            headers.quantity = length(headers.items().len());
        }
    }
    if let Some(groups) = &mut config.origin_groups {
        groups.quantity = length(groups.items().len());
    }
    if let Some(behaviours) = &mut config.cache_behaviors {
        behaviours.quantity = length(behaviours.items().len());
    }
    if let Some(responses) = &mut config.custom_error_responses {
        responses.quantity = length(responses.items().len());
    }
    if let Some(geo) = config.restrictions.as_mut().and_then(|r| r.geo_restriction.as_mut()) {
        geo.quantity = length(geo.items().len());
    }
}
