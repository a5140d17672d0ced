//! What one look at the account shows beside the look before it: a few lines, and nothing where nothing moved.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::Style;

use super::human::headline;
use super::{Options, delta, escape, style};
use crate::finding::Finding;
use crate::result::{CheckResult, HostState};
use crate::rules;

/// The longest value that is shown of a change.
const LIMIT: usize = 120;

/// One look: the findings and hosts of the account as it is now, and when.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    pub result: &'a CheckResult,
    /// `01:12:10`.
    pub clock: &'a str,
}

/// Writes what moved between two looks. `moved` are the differences between the two accounts
/// ([`crate::against::Baseline::compare`]), `unread` what could not be read this time.
///
/// # Errors
/// What `out` answers.
pub fn write(before: Look, now: Look, moved: &[Finding], options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Lines::new(now.clock, *options);
    for finding in moved {
        page.line(Style::new(), &format!("{}  {}", verb(finding), subject(finding)));
        for change in &finding.changes {
            page.line(style::DIM, &format!("  {}", delta::line(change, LIMIT)));
        }
    }
    for (host, was, is) in hosts(before.result, now.result) {
        let shown = |state: Option<&HostState>| {
            state.map_or_else(
                || "not a host of the estate".to_owned(),
                |one| escape::text(&one.visitor),
            )
        };
        page.line(
            is.map_or(style::WARNING, of_host),
            &format!("host     {}: {}", escape::text(host), shown(is)),
        );
        page.line(style::DIM, &format!("  before: {}", shown(was)));
    }
    for (sign, finding) in findings(before.result, now.result) {
        let style = if sign == "drift    " { style::BAD } else { style::GOOD };
        page.line(
            style,
            &format!("{sign}{}: {}", subject(finding), escape::text(&finding.title)),
        );
    }
    for unchecked in &now.result.unchecked {
        if !before.result.unchecked.contains(unchecked) {
            let text = format!(
                "blind    {}: {}",
                escape::text(&unchecked.address),
                escape::text(&unchecked.detail)
            );
            page.line(style::WARNING, &text);
        }
    }
    out.write_all(page.text.as_bytes())
}

/// Writes how things stand when the watch begins.
///
/// # Errors
/// What `out` answers.
pub fn open(now: Look, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Lines::new(now.clock, *options);
    page.line(Style::new(), &headline(now.result));
    for host in &now.result.hosts {
        page.line(
            of_host(host),
            &format!("{}: {}", escape::text(&host.host), escape::text(&host.visitor)),
        );
    }
    page.line(style::DIM, "watching: what moves is shown; stop with Ctrl-C");
    out.write_all(page.text.as_bytes())
}

fn of_host(host: &HostState) -> Style {
    match host.served {
        Some(true) => style::GOOD,
        Some(false) => style::BAD,
        None => style::WARNING,
    }
}

/// Lines that begin with the time once, and with as much room afterwards.
struct Lines<'a> {
    clock: &'a str,
    options: Options,
    text: String,
}

impl<'a> Lines<'a> {
    fn new(clock: &'a str, options: Options) -> Lines<'a> {
        Lines {
            clock,
            options,
            text: String::new(),
        }
    }

    fn line(&mut self, style: Style, text: &str) {
        let lead = if self.text.is_empty() {
            self.clock.to_owned()
        } else {
            " ".repeat(self.clock.len())
        };
        let text = match self.options.colour {
            true => format!("{style}{text}{style:#}"),
            false => text.to_owned(),
        };
        self.text.push_str(&format!("{lead}  {text}\n"));
    }
}

fn verb(finding: &Finding) -> &'static str {
    match &*finding.rule {
        rules::NEW_SINCE_SNAPSHOT => "made   ",
        rules::GONE_SINCE_SNAPSHOT => "gone   ",
        _ => "changed",
    }
}

fn subject(finding: &Finding) -> String {
    match &finding.address {
        Some(address) => escape::text(address),
        None => format!(
            "{} {}",
            escape::text(&finding.resource.terraform_type),
            escape::text(&finding.resource.id)
        ),
    }
}

/// A host with what visitors got, and get.
type Moved<'a> = (&'a str, Option<&'a HostState>, Option<&'a HostState>);

/// Hosts whose visitors get something else, with what they got and get.
fn hosts<'a>(before: &'a CheckResult, now: &'a CheckResult) -> Vec<Moved<'a>> {
    let mut both: BTreeMap<&str, (Option<&HostState>, Option<&HostState>)> = BTreeMap::new();
    for one in &before.hosts {
        both.entry(&one.host).or_default().0 = Some(one);
    }
    for one in &now.hosts {
        both.entry(&one.host).or_default().1 = Some(one);
    }
    let told = |one: Option<&HostState>| one.map(|one| (one.served, one.visitor.clone()));
    let moved = both.into_iter().filter(|(_, (was, is))| told(*was) != told(*is));
    moved.map(|(host, (was, is))| (host, was, is)).collect()
}

/// Findings that came and went.
fn findings<'a>(before: &'a CheckResult, now: &'a CheckResult) -> Vec<(&'static str, &'a Finding)> {
    let missing = |here: &'a CheckResult, there: &CheckResult| {
        let known: Vec<String> = there.findings.iter().map(|judged| judged.finding.id()).collect();
        let only = here
            .findings
            .iter()
            .filter(move |judged| !known.contains(&judged.finding.id()));
        only.map(|judged| &judged.finding).collect::<Vec<_>>()
    };
    let came = missing(now, before).into_iter().map(|finding| ("drift    ", finding));
    let went = missing(before, now).into_iter().map(|finding| ("resolved ", finding));
    came.chain(went).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Category, Change, ResourceRef};
    use crate::report::samples;
    use serde_json::json;

    fn written(before: &CheckResult, now: &CheckResult, moved: &[Finding]) -> String {
        let look = |result| Look {
            result,
            clock: "01:12:10",
        };
        let mut out = Vec::new();
        write(look(before), look(now), moved, &Options::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn moved() -> Finding {
        let resource = ResourceRef {
            terraform_type: "aws_cloudfront_distribution".to_owned(),
            id: "E1".to_owned(),
            account: None,
            region: None,
        };
        let mut finding = Finding::new(Category::Drift, rules::CHANGED_SINCE_SNAPSHOT, resource, "changed");
        finding.changes = vec![Change {
            path: "origin[\"website\"].origin_path".to_owned(),
            expected: json!("/1"),
            live: json!("/2"),
            sensitive: false,
            note: None,
            at_least: None,
        }];
        finding
    }

    #[test]
    fn nothing_is_said_where_nothing_moved() {
        assert_eq!(written(&samples::outage(), &samples::outage(), &[]), "");
    }

    #[test]
    fn what_moved_and_what_it_does_to_each_host_is_told() {
        let mut before = samples::outage();
        before.findings.truncate(2);
        before.hosts[0].served = Some(true);
        before.hosts[0].visitor = "200, index.html of bucket www.example.com".to_owned();
        insta::assert_snapshot!(written(&before, &samples::outage(), &[moved()]));
    }

    #[test]
    fn secrets_stay_withheld_and_nothing_breaks_out_of_its_line() {
        let mut finding = moved();
        finding.changes[0].sensitive = true;
        finding.changes[0].live = json!(samples::SECRET);
        finding.resource.id = "a\u{1b}[2J\nCLEAN".to_owned();
        let text = written(&samples::clean(), &samples::hostile(), &[finding]);
        assert!(!text.contains(samples::SECRET) && !text.contains('\u{1b}'), "{text}");
        assert!(text.lines().all(|line| !line.starts_with("CLEAN")), "{text}");
    }
}
