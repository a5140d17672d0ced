//! The names of entries: `20261124T020304.123Z-9f2c51d0a7b36e48.json.gz`, the time first, so that they sort by it.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::process;
use std::time::{SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use sha2::{Digest, Sha256};

const TIME: &str = "%Y%m%dT%H%M%S%.3fZ";
const SUFFIX: &str = ".json.gz";

/// The name of one entry. Names have the order of their texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    /// Whole milliseconds, in the years 0 to 9999.
    moment: Timestamp,
    /// Tells apart what was added in the same millisecond.
    id: u64,
}

impl Name {
    /// `salt` is what no other writer has; see [`salt`]. `None` for a year that does not have four digits.
    pub(super) fn new(moment: Timestamp, text: &str, salt: u64) -> Option<Self> {
        let nanosecond = moment.subsec_nanosecond();
        let moment = Timestamp::new(moment.as_second(), nanosecond - nanosecond % 1_000_000).ok()?;
        if Offset::UTC.to_datetime(moment).year() < 0 {
            return None;
        }
        let hash = Sha256::new()
            .chain_update(salt.to_be_bytes())
            .chain_update(text)
            .finalize();
        let id = hash.iter().take(8).fold(0, |id, byte| (id << 8) | u64::from(*byte));
        Some(Self { moment, id })
    }

    /// `None` for a file that is no entry.
    pub(super) fn parse(file: &str) -> Option<Self> {
        let (time, id) = file.strip_suffix(SUFFIX)?.split_once('-')?;
        let time = DateTime::strptime(TIME, time).ok()?;
        let name = Self {
            moment: Offset::UTC.to_timestamp(time).ok()?,
            id: u64::from_str_radix(id, 16).ok()?,
        };
        // Of all spellings that the parsers take, one is right.
        (name.to_string() == file).then_some(name)
    }

    pub(super) fn moment(&self) -> Timestamp {
        self.moment
    }

    /// RFC 3339 in UTC, to the millisecond.
    pub(super) fn at(&self) -> String {
        format!("{:.3}", self.moment)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = Offset::UTC.to_datetime(self.moment);
        write!(f, "{}-{:016x}{SUFFIX}", time.strftime(TIME), self.id)
    }
}

/// What this moment in this process has and no other: the operating system's random numbers, which seed the hasher,
/// with the process and the time.
pub(super) fn salt() -> u64 {
    let nanoseconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_nanos());
    RandomState::new().hash_one((process::id(), nanoseconds))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_name_tells_the_millisecond_in_utc() {
        let name = Name::new(at("2026-11-24T03:03:04.123999+01:00"), "{}", 7).unwrap();
        let text = name.to_string();
        assert!(text.starts_with("20261124T020304.123Z-"), "{text}");
        assert_eq!(text.len(), "20261124T020304.123Z-9f2c51d0a7b36e48.json.gz".len());
        assert_eq!(name.at(), "2026-11-24T02:03:04.123Z");
        let whole = Name::new(at("2026-11-24T02:03:04Z"), "{}", 7).unwrap();
        assert_eq!(whole.at(), "2026-11-24T02:03:04.000Z");
    }

    #[test]
    fn the_same_text_at_the_same_time_has_another_name_each_time() {
        let now = at("2026-11-24T02:03:04.123Z");
        let names: BTreeSet<Name> = (0..1000).map(|_| Name::new(now, "{}", salt()).unwrap()).collect();
        assert_eq!(names.len(), 1000);
        assert_ne!(Name::new(now, "{}", 7), Name::new(now, "[]", 7));
    }

    #[test]
    fn years_without_four_digits_have_no_name() {
        assert_eq!(Name::new(at("-000001-12-31T23:59:59.999Z"), "", 0), None);
        assert!(Name::new(at("0000-01-01T00:00:00Z"), "", 0).is_some());
        assert!(Name::new(Timestamp::MAX, "", 0).is_some());
    }

    #[test]
    fn nothing_else_is_an_entry() {
        let good = "20261124T020304.123Z-9f2c51d0a7b36e48.json.gz";
        assert_eq!(Name::parse(good).unwrap().to_string(), good);
        for other in [
            "",
            ".json.gz",
            "-.json.gz",
            "README.md",
            "20261124T020304.123Z-9f2c51d0a7b36e48.json",
            "20261124T020304.123Z-9f2c51d0a7b36e48.json.gz.tmp",
            ".20261124T020304.123Z-9f2c51d0a7b36e48.json.gz",
            "20261124T020304.123Z-9F2C51D0A7B36E48.json.gz",
            "20261124T020304.123Z-+f2c51d0a7b36e48.json.gz",
            "20261124T020304.123Z-9f2c51d0a7b36e4.json.gz",
            "20261124T020304.123Z-09f2c51d0a7b36e48.json.gz",
            "20261124T020304.123Z-9f2c51d0a7b36e48-1.json.gz",
            "20261124T020304Z-9f2c51d0a7b36e48.json.gz",
            "20261124T020304.1234Z-9f2c51d0a7b36e48.json.gz",
            "20261124T020360.123Z-9f2c51d0a7b36e48.json.gz",
            "20261131T020304.123Z-9f2c51d0a7b36e48.json.gz",
            "20261324T020304.123Z-9f2c51d0a7b36e48.json.gz",
            "20261124 020304.123Z-9f2c51d0a7b36e48.json.gz",
            "20261124T020304.123-9f2c51d0a7b36e48.json.gz",
            "99991231T235959.999Z-9f2c51d0a7b36e48.json.gz",
        ] {
            assert_eq!(Name::parse(other), None, "{other}");
        }
    }

    fn moments() -> impl Strategy<Value = Timestamp> {
        let least = at("0000-01-01T00:00:00Z").as_millisecond();
        // The last millisecond that jiff makes of a number.
        let most = Timestamp::MAX.as_second() * 1000;
        (least..=most).prop_map(|millisecond| Timestamp::from_millisecond(millisecond).unwrap())
    }

    proptest! {
        #[test]
        fn a_name_is_read_as_it_was_written(moment in moments(), salt: u64) {
            let name = Name::new(moment, "{}", salt).unwrap();
            prop_assert_eq!(Name::parse(&name.to_string()), Some(name));
            prop_assert_eq!(name.at().parse::<Timestamp>().unwrap(), moment);
        }

        #[test]
        fn names_sort_as_their_texts(one in moments(), other in moments(), near in -2_i64..=2, salt: u64) {
            let beside = Timestamp::from_millisecond(one.as_millisecond().saturating_add(near)).unwrap_or(one);
            for second in [other, beside] {
                let one = Name::new(one, "a", salt).unwrap();
                if let Some(second) = Name::new(second, "b", salt) {
                    prop_assert_eq!(one.cmp(&second), one.to_string().cmp(&second.to_string()));
                }
            }
        }

        #[test]
        fn any_text_is_a_name_or_none(text in "\\PC*|[0-9]{8}T[0-9]{6}\\.[0-9]{3}Z-[0-9a-f]{16}\\.json\\.gz") {
            if let Some(name) = Name::parse(&text) {
                prop_assert_eq!(name.to_string(), text);
            }
        }
    }
}
