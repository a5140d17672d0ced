//! Judging: what every finding is worth, and what the run comes to.

use jiff::civil::Date;

use super::circumstances::Circumstances;
use super::index::Index;
use super::scope::{ChangeScope, FindingScope};
use super::unused::Uses;
use super::{Rule, dates, sort, verdict};
use crate::compare::Comparison;
use crate::finding::{Change, Finding, Severity};
use crate::language::{Diagnostic, Diagnostics};
use crate::result::{Action, CheckResult, Decision, Judged, Run, Stats};

/// Judges what the comparison brought: decisions, severities, order, verdict. Allowances that nothing was found for are
/// findings of their own, if everything was checked.
///
/// # Errors
/// Conditions that cannot be evaluated: a run whose policy says nothing sensible is no run.
pub fn judge(comparison: Comparison, circumstances: &Circumstances, stats: Stats) -> Result<CheckResult, Diagnostics> {
    let mut unchecked = comparison.unchecked;
    unchecked.sort();
    unchecked.dedup();
    let complete = unchecked.is_empty() && comparison.counts.resources > 0;
    let mut judge = Judge::new(circumstances);
    let mut findings: Vec<Judged> = comparison
        .findings
        .into_iter()
        .map(|finding| judge.judged(finding))
        .collect();
    if complete {
        findings.extend(judge.unused());
    }
    let failed: Diagnostics = judge.failed.into_iter().collect();
    failed.into_result(())?;
    sort(&mut findings);
    Ok(CheckResult {
        run: Run {
            fail_on: Some(circumstances.fail_on),
            ..Run::default()
        },
        outcome: verdict(&findings, complete, circumstances.fail_on, circumstances.fail_on_new),
        complete,
        counts: comparison.counts,
        findings,
        resolved: Vec::new(),
        resources: comparison.resources,
        ignored: Vec::new(),
        unchecked,
        not_covered: comparison.not_covered,
        hosts: Vec::new(),
        doubts: Vec::new(),
        remarks: Vec::new(),
        past: Vec::new(),
        stats,
    })
}

/// What a rule says to a finding, or to one of its changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It is about this.
    Matched,
    /// It is about something else.
    DidNotMatch,
    /// Its condition rests on what is not known.
    Unknown,
    /// It would be about this, but its last day is over.
    Expired,
}

/// What one rule says.
///
/// # Errors
/// A condition that cannot be evaluated.
pub(super) fn answer(rule: &Rule, scope: &ChangeScope, today: Option<Date>) -> Result<Answer, Diagnostic> {
    Ok(match rule.when.is_true(scope)? {
        Some(true) if rule.is_over(today) => Answer::Expired,
        Some(true) => Answer::Matched,
        Some(false) => Answer::DidNotMatch,
        None => Answer::Unknown,
    })
}

/// What is decided where `rule` decides, or where none does.
pub(super) fn decision(rule: Option<&Rule>, default: Severity) -> Decision {
    Decision {
        severity: rule.and_then(|rule| rule.severity).unwrap_or(default),
        action: rule.map_or(Action::Fail, |rule| rule.action),
        by: rule.map(Rule::decided_by),
    }
}

/// The changes of a finding, or the finding itself if it has none.
pub(super) fn parts(finding: &Finding) -> Vec<Option<&Change>> {
    match finding.changes.is_empty() {
        true => vec![None],
        false => finding.changes.iter().map(Some).collect(),
    }
}

impl Circumstances<'_> {
    /// The severity of a part of a finding without a user's policy: the rule's own, or worse if some host suffers.
    pub(super) fn severity_of_part(&self, finding: &Finding, change: Option<&Change>) -> Severity {
        let told = finding.changes.iter().any(|change| change.at_least.is_some());
        let floor = match change {
            Some(change) if told => change.at_least,
            // What the finding does as a whole may come from any of its changes.
            _ => finding.at_least,
        };
        let of_rule = self.policy.severity_of(&finding.rule);
        floor.map_or(of_rule, |floor| floor.max(of_rule))
    }

    /// The severity of a whole finding without a user's policy.
    pub(super) fn default_severity(&self, finding: &Finding) -> Severity {
        let of_parts = parts(finding)
            .into_iter()
            .map(|part| self.severity_of_part(finding, part));
        of_parts.max().unwrap_or(Severity::High)
    }

    pub(super) fn today(&self) -> Option<Date> {
        dates::day_of(self.now)
    }
}

/// A judgement under way.
struct Judge<'a> {
    circumstances: &'a Circumstances<'a>,
    today: Option<Date>,
    index: Index,
    candidates: Vec<usize>,
    uses: Uses,
    failed: Vec<Diagnostic>,
}

impl<'a> Judge<'a> {
    fn new(circumstances: &'a Circumstances<'a>) -> Judge<'a> {
        let rules = &circumstances.policy.rules;
        Judge {
            circumstances,
            today: circumstances.today(),
            index: Index::new(rules),
            candidates: Vec::new(),
            uses: Uses::new(rules.len()),
            failed: Vec::new(),
        }
    }

    fn judged(&mut self, finding: Finding) -> Judged {
        let (mut decisions, mut notes) = (Vec::new(), Vec::new());
        let scope = FindingScope::new(&finding, self.circumstances);
        for part in parts(&finding) {
            let by = self.first(&scope.of(part), &mut notes);
            let default = self.circumstances.severity_of_part(&finding, part);
            decisions.push(decision(by, default));
        }
        drop(scope);
        let age = (self.circumstances.ages)(&finding);
        summed_up(finding, decisions, notes, age)
    }

    /// The first rule that matches.
    fn first(&mut self, scope: &ChangeScope, notes: &mut Vec<String>) -> Option<&'a Rule> {
        let rules = &self.circumstances.policy.rules;
        self.index.candidates(scope, &mut self.candidates);
        for at in &self.candidates {
            let rule = &rules[*at];
            let note = match answer(rule, scope, self.today) {
                Ok(Answer::DidNotMatch) => continue,
                Ok(Answer::Matched) => {
                    self.uses.note(*at);
                    return Some(rule);
                }
                Ok(Answer::Unknown) => format!(
                    "whether the {} applies cannot be told: its condition rests on what is not known",
                    rule.described()
                ),
                Ok(Answer::Expired) => {
                    let until = rule.until.map(|day| day.to_string()).unwrap_or_default();
                    format!("the {} expired on {until}", rule.described())
                }
                Err(failed) => {
                    self.failed.push(failed);
                    return None;
                }
            };
            self.uses.note(*at);
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        None
    }

    /// Findings about allowances of no use, judged as any other.
    fn unused(&mut self) -> Vec<Judged> {
        let circumstances = self.circumstances;
        let unused = self.uses.unused(circumstances);
        let rules = &circumstances.policy.rules;
        let judged: Vec<(usize, Judged)> = unused
            .into_iter()
            .map(|at| (at, self.judged(super::unused::finding(&rules[at]))))
            .collect();
        // One that allows such a finding about another is of use.
        let of_use = |at: usize| {
            judged.iter().any(|(about, one)| {
                let by = one.decided_by();
                *about != at && by.iter().any(|by| by.rule == rules[at].name)
            })
        };
        let kept: Vec<bool> = judged.iter().map(|(at, _)| !of_use(*at)).collect();
        let all = judged.into_iter().zip(kept);
        all.filter_map(|((_, one), kept)| kept.then_some(one)).collect()
    }
}

/// A finding with what was decided about its parts: the worst of what is not allowed counts, and only where all is
/// allowed the whole is.
fn summed_up(
    finding: Finding,
    decisions: Vec<Decision>,
    notes: Vec<String>,
    age: Option<crate::result::Age>,
) -> Judged {
    let open = || decisions.iter().filter(|one| one.action != Action::Allow);
    let severity = open().map(|one| one.severity).max();
    let worst = || decisions.iter().map(|one| one.severity).max();
    Judged {
        severity: severity.or_else(worst).unwrap_or(Severity::High),
        action: decisions.iter().map(|one| one.action).max().unwrap_or_default(),
        finding,
        decisions,
        notes,
        age,
    }
}
