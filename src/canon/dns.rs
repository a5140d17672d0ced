//! DNS names and record values as Route 53 and Terraform spell them, folded to one form.
//!
//! Route 53 answers names in lower case with a trailing dot and every character outside `a-z 0-9 - _ .` as a
//! three-digit octal escape (Route 53 developer guide, "DNS domain name format"); what the provider stores depends on
//! its release (`*` or `\052`).

use std::net::{Ipv4Addr, Ipv6Addr};

/// A name in lower case, without the trailing dot and without escapes where none is needed. What would read as something
/// else stays escaped: a dot or a blank inside a label, a backslash, a quote, bytes that are not UTF-8.
pub fn name(spelled: &str) -> String {
    let mut plain = Vec::with_capacity(spelled.len());
    let mut rest = spelled.as_bytes();
    while !rest.is_empty() {
        let (byte, used) = octal(rest).unwrap_or((rest[0], 1));
        match byte {
            b'\\' | b'"' => plain.extend(octal_escape(byte).into_bytes()),
            // Only a bare one stands between two labels.
            b'.' if used > 1 => plain.extend(octal_escape(byte).into_bytes()),
            _ => plain.push(byte),
        }
        rest = &rest[used..];
    }
    let mut text = String::with_capacity(plain.len());
    for chunk in plain.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_whitespace() || c.is_control() {
                let mut bytes = [0; 4];
                text.extend(c.encode_utf8(&mut bytes).bytes().map(octal_escape));
            } else {
                text.push(c.to_ascii_lowercase());
            }
        }
        text.extend(chunk.invalid().iter().copied().map(octal_escape));
    }
    while text.len() > 1 && text.ends_with('.') {
        text.pop();
    }
    text
}

/// The full name of a record: as written if it ends with the zone's name on a label boundary, else relative to it.
/// An empty name is the apex.
pub fn fqdn(record: &str, zone: &str) -> String {
    let (record, zone) = (name(record), name(zone));
    if record.is_empty() {
        return zone;
    }
    if record == zone || record.strip_suffix(&zone).is_some_and(|rest| rest.ends_with('.')) || zone.is_empty() {
        return record;
    }
    format!("{record}.{zone}")
}

/// One value of a record set of the given type, folded so that spellings of one value are one.
pub fn record_value(kind: &str, value: &str) -> String {
    let value = value.trim();
    match kind {
        "A" => value
            .parse::<Ipv4Addr>()
            .map_or_else(|_| value.to_owned(), |ip| ip.to_string()),
        "AAAA" => value
            .parse::<Ipv6Addr>()
            .map_or_else(|_| value.to_owned(), |ip| ip.to_string()),
        "CNAME" | "NS" | "PTR" => name(value),
        "MX" | "SRV" | "NAPTR" | "SOA" => with_names(kind, value),
        "CAA" => caa(value),
        "DS" | "TLSA" | "SSHFP" => digest(kind, value),
        "TXT" | "SPF" => text_strings(value)
            .iter()
            .map(|s| quoted(s))
            .collect::<Vec<_>>()
            .join(" "),
        "HTTPS" | "SVCB" => service(value),
        _ => value.to_owned(),
    }
}

/// The content of a TXT value with its strings joined, as resolvers' clients see it.
pub fn text_content(value: &str) -> Vec<u8> {
    text_strings(value).concat()
}

/// Numbers and names in fields: names are folded, and numbers lose leading zeros.
fn with_names(kind: &str, value: &str) -> String {
    let fields: Vec<&str> = value.split_whitespace().collect();
    let names: &[usize] = match (kind, fields.len()) {
        ("MX", 2) => &[1],
        ("SRV", 4) => &[3],
        ("NAPTR", 6) => &[5],
        ("SOA", 7) => &[0, 1],
        _ => return fields.join(" "),
    };
    fields
        .iter()
        .enumerate()
        .map(|(i, field)| if names.contains(&i) { name(field) } else { number(field) })
        .collect::<Vec<_>>()
        .join(" ")
}

fn number(field: &str) -> String {
    field
        .parse::<u64>()
        .map_or_else(|_| field.to_owned(), |n| n.to_string())
}

fn caa(value: &str) -> String {
    let field = |text: &str| {
        let (field, rest) = text.split_once(char::is_whitespace)?;
        Some((field.to_owned(), rest.trim_start().to_owned()))
    };
    match field(value).and_then(|(flags, rest)| Some((flags, field(&rest)?))) {
        Some((flags, (tag, rest))) => {
            let content = text_strings(&rest).concat();
            format!("{} {} {}", number(&flags), tag.to_ascii_lowercase(), quoted(&content))
        }
        None => value.to_owned(),
    }
}

fn digest(kind: &str, value: &str) -> String {
    let numbers = if kind == "SSHFP" { 2 } else { 3 };
    let fields: Vec<&str> = value.split_whitespace().collect();
    if fields.len() <= numbers {
        return value.to_owned();
    }
    let mut folded: Vec<String> = fields[..numbers].iter().map(|f| number(f)).collect();
    folded.push(fields[numbers..].concat().to_ascii_lowercase());
    folded.join(" ")
}

fn service(value: &str) -> String {
    let mut fields = outside_quotes(value).into_iter();
    let (Some(priority), Some(target)) = (fields.next(), fields.next()) else {
        return value.to_owned();
    };
    let mut parameters: Vec<String> = fields.collect();
    parameters.sort();
    parameters.dedup();
    let mut folded = vec![number(&priority), if target == "." { target } else { name(&target) }];
    folded.extend(parameters);
    folded.join(" ")
}

fn outside_quotes(value: &str) -> Vec<String> {
    let (mut fields, mut field, mut inside) = (Vec::new(), String::new(), false);
    for c in value.chars() {
        if c == '"' {
            inside = !inside;
        }
        if c.is_whitespace() && !inside {
            if !field.is_empty() {
                fields.push(std::mem::take(&mut field));
            }
        } else {
            field.push(c);
        }
    }
    if !field.is_empty() {
        fields.push(field);
    }
    fields
}

/// The character-strings of a TXT value. A value without outer quotes (as the provider stores it, with `""` or
/// `" "` where strings meet) is put between quotes first.
fn text_strings(value: &str) -> Vec<Vec<u8>> {
    let value = value.trim();
    let whole = value.len() > 1 && value.starts_with('"') && value.ends_with('"') && !ends_with_escaped_quote(value);
    let owned;
    let quoted = if whole {
        value
    } else {
        owned = format!("\"{value}\"");
        &owned
    };
    let bytes = quoted.as_bytes();
    let (mut strings, mut i) = (Vec::new(), 0);
    while i < bytes.len() {
        if bytes[i] != b'"' {
            // Outside quotes: blanks separate; anything else is kept as a string of its own.
            if bytes[i].is_ascii_whitespace() {
                i += 1;
                continue;
            }
            let start = i;
            while i < bytes.len() && bytes[i] != b'"' && !bytes[i].is_ascii_whitespace() {
                i += 1;
            }
            strings.push(bytes[start..i].to_vec());
            continue;
        }
        i += 1;
        let mut string = Vec::new();
        while i < bytes.len() && bytes[i] != b'"' {
            let (byte, used) = escaped(&bytes[i..]);
            string.push(byte);
            i += used;
        }
        i += 1;
        strings.push(string);
    }
    strings
}

fn ends_with_escaped_quote(value: &str) -> bool {
    let backslashes = value[..value.len() - 1]
        .bytes()
        .rev()
        .take_while(|b| *b == b'\\')
        .count();
    backslashes % 2 == 1
}

/// The byte at the start of `bytes` and how many bytes spell it: `\ooo`, `\x` or a plain one.
fn escaped(bytes: &[u8]) -> (u8, usize) {
    octal(bytes).unwrap_or(match bytes {
        [b'\\', next, ..] => (*next, 2),
        [byte, ..] => (*byte, 1),
        [] => (0, 1),
    })
}

/// The byte that `\ooo` at the start of `bytes` spells, and how many bytes that takes.
fn octal(bytes: &[u8]) -> Option<(u8, usize)> {
    match bytes {
        [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] => {
            Some(((a - b'0') * 64 + (b - b'0') * 8 + (c - b'0'), 4))
        }
        _ => None,
    }
}

/// A byte as `\ooo`.
pub(crate) fn octal_escape(byte: u8) -> String {
    format!("\\{byte:03o}")
}

fn quoted(content: &[u8]) -> String {
    let mut text = String::from("\"");
    for &byte in content {
        match byte {
            b'"' | b'\\' => {
                text.push('\\');
                text.push(char::from(byte));
            }
            0x20..=0x7e => text.push(char::from(byte)),
            _ => text.push_str(&octal_escape(byte)),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_fold_case_dots_and_escapes() {
        for (spelled, folded) in [
            ("\\052.Example.COM.", "*.example.com"),
            ("*.example.com", "*.example.com"),
            ("a\\100b.example.com", "a@b.example.com"),
            (".", "."),
            ("", ""),
            ("\\9", "\\1349"),
            ("a\\056b.example.com", "a\\056b.example.com"),
            ("a b.example.com", "a\\040b.example.com"),
            ("a\\040.", "a\\040"),
            ("\\134052", "\\134052"),
            ("\\303\\251.example.com", "é.example.com"),
            ("É\\351\\052.EXAMPLE.com", "É\\351*.example.com"),
        ] {
            assert_eq!(name(spelled), folded, "{spelled}");
        }
    }

    #[test]
    fn a_relative_name_is_completed_on_a_label_boundary() {
        assert_eq!(fqdn("www", "example.com."), "www.example.com");
        assert_eq!(fqdn("", "example.com"), "example.com");
        assert_eq!(fqdn("example.com", "example.com"), "example.com");
        assert_eq!(fqdn("notexample.com", "example.com"), "notexample.com.example.com");
        assert_eq!(fqdn("a.example.com.", "Example.com"), "a.example.com");
    }

    #[test]
    fn spellings_of_one_value_are_one() {
        for (kind, a, b) in [
            ("TXT", "a\"\"b", "\"a\" \"b\""),
            ("TXT", "v=spf1 -all", "\"v=spf1 -all\""),
            ("TXT", "say \\\"hi\\\"", "\"say \\\"hi\\\"\""),
            ("MX", "10 Mail.example.com.", "10 mail.example.com"),
            ("CAA", "0 ISSUE \"amazon.com\"", "0 issue \"amazon.com\""),
            ("CAA", "00  issue\t\"amazon.com\"", "0 issue \"amazon.com\""),
            ("AAAA", "2001:DB8:0:0::1", "2001:db8::1"),
            ("SRV", "01 2 443 host.example.com", "1 2 443 host.example.com."),
            ("HTTPS", "1 . alpn=\"h2,h3\" port=443", "1 . port=443 alpn=\"h2,h3\""),
            ("DS", "1 8 2 ABCD EF", "1 8 2 abcdef"),
        ] {
            assert_eq!(record_value(kind, a), record_value(kind, b), "{kind} {a}");
        }
        assert_ne!(record_value("TXT", "Abc"), record_value("TXT", "abc"));
        assert_ne!(record_value("TXT", "ab"), record_value("TXT", "a\"\"b"));
        assert_eq!(text_content("ab"), text_content("\"a\" \"b\""));
    }

    #[test]
    fn a_blank_inside_a_name_belongs_to_it() {
        for kind in ["CNAME", "NS", "PTR"] {
            let once = record_value(kind, "a .");
            assert_eq!(once, "a\\040");
            assert_eq!(record_value(kind, &once), once);
        }
    }

    proptest! {
        #[test]
        fn names_fold_once(text in r#"([a-zA-Z0-9.*" é]|\\[0-3][0-7]{2}|\\){0,12}"#) {
            let once = name(&text);
            prop_assert_eq!(name(&once), once);
        }

        #[test]
        fn folding_is_idempotent_and_total(text in ".{0,40}", kind in "A|AAAA|CNAME|MX|SRV|CAA|TXT|DS|HTTPS|SOA|NAPTR") {
            let once = record_value(&kind, &text);
            prop_assert_eq!(record_value(&kind, &once), once);
        }
    }
}
