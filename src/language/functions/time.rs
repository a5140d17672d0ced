//! Functions of points in time, which are strings of RFC 3339.

use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::{Function, FunctionError, str_of, text};
use crate::language::value::Value;

pub(super) fn functions() -> Vec<Function> {
    vec![
        Function::new("formatdate", |arguments| {
            let moment = Moment::at(arguments, 1)?;
            moment.format(str_of(&arguments[0])).map(Value::from)
        })
        .parameter(text("spec"))
        .parameter(text("timestamp")),
        Function::new("timeadd", |arguments| {
            let moment = Moment::at(arguments, 0)?;
            let Some(duration) = duration(str_of(&arguments[1])) else {
                return Err(FunctionError::at(1, "this is no duration such as \"1h30m\""));
            };
            let sum = moment
                .instant
                .checked_add(duration)
                .map_err(|_| "the result lies beyond the calendar")?;
            let moment = Moment {
                instant: sum,
                offset: moment.offset,
            };
            moment.format("YYYY-MM-DD'T'hh:mm:ssZ").map(Value::from)
        })
        .parameter(text("timestamp"))
        .parameter(text("duration")),
        Function::new("timecmp", |arguments| {
            let (a, b) = (Moment::at(arguments, 0)?, Moment::at(arguments, 1)?);
            Ok(Value::from(a.instant.cmp(&b.instant) as i64))
        })
        .parameter(text("a"))
        .parameter(text("b")),
    ]
}

/// A point in time, and the offset from UTC that it was written with.
struct Moment {
    instant: Timestamp,
    offset: Offset,
}

impl Moment {
    fn at(arguments: &[Value], at: usize) -> Result<Self, FunctionError> {
        let example = "this is no time such as \"2026-01-31T12:00:00Z\"";
        Self::parse(str_of(&arguments[at])).ok_or_else(|| FunctionError::at(at, example))
    }

    fn parse(text: &str) -> Option<Self> {
        let (date, time) = text.split_at_checked(10)?;
        let time = time.strip_prefix('T')?;
        let (clock, zone) = time.split_at_checked(time.find(['Z', '+', '-'])?)?;
        let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
        let [year, month, day] = parts(date, '-', [4, 2, 2])?;
        let [hour, minute, second] = parts(clock, ':', [2, 2, 2])?;
        if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let nanoseconds: String = fraction.chars().chain("000000000".chars()).take(9).collect();
        let small = |number: i32| i8::try_from(number).ok();
        let civil = DateTime::new(
            i16::try_from(year).ok()?,
            small(month)?,
            small(day)?,
            small(hour)?,
            small(minute)?,
            small(second)?,
            nanoseconds.parse().ok()?,
        );
        let offset = if zone == "Z" {
            Offset::UTC
        } else {
            let [hours, minutes] = parts(zone.get(1..)?, ':', [2, 2])?;
            let seconds = (hours * 60 + minutes) * 60;
            if hours > 23 || minutes > 59 {
                return None;
            }
            Offset::from_seconds(if zone.starts_with('-') { -seconds } else { seconds }).ok()?
        };
        Some(Self {
            instant: offset.to_timestamp(civil.ok()?).ok()?,
            offset,
        })
    }

    /// Writes it as `spec` says: runs of letters stand for its parts, texts in `'…'` and other characters for themselves.
    fn format(&self, spec: &str) -> Result<String, FunctionError> {
        let civil = self.offset.to_datetime(self.instant);
        let mut out = String::new();
        let mut rest = spec;
        while let Some(c) = rest.chars().next() {
            if c == '\'' {
                rest = quoted(&rest[1..], &mut out)?;
                continue;
            }
            let end = rest.find(|other| other != c).unwrap_or(rest.len());
            let (run, behind) = rest.split_at(end);
            if c.is_ascii_alphabetic() {
                out.push_str(&self.part(civil, c, run.len()).ok_or_else(|| {
                    FunctionError::at(
                        0,
                        format!("\"{run}\" stands for nothing; put text between single quotes"),
                    )
                })?);
            } else {
                out.push_str(run);
            }
            rest = behind;
        }
        Ok(out)
    }

    fn part(&self, civil: DateTime, letter: char, length: usize) -> Option<String> {
        const MONTHS: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        const DAYS: [&str; 7] = [
            "Monday",
            "Tuesday",
            "Wednesday",
            "Thursday",
            "Friday",
            "Saturday",
            "Sunday",
        ];
        let number = |number: i8| match length {
            1 => Some(number.to_string()),
            2 => Some(format!("{number:02}")),
            _ => None,
        };
        let name = |names: &[&str], at: i8| {
            let name = names.get(usize::try_from(at).ok()?)?;
            match length {
                3 => name.get(..3).map(str::to_owned),
                4 => Some((*name).to_owned()),
                _ => None,
            }
        };
        match (letter, length) {
            ('Y', 4) => Some(format!("{:04}", civil.year())),
            ('Y', 2) => Some(format!("{:02}", civil.year().rem_euclid(100))),
            ('M', 1 | 2) => number(civil.month()),
            ('M', _) => name(&MONTHS, civil.month() - 1),
            ('D', _) => number(civil.day()),
            ('E', _) => name(&DAYS, civil.weekday().to_monday_zero_offset()),
            ('h', _) => number(civil.hour()),
            ('H', _) => number((civil.hour() + 11) % 12 + 1),
            ('A', 2) => Some(if civil.hour() < 12 { "AM" } else { "PM" }.to_owned()),
            ('a', 2) => Some(if civil.hour() < 12 { "am" } else { "pm" }.to_owned()),
            ('m', _) => number(civil.minute()),
            ('s', _) => number(civil.second()),
            ('Z', 1) if self.offset.is_zero() => Some("Z".to_owned()),
            ('Z', 3) if self.offset.is_zero() => Some("UTC".to_owned()),
            ('Z', 1 | 5) => Some(self.zone(":")),
            ('Z', 3 | 4) => Some(self.zone("")),
            _ => None,
        }
    }

    fn zone(&self, separator: &str) -> String {
        let seconds = self.offset.seconds();
        let minutes = seconds.abs() / 60;
        let sign = if seconds < 0 { '-' } else { '+' };
        format!("{sign}{:02}{separator}{:02}", minutes / 60, minutes % 60)
    }
}

/// Copies what stands up to the closing quote; a doubled quote is a quote. Gives what follows.
fn quoted<'a>(text: &'a str, out: &mut String) -> Result<&'a str, FunctionError> {
    let mut rest = text;
    loop {
        let Some((before, behind)) = rest.split_once('\'') else {
            return Err(FunctionError::at(0, "a single quote is not closed"));
        };
        out.push_str(before);
        match behind.strip_prefix('\'') {
            Some(behind) => {
                out.push('\'');
                rest = behind;
            }
            None => return Ok(behind),
        }
    }
}

/// Numbers of fixed lengths between separators.
fn parts<const N: usize>(text: &str, separator: char, lengths: [usize; N]) -> Option<[i32; N]> {
    let mut pieces = text.split(separator);
    let mut numbers = [0; N];
    for (number, length) in numbers.iter_mut().zip(lengths) {
        let piece = pieces.next()?;
        if piece.len() != length || !piece.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = piece.parse().ok()?;
    }
    pieces.next().is_none().then_some(numbers)
}

/// A duration as Go writes them: numbers with units.
fn duration(text: &str) -> Option<SignedDuration> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(SignedDuration::ZERO);
    }
    let mut total: i128 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, behind) = rest.split_at(end);
        let end = behind
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(behind.len());
        let (unit, behind) = behind.split_at(end);
        let unit: i128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60 * 1_000_000_000,
            "h" => 3600 * 1_000_000_000,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') || fraction.len() > 18 {
            return None;
        }
        let parse = |digits: &str| {
            if digits.is_empty() {
                Some(0)
            } else {
                digits.parse::<i64>().ok().map(i128::from)
            }
        };
        let scale = 10i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        total = total.checked_add(parse(whole)?.checked_mul(unit)?)?;
        total = total.checked_add(parse(fraction)?.checked_mul(unit)? / scale)?;
        rest = behind;
    }
    let total = i64::try_from(total).ok()?;
    Some(SignedDuration::from_nanos(if negative { -total } else { total }))
}
