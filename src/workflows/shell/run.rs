//! Following the statements of a script.

use std::rc::Rc;

use tree_sitter::Node;

use super::conditions::has_token;
use super::script::{Script, shorten};
use super::state::{Flow, Function, State};
use crate::workflows::choice::{Choice, Decision};
use crate::workflows::compare::Asking;
use crate::workflows::journal::{Here, Journal};
use crate::workflows::mapping::Mapping;
use crate::workflows::repository::Repository;
use crate::workflows::text::{Source, Text};
use crate::workflows::value::Value;

/// Nesting of statements, functions and scripts that is followed.
const MAX_DEPTH: usize = 60;
/// Rounds of a loop that are followed one by one.
const MAX_ROUNDS: usize = 32;

/// A shell that is being followed.
pub(crate) struct Shell<'a> {
    pub(crate) repository: &'a Repository,
    pub(crate) mapping: &'a Mapping,
    pub(crate) journal: &'a mut Journal,
    pub(crate) here: Here,
    pub(crate) job: String,
    pub(crate) state: State,
    pub(crate) depth: usize,
    /// Whether the positional parameters are all there are.
    pub(crate) knows_arguments: bool,
}

impl Shell<'_> {
    pub(crate) fn asking(&self) -> Asking<'_> {
        Asking { job: &self.job }
    }

    /// Runs a whole script and returns what it prints.
    pub(crate) fn run_script(&mut self, script: &Rc<Script>) -> Value {
        let doubt = self.state.doubt.clone();
        if let Some(place) = script.first_error() {
            let what = "this is not shell that parses; commands near it may be misread";
            if mentions_deployment(&script.source) {
                self.journal.list(place.clone(), what);
            }
            self.state.doubt = Some(format!("{place}: the shell does not parse"));
        }
        let printed = self.statements(script, script.root());
        self.state.doubt = doubt;
        printed
    }

    /// Runs the statements below a node, one after the other.
    pub(crate) fn statements(&mut self, script: &Rc<Script>, node: Node<'_>) -> Value {
        let mut cursor = node.walk();
        let children: Vec<Node<'_>> = node.named_children(&mut cursor).collect();
        self.sequence(script, &children)
    }

    fn sequence(&mut self, script: &Rc<Script>, nodes: &[Node<'_>]) -> Value {
        let mut printed = Vec::new();
        for node in nodes {
            if self.state.flow != Flow::On {
                break;
            }
            let output = self.run(script, *node, &Value::Text(Text::new()));
            if !is_empty(&output) {
                printed.push(output);
            }
        }
        match printed.as_slice() {
            [one] => one.clone(),
            _ => Value::concat(&printed),
        }
    }

    /// Runs one statement with something on its standard input, and returns what it prints.
    pub(crate) fn run(&mut self, script: &Rc<Script>, node: Node<'_>, input: &Value) -> Value {
        let nothing = Value::Text(Text::new());
        if self.is_too_deep(script, node) {
            return nothing;
        }
        if !self.journal.spend() {
            return nothing;
        }
        self.depth += 1;
        let printed = match node.kind() {
            "program" | "do_group" => self.statements(script, node),
            "compound_statement" | "ERROR" => self.statements(script, node),
            "subshell" => self.subshell(script, node),
            "list" => self.list(script, node),
            "pipeline" => self.pipeline(script, node, input),
            "redirected_statement" => self.redirected(script, node, input),
            "if_statement" => self.if_statement(script, node),
            "case_statement" => self.case_statement(script, node),
            "for_statement" => self.for_statement(script, node),
            "while_statement" | "c_style_for_statement" => self.while_statement(script, node),
            "function_definition" => {
                self.define(script, node);
                nothing
            }
            "variable_assignment" => {
                self.assignment(script, node, false);
                nothing
            }
            "variable_assignments" => {
                let mut cursor = node.walk();
                let children: Vec<Node<'_>> = node.named_children(&mut cursor).collect();
                for child in children {
                    self.assignment(script, child, false);
                }
                nothing
            }
            "declaration_command" => {
                self.declaration(script, node);
                nothing
            }
            "unset_command" => {
                let mut cursor = node.walk();
                for child in node.named_children(&mut cursor) {
                    let name = script.text(child).to_string();
                    self.state.assign(&name, Value::Text(Text::new()));
                }
                nothing
            }
            "test_command" => nothing,
            "negated_command" => match node.named_child(0) {
                Some(inner) => self.run(script, inner, input),
                None => nothing,
            },
            "command" => self.command(script, node, input),
            _ => nothing,
        };
        self.depth -= 1;
        printed
    }

    /// Whether nesting has gone as far as it is followed; that is listed.
    pub(crate) fn is_too_deep(&mut self, script: &Script, node: Node<'_>) -> bool {
        let deep = self.depth >= MAX_DEPTH;
        if deep {
            let place = script.place(node);
            self.journal
                .list(place, "the shell is nested too deeply to be followed");
        }
        deep
    }

    fn subshell(&mut self, script: &Rc<Script>, node: Node<'_>) -> Value {
        let before = self.state.clone();
        let printed = self.statements(script, node);
        let after = std::mem::replace(&mut self.state, before);
        self.state.env_writes = after.env_writes;
        self.state.outputs = after.outputs;
        self.state.files = after.files;
        self.state.set_elsewhere |= after.set_elsewhere;
        printed
    }

    /// `a && b || c`: tests decide what follows them; any other command is taken to succeed, because a
    /// deployment that matters is the one in which its preparations worked, but it may fail too.
    fn list(&mut self, script: &Rc<Script>, node: Node<'_>) -> Value {
        let (first, rest) = links(node);
        let (mut status, mut certain, mut printed) = self.link(script, first);
        let mut before = first;
        for (and, node) in rest {
            if self.state.flow != Flow::On {
                break;
            }
            let decision = match (and, certain) {
                (true, _) => status.clone(),
                (false, true) => status.negated(),
                (false, false) => self.failure(script, before),
            };
            let mut inner = (Decision::Go(0), false);
            let output = self.branch(&decision, &mut |shell, branch| {
                if branch != 0 {
                    return Value::Text(Text::new());
                }
                let (status, certain, output) = shell.link(script, node);
                inner = (status, certain);
                output
            });
            printed = joined_output(&printed, &output);
            let otherwise = if and { Decision::Go(1) } else { Decision::Go(0) };
            status = decision.then(&|branch| {
                if branch == 0 {
                    inner.0.clone()
                } else {
                    otherwise.clone()
                }
            });
            if !and && !certain {
                status = Decision::Go(0);
            }
            certain = (and && certain) || inner.1 || (!and && certain);
            before = node;
        }
        printed
    }

    /// Runs one part of a list: how it ends, whether that is certain, and what it prints.
    fn link(&mut self, script: &Rc<Script>, node: Node<'_>) -> (Decision, bool, Value) {
        let nothing = Value::Text(Text::new());
        if is_test(script, node) {
            return (self.decide(script, node), true, nothing);
        }
        let printed = self.run(script, node, &nothing);
        (Decision::Go(0), false, printed)
    }

    /// That a command fails: branch 0 is that it does. That it works is the normal case and no
    /// condition worth telling.
    fn failure(&self, script: &Script, node: Node<'_>) -> Decision {
        let id = format!("{} fails {}", script.place(node), self.job);
        let outcomes = vec![format!("{} fails", script.shown(node)), String::new()];
        Decision::unknown(Choice::new(&id, outcomes))
    }

    fn pipeline(&mut self, script: &Rc<Script>, node: Node<'_>, input: &Value) -> Value {
        let mut cursor = node.walk();
        let stages: Vec<Node<'_>> = node.named_children(&mut cursor).collect();
        let mut data = input.clone();
        for stage in stages {
            data = self.run(script, stage, &data);
        }
        data
    }

    fn redirected(&mut self, script: &Rc<Script>, node: Node<'_>, input: &Value) -> Value {
        let mut cursor = node.walk();
        let children: Vec<Node<'_>> = node.children(&mut cursor).collect();
        let mut input = input.clone();
        let mut outputs: Vec<(Node<'_>, bool)> = Vec::new();
        let mut after: Vec<Node<'_>> = Vec::new();
        let mut body = None;
        let mut pending: Vec<Node<'_>> = children;
        while let Some(child) = pending.pop() {
            match child.kind() {
                "file_redirect" => self.file_redirect(script, child, &mut input, &mut outputs),
                "herestring_redirect" => {
                    if let Some(word) = child.named_child(child.named_child_count().saturating_sub(1) as _) {
                        input = self.word(script, word);
                    }
                }
                "heredoc_redirect" => {
                    let mut cursor = child.walk();
                    for inner in child.named_children(&mut cursor) {
                        match inner.kind() {
                            "heredoc_body" => input = self.heredoc(script, child, inner),
                            "file_redirect" => {
                                self.file_redirect(script, inner, &mut input, &mut outputs);
                            }
                            "heredoc_start" | "heredoc_end" | "file_descriptor" => {}
                            _ => after.push(inner),
                        }
                    }
                }
                _ if child.is_named() => body = Some(child),
                _ => {}
            }
        }
        let mut printed = match body {
            Some(body) => self.run(script, body, &input),
            None => Value::Text(Text::new()),
        };
        for stage in after {
            printed = self.run(script, stage, &printed);
        }
        if outputs.is_empty() {
            return printed;
        }
        for (word, append) in outputs {
            let file = self.word(script, word);
            self.write_to(&file, &printed, append);
        }
        Value::Text(Text::new())
    }

    /// Writes to the file that a value names.
    pub(crate) fn write_to(&mut self, file: &Value, content: &Value, append: bool) {
        match file.to_text().resolved() {
            Some(name) => self.state.write(&name, content, append),
            None => self.state.write(&file.to_text().display(), content, append),
        }
    }

    fn file_redirect<'t>(
        &mut self,
        script: &Rc<Script>,
        node: Node<'t>,
        input: &mut Value,
        outputs: &mut Vec<(Node<'t>, bool)>,
    ) {
        let descriptor = node
            .child_by_field_name("descriptor")
            .map(|d| script.text(d).to_string());
        let Some(destination) = node.child_by_field_name("destination") else {
            return;
        };
        if descriptor.as_deref() == Some("2") {
            return;
        }
        if has_token(node, ">") || has_token(node, ">|") || has_token(node, "&>") {
            outputs.push((destination, false));
        } else if has_token(node, ">>") || has_token(node, "&>>") {
            outputs.push((destination, true));
        } else if has_token(node, "<") {
            let file = self.word(script, destination);
            *input = self.file_content(&file);
        }
    }

    fn heredoc(&mut self, script: &Rc<Script>, redirect: Node<'_>, body: Node<'_>) -> Value {
        let mut cursor = redirect.walk();
        let quoted = redirect
            .named_children(&mut cursor)
            .find(|n| n.kind() == "heredoc_start")
            .is_some_and(|n| script.text(n).contains(['\'', '"', '\\']));
        if quoted {
            return self.literal(script, body.byte_range(), &str::to_string);
        }
        let value = self.mixed(script, body, body.byte_range(), &super::words::unescape_double);
        if !has_token(redirect, "<<-") {
            return value;
        }
        value.map_text(&mut |text| {
            let lines: Vec<String> = text
                .flatten()
                .lines()
                .map(|l| l.trim_start_matches('\t').to_string())
                .collect();
            Value::Text(text.unflatten(&lines.join("\n")))
        })
    }

    /// Runs the branches of a decision on copies of the state, and joins what they leave behind.
    pub(crate) fn branch(&mut self, decision: &Decision, body: &mut dyn FnMut(&mut Self, usize) -> Value) -> Value {
        let decision = decision.under(&self.state.assumed);
        let base = self.state.clone();
        // Copies of the state are paid for, so that no script can make the reader slow.
        self.journal.spend_many(base.variables.len() / 8);
        let branches = decision.branches(&base.assumed);
        if let [(branch, assumed)] = branches.as_slice() {
            self.state.assumed = assumed.clone();
            return body(self, *branch);
        }
        let mut ends = Vec::new();
        let mut outputs = Vec::new();
        for (branch, assumed) in branches {
            self.state = base.clone();
            self.state.assumed = assumed;
            let output = body(self, branch);
            if self.state.flow == Flow::On {
                outputs.push((branch, output));
            }
            ends.push((branch, self.state.clone()));
        }
        self.state = State::joined(&base, &decision, &ends);
        let of = |branch: usize| {
            let (_, output) = outputs.iter().find(|(b, _)| *b == branch)?;
            Some(output.clone())
        };
        Value::joined(&decision, &of).unwrap_or(Value::Text(Text::new()))
    }

    fn if_statement(&mut self, script: &Rc<Script>, node: Node<'_>) -> Value {
        let mut cursor = node.walk();
        let children: Vec<Node<'_>> = node.children(&mut cursor).collect();
        let mut conditions = Vec::new();
        let mut body = Vec::new();
        let mut clauses = Vec::new();
        let mut in_body = false;
        for child in children {
            match child.kind() {
                "then" => in_body = true,
                "elif_clause" | "else_clause" => clauses.push(child),
                _ if !child.is_named() => {}
                _ if in_body => body.push(child),
                _ => conditions.push(child),
            }
        }
        self.clause(script, &conditions, &body, &clauses)
    }

    fn clause(&mut self, script: &Rc<Script>, conditions: &[Node<'_>], body: &[Node<'_>], rest: &[Node<'_>]) -> Value {
        let Some((last, before)) = conditions.split_last() else {
            return Value::Text(Text::new());
        };
        if self.is_too_deep(script, *last) {
            return Value::Text(Text::new());
        }
        self.depth += 1;
        self.sequence(script, before);
        let decision = self.decide(script, *last);
        let printed = self.branch(&decision, &mut |shell, branch| {
            if branch == 0 {
                return shell.sequence(script, body);
            }
            let Some((next, rest)) = rest.split_first() else {
                return Value::Text(Text::new());
            };
            let mut cursor = next.walk();
            let children: Vec<Node<'_>> = next.children(&mut cursor).collect();
            if next.kind() == "else_clause" {
                let body: Vec<Node<'_>> = children.into_iter().filter(Node::is_named).collect();
                return shell.sequence(script, &body);
            }
            let then = children.iter().position(|c| c.kind() == "then");
            let then = then.unwrap_or(children.len());
            let (before, after) = children.split_at(then);
            let conditions: Vec<Node<'_>> = before.iter().copied().filter(Node::is_named).collect();
            let body: Vec<Node<'_>> = after.iter().copied().filter(Node::is_named).collect();
            shell.clause(script, &conditions, &body, rest)
        });
        self.depth -= 1;
        printed
    }

    fn case_statement(&mut self, script: &Rc<Script>, node: Node<'_>) -> Value {
        let Some(subject) = node.child_by_field_name("value") else {
            return Value::Text(Text::new());
        };
        let value = self.word(script, subject);
        let mut cursor = node.walk();
        let items: Vec<Node<'_>> = node
            .named_children(&mut cursor)
            .filter(|n| n.kind() == "case_item")
            .collect();
        if items.len() > MAX_ROUNDS {
            let place = script.place(node);
            self.journal.list(place, "a case with more branches than are followed");
            return Value::Text(Text::new());
        }
        let mut decision = Decision::Go(items.len());
        for (index, item) in items.iter().enumerate().rev() {
            let mut cursor = item.walk();
            let patterns: Vec<Node<'_>> = item.children_by_field_name("value", &mut cursor).collect();
            for pattern in patterns.into_iter().rev() {
                let id = format!("{} {}", script.place(pattern), self.job);
                let question = format!("{} is {}", script.shown(subject), script.shown(pattern));
                let question = Choice::yes_no(&id, &question);
                let quoted = matches!(pattern.kind(), "string" | "raw_string");
                let pattern = self.word(script, pattern);
                let matched = self.same(&value, &pattern, quoted, &question);
                let otherwise = decision.clone();
                decision = matched.then(&|branch| {
                    if branch == 0 {
                        Decision::Go(index)
                    } else {
                        otherwise.clone()
                    }
                });
            }
        }
        self.branch(&decision, &mut |shell, branch| {
            let Some(item) = items.get(branch) else {
                return Value::Text(Text::new());
            };
            let mut cursor = item.walk();
            let values: Vec<usize> = item
                .children_by_field_name("value", &mut cursor)
                .map(|n| n.id())
                .collect();
            let mut cursor = item.walk();
            let body: Vec<Node<'_>> = item
                .named_children(&mut cursor)
                .filter(|n| !values.contains(&n.id()))
                .collect();
            shell.sequence(script, &body)
        })
    }

    fn for_statement(&mut self, script: &Rc<Script>, node: Node<'_>) -> Value {
        let name = node
            .child_by_field_name("variable")
            .map(|v| script.text(v).to_string())
            .unwrap_or_default();
        let Some(body) = node.child_by_field_name("body") else {
            return Value::Text(Text::new());
        };
        let mut cursor = node.walk();
        let words: Vec<Node<'_>> = node.children_by_field_name("value", &mut cursor).collect();
        let mut values = Vec::new();
        for word in words {
            let shown = script.shown(word);
            for field in self.fields(script, word) {
                let text = field.value.to_text();
                let pattern = !text.is_open() && text.flatten().contains(['*', '?']);
                values.push(if pattern {
                    Value::open(format!("${name}"), Source::Command, &format!("it is each of {shown}"))
                } else {
                    field.value
                });
            }
        }
        if values.len() > MAX_ROUNDS {
            let why = format!("it is each of {} values", values.len());
            values = vec![Value::open(format!("${name}"), Source::TooMany, &why)];
        }
        let mut printed = Vec::new();
        for value in values {
            self.state.assign(&name, value);
            printed.push(self.statements(script, body));
        }
        Value::concat(&printed)
    }

    /// A loop whose rounds are not known is followed once.
    fn while_statement(&mut self, script: &Rc<Script>, node: Node<'_>) -> Value {
        let Some(body) = node.child_by_field_name("body") else {
            return Value::Text(Text::new());
        };
        let mut cursor = node.walk();
        let conditions: Vec<Node<'_>> = node
            .children_by_field_name("condition", &mut cursor)
            .filter(|n| n.is_named())
            .collect();
        if let [condition] = conditions.as_slice()
            && is_test(script, *condition)
        {
            return self.statements(script, body);
        }
        if node.kind() == "while_statement" {
            self.sequence(script, &conditions);
        }
        self.statements(script, body)
    }

    fn define(&mut self, script: &Rc<Script>, node: Node<'_>) {
        let name = node
            .child_by_field_name("name")
            .map(|n| script.text(n).to_string())
            .unwrap_or_default();
        if let Some(body) = node.child_by_field_name("body") {
            let function = Function {
                script: Rc::clone(script),
                body: body.byte_range(),
            };
            self.state.functions.insert(name, function);
        }
    }

    /// `NAME=value`, `NAME+=value`, `NAME=(list)`.
    pub(crate) fn assignment(&mut self, script: &Rc<Script>, node: Node<'_>, exported: bool) {
        let (Some(name), value) = (node.child_by_field_name("name"), node.child_by_field_name("value")) else {
            return;
        };
        if name.kind() == "subscript" {
            let name = script.text(name).split('[').next().unwrap_or("").to_string();
            self.state.assign(
                &name,
                Value::open(format!("${name}"), Source::NotUnderstood, "it is a list"),
            );
            return;
        }
        let name = script.text(name).to_string();
        let mut value = match value {
            Some(value) => self.word(script, value),
            None => Value::Text(Text::new()),
        };
        if has_token(node, "+=") {
            let before = self.state.variable(&name);
            value = match (before, value) {
                (Value::Array(mut items), Value::Array(more)) => {
                    items.extend(more);
                    Value::Array(items)
                }
                (before, value) => Value::concat(&[before, value]),
            };
        }
        self.state.assign(&name, value);
        if exported {
            self.state.exported.insert(name);
        }
    }

    fn declaration(&mut self, script: &Rc<Script>, node: Node<'_>) {
        let exported = has_token(node, "export") || script.text(node).contains(" -x");
        let mut cursor = node.walk();
        let children: Vec<Node<'_>> = node.named_children(&mut cursor).collect();
        for child in children {
            match child.kind() {
                "variable_assignment" => self.assignment(script, child, exported),
                "variable_name" if exported => {
                    self.state.exported.insert(script.text(child).to_string());
                }
                _ => {}
            }
        }
    }
}

/// The parts of a chain of `&&` and `||`: the first, and each other one with whether `&&` precedes it.
fn links(node: Node<'_>) -> (Node<'_>, Vec<(bool, Node<'_>)>) {
    let mut first = node;
    let mut rest = Vec::new();
    while first.kind() == "list" {
        let (Some(left), Some(right)) = (first.named_child(0), first.named_child(1)) else {
            break;
        };
        rest.push((has_token(first, "&&"), right));
        first = left;
    }
    rest.reverse();
    (first, rest)
}

/// Puts one output behind another; a configuration is kept whole.
fn joined_output(first: &Value, second: &Value) -> Value {
    if is_empty(first) {
        return second.clone();
    }
    if is_empty(second) {
        return first.clone();
    }
    Value::concat(&[first.clone(), second.clone()])
}

/// Whether nothing was printed.
pub(crate) fn is_empty(value: &Value) -> bool {
    value.as_literal() == Some("")
}

/// A statement whose only purpose is its exit status.
fn is_test(script: &Script, node: Node<'_>) -> bool {
    match node.kind() {
        "test_command" => true,
        "negated_command" => true,
        "command" => matches!(
            script.text(node).split_whitespace().next(),
            Some("test" | "grep" | "true" | "false")
        ),
        _ => false,
    }
}

/// Whether a text that is not understood could be a deployment.
pub(crate) fn mentions_deployment(text: &str) -> bool {
    ["aws ", "s3://", "s3cmd", "rclone", "s5cmd", "cloudfront", "boto3"]
        .iter()
        .any(|word| text.contains(word))
}

/// A command's words for messages.
pub(crate) fn shown_command(words: &str) -> String {
    shorten(words, 80)
}
