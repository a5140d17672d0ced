//! The objects that Terraform itself uploads. Everything else in a bucket is content, of which no state tells.

use super::attributes::Attributes;
use crate::estate::Estate;
use crate::inventory::{Answer, Inventory, Object};

const TYPES: [&str; 3] = ["aws_s3_object", "aws_s3_bucket_object", "aws_s3_object_copy"];

/// Every directory above a declared object is known to hold something; prefixes end with `/`, the whole bucket is "".
pub(super) fn fill(estate: &Estate, inventory: &mut Inventory) {
    for instance in TYPES.iter().flat_map(|kind| estate.of_type(kind)) {
        let attributes = Attributes::of(instance);
        let Some((bucket, key)) = place(attributes) else {
            continue;
        };
        let prefixes = inventory.prefixes.entry(bucket.clone()).or_default();
        for prefix in directories(&key) {
            let first = prefixes
                .entry(prefix.to_owned())
                .or_insert_with(|| Answer::Found(key.clone()));
            if first.found().is_some_and(|first| *first > key) {
                *first = Answer::Found(key.clone());
            }
        }
        inventory
            .objects
            .entry(bucket)
            .or_default()
            .insert(key, Answer::Found(object(attributes)));
    }
}

/// Bucket and key. An object that was put through an access point names that one's ARN instead of a bucket.
pub(super) fn place(attributes: Attributes) -> Option<(String, String)> {
    let bucket = attributes.text("bucket").filter(|bucket| !bucket.starts_with("arn:"))?;
    let key = stored_key(&attributes.text("key").or(attributes.text("id"))?);
    Some((bucket, key))
}

/// The provider takes a leading `./` and leading slashes off, and makes one of several slashes (provider 5.46).
fn stored_key(written: &str) -> String {
    let written = written.strip_prefix("./").unwrap_or(written).trim_start_matches('/');
    let mut key = String::with_capacity(written.len());
    for c in written.chars() {
        if !(c == '/' && key.ends_with('/')) {
            key.push(c);
        }
    }
    key
}

fn directories(key: &str) -> impl Iterator<Item = &str> {
    std::iter::once("").chain(key.match_indices('/').map(|(at, _)| &key[..=at]))
}

fn object(attributes: Attributes) -> Object {
    Object {
        listed_only: false,
        server_side_encryption: attributes.text("server_side_encryption"),
        kms_key_id: attributes.text("kms_key_id"),
        storage_class: attributes.text("storage_class").filter(|class| class != "STANDARD"),
        redirect_location: attributes.text("website_redirect"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_what_the_provider_makes_of_it() {
        for (written, stored) in [
            ("index.html", "index.html"),
            ("/index.html", "index.html"),
            ("./a//b.html", "a/b.html"),
            ("a/", "a/"),
            ("", ""),
        ] {
            assert_eq!(stored_key(written), stored, "{written}");
        }
        assert_eq!(directories("a/b/c.html").collect::<Vec<_>>(), ["", "a/", "a/b/"]);
        assert_eq!(directories("a/").collect::<Vec<_>>(), ["", "a/"]);
    }
}
