//! Control flow: lists, conditions, loops, and what their branches leave behind.

use std::rc::Rc;

use tree_sitter::Node;

use super::conditions::has_token;
use super::run::{Shell, is_empty};
use super::script::Script;
use super::state::{Flow, State};
use crate::workflows::choice::{Choice, Decision};
use crate::workflows::text::{Source, Text};
use crate::workflows::value::Value;

/// Rounds of a loop that are followed one by one.
const MAX_ROUNDS: usize = 32;

impl Shell<'_> {
    /// `a && b || c`: tests decide what follows them; any other command is taken to succeed, because a
    /// deployment that matters is the one in which its preparations worked, but it may fail too.
    pub(super) fn list(&mut self, script: &Rc<Script>, node: Node<'_>) -> Value {
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
            certain |= and && inner.1;
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

    pub(super) fn if_statement(&mut self, script: &Rc<Script>, node: Node<'_>) -> Value {
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

    pub(super) fn case_statement(&mut self, script: &Rc<Script>, node: Node<'_>) -> Value {
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

    pub(super) fn for_statement(&mut self, script: &Rc<Script>, node: Node<'_>) -> Value {
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
    pub(super) fn while_statement(&mut self, script: &Rc<Script>, node: Node<'_>) -> Value {
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
