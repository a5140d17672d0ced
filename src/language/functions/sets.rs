//! Functions of sets.

use super::{Function, FunctionError, any, elements_at, items_of};
use crate::language::types::{Type, convert};
use crate::language::value::Value;

/// Combinations that `setproduct` makes at most.
const COMBINATIONS: usize = 100_000;

pub(super) fn functions() -> Vec<Function> {
    let set = |name| super::Parameter::new(name, Type::set(Type::Any));
    vec![
        Function::new("setunion", |arguments| {
            let sets = alike(arguments)?;
            Ok(Value::set(sets.iter().flat_map(|set| items_of(set).iter().cloned())))
        })
        .parameter(set("first"))
        .rest(set("others")),
        Function::new("setintersection", |arguments| {
            let sets = alike(arguments)?;
            let first = sets.first().map_or(&[][..], items_of);
            let kept = first
                .iter()
                .filter(|item| sets.iter().all(|set| items_of(set).contains(item)));
            Ok(Value::set(kept.cloned()))
        })
        .parameter(set("first"))
        .rest(set("others")),
        Function::new("setsubtract", |arguments| {
            let sets = alike(arguments)?;
            let [from, taken] = [0, 1].map(|at| sets.get(at).map_or(&[][..], items_of));
            Ok(Value::set(from.iter().filter(|item| !taken.contains(item)).cloned()))
        })
        .parameter(set("from"))
        .parameter(set("taken")),
        Function::new("setproduct", setproduct)
            .parameter(any("first"))
            .parameter(any("second"))
            .rest(any("others")),
    ]
}

/// The sets with elements of the type that all of them have in common.
fn alike(sets: &[Value]) -> Result<Vec<Value>, FunctionError> {
    let types: Vec<Type> = sets.iter().flat_map(|set| items_of(set).iter().map(Type::of)).collect();
    let Some(common) = Type::in_common(&types) else {
        return Err("the elements of all sets have to be of one type".into());
    };
    let wanted = Type::set(common);
    sets.iter()
        .map(|set| convert(set, &wanted).map_err(FunctionError::from))
        .collect()
}

fn setproduct(arguments: &[Value]) -> Result<Value, FunctionError> {
    let mut combinations: Vec<Vec<Value>> = vec![Vec::new()];
    for at in 0..arguments.len() {
        let items = elements_at(arguments, at)?;
        if combinations.len().saturating_mul(items.len()) > COMBINATIONS {
            return Err(FunctionError::from(format!("more than {COMBINATIONS} combinations")));
        }
        let longer = |start: &Vec<Value>| {
            let start = start.clone();
            items
                .iter()
                .map(move |item| start.iter().chain([item]).cloned().collect())
        };
        combinations = combinations.iter().flat_map(longer).collect();
    }
    let tuples = combinations.into_iter().map(Value::tuple);
    let sets = arguments.iter().all(|argument| matches!(argument, Value::Set(_)));
    Ok(if sets { Value::set(tuples) } else { Value::list(tuples) })
}
