//! Is a policy public in the sense of Block Public Access? Part A2.5 of the semantics reference.
//!
//! `GetBucketPolicyStatus` gives AWS's own answer for the live document and is to be preferred;
//! the rule here is for a declared one, and where that answer could not be read.

use super::condition::Conjunct;
use super::document::{Document, Effect, Statement};
use super::operator::{Family, Quantifier};
use super::principal::{Polarity, PrincipalId};
use super::value::Network;

/// Keys that make a statement private when a condition fixes one of them (S3 user guide, "The
/// meaning of public"). Referer and user agent are not among them.
const FIXING_KEYS: [&str; 15] = [
    "aws:sourceip",
    "aws:sourcearn",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceowner",
    "aws:sourceaccount",
    "aws:userid",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:dataaccesspointarn",
    "s3:dataaccesspointaccount",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principalservicename",
];

/// Whether the policy is public. One public statement makes the whole policy so.
///
/// A service principal without condition is not public in this sense, yet open to every customer
/// of that service.
pub fn is_public(document: &Document) -> bool {
    public_statement(document).is_some()
}

/// The first public statement.
pub fn public_statement(document: &Document) -> Option<&Statement> {
    document
        .statements
        .iter()
        .find(|statement| is_public_statement(statement))
}

pub(super) fn is_public_statement(statement: &Statement) -> bool {
    statement.effect == Effect::Allow && is_for_anyone(statement) && !statement.conditions.iter().any(fixes)
}

/// Whether the principals of a statement are not limited to somebody.
fn is_for_anyone(statement: &Statement) -> bool {
    let principals = &statement.principals;
    match principals.polarity {
        Polarity::AllBut => true,
        Polarity::Missing => false,
        Polarity::Listed => principals.members.iter().any(|member| {
            matches!(
                member.id,
                PrincipalId::Everyone | PrincipalId::AnyAws | PrincipalId::Federated(_)
            )
        }),
    }
}

/// Whether the key is one that a condition may fix.
pub(super) fn is_fixing_key(key: &str) -> bool {
    FIXING_KEYS.contains(&key)
}

/// Whether the conjunct is false when its key is missing, and true only for listed values.
pub(super) fn demands(conjunct: &Conjunct) -> bool {
    !conjunct.ambiguous
        && !conjunct.operator.is_negated()
        && !conjunct.operator.if_exists
        && conjunct.operator.quantifier != Some(Quantifier::All)
}

fn fixes(conjunct: &Conjunct) -> bool {
    let is_fixed = |value: &String| match conjunct.operator.family() {
        Family::Network => Network::parse(value).is_some_and(|network| network.is_narrow()),
        Family::Text | Family::FoldedText | Family::Glob | Family::Arn => {
            conjunct.key != "aws:sourceip" && !value.contains(['*', '?']) && !value.contains("${")
        }
        _ => false,
    };
    is_fixing_key(&conjunct.key)
        && demands(conjunct)
        && !conjunct.values.is_empty()
        && conjunct.values.keys().all(is_fixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(principal: &str, condition: &str) -> bool {
        let text = format!(
            r#"{{"Statement":{{"Effect":"Allow","Principal":{principal},"Action":"s3:GetObject",
                "Resource":"arn:aws:s3:::site/*","Condition":{condition}}}}}"#
        );
        is_public(&Document::parse(&text).unwrap())
    }

    #[test]
    fn who_is_anyone() {
        for (principal, expected) in [
            (r#""*""#, true),
            (r#"{"AWS":"*"}"#, true),
            (r#"{"AWS":["123456789012","*"]}"#, true),
            (r#"{"Federated":"cognito-identity.amazonaws.com"}"#, true),
            (r#"{"Service":"cloudfront.amazonaws.com"}"#, false),
            (r#"{"AWS":"123456789012"}"#, false),
        ] {
            assert_eq!(public(principal, "{}"), expected, "{principal}");
        }
    }

    #[test]
    fn what_fixes() {
        for (condition, expected) in [
            (r#"{"StringEquals":{"aws:SourceArn":"arn:aws:x::1:y"}}"#, false),
            (r#"{"ArnLike":{"aws:SourceArn":"arn:aws:x::1:y/*"}}"#, true),
            (r#"{"StringEqualsIfExists":{"aws:SourceArn":"arn:aws:x::1:y"}}"#, true),
            (r#"{"ForAllValues:StringEquals":{"aws:SourceVpce":"vpce-1"}}"#, true),
            (r#"{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}"#, true),
            (r#"{"StringEquals":{"aws:Referer":"secret"}}"#, true),
            (r#"{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}"#, false),
            (r#"{"StringEquals":{"aws:PrincipalOrgID":"${aws:username}"}}"#, true),
            (r#"{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}"#, false),
            (r#"{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","0.0.0.0/1"]}}"#, true),
            (r#"{"IpAddress":{"aws:SourceIp":"2001:db8::/32"}}"#, false),
            (r#"{"IpAddress":{"aws:SourceIp":"2000::/3"}}"#, true),
            (r#"{"StringEquals":{"aws:SourceIp":"203.0.113.7"}}"#, true),
            (r#"{"Null":{"aws:SourceArn":"false"}}"#, true),
        ] {
            assert_eq!(public(r#""*""#, condition), expected, "{condition}");
        }
    }

    #[test]
    fn deny_is_never_public() {
        let text = r#"{"Statement":{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}}"#;
        assert!(!is_public(&Document::parse(text).unwrap()));
        assert!(!is_public(&Document::empty()));
    }
}
