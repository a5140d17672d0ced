//! An entry's text compressed with gzip, and what can be wrong with a file that should be one.

use std::fmt;
use std::io::{ErrorKind, Read, Write};

use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;

/// What an entry may unpack to, in bytes: some fifty times a result with 5,000 findings. More is no result, and may be
/// made to fill the memory.
const MOST: usize = 256 << 20;

/// What is wrong with a file or object among the history's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Its name is none that driftgate gives.
    Foreign,
    /// It stops in the middle.
    CutOff,
    /// It cannot be unpacked to a text, for this reason.
    Damaged(String),
    /// It unpacks to more than any result is.
    TooLarge,
    /// The store does not hand it out, for this reason.
    Unreadable(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::Foreign => f.write_str("its name is none that driftgate gives; keep other files elsewhere"),
            Problem::CutOff => f.write_str("it is torn, its end is missing; delete it"),
            Problem::Damaged(cause) => write!(
                f,
                "it is damaged, or was never compressed with gzip ({cause}); delete it"
            ),
            Problem::TooLarge => write!(
                f,
                "it unpacks to more than {} MiB, which no result is; delete it",
                MOST >> 20
            ),
            Problem::Unreadable(cause) => write!(f, "it cannot be read ({cause}); make it readable or delete it"),
        }
    }
}

pub(super) fn pack(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder
        .write_all(text.as_bytes())
        .and_then(|()| encoder.finish())
        .unwrap_or_else(|error| unreachable!("a Vec takes every byte: {error}"))
}

pub(super) fn unpack(bytes: &[u8]) -> Result<String, Problem> {
    unpack_at_most(bytes, MOST)
}

fn unpack_at_most(bytes: &[u8], most: usize) -> Result<String, Problem> {
    let mut decoder = GzDecoder::new(bytes);
    let mut unpacked = Vec::new();
    // One byte more tells whether there would be more, and where there is none it makes the decoder check the end.
    match decoder.by_ref().take(most as u64 + 1).read_to_end(&mut unpacked) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Err(Problem::CutOff),
        Err(error) => return Err(Problem::Damaged(error.to_string())),
        Ok(_) if unpacked.len() > most => return Err(Problem::TooLarge),
        Ok(_) => {}
    }
    let rest = decoder.into_inner();
    if !rest.is_empty() {
        return Err(Problem::Damaged(format!(
            "{} more bytes stand behind its end",
            rest.len()
        )));
    }
    String::from_utf8(unpacked).map_err(|_| Problem::Damaged("the text is not UTF-8".to_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_beginning_of_an_entry_is_torn() {
        let packed = pack("{\"schema\":\"driftgate/v1\",\"outcome\":\"clean\"}");
        for end in 0..packed.len() {
            assert_eq!(unpack(&packed[..end]), Err(Problem::CutOff), "after {end} bytes");
        }
    }

    #[test]
    fn other_bytes_are_damaged() {
        let packed = pack("{\"schema\":\"driftgate/v1\"}");
        let mut sum = packed.clone();
        let place = sum.len() - 8;
        sum[place] ^= 1;
        let cases = [
            (b"{\"schema\":\"driftgate/v1\"}".to_vec(), "header"),
            (vec![0; 64], "header"),
            (sum, "checksum"),
            (
                [packed.as_slice(), b"more"].concat(),
                "4 more bytes stand behind its end",
            ),
        ];
        for (bytes, cause) in cases {
            let problem = unpack(&bytes).unwrap_err();
            assert!(matches!(&problem, Problem::Damaged(_)), "{problem:?}");
            assert!(problem.to_string().contains(cause), "{problem}");
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(b"\xff\xfe").unwrap();
        assert_eq!(
            unpack(&encoder.finish().unwrap()),
            Err(Problem::Damaged("the text is not UTF-8".to_owned()))
        );
    }

    #[test]
    fn an_entry_that_would_fill_the_memory_is_not_unpacked() {
        let text = "0".repeat(1000);
        assert_eq!(unpack_at_most(&pack(&text), 999), Err(Problem::TooLarge));
        assert_eq!(unpack_at_most(&pack(&text), 1000), Ok(text));
    }

    proptest! {
        #[test]
        fn a_text_comes_back(text in "(?s).*") {
            prop_assert_eq!(unpack(&pack(&text)), Ok(text));
        }

        #[test]
        fn any_bytes_are_a_text_or_a_problem(bytes: Vec<u8>, text in "\\PC{0,40}", at: prop::sample::Index, flip: u8) {
            _ = unpack(&bytes);
            let mut packed = pack(&text);
            let at = at.index(packed.len());
            packed[at] ^= flip;
            // The time, the flags and the system's name in the head say nothing about the text.
            if let Ok(unpacked) = unpack(&packed) {
                prop_assert_eq!(unpacked, text);
            }
        }
    }
}
