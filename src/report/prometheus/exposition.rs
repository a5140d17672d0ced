//! Families of samples as text.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::report::escape;

/// The text so far.
#[derive(Default)]
pub(super) struct Exposition {
    text: String,
}

/// The samples of one metric, by their labels as they are written. A series may stand only once.
#[derive(Default)]
pub(super) struct Family {
    samples: BTreeMap<String, f64>,
}

impl Exposition {
    /// Writes a gauge with the samples that `fill` gives it, by labels; nothing at all if there are none.
    pub(super) fn family(&mut self, name: &str, help: &str, fill: impl FnOnce(&mut Family)) {
        let mut family = Family::default();
        fill(&mut family);
        if family.samples.is_empty() {
            return;
        }
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} gauge");
        for (labels, value) in &family.samples {
            let _ = writeln!(self.text, "{name}{labels} {value}");
        }
    }

    /// Writes a gauge without labels, if its value is known.
    pub(super) fn single(&mut self, name: &str, help: &str, value: Option<f64>) {
        self.family(name, help, |family| {
            if let Some(value) = value {
                family.set(&[], value);
            }
        });
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

impl Family {
    /// Counts `value` to what these labels have.
    pub(super) fn add(&mut self, labels: &[(&str, &str)], value: f64) {
        *self.samples.entry(written(labels)).or_default() += value;
    }

    /// Gives these labels a value; the least where two are given.
    pub(super) fn set(&mut self, labels: &[(&str, &str)], value: f64) {
        let sample = self.samples.entry(written(labels)).or_insert(value);
        *sample = sample.min(value);
    }
}

fn written(labels: &[(&str, &str)]) -> String {
    if labels.is_empty() {
        return String::new();
    }
    let labels: Vec<String> = labels
        .iter()
        .map(|(name, value)| format!("{name}=\"{}\"", escaped(value)))
        .collect();
    format!("{{{}}}", labels.join(","))
}

/// A label's value: the format has escapes for `\`, `"` and the line feed; everything invisible was made visible before.
fn escaped(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    for c in escape::text(raw).chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out
}
