//! `deploy` blocks: declared targets, and the workflows with the values that they use.

use std::collections::BTreeMap;

use super::places::{self, Base};
use crate::config::model::{DeclaredTarget, Variable, VariableValue, Workflows};
use crate::config::problems::Problems;
use crate::config::section::{Datum, Member, Section};
use crate::deploy::Declared;
use crate::workflows::Hidden;

/// The attributes of a declared target.
const TARGET: [&str; 5] = ["host", "bucket", "prefix", "distribution", "environment"];

pub(super) fn read(file: &Section, base: Base, problems: &mut Problems) -> (Vec<DeclaredTarget>, Option<Workflows>) {
    let mut targets = Vec::new();
    let mut workflows: Option<(Workflows, usize)> = None;
    for section in file.sections("deploy") {
        let first = TARGET.iter().find_map(|name| Some((name, section.get(name)?)));
        let speaks_of_workflows = section.is_set("workflows")
            || section.is_set("variables")
            || section.sections("environment").next().is_some();
        if !speaks_of_workflows {
            targets.extend(target(section, problems));
            continue;
        }
        if let Some((name, given)) = first {
            let message = format!("`{name}` declares a target, and this block speaks of workflows");
            let hint = "put the target into a `deploy` block of its own";
            problems.advise(&given.span, message, Some(hint.to_owned()));
        }
        let line = problems.source().position(section.span.start).line;
        let read = of_workflows(section, base, problems);
        match &workflows {
            Some((_, first)) => {
                let message = format!("the block in line {first} speaks of workflows already, and only one can");
                problems.complain(&section.span, message);
            }
            None => workflows = Some((read, line)),
        }
    }
    (targets, workflows.map(|(workflows, _)| workflows))
}

fn target(section: &Section, problems: &mut Problems) -> Option<DeclaredTarget> {
    let prefix = section.text("prefix");
    let written = ["bucket", "distribution"].map(|name| section.is_set(name));
    let target = Declared {
        host: section.text("host").and_then(|text| places::host(&text, problems)),
        bucket: section.text("bucket").and_then(|text| places::bucket(&text, problems)),
        prefix: prefix.as_ref().map(|text| text.text.trim_matches('/').to_owned()),
        distribution: section
            .text("distribution")
            .and_then(|text| places::distribution(&text, problems)),
        environment: section.text("environment").map(|text| text.text),
    };
    if let (Some(prefix), [false, true]) = (prefix, written) {
        problems.complain(&prefix.span, "`prefix` needs the `bucket` that it is in");
    }
    if written == [false, false] {
        let message =
            "this names neither a bucket nor a distribution, so there is nothing to hold against what is served";
        let hint = "give one of them, or say with `workflows` where the workflows are";
        problems.advise(&section.span, message, Some(hint.to_owned()));
        return None;
    }
    Some(DeclaredTarget {
        name: section.label.as_ref().map(|label| label.text.clone()),
        target,
        origin: section.origin.clone(),
    })
}

fn of_workflows(section: &Section, base: Base, problems: &mut Problems) -> Workflows {
    let mut variables = Vec::new();
    read_variables(section, None, &mut variables, problems);
    let mut seen = BTreeMap::new();
    for inner in section.sections("environment") {
        let line = problems.source().position(inner.span.start).line;
        let name = inner.name().to_owned();
        // The same spelling is found wherever blocks are read.
        if let Some((other, line)) = seen.insert(name.to_lowercase(), (name.clone(), line))
            && other != name
        {
            let message = format!("GitHub takes {name:?} and {other:?}, line {line}, for one environment");
            problems.complain(&inner.span, message);
        }
        read_variables(inner, Some(&name), &mut variables, problems);
    }
    Workflows {
        repository: section
            .text("workflows")
            .map(|text| text.sourced(base.path(&text.text))),
        variables,
    }
}

fn read_variables(section: &Section, environment: Option<&str>, into: &mut Vec<Variable>, problems: &mut Problems) {
    let start = into.len();
    for member in section.members("variables") {
        let Some(variable) = variable(member, environment, problems) else {
            continue;
        };
        if into[start..].iter().any(|other| other.is_same(&variable)) {
            let message = format!("{:?} stands twice: GitHub does not tell capitals apart", member.key);
            problems.complain(&member.key_span, message);
            continue;
        }
        into.push(variable);
    }
}

fn variable(member: &Member, environment: Option<&str>, problems: &mut Problems) -> Option<Variable> {
    let Datum::Text { text, secret } = &member.value.datum else {
        return None;
    };
    let (context, name) = member.key.split_once('.').unwrap_or(("", ""));
    let name_fits = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let value = match context {
        "vars" if name_fits => VariableValue::Plain(text.clone()),
        "secrets" if name_fits && *secret => VariableValue::Secret(Hidden::new(text.as_str())),
        "secrets" if name_fits => {
            let message = "the value of a secret comes from the environment, never from the file";
            let hint = format!("write {:?} = env(\"{name}\") and put it into that variable", member.key);
            problems.advise(&member.value.span, message, Some(hint));
            return None;
        }
        _ => {
            let message = format!("{:?} is no value of a workflow", member.key);
            let hint = "a key is \"vars.NAME\" or \"secrets.NAME\"";
            problems.advise(&member.key_span, message, Some(hint.to_owned()));
            return None;
        }
    };
    Some(Variable {
        environment: environment.map(str::to_owned),
        name: name.to_owned(),
        value,
        origin: member.value.origin.clone(),
    })
}
