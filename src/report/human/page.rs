//! The sheet that the report is written on: indentation, wrapping, colour.

use std::fmt::Write;

use anstyle::Style;

use crate::report::Options;
pub(super) use crate::report::style;

/// Narrower than this nothing is wrapped: one word per line is no help.
const NARROWEST: usize = 24;

/// Collects the lines of the report. All text handed to it must be escaped already.
pub(super) struct Page {
    text: String,
    options: Options,
}

impl Page {
    pub(super) fn new(options: Options) -> Self {
        Self {
            text: String::new(),
            options,
        }
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }

    pub(super) fn verbose(&self) -> bool {
        self.options.verbose
    }

    pub(super) fn colour(&self) -> bool {
        self.options.colour
    }

    /// `text` in `style`, if the page has colours.
    pub(super) fn paint(&self, style: Style, text: &str) -> String {
        if self.options.colour && style != Style::new() && !text.is_empty() {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    /// One empty line between two parts; none at the beginning, never two.
    pub(super) fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// A line as it is, never wrapped.
    pub(super) fn line(&mut self, indent: usize, line: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{:indent$}{line}", "");
    }

    /// A line in one style, never wrapped.
    pub(super) fn styled(&mut self, indent: usize, style: Style, line: &str) {
        let line = self.paint(style, line);
        self.line(indent, &line);
    }

    /// A paragraph, wrapped at the width.
    pub(super) fn wrapped(&mut self, indent: usize, style: Style, paragraph: &str) {
        self.sentence(indent, None, (style, paragraph), None);
    }

    /// A paragraph with a label before and a remark after it, each in its own style, wrapped as one.
    pub(super) fn sentence(
        &mut self,
        indent: usize,
        label: Option<(Style, String)>,
        (style, paragraph): (Style, &str),
        remark: Option<(Style, String)>,
    ) {
        let mut words: Vec<(Style, &str)> = Vec::new();
        if let Some((style, label)) = &label {
            words.extend(label.split(' ').map(|word| (*style, word)));
        }
        words.extend(
            paragraph
                .split(' ')
                .filter(|word| !word.is_empty())
                .map(|word| (style, word)),
        );
        if let Some((style, remark)) = &remark {
            words.extend(remark.split(' ').map(|word| (*style, word)));
        }
        self.flow(indent, 0, &words);
    }

    /// An entry of a list: a label of a fixed width, a name, and what is said of it, wrapped beside the label.
    pub(super) fn entry(&mut self, indent: usize, (style, label): (Style, &str), name: &str, said: &str) {
        let plain = Style::new();
        let mut words: Vec<(Style, &str)> = label.split(' ').map(|word| (style, word)).collect();
        words.extend([(plain, name), (plain, "")]);
        words.extend(
            said.split(' ')
                .filter(|word| !word.is_empty())
                .map(|word| (plain, word)),
        );
        self.flow(indent, columns(label) + 1, &words);
    }

    /// A paragraph whose lines after the first stand by `hang` further in.
    fn hanging(&mut self, indent: usize, hang: usize, style: Style, paragraph: &str) {
        let words: Vec<(Style, &str)> = paragraph.split(' ').map(|word| (style, word)).collect();
        self.flow(indent, hang, &words);
    }

    /// Words in as many lines as they take, those after the first by `hang` further in.
    fn flow(&mut self, indent: usize, hang: usize, words: &[(Style, &str)]) {
        for (at, line) in self.break_lines(words, indent, hang).iter().enumerate() {
            let painted: Vec<String> = line
                .chunk_by(|(a, _), (b, _)| a == b)
                .map(|run| {
                    let text = run.iter().map(|(_, word)| *word).collect::<Vec<_>>().join(" ");
                    self.paint(run[0].0, &text)
                })
                .collect();
            let indent = if at == 0 { indent } else { indent + hang };
            self.line(indent, &painted.join(" "));
        }
    }

    /// Something to do, `next: say: command`. The command is never broken: whoever copies half of one runs another.
    pub(super) fn step(&mut self, indent: usize, style: Style, say: &str, command: Option<&str>) {
        const LABEL: &str = "next: ";
        let Some(command) = command else {
            return self.hanging(indent, LABEL.len(), style, &format!("{LABEL}{say}"));
        };
        let line = format!("{LABEL}{say}: {command}");
        let fits = self.options.width.is_none_or(|width| indent + columns(&line) <= width);
        if fits {
            return self.styled(indent, style, &line);
        }
        self.hanging(indent, LABEL.len(), style, &format!("{LABEL}{say}:"));
        self.styled(indent + LABEL.len(), style, command);
    }

    fn break_lines<'w>(&self, words: &[(Style, &'w str)], indent: usize, hang: usize) -> Vec<Vec<(Style, &'w str)>> {
        let room = |indent: usize| {
            let width = self.options.width?;
            Some(width.saturating_sub(indent).max(NARROWEST))
        };
        let (first, others) = (room(indent), room(indent + hang));
        let mut lines: Vec<Vec<(Style, &str)>> = Vec::new();
        let mut used = 0;
        // A number stays with what it counts.
        for glued in words.chunk_by(|(_, word), _| is_number(word)) {
            let length = glued
                .iter()
                .map(|(_, word)| columns(word) + 1)
                .sum::<usize>()
                .saturating_sub(1);
            let room = if lines.len() > 1 { others } else { first };
            match lines.last_mut() {
                Some(line) if length < room.unwrap_or(usize::MAX).saturating_sub(used) => {
                    used += 1 + length;
                    line.extend(glued);
                }
                _ => {
                    used = length;
                    lines.push(glued.to_vec());
                }
            }
        }
        lines
    }
}

fn is_number(word: &str) -> bool {
    let number = word.trim_start_matches('(');
    number.starts_with(|c: char| c.is_ascii_digit()) && number.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}

/// How many columns `text` takes, as near as counting characters comes.
pub(super) fn columns(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(width: Option<usize>, indent: usize, text: &str) -> String {
        let mut page = Page::new(Options {
            width,
            ..Options::default()
        });
        page.wrapped(indent, Style::new(), text);
        page.into_text()
    }

    #[test]
    fn paragraphs_fill_the_width_and_no_more() {
        let text = "The distribution serves from a folder that the state does not name.";
        assert_eq!(
            wrapped(Some(32), 2, text),
            "  The distribution serves from a\n  folder that the state does not\n  name.\n"
        );
        assert_eq!(wrapped(None, 2, text), format!("  {text}\n"));
    }

    #[test]
    fn long_words_are_never_broken() {
        let arn = "arn:aws:cloudfront::111122223333:distribution/E2QWRUHAPOMQZL";
        assert_eq!(
            wrapped(Some(30), 0, &format!("not {arn} that")),
            format!("not\n{arn}\nthat\n")
        );
    }

    #[test]
    fn an_entry_goes_on_beside_its_label() {
        let mut page = Page::new(Options {
            width: Some(40),
            ..Options::default()
        });
        page.entry(
            2,
            (Style::new(), "ok    "),
            "www.example.com",
            "200, object index.html of bucket b",
        );
        assert_eq!(
            page.into_text(),
            "  ok     www.example.com  200, object\n         index.html of bucket b\n"
        );
    }

    #[test]
    fn numbers_stay_with_what_they_count() {
        assert_eq!(
            wrapped(Some(26), 0, "of 42 resources differ (1 high, 2 medium)"),
            "of 42 resources differ\n(1 high, 2 medium)\n"
        );
        assert_eq!(
            wrapped(Some(28), 0, "42 resources differ (1 high, 1 medium)"),
            "42 resources differ (1 high,\n1 medium)\n"
        );
    }

    #[test]
    fn blank_lines_never_double_nor_begin_the_page() {
        let mut page = Page::new(Options::default());
        page.blank();
        page.line(0, "a");
        page.blank();
        page.blank();
        page.line(0, "b");
        assert_eq!(page.into_text(), "a\n\nb\n");
    }
}
