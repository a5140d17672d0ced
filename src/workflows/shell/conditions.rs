//! Conditions of the shell: `test`, `[ … ]`, `[[ … ]]` and the patterns of `case`.

use std::rc::Rc;

use tree_sitter::Node;

use super::run::Shell;
use super::script::Script;
use crate::workflows::choice::{Choice, Decision};
use crate::workflows::text::Text;
use crate::workflows::value::{Value, lift};

impl Shell<'_> {
    /// Runs a condition and tells how it comes out: branch 0 is success.
    pub(crate) fn decide(&mut self, script: &Rc<Script>, node: Node<'_>) -> Decision {
        if self.is_too_deep(script, node) {
            return self.unknown(script, node);
        }
        self.depth += 1;
        let decision = self.decided(script, node);
        self.depth -= 1;
        decision
    }

    fn decided(&mut self, script: &Rc<Script>, node: Node<'_>) -> Decision {
        match node.kind() {
            "test_command" => match node.named_child(0) {
                Some(inner) => self.test(script, inner),
                None => Decision::of(false),
            },
            "negated_command" => match node.named_child(0) {
                Some(inner) => self.decide(script, inner).negated(),
                None => self.unknown(script, node),
            },
            "list" => {
                let (Some(left), Some(right)) = (node.named_child(0), node.named_child(1)) else {
                    return self.unknown(script, node);
                };
                let and = has_token(node, "&&");
                let left = self.decide(script, left);
                let right = self.decide(script, right);
                combined(&left, &right, and)
            }
            "command" => {
                let text = script.text(node);
                match text.split_whitespace().next() {
                    Some("true" | ":") => return Decision::of(true),
                    Some("false") => return Decision::of(false),
                    Some("test") => {
                        return self.test_words(script, node);
                    }
                    _ => {}
                }
                self.run(script, node, &Value::Text(Text::new()));
                self.unknown(script, node)
            }
            _ => {
                self.run(script, node, &Value::Text(Text::new()));
                self.unknown(script, node)
            }
        }
    }

    /// A question that only the run answers.
    pub(crate) fn unknown(&self, script: &Script, node: Node<'_>) -> Decision {
        Decision::unknown(self.question(script, node))
    }

    fn question(&self, script: &Script, node: Node<'_>) -> Choice {
        let id = format!("{} {}", script.place(node), self.job);
        Choice::yes_no(&id, &script.shown(node))
    }

    fn test(&mut self, script: &Rc<Script>, node: Node<'_>) -> Decision {
        if self.is_too_deep(script, node) {
            return self.unknown(script, node);
        }
        self.depth += 1;
        let decision = self.tested(script, node);
        self.depth -= 1;
        decision
    }

    fn tested(&mut self, script: &Rc<Script>, node: Node<'_>) -> Decision {
        match node.kind() {
            "parenthesized_expression" => match node.named_child(0) {
                Some(inner) => self.test(script, inner),
                None => self.unknown(script, node),
            },
            "unary_expression" => {
                let operator = node
                    .child_by_field_name("operator")
                    .map(|o| script.text(o).to_string())
                    .unwrap_or_default();
                let Some(operand) = node.named_child(node.named_child_count().saturating_sub(1) as _) else {
                    return self.unknown(script, node);
                };
                match operator.as_str() {
                    "!" => self.test(script, operand).negated(),
                    "-n" => {
                        let value = self.word(script, operand);
                        self.filled(&value)
                    }
                    "-z" => {
                        let value = self.word(script, operand);
                        self.filled(&value).negated()
                    }
                    _ => self.unknown(script, node),
                }
            }
            "binary_expression" => self.test_binary(script, node),
            _ => {
                let value = self.word(script, node);
                self.filled(&value)
            }
        }
    }

    fn test_binary(&mut self, script: &Rc<Script>, node: Node<'_>) -> Decision {
        let operator = node
            .child_by_field_name("operator")
            .map(|o| script.text(o).to_string())
            .unwrap_or_default();
        let (Some(left), Some(right)) = (node.child_by_field_name("left"), node.child_by_field_name("right")) else {
            return self.unknown(script, node);
        };
        match operator.as_str() {
            "&&" | "||" | "-a" | "-o" => {
                let left = self.test(script, left);
                let right = self.test(script, right);
                combined(&left, &right, matches!(operator.as_str(), "&&" | "-a"))
            }
            "=" | "==" | "!=" => {
                let left = self.word(script, left);
                let quoted = matches!(right.kind(), "string" | "raw_string");
                let pattern = self.word(script, right);
                let question = self.question(script, node);
                let same = self.same(&left, &pattern, quoted, &question);
                if operator == "!=" { same.negated() } else { same }
            }
            "-eq" | "-ne" => {
                let left = self.word(script, left).to_text().resolved();
                let right = self.word(script, right).to_text().resolved();
                let number = |t: Option<String>| t.and_then(|t| t.trim().parse::<i64>().ok());
                match (number(left), number(right)) {
                    (Some(a), Some(b)) => Decision::of((a == b) == (operator == "-eq")),
                    _ => self.unknown(script, node),
                }
            }
            _ => self.unknown(script, node),
        }
    }

    /// `test a = b` as a plain command.
    fn test_words(&mut self, script: &Rc<Script>, node: Node<'_>) -> Decision {
        let mut cursor = node.walk();
        let arguments: Vec<Node<'_>> = node.children_by_field_name("argument", &mut cursor).collect();
        let values: Vec<Value> = arguments.iter().map(|a| self.word(script, *a)).collect();
        let operator = |index: usize| values.get(index).and_then(Value::as_literal);
        match values.len() {
            1 => self.filled(&values[0]),
            2 if operator(0) == Some("-n") => self.filled(&values[1]),
            2 if operator(0) == Some("-z") => self.filled(&values[1]).negated(),
            3 if matches!(operator(1), Some("=" | "==")) => {
                let question = self.question(script, node);
                self.same(&values[0], &values[2], true, &question)
            }
            3 if operator(1) == Some("!=") => {
                let question = self.question(script, node);
                self.same(&values[0], &values[2], true, &question).negated()
            }
            _ => self.unknown(script, node),
        }
    }

    /// Whether a value is not empty.
    fn filled(&self, value: &Value) -> Decision {
        let asking = self.asking();
        value.to_text_value().decide(&|open| {
            let shown = open.to_text().display();
            Choice::yes_no(&asking.choice(&shown).id, &format!("{shown} is set"))
        })
    }

    /// Whether a value equals a pattern; quoted patterns have no wildcards.
    pub(crate) fn same(&self, value: &Value, pattern: &Value, quoted: bool, question: &Choice) -> Decision {
        let asking = self.asking();
        let both = [value.to_text_value(), pattern.to_text_value()];
        let answer = lift(&both, &mut |plain| {
            let [value, pattern] = plain else {
                return Value::Null;
            };
            let (text, pattern_text) = (value.to_text(), pattern.to_text());
            let wild = !quoted && pattern_text.as_literal().is_some_and(|p| p.contains(['*', '?', '[']));
            match (text.resolved(), pattern_text.resolved()) {
                _ if !quoted && pattern_text.as_literal() == Some("*") => Value::Bool(true),
                (Some(text), Some(pattern)) if wild => Value::Bool(glob_matches(&pattern, &text)),
                (Some(text), Some(pattern)) => Value::Bool(text == pattern),
                _ if wild => Value::split(question.clone(), vec![Value::Bool(true), Value::Bool(false)]),
                _ => asking.equals(value, pattern),
            }
        });
        answer.decide(&|_| question.clone())
    }
}

/// `left && right` or `left || right`.
fn combined(left: &Decision, right: &Decision, and: bool) -> Decision {
    let stop = usize::from(and);
    left.then(&|branch| {
        if branch == stop {
            Decision::Go(branch)
        } else {
            right.clone()
        }
    })
}

/// Whether a node has an anonymous child with this text.
pub(crate) fn has_token(node: Node<'_>, token: &str) -> bool {
    let mut cursor = node.walk();
    node.children(&mut cursor).any(|c| c.kind() == token)
}

/// Matches a shell pattern with `*`, `?` and simple classes.
pub(crate) fn glob_matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    let text: Vec<char> = text.chars().collect();
    if pattern.len().saturating_mul(text.len()) > 1_000_000 {
        return false;
    }
    // reachable[j]: the pattern so far matches the first j characters.
    let mut reachable = vec![false; text.len() + 1];
    reachable[0] = true;
    let mut at = 0;
    while at < pattern.len() {
        let mut next = vec![false; text.len() + 1];
        match pattern[at] {
            '*' => {
                let mut seen = false;
                for (j, slot) in next.iter_mut().enumerate() {
                    seen |= reachable[j];
                    *slot = seen;
                }
                at += 1;
            }
            '[' => {
                let close = pattern[at + 1..].iter().skip(1).position(|c| *c == ']');
                let Some(close) = close.map(|c| at + 2 + c) else {
                    return false;
                };
                let class = &pattern[at + 1..close];
                for j in 0..text.len() {
                    next[j + 1] = reachable[j] && in_class(class, text[j]);
                }
                at = close + 1;
            }
            c => {
                for j in 0..text.len() {
                    next[j + 1] = reachable[j] && (c == '?' || c == text[j]);
                }
                at += 1;
            }
        }
        reachable = next;
    }
    reachable[text.len()]
}

fn in_class(class: &[char], c: char) -> bool {
    let (negated, class) = match class.first() {
        Some('!' | '^') => (true, &class[1..]),
        _ => (false, class),
    };
    let mut found = false;
    let mut at = 0;
    while at < class.len() {
        if at + 2 < class.len() && class[at + 1] == '-' {
            found |= class[at] <= c && c <= class[at + 2];
            at += 3;
        } else {
            found |= class[at] == c;
            at += 1;
        }
    }
    found != negated
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_like_the_shells() {
        for (pattern, text, expected) in [
            ("refs/tags/v*", "refs/tags/v1.2", true),
            ("refs/tags/v*", "refs/heads/v1", false),
            ("v?", "v1", true),
            ("[a-c]x", "bx", true),
            ("[!a-c]x", "bx", false),
            ("*", "", true),
            ("a*b*c", "a-b-b-c", true),
        ] {
            assert_eq!(glob_matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
