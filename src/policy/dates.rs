//! Days as policies write them.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

/// The day of a moment (RFC 3339) in UTC; `None` where the text is no moment.
pub(super) fn day_of(moment: &str) -> Option<Date> {
    let moment: Timestamp = moment.parse().ok()?;
    Some(Offset::UTC.to_datetime(moment).date())
}

/// Reads `2027-01-31`.
///
/// # Errors
/// What is wrong with the text.
pub(super) fn parse(text: &str) -> Result<Date, String> {
    let digits = |part: &str, length: usize| -> Option<i16> {
        (part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| part.parse().ok())
            .flatten()
    };
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return Err(format!("\"{text}\" is no date"));
    };
    let (Some(year), Some(month), Some(day)) = (digits(year, 4), digits(month, 2), digits(day, 2)) else {
        return Err(format!("\"{text}\" is no date"));
    };
    let small = |number: i16| i8::try_from(number).unwrap_or_default();
    Date::new(year, small(month), small(day)).map_err(|_| format!("there is no day {text}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_ten_characters_and_a_day_that_exists() {
        assert_eq!(parse("2028-02-29").unwrap().to_string(), "2028-02-29");
        for (text, expected) in [
            ("2027-02-29", "there is no day 2027-02-29"),
            ("2027-13-01", "there is no day 2027-13-01"),
            ("2027-00-10", "there is no day 2027-00-10"),
            ("20270131", "\"20270131\" is no date"),
            ("2027-1-31", "\"2027-1-31\" is no date"),
            ("2027-01-31T00:00:00Z", "\"2027-01-31T00:00:00Z\" is no date"),
            ("31.01.2027", "\"31.01.2027\" is no date"),
            ("", "\"\" is no date"),
        ] {
            assert_eq!(parse(text), Err(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn the_day_is_that_of_utc() {
        assert_eq!(day_of("2027-01-31T23:30:00-02:00").unwrap().to_string(), "2027-02-01");
        assert_eq!(day_of("yesterday"), None);
    }
}
