//! Reads every repository under `fixtures/workflows` and compares what is found with its
//! `expected.json`. `DRIFTGATE_BLESS=1` writes the expectations anew; read the difference.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value as Json, json};

use super::*;

/// The ways of deploying that at least one repository in a hundred uses; each must have a fixture.
const STYLES: &[&str] = &[
    "aws s3 sync",
    "create-invalidation",
    "marketplace action",
    "aws s3 cp",
    "continued lines",
    "shell variable",
    "env on step",
    "env on job",
    "env on workflow",
    "GITHUB_ENV or GITHUB_OUTPUT",
    "if, case or for",
    "environment literal",
    "environment expression",
    "workflow_call defined",
    "reusable workflow called",
    "composite action",
    "matrix",
    "step if",
    "terraform in the workflow",
    "terraform output",
    "distribution lookup",
    "update-distribution",
    "origin path rewriting",
    "script file",
    "s3cmd",
    "rclone",
    "hugo deploy",
    "access keys",
    "OIDC",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/workflows")
}

fn fixtures() -> Vec<(String, PathBuf)> {
    let mut all: Vec<(String, PathBuf)> = fs::read_dir(root())
        .expect("the fixtures are there")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy();
            (name.into_owned(), path)
        })
        .collect();
    all.sort();
    all
}

fn read_json(path: &Path) -> Json {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// `mapping.json`: `vars.X`, `secrets.X`, `prod:secrets.X`, `terraform.X` to their values.
fn mapping_of(directory: &Path) -> Mapping {
    let path = directory.join("mapping.json");
    let mut mapping = Mapping::new();
    if !path.exists() {
        return mapping;
    }
    for (key, value) in read_json(&path).as_object().expect("an object") {
        let value = value.as_str().expect("a text").to_string();
        match key.strip_prefix("terraform.") {
            Some(name) => mapping.set_terraform_output(name, value),
            None => mapping
                .parse_argument(&format!("{key}=env:VALUE"), &|_| Some(value.clone()))
                .expect(key),
        }
    }
    mapping
}

fn text(value: &Text) -> Json {
    let display = value.display();
    match value.resolved() {
        Some(resolved) if resolved == display => json!(display),
        Some(resolved) => json!({ "shown": display, "is": resolved }),
        None => json!({ "shown": display, "is": null }),
    }
}

fn selector(origins: &OriginSelector) -> String {
    match origins {
        OriginSelector::All => "all".into(),
        OriginSelector::IdContains(text) => format!("id contains {text}"),
        OriginSelector::IdIs(text) => format!("id is {text}"),
        OriginSelector::DomainContains(text) => format!("domain contains {text}"),
        OriginSelector::DomainIs(text) => format!("domain is {text}"),
        OriginSelector::Index(index) => format!("index {index}"),
        OriginSelector::NotUnderstood => "not understood".into(),
    }
}

/// A target without what is empty.
fn target(target: &Target) -> Json {
    let mut out = Map::new();
    out.insert("at".into(), json!(target.at.to_string()));
    out.insert("kind".into(), json!(target.kind.name()));
    out.insert("job".into(), json!(target.job));
    let step = target.step.name.clone();
    out.insert(
        "step".into(),
        json!(step.unwrap_or_else(|| target.step.number.to_string())),
    );
    if target.at.file != target.workflow {
        out.insert("workflow".into(), json!(target.workflow));
    }
    let mut put = |key: &str, value: Option<Json>| {
        if let Some(value) = value {
            out.insert(key.into(), value);
        }
    };
    put("environment", target.environment.as_ref().map(text));
    put("bucket", target.kind.bucket().map(text));
    put("prefix", target.kind.prefix().map(text));
    put("distribution", target.kind.distribution().map(text));
    match &target.kind {
        Kind::Upload { object, delete, .. } => {
            put("object", object.as_ref().map(text));
            put("delete", delete.then_some(json!(true)));
        }
        Kind::Invalidate { paths, .. } => {
            put("paths", Some(paths.iter().map(text).collect()));
        }
        Kind::OriginPathUpdate {
            origin_path, origins, ..
        } => {
            put("origin_path", Some(text(origin_path)));
            put("origins", Some(json!(selector(origins))));
        }
        Kind::UpdateDistribution {
            default_root_object, ..
        } => put("root_object", default_root_object.as_ref().map(text)),
        Kind::BucketSetting { setting, .. } => put("setting", Some(json!(setting))),
        Kind::Delete { .. } | Kind::CreateBucket { .. } => {}
    }
    put("region", target.region.as_ref().map(text));
    put("endpoint", target.endpoint.as_ref().map(text));
    put("tool", (target.tool != "aws").then(|| json!(target.tool)));
    if let Confidence::Low(why) = &target.confidence {
        put("doubt", Some(json!(why)));
    }
    put(
        "when",
        (!target.conditions.is_empty()).then(|| json!(target.conditions)),
    );
    put("matrix", target.matrix.as_ref().map(|m| json!(m)));
    let via: Vec<String> = target
        .via
        .iter()
        .map(|via| format!("{} -> {}", via.at, via.calls))
        .collect();
    put("via", (!via.is_empty()).then(|| json!(via)));
    Json::Object(out)
}

fn found_json(found: &Found) -> Json {
    let listed: Vec<String> = found
        .not_understood
        .iter()
        .map(|n| format!("{}: {}", n.at, n.what))
        .collect();
    let errors: Vec<String> = found.errors.iter().map(ToString::to_string).collect();
    json!({
        "targets": found.targets.iter().map(target).collect::<Vec<_>>(),
        "not_understood": listed,
        "errors": errors,
    })
}

#[test]
fn every_fixture_is_found_as_expected() {
    let bless = std::env::var_os("DRIFTGATE_BLESS").is_some();
    let mut wrong = Vec::new();
    for (name, directory) in fixtures() {
        let repository = Repository::collect(&directory).expect("readable");
        let found = find(&repository, &mapping_of(&directory));
        let found = found_json(&found);
        let path = directory.join("expected.json");
        if bless {
            let text = serde_json::to_string_pretty(&found).expect("serialises");
            fs::write(&path, text + "\n").expect("writable");
        } else if read_json(&path) != found {
            let text = serde_json::to_string_pretty(&found).expect("serialises");
            wrong.push(format!("{name}: found {text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_style_has_a_fixture_and_every_fixture_a_style() {
    let styles: BTreeMap<String, Vec<String>> =
        serde_json::from_value(read_json(&root().join("styles.json"))).expect("names to styles");
    let names: Vec<String> = fixtures().into_iter().map(|(name, _)| name).collect();
    assert!(names.len() >= 40, "{} fixtures", names.len());
    assert_eq!(names, styles.keys().cloned().collect::<Vec<_>>());
    for style in STYLES {
        let covered = styles.values().any(|all| all.iter().any(|s| s == style));
        assert!(covered, "no fixture for {style}");
    }
    for (name, all) in &styles {
        for style in all {
            assert!(STYLES.contains(&style.as_str()), "{name}: {style}");
        }
    }
}

/// Counts targets, and those of which the bucket or the distribution stayed open.
fn open_share(mapped: bool) -> (usize, usize) {
    let mut total = 0;
    let mut open = 0;
    for (_, directory) in fixtures() {
        let repository = Repository::collect(&directory).expect("readable");
        let mapping = if mapped { mapping_of(&directory) } else { Mapping::new() };
        let found = find(&repository, &mapping);
        total += found.targets.len();
        open += found.targets.iter().filter(|t| t.is_open()).count();
    }
    (open, total)
}

#[test]
fn the_share_that_stays_open_is_small() {
    let (open, total) = open_share(true);
    let (open_unmapped, total_unmapped) = open_share(false);
    let share = |open: usize, total: usize| 100 * open / total.max(1);
    println!(
        "targets whose bucket or distribution stays open: {open} of {total} ({} %) with the \
         fixtures' mappings, {open_unmapped} of {total_unmapped} ({} %) without any",
        share(open, total),
        share(open_unmapped, total_unmapped)
    );
    assert!(total >= 100, "{total} targets");
    assert!(share(open, total) <= 20, "{open} of {total} stay open");
    assert!(
        share(open_unmapped, total_unmapped) <= 65,
        "{open_unmapped} of {total_unmapped} stay open without a mapping"
    );
    assert!(open_unmapped > open, "a mapping resolves something");
}

#[test]
fn no_fixture_leaks_a_secret() {
    for (name, directory) in fixtures() {
        let path = directory.join("mapping.json");
        if !path.exists() {
            continue;
        }
        let repository = Repository::collect(&directory).expect("readable");
        let found = find(&repository, &mapping_of(&directory));
        let output = format!(
            "{}{}{:?}",
            serde_json::to_string(&found.targets).expect("serialises"),
            serde_json::to_string(&found.not_understood).expect("serialises"),
            found
        );
        for (key, value) in read_json(&path).as_object().expect("an object") {
            let value = value.as_str().expect("a text");
            let secret = key.contains("secrets.");
            let in_files = repository.files.values().any(|text| text.contains(value));
            assert!(
                !secret || in_files || !output.contains(value),
                "{name}: the value of {key} is in the output"
            );
        }
    }
}
