//! The incident, replayed: every step of `fixtures/incident` gives exactly the findings that it should, from a recorded
//! snapshot in any build and, where the SDK is built in, from the emulator, whose visitors get what was predicted.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::support::binary::{Driftgate, Run};
use crate::support::repository;

#[cfg(feature = "live")]
mod live;

/// A step, and what is found in it: severity, rule, address or type and import id, and the hosts that it affects.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    /// What is found whether or not the values of the secrets are known.
    always: &'static [&'static str],
    /// What their values show.
    mapped: &'static [&'static str],
    /// What stands in its place without them, beside that the targets of both jobs are not known.
    unmapped: &'static [&'static str],
}

pub(crate) const STEPS: [Step; 8] = [
    Step {
        name: "00-healthy",
        always: &[],
        mapped: &[],
        unmapped: &[],
    },
    Step {
        name: "01-stage-bucket-by-hand",
        always: &[
            r#"critical resource-changed aws_cloudfront_distribution.site["stage"] [stage.example.com]"#,
            "critical bucket-denies-cloudfront aws_s3_bucket_policy stage.example.com [stage.example.com]",
        ],
        mapped: &[
            "critical deploy-bucket-not-served deployment .github/workflows/deploy.yml#deploy-stage (stage) -> secrets.AWS_S3_BUCKET_STAGE [stage.example.com]",
        ],
        unmapped: &[],
    },
    Step {
        name: "02-distribution-to-new-bucket",
        always: &[
            r#"critical resource-changed aws_cloudfront_distribution.site["stage"] [stage.example.com]"#,
            "critical bucket-denies-cloudfront aws_s3_bucket_policy stage.example.com [stage.example.com]",
            r#"critical resource-changed aws_cloudfront_distribution.site["prod"] [app.example.org, live.example.com, www.example.org]"#,
            r#"critical origin-bucket-missing aws_cloudfront_distribution.site["prod"] [app.example.org, live.example.com, www.example.org]"#,
        ],
        mapped: &[
            "critical deploy-bucket-not-served deployment .github/workflows/deploy.yml#deploy-stage (stage) -> secrets.AWS_S3_BUCKET_STAGE [stage.example.com]",
            "critical deploy-bucket-not-served deployment .github/workflows/deploy.yml#deploy-prod (prod) -> secrets.AWS_S3_BUCKET_PROD [app.example.org, live.example.com]",
        ],
        unmapped: &[],
    },
    Step {
        name: "03-production-console-changes",
        always: &[
            r#"critical resource-changed aws_cloudfront_distribution.site["stage"] [live.example.com, stage.example.com, www.example.org]"#,
            "critical bucket-denies-cloudfront aws_s3_bucket_policy stage.example.com [stage.example.com]",
            r#"critical resource-changed aws_cloudfront_distribution.site["prod"] [app.example.org, live.example.com, www.example.org]"#,
            r#"critical resource-changed aws_route53_record.host["live-a"] [live.example.com, www.example.org]"#,
            r#"critical resource-changed aws_route53_record.host["live-aaaa"] [live.example.com, www.example.org]"#,
            r#"critical host-not-aliased aws_cloudfront_distribution.site["stage"] [live.example.com, www.example.org]"#,
            "critical bucket-denies-cloudfront aws_s3_bucket_policy live.example.com [app.example.org]",
        ],
        mapped: &[
            "critical deploy-bucket-not-served deployment .github/workflows/deploy.yml#deploy-stage (stage) -> secrets.AWS_S3_BUCKET_STAGE [stage.example.com]",
            "critical deploy-bucket-not-served deployment .github/workflows/deploy.yml#deploy-prod (prod) -> secrets.AWS_S3_BUCKET_PROD [app.example.org]",
        ],
        unmapped: &[],
    },
    Step {
        name: "04-secrets-name-another-bucket",
        always: &[],
        mapped: &[
            "critical deploy-bucket-not-served deployment .github/workflows/deploy.yml#deploy-prod (prod) -> secrets.AWS_S3_BUCKET_PROD [app.example.org, live.example.com]",
        ],
        unmapped: &[],
    },
    Step {
        name: "05-origin-path-never-built",
        always: &[
            r#"critical resource-changed aws_cloudfront_distribution.site["prod"] [app.example.org, live.example.com, www.example.org]"#,
            r#"critical origin-path-never-built aws_cloudfront_distribution.site["prod"] [app.example.org, live.example.com]"#,
        ],
        mapped: &[
            "critical deploy-bucket-not-served deployment .github/workflows/deploy.yml#deploy-prod (prod) -> secrets.AWS_S3_BUCKET_PROD [app.example.org, live.example.com]",
        ],
        unmapped: &[],
    },
    Step {
        name: "06-fixed",
        always: &[],
        mapped: &[],
        unmapped: &[],
    },
    Step {
        name: "variant-preprod-bucket-in-prod-job",
        always: &[
            r#"critical resource-changed aws_cloudfront_distribution.site["prod"] [app.example.org, live.example.com, www.example.org]"#,
            r#"critical origin-path-never-built aws_cloudfront_distribution.site["prod"] [app.example.org, live.example.com]"#,
        ],
        mapped: &[
            "high deploy-environment-crossed deployment .github/workflows/deploy.yml#deploy-prod (prod) -> secrets.AWS_S3_BUCKET_STAGE [stage.example.com]",
        ],
        unmapped: &[
            "medium deploy-environment-crossed deployment .github/workflows/deploy.yml#deploy-prod (prod) -> secrets.AWS_S3_BUCKET_STAGE []",
        ],
    },
];

/// What is said of either job while the values of its secrets are not known.
const TARGETS_OPEN: [&str; 2] = [
    "info deploy-target-unresolved deployment .github/workflows/deploy.yml#deploy-prod (prod) -> open []",
    "info deploy-target-unresolved deployment .github/workflows/deploy.yml#deploy-stage (stage) -> open []",
];

impl Step {
    pub(crate) fn directory(&self) -> PathBuf {
        repository("fixtures/incident").join(self.name)
    }

    pub(crate) fn read(&self, file: &str) -> String {
        let path = self.directory().join(file);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// What is found with the values of all secrets, in order.
    fn with_mapping(&self) -> Vec<String> {
        sorted(self.always.iter().chain(self.mapped))
    }

    /// What is found without any value.
    fn without_mapping(&self) -> Vec<String> {
        sorted(self.always.iter().chain(self.unmapped).chain(&TARGETS_OPEN))
    }
}

fn sorted<'a>(lines: impl Iterator<Item = &'a &'static str>) -> Vec<String> {
    let mut lines: Vec<String> = lines.map(|line| (*line).to_owned()).collect();
    lines.sort();
    lines
}

/// The findings of a result, as the steps name them.
fn findings(result: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let all = result["findings"].as_array().expect("findings are a list");
    let mut lines: Vec<String> = all
        .iter()
        .map(|finding| {
            let resource = &finding["resource"];
            let place = match &finding["address"] {
                Value::Null => format!("{} {}", text(&resource["type"]), text(&resource["id"])),
                address => text(address),
            };
            let impact: Vec<String> = finding["impact"].as_array().into_iter().flatten().map(text).collect();
            let (severity, rule) = (text(&finding["severity"]), text(&finding["rule"]));
            format!("{severity} {rule} {place} [{}]", impact.join(", "))
        })
        .collect();
    lines.sort();
    lines
}

/// The values of a step's secrets: arguments for the binary, and the environment that they name.
pub(crate) struct Mapping {
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: BTreeMap<String, String>,
}

/// Reads `variables.json`.
pub(crate) fn mapping(text: &str) -> Mapping {
    let values: BTreeMap<String, BTreeMap<String, String>> = serde_json::from_str(text).expect("variables.json is one");
    let mut mapping = Mapping {
        arguments: Vec::new(),
        environment: BTreeMap::new(),
    };
    for (environment, variables) in values {
        for (name, value) in variables {
            let variable = format!("{environment}_{name}").replace('.', "_").to_uppercase();
            mapping
                .arguments
                .extend(["--var".to_owned(), format!("{environment}:{name}=env:{variable}")]);
            mapping.environment.insert(variable, value);
        }
    }
    mapping
}

impl Mapping {
    /// Puts the values into the run's environment.
    pub(crate) fn give(&self, run: Driftgate) -> Driftgate {
        self.environment
            .iter()
            .fold(run, |run, (name, value)| run.env(name, value))
    }
}

/// What is asserted of a check of a step, with the mapping or without.
#[track_caller]
fn assert_result(step: &Step, run: &Run, expected: &[String]) {
    let result = run.json();
    assert_eq!(findings(&result), expected, "{}", step.name);
    for member in ["unchecked", "doubts", "remarks"] {
        assert_eq!(result[member], serde_json::json!([]), "{}: {member}", step.name);
    }
    assert_eq!(result["complete"], true, "{}", step.name);
    let fails = expected.iter().any(|line| !line.starts_with("info "));
    assert_eq!(run.code, if fails { 2 } else { 0 }, "{}: exit code", step.name);
}

/// A check of a step's recorded snapshot.
fn offline(step: &Step, more: &[&str]) -> Driftgate {
    let given = [
        "check",
        "--state",
        "terraform.tfstate",
        "--live",
        "live.json",
        "--format",
        "json",
    ];
    Driftgate::new(given.iter().chain(more).copied()).within(&step.directory())
}

#[test]
fn every_recorded_step_gives_its_findings() {
    for step in &STEPS {
        let mapping = mapping(&step.read("variables.json"));
        let arguments: Vec<&str> = mapping.arguments.iter().map(String::as_str).collect();
        let run = mapping.give(offline(step, &arguments)).run();
        assert_result(step, &run, &step.with_mapping());
    }
}

#[test]
fn what_needs_no_mapping_is_found_without_one() {
    for step in &STEPS {
        assert_result(step, &offline(step, &[]).run(), &step.without_mapping());
    }
    let broken_paths = STEPS.iter().filter(|step| {
        step.without_mapping()
            .iter()
            .any(|line| line.contains(" origin-path-never-built "))
    });
    let names: Vec<&str> = broken_paths.map(|step| step.name).collect();
    assert_eq!(
        names,
        ["05-origin-path-never-built", "variant-preprod-bucket-in-prod-job"]
    );
}

/// The healthy ends say nothing with the mapping; and no step is left out of the list above.
#[test]
fn the_list_of_steps_is_whole() {
    let mut present: Vec<String> = fs::read_dir(repository("fixtures/incident"))
        .expect("the incident is there")
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    present.sort();
    assert_eq!(present, STEPS.map(|step| step.name));
    for healthy in ["00-healthy", "06-fixed"] {
        let step = STEPS
            .iter()
            .find(|step| step.name == healthy)
            .expect("both ends are steps");
        assert_eq!(step.with_mapping(), Vec::<String>::new());
    }
}

/// What driftgate predicts of every host of a step is what its visitors got.
#[track_caller]
fn assert_prediction(visitors: &Value, result: &Value) {
    let hosts = result["hosts"].as_array().expect("hosts are a list");
    let roots = visitors
        .as_array()
        .expect("visits are a list")
        .iter()
        .filter(|visit| visit["path"] == "/");
    for visit in roots {
        let host = visit["host"].as_str().expect("a visit has a host");
        let predicted = hosts
            .iter()
            .find(|one| one["host"] == host)
            .unwrap_or_else(|| panic!("nothing is said of {host}"));
        let said = predicted["visitor"].as_str().expect("a prediction is a text");
        let expected = visit["status"].to_string();
        assert!(
            said.starts_with(&expected),
            "{host}: {expected} was got, {said:?} predicted"
        );
        let broken = visit["status"].as_u64() >= Some(400) || said.contains("does not serve");
        assert_eq!(predicted["served"], !broken, "{host}: {said}");
    }
}

#[test]
fn the_visitors_got_what_is_predicted() {
    for step in &STEPS {
        let visitors = serde_json::from_str(&step.read("visitors.json")).expect("visitors.json is JSON");
        assert_prediction(&visitors, &offline(step, &["--no-workflows"]).run().json());
    }
}
