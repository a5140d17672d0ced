//! What is told on GitHub and Slack beside the reports themselves: titles, what is new, remarks on lines. Ready texts;
//! whoever publishes them decides nothing.

use super::escape;
use super::human::headline;
use super::incident::{failing, next_step, subject};
use super::prose::escaped;
use crate::finding::Severity;
use crate::place::Place;
use crate::result::{CheckResult, Judged, Outcome, Resolved};

pub use super::markdown::news::news;

/// Bytes of a state's name in a title.
const NAME: usize = 120;
/// Bytes of one text of a remark.
const LONGEST: usize = 700;

/// The findings that fail this run and that earlier runs did not have, and what is resolved: as much of it as would
/// have failed. Empty where no earlier run is known.
pub(super) fn moved(result: &CheckResult) -> (Vec<&Judged>, Vec<&Resolved>) {
    let level = result.run.fail_on.unwrap_or(Severity::Low);
    let new = failing(result).into_iter().filter(|judged| judged.is_new()).collect();
    let resolved = result.resolved.iter().filter(|one| one.severity >= level).collect();
    (new, resolved)
}

/// Whether somebody has to know: something fails, could not be checked, or is over.
pub fn is_news(result: &CheckResult) -> bool {
    result.outcome != Outcome::Clean || !moved(result).1.is_empty()
}

/// The title of the issue about a state, empty for a run about none. It stays the same when the issue is closed.
pub fn issue_title(state: &str, outcome: Outcome) -> String {
    let state = match state {
        "" => "the account".to_owned(),
        "-" => "the state".to_owned(),
        state => escaped(state, NAME),
    };
    match outcome {
        Outcome::Drift | Outcome::Clean => format!("driftgate: drift in {state}"),
        Outcome::Incomplete => format!("driftgate: not all of {state} could be checked"),
    }
}

/// A foreign name in at most `most` bytes of one line.
pub fn name(raw: &str, most: usize) -> String {
    escaped(raw, most)
}

/// The verdict in one line.
pub fn title(result: &CheckResult) -> String {
    escape::text(&headline(result))
}

/// Something to say on a line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// In a file of the repository, which it names from the root, with `/`.
    pub place: Place,
    /// `None` for what does not fail the run.
    pub severity: Option<Severity>,
    pub title: String,
    /// Plain text of some lines.
    pub message: String,
}

/// A remark for every finding that stands on a line of the repository and is not allowed, worst first.
pub fn remarks(result: &CheckResult) -> Vec<Remark> {
    let level = result.run.fail_on.unwrap_or(Severity::Low);
    let mut open: Vec<&Judged> = result.findings.iter().filter(|judged| !judged.is_allowed()).collect();
    open.sort_by_key(|judged| {
        (
            std::cmp::Reverse(judged.fails(level)),
            std::cmp::Reverse(judged.severity),
        )
    });
    open.into_iter().filter_map(|judged| remark(judged, level)).collect()
}

fn remark(judged: &Judged, level: Severity) -> Option<Remark> {
    let finding = &judged.finding;
    let place = inside(finding.place.as_ref()?)?;
    let short = |raw: &str| escaped(raw, LONGEST);
    let mut lines = vec![short(&finding.title), short(&subject(judged))];
    if !finding.detail.is_empty() {
        lines.push(short(&finding.detail));
    }
    if !finding.impact.is_empty() {
        lines.push(format!("On the path of {}.", short(&finding.impact.join(", "))));
    }
    lines.extend(next_step(judged).map(|step| short(&step)));
    Some(Remark {
        place,
        severity: judged.fails(level).then_some(judged.severity),
        title: format!("{}: {}", judged.severity, short(&finding.rule)),
        message: lines.join("\n"),
    })
}

/// The place, if it can be one of the repository: GitHub refuses all remarks with one whose path leads elsewhere.
fn inside(place: &Place) -> Option<Place> {
    let file = place.file.trim_start_matches("./");
    let fits = !file.is_empty()
        && place.line > 0
        && !file.starts_with('/')
        && !file.split('/').any(|part| matches!(part, "" | "." | ".."))
        && !file.chars().any(escape::is_invisible);
    fits.then(|| Place::new(file, place.line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn only_what_fails_or_is_over_is_news() {
        assert!(!is_news(&samples::clean()));
        assert!(!is_news(&samples::clean_with_remarks()));
        assert!(is_news(&samples::recovered()));
        assert!(is_news(&samples::drifted()));
        assert!(is_news(&samples::incomplete()));
        let mut trifle = samples::recovered();
        trifle.resolved[0].severity = Severity::Info;
        assert!(!is_news(&trifle));
    }

    #[test]
    fn remarks_stand_on_lines_of_the_repository() {
        let told: Vec<String> = remarks(&samples::outage())
            .iter()
            .map(|remark| {
                format!(
                    "{} {:?} {}\n{}",
                    remark.place, remark.severity, remark.title, remark.message
                )
            })
            .collect();
        insta::assert_snapshot!(told.join("\n\n"));
    }

    #[test]
    fn places_outside_the_repository_are_left_out() {
        for (file, line, fits) in [
            ("main.tf", 1, true),
            ("./infra/main.tf", 1, true),
            ("main.tf", 0, false),
            ("", 1, false),
            ("/srv/main.tf", 1, false),
            ("../main.tf", 1, false),
            ("infra/../../main.tf", 1, false),
            ("a\nb.tf", 1, false),
        ] {
            assert_eq!(inside(&Place::new(file, line)).is_some(), fits, "{file}");
        }
    }

    #[test]
    fn a_state_with_a_hostile_name_is_told_on_one_line() {
        let title = issue_title("a\n\u{202e}b", Outcome::Drift);
        assert_eq!(title, r"driftgate: drift in a\n\u202eb");
    }

    #[test]
    fn news_are_what_came_and_went() {
        assert_eq!(news(&samples::drifted()), None);
        let told = [samples::outage(), samples::recovered()].map(|result| news(&result).expect("news"));
        insta::assert_snapshot!(told.join("\n----\n"));
    }
}
