//! What one look at the account shows beside what was known before it: a few lines, and nothing where nothing moved.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::Style;

use super::human::{count, headline};
use super::{Options, delta, escape, style};
use crate::finding::{Finding, Unchecked};
use crate::inventory::Reason;
use crate::result::{CheckResult, HostState};
use crate::rules;
use crate::watch::{HostMoved, Moved};

/// The longest value that is shown of a change.
const LIMIT: usize = 120;
/// Things, or reasons, that are named of many.
const NAMED: usize = 3;

/// Writes what moved. `clock` is the time of day: `01:12:10`.
///
/// # Errors
/// What `out` answers.
pub fn write(moved: &Moved, clock: &str, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Lines::new(clock, *options);
    for finding in &moved.changed {
        page.line(Style::new(), &format!("{}  {}", verb(finding), subject(finding)));
        for change in &finding.changes {
            page.line(style::DIM, &format!("  {}", delta::line(change, LIMIT)));
        }
    }
    hosts(&mut page, &moved.hosts);
    for judged in &moved.came {
        let (finding, style) = (
            &judged.finding,
            if judged.is_allowed() { style::DIM } else { style::BAD },
        );
        page.line(
            style,
            &format!("drift    {}: {}", subject(finding), escape::text(&finding.title)),
        );
    }
    for judged in &moved.resolved {
        let finding = &judged.finding;
        page.line(
            style::GOOD,
            &format!("resolved {}: {}", subject(finding), escape::text(&finding.title)),
        );
    }
    blind(&mut page, "blind    ", &moved.blind);
    if !moved.sighted.is_empty() {
        let (number, names) = (count(moved.sighted.len(), "thing"), names(&moved.sighted));
        page.line(style::GOOD, &format!("seen     {number} can be read again: {names}"));
    }
    out.write_all(page.text.as_bytes())
}

/// Writes how things stand when the watch begins.
///
/// # Errors
/// What `out` answers.
pub fn open(result: &CheckResult, clock: &str, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Lines::new(clock, *options);
    page.line(Style::new(), &headline(result));
    for host in &result.hosts {
        page.line(
            of_host(host),
            &format!("{}: {}", escape::text(&host.host), escape::text(&host.visitor)),
        );
    }
    blind(&mut page, "", &result.unchecked);
    let known = if result.findings.is_empty() {
        ""
    } else {
        " `driftgate check` shows what is there already;"
    };
    page.line(
        style::DIM,
        &format!("watching: what moves is shown;{known} stop with Ctrl-C"),
    );
    out.write_all(page.text.as_bytes())
}

/// Hosts with what visitors get and got; those of which nothing can be told share a line.
fn hosts(page: &mut Lines<'_>, moved: &[HostMoved]) {
    let untold = |one: &&HostMoved| one.is.as_ref().is_some_and(|is| is.served.is_none());
    let mut by_reason: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for one in moved.iter().filter(untold) {
        let visitor = one.is.as_ref().map_or("", |is| &is.visitor);
        by_reason.entry(visitor).or_default().push(one.host.clone());
    }
    for one in moved {
        let shown = |state: Option<&HostState>| {
            state.map_or_else(
                || "not a host of the estate".to_owned(),
                |one| escape::text(&one.visitor),
            )
        };
        let shared = one
            .is
            .as_ref()
            .filter(|is| is.served.is_none())
            .and_then(|is| by_reason.remove(&*is.visitor));
        match (&one.is, shared) {
            // The line of the first host with this reason speaks for it.
            (Some(is), None) if is.served.is_none() => {}
            (is, shared) => {
                let name = shared
                    .as_ref()
                    .map_or_else(|| escape::text(&one.host), |hosts| names(hosts));
                let style = is.as_ref().map_or(style::WARNING, of_host);
                page.line(style, &format!("host     {name}: {}", shown(is.as_ref())));
                if shared.is_none_or(|hosts| hosts.len() == 1) {
                    before(page, one, &shown);
                }
            }
        }
    }
}

/// What visitors of a host got before.
fn before(page: &mut Lines<'_>, moved: &HostMoved, shown: &dyn Fn(Option<&HostState>) -> String) {
    let told = |state: &HostState| (state.served, state.visitor.clone());
    let text = match (&moved.last_told, &moved.is) {
        (Some(last), Some(is)) if told(last) == told(is) => "as before; in between it could not be told".to_owned(),
        (Some(last), _) => format!("before: {}; in between it could not be told", shown(Some(last))),
        (None, _) => format!("before: {}", shown(moved.was.as_ref())),
    };
    page.line(style::DIM, &format!("  {text}"));
}

/// What cannot be read, by the kind of reason: how much, a few names, and a few of the failures.
fn blind(page: &mut Lines<'_>, lead: &str, unchecked: &[Unchecked]) {
    let mut by_reason: BTreeMap<Reason, Vec<&Unchecked>> = BTreeMap::new();
    for one in unchecked {
        by_reason.entry(one.reason).or_default().push(one);
    }
    for group in by_reason.values() {
        let mut addresses: Vec<String> = Vec::new();
        let mut details: Vec<&str> = Vec::new();
        for one in group {
            if !addresses.contains(&one.address) {
                addresses.push(one.address.clone());
            }
            if !details.contains(&&*one.detail) {
                details.push(&one.detail);
            }
        }
        let (number, named) = (count(addresses.len(), "thing"), names(&addresses));
        page.line(style::WARNING, &format!("{lead}{number} cannot be read: {named}"));
        for detail in details.iter().take(NAMED) {
            page.line(style::DIM, &format!("  {}", escape::text(detail)));
        }
        if let more @ 1.. = details.len().saturating_sub(NAMED) {
            page.line(style::DIM, &format!("  and {}", count(more, "more failure")));
        }
    }
}

/// `a, b, c and 9 more`
fn names(all: &[String]) -> String {
    let named: Vec<String> = all.iter().take(NAMED).map(|name| escape::text(name)).collect();
    match all.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Category, Change, ResourceRef};
    use crate::inventory::Failure;
    use crate::report::samples;
    use serde_json::json;

    fn written(moved: &Moved) -> String {
        let mut out = Vec::new();
        write(moved, "01:12:10", &Options::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    fn changed() -> Finding {
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

    fn state(host: &str, served: Option<bool>, visitor: &str) -> HostState {
        HostState {
            host: host.to_owned(),
            served,
            visitor: visitor.to_owned(),
            path: Vec::new(),
        }
    }

    fn host(name: &str, was: Option<HostState>, last_told: Option<HostState>, is: Option<HostState>) -> HostMoved {
        HostMoved {
            host: name.to_owned(),
            was,
            last_told,
            is,
        }
    }

    fn unread(address: &str, reason: Reason, operation: &str) -> Unchecked {
        Unchecked::new(address, &Failure::new(reason, operation, "no"))
    }

    #[test]
    fn nothing_is_said_where_nothing_moved() {
        assert_eq!(written(&Moved::default()), "");
    }

    #[test]
    fn what_moved_and_what_it_does_to_each_host_is_told() {
        let outage = samples::outage();
        let was = state("example.com", Some(true), "200, index.html of bucket www.example.com");
        insta::assert_snapshot!(written(&Moved {
            changed: vec![changed()],
            hosts: vec![host("example.com", Some(was), None, outage.hosts.first().cloned())],
            came: outage.findings[2..].to_vec(),
            resolved: outage.findings[..1].to_vec(),
            ..Moved::default()
        }));
    }

    #[test]
    fn a_blind_look_takes_a_few_lines() {
        let cannot = |name: &str| state(name, None, "what cannot be told: denied");
        let good = |name: &str| state(name, Some(true), "200");
        let hosts = ["a.example.com", "b.example.com", "c.example.com", "d.example.com"];
        let denied = [
            "s3:GetBucketPolicy",
            "s3:GetBucketAcl",
            "s3:GetBucketTagging",
            "s3:GetBucketCORS",
        ];
        let mut blind: Vec<Unchecked> = denied
            .iter()
            .zip(1..)
            .map(|(operation, number)| unread(&format!("aws_s3_bucket.b{number}"), Reason::AccessDenied, operation))
            .collect();
        blind.push(unread(
            "aws_route53_zone.main",
            Reason::Throttled,
            "route53:ListHostedZones",
        ));
        insta::assert_snapshot!(written(&Moved {
            hosts: hosts
                .iter()
                .map(|name| host(name, Some(good(name)), None, Some(cannot(name))))
                .collect(),
            blind,
            ..Moved::default()
        }));
    }

    #[test]
    fn what_can_be_seen_again_is_held_against_what_was_told_last() {
        let cannot = |name: &str| Some(state(name, None, "what cannot be told: denied"));
        let good = |name: &str| Some(state(name, Some(true), "200"));
        insta::assert_snapshot!(written(&Moved {
            hosts: vec![
                host("a.example.com", cannot("a"), good("a"), good("a")),
                host(
                    "b.example.com",
                    cannot("b"),
                    good("b"),
                    Some(state("b", Some(false), "403"))
                ),
                host("c.example.com", cannot("c"), None, good("c")),
                host("d.example.com", good("d"), None, None),
                host("e.example.com", None, None, good("e")),
            ],
            sighted: vec!["aws_route53_zone.main".to_owned()],
            ..Moved::default()
        }));
    }

    #[test]
    fn secrets_stay_withheld_and_nothing_breaks_out_of_its_line() {
        let mut finding = changed();
        finding.changes[0].sensitive = true;
        finding.changes[0].live = json!(samples::SECRET);
        finding.resource.id = "a\u{1b}[2J\nCLEAN".to_owned();
        let hostile = samples::hostile();
        let text = written(&Moved {
            changed: vec![finding],
            hosts: hostile
                .hosts
                .iter()
                .map(|state| host(&state.host, None, Some(state.clone()), Some(state.clone())))
                .collect(),
            came: hostile.findings.clone(),
            resolved: hostile.findings.clone(),
            blind: vec![unread("a\u{1b}[2J\nCLEAN", Reason::AccessDenied, "\nCLEAN")],
            sighted: vec!["\u{1b}[2J\nCLEAN".to_owned()],
        });
        assert!(!text.contains(samples::SECRET) && !text.contains('\u{1b}'), "{text}");
        assert!(text.lines().all(|line| !line.starts_with("CLEAN")), "{text}");
    }
}
