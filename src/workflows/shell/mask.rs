//! Variables and backquoted commands inside unquoted words, which the grammar takes apart.
//!
//! The bash grammar ends a word such as `s3://$APP-$STAGE-site` at its second `$` and takes the rest
//! for a word of its own; it does the same before a command in backquotes that something follows. Both
//! are therefore hidden from it, as expressions are. Those in quotes, braces and here-documents are
//! parsed well and left alone, as is what stands at the beginning of a word.

use std::ops::Range;

/// What stands inside an unquoted word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Inner {
    /// `$name`.
    Variable(String),
    /// A command in backquotes; the range of what stands between them.
    Command(Range<usize>),
}

/// What is to be hidden inside unquoted words, with the ranges of `$name` and of the whole command, in order.
pub(super) fn inside_words(source: &str) -> Vec<(Range<usize>, Inner)> {
    let bytes = source.as_bytes();
    let mut found = Vec::new();
    let mut contexts = vec![Context::Code];
    let mut documents: Vec<(String, bool)> = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        let in_code = !matches!(contexts.last(), Some(Context::Double));
        match byte {
            b'\\' => at += 1,
            b'\'' if in_code => at = skip_to(bytes, at + 1, b'\''),
            b'"' => match contexts.last() {
                Some(Context::Double) => {
                    contexts.pop();
                }
                _ => contexts.push(Context::Double),
            },
            b'#' if in_code && is_start_of_word(bytes, at) => {
                at = skip_to(bytes, at, b'\n').saturating_sub(1);
            }
            b'\n' if in_code && !documents.is_empty() => {
                for (end, indented) in documents.drain(..) {
                    at = skip_document(source, at, &end, indented);
                }
            }
            b'<' if in_code && source[at..].starts_with("<<") && !source[at..].starts_with("<<<") => {
                let (document, length) = here_document(&source[at..]);
                documents.extend(document);
                at += length;
            }
            b'<' if source[at..].starts_with("<<<") => at += 2,
            b'$' => match bytes.get(at + 1) {
                Some(b'(') => {
                    contexts.push(Context::Substitution);
                    at += 1;
                }
                Some(b'{') => at = skip_braces(bytes, at + 2),
                _ => {
                    let length = name_length(&bytes[at + 1..]);
                    if in_code && length > 0 && follows_word(bytes, at) {
                        let name = source[at + 1..at + 1 + length].to_string();
                        found.push((at..at + 1 + length, Inner::Variable(name)));
                    }
                    at += length;
                }
            },
            b'`' => match contexts.iter().rposition(|context| *context == Context::Backquote) {
                // Whatever was open in it ends with it.
                Some(open) => contexts.truncate(open),
                None => {
                    let end = backquote(bytes, at + 1);
                    if end == bytes.len() {
                        // Never closed: a character like any other.
                    } else if in_code && (continues_word(bytes, at) || ends_at(&found, at)) {
                        found.push((at..end + 1, Inner::Command(at + 1..end)));
                        at = end;
                    } else {
                        contexts.push(Context::Backquote);
                    }
                }
            },
            b'(' if in_code => contexts.push(Context::Substitution),
            b')' if matches!(contexts.last(), Some(Context::Substitution)) => {
                contexts.pop();
            }
            _ => {}
        }
        at += 1;
    }
    found
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Context {
    Code,
    Double,
    /// Inside parentheses, where quoting starts afresh.
    Substitution,
    /// Inside backquotes at the beginning of a word or in quotes, where it does too.
    Backquote,
}

fn is_start_of_word(bytes: &[u8], at: usize) -> bool {
    at == 0 || bytes[at - 1].is_ascii_whitespace() || matches!(bytes[at - 1], b';' | b'(' | b'&')
}

/// Whether the character before is part of a plain word.
fn follows_word(bytes: &[u8], at: usize) -> bool {
    at > 0
        && (bytes[at - 1].is_ascii_alphanumeric()
            || matches!(
                bytes[at - 1],
                b'/' | b'-' | b'.' | b':' | b'_' | b',' | b'@' | b'%' | b'+' | b'~'
            ))
}

/// The same, or of a quoted part of one.
fn continues_word(bytes: &[u8], at: usize) -> bool {
    follows_word(bytes, at) || at > 0 && matches!(bytes[at - 1], b'"' | b'\'' | b'}')
}

fn ends_at(found: &[(Range<usize>, Inner)], at: usize) -> bool {
    found.last().is_some_and(|(range, _)| range.end == at)
}

/// The position of the next backquote that is not escaped, or the end of the text.
fn backquote(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    while at < bytes.len() && bytes[at] != b'`' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    at.min(bytes.len())
}

fn name_length(bytes: &[u8]) -> usize {
    match bytes.first() {
        Some(first) if first.is_ascii_digit() => 1,
        Some(first) if first.is_ascii_alphabetic() || *first == b'_' => bytes
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
            .count(),
        _ => 0,
    }
}

/// The position of the next `end`, or the end of the text.
fn skip_to(bytes: &[u8], from: usize, end: u8) -> usize {
    bytes[from.min(bytes.len())..]
        .iter()
        .position(|b| *b == end)
        .map_or(bytes.len(), |found| from + found)
}

/// The position of the brace that closes an expansion.
fn skip_braces(bytes: &[u8], from: usize) -> usize {
    let mut depth = 1;
    let mut at = from;
    while at < bytes.len() {
        match bytes[at] {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            b'\n' => return at - 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
        at += 1;
    }
    at
}

/// Reads `<<END`, `<<-END`, `<<'END'`: the end marker, whether tabs may stand before it, and how many
/// characters to skip.
fn here_document(text: &str) -> (Option<(String, bool)>, usize) {
    let rest = &text[2..];
    let indented = rest.starts_with('-');
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let word = rest.trim_start_matches([' ', '\t']);
    let raw: &str = word
        .split(|c: char| c.is_whitespace() || matches!(c, ';' | '|' | '&' | ')' | '>' | '<'))
        .next()
        .unwrap_or("");
    let end: String = raw.chars().filter(|c| !matches!(c, '\'' | '"' | '\\')).collect();
    let length = text.len() - word.len() + raw.len();
    // In arithmetic `<<` shifts; an end marker begins with a letter.
    if !end.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') {
        return (None, 1);
    }
    (Some((end, indented)), length.saturating_sub(1))
}

/// The position of the line end after a here-document whose first line starts after `at`.
fn skip_document(source: &str, at: usize, end: &str, indented: bool) -> usize {
    let mut position = at + 1;
    for line in source[position.min(source.len())..].split_inclusive('\n') {
        position += line.len();
        let bare = line.trim_end_matches(['\n', '\r']);
        let bare = if indented { bare.trim_start_matches('\t') } else { bare };
        if bare == end {
            return position.saturating_sub(1);
        }
    }
    position
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(source: &str) -> Vec<String> {
        inside_words(source)
            .into_iter()
            .map(|(range, inner)| match inner {
                Inner::Variable(name) => {
                    assert_eq!(&source[range.start + 1..range.end], name);
                    name
                }
                Inner::Command(within) => {
                    assert_eq!(source[range], format!("`{}`", &source[within.clone()]));
                    source[within].to_string()
                }
            })
            .collect()
    }

    #[test]
    fn only_variables_inside_unquoted_words_are_found() {
        assert_eq!(names("aws s3://$A-$B/$1.log $C"), ["A", "B", "1"]);
        assert_eq!(names("aws 's3://$A' \"s3://$B/$C\" # x/$D\nx/$E"), ["E"]);
        assert_eq!(names("X=\"$(cat \"a/$B\" c/$D)\"; echo 'it/$E'"), ["D"]);
        assert_eq!(names("echo \"don't\" a/$B"), ["B"]);
        assert_eq!(names("# don't\na/$B"), ["B"]);
        assert_eq!(names("cat <<'EOF' > f\na/$B don't\nEOF\nc/$D"), ["D"]);
        assert_eq!(names("cat <<-EOF\n\ta/$B\n\tEOF\nc/$D"), ["D"]);
        assert_eq!(names("cat <<< x/$A ${B:-c/$D} $(( 1 << 2 )) e/$F"), ["A", "F"]);
    }

    #[test]
    fn only_commands_inside_unquoted_words_are_found() {
        assert_eq!(names("aws s3://`a`/`b c`/ `d` \"x`e`\" 'y`f`' # z`g`"), ["a", "b c"]);
        assert_eq!(names("A=`b`; C=x`d`-$E \"$F\"`g``h`"), ["d", "E", "g", "h"]);
        assert_eq!(names(r"x`echo \`y\``/$Z"), [r"echo \`y\`", "Z"]);
        assert_eq!(names("x`never closed $A/$B"), ["B"]);
        assert_eq!(names("x`cat a/$B`"), ["cat a/$B"]);
    }

    #[test]
    fn broken_text_ends() {
        for source in [
            "'", "\"", "${", "$(", "<<", "<<EOF", "<<EOF\n", "\\", "a/$", "${\n", "é'é", "a`", "a`\\", "é`é`",
        ] {
            inside_words(source);
        }
    }
}
