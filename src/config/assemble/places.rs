//! Paths, buckets, distributions, regions, hosts: texts of the file that name something.

use std::path::{Path, PathBuf};

use crate::config::model::Sourced;
use crate::config::problems::Problems;
use crate::config::section::Text;
use crate::deploy::declared;
use crate::serving::host::Host;

/// The directory that relative paths start from.
#[derive(Clone, Copy)]
pub(super) struct Base<'a>(pub(super) &'a Path);

impl Base<'_> {
    /// A path of the file as one from the working directory.
    pub(super) fn path(self, text: &str) -> PathBuf {
        let inner = text.strip_prefix("./").unwrap_or(text);
        match inner {
            "" | "." if self.0.as_os_str().is_empty() => PathBuf::from("."),
            "" | "." => self.0.to_owned(),
            inner => self.0.join(inner),
        }
    }

    /// The same for what may be a glob: the directory in front stands for itself.
    pub(super) fn pattern(self, text: &str) -> String {
        let joined = self.path(text);
        if !text.contains(['*', '?', '[']) || Path::new(text).is_absolute() {
            return joined.display().to_string();
        }
        let base = glob::Pattern::escape(&self.0.to_string_lossy());
        Base(Path::new(&base)).path(text).display().to_string()
    }
}

/// A bucket's name.
pub(super) fn bucket(text: &Text, problems: &mut Problems) -> Option<String> {
    if declared::is_bucket(&text.text) {
        return Some(text.text.clone());
    }
    let message = format!("{:?} is no bucket name", text.text);
    problems.advise(
        &text.span,
        message,
        Some("give the name alone, without s3:// and path".to_owned()),
    );
    None
}

/// A distribution's id.
pub(super) fn distribution(text: &Text, problems: &mut Problems) -> Option<String> {
    if declared::is_distribution(&text.text) {
        return Some(text.text.clone());
    }
    let message = format!("{:?} is no distribution id", text.text);
    problems.advise(&text.span, message, Some("it looks like E1A2B3C4D5E6F7".to_owned()));
    None
}

/// A host name.
pub(super) fn host(text: &Text, problems: &mut Problems) -> Option<String> {
    match Host::parse(&text.text) {
        Ok(host) => Some(host.as_str().to_owned()),
        Err(error) => {
            problems.complain(&text.span, error.to_string());
            None
        }
    }
}

/// A region's name: it becomes part of a host name.
pub(super) fn region(text: &Text, problems: &mut Problems) -> Option<Sourced<String>> {
    let name = &text.text;
    let fits = name
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if fits && name.contains('-') {
        return Some(text.sourced(name.clone()));
    }
    let message = format!("{name:?} is no region");
    problems.advise(&text.span, message, Some("it looks like eu-west-2".to_owned()));
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_start_from_the_file() {
        let paths = |base: &str| ["x.tfstate", "./x", ".", "../y", "/abs"].map(|text| Base(Path::new(base)).path(text));
        assert_eq!(paths(""), ["x.tfstate", "x", ".", "../y", "/abs"].map(PathBuf::from));
        assert_eq!(
            paths("../.."),
            ["../../x.tfstate", "../../x", "../..", "../../../y", "/abs"].map(PathBuf::from)
        );
    }

    #[test]
    fn a_directory_in_front_of_a_glob_is_no_part_of_it() {
        assert_eq!(Base(Path::new("a[1]")).pattern("*.tfstate"), "a[[]1[]]/*.tfstate");
        assert_eq!(Base(Path::new("a[1]")).pattern("x.tfstate"), "a[1]/x.tfstate");
        assert_eq!(Base(Path::new("a")).pattern("/b/*"), "/b/*");
    }
}
