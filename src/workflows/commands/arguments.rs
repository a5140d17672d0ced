//! Telling options from operands.

use super::super::text::Text;

/// Arguments of a command, sorted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Arguments {
    pub(crate) operands: Vec<Text>,
    options: Vec<(String, Vec<Text>)>,
}

/// How many values an option takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arity {
    Flag,
    One,
    /// All words up to the next option.
    Many,
}

impl Arguments {
    /// Sorts words; `arity` knows the tool's options by name, dashes included.
    pub(crate) fn parse(words: &[Text], arity: &dyn Fn(&str) -> Arity) -> Self {
        let mut sorted = Self::default();
        let mut rest = words.iter().peekable();
        while let Some(word) = rest.next() {
            let start = word.literal_start();
            if !is_option(start) {
                sorted.operands.push(word.clone());
                continue;
            }
            if let Some((name, value)) = word.split_once("=")
                && let Some(name) = name.as_literal()
            {
                sorted.options.push((name.to_string(), vec![value]));
                continue;
            }
            let name = start.to_string();
            let mut values = Vec::new();
            match arity(&name) {
                Arity::Flag => {}
                // A value that came out empty leaves the next option in its place.
                Arity::One => {
                    let next = rest.next_if(|next| !next.literal_start().starts_with("--"));
                    values.extend(next.cloned());
                }
                Arity::Many => {
                    while let Some(next) = rest.next_if(|next| !is_option(next.literal_start())) {
                        values.push(next.clone());
                    }
                }
            }
            sorted.options.push((name, values));
        }
        sorted
    }

    /// The last value of an option.
    pub(crate) fn value(&self, name: &str) -> Option<&Text> {
        self.values(name).and_then(<[Text]>::first)
    }

    /// All values of the last use of an option.
    pub(crate) fn values(&self, name: &str) -> Option<&[Text]> {
        self.options
            .iter()
            .rev()
            .find(|(known, _)| known == name)
            .map(|(_, values)| values.as_slice())
    }

    /// Whether an option is there, with or without a value.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.options.iter().any(|(known, _)| known == name)
    }
}

fn is_option(start: &str) -> bool {
    start.len() > 1 && start.starts_with('-')
}
