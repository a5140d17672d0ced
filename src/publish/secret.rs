//! Text that must not be seen.

use std::fmt;

/// What stands in place of a secret.
const HIDDEN: &str = "(secret)";

/// A token or a webhook's address. It has no `Display`, and its `Debug` says only that it is one.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes the text without white space around it: a token out of a file often ends in a line break.
    pub fn new(text: impl AsRef<str>) -> Secret {
        Secret(text.as_ref().trim().to_owned())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text itself, for the one place that sends it.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }

    /// `text` with this secret taken out, should a server or a proxy have repeated it.
    pub(super) fn hide_in(&self, text: &str) -> String {
        if self.0.is_empty() {
            text.to_owned()
        } else {
            text.replace(&self.0, HIDDEN)
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_and_texts_are_cleaned() {
        let secret = Secret::new(" ghs_abc\n");
        assert_eq!(format!("{secret:?}"), "(secret)");
        assert_eq!(secret.expose(), "ghs_abc");
        assert_eq!(secret.hide_in("you sent Bearer ghs_abc"), "you sent Bearer (secret)");
        assert_eq!(Secret::new("").hide_in("a b"), "a b");
    }
}
