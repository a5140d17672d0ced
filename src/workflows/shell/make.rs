//! `make`: the recipes of a target and of those it needs.

use std::collections::BTreeMap;

use super::invoke::Call;
use super::run::Shell;
use super::script::{Lines, Script};
use crate::workflows::repository::join;
use crate::workflows::text::{Source, Text};
use crate::workflows::value::Value;

/// Targets that one call of make may run.
const MAX_TARGETS: usize = 64;

/// A make file, as far as deployments use one.
#[derive(Debug, Default)]
struct MakeFile {
    variables: BTreeMap<String, Assigned>,
    rules: BTreeMap<String, Rule>,
    first: Option<String>,
}

#[derive(Debug, Clone)]
struct Assigned {
    value: String,
    /// `?=`: only when the environment has no value.
    weak: bool,
}

#[derive(Debug, Clone, Default)]
struct Rule {
    needs: Vec<String>,
    /// Recipe lines, continued ones joined, with the line on which each starts.
    recipe: Vec<(usize, String)>,
}

impl Shell<'_> {
    /// Runs `make …`.
    pub(crate) fn make(&mut self, call: &Call) -> Value {
        let mut directory = self.state.directory.clone();
        let mut file = None;
        let mut goals: Vec<String> = Vec::new();
        let mut given: Vec<(String, Value)> = Vec::new();
        let mut at = 1;
        while at < call.fields.len() {
            let text = call.fields[at].value.to_text();
            match text.literal_start() {
                "-C" | "--directory" => {
                    at += 1;
                    directory = directory.and_then(|d| join(&d, call.literal(at)?));
                }
                "-f" | "--file" | "--makefile" => {
                    at += 1;
                    file = call.literal(at).map(str::to_string);
                }
                "-j" | "-o" | "-W" => {
                    if call.literal(at + 1).is_some_and(|n| n.parse::<u32>().is_ok()) {
                        at += 1;
                    }
                }
                option if option.starts_with('-') => {}
                _ => match text.split_once("=") {
                    Some((name, value)) => given.push((name.display(), Value::Text(value))),
                    None => goals.push(text.display()),
                },
            }
            at += 1;
        }
        let names = file.map_or_else(
            || vec!["GNUmakefile".to_string(), "makefile".into(), "Makefile".into()],
            |file| vec![file],
        );
        let path = names.iter().find_map(|name| {
            let path = join(directory.as_deref()?, name)?;
            self.repository.text(&path).map(|text| (path, text))
        });
        let Some((path, text)) = path else {
            let shown = goals.join(" ");
            self.journal.list(
                call.at.clone(),
                format!("`make {shown}` is called, and its make file is not in the repository"),
            );
            return call.unknown_output();
        };
        let make_file = MakeFile::parse(text);
        if goals.is_empty() {
            goals.extend(make_file.first.clone());
        }
        for goal in goals {
            let mut order = Vec::new();
            make_file.order(&goal, &mut order);
            if order.is_empty() {
                self.journal
                    .list(call.at.clone(), format!("{path} has no target `{goal}`"));
            }
            let directory = directory.clone();
            let given = given.clone();
            self.through(call, &format!("{path} target {goal}"), |shell| {
                shell.child(call, call.fields.len(), |shell, _| {
                    shell.state.directory = directory;
                    for (name, value) in given {
                        shell.state.assign(&name, value);
                        shell.state.exported.insert(name);
                    }
                    shell.recipes(&make_file, &path, &order)
                })
            });
        }
        Value::Text(Text::new())
    }

    fn recipes(&mut self, make_file: &MakeFile, path: &str, order: &[String]) -> Value {
        let given = self.state.variables.clone();
        for (name, assigned) in &make_file.variables {
            if given.contains_key(name) {
                continue;
            }
            let shell = to_shell(&assigned.value);
            let value = self.make_value(&shell, path);
            self.state.assign(name, value);
        }
        for target in order {
            let Some(rule) = make_file.rules.get(target) else {
                continue;
            };
            self.state.assign("MAKE_TARGET", Value::literal(target.as_str()));
            for (line, recipe) in &rule.recipe {
                let recipe = recipe.trim_start().trim_start_matches(['@', '-', '+']);
                let text = to_shell(&recipe.replace("$@", "$(MAKE_TARGET)"));
                let script = Script::parse(&text, path, Lines::From(*line), &mut |_| {
                    Value::open("${{ … }}", Source::NotUnderstood, "a make file has no expressions")
                });
                if let Some(script) = script {
                    let before = self.state.clone();
                    self.run_script(&script);
                    let after = std::mem::replace(&mut self.state, before);
                    self.state.env_writes = after.env_writes;
                    self.state.outputs = after.outputs;
                    self.state.files = after.files;
                }
            }
        }
        Value::Text(Text::new())
    }

    /// The value of a variable of the make file: what `echo` would print of it.
    fn make_value(&mut self, text: &str, path: &str) -> Value {
        let quoted = Text::literal(format!("printf '%s' \"{}\"", text.replace('"', "")));
        match Script::composed(&quoted, path, 0) {
            Some(script) => self.run_script(&script),
            None => Value::Text(Text::new()),
        }
    }
}

impl MakeFile {
    fn parse(text: &str) -> Self {
        let mut file = Self::default();
        let mut current: Vec<String> = Vec::new();
        let mut lines = text.lines().enumerate().peekable();
        while let Some((index, line)) = lines.next() {
            let mut logical = line.to_string();
            while logical.ends_with('\\') {
                let Some((_, next)) = lines.next() else { break };
                logical.push('\n');
                logical.push_str(next);
            }
            if logical.starts_with('\t') {
                for target in &current {
                    if let Some(rule) = file.rules.get_mut(target) {
                        rule.recipe.push((index + 1, logical.clone()));
                    }
                }
                continue;
            }
            let code = logical.split(" #").next().unwrap_or("").trim();
            if code.is_empty() || code.starts_with('#') {
                continue;
            }
            if file.assignment(code) {
                current.clear();
                continue;
            }
            if let Some((targets, needs)) = code.split_once(':') {
                let needs = needs.trim_start_matches(':');
                let (needs, inline) = needs.split_once(';').unwrap_or((needs, ""));
                current = targets.split_whitespace().map(str::to_string).collect();
                for target in &current {
                    if file.first.is_none() && !target.starts_with('.') {
                        file.first = Some(target.clone());
                    }
                    let rule = file.rules.entry(target.clone()).or_default();
                    rule.needs.extend(needs.split_whitespace().map(str::to_string));
                    if !inline.trim().is_empty() {
                        rule.recipe.push((index + 1, inline.to_string()));
                    }
                }
            }
        }
        file
    }

    fn assignment(&mut self, code: &str) -> bool {
        let code = code.strip_prefix("export ").unwrap_or(code);
        for sign in [":=", "?=", "::=", "="] {
            let Some((name, value)) = code.split_once(sign) else {
                continue;
            };
            let name = name.trim().trim_end_matches(':');
            let fits = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            if !fits {
                continue;
            }
            let assigned = Assigned {
                value: value.trim().to_string(),
                weak: sign == "?=",
            };
            let known = self.variables.get(name);
            if !(assigned.weak && known.is_some()) {
                self.variables.insert(name.to_string(), assigned);
            }
            return true;
        }
        false
    }

    /// The targets to make for a goal, in order.
    fn order(&self, goal: &str, order: &mut Vec<String>) {
        let mut open = vec![(goal.to_string(), false)];
        let mut seen: Vec<String> = Vec::new();
        while let Some((target, ready)) = open.pop() {
            if ready {
                order.push(target);
                continue;
            }
            if seen.contains(&target) || seen.len() >= MAX_TARGETS {
                continue;
            }
            seen.push(target.clone());
            let Some(rule) = self.rules.get(&target) else {
                continue;
            };
            open.push((target, true));
            for need in rule.needs.iter().rev() {
                open.push((need.clone(), false));
            }
        }
    }
}

/// Rewrites references to make's variables as the shell writes them: `$(X)` to `${X}`, `$$x` to `$x`,
/// `$(shell c)` to `$(c)`.
fn to_shell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        if let Some(after) = tail.strip_prefix('$') {
            out.push('$');
            rest = after;
            continue;
        }
        if let Some(inside) = tail.strip_prefix('(') {
            let end = inside.find(')').unwrap_or(inside.len());
            let name = &inside[..end];
            if let Some(command) = name.strip_prefix("shell ") {
                out.push_str("$(");
                out.push_str(command);
                out.push(')');
            } else {
                out.push_str("${");
                out.push_str(name);
                out.push('}');
            }
            rest = inside.get(end + 1..).unwrap_or("");
            continue;
        }
        out.push('$');
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_variables_and_continuations_are_read() {
        let file = MakeFile::parse(
            "BUCKET ?= site\nDIST := $(shell cat .dist)\n\n.PHONY: deploy\ndeploy: build\n\taws s3 sync out \\\n\t  s3://$(BUCKET)\n\techo $$HOME\nbuild:\n\tnpm ci\n",
        );
        assert_eq!(file.first.as_deref(), Some("deploy"));
        assert_eq!(file.variables["BUCKET"].value, "site");
        let mut order = Vec::new();
        file.order("deploy", &mut order);
        assert_eq!(order, ["build", "deploy"]);
        assert_eq!(file.rules["deploy"].recipe[0].0, 6);
        assert_eq!(
            to_shell("s3://$(BUCKET)/$$x $(shell cat f)"),
            "s3://${BUCKET}/$x $(cat f)"
        );
    }

    #[test]
    fn rules_that_need_each_other_end() {
        let file = MakeFile::parse("a: b\n\techo\nb: a\n\techo\n");
        let mut order = Vec::new();
        file.order("a", &mut order);
        assert_eq!(order, ["b", "a"]);
    }
}
