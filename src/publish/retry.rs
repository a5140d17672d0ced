//! When to ask again: a pure decision.
//!
//! Source: GitHub's documentation on rate limits of the REST API ("exceeding the rate limit") and its best practices:
//! `Retry-After` first, then `x-ratelimit-reset` where nothing remains, otherwise at least a minute.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::StatusCode;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// Tries of one request, the first included.
pub(super) const TRIES: u32 = 5;
/// All waiting of one client together ends here.
pub(super) const PATIENCE: Duration = Duration::from_secs(120);
/// The pause after the first failure, doubled for each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// For a rate limit that says nothing about its end.
const LIMIT_PAUSE: Duration = Duration::from_secs(60);

/// What became of one try.
#[derive(Clone, Copy, Debug)]
pub(super) enum Try<'a> {
    /// No answer, or half of one.
    Broken,
    Answered {
        status: StatusCode,
        headers: &'a HeaderMap,
        body: &'a [u8],
    },
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing is gained by asking again.
    Done,
    Again(Duration),
    /// A limit holds for longer than anybody shall wait here.
    TooLong(Duration),
}

/// Decides after the `tries`th try of a request, when `waited` is already spent and the time is `now` (Unix seconds).
pub(super) fn next(outcome: Try<'_>, tries: u32, waited: Duration, now: u64) -> Next {
    let backoff = FIRST_PAUSE * 2_u32.saturating_pow(tries.saturating_sub(1).min(8));
    let (wait, limited) = match outcome {
        Try::Broken => (backoff, false),
        Try::Answered { status, headers, body } => {
            let told = retry_after(headers, now);
            if is_limit(status, headers, body) {
                let wait = told
                    .or_else(|| reset(headers, now))
                    .unwrap_or(LIMIT_PAUSE)
                    .max(Duration::from_secs(1));
                (wait, true)
            } else if status.is_server_error() {
                (told.unwrap_or_default().max(backoff), false)
            } else {
                return Next::Done;
            }
        }
    };
    let fits = waited.saturating_add(wait) <= PATIENCE;
    match (tries < TRIES && fits, limited) {
        (true, _) => Next::Again(wait),
        (false, true) => Next::TooLong(wait),
        (false, false) => Next::Done,
    }
}

/// Whether the answer is a rate limit. GitHub answers 403 both for these and for a missing permission; only the former
/// carries one of the headers or says so.
fn is_limit(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> bool {
    match status {
        StatusCode::TOO_MANY_REQUESTS => true,
        StatusCode::FORBIDDEN => {
            headers.contains_key(RETRY_AFTER)
                || text(headers, "x-ratelimit-remaining") == Some("0")
                || String::from_utf8_lossy(body)
                    .to_ascii_lowercase()
                    .contains("secondary rate limit")
        }
        _ => false,
    }
}

/// `Retry-After`: seconds, or the date that gateways send.
fn retry_after(headers: &HeaderMap, now: u64) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at: Timestamp = rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    let at = u64::try_from(at.as_second()).ok()?;
    Some(Duration::from_secs(at.saturating_sub(now)))
}

/// When the hourly limit starts afresh; only where nothing of it remains.
fn reset(headers: &HeaderMap, now: u64) -> Option<Duration> {
    if text(headers, "x-ratelimit-remaining")? != "0" {
        return None;
    }
    let at: u64 = text(headers, "x-ratelimit-reset")?.parse().ok()?;
    Some(Duration::from_secs(at.saturating_sub(now)))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    const NOW: u64 = 1_795_564_800; // 2026-11-25T00:00:00Z

    fn after(status: u16, headers: &[(&'static str, &str)], body: &str, tries: u32, waited: u64) -> Next {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_str(value).expect("a header's value"),
                )
            })
            .collect();
        let outcome = Try::Answered {
            status: StatusCode::from_u16(status).expect("a status"),
            headers: &headers,
            body: body.as_bytes(),
        };
        next(outcome, tries, Duration::from_secs(waited), NOW)
    }

    fn again(seconds: u64) -> Next {
        Next::Again(Duration::from_secs(seconds))
    }

    #[test]
    fn what_cannot_change_is_not_asked_again() {
        for status in [200, 201, 204, 301, 400, 401, 404, 410, 422] {
            assert_eq!(after(status, &[], "", 1, 0), Next::Done, "{status}");
        }
        let body = "{\"message\":\"Resource not accessible by integration\"}";
        let plenty = [("x-ratelimit-remaining", "4999"), ("x-ratelimit-reset", "1795568400")];
        assert_eq!(after(403, &plenty, body, 1, 0), Next::Done);
    }

    #[test]
    fn servers_in_trouble_are_asked_again_more_and_more_slowly() {
        for (tries, seconds) in [(1, 1), (2, 2), (3, 4), (4, 8)] {
            assert_eq!(after(502, &[], "", tries, 0), again(seconds));
            assert_eq!(next(Try::Broken, tries, Duration::ZERO, NOW), again(seconds));
        }
        assert_eq!(after(502, &[], "", TRIES, 0), Next::Done);
        assert_eq!(next(Try::Broken, TRIES, Duration::ZERO, NOW), Next::Done);
        assert_eq!(after(503, &[("retry-after", "7")], "", 1, 0), again(7));
        assert_eq!(
            after(503, &[("retry-after", "Wed, 25 Nov 2026 00:00:30 GMT")], "", 1, 0),
            again(30)
        );
        assert_eq!(after(503, &[("retry-after", "soon")], "", 1, 0), again(1));
        assert_eq!(after(502, &[], "", 1, 120), Next::Done, "patience is at its end");
    }

    #[test]
    fn limits_are_waited_out_as_github_asks() {
        let secondary = "{\"message\":\"You have exceeded a secondary rate limit. Please wait.\"}";
        assert_eq!(after(403, &[("retry-after", "20")], secondary, 1, 0), again(20));
        assert_eq!(after(429, &[("retry-after", "20")], "", 1, 0), again(20));
        assert_eq!(after(403, &[], secondary, 1, 0), again(60));
        assert_eq!(after(429, &[], "", 1, 0), again(60));
        let used_up = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1795564845")];
        assert_eq!(after(403, &used_up, "", 1, 0), again(45));
        let past = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1795564000")];
        assert_eq!(after(429, &past, "", 1, 0), again(1));
    }

    #[test]
    fn nobody_waits_for_longer_than_patience() {
        let hour = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1795568400")];
        assert_eq!(after(403, &hour, "", 1, 0), Next::TooLong(Duration::from_secs(3600)));
        assert_eq!(
            after(429, &[("retry-after", "60")], "", 2, 61),
            Next::TooLong(Duration::from_secs(60))
        );
        assert_eq!(after(429, &[("retry-after", "60")], "", 2, 60), again(60));
    }

    proptest! {
        #[test]
        fn tries_and_waits_are_bounded(
            status in 100_u16..600, tries in 0_u32..u32::MAX, waited in 0_u64..1000,
            header in "[0-9a-zA-Z ,:-]{0,30}", body in any::<Vec<u8>>(),
        ) {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, HeaderValue::from_str(&header).expect("visible characters"));
            let status = StatusCode::from_u16(status).expect("a status");
            let waited = Duration::from_secs(waited);
            for outcome in [Try::Broken, Try::Answered { status, headers: &headers, body: &body }] {
                if let Next::Again(wait) = next(outcome, tries, waited, NOW) {
                    prop_assert!(tries < TRIES);
                    prop_assert!(waited + wait <= PATIENCE);
                }
            }
        }
    }
}
