//! Meaning of bucket policies: when two of them say the same, and who may read under one.
//!
//! Pure: texts and facts come in, answers go out. Every answer may be "cannot tell", and then
//! names the statement and what it depends on. The rules are those of the IAM and S3 user guides;
//! where AWS documents nothing, the answer is open rather than guessed.
//!
//! ```text
//!   policy text ── document::Document::parse ──► Document (canonical inside, own spelling kept)
//!
//!   declared ┐                                   class: Same · Cosmetic · SameMeaning
//!            ├─ equality::compare(…, Identities) ──►     · CannotTell · Different
//!   live     ┘                                   differences: the smallest, by statement
//!
//!   Caller ──────┐                               outcome: Allowed · Denied · CannotTell
//!   BucketFacts ─┼─ access::can_read ──────────►  reason:  statement, condition key
//!   Request ─────┘                               findings, caveats
//! ```
//!
//! | file | holds |
//! | --- | --- |
//! | `document`, `members`, `json` | reading a document; names given twice are refused |
//! | `principal` | typed identities, and what look-ups proved about them |
//! | `pattern` | `*`, `?`, `${variables}`: matching, containment, keys under a prefix |
//! | `operator`, `condition`, `value` | conditions in their normal form |
//! | `canonical`, `atoms`, `equality` | statements without spelling, taken apart, classified |
//! | `pairing`, `difference` | which statement became which, and what changed in it |
//! | `request`, `context`, `evaluate` | a request, its condition keys, does a statement apply |
//! | `access`, `public`, `findings`, `verdict` | the decision, Block Public Access, the answer |
//! | `tri` | false, unknown, true |

pub mod access;
mod atoms;
mod canonical;
pub mod condition;
mod context;
pub mod difference;
pub mod document;
pub mod equality;
mod evaluate;
mod findings;
mod json;
mod members;
pub mod operator;
mod pairing;
pub mod pattern;
pub mod principal;
pub mod public;
pub mod request;
pub mod tri;
mod value;
pub mod verdict;

#[cfg(test)]
mod decisions;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod vectors;

pub use access::can_read;
pub use difference::Difference;
pub use document::{Document, ParseError};
pub use equality::{Class, Comparison, compare};
pub use principal::Identities;
pub use public::is_public;
pub use tri::Tri;
