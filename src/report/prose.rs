//! Foreign prose in markup: which words of it could mean something there.
//!
//! A title or a detail is a sentence with names in it, and some of those names anybody may have chosen. Escaping them
//! for one parser does not help: GitHub and Slack make mentions, references, links and emoji out of what the parser
//! has let through. What they all leave alone is code. So every word that is more than letters and harmless
//! punctuation is set as code, which is how names are best read anyway.

use std::borrow::Cow;

use super::escape;
use crate::finding::Finding;
use crate::rules;

/// What live is held against where these findings tell of changes; `None` where none does.
pub(super) fn expectation<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Option<&'static str> {
    let (mut state, mut snapshot) = (false, false);
    for finding in findings.into_iter().filter(|finding| !finding.changes.is_empty()) {
        match rules::SINCE_SNAPSHOT.contains(&&*finding.rule) {
            true => snapshot = true,
            false => state = true,
        }
    }
    match (state, snapshot) {
        (true, false) => Some("Terraform state"),
        (false, true) => Some("snapshot"),
        (true, true) => Some("Terraform state or snapshot"),
        (false, false) => None,
    }
}

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Means nothing in any markup, wherever it stands.
    Plain(&'a str),
    /// To be set as code. Never empty.
    Literal(&'a str),
}

/// The parts of one line, in order; together they are the line. It must have been through [`super::escape::text`].
pub(super) fn pieces(line: &str) -> impl Iterator<Item = Piece<'_>> {
    line.split_inclusive(' ')
        .flat_map(word)
        .filter(|piece| !matches!(piece, Piece::Plain("")))
}

/// A word with what stands before and after it.
fn word(word: &str) -> [Piece<'_>; 3] {
    let from = word.find(|c| !matches!(c, '(' | '"' | '\'')).unwrap_or(word.len());
    let (before, rest) = word.split_at(from);
    // A bracket belongs to a word that opened it.
    let closes = |c: char| c == ')' && !rest.contains('(');
    let core =
        rest.trim_end_matches(|c| closes(c) || matches!(c, ' ' | ',' | '.' | ';' | ':' | '!' | '?' | '"' | '\'' | '%'));
    let after = &rest[core.len()..];
    let middle = if core.is_empty() || is_plain(core, after) {
        Piece::Plain(core)
    } else {
        Piece::Literal(core)
    };
    [Piece::Plain(before), middle, Piece::Plain(after)]
}

/// Whether no markup makes anything of `core`: no punctuation but within a word, nothing that looks like the name of
/// a commit (`deadbeef`) or of an issue (`ABC-12`), and no number of a list (`1.`).
fn is_plain(core: &str, after: &str) -> bool {
    if core.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return !after.starts_with(['.', ')']) && core.starts_with(|c: char| c.is_ascii_digit()) && core.len() < 7;
    }
    let inner = |c: char| matches!(c, '-' | '\'');
    let visible = core
        .chars()
        .all(|c| !c.is_ascii() || c.is_ascii_alphanumeric() || inner(c));
    let is_commit = core.len() >= 7 && core.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_reference = core.contains('-') && core.bytes().any(|byte| byte.is_ascii_digit());
    visible && !core.starts_with('-') && !core.ends_with('-') && !is_commit && !is_reference
}

/// What [`escape::text`] makes of `raw`, cut to `most` bytes; costs no more than that, however long `raw` is.
pub(super) fn escaped(raw: &str, most: usize) -> String {
    // Nothing gets shorter by escaping, so what is too long stays too long. Escaping looks a few bytes ahead.
    let end = (most.saturating_add(8)..raw.len()).find(|end| raw.is_char_boundary(*end));
    cut(&escape::text(&raw[..end.unwrap_or(raw.len())]), most).into_owned()
}

/// The beginning of `text` in at most `most` bytes, with an ellipsis where something is left out.
pub(super) fn cut(text: &str, most: usize) -> Cow<'_, str> {
    const ELLIPSIS: &str = "…";
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    let mut end = most.saturating_sub(ELLIPSIS.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    Cow::Owned(format!("{}{ELLIPSIS}", &text[..end]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The line with every literal in angle brackets.
    fn marked(line: &str) -> String {
        pieces(line)
            .map(|piece| match piece {
                Piece::Plain(text) => text.to_owned(),
                Piece::Literal(text) => format!("<{text}>"),
            })
            .collect()
    }

    #[test]
    fn names_are_literal_and_words_are_not() {
        for (line, expected) in [
            (
                "example.com, www.example.com: the bucket x denies CloudFront.",
                "<example.com>, <www.example.com>: the bucket x denies CloudFront.",
            ),
            (
                "5 attributes (2 high) don't match, 0.8 s",
                "5 attributes (2 high) don't match, 0.8 s",
            ),
            (
                "the read-only role of Größe 東京 → x",
                "the read-only role of Größe 東京 → x",
            ),
            ("403, AccessDenied", "403, AccessDenied"),
        ] {
            assert_eq!(marked(line), expected);
        }
    }

    #[test]
    fn whatever_markup_or_a_site_could_make_something_of_is_literal() {
        for word in [
            "@team",
            "#123",
            "GH-12",
            "a/b#1",
            "<img",
            "![x](y)",
            "[x]",
            "*x*",
            "_x_",
            "~x~",
            "`x`",
            "http://x",
            "x@y.z",
            ":smile",
            "|",
            "-",
            "+",
            "=",
            "---",
            "&amp",
            "\\x",
            "$x$",
            "deadbeef",
            "1234567",
            "<!--",
            "<!channel>",
            "www.example.com",
            "{x}",
            "x^y",
            "-x",
            "x-",
        ] {
            assert_eq!(marked(word), format!("<{word}>"));
        }
        assert_eq!(marked("1. x"), "<1>. x");
        assert_eq!(marked("1) x"), "<1>) x");
        assert_eq!(marked(":smile:"), "<:smile>:");
    }

    #[test]
    fn texts_are_cut_between_characters() {
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abcdef", 5), "ab…");
        assert_eq!(cut("aäöü", 6), "aä…");
        assert_eq!(cut("abc", 0), "…");
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_what_is_plain_is_harmless(raw in any::<String>()) {
            let line = escape::text(&raw);
            let mut whole = String::new();
            for piece in pieces(&line) {
                match piece {
                    Piece::Plain(text) => {
                        prop_assert!(!text.contains(['<', '>', '&', '@', '#', '|', '`', '*', '_', '~', '[', ']', '\\', '/', '$', '=', '+', '{', '}', '^']), "{}", text);
                        whole.push_str(text);
                    }
                    Piece::Literal(text) => {
                        prop_assert!(!text.is_empty() && !text.contains(' '));
                        whole.push_str(text);
                    }
                }
            }
            prop_assert_eq!(whole, line);
        }

        #[test]
        fn a_cut_text_keeps_to_its_length(text in any::<String>(), most in 3_usize..40) {
            prop_assert!(cut(&text, most).len() <= most);
            prop_assert_eq!(escaped(&text, most), cut(&escape::text(&text), most).into_owned());
        }
    }
}
