//! What came and what went since the last run, for a comment on an issue.

use super::SHORT;
use super::inline::{code, count, prose};
use crate::report::incident::subject;
use crate::report::told::moved;
use crate::result::CheckResult;

/// Findings that are named, of either kind.
const MOST: usize = 30;

/// What is new and what is resolved, as Markdown; `None` where nothing is.
pub fn news(result: &CheckResult) -> Option<String> {
    let (new, resolved) = moved(result);
    if new.is_empty() && resolved.is_empty() {
        return None;
    }
    let mut parts = Vec::new();
    if !new.is_empty() {
        let lines = new.iter().map(|judged| {
            let finding = &judged.finding;
            let place = finding
                .place
                .as_ref()
                .map(|place| format!(" at {}", code(&place.to_string(), SHORT)));
            format!(
                "- **{}** {}: {} ({}){}",
                judged.severity,
                code(&subject(judged), SHORT),
                prose(&finding.title, SHORT),
                code(&finding.rule, SHORT),
                place.unwrap_or_default()
            )
        });
        parts.push(list(&format!("### New: {}", count(new.len(), "finding")), lines));
    }
    if !resolved.is_empty() {
        let lines = resolved.iter().map(|one| {
            format!(
                "- {} {}: {} ({}), found first at {}",
                one.severity,
                code(&one.subject, SHORT),
                prose(&one.title, SHORT),
                code(&one.rule, SHORT),
                code(&one.first_seen, SHORT)
            )
        });
        parts.push(list(
            &format!("### Resolved: {}", count(resolved.len(), "finding")),
            lines,
        ));
    }
    if !result.run.started_at.is_empty() {
        parts.push(format!("By the run of {}.\n", code(&result.run.started_at, SHORT)));
    }
    Some(parts.join("\n"))
}

fn list(heading: &str, lines: impl ExactSizeIterator<Item = String>) -> String {
    let more = lines.len().saturating_sub(MOST);
    let mut text = format!("{heading}\n\n");
    for line in lines.take(MOST) {
        text.push_str(&line);
        text.push('\n');
    }
    if more > 0 {
        text.push_str(&format!("- and {more} more\n"));
    }
    text
}
