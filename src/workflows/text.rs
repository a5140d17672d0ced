//! Text that a workflow composes from literals, secrets and parts nobody can know before it runs.
//!
//! A bucket name is rarely a plain string: it is `s3://` plus a secret plus a version. [`Text`] keeps
//! these parts apart, so that a target can be compared as a pattern while parts of it are open, and
//! so that a value which came from a secret can be compared without ever being printed.

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

/// Answer to a question whose subject may not be known in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tri {
    /// Certainly.
    Yes,
    /// Certainly not.
    No,
    /// The open parts decide, and they are not known.
    CannotTell,
}

/// A value that came from a secret. It can be compared, not shown: `Debug` hides it too.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hidden(String);

impl Hidden {
    /// Hides `value`.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value itself, for comparisons only; it must not reach any output.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<hidden>")
    }
}

/// Where the unknown part of a value would come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// `secrets.X` without a mapping for the job's environment.
    Secret,
    /// `vars.X` without a mapping for the job's environment.
    Variable,
    /// The `github`, `runner`, `job` or `strategy` context: known when the workflow runs.
    Run,
    /// An input that a person or another repository gives.
    Input,
    /// The output of a step or a job whose value the files do not show.
    Output,
    /// An environment variable that nothing in the files sets.
    Environment,
    /// `terraform output`: stands in the Terraform state.
    TerraformOutput,
    /// The answer of an `aws` command.
    AwsQuery,
    /// What another command prints.
    Command,
    /// A matrix that is computed when the workflow runs.
    Matrix,
    /// An expression or a piece of shell that is not understood.
    NotUnderstood,
    /// More alternatives than are worth listing.
    TooMany,
}

/// A part of a value that cannot be known from the files and the mapping.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Open {
    /// How the workflow names the part: `secrets.AWS_S3_BUCKET_PROD`, `$VERSION`, `github.sha`.
    pub expression: String,
    /// Where the value would come from.
    pub source: Source,
    /// Why it is not known, as the end of a sentence: "no --var secrets.X was given".
    pub why: String,
}

impl Open {
    /// An open part; `why` reads after "is not known: ".
    pub fn new(expression: impl Into<String>, source: Source, why: impl Into<String>) -> Self {
        Self {
            expression: expression.into(),
            source,
            why: why.into(),
        }
    }
}

/// One part of a [`Text`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Piece {
    /// Characters that stand in the files, or in a variable that is no secret.
    Literal(String),
    /// A part that is not known.
    Open(Open),
    /// A part that is known and must not be shown.
    Secret {
        /// The expression to show in its place, such as `secrets.AWS_S3_BUCKET_PROD`.
        expression: String,
        /// The value from the mapping.
        value: Hidden,
    },
}

/// A composed value: neighbouring literals are always merged, and no literal is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text {
    pieces: Vec<Piece>,
}

impl Text {
    /// The empty text, which is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// A text that is known and may be shown.
    pub fn literal(value: impl Into<String>) -> Self {
        Self::from_pieces([Piece::Literal(value.into())])
    }

    /// A text that is one open part.
    pub fn open(open: Open) -> Self {
        Self::from_pieces([Piece::Open(open)])
    }

    /// A text that is one secret with a known value.
    pub fn secret(expression: impl Into<String>, value: impl Into<String>) -> Self {
        Self::from_pieces([Piece::Secret {
            expression: expression.into(),
            value: Hidden::new(value),
        }])
    }

    /// Joins pieces, merging neighbouring literals.
    pub fn from_pieces(pieces: impl IntoIterator<Item = Piece>) -> Self {
        let mut text = Self::new();
        for piece in pieces {
            text.push(piece);
        }
        text
    }

    /// Appends one piece.
    pub fn push(&mut self, piece: Piece) {
        match piece {
            Piece::Literal(value) if value.is_empty() => {}
            Piece::Literal(value) => match self.pieces.last_mut() {
                Some(Piece::Literal(last)) => last.push_str(&value),
                _ => self.pieces.push(Piece::Literal(value)),
            },
            other => self.pieces.push(other),
        }
    }

    /// Appends another text.
    pub fn extend(&mut self, other: &Text) {
        for piece in &other.pieces {
            self.push(piece.clone());
        }
    }

    /// The parts in order.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// True when nothing is there: known to be the empty string.
    pub fn is_empty(&self) -> bool {
        self.resolved().is_some_and(|value| value.is_empty())
    }

    /// True when at least one part is not known.
    pub fn is_open(&self) -> bool {
        self.pieces.iter().any(|p| matches!(p, Piece::Open(_)))
    }

    /// True when a part came from a secret, known or not to be shown.
    pub fn has_secret(&self) -> bool {
        self.pieces.iter().any(|p| matches!(p, Piece::Secret { .. }))
    }

    /// The open parts in order.
    pub fn open_parts(&self) -> impl Iterator<Item = &Open> {
        self.pieces.iter().filter_map(|p| match p {
            Piece::Open(open) => Some(open),
            _ => None,
        })
    }

    /// The whole value, when every part is known. It may hold the value of a secret: compare it, do
    /// not print it; [`Text::display`] is for printing.
    pub fn resolved(&self) -> Option<String> {
        let mut all = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(value) => all.push_str(value),
                Piece::Secret { value, .. } => all.push_str(value.reveal()),
                Piece::Open(_) => return None,
            }
        }
        Some(all)
    }

    /// The whole value when it is known and no part of it is a secret.
    pub fn as_literal(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Literal(value)] => Some(value),
            _ => None,
        }
    }

    /// The literal characters it begins with, up to the first part that is open or secret.
    pub fn literal_start(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Literal(value)) => value,
            _ => "",
        }
    }

    /// The value for people and machines: secrets and open parts appear as their expressions.
    pub fn display(&self) -> String {
        let mut all = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(value) => all.push_str(value),
                Piece::Secret { expression, .. } => all.push_str(&braced(expression)),
                Piece::Open(open) => all.push_str(&braced(&open.expression)),
            }
        }
        if let [Piece::Secret { expression, .. } | Piece::Open(Open { expression, .. })] = self.pieces.as_slice() {
            return expression.clone();
        }
        all
    }

    /// Whether the text is `candidate`, open parts standing for any characters.
    ///
    /// `No` is certain even for an open text: its known parts do not fit. An open text never
    /// answers `Yes`.
    pub fn matches(&self, candidate: &str) -> Tri {
        if let Some(value) = self.resolved() {
            return if value == candidate { Tri::Yes } else { Tri::No };
        }
        if self.fits(candidate) { Tri::CannotTell } else { Tri::No }
    }

    fn fits(&self, candidate: &str) -> bool {
        let mut fixed: Vec<String> = vec![String::new()];
        for piece in &self.pieces {
            match piece {
                Piece::Open(_) => fixed.push(String::new()),
                Piece::Literal(v) => push_last(&mut fixed, v),
                Piece::Secret { value, .. } => push_last(&mut fixed, value.reveal()),
            }
        }
        let (Some(first), Some(last)) = (fixed.first(), fixed.last()) else {
            return true;
        };
        if candidate.len() < first.len() + last.len() {
            return false;
        }
        let (Some(rest), true) = (candidate.strip_prefix(first), candidate.ends_with(last)) else {
            return false;
        };
        let mut rest = &rest[..rest.len() - last.len()];
        for part in &fixed[1..fixed.len().saturating_sub(1)] {
            match rest.find(part.as_str()) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        true
    }

    /// The text as one string in which every part that is not literal is a single private-use
    /// character; [`Text::unflatten`] is the way back. Splitting and searching is done on that form.
    pub(crate) fn flatten(&self) -> String {
        let mut flat = String::new();
        for (index, piece) in self.pieces.iter().enumerate() {
            match piece {
                Piece::Literal(value) => flat.push_str(value),
                _ => flat.push(stand_in(index)),
            }
        }
        flat
    }

    /// Turns a part of [`Text::flatten`]'s result back into pieces of this text.
    pub(crate) fn unflatten(&self, flat: &str) -> Text {
        let mut text = Text::new();
        let mut buffer = [0u8; 4];
        for c in flat.chars() {
            let piece = stood_for(c).and_then(|index| self.pieces.get(index));
            match piece {
                Some(piece) if !matches!(piece, Piece::Literal(_)) => text.push(piece.clone()),
                _ => text.push(Piece::Literal(c.encode_utf8(&mut buffer).to_string())),
            }
        }
        text
    }

    /// Splits at the first `separator` of the literal parts.
    pub(crate) fn split_once(&self, separator: &str) -> Option<(Text, Text)> {
        let flat = self.flatten();
        let (left, right) = flat.split_once(separator)?;
        Some((self.unflatten(left), self.unflatten(right)))
    }

    /// Splits at white space of the literal parts, as a shell does with an unquoted expansion.
    pub(crate) fn fields(&self) -> Vec<Text> {
        let flat = self.flatten();
        flat.split_whitespace().map(|word| self.unflatten(word)).collect()
    }

    /// Cuts white space off both ends of the literal parts.
    pub(crate) fn trimmed(&self) -> Text {
        self.unflatten(self.flatten().trim())
    }

    /// Applies a change of characters to a known text, keeping its secrecy; `None` when it is open.
    pub(crate) fn change(&self, name: &str, change: impl Fn(&str) -> String) -> Option<Text> {
        let value = self.resolved()?;
        if self.has_secret() {
            return Some(Text::secret(format!("{name}({})", self.display()), change(&value)));
        }
        Some(Text::literal(change(&value)))
    }
}

fn push_last(parts: &mut [String], value: &str) {
    if let Some(last) = parts.last_mut() {
        last.push_str(value);
    }
}

/// An expression inside a longer text needs a visible end; a shell variable has one of its own.
fn braced(expression: &str) -> String {
    if expression.starts_with('$') {
        return expression.to_string();
    }
    format!("{{{expression}}}")
}

/// First code point of the private-use plane that stands for pieces; no source text uses it.
const STAND_IN: u32 = 0x10_0000;

fn stand_in(index: usize) -> char {
    u32::try_from(index)
        .ok()
        .and_then(|index| char::from_u32(STAND_IN + index.min(0xFFF0)))
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}

fn stood_for(c: char) -> Option<usize> {
    (c as u32)
        .checked_sub(STAND_IN)
        .and_then(|index| usize::try_from(index).ok())
}

/// True for a character by which [`Text::flatten`] stands for a piece that is not literal.
pub(crate) fn is_stand_in(c: char) -> bool {
    stood_for(c).is_some()
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.display())
    }
}

impl Serialize for Text {
    /// `{"display": …, "value": …, "secret": …, "open": […]}`: `value` is null for an open text and
    /// for one that holds a secret.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value = if self.has_secret() { None } else { self.resolved() };
        let mut out = serializer.serialize_struct("Text", 4)?;
        out.serialize_field("display", &self.display())?;
        out.serialize_field("value", &value)?;
        out.serialize_field("secret", &self.has_secret())?;
        out.serialize_field("open", &self.open_parts().collect::<Vec<_>>())?;
        out.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(name: &str) -> Piece {
        Piece::Open(Open::new(name, Source::Secret, "no mapping"))
    }

    fn text(pieces: impl IntoIterator<Item = Piece>) -> Text {
        Text::from_pieces(pieces)
    }

    fn lit(value: &str) -> Piece {
        Piece::Literal(value.into())
    }

    #[test]
    fn a_known_text_matches_only_itself() {
        let name = Text::literal("site-prod");
        assert_eq!(name.matches("site-prod"), Tri::Yes);
        assert_eq!(name.matches("site-prod2"), Tri::No);
        assert_eq!(Text::new().matches(""), Tri::Yes);
    }

    #[test]
    fn open_parts_are_wildcards_and_never_a_certain_yes() {
        let name = text([lit("app-"), open("inputs.env"), lit("-bucket")]);
        assert_eq!(name.matches("app-prod-bucket"), Tri::CannotTell);
        assert_eq!(name.matches("app--bucket"), Tri::CannotTell);
        assert_eq!(name.matches("app-bucket"), Tri::No);
        assert_eq!(name.matches("other"), Tri::No);
        let two = text([open("a"), lit("-x-"), open("b")]);
        assert_eq!(two.matches("1-x-2"), Tri::CannotTell);
        assert_eq!(two.matches("1-y-2"), Tri::No);
        let overlapping = text([lit("ab"), open("x"), lit("ba")]);
        assert_eq!(overlapping.matches("aba"), Tri::No);
    }

    #[test]
    fn a_secret_is_compared_and_never_shown() {
        let name = text([
            Piece::Secret {
                expression: "secrets.BUCKET".into(),
                value: Hidden::new("very-private"),
            },
            lit("/1.0"),
        ]);
        assert_eq!(name.matches("very-private/1.0"), Tri::Yes);
        assert_eq!(name.display(), "{secrets.BUCKET}/1.0");
        let json = serde_json::to_string(&name).expect("serialises");
        assert!(!json.contains("very-private"), "{json}");
        assert!(!format!("{name:?}").contains("very-private"));
        let lower = name.change("lower", str::to_uppercase).expect("known");
        assert_eq!(lower.matches("VERY-PRIVATE/1.0"), Tri::Yes);
        assert!(!lower.display().contains("VERY"));
    }

    #[test]
    fn flattening_keeps_the_pieces() {
        let uri = text([lit("s3://"), open("b"), lit("/a b/"), open("p")]);
        let (bucket, rest) = uri.split_once("/a").expect("has it");
        assert_eq!(bucket.display(), "s3://{b}");
        assert_eq!(rest.display(), " b/{p}");
        let fields: Vec<String> = uri.fields().iter().map(Text::display).collect();
        assert_eq!(fields, ["s3://{b}/a", "b/{p}"]);
    }
}
