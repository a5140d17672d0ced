//! The report for people: what differs, worst first, and a verdict in one line at the end.

mod changes;
pub(super) mod diff;
mod page;
pub(super) mod value;
mod verdict;

use std::io::{self, Write};

use anstyle::Style;

use super::{Options, escape};
use crate::finding::{Category, Severity, Unchecked};
use crate::inventory::Reason;
use crate::result::{CheckResult, Judged};
use page::{Page, style};

pub(super) use changes::plain as plain_diff;
pub use verdict::headline;
pub(super) use verdict::{cost, count};

/// Writes the whole report.
pub(super) fn render(result: &CheckResult, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut page = Page::new(*options);
    findings(&mut page, result);
    allowed(&mut page, result);
    unchecked(&mut page, result);
    hosts(&mut page, result);
    not_covered(&mut page, result);
    page.blank();
    verdict::write(&mut page, result);
    out.write_all(page.into_text().as_bytes())
}

/// Everything that is said of one resource.
struct Group<'a> {
    /// Worst first; never empty.
    findings: Vec<&'a Judged>,
}

impl<'a> Group<'a> {
    fn worst(&self) -> Severity {
        self.findings
            .iter()
            .map(|judged| judged.severity)
            .max()
            .unwrap_or(Severity::Info)
    }

    fn first(&self) -> &'a Judged {
        self.findings[0]
    }
}

/// What makes two findings speak of the same resource.
fn subject(judged: &Judged) -> (&str, &str) {
    let finding = &judged.finding;
    match &finding.address {
        Some(address) => (address, ""),
        None => (&finding.resource.terraform_type, &finding.resource.id),
    }
}

/// Findings that nothing suppresses, by resource, worst first; within one severity in the result's order.
fn groups(result: &CheckResult) -> Vec<Group<'_>> {
    let mut places = std::collections::HashMap::new();
    let mut groups: Vec<Group<'_>> = Vec::new();
    for judged in result.findings.iter().filter(|judged| !judged.is_allowed()) {
        let place = *places.entry(subject(judged)).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.findings.push(judged),
            None => groups.push(Group { findings: vec![judged] }),
        }
    }
    for group in &mut groups {
        group.findings.sort_by_key(|judged| std::cmp::Reverse(judged.severity));
    }
    groups.sort_by_key(|group| std::cmp::Reverse(group.worst()));
    groups
}

fn findings(page: &mut Page, result: &CheckResult) {
    let groups = groups(result);
    if groups
        .iter()
        .any(|group| group.findings.iter().any(|judged| !judged.finding.changes.is_empty()))
    {
        let (minus, plus) = (
            page.paint(style::REMOVED, "- Terraform state"),
            page.paint(style::ADDED, "+ live AWS"),
        );
        page.line(0, &format!("{minus}   {plus}"));
    }
    for group in &groups {
        page.blank();
        heading(page, group);
        let several = group.findings.len() > 1;
        for (at, judged) in group.findings.iter().enumerate() {
            if at > 0 {
                page.blank();
            }
            finding(page, judged, several);
        }
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
    if !place.is_empty() {
        page.wrapped(2, style::DIM, &place.join(", "));
    }
}

fn finding(page: &mut Page, judged: &Judged, several: bool) {
    let finding = &judged.finding;
    let plain = if judged.severity == Severity::Info {
        style::DIM
    } else {
        Style::new()
    };
    let label = several.then(|| (style::of(judged.severity), format!("{}:", judged.severity)));
    let rule = (style::DIM, format!("[{}]", escape::text(&finding.rule)));
    page.sentence(2, label, (plain, &escape::text(&finding.title)), Some(rule));
    if !finding.impact.is_empty() {
        page.wrapped(
            2,
            plain,
            &format!("on the path of {}", escape::text(&finding.impact.join(", "))),
        );
    }
    if !finding.detail.is_empty() {
        page.wrapped(2, plain, &escape::text(&finding.detail));
    }
    let manner = changes::Manner {
        dim: judged.severity == Severity::Info,
        live_only: finding.category == Category::Unmanaged,
    };
    for change in &finding.changes {
        changes::write(page, change, manner);
    }
}

/// One line: how many a policy allows, and the reasons given.
fn allowed(page: &mut Page, result: &CheckResult) {
    let allowed: Vec<_> = result.findings.iter().filter(|judged| judged.is_allowed()).collect();
    if allowed.is_empty() {
        return;
    }
    let mut reasons: Vec<String> = Vec::new();
    for by in allowed.iter().flat_map(|judged| judged.decided_by()) {
        let reason = match &by.reason {
            Some(reason) => format!("{} ({})", escape::text(reason), escape::text(&by.to_string())),
            None => escape::text(&by.to_string()),
        };
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    page.blank();
    let count = verdict::count(allowed.len(), "finding");
    page.wrapped(0, style::DIM, &format!("{count} allowed: {}", reasons.join("; ")));
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
            let name = (Style::new(), escape::text(&format!("{}  {}", host.host, host.visitor)));
            page.sentence(2, Some((style, format!("{mark:7}"))), (name.0, &name.1), None);
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
