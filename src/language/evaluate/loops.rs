//! `for`, in expressions and templates.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Evaluator, Fault};
use crate::language::tree::For;
use crate::language::value::{Members, Value};

/// What a loop goes through: pairs of key and value. `None` if that is unknown.
type Items = Option<Vec<(Value, Value)>>;

/// What a round of a loop is.
enum Round {
    Taken,
    Skipped,
    Unknown,
}

impl<'a> Evaluator<'a> {
    pub(super) fn for_expression(&mut self, looped: &'a For) -> Result<Value, Fault> {
        let (items, mut sensitive) = self.items(looped)?;
        let Some(items) = items else {
            return Ok(Value::Unknown.sensitive_if(sensitive));
        };
        let mut unknown = false;
        let mut values = Vec::new();
        let mut groups: BTreeMap<Arc<str>, Vec<Value>> = BTreeMap::new();
        for (key, value) in items {
            let depth = self.enter(looped, key, value)?;
            match self.is_taken(looped, &mut sensitive)? {
                Round::Skipped => {}
                Round::Unknown => unknown = true,
                Round::Taken => match &looped.key {
                    None => values.push(self.owned(&looped.result)?),
                    Some(node) => {
                        let (key, marked) = self.key(node)?;
                        sensitive |= marked;
                        let value = self.owned(&looped.result)?;
                        match key {
                            None => unknown = true,
                            Some(key) => {
                                let group = groups.entry(key).or_default();
                                if !group.is_empty() && !looped.grouped {
                                    let hint = "use ... behind the value to collect all values of one key".to_owned();
                                    return Err(
                                        Fault::new(node.span, "two elements have this key").with_hint(Some(hint))
                                    );
                                }
                                group.push(value);
                            }
                        }
                    }
                },
            }
            self.locals.truncate(depth);
        }
        let result = if unknown {
            Value::Unknown
        } else if looped.key.is_none() {
            Value::tuple(values)
        } else if looped.grouped {
            Value::Object(
                groups
                    .into_iter()
                    .map(|(key, group)| (key, Value::tuple(group)))
                    .collect(),
            )
        } else {
            let single = |(key, group): (Arc<str>, Vec<Value>)| group.into_iter().next().map(|value| (key, value));
            Value::Object(Members::new(groups.into_iter().filter_map(single).collect()))
        };
        Ok(result.sensitive_if(sensitive))
    }

    pub(super) fn join(&mut self, looped: &'a For) -> Result<Value, Fault> {
        let (items, mut sensitive) = self.items(looped)?;
        let Some(items) = items else {
            return Ok(Value::Unknown.sensitive_if(sensitive));
        };
        let mut unknown = false;
        let mut text = String::new();
        for (key, value) in items {
            let depth = self.enter(looped, key, value)?;
            let part = self.value(&looped.result)?;
            sensitive |= part.contains_sensitive();
            match part.unmarked().0 {
                Value::Unknown => unknown = true,
                part => self.append(&mut text, part, looped.result.span)?,
            }
            self.locals.truncate(depth);
        }
        let result = if unknown { Value::Unknown } else { Value::from(text) };
        Ok(result.sensitive_if(sensitive))
    }

    fn items(&mut self, looped: &'a For) -> Result<(Items, bool), Fault> {
        let value = self.value(&looped.collection)?;
        let (value, sensitive) = value.unmarked();
        let items = match value {
            Value::Unknown => None,
            Value::List(items) | Value::Tuple(items) => {
                let numbered = items
                    .iter()
                    .zip(0i64..)
                    .map(|(item, at)| (Value::from(at), item.clone()));
                Some(numbered.collect())
            }
            Value::Set(items) => Some(items.iter().map(|item| (item.clone(), item.clone())).collect()),
            Value::Map(members) | Value::Object(members) => {
                let pairs = members
                    .iter()
                    .map(|(key, value)| (Value::String(Arc::clone(key)), value.clone()));
                Some(pairs.collect())
            }
            Value::Null => return Err(Fault::new(looped.collection.span, "null has no elements to go through")),
            other => {
                let message = format!("a value of type {} has no elements to go through", other.kind());
                return Err(Fault::new(looped.collection.span, message));
            }
        };
        Ok((items, sensitive))
    }

    /// Sets the variables of a round; gives how many there were before.
    fn enter(&mut self, looped: &'a For, key: Value, value: Value) -> Result<usize, Fault> {
        self.burn(1, looped.collection.span)?;
        let depth = self.locals.len();
        if looped.keyed {
            self.locals.push(key);
        }
        self.locals.push(value);
        Ok(depth)
    }

    fn is_taken(&mut self, looped: &'a For, sensitive: &mut bool) -> Result<Round, Fault> {
        let Some(condition) = &looped.condition else {
            return Ok(Round::Taken);
        };
        let truth = self.truth(condition)?;
        *sensitive |= truth.sensitive;
        Ok(match truth.value {
            Some(true) => Round::Taken,
            Some(false) => Round::Skipped,
            None => Round::Unknown,
        })
    }
}
