//! `owner` blocks.

use super::place;
use crate::config::model::Owner;
use crate::config::problems::Problems;
use crate::config::section::{Section, Text};

pub(super) fn read(file: &Section, problems: &mut Problems) -> Vec<Owner> {
    let mut owners = Vec::new();
    for section in file.sections("owner") {
        let before = section.sections("attribute").count();
        if before == 0 {
            let message = "an owner owns at least one attribute";
            let hint = "write attribute { address = \"…\", path = \"…\" } on lines of its own";
            problems.advise(&section.span, message, Some(hint.to_owned()));
        }
        for inner in section.sections("attribute") {
            let address = inner.text("address");
            let path = inner.text("path");
            for (text, fault) in [(&address, address_fault as fn(&str) -> _), (&path, path_fault)] {
                if let Some(text) = text {
                    check(text, fault, problems);
                }
            }
            if let (Some(address), Some(path)) = (address, path) {
                owners.push(Owner {
                    name: section.name().to_owned(),
                    address: address.text,
                    path: path.text,
                    place: place(inner, problems),
                });
            }
        }
    }
    owners
}

/// Why a pattern matches nothing, and what to do about it.
type Fault = Option<(&'static str, Option<String>)>;

fn check(text: &Text, fault: fn(&str) -> Fault, problems: &mut Problems) {
    if let Some((message, hint)) = fault(&text.text) {
        problems.advise(&text.span, format!("this matches nothing: {message}"), hint);
    }
}

fn address_fault(pattern: &str) -> Fault {
    let literal = pattern.split(['*', '?']).next().unwrap_or_default();
    let begins = ["aws_", "module."]
        .iter()
        .any(|start| literal.starts_with(start) || (start.starts_with(literal) && literal != pattern));
    if !begins {
        return Some((
            "an address begins with a resource type such as aws_s3_bucket, or with module.",
            None,
        ));
    }
    if !pattern.contains(['.', '*', '?']) {
        let hint = format!("write \"{pattern}.*\" for all of that type");
        return Some(("an address has a name behind the type", Some(hint)));
    }
    if pattern.contains(char::is_whitespace) && !pattern.contains('"') {
        return Some(("an address holds no space outside of quotes", None));
    }
    None
}

/// A path is `name`, then any number of `.name`, `[0]`, `[*]`, `["key"]`.
fn path_fault(path: &str) -> Fault {
    let fault = |message| Some((message, None));
    let mut rest = path;
    let mut first = true;
    while !rest.is_empty() || first {
        if let Some(inner) = rest.strip_prefix('[').filter(|_| !first) {
            let Some(length) = index_length(inner) else {
                return fault("brackets hold *, a number or a key in quotes");
            };
            rest = &inner[length + 1..];
            continue;
        }
        let name = if first { Some(rest) } else { rest.strip_prefix('.') };
        let Some(name) = name else {
            return fault("a path consists of names with dots between them, and brackets");
        };
        let length = name
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-')
            .unwrap_or(name.len());
        if length == 0 {
            return fault("a path consists of names with dots between them, and brackets");
        }
        rest = &name[length..];
        first = false;
    }
    None
}

/// How long the content of brackets is; none where it is no index.
fn index_length(inner: &str) -> Option<usize> {
    if let Some(quoted) = inner.strip_prefix('"') {
        let mut escaped = false;
        for (at, c) in quoted.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                // The quote in front, the key, the quote behind.
                '"' => return quoted[at + 1..].starts_with(']').then_some(at + 2),
                _ => {}
            }
        }
        return None;
    }
    let length = inner.find(']')?;
    let index = &inner[..length];
    let fits = index == "*" || (!index.is_empty() && index.bytes().all(|byte| byte.is_ascii_digit()));
    fits.then_some(length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_that_can_match() {
        for pattern in [
            "aws_cloudfront_distribution.*",
            "module.site[\"prod\"].aws_s3_bucket.site",
            "module.*",
            "*",
            "*.site",
            "mod*",
            "a?s_s3_bucket.x",
            "aws_*",
        ] {
            assert_eq!(address_fault(pattern), None, "{pattern}");
        }
        for pattern in [
            "data.x",
            "x",
            "aws_s3_bucket",
            "aws",
            " aws_s3_bucket.x",
            "google_*",
            "module",
        ] {
            assert!(address_fault(pattern).is_some(), "{pattern}");
        }
    }

    #[test]
    fn paths_that_can_match() {
        for path in [
            "comment",
            "origin[*].origin_path",
            "tags[\"a.b]\\\"\"]",
            "a[0][*].b",
            "tags.x-y",
        ] {
            assert_eq!(path_fault(path), None, "{path}");
        }
        for path in [
            "", ".a", "a.", "a..b", "[0]", "a[", "a[]", "a[x]", "a[-1]", "a[*]b", "a b", "a[\"x]", "*",
        ] {
            assert!(path_fault(path).is_some(), "{path}");
        }
    }

    proptest! {
        #[test]
        fn any_pattern_is_judged(text in "[a-z.\\[\\]*?\"\\\\é ]{0,12}") {
            _ = address_fault(&text);
            _ = path_fault(&text);
        }
    }
}
