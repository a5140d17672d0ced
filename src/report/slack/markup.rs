//! Foreign text in Slack's markup (`mrkdwn`).
//!
//! Slack has no escape for `*`, `_`, `~` and the backtick, so that what could mean anything is set as code (see
//! [`prose`](crate::report::prose)); `&`, `<` and `>`, which begin its mentions and links, are written as entities
//! everywhere. Lengths are of what is written, entities included, in bytes: Slack counts characters, which are never
//! more.

use crate::report::prose::{Piece, escaped, pieces};

const ELLIPSIS: char = '…';

/// A label of ours.
pub(super) fn bold(label: &str) -> String {
    format!("*{label}*")
}

/// A foreign name or value; at most about `most` bytes.
pub(super) fn code(raw: &str, most: usize) -> String {
    let mut out = String::from("`");
    let text = escaped(raw, most);
    let text = if text.trim().is_empty() { "(empty)" } else { &text };
    for c in text.chars() {
        if out.len() >= most {
            out.push(ELLIPSIS);
            break;
        }
        push(&mut out, if c == '`' { '\'' } else { c });
    }
    out.push('`');
    out
}

/// Several names, the first `most` of them, the others counted.
pub(super) fn codes(all: &[&str], most: usize) -> String {
    let named: Vec<String> = all.iter().take(most).map(|one| code(one, 100)).collect();
    let more = match all.len().saturating_sub(most) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    named.join(", ") + &more
}

/// A foreign sentence; at most about `most` bytes.
pub(super) fn prose(raw: &str, most: usize) -> String {
    let mut out = String::new();
    for piece in pieces(&escaped(raw, most)) {
        let piece = match piece {
            Piece::Plain(text) => text.to_owned(),
            Piece::Literal(text) => code(text, most),
        };
        if out.len() + piece.len() > most && !out.is_empty() {
            out.push(ELLIPSIS);
            break;
        }
        out.push_str(&piece);
    }
    out
}

/// Text where there is no markup, such as a header; at most `most` bytes.
pub(super) fn plain(raw: &str, most: usize) -> String {
    let mut out = String::new();
    for c in escaped(raw, most).chars() {
        let before = out.len();
        push(&mut out, c);
        if out.len() + ELLIPSIS.len_utf8() > most {
            out.truncate(before);
            out.push(ELLIPSIS);
            break;
        }
    }
    out
}

fn push(out: &mut String, c: char) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        c => out.push(c),
    }
}
