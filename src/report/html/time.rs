//! Points in time as people write them. What is no RFC 3339 time is shown as it is.

use jiff::Timestamp;

use super::writer::Html;

/// Writes `14 March 2026, 02:30 UTC`.
pub(super) fn write(html: &mut Html, at: &str) {
    match at.parse::<Timestamp>() {
        Ok(time) => html.leaf("time", &[("datetime", at)], &spelled(time)),
        Err(_) => html.text(at),
    }
}

/// `14 March 2026, 02:30 UTC`.
pub(super) fn in_words(at: &str) -> String {
    at.parse().map_or_else(|_| at.to_owned(), spelled)
}

/// `14 March`, for where there is little room.
pub(super) fn day(at: &str) -> String {
    at.parse()
        .map_or_else(|_| at.to_owned(), |time: Timestamp| time.strftime("%-d %B").to_string())
}

/// How long it was from one time to another: `3 days`; `None` where that is not known or less than an hour.
pub(super) fn between(from: &str, to: &str) -> Option<String> {
    let (from, to): (Timestamp, Timestamp) = (from.parse().ok()?, to.parse().ok()?);
    let hours = to.duration_since(from).as_hours();
    let (number, noun) = if hours < 48 {
        (hours, "hour")
    } else {
        (hours / 24, "day")
    };
    (number > 0).then(|| format!("{number} {noun}{}", if number == 1 { "" } else { "s" }))
}

fn spelled(time: Timestamp) -> String {
    time.strftime("%-d %B %Y, %H:%M UTC").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_spelled_and_what_is_none_stays() {
        assert_eq!(in_words("2026-03-04T02:30:00Z"), "4 March 2026, 02:30 UTC");
        assert_eq!(in_words("2026-03-04T02:30:00+01:00"), "4 March 2026, 01:30 UTC");
        assert_eq!(day("2026-03-04T02:30:00Z"), "4 March");
        assert_eq!(
            (in_words("yesterday"), day("")),
            ("yesterday".to_owned(), String::new())
        );
    }

    #[test]
    fn ages_are_rounded_down() {
        let since = |from| between(from, "2026-03-14T02:30:00Z");
        assert_eq!(since("2026-03-11T02:31:00Z").as_deref(), Some("2 days"));
        assert_eq!(since("2026-03-13T01:30:00Z").as_deref(), Some("25 hours"));
        assert_eq!(since("2026-03-14T01:30:00Z").as_deref(), Some("1 hour"));
        assert_eq!(since("2026-03-14T02:00:00Z"), None);
        assert_eq!(since("2026-03-15T02:00:00Z"), None);
        assert_eq!(since("long ago"), None);
    }
}
