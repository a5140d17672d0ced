//! Comparing texts of which parts are not known: what is certain either way, and what is not.

use crate::workflows::{Piece, Text};

/// How a prefix lies to a path in the same bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relation {
    Equal,
    /// Inside the path.
    Below,
    /// The path lies inside the prefix.
    Above,
    Apart,
    /// The open parts decide.
    Maybe,
}

/// A mark around an expression; no bucket name and no key of a site holds it.
const MARK: char = '\u{10fffd}';

/// The text in one string, for comparisons only: an expression stands for its unknown value, and equal expressions of
/// one job have equal values.
fn flat(text: &Text) -> String {
    let mut all = String::new();
    for piece in text.pieces() {
        match piece {
            Piece::Literal(value) => all.push_str(value),
            Piece::Secret { value, .. } => all.push_str(value.reveal()),
            Piece::Open(open) => {
                all.push(MARK);
                all.push_str(&open.expression);
                all.push(MARK);
            }
        }
    }
    all
}

/// An origin path or prefix without the slashes at its ends.
pub(super) fn bare(text: &Text) -> Text {
    let mut pieces = text.pieces().to_vec();
    if let Some(Piece::Literal(first)) = pieces.first_mut() {
        *first = first.trim_start_matches('/').to_owned();
    }
    if let Some(Piece::Literal(last)) = pieces.last_mut() {
        *last = last.trim_end_matches('/').to_owned();
    }
    Text::from_pieces(pieces)
}

/// How `prefix` lies to `path`; both without slashes at their ends, empty for the root.
pub(super) fn relation(prefix: &Text, path: &Text) -> Relation {
    let (prefix, path) = (flat(prefix), flat(path));
    let below = |inner: &str, outer: &str| outer.is_empty() || inner.starts_with(&format!("{outer}/"));
    if prefix == path {
        Relation::Equal
    } else if below(&prefix, &path) {
        Relation::Below
    } else if below(&path, &prefix) {
        Relation::Above
    } else if starts_conflict(&format!("{prefix}/"), &format!("{path}/")) {
        Relation::Apart
    } else {
        Relation::Maybe
    }
}

/// Whether what is known at the beginning of both rules out that one continues the other.
fn starts_conflict(a: &str, b: &str) -> bool {
    let start = |text: &str| text.find(MARK).map_or(text.len(), |end| end);
    let (a, b) = (&a[..start(a)], &b[..start(b)]);
    !a.starts_with(b) && !b.starts_with(a)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflows::{Open, Source};

    fn text(pattern: &str) -> Text {
        Text::from_pieces(pattern.split(['{', '}']).enumerate().map(|(i, part)| match i % 2 {
            0 => Piece::Literal(part.to_owned()),
            _ => Piece::Open(Open::new(part, Source::Run, "it is not")),
        }))
    }

    #[test]
    fn a_prefix_and_a_path_are_related_as_far_as_they_are_known() {
        use Relation::*;
        for (prefix, path, expected) in [
            ("", "", Equal),
            ("v1", "v1", Equal),
            ("v1/assets", "v1", Below),
            ("v1", "", Below),
            ("{v}", "", Below),
            ("", "v1", Above),
            ("site", "site/v1", Above),
            ("v1", "v2", Apart),
            ("v1", "v10", Apart),
            ("v10", "v1", Apart),
            ("{v}", "{v}", Equal),
            ("{v}/x", "{v}", Below),
            ("{v}", "{w}", Maybe),
            ("{v}", "v1", Maybe),
            ("v{n}", "v1", Maybe),
            ("pr-{n}", "main", Apart),
            ("pr-{n}", "pr", Apart),
            ("static", "v{n}", Apart),
        ] {
            assert_eq!(relation(&text(prefix), &text(path)), expected, "{prefix} {path}");
        }
    }

    #[test]
    fn slashes_at_the_ends_do_not_count() {
        assert_eq!(bare(&text("/{v}/")).display(), text("{v}").display());
        assert_eq!(bare(&text("/")), Text::new());
    }
}
