//! The Condition block: a set of conjuncts, all of which must hold.

use std::collections::{BTreeMap, BTreeSet};

use super::operator::{Family, Operator, Test};
use super::pattern::{Language, collapse};
use super::value::{Network, canonical_number};

/// One test on one context key. The values of a conjunct are alternatives; the conjuncts of a
/// statement all must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conjunct {
    /// The operator in its canonical form.
    pub operator: Operator,
    /// The operator as the document spells it.
    pub operator_written: String,
    /// The context key in lower case (key names ignore case).
    pub key: String,
    /// The key as the document spells it.
    pub key_written: String,
    /// The values: canonical form, and how the document spells it.
    pub values: BTreeMap<String, String>,
    /// The same operator names this key twice, in different case. What AWS makes of that is not
    /// documented, so nothing is concluded from such a conjunct.
    pub ambiguous: bool,
}

/// A conjunct without its spelling: equal ones mean the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct CanonicalConjunct {
    pub(super) operator: Operator,
    pub(super) key: String,
    pub(super) values: BTreeSet<String>,
}

impl Conjunct {
    /// Canonicalises one operator, key and list of values.
    pub(super) fn new(operator_written: &str, key_written: &str, values: &[String], language: Language) -> Self {
        let mut operator = Operator::parse(operator_written);
        // Without wildcards and variables "like" is "equals"; a text with `${` is left alone.
        if operator.family() == Family::Glob
            && !values
                .iter()
                .any(|value| value.contains(['*', '?']) || value.contains("${"))
        {
            let equals = match operator.test {
                Test::StringLike => Test::StringEquals,
                _ => Test::StringNotEquals,
            };
            operator = operator.with_test(equals);
        }
        let family = operator.family();
        let mut spelled = BTreeMap::new();
        for written in values {
            spelled
                .entry(canonical_value(family, written, language))
                .or_insert_with(|| written.clone());
        }
        Self {
            operator,
            operator_written: operator_written.to_owned(),
            key: key_written.to_lowercase(),
            key_written: key_written.to_owned(),
            values: spelled,
            ambiguous: false,
        }
    }

    pub(super) fn canonical(&self) -> CanonicalConjunct {
        CanonicalConjunct {
            operator: self.operator.clone(),
            // An ambiguous key keeps its case, so that two orders of it never look the same.
            key: if self.ambiguous {
                self.key_written.clone()
            } else {
                self.key.clone()
            },
            values: self.values.keys().cloned().collect(),
        }
    }

    /// What is left of the conjunct when nothing may be concluded from ambiguous keys.
    pub(super) fn masked(&self) -> CanonicalConjunct {
        if !self.ambiguous {
            return self.canonical();
        }
        CanonicalConjunct {
            operator: self.operator.clone(),
            key: self.key.clone(),
            values: BTreeSet::new(),
        }
    }

    /// `StringEquals aws:SourceArn`, as the document spells it.
    pub fn label(&self) -> String {
        format!("{} {}", self.operator_written, self.key_written)
    }
}

/// Marks the conjuncts whose key stands under one operator in two spellings.
pub(super) fn mark_ambiguous(conjuncts: &mut [Conjunct]) {
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    let place = |conjunct: &Conjunct| {
        let operator = conjunct.operator_written.to_lowercase();
        (operator, conjunct.key.clone())
    };
    for conjunct in conjuncts.iter() {
        *seen.entry(place(conjunct)).or_default() += 1;
    }
    for conjunct in conjuncts.iter_mut() {
        conjunct.ambiguous = seen.get(&place(conjunct)).is_some_and(|count| *count > 1);
    }
}

fn canonical_value(family: Family, written: &str, language: Language) -> String {
    match family {
        Family::Word => written.to_lowercase(),
        Family::Number => canonical_number(written).unwrap_or_else(|| written.to_owned()),
        Family::Network => Network::parse(written).map_or_else(|| written.to_owned(), |network| network.canonical()),
        Family::FoldedText => written.to_lowercase(),
        Family::Glob | Family::Arn => collapse(written, language),
        Family::Text | Family::Date | Family::Bytes | Family::Other => written.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conjunct(operator: &str, value: &str) -> CanonicalConjunct {
        Conjunct::new(operator, "K", &[value.to_owned()], Language::Y2012).canonical()
    }

    #[test]
    fn like_without_wildcards_is_equals_and_with_them_is_not() {
        assert_eq!(conjunct("StringLike", "x"), conjunct("StringEquals", "x"));
        assert_eq!(
            conjunct("StringNotLikeIfExists", "x"),
            conjunct("StringNotEqualsIfExists", "x")
        );
        assert_ne!(conjunct("StringLike", "x*"), conjunct("StringEquals", "x*"));
        assert_ne!(conjunct("StringLike", "${a:b}"), conjunct("StringEquals", "${a:b}"));
    }

    #[test]
    fn keys_in_two_cases_are_marked() {
        let value = ["v".to_owned()];
        let mut list = vec![
            Conjunct::new("StringEquals", "aws:x", &value, Language::Y2012),
            Conjunct::new("StringEquals", "AWS:x", &value, Language::Y2012),
            Conjunct::new("StringLike", "aws:X", &value, Language::Y2012),
        ];
        mark_ambiguous(&mut list);
        let marked: Vec<bool> = list.iter().map(|conjunct| conjunct.ambiguous).collect();
        assert_eq!(marked, [true, true, false]);
    }
}
