//! Documents that are made from the code: held fresh here, rewritten with `BLESS=1 cargo test`.

use std::fmt::Write as _;
use std::fs;

use driftgate::live::actions;

use crate::support::repository;

#[test]
fn permissions_are_those_that_the_readers_name() {
    let groups = [
        ("Buckets", actions::S3),
        ("Distributions", actions::CLOUDFRONT),
        ("Certificates", actions::ACM),
        ("Hosted zones", actions::ROUTE53),
        ("A state in an S3 backend", actions::S3_STATE),
    ];
    let mut text = String::from(
        "# Permissions\n\nGenerated from `src/live/actions.rs`. driftgate only reads. `sts:GetCallerIdentity` needs no \
         permission.\nAn action that is missing makes the resources that need it *unchecked*, never clean and never gone.\n",
    );
    for (title, actions) in groups {
        let mut actions = actions.to_vec();
        actions.sort_unstable();
        actions.dedup();
        write!(
            text,
            "\n## {title}\n\n```json\n{{\n  \"Effect\": \"Allow\",\n  \"Action\": [\n"
        )
        .expect("a String takes all");
        let lines: Vec<String> = actions.iter().map(|action| format!("    \"{action}\"")).collect();
        write!(text, "{}\n  ],\n  \"Resource\": \"*\"\n}}\n```\n", lines.join(",\n")).expect("a String takes all");
    }
    fresh("docs/permissions.md", &text);
}

fn fresh(file: &str, text: &str) {
    let path = repository(file);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, text).expect("the document is written");
    }
    let present = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        present == text,
        "{file} is stale; run BLESS=1 cargo test --test integration docs"
    );
}
