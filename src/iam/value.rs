//! Normal forms of condition values: numbers, address ranges, dates.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A decimal number with one spelling per value (`10`, `10.0` and `1e1` agree); None if the text
/// is no number. Worked on the digits, so that no precision is lost.
pub(super) fn canonical_number(text: &str) -> Option<String> {
    let text = text.trim();
    let (negative, rest) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (rest, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() && fraction.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return None;
    }
    let digits = format!("{whole}{fraction}");
    let shortened = digits.trim_end_matches('0');
    if shortened.trim_start_matches('0').is_empty() {
        return Some("0".to_owned());
    }
    let dropped = i64::try_from(digits.len() - shortened.len()).ok()?;
    let scale = i64::from(exponent) - i64::try_from(fraction.len()).ok()? + dropped;
    let sign = if negative { "-" } else { "" };
    let digits = shortened.trim_start_matches('0');
    Some(match scale {
        0 => format!("{sign}{digits}"),
        _ => format!("{sign}{digits}e{scale}"),
    })
}

/// An address range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Network {
    address: IpAddr,
    bits: u8,
    written_bits: bool,
}

impl Network {
    /// Reads `address` or `address/bits`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.trim().split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().ok()?)),
            None => (text.trim(), None),
        };
        let address: IpAddr = address.parse().ok()?;
        let width = if address.is_ipv4() { 32 } else { 128 };
        let length = bits.unwrap_or(width);
        (length <= width).then(|| Self {
            address: mask(address, length),
            bits: length,
            written_bits: bits.is_some(),
        })
    }

    /// The one spelling of this range; an IPv6 address without a mask stays without one, since
    /// the default mask AWS names for it is doubtful.
    pub(super) fn canonical(&self) -> String {
        if self.address.is_ipv6() && !self.written_bits {
            self.address.to_string()
        } else {
            format!("{}/{}", self.address, self.bits)
        }
    }

    pub(super) fn contains(&self, address: IpAddr) -> bool {
        self.address.is_ipv4() == address.is_ipv4() && mask(address, self.bits) == self.address
    }

    /// Narrow enough not to count as public: at least /8 for IPv4, /32 for IPv6 (S3 guide).
    pub(super) fn is_narrow(&self) -> bool {
        self.bits >= if self.address.is_ipv4() { 8 } else { 32 }
    }
}

fn mask(address: IpAddr, bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & mask))
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & mask))
        }
    }
}

/// Seconds since 1970 of an epoch number or of an ISO 8601 date, as Date conditions write them
/// (`2026-01-01`, `2026-01-01T00:00:00Z`, with fraction or offset); None for anything else.
pub(super) fn epoch_seconds(text: &str) -> Option<i64> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<i64>() {
        return Some(seconds);
    }
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.splitn(3, '-');
    let year = number(parts.next()?, 9999)?;
    let month = number(parts.next()?, 12)?;
    let day = number(parts.next()?, 31)?;
    if month == 0 || day == 0 {
        return None;
    }
    let seconds = days_since_1970(year, month, day) * 86_400;
    let Some(time) = time else {
        return Some(seconds);
    };
    let (clock, offset) = match time.find(['Z', 'z', '+', '-']) {
        Some(at) => (&time[..at], &time[at..]),
        None => (time, "Z"),
    };
    let clock = clock.split_once('.').map_or(clock, |(clock, _)| clock);
    let mut parts = clock.splitn(3, ':');
    let hour = number(parts.next()?, 24)?;
    let minute = parts.next().map_or(Some(0), |text| number(text, 59))?;
    let second = parts.next().map_or(Some(0), |text| number(text, 60))?;
    Some(seconds + hour * 3600 + minute * 60 + second - offset_seconds(offset)?)
}

fn offset_seconds(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits: String = text.get(1..)?.chars().filter(|letter| *letter != ':').collect();
    let hours = number(digits.get(..2)?, 24)?;
    let minutes = digits.get(2..).filter(|rest| !rest.is_empty());
    let minutes = minutes.map_or(Some(0), |rest| number(rest, 59))?;
    Some(sign * (hours * 3600 + minutes * 60))
}

fn number(text: &str, most: i64) -> Option<i64> {
    let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let value = plain.then(|| text.parse::<i64>().ok()).flatten()?;
    (value <= most).then_some(value)
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar, by counting years from March so
/// that the leap day comes last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let shifted_year = if month <= 2 { year - 1 } else { year };
    let shifted_month = (month + 9) % 12;
    let leap_days = shifted_year.div_euclid(4) - shifted_year.div_euclid(100) + shifted_year.div_euclid(400);
    let day_of_year = (153 * shifted_month + 2) / 5 + day - 1;
    shifted_year * 365 + leap_days + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_one_spelling() {
        for same in [["10", "10.0"], ["10", "1e1"], ["0", "-0.00"], ["0.5", ".50"]] {
            assert_eq!(canonical_number(same[0]), canonical_number(same[1]), "{same:?}");
        }
        let large = ["123456789012345678901", "123456789012345678902"];
        assert_ne!(canonical_number(large[0]), canonical_number(large[1]));
        for text in ["", "x", "1.2.3", "-", ".", "0x10", "1e99999999999"] {
            assert_eq!(canonical_number(text), None, "{text}");
        }
    }

    #[test]
    fn networks() {
        let canonical = |text| Network::parse(text).map(|network| network.canonical());
        assert_eq!(canonical("203.0.113.7").unwrap(), "203.0.113.7/32");
        assert_eq!(canonical("203.0.113.7/24").unwrap(), "203.0.113.0/24");
        assert_eq!(canonical("0.0.0.0/0").unwrap(), "0.0.0.0/0");
        assert_eq!(canonical("2001:DB8::1").unwrap(), "2001:db8::1");
        assert_eq!(canonical("2001:DB8:0::/32").unwrap(), "2001:db8::/32");
        assert_eq!(canonical("::/0").unwrap(), "::/0");
        assert_eq!(canonical("1.2.3.4/33"), None);
        assert_eq!(canonical("example.com"), None);
        let network = Network::parse("203.0.113.0/24").unwrap();
        assert!(network.contains("203.0.113.200".parse().unwrap()));
        assert!(!network.contains("203.0.114.1".parse().unwrap()));
        assert!(!Network::parse("0.0.0.0/0").unwrap().is_narrow());
    }

    #[test]
    fn dates() {
        assert_eq!(epoch_seconds("1970-01-01"), Some(0));
        assert_eq!(epoch_seconds("2000-03-01T00:00:00Z"), Some(951_868_800));
        assert_eq!(epoch_seconds("2026-08-22T12:30:05.5Z"), Some(1_787_401_805));
        assert_eq!(epoch_seconds("1970-01-01T02:00:00+02:00"), Some(0));
        assert_eq!(epoch_seconds("1609459200"), Some(1_609_459_200));
        for text in ["", "2026", "2026-13-01", "2026-01-01T25:00Z", "2026-01-01Tx", "T"] {
            assert_eq!(epoch_seconds(text), if text == "2026" { Some(2026) } else { None });
        }
    }
}
