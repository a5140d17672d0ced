//! A test's own copy of a recorded world.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::binary::{Driftgate, Run};
use super::emulator::{self, Emulator};
use super::repository;

/// Which of a world's two states to check.
pub(crate) const STATES: [&str; 2] = ["terraform.tfstate", "terraform.refreshed.tfstate"];

/// The snapshot of a copy, within its directory.
const SNAPSHOT: &str = "live.json";

/// A copy of `fixtures/worlds/NAME` in an account of its own.
pub(crate) struct World {
    pub(crate) emulator: &'static Emulator,
    pub(crate) account: String,
    rewritings: Vec<(String, String)>,
    directory: TempDir,
    /// Whether the states are those that were recorded, with nothing taken out.
    whole: bool,
}

impl World {
    /// In the emulator that lets everybody do everything.
    pub(crate) fn load(name: &str) -> World {
        World::load_into(name, &emulator::OPEN)
    }

    /// The world with states that hold only the resources whose `type.name` or address begins with one of these texts;
    /// the account is whole. Spares a test some hundred reads that its change has nothing to do with.
    pub(crate) fn part(name: &str, kept: &[&str]) -> World {
        let mut world = World::load(name);
        world.whole = false;
        for state in STATES {
            let file = world.state(state);
            let text = fs::read(&file).expect("the state is there");
            let mut document: Value = serde_json::from_slice(&text).expect("a state is JSON");
            let resources = document["resources"].as_array_mut().expect("a state has resources");
            resources.retain(|resource| {
                let name = format!("{}.{}", text_of(&resource["type"]), text_of(&resource["name"]));
                let address = format!("{}.{name}", text_of(&resource["module"]));
                let begins = |kept: &&str| name.starts_with(kept) || address.starts_with(kept);
                resource["mode"] == "data" || kept.iter().any(begins)
            });
            assert!(!resources.is_empty(), "no resource of {state} begins with {kept:?}");
            fs::write(file, document.to_string()).expect("a state is written");
        }
        world
    }

    pub(crate) fn load_into(name: &str, emulator: &'static Emulator) -> World {
        World::load_from(&repository("fixtures/worlds").join(name), emulator)
    }

    /// A world out of any directory that is laid out as those under `fixtures/worlds`.
    pub(crate) fn load_from(dir: &Path, emulator: &'static Emulator) -> World {
        let account = Emulator::new_account();
        let token = emulator::token(&account);
        World::load_with(
            dir,
            emulator,
            account,
            json!({
                // The recorded certificates are valid for a year; the tests are to pass in any.
                "2026-11-21T": "2020-11-21T",
                "2027-11-21T": "2120-11-21T",
                "example.com": format!("{token}.example.com"),
                "example-com": format!("{token}-example-com"),
                "every-attribute": format!("{token}-every-attribute"),
                "inline-forms": format!("{token}-inline-forms"),
            }),
        )
    }

    /// A world under its recorded names, which fit its configuration. Bucket names are unique in an emulator, so one
    /// test a world can have this.
    pub(crate) fn load_as_recorded(name: &str) -> World {
        let dir = repository("fixtures/worlds").join(name);
        World::load_with(&dir, &emulator::OPEN, Emulator::new_account(), json!({}))
    }

    /// A world in an account of one's choice, with texts of one's choice replaced.
    pub(crate) fn load_with(dir: &Path, emulator: &'static Emulator, account: String, replace: Value) -> World {
        World::load_services(dir, emulator, account, replace, &Value::Null)
    }

    /// The same with some services of the recorded account alone, as `tests/emulator/accounts.py` names them.
    pub(crate) fn load_services(
        dir: &Path,
        emulator: &'static Emulator,
        account: String,
        replace: Value,
        services: &Value,
    ) -> World {
        let body = json!({ "account": account, "dir": dir, "replace": replace, "services": services });
        let loaded = emulator.control("POST", "world", &body);
        let directory = tempfile::tempdir().expect("a temporary directory");
        for (file, text) in loaded["states"].as_object().expect("a world has states") {
            fs::write(directory.path().join(file), text.as_str().expect("a state is text"))
                .expect("a state is written");
        }
        let mut rewritings: Vec<(String, String)> = replace
            .as_object()
            .expect("an object")
            .iter()
            .map(|(old, new)| (old.clone(), new.as_str().unwrap_or_default().to_owned()))
            .collect();
        rewritings.push(("000000000000".to_owned(), account.clone()));
        World {
            emulator,
            account,
            rewritings,
            directory,
            whole: true,
        }
    }

    /// A text of the recorded world as this copy has it.
    pub(crate) fn own(&self, text: &str) -> String {
        self.rewritings
            .iter()
            .fold(text.to_owned(), |text, (old, new)| text.replace(old, new))
    }

    pub(crate) fn state(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The attributes of a managed resource of the applied state, by the recorded address.
    pub(crate) fn attributes(&self, address: &str) -> Value {
        let text = fs::read(self.state(STATES[0])).expect("the state is there");
        let state = driftgate::expected::parse_state("state", &text).expect("the state is one");
        let address = self.own(address);
        let found = state.instances.into_iter().find(|instance| instance.address == address);
        Value::Object(found.unwrap_or_else(|| panic!("no {address} in the state")).attributes)
    }

    /// A text attribute of a managed resource.
    pub(crate) fn attribute(&self, address: &str, name: &str) -> String {
        self.attributes(address)[name]
            .as_str()
            .unwrap_or_else(|| panic!("{address} has no {name}"))
            .to_owned()
    }

    /// The binary, pointed at this copy.
    pub(crate) fn driftgate<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Driftgate {
        Driftgate::new(arguments)
            .env("AWS_ENDPOINT_URL", &self.emulator.url())
            .env("AWS_ACCESS_KEY_ID", &self.account)
            .within(self.directory.path())
    }

    /// `driftgate check --format json` on one of the states.
    pub(crate) fn check(&self, state: &str) -> Run {
        self.driftgate(["check", "--state", state, "--format", "json"]).run()
    }

    /// The same without following hosts to what they serve: the comparison alone.
    pub(crate) fn check_drift(&self, state: &str) -> Run {
        self.driftgate(["check", "--state", state, "--no-serving", "--format", "json"])
            .run()
    }

    /// Asserts that both states compare clean and complete.
    #[track_caller]
    pub(crate) fn expect_clean(&self) {
        for state in STATES {
            let run = self.check(state);
            let result = run.json();
            assert_eq!(result["findings"], json!([]), "{state}");
            assert_eq!(result["unchecked"], json!([]), "{state}");
            assert_eq!((run.code, result["outcome"].as_str()), (0, Some("clean")), "{state}");
        }
    }

    /// Reads the account once, for `check --live live.json`.
    #[track_caller]
    pub(crate) fn snapshot(&self) {
        let run = self.driftgate(["snapshot", "--state", STATES[0], "-o", SNAPSHOT]).run();
        assert_eq!(run.code, 0, "{}", run.stderr);
    }

    /// `driftgate check --no-serving --format json` of one of the states against the snapshot.
    pub(crate) fn check_snapshot(&self, state: &str) -> Run {
        let check = [
            "check",
            "--state",
            state,
            "--live",
            SNAPSHOT,
            "--no-serving",
            "--format",
            "json",
        ];
        self.driftgate(check).run()
    }

    /// Edits the snapshot as JSON: for what the emulator cannot be brought to answer.
    pub(crate) fn edit_snapshot(&self, edit: impl FnOnce(&mut Value)) {
        let file = self.directory.path().join(SNAPSHOT);
        let mut document: Value =
            serde_json::from_slice(&fs::read(&file).expect("the snapshot is there")).expect("a snapshot is JSON");
        edit(&mut document["inventory"]);
        fs::write(file, document.to_string()).expect("the snapshot is written");
    }

    /// Reads the account once and asserts that it differs from both states in exactly these findings, that nothing else
    /// is reported and nothing is unchecked. Returns the findings of both.
    #[track_caller]
    pub(crate) fn expect(&self, expected: &[Expected]) -> Vec<Value> {
        self.snapshot();
        self.expect_of_snapshot(expected)
    }

    /// As `expect`, of a snapshot that is already there.
    #[track_caller]
    pub(crate) fn expect_of_snapshot(&self, expected: &[Expected]) -> Vec<Value> {
        let wanted: BTreeSet<String> = expected.iter().map(|one| self.own(&one.0)).collect();
        let mut all = Vec::new();
        for state in STATES {
            let run = self.check_snapshot(state);
            let result = run.json();
            assert_eq!(result["unchecked"], json!([]), "{state}");
            let findings = result["findings"].as_array().expect("findings are a list");
            let found: Vec<String> = findings.iter().map(summary).collect();
            let once: BTreeSet<String> = found.iter().cloned().collect();
            assert_eq!(once, wanted, "{state}: {:#}", result["findings"]);
            assert_eq!(once.len(), found.len(), "{state}: a finding stands twice: {found:?}");
            let fails = findings.iter().any(|finding| finding["severity"] != "info");
            assert_eq!(
                (run.code, &result["complete"]),
                (if fails { 2 } else { 0 }, &json!(true)),
                "{state}"
            );
            all.extend(findings.iter().cloned());
        }
        all
    }

    /// Asserts that an edit without meaning brings nothing, on both states; of whole states not even about what is served.
    #[track_caller]
    pub(crate) fn expect_nothing(&self) {
        self.expect(&[]);
        for state in STATES.into_iter().filter(|_| self.whole) {
            let run = self
                .driftgate(["check", "--state", state, "--live", SNAPSHOT, "--format", "json"])
                .run();
            let result = run.json();
            let brought = (&result["findings"], &result["unchecked"]);
            assert_eq!(brought, (&json!([]), &json!([])), "{state}");
            assert_eq!(run.code, 0, "{state}");
        }
    }

    /// Reads the account once and asserts that exactly these resources (by reason and address) could not be checked and
    /// that exactly these findings are reported, on both states.
    #[track_caller]
    pub(crate) fn expect_blind(&self, reason: &str, addresses: &[&str], expected: &[Expected]) {
        self.snapshot();
        self.expect_blind_snapshot(reason, addresses, expected);
    }

    /// As `expect_blind`, of a snapshot that is already there.
    #[track_caller]
    pub(crate) fn expect_blind_snapshot(&self, reason: &str, addresses: &[&str], expected: &[Expected]) {
        for state in STATES {
            self.assert_blind(&self.check_snapshot(state), state, reason, addresses, expected);
        }
    }

    /// As `expect_blind`, of one run.
    #[track_caller]
    pub(crate) fn assert_blind(&self, run: &Run, state: &str, reason: &str, addresses: &[&str], expected: &[Expected]) {
        let result = run.json();
        let of = |member: &str| result[member].as_array().expect("a list").clone();
        let wanted: BTreeSet<String> = addresses
            .iter()
            .map(|address| format!("{reason} {}", self.own(address)))
            .collect();
        let told: BTreeSet<String> = of("unchecked")
            .iter()
            .map(|one| format!("{} {}", text_of(&one["reason"]), text_of(&one["address"])))
            .collect();
        assert_eq!(told, wanted, "{state}: {:#}", result["unchecked"]);
        let wanted: BTreeSet<String> = expected.iter().map(|one| self.own(&one.0)).collect();
        let found: BTreeSet<String> = of("findings").iter().map(summary).collect();
        assert_eq!(found, wanted, "{state}: {:#}", result["findings"]);
        let (code, outcome) = if expected.is_empty() {
            (3, "incomplete")
        } else {
            (2, "drift")
        };
        assert_eq!(
            (run.code, text_of(&result["outcome"]), &result["complete"]),
            (code, outcome, &json!(false)),
            "{state}"
        );
        let summary = &result["summary"];
        let number = |name: &str| summary[name].as_u64().expect("a number");
        assert_eq!(number("checked") + number("unchecked"), number("resources"), "{state}");
    }
}

/// A finding as the tests name it.
pub(crate) struct Expected(String);

/// The resource at an address differs in these paths.
pub(crate) fn changed(address: &str, paths: &[&str]) -> Expected {
    finding("resource-changed", address, paths)
}

/// The resource at an address is gone.
pub(crate) fn missing(address: &str) -> Expected {
    finding("resource-missing", address, &[])
}

/// Something under a rule, at an address or as `type id`.
pub(crate) fn finding(rule: &str, place: &str, paths: &[&str]) -> Expected {
    let mut paths: Vec<&str> = paths.to_vec();
    paths.sort_unstable();
    Expected(format!("{rule} {place} {paths:?}"))
}

fn summary(finding: &Value) -> String {
    let place = match &finding["address"] {
        Value::Null => format!(
            "{} {}",
            text_of(&finding["resource"]["type"]),
            text_of(&finding["resource"]["id"])
        ),
        address => text_of(address).to_owned(),
    };
    let mut paths: Vec<&str> = finding["changes"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|change| text_of(&change["path"]))
        .collect();
    paths.sort_unstable();
    format!("{} {place} {paths:?}", text_of(&finding["rule"]))
}

fn text_of(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
