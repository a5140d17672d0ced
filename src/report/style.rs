//! The styles of texts for people, by what they say.

use anstyle::{AnsiColor, Style};

use crate::finding::Severity;

pub(super) const PLAIN: Style = Style::new();
pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
/// Of the state alone.
pub(super) const REMOVED: Style = AnsiColor::Red.on_default();
/// Live alone.
pub(super) const ADDED: Style = AnsiColor::Green.on_default();
/// One of many that are as they should be.
pub(super) const PASSED: Style = AnsiColor::Green.on_default();
/// All is as it should be.
pub(super) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(super) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(super) const WARNING: Style = AnsiColor::Yellow.on_default().bold();

/// The style of a severity's label.
pub(super) fn of(severity: Severity) -> Style {
    match severity {
        Severity::Critical => AnsiColor::BrightWhite.on(AnsiColor::Red).bold(),
        Severity::High => BAD,
        Severity::Medium => WARNING,
        Severity::Low => AnsiColor::Cyan.on_default().bold(),
        Severity::Info => DIM,
    }
}
