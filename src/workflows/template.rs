//! Finding `${{ … }}` in text.

use std::ops::Range;

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// Text outside expressions.
    Literal(Range<usize>),
    /// An expression; the range includes the braces.
    Expression { range: Range<usize>, inner: Range<usize> },
    /// An expression that is never closed, to the end of the text.
    Unclosed(Range<usize>),
}

/// Splits a text into literals and expressions.
///
/// Braces inside an expression's quoted string do not end it.
pub(crate) fn parts(text: &str) -> Vec<Part> {
    let mut found = Vec::new();
    let mut literal = 0;
    let mut search = 0;
    while let Some(start) = text[search..].find("${{").map(|at| search + at) {
        if literal < start {
            found.push(Part::Literal(literal..start));
        }
        let Some(end) = closing(text, start + 3) else {
            found.push(Part::Unclosed(start..text.len()));
            return found;
        };
        found.push(Part::Expression {
            range: start..end + 2,
            inner: start + 3..end,
        });
        search = end + 2;
        literal = search;
    }
    if literal < text.len() {
        found.push(Part::Literal(literal..text.len()));
    }
    found
}

fn closing(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut quoted = false;
    for at in from..bytes.len() {
        match bytes[at] {
            b'\'' => quoted = !quoted,
            b'}' if !quoted && bytes.get(at + 1) == Some(&b'}') => return Some(at),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        parts(text)
            .into_iter()
            .map(|part| match part {
                Part::Literal(range) => format!("'{}'", &text[range]),
                Part::Expression { inner, .. } => format!("<{}>", text[inner].trim()),
                Part::Unclosed(range) => format!("<{}", &text[range]),
            })
            .collect()
    }

    #[test]
    fn expressions_are_found_between_literals() {
        assert_eq!(
            shown("s3://${{ secrets.B }}/${{ env.v }}"),
            ["'s3://'", "<secrets.B>", "'/'", "<env.v>"]
        );
        assert_eq!(shown("${{ format('a}}{0}''', x) }}"), ["<format('a}}{0}''', x)>"]);
        assert_eq!(shown("a ${{ b"), ["'a '", "<${{ b"]);
        assert_eq!(shown("${{ a }} ${{ '}}"), ["<a>", "' '", "<${{ '}}"]);
        assert_eq!(shown(""), Vec::<String>::new());
    }
}
