//! Functions of numbers.

use std::cmp::Ordering;

use super::{Function, FunctionError, integer_of, number, str_of, text};
use crate::language::number::Number;
use crate::language::value::Value;

pub(super) fn functions() -> Vec<Function> {
    vec![
        unary("abs", |n| {
            if n.compare(Number::Integer(0)).is_lt() {
                n.negated()
            } else {
                n
            }
        }),
        unary("ceil", |n| of_float(n, f64::ceil)),
        unary("floor", |n| of_float(n, f64::floor)),
        Function::new("signum", |arguments| {
            Ok(Value::from(integer_of(arguments, 0)?.signum()))
        })
        .parameter(number("number")),
        binary("log", f64::ln_by),
        binary("pow", f64::powf),
        extreme("max", Ordering::Greater),
        extreme("min", Ordering::Less),
        Function::new("parseint", parseint)
            .parameter(text("string"))
            .parameter(number("base")),
    ]
}

/// What `f64` has under other names.
trait Logarithm {
    fn ln_by(self, base: f64) -> f64;
}

impl Logarithm for f64 {
    fn ln_by(self, base: f64) -> f64 {
        self.ln() / base.ln()
    }
}

fn number_of(value: &Value) -> Number {
    value.as_number().unwrap_or(Number::Integer(0))
}

fn of_float(number: Number, f: impl Fn(f64) -> f64) -> Number {
    match number {
        Number::Integer(_) => number,
        Number::Fraction(float) => Number::from_f64(f(float)).unwrap_or(number),
    }
}

fn unary(name: &'static str, f: impl Fn(Number) -> Number + Send + Sync + 'static) -> Function {
    Function::new(name, move |arguments| Ok(Value::Number(f(number_of(&arguments[0]))))).parameter(number("number"))
}

fn binary(name: &'static str, f: impl Fn(f64, f64) -> f64 + Send + Sync + 'static) -> Function {
    let body = move |arguments: &[Value]| {
        let result = f(number_of(&arguments[0]).to_f64(), number_of(&arguments[1]).to_f64());
        let number = Number::from_f64(result).ok_or("the result is not a finite number")?;
        Ok(Value::Number(number))
    };
    Function::new(name, body)
        .parameter(number("number"))
        .parameter(number(if name == "log" { "base" } else { "power" }))
}

fn extreme(name: &'static str, wanted: Ordering) -> Function {
    let body = move |arguments: &[Value]| {
        let numbers = arguments.iter().map(number_of);
        let best = numbers.reduce(|best, n| if n.compare(best) == wanted { n } else { best });
        best.map(Value::Number)
            .ok_or_else(|| FunctionError::from("at least one number is required"))
    };
    Function::new(name, body).rest(number("numbers"))
}

fn parseint(arguments: &[Value]) -> Result<Value, FunctionError> {
    let base = integer_of(arguments, 1)?;
    // Bases beyond 36 tell small letters from capital ones; nobody needs them here.
    let Some(base) = u32::try_from(base).ok().filter(|base| (2..=36).contains(base)) else {
        return Err(FunctionError::at(1, "the base has to be between 2 and 36"));
    };
    let text = str_of(&arguments[0]);
    let parsed = i64::from_str_radix(text, base);
    parsed
        .map(Value::from)
        .map_err(|_| FunctionError::at(0, format!("\"{text}\" is no whole number in base {base}")))
}
