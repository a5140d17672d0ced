//! Principals as typed identities, and what is known about who they are.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Whether a clause lists members, or everything but its members (`NotPrincipal`, `NotAction`,
/// `NotResource`), or is not there at all. The kinds are never rewritten into each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Polarity {
    /// The members.
    Listed,
    /// Everything but the members.
    AllBut,
    /// The statement has no such member.
    Missing,
}

/// One identity of a Principal block.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalId {
    /// The string `"*"`: every caller.
    Everyone,
    /// `{"AWS": "*"}`. For anonymous callers the same as [`PrincipalId::Everyone`]; whether it
    /// takes a service principal is not documented, so the two are kept apart.
    AnyAws,
    /// An account, as twelve digits or as its `root` ARN.
    Account(String),
    /// A CloudFront origin access identity, by its id.
    Oai(String),
    /// A canonical user id (64 hex digits) that no known account or identity owns.
    Canonical(String),
    /// A unique id (`AIDA…`, `AROA…`): what S3 shows when a user or role is gone, or was only
    /// just created.
    UniqueId(String),
    /// Any other member under `AWS`: user, role and session ARNs.
    Aws(String),
    /// A service principal in lower case.
    Service(String),
    /// A federated identity provider.
    Federated(String),
    /// A string in place of a Principal block that is not `"*"`; the grammar forbids it.
    Text(String),
    /// A member under a type that the grammar does not know.
    Other {
        /// The type as written.
        kind: String,
        /// The member as written.
        value: String,
    },
}

/// A principal with its spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who is meant, as far as the text alone tells.
    pub id: PrincipalId,
    /// The type it stands under (`AWS`, `Service` …); empty for a plain string.
    pub kind: String,
    /// The member as written.
    pub written: String,
}

/// The Principal or NotPrincipal of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principals {
    /// Principal, NotPrincipal, or neither.
    pub polarity: Polarity,
    /// The members in the order of the document.
    pub members: Vec<Member>,
}

/// Principals by who they are. Nothing of the spelling is left.
pub(super) type CanonicalPrincipals = (Polarity, BTreeSet<PrincipalId>);

impl Principals {
    pub(super) fn canonical(&self, ids: &Identities) -> CanonicalPrincipals {
        let members = self.members.iter().map(|member| ids.resolve(&member.id));
        (self.polarity, members.collect())
    }
}

impl PrincipalId {
    /// Reads one member under its type.
    pub(super) fn parse(kind: &str, written: &str) -> Self {
        match kind.to_ascii_lowercase().as_str() {
            "aws" => Self::parse_aws(written),
            "service" => Self::Service(written.to_lowercase()),
            "federated" => Self::Federated(written.to_owned()),
            "canonicaluser" => Self::Canonical(written.to_lowercase()),
            _ => Self::Other {
                kind: kind.to_owned(),
                value: written.to_owned(),
            },
        }
    }

    fn parse_aws(written: &str) -> Self {
        if written == "*" {
            return Self::AnyAws;
        }
        if is_account(written) {
            return Self::Account(written.to_owned());
        }
        if is_unique_id(written) {
            return Self::UniqueId(written.to_owned());
        }
        let parts: Vec<&str> = written.splitn(6, ':').collect();
        if let ["arn", _, "iam", "", account, resource] = parts[..] {
            if resource == "root" && is_account(account) {
                return Self::Account(account.to_owned());
            }
            // S3 took only the underscores for a while in 2019; both mean the same identity.
            let oai = resource
                .strip_prefix("user/CloudFront Origin Access Identity ")
                .or_else(|| resource.strip_prefix("user/CloudFront_Origin_Access_Identity_"));
            if let ("cloudfront", Some(id)) = (account, oai) {
                return Self::Oai(id.to_owned());
            }
        }
        Self::Aws(written.to_owned())
    }

    /// Whether this could turn out to be the other identity, one of them being an id that
    /// nothing known resolves.
    pub(super) fn may_be(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Canonical(_), Self::Oai(_) | Self::Account(_) | Self::UniqueId(_))
            | (Self::Oai(_) | Self::Account(_) | Self::UniqueId(_), Self::Canonical(_))
            | (Self::UniqueId(_), Self::Oai(_))
            | (Self::Oai(_), Self::UniqueId(_)) => true,
            (Self::UniqueId(id), Self::Aws(arn)) | (Self::Aws(arn), Self::UniqueId(id)) => {
                let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
                match id.get(..4) {
                    Some("AROA") => resource.starts_with("role/"),
                    _ => resource.starts_with("user/"),
                }
            }
            _ => false,
        }
    }
}

impl fmt::Display for PrincipalId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everyone => formatter.write_str("everyone (\"*\")"),
            Self::AnyAws => formatter.write_str("{\"AWS\": \"*\"}"),
            Self::Account(id) => write!(formatter, "account {id}"),
            Self::Oai(id) => write!(formatter, "origin access identity {id}"),
            Self::Canonical(id) => write!(formatter, "canonical user {id}"),
            Self::UniqueId(id) => write!(formatter, "unique id {id}"),
            Self::Service(text) => write!(formatter, "service {text}"),
            Self::Aws(text) | Self::Federated(text) | Self::Text(text) => formatter.write_str(text),
            Self::Other { kind, value } => write!(formatter, "{kind} {value}"),
        }
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_unique_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    (text.starts_with("AIDA") || text.starts_with("AROA")) && text.len() >= 16 && text.bytes().all(plain)
}

/// What look-ups have proven about identities. May be empty; every entry must come from an
/// answer of AWS or of the state, never from likeness of names.
#[derive(Debug, Clone, Default)]
pub struct Identities {
    by_canonical: BTreeMap<String, PrincipalId>,
    by_unique_id: BTreeMap<String, PrincipalId>,
    unique_id_of: BTreeMap<String, String>,
}

impl Identities {
    /// An origin access identity and its `S3CanonicalUserId`
    /// (`GetCloudFrontOriginAccessIdentity`, or the resource's `s3_canonical_user_id`).
    pub fn add_oai(&mut self, id: &str, canonical: &str) {
        let identity = PrincipalId::Oai(id.to_owned());
        self.by_canonical.insert(canonical.to_lowercase(), identity);
    }

    /// An account and its canonical user id (`ListBuckets`, `Owner.ID`, for the own account).
    pub fn add_account(&mut self, account: &str, canonical: &str) {
        let identity = PrincipalId::Account(account.to_owned());
        self.by_canonical.insert(canonical.to_lowercase(), identity);
    }

    /// A user or role and the unique id it has now (`GetUser`, `GetRole`; the account and the
    /// path of the answer must be those of the ARN).
    pub fn add_arn(&mut self, arn: &str, unique_id: &str) {
        let identity = PrincipalId::parse("AWS", arn);
        self.by_unique_id.insert(unique_id.to_owned(), identity);
        self.unique_id_of.insert(arn.to_owned(), unique_id.to_owned());
    }

    /// The identity behind an id, or the id itself when nothing is known about it.
    pub fn resolve(&self, id: &PrincipalId) -> PrincipalId {
        let known = match id {
            PrincipalId::Canonical(hex) => self.by_canonical.get(hex),
            PrincipalId::UniqueId(unique) => self.by_unique_id.get(unique),
            _ => None,
        };
        known.unwrap_or(id).clone()
    }

    /// The unique id that the user or role of this ARN has now, if it was looked up.
    pub fn unique_id_of(&self, arn: &str) -> Option<&str> {
        self.unique_id_of.get(arn).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_typed() {
        let aws = |text: &str| PrincipalId::parse("AWS", text);
        assert_eq!(aws("*"), PrincipalId::AnyAws);
        assert_eq!(aws("123456789012"), aws("arn:aws-cn:iam::123456789012:root"));
        assert_eq!(
            aws("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"),
            PrincipalId::Oai("E1".into())
        );
        assert_eq!(
            aws("AROAEXAMPLEEXAMPLE123"),
            PrincipalId::UniqueId("AROAEXAMPLEEXAMPLE123".into())
        );
        for plain in ["AROA", "arn:aws:iam::1:root", "arn:aws:iam::1:role/a", "AROAx", "é"] {
            assert_eq!(aws(plain), PrincipalId::Aws(plain.into()));
        }
    }

    #[test]
    fn an_unresolved_id_may_be_only_what_its_kind_allows() {
        let aws = |text: &str| PrincipalId::parse("AWS", text);
        let role_id = aws("AROAEXAMPLEEXAMPLE123");
        assert!(role_id.may_be(&aws("arn:aws:iam::1:role/a")));
        assert!(!role_id.may_be(&aws("arn:aws:iam::1:user/a")));
        assert!(!role_id.may_be(&aws("AROAEXAMPLEEXAMPLE124")));
        assert!(!role_id.may_be(&aws("*")));
        let canonical = PrincipalId::parse("CanonicalUser", "FF");
        assert!(canonical.may_be(&PrincipalId::Oai("E1".into())));
        assert!(!canonical.may_be(&PrincipalId::parse("CanonicalUser", "aa")));
    }
}
