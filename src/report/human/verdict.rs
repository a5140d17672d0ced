//! The run in one line.

use std::collections::BTreeMap;
use std::time::Duration;

use super::page::{Page, style};
use super::subject;
use crate::finding::{Category, Severity};
use crate::result::{CheckResult, Outcome, Stats};

/// The verdict, plain: `DRIFT: 3 of 42 resources differ (1 high, 2 medium); 42 checked with 118 API calls in 0.8 s.`
pub fn headline(result: &CheckResult) -> String {
    format!("{}: {}", word(result.outcome), sentence(result))
}

pub(super) fn write(page: &mut Page, result: &CheckResult) {
    let style = match result.outcome {
        Outcome::Clean => style::GOOD,
        Outcome::Drift => style::BAD,
        Outcome::Incomplete => style::WARNING,
    };
    let label = Some((style, format!("{}:", word(result.outcome))));
    page.sentence(0, label, (anstyle::Style::new(), &sentence(result)), None);
}

/// `1 resource`, `2 resources`.
pub(in crate::report) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Clean => "CLEAN",
        Outcome::Drift => "DRIFT",
        Outcome::Incomplete => "INCOMPLETE",
    }
}

fn sentence(result: &CheckResult) -> String {
    let counts = &result.counts;
    let found = found(result, result.outcome == Outcome::Drift);
    let cost = cost(&result.stats);
    match result.outcome {
        Outcome::Clean => {
            let verdict = if found.is_empty() {
                "none differs".to_owned()
            } else {
                format!("{}: {}", nothing_fails(result), found.join(", "))
            };
            format!("{} checked, {verdict}; {cost}.", count(counts.checked, "resource"))
        }
        Outcome::Drift => {
            let mut parts = Vec::new();
            if counts.checked > 0
                && !result
                    .findings
                    .iter()
                    .any(|judged| judged.finding.category == Category::Drift)
            {
                parts.push(format!("none of {} checked differs", count(counts.checked, "resource")));
            }
            parts.extend(found);
            parts.extend(unchecked(result, false));
            format!("{}; {} checked with {cost}.", parts.join(", "), counts.checked)
        }
        Outcome::Incomplete if counts.resources == 0 && result.unchecked.is_empty() => {
            let mut parts = vec!["nothing to check, no given state holds a resource of a covered type".to_owned()];
            parts.extend(found);
            format!("{}; {cost}.", parts.join(", "))
        }
        Outcome::Incomplete => {
            let mut parts: Vec<String> = unchecked(result, true).into_iter().collect();
            if found.is_empty() && counts.checked > 0 {
                parts.push(format!("none of the {} checked differs", counts.checked));
                return format!("{}; {cost}.", parts.join(", "));
            }
            parts.extend(found);
            format!("{}; {} checked with {cost}.", parts.join(", "), counts.checked)
        }
    }
}

/// Of a clean run, so that what an earlier one found already does not pass for well.
fn nothing_fails(result: &CheckResult) -> &'static str {
    let open: Vec<_> = result.findings.iter().filter(|judged| !judged.is_allowed()).collect();
    if !open.is_empty() && open.iter().all(|judged| judged.is_old()) {
        "nothing new fails"
    } else {
        "nothing fails"
    }
}

/// What was found, by category. `of_all`: whether to say of how many resources; the sentence may have said it.
fn found(result: &CheckResult, of_all: bool) -> Vec<String> {
    let of = |category| {
        let mut worst = BTreeMap::new();
        for judged in &result.findings {
            if !judged.is_allowed() && judged.finding.category == category {
                let severity = worst.entry(subject(judged)).or_insert(judged.severity);
                *severity = (*severity).max(judged.severity);
            }
        }
        Tally(worst.into_values().collect())
    };
    let mut parts = Vec::new();
    let differ = of(Category::Drift);
    if differ.number() > 0 {
        let verb = if differ.number() == 1 { "differs" } else { "differ" };
        let all = if of_all {
            format!(" of {}", count(result.counts.resources, "resource"))
        } else {
            String::new()
        };
        parts.push(format!("{}{all} {verb} ({differ})", differ.number()));
    }
    for (category, singular, plural) in [
        (Category::Unmanaged, "unmanaged", "unmanaged"),
        (Category::Serving, "serving problem", "serving problems"),
        (Category::Deploy, "deployment problem", "deployment problems"),
    ] {
        let tally = of(category);
        if tally.number() > 0 {
            let noun = if tally.number() == 1 { singular } else { plural };
            parts.push(format!("{} {noun} ({tally})", tally.number()));
        }
    }
    for (category, singular, plural) in [
        (
            Category::Assert,
            "assertion that does not hold",
            "assertions that do not hold",
        ),
        (
            Category::Configuration,
            "configuration problem",
            "configuration problems",
        ),
    ] {
        // Each is a matter of its own, whatever resource it is about.
        let open = result.findings.iter().filter(|judged| !judged.is_allowed());
        let of = open.filter(|judged| judged.finding.category == category);
        let tally = Tally(of.map(|judged| judged.severity).collect());
        if tally.number() > 0 {
            let noun = if tally.number() == 1 { singular } else { plural };
            parts.push(format!("{} {noun} ({tally})", tally.number()));
        }
    }
    let allowed = result.findings.iter().filter(|judged| judged.is_allowed()).count();
    if allowed > 0 {
        parts.push(format!("{} allowed", count(allowed, "finding")));
    }
    parts
}

/// Severities, shown as `1 high, 2 medium`.
struct Tally(Vec<Severity>);

impl Tally {
    fn number(&self) -> usize {
        self.0.len()
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let parts: Vec<_> = Severity::WORST_FIRST
            .into_iter()
            .map(|severity| (severity, self.0.iter().filter(|other| **other == severity).count()))
            .filter(|(_, number)| *number > 0)
            .map(|(severity, number)| format!("{number} {severity}"))
            .collect();
        f.write_str(&parts.join(", "))
    }
}

/// What could not be checked; `in_full` where the sentence begins with it.
fn unchecked(result: &CheckResult, in_full: bool) -> Option<String> {
    let counts = &result.counts;
    match counts.unchecked {
        0 if result.unchecked.is_empty() => None,
        // No resource of a state, but, for example, a zone whose records could not be listed.
        0 => Some(format!(
            "{} outside the state could not be checked",
            count(result.unchecked.len(), "thing")
        )),
        some if in_full => Some(format!(
            "{some} of {} could not be checked",
            count(counts.resources, "resource")
        )),
        some => Some(format!("{some} could not be checked")),
    }
}

/// `118 API calls in 0.8 s`.
pub(in crate::report) fn cost(stats: &Stats) -> String {
    let calls = match stats.api_calls() {
        0 => "no API calls".to_owned(),
        1 => "1 API call".to_owned(),
        calls => format!("{calls} API calls"),
    };
    format!("{calls} in {}", spell(stats.duration))
}

fn spell(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 0.1 {
        format!("{} ms", duration.as_millis())
    } else if seconds < 59.95 {
        format!("{seconds:.1} s")
    } else {
        let whole = seconds.round() as u64;
        format!("{} min {} s", whole / 60, whole % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;
    use crate::result::Age;

    #[test]
    fn the_verdict_stands_in_one_sentence() {
        let mut unmanaged_only = samples::drifted();
        unmanaged_only
            .findings
            .retain(|judged| judged.finding.category == Category::Unmanaged);
        let mut one = samples::drifted();
        one.findings.truncate(1);
        one.unchecked.clear();
        one.counts = crate::result::Counts {
            resources: 1,
            checked: 1,
            ..Default::default()
        };
        let mut unread_zone = samples::incomplete();
        unread_zone.counts.unchecked = 0;
        unread_zone.counts.checked = 42;
        unread_zone.unchecked.truncate(1);
        let mut nothing_read = samples::incomplete();
        nothing_read.counts.unchecked = 42;
        nothing_read.counts.checked = 0;
        let mut found_and_unread = samples::incomplete();
        found_and_unread.findings = samples::clean_with_remarks().findings;

        let mut asserted = samples::drifted();
        asserted.findings.truncate(2);
        for (judged, category) in asserted
            .findings
            .iter_mut()
            .zip([Category::Assert, Category::Configuration])
        {
            judged.finding.category = category;
        }
        asserted.findings.push(asserted.findings[0].clone());

        let mut known = samples::clean_with_remarks();
        for judged in &mut known.findings {
            judged.age = Some(Age {
                new: false,
                first_seen: "2026-08-01T03:00:00Z".to_owned(),
            });
        }

        let headlines: Vec<_> = [
            samples::clean(),
            samples::clean_with_remarks(),
            samples::drifted(),
            unmanaged_only,
            one,
            samples::incomplete(),
            unread_zone,
            nothing_read,
            found_and_unread,
            samples::nothing_to_check(),
            asserted,
            known,
        ]
        .iter()
        .map(headline)
        .collect();
        insta::assert_snapshot!(headlines.join("\n"));
    }

    #[test]
    fn durations_are_spelled_for_people() {
        let spelled = [0, 99, 100, 812, 59_900, 59_960, 61_000].map(|ms| spell(Duration::from_millis(ms)));
        assert_eq!(
            spelled,
            ["0 ms", "99 ms", "0.1 s", "0.8 s", "59.9 s", "1 min 0 s", "1 min 1 s"]
        );
    }
}
