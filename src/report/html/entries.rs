//! The findings as the page arranges them: anchors, groups, and which hosts they affect.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use crate::finding::Severity;
use crate::result::{Action, CheckResult, Judged};

/// One finding on the page.
pub(super) struct Entry<'a> {
    pub(super) judged: &'a Judged,
    /// Its id on the page: that of the finding, so that links hold from run to run.
    pub(super) anchor: String,
    pub(super) standing: Standing,
}

/// What a finding does to the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Failing,
    /// A warning, or below the failing level.
    Passing,
    Allowed,
}

impl Standing {
    /// The word by which the page's filter knows it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Standing::Failing => "failing",
            Standing::Passing => "passing",
            Standing::Allowed => "allowed",
        }
    }
}

impl<'a> Entry<'a> {
    fn worst(entries: &[&Entry<'a>]) -> Option<Severity> {
        entries.iter().map(|entry| entry.judged.severity).max()
    }
}

/// Everything that is said of one resource.
pub(super) struct OfResource<'e, 'a> {
    /// Worst first; never empty.
    pub(super) entries: Vec<&'e Entry<'a>>,
}

/// Findings that affect the same hosts.
pub(super) struct OfHosts<'e, 'a> {
    /// Empty for findings that affect no known host.
    pub(super) hosts: &'a [String],
    /// Worst first.
    pub(super) resources: Vec<OfResource<'e, 'a>>,
}

/// All findings of a result.
pub(super) struct Entries<'a> {
    pub(super) all: Vec<Entry<'a>>,
    /// The run's start, by which ages are counted.
    pub(super) started_at: &'a str,
    /// The hosts that findings affect, each with its number on the page.
    pub(super) hosts: BTreeMap<&'a str, usize>,
}

impl<'a> Entries<'a> {
    pub(super) fn of(result: &'a CheckResult) -> Entries<'a> {
        let mut used: HashMap<String, usize> = HashMap::new();
        let all = result
            .findings
            .iter()
            .map(|judged| {
                let id = judged.finding.id();
                // One resource may be spoken of twice under one rule; a page may have each id once.
                let times = used.entry(id.clone()).or_insert(0);
                *times += 1;
                let anchor = if *times == 1 {
                    format!("finding-{id}")
                } else {
                    format!("finding-{id}-{times}")
                };
                Entry {
                    judged,
                    anchor,
                    standing: standing(judged, result.run.fail_on),
                }
            })
            .collect();
        let mut hosts: BTreeMap<&str, usize> = BTreeMap::new();
        for host in result.findings.iter().flat_map(|judged| &judged.finding.impact) {
            hosts.insert(host, 0);
        }
        for (number, at) in hosts.values_mut().enumerate() {
            *at = number;
        }
        Entries {
            all,
            started_at: &result.run.started_at,
            hosts,
        }
    }

    pub(super) fn count(&self, standing: Standing) -> usize {
        self.all.iter().filter(|entry| entry.standing == standing).count()
    }

    /// Whether some finding has an age, so that asking for new ones makes sense.
    pub(super) fn have_ages(&self) -> bool {
        self.all.iter().any(|entry| entry.judged.age.is_some())
    }

    /// What is not allowed, by host.
    pub(super) fn by_host(&self) -> HashMap<&'a str, Vec<&Entry<'a>>> {
        let mut by_host: HashMap<&str, Vec<&Entry<'a>>> = HashMap::new();
        for entry in self.all.iter().filter(|entry| entry.standing != Standing::Allowed) {
            for host in &entry.judged.finding.impact {
                by_host.entry(host).or_default().push(entry);
            }
        }
        for entries in by_host.values_mut() {
            entries.sort_by_key(|entry| Reverse(entry.judged.severity));
        }
        by_host
    }

    /// What is not allowed: first what affects hosts, then the rest, worst first in both.
    pub(super) fn groups(&self) -> Vec<OfHosts<'_, 'a>> {
        let mut places = HashMap::new();
        let mut groups: Vec<(&'a [String], Vec<&Entry<'a>>)> = Vec::new();
        for entry in self.all.iter().filter(|entry| entry.standing != Standing::Allowed) {
            let hosts = entry.judged.finding.impact.as_slice();
            let place = *places.entry(hosts).or_insert(groups.len());
            match groups.get_mut(place) {
                Some((_, entries)) => entries.push(entry),
                None => groups.push((hosts, vec![entry])),
            }
        }
        groups.sort_by_key(|(hosts, entries)| (hosts.is_empty(), Reverse(Entry::worst(entries))));
        groups
            .into_iter()
            .map(|(hosts, entries)| OfHosts {
                hosts,
                resources: by_resource(entries),
            })
            .collect()
    }

    /// What a policy allows.
    pub(super) fn allowed(&self) -> Vec<OfResource<'_, 'a>> {
        by_resource(
            self.all
                .iter()
                .filter(|entry| entry.standing == Standing::Allowed)
                .collect(),
        )
    }
}

fn standing(judged: &Judged, fail_on: Option<Severity>) -> Standing {
    let fails = match fail_on {
        Some(level) => judged.fails(level),
        // A saved result that does not say on what it failed.
        None => judged.action == Action::Fail,
    };
    match (judged.is_allowed(), fails) {
        (true, _) => Standing::Allowed,
        (false, true) => Standing::Failing,
        (false, false) => Standing::Passing,
    }
}

fn by_resource<'e, 'a>(entries: Vec<&'e Entry<'a>>) -> Vec<OfResource<'e, 'a>> {
    let mut places = HashMap::new();
    let mut groups: Vec<Vec<&Entry<'a>>> = Vec::new();
    for entry in entries {
        let finding = &entry.judged.finding;
        let subject = match &finding.address {
            Some(address) => (address.as_str(), ""),
            None => (finding.resource.terraform_type.as_str(), finding.resource.id.as_str()),
        };
        let place = *places.entry(subject).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(entry),
            None => groups.push(vec![entry]),
        }
    }
    for group in &mut groups {
        group.sort_by_key(|entry| Reverse(entry.judged.severity));
    }
    groups.sort_by_key(|group| Reverse(Entry::worst(group)));
    groups.into_iter().map(|entries| OfResource { entries }).collect()
}
