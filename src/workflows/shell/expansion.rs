//! `${name}` and its operators.

use std::rc::Rc;

use tree_sitter::Node;

use super::conditions::glob_matches;
use super::run::Shell;
use super::script::Script;
use crate::workflows::choice::Choice;
use crate::workflows::text::{Source, Text};
use crate::workflows::value::{Value, lift};

impl Shell<'_> {
    /// The value of `${…}`.
    pub(crate) fn expansion(&mut self, script: &Rc<Script>, node: Node<'_>) -> Value {
        let text = script.text(node).to_string();
        let inner = text.strip_prefix("${").and_then(|t| t.strip_suffix('}')).unwrap_or("");
        let shown = script.shown(node);
        let not_understood = || {
            Value::open(
                shown.clone(),
                Source::NotUnderstood,
                "this form of expansion is not understood",
            )
        };
        if inner.starts_with(char::is_whitespace) {
            let what = format!("`{shown}` is a bad substitution: bash ends the script here with an error");
            let place = script.place(node);
            self.state.doubt = Some(format!("{place}: {what}"));
            self.journal.list(place, what);
            return not_understood();
        }
        if let Some(name) = inner.strip_prefix('#') {
            if name.is_empty() {
                return self.parameter("#");
            }
            return not_understood();
        }
        if let Some(name) = inner.strip_prefix('!') {
            return self.indirect(name, &shown);
        }
        let end = inner
            .char_indices()
            .find(|(i, c)| {
                let special = *i == 0 && matches!(c, '@' | '*' | '?' | '$' | '-');
                !(c.is_ascii_alphanumeric() || *c == '_' || special)
            })
            .map_or(inner.len(), |(i, _)| i);
        let (name, rest) = inner.split_at(end);
        if name.is_empty() {
            return not_understood();
        }
        let (value, rest) = match rest.strip_prefix('[') {
            Some(subscript) => match subscript.split_once(']') {
                Some((index, rest)) => (self.element(name, index, &shown), rest),
                None => return not_understood(),
            },
            None => (self.parameter(name), rest),
        };
        if rest.is_empty() {
            return value;
        }
        let operator_at = node.end_byte() - 1 - rest.len();
        let operators = [
            ":-", ":=", ":?", ":+", "-", "=", "?", "+", "##", "#", "%%", "%", "//", "/#", "/%", "/", "^^", "^", ",,",
            ",", ":",
        ];
        let Some(operator) = operators.iter().find(|o| rest.starts_with(**o)) else {
            return not_understood();
        };
        let argument_range = operator_at + operator.len()..node.end_byte() - 1;
        let raw_argument = &rest[operator.len()..];
        match *operator {
            ":-" | "-" | ":=" | "=" => {
                let default = self.mixed(script, node, argument_range, &unquoted);
                let result = self.defaulted(name, &value, &default);
                if operator.ends_with('=') {
                    self.state.assign(name, result.clone());
                }
                result
            }
            ":?" | "?" => value,
            ":+" | "+" => {
                let alternative = self.mixed(script, node, argument_range, &unquoted);
                if self.state.is_surely_unset(name) {
                    return Value::Text(Text::new());
                }
                self.either(&value, &alternative, &Value::Text(Text::new()))
            }
            "^^" => changed(&value, "upper", &shown, &str::to_uppercase),
            ",," => changed(&value, "lower", &shown, &str::to_lowercase),
            "#" | "##" | "%" | "%%" => {
                let pattern = self.mixed(script, node, argument_range, &unquoted);
                remove(&value, &pattern, operator, &shown)
            }
            "/" | "//" => {
                let (from, to) = raw_argument.split_once('/').unwrap_or((raw_argument, ""));
                let plain = !from.contains(['*', '?', '[', '$', '\\', '"', '\''])
                    && !to.contains(['$', '\\', '"', '\''])
                    && !script.has_hole(&argument_range);
                if !plain || from.is_empty() {
                    return open_unless_known(&value, &shown);
                }
                let every = *operator == "//";
                changed(&value, "replace", &shown, &move |text| {
                    if every {
                        text.replace(from, to)
                    } else {
                        text.replacen(from, to, 1)
                    }
                })
            }
            ":" => substring(&value, raw_argument, &shown),
            _ => not_understood(),
        }
    }

    /// `${X:-y}`: the variable when it has a value, else the default.
    fn defaulted(&self, name: &str, value: &Value, default: &Value) -> Value {
        if name.parse::<usize>().is_err() && self.state.is_surely_unset(name) {
            return default.clone();
        }
        self.either(value, value, default)
    }

    /// `full` where the value is not empty, `empty` where it is.
    fn either(&self, value: &Value, full: &Value, empty: &Value) -> Value {
        let asking = self.asking();
        let decision = value.decide(&|open| {
            let shown = open.to_text().display();
            Choice::yes_no(&asking.choice(&shown).id, &format!("{shown} is set"))
        });
        Value::joined(&decision, &|branch| {
            Some(if branch == 0 { full.clone() } else { empty.clone() })
        })
        .unwrap_or(Value::Null)
    }

    fn indirect(&mut self, name: &str, shown: &str) -> Value {
        let pointer = self.parameter(name);
        lift(
            std::slice::from_ref(&pointer),
            &mut |plain| match plain.first().and_then(|p| p.to_text().resolved()) {
                Some(name) => self.parameter(&name),
                None => Value::open(shown, Source::NotUnderstood, "the name is not known"),
            },
        )
    }

    fn element(&self, name: &str, index: &str, shown: &str) -> Value {
        let Some(Value::Array(items)) = self.state.variables.get(name) else {
            return Value::open(shown, Source::NotUnderstood, "the list is not known");
        };
        if matches!(index, "@" | "*") {
            let mut parts = Vec::new();
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    parts.push(Value::literal(" "));
                }
                parts.push(item.clone());
            }
            return Value::concat(&parts);
        }
        let position = index.trim_start_matches('$');
        let position = match position.parse::<usize>() {
            Ok(position) => Some(position),
            Err(_) => self
                .parameter(position)
                .to_text()
                .resolved()
                .and_then(|text| text.parse().ok()),
        };
        match position.and_then(|p| items.get(p)) {
            Some(value) => value.clone(),
            None => Value::open(shown, Source::NotUnderstood, "the element is not known"),
        }
    }
}

/// Drops the quotes that an operator's argument may carry.
fn unquoted(text: &str) -> String {
    text.trim_matches(['"', '\'']).to_string()
}

/// Changes a known value; an open one stays open under the words of the script.
pub(crate) fn changed(value: &Value, name: &str, shown: &str, change: &dyn Fn(&str) -> String) -> Value {
    value.map_text(&mut |text| match text.change(name, change) {
        Some(text) => Value::Text(text),
        None => derived(text, shown),
    })
}

fn open_unless_known(value: &Value, shown: &str) -> Value {
    value.map_text(&mut |text| {
        if text.is_empty() {
            return Value::Text(text.clone());
        }
        derived(text, shown)
    })
}

/// An open value that was made out of another one.
pub(crate) fn derived(text: &Text, shown: &str) -> Value {
    let expression = match text.open_parts().next() {
        Some(open) if !shown.contains(open.expression.as_str()) => {
            format!("{shown} of {}", open.expression)
        }
        _ => shown.to_string(),
    };
    let (source, why) = match text.open_parts().next() {
        Some(open) => (open.source, open.why.clone()),
        None => (
            Source::NotUnderstood,
            "the change made to it is not understood".to_string(),
        ),
    };
    Value::open(expression, source, &why)
}

fn remove(value: &Value, pattern: &Value, operator: &str, shown: &str) -> Value {
    let Some(pattern) = pattern.as_literal().map(str::to_string) else {
        return open_unless_known(value, shown);
    };
    if let Some(branch) = branch_of_ref(value, &pattern).filter(|_| operator == "#") {
        return branch;
    }
    let longest = operator.len() == 2;
    let front = operator.starts_with('#');
    changed(value, "part", shown, &move |text| {
        let mut cuts: Vec<usize> = text.char_indices().map(|(i, _)| i).collect();
        cuts.push(text.len());
        if front == longest {
            cuts.reverse();
        }
        for cut in cuts {
            let part = if front { &text[..cut] } else { &text[cut..] };
            if glob_matches(&pattern, part) {
                let kept = if front { &text[cut..] } else { &text[..cut] };
                return kept.to_string();
            }
        }
        text.to_string()
    })
}

/// `github.ref` without `refs/heads/` is the branch's name, which has an expression of its own.
pub(crate) fn branch_of_ref(value: &Value, prefix: &str) -> Option<Value> {
    let Value::Text(text) = value else {
        return None;
    };
    let open = text.open_parts().next()?;
    let whole = text.pieces().len() == 1 && open.expression == "github.ref";
    (whole && prefix == "refs/heads/").then(|| Value::open("github.ref_name", open.source, &open.why))
}

fn substring(value: &Value, argument: &str, shown: &str) -> Value {
    let mut numbers = argument.split(':').map(|n| n.trim().parse::<usize>());
    let (start, length) = match (numbers.next(), numbers.next()) {
        (Some(Ok(start)), None) => (start, usize::MAX),
        (Some(Ok(start)), Some(Ok(length))) => (start, length),
        _ => return open_unless_known(value, shown),
    };
    changed(value, "part", shown, &move |text| {
        text.chars().skip(start).take(length).collect()
    })
}
