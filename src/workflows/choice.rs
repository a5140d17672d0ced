//! Conditions that only the run decides, and what is assumed about them.
//!
//! `BUCKET` may be one thing on the main branch and another elsewhere. Such a value is kept as a
//! split: one alternative per outcome of a named [`Choice`]. Two values that split on the same choice
//! stay in step, so the bucket of one branch is never paired with the distribution of the other.

use std::collections::BTreeSet;
use std::rc::Rc;

/// A question with a fixed number of outcomes, asked once in a run of the workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    /// Equal for the same question: the expression, or the place of the shell condition.
    pub(crate) id: Rc<str>,
    /// One description per outcome.
    pub(crate) outcomes: Rc<[String]>,
    /// For the question whether something equals a fixed text: what, and the text. Something that
    /// equals one text equals no other.
    equality: Option<(Rc<str>, Rc<str>)>,
}

impl Choice {
    pub(crate) fn new(id: &str, outcomes: Vec<String>) -> Self {
        Self {
            id: id.into(),
            outcomes: outcomes.into(),
            equality: None,
        }
    }

    /// The question whether `subject` equals `value`; `question` is how the file puts it.
    pub(crate) fn equality(subject: &str, value: &str, question: &str) -> Self {
        Self {
            equality: Some((subject.into(), value.into())),
            ..Self::yes_no(&format!("{subject} == {value}"), question)
        }
    }

    /// Whether a yes to `self` makes a yes to `other` impossible.
    fn excludes(&self, other: &Choice) -> bool {
        match (&self.equality, &other.equality) {
            (Some((subject, value)), Some((theirs, other_value))) => subject == theirs && value != other_value,
            _ => false,
        }
    }

    /// A question that is answered with yes (outcome 0) or no (outcome 1).
    pub(crate) fn yes_no(id: &str, question: &str) -> Self {
        Self::new(id, vec![question.to_string(), format!("not ({question})")])
    }
}

/// Which branch is taken, as far as that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Certainly this branch.
    Go(usize),
    /// It depends on a choice; one decision per outcome.
    Ask(Choice, Vec<Decision>),
}

impl Decision {
    /// Yes is branch 0, no is branch 1.
    pub(crate) fn of(answer: bool) -> Self {
        Self::Go(usize::from(!answer))
    }

    /// An undecided yes or no.
    pub(crate) fn unknown(choice: Choice) -> Self {
        Self::Ask(choice, vec![Self::Go(0), Self::Go(1)])
    }

    /// Replaces the branches by further decisions.
    pub(crate) fn then(&self, next: &dyn Fn(usize) -> Decision) -> Decision {
        match self {
            Self::Go(branch) => next(*branch),
            Self::Ask(choice, outcomes) => Self::Ask(choice.clone(), outcomes.iter().map(|o| o.then(next)).collect()),
        }
    }

    /// Yes becomes no.
    pub(crate) fn negated(&self) -> Decision {
        self.then(&|branch| Decision::Go(usize::from(branch == 0)))
    }

    /// Drops the outcomes that the assumptions exclude.
    pub(crate) fn under(&self, assumed: &Assumptions) -> Decision {
        match self {
            Self::Go(_) => self.clone(),
            Self::Ask(choice, outcomes) => match assumed.only(choice) {
                Some(outcome) => outcomes[outcome].under(assumed),
                None => Self::Ask(choice.clone(), outcomes.iter().map(|o| o.under(assumed)).collect()),
            },
        }
    }

    /// All branches that can be reached, each with what must then hold.
    pub(crate) fn branches(&self, assumed: &Assumptions) -> Vec<(usize, Assumptions)> {
        let mut found: Vec<(usize, Assumptions)> = Vec::new();
        self.collect(assumed, &mut found);
        let mut merged: Vec<(usize, Assumptions)> = Vec::new();
        for (branch, holds) in found {
            match merged.iter_mut().find(|(b, _)| *b == branch) {
                Some((_, known)) => *known = known.either(&holds),
                None => merged.push((branch, holds)),
            }
        }
        merged.sort_by_key(|(branch, _)| *branch);
        merged
    }

    fn collect(&self, assumed: &Assumptions, found: &mut Vec<(usize, Assumptions)>) {
        match self {
            Self::Go(branch) => found.push((*branch, assumed.clone())),
            Self::Ask(choice, outcomes) => {
                for (index, outcome) in outcomes.iter().enumerate() {
                    if let Some(narrower) = assumed.with(choice, index) {
                        outcome.collect(&narrower, found);
                    }
                }
            }
        }
    }
}

/// What is taken for granted at a place in a workflow: per choice the outcomes still possible.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Assumptions {
    choices: Vec<(Choice, BTreeSet<usize>)>,
}

impl Assumptions {
    /// Adds that `choice` came out as `outcome`; `None` when that contradicts what is assumed.
    pub(crate) fn with(&self, choice: &Choice, outcome: usize) -> Option<Assumptions> {
        if !self.possible(choice).contains(&outcome) {
            return None;
        }
        let mut all = self.clone();
        match all.choices.iter_mut().find(|(c, _)| c.id == choice.id) {
            Some((_, possible)) => *possible = BTreeSet::from([outcome]),
            None => all.choices.push((choice.clone(), BTreeSet::from([outcome]))),
        }
        Some(all)
    }

    /// The only outcome of a choice that is still possible, if there is just one.
    fn only(&self, choice: &Choice) -> Option<usize> {
        match self.possible(choice).as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    }

    /// The outcomes of a choice that are still possible.
    pub(crate) fn possible(&self, choice: &Choice) -> Vec<usize> {
        if let Some((_, possible)) = self.choices.iter().find(|(c, _)| c.id == choice.id) {
            return possible.iter().copied().collect();
        }
        let excluded = self
            .choices
            .iter()
            .any(|(known, possible)| known.excludes(choice) && possible.iter().eq(std::iter::once(&0)));
        if excluded {
            return vec![1];
        }
        (0..choice.outcomes.len()).collect()
    }

    /// What holds when one of the two holds.
    fn either(&self, other: &Assumptions) -> Assumptions {
        let choices = self
            .choices
            .iter()
            .filter_map(|(choice, possible)| {
                let (_, theirs) = other.choices.iter().find(|(c, _)| c.id == choice.id)?;
                Some((choice.clone(), possible.union(theirs).copied().collect()))
            })
            .collect();
        Assumptions { choices }
    }

    /// One sentence per assumption, in the order in which they were made.
    pub(crate) fn describe(&self) -> Vec<String> {
        self.choices
            .iter()
            .filter(|(choice, possible)| possible.len() < choice.outcomes.len())
            .map(|(choice, possible)| {
                let words: Vec<&str> = possible
                    .iter()
                    .filter_map(|i| choice.outcomes.get(*i).map(String::as_str))
                    .collect();
                words.join(" or ")
            })
            .filter(|words| !words.is_empty())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_question_is_not_asked_twice() {
        let main = Choice::yes_no("ref == main", "ref == main");
        let assumed = Assumptions::default().with(&main, 0).expect("nothing assumed yet");
        assert_eq!(Decision::unknown(main.clone()).under(&assumed), Decision::Go(0));
        assert!(assumed.with(&main, 1).is_none());
        assert_eq!(assumed.describe(), ["ref == main"]);
    }

    #[test]
    fn what_equals_one_text_equals_no_other() {
        let main = Choice::equality("github.ref_name", "main", "ref is main");
        let develop = Choice::equality("github.ref_name", "develop", "ref is develop");
        let assumed = Assumptions::default().with(&main, 0).expect("free");
        assert!(assumed.with(&develop, 0).is_none());
        assert_eq!(Decision::unknown(develop).under(&assumed), Decision::Go(1));
    }

    #[test]
    fn two_ways_to_one_branch_assume_only_what_both_need() {
        let env = Choice::new("env", vec!["a".into(), "b".into(), "c".into()]);
        let decision = Decision::Ask(env, vec![Decision::Go(0), Decision::Go(0), Decision::Go(1)]);
        let branches = decision.branches(&Assumptions::default());
        assert_eq!(branches.len(), 2);
        assert_eq!(branches[0].1.describe(), ["a or b"]);
        assert_eq!(branches[1].1.describe(), ["c"]);
    }
}
