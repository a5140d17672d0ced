//! The language of `driftgate.hcl` and `policies/*.hcl`: HCL, evaluated as Terraform does.
//!
//! ```text
//! Source --parse--> hcl::edit body --Expression::compile--> Expression --evaluate--> Value
//!                                        (Vocabulary)                     (Scope)
//! ```
//!
//! The text of a file is a [`Source`]; it knows lines and columns, and every complaint about it is a [`Diagnostic`]. A
//! [`Vocabulary`] says which variables and functions an expression may use, so that whatever is wrong regardless of
//! values is found while the file is read. A [`Scope`] hands out the values.
//!
//! Where it differs from Terraform: `&&`, `||` and `? :` evaluate only what they need (Terraform does so for the former
//! since 1.12); numbers have 64 bits ([`Number`]); strings are counted in characters, not in grapheme clusters, and are
//! not normalised; nulls have no type; regular expressions are those of the `regex` crate, which takes some more syntax
//! than RE2 (`(?<name>…)`, set operations in classes) and has no `\C`. `try` cannot catch what is found while a file is
//! read: names that nobody declared, literal patterns that are none, results of a conditional that can never agree. A
//! conditional converts its result to the type of the other one only where that is plain to see. `type` answers with a
//! string. The named exceptions in `fixtures/language/` say the rest.

mod compile;
mod diagnostic;
mod evaluate;
mod expression;
mod functions;
mod json;
mod number;
mod order;
mod source;
pub(crate) mod suggest;
mod tree;
mod types;
mod value;
mod vocabulary;

#[cfg(test)]
mod tests;

pub use diagnostic::{Diagnostic, Diagnostics};
pub use expression::{Demand, Expression, Requirement};
pub(crate) use functions::glob;
pub use functions::patterns::Glob;
pub use functions::{Function, FunctionError, Parameter};
pub use json::NotJson;
pub use number::Number;
pub use source::{Position, Source};
pub(crate) use suggest::advice;
pub use types::{Type, convert};
pub use value::{Elements, Members, Value};
pub use vocabulary::{Scope, Slot, Values, Vocabulary};
