//! What one deployment does: the uploads of a job, the distributions that it names, its environment.

use std::collections::BTreeMap;

use crate::place::Place;
use crate::workflows::{Found, Kind, OriginSelector, Target, Text, Tri};

use super::declared::Declared;
use super::pattern;

/// One deployment: a job of a workflow in one environment, or a declaration.
#[derive(Clone, Debug, PartialEq)]
pub struct Deployment {
    /// Where it is stated.
    pub stated: Stated,
    /// The GitHub environment of the job, or the declared one.
    pub environment: Option<Text>,
    pub uploads: Vec<Upload>,
    /// Every distribution that it names.
    pub touches: Vec<Touch>,
    /// The host that it is declared for.
    pub host: Option<String>,
    /// Buckets that it makes itself.
    pub creates: Vec<Text>,
}

/// Where a deployment is stated.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stated {
    /// `--deploy` or a configuration file; the number counts the declarations from 1.
    Declared(usize),
    Job {
        workflow: String,
        job: String,
    },
}

/// When a step of a deployment happens.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct When {
    /// In the words of the files; a branch that is not taken reads `not (…)`.
    pub conditions: Vec<String>,
    pub matrix: BTreeMap<String, String>,
}

/// Objects written under a prefix of a bucket.
#[derive(Clone, Debug, PartialEq)]
pub struct Upload {
    /// The line of the command; none for a declaration.
    pub at: Option<Place>,
    pub bucket: Text,
    /// No slash at either end; empty for the root of the bucket.
    pub prefix: Text,
    /// The rest of the key, when just one object is written.
    pub object: Option<Text>,
    pub delete: bool,
    pub region: Option<Text>,
    /// Address of the S3 service where it is not Amazon's own.
    pub endpoint: Option<Text>,
    pub tool: String,
    pub when: When,
}

/// A distribution that a deployment names.
#[derive(Clone, Debug, PartialEq)]
pub struct Touch {
    /// The line of the command; none for a declaration.
    pub at: Option<Place>,
    pub distribution: Text,
    pub what: What,
    pub when: When,
}

/// What a deployment does with a distribution.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    /// It is declared to serve what is uploaded.
    Declared,
    Invalidate,
    /// Its configuration is changed; what of it is not known, but for the root object where that is it.
    Update {
        root_object: Option<Text>,
    },
    /// The origin path of some of its origins is set.
    OriginPath {
        path: Text,
        origins: OriginSelector,
    },
}

impl When {
    /// Whether the two certainly never happen in one run of the job.
    pub fn excludes(&self, other: &When) -> bool {
        let matrix = self
            .matrix
            .iter()
            .any(|(key, value)| other.matrix.get(key).is_some_and(|theirs| theirs != value));
        matrix
            || self
                .conditions
                .iter()
                .any(|a| other.conditions.iter().any(|b| contradict(a, b)))
    }

    /// Whether this certainly happens whenever `other` does.
    pub fn accompanies(&self, other: &When) -> bool {
        self.conditions
            .iter()
            .all(|condition| other.conditions.contains(condition))
            && self
                .matrix
                .iter()
                .all(|(key, value)| other.matrix.get(key) == Some(value))
    }
}

fn contradict(a: &str, b: &str) -> bool {
    let denies = |one: &str, other: &str| {
        one.strip_prefix("not (")
            .and_then(|rest| rest.strip_suffix(')'))
            .is_some_and(|denied| denied == other)
    };
    let equality = |text: &str| -> Option<(String, String)> {
        let (subject, value) = text.split_once(" == ")?;
        let value = value.trim().strip_prefix('\'')?.strip_suffix('\'')?;
        let simple = !value.contains('\'') && !subject.contains("&&") && !subject.contains("||");
        simple.then(|| (subject.trim().to_owned(), value.to_lowercase()))
    };
    denies(a, b)
        || denies(b, a)
        || equality(a)
            .zip(equality(b))
            .is_some_and(|((subject, x), (other, y))| subject == other && x != y)
}

impl Upload {
    /// Whether it may be what visitors get: written to Amazon's S3, and no single archive or report, which jobs put
    /// into buckets of another purpose.
    pub fn may_be_site(&self) -> bool {
        const ARCHIVES: [&str; 22] = [
            ".zip",
            ".gz",
            ".tgz",
            ".tar",
            ".bz2",
            ".xz",
            ".zst",
            ".7z",
            ".jar",
            ".war",
            ".whl",
            ".deb",
            ".rpm",
            ".sql",
            ".log",
            ".tfstate",
            ".tfplan",
            ".template",
            ".yml",
            ".yaml",
            ".sarif",
            ".csv",
        ];
        let name = self.object.as_ref().map(Text::display);
        let archive = name.is_some_and(|name| ARCHIVES.iter().any(|end| name.to_ascii_lowercase().ends_with(end)));
        !archive && self.is_amazon()
    }

    /// Whether it goes to Amazon's own S3.
    pub fn is_amazon(&self) -> bool {
        self.endpoint.as_ref().is_none_or(|endpoint| {
            endpoint
                .resolved()
                .is_some_and(|address| address.contains(".amazonaws.com"))
        })
    }

    /// The target as people write it, secrets and open parts as their expressions.
    pub fn target(&self) -> String {
        let (bucket, prefix) = (self.bucket.display(), self.prefix.display());
        if self.prefix.pieces().is_empty() {
            bucket
        } else {
            format!("{bucket}/{prefix}")
        }
    }
}

impl Touch {
    /// Whether the named distribution is the one with this id.
    pub fn names(&self, id: &str) -> Tri {
        self.distribution.matches(id)
    }
}

impl Deployment {
    /// Everything that was found and declared, grouped: one deployment per job and environment.
    pub fn group(found: &Found, declared: &[Declared]) -> Vec<Deployment> {
        let mut deployments: Vec<Deployment> = declared
            .iter()
            .enumerate()
            .map(|(index, one)| of_declared(index + 1, one))
            .collect();
        for target in &found.targets {
            let stated = Stated::Job {
                workflow: target.workflow.clone(),
                job: target.job.clone(),
            };
            let known = deployments
                .iter_mut()
                .find(|one| one.stated == stated && one.environment == target.environment);
            match known {
                Some(deployment) => deployment.add(target),
                None => {
                    let mut deployment = Deployment::new(stated, target.environment.clone());
                    deployment.add(target);
                    deployments.push(deployment);
                }
            }
        }
        deployments
    }

    pub(super) fn new(stated: Stated, environment: Option<Text>) -> Deployment {
        let (uploads, touches, creates) = Default::default();
        Deployment {
            stated,
            environment,
            uploads,
            touches,
            host: None,
            creates,
        }
    }

    fn add(&mut self, target: &Target) {
        let when = When {
            conditions: target.conditions.clone(),
            matrix: target.matrix.clone().unwrap_or_default(),
        };
        let at = Some(target.at.clone());
        let mut touch = |distribution: &Text, what| {
            self.touches.push(Touch {
                at: at.clone(),
                distribution: distribution.clone(),
                what,
                when: when.clone(),
            });
        };
        match &target.kind {
            Kind::Upload {
                bucket,
                prefix,
                object,
                delete,
            } => self.uploads.push(Upload {
                at,
                bucket: bucket.clone(),
                prefix: prefix.clone(),
                object: object.clone(),
                delete: *delete,
                region: target.region.clone(),
                endpoint: target.endpoint.clone(),
                tool: target.tool.clone(),
                when,
            }),
            Kind::OriginPathUpdate {
                distribution,
                origin_path,
                origins,
            } => {
                touch(
                    distribution,
                    What::OriginPath {
                        path: pattern::bare(origin_path),
                        origins: origins.clone(),
                    },
                );
            }
            Kind::UpdateDistribution {
                distribution,
                default_root_object,
            } => {
                touch(
                    distribution,
                    What::Update {
                        root_object: default_root_object.clone(),
                    },
                );
            }
            Kind::Invalidate { distribution, .. } => touch(distribution, What::Invalidate),
            Kind::CreateBucket { bucket } => self.creates.push(bucket.clone()),
            // Removing objects and changing a bucket's settings is no deployment to it.
            Kind::Delete { .. } | Kind::BucketSetting { .. } => {}
        }
    }

    /// How reports call it: `job deploy-prod of deploy.yml`.
    pub fn name(&self) -> String {
        match &self.stated {
            Stated::Declared(number) => format!("declared deployment {number}"),
            Stated::Job { workflow, job } => format!("job {job} of {}", file_name(workflow)),
        }
    }

    /// The part of a finding's identity that says which deployment it is about.
    pub fn id(&self) -> String {
        match &self.stated {
            Stated::Declared(_) => {
                let host = self.host.iter().map(|host| format!("host={host}"));
                let buckets = self
                    .uploads
                    .iter()
                    .map(|upload| format!("bucket={}", upload.bucket.display()));
                let distributions = self
                    .touches
                    .iter()
                    .map(|t| format!("distribution={}", t.distribution.display()));
                let parts: Vec<String> = host.chain(buckets).chain(distributions).collect();
                format!("--deploy {}", parts.join(","))
            }
            Stated::Job { workflow, job } => match &self.environment {
                Some(environment) => format!("{workflow}#{job} ({})", environment.display()),
                None => format!("{workflow}#{job}"),
            },
        }
    }

    /// Whether a workflow states it.
    pub fn workflow(&self) -> Option<&str> {
        match &self.stated {
            Stated::Declared(_) => None,
            Stated::Job { workflow, .. } => Some(workflow),
        }
    }
}

fn of_declared(number: usize, declared: &Declared) -> Deployment {
    let environment = declared.environment.as_deref().map(Text::literal);
    let mut deployment = Deployment::new(Stated::Declared(number), environment);
    deployment.host.clone_from(&declared.host);
    if let Some(bucket) = &declared.bucket {
        deployment.uploads.push(Upload {
            at: None,
            bucket: Text::literal(bucket),
            prefix: Text::literal(declared.prefix.as_deref().unwrap_or_default()),
            object: None,
            delete: false,
            region: None,
            endpoint: None,
            tool: "--deploy".to_owned(),
            when: When::default(),
        });
    }
    if let Some(distribution) = &declared.distribution {
        deployment.touches.push(Touch {
            at: None,
            distribution: Text::literal(distribution),
            what: What::Declared,
            when: When::default(),
        });
    }
    deployment
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn when(conditions: &[&str]) -> When {
        When {
            conditions: conditions.iter().map(|&c| c.to_owned()).collect(),
            matrix: BTreeMap::new(),
        }
    }

    #[test]
    fn branches_that_exclude_each_other_are_told_apart() {
        let main = when(&["github.ref == 'refs/heads/main'"]);
        let other = when(&["not (github.ref == 'refs/heads/main')"]);
        let develop = when(&["github.ref == 'refs/heads/develop'"]);
        assert!(main.excludes(&other) && other.excludes(&main));
        assert!(main.excludes(&develop));
        assert!(!main.excludes(&main) && !main.excludes(&when(&[])));
        assert!(!main.excludes(&when(&["inputs.full == 'yes'"])));
        assert!(when(&[]).accompanies(&main) && main.accompanies(&main));
        assert!(!main.accompanies(&when(&[])));
    }

    #[test]
    fn matrix_combinations_exclude_each_other() {
        let row = |env: &str| When {
            matrix: [("env".to_owned(), env.to_owned())].into(),
            ..When::default()
        };
        assert!(row("prod").excludes(&row("stage")));
        assert!(!row("prod").excludes(&when(&[])));
        assert!(when(&[]).accompanies(&row("prod")));
        assert!(!row("prod").accompanies(&when(&[])));
    }
}
