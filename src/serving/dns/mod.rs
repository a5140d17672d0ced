//! What a host name leads to, by the records of the zones at hand.
//!
//! Pure: zones go in (live or declared), a [`Resolution`] comes out. It follows RFC 1034 and 4592 as Route 53 applies
//! them (Route 53 developer guide, "How internet traffic is routed", "Using an asterisk", "Choosing a routing policy"):
//! the zone is the one reached by delegation, not the one with the longest name.
//!
//! ```text
//! host ── walk ──► zone ── look_up ──► record sets of one name and type ── follow ──► members, each with its end
//!          │                                                 │
//!          └─ steps (evidence)                               └─ notes (shares, missing defaults, shadowed records …)
//! ```
//!
//! | file | holds |
//! | --- | --- |
//! | `zone` | zones and their records, indexed by name |
//! | `walk` | from the shortest owned zone down its delegations |
//! | `look_up` | a name in one zone: wildcards, empty non-terminals |
//! | `follow` | aliases, CNAMEs and routing policies down to targets |
//! | `routing` | what a routing policy's members say together |
//! | `target` | what a name is that Route 53 hands out: CloudFront, S3 … |
//! | `answer`, `describe` | the result, and its sentences |

mod answer;
mod describe;
mod follow;
mod look_up;
mod routing;
mod target;
mod walk;
mod zone;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;

pub use answer::{
    Basis, End, Hop, Link, Member, Note, Outcome, Place, Policy, RecordRef, RecordType, Resolution, Role, Step,
    Unknown, ZoneRef,
};
pub use follow::resolve;
pub use target::{Target, WEBSITE_ZONES, website_region};
pub use zone::{Records, Zone, Zones};
