//! What the source tree promises, held by tests.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::repository;

fn sources() -> Vec<(PathBuf, String)> {
    fn walk(directory: &Path, into: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(directory).expect("a directory of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, into);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).expect("a source is text");
                into.push((path, text));
            }
        }
    }
    let mut all = Vec::new();
    walk(&repository("src"), &mut all);
    assert!(all.len() > 30, "only {} sources were found", all.len());
    all
}

#[test]
fn only_the_live_side_names_the_sdk() {
    let aws = repository("src/live/aws");
    let outside: Vec<_> = sources()
        .into_iter()
        .filter(|(path, text)| !path.starts_with(&aws) && (text.contains("aws_sdk_") || text.contains("aws_config")))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(outside, Vec::<PathBuf>::new());
}

/// driftgate reads only, but for the history that it is asked to write: the SDK's calls that change something are named
/// after what they do.
#[test]
fn only_the_history_changes_anything_in_aws() {
    let aws = repository("src/live/aws");
    let history = aws.join("s3/history.rs");
    let verbs = [
        "put_",
        "delete_",
        "create_",
        "update_",
        "change_",
        "copy_object",
        "restore_object",
        "upload_part",
        "tag_resource",
        "untag_resource",
    ];
    let changes = |text: &str| verbs.iter().any(|verb| text.contains(&format!(".{verb}")));
    let writers: Vec<_> = sources()
        .into_iter()
        .filter(|(path, text)| path.starts_with(&aws) && changes(text))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(writers, [history]);
}

#[test]
fn the_pure_middle_does_no_io() {
    let pure = [
        "canon",
        "compare",
        "compare.rs",
        "config/assemble",
        "config/documentation.rs",
        "config/effective.rs",
        "config/outside.rs",
        "config/section.rs",
        "config/show.rs",
        "config/starter.rs",
        "estate.rs",
        "iam",
        "inventory",
        "kinds",
        "language",
        "plan.rs",
        "policy",
        "rules.rs",
        "site.rs",
        "watch.rs",
    ];
    for (path, text) in sources() {
        let within = path
            .strip_prefix(repository("src"))
            .expect("a source")
            .to_string_lossy()
            .into_owned();
        if !pure
            .iter()
            .any(|part| within == *part || within.starts_with(&format!("{part}/")))
            || within.contains("/tests/")
        {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for forbidden in [
            "std::fs",
            "std::net::Tcp",
            "std::net::Udp",
            "std::env",
            "SystemTime",
            "Instant::now",
            "tokio",
            "println!",
        ] {
            assert!(!code.contains(forbidden), "{within} uses {forbidden}");
        }
    }
}

#[test]
fn no_source_is_much_beyond_500_lines() {
    let long: Vec<_> = sources()
        .into_iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > 600)
        .collect();
    assert_eq!(long, Vec::new());
}

#[test]
fn rules_are_named_in_one_place() {
    for (path, text) in sources() {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        if name.contains("tests") || name == "samples.rs" {
            continue;
        }
        assert!(
            !code.contains("rule: \""),
            "{} spells a rule's name; use crate::rules",
            path.display()
        );
    }
}
