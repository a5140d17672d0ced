//! The places a state can be read from.

use std::path::{Path, PathBuf};

use super::error::InputError;

/// One place that holds one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file.
    File {
        /// What to open.
        path: PathBuf,
        /// What people read: relative to where the run was started, if it was given so.
        shown: String,
    },
    /// Standard input.
    Stdin,
    /// An object of an S3 backend.
    S3(S3Object),
}

impl Source {
    /// The name for people.
    pub fn shown(&self) -> &str {
        match self {
            Source::File { shown, .. } => shown,
            Source::Stdin => "-",
            Source::S3(object) => &object.url,
        }
    }

    pub(super) fn file(path: PathBuf, cwd: &Path) -> Self {
        let shown = path.strip_prefix(cwd).unwrap_or(&path).display().to_string();
        Source::File { path, shown }
    }
}

/// A state kept as an S3 object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Object {
    /// As it was given.
    pub url: String,
    pub bucket: String,
    pub key: String,
    /// The bucket's region; without it the region of the environment holds.
    pub region: Option<String>,
    /// The shared-configuration profile to read it with; without it the credentials of the environment hold.
    pub profile: Option<String>,
}

impl S3Object {
    /// Reads `s3://BUCKET/KEY?region=REGION&profile=PROFILE`. Nothing is percent-decoded, as in the AWS CLI: keys
    /// such as `env:/prod/site.tfstate` are written as they are.
    ///
    /// # Errors
    /// [`InputError::BadS3Url`].
    pub fn parse(url: &str) -> Result<Self, InputError> {
        let bad = |problem: String| InputError::BadS3Url {
            state: url.to_owned(),
            problem,
        };
        let rest = url
            .strip_prefix("s3://")
            .ok_or_else(|| bad("is not an S3 URL".to_owned()))?;
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (bucket, key) = place.split_once('/').unwrap_or((place, ""));
        if bucket.is_empty() {
            return Err(bad("names no bucket".to_owned()));
        }
        if key.is_empty() {
            return Err(bad("names no object".to_owned()));
        }
        if key.ends_with('/') {
            return Err(bad("names a prefix, not an object".to_owned()));
        }
        let mut object = Self {
            url: url.to_owned(),
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            region: None,
            profile: None,
        };
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            let slot = match name {
                "region" => &mut object.region,
                "profile" => &mut object.profile,
                _ => return Err(bad(format!("unknown parameter `{name}`"))),
            };
            if value.is_empty() {
                return Err(bad(format!("parameter `{name}` has no value")));
            }
            if slot.replace(value.to_owned()).is_some() {
                return Err(bad(format!("parameter `{name}` is given twice")));
            }
        }
        Ok(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s3_urls() {
        let cases = [
            ("s3://states/site.tfstate", ("states", "site.tfstate", None, None)),
            (
                "s3://states/env:/prod/a b.tfstate",
                ("states", "env:/prod/a b.tfstate", None, None),
            ),
            ("s3://states//odd", ("states", "/odd", None, None)),
            ("s3://s/k?region=eu-west-2", ("s", "k", Some("eu-west-2"), None)),
            (
                "s3://s/k?profile=ops&region=eu-west-2",
                ("s", "k", Some("eu-west-2"), Some("ops")),
            ),
            ("s3://s/k?", ("s", "k", None, None)),
        ];
        for (url, (bucket, key, region, profile)) in cases {
            let object = S3Object::parse(url).unwrap();
            assert_eq!(
                (
                    object.bucket.as_str(),
                    object.key.as_str(),
                    object.region.as_deref(),
                    object.profile.as_deref()
                ),
                (bucket, key, region, profile)
            );
            assert_eq!(object.url, url);
        }
    }

    #[test]
    fn s3_urls_that_name_no_object() {
        let cases = [
            ("s3://", "names no bucket"),
            ("s3:///key", "names no bucket"),
            ("s3://states", "names no object"),
            ("s3://states/", "names no object"),
            ("s3://states?region=eu-west-2", "names no object"),
            ("s3://states/prod/", "names a prefix, not an object"),
            ("s3://s/k?endpoint=x", "unknown parameter `endpoint`"),
            ("s3://s/k?region", "parameter `region` has no value"),
            ("s3://s/k?region=", "parameter `region` has no value"),
            ("s3://s/k?region=a&region=b", "parameter `region` is given twice"),
        ];
        for (url, problem) in cases {
            assert_eq!(
                S3Object::parse(url).unwrap_err().to_string(),
                format!(
                    "{url}: {problem}; write s3://BUCKET/KEY, with ?region=REGION and &profile=PROFILE where needed"
                )
            );
        }
    }
}
