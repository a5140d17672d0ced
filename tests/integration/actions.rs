//! The action and the workflows that others call: what they use is pinned, what they take is used and documented.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::binary::Driftgate;
use crate::support::documents::{blocks, documents, text};
use crate::support::repository;

fn yaml(path: &str) -> Value {
    serde_saphyr::from_str(&text(path)).expect(path)
}

/// The action and all workflows of the repository.
fn files() -> Vec<String> {
    let workflows = fs::read_dir(repository(".github/workflows")).expect("workflows");
    let mut files: Vec<String> = workflows
        .map(|entry| {
            let name = entry.expect("an entry").file_name();
            format!(".github/workflows/{}", name.to_string_lossy())
        })
        .collect();
    files.push("action.yml".to_owned());
    files
}

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().expect("a mapping").keys().cloned().collect()
}

/// All steps of a workflow.
fn steps(workflow: &Value) -> Vec<&Value> {
    let jobs = workflow["jobs"].as_object().expect("jobs").values();
    jobs.flat_map(|job| job["steps"].as_array().expect("steps")).collect()
}

#[test]
fn everything_used_is_pinned_to_a_commit_with_its_version() {
    let mut pins = 0;
    for file in files()
        .into_iter()
        .chain(["README.md".to_owned(), "docs/github.md".to_owned()])
    {
        for line in text(&file).lines() {
            let Some((_, used)) = line.split_once("uses: ") else {
                continue;
            };
            if used.starts_with("./") || used.starts_with("OWNER/driftgate") {
                continue;
            }
            let (action, comment) = used.split_once(" # ").unwrap_or((used, ""));
            let (_, commit) = action.split_once('@').unwrap_or_default();
            assert!(
                commit.len() == 40 && commit.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')),
                "{file}: {used}"
            );
            assert!(comment.starts_with('v'), "{file}: no version beside {used}");
            pins += 1;
        }
    }
    assert!(pins > 15, "only {pins} were found");
}

#[test]
fn one_action_has_one_pin() {
    let mut pins: Vec<String> = files()
        .iter()
        .chain(&["README.md".to_owned(), "docs/github.md".to_owned()])
        .flat_map(|file| text(file).lines().map(ToOwned::to_owned).collect::<Vec<_>>())
        .filter_map(|line| Some(line.split_once("uses: ")?.1.to_owned()))
        .filter(|used| !used.starts_with("./") && !used.starts_with("OWNER/"))
        .collect();
    pins.sort();
    pins.dedup();
    let mut actions: Vec<&str> = pins.iter().filter_map(|pin| Some(pin.split_once('@')?.0)).collect();
    let all = actions.len();
    actions.dedup();
    assert_eq!(actions.len(), all, "{pins:?}");
}

#[test]
fn inputs_and_outputs_of_the_action_are_used_and_documented() {
    let (action, source, page) = (yaml("action.yml"), text("action.yml"), text("docs/github.md"));
    for input in keys(&action["inputs"]) {
        assert!(source.contains(&format!("inputs.{input}")), "{input} is used nowhere");
        assert!(
            page.contains(&format!("`{input}`")),
            "docs/github.md is silent about {input}"
        );
    }
    let scripts = text("action/check.sh");
    for output in keys(&action["outputs"]) {
        assert!(
            page.contains(&format!("`{output}`")),
            "docs/github.md is silent about {output}"
        );
        assert!(scripts.contains(&output), "action/check.sh does not give {output}");
    }
}

#[test]
fn what_a_step_of_the_action_sets_its_script_reads() {
    let action = yaml("action.yml");
    let mut scripts = 0;
    for step in action["runs"]["steps"].as_array().expect("steps") {
        let Some(run) = step["run"].as_str() else { continue };
        assert!(!run.contains("${{"), "an expression inside a script: {run}");
        let script = match run.split_once("/action/") {
            Some((_, name)) => {
                scripts += 1;
                text(&format!("action/{}", name.trim_end_matches('"')))
            }
            None => run.to_owned(),
        };
        for variable in keys(&step["env"]) {
            let read = script.contains(&format!("${variable}")) || script.contains(&format!("${{{variable}"));
            // The binary itself reads the token.
            assert!(read || variable == "GITHUB_TOKEN", "{variable} is not read by {run}");
        }
    }
    assert_eq!(scripts, 3);
}

#[test]
fn the_reusable_workflows_pass_on_what_they_take() {
    let inputs = keys(&yaml("action.yml")["inputs"]);
    for name in ["gate", "nightly"] {
        let file = format!(".github/workflows/{name}.yml");
        let (workflow, source) = (yaml(&file), text(&file));
        let call = &workflow["on"]["workflow_call"];
        for input in keys(&call["inputs"]) {
            assert!(
                source.contains(&format!("inputs.{input}")),
                "{file}: {input} is used nowhere"
            );
        }
        for secret in keys(&call["secrets"]) {
            assert!(
                source.contains(&format!("secrets.{secret}")),
                "{file}: {secret} is used nowhere"
            );
        }
        let mut own = 0;
        for step in steps(&workflow) {
            if let Some(run) = step["run"].as_str() {
                assert!(!run.contains("${{"), "{file}: an expression inside a script: {run}");
            }
            if step["uses"] == "./.driftgate" {
                own += 1;
                for input in keys(&step["with"]) {
                    assert!(inputs.contains(&input), "{file}: the action takes no {input}");
                }
            }
        }
        assert!(own > 0, "{file} does not use the action");
    }
}

#[test]
fn every_job_has_its_own_permissions_and_a_time_limit() {
    for file in files().iter().filter(|file| file.as_str() != "action.yml") {
        let workflow = yaml(file);
        assert_eq!(workflow["permissions"], serde_json::json!({}), "{file}");
        for (name, job) in workflow["jobs"].as_object().expect("jobs") {
            assert!(job["permissions"].is_object(), "{file}: {name} names no permissions");
            assert!(job["timeout-minutes"].is_u64(), "{file}: {name} has no time limit");
        }
    }
}

/// The docs' table of the nightly run's permissions, held against the workflow.
#[test]
fn the_documented_permissions_are_those_of_the_jobs() {
    let page = text("docs/github.md");
    let workflow = yaml(".github/workflows/nightly.yml");
    for (name, job) in workflow["jobs"].as_object().expect("jobs") {
        let row = page
            .lines()
            .find(|line| line.starts_with(&format!("| `{name}` |")))
            .unwrap_or_else(|| panic!("docs/github.md has no row for {name}"));
        let cell = row.split('|').nth(2).unwrap_or_default();
        let told: BTreeSet<String> = cell.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect();
        let held = job["permissions"].as_object().expect("permissions").iter();
        let held: BTreeSet<String> = held
            .map(|(name, level)| format!("{name}: {}", level.as_str().unwrap_or_default()))
            .collect();
        assert_eq!(told, held, "{name}");
    }
}

/// The tables of the docs name no input and no output that the action does not have.
#[test]
fn what_the_tables_of_the_action_name_exists() {
    let (action, page) = (yaml("action.yml"), text("docs/github.md"));
    for (head, members) in [("| input |", "inputs"), ("| output |", "outputs")] {
        let known = keys(&action[members]);
        let table = page.split(head).nth(1).expect(head);
        let rows: Vec<&str> = table.lines().skip(2).take_while(|line| line.starts_with('|')).collect();
        let told: BTreeSet<String> = rows
            .iter()
            .flat_map(|row| row.split('|').nth(1).unwrap_or_default().split('`').skip(1).step_by(2))
            .map(ToOwned::to_owned)
            .collect();
        assert_eq!(told, known, "{members}");
    }
}

/// What an example of the docs passes is taken, and what a job of it needs is granted.
#[test]
fn the_examples_of_the_docs_fit_the_action_and_the_workflows() {
    let own = yaml("action.yml");
    let (mut calls, mut uses) = (0, 0);
    for document in documents() {
        for block in blocks(&text(&document), "yaml") {
            let example: Value = serde_saphyr::from_str(&block).unwrap_or_else(|e| panic!("{document}: {e}\n{block}"));
            for step in example["steps"].as_array().into_iter().flatten() {
                if step["uses"]
                    .as_str()
                    .is_some_and(|used| used.starts_with("OWNER/driftgate@"))
                {
                    assert_within(&step["with"], &own["inputs"], &document);
                    uses += 1;
                }
            }
            for job in example["jobs"].as_object().into_iter().flat_map(|jobs| jobs.values()) {
                let Some(used) = job["uses"].as_str() else { continue };
                let path = used
                    .strip_prefix("OWNER/driftgate/")
                    .and_then(|rest| rest.split('@').next());
                let called = yaml(path.unwrap_or_else(|| panic!("{document}: {used}")));
                let taken = &called["on"]["workflow_call"];
                assert_within(&job["with"], &taken["inputs"], &document);
                assert_within(&job["secrets"], &taken["secrets"], &document);
                let required = taken["inputs"].as_object().expect("inputs").iter();
                for (name, _) in required.filter(|(_, input)| input["required"] == true) {
                    assert!(job["with"][name].is_string(), "{document}: {name} is required");
                }
                let needed = called["jobs"].as_object().expect("jobs").values();
                for (name, level) in needed.flat_map(|job| job["permissions"].as_object().expect("permissions")) {
                    assert_eq!(job["permissions"][name], *level, "{document}: {used} needs {name}");
                }
                calls += 1;
            }
        }
    }
    assert!(calls >= 5 && uses >= 1, "{calls} calls, {uses} uses");
}

/// Asserts that a mapping has no key that another one lacks; null is a mapping without keys.
#[track_caller]
fn assert_within(given: &Value, known: &Value, document: &str) {
    for name in given.as_object().into_iter().flat_map(|given| given.keys()) {
        assert!(known.get(name).is_some(), "{document}: nothing takes {name}");
    }
}

/// A run of the action's check, as a runner would run that step with these inputs.
struct Step {
    directory: TempDir,
    succeeded: bool,
    stdout: String,
}

impl Step {
    /// Inputs by the names of their variables; the others are as `action.yml` has them by default.
    fn run(inputs: &[(&str, &str)]) -> Step {
        let directory = tempfile::tempdir().expect("a directory");
        let action = yaml("action.yml");
        let steps = action["runs"]["steps"].as_array().expect("steps");
        let check = steps.iter().find(|step| step["id"] == "check").expect("a step checks");
        let mut command = Command::new("bash");
        for (variable, value) in check["env"].as_object().expect("variables") {
            let input = value
                .as_str()
                .and_then(|value| value.split("inputs.").nth(1))
                .unwrap_or_default();
            let default = &action["inputs"][input.trim_end_matches(" }}")]["default"];
            command.env(variable, default.as_str().unwrap_or_default());
        }
        let script = command
            .arg(repository("action/check.sh"))
            .current_dir(repository("fixtures/drifted"))
            .env("DRIFTGATE", env!("CARGO_BIN_EXE_driftgate"))
            .env("RUNNER_TEMP", directory.path())
            .env("GITHUB_OUTPUT", directory.path().join("output"))
            .env("GITHUB_STEP_SUMMARY", directory.path().join("summary"))
            .envs(inputs.iter().copied())
            .output()
            .expect("bash runs");
        Step {
            directory,
            succeeded: script.status.success(),
            stdout: String::from_utf8_lossy(&script.stdout).into_owned(),
        }
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.directory.path().join(name)).unwrap_or_default()
    }

    /// The value of an output; empty where there is none.
    fn output(&self, name: &str) -> String {
        let outputs = self.file("output");
        let mut values = outputs
            .lines()
            .filter_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        values.next().unwrap_or_default().to_owned()
    }
}

#[test]
fn the_action_checks_and_passes_on_what_came_out() {
    let step = Step::run(&[
        ("STATE", "\n  terraform.tfstate  \n"),
        ("LIVE", "live.json"),
        ("ARGS", "--no-workflows\n--no-serving"),
        ("SECRET_VALUES", "TOKEN=100%25"),
    ]);
    assert!(step.succeeded, "findings are the last step's business: {}", step.stdout);
    assert_eq!(
        (step.output("exit-code"), step.output("outcome")),
        ("2".to_owned(), "drift".to_owned())
    );
    assert!(step.stdout.starts_with("::add-mask::100%2525\n"), "{}", step.stdout);
    assert!(step.stdout.contains("\n::error title="), "{}", step.stdout);
    assert_eq!(
        step.stdout.matches("DRIFT: ").count(),
        1,
        "the verdict is said once: {}",
        step.stdout
    );
    assert!(step.file("summary").starts_with("## driftgate: drift\n"));
    for report in ["json", "html", "sarif", "markdown"] {
        let file = step.output(report);
        assert!(fs::metadata(&file).is_ok_and(|file| file.len() > 0), "{report}: {file}");
    }
}

#[test]
fn the_action_says_when_the_check_could_not_be_done() {
    let step = Step::run(&[("STATE", "nowhere.tfstate"), ("LIVE", "live.json")]);
    assert!(step.succeeded, "{}", step.stdout);
    let told = ["exit-code", "outcome", "complete", "json", "html"].map(|name| step.output(name));
    assert_eq!(told, ["1", "error", "false", "", ""]);
}

#[test]
fn the_action_refuses_what_it_cannot_read() {
    let empty = tempfile::NamedTempFile::new().expect("a file");
    let empty = empty.path().to_string_lossy();
    for (inputs, says) in [
        ([("RESULT", "nowhere.json")], "::the result nowhere.json cannot be read"),
        ([("RESULT", &*empty)], " cannot be read"),
        (
            [("SECRET_VALUES", "no pair")],
            "a line of secret-values is not NAME=VALUE",
        ),
    ] {
        let step = Step::run(&inputs);
        assert!(!step.succeeded, "{inputs:?}");
        let errors = step
            .stdout
            .lines()
            .filter(|line| line.starts_with("::error title=driftgate::"));
        assert_eq!(
            errors.filter(|line| line.contains(says)).count(),
            1,
            "{inputs:?}: {}",
            step.stdout
        );
    }
}

/// Runs the action's script on a result that the binary itself wrote.
#[test]
fn the_action_reads_what_the_binary_writes() {
    let result = tempfile::NamedTempFile::new().expect("a file");
    let run = Driftgate::new(["demo", "--step", "05", "--format", "json"]).run();
    fs::write(result.path(), &run.stdout).expect("the result is written");
    let step = Step::run(&[("RESULT", &*result.path().to_string_lossy())]);
    assert!(step.succeeded, "{}", step.stdout);
    let json = run.json();
    let severity = |name: &str| json["summary"]["findings"][name].to_string();
    for (name, value) in [
        ("exit-code", "0".to_owned()),
        ("outcome", "drift".to_owned()),
        ("complete", json["complete"].to_string()),
        ("critical", severity("critical")),
        ("high", severity("high")),
        ("medium", severity("medium")),
        ("low", severity("low")),
        ("info", severity("info")),
        ("unchecked", json["summary"]["unchecked"].to_string()),
        ("worst-severity", "critical".to_owned()),
    ] {
        assert_eq!(step.output(name), value, "{name}");
    }
}
