//! Addresses of buckets and prefixes.

use super::super::text::{Open, Piece, Text};

/// A bucket and what follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Location {
    pub(crate) bucket: Text,
    /// The key or prefix without slashes at its ends.
    pub(crate) path: Text,
    /// Whether the address names a place for objects (it ends at the bucket or in a slash) rather than a key.
    pub(crate) is_folder: bool,
}

/// Whether a text certainly is an `s3://` address.
pub(crate) fn is_s3(text: &Text) -> bool {
    text.resolved().map_or_else(
        || text.literal_start().starts_with("s3://"),
        |value| value.starts_with("s3://"),
    )
}

/// Whether a text may be an `s3://` address: it is one, or it begins with a part that is not known.
pub(crate) fn may_be_s3(text: &Text) -> bool {
    is_s3(text) || (text.is_open() && "s3://".starts_with(text.literal_start()))
}

/// Reads `s3://bucket/prefix`; `None` for a text that is known to be something else.
pub(crate) fn s3_location(text: &Text) -> Option<Location> {
    if !may_be_s3(text) {
        return None;
    }
    if text.literal_start().starts_with("s3://") {
        let flat = text.flatten();
        return Some(location(&text.unflatten(&flat["s3://".len()..])));
    }
    if let Some(value) = text.resolved() {
        return Some(hidden_location(text, value.strip_prefix("s3://")?));
    }
    Some(unknown_address(text))
}

/// Reads `bucket`, `bucket/prefix` or the same behind `s3://`, as actions take it.
pub(crate) fn bucket_and_path(text: &Text) -> Location {
    if text.literal_start().starts_with("s3://") {
        let flat = text.flatten();
        return location(&text.unflatten(&flat["s3://".len()..]));
    }
    match text.resolved() {
        Some(value) if value.starts_with("s3://") => hidden_location(text, &value["s3://".len()..]),
        _ => location(text),
    }
}

/// Splits what follows `s3://`.
fn location(text: &Text) -> Location {
    let slash_in_secret = text
        .pieces()
        .iter()
        .any(|piece| matches!(piece, Piece::Secret { value, .. } if value.reveal().contains('/')));
    if slash_in_secret && let Some(value) = text.resolved() {
        return hidden_location(text, &value);
    }
    let flat = text.flatten();
    let (bucket, path) = split_bucket(&flat);
    Location {
        bucket: text.unflatten(bucket),
        path: text.unflatten(path.trim_matches('/')),
        is_folder: path.is_empty() || path.ends_with('/'),
    }
}

/// The ARN of an access point has a slash of its own.
fn split_bucket(address: &str) -> (&str, &str) {
    let from = if address.starts_with("arn:") {
        address.find('/').map_or(0, |at| at + 1)
    } else {
        0
    };
    match address[from..].find('/') {
        Some(at) => (&address[..from + at], &address[from + at + 1..]),
        None => (address, ""),
    }
}

/// An address of which a secret holds more than the bucket's name.
fn hidden_location(text: &Text, address: &str) -> Location {
    let (bucket, path) = split_bucket(address);
    let part = |value: &str| {
        if value.is_empty() {
            Text::new()
        } else if text.has_secret() {
            Text::secret(text.display(), value)
        } else {
            Text::literal(value)
        }
    };
    Location {
        bucket: part(bucket),
        path: part(path.trim_matches('/')),
        is_folder: path.is_empty() || path.ends_with('/'),
    }
}

/// An address that begins with a part that is not known: the part holds the bucket, and perhaps more.
fn unknown_address(text: &Text) -> Location {
    let first = text.open_parts().next().cloned();
    let bucket = first.clone().map(Text::open).unwrap_or_default();
    let rest: Text = Text::from_pieces(
        text.pieces()
            .iter()
            .skip_while(|p| !matches!(p, Piece::Open(_)))
            .skip(1)
            .cloned(),
    );
    let mut path = Text::new();
    if let Some(open) = first {
        path.push(Piece::Open(Open {
            why: format!("{}; it may hold a prefix as well as the bucket", open.why),
            ..open
        }));
    }
    let flat = rest.flatten();
    let is_folder = flat.is_empty() || flat.ends_with('/');
    path.extend(&rest.unflatten(flat.trim_end_matches('/')));
    Location {
        bucket,
        path,
        is_folder,
    }
}

impl Location {
    /// Prefix and object name, for an address that names one object.
    pub(crate) fn split_key(&self) -> (Text, Option<Text>) {
        if self.is_folder {
            return (self.path.clone(), None);
        }
        let flat = self.path.flatten();
        match flat.rsplit_once('/') {
            Some((prefix, name)) => (self.path.unflatten(prefix), Some(self.path.unflatten(name))),
            None => (Text::new(), Some(self.path.clone())),
        }
    }
}

/// A prefix without slashes at its ends.
pub(crate) fn prefix(text: &Text) -> Text {
    let flat = text.flatten();
    let trimmed = flat.trim().trim_matches('/');
    text.unflatten(if trimmed == "." {
        ""
    } else {
        trimmed.trim_start_matches("./")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workflows::text::Source;

    fn open(name: &str) -> Piece {
        Piece::Open(Open::new(name, Source::Environment, "not set"))
    }

    fn shown(location: &Location) -> (String, String, bool) {
        (location.bucket.display(), location.path.display(), location.is_folder)
    }

    #[test]
    fn addresses_are_split_at_the_first_slash() {
        let read = |text: Text| s3_location(&text).map(|l| shown(&l));
        assert_eq!(
            read(Text::literal("s3://site/a/b/")),
            Some(("site".into(), "a/b".into(), true))
        );
        assert_eq!(
            read(Text::literal("s3://site")),
            Some(("site".into(), String::new(), true))
        );
        assert_eq!(read(Text::literal("./dist")), None);
        assert_eq!(
            read(Text::from_pieces([
                Piece::Literal("s3://".into()),
                open("secrets.B"),
                Piece::Literal("/v1".into())
            ])),
            Some(("secrets.B".into(), "v1".into(), false))
        );
        assert_eq!(
            read(Text::literal("s3://arn:aws:s3:eu-west-2:1:accesspoint/site/key/")),
            Some(("arn:aws:s3:eu-west-2:1:accesspoint/site".into(), "key".into(), true))
        );
    }

    #[test]
    fn an_address_in_a_variable_may_hold_a_prefix() {
        let text = Text::from_pieces([open("$TARGET"), Piece::Literal("/v2".into())]);
        let location = s3_location(&text).expect("may be one");
        assert_eq!(shown(&location), ("$TARGET".into(), "$TARGET/v2".into(), false));
    }

    #[test]
    fn an_address_in_a_secret_is_split_and_stays_hidden() {
        let location = s3_location(&Text::secret("secrets.URI", "s3://live/app/")).expect("is one");
        assert_eq!(location.bucket.resolved().as_deref(), Some("live"));
        assert_eq!(location.path.resolved().as_deref(), Some("app"));
        assert_eq!(location.bucket.display(), "secrets.URI");
    }

    #[test]
    fn one_object_has_a_prefix_and_a_name() {
        let location = s3_location(&Text::literal("s3://site/app/index.html")).expect("is one");
        let (prefix, name) = location.split_key();
        assert_eq!(prefix, Text::literal("app"));
        assert_eq!(name, Some(Text::literal("index.html")));
    }
}
