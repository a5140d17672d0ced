//! Reading policies: blocks in, rules and assertions out, or everything that is wrong with them.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use hcl::edit::Span as _;
use hcl::edit::expr::Expression as Hcl;
use hcl::edit::structure::{Attribute, Block, Structure};

use super::baseline::PLACEHOLDER;
use super::built_in::RULES;
use super::literals::{self, RuleName};
use super::vocabulary::{ASSERTED, WHEN};
use super::{Assert, Policy, Rule, dates};
use crate::finding::Severity;
use crate::language::{Diagnostic, Diagnostics, Expression, Source, Value, Vocabulary, advice};
use crate::place::Place;
use crate::result::Action;
use crate::rules;

const BLOCKS: [&str; 2] = ["rule", "assert"];
const RULE: [&str; 6] = ["when", "severity", "action", "reason", "owner", "until"];
const ASSERT: [&str; 5] = ["for", "that", "message", "severity", "help"];

/// The file of the starter assertions.
const STARTER: (&str, &str) = ("policies/asserts.hcl", include_str!("../../policies/asserts.hcl"));

/// Takes blocks and files in their order, and gives a policy, or everything that is wrong with them.
#[derive(Default)]
pub struct PolicyReader {
    policy: Policy,
    /// The names of each rule's condition, in the order of [`Policy::rules`].
    named: Vec<Vec<RuleName>>,
    /// Rules and assertions by name.
    places: BTreeMap<String, Place>,
    problems: Vec<Diagnostic>,
}

impl PolicyReader {
    pub fn new() -> PolicyReader {
        PolicyReader::default()
    }

    /// Adds the assertions that come with driftgate. They are opinions about how an estate should be built, so nobody
    /// gets them without asking.
    pub fn starter_asserts(&mut self) {
        let (file, text) = STARTER;
        self.source(&Source::new(file, text));
    }

    /// Reads a whole file.
    pub fn source(&mut self, source: &Source) {
        let body = match source.parse() {
            Ok(body) => body,
            Err(problem) => return self.problems.push(problem),
        };
        for structure in &body {
            match structure {
                Structure::Block(block) => self.block(block, source),
                Structure::Attribute(attribute) => {
                    let span = attribute.key.span().unwrap_or_default();
                    let name = attribute.key.as_str();
                    let problem = source
                        .diagnostic(span, format!("no attribute `{name}` is known here"))
                        .with_hint("a policy file holds `rule` and `assert` blocks");
                    self.problems.push(problem);
                }
            }
        }
    }

    /// Reads a `rule` or `assert` block of a file.
    pub fn block(&mut self, block: &Block, source: &Source) {
        let kind = block.ident.as_str();
        let span = block.ident.span().unwrap_or_default();
        let known: &[&str] = match kind {
            "rule" => &RULE,
            "assert" => &ASSERT,
            _ => {
                let problem = source.diagnostic(span, format!("no block `{kind}` is known here"));
                return self.advise(problem, advice(kind, BLOCKS.into_iter()));
            }
        };
        let name = self.name(block, kind, &span, source);
        let fields = self.fields(block, kind, known, source);
        let name = name.unwrap_or_default();
        let place = source.place(span.start);
        match kind {
            "rule" => self.rule(name, place, &span, &fields),
            _ => self.assert(name, place, &span, &fields),
        }
    }

    /// The policy.
    ///
    /// # Errors
    /// Everything that is wrong with what was read.
    pub fn finish(self) -> Result<Policy, Diagnostics> {
        let PolicyReader {
            mut policy,
            named,
            mut problems,
            ..
        } = self;
        let asserts = policy.asserts.iter().map(|one| one.name.as_str());
        let known: BTreeSet<&str> = rules::ALL.iter().copied().chain(asserts).collect();
        let mut mentions: Vec<Vec<String>> = Vec::new();
        for names in &named {
            let mut meant = BTreeSet::new();
            for name in names {
                match name.meant(&known) {
                    found if found.is_empty() => problems.push(name.complaint(&known)),
                    found => meant.extend(found.into_iter().map(str::to_owned)),
                }
            }
            mentions.push(meant.into_iter().collect());
        }
        for (rule, mentions) in policy.rules.iter_mut().zip(mentions) {
            rule.mentions = mentions;
        }
        problems.into_iter().collect::<Diagnostics>().into_result(policy)
    }

    fn advise(&mut self, problem: Diagnostic, hint: Option<String>) {
        self.problems.push(match hint {
            Some(hint) => problem.with_hint(hint),
            None => problem,
        });
    }

    /// The name of a block, unless it has none or another one's.
    fn name(&mut self, block: &Block, kind: &str, span: &Range<usize>, source: &Source) -> Option<String> {
        let what = if kind == "rule" { "rule" } else { "assertion" };
        let [label] = block.labels.as_slice() else {
            let message = match block.labels.len() {
                0 => format!("this {what} has no name"),
                count => format!("this {what} has {count} names, and may have one"),
            };
            let problem = source.diagnostic(span.clone(), message);
            self.problems
                .push(problem.with_hint(format!("write `{kind} \"name\" {{`")));
            return None;
        };
        let name = label.as_str();
        let span = label.span().unwrap_or_else(|| span.clone());
        if name.trim().is_empty() {
            self.problems
                .push(source.diagnostic(span, format!("this {what} has no name")));
            return None;
        }
        let first = self
            .places
            .get(name)
            .or_else(|| RULES.get(name).map(|rule| &rule.place));
        if let Some(first) = first {
            let message = format!("a second rule or assertion \"{name}\"; the first is at {first}");
            self.problems.push(source.diagnostic(span, message));
            return None;
        }
        self.places.insert(name.to_owned(), source.place(span.start));
        Some(name.to_owned())
    }

    /// The attributes of a block, all of which are known.
    fn fields<'a>(&mut self, block: &'a Block, kind: &str, known: &[&str], source: &'a Source) -> Fields<'a> {
        let mut attributes = BTreeMap::new();
        for structure in &block.body {
            match structure {
                Structure::Attribute(attribute) => {
                    let name = attribute.key.as_str();
                    let span = attribute.key.span().unwrap_or_default();
                    if !known.contains(&name) {
                        let problem = source.diagnostic(span, format!("`{kind}` has no attribute `{name}`"));
                        self.advise(problem, advice(name, known.iter().copied()));
                    } else if attributes.insert(name, attribute).is_some() {
                        let message = format!("`{name}` is already set in the same block");
                        self.problems.push(source.diagnostic(span, message));
                    }
                }
                Structure::Block(inner) => {
                    let span = inner.ident.span().unwrap_or_default();
                    let message = format!("`{kind}` holds no blocks");
                    self.problems.push(source.diagnostic(span, message));
                }
            }
        }
        Fields { attributes, source }
    }

    fn rule(&mut self, name: String, place: Place, span: &Range<usize>, fields: &Fields) {
        let severity = self.severity(fields);
        let action = self.action(fields);
        let reason = self.text(fields, "reason");
        let owner = self.text(fields, "owner");
        let until = self.date(fields);
        if let Some((_, reason_span)) = reason.as_ref().filter(|(text, _)| text == PLACEHOLDER) {
            let problem = fields
                .source
                .diagnostic(reason_span.clone(), "the reason is still to be filled in")
                .with_hint("say why this is allowed, for whoever reads it next");
            self.policy.warnings.push(problem);
        }
        let reason = reason.map(|(text, _)| text);
        if action == Some(Action::Allow) && !fields.attributes.contains_key("reason") {
            let problem = fields.source.diagnostic(span.clone(), "this allowance has no `reason`");
            self.problems.push(problem.with_hint("say why it is allowed"));
        } else if action == Some(Action::Allow) && reason.as_ref().is_some_and(|text| text.trim().is_empty()) {
            let span = fields.span("reason");
            self.problems
                .push(fields.source.diagnostic(span, "this allowance has an empty `reason`"));
        }
        let Some(condition) = fields.value("when") else {
            let problem = fields.source.diagnostic(span.clone(), "this rule has no `when`");
            let hint = "say what it is about, such as `when = finding.rule == \"resource-changed\"`";
            return self.problems.push(problem.with_hint(hint));
        };
        let found = literals::look(condition, fields.source);
        self.problems.extend(found.problems);
        let Some(when) = self.condition(condition, "when", fields, &WHEN) else {
            return;
        };
        if !found.looks {
            let message = "this condition looks at nothing: it is the same for every finding";
            self.problems.push(when.complaint(message));
        }
        self.named.push(found.rules);
        self.policy.rules.push(Rule {
            name,
            place,
            when,
            severity,
            action: action.unwrap_or_default(),
            reason,
            owner: owner.map(|(text, _)| text),
            until,
            mentions: Vec::new(),
        });
    }

    fn assert(&mut self, name: String, place: Place, span: &Range<usize>, fields: &Fields) {
        let severity = self.severity(fields).unwrap_or(Severity::Medium);
        let help = self.text(fields, "help").map(|(text, _)| text);
        let mut compiled = Vec::new();
        for (attribute, what) in [
            ("for", "which resources it is about"),
            ("that", "what has to be true of them"),
            ("message", "what to report where it is not true"),
        ] {
            match fields.value(attribute) {
                Some(value) if attribute == "message" => {
                    compiled.extend(self.compiled(value, fields.source, &ASSERTED));
                }
                Some(value) => compiled.extend(self.condition(value, attribute, fields, &ASSERTED)),
                None => {
                    let message = format!("this assertion has no `{attribute}`");
                    let problem = fields.source.diagnostic(span.clone(), message);
                    self.problems.push(problem.with_hint(format!("say {what}")));
                }
            }
        }
        let Ok([over, that, message]) = <[Expression; 3]>::try_from(compiled) else {
            return;
        };
        let looks = fields
            .value("that")
            .is_some_and(|value| literals::look(value, fields.source).looks);
        if !looks {
            self.problems
                .push(that.complaint("this condition looks at nothing: it is the same for every resource"));
        }
        self.policy.asserts.push(Assert {
            name,
            place,
            over,
            that,
            message,
            severity,
            help,
        });
    }

    /// A condition: an expression that is true or false.
    fn condition(&mut self, value: &Hcl, name: &str, fields: &Fields, vocabulary: &Vocabulary) -> Option<Expression> {
        let expression = self.compiled(value, fields.source, vocabulary)?;
        if let Some(constant) = expression.constant()
            && !matches!(constant, Value::Bool(_) | Value::Unknown)
        {
            let message = format!(
                "`{name}` is a condition, true or false, and this is of type {}",
                constant.kind()
            );
            self.problems.push(expression.complaint(message));
            return None;
        }
        Some(expression)
    }

    fn compiled(&mut self, value: &Hcl, source: &Source, vocabulary: &Vocabulary) -> Option<Expression> {
        match Expression::compile(value, source, vocabulary) {
            Ok(expression) => Some(expression),
            Err(problems) => {
                self.problems.extend(problems);
                None
            }
        }
    }

    /// The text of an attribute that has to be one, and where it stands.
    fn text(&mut self, fields: &Fields, name: &str) -> Option<(String, Range<usize>)> {
        let value = fields.value(name)?;
        let expression = self.compiled(value, fields.source, &Vocabulary::new())?;
        match expression.constant() {
            Some(Value::String(text)) => Some((text.to_string(), expression.span())),
            other => {
                let kind = other.map_or("nothing that is known beforehand", Value::kind);
                let message = format!("`{name}` is a text, and this is of type {kind}");
                self.problems.push(expression.complaint(message));
                None
            }
        }
    }

    fn severity(&mut self, fields: &Fields) -> Option<Severity> {
        let names = Severity::WORST_FIRST.map(Severity::name);
        self.one_of(fields, "severity", &names)
            .and_then(|name| Severity::parse(&name))
    }

    fn action(&mut self, fields: &Fields) -> Option<Action> {
        let names = [Action::Fail, Action::Warn, Action::Allow].map(Action::name);
        self.one_of(fields, "action", &names)
            .and_then(|name| Action::parse(&name))
    }

    fn one_of(&mut self, fields: &Fields, name: &str, known: &[&str]) -> Option<String> {
        let (text, span) = self.text(fields, name)?;
        if known.contains(&text.as_str()) {
            return Some(text);
        }
        let problem = fields.source.diagnostic(span, format!("\"{text}\" is no {name}"));
        self.advise(problem, advice(&text, known.iter().copied()));
        None
    }

    fn date(&mut self, fields: &Fields) -> Option<jiff::civil::Date> {
        let (text, span) = self.text(fields, "until")?;
        dates::parse(&text)
            .map_err(|message| {
                let problem = fields.source.diagnostic(span, message);
                self.problems
                    .push(problem.with_hint("write year, month and day: 2027-01-31"));
            })
            .ok()
    }
}

/// The attributes of one block.
struct Fields<'a> {
    attributes: BTreeMap<&'a str, &'a Attribute>,
    source: &'a Source,
}

impl<'a> Fields<'a> {
    fn value(&self, name: &str) -> Option<&'a Hcl> {
        self.attributes.get(name).map(|attribute| &attribute.value)
    }

    fn span(&self, name: &str) -> Range<usize> {
        self.value(name).and_then(|value| value.span()).unwrap_or_default()
    }
}
