//! The report for people: what differs, by affected host and worst first, what to do about it, and a verdict in one line
//! at the end.

mod beside;
mod changes;
pub(super) mod diff;
mod groups;
mod page;
pub(super) mod value;
mod verdict;

use std::io::{self, Write};

use anstyle::Style;

use super::incident::{self, Purpose};
use super::{Options, escape, prose, reason};
use crate::finding::{Category, Severity, Unchecked};
use crate::inventory::Reason;
use crate::place::Place;
use crate::result::{Action, Age, CheckResult, Decision, Judged};
use groups::{Group, Section, sections, subject};
use page::{Page, style};

pub(super) use changes::plain as plain_diff;
pub use verdict::headline;
pub(super) use verdict::{cost, count};

/// Writes the whole report.
pub(super) fn render(result: &CheckResult, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(*options);
    findings(&mut page, result);
    beside::allowed(&mut page, result);
    beside::ignored(&mut page, result);
    beside::resolved(&mut page, result);
    unchecked(&mut page, result);
    hosts(&mut page, result);
    not_covered(&mut page, result);
    page.blank();
    verdict::write(&mut page, result);
    out.write_all(page.into_text().as_bytes())
}

/// Hosts that are named in a heading.
const MOST_HOSTS: usize = 8;
/// Things to do that are named for a resource.
const MOST_STEPS: usize = 2;

fn findings(page: &mut Page, result: &CheckResult) {
    let sections = sections(result);
    let all = sections.iter().flat_map(|section| &section.groups);
    let shown = all.flat_map(|group| group.findings.iter().map(|judged| &judged.finding));
    if let Some(expectation) = prose::expectation(shown) {
        let (minus, plus) = (
            page.paint(style::REMOVED, &format!("- {expectation}")),
            page.paint(style::ADDED, "+ live AWS"),
        );
        page.line(0, &format!("{minus}   {plus}"));
    }
    let by_host = sections.iter().any(|section| !section.hosts.is_empty());
    for section in &sections {
        if by_host {
            page.blank();
            page.wrapped(0, style::BOLD, &format!("== {} ==", title(section)));
        }
        for group in &section.groups {
            page.blank();
            heading(page, group);
            let several = group.findings.len() > 1;
            for (at, judged) in group.findings.iter().enumerate() {
                if at > 0 {
                    page.blank();
                }
                finding(page, judged, group, section, several);
            }
            next(page, group);
        }
    }
}

fn title(section: &Section<'_>) -> String {
    if section.hosts.is_empty() {
        return "Elsewhere".to_owned();
    }
    let named: Vec<String> = section
        .hosts
        .iter()
        .take(MOST_HOSTS)
        .map(|host| escape::text(host))
        .collect();
    let more = match section.hosts.len().saturating_sub(MOST_HOSTS) {
        0 => String::new(),
        more => format!(" and {}", verdict::count(more, "more host")),
    };
    format!("On the path of {}{more}", named.join(", "))
}

/// What to do about a resource: the command that shows more, and the one that puts things right.
fn next(page: &mut Page, group: &Group<'_>) {
    let mut steps = Vec::new();
    let all = || group.findings.iter().flat_map(|judged| incident::advice(judged));
    for purpose in [Purpose::Look, Purpose::Mend] {
        if let Some(step) = all().find(|step| step.purpose == purpose) {
            steps.push(step);
        }
    }
    for step in steps.into_iter().take(MOST_STEPS) {
        let command = step.command.as_deref().map(escape::text);
        page.step(2, style::DIM, &escape::text(&step.say), command.as_deref());
    }
}

/// `high  module.site["prod"].aws_s3_bucket.this` and, dimmed, where to find it in AWS.
fn heading(page: &mut Page, group: &Group<'_>) {
    let resource = &group.first().finding.resource;
    let severity = group.worst();
    let (name, id) = match &group.first().finding.address {
        Some(address) => (escape::text(address), Some(&resource.id)),
        None => (
            format!(
                "{} {}",
                escape::text(&resource.terraform_type),
                escape::text(&resource.id)
            ),
            None,
        ),
    };
    let label = page.paint(style::of(severity), severity.name());
    let name = page.paint(
        if severity == Severity::Info {
            style::DIM
        } else {
            style::BOLD
        },
        &name,
    );
    page.line(0, &format!("{label}  {name}"));

    let mut place = Vec::new();
    place.extend(id.filter(|id| !id.is_empty()).map(|id| escape::text(id)));
    place.extend(
        resource
            .account
            .as_ref()
            .map(|account| format!("account {}", escape::text(account))),
    );
    place.extend(resource.region.as_ref().map(|region| escape::text(region)));
    place.extend(written_at(group).map(|place| format!("at {}", escape::text(&place.to_string()))));
    if !place.is_empty() {
        page.wrapped(2, style::DIM, &place.join(", "));
    }
}

/// Where the resource is written down.
fn written_at<'a>(group: &Group<'a>) -> Option<&'a Place> {
    group.findings.iter().find_map(|judged| judged.finding.place.as_ref())
}

fn finding(page: &mut Page, judged: &Judged, group: &Group<'_>, section: &Section<'_>, several: bool) {
    let finding = &judged.finding;
    let plain = if judged.severity == Severity::Info {
        style::DIM
    } else {
        Style::new()
    };
    let label = several.then(|| (style::of(judged.severity), format!("{}:", judged.severity)));
    let mut remark = format!("[{}]", escape::text(&finding.rule));
    if let Some(place) = finding.place.as_ref().filter(|place| Some(*place) != written_at(group)) {
        remark.push_str(&format!(" at {}", escape::text(&place.to_string())));
    }
    remark.extend(judged.age.as_ref().map(|age| format!(" {}", since(age))));
    page.sentence(
        2,
        label,
        (plain, &escape::text(&finding.title)),
        Some((style::DIM, remark)),
    );
    let told = section.hosts.len() <= MOST_HOSTS && finding.impact == section.hosts;
    if !told && !finding.impact.is_empty() {
        let hosts = escape::text(&finding.impact.join(", "));
        page.wrapped(2, plain, &format!("on the path of {hosts}"));
    }
    if !finding.detail.is_empty() {
        page.wrapped(2, plain, &escape::text(&finding.detail));
    }
    for note in &judged.notes {
        page.wrapped(2, style::DIM, &format!("note: {}", escape::text(note)));
    }
    let manner = changes::Manner {
        dim: judged.severity == Severity::Info,
        live_only: finding.category == Category::Unmanaged,
    };
    for (at, change) in finding.changes.iter().enumerate() {
        changes::write(page, change, manner);
        decided(page, changes::VALUE_INDENT, judged.decisions.get(at));
    }
    if finding.changes.is_empty() {
        decided(page, 2, judged.decisions.first());
    }
}

/// `new`, or `since 2026-03-11`.
fn since(age: &Age) -> String {
    if age.new {
        return "new".to_owned();
    }
    format!("since {}", day(&age.first_seen))
}

/// The day of a time.
fn day(at: &str) -> String {
    escape::text(at.split('T').next().unwrap_or_default())
}

/// What a policy decided about this part.
fn decided(page: &mut Page, indent: usize, decision: Option<&Decision>) {
    let Some((decision, by)) = decision.and_then(|decision| Some((decision, decision.by.as_ref()?))) else {
        return;
    };
    let what = match decision.action {
        Action::Allow => "allowed".to_owned(),
        Action::Warn => "only warned of".to_owned(),
        Action::Fail => format!("{} by policy", decision.severity),
    };
    page.wrapped(
        indent,
        style::DIM,
        &format!("{what}: {}", escape::text(&reason::of(by))),
    );
}

/// Resources that share a cause stand together, the cause once beneath them.
fn unchecked(page: &mut Page, result: &CheckResult) {
    if result.unchecked.is_empty() {
        return;
    }
    page.blank();
    page.styled(0, style::WARNING, "Could not check");
    let mut places = std::collections::HashMap::new();
    let mut causes: Vec<(Reason, &str, Vec<&Unchecked>)> = Vec::new();
    for unchecked in &result.unchecked {
        let place = *places
            .entry((unchecked.reason, unchecked.detail.as_str()))
            .or_insert(causes.len());
        match causes.get_mut(place) {
            Some((_, _, same)) => same.push(unchecked),
            None => causes.push((unchecked.reason, &unchecked.detail, vec![unchecked])),
        }
    }
    for (reason, detail, same) in causes {
        for unchecked in same {
            page.line(2, &escape::text(&unchecked.address));
        }
        let label = Some((style::WARNING, format!("{}:", reason.name())));
        page.sentence(4, label, (style::DIM, &escape::text(detail)), None);
    }
}

/// What visitors of each host get, and what about them could not be proven. Silent where every host is served beyond
/// doubt.
fn hosts(page: &mut Page, result: &CheckResult) {
    if result.hosts.iter().any(|host| host.served == Some(false)) {
        page.blank();
        page.styled(0, style::BOLD, "What visitors get");
        for host in &result.hosts {
            let (style, mark) = match host.served {
                Some(true) => (style::ADDED, "ok"),
                Some(false) => (style::of(Severity::Critical), "broken"),
                None => (style::WARNING, "unknown"),
            };
            let (name, visitor) = (escape::text(&host.host), escape::text(&host.visitor));
            page.entry(2, (style, &format!("{mark:7}")), &name, &visitor);
        }
    }
    if !result.doubts.is_empty() {
        page.blank();
        page.styled(0, style::BOLD, "Not provable");
        for doubt in &result.doubts {
            let text = format!("{}: {}: {}", doubt.host, doubt.station, doubt.why);
            page.wrapped(2, style::DIM, &escape::text(&text));
        }
    }
    if !result.remarks.is_empty() {
        page.blank();
        page.styled(0, style::BOLD, "Remarks");
        for remark in &result.remarks {
            page.wrapped(2, style::DIM, &escape::text(remark));
        }
    }
}

fn not_covered(page: &mut Page, result: &CheckResult) {
    let counts = &result.counts;
    if result.not_covered.is_empty() && counts.deposed == 0 && counts.other == 0 {
        return;
    }
    page.blank();
    page.styled(0, style::BOLD, "Not covered");
    let types: Vec<_> = result
        .not_covered
        .iter()
        .map(|(name, count)| (escape::text(name), count))
        .collect();
    let column = types.iter().map(|(name, _)| page::columns(name)).max().unwrap_or(0);
    for (name, count) in types {
        let gap = column - page::columns(&name);
        page.line(2, &format!("{name}{:gap$}  {count}", ""));
    }
    if counts.deposed > 0 {
        let (deposed, they) = (
            verdict::count(counts.deposed, "deposed object"),
            if counts.deposed == 1 { "it" } else { "them" },
        );
        let waits = if counts.deposed == 1 { "waits" } else { "wait" };
        page.wrapped(
            2,
            style::DIM,
            &format!("{deposed} that {waits} for Terraform to delete {they}"),
        );
    }
    if counts.other > 0 {
        let others = verdict::count(counts.other, "resource");
        page.wrapped(2, style::DIM, &format!("{others} of other services and providers"));
    }
}

#[cfg(test)]
mod tests;
