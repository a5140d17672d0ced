//! Variables, what is reached from them, and functions.

use std::sync::Arc;

use hcl::edit::Decorated;
use hcl::edit::Span as _;
use hcl::edit::expr::{Expression as Hcl, FuncCall, Traversal, TraversalOperator};

use super::Compiler;
use crate::language::functions::Function;
use crate::language::functions::patterns::{Glob, Search};
use crate::language::number::Number;
use crate::language::suggest;
use crate::language::tree::{Call, Kind, Node, Span, Step, StepKind};
use crate::language::value::Value;
use crate::language::vocabulary::Root;

/// How many splats may follow one another: each is a loop within the one before.
const SPLATS: usize = 32;

type Operators<'a> = &'a [Decorated<TraversalOperator>];

impl Compiler<'_> {
    /// The variable `name`, which stands at `span`, and what `operators` reach from it; all of it spans `whole`.
    pub(super) fn variable(&mut self, name: &str, span: Span, whole: Span, operators: Operators<'_>) -> Node {
        if let Some(at) = self.locals.iter().rposition(|local| local == name) {
            return self.reach(Node::new(span, Kind::Local(at)), operators, whole);
        }
        match self.vocabulary.root(name) {
            Some(Root::Open(slot)) => self.reach(Node::new(span, Kind::Slot(*slot)), operators, whole),
            Some(Root::Closed(members)) => {
                let first = operators.first().map(|operator| (operator.span(), operator.value()));
                let (place, member) = match first {
                    Some((place, TraversalOperator::GetAttr(member))) => (place, member.as_str()),
                    Some((place, TraversalOperator::Index(Hcl::String(member)))) => (place, member.value().as_str()),
                    _ => {
                        let members = members
                            .iter()
                            .map(|(member, slot)| (Arc::clone(member), *slot))
                            .collect();
                        return self.reach(Node::new(span, Kind::Whole(members)), operators, whole);
                    }
                };
                let place = place.map_or(whole, |place| self.without_dot(place.into()));
                match members.get(member) {
                    Some(slot) => {
                        let span = Span {
                            start: span.start,
                            end: place.end,
                        };
                        self.reach(Node::new(span, Kind::Slot(*slot)), &operators[1..], whole)
                    }
                    None => {
                        let hint = suggest::advice(member, members.keys().map(|name| &**name));
                        self.refuse(place, format!("`{name}` has no member `{member}`"), hint)
                    }
                }
            }
            None => {
                let known = self
                    .vocabulary
                    .root_names()
                    .chain(self.locals.iter().map(String::as_str));
                let hint = suggest::advice(name, known);
                self.refuse(span, format!("no variable `{name}`"), hint)
            }
        }
    }

    pub(super) fn traversal(&mut self, traversal: &Traversal, span: Span) -> Node {
        if let Hcl::Variable(name) = &traversal.expr {
            let place = name.span().map_or(span, Span::from);
            return self.variable(name.value(), place, span, &traversal.operators);
        }
        let base = self.node(&traversal.expr, span);
        self.reach(base, &traversal.operators, span)
    }

    fn reach(&mut self, base: Node, operators: Operators<'_>, whole: Span) -> Node {
        if operators.is_empty() {
            return base;
        }
        let is_splat = |operator: &&Decorated<TraversalOperator>| {
            matches!(
                operator.value(),
                TraversalOperator::FullSplat(_) | TraversalOperator::AttrSplat(_)
            )
        };
        if operators.iter().filter(is_splat).count() > SPLATS {
            return self.refuse(whole, format!("more than {SPLATS} splats in one expression"), None);
        }
        let steps = self.steps(operators, whole);
        let base = Box::new(base);
        Node::new(whole, Kind::Access { base, steps })
    }

    fn steps(&mut self, operators: Operators<'_>, whole: Span) -> Vec<Step> {
        let mut steps = Vec::with_capacity(operators.len());
        let mut rest = operators;
        while let Some((operator, behind)) = rest.split_first() {
            rest = behind;
            let span = operator.span().map_or(whole, |place| self.without_dot(place.into()));
            let kind = match operator.value() {
                TraversalOperator::GetAttr(name) => StepKind::Attribute(name.as_str().into()),
                TraversalOperator::Index(index) => StepKind::Index(self.node(index, span)),
                TraversalOperator::LegacyIndex(index) => StepKind::Index(legacy_index(*index.value(), span)),
                TraversalOperator::FullSplat(_) => StepKind::Splat(self.steps(std::mem::take(&mut rest), whole)),
                TraversalOperator::AttrSplat(_) => {
                    // This older form takes names and numbers only; what follows them applies to its result.
                    let simple = |operator: &Decorated<TraversalOperator>| {
                        matches!(
                            operator.value(),
                            TraversalOperator::GetAttr(_) | TraversalOperator::LegacyIndex(_)
                        )
                    };
                    let end = rest.iter().position(|operator| !simple(operator)).unwrap_or(rest.len());
                    let (each, behind) = rest.split_at(end);
                    rest = behind;
                    StepKind::Splat(self.steps(each, whole))
                }
            };
            steps.push(Step { span, kind });
        }
        steps
    }

    /// The name of `.name`.
    fn without_dot(&self, span: Span) -> Span {
        let text = self.source.slice(span.into());
        let name = text.trim_start_matches('.').trim_start();
        Span {
            start: span.end - name.len(),
            end: span.end,
        }
    }

    pub(super) fn call(&mut self, call: &FuncCall, span: Span) -> Node {
        let name = call.name.name.value().as_str();
        let mut place = call.name.name.span().map_or(span, Span::from);
        let arguments: Vec<Node> = call.args.iter().map(|argument| self.node(argument, span)).collect();
        if call.name.is_namespaced() {
            place.start = span.start;
            return self.refuse(place, "functions of providers are not known here", None);
        }
        let expand = call.args.expand_final();
        match (name, arguments.len()) {
            ("try" | "can", _) if expand => {
                return self.refuse(place, format!("`{name}` takes its arguments one by one"), None);
            }
            ("try", 1..) => return self.folded(span, Kind::Try(arguments)),
            ("try", 0) => return self.refuse(span, "`try` takes at least 1 argument, and none was given", None),
            ("can", count) => {
                let mut arguments = arguments.into_iter();
                return match (arguments.next(), count) {
                    (Some(argument), 1) => self.folded(span, Kind::Can(Box::new(argument))),
                    _ => self.refuse(span, format!("`can` takes 1 argument, and {count} were given"), None),
                };
            }
            _ => {}
        }
        let Some(function) = self.vocabulary.find_function(name) else {
            let known = self.vocabulary.function_names().chain(["can", "try"]);
            let hint = suggest::nearest(name, known);
            return self.refuse(place, format!("no function `{name}`"), hint);
        };
        let function = Arc::clone(function);
        if let Some(complaint) = wrong_count(&function, arguments.len(), expand) {
            return self.refuse(span, complaint, Some(format!("it is {}", function.usage())));
        }
        let kind = match self.prepared(name, arguments, expand) {
            Ok(kind) => kind,
            Err(arguments) => Kind::Call(Box::new(Call {
                function,
                arguments,
                expand,
            })),
        };
        self.folded(span, kind)
    }

    /// Calls with a literal pattern, which is compiled here and now. Other calls get their arguments back.
    fn prepared(&mut self, name: &str, arguments: Vec<Node>, expand: bool) -> Result<Kind, Vec<Node>> {
        if expand || !matches!(name, "glob" | "regex" | "regexall") {
            return Err(arguments);
        }
        let [pattern, text] = <[Node; 2]>::try_from(arguments)?;
        let Some(literal) = pattern.as_constant().and_then(Value::as_str) else {
            return Err(vec![pattern, text]);
        };
        let text = Box::new(text);
        if name == "glob" {
            return Ok(Kind::Glob(Glob::new(literal), text));
        }
        match Search::new(literal, name == "regexall") {
            Ok(search) => Ok(Kind::Search(Box::new(search), text)),
            Err(message) => {
                self.complain(pattern.span, message, None);
                Ok(Kind::Constant(Value::Unknown))
            }
        }
    }
}

fn legacy_index(index: u64, span: Span) -> Node {
    let number = i64::try_from(index).map_or(Number::Fraction(index as f64), Number::Integer);
    Node::constant(span, number)
}

/// What is wrong with this number of arguments.
fn wrong_count(function: &Function, count: usize, expand: bool) -> Option<String> {
    let least = function.least();
    let most = function.most();
    // The last argument stands for any number of them.
    let too_few = !expand && count < least;
    let too_many = most.is_some_and(|most| count.saturating_sub(usize::from(expand)) > most);
    if !too_few && !too_many {
        return None;
    }
    let range = match most {
        None => format!("at least {least}"),
        Some(most) if most == least => format!("{least}"),
        Some(most) => format!("{least} to {most}"),
    };
    let plural = if range == "1" || range == "at least 1" { "" } else { "s" };
    let given = match count {
        0 => "none was".to_owned(),
        1 => "1 was".to_owned(),
        _ => format!("{count} were"),
    };
    let name = function.name();
    Some(format!("`{name}` takes {range} argument{plural}, and {given} given"))
}
