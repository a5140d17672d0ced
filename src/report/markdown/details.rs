//! All that is known of each finding, closed until somebody opens it.

use super::findings::{age, severity};
use super::inline::{code, codes, decided, fenced, html, html_code, prose};
use super::page::Page;
use super::story::step;
use super::{LONG, SHORT};
use crate::finding::{Category, Change};
use crate::report::human::plain_diff;
use crate::report::incident::{advice, subject, values};
use crate::report::prose::{cut, expectation};
use crate::result::{Action, Decision, Judged};

/// Bytes of one line of a diff.
const LONGEST_LINE: usize = 2_000;

/// Writes a folded part per finding, with diffs or with the names of what changed.
pub(super) fn write(page: &mut Page, findings: &[&Judged], diffs: bool) {
    page.heading("Details");
    if let Some(expectation) = expectation(findings.iter().map(|judged| &judged.finding)).filter(|_| diffs) {
        page.line(&format!(
            "In diffs, `-` is what the {expectation} says and `+` what is live in AWS."
        ));
    }
    for judged in findings {
        if page.is_over() {
            return;
        }
        let summary = format!(
            "<b>{}</b> {}: {}",
            severity(judged),
            html_code(&subject(judged), SHORT),
            html(&judged.finding.title, SHORT)
        );
        page.folded(&summary, |page| finding(page, judged, diffs));
    }
}

fn finding(page: &mut Page, judged: &Judged, diffs: bool) {
    let finding = &judged.finding;
    if !finding.impact.is_empty() {
        let hosts = codes(finding.impact.iter().map(String::as_str), 50);
        page.paragraph(&format!("On the path of {hosts}."));
    }
    if !finding.detail.is_empty() {
        page.paragraph(&prose(&finding.detail, LONG));
    }
    for note in &judged.notes {
        page.paragraph(&format!("Note: {}", prose(note, LONG)));
    }
    let live_only = finding.category == Category::Unmanaged;
    for (at, change) in finding.changes.iter().enumerate() {
        if page.is_over() {
            return;
        }
        let decision = judged.decisions.get(at).filter(|_| !judged.is_allowed());
        show(page, change, decision, live_only, diffs);
    }
    if finding.changes.is_empty() {
        for by in judged.decided_by() {
            page.paragraph(&format!("Decided by {}.", decided(by)));
        }
    }
    let steps = advice(judged);
    if !steps.is_empty() {
        page.paragraph("Next:");
        page.blank();
        for advice in steps {
            page.line(&format!("- {}", step(&advice)));
        }
    }
    page.paragraph(&origin(judged));
}

/// One attribute that differs.
fn show(page: &mut Page, change: &Change, decision: Option<&Decision>, live_only: bool, diffs: bool) {
    let path = code(&change.path, LONG);
    let by = decision.and_then(|decision| decision.by.as_ref().map(|by| (decision.action, by)));
    let judgement = match by {
        Some((Action::Allow, by)) => format!(", allowed by {}", decided(by)),
        Some((Action::Warn | Action::Fail, by)) => format!(", decided by {}", decided(by)),
        None => String::new(),
    };
    if diffs {
        page.paragraph(&format!("{path}{judgement}"));
        page.blank();
        let lines: Vec<String> = plain_diff(change, live_only)
            .iter()
            .map(|line| cut(line, LONGEST_LINE).into_owned())
            .collect();
        page.line(&fenced("diff", &lines));
    } else {
        let values = match values(change, 60) {
            Some((expected, live)) => format!(": {} → {}", code(&expected, SHORT), code(&live, SHORT)),
            None => " differs".to_owned(),
        };
        page.paragraph(&format!("{path}{values}{judgement}"));
    }
    if let Some(note) = &change.note {
        page.paragraph(&format!("Note: {}", prose(note, LONG)));
    }
}

/// Where it is, in AWS and in the repository.
fn origin(judged: &Judged) -> String {
    let finding = &judged.finding;
    let resource = &finding.resource;
    let mut parts = vec![format!("Rule {}", code(&finding.rule, SHORT))];
    if !resource.id.is_empty() {
        parts.push(format!(
            "{} {}",
            code(&resource.terraform_type, SHORT),
            code(&resource.id, SHORT)
        ));
    }
    parts.extend(
        resource
            .account
            .as_ref()
            .map(|account| format!("account {}", code(account, SHORT))),
    );
    parts.extend(resource.region.as_ref().map(|region| code(region, SHORT)));
    parts.extend(
        finding
            .state
            .as_ref()
            .map(|state| format!("state {}", code(state, SHORT))),
    );
    parts.extend(finding.place.as_ref().map(|place| code(&place.to_string(), SHORT)));
    parts.extend(age(judged).map(|age| if age == "new" { age } else { format!("since {age}") }));
    parts.push(format!("id `{}`", finding.id()));
    parts.join(", ")
}
