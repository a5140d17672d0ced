//! Following the statements of a script.

use std::rc::Rc;

use tree_sitter::Node;

use super::conditions::has_token;
use super::script::{Script, shorten};
use super::state::{Flow, Function, State};

use crate::workflows::compare::Asking;
use crate::workflows::journal::{Here, Journal};
use crate::workflows::mapping::Mapping;
use crate::workflows::repository::Repository;
use crate::workflows::text::{Source, Text};
use crate::workflows::value::Value;

/// Nesting of statements, functions and scripts that is followed.
const MAX_DEPTH: usize = 60;
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

    pub(super) fn sequence(&mut self, script: &Rc<Script>, nodes: &[Node<'_>]) -> Value {
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
            "test_command" => {
                self.decide(script, node);
                nothing
            }
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

    fn pipeline(&mut self, script: &Rc<Script>, node: Node<'_>, input: &Value) -> Value {
        let mut cursor = node.walk();
        let stages: Vec<Node<'_>> = node.named_children(&mut cursor).collect();
        let mut data = input.clone();
        for stage in stages {
            data = self.run(script, stage, &data);
        }
        data
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
                // `export $(…)`: what is printed names the variables.
                "command_substitution" | "concatenation" | "expansion" | "simple_expansion" => {
                    let printed = self.word(script, child).to_text();
                    self.state.set_elsewhere |= printed.is_open();
                    for field in printed.fields() {
                        if let Some((name, value)) = field.split_once("=") {
                            self.state.assign(&name.display(), Value::Text(value));
                        }
                    }
                }
                "variable_name" if exported => {
                    self.state.exported.insert(script.text(child).to_string());
                }
                _ => {}
            }
        }
    }
}

/// Whether nothing was printed.
pub(crate) fn is_empty(value: &Value) -> bool {
    value.as_literal() == Some("")
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
