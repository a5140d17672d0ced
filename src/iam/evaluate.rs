//! Does a statement apply to a request? Three-valued, with what the unknown depends on (parts
//! A2.3 and A2.4 of the semantics reference).

use std::net::IpAddr;

use super::condition::Conjunct;
use super::context::{CLOUDFRONT, Context};
use super::document::{Clause, Statement};
use super::operator::{Family, Quantifier, Test};
use super::pattern::{Language, Pattern};
use super::principal::{Polarity, PrincipalId, Principals};
use super::request::{Action, Caller, ContextValue, Scope};
use super::tri::Tri;
use super::value::{Network, epoch_seconds};
use super::verdict::Unknown;

/// Whether a statement applies, and what an unknown answer depends on.
#[derive(Debug)]
pub(super) struct Match {
    pub(super) applies: Tri,
    /// Every part that is unknown; of interest only if no other part settled the answer.
    pub(super) unknowns: Vec<Unknown>,
}

/// Evaluates principal, action, resource and every condition; all must hold.
pub(super) fn statement(statement: &Statement, language: Language, context: Context<'_>) -> Match {
    let mut unknowns = Vec::new();
    let who = principals(&statement.principals, context);
    if who == Tri::Unknown {
        let members = statement.principals.members.iter();
        unknowns.push(Unknown::Principal {
            members: members.map(|member| member.written.clone()).collect(),
        });
    }
    let what = action(&statement.actions, context.request.action);
    let where_to = resources(&statement.resources, language, context, &mut unknowns);
    let mut applies = who.and(what).and(where_to);
    for conjunct in &statement.conditions {
        let holds = condition(conjunct, language, context);
        if holds == Tri::Unknown {
            unknowns.push(Unknown::Condition {
                operator: conjunct.operator_written.clone(),
                key: conjunct.key_written.clone(),
            });
        }
        applies = applies.and(holds);
    }
    Match { applies, unknowns }
}

/// Whether the caller is among the principals.
pub(super) fn principals(principals: &Principals, context: Context<'_>) -> Tri {
    let members = principals.members.iter();
    let named = Tri::any(members.map(|member| principal(&member.id, context)));
    match principals.polarity {
        Polarity::Listed => named,
        Polarity::AllBut => !named,
        // S3 refuses a statement without a principal, so nothing says what it would mean.
        Polarity::Missing => Tri::Unknown,
    }
}

fn principal(id: &PrincipalId, context: Context<'_>) -> Tri {
    let china = context.bucket.partition == "aws-cn";
    match (id, context.caller) {
        (PrincipalId::Everyone, _) => Tri::True,
        (PrincipalId::Text(_) | PrincipalId::Other { .. }, _) => Tri::Unknown,
        (PrincipalId::AnyAws, Caller::Oac { .. }) => Tri::Unknown,
        (PrincipalId::AnyAws, _) => Tri::True,
        (PrincipalId::Service(name), Caller::Oac { .. }) => match name.as_str() {
            CLOUDFRONT => Tri::True,
            "*" => Tri::Unknown,
            "cloudfront.amazonaws.com.cn" if china => Tri::Unknown,
            _ => Tri::False,
        },
        (PrincipalId::Oai(named), Caller::Oai { id, .. }) => Tri::from(named == id),
        (PrincipalId::Canonical(hex), Caller::Oai { canonical, .. }) => {
            let same = canonical.as_ref().map(|own| own.eq_ignore_ascii_case(hex));
            Tri::from(same)
        }
        // A grant to an origin access identity shows so for a while after it was written.
        (PrincipalId::UniqueId(_), Caller::Oai { .. }) => Tri::Unknown,
        _ => Tri::False,
    }
}

/// Whether the clause takes the action.
pub(super) fn action(actions: &Clause, action: Action) -> Tri {
    let name = action.name().to_lowercase();
    let members = actions.members.keys();
    let named = members.map(|pattern| Pattern::glob(pattern, Language::Y2008).matches(&name));
    match actions.polarity {
        Polarity::Listed => Tri::any(named),
        Polarity::AllBut => !Tri::any(named),
        Polarity::Missing => Tri::False,
    }
}

fn resources(resources: &Clause, language: Language, context: Context<'_>, unknowns: &mut Vec<Unknown>) -> Tri {
    if resources.polarity == Polarity::Missing {
        return Tri::False;
    }
    let bucket = context.bucket;
    let arn = format!("arn:{}:s3:::{}", bucket.partition, bucket.name);
    let mut named = Tri::False;
    let mut partly = Vec::new();
    let mut open = Vec::new();
    for (canonical, written) in &resources.members {
        let pattern = Pattern::glob(canonical, language);
        let Some(bound) = pattern.bind(&|key| context.binding(key)) else {
            continue;
        };
        let matched = match &context.request.scope {
            _ if context.request.action.is_on_bucket() => bound.matches(&arn),
            Scope::Key(key) => bound.matches(&format!("{arn}/{key}")),
            Scope::Under(prefix) => bound.covers_all_under(&format!("{arn}/{prefix}")),
        };
        if matched == Tri::Unknown {
            if bound.variables().next().is_none() {
                partly.push(written.clone());
            }
            open.extend(bound.variables().map(|key| Unknown::Variable { key: key.to_owned() }));
        }
        named = named.or(matched);
    }
    if named == Tri::Unknown {
        if !partly.is_empty() {
            unknowns.push(Unknown::PartOfKeys {
                patterns: partly,
                excluded: resources.polarity == Polarity::AllBut,
            });
        }
        unknowns.append(&mut open);
    }
    match resources.polarity {
        Polarity::AllBut => !named,
        _ => named,
    }
}

/// Whether one conjunct holds.
pub(super) fn condition(conjunct: &Conjunct, language: Language, context: Context<'_>) -> Tri {
    let operator = &conjunct.operator;
    let family = operator.family();
    if conjunct.ambiguous || family == Family::Other {
        return Tri::Unknown;
    }
    let value = context.value(&conjunct.key);
    if operator.test == Test::Null {
        let asks = |word: &str| Tri::from(conjunct.values.contains_key(word));
        return match value {
            ContextValue::Absent => asks("true"),
            ContextValue::Known(_) => asks("false"),
            ContextValue::Unknown => asks("true").and(asks("false")).or(Tri::Unknown),
        };
    }
    let subjects = match value {
        ContextValue::Unknown => return Tri::Unknown,
        ContextValue::Absent => {
            return Tri::from(match operator.quantifier {
                _ if operator.if_exists => true,
                Some(Quantifier::All) => true,
                Some(Quantifier::Any) => false,
                None => operator.is_negated(),
            });
        }
        ContextValue::Known(subjects) => subjects,
    };
    // The clock is kept in seconds, which is not how a text comparison would see it.
    let is_clock = conjunct.key == "aws:currenttime";
    if is_clock && !matches!(family, Family::Date | Family::Number) {
        return Tri::Unknown;
    }
    let holds = |subject: &String| {
        let values = conjunct.values.keys();
        let listed = Tri::any(values.map(|value| compare(&operator.test, family, subject, value, language, context)));
        if operator.is_negated() { !listed } else { listed }
    };
    let each = subjects.iter().map(holds);
    match operator.quantifier {
        Some(Quantifier::All) => Tri::all(each),
        Some(Quantifier::Any) => Tri::any(each),
        None if operator.is_negated() => Tri::all(each),
        None => Tri::any(each),
    }
}

/// One value of the request against one value of the condition; negation is the caller's.
fn compare(test: &Test, family: Family, subject: &str, value: &str, language: Language, context: Context<'_>) -> Tri {
    let bound = |pattern: Pattern| pattern.bind(&|key| context.binding(key));
    match family {
        Family::Text => {
            let pattern = bound(Pattern::literal(value, language));
            pattern.map_or(Tri::False, |pattern| pattern.matches(subject))
        }
        Family::FoldedText => {
            let pattern = Pattern::literal(value, language);
            let pattern = pattern.bind(&|key| context.binding(key).to_lowercase());
            let subject = subject.to_lowercase();
            pattern.map_or(Tri::False, |pattern| pattern.matches(&subject))
        }
        Family::Glob => {
            let pattern = bound(Pattern::glob(value, language));
            pattern.map_or(Tri::False, |pattern| pattern.matches(subject))
        }
        Family::Arn => {
            let pattern = bound(Pattern::glob(value, language));
            pattern.map_or(Tri::False, |pattern| pattern.matches_arn(subject))
        }
        // Variables in other values are allowed, and rare enough to be left open.
        _ if language == Language::Y2012 && value.contains("${") => Tri::Unknown,
        Family::Word => Tri::from(subject.eq_ignore_ascii_case(value)),
        Family::Bytes => Tri::from(subject == value),
        Family::Number => match (subject.parse::<f64>(), value.parse::<f64>()) {
            (Ok(subject), Ok(value)) => Tri::from(ordered(test, subject.total_cmp(&value))),
            _ => Tri::Unknown,
        },
        Family::Date => match (epoch_seconds(subject), epoch_seconds(value)) {
            (Some(subject), Some(value)) => Tri::from(ordered(test, subject.cmp(&value))),
            _ => Tri::Unknown,
        },
        Family::Network => match (subject.parse::<IpAddr>(), Network::parse(value)) {
            (Ok(address), Some(network)) => Tri::from(network.contains(address)),
            _ => Tri::Unknown,
        },
        Family::Other => Tri::Unknown,
    }
}

/// Whether an order of (request, condition) satisfies the test, "not equal" read as "equal".
fn ordered(test: &Test, order: std::cmp::Ordering) -> bool {
    match test {
        Test::NumericLessThan | Test::DateLessThan => order.is_lt(),
        Test::NumericLessThanEquals | Test::DateLessThanEquals => order.is_le(),
        Test::NumericGreaterThan | Test::DateGreaterThan => order.is_gt(),
        Test::NumericGreaterThanEquals | Test::DateGreaterThanEquals => order.is_ge(),
        _ => order.is_eq(),
    }
}
