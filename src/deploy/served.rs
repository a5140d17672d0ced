//! What is served from where, on one side: the distributions with their origins, the hosts, the buckets.

use std::collections::{BTreeMap, BTreeSet};

use crate::canon::dns;
use crate::inventory::{Answer, CacheBehavior, Distribution, DistributionSummary, Inventory, Origin, Tags};
use crate::serving::labels::{self, Label, Named};
use crate::serving::origin_domain::{Form, OriginDomain};
use crate::serving::trace::{Side, Trace};
use crate::workflows::{Text, Tri};

/// AWS's managed cache policy `CachingDisabled` (CloudFront developer guide, "Use managed cache policies").
const CACHING_DISABLED: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";

/// What one side serves.
#[derive(Clone, Debug, PartialEq)]
pub struct Served {
    pub side: Side,
    /// By id; every distribution that the side knows of.
    pub distributions: BTreeMap<String, View>,
    /// Per traced host, what answers for it.
    pub hosts: BTreeMap<String, Answering>,
    /// Whether `distributions` is all that the account has.
    pub complete: bool,
    /// The account's buckets, where their list is known.
    pub buckets: Option<BTreeSet<String>>,
    /// Region per bucket, where known.
    pub regions: BTreeMap<String, String>,
    /// The environment that a bucket's own tags or name tell.
    pub bucket_labels: BTreeMap<String, Label>,
    /// Buckets that S3 copies a bucket's objects to.
    pub copies: BTreeMap<String, BTreeSet<String>>,
    /// Buckets that only redirect.
    pub redirects: BTreeSet<String>,
    /// Buckets of which the inventory names objects: on the state's side those that Terraform itself uploads to.
    pub with_objects: BTreeSet<String>,
    /// Buckets with a website configuration or a policy that lets CloudFront read: meant to be served.
    pub meant_to_serve: BTreeSet<String>,
}

/// One distribution.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    pub id: String,
    /// Its aliases, and the hosts whose trace ends at it.
    pub hosts: BTreeSet<String>,
    pub origins: Vec<ServedOrigin>,
    pub root_object: Option<String>,
    pub enabled: bool,
    /// Whether an edge function may send requests to another origin than the configured one.
    pub origin_may_change: bool,
    /// Whether the default behaviour keeps answers at the edge.
    pub caches: bool,
    /// Whether behaviours and origin paths are known, not only the origins' domains.
    pub detailed: bool,
    pub label: Option<Label>,
}

/// One origin of a distribution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedOrigin {
    pub id: String,
    pub domain: String,
    pub holder: Holder,
    /// Without slashes at its ends.
    pub path: String,
    /// Whether some behaviour sends requests here.
    pub used: bool,
    /// Whether the default behaviour does.
    pub default: bool,
}

/// Who answers for an origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holder {
    Bucket(String),
    /// An access point, another distribution or a name outside AWS: a bucket may stand behind it.
    MaybeBucket,
    /// Something of AWS that is no bucket.
    Other,
}

/// What answers for a host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answering {
    pub distribution: Option<String>,
    /// Bucket and origin path, the latter without slashes at its ends.
    pub from: BTreeSet<(String, String)>,
}

impl Served {
    /// What `inventory` and the traces of the same side tell. Traces of the other side are passed over.
    pub fn new<'t>(side: Side, inventory: &Inventory, traces: impl IntoIterator<Item = &'t Trace>) -> Served {
        let mut served = Served {
            side,
            distributions: BTreeMap::new(),
            hosts: BTreeMap::new(),
            complete: inventory.distributions.found().is_some(),
            buckets: inventory
                .buckets
                .found()
                .map(|all| all.iter().map(|one| one.name.clone()).collect()),
            regions: BTreeMap::new(),
            bucket_labels: BTreeMap::new(),
            copies: BTreeMap::new(),
            redirects: BTreeSet::new(),
            with_objects: inventory.objects.keys().cloned().collect(),
            meant_to_serve: BTreeSet::new(),
        };
        let details = inventory
            .distribution
            .iter()
            .filter_map(|(id, answer)| Some((id, answer.found()?)));
        served
            .distributions
            .extend(details.map(|(id, one)| (id.clone(), view(id, one, inventory))));
        for summary in inventory.distributions.found().into_iter().flatten() {
            // A summary may outlive the distribution by the moments between two calls.
            if !matches!(inventory.distribution.get(&summary.id), Some(Answer::Absent)) {
                served
                    .distributions
                    .entry(summary.id.clone())
                    .or_insert_with(|| outline(summary));
            }
        }
        for trace in traces.into_iter().filter(|trace| trace.side == side) {
            served.add_trace(trace);
        }
        served.read_buckets(inventory);
        served
    }

    fn add_trace(&mut self, trace: &Trace) {
        let answering = self.hosts.entry(trace.host.clone()).or_default();
        answering.from.extend(trace.served_from.iter().cloned());
        if let Some(id) = &trace.distribution {
            answering.distribution = Some(id.clone());
            if let Some(view) = self.distributions.get_mut(id) {
                view.hosts.insert(trace.host.clone());
            }
        }
    }

    fn read_buckets(&mut self, inventory: &Inventory) {
        for summary in inventory.buckets.found().into_iter().flatten() {
            self.regions
                .extend(summary.region.clone().map(|region| (summary.name.clone(), region)));
        }
        let listed = self.buckets.iter().flatten();
        let names: BTreeSet<String> = listed.chain(inventory.bucket.keys()).cloned().collect();
        let untagged = Tags::new();
        for name in names {
            let answers = inventory.bucket(&name);
            let region = answers.head.found().and_then(|head| head.region.clone());
            if let Some(region) = region {
                self.regions.insert(name.clone(), region);
            }
            let named = [Named {
                what: "bucket",
                name: &name,
                zone: None,
            }];
            if let Some(label) = labels::label(answers.tags.found().unwrap_or(&untagged), &named) {
                self.bucket_labels.insert(name.clone(), label);
            }
            for rule in answers.replication.found().iter().flat_map(|all| &all.rules) {
                let destination = rule.destination_bucket.rsplit(':').next().unwrap_or_default();
                self.copies
                    .entry(name.clone())
                    .or_default()
                    .insert(destination.to_owned());
            }
            if let Some(website) = answers.website.found() {
                match website.redirect_all_requests_to {
                    Some(_) => self.redirects.insert(name.clone()),
                    None => self.meant_to_serve.insert(name.clone()),
                };
            }
            let admits =
                |policy: &String| policy.contains("cloudfront.amazonaws.com") || policy.contains("CloudFront Origin");
            if answers.policy.found().is_some_and(admits) {
                self.meant_to_serve.insert(name);
            }
        }
    }

    /// Whether a bucket, as a deployment names it, is one that the distribution serves from. `CannotTell` also where
    /// the distribution's origin is not plainly a bucket.
    pub fn serves_from(&self, view: &View, bucket: &Text) -> Tri {
        let used = || view.origins.iter().filter(|origin| origin.used);
        let held = used().flat_map(|origin| self.holders(origin));
        let copied = bucket
            .resolved()
            .and_then(|name| self.copies.get(&name))
            .into_iter()
            .flatten();
        let copied: BTreeSet<&String> = copied.collect();
        let mut buckets = 0;
        let mut best = Tri::No;
        for name in held {
            buckets += 1;
            match bucket.matches(&name) {
                Tri::Yes => return Tri::Yes,
                _ if copied.contains(&name) => return Tri::Yes,
                Tri::CannotTell => best = Tri::CannotTell,
                Tri::No => {}
            }
        }
        let unclear = used().any(|origin| {
            origin.holder == Holder::MaybeBucket
                && (origin.default || !view.detailed)
                && self.holders(origin).is_empty()
        });
        if buckets == 0 || unclear || view.origin_may_change {
            Tri::CannotTell
        } else {
            best
        }
    }

    /// The buckets behind an origin: its own, or those that a host of ours is served from.
    fn holders(&self, origin: &ServedOrigin) -> Vec<String> {
        match &origin.holder {
            Holder::Bucket(name) => vec![name.clone()],
            Holder::MaybeBucket => {
                let host = self.hosts.get(&origin.domain);
                host.iter()
                    .flat_map(|answering| answering.from.iter().map(|(bucket, _)| bucket.clone()))
                    .collect()
            }
            Holder::Other => Vec::new(),
        }
    }

    /// The enabled distributions that certainly serve from the bucket.
    pub fn distributions_of(&self, bucket: &str) -> impl Iterator<Item = &View> {
        let bucket = Text::literal(bucket);
        self.distributions
            .values()
            .filter(move |view| view.enabled && self.serves_from(view, &bucket) == Tri::Yes)
    }

    /// Whether a distribution names the bucket as an origin, used or not, or a record leads to its website endpoint.
    pub fn names(&self, bucket: &str) -> bool {
        let origins = self.distributions.values().flat_map(|view| &view.origins);
        let copies = self.copies.get(bucket);
        origins
            .flat_map(|origin| self.holders(origin))
            .any(|name| name == bucket || copies.is_some_and(|copies| copies.contains(&name)))
            || self
                .hosts
                .values()
                .any(|host| host.from.iter().any(|(name, _)| name == bucket))
    }

    /// The same, and whether a distribution serves from what may be any bucket.
    pub fn may_serve(&self, bucket: &str) -> bool {
        let text = Text::literal(bucket);
        self.names(bucket)
            || self
                .distributions
                .values()
                .any(|view| view.enabled && self.serves_from(view, &text) != Tri::No)
    }

    /// The hosts that are served from the bucket.
    pub fn hosts_of(&self, bucket: &str) -> BTreeSet<String> {
        let by_distribution = self
            .distributions_of(bucket)
            .flat_map(|view| view.hosts.iter().cloned());
        let traced = self
            .hosts
            .iter()
            .filter(|(_, host)| host.from.iter().any(|(name, _)| name == bucket));
        by_distribution.chain(traced.map(|(host, _)| host.clone())).collect()
    }

    /// The environment of a bucket: by its own tags and name, else by the distributions that serve from it.
    pub fn label_of(&self, bucket: &str) -> Option<&Label> {
        self.bucket_labels.get(bucket).or_else(|| {
            let mut labels = self.distributions_of(bucket).map(|view| view.label.as_ref());
            let first = labels.next()??;
            labels
                .all(|label| label.is_some_and(|label| label.environment == first.environment))
                .then_some(first)
        })
    }
}

impl View {
    /// How reports call it: by its hosts where it has some.
    pub fn name(&self) -> String {
        if self.hosts.is_empty() {
            return format!("distribution {}", self.id);
        }
        format!(
            "the distribution of {}",
            self.hosts.iter().cloned().collect::<Vec<_>>().join(", ")
        )
    }

    /// The buckets that it serves from.
    pub fn buckets(&self) -> BTreeSet<&str> {
        let used = self.origins.iter().filter(|origin| origin.used);
        used.filter_map(ServedOrigin::bucket).collect()
    }
}

impl ServedOrigin {
    pub fn bucket(&self) -> Option<&str> {
        match &self.holder {
            Holder::Bucket(name) => Some(name),
            _ => None,
        }
    }
}

fn view(id: &str, distribution: &Distribution, inventory: &Inventory) -> View {
    let config = &distribution.config;
    let behaviours = || std::iter::once(&config.default_cache_behavior).chain(&config.cache_behaviors);
    let reached = |behaviour: &CacheBehavior| -> Vec<String> {
        let target = &behaviour.target_origin_id;
        let group = config.origin_groups.iter().find(|group| group.id == *target);
        group.map_or_else(|| vec![target.clone()], |group| group.members.clone())
    };
    let used: BTreeSet<String> = behaviours().flat_map(reached).collect();
    let default = reached(&config.default_cache_behavior);
    let tags = Inventory::look_up(&inventory.distribution_tags, &distribution.arn).found();
    View {
        id: id.to_owned(),
        hosts: config.aliases.iter().map(|alias| dns::name(alias)).collect(),
        origins: config
            .origins
            .iter()
            .map(|origin| ServedOrigin {
                used: used.contains(&origin.id),
                default: default.contains(&origin.id),
                path: origin
                    .origin_path
                    .as_deref()
                    .unwrap_or_default()
                    .trim_matches('/')
                    .to_owned(),
                ..outlined(&origin.id, &origin.domain_name)
            })
            .collect(),
        root_object: config.default_root_object.clone(),
        enabled: config.enabled,
        origin_may_change: behaviours().any(|behaviour| {
            behaviour
                .lambda_function_associations
                .iter()
                .any(|function| function.event_type == "origin-request")
        }),
        caches: config.default_cache_behavior.cache_policy_id.as_deref() != Some(CACHING_DISABLED),
        detailed: true,
        label: label(tags, &config.aliases, &config.origins, inventory),
    }
}

fn label(tags: Option<&Tags>, aliases: &[String], origins: &[Origin], inventory: &Inventory) -> Option<Label> {
    let zones: Vec<String> = inventory
        .zones
        .found()
        .into_iter()
        .flatten()
        .map(|zone| dns::name(&zone.name))
        .collect();
    let zone_of = |alias: &str| {
        let alias = dns::name(alias);
        let within = |zone: &&String| alias == **zone || alias.ends_with(&format!(".{zone}"));
        zones
            .iter()
            .filter(within)
            .max_by_key(|zone| zone.len())
            .map(String::as_str)
    };
    let hosts = aliases.iter().map(|alias| Named {
        what: "host",
        name: alias,
        zone: zone_of(alias),
    });
    let ids = origins.iter().filter(|origin| !origin.id.contains('.'));
    let ids = ids.map(|origin| Named {
        what: "origin id",
        name: &origin.id,
        zone: None,
    });
    labels::label(tags.unwrap_or(&Tags::new()), &hosts.chain(ids).collect::<Vec<_>>())
}

/// What the listing alone tells.
fn outline(summary: &DistributionSummary) -> View {
    let hosts: BTreeSet<String> = summary.aliases.iter().map(|alias| dns::name(alias)).collect();
    View {
        id: summary.id.clone(),
        hosts,
        origins: summary
            .origin_domains
            .iter()
            .map(|domain| outlined(domain, domain))
            .collect(),
        root_object: None,
        enabled: summary.enabled,
        origin_may_change: false,
        caches: true,
        detailed: false,
        label: None,
    }
}

fn outlined(id: &str, domain: &str) -> ServedOrigin {
    let parsed = OriginDomain::parse(domain);
    let holder = match (parsed.bucket(), parsed.form) {
        (Some(bucket), _) => Holder::Bucket(bucket.to_owned()),
        (None, Form::AwsOther) => Holder::Other,
        (None, _) => Holder::MaybeBucket,
    };
    ServedOrigin {
        id: id.to_owned(),
        domain: parsed.domain,
        holder,
        path: String::new(),
        used: true,
        default: false,
    }
}
