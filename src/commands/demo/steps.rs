//! The steps of the incident under `fixtures/incident`, compiled in.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::deploy::Deployment;
use crate::error::Error;
use crate::expected::{self, State};
use crate::snapshot::Snapshot;
use crate::workflows::{Mapping, Repository, find};

/// One step: what was done, what visitors got, and everything that a check needs.
pub(super) struct Step {
    /// The name of its directory.
    pub(super) name: &'static str,
    readme: &'static str,
    state: &'static str,
    live: &'static str,
    workflow: &'static str,
    package: &'static str,
    variables: &'static str,
    visitors: &'static str,
}

/// Terraform was applied before the first step and in the last; in between its state stayed as it was.
macro_rules! step {
    ($name:literal, $state:literal) => {
        Step {
            name: $name,
            readme: include_str!(concat!("../../../fixtures/incident/", $name, "/README.md")),
            state: include_str!(concat!("../../../fixtures/incident/", $state, "/terraform.tfstate")),
            live: include_str!(concat!("../../../fixtures/incident/", $name, "/live.json")),
            workflow: include_str!(concat!(
                "../../../fixtures/incident/",
                $name,
                "/.github/workflows/deploy.yml"
            )),
            package: include_str!(concat!("../../../fixtures/incident/", $name, "/package.json")),
            variables: include_str!(concat!("../../../fixtures/incident/", $name, "/variables.json")),
            visitors: include_str!(concat!("../../../fixtures/incident/", $name, "/visitors.json")),
        }
    };
}

/// In the order of what happened; the variant, which stands for itself, at the end.
pub(super) static STEPS: [Step; 8] = [
    step!("00-healthy", "00-healthy"),
    step!("01-stage-bucket-by-hand", "00-healthy"),
    step!("02-distribution-to-new-bucket", "00-healthy"),
    step!("03-production-console-changes", "00-healthy"),
    step!("04-secrets-name-another-bucket", "00-healthy"),
    step!("05-origin-path-never-built", "00-healthy"),
    step!("06-fixed", "06-fixed"),
    step!("variant-preprod-bucket-in-prod-job", "00-healthy"),
];

/// The step that took production down for good.
pub(super) const OUTAGE: usize = 5;

/// What a visitor got.
#[derive(Debug, Deserialize)]
pub(super) struct Visit {
    pub(super) host: String,
    pub(super) path: String,
    pub(super) status: u16,
}

/// A step as a check takes it.
pub(super) struct Recorded {
    pub(super) state: State,
    pub(super) snapshot: Snapshot,
    pub(super) deployments: Vec<Deployment>,
}

impl Step {
    /// A step by its name, the number that its name begins with, or `variant`.
    pub(super) fn named(text: &str) -> Option<usize> {
        let number = text.parse::<usize>().ok().map(|number| format!("{number:02}"));
        STEPS.iter().position(|step| {
            let short = step.name.split('-').next().unwrap_or_default();
            text == step.name || text == short || number.as_deref() == Some(short)
        })
    }

    /// The paragraphs of its description: what was done, and what visitors got of it.
    pub(super) fn paragraphs(&self) -> impl Iterator<Item = String> {
        self.readme
            .split("\n\n")
            .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    pub(super) fn visits(&self) -> Vec<Visit> {
        compiled(self.name, serde_json::from_str(self.visitors))
    }

    /// State, live account and deployments, read as those of a real run are.
    ///
    /// # Errors
    /// None that a test would not have shown: everything is compiled in.
    pub(super) fn recorded(&self) -> Result<Recorded, Error> {
        let state = expected::parse_state("terraform.tfstate", self.state.as_bytes())?;
        let snapshot = Snapshot::parse("live.json", self.live)?;
        let values: BTreeMap<String, BTreeMap<String, String>> =
            compiled(self.name, serde_json::from_str(self.variables));
        let mut mapping = Mapping::new();
        for (environment, secrets) in &values {
            for (name, value) in secrets {
                let name = name.strip_prefix("secrets.").unwrap_or(name);
                mapping.set_secret(Some(environment), name, value);
            }
        }
        let files = [
            (".github/workflows/deploy.yml", self.workflow),
            ("package.json", self.package),
        ];
        let found = find(&Repository::new(files), &mapping);
        Ok(Recorded {
            state,
            snapshot,
            deployments: Deployment::group(&found, &[]),
        })
    }
}

fn compiled<T>(step: &str, parsed: Result<T, serde_json::Error>) -> T {
    parsed
        .unwrap_or_else(|error| unreachable!("the files of {step} are compiled in, and a test reads them all: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_can_be_read() {
        for step in &STEPS {
            assert_eq!(step.paragraphs().count(), 2, "{}", step.name);
            assert!(!step.visits().is_empty(), "{}", step.name);
            let recorded = step.recorded().expect(step.name);
            assert_eq!(recorded.deployments.len(), 2, "{}", step.name);
        }
        assert!(STEPS[OUTAGE].name.starts_with("05-"));
    }

    #[test]
    fn the_state_is_the_one_of_the_step() {
        for step in &STEPS {
            let file = format!(
                "{}/fixtures/incident/{}/terraform.tfstate",
                env!("CARGO_MANIFEST_DIR"),
                step.name
            );
            let text = std::fs::read_to_string(&file).expect(&file);
            assert!(text == step.state, "{file} is not what is compiled in");
        }
    }

    #[test]
    fn steps_are_found_by_name_and_number() {
        assert_eq!(Step::named("05-origin-path-never-built"), Some(5));
        assert_eq!(Step::named("5"), Some(5));
        assert_eq!(Step::named("05"), Some(5));
        assert_eq!(Step::named("variant"), Some(7));
        for unknown in ["7", "", "origin", "-1"] {
            assert_eq!(Step::named(unknown), None, "{unknown}");
        }
    }
}
