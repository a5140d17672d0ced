//! A policy document: parsed once, canonical inside, with its own spelling kept for people.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use thiserror::Error;

use super::condition::Conjunct;
use super::json;
use super::members::{Members, shape, wrong_type};
use super::operator::Test;
use super::pattern::{Language, collapse};
use super::principal::{Polarity, PrincipalId, Principals};

/// Why a text is no policy document.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ParseError {
    /// The text is not JSON.
    #[error("the policy is not JSON: {reason}")]
    Json {
        /// What the JSON reader says, with line and column.
        reason: String,
    },
    /// A name stands twice in one object; IAM refuses that, and readers disagree on what it means.
    #[error("the policy has `{name}` twice in one object (line {line}, column {column}): keep one of them")]
    RepeatedName {
        /// The member name.
        name: String,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// JSON, but not of the shape of a policy.
    #[error("the policy is malformed at {path}: {problem}")]
    Shape {
        /// Where, as `Statement[0].Action`.
        path: String,
        /// What is wrong there.
        problem: String,
    },
}

/// Allow or Deny.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Grants.
    Allow,
    /// Refuses, whatever else grants.
    Deny,
}

/// The Action, NotAction, Resource or NotResource of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// Listed, all but, or missing.
    pub polarity: Polarity,
    /// Canonical member, and how the document spells it.
    pub members: BTreeMap<String, String>,
}

/// One statement.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Place in the document, from 0.
    pub index: usize,
    /// The Sid; an empty one counts as none.
    pub sid: Option<String>,
    /// Allow or Deny, read without case.
    pub effect: Effect,
    /// Who.
    pub principals: Principals,
    /// What they do; canonical members in lower case.
    pub actions: Clause,
    /// To what.
    pub resources: Clause,
    /// Under which conditions, all of which must hold.
    pub conditions: Vec<Conjunct>,
    /// Members the grammar does not know; they count in every comparison.
    pub unknown: BTreeMap<String, Value>,
    /// The statement as written.
    pub source: Value,
}

/// A policy document.
#[derive(Debug, Clone)]
pub struct Document {
    /// The language version; `2008-10-17` when none is written.
    pub language: Language,
    /// The Id; an empty one counts as none.
    pub id: Option<String>,
    /// The statements in their order.
    pub statements: Vec<Statement>,
    /// Top-level members the grammar does not know.
    pub unknown: BTreeMap<String, Value>,
    /// The document as written.
    pub source: Value,
}

impl Document {
    /// Parses a policy text. A blank text and `{}` are the empty document, which means the same
    /// as no policy at all.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        if text.trim().is_empty() {
            return Ok(Self::empty());
        }
        Self::from_value(json::parse(text)?)
    }

    /// Reads a document out of JSON that was parsed already. Repeated names are lost by then:
    /// prefer [`Document::parse`] wherever the text is at hand.
    pub fn from_value(value: Value) -> Result<Self, ParseError> {
        let object = match &value {
            Value::Object(object) => object,
            // The provider unwraps a document inside a list of one.
            Value::Array(items) => match items.as_slice() {
                [Value::Object(object)] => object,
                _ => return Err(shape("the top", "expected one object")),
            },
            other => return Err(wrong_type("the top", "an object", other)),
        };
        let top = Members::read(object, "the top", &["Version", "Id", "Statement"])?;
        let language = match top.text("Version")?.as_deref() {
            None | Some("2008-10-17") => Language::Y2008,
            Some("2012-10-17") => Language::Y2012,
            Some(other) => {
                let problem = format!("{other:?} is neither 2012-10-17 nor 2008-10-17");
                return Err(shape("Version", &problem));
            }
        };
        let statements = match top.get("Statement") {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(items)) => items.iter().collect(),
            Some(single) => vec![single],
        };
        let statements = statements
            .into_iter()
            .enumerate()
            .map(|(index, source)| Statement::read(index, source, language))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            language,
            id: top.text("Id")?.filter(|id| !id.is_empty()),
            statements,
            unknown: top.into_unknown(),
            source: value,
        })
    }

    /// The document that says nothing: no policy.
    pub fn empty() -> Self {
        Self {
            language: Language::Y2008,
            id: None,
            statements: Vec::new(),
            unknown: BTreeMap::new(),
            source: Value::Object(Map::new()),
        }
    }

    /// Whether it has no statement.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty()
    }

    /// Whether a resource or condition value holds `${`, which the two languages read differently.
    pub fn has_variables(&self) -> bool {
        let open = |text: &String| text.contains("${");
        self.statements.iter().any(|statement| {
            statement.resources.members.values().any(open)
                || statement
                    .conditions
                    .iter()
                    .any(|conjunct| conjunct.values.values().any(open))
        })
    }

    /// What S3 would refuse in this document, one line each. Only a declared document can hold
    /// such things: a stored one passed the validation.
    pub fn defects(&self) -> Vec<String> {
        let mut defects: Vec<String> = self
            .unknown
            .keys()
            .map(|name| format!("{name} is no member of a policy"))
            .collect();
        for statement in &self.statements {
            statement.defects(&mut defects);
        }
        defects
    }
}

impl Statement {
    /// `Statement[Sid]`, or with the index where there is no Sid.
    pub fn label(&self) -> String {
        match &self.sid {
            Some(sid) => format!("Statement[{sid}]"),
            None => format!("Statement[{}]", self.index),
        }
    }

    /// Whether AWS itself added the statement when vended log delivery to this bucket was turned
    /// on. Sid, principal, effect and actions must all fit: a wider statement under that Sid is
    /// somebody's own.
    pub fn is_log_delivery(&self) -> bool {
        let sid = self.sid.as_deref().unwrap_or_default();
        let service = PrincipalId::Service("delivery.logs.amazonaws.com".to_owned());
        (sid.starts_with("AWSLogDeliveryWrite") || sid.starts_with("AWSLogDeliveryAclCheck"))
            && self.effect == Effect::Allow
            && self.principals.polarity == Polarity::Listed
            && matches!(&self.principals.members[..], [only] if only.id == service)
            && self.actions.polarity == Polarity::Listed
            && !self.actions.members.is_empty()
            && self
                .actions
                .members
                .keys()
                .all(|action| action == "s3:putobject" || action == "s3:getbucketacl")
    }

    fn read(index: usize, source: &Value, language: Language) -> Result<Self, ParseError> {
        let path = format!("Statement[{index}]");
        let Value::Object(object) = source else {
            return Err(wrong_type(&path, "an object", source));
        };
        const NAMES: [&str; 9] = [
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
        ];
        let members = Members::read(object, &path, &NAMES)?;
        let effect = match members.text("Effect")?.as_deref() {
            Some(text) if text.eq_ignore_ascii_case("Allow") => Effect::Allow,
            Some(text) if text.eq_ignore_ascii_case("Deny") => Effect::Deny,
            other => {
                let found = other.map_or("missing".to_owned(), |text| format!("{text:?}"));
                let problem = format!("Effect is {found}, only Allow and Deny exist");
                return Err(shape(&path, &problem));
            }
        };
        let actions = members.clause("Action", "NotAction", |text| {
            collapse(&text.to_lowercase(), Language::Y2008)
        })?;
        let resources = members.clause("Resource", "NotResource", |text| collapse(text, language))?;
        Ok(Self {
            index,
            sid: members.text("Sid")?.filter(|sid| !sid.is_empty()),
            effect,
            principals: members.principals()?,
            actions,
            resources,
            conditions: members.conditions(language)?,
            unknown: members.into_unknown(),
            source: source.clone(),
        })
    }

    fn defects(&self, defects: &mut Vec<String>) {
        let label = self.label();
        for name in self.unknown.keys() {
            defects.push(format!("{label}: {name} is no member of a statement"));
        }
        let effect = self.source.as_object().and_then(|source| {
            let named = |(name, _): &(&String, &Value)| name.eq_ignore_ascii_case("Effect");
            source.iter().find(named)?.1.as_str()
        });
        if let Some(written) = effect.filter(|text| !matches!(*text, "Allow" | "Deny")) {
            let problem = "must be Allow or Deny, in exactly this case";
            defects.push(format!("{label}: Effect {written:?} {problem}"));
        }
        if self.principals.polarity == Polarity::Missing {
            defects.push(format!("{label}: a bucket policy statement needs a Principal"));
        } else if self.principals.members.is_empty() {
            defects.push(format!("{label}: the list of principals is empty"));
        }
        for (name, clause) in [("Action", &self.actions), ("Resource", &self.resources)] {
            if clause.members.is_empty() {
                defects.push(format!("{label}: no {name}"));
            }
        }
        for conjunct in &self.conditions {
            if conjunct.ambiguous {
                let label = format!("{label}: {}", conjunct.label());
                defects.push(format!("{label} stands twice, in different case"));
            }
            if let Test::Other(written) = &conjunct.operator.test {
                defects.push(format!("{label}: unknown condition operator {written}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Document {
        Document::parse(text).unwrap()
    }

    #[test]
    fn blank_and_braces_are_no_policy() {
        for text in ["", " \n", "{}", "[{}]", r#"{"Statement":null}"#, r#"{"Statement":[]}"#] {
            assert!(parse(text).is_empty(), "{text:?}");
        }
    }

    #[test]
    fn tolerates_scalars_and_a_single_statement() {
        let document = parse(
            r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":123456789012},
                "Action":"s3:GetObject","Resource":"x","Condition":{"Bool":{"k":false}}}}"#,
        );
        let statement = &document.statements[0];
        assert_eq!(
            statement.principals.members[0].id,
            PrincipalId::Account("123456789012".into())
        );
        assert_eq!(statement.conditions[0].values["false"], "false");
        assert!(document.defects().is_empty(), "{:?}", document.defects());
    }

    #[test]
    fn errors_name_the_place() {
        let statement = |members: &str| format!(r#"{{"Statement":[{{"Effect":"Allow",{members}}}]}}"#);
        for (text, place) in [
            ("[]".to_owned(), "the top"),
            ("7".to_owned(), "the top"),
            (r#"{"Version":"2012"}"#.to_owned(), "Version"),
            (r#"{"Version":2012}"#.to_owned(), "Version"),
            (r#"{"Statement":["x"]}"#.to_owned(), "Statement[0]"),
            (r#"{"Statement":[{}]}"#.to_owned(), "Statement[0]"),
            (statement(r#""Action":null"#), "Statement[0].Action"),
            (statement(r#""Action":[["a"]]"#), "Statement[0].Action"),
            (statement(r#""Action":"a","NotAction":"b""#), "Statement[0]"),
            (statement(r#""Principal":7"#), "Statement[0].Principal"),
            (statement(r#""Principal":{"AWS":{}}"#), "Statement[0].Principal.AWS"),
            (statement(r#""Condition":{"Bool":"x"}"#), "Statement[0].Condition.Bool"),
            (
                statement(r#""Condition":{"Bool":{"k":{}}}"#),
                "Statement[0].Condition.Bool.k",
            ),
            (statement(r#""Sid":1"#), "Statement[0].Sid"),
            (statement(r#""action":"a","Action":"b""#), "Statement[0]"),
        ] {
            match Document::parse(&text) {
                Err(ParseError::Shape { path, .. }) => assert_eq!(path, place, "{text}"),
                other => panic!("{text}: {other:?}"),
            }
        }
        assert!(matches!(
            Document::parse(r#"{"Statement":[{"Effect":"Allow","Effect":"Deny"}]}"#),
            Err(ParseError::RepeatedName { name, .. }) if name == "Effect"
        ));
    }

    #[test]
    fn defects_of_a_declared_document() {
        let document = parse(
            r#"{"Foo":1,"Statement":[{"Effect":"allow","Bar":1,"Action":[],"Resource":"x",
                "Condition":{"Fuzzy":{"k":"v"},"Bool":{"a":"true","A":"false"}}},
                {"Effect":"Deny","Principal":{"AWS":[]},"Action":"*","Resource":"*"}]}"#,
        );
        assert_eq!(
            document.defects(),
            [
                "Foo is no member of a policy",
                "Statement[0]: Bar is no member of a statement",
                "Statement[0]: Effect \"allow\" must be Allow or Deny, in exactly this case",
                "Statement[0]: a bucket policy statement needs a Principal",
                "Statement[0]: no Action",
                "Statement[0]: Bool A stands twice, in different case",
                "Statement[0]: Bool a stands twice, in different case",
                "Statement[0]: unknown condition operator Fuzzy",
                "Statement[1]: the list of principals is empty",
            ]
        );
    }

    #[test]
    fn log_delivery_is_recognised_only_whole() {
        let statement = |sid: &str, principal: &str, action: &str| {
            let text = format!(
                r#"{{"Statement":{{"Sid":"{sid}","Effect":"Allow","Principal":{principal},
                    "Action":{action},"Resource":"*"}}}}"#
            );
            parse(&text).statements[0].is_log_delivery()
        };
        let service = r#"{"Service":"delivery.logs.amazonaws.com"}"#;
        assert!(statement("AWSLogDeliveryWrite1", service, r#""s3:PutObject""#));
        assert!(statement("AWSLogDeliveryAclCheck", service, r#""s3:GetBucketAcl""#));
        assert!(!statement("AWSLogDeliveryWrite", service, r#""s3:*""#));
        assert!(!statement(
            "AWSLogDeliveryWrite",
            service,
            r#"["s3:PutObject","s3:GetObject"]"#
        ));
        assert!(!statement("AWSLogDeliveryWrite", r#""*""#, r#""s3:PutObject""#));
        assert!(!statement("Logs", service, r#""s3:PutObject""#));
        let denied = r#"{"Statement":{"Sid":"AWSLogDeliveryWrite","Effect":"Deny","Action":"s3:PutObject",
            "Principal":{"Service":"delivery.logs.amazonaws.com"},"Resource":"*"}}"#;
        assert!(!parse(denied).statements[0].is_log_delivery());
    }
}
