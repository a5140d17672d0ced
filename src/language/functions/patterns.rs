//! Patterns: globs over addresses, and regular expressions.

use std::fmt;

use regex::Regex;

use super::{Function, FunctionError, str_of, text};
use crate::language::value::Value;

pub(super) fn functions() -> Vec<Function> {
    let search = |name, all| {
        let body = move |arguments: &[Value]| {
            let search = Search::new(str_of(&arguments[0]), all).map_err(|message| FunctionError::at(0, message))?;
            search.run(str_of(&arguments[1]))
        };
        Function::new(name, body)
            .parameter(text("pattern"))
            .parameter(text("string"))
    };
    vec![
        search("regex", false),
        search("regexall", true),
        // No pattern matches what is not there, so that a policy may ask about addresses which some findings lack.
        Function::new("glob", |arguments| {
            let glob = Glob::new(str_of(&arguments[0]));
            Ok(Value::Bool(
                arguments[1].as_str().is_some_and(|text| glob.matches(text)),
            ))
        })
        .parameter(text("pattern"))
        .parameter(text("text").nullable()),
    ]
}

/// A pattern over a whole text: `*` stands for any characters, `?` for one. Everything else is itself, brackets too,
/// since Terraform addresses hold them.
#[derive(Debug, Clone)]
pub struct Glob {
    /// The pieces between the stars, first and last one included; at least one.
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone)]
struct Piece {
    text: String,
    /// Whether `?` stands in it, which takes a slower comparison.
    has_wildcard: bool,
}

impl Glob {
    /// Every text is a pattern.
    pub fn new(pattern: &str) -> Self {
        let piece = |text: &str| Piece {
            text: text.to_owned(),
            has_wildcard: text.contains('?'),
        };
        Self {
            pieces: pattern.split('*').map(piece).collect(),
        }
    }

    /// Whether the pattern covers the whole text.
    pub fn matches(&self, text: &str) -> bool {
        let (Some(first), Some(last)) = (self.pieces.first(), self.pieces.last()) else {
            return text.is_empty();
        };
        let Some(length) = first.start_of(text) else {
            return false;
        };
        let rest = &text[length..];
        if self.pieces.len() == 1 {
            return rest.is_empty();
        }
        // The end is looked at before what takes a search.
        let Some(start) = last.end_of(rest) else {
            return false;
        };
        let mut rest = &rest[..start];
        // The earliest place for each piece leaves most to those behind it.
        for piece in &self.pieces[1..self.pieces.len() - 1] {
            match piece.find(rest) {
                Some(end) => rest = &rest[end..],
                None => return false,
            }
        }
        true
    }

    /// The texts that stand in whatever the pattern matches, none of them empty.
    pub fn literals(&self) -> impl Iterator<Item = &str> {
        let pieces = self.pieces.iter().flat_map(|piece| piece.text.split('?'));
        pieces.filter(|literal| !literal.is_empty())
    }
}

/// The pattern as it was written.
impl fmt::Display for Glob {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, piece) in self.pieces.iter().enumerate() {
            let star = if at == 0 { "" } else { "*" };
            write!(formatter, "{star}{}", piece.text)?;
        }
        Ok(())
    }
}

impl Piece {
    /// How long the start of `text` is that the piece matches.
    fn start_of(&self, text: &str) -> Option<usize> {
        if !self.has_wildcard {
            return text.starts_with(&self.text).then_some(self.text.len());
        }
        let mut rest = text.chars();
        for wanted in self.text.chars() {
            let found = rest.next()?;
            if wanted != '?' && wanted != found {
                return None;
            }
        }
        Some(text.len() - rest.as_str().len())
    }

    /// Where the first match ends.
    fn find(&self, text: &str) -> Option<usize> {
        if !self.has_wildcard {
            let at = position(text.as_bytes(), self.text.as_bytes())?;
            return Some(at + self.text.len());
        }
        let starts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
        starts
            .into_iter()
            .find_map(|at| self.start_of(&text[at..]).map(|length| at + length))
    }

    /// Where the end of `text` begins that the piece matches.
    fn end_of(&self, text: &str) -> Option<usize> {
        if !self.has_wildcard {
            return Some(text.strip_suffix(self.text.as_str())?.len());
        }
        // A piece with a wildcard has a character at least.
        let back = self.text.chars().count().checked_sub(1)?;
        let (start, _) = text.char_indices().rev().nth(back)?;
        self.start_of(&text[start..]).map(|_| start)
    }
}

/// Where `needle` first stands in `text`. Patterns are short and matched often: preparing a cleverer search, as
/// `str::find` does, takes longer than this one does.
fn position(text: &[u8], needle: &[u8]) -> Option<usize> {
    let Some((first, others)) = needle.split_first() else {
        return Some(0);
    };
    let mut from = 0;
    loop {
        let at = from + text[from..].iter().position(|byte| byte == first)?;
        if text[at + 1..].starts_with(others) {
            return Some(at);
        }
        from = at + 1;
    }
}

/// A compiled `regex` or `regexall`.
#[derive(Debug)]
pub(in crate::language) struct Search {
    regex: Regex,
    all: bool,
    /// The names of the groups, if they have names; else how many there are.
    groups: Groups,
}

#[derive(Debug)]
enum Groups {
    Named(Vec<String>),
    Numbered(usize),
}

impl Search {
    /// # Errors
    /// Why the pattern is none.
    pub(in crate::language) fn new(pattern: &str, all: bool) -> Result<Self, String> {
        let regex = compiled(pattern)?;
        let count = regex.captures_len() - 1;
        let names: Vec<String> = regex.capture_names().flatten().map(str::to_owned).collect();
        let groups = match names.len() {
            0 => Groups::Numbered(count),
            named if named == count => Groups::Named(names),
            _ => return Err("either all groups of a pattern have names or none has".to_owned()),
        };
        Ok(Self { regex, all, groups })
    }

    pub(in crate::language) fn run(&self, text: &str) -> Result<Value, FunctionError> {
        if self.all {
            return Ok(Value::list(
                self.regex.captures_iter(text).map(|found| self.value(&found)),
            ));
        }
        match self.regex.captures(text) {
            Some(found) => Ok(self.value(&found)),
            None => Err(FunctionError::at(1, "the pattern does not match")),
        }
    }

    fn value(&self, found: &regex::Captures<'_>) -> Value {
        let group = |group: Option<regex::Match<'_>>| group.map_or(Value::Null, |group| Value::from(group.as_str()));
        match &self.groups {
            Groups::Numbered(0) => group(found.get(0)),
            Groups::Numbered(_) => Value::tuple(found.iter().skip(1).map(group)),
            Groups::Named(names) => Value::object(names.iter().map(|name| (name.as_str(), group(found.name(name))))),
        }
    }
}

/// A pattern that is none says what is wrong with it in one line.
pub(super) fn compiled(pattern: &str) -> Result<Regex, String> {
    Regex::new(pattern).map_err(|error| {
        let text = error.to_string();
        let reason = text.lines().last().unwrap_or_default();
        format!("not a regular expression: {}", reason.trim_start_matches("error: "))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn globs_match_whole_addresses() {
        for (pattern, text, expected) in [
            ("aws_s3_bucket.site[0]", "aws_s3_bucket.site[0]", true),
            ("module.x[\"k\"].*", "module.x[\"k\"].aws_s3_bucket.b", true),
            ("aws_*.site", "aws_s3_bucket.site", true),
            ("aws_*.site", "aws_s3_bucket.sites", false),
            ("*", "", true),
            ("", "", true),
            ("", "a", false),
            ("a*a", "a", false),
            ("a*b*b", "ab", false),
            ("a?c", "aéc", true),
            ("?", "", false),
            ("*??", "a", false),
            ("*?b*", "bb", true),
            ("*.b?.*c", "a.bx.yc", true),
            ("a**b", "ab", true),
        ] {
            assert_eq!(Glob::new(pattern).matches(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn what_stands_in_every_match_is_known() {
        let literals = |pattern: &str| Glob::new(pattern).literals().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(literals("aws_*.s?te*[0]"), ["aws_", ".s", "te", "[0]"]);
        assert_eq!(literals("*?*"), Vec::<String>::new());
    }

    /// The definition, without any cleverness.
    fn plainly(pattern: &[char], text: &[char]) -> bool {
        match (pattern.split_first(), text.split_first()) {
            (None, _) => text.is_empty(),
            (Some(('*', rest)), None) => plainly(rest, text),
            (Some(('*', rest)), Some((_, behind))) => plainly(rest, text) || plainly(pattern, behind),
            (Some(_), None) => false,
            (Some((p, rest)), Some((t, behind))) => (*p == '?' || p == t) && plainly(rest, behind),
        }
    }

    proptest! {
        #[test]
        fn globs_match_what_they_should(pattern in "[ab?*é]{0,8}", text in "[abé]{0,10}") {
            let (p, t): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
            let glob = Glob::new(&pattern);
            prop_assert_eq!(glob.matches(&text), plainly(&p, &t));
            prop_assert!(!glob.matches(&text) || glob.literals().all(|literal| text.contains(literal)));
        }
    }
}
