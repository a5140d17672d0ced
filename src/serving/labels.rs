//! Which environment a thing belongs to, as far as tags and names say.
//!
//! A label is evidence, not a guess: tags come first, names count only if all that speak say the same, and two things
//! are held against each other only if both have a label. A name without a label is no production name.

use std::fmt;

use serde::Serialize;

use crate::canon::dns;
use crate::inventory::Tags;

/// Environments under their usual names. Spellings of one are one; `preprod` counts as staging, since the two are
/// used for the last stop before production alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Environment {
    Production,
    Staging,
    Acceptance,
    Quality,
    Test,
    Development,
    Preview,
    Sandbox,
    /// `nonprod`: anything but production.
    NonProduction,
}

impl Environment {
    pub fn name(self) -> &'static str {
        match self {
            Environment::Production => "production",
            Environment::Staging => "staging",
            Environment::Acceptance => "acceptance",
            Environment::Quality => "quality assurance",
            Environment::Test => "test",
            Environment::Development => "development",
            Environment::Preview => "preview",
            Environment::Sandbox => "sandbox",
            Environment::NonProduction => "non-production",
        }
    }

    fn of_word(word: &str) -> Option<Environment> {
        Some(match word.trim_end_matches(|c: char| c.is_ascii_digit()) {
            "prod" | "production" | "prd" | "live" => Environment::Production,
            "stage" | "staging" | "stg" | "preprod" | "preproduction" => Environment::Staging,
            "uat" | "acceptance" => Environment::Acceptance,
            "qa" => Environment::Quality,
            "test" | "testing" | "tst" => Environment::Test,
            "dev" | "development" | "develop" => Environment::Development,
            "preview" | "previews" => Environment::Preview,
            "sandbox" | "sbx" => Environment::Sandbox,
            "nonprod" | "nonproduction" | "nonlive" => Environment::NonProduction,
            _ => return None,
        })
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// An environment and where it was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Label {
    pub environment: Environment,
    /// The word as it was found, in lower case.
    pub text: String,
    pub evidence: Evidence,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "from")]
pub enum Evidence {
    Tag { key: String, value: String },
    Name { what: String, name: String },
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Evidence::Tag { key, value } => write!(f, "tag {key} = \"{value}\""),
            Evidence::Name { what, name } => write!(f, "{what} \"{name}\""),
        }
    }
}

/// A name that may hold an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named<'a> {
    /// What is called so, for the evidence: `bucket`, `host`, `workspace`, `directory`, `origin id` …
    pub what: &'a str,
    pub name: &'a str,
    /// The zone that a host name lies in, where known. Its words name an organisation, not an environment.
    pub zone: Option<&'a str>,
}

/// The environment of a thing by its tags (`Environment`, `Env`, `Stage`), else by its names.
///
/// `None` without evidence, and where tags contradict tags or names contradict names.
pub fn label(tags: &Tags, names: &[Named<'_>]) -> Option<Label> {
    let tagged = tags.iter().filter(|(key, _)| {
        ["environment", "env", "stage"]
            .iter()
            .any(|known| key.eq_ignore_ascii_case(known))
    });
    let mut by_tags = tagged
        .filter(|(_, value)| !value.trim().is_empty())
        .map(|(key, value)| {
            let evidence = Evidence::Tag {
                key: key.clone(),
                value: value.clone(),
            };
            read(value).map(|(environment, text)| Label {
                environment,
                text,
                evidence,
            })
        })
        .peekable();
    if by_tags.peek().is_some() {
        // A tag is there to say the environment: one that says something unknown is not overruled by a name.
        let said: Option<Vec<Label>> = by_tags.collect();
        return said.and_then(|labels| one(labels.into_iter()));
    }
    let by_names: Option<Vec<Label>> = names
        .iter()
        .filter_map(|named| {
            let part = without_domain(named);
            match words(&part) {
                found if found.is_empty() => None,
                _ => Some(read(&part).map(|(environment, text)| Label {
                    environment,
                    text,
                    evidence: Evidence::Name {
                        what: named.what.to_owned(),
                        name: named.name.to_owned(),
                    },
                })),
            }
        })
        .collect();
    by_names.and_then(|labels| one(labels.into_iter()))
}

/// What two labels say of each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Crossing {
    /// The same environment, or two that may be the same.
    None,
    /// One is production and the other certainly not.
    Production,
    /// Two different environments before production.
    Other,
}

/// Whether two labelled things belong to different environments.
pub fn crossing(a: Environment, b: Environment) -> Crossing {
    let production = |e: Environment| e == Environment::Production;
    if a == b {
        Crossing::None
    } else if production(a) || production(b) {
        Crossing::Production
    } else if [a, b].contains(&Environment::NonProduction) {
        Crossing::None
    } else {
        Crossing::Other
    }
}

/// The first of the labels if all name one environment.
fn one(mut labels: impl Iterator<Item = Label>) -> Option<Label> {
    let first = labels.next()?;
    labels
        .all(|label| label.environment == first.environment)
        .then_some(first)
}

/// The one environment that a text names.
fn read(text: &str) -> Option<(Environment, String)> {
    let found = words(text);
    let (environment, _) = *found.first()?;
    if found.iter().any(|(other, _)| *other != environment) {
        return None;
    }
    found.into_iter().next()
}

/// All environment words of a text; `pre-prod` and `non-prod` are one word each.
fn words(text: &str) -> Vec<(Environment, String)> {
    let lower = text.to_ascii_lowercase();
    let parts: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect();
    let (mut found, mut i) = (Vec::new(), 0);
    while let Some(part) = parts.get(i) {
        let joined = parts
            .get(i + 1)
            .filter(|_| matches!(*part, "pre" | "non" | "not"))
            .map(|next| {
                let before = if *part == "pre" { "pre" } else { "non" };
                format!("{before}{next}")
            });
        if let Some(word) = joined
            && let Some(environment) = Environment::of_word(&word)
        {
            found.push((environment, word));
            i += 2;
            continue;
        }
        if let Some(environment) = Environment::of_word(part) {
            found.push((environment, (*part).to_owned()));
        }
        i += 1;
    }
    found
}

/// A name without the part that names its owner on the internet: the zone if known, else the last two labels of what
/// looks like a host name. A dotted name whose last label is an environment (`site.prod`) is no host name.
fn without_domain(named: &Named<'_>) -> String {
    let name = dns::name(named.name);
    if let Some(zone) = named.zone.map(dns::name).filter(|zone| !zone.is_empty()) {
        if name == zone {
            return String::new();
        }
        if let Some(rest) = name.strip_suffix(&zone).and_then(|rest| rest.strip_suffix('.')) {
            return rest.to_owned();
        }
    }
    let labels: Vec<&str> = name.split('.').collect();
    let is_host = labels.len() > 1
        && labels.last().is_some_and(|last| {
            last.len() > 1 && last.bytes().all(|b| b.is_ascii_alphabetic()) && Environment::of_word(last).is_none()
        })
        && !name.contains('/');
    if is_host {
        labels[..labels.len() - 2].join(".")
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tags(pairs: &[(&str, &str)]) -> Tags {
        pairs
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn named<'a>(what: &'a str, name: &'a str) -> Named<'a> {
        Named { what, name, zone: None }
    }

    fn of_name(name: &str) -> Option<Environment> {
        label(&Tags::new(), &[named("bucket", name)]).map(|label| label.environment)
    }

    #[test]
    fn names_are_read_by_their_words() {
        use Environment::*;
        for (name, expected) in [
            ("my-site-prod", Some(Production)),
            ("PROD_site", Some(Production)),
            ("site.prod", Some(Production)),
            ("envs/live/site", Some(Production)),
            ("site-preprod", Some(Staging)),
            ("site-pre-prod", Some(Staging)),
            ("site-nonprod", Some(NonProduction)),
            ("site-non-production", Some(NonProduction)),
            ("stg2-site", Some(Staging)),
            ("stage.app.example.org", Some(Staging)),
            ("www.stage.example.org", Some(Staging)),
            ("uat-site", Some(Acceptance)),
            ("site-qa", Some(Quality)),
            ("dev1.example.com", Some(Development)),
            // Words that only contain one.
            ("product-site", None),
            ("latest", None),
            ("delivery", None),
            ("devices", None),
            ("stages", None),
            // The owner's domain is no environment.
            ("live.example", None),
            ("www.test.com", None),
            ("production.org", None),
            // Two that contradict each other.
            ("prod-test-results", None),
            ("", None),
            ("www.example.com", None),
        ] {
            assert_eq!(of_name(name), expected, "{name}");
        }
    }

    #[test]
    fn the_zone_is_not_part_of_the_name() {
        let host = |name, zone| {
            label(
                &Tags::new(),
                &[Named {
                    what: "host",
                    name,
                    zone: Some(zone),
                }],
            )
        };
        assert_eq!(host("www.live.co.uk", "live.co.uk"), None);
        assert_eq!(host("live.co.uk", "live.co.uk."), None);
        assert_eq!(
            host("test.live.co.uk", "live.co.uk").unwrap().environment,
            Environment::Test
        );
        assert_eq!(host("shop.stage.example.com", "example.com").unwrap().text, "stage");
    }

    #[test]
    fn tags_come_before_names_and_the_evidence_is_told() {
        let found = label(&tags(&[("env", "Production")]), &[named("bucket", "site-stage")]).unwrap();
        assert_eq!(
            (found.environment, found.text.as_str()),
            (Environment::Production, "production")
        );
        assert_eq!(found.evidence.to_string(), "tag env = \"Production\"");
        let found = label(&tags(&[("Owner", "dev")]), &[named("bucket", "site-stage")]).unwrap();
        assert_eq!(found.evidence.to_string(), "bucket \"site-stage\"");
        assert_eq!(label(&tags(&[("Environment", "prod"), ("Stage", "dev")]), &[]), None);
        assert_eq!(
            label(&tags(&[("Environment", "blue")]), &[named("bucket", "site-stage")]),
            None
        );
        assert!(label(&tags(&[("Environment", "")]), &[named("bucket", "site-stage")]).is_some());
    }

    #[test]
    fn names_must_not_contradict_each_other() {
        let both = |a, b| label(&Tags::new(), &[named("bucket", a), named("directory", b)]).map(|l| l.environment);
        assert_eq!(both("site-prod", "envs/production"), Some(Environment::Production));
        assert_eq!(both("site", "envs/stage"), Some(Environment::Staging));
        assert_eq!(both("site-prod", "envs/stage"), None);
        assert_eq!(both("site-prod-test", "envs/prod"), None);
    }

    #[test]
    fn environments_cross_only_where_both_are_known_to_differ() {
        use Environment::*;
        for (a, b, expected) in [
            (Production, Staging, Crossing::Production),
            (Production, NonProduction, Crossing::Production),
            (Staging, NonProduction, Crossing::None),
            (Staging, Development, Crossing::Other),
            (Staging, Staging, Crossing::None),
        ] {
            assert_eq!((crossing(a, b), crossing(b, a)), (expected, expected));
        }
    }

    proptest! {
        #[test]
        fn any_name_is_read(name in ".{0,40}", zone in proptest::option::of(".{0,10}"), value in ".{0,20}") {
            let names = [Named { what: "host", name: &name, zone: zone.as_deref() }];
            label(&Tags::new(), &names);
            label(&tags(&[("env", &value)]), &names);
        }

        #[test]
        fn case_and_separators_do_not_matter(before in "[a-c]{1,4}", after in "[a-c]{1,4}", sep in "[-_/]") {
            let name = format!("{before}{sep}PROD{sep}{after}");
            prop_assert_eq!(of_name(&name), Some(Environment::Production));
        }
    }
}
