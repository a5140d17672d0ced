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

/// The aliases that take a host, folded, in CloudFront's order of preference: its own name, then one wildcard for each
/// of its parents, the longest first. CloudFront chooses so whatever distribution DNS points at (developer guide,
/// "Restrictions on using alternate domain names").
pub fn aliases_for(host: &str) -> impl Iterator<Item = (String, AliasMatch)> {
    let host = dns::name(host);
    let dots: Vec<usize> = host.match_indices('.').map(|(at, _)| at).collect();
    let exact = (!host.is_empty()).then(|| (host.clone(), AliasMatch::Exact));
    let wildcards = dots.into_iter().filter_map(move |at| {
        let (label, rest) = host.split_at(at);
        let takes = !label.is_empty() && !label.starts_with('.') && rest.len() > 1;
        takes.then(|| (format!("*{rest}"), AliasMatch::Wildcard { suffix: rest.len() - 1 }))
    });
    exact.into_iter().chain(wildcards)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// How an alias takes a host, if it does.
    fn taken(alias: &str, host: &str) -> Option<AliasMatch> {
        let alias = dns::name(alias);
        aliases_for(host)
            .find(|(name, _)| *name == alias)
            .map(|(_, matched)| matched)
    }

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
            assert_eq!(taken(alias, host), expected, "{alias} {host}");
        }
    }

    #[test]
    fn the_more_specific_alias_comes_first() {
        let names: Vec<String> = aliases_for("A.b.example.com.").map(|(name, _)| name).collect();
        assert_eq!(names, ["a.b.example.com", "*.b.example.com", "*.example.com", "*.com"]);
    }

    proptest! {
        #[test]
        fn what_a_certificate_covers_an_alias_of_that_name_takes(
            name in "(\\*\\.)?[a-b]{1,2}(\\.[a-b]{1,2}){1,2}", host in "[a-b]{1,2}(\\.[a-b]{1,2}){1,3}"
        ) {
            prop_assert!(!covers(&name, &host) || taken(&name, &host).is_some());
        }

        #[test]
        fn any_texts_are_compared(name in ".{0,20}", host in ".{0,20}") {
            prop_assert_eq!(covers(&name, &host), covers(&name.to_ascii_uppercase(), &host));
            taken(&name, &host);
        }

        #[test]
        fn the_order_is_that_of_the_matches(host in ".{0,20}") {
            let matches: Vec<AliasMatch> = aliases_for(&host).map(|(_, matched)| matched).collect();
            prop_assert!(matches.is_sorted_by(|one, next| one > next), "{matches:?}");
        }
    }
}
