//! What a run is about to read, in a few lines for whoever waits at a terminal.

use std::collections::BTreeSet;

use crate::deploy::Deployment;
use crate::expected::State;
use crate::inventory::Caller;
use crate::kinds;
use crate::ownership::Configured;
use crate::report::escape;

/// Everything that was found, before AWS is asked.
pub(super) struct About<'a> {
    /// The configuration file.
    pub(super) file: Option<&'a str>,
    pub(super) states: &'a [State],
    pub(super) configurations: &'a [Configured],
    /// The deployments that are known; `None` where there were no workflows to read.
    pub(super) workflows: Option<&'a [Deployment]>,
    /// Parts of the workflows that were not understood.
    pub(super) not_understood: usize,
    /// Who reads each account.
    pub(super) callers: &'a [Caller],
    /// How much of AWS is read to begin with; `None` where nothing is.
    pub(super) reads: Option<usize>,
}

impl About<'_> {
    /// One line each, without anything that a file's name could do to a terminal.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = |name: &str, text: &str| lines.push(format!("{name:<14} {}", escape::text(text)));
        if let Some(file) = self.file {
            line("settings", file);
        }
        for state in self.states {
            let covered = state.instances.iter();
            let covered = covered.filter(|instance| kinds::of(&instance.terraform_type).is_some());
            line(
                "state",
                &format!("{}: {}", state.source, count(covered.count(), "resource")),
            );
        }
        for configured in self.configurations {
            let directory = configured.configuration.directory();
            let here = "the working directory";
            line("configuration", if directory == "." { here } else { directory });
        }
        if let Some(deployments) = self.workflows {
            line("workflows", &self.workflows_line(deployments));
        }
        for caller in self.callers {
            line("account", &format!("{} as {}", caller.account, caller.arn));
        }
        if let Some(reads) = self.reads {
            line("to read", &format!("{}, and what they lead to", count(reads, "answer")));
        }
        lines
    }

    fn workflows_line(&self, deployments: &[Deployment]) -> String {
        let files: BTreeSet<&str> = deployments.iter().filter_map(Deployment::workflow).collect();
        let number = deployments.iter().filter(|one| one.workflow().is_some()).count();
        let mut text = match number {
            0 => "no deployment was found".to_owned(),
            _ => {
                let files: Vec<&str> = files.into_iter().collect();
                format!("{} in {}", count(number, "deployment"), files.join(", "))
            }
        };
        if self.not_understood > 0 {
            text.push_str(&format!("; {} not understood", count(self.not_understood, "line")));
        }
        text
    }
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
