//! What an expression may name, and where its values come from.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::functions::{self, Function};
use super::value::Value;

/// A variable, or a member of one, that an expression is evaluated with. Given out by a [`Vocabulary`], counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(usize);

impl Slot {
    /// Its number within its vocabulary: the position in a table of values.
    pub fn index(self) -> usize {
        self.0
    }
}

/// The values that an expression is evaluated with.
pub trait Scope {
    /// The value of a slot. Asked for often: it should only be looked up. Where there is no value, null or unknown.
    fn value(&self, slot: Slot) -> &Value;
}

/// A root variable.
#[derive(Debug, Clone)]
pub(super) enum Root {
    /// Any members, known only when evaluated.
    Open(Slot),
    /// These members and no others.
    Closed(BTreeMap<Arc<str>, Slot>),
}

/// The variables and functions that expressions of one kind may use. [`Expression::compile`] refuses all others.
///
/// [`Expression::compile`]: super::Expression::compile
#[derive(Debug, Clone)]
pub struct Vocabulary {
    roots: BTreeMap<Arc<str>, Root>,
    functions: BTreeMap<Arc<str>, Arc<Function>>,
    slots: usize,
}

impl Default for Vocabulary {
    fn default() -> Self {
        Self::new()
    }
}

impl Vocabulary {
    /// The functions that every expression may use, and no variable.
    pub fn new() -> Self {
        Self {
            roots: BTreeMap::new(),
            functions: functions::standard().clone(),
            slots: 0,
        }
    }

    /// Adds a variable whose members, if any, are known only when an expression is evaluated.
    pub fn variable(&mut self, name: &str) -> Slot {
        let slot = self.next_slot();
        self.roots.insert(name.into(), Root::Open(slot));
        slot
    }

    /// Adds a variable with exactly these members, each a slot of its own: naming another one is an error at compile
    /// time. Members of members are open.
    pub fn object<const N: usize>(&mut self, name: &str, members: [&str; N]) -> [Slot; N] {
        let slots = members.map(|_| self.next_slot());
        let members = members
            .iter()
            .zip(slots)
            .map(|(member, slot)| (Arc::from(*member), slot));
        self.roots.insert(name.into(), Root::Closed(members.collect()));
        slots
    }

    /// Adds a function, or replaces the one of its name.
    pub fn function(&mut self, function: Function) {
        self.functions.insert(function.name().into(), Arc::new(function));
    }

    /// All functions, by name; `try` and `can` are none, since they do not evaluate their arguments first.
    pub fn functions(&self) -> impl Iterator<Item = &Function> {
        self.functions.values().map(|function| &**function)
    }

    /// How many slots there are.
    pub fn slots(&self) -> usize {
        self.slots
    }

    /// The slot of `variable` or `variable.member`.
    pub fn slot(&self, path: &str) -> Option<Slot> {
        match path.split_once('.') {
            None => match self.roots.get(path)? {
                Root::Open(slot) => Some(*slot),
                Root::Closed(_) => None,
            },
            Some((root, member)) => match self.roots.get(root)? {
                Root::Open(_) => None,
                Root::Closed(members) => members.get(member).copied(),
            },
        }
    }

    pub(super) fn root(&self, name: &str) -> Option<&Root> {
        self.roots.get(name)
    }

    pub(super) fn root_names(&self) -> impl Iterator<Item = &str> {
        self.roots.keys().map(|name| &**name)
    }

    pub(super) fn find_function(&self, name: &str) -> Option<&Arc<Function>> {
        self.functions.get(name)
    }

    pub(super) fn function_names(&self) -> impl Iterator<Item = &str> {
        self.functions.keys().map(|name| &**name)
    }

    fn next_slot(&mut self) -> Slot {
        self.slots += 1;
        Slot(self.slots - 1)
    }
}

/// A scope that is a table of values, one for each slot; null where none was set.
#[derive(Debug, Clone)]
pub struct Values(Vec<Value>);

impl Values {
    /// Nulls for all slots of `vocabulary`.
    pub fn new(vocabulary: &Vocabulary) -> Self {
        Self(vec![Value::Null; vocabulary.slots()])
    }

    /// Sets the value of a slot.
    pub fn set(&mut self, slot: Slot, value: impl Into<Value>) {
        if let Some(place) = self.0.get_mut(slot.index()) {
            *place = value.into();
        }
    }
}

impl Scope for Values {
    fn value(&self, slot: Slot) -> &Value {
        self.0.get(slot.index()).unwrap_or(&Value::Null)
    }
}
