//! Condition operators, in one spelling each.

use std::fmt;

/// What a condition operator tests. `ArnEquals` and `ArnNotEquals` are read as `ArnLike` and
/// `ArnNotLike`, which behave identically (IAM user guide, condition operators).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Test {
    /// Exact text.
    StringEquals,
    /// Not this exact text.
    StringNotEquals,
    /// Text without case.
    StringEqualsIgnoreCase,
    /// Not this text, case ignored.
    StringNotEqualsIgnoreCase,
    /// Text with `*` and `?`.
    StringLike,
    /// Not this text with `*` and `?`.
    StringNotLike,
    /// Equal number.
    NumericEquals,
    /// Another number.
    NumericNotEquals,
    /// Smaller number.
    NumericLessThan,
    /// Smaller or equal number.
    NumericLessThanEquals,
    /// Greater number.
    NumericGreaterThan,
    /// Greater or equal number.
    NumericGreaterThanEquals,
    /// Same moment.
    DateEquals,
    /// Another moment.
    DateNotEquals,
    /// Earlier.
    DateLessThan,
    /// Earlier or at that moment.
    DateLessThanEquals,
    /// Later.
    DateGreaterThan,
    /// Later or at that moment.
    DateGreaterThanEquals,
    /// `true` or `false`.
    Bool,
    /// Exact bytes, in base64.
    BinaryEquals,
    /// Address within a range.
    IpAddress,
    /// Address outside a range.
    NotIpAddress,
    /// ARN, wildcards within each colon segment.
    ArnLike,
    /// Not this ARN.
    ArnNotLike,
    /// Whether the key is missing.
    Null,
    /// An operator this program does not know, as written.
    Other(String),
}

/// The quantifier before an operator, for keys with several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quantifier {
    /// `ForAllValues:`; true when the key is missing.
    All,
    /// `ForAnyValue:`; false when the key is missing.
    Any,
}

/// A condition operator with its quantifier and its `IfExists`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Operator {
    /// `ForAllValues:` or `ForAnyValue:`, if any.
    pub quantifier: Option<Quantifier>,
    /// The comparison itself.
    pub test: Test,
    /// True when the key is missing.
    pub if_exists: bool,
}

/// How the values of an operator are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Text,
    FoldedText,
    Glob,
    Number,
    Date,
    Word,
    Bytes,
    Network,
    Arn,
    Other,
}

const KNOWN: [(&str, Test); 27] = [
    ("StringEquals", Test::StringEquals),
    ("StringNotEquals", Test::StringNotEquals),
    ("StringEqualsIgnoreCase", Test::StringEqualsIgnoreCase),
    ("StringNotEqualsIgnoreCase", Test::StringNotEqualsIgnoreCase),
    ("StringLike", Test::StringLike),
    ("StringNotLike", Test::StringNotLike),
    ("NumericEquals", Test::NumericEquals),
    ("NumericNotEquals", Test::NumericNotEquals),
    ("NumericLessThan", Test::NumericLessThan),
    ("NumericLessThanEquals", Test::NumericLessThanEquals),
    ("NumericGreaterThan", Test::NumericGreaterThan),
    ("NumericGreaterThanEquals", Test::NumericGreaterThanEquals),
    ("DateEquals", Test::DateEquals),
    ("DateNotEquals", Test::DateNotEquals),
    ("DateLessThan", Test::DateLessThan),
    ("DateLessThanEquals", Test::DateLessThanEquals),
    ("DateGreaterThan", Test::DateGreaterThan),
    ("DateGreaterThanEquals", Test::DateGreaterThanEquals),
    ("Bool", Test::Bool),
    ("BinaryEquals", Test::BinaryEquals),
    ("IpAddress", Test::IpAddress),
    ("NotIpAddress", Test::NotIpAddress),
    ("ArnLike", Test::ArnLike),
    ("ArnNotLike", Test::ArnNotLike),
    ("ArnEquals", Test::ArnLike),
    ("ArnNotEquals", Test::ArnNotLike),
    ("Null", Test::Null),
];

impl Operator {
    /// Reads an operator. Case is ignored: a stored document passed validation, so an odd
    /// spelling can only be the known operator.
    pub fn parse(written: &str) -> Self {
        let (quantifier, rest) = match written.split_once(':') {
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAllValues") => (Some(Quantifier::All), rest),
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("ForAnyValue") => (Some(Quantifier::Any), rest),
            _ => (None, written),
        };
        let suffix = rest.len().saturating_sub("IfExists".len());
        let (base, if_exists) = match (rest.get(..suffix), rest.get(suffix..)) {
            (Some(base), Some(end)) if end.eq_ignore_ascii_case("IfExists") => (base, true),
            _ => (rest, false),
        };
        let known = KNOWN
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(base))
            .map(|(_, test)| test.clone());
        match known {
            // Null asks whether the key is there; with IfExists it would be no operator.
            Some(Test::Null) if if_exists => Self::other(written),
            Some(test) => Self {
                quantifier,
                test,
                if_exists,
            },
            None => Self::other(written),
        }
    }

    fn other(written: &str) -> Self {
        Self {
            quantifier: None,
            test: Test::Other(written.to_owned()),
            if_exists: false,
        }
    }

    /// Whether the operator is true when no listed value matches.
    pub fn is_negated(&self) -> bool {
        matches!(
            self.test,
            Test::StringNotEquals
                | Test::StringNotEqualsIgnoreCase
                | Test::StringNotLike
                | Test::NumericNotEquals
                | Test::DateNotEquals
                | Test::NotIpAddress
                | Test::ArnNotLike
        )
    }

    pub(super) fn family(&self) -> Family {
        match self.test {
            Test::StringEquals | Test::StringNotEquals => Family::Text,
            Test::StringEqualsIgnoreCase | Test::StringNotEqualsIgnoreCase => Family::FoldedText,
            Test::StringLike | Test::StringNotLike => Family::Glob,
            Test::NumericEquals
            | Test::NumericNotEquals
            | Test::NumericLessThan
            | Test::NumericLessThanEquals
            | Test::NumericGreaterThan
            | Test::NumericGreaterThanEquals => Family::Number,
            Test::DateEquals
            | Test::DateNotEquals
            | Test::DateLessThan
            | Test::DateLessThanEquals
            | Test::DateGreaterThan
            | Test::DateGreaterThanEquals => Family::Date,
            Test::Bool | Test::Null => Family::Word,
            Test::BinaryEquals => Family::Bytes,
            Test::IpAddress | Test::NotIpAddress => Family::Network,
            Test::ArnLike | Test::ArnNotLike => Family::Arn,
            Test::Other(_) => Family::Other,
        }
    }

    /// The same operator with another test.
    pub(super) fn with_test(&self, test: Test) -> Self {
        Self { test, ..self.clone() }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.quantifier {
            Some(Quantifier::All) => formatter.write_str("ForAllValues:")?,
            Some(Quantifier::Any) => formatter.write_str("ForAnyValue:")?,
            None => {}
        }
        let name = KNOWN.iter().find(|(_, test)| *test == self.test);
        match (&self.test, name) {
            (Test::Other(written), _) => formatter.write_str(written)?,
            (_, Some((name, _))) => formatter.write_str(name)?,
            (test, None) => write!(formatter, "{test:?}")?,
        }
        if self.if_exists {
            formatter.write_str("IfExists")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_operator_is_read_and_shown() {
        for (name, test) in KNOWN {
            for quantifier in ["", "ForAllValues:", "ForAnyValue:"] {
                let operator = Operator::parse(&format!("{quantifier}{name}").to_uppercase());
                assert_eq!(operator.test, test);
                assert_eq!(Operator::parse(&operator.to_string()), operator);
            }
        }
        assert_eq!(
            Operator::parse("stringequalsifexists").to_string(),
            "StringEqualsIfExists"
        );
    }

    #[test]
    fn unknown_operators_stay_as_written() {
        for written in ["Fuzzy", "NullIfExists", "IfExists", "ForAllValues:", "é", "xéIfExists"] {
            assert_eq!(Operator::parse(written).to_string(), written);
        }
    }
}
