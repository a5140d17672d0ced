//! A directory of a test's own, with the recorded incident in it: an account before and after somebody's work in the
//! console, and the state that was applied before it.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

use super::binary::{Driftgate, Run};
use super::repository;

/// The account as the state has it.
pub(crate) const HEALTHY: &str = "healthy.json";
/// The same after the console changes of production: 2 attributes of one distribution, 1 of the other, 2 records.
pub(crate) const CHANGED: &str = "changed.json";
pub(crate) const STATE: &str = "terraform.tfstate";

pub(crate) struct Desk {
    directory: TempDir,
}

impl Desk {
    pub(crate) fn new() -> Desk {
        let desk = Desk {
            directory: tempfile::tempdir().expect("a directory"),
        };
        for (step, file, name) in [
            ("00-healthy", "terraform.tfstate", STATE),
            ("00-healthy", "live.json", HEALTHY),
            ("03-production-console-changes", "live.json", CHANGED),
        ] {
            let recorded = repository("fixtures/incident").join(step).join(file);
            fs::copy(recorded, desk.path(name)).expect("a recorded file is copied");
        }
        desk
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("the file is text")
    }

    /// Writes a file, and the directories above it.
    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a directory")).expect("the directory is made");
        fs::write(path, text).expect("the file is written");
    }

    /// Writes a copy of a file with some text replaced.
    pub(crate) fn edited(&self, from: &str, to: &str, old: &str, new: &str) {
        let text = self.read(from);
        assert!(text.contains(old), "{old:?} is in {from}");
        self.write(to, &text.replace(old, new));
    }

    /// Writes a JSON file, edited.
    pub(crate) fn edited_json(&self, from: &str, to: &str, edit: impl FnOnce(&mut Value)) {
        let mut document: Value = serde_json::from_str(&self.read(from)).expect("JSON");
        edit(&mut document);
        self.write(to, &document.to_string());
    }

    pub(crate) fn driftgate<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Driftgate {
        Driftgate::new(arguments).within(self.directory.path())
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.driftgate(arguments.iter().copied()).run()
    }

    /// `check --no-workflows --no-serving --format json` of an account.
    pub(crate) fn check(&self, live: &str, more: &[&str]) -> Run {
        let fixed = [
            "check",
            "--live",
            live,
            "--no-workflows",
            "--no-serving",
            "--format",
            "json",
        ];
        self.driftgate(fixed.into_iter().chain(more.iter().copied())).run()
    }
}

/// Rule and address of the findings, or their type and id where they have no address.
pub(crate) fn named(findings: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let place = |finding: &Value| match &finding["address"] {
        Value::Null => format!(
            "{} {}",
            text(&finding["resource"]["type"]),
            text(&finding["resource"]["id"])
        ),
        address => text(address),
    };
    let all = findings.as_array().expect("findings are a list").iter();
    all.map(|finding| format!("{} {}", text(&finding["rule"]), place(finding)))
        .collect()
}
