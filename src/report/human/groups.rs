//! What stands together: by the hosts that are affected first, then by resource.

use std::collections::{BTreeSet, HashMap};

use crate::finding::Severity;
use crate::result::{CheckResult, Judged};

/// Resources on the paths of the same hosts.
pub(super) struct Section<'a> {
    /// Sorted; empty for what is known to be on no host's path.
    pub(super) hosts: Vec<&'a str>,
    /// Worst first; never empty.
    pub(super) groups: Vec<Group<'a>>,
}

/// Everything that is said of one resource.
pub(super) struct Group<'a> {
    /// Worst first; never empty.
    pub(super) findings: Vec<&'a Judged>,
}

impl<'a> Group<'a> {
    pub(super) fn worst(&self) -> Severity {
        self.findings
            .iter()
            .map(|judged| judged.severity)
            .max()
            .unwrap_or(Severity::Info)
    }

    pub(super) fn first(&self) -> &'a Judged {
        self.findings[0]
    }

    fn hosts(&self) -> Vec<&'a str> {
        let hosts = self.findings.iter().flat_map(|judged| &judged.finding.impact);
        let sorted: BTreeSet<&str> = hosts.map(String::as_str).collect();
        sorted.into_iter().collect()
    }
}

/// What makes two findings speak of the same resource.
pub(super) fn subject(judged: &Judged) -> (&str, &str) {
    let finding = &judged.finding;
    match &finding.address {
        Some(address) => (address, ""),
        None => (&finding.resource.terraform_type, &finding.resource.id),
    }
}

/// Findings that nothing allows: the hosts with the worst first, what affects no host last.
pub(super) fn sections(result: &CheckResult) -> Vec<Section<'_>> {
    let mut places = HashMap::new();
    let mut sections: Vec<Section<'_>> = Vec::new();
    for group in groups(result) {
        let hosts = group.hosts();
        let place = *places.entry(hosts.clone()).or_insert(sections.len());
        match sections.get_mut(place) {
            Some(section) => section.groups.push(group),
            None => sections.push(Section {
                hosts,
                groups: vec![group],
            }),
        }
    }
    // The first group of each is its worst, and the sections are in their order already.
    sections.sort_by_key(|section| section.hosts.is_empty());
    sections
}

/// By resource, worst first; within one severity in the result's order.
fn groups(result: &CheckResult) -> Vec<Group<'_>> {
    let mut places = HashMap::new();
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
