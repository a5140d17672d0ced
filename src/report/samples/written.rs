//! What a renderer makes of a result, and what has to hold of that in every format.

use sha2::{Digest as _, Sha256};

use super::*;
use crate::report::{Format, Options, escape, render};

/// The report as a machine gets it: without a terminal.
pub(in crate::report) fn written(format: Format, result: &CheckResult) -> String {
    let mut out = Vec::new();
    render(result, format, &Options::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The results that a report is held against, each with a name for the message of a failure.
pub(in crate::report) fn all() -> [(&'static str, CheckResult); 7] {
    [
        ("clean", clean()),
        ("clean with remarks", clean_with_remarks()),
        ("drifted", drifted()),
        ("hostile", hostile()),
        ("incomplete", incomplete()),
        ("nothing to check", nothing_to_check()),
        ("outage", outage()),
    ]
}

/// Asserts that nothing in a report moves a cursor, hides or turns text round.
#[track_caller]
pub(in crate::report) fn assert_visible(text: &str) {
    let hidden = text.chars().find(|c| *c != '\n' && escape::is_invisible(*c));
    assert_eq!(hidden, None, "{text}");
}

/// What is kept of a report too long to be kept whole: any change of it changes this.
pub(in crate::report) fn digest(text: &str) -> String {
    const HEAD: usize = 12;
    const TAIL: usize = 6;
    const LONGEST: usize = 160;
    let lines: Vec<String> = text
        .lines()
        .map(|line| match line.char_indices().nth(LONGEST) {
            Some((at, _)) => format!("{}… ({} bytes)", &line[..at], line.len()),
            None => line.to_owned(),
        })
        .collect();
    let hash: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
    let head = lines.len().min(HEAD);
    let tail = lines.len().saturating_sub(TAIL).max(head);
    let mut kept = vec![format!("{} bytes, {} lines, sha256 {hash}", text.len(), lines.len())];
    kept.extend_from_slice(&lines[..head]);
    kept.push(format!("[{} lines]", tail - head));
    kept.extend_from_slice(&lines[tail..]);
    kept.join("\n")
}
