//! From bytes to JSON: byte order marks, compression and the like, and the place of a syntax error.

use std::borrow::Cow;

use serde_json::Value;

use super::error::InputError;

const GZIP: &[u8] = b"\x1f\x8b";
const ZIP: &[u8] = b"PK\x03\x04";

/// Parses the bytes of a state file.
pub(super) fn json(state: &str, bytes: &[u8]) -> Result<Value, InputError> {
    if bytes.starts_with(GZIP) {
        return Err(InputError::Gzip {
            state: state.to_owned(),
        });
    }
    if bytes.starts_with(ZIP) {
        return Err(InputError::SavedPlan {
            state: state.to_owned(),
        });
    }
    let text = without_mark(bytes);
    if text.iter().all(u8::is_ascii_whitespace) {
        return Err(InputError::Empty {
            state: state.to_owned(),
        });
    }
    serde_json::from_slice(&text).map_err(|error| syntax(state, &error))
}

/// The text as UTF-8 without its byte order mark. PowerShell's `>` writes UTF-16.
fn without_mark(bytes: &[u8]) -> Cow<'_, [u8]> {
    let utf16 = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = rest.chunks(2).map(|pair| match *pair {
            [a, b] => unit([a, b]),
            // Half a character at the end: no JSON either way.
            _ => u16::from(b'?'),
        });
        char::decode_utf16(units)
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect::<String>()
            .into_bytes()
    };
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => Cow::Borrowed(rest),
        [0xff, 0xfe, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)),
        [0xfe, 0xff, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)),
        _ => Cow::Borrowed(bytes),
    }
}

fn syntax(state: &str, error: &serde_json::Error) -> InputError {
    let state = state.to_owned();
    let (line, column) = (error.line(), error.column());
    if error.is_eof() {
        return InputError::CutOff { state, line, column };
    }
    let mut cause = error.to_string();
    if let Some(place) = cause.rfind(" at line ") {
        cause.truncate(place);
    }
    InputError::NotJson {
        state,
        line,
        column,
        cause,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(bytes: &[u8]) -> String {
        json("x.tfstate", bytes).unwrap_err().to_string()
    }

    #[test]
    fn marks_and_line_ends_are_no_matter() {
        let utf16 = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
            "\u{feff}{\r\n\"é😀\": 1}".encode_utf16().flat_map(unit).collect()
        };
        let wanted = json!({"é😀": 1});
        assert_eq!(json("x", "{\r\n\"é😀\": 1}\r\n".as_bytes()), Ok(wanted.clone()));
        assert_eq!(json("x", "\u{feff}{\"é😀\": 1}".as_bytes()), Ok(wanted.clone()));
        assert_eq!(json("x", &utf16(u16::to_le_bytes)), Ok(wanted.clone()));
        assert_eq!(json("x", &utf16(u16::to_be_bytes)), Ok(wanted));
    }

    #[test]
    fn an_empty_file() {
        let expected = "x.tfstate: is empty; if the state was moved to another backend, pipe `terraform state pull` into `--state -`";
        for bytes in [&b""[..], b" \r\n", b"\xef\xbb\xbf", b"\xff\xfe"] {
            assert_eq!(message(bytes), expected);
        }
    }

    #[test]
    fn a_compressed_file() {
        assert_eq!(
            message(b"\x1f\x8b\x08\x00rest"),
            "x.tfstate: is compressed with gzip; decompress it first (`gunzip --stdout FILE | driftgate … --state -`)"
        );
    }

    #[test]
    fn a_saved_plan() {
        assert_eq!(
            message(b"PK\x03\x04rest"),
            "x.tfstate: is a saved plan or another zip archive, not a state; pipe `terraform state pull` into `--state -`"
        );
    }

    #[test]
    fn text_that_is_not_json() {
        assert_eq!(
            message(b"# aws_s3_bucket.site:\n"),
            "x.tfstate:1:1: not JSON: expected value; give the output of `terraform state pull` or `terraform show -json`"
        );
        assert_eq!(
            message(b"{\n  \"version\": 4,\n  oops\n}"),
            "x.tfstate:3:3: not JSON: key must be a string; give the output of `terraform state pull` or `terraform show -json`"
        );
        assert_eq!(
            message(b"{} {}"),
            "x.tfstate:1:4: not JSON: trailing characters; give the output of `terraform state pull` or `terraform show -json`"
        );
        assert_eq!(
            message(b"{\"a\": \"\xff\"}"),
            "x.tfstate:1:8: not JSON: invalid unicode code point; give the output of `terraform state pull` or `terraform show -json`"
        );
    }

    #[test]
    fn json_that_stops() {
        assert_eq!(
            message(b"{\n  \"version\": 4,"),
            "x.tfstate:2:15: ends in the middle of the JSON; it was cut off, fetch it again (`terraform state pull`)"
        );
    }

    #[test]
    fn json_nested_without_end_is_refused() {
        assert_eq!(
            message("[".repeat(100_000).as_bytes()),
            "x.tfstate:1:128: not JSON: recursion limit exceeded; give the output of `terraform state pull` or `terraform show -json`"
        );
    }
}
