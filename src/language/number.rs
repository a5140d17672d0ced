//! Numbers.

use std::cmp::Ordering;
use std::fmt;

/// A number: an integer of 64 bits where it is one, else an IEEE double.
///
/// Terraform computes with 512 bits. Integers agree with it up to 2^63. Sums, products and quotients that are no
/// integers are rounded to 15 significant digits, so that `0.1 + 0.2 == 0.3` holds as it does there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// A whole number.
    Integer(i64),
    /// A finite number that is not whole, or too large for an integer.
    Fraction(f64),
}

impl Number {
    /// The number that `float` is; `None` for infinities and what is no number.
    pub fn from_f64(float: f64) -> Option<Self> {
        const LIMIT: f64 = 9_223_372_036_854_775_808.0;
        if !float.is_finite() {
            return None;
        }
        if float.fract() == 0.0 && float.abs() < LIMIT {
            return Some(Self::Integer(float as i64));
        }
        Some(Self::Fraction(float))
    }

    /// The number that `text` spells, as in a literal: decimal, with an optional fraction and exponent.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        let spelled = digits
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
        if !spelled || !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            return None;
        }
        if let Ok(integer) = text.parse() {
            return Some(Self::Integer(integer));
        }
        Self::from_f64(text.parse().ok()?)
    }

    /// The nearest double.
    pub fn to_f64(self) -> f64 {
        match self {
            Self::Integer(integer) => integer as f64,
            Self::Fraction(float) => float,
        }
    }

    /// The integer it is.
    pub fn as_integer(self) -> Option<i64> {
        match self {
            Self::Integer(integer) => Some(integer),
            Self::Fraction(_) => None,
        }
    }

    /// Order by value.
    pub fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => a.cmp(&b),
            _ => self.to_f64().total_cmp(&other.to_f64()),
        }
    }

    /// Sum; `None` where it is too large.
    pub fn plus(self, other: Self) -> Option<Self> {
        self.combine(other, i64::checked_add, |a, b| a + b)
    }

    /// Difference; `None` where it is too large.
    pub fn minus(self, other: Self) -> Option<Self> {
        self.combine(other, i64::checked_sub, |a, b| a - b)
    }

    /// Product; `None` where it is too large.
    pub fn times(self, other: Self) -> Option<Self> {
        self.combine(other, i64::checked_mul, |a, b| a * b)
    }

    /// Quotient, a fraction where it has to be; `None` for a division by zero.
    pub fn over(self, other: Self) -> Option<Self> {
        let whole = |a: i64, b: i64| {
            a.checked_rem(b)
                .filter(|rest| *rest == 0)
                .and_then(|_| a.checked_div(b))
        };
        self.combine(other, whole, |a, b| a / b)
    }

    /// What a division leaves, with the sign of `self`. Terraform answers `self` for a divisor of zero.
    pub fn modulo(self, other: Self) -> Option<Self> {
        if other == Self::Integer(0) {
            return Some(self);
        }
        self.combine(other, i64::checked_rem, |a, b| a % b)
    }

    /// The same with the other sign.
    pub fn negated(self) -> Self {
        match self {
            Self::Integer(integer) => match integer.checked_neg() {
                Some(integer) => Self::Integer(integer),
                None => Self::Fraction(-(integer as f64)),
            },
            Self::Fraction(float) => Self::Fraction(-float),
        }
    }

    fn combine(
        self,
        other: Self,
        integers: impl Fn(i64, i64) -> Option<i64>,
        floats: impl Fn(f64, f64) -> f64,
    ) -> Option<Self> {
        if let (Self::Integer(a), Self::Integer(b)) = (self, other)
            && let Some(result) = integers(a, b)
        {
            return Some(Self::Integer(result));
        }
        let result = floats(self.to_f64(), other.to_f64());
        Self::from_f64(result).map(|exact| match exact {
            Self::Integer(_) => exact,
            Self::Fraction(float) => rounded(float).unwrap_or(exact),
        })
    }
}

/// `float` with 15 significant digits, which every double carries.
fn rounded(float: f64) -> Option<Number> {
    Number::from_f64(format!("{float:.14e}").parse().ok()?)
}

impl From<i64> for Number {
    fn from(integer: i64) -> Self {
        Self::Integer(integer)
    }
}

/// Decimal, never with an exponent.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(integer) => write!(f, "{integer}"),
            Self::Fraction(float) => write!(f, "{float}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_spelled_as_in_literals() {
        for (text, expected) in [
            ("12", "12"),
            ("1e3", "1000"),
            (".5", "0.5"),
            ("-1.50", "-1.5"),
            ("+2", "2"),
        ] {
            assert_eq!(Number::parse(text).unwrap().to_string(), expected);
        }
        for text in ["", "-", "0x10", " 1", "inf", "NaN", "1_0", "e3", "1e999", "--1"] {
            assert_eq!(Number::parse(text), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn arithmetic_keeps_integers_whole_and_never_panics(a: i64, b: i64) {
            let (x, y) = (Number::Integer(a), Number::Integer(b));
            for result in [x.plus(y), x.minus(y), x.times(y), x.over(y), x.modulo(y), Some(x.negated())] {
                if let Some(Number::Fraction(float)) = result {
                    prop_assert!(float.is_finite());
                }
            }
            prop_assert_eq!(x.plus(y).and_then(Number::as_integer).or(Some(0)), a.checked_add(b).or(Some(0)));
        }
    }
}
