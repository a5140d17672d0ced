//! The incident, step by step: the recorded accounts and the workflow as it stood, with and without its secrets.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::deploy::bench::{said, store};
use crate::deploy::{DeployResult, Deployment, Phase, Served, check, owned_attributes};
use crate::estate::Estate;
use crate::expected;
use crate::inventory::{Answer, DistributionSummary, Inventory};
use crate::plan::Read;
use crate::serving::declared;
use crate::serving::trace::Side;
use crate::snapshot::Snapshot;
use crate::workflows::{self, Mapping, Repository};

/// One step of the incident.
struct Step {
    live: Inventory,
    state: Inventory,
    mapping: Mapping,
    repository: Repository,
    /// Per bucket, the keys that it holds.
    stored: BTreeMap<String, BTreeSet<String>>,
}

impl Step {
    fn load(name: &str) -> Step {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let step = root.join("fixtures/incident").join(name);
        let read = |path: PathBuf| std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let snapshot = read(root.join(format!("src/deploy/testdata/incident/{name}.json")));
        let mut live = Snapshot::parse(name, &snapshot).unwrap().inventory;
        let details = live.distribution.values().filter_map(Answer::found);
        let summary = |id: &str, origins: Vec<String>| DistributionSummary {
            id: id.to_owned(),
            enabled: true,
            origin_domains: origins,
            ..DistributionSummary::default()
        };
        let summaries = details.map(|one| {
            summary(
                &one.id,
                one.config
                    .origins
                    .iter()
                    .map(|origin| origin.domain_name.clone())
                    .collect(),
            )
        });
        live.distributions = Answer::Found(summaries.collect());
        let text = read(step.join("terraform.tfstate"));
        let states = [expected::parse_state("terraform.tfstate", text.as_bytes()).unwrap()];
        let state = declared::inventory(&Estate::new(&states, live.caller.found()));
        let mut mapping = Mapping::new();
        let variables: BTreeMap<String, BTreeMap<String, String>> =
            serde_json::from_str(&read(step.join("variables.json"))).unwrap();
        for (environment, values) in &variables {
            for (name, value) in values {
                mapping.set_secret(Some(environment), name.strip_prefix("secrets.").unwrap(), value);
            }
        }
        let files = [".github/workflows/deploy.yml", "package.json"].map(|file| (file, read(step.join(file))));
        let stored = stored(&step.join("account/objects/000000000000"));
        Step {
            live,
            state,
            mapping,
            repository: Repository::new(files),
            stored,
        }
    }

    /// Checks, reading what is asked for until nothing more is.
    fn check(&mut self, mapped: bool, phase: Phase) -> DeployResult {
        let nothing = Mapping::new();
        let mapping = if mapped { &self.mapping } else { &nothing };
        let found = workflows::find(&self.repository, mapping);
        assert_eq!(found.targets.len(), 4, "{:?}", found.targets);
        let deployments = Deployment::group(&found, &[]);
        loop {
            let live = Served::new(Side::Live, &self.live, &[]);
            let state = Served::new(Side::State, &self.state, &[]);
            let result = check(&deployments, &[], &live, &state, &self.live, phase);
            if result.needs.is_empty() {
                return result;
            }
            for read in &result.needs {
                self.read(read);
            }
        }
    }

    fn read(&mut self, read: &Read) {
        let keys = |bucket: &str| self.stored.get(bucket).into_iter().flatten();
        match read {
            Read::Prefix { bucket, prefix } => {
                let first = keys(bucket).find(|key| key.starts_with(prefix.as_str())).cloned();
                let answer = first.map_or(Answer::Absent, Answer::Found);
                self.live
                    .prefixes
                    .entry(bucket.clone())
                    .or_default()
                    .insert(prefix.clone(), answer);
            }
            Read::Object { bucket, key } if keys(bucket).any(|stored| stored == key) => {
                store(&mut self.live, bucket, key)
            }
            Read::Object { bucket, key } => {
                self.live
                    .objects
                    .entry(bucket.clone())
                    .or_default()
                    .insert(key.clone(), Answer::Absent);
            }
            other => panic!("no reason to read {other:?}"),
        }
    }
}

/// The keys of the emulator's own save, per bucket.
fn stored(root: &Path) -> BTreeMap<String, BTreeSet<String>> {
    fn walk(bucket: &Path, at: &Path, keys: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(bucket, &path, keys);
            } else if !path.to_string_lossy().ends_with(".meta.json") {
                keys.insert(path.strip_prefix(bucket).unwrap().to_string_lossy().into_owned());
            }
        }
    }
    let buckets = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    buckets
        .map(|bucket| {
            let mut keys = BTreeSet::new();
            walk(&bucket, &bucket, &mut keys);
            (bucket.file_name().unwrap().to_string_lossy().into_owned(), keys)
        })
        .collect()
}

const STAGE_NOT_SERVED: &str = "deploy-bucket-not-served critical: job deploy-stage of deploy.yml uploads to secrets.AWS_S3_BUCKET_STAGE, which distribution secrets.CLOUDFRONT_DISTRIBUTION_ID (stage.example.com) does not serve from";
const NEVER_BUILT: &str = "origin-path-never-built critical: the distribution of app.example.org, live.example.com serves /0.78.2, which was never built in its bucket";

fn prod_not_served(hosts: &str) -> String {
    format!(
        "deploy-bucket-not-served critical: job deploy-prod of deploy.yml uploads to secrets.AWS_S3_BUCKET_PROD, which distribution secrets.CLOUDFRONT_DISTRIBUTION_ID ({hosts}) does not serve from"
    )
}

/// Rule, severity and title of every finding, those about what is not known left out.
fn titles(result: &DeployResult) -> Vec<String> {
    let lines = said(result).into_iter().zip(&result.findings);
    lines
        .filter(|(_, finding)| finding.rule != "deploy-target-unresolved")
        .map(|(line, finding)| format!("{line}: {}", finding.title))
        .collect()
}

const STEPS: [&str; 8] = [
    "00-healthy",
    "01-stage-bucket-by-hand",
    "02-distribution-to-new-bucket",
    "03-production-console-changes",
    "04-secrets-name-another-bucket",
    "05-origin-path-never-built",
    "06-fixed",
    "variant-preprod-bucket-in-prod-job",
];

#[test]
fn with_the_secrets_mapped_every_step_is_told() {
    let both = "app.example.org and live.example.com";
    let expected: [Vec<String>; 8] = [
        vec![],
        vec![STAGE_NOT_SERVED.into()],
        vec![STAGE_NOT_SERVED.into(), prod_not_served(both)],
        vec![STAGE_NOT_SERVED.into(), prod_not_served("app.example.org")],
        vec![prod_not_served(both)],
        vec![prod_not_served(both), NEVER_BUILT.into()],
        vec![],
        vec![
            "deploy-environment-crossed high: job deploy-prod of deploy.yml (production) uploads to secrets.AWS_S3_BUCKET_STAGE, a bucket of staging".into(),
            NEVER_BUILT.into(),
        ],
    ];
    for (step, expected) in STEPS.iter().zip(expected) {
        for phase in [Phase::Pre, Phase::Post] {
            let result = Step::load(step).check(true, phase);
            assert_eq!(titles(&result), expected, "{step} {phase:?}");
            assert_eq!(said(&result).len(), expected.len(), "{step}: everything is resolved");
            assert_eq!(result.doubts, Vec::<String>::new());
        }
    }
}

#[test]
fn without_any_mapping_the_empty_origin_path_is_still_told() {
    let expected: [Vec<&str>; 8] = [
        vec![],
        vec![],
        vec![],
        vec![],
        vec![],
        vec![NEVER_BUILT],
        vec![],
        vec![
            "deploy-environment-crossed medium: job deploy-prod of deploy.yml (production) uploads to secrets.AWS_S3_BUCKET_STAGE/0.78.2",
            NEVER_BUILT,
        ],
    ];
    for (step, expected) in STEPS.iter().zip(expected) {
        for phase in [Phase::Pre, Phase::Post] {
            let result = Step::load(step).check(false, phase);
            assert_eq!(titles(&result), expected, "{step} {phase:?}");
            let open = result
                .findings
                .iter()
                .filter(|finding| finding.rule == "deploy-target-unresolved")
                .count();
            assert_eq!(open, 2, "{step}: one per job");
        }
    }
}

#[test]
fn what_is_open_is_told_with_the_way_to_close_it() {
    let result = Step::load("00-healthy").check(false, Phase::Pre);
    let prod = result
        .findings
        .iter()
        .find(|finding| finding.title.contains("deploy-prod"))
        .unwrap();
    assert!(
        prod.detail
            .contains("Map it with `--var prod:secrets.AWS_S3_BUCKET_PROD=env:VARIABLE --var prod:secrets."),
        "{}",
        prod.detail
    );
    assert!(
        prod.detail
            .contains("prod:secrets.CLOUDFRONT_DISTRIBUTION_ID=env:VARIABLE`."),
        "{}",
        prod.detail
    );
    assert!(prod.detail.contains(".github/workflows/deploy.yml:"), "{}", prod.detail);
}

#[test]
fn the_empty_path_is_said_once_and_the_path_belongs_to_the_deployment() {
    let mut step = Step::load("05-origin-path-never-built");
    let result = step.check(true, Phase::Pre);
    assert!(result.takes_over("origin-path-empty", "EJULIDU2R7F134"));
    assert!(!result.takes_over("origin-path-empty", "EXGJTTIZU22BJ1"));
    assert!(!result.takes_over("origin-bucket-missing", "EJULIDU2R7F134"));
    for (mapped, certain) in [(true, true), (false, false)] {
        let nothing = Mapping::new();
        let found = workflows::find(&step.repository, if mapped { &step.mapping } else { &nothing });
        let live = Served::new(Side::Live, &step.live, &[]);
        let owned = owned_attributes(&Deployment::group(&found, &[]), &live);
        let owned: Vec<_> = owned.iter().map(|one| (one.origin.as_str(), one.certain)).collect();
        assert_eq!(owned, [("website-prod", certain), ("website-stage", certain)]);
    }
}

#[test]
fn no_value_of_a_secret_is_told() {
    // Names that stand in no other place than the secrets and the account.
    for step in [
        "01-stage-bucket-by-hand",
        "04-secrets-name-another-bucket",
        "variant-preprod-bucket-in-prod-job",
    ] {
        let result = Step::load(step).check(true, Phase::Pre);
        for finding in &result.findings {
            let shown: Vec<&Value> = finding
                .changes
                .iter()
                .flat_map(|change| [&change.expected, &change.live])
                .collect();
            assert!(shown.is_empty());
            if finding.rule == "origin-path-never-built" {
                continue; // told of the live distribution, whatever the secrets are
            }
            let text = format!("{} {} {}", finding.resource.id, finding.title, finding.detail);
            for value in ["EJULIDU2R7F134", "EXGJTTIZU22BJ1"] {
                assert!(!text.contains(value), "{step}: {text}");
            }
            if step == "variant-preprod-bucket-in-prod-job" {
                assert!(!text.contains("stage.app.example.org"), "{text}");
            }
        }
    }
}
