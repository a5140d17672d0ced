//! The history over the real directory store. That the S3 store does the same is tested against an emulator.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::thread;

use proptest::prelude::*;

use super::*;

fn history(path: &Path) -> History {
    History::new(Directory::new(path))
}

/// Some day of 2026 at a whole second.
fn day(number: u32) -> String {
    format!("2026-11-{number:02}T02:03:04Z")
}

fn texts(loaded: &Loaded) -> Vec<&str> {
    loaded.entries.iter().map(|entry| entry.text.as_str()).collect()
}

/// A history with one entry on each of these days, whose texts are the days.
fn kept(path: &Path, days: &[u32]) -> Vec<String> {
    let history = history(path);
    let append = |number: &u32| history.append(&day(*number), &number.to_string()).unwrap();
    days.iter().map(append).collect()
}

#[test]
fn nothing_there_is_an_empty_history() {
    let root = tempfile::tempdir().unwrap();
    for path in [root.path().to_owned(), root.path().join("not/yet")] {
        assert_eq!(history(&path).load(10), Ok(Loaded::default()));
        assert_eq!(history(&path).prune(1, Some(1), &day(20)), Ok(vec![]));
    }
}

#[test]
fn the_newest_come_the_oldest_first() {
    let root = tempfile::tempdir().unwrap();
    let names = kept(root.path(), &[3, 1, 2, 4]);
    let loaded = history(root.path()).load(3).unwrap();
    assert_eq!(loaded.warnings, []);
    assert_eq!(texts(&loaded), ["2", "3", "4"]);
    assert_eq!(
        loaded.entries[1],
        Entry {
            name: names[0].clone(),
            at: "2026-11-03T02:03:04.000Z".to_owned(),
            text: "3".to_owned(),
        }
    );
    assert_eq!(history(root.path()).load(0), Ok(Loaded::default()));
}

#[test]
fn concurrent_writers_lose_nothing() {
    const WRITERS: usize = 8;
    const ENTRIES: usize = 12;
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("made/by/whoever/is/first");
    let names: Vec<String> = thread::scope(|scope| {
        let write = || -> Vec<String> {
            let history = history(&path);
            (0..ENTRIES)
                .map(|number| history.append(&day(1), &number.to_string()).unwrap())
                .collect()
        };
        let writers: Vec<_> = (0..WRITERS).map(|_| scope.spawn(write)).collect();
        writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
    });
    let loaded = history(&path).load(usize::MAX).unwrap();
    assert_eq!(loaded.warnings, []);
    let found: BTreeSet<&str> = loaded.entries.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(found, names.iter().map(String::as_str).collect());
    assert_eq!(found.len(), WRITERS * ENTRIES);
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for text in texts(&loaded) {
        *times.entry(text).or_default() += 1;
    }
    assert!(
        times.len() == ENTRIES && times.values().all(|times| *times == WRITERS),
        "{times:?}"
    );
    let left = fs::read_dir(&path).unwrap().count();
    assert_eq!(left, WRITERS * ENTRIES, "nothing temporary is left");
}

/// What is seen while others write and prune is whole.
#[test]
fn readers_beside_writers_and_pruners_see_whole_entries() {
    const ENTRIES: usize = 60;
    let root = tempfile::tempdir().unwrap();
    let text = "x".repeat(20_000);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                for _ in 0..ENTRIES {
                    history(root.path()).append(&day(1), &text).unwrap();
                    history(root.path()).prune(5, None, &day(1)).unwrap();
                }
            });
        }
        scope.spawn(|| {
            for _ in 0..ENTRIES {
                let loaded = history(root.path()).load(usize::MAX).unwrap();
                assert_eq!(loaded.warnings, []);
                assert!(loaded.entries.iter().all(|entry| entry.text == text));
            }
        });
    });
    assert_eq!(history(root.path()).load(usize::MAX).unwrap().entries.len(), 5);
}

#[test]
fn what_cannot_be_used_is_named_and_makes_room_for_an_older_entry() {
    let root = tempfile::tempdir().unwrap();
    let names = kept(root.path(), &[1, 2, 3, 4, 5]);
    let file = |name: &str| root.path().join(name);
    let torn = fs::read(file(&names[4])).unwrap();
    fs::write(file(&names[4]), &torn[..torn.len() - 3]).unwrap();
    fs::write(file(&names[3]), "{\"schema\":\"driftgate/v1\"}").unwrap();
    fs::write(file(&names[1]), "").unwrap();
    fs::write(file("notes.txt"), "mine").unwrap();
    fs::write(file(&format!(".{}.tmp", names[0])), "half").unwrap();
    let loaded = history(root.path()).load(1).unwrap();
    assert_eq!(texts(&loaded), ["3"]);
    let place = |name: &str| file(name).display().to_string();
    let told: Vec<(String, &Problem)> = loaded
        .warnings
        .iter()
        .map(|warning| (warning.place.clone(), &warning.problem))
        .collect();
    let damaged = Problem::Damaged("invalid gzip header".to_owned());
    assert_eq!(
        told,
        [
            (place(&names[3]), &damaged),
            (place(&names[4]), &Problem::CutOff),
            (place("notes.txt"), &Problem::Foreign),
        ]
    );
    let loaded = history(root.path()).load(10).unwrap();
    assert_eq!(texts(&loaded), ["1", "3"]);
    assert_eq!(loaded.warnings.len(), 4);
}

#[test]
fn warnings_say_which_what_and_what_to_do() {
    let problems = [
        Problem::Foreign,
        Problem::CutOff,
        Problem::Damaged("invalid gzip header".to_owned()),
        Problem::TooLarge,
        Problem::Unreadable("Permission denied (os error 13)".to_owned()),
    ];
    let lines: Vec<String> = problems
        .into_iter()
        .map(|problem| Warning {
            place: "history/name".to_owned(),
            problem,
        })
        .map(|warning| warning.to_string())
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

#[test]
fn pruning_by_count() {
    let root = tempfile::tempdir().unwrap();
    let names = kept(root.path(), &[1, 2, 3, 4, 5]);
    let prune = |keep| history(root.path()).prune(keep, None, &day(30)).unwrap();
    assert_eq!(prune(5), Vec::<String>::new());
    assert_eq!(prune(3), names[..2]);
    assert_eq!(texts(&history(root.path()).load(10).unwrap()), ["3", "4", "5"]);
    assert_eq!(prune(0), names[2..4]);
    assert_eq!(prune(0), Vec::<String>::new());
    assert_eq!(texts(&history(root.path()).load(10).unwrap()), ["5"]);
}

#[test]
fn pruning_by_age() {
    let root = tempfile::tempdir().unwrap();
    let names = kept(root.path(), &[1, 2, 3, 4]);
    let prune = |age, now: &str| history(root.path()).prune(usize::MAX, Some(age), now).unwrap();
    assert_eq!(
        prune(u32::MAX, &day(30)),
        Vec::<String>::new(),
        "an age beyond the calendar"
    );
    assert_eq!(prune(2, &day(3)), Vec::<String>::new(), "two days old to the second");
    assert_eq!(prune(2, "2026-11-03T02:03:04.001Z"), names[..1]);
    assert_eq!(
        prune(0, "2026-11-02T12:00:00Z"),
        names[1..2],
        "what is yet to come is not old"
    );
    assert_eq!(prune(0, &day(30)), names[2..3], "the newest stays");
    assert_eq!(texts(&history(root.path()).load(10).unwrap()), ["4"]);
}

#[test]
fn pruning_leaves_other_files_alone() {
    let root = tempfile::tempdir().unwrap();
    kept(root.path(), &[1, 2]);
    fs::write(root.path().join("00000000-older-than-all.json.gz"), "mine").unwrap();
    assert_eq!(history(root.path()).prune(1, Some(1), &day(30)).unwrap().len(), 1);
    assert!(root.path().join("00000000-older-than-all.json.gz").exists());
}

#[test]
fn a_time_that_is_none_is_refused_before_anything_is_done() {
    let root = tempfile::tempdir().unwrap();
    kept(root.path(), &[1, 2]);
    let history = history(root.path());
    for time in ["", "yesterday", "2026-11-24", "-000001-01-01T00:00:00Z"] {
        let error = history.append(time, "{}").unwrap_err();
        assert_eq!(error, HistoryError::Time { text: time.to_owned() });
        assert!(error.to_string().contains("RFC 3339"), "{error}");
    }
    assert!(history.prune(0, None, "yesterday").is_err());
    assert_eq!(history.load(10).unwrap().entries.len(), 2);
}

/// A store in which the first names are always taken.
struct Crowded {
    inner: Directory,
    taken: Cell<usize>,
}

impl Store for Crowded {
    fn list(&self) -> Result<Vec<String>, StoreError> {
        self.inner.list()
    }

    fn read(&self, name: &str) -> Result<Stored, StoreError> {
        self.inner.read(name)
    }

    /// Somebody else is quicker.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<Written, StoreError> {
        if self.taken.get() > 0 {
            self.taken.set(self.taken.get() - 1);
            self.inner.write(name, &pack::pack("theirs"))?;
        }
        self.inner.write(name, bytes)
    }

    fn remove(&self, name: &str) -> Result<(), StoreError> {
        self.inner.remove(name)
    }

    fn shown(&self, name: &str) -> String {
        self.inner.shown(name)
    }
}

#[test]
fn a_taken_name_is_left_to_who_has_it() {
    for (taken, kept) in [
        (2, vec!["ours", "theirs", "theirs"]),
        (ATTEMPTS, vec!["theirs"; ATTEMPTS]),
    ] {
        let root = tempfile::tempdir().unwrap();
        let history = History::new(Crowded {
            inner: Directory::new(root.path()),
            taken: Cell::new(taken),
        });
        let appended = history.append(&day(1), "ours");
        assert_eq!(appended.is_ok(), taken < ATTEMPTS, "{appended:?}");
        if let Err(error) = appended {
            assert!(matches!(error, HistoryError::Taken { .. }), "{error}");
        }
        let loaded = history.load(10).unwrap();
        let mut found = texts(&loaded);
        found.sort_unstable();
        assert_eq!(found, kept);
    }
}

proptest! {
    // Every entry is written through to the disk.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn all_texts_come_back_in_the_order_of_time(
        mut entries in prop::collection::btree_map(0_i64..4_000_000_000_000, "(?s).{0,60}", 0..8)
            .prop_map(|entries| entries.into_iter().collect::<Vec<_>>())
            .prop_shuffle(),
        limit in 0_usize..10,
    ) {
        let root = tempfile::tempdir().unwrap();
        let history = history(root.path());
        for (millisecond, text) in &entries {
            let at = Timestamp::from_millisecond(*millisecond).unwrap();
            history.append(&at.to_string(), text).unwrap();
        }
        entries.sort();
        let newest = &entries[entries.len().saturating_sub(limit)..];
        let loaded = history.load(limit).unwrap();
        prop_assert_eq!(&loaded.warnings, &[]);
        let found: Vec<(i64, &str)> = loaded
            .entries
            .iter()
            .map(|entry| (entry.at.parse::<Timestamp>().unwrap().as_millisecond(), entry.text.as_str()))
            .collect();
        let expected: Vec<(i64, &str)> = newest.iter().map(|(at, text)| (*at, text.as_str())).collect();
        prop_assert_eq!(found, expected);
    }
}
