//! Making foreign text harmless and visible.
//!
//! Whoever can write a tag, a comment or a record decides what stands in a report. Nothing of it may move the cursor,
//! change the reading direction, start a line, or look like something else: every such character is shown as the
//! escape that JSON has for it.

use std::fmt::Write;

/// Text outside quotes: titles, addresses, details. Never contains a line break.
pub(crate) fn text(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    escape_into(&mut out, raw, false);
    out
}

/// A string value in double quotes, as JSON writes it, with everything invisible escaped too.
pub(super) fn quoted(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len() + 2);
    out.push('"');
    escape_into(&mut out, raw, true);
    out.push('"');
    out
}

/// Whether `c` does something else than being seen.
///
/// White space other than the space counts, since "a b" with U+00A0 would look like no difference at all.
pub(crate) fn is_invisible(c: char) -> bool {
    // Nearly everything; the tables of the others take longer.
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    c.is_control()
        || (c.is_whitespace() && c != ' ')
        || matches!(c,
            '\u{00ad}' // soft hyphen
            | '\u{061c}' | '\u{200b}'..='\u{200f}' // zero width, direction marks
            | '\u{180e}' | '\u{034f}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' // fillers
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' // direction overrides and isolates
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}') // tags
}

/// Writes `\u` escapes of one character, as a surrogate pair where it needs one.
pub(crate) fn unicode_escape(out: &mut String, c: char) {
    for unit in c.encode_utf16(&mut [0; 2]) {
        // Writing to a String cannot fail.
        let _ = write!(out, "\\u{unit:04x}");
    }
}

fn escape_into(out: &mut String, raw: &str, in_quotes: bool) {
    if is_harmless(raw) && !(in_quotes && raw.contains(['"', '\\'])) {
        out.push_str(raw);
        return;
    }
    let mut before = None;
    for (at, c) in raw.char_indices() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '"' | '\\' if in_quotes => {
                out.push('\\');
                out.push(c);
            }
            c if is_invisible(c) => unicode_escape(out, c),
            ':' | '#' if is_log_command(&raw[at..], before, in_quotes) => unicode_escape(out, c),
            c => out.push(c),
        }
        before = Some(c);
    }
}

/// Whether nothing in `raw` can need an escape, quotes and backslashes in a quoted string aside; most texts are like that.
pub(super) fn is_harmless(raw: &str) -> bool {
    raw.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'#') && !raw.contains("::")
}

/// Whether a CI system would read a command here. GitHub Actions takes `::name::` at the start of a log line, blanks
/// skipped, and `##[name]` anywhere in it; Azure Pipelines takes `##vso[`.
fn is_log_command(rest: &str, before: Option<char>, in_quotes: bool) -> bool {
    let at_start = before.is_none_or(char::is_whitespace);
    (!in_quotes && at_start && rest.starts_with("::")) || rest.starts_with("##[") || rest.starts_with("##vso[")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn control_and_direction_characters_become_visible() {
        assert_eq!(
            text("a\u{1b}[2Jb\rc\nd\te\u{9b}f\u{7f}g"),
            r"a\u001b[2Jb\rc\nd\te\u009bf\u007fg"
        );
        assert_eq!(
            text("user\u{202e}gpj.exe\u{2066}\u{200b}\u{feff}"),
            r"user\u202egpj.exe\u2066\u200b\ufeff"
        );
        assert_eq!(text("a\u{a0}b\u{2028}c\u{e0041}"), r"a\u00a0b\u2028c\udb40\udc41");
    }

    #[test]
    fn visible_text_of_any_script_stays_as_it_is() {
        let visible = r#"Größe 東京 שלום 🙂 "quoted" C:\x aws_s3_bucket.b["k"] arn:aws:s3:::b"#;
        assert_eq!(text(visible), visible);
    }

    #[test]
    fn log_commands_are_defused() {
        assert_eq!(text("::error::x"), r"\u003a:error::x");
        assert_eq!(text("a ::set-output name=x::y"), r"a \u003a:set-output name=x::y");
        assert_eq!(
            text("x##[group]y ##vso[task.setvariable]z"),
            r"x\u0023#[group]y \u0023#vso[task.setvariable]z"
        );
        assert_eq!(quoted("##[error]"), r#""\u0023#[error]""#);
        assert_eq!(text("arn:aws:s3:::b"), "arn:aws:s3:::b");
    }

    proptest! {
        #[test]
        fn a_quoted_string_is_json_for_the_same_string(raw in any::<String>()) {
            prop_assert_eq!(serde_json::from_str::<String>(&quoted(&raw)).unwrap(), raw);
        }

        #[test]
        fn nothing_invisible_is_left(raw in any::<String>()) {
            prop_assert!(!text(&raw).chars().any(is_invisible));
            prop_assert!(!quoted(&raw).chars().any(is_invisible));
        }
    }
}
