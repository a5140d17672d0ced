//! Canonical values: what is left of a state's attributes and of a live answer once everything that means nothing
//! is gone.
//!
//! Both sides of a comparison go through the same [`Shape`], which says per attribute what is a set, what identifies
//! an element and which spellings are equal. The live side is first written down as the provider's Read would
//! (`kinds/`), so one shape serves both.

mod build;
mod diff;
pub mod dns;
mod node;
mod secret;
mod shape;

pub use build::canonical;
pub use diff::{Difference, Meaning, diff};
pub use node::Node;
pub use secret::{NamePath, withhold};
pub use shape::{Attribute, Block, Shape};
