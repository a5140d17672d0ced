//! The findings, worst first: the table, or what there is room for in its place.

use std::collections::BTreeMap;

use super::fold::folded;
use super::inline::{code, count, prose};
use super::page::Page;
use super::{Rung, SHORT, details};
use crate::finding::Severity;
use crate::report::incident::subject;
use crate::result::{Action, CheckResult, Judged};

/// Bytes kept for what follows the groups: every part after them has a bounded number of lines by then.
const RESERVE: usize = 12_000;
/// Bytes of the addresses of one group.
const ADDRESSES: usize = 400;

/// Writes everything that no policy allows.
pub(super) fn write(page: &mut Page, result: &CheckResult, rung: Rung) {
    let mut findings: Vec<&Judged> = result.findings.iter().filter(|judged| !judged.is_allowed()).collect();
    if findings.is_empty() {
        return;
    }
    findings.sort_by_key(|judged| std::cmp::Reverse(judged.severity));
    page.heading(&count(findings.len(), "finding"));
    match rung {
        Rung::Everything | Rung::ShortLists | Rung::NoDiffs => {
            table(page, &findings);
            details::write(page, &findings, rung != Rung::NoDiffs);
        }
        Rung::NoDetails => table(page, &findings),
        Rung::Lines => lines(page, &findings),
        Rung::Groups => groups(page, &findings),
    }
}

fn table(page: &mut Page, findings: &[&Judged]) {
    let has_place = findings.iter().any(|judged| judged.finding.place.is_some());
    let has_age = findings.iter().any(|judged| judged.age.is_some());
    let mut columns = vec!["Severity", "Resource", "Finding", "Rule"];
    if has_place {
        columns.push("Where");
    }
    if has_age {
        columns.push("Since");
    }
    page.table(&columns);
    for judged in findings {
        if page.is_over() {
            return;
        }
        let finding = &judged.finding;
        let mut row = vec![
            severity(judged),
            code(&subject(judged), SHORT),
            prose(&finding.title, SHORT),
            code(&finding.rule, SHORT),
        ];
        if has_place {
            let place = finding.place.as_ref().map(|place| code(&place.to_string(), SHORT));
            row.push(place.unwrap_or_default());
        }
        if has_age {
            row.push(age(judged).unwrap_or_default());
        }
        page.row(&row);
    }
}

/// The severity, and whether it is only a warning.
pub(super) fn severity(judged: &Judged) -> String {
    match judged.action {
        Action::Warn => format!("{} (warns)", judged.severity),
        Action::Allow | Action::Fail => judged.severity.to_string(),
    }
}

/// Since when it is found, where that is known.
pub(super) fn age(judged: &Judged) -> Option<String> {
    let age = judged.age.as_ref()?;
    Some(if age.new {
        "new".to_owned()
    } else {
        code(&age.first_seen, 40)
    })
}

fn lines(page: &mut Page, findings: &[&Judged]) {
    for judged in findings {
        if page.is_over() {
            return;
        }
        let (subject, rule) = (code(&subject(judged), 200), code(&judged.finding.rule, 100));
        page.line(&format!("- {} {subject} {rule}", judged.severity));
    }
}

fn groups(page: &mut Page, findings: &[&Judged]) {
    let mut groups: BTreeMap<(std::cmp::Reverse<Severity>, &str), Vec<&Judged>> = BTreeMap::new();
    for judged in findings {
        groups
            .entry((std::cmp::Reverse(judged.severity), &judged.finding.rule))
            .or_default()
            .push(judged);
    }
    let (mut left, mut left_groups) = (0, 0);
    for ((severity, rule), group) in &groups {
        // What no state holds has an id each; its type says more in few words.
        let subjects = group.iter().map(|judged| match &judged.finding.address {
            Some(address) => address.as_str(),
            None => judged.finding.resource.terraform_type.as_str(),
        });
        let line = format!(
            "- {} {}: {}: {}",
            severity.0,
            code(rule, 100),
            count(group.len(), "finding"),
            folded(subjects, ADDRESSES)
        );
        if left_groups > 0 || line.len() > page.room(RESERVE) {
            left += group.len();
            left_groups += 1;
            continue;
        }
        page.line(&line);
    }
    if left > 0 {
        page.line(&format!("- {} of {left_groups} more groups", count(left, "finding")));
    }
}
