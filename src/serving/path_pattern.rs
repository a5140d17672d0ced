//! Which cache behaviour a path falls under.
//!
//! `*` stands for any run of characters, `/` included, `?` for exactly one; letters count in their case; a slash in
//! front is implied on both sides (CloudFront developer guide, "Path pattern"). Whether CloudFront compares the path
//! as sent or decoded is not documented, so both are asked and a difference is reported.

use serde::Serialize;

/// What a path pattern says of one path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PatternMatch {
    /// The path as sent.
    pub raw: bool,
    /// Path and pattern with their percent-escapes decoded.
    pub decoded: bool,
}

/// Compares one path (without query string) with one pattern.
pub fn pattern_matches(pattern: &str, path: &str) -> PatternMatch {
    PatternMatch {
        raw: glob(without_slash(pattern), without_slash(path)),
        decoded: glob(&decode(without_slash(pattern)), &decode(without_slash(path))),
    }
}

/// The behaviour chosen for a path: an index into the ordered list, or `None` for the default behaviour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    pub raw: Option<usize>,
    pub decoded: Option<usize>,
}

impl Choice {
    /// The behaviour, if both readings of the path lead to it.
    ///
    /// # Errors
    /// The two that they lead to otherwise.
    pub fn agreed(self) -> Result<Option<usize>, Choice> {
        if self.raw == self.decoded {
            Ok(self.raw)
        } else {
            Err(self)
        }
    }
}

/// The first of the patterns, in the order of the distribution, that the path falls under.
pub fn choose<'a>(patterns: impl IntoIterator<Item = &'a str>, path: &str) -> Choice {
    let (mut raw, mut decoded) = (None, None);
    for (i, pattern) in patterns.into_iter().enumerate() {
        let matched = pattern_matches(pattern, path);
        raw = raw.or(matched.raw.then_some(i));
        decoded = decoded.or(matched.decoded.then_some(i));
        if raw.is_some() && decoded.is_some() {
            break;
        }
    }
    Choice { raw, decoded }
}

fn without_slash(text: &str) -> &str {
    text.strip_prefix('/').unwrap_or(text)
}

fn decode(text: &str) -> String {
    let (bytes, mut out, mut i) = (text.as_bytes(), Vec::with_capacity(text.len()), 0);
    let digit = |at: usize| {
        bytes
            .get(at)
            .and_then(|b| char::from(*b).to_digit(16))
            .and_then(|d| u8::try_from(d).ok())
    };
    while let Some(&byte) = bytes.get(i) {
        match (byte, digit(i + 1), digit(i + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(high * 16 + low);
                i += 3;
            }
            _ => {
                out.push(byte);
                i += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Linear in practice: on a mismatch only the last `*` is tried again.
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p + 1, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((after, from)) => {
                    star = Some((after, from + 1));
                    p = after;
                    t = from + 1;
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn patterns() {
        for (pattern, path, expected) in [
            ("images/*.jpg", "/images/a.jpg", true),
            ("/images/*.jpg", "/images/a.jpg", true),
            ("/images/*.jpg", "/images/a/b.jpg", true),
            ("images/*.jpg", "/images/a.JPG", false),
            ("*.jpg", "/deep/a.jpg", true),
            ("*", "/", true),
            ("/*", "/", true),
            ("/", "/", true),
            ("/", "/a", false),
            ("/a?.jpg", "/ab.jpg", true),
            ("/a?.jpg", "/a.jpg", false),
            ("/a?.jpg", "/a/.jpg", true),
            ("/api/*", "/api", false),
            ("/api/*", "/api/", true),
            ("/api*", "/api", true),
            ("/a*b*c", "/aXbYbZc", true),
            ("/a*b*c", "/aXbYbZ", false),
            ("*/foo", "/foo", false),
            ("", "/", true),
        ] {
            let expected = PatternMatch {
                raw: expected,
                decoded: expected,
            };
            assert_eq!(pattern_matches(pattern, path), expected, "{pattern} {path}");
        }
    }

    #[test]
    fn the_first_pattern_wins() {
        let patterns = ["/assets/*.js", "/assets/*", "*.html"];
        assert_eq!(choose(patterns, "/assets/a.js").agreed(), Ok(Some(0)));
        assert_eq!(choose(patterns, "/assets/a.html").agreed(), Ok(Some(1)));
        assert_eq!(choose(patterns, "/index.html").agreed(), Ok(Some(2)));
        assert_eq!(choose(patterns, "/").agreed(), Ok(None));
        assert_eq!(choose([], "/").agreed(), Ok(None));
    }

    #[test]
    fn encoded_paths_that_fall_under_two_behaviours_are_reported() {
        for (pattern, path, raw, decoded) in [
            ("/a b*", "/a%20b", false, true),
            ("/a%20b*", "/a%20b", true, true),
            ("/?", "/%41", false, true),
            ("/%zz", "/%zz", true, true),
            ("/caf?", "/caf%C3%A9", false, true),
        ] {
            assert_eq!(
                pattern_matches(pattern, path),
                PatternMatch { raw, decoded },
                "{pattern} {path}"
            );
        }
        let choice = choose(["/pri%76ate/*", "/private/*"], "/pri%76ate/x");
        assert_eq!(choice.agreed(), Ok(Some(0)));
        let choice = choose(["/private/*", "/p*"], "/pri%76ate/x");
        assert_eq!(
            choice.agreed(),
            Err(Choice {
                raw: Some(1),
                decoded: Some(0)
            })
        );
    }

    proptest! {
        #[test]
        fn any_texts_are_compared(pattern in ".{0,20}", path in ".{0,20}") {
            pattern_matches(&pattern, &path);
        }

        #[test]
        fn a_slash_in_front_changes_nothing(pattern in "[a-b*?]{0,6}", path in "[a-b]{0,6}") {
            let with = pattern_matches(&format!("/{pattern}"), &format!("/{path}"));
            prop_assert_eq!(with, pattern_matches(&pattern, &path));
        }

        #[test]
        fn globs_agree_with_the_definition(pattern in "[ab*?]{0,6}", text in "[ab]{0,6}") {
            fn by_definition(pattern: &[u8], text: &[u8]) -> bool {
                match (pattern, text) {
                    ([], rest) => rest.is_empty(),
                    ([b'*', more @ ..], _) => (0..=text.len()).any(|n| by_definition(more, &text[n..])),
                    ([b'?', more @ ..], [_, rest @ ..]) => by_definition(more, rest),
                    ([c, more @ ..], [d, rest @ ..]) => c == d && by_definition(more, rest),
                    (_, []) => false,
                }
            }
            prop_assert_eq!(glob(&pattern, &text), by_definition(pattern.as_bytes(), text.as_bytes()));
        }
    }
}
