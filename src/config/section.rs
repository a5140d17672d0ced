//! Reading blocks and attributes by the schema: names, labels, duplicates, types.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use hcl::edit::Span as _;
use hcl::edit::expr::{Expression as Hcl, Object, ObjectKey};
use hcl::edit::structure::{self, Body, Structure};

use super::model::{Origin, Sourced};
use super::outside::Evaluator;
use super::problems::Problems;
use super::schema::{Block, Kind, Label};
use crate::language::{Type, Value, convert, suggest};

/// A block that was read, or the file itself.
pub(super) struct Section {
    pub(super) label: Option<Text>,
    /// The block's name and label in the text.
    pub(super) span: Range<usize>,
    pub(super) origin: Origin,
    attributes: BTreeMap<&'static str, Given>,
    /// Names of the attributes that are set, those with a wrong value included.
    written: BTreeSet<&'static str>,
    sections: Vec<(&'static str, Section)>,
}

/// A text in the file.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) text: String,
    pub(super) span: Range<usize>,
    pub(super) origin: Origin,
}

impl Text {
    /// A value that was made of it.
    pub(super) fn sourced<T>(&self, value: T) -> Sourced<T> {
        Sourced {
            value,
            origin: self.origin.clone(),
        }
    }
}

/// The value of an attribute, an element or a member.
#[derive(Clone, Debug)]
pub(super) struct Given {
    pub(super) datum: Datum,
    pub(super) span: Range<usize>,
    pub(super) origin: Origin,
}

#[derive(Clone, Debug)]
pub(super) enum Datum {
    Null,
    /// `secret`: it came out of the environment where a secret may be wanted.
    Text {
        text: String,
        secret: bool,
    },
    Bool(bool),
    Number(i64),
    List(Vec<Given>),
    Map(Vec<Member>),
}

/// A member of a map.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) key: String,
    pub(super) key_span: Range<usize>,
    pub(super) value: Given,
}

impl Given {
    pub(super) fn sourced<T>(&self, value: T) -> Sourced<T> {
        Sourced {
            value,
            origin: self.origin.clone(),
        }
    }

    pub(super) fn text(&self) -> Option<Text> {
        match &self.datum {
            Datum::Text { text, .. } => Some(Text {
                text: text.clone(),
                span: self.span.clone(),
                origin: self.origin.clone(),
            }),
            _ => None,
        }
    }
}

impl Section {
    /// Its label, empty where it has none.
    pub(super) fn name(&self) -> &str {
        self.label.as_ref().map_or("", |label| &label.text)
    }

    pub(super) fn get(&self, attribute: &str) -> Option<&Given> {
        self.attributes.get(attribute)
    }

    /// Whether an attribute is set, be it to a wrong value.
    pub(super) fn is_set(&self, attribute: &str) -> bool {
        self.written.contains(attribute)
    }

    /// An attribute that is a string.
    pub(super) fn text(&self, attribute: &str) -> Option<Text> {
        self.get(attribute)?.text()
    }

    /// An attribute that is a list of strings; empty where it is not set.
    pub(super) fn texts(&self, attribute: &str) -> Vec<Text> {
        match self.get(attribute).map(|given| &given.datum) {
            Some(Datum::List(items)) => items.iter().filter_map(Given::text).collect(),
            _ => Vec::new(),
        }
    }

    /// An attribute that is a map; empty where it is not set.
    pub(super) fn members(&self, attribute: &str) -> &[Member] {
        match self.get(attribute).map(|given| &given.datum) {
            Some(Datum::Map(members)) => members,
            _ => &[],
        }
    }

    /// The blocks of that name in it.
    pub(super) fn sections<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s Section> {
        self.sections
            .iter()
            .filter(move |(of, _)| *of == name)
            .map(|(_, section)| section)
    }
}

/// Reads sections and collects what is wrong with them.
pub(super) struct Reader<'a, 'o> {
    pub(super) problems: Problems<'a>,
    pub(super) evaluator: Evaluator<'o>,
}

impl Reader<'_, '_> {
    /// Reads the whole file.
    pub(super) fn file(&mut self, body: &Body, schema: &'static Block) -> Section {
        self.section(body, schema, None, 0..0)
    }

    fn section(&mut self, body: &Body, schema: &'static Block, label: Option<Text>, span: Range<usize>) -> Section {
        let mut section = Section {
            label,
            origin: self.origin(&span),
            span,
            attributes: BTreeMap::new(),
            written: BTreeSet::new(),
            sections: Vec::new(),
        };
        if schema.handed_over {
            return section;
        }
        let mut first = BTreeMap::new();
        for structure in body {
            match structure {
                Structure::Attribute(attribute) => {
                    let span = attribute.key.span().unwrap_or_default();
                    let Some(known) = schema.attribute(attribute.key.as_str()) else {
                        self.unknown_attribute(attribute.key.as_str(), &span, schema);
                        continue;
                    };
                    let what = format!("`{}`", known.name);
                    match self.given(&what, known.kind, &attribute.value, span) {
                        Some(given) if matches!(given.datum, Datum::Null) => continue,
                        Some(given) => drop(section.attributes.insert(known.name, given)),
                        None => {}
                    }
                    section.written.insert(known.name);
                }
                Structure::Block(block) => {
                    let span = block.ident.span().unwrap_or_default();
                    let Some(known) = schema.block(block.ident.as_str()) else {
                        self.unknown_block(block.ident.as_str(), &span, schema);
                        continue;
                    };
                    let section_of_block = self.block(block, known, span);
                    self.repetition(&section_of_block, known, &mut first);
                    section.sections.push((known.name, section_of_block));
                }
            }
        }
        for attribute in schema.attributes.iter().filter(|attribute| attribute.required) {
            if !section.written.contains(attribute.name) {
                let message = format!("this {} needs `{} = …`", schema.name, attribute.name);
                let hint = format!("for example {}", attribute.example);
                self.problems.advise(&section.span, message, Some(hint));
            }
        }
        section
    }

    fn block(&mut self, block: &structure::Block, schema: &'static Block, ident: Range<usize>) -> Section {
        let end = block
            .labels
            .last()
            .and_then(|label| label.span())
            .map_or(ident.end, |label| label.end);
        let span = ident.start..end;
        let label = block.labels.first().map(|label| {
            let span = label.span().unwrap_or(span.clone());
            Text {
                text: label.as_str().to_owned(),
                origin: self.origin(&span),
                span,
            }
        });
        let name = schema.name;
        match (&schema.label, block.labels.as_slice()) {
            (Label::None, [first, ..]) => {
                let span = first.span().unwrap_or(span.clone());
                self.problems.complain(&span, format!("`{name}` takes no label"));
            }
            (Label::Required(what), []) => {
                let message = format!("`{name}` takes a label: {what}");
                self.problems
                    .advise(&span, message, Some(format!("write {name} \"…\" {{")));
            }
            (_, [_, second, ..]) => {
                let span = second.span().unwrap_or(span.clone());
                self.problems.complain(&span, format!("`{name}` takes one label only"));
            }
            _ => {}
        }
        if let Some(label) = label.as_ref().filter(|label| label.text.is_empty()) {
            self.problems.complain(&label.span, "this label is empty");
        }
        self.section(&block.body, schema, label, span)
    }

    /// Complains about a block that already stands elsewhere; `first` holds where each stands.
    fn repetition(&mut self, section: &Section, schema: &Block, first: &mut BTreeMap<(&'static str, String), usize>) {
        let named = section.label.is_some() && !matches!(schema.label, Label::None);
        if schema.handed_over || (schema.repeats && !named) {
            return;
        }
        let line = self.problems.source().position(section.span.start).line;
        let shown = if schema.repeats {
            format!("{} {:?}", schema.name, section.name())
        } else {
            format!("`{}`", schema.name)
        };
        let key = if schema.repeats {
            section.name().to_owned()
        } else {
            String::new()
        };
        match first.get(&(schema.name, key.clone())) {
            Some(line) => {
                let message = format!("a second {shown}: the first one stands in line {line}");
                self.problems.complain(&section.span, message);
            }
            None => {
                first.insert((schema.name, key), line);
            }
        }
    }

    fn unknown_attribute(&mut self, name: &str, span: &Range<usize>, schema: &Block) {
        if schema.block(name).is_some() {
            let message = format!("`{name}` is a block, not an attribute");
            self.problems
                .advise(span, message, Some(format!("write {name} {{ … }}")));
            return;
        }
        let known = schema.attributes.iter().map(|attribute| attribute.name);
        let hint = match (suggest::nearest(name, known.clone()), schema.owner_of(name)) {
            (Some(nearest), _) => Some(nearest),
            (None, Some(owner)) => Some(format!("it belongs into a block `{}`", owner.name)),
            (None, None) => suggest::advice(name, known),
        };
        let message = match schema.attributes {
            [] => format!("no attribute `{name}`: there are only blocks here"),
            _ => format!("no attribute `{name}` in `{}`", schema.name),
        };
        self.problems.advise(span, message, hint);
    }

    fn unknown_block(&mut self, name: &str, span: &Range<usize>, schema: &Block) {
        if schema.attribute(name).is_some() {
            let message = format!("`{name}` is an attribute, not a block");
            self.problems.advise(span, message, Some(format!("write {name} = …")));
            return;
        }
        let hint = suggest::advice(name, schema.blocks.iter().map(|block| block.name));
        let message = match schema.blocks {
            [] => format!("`{}` holds no blocks", schema.name),
            _ => format!("no block `{name}`"),
        };
        self.problems.advise(span, message, hint);
    }

    /// Reads a value of that kind. `what` it is in messages; `outer` stands in where the parser gave no position.
    pub(super) fn given(&mut self, what: &str, kind: Kind, value: &Hcl, outer: Range<usize>) -> Option<Given> {
        let span = value.span().unwrap_or(outer);
        let element = match kind {
            Kind::Texts => Some(Kind::Text),
            Kind::Scopes(names) => Some(Kind::Choice(names)),
            _ => None,
        };
        if let (Some(element), Hcl::Array(array)) = (element, value) {
            let what = format!("an element of {what}");
            let items: Vec<Option<Given>> = array
                .iter()
                .map(|item| {
                    let given = self.given(&what, element, item, span.clone())?;
                    self.not_null(&what, given)
                })
                .collect();
            return Some(Given {
                datum: Datum::List(items.into_iter().flatten().collect()),
                origin: self.origin(&span),
                span,
            });
        }
        if let (Kind::Variables | Kind::Numbers(_), Hcl::Object(object)) = (kind, value) {
            return Some(self.object(what, kind, object, span));
        }
        // Parts of a computed map cannot be told apart: all of it is treated as the secrets in it are.
        let secret = matches!(kind, Kind::Variables);
        let (value, origin) = self.evaluate(value, &span, secret)?;
        self.converted(what, kind, &value, &Spot { span, origin })
    }

    fn object(&mut self, what: &str, kind: Kind, object: &Object, span: Range<usize>) -> Given {
        let mut members = Vec::new();
        let mut seen = BTreeSet::new();
        for (key, value) in object.iter() {
            let key_span = key.span().unwrap_or(span.clone());
            let Some(key) = self.key(key, &key_span) else { continue };
            if !seen.insert(key.clone()) {
                self.problems.complain(&key_span, format!("a second {key:?} in {what}"));
                continue;
            }
            if !self.key_known(&key, kind, what, &key_span) {
                continue;
            }
            let named = format!("{key:?}");
            let value_span = value.expr().span().unwrap_or(key_span.clone());
            let secret = matches!(kind, Kind::Variables) && key.starts_with("secrets.");
            let found = self.evaluate(value.expr(), &value_span, secret);
            let Some((value, origin)) = found else { continue };
            let spot = Spot {
                span: value_span,
                origin,
            };
            if let Some(value) = self.member(&named, kind, &value, &spot) {
                members.push(Member { key, key_span, value });
            }
        }
        Given {
            datum: Datum::Map(members),
            origin: self.origin(&span),
            span,
        }
    }

    fn key(&mut self, key: &ObjectKey, span: &Range<usize>) -> Option<String> {
        match key {
            ObjectKey::Ident(name) => Some(name.as_str().to_owned()),
            ObjectKey::Expression(Hcl::Traversal(_) | Hcl::Variable(_)) => {
                let hint = format!("write \"{}\"", self.problems.source().slice(span.clone()).trim());
                self.problems.advise(span, "this key needs quotes", Some(hint));
                None
            }
            ObjectKey::Expression(expression) => {
                let (value, _) = self.evaluate(expression, span, false)?;
                let text = value.unmarked().0.as_str().map(str::to_owned);
                if text.is_none() {
                    self.problems
                        .complain(span, format!("a key is a string, and this is of type {}", value.kind()));
                }
                text
            }
        }
    }

    fn key_known(&mut self, key: &str, kind: Kind, what: &str, span: &Range<usize>) -> bool {
        let Kind::Numbers(names) = kind else { return true };
        let known = names();
        if known.contains(&key) {
            return true;
        }
        let hint = suggest::advice(key, known.iter().copied());
        self.problems.advise(span, format!("no key {key:?} in {what}"), hint);
        false
    }

    fn member(&mut self, what: &str, kind: Kind, value: &Value, spot: &Spot) -> Option<Given> {
        if let Kind::Numbers(_) = kind {
            let number = convert(value.unmarked().0, &Type::Number)
                .ok()
                .and_then(|value| value.as_number());
            let whole = number.and_then(|number| number.as_integer());
            return match whole.filter(|number| (1..=1_000_000).contains(number)) {
                Some(number) => Some(spot.given(Datum::Number(number))),
                None => {
                    self.problems
                        .complain(&spot.span, format!("{what} is a whole number from 1 to 1000000"));
                    None
                }
            };
        }
        let (inner, secret) = value.unmarked();
        let text = match inner {
            Value::Null => Err("and this is null".to_owned()),
            inner => convert(inner, &Type::String).map_err(|_| format!("and this is of type {}", inner.kind())),
        };
        match text {
            Ok(text) => Some(spot.given(Datum::Text {
                text: text.as_str().unwrap_or_default().to_owned(),
                secret,
            })),
            Err(why) => {
                self.problems.complain(&spot.span, format!("{what} is a string, {why}"));
                None
            }
        }
    }

    /// An evaluated value as one of that kind.
    fn converted(&mut self, what: &str, kind: Kind, value: &Value, spot: &Spot) -> Option<Given> {
        let (inner, secret) = value.unmarked();
        if secret && !matches!(kind, Kind::Variables) {
            let message = format!("{what} is shown in reports and cannot be sensitive");
            self.problems.complain(&spot.span, message);
            return None;
        }
        let text = |text: &str| {
            Some(spot.given(Datum::Text {
                text: text.to_owned(),
                secret: false,
            }))
        };
        let wrong = format!("{what} is {}, and this is of type {}", kind.described(), inner.kind());
        match (kind, inner) {
            (_, Value::Null) => Some(spot.given(Datum::Null)),
            (Kind::Text, Value::String(empty)) if empty.is_empty() => {
                self.problems.complain(&spot.span, format!("{what} is empty"));
                None
            }
            (Kind::Text | Kind::AnyText, Value::String(given)) => text(given),
            (Kind::Scopes(_), Value::String(given)) if matches!(&**given, "all" | "none") => text(given),
            (Kind::Choice(names) | Kind::Scopes(names), Value::String(given)) => {
                let known = names();
                if matches!(kind, Kind::Choice(_)) && known.contains(&&**given) {
                    return text(given);
                }
                let hint = suggest::nearest(given, known.iter().copied());
                let message = format!("{what} cannot be {:?}: it is {}", &**given, kind.described());
                self.problems.advise(&spot.span, message, hint);
                None
            }
            (Kind::Bool, inner) => match convert(inner, &Type::Bool) {
                Ok(Value::Bool(bool)) => Some(spot.given(Datum::Bool(bool))),
                _ => {
                    self.problems.complain(&spot.span, wrong);
                    None
                }
            },
            (Kind::Texts | Kind::Scopes(_), Value::List(items) | Value::Tuple(items) | Value::Set(items)) => {
                let element = match kind {
                    Kind::Scopes(names) => Kind::Choice(names),
                    _ => Kind::Text,
                };
                let what = format!("an element of {what}");
                let mut all = Vec::with_capacity(items.len());
                for item in items.iter() {
                    if let Some(item) = self.converted(&what, element, item, spot)
                        && let Some(item) = self.not_null(&what, item)
                    {
                        all.push(item);
                    }
                }
                Some(spot.given(Datum::List(all)))
            }
            (Kind::Variables | Kind::Numbers(_), Value::Map(members) | Value::Object(members)) => {
                let mut all = Vec::with_capacity(members.len());
                for (key, value) in members.iter() {
                    if !self.key_known(key, kind, what, &spot.span) {
                        continue;
                    }
                    let value = value.clone().sensitive_if(secret);
                    if let Some(value) = self.member(&format!("{:?}", &**key), kind, &value, spot) {
                        all.push(Member {
                            key: key.to_string(),
                            key_span: spot.span.clone(),
                            value,
                        });
                    }
                }
                Some(spot.given(Datum::Map(all)))
            }
            _ => {
                self.problems.complain(&spot.span, wrong);
                None
            }
        }
    }

    fn not_null(&mut self, what: &str, given: Given) -> Option<Given> {
        if matches!(given.datum, Datum::Null) {
            self.problems.complain(&given.span, format!("{what} is null"));
            return None;
        }
        Some(given)
    }

    fn evaluate(&mut self, value: &Hcl, span: &Range<usize>, secret: bool) -> Option<(Value, Origin)> {
        let source = self.problems.source();
        let expression = match self.evaluator.compile(value, source) {
            Ok(expression) => expression,
            Err(problems) => {
                self.problems.extend(problems);
                return None;
            }
        };
        match self.evaluator.evaluate(&expression, secret) {
            Ok(found) => {
                let place = source.place(span.start);
                let origin = match found.variables.into_iter().next() {
                    Some(variable) => Origin::Environment { variable, place },
                    None => Origin::File(place),
                };
                Some((found.value, origin))
            }
            Err(problem) => {
                self.problems.extend(problem.into());
                None
            }
        }
    }

    fn origin(&self, span: &Range<usize>) -> Origin {
        Origin::File(self.problems.source().place(span.start))
    }
}

/// Where a value stands, and where it came from.
struct Spot {
    span: Range<usize>,
    origin: Origin,
}

impl Spot {
    fn given(&self, datum: Datum) -> Given {
        Given {
            datum,
            span: self.span.clone(),
            origin: self.origin.clone(),
        }
    }
}
