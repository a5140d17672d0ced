//! One changed attribute as one line of plain text, for formats that have no room for a diff.

use serde_json::Value;

use super::{escape, json};
use crate::finding::Change;

/// `origin["website"].origin_path: "/1" -> "/2" (note)`, with everything invisible escaped.
///
/// Of values longer than `limit` characters the part around the first difference is shown.
pub(super) fn line(change: &Change, limit: usize) -> String {
    let (expected, live) = if change.sensitive {
        (json::v1::SENSITIVE.to_owned(), json::v1::SENSITIVE.to_owned())
    } else {
        both(&change.expected, &change.live, limit)
    };
    let mut line = format!("{}: {expected} -> {live}", escape::text(&change.path));
    if let Some(note) = &change.note {
        line.push_str(&format!(" ({})", escape::text(note)));
    }
    line
}

fn both(expected: &Value, live: &Value, limit: usize) -> (String, String) {
    let (expected, live) = (spelled(expected), spelled(live));
    let same = expected
        .chars()
        .zip(live.chars())
        .take_while(|(left, right)| left == right)
        .count();
    // The first difference stands within what is shown, with a quarter of the room for what leads to it.
    let skip = if same < limit { 0 } else { same - limit / 4 };
    (window(&expected, skip, limit), window(&live, skip, limit))
}

fn spelled(value: &Value) -> String {
    if value.is_null() {
        return "(none)".to_owned();
    }
    escape::text(&value.to_string())
}

/// `limit` characters of `text` after the first `skip`, with `...` for what is left out.
fn window(text: &str, skip: usize, limit: usize) -> String {
    let at = |count: usize| text.char_indices().nth(count).map_or(text.len(), |(at, _)| at);
    let (start, end) = (at(skip), at(skip + limit));
    let before = if start > 0 { "..." } else { "" };
    let after = if end < text.len() { "..." } else { "" };
    format!("{before}{}{after}", &text[start..end])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn change(expected: Value, live: Value) -> Change {
        Change {
            path: "path".to_owned(),
            expected,
            live,
            sensitive: false,
            note: None,
            at_least: None,
        }
    }

    #[test]
    fn a_change_takes_one_line() {
        let mut one = change(json!("a\nb"), Value::Null);
        one.note = Some("first\nsecond".to_owned());
        assert_eq!(line(&one, 20), r#"path: "a\nb" -> (none) (first\nsecond)"#);
    }

    #[test]
    fn long_values_are_shown_where_they_differ() {
        let long = |end: &str| json!(format!("{}{end}", "x".repeat(50)));
        assert_eq!(
            line(&change(long("one"), long("two and more")), 8),
            r#"path: ...xxone" -> ...xxtwo an..."#
        );
        assert_eq!(
            line(&change(json!("0123456789"), json!("9")), 8),
            r#"path: "0123456... -> "9""#
        );
    }

    #[test]
    fn sensitive_values_are_withheld() {
        let mut one = change(json!("secret"), Value::Null);
        one.sensitive = true;
        assert_eq!(line(&one, 20), "path: (sensitive) -> (sensitive)");
    }

    proptest! {
        #[test]
        fn strings_that_differ_never_look_the_same(a in any::<String>(), b in any::<String>(), limit in 8..40_usize) {
            prop_assume!(a != b);
            let (expected, live) = both(&json!(a), &json!(b), limit);
            prop_assert_ne!(&expected, &live);
            prop_assert!(!expected.chars().chain(live.chars()).any(escape::is_invisible));
        }
    }
}
