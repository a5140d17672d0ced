//! Many addresses in few words: instances of one resource are one.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::inline::code;

/// The addresses as Markdown in at most about `most` bytes; what does not fit is counted.
pub(super) fn folded<'a>(addresses: impl Iterator<Item = &'a str>, most: usize) -> String {
    // By folded address: the first that is there, and how many.
    let mut groups: BTreeMap<String, (&str, usize)> = BTreeMap::new();
    for address in addresses {
        groups.entry(without_keys(address)).or_insert((address, 0)).1 += 1;
    }
    let mut groups: Vec<(String, (&str, usize))> = groups.into_iter().collect();
    groups.sort_by_key(|(_, (_, number))| Reverse(*number));
    let mut out = String::new();
    let mut groups = groups.into_iter().peekable();
    while let Some((pattern, (first, number))) = groups.peek() {
        let shown = match number {
            1 => code(first, 200),
            number => format!("{} ({number})", code(pattern, 200)),
        };
        if !out.is_empty() && out.len() + shown.len() > most {
            break;
        }
        if !out.is_empty() {
            out.push_str(", ");
        }
        out.push_str(&shown);
        groups.next();
    }
    let left: usize = groups.map(|(_, (_, number))| number).sum();
    if left > 0 {
        out.push_str(&format!(" and {left} more"));
    }
    out
}

/// The address with a star in the place of every instance key.
fn without_keys(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    let mut rest = address;
    while let Some(from) = rest.find('[') {
        let Some(length) = key_length(&rest[from..]) else {
            break;
        };
        out.push_str(&rest[..from]);
        out.push_str("[*]");
        rest = &rest[from + length..];
    }
    out.push_str(rest);
    out
}

/// Bytes of the key that `text` begins with, brackets included: `[0]`, `["a]b"]`. `None` where it does not end.
fn key_length(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ']' if !quoted => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_stars() {
        assert_eq!(
            without_keys(r#"module.a["x]\"y"].aws_s3_bucket.b[0]"#),
            "module.a[*].aws_s3_bucket.b[*]"
        );
        assert_eq!(without_keys("aws_s3_bucket.b[\"x"), "aws_s3_bucket.b[\"x");
        assert_eq!(without_keys("aws_s3_bucket.b"), "aws_s3_bucket.b");
    }

    #[test]
    fn instances_are_counted_and_single_ones_named() {
        let all = ["a.b[1]", "a.c[\"x\"]", "a.b[2]", "a.b[3]"];
        assert_eq!(folded(all.into_iter(), 100), "`a.b[*]` (3), `a.c[\"x\"]`");
        assert_eq!(folded(all.into_iter(), 5), "`a.b[*]` (3) and 1 more");
        assert_eq!(folded(std::iter::empty(), 5), "");
    }
}
