//! Templates: their literal parts as Terraform reads them.
//!
//! The parser strips the indentation of `<<-` in another way than Terraform and does not strip at all for `~`, so the
//! literals are taken from the source text again. Terraform works on one flat row of pieces in which a heredoc's
//! literals end with their line: a `~` strips within the line it touches, and only what is left then counts for the
//! indentation.

use std::collections::VecDeque;

use hcl::edit::Span as _;
use hcl::edit::template::{Directive, Element, HeredocTemplate, StringTemplate, Strip, Template};

use super::Compiler;
use crate::language::tree::{For, Kind, Node, Span};

/// A piece of a template, in the order of the text.
enum Piece {
    Literal(String),
    /// The start or the end of an interpolation or directive, all in one.
    Sequence(Strip),
}

/// Where the literals of a template come from.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// A string in quotes: they are as the parser gave them.
    Quoted,
    /// `<<`: they stand in the source as they are.
    Heredoc,
    /// `<<-`: and are to lose the indentation they have in common.
    Indented,
}

impl Compiler<'_> {
    pub(super) fn string_template(&mut self, template: &StringTemplate, span: Span) -> Node {
        if let Some(Element::Interpolation(only)) = template.as_single_element() {
            // `"${x}"` is x itself, of whatever type.
            return self.node(&only.expr, span);
        }
        self.whole_template(template, span, Form::Quoted)
    }

    pub(super) fn heredoc(&mut self, heredoc: &HeredocTemplate, span: Span) -> Node {
        let indented = self.source.slice(span.into()).starts_with("<<-");
        let form = if indented { Form::Indented } else { Form::Heredoc };
        self.whole_template(&heredoc.template, span, form)
    }

    fn whole_template(&mut self, template: &Template, span: Span, form: Form) -> Node {
        let mut pieces = Vec::new();
        let mut counts = VecDeque::new();
        self.flatten(template, form, &mut pieces, &mut counts);
        strip(&mut pieces);
        if form == Form::Indented {
            dedent(&mut pieces);
        }
        let literals = pieces.into_iter().filter_map(|piece| match piece {
            Piece::Literal(text) => Some(text),
            Piece::Sequence(_) => None,
        });
        let mut literals: VecDeque<String> = literals.collect();
        let mut next = || {
            let count = counts.pop_front().unwrap_or(0);
            literals.drain(..count).collect::<String>()
        };
        self.body(template, span, &mut next)
    }

    /// Adds the pieces of `template`, and for each of its literals how many pieces it became.
    fn flatten(&self, template: &Template, form: Form, pieces: &mut Vec<Piece>, counts: &mut VecDeque<usize>) {
        for element in template.iter() {
            match element {
                Element::Literal(literal) => {
                    let before = pieces.len();
                    match literal.span().filter(|_| form != Form::Quoted) {
                        None => pieces.push(Piece::Literal(literal.value().clone())),
                        Some(span) => pieces.extend(
                            self.source
                                .slice(span)
                                .split_inclusive('\n')
                                .map(|line| Piece::Literal(line.replace("$${", "${").replace("%%{", "%{"))),
                        ),
                    }
                    counts.push_back(pieces.len() - before);
                }
                Element::Interpolation(interpolation) => pieces.push(Piece::Sequence(interpolation.strip)),
                Element::Directive(directive) => match &**directive {
                    Directive::If(conditional) => {
                        pieces.push(Piece::Sequence(conditional.if_expr.strip));
                        self.flatten(&conditional.if_expr.template, form, pieces, counts);
                        if let Some(otherwise) = &conditional.else_expr {
                            pieces.push(Piece::Sequence(otherwise.strip));
                            self.flatten(&otherwise.template, form, pieces, counts);
                        }
                        pieces.push(Piece::Sequence(conditional.endif_expr.strip));
                    }
                    Directive::For(looped) => {
                        pieces.push(Piece::Sequence(looped.for_expr.strip));
                        self.flatten(&looped.for_expr.template, form, pieces, counts);
                        pieces.push(Piece::Sequence(looped.endfor_expr.strip));
                    }
                },
            }
        }
    }

    /// The template as a node; `next` gives its literals one after another.
    fn body(&mut self, template: &Template, outer: Span, next: &mut dyn FnMut() -> String) -> Node {
        let mut parts = Vec::with_capacity(template.len());
        for element in template.iter() {
            let span = element.span().map_or(outer, Span::from);
            parts.push(match element {
                Element::Literal(_) => Node::constant(span, next()),
                Element::Interpolation(interpolation) => self.node(&interpolation.expr, span),
                Element::Directive(directive) => match &**directive {
                    Directive::If(conditional) => {
                        let condition = self.node(&conditional.if_expr.cond_expr, span);
                        let then = self.body(&conditional.if_expr.template, span, next);
                        let otherwise = match &conditional.else_expr {
                            Some(otherwise) => self.body(&otherwise.template, span, next),
                            None => Node::constant(span, ""),
                        };
                        self.choice(span, condition, [then, otherwise])
                    }
                    Directive::For(looped) => {
                        let looped = &looped.for_expr;
                        let collection = self.node(&looped.collection_expr, span);
                        let depth = self.locals.len();
                        let key = looped.key_var.as_ref().map(|name| name.value().as_str());
                        self.enter(key, looped.value_var.value());
                        let result = self.body(&looped.template, span, next);
                        self.locals.truncate(depth);
                        let looped = For {
                            collection,
                            keyed: key.is_some(),
                            key: None,
                            result,
                            condition: None,
                            grouped: false,
                        };
                        Node::new(span, Kind::Join(Box::new(looped)))
                    }
                },
            });
        }
        self.folded(outer, Kind::Template(parts))
    }
}

/// Strips the white space that `~` asks for from the pieces beside it.
fn strip(pieces: &mut [Piece]) {
    for at in 0..pieces.len() {
        let Piece::Sequence(strip) = &pieces[at] else {
            continue;
        };
        let (before, after) = match strip {
            Strip::None => (false, false),
            Strip::Start => (true, false),
            Strip::End => (false, true),
            Strip::Both => (true, true),
        };
        if before && let Some(Piece::Literal(text)) = at.checked_sub(1).map(|before| &mut pieces[before]) {
            text.truncate(text.trim_end().len());
        }
        if after && let Some(Piece::Literal(text)) = pieces.get_mut(at + 1) {
            *text = text.trim_start().to_owned();
        }
    }
}

/// Takes off the indentation that all lines have in common. Blank lines do not count; a line that starts with a
/// sequence has none.
fn dedent(pieces: &mut [Piece]) {
    let mut least = usize::MAX;
    let mut starts = Vec::new();
    let mut at_start = true;
    for (at, piece) in pieces.iter().enumerate() {
        let Piece::Literal(text) = piece else {
            if std::mem::take(&mut at_start) {
                least = 0;
            }
            continue;
        };
        if std::mem::take(&mut at_start) && !(text.trim().is_empty() && text.ends_with('\n')) {
            least = least.min(text.chars().take_while(|c| c.is_whitespace()).count());
            starts.push(at);
        }
        at_start = text.ends_with('\n');
    }
    for at in starts {
        if let Piece::Literal(text) = &mut pieces[at] {
            *text = text.chars().skip(least).collect();
        }
    }
}
