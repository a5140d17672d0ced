//! Reports read by what the owners of their formats publish, beside the readers in the unit tests.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use crate::support::binary::Driftgate;
use crate::support::repository;

/// Has files read by the reader of a format, in an environment that is made under `target/` on first use.
fn read(format: &str, files: &[PathBuf]) -> Output {
    Command::new("python3")
        .arg(repository("tests/formats/readers.py"))
        .arg(format)
        .args(files)
        .output()
        .expect("the readers need python3 (3.10 or later) in PATH")
}

#[test]
fn golden_files_and_the_demo_are_read_by_published_parsers() {
    for format in ["prometheus", "slack"] {
        let directory = repository(&format!("src/report/{format}/snapshots"));
        let golden = fs::read_dir(directory).expect("golden files");
        let mut files: Vec<PathBuf> = golden.map(|entry| entry.expect("an entry").path()).collect();
        let demo = tempfile::NamedTempFile::new().expect("a file");
        let run = Driftgate::new(["demo", "--step", "03", "--format", format]).run();
        fs::write(demo.path(), run.stdout).expect("the report is written");
        files.push(demo.path().to_owned());
        assert!(files.len() >= 5, "{format}: {files:?}");
        let output = read(format, &files);
        let told = String::from_utf8_lossy(&output.stdout);
        let refused = String::from_utf8_lossy(&output.stderr);
        assert_eq!(told.trim(), format!("{} read", files.len()), "{format}: {refused}");
    }
}

#[test]
fn the_parsers_refuse_what_is_wrong() {
    let long = format!(
        r#"{{"blocks": [{{"type": "header", "text": {{"type": "plain_text", "text": "{}", "emoji": false}}}}]}}"#,
        "x".repeat(151)
    );
    for (format, wrong) in [
        ("prometheus", "# HELP a b\n# TYPE a gauge\na{b=\"c} 1\n"),
        ("prometheus", "a 1\n"),
        ("slack", &long),
        ("slack", r#"{"blocks": [{"type": "section", "colour": "red"}]}"#),
    ] {
        let file = tempfile::NamedTempFile::new().expect("a file");
        fs::write(file.path(), wrong).expect("the report is written");
        let output = read(format, &[file.path().to_owned()]);
        assert_eq!(output.status.code(), Some(1), "{format}: {wrong}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), "", "{format}: {wrong}");
    }
}
