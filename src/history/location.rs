//! Where a history is, as a user writes it.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use thiserror::Error;

use super::store::one_line;

/// The place of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Location {
    /// As given, relative ones not yet resolved.
    Directory(PathBuf),
    S3(S3Place),
}

/// A prefix in a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Place {
    pub bucket: String,
    /// What all keys begin with: empty, or with a `/` at its end.
    pub prefix: String,
    /// The bucket's region; without it the region of the environment holds.
    pub region: Option<String>,
    /// The shared-configuration profile to use there; without it the credentials of the environment hold.
    pub profile: Option<String>,
}

/// A text that names no place for a history.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "{given:?}: {problem}; a history is kept in a directory or in s3://BUCKET/PREFIX, with ?region=REGION and &profile=PROFILE where needed"
)]
pub struct LocationError {
    given: String,
    problem: String,
}

impl Location {
    /// Reads a directory's path or `s3://BUCKET/PREFIX?region=REGION&profile=PROFILE`. Nothing is percent-decoded, as
    /// in the AWS CLI. A prefix with and without `/` at its end is the same.
    ///
    /// # Errors
    /// [`LocationError`], with what is wrong and what would be right.
    pub fn parse(given: &str) -> Result<Self, LocationError> {
        // What stands in backquotes or bare is the user's text and may hold anything.
        let bad = |problem: String| LocationError {
            given: given.to_owned(),
            problem: one_line(&problem),
        };
        if let Some(rest) = given.strip_prefix("s3://") {
            return s3(rest).map(Location::S3).map_err(bad);
        }
        if given.is_empty() {
            return Err(bad("names no place".to_owned()));
        }
        if given == "-" {
            return Err(bad("standard output cannot hold a history".to_owned()));
        }
        if let Some((scheme, _)) = given.split_once("://") {
            return Err(bad(format!("driftgate keeps no history under {scheme}://")));
        }
        if given.starts_with("s3:") {
            return Err(bad("an S3 URL begins with s3://".to_owned()));
        }
        Ok(Location::Directory(PathBuf::from(given)))
    }
}

impl FromStr for Location {
    type Err = LocationError;

    fn from_str(given: &str) -> Result<Self, LocationError> {
        Location::parse(given)
    }
}

impl fmt::Display for S3Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s3://{}/{}", self.bucket, self.prefix)
    }
}

fn s3(rest: &str) -> Result<S3Place, String> {
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
    if bucket.is_empty() {
        return Err("names no bucket".to_owned());
    }
    if !consists_of(bucket, |byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte)) {
        return Err(format!("no bucket can have the name {bucket:?}"));
    }
    if prefix.chars().any(char::is_control) {
        return Err("the prefix holds a control character".to_owned());
    }
    let mut found = S3Place {
        bucket: bucket.to_owned(),
        prefix: match prefix.trim_end_matches('/') {
            "" => String::new(),
            prefix => format!("{prefix}/"),
        },
        region: None,
        profile: None,
    };
    for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let slot = match name {
            "region" => &mut found.region,
            "profile" => &mut found.profile,
            _ => return Err(format!("unknown parameter `{name}`")),
        };
        if value.is_empty() {
            return Err(format!("parameter `{name}` has no value"));
        }
        // It becomes part of a host name.
        if name == "region"
            && !consists_of(value, |byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'
            })
        {
            return Err(format!("no region has the name {value:?}"));
        }
        if slot.replace(value.to_owned()).is_some() {
            return Err(format!("parameter `{name}` is given twice"));
        }
    }
    Ok(found)
}

fn consists_of(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn directories() {
        for given in [
            "history",
            "./history",
            "/var/lib/driftgate",
            "a b",
            "..",
            "C:\\history",
            "s3",
            "a:b",
        ] {
            assert_eq!(Location::parse(given), Ok(Location::Directory(PathBuf::from(given))));
        }
    }

    #[test]
    fn s3_urls() {
        let cases = [
            ("s3://results/site", ("results", "site/", None, None)),
            ("s3://results/site/", ("results", "site/", None, None)),
            ("s3://results/a/b c//", ("results", "a/b c/", None, None)),
            ("s3://results//odd", ("results", "/odd/", None, None)),
            ("s3://results", ("results", "", None, None)),
            ("s3://results/", ("results", "", None, None)),
            (
                "s3://results?region=eu-west-2",
                ("results", "", Some("eu-west-2"), None),
            ),
            (
                "s3://my.results/p?profile=ops team&region=eu-west-2",
                ("my.results", "p/", Some("eu-west-2"), Some("ops team")),
            ),
            ("s3://results/p?", ("results", "p/", None, None)),
        ];
        for (given, (bucket, prefix, region, profile)) in cases {
            let expected = S3Place {
                bucket: bucket.to_owned(),
                prefix: prefix.to_owned(),
                region: region.map(str::to_owned),
                profile: profile.map(str::to_owned),
            };
            assert_eq!(given.parse(), Ok(Location::S3(expected)), "{given}");
        }
    }

    #[test]
    fn texts_that_name_no_place() {
        let cases = [
            ("", "names no place"),
            ("-", "standard output cannot hold a history"),
            (
                "https://example.com/history",
                "driftgate keeps no history under https://",
            ),
            ("S3://results/site", "driftgate keeps no history under S3://"),
            ("s3:/results/site", "an S3 URL begins with s3://"),
            ("s3:results", "an S3 URL begins with s3://"),
            ("\n://", "driftgate keeps no history under \\n://"),
            ("s3://", "names no bucket"),
            ("s3:///site", "names no bucket"),
            ("s3://my results/site", "no bucket can have the name \"my results\""),
            ("s3://user@results/site", "no bucket can have the name \"user@results\""),
            ("s3://results/a\nb", "the prefix holds a control character"),
            ("s3://results/p?endpoint=x", "unknown parameter `endpoint`"),
            ("s3://results/p?a\nb=x", "unknown parameter `a\\nb`"),
            ("s3://results/p?region", "parameter `region` has no value"),
            ("s3://results/p?region=a&region=b", "parameter `region` is given twice"),
            (
                "s3://results/p?region=example.com/",
                "no region has the name \"example.com/\"",
            ),
        ];
        for (given, problem) in cases {
            assert_eq!(
                Location::parse(given).unwrap_err().to_string(),
                format!(
                    "{given:?}: {problem}; a history is kept in a directory or in s3://BUCKET/PREFIX, with \
                     ?region=REGION and &profile=PROFILE where needed"
                )
            );
        }
    }

    proptest! {
        #[test]
        fn every_text_is_a_place_or_an_error_of_one_line(given in "(s3://)?\\PC*|\\s*|.*\n.*") {
            if let Err(error) = Location::parse(&given) {
                prop_assert!(!error.to_string().contains('\n'));
            }
        }
    }
}
