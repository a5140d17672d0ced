//! What the tests share: the real binary in surroundings of its own, the emulator, copies of recorded worlds in it,
//! and a console to change them with.

pub(crate) mod binary;
#[cfg(feature = "live")]
pub(crate) mod console;
pub(crate) mod desk;
pub(crate) mod documents;
#[cfg(feature = "live")]
pub(crate) mod emulator;
pub(crate) mod http;
#[cfg(feature = "live")]
pub(crate) mod user;
pub(crate) mod webdriver;
#[cfg(feature = "live")]
pub(crate) mod world;

use std::path::PathBuf;

/// A path inside the repository.
pub(crate) fn repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}
