//! How the SDK's values are spelled in an inventory.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;

/// AWS answers an empty string where a text is not set.
pub(super) fn text(value: Option<String>) -> Option<String> {
    value.filter(|text| !text.is_empty())
}

/// RFC 3339; `None` for an instant outside the years 1 to 9999.
pub(super) fn instant(at: &DateTime) -> Option<String> {
    at.fmt(Format::DateTime).ok()
}

/// `YYYY-MM-DD` in UTC.
pub(super) fn day(at: &DateTime) -> Option<String> {
    instant(at).and_then(|text| text.split('T').next().map(str::to_owned))
}

/// `/hostedzone/Z1` → `Z1`.
pub(super) fn bare_id(id: &str) -> &str {
    id.rsplit('/').next().unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_lose_their_prefix_and_dates_their_time() {
        assert_eq!(bare_id("/hostedzone/Z1"), "Z1");
        assert_eq!(bare_id("Z1"), "Z1");
        assert_eq!(day(&DateTime::from_secs(1_767_225_600)).as_deref(), Some("2026-01-01"));
        assert_eq!(day(&DateTime::from_secs(i64::MAX)), None);
    }
}
