//! Does the site serve: a host followed from DNS to the object, on the state and on the live account.
//!
//! ```text
//! states ─ declared::inventory ─► Inventory ─┐
//!                                            ├─ walk ─► Trace (state), Trace (live) ─ findings ─► findings, doubts
//! AWS or a snapshot ────────────► Inventory ─┘             └─ needs: what to read before walking again
//! ```

pub mod certificate_names;
pub mod declared;
pub mod dns;
pub mod facts;
pub mod findings;
pub mod host;
pub mod labels;
pub mod origin_domain;
pub mod path_pattern;
pub mod pins;
pub mod trace;
pub mod walk;

pub use declared::Addresses;
pub use findings::{Doubt, Pair, findings, impact};
pub use walk::{Sides, hosts, walk};
