//! Texts within GitHub's limits, and foreign texts on one line.

use std::borrow::Cow;

/// The longest body of an issue or comment that GitHub takes, in characters.
pub(super) const BODY: usize = 65_536;
/// The longest title of an issue.
pub(super) const TITLE: usize = 256;

const CUT: &str = "\n\n… cut here: GitHub takes no more.\n";

/// A text of at most `limit` characters. What had to go is said to have gone.
pub(super) fn fit(text: &str, limit: usize) -> Cow<'_, str> {
    shorten(text, limit, CUT)
}

/// A line of at most `limit` characters.
pub(super) fn fit_line(text: &str, limit: usize) -> Cow<'_, str> {
    shorten(text, limit, "…")
}

/// Counts in UTF-16 units: never fewer than characters, however GitHub counts those.
fn shorten<'a>(text: &'a str, limit: usize, note: &str) -> Cow<'a, str> {
    if text.len() <= limit || text.encode_utf16().count() <= limit {
        return Cow::Borrowed(text);
    }
    let mut left = limit.saturating_sub(note.encode_utf16().count());
    let mut end = 0;
    for (at, c) in text.char_indices() {
        if c.len_utf16() > left {
            break;
        }
        left -= c.len_utf16();
        end = at + c.len_utf8();
    }
    Cow::Owned(format!("{}{note}", &text[..end]))
}

/// Foreign text as one short line without control characters: what a server says goes into a log.
pub(super) fn one_line(text: &str) -> String {
    const LONGEST: usize = 300;
    let words: Vec<&str> = text
        .split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect();
    fit_line(&words.join(" "), LONGEST).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn long_texts_say_that_they_were_cut() {
        assert_eq!(fit("short", 10), "short");
        assert_eq!(fit_line("abcdefghij", 5), "abcd…");
        assert!(fit(&"x".repeat(BODY + 1), BODY).ends_with(CUT));
        assert_eq!(one_line("  a\r\nb\u{1b}[31m\tc "), "a b [31m c");
    }

    proptest! {
        #[test]
        fn nothing_is_longer_than_its_limit(text in any::<String>(), limit in 40_usize..80) {
            let fitted = fit(&text, limit);
            prop_assert!(fitted.encode_utf16().count() <= limit);
            if text.encode_utf16().count() <= limit {
                prop_assert_eq!(&*fitted, &text);
            }
        }
    }
}
