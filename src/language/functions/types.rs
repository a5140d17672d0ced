//! Functions of types, and of marks.

use super::{Function, FunctionError, Unknowns, any};
use crate::language::types::{Type, convert};
use crate::language::value::Value;

pub(super) fn functions() -> Vec<Function> {
    let to = |name, kind: Type| {
        let body =
            move |arguments: &[Value]| convert(&arguments[0], &kind).map_err(|message| FunctionError::at(0, message));
        Function::new(name, body)
            .parameter(any("value").nullable())
            .unknown(Unknowns::Inside)
    };
    let value = || any("value").nullable();
    vec![
        to("tobool", Type::Bool),
        to("tonumber", Type::Number),
        to("tostring", Type::String),
        to("tolist", Type::list(Type::Any)),
        to("toset", Type::set(Type::Any)),
        to("tomap", Type::map(Type::Any)),
        Function::new("type", |arguments| Ok(Value::from(Type::of(&arguments[0]).to_string()))).parameter(value()),
        Function::new("sensitive", |arguments| Ok(arguments[0].clone().sensitive()))
            .parameter(value())
            .unknown(Unknowns::Welcome)
            .marked(),
        Function::new("nonsensitive", |arguments| Ok(arguments[0].unmarked().0.clone()))
            .parameter(value())
            .unknown(Unknowns::Welcome)
            .marked(),
        Function::new("issensitive", |arguments| Ok(Value::Bool(arguments[0].unmarked().1)))
            .parameter(value())
            .unknown(Unknowns::Welcome)
            .marked(),
    ]
}
