//! Which findings and gaps belong to which resource of which state.

use std::collections::HashMap;

use crate::finding::Unchecked;
use crate::place::Place;
use crate::result::{CheckResult, Judged};

/// A resource of a state, with everything that is said of it.
pub(super) struct Case<'a> {
    pub(super) address: &'a str,
    pub(super) place: Option<&'a Place>,
    checked: bool,
    pub(super) findings: Vec<&'a Judged>,
    pub(super) unchecked: Vec<&'a Unchecked>,
}

impl Case<'_> {
    pub(super) fn is_unchecked(&self) -> bool {
        !self.checked || !self.unchecked.is_empty()
    }
}

/// A result by state and resource.
pub(super) struct Cases<'a> {
    /// The states in their order, each with its resources in theirs.
    pub(super) states: Vec<(&'a str, Vec<Case<'a>>)>,
    /// What is said of no resource of a state, or of several.
    pub(super) findings: Vec<&'a Judged>,
    pub(super) unchecked: Vec<&'a Unchecked>,
}

/// Where a case stands: the place of its state, and its place in that.
type At = (usize, usize);

/// Finds cases by name while they are being made.
#[derive(Default)]
struct Index<'a> {
    states: HashMap<&'a str, usize>,
    resources: HashMap<(usize, &'a str), usize>,
    /// Cases of the same address in all states.
    addresses: HashMap<&'a str, Vec<At>>,
}

impl<'a> Cases<'a> {
    pub(super) fn of(result: &'a CheckResult) -> Self {
        let mut cases = Self {
            states: Vec::new(),
            findings: Vec::new(),
            unchecked: Vec::new(),
        };
        let mut index = Index::default();
        for state in &result.run.states {
            cases.state(&mut index, state);
        }
        for resource in &result.resources {
            let (state, at) = cases.case(&mut index, &resource.state, &resource.address);
            let case = &mut cases.states[state].1[at];
            case.place = case.place.or(resource.place.as_ref());
            case.checked &= resource.checked;
        }
        // A state's findings name resources of it even where the result does not list them.
        for finding in result.findings.iter().map(|judged| &judged.finding) {
            if let (Some(state), Some(address)) = (&finding.state, &finding.address) {
                cases.case(&mut index, state, address);
            }
        }
        for judged in &result.findings {
            let finding = &judged.finding;
            let at = match (&finding.state, &finding.address) {
                (Some(state), Some(address)) => Some(cases.case(&mut index, state, address)),
                (None, Some(address)) => index.only(address),
                (_, None) => None,
            };
            match at {
                Some((state, at)) => {
                    let case = &mut cases.states[state].1[at];
                    case.place = case.place.or(finding.place.as_ref());
                    case.findings.push(judged);
                }
                None => cases.findings.push(judged),
            }
        }
        for unchecked in &result.unchecked {
            cases.unchecked(&index, unchecked);
        }
        cases
    }

    fn state(&mut self, index: &mut Index<'a>, name: &'a str) -> usize {
        *index.states.entry(name).or_insert_with(|| {
            self.states.push((name, Vec::new()));
            self.states.len() - 1
        })
    }

    fn case(&mut self, index: &mut Index<'a>, state: &'a str, address: &'a str) -> At {
        let state = self.state(index, state);
        let cases = &mut self.states[state].1;
        let at = *index.resources.entry((state, address)).or_insert_with(|| {
            index.addresses.entry(address).or_default().push((state, cases.len()));
            cases.push(Case {
                address,
                place: None,
                checked: true,
                findings: Vec::new(),
                unchecked: Vec::new(),
            });
            cases.len() - 1
        });
        (state, at)
    }

    /// A gap names no state: it belongs to every resource of its address that was not checked, or else to the only one
    /// of that address.
    fn unchecked(&mut self, index: &Index<'a>, unchecked: &'a Unchecked) {
        let all = index.addresses.get(unchecked.address.as_str());
        let mut at: Vec<At> = all.into_iter().flatten().copied().collect();
        at.retain(|(state, at)| !self.states[*state].1[*at].checked);
        if at.is_empty() {
            at.extend(index.only(&unchecked.address));
        }
        if at.is_empty() {
            self.unchecked.push(unchecked);
        }
        for (state, at) in at {
            self.states[state].1[at].unchecked.push(unchecked);
        }
    }
}

impl Index<'_> {
    /// The case of that address, if there is exactly one.
    fn only(&self, address: &str) -> Option<At> {
        match self.addresses.get(address)?.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }
}
