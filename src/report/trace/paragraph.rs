//! Text of several styles that is laid out at a width before it is known what stands left and right of it.

use anstyle::Style;

pub(super) use crate::report::style;

/// Text in one style. Escaped already.
type Run = (Style, String);

/// Narrower than this no continued line stands: one word per line is no help.
const NARROWEST: usize = 24;

/// A paragraph: a label that is never wrapped, then words that are, hanging below the label's end.
#[derive(Clone, Debug, Default)]
pub(super) struct Paragraph {
    indent: usize,
    label: Vec<Run>,
    words: Vec<Run>,
}

impl Paragraph {
    /// An empty paragraph, this many columns in.
    pub(super) fn new(indent: usize) -> Self {
        Self {
            indent,
            ..Self::default()
        }
    }

    /// Adds to the label, spaces and all.
    pub(super) fn label(mut self, style: Style, text: impl Into<String>) -> Self {
        self.label.push((style, text.into()));
        self
    }

    /// Adds words.
    pub(super) fn text(mut self, style: Style, text: &str) -> Self {
        let words = text.split(' ').filter(|word| !word.is_empty());
        self.words.extend(words.map(|word| (style, word.to_owned())));
        self
    }

    /// The lines, each no wider than `room` unless a single word is; one line where `room` is `None`.
    pub(super) fn lines(&self, room: Option<usize>) -> Vec<Line> {
        let room = room.unwrap_or(usize::MAX);
        let label: usize = self.label.iter().map(|(_, text)| columns(text)).sum();
        let hanging = match self.indent + label {
            hanging if room.saturating_sub(hanging) >= NARROWEST => hanging,
            _ => self.indent + 2,
        };
        let mut lines = Vec::new();
        let mut line = Line::new(self.indent);
        line.runs.extend(self.label.iter().cloned());
        let mut used = self.indent + label;
        // Whether no word stands on the line yet.
        let mut fresh = true;
        for (style, word) in &self.words {
            let length = columns(word);
            let fits = used + usize::from(!fresh) + length <= room;
            if !fits && used > hanging {
                lines.push(std::mem::replace(&mut line, Line::new(hanging)));
                used = hanging;
            } else if !fresh {
                line.space(*style);
                used += 1;
            }
            line.push(*style, word);
            used += length;
            fresh = false;
        }
        lines.push(line);
        lines
    }
}

/// One line of a paragraph.
#[derive(Clone, Debug)]
pub(super) struct Line {
    /// Empty columns before the text.
    pub(super) indent: usize,
    runs: Vec<Run>,
}

impl Line {
    fn new(indent: usize) -> Self {
        Self {
            indent,
            runs: Vec::new(),
        }
    }

    fn push(&mut self, style: Style, text: &str) {
        match self.runs.last_mut() {
            Some((same, run)) if *same == style => run.push_str(text),
            _ => self.runs.push((style, text.to_owned())),
        }
    }

    /// A space before a word of `style`; plain where the style changes.
    fn space(&mut self, style: Style) {
        let same = self.runs.last().is_some_and(|(last, _)| *last == style);
        self.push(if same { style } else { Style::new() }, " ");
    }

    /// The columns that the line takes, its indent included.
    pub(super) fn width(&self) -> usize {
        self.indent + self.runs.iter().map(|(_, text)| columns(text)).sum::<usize>()
    }

    /// The text without its indent and without spaces at its end.
    pub(super) fn painted(&self, colour: bool) -> String {
        let mut runs = self.runs.clone();
        while let Some((_, last)) = runs.last_mut() {
            last.truncate(last.trim_end_matches(' ').len());
            if !last.is_empty() {
                break;
            }
            runs.pop();
        }
        runs.iter().map(|(style, text)| paint(*style, text, colour)).collect()
    }
}

/// `text` in `style`, if there are colours.
pub(super) fn paint(style: Style, text: &str, colour: bool) -> String {
    if colour && style != Style::new() && !text.trim().is_empty() {
        format!("{style}{text}{style:#}")
    } else {
        text.to_owned()
    }
}

/// How many columns `text` takes, as near as counting characters comes.
pub(super) fn columns(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn laid(paragraph: &Paragraph, room: Option<usize>) -> Vec<String> {
        let line = |line: &Line| format!("{}{}", " ".repeat(line.indent), line.painted(false));
        paragraph.lines(room).iter().map(line).collect()
    }

    #[test]
    fn words_hang_below_the_end_of_the_label() {
        let paragraph = Paragraph::new(2)
            .label(style::BOLD, "zone   ")
            .text(style::PLAIN, "served by the name servers of its parent");
        assert_eq!(
            laid(&paragraph, Some(34)),
            ["  zone   served by the name", "         servers of its parent"]
        );
        assert_eq!(laid(&paragraph, None).len(), 1);
    }

    #[test]
    fn a_label_that_leaves_no_room_is_not_hung_below() {
        let paragraph = Paragraph::new(0)
            .label(style::PLAIN, "a label of some length: ")
            .text(style::PLAIN, "words that follow");
        assert_eq!(
            laid(&paragraph, Some(30)),
            ["a label of some length: words", "  that follow"]
        );
    }

    #[test]
    fn long_words_are_never_broken() {
        let arn = "arn:aws:cloudfront::111122223333:distribution/E2QWRUHAPOMQZL";
        let paragraph = Paragraph::new(0).text(style::PLAIN, &format!("not {arn} that"));
        assert_eq!(laid(&paragraph, Some(10)), ["not", &format!("  {arn}"), "  that"]);
    }

    #[test]
    fn colours_end_where_the_words_do() {
        let paragraph = Paragraph::new(0).text(style::DIM, "a b").text(style::BOLD, "c ");
        let line = &paragraph.lines(None)[0];
        assert_eq!(line.painted(true), "\u{1b}[2ma b\u{1b}[0m \u{1b}[1mc\u{1b}[0m");
        assert_eq!(line.width(), 5);
    }
}
