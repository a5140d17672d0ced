//! Real states, damaged at random: the reader answers, and never breaks.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::super::{InputError, State, parse_state};

/// Larger states hold more of the same and make every try slower.
const LARGEST: usize = 256 * 1024;

/// The recorded states of the project: those of the worlds and those beside this module.
static STATES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let worlds = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/worlds");
    let mut states: Vec<Vec<u8>> = fs::read_dir(worlds)
        .unwrap()
        .flat_map(|world| fs::read_dir(world.unwrap().path()).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "tfstate"))
        .map(|path| fs::read(path).unwrap())
        .filter(|bytes| bytes.len() <= LARGEST)
        .collect();
    assert!(!states.is_empty(), "no recorded world");
    states.push(include_bytes!("../testdata/addresses/terraform.tfstate").to_vec());
    states.push(include_bytes!("../testdata/addresses/show.json").to_vec());
    states.push(include_bytes!("../testdata/upgraded.tfstate").to_vec());
    states
});

static DOCUMENTS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    STATES
        .iter()
        .map(|bytes| serde_json::from_slice(bytes).unwrap())
        .collect()
});

/// What holds of every answer.
fn judge(answer: &Result<State, InputError>) -> Result<(), TestCaseError> {
    match answer {
        Ok(state) => {
            let addresses: BTreeSet<&str> = state
                .instances
                .iter()
                .map(|instance| instance.address.as_str())
                .collect();
            prop_assert_eq!(addresses.len(), state.instances.len());
            prop_assert!(!addresses.contains(""));
            prop_assert!(state.instances.iter().all(|instance| instance.state == "x.tfstate"));
        }
        Err(error) => {
            let line = error.to_string();
            prop_assert!(line.starts_with("x.tfstate:"), "{}", line);
            prop_assert!(!line.contains(char::is_control), "{:?}", line);
            prop_assert!(line.contains("; "), "says not what to do: {}", line);
        }
    }
    Ok(())
}

/// One damage to the bytes.
#[derive(Clone, Debug)]
enum Damage {
    Flip(Index, u8),
    Insert(Index, Vec<u8>),
    Cut(Index, Index),
    Truncate(Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<Index>;
    prop_oneof![
        8 => (at(), 1u8..).prop_map(|(at, bits)| Damage::Flip(at, bits)),
        // Digits, quotes and brackets keep the text nearer to JSON than arbitrary bytes do.
        4 => (at(), prop::collection::vec(prop::sample::select(&b"0123456789\"\\[]{},:.-#%$~"[..]), 1..4))
            .prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        1 => (at(), prop::collection::vec(any::<u8>(), 1..8)).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        2 => (at(), at()).prop_map(|(from, to)| Damage::Cut(from, to)),
        1 => at().prop_map(Damage::Truncate),
    ]
}

impl Damage {
    fn apply(self, bytes: &mut Vec<u8>) {
        let Some(size) = std::num::NonZeroUsize::new(bytes.len()) else {
            return;
        };
        match self {
            Damage::Flip(at, bits) => bytes[at.index(size.get())] ^= bits,
            Damage::Insert(at, new) => {
                let at = at.index(size.get());
                bytes.splice(at..at, new);
            }
            Damage::Cut(from, to) => {
                let (from, to) = (from.index(size.get()), to.index(size.get()));
                bytes.drain(from.min(to)..from.max(to));
            }
            Damage::Truncate(at) => bytes.truncate(at.index(size.get())),
        }
    }
}

/// What a value is replaced by; `None` takes it away.
fn replacements() -> Vec<Option<Value>> {
    vec![
        None,
        Some(json!(null)),
        Some(json!(true)),
        Some(json!(0)),
        Some(json!(-1)),
        Some(json!(1.5e300)),
        Some(json!(u64::MAX)),
        Some(json!("")),
        Some(json!("tainted")),
        Some(json!("a\nb\u{1b}[31m${c}\u{2028}")),
        Some(json!([])),
        Some(json!([[], {}])),
        Some(json!({})),
        Some(json!({"a.#": "3", "a.7.b": "x", "%": "2", ".": ""})),
    ]
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(elements) => elements.iter().map(count).sum::<usize>(),
        Value::Object(members) => members.values().map(count).sum::<usize>(),
        _ => 0,
    }
}

/// Replaces the value at a position in reading order, or takes it away where it is a member or an element.
fn replace(value: &mut Value, position: &mut usize, new: &Option<Value>) -> bool {
    if *position == 0 {
        *value = new.clone().unwrap_or(Value::Null);
        return true;
    }
    *position -= 1;
    match value {
        Value::Array(elements) => {
            for at in 0..elements.len() {
                if *position == 0 && new.is_none() {
                    elements.remove(at);
                    return true;
                }
                if replace(&mut elements[at], position, new) {
                    return true;
                }
            }
        }
        Value::Object(members) => {
            let names: Vec<String> = members.keys().cloned().collect();
            for name in names {
                if *position == 0 && new.is_none() {
                    members.remove(&name);
                    return true;
                }
                if replace(&mut members[&name], position, new) {
                    return true;
                }
            }
        }
        _ => {}
    }
    false
}

proptest! {
    #[test]
    fn damaged_bytes(state in any::<Index>(), damages in prop::collection::vec(damage(), 1..4)) {
        let mut bytes = state.get(&STATES).clone();
        for damage in damages {
            damage.apply(&mut bytes);
        }
        judge(&parse_state("x.tfstate", &bytes))?;
    }

    #[test]
    fn replaced_values(state in any::<Index>(), changes in prop::collection::vec((any::<Index>(), prop::sample::select(replacements())), 1..4)) {
        let mut document = state.get(&DOCUMENTS).clone();
        for (at, new) in changes {
            let mut position = at.index(count(&document));
            prop_assert!(replace(&mut document, &mut position, &new));
        }
        judge(&parse_state("x.tfstate", document.to_string().as_bytes()))?;
    }

    #[test]
    fn arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        judge(&parse_state("x.tfstate", &bytes))?;
    }
}

/// In small states every single value is replaced by every replacement.
#[test]
fn every_value_of_a_small_state() {
    let upgraded = serde_json::from_slice(include_bytes!("../testdata/upgraded.tfstate")).unwrap();
    let mut shown: Value = serde_json::from_slice(include_bytes!("../testdata/addresses/show.json")).unwrap();
    let root = shown["values"]["root_module"].as_object_mut().unwrap();
    root["resources"].as_array_mut().unwrap().truncate(4);
    let children = root["child_modules"].as_array_mut().unwrap();
    children.truncate(1);
    children[0]["resources"].as_array_mut().unwrap().truncate(1);

    for document in [upgraded, shown] {
        let (mut read, mut refused) = (0, 0);
        for at in 0..count(&document) {
            for new in replacements() {
                let mut damaged = document.clone();
                assert!(replace(&mut damaged, &mut at.clone(), &new));
                let answer = parse_state("x.tfstate", damaged.to_string().as_bytes());
                *(if answer.is_ok() { &mut read } else { &mut refused }) += 1;
                judge(&answer).unwrap();
            }
        }
        assert!(read > 100 && refused > 100, "{read} read, {refused} refused");
    }
}
