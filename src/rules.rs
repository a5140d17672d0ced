//! The names of all rules that a finding can be reported under.
//!
//! A name is kebab-case and for ever: users' configurations and saved results hold it. Every rule has exactly one
//! entry under `policies/`, which sets its severity and explains it; a test compares the two lists.

use crate::finding::Category;

macro_rules! rules {
    ($([$category:ident] $($(#[$doc:meta])* $constant:ident = $name:literal;)+)+) => {
        $($($(#[$doc])* pub const $constant: &str = $name;)+)+

        /// Every rule.
        pub const ALL: &[&str] = &[$($($constant),+),+];

        /// The category of the findings that a rule reports; `None` for what is no rule of ours, such as the name of
        /// an assertion.
        pub fn category(rule: &str) -> Option<Category> {
            $(
                if [$($constant),+].contains(&rule) {
                    return Some(Category::$category);
                }
            )+
            None
        }
    };
}

rules! {
    [Drift]
    /// In the state, gone from AWS.
    RESOURCE_MISSING = "resource-missing";
    /// A live attribute differs from the state.
    RESOURCE_CHANGED = "resource-changed";
    /// Policies differ only in a principal that could not be resolved.
    PRINCIPAL_UNRESOLVED = "principal-unresolved";
    /// A policy's text differs, its effect does not.
    POLICY_REWORDED = "policy-reworded";
    /// Only labels without effect differ.
    COSMETIC_CHANGE = "cosmetic-change";
    /// An attribute differs from what a snapshot recorded.
    CHANGED_SINCE_SNAPSHOT = "changed-since-snapshot";
    /// Only labels without effect differ from what a snapshot recorded.
    COSMETIC_SINCE_SNAPSHOT = "cosmetic-since-snapshot";
    /// Recorded in a snapshot, gone now.
    GONE_SINCE_SNAPSHOT = "gone-since-snapshot";
    /// Not in a snapshot, there now.
    NEW_SINCE_SNAPSHOT = "new-since-snapshot";
    [Unmanaged]
    /// A record set of a managed zone that no state holds.
    UNMANAGED_RECORD = "unmanaged-record";
    /// The same, kept by a traffic policy instance.
    UNMANAGED_RECORD_OF_SERVICE = "unmanaged-record-of-service";
    UNMANAGED_BUCKET_POLICY = "unmanaged-bucket-policy";
    UNMANAGED_BUCKET_ACL = "unmanaged-bucket-acl";
    UNMANAGED_BUCKET_WEBSITE = "unmanaged-bucket-website";
    UNMANAGED_BUCKET_VERSIONING = "unmanaged-bucket-versioning";
    UNMANAGED_BUCKET_CORS = "unmanaged-bucket-cors";
    UNMANAGED_BUCKET_LOGGING = "unmanaged-bucket-logging";
    UNMANAGED_BUCKET_LIFECYCLE = "unmanaged-bucket-lifecycle";
    UNMANAGED_BUCKET_ENCRYPTION = "unmanaged-bucket-encryption";
    UNMANAGED_BUCKET_REPLICATION = "unmanaged-bucket-replication";
    UNMANAGED_BUCKET_ACCELERATION = "unmanaged-bucket-acceleration";
    UNMANAGED_BUCKET_REQUEST_PAYMENT = "unmanaged-bucket-request-payment";
    UNMANAGED_BUCKET_OBJECT_LOCK = "unmanaged-bucket-object-lock";
    [Serving]
    /// A declared host has no address.
    HOST_DOES_NOT_RESOLVE = "host-does-not-resolve";
    ALIAS_WITHOUT_RECORD = "alias-without-record";
    IPV6_RECORD_MISSING = "ipv6-record-missing";
    RECORD_SHADOWED_BY_DELEGATION = "record-shadowed-by-delegation";
    ZONE_NOT_DELEGATED = "zone-not-delegated";
    WILDCARD_ANSWERS_FOR_HOST = "wildcard-answers-for-host";
    ALIAS_DANGLING = "alias-dangling";
    RECORD_POINTS_ELSEWHERE = "record-points-elsewhere";
    TAKEOVER_POSSIBLE = "takeover-possible";
    HOST_SERVED_FROM_FOREIGN_BUCKET = "host-served-from-foreign-bucket";
    FAILOVER_CANNOT_FAIL_OVER = "failover-cannot-fail-over";
    FAILOVER_BETWEEN_DISTRIBUTIONS = "failover-between-distributions";
    GEOLOCATION_WITHOUT_DEFAULT = "geolocation-without-default";
    /// A health check is disabled, inverted, gone or asks another host than is declared.
    HEALTH_CHECK_MISLEADS = "health-check-misleads";
    HOST_NOT_ALIASED = "host-not-aliased";
    SERVED_BY_ANOTHER_DISTRIBUTION = "served-by-another-distribution";
    DISTRIBUTION_DISABLED = "distribution-disabled";
    STAGING_DISTRIBUTION_ADDRESSED = "staging-distribution-addressed";
    CONTINUOUS_DEPLOYMENT_LEFT_ON = "continuous-deployment-left-on";
    CERTIFICATE_DOES_NOT_COVER = "certificate-does-not-cover";
    CERTIFICATE_UNUSABLE = "certificate-unusable";
    CERTIFICATE_EXPIRES_SOON = "certificate-expires-soon";
    SITE_CLOSED_TO_VISITORS = "site-closed-to-visitors";
    SIGNING_KEYS_MISSING = "signing-keys-missing";
    PRIVATE_CONTENT_OPEN = "private-content-open";
    HOST_HEADER_FORWARDED = "host-header-forwarded";
    PRIMARY_ORIGIN_BROKEN = "primary-origin-broken";
    ORIGIN_BUCKET_MISSING = "origin-bucket-missing";
    ORIGIN_REGION_WRONG = "origin-region-wrong";
    ORIGIN_ENDPOINT_UNUSABLE = "origin-endpoint-unusable";
    ORIGIN_IDENTITY_MISSING = "origin-identity-missing";
    BUCKET_DENIES_CLOUDFRONT = "bucket-denies-cloudfront";
    PUBLIC_ACCESS_BLOCKED = "public-access-blocked";
    REQUESTER_PAYS = "requester-pays";
    OBJECT_CANNOT_BE_DECRYPTED = "object-cannot-be-decrypted";
    OBJECT_ARCHIVED = "object-archived";
    ORIGIN_PATH_EMPTY = "origin-path-empty";
    ROOT_OBJECT_MISSING = "root-object-missing";
    OBJECT_MISSING = "object-missing";
    ERROR_PAGE_MISSING = "error-page-missing";
    FAILURE_HIDDEN_BY_ERROR_RESPONSE = "failure-hidden-by-error-response";
    LISTING_OPEN = "listing-open";
    LIFECYCLE_REMOVES_CONTENT = "lifecycle-removes-content";
    BUCKET_OPEN_TO_ANY_DISTRIBUTION = "bucket-open-to-any-distribution";
    BUCKET_OPEN_BY_ACCIDENT = "bucket-open-by-accident";
    WEBSITE_NOT_CONFIGURED = "website-not-configured";
    REDIRECT_BUCKET_VIA_REST = "redirect-bucket-via-rest";
    REDIRECT_LOOP = "redirect-loop";
    REDIRECT_TARGET_DEAD = "redirect-target-dead";
    ENVIRONMENT_CROSSED = "environment-crossed";
    CONTENT_SHARED_BY_DISTRIBUTIONS = "content-shared-by-distributions";
    POLICY_ADMITS_OTHER_ENVIRONMENT = "policy-admits-other-environment";
    /// A site is served by something else than the configuration pins.
    SITE_NOT_AS_PINNED = "site-not-as-pinned";
    IDENTITY_SHARED_ACROSS_ENVIRONMENTS = "identity-shared-across-environments";
    [Deploy]
    /// A deployment uploads to a bucket that is not served.
    DEPLOY_BUCKET_NOT_SERVED = "deploy-bucket-not-served";
    /// A deployment names a distribution that does not serve what it uploads.
    DEPLOY_DISTRIBUTION_MISMATCH = "deploy-distribution-mismatch";
    DEPLOY_PATH_NOT_SERVED = "deploy-path-not-served";
    /// The origin path that a deployment sets holds nothing in the served bucket.
    ORIGIN_PATH_NEVER_BUILT = "origin-path-never-built";
    DEPLOY_ENVIRONMENT_CROSSED = "deploy-environment-crossed";
    DEPLOY_PREFIX_SHARED = "deploy-prefix-shared";
    DEPLOY_WITHOUT_INVALIDATION = "deploy-without-invalidation";
    DEPLOY_REGION_MISMATCH = "deploy-region-mismatch";
    DEPLOY_TARGET_UNRESOLVED = "deploy-target-unresolved";
    BUCKET_NOT_SERVED = "bucket-not-served";
    BUCKET_NOT_DEPLOYED = "bucket-not-deployed";
    [Configuration]
    /// A resource of the state has no block in the Terraform configuration.
    RESOURCE_WITHOUT_BLOCK = "resource-without-block";
    /// A block of the configuration has no resource in the state.
    BLOCK_WITHOUT_RESOURCE = "block-without-resource";
    /// An allowance decides nothing in a run that checked everything.
    ALLOWANCE_UNUSED = "allowance-unused";
}

/// The rules that only a comparison with a snapshot reports under.
pub const SINCE_SNAPSHOT: &[&str] = &[
    CHANGED_SINCE_SNAPSHOT,
    COSMETIC_SINCE_SNAPSHOT,
    GONE_SINCE_SNAPSHOT,
    NEW_SINCE_SNAPSHOT,
];

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;
    use std::path::PathBuf;

    use super::*;

    fn repository(path: &str) -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
    }

    fn page() -> String {
        fs::read_to_string(repository("docs/serving-rules.md")).unwrap()
    }

    /// The known breaks: so many of names, distributions, origins and environments.
    fn known_breaks() -> BTreeSet<String> {
        let rows = [('N', 20), ('F', 29), ('S', 28), ('X', 7)];
        rows.iter()
            .flat_map(|(letter, last)| (1..=*last).map(move |number| format!("{letter}{number}")))
            .collect()
    }

    /// The answer of every row, by the break; each break stands on the page exactly once.
    fn answers() -> BTreeMap<String, String> {
        let (mut answers, known) = (BTreeMap::new(), known_breaks());
        for line in page().lines() {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            let [ids, _, answer] = cells.as_slice() else { continue };
            for id in ids.split(", ").filter(|id| known.contains(*id)) {
                let before = answers.insert(id.to_owned(), (*answer).to_owned());
                assert_eq!(before, None, "{id} stands twice");
            }
        }
        assert_eq!(answers.keys().cloned().collect::<BTreeSet<_>>(), known);
        answers
    }

    /// The names in backquotes that are spelled as rules are.
    fn named(text: &str) -> BTreeSet<&str> {
        let rule = |name: &&str| {
            name.contains('-')
                && name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        text.split('`').skip(1).step_by(2).filter(rule).collect()
    }

    #[test]
    fn every_break_has_an_answer_and_every_rule_it_names_exists() {
        for (id, answer) in answers() {
            for rule in named(&answer) {
                assert!(ALL.contains(&rule), "{id}: there is no rule {rule}");
            }
            let said = [
                "drift",
                "remark",
                "doubt",
                "not decidable",
                "decided",
                "as N1",
                "the rule of",
                "the same two",
            ];
            let told = !named(&answer).is_empty() || said.iter().any(|word| answer.contains(word));
            assert!(told, "{id}: {answer:?} says neither a rule nor why there is none");
        }
    }

    #[test]
    fn every_rule_about_serving_stands_on_the_page() {
        let policy = fs::read_to_string(repository("policies/serving.hcl")).unwrap();
        let rules = policy
            .lines()
            .filter_map(|line| line.strip_prefix("rule \"")?.split('"').next());
        let page = page();
        let named = named(&page);
        let missing: Vec<&str> = rules.filter(|rule| !named.contains(rule)).collect();
        assert_eq!(missing, Vec::<&str>::new());
    }

    /// A test says in its name which breaks it introduces: `f1_the_host_is_no_alias`.
    #[test]
    fn every_break_that_can_be_decided_has_a_test() {
        let mut tested: BTreeSet<String> = BTreeSet::new();
        for entry in fs::read_dir(repository("src/serving/findings/tests")).unwrap() {
            let text = fs::read_to_string(entry.unwrap().path()).unwrap();
            let names = text
                .lines()
                .filter_map(|line| line.strip_prefix("fn ")?.split('(').next());
            tested.extend(names.flat_map(|name| name.split('_')).map(str::to_uppercase));
        }
        let untested: Vec<String> = answers()
            .into_iter()
            .filter(|(id, answer)| !answer.starts_with("not decidable") && !tested.contains(id))
            .map(|(id, _)| id)
            .collect();
        assert_eq!(untested, Vec::<String>::new());
    }

    /// The tests of a file or of the files of a directory: all of a file that holds nothing else, and what stands below
    /// `mod tests` of one that does.
    fn tests_of(path: &str) -> String {
        let path = repository(path);
        if path.is_dir() {
            let entries = fs::read_dir(&path).unwrap();
            let files = entries.map(|entry| entry.unwrap().path().display().to_string());
            return files.map(|file| tests_of(&file)).collect();
        }
        let text = fs::read_to_string(&path).unwrap();
        let below = text.split_once("\nmod tests {").map(|(_, below)| below.to_owned());
        below.unwrap_or(text)
    }

    /// Where the tests of each category find and miss what its rules are about. In each of these places the same account
    /// is tested without the break, and nothing is found in it.
    const TESTED: &[(Category, &[&str])] = &[
        (Category::Drift, &["src/compare/tests.rs", "src/against/tests.rs"]),
        (
            Category::Unmanaged,
            &[
                "tests/integration/changes/unmanaged.rs",
                "tests/integration/changes/route53/routing.rs",
            ],
        ),
        (Category::Serving, &["src/serving/findings/tests"]),
        (Category::Deploy, &["src/deploy/tests"]),
        (
            Category::Configuration,
            &["src/ownership/tests.rs", "src/policy/tests/judging.rs"],
        ),
    ];

    #[test]
    fn every_rule_is_found_in_a_test() {
        let places: Vec<(Category, String)> = TESTED
            .iter()
            .map(|(category, paths)| (*category, paths.iter().map(|path| tests_of(path)).collect()))
            .collect();
        let constants: Vec<(&str, &str)> = include_str!("rules.rs")
            .lines()
            .filter_map(|line| line.trim().strip_suffix("\";")?.split_once(" = \""))
            .collect();
        for rule in ALL {
            let own = category(rule);
            let text = places.iter().find(|(category, _)| Some(*category) == own);
            let (_, text) = text.unwrap_or_else(|| panic!("{rule}: nobody knows where {own:?} is tested"));
            let (constant, _) = constants.iter().find(|(_, name)| name == rule).unwrap();
            let words = |end: char| !end.is_ascii_uppercase() && end != '_';
            let by_constant = text
                .split(&format!("rules::{constant}"))
                .skip(1)
                .any(|rest| rest.starts_with(words));
            let by_name = [format!("\"{rule}\""), format!("\"{rule} ")];
            let named = by_constant || by_name.iter().any(|name| text.contains(name));
            assert!(named, "no test finds {rule}");
        }
    }

    #[test]
    fn every_rule_has_the_category_of_its_policy_file() {
        let files = [
            (
                include_str!("../policies/drift.hcl"),
                &[Category::Drift, Category::Unmanaged][..],
            ),
            (include_str!("../policies/serving.hcl"), &[Category::Serving]),
            (include_str!("../policies/deploy.hcl"), &[Category::Deploy]),
            (
                include_str!("../policies/configuration.hcl"),
                &[Category::Configuration],
            ),
            (include_str!("../policies/policy.hcl"), &[Category::Configuration]),
        ];
        for (text, categories) in files {
            let names = text
                .lines()
                .filter_map(|line| line.strip_prefix("rule \"")?.split('"').next());
            for name in names {
                let found = category(name);
                assert!(found.is_some_and(|one| categories.contains(&one)), "{name}: {found:?}");
            }
        }
        assert_eq!(category("made-up"), None);
    }
}
