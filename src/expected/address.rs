//! Resource instance addresses, written exactly as Terraform writes them (`addrs.InstanceKey` and
//! `addrs.AbsResourceInstance`), so that a line of a report can be pasted into a command.

use std::fmt::Write as _;

/// The key that tells the instances of one resource apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum InstanceKey {
    /// Of `count`.
    Index(u64),
    /// Of `for_each`.
    Name(String),
}

/// A resource without its instance key. `module` is the module's own address, empty for the root module.
pub(super) fn resource(module: &str, data: bool, terraform_type: &str, name: &str) -> String {
    let dot = if module.is_empty() { "" } else { "." };
    let mode = if data { "data." } else { "" };
    format!("{module}{dot}{mode}{terraform_type}.{name}")
}

/// One instance of a resource.
pub(super) fn instance(resource: &str, key: Option<&InstanceKey>) -> String {
    match key {
        None => resource.to_owned(),
        Some(InstanceKey::Index(index)) => format!("{resource}[{index}]"),
        Some(InstanceKey::Name(name)) => format!("{resource}[{}]", quoted(name)),
    }
}

/// A string as a quoted HCL template that means just this string.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '$' | '%' => {
                out.push(c);
                if rest.peek() == Some(&'{') {
                    out.push(c);
                }
            }
            c if is_printable(c) => out.push(c),
            c => {
                let code = u32::from(c);
                // Writing into a string cannot fail.
                let _ = if code < 0x1_0000 {
                    write!(out, "\\u{code:04x}")
                } else {
                    write!(out, "\\U{code:08x}")
                };
            }
        }
    }
    out.push('"');
    out
}

/// Go's `unicode.IsPrint`: letters, marks, numbers, punctuation, symbols and the ASCII space. Rust's debug escapes
/// leave the same characters alone, except for the apostrophe and for a combining mark at the start of a string.
fn is_printable(c: char) -> bool {
    if c == '\'' {
        return true;
    }
    let mut text = String::from("a");
    text.push(c);
    text.escape_debug().nth(1) == Some(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_terraform() {
        let name = |name: &str| Some(InstanceKey::Name(name.to_owned()));
        let cases = [
            ("", false, None, "aws_s3_bucket.site"),
            ("", true, None, "data.aws_s3_bucket.site"),
            ("", false, Some(InstanceKey::Index(0)), "aws_s3_bucket.site[0]"),
            ("", false, Some(InstanceKey::Index(12)), "aws_s3_bucket.site[12]"),
            (
                "",
                false,
                name("www.example.com"),
                r#"aws_s3_bucket.site["www.example.com"]"#,
            ),
            ("", false, name(""), r#"aws_s3_bucket.site[""]"#),
            ("module.a", false, None, "module.a.aws_s3_bucket.site"),
            ("module.a", true, None, "module.a.data.aws_s3_bucket.site"),
            (
                r#"module.a["k"].module.b[0]"#,
                false,
                name("x"),
                r#"module.a["k"].module.b[0].aws_s3_bucket.site["x"]"#,
            ),
        ];
        for (module, data, key, expected) in cases {
            let resource = resource(module, data, "aws_s3_bucket", "site");
            assert_eq!(instance(&resource, key.as_ref()), expected);
        }
    }

    #[test]
    fn keys_are_escaped_as_hcl_needs_it() {
        let cases = [
            ("plain", r#""plain""#),
            (r#"say "hi""#, r#""say \"hi\"""#),
            (r"back\slash", r#""back\\slash""#),
            ("${a}", r#""$${a}""#),
            ("%{ if b }", r#""%%{ if b }""#),
            ("$${", r#""$$${""#),
            ("$$${", r#""$$$${""#),
            ("100% $5 {x}", r#""100% $5 {x}""#),
            ("ends in $", r#""ends in $""#),
            ("line\nnext\r\tend", r#""line\nnext\r\tend""#),
            ("bell\u{7}", r#""bell\u0007""#),
            ("no-break\u{a0}space", r#""no-break\u00a0space""#),
            ("\u{301}mark first, o\u{308}", "\"\u{301}mark first, o\u{308}\""),
            ("é 😀 中", "\"é 😀 中\""),
            ("'", r#""'""#),
            ("\u{e0001}", r#""\U000e0001""#),
        ];
        for (text, expected) in cases {
            assert_eq!(quoted(text), expected);
        }
    }
}
