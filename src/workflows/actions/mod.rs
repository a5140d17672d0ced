//! Marketplace actions that write to S3 or CloudFront.

mod table;
mod unknown;

use table::{Argument, Delete, Does, KNOWN, Known};

pub(crate) use unknown::looks_like_deployment;

use super::commands::uri::{bucket_and_path, prefix};
use super::commands::{self, Effect, Finding, Surroundings};
use super::targets::{Kind, OriginSelector};
use super::text::{Open, Piece, Source, Text};

/// What a step gives to an action.
pub(crate) struct Given<'a> {
    /// Inputs by name, as the step sets them.
    pub(crate) with: &'a [(String, Text)],
    /// Environment variables that the action sees and that it is known to read.
    pub(crate) env: &'a [(String, Text)],
}

impl Given<'_> {
    fn find(&self, arguments: &[Argument]) -> Option<Text> {
        arguments.iter().find_map(|argument| match argument {
            Argument::With(name) => self.with(name),
            Argument::Env(name) => named(self.env, name),
        })
    }

    fn with(&self, name: &str) -> Option<Text> {
        named(self.with, name)
    }
}

/// A value that is set and not empty.
fn named(all: &[(String, Text)], name: &str) -> Option<Text> {
    all.iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.clone())
        .filter(|value| !value.is_empty())
}

/// The repository of an action, in lower case: `owner/repository` of `owner/repository/path@ref`.
pub(crate) fn repository_of(uses: &str) -> Option<String> {
    let name = uses.split('@').next()?;
    let mut parts = name.split('/');
    let (owner, repository) = (parts.next()?, parts.next()?);
    Some(format!("{owner}/{repository}").to_lowercase())
}

/// Environment variables that the known actions read.
pub(crate) fn environment_names() -> Vec<&'static str> {
    let mut names: Vec<&'static str> = KNOWN
        .iter()
        .flat_map(|known| known.arguments())
        .filter_map(|argument| match argument {
            Argument::Env(name) => Some(*name),
            Argument::With(_) => None,
        })
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Reads a step with a known action; `None` when the action is not in the table.
pub(crate) fn understand(uses: &str, given: &Given<'_>) -> Option<Finding> {
    let name = repository_of(uses)?;
    let known = KNOWN.iter().find(|k| k.name.eq_ignore_ascii_case(&name))?;
    let mut finding = read(known, given);
    finding.listed.extend(unexpanded(known, given));
    Some(finding)
}

/// Actions that are known to set no variables and to deploy nothing.
pub(crate) fn is_harmless(name: &str) -> bool {
    let owners = [
        "actions/",
        "aws-actions/",
        "docker/",
        "github/",
        "pnpm/",
        "oven-sh/",
        "ruby/",
        "hashicorp/setup-",
    ];
    owners.iter().any(|owner| name.starts_with(owner))
}

fn read(known: &Known, given: &Given<'_>) -> Finding {
    let region = given
        .find(known.region)
        .or_else(|| known.default_region.map(|region| Text::literal(region.to_string())));
    let mut endpoint = given.find(known.endpoint);
    if known.not_amazon && endpoint.is_none() {
        endpoint = Some(Text::open(Open::new(
            format!("the service of {}", known.name),
            Source::NotUnderstood,
            "the action writes to another provider's object store",
        )));
    }
    let effect = |kind: Kind| Effect {
        endpoint: endpoint.clone().filter(|_| kind.bucket().is_some()),
        kind,
        region: region.clone(),
        tool: known.name.to_string(),
        doubt: None,
    };
    let mut finding = Finding::nothing();
    match known.does {
        Does::Nothing => return finding,
        Does::AwsS3 => return aws_s3(known, given),
        Does::WholeSite => {
            let names: Vec<String> = known
                .bucket
                .iter()
                .filter_map(|argument| given.find(std::slice::from_ref(argument)))
                .map(|text| text.display())
                .collect();
            finding.listed.push(format!(
                "{} makes a site of its own ({}); where it is written and served from is not visible",
                known.name,
                names.join(", ")
            ));
            return finding;
        }
        Does::Upload | Does::Invalidate | Does::OriginPath | Does::Update => {}
    }
    if known.does == Does::Upload {
        match given.find(known.bucket) {
            Some(bucket) => {
                let location = bucket_and_path(&bucket);
                let inner = given
                    .find(known.prefix)
                    .map(|text| random_prefix(known, &text))
                    .unwrap_or_default();
                finding.effects.push(effect(Kind::Upload {
                    bucket: location.bucket,
                    prefix: joined(&location.path, &prefix(&inner)),
                    object: None,
                    delete: deletes(known, given),
                }));
            }
            None => finding
                .listed
                .push(format!("{} needs a bucket, and this step gives it none", known.name)),
        }
    }
    let Some(distribution) = given.find(known.distribution) else {
        if matches!(known.does, Does::Invalidate | Does::OriginPath | Does::Update) {
            finding.listed.push(format!(
                "{} needs a distribution, and this step gives it none",
                known.name
            ));
        }
        return finding;
    };
    match known.does {
        Does::OriginPath => {
            let origins = given
                .with("origin-index")
                .and_then(|index| index.resolved())
                .and_then(|index| index.trim().parse().ok())
                .map_or(OriginSelector::NotUnderstood, OriginSelector::Index);
            finding.effects.push(effect(Kind::OriginPathUpdate {
                distribution,
                origin_path: given.find(known.origin_path).unwrap_or_default(),
                origins,
            }));
        }
        Does::Update => {
            finding.effects.push(effect(Kind::UpdateDistribution {
                distribution: distribution.clone(),
                default_root_object: None,
            }));
            let wanted = given
                .with("cloudfront-invalidation-required")
                .and_then(|flag| flag.resolved());
            if wanted.is_some_and(|flag| flag == "true") {
                let paths = paths(known, given);
                finding.effects.push(effect(Kind::Invalidate { distribution, paths }));
            }
        }
        _ => {
            let paths = paths(known, given);
            finding.effects.push(effect(Kind::Invalidate { distribution, paths }));
        }
    }
    finding
}

/// The action that takes a command of `aws s3` apart into inputs.
fn aws_s3(known: &Known, given: &Given<'_>) -> Finding {
    let mut words = vec![
        Text::literal("s3"),
        given.with("command").unwrap_or_else(|| Text::literal("cp")),
    ];
    words.extend(given.with("source"));
    words.extend(given.with("destination"));
    words.extend(given.with("flags").map(|f| f.fields()).unwrap_or_default());
    let around = Surroundings {
        region: given.find(known.region),
        ..Surroundings::default()
    };
    let mut finding = commands::understand("aws", &words, &around);
    for effect in &mut finding.effects {
        effect.tool = known.name.to_string();
    }
    finding
}

fn deletes(known: &Known, given: &Given<'_>) -> bool {
    match known.delete {
        Delete::Never => false,
        Delete::Always => true,
        Delete::Flag(input) => given.with(input).is_some_and(|text| {
            text.flatten()
                .split_whitespace()
                .any(|w| w == "--delete" || w == "--delete-removed")
        }),
        Delete::Input(input) => given.with(input).is_some_and(|text| {
            text.resolved()
                .is_none_or(|value| !matches!(value.to_lowercase().as_str(), "" | "false" | "no" | "0"))
        }),
    }
}

/// One action replaces a prefix of `/` by a random one.
fn random_prefix(known: &Known, text: &Text) -> Text {
    if known.slash_is_random && text.as_literal() == Some("/") {
        return Text::open(Open::new(
            "random prefix",
            Source::Run,
            "the action makes up a prefix when it is given /",
        ));
    }
    text.clone()
}

fn joined(outer: &Text, inner: &Text) -> Text {
    if outer.is_empty() {
        return inner.clone();
    }
    let mut all = outer.clone();
    if !inner.is_empty() {
        all.push(Piece::Literal("/".to_string()));
        all.extend(inner);
    }
    all
}

fn paths(known: &Known, given: &Given<'_>) -> Vec<Text> {
    let value = given.find(known.paths);
    if let Some(text) = &value
        && known.paths_are_arguments
    {
        let words = text.fields();
        let from = words.iter().position(|w| w.as_literal() == Some("--paths"));
        return from.map_or_else(Vec::new, |from| {
            words[from + 1..]
                .iter()
                .take_while(|w| !w.literal_start().starts_with("--"))
                .map(unquoted)
                .collect()
        });
    }
    match value {
        Some(text) => {
            let flat = text.flatten();
            flat.split(|c: char| c == ',' || c.is_whitespace())
                .filter(|part| !part.is_empty())
                .map(|part| text.unflatten(part))
                .map(|part| unquoted(&part))
                .collect()
        }
        None => known.default_paths.iter().map(|path| Text::literal(*path)).collect(),
    }
}

fn unquoted(text: &Text) -> Text {
    let flat = text.flatten();
    text.unflatten(flat.trim_matches(['"', '\'']))
}

/// Values in which somebody expected a shell to put a variable.
fn unexpanded(known: &Known, given: &Given<'_>) -> Vec<String> {
    known
        .arguments()
        .filter_map(|argument| given.find(std::slice::from_ref(argument)))
        .filter_map(|text| {
            let flat = text.flatten();
            let at = flat.find('$')?;
            let name = flat[at + 1..].trim_start_matches('{');
            name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                .then(|| {
                    format!(
                        "`{}` is handed to {} as it stands; no shell puts the variable in",
                        text.display(),
                        known.name
                    )
                })
        })
        .collect()
}
