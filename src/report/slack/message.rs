//! The part of Block Kit that we write, within its documented limits: 50 blocks of a message, 3,000 characters of a
//! section's text, 2,000 of a field, 150 of a header, and 40,000 of the fallback text.

use serde::Serialize;

/// Bytes of a header's text.
pub(super) const HEADER: usize = 150;
const SECTION: usize = 3_000;
const FIELD: usize = 2_000;
const CONTEXT: usize = 2_000;
const BLOCKS: usize = 50;

/// A whole message.
#[derive(Debug, Serialize)]
pub(super) struct Message {
    /// What notifications show.
    text: String,
    blocks: Vec<Block>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Block {
    Header {
        text: Text,
    },
    Section {
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<Text>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        fields: Vec<Text>,
    },
    Context {
        elements: Vec<Text>,
    },
}

#[derive(Debug, Serialize)]
#[serde(tag = "type")]
pub(super) enum Text {
    #[serde(rename = "plain_text")]
    Plain { text: String, emoji: bool },
    /// `verbatim` keeps Slack from looking for links and mentions in the text by itself.
    #[serde(rename = "mrkdwn")]
    Markup { text: String, verbatim: bool },
}

impl Message {
    pub(super) fn new(text: String) -> Self {
        Self {
            text,
            blocks: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, block: Block) {
        if self.blocks.len() < BLOCKS {
            self.blocks.push(block);
        }
    }
}

impl Block {
    pub(super) fn header(text: &str) -> Block {
        Block::Header {
            text: Text::Plain {
                text: text.to_owned(),
                emoji: false,
            },
        }
    }

    /// Lines of markup; those that do not fit are counted.
    pub(super) fn section(lines: Vec<String>) -> Block {
        Block::Section {
            text: Some(Text::markup(fit(&lines, SECTION))),
            fields: Vec::new(),
        }
    }

    /// Up to ten short texts beside each other.
    pub(super) fn fields(fields: Vec<String>) -> Block {
        Block::Section {
            text: None,
            fields: fields
                .into_iter()
                .take(10)
                .map(|field| Text::markup(fit(&[field], FIELD)))
                .collect(),
        }
    }

    pub(super) fn context(text: String) -> Block {
        Block::Context {
            elements: vec![Text::markup(fit(&[text], CONTEXT))],
        }
    }
}

impl Text {
    fn markup(text: String) -> Text {
        Text::Markup { text, verbatim: true }
    }
}

/// As many of the lines as `most` bytes hold.
fn fit(lines: &[String], most: usize) -> String {
    const LEFT_OUT: &str = "(more was left out)";
    let mut out = String::new();
    for line in lines {
        if out.len() + line.len() + 2 + LEFT_OUT.len() > most {
            out.push_str(LEFT_OUT);
            break;
        }
        out.push_str(line);
        out.push('\n');
    }
    out.trim_end().to_owned()
}
