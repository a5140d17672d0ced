//! `driftgate explain`, for people.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::{Options, escape};
use crate::policy::explain::{Answer, Considered, FindingExplained, Mention, Part, RuleExplained, RuleKind};
use crate::result::Decision;

/// Writes how a finding was judged. Rules that did not match are counted, and listed if `verbose` says so.
///
/// # Errors
/// Only what `out` answers.
pub fn finding(explained: &FindingExplained, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut text = format!(
        "{}  {}  {}\n  {}\n",
        escape::text(&explained.subject),
        escape::text(&explained.rule),
        explained.id,
        escape::text(&explained.title)
    );
    if let Some(help) = &explained.help {
        line(&mut text, 2, &escape::text(help));
    }
    for one in &explained.parts {
        text.push('\n');
        part(&mut text, one, options.verbose);
    }
    out.write_all(text.as_bytes())
}

/// Writes what is known of a rule.
///
/// # Errors
/// Only what `out` answers.
pub fn rule(explained: &RuleExplained, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    let kind = match explained.kind {
        RuleKind::BuiltIn => "built in",
        RuleKind::Assert => "assertion",
        RuleKind::User => "rule of the policy",
    };
    let place = escape::text(&explained.place.to_string());
    let mut text = format!("{}  {kind}, {place}\n", escape::text(&explained.name));
    match (explained.severity, explained.kind) {
        (Some(severity), RuleKind::User) => line(&mut text, 2, &format!("sets severity {severity}")),
        (Some(severity), _) => line(&mut text, 2, &format!("severity {severity} by default")),
        (None, _) => line(&mut text, 2, "leaves the severity as it is"),
    }
    if let Some(help) = &explained.help {
        line(&mut text, 2, &escape::text(help));
    }
    if explained.kind != RuleKind::User {
        text.push('\n');
        match explained.mentions.is_empty() {
            true => line(&mut text, 0, "no rule of the policy names it"),
            false => line(&mut text, 0, "named by"),
        }
        for one in &explained.mentions {
            line(&mut text, 2, &mention(one));
        }
    }
    out.write_all(text.as_bytes())
}

fn line(text: &mut String, indent: usize, content: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{:indent$}{content}", "");
}

fn part(text: &mut String, part: &Part, verbose: bool) {
    let decided = decision(&part.decision);
    match &part.path {
        Some(path) => line(text, 0, &format!("{}: {decided}", escape::text(path))),
        None => line(text, 0, &decided),
    }
    if part.decision.by.is_none() {
        let any = match part.considered.is_empty() {
            true => "the policy has no rules",
            false => "no rule of the policy decides",
        };
        line(text, 2, &format!("{any}: {} by default", part.default));
    }
    let mut passed = 0;
    for one in &part.considered {
        if one.answer == Answer::DidNotMatch && !verbose {
            passed += 1;
            continue;
        }
        skipped(text, &mut passed);
        line(text, 2, &considered(one));
    }
    skipped(text, &mut passed);
    if let Some(without) = &part.without {
        line(text, 2, &format!("without it: {}", decision(without)));
    }
}

fn skipped(text: &mut String, passed: &mut usize) {
    match std::mem::take(passed) {
        0 => {}
        1 => line(text, 2, "1 rule did not match"),
        count => line(text, 2, &format!("{count} rules did not match")),
    }
}

fn considered(one: &Considered) -> String {
    let said = match one.answer {
        Answer::Matched => "matched, and decides".to_owned(),
        Answer::DidNotMatch => "did not match".to_owned(),
        Answer::Unknown => "cannot be told, since its condition rests on what is not known".to_owned(),
        Answer::Expired => {
            let until = one.until.as_deref().unwrap_or_default();
            format!("would match, and expired on {}", escape::text(until))
        }
    };
    format!(
        "\"{}\" at {}: {said}",
        escape::text(&one.rule),
        escape::text(&one.place.to_string())
    )
}

/// `allow, medium, by "handover" at driftgate.hcl:12 (reason; owner web; until 2027-01-31)`.
fn decision(decision: &Decision) -> String {
    let mut text = format!("{}, {}", decision.action.name(), decision.severity);
    if let Some(by) = &decision.by {
        text.push_str(&format!(", by {}", escape::text(&by.to_string())));
        let owner = by.owner.as_ref().map(|owner| format!("owner {owner}"));
        let until = by.until.as_ref().map(|until| format!("until {until}"));
        let more: Vec<String> = by.reason.clone().into_iter().chain(owner).chain(until).collect();
        if !more.is_empty() {
            text.push_str(&format!(" ({})", escape::text(&more.join("; "))));
        }
    }
    text
}

fn mention(one: &Mention) -> String {
    let mut text = format!(
        "\"{}\" at {}: {}",
        escape::text(&one.rule),
        escape::text(&one.place.to_string()),
        one.action.name()
    );
    if let Some(severity) = one.severity {
        text.push_str(&format!(", {severity}"));
    }
    let until = one.until.as_ref().map(|until| format!("until {until}"));
    let more: Vec<String> = one.reason.clone().into_iter().chain(until).collect();
    if !more.is_empty() {
        text.push_str(&format!(" ({})", escape::text(&more.join("; "))));
    }
    text
}
