//! `state` blocks.

use super::places::{self, Base};
use crate::config::model::{Sourced, StateSetting};
use crate::config::problems::Problems;
use crate::config::section::{Section, Text};
use crate::expected::S3Object;

pub(super) fn read(file: &Section, base: Base, problems: &mut Problems) -> Vec<StateSetting> {
    file.sections("state")
        .filter_map(|section| state(section, base, problems))
        .collect()
}

fn state(section: &Section, base: Base, problems: &mut Problems) -> Option<StateSetting> {
    let region = section.text("region");
    let profile = section.text("profile");
    let terraform_dir = section.text("terraform_dir");
    let source = section.text("source");
    let located = source.as_ref().and_then(|source| located(source, base, problems));
    let bucket = matches!(&located, Some(Located::Bucket(_)));
    if let Some(located) = &located {
        for (name, text) in [("region", &region), ("profile", &profile)] {
            let Some(text) = text else { continue };
            let (region, profile) = match located {
                Located::Bucket(object) => (object.region.is_some(), object.profile.is_some()),
                Located::Path(_) => {
                    let message = format!("`{name}` is for a source in S3, and this one is a path");
                    problems.complain(&text.span, message);
                    continue;
                }
            };
            if (name == "region" && region) || (name == "profile" && profile) {
                problems.complain(&text.span, format!("the source names a {name} already"));
            }
        }
    }
    let region = region.and_then(|text| places::region(&text, problems));
    Some(StateSetting {
        name: section.name().to_owned(),
        source: match located? {
            Located::Path(path) => source?.sourced(path),
            Located::Bucket(object) => source?.sourced(object.url),
        },
        region: region.filter(|_| bucket),
        profile: profile
            .map(|text| text.sourced(text.text.clone()))
            .filter(|_: &Sourced<String>| bucket),
        terraform_dir: terraform_dir.map(|text| text.sourced(base.path(&text.text))),
    })
}

enum Located {
    Path(String),
    Bucket(S3Object),
}

fn located(source: &Text, base: Base, problems: &mut Problems) -> Option<Located> {
    let text = source.text.as_str();
    if text == "-" {
        let message = "a state in a configuration file cannot come from standard input";
        problems.advise(
            &source.span,
            message,
            Some("pipe it into `driftgate check --state -`".to_owned()),
        );
        return None;
    }
    if text.starts_with("s3://") {
        return match S3Object::parse(text) {
            Ok(object) => Some(Located::Bucket(object)),
            Err(error) => {
                problems.complain(&source.span, error.to_string());
                None
            }
        };
    }
    if let Some((scheme, _)) = text.split_once("://") {
        let message = format!("driftgate reads no state from {scheme}://");
        let hint = "give a path, a glob or s3://BUCKET/KEY, or pipe the state into `driftgate check --state -`";
        problems.advise(&source.span, message, Some(hint.to_owned()));
        return None;
    }
    if text.starts_with("s3:") {
        problems.complain(&source.span, "an S3 URL begins with s3://");
        return None;
    }
    Some(Located::Path(base.pattern(text)))
}
