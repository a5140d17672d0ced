//! Why a configuration cannot be used.

use std::fmt::{self, Write as _};

use thiserror::Error;

use crate::place::Place;

/// A configuration that Terraform would refuse too, or that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConfigurationError {
    /// A directory or a file that cannot be read, or that is not text.
    #[error("{file}: {problem}")]
    Unreadable { file: String, problem: String },
    /// A directory without configuration.
    #[error("{directory}: there are no Terraform files (*.tf, *.tf.json) here")]
    NoFiles { directory: String },
    /// A file that is not HCL, or not JSON.
    #[error("{0}")]
    Syntax(Box<SyntaxError>),
    /// A block that contradicts the others: a duplicate, an override of nothing.
    #[error("{place}: {problem}")]
    Invalid { place: Place, problem: String },
}

/// Text that does not parse, with the line that shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    pub place: Place,
    /// In characters, counted from 1.
    pub column: usize,
    pub message: String,
    /// The line as it stands in the file, without its end.
    pub line: String,
}

/// How many characters of a line are shown on either side of the caret.
const AROUND: usize = 70;

impl SyntaxError {
    /// The error at the byte `offset` of `text`.
    pub(super) fn at(file: &str, text: &str, offset: usize, message: impl Into<String>) -> Self {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
        let end = text[offset..].find('\n').map_or(text.len(), |newline| offset + newline);
        Self {
            place: Place::new(file, crate::place::line_of(text, offset)),
            column: 1 + text[start..offset].chars().count(),
            message: message.into(),
            line: text[start..end].trim_end_matches('\r').to_owned(),
        }
    }
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.place, self.column, self.message)?;
        let before = self.column.saturating_sub(1);
        let skipped = before.saturating_sub(AROUND);
        let shown: String = self
            .line
            .chars()
            .skip(skipped)
            .take(before - skipped + AROUND)
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let number = self.place.line.to_string();
        let margin = " ".repeat(number.len());
        let mut caret = String::new();
        write!(caret, "{:>width$}", '^', width = before - skipped + 1)?;
        write!(f, "\n{margin} |\n{number} | {shown}\n{margin} | {caret}")
    }
}

impl std::error::Error for SyntaxError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_the_fault() {
        let text = "a = 1\r\n\tb = é ]\r\n";
        let error = SyntaxError::at("infra/main.tf", text, text.find(']').unwrap(), "unexpected `]`");
        assert_eq!(
            error.to_string(),
            "infra/main.tf:2:8: unexpected `]`\n  |\n2 |  b = é ]\n  |        ^"
        );
    }

    #[test]
    fn a_long_line_is_shown_around_the_fault_only() {
        let text = format!("{}]{}", "x".repeat(5_000), "y".repeat(5_000));
        let shown = SyntaxError::at("a.tf", &text, 5_000, "unexpected `]`").to_string();
        assert!(shown.len() < 400, "{shown}");
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines[2].find(']'), lines[3].find('^'));
    }

    #[test]
    fn offsets_inside_a_character_or_beyond_the_end_are_met() {
        assert_eq!(SyntaxError::at("a.tf", "é", 1, "").column, 1);
        assert_eq!(SyntaxError::at("a.tf", "é", 99, "").column, 2);
    }
}
