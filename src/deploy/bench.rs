//! What the tests of the rules stand on: small accounts, and workflows read by the real reader.

use std::collections::BTreeMap;

use crate::finding::{Finding, Severity};
use crate::inventory::{
    Answer, BucketAnswers, BucketSummary, CacheBehavior, Distribution, DistributionConfig, DistributionSummary,
    Inventory, Object, Origin, Tags,
};
use crate::policy::RULES;
use crate::serving::trace::{Side, Trace, Visitor};
use crate::workflows::{self, Mapping, Repository};

use super::{DeployResult, Deployment, Phase, Served, check, declared};

/// An account, its states, and what deploys to it.
pub(super) struct Bench {
    pub(super) live: Inventory,
    pub(super) state: Inventory,
    pub(super) traces: Vec<Trace>,
    pub(super) phase: Phase,
    pub(super) mapping: Mapping,
    files: Vec<(String, String)>,
    declared: Vec<declared::Declared>,
}

impl Bench {
    /// An account that is listed in full and holds nothing.
    pub(super) fn new() -> Bench {
        let nothing = || Inventory {
            buckets: Answer::Found(Vec::new()),
            distributions: Answer::Found(Vec::new()),
            ..Inventory::default()
        };
        Bench {
            live: nothing(),
            state: nothing(),
            traces: Vec::new(),
            phase: Phase::Pre,
            mapping: Mapping::new(),
            files: Vec::new(),
            declared: Vec::new(),
        }
    }

    /// A bucket on both sides, in eu-west-2.
    pub(super) fn bucket(mut self, name: &str, environment: Option<&str>) -> Bench {
        for side in [&mut self.live, &mut self.state] {
            add_bucket(side, name, environment);
        }
        self
    }

    /// A distribution on both sides: its alias, bucket and origin path.
    pub(super) fn distribution(mut self, id: &str, alias: &str, bucket: &str, path: &str) -> Bench {
        for side in [&mut self.live, &mut self.state] {
            add_distribution(side, distribution(id, alias, &[(bucket, path)]));
        }
        self
    }

    /// A site on both sides: bucket and distribution, tagged with an environment.
    pub(super) fn site(self, id: &str, alias: &str, bucket: &str, path: &str, environment: Option<&str>) -> Bench {
        self.bucket(bucket, environment).distribution(id, alias, bucket, path)
    }

    /// Changes the live side.
    pub(super) fn live(mut self, change: impl FnOnce(&mut Inventory)) -> Bench {
        change(&mut self.live);
        self
    }

    /// Changes a distribution on the live side.
    pub(super) fn live_config(mut self, id: &str, change: impl FnOnce(&mut DistributionConfig)) -> Bench {
        if let Some(Answer::Found(one)) = self.live.distribution.get_mut(id) {
            change(&mut one.config);
        }
        self
    }

    /// A workflow `NAME.yml`, by its `jobs:`.
    pub(super) fn workflow(mut self, name: &str, jobs: &str) -> Bench {
        let path = format!(".github/workflows/{name}.yml");
        self.files.push((path, format!("on: push\njobs:\n{jobs}")));
        self
    }

    /// Any file of the repository.
    pub(super) fn file(mut self, path: &str, text: &str) -> Bench {
        self.files.push((path.to_owned(), text.to_owned()));
        self
    }

    /// A workflow `deploy.yml` of one job `deploy` that runs these lines.
    pub(super) fn runs(self, environment: Option<&str>, lines: &[&str]) -> Bench {
        self.workflow("deploy", &job("deploy", environment, lines))
    }

    pub(super) fn secret(mut self, environment: &str, name: &str, value: &str) -> Bench {
        self.mapping.set_secret(Some(environment), name, value);
        self
    }

    pub(super) fn declare(mut self, text: &str) -> Bench {
        self.declared.push(declared::parse(text).unwrap());
        self
    }

    pub(super) fn traced(mut self, side: Side, host: &str, distribution: Option<&str>, from: &[(&str, &str)]) -> Bench {
        self.traces.push(Trace {
            side,
            host: host.to_owned(),
            path: "/".to_owned(),
            steps: Vec::new(),
            visitor: Visitor::Private,
            needs: Vec::new(),
            failed: Vec::new(),
            objects: Vec::new(),
            distribution: distribution.map(str::to_owned),
            served_from: from
                .iter()
                .map(|(bucket, path)| ((*bucket).to_owned(), (*path).to_owned()))
                .collect(),
        });
        self
    }

    pub(super) fn after(mut self) -> Bench {
        self.phase = Phase::Post;
        self
    }

    pub(super) fn deployments(&self) -> Vec<Deployment> {
        let found = workflows::find(&Repository::new(self.files.iter().cloned()), &self.mapping);
        assert!(found.errors.is_empty() && found.not_understood.is_empty(), "{found:?}");
        Deployment::group(&found, &self.declared)
    }

    pub(super) fn served(&self, side: Side) -> Served {
        let inventory = if side == Side::Live { &self.live } else { &self.state };
        Served::new(side, inventory, &self.traces)
    }

    pub(super) fn check(&self) -> DeployResult {
        let (live, state) = (self.served(Side::Live), self.served(Side::State));
        check(&self.deployments(), &[], &live, &state, &self.live, self.phase)
    }

    /// The findings as `rule severity`, those about what is not known left out.
    pub(super) fn says(&self) -> Vec<String> {
        said(&self.check())
            .into_iter()
            .filter(|line| !line.starts_with("deploy-target-unresolved"))
            .collect()
    }

    /// The findings that fail a run by default.
    pub(super) fn warns(&self) -> Vec<String> {
        self.says()
            .into_iter()
            .filter(|line| !line.ends_with(" info"))
            .collect()
    }
}

/// The findings as `rule severity`.
pub(super) fn said(result: &DeployResult) -> Vec<String> {
    result
        .findings
        .iter()
        .map(|finding| format!("{} {}", finding.rule, severity(finding)))
        .collect()
}

pub(super) fn severity(finding: &Finding) -> Severity {
    finding
        .at_least
        .unwrap_or(Severity::Info)
        .max(RULES[&*finding.rule].severity)
}

/// A job that runs these lines, a step each.
pub(super) fn job(name: &str, environment: Option<&str>, lines: &[&str]) -> String {
    let environment = environment
        .map(|name| format!("    environment: {name}\n"))
        .unwrap_or_default();
    let steps: String = lines.iter().map(|line| format!("      - run: {line}\n")).collect();
    format!("  {name}:\n    runs-on: ubuntu-latest\n{environment}    steps:\n{steps}")
}

pub(super) fn add_bucket(inventory: &mut Inventory, name: &str, environment: Option<&str>) {
    if let Answer::Found(all) = &mut inventory.buckets {
        all.push(BucketSummary {
            name: name.to_owned(),
            region: Some("eu-west-2".to_owned()),
            created: None,
        });
    }
    let tags: Option<Tags> = environment.map(|value| BTreeMap::from([("Environment".to_owned(), value.to_owned())]));
    let answers = BucketAnswers {
        tags: tags.map_or(Answer::Absent, Answer::Found),
        ..BucketAnswers::default()
    };
    inventory.bucket.insert(name.to_owned(), answers);
}

pub(super) fn add_distribution(inventory: &mut Inventory, one: Distribution) {
    if let Answer::Found(all) = &mut inventory.distributions {
        all.push(DistributionSummary {
            id: one.id.clone(),
            arn: one.arn.clone(),
            aliases: one.config.aliases.clone(),
            enabled: true,
            origin_domains: one
                .config
                .origins
                .iter()
                .map(|origin| origin.domain_name.clone())
                .collect(),
            ..DistributionSummary::default()
        });
    }
    inventory.distribution.insert(one.id.clone(), Answer::Found(one));
}

/// A distribution of which the first origin is the default one, and the others serve a behaviour each. A bucket name
/// with a slash is taken as a whole domain.
pub(super) fn distribution(id: &str, alias: &str, origins: &[(&str, &str)]) -> Distribution {
    let behaviour = |index: usize| CacheBehavior {
        path_pattern: (index > 0).then(|| format!("/p{index}/*")),
        target_origin_id: format!("site{index}"),
        ..CacheBehavior::default()
    };
    let origin = |(index, (bucket, path)): (usize, &(&str, &str))| Origin {
        id: format!("site{index}"),
        domain_name: match bucket.strip_prefix("domain:") {
            Some(domain) => domain.to_owned(),
            None => format!("{bucket}.s3.eu-west-2.amazonaws.com"),
        },
        origin_path: Some((*path).to_owned()),
        ..Origin::default()
    };
    Distribution {
        id: id.to_owned(),
        arn: format!("arn:aws:cloudfront::000000000000:distribution/{id}"),
        config: DistributionConfig {
            aliases: vec![alias.to_owned()],
            default_root_object: Some("index.html".to_owned()),
            enabled: true,
            default_cache_behavior: behaviour(0),
            cache_behaviors: (1..origins.len()).map(behaviour).collect(),
            origins: origins.iter().enumerate().map(origin).collect(),
            ..DistributionConfig::default()
        },
        ..Distribution::default()
    }
}

/// What the account stores: every key is answered, and every prefix of one.
pub(super) fn store(inventory: &mut Inventory, bucket: &str, key: &str) {
    let objects = inventory.objects.entry(bucket.to_owned()).or_default();
    objects.insert(key.to_owned(), Answer::Found(Object::default()));
    for (at, _) in key.match_indices('/') {
        let prefixes = inventory.prefixes.entry(bucket.to_owned()).or_default();
        prefixes
            .entry(key[..=at].to_owned())
            .or_insert_with(|| Answer::Found(key.to_owned()));
    }
}

/// That nothing is stored under a prefix.
pub(super) fn empty(inventory: &mut Inventory, bucket: &str, prefix: &str) {
    inventory
        .prefixes
        .entry(bucket.to_owned())
        .or_default()
        .insert(prefix.to_owned(), Answer::Absent);
}
