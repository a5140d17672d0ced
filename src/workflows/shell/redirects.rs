//! Redirections: what a statement reads, and where its output goes.

use std::rc::Rc;

use tree_sitter::Node;

use super::conditions::has_token;
use super::run::Shell;
use super::script::Script;
use crate::workflows::text::Text;
use crate::workflows::value::Value;

impl Shell<'_> {
    /// Runs a statement with redirections.
    pub(super) fn redirected(&mut self, script: &Rc<Script>, node: Node<'_>, input: &Value) -> Value {
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
}
