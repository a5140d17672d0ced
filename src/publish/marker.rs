//! The hidden line by which driftgate knows its own issues and comments again.

/// What a marker belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    State,
    Comment,
}

impl Kind {
    fn opening(self) -> &'static str {
        match self {
            Kind::State => "<!-- driftgate:state=",
            Kind::Comment => "<!-- driftgate:comment=",
        }
    }
}

/// An HTML comment that carries a key. It is the first thing in a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Marker {
    kind: Kind,
    text: String,
}

impl Marker {
    pub(super) fn new(kind: Kind, key: &str) -> Marker {
        Marker {
            kind,
            text: format!("{}{} -->", kind.opening(), escaped(key)),
        }
    }

    /// `body` below this marker.
    pub(super) fn above(&self, body: &str) -> String {
        format!("{}\n{body}", self.text)
    }

    /// Whether a body belongs to this marker's key. Only the first marker counts: what stands below may quote anything,
    /// the marker of another key included.
    pub(super) fn is_of(&self, body: &str) -> bool {
        body.find(self.kind.opening())
            .is_some_and(|at| body[at..].starts_with(&self.text))
    }
}

/// A key as it may stand in an HTML comment: letters, digits and `._/:` as they are, a single `-` too, everything else
/// by percent-encoding of its UTF-8 bytes. Different keys stay different.
fn escaped(key: &str) -> String {
    let mut out = String::with_capacity(key.len());
    for byte in key.bytes() {
        match byte {
            b'-' if !out.is_empty() && !out.ends_with('-') => out.push('-'),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'/' | b':' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_are_readable_and_cannot_end_the_comment() {
        let cases = [
            (
                "s3://example-com-terraform/site.tfstate",
                "s3://example-com-terraform/site.tfstate",
            ),
            ("--> <script>", "%2D-%3E%20%3Cscript%3E"),
            ("a--b", "a-%2Db"),
            ("stage é", "stage%20%C3%A9"),
            ("", ""),
        ];
        for (key, text) in cases {
            assert_eq!(escaped(key), text);
        }
    }

    #[test]
    fn only_the_first_marker_counts() {
        let (a, b) = (Marker::new(Kind::State, "a"), Marker::new(Kind::State, "b"));
        let body = a.above(&b.above("text"));
        assert!(a.is_of(&body) && !b.is_of(&body));
        assert!(a.is_of(&format!("A note by hand.\r\n{body}")));
        assert!(!Marker::new(Kind::State, "ab").is_of(&body));
        assert!(!Marker::new(Kind::Comment, "a").is_of(&body));
        assert!(!a.is_of(""));
    }

    proptest! {
        #[test]
        fn a_marker_is_one_comment_and_of_its_key_alone(key in any::<String>(), other in any::<String>(), body in any::<String>()) {
            let marker = Marker::new(Kind::State, &key);
            let inside = marker.text.strip_prefix("<!--").and_then(|t| t.strip_suffix("-->")).expect("a comment");
            prop_assert!(!inside.contains("--") && !inside.contains('>') && !inside.contains('\n'));
            let whole = marker.above(&body);
            prop_assert!(marker.is_of(&whole));
            prop_assert_eq!(Marker::new(Kind::State, &other).is_of(&whole), key == other);
        }
    }
}
