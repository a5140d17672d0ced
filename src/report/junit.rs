//! The result as JUnit XML, which most CI systems show as a test report.
//!
//! A suite per state with a case per resource, and one suite for what no state holds. A case fails where a finding
//! fails the run, is an error where the resource could not be checked, is skipped where a policy allows what was found,
//! and passes otherwise, with what was found and does not fail as its output. A drifted run has a failure, an
//! incomplete one an error, a clean one neither, whatever else the file holds.

mod cases;

use std::collections::HashMap;
use std::io::{self, Write};

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite, XmlString};

use super::{Options, delta, escape, reason};
use crate::finding::{Finding, Severity, Unchecked};
use crate::place::Place;
use crate::result::{CheckResult, Judged, Outcome};
use cases::{Case, Cases};

/// The suite of what no state holds.
const BEYOND: &str = "beyond the states";
/// Characters of a value.
const LONGEST_VALUE: usize = 2_000;

/// Writes the report, indented.
pub(super) fn render(result: &CheckResult, _: &Options, out: &mut dyn Write) -> io::Result<()> {
    let mut xml = Vec::new();
    report(result).serialize(&mut xml).map_err(io::Error::other)?;
    out.write_all(&xml)
}

fn report(result: &CheckResult) -> Report {
    let verdict = Verdict {
        drifted: result.outcome == Outcome::Drift,
        // The command line's default, where a saved result does not say.
        fail_on: result.run.fail_on.unwrap_or(Severity::Low),
    };
    let cases = Cases::of(result);
    let mut report = Report::new(env!("CARGO_PKG_NAME"));
    report.set_time(result.stats.duration);
    for (state, cases) in &cases.states {
        let mut suite = Suite::new(state);
        for case in cases {
            of_resource(&mut suite, case, state, verdict);
        }
        report.add_test_suite(suite.finished(result));
    }
    let mut beyond = Suite::new(BEYOND);
    for judged in &cases.findings {
        of_finding(&mut beyond, judged, verdict);
    }
    for unchecked in &cases.unchecked {
        beyond.add(
            &unchecked.address,
            "unchecked",
            None,
            error(std::slice::from_ref(unchecked)),
            &[],
        );
    }
    of_verdict(&mut beyond, result, &report);
    if !beyond.is_empty() {
        report.add_test_suite(beyond.finished(result));
    }
    report
}

/// What makes a finding a failure.
#[derive(Clone, Copy)]
struct Verdict {
    /// Nothing fails in a run that has not drifted.
    drifted: bool,
    fail_on: Severity,
}

impl Verdict {
    fn fails(self, judged: &Judged) -> bool {
        self.drifted && judged.fails(self.fail_on)
    }
}

/// A suite in the making, whose cases all have names of their own: readers take cases of one name for one case.
struct Suite {
    suite: TestSuite,
    names: HashMap<String, usize>,
}

impl Suite {
    fn new(name: &str) -> Self {
        Self {
            suite: TestSuite::new(xml(name)),
            names: HashMap::new(),
        }
    }

    fn is_empty(&self) -> bool {
        self.suite.test_cases.is_empty()
    }

    /// Adds a case; `shown` is what it puts out besides its status.
    fn add(&mut self, name: &str, class: &str, place: Option<&Place>, status: TestCaseStatus, shown: &[&Judged]) {
        let nth = self.names.entry(name.to_owned()).or_default();
        *nth += 1;
        let name = match nth {
            1 => xml(name),
            nth => xml(&format!("{name} ({nth})")),
        };
        let mut case = TestCase::new(name, status);
        case.set_classname(xml(class));
        if let Some(place) = place {
            case.extra.insert("file".into(), xml(&place.file));
            if place.line > 0 {
                case.extra.insert("line".into(), place.line.to_string().into());
            }
        }
        if !shown.is_empty() {
            case.set_system_out(texts(shown));
        }
        self.suite.add_test_case(case);
    }

    fn finished(mut self, result: &CheckResult) -> TestSuite {
        if let Ok(start) = result.run.started_at.parse::<jiff::Timestamp>() {
            // The format's times have no zone; this one is UTC.
            let start = start.strftime("%Y-%m-%dT%H:%M:%S").to_string();
            self.suite.extra.insert("timestamp".into(), start.into());
        }
        self.suite
    }
}

fn of_resource(suite: &mut Suite, case: &Case<'_>, state: &str, verdict: Verdict) {
    let split = |keep: &dyn Fn(&Judged) -> bool| -> (Vec<&Judged>, Vec<&Judged>) {
        case.findings.iter().copied().partition(|judged| keep(judged))
    };
    let (failing, others) = split(&|judged| verdict.fails(judged));
    if !failing.is_empty() {
        suite.add(case.address, state, case.place, failure(&failing), &others);
        if case.is_unchecked() {
            // One case has one status, and neither may be lost.
            let name = format!("{} (not fully checked)", case.address);
            suite.add(&name, state, case.place, error(&case.unchecked), &[]);
        }
        return;
    }
    if case.is_unchecked() {
        return suite.add(case.address, state, case.place, error(&case.unchecked), &case.findings);
    }
    let (allowed, others) = split(&Judged::is_allowed);
    let status = if allowed.is_empty() {
        TestCaseStatus::success()
    } else {
        skipped(&allowed)
    };
    suite.add(case.address, state, case.place, status, &others);
}

fn of_finding(suite: &mut Suite, judged: &Judged, verdict: Verdict) {
    let finding = &judged.finding;
    let name = format!("{}: {}", finding.rule, subject(finding));
    let (status, shown) = if verdict.fails(judged) {
        (failure(&[judged]), None)
    } else if judged.is_allowed() {
        (skipped(&[judged]), None)
    } else {
        (TestCaseStatus::success(), Some(judged))
    };
    let class = finding.category.name();
    suite.add(&name, class, finding.place.as_ref(), status, shown.as_slice());
}

/// A case for a verdict that no other case carries: a run without anything to check must not look like one that passed.
fn of_verdict(beyond: &mut Suite, result: &CheckResult, states: &Report) {
    let failures = states.failures + beyond.suite.failures;
    let errors = states.errors + beyond.suite.errors;
    let (kind, message) = match result.outcome {
        Outcome::Drift if failures == 0 => (NonSuccessKind::Failure, "the run found drift"),
        Outcome::Incomplete if errors == 0 => (NonSuccessKind::Error, "there was nothing to check"),
        _ => return,
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(message).set_type(result.outcome.name());
    beyond.add("verdict", "run", None, status, &[]);
}

fn failure(failing: &[&Judged]) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    if let [first, more @ ..] = failing {
        let mut message = escape::text(&first.finding.title);
        if !more.is_empty() {
            message.push_str(&format!(" (and {} more)", more.len()));
        }
        status.set_message(block(&message)).set_type(xml(&first.finding.rule));
    }
    status.set_description(texts(failing));
    status
}

fn error(unchecked: &[&Unchecked]) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    match unchecked {
        // A saved result may say no more than that it was not checked.
        [] => status.set_message("could not be checked"),
        [first, ..] => status.set_message(xml(&first.detail)).set_type(first.reason.name()),
    };
    let lines: Vec<String> = unchecked
        .iter()
        .map(|one| format!("{}: {}", one.reason.name(), escape::text(&one.detail)))
        .collect();
    status.set_description(block(&lines.join("\n")));
    status
}

fn skipped(allowed: &[&Judged]) -> TestCaseStatus {
    let mut reasons: Vec<String> = Vec::new();
    for reason in allowed.iter().flat_map(|judged| reasons_of(judged)) {
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    let mut status = TestCaseStatus::skipped();
    status
        .set_message(block(&format!("allowed: {}", reasons.join("; "))))
        .set_type("allowed")
        .set_description(texts(allowed));
    status
}

/// Why a policy decided about a finding as it did.
fn reasons_of(judged: &Judged) -> impl Iterator<Item = String> {
    judged.decided_by().into_iter().map(|by| escape::text(&reason::of(by)))
}

fn subject(finding: &Finding) -> String {
    match &finding.address {
        Some(address) => address.clone(),
        None => format!("{} {}", finding.resource.terraform_type, finding.resource.id),
    }
}

fn texts(all: &[&Judged]) -> XmlString {
    let texts: Vec<String> = all.iter().map(|judged| text(judged)).collect();
    block(&texts.join("\n\n"))
}

/// Everything about one finding, a line each.
fn text(judged: &Judged) -> String {
    let finding = &judged.finding;
    let mut lines = vec![format!(
        "{}: {} [{}, {}]",
        judged.severity,
        escape::text(&finding.title),
        escape::text(&finding.rule),
        finding.id()
    )];
    if !finding.detail.is_empty() {
        lines.push(escape::text(&finding.detail));
    }
    if !finding.impact.is_empty() {
        lines.push(format!("on the path of {}", escape::text(&finding.impact.join(", "))));
    }
    lines.extend(
        finding
            .changes
            .iter()
            .map(|change| format!("  {}", delta::line(change, LONGEST_VALUE))),
    );
    lines.extend(judged.notes.iter().map(|note| escape::text(note)));
    if !judged.is_allowed() {
        lines.extend(reasons_of(judged).map(|reason| format!("decided by: {reason}")));
    }
    lines.join("\n")
}

/// Foreign text.
fn xml(raw: &str) -> XmlString {
    block(&escape::text(raw))
}

/// Lines of text that is harmless already, without the two characters that XML 1.0 forbids beside the control ones.
fn block(lines: &str) -> XmlString {
    XmlString::new(lines.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}"))
}

#[cfg(test)]
mod tests;
