//! `driftgate baseline`: today's findings as a policy file that allows each of them, and nothing else, for 30 days.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};

use crate::expected::quoted;
use crate::finding::{Change, Finding};
use crate::report::escape;
use crate::result::{Action, Judged};

/// What stands where a person has to say why; policies are warned of until somebody does.
pub const PLACEHOLDER: &str = "to be filled in: why is this allowed, and until what happens?";

/// How long such an allowance holds.
fn term() -> Span {
    30.days()
}

/// A policy file that allows everything in `findings` that is not allowed yet. `today` is the day of the run.
pub fn text(findings: &[Judged], today: Date) -> String {
    let until = today.checked_add(term()).unwrap_or(Date::MAX);
    let open: Vec<&Judged> = findings.iter().filter(|judged| !judged.is_allowed()).collect();
    let mut same: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
    for judged in &open {
        *same.entry(key(&judged.finding)).or_default() += 1;
    }
    let mut out = format!(
        "# What was found on {today}, allowed until {until}. Give every block its reason, or delete it and mend what it allows.\n"
    );
    for judged in open {
        let alone = same.get(&key(&judged.finding)) == Some(&1);
        for (at, change) in parts(judged) {
            block(
                &mut out,
                &judged.finding,
                alone,
                change.map(|change| (at, change)),
                (today, until),
            );
        }
    }
    out
}

fn key(finding: &Finding) -> (&str, Option<&str>) {
    (&finding.rule, finding.address.as_deref())
}

/// The parts that are not allowed, with their positions.
fn parts(judged: &Judged) -> Vec<(usize, Option<&Change>)> {
    let changes = &judged.finding.changes;
    if changes.is_empty() {
        return vec![(0, None)];
    }
    let open = |at: usize| judged.decisions.get(at).is_none_or(|one| one.action != Action::Allow);
    let numbered = changes.iter().enumerate();
    numbered
        .filter(|(at, _)| open(*at))
        .map(|(at, change)| (at, Some(change)))
        .collect()
}

fn block(
    out: &mut String,
    finding: &Finding,
    alone: bool,
    change: Option<(usize, &Change)>,
    (today, until): (Date, Date),
) {
    let resource = &finding.resource;
    let mut name = format!("baseline-{today}-{}", finding.id());
    let mut conditions = vec![format!("finding.rule == {}", quoted(&finding.rule))];
    match &finding.address {
        Some(address) => conditions.push(format!("finding.address == {}", quoted(address))),
        None => {
            conditions.push("finding.address == null".to_owned());
            conditions.push(format!("resource.type == {}", quoted(&resource.terraform_type)));
        }
    }
    if finding.address.is_none() || !alone {
        conditions.push(format!("resource.id == {}", quoted(&resource.id)));
    }
    // The resource does not tell this one from its like.
    if finding.aspect.is_some() {
        conditions.push(format!("finding.id == {}", quoted(&finding.id())));
    }
    if let Some((at, change)) = change {
        conditions.push(format!("change.path == {}", quoted(&change.path)));
        if finding.changes.len() > 1 {
            name.push_str(&format!("-{}", at + 1));
        }
    }
    // Writing to a String cannot fail.
    let _ = write!(
        out,
        "\n# {}\nrule {} {{\n  when   = {}\n  action = \"allow\"\n  reason = {}\n  until  = \"{until}\"\n}}\n",
        escape::text(&finding.title),
        quoted(&name),
        conditions.join(" && "),
        quoted(PLACEHOLDER),
    );
}
