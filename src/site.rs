//! A site: the hosts that people think of as one thing, and what they expect to serve it.

use crate::place::Place;

/// A site as the configuration declares it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// The name in the configuration.
    pub name: String,
    /// The hosts that visitors use, in lower case, without the trailing dot.
    pub hosts: Vec<String>,
    /// The environment that it belongs to, such as `prod`.
    pub environment: Option<String>,
    /// The bucket that is expected to hold it.
    pub bucket: Option<String>,
    /// The id of the distribution that is expected to serve it.
    pub distribution: Option<String>,
    /// Where it is declared.
    pub place: Option<Place>,
}
