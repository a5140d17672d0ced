//! What `driftgate demo` says around the reports: the story, wrapped and coloured.

use anstyle::{AnsiColor, Style};

use super::steps::{STEPS, Step};
use crate::report::Options;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const TITLE: Style = AnsiColor::Cyan.on_default().bold();
const SERVED: Style = AnsiColor::Green.on_default();
const BROKEN: Style = AnsiColor::Red.on_default().bold();

/// Where the width is not known, and the most that reads well.
pub(super) const WIDTH: usize = 80;

/// How the story is written.
#[derive(Clone, Copy)]
pub(super) struct Page {
    colour: bool,
    width: usize,
}

impl Page {
    pub(super) fn new(options: &Options) -> Page {
        let width = options.width.unwrap_or(WIDTH).clamp(24, WIDTH);
        Page {
            colour: options.colour,
            width,
        }
    }

    /// What the whole is about.
    pub(super) fn opening(self) -> String {
        let text = "A real outage, replayed with made-up names: what was done step by step, what visitors got, and \
                    what `driftgate check` says of the account, Terraform's state and the deployment workflow. \
                    Everything is recorded; nothing is asked of AWS.";
        self.paragraph(Style::new(), text)
    }

    /// The heading of a step, what was done, and what visitors got.
    pub(super) fn heading(self, step: &Step) -> String {
        let mut text = self.paint(TITLE, &self.rule(step.name));
        text.push_str("\n\n");
        let styles = [Style::new(), DIM];
        for (paragraph, style) in step.paragraphs().zip(styles) {
            text.push_str(&self.paragraph(style, &paragraph));
            text.push('\n');
        }
        text.push_str(&self.paint(BOLD, "Visitors got"));
        text.push('\n');
        for (host, answers) in answers(step) {
            let served = answers.iter().all(|(status, _)| *status < 400);
            let style = if served { SERVED } else { BROKEN };
            let shown: Vec<String> = answers
                .iter()
                .map(|(status, paths)| {
                    let status = self.paint(style, &status.to_string());
                    format!("{status}  {host}{}", paths.join(" and "))
                })
                .collect();
            for line in shown {
                text.push_str(&format!("  {line}\n"));
            }
        }
        text.push('\n');
        text.push_str(&self.paint(BOLD, "driftgate says"));
        text.push('\n');
        text
    }

    /// What the walk shows.
    pub(super) fn closing(self) -> String {
        let text = "In step 04 every page was served and Terraform had nothing to change; the deployment that took \
                    production down in step 05 was already named. One step alone: driftgate demo --step 05. \
                    Your own account: driftgate check --state terraform.tfstate.";
        let mut closing = self.paint(TITLE, &self.rule("the end"));
        closing.push_str("\n\n");
        closing.push_str(&self.paragraph(Style::new(), text));
        closing
    }

    fn rule(self, title: &str) -> String {
        let room = self.width.saturating_sub(title.chars().count() + 4);
        format!("── {title} {}", "─".repeat(room))
    }

    fn paragraph(self, style: Style, text: &str) -> String {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            match lines.last_mut() {
                Some(line) if line.chars().count() + 1 + word.chars().count() <= self.width => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        lines
            .iter()
            .map(|line| format!("{}\n", self.paint(style, line)))
            .collect()
    }

    fn paint(self, style: Style, text: &str) -> String {
        match self.colour && style != Style::new() {
            true => format!("{style}{text}{style:#}"),
            false => text.to_owned(),
        }
    }
}

/// A status with the paths that were answered so.
type Answer = (u16, Vec<String>);

/// The answers of every host.
fn answers(step: &Step) -> Vec<(String, Vec<Answer>)> {
    let mut hosts: Vec<(String, Vec<Answer>)> = Vec::new();
    for visit in step.visits() {
        if !hosts.iter().any(|(host, _)| *host == visit.host) {
            hosts.push((visit.host.clone(), Vec::new()));
        }
        let Some((_, answers)) = hosts.iter_mut().find(|(host, _)| *host == visit.host) else {
            continue;
        };
        match answers.iter_mut().find(|(status, _)| *status == visit.status) {
            Some((_, paths)) => paths.push(visit.path),
            None => answers.push((visit.status, vec![visit.path])),
        }
    }
    hosts
}

/// The names of all steps, for whoever asked for another one.
pub(super) fn known_steps() -> String {
    STEPS.iter().map(|step| step.name).collect::<Vec<_>>().join(", ")
}
