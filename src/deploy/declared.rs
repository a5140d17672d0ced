//! `--deploy host=…,bucket=…,prefix=…,distribution=…`: a deployment target that somebody states.

use std::collections::BTreeSet;

use thiserror::Error;

use crate::serving::host::{Host, HostError};

/// The keys that a declaration may have, in the order of the documentation.
const KEYS: [&str; 5] = ["host", "bucket", "prefix", "distribution", "env"];

/// A deployment target as declared; at least a bucket or a distribution is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// The host whose visitors are to get what is deployed.
    pub host: Option<String>,
    /// The bucket that is uploaded to.
    pub bucket: Option<String>,
    /// Keys start with this; without slashes at its ends, empty for the root of the bucket.
    pub prefix: Option<String>,
    /// The id of the distribution that serves it.
    pub distribution: Option<String>,
    /// The environment that the deployment is for.
    pub environment: Option<String>,
}

/// A declaration that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DeclaredError {
    #[error("--deploy {text:?}: expected key=value pairs with commas between them, keys are {keys}", keys = KEYS.join(", "))]
    Form { text: String },
    #[error("--deploy: unknown key {key:?}; known are {keys}", keys = KEYS.join(", "))]
    UnknownKey { key: String },
    #[error("--deploy: {key} stands twice")]
    Twice { key: &'static str },
    #[error("--deploy: {key} has no value; is the variable that it comes from set?")]
    Empty { key: &'static str },
    #[error("--deploy: host: {0}")]
    Host(HostError),
    #[error("--deploy: bucket: {text:?} is no bucket name; give the name alone, and the path in it as prefix=…")]
    Bucket { text: String },
    #[error("--deploy: distribution: {text:?} is no distribution id; it looks like E1A2B3C4D5E6F7")]
    Distribution { text: String },
    #[error("--deploy: prefix needs the bucket that it is in")]
    PrefixWithoutBucket,
    #[error("--deploy: names neither a bucket nor a distribution, so there is nothing to hold against what is served")]
    TooLittle,
}

/// Reads one declaration. An empty `prefix=` is the root of the bucket.
///
/// # Errors
/// [`DeclaredError`], one line each.
pub fn parse(text: &str) -> Result<Declared, DeclaredError> {
    let mut declared = Declared::default();
    let mut seen = BTreeSet::new();
    for pair in text.split(',') {
        let (key, value) = pair
            .split_once('=')
            .ok_or_else(|| DeclaredError::Form { text: text.to_owned() })?;
        let (key, value) = (key.trim(), value.trim());
        let known = KEYS.iter().find(|known| **known == key);
        let key = *known.ok_or_else(|| DeclaredError::UnknownKey { key: key.to_owned() })?;
        if !seen.insert(key) {
            return Err(DeclaredError::Twice { key });
        }
        if value.is_empty() && key != "prefix" {
            return Err(DeclaredError::Empty { key });
        }
        match key {
            "host" => {
                let host = Host::parse(value).map_err(DeclaredError::Host)?;
                declared.host = Some(host.as_str().to_owned());
            }
            "bucket" => declared.bucket = Some(bucket(value)?),
            "prefix" => declared.prefix = Some(value.trim_matches('/').to_owned()),
            "distribution" => declared.distribution = Some(distribution(value)?),
            _ => declared.environment = Some(value.to_owned()),
        }
    }
    if declared.bucket.is_none() && declared.prefix.is_some() {
        return Err(DeclaredError::PrefixWithoutBucket);
    }
    if declared.bucket.is_none() && declared.distribution.is_none() {
        return Err(DeclaredError::TooLittle);
    }
    Ok(declared)
}

fn bucket(text: &str) -> Result<String, DeclaredError> {
    let error = || DeclaredError::Bucket { text: text.to_owned() };
    is_bucket(text).then(|| text.to_owned()).ok_or_else(error)
}

fn distribution(text: &str) -> Result<String, DeclaredError> {
    let error = || DeclaredError::Distribution { text: text.to_owned() };
    is_distribution(text).then(|| text.to_owned()).ok_or_else(error)
}

/// Whether a bucket can have that name.
pub(crate) fn is_bucket(text: &str) -> bool {
    // Old buckets of us-east-1 may have capitals and underscores (S3 user guide, "Bucket naming rules").
    (3..=255).contains(&text.len())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

/// Whether it has the form of a distribution's id.
pub(crate) fn is_distribution(text: &str) -> bool {
    text.len() > 1 && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_subset_with_something_to_check_is_read() {
        let all = parse("host=WWW.example.com., bucket=site ,prefix=/v1/,distribution=E123,env=prod").unwrap();
        assert_eq!(all.host.as_deref(), Some("www.example.com"));
        assert_eq!(all.bucket.as_deref(), Some("site"));
        assert_eq!(all.prefix.as_deref(), Some("v1"));
        assert_eq!(all.distribution.as_deref(), Some("E123"));
        assert_eq!(all.environment.as_deref(), Some("prod"));
        assert_eq!(parse("bucket=site,prefix=").unwrap().prefix.as_deref(), Some(""));
        assert_eq!(parse("distribution=E123").unwrap().bucket, None);
    }

    #[test]
    fn everything_else_is_refused_in_one_clear_line() {
        for (text, expected) in [
            ("", "expected key=value pairs"),
            ("bucket", "expected key=value pairs"),
            ("bucket=site,", "expected key=value pairs"),
            (
                "buckett=site",
                "unknown key \"buckett\"; known are host, bucket, prefix, distribution, env",
            ),
            ("bucket=a-b,bucket=c-d", "bucket stands twice"),
            ("bucket=", "bucket has no value; is the variable"),
            ("bucket=s3://site", "give the name alone"),
            ("bucket=site/v1", "give the name alone"),
            ("host=nowhere,bucket=site", "host: \"nowhere\" is a single word"),
            ("distribution=d123.cloudfront.net", "is no distribution id"),
            ("prefix=v1,distribution=E1", "prefix needs the bucket"),
            ("host=www.example.com", "neither a bucket nor a distribution"),
        ] {
            let error = parse(text).unwrap_err().to_string();
            assert!(error.contains(expected) && !error.contains('\n'), "{text}: {error}");
        }
    }
}
