//! What there is to say beside the findings: each a list where there is room, counted where there is not.

use std::collections::{BTreeMap, HashMap};

use super::fold::folded;
use super::inline::{code, codes, count, decided, prose};
use super::page::Page;
use super::{LONG, Rung, SHORT};
use crate::finding::Severity;
use crate::report::incident::subject;
use crate::result::{CheckResult, Judged};

/// Entries of a list that is grouped.
const MOST: usize = 12;
/// Bytes of the addresses of one group.
const ADDRESSES: usize = 300;

/// Not closed: what could not be checked is never beside the point.
pub(super) fn unchecked(page: &mut Page, result: &CheckResult, rung: Rung) {
    if result.unchecked.is_empty() {
        return;
    }
    let mut causes: Vec<(&str, &str, Vec<&str>)> = Vec::new();
    let mut places = HashMap::new();
    for one in &result.unchecked {
        let at = *places.entry((one.reason, one.detail.as_str())).or_insert(causes.len());
        match causes.get_mut(at) {
            Some((_, _, addresses)) => addresses.push(&one.address),
            None => causes.push((one.reason.name(), &one.detail, vec![&one.address])),
        }
    }
    page.heading(&format!("Could not check {}", count(result.unchecked.len(), "thing")));
    match rung {
        Rung::Everything => {
            for (reason, detail, addresses) in causes {
                if page.is_over() {
                    return;
                }
                page.line(&format!("- **{reason}**: {}", prose(detail, LONG)));
                for address in addresses {
                    page.line(&format!("  - {}", code(address, SHORT)));
                }
            }
        }
        Rung::Groups => {
            let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
            for (reason, _, addresses) in causes {
                *reasons.entry(reason).or_default() += addresses.len();
            }
            for (reason, number) in reasons {
                page.line(&format!("- **{reason}**: {number}"));
            }
        }
        _ => {
            causes.sort_by_key(|(_, _, addresses)| std::cmp::Reverse(addresses.len()));
            for (reason, detail, addresses) in causes.iter().take(MOST) {
                let (number, named) = (addresses.len(), folded(addresses.iter().copied(), ADDRESSES));
                page.line(&format!("- **{reason}** ({number}): {named}: {}", prose(detail, SHORT)));
            }
            let left: usize = causes.iter().skip(MOST).map(|(_, _, addresses)| addresses.len()).sum();
            if left > 0 {
                page.line(&format!("- and {left} more"));
            }
        }
    }
}

pub(super) fn allowed(page: &mut Page, result: &CheckResult, rung: Rung) {
    let allowed: Vec<&Judged> = result.findings.iter().filter(|judged| judged.is_allowed()).collect();
    if allowed.is_empty() {
        return;
    }
    let by = |judged: &Judged| {
        let rules: Vec<String> = judged.decided_by().into_iter().map(decided).collect();
        if rules.is_empty() {
            "a policy".to_owned()
        } else {
            rules.join("; ")
        }
    };
    let summary = format!("{} allowed", count(allowed.len(), "finding"));
    if rung == Rung::Groups {
        return page.paragraph(&format!("{summary}."));
    }
    page.folded(&summary, |page| {
        if rung == Rung::Everything {
            for judged in &allowed {
                if page.is_over() {
                    return;
                }
                page.line(&format!(
                    "- {} {}: {} ({}), by {}",
                    judged.severity,
                    code(&subject(judged), SHORT),
                    prose(&judged.finding.title, SHORT),
                    code(&judged.finding.rule, SHORT),
                    by(judged)
                ));
            }
            return;
        }
        let mut rules: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for judged in &allowed {
            rules.entry(by(judged)).or_default().push(subject(judged));
        }
        for (rule, subjects) in rules.iter().take(MOST) {
            let named = folded(subjects.iter().map(String::as_str), ADDRESSES);
            page.line(&format!("- {} by {rule}: {named}", subjects.len()));
        }
        let left: usize = rules.values().skip(MOST).map(Vec::len).sum();
        if left > 0 {
            page.line(&format!("- {left} by other rules"));
        }
    });
}

pub(super) fn ignored(page: &mut Page, result: &CheckResult, rung: Rung) {
    let lines = result.ignored.iter().map(|one| {
        let (address, path) = (code(&one.address, SHORT), code(&one.path, SHORT));
        format!("{address} {path}: {}", prose(&one.by, SHORT))
    });
    let summary = format!("{} ignored by configuration", count(result.ignored.len(), "difference"));
    list(page, &summary, lines, rung);
}

pub(super) fn resolved(page: &mut Page, result: &CheckResult, rung: Rung) {
    let summary = format!("{} resolved", count(result.resolved.len(), "finding"));
    if rung != Rung::Everything && !result.resolved.is_empty() {
        let of = |severity: Severity| result.resolved.iter().filter(move |one| one.severity == severity);
        let counts: Vec<String> = Severity::WORST_FIRST
            .into_iter()
            .filter(|severity| of(*severity).next().is_some())
            .map(|severity| format!("{} {severity}", of(severity).count()))
            .collect();
        return page.paragraph(&format!("{summary} ({}).", counts.join(", ")));
    }
    let lines = result.resolved.iter().map(|one| {
        format!(
            "{} {}: {} ({}, first seen {})",
            one.severity,
            code(&one.subject, SHORT),
            prose(&one.title, SHORT),
            code(&one.rule, SHORT),
            code(&one.first_seen, 40)
        )
    });
    list(page, &summary, lines, rung);
}

pub(super) fn doubts(page: &mut Page, result: &CheckResult, rung: Rung) {
    let lines = result.doubts.iter().map(|one| {
        let (host, station) = (code(&one.host, SHORT), code(&one.station, SHORT));
        format!("{host}, {station}: {}", prose(&one.why, SHORT))
    });
    let summary = format!("{} not provable", count(result.doubts.len(), "thing"));
    list(page, &summary, lines, rung);
}

pub(super) fn remarks(page: &mut Page, result: &CheckResult, rung: Rung) {
    let lines = result.remarks.iter().map(|remark| prose(remark, LONG));
    list(page, &count(result.remarks.len(), "remark"), lines, rung);
}

pub(super) fn not_covered(page: &mut Page, result: &CheckResult, rung: Rung) {
    let counts = &result.counts;
    let number: usize = result.not_covered.values().sum();
    let types = result
        .not_covered
        .iter()
        .map(|(name, number)| format!("{}: {number}", code(name, SHORT)));
    let deposed = (counts.deposed > 0).then(|| {
        let objects = count(counts.deposed, "deposed object");
        format!("{objects}, for Terraform to delete")
    });
    let other =
        (counts.other > 0).then(|| format!("{} of other services and providers", count(counts.other, "resource")));
    let lines: Vec<String> = types.chain(deposed).chain(other).collect();
    let summary = format!("{} not covered", count(number + counts.deposed + counts.other, "thing"));
    list(page, &summary, lines.into_iter(), rung);
}

/// Which run this is and what it cost.
pub(super) fn run(page: &mut Page, result: &CheckResult, rung: Rung) {
    let run = &result.run;
    let mut parts = Vec::new();
    if !run.started_at.is_empty() {
        parts.push(format!("Run {}", code(&run.started_at, 40)));
    }
    match (run.accounts.as_slice(), &run.account) {
        ([], Some(account)) => parts.push(format!("account {}", code(account, SHORT))),
        ([], None) => {}
        (several, _) => parts.push(format!("accounts {}", codes(several.iter().map(String::as_str), 5))),
    }
    if !run.states.is_empty() {
        parts.push(format!("state {}", codes(run.states.iter().map(String::as_str), 5)));
    }
    parts.extend(
        run.against
            .as_ref()
            .map(|against| format!("against {}", code(against, SHORT))),
    );
    parts.extend(run.fail_on.map(|level| format!("fails on {level}")));
    if !parts.is_empty() {
        page.paragraph(&format!("{}.", parts.join(", ")));
    }
    let calls = result
        .stats
        .calls
        .iter()
        .map(|(operation, number)| format!("{}: {number}", code(operation, SHORT)));
    let millis = result.stats.duration.as_millis();
    let summary = format!("Cost: {} in {millis} ms", count_calls(result.stats.api_calls()));
    list(page, &summary, calls, rung);
}

fn count_calls(number: u64) -> String {
    format!("{number} API call{}", if number == 1 { "" } else { "s" })
}

/// A closed list; its number alone on the last rung. Silent where it is empty.
fn list(page: &mut Page, summary: &str, lines: impl ExactSizeIterator<Item = String>, rung: Rung) {
    if lines.len() == 0 {
        return;
    }
    let most = match rung {
        Rung::Everything => usize::MAX,
        Rung::Groups => return page.paragraph(&format!("{summary}.")),
        _ => MOST,
    };
    let more = lines.len().saturating_sub(most);
    page.folded(summary, |page| {
        for line in lines.take(most) {
            if page.is_over() {
                return;
            }
            page.line(&format!("- {line}"));
        }
        if more > 0 {
            page.line(&format!("- and {more} more"));
        }
    });
}
