//! Results that are written, kept and read again: `--report`, `driftgate report`, `--since`, `--history`; and what the
//! outside does to them: full disks, missing directories, closed pipes, files that are something else.

use std::fs;
use std::path::PathBuf;
use std::process::Stdio;
use std::thread;

use driftgate::report::Format;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::binary::{Driftgate, Run};
use crate::support::repository;

/// A step of the incident at which nothing is wrong, and one at which much is.
const HEALTHY: &str = "00-healthy";
const BROKEN: &str = "03-production-console-changes";

/// A directory with a state, `terraform.tfstate`, and a recorded account, `live.json`.
struct Desk(TempDir);

impl Desk {
    fn at(step: &str) -> Desk {
        let desk = Desk(tempfile::tempdir().expect("a directory"));
        desk.go_to(step);
        desk
    }

    fn go_to(&self, step: &str) {
        for file in ["terraform.tfstate", "live.json"] {
            let from = repository("fixtures/incident").join(step).join(file);
            fs::copy(from, self.path(file)).expect("the step has the file");
        }
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }

    fn driftgate<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Driftgate {
        Driftgate::new(arguments).within(self.0.path())
    }

    fn check(&self, more: &[&str]) -> Driftgate {
        self.driftgate(["check", "--live", "live.json"].into_iter().chain(more.iter().copied()))
    }

    fn text(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).expect("the file is there")
    }

    fn json(&self, file: &str) -> Value {
        serde_json::from_str(&self.text(file)).expect("the file is JSON")
    }

    /// The entries of the history `runs`, by name.
    fn entries(&self) -> Vec<String> {
        let listed = fs::read_dir(self.path("runs")).expect("the history is there");
        let mut names: Vec<String> = listed
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

/// The verdict is told, whatever else is.
#[track_caller]
fn tells_drift(run: &Run) {
    let last = run.stdout.lines().last().unwrap_or_default();
    assert!(last.starts_with("DRIFT: "), "{}\n{}", run.stdout, run.stderr);
}

#[track_caller]
fn says_once(run: &Run, text: &str) {
    assert_eq!(run.stderr.lines().count(), 1, "one line:\n{}", run.stderr);
    assert!(run.stderr.contains(text), "{text:?} is missing in: {}", run.stderr);
}

// driftgate report

#[test]
fn a_saved_result_renders_as_the_check_did() {
    let desk = Desk::at(BROKEN);
    for format in Format::ALL {
        let file = format!("{format}=now.{format}");
        let run = desk.check(&["--report", "json=drift.json", "--report", &file]).run();
        assert_eq!(run.code, 2, "{format}: {}", run.stderr);
        let again = desk
            .driftgate(["report", "drift.json", "--format", format.name()])
            .run();
        assert_eq!((again.code, again.stderr.as_str()), (0, ""), "{format}");
        assert_eq!(again.stdout, desk.text(&format!("now.{format}")), "{format}");
    }
}

#[test]
fn results_of_the_same_state_are_a_history_of_which_the_newest_is_shown() {
    let desk = Desk::at(HEALTHY);
    desk.check(&["--report", "json=1.json"]).run();
    desk.go_to(BROKEN);
    desk.check(&["--report", "json=2.json"]).run();
    // In any order.
    for order in [["1.json", "2.json"], ["2.json", "1.json"]] {
        let run = desk.driftgate(["report", order[0], order[1], "--format", "json"]).run();
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
        let result = run.json();
        assert_eq!(result["outcome"], "drift");
        let findings = result["findings"].as_array().expect("findings");
        assert_eq!(
            findings.len(),
            desk.json("2.json")["findings"].as_array().map_or(0, Vec::len)
        );
        assert!(
            findings.iter().all(|finding| finding["age"]["new"] == json!(true)),
            "{findings:#?}"
        );
        let outcomes: Vec<&Value> = result["past"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|past| &past["outcome"])
            .collect();
        assert_eq!(outcomes, ["clean"]);
    }
    for format in Format::ALL {
        let run = desk
            .driftgate(["report", "1.json", "2.json", "--format", format.name()])
            .run();
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{format}");
        assert!(!run.stdout.is_empty(), "{format}");
    }
}

#[test]
fn results_of_different_states_are_shown_together() {
    let (desk, other) = (Desk::at(BROKEN), Desk::at(HEALTHY));
    desk.check(&["--report", "json=one.json"]).run();
    let file = other.path("other.tfstate");
    fs::rename(other.path("terraform.tfstate"), &file).expect("the state is renamed");
    other
        .check(&["--state", "other.tfstate", "--report", "json=two.json"])
        .run();
    fs::rename(other.path("two.json"), desk.path("two.json")).expect("the result is moved");
    let run = desk
        .driftgate(["report", "one.json", "two.json", "--format", "json"])
        .run();
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let result = run.json();
    assert_eq!(result["outcome"], "drift");
    assert_eq!(result["run"]["states"], json!(["other.tfstate", "terraform.tfstate"]));
    assert_eq!(result["summary"]["resources"], json!(54));
    for format in Format::ALL {
        let run = desk
            .driftgate(["report", "one.json", "two.json", "--format", format.name()])
            .run();
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{format}");
        assert!(!run.stdout.is_empty(), "{format}");
    }
}

#[test]
fn a_report_may_take_the_place_of_its_result() {
    let desk = Desk::at(BROKEN);
    desk.check(&["--report", "json=drift.json"]).run();
    let before = desk.json("drift.json");
    let run = desk
        .driftgate(["report", "drift.json", "--report", "json=drift.json"])
        .run();
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(desk.json("drift.json"), before);
}

/// Files that are no result of this version, and what is said of them.
const NO_RESULTS: [(&str, &str); 5] = [
    (
        r#"{"schema":"driftgate/v9"}"#,
        "a result of a newer driftgate (schema `driftgate/v9`",
    ),
    (r#"{"schema":"driftgate-snapshot/v1"}"#, "not a driftgate result"),
    (r#"{"version":4}"#, "not a driftgate result: it has no `schema`"),
    ("", "not a driftgate result"),
    ("<html>", "not a driftgate result: not JSON"),
];

#[test]
fn what_is_no_result_is_refused() {
    let desk = Desk::at(BROKEN);
    desk.check(&["--report", "json=drift.json"]).run();
    for (text, says) in NO_RESULTS {
        fs::write(desk.path("other.json"), text).expect("the file is written");
        for format in Format::ALL {
            let arguments = ["report", "drift.json", "other.json", "--format", format.name()];
            let run = desk.driftgate(arguments).run();
            let line = run.failed();
            assert!(
                line.starts_with("driftgate: error: other.json: ") && line.contains(says),
                "{line}"
            );
        }
    }
    for absent in ["absent.json", "."] {
        let run = desk.driftgate(["report", absent]).run();
        assert!(run.failed().contains("the file cannot be read"), "{}", run.stderr);
    }
    let none = desk.driftgate(["report"]).run();
    assert_eq!((none.code, none.stdout.as_str()), (1, ""));
    assert!(none.stderr.contains("<RESULT>"), "{}", none.stderr);
}

// What the outside does to a check

#[test]
fn an_earlier_result_that_is_none_leaves_the_verdict() {
    let desk = Desk::at(BROKEN);
    for (text, says) in NO_RESULTS {
        fs::write(desk.path("before.json"), text).expect("the file is written");
        let run = desk.check(&["--since", "before.json"]).run();
        assert_eq!(run.code, 2);
        tells_drift(&run);
        says_once(&run, says);
        assert!(
            run.stderr
                .starts_with("driftgate: warning: nothing earlier is compared with: "),
            "{}",
            run.stderr
        );
        // Here the verdict hangs on it.
        let run = desk.check(&["--since", "before.json", "--fail-on-new"]).run();
        assert!(run.failed().contains(says), "{}", run.stderr);
    }
}

#[test]
fn a_result_may_be_compared_with_and_replaced_at_once() {
    let desk = Desk::at(HEALTHY);
    let again = ["--since", "last.json", "--report", "json=last.json"];
    desk.check(&["--report", "json=last.json"]).run();
    desk.go_to(BROKEN);
    for new in [true, false] {
        let run = desk.check(&again).run();
        assert_eq!((run.code, run.stderr.as_str()), (2, ""));
        let ages: Vec<Value> = desk.json("last.json")["findings"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|finding| finding["age"]["new"].clone())
            .collect();
        assert!(
            !ages.is_empty() && ages.iter().all(|age| *age == json!(new)),
            "{ages:?}"
        );
    }
    desk.go_to(HEALTHY);
    let run = desk.check(&again).run();
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(run.stdout.contains("Resolved"), "{}", run.stdout);
}

#[test]
fn a_report_that_cannot_be_written_leaves_verdict_and_other_reports_and_fails() {
    let desk = Desk::at(BROKEN);
    fs::write(desk.path("file"), "text").expect("a file is written");
    // Holds for the superuser as well, whom permissions do not stop.
    for place in ["no/such/x.html", "file/x.html", "."] {
        let bad = format!("html={place}");
        let run = desk.check(&["--report", &bad, "--report", "json=drift.json"]).run();
        assert_eq!(run.code, 1, "{place}");
        tells_drift(&run);
        says_once(
            &run,
            &format!("driftgate: error: {place}: the file cannot be written: "),
        );
        assert_eq!(desk.json("drift.json")["outcome"], "drift", "{place}");
    }
    let run = desk
        .check(&["--report", "html=no/such", "--report", "json=file/x"])
        .run();
    assert_eq!(run.code, 1);
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert!(
        lines.len() == 2 && lines[0].contains("warning: file/x: ") && lines[1].contains("error: no/such: "),
        "each failure once: {lines:?}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_once() {
    let desk = Desk::at(BROKEN);
    for format in Format::ALL {
        let full = format!("{format}=/dev/full");
        let run = desk.check(&["--report", &full, "--report", "json=drift.json"]).run();
        assert_eq!(run.code, 1, "{format}");
        tells_drift(&run);
        says_once(&run, "driftgate: error: /dev/full: the file cannot be written: ");
        assert_eq!(desk.json("drift.json")["outcome"], "drift", "{format}");

        let full = fs::File::options()
            .write(true)
            .open("/dev/full")
            .expect("the device is there");
        let arguments = ["--format", format.name(), "--report", "json=second.json"];
        let run = desk.check(&arguments).stdout(full).run();
        assert_eq!(run.code, 1, "{format}");
        says_once(&run, "driftgate: error: standard output cannot be written: ");
        assert_eq!(desk.json("second.json")["outcome"], "drift", "{format}");
    }
}

#[test]
fn a_closed_pipe_is_quiet_and_leaves_the_exit_code() {
    for (step, code) in [(HEALTHY, 0), (BROKEN, 2)] {
        let desk = Desk::at(step);
        for format in Format::ALL {
            let arguments = ["--format", format.name(), "--report", "json=drift.json"];
            let mut child = desk
                .check(&arguments)
                .command()
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("the binary starts");
            drop(child.stdout.take());
            let output = child.wait_with_output().expect("the binary ends");
            let errors = String::from_utf8_lossy(&output.stderr);
            assert_eq!((output.status.code(), &*errors), (Some(code), ""), "{step}, {format}");
            assert_eq!(
                desk.json("drift.json")["outcome"],
                if code == 0 { "clean" } else { "drift" }
            );
        }
    }
}

// The history

#[test]
fn three_runs_tell_what_is_new_persists_and_is_resolved() {
    let desk = Desk::at(HEALTHY);
    let kept = [
        "--history",
        "runs",
        "--report",
        "json=drift.json",
        "--report",
        "html=drift.html",
    ];
    let run = |step: &str, code: i32| {
        desk.go_to(step);
        let run = desk.check(&kept).run();
        assert_eq!((run.code, run.stderr.as_str()), (code, ""), "{step}");
        (run, desk.json("drift.json"))
    };
    let ages = |result: &Value| -> Vec<Value> {
        let findings = result["findings"].as_array().expect("findings").iter();
        findings.map(|finding| finding["age"].clone()).collect()
    };
    let (_, first) = run(HEALTHY, 0);
    assert_eq!(first["past"], json!([]));

    let (_, second) = run(BROKEN, 2);
    let began = second["run"]["started_at"].clone();
    assert!(
        ages(&second)
            .iter()
            .all(|age| *age == json!({ "new": true, "first_seen": began }))
    );

    let (_, third) = run(BROKEN, 2);
    assert!(!ages(&third).is_empty());
    assert!(
        ages(&third)
            .iter()
            .all(|age| *age == json!({ "new": false, "first_seen": began }))
    );

    let (shown, fourth) = run(HEALTHY, 0);
    let resolved = fourth["resolved"].as_array().expect("what is resolved");
    assert_eq!(resolved.len(), ages(&third).len());
    assert!(resolved.iter().all(|one| one["first_seen"] == began));
    assert!(shown.stdout.contains("Resolved"), "{}", shown.stdout);
    let past: Vec<&Value> = fourth["past"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|past| &past["outcome"])
        .collect();
    assert_eq!(past, ["clean", "drift", "drift"]);
    assert!(
        desk.text("drift.html").contains("class=\"trend\""),
        "the page shows the earlier runs"
    );
    assert_eq!(desk.entries().len(), 4);
    // With nothing new, nothing fails.
    let (_, fifth) = run(BROKEN, 2);
    assert!(
        ages(&fifth).iter().all(|age| age["new"] == json!(true)),
        "gone and back is new"
    );
    let known = desk.check(&["--history", "runs", "--fail-on-new"]).run();
    assert_eq!(known.code, 0, "{}", known.stdout);
}

#[test]
fn torn_and_foreign_files_are_named_and_left_alone() {
    let desk = Desk::at(BROKEN);
    let check = || desk.check(&["--history", "runs"]).run();
    check();
    let entry = desk.path("runs").join(&desk.entries()[0]);
    let whole = fs::read(&entry).expect("the entry is there");
    fs::write(&entry, &whole[..whole.len() / 2]).expect("the entry is torn");
    fs::write(desk.path("runs/notes.txt"), "mine").expect("a file is written");
    let run = check();
    assert_eq!(run.code, 2);
    tells_drift(&run);
    let lines: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(
        lines.iter().all(|line| line.starts_with("driftgate: warning: ")),
        "{lines:?}"
    );
    assert!(
        lines[0].contains(&*desk.entries()[0]) && lines[0].contains("torn"),
        "{lines:?}"
    );
    assert!(lines[1].contains("notes.txt"), "{lines:?}");
    assert_eq!(desk.text("runs/notes.txt"), "mine");
    assert_eq!(desk.entries().len(), 3);
    // An entry that a newer driftgate wrote is whole, and still passed over.
    fs::remove_file(desk.path("runs/notes.txt")).expect("the file goes");
    fs::remove_file(&entry).expect("the entry goes");
    driftgate::history::History::new(driftgate::history::Directory::new(desk.path("runs")))
        .append("2026-11-25T00:00:00Z", NO_RESULTS[0].0)
        .expect("the entry is taken");
    says_once(&check(), "a result of a newer driftgate");
}

#[test]
fn old_and_surplus_entries_are_pruned() {
    let desk = Desk::at(HEALTHY);
    let check = || {
        let run = desk.check(&["--history", "runs"]).run();
        assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    };
    check();
    let first = desk.entries().remove(0);
    let copy = |name: &str| {
        fs::copy(desk.path("runs").join(&first), desk.path("runs").join(name)).expect("the entry is copied");
    };
    let old = "20200229T020304.005Z-0123456789abcdef.json.gz";
    copy(old);
    check();
    assert!(!desk.entries().contains(&old.to_owned()), "older than 400 days");
    assert_eq!(desk.entries().len(), 2);
    let (time, _) = first.split_once('-').expect("a name has a time");
    for number in 0..1000 {
        copy(&format!("{time}-{number:016x}.json.gz"));
    }
    check();
    let kept = desk.entries();
    assert_eq!(kept.len(), 1000);
    assert!(
        !kept.contains(&format!("{time}-{:016x}.json.gz", 0)),
        "the oldest go first"
    );
    assert!(kept[999] > first, "the newest stays");
}

#[test]
fn concurrent_runs_keep_everything() {
    const RUNS: usize = 6;
    let desk = Desk::at(BROKEN);
    thread::scope(|scope| {
        for _ in 0..RUNS {
            scope.spawn(|| {
                let run = desk.check(&["--history", "runs"]).run();
                assert_eq!((run.code, run.stderr.as_str()), (2, ""));
            });
        }
    });
    assert_eq!(desk.entries().len(), RUNS);
    let run = desk.check(&["--history", "runs", "--format", "json"]).run();
    assert_eq!(run.json()["past"].as_array().map_or(0, Vec::len), RUNS);
}

#[test]
fn a_history_that_cannot_be_used_leaves_the_verdict() {
    let desk = Desk::at(BROKEN);
    fs::write(desk.path("file"), "text").expect("a file is written");
    for place in ["file", "file/runs"] {
        let run = desk.check(&["--history", place]).run();
        assert_eq!(run.code, 2, "{place}");
        tells_drift(&run);
        says_once(&run, "something that is no directory stands in its place");
        let run = desk.check(&["--history", place, "--fail-on-new"]).run();
        assert!(run.failed().contains("the history cannot be listed"), "{}", run.stderr);
    }
    for place in ["", "https://example.com/runs", "s3://"] {
        let run = desk.check(&["--history", place]).run();
        assert!(
            run.failed().contains("a history is kept in a directory or in s3://"),
            "{}",
            run.stderr
        );
    }
}

/// A directory that can be listed, holds no files, and takes none, from the superuser neither.
#[cfg(target_os = "linux")]
#[test]
fn a_run_that_is_not_kept_says_so_once() {
    let desk = Desk::at(BROKEN);
    let run = desk.check(&["--history", "/proc/self/task"]).run();
    assert_eq!(run.code, 2);
    tells_drift(&run);
    says_once(
        &run,
        "driftgate: warning: this run is not kept: /proc/self/task: the history cannot be written: ",
    );
}
