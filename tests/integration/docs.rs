//! Documents that are made from the code: held fresh here, rewritten with `BLESS=1 cargo test`.

use std::fmt::Write as _;
use std::fs;

use driftgate::live::actions;

use crate::support::repository;

/// Reads name what the states name, which nobody knows beforehand.
const EVERYTHING: &str = "\"*\"";
/// The bucket for the listing, the prefix for the objects.
const HISTORY: &str = "[\n    \"arn:aws:s3:::BUCKET\",\n    \"arn:aws:s3:::BUCKET/PREFIX/*\"\n  ]";

#[test]
fn permissions_are_those_that_the_readers_name() {
    let groups = [
        ("Buckets", actions::S3, EVERYTHING),
        ("Distributions", actions::CLOUDFRONT, EVERYTHING),
        ("Certificates", actions::ACM, EVERYTHING),
        ("Hosted zones", actions::ROUTE53, EVERYTHING),
        ("A state in an S3 backend", actions::S3_STATE, EVERYTHING),
        ("History in S3", actions::S3_HISTORY, HISTORY),
    ];
    let mut text = String::from(
        "# Permissions\n\nGenerated from `src/live/actions.rs`. driftgate reads only, but for the history that you \
         ask it to write.\n`sts:GetCallerIdentity` needs no permission.\nAn action that is missing makes the resources that need \
         it *unchecked*, never clean and never gone.\n\n\
         Of several accounts, each needs the sections of what lies in it: one that only holds zones needs *Hosted zones*. A\n\
         `role_arn` takes `sts:AssumeRole` on that role, for the credentials at hand, and a trust policy of the role that lets\n\
         them in (with its `external_id`, where it asks for one).\n",
    );
    for (title, actions, resource) in groups {
        let mut actions = actions.to_vec();
        actions.sort_unstable();
        actions.dedup();
        write!(
            text,
            "\n## {title}\n\n```json\n{{\n  \"Effect\": \"Allow\",\n  \"Action\": [\n"
        )
        .expect("a String takes all");
        let lines: Vec<String> = actions.iter().map(|action| format!("    \"{action}\"")).collect();
        write!(
            text,
            "{}\n  ],\n  \"Resource\": {resource}\n}}\n```\n",
            lines.join(",\n")
        )
        .expect("a String takes all");
    }
    text.push_str(
        "\nThis is the only section that lets anything be changed, and is needed only where a run keeps its results under\n\
         `s3://BUCKET/PREFIX`. `s3:DeleteObject` is for pruning alone. A bucket that encrypts with a KMS key of the account's\n\
         own takes `kms:GenerateDataKey` and `kms:Decrypt` on that key as well.\n",
    );
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
