//! Which names a certificate and a distribution's aliases cover.
//!
//! The two wildcards differ: a certificate's covers exactly one label (RFC 6125, 6.4.3), an alias of CloudFront any
//! number of them (CloudFront developer guide, "Using wildcards in alternate domain names").

use serde::Serialize;

use crate::canon::dns;

/// Whether one name of a certificate covers a host: the same name, or `*.` in place of one label.
pub fn covers(certificate_name: &str, host: &str) -> bool {
    let (certificate_name, host) = (dns::name(certificate_name), dns::name(host));
    if host.is_empty() {
        return false;
    }
    if certificate_name == host {
        return true;
    }
    let Some(suffix) = certificate_name.strip_prefix("*.") else {
        return false;
    };
    let rest = host
        .split_once('.')
        .filter(|(label, _)| !label.is_empty() && *label != "*")
        .map(|(_, rest)| rest);
    !suffix.is_empty() && !suffix.contains('*') && rest == Some(suffix)
}

/// The name that covers the host, an exact one before a wildcard.
pub fn covering<'a>(certificate_names: &'a [String], host: &str) -> Option<&'a str> {
    let exact = certificate_names.iter().find(|name| dns::name(name) == dns::name(host));
    exact
        .or_else(|| certificate_names.iter().find(|name| covers(name, host)))
        .map(String::as_str)
}

/// How an alias takes a host. The order is CloudFront's preference, best last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AliasMatch {
    /// `*.suffix`, with the length of the suffix: the longer, the more specific.
    Wildcard {
        suffix: usize,
    },
    Exact,
}

/// Whether an alias of a distribution takes a host, and how.
pub fn alias_matches(alias: &str, host: &str) -> Option<AliasMatch> {
    let (alias, host) = (dns::name(alias), dns::name(host));
    if host.is_empty() {
        return None;
    }
    if alias == host {
        return Some(AliasMatch::Exact);
    }
    let suffix = alias
        .strip_prefix('*')
        .filter(|suffix| suffix.len() > 1 && suffix.starts_with('.'))?;
    let label = host.strip_suffix(suffix)?;
    (!label.is_empty() && !label.starts_with('.')).then_some(AliasMatch::Wildcard {
        suffix: suffix.len() - 1,
    })
}

/// The aliases that CloudFront would choose for a host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BestAlias<'a, T> {
    pub matched: AliasMatch,
    pub alias: &'a str,
    /// Who holds the alias, in the order given. CloudFront allows one; more than one means that the two sides of an
    /// edit, or two accounts, were read together.
    pub owners: Vec<T>,
}

/// The best alias for a host among those of all distributions: an exact one, else the longest wildcard. CloudFront
/// chooses so whatever distribution DNS points at (developer guide, "Restrictions on using alternate domain names").
pub fn best_alias<'a, T>(aliases: impl IntoIterator<Item = (&'a str, T)>, host: &str) -> Option<BestAlias<'a, T>> {
    let mut best: Option<BestAlias<'a, T>> = None;
    for (alias, owner) in aliases {
        let Some(matched) = alias_matches(alias, host) else {
            continue;
        };
        match &mut best {
            Some(found) if found.matched > matched => {}
            Some(found) if found.matched == matched => found.owners.push(owner),
            _ => {
                best = Some(BestAlias {
                    matched,
                    alias,
                    owners: vec![owner],
                })
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_certificate_wildcard_covers_one_label() {
        for (name, host, expected) in [
            ("www.example.com", "www.example.com", true),
            ("WWW.example.com", "www.Example.com.", true),
            ("*.example.com", "www.example.com", true),
            ("*.example.com", "a.b.example.com", false),
            ("*.example.com", "example.com", false),
            ("*.b.example.com", "a.b.example.com", true),
            ("w*.example.com", "www.example.com", false),
            ("*.*.com", "www.example.com", false),
            ("*", "example", false),
            ("*.", "example.", false),
            ("", "", false),
            ("*.com", "example.com", true),
        ] {
            assert_eq!(covers(name, host), expected, "{name} {host}");
        }
        let names = ["*.example.com".to_owned(), "www.example.com".to_owned()];
        assert_eq!(covering(&names, "www.example.com"), Some("www.example.com"));
        assert_eq!(covering(&names, "shop.example.com"), Some("*.example.com"));
        assert_eq!(covering(&names, "example.com"), None);
    }

    #[test]
    fn an_alias_wildcard_covers_any_depth() {
        let wildcard = |suffix: &str| Some(AliasMatch::Wildcard { suffix: suffix.len() });
        for (alias, host, expected) in [
            ("www.example.com", "WWW.example.com.", Some(AliasMatch::Exact)),
            ("*.example.com", "www.example.com", wildcard("example.com")),
            ("*.example.com", "a.b.example.com", wildcard("example.com")),
            ("*.example.com", "example.com", None),
            ("*.example.com", ".example.com", None),
            ("*.example.com", "notexample.com", None),
            ("*example.com", "notexample.com", None),
            ("*.", "example.com", None),
            ("", "", None),
        ] {
            assert_eq!(alias_matches(alias, host), expected, "{alias} {host}");
        }
    }

    #[test]
    fn the_more_specific_alias_wins_whoever_comes_first() {
        let mut aliases = [
            ("*.example.com", 1),
            ("*.b.example.com", 2),
            ("a.b.example.com", 3),
            ("example.com", 4),
        ];
        for _ in 0..aliases.len() {
            let choose = |host: &str| best_alias(aliases.iter().copied(), host).map(|best| best.owners);
            assert_eq!(choose("a.b.example.com"), Some(vec![3]));
            assert_eq!(choose("x.b.example.com"), Some(vec![2]));
            assert_eq!(choose("b.example.com"), Some(vec![1]));
            assert_eq!(choose("example.com"), Some(vec![4]));
            assert_eq!(choose("example.org"), None);
            aliases.rotate_left(1);
        }
        let twice = best_alias(
            [("www.example.com", "E1"), ("www.example.com", "E2")],
            "www.example.com",
        )
        .unwrap();
        assert_eq!((twice.matched, twice.owners), (AliasMatch::Exact, vec!["E1", "E2"]));
    }

    proptest! {
        #[test]
        fn what_a_certificate_covers_an_alias_of_that_name_takes(
            name in "(\\*\\.)?[a-b]{1,2}(\\.[a-b]{1,2}){1,2}", host in "[a-b]{1,2}(\\.[a-b]{1,2}){1,3}"
        ) {
            prop_assert!(!covers(&name, &host) || alias_matches(&name, &host).is_some());
        }

        #[test]
        fn any_texts_are_compared(name in ".{0,20}", host in ".{0,20}") {
            prop_assert_eq!(covers(&name, &host), covers(&name.to_ascii_uppercase(), &host));
            alias_matches(&name, &host);
        }
    }
}
