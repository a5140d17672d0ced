//! How many instances a block has: `count`, `for_each`, and OpenTofu's `enabled`.

use serde_json::Value;

use super::syntax::{Body, Expression};

/// The meta-arguments that decide how many instances there are; for each one that is given, whether it proves that
/// there is at least one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Repetition {
    count: Option<bool>,
    for_each: Option<bool>,
    enabled: Option<bool>,
}

impl Repetition {
    pub(super) fn read(body: &Body) -> Self {
        let given = |name: &str| body.attribute(name).map(|item| &item.value);
        let enabled = body
            .blocks("lifecycle")
            .find_map(|lifecycle| lifecycle.body.attribute("enabled"));
        Self {
            count: given("count").map(counts),
            for_each: given("for_each").map(holds),
            enabled: enabled.map(|item| item.value.literal() == Some(Value::Bool(true))),
        }
    }

    /// Merges the block of an override file into this one.
    pub(super) fn merge(&mut self, over: Repetition) {
        self.count = over.count.or(self.count);
        self.for_each = over.for_each.or(self.for_each);
        self.enabled = over.enabled.or(self.enabled);
    }

    /// Whether it is not proven that there is an instance.
    pub(super) fn may_be_empty(self) -> bool {
        [self.count, self.for_each, self.enabled].contains(&Some(false))
    }
}

fn counts(value: &Expression) -> bool {
    match value {
        Expression::Number(number) => *number >= 1.0,
        Expression::Text(text) => text.parse::<u32>().is_ok_and(|number| number >= 1),
        _ => false,
    }
}

/// A member is a member whatever its value; the members of a set may turn out to be one, but not none.
fn holds(value: &Expression) -> bool {
    match value {
        Expression::Object(members) => !members.is_empty(),
        Expression::Call(function, arguments) => match (function.as_str(), arguments.as_slice()) {
            ("toset", [only]) => matches!(&only.value, Expression::List(items) if !items.is_empty()),
            ("tomap", [only]) => holds(&only.value),
            _ => false,
        },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may_be_empty(text: &str) -> bool {
        let blocks = super::super::native::parse("a.tf", &format!("resource \"a\" \"b\" {{\n{text}\n}}\n")).unwrap();
        Repetition::read(&blocks[0].body).may_be_empty()
    }

    #[test]
    fn only_a_literal_proves_an_instance() {
        for text in [
            "",
            "count = 1",
            "count = (2)",
            "count = \"3\"",
            "for_each = { a = var.x }",
            "for_each = { (var.key) = 1 }",
            "for_each = toset([\"a\"])",
            "for_each = toset([var.a])",
            "for_each = tomap({ a = 1 })",
            "lifecycle {\nenabled = true\n}",
        ] {
            assert!(!may_be_empty(text), "{text}");
        }
        for text in [
            "count = 0",
            "count = var.on ? 1 : 0",
            "count = length(var.x)",
            "for_each = {}",
            "for_each = toset([])",
            "for_each = var.sites",
            "for_each = { for k in var.x : k => k }",
            "for_each = setunion([\"a\"], var.x)",
            "lifecycle {\nenabled = var.on\n}",
        ] {
            assert!(may_be_empty(text), "{text}");
        }
    }
}
