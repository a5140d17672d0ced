use std::collections::BTreeMap;

use super::*;
use crate::report::{Format, samples};

fn rendered(result: &CheckResult) -> String {
    samples::written(Format::Github, result)
}

/// A command as the runner reads it.
#[derive(Debug)]
struct Command {
    name: String,
    properties: BTreeMap<String, String>,
    data: String,
}

/// Reads a line the way the runner does: in the current syntax, or else in the old one, which may begin anywhere.
fn read(line: &str) -> Option<Command> {
    let decode = |text: &str, more: &[(&str, &str)]| {
        let mut text = text.replace("%0D", "\r").replace("%0A", "\n");
        for (from, to) in more {
            text = text.replace(from, to);
        }
        text.replace("%25", "%")
    };
    let (head, data) = match line.trim().strip_prefix("::") {
        Some(rest) => rest.split_once("::")?,
        None => {
            let from = line.find("##[")?;
            line[from + 3..].split_once(']')?
        }
    };
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let properties = properties
        .split(',')
        .filter_map(|property| property.split_once('='))
        .map(|(name, value)| {
            let value = decode(value, &[("%3A", ":"), ("%2C", ",")]);
            (name.trim().to_owned(), value)
        })
        .collect();
    Some(Command {
        name: name.to_owned(),
        properties,
        data: decode(data, &[]),
    })
}

fn commands(text: &str) -> Vec<Command> {
    text.lines().filter_map(read).collect()
}

#[test]
fn clean() {
    insta::assert_snapshot!(rendered(&samples::clean()));
}

#[test]
fn drifted() {
    insta::assert_snapshot!(rendered(&samples::drifted()));
}

#[test]
fn incomplete() {
    insta::assert_snapshot!(rendered(&samples::incomplete()));
}

#[test]
fn outage() {
    insta::assert_snapshot!(rendered(&samples::outage()));
}

#[test]
fn what_does_not_fail_is_no_annotation() {
    assert!(commands(&rendered(&samples::clean_with_remarks())).is_empty());
    let mut only_worst = samples::drifted();
    only_worst.run.fail_on = Some(Severity::Critical);
    only_worst.unchecked.clear();
    assert_eq!(commands(&rendered(&only_worst)).len(), 1);
}

#[test]
fn ten_of_a_level_are_shown_and_the_others_counted() {
    let result = samples::many(5_000);
    let text = rendered(&result);
    let found = commands(&text);
    let of = |name: &str| found.iter().filter(|command| command.name == name).count();
    // The warning says what could not be checked.
    assert_eq!((of("error"), of("warning"), of("notice")), (MOST, 1, 0));
    assert!(text.contains("\n4990 more errors without an annotation: "), "{text}");
    assert!(text.ends_with(&format!("{}\n", headline(&result))));
    assert_eq!(text.lines().count(), MOST + 3);
}

#[test]
fn the_worst_come_first_and_a_warning_gives_way_to_what_could_not_be_checked() {
    let mut result = samples::many(24);
    for (at, judged) in result.findings.iter_mut().enumerate() {
        judged.severity = [Severity::Medium, Severity::Critical][at % 2];
    }
    let text = rendered(&result);
    let found = commands(&text);
    let of = |name: &str| found.iter().filter(|command| command.name == name).count();
    assert_eq!((of("error"), of("warning")), (10, 10));
    assert!(
        text.contains("\n2 more errors ") && text.contains("\n3 more warnings "),
        "{text}"
    );
}

#[test]
fn a_finding_without_a_place_has_no_file_and_one_without_a_line_no_line() {
    let mut result = samples::outage();
    result.findings.truncate(3);
    result.unchecked.clear();
    result.findings[0].finding.place = None;
    result.findings[1].finding.place = Some(Place::new("infra/a:b, 100%.tf", 0));
    let found = commands(&rendered(&result));
    assert_eq!(found.len(), 3);
    assert!(!found[0].properties.contains_key("file") && !found[0].properties.contains_key("line"));
    assert_eq!(found[1].properties["file"], "infra/a:b, 100%.tf");
    assert!(!found[1].properties.contains_key("line"));
    assert_eq!(found[2].properties["line"], "48");
}

#[test]
fn no_text_can_become_a_command_or_break_one() {
    for enemy in [
        "::set-env name=PATH::/tmp",
        "\n::set-env name=PATH::/tmp",
        "a\r::add-mask::x",
        "##[command]rm",
        "x ##[set-env name=A]b",
        "##vso[task.setvariable]x",
        "::stop-commands::token",
        "%0A::error::x",
        "%250A::error::x",
        "a,file=b::c",
        "::",
        ":: ::",
        "\u{2028}::error::x",
        "\u{a0}::error::x",
        "\u{85}::error::x",
    ] {
        let result = samples::filled_with(enemy);
        let text = rendered(&result);
        let found = commands(&text);
        let expected = failing(&result).len() + usize::from(!result.unchecked.is_empty());
        assert_eq!(found.len(), expected, "{enemy:?}:\n{text}");
        assert_eq!(text.lines().count(), expected + 1, "{enemy:?}:\n{text}");
        for command in found {
            assert!(
                ["error", "warning", "notice"].contains(&command.name.as_str()),
                "{enemy:?}: {command:?}"
            );
            let known = ["file", "line", "title"];
            assert!(
                command.properties.keys().all(|key| known.contains(&key.as_str())),
                "{command:?}"
            );
            if let Some(file) = command.properties.get("file") {
                assert_eq!(*file, escape::text(enemy));
            }
            assert!(
                command.data.lines().all(|line| read(line).is_none()),
                "{enemy:?}: {command:?}"
            );
        }
        samples::assert_visible(&text);
    }
}

#[test]
fn long_texts_stay_within_what_the_runner_keeps() {
    let text = rendered(&samples::filled_with(&"x".repeat(100_000)));
    for command in commands(&text) {
        assert!(command.data.chars().count() <= 4_096, "{}", command.data.len());
    }
}
