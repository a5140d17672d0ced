//! A baseline allows what was found, and nothing else.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::policy::baseline;

fn baseline_of(text: &str, findings: &[Finding]) -> String {
    let result = judged(text, findings.to_vec());
    baseline::text(&result.findings, date(2026, 3, 14))
}

#[test]
fn a_baseline_is_a_policy_file_with_a_block_for_each_part() {
    let missing = finding(rules::RESOURCE_MISSING, Some("aws_s3_bucket.site"), &[]);
    let mut unmanaged = finding(rules::UNMANAGED_RECORD, None, &["records"]);
    unmanaged.title = "a record\n# rule \"x\" {} ${x}".to_owned();
    let allowed = "rule \"x\" {\n  when = change.path == \"region\"\n  action = \"allow\"\n  reason = \"r\"\n}\n";
    insta::assert_snapshot!(baseline_of(allowed, &[missing, unmanaged, changed()]));
}

fn all_allowed(text: &str, findings: &[Finding]) -> bool {
    let result = judged(text, findings.to_vec());
    result.findings.iter().all(|one| one.is_allowed())
}

#[test]
fn other_findings_are_not_allowed_by_it() {
    let text = baseline_of("", &[changed()]);
    assert!(all_allowed(&text, &[changed()]));
    let mut elsewhere = changed();
    elsewhere.address = Some("module.site[\"test\"].aws_s3_bucket.this[0]".to_owned());
    let mut more = changed();
    more.changes.push(change("policy"));
    let mut otherwise = changed();
    otherwise.rule = rules::POLICY_REWORDED.into();
    for other in [elsewhere, more, otherwise] {
        assert!(!all_allowed(&text, &[changed(), other.clone()]), "{other:?}");
    }
}

#[test]
fn the_same_address_in_two_states_is_told_apart_by_the_resource() {
    let mut first = changed();
    first.resource.id = "one".to_owned();
    let mut second = changed();
    second.resource.id = "two".to_owned();
    let text = baseline_of("", &[first.clone(), second.clone()]);
    assert!(all_allowed(&text, &[first.clone(), second]));
    let mut third = changed();
    third.resource.id = "three".to_owned();
    assert!(!all_allowed(&text, &[first, third]));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_things_are_called_a_baseline_allows_them(
        names in prop::collection::btree_set("[a-c\"\\\\$%{}\\n\\r\\t\u{0}\u{202e}\u{feff}é#/*]{1,10}", 1..4),
        paths in prop::collection::btree_set("[a-c\"\\\\$%{}\\n\\[\\]]{1,8}", 0..3),
        managed in any::<bool>(),
        title in "[a-c\\n\\r#\u{2028}]{0,12}",
    ) {
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let findings: Vec<Finding> = names
            .iter()
            .map(|name| {
                let mut one = finding(rules::RESOURCE_CHANGED, managed.then_some(name), &paths);
                one.resource.id.clone_from(name);
                one.title.clone_from(&title);
                one
            })
            .collect();
        let text = baseline_of("", &findings);
        prop_assert!(all_allowed(&text, &findings), "{}", text);
    }
}
