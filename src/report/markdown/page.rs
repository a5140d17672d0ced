//! The text as it grows, which knows when it is too long to go on.

/// Collects lines. All text handed to it must be Markdown already.
pub(super) struct Page {
    text: String,
    limit: usize,
}

impl Page {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            text: String::new(),
            limit,
        }
    }

    /// The text, unless it is too long.
    pub(super) fn into_text(self) -> Option<String> {
        (!self.is_over()).then_some(self.text)
    }

    /// Whether it is too long, so that nothing more needs to be written.
    pub(super) fn is_over(&self) -> bool {
        self.text.len() > self.limit
    }

    /// Bytes that are left if `reserve` is kept for what follows.
    pub(super) fn room(&self, reserve: usize) -> usize {
        self.limit.saturating_sub(self.text.len() + reserve)
    }

    pub(super) fn line(&mut self, line: &str) {
        if !self.is_over() {
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    /// An empty line, a line.
    pub(super) fn paragraph(&mut self, line: &str) {
        self.blank();
        self.line(line);
    }

    /// An empty line between two parts; none at the beginning, never two.
    pub(super) fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.line("");
        }
    }

    /// A part under its heading.
    pub(super) fn heading(&mut self, heading: &str) {
        self.paragraph(&format!("### {heading}"));
        self.blank();
    }

    /// A part that is closed until somebody opens it. `summary` is HTML.
    pub(super) fn folded(&mut self, summary: &str, write: impl FnOnce(&mut Self)) {
        self.paragraph(&format!("<details><summary>{summary}</summary>"));
        self.blank();
        write(self);
        self.paragraph("</details>");
    }

    /// The head of a table.
    pub(super) fn table(&mut self, columns: &[&str]) {
        self.blank();
        self.line(&format!("| {} |", columns.join(" | ")));
        self.line(&format!("|{}", " --- |".repeat(columns.len())));
    }

    /// A row of a table.
    ///
    /// A cell ends at a bar, in code too, and how a bar behind a backslash is read differs from parser to parser. It
    /// is shown as the escape that JSON has for it.
    pub(super) fn row(&mut self, cells: &[String]) {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\u007c")).collect();
        self.line(&format!("| {} |", cells.join(" | ")));
    }
}
