//! What a policy opens beyond the question asked.

use super::condition::Conjunct;
use super::context::{CLOUDFRONT, Context};
use super::document::{Document, Effect, Statement};
use super::evaluate;
use super::operator::{Family, Quantifier};
use super::pattern::{Language, Pattern};
use super::principal::{Polarity, PrincipalId};
use super::public::{demands, is_fixing_key, is_public_statement};
use super::request::{Action, Caller};
use super::tri::Tri;
use super::verdict::{Finding, StatementRef, Unknown};

/// Findings of every Allow statement, in order.
pub(super) fn of(document: &Document, context: Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for statement in &document.statements {
        if statement.effect == Effect::Allow {
            deputy(statement, document.language, &mut findings);
            anyone(statement, context, &mut findings);
            reach(statement, document.language, context, &mut findings);
        }
    }
    findings
}

/// CloudFront let in without saying for which distribution.
fn deputy(statement: &Statement, language: Language, findings: &mut Vec<Finding>) {
    let principals = &statement.principals;
    let names_cloudfront = principals.polarity == Polarity::Listed
        && principals
            .members
            .iter()
            .any(|member| matches!(&member.id, PrincipalId::Service(name) if name == CLOUDFRONT || name == "*"));
    if !names_cloudfront {
        return;
    }
    let place = StatementRef::of(statement);
    let guards = |key: &str| -> Vec<&Conjunct> {
        let conditions = statement.conditions.iter();
        conditions
            .filter(|conjunct| conjunct.key == key && demands(conjunct))
            .filter(|conjunct| {
                let family = conjunct.operator.family();
                !matches!(family, Family::Word | Family::Other)
            })
            .collect()
    };
    let by_arn = guards("aws:sourcearn");
    if by_arn.is_empty() {
        if guards("aws:sourceaccount").is_empty() {
            if guards("aws:sourceorgid").is_empty() && guards("aws:sourceorgpaths").is_empty() {
                findings.push(Finding::AnyDistribution { statement: place });
            }
        } else {
            findings.push(Finding::AnyDistributionOfAccount { statement: place });
        }
        return;
    }
    // Conditions are alternatives within, and all needed among each other: one exact ARN is enough.
    let wild = |conjunct: &Conjunct| -> Option<String> {
        let is_pattern = matches!(conjunct.operator.family(), Family::Glob | Family::Arn);
        let is_wild = |value: &str| is_pattern && Pattern::glob(value, language).is_open();
        let mut values = conjunct.values.iter();
        let (_, written) = values.find(|(value, _)| is_wild(value))?;
        Some(written.clone())
    };
    let wildcards: Vec<_> = by_arn.iter().filter_map(|conjunct| wild(conjunct)).collect();
    if wildcards.len() == by_arn.len()
        && let Some(value) = wildcards.into_iter().next()
    {
        findings.push(Finding::WildcardSourceArn {
            statement: place,
            value,
        });
    }
}

/// Statements that are, or by accident are, for anyone.
fn anyone(statement: &Statement, context: Context<'_>, findings: &mut Vec<Finding>) {
    if !is_public_statement(statement) {
        return;
    }
    let place = || StatementRef::of(statement);
    if *context.caller != Caller::Anonymous {
        findings.push(Finding::PublicBesideIdentity { statement: place() });
    }
    for conjunct in &statement.conditions {
        let operator = &conjunct.operator;
        let true_without = operator.if_exists || operator.quantifier == Some(Quantifier::All);
        if true_without && is_fixing_key(&conjunct.key) && !operator.is_negated() {
            findings.push(Finding::AccidentallyPublic {
                statement: place(),
                operator: conjunct.operator_written.clone(),
                key: conjunct.key_written.clone(),
            });
        } else if matches!(conjunct.key.as_str(), "aws:referer" | "aws:useragent") && demands(conjunct) {
            findings.push(Finding::SpoofableGuard {
                statement: place(),
                key: conjunct.key_written.clone(),
            });
        }
    }
}

/// What the caller may do besides reading.
fn reach(statement: &Statement, language: Language, context: Context<'_>, findings: &mut Vec<Finding>) {
    let may = |action: Action| {
        let mut request = context.request.clone();
        request.action = action;
        let context = Context {
            request: &request,
            ..context
        };
        let found = evaluate::statement(statement, language, context);
        // A grant on part of the keys is one; a grant under conditions that are open is not.
        let on_part = |unknown: &Unknown| matches!(unknown, Unknown::PartOfKeys { .. });
        match found.applies {
            Tri::True => true,
            Tri::Unknown => found.unknowns.iter().all(on_part),
            Tri::False => false,
        }
    };
    let writes = [Action::PutObject, Action::DeleteObject];
    let actions: Vec<&'static str> = writes
        .into_iter()
        .filter(|action| may(*action))
        .map(Action::name)
        .collect();
    if !actions.is_empty() {
        findings.push(Finding::WriteGrant {
            statement: StatementRef::of(statement),
            actions,
        });
    }
    if may(Action::ListBucket) {
        findings.push(Finding::ListBucketOpen {
            statement: StatementRef::of(statement),
        });
    }
}
