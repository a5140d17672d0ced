//! `.tf` files: HCL's own syntax.

use hcl::edit::Span;
use hcl::edit::expr::{Expression as Hcl, ObjectKey, TraversalOperator};
use hcl::edit::structure;

use super::error::SyntaxError;
use super::syntax::{Attribute, Block, Body, Expression, Item, Lines};
use crate::expected::Step;

/// The top-level blocks of a file that matter here.
///
/// # Errors
/// Text that is not HCL, or nested deeper than the parser goes (64 levels).
pub(super) fn parse(file: &str, text: &str) -> Result<Vec<Block>, SyntaxError> {
    let body: structure::Body = text.parse().map_err(|error: hcl::edit::parser::Error| {
        SyntaxError::at(
            file,
            text,
            error.location().offset(),
            error.message().replace('\n', "; "),
        )
    })?;
    let lines = Lines::of(text);
    let wanted = body.blocks().filter(|block| {
        super::module::KINDS
            .iter()
            .any(|(kind, _)| *kind == block.ident.as_str())
    });
    Ok(wanted.map(|found| block(found, &lines)).collect())
}

/// An expression in text of its own; none if it does not parse.
pub(super) fn expression(text: &str) -> Option<Expression> {
    let parsed: Hcl = text.parse().ok()?;
    Some(convert(&parsed, &Lines::of(text)))
}

fn block(block: &structure::Block, lines: &Lines) -> Block {
    let kind = block.ident.as_str();
    // A resource's own arguments are nobody's business here, and they are most of the text.
    let matters = |name: &str| kind != "resource" || super::module::RESOURCE_PARTS.contains(&name);
    Block {
        kind: kind.to_owned(),
        labels: block.labels.iter().map(|label| label.as_str().to_owned()).collect(),
        line: block.span().map_or(0, |span| lines.at(span.start)),
        body: Body {
            attributes: block
                .body
                .attributes()
                .filter(|attribute| matters(attribute.key.as_str()))
                .map(|attribute| Attribute {
                    name: attribute.key.as_str().to_owned(),
                    value: item(&attribute.value, lines),
                })
                .collect(),
            blocks: block
                .body
                .blocks()
                .filter(|inner| matters(inner.ident.as_str()))
                .map(|inner| self::block(inner, lines))
                .collect(),
        },
    }
}

fn item(expression: &Hcl, lines: &Lines) -> Item {
    Item {
        line: expression.span().map_or(0, |span| lines.at(span.start)),
        value: convert(expression, lines),
    }
}

fn convert(expression: &Hcl, lines: &Lines) -> Expression {
    match expression {
        Hcl::Null(_) => Expression::Null,
        Hcl::Bool(truth) => Expression::Bool(*truth.value()),
        Hcl::Number(number) => number.value().as_f64().map_or(Expression::Other, Expression::Number),
        Hcl::String(text) => Expression::Text(text.value().clone()),
        Hcl::Array(items) => Expression::List(items.iter().map(|inner| item(inner, lines)).collect()),
        Hcl::Object(members) => Expression::Object(
            members
                .iter()
                .map(|(key, value)| (object_key(key), item(value.expr(), lines)))
                .collect(),
        ),
        Hcl::Parenthesis(inner) => match convert(inner.inner(), lines) {
            // Terraform takes no parentheses around a reference that it does not evaluate.
            Expression::Reference(_) => Expression::Other,
            value => value,
        },
        Hcl::Variable(name) => Expression::Reference(vec![Some(Step::Attribute(name.as_str().to_owned()))]),
        Hcl::Traversal(traversal) => {
            let Hcl::Variable(root) = &traversal.expr else {
                return Expression::Other;
            };
            let mut steps = vec![Some(Step::Attribute(root.as_str().to_owned()))];
            for operator in &traversal.operators {
                match operator.value() {
                    TraversalOperator::GetAttr(name) => steps.push(Some(Step::Attribute(name.as_str().to_owned()))),
                    TraversalOperator::LegacyIndex(index) => steps.push(Some(Step::Index(*index.value()))),
                    TraversalOperator::Index(Hcl::String(key)) => steps.push(Some(Step::Key(key.value().clone()))),
                    TraversalOperator::Index(Hcl::Number(index)) => match index.value().as_u64() {
                        Some(index) => steps.push(Some(Step::Index(index))),
                        None => return Expression::Other,
                    },
                    TraversalOperator::Index(_) => steps.push(None),
                    TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => return Expression::Other,
                }
            }
            Expression::Reference(steps)
        }
        Hcl::FuncCall(call) if call.name.namespace.is_empty() && !call.args.expand_final() => Expression::Call(
            call.name.name.as_str().to_owned(),
            call.args.iter().map(|argument| item(argument, lines)).collect(),
        ),
        _ => Expression::Other,
    }
}

fn object_key(key: &ObjectKey) -> Option<String> {
    match key {
        ObjectKey::Ident(name) => Some(name.as_str().to_owned()),
        ObjectKey::Expression(Hcl::String(text)) => Some(text.value().clone()),
        ObjectKey::Expression(Hcl::Variable(name)) => Some(name.as_str().to_owned()),
        ObjectKey::Expression(Hcl::Number(number)) => Some(number.value().to_string()),
        ObjectKey::Expression(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_have_lines_and_resources_only_what_matters() {
        let text = "# first\r\nresource \"aws_s3_bucket\" site {\r\n  bucket = var.x\r\n  count  = 2\r\n  website {\r\n    index_document = \"i\"\r\n  }\r\n  lifecycle {\r\n    ignore_changes = all # why\r\n  }\r\n}\r\nlocals {\r\n}\r\n";
        let blocks = parse("main.tf", text).unwrap();
        assert_eq!(blocks.len(), 1);
        let resource = &blocks[0];
        assert_eq!(resource.labels, ["aws_s3_bucket", "site"]);
        assert_eq!(resource.line, 2);
        assert_eq!(resource.body.attributes.len(), 1);
        let lifecycle = resource.body.blocks("lifecycle").next().unwrap();
        assert_eq!(lifecycle.line, 8);
        let all = lifecycle.body.attribute("ignore_changes").unwrap();
        assert_eq!(all.line, 9);
        assert_eq!(
            all.value.static_reference(),
            Some(vec![Step::Attribute("all".to_owned())])
        );
    }

    #[test]
    fn an_error_says_where() {
        let error = parse("main.tf", "a {\n  b = = 2\n}\n").unwrap_err();
        assert_eq!((error.place.line, error.column), (2, 7));
        assert_eq!(error.line, "  b = = 2");
    }

    #[test]
    fn references_that_need_evaluation_are_not_static() {
        for text in [
            "tags[x]",
            "website[*].x",
            "(tags)",
            "tags[\"${var.x}\"]",
            "a[-1]",
            "f(x)",
            "a + b",
        ] {
            let value = expression(text).unwrap();
            assert_eq!(value.static_reference(), None, "{text}");
        }
    }
}
