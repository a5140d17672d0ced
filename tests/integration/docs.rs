//! The documents: those that are made from the code are held fresh here and rewritten with `BLESS=1 cargo test`, and
//! what the others say about the command line holds.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use driftgate::live::actions;

use crate::support::binary::Driftgate;
use crate::support::documents::{blocks, documents, text};
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

/// What a block shows of the demo is what the demo puts out, but for how long it took.
#[test]
fn samples_of_the_demo_are_its_real_output() {
    let mut samples = 0;
    for document in documents() {
        for block in blocks(&text(&document), "text") {
            let Some((command, shown)) = block.split_once('\n') else {
                continue;
            };
            let Some(arguments) = command.strip_prefix("$ driftgate demo") else {
                continue;
            };
            let run = Driftgate::new(["demo"].into_iter().chain(arguments.split_whitespace())).run();
            if std::env::var_os("BLESS").is_some() && timeless(shown) != timeless(&run.stdout) {
                let fresh = text(&document).replace(shown, &format!("{}\n", run.stdout.trim_end()));
                fs::write(repository(&document), fresh).expect("the document is written");
            } else {
                assert_eq!(
                    timeless(shown),
                    timeless(&run.stdout),
                    "{document} is stale; run BLESS=1 cargo test --test integration docs"
                );
            }
            samples += 1;
        }
    }
    assert!(samples > 0, "no document has a sample");
}

/// Without the time that a run took, which ends the verdict.
fn timeless(output: &str) -> String {
    let (before, time) = output
        .trim_end()
        .rsplit_once(" in ")
        .expect("a verdict ends with a time");
    assert!(time.starts_with(|c: char| c.is_ascii_digit()), "no time: {time}");
    before.to_owned()
}

/// Flags of other programs that the documents use.
const FOREIGN_FLAGS: &[(&str, &[&str])] = &[
    (
        "aws",
        &[
            "--assume-role-policy-document",
            "--client-id-list",
            "--delete",
            "--exclude",
            "--include",
            "--policy-document",
            "--policy-name",
            "--role-name",
            "--url",
        ],
    ),
    ("cargo", &["--bench", "--no-default-features", "--path", "--release"]),
    ("gh", &["--body"]),
    ("tests/emulator/benchmark.py", &["--without-terraform"]),
];

#[test]
fn every_command_and_flag_in_the_documents_exists() {
    let commands = command_line();
    let all: BTreeSet<&str> = commands.values().flatten().map(String::as_str).collect();
    let foreign: BTreeSet<&str> = FOREIGN_FLAGS.iter().flat_map(|(_, flags)| *flags).copied().collect();
    let mut named = 0;
    for document in documents() {
        for (line, command) in invocations(&text(&document)) {
            let known = |words: &[&str]| commands.contains_key(&words.join(" "));
            let words: Vec<&str> = command
                .split_whitespace()
                .take_while(|word| word.chars().all(|c| c.is_ascii_lowercase()))
                .take(2)
                .collect();
            let Some(length) = (1..=words.len()).rev().find(|length| known(&words[..*length])) else {
                assert!(
                    words.is_empty(),
                    "{document}: there is no `driftgate {command}`: {line}"
                );
                continue;
            };
            let name = words[..length].join(" ");
            for flag in flags(&command) {
                assert!(
                    commands[&name].contains(&flag),
                    "{document}: `driftgate {name}` has no {flag}: {line}"
                );
                named += 1;
            }
        }
        for line in text(&document).lines() {
            for flag in flags(line) {
                let exists = all.contains(flag.as_str()) || foreign.contains(flag.as_str());
                assert!(exists, "{document}: nothing has {flag}: {line}");
            }
        }
    }
    assert!(named > 20, "only {named} flags were looked up");
}

/// Every command, as `publish issue`, with its flags.
fn command_line() -> BTreeMap<String, BTreeSet<String>> {
    let help = |command: &str| {
        let run = Driftgate::new(command.split_whitespace().chain(["--help"])).run();
        assert_eq!(run.code, 0, "{command}: {}", run.stderr);
        run.stdout
    };
    let mut commands = BTreeMap::new();
    let mut open = vec![String::new()];
    while let Some(command) = open.pop() {
        let told = help(&command);
        let below = told.split("Commands:\n").nth(1).unwrap_or_default();
        for line in below.lines().take_while(|line| !line.is_empty()) {
            let name = line.strip_prefix("  ").and_then(|rest| rest.split(' ').next());
            if let Some(name) = name.filter(|name| !name.is_empty() && *name != "help") {
                open.push(format!("{command} {name}").trim().to_owned());
            }
        }
        let own = told
            .lines()
            .filter(|line| line.trim_start().starts_with('-'))
            .flat_map(flags)
            .collect();
        commands.insert(command, own);
    }
    commands.remove("");
    assert!(commands.len() > 12, "{commands:?}");
    commands
}

/// The long flags in a text.
fn flags(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_ascii_lowercase() && c != '-')
        .filter(|word| {
            word.strip_prefix("--")
                .is_some_and(|name| name.starts_with(|c: char| c.is_ascii_lowercase()))
        })
        .map(str::to_owned)
        .collect()
}

/// What stands after `driftgate ` in blocks and spans of code, each with the line that it stands in.
fn invocations(document: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    // In a block of code; in one that begins with a prompt, what has none was put out.
    let (mut fenced, mut prompted) = (false, None);
    // A backslash at its end carries a command over to the next line.
    for line in document.replace("\\\n", " ").lines() {
        if line.trim_start().starts_with("```") {
            (fenced, prompted) = (!fenced, None);
            continue;
        }
        let code: Vec<&str> = if fenced {
            let prompt = line.trim_start().starts_with("$ ");
            if *prompted.get_or_insert(prompt) && !prompt {
                continue;
            }
            vec![line.split(" # ").next().unwrap_or_default()]
        } else if line.starts_with("    ") {
            vec![line]
        } else {
            line.split('`').skip(1).step_by(2).collect()
        };
        for code in code {
            let commands = code
                .split(['|', ';', '&'])
                .map(|part| part.trim().trim_start_matches("$ "));
            let ours = commands.filter_map(|command| command.trim_start_matches("- run: ").strip_prefix("driftgate "));
            found.extend(ours.map(|command| (line.to_owned(), command.to_owned())));
        }
    }
    found
}
