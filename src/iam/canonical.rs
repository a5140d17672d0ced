//! Statements without their spelling. Equal canonical statements mean the same.

use std::collections::{BTreeMap, BTreeSet};

use super::condition::CanonicalConjunct;
use super::document::{Clause, Document, Effect, Statement};
use super::principal::{CanonicalPrincipals, Identities, Polarity};

/// Actions or resources without their spelling.
pub(super) type CanonicalClause = (Polarity, BTreeSet<String>);

/// What a statement says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Canonical {
    pub(super) effect: Effect,
    pub(super) principals: CanonicalPrincipals,
    pub(super) actions: CanonicalClause,
    pub(super) resources: CanonicalClause,
    pub(super) conditions: BTreeSet<CanonicalConjunct>,
    /// Members outside the grammar, as JSON text.
    pub(super) unknown: BTreeMap<String, String>,
}

impl Canonical {
    pub(super) fn of(statement: &Statement, ids: &Identities) -> Self {
        let clause = |clause: &Clause| (clause.polarity, clause.members.keys().cloned().collect());
        let conditions = statement.conditions.iter();
        let unknown = statement.unknown.iter();
        Self {
            effect: statement.effect,
            principals: statement.principals.canonical(ids),
            actions: clause(&statement.actions),
            resources: clause(&statement.resources),
            conditions: conditions.map(|conjunct| conjunct.canonical()).collect(),
            unknown: unknown.map(|(name, value)| (name.clone(), value.to_string())).collect(),
        }
    }

    /// The statements of a document, in its order.
    pub(super) fn all(document: &Document, ids: &Identities) -> Vec<Self> {
        let statements = document.statements.iter();
        statements.map(|statement| Self::of(statement, ids)).collect()
    }

    /// The statements with ambiguous condition keys reduced to the fact that they are there.
    /// None if the document has no such key.
    pub(super) fn all_masked(document: &Document, ids: &Identities) -> Option<Vec<Self>> {
        let ambiguous = |statement: &Statement| {
            let mut conditions = statement.conditions.iter();
            conditions.any(|conjunct| conjunct.ambiguous)
        };
        if !document.statements.iter().any(ambiguous) {
            return None;
        }
        let mask = |statement: &Statement| {
            let conditions = statement.conditions.iter();
            Self {
                conditions: conditions.map(|conjunct| conjunct.masked()).collect(),
                ..Self::of(statement, ids)
            }
        };
        Some(document.statements.iter().map(mask).collect())
    }
}
