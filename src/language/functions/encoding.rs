//! Functions that encode and decode.

use std::fmt::Write;

use super::{Function, FunctionError, any, str_of, text};
use crate::language::json;
use crate::language::value::Value;

pub(super) fn functions() -> Vec<Function> {
    let plain = |name, f: fn(&str) -> Result<String, FunctionError>| {
        Function::new(name, move |arguments: &[Value]| {
            f(str_of(&arguments[0])).map(Value::from)
        })
        .parameter(text("string"))
    };
    vec![
        plain("base64encode", |text| Ok(base64_encode(text.as_bytes()))),
        plain("base64decode", |text| {
            let bytes = base64_decode(text).ok_or_else(|| FunctionError::at(0, "this is not base64"))?;
            String::from_utf8(bytes).map_err(|_| FunctionError::at(0, "what is encoded is no UTF-8 text"))
        }),
        plain("urlencode", |text| Ok(url_encode(text))),
        Function::new("jsonencode", |arguments| {
            json::encode(&arguments[0])
                .map(Value::from)
                .map_err(|error| FunctionError::at(0, error.to_string()))
        })
        .parameter(any("value").nullable()),
        Function::new("jsondecode", |arguments| {
            let parsed: Result<serde_json::Value, _> = serde_json::from_str(str_of(&arguments[0]));
            parsed
                .map(|json| Value::from(&json))
                .map_err(|error| FunctionError::at(0, format!("this is not JSON: {error}")))
        })
        .parameter(text("string")),
    ]
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn base64_encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let at = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let group = (at(0) << 16) | (at(1) << 8) | at(2);
        for position in 0..4 {
            if position > chunk.len() {
                out.push('=');
            } else {
                out.push(char::from(ALPHABET[((group >> (18 - 6 * position)) & 63) as usize]));
            }
        }
    }
    out
}

/// The standard alphabet with padding; line breaks are passed over, as Go does.
fn base64_decode(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\n' | b'\r')).collect();
    if !digits.len().is_multiple_of(4) {
        return None;
    }
    let padding = digits.iter().rev().take(2).take_while(|byte| **byte == b'=').count();
    let mut out = Vec::with_capacity(digits.len() / 4 * 3);
    let mut group = 0u32;
    for (at, byte) in digits.iter().enumerate() {
        let value = if at >= digits.len() - padding {
            0
        } else {
            ALPHABET.iter().position(|known| known == byte)?
        };
        group = (group << 6) | value as u32;
        if at % 4 == 3 {
            out.extend_from_slice(&group.to_be_bytes()[1..]);
            group = 0;
        }
    }
    out.truncate(out.len() - padding);
    Some(out)
}

/// As in a query string: a space becomes `+`.
fn url_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{base64_decode, base64_encode};

    proptest! {
        #[test]
        fn base64_comes_back(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(base64_decode(&base64_encode(&bytes)), Some(bytes));
        }

        #[test]
        fn base64_of_anything_does_not_panic(text in "[A-Za-z0-9+/=\n]{0,12}") {
            let _ = base64_decode(&text);
        }
    }

    #[test]
    fn damaged_base64_is_refused() {
        for text in ["A", "AA=A", "====", "A===", "AAA!", "AA"] {
            assert_eq!(base64_decode(text), None, "{text}");
        }
        assert_eq!(base64_decode("Zm\n9v"), Some(b"foo".to_vec()));
    }
}
