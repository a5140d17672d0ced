//! From the parsed expression to the resolved tree: names are looked up, complaints collected, constants computed.

mod names;
mod template;

use std::sync::Arc;

use hcl::edit::Span as _;
use hcl::edit::expr::{
    Array, BinaryOp, BinaryOperator, Conditional as HclConditional, Expression as Hcl, ForExpr, Object, ObjectKey,
    UnaryOp, UnaryOperator,
};

use super::diagnostic::{Diagnostic, Diagnostics};
use super::evaluate::{Evaluator, two_types};
use super::number::Number;
use super::source::Source;
use super::tree::{Comparison, Conditional, For, Kind, Node, Operation, Span};
use super::types::Type;
use super::value::Value;
use super::vocabulary::{Scope, Slot, Vocabulary};

/// Compiles one expression of `source`.
///
/// # Errors
/// Everything that is wrong whatever the expression is evaluated with.
pub(super) fn compile(expression: &Hcl, source: &Source, vocabulary: &Vocabulary) -> Result<Node, Diagnostics> {
    let mut compiler = Compiler {
        source,
        vocabulary,
        locals: Vec::new(),
        problems: Vec::new(),
    };
    let node = compiler.node(expression, Span { start: 0, end: 0 });
    compiler.problems.into_iter().collect::<Diagnostics>().into_result(node)
}

struct Compiler<'a> {
    source: &'a Source,
    vocabulary: &'a Vocabulary,
    /// The variables of the `for`s around, outermost first.
    locals: Vec<String>,
    problems: Vec<Diagnostic>,
}

impl Compiler<'_> {
    fn complain(&mut self, span: Span, message: impl Into<String>, hint: Option<String>) {
        let diagnostic = self.source.diagnostic(span.into(), message);
        self.problems.push(match hint {
            Some(hint) => diagnostic.with_hint(hint),
            None => diagnostic,
        });
    }

    /// Complains and gives something to go on with.
    fn refuse(&mut self, span: Span, message: impl Into<String>, hint: Option<String>) -> Node {
        self.complain(span, message, hint);
        Node::constant(span, Value::Unknown)
    }

    /// An expression within `outer`, which stands in where the parser gave no position.
    fn node(&mut self, expression: &Hcl, outer: Span) -> Node {
        let span = expression.span().map_or(outer, Span::from);
        match expression {
            Hcl::Null(_) => Node::constant(span, Value::Null),
            Hcl::Bool(bool) => Node::constant(span, *bool.value()),
            Hcl::Number(number) => self.number(number.value(), span),
            Hcl::String(text) => Node::constant(span, text.value().as_str()),
            Hcl::Array(array) => self.array(array, span),
            Hcl::Object(object) => self.object(object, span),
            Hcl::StringTemplate(template) => self.string_template(template, span),
            Hcl::HeredocTemplate(heredoc) => self.heredoc(heredoc, span),
            Hcl::Parenthesis(inner) => self.node(inner.inner(), span),
            Hcl::Variable(name) => self.variable(name.value(), span, span, &[]),
            Hcl::Conditional(conditional) => self.conditional(conditional, span),
            Hcl::FuncCall(call) => self.call(call, span),
            Hcl::Traversal(traversal) => self.traversal(traversal, span),
            Hcl::UnaryOp(operation) => self.unary(operation, span),
            Hcl::BinaryOp(operation) => self.binary(operation, span),
            Hcl::ForExpr(expression) => self.for_expression(expression, span),
        }
    }

    fn number(&mut self, number: &hcl::edit::Number, span: Span) -> Node {
        // The parser keeps what it could not hold as an integer as a double; both are numbers here.
        let number = number
            .as_i64()
            .map(Number::Integer)
            .or_else(|| number.as_f64().and_then(Number::from_f64));
        match number {
            Some(number) => Node::constant(span, number),
            None => self.refuse(span, "this number is too large", None),
        }
    }

    fn array(&mut self, array: &Array, span: Span) -> Node {
        let items = array.iter().map(|item| self.node(item, span)).collect();
        self.folded(span, Kind::Tuple(items))
    }

    fn object(&mut self, object: &Object, span: Span) -> Node {
        let mut members = Vec::with_capacity(object.len());
        for (key, value) in object.iter() {
            let key = self.key(key, span);
            members.push((key, self.node(value.expr(), span)));
        }
        self.folded(span, Kind::Object(members))
    }

    fn key(&mut self, key: &ObjectKey, outer: Span) -> Node {
        let span = key.span().map_or(outer, Span::from);
        match key {
            ObjectKey::Ident(name) => Node::constant(span, name.as_str()),
            ObjectKey::Expression(Hcl::Null(_)) => Node::constant(span, "null"),
            ObjectKey::Expression(Hcl::Traversal(_)) => {
                let hint = Some("put it in parentheses if it is to be evaluated".to_owned());
                self.refuse(span, "this key is no name", hint)
            }
            ObjectKey::Expression(expression) => self.node(expression, span),
        }
    }

    fn conditional(&mut self, conditional: &HclConditional, span: Span) -> Node {
        let condition = self.node(&conditional.cond_expr, span);
        let results = [&conditional.true_expr, &conditional.false_expr].map(|result| self.node(result, span));
        self.choice(span, condition, results)
    }

    fn choice(&mut self, span: Span, condition: Node, results: [Node; 2]) -> Node {
        let types = [results[0].static_type(), results[1].static_type()];
        if let [Some(a), Some(b)] = &types
            && Type::in_common(&[a.clone(), b.clone()]).is_none()
        {
            let message = two_types(a.kind(), b.kind());
            return self.refuse(span, message, None);
        }
        let conditional = Conditional {
            condition,
            results,
            types,
        };
        self.folded(span, Kind::Conditional(Box::new(conditional)))
    }

    fn unary(&mut self, operation: &UnaryOp, span: Span) -> Node {
        let operand = Box::new(self.node(&operation.expr, span));
        let kind = match operation.operator.value() {
            UnaryOperator::Not => Kind::Not(operand),
            UnaryOperator::Neg => Kind::Negate(operand),
        };
        self.folded(span, kind)
    }

    fn binary(&mut self, operation: &BinaryOp, span: Span) -> Node {
        let left = self.node(&operation.lhs_expr, span);
        let right = self.node(&operation.rhs_expr, span);
        let compare = |comparison, left, right| Kind::Compare(comparison, Box::new([left, right]));
        let compute = |operation, left, right| Kind::Arithmetic(operation, Box::new([left, right]));
        let kind = match operation.operator.value() {
            BinaryOperator::And => Kind::All(chain(left, right, |kind| match kind {
                Kind::All(nodes) => Ok(nodes),
                other => Err(other),
            })),
            BinaryOperator::Or => Kind::Any(chain(left, right, |kind| match kind {
                Kind::Any(nodes) => Ok(nodes),
                other => Err(other),
            })),
            BinaryOperator::Eq => equality(left, right, true),
            BinaryOperator::NotEq => equality(left, right, false),
            BinaryOperator::Less => compare(Comparison::Less, left, right),
            BinaryOperator::LessEq => compare(Comparison::LessOrEqual, left, right),
            BinaryOperator::Greater => compare(Comparison::Greater, left, right),
            BinaryOperator::GreaterEq => compare(Comparison::GreaterOrEqual, left, right),
            BinaryOperator::Plus => compute(Operation::Plus, left, right),
            BinaryOperator::Minus => compute(Operation::Minus, left, right),
            BinaryOperator::Mul => compute(Operation::Times, left, right),
            BinaryOperator::Div => compute(Operation::Over, left, right),
            BinaryOperator::Mod => compute(Operation::Modulo, left, right),
        };
        self.folded(span, kind)
    }

    fn for_expression(&mut self, expression: &ForExpr, span: Span) -> Node {
        let intro = &expression.intro;
        let collection = self.node(&intro.collection_expr, span);
        let depth = self.locals.len();
        let key = intro.key_var.as_ref().map(|name| name.value().as_str());
        self.enter(key, intro.value_var.value());
        let looped = For {
            collection,
            keyed: key.is_some(),
            key: expression.key_expr.as_ref().map(|key| self.node(key, span)),
            result: self.node(&expression.value_expr, span),
            condition: expression
                .cond
                .as_ref()
                .map(|condition| self.node(&condition.expr, span)),
            grouped: expression.grouping,
        };
        self.locals.truncate(depth);
        Node::new(span, Kind::For(Box::new(looped)))
    }

    /// Opens the scope of a loop; whoever calls it closes it.
    fn enter(&mut self, key: Option<&str>, value: &str) {
        self.locals.extend(key.map(str::to_owned));
        self.locals.push(value.to_owned());
    }

    /// A node of this kind, or the constant that it is. What fails to evaluate is left to fail when it is reached, since
    /// `try` or a short circuit may stand around it.
    fn folded(&self, span: Span, kind: Kind) -> Node {
        let node = Node::new(span, kind);
        if !has_constant_parts(&node.kind) {
            return node;
        }
        let value = Evaluator::new(&Nothing).value(&node).map(std::borrow::Cow::into_owned);
        match value {
            Ok(value) => Node::constant(span, value),
            Err(_) => node,
        }
    }
}

/// The scope of constants.
struct Nothing;

impl Scope for Nothing {
    fn value(&self, _: Slot) -> &Value {
        &Value::Null
    }
}

/// Whether all that a node is made of is constant already. Loops are left alone: they can take long.
fn has_constant_parts(kind: &Kind) -> bool {
    let constant = |node: &Node| node.as_constant().is_some();
    match kind {
        Kind::Tuple(items) | Kind::Template(items) | Kind::All(items) | Kind::Any(items) | Kind::Try(items) => {
            items.iter().all(constant)
        }
        Kind::Object(members) => members.iter().all(|(key, value)| constant(key) && constant(value)),
        Kind::Conditional(conditional) => constant(&conditional.condition) && conditional.results.iter().all(constant),
        Kind::Not(operand)
        | Kind::Negate(operand)
        | Kind::Can(operand)
        | Kind::EqualsText { operand, .. }
        | Kind::Glob(_, operand)
        | Kind::Search(_, operand) => constant(operand),
        Kind::Equals { sides, .. } | Kind::Compare(_, sides) | Kind::Arithmetic(_, sides) => sides.iter().all(constant),
        Kind::Call(call) => call.function.is_foldable() && call.arguments.iter().all(constant),
        _ => false,
    }
}

/// The operands of a chain of one operator, which the parser nests to the left.
fn chain(left: Node, right: Node, operands: impl Fn(Kind) -> Result<Vec<Node>, Kind>) -> Vec<Node> {
    let mut nodes = match operands(left.kind) {
        Ok(nodes) => nodes,
        Err(kind) => vec![Node::new(left.span, kind)],
    };
    nodes.push(right);
    nodes
}

fn equality(left: Node, right: Node, wanted: bool) -> Kind {
    let text = |node: &Node| match node.as_constant() {
        Some(Value::String(text)) => Some(Arc::clone(text)),
        _ => None,
    };
    if let Some(text) = text(&right) {
        let operand = Box::new(left);
        return Kind::EqualsText { operand, text, wanted };
    }
    if let Some(text) = text(&left) {
        let operand = Box::new(right);
        return Kind::EqualsText { operand, text, wanted };
    }
    let sides = Box::new([left, right]);
    Kind::Equals { sides, wanted }
}
